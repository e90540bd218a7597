//! Rules of money on rows already read: documents and their items and entries (M1, M4), open amounts and closing dates
//! (M5, M6, M12), reversals (P4), and every customer against the control account (M7, M8).

use rusqlite::Connection;

use super::load::{Books, Document, Item, Place, each, family};
use super::{Finding, Findings, REBUILD, RESTORE};
use crate::store::date::never;
use crate::store::error::Result;
use crate::store::kept::{Change, Map, Measure};

pub(super) fn check(books: &Books, found: &mut Findings) {
    documents(books, found);
    for (id, one) in books.items.iter() {
        item(id, one, found);
    }
    control(books, found);
}

fn documents(books: &Books, found: &mut Findings) {
    for (id, document) in books.documents.iter() {
        items_of(id, document, found);
        let object = || format!("document {id} entry in the control account");
        found.differs("M1", object, document.posted, document.amount, RESTORE);
    }
}

/// A document is the sum of its items.
pub(super) fn items_of(id: i64, document: &Document, found: &mut Findings) {
    let object = |what: &str| format!("document {id} {what}");
    found.differs("M4", || object("items"), document.items, document.amount, RESTORE);
    if let Some(base) = document.base {
        found.differs("M4", || object("items in base currency"), document.items_base, base, RESTORE);
    }
}

pub(super) fn item(id: i64, item: &Item, found: &mut Findings) {
    let code = if family(item.kind) == Measure::Unapplied { "M6" } else { "M5" };
    found.differs(code, || format!("item {id} open"), item.kept.open, item.must.open, REBUILD);
    if item.must.open * item.amount.signum() < 0 || item.must.open.abs() > item.amount.abs() {
        let must = format!("between 0 and {}", item.amount);
        found.add(Finding::new(
            code,
            format!("item {id} allocations"),
            format!("{} open", item.must.open),
            must,
            RESTORE,
        ));
    }
    if item.kept.base != item.must.base {
        let shown = |base: Option<i64>| base.map_or("nothing".to_owned(), |base| base.to_string());
        let object = format!("item {id} open in base currency");
        found.add(Finding::new(code, object, shown(item.kept.base), shown(item.must.base), REBUILD));
    }
    if item.must.open == 0 && item.must.base.is_some_and(|base| base != 0) {
        let is = format!("{} left", item.must.base.unwrap_or(0));
        found.add(Finding::new(code, format!("item {id} closed in base currency"), is, "0", RESTORE));
    }
    if item.kept.closed_on != item.must.closed_on {
        let shown = |date| if date == never() { "open".to_owned() } else { format!("closed on {date}") };
        let (is, must) = (shown(item.kept.closed_on), shown(item.must.closed_on));
        found.add(Finding::new("M12", format!("item {id} closing"), is, must, REBUILD));
    }
}

/// A reversal is the exact negative of what it takes back, between the same items, not before it.
pub(super) fn reversals(conn: &Connection, found: &mut Findings) -> Result<()> {
    let pairs = "SELECT n.id, n.reverses, o.id IS NOT NULL AND n.rule = 'reversal' AND o.amount > 0 \
                   AND (o.debit_item, o.credit_item, o.amount) = (n.debit_item, n.credit_item, -n.amount) \
                   AND o.debit_base IS -n.debit_base AND o.credit_base IS -n.credit_base AND o.effective <= n.effective \
                 FROM allocation n LEFT JOIN allocation o ON o.id = n.reverses \
                 WHERE n.reverses IS NOT NULL OR n.amount < 0 ORDER BY n.id";
    let mut taken: Map<i64, i64> = Map::default();
    each(conn, pairs, |row| {
        let id: i64 = row.get(0)?;
        let object = format!("allocation {id}");
        let Some(first) = row.get::<_, Option<i64>>(1)? else {
            found.add(Finding::new("P4", object, "negative without an original", "a reversal of one", RESTORE));
            return Ok(());
        };
        if !row.get::<_, bool>(2)? || taken.insert(first, id).is_some() {
            let must = format!("the only exact negative of allocation {first}");
            found.add(Finding::new("P4", object, "something else", must, RESTORE));
        }
        Ok(())
    })
}

/// What customers owe by their items is what the control account says, per currency, per customer, in both currencies.
fn control(books: &Books, found: &mut Findings) {
    let mut own: Map<(i64, Place), Change> = Map::default();
    for item in books.items.values() {
        let sum = own.entry((item.customer, item.currency)).or_default();
        sum.amount += item.must.open;
        sum.base += item.must.base.unwrap_or(0);
    }
    let mut keys: Vec<(i64, Place)> = own.keys().chain(books.control.keys()).copied().collect();
    keys.sort_unstable();
    keys.dedup();
    let mut totals: Map<Place, (i64, i64)> = Map::default();
    for key in keys {
        let sum = own.get(&key).copied().unwrap_or_default();
        let control = books.control.get(&key).copied().unwrap_or_default();
        let code = books.code(key.1);
        let object = || format!("customer {} balance {code}", key.0);
        found.differs("M7", object, control.amount, sum.amount, RESTORE);
        let object = || format!("customer {} balance {code} in base currency", key.0);
        found.differs("M7", object, control.base, sum.base, RESTORE);
        let total = totals.entry(key.1).or_default();
        total.0 += control.amount;
        total.1 += sum.amount;
    }
    for (place, (is, must)) in totals {
        if is != must {
            let code = books.code(place);
            let (more, by) = if is > must { ("more", is - must) } else { ("less", must - is) };
            let is = format!("{by} minor units {more} than the open items");
            found.add(Finding::new("M8", format!("control account {code}"), is, "the sum of the open items", RESTORE));
        }
    }
}
