//! The board of key figures as of a day, each with its inputs, its target and its trend over month ends, from the kept
//! daily sums alone: the cost follows the days of the book, never its invoices. The age of what is open needs the open
//! items themselves ([`open_age`]), and its trend and that of their number what was open at each date
//! ([`open_history`]): both are asked for apart.

mod figures;
mod history;
mod meaning;
mod series;

use std::rc::Rc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use self::figures::Sheet;
pub use self::history::open_history;
pub use self::meaning::{BASIS, Better, Meaning, meaning};
use self::series::Series;
use super::accounts::Sums;
use crate::domain::kpi::{self, Kpi, Unit};
use crate::domain::money::{self, Currency};
use crate::domain::{calendar, document::DocumentKind};
use crate::store::Reader;
use crate::store::date::{iso, read};
use crate::store::error::Result;
use crate::store::scan::Scan;

/// One key figure on the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Short name, as targets use it: `dso`.
    pub key: &'static str,
    /// Value at the board's day, unit, inputs and arithmetic.
    pub kpi: Kpi,
    /// The last target set for it.
    pub target: Option<Decimal>,
    /// Values at the board's dates, oldest first; the last is at the board's day. `None` is "not available".
    pub trend: Vec<Option<Decimal>>,
    /// Which direction is good.
    pub better: Better,
    /// What this figure leaves out or counts differently, beside [`BASIS`].
    pub note: &'static str,
    /// For a figure that counts from the first of the month, while the month is not over: percent of its days gone.
    /// Such a value is neither compared with the month before nor judged by its target.
    pub month_gone: Option<Decimal>,
}

/// How far a figure is from where it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// At the target or better.
    Met,
    /// Worse than the target.
    Missed,
    /// No target was set, or there is no value.
    Open,
}

impl Figure {
    /// Change since the date before in the trend, which is the last month end.
    pub fn change(&self) -> Option<Decimal> {
        if self.month_gone.is_some() {
            return None;
        }
        let before = self.trend.len().checked_sub(2).and_then(|place| self.trend[place]);
        Some(self.kpi.value? - before?)
    }

    /// Whether the target is met.
    pub fn standing(&self) -> Standing {
        match (self.kpi.rounded(2), self.target) {
            (Some(value), Some(target)) if self.month_gone.is_none() => {
                let met = if self.better == Better::Up { value >= target } else { value <= target };
                if met { Standing::Met } else { Standing::Missed }
            }
            _ => Standing::Open,
        }
    }

    /// The reading in words: `2.2 days above target, improving`.
    pub fn words(&self) -> String {
        if let Some(gone) = self.month_gone {
            let gone = format!("{}% of the month gone", gone.round());
            let share = |(value, target): (Decimal, Decimal)| (value * Decimal::ONE_HUNDRED).checked_div(target);
            let share = self.kpi.value.zip(self.target).and_then(share);
            return share.map_or(gone.clone(), |share| format!("{}% of target, {gone}", share.round()));
        }
        let mut parts = Vec::new();
        if let (Some(value), Some(target)) = (self.kpi.rounded(1), self.target) {
            let gap = value - target;
            let side = if gap.is_sign_negative() { "below" } else { "above" };
            parts.push(match self.kpi.unit {
                _ if gap.is_zero() => "on target".to_owned(),
                Unit::Percent => format!("{} points {side} target", kpi::show(gap.abs())),
                unit => format!("{} {} {side} target", kpi::show(gap.abs()), unit.word()).replace("  ", " "),
            });
        }
        match self.change().map(|change| change.round_dp(1)) {
            Some(change) if change.is_zero() => parts.push("unchanged this month".to_owned()),
            Some(change) if self.better == Better::Neither => {
                parts.push(
                    if change.is_sign_negative() { "less than last month end" } else { "more than last month end" }
                        .to_owned(),
                );
            }
            Some(change) => {
                let good = change.is_sign_negative() == (self.better == Better::Down);
                parts.push(if good { "improving" } else { "getting worse" }.to_owned());
            }
            None => {}
        }
        parts.join(", ")
    }
}

