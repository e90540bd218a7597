//! Work keys about talking to customers: calls, reminders, notes, follow-up dates, owners, setting aside. All of them
//! can be taken back, so one customer is done at once and many after one line.

use super::fields::{day, day_field, maybe_day, maybe_day_field, needed};
use super::{CALL, DISPUTE, DONE, EMAIL, FOLLOW_UP, NOTE, OWNER, PROMISE, Subject};
use crate::acts::arrange::Arrange;
use crate::acts::letters::{PastDue, reminder_draft};
use crate::acts::{Act, ActKey, Request};
use crate::domain::money::Money;
use crate::domain::outcome::Outcome;
use crate::language::dates::{Lean, echo_date, long_date};
use crate::store::people::Person;
use crate::tui::app::overlay::{Confirm, Field, Form, Item, Kind, Menu};
use crate::tui::app::{CmdId, Ctx, Effect};
use crate::tui::ui::width::wrap;

/// Cells of a line of a letter below its form.
const LETTER: usize = 63;
/// When to look again after a reminder.
const AFTER_MAIL: &str = "+5b";

fn perform(name: CmdId, key: ActKey, act: Act) -> Vec<Effect> {
    vec![Effect::perform(name, Request { key, act, expect: Vec::new() })]
}

/// At once for one customer, after one line for many.
fn sure(subject: &Subject, what: &str, effects: impl FnOnce() -> Vec<Effect> + 'static) -> Vec<Effect> {
    if subject.customers.len() < 2 {
        return effects();
    }
    let question = format!("{what} {}, {}?", subject.name, subject.total);
    vec![Effect::Overlay(Box::new(Confirm::new(question, effects)))]
}

fn opened(form: Form) -> Vec<Effect> {
    vec![Effect::Overlay(Box::new(form))]
}

/// Name of a call after which its customer stays on the screen.
const CALL_FIRST: CmdId = "call.first";
const PROMISE_ID: CmdId = PROMISE.id;

/// The command that writes down what a call led to.
fn follows(came: Outcome) -> Option<CmdId> {
    match came {
        // The form of a promise takes several days and amounts, which make a plan.
        Outcome::Promised | Outcome::Plan => Some(PROMISE_ID),
        Outcome::Disputes => Some(DISPUTE.id),
        _ => None,
    }
}

pub(super) fn call(subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let Some(customer) = subject.one() else { return Vec::new() };
    let (key, dates) = (ctx.act_key(), ctx.dating(Lean::Forward));
    let (again, around) = (subject.clone(), ctx.clone());
    let save = move |values: &[String]| {
        let came = Outcome::parse(&values[1]).ok_or((1, "choose what came of it".to_owned()))?;
        let next_on = match values[2].trim() {
            "" | AS_IT_ASKS => came.next_on(dates.today),
            typed => day(typed, &dates).map_err(|why| (2, why))?,
        };
        let (outcome, text) = (came.words().to_owned(), values[0].clone());
        let act = Arrange::Contact { customer, kind: "call".into(), outcome, text, next_on, next_what: String::new() };
        // What was agreed on is written down of the same customer before the next one comes up.
        let name = if follows(came).is_some() { CALL_FIRST } else { CALL.id };
        let mut effects = perform(name, key, Act::Arrange(act));
        effects.extend(follows(came).and_then(|id| super::run(id, &again, &around)).unwrap_or_default());
        Ok(effects)
    };
    let words = Outcome::ALL.map(Outcome::words);
    let today = ctx.today;
    // The note stands first and the form starts below it, so that leaving it empty costs no key.
    let form = Form::new(&format!("Call {}", subject.name), save)
        .field(Field::text("note", ""))
        .field(Field::choice("outcome", &words, words[0]))
        .field(next_field(ctx))
        .start(1)
        .foot(move |values| {
            let came = values.get(1).and_then(|words| Outcome::parse(words));
            came.map_or(Vec::new(), |came| {
                let on = came.next_on(today);
                let next = format!("next: {}, {} unless another day is given", came.next(), long_date(on));
                let then = match follows(came) {
                    Some(PROMISE_ID) if came == Outcome::Plan => "then the plan, of the same customer",
                    Some(PROMISE_ID) => "then the promise, of the same customer",
                    Some(_) => "then the dispute, of the same customer",
                    None => return vec![next],
                };
                vec![next, then.to_owned()]
            })
        });
    opened(form.draft(format!("call.{customer}")))
}

/// Filled in where the outcome says when to go on.
const AS_IT_ASKS: &str = "by outcome";

