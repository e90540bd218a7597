//! NACHA files of the ACH network: each batch an advice with its entries, seen by their receiver, so that credits come
//! in. Addenda become remittance (an X12 820 in them is read), returns and corrections. Lines may be trimmed, too long
//! or not ended at all; control totals that disagree are refused. One entry is read in `entry`.

mod entry;
mod form;

use self::entry::{Draft, Sec};
use super::amount::Unit;
use super::columns::{Row, rows};
use super::date;
use super::statement::{Kind, Place, Statement};
use super::{NOTHING, Options, Refusal, Sink, shown};

/// Columns of a record.
const WIDTH: usize = 94;

/// What was counted, to hold against a control record.
#[derive(Clone, Copy, Default)]
struct Control {
    records: i128,
    hash: i128,
    debit: i128,
    credit: i128,
    batches: i128,
}

impl Control {
    fn add(&mut self, inner: Control) {
        self.records += inner.records;
        self.hash += inner.hash;
        self.debit += inner.debit;
        self.credit += inner.credit;
        self.batches += 1;
    }
}

struct Reader<'o, 'p, 's, 't> {
    options: &'o Options<'p>,
    sink: &'s mut dyn Sink,
    origin: Option<String>,
    created: Option<String>,
    batch: Option<(Statement, Sec)>,
    /// What its header said that entries and control must keep to.
    form: form::Batch,
    draft: Option<Draft<'t>>,
    entries: u64,
    control: Control,
    file: Control,
    header: bool,
    closed: bool,
    batches: u64,
    /// Whether a batch was an accounting advice.
    adv: bool,
}

/// Reads the text of one file.
pub(super) fn read(text: &str, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let all = rows(text, WIDTH);
    let mut reader = Reader {
        options,
        sink,
        origin: None,
        created: None,
        batch: None,
        form: form::Batch::default(),
        draft: None,
        entries: 0,
        control: Control::default(),
        file: Control::default(),
        header: false,
        closed: false,
        batches: 0,
        adv: false,
    };
    for row in &all {
        reader.take(row)?;
    }
    reader.finish(all.last().map_or(1, |row| row.place.line))
}

