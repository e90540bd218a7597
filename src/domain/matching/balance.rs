//! The sets of items that make up a balance: the whole account, what is past due, what is past due of one payment
//! term, one month or all up to its end. What the balance contains is the policy's to say.

use chrono::Datelike;

use super::book::Row;
use super::policy::Rule;
use super::shares::Desk;

/// The sets a rule compares with the receipt, each of at least two items; one item alone is another rule's.
pub(super) fn sets(desk: &Desk<'_>, rule: Rule, open: &[u32]) -> Vec<Vec<u32>> {
    let balance = desk.policy.balance;
    let due = |row: &Row| row.open < 0 || row.due < desk.payment.date;
    let counts = |row: &Row| (balance.disputed || row.disputed == 0) && (balance.charges || !row.charge);
    let rows = |wanted: &dyn Fn(&Row) -> bool| -> Vec<u32> {
        let fits = |place: &u32| desk.row(*place).is_some_and(|row| counts(row) && wanted(row));
        open.iter().copied().filter(fits).collect()
    };
    let mut sets = match rule {
        Rule::WholeAccount => vec![rows(&|row| balance.not_due || due(row))],
        Rule::PastDue => vec![rows(&due)],
        Rule::PastDueOfTerm => groups(desk, rows(&|row| row.open > 0 && due(row)), |row| i64::from(row.terms)),
        Rule::Month => months(desk, rows(&|_| true)),
        _ => Vec::new(),
    };
    sets.retain(|set| set.len() > 1);
    sets
}

/// What was invoiced in each month, and what a statement of account at each month's end had on it: everything invoiced up
/// to then that is still open. The whole account is another rule's.
fn months(desk: &Desk<'_>, places: Vec<u32>) -> Vec<Vec<u32>> {
    let month = |row: &Row| i64::from(row.document_date.year()) * 12 + i64::from(row.document_date.month0());
    let mut sets = groups(desk, places, month);
    let mut until: Vec<u32> = Vec::new();
    let mut statements = Vec::new();
    for one in sets.iter().take(sets.len().saturating_sub(1)) {
        until.extend(one);
        if until.len() > one.len() {
            statements.push(until.clone());
        }
    }
    sets.extend(statements);
    sets
}

/// The places by a property of their rows, in the order of the property.
fn groups(desk: &Desk<'_>, places: Vec<u32>, property: impl Fn(&Row) -> i64) -> Vec<Vec<u32>> {
    let mut keyed: Vec<(i64, u32)> = desk.rows(&places).map(property).zip(places.iter().copied()).collect();
    keyed.sort_unstable();
    keyed.chunk_by(|a, b| a.0 == b.0).map(|group| group.iter().map(|one| one.1).collect()).collect()
}
