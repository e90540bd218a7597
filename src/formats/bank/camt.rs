//! camt.052 (reports), camt.053 (statements) and camt.054 (notifications) of every version and namespace prefix: the
//! walk over the message, its statements, accounts and balances. Entries are in `entry`, what they say in `detail`.

mod detail;
mod entry;

use super::amount::{self, Amount, Decimals, Unit};
use super::date;
use super::statement::{Balance, BalanceKind, Kind, Place, Statement};
use super::xml::{Element, Pull, Step, Tag, Tree};
use super::{NOTHING, Options, Refusal, Sink, grouped, shown};

/// Elements that hold a message, the kind of its statements, and the name the message goes by.
const MESSAGES: [(&str, Kind, &str); 3] = [
    ("BkToCstmrStmt", Kind::Statement, "camt.053"),
    ("BkToCstmrAcctRpt", Kind::Report, "camt.052"),
    ("BkToCstmrDbtCdtNtfctn", Kind::Notification, "camt.054"),
];

/// What the messages are, for refusals.
const READABLE: &str = "camt.052, camt.053 and camt.054 can be read";

/// What is known around a statement.
struct Message {
    kind: Kind,
    /// `camt.053.001.08`
    format: String,
    /// Id of the message.
    id: Option<String>,
    /// Whether the version had to be taken from the element because there is no namespace.
    bare: bool,
}

/// Reads the text of one file.
pub(super) fn read(text: &str, options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let mut pull = Pull::new(text, options.limits);
    let mut tree = Tree::default();
    let mut named: Option<&str> = None;
    let mut message: Option<Message> = None;
    let mut root: Option<&str> = None;
    let mut statements = 0;
    loop {
        let tag = match pull.step()? {
            Step::Start(tag) => tag,
            Step::End(_) => continue,
            Step::Eof => break,
        };
        named = namespace(tag).or(named);
        root = root.or(Some(tag.name));
        if let Some((kind, name)) = message_of(tag.name) {
            let line = pull.line(tag.start);
            message = Some(Message { kind, format: version(named, name, line)?, id: None, bare: named.is_none() });
            continue;
        }
        match (&mut message, tag.name) {
            (Some(message), "GrpHdr") => {
                pull.subtree(tag, &mut tree)?;
                message.id = tree.root().and_then(|head| head.own("MsgId"));
            }
            (Some(message), "Stmt" | "Rpt" | "Ntfctn") => {
                statements += 1;
                statement(&mut pull, tag, message, options, sink)?;
            }
            (Some(_), _) => pull.skip()?,
            // An envelope, or the document itself.
            (None, _) => {}
        }
    }
    match message {
        Some(_) if statements > 0 => Ok(()),
        Some(message) => {
            let byte = pull.position();
            let line = pull.line(byte);
            let what = format!("This {} ends at line {line} without a statement in it. {NOTHING}", message.format);
            Err(Refusal::at("IMP-10", line, what))
        }
        None => Err(other_message(&mut pull, named, root)),
    }
}

fn message_of(name: &str) -> Option<(Kind, &'static str)> {
    // The oldest versions carry theirs in the name: BkToCstmrStmtV01.
    let bare = name.rsplit_once('V').filter(|(_, version)| version.bytes().all(|byte| byte.is_ascii_digit()));
    let bare = bare.map_or(name, |(bare, _)| bare);
    MESSAGES.iter().find(|(known, _, _)| *known == bare).map(|(_, kind, name)| (*kind, *name))
}

/// The message a namespace of the tag names, such as `camt.053.001.08`.
fn namespace<'t>(tag: Tag<'t>) -> Option<&'t str> {
    let names = tag.attributes().filter(|(key, _)| *key == "xmlns" || key.starts_with("xmlns:"));
    names.filter_map(|(_, value)| value.rsplit([':', '$', '/']).next()).find(|name| {
        let mut parts = name.split('.');
        parts.next().is_some_and(|area| area.len() == 4) && parts.next().is_some_and(|part| part.len() == 3)
    })
}

/// The full name of the message; refused where the namespace says another message than the element.
fn version(named: Option<&str>, name: &str, line: u64) -> Result<String, Refusal> {
    match named {
        None => Ok(name.to_owned()),
        Some(full) if full.starts_with(name) => Ok(full.to_owned()),
        Some(full) => Err(Refusal::at(
            "XML-04",
            line,
            format!("{READABLE}; this calls itself {} but holds {name} at line {line}. {NOTHING}", shown(full)),
        )),
    }
}

fn other_message(pull: &mut Pull<'_>, named: Option<&str>, root: Option<&str>) -> Refusal {
    let byte = pull.position();
    let line = pull.line(byte);
    match (named, root) {
        (Some(name), _) if ["camt.052", "camt.053", "camt.054"].iter().any(|known| name.starts_with(known)) => {
            let what = format!("This {name} is empty: there is no message in it (line {line}). {NOTHING}");
            Refusal::at("IMP-10", line, what)
        }
        (Some(name), _) => Refusal::at("XML-04", 1, format!("{READABLE}; this is {}. {NOTHING}", shown(name))),
        (None, Some(root)) => {
            let root = shown(root);
            Refusal::at("XML-04", 1, format!("{READABLE}; this is XML that begins with {root}. {NOTHING}"))
        }
        (None, None) => {
            let byte = grouped(byte);
            Refusal::new("XML-03", format!("The file holds no element (byte {byte}). {NOTHING}"))
        }
    }
}

