//! The verbs of `dispute` that are about a case in full: each turns its words into an act, or says what is known.

use std::path::Path;

use serde_json::{Value, json};

use super::admin;
use super::args::{Change, FormArgs};
use super::case_args::{Case as Verb, Decide, Inquire};
use super::given_file;
use super::lists::filter;
use super::names;
use super::out::{self, Cell, Form, Listing};
use super::reports;
use super::session::Session;
use super::stop::Stop;
use crate::acts::case::{Case, Share, Work};
use crate::acts::{Act, Expect, Request};
use crate::domain::case::pareto::Bar;
use crate::domain::case::{Effect, Outcome};
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::store::Reader;
use crate::store::manifest;
use crate::store::read::cases::{self, InquiryRow};
use crate::store::read::disputes::{self, Case as Known, Question, disputes as queue};
use crate::store::read::window::{Sort, Want};

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Verb) -> Result<(), Stop> {
    match verb {
        Verb::List(list) => reports::disputes(session, list),
        Verb::Show { dispute, form } => show(session, dispute, form.form()),
        Verb::Verify { dispute, form } => verify(session, dispute, form.form()),
        Verb::Inquiries { all, form } => inquiries(session, *all, form.form()),
        Verb::Tasks { of, everybody, all, form } => tasks(session, of.as_deref(), *everybody, *all, form.form()),
        Verb::Pareto { filter, form } => pareto(session, filter.as_deref(), *form),
        change => perform(session, change),
    }
}

fn perform(session: &Session, verb: &Verb) -> Result<(), Stop> {
    session.may_write()?;
    let reader = session.reader()?;
    let (change, act, expect) = build(session, &reader, verb)?;
    drop(reader);
    let key = session.key(change.making.act_key.as_deref());
    admin::report(session, change, &Request { key, act: Act::Case(Box::new(act)), expect })
}

type Built<'v> = (&'v Change, Case, Vec<Expect>);

fn build<'v>(session: &Session, reader: &Reader, verb: &'v Verb) -> Result<Built<'v>, Stop> {
    let seen = |number: &str| names::dispute(reader, number).map(|case| (case.id, case.version));
    let (change, act) = match verb {
        Verb::Decide(given) => return decide(session, reader, given),
        Verb::Inquire(given) => (&given.change, inquire(reader, given)?),
        Verb::Promote { inquiry, item, amount, reason, text, change } => {
            let known = inquiry_of(session, reader, inquiry)?;
            let document = item.as_deref().unwrap_or(&known.about);
            let item = names::debits(reader, document)?.remove(0);
            let free = item.open - item.disputed;
            let amount = amount.as_deref().map(|text| names::amount(text, item.currency, Some(free))).transpose()?;
            let act = Case::Promote {
                inquiry: known.id,
                version: known.version,
                item: item.id,
                amount: amount.unwrap_or(free),
                reason: reason.clone().unwrap_or_else(|| known.reason.to_string()),
                text: text.clone(),
            };
            return Ok((change, act, vec![Expect::Open { item: item.id, open: item.open }]));
        }
        Verb::Add { dispute, item, text, change } => {
            let (dispute, version) = seen(dispute)?;
            let (item, amount) = names::free_share(reader, item)?;
            let act = Case::AddItem { dispute, version, item: item.id, amount, text: text.clone() };
            return Ok((change, act, vec![Expect::Open { item: item.id, open: item.open }]));
        }
        Verb::Split { dispute, amount, reason, text, change } => {
            let known = case_of(session, reader, dispute)?;
            let amount = names::amount(amount, known.row.currency, Some(known.row.stake()))?;
            let (dispute, version) = (known.row.id, known.row.version);
            (change, Case::Split { dispute, version, amount, reason: reason.clone(), text: text.clone() })
        }
        Verb::Reopen { dispute, text, change } => {
            let (dispute, version) = seen(dispute)?;
            (change, Case::Reopen { dispute, version, text: text.clone() })
        }
        Verb::Wait { dispute, whom, text, change } => {
            let (dispute, version) = seen(dispute)?;
            (change, Case::Wait { dispute, version, on: whom.clone(), text: text.clone() })
        }
        Verb::Void { dispute, text, change } => {
            let (dispute, version) = seen(dispute)?;
            (change, Case::Void { dispute, version, text: text.clone() })
        }
        Verb::Confirm { dispute, change } => {
            let (dispute, version) = seen(dispute)?;
            (change, Case::Confirm { dispute, version })
        }
        Verb::Set { dispute, field, value, change } => {
            let (dispute, version) = seen(dispute)?;
            (change, Case::Fact { dispute, version, field: field.clone(), value: value.clone() })
        }
        Verb::Attach { dispute, file, note, change } => (change, attach(session, seen(dispute)?, file, note)?),
        Verb::Answer { inquiry, text, note, change } => {
            let known = inquiry_of(session, reader, inquiry)?;
            let what = if *note { Work::Note } else { Work::Answer };
            (change, Case::Work { inquiry: known.id, version: known.version, what, text: text.clone() })
        }
        Verb::HandOver { inquiry, owner, department, text, change } => {
            let known = inquiry_of(session, reader, inquiry)?;
            let owner = owner.clone().unwrap_or_else(|| known.owner.to_string());
            let what = Work::Assign { owner, department: department.clone() };
            (change, Case::Work { inquiry: known.id, version: known.version, what, text: text.clone() })
        }
        Verb::Done { task, change } => (change, Case::TaskDone { task: *task }),
        _ => return Err(Stop::usage("This verb changes nothing.")),
    };
    Ok((change, act, Vec::new()))
}

