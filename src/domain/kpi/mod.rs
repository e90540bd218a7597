//! Key figures of receivables, each with its inputs and its arithmetic, so that a screen can show how it came about.
//! A figure without a denominator is `n/a`, never 0. Numbers refer to section 3 of the domain reference.

mod billing;
mod days;
mod quality;
pub mod stats;

pub use billing::*;
pub use days::*;
pub use quality::*;

use rust_decimal::{Decimal, RoundingStrategy};

use super::money::{self, NumberStyle};

/// What a key figure counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Days.
    Days,
    /// Percent.
    Percent,
    /// Times a year.
    Times,
    /// Money in whole units of the currency of the inputs.
    Money,
    /// A number of things.
    Count,
}

impl Unit {
    /// The unit as written behind a number.
    pub fn word(self) -> &'static str {
        match self {
            Unit::Days => "days",
            Unit::Percent => "%",
            Unit::Times => "times",
            Unit::Money | Unit::Count => "",
        }
    }
}

/// One figure: what it is called, what came out, from what, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kpi {
    /// The short name, such as `DSO`.
    pub name: &'static str,
    /// The unrounded value; `None` is "n/a", because there was no denominator.
    pub value: Option<Decimal>,
    /// What the value counts.
    pub unit: Unit,
    /// The inputs with their labels, in the order of the formula.
    pub inputs: Vec<(&'static str, Decimal)>,
    /// The formula with the numbers put in: `DSO = 10,869 / 17,674 x 90 = 55.35`.
    pub arithmetic: String,
}

impl Kpi {
    /// The value rounded half away from zero to `digits` decimals.
    pub fn rounded(&self, digits: u32) -> Option<Decimal> {
        self.value.map(|value| round(value, digits))
    }

    /// The value for the screen: two decimals at most, or `n/a`.
    pub fn shown(&self) -> String {
        self.value.map_or_else(|| "n/a".to_owned(), show)
    }

    /// Builds the figure from a formula already written out with its numbers.
    fn new(
        name: &'static str,
        unit: Unit,
        inputs: Vec<(&'static str, Decimal)>,
        formula: &str,
        value: Option<Decimal>,
    ) -> Self {
        let shown = value.map_or_else(|| "n/a".to_owned(), show);
        Kpi { name, value, unit, inputs, arithmetic: format!("{name} = {formula} = {shown}") }
    }

    /// `numerator / denominator x factor`; n/a unless the denominator is above zero.
    fn ratio(
        name: &'static str,
        unit: Unit,
        numerator: (&'static str, Decimal),
        denominator: (&'static str, Decimal),
        factor: (&'static str, Decimal),
    ) -> Self {
        // Multiplying first keeps thirds exact: 90 / 270 x 90 is 30, not 29.99….
        let value = numerator.1.checked_mul(factor.1).and_then(|product| divide(product, denominator.1));
        let formula = format!("{} / {} x {}", show(numerator.1), show(denominator.1), show(factor.1));
        Kpi::new(name, unit, vec![numerator, denominator, factor], &formula, value)
    }

    /// `numerator / denominator x 100`.
    fn percent(name: &'static str, numerator: (&'static str, Decimal), denominator: (&'static str, Decimal)) -> Self {
        Kpi::ratio(name, Unit::Percent, numerator, denominator, ("percent", Decimal::ONE_HUNDRED))
    }
}

/// A share in percent under a name of the caller's: past-due share, over-90 share (9), dispute rate (15), unapplied
/// cash (19), roll rate (26), credit utilisation (28).
pub fn percentage(name: &'static str, part: (&'static str, Decimal), whole: (&'static str, Decimal)) -> Kpi {
    Kpi::percent(name, part, whole)
}

/// Division that is "not available" unless the denominator is above zero.
fn divide(numerator: Decimal, denominator: Decimal) -> Option<Decimal> {
    if denominator > Decimal::ZERO { numerator.checked_div(denominator) } else { None }
}

/// Rounds half away from zero.
fn round(value: Decimal, digits: u32) -> Decimal {
    value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
}

/// A number as people read it: thousands separated, at most two decimals, no trailing zeros.
pub fn show(value: Decimal) -> String {
    let rounded = round(value, 2).normalize();
    match money::to_minor(rounded, rounded.scale()) {
        Some(minor) => money::grouped(minor, rounded.scale(), NumberStyle::Point),
        None => rounded.to_string(),
    }
}
