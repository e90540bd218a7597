//! What `o2c import statement` says: for people a few lines a statement, as JSON one object with everything.

use serde_json::{Value, json};

use super::out;
use super::stop::Stop;
use crate::acts::import::Work;
use crate::domain::bank_words::Told;
use crate::domain::money::{Currency, Money};
use crate::formats::bank::booking::Booked;
use crate::store::Reader;
use crate::store::read::bank::{self, StatementLine};

/// Oddities of one statement that are told one by one; the rest is counted.
const NAMED: usize = 3;
/// Notes of the book that are told one by one.
const NOTES: usize = 20;

/// Everything of a statement, under this name of its account.
fn json_of(told: &Told, name: &str) -> Value {
    let row = &told.row;
    let plain = |minor: i64| Money::new(minor, row.currency).plain();
    let kinds: serde_json::Map<String, Value> =
        told.kinds.iter().map(|(kind, count)| (kind.word().to_owned(), json!(count))).collect();
    let notices: Vec<Value> = row.notices.iter().map(|(line, what)| json!({ "line": line, "notice": what })).collect();
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
        "net": plain(told.net),
        "closing": row.closing.map(|balance| plain(balance.amount)),
        "entries": told.count,
        "left_out": row.left_out,
        "kinds": kinds,
        "notices": notices,
    })
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
            statements.push(json_of(&told, &row.account));
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
                    let mut value = json_of(told, &row.account);
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
        let mut value = json_of(told, &line.account);
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
        let statements: Vec<Value> = told.iter().map(|told| json_of(told, &told.row.account)).collect();
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
