//! `o2c cash`: the run of the matching rules, one payment with its candidates, and the acts on it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::admin;
use super::args::FormArgs;
use super::cash_args::{Apply, Cash, What};
use super::lists;
use super::names;
use super::out::{self, Cell, Form, Listing};
use super::progress::Progress;
use super::read_args::ListArgs;
use super::session::Session;
use super::stop::{REFUSED, Stop};
use super::views;
use crate::acts::payments::{Application, Line, SentBack, Settled};
use crate::acts::run::{self, Tally};
use crate::acts::{Act, Mode, Request};
use crate::domain::matching::{Explanation, Objection, Share};
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::store::Reader;
use crate::store::read::matching::{self, Candidates};
use crate::store::read::window::Sort;
use crate::store::read::{book, cash as queue, refer};

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Cash) -> Result<(), Stop> {
    let (change, act) = match verb {
        Cash::Run { dry_run, form } => return rules(session, *dry_run, form),
        Cash::List(list) => return waiting_list(session, list),
        Cash::Show { payment, form } => return show(session, *payment, form),
        Cash::Apply(given) => (&given.change, apply(&session.reader()?, given)?),
        Cash::Settle { payment, what, document, of, text, change } => {
            let reader = session.reader()?;
            let what = match what {
                What::Charge => Settled::Charge,
                What::Transfer => Settled::Transfer,
                What::Elsewhere => Settled::Elsewhere,
                What::Against => Settled::Against(of.unwrap_or_default()),
                What::Known => Settled::Known(document_of(&reader, document.as_deref().unwrap_or_default())?),
            };
            let left = waiting(&reader, *payment)?.0;
            (change, Act::SettlePayment { payment: *payment, left, what, text: text.clone() })
        }
        Cash::Return { payment, receipt, reason, change } => {
            let receipt = document_of(&session.reader()?, receipt)?;
            (change, Act::ReturnPayment { payment: *payment, receipt, reason: reason.clone() })
        }
        Cash::Refund { change, .. } => (change, refund(session, verb)?),
        Cash::Payer { customer, account, name, forget, change } => {
            let customer = names::customer(&session.reader()?, customer)?.id;
            let kind = if account.is_some() { "account" } else { "name" };
            let value = account.as_ref().or(name.as_ref()).cloned().unwrap_or_default();
            (change, Act::SetAlias { customer, kind: kind.to_owned(), value, held: !forget })
        }
    };
    session.may_write()?;
    let key = session.key(change.making.act_key.as_deref());
    admin::report(session, change, &Request { key, act, expect: Vec::new() })
}

/// What goes back of a receipt or credit note, or of a payment that waits.
fn refund(session: &Session, verb: &Cash) -> Result<Act, Stop> {
    let Cash::Refund { credit, payment, customer, amount, reason, .. } = verb else {
        return Err(Stop::refused("ACT-06", "This is no refund. Nothing was posted."));
    };
    let (reader, date, reason) = (session.reader()?, session.today, reason.clone());
    let how_much = |currency, all| {
        let typed = amount.as_deref().map(|text| names::amount(text, currency, Some(all))).transpose()?;
        Ok::<i64, Stop>(typed.unwrap_or(all))
    };
    let Some(payment) = *payment else {
        let credit = names::credit(&reader, credit.as_deref().unwrap_or_default())?;
        let amount = how_much(credit.currency, -credit.open)?;
        return Ok(Act::Refund { credit: credit.id, amount, date, reason });
    };
    let customer = names::customer(&reader, customer.as_deref().unwrap_or_default())?.id;
    let (left, currency) = waiting(&reader, payment)?;
    Ok(Act::RefundPayment(SentBack { payment, left, customer, amount: how_much(currency, left)?, date, reason }))
}

fn shown(minor: i64, currency: Currency) -> String {
    format!("{} {currency}", Money::new(minor, currency).grouped(NumberStyle::Point))
}

