//! OFX and QFX, as SGML with unclosed tags (1.x) or as XML (2.x), with header or without, on many lines or one: bank,
//! card and investment statements. Tags and values come from `tags`; nothing of the file is expanded.

mod tags;

use std::borrow::Cow;

use chrono::NaiveDate;

use self::tags::{Tags, Token};
use super::amount::{self, Amount, Decimals, Unit};
use super::date;
use super::facts::RefKind;
use super::statement::{Balance, BalanceKind, Entry, Kind, Place, Statement};
use super::{NOTHING, Options, Refusal, Sink, shown};

/// Tags that hold other tags. Any other one holds a value, even if SGML leaves its end out.
const HOLDERS: [&str; 40] = [
    "OFX",
    "SIGNONMSGSRSV1",
    "SONRS",
    "STATUS",
    "FI",
    "BANKMSGSRSV1",
    "STMTTRNRS",
    "STMTRS",
    "BANKACCTFROM",
    "BANKTRANLIST",
    "STMTTRN",
    "LEDGERBAL",
    "AVAILBAL",
    "CREDITCARDMSGSRSV1",
    "CCSTMTTRNRS",
    "CCSTMTRS",
    "CCACCTFROM",
    "INVSTMTMSGSRSV1",
    "INVSTMTTRNRS",
    "INVSTMTRS",
    "INVACCTFROM",
    "INVTRANLIST",
    "INVBANKTRAN",
    "BANKACCTTO",
    "CCACCTTO",
    "CURRENCY",
    "ORIGCURRENCY",
    "PAYEE",
    "BALLIST",
    "BAL",
    "INVPOSLIST",
    "INVBAL",
    "SECLISTMSGSRSV1",
    "SECLIST",
    "EXTDBANKACCTTO",
    "BANKTRANLISTP",
    "STMTTRNP",
    "IMAGEDATA",
    "SIGNUPMSGSRSV1",
    "PROFMSGSRSV1",
];

/// Tags that begin a statement.
const STATEMENTS: [&str; 3] = ["STMTRS", "CCSTMTRS", "INVSTMTRS"];

