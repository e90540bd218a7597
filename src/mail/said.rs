//! Days and amounts as customers write them in a sentence, in four languages: `5. April`, `04/05/2026`, `next Friday`,
//! `1.234,50 EUR`. What could mean two things is taken as day before month; what names nothing is nothing.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::domain::money::{self, Currency};
use crate::domain::text;

/// On which side of the mail a day without a year lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lean {
    /// What is going to happen.
    Ahead,
    /// What has happened.
    Back,
}

#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janner", "janvier", "enero", "jan"], &["february", "februar", "fevrier", "febrero", "feb"],
    &["march", "marz", "mars", "marzo", "mar"], &["april", "avril", "abril", "apr"], &["may", "mai", "mayo"],
    &["june", "juni", "juin", "junio", "jun"], &["july", "juli", "juillet", "julio", "jul"],
    &["august", "aout", "agosto", "aug"], &["september", "septembre", "septiembre", "sep", "sept"],
    &["october", "oktober", "octobre", "octubre", "oct", "okt"], &["november", "novembre", "noviembre", "nov"],
    &["december", "dezember", "decembre", "diciembre", "dec", "dez"],
];

#[rustfmt::skip]
const WEEKDAYS: [(&[&str], Weekday); 7] = [
    (&["monday", "montag", "lundi", "lunes"], Weekday::Mon), (&["tuesday", "dienstag", "mardi", "martes"], Weekday::Tue),
    (&["wednesday", "mittwoch", "mercredi", "miercoles"], Weekday::Wed),
    (&["thursday", "donnerstag", "jeudi", "jueves"], Weekday::Thu),
    (&["friday", "freitag", "vendredi", "viernes"], Weekday::Fri), (&["saturday", "samstag", "samedi", "sabado"], Weekday::Sat),
    (&["sunday", "sonntag", "dimanche", "domingo"], Weekday::Sun),
];

const TOMORROW: [&str; 4] = ["tomorrow", "morgen", "demain", "manana"];
const TODAY: [&str; 4] = ["today", "heute", "aujourd'hui", "hoy"];
const YESTERDAY: [&str; 4] = ["yesterday", "gestern", "hier", "ayer"];
const MONTH_END: [&str; 7] = [
    "end of the month",
    "end of this month",
    "monatsende",
    "ende des monats",
    "fin du mois",
    "fin de mes",
    "finales de mes",
];

/// The first day a sentence names, counted from the day of the mail.
pub(super) fn date(sentence: &str, from: NaiveDate, lean: Lean) -> Option<NaiveDate> {
    let folded = text::fold(sentence).replace('’', "'");
    let sign = |c: char| c.is_whitespace() || ",;:()!?\"".contains(c);
    let words: Vec<&str> =
        folded.split(sign).map(|word| word.trim_end_matches('.')).filter(|word| !word.is_empty()).collect();
    let named = (0..words.len()).find_map(|place| at(&words, place, from, lean));
    named.or_else(|| MONTH_END.iter().any(|phrase| folded.contains(phrase)).then(|| last_of_month(from)).flatten())
}

fn at(words: &[&str], place: usize, from: NaiveDate, lean: Lean) -> Option<NaiveDate> {
    let word = words[place];
    if let Some(day) = in_figures(word, from, lean) {
        return Some(day);
    }
    if let Some(month) = month(word) {
        let year = |at: usize| {
            words.get(at).and_then(|text| text.parse::<i32>().ok()).filter(|year| (2000..2100).contains(year))
        };
        // `5 April`, `5 de abril`, `1er avril`, `5th of April`
        let before = [1, 2].iter().filter_map(|back| place.checked_sub(*back)).find_map(|at| day_of_month(words[at]));
        let little = |at: usize| words.get(at).is_some_and(|word| ["de", "of"].contains(word));
        if let Some(day) = before {
            let year = year(place + 1).or_else(|| little(place + 1).then(|| year(place + 2)).flatten());
            return with_year(year, month, day, from, lean);
        }
        // `April 5`, `April 5th, 2026`
        let day = words.get(place + 1).and_then(|word| day_of_month(word))?;
        return with_year(year(place + 2), month, day, from, lean);
    }
    if let Some((_, weekday)) = WEEKDAYS.iter().find(|(names, _)| names.contains(&word)) {
        let mut days = (1..=7).filter_map(|days| match lean {
            Lean::Ahead => from.checked_add_days(Days::new(days)),
            Lean::Back => from.checked_sub_days(Days::new(days - 1)),
        });
        return days.find(|day| day.weekday() == *weekday);
    }
    match word {
        word if TODAY.contains(&word) => Some(from),
        word if TOMORROW.contains(&word) && lean == Lean::Ahead => from.succ_opt(),
        word if YESTERDAY.contains(&word) && lean == Lean::Back => from.pred_opt(),
        _ => None,
    }
}

