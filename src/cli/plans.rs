//! `o2c plans` and `o2c promises`: payment plans agreed, shown, replaced and withdrawn, and how far a word holds.

use serde_json::{Value, json};

use super::admin;
use super::args::Change;
use super::lists::gather;
use super::names::{self, Shares};
use super::out::{self, Cell, Form, Listing};
use super::plan_args::{Plans, Promises, PromisesArgs, Terms};
use super::reports;
use super::session::Session;
use super::stop::Stop;
use super::views;
use crate::acts::arrange::Arrange;
use crate::acts::{Act, Expect, Request};
use crate::domain::money::NumberStyle;
use crate::domain::plan::Instalment;
use crate::language::amounts::AmountContext;
use crate::language::dates::Lean;
use crate::language::schedule::{ScheduleContext, read_schedule};
use crate::store::Reader;
use crate::store::read::plans::{self, PlanRow, Question};
use crate::store::read::refer;
use crate::store::read::reliability::{judged, reliability};
use crate::store::read::window::Sort;

/// Answers `plans`.
pub(super) fn run(session: &Session, verb: &Plans) -> Result<(), Stop> {
    match verb {
        Plans::List(list) => {
            let reader = session.reader()?;
            let columns = ["state", "number", "name", "day", "total", "left", "due", "made", "owner"];
            let natural = Sort { column: "state", descending: false };
            let (only, filter, sort) = views::asked(session, &reader, list, &views::PLANS, &columns, natural)?;
            let question = Question { today: session.today, filter, sort };
            let (rows, total) = gather(
                list.limit,
                |row: &PlanRow| row.stored.id,
                |want| Ok(plans::plans(&reader, &question, want)?.window),
            )?;
            only.print(listing(rows, total), list.form.form())
        }
        Plans::Show { plan, form } => show(session, plan, form.form()),
        Plans::Propose(terms) => {
            let reader = session.reader()?;
            let (items, seen) = parts(&reader, terms, None)?;
            perform(session, &terms.change, (proposal(session, &reader, terms, items, None)?, seen))
        }
        Plans::Replace { plan, terms } => {
            let reader = session.reader()?;
            let before = named(session, &reader, plan)?;
            let (items, seen) = parts(&reader, terms, Some(&before))?;
            let act = proposal(session, &reader, terms, items, Some(before.stored.id))?;
            perform(session, &terms.change, (act, seen))
        }
        Plans::Withdraw { plan, reason, change } => {
            let plan = named(session, &session.reader()?, plan)?.stored.id;
            perform(session, change, (Arrange::WithdrawPlan { plan, reason: reason.clone() }, Vec::new()))
        }
    }
}

/// Answers `promises`.
pub(super) fn promises(session: &Session, wanted: &PromisesArgs) -> Result<(), Stop> {
    match &wanted.verb {
        None => reports::promises(session, &wanted.list),
        Some(Promises::List(list)) => reports::promises(session, list),
        Some(Promises::Kept { customer, form }) => kept(session, customer, form.form()),
    }
}

pub(super) fn perform(session: &Session, change: &Change, (act, expect): (Arrange, Vec<Expect>)) -> Result<(), Stop> {
    session.may_write()?;
    let key = session.key(change.making.act_key.as_deref());
    admin::report(session, change, &Request { key, act: Act::Arrange(act), expect })
}

fn named(session: &Session, reader: &Reader, number: &str) -> Result<PlanRow, Stop> {
    plans::numbered(reader, session.today, number)?.ok_or_else(|| {
        Stop::refused("ACT-04", format!("There is no plan {number}. Nothing was changed; look with `o2c plans list`."))
    })
}

type Parts = (Vec<(i64, i64)>, Vec<Expect>);

/// What is planned of which items: as given, or what is left of the plan that is replaced.
fn parts(reader: &Reader, terms: &Terms, before: Option<&PlanRow>) -> Result<Parts, Stop> {
    if terms.items.is_empty() {
        let Some(before) = before else {
            return Err(Stop::usage("Name the invoices the plan is about."));
        };
        let left = before.stored.items.iter().zip(&before.standing.left_of).filter(|(_, left)| **left > 0);
        return Ok((left.map(|((item, _), left)| (*item, *left)).collect(), Vec::new()));
    }
    // As much as is open of each, unless an amount is named.
    let mut shares = Shares::of(i64::MAX);
    for text in &terms.items {
        names::share(reader, text, &mut shares)?;
    }
    Ok((shares.parts, shares.seen))
}

fn proposal(
    session: &Session,
    reader: &Reader,
    terms: &Terms,
    items: Vec<(i64, i64)>,
    replaces: Option<i64>,
) -> Result<Arrange, Stop> {
    let total: i64 = items.iter().map(|(_, amount)| amount).sum();
    let currency = match items.first() {
        Some((item, _)) => refer::item_currency(reader, *item)?,
        None => return Err(Stop::refused("ACT-09", "Nothing is left to plan. Nothing was changed.")),
    };
    let text = match (terms.rates, &terms.schedule) {
        (Some(rates), _) => format!("all x{rates} 1m"),
        (None, Some(text)) => text.clone(),
        (None, None) => String::new(),
    };
    let in_a_month = crate::domain::calendar::add_months(session.today, 1);
    let first = terms.from.as_deref().map(|text| session.date(text, Lean::Forward)).transpose()?.unwrap_or(in_a_month);
    let amounts = AmountContext { currency, style: Some(NumberStyle::Point), open: Some(total) };
    let holidays = crate::language::calendar::no_holidays;
    let dates = session.dating(Lean::Forward, &holidays);
    let list = read_schedule(&text, &ScheduleContext { dates, amounts, first }).map_err(Stop::usage)?;
    let instalments = list.into_iter().map(|(on, amount)| Instalment { on, amount }).collect();
    Ok(Arrange::ProposePlan { items, instalments, grace_days: terms.grace, text: terms.text.clone(), replaces })
}

