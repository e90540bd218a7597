//! `o2c import`: reads a file through a mapping, performs the import as one act, and reports what was taken, known,
//! refused and odd.

use std::io::Write;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::args::{Decimal as Sign, Import as Wanted, Order, What};
use super::out;
use super::progress::Progress;
use super::refused_file::{self, Reserved};
use super::session::Session;
use super::stop::Stop;
use crate::acts::import::{Beside, Import, Odd, Rows, Work};
use crate::acts::{Act, Failure, Mode, Request};
use crate::domain::text::counted;
use crate::formats::canonical::Table;
use crate::formats::dialect::recognise_file;
use crate::formats::mapping::{self, Mapping};
use crate::formats::number::AmountStyle;
use crate::formats::report::{DateOrder, FileRefused, ReadOptions, SUSPICIONS_KEPT, Summary, Suspicion};
use crate::formats::table;
use crate::formats::tally;
use crate::statements::{load, name_of as file_name};
use crate::store::schema::hex;

/// Refused rows and suspicious dates that are printed by name; the rest is counted.
const NAMED: usize = 20;

/// Why a file was not taken.
pub(super) struct Untaken {
    /// The end of the verb.
    pub stop: Stop,
    /// The first of the refused rows, where rows were refused: line, column and reason.
    pub first: Option<String>,
}

impl<E: Into<Stop>> From<E> for Untaken {
    fn from(stop: E) -> Self {
        Untaken { stop: stop.into(), first: None }
    }
}

/// Answers the verb.
pub(super) fn run(session: &Session, wanted: &Wanted) -> Result<(), Stop> {
    take(session, wanted).map_err(|untaken| untaken.stop)
}

/// Takes a file in; of one that is not taken the first refused row is told beside the reason.
pub(super) fn take(session: &Session, wanted: &Wanted) -> Result<(), Untaken> {
    session.may_write()?;
    let [_] = wanted.files.as_slice() else {
        return Err(Stop::usage("One file at a time; several only of bank statements (o2c import statement).").into());
    };
    let own = &wanted.bank;
    if own.account.is_some() || own.accept_gap || own.json {
        return Err(Stop::usage("--account, --accept-gap and --json are for o2c import statement.").into());
    }
    // The book is looked at first: a long file is not read for a book that is not there.
    drop(session.reader()?);
    let wanted = &within(session, wanted)?;
    let bytes = load(wanted.file())?;
    let table = table_of(wanted.what);
    let mut mapping = choose(wanted, &bytes, table)?;
    mapping.encoding = wanted.encoding.unwrap_or(mapping.encoding);
    mapping.amounts = match wanted.decimal {
        Some(Sign::Point) => AmountStyle::Point,
        Some(Sign::Comma) => AmountStyle::Comma,
        None => mapping.amounts,
    };
    let (rows, summary) = read(session, wanted, &bytes, &mapping, table)?;
    let held = held(&rows);
    let reserved = reserve(wanted, &summary)?;
    let work = Work { rows, progress: Some(writing()), ..Work::default() };
    let import = Import {
        kind: table.name().to_owned(),
        name: file_name(wanted.file()),
        sha256: hex(&Sha256::digest(&bytes)),
        mapping: mapping.name.clone(),
        skip_refused: wanted.skip_refused,
        unreadable: summary.refused.len() as u64,
        accept_gap: false,
        beside: Beside(std::sync::Arc::new(std::sync::Mutex::new(work))),
    };
    let beside = import.beside.clone();
    let request =
        Request { key: session.key(wanted.change.act_key.as_deref()), act: Act::Import(import), expect: Vec::new() };
    let mode = if wanted.change.dry_run { Mode::DryRun } else { Mode::Post };
    let outcome = session.perform(&request, mode);
    let mut work = beside.0.lock().map(|mut work| std::mem::take(&mut *work)).unwrap_or_default();
    // Its line is wiped before anything else is said.
    work.progress = None;
    let file = refused_file::Source { bytes: &bytes, mapping: &mapping };
    finish(wanted, &file, Read { summary, held }, &work, outcome, reserved)
}

/// What was read beside the rows: what is to be said of them, and what they come to.
struct Read {
    summary: Summary,
    held: Vec<String>,
}

/// What the rows come to, in sentences.
fn held(rows: &Rows) -> Vec<String> {
    match rows {
        Rows::Invoices(rows) => tally::of_invoices(rows),
        Rows::Receipts(rows) => tally::of_receipts(rows),
        _ => Vec::new(),
    }
}

/// The files of the import as this person may reach them.
pub(super) fn within(session: &Session, wanted: &Wanted) -> Result<Wanted, Stop> {
    let mut wanted = wanted.clone();
    for file in &mut wanted.files {
        *file = session.input(file)?;
    }
    if let Some(name) = wanted.map.as_mut().filter(|name| mapping::builtin(name).is_none()) {
        *name = session.input(Path::new(name.as_str()))?.to_string_lossy().into_owned();
    }
    wanted.refused_to = wanted.refused_to.map(|given| session.output(&given)).transpose()?;
    Ok(wanted)
}