/// `o2c cash list`.
fn waiting_list(session: &Session, list: &ListArgs) -> Result<(), Stop> {
    let reader = session.reader()?;
    let natural = Sort { column: "left", descending: true };
    let columns = ["left", "value", "payer", "kind"];
    let (only, filter, sort) = views::asked(session, &reader, list, &views::CASH, &columns, natural)?;
    let base = book::header(&reader)?.currency;
    let question = queue::Question { today: session.today, base, filter, sort };
    let mut foot = Vec::new();
    let (rows, total) = lists::gather(
        list.limit,
        |row: &queue::CashRow| row.id,
        |want| {
            let answer = queue::queue(&reader, &question, want)?;
            foot = answer
                .waiting
                .iter()
                .map(|sum| {
                    let (came, went) = (shown(sum.received, sum.currency), shown(sum.taken, sum.currency));
                    format!("{} payments wait: {came} received, {went} taken.", sum.count)
                })
                .collect();
            if answer.announced > 0 {
                foot.push(format!(
                    "{} announced payments, not on the account yet, are not among them.",
                    answer.announced
                ));
            }
            Ok(answer.window)
        },
    )?;
    let rows = rows
        .into_iter()
        .map(|row| {
            vec![
                Cell::Number(row.id),
                Cell::date(Some(row.value)),
                Cell::Text(row.payer),
                Cell::Amount(row.left, row.currency),
                Cell::Text(row.currency.code().to_owned()),
                row.kind.word().into(),
                Cell::Text(row.text),
                Cell::Text(row.why),
            ]
        })
        .collect();
    let columns = &["payment", "value_date", "payer", "left", "currency", "kind", "text", "why"];
    only.print(Listing { columns, rows, total, foot }, list.form.form())
}

/// What of a payment is left, and its currency.
fn waiting(reader: &Reader, payment: i64) -> Result<(i64, Currency), Stop> {
    matching::left_of(reader, payment)?.ok_or_else(|| {
        Stop::refused("ACT-04", format!("There is no payment {payment}. Nothing was changed; look with `o2c cash`."))
    })
}

fn document_of(reader: &Reader, number: &str) -> Result<i64, Stop> {
    refer::cash_document(reader, number.trim())?.ok_or_else(|| {
        Stop::refused("ACT-04", format!("There is no receipt or refund \"{number}\" in the book. Nothing was changed."))
    })
}

/// The run, with a line of progress; Ctrl-C ends it between two batches.
fn rules(session: &Session, dry_run: bool, form: &FormArgs) -> Result<(), Stop> {
    session.may_write()?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // Where it cannot be caught the program ends at once, which leaves payments whole as well.
        drop(signal_hook::flag::register(signal, stop.clone()));
    }
    let mut progress = Progress::new("Matching payments");
    let mode = if dry_run { Mode::DryRun } else { Mode::Post };
    let tally = session.with_writer(|conn, actor, stamp| {
        run::run(conn, actor, stamp, mode, &mut |done, total| {
            progress.step(done, total);
            !stop.load(Ordering::Relaxed)
        })
    })?;
    drop(progress);
    report(&tally, dry_run, form)?;
    if tally.stopped { Err(Stop::quietly(REFUSED)) } else { Ok(()) }
}

