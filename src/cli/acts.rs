//! The verbs that change one thing: each turns its words into an act and performs it. A verb repeated with the same
//! act key says what it did the first time, even where its words no longer mean anything open.

use super::act_args::{self as given, Dispute, Post, PostKind};
use super::admin;
use super::args::{Change, Verb};
use super::names::{self, Shares};
use super::out;
use super::read_args::Customer;
use super::session::Session;
use super::stop::Stop;
use crate::acts::arrange::Arrange;
use crate::acts::case::Case;
use crate::acts::{Act, Expect, Request};
use crate::domain::case::Outcome;
use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;
use crate::domain::promise::Said;
use crate::domain::tax::{self, TaxPart};
use crate::language::dates::Lean;
use crate::store::Reader;
use crate::store::open::{Access, open};
use crate::store::people::CustomerData;
use crate::store::read::refer::{self, CustomerRef};
use crate::store::read::{account, book, history};

/// An act with what was seen of the book before it.
type Seen = (Act, Vec<Expect>);

/// Performs a changing verb.
pub(super) fn run(session: &Session, verb: Verb) -> Result<(), Stop> {
    session.may_write()?;
    let change = change_of(&verb).cloned().unwrap_or_default();
    let reader = session.reader()?;
    let key = session.key(change.making.act_key.as_deref());
    let (act, expect) = match build(session, &reader, &verb) {
        Ok(built) => built,
        Err(stop) => {
            return match session.performed(&key)? {
                Some((act, summary)) => {
                    out::say(&format!("{summary} (act {act} with this key; nothing was changed now)"))
                }
                None => Err(stop),
            };
        }
    };
    drop(reader);
    admin::report(session, &change, &Request { key, act, expect })
}

fn change_of(verb: &Verb) -> Option<&Change> {
    Some(match verb {
        Verb::Call(given) => &given.change,
        Verb::Note(given) => &given.change,
        Verb::Promise(given) => &given.change,
        Verb::Withdraw(given) => &given.change,
        Verb::Customer(Customer::Set(given)) => &given.change,
        Verb::FollowUp(given) => &given.change,
        Verb::Owner(given) => &given.change,
        Verb::Done(given) => &given.change,
        Verb::EmailDraft(given) => &given.change,
        Verb::Dispute(
            Dispute::Open { change, .. }
            | Dispute::Assign { change, .. }
            | Dispute::Note { change, .. }
            | Dispute::Resolve { change, .. },
        ) => change,
        Verb::Credit(given) | Verb::WriteOff(given) => &given.change,
        Verb::Post(Post::Invoice(given)) => &given.change,
        Verb::Post(Post::Receipt(given)) => &given.change,
        Verb::Apply(given) => &given.change,
        Verb::Unapply(given) => &given.change,
        Verb::Block(given) => &given.change,
        Verb::Undo(given) => &given.change,
        _ => return None,
    })
}

fn build(session: &Session, reader: &Reader, verb: &Verb) -> Result<Seen, Stop> {
    let next = |text: &Option<String>| text.as_deref().map(|text| session.date(text, Lean::Forward)).transpose();
    let act = match verb {
        Verb::Call(given) => Act::LogCall {
            customer: names::customer(reader, &given.customer)?.id,
            outcome: given.outcome.clone(),
            text: given.text.clone(),
            next_on: next(&given.next)?,
        },
        Verb::Note(given) => {
            Act::Note { customer: names::customer(reader, &given.customer)?.id, text: given.text.clone() }
        }
        Verb::FollowUp(given) => Act::FollowUp {
            customers: names::customers(reader, &given.customers)?,
            on: session.date(&given.on, Lean::Forward)?,
            what: given.what.clone(),
        },
        Verb::Owner(given) => {
            Act::SetOwner { customers: names::customers(reader, &given.customers)?, owner: given.to.clone() }
        }
        Verb::Done(given) => Act::Done { customers: names::customers(reader, &given.customers)? },
        Verb::EmailDraft(given) => Act::DraftEmail {
            customers: names::customers(reader, &given.customers)?,
            text: given.text.clone(),
            next_on: next(&given.next)?,
        },
        Verb::Block(given) => Act::SetBlocked {
            customer: names::customer(reader, &given.customer)?.id,
            blocked: !given.release,
            reason: given.reason.clone(),
        },
        Verb::Undo(given) => Act::Undo { act: to_undo(session, reader, given.act)? },
        Verb::Withdraw(given) => withdraw(reader, &given.item)?,
        Verb::Customer(Customer::Set(given)) => set_customer(session, reader, given)?,
        Verb::Promise(given) => return promise(session, reader, given),
        Verb::Dispute(given) => return dispute(reader, given),
        Verb::Credit(given) => return reduce(session, reader, given, false),
        Verb::WriteOff(given) => return reduce(session, reader, given, true),
        Verb::Post(Post::Invoice(given)) => post_invoice(session, reader, given)?,
        Verb::Post(Post::Receipt(given)) => return post_receipt(session, reader, given),
        Verb::Apply(given) => return apply(session, reader, given),
        Verb::Unapply(given) => unapply(session, reader, given)?,
        _ => return Err(Stop::usage("This verb changes nothing.")),
    };
    Ok((act, Vec::new()))
}