/// An entry being read.
#[derive(Default)]
struct Draft<'t> {
    place: Place,
    amount: Option<(&'t str, u64)>,
    unit: Option<Unit>,
    rate: Option<&'t str>,
    original: bool,
    values: Vec<(&'t str, &'t str, Cow<'t, str>)>,
}

struct Reader<'t, 'o, 'p, 's> {
    options: &'o Options<'p>,
    sink: &'s mut dyn Sink,
    version: &'t str,
    /// Open holders, the outermost first.
    open: Vec<&'t str>,
    statement: Option<Statement>,
    entry: Option<Draft<'t>>,
    entries: u64,
    balance: (Option<&'t str>, Option<&'t str>),
    left_out: bool,
    /// Error code and text of the last status.
    status: (Option<&'t str>, Option<Cow<'t, str>>),
    error: Option<String>,
    servers: Option<String>,
    statements: u64,
}

/// Reads the text of one file.
pub(super) fn read(text: &str, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let mut reader = Reader {
        options,
        sink,
        version: tags::version(text),
        open: Vec::new(),
        statement: None,
        entry: None,
        entries: 0,
        balance: (None, None),
        left_out: false,
        status: (None, None),
        error: None,
        servers: None,
        statements: 0,
    };
    let mut tags = Tags::new(text, options.limits)?;
    while let Some(token) = tags.next()? {
        reader.take(token)?;
    }
    let line = tags.line();
    if let Some(open) = reader.open.last() {
        let inside = match reader.entry {
            Some(_) => format!("entry {}", reader.entries + 1),
            None => format!("element {open}"),
        };
        let byte = super::grouped(text.len());
        let what = format!(
            "The file ends in the middle of {inside} (byte {byte}, line {line}). Probably an incomplete download. {NOTHING}"
        );
        return Err(Refusal::at("IMP-14", line, what));
    }
    match reader.error.filter(|_| reader.statements == 0) {
        Some(error) => Err(Refusal::at("IMP-10", line, error)),
        None => Ok(()),
    }
}

impl<'t> Reader<'t, '_, '_, '_> {
    fn take(&mut self, token: Token<'t>) -> Result<(), Refusal> {
        match token {
            Token::Open { name, place } if HOLDERS.contains(&name) => self.begin(name, place),
            Token::Open { name, place } => {
                // A security's movement holds its own tags; only cash can be read.
                if self.within("INVTRANLIST") && self.open.last() == Some(&"INVTRANLIST") {
                    self.left_out = true;
                }
                if name == "CURDEF" {
                    return Err(self.refuse("CUR-01", place.line, "CURDEF is empty"));
                }
                Ok(())
            }
            Token::Value { name, value, raw, place } => self.value(name, value, raw, place),
            Token::Close { name, place } => {
                // An end without its beginning is one of a value, or of a tag nobody asked for.
                while HOLDERS.contains(&name) && self.open.contains(&name) {
                    let Some(top) = self.open.pop() else { break };
                    self.end(top, place)?;
                    if top == name {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    fn within(&self, name: &str) -> bool {
        self.open.contains(&name)
    }

    fn refuse(&self, code: &'static str, line: u64, what: &str) -> Refusal {
        let entry = if self.entry.is_some() { format!("entry {}: ", self.entries + 1) } else { String::new() };
        Refusal::at(code, line, format!("Line {line}: {entry}{what}. {NOTHING}"))
    }

    fn begin(&mut self, name: &'t str, place: Place) -> Result<(), Refusal> {
        self.open.push(name);
        if self.open.len() > self.options.limits.depth {
            let limit = self.options.limits.depth;
            return Err(self.refuse("XML-02", place.line, &format!("more than {limit} levels")));
        }
        match name {
            "STATUS" => self.status = (None, None),
            "LEDGERBAL" | "AVAILBAL" => self.balance = (None, None),
            "STMTTRN" => self.entry = Some(Draft { place, ..Draft::default() }),
            _ if STATEMENTS.contains(&name) => {
                let mut out = Statement::new(Kind::Statement, format!("OFX {}", self.version), place);
                out.created.clone_from(&self.servers);
                self.statement = Some(out);
                (self.entries, self.left_out) = (0, false);
            }
            _ => {}
        }
        Ok(())
    }

    fn value(&mut self, name: &'t str, value: Cow<'t, str>, raw: &'t str, place: Place) -> Result<(), Refusal> {
        let holder = self.open.last().copied().unwrap_or("");
        if let Some(entry) = &mut self.entry {
            match (holder, name) {
                ("STMTTRN", "TRNAMT") => entry.amount = Some((raw, place.line)),
                ("CURRENCY" | "ORIGCURRENCY", "CURSYM") => {
                    entry.unit = Unit::parse(raw);
                    entry.original = holder == "ORIGCURRENCY";
                }
                ("CURRENCY" | "ORIGCURRENCY", "CURRATE") => entry.rate = Some(raw),
                _ => entry.values.push((holder, name, value)),
            }
            return Ok(());
        }
        match (holder, name) {
            ("SONRS", "DTSERVER") => self.servers = Some(raw.to_owned()),
            ("STATUS", "CODE") => self.status.0 = Some(raw),
            ("STATUS", "MESSAGE") => self.status.1 = Some(value),
            ("LEDGERBAL" | "AVAILBAL", "BALAMT") => self.balance.0 = Some(raw),
            ("LEDGERBAL" | "AVAILBAL", "DTASOF") => self.balance.1 = Some(raw),
            _ => return self.head(holder, name, &value, place.line),
        }
        Ok(())
    }

    /// A value of the statement that is in no entry.
    fn head(&mut self, holder: &str, name: &str, value: &str, line: u64) -> Result<(), Refusal> {
        if value.is_empty() {
            return Ok(());
        }
        let Some(mut out) = self.statement.take() else { return Ok(()) };
        let day = |text: &str| date::packed(text).ok_or_else(|| self.refuse("DAT-01", line, &no_day(text)));
        match (holder, name) {
            (_, "CURDEF") => {
                let unit = Unit::parse(value);
                let refused = || self.refuse("CUR-01", line, &format!("{} is not a currency", shown(value)));
                out.account.unit = Some(unit.ok_or_else(refused)?);
            }
            ("BANKACCTFROM" | "CCACCTFROM" | "INVACCTFROM", "ACCTID") => out.account.set_number(value),
            ("BANKACCTFROM", "BANKID") | ("INVACCTFROM", "BROKERID") => out.account.bank = Some(value.to_owned()),
            ("BANKTRANLIST" | "INVTRANLIST", "DTSTART") => out.from = Some(day(value)?),
            ("BANKTRANLIST" | "INVTRANLIST", "DTEND") => out.to = Some(day(value)?),
            _ => {}
        }
        self.statement = Some(out);
        Ok(())
    }

    fn end(&mut self, name: &str, place: Place) -> Result<(), Refusal> {
        match name {
            "STATUS" => self.answered(place.line),
            "STMTTRN" => self.end_entry(place),
            "LEDGERBAL" | "AVAILBAL" => self.end_balance(name, place.line),
            _ if STATEMENTS.contains(&name) => {
                let Some(mut out) = self.statement.take() else { return Ok(()) };
                out.place.end = place.end;
                if self.left_out {
                    let what = "Movements of securities were left out; only cash can be read.";
                    out.notice(out.place.line, what);
                }
                if out.account.number().is_empty() {
                    out.notice(out.place.line, "The statement names no account.");
                }
                self.statements += 1;
                self.sink.statement(out);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A bank that answers with an error sends no statement.
    fn answered(&mut self, line: u64) -> Result<(), Refusal> {
        let (code, message) = std::mem::take(&mut self.status);
        let code = code.unwrap_or("0");
        if code.trim_matches('0').is_empty() {
            return Ok(());
        }
        let message = message.map_or_else(String::new, |text| format!(" {}", shown(&text)));
        self.error = Some(format!("The bank answered with error {}{message} (line {line}). {NOTHING}", shown(code)));
        Ok(())
    }

    fn unit(&self, own: Option<Unit>) -> Option<Unit> {
        let account = self.statement.as_ref().and_then(|out| out.account.unit);
        own.or(account).or(self.options.currency.map(Unit::from))
    }

    fn end_balance(&mut self, name: &str, line: u64) -> Result<(), Refusal> {
        let (text, day) = std::mem::take(&mut self.balance);
        let text = text.unwrap_or("").trim();
        let unit = self.unit(None);
        let Some(mut out) = self.statement.take() else { return Ok(()) };
        if text.is_empty() {
            out.notice(line, format!("{name} is empty and was left out."));
        } else {
            let unit = unit.ok_or_else(|| self.refuse("CUR-01", line, "no currency is named (CURDEF)"))?;
            let minor = amount::read(text, unit, Decimals::Either)
                .map_err(|(code, why)| self.refuse(code, line, &format!("{} in {name} {why}", shown(text))))?;
            let kind = if name == "LEDGERBAL" { BalanceKind::ClosingBooked } else { BalanceKind::ClosingAvailable };
            let amount = Amount::new(minor, unit);
            out.balances.push(Balance { kind, code: name.to_owned(), amount, date: day.and_then(date::packed) });
        }
        self.statement = Some(out);
        Ok(())
    }

    fn end_entry(&mut self, place: Place) -> Result<(), Refusal> {
        let Some(draft) = self.entry.take() else { return Ok(()) };
        let line = draft.place.line;
        let number = self.entries + 1;
        let refuse = |code, line, what: String| {
            Refusal::at(code, line, format!("Line {line}: entry {number}: {what}. {NOTHING}"))
        };
        if number > self.options.limits.entries {
            let limit = self.options.limits.entries;
            return Err(refuse("XML-02", line, format!("more than {limit} entries in one statement")));
        }
        let Some((text, at)) = draft.amount else { return Err(refuse("AMT-01", line, "there is no TRNAMT".into())) };
        let own = draft.unit.filter(|_| !draft.original);
        let unit = self.unit(own);
        let unit = unit.ok_or_else(|| refuse("CUR-01", line, "no currency is named (CURDEF)".into()))?;
        let minor = amount::read(text, unit, Decimals::Either)
            .map_err(|(code, why)| refuse(code, at, format!("{} in TRNAMT {why}", shown(text))))?;
        let whole = Place { end: place.end, ..draft.place };
        let mut entry = Entry::new(number, whole, Amount::new(minor, unit));
        entry.listed = 1;
        if let Some(source) = draft.unit.filter(|_| draft.original) {
            let exchange = entry.facts.exchange.get_or_insert_default();
            exchange.rate = draft.rate.and_then(|rate| rate.parse().ok());
            exchange.source = Some(source);
        }
        fill(&mut entry, &draft.values).map_err(|text| refuse("DAT-01", line, no_day(&text)))?;
        if entry.booked.is_none() {
            return Err(refuse("DAT-01", line, "there is no DTPOSTED".into()));
        }
        self.entries = number;
        if let Some(out) = &mut self.statement {
            out.add(&entry);
            self.sink.entry(out, entry);
        }
        Ok(())
    }
}

fn no_day(text: &str) -> String {
    format!("{} does not exist as a day", shown(text))
}

/// Puts the values of an entry where they belong. The text of a day that does not exist is the error.
fn fill(entry: &mut Entry, values: &[(&str, &str, Cow<'_, str>)]) -> Result<(), String> {
    let day = |text: &str| -> Result<Option<NaiveDate>, String> {
        if text.trim().is_empty() { Ok(None) } else { date::packed(text).map(Some).ok_or_else(|| text.to_owned()) }
    };
    let facts = &mut entry.facts;
    for (holder, name, value) in values {
        let owned = || Some(value.to_string()).filter(|text| !text.is_empty());
        match (*holder, *name) {
            (_, "TRNTYPE") => entry.code.proprietary = owned(),
            (_, "DTPOSTED") => entry.booked = day(value)?,
            (_, "DTAVAIL") => entry.value = day(value)?,
            (_, "FITID") => facts.add_reference(RefKind::Servicer, value),
            (_, "REFNUM") => facts.add_reference(RefKind::Other, value),
            (_, "SRVRTID") => facts.add_reference(RefKind::Clearing, value),
            (_, "CHECKNUM") => facts.add_reference(RefKind::Cheque, value),
            (_, "NAME") => facts.party.name = owned(),
            (_, "MEMO") => facts.lines.extend(owned()),
            ("BANKACCTTO" | "CCACCTTO", "ACCTID") => facts.party.account = owned(),
            ("BANKACCTTO", "BANKID") => facts.party.bank = owned(),
            ("PAYEE", "ADDR1" | "ADDR2" | "ADDR3" | "CITY" | "STATE" | "POSTALCODE" | "COUNTRY") => {
                facts.party.address.extend(owned());
            }
            (_, "CORRECTFITID") => entry.reversal = true,
            _ => {}
        }
    }
    Ok(())
}
