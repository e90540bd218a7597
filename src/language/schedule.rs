//! Schedules of payment plans as people type or paste them: `x3 1m from 1/4` shares what is open over three months,
//! `500 x3 2w` names the rate, and `1/4 500; 1/5 500; 1/6 rest` lists dates and amounts. Pasted columns of dates and
//! amounts read the same.

use chrono::NaiveDate;

use super::amounts::{AmountContext, read_amount, read_plan};
use super::dates::{DateContext, read_date};

/// How a schedule is read.
#[derive(Clone, Copy)]
pub struct ScheduleContext<'a> {
    /// How dates are read.
    pub dates: DateContext<'a>,
    /// How amounts are read; `open` is what is planned.
    pub amounts: AmountContext,
    /// The first date, where a schedule names none.
    pub first: NaiveDate,
}

/// What a text says is to be paid when, by date; the error says what was read and what would be accepted.
pub fn read_schedule(text: &str, context: &ScheduleContext<'_>) -> Result<Vec<(NaiveDate, i64)>, String> {
    let typed = text.trim();
    if typed.is_empty() {
        return Err("A schedule is missing; use x3 1m from 1/4, or dates and amounts.".to_owned());
    }
    let mut list = if typed.split_whitespace().any(is_times) { rates(typed, context) } else { listed(typed, context) }?;
    list.sort_by_key(|one| one.0);
    Ok(list)
}

/// `x3`.
fn is_times(word: &str) -> bool {
    let digits = word.strip_prefix(['x', 'X']).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn rates(typed: &str, context: &ScheduleContext<'_>) -> Result<Vec<(NaiveDate, i64)>, String> {
    let (rates, first) = match typed.split_once(" from ") {
        Some((rates, date)) => (rates, read_date(date, &context.dates).map_err(|error| error.to_string())?),
        None => (typed, context.first),
    };
    let mut words: Vec<&str> = rates.split_whitespace().collect();
    if words.first().is_some_and(|word| is_times(word)) {
        words.insert(0, "all");
    }
    if words.last().is_some_and(|word| is_times(word)) {
        words.push("1m");
    }
    let plan = read_plan(&words.join(" "), &context.amounts).map_err(|error| error.to_string())?;
    let date = |place: usize| {
        let place = u32::try_from(place).ok();
        place.and_then(|place| plan.every.date(first, place)).ok_or_else(|| "The last date is too far away.".to_owned())
    };
    plan.amounts.iter().enumerate().map(|(place, amount)| Ok((date(place)?, *amount))).collect()
}

fn listed(typed: &str, context: &ScheduleContext<'_>) -> Result<Vec<(NaiveDate, i64)>, String> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let pieces: Vec<(&str, &str)> = if typed.contains(';') {
        typed.split(';').map(str::trim).filter(|piece| !piece.is_empty()).map(pair).collect()
    } else if words.len() >= 2 && words.len().is_multiple_of(2) && !words.iter().all(|word| word.contains(':')) {
        words.chunks(2).map(|two| (two[0].trim_end_matches(':'), two[1])).collect()
    } else {
        words.iter().map(|word| pair(word)).collect()
    };
    let mut left = context.amounts.open;
    let mut out = Vec::with_capacity(pieces.len());
    for (date, amount) in pieces {
        let on = read_date(date, &context.dates).map_err(|error| error.to_string())?;
        let rest = ["rest", "all", "*", ""].contains(&amount.to_lowercase().as_str());
        let minor = match left.filter(|_| rest) {
            Some(left) => left,
            None => {
                let alone = AmountContext { open: None, ..context.amounts };
                read_amount(amount, &alone).map_err(|error| error.to_string())?.minor
            }
        };
        left = left.map(|left| left - minor);
        out.push((on, minor));
    }
    Ok(out)
}

/// A date and what follows it: `1/4 500`, `2026-04-01:500`, `1 apr 500`.
fn pair(piece: &str) -> (&str, &str) {
    let at = piece.rfind([':', ' ']);
    at.map_or((piece, ""), |at| (piece[..at].trim(), piece[at + 1..].trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::{Currency, NumberStyle};
    use crate::language::calendar::no_holidays;
    use crate::language::dates::{DateOrder, Lean};

    fn read(text: &str) -> Result<Vec<(String, i64)>, String> {
        let today: NaiveDate = "2026-03-16".parse().unwrap();
        let holidays = no_holidays;
        let dates = DateContext { today, order: DateOrder::Dmy, lean: Lean::Forward, due: None, holidays: &holidays };
        let amounts = AmountContext { currency: Currency::EUR, style: Some(NumberStyle::Point), open: Some(100_000) };
        let context = ScheduleContext { dates, amounts, first: "2026-04-01".parse().unwrap() };
        Ok(read_schedule(text, &context)?.into_iter().map(|(on, amount)| (on.to_string(), amount)).collect())
    }

    fn is(list: &[(&str, i64)]) -> Result<Vec<(String, i64)>, String> {
        Ok(list.iter().map(|(on, amount)| ((*on).to_owned(), *amount)).collect())
    }

    #[test]
    fn rates_share_what_is_open_from_a_day_on() {
        let thirds = [("2026-04-01", 33_333), ("2026-05-01", 33_333), ("2026-06-01", 33_334)];
        for text in ["x3", "x3 1m", "all x3 1m", "x3 from 2026-04-01", " x3 1m from 1/4 "] {
            assert_eq!(read(text), is(&thirds), "{text}");
        }
        assert_eq!(read("500 x2 2w from 20/3"), is(&[("2026-03-20", 50_000), ("2026-04-03", 50_000)]));
    }

    #[test]
    fn dates_and_amounts_are_taken_as_they_were_pasted() {
        let two = [("2026-04-01", 40_000), ("2026-05-04", 60_000)];
        let texts = [
            "1/4 400; 4/5 600",
            "2026-04-01 400.00 2026-05-04 600.00",
            "2026-04-01:400 2026-05-04:600",
            "2026-05-04:600; 2026-04-01:400",
            "1/4 400; 4/5 rest",
            "1/4 400; 4/5",
        ];
        for text in texts {
            assert_eq!(read(text), is(&two), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for text in ["", "x0", "soon 400", "1/4 many", "700 x2"] {
            let said = read(text).unwrap_err();
            assert!(said.ends_with('.') && said.len() > 20, "{text}: {said}");
        }
    }
}