impl<'t> Reader<'_, '_, '_, 't> {
    fn take(&mut self, row: &Row<'t>) -> Result<(), Refusal> {
        match row.kind() {
            "1" => self.header(row),
            "5" => self.open(row),
            "6" => self.entry(row),
            "7" => match &mut self.draft {
                Some(draft) => {
                    form::addenda(row)?;
                    self.control.records += 1;
                    draft.addenda.push(*row);
                    Ok(())
                }
                None => Err(row.refuse("IMP-14", "an addenda record stands before any entry")),
            },
            "8" => self.close(row),
            "9" if row.trimmed(0, WIDTH).bytes().all(|byte| byte == b'9') => Ok(()),
            "9" => self.close_file(row),
            _ => {
                let head = row.get(0, 12);
                Err(row.refuse("IMP-12", &format!("what begins with {} is no record of NACHA", shown(head))))
            }
        }
    }

    fn header(&mut self, row: &Row<'_>) -> Result<(), Refusal> {
        if self.header {
            return Err(row.refuse("IMP-14", "is a second file header; split the file"));
        }
        self.header = true;
        self.origin = row.own(63, 86).or_else(|| row.own(13, 23));
        self.created = Some(format!("{} {}", row.trimmed(23, 29), row.trimmed(29, 33)).trim().to_owned());
        Ok(())
    }

    fn open(&mut self, row: &Row<'_>) -> Result<(), Refusal> {
        if self.batch.is_some() {
            self.end_batch(Some("The batch has no control record (8)."))?;
        }
        let sec = Sec::of(row.trimmed(50, 53));
        self.form = form::Batch::read(row)?;
        let mut out = Statement::new(Kind::Advice, format!("NACHA {}", row.trimmed(50, 53)).trim_end(), row.place);
        out.id = row.trimmed(87, 94).to_owned();
        out.message.clone_from(&self.origin);
        out.created.clone_from(&self.created);
        out.account.owner = if sec == Sec::Iat { None } else { row.own(4, 20) };
        out.account.other = row.own(40, 50);
        out.account.bank = row.own(79, 87);
        out.account.unit = Some(Unit::USD);
        out.text.extend(row.own(53, 63));
        let day = row.trimmed(69, 75);
        if !day.is_empty() {
            let found = date::short(day);
            if found.is_none() {
                out.notice(row.place.line, format!("The effective date {} does not exist.", shown(day)));
            }
            (out.from, out.to) = (found, found);
        }
        self.entries = 0;
        self.adv |= sec == Sec::Adv;
        self.batch = Some((out, sec));
        Ok(())
    }

    fn entry(&mut self, row: &Row<'t>) -> Result<(), Refusal> {
        self.flush()?;
        let Some((_, sec)) = &self.batch else {
            return Err(row.refuse("IMP-14", "an entry stands outside a batch (record 5)"));
        };
        self.entries += 1;
        if self.entries > self.options.limits.entries {
            let limit = self.options.limits.entries;
            return Err(row.refuse("XML-02", &format!("more than {limit} entries in one batch")));
        }
        let draft = Draft::new(row, *sec, self.entries)?;
        self.form.entry(row, *sec, draft.debit)?;
        self.control.records += 1;
        self.control.hash += draft.routing;
        let minor = i128::from(draft.minor);
        if draft.debit {
            self.control.debit += minor
        } else {
            self.control.credit += minor
        }
        self.draft = Some(draft);
        Ok(())
    }

    /// Hands over the entry whose addenda are complete.
    fn flush(&mut self) -> Result<(), Refusal> {
        if let (Some(draft), Some((out, _))) = (self.draft.take(), &mut self.batch) {
            let entry = draft.finish(out)?;
            out.add(&entry);
            self.sink.entry(out, entry);
        }
        Ok(())
    }

    fn end_batch(&mut self, odd: Option<&str>) -> Result<(), Refusal> {
        self.flush()?;
        let Some((mut out, _)) = self.batch.take() else { return Ok(()) };
        if let Some(odd) = odd {
            out.notice(out.place.line, odd);
        }
        self.file.add(std::mem::take(&mut self.control));
        self.batches += 1;
        self.sink.statement(out);
        Ok(())
    }

    fn close(&mut self, row: &Row<'_>) -> Result<(), Refusal> {
        let Some((out, sec)) = &mut self.batch else {
            return Err(row.refuse("IMP-14", "a batch ends that never began (record 5)"));
        };
        out.place.end = row.place.end;
        self.form.close(row)?;
        let wide = if *sec == Sec::Adv { 20 } else { 12 };
        let control = self.control;
        let told = [
            ("entries and addenda", row.control(4, 10)?, control.records),
            ("hash", row.control(10, 20)?, control.hash % 10_000_000_000),
            ("debits", row.control(20, 20 + wide)?, control.debit),
            ("credits", row.control(20 + wide, 20 + 2 * wide)?, control.credit),
        ];
        let odd = self.compare(row, "batch", &told)?;
        self.end_batch(odd.as_deref())
    }

    /// What a control record tells against what was counted: refused, or said where the caller trusts the entries.
    fn compare(&self, row: &Row<'_>, of: &str, told: &[(&str, Option<i128>, i128)]) -> Result<Option<String>, Refusal> {
        let wrong = told.iter().find(|(_, told, read)| told.is_some_and(|told| told != *read));
        let Some((what, Some(told), read)) = wrong else { return Ok(None) };
        let line = row.place.line;
        let said = format!("Line {line}: the {of} control says {told} for its {what}, the file has {read}.");
        if self.options.trust_totals {
            Ok(Some(said))
        } else {
            Err(Refusal::at("IMP-13", line, format!("{said} {NOTHING}")))
        }
    }

    fn close_file(&mut self, row: &Row<'_>) -> Result<(), Refusal> {
        if self.batch.is_some() {
            self.end_batch(Some("The batch has no control record (8)."))?;
        }
        self.closed = true;
        let file = self.file;
        // ADV files have wider totals.
        let wide = if self.adv { 20 } else { 12 };
        let told = [
            ("batches", row.control(1, 7)?, file.batches),
            ("entries and addenda", row.control(13, 21)?, file.records),
            ("hash", row.control(21, 31)?, file.hash % 10_000_000_000),
            ("debits", row.control(31, 31 + wide)?, file.debit),
            ("credits", row.control(31 + wide, 31 + 2 * wide)?, file.credit),
        ];
        self.compare(row, "file", &told).map(|_| ())
    }

    fn finish(&mut self, line: u64) -> Result<(), Refusal> {
        if self.batch.is_some() {
            let odd =
                if self.closed { None } else { Some("The file ends without the control record (8) of its batch.") };
            self.end_batch(odd)?;
        }
        if self.batches == 0 && (self.header || self.closed) {
            // A day without payments: an advice without entries says so.
            let place = Place { start: 0, end: 1, line };
            let mut out = Statement::new(Kind::Advice, "NACHA", place);
            out.message.clone_from(&self.origin);
            out.created.clone_from(&self.created);
            out.notice(line, "The file has no batch.");
            self.sink.statement(out);
        }
        Ok(())
    }
}
