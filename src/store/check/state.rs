//! Rules of kept states (M12): every column that repeats the last of several rows (steps of a dispute, versions of a
//! customer, ends of promises, activities) is computed again in one question each.

use rusqlite::Connection;

use super::{Findings, REBUILD, ask_three};
use crate::store::error::Result;

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    disputes(conn, found)?;
    promises(conn, found)?;
    customers(conn, found)?;
    items(conn, found)?;
    contacts(conn, found)
}

/// What an item repeats of its document.
fn items(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "SELECT 'item ' || i.id || ' number', i.number, d.number FROM item i JOIN document d ON d.id = i.document_id \
         WHERE i.number <> d.number",
    )
}

fn disputes(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "WITH last AS (SELECT dispute_id, max(version) AS version, count(*) AS steps FROM dispute_step GROUP BY dispute_id), \
         closing AS (SELECT c.dispute_id, c.on_date AS closed_on, min(c.version) FROM dispute_step c WHERE c.version > \
           (SELECT coalesce(max(n.version), 0) FROM dispute_step n WHERE n.dispute_id = c.dispute_id AND n.state <> 'closed') \
           GROUP BY c.dispute_id) \
         SELECT 'dispute ' || d.number, \
           concat_ws(', ', d.state, d.owner, d.department, d.accepted, d.version, d.decided_on), \
           concat_ws(', ', s.state, s.owner, s.department, s.accepted, s.version, c.closed_on) \
         FROM dispute d LEFT JOIN last l ON l.dispute_id = d.id \
         LEFT JOIN dispute_step s ON s.dispute_id = l.dispute_id AND s.version = l.version \
         LEFT JOIN closing c ON c.dispute_id = d.id AND s.state = 'closed' \
         WHERE s.id IS NULL OR l.steps <> l.version \
           OR (d.state, d.owner, d.department, d.accepted, d.version) IS NOT \
              (s.state, s.owner, s.department, s.accepted, s.version) \
           OR d.decided_on IS NOT c.closed_on",
    )?;
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "SELECT 'item ' || i.id || ' disputed', i.disputed, coalesce(o.amount, 0) FROM item i \
         LEFT JOIN (SELECT d.item_id, sum(d.amount - coalesce(e.amount, 0)) AS amount FROM dispute d \
           LEFT JOIN (SELECT dispute_id, sum(amount) AS amount FROM dispute_effect GROUP BY dispute_id) e ON e.dispute_id = d.id \
           WHERE d.state NOT IN ('closed', 'void') GROUP BY d.item_id) o \
           ON o.item_id = i.id \
         WHERE i.disputed <> coalesce(o.amount, 0)",
    )?;
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "SELECT 'dispute ' || d.number || ' item', concat_ws(' ', d.customer_id, d.currency), \
           concat_ws(' ', i.customer_id, i.currency) FROM dispute d JOIN item i ON i.id = d.item_id \
         WHERE d.customer_id <> i.customer_id OR d.currency <> i.currency OR d.amount > i.amount",
    )
}

fn promises(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "SELECT 'promise ' || p.id, concat_ws(' ', coalesce(p.ended_on, 'not ended'), p.ended_why), \
           concat_ws(' ', coalesce(e.on_date, 'not ended'), e.why) \
         FROM promise p LEFT JOIN promise_end e ON e.promise_id = p.id \
         WHERE p.ended_on IS NOT e.on_date OR p.ended_why IS NOT coalesce(e.why, '')",
    )?;
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "SELECT 'promise ' || p.id || ' item', concat_ws(' ', p.customer_id, p.currency), \
           concat_ws(' ', i.customer_id, i.currency) FROM promise p JOIN item i ON i.id = p.item_id \
         WHERE p.customer_id <> i.customer_id OR p.currency <> i.currency",
    )
}

fn customers(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "WITH last AS (SELECT customer_id, max(version) AS version, count(*) AS versions FROM customer_version \
           GROUP BY customer_id), \
         v AS (SELECT l.customer_id, l.version, l.versions, w.data FROM last l \
           JOIN customer_version w ON w.customer_id = l.customer_id AND w.version = l.version) \
         SELECT 'customer ' || c.id, 'version ' || c.version || ' of ' || c.name, \
           coalesce('version ' || v.version || ' as posted', 'a posted version') \
         FROM customer c LEFT JOIN v ON v.customer_id = c.id \
         WHERE v.data IS NULL OR v.version <> c.version OR v.versions <> v.version OR \
           (c.number, c.name, c.group_name, c.country, c.currency, c.terms, c.credit_limit, c.email, c.phone, c.contact, \
            c.language, c.owner, c.risk, c.blocked, c.bank_account, c.address) IS NOT \
           (v.data ->> 'number', v.data ->> 'name', v.data ->> 'group', v.data ->> 'country', v.data ->> 'currency', \
            v.data ->> 'terms', v.data ->> 'credit_limit', v.data ->> 'email', v.data ->> 'phone', v.data ->> 'contact', \
            v.data ->> 'language', v.data ->> 'owner', v.data ->> 'risk', v.data ->> 'blocked', coalesce(v.data ->> 'bank_account', ''), \
            coalesce(v.data ->> 'address', ''))",
    )?;
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "SELECT 'customer ' || v.customer_id, 'versions without a customer', 'a customer' FROM customer_version v \
         WHERE v.version = 1 AND NOT EXISTS (SELECT 1 FROM customer c WHERE c.id = v.customer_id)",
    )?;
    let mut statement = conn.prepare("SELECT id, name, number, folded FROM customer")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (name, number): (String, String) = (row.get(1)?, row.get(2)?);
        let must = crate::domain::text::fold(&format!("{name} {number}"));
        let is: String = row.get(3)?;
        if is != must {
            let object = format!("customer {} search text", row.get::<_, i64>(0)?);
            found.add(super::Finding::new("M12", object, is, must, REBUILD));
        }
    }
    Ok(())
}

fn contacts(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "WITH live AS MATERIALIZED (SELECT a.id, a.customer_id, a.kind, a.on_date, a.next_on, a.next_what FROM activity a \
           WHERE a.takes_back IS NULL AND a.id NOT IN (SELECT takes_back FROM activity WHERE takes_back IS NOT NULL)), \
         sums AS (SELECT customer_id, max(CASE WHEN kind IN ('call', 'e-mail', 'visit', 'meeting', 'portal', 'agency') THEN on_date END) AS contact, \
           max(CASE WHEN kind = 'done' THEN on_date END) AS done, \
           max(CASE WHEN next_on IS NOT NULL THEN id END) AS planned FROM live GROUP BY customer_id) \
         SELECT 'customer ' || c.id || ' contact', \
           concat_ws(', ', coalesce(c.last_contact, '-'), coalesce(c.done_on, '-'), coalesce(c.next_on, '-'), c.next_what), \
           concat_ws(', ', coalesce(s.contact, '-'), coalesce(s.done, '-'), coalesce(p.next_on, '-'), coalesce(p.next_what, '')) \
         FROM customer c LEFT JOIN sums s ON s.customer_id = c.id LEFT JOIN activity p ON p.id = s.planned \
         WHERE (c.last_contact, c.done_on, c.next_on, c.next_what) IS NOT \
           (s.contact, s.done, p.next_on, coalesce(p.next_what, ''))",
    )
}