fn report(tally: &Tally, dry_run: bool, form: &FormArgs) -> Result<(), Stop> {
    if form.form() == Form::Json {
        let answer = json!({
            "seen": tally.seen,
            "payer_known": tally.known,
            "applied": tally.applied,
            "changed_meanwhile": tally.stale,
            "by_rule": tally.by_rule.iter().map(|(rule, count)| (rule.name(), count)).collect::<BTreeMap<_, _>>(),
            "on_account": tally.on_account,
            "left": tally.left,
            "stopped": tally.stopped,
            "dry_run": dry_run,
        });
        return out::say(&answer.to_string());
    }
    let verb = if dry_run { "Would apply" } else { "Applied" };
    out::say(&format!("{verb} {} of {} payments; the payer of {} is known", tally.applied, tally.seen, tally.known))?;
    for (rule, count) in &tally.by_rule {
        out::say(&format!("  {count:>7}  {}", rule.words()))?;
    }
    if tally.on_account > 0 {
        out::say(&format!("  {:>7}  kept on account, as agreed", tally.on_account))?;
    }
    let left: u64 = tally.left.values().sum();
    if left > 0 {
        out::say(&format!("Left {left} for a person:"))?;
    }
    let mut whys: Vec<(&String, &u64)> = tally.left.iter().collect();
    whys.sort_by_key(|(why, count)| (std::cmp::Reverse(**count), (*why).clone()));
    for (why, count) in whys {
        out::say(&format!("  {count:>7}  {why}"))?;
    }
    if tally.stale > 0 {
        out::say(&format!("{} changed while the rules looked; run again", tally.stale))?;
    }
    if tally.stopped {
        out::say("Stopped. What was applied stays; run again to go on.")?;
    }
    Ok(())
}

fn show(session: &Session, payment: i64, form: &FormArgs) -> Result<(), Stop> {
    let reader = session.reader()?;
    let (left, currency) = waiting(&reader, payment)?;
    let said = matching::said(&reader, payment)?;
    let found = if left > 0 { matching::candidates(&reader, payment)? } else { None };
    if form.form() == Form::Json {
        let explanations = found.as_ref().map_or_else(Vec::new, |found| explained(found, currency));
        let answer = json!({
            "payment": payment,
            "left": Money::new(left, currency).plain(),
            "currency": currency.code(),
            "said": said.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "explanations": explanations,
        });
        return out::say(&answer.to_string());
    }
    out::say(&format!("Payment {payment}: {} left", shown(left, currency)))?;
    for (what, text) in said.iter().filter(|(_, text)| !text.is_empty()) {
        out::say(&format!("  {what:<14}  {}", out::safe(text)))?;
    }
    found.as_ref().map_or(Ok(()), |found| explain(found, currency))
}

/// Every explanation for people, best first.
fn explain(found: &Candidates, currency: Currency) -> Result<(), Stop> {
    if found.answer.explanations.is_empty() {
        match found.answer.stopped {
            Some(count) => {
                out::say(&format!("No open items explain it as far as looked: stopped after {count} combinations."))?
            }
            None => out::say("No open items explain it.")?,
        }
    }
    if !found.answer.other_currency.is_empty() {
        out::say("It names a document in another currency; money pays items of its own currency only.")?;
    }
    for (place, one) in found.answer.explanations.iter().enumerate() {
        out::say(&format!(
            "{}. {} ({}), sure to {} %: {}",
            place + 1,
            number_of(found, one.customer),
            one.rule.name(),
            one.confidence / 10,
            one.sentence()
        ))?;
        for share in &one.shares {
            let discount = if share.discount == 0 {
                String::new()
            } else {
                format!(", discount {}", shown(share.discount, currency))
            };
            let deducted = match one.deductions.iter().find(|deducted| deducted.item == share.item) {
                Some(less) => format!(", deducted {} ({})", shown(less.amount, currency), less.why.word()),
                None => String::new(),
            };
            let number = item_number(found, share.item);
            out::say(&format!("     {number:<16} {}{discount}{deducted}", shown(share.amount, currency)))?;
        }
        if one.difference != 0 {
            out::say(&format!("     {} {}", shown(one.difference, currency), one.posted_as.words()))?;
        }
        for objection in &one.objections {
            out::say(&format!("     but {}", objection.words()))?;
        }
    }
    Ok(())
}