/// `05.04.2026`, `5/4/26`, `2026-04-05`, `5.4`
fn in_figures(word: &str, from: NaiveDate, lean: Lean) -> Option<NaiveDate> {
    let mark = word.chars().find(|c| ['.', '/', '-'].contains(c))?;
    let parts: Vec<&str> = word.split(mark).collect();
    let figures = |part: &&str| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(figures) {
        return None;
    }
    let number = |text: &str| text.parse::<u32>().ok();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            NaiveDate::from_ymd_opt(i32::try_from(number(year)?).ok()?, number(month)?, number(day)?)
        }
        [one, two, year] if year.len() == 4 || year.len() == 2 => {
            let year = i32::try_from(number(year)?).ok()?;
            let year = if year < 100 { 2000 + year } else { year };
            let (one, two) = (number(one)?, number(two)?);
            NaiveDate::from_ymd_opt(year, two, one).or_else(|| NaiveDate::from_ymd_opt(year, one, two))
        }
        // A point between two figures is a date only with a slash or two short parts: 12.50 is money.
        [one, two] if mark != '-' && two.len() <= 2 && (mark == '/' || !two.starts_with('0') || two.len() == 2) => {
            let (one, two) = (number(one)?, number(two)?);
            if mark == '.' && two > 12 {
                return None;
            }
            with_year(None, two, one, from, lean).or_else(|| with_year(None, one, two, from, lean))
        }
        _ => None,
    }
}

fn month(word: &str) -> Option<u32> {
    let place = MONTHS.iter().position(|names| names.contains(&word))?;
    u32::try_from(place + 1).ok()
}

fn day_of_month(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = &word[digits.len()..];
    let ordinal = ["", "st", "nd", "rd", "th", "er"].contains(&ending);
    digits.parse().ok().filter(|day| ordinal && (1..=31).contains(day))
}

/// A day of a year, or of the year that puts it on the right side of `from`.
fn with_year(year: Option<i32>, month: u32, day: u32, from: NaiveDate, lean: Lean) -> Option<NaiveDate> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let this = NaiveDate::from_ymd_opt(from.year(), month, day);
    match lean {
        Lean::Ahead => this.filter(|day| *day >= from).or_else(|| NaiveDate::from_ymd_opt(from.year() + 1, month, day)),
        Lean::Back => this.filter(|day| *day <= from).or_else(|| NaiveDate::from_ymd_opt(from.year() - 1, month, day)),
    }
}

fn last_of_month(day: NaiveDate) -> Option<NaiveDate> {
    let first = day.with_day(1)?;
    first.checked_add_months(chrono::Months::new(1))?.pred_opt()
}

const SIGNS: [(&str, &str); 3] = [("€", "EUR"), ("$", "USD"), ("£", "GBP")];

/// The first amount a sentence names: figures with a currency beside them, or with two decimals.
pub(super) fn amount(sentence: &str, usual: Currency) -> Option<(i64, Currency)> {
    let spaced = SIGNS.iter().fold(sentence.replace(['\u{a0}', '\u{202f}'], " "), |text, (sign, code)| {
        text.replace(sign, &format!(" {code} "))
    });
    let words: Vec<&str> =
        spaced.split_whitespace().map(|word| word.trim_matches([',', ';', ':', '(', ')', '!', '?'])).collect();
    for (place, word) in words.iter().enumerate() {
        let Some((minor_text, decimals)) = figures(word.trim_end_matches('.')) else { continue };
        let beside = |at: Option<usize>| at.and_then(|at| words.get(at)).and_then(|word| currency(word));
        let named = beside(place.checked_sub(1)).or_else(|| beside(Some(place + 1)));
        // Without a currency beside them, figures that may be a day are no amount.
        let bare = decimals != 2 || in_figures(word.trim_end_matches('.'), NaiveDate::MIN, Lean::Ahead).is_some();
        if named.is_none() && bare {
            continue;
        }
        let currency = named.unwrap_or(usual);
        if let Ok(minor) = money::parse_plain(&minor_text, currency)
            && minor > 0
        {
            return Some((minor, currency));
        }
    }
    None
}

