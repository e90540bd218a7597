//! Rules of numbers and identity: gap-free series (N1, N3), keys and files once (N5, N6), amounts within bounds (M2),
//! known currencies (M3), whole numbers only (M11), instalments of a document (N4).

use rusqlite::Connection;

use super::{Finding, Findings, RESTORE, ask, ask_three};
use crate::domain::money::Currency;
use crate::store::error::Result;

/// Tables with money, and their columns of money.
const MONEY: [(&str, &[&str]); 21] = [
    ("document", &["amount", "base"]),
    ("item", &["amount", "base", "open", "open_base", "disputed"]),
    ("allocation", &["amount", "debit_base", "credit_base"]),
    ("posting", &["amount", "base"]),
    ("promise", &["amount"]),
    ("dispute", &["amount", "accepted"]),
    ("dispute_effect", &["amount"]),
    ("daily", &["amount", "base", "items"]),
    ("bank_statement", &["opening", "closing", "gap", "balance"]),
    ("bank_entry", &["amount", "base"]),
    ("bank_payment", &["amount", "base", "left"]),
    ("remittance", &["amount", "discount", "deduction"]),
    ("payment_step", &["amount"]),
    ("dunning_line", &["asked"]),
    ("letter", &["asked", "fee", "interest", "credits"]),
    ("letter_line", &["open", "disputed", "fee", "interest"]),
    ("proposal", &["amount"]),
    ("document_tax", &["net", "tax"]),
    ("discount_net", &["net"]),
    ("plan_item", &["amount"]),
    ("instalment", &["amount"]),
];

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    amounts(conn, found)?;
    currencies(conn, found)?;
    series(conn, found)?;
    once(conn, found)
}

fn amounts(conn: &Connection, found: &mut Findings) -> Result<()> {
    for (table, columns) in MONEY {
        let key = if table == "daily" { "day" } else { "id" };
        let list = |form: &str| columns.iter().map(|column| form.replace('#', column)).collect::<Vec<_>>();
        let real = list("typeof(#) NOT IN ('integer', 'null')").join(" OR ");
        let beyond = match table {
            "document" | "item" | "allocation" | "bank_entry" | "bank_payment" => {
                "amount = 0 OR abs(amount) > 9999999999999"
            }
            "posting" => "amount NOT BETWEEN 0 AND 9999999999999",
            _ => "0",
        };
        // One pass for both rules; which one it was is told by the type.
        let shown = if columns.contains(&"amount") { "amount" } else { columns[columns.len() / 2] };
        let text = format!("SELECT {key}, {real}, {shown} FROM {table} WHERE {real} OR {beyond}");
        ask(conn, found, &text, |row| {
            let key = row
                .get_ref(0)?
                .as_str()
                .map_or_else(|_| row.get::<_, i64>(0).map(|id| id.to_string()), |day| Ok(day.to_owned()))?;
            let object = format!("{table} {key}");
            if row.get(1)? {
                return Ok(Finding::new(
                    "M11",
                    object,
                    "an amount that is no whole number",
                    "whole minor units",
                    RESTORE,
                ));
            }
            let is = row.get::<_, i64>(2)?.to_string();
            Ok(Finding::new("M2", object, is, "within the limits of an amount", RESTORE))
        })?;
    }
    Ok(())
}

