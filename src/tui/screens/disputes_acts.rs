//! What can be done about a dispute: give it an owner, write a note, decide it. Every act names the version that was on
//! the screen; what was typed stays as a draft until the book has taken it, so a second person loses nothing.

use super::actions::{Ready, review_mail};
use super::disputes_decide as decide;
use super::disputes_desk as desk;
use crate::acts::mail::write::prepare;
use crate::acts::{Act, Done, Failure, Request};
use crate::domain::authority::Right;
use crate::domain::department::DEPARTMENTS;
use crate::store::people::Person;
use crate::store::read::book;
use crate::store::read::disputes::{Case, DisputeRow, dispute};
use crate::tui::app::overlay::{Field, Form, Kind};
use crate::tui::app::{Answer, Command, Ctx, Effect, Tier};

/// The commands of the queue and of a case.
pub(super) const COMMANDS: [Command; 13] = [
    Command::write("dispute.note", &["n"], "note", "Write a note on the dispute.", Tier::One)
        .hint(66)
        .right(Right::Dispute)
        .words("comment remark evidence"),
    Command::write("dispute.assign", &["o"], "owner", "Give it an owner and a department.", Tier::One)
        .hint(68)
        .right(Right::Dispute)
        .words("assign department hand off over"),
    Command::write(
        "dispute.resolve",
        &["x"],
        "decide",
        "Credit, promotion, write-off, charge back, repay or collect.",
        Tier::Money,
    )
    .hint(67)
    .right(Right::ResolveDispute)
    .words("close valid invalid credit resolve"),
    Command::write("dispute.split", &["p"], "split", "Move a part to a case of its own.", Tier::One)
        .hint(60)
        .right(Right::Dispute)
        .words("part divide"),
    Command::write(
        "dispute.wait",
        &["t"],
        "whose turn",
        "Wait for the customer (the clock stands), for others, or for us.",
        Tier::One,
    )
    .hint(59)
    .right(Right::Dispute)
    .words("pause clock customer clarification"),
    Command::write("dispute.fact", &["e"], "known", "Note what is known: cause, last day, contact, kind.", Tier::One)
        .right(Right::Dispute)
        .words("edit root cause deadline reference"),
    Command::write("dispute.file", &["a"], "attach", "Note a file with it, by its checksum.", Tier::One)
        .right(Right::Dispute)
        .words("attachment proof document"),
    Command::write(
        "dispute.reopen",
        &["r"],
        "open again",
        "Dispute again what was to be collected or repaid.",
        Tier::One,
    )
    .right(Right::ResolveDispute)
    .words("reopen"),
    Command::write(
        "dispute.confirm",
        &["c"],
        "confirm",
        "Agree to a closed case for good; it opens no more.",
        Tier::Many,
    )
    .right(Right::ResolveDispute)
    .words("agree final"),
    Command::write("dispute.void", &["D"], "mistake", "Take out a case that was opened by mistake.", Tier::Many)
        .right(Right::Dispute)
        .words("void delete cancel"),
    Command::write("dispute.mail", &["M"], "mail the answer", "Mail how it was decided; shown first.", Tier::Money)
        .right(Right::Collect)
        .words("letter answer send confirmation")
        .verb("mail write"),
    Command::look("dispute.reasons", &["b"], "by reason", "Reasons and causes by what they cost, and the part won.")
        .words("pareto win rate root cause"),
    Command::write("dispute.open", &["d"], "open dispute", "A dispute is opened on an item.", Tier::One)
        .right(Right::Dispute),
];

/// What can be done to a closed case only, and to any.
const CLOSED_ONLY: [&str; 2] = ["dispute.reopen", "dispute.confirm"];
const ANY_TIME: [&str; 2] = ["dispute.fact", "dispute.file"];

/// What was typed into a form that is on its way to the book.
struct Sent {
    draft: String,
    values: Vec<String>,
}

/// The acts of one screen, with the draft that is on its way.
#[derive(Default)]
pub(super) struct Doing {
    draft: Option<String>,
}

/// Why a command cannot run on this case, as the end of a sentence.
pub(super) fn guard(id: &str, row: Option<&DisputeRow>) -> Result<(), String> {
    let ours = COMMANDS.iter().any(|command| command.id == id);
    match row {
        _ if !ours || id == "dispute.reasons" => Ok(()),
        _ if id == "dispute.open" => Err("needs an item; d on one in the customer's account".to_owned()),
        None => Err("no dispute is selected".to_owned()),
        Some(row) if id == "dispute.mail" && (row.open || &*row.state == "void") => {
            Err(format!("{} is {}; there is nothing to answer", row.number, row.state))
        }
        Some(_) if id == "dispute.mail" => Ok(()),
        Some(row) if ANY_TIME.contains(&id) && &*row.state != "void" => Ok(()),
        Some(row) if CLOSED_ONLY.contains(&id) && row.confirmed => Err(format!("{} is confirmed for good", row.number)),
        Some(row) if CLOSED_ONLY.contains(&id) && &*row.state == "closed" => Ok(()),
        Some(row) if CLOSED_ONLY.contains(&id) || !row.open => Err(format!("{} is {}", row.number, row.state)),
        Some(_) => Ok(()),
    }
}

