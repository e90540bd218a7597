//! BAI2: records of comma-separated fields with continuations (88), several on one line, text with commas and slashes,
//! funds types with extra fields, and control totals on three levels. Accounts become statements; records are put
//! together in `record`, a `16` is read in `entry`.

mod entry;
mod record;

use chrono::NaiveDate;

use self::record::{Fields, Record, records};
use super::amount::{self, Amount, Decimals, Unit};
use super::date;
use super::statement::{Balance, BalanceKind, Kind, Statement};
use super::{NOTHING, Options, Refusal, Sink, shown};

/// Status codes that are balances of a kind of ours.
const BALANCES: [(&str, BalanceKind); 6] = [
    ("010", BalanceKind::OpeningBooked),
    ("015", BalanceKind::ClosingBooked),
    ("030", BalanceKind::InterimBooked),
    ("040", BalanceKind::OpeningAvailable),
    ("045", BalanceKind::ClosingAvailable),
    ("060", BalanceKind::InterimAvailable),
];

/// What a group says of the accounts in it.
#[derive(Clone, Default)]
struct Group {
    bank: String,
    day: Option<NaiveDate>,
    unit: Option<Unit>,
    report: bool,
}

/// A sum of amounts and a count of records, to hold against a trailer.
#[derive(Clone, Copy, Default)]
struct Control {
    sum: i128,
    records: u64,
    lines: u64,
    /// Accounts of a group, groups of a file.
    parts: u64,
}

impl Control {
    fn add(&mut self, inner: Control) {
        self.sum += inner.sum;
        self.records += inner.records;
        self.lines += inner.lines;
        self.parts += 1;
    }
}

struct Reader<'o, 'p, 's> {
    options: &'o Options<'p>,
    sink: &'s mut dyn Sink,
    created: Option<String>,
    file_id: Option<String>,
    group: Option<Group>,
    account: Option<(Statement, Unit)>,
    entries: u64,
    controls: [Control; 3],
    ended: bool,
}

/// Reads the text of one file.
pub(super) fn read(text: &str, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let all = records(text)?;
    let first = all.first().map_or("", |record| record.code);
    if first != "01" {
        let what = format!("Line 1: the file header (record 01) is missing, found {}. {NOTHING}", shown(first));
        return Err(Refusal::at("IMP-14", 1, what));
    }
    let mut reader = Reader {
        options,
        sink,
        created: None,
        file_id: None,
        group: None,
        account: None,
        entries: 0,
        controls: [Control::default(); 3],
        ended: false,
    };
    for record in &all {
        reader.take(record)?;
    }
    if reader.ended {
        return Ok(());
    }
    let line = all.last().map_or(1, |record| record.place.line);
    let what = format!("The file ends after line {line} without its trailer (record 99). Probably cut off. {NOTHING}");
    Err(Refusal::at("IMP-14", line, what))
}