/// Says what came of it and writes the refused rows.
fn finish(
    wanted: &Wanted,
    file: &refused_file::Source<'_>,
    read: Read,
    work: &Work,
    outcome: Result<crate::acts::Done, Failure>,
    reserved: Option<Reserved>,
) -> Result<(), Untaken> {
    let Read { mut summary, held } = read;
    file.add_refused(&mut summary, &work.refused)?;
    add_odd(&mut summary, &work.odd);
    let dry = wanted.change.dry_run;
    match outcome {
        Ok(done) if done.again => {
            out::say(&format!("{} (act {} with this key; nothing was imported now)", done.summary, done.act))?;
        }
        Ok(done) => {
            report(&summary, &held, work)?;
            if let Some(reserved) = reserved {
                reserved.fill(&summary)?;
            }
            match dry {
                true => out::say(&format!("Would be: {}. Nothing was changed.", done.summary))?,
                false => out::say(&format!("{} (act {})", done.summary, done.act))?,
            }
        }
        // The same file or the same rows again: nothing to do, and nothing went wrong.
        Err(Failure::Refused { code: "IMP-01", sentence }) => out::say(&sentence)?,
        Err(Failure::Refused { code: "IMP-02", sentence }) if summary.refused.is_empty() => {
            report(&summary, &held, work)?;
            out::say(&sentence)?;
        }
        Err(failure) => {
            let refused_rows = matches!(&failure, Failure::Refused { code, .. } if code.starts_with("IMP-0"));
            if refused_rows {
                report(&summary, &held, work)?;
                if let Some(reserved) = reserved.filter(|_| wanted.refused_to.is_some()) {
                    reserved.fill(&summary)?;
                }
            }
            let first = summary.refused.first().filter(|_| refused_rows).map(ToString::to_string);
            return Err(Untaken { stop: failure.into(), first });
        }
    }
    Ok(())
}

/// Adds the dates that are odd beside what the book knows to those that were while reading.
fn add_odd(summary: &mut Summary, odd: &[Odd]) {
    summary.suspicious_total += odd.len() as u64;
    let room = SUSPICIONS_KEPT.saturating_sub(summary.suspicious.len());
    let named = odd.iter().take(room);
    summary.suspicious.extend(named.map(|odd| Suspicion {
        line: odd.line,
        column: odd.column.to_owned(),
        what: odd.what.clone(),
    }));
    summary.suspicious.sort_by_key(|suspicion| suspicion.line);
}

fn table_of(what: What) -> Table {
    match what {
        What::Customers => Table::Customers,
        What::Invoices => Table::Invoices,
        What::Receipts => Table::Receipts,
        What::Statement => Table::Statement,
    }
}

/// The mapping named, found by the columns, or the canonical one.
fn choose(wanted: &Wanted, bytes: &[u8], table: Table) -> Result<Mapping, Stop> {
    let Some(name) = &wanted.map else {
        let found = recognise_file(bytes, table).and_then(mapping::builtin);
        if let Some(found) = &found {
            out::say(&format!("Read as {} (recognised by its columns).", found.name))?;
        }
        return Ok(found.unwrap_or_else(|| mapping::canonical(table)));
    };
    Ok(named_mapping(name)?.0)
}

/// The mapping of this name, with its text where it is a file.
pub(super) fn named_mapping(name: &str) -> Result<(Mapping, Option<String>), Stop> {
    if let Some(found) = mapping::builtin(name) {
        return Ok((found, None));
    }
    let path = Path::new(name);
    if !path.exists() {
        let names: Vec<&str> = mapping::builtin_names().collect();
        let sentence =
            format!("There is neither a mapping nor a file {name}. Built-in mappings are {}.", names.join(", "));
        return Err(Stop::usage(sentence));
    }
    let text = String::from_utf8(load(path)?)
        .map_err(|_| Stop::refused("MAP-01", format!("{name} is not UTF-8 text. Nothing was imported.")))?;
    Ok((Mapping::parse(&file_name(path), &text)?, Some(text)))
}

fn read(
    session: &Session,
    wanted: &Wanted,
    bytes: &[u8],
    mapping: &Mapping,
    table: Table,
) -> Result<(Rows, Summary), Stop> {
    let mut line = Progress::new("Reading");
    let total = bytes.len() as u64;
    let mut options = ReadOptions {
        currency: wanted.currency,
        today: session.today,
        date_order: wanted.date_order.map(|order| match order {
            Order::Dmy => DateOrder::DayFirst,
            Order::Mdy => DateOrder::MonthFirst,
        }),
        progress: &mut |done| line.step(done, total),
    };
    let answer = match table {
        Table::Customers => {
            table::read_customers(bytes, mapping, &mut options).map(|read| (Rows::Customers(read.rows), read.summary))
        }
        Table::Invoices => {
            table::read_invoices(bytes, mapping, &mut options).map(|read| (Rows::Invoices(read.rows), read.summary))
        }
        Table::Receipts => {
            table::read_receipts(bytes, mapping, &mut options).map(|read| (Rows::Receipts(read.rows), read.summary))
        }
        Table::Statement => Err(FileRefused::new("MAP-03", "A bank statement is no ledger. Nothing was imported.")),
    };
    answer.map_err(|refused| named(wanted.file(), &refused))
}

