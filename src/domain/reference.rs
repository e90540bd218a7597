//! References on payments: structured ones with check digits, and free ones brought to one form so that "INV-0042" and
//! "inv 42" are the same. Also the test for a receipt entered twice (domain reference 6.2 and 6.4).

use chrono::NaiveDate;

use super::calendar;
use super::money::Currency;

/// Whether `text` is an ISO 11649 creditor reference: `RF`, two check digits, 1 to 21 letters or digits, remainder 1
/// modulo 97 with the first four characters moved to the end. Spaces are ignored.
pub fn is_rf(text: &str) -> bool {
    let compact = compact(text).to_ascii_uppercase();
    let Some((head, body)) = compact.split_at_checked(4) else { return false };
    let checked = head.starts_with("RF") && head[2..].bytes().all(|b| b.is_ascii_digit());
    checked && (1..=21).contains(&body.len()) && mod_97(&format!("{body}{head}")) == Some(1)
}

/// The ISO 11649 reference of 1 to 21 letters or digits; `None` when they are not.
pub fn rf(base: &str) -> Option<String> {
    let base = compact(base).to_ascii_uppercase();
    if !(1..=21).contains(&base.len()) {
        return None;
    }
    let check = 98 - mod_97(&format!("{base}RF00"))?;
    Some(format!("RF{check:02}{base}"))
}

/// Whether `text` is a Belgian structured communication: 12 digits, the last two being the first ten modulo 97, with
/// 97 for 0.
pub fn is_belgian(text: &str) -> bool {
    let compact = compact(text);
    let digits = compact.trim_matches(['+', '*']).replace('/', "");
    let parts = digits.split_at_checked(10).filter(|parts| parts.1.len() == 2);
    let Some((body, check)) = parts.and_then(|(body, check)| number(body).zip(number(check))) else { return false };
    let expected = if body % 97 == 0 { 97 } else { body % 97 };
    expected == check
}

