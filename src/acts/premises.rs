//! What an act rests on, and what it changes: the premises are compared before a request is approved, so that nobody
//! approves what is no longer so; the change is what the approver reads, before and after.

use chrono::NaiveDate;

use super::case::{Case, Decision, Share};
use super::money::shown;
use super::payments::Application;
use super::undo::bottom;
use super::{Act, Failure, bank_rules, dunning, templates};
use crate::domain::case::Outcome;
use crate::domain::limits::LimitKind;
use crate::domain::money::Currency;
use crate::store::Tx;
use crate::store::changed::Thing;
use crate::store::people::differences;

/// The premises of an act as one line: everything it names, as the book has it now.
pub(super) fn of(tx: &Tx<'_>, act: &Act) -> Result<String, Failure> {
    Ok(match act {
        Act::Credit { item, .. } | Act::WriteOff { item, .. } => item_line(tx, *item)?,
        Act::ResolveDispute { dispute, .. } => {
            let case = tx.dispute(*dispute)?;
            format!("{} version {}; {}", case.number, case.version, item_line(tx, case.item)?)
        }
        Act::Case(act) => {
            let mut lines = Vec::new();
            for dispute in act.disputes() {
                let case = tx.dispute(dispute)?;
                lines.push(format!("{} version {}; {}", case.number, case.version, item_line(tx, case.item)?));
            }
            lines.join("; ")
        }
        Act::PostDocument { kind, number, customer, .. } => {
            let known = tx.document(*kind, number)?.is_some();
            format!("{number} {}; customer {customer}", if known { "in the book" } else { "new" })
        }
        Act::SetCustomer { customer: Some(id), .. } | Act::SetBlocked { customer: id, .. } => {
            format!("customer {id} version {}", tx.customer(*id)?.version)
        }
        Act::SetCustomer { customer: None, data, .. } => {
            let known = tx.customer_by_number(&data.number)?.is_some();
            format!("customer {} {}", data.number, if known { "in the book" } else { "new" })
        }
        Act::Unapply { allocation, .. } => {
            format!("allocation {allocation} {}", if tx.is_reversed(*allocation)? { "taken back" } else { "stands" })
        }
        Act::AddPerson { login, .. } => {
            format!("{login} {}", if tx.person(login)?.is_some() { "known" } else { "new" })
        }
        Act::ChangeRole { login, .. } | Act::SetActive { login, .. } => person_line(tx, login)?,
        Act::SetLimit { login, kind, .. } => {
            let person = tx.person(login)?;
            let own = person.map(|person| tx.own_limit(person.id, *kind)).transpose()?.flatten();
            format!("{login} {} {own:?}", kind.name())
        }
        Act::Dunning(act) => dunning::premises(tx, act)?,
        Act::Refund { credit, .. } => item_line(tx, *credit)?,
        Act::RefundPayment(back) => format!("payment {} left {}", back.payment, tx.payment(back.payment)?.left),
        Act::ApplyPayment(application) => application_line(tx, application)?,
        Act::SetSetting { key, .. } if key.starts_with(templates::PREFIX) => {
            format!("{key} {}", templates::mark(tx.setting(key)?))
        }
        Act::SetSetting { key, .. } => format!("{key} {:?}", tx.setting(key)?),
        Act::SetRate { currency, from, .. } => format!("{currency} on {from} {:?}", tx.rate(*currency, *from)?),
        Act::SettlePayment { payment, .. } => format!("payment {payment} left {}", tx.payment(*payment)?.left),
        Act::SetBankRule(change) => bank_rules::premises(tx, change)?,
        Act::ReopenPeriod { .. } => format!("closed until {:?}", tx.closed_until()?),
        Act::Undo { act } => match tx.logged(*act)? {
            Some(logged) => {
                // What is done again must find what the maker found.
                let original = of(tx, &bottom(tx, &logged)?.0)?;
                format!("act {act} taken back by {:?}; {original}", logged.undone_by)
            }
            None => String::new(),
        },
        _ => String::new(),
    })
}