fn decide<'v>(session: &Session, reader: &Reader, given: &'v Decide) -> Result<Built<'v>, Stop> {
    let Some(outcome) = Outcome::parse(&given.outcome) else {
        let words: Vec<&str> = Outcome::ALL.iter().map(|outcome| outcome.word()).collect();
        let sentence = format!("\"{}\" is no outcome. Outcomes are {}.", given.outcome, words.join(", "));
        return Err(Stop::usage(sentence));
    };
    let known = case_of(session, reader, &given.dispute)?;
    if given.whole {
        return Ok(decide_whole(&known, outcome, given));
    }
    let row = &known.row;
    let amount =
        given.amount.as_deref().map(|text| names::amount(text, row.currency, Some(row.stake()))).transpose()?;
    let act = Case::Decide {
        dispute: row.id,
        version: row.version,
        outcome,
        amount: amount.unwrap_or(row.stake()),
        rest: given.collect_rest,
        cause: given.cause.clone().unwrap_or_else(|| row.likely_cause().to_owned()),
        on: given.on,
        text: given.text.clone(),
    };
    Ok((&given.change, act, vec![Expect::Open { item: row.item, open: known.item_open }]))
}

/// Every open item of a case decided alike.
fn decide_whole<'v>(known: &Known, outcome: Outcome, given: &'v Decide) -> Built<'v> {
    let open = || known.more.group.iter().filter(|one| one.held > 0);
    let act = Case::DecideAll {
        parts: open().map(|one| Share { dispute: one.id, version: one.version, amount: one.held }).collect(),
        outcome,
        rest: false,
        cause: given.cause.clone().unwrap_or_else(|| known.row.likely_cause().to_owned()),
        on: given.on,
        text: given.text.clone(),
    };
    (&given.change, act, open().map(|one| Expect::Open { item: one.item, open: one.item_open }).collect())
}

fn inquire(reader: &Reader, given: &Inquire) -> Result<Case, Stop> {
    let item = match &given.item {
        Some(number) => Some(names::debits(reader, number)?.remove(0).id),
        None => None,
    };
    Ok(Case::Inquire {
        customer: names::customer(reader, &given.customer)?.id,
        item,
        about: given.about.clone(),
        reason: given.reason.clone(),
        channel: given.channel.clone(),
        contact: given.contact.clone(),
        text: given.text.clone(),
    })
}

