//! What a template's fields hold for one letter, in the form of a language: the other side of `schema`. Every text from
//! the book is one harmless line; the tables the program draws are put in place of marks that no text can hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Object, Value};

use super::form::Form;
use super::letter::{Answer, Due, Kind, Letter, Line, Total};
use super::page::{Block, Carry, Table};
use crate::domain::money::Currency;
use crate::domain::text;

/// The marks that stand for blocks: private characters, which are taken out of everything else.
const MARK: char = '\u{e0f0}';
const TABLES: [(&str, char); 5] = [
    ("items_table", '\u{e0f1}'),
    ("totals_table", '\u{e0f2}'),
    ("plan_table", '\u{e0f3}'),
    ("payment", '\u{e0f4}'),
    ("aging_table", '\u{e0f5}'),
];

/// The last day past due of each span but the last, as everywhere in the program.
const SPANS: [i64; 5] = [0, 30, 60, 90, 120];

type Fields = BTreeMap<&'static str, Value>;

/// What a column shows of an item.
type Cell<'a> = Box<dyn Fn(&Line) -> String + 'a>;

/// Which minor units of a total a column shows.
type OfTotal = fn(&Total) -> i64;

/// Fields reached with a dot.
#[derive(Debug)]
struct Group(Fields);

impl Object for Group {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_str()?).cloned()
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

fn group(fields: Fields) -> Value {
    Value::from_object(Group(fields))
}

/// A text from the book as one line that shows only itself.
pub(super) fn line(raw: &str) -> String {
    let mut clean = text::clean(raw).text.into_string();
    clean.retain(|c| !('\u{e000}'..='\u{f8ff}').contains(&c));
    clean
}

fn lines(raw: &[String]) -> String {
    let lines: Vec<String> = raw.iter().map(|one| line(one)).filter(|one| !one.is_empty()).collect();
    lines.join("\n")
}

/// An amount, or nothing where it is 0.
fn unless_zero(form: &Form, minor: i64, currency: Currency) -> String {
    if minor == 0 { String::new() } else { form.amount(minor, currency) }
}

/// Everything a template may name.
pub(super) fn context(letter: &Letter, form: &Form) -> Value {
    let totals = letter.totals();
    let in_words = |of: fn(&Total) -> i64| {
        let parts: Vec<String> = totals
            .iter()
            .filter(|total| of(total) != 0 || totals.len() == 1)
            .map(|total| form.amount(of(total), total.currency))
            .collect();
        form.list(&parts)
    };
    let mut root = Fields::from([
        ("letter", about(letter, form)),
        ("company", company(letter)),
        ("customer", customer(letter)),
        ("items", letter.items.iter().map(|item| row(item, form)).collect()),
        ("totals", totals.iter().map(|total| sums(total, form)).collect()),
        ("plan", letter.plan.iter().map(|due| on(Some(due), form)).collect()),
        ("promise", on(letter.promise.as_ref(), form)),
        ("dispute", answer(letter.dispute.as_ref(), form)),
        ("count", Value::from(letter.items.len())),
        ("total", in_words(|total| total.total).into()),
        ("open", in_words(|total| total.open).into()),
        ("overdue", in_words(|total| total.overdue).into()),
        ("oldest_days", letter.items.iter().map(|item| item.days_late).max().unwrap_or(0).into()),
        ("signed", line(&letter.signed).into()),
    ]);
    root.extend(TABLES.map(|(name, mark)| (name, Value::from(format!("{MARK}{mark}")))));
    group(root)
}

fn about(letter: &Letter, form: &Form) -> Value {
    group(Fields::from([
        ("number", line(&letter.number).into()),
        ("date", form.date(letter.date).into()),
        ("level", letter.level.into()),
        ("pay_by", letter.pay_by.map_or_else(String::new, |day| form.date(day)).into()),
    ]))
}

fn company(letter: &Letter) -> Value {
    let company = &letter.company;
    group(Fields::from([
        ("name", line(&company.name).into()),
        ("address", lines(&company.address).into()),
        ("iban", grouped(&company.iban).into()),
        ("phone", line(&company.phone).into()),
        ("email", line(&company.email).into()),
        ("footer", line(&company.footer).into()),
    ]))
}

fn customer(letter: &Letter) -> Value {
    let customer = &letter.customer;
    group(Fields::from([
        ("number", line(&customer.number).into()),
        ("name", line(&customer.name).into()),
        ("contact", line(&customer.contact).into()),
        ("address", lines(&customer.address).into()),
    ]))
}

fn row(item: &Line, form: &Form) -> Value {
    group(Fields::from([
        ("number", line(&item.number).into()),
        ("kind", if item.number.is_empty() { form.words.credits } else { form.words.kind_of(item.kind) }.into()),
        ("date", form.short_date(item.date).into()),
        ("due", form.short_date(item.due).into()),
        ("amount", form.amount(item.amount, item.currency).into()),
        ("open", form.amount(item.open, item.currency).into()),
        ("asked", form.amount(item.asked, item.currency).into()),
        ("disputed", unless_zero(form, item.disputed, item.currency).into()),
        ("days_late", item.days_late.into()),
        ("fee", unless_zero(form, item.fee, item.currency).into()),
        ("interest", unless_zero(form, item.interest, item.currency).into()),
    ]))
}

