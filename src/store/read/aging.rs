//! Aging: open items by bucket, for today or any past date, as known now or at any past instant, by due or document
//! date, with credits in one of three presentations, per currency and customer, beside the control account.

use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::NaiveDate;

use super::accounts::{Accounts, BUCKETS, Bounds, LABELS, Sums, damaged, in_proportion};
use crate::domain::aging::{Basis, Credits};
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::date::iso;
use crate::store::error::Result;
use crate::store::kept::{Map, Measure};
use crate::store::lookup::currency as stored_currency;

/// Which aging is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The day whose balances are shown.
    pub as_of: NaiveDate,
    /// As the book was known at this instant (UTC text, `2026-03-16T12:00:00Z`); `None` is now.
    pub known_at: Option<String>,
    /// From which date items age.
    pub basis: Basis,
    /// Where credits are shown.
    pub credits: Credits,
    /// One customer only.
    pub customer: Option<i64>,
}

impl Question {
    /// Aging by due date on a day, as known now, credits in their own columns.
    pub fn on(as_of: NaiveDate) -> Self {
        Question { as_of, known_at: None, basis: Basis::Due, credits: Credits::Separate, customer: None }
    }
}

/// One customer in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The customer.
    pub customer: i64,
    /// The currency.
    pub currency: Currency,
    /// What is open, in that currency.
    pub sums: Sums,
    /// The same in the book's currency; items without a rate count as 0.
    pub base: Sums,
}

/// One currency over all customers, with the ledger beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// The currency.
    pub currency: Currency,
    /// What is open.
    pub sums: Sums,
    /// Number of items in each bucket; 0 from [`of_accounts`], which does not see single items.
    pub counts: [i64; BUCKETS],
    /// Balance of the receivables control account.
    pub control: i64,
}

impl Total {
    /// Items less control account: 0 in a sound book.
    pub fn difference(&self) -> i64 {
        self.sums.net() - self.control
    }
}

/// An aging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aging {
    /// What was asked.
    pub question: Question,
    /// By customer and currency, in that order; none from [`of_accounts`], whose lines are the accounts.
    pub lines: Vec<Line>,
    /// By currency.
    pub totals: Vec<Total>,
    /// Labels of the buckets.
    pub labels: [&'static str; BUCKETS],
    /// True when some item has no rate to the book's currency.
    pub no_rate: bool,
}

/// The asked aging, in one consistent view of the book.
pub fn aging(reader: &Reader, question: &Question) -> Result<Aging> {
    reader.snapshot(|| {
        let mut gather = Gather::new(question);
        match last_act(reader, question)? {
            Some(act) => gather_known(reader, question, act, &mut gather)?,
            None if is_now(reader, question.as_of)? => gather_open(reader, question, &mut gather)?,
            None => gather_past(reader, question, &mut gather)?,
        }
        finish(reader, question, gather)
    })
}

/// The asked aging, kept for this session until the book changes or another one is asked for: a screen asks again for
/// every window of its rows.
pub fn kept(reader: &Reader, question: &Question) -> Result<Rc<Aging>> {
    reader.shared(&format!("{question:?}"), || aging(reader, question))
}

/// The aging of the day of `all` without its lines, where the accounts hold all it needs: what is open now by due date
/// with credits apart. `None` where it has to be read from the items.
pub fn of_accounts(reader: &Reader, question: &Question, all: &Accounts) -> Result<Option<Aging>> {
    if *question != Question::on(all.today) || all.iter().any(|one| one.no_rate) || !is_now(reader, all.today)? {
        return Ok(None);
    }
    let mut sums: BTreeMap<Currency, Sums> = BTreeMap::new();
    for (currency, more) in all.iter().flat_map(|one| one.in_currencies()) {
        sums.entry(currency).or_default().add(&more);
    }
    // What another question left behind is not needed beside the accounts.
    reader.forget::<Aging>();
    let totals = totals(sums, &BTreeMap::new(), control(reader, question)?);
    Ok(Some(Aging { question: question.clone(), lines: Vec::new(), totals, labels: LABELS, no_rate: false }))
}

