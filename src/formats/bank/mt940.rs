//! MT940 statements and MT942 reports, with or without the SWIFT envelope and with the habits of many banks: what is a
//! field and where a message ends. Lines `:61:` and balances are in [`line`], `:86:` in `info`.

mod info;
mod line;

use super::amount::{self, Decimals, Unit};
use super::date;
use super::statement::{BalanceKind, Entry, Kind, Place, Statement};
use super::{NOTHING, Options, Refusal, Sink, shown};

/// The tags a field may have; anything else that looks like one is text wrapped at an awkward place.
const TAGS: [&str; 22] = [
    "13", "13D", "20", "21", "25", "25P", "28", "28C", "34F", "60F", "60M", "61", "62F", "62M", "64", "65", "65F",
    "86", "90C", "90D", "NS", "940",
];

/// Tags that go on inside the entries of a message.
const INNER: [&str; 9] = ["61", "62F", "62M", "64", "65", "65F", "86", "90C", "90D"];

/// One field: its tag and its lines.
struct Field<'t> {
    tag: &'t str,
    /// The first without the tag; blanks at their ends are kept.
    lines: Vec<&'t str>,
    /// What stands before the first of them in its line, in bytes.
    begins: usize,
    place: Place,
    /// The line it ends in.
    last: u64,
}

impl<'t> Field<'t> {
    fn first(&self) -> &'t str {
        self.lines.first().copied().unwrap_or("").trim()
    }

    /// A refusal that names the field.
    fn refuse(&self, code: &'static str, what: &str) -> Refusal {
        let (line, tag) = (self.place.line, self.tag);
        Refusal::at(code, line, format!("Line {line}, field :{tag}: {what}. {NOTHING}"))
    }

    /// A refusal that names the column of its first line too; `at` counts the bytes after the tag.
    fn refuse_at(&self, code: &'static str, at: usize, what: &str) -> Refusal {
        let (line, tag, column) = (self.place.line, self.tag, self.begins + at + 1);
        Refusal::at(code, line, format!("Line {line}, column {column}, field :{tag}: {what}. {NOTHING}"))
    }
}

/// Reads the text of one file.
pub(super) fn read(text: &str, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let lines = lines(text);
    let mut reader = Reader { options, message: None };
    let mut field: Option<Field<'_>> = None;
    for (at, line) in lines.iter().enumerate() {
        let body = line.text;
        let next = || lines[at + 1..].iter().map(|line| line.text).find(|text| !text.trim().is_empty()).unwrap_or("");
        if let Some((tag, rest)) = split_tag(body)
            && reader.takes(tag, field.as_ref(), next())
        {
            reader.end_field(field.take(), sink)?;
            let place = Place { start: line.start, end: line.start + body.len(), line: line.number };
            let begins = body.len() - rest.len();
            field = Some(Field { tag, lines: vec![rest], begins, place, last: line.number });
            continue;
        }
        let bare = body.trim();
        let ends = bare == "-" || bare.starts_with("-}") || bare.starts_with('\u{3}');
        if ends && !goes_on(next()) {
            reader.end_field(field.take(), sink)?;
            reader.end_message(sink)?;
            continue;
        }
        if let Some(field) = field.as_mut().filter(|_| !bare.is_empty()) {
            field.lines.push(body);
            field.place.end = line.start + body.len();
            field.last = line.number;
        }
    }
    reader.end_field(field.take(), sink)?;
    reader.end_message(sink)
}

/// A line of the text without its end.
struct Line<'t> {
    text: &'t str,
    start: usize,
    number: u64,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let (mut start, mut number) = (0, 0);
    let whole = text.split_inclusive('\n').map(|line| {
        number += 1;
        let begin = start;
        start += line.len();
        Line { text: line.trim_end_matches(['\n', '\r']), start: begin, number }
    });
    whole.collect()
}

/// The tag a line begins with, and what follows it. An envelope may stand before it.
fn split_tag(line: &str) -> Option<(&str, &str)> {
    let inner = line.rsplit_once("{4:").map_or(line, |(_, rest)| rest);
    let (tag, rest) = inner.trim_start().strip_prefix(':')?.split_once(':')?;
    TAGS.contains(&tag).then_some((tag, rest))
}

/// Whether the line after a lone `-` still belongs to the same message.
fn goes_on(next: &str) -> bool {
    split_tag(next).is_some_and(|(tag, _)| INNER.contains(&tag))
}

/// A message being read.
struct Message {
    out: Statement,
    /// The entry whose `:86:` may still come.
    entry: Option<Entry>,
    entries: u64,
    closed: bool,
    report: bool,
    /// The last line read of it.
    last: u64,
    unit: Option<Unit>,
    /// Counts and sums of debits and credits that `:90D:` and `:90C:` announce, in minor units without sign.
    announced: Vec<(bool, u64, i64, u64)>,
    seen: [(u64, i128); 2],
}

struct Reader<'o, 'p> {
    options: &'o Options<'p>,
    message: Option<Message>,
}