fn currency(word: &str) -> Option<Currency> {
    let code = word.trim_end_matches('.');
    if ["euro", "euros"].contains(&text::fold(code).as_str()) {
        return Some(Currency::EUR);
    }
    (code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        .then(|| Currency::parse(code).ok())
        .flatten()
}

/// A number with its separators, as a plain decimal and how many decimals it has: the last separator before two figures
/// is the decimal sign, any other groups.
fn figures(word: &str) -> Option<(String, usize)> {
    let sign = |c: char| ['.', ',', '\'', '’'].contains(&c);
    if !word.chars().all(|c| c.is_ascii_digit() || sign(c)) || !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let cut = word.rfind(sign).filter(|at| word[*at..].chars().filter(char::is_ascii_digit).count() == 2);
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    let groups = |part: &str| part.split(sign).skip(1).all(|group| group.len() == 3);
    let (whole, decimals) = cut.map_or((word, ""), |at| word.split_at(at));
    (groups(whole) && whole.len() < 20).then(|| match cut {
        Some(_) => (format!("{}.{}", digits(whole), digits(decimals)), 2),
        None => (digits(whole), 0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found_as_customers_write_them() {
        // A Tuesday.
        let from: NaiveDate = "2026-03-31".parse().unwrap();
        for (sentence, day) in [
            ("We will pay on 5 April.", "2026-04-05"),
            ("We will pay by April 5th, 2026", "2026-04-05"),
            ("Die Zahlung erfolgt am 5. April 2026.", "2026-04-05"),
            ("Zahlung am 05.04.", "2026-04-05"),
            ("Zahlung am 05.04.2026.", "2026-04-05"),
            ("le virement prévu le 1er avril", "2026-04-01"),
            ("será pagado el 5 de abril de 2026", "2026-04-05"),
            ("payment will go out 2026-04-05", "2026-04-05"),
            ("payment on 04/15/2026", "2026-04-15"),
            ("wir zahlen am Freitag", "2026-04-03"),
            ("we will pay tomorrow", "2026-04-01"),
            ("bis Monatsende", "2026-03-31"),
            ("will pay on 2 January", "2027-01-02"),
        ] {
            assert_eq!(date(sentence, from, Lean::Ahead), day.parse().ok(), "{sentence}");
        }
        assert_eq!(date("paid on 28 March", from, Lean::Back), "2026-03-28".parse().ok());
        assert_eq!(date("paid on 28 December", from, Lean::Back), "2025-12-28".parse().ok());
        assert_eq!(date("wurde am Freitag überwiesen", from, Lean::Back), "2026-03-27".parse().ok());
        for nothing in ["the invoice of 1,234.50", "12.50", "pay 30.02.2026", "soon", "", "99/99/9999", "mar"] {
            assert_eq!(date(nothing, from, Lean::Ahead), None, "{nothing}");
        }
    }

    #[test]
    fn amounts_are_found_as_customers_write_them() {
        let usual = Currency::EUR;
        for (sentence, minor, code) in [
            ("we paid 1,234.50", 123_450, "EUR"),
            ("wir haben 1.234,50 € überwiesen", 123_450, "EUR"),
            ("USD 1,000", 100_000, "USD"),
            ("$20.00 today", 2_000, "USD"),
            ("CHF 1'234.50", 123_450, "CHF"),
            ("the sum of 500 euros.", 50_000, "EUR"),
        ] {
            assert_eq!(amount(sentence, usual), Some((minor, Currency::parse(code).unwrap())), "{sentence}");
        }
        for nothing in ["invoice 20448", "in 14 days", "", "0.00", "12,34,56.78", "99999999999999999999.00", "1.2.3"] {
            assert_eq!(amount(nothing, usual), None, "{nothing}");
        }
    }
}
