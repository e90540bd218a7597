//! What of a posted document is tax: the parts somebody gave, checked, and what of an invoice's net amount and tax goes
//! with a discount or a credit on it. Whether a discount takes tax along was settled when the invoice was posted.

use rust_decimal::Decimal;

use super::Failure;
use super::money::shown;
use crate::domain::discount::TaxMode;
use crate::domain::money::{AMOUNT_MAX, Currency};
use crate::domain::tax::{self, TaxPart};
use crate::domain::terms::Terms;
use crate::formats::canonical::StatedTax;
use crate::store::Tx;
use crate::store::ledger::Item;

/// The setting that says how cash discounts and tax meet.
pub const MODE: &str = "discount-tax";

/// How the cash discounts of this company and tax meet.
pub(super) fn mode(tx: &Tx<'_>) -> Result<TaxMode, Failure> {
    Ok(tx.setting(MODE)?.and_then(|text| TaxMode::parse(&text)).unwrap_or(TaxMode::Included))
}

/// The parts of a document of `amount` as somebody gave them: one that names a rate and no net amount or tax stands for
/// the whole amount, which contains tax at that rate.
pub(super) fn given(tx: &Tx<'_>, parts: &[TaxPart], amount: i64, terms: &Terms) -> Result<Vec<TaxPart>, Failure> {
    match parts {
        [TaxPart { rate, net: 0, tax: 0 }] => {
            let discount = terms.discount.map_or(Decimal::ZERO, |discount| discount.percent);
            let told = tax::within(amount, *rate, discount, mode(tx)?);
            Ok(vec![told.unwrap_or(TaxPart { rate: *rate, net: amount, tax: 0 })])
        }
        _ => Ok(parts.to_vec()),
    }
}

/// The parts of a document of `amount`, with its sign. Refuses parts that do not add up to it.
pub(super) fn signed(
    parts: &[TaxPart],
    (amount, currency): (i64, Currency),
    is_debit: bool,
) -> Result<Vec<TaxPart>, Failure> {
    for (place, part) in parts.iter().enumerate() {
        let known = parts[..place].iter().any(|other| other.rate == part.rate);
        if part.rate < Decimal::ZERO || part.rate > Decimal::ONE_HUNDRED || part.rate.scale() > 4 || known {
            let sentence = format!("{} % is no rate of tax, or stands there twice. Nothing was posted.", part.rate);
            return Err(Failure::refused("TAX-02", sentence));
        }
    }
    let within = |part: &TaxPart| part.net.abs() <= AMOUNT_MAX && part.tax.abs() <= AMOUNT_MAX;
    if !parts.is_empty() && (tax::gross(parts) != amount || !parts.iter().all(within)) {
        let sentence = format!(
            "Net amounts of {} and tax of {} are not the amount of {}. Nothing was posted; correct one of them.",
            shown(tax::net(parts), currency),
            shown(tax::tax(parts), currency),
            shown(amount, currency)
        );
        return Err(Failure::refused("TAX-01", sentence));
    }
    Ok(if is_debit { parts.to_vec() } else { parts.iter().map(|part| part.negated()).collect() })
}

/// What a row of a file says of the tax in its `amount`, as the parts of its document, without signs; nothing where it has
/// none. `terms` say the discount, for tax that is on the discounted amount.
pub(super) fn stated(
    tx: &Tx<'_>,
    (amount, currency): (i64, Currency),
    stated: &StatedTax,
    terms: Option<&Terms>,
) -> Result<Vec<TaxPart>, Failure> {
    let (net, tax) = match (stated.net, stated.tax, stated.rate) {
        (Some(net), Some(tax), _) => (net, tax),
        (Some(net), None, _) => (net, amount - net),
        (None, Some(tax), _) => (amount - tax, tax),
        (None, None, rate) => {
            let discount = terms.and_then(|terms| terms.discount).map_or(Decimal::ZERO, |discount| discount.percent);
            let told = tax::within(amount, rate.unwrap_or_default(), discount, mode(tx)?);
            told.map_or((amount, 0), |told| (told.net, told.tax))
        }
    };
    if tax == 0 && net == amount {
        return Ok(Vec::new());
    }
    let percent = (Decimal::from(tax) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(net));
    let rate = stated.rate.or(percent.map(|percent| percent.round_dp(2))).unwrap_or_default();
    signed(&[TaxPart { rate, net, tax }], (amount, currency), true)
}

/// What of an item's net amount and tax a discount of `amount` takes off, as the parts of its document, and the same in
/// words; nothing where the item has no tax.
pub(super) fn of_discount(tx: &Tx<'_>, item: &Item, amount: i64) -> Result<(Vec<TaxPart>, String), Failure> {
    let parts = tx.tax_of(item.document)?;
    if parts.is_empty() {
        return Ok((parts, String::new()));
    }
    let on_net = tx.discount_net(item.id)?;
    let off = tax::share(&parts, amount, on_net.is_some());
    let percent = tx.discount_of(item.id)?.map_or_else(String::new, |(percent, _)| format!("{percent}% of "));
    let money = |minor| shown(minor, item.currency);
    let words = match on_net {
        _ if tax::tax(&parts) == 0 => String::new(),
        Some(net) => format!("discount {} ({percent}{} net; the tax stays)", money(amount), money(net)),
        None => format!(
            "discount {} ({percent}{}: {} off net, {} off tax)",
            money(amount),
            money(item.amount),
            money(tax::net(&off)),
            money(tax::tax(&off))
        ),
    };
    Ok((negated(&off), words))
}

/// What of an item's net amount and tax a credit note of `amount` takes off, as the parts of its document.
pub(super) fn of_credit(tx: &Tx<'_>, item: &Item, amount: i64) -> Result<Vec<TaxPart>, Failure> {
    Ok(negated(&tax::share(&tx.tax_of(item.document)?, amount, false)))
}

/// The same parts against them.
pub(super) fn negated(parts: &[TaxPart]) -> Vec<TaxPart> {
    parts.iter().map(|part| part.negated()).collect()
}
