//! Account numbers in a text: where one stands. A template may hold none, so that money can only be led to the account of
//! the settings, which two people change.

use crate::domain::reference;

/// Characters an IBAN of a country has in all (ISO 13616).
#[rustfmt::skip]
const LENGTHS: [(&str, usize); 90] = [
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22), ("BH", 22), ("BI", 27),
    ("BR", 29), ("BY", 28), ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24), ("DE", 22), ("DJ", 27), ("DK", 18), ("DO", 28),
    ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18), ("FK", 18), ("FO", 18), ("FR", 27), ("GB", 22), ("GE", 22), ("GI", 23),
    ("GL", 18), ("GR", 27), ("GT", 28), ("HN", 28), ("HR", 21), ("HU", 28), ("IE", 22), ("IL", 23), ("IQ", 23), ("IS", 26),
    ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20), ("LB", 28), ("LC", 32), ("LI", 21), ("LT", 20), ("LU", 20), ("LV", 21),
    ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22), ("MK", 19), ("MN", 20), ("MR", 27), ("MT", 31), ("MU", 30), ("NI", 28),
    ("NL", 18), ("NO", 15), ("OM", 23), ("PK", 24), ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22),
    ("RU", 33), ("SA", 24), ("SC", 31), ("SD", 18), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("SO", 23), ("ST", 25),
    ("SV", 28), ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20), ("YE", 30), ("MZ", 25),
];

/// A letter or digit of a text.
struct Sign {
    c: char,
    line: usize,
    /// Whether something else than blanks stands between it and the one before.
    apart: bool,
    /// Whether something else than blanks, points, dashes and slashes does.
    far: bool,
}

/// The line, from 1, of the first account number in a text: with the right check digits however it is spaced or cased,
/// or, where the digits are mistyped, by its shape.
pub fn line_of(text: &str) -> Option<usize> {
    first(text, |signs| {
        number_at(signs).is_some_and(|number| looks_right(signs, &number) || reference::is_iban(&number))
    })
}

/// Whether an account number with the right check digits stands in a letter, with at most blanks, points, dashes and
/// slashes in it: amounts and dates one after the other are none.
pub fn stands_in(text: &str) -> bool {
    let near = |signs: &[Sign], number: &str| !signs.iter().take(number.len()).skip(1).any(|sign| sign.far);
    first(text, |signs| number_at(signs).is_some_and(|number| near(signs, &number) && reference::is_iban(&number)))
        .is_some()
}

fn first(text: &str, found: impl Fn(&[Sign]) -> bool) -> Option<usize> {
    let (mut line, mut apart, mut far) = (1, false, false);
    let mut signs: Vec<Sign> = Vec::new();
    for c in text.chars() {
        // Wide forms read as what they look like.
        let c = match c {
            '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
                char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
            }
            other => other,
        };
        if c.is_ascii_alphanumeric() {
            signs.push(Sign { c, line, apart, far });
        }
        line += usize::from(c == '\n');
        let between = !c.is_ascii_alphanumeric();
        apart = between && (apart || !matches!(c, ' ' | '\u{a0}'));
        far = between && (far || !matches!(c, ' ' | '\u{a0}' | '.' | '-' | '/'));
    }
    (0..signs.len()).find(|start| found(&signs[*start..])).map(|start| signs[start].line)
}

/// The signs an account number of the country the text begins with would have.
fn number_at(signs: &[Sign]) -> Option<String> {
    let [a, b, c, d] = signs.first_chunk::<4>()?;
    if !(a.c.is_ascii_alphabetic() && b.c.is_ascii_alphabetic() && c.c.is_ascii_digit() && d.c.is_ascii_digit()) {
        return None;
    }
    let country = [a.c.to_ascii_uppercase(), b.c.to_ascii_uppercase()].iter().collect::<String>();
    let (_, length) = LENGTHS.iter().find(|(code, _)| *code == country)?;
    Some(signs.get(..*length)?.iter().map(|sign| sign.c).collect())
}

/// Whether it is written as account numbers are: capitals and many digits, nothing but blanks in between.
fn looks_right(signs: &[Sign], number: &str) -> bool {
    let digits = number.bytes().skip(4).filter(u8::is_ascii_digit).count();
    let apart = signs.iter().take(number.len()).skip(1).any(|sign| sign.apart);
    digits >= 8 && !apart && !number.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_number_is_found_however_it_is_written() {
        // The examples of the IBAN registry.
        for text in [
            "pay to DE89 3704 0044 0532 0130 00 please",
            "de89370400440532013000",
            "GB29NWBK60161331926819",
            "NL 91-ABNA-0417.1643/00",
            "FR14 2004 1010 0505\n0001 3M02 606",
            "ＤＥ89370400440532013000",
            "DE88 3704 0044 0532 0130 00",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            assert!(line_of(text).is_some(), "{text}");
        }
        assert_eq!(line_of("one\ntwo\nDE89 3704 0044 0532 0130 00"), Some(3));
        for text in [
            "Rechnung RE20240001234567 vom 31.03.2026",
            "INV-20448, INV-20450 and 12 more, 1,234.50",
            "Please pay within 14 days of 5 March 2026.",
            "DE",
        ] {
            assert_eq!(line_of(text), None, "{text}");
        }
    }
}
