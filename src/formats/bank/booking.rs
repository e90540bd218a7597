//! From records to rows the book takes in: texts cleaned, every entry with a kind, an identity and its payments, the
//! statement added up. What the bank tells during the day is marked; pages of one statement become one.

mod payment;
mod texts;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::amount::{self, Amount, Unit};
use super::facts::{Facts, RefKind, Returned};
use super::identity::Teller;
use super::kind;
use super::statement::{Entry, Kind, Statement, Status};
use super::tie::{closing, opening};
use super::{NOTHING, Options, Refusal, Sink, date, read_into};
use crate::domain::bank::{BookedBalance, EntryRow, Source, StatementRow};
use crate::domain::money::{Currency, NumberStyle, grouped};
use texts::{LINE, compact, tidy};

/// How many notices of one statement are kept.
const NOTICES: usize = 200;

/// One statement or advice of a file, ready for the book.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Booked {
    /// What would be taken in.
    pub row: StatementRow,
    /// A report during the day: its entries come again in the statement, and need not come to its balances.
    pub report: bool,
}

/// The accounts of the company.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Accounts {
    /// Their numbers in the book. A number that a format writes otherwise (a German bank code and number, the last
    /// digits of an IBAN) goes by the one of them it must be.
    pub known: Vec<String>,
    /// The one that a file is of which names none.
    pub unnamed: Option<String>,
}

/// Reads a file into rows.
pub fn read(bytes: &[u8], options: &Options<'_>, accounts: &Accounts) -> Result<Vec<Booked>, Refusal> {
    let mut booking = Booking {
        accounts,
        today: options.today,
        teller: Teller::default(),
        drafts: Vec::new(),
        notices: Vec::new(),
        left_out: 0,
        first_out: None,
        booked: Vec::new(),
        refused: None,
    };
    read_into(bytes, options, &mut booking)?;
    match booking.refused.take() {
        Some(refused) => Err(refused),
        None if booking.booked.is_empty() => {
            // Nothing of it counts yet: the statement that books it will.
            Err(match booking.first_out {
                Some((line, how)) => {
                    let what = format!("Line {line}: the file holds no booked entry; this one is {how}. {NOTHING}");
                    Refusal::at("IMP-10", line, what)
                }
                None => Refusal::new("IMP-10", format!("The file holds neither entries nor balances. {NOTHING}")),
            })
        }
        None => added_up(booking.booked),
    }
}

/// An entry whose statement is not complete yet.
struct Draft {
    row: EntryRow,
    /// False where the bank gives no day; it is then the last one of the statement.
    dated: bool,
}

struct Booking<'a> {
    accounts: &'a Accounts,
    today: NaiveDate,
    teller: Teller,
    drafts: Vec<Draft>,
    notices: Vec<(u64, String)>,
    left_out: u64,
    /// Line and status of the first that was.
    first_out: Option<(u64, &'static str)>,
    booked: Vec<Page>,
    refused: Option<Refusal>,
}

/// A row with what tells whether the next one is another page of it.
struct Page {
    booked: Booked,
    id: String,
    page: Option<u64>,
}

impl Sink for Booking<'_> {
    fn entry(&mut self, statement: &Statement, entry: Entry) {
        if self.refused.is_none()
            && let Err(refused) = self.take(statement, entry)
        {
            self.refused = Some(refused);
        }
    }

    fn statement(&mut self, statement: Statement) {
        if self.refused.is_none()
            && let Err(refused) = self.close(&statement)
        {
            self.refused = Some(refused);
        }
    }
}

