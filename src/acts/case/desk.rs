//! Work on a case that settles nothing: who is to act, what is known, which files belong to it, that it was a mistake, that
//! it is agreed.

use super::super::Failure;
use super::super::master::{line, maybe_line};
use super::super::perform::{Context, Written};
use super::{Case, at_version, changing_at, mention, of_own_queue, open_at, same, written};
use crate::domain::case::{self, Priority};
use crate::domain::dispute::State;
use crate::store::Tx;
use crate::store::cases::NewFile;
use crate::store::work::{Dispute, NewStep};

/// What may be noted of a case.
pub const FIELDS: [&str; 9] =
    ["kind", "cause", "last day", "channel", "contact", "customer reference", "processor", "coordinator", "priority"];

/// Kinds of a case.
pub const KINDS: [&str; 5] = ["dispute", "deduction", "return", "query", "trade promotion"];

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Written, Failure> {
    match act {
        Case::Wait { dispute, version, on, text } => wait(tx, context, (*dispute, *version), on, text),
        Case::Void { dispute, version, text } => void(tx, context, (*dispute, *version), text),
        Case::Confirm { dispute, version } => confirm(tx, context, (*dispute, *version)),
        Case::Fact { dispute, version, field, value } => fact(tx, context, (*dispute, *version), field, value),
        Case::Attach { dispute, version, .. } => {
            let case = changing_at(tx, *dispute, *version)?;
            attach(tx, context, &case, act)
        }
        _ => Err(Failure::refused("ACT-06", "This is not work on a case. Nothing was changed.")),
    }
}

fn wait(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    (dispute, version): (i64, i64),
    on: &str,
    text: &str,
) -> Result<Written, Failure> {
    let case = open_at(tx, dispute, version)?;
    let (state, what) = match on {
        "customer" => (State::OnCustomer, "waits"),
        "clarification" => (State::InClarification, "waits"),
        "us" => (State::Assigned, "clarified"),
        "supervisor" => (State::Escalated, "escalated"),
        _ => {
            let sentence = format!(
                "A case waits for the customer, for clarification, for a supervisor, or for us; not for \"{}\". Nothing was changed.",
                maybe_line(on)
            );
            return Err(Failure::refused("DIS-06", sentence));
        }
    };
    if case.state == state.word() {
        let sentence = format!("{} is {} already. Nothing was changed.", case.number, case.state);
        return Err(Failure::refused("DIS-02", sentence));
    }
    let text = maybe_line(text);
    tx.change_dispute(&case, &NewStep { state: state.word(), ..same(context, &case, what, &text) })?;
    let asked = mention(tx, context, &text, Some(case.id), None)?;
    written(tx, &case, format!("{} is {}{asked}", case.number, state.word()))
}

fn void(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    (dispute, version): (i64, i64),
    text: &str,
) -> Result<Written, Failure> {
    let case = open_at(tx, dispute, version)?;
    of_own_queue(context, &case)?;
    let text = line(text, "Why it was a mistake")?;
    let held = tx.held_by(&case)?;
    if held != case.amount {
        let sentence = format!(
            "A part of {} is settled, so it was no mistake. Nothing was changed; decide the rest.",
            case.number
        );
        return Err(Failure::refused("DIS-05", sentence));
    }
    tx.change_dispute(&case, &NewStep { state: State::Void.word(), ..same(context, &case, "voided", &text) })?;
    let mut item = tx.item(case.item)?;
    let disputed = (item.disputed - held).max(0);
    tx.set_disputed(&mut item, disputed)?;
    let asked = mention(tx, context, &text, Some(case.id), None)?;
    written(tx, &case, format!("{} was opened by mistake: {text}{asked}", case.number))
}

