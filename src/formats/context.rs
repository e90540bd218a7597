//! What reading one file carries from row to row: how its dates and amounts are written, the currencies met so far,
//! what was found odd. A date or amount that could mean two things asks for one look through the whole file.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{Datelike, Months, NaiveDate};

use super::cells::Cells;
use super::date::{DateError, DateReader};
use super::mapping::Mapping;
use super::number::{AmountError, AmountStyle, read_amount, read_rounded};
use super::report::{ReadOptions, RefusedRow, SUSPICIONS_KEPT, Suspicion};
use crate::domain::money::Currency;

/// The years dates are kept of, as everywhere in the program.
const KEPT: RangeInclusive<i32> = 1900..=2199;

/// Why a row did not become one.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It is refused for good.
    Row(Box<RefusedRow>),
    /// It hangs on the order of days and months or on the decimal sign: look through the file, then try again.
    Open,
}

/// The answer of reading one row: `None` when the mapping leaves it out.
pub(super) type Outcome<R> = Result<Option<R>, Trouble>;

/// State of reading one file.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) dates: DateReader,
    pub(super) style: AmountStyle,
    /// Whether the whole file was looked through for its date order and decimal sign.
    pub(super) looked: bool,
    default_currency: Option<(Currency, u32)>,
    currencies: Vec<(Currency, u32)>,
    today: NaiveDate,
    pub(super) far: NaiveDate,
    pub(super) suspicious: Vec<Suspicion>,
    pub(super) suspicious_total: u64,
    /// Kinds left out by the mapping, and how many rows of each.
    pub(super) left_out: BTreeMap<String, u64>,
    /// Whether amounts with too many decimals are rounded.
    round: bool,
    /// How many were.
    pub(super) rounded: Cell<u64>,
    /// Negative invoices taken as credit notes.
    pub(super) turned: u64,
}

impl Context {
    pub(super) fn new(mapping: &Mapping, options: &ReadOptions<'_>) -> Self {
        let mut patterns = mapping.dates.clone();
        if let Some(order) = options.date_order {
            patterns.retain(|pattern| !pattern.contradicts(order));
        }
        Context {
            dates: DateReader { patterns, order: options.date_order },
            style: mapping.amounts,
            looked: false,
            default_currency: options.currency.map(|currency| (currency, currency.digits())),
            currencies: Vec::new(),
            today: options.today,
            far: options.today.checked_add_months(Months::new(60)).unwrap_or(NaiveDate::MAX),
            suspicious: Vec::new(),
            suspicious_total: 0,
            left_out: BTreeMap::new(),
            round: mapping.round,
            rounded: Cell::new(0),
            turned: 0,
        }
    }

    /// The currency of a row and its digits: its own, else the import's.
    pub(super) fn currency(&mut self, cells: &Cells<'_>, field: usize) -> Result<(Currency, u32), Trouble> {
        let Some(code) = cells.get(field) else {
            let reason = || "The row names no currency; give --currency or fill the column.".to_owned();
            return self.default_currency.ok_or_else(|| row(cells.refuse(field, "", "CUR-01", reason())));
        };
        if let Some(known) = self.currencies.iter().find(|(known, _)| known.code() == code.as_ref()) {
            return Ok(*known);
        }
        let parsed =
            Currency::parse(&code).map_err(|error| row(cells.refuse(field, &code, "CUR-01", format!("{error}."))))?;
        let known = (parsed, parsed.digits());
        self.currencies.push(known);
        Ok(known)
    }

    /// A canonical date column; `None` when it is blank or only zeros.
    pub(super) fn date(&self, cells: &Cells<'_>, field: usize) -> Result<Option<NaiveDate>, Trouble> {
        let Some(text) = cells.get(field) else { return Ok(None) };
        match self.dates.read(&text) {
            Ok(date) if KEPT.contains(&date.year()) => Ok(Some(date)),
            Ok(_) => Err(row(cells.refuse(field, &text, "DAT-01", out_of_reach(&text)))),
            Err(_) if text.bytes().all(|byte| matches!(byte, b'0' | b'.' | b'-' | b'/')) => Ok(None),
            Err(DateError::OpenOrder) if !self.looked => Err(Trouble::Open),
            Err(error) => Err(row(cells.refuse(field, &text, "DAT-01", self.dates.reason(&text, error)))),
        }
    }