impl Reader<'_, '_, '_> {
    fn take(&mut self, record: &Record<'_>) -> Result<(), Refusal> {
        if self.ended {
            return Err(record.refuse("IMP-14", "stands after the end of the file (record 99)"));
        }
        let level = match record.code {
            "03" | "16" | "49" => 0,
            "02" | "98" => 1,
            _ => 2,
        };
        self.controls[level].records += record.count;
        self.controls[level].lines += record.lines;
        match record.code {
            "01" => self.file(record),
            "02" => self.open_group(record),
            "03" => self.open_account(record),
            "16" => self.movement(record),
            "49" => self.close_account(record),
            "98" => self.close_group(record),
            "99" => self.close_file(record),
            other => Err(record.refuse("IMP-12", &format!("{} is no record of BAI2", shown(other)))),
        }
    }

    fn file(&mut self, record: &Record<'_>) -> Result<(), Refusal> {
        if self.file_id.is_some() {
            return Err(record.refuse("IMP-14", "is a second file header; split the file"));
        }
        let fields = record.fields().all();
        let field = |at: usize| fields.get(at).copied().unwrap_or("").trim();
        self.created = Some(format!("{} {}", field(2), field(3)).trim().to_owned());
        self.file_id = Some(field(4).to_owned());
        match field(7) {
            "2" | "" => Ok(()),
            other => Err(record.refuse("IMP-12", &format!("is of version {}; version 2 can be read", shown(other)))),
        }
    }

    fn open_group(&mut self, record: &Record<'_>) -> Result<(), Refusal> {
        if self.group.is_some() || self.account.is_some() {
            return Err(record.refuse("IMP-14", "begins a group before the last one ended (record 98)"));
        }
        let fields = record.fields().all();
        let field = |at: usize| fields.get(at).copied().unwrap_or("").trim();
        let day = match field(3) {
            "" => None,
            text => Some(self.day(record, text)?),
        };
        let unit = match field(5) {
            "" => self.options.currency.map(Unit::from),
            code => Some(unit(record, code)?),
        };
        // Modifier: 1 and 2 are interim or final of the day before, 3 and 4 of the same day.
        let report = matches!(field(6), "3" | "4");
        self.group = Some(Group { bank: field(1).to_owned(), day, unit, report });
        Ok(())
    }

    fn day(&self, record: &Record<'_>, text: &str) -> Result<NaiveDate, Refusal> {
        let found = if text.len() == 8 { date::packed(text) } else { date::short(text) };
        found.ok_or_else(|| record.refuse("DAT-01", &format!("{} does not exist as a day", shown(text))))
    }

    fn open_account(&mut self, record: &Record<'_>) -> Result<(), Refusal> {
        if self.account.is_some() {
            return Err(record.refuse("IMP-14", "begins an account before the last one ended (record 49)"));
        }
        let Some(group) = self.group.clone() else {
            return Err(record.refuse("IMP-14", "stands outside a group (record 02)"));
        };
        let kind = if group.report { Kind::Report } else { Kind::Statement };
        let mut out = Statement::new(kind, "BAI2", record.place);
        let mut fields = record.fields();
        let number = fields.next().unwrap_or("").trim();
        if number.is_empty() {
            return Err(record.refuse("IMP-12", "names no account"));
        }
        out.account.set_number(number);
        let unit = match fields.next().map(str::trim) {
            None | Some("") => group.unit.unwrap_or_else(|| {
                out.notice(record.place.line, "No currency is named; BAI2 then means USD.");
                Unit::USD
            }),
            Some(code) => unit(record, code)?,
        };
        out.account.unit = Some(unit);
        out.account.bank = Some(group.bank).filter(|bank| !bank.is_empty());
        (out.from, out.to) = (group.day, group.day);
        out.created.clone_from(&self.created);
        out.message.clone_from(&self.file_id);
        self.summary(record, &mut fields, unit, group.day, &mut out)?;
        self.account = Some((out, unit));
        self.entries = 0;
        Ok(())
    }

    /// Codes with amounts: 010 to 099 are balances, the others sums of entries.
    fn summary(
        &mut self,
        record: &Record<'_>,
        fields: &mut Fields<'_>,
        unit: Unit,
        day: Option<NaiveDate>,
        out: &mut Statement,
    ) -> Result<(), Refusal> {
        while let Some(code) = fields.next() {
            let code = code.trim();
            let text = fields.next().unwrap_or("").trim();
            let _count = fields.next();
            entry::funds(record, fields)?;
            if code.is_empty() || text.is_empty() {
                continue;
            }
            let minor = amount::read(text, unit, Decimals::Implied)
                .map_err(|(reason, why)| record.refuse(reason, &format!("code {code}: {} {why}", shown(text))))?;
            self.controls[0].sum += i128::from(minor);
            if code < "100" {
                let found = BALANCES.iter().find(|(known, _)| *known == code);
                let kind = found.map_or(BalanceKind::Other, |(_, kind)| *kind);
                out.balances.push(Balance { kind, code: code.to_owned(), amount: Amount::new(minor, unit), date: day });
            }
        }
        Ok(())
    }

    fn movement(&mut self, record: &Record<'_>) -> Result<(), Refusal> {
        let day = self.group.as_ref().and_then(|group| group.day);
        let Some((out, unit)) = &mut self.account else {
            return Err(record.refuse("IMP-14", "stands outside an account (record 03)"));
        };
        self.entries += 1;
        if self.entries > self.options.limits.entries {
            let limit = self.options.limits.entries;
            return Err(record.refuse("XML-02", &format!("more than {limit} entries in one account")));
        }
        let (minor, entry) = entry::read(record, self.entries, *unit, day, out)?;
        self.controls[0].sum += i128::from(minor);
        if let Some(entry) = entry {
            out.add(&entry);
            self.sink.entry(out, entry);
        }
        Ok(())
    }

    fn close_account(&mut self, record: &Record<'_>) -> Result<(), Refusal> {
        let Some((mut out, _)) = self.account.take() else {
            return Err(record.refuse("IMP-14", "ends an account that never began (record 03)"));
        };
        let control = std::mem::take(&mut self.controls[0]);
        let what = check(record, control, None, "account")?;
        self.note(record, &mut out, what)?;
        self.controls[1].add(control);
        out.place.end = record.place.end;
        self.sink.statement(out);
        Ok(())
    }

    fn close_group(&mut self, record: &Record<'_>) -> Result<(), Refusal> {
        if self.account.is_some() || self.group.take().is_none() {
            return Err(record.refuse("IMP-14", "ends a group before its account ended (record 49), or none began"));
        }
        let control = std::mem::take(&mut self.controls[1]);
        let what = check(record, control, Some(control.parts), "group")?;
        self.controls[2].add(control);
        self.differs(record, what)
    }

    fn close_file(&mut self, record: &Record<'_>) -> Result<(), Refusal> {
        if self.group.is_some() {
            return Err(record.refuse("IMP-14", "ends the file before its group ended (record 98)"));
        }
        if record.fields().all().iter().filter(|field| !field.trim().is_empty()).count() < 3 {
            return Err(record.refuse("IMP-14", "is cut off"));
        }
        self.ended = true;
        let control = self.controls[2];
        let what = check(record, control, Some(control.parts), "file")?;
        self.differs(record, what)
    }

    /// Refuses what disagrees, or notes it where the caller trusts the entries.
    fn note(&self, record: &Record<'_>, out: &mut Statement, what: Option<String>) -> Result<(), Refusal> {
        match what {
            Some(what) if self.options.trust_totals => {
                out.notice(record.place.line, what);
                Ok(())
            }
            what => self.differs(record, what),
        }
    }

    fn differs(&self, record: &Record<'_>, what: Option<String>) -> Result<(), Refusal> {
        match what.filter(|_| !self.options.trust_totals) {
            Some(what) => Err(Refusal::at("IMP-13", record.place.line, format!("{what} {NOTHING}"))),
            None => Ok(()),
        }
    }
}

