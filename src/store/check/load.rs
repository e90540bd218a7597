//! The rows of money, read once in the order of their ids: documents, items with what allocations leave open of them,
//! the daily changes and the control account. The other rules compare with these.

use chrono::{Duration, NaiveDate};
use rusqlite::{Connection, Row};

use super::{Finding, Findings, REBUILD, RESTORE, sums};
use crate::domain::document::DocumentKind;
use crate::domain::text::clean;
use crate::store::date::{exact, never, read};
use crate::store::error::Result;
use crate::store::kept::{Change, Map, Measure, OVERDUE, Standing};
use crate::store::lookup::kind;

/// A currency in these tables: its place in [`Books::currencies`].
pub(super) type Place = u32;

pub(super) struct Document {
    pub kind: DocumentKind,
    pub customer: i64,
    pub currency: Place,
    pub date: NaiveDate,
    pub amount: i64,
    pub base: Option<i64>,
    /// Sum of its items.
    pub items: i64,
    pub items_base: i64,
    /// What its entry changes in the control account.
    pub posted: i64,
    /// It reverses another or was reversed: closed, but never paid.
    pub reversed: bool,
}

pub(super) struct Item {
    pub document: i64,
    pub kind: DocumentKind,
    pub customer: i64,
    pub currency: Place,
    pub date: NaiveDate,
    pub due: NaiveDate,
    pub amount: i64,
    pub disputed: i64,
    /// As kept.
    pub kept: Open,
    /// As the allocations leave it.
    pub must: Open,
    /// The last day something was allocated.
    pub changed: Option<NaiveDate>,
}

/// What places a change of an item among the daily figures.
#[derive(Clone, Copy)]
struct Aged {
    measure: Measure,
    currency: Place,
    date: NaiveDate,
    due: NaiveDate,
}

impl Item {
    fn place(&self) -> Aged {
        Aged { measure: family(self.kind), currency: self.currency, date: self.date, due: self.due }
    }
}

/// What is open of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Open {
    pub open: i64,
    pub base: Option<i64>,
    pub closed_on: NaiveDate,
}

struct Allocation {
    amount: i64,
    effective: NaiveDate,
    customer: i64,
    currency: Place,
}

/// Rows by their ids, which come in order: a sorted list is half of what a map of millions of rows takes.
pub(super) struct Rows<T>(Vec<(i64, T)>);

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Rows(Vec::new())
    }
}

impl<T> Rows<T> {
    fn place(&self, id: i64) -> Option<usize> {
        // Ids seldom have gaps, so the first look is mostly the right one.
        let guess = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let right = guess.filter(|guess| self.0.get(*guess).is_some_and(|row| row.0 == id));
        right.or_else(|| self.0.binary_search_by_key(&id, |row| row.0).ok())
    }

    pub(super) fn get(&self, id: i64) -> Option<&T> {
        self.place(id).map(|place| &self.0[place].1)
    }

    pub(super) fn get_mut(&mut self, id: i64) -> Option<&mut T> {
        self.place(id).map(|place| &mut self.0[place].1)
    }

    /// All of them by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &T)> {
        self.0.iter().map(|(id, row)| (*id, row))
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, row)| row)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().map(|(_, row)| row)
    }

    /// Makes room for as many rows as a table has, so that the list does not grow to twice of them.
    fn make_room(&mut self, conn: &Connection, table: &str) -> Result<()> {
        let count: i64 = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        self.0.reserve_exact(usize::try_from(count).unwrap_or(0));
        Ok(())
    }
}

/// The rows of money and what follows from them.
#[derive(Default)]
pub(super) struct Books {
    pub currencies: Vec<String>,
    pub documents: Rows<Document>,
    pub items: Rows<Item>,
    /// The last day anything is dated.
    pub last: Option<NaiveDate>,
    pub daily: Map<(u8, Place, NaiveDate), Change>,
    /// Days on which something was allocated: a row of closings that came to nothing may stand on them.
    pub touched: Map<(Place, NaiveDate), ()>,
    pub standing: Map<(i64, Place), Standing>,
    pub oldest: Map<(i64, Place), NaiveDate>,
    /// Tax posted by document, owed above zero.
    pub tax: Map<i64, i64>,
    /// Control account by customer.
    pub control: Map<(i64, Place), Change>,
}

