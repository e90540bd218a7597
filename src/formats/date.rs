//! Dates in files: patterns such as `M/D/YYYY`, ISO and `YYYYMMDD` (also written as a float) without being told, and
//! the order of day and month from the whole file where one date settles it.

use chrono::NaiveDate;

use super::report::DateOrder;

/// How a text is taken apart into a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern {
    order: Order,
    /// The sign between the numbers; `None` where they stand without one.
    sign: Option<u8>,
    /// Two digits for the year: 70 to 99 are of the last century.
    short_year: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    YearMonthDay,
    DayMonthYear,
    MonthDayYear,
}

impl Pattern {
    /// Reads a pattern such as `M/D/YYYY`, `DD.MM.YYYY`, `YYYY-MM-DD`, `YYYYMMDD`, `D/M/YY`. Day and month may always
    /// be written without leading zeros where a sign separates them.
    pub fn parse(text: &str) -> Option<Self> {
        let mut order = String::new();
        let mut sign = None;
        let mut years = 0;
        for letter in text.trim().bytes() {
            match letter.to_ascii_uppercase() {
                upper @ (b'D' | b'M' | b'Y') => {
                    years += u8::from(upper == b'Y');
                    if !order.ends_with(upper as char) {
                        order.push(upper as char);
                    }
                }
                other @ (b'/' | b'.' | b'-') if sign.is_none() || sign == Some(other) => sign = Some(other),
                _ => return None,
            }
        }
        let order = match order.as_str() {
            "YMD" => Order::YearMonthDay,
            "DMY" => Order::DayMonthYear,
            "MDY" => Order::MonthDayYear,
            _ => return None,
        };
        let short_year = match years {
            4 => false,
            2 => true,
            _ => return None,
        };
        Some(Pattern { order, sign, short_year })
    }

    /// Whether the pattern puts day and month in the other order.
    pub fn contradicts(self, order: DateOrder) -> bool {
        match order {
            DateOrder::DayFirst => self.order == Order::MonthDayYear,
            DateOrder::MonthFirst => self.order == Order::DayMonthYear,
        }
    }

    fn read(self, text: &str) -> Option<Result<NaiveDate, DateError>> {
        let [a, b, c] = match self.sign {
            Some(sign) => three(text, sign)?,
            None => packed(text, self)?,
        };
        let ((year, width), month, day) = match self.order {
            Order::YearMonthDay => (a, b.0, c.0),
            Order::DayMonthYear => (c, b.0, a.0),
            Order::MonthDayYear => (c, a.0, b.0),
        };
        let year = match (self.short_year, width) {
            (false, 4) => year,
            (true, 2) => year + if year < 70 { 2000 } else { 1900 },
            _ => return None,
        };
        let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        Some(date.filter(|_| year > 0).ok_or(DateError::Impossible))
    }

    /// Whether `2026-31-12` would be a date with its last two numbers swapped.
    fn year_day_month(self, text: &str) -> bool {
        let parts = self.sign.map_or_else(|| packed(text, self), |sign| three(text, sign));
        parts.is_some_and(|[year, day, month]| NaiveDate::from_ymd_opt(year.0 as i32, month.0, day.0).is_some())
    }
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateError {
    /// Not in any accepted form.
    NotADate,
    /// In an accepted form, but there is no such day.
    Impossible,
    /// Day and month cannot be told apart yet.
    OpenOrder,
}

/// Reads dates of one file.
#[derive(Debug, Clone, Default)]
pub struct DateReader {
    /// Patterns of the mapping, tried in this order before the forms that explain themselves.
    pub patterns: Vec<Pattern>,
    /// The order of `03/04/2026`, once known.
    pub order: Option<DateOrder>,
}

impl DateReader {
    /// Reads one date. A time of day after the date is ignored.
    pub fn read(&self, text: &str) -> Result<NaiveDate, DateError> {
        if let Some(date) = iso(text.as_bytes()) {
            return date.ok_or(DateError::Impossible);
        }
        let bare = without_time(text);
        let mut worst = DateError::NotADate;
        for pattern in &self.patterns {
            match pattern.read(bare) {
                Some(Ok(date)) => return Ok(date),
                Some(Err(error)) => worst = error,
                None => {}
            }
        }
        for known in KNOWN {
            match known.read(bare) {
                Some(Ok(date)) => return Ok(date),
                Some(Err(error)) => worst = error,
                None => {}
            }
        }
        if worst == DateError::Impossible {
            return Err(worst);
        }
        if let Some(date) = with_month_name(bare) {
            return date;
        }
        self.read_open(bare)
    }

