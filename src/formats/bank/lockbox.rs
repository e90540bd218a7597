//! BAI lockbox files: a notification for each lockbox and day, an entry for each cheque (record 6), the invoices of its
//! overflow records (4) as structured remittance; totals of records 7, 8 and 9 are held against what was read.

use super::amount::{Amount, Unit};
use super::columns::{Row, rows};
use super::date;
use super::facts::{Document, RefKind, Structured};
use super::statement::{Entry, Kind, Statement};
use super::{NOTHING, Options, Refusal, Sink, shown};

/// Columns of the longest record.
const WIDTH: usize = 104;

#[derive(Clone, Copy, Default)]
struct Total {
    count: i128,
    sum: i128,
}

struct Reader<'o, 'p, 's> {
    options: &'o Options<'p>,
    sink: &'s mut dyn Sink,
    unit: Unit,
    origin: Option<String>,
    created: Option<String>,
    lockbox: Option<Statement>,
    entry: Option<Entry>,
    entries: u64,
    batch: Total,
    whole: Total,
    ended: bool,
}

/// Reads the text of one file.
pub(super) fn read(text: &str, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let all = rows(text, WIDTH);
    let mut reader = Reader {
        options,
        sink,
        unit: options.currency.map_or(Unit::USD, Unit::from),
        origin: None,
        created: None,
        lockbox: None,
        entry: None,
        entries: 0,
        batch: Total::default(),
        whole: Total::default(),
        ended: false,
    };
    for (at, row) in all.iter().enumerate() {
        reader.take(row, at as i128 + 1)?;
    }
    if reader.ended {
        return Ok(());
    }
    let line = all.last().map_or(1, |row| row.place.line);
    let what = format!("The file ends after line {line} without its trailer (record 9). Probably cut off. {NOTHING}");
    Err(Refusal::at("IMP-14", line, what))
}

