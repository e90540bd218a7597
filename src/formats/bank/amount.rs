//! Amounts as banks write them: a unit (one of ISO's currencies, or a withdrawn one), minor units, exact reading of
//! plain decimals. Nothing is rounded: more decimals than the unit has are refused.

use std::fmt;

use crate::domain::money::{self, AMOUNT_MAX, Currency};

/// Most digits of an amount, as ISO 20022 allows; what may be posted is less and judged where it is posted.
const DIGITS_MAX: usize = 18;

/// Currencies that are no longer in ISO's list but stand in old statements, with their digits.
const WITHDRAWN: [(&str, u8); 26] = [
    ("DEM", 2),
    ("ATS", 2),
    ("BEF", 0),
    ("CYP", 2),
    ("EEK", 2),
    ("ESP", 0),
    ("FIM", 2),
    ("FRF", 2),
    ("GRD", 0),
    ("HRK", 2),
    ("IEP", 2),
    ("ITL", 0),
    ("LTL", 2),
    ("LUF", 0),
    ("LVL", 2),
    ("MTL", 2),
    ("NLG", 2),
    ("PTE", 0),
    ("ROL", 0),
    ("RUR", 2),
    ("SIT", 2),
    ("SKK", 2),
    ("TRL", 0),
    ("BGN", 2),
    ("XEU", 2),
    ("CNH", 2),
];

/// A currency as a bank file names it, with the number of its decimals.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unit {
    code: [u8; 3],
    digits: u8,
}

impl Unit {
    /// The euro.
    pub const EUR: Unit = Unit { code: *b"EUR", digits: 2 };
    /// The United States dollar.
    pub const USD: Unit = Unit { code: *b"USD", digits: 2 };

    /// Reads a code of three letters; `None` when nobody has such a currency.
    pub fn parse(code: &str) -> Option<Unit> {
        let upper = code.trim().to_ascii_uppercase();
        if let Ok(currency) = Currency::parse(&upper) {
            return Some(Unit::from(currency));
        }
        let (name, digits) = WITHDRAWN.iter().find(|(name, _)| *name == upper)?;
        Some(Unit { code: name.as_bytes().try_into().ok()?, digits: *digits })
    }

    /// The three-letter code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("???")
    }

    /// How many decimals one unit has.
    pub fn digits(&self) -> u32 {
        u32::from(self.digits)
    }

    /// The currency as the book knows it; `None` for a withdrawn one.
    pub fn currency(&self) -> Option<Currency> {
        Currency::parse(self.code()).ok()
    }
}

impl From<Currency> for Unit {
    fn from(currency: Currency) -> Unit {
        let code = currency.code().as_bytes().try_into().unwrap_or([b'X'; 3]);
        Unit { code, digits: u8::try_from(currency.digits()).unwrap_or(2) }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units. Money coming in is positive, money going out negative.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Amount {
    /// Minor units: cents for EUR, whole yen for JPY.
    pub minor: i64,
    /// What they are minor units of.
    pub unit: Unit,
}

impl Amount {
    /// `minor` units of `unit`.
    pub fn new(minor: i64, unit: Unit) -> Self {
        Amount { minor, unit }
    }

    /// The same amount going the other way.
    #[must_use]
    pub fn turned(self) -> Self {
        Amount { minor: -self.minor, unit: self.unit }
    }

    /// The plain decimal with all digits of the unit: `-1234.50`.
    pub fn plain(&self) -> String {
        money::plain(self.minor, self.unit.digits())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.plain(), self.unit)
    }
}

/// Which decimal signs a format allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Decimals {
    /// Only a point, as in XML.
    Point,
    /// One point or one comma, as in MT940 and OFX.
    Either,
    /// None: the last digits are the decimals, as in BAI2 and NACHA.
    Implied,
}

/// Why a text is no amount: the code and the rest of the sentence after the text itself.
pub(super) type Wrong = (&'static str, String);

/// Reads digits with an optional sign into minor units.
pub(super) fn read(text: &str, unit: Unit, decimals: Decimals) -> Result<i64, Wrong> {
    let not = || ("AMT-01", "is not an amount; digits are expected, for example 1234.56".to_owned());
    let bare = text.trim();
    let (negative, body) = match bare.as_bytes() {
        [b'-', ..] => (true, &bare[1..]),
        [b'+', ..] => (false, &bare[1..]),
        _ => (false, bare),
    };
    let sign = match decimals {
        Decimals::Point => body.find('.'),
        Decimals::Either => body.find(['.', ',']),
        Decimals::Implied => None,
    };
    let (whole, part) = sign.map_or((body, ""), |place| (&body[..place], &body[place + 1..]));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !digits_only(whole) || !digits_only(part) {
        return Err(not());
    }
    let significant = part.trim_end_matches('0');
    let digits = unit.digits() as usize;
    if significant.len() > digits {
        return Err(("AMT-03", format!("has more than the {digits} decimals of {unit} and was not rounded")));
    }
    let padding = if decimals == Decimals::Implied { 0 } else { digits - significant.len() };
    let whole = whole.trim_start_matches('0');
    if whole.len() + significant.len() + padding > DIGITS_MAX {
        return Err(("AMT-02", format!("is larger than {DIGITS_MAX} digits")));
    }
    let all = whole.bytes().chain(significant.bytes()).chain(std::iter::repeat_n(b'0', padding));
    let minor = all.fold(0i64, |value, byte| value * 10 + i64::from(byte - b'0'));
    Ok(if negative { -minor } else { minor })
}

/// Whether an amount is one the book can post.
pub fn postable(minor: i64) -> bool {
    minor.unsigned_abs() <= AMOUNT_MAX.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(text: &str, decimals: Decimals) -> Result<i64, &'static str> {
        read(text, Unit::EUR, decimals).map_err(|wrong| wrong.0)
    }

    #[test]
    fn decimals_of_the_unit_and_nothing_else() {
        use Decimals::{Either, Implied, Point};
        for (text, decimals, minor) in [
            ("8.850", Point, 885),
            ("177607", Point, 17_760_700),
            ("+0.10", Point, 10),
            ("-.5", Point, -50),
            ("380115,", Either, 38_011_500),
            ("000000000147,64", Either, 14_764),
            ("-00000000001500.0000", Either, -150_000),
            ("-200,00", Either, -20_000),
            ("+000000000208500", Implied, 208_500),
            ("000", Implied, 0),
        ] {
            assert_eq!(eur(text, decimals), Ok(minor), "{text}");
        }
        for (text, decimals, code) in [
            ("10.005", Point, "AMT-03"),
            ("1,5", Point, "AMT-01"),
            ("1e9", Point, "AMT-01"),
            ("NaN", Point, "AMT-01"),
            ("$120", Either, "AMT-01"),
            ("1.234,5", Either, "AMT-01"),
            ("", Point, "AMT-01"),
            ("１２", Point, "AMT-01"),
            ("1.5", Implied, "AMT-01"),
            ("99999999999999999.99", Point, "AMT-02"),
        ] {
            assert_eq!(eur(text, decimals), Err(code), "{text}");
        }
        assert_eq!(read("2700", Unit::parse("JPY").unwrap(), Point), Ok(2700));
        assert_eq!(Unit::parse("dem").map(|unit| unit.digits()), Some(2));
        assert!(Unit::parse("XQZ").is_none());
    }
}