/// Starts an act on the case as it is on the screen; `None` when the command is not one of these.
pub(super) fn run(id: &str, row: &DisputeRow, ctx: &Ctx) -> Option<Vec<Effect>> {
    let (row, today) = (row.clone(), ctx.today);
    match id {
        "dispute.note" => Some(note(row, ctx)),
        "dispute.assign" => Some(vec![Effect::ask("dispute.people", move |reader| Ok((row, book::people(reader)?)))]),
        "dispute.resolve" => {
            Some(vec![Effect::ask("dispute.case", move |reader| Ok((row.clone(), dispute(reader, today, row.id)?)))])
        }
        "dispute.mail" => Some(vec![Effect::ask("dispute.mail", move |reader| {
            Ok(Ready(prepare(reader, today, ("dispute", &row.number), None)))
        })]),
        "dispute.split" => Some(decide::split(row, ctx)),
        "dispute.wait" => Some(desk::wait(row, ctx)),
        "dispute.fact" => Some(desk::fact(row, ctx)),
        "dispute.file" => Some(desk::file(row, ctx)),
        "dispute.reopen" => Some(desk::reopen(row, ctx)),
        "dispute.confirm" => Some(desk::confirm(&row, ctx)),
        "dispute.void" => Some(desk::void(row, ctx)),
        _ => None,
    }
}

impl Doing {
    /// Goes on with what was asked for; gives an answer back that is for somebody else.
    pub(super) fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Result<Vec<Effect>, Answer> {
        match name {
            "dispute.people" => {
                let asked = answer.take::<(DisputeRow, Vec<Person>)>();
                Ok(asked.map(|(row, people)| assign(row, &people, ctx)).unwrap_or_default())
            }
            "dispute.case" => {
                let asked = answer.take::<(DisputeRow, Option<Case>)>();
                let found = asked.and_then(|(row, case)| case.map(|case| (row, case)));
                Ok(found.map(|(row, case)| decide::resolve(&row, &case, ctx)).unwrap_or_default())
            }
            "dispute.mail" => Ok(answer.take::<Ready>().map(|ready| review_mail(ready, ctx)).unwrap_or_default()),
            "dispute.noted" => Ok(desk::noted(answer)),
            "dispute.sent" => {
                // The draft is kept until the book has taken it: a refusal or a broken line leaves what was typed.
                let Some(sent) = answer.take::<Sent>() else { return Ok(Vec::new()) };
                let value = serde_json::to_string(&sent.values).unwrap_or_default();
                let key = format!("draft.{}", sent.draft);
                self.draft = Some(key.clone());
                Ok(vec![Effect::Remember { key, value }])
            }
            _ => Err(answer),
        }
    }

    /// After an act: what the book has taken is no draft any more.
    pub(super) fn performed(&mut self, result: &Result<Done, Failure>) -> Vec<Effect> {
        match (self.draft.take(), result) {
            (Some(key), Ok(_)) => vec![Effect::Remember { key, value: String::new() }],
            _ => Vec::new(),
        }
    }
}

pub(super) fn sent(draft: &str, values: &[String]) -> Effect {
    Effect::tell("dispute.sent", Sent { draft: draft.to_owned(), values: values.to_vec() })
}

pub(super) fn needed(label: &str) -> Field {
    Field::new(label, Kind::Text, "", |text| {
        if text.trim().is_empty() { Err("write a few words".to_owned()) } else { Ok(String::new()) }
    })
}

fn note(row: DisputeRow, ctx: &Ctx) -> Vec<Effect> {
    let (key, draft) = (ctx.act_key(), format!("dispute note.{}", row.id));
    let (title, name) = (format!("Note on {}, {}", row.number, row.name), draft.clone());
    let save = move |values: &[String]| {
        let act = Act::NoteDispute { dispute: row.id, version: row.version, text: values[0].clone() };
        let request = Request { key, act, expect: Vec::new() };
        Ok(vec![sent(&draft, values), Effect::perform("dispute.note", request)])
    };
    vec![Effect::Overlay(Box::new(Form::new(&title, save).field(needed("note")).draft(name)))]
}

fn assign(row: DisputeRow, people: &[Person], ctx: &Ctx) -> Vec<Effect> {
    let (key, draft) = (ctx.act_key(), format!("dispute owner.{}", row.id));
    let (title, name) = (format!("Owner of {}, {}", row.number, row.name), draft.clone());
    let logins: Vec<&str> = people.iter().map(|person| person.login.as_str()).collect();
    let mut departments = DEPARTMENTS.to_vec();
    if !row.department.is_empty() && !departments.contains(&&*row.department) {
        departments.push(&row.department);
    }
    let owner = Field::choice("owner", &logins, if row.owner.is_empty() { &ctx.user } else { &row.owner });
    let department = Field::choice("department", &departments, &row.department);
    let save = move |values: &[String]| {
        let (owner, department) = (values[0].clone(), values[1].clone());
        let act = Act::AssignDispute { dispute: row.id, version: row.version, owner, department };
        let request = Request { key, act, expect: Vec::new() };
        Ok(vec![sent(&draft, values), Effect::perform("dispute.assign", request)])
    };
    vec![Effect::Overlay(Box::new(Form::new(&title, save).field(owner).field(department).draft(name)))]
}
