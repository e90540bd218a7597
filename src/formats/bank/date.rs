//! Dates as bank formats write them: ISO with or without a time, `YYYYMMDD`, `YYMMDD`, and days that do not exist.

use chrono::{Datelike, NaiveDate};

/// Two-digit years from here on are of the last century.
const CENTURY: i32 = 80;

/// The day of `2026-03-31`, `2026-03-31T10:00:00+02:00` or `2026-03-31Z`, as written, whatever the zone.
pub(super) fn iso(text: &str) -> Option<NaiveDate> {
    let bytes = text.trim().as_bytes();
    let (day, rest) = bytes.split_at_checked(10)?;
    let time = matches!(rest.first(), None | Some(b'T' | b'Z' | b'+' | b'-' | b' '));
    (day[4] == b'-' && day[7] == b'-' && time)
        .then(|| build(number(&day[..4])?, number(&day[5..7])?, number(&day[8..])?))
        .flatten()
}

/// The day of `20260331`, whatever follows the eight digits.
pub(super) fn packed(text: &str) -> Option<NaiveDate> {
    let bytes = text.trim().as_bytes();
    let day = bytes.get(..8)?;
    build(number(&day[..4])?, number(&day[4..6])?, number(&day[6..])?)
}

/// The day of `260331`: exactly six digits.
pub(super) fn short(text: &str) -> Option<NaiveDate> {
    let (year, month, day) = short_parts(text)?;
    build(year, month, day)
}

/// The day of `260230`, moved to the last of the month where it does not exist; `true` says that it was moved.
pub(super) fn short_or_last(text: &str) -> Option<(NaiveDate, bool)> {
    let (year, month, day) = short_parts(text)?;
    if let Some(date) = build(year, month, day) {
        return Some((date, false));
    }
    if !(29..=31).contains(&day) {
        return None;
    }
    let last = (28..day).rev().find_map(|day| build(year, month, day))?;
    Some((last, true))
}

fn short_parts(text: &str) -> Option<(u32, u32, u32)> {
    let bytes = text.as_bytes();
    if bytes.len() != 6 {
        return None;
    }
    let year = number(&bytes[..2])?;
    let century = if year as i32 >= CENTURY { 1900 } else { 2000 };
    Some((century + year, number(&bytes[2..4])?, number(&bytes[4..])?))
}

/// The date of month and day `MMDD` that is nearest to `near`: a booking of January for a value of December.
pub(super) fn near(text: &str, near: NaiveDate) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    if bytes.len() != 4 {
        return None;
    }
    let (month, day) = (number(&bytes[..2])?, number(&bytes[2..])?);
    let years = [near.year() - 1, near.year(), near.year() + 1];
    let dates = years.into_iter().filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
    dates.min_by_key(|date| (*date - near).num_days().abs())
}

fn build(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok().filter(|year| (1900..2200).contains(year))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_as_banks_write_them() {
        let day = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        assert_eq!(day(iso("2014-12-30")), "2014-12-30");
        assert_eq!(day(iso("2007-10-18T08:00:00+01:00")), "2007-10-18");
        assert_eq!(day(iso("2014-12-31Z")), "2014-12-31");
        assert_eq!(day(iso("2014-02-30")) + &day(iso("2014-12-301")) + &day(iso("yyyy-mm-dd")), "");
        assert_eq!(day(packed("20090401122017.000[-5:EST]")), "2009-04-01");
        assert_eq!(day(short("991231")), "1999-12-31");
        assert_eq!(
            short_or_last("160230").map(|(date, moved)| (date.to_string(), moved)),
            Some(("2016-02-29".into(), true))
        );
        assert_eq!(short_or_last("161332"), None);
        let value = NaiveDate::from_ymd_opt(2021, 12, 31).unwrap();
        assert_eq!(day(near("0103", value)), "2022-01-03");
        assert_eq!(day(near("1231", NaiveDate::from_ymd_opt(2022, 1, 3).unwrap())), "2021-12-31");
    }
}
