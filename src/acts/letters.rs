//! Letters of a book: the plain contents of one, read from the customer, its open items and the company's settings.
//! Nothing is changed here; what is sent goes through an act.

use chrono::NaiveDate;

pub use crate::documents::draft::{PastDue, reminder as reminder_draft};
use crate::documents::letter::{Answer, Company, Due, Kind, Letter, Line, Party, lines};
use crate::domain::case::Effect;
use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::read::items::{self, ItemRow};
use crate::store::read::requests::setting;
use crate::store::read::window::{Sort, Want};
use crate::store::read::{account, book, disputes, plans, refer};

/// The most items one letter lists; of a customer with more, those longest due.
pub const MOST_ITEMS: usize = 2_000;

/// A letter to a customer about what is open, as of a day: a reminder about what is late, any other about everything.
/// `None` where there is no such customer.
pub fn letter(reader: &Reader, today: NaiveDate, customer: i64, kind: Kind, level: u32) -> Result<Option<Letter>> {
    let Some(full) = account::full(reader, today, customer)? else { return Ok(None) };
    let wanted = |item: &ItemRow| kind != Kind::Reminder || item.days(today) > 0 || item.open < 0;
    let rows = open_items(reader, today, customer)?;
    let promised =
        rows.iter().filter_map(|row| row.promise).find(|(_, _, state)| *state == crate::domain::promise::State::Open);
    let items: Vec<Line> = rows.iter().filter(|row| wanted(row)).map(|row| line(row, today)).collect();
    let currency = rows.first().map_or(full.account.currency, |row| row.currency);
    Ok(Some(Letter {
        kind,
        number: String::new(),
        language: full.data.language.clone(),
        date: today,
        level,
        pay_by: None,
        company: company(reader)?,
        customer: Party {
            number: full.data.number.clone(),
            name: full.data.name.clone(),
            contact: full.data.contact.clone(),
            address: lines(&full.data.address),
        },
        signed: String::new(),
        items,
        promise: promised.map(|(on, amount, _)| Due { on, amount, currency }),
        plan: Vec::new(),
        dispute: None,
    }))
}

/// The copy of a document, with all its instalments; `None` where no such document is in the book.
pub fn of_document(reader: &Reader, today: NaiveDate, number: &str) -> Result<Option<Letter>> {
    let mut rows = Vec::new();
    for item in refer::items(reader, number)? {
        rows.extend(items::one(reader, today, item.id)?);
    }
    let Some(customer) = rows.first().map(|row| row.customer) else { return Ok(None) };
    let found = letter(reader, today, customer, Kind::Invoice, 0)?;
    Ok(found.map(|letter| Letter { items: rows.iter().map(|row| line(row, today)).collect(), ..letter }))
}

/// The confirmation of a customer's next promise: everything promised for that day, with its items. Without a promise
/// the letter names none.
pub fn of_promise(reader: &Reader, today: NaiveDate, customer: i64) -> Result<Option<Letter>> {
    use crate::domain::promise::State;
    let Some(found) = letter(reader, today, customer, Kind::Promise, 0)? else { return Ok(None) };
    let rows = open_items(reader, today, customer)?;
    let open = |row: &ItemRow| row.promise.filter(|(_, _, state)| *state == State::Open);
    let next = rows.iter().filter_map(|row| open(row).map(|(on, _, _)| (on, row.currency))).min_by_key(|(on, _)| *on);
    let mut promise = next.map(|(on, currency)| Due { on, amount: 0, currency });
    let mut items = Vec::new();
    for row in &rows {
        if let (Some(due), Some((on, amount, _))) = (promise.as_mut(), open(row))
            && (due.on, due.currency) == (on, row.currency)
        {
            due.amount = due.amount.saturating_add(amount);
            items.push(line(row, today));
        }
    }
    Ok(Some(Letter { items, promise, ..found }))
}

/// The confirmation of a payment plan, with its items; `None` where there is no such plan.
pub fn of_plan(reader: &Reader, today: NaiveDate, number: &str) -> Result<Option<Letter>> {
    let Some(found) = plans::numbered(reader, today, number)? else { return Ok(None) };
    let stored = &found.stored;
    let Some(letter) = letter(reader, today, stored.customer, Kind::Plan, 0)? else { return Ok(None) };
    let due =
        |part: &crate::domain::plan::Instalment| Due { on: part.on, amount: part.amount, currency: stored.currency };
    let plan = stored.plan.instalments.iter().map(due).collect();
    let mut items = Vec::new();
    for (item, _) in &stored.items {
        items.extend(items::one(reader, today, *item)?.iter().map(|row| line(row, today)));
    }
    Ok(Some(Letter { items, plan, ..letter }))
}