fn sums(total: &Total, form: &Form) -> Value {
    group(Fields::from([
        ("currency", total.currency.code().into()),
        ("open", form.amount(total.open, total.currency).into()),
        ("disputed", unless_zero(form, total.disputed, total.currency).into()),
        ("overdue", form.amount(total.overdue, total.currency).into()),
        ("fees", unless_zero(form, total.fees, total.currency).into()),
        ("interest", unless_zero(form, total.interest, total.currency).into()),
        ("total", form.amount(total.total, total.currency).into()),
    ]))
}

fn on(due: Option<&Due>, form: &Form) -> Value {
    group(Fields::from([
        ("date", due.map_or_else(String::new, |due| form.date(due.on)).into()),
        ("amount", due.map_or_else(String::new, |due| form.amount(due.amount, due.currency)).into()),
    ]))
}

fn answer(answer: Option<&Answer>, form: &Form) -> Value {
    let text = |of: fn(&Answer) -> &str| Value::from(answer.map_or_else(String::new, |answer| line(of(answer))));
    let amount = |of: fn(&Answer) -> i64| {
        Value::from(answer.map_or_else(String::new, |answer| unless_zero(form, of(answer), answer.currency)))
    };
    group(Fields::from([
        ("number", text(|answer| &answer.number)),
        ("reason", text(|answer| &answer.reason)),
        ("outcome", text(|answer| &answer.outcome)),
        ("text", text(|answer| &answer.text)),
        ("amount", amount(|answer| answer.amount)),
        ("granted", amount(Answer::granted)),
        ("credited", amount(|answer| answer.credited)),
        ("waived", amount(|answer| answer.waived)),
        ("rejected", amount(|answer| answer.rejected)),
    ]))
}

/// An account number in groups of four, as people copy it.
fn grouped(iban: &str) -> String {
    let letters: Vec<char> = line(iban).chars().filter(|c| !c.is_whitespace()).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// The block a mark stands for; `None` where there is nothing to show.
pub(super) fn block(mark: char, letter: &Letter, form: &Form) -> Option<Block> {
    let name = TABLES.iter().find(|(_, one)| *one == mark).map(|(name, _)| *name)?;
    match name {
        "items_table" => (!letter.items.is_empty()).then(|| Block::Table(items_table(letter, form))),
        "totals_table" => (!letter.items.is_empty()).then(|| Block::Table(totals_table(letter, form))),
        "aging_table" => (!letter.items.is_empty()).then(|| Block::Table(aging_table(letter, form))),
        "plan_table" => (!letter.plan.is_empty()).then(|| Block::Table(plan_table(letter, form))),
        _ => (!letter.company.iban.is_empty()).then(|| Block::Facts(payment(letter, form))),
    }
}

/// Text cut at its marks: what stands before each, and the mark after it.
pub(super) fn pieces(text: &str) -> Vec<(&str, Option<char>)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(MARK) {
        let mark = after.chars().next();
        pieces.push((before, mark));
        rest = &after[mark.map_or(0, char::len_utf8)..];
    }
    pieces.push((rest, None));
    pieces
}