/// Every explanation as JSON, best first.
fn explained(found: &Candidates, currency: Currency) -> Vec<serde_json::Value> {
    let plain = |minor: i64| Money::new(minor, currency).plain();
    let item = |share: &Share, one: &Explanation| {
        let deducted = one.deductions.iter().find(|deducted| deducted.item == share.item);
        json!({
            "deducted": plain(deducted.map_or(0, |less| less.amount)),
            "reason": deducted.map_or("", |less| less.why.word()),
            "number": item_number(found, share.item),
            "amount": plain(share.amount),
            "discount": plain(share.discount),
            "written_off": plain(share.written_off),
        })
    };
    let one = |one: &Explanation| {
        json!({
            "customer": number_of(found, one.customer),
            "rule": one.rule.name(),
            "confidence": one.confidence,
            "why": one.sentence(),
            "objections": one.objections.iter().map(Objection::words).collect::<Vec<_>>(),
            "items": one.shares.iter().map(|share| item(share, one)).collect::<Vec<_>>(),
            "rest": plain(one.rest),
            "difference": plain(one.difference),
        })
    };
    found.answer.explanations.iter().map(one).collect()
}

fn number_of(found: &Candidates, customer: i64) -> String {
    let known = found.customers.iter().find(|(id, _, _)| *id == customer);
    known.map_or_else(String::new, |(_, number, name)| format!("{number} {name}"))
}

fn item_number(found: &Candidates, item: i64) -> &str {
    found.items.iter().find(|beside| beside.id == item).map_or("", |beside| &beside.number)
}

/// Puts the lines of an application together from what was typed.
fn apply(reader: &Reader, given: &Apply) -> Result<Act, Stop> {
    let (left, currency) = waiting(reader, given.payment)?;
    let customer = names::customer(reader, &given.customer)?;
    let part = given.part.as_deref().map(|text| names::amount(text, currency, Some(left))).transpose()?;
    let mut lines: Vec<Line> = Vec::new();
    let parts = |texts: &[String], budget: i64| -> Result<Vec<(i64, i64)>, Stop> {
        let mut shares = names::Shares::of(budget);
        for text in texts {
            names::share(reader, text, &mut shares)?;
        }
        Ok(shares.parts)
    };
    let mut credits = Vec::new();
    for text in &given.credits {
        let (number, typed) =
            text.rsplit_once(':').map_or((text.as_str(), None), |(number, typed)| (number, Some(typed)));
        let item = names::credit(reader, number)?;
        let amount = typed.map(|typed| names::amount(typed, item.currency, Some(-item.open))).transpose()?;
        credits.push((item.id, amount.unwrap_or(-item.open)));
    }
    let mut with = Vec::new();
    for other in &given.with {
        with.push((*other, waiting(reader, *other)?.0));
    }
    let joined: i64 = with.iter().map(|(_, left)| left).sum();
    let budget = part.unwrap_or(left) + joined + credits.iter().map(|(_, amount)| amount).sum::<i64>();
    for (texts, place) in [(&given.to, 0), (&given.discount, 1), (&given.difference, 2), (&given.deduct, 3)] {
        for (item, amount) in parts(texts, if place == 0 { budget } else { i64::MAX })? {
            let at = match lines.iter().position(|line| line.item == item) {
                Some(at) => at,
                None => {
                    lines.push(Line { item, ..Line::default() });
                    lines.len() - 1
                }
            };
            let line = &mut lines[at];
            match place {
                0 => line.paid += amount,
                1 => line.discount += amount,
                2 => line.difference += amount,
                _ => line.deducted += amount,
            }
            if place >= 2 {
                line.reason.clone_from(&given.reason);
            }
        }
    }
    Ok(Act::ApplyPayment(Box::new(Application {
        payment: given.payment,
        left,
        customer: customer.id,
        amount: part.unwrap_or(0),
        with,
        lines,
        credits,
        on_account: given.on_account,
        rule: "by hand".to_owned(),
        confidence: 1_000,
        evidence: String::new(),
        learn: given.learn,
    })))
}