impl Reader<'_, '_> {
    /// Whether a line with a tag begins a field, or is text that happens to look like one.
    fn takes(&self, tag: &str, field: Option<&Field<'_>>, next: &str) -> bool {
        let Some(message) = &self.message else { return true };
        let inside = field.is_some_and(|field| field.tag == "86") && message.entries > 0 && !message.closed;
        if !inside || INNER.contains(&tag) || tag == "NS" {
            return true;
        }
        // A new message without an end of the last one; anything else is a wrapped line of the text.
        tag == "20" && split_tag(next).is_some_and(|(tag, _)| matches!(tag, "21" | "25" | "25P" | "28" | "28C"))
    }

    fn end_field(&mut self, field: Option<Field<'_>>, sink: &mut dyn Sink) -> Result<(), Refusal> {
        let Some(field) = field else { return Ok(()) };
        if field.tag == "20" && self.message.as_ref().is_some_and(|message| message.started()) {
            self.end_message(sink)?;
        }
        let message = self.message.get_or_insert_with(|| Message::new(field.place));
        message.out.place.end = field.place.end;
        message.last = field.last;
        message.take(&field, self.options, sink)
    }

    fn end_message(&mut self, sink: &mut dyn Sink) -> Result<(), Refusal> {
        match self.message.take() {
            Some(message) => message.finish(self.options, sink),
            None => Ok(()),
        }
    }
}

impl Message {
    fn new(place: Place) -> Self {
        Message {
            out: Statement::new(Kind::Statement, "MT940", place),
            entry: None,
            entries: 0,
            closed: false,
            report: false,
            last: place.line,
            unit: None,
            announced: Vec::new(),
            seen: [(0, 0); 2],
        }
    }

    /// Whether anything of it was read, so that `:20:` begins another one.
    fn started(&self) -> bool {
        self.out.message.is_some() || !self.out.account.number().is_empty() || !self.out.balances.is_empty()
    }

    fn take(&mut self, field: &Field<'_>, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
        match field.tag {
            "20" => self.out.message = Some(field.first().to_owned()).filter(|text| !text.is_empty()),
            "25" | "25P" => self.account(field.first()),
            "28" | "28C" => self.number(field.first()),
            "13" | "13D" => self.out.created = Some(field.first().to_owned()),
            "34F" => {
                // The floor limit names the currency of a report, which has no balance.
                self.report = true;
                self.unit = self.unit.or_else(|| Unit::parse(field.first().get(..3).unwrap_or("")));
            }
            "60F" | "60M" | "62F" | "62M" | "64" | "65" | "65F" => self.balance(field, options)?,
            "61" => self.movement(field, options, sink)?,
            "86" => self.information(field),
            "NS" => self.own_lines(field),
            "90C" | "90D" => self.announce(field, options)?,
            _ => {}
        }
        Ok(())
    }

    /// `:25:` is an IBAN, or bank and account, perhaps with the currency at its end.
    fn account(&mut self, text: &str) {
        let (head, tail) = text.split_at_checked(text.len().saturating_sub(3)).unwrap_or((text, ""));
        let unit = Unit::parse(tail).filter(|_| tail.bytes().all(|byte| byte.is_ascii_uppercase()));
        let number = match unit {
            Some(unit) if head.trim_end().ends_with(|sign: char| sign.is_ascii_digit()) => {
                self.out.account.unit = Some(unit);
                self.unit = Some(unit);
                head.trim()
            }
            _ => text,
        };
        self.out.account.set_number(number);
        if let Some((bank, rest)) = number.split_once('/').filter(|(_, rest)| !rest.is_empty()) {
            self.out.account.bank = Some(bank.trim().to_owned()).filter(|bank| !bank.is_empty());
            let mut inner = super::statement::Account::default();
            inner.set_number(rest);
            if inner.iban.is_some() {
                (self.out.account.iban, self.out.account.other) = (inner.iban, None);
            }
        }
    }

    /// `:28C:` is the number, perhaps with the page after a slash.
    fn number(&mut self, text: &str) {
        let (number, page) = text.split_once('/').map_or((text, None), |(number, page)| (number, Some(page)));
        self.out.number = Some(number.trim().to_owned()).filter(|number| !number.is_empty());
        self.out.page = page.and_then(|page| page.trim().parse().ok());
    }

    fn balance(&mut self, field: &Field<'_>, options: &Options<'_>) -> Result<(), Refusal> {
        let unit = self.unit.or(options.currency.map(Unit::from));
        let essential = field.tag.starts_with('6') && !matches!(field.tag, "64" | "65" | "65F");
        let read = match line::balance(field, unit) {
            Err(refused) if !essential => {
                self.out.notice(
                    field.place.line,
                    format!("{} It was left out.", refused.sentence.trim_end_matches(NOTHING).trim_end()),
                );
                return Ok(());
            }
            read => read?,
        };
        if let Some(what) = read.notice {
            self.out.notice(field.place.line, what);
        }
        self.unit = self.unit.or(Some(read.balance.amount.unit));
        let day = read.balance.date;
        match read.balance.kind {
            BalanceKind::OpeningBooked | BalanceKind::InterimOpening => self.out.from = self.out.from.or(day),
            BalanceKind::ClosingBooked | BalanceKind::InterimClosing => {
                self.out.to = day;
                self.out.last_page = Some(read.balance.kind == BalanceKind::ClosingBooked);
                self.closed = true;
            }
            _ => {}
        }
        self.out.balances.push(read.balance);
        Ok(())
    }

