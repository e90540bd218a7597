//! The model's master data, months and the daily work of collections.

use std::rc::Rc;

use chrono::{Datelike, Months, NaiveDate};
use o2c::acts::Act;
use o2c::store::people::CustomerData;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::contacts::{days_of, working_days_after};
use crate::model::{Activity, Code, Ctx, Customer, State, Wrong, Wrote, empty};

/// The accounts the simulation writes; the first two have right check digits.
pub const IBANS: [&str; 3] = ["DE89370400440532013000", "FR1420041010050500013M02606", "DE89370400440532013001"];

fn right_iban(text: &str) -> bool {
    IBANS[..2].contains(&text)
}

/// The first day of a month written as `2026-03`.
fn month(text: &str) -> Result<NaiveDate, Code> {
    if text.len() != 7 {
        return Err("DAT-01");
    }
    format!("{text}-01").parse().map_err(|_| "DAT-01")
}

fn last_day(first: NaiveDate) -> NaiveDate {
    (first + Months::new(1)).pred_opt().expect("a day")
}

impl State {
    pub fn master_act(&mut self, ctx: Ctx<'_>, act: &Act) -> Result<Wrote, Code> {
        match act {
            Act::SetSetting { key, value } => {
                if !["bank-account", "mail-sender", "letter-footer", "phone"].contains(&key.as_str()) {
                    return Err("CFG-01");
                }
                if empty(value) {
                    return Err("TXT-05");
                }
                if key == "bank-account" && !right_iban(value) {
                    return Err("REF-01");
                }
                if self.settings.get(key) == Some(value) {
                    return Err("AUT-07");
                }
                self.settings.insert(key.clone(), value.clone());
            }
            Act::SetRate { currency, from, rate } => {
                let rate: Decimal = rate.parse().map_err(|_| "AMT-01")?;
                let scaled = (rate * Decimal::from(10_000)).to_i64().unwrap_or(0);
                if scaled <= 0 || currency.code() == "EUR" {
                    return Err("AMT-05");
                }
                self.rates.push((*currency, *from, scaled));
            }
            Act::SetTarget { kpi, value } => {
                value.parse::<Decimal>().map_err(|_| "AMT-01")?;
                if empty(kpi) {
                    return Err("TXT-05");
                }
                self.targets.insert(kpi.clone(), value.clone());
            }
            Act::ClosePeriod { period } => self.close(ctx, month(period)?)?,
            Act::ReopenPeriod { period, reason } => {
                let first = month(period)?;
                if empty(reason) {
                    return Err("TXT-05");
                }
                if self.money.closed != Some(last_day(first)) {
                    return Err("DAT-04");
                }
                self.money.closed = first.pred_opt();
            }
            Act::SetCustomer { customer, version, data } => return self.set_customer(ctx, *customer, *version, data),
            Act::SetOwner { customers, owner } => {
                let mut wrote = Wrote::default();
                for id in customers {
                    let at = self.customer(*id)?;
                    let data = CustomerData { owner: owner.clone(), ..self.customers[at].data().clone() };
                    wrote.versions.push(self.put(Some(at), data));
                }
                return if customers.is_empty() { Err("ACT-09") } else { Ok(wrote) };
            }
            Act::SetBlocked { customer, blocked, .. } => {
                let at = self.customer(*customer)?;
                if self.customers[at].data().blocked == *blocked {
                    return Err("MAS-02");
                }
                let data = CustomerData { blocked: *blocked, ..self.customers[at].data().clone() };
                return Ok(Wrote { versions: vec![self.put(Some(at), data)], ..Wrote::default() });
            }
            other => panic!("not of master data: {other:?}"),
        }
        Ok(Wrote::default())
    }

    fn close(&mut self, ctx: Ctx<'_>, first: NaiveDate) -> Result<(), Code> {
        let last = last_day(first);
        let next = self.money.closed.and_then(|until| until.succ_opt());
        if last >= ctx.today || next.is_some_and(|next| (next.year(), next.month()) != (first.year(), first.month())) {
            return Err("DAT-04");
        }
        self.money.closed = Some(last);
        Ok(())
    }