impl Books {
    pub(super) fn place(&mut self, code: &str) -> Place {
        let found = self.currencies.iter().position(|known| known == code);
        found.unwrap_or_else(|| {
            self.currencies.push(code.to_owned());
            self.currencies.len() - 1
        }) as Place
    }

    pub(super) fn code(&self, place: Place) -> &str {
        self.currencies.get(place as usize).map_or("?", String::as_str)
    }

    pub(super) fn day(&mut self, measure: Measure, place: Place, day: NaiveDate, change: Change) {
        let row = self.daily.entry((measure as u8, place, day)).or_default();
        row.amount += change.amount;
        row.base += change.base;
        row.items += change.items;
    }
}

/// The measure the open part of a kind is kept under.
pub(super) fn family(kind: DocumentKind) -> Measure {
    match kind {
        DocumentKind::Receipt => Measure::Unapplied,
        kind if kind.is_debit() => Measure::Debits,
        _ => Measure::Credits,
    }
}

/// Reads every row of money.
pub(super) fn load(conn: &Connection, found: &mut Findings) -> Result<Books> {
    let mut books = Books::default();
    books.documents.make_room(conn, "document")?;
    books.items.make_room(conn, "item")?;
    documents(conn, &mut books, "")?;
    items(conn, &mut books, found, "")?;
    allocations(conn, &mut books, found, "")?;
    sums::add(conn, &mut books, found)?;
    Ok(books)
}

/// Reads the documents of some customers with their items and allocations, and where that leaves these customers. The
/// postings are not read, so nothing is known of the control account.
pub(super) fn some(conn: &Connection, found: &mut Findings, customers: &str) -> Result<Books> {
    let mut books = Books::default();
    let theirs = format!("SELECT id FROM document WHERE customer_id IN ({customers})");
    documents(conn, &mut books, &format!("WHERE customer_id IN ({customers})"))?;
    items(conn, &mut books, found, &format!("WHERE document_id IN ({theirs})"))?;
    let debits = format!("WHERE debit_item IN (SELECT id FROM item WHERE document_id IN ({theirs}))");
    allocations(conn, &mut books, found, &debits)?;
    sums::stand(&mut books);
    Ok(books)
}

pub(super) fn each(conn: &Connection, text: &str, mut f: impl FnMut(&Row<'_>) -> rusqlite::Result<()>) -> Result<()> {
    let mut statement = conn.prepare(text)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        f(row)?;
    }
    Ok(())
}

pub(super) fn date(row: &Row<'_>, place: usize) -> rusqlite::Result<NaiveDate> {
    Ok(read(row.get_ref(place)?.as_str()?))
}

fn documents(conn: &Connection, books: &mut Books, which: &str) -> Result<()> {
    let text = format!(
        "SELECT id, kind, customer_id, currency, document_date, amount, base, reverses FROM document {which} ORDER BY id"
    );
    each(conn, &text, |row| {
        let currency = books.place(row.get_ref(3)?.as_str()?);
        let (amount, base): (i64, Option<i64>) = (row.get(5)?, row.get(6)?);
        let reverses: Option<i64> = row.get(7)?;
        if let Some(first) = reverses.and_then(|first| books.documents.get_mut(first)) {
            first.reversed = true;
        }
        let document = Document {
            kind: kind(row.get(1)?),
            customer: row.get(2)?,
            currency,
            date: date(row, 4)?,
            amount,
            base,
            items: 0,
            items_base: 0,
            posted: 0,
            reversed: reverses.is_some(),
        };
        let measured = match document.kind {
            DocumentKind::Invoice | DocumentKind::DebitNote => Some((Measure::Sales, 1, true)),
            DocumentKind::CreditNote => Some((Measure::Sales, 1, false)),
            DocumentKind::Receipt => Some((Measure::Receipts, -1, true)),
            DocumentKind::Refund => Some((Measure::Receipts, -1, false)),
            DocumentKind::WriteOff => Some((Measure::WriteOffs, -1, true)),
            DocumentKind::Discount | DocumentKind::Difference => None,
        };
        if let Some((measure, sign, counted)) = measured {
            let items = i64::from(counted && reverses.is_none());
            let change = Change { amount: sign * amount, base: sign * base.unwrap_or(0), items };
            books.day(measure, currency, document.date, change);
        }
        books.last = books.last.max(Some(document.date));
        books.documents.0.push((row.get(0)?, document));
        Ok(())
    })
}

