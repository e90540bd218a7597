//! The tax of a document: what of it is net and what is tax, at each rate, how both are told from an amount that contains
//! them, and which part of each goes with a part of the document (domain reference, sections 2 and 6.5).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::discount::TaxMode;
use super::money;

/// What of a document is taxed at one rate, in minor units of its currency.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaxPart {
    /// Percent.
    pub rate: Decimal,
    /// Without tax.
    pub net: i64,
    /// The tax.
    pub tax: i64,
}

impl TaxPart {
    /// Net and tax together.
    pub fn gross(&self) -> i64 {
        self.net.saturating_add(self.tax)
    }

    /// The same with the opposite sign.
    pub fn negated(self) -> Self {
        TaxPart { net: -self.net, tax: -self.tax, ..self }
    }
}

/// Reads a rate of tax in percent: `19`, `7.5`, `7,5 %`. What is wrong otherwise, in words.
pub fn rate(text: &str) -> Result<Decimal, String> {
    let plain = text.trim().trim_end_matches('%').trim().replace(',', ".");
    let read: Option<Decimal> = plain.parse().ok();
    let fits = |rate: &Decimal| !rate.is_sign_negative() && *rate <= Decimal::ONE_HUNDRED && rate.scale() <= 4;
    read.filter(fits).ok_or_else(|| format!("\"{text}\" is no rate of tax in percent, such as 19 or 7.5"))
}

/// Net and tax of all parts together.
pub fn gross(parts: &[TaxPart]) -> i64 {
    parts.iter().fold(0, |sum: i64, part| sum.saturating_add(part.gross()))
}

/// The net amount of all parts.
pub fn net(parts: &[TaxPart]) -> i64 {
    parts.iter().fold(0, |sum: i64, part| sum.saturating_add(part.net))
}

/// The tax of all parts.
pub fn tax(parts: &[TaxPart]) -> i64 {
    parts.iter().fold(0, |sum: i64, part| sum.saturating_add(part.tax))
}

/// Tells net and tax of an amount that contains tax at `rate` percent. Where the tax is on the discounted base from the
/// start, `discount` is the percent of the cash discount.
pub fn within(amount: i64, rate: Decimal, discount: Decimal, mode: TaxMode) -> Option<TaxPart> {
    let hundred = Decimal::ONE_HUNDRED;
    let effective = match mode {
        TaxMode::Mixed => rate * (hundred - discount) / hundred,
        TaxMode::Included | TaxMode::Excluded => rate,
    };
    let net = money::to_minor((Decimal::from(amount) * hundred).checked_div(hundred + effective)?, 0)?;
    Some(TaxPart { rate, net, tax: amount - net })
}

/// What of each rate goes with `amount` of a document of these parts: a discount, a credit. By gross amounts, and each
/// takes its tax along; where the tax stays as it is, by net amounts and no tax. The parts add up to `amount`.
pub fn share(parts: &[TaxPart], amount: i64, tax_stays: bool) -> Vec<TaxPart> {
    let weight = |part: &TaxPart| Decimal::from(if tax_stays { part.net } else { part.gross() });
    let weights: Vec<Decimal> = parts.iter().map(weight).collect();
    let whole: Decimal = weights.iter().sum();
    let upto = |sum: Decimal| {
        let share = (Decimal::from(amount) * sum).checked_div(whole);
        share.and_then(|share| money::to_minor(share, 0)).unwrap_or(0)
    };
    let (mut sum, mut before, mut shares) = (Decimal::ZERO, 0, Vec::with_capacity(parts.len()));
    for (part, weight) in parts.iter().zip(weights) {
        sum += weight;
        // Each rate gets what the shares up to it grow by, so that none is rounded twice and the last one ends the sum.
        let until = upto(sum);
        let gross = until - before;
        before = until;
        let taxed = (Decimal::from(gross) * Decimal::from(part.tax)).checked_div(Decimal::from(part.gross()));
        let tax = taxed.filter(|_| !tax_stays).and_then(|tax| money::to_minor(tax, 0)).unwrap_or(0);
        if gross != 0 {
            shares.push(TaxPart { rate: part.rate, net: gross - tax, tax });
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::super::discount::early_payment;
    use super::*;

    fn part(rate: i64, net: i64, tax: i64) -> TaxPart {
        TaxPart { rate: Decimal::from(rate), net, tax }
    }

    #[test]
    fn a_share_takes_its_tax_along_or_leaves_it() {
        let invoice = [part(15, 150_000, 22_500)];
        assert_eq!(share(&invoice, 17_250, false), [part(15, 15_000, 2_250)]);
        assert_eq!(share(&invoice, 15_000, true), [part(15, 15_000, 0)]);
        let two = [part(19, 10_000, 1_900), part(7, 10_000, 700)];
        assert_eq!(share(&two, 452, false), [part(19, 200, 38), part(7, 200, 14)]);
        assert_eq!(share(&two, 22_600, false), two, "the whole is the whole");
        assert_eq!(share(&two, -22_600, false), two.map(TaxPart::negated));
    }

    #[test]
    fn shares_add_up_and_none_is_against_the_others() {
        let three = [part(19, 3_333, 633), part(7, 1, 0), part(0, 777, 0)];
        for amount in 1..=gross(&three) {
            let of = share(&three, amount, false);
            assert_eq!(gross(&of), amount);
            assert!(of.iter().all(|part| part.net >= 0 && part.tax >= 0), "{amount}: {of:?}");
            assert!(tax(&of) <= tax(&three));
            let of = share(&three, amount.min(net(&three)), true);
            assert_eq!((gross(&of), tax(&of)), (amount.min(net(&three)), 0));
        }
    }

    #[test]
    fn an_amount_with_tax_in_it_is_told_apart_as_it_was_put_together() {
        let (rate, discount) = (Decimal::from(21), Decimal::from(2));
        for mode in [TaxMode::Included, TaxMode::Excluded, TaxMode::Mixed] {
            for net in [1, 99, 12_345, 100_000] {
                let paid = early_payment(net, rate, 0, discount, mode);
                let told = within(paid.total, rate, discount, mode).expect("in bounds");
                assert_eq!((told.net, told.gross()), (net, paid.total), "{mode:?}");
                let tax_stays = mode != TaxMode::Included;
                let of = share(&[told], paid.discount(), tax_stays);
                assert!((tax(&of) - paid.tax_discount).abs() <= 1, "{mode:?} {net}: {of:?} {paid:?}");
            }
        }
    }
}
