//! Amounts in files: exact minor units from digits with a decimal sign, thousands, currency signs, parentheses or a
//! trailing minus. What could mean two amounts is refused unless the mapping or the rest of the file settles it.

use crate::domain::money::{AMOUNT_MAX, Currency};

/// Which sign of a file's amounts stands before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AmountStyle {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
    /// Not known: only what can be read one way is read.
    #[default]
    Unknown,
}

/// Why a text is no amount. [`AmountError::reason`] gives the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountError {
    /// Not digits (`AMT-01`).
    NotANumber,
    /// Beyond the limit (`AMT-02`).
    TooLarge,
    /// More decimals than the currency has (`AMT-03`).
    TooManyDecimals,
    /// Could be two amounts (`AMT-04`).
    Ambiguous,
    /// Its separators do not fit the style in use (`AMT-04`).
    OtherStyle(AmountStyle),
    /// Carries the sign of another currency (`AMT-01`).
    OtherCurrency,
}

impl AmountError {
    /// The catalogue code.
    pub fn code(self) -> &'static str {
        match self {
            AmountError::NotANumber | AmountError::OtherCurrency => "AMT-01",
            AmountError::TooLarge => "AMT-02",
            AmountError::TooManyDecimals => "AMT-03",
            AmountError::Ambiguous | AmountError::OtherStyle(_) => "AMT-04",
        }
    }

    /// One sentence naming the text and what to do.
    pub fn reason(self, text: &str, currency: Currency) -> String {
        match self {
            AmountError::NotANumber => format!("\"{text}\" is not an amount; use digits, for example 1234.56."),
            AmountError::TooLarge => format!("{text} is larger than the limit of 99,999,999,999.99."),
            AmountError::TooManyDecimals => {
                let digits = currency.digits();
                format!(
                    "{currency} has {digits} decimals; {text} was not rounded; round = true in the mapping does so."
                )
            }
            AmountError::Ambiguous => {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                let split = digits.len().saturating_sub(3);
                let (whole, decimals) = (&digits[..split], digits[split..].trim_end_matches('0'));
                let small = if decimals.is_empty() { whole.to_owned() } else { format!("{whole}.{decimals}") };
                format!(
                    "{text} can mean {small} or {digits} and nothing in the file settles it; say --decimal point or \
                     --decimal comma (decimal in a mapping)."
                )
            }
            AmountError::OtherStyle(style) => {
                let sign = if style == AmountStyle::Comma { "," } else { "." };
                format!("{text} does not fit this file, whose decimal sign is \"{sign}\"; check the amount.")
            }
            AmountError::OtherCurrency => format!("{text} carries a sign that is not of {currency}."),
        }
    }
}

/// Reads an amount into minor units of `currency`, whose number of decimals `digits` the caller keeps at hand. With a
/// known style the other sign may only group thousands, three by three.
pub fn read_amount(text: &str, currency: Currency, digits: u32, style: AmountStyle) -> Result<i64, AmountError> {
    if let Some(minor) = fast(text.as_bytes(), digits, style) {
        return Ok(minor);
    }
    let (negative, bare) = strip_signs(text, currency)?;
    let number = settle(&bare, style)?;
    let minor = number.minor(digits)?;
    Ok(if negative { -minor } else { minor })
}

/// Reads an amount that may have more decimals than its currency, rounded half away from zero.
pub fn read_rounded(text: &str, currency: Currency, digits: u32, style: AmountStyle) -> Result<i64, AmountError> {
    let (negative, bare) = strip_signs(text, currency)?;
    let number = settle(&bare, style)?;
    let kept = number.decimals.len().min(digits as usize);
    let up = number.decimals.as_bytes().get(kept).is_some_and(|next| *next >= b'5');
    let minor = Parts { decimals: &number.decimals[..kept], ..number }.minor(digits)? + i64::from(up);
    if minor > AMOUNT_MAX {
        return Err(AmountError::TooLarge);
    }
    Ok(if negative { -minor } else { minor })
}

/// What an amount tells about the style of its file: nothing, point or comma.
pub fn evidence(text: &str) -> Option<AmountStyle> {
    let plain: Vec<u8> = text.bytes().filter(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')).collect();
    let bare = std::str::from_utf8(&plain).ok()?;
    if bare.contains(['.', ',']) { settle(bare, AmountStyle::Unknown).ok()?.style } else { None }
}

/// The everyday case without copying: digits, perhaps a minus, perhaps the style's decimal sign and few decimals.
fn fast(bytes: &[u8], digits: u32, style: AmountStyle) -> Option<i64> {
    let (negative, bytes) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if bytes.is_empty() || bytes.len() > 13 {
        return None;
    }
    let decimal = if style == AmountStyle::Comma { b',' } else { b'.' };
    let (mut value, mut seen, mut decimals) = (0i64, false, 0u32);
    for (place, &byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + i64::from(byte - b'0');
                decimals += u32::from(seen);
            }
            _ if byte == decimal && !seen && place > 0 => seen = true,
            _ => return None,
        }
    }
    let unclear = style == AmountStyle::Unknown && decimals == 3;
    if decimals > digits || unclear || (seen && decimals == 0) {
        return None;
    }
    let minor = value.checked_mul(10i64.pow(digits - decimals))?;
    if minor > AMOUNT_MAX {
        return None;
    }
    Some(if negative { -minor } else { minor })
}