/// What reading one statement needs at hand.
struct Scope<'o, 'p> {
    options: &'o Options<'p>,
    /// The last unit met, so that its code is looked up once.
    unit: Option<Unit>,
    /// The entry being read, for messages; 0 outside.
    entry: u64,
    line: u64,
}

impl Scope<'_, '_> {
    /// A refusal at the line at hand.
    fn refuse(&self, code: &'static str, what: &str) -> Refusal {
        let line = self.line;
        let at = if self.entry > 0 { format!("Entry {} (line {line})", self.entry) } else { format!("Line {line}") };
        Refusal::at(code, line, format!("{at}: {what}. {NOTHING}"))
    }

    /// The amount of an element such as `Amt`, unsigned as it stands there.
    fn amount(&mut self, element: Element<'_, '_>) -> Result<Amount, Refusal> {
        let unit = match element.attribute("Ccy") {
            Some(code) => self.unit(code)?,
            None => match self.options.currency.map(Unit::from).or(self.unit) {
                Some(unit) => unit,
                None => return Err(self.refuse("CUR-01", &format!("{} names no currency", element.name()))),
            },
        };
        let text = element.text();
        let minor = amount::read(text, unit, Decimals::Point).map_err(|(code, why)| {
            let what = format!("{} in {} {why}", shown(text), element.name());
            self.refuse(code, &what)
        })?;
        Ok(Amount::new(minor, unit))
    }

    fn unit(&mut self, code: &str) -> Result<Unit, Refusal> {
        if let Some(unit) = self.unit.filter(|unit| unit.code() == code) {
            return Ok(unit);
        }
        let Some(unit) = Unit::parse(code) else {
            return Err(self.refuse("CUR-01", &format!("{} is not a currency", shown(code))));
        };
        self.unit = Some(unit);
        Ok(unit)
    }

    /// The day of an element such as `BookgDt`, which holds a date or a date with time.
    fn day(&self, element: Element<'_, '_>) -> Result<Option<chrono::NaiveDate>, Refusal> {
        let Some(text) = element.get("Dt").or_else(|| element.get("DtTm")) else { return Ok(None) };
        self.date(text).map(Some)
    }

    fn date(&self, text: &str) -> Result<chrono::NaiveDate, Refusal> {
        date::iso(text).ok_or_else(|| self.refuse("DAT-01", &format!("{} does not exist as a date", shown(text))))
    }

    /// Whether an element says debit; `None` when it does not say.
    fn debit(&self, element: Element<'_, '_>) -> Result<Option<bool>, Refusal> {
        match element.get("CdtDbtInd") {
            None => Ok(None),
            Some("CRDT") => Ok(Some(false)),
            Some("DBIT") => Ok(Some(true)),
            Some(other) => Err(self.refuse("IMP-12", &format!("{} is neither CRDT nor DBIT", shown(other)))),
        }
    }
}

/// Reads one statement, report or notification whose tag was just met.
fn statement<'t>(
    pull: &mut Pull<'t>,
    tag: Tag<'t>,
    message: &Message,
    options: &Options<'_>,
    sink: &mut dyn Sink,
) -> Result<(), Refusal> {
    let line = pull.line(tag.start);
    let place = Place { start: tag.start, end: tag.start, line };
    let mut out = Statement::new(message.kind, message.format.clone(), place);
    out.message.clone_from(&message.id);
    if message.bare {
        out.notice(line, "The file has no namespace; it was read by the names of its elements.");
    }
    let mut scope = Scope { options, unit: None, entry: 0, line };
    let mut tree = Tree::default();
    let mut number = 0u64;
    loop {
        let tag = match pull.step()? {
            Step::Start(tag) => tag,
            Step::End(end) => {
                out.place.end = end;
                break;
            }
            Step::Eof => break,
        };
        scope.line = pull.line(tag.start);
        if tag.name != "Ntry" {
            pull.subtree(tag, &mut tree)?;
            if let Some(element) = tree.root() {
                head(element, &mut scope, &mut out)?;
            }
            continue;
        }
        number += 1;
        if number > options.limits.entries {
            let (line, limit) = (scope.line, options.limits.entries);
            let what = format!("Too large at line {line}: more than {limit} entries in one statement. {NOTHING}");
            return Err(Refusal::at("XML-02", line, what));
        }
        (scope.entry, pull.entry) = (number, number);
        pull.subtree(tag, &mut tree)?;
        let place = pull.place(tag.start);
        if let Some(element) = tree.root() {
            let entry = entry::read(element, place, &mut scope, &mut out)?;
            out.add(&entry);
            sink.entry(&out, entry);
        }
        scope.entry = 0;
    }
    if out.account.number().is_empty() {
        out.notice(line, "The statement names no account.");
    }
    sink.statement(out);
    Ok(())
}

