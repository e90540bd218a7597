//! Figures in days and the collection index: DSO in its variants, delinquency, CEI, turnover, days to pay and days
//! late (section 3, numbers 1 to 7 and 11 to 14). AR and sales must both be gross or both be net of tax.

use rust_decimal::Decimal;

use super::{Kpi, Unit, divide, show, stats};

/// Days sales outstanding (1): `AR at the end / credit sales of the period x days`.
pub fn dso(receivables: Decimal, sales: Decimal, days: Decimal) -> Kpi {
    Kpi::ratio("DSO", Unit::Days, ("AR at the end", receivables), ("credit sales", sales), ("days", days))
}

/// DSO over several months (3): AR at the end against the sum of their sales and days.
pub fn rolling_dso(receivables: Decimal, sales: &[Decimal], days: &[Decimal]) -> Kpi {
    let figure = dso(receivables, sales.iter().sum(), days.iter().sum());
    Kpi { name: "DSO rolling", arithmetic: figure.arithmetic.replacen("DSO", "DSO rolling", 1), ..figure }
}

/// Best possible DSO (4): the DSO if nobody were late, `AR not past due / credit sales x days`.
pub fn best_possible_dso(current: Decimal, sales: Decimal, days: Decimal) -> Kpi {
    Kpi::ratio("Best possible DSO", Unit::Days, ("AR not past due", current), ("credit sales", sales), ("days", days))
}

/// Average days delinquent (5): `DSO - best possible DSO` of the same period.
pub fn average_days_delinquent(dso: &Kpi, best: &Kpi) -> Kpi {
    let value = dso.value.zip(best.value).map(|(a, b)| a - b);
    let formula = format!("{} - {}", dso.shown(), best.shown());
    let inputs = [("DSO", dso.value), ("best possible DSO", best.value)];
    let inputs = inputs.into_iter().filter_map(|(label, value)| value.map(|value| (label, value))).collect();
    Kpi::new("Average days delinquent", Unit::Days, inputs, &formula, value)
}

/// A count-back DSO with its caveat.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CountBack {
    /// The figure.
    pub kpi: Kpi,
    /// AR was not used up by the months known, or a month without sales stopped the walk: the true figure is higher.
    pub lower_bound: bool,
}

/// DSO by count-back (2): walk back from the newest month; while AR exceeds the month's sales add all its days, the
/// last month adds `days x rest / sales`. `months` are (sales less credit notes, days), newest first.
pub fn count_back_dso(receivables: Decimal, months: &[(Decimal, Decimal)]) -> CountBack {
    let (mut rest, mut total) = (receivables.max(Decimal::ZERO), Decimal::ZERO);
    let mut parts = Vec::new();
    for &(sales, days) in months {
        if sales <= Decimal::ZERO || rest.is_zero() {
            break;
        }
        if rest > sales {
            total += days;
            rest -= sales;
            parts.push(show(days));
        } else {
            total += days * rest / sales;
            parts.push(format!("{} / {} x {}", show(rest), show(sales), show(days)));
            rest = Decimal::ZERO;
        }
    }
    let lower_bound = !rest.is_zero();
    let value = if months.is_empty() { None } else { Some(total) };
    let formula = if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") };
    let mut kpi = Kpi::new("DSO count-back", Unit::Days, vec![("AR at the end", receivables)], &formula, value);
    if lower_bound {
        kpi.arithmetic.push_str(" or more");
    }
    CountBack { kpi, lower_bound }
}

/// Collection effectiveness index (6): `(opening AR + sales / N - closing AR) / (opening AR + sales / N - closing AR
/// not past due) x 100`, N months in the period. May exceed 100 when credits arrive; not clamped.
pub fn collection_effectiveness(
    opening: Decimal,
    sales: Decimal,
    months: u32,
    closing: Decimal,
    closing_current: Decimal,
) -> Kpi {
    let inputs = vec![
        ("opening AR", opening),
        ("credit sales", sales),
        ("months", Decimal::from(months)),
        ("closing AR", closing),
        ("closing AR not past due", closing_current),
    ];
    let monthly = divide(sales, Decimal::from(months));
    let value = monthly.and_then(|monthly| {
        let collected = opening + monthly - closing;
        divide(collected, opening + monthly - closing_current).map(|share| share * Decimal::ONE_HUNDRED)
    });
    let front = format!("{} + {}", show(opening), monthly.map_or_else(|| "n/a".to_owned(), show));
    let formula = format!("({front} - {}) / ({front} - {}) x 100", show(closing), show(closing_current));
    Kpi::new("CEI", Unit::Percent, inputs, &formula, value)
}