fn listing(rows: Vec<PlanRow>, total: u64) -> Listing<'static> {
    let rows = rows.into_iter().map(|row| {
        let (now, currency) = (&row.standing, row.stored.currency);
        vec![
            Cell::Text(row.stored.number.clone()),
            Cell::Text(row.account.clone()),
            Cell::Text(row.name.clone()),
            row.word().into(),
            Cell::date(row.day()),
            currency.code().into(),
            Cell::Amount(row.stored.plan.total(), currency),
            Cell::Amount(now.paid, currency),
            Cell::Amount(now.left, currency),
            Cell::Amount(now.due, currency),
            Cell::Date(row.stored.made_on),
            Cell::Text(row.owner.clone()),
            Cell::Text(row.why()),
        ]
    });
    let columns = &[
        "plan", "customer", "name", "state", "day", "currency", "total", "paid", "left", "due", "made_on", "owner",
        "why",
    ];
    Listing { columns, rows: rows.collect(), total, foot: Vec::new() }
}

fn show(session: &Session, number: &str, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let row = named(session, &reader, number)?;
    let (now, plan) = (&row.standing, &row.stored.plan);
    let shown = |minor: i64| row.money(minor).grouped(NumberStyle::Point);
    if form == Form::Json {
        let plain = |minor: i64| row.money(minor).plain();
        let items: Vec<Value> = row
            .documents
            .iter()
            .zip(plan.parts.iter().zip(&now.left_of))
            .map(|(document, (part, left))| {
                json!({"document": document, "planned": plain(part.amount), "left": plain(*left)})
            })
            .collect();
        let instalments: Vec<Value> = now
            .rows
            .iter()
            .map(|one| {
                json!({"on": one.on, "until": one.until, "agreed": plain(one.agreed), "amount": plain(one.amount),
                    "paid": plain(one.paid), "state": one.came.word()})
            })
            .collect();
        let answer = json!({
            "plan": row.stored.number, "customer": row.account, "currency": row.stored.currency.code(),
            "state": row.standing.state.word(), "why": row.why(), "made_on": row.stored.made_on,
            "grace_days": plan.grace_days, "total": plain(plan.total()), "paid": plain(now.paid),
            "left": plain(now.left), "due": plain(now.due), "default_since": now.default_since,
            "breaks_on": now.breaks_on, "replaces": row.replaces, "text": row.stored.text,
            "items": items, "instalments": instalments,
        });
        return out::say(&answer.to_string());
    }
    let code = row.stored.currency;
    out::say(&format!("{} of {} {}: {}", row.stored.number, row.account, row.name, row.why()))?;
    out::say(&format!(
        "made {}, {} days of grace, {} {code} in all, {} paid, {} left",
        row.stored.made_on,
        plan.grace_days,
        shown(plan.total()),
        shown(now.paid),
        shown(now.left)
    ))?;
    let rows: Vec<Vec<Cell>> = now
        .rows
        .iter()
        .map(|one| {
            vec![
                Cell::Date(one.on),
                Cell::Date(one.until),
                Cell::Amount(one.agreed, code),
                Cell::Amount(one.amount, code),
                Cell::Amount(one.paid, code),
                one.came.word().into(),
            ]
        })
        .collect();
    let total = rows.len() as u64;
    let about =
        row.documents.iter().zip(&plan.parts).map(|(document, part)| format!("{document} {}", shown(part.amount)));
    let foot = vec![format!("About {}.", about.collect::<Vec<_>>().join(", "))];
    Listing { columns: &["on", "until", "agreed", "amount", "paid", "state"], rows, total, foot }.print(form)
}

fn kept(session: &Session, number: &str, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let known = names::customer(&reader, number)?;
    let all = judged(&reader, session.today, known.id)?;
    let sums = reliability(&all);
    if form == Form::Json {
        let plain = |minor, currency| crate::domain::money::Money::new(minor, currency).plain();
        let of = |sum: &crate::store::read::reliability::Reliability| {
            json!({"currency": sum.currency.code(), "promised": plain(sum.promised, sum.currency),
                "came_in_time": plain(sum.came, sum.currency), "count": sum.count, "kept": sum.kept,
                "percent": sum.share().rounded(1).map(|share| share.to_string())})
        };
        let rows: Vec<Value> = all
            .iter()
            .map(|one| {
                json!({"what": one.what, "document": one.document, "on": one.on, "currency": one.currency.code(),
                    "promised": plain(one.promised, one.currency), "came_in_time": plain(one.came, one.currency)})
            })
            .collect();
        let answer = json!({"customer": known.number, "as_of": session.today,
            "currencies": sums.iter().map(of).collect::<Vec<_>>(), "promises": rows});
        return out::say(&answer.to_string());
    }
    let total = all.len() as u64;
    let rows = all.into_iter().map(|one| {
        vec![
            Cell::Text(one.what),
            Cell::Text(one.document),
            Cell::Date(one.on),
            one.currency.code().into(),
            Cell::Amount(one.promised, one.currency),
            Cell::Amount(one.came, one.currency),
        ]
    });
    let foot = sums.iter().map(|sum| format!("{}: {}", sum.currency, sum.share().arithmetic)).collect();
    let columns = &["what", "document", "on", "currency", "promised", "came_in_time"];
    Listing { columns, rows: rows.collect(), total, foot }.print(form)
}