/// The day of the next step, which every contact has.
fn next_field(ctx: &Ctx) -> Field {
    let dates = ctx.dating(Lean::Forward);
    Field::new("again on", Kind::Date, AS_IT_ASKS, move |text| match text.trim() {
        "" | AS_IT_ASKS => Ok("the day the outcome asks for".to_owned()),
        typed => day(typed, &dates).map(|date| echo_date(date, &dates)),
    })
}

/// The draft of a reminder with what may be asked for of what is overdue, or of the items that were chosen: nothing
/// disputed, nothing promised. Empty where all of it is one or the other.
fn reminder(subject: &Subject, ctx: &Ctx) -> String {
    let meant = || subject.debits().filter(|piece| subject.chosen || piece.due < ctx.today);
    let due: Vec<PastDue> = meant()
        .filter(|piece| piece.asked() > 0)
        .map(|piece| PastDue {
            number: piece.number.clone(),
            open: Money::new(piece.asked(), piece.currency),
            on: piece.due,
        })
        .collect();
    if due.is_empty() && meant().next().is_some() {
        return String::new();
    }
    reminder_draft(&subject.language, &due)
}

pub(super) fn email(subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let (key, dates, customers) = (ctx.act_key(), ctx.dating(Lean::Forward), subject.customers.clone());
    if subject.one().is_none() {
        let next_on = day(AFTER_MAIL, &dates).ok();
        let act = Act::DraftEmail { customers, text: String::new(), next_on };
        return sure(subject, "Draft the standard reminder to", move || perform(EMAIL.id, key, act));
    }
    let name = format!("email.{}", customers[0]);
    let save = move |values: &[String]| {
        let next_on = maybe_day(&values[1], &dates).map_err(|why| (1, why))?;
        Ok(perform(EMAIL.id, key, Act::DraftEmail { customers: customers.clone(), text: values[0].clone(), next_on }))
    };
    let form = Form::new(&format!("E-mail to {}", subject.name), save)
        .field(Field::text("text", &reminder(subject, ctx)))
        .field(maybe_day_field("again on", AFTER_MAIL, ctx))
        // The line of the field shows an end of the text; what goes out is read here, whole.
        .foot(|values| values.first().map_or(Vec::new(), |text| wrap(text, LETTER)))
        .start(1);
    opened(form.draft(name))
}

pub(super) fn note(subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let Some(customer) = subject.one() else { return Vec::new() };
    let key = ctx.act_key();
    let save = move |values: &[String]| Ok(perform(NOTE.id, key, Act::Note { customer, text: values[0].clone() }));
    let form = Form::new(&format!("Note on {}", subject.name), save).field(needed("note", "", "type the note"));
    opened(form.draft(format!("note.{customer}")))
}

pub(super) fn follow_up(subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let (key, dates, subject_then) = (ctx.act_key(), ctx.dating(Lean::Forward), subject.clone());
    let save = move |values: &[String]| {
        let on = day(&values[1], &dates).map_err(|why| (1, why))?;
        let act = Act::FollowUp { customers: subject_then.customers.clone(), on, what: values[0].clone() };
        let what = format!("Follow up on {}:", long_date(on));
        Ok(sure(&subject_then, &what, move || perform(FOLLOW_UP.id, key, act)))
    };
    let form = Form::new(&format!("Follow up {}", subject.name), save)
        .field(Field::text("what to do", ""))
        .field(day_field("on", "+7d", ctx, Lean::Forward))
        .start(1);
    opened(form)
}

pub(super) fn done(subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    let (key, act) = (ctx.act_key(), Act::Done { customers: subject.customers.clone() });
    sure(subject, "Set aside for today:", move || perform(DONE.id, key, act))
}

pub(super) fn owner(subject: &Subject, people: &[Person], ctx: &Ctx) -> Vec<Effect> {
    let (key, subject_then) = (ctx.act_key(), subject.clone());
    let logins: Vec<String> = people.iter().map(|person| person.login.clone()).collect();
    let items = people.iter().map(|person| Item::new(&*person.login, &*person.name)).collect();
    let own = logins.iter().position(|login| *login == ctx.user).unwrap_or(0);
    let choose = move |index: usize| {
        let owner = logins[index].clone();
        let act = Act::SetOwner { customers: subject_then.customers.clone(), owner: owner.clone() };
        sure(&subject_then, &format!("Set owner {owner} on"), move || perform(OWNER.id, key, act))
    };
    let menu = Menu::new(&format!("Owner of {}", subject.name), items, choose).starting_at(own);
    vec![Effect::Overlay(Box::new(menu))]
}
