//! Rules of tax (M14): what of a document is taxed adds up to it and is what its entry posts as tax, a reversal has the
//! exact negative, and a discount on the net amount is on that of its document.

use rusqlite::Connection;

use super::load::{Books, each};
use super::{Finding, Findings, RESTORE, ask_three};
use crate::store::error::Result;
use crate::store::kept::Map;

/// Net and tax of a document by its rows, and the tax its entry posts.
#[derive(Clone, Copy, Default)]
struct Taxed {
    net: i64,
    tax: i64,
    rows: u32,
    posted: i64,
}

pub(super) fn check(conn: &Connection, books: &Books, found: &mut Findings) -> Result<()> {
    let mut documents: Map<i64, Taxed> = Map::default();
    each(conn, "SELECT document_id, net, tax FROM document_tax", |row| {
        let one = documents.entry(row.get(0)?).or_default();
        one.rows += 1;
        one.net = one.net.saturating_add(row.get(1)?);
        one.tax = one.tax.saturating_add(row.get(2)?);
        Ok(())
    })?;
    let any = !documents.is_empty();
    for (document, posted) in &books.tax {
        documents.entry(*document).or_default().posted = *posted;
    }
    let mut documents: Vec<(i64, Taxed)> = documents.into_iter().collect();
    documents.sort_unstable_by_key(|(id, _)| *id);
    for (id, taxed) in documents {
        found.differs("M14", || format!("document {id} tax posted"), taxed.posted, taxed.tax, RESTORE);
        if let Some(document) = books.documents.get(id).filter(|_| taxed.rows > 0) {
            let sum = taxed.net.saturating_add(taxed.tax);
            found.differs("M14", || format!("document {id} net and tax"), sum, document.amount, RESTORE);
        }
    }
    // A book without tax is not read through for it.
    if any {
        reversals(conn, found)?;
        rates(conn, found)?;
    }
    ask_three(
        conn,
        found,
        "M14",
        RESTORE,
        "SELECT 'item ' || n.item_id || ' discount on net', n.net, coalesce((SELECT sum(t.net) FROM document_tax t \
         JOIN item i ON i.document_id = t.document_id WHERE i.id = n.item_id), 0) AS must FROM discount_net n \
         WHERE n.net IS NOT must OR NOT EXISTS (SELECT 1 FROM item_discount g WHERE g.item_id = n.item_id)",
    )
}

/// A document that reverses another takes back its net amounts and tax, rate by rate.
fn reversals(conn: &Connection, found: &mut Findings) -> Result<()> {
    for (one, other) in [("d.id", "d.reverses"), ("d.reverses", "d.id")] {
        let text = format!(
            "SELECT 'document ' || d.id || ' tax taken back', t.rate || '%', 'the negative of document ' || d.reverses \
             FROM document d JOIN document_tax t ON t.document_id = {one} WHERE d.reverses IS NOT NULL AND NOT EXISTS \
             (SELECT 1 FROM document_tax o WHERE o.document_id = {other} AND o.rate = t.rate AND o.net = -t.net \
              AND o.tax = -t.tax)"
        );
        ask_three(conn, found, "M14", RESTORE, &text)?;
    }
    Ok(())
}

/// Rates are percentages as the program writes them.
fn rates(conn: &Connection, found: &mut Findings) -> Result<()> {
    let mut statement = conn.prepare("SELECT DISTINCT rate FROM document_tax")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let rate: String = row.get(0)?;
        let read = rate.parse::<rust_decimal::Decimal>().ok();
        let is_sound = read.is_some_and(|read| {
            !read.is_sign_negative()
                && read <= rust_decimal::Decimal::ONE_HUNDRED
                && read.normalize().to_string() == rate
        });
        if !is_sound {
            let is = crate::domain::text::clean(&rate).text.into_string();
            found.add(Finding::new("M14", "rates of tax", is, "a percentage", RESTORE));
        }
    }
    Ok(())
}
