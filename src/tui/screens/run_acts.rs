//! What can be done in a dunning run: lines left out, lowered, held or brought back, the run released, sent or cancelled.
//! Each is one act, the same as the verbs of `o2c dunning`; what leaves the house asks for the number of letters.

use std::sync::Arc;

use crate::acts::dunning::{Dunning, Review as What};
use crate::acts::{Act, ActKey, Request};
use crate::domain::authority::Right;
use crate::domain::text::counted;
use crate::language::calendar::no_holidays;
use crate::language::dates::{DateContext, Lean, echo_date, read_date};
use crate::store::dunning::gate::Gate;
use crate::store::read::runs::Detail;
use crate::tui::app::overlay::{Field, Form, Kind, Review};
use crate::tui::app::{CmdId, Command, Ctx, Effect, Tier};
use crate::tui::ui::text;

use super::runs::{by_level, reasons};

/// The keys of a run.
pub const COMMANDS: &[Command] = &[
    Command::write("run.drop", &["x"], "leave out", "Leave the lines out of this run and say why.", Tier::Many)
        .hint(64)
        .right(Right::Collect)
        .words("drop remove skip exclude")
        .verb("dunning drop"),
    Command::write("run.lower", &["d"], "lower", "Send the lines with a lower level.", Tier::Many)
        .hint(62)
        .right(Right::Collect)
        .words("down level softer")
        .verb("dunning lower"),
    Command::write(
        "run.hold",
        &["t"],
        "hold until",
        "Leave out and hold until a day; no letters till then.",
        Tier::Many,
    )
    .hint(60)
    .right(Right::Collect)
    .words("block pause stop wait")
    .verb("dunning hold"),
    Command::write(
        "run.keep",
        &["b"],
        "bring back",
        "Take lines in again as drafted; lift the hold on an item.",
        Tier::Many,
    )
    .hint(58)
    .right(Right::Collect)
    .words("restore include lift unhold")
    .verb("dunning keep"),
    Command::look("run.letter", &["p"], "preview", "The letter the line is in, as its reader gets it.")
        .hint(66)
        .words("template text print reminder"),
    Command::look("run.other", &["o"], "left out", "Flip between the lines and what was left out.").hint(68),
    Command::look("run.customer", &["c"], "customer", "Open the customer's account.").hint(30),
    Command::write("run.approve", &["A"], "release", "Release the run for sending, as it is shown.", Tier::Money)
        .hint(72)
        .whole()
        .right(Right::Collect)
        .words("approve sign off four eyes")
        .verb("dunning approve"),
    Command::write("run.send", &["S"], "send", "Send the letters; again: stop. Goes on after a cut.", Tier::Money)
        .hint(71)
        .whole()
        .right(Right::Collect)
        .words("post mail resume dispatch")
        .verb("dunning send"),
    Command::write("run.cancel", &["X"], "cancel run", "End the run before anything of it was sent.", Tier::Many)
        .hint(40)
        .whole()
        .right(Right::Collect)
        .words("discard delete abandon")
        .verb("dunning cancel"),
];

fn perform(name: CmdId, key: ActKey, act: Dunning) -> Vec<Effect> {
    vec![Effect::perform(name, Request { key, act: Act::Dunning(act), expect: Vec::new() })]
}

fn because() -> Field {
    Field::new("because", Kind::Text, "", |text| match text.trim() {
        "" => Err("say why; it stays with the run".to_owned()),
        _ => Ok(String::new()),
    })
}

/// A form with a reason that makes something of lines.
fn review(title: &str, name: CmdId, lines: Vec<i64>, ctx: &Ctx, what: What) -> Form {
    let key = ctx.act_key();
    let save = move |values: &[String]| {
        let (lines, what, reason) = (lines.clone(), what.clone(), values[0].clone());
        Ok(perform(name, key, Dunning::ReviewLines { lines, what, reason }))
    };
    Form::new(title, save).field(because()).draft(name)
}

/// Leaves lines out.
pub(super) fn drop_lines(lines: Vec<i64>, ctx: &Ctx) -> Vec<Effect> {
    let title = format!("Leave {} out", counted(lines.len() as u64, "line"));
    vec![Effect::Overlay(Box::new(review(&title, "run.drop", lines, ctx, What::Drop)))]
}

