//! Sums and products of amounts: `1200-50`, `6300*3`, `all-200`. Left to right, products before sums, every step
//! checked; a quotient must come out even.

use rust_decimal::Decimal;

use super::{AmountContext, AmountError, number_error, too_large};
use crate::domain::money;
use crate::language::numbers::read_number;

/// Reads a sum. `typed` is the whole text, for messages.
pub(super) fn read(sum: &str, typed: &str, context: &AmountContext) -> Result<Decimal, AmountError> {
    let mut total = Decimal::ZERO;
    let mut negative = false;
    let mut rest = sum.trim();
    // A sign in front belongs to the first product.
    if let Some(after) = rest.strip_prefix('-') {
        (negative, rest) = (true, after);
    }
    loop {
        let end = rest.find(['+', '-']).unwrap_or(rest.len());
        let part = product(&rest[..end], typed, context)?;
        let part = if negative { -part } else { part };
        total = total.checked_add(part).ok_or_else(|| too_large(typed))?;
        let Some(sign) = rest[end..].chars().next() else { return Ok(total) };
        negative = sign == '-';
        rest = &rest[end + 1..];
    }
}

fn product(text: &str, typed: &str, context: &AmountContext) -> Result<Decimal, AmountError> {
    let mut end = text.find(['*', '/']).unwrap_or(text.len());
    let mut value = number(&text[..end], typed, context)?;
    while let Some(sign) = text[end..].chars().next() {
        let rest = &text[end + 1..];
        let next = rest.find(['*', '/']).unwrap_or(rest.len());
        let factor = number(&rest[..next], typed, context)?;
        let result = if sign == '*' {
            value.checked_mul(factor)
        } else {
            value.checked_div(factor).filter(|quotient| quotient.checked_mul(factor) == Some(value))
        };
        value = result.ok_or_else(|| match sign {
            '*' => too_large(typed),
            _ if factor.is_zero() => AmountError::new("AMT-01", format!("\"{typed}\" divides by 0.")),
            _ => AmountError::new("AMT-03", format!("\"{typed}\" does not come out even and was not rounded.")),
        })?;
        end += 1 + next;
    }
    Ok(value)
}

/// One number, or `all` for the open balance.
pub(super) fn number(text: &str, typed: &str, context: &AmountContext) -> Result<Decimal, AmountError> {
    let part = text.trim();
    if part.eq_ignore_ascii_case("all") {
        return Ok(money::to_decimal(context.open_for(typed)?, context.currency.digits()));
    }
    if part.is_empty() {
        let sentence = format!("\"{typed}\" lacks a number beside a sign; use 1200-50 or =6300*3.");
        return Err(AmountError::new("AMT-01", sentence));
    }
    let number = read_number(part, context.style).map_err(|problem| number_error(part, problem, typed, context))?;
    // `1.250` in a currency of cents is more likely 1250 mistyped than 1.25, even where the style is known.
    let bare = part == typed && part.ends_with(|c: char| c.is_ascii_digit());
    if bare && number.decimals == 3 && context.currency.digits() < 3 {
        return Err(super::too_many_decimals(typed, context.currency));
    }
    Ok(number.value)
}
