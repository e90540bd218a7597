//! Letters of a book: the plain contents of one, read from the customer, its open items and the company's settings.
//! Nothing is changed here; what is sent goes through an act.

use chrono::NaiveDate;

use crate::documents::letter::{Company, Due, Kind, Letter, Line, Party};
use crate::language::filter::Filter;
use crate::store::Reader;
use crate::store::error::Result;
use crate::store::read::items::{self, ItemRow};
use crate::store::read::requests::setting;
use crate::store::read::window::{Sort, Want};
use crate::store::read::{account, book};

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
            address: Vec::new(),
        },
        signed: String::new(),
        items,
        promise: promised.map(|(on, amount, _)| Due { on, amount, currency }),
        plan: Vec::new(),
        dispute: None,
    }))
}

/// Who writes, as the settings say.
pub fn company(reader: &Reader) -> Result<Company> {
    let of = |key| Ok::<_, crate::store::StoreError>(setting(reader, key)?.unwrap_or_default());
    Ok(Company {
        name: book::header(reader)?.company,
        address: Vec::new(),
        iban: of("bank-account")?,
        phone: of("phone")?,
        email: of("mail-sender")?,
        footer: of("letter-footer")?,
    })
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
