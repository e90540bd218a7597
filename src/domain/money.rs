//! Money as integers: an amount in minor units with its currency, exact text in and out, rounding half away
//! from zero, and splits whose last part takes the remainder. Rates are `Decimal`; nothing here is a float.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// The largest amount one row of the book may hold, in minor units (`99,999,999,999.99` for two digits).
pub const AMOUNT_MAX: i64 = 9_999_999_999_999;

/// An ISO 4217 currency: three capital letters. Its number of minor digits comes from the standard's table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro, the usual base currency of examples and tests.
    pub const EUR: Currency = Currency(*b"EUR");
    /// The United States dollar.
    pub const USD: Currency = Currency(*b"USD");

    /// Reads a code such as `EUR` (any case). Unknown codes are refused, so that the digits are always known.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let upper = code.trim().to_ascii_uppercase();
        let bytes: [u8; 3] = upper.as_bytes().try_into().map_err(|_| MoneyError::Currency(code.into()))?;
        iso_currency::Currency::from_code(&upper).ok_or_else(|| MoneyError::Currency(code.into()))?;
        Ok(Currency(bytes))
    }

    /// The three-letter code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Number of decimal digits of one unit: 0 for JPY, 2 for EUR, 3 for KWD.
    pub fn digits(&self) -> u32 {
        iso_currency::Currency::from_code(self.code()).and_then(|c| c.exponent()).map_or(2, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Currency::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// An amount of one currency, in minor units. Debits are positive, credits negative.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents for EUR, whole yen for JPY.
    pub minor: i64,
    /// The currency the amount is in.
    pub currency: Currency,
}

impl Money {
    /// An amount of `minor` units of `currency`.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Money { minor, currency }
    }

    /// The amount as a plain decimal with the currency's digits and no separators: `-1234.50`.
    pub fn plain(&self) -> String {
        plain(self.minor, self.currency.digits())
    }

    /// The amount as people read it: `1,234.50`.
    pub fn grouped(&self, style: NumberStyle) -> String {
        grouped(self.minor, self.currency.digits(), style)
    }
}

/// Which signs a book uses between units and decimals and between thousands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Default)]
pub enum NumberStyle {
    /// `1,234.50`
    #[default]
    Point,
    /// `1.234,50`
    Comma,
}

impl NumberStyle {
    /// The sign before the decimals.
    pub fn decimal(self) -> char {
        if self == NumberStyle::Point { '.' } else { ',' }
    }
    /// The sign between groups of three digits.
    pub fn group(self) -> char {
        if self == NumberStyle::Point { ',' } else { '.' }
    }
}

/// Why an amount or a currency was refused. The text names the input and what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The code is not in ISO 4217.
    #[error("\"{0}\" is not a currency code; use three letters such as EUR")]
    Currency(String),
    /// The text is not a decimal number.
    #[error("\"{0}\" is not an amount; use digits, for example 1234.56")]
    NotANumber(String),
    /// More decimals than the currency has.
    #[error("{currency} has {digits} decimals; {text} was not rounded")]
    TooManyDecimals {
        /// What was read.
        text: String,
        /// The currency that sets the limit.
        currency: Currency,
        /// How many decimals it has.
        digits: u32,
    },
    /// Beyond [`AMOUNT_MAX`].
    #[error("{0} is larger than the limit of 99,999,999,999.99")]
    TooLarge(String),
}

/// Minor units as a plain decimal number: `plain(-123450, 2)` is `-1234.50`.
pub fn plain(minor: i64, digits: u32) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let magnitude = minor.unsigned_abs();
    let unit = 10u64.pow(digits);
    if digits == 0 {
        return format!("{sign}{magnitude}");
    }
    format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit, width = digits as usize)
}

/// Minor units with thousands separated: `grouped(123450, 2, Point)` is `1,234.50`.
pub fn grouped(minor: i64, digits: u32, style: NumberStyle) -> String {
    let text = plain(minor, digits);
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |rest| ("-", rest));
    let mut out = String::with_capacity(text.len() + 6);
    out.push_str(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(style.group());
        }
        out.push(digit);
    }
    if !decimals.is_empty() {
        out.push(style.decimal());
        out.push_str(decimals);
    }
    out
}

