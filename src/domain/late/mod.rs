//! Interest and compensation for late payment: simple interest by day, rounded once, under dated rates. Rates and fees
//! are configuration per jurisdiction, off by default; nothing here is legal advice (domain reference 5.1 to 5.4).

mod profile;

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::calendar;
use super::money::{self, Currency};

pub use profile::{DayCount, Profile};

/// Simple interest before rounding, in minor units: `principal x rate / 100 x days / basis`.
pub fn exact_interest(principal: i64, rate: Decimal, days: i64, basis: i64) -> Decimal {
    let yearly = Decimal::from(principal) * rate / Decimal::ONE_HUNDRED;
    (yearly * Decimal::from(days.max(0))).checked_div(Decimal::from(basis)).unwrap_or_default()
}

/// Simple interest in minor units, rounded once at the end; never from a rounded daily amount.
pub fn interest(principal: i64, rate: Decimal, days: i64, basis: i64) -> i64 {
    rounded(exact_interest(principal, rate, days, basis))
}

/// Interest on what was left between payments: from the day after `due` to each payment's date, rounded once.
pub fn interest_with_payments(
    principal: i64,
    rate: Decimal,
    due: NaiveDate,
    payments: &[(NaiveDate, i64)],
    basis: i64,
) -> i64 {
    let mut ordered = payments.to_vec();
    ordered.sort();
    let (mut open, mut from, mut total) = (principal, due, Decimal::ZERO);
    for (date, paid) in ordered {
        let day = date.max(due);
        total += exact_interest(open, rate, calendar::days_between(from, day), basis);
        open -= paid;
        from = day;
    }
    rounded(total)
}

/// Interest by whole months at a monthly rate in percent, simple.
pub fn interest_by_month(principal: i64, monthly_rate: Decimal, months: i64) -> i64 {
    rounded(Decimal::from(principal) * monthly_rate * Decimal::from(months) / Decimal::ONE_HUNDRED)
}

/// Which rate counts when the reference rate changes while a debt is late.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RateMode {
    /// Each half-year at its own rate.
    Floating,
    /// The rate of the first day of interest, for the life of the debt.
    FixedAtStart,
}

/// A half-year: the year and 1 or 2.
pub type HalfYear = (i32, u8);

/// The half-year of a date.
pub fn half_year(date: NaiveDate) -> HalfYear {
    (date.year(), if date.month() <= 6 { 1 } else { 2 })
}

/// Statutory interest after Directive 2011/7/EU: reference rate of the half-year plus `margin`, from the day after
/// `due` to `paid`, actual days over 365. `None` when a reference rate is missing.
pub fn statutory_interest(
    principal: i64,
    due: NaiveDate,
    paid: NaiveDate,
    margin: Decimal,
    mode: RateMode,
    reference: impl Fn(HalfYear) -> Option<Decimal>,
) -> Option<i64> {
    let start = calendar::add_days(due, 1);
    if paid < start {
        return Some(0);
    }
    if mode == RateMode::FixedAtStart {
        let days = calendar::days_between(due, paid);
        return Some(interest(principal, reference(half_year(start))? + margin, days, 365));
    }
    let (mut from, mut total) = (due, Decimal::ZERO);
    while from < paid {
        let half = half_year(calendar::add_days(from, 1));
        let last = half_year_end(half)?.min(paid);
        total += exact_interest(principal, reference(half)? + margin, calendar::days_between(from, last), 365);
        from = last;
    }
    Some(rounded(total))
}

/// The last day of a half-year.
fn half_year_end(half: HalfYear) -> Option<NaiveDate> {
    let (month, day) = if half.1 == 1 { (6, 30) } else { (12, 31) };
    NaiveDate::from_ymd_opt(half.0, month, day)
}

/// The day whose Bank of England base rate counts for a UK debt: the last 30 June or 31 December before interest
/// starts, which is the day after `due`. The rate then stays for the life of the debt (SI 2002/1675).
pub fn uk_reference_day(due: NaiveDate) -> Option<NaiveDate> {
    let (year, half) = half_year(calendar::add_days(due, 1));
    half_year_end(if half == 1 { (year - 1, 2) } else { (year, 1) })
}

/// UK fixed compensation for one late debt in whole pounds, by its amount in pence: under 1,000 pounds 40, under
/// 10,000 pounds 70, else 100.
pub fn uk_compensation(amount: i64) -> i64 {
    match amount {
        ..100_000 => 40,
        100_000..1_000_000 => 70,
        _ => 100,
    }
}

/// The fixed sum a law gives for a late payment, beside interest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compensation {
    /// None is asked for.
    #[default]
    None,
    /// EUR 40 for each late payment (Directive 2011/7/EU, article 6).
    Eu,
    /// GBP 40, 70 or 100 by the size of the debt (Late Payment of Commercial Debts (Interest) Act 1998, section 5A).
    Uk,
}

impl Compensation {
    /// The sum for a late debt, in minor units; 0 for debts in another currency than the law names.
    pub fn on(self, amount: i64, currency: Currency) -> i64 {
        match self {
            Compensation::Eu if currency.code() == "EUR" => 4_000,
            Compensation::Uk if currency.code() == "GBP" => uk_compensation(amount) * 100,
            _ => 0,
        }
    }

    /// Whether none is asked for.
    pub fn is_none(&self) -> bool {
        *self == Compensation::None
    }
}

/// When a claim may become statute-barred. Warning dates only: payments, acknowledgements and actions change them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Limitation {
    /// United Kingdom, simple contract: six years from the due date.
    UkSixYears,
    /// Germany: three years from the end of the year in which it fell due.
    GermanThreeYears,
    /// United States, sale of goods: four years.
    UsFourYears,
}

impl Limitation {
    /// The warning date for an item due on `due`.
    pub fn until(self, due: NaiveDate) -> NaiveDate {
        match self {
            Limitation::UkSixYears => calendar::add_months(due, 72),
            Limitation::UsFourYears => calendar::add_months(due, 48),
            Limitation::GermanThreeYears => half_year_end((due.year() + 3, 2)).unwrap_or(due),
        }
    }
}

/// Half away from zero to whole minor units.
fn rounded(amount: Decimal) -> i64 {
    money::to_minor(amount, 0).unwrap_or(0)
}
