//! One number as people write it: separators of either style, `k` and `m` for thousands and millions, always exact.
//! Where the text has two readings and nothing tells which, both are given back instead of a guess.

use rust_decimal::Decimal;

use crate::domain::money::NumberStyle;

/// A number that was read: its value and how many decimals were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The exact value, the suffix already applied.
    pub value: Decimal,
    /// Decimals left after the suffix: `1.250` has 3, `1.250k` has none.
    pub decimals: u32,
}

/// Why a number could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberProblem {
    /// Not digits and separators at all.
    NotANumber,
    /// The separators stand where the style of the book does not put them.
    Grouping,
    /// Two readings, and no style to decide between them.
    Ambiguous {
        /// The value if the separator begins the decimals.
        decimal: Decimal,
        /// The value if the separator stands between thousands.
        grouped: Decimal,
    },
    /// More digits than any amount may have.
    TooLarge,
}

/// Reads digits with separators and an optional `k` or `m`. With a style the separators mean what the style says; with
/// none, a single separator before exactly three digits is refused as ambiguous and everything else has one reading.
/// No sign, no exponent, ASCII digits only.
pub fn read_number(text: &str, style: Option<NumberStyle>) -> Result<Number, NumberProblem> {
    let lower = text.to_ascii_lowercase();
    let (body, shift) = match lower.as_bytes().last() {
        Some(b'k') => (&lower[..lower.len() - 1], 3),
        Some(b'm') => (&lower[..lower.len() - 1], 6),
        _ => (lower.as_str(), 0),
    };
    let well_formed = body.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    if !well_formed || !body.ends_with(|c: char| c.is_ascii_digit()) {
        return Err(NumberProblem::NotANumber);
    }
    match readings(body, style, shift > 0)? {
        (Some(one), None) | (None, Some(one)) => scaled(&one, shift),
        (Some(decimal), Some(grouped)) => Err(NumberProblem::Ambiguous {
            decimal: scaled(&decimal, shift)?.value,
            grouped: scaled(&grouped, shift)?.value,
        }),
        (None, None) => Err(NumberProblem::Grouping),
    }
}

/// The digits read with a decimal sign, and the digits read with grouping signs only; either may be impossible.
type Readings = (Option<String>, Option<String>);

fn readings(body: &str, style: Option<NumberStyle>, suffixed: bool) -> Result<Readings, NumberProblem> {
    if body.bytes().all(|b| b.is_ascii_digit()) {
        return Ok((Some(body.to_owned()), None));
    }
    let as_style = |style: NumberStyle| {
        let (whole, decimals) = match body.split_once(style.decimal()) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (body, None),
        };
        let whole = ungrouped(whole, style.group())?;
        match decimals {
            None => Some(whole),
            Some(decimals) if decimals.bytes().all(|b| b.is_ascii_digit()) => Some(format!("{whole}.{decimals}")),
            Some(_) => None,
        }
    };
    let is_decimal = |read: &String| read.contains('.');
    let (point, comma) = (as_style(NumberStyle::Point), as_style(NumberStyle::Comma));
    match style {
        // `1.2k` is never a group of thousands, whatever the style of the book.
        Some(_) if suffixed && point.is_some() != comma.is_some() => Ok((point.or(comma), None)),
        Some(NumberStyle::Point) => Ok((point, None)),
        Some(NumberStyle::Comma) => Ok((comma, None)),
        None => {
            let mut both = [point, comma].into_iter().flatten();
            match (both.next(), both.next()) {
                (Some(one), Some(other)) if is_decimal(&one) => Ok((Some(one), Some(other))),
                (Some(one), Some(other)) => Ok((Some(other), Some(one))),
                (one, _) => Ok((one, None)),
            }
        }
    }
}

/// The whole part without its group signs, when every group but the first has exactly three digits.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    if !whole.contains(group) {
        let digits = whole.bytes().all(|b| b.is_ascii_digit());
        return digits.then(|| if whole.is_empty() { "0".to_owned() } else { whole.to_owned() });
    }
    let mut parts = whole.split(group);
    let first = parts.next().unwrap_or("");
    let first_fits = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    (first_fits && digits(first) && parts.all(|part| part.len() == 3 && digits(part))).then(|| whole.replace(group, ""))
}

/// Applies the suffix by moving the decimal sign, so that nothing is ever rounded.
fn scaled(plain: &str, shift: usize) -> Result<Number, NumberProblem> {
    let (whole, decimals) = plain.split_once('.').unwrap_or((plain, ""));
    let moved = shift.min(decimals.len());
    let zeros = "0".repeat(shift - moved);
    let whole = format!("{whole}{}{zeros}", &decimals[..moved]);
    let decimals = &decimals[moved..];
    if whole.trim_start_matches('0').len() + decimals.len() > 18 {
        return Err(NumberProblem::TooLarge);
    }
    let value = format!("{whole}.{decimals}0").parse::<Decimal>().map_err(|_| NumberProblem::NotANumber)?;
    Ok(Number { value: value.normalize(), decimals: decimals.len() as u32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, style: Option<NumberStyle>) -> Result<String, NumberProblem> {
        read_number(text, style).map(|number| number.value.to_string())
    }

    #[test]
    fn a_known_style_decides() {
        let (point, comma) = (Some(NumberStyle::Point), Some(NumberStyle::Comma));
        assert_eq!(value("1,250.50", point).unwrap(), "1250.5");
        assert_eq!(value("1.250,50", comma).unwrap(), "1250.5");
        assert_eq!(value("1.250", comma).unwrap(), "1250");
        assert_eq!(value("1.250", point).unwrap(), "1.25");
        assert_eq!(value("1,25", point), Err(NumberProblem::Grouping));
        assert_eq!(value("1,234,56", point), Err(NumberProblem::Grouping));
        assert_eq!(value(".5", point).unwrap(), "0.5");
    }

    #[test]
    fn an_unknown_style_refuses_only_what_has_two_readings() {
        assert_eq!(value("1.25", None).unwrap(), "1.25");
        assert_eq!(value("1,25", None).unwrap(), "1.25");
        assert_eq!(value("1.250.000", None).unwrap(), "1250000");
        assert_eq!(value("1250.500", None).unwrap(), "1250.5");
        assert_eq!(value("0.250", None).unwrap(), "0.25");
        let both = NumberProblem::Ambiguous { decimal: "1.25".parse().unwrap(), grouped: "1250".parse().unwrap() };
        assert_eq!(value("1.250", None), Err(both.clone()));
        assert_eq!(value("1,250", None), Err(both));
    }

    #[test]
    fn thousands_and_millions_are_exact() {
        assert_eq!(value("1.2k", Some(NumberStyle::Comma)).unwrap(), "1200");
        assert_eq!(value("1,2k", Some(NumberStyle::Comma)).unwrap(), "1200");
        assert_eq!(value("1.5M", None).unwrap(), "1500000");
        assert_eq!(value("0.00123k", None).unwrap(), "1.23");
        assert!(matches!(value("1.250k", None), Err(NumberProblem::Ambiguous { .. })));
    }

    #[test]
    fn other_notations_are_not_numbers() {
        for bad in ["", "k", "NaN", "inf", "1e9", "0x10", "１２", "1 2", "1.", "-1", "1.k"] {
            assert_eq!(value(bad, None), Err(NumberProblem::NotANumber), "{bad}");
        }
        assert_eq!(value("9999999999999999999", None), Err(NumberProblem::TooLarge));
    }
}