/// Reads a plain decimal (`-1234.5`, no separators, no exponent) exactly into minor units of `currency`.
pub fn parse_plain(text: &str, currency: Currency) -> Result<i64, MoneyError> {
    let trimmed = text.trim();
    let bad = || MoneyError::NotANumber(text.to_owned());
    let (negative, body) = match trimmed.as_bytes().first() {
        Some(b'-') => (true, &trimmed[1..]),
        Some(b'+') => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let (whole, decimals) = body.split_once('.').unwrap_or((body, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && decimals.is_empty()) || !all_digits(whole) || !all_digits(decimals) {
        return Err(bad());
    }
    let digits = currency.digits();
    let significant = decimals.trim_end_matches('0');
    if significant.len() > digits as usize {
        return Err(MoneyError::TooManyDecimals { text: trimmed.to_owned(), currency, digits });
    }
    let padded = format!("{whole}{significant:0<width$}", width = digits as usize);
    let significant_digits = padded.trim_start_matches('0');
    let too_large = || MoneyError::TooLarge(trimmed.to_owned());
    if significant_digits.len() > 13 {
        return Err(too_large());
    }
    let minor: i64 = if significant_digits.is_empty() { 0 } else { significant_digits.parse().map_err(|_| bad())? };
    if minor > AMOUNT_MAX {
        return Err(too_large());
    }
    Ok(if negative { -minor } else { minor })
}

/// Rounds a decimal amount of whole units to minor units, half away from zero, once. `None` when it does not fit.
pub fn to_minor(amount: Decimal, digits: u32) -> Option<i64> {
    let scaled = amount.checked_mul(Decimal::from(10u64.pow(digits)))?;
    let rounded = scaled.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    rounded.try_into().ok()
}

/// Minor units as a decimal number of whole units.
pub fn to_decimal(minor: i64, digits: u32) -> Decimal {
    Decimal::from_i128_with_scale(i128::from(minor), digits)
}

/// What `part` of the `left` of a `whole` is worth, where the whole is worth `base` minor units. The worths of all parts,
/// taken one after the other, add up to `base` whatever the rounding; `None` where nothing is known of the worth.
pub fn share(base: Option<i64>, whole: i64, left: i64, part: i64) -> Option<i64> {
    let of = |amount: i64| to_minor(Decimal::from(base?) * Decimal::from(amount) / Decimal::from(whole), 0);
    Some(of(left)? - of(left - part)?)
}

/// Converts minor units of one currency into minor units of another at `rate` (units of `to` per unit of `from`).
pub fn convert(minor: i64, from: Currency, to: Currency, rate: Decimal) -> Option<i64> {
    to_minor(to_decimal(minor, from.digits()).checked_mul(rate)?, to.digits())
}

/// Splits `total` by weights, each part rounded half away from zero, the last part taking the remainder, so that the
/// parts always add up to `total`. No weights gives no parts; weights that add to nothing put all in the last part.
pub fn split(total: i64, weights: &[Decimal]) -> Vec<i64> {
    let sum: Decimal = weights.iter().copied().sum();
    let mut rest = total;
    let mut parts = Vec::with_capacity(weights.len());
    for (place, weight) in weights.iter().enumerate() {
        let part = if place + 1 == weights.len() {
            rest
        } else if sum.is_zero() {
            0
        } else {
            to_minor(Decimal::from(total) * weight / sum, 0).unwrap_or(0)
        };
        rest -= part;
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_follow_the_standard() {
        let digits = |code: &str| Currency::parse(code).unwrap().digits();
        assert_eq!((digits("JPY"), digits("EUR"), digits("KWD")), (0, 2, 3));
        assert!(Currency::parse("XQZ").is_err());
    }

    #[test]
    fn plain_text_is_read_exactly() {
        let eur = Currency::EUR;
        assert_eq!(parse_plain("1234.5", eur), Ok(123_450));
        assert_eq!(parse_plain("-0.05", eur), Ok(-5));
        assert_eq!(parse_plain("10.0000", eur), Ok(1000));
        assert!(matches!(parse_plain("10.005", eur), Err(MoneyError::TooManyDecimals { .. })));
        assert!(matches!(parse_plain("100000000000.00", eur), Err(MoneyError::TooLarge(_))));
        for bad in ["", "-", ".", "1e9", "NaN", "0x10", "1,5", "１２", "1.2.3"] {
            assert!(matches!(parse_plain(bad, eur), Err(MoneyError::NotANumber(_))), "{bad}");
        }
    }

    #[test]
    fn grouping_puts_a_sign_every_three_digits() {
        assert_eq!(grouped(-123_456_789, 2, NumberStyle::Point), "-1,234,567.89");
        assert_eq!(grouped(123_456_789, 2, NumberStyle::Comma), "1.234.567,89");
        assert_eq!(grouped(999, 0, NumberStyle::Point), "999");
        assert_eq!(grouped(5, 3, NumberStyle::Point), "0.005");
    }

    #[test]
    fn halves_go_away_from_zero() {
        let dec = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(to_minor(dec("365.125"), 2), Some(36_513));
        assert_eq!(to_minor(dec("-365.125"), 2), Some(-36_513));
    }

    #[test]
    fn the_last_part_takes_the_remainder() {
        let third = Decimal::ONE;
        assert_eq!(split(10_000, &[third, third, third]), [3333, 3333, 3334]);
        assert_eq!(split(199_999, &[Decimal::from(30), Decimal::from(70)]), [60_000, 139_999]);
    }
}