fn promise(session: &Session, reader: &Reader, given: &given::Promise) -> Result<Seen, Stop> {
    let mut items = Vec::new();
    for number in &given.items {
        items.extend(names::debits(reader, number)?);
    }
    items.sort_by_key(|item| (item.due, item.id));
    let open: i64 = items.iter().map(|item| item.open).sum();
    let amount = given.amount.as_deref();
    let amount = amount.map(|text| names::amount(text, items[0].currency, Some(open))).transpose()?;
    let mut shares = Shares::of(open);
    shares.add(&items, amount)?;
    let on = session.date(&given.on, Lean::Forward)?;
    let (items, text) = (shares.parts, given.text.clone());
    let said = Said { method: given.method.clone(), contact: given.contact.clone(), source: given.source.clone() };
    let act = match said == Said::default() {
        true => Act::Promise { items, on, text },
        false => Act::Arrange(Arrange::PromiseBy { items, on, text, said }),
    };
    Ok((act, shares.seen))
}

fn dispute(reader: &Reader, given: &Dispute) -> Result<Seen, Stop> {
    let act = match given {
        Dispute::Open { items, more, amount, reason, text, .. } => {
            let named: Vec<&String> = items.iter().chain(more).collect();
            return open_dispute(reader, &named, amount.as_deref(), (reason, text));
        }
        Dispute::Assign { dispute, to, department, .. } => {
            let case = names::dispute(reader, dispute)?;
            let (owner, department) = (to.clone(), department.clone());
            Act::AssignDispute { dispute: case.id, version: case.version, owner, department }
        }
        Dispute::Note { dispute, text, .. } => {
            let case = names::dispute(reader, dispute)?;
            Act::NoteDispute { dispute: case.id, version: case.version, text: text.clone() }
        }
        Dispute::Resolve { dispute, accepted, cause, text, .. } => {
            let case = names::dispute(reader, dispute)?;
            let (outcome, amount) = match accepted.trim() {
                "none" => (Outcome::Collect, case.held),
                typed => (Outcome::Credit, names::amount(typed, case.currency, Some(case.held))?),
            };
            let (outcome, amount) = if amount == 0 { (Outcome::Collect, case.held) } else { (outcome, amount) };
            Act::Case(Box::new(Case::Decide {
                dispute: case.id,
                version: case.version,
                outcome,
                amount,
                rest: true,
                cause: cause.clone().unwrap_or(case.cause),
                on: None,
                text: text.clone(),
            }))
        }
        Dispute::More(_) => return Err(Stop::usage("This verb changes nothing.")),
    };
    Ok((act, Vec::new()))
}

/// A dispute on one invoice, or a case over several.
fn open_dispute(
    reader: &Reader,
    named: &[&String],
    amount: Option<&str>,
    (reason, text): (&str, &str),
) -> Result<Seen, Stop> {
    let (reason, text) = (reason.to_owned(), text.to_owned());
    if let ([only], Some(typed)) = (named, amount) {
        let item = names::debits(reader, only)?.remove(0);
        let amount = names::amount(typed, item.currency, Some(item.open - item.disputed))?;
        let act = Act::OpenDispute { item: item.id, amount, reason, text };
        return Ok((act, vec![Expect::Open { item: item.id, open: item.open }]));
    }
    if named.is_empty() || amount.is_some() {
        let sentence = "Say which invoices are in dispute; of several, how much of each: INV-1:100 INV-2:50.";
        return Err(Stop::usage(sentence));
    }
    let (mut items, mut seen) = (Vec::new(), Vec::new());
    for name in named {
        let (item, amount) = names::free_share(reader, name)?;
        items.push((item.id, amount));
        seen.push(Expect::Open { item: item.id, open: item.open });
    }
    let act = match items[..] {
        [(item, amount)] => Act::OpenDispute { item, amount, reason, text },
        _ => Act::Case(Box::new(Case::OpenSeveral { items, reason, text })),
    };
    Ok((act, seen))
}

