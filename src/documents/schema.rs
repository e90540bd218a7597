//! The fields a template may name, with what each is. The check of a template reads this, and so does the list that
//! `o2c template fields` prints; `values` fills exactly these.

/// What stands behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A text, a number or nothing.
    Value,
    /// Fields, reached with a dot.
    Group(&'static [Field]),
    /// Rows, gone through with `for`.
    List(&'static [Field]),
}

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is, for people.
    pub words: &'static str,
    /// What stands behind it.
    pub shape: Shape,
}

const fn value(name: &'static str, words: &'static str) -> Field {
    Field { name, words, shape: Shape::Value }
}

const fn group(name: &'static str, words: &'static str, fields: &'static [Field]) -> Field {
    Field { name, words, shape: Shape::Group(fields) }
}

const fn list(name: &'static str, words: &'static str, fields: &'static [Field]) -> Field {
    Field { name, words, shape: Shape::List(fields) }
}

/// Every field a template may begin with.
pub const FIELDS: &[Field] = &[
    group("letter", "the letter itself", LETTER),
    group("company", "who writes", COMPANY),
    group("customer", "to whom", CUSTOMER),
    list("items", "the items", ITEM),
    list("totals", "what they add up to, one row a currency", TOTAL),
    list("plan", "the instalments agreed", DUE),
    group("promise", "the promise confirmed", DUE),
    group("dispute", "the dispute answered", DISPUTE),
    value("count", "how many items"),
    value("total", "what is asked for, fees and interest with it, currencies one after the other"),
    value("open", "everything open, credits taken off"),
    value("overdue", "what is asked for and past due"),
    value("oldest_days", "days past due of the oldest item"),
    value("signed", "who signs"),
    value("items_table", "the items as a table, on a line of its own"),
    value("totals_table", "the totals as a table, on a line of its own"),
    value("aging_table", "what is open by how long it is past due, as a table, on a line of its own"),
    value("plan_table", "the instalments as a table, on a line of its own"),
    value("payment", "payee, account and reference to pay with, on a line of its own"),
];

const LETTER: &[Field] = &[
    value("number", "its number, empty in a preview"),
    value("date", "the day it is written"),
    value("level", "the level of a reminder, from 1"),
    value("pay_by", "the last day to pay; empty where there is none"),
];

const COMPANY: &[Field] = &[
    value("name", "name of the company"),
    value("address", "its address, in lines"),
    value("iban", "the account of the settings"),
    value("phone", "the number of the settings"),
    value("email", "the address letters are sent from"),
    value("footer", "the foot of the settings"),
];

const CUSTOMER: &[Field] = &[
    value("number", "number of the customer"),
    value("name", "its name"),
    value("contact", "name of the contact; may be empty"),
    value("address", "its address, in lines; may be empty"),
];

const ITEM: &[Field] = &[
    value("number", "number of the document"),
    value("kind", "invoice, credit note …, in the language"),
    value("date", "document date"),
    value("due", "due date"),
    value("amount", "as posted"),
    value("open", "still open"),
    value("asked", "what the letter asks for of it"),
    value("disputed", "the part in dispute; empty where there is none"),
    value("days_late", "days past due, 0 when not late"),
    value("fee", "the fee of this letter; empty where there is none"),
    value("interest", "late interest; empty where there is none"),
];

const TOTAL: &[Field] = &[
    value("currency", "three letters"),
    value("open", "open, credits taken off"),
    value("disputed", "the part in dispute; empty where there is none"),
    value("overdue", "asked for and past due"),
    value("fees", "fees; empty where there are none"),
    value("interest", "late interest; empty where there is none"),
    value("total", "what is asked for, fees and interest with it"),
];

const DUE: &[Field] = &[value("date", "the day"), value("amount", "the amount")];

const DISPUTE: &[Field] = &[
    value("number", "number of the dispute"),
    value("reason", "what it was about"),
    value("outcome", "what was decided"),
    value("text", "anything to add; may be empty"),
    value("amount", "the disputed amount"),
    value("granted", "what is given up in all; empty where nothing is"),
    value("credited", "what a credit note settles; empty where nothing is"),
    value("waived", "what is not asked for any more, without a credit note; empty where there is none"),
    value("rejected", "what stays to be paid; empty where nothing does"),
];

/// What `loop` has inside a `for`.
pub const LOOP: &[Field] =
    &[value("index", "1, 2, 3 …"), value("first", "true on the first row"), value("last", "true on the last row")];

/// The names of fields, for a suggestion.
pub fn names(fields: &[Field]) -> impl Iterator<Item = &'static str> {
    fields.iter().map(|field| field.name)
}

/// The name nearest to a mistyped one: at most two letters off, and fewer than half of it.
pub fn nearest<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = names.map(|name| (edits(word, name), name)).min()?;
    (near.0 <= 2 && near.0 * 2 < word.chars().count().max(2)).then_some(near.1)
}

/// Letters to insert, drop, change or swap with their neighbour to make one word of the other.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_and_nothing_far_off() {
        let near = |word| nearest(word, names(ITEM));
        assert_eq!(near("amout"), Some("amount"));
        assert_eq!(near("opne"), Some("open"));
        assert_eq!(near("colour"), None);
        assert_eq!(near("x"), None);
        assert_eq!(near(""), None);
    }
}