/// Takes lines in again.
pub(super) fn keep_lines(lines: Vec<i64>, ctx: &Ctx) -> Vec<Effect> {
    let title = format!("Bring {} back", counted(lines.len() as u64, "line"));
    vec![Effect::Overlay(Box::new(review(&title, "run.keep", lines, ctx, What::Keep)))]
}

/// Lowers lines; `highest` is the highest level every one of them can be lowered to.
pub(super) fn lower_lines(lines: Vec<i64>, highest: u32, ctx: &Ctx) -> Vec<Effect> {
    let key = ctx.act_key();
    let levels: Vec<String> = (1..=highest).rev().map(|level| level.to_string()).collect();
    let title = format!("Lower {}", counted(lines.len() as u64, "line"));
    let save = move |values: &[String]| {
        let level = values[0].parse().map_err(|_| (0, "a level is a number".to_owned()))?;
        let (lines, reason) = (lines.clone(), values[1].clone());
        Ok(perform("run.lower", key, Dunning::ReviewLines { lines, what: What::Lower { level }, reason }))
    };
    let choices: Vec<&str> = levels.iter().map(String::as_str).collect();
    let form = Form::new(&title, save).field(Field::choice("to level", &choices, "")).field(because());
    vec![Effect::Overlay(Box::new(form.start(usize::from(highest == 1)).draft("run.lower")))]
}

/// What is held until a day.
pub(super) enum Held {
    /// Lines of a draft, which are left out of it as well.
    Lines(Vec<i64>),
    /// An item of a customer.
    Item(i64, i64),
}

/// Holds until a day.
pub(super) fn hold(what: Held, ctx: &Ctx) -> Vec<Effect> {
    let (key, today, order) = (ctx.act_key(), ctx.today, ctx.date_order);
    let context = move || DateContext { today, order, lean: Lean::Forward, due: None, holidays: &no_holidays };
    let read = move |text: &str| read_date(text, &context()).map_err(|error| error.to_string());
    let echo = move |text: &str| read(text).map(|date| echo_date(date, &context()));
    let many = if let Held::Lines(lines) = &what { lines.len() as u64 } else { 1 };
    let save = move |values: &[String]| {
        let until = Some(read(&values[0]).map_err(|why| (0, why))?);
        let reason = values[1].clone();
        Ok(perform(
            "run.hold",
            key,
            match &what {
                Held::Lines(lines) => Dunning::ReviewLines { lines: lines.clone(), what: What::Hold { until }, reason },
                Held::Item(customer, item) => Dunning::PlaceHold {
                    customer: *customer,
                    item: Some(*item),
                    kind: "manual".to_owned(),
                    from: today,
                    until,
                    reason,
                },
            },
        ))
    };
    let form = Form::new(&format!("Hold {}", counted(many, "item")), save)
        .field(Field::new("until", Kind::Date, "+2w", echo))
        .field(because())
        .foot(|_| vec!["no letter about it until that day is over; b brings it back sooner".to_owned()])
        .draft("run.hold");
    vec![Effect::Overlay(Box::new(form))]
}

/// Lifts a hold.
pub(super) fn lift(hold: i64, ctx: &Ctx) -> Vec<Effect> {
    let key = ctx.act_key();
    let save =
        move |values: &[String]| Ok(perform("run.keep", key, Dunning::LiftHold { hold, reason: values[0].clone() }));
    let form = Form::new("Lift the hold", save)
        .field(because())
        .foot(|_| vec!["the next draft looks at it again".to_owned()])
        .draft("run.lift");
    vec![Effect::Overlay(Box::new(form))]
}

/// What a run is, for reviews.
fn before(detail: &Detail, ctx: &Ctx) -> Vec<String> {
    let run = &detail.run;
    let mut lines = vec![format!("{} of {}, drafted by {}", run.number, text::day(run.on), run.by)];
    lines.extend(by_level(&detail.levels, ctx));
    let dropped = detail.lines.iter().filter(|row| row.line.level().is_none()).count();
    if dropped > 0 {
        lines.push(format!("{} left out by hand", counted(dropped as u64, "line")));
    }
    if detail.gone > 0 {
        let why = "paid, promised, disputed, held or reminded since it was drafted";
        lines.push(format!("{} no longer needed: {why}", counted(detail.gone, "letter")));
    }
    lines.extend(detail.interest.iter().cloned());
    lines
}