fn unit(record: &Record<'_>, code: &str) -> Result<Unit, Refusal> {
    Unit::parse(code).ok_or_else(|| record.refuse("CUR-01", &format!("{} is not a currency", shown(code))))
}

/// Holds a trailer against what was read: its sum, the number of its parts, and the number of records or lines.
fn check(record: &Record<'_>, read: Control, parts: Option<u64>, of: &str) -> Result<Option<String>, Refusal> {
    let mut fields = record.fields();
    let mut number = |what: &str| {
        let text = fields.next().unwrap_or("").trim();
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.is_empty() {
            return Ok(None);
        }
        let value: Result<i128, _> = text.strip_prefix('+').unwrap_or(text).parse();
        let known = value.ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
        known.map(Some).ok_or_else(|| record.refuse("AMT-01", &format!("{what} {} is no number", shown(text))))
    };
    let sum = number("the total")?;
    let announced = if parts.is_some() { number("the number of parts")? } else { None };
    let records = number("the number of records")?;
    let line = record.place.line;
    let differs = |found: Option<i128>, read: i128| found.filter(|found| *found != read);
    if let Some(total) = differs(sum, read.sum) {
        return Ok(Some(format!(
            "Line {line}: the amounts of the {of} add up to {}, its trailer says {total}.",
            read.sum
        )));
    }
    if let Some((announced, read)) = announced.zip(parts).filter(|(announced, read)| *announced != i128::from(*read)) {
        return Ok(Some(format!(
            "Line {line}: the trailer announces {announced} parts of the {of}, there are {read}."
        )));
    }
    match records {
        Some(count) if count != i128::from(read.records) && count != i128::from(read.lines) => Ok(Some(format!(
            "Line {line}: the trailer announces {count} records of the {of}, there are {}.",
            read.records
        ))),
        _ => Ok(None),
    }
}