fn unreadable(file: &Path, error: &std::io::Error) -> Stop {
    Stop::refused("FIL-01", format!("{} cannot be read ({error}). Nothing was changed.", file.display()))
}

fn attach(session: &Session, (dispute, version): (i64, i64), file: &Path, note: &str) -> Result<Case, Stop> {
    let place = session.input(file)?;
    given_file::size(&place, "Nothing was changed.")?;
    let (size, sha256) = manifest::fingerprint(&place).map_err(|error| unreadable(file, &error))?;
    let path = std::path::absolute(&place).unwrap_or(place).display().to_string();
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    Ok(Case::Attach { dispute, version, name, path, size, sha256, note: note.to_owned() })
}

fn case_of(session: &Session, reader: &Reader, number: &str) -> Result<Known, Stop> {
    let id = names::dispute(reader, number)?.id;
    let found = disputes::dispute(reader, session.today, id)?;
    found.ok_or_else(|| Stop::refused("ACT-04", format!("There is no dispute {number}. Nothing was changed.")))
}

fn inquiry_of(session: &Session, reader: &Reader, number: &str) -> Result<InquiryRow, Stop> {
    let all = cases::inquiries(reader, session.today, true)?;
    all.into_iter().find(|row| row.number.eq_ignore_ascii_case(number.trim())).ok_or_else(|| {
        let sentence =
            format!("There is no inquiry {number}. Nothing was changed; look with `o2c dispute inquiries --all`.");
        Stop::refused("ACT-04", sentence)
    })
}

fn plain(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).plain()
}

fn shown(minor: i64, currency: Currency) -> String {
    format!("{} {currency}", Money::new(minor, currency).grouped(NumberStyle::Point))
}

fn show(session: &Session, number: &str, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let case = case_of(session, &reader, number)?;
    let (row, more) = (&case.row, &case.more);
    if form == Form::Json {
        return out::say(&case_json(session, &case).to_string());
    }
    let cur = row.currency;
    let mut lines = vec![
        format!("{}  {}  {}  {}, {}", row.number, row.name, row.document, row.reason, row.state),
        sum_line(&case),
        format!(
            "answer by {}{}, decide by {}{}; {} waits, owner {}",
            row.clock.answer_by,
            row.clock.answered_on.map_or_else(String::new, |on| format!(" (given {on})")),
            row.clock.decide_by,
            if row.is_late() { ", escalated" } else { "" },
            row.department,
            if row.owner.is_empty() { "nobody" } else { &row.owner },
        ),
    ];
    lines.extend(more.facts.iter().map(|(field, value)| format!("{field}: {value}")));
    for one in &more.group {
        lines.push(format!("item {} of {}  {}  {}", one.number, one.document, one.state, shown(one.held, cur)));
    }
    for part in &more.parts {
        let other = if part.other.is_empty() { String::new() } else { format!(" to {}", part.other) };
        lines.push(format!("{}  {} {} {}{other}", part.on, part.effect.word(), shown(part.amount, cur), part.document));
    }
    lines.extend(more.waits.iter().map(|(number, what)| format!("waits for approval as {number}: {what}")));
    lines.extend(more.files.iter().map(|file| format!("file {} ({} bytes) {}", file.name, file.size, file.note)));
    for task in &more.tasks {
        let done = task.done.map_or_else(|| "not done".to_owned(), |on| format!("done {on}"));
        lines.push(format!("task {} for {}, {done}: {}", task.id, task.person, task.text));
    }
    for step in &case.steps {
        let text = match &*step.text {
            "" if &*step.what == "assigned" => format!("to {}, {}", step.owner, step.department),
            text => text.to_owned(),
        };
        lines.push(format!("{}  {:12} {}: {text}", step.on, step.what, step.who));
    }
    lines.iter().try_for_each(|line| out::say(&out::safe(line)))
}

