//! Values as people read them: amounts with the book's signs, days, dates with weekday, percentages, distances.

use chrono::{Datelike, NaiveDate};

use crate::domain::money::{Money, NumberStyle};

/// `12,500.00`, and `-` for nothing.
pub fn amount(money: Money, style: NumberStyle) -> String {
    if money.minor == 0 { "-".to_owned() } else { money.grouped(style) }
}

/// `12,500.00 EUR`
pub fn amount_with_currency(money: Money, style: NumberStyle) -> String {
    format!("{} {}", money.grouped(style), money.currency)
}

/// Whole units only, rounded: `12,500`. For charts and narrow columns; the exact amount is a key away.
pub fn whole(money: Money, style: NumberStyle) -> String {
    let unit = 10i64.pow(money.currency.digits());
    // Half away from zero, as everywhere: cut off, a part would be smaller than what it is shown beside.
    let half = if money.minor < 0 { -(unit / 2) } else { unit / 2 };
    crate::domain::money::grouped(money.minor.saturating_add(half) / unit, 0, style)
}

/// `20 Mar 26`
pub fn day(date: NaiveDate) -> String {
    date.format("%d %b %y").to_string()
}

/// A sentence of the book as screens say it: days such as `2026-03-20` as `20 Mar 26`.
pub fn dated(sentence: &str) -> String {
    let inside = |c: char| c.is_ascii_digit() || c == '-';
    let mut out = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(start) = rest.find(inside) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !inside(c)).unwrap_or(from.len()));
        out.push_str(before);
        // A day that is part of a longer word, such as an instant or a file's name, is not one of ours.
        let alone = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        match word.parse::<NaiveDate>().ok().filter(|_| alone && word.len() == 10) {
            Some(date) => out.push_str(&day(date)),
            None => out.push_str(word),
        }
        rest = after;
    }
    out + rest
}

/// `Fri 20 Mar 26`
pub fn weekday(date: NaiveDate) -> String {
    date.format("%a %d %b %y").to_string()
}

/// `Mon 16 Mar 2026`, for the header.
pub fn long_day(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}

/// `13 Mar` within the year of `today`, else with the year.
pub fn short_day(date: NaiveDate, today: NaiveDate) -> String {
    if date.year() == today.year() { date.format("%d %b").to_string() } else { day(date) }
}

/// Days late: `47d`, and `-` for none.
pub fn days(days: i64) -> String {
    if days <= 0 { "-".to_owned() } else { format!("{days}d") }
}

/// How far a day is: `today`, `+4d`, `-3d`.
pub fn distance(date: NaiveDate, today: NaiveDate) -> String {
    match (date - today).num_days() {
        0 => "today".to_owned(),
        n => format!("{n:+}d"),
    }
}

/// What a date field understood: `Fri 20 Mar 2026, +4d`.
pub fn date_echo(date: NaiveDate, today: NaiveDate) -> String {
    format!("{}, {}", date.format("%a %d %b %Y"), distance(date, today))
}

/// Tenths of a percent as `46.8%`.
pub fn permille(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{}%", tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10)
}

/// Tenths of a percent as whole percent, rounded half away from zero: `60%` of 599.
pub fn percent(tenths: i64) -> String {
    format!("{}%", (tenths + 5 * tenths.signum()) / 10)
}

/// Whole percentages that add up to 100 (largest remainder), for parts that are not negative. All zero gives zeros.
pub fn shares(parts: &[i64]) -> Vec<i64> {
    let total: i128 = parts.iter().map(|part| i128::from((*part).max(0))).sum();
    if total == 0 {
        return vec![0; parts.len()];
    }
    let scaled: Vec<i128> = parts.iter().map(|part| i128::from((*part).max(0)) * 100).collect();
    let mut out: Vec<i64> = scaled.iter().map(|part| i64::try_from(part / total).unwrap_or(0)).collect();
    let missing = 100 - out.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(scaled[*index] % total));
    for index in order.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        out[index] += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn days_in_a_sentence_are_said_as_everywhere_else() {
        assert_eq!(dated("level 1 since 2026-11-28"), "level 1 since 28 Nov 26");
        assert_eq!(dated("Follow-up on 2026-03-16: Acme"), "Follow-up on 16 Mar 26: Acme");
        assert_eq!(
            dated("Plan P-1: 2026-03-01 to 2026-04-01, INV-2026-03"),
            "Plan P-1: 01 Mar 26 to 01 Apr 26, INV-2026-03"
        );
        let kept = "statement-2026-03-16.xml, 2026-03-16T08:00 and 2026-13-01, -5";
        assert_eq!(dated(kept), kept);
    }

    #[test]
    fn values_read_as_in_a_ledger() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 20).unwrap();
        let today = NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
        assert_eq!(amount(Money::new(1_250_000, Currency::EUR), NumberStyle::Point), "12,500.00");
        assert_eq!(amount(Money::new(0, Currency::EUR), NumberStyle::Point), "-");
        assert_eq!(whole(Money::new(1_250_099, Currency::EUR), NumberStyle::Comma), "12.501");
        assert_eq!(whole(Money::new(-150, Currency::EUR), NumberStyle::Point), "-2");
        assert_eq!(weekday(date), "Fri 20 Mar 26");
        assert_eq!(long_day(today), "Mon 16 Mar 2026");
        assert_eq!(date_echo(date, today), "Fri 20 Mar 2026, +4d");
        assert_eq!((days(47), days(0), distance(today, today)), ("47d".into(), "-".into(), "today".into()));
        assert_eq!([599, 594, 595, 1_336, -5, -4, 0].map(percent), ["60%", "59%", "60%", "134%", "-1%", "0%", "0%"]);
        assert_eq!((permille(468), permille(-5)), ("46.8%".into(), "-0.5%".into()));
    }

    #[test]
    fn shares_add_to_a_hundred() {
        assert_eq!(shares(&[1, 1, 1]), [34, 33, 33]);
        assert_eq!(shares(&[179_900, 48_900, 41_150, 34_350, 33_700]).iter().sum::<i64>(), 100);
        assert_eq!(shares(&[0, 0]), [0, 0]);
        assert_eq!(shares(&[-5, 10]), [0, 100]);
    }
}