/// Takes away minus, plus, parentheses, currency signs and codes, and blanks or apostrophes between digits.
fn strip_signs(text: &str, currency: Currency) -> Result<(bool, String), AmountError> {
    let mut bare = String::with_capacity(text.len());
    let (mut minus, mut open, mut close, mut plus, mut letters) = (0, 0, 0, 0, String::new());
    for letter in text.trim().chars() {
        match letter {
            '0'..='9' | '.' | ',' => bare.push(letter),
            '-' | '\u{2212}' => minus += 1,
            '+' => plus += 1,
            '(' => open += 1,
            ')' => close += 1,
            ' ' | '\u{A0}' | '\u{202F}' | '\u{2009}' | '\'' | '\u{2019}' => {}
            '\u{200E}' | '\u{200F}' => {}
            '€' | '£' | '$' | '¥' if sign_fits(letter, currency) => {}
            '€' | '£' | '$' | '¥' => return Err(AmountError::OtherCurrency),
            'A'..='Z' => letters.push(letter),
            _ => return Err(AmountError::NotANumber),
        }
    }
    let around = open == 0 || text.find('(') < text.find(|letter: char| letter.is_ascii_digit());
    let signs_make_sense = minus + plus <= 1 && open == close && open <= 1 && open + minus + plus <= 1 && around;
    if !signs_make_sense || !sign_at_an_end(text) || !bare.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(AmountError::NotANumber);
    }
    if !letters.is_empty() && letters != currency.code() {
        let other = letters.len() == 3 && Currency::parse(&letters).is_ok();
        return Err(if other { AmountError::OtherCurrency } else { AmountError::NotANumber });
    }
    Ok((minus + open == 1, bare))
}

/// Nothing but digits and separators may stand between the first and the last digit.
fn sign_at_an_end(text: &str) -> bool {
    let digit = |letter: char| letter.is_ascii_digit();
    match (text.find(digit), text.rfind(digit)) {
        (Some(first), Some(last)) => text[first..=last].chars().all(|letter| {
            digit(letter) || matches!(letter, '.' | ',' | ' ' | '\'' | '\u{A0}' | '\u{202F}' | '\u{2009}' | '\u{2019}')
        }),
        _ => false,
    }
}

fn sign_fits(sign: char, currency: Currency) -> bool {
    let codes: &[&str] = match sign {
        '€' => &["EUR"],
        '£' => &["GBP", "EGP", "LBP", "SYP", "GIP", "FKP", "SHP"],
        '¥' => &["JPY", "CNY"],
        _ => return !matches!(currency.code(), "EUR" | "GBP" | "CHF" | "JPY" | "SEK" | "NOK" | "DKK" | "PLN" | "CZK"),
    };
    codes.contains(&currency.code())
}

/// Whole units and decimals of an amount whose signs are settled.
struct Parts<'t> {
    whole: &'t str,
    decimals: &'t str,
    /// The style its separators prove, if they do.
    style: Option<AmountStyle>,
}

/// Decides which separator is the decimal sign.
fn settle(bare: &str, style: AmountStyle) -> Result<Parts<'_>, AmountError> {
    let last = match style {
        AmountStyle::Point => bare.find('.').filter(|_| bare.contains('.')),
        AmountStyle::Comma => bare.find(','),
        AmountStyle::Unknown => return settle_unknown(bare),
    };
    let group = if style == AmountStyle::Comma { '.' } else { ',' };
    let (whole, decimals) = last.map_or((bare, ""), |place| (&bare[..place], &bare[place + 1..]));
    if decimals.contains(['.', ',']) || !grouped_well(whole, group) {
        return Err(AmountError::OtherStyle(style));
    }
    Ok(Parts { whole, decimals, style: Some(style) })
}

fn settle_unknown(bare: &str) -> Result<Parts<'_>, AmountError> {
    let style_of = |sign: char| if sign == ',' { AmountStyle::Comma } else { AmountStyle::Point };
    let group_of = |sign: char| if sign == ',' { '.' } else { ',' };
    let Some(last) = bare.rfind(['.', ',']) else { return Ok(Parts { whole: bare, decimals: "", style: None }) };
    let sign = if bare.as_bytes()[last] == b',' { ',' } else { '.' };
    let (whole, decimals) = (&bare[..last], &bare[last + 1..]);
    if whole.contains(sign) {
        // The same sign twice can only group thousands.
        let grouping = grouped_well(bare, sign);
        let style = Some(style_of(group_of(sign)));
        return if grouping { Ok(Parts { whole: bare, decimals: "", style }) } else { Err(AmountError::NotANumber) };
    }
    if whole.contains(group_of(sign)) {
        let fits = grouped_well(whole, group_of(sign));
        let style = Some(style_of(sign));
        return if fits { Ok(Parts { whole, decimals, style }) } else { Err(AmountError::NotANumber) };
    }
    let may_group = decimals.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    if may_group { Err(AmountError::Ambiguous) } else { Ok(Parts { whole, decimals, style: Some(style_of(sign)) }) }
}