fn currencies(conn: &Connection, found: &mut Findings) -> Result<()> {
    for table in [
        "document",
        "item",
        "allocation",
        "posting",
        "promise",
        "dispute",
        "daily",
        "standing",
        "rate",
        "letter",
        "dunning_line",
    ] {
        let mut statement = conn.prepare(&format!("SELECT DISTINCT currency FROM {table}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let code: String = row.get(0)?;
            if Currency::parse(&code).map_or(true, |known| known.code() != code) {
                let is = format!("rows in {}", crate::domain::text::clean(&code).text);
                found.add(Finding::new("M3", format!("{table} currency"), is, "a currency that is known", RESTORE));
            }
        }
    }
    Ok(())
}

/// How a document the book numbered is told from one whose number was typed or read: nobody types the numbers of
/// write-offs, refunds, discounts and payment differences, a credit note of the book is set against its item by name, and a receipt gets one
/// where it came without a reference, or is done again.
const OWN: [(&str, &str); 8] = [
    ("write-off", "1"),
    ("refund", "1"),
    ("discount", "1"),
    ("difference", "1"),
    ("charge", "EXISTS (SELECT 1 FROM letter t WHERE d.id IN (t.fee_document, t.interest_document))"),
    ("charge back", "EXISTS (SELECT 1 FROM dispute_effect e WHERE e.what = 'charged back' AND e.other_id = d.id)"),
    (
        "credit note",
        "EXISTS (SELECT 1 FROM item i JOIN allocation l ON l.credit_item = i.id \
         WHERE i.document_id = d.id AND l.act_id = d.act_id AND l.rule = 'credit note')",
    ),
    (
        "receipt",
        "NOT EXISTS (SELECT 1 FROM act a WHERE a.id = d.act_id AND (a.kind = 'import' \
         OR a.kind = 'post receipt' AND trim(a.payload ->> '$.post-receipt.reference') <> ''))",
    ),
];

/// Series the book numbers by itself: every number below the next one is there, and none above.
fn series(conn: &Connection, found: &mut Findings) -> Result<()> {
    let numbered = [
        ("dispute", "SELECT count(DISTINCT number), coalesce(max(id), 0) FROM dispute", "D"),
        ("receipt", "4", "R"),
        ("write-off", "5", "W"),
        ("credit note", "2", "C"),
        ("refund", "6", "B"),
        ("discount", "7", "S"),
        ("difference", "8", "F"),
        ("charge", "3", "E"),
        ("charge back", "3", "G"),
    ];
    for (name, kind, letter) in numbered {
        let next: i64 =
            conn.query_row("SELECT coalesce(max(next), 1) FROM series WHERE name = $1", [name], |row| row.get(0))?;
        let table = if name == "dispute" { "dispute".to_owned() } else { format!("document WHERE kind = {kind}") };
        let joint = if name == "dispute" { "WHERE" } else { "AND" };
        // A number typed by a person may look like one of the series; only those below the next one are asked for.
        let text = format!(
            "SELECT count(*) FROM {table} {joint} number GLOB '{letter}-[1-9]*' \
             AND number = '{letter}-' || CAST(substr(number, 3) AS INTEGER) AND CAST(substr(number, 3) AS INTEGER) < $1"
        );
        let there: i64 = conn.query_row(&text, [next], |row| row.get(0))?;
        found.differs("N1", || format!("series {name}"), there, next - 1, RESTORE);
        // None of the numbers the book gave is beyond the series, or it would go back to where it was.
        if let Some((_, own)) = OWN.iter().find(|(known, _)| *known == name) {
            let text = format!(
                "SELECT coalesce(max(CAST(substr(d.number, 3) AS INTEGER)), 0) FROM document d WHERE d.kind = {kind} \
                 AND d.number GLOB '{letter}-[1-9]*' AND d.number = '{letter}-' || CAST(substr(d.number, 3) AS INTEGER) \
                 AND d.reverses IS NULL AND {own}"
            );
            let last: i64 = conn.query_row(&text, [], |row| row.get(0))?;
            found.differs("N3", || format!("series {name}"), next - 1, last, RESTORE);
        }
    }
    ask_three(
        conn,
        found,
        "N3",
        RESTORE,
        "SELECT 'series dispute', d.most, s.next - 1 FROM (SELECT coalesce(max(CAST(substr(number, 3) AS INTEGER)), 0) AS most \
         FROM dispute) d, (SELECT coalesce(max(next), 1) AS next FROM series WHERE name = 'dispute') s WHERE d.most <> s.next - 1",
    )?;
    ask_three(
        conn,
        found,
        "N1",
        RESTORE,
        "SELECT 'dispute ' || id, number, 'D-' || place FROM (SELECT id, number, row_number() OVER (ORDER BY id) AS place \
         FROM dispute) WHERE number <> 'D-' || place",
    )?;
    ask_three(
        conn,
        found,
        "N1",
        RESTORE,
        "SELECT 'inquiry ' || q.id, q.number, 'Q-' || q.place FROM (SELECT id, number, row_number() OVER (ORDER BY id) AS place \
         FROM inquiry) q WHERE q.number <> 'Q-' || q.place \
         UNION ALL SELECT 'series inquiry', coalesce((SELECT next FROM series WHERE name = 'inquiry'), 1) - 1, count(*) \
         FROM inquiry HAVING coalesce((SELECT next FROM series WHERE name = 'inquiry'), 1) - 1 <> count(*)",
    )
}

fn once(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask(conn, found, "SELECT min(id), count(*) FROM act GROUP BY key HAVING count(*) > 1", |row| {
        let (id, count): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(Finding::new("N5", format!("act {id}"), format!("{count} acts with its key"), "one", RESTORE))
    })?;
    ask_three(
        conn,
        found,
        "N6",
        RESTORE,
        "SELECT 'import ' || min(id), count(*) || ' complete imports of one file', 'one' FROM import_file \
         WHERE refused = 0 GROUP BY sha256, kind HAVING count(*) > 1",
    )?;
    ask_three(
        conn,
        found,
        "N1",
        RESTORE,
        "SELECT 'document ' || min(id), count(*) || ' of one kind and number', 'one' FROM document \
         GROUP BY number, kind HAVING count(*) > 1",
    )
}
