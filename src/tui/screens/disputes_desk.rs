//! Work on a case that settles nothing, by keys: whose turn it is, what is known, opening it again, agreeing to it, taking
//! it out.

use super::disputes_acts::{needed, sent};
use crate::acts::case::Case as Deed;
use crate::acts::{Act, ActKey, Request};
use crate::store::manifest::{self, Noted};
use crate::store::read::disputes::DisputeRow;
use crate::tui::app::overlay::{Confirm, Field, Form};
use crate::tui::app::{Answer, Ctx, Effect};

fn request(key: ActKey, deed: Deed) -> Request {
    Request { key, act: Act::Case(Box::new(deed)), expect: Vec::new() }
}

/// Whose turn it is: while it is the customer's, the clock stands.
pub(super) fn wait(row: DisputeRow, ctx: &Ctx) -> Vec<Effect> {
    let (key, draft) = (ctx.act_key(), format!("dispute wait.{}", row.id));
    let (title, name) = (format!("Who acts on {}, {}", row.number, row.name), draft.clone());
    let turns = ["customer", "clarification", "supervisor", "us"];
    let filled = if ["on customer", "escalated"].contains(&&*row.state) { "us" } else { "customer" };
    let save = move |values: &[String]| {
        let (on, text) = (values[0].clone(), values[1].clone());
        let deed = Deed::Wait { dispute: row.id, version: row.version, on, text };
        Ok(vec![sent(&draft, values), Effect::perform("dispute.wait", request(key, deed))])
    };
    let form = Form::new(&title, save).field(Field::choice("waits for", &turns, filled));
    vec![Effect::Overlay(Box::new(form.field(Field::text("what for", "")).draft(name)))]
}

/// What is known of it.
pub(super) fn fact(row: DisputeRow, ctx: &Ctx) -> Vec<Effect> {
    let (key, draft) = (ctx.act_key(), format!("dispute fact.{}", row.id));
    let (title, name) = (format!("What is known of {}", row.number), draft.clone());
    let fields = [
        "last day",
        "cause",
        "contact",
        "channel",
        "customer reference",
        "kind",
        "priority",
        "processor",
        "coordinator",
    ];
    let save = move |values: &[String]| {
        let (field, value) = (values[0].clone(), values[1].clone());
        let deed = Deed::Fact { dispute: row.id, version: row.version, field, value };
        Ok(vec![sent(&draft, values), Effect::perform("dispute.fact", request(key, deed))])
    };
    let form = Form::new(&title, save).field(Field::choice("what", &fields, "last day"));
    vec![Effect::Overlay(Box::new(form.field(needed("is")).draft(name)))]
}

/// A file of the machine the session runs on; where identity is enforced a person's files are elsewhere.
pub(super) fn file(row: DisputeRow, ctx: &Ctx) -> Vec<Effect> {
    if ctx.checked() {
        let number = &row.number;
        let sentence = format!(
            "the files of this machine are not yours to read; give it in: o2c dispute attach {number} FILE notes one of your folder"
        );
        return vec![Effect::Say(sentence)];
    }
    let (key, draft) = (ctx.act_key(), format!("dispute file.{}", row.id));
    let (title, name) = (format!("File with {}, {}", row.number, row.name), draft.clone());
    let save = move |values: &[String]| {
        let (row, file, note) = (row.clone(), values[0].clone(), values[1].clone());
        let looked = Effect::ask("dispute.noted", move |_| {
            let found = manifest::note(&file);
            Ok((key, row, note, found))
        });
        Ok(vec![sent(&draft, values), looked])
    };
    let foot = |_: &[String]| vec!["its checksum is kept; the file stays where it is".to_owned()];
    let form = Form::new(&title, save).field(needed("file")).field(Field::text("shows", "")).foot(foot);
    vec![Effect::Overlay(Box::new(form.draft(name)))]
}

/// What came of looking at the file of [`file`].
pub(super) fn noted(answer: Answer) -> Vec<Effect> {
    let found = answer.take::<(ActKey, DisputeRow, String, Result<Noted, String>)>();
    let (key, row, note, noted) = match found {
        Some(found) => found,
        None => return Vec::new(),
    };
    match noted {
        Ok(Noted { name, path, size, sha256 }) => {
            let deed = Deed::Attach { dispute: row.id, version: row.version, name, path, size, sha256, note };
            vec![Effect::perform("dispute.file", request(key, deed))]
        }
        Err(why) => vec![Effect::Warn(format!("[IO-01] {why}; nothing was attached"))],
    }
}

/// Disputed again.
pub(super) fn reopen(row: DisputeRow, ctx: &Ctx) -> Vec<Effect> {
    let (key, draft) = (ctx.act_key(), format!("dispute again.{}", row.id));
    let (title, name) = (format!("Open {} again, {}", row.number, row.name), draft.clone());
    let save = move |values: &[String]| {
        let deed = Deed::Reopen { dispute: row.id, version: row.version, text: values[0].clone() };
        Ok(vec![sent(&draft, values), Effect::perform("dispute.reopen", request(key, deed))])
    };
    vec![Effect::Overlay(Box::new(Form::new(&title, save).field(needed("because")).draft(name)))]
}

/// Closed for good.
pub(super) fn confirm(row: &DisputeRow, ctx: &Ctx) -> Vec<Effect> {
    let (key, deed) = (ctx.act_key(), Deed::Confirm { dispute: row.id, version: row.version });
    let question = format!("Confirm {} for good? Reversing what closed it will not open it again.", row.number);
    let yes = move || vec![Effect::perform("dispute.confirm", request(key, deed))];
    vec![Effect::Overlay(Box::new(Confirm::new(question, yes)))]
}

/// Opened by mistake.
pub(super) fn void(row: DisputeRow, ctx: &Ctx) -> Vec<Effect> {
    let (key, draft) = (ctx.act_key(), format!("dispute void.{}", row.id));
    let (title, name) = (format!("{} was opened by mistake", row.number), draft.clone());
    let save = move |values: &[String]| {
        let deed = Deed::Void { dispute: row.id, version: row.version, text: values[0].clone() };
        Ok(vec![sent(&draft, values), Effect::perform("dispute.void", request(key, deed))])
    };
    vec![Effect::Overlay(Box::new(Form::new(&title, save).field(needed("because")).draft(name)))]
}