/// Receivables turnover (7): `credit sales / mean of opening and closing AR`.
pub fn turnover(sales: Decimal, opening: Decimal, closing: Decimal) -> Kpi {
    let value = divide(sales * Decimal::TWO, opening + closing);
    let formula = format!("{} / (({} + {}) / 2)", show(sales), show(opening), show(closing));
    let inputs = vec![("credit sales", sales), ("opening AR", opening), ("closing AR", closing)];
    Kpi::new("AR turnover", Unit::Times, inputs, &formula, value)
}

/// Average collection period (7): `days of the year / turnover`.
pub fn collection_period(turnover: &Kpi, days: Decimal) -> Kpi {
    let value = turnover.value.and_then(|times| divide(days, times));
    let formula = format!("{} / {}", show(days), turnover.shown());
    Kpi::new("Average collection period", Unit::Days, vec![("days", days)], &formula, value)
}

/// A mean of days weighted by amounts, under a name of the caller's: days to pay of items closed in the period (11),
/// terms, balance-weighted age of open items (13). `rows` are (amount, days).
pub fn weighted_days(name: &'static str, rows: &[(Decimal, Decimal)]) -> Kpi {
    let weighted: Decimal = rows.iter().map(|row| row.0 * row.1).sum();
    let amount: Decimal = rows.iter().map(|row| row.0).sum();
    let inputs = vec![("amount x days", weighted), ("amount", amount)];
    let formula = format!("{} / {}", show(weighted), show(amount));
    Kpi::new(name, Unit::Days, inputs, &formula, divide(weighted, amount))
}

/// Average days to pay (11), weighted by amount, over items closed in the period. Biased: slow payers are still open,
/// so show it beside the age of open items.
pub fn days_to_pay(rows: &[(Decimal, Decimal)]) -> Kpi {
    weighted_days("Average days to pay", rows)
}

/// Weighted average days late (12), early payments counted as negative. `rows` are (amount, paid - due).
pub fn days_late(rows: &[(Decimal, Decimal)]) -> Kpi {
    weighted_days("Average days late", rows)
}

/// Weighted average days late (12), early payments counted as 0.
pub fn days_late_only(rows: &[(Decimal, Decimal)]) -> Kpi {
    let late: Vec<_> = rows.iter().map(|row| (row.0, row.1.max(Decimal::ZERO))).collect();
    weighted_days("Average days late, late only", &late)
}

/// Sales-weighted DSO (14): the sum over aging buckets of `open from month k back / sales of month k back`, x 30.
pub fn sales_weighted_dso(buckets: &[Decimal], sales: &[Decimal], days: Decimal) -> Kpi {
    let pairs = buckets.iter().zip(sales);
    let shares: Option<Vec<Decimal>> = pairs.clone().map(|(open, sold)| divide(*open * days, *sold)).collect();
    let value = shares.filter(|shares| !shares.is_empty()).map(|shares| shares.iter().sum());
    let terms: Vec<String> = pairs.map(|(open, sold)| format!("{} / {}", show(*open), show(*sold))).collect();
    let formula = format!("({}) x {}", terms.join(" + "), show(days));
    Kpi::new("Sales-weighted DSO", Unit::Days, vec![("days", days)], &formula, value)
}

/// Days deductions outstanding (16): `open deductions / (deductions raised in the period / days)`.
pub fn days_deductions_outstanding(open: Decimal, raised: Decimal, days: Decimal) -> Kpi {
    let raised = ("deductions raised", raised);
    Kpi::ratio("Days deductions outstanding", Unit::Days, ("open deductions", open), raised, ("days", days))
}

/// How long something took: the median of closed cases with mean and 90th percentile beside it (17, 23).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CycleTime {
    /// Mean days.
    pub mean: Decimal,
    /// Median days.
    pub median: Decimal,
    /// The 90th percentile by nearest rank.
    pub p90: Decimal,
}

/// Cycle time of closed cases in days; `None` without any.
pub fn cycle_time(days: &[i64]) -> Option<CycleTime> {
    let days = stats::decimals(days);
    Some(CycleTime { mean: stats::mean(&days)?, median: stats::median(&days)?, p90: stats::percentile(&days, 90)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arithmetic_is_printed_with_its_numbers() {
        let figure = dso(Decimal::from(10_869), Decimal::from(17_674), Decimal::from(90));
        assert_eq!(figure.arithmetic, "DSO = 10,869 / 17,674 x 90 = 55.35");
        assert_eq!(dso(Decimal::ONE, Decimal::ZERO, Decimal::ONE).arithmetic, "DSO = 1 / 0 x 1 = n/a");
    }

    #[test]
    fn count_back_says_when_it_ran_out_of_months() {
        let short = count_back_dso(Decimal::from(500), &[(Decimal::from(200), Decimal::from(30))]);
        assert!(short.lower_bound);
        assert_eq!(short.kpi.arithmetic, "DSO count-back = 30 = 30 or more");
        let no_sales = count_back_dso(Decimal::from(500), &[(Decimal::ZERO, Decimal::from(30))]);
        assert!(no_sales.lower_bound);
    }
}
