//! Rules of cases (C1): what became of a claim adds up to it and is what its documents, promises and other cases say;
//! inquiries go from step to step.

use rusqlite::Connection;

use super::{Findings, RESTORE, ask_three};
use crate::store::error::Result;

/// Each rule answers object, what is and what must be.
const RULES: [&str; 10] = [
    // A closed case is settled to the last cent, an open one is not, a void one was never settled. Cases closed before
    // format 5 have no parts.
    "SELECT 'dispute ' || d.number || ' settled', e.amount || ' of ' || d.amount, \
       CASE d.state WHEN 'closed' THEN 'all' WHEN 'void' THEN 'nothing' ELSE 'less than all, and not less than nothing' END \
     FROM dispute d JOIN (SELECT dispute_id, sum(amount) AS amount FROM dispute_effect GROUP BY dispute_id) e \
       ON e.dispute_id = d.id \
     WHERE CASE d.state WHEN 'closed' THEN e.amount <> d.amount WHEN 'void' THEN e.amount <> 0 \
           ELSE e.amount NOT BETWEEN 0 AND d.amount - 1 END",
    "SELECT 'dispute ' || d.number || ' accepted', d.accepted, e.given FROM dispute d \
     JOIN (SELECT dispute_id, sum(CASE WHEN what IN ('credited', 'promotion', 'written off', 'earlier') THEN amount ELSE 0 END) \
             AS given FROM dispute_effect GROUP BY dispute_id) e ON e.dispute_id = d.id WHERE d.accepted <> e.given",
    "SELECT 'dispute part ' || e.id || ' of ' || e.dispute_id, e.what || ' ' || e.amount, 'never below nothing' \
     FROM dispute_effect e WHERE (SELECT sum(t.amount) FROM dispute_effect t WHERE t.dispute_id = e.dispute_id \
       AND t.what = e.what AND t.id <= e.id) < 0",
    // What a document took off the item is proved by its allocation to that item.
    "SELECT 'dispute part ' || e.id || ' document', \
       concat_ws(' ', e.what, e.amount, 'kind', d.kind, 'allocated', a.amount, 'to', a.debit_item, 'of', i.document_id), \
       'a document of its kind with as much allocated to item ' || c.item_id \
     FROM dispute_effect e JOIN dispute c ON c.id = e.dispute_id \
     LEFT JOIN document d ON d.id = e.document_id LEFT JOIN allocation a ON a.id = e.allocation_id \
     LEFT JOIN item i ON i.id = a.credit_item \
     WHERE CASE WHEN e.what IN ('credited', 'promotion', 'written off', 'charged back', 'paid') THEN \
         d.id IS NULL OR a.id IS NULL OR i.document_id <> d.id OR a.debit_item <> c.item_id OR a.amount < abs(e.amount) \
         OR NOT CASE e.what WHEN 'credited' THEN d.kind = 2 WHEN 'charged back' THEN d.kind = 2 \
                WHEN 'promotion' THEN d.kind = 8 AND d.reference = 'promotion' WHEN 'paid' THEN d.kind NOT IN (2, 5, 7, 8) \
                ELSE d.kind IN (5, 7, 8) END \
       ELSE e.document_id IS NOT NULL OR e.allocation_id IS NOT NULL END",
    // A part stands as long as its allocation does; only what was confirmed outlives it.
    "SELECT 'dispute part ' || e.id || ' allocation', 'taken back', 'standing, or the part taken back' FROM dispute_effect e \
     JOIN allocation r ON r.reverses = e.allocation_id \
     WHERE e.takes_back IS NULL AND NOT EXISTS (SELECT 1 FROM dispute_effect t WHERE t.takes_back = e.id) \
       AND NOT EXISTS (SELECT 1 FROM dispute_fact f WHERE f.dispute_id = e.dispute_id AND f.field = 'confirmed')",
    "SELECT 'dispute part ' || e.id || ' leads to', concat_ws(' ', e.what, e.amount, 'other', e.other_id), \
       'what it names, for as much' \
     FROM dispute_effect e JOIN dispute c ON c.id = e.dispute_id \
     WHERE NOT CASE WHEN e.what = 'charged back' THEN EXISTS (SELECT 1 FROM document d WHERE d.id = e.other_id AND d.kind = 3 \
           AND d.reference = c.number AND d.amount = abs(e.amount)) \
         WHEN e.what = 'moved' THEN EXISTS (SELECT 1 FROM dispute n WHERE n.id = e.other_id AND n.item_id = c.item_id \
           AND n.amount = abs(e.amount)) \
         WHEN e.what = 'repaid' AND e.amount > 0 AND e.takes_back IS NULL THEN EXISTS (SELECT 1 FROM promise p \
           WHERE p.id = e.other_id AND p.item_id = c.item_id AND p.amount <= e.amount) \
         WHEN e.what = 'repaid' THEN 1 ELSE e.other_id IS NULL END",
    "SELECT 'dispute part ' || e.id || ' takes back', concat_ws(' ', e.dispute_id, e.what, e.amount), \
       concat_ws(' ', t.dispute_id, t.what, -t.amount) FROM dispute_effect e LEFT JOIN dispute_effect t ON t.id = e.takes_back \
     WHERE e.takes_back IS NOT NULL AND (t.dispute_id, t.what, -t.amount) IS NOT (e.dispute_id, e.what, e.amount)",
    // A case over several items is of one customer and one currency, and is called after one of them.
    "SELECT 'dispute ' || d.number || ' case', f.value, 'a dispute of its customer and currency, itself of that case' \
     FROM dispute_fact f JOIN dispute d ON d.id = f.dispute_id LEFT JOIN dispute l ON l.number = f.value \
     WHERE f.field = 'case' AND ((l.customer_id, l.currency) IS NOT (d.customer_id, d.currency) \
       OR NOT EXISTS (SELECT 1 FROM dispute_fact o WHERE o.dispute_id = l.id AND o.field = 'case' AND o.value = f.value))",
    "SELECT 'inquiry ' || q.number || ' steps', count(s.id) || ' up to ' || coalesce(max(s.version), 0), 'one each' \
     FROM inquiry q LEFT JOIN inquiry_step s ON s.inquiry_id = q.id GROUP BY q.id HAVING count(s.id) <> max(s.version) \
       OR count(s.id) = 0",
    "SELECT 'inquiry step ' || s.id || ' dispute', concat_ws(' ', s.what, s.dispute_id), 'the dispute it was promoted to' \
     FROM inquiry_step s JOIN inquiry q ON q.id = s.inquiry_id LEFT JOIN dispute d ON d.id = s.dispute_id \
     WHERE (s.what = 'promoted') <> (s.dispute_id IS NOT NULL) OR (d.id IS NOT NULL AND (d.customer_id <> q.customer_id \
       OR NOT EXISTS (SELECT 1 FROM dispute_fact f WHERE f.dispute_id = d.id AND f.field = 'inquiry' AND f.value = q.number)))",
];

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    RULES.iter().try_for_each(|rule| ask_three(conn, found, "C1", RESTORE, rule))
}
