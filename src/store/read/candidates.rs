//! One payment beside what it may pay, as the screen asks for it: the customers it points to, what the rules say of it,
//! and the open items with the discount each can still take.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::matching::{BY_NAME, billed, for_each, items, payments, policies};
use crate::domain::discount::percent_of;
use crate::domain::document::DocumentKind;
use crate::domain::matching::{Answer, Builder, Customer, Objection, Payment, Policy, explain};
use crate::domain::money::Currency;
use crate::language::fold::fold;
use crate::store::Reader;
use crate::store::date::read;
use crate::store::error::Result;
use crate::store::lookup::kind;

/// An open item beside a payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beside {
    /// The item.
    pub id: i64,
    /// Whose it is.
    pub customer: i64,
    /// The document's number.
    pub number: String,
    /// What the document is; credits have negative amounts.
    pub kind: DocumentKind,
    /// The document's date.
    pub date: NaiveDate,
    /// When it is due.
    pub due: NaiveDate,
    /// Currency.
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// What is open of it.
    pub open: i64,
    /// The disputed part.
    pub disputed: i64,
    /// The discount it can still take if paid on the payment's value date; 0 for none.
    pub discount: i64,
    /// The last day of its discount, grace included; also of one that is over.
    pub discount_until: Option<NaiveDate>,
}

/// Who and what a payment may be, best first, with the items of the likeliest payers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidates {
    /// The engine's answer.
    pub answer: Answer,
    /// Id, number and name of every customer the answer names.
    pub customers: Vec<(i64, String, String)>,
    /// Open items of the customers the answer names, in the payment's currency, by due date.
    pub items: Vec<Beside>,
}

/// Explains one payment by what is open now. Only customers that account, name, a number named or the amount point to
/// are looked at, so that the engine proposes and decides nothing. `None` where there is no such payment.
pub fn candidates(reader: &Reader, payment: i64) -> Result<Option<Candidates>> {
    let conn = &reader.conn;
    let policies = policies(conn)?;
    let shorter = |policy: Policy| Policy { combinations: COMBINATIONS, ..policy };
    let Some(one) = payments(conn, "p.id = $1 LIMIT $2", payment, 1)?.pop() else { return Ok(None) };
    let mut chosen = Vec::new();
    for id in pointed_at(conn, &one.payment)? {
        chosen.push(customer(conn, id)?);
    }
    let mut builder = Builder::new(shorter(policies.company()), chosen.iter().cloned());
    for (number, policy) in policies.each() {
        if let Some(known) = chosen.iter().find(|customer| customer.number == number) {
            builder.policy(known.id, shorter(policy));
        }
    }
    let mut group = conn.prepare_cached("SELECT group_name FROM customer WHERE id = $1")?;
    for one in &chosen {
        builder.group(one.id, &group.query_row([one.id], |row| row.get::<_, String>(0))?);
    }
    builder.part_only();
    for customer in &chosen {
        items(conn, &mut builder, "i.open <> 0 AND i.customer_id = $1", customer.id)?;
    }
    let mut answer = explain(&builder.build(), &one.payment);
    // A person decides here, who knows that only what points to somebody was looked at, and that paid numbers were not.
    let told = |objection: &Objection| !matches!(objection, Objection::PartOfBook | Objection::ShortHistory);
    for explanation in &mut answer.explanations {
        explanation.objections.retain(told);
    }
    let explained = answer.explanations.iter().map(|explanation| explanation.customer);
    let named: BTreeSet<i64> = answer.payers.iter().map(|payer| payer.customer).chain(explained).collect();
    let mut found = Vec::new();
    for customer in &named {
        found.extend(beside(reader, *customer, one.payment.currency, one.payment.date)?);
    }
    let customers = chosen
        .into_iter()
        .filter(|customer| named.contains(&customer.id))
        .map(|customer| (customer.id, customer.number, customer.name))
        .collect();
    Ok(Some(Candidates { answer, customers, items: found }))
}

/// One customer with the accounts and names it is known by.
fn customer(conn: &Connection, id: i64) -> Result<Customer> {
    let mut found = conn.prepare_cached("SELECT number, name, bank_account FROM customer WHERE id = $1")?.query_row(
        [id],
        |row| {
            let own: String = row.get(2)?;
            let accounts = if own.is_empty() { Vec::new() } else { vec![own] };
            Ok(Customer { id, number: row.get(0)?, name: row.get(1)?, accounts })
        },
    )?;
    let mut aliases = conn.prepare_cached(
        "SELECT a.kind, a.value FROM alias_change a WHERE a.customer_id = $1 AND a.held = 1 AND NOT EXISTS \
         (SELECT 1 FROM alias_change b WHERE b.customer_id = a.customer_id AND b.kind = a.kind AND b.value = a.value \
          AND b.id > a.id)",
    )?;
    for_each(&mut aliases, [id], |row| {
        let value: String = row.get(1)?;
        let by_name = row.get_ref(0)?.as_str()? == "name";
        found.accounts.push(if by_name { format!("{BY_NAME}{value}") } else { value });
        Ok(())
    })?;
    Ok(found)
}

/// Most customers looked at because an item of theirs has just this amount open, or because their name has a word of
/// the payer's.
const LIKE: i64 = 8;

/// Combinations tried for one customer while a person waits; a run tries more.
const COMBINATIONS: u32 = 3_000;

