//! Dates as the book stores them: ISO text, written and read without allocation.

use chrono::{Datelike, NaiveDate};

/// The closing date of an item that is still open.
pub const NEVER: &str = "9999-12-31";

/// A date as its ten ISO characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Iso([u8; 10]);

impl Iso {
    /// The characters, `2026-03-16`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or(NEVER)
    }
}

/// The ISO text of a date from year 0 to 9999.
pub fn iso(date: NaiveDate) -> Iso {
    let mut out = *b"0000-00-00";
    let mut put = |place: usize, digits: usize, mut value: u32| {
        for index in (place..place + digits).rev() {
            out[index] = b'0' + (value % 10) as u8;
            value /= 10;
        }
    };
    put(0, 4, date.year().clamp(0, 9999) as u32);
    put(5, 2, date.month());
    put(8, 2, date.day());
    Iso(out)
}

/// The date that will never come: the closing date of an open item.
pub fn never() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// Reads stored ISO text. Anything else in the book is damage and reads as [`never`], which `check` reports.
pub fn read(text: &str) -> NaiveDate {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| -> Option<u32> {
        bytes[from..to].iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return never();
    }
    match (number(0, 4), number(5, 7), number(8, 10)) {
        (Some(year), Some(month), Some(day)) => NaiveDate::from_ymd_opt(year as i32, month, day).unwrap_or_else(never),
        _ => never(),
    }
}

/// As [`read`], but nothing where the text is not exactly what [`iso`] writes: what stands under no digest must be exact.
pub fn exact(text: &str) -> Option<NaiveDate> {
    let date = read(text);
    (iso(date).as_str() == text).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["2026-03-16", "2024-02-29", "1999-12-31", NEVER] {
            assert_eq!(exact(text).map(|date| iso(date).as_str().to_owned()).as_deref(), Some(text));
        }
        for damaged in ["16.03.2026", "2026/03-16", "2026-03/16", "2026-+3-16", "2026-03-1", "2026-02-30", ""] {
            assert_eq!((read(damaged), exact(damaged)), (never(), None), "{damaged}");
        }
    }
}