/// A refusal of a file with the file's name in front.
fn named(path: &Path, refused: &FileRefused) -> Stop {
    Stop::refused(refused.code, format!("{}: {}", file_name(path), refused.sentence))
}

/// Progress of the writing, from its first row to the end of the commit. The reading's line is gone by then.
pub(super) fn writing() -> crate::acts::import::Progress {
    let mut line = Progress::new("Writing");
    Box::new(move |done, total| match done < total {
        true => line.step(done, total),
        // All rows are written; what follows cannot say how far it is.
        false => line.stage("Making indexes, checking and committing"),
    })
}

/// Keeps a place for the refused rows before anything is written to the book.
fn reserve(wanted: &Wanted, summary: &Summary) -> Result<Option<Reserved>, Stop> {
    if wanted.change.dry_run || !(wanted.skip_refused || wanted.refused_to.is_some()) {
        return Ok(None);
    }
    let reserved = Reserved::beside(wanted.file(), wanted.refused_to.as_deref());
    match reserved {
        Ok(reserved) => Ok(Some(reserved)),
        Err(stop) if wanted.refused_to.is_some() || !summary.refused.is_empty() => Err(stop),
        // Nothing is refused so far; should the book refuse a row, the report names it.
        Err(_) => Ok(None),
    }
}

/// Lines in their order, runs of them as `22-41`.
fn spans(lines: &[u64]) -> String {
    let mut spans: Vec<(u64, u64)> = Vec::new();
    for line in lines {
        match spans.last_mut() {
            Some((_, last)) if *line <= *last + 1 => *last = *line,
            _ => spans.push((*line, *line)),
        }
    }
    let shown = spans.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// Everything worth saying about the rows.
fn report(summary: &Summary, held: &[String], work: &Work) -> Result<(), Stop> {
    let mut out = out::stdout();
    let mut say = |line: String| writeln!(out, "{}", out::safe(&line));
    for notice in summary.notices.iter().chain(&work.notices) {
        say(format!("Note: {notice}"))?;
    }
    for suspicion in summary.suspicious.iter().take(NAMED) {
        say(format!("Look at {suspicion}"))?;
    }
    let more = summary.suspicious_total.saturating_sub(NAMED as u64);
    if more > 0 {
        let rest: Vec<u64> = summary.suspicious.iter().skip(NAMED).map(|suspicion| suspicion.line).collect();
        let unnamed = summary.suspicious_total.saturating_sub(summary.suspicious.len() as u64);
        let tail = if unnamed > 0 { format!(" and {unnamed} beyond") } else { String::new() };
        say(format!("{more} more rows have dates to look at: lines {}{tail}.", spans(&rest)))?;
    }
    for refused in summary.refused.iter().take(NAMED) {
        say(format!("Refused {refused}"))?;
    }
    if summary.refused.len() > NAMED {
        say(format!("{} more rows were refused.", summary.refused.len() - NAMED))?;
    }
    for line in held {
        say(line.clone())?;
    }
    // The sums are of the rows that were read: what they hold beside what was taken is said with them.
    let unread = summary.refused.len().saturating_sub(work.refused.len()) as u64;
    if !held.is_empty() && unread > 0 {
        let are = if unread == 1 { "is" } else { "are" };
        say(format!("{} could not be read and {are} in none of these sums.", counted(unread, "row")))?;
    }
    let beside = [(work.refused.len() as u64, "refused by the book"), (work.known, "known already")];
    let beside: Vec<String> =
        beside.iter().filter(|(many, _)| *many > 0).map(|(many, what)| format!("{many} {what}")).collect();
    if !held.is_empty() && !beside.is_empty() {
        say(format!("In these sums are also rows that are not taken: {}.", beside.join(", ")))?;
    }
    let counts = [
        (work.taken, "taken"),
        (work.known, "already known"),
        (summary.refused.len() as u64, "refused"),
        (summary.skipped, "left out by the mapping"),
        (work.zero, "with amount 0 left out"),
        (work.customers, "new customers"),
    ];
    let shown = counts.iter().enumerate().filter(|(place, (count, _))| *place < 3 || *count > 0);
    let shown: Vec<String> = shown.map(|(_, (count, what))| format!("{count} {what}")).collect();
    say(format!("Rows: {}.", shown.join(", ")))?;
    out.flush()?;
    Ok(())
}