/// The last act known at the asked instant; `None` when everything is.
pub(super) fn last_act(reader: &Reader, question: &Question) -> Result<Option<i64>> {
    let Some(instant) = &question.known_at else { return Ok(None) };
    // A bare date means its end.
    let instant = if instant.len() == 10 { format!("{instant}T23:59:59.999Z") } else { instant.clone() };
    let act: i64 = reader
        .conn
        .prepare_cached("SELECT coalesce(max(id), 0) FROM act WHERE recorded_at <= $1")?
        .query_row([instant], |row| row.get(0))?;
    let newest: i64 =
        reader.conn.prepare_cached("SELECT coalesce(max(id), 0) FROM act")?.query_row([], |row| row.get(0))?;
    Ok(Some(act).filter(|act| *act < newest))
}

/// True when nothing in the book is dated after the asked day, so that what is open now is what was open then.
pub(super) fn is_now(reader: &Reader, as_of: NaiveDate) -> Result<bool> {
    let day = iso(as_of);
    let later: i64 = reader
        .conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM allocation WHERE effective > $1) + EXISTS (SELECT 1 FROM daily \
             WHERE measure IN (2, 5, 6, 7) AND day > $1)",
        )?
        .query_row([day.as_str()], |row| row.get(0))?;
    Ok(later == 0)
}

/// Sums the items as they come.
struct Gather {
    bounds: Bounds,
    by_document: bool,
    lines: Vec<Line>,
    counts: BTreeMap<Currency, [i64; BUCKETS]>,
    /// Bucket counts of the currency at hand: text compare is cheaper than a map look-up a row.
    no_rate: bool,
}

impl Gather {
    fn new(question: &Question) -> Self {
        let by_document = question.basis == Basis::Document;
        // By document date the first band is 0-30: what the bounds call "not due" is of the day itself.
        Gather {
            bounds: Bounds::new(question.as_of),
            by_document,
            lines: Vec::new(),
            counts: BTreeMap::new(),
            no_rate: false,
        }
    }

    /// The line of a customer and currency; rows come in that order.
    fn line(&mut self, customer: i64, code: &str) -> &mut Line {
        let known = self.lines.last().is_some_and(|line| line.customer == customer && line.currency.code() == code);
        if !known {
            let currency = match self.lines.last() {
                Some(line) if line.currency.code() == code => line.currency,
                _ => stored_currency(code),
            };
            self.lines.push(Line { customer, currency, sums: Sums::default(), base: Sums::default() });
        }
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }

    #[allow(clippy::too_many_arguments)]
    fn add(
        &mut self,
        question: &Question,
        customer: i64,
        code: &str,
        kind: i64,
        date: &str,
        open: i64,
        base: Option<i64>,
        disputed: i64,
    ) {
        self.no_rate |= base.is_none();
        let bucket = match self.bounds.bucket(date) {
            0 if self.by_document => 1,
            other => other,
        };
        let own_date = question.credits == Credits::OwnDate;
        let base = base.unwrap_or(0);
        let line = self.line(customer, code);
        for (sums, amount) in [(&mut line.sums, open), (&mut line.base, base)] {
            match kind {
                1 | 3 | 6 => {
                    sums.buckets[bucket] += amount;
                    sums.disputed += in_proportion(disputed, open, amount);
                    sums.items += 1;
                }
                _ if own_date => sums.buckets[bucket] += amount,
                4 => sums.unapplied += amount,
                _ => sums.credits += amount,
            }
        }
        if matches!(kind, 1 | 3 | 6) {
            let currency = line.currency;
            self.counts.entry(currency).or_default()[bucket] += 1;
        }
    }
}