fn items(conn: &Connection, books: &mut Books, found: &mut Findings, which: &str) -> Result<()> {
    let text = format!(
        "SELECT id, document_id, kind, customer_id, currency, document_date, due_date, amount, base, open, \
         open_base, closed_on, disputed FROM item {which} ORDER BY id"
    );
    each(conn, &text, |row| {
        let id: i64 = row.get(0)?;
        let (amount, base): (i64, Option<i64>) = (row.get(7)?, row.get(8)?);
        let closing = row.get_ref(11)?.as_str()?;
        if exact(closing).is_none() {
            let is = clean(closing).text.into_string();
            found.add(Finding::new("M12", format!("item {id} closing"), is, "a date", REBUILD));
        }
        let item = Item {
            document: row.get(1)?,
            kind: kind(row.get(2)?),
            customer: row.get(3)?,
            currency: books.place(row.get_ref(4)?.as_str()?),
            date: date(row, 5)?,
            due: date(row, 6)?,
            amount,
            disputed: row.get(12)?,
            kept: Open { open: row.get(9)?, base: row.get(10)?, closed_on: read(closing) },
            must: Open { open: amount, base, closed_on: never() },
            changed: None,
        };
        if let Some(document) = books.documents.get_mut(item.document) {
            document.items += amount;
            document.items_base += base.unwrap_or(0);
            let same = (document.kind, document.customer, document.currency, document.date)
                == (item.kind, item.customer, item.currency, item.date);
            if !same {
                let must = "kind, customer, currency and date of its document";
                found.add(Finding::new("M4", format!("item {id}"), "differs from its document", must, RESTORE));
            }
        }
        note_open(books, item.place(), item.date, Change { amount, base: base.unwrap_or(0), items: 0 });
        books.items.0.push((id, item));
        Ok(())
    })
}

/// A change of what is open from `day` on, and of what is past due once its day has come.
fn note_open(books: &mut Books, item: Aged, day: NaiveDate, change: Change) {
    let measure = item.measure;
    books.day(measure, item.currency, day, change);
    if measure == Measure::Debits {
        for (over, days) in OVERDUE {
            let from = item.due.checked_add_signed(Duration::days(days + 1)).unwrap_or(NaiveDate::MAX);
            books.day(over, item.currency, day.max(item.date).max(from), change);
        }
    }
}

fn allocations(conn: &Connection, books: &mut Books, found: &mut Findings, which: &str) -> Result<()> {
    let text = format!(
        "SELECT id, debit_item, credit_item, amount, debit_base, credit_base, effective, customer_id, currency \
         FROM allocation {which} ORDER BY id"
    );
    each(conn, &text, |row| {
        let id: i64 = row.get(0)?;
        let new = Allocation {
            amount: row.get(3)?,
            effective: date(row, 6)?,
            customer: row.get(7)?,
            currency: books.place(row.get_ref(8)?.as_str()?),
        };
        relieve(books, found, id, row.get(1)?, &new, -1, row.get(4)?);
        relieve(books, found, id, row.get(2)?, &new, 1, row.get(5)?);
        books.last = books.last.max(Some(new.effective));
        books.touched.insert((new.currency, new.effective), ());
        Ok(())
    })
}

fn relieve(
    books: &mut Books,
    found: &mut Findings,
    id: i64,
    item: i64,
    new: &Allocation,
    sign: i64,
    base: Option<i64>,
) {
    // A missing item is a broken reference and is reported as one.
    let Some(one) = books.items.get_mut(item) else { return };
    one.must.open += sign * new.amount;
    one.must.base = one.must.base.zip(base).map(|(open, part)| open + sign * part);
    one.changed = one.changed.max(Some(new.effective));
    let wrong = one.amount.signum() != -sign
        || (one.customer, one.currency) != (new.customer, new.currency)
        || one.date > new.effective;
    if wrong {
        let is = format!("does not fit item {item}");
        let must = "between a debit and a credit of one customer and currency, not before either";
        found.add(Finding::new("M5", format!("allocation {id}"), is, must, RESTORE));
    }
    let change = Change { amount: sign * new.amount, base: sign * base.unwrap_or(0), items: 0 };
    let place = one.place();
    note_open(books, place, new.effective, change);
}