/// Who changed what an act rests on after another act, and how; empty where it cannot be told.
pub(super) fn changed_by(tx: &Tx<'_>, act: &Act, after: i64) -> Result<String, Failure> {
    let thing = match act {
        Act::Credit { item, .. } | Act::WriteOff { item, .. } | Act::Refund { credit: item, .. } => Thing::Item(*item),
        Act::ResolveDispute { dispute, .. } => Thing::Dispute(*dispute),
        Act::Case(act) => {
            let mut last = None;
            for dispute in act.disputes() {
                last = last.max(tx.changed_after(Thing::Dispute(dispute), after)?);
            }
            return said(tx, last);
        }
        Act::PostDocument { kind, number, .. } => Thing::Document(kind.code(), number),
        Act::SetCustomer { customer: Some(id), .. } | Act::SetBlocked { customer: id, .. } => Thing::Customer(*id),
        Act::SetCustomer { customer: None, data, .. } => Thing::CustomerNumber(&data.number),
        Act::Unapply { allocation, .. } => Thing::Allocation(*allocation),
        Act::AddPerson { login, .. }
        | Act::ChangeRole { login, .. }
        | Act::SetActive { login, .. }
        | Act::SetLimit { login, .. } => Thing::Person(login),
        Act::SetSetting { key, .. } => Thing::Setting(key),
        Act::ReopenPeriod { .. } => Thing::Months,
        Act::SettlePayment { payment, .. } => Thing::Payment(*payment),
        Act::ApplyPayment(application) => {
            let items = application.lines.iter().map(|line| line.item);
            let items = items.chain(application.credits.iter().map(|(credit, _)| *credit)).map(Thing::Item);
            let mut last = None;
            let others = application.with.iter().map(|(other, _)| Thing::Payment(*other));
            for thing in items.chain(others).chain([Thing::Payment(application.payment)]) {
                last = last.max(tx.changed_after(thing, after)?);
            }
            return said(tx, last);
        }
        Act::Undo { act } => {
            if let Some(by) = tx.changed_after(Thing::Act(*act), after)? {
                return said(tx, Some(by));
            }
            return match tx.logged(*act)? {
                Some(logged) => changed_by(tx, &bottom(tx, &logged)?.0, after),
                None => Ok(String::new()),
            };
        }
        _ => return Ok(String::new()),
    };
    said(tx, tx.changed_after(thing, after)?)
}

/// Whose act that was, as a sentence after another one.
fn said(tx: &Tx<'_>, act: Option<i64>) -> Result<String, Failure> {
    let by = act.map(|act| tx.who(act)).transpose()?;
    Ok(by.map_or_else(String::new, |by| format!(" {by}.")))
}

fn application_line(tx: &Tx<'_>, application: &Application) -> Result<String, Failure> {
    let payments = [application.payment].into_iter().chain(application.with.iter().map(|(other, _)| *other));
    let items = application.lines.iter().map(|line| line.item);
    let items = items.chain(application.credits.iter().map(|(credit, _)| *credit));
    let mut lines = Vec::new();
    for payment in payments {
        lines.push(format!("payment {payment} left {}", tx.payment(payment)?.left));
    }
    for item in items {
        lines.push(item_line(tx, item)?);
    }
    Ok(lines.join("; "))
}

fn item_line(tx: &Tx<'_>, id: i64) -> Result<String, Failure> {
    let item = tx.item(id)?;
    Ok(format!("item {id} open {} {} disputed {}", item.open, item.currency, item.disputed))
}

fn person_line(tx: &Tx<'_>, login: &str) -> Result<String, Failure> {
    Ok(match tx.person(login)? {
        Some(person) => format!("{login} {} active {}", person.roles.join(","), person.active),
        None => format!("{login} new"),
    })
}