impl Booking<'_> {
    fn notice(&mut self, line: u64, what: String) {
        if self.notices.len() < NOTICES {
            self.notices.push((line, what));
        }
    }

    fn take(&mut self, statement: &Statement, mut entry: Entry) -> Result<(), Refusal> {
        let (line, number) = (entry.place.line, entry.number);
        let advice = matches!(statement.kind, Kind::Notification | Kind::Advice);
        // An advice books nothing: what it tells for information is what it is for.
        let counts = entry.status == Status::Booked || (advice && entry.status == Status::Info);
        if !counts {
            self.left_out += 1;
            self.first_out
                .get_or_insert((line, if entry.status == Status::Info { "for information" } else { "pending" }));
            return Ok(());
        }
        in_currency_of(statement, &mut entry)?;
        if entry.amount.minor == 0 {
            self.left_out += 1;
            self.notice(line, format!("Entry {number} has amount 0 and was left out."));
            return Ok(());
        }
        let currency = currency(entry.amount.unit, line)?;
        if !amount::postable(entry.amount.minor) {
            return Err(too_large(entry.amount, line, number));
        }
        let account = self.account(statement);
        let identity = self.teller.tell_for(&account, statement, &entry);
        let (payments, odd) = payment::of(&entry);
        if let Some(large) = payments.iter().find(|payment| !amount::postable(payment.amount)) {
            return Err(too_large(Amount::new(large.amount, entry.amount.unit), line, number));
        }
        if let Some(odd) = odd {
            self.notice(line, odd);
        }
        let day = entry.booked.or(entry.value);
        let row = EntryRow {
            line,
            booked: day.unwrap_or(self.today),
            value: entry.value.or(day).unwrap_or(self.today),
            currency,
            amount: entry.amount.minor,
            kind: kind::of(&entry),
            code: code(&entry),
            reference: reference(&entry.facts),
            key: identity.key,
            content: identity.content,
            likeness: identity.likeness,
            payments,
        };
        self.drafts.push(Draft { row, dated: day.is_some() });
        Ok(())
    }

    /// The number the statement's account goes by.
    fn account(&self, statement: &Statement) -> String {
        let written = compact(statement.account.number());
        match &self.accounts.unnamed {
            Some(unnamed) if written.is_empty() => unnamed.clone(),
            _ => known_as(&self.accounts.known, &written).unwrap_or(written),
        }
    }

    fn close(&mut self, statement: &Statement) -> Result<(), Refusal> {
        let drafts = std::mem::take(&mut self.drafts);
        let line = statement.place.line;
        let (first, last) = self.period(statement, &drafts);
        let mut groups: Vec<(Option<Currency>, Vec<EntryRow>)> = Vec::new();
        for Draft { mut row, dated } in drafts {
            if !dated {
                (row.booked, row.value) = (last, last);
            }
            match groups.iter_mut().find(|(currency, _)| *currency == Some(row.currency)) {
                Some((_, entries)) => entries.push(row),
                None => groups.push((Some(row.currency), vec![row])),
            }
        }
        if groups.is_empty() {
            groups.push((None, Vec::new()));
        }
        let unit = unit_of(statement);
        let mut notices: Vec<_> = statement.notices.iter().map(|odd| (odd.line, odd.what.clone())).collect();
        let more = statement.notices_total.saturating_sub(notices.len() as u64);
        if more > 0 {
            notices.push((line, format!("{more} more oddities are not named.")));
        }
        notices.append(&mut self.notices);
        for (own, entries) in groups {
            let currency = match (own, unit) {
                (Some(own), _) => own,
                (None, Some(unit)) => currency(unit, line)?,
                // Neither an entry nor a balance: there is nothing to take in.
                (None, None) => continue,
            };
            let advice = matches!(statement.kind, Kind::Notification | Kind::Advice);
            let (begins, ends) = if advice { (None, None) } else { (opening(statement), closing(statement)) };
            let balance = |found: Option<(i64, Unit, Option<NaiveDate>)>, day| {
                found.map(|(amount, _, on)| BookedBalance { amount, on: on.unwrap_or(day) })
            };
            let row = StatementRow {
                line,
                source: match statement.kind {
                    Kind::Statement => Source::Statement,
                    Kind::Report => Source::Report,
                    Kind::Notification | Kind::Advice => Source::Advice,
                },
                format: tidy(&statement.format, LINE).0,
                number: number(statement),
                account: self.account(statement),
                currency,
                from: first,
                to: last,
                opening: balance(begins, first),
                closing: balance(ends, last),
                entries,
                left_out: std::mem::take(&mut self.left_out),
                notices: std::mem::take(&mut notices),
            };
            let booked = Booked { row, report: statement.kind == Kind::Report };
            let id = format!("{} {}", statement.id, statement.number.as_deref().unwrap_or_default());
            self.booked.push(Page { booked, id, page: statement.page });
        }
        Ok(())
    }

    /// First and last day: as the bank says, else by the balances, the entries, the day it was made.
    fn period(&mut self, statement: &Statement, drafts: &[Draft]) -> (NaiveDate, NaiveDate) {
        let booked = || drafts.iter().filter(|draft| draft.dated).map(|draft| draft.row.booked);
        let first = statement.from.or(opening(statement).and_then(|found| found.2)).or(booked().min());
        let last = statement.to.or(closing(statement).and_then(|found| found.2)).or(booked().max());
        match (first.or(last), last.or(first)) {
            (Some(first), Some(last)) => (first.min(last), last),
            _ => {
                let made = statement.created.as_deref().and_then(|text| {
                    let head = text.split([' ', 'T']).next().unwrap_or(text);
                    date::iso(text).or_else(|| date::packed(head)).or_else(|| date::short(head))
                });
                let day = made.unwrap_or(self.today);
                self.notice(statement.place.line, format!("No day is given; {day} was taken."));
                (day, day)
            }
        }
    }
}