/// Whether `whole` has no group sign at all, or one before every three digits.
fn grouped_well(whole: &str, group: char) -> bool {
    let mut parts = whole.split(group);
    let first = parts.next().unwrap_or_default();
    let mut rest = parts.peekable();
    let alone = rest.peek().is_none();
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(first)
        && (alone || (1..=3).contains(&first.len()))
        && rest.all(|part| part.len() == 3 && all_digits(part))
}

impl Parts<'_> {
    fn minor(&self, digits: u32) -> Result<i64, AmountError> {
        let significant = self.decimals.trim_end_matches('0');
        if significant.len() > digits as usize {
            return Err(AmountError::TooManyDecimals);
        }
        let mut value = 0i64;
        let padding = std::iter::repeat_n(b'0', digits as usize - significant.len());
        let whole = self.whole.bytes().filter(u8::is_ascii_digit);
        for byte in whole.chain(significant.bytes()).chain(padding) {
            value = value * 10 + i64::from(byte - b'0');
            if value > AMOUNT_MAX {
                return Err(AmountError::TooLarge);
            }
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AmountStyle::{Comma, Point, Unknown};

    fn eur(text: &str, style: AmountStyle) -> Result<i64, AmountError> {
        read_amount(text, Currency::EUR, 2, style)
    }

    #[test]
    fn rounded_only_where_it_is_asked_for() {
        assert_eq!(eur("48485.6873", Point), Err(AmountError::TooManyDecimals));
        for (text, style, minor) in [
            ("48485.6873", Point, 4_848_569),
            ("34644.225", Point, 3_464_423),
            ("-34644.225", Point, -3_464_423),
            ("1.096,9613", Comma, 109_696),
            ("0.004999", Point, 0),
            ("99999999999.994", Point, AMOUNT_MAX),
        ] {
            assert_eq!(read_rounded(text, Currency::EUR, 2, style), Ok(minor), "{text}");
        }
        assert_eq!(read_rounded("99999999999.995", Currency::EUR, 2, Point), Err(AmountError::TooLarge));
        assert_eq!(read_rounded("1.5x", Currency::EUR, 2, Point), Err(AmountError::NotANumber));
    }

    #[test]
    fn plain_and_grouped() {
        for (text, style, minor) in [
            ("1234.56", Unknown, 123_456),
            ("1,234.56", Unknown, 123_456),
            ("1.234,56", Unknown, 123_456),
            ("1.234.567", Unknown, 123_456_700),
            ("55.9", Unknown, 5_590),
            ("55,9", Unknown, 5_590),
            ("0.500", Unknown, 50),
            ("1.250", Point, 125),
            ("1.250", Comma, 125_000),
            ("1'234.50", Point, 123_450),
            ("1 234,50", Comma, 123_450),
            ("C500".trim_start_matches('C'), Comma, 50_000),
            ("12,", Comma, 1_200),
            (".5", Point, 50),
            ("99999999999.99", Point, AMOUNT_MAX),
        ] {
            assert_eq!(eur(text, style), Ok(minor), "{text}");
        }
    }

    #[test]
    fn signs() {
        for text in ["-5.00", "5.00-", "(5.00)", "\u{2212}5.00", "€ -5.00", "-€5.00", "-5.00 EUR", "(€5.00)"] {
            assert_eq!(eur(text, Point), Ok(-500), "{text}");
        }
        assert_eq!(eur("£5.00", Point), Err(AmountError::OtherCurrency));
        assert_eq!(eur("5.00 USD", Point), Err(AmountError::OtherCurrency));
        assert_eq!(read_amount("$5.00", Currency::USD, 2, Point), Ok(500));
    }

    #[test]
    fn what_is_no_amount_says_so() {
        for text in ["NaN", "1e9", "0x10", "inf", "１２", "", "-", ".", "--5", "5-5", "(5", "1.2.3,4", "5)("] {
            assert_eq!(eur(text, Unknown), Err(AmountError::NotANumber), "{text}");
        }
        assert_eq!(eur("10.005", Point), Err(AmountError::TooManyDecimals));
        assert_eq!(eur("100000000000.00", Point), Err(AmountError::TooLarge));
        assert_eq!(eur("1234.56", Comma), Err(AmountError::OtherStyle(Comma)));
        assert_eq!(eur("1.250", Unknown), Err(AmountError::Ambiguous));
        let said = AmountError::Ambiguous.reason("1.250", Currency::EUR);
        assert!(said.contains("can mean 1.25 or 1250"), "{said}");
    }

    #[test]
    fn evidence_of_a_style() {
        assert_eq!(evidence("1.234,56"), Some(Comma));
        assert_eq!(evidence("12.5"), Some(Point));
        assert_eq!(evidence("1.250"), None);
        assert_eq!(evidence("1250"), None);
    }
}