/// Reviews the release of a run.
pub(super) fn approve(detail: &Detail, ctx: &Ctx) -> Vec<Effect> {
    let key = ctx.act_key();
    let act = Act::Dunning(Dunning::ApproveRun { run: detail.run.id, seen: detail.seal.clone() });
    let request = Request { key, act, expect: Vec::new() };
    let tried = Effect::try_out(request.clone());
    let change = [format!("release {} as shown; it cannot be changed after that", counted(detail.letters(), "letter"))];
    let mut after = vec!["S sends them; nothing leaves before that".to_owned()];
    let left: Vec<String> = reasons(&detail.left);
    if !left.is_empty() {
        after.push(format!("not dunned: {}", left.join(", ")));
    }
    let go = move || vec![Effect::perform("run.approve", request)];
    let review = Review::new(format!("Release {}", detail.run.number), &before(detail, ctx), &change, &after, go);
    vec![Effect::Overlay(Box::new(review.trying(key))), tried]
}

/// Sends the letters of a begun run behind the screen.
pub(super) fn letters(run: i64, number: &str, despite: &str) -> Effect {
    Effect::Letters { run, number: number.to_owned(), despite: despite.to_owned(), stop: Arc::default() }
}

/// Reviews the sending of a run; the number of letters is typed. `despite` is why it goes out although the gate is shut.
/// A run that was begun goes on at once.
pub(super) fn send(detail: &Detail, gate: &Gate, despite: &str, ctx: &Ctx) -> Vec<Effect> {
    if detail.run.state == "sending" {
        return vec![letters(detail.run.id, &detail.run.number, despite)];
    }
    let (run, letters) = (detail.run.id, detail.letters());
    let act = Dunning::StartRun { run, letters: i64::try_from(letters).unwrap_or(0), despite: despite.to_owned() };
    let request = Request { key: ctx.act_key(), act: Act::Dunning(act), expect: Vec::new() };
    let mut top = before(detail, ctx);
    top.extend(gate.against.iter().map(|one| format!("against it: {one}")));
    top.extend((!gate.remark.is_empty()).then(|| gate.remark.clone()));
    let mut change = vec![format!("send {} to {}", counted(letters, "letter"), customers(detail))];
    if !despite.is_empty() {
        change.push(format!("all the same, because: {despite}"));
    }
    let after = [
        "each is decided once more as it goes out: what was paid, promised or disputed since is not asked for"
            .to_owned(),
        "what is sent cannot be taken back; S stops between two letters and goes on later".to_owned(),
    ];
    let go = move || vec![Effect::perform("run.start", request)];
    let review = Review::new(format!("Send {}", detail.run.number), &top, &change, &after, go);
    vec![Effect::Overlay(Box::new(review.typed_count(u32::try_from(letters).unwrap_or(u32::MAX))))]
}

fn customers(detail: &Detail) -> String {
    let mut all: Vec<i64> =
        detail.lines.iter().filter(|row| row.line.level().is_some()).map(|row| row.line.customer).collect();
    all.dedup();
    counted(all.len() as u64, "customer")
}

/// The form that asks why a run goes out although something speaks against it.
pub(super) fn despite(detail: &Detail, gate: Gate, ctx: &Ctx) -> Vec<Effect> {
    let (detail, ctx) = (detail.clone(), ctx.clone());
    let foot = gate.against.clone();
    let title = format!("Send {} all the same", detail.run.number);
    let save = move |values: &[String]| Ok(send(&detail, &gate, &values[0], &ctx));
    let form = Form::new(&title, save)
        .field(because())
        .foot(move |_| foot.iter().map(|one| format!("against it: {one}")).collect())
        .draft("run.despite");
    vec![Effect::Overlay(Box::new(form))]
}

/// Ends a run of which nothing was sent.
pub(super) fn cancel(detail: &Detail, ctx: &Ctx) -> Vec<Effect> {
    let (key, run) = (ctx.act_key(), detail.run.id);
    let save =
        move |values: &[String]| Ok(perform("run.cancel", key, Dunning::CancelRun { run, reason: values[0].clone() }));
    let form = Form::new(&format!("Cancel {}", detail.run.number), save).field(because()).draft("run.cancel");
    vec![Effect::Overlay(Box::new(form))]
}