/// Items open now: the partial index on open items.
fn gather_open(reader: &Reader, question: &Question, gather: &mut Gather) -> Result<()> {
    let date = if gather.by_document { "document_date" } else { "due_date" };
    let only = if question.customer.is_some() { "AND customer_id = $1" } else { "" };
    let text = format!(
        "SELECT customer_id, currency, kind, {date}, open, open_base, disputed FROM item \
         WHERE open <> 0 {only} ORDER BY customer_id, currency, due_date"
    );
    let mut statement = reader.conn.prepare_cached(&text)?;
    let mut rows = match question.customer {
        Some(customer) => statement.query([customer])?,
        None => statement.query([])?,
    };
    while let Some(row) = rows.next()? {
        let code = row.get_ref(1)?.as_str().map_err(|_| damaged())?;
        let date = row.get_ref(3)?.as_str().map_err(|_| damaged())?;
        gather.add(question, row.get(0)?, code, row.get(2)?, date, row.get(4)?, row.get(5)?, row.get(6)?);
    }
    Ok(())
}

/// Items that were open at a past date: those closed after it, with what was allocated after it put back.
fn gather_past(reader: &Reader, question: &Question, gather: &mut Gather) -> Result<()> {
    let day = iso(question.as_of);
    let date = if gather.by_document { "document_date" } else { "due_date" };
    let only = if question.customer.is_some() { "AND customer_id = $2" } else { "" };
    let text = format!(
        "SELECT id, customer_id, currency, kind, {date}, open, open_base, disputed FROM item \
         WHERE closed_on > $1 AND document_date <= $1 {only}"
    );
    let mut statement = reader.conn.prepare_cached(&text)?;
    let mut rows = match question.customer {
        Some(customer) => statement.query(rusqlite::params![day.as_str(), customer])?,
        None => statement.query([day.as_str()])?,
    };
    let mut found = Vec::new();
    let mut places: Map<i64, u32> = Map::default();
    while let Some(row) = rows.next()? {
        places.insert(row.get(0)?, found.len() as u32);
        found.push(Found {
            customer: row.get(1)?,
            currency: stored_code(row.get_ref(2)?.as_str().map_err(|_| damaged())?),
            kind: row.get(3)?,
            date: stored_day(row.get_ref(4)?.as_str().map_err(|_| damaged())?),
            open: row.get(5)?,
            base: row.get(6)?,
            disputed: row.get(7)?,
        });
    }
    put_back(reader, day.as_str(), &places, &mut found)?;
    found.retain(|row| row.open != 0);
    for row in &mut found {
        row.disputed = row.disputed.min(row.open.max(0));
    }
    add_found(question, gather, found);
    Ok(())
}

/// Adds to items what was allocated to or from them after a day. Most of those allocations are between items that came
/// after it too, so the items asked for are known first and the others passed over.
fn put_back(reader: &Reader, day: &str, places: &Map<i64, u32>, found: &mut [Found]) -> Result<()> {
    let mut statement = reader.conn.prepare_cached(
        "SELECT debit_item, credit_item, amount, coalesce(debit_base, 0), coalesce(credit_base, 0) \
         FROM allocation WHERE effective > $1",
    )?;
    let mut rows = statement.query([day])?;
    while let Some(row) = rows.next()? {
        for (item, base, sign) in [(0, 3, 1), (1, 4, -1)] {
            let Some(place) = places.get(&row.get(item)?) else { continue };
            let Some(one) = found.get_mut(*place as usize) else { continue };
            one.open += sign * row.get::<_, i64>(2)?;
            let part: i64 = row.get(base)?;
            one.base = one.base.map(|base| base + sign * part);
        }
    }
    Ok(())
}