/// The currency of a statement's account.
fn unit_of(statement: &Statement) -> Option<Unit> {
    let balance = opening(statement).or(closing(statement));
    statement.account.unit.or(balance.map(|(_, unit, _)| unit))
}

/// An entry is booked in its account's currency: where it is written in another one, the account's amount must stand
/// beside it, unless there is no balance that it would have to fit to. It is then another account of that number.
fn in_currency_of(statement: &Statement, entry: &mut Entry) -> Result<(), Refusal> {
    let Some(unit) = unit_of(statement).filter(|unit| *unit != entry.amount.unit) else { return Ok(()) };
    let beside = entry.facts.exchange.as_ref().and_then(|exchange| exchange.original).filter(|own| own.unit == unit);
    let Some(own) = beside else {
        if statement.balances.is_empty() {
            return Ok(());
        }
        let (line, number) = (entry.place.line, entry.number);
        let what = format!(
            "Line {line}: entry {number} is {} but the account is in {unit}, and no amount in {unit} is given. {NOTHING}",
            entry.amount
        );
        return Err(Refusal::at("CUR-02", line, what));
    };
    let other = entry.amount;
    let minor = if other.minor < 0 { -own.minor.abs() } else { own.minor.abs() };
    entry.amount = Amount::new(minor, unit);
    if let Some(exchange) = &mut entry.facts.exchange {
        exchange.original = Some(other);
    }
    Ok(())
}

fn currency(unit: Unit, line: u64) -> Result<Currency, Refusal> {
    unit.currency().ok_or_else(|| {
        let what = format!("Line {line}: {unit} is a withdrawn currency, in which nothing can be booked. {NOTHING}");
        Refusal::at("CUR-02", line, what)
    })
}

fn too_large(amount: Amount, line: u64, number: u64) -> Refusal {
    let limit = grouped(crate::domain::money::AMOUNT_MAX, 2, NumberStyle::Point);
    let what = format!("Line {line}: entry {number} of {amount} is larger than the limit of {limit}. {NOTHING}");
    Refusal::at("AMT-02", line, what)
}

/// Id, number and page as people find a statement again.
fn number(statement: &Statement) -> String {
    let number = statement.number.as_deref().or(statement.legal_number.as_deref()).unwrap_or("").trim();
    let id = statement.id.trim();
    let name = match (number.is_empty(), id.is_empty()) {
        (false, false) if id != number => format!("{number} ({id})"),
        (false, _) => number.to_owned(),
        (true, false) => id.to_owned(),
        (true, true) => String::new(),
    };
    let page = statement.page.filter(|page| *page > 1 || statement.last_page == Some(false));
    let whole = page.map_or(name.clone(), |page| format!("{name} page {page}"));
    tidy(&whole, LINE).0
}

/// The bank's codes, with the reason where money comes back.
fn code(entry: &Entry) -> String {
    let code = &entry.code;
    let iso = [&code.domain, &code.family, &code.sub_family].map(|part| part.as_deref().unwrap_or(""));
    let iso = iso.join(" ");
    let own = code.proprietary.as_deref().filter(|own| Some(*own) != code.swift.as_deref());
    let shown = match (iso.trim(), code.swift.as_deref().or(code.bai.as_deref()), own) {
        ("", Some(short), Some(own)) if !own.contains(short) => format!("{short} {own}"),
        ("", Some(short), None) => short.to_owned(),
        ("", _, own) => own.unwrap_or("").to_owned(),
        (iso, _, _) => iso.to_owned(),
    };
    let first = entry.details.iter().find_map(|detail| detail.facts.returned.as_ref());
    let reason = entry.facts.returned.as_ref().or(first).and_then(|Returned { code, .. }| code.as_deref());
    tidy(&format!("{shown} {}", reason.unwrap_or("")), LINE).0
}

