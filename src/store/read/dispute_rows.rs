//! The rows of the dispute queue as they are ordered and filtered: by what can be lost soonest, and by everything a case
//! says of itself.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::disputes::DisputeRow;
use super::window::Sort;
use crate::domain::department;
use crate::domain::money;
use crate::language::filter::{Field, Fields};

/// Days a case without a last day has left at least, as far as what can be lost is concerned.
const FAR: i64 = 30;

/// What is at stake for each day that is left to dispute it, in units of the book's currency: what can be lost soonest for
/// most comes first. A case whose last day is over, or is today, counts by its whole amount; one without a last day by the
/// days left to decide it, and a closed one by nothing. A currency without a rate counts as it is.
fn risk(row: &DisputeRow, today: NaiveDate, rate: Option<Decimal>) -> Decimal {
    if !row.open {
        return Decimal::ZERO;
    }
    let stake = money::to_decimal(row.stake(), row.currency.digits()) * rate.unwrap_or(Decimal::ONE);
    let days = row.days_to_dispute(today).unwrap_or_else(|| row.clock.days_left(today).max(FAR));
    (stake / Decimal::from(days.max(1))).round_dp(2)
}

/// Says of each case what is at risk a day; `rates` are to the book's currency.
pub(super) fn weigh(rows: &mut [DisputeRow], today: NaiveDate, rates: &HashMap<Box<str>, Decimal>) {
    for row in rows {
        row.risk = risk(row, today, rates.get(row.currency.code()).copied());
    }
}

/// Brings cases into the wanted order.
pub(super) fn order(rows: &mut [&DisputeRow], sort: Sort) {
    rows.sort_by(|a, b| {
        let natural = match sort.column {
            "number" => a.id.cmp(&b.id),
            "name" => a.name.cmp(&b.name),
            "document" => a.document.cmp(&b.document),
            "amount" => a.stake().cmp(&b.stake()),
            // What must be decided first comes first when it ascends; closed cases come after.
            "due" => (!a.open, a.clock.decide_by).cmp(&(!b.open, b.clock.decide_by)),
            // Most at risk for each day left first when it ascends, whatever the currency; closed cases come after.
            "risk" => (!a.open, b.risk).cmp(&(!b.open, a.risk)),
            "priority" => a.priority.cmp(&b.priority),
            "processor" => a.processor.cmp(&b.processor),
            "coordinator" => a.coordinator.cmp(&b.coordinator),
            "case" => a.case.cmp(&b.case),
            // Cases without a last day come after those that have one.
            "last" => (a.last_day.is_none(), a.last_day).cmp(&(b.last_day.is_none(), b.last_day)),
            "cause" => a.cause.cmp(&b.cause),
            "reason" => a.reason.cmp(&b.reason),
            "owner" => a.owner.cmp(&b.owner),
            "state" => a.state.cmp(&b.state),
            "department" => a.department.cmp(&b.department),
            _ => a.age.cmp(&b.age),
        };
        let directed = if sort.descending { natural.reverse() } else { natural };
        directed.then(a.id.cmp(&b.id))
    });
}

impl Fields for DisputeRow {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        let text: &str = match field {
            Field::Name => &self.name,
            Field::Number => &self.account,
            Field::Invoice => &self.document,
            Field::Owner => &self.owner,
            Field::State => &self.state,
            Field::Reason => &self.reason,
            Field::Department => department::current(&self.department),
            Field::Cause => &self.cause,
            Field::Processor => &self.processor,
            Field::Coordinator => &self.coordinator,
            Field::Priority => self.priority.word(),
            Field::Case => &self.case,
            Field::Currency => self.currency.code(),
            _ => return None,
        };
        Some(Cow::Borrowed(text))
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        (field == Field::Open).then(|| money::to_decimal(self.stake(), self.currency.digits()))
    }

    fn days(&self, field: Field) -> Option<i64> {
        match field {
            Field::Days => Some(self.age),
            Field::Over => self.is_late().then_some(self.late_by),
            _ => None,
        }
    }

    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then_some(self.clock.decide_by)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        Some(match name {
            "open" | "dispute" => self.open,
            "closed" => !self.open,
            "overdue" => self.is_late(),
            "current" => self.open && !self.is_late(),
            "new" => &*self.state == "new",
            "done" => self.confirmed,
            "hold" => &*self.state == "on customer",
            "owner" => !self.owner.is_empty(),
            _ => return None,
        })
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.words)
    }
}