fn reduce(session: &Session, reader: &Reader, given: &given::Reduce, write_off: bool) -> Result<Seen, Stop> {
    let item = names::debits(reader, &given.item)?.remove(0);
    let amount = given.amount.as_deref();
    let amount = amount.map(|text| names::amount(text, item.currency, Some(item.open))).transpose()?;
    let amount = amount.unwrap_or(item.open);
    let (date, reason) = (given.date.unwrap_or(session.today), given.reason.clone());
    let act = match write_off {
        true => Act::WriteOff { item: item.id, amount, date, reason },
        false => Act::Credit { item: item.id, amount, date, reason },
    };
    Ok((act, vec![Expect::Open { item: item.id, open: item.open }]))
}

/// The currency asked for, else the customer's, else the book's.
fn currency_of(reader: &Reader, customer: &CustomerRef, given: Option<Currency>) -> Result<Currency, Stop> {
    match given.or(customer.currency) {
        Some(currency) => Ok(currency),
        None => Ok(book::header(reader)?.currency),
    }
}

fn post_invoice(session: &Session, reader: &Reader, given: &given::PostInvoice) -> Result<Act, Stop> {
    let customer = names::customer(reader, &given.customer)?;
    let currency = currency_of(reader, &customer, given.currency)?;
    Ok(Act::PostDocument {
        kind: match given.kind {
            PostKind::Invoice => DocumentKind::Invoice,
            PostKind::CreditNote => DocumentKind::CreditNote,
            PostKind::DebitNote => DocumentKind::DebitNote,
        },
        number: given.number.clone(),
        customer: customer.id,
        date: given.date.unwrap_or(session.today),
        terms: given.terms.clone(),
        due: given.due,
        currency,
        amount: names::plain_amount(&given.amount, currency)?,
        reference: given.reference.clone(),
        order: given.order.clone(),
        tax: given.tax.iter().map(|text| taxed(text, currency)).collect::<Result<_, _>>()?,
    })
}

/// `19` for a rate the whole amount contains, or `19:1000.00:190.00` for net amount and tax at a rate.
fn taxed(text: &str, currency: Currency) -> Result<TaxPart, Stop> {
    let mut parts = text.split(':');
    let rate = tax::rate(parts.next().unwrap_or_default()).map_err(|why| Stop::usage(format!("{why}.")))?;
    let rest: Vec<&str> = parts.collect();
    match rest[..] {
        [] => Ok(TaxPart { rate, net: 0, tax: 0 }),
        [net, tax] => {
            let tax =
                if tax.trim().trim_matches(['0', '.']).is_empty() { 0 } else { names::plain_amount(tax, currency)? };
            Ok(TaxPart { rate, net: names::plain_amount(net, currency)?, tax })
        }
        _ => Err(Stop::usage("Tax is given as a rate, or as rate:net:tax, such as 19:1000.00:190.00.")),
    }
}

fn post_receipt(session: &Session, reader: &Reader, given: &given::PostReceipt) -> Result<Seen, Stop> {
    let customer = names::customer(reader, &given.customer)?;
    // The currency is the one of the invoices it pays, unless another is asked for (which the act then refuses).
    let paid = given.apply.first().map(|text| names::share_currency(reader, text)).transpose()?;
    let currency = currency_of(reader, &customer, given.currency.or(paid))?;
    let amount = names::plain_amount(&given.amount, currency)?;
    let mut shares = Shares::of(amount);
    for text in &given.apply {
        names::share(reader, text, &mut shares)?;
    }
    let act = Act::PostReceipt {
        customer: customer.id,
        reference: given.reference.clone(),
        date: given.date.unwrap_or(session.today),
        currency,
        amount,
        method: given.method.clone(),
        text: given.text.clone(),
        applied: shares.parts,
    };
    Ok((act, shares.seen))
}

fn apply(session: &Session, reader: &Reader, given: &given::Apply) -> Result<Seen, Stop> {
    let credit = names::credit(reader, &given.credit)?;
    let mut shares = Shares::of(-credit.open);
    for text in &given.items {
        names::share(reader, text, &mut shares)?;
    }
    shares.seen.push(Expect::Open { item: credit.id, open: credit.open });
    let effective = given.date.unwrap_or(session.today);
    Ok((Act::Apply { credit: credit.id, applied: shares.parts, effective }, shares.seen))
}

