//! How far a customer's word can be relied on, in money: of what was promised for days that have passed, how much came
//! in time. Promises and instalments of plans count alike; what was renewed or withdrawn was never judged.

use chrono::{Duration, NaiveDate};

use super::accounts::{leeway, payments};
use crate::domain::kpi::{self, Kpi};
use crate::domain::money::{self, Currency};
use crate::domain::promise::{Promise, State};
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::lookup::currency;
use crate::store::plans::{Which, plans_of};

/// Days looked back.
pub const DAYS: i64 = 365;

/// One promise or instalment whose time has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// `promise`, or the number of the plan.
    pub what: String,
    /// Number of the document, empty for an instalment.
    pub document: String,
    /// The day promised.
    pub on: NaiveDate,
    /// Its currency.
    pub currency: Currency,
    /// Minor units promised.
    pub promised: i64,
    /// Of it what came in time.
    pub came: i64,
}

/// A customer's word in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reliability {
    /// The currency.
    pub currency: Currency,
    /// Minor units promised for days that have passed.
    pub promised: i64,
    /// Of it what came in time.
    pub came: i64,
    /// How many promises and instalments.
    pub count: usize,
    /// How many of them were kept in full.
    pub kept: usize,
}

impl Reliability {
    /// The share that came in time, as a percentage.
    pub fn share(&self) -> Kpi {
        let units = |minor| money::to_decimal(minor, self.currency.digits());
        kpi::promised_amount_kept(units(self.came), units(self.promised))
    }
}

/// What a customer promised for the last twelve months, the latest day first.
pub fn judged(reader: &Reader, today: NaiveDate, customer: i64) -> Result<Vec<Judged>> {
    let (from, leeway) = (today - Duration::days(DAYS), leeway(&reader.conn)?);
    let mut statement = reader.conn.prepare_cached(
        "SELECT p.item_id, p.amount, p.currency, p.made_on, p.promised_on, d.number FROM promise p \
         JOIN item i ON i.id = p.item_id JOIN document d ON d.id = i.document_id \
         WHERE p.customer_id = $1 AND p.promised_on >= $2 AND p.ended_on IS NULL ORDER BY p.id",
    )?;
    let first = iso(from);
    let mut rows = statement.query(rusqlite::params![customer, first.as_str()])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let day = |place| -> rusqlite::Result<NaiveDate> { Ok(read(row.get_ref(place)?.as_str()?)) };
        let promise = Promise { made: Some(day(3)?), amount: row.get(1)?, date: day(4)?, withdrawn: false };
        let cash = payments(reader, row.get(0)?, today)?;
        if promise.state(&cash, &leeway, today) == State::Open {
            continue;
        }
        let code: String = row.get(2)?;
        out.push(Judged {
            what: "promise".to_owned(),
            document: row.get(5)?,
            on: promise.date,
            currency: currency(&code),
            promised: promise.amount,
            came: promise.paid(&cash, &leeway, today).clamp(0, promise.amount),
        });
    }
    for stored in plans_of(reader, Which::Customer(customer))? {
        if stored.ended_why == "undone" {
            continue;
        }
        let last = stored.ended_on.unwrap_or(today).min(today);
        for row in stored.plan.standing(last).rows.iter().filter(|row| row.until < last && row.on >= from) {
            // As it stood on the last day that counted: late money is paid, and was not on time.
            let then = stored.plan.standing(row.until);
            let Some(then) = then.rows.iter().find(|one| one.on == row.on && one.amount > 0) else { continue };
            out.push(Judged {
                what: stored.number.clone(),
                document: String::new(),
                on: row.on,
                currency: stored.currency,
                promised: then.amount,
                came: then.paid,
            });
        }
    }
    out.sort_by_key(|one| std::cmp::Reverse(one.on));
    Ok(out)
}

/// What it comes to, by currency.
pub fn reliability(judged: &[Judged]) -> Vec<Reliability> {
    let mut out: Vec<Reliability> = Vec::new();
    for one in judged {
        let place = out.iter().position(|known| known.currency == one.currency).unwrap_or_else(|| {
            out.push(Reliability { currency: one.currency, promised: 0, came: 0, count: 0, kept: 0 });
            out.len() - 1
        });
        let sum = &mut out[place];
        sum.promised += one.promised;
        sum.came += one.came;
        sum.count += 1;
        sum.kept += usize::from(one.came >= one.promised);
    }
    out.sort_by_key(|sum| sum.currency);
    out
}