/// Whether `text` is a Finnish reference: weights 7, 3, 1 from the right, the check digit fills up to ten.
pub fn is_finnish(text: &str) -> bool {
    let Some(digits) = digits(text, 4..=20) else { return false };
    let (body, check) = digits.split_at(digits.len() - 1);
    let sum: u32 = body.iter().rev().zip([7, 3, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    (10 - sum % 10) % 10 == check[0]
}

/// Whether `text` ends in a Luhn check digit, as Norwegian and Swedish references do.
pub fn is_luhn(text: &str) -> bool {
    let Some(digits) = digits(text, 2..=25) else { return false };
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let places = digits.iter().rev().enumerate();
    let sum: u32 = places.map(|(place, digit)| if place % 2 == 1 { doubled(*digit) } else { *digit }).sum();
    sum.is_multiple_of(10)
}

/// Whether `text` is a Norwegian customer reference: 2 to 25 digits that end in a check digit modulo 10 (Luhn) or
/// modulo 11, where `-` stands for 10.
pub fn is_kid(text: &str) -> bool {
    if is_luhn(text) {
        return true;
    }
    let compact = compact(text);
    let Some((body, check)) = compact.split_at_checked(compact.len().saturating_sub(1)) else { return false };
    let Some(digits) = digits(body, 1..=24) else { return false };
    let sum: u32 = digits.iter().rev().zip((2..=7).cycle()).map(|(digit, weight)| digit * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => check == "-",
        expected => check.parse() == Ok(expected),
    }
}

/// Whether `text` is an IBAN: two letters for the country, two check digits, 11 to 30 letters or digits, remainder 1
/// modulo 97 with the first four characters moved to the end. Spaces are ignored.
pub fn is_iban(text: &str) -> bool {
    let compact = compact(text).to_ascii_uppercase();
    let Some((head, body)) = compact.split_at_checked(4) else { return false };
    let (country, check) = head.as_bytes().split_at(2);
    country.iter().all(u8::is_ascii_uppercase)
        && check.iter().all(u8::is_ascii_digit)
        && (11..=30).contains(&body.len())
        && mod_97(&format!("{body}{head}")) == Some(1)
}

/// Whether `text` is a Swiss QR reference: 27 digits, check digit modulo 10 recursive.
pub fn is_qrr(text: &str) -> bool {
    const CARRY: [u32; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
    let Some(digits) = digits(text, 27..=27) else { return false };
    let carry = digits[..26].iter().fold(0, |carry, digit| CARRY[((carry + digit) % 10) as usize]);
    (10 - carry) % 10 == digits[26]
}

/// One form for free references: letters folded, separators and leading zeros of each number dropped. Between two
/// numbers a separator stays as `-`, so that `1-23` and `12-3` remain different.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_number, mut separated) = (false, false);
    for c in super::text::fold(text).chars() {
        if c == '0' && !in_number {
            continue;
        }
        if c.is_ascii_digit() {
            if separated && out.ends_with(|last: char| last.is_ascii_digit()) {
                out.push('-');
            }
            out.push(c);
        } else if c.is_alphanumeric() {
            out.push(c);
        }
        in_number = c.is_ascii_digit();
        separated = !c.is_alphanumeric();
    }
    out
}

/// A receipt as far as telling two apart needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReceiptFacts<'a> {
    /// The payer's account or name.
    pub payer: &'a str,
    /// Minor units.
    pub amount: i64,
    /// The currency.
    pub currency: Currency,
    /// The value date.
    pub date: NaiveDate,
    /// The reference text.
    pub reference: &'a str,
}

/// Whether two receipts look like one entered twice: same payer, amount and currency, at most `days` apart, same
/// normalised reference. A suspicion for a person: a customer who pays twice is real money.
pub fn suspect_twice(a: ReceiptFacts<'_>, b: ReceiptFacts<'_>, days: i64) -> bool {
    a.payer == b.payer
        && (a.amount, a.currency) == (b.amount, b.currency)
        && calendar::days_between(a.date, b.date).abs() <= days
        && normalise(a.reference) == normalise(b.reference)
}

/// The text without spaces.
fn compact(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The digits of a text without spaces and leading zeros beyond need; `None` when anything else is in it.
fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<Vec<u32>> {
    let digits: Option<Vec<u32>> = compact(text).chars().map(|c| c.to_digit(10)).collect();
    digits.filter(|digits| length.contains(&digits.len()))
}

/// A number of at most 18 digits.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The remainder modulo 97 of letters and digits read as base-36 digits written in decimal (A is 10).
fn mod_97(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |rest, c| {
        let digit = c.to_digit(36)?;
        Some(if digit < 10 { (rest * 10 + digit) % 97 } else { (rest * 100 + digit) % 97 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_to_one_form() {
        assert_eq!(normalise("INV-0042"), "inv42");
        assert_eq!(normalise("inv 42"), "inv42");
        assert_eq!(normalise("2024/0100"), normalise("2024-0100"));
        assert_eq!(normalise("2024-0100"), "2024-100");
        assert_ne!(normalise("1-23"), normalise("12-3"));
        assert_ne!(normalise("inv 1042"), normalise("inv 42"));
    }

    #[test]
    fn ibans_and_norwegian_references() {
        // The examples of the registry and of the scheme's own pages.
        for iban in [
            "GB29 NWBK 6016 1331 9268 19",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
            "de89370400440532013000",
        ] {
            assert!(is_iban(iban), "{iban}");
        }
        for not in ["GB29NWBK60161331926818", "NO93860111179", "9386011117947NO", "DE8937040044053201300Ö", ""] {
            assert!(!is_iban(not), "{not}");
        }
        // 1 2 3 4 5 6 with weights 7 6 5 4 3 2 is 77, remainder 0; 2 3 4 5 6 7 is 104, remainder 5.
        assert!(is_kid("1234560") && is_kid("2345676") && is_kid("1234567897"));
        // 1 with weight 2 and 6 with weight 2: remainders 2 and 1; 11 - 1 is written "-".
        assert!(is_kid("6-") && is_kid("19") && !is_kid("60") && !is_kid("-") && !is_kid("1234561"));
    }

    #[test]
    fn letters_and_short_texts_are_no_references() {
        for text in ["", "RF", "RF18", "ÄÖÜß", "12a4"] {
            assert!(
                !is_rf(text) && !is_belgian(text) && !is_finnish(text) && !is_luhn(text) && !is_qrr(text),
                "{text}"
            );
        }
        assert_eq!(rf("INV2024001").as_deref(), Some("RF78INV2024001"));
        assert_eq!(rf("a-b"), None);
    }
}