/// Takes one element of a statement that is no entry.
fn head(element: Element<'_, '_>, scope: &mut Scope<'_, '_>, out: &mut Statement) -> Result<(), Refusal> {
    let text = || Some(element.text().to_owned()).filter(|text| !text.is_empty());
    match element.name() {
        "Id" => out.id = element.text().to_owned(),
        "ElctrncSeqNb" => out.number = text(),
        "LglSeqNb" => out.legal_number = text(),
        "CreDtTm" => out.created = text(),
        "CpyDplctInd" => out.copy = text(),
        "StmtPgntn" | "RptPgntn" | "NtfctnPgntn" => {
            out.page = element.get("PgNb").and_then(|page| page.parse().ok());
            out.last_page = element.get("LastPgInd").map(is_true);
        }
        "FrToDt" => {
            let day = |names: [&str; 2]| names.iter().find_map(|name| element.get(name));
            out.from = day(["FrDtTm", "FrDt"]).map(|text| scope.date(text)).transpose()?;
            out.to = day(["ToDtTm", "ToDt"]).map(|text| scope.date(text)).transpose()?;
        }
        "Acct" => account(element, scope, out)?,
        "Bal" => {
            if let Some(balance) = balance(element, scope, out)? {
                out.balances.push(balance);
            }
        }
        "AddtlStmtInf" | "AddtlRptInf" | "AddtlNtfctnInf" => out.text.extend(text()),
        _ => {}
    }
    Ok(())
}

/// `true` and `1`, the two spellings of XML.
fn is_true(text: &str) -> bool {
    matches!(text, "true" | "1")
}

/// The number of an account element: its IBAN, or whatever stands in its place.
fn account_number<'a>(element: Element<'a, '_>) -> Option<&'a str> {
    ["Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN", "Id/UPIC"].iter().find_map(|path| element.get(path))
}

/// The BIC of an agent element, or the number its clearing system knows it by.
fn bank_of(element: Element<'_, '_>) -> Option<String> {
    let paths = ["FinInstnId/BICFI", "FinInstnId/BIC", "FinInstnId/ClrSysMmbId/MmbId", "FinInstnId/Othr/Id"];
    paths.iter().find_map(|path| element.own(path))
}

fn account(element: Element<'_, '_>, scope: &mut Scope<'_, '_>, out: &mut Statement) -> Result<(), Refusal> {
    if let Some(number) = account_number(element) {
        out.account.set_number(number);
    }
    out.account.owner = element.own("Ownr/Nm").or_else(|| element.own("Nm"));
    out.account.bank = element.at("Svcr").and_then(bank_of);
    if let Some(code) = element.get("Ccy") {
        out.account.unit = Some(scope.unit(code)?);
    }
    Ok(())
}

fn balance(
    element: Element<'_, '_>,
    scope: &mut Scope<'_, '_>,
    out: &mut Statement,
) -> Result<Option<Balance>, Refusal> {
    let code = element.code("Tp/CdOrPrtry").unwrap_or("").to_owned();
    let Some(given) = element.at("Amt") else {
        out.notice(scope.line, format!("Balance {} has no amount and was left out.", shown(&code)));
        return Ok(None);
    };
    let given = scope.amount(given)?;
    let debit = match (scope.debit(element)?, given.minor < 0) {
        (None, _) => {
            out.notice(
                scope.line,
                format!("Balance {} does not say credit or debit; its sign was kept.", shown(&code)),
            );
            false
        }
        (Some(_), true) => return Err(scope.refuse("AMT-01", "a balance has both a sign and CdtDbtInd")),
        (Some(debit), false) => debit,
    };
    let interim = element.code("Tp/SubTp") == Some("INTM");
    let proprietary = element.at("Tp/CdOrPrtry/Prtry").is_some();
    let kind = if proprietary { BalanceKind::Other } else { kind_of(&code, interim) };
    let date = element.at("Dt").map(|dt| scope.day(dt)).transpose()?.flatten();
    Ok(Some(Balance { kind, code, amount: if debit { given.turned() } else { given }, date }))
}

fn kind_of(code: &str, interim: bool) -> BalanceKind {
    match (code, interim) {
        ("OPBD", false) => BalanceKind::OpeningBooked,
        ("OPBD", true) => BalanceKind::InterimOpening,
        ("PRCD", _) => BalanceKind::PreviousClosing,
        ("CLBD", false) => BalanceKind::ClosingBooked,
        ("CLBD", true) => BalanceKind::InterimClosing,
        ("ITBD", _) => BalanceKind::InterimBooked,
        ("OPAV", _) => BalanceKind::OpeningAvailable,
        ("CLAV", _) => BalanceKind::ClosingAvailable,
        ("ITAV", _) => BalanceKind::InterimAvailable,
        ("FWAV", _) => BalanceKind::ForwardAvailable,
        ("XPCD", _) => BalanceKind::Expected,
        _ => BalanceKind::Other,
    }
}