/// What an act changes: lines of what, before and after, separated by tabs.
pub(super) fn change(tx: &Tx<'_>, today: NaiveDate, act: &Act) -> Result<String, Failure> {
    let mut lines: Vec<[String; 3]> = Vec::new();
    let mut add = |what: &str, before: String, after: String| lines.push([what.to_owned(), before, after]);
    match act {
        Act::Credit { item, amount, .. } | Act::WriteOff { item, amount, .. } => {
            let item = tx.item(*item)?;
            add("open amount", shown(item.open, item.currency), shown(item.open - amount, item.currency));
        }
        Act::ResolveDispute { dispute, accepted, .. } => resolved(tx, *dispute, *accepted, &mut add)?,
        Act::Case(act) => decided(tx, act, &mut add)?,
        Act::PostDocument { kind, number, amount, currency, .. } => {
            add(&format!("{} {number}", kind.name()), "none".into(), shown(*amount, *currency));
        }
        Act::SetCustomer { customer, data, .. } => {
            let before = customer.map(|id| tx.customer(id)).transpose()?.map(|known| known.data);
            for (what, before, after) in differences(before.as_ref(), data) {
                add(what, before, after);
            }
        }
        Act::SetBlocked { customer, blocked, .. } => {
            let word = |blocked: bool| if blocked { "blocked" } else { "released" }.to_owned();
            add("deliveries", word(tx.customer(*customer)?.data.blocked), word(*blocked));
        }
        Act::AddPerson { login, roles, .. } => add(&format!("roles of {login}"), "none".into(), roles.join(", ")),
        Act::ChangeRole { login, role, held, .. } => {
            let word = |held: bool| if held { "held" } else { "not held" }.to_owned();
            add(&format!("{role} of {login}"), word(!held), word(*held));
        }
        Act::SetActive { login, active } => {
            let word = |active: bool| if active { "may sign in" } else { "may not sign in" }.to_owned();
            add(login, word(!active), word(*active));
        }
        Act::SetLimit { login, kind, amount } => {
            let base = tx.setting("currency")?.and_then(|code| Currency::parse(&code).ok()).unwrap_or(Currency::EUR);
            let own = match tx.person(login)? {
                Some(person) => tx.own_limit(person.id, *kind)?,
                None => None,
            };
            add(&limit_name(login, *kind), limit_words(own, base), limit_words(*amount, base));
        }
        Act::SetSetting { key, value } if key.starts_with(templates::PREFIX) => {
            let before = tx.setting(key)?.unwrap_or_default();
            for (what, before, after) in templates::changed_lines(key, &before, value) {
                add(&what, before, after);
            }
        }
        Act::SetSetting { key, value } => {
            add(key, tx.setting(key)?.unwrap_or_else(|| "not set".into()), value.clone());
        }
        Act::Dunning(act) => dunning::change(tx, today, act, &mut add)?,
        Act::ReopenPeriod { period, .. } => add(period, "closed".into(), "open".into()),
        Act::SetRate { .. } => rate_change(tx, act, &mut add)?,
        Act::SetBankRule(change) => bank_rules::change(tx, change, &mut add)?,
        Act::AddBankAccount { .. }
        | Act::Refund { .. }
        | Act::RefundPayment(_)
        | Act::SettlePayment { .. }
        | Act::ApplyPayment(_) => cash(tx, act, &mut add)?,
        Act::Undo { act } => {
            if let Some(logged) = tx.logged(*act)? {
                let (_, is_done) = bottom(tx, &logged)?;
                let word = |done: bool| if done { "done" } else { "taken back" }.to_owned();
                add(&logged.summary, word(is_done), word(!is_done));
            }
        }
        _ => {}
    }
    Ok(lines.iter().map(|line| line.join("\t")).collect::<Vec<_>>().join("\n"))
}

/// What a rate replaces from its day on.
fn rate_change(tx: &Tx<'_>, act: &Act, add: &mut dyn FnMut(&str, String, String)) -> Result<(), Failure> {
    let Act::SetRate { currency, from, rate } = act else { return Ok(()) };
    let base = tx.setting("currency")?.unwrap_or_default();
    let before = tx.rate(*currency, *from)?.map_or("none".into(), |rate| format!("{rate} {base}"));
    add(&format!("1 {currency} from {from}"), before, format!("{rate} {base}"));
    Ok(())
}