/// All figures as of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// The day.
    pub as_of: NaiveDate,
    /// The book's currency, in which every amount of the board is.
    pub base: Currency,
    /// Dates of the trends: month ends, oldest first, then the day itself.
    pub dates: Vec<NaiveDate>,
    /// The figures, the most asked for first.
    pub figures: Vec<Figure>,
    /// What is open by bucket at the day, in the book's currency.
    pub aging: Sums,
    /// Currencies with amounts that have no rate to the book's: the figures leave them out.
    pub no_rate: Vec<Currency>,
}

impl Board {
    /// The figure of that short name.
    pub fn figure(&self, key: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.key == key)
    }
}

/// What several questions about one day share.
struct Computed {
    board: Board,
    rates: Vec<(Currency, Decimal)>,
}

/// The board as of a day with the trend over `months` dates, the day itself among them.
pub fn kpis(reader: &Reader, as_of: NaiveDate, months: u32, base: Currency) -> Result<Board> {
    Ok(computed(reader, as_of, months, base)?.board.clone())
}

fn computed(reader: &Reader, as_of: NaiveDate, months: u32, base: Currency) -> Result<Rc<Computed>> {
    reader.shared(&format!("{as_of} {months} {base}"), || reader.snapshot(|| compute(reader, as_of, months, base)))
}

fn compute(reader: &Reader, as_of: NaiveDate, months: u32, base: Currency) -> Result<Computed> {
    let dates = trend_dates(as_of, months.max(1));
    let wanted = dates.iter().flat_map(|date| figures::dates_for(*date)).collect();
    let series = Series::load(reader, wanted)?;
    let targets = targets(reader)?;
    let open = open_count(reader, as_of)?;
    let rates = series.rates(base, as_of);
    let sheets: Vec<Vec<Kpi>> =
        dates.iter().map(|date| Sheet { series: &series, base, rates: &rates, day: *date }.figures()).collect();
    let mut all = Vec::new();
    for (place, meaning) in meaning::MEANINGS.iter().enumerate() {
        let at = |sheet: &Vec<Kpi>| sheet.get(place).cloned();
        let (Some(mut kpi), mut trend) = (
            sheets.last().and_then(at),
            sheets.iter().map(|sheet| at(sheet).and_then(|kpi| kpi.value)).collect::<Vec<_>>(),
        ) else {
            continue;
        };
        if meaning.key == "open" {
            kpi = figures::counted("Open items", "open items", open);
            trend = vec![None; dates.len()];
            if let Some(last) = trend.last_mut() {
                *last = kpi.value;
            }
        }
        let target =
            targets.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(meaning.key)).map(|(_, value)| *value);
        let to_date = ["cash", "issued", "paid"].contains(&meaning.key);
        let month_gone = month_gone(as_of).filter(|_| to_date);
        let (key, better, note) = (meaning.key, meaning.better, meaning.excludes);
        all.push(Figure { key, kpi, target, trend, better, note, month_gone });
    }
    let board = Board {
        as_of,
        base,
        dates,
        figures: all,
        aging: figures::aging(&series, as_of),
        no_rate: series.without_rate(base),
    };
    Ok(Computed { board, rates })
}

/// Month ends before the day, oldest first, and the day.
fn trend_dates(as_of: NaiveDate, months: u32) -> Vec<NaiveDate> {
    let start = calendar::month_start(as_of);
    let back = (1..months.min(120)).rev().map(|back| calendar::month_end(calendar::add_months(start, -(back as i32))));
    back.chain([as_of]).collect()
}

/// Percent of the month's days gone; `None` on its last day.
fn month_gone(as_of: NaiveDate) -> Option<Decimal> {
    let (start, end) = (calendar::month_start(as_of), calendar::month_end(as_of));
    let days = |to| Decimal::from(calendar::days_between(start, to) + 1);
    (as_of < end).then(|| days(as_of) * Decimal::ONE_HUNDRED / days(end))
}