/// Items as they could have been known at an act: every row and allocation written up to it.
fn gather_known(reader: &Reader, question: &Question, act: i64, gather: &mut Gather) -> Result<()> {
    let day = iso(question.as_of);
    let mut taken: Map<i64, (i64, i64)> = Map::default();
    let mut statement = reader.conn.prepare_cached(
        "SELECT debit_item, credit_item, amount, coalesce(debit_base, 0), coalesce(credit_base, 0) \
         FROM allocation WHERE effective <= $1 AND act_id <= $2",
    )?;
    let mut rows = statement.query(rusqlite::params![day.as_str(), act])?;
    while let Some(row) = rows.next()? {
        let amount: i64 = row.get(2)?;
        let debit = taken.entry(row.get(0)?).or_default();
        *debit = (debit.0 - amount, debit.1 - row.get::<_, i64>(3)?);
        let credit = taken.entry(row.get(1)?).or_default();
        *credit = (credit.0 + amount, credit.1 + row.get::<_, i64>(4)?);
    }
    let date = if gather.by_document { "document_date" } else { "due_date" };
    let only = if question.customer.is_some() { "AND customer_id = $3" } else { "" };
    let text = format!(
        "SELECT id, customer_id, currency, kind, {date}, amount, base FROM item \
         WHERE document_date <= $1 AND act_id <= $2 {only}"
    );
    let mut statement = reader.conn.prepare_cached(&text)?;
    let mut rows = match question.customer {
        Some(customer) => statement.query(rusqlite::params![day.as_str(), act, customer])?,
        None => statement.query(rusqlite::params![day.as_str(), act])?,
    };
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (amount, base): (i64, Option<i64>) = (row.get(5)?, row.get(6)?);
        let (off, off_base) = taken.get(&row.get(0)?).copied().unwrap_or((0, 0));
        if amount + off != 0 {
            found.push(Found {
                customer: row.get(1)?,
                currency: stored_code(row.get_ref(2)?.as_str().map_err(|_| damaged())?),
                kind: row.get(3)?,
                date: stored_day(row.get_ref(4)?.as_str().map_err(|_| damaged())?),
                open: amount + off,
                base: base.map(|base| base + off_base),
                disputed: 0,
            });
        }
    }
    add_found(question, gather, found);
    Ok(())
}

struct Found {
    customer: i64,
    currency: [u8; 3],
    kind: i64,
    date: [u8; 10],
    open: i64,
    base: Option<i64>,
    disputed: i64,
}

fn stored_code(code: &str) -> [u8; 3] {
    code.as_bytes().try_into().unwrap_or(*b"???")
}

fn stored_day(day: &str) -> [u8; 10] {
    day.as_bytes().try_into().unwrap_or(*b"9999-12-31")
}

/// Adds rows that came in another order than by customer and currency.
fn add_found(question: &Question, gather: &mut Gather, mut found: Vec<Found>) {
    found.sort_unstable_by_key(|row| (row.customer, row.currency));
    for row in &found {
        let code = std::str::from_utf8(&row.currency).unwrap_or("???");
        let date = std::str::from_utf8(&row.date).unwrap_or("9999-12-31");
        gather.add(question, row.customer, code, row.kind, date, row.open, row.base, row.disputed);
    }
}

fn finish(reader: &Reader, question: &Question, mut gather: Gather) -> Result<Aging> {
    if question.credits == Credits::Oldest {
        for line in &mut gather.lines {
            against_oldest(&mut line.sums);
            against_oldest(&mut line.base);
        }
    }
    let mut totals: BTreeMap<Currency, Sums> = BTreeMap::new();
    for line in &gather.lines {
        totals.entry(line.currency).or_default().add(&line.sums);
    }
    let totals = self::totals(totals, &gather.counts, control(reader, question)?);
    let labels = if gather.by_document { ["not due", "0-30", "31-60", "61-90", "91-120", "120+"] } else { LABELS };
    Ok(Aging { question: question.clone(), lines: gather.lines, totals, labels, no_rate: gather.no_rate })
}

/// Every currency that has something open, or a balance in the control account.
fn totals(
    mut sums: BTreeMap<Currency, Sums>,
    counts: &BTreeMap<Currency, [i64; BUCKETS]>,
    controls: BTreeMap<Currency, i64>,
) -> Vec<Total> {
    for currency in controls.keys() {
        sums.entry(*currency).or_default();
    }
    let total = |(currency, sums)| Total {
        currency,
        sums,
        counts: counts.get(&currency).copied().unwrap_or_default(),
        control: controls.get(&currency).copied().unwrap_or(0),
    };
    sums.into_iter().map(total).filter(|total| total.sums != Sums::default() || total.control != 0).collect()
}