/// The answer to a dispute as it was decided; `None` where there is no such dispute or nothing was decided yet.
pub fn of_dispute(reader: &Reader, today: NaiveDate, id: i64) -> Result<Option<Letter>> {
    let Some(case) = disputes::dispute(reader, today, id)? else { return Ok(None) };
    let (row, amounts) = (&case.row, &case.row.amounts);
    let Some(found) = letter(reader, today, row.customer, Kind::Dispute, 0)? else { return Ok(None) };
    let answer = Answer {
        number: row.number.to_string(),
        reason: row.reason.to_string(),
        outcome: row.state.to_string(),
        // What was written in the case is for us and may not be for the customer.
        text: String::new(),
        amount: amounts.claimed - amounts.of(Effect::Moved),
        credited: [Effect::Credited, Effect::Promotion, Effect::Earlier].map(|effect| amounts.of(effect)).iter().sum(),
        waived: amounts.of(Effect::WrittenOff),
        rejected: [Effect::Collected, Effect::ChargedBack, Effect::Repaid]
            .map(|effect| amounts.of(effect))
            .iter()
            .sum(),
        currency: row.currency,
    };
    let mut items: Vec<Line> = items::one(reader, today, row.item)?.iter().map(|row| line(row, today)).collect();
    for part in case.more.parts.iter().filter(|part| part.effect == Effect::ChargedBack && part.amount > 0) {
        items.extend(of_document(reader, today, &part.other)?.map(|charge| charge.items).unwrap_or_default());
    }
    Ok((!row.open).then_some(Letter { items, dispute: Some(answer), ..found }))
}

/// Who writes, as the settings say.
pub fn company(reader: &Reader) -> Result<Company> {
    let of = |key| Ok::<_, crate::store::StoreError>(setting(reader, key)?.unwrap_or_default());
    Ok(Company {
        name: book::header(reader)?.company,
        address: lines(&of("company-address")?),
        iban: of("bank-account")?,
        phone: of("phone")?,
        email: of("mail-sender")?,
        footer: of("letter-footer")?,
    })
}

/// The language the company writes in where that of a customer is not known; English where nothing is set.
pub fn house_language(reader: &Reader) -> Result<String> {
    Ok(setting(reader, "language")?.filter(|code| !code.is_empty()).unwrap_or_else(|| "en".to_owned()))
}

/// Numbers of the documents of a customer with something open, those longest due first.
pub fn open_numbers(reader: &Reader, today: NaiveDate, customer: i64) -> Result<Vec<String>> {
    let mut numbers: Vec<String> = Vec::new();
    for row in open_items(reader, today, customer)? {
        if numbers.last() != Some(&row.number) {
            numbers.push(row.number);
        }
    }
    Ok(numbers)
}

fn open_items(reader: &Reader, today: NaiveDate, customer: i64) -> Result<Vec<ItemRow>> {
    let sort = Sort { column: "due", descending: false };
    let question = items::Question { today, filter: Filter::all(), sort, customer: Some(customer) };
    let mut rows: Vec<ItemRow> = Vec::new();
    loop {
        let want = rows.last().map_or(Want::Start, |row| Want::After(row.id, rows.len() as u64));
        let window = items::items(reader, &question, want)?;
        let before = rows.len();
        rows.extend(window.rows);
        rows.truncate(MOST_ITEMS);
        if rows.len() == before || rows.len() == MOST_ITEMS || rows.len() as u64 >= window.total {
            return Ok(rows);
        }
    }
}

fn line(row: &ItemRow, today: NaiveDate) -> Line {
    Line {
        number: row.number.clone(),
        kind: row.kind,
        date: row.date,
        due: row.due,
        currency: row.currency,
        amount: row.amount,
        open: row.open,
        disputed: row.disputed,
        asked: row.open.saturating_sub(row.disputed),
        days_late: row.days(today),
        fee: 0,
        interest: 0,
    }
}