/// The customers an account, a name, a number named or the amount points to.
fn pointed_at(conn: &Connection, payment: &Payment) -> Result<BTreeSet<i64>> {
    let mut chosen = BTreeSet::new();
    let mut gather = |text: &str, values: &[&dyn rusqlite::ToSql]| -> Result<()> {
        let mut statement = conn.prepare_cached(text)?;
        for_each(&mut statement, values, |row| {
            chosen.insert(row.get(0)?);
            Ok(())
        })
    };
    let account = payment.account.as_str();
    gather("SELECT customer_id FROM alias_change WHERE kind = 'account' AND value = $1", &[&account])?;
    gather("SELECT customer_id FROM alias_change WHERE kind = 'name' AND value = $1", &[&payment.name])?;
    if !account.is_empty() {
        gather(
            "SELECT id FROM customer WHERE bank_account <> '' AND replace(bank_account, ' ', '') = $1",
            &[&account],
        )?;
    }
    let folded = fold(&payment.name);
    let mut words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    for word in words.into_iter().take(2) {
        let text = "SELECT id FROM customer WHERE instr(folded, $1) > 0 LIMIT $2";
        gather(text, &[&word, &LIKE])?;
    }
    let same = "SELECT DISTINCT customer_id FROM item WHERE open = $1 AND open > 0 AND currency = $2 LIMIT $3";
    gather(same, &[&payment.amount, &payment.currency.code(), &LIKE])?;
    gather("SELECT id FROM customer WHERE number = $1", &[&payment.customer_number])?;
    let beginnings = beginnings(conn)?;
    let said = payment.references.iter().chain(payment.lines.iter().map(|line| &line.reference)).chain([&payment.text]);
    for word in said.flat_map(|text| text.split(|c: char| c.is_whitespace() || ",;:|".contains(c))) {
        by_number(conn, word, &beginnings, &mut chosen)?;
    }
    Ok(chosen)
}

/// How numbers of documents begin and how many digits follow, told from open items due last.
fn beginnings(conn: &Connection) -> Result<BTreeSet<(String, usize)>> {
    let mut statement = conn.prepare_cached(
        "SELECT d.number FROM item i JOIN document d ON d.id = i.document_id \
             WHERE i.open <> 0 AND i.kind IN (1, 3) ORDER BY i.due_date DESC, i.id DESC LIMIT 200",
    )?;
    let mut found = BTreeSet::new();
    for_each(&mut statement, [], |row| {
        let number = row.get_ref(0)?.as_str()?;
        let digits = number.bytes().rev().take_while(u8::is_ascii_digit).count();
        found.insert((number[..number.len() - digits].to_owned(), digits));
        Ok(())
    })?;
    Ok(found)
}

/// The customers of documents a word may be the number of: as it stands, or its digits under a known beginning.
fn by_number(
    conn: &Connection,
    word: &str,
    beginnings: &BTreeSet<(String, usize)>,
    chosen: &mut BTreeSet<i64>,
) -> Result<()> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    if word.bytes().filter(u8::is_ascii_digit).count() < 3 {
        return Ok(());
    }
    let mut look = |number: &str| -> Result<()> {
        let mut statement =
            conn.prepare_cached("SELECT customer_id FROM document WHERE number = $1 AND kind IN (1, 2, 3)")?;
        let found: Option<i64> = statement.query_row([number], |row| row.get(0)).optional()?;
        // Or it is our number for the customer.
        let mut numbered = conn.prepare_cached("SELECT id FROM customer WHERE number = $1")?;
        chosen.extend(found.or(numbered.query_row([number], |row| row.get(0)).optional()?));
        Ok(())
    };
    look(word)?;
    look(&word.to_uppercase())?;
    let tail: String =
        word.chars().rev().take_while(char::is_ascii_digit).collect::<Vec<_>>().into_iter().rev().collect();
    let short = tail.trim_start_matches('0');
    for (beginning, digits) in beginnings {
        if !short.is_empty() && short.len() <= *digits {
            look(&format!("{beginning}{short:0>digits$}"))?;
        }
    }
    Ok(())
}

/// The open items of one customer in one currency, by due date, as they stand beside a payment of `value`.
pub fn beside(reader: &Reader, customer: i64, unit: Currency, value: NaiveDate) -> Result<Vec<Beside>> {
    let number = "SELECT number FROM customer WHERE id = $1";
    let number: String = reader.conn.prepare_cached(number)?.query_row([customer], |row| row.get(0))?;
    let grace = policies(&reader.conn)?.of(&number).grace;
    let mut statement = reader.conn.prepare_cached(
        "SELECT i.id, d.number, i.kind, i.document_date, i.due_date, i.amount, i.open, i.disputed, g.percent, \
           g.until_date, n.net FROM item i JOIN document d ON d.id = i.document_id \
         LEFT JOIN item_discount g ON g.item_id = i.id LEFT JOIN discount_net n ON n.item_id = g.item_id WHERE i.customer_id = $1 AND i.currency = $2 AND i.open <> 0 \
         ORDER BY i.due_date, i.id",
    )?;
    let one = |row: &Row<'_>| -> rusqlite::Result<Beside> {
        let (kind, date) = (kind(row.get(2)?), read(row.get_ref(3)?.as_str()?));
        let (amount, open): (i64, i64) = (row.get(5)?, row.get(6)?);
        let discount = billed(row, 8, date)?;
        let base = row.get::<_, Option<i64>>(10)?.unwrap_or(amount);
        let until = discount.map(|discount| discount.until(date) + chrono::Duration::days(grace));
        let whole = open == amount && until.is_some_and(|until| value <= until);
        Ok(Beside {
            id: row.get(0)?,
            customer,
            number: row.get(1)?,
            kind,
            date,
            due: read(row.get_ref(4)?.as_str()?),
            currency: unit,
            amount,
            open,
            disputed: row.get(7)?,
            discount: discount.filter(|_| whole).map_or(0, |discount| percent_of(base, discount.percent)),
            discount_until: until,
        })
    };
    let rows = statement.query_map(params![customer, unit.code()], one)?.collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}