/// `claimed 100.00 EUR = credited 40.00 + collected 60.00 + open 0.00`.
fn sum_line(case: &Known) -> String {
    let amounts = &case.row.amounts;
    let part = |minor: i64| Money::new(minor, case.row.currency).grouped(NumberStyle::Point);
    let parts = Effect::ALL.into_iter().filter(|effect| amounts.of(*effect) != 0);
    let mut parts: Vec<String> =
        parts.map(|effect| format!("{} {}", effect.word(), part(amounts.of(effect)))).collect();
    parts.push(format!("open {}", part(amounts.open())));
    format!("claimed {} = {}", shown(amounts.claimed, case.row.currency), parts.join(" + "))
}

fn case_json(session: &Session, case: &Known) -> Value {
    let (row, more, cur) = (&case.row, &case.more, case.row.currency);
    let amounts: serde_json::Map<String, Value> = Effect::ALL
        .into_iter()
        .map(|effect| (effect.word().replace(' ', "_"), json!(plain(row.amounts.of(effect), cur))))
        .chain([
            ("claimed".to_owned(), json!(plain(row.amounts.claimed, cur))),
            ("open".to_owned(), json!(plain(row.amounts.open(), cur))),
        ])
        .collect();
    let facts: serde_json::Map<String, Value> =
        more.facts.iter().map(|(field, value)| (field.replace(' ', "_"), json!(value))).collect();
    json!({
        "number": row.number, "customer": row.account, "name": row.name, "document": row.document, "currency": cur.code(),
        "reason": row.reason, "cause": row.cause, "state": row.state, "confirmed": row.confirmed, "owner": row.owner,
        "department": row.department, "opened_on": row.opened_on, "decided_on": row.decided_on, "amounts": amounts,
        "clock": {
            "answer_by": row.clock.answer_by, "answered_on": row.clock.answered_on, "decide_by": row.clock.decide_by,
            "paused_days": row.clock.paused, "stands": row.clock.stands, "late": row.is_late(),
            "escalated": row.clock.is_escalated(session.today), "unanswered": row.clock.is_unanswered(session.today),
        },
        "last_day": row.last_day, "facts": facts, "case": row.case, "priority": row.priority.word(),
        "processor": row.processor, "coordinator": row.coordinator, "at_risk_a_day": row.risk.to_string(),
        "items": more.group.iter().map(|one| json!({
            "number": one.number, "document": one.document, "state": one.state, "claimed": plain(one.claimed, cur),
            "in_dispute": plain(one.held, cur),
        })).collect::<Vec<_>>(),
        "parts": more.parts.iter().map(|part| json!({
            "on": part.on, "what": part.effect.word(), "amount": plain(part.amount, cur), "document": part.document,
            "other": part.other,
        })).collect::<Vec<_>>(),
        "waits": more.waits.iter().map(|(number, what)| json!({"request": number, "what": what})).collect::<Vec<_>>(),
        "files": more.files.iter().map(|file| json!({
            "name": file.name, "path": file.path, "size": file.size, "sha256": file.sha256, "note": file.note,
        })).collect::<Vec<_>>(),
        "tasks": more.tasks.iter().map(|task| json!({
            "task": task.id, "of": task.person, "by": task.by, "on": task.on, "done_on": task.done, "text": task.text,
        })).collect::<Vec<_>>(),
        "steps": case.steps.iter().map(|step| json!({
            "act": step.act, "on": step.on, "who": step.who, "what": step.what, "state": step.state, "owner": step.owner,
            "department": step.department, "text": step.text,
        })).collect::<Vec<_>>(),
    })
}

