//! What `o2c import statement` says: for people a few lines a statement, as JSON one object with everything.

use serde_json::{Value, json};

use super::out;
use super::stop::Stop;
use crate::acts::import::Work;
use crate::domain::bank::{EntryKind, Source, StatementRow};
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::formats::bank::booking::Booked;
use crate::store::Reader;
use crate::store::read::bank::{self, StatementLine};

/// Oddities of one statement that are told one by one; the rest is counted.
const NAMED: usize = 3;
/// Notes of the book that are told one by one.
const NOTES: usize = 20;

/// What is kept of a statement to tell of it when its rows are gone.
pub(super) struct Told {
    row: StatementRow,
    count: usize,
    net: i64,
    kinds: Vec<(EntryKind, usize)>,
}

impl Told {
    /// Of a row that may be taken in.
    pub fn of(row: &StatementRow) -> Self {
        let count = |kind: EntryKind| row.entries.iter().filter(|entry| entry.kind == kind).count();
        let kinds = EntryKind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0);
        let bare = StatementRow { entries: Vec::new(), ..clone_head(row) };
        Told { count: row.entries.len(), net: row.net(), kinds: kinds.collect(), row: bare }
    }

    fn amount(&self, minor: i64) -> String {
        Money::new(minor, self.row.currency).grouped(NumberStyle::Point)
    }

    fn kinds(&self) -> String {
        let words = self.kinds.iter().map(|(kind, count)| match (kind, count) {
            (EntryKind::Other | EntryKind::Interest, _) | (_, 1) => format!("{count} {}", kind.word()),
            _ => format!("{count} {}s", kind.word()),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// Account, format, number and period.
    fn head(&self, name: &str) -> String {
        let row = &self.row;
        let what = match row.source {
            Source::Advice => "advice ",
            Source::Report => "report ",
            Source::Statement => "",
        };
        let period = match row.from == row.to {
            true => row.from.to_string(),
            false => format!("{} to {}", row.from, row.to),
        };
        format!("{name}: {what}{} {}, {period}", row.format, row.number)
    }

    /// Opening and entries make closing.
    fn sum(&self) -> String {
        let (row, currency) = (&self.row, self.row.currency);
        let amount = |minor| self.amount(minor);
        match (row.opening, row.closing) {
            (Some(opening), Some(closing)) => {
                let (opening, closing) = (amount(opening.amount), amount(closing.amount));
                format!("{opening} and entries of {} make {closing} {currency}", amount(self.net))
            }
            (None, Some(closing)) => {
                format!("entries of {}, closing with {} {currency}", amount(self.net), amount(closing.amount))
            }
            _ => format!("entries of {} {currency}", amount(self.net)),
        }
    }

    fn left_out(&self) -> String {
        match self.row.left_out {
            0 => String::new(),
            count => format!(", {count} left out (pending, for information, or of amount 0)"),
        }
    }

    fn json(&self, name: &str) -> Value {
        let row = &self.row;
        let plain = |minor: i64| Money::new(minor, row.currency).plain();
        let kinds: serde_json::Map<String, Value> =
            self.kinds.iter().map(|(kind, count)| (kind.word().to_owned(), json!(count))).collect();
        let notices: Vec<Value> =
            row.notices.iter().map(|(line, what)| json!({ "line": line, "notice": what })).collect();
        json!({
            "account": name,
            "number_of_account": row.account,
            "currency": row.currency.code(),
            "source": row.source.word(),
            "format": row.format,
            "number": row.number,
            "from": row.from.to_string(),
            "to": row.to.to_string(),
            "opening": row.opening.map(|balance| plain(balance.amount)),
            "net": plain(self.net),
            "closing": row.closing.map(|balance| plain(balance.amount)),
            "entries": self.count,
            "left_out": row.left_out,
            "kinds": kinds,
            "notices": notices,
        })
    }
}

/// The row without its entries.
fn clone_head(row: &StatementRow) -> StatementRow {
    StatementRow {
        line: row.line,
        source: row.source,
        format: row.format.clone(),
        number: row.number.clone(),
        account: row.account.clone(),
        currency: row.currency,
        from: row.from,
        to: row.to,
        opening: row.opening,
        closing: row.closing,
        entries: Vec::new(),
        left_out: row.left_out,
        notices: row.notices.clone(),
    }
}

/// The report while it is made.
pub(super) struct Report {
    json: bool,
    dry: bool,
    files: Vec<Value>,
    said: Vec<String>,
}

impl Report {
    /// Nothing told yet.
    pub fn new(json: bool, dry: bool) -> Self {
        Report { json, dry, files: Vec::new(), said: Vec::new() }
    }

    /// A line for people; kept for JSON.
    pub fn say(&mut self, line: &str) -> Result<(), Stop> {
        self.said.push(line.to_owned());
        if self.json { Ok(()) } else { out::say(line) }
    }

    fn line(&self, line: &str) -> Result<(), Stop> {
        if self.json { Ok(()) } else { out::say(line) }
    }

    /// A file that is only looked at.
    pub fn shown(&mut self, name: &str, booked: &[Booked]) -> Result<(), Stop> {
        let mut statements = Vec::new();
        for Booked { row, .. } in booked {
            let told = Told::of(row);
            self.line(&told.head(&row.account))?;
            self.line(&format!("  {}; {} entries{}", told.sum(), told.count, told.left_out()))?;
            self.tail(&told)?;
            statements.push(told.json(&row.account));
        }
        self.files.push(json!({ "file": name, "statements": statements }));
        Ok(())
    }

    /// A file that was taken in, with what the book says of its statements.
    pub fn taken(
        &mut self,
        reader: &Reader,
        name: &str,
        told: Vec<Told>,
        lines: Vec<StatementLine>,
        work: &Work,
    ) -> Result<(), Stop> {
        let mut lines = lines.into_iter().peekable();
        let mut statements = Vec::new();
        for told in &told {
            let row = &told.row;
            let same = |line: &StatementLine| {
                (line.from, line.to, line.currency) == (row.from, row.to, row.currency)
                    && (line.number == row.number && line.source == row.source.word())
            };
            statements.push(match lines.next_if(same) {
                Some(line) => self.one(reader, told, &line)?,
                None => {
                    self.line(&told.head(&row.account))?;
                    self.line(&format!("  {}; nothing new{}", told.sum(), told.left_out()))?;
                    let mut value = told.json(&row.account);
                    (value["taken"], value["known"]) = (json!(0), json!(told.count));
                    value
                }
            });
        }
        self.notes(work)?;
        self.files.push(json!({ "file": name, "statements": statements, "notes": work.notices }));
        Ok(())
    }

    /// A statement as it was taken in.
    fn one(&mut self, reader: &Reader, told: &Told, line: &StatementLine) -> Result<Value, Stop> {
        let (alike, alike_total) = bank::alike(reader, line.id)?;
        let gap = if line.first { 0 } else { line.gap };
        self.line(&told.head(&line.account))?;
        let counts = format!("{} taken, {} known already", line.entries, line.known);
        self.line(&format!("  {}; {counts}{}", told.sum(), told.left_out()))?;
        if gap != 0 {
            self.line(&format!("  Gap before it: {} {}, booked as moved elsewhere", told.amount(gap), line.currency))?;
        }
        if line.known > 0 && line.entries > 0 {
            self.line("  It overlaps with what was taken in before; what was known is not booked again")?;
        }
        for other in &alike {
            let (booked, earlier) = (other.booked, other.other);
            let amount = told.amount(other.amount);
            self.line(&format!(
                "  Line {}: {amount} of {booked} looks like the entry of {earlier} in statement {}; both are booked",
                other.line, other.statement
            ))?;
        }
        if alike_total > alike.len() as u64 {
            self.line(&format!("  {} more look like earlier ones", alike_total - alike.len() as u64))?;
        }
        self.tail(told)?;
        let plain = |minor: i64, currency: Currency| Money::new(minor, currency).plain();
        let mut value = told.json(&line.account);
        (value["taken"], value["known"], value["act"]) = (json!(line.entries), json!(line.known), json!(line.act));
        (value["gap"], value["balance"]) =
            (json!(plain(gap, line.currency)), json!(plain(line.balance, line.currency)));
        let alike: Vec<Value> = alike
            .iter()
            .map(|other| {
                json!({
                    "line": other.line,
                    "booked": other.booked.to_string(),
                    "amount": plain(other.amount, line.currency),
                    "earlier": other.other.to_string(),
                    "statement": other.statement,
                })
            })
            .collect();
        value["looks_alike"] = json!(alike);
        Ok(value)
    }

    /// The kinds of a statement's entries and what was odd in it.
    fn tail(&self, told: &Told) -> Result<(), Stop> {
        if !told.kinds.is_empty() {
            self.line(&format!("  {}", told.kinds()))?;
        }
        for (line, what) in told.row.notices.iter().take(NAMED) {
            self.line(&format!("  Line {line}: {what}"))?;
        }
        match told.row.notices.len().saturating_sub(NAMED) {
            0 => Ok(()),
            more => self.line(&format!("  {more} more oddities like these; --json names them")),
        }
    }

    /// A file the book has already.
    pub fn known(&mut self, name: &str, told: Vec<Told>, work: &Work, sentence: &str) -> Result<(), Stop> {
        let statements: Vec<Value> = told.iter().map(|told| told.json(&told.row.account)).collect();
        self.notes(work)?;
        self.files.push(json!({ "file": name, "statements": statements, "notes": work.notices, "said": sentence }));
        self.say(&format!("{name}: {sentence}"))
    }

    /// What the book noted. Entries that look alike are told with their statement, once they are in the book.
    pub fn notes(&mut self, work: &Work) -> Result<(), Stop> {
        let told = |note: &&String| self.dry || !note.contains("looks like an entry");
        let notes: Vec<&String> = work.notices.iter().filter(told).collect();
        for note in notes.iter().take(NOTES) {
            self.line(&format!("Note: {note}"))?;
        }
        match notes.len().saturating_sub(NOTES) {
            0 => Ok(()),
            more => self.line(&format!("{more} more notes; --json names them")),
        }
    }

    /// What comes next.
    pub fn end(self, waiting: u64, done: bool) -> Result<(), Stop> {
        if self.json {
            let answer = json!({
                "dry_run": self.dry,
                "files": self.files,
                "said": self.said,
                "payments_waiting": waiting,
            });
            return out::say(&answer.to_string());
        }
        match waiting {
            0 => Ok(()),
            _ if self.dry || !done => Ok(()),
            1 => out::say("1 payment waits: o2c cash list"),
            count => out::say(&format!("{count} payments wait: o2c cash list")),
        }
    }
}