    fn movement(&mut self, field: &Field<'_>, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
        self.flush(sink);
        self.entries += 1;
        if self.entries > options.limits.entries {
            let limit = options.limits.entries;
            return Err(field.refuse("XML-02", &format!("more than {limit} entries in one statement")));
        }
        let Some(unit) = self.unit.or(options.currency.map(Unit::from)) else {
            return Err(field.refuse("CUR-01", "stands before any balance, so that its currency is unknown"));
        };
        let read = line::movement(field, self.entries, unit)?;
        for what in read.1 {
            self.out.notice(field.place.line, what);
        }
        let minor = i128::from(read.0.amount.minor);
        let side = &mut self.seen[usize::from(minor < 0)];
        *side = (side.0 + 1, side.1 + minor.abs());
        self.entry = Some(read.0);
        Ok(())
    }

    /// `:86:` after an entry is about it; before and after all of them about the statement.
    fn information(&mut self, field: &Field<'_>) {
        match self.entry.as_mut().filter(|_| !self.closed) {
            Some(entry) => {
                entry.place.end = field.place.end;
                info::read(&field.lines, entry);
            }
            None => {
                let lines = field.lines.iter().map(|line| line.trim().to_owned());
                self.out.text.extend(lines.filter(|line| !line.is_empty()));
            }
        }
    }

    /// `:NS:` lines of two digits and text, of an entry or of the statement.
    fn own_lines(&mut self, field: &Field<'_>) {
        match self.entry.as_mut().filter(|_| !self.closed) {
            Some(entry) => {
                entry.place.end = field.place.end;
                info::own_lines(&field.lines, entry);
            }
            None => {
                for line in &field.lines {
                    match line.split_at_checked(2) {
                        Some(("22", name)) if !name.trim().is_empty() => {
                            self.out.account.owner = Some(name.trim().to_owned());
                        }
                        _ => self.out.text.push(line.trim().to_owned()),
                    }
                }
            }
        }
    }

    /// `:90D:` and `:90C:`: number, currency, sum.
    fn announce(&mut self, field: &Field<'_>, options: &Options<'_>) -> Result<(), Refusal> {
        self.report = true;
        let text = field.first();
        let end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
        let (count, rest) = text.split_at(end);
        let (code, sum) = rest.split_at_checked(3).unwrap_or(("", ""));
        let unit = Unit::parse(code).or(self.unit).or(options.currency.map(Unit::from));
        let (Some(unit), Ok(count)) = (unit, count.parse()) else {
            return Err(field.refuse("IMP-12", &format!("{} is no number, currency and sum", shown(text))));
        };
        let minor = amount::read(sum, unit, Decimals::Either)
            .map_err(|(code, why)| field.refuse(code, &format!("{} {why}", shown(sum))))?;
        self.announced.push((field.tag == "90D", count, minor, field.place.line));
        Ok(())
    }

    /// Hands over the entry whose text is complete.
    fn flush(&mut self, sink: &mut dyn Sink) {
        if let Some(entry) = self.entry.take() {
            self.out.add(&entry);
            sink.entry(&self.out, entry);
        }
    }

    fn finish(mut self, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
        self.flush(sink);
        let line = self.out.place.line;
        if self.out.account.number().is_empty() {
            let what = format!("The message at line {line} names no account (field :25:); probably cut off. {NOTHING}");
            return Err(Refusal::at("IMP-14", line, what));
        }
        if self.out.balances.is_empty() && self.entries == 0 && !self.report {
            let what = format!("The message at line {line} has neither a balance nor an entry. {NOTHING}");
            return Err(Refusal::at("IMP-14", line, what));
        }
        for (debit, count, sum, line) in std::mem::take(&mut self.announced) {
            let (entries, total) = self.seen[usize::from(debit)];
            if (count, i128::from(sum)) != (entries, total) {
                let what = format!(
                    "Line {line} announces {count} {} entries; there are {entries}, or their sum differs",
                    if debit { "debit" } else { "credit" }
                );
                if !options.trust_totals {
                    return Err(Refusal::at("IMP-13", line, format!("{what}. {NOTHING}")));
                }
                self.out.notice(line, format!("{what}."));
            }
        }
        if self.report {
            (self.out.kind, self.out.format) = (Kind::Report, "MT942".to_owned());
        } else if !self.closed {
            // Every statement closes with :62F: or :62M:; what does not was cut off, and its last entry may be half of one.
            let (code, end) = ("IMP-14", self.last);
            let what = format!(
                "The statement at line {line} ends at line {end} without its closing balance (field :62F:). It is cut off; \
                 get the whole file from the bank. {NOTHING}"
            );
            return Err(Refusal::at(code, end, what));
        }
        if self.out.account.unit.is_none() {
            self.out.account.unit = self.unit;
        }
        sink.statement(self.out);
        Ok(())
    }
}