    /// Why `text` could not be read, as one sentence.
    pub fn reason(&self, text: &str, error: DateError) -> String {
        match error {
            DateError::NotADate => format!("\"{text}\" is not a date; write it as 2026-03-31."),
            DateError::OpenOrder => format!("{text} can be read day first or month first; give --date-order."),
            DateError::Impossible => {
                let turned = turned_round(without_time(text), &self.patterns);
                let hint = if turned { " Day and month may be swapped." } else { "" };
                format!("{text} does not exist.{hint}")
            }
        }
    }

    /// `03/04/2026` or `3-4-2026`, whose order only the file or the user can tell.
    fn read_open(&self, text: &str) -> Result<NaiveDate, DateError> {
        let Some((a, b, year)) = open_parts(text) else { return Err(DateError::NotADate) };
        let order = match self.order {
            Some(order) => order,
            // Patterns of the mapping did not fit and give no leave to guess.
            None if !self.patterns.is_empty() => return Err(DateError::NotADate),
            None => return Err(DateError::OpenOrder),
        };
        let (day, month) = if order == DateOrder::DayFirst { (a, b) } else { (b, a) };
        let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        date.ok_or(DateError::Impossible)
    }
}

/// Forms that explain themselves: `2026-3-1`, `2026/03/01`, `20260301`, and days first wherever points separate.
const KNOWN: [Pattern; 4] = [
    Pattern { order: Order::YearMonthDay, sign: Some(b'-'), short_year: false },
    Pattern { order: Order::YearMonthDay, sign: Some(b'/'), short_year: false },
    Pattern { order: Order::YearMonthDay, sign: None, short_year: false },
    Pattern { order: Order::DayMonthYear, sign: Some(b'.'), short_year: false },
];

/// What one date tells about the order of days and months in its file.
pub fn evidence(text: &str) -> Option<DateOrder> {
    let (a, b, _) = open_parts(without_time(text))?;
    match (a, b) {
        (13..=31, 1..=12) => Some(DateOrder::DayFirst),
        (1..=12, 13..=31) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// Whether a text is a date whose order of day and month it does not tell itself.
pub fn is_open(text: &str) -> bool {
    open_parts(without_time(text)).is_some()
}

/// The fixed places of `2026-03-31`, perhaps with a time; the outer `None` means another form.
#[allow(clippy::option_option, reason = "another form and no such day are two different answers")]
fn iso(text: &[u8]) -> Option<Option<NaiveDate>> {
    let [a, b, c, d, b'-', e, f, b'-', g, h] = *text else { return None };
    let mut digits = [0u32; 8];
    for (to, from) in digits.iter_mut().zip([a, b, c, d, e, f, g, h]) {
        *to = u32::from(from.is_ascii_digit().then(|| from - b'0')?);
    }
    let [a, b, c, d, e, f, g, h] = digits;
    let year = a * 1000 + b * 100 + c * 10 + d;
    Some(NaiveDate::from_ymd_opt(year as i32, e * 10 + f, g * 10 + h).filter(|_| year > 0))
}

/// Three numbers with the given sign between them, each with its width.
fn three(text: &str, sign: u8) -> Option<[(u32, usize); 3]> {
    let mut parts = text.split(sign as char);
    let numbers = [number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?];
    parts.next().is_none().then_some(numbers)
}

fn number(text: &str) -> Option<(u32, usize)> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok().map(|value| (value, text.len())))?
}

/// Numbers without a sign between them, perhaps followed by `.0` because somebody's sheet took them for amounts.
fn packed(text: &str, pattern: Pattern) -> Option<[(u32, usize); 3]> {
    let digits = text.strip_suffix(".0").unwrap_or(text);
    let year = if pattern.short_year { 2 } else { 4 };
    if digits.len() != year + 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let first = if pattern.order == Order::YearMonthDay { year } else { 2 };
    Some([number(&digits[..first])?, number(&digits[first..first + 2])?, number(&digits[first + 2..])?])
}

fn open_parts(text: &str) -> Option<(u32, u32, u32)> {
    let [a, b, year] = three(text, b'/').or_else(|| three(text, b'-'))?;
    (a.1 <= 2 && b.1 <= 2 && year.1 == 4).then_some((a.0, b.0, year.0))
}

/// Whether what stands for the month is beyond twelve while its neighbour could be a month.
fn turned_round(text: &str, patterns: &[Pattern]) -> bool {
    let turned = |pattern: &Pattern| {
        let other = match pattern.order {
            Order::YearMonthDay => return pattern.year_day_month(text),
            Order::DayMonthYear => Order::MonthDayYear,
            Order::MonthDayYear => Order::DayMonthYear,
        };
        matches!(Pattern { order: other, ..*pattern }.read(text), Some(Ok(_)))
    };
    patterns.iter().chain(&KNOWN).any(turned)
}

/// Cuts a time of day off: `2026-03-31 00:00:00.000`, `2026-03-31T10:00:00Z`.
fn without_time(text: &str) -> &str {
    let Some(colon) = text.find(':') else { return text };
    text[..colon].rfind(['T', ' ']).map_or(text, |cut| text[..cut].trim_end())
}

/// `07 Nov 2013`, `7-Nov-2013`, `Nov 7, 2013`; `None` when there is no month's name.
fn with_month_name(text: &str) -> Option<Result<NaiveDate, DateError>> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let mut parts = text.split([' ', '-', ',', '.', '/']).filter(|part| !part.is_empty());
    let three = [parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() {
        return None;
    }
    let month_of = |name: &str| {
        let short = name.get(..3)?.to_ascii_lowercase();
        let letters = name.bytes().all(|byte| byte.is_ascii_alphabetic());
        MONTHS.iter().position(|month| letters && *month == short).map(|place| place as u32 + 1)
    };
    let (day, month, year) = match (month_of(three[0]), month_of(three[1])) {
        (_, Some(month)) => (three[0], month, three[2]),
        (Some(month), _) => (three[1], month, three[2]),
        _ => return None,
    };
    let (day, _) = number(day)?;
    let (year, _) = number(year).filter(|(_, width)| *width == 4)?;
    Some(NaiveDate::from_ymd_opt(year as i32, month, day).ok_or(DateError::Impossible))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(patterns: &[&str]) -> DateReader {
        let patterns = patterns.iter().map(|text| Pattern::parse(text).unwrap()).collect();
        DateReader { patterns, order: None }
    }

    fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateError> {
        Ok(NaiveDate::from_ymd_opt(year, month, day).unwrap())
    }

    #[test]
    fn forms_that_explain_themselves() {
        let plain = DateReader::default();
        for text in [
            "2020-01-20",
            "2020-1-20",
            "2020/01/20",
            "20200120",
            "20200120.0",
            "20.01.2020",
            "20.1.2020",
            "2020-01-20 00:00:00.000",
            "2020-01-20T10:00:00Z",
            "20 Jan 2020",
            "20-Jan-2020",
            "January 20, 2020",
        ] {
            assert_eq!(plain.read(text), day(2020, 1, 20), "{text}");
        }
        assert_eq!(plain.read("01/02/2020"), Err(DateError::OpenOrder));
        assert_eq!(plain.read("n/a"), Err(DateError::NotADate));
    }

    #[test]
    fn patterns_of_a_mapping() {
        assert_eq!(reader(&["M/D/YYYY"]).read("1/2/2013"), day(2013, 1, 2));
        assert_eq!(reader(&["DD/MM/YYYY"]).read("01/02/2013"), day(2013, 2, 1));
        assert_eq!(reader(&["D/M/YY"]).read("1/2/13"), day(2013, 2, 1));
        assert_eq!(reader(&["DDMMYYYY"]).read("01022013"), day(2013, 2, 1));
        assert_eq!(reader(&["M/D/YYYY"]).read("1/2/13"), Err(DateError::NotADate));
        assert_eq!(Pattern::parse("Q/D/YYYY"), None);
        assert_eq!(Pattern::parse("M/D"), None);
    }

    #[test]
    fn days_that_do_not_exist() {
        let reader = reader(&["M/D/YYYY"]);
        for text in ["2/30/2026", "2026-02-30", "30.02.2026", "0000-01-01", "13/1/2026", "20261301"] {
            assert_eq!(reader.read(text), Err(DateError::Impossible), "{text}");
        }
        assert_eq!(reader.read("1/1/20026"), Err(DateError::NotADate));
        assert!(reader.reason("13/1/2026", DateError::Impossible).contains("swapped"));
        assert!(reader.reason("2020-13-01", DateError::Impossible).contains("swapped"));
        assert_eq!(reader.reason("30.02.2026", DateError::Impossible), "30.02.2026 does not exist.");
    }

    #[test]
    fn the_order_of_a_file() {
        assert_eq!(evidence("13/02/2020"), Some(DateOrder::DayFirst));
        assert_eq!(evidence("02/13/2020 10:00"), Some(DateOrder::MonthFirst));
        assert_eq!(evidence("02/03/2020"), None);
        let known = DateReader { patterns: Vec::new(), order: Some(DateOrder::DayFirst) };
        assert_eq!(known.read("03/04/2020"), day(2020, 4, 3));
    }
}