fn unapply(session: &Session, reader: &Reader, given: &given::Unapply) -> Result<Act, Stop> {
    let mut found = Vec::new();
    for item in refer::items(reader, given.item.trim())? {
        let live = refer::allocations(reader, item.id)?;
        found.extend(live.into_iter().filter(|(_, credit, _)| credit == given.credit.trim()));
    }
    match found.as_slice() {
        [(allocation, _, _)] => Ok(Act::Unapply {
            allocation: *allocation,
            effective: given.date.unwrap_or(session.today),
            reason: given.reason.clone(),
        }),
        [] => {
            let sentence = format!("{} is not applied to {}. Nothing was changed.", given.credit, given.item);
            Err(Stop::refused("ACT-04", sentence))
        }
        several => {
            let count = several.len();
            let sentence = format!(
                "{} is applied to {} in {count} parts; take back the act that did it with `o2c undo`. Nothing was changed.",
                given.credit, given.item
            );
            Err(Stop::refused("ACT-04", sentence))
        }
    }
}

/// The act asked for, else the last one of this person that can be taken back.
fn to_undo(session: &Session, reader: &Reader, given: Option<i64>) -> Result<i64, Stop> {
    if let Some(act) = given {
        return Ok(act);
    }
    let login = session.login(Some(reader))?;
    let person = book::person(reader, &login)?;
    let conn = open(&session.book()?, Access::Read)?;
    let last = person.map(|person| history::to_undo(&conn, person.id)).transpose()?.flatten();
    last.ok_or_else(|| Stop::refused("ACT-10", format!("{login} has done nothing that can be taken back.")))
}

fn withdraw(reader: &Reader, number: &str) -> Result<Act, Stop> {
    for item in refer::items(reader, number.trim())? {
        if let Some(promise) = refer::promise(reader, item.id)? {
            return Ok(Act::Withdraw { promise });
        }
    }
    Err(Stop::refused("ACT-04", format!("There is no promise on {number} to withdraw. Nothing was changed.")))
}

/// Master data as it is, with what was given put in.
fn set_customer(session: &Session, reader: &Reader, given: &given::CustomerSet) -> Result<Act, Stop> {
    let known = refer::customer(reader, given.number.trim())?;
    let full = match &known {
        Some(known) => account::full(reader, session.today, known.id)?,
        None => None,
    };
    let now = full.map_or_else(
        || (0, CustomerData { number: given.number.trim().to_owned(), risk: 50, ..CustomerData::default() }),
        |full| (full.version, full.data),
    );
    let (known, (version, mut data)) = sent_before(session, given)?.unwrap_or((known.map(|known| known.id), now));
    let texts = [
        (&mut data.name, &given.name),
        (&mut data.group, &given.group),
        (&mut data.country, &given.country),
        (&mut data.terms, &given.terms),
        (&mut data.email, &given.email),
        (&mut data.address, &given.address),
        (&mut data.phone, &given.phone),
        (&mut data.contact, &given.contact),
        (&mut data.language, &given.language),
        (&mut data.owner, &given.owner),
    ];
    for (place, text) in texts {
        if let Some(text) = text {
            place.clone_from(text);
        }
    }
    if let Some(currency) = given.currency {
        data.currency = currency.code().to_owned();
    }
    data.risk = given.risk.unwrap_or(data.risk);
    if let Some(limit) = given.limit.as_deref() {
        let own = Currency::parse(&data.currency).ok();
        let currency = own.map_or_else(|| book::header(reader).map(|header| header.currency), Ok)?;
        data.credit_limit = match limit {
            "none" => None,
            typed => Some(names::plain_amount(typed, currency)?),
        };
    }
    Ok(Act::SetCustomer { customer: known, version, data })
}

/// Which customer, `None` for a new one, with the version that was seen and the data that was sent.
type SentBefore = (Option<i64>, (i64, CustomerData));

/// What was sent under the same key for this customer: the customer, and the version and data of then. Sent again it is
/// the same, whatever it made of the customer meanwhile; with anything else given it is other content.
fn sent_before(session: &Session, given: &given::CustomerSet) -> Result<Option<SentBefore>, Stop> {
    if given.change.making.act_key.is_none() {
        return Ok(None);
    }
    let key = session.key(given.change.making.act_key.as_deref());
    let payload = history::payload_by_key(&open(&session.book()?, Access::Read)?, &key.0)?;
    let act = payload.and_then(|payload| serde_json::from_str(&payload).ok());
    let act = match act {
        Some(Act::Ask { act }) => Some(*act),
        other => other,
    };
    Ok(match act {
        Some(Act::SetCustomer { customer, version, data }) if data.number == given.number.trim() => {
            Some((customer, (version, data)))
        }
        _ => None,
    })
}