impl Reader<'_, '_, '_> {
    fn take(&mut self, row: &Row<'_>, number: i128) -> Result<(), Refusal> {
        if self.ended {
            return Err(row.refuse("IMP-14", "stands after the end of the file (record 9)"));
        }
        match row.kind() {
            "1" => {
                self.origin = row.own(13, 23);
                self.created = Some(format!("{} {}", row.trimmed(23, 29), row.trimmed(29, 33)));
                Ok(())
            }
            "2" => Ok(()),
            "5" => self.open(row),
            "6" => self.cheque(row),
            "4" => self.overflow(row),
            "7" => self.end_batch(row),
            "8" => self.close(row),
            "9" => {
                if self.lockbox.is_some() {
                    return Err(row.refuse("IMP-14", "ends the file before its lockbox (record 8)"));
                }
                if row.trimmed(1, 7).len() < 6 {
                    return Err(row.refuse("IMP-14", "the trailer is cut off"));
                }
                self.ended = true;
                self.compare(row, &[("records", row.control(1, 7)?, number)])
            }
            other => Err(row.refuse("IMP-12", &format!("{} begins no record of a lockbox file", shown(other)))),
        }
    }

    fn open(&mut self, row: &Row<'_>) -> Result<(), Refusal> {
        // A lockbox may be opened again for its next batch.
        let number = row.trimmed(7, 14);
        if self.lockbox.as_ref().is_some_and(|open| open.account.number() == number) {
            return Ok(());
        }
        if self.lockbox.is_some() {
            return Err(row.refuse("IMP-14", "begins a lockbox before the last one ended (record 8)"));
        }
        let mut out = Statement::new(Kind::Notification, "BAI lockbox", row.place);
        out.account.other = Some(number.to_owned()).filter(|number| !number.is_empty());
        out.account.bank.clone_from(&self.origin);
        out.account.unit = Some(self.unit);
        out.created.clone_from(&self.created);
        let day = row.trimmed(14, 20);
        let found = date::short(day);
        let refused = || row.refuse("DAT-01", &format!("{} in columns 15 to 20 does not exist as a day", shown(day)));
        let found = found.ok_or_else(refused)?;
        (out.from, out.to) = (Some(found), Some(found));
        out.id = format!("{number} {found}");
        self.entries = 0;
        self.lockbox = Some(out);
        Ok(())
    }

    fn cheque(&mut self, row: &Row<'_>) -> Result<(), Refusal> {
        self.flush();
        let Some(out) = &self.lockbox else {
            return Err(row.refuse("IMP-14", "a cheque stands before its lockbox (record 5)"));
        };
        self.entries += 1;
        if self.entries > self.options.limits.entries {
            let limit = self.options.limits.entries;
            return Err(row.refuse("XML-02", &format!("more than {limit} entries in one lockbox")));
        }
        let minor = row.amount(7, 17, self.unit)?;
        let mut entry = Entry::new(self.entries, row.place, Amount::new(minor, self.unit));
        (entry.booked, entry.listed) = (out.from, 1);
        let facts = &mut entry.facts;
        facts.add_reference(RefKind::Cheque, row.trimmed(36, 46));
        facts.add_reference(RefKind::Entry, row.get(1, 7));
        facts.party.bank = row.own(17, 26);
        facts.party.account = row.own(26, 36);
        facts.party.name = row.own(52, 82);
        facts.lines.extend(row.own(82, WIDTH));
        for total in [&mut self.batch, &mut self.whole] {
            (total.count, total.sum) = (total.count + 1, total.sum + i128::from(minor));
        }
        self.entry = Some(entry);
        Ok(())
    }

    /// `4`, batch, item, type 6, number, whether more follow, then the invoice and perhaps its amount.
    fn overflow(&mut self, row: &Row<'_>) -> Result<(), Refusal> {
        let unit = self.unit;
        let Some(entry) = &mut self.entry else {
            return Err(row.refuse("IMP-14", "an overflow stands before its cheque (record 6)"));
        };
        let rest = row.get(11, WIDTH);
        let (number, tail) = rest.trim_end().split_at_checked(15).unwrap_or((rest.trim_end(), ""));
        let amount = tail.trim();
        let remitted = match amount.len() {
            10 => Some(Amount::new(row.amount(26, 36, unit)?, unit)),
            _ => None,
        };
        let number = number.trim();
        if !number.is_empty() {
            let documents = vec![Document { number: number.to_owned(), ..Document::default() }];
            entry.facts.structured.push(Structured { documents, remitted, ..Structured::default() });
        }
        entry.place.end = row.place.end;
        Ok(())
    }

    fn flush(&mut self) {
        if let (Some(entry), Some(out)) = (self.entry.take(), &mut self.lockbox) {
            out.add(&entry);
            self.sink.entry(out, entry);
        }
    }

    fn end_batch(&mut self, row: &Row<'_>) -> Result<(), Refusal> {
        self.flush();
        let batch = std::mem::take(&mut self.batch);
        self.compare(row, &[("cheques", row.control(20, 23)?, batch.count), ("sum", row.control(23, 33)?, batch.sum)])
    }

    fn close(&mut self, row: &Row<'_>) -> Result<(), Refusal> {
        self.flush();
        let whole = std::mem::take(&mut self.whole);
        self.batch = Total::default();
        self.compare(row, &[("cheques", row.control(20, 24)?, whole.count), ("sum", row.control(24, 34)?, whole.sum)])?;
        let Some(mut out) = self.lockbox.take() else {
            return Err(row.refuse("IMP-14", "ends a lockbox that never began (record 5)"));
        };
        out.place.end = row.place.end;
        self.sink.statement(out);
        Ok(())
    }

    fn compare(&mut self, row: &Row<'_>, told: &[(&str, Option<i128>, i128)]) -> Result<(), Refusal> {
        let wrong = told.iter().find(|(_, told, read)| told.is_some_and(|told| told != *read));
        let Some((what, Some(told), read)) = wrong else { return Ok(()) };
        let line = row.place.line;
        let said = format!("Line {line}: the trailer says {told} for its {what}, the file has {read}.");
        if !self.options.trust_totals {
            return Err(Refusal::at("IMP-13", line, format!("{said} {NOTHING}")));
        }
        if let Some(out) = &mut self.lockbox {
            out.notice(line, said);
        }
        Ok(())
    }
}