fn confirm(tx: &mut Tx<'_>, context: &Context<'_>, (dispute, version): (i64, i64)) -> Result<Written, Failure> {
    let case = at_version(tx, dispute, version)?;
    of_own_queue(context, &case)?;
    if case.state != State::Closed.word() {
        let sentence =
            format!("{} is {}; only a closed case is confirmed. Nothing was changed.", case.number, case.state);
        return Err(Failure::refused("DIS-02", sentence));
    }
    if !tx.fact(case.id, "confirmed")?.is_empty() {
        let sentence = format!("{} is confirmed already. Nothing was changed.", case.number);
        return Err(Failure::refused("DIS-04", sentence));
    }
    if tx.fact(case.id, "cause")?.is_empty() {
        let sentence = format!("Say first what went wrong in {}. Nothing was changed.", case.number);
        return Err(Failure::refused("DIS-03", sentence));
    }
    tx.add_fact(case.id, "confirmed", &context.today.to_string())?;
    tx.change_dispute(&case, &same(context, &case, "confirmed", ""))?;
    written(tx, &case, format!("Confirmed {}", case.number))
}

fn fact(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    (dispute, version): (i64, i64),
    field: &str,
    value: &str,
) -> Result<Written, Failure> {
    let case = changing_at(tx, dispute, version)?;
    if !FIELDS.contains(&field) {
        let sentence = format!(
            "\"{}\" is nothing a case has. It has {}. Nothing was changed.",
            maybe_line(field),
            FIELDS.join(", ")
        );
        return Err(Failure::refused("DIS-06", sentence));
    }
    let value = maybe_line(value);
    let good = match field {
        "cause" => case::cause(&value).map(str::to_owned),
        "kind" => KINDS.contains(&value.as_str()).then(|| value.clone()),
        "last day" => value.parse::<chrono::NaiveDate>().ok().map(|day| day.to_string()),
        "priority" => Priority::parse(&value).map(|priority| priority.word().to_owned()),
        // Who works on it and who decides it are people of the book; - is nobody.
        "processor" | "coordinator" if value == "-" => Some(String::new()),
        "processor" | "coordinator" => tx.person(&value)?.filter(|person| person.active).map(|person| person.login),
        _ => Some(value.clone()),
    };
    let Some(good) = good else {
        let may = match field {
            "cause" => case::CAUSES.join(", "),
            "kind" => KINDS.join(", "),
            "priority" => Priority::ALL.map(Priority::word).join(", "),
            "processor" | "coordinator" => "somebody who works in the book, or - for nobody".to_owned(),
            _ => "a day such as 2026-04-30".to_owned(),
        };
        let sentence = format!("The {field} cannot be \"{value}\"; it is {may}. Nothing was changed.");
        return Err(Failure::refused("DIS-06", sentence));
    };
    if ["processor", "coordinator", "priority"].contains(&field) && tx.fact(case.id, field)? == good {
        let sentence = format!("The {field} of {} is that already. Nothing was changed.", case.number);
        return Err(Failure::refused("DIS-02", sentence));
    }
    tx.add_fact(case.id, field, &good)?;
    let said = format!("{field}: {}", if good.is_empty() { "nobody" } else { &good });
    tx.change_dispute(&case, &same(context, &case, "fact", &said))?;
    written(tx, &case, format!("{} {said}", case.number))
}

fn attach(tx: &mut Tx<'_>, context: &Context<'_>, case: &Dispute, act: &Case) -> Result<Written, Failure> {
    let Case::Attach { name, path, size, sha256, note, .. } = act else {
        return Err(Failure::refused("ACT-06", "This is no file. Nothing was changed."));
    };
    let (name, path, note) = (line(name, "The file's name")?, line(path, "The file's place")?, maybe_line(note));
    let hex = sha256.len() == 64 && sha256.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if !hex || *size < 0 {
        let sentence = format!("{name} comes without its size and checksum. Nothing was changed; attach it again.");
        return Err(Failure::refused("DIS-06", sentence));
    }
    tx.add_file(&NewFile { dispute: case.id, name: &name, path: &path, size: *size, sha256, note: &note })?;
    tx.change_dispute(case, &same(context, case, "attached", &name))?;
    let asked = mention(tx, context, &note, Some(case.id), None)?;
    written(tx, case, format!("Attached {name} to {}{asked}", case.number))
}