/// Targets as set, oldest first. One that cannot be read is none.
fn targets(reader: &Reader) -> Result<Vec<(String, Decimal)>> {
    let mut statement = reader.conn.prepare_cached("SELECT kpi, value FROM target ORDER BY id")?;
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(rows.into_iter().filter_map(|(key, value)| Some((short(&key), value.parse().ok()?))).collect())
}

/// The short name of a figure from what somebody called it: its short name, or its name in full.
fn short(called: &str) -> String {
    match called.to_lowercase().as_str() {
        "past due" => "overdue".to_owned(),
        "over 90 days" | "over 90" => "over90".to_owned(),
        "best possible dso" => "best-dso".to_owned(),
        "average days delinquent" => "add".to_owned(),
        other => other.replace(' ', "-"),
    }
}

/// Number of open debit items; `None` when something was posted after the day, because the count is only kept for now.
fn open_count(reader: &Reader, as_of: NaiveDate) -> Result<Option<i64>> {
    let day = iso(as_of);
    let found = reader
        .conn
        .prepare_cached(
            "SELECT CASE WHEN EXISTS (SELECT 1 FROM daily WHERE measure IN (2, 5, 6, 7) AND day > $1) THEN NULL \
             ELSE (SELECT coalesce(sum(items), 0) FROM standing) END",
        )?
        .query_row([day.as_str()], |row| row.get(0))?;
    Ok(found)
}

/// Balance-weighted age of what is open now (13): `sum(open x days since document date) / sum(open)` over open debit
/// items, other currencies at the mean rate of their sales. Reads every open item, once for each state of the book.
pub fn open_age(reader: &Reader, as_of: NaiveDate, base: Currency) -> Result<Figure> {
    struct Age(Kpi);
    let computed = computed(reader, as_of, 12, base)?;
    let age = reader.shared(&format!("{as_of} {base}"), || {
        let mut rows = Vec::new();
        for (currency, open, weighted) in open_days(reader, as_of)? {
            if let Some((_, rate)) = computed.rates.iter().find(|(known, _)| *known == currency)
                && open > 0
            {
                let amount = money::to_decimal(open, currency.digits()) * rate;
                rows.push((amount, Decimal::from(weighted) / Decimal::from(open)));
            }
        }
        Ok(Age(kpi::weighted_days("Age of open items", &rows)))
    })?;
    let said = meaning::OPEN_AGE;
    let mut trend = vec![None; computed.board.dates.len()];
    if let Some(last) = trend.last_mut() {
        *last = age.0.value;
    }
    let target = targets(reader)?.into_iter().rev().find(|(key, _)| key == said.key).map(|(_, value)| value);
    let (key, better, note) = (said.key, said.better, said.excludes);
    Ok(Figure { key, kpi: age.0.clone(), target, trend, better, note, month_gone: None })
}

/// Open debits by currency: minor units, and minor units times days since the document date.
fn open_days(reader: &Reader, as_of: NaiveDate) -> Result<Vec<(Currency, i64, i128)>> {
    let text = "SELECT currency, document_date, kind, open FROM item WHERE open <> 0 ORDER BY customer_id, currency";
    let mut row = Scan::new(&reader.conn, text, &[])?;
    let mut out: Vec<(Currency, i64, i128)> = Vec::new();
    let mut at = 0;
    while row.next()? {
        let (code, kind) = (row.text(0)?, DocumentKind::from_code(row.int(2)?));
        if !matches!(kind, Some(DocumentKind::Invoice | DocumentKind::DebitNote | DocumentKind::Refund)) {
            continue;
        }
        if out.get(at).is_none_or(|line| line.0.code() != code) {
            at = out.iter().position(|line| line.0.code() == code).unwrap_or(out.len());
            if at == out.len() {
                out.push((crate::store::lookup::currency(code), 0, 0));
            }
        }
        let open = row.int(3)?;
        let age = (as_of - read(row.text(1)?)).num_days();
        out[at].1 += open;
        out[at].2 += i128::from(open) * i128::from(age);
    }
    Ok(out)
}