/// Compares the files of a case with their checksums. Exit 1 when one changed or is gone.
fn verify(session: &Session, number: &str, form: Form) -> Result<(), Stop> {
    let case = case_of(session, &session.reader()?, number)?;
    let state = |file: &cases::FileRow| match manifest::fingerprint(Path::new(&file.path)) {
        Err(_) => "gone",
        Ok((_, sha256)) if sha256 != file.sha256 => "changed",
        Ok(_) => "the same",
    };
    let states: Vec<(&cases::FileRow, &str)> = case.more.files.iter().map(|file| (file, state(file))).collect();
    if form == Form::Json {
        let rows: Vec<Value> =
            states.iter().map(|(file, state)| json!({"name": file.name, "path": file.path, "state": state})).collect();
        out::say(&json!(rows).to_string())?;
    } else {
        states
            .iter()
            .try_for_each(|(file, state)| out::say(&out::safe(&format!("{}: {state} ({})", file.name, file.path))))?;
    }
    match states.iter().filter(|(_, state)| *state != "the same").count() {
        0 => Ok(()),
        bad => {
            Err(Stop::refused("DIS-09", format!("{bad} of {} files of {number} are not what they were.", states.len())))
        }
    }
}

fn inquiries(session: &Session, all: bool, form: Form) -> Result<(), Stop> {
    let found = cases::inquiries(&session.reader()?, session.today, all)?;
    let total = found.len() as u64;
    let rows = found.into_iter().map(|row| {
        vec![
            Cell::Text(row.number.into()),
            Cell::Text(row.account.into()),
            Cell::Text(row.name.into()),
            Cell::Text(row.about.into()),
            Cell::Text(row.reason.into()),
            Cell::Text(row.state.into()),
            Cell::Date(row.opened_on),
            Cell::Date(row.clock.answer_by),
            Cell::Text(row.from),
            Cell::Text(row.owner.into()),
            Cell::Text(row.department.into()),
            Cell::Text(row.said.into()),
        ]
    });
    let columns = &[
        "number",
        "customer",
        "name",
        "about",
        "reason",
        "state",
        "opened_on",
        "answer_by",
        "from",
        "owner",
        "department",
        "said",
    ];
    Listing { columns, rows: rows.collect(), total, foot: Vec::new() }.print(form)
}

fn tasks(session: &Session, of: Option<&str>, everybody: bool, all: bool, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let mine = session.login(Some(&reader))?;
    let whose = if everybody { None } else { Some(of.unwrap_or(&mine)) };
    let found = cases::tasks_of(&reader, whose, all)?;
    let total = found.len() as u64;
    let rows = found.into_iter().map(|task| {
        vec![
            Cell::Number(task.id),
            Cell::Text(task.person.into()),
            Cell::Text(task.number.into()),
            Cell::Text(task.account.into()),
            Cell::Text(task.customer.into()),
            Cell::Date(task.on),
            Cell::Text(task.by.into()),
            Cell::date(task.done),
            Cell::Text(task.text.into()),
        ]
    });
    let columns = &["task", "of", "case", "customer", "name", "on", "by", "done_on", "text"];
    Listing { columns, rows: rows.collect(), total, foot: Vec::new() }.print(form)
}

fn pareto(session: &Session, text: Option<&str>, form: FormArgs) -> Result<(), Stop> {
    let reader = session.reader()?;
    let question = Question {
        today: session.today,
        filter: filter(session, &reader, text)?,
        sort: Sort { column: "due", descending: false },
    };
    let found = queue(&reader, &question, Want::Start)?;
    let base = crate::store::read::book::header(&reader)?.currency;
    let rows = |by: &'static str, bars: &[Bar]| -> Vec<Vec<Cell>> {
        let row = |bar: &Bar| {
            vec![
                by.into(),
                Cell::Text(bar.word.clone()),
                Cell::Number(i64::try_from(bar.cases).unwrap_or(i64::MAX)),
                Cell::Amount(bar.claimed, base),
                Cell::Text(bar.running.to_string()),
                Cell::Amount(bar.won, base),
                Cell::Amount(bar.decided, base),
                Cell::Text(bar.win_rate().map_or_else(String::new, |rate| rate.to_string())),
            ]
        };
        bars.iter().map(row).collect()
    };
    let rows = [rows("reason", &found.pareto), rows("cause", &found.causes)].concat();
    let total = rows.len() as u64;
    let columns = &["by", "word", "cases", "claimed", "running_percent", "won", "decided", "won_percent"];
    Listing { columns, rows, total, foot: Vec::new() }.print(form.form())
}
