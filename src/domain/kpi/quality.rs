//! Figures about the quality of receivables and of the work on them: shares, bad debt, promises, matching, forecast
//! and cost (section 3, numbers 8 to 10, 15, 18, 19, 25 to 29).

use rust_decimal::Decimal;

use super::{Kpi, Unit};

/// Share not past due (8): `current / (current + past due) x 100` of open debit items.
pub fn current_share(current: Decimal, past_due: Decimal) -> Kpi {
    Kpi::percent("Current", ("current", current), ("open debit items", current + past_due))
}

/// Share past due (8).
pub fn past_due_share(current: Decimal, past_due: Decimal) -> Kpi {
    Kpi::percent("Past due", ("past due", past_due), ("open debit items", current + past_due))
}

/// Share more than 90 days past due (9), of open debit items.
pub fn over_90_share(over_90: Decimal, open: Decimal) -> Kpi {
    Kpi::percent("Over 90 days", ("more than 90 days past due", over_90), ("open debit items", open))
}

/// Bad debt to sales (10), gross of recoveries.
pub fn bad_debt_gross(write_offs: Decimal, sales: Decimal) -> Kpi {
    Kpi::percent("Bad debt, gross", ("write-offs", write_offs), ("credit sales", sales))
}

/// Bad debt to sales (10), net of recoveries; negative when more came back than was lost.
pub fn bad_debt_net(write_offs: Decimal, recoveries: Decimal, sales: Decimal) -> Kpi {
    Kpi::percent("Bad debt, net", ("write-offs less recoveries", write_offs - recoveries), ("credit sales", sales))
}

/// Dispute rate (15): disputed invoices of those issued, by count or by value.
pub fn dispute_rate(disputed: Decimal, issued: Decimal) -> Kpi {
    Kpi::percent("Dispute rate", ("disputed", disputed), ("issued", issued))
}

/// Promises kept by count (18): `kept / (kept + partly kept + broken) x 100`; promises still open do not count.
pub fn promises_kept(kept: u32, partly: u32, broken: u32) -> Kpi {
    let judged = Decimal::from(kept) + Decimal::from(partly) + Decimal::from(broken);
    Kpi::percent("Promises kept", ("kept", Decimal::from(kept)), ("promises judged", judged))
}

/// Promises kept by amount (18): what arrived inside the windows, at most what was promised, of what was promised.
pub fn promised_amount_kept(paid_in_window: Decimal, promised: Decimal) -> Kpi {
    Kpi::percent("Promised amount kept", ("paid in the window", paid_in_window), ("promised", promised))
}

/// Unapplied cash (19): unapplied, on account and unidentified money, of AR.
pub fn unapplied_share(unapplied: Decimal, receivables: Decimal) -> Kpi {
    Kpi::percent("Unapplied cash", ("unapplied", unapplied), ("AR", receivables))
}

/// Cost of collection (25) for a thousand collected.
pub fn cost_per_thousand(cost: Decimal, collected: Decimal) -> Kpi {
    let thousand = ("thousand", Decimal::ONE_THOUSAND);
    Kpi::ratio("Cost per 1,000 collected", Unit::Money, ("cost", cost), ("collected", collected), thousand)
}

/// Cost of collection (25) for one invoice.
pub fn cost_per_invoice(cost: Decimal, invoices: Decimal) -> Kpi {
    Kpi::ratio("Cost per invoice", Unit::Money, ("cost", cost), ("invoices", invoices), ("one", Decimal::ONE))
}

/// A cash forecast against what came (27).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ForecastQuality {
    /// `sum |forecast - actual| / sum actual x 100`.
    pub error: Kpi,
    /// `100 - error`, never below 0.
    pub accuracy: Kpi,
    /// `(sum forecast - sum actual) / sum actual x 100`: positive when too hopeful.
    pub bias: Kpi,
}

/// Judges a forecast by its periods (27).
pub fn forecast_quality(forecast: &[Decimal], actual: &[Decimal]) -> ForecastQuality {
    let came: Decimal = actual.iter().sum();
    let missed: Decimal = forecast.iter().zip(actual).map(|(f, a)| (f - a).abs()).sum();
    let surplus = forecast.iter().sum::<Decimal>() - came;
    let error = Kpi::percent("Forecast error", ("missed", missed), ("received", came));
    let value = error.value.map(|error| (Decimal::ONE_HUNDRED - error).max(Decimal::ZERO));
    let formula = format!("100 - {}", error.shown());
    let inputs = vec![("missed", missed), ("received", came)];
    let accuracy = Kpi::new("Forecast accuracy", Unit::Percent, inputs, &formula, value);
    let bias = Kpi::percent("Forecast bias", ("forecast less received", surplus), ("received", came));
    ForecastQuality { error, accuracy, bias }
}

/// Straight-through matching (29): receipts fully applied without a person, of all receipts, by count or by amount.
pub fn straight_through(automatic: Decimal, receipts: Decimal) -> Kpi {
    Kpi::percent("Straight-through", ("applied without a person", automatic), ("receipts", receipts))
}

/// Precision of automatic matching (29): the share not taken back later. Always shown beside the rate.
pub fn matching_precision(automatic: Decimal, reversed: Decimal) -> Kpi {
    let kept = ("not taken back", automatic - reversed);
    Kpi::percent("Matching precision", kept, ("applied without a person", automatic))
}