/// What deciding a whole case changes.
fn resolved(
    tx: &Tx<'_>,
    dispute: i64,
    accepted: i64,
    add: &mut dyn FnMut(&str, String, String),
) -> Result<(), Failure> {
    let case = tx.dispute(dispute)?;
    let item = tx.item(case.item)?;
    add(&format!("{} accepted", case.number), "undecided".into(), shown(accepted, case.currency));
    let credited = accepted.min(item.open.max(0));
    add("open amount", shown(item.open, item.currency), shown(item.open - credited, item.currency));
    Ok(())
}

/// What a decision changes of a case and of its item.
fn decided(tx: &Tx<'_>, act: &Case, add: &mut dyn FnMut(&str, String, String)) -> Result<(), Failure> {
    let Some(Decision { parts, outcome, rest, .. }) = act.decision() else { return Ok(()) };
    parts.iter().try_for_each(|part| decided_one(tx, part, outcome, rest, add))
}

fn decided_one(
    tx: &Tx<'_>,
    Share { dispute, amount, .. }: &Share,
    outcome: Outcome,
    rest: bool,
    add: &mut dyn FnMut(&str, String, String),
) -> Result<(), Failure> {
    let case = tx.dispute(*dispute)?;
    let (item, held) = (tx.item(case.item)?, tx.held_by(&case)?);
    let of = |minor| shown(minor, case.currency);
    let word = outcome.effect().word();
    let before = tx.amounts(&case)?.of(outcome.effect());
    add(&format!("{} {word}", case.number), of(before), of(before + amount));
    let left = if rest { 0 } else { held - amount };
    add(&format!("{} in dispute", case.number), of(held), of(left));
    let taken = if matches!(outcome, Outcome::Collect | Outcome::Repay) { 0 } else { (*amount).min(item.open.max(0)) };
    add("open amount", of(item.open), of(item.open - taken));
    Ok(())
}

/// What an act on money of the bank changes.
fn cash(tx: &Tx<'_>, act: &Act, add: &mut dyn FnMut(&str, String, String)) -> Result<(), Failure> {
    match act {
        Act::AddBankAccount { name, number, currency } => {
            add(&format!("bank account {name}"), "none".into(), format!("{number} in {currency}"));
        }
        Act::Refund { credit, amount, .. } => {
            let credit = tx.item(*credit)?;
            let left = (-credit.open).max(0);
            add("unapplied", shown(left, credit.currency), shown(left - amount, credit.currency));
            add("sent to the customer", shown(0, credit.currency), shown(*amount, credit.currency));
        }
        Act::RefundPayment(back) => {
            let (payment, amount) = (tx.payment(back.payment)?, back.amount);
            let of = |minor| shown(minor, payment.currency);
            add(
                &format!("not settled of the payment of {}", payment.payer),
                of(payment.left),
                of(payment.left - amount),
            );
            add("sent to the customer", of(0), of(amount));
        }
        Act::SettlePayment { payment, what, .. } => {
            let payment = tx.payment(*payment)?;
            add(&format!("payment of {}", payment.payer), shown(payment.left, payment.currency), what.words().into());
        }
        Act::ApplyPayment(application) => {
            for line in application.lines.iter().filter(|line| line.discount > 0 || line.difference > 0) {
                let item = tx.item(line.item)?;
                let after = item.open - line.paid - line.discount - line.difference;
                add("open amount", shown(item.open, item.currency), shown(after, item.currency));
                add("discount granted", shown(0, item.currency), shown(line.discount, item.currency));
                add("difference accepted", shown(0, item.currency), shown(line.difference, item.currency));
            }
        }
        _ => {}
    }
    Ok(())
}

fn limit_name(login: &str, kind: LimitKind) -> String {
    format!("limit of {login}, {}", kind.words())
}

fn limit_words(amount: Option<i64>, base: Currency) -> String {
    amount.map_or_else(|| "as the roles say".to_owned(), |amount| shown(amount, base))
}