fn items_table(letter: &Letter, form: &Form) -> Table {
    let words = form.words;
    let any = |of: fn(&Line) -> i64| letter.items.iter().any(|item| of(item) != 0);
    let money = |of: fn(&Line) -> i64| {
        move |item: &Line| {
            let minor = of(item);
            if minor == 0 { String::new() } else { form.number(minor, item.currency) }
        }
    };
    // Columns that say nothing of any item are left out.
    let mut columns: Vec<(&str, Cell<'_>)> = Vec::new();
    if any(|item| item.days_late) {
        let days = |item: &Line| if item.days_late > 0 { item.days_late.to_string() } else { String::new() };
        columns.push((words.days_late, Box::new(days)));
    }
    columns.push((words.amount, Box::new(|item: &Line| form.number(item.amount, item.currency))));
    columns.push((words.open, Box::new(|item: &Line| form.amount(item.open, item.currency))));
    for (word, of) in [
        (words.disputed, (|item| item.disputed) as fn(&Line) -> i64),
        (words.fee, |item| item.fee),
        (words.interest, |item| item.interest),
    ] {
        if any(of) {
            columns.push((word, Box::new(money(of))));
        }
    }
    let mut heads = vec![(words.number, false), (words.date, false), (words.due, false)];
    heads.extend(columns.iter().map(|(word, _)| (*word, true)));
    let rows = letter.items.iter().map(|item| {
        // A line without a number is what several documents come to: credit notes and payments not set against anything.
        let number = if item.number.is_empty() { words.credits.to_owned() } else { line(&item.number) };
        let mut row = vec![number, form.short_date(item.date), form.short_date(item.due)];
        row.extend(columns.iter().map(|(_, cell)| cell(item)));
        row
    });
    let open = heads.iter().position(|(word, _)| *word == words.open);
    let amounts = letter.items.iter().map(|item| (item.open, item.currency)).collect();
    let carry = open.map(|column| Carry { column, amounts });
    Table { heads: named(&heads), rows: rows.collect(), sums: 0, carry }
}

fn named(heads: &[(&str, bool)]) -> Vec<(String, bool)> {
    heads.iter().map(|(word, right)| ((*word).to_owned(), *right)).collect()
}

fn totals_table(letter: &Letter, form: &Form) -> Table {
    let words = form.words;
    let totals = letter.totals();
    let columns: [(&str, OfTotal); 6] = [
        (words.open, |total| total.open),
        (words.disputed, |total| total.disputed),
        (words.overdue, |total| total.overdue),
        (words.fee, |total| total.fees),
        (words.interest, |total| total.interest),
        (words.to_pay, |total| total.total),
    ];
    // A statement lists what is open and asks for none of it: not all of that is due.
    let asks = letter.kind != Kind::Statement;
    // The first and the last always stand; what is nothing in every currency does not.
    let shown: Vec<_> = columns
        .iter()
        .enumerate()
        .filter(|(place, _)| asks || *place != 5)
        .filter(|(place, (_, of))| *place == 0 || *place == 5 || totals.iter().any(|total| of(total) != 0))
        .map(|(_, column)| column)
        .collect();
    let mut heads = vec![("", false)];
    heads.extend(shown.iter().map(|(word, _)| (*word, true)));
    let rows = totals.iter().map(|total| {
        let mut row = vec![words.total.to_owned()];
        let ends = [columns[0].0, columns[5].0];
        row.extend(shown.iter().map(|(word, of)| match of(total) {
            0 if !ends.contains(word) => String::new(),
            minor => form.amount(minor, total.currency),
        }));
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    Table { sums: rows.len(), heads: named(&heads), rows, carry: None }
}

/// What is open by how long it is past due, a column a currency; spans in which nothing is are left out.
fn aging_table(letter: &Letter, form: &Form) -> Table {
    let words = form.words;
    let totals = letter.totals();
    let span = |line: &Line| SPANS.iter().position(|last| line.days_late <= *last).unwrap_or(SPANS.len());
    let mut labels = vec![words.not_due.to_owned()];
    labels.extend(SPANS.windows(2).map(|pair| format!("{}-{} {}", pair[0] + 1, pair[1], words.days)));
    labels.push(format!("{} {} {}", words.over, SPANS[SPANS.len() - 1], words.days));
    labels.push(words.credits.to_owned());
    let sum = |place: usize, currency: Currency| {
        let of = |line: &&Line| {
            let own = if line.open < 0 { SPANS.len() + 1 } else { span(line) };
            own == place && line.currency == currency
        };
        letter.items.iter().filter(of).fold(0i64, |sum, line| sum.saturating_add(line.open))
    };
    let row = |(place, label): (usize, String)| {
        let sums: Vec<(i64, Currency)> =
            totals.iter().map(|total| (sum(place, total.currency), total.currency)).collect();
        let said = |(minor, currency): &(i64, Currency)| match minor {
            0 => String::new(),
            minor => form.amount(*minor, *currency),
        };
        let some = sums.iter().any(|(minor, _)| *minor != 0);
        some.then(|| std::iter::once(label).chain(sums.iter().map(said)).collect::<Vec<String>>())
    };
    let mut rows: Vec<Vec<String>> = labels.into_iter().enumerate().filter_map(row).collect();
    let all = totals.iter().map(|total| form.amount(total.open, total.currency));
    rows.push(std::iter::once(words.total.to_owned()).chain(all).collect());
    let mut heads = vec![(words.age.to_owned(), false)];
    heads.extend(totals.iter().map(|total| (format!("{} {}", words.open, total.currency), true)));
    Table { heads, rows, sums: 1, carry: None }
}

fn plan_table(letter: &Letter, form: &Form) -> Table {
    let words = form.words;
    let heads = named(&[(words.instalment, true), (words.due, false), (words.amount, true)]);
    let rows = letter.plan.iter().enumerate().map(|(place, due)| {
        vec![(place + 1).to_string(), form.short_date(due.on), form.amount(due.amount, due.currency)]
    });
    Table { heads, rows: rows.collect(), sums: 0, carry: None }
}

fn payment(letter: &Letter, form: &Form) -> Vec<(String, String)> {
    let words = form.words;
    vec![
        (words.payee.to_owned(), line(&letter.company.name)),
        (words.account.to_owned(), grouped(&letter.company.iban)),
        (words.reference.to_owned(), line(&letter.customer.number)),
    ]
}
