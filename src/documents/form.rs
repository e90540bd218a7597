//! Amounts and dates in the form a language uses: `EUR 1,234.50` and `5 March 2026`, `1.234,50 EUR` and `5. März 2026`.
//! The region matters where it is known: Switzerland groups with an apostrophe, the United States put the month first.

use chrono::{Datelike, NaiveDate};

use super::words::{self, Words};
use crate::domain::money::{self, Currency};

/// How a language writes numbers and dates.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// Its words.
    pub words: &'static Words,
    /// Between groups of three digits.
    group: &'static str,
    /// Before the decimals.
    decimal: &'static str,
    /// Whether the currency stands before the amount.
    currency_first: bool,
    order: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// `05.03.2026`
    Dots,
    /// `05/03/2026`
    Slashes,
    /// `05 Mar 2026`
    Month,
    /// `Mar 5, 2026`
    MonthFirst,
}

/// Keeps an amount and its currency, and the groups of a number, on one line.
const NO_BREAK: &str = "\u{a0}";

impl Form {
    /// The form of a language code such as `de` or `de-CH`.
    pub fn of(language: &str) -> Form {
        let code = words::code(language);
        let words = words::of(&code);
        let (group, decimal, currency_first, order) = match (words.code, code.split_once('-').map(|(_, region)| region))
        {
            ("de", Some("CH" | "LI")) => ("’", ".", true, Order::Dots),
            ("de", Some("AT")) => (NO_BREAK, ",", true, Order::Dots),
            ("de", _) => (".", ",", false, Order::Dots),
            ("fr", Some("CH")) => (NO_BREAK, ".", false, Order::Dots),
            ("fr", _) => (NO_BREAK, ",", false, Order::Slashes),
            ("es", Some("MX" | "US" | "PR" | "GT" | "HN" | "NI" | "PA" | "PE" | "SV" | "DO")) => {
                (",", ".", true, Order::Slashes)
            }
            ("es", _) => (".", ",", false, Order::Slashes),
            (_, Some("US")) => (",", ".", true, Order::MonthFirst),
            _ => (",", ".", true, Order::Month),
        };
        Form { words, group, decimal, currency_first, order }
    }

    /// An amount without its currency: `-1.234,50`.
    pub fn number(&self, minor: i64, currency: Currency) -> String {
        let plain = money::plain(minor, currency.digits());
        let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
        let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |rest| ("-", rest));
        let mut out = sign.to_owned();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                out.push_str(self.group);
            }
            out.push(digit);
        }
        if !decimals.is_empty() {
            out.push_str(self.decimal);
            out.push_str(decimals);
        }
        out
    }

    /// An amount with its currency.
    pub fn amount(&self, minor: i64, currency: Currency) -> String {
        let number = self.number(minor, currency);
        let code = currency.code();
        if self.currency_first { format!("{code}{NO_BREAK}{number}") } else { format!("{number}{NO_BREAK}{code}") }
    }

    /// A date in a sentence: `5. März 2026`.
    pub fn date(&self, date: NaiveDate) -> String {
        let (day, year) = (date.day(), date.year());
        let month = self.words.months[date.month0() as usize % 12];
        match (self.words.code, self.order) {
            ("de", _) => format!("{day}. {month} {year}"),
            ("fr", _) if day == 1 => format!("1er {month} {year}"),
            ("es", _) => format!("{day} de {month} de {year}"),
            (_, Order::MonthFirst) => format!("{month} {day}, {year}"),
            _ => format!("{day} {month} {year}"),
        }
    }

    /// A date in a table.
    pub fn short_date(&self, date: NaiveDate) -> String {
        let (day, month, year) = (date.day(), date.month(), date.year());
        let name: String = self.words.months[date.month0() as usize % 12].chars().take(3).collect();
        match self.order {
            Order::Dots => format!("{day:02}.{month:02}.{year}"),
            Order::Slashes => format!("{day:02}/{month:02}/{year}"),
            Order::Month => format!("{day:02} {name} {year}"),
            Order::MonthFirst => format!("{name} {day:02}, {year}"),
        }
    }

    /// A list in words: `a, b and c`.
    pub fn list(&self, parts: &[String]) -> String {
        match parts {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} {} {last}", first.join(", "), self.words.and),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_dates_are_written_as_the_language_does() {
        let day = |d, m| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
        // What the Unicode locale data has for these languages, with the currency's code.
        for (code, amount, long, short) in [
            ("en", "EUR 1,234,567.50", "5 March 2026", "05 Mar 2026"),
            ("en-US", "EUR 1,234,567.50", "March 5, 2026", "Mar 05, 2026"),
            ("de", "1.234.567,50 EUR", "5. März 2026", "05.03.2026"),
            ("de-CH", "EUR 1’234’567.50", "5. März 2026", "05.03.2026"),
            ("fr", "1 234 567,50 EUR", "5 mars 2026", "05/03/2026"),
            ("es", "1.234.567,50 EUR", "5 de marzo de 2026", "05/03/2026"),
            ("ES_mx", "EUR 1,234,567.50", "5 de marzo de 2026", "05/03/2026"),
            ("nl", "EUR 1,234,567.50", "5 March 2026", "05 Mar 2026"),
            ("", "EUR 1,234,567.50", "5 March 2026", "05 Mar 2026"),
        ] {
            let form = Form::of(code);
            assert_eq!(form.amount(123_456_750, Currency::EUR).replace('\u{a0}', " "), amount, "{code}");
            assert_eq!((form.date(day(5, 3)).as_str(), form.short_date(day(5, 3)).as_str()), (long, short), "{code}");
        }
        assert_eq!(Form::of("fr").date(day(1, 8)), "1er août 2026");
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(Form::of("de").number(-1_000, yen), "-1.000");
        assert_eq!(Form::of("de").number(-5, Currency::EUR), "-0,05");
    }
}