    /// A date the row cannot do without.
    pub(super) fn needed_date(&self, cells: &Cells<'_>, field: usize) -> Result<NaiveDate, Trouble> {
        self.date(cells, field)?.ok_or_else(|| missing(cells, field))
    }

    /// A canonical amount column in minor units, with its sign.
    pub(super) fn amount(
        &self,
        cells: &Cells<'_>,
        field: usize,
        currency: (Currency, u32),
    ) -> Result<Option<i64>, Trouble> {
        match cells.get(field) {
            None => Ok(None),
            Some(text) => match self.minor(&text, currency)? {
                Ok(minor) => Ok(Some(minor)),
                Err(error) => Err(row(cells.refuse(field, &text, error.code(), error.reason(&text, currency.0)))),
            },
        }
    }

    /// A source column as an amount, for debit and credit side by side.
    pub(super) fn column_amount(
        &self,
        cells: &Cells<'_>,
        column: usize,
        currency: (Currency, u32),
    ) -> Result<Option<i64>, Trouble> {
        let Some(text) = cells.present(column) else { return Ok(None) };
        self.minor(&text, currency)?.map(Some).map_err(|error| {
            let (line, column) = (cells.line, cells.plan().column_name(column).to_owned());
            let (code, reason) = (error.code(), error.reason(&text, currency.0));
            row(RefusedRow { line, column, value: text.into_owned(), code, reason, raw_line: String::new() })
        })
    }

    /// Reads an amount; the outer error asks for a look through the file.
    pub(super) fn minor(
        &self,
        text: &str,
        (currency, digits): (Currency, u32),
    ) -> Result<Result<i64, AmountError>, Trouble> {
        match read_amount(text, currency, digits, self.style) {
            Err(AmountError::Ambiguous) if !self.looked => Err(Trouble::Open),
            Err(AmountError::TooManyDecimals) if self.round => {
                self.rounded.set(self.rounded.get() + 1);
                Ok(read_rounded(text, currency, digits, self.style))
            }
            answer => Ok(answer),
        }
    }

    /// Notes a date that lies far from the others' range.
    pub(super) fn watch(&mut self, cells: &Cells<'_>, field: usize, date: NaiveDate) {
        if date < NaiveDate::from_ymd_opt(1990, 1, 1).unwrap_or(NaiveDate::MIN) {
            self.suspect(cells, field, format!("{date} is before 1990."));
        } else if date > self.far {
            self.suspect(cells, field, format!("{date} is more than five years ahead."));
        }
    }

    /// Notes a date that should not lie after the day of the import.
    pub(super) fn watch_past(&mut self, cells: &Cells<'_>, field: usize, date: NaiveDate) {
        if date > self.today && date <= self.far {
            let today = self.today;
            self.suspect(cells, field, format!("{date} is after today, {today}."));
        }
    }

    /// Notes something odd about a row that is taken all the same.
    pub(super) fn suspect(&mut self, cells: &Cells<'_>, field: usize, what: String) {
        self.suspicious_total += 1;
        if self.suspicious.len() < SUSPICIONS_KEPT {
            let column = cells.plan().name(field).to_owned();
            self.suspicious.push(Suspicion { line: cells.line, column, what });
        }
    }
}

/// Why a date far from any business is not taken; often it stands for no date at all.
fn out_of_reach(text: &str) -> String {
    format!(
        "{text} is not from {} to {}; if it stands for no date, put null = [\"{text}\"] in the mapping.",
        KEPT.start(),
        KEPT.end()
    )
}

/// A refusal as trouble.
pub(super) fn row(refused: RefusedRow) -> Trouble {
    Trouble::Row(Box::new(refused))
}

/// The refusal of a row whose needed cell is blank.
pub(super) fn missing(cells: &Cells<'_>, field: usize) -> Trouble {
    let name = cells.plan().mapping().table.fields()[field].replace('_', " ");
    row(cells.refuse(field, "", "ROW-01", format!("The {name} is missing; fill the cell or leave the row out.")))
}