    fn set_customer(
        &mut self,
        ctx: Ctx<'_>,
        id: Option<i64>,
        version: i64,
        data: &CustomerData,
    ) -> Result<Wrote, Code> {
        if !empty(&data.terms) && data.terms.parse::<u64>().is_err() {
            return Err("TRM-01");
        }
        if empty(&data.number) || empty(&data.name) {
            return Err("TXT-05");
        }
        if !data.bank_account.is_empty() && !right_iban(&data.bank_account) {
            return Err("REF-01");
        }
        let same = self.customers.iter().position(|known| known.data().number == data.number);
        if same.is_some_and(|same| Some(same as i64 + 1) != id) {
            return Err("MAS-01");
        }
        let at = id.map(|id| self.customer(id)).transpose()?;
        if at.is_some_and(|at| self.customers[at].version() != version) && ctx.wrong != Some(Wrong::StaleVersions) {
            return Err("ACT-03");
        }
        Ok(Wrote { versions: vec![self.put(at, data.clone())], ..Wrote::default() })
    }

    /// Writes a version of a customer, or a new customer.
    pub fn put(&mut self, at: Option<usize>, data: CustomerData) -> (usize, i64) {
        let at = at.unwrap_or_else(|| {
            let new = Customer { versions: Vec::new(), last_contact: None, next_on: None, done_on: None };
            self.customers.push(new);
            self.money.more_customers = (self.customers.len() as i64 - 3).max(0);
            self.customers.len() - 1
        });
        self.customers[at].versions.push(Rc::new(data));
        (at, self.customers[at].version())
    }

    pub fn collect_act(&mut self, ctx: Ctx<'_>, act: &Act) -> Result<Wrote, Code> {
        match act {
            Act::LogCall { customer, outcome, next_on, .. } => {
                let days = days_of(outcome).ok_or("ACT-09")?;
                let next_on = next_on.unwrap_or_else(|| working_days_after(ctx.today, days));
                self.activity(ctx, &[*customer], "call", Some(next_on))
            }
            Act::DraftEmail { customers, next_on, .. } => self.activity(ctx, customers, "draft", *next_on),
            Act::Note { text, .. } if empty(text) => Err("TXT-05"),
            Act::Note { customer, .. } => self.activity(ctx, &[*customer], "note", None),
            Act::FollowUp { customers, on, .. } => self.activity(ctx, customers, "follow-up", Some(*on)),
            Act::Done { customers } => self.activity(ctx, customers, "done", None),
            Act::Promise { items, on, .. } => self.promise(ctx, items, *on),
            Act::Withdraw { promise } => self.withdraw_promise(ctx, *promise),
            other => panic!("not of collections: {other:?}"),
        }
    }

    pub fn activity(
        &mut self,
        ctx: Ctx<'_>,
        customers: &[i64],
        kind: &'static str,
        next_on: Option<NaiveDate>,
    ) -> Result<Wrote, Code> {
        if customers.is_empty() {
            return Err("ACT-09");
        }
        if next_on.is_some_and(|next| next < ctx.today) {
            return Err("DAT-04");
        }
        let mut wrote = Wrote::default();
        for id in customers {
            let customer = self.customer(*id)?;
            wrote.activities.push(self.activities.len());
            self.activities.push(Activity { customer, kind, on: ctx.today, next_on, live: true });
            self.keep_contact(customer);
        }
        Ok(wrote)
    }

    /// The last contact, the plan and the day set aside follow from what was not taken back.
    pub fn keep_contact(&mut self, customer: usize) {
        let live = || self.activities.iter().filter(|one| one.customer == customer && one.live);
        let of = |kinds: &[&str]| live().filter(|one| kinds.contains(&one.kind)).map(|one| one.on).max();
        let (last, done) = (of(&["call", "e-mail", "draft", "visit", "meeting", "portal", "agency"]), of(&["done"]));
        let next = live().filter_map(|one| one.next_on).next_back();
        let known = &mut self.customers[customer];
        (known.last_contact, known.done_on, known.next_on) = (last, done, next);
    }
}