/// The bank's own reference of an entry.
fn reference(facts: &Facts) -> String {
    let kinds = [RefKind::Servicer, RefKind::Entry, RefKind::Transaction, RefKind::Cheque];
    tidy(kinds.iter().find_map(|kind| facts.reference(*kind)).unwrap_or(""), LINE).0
}

/// The one known number that a number written otherwise must be: `bank code/number` of a German IBAN, or the digits an
/// IBAN ends in. `None` where it is known as it stands, or nothing or more than one thing fits.
fn known_as(accounts: &[String], written: &str) -> Option<String> {
    if written.is_empty() || accounts.iter().any(|known| known == written) {
        return None;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = |known: &&String| {
        let Some(own) = known.get(4..).filter(|_| crate::domain::reference::is_iban(known)) else { return false };
        match written.split_once('/') {
            Some((bank, number)) if bank.len() == 8 && digits(bank) && digits(number) && number.len() <= 10 => {
                known.starts_with("DE") && own == format!("{bank}{number:0>10}")
            }
            Some(_) => false,
            None => {
                let bare = written.trim_start_matches('0');
                let tail = own.strip_suffix(bare).unwrap_or("-");
                // What stands before it is the bank and zeros.
                digits(written) && bare.len() >= 7 && tail.len() >= 4 && tail != "-"
            }
        }
    };
    let mut found = accounts.iter().filter(fits);
    found.next().filter(|_| found.next().is_none()).cloned()
}

/// Puts pages together and holds every statement against its balances.
fn added_up(pages: Vec<Page>) -> Result<Vec<Booked>, Refusal> {
    let mut out: Vec<Page> = Vec::new();
    for page in pages {
        match out.last_mut() {
            Some(last) if goes_on(last, &page) => {
                let (row, next) = (&mut last.booked.row, page.booked.row);
                row.closing = next.closing;
                row.to = row.to.max(next.to);
                row.entries.extend(next.entries);
                row.left_out += next.left_out;
                row.notices.extend(next.notices);
                last.page = page.page;
            }
            _ => out.push(page),
        }
    }
    out.into_iter().map(|page| checked(page.booked)).collect()
}

/// Whether a page is the next one of the same statement, which has balances only as a whole. Pages with interim
/// balances add up each by itself and stay.
fn goes_on(last: &Page, next: &Page) -> bool {
    let (a, b) = (&last.booked, &next.booked);
    let same = last.id == next.id && (&a.row.account, a.row.currency) == (&b.row.account, b.row.currency);
    let following = last.page.zip(next.page).is_some_and(|(page, next)| next == page + 1);
    let split = a.row.closing.is_none() && b.row.opening.is_none();
    let repeated = (a.row.opening, a.row.closing) == (b.row.opening, b.row.closing) && difference(&a.row) != 0;
    same && following && !a.report && (split || repeated)
}

/// Closing less opening and entries.
fn difference(row: &StatementRow) -> i128 {
    let Some((opening, closing)) = row.opening.zip(row.closing) else { return 0 };
    let net: i128 = row.entries.iter().map(|entry| i128::from(entry.amount)).sum();
    i128::from(closing.amount) - i128::from(opening.amount) - net
}

fn checked(booked: Booked) -> Result<Booked, Refusal> {
    let row = &booked.row;
    let (line, by) = (row.line, difference(row));
    let (Some((opening, closing)), false) = (row.opening.zip(row.closing), by == 0 || booked.report) else {
        return Ok(booked);
    };
    let plain = |minor: i128| {
        let minor = i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX });
        grouped(minor, row.currency.digits(), NumberStyle::Point)
    };
    let net = i128::from(closing.amount) - i128::from(opening.amount) - by;
    let name = if row.number.is_empty() { "The statement".to_owned() } else { format!("Statement {}", row.number) };
    let what = format!(
        "{name} of {} (line {line}) opens with {} {} and its entries come to {}, but it closes with {}: {} are missing \
         or too much. Held; nothing was imported. Fetch the whole statement again from the bank.",
        row.account,
        plain(i128::from(opening.amount)),
        row.currency,
        plain(net),
        plain(i128::from(closing.amount)),
        plain(by.abs()),
    );
    Err(Refusal::at("IMP-05", line, what))
}