/// Sets credits against the oldest debits first; what finds no debit stays in its column.
fn against_oldest(sums: &mut Sums) {
    for place in (0..BUCKETS).rev() {
        for credit in [&mut sums.unapplied, &mut sums.credits] {
            let part = sums.buckets[place].max(0).min(-*credit).max(0);
            sums.buckets[place] -= part;
            *credit += part;
        }
    }
}

/// Balance of the control account by currency: from the kept daily sums, or from the postings where they cannot tell
/// (one customer, or an earlier knowledge).
fn control(reader: &Reader, question: &Question) -> Result<BTreeMap<Currency, i64>> {
    let day = iso(question.as_of);
    let act = last_act(reader, question)?;
    if question.customer.is_none() && act.is_none() {
        let mut statement = reader.conn.prepare_cached(
            "SELECT currency, sum(amount) FROM daily WHERE measure = $1 AND day <= $2 GROUP BY currency",
        )?;
        let rows = statement.query_map(rusqlite::params![Measure::Control as i64, day.as_str()], pair)?;
        return Ok(rows.collect::<rusqlite::Result<_>>()?);
    }
    let mut statement = reader.conn.prepare_cached(
        "SELECT currency, sum(amount * ((debit IN (1200, 1210, 1220)) - (credit IN (1200, 1210, 1220)))) FROM posting \
         WHERE date <= $1 AND ($2 IS NULL OR act_id <= $2) AND ($3 IS NULL OR customer_id = $3) GROUP BY currency",
    )?;
    let rows = statement.query_map(rusqlite::params![day.as_str(), act, question.customer], pair)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn pair(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Currency, i64)> {
    Ok((stored_currency(row.get_ref(0)?.as_str()?), row.get(1)?))
}

/// Portfolio by bucket at each of several dates, which come in order, from the kept daily sums alone: due-date basis,
/// credits in their own columns, in the book's currency. One pass over the days, however many dates there are.
pub fn portfolios(reader: &Reader, dates: &[NaiveDate]) -> Result<Vec<(NaiveDate, Sums)>> {
    let Some(last) = dates.last() else { return Ok(Vec::new()) };
    let ends: Vec<_> = dates.iter().map(|date| iso(*date)).collect();
    // What changed after the date before and up to each date; added up below.
    let mut figures = vec![[0i64; 13]; dates.len()];
    let mut statement = reader
        .conn
        .prepare_cached("SELECT measure, day, base FROM daily WHERE measure BETWEEN 5 AND 12 AND day <= $1")?;
    let mut rows = statement.query([iso(*last).as_str()])?;
    while let Some(row) = rows.next()? {
        let day = row.get_ref(1)?.as_str().map_err(|_| damaged())?;
        let place = ends.partition_point(|end| end.as_str() < day);
        let measure = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
        if let Some(figure) = figures.get_mut(place).and_then(|figures| figures.get_mut(measure)) {
            *figure += row.get::<_, i64>(2)?;
        }
    }
    let mut up_to = [0i64; 13];
    let sums = figures.iter().map(|more| {
        up_to.iter_mut().zip(more).for_each(|(figure, more)| *figure += more);
        by_bucket(&up_to)
    });
    Ok(dates.iter().copied().zip(sums).collect())
}

/// Sums of the measures up to a day, as buckets.
fn by_bucket(figures: &[i64; 13]) -> Sums {
    let over = |measure: Measure| figures[measure as usize];
    let steps = [Measure::Debits, Measure::Over0, Measure::Over30, Measure::Over60, Measure::Over90, Measure::Over120];
    let mut sums = Sums { credits: over(Measure::Credits), unapplied: over(Measure::Unapplied), ..Sums::default() };
    for (place, bucket) in sums.buckets.iter_mut().enumerate() {
        *bucket = over(steps[place]) - steps.get(place + 1).map_or(0, |next| over(*next));
    }
    sums
}
