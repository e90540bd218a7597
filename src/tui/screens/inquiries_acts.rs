//! What can be done about an inquiry: note, answer, hand over, make a dispute of it. Every act names the version that was
//! on the screen.

use super::disputes_acts::needed;
use crate::acts::case::{Case, Work};
use crate::acts::{Act, ActKey, Expect, Request};
use crate::domain::authority::Right;
use crate::domain::department::DEPARTMENTS;
use crate::domain::dispute::Reason;
use crate::domain::money::Money;
use crate::language::amounts::{AmountContext, read_amount};
use crate::store::people::Person;
use crate::store::read::book;
use crate::store::read::cases::InquiryRow;
use crate::store::read::refer::{self, ItemRef};
use crate::tui::app::overlay::{Field, Form, Kind, TextBox};
use crate::tui::app::{Answer, CmdId, Command, Ctx, Effect, Tier};
use crate::tui::ui::text::{self, amount_with_currency};

/// The keys of inquiries.
pub(super) const COMMANDS: [Command; 5] = [
    Command::write("inquiry.answer", &["a"], "answer", "Say what the customer was told; it is answered.", Tier::One)
        .hint(68)
        .right(Right::Dispute)
        .words("reply done close")
        .verb("dispute answer"),
    Command::write("inquiry.note", &["n"], "note", "Write a note; the inquiry stays open.", Tier::One)
        .hint(66)
        .right(Right::Dispute)
        .words("comment mention")
        .verb("dispute answer"),
    Command::write("inquiry.hand", &["o"], "hand over", "Give it to a person or a department.", Tier::One)
        .hint(64)
        .right(Right::Dispute)
        .words("owner assign department")
        .verb("dispute hand-over"),
    Command::write("inquiry.promote", &["p"], "to dispute", "Make a dispute of it on an invoice.", Tier::One)
        .hint(62)
        .right(Right::Dispute)
        .words("promote claim")
        .verb("dispute promote"),
    Command::look("inquiry.account", &["c"], "customer", "The customer's account.").hint(40),
];

/// Why a command cannot run on this inquiry now.
pub(super) fn guard(id: CmdId, row: Option<&InquiryRow>) -> Result<(), String> {
    match row {
        _ if !id.starts_with("inquiry.") => Ok(()),
        None => Err("no inquiry is selected".to_owned()),
        Some(_) if id == "inquiry.account" => Ok(()),
        Some(row) if &*row.state != "open" => Err(format!("{} is {}", row.number, row.state)),
        Some(_) => Ok(()),
    }
}

fn perform(name: CmdId, key: ActKey, act: Case, expect: Vec<Expect>) -> Vec<Effect> {
    vec![Effect::perform(name, Request { key, act: Act::Case(Box::new(act)), expect })]
}

/// Starts an act on an inquiry.
pub(super) fn run(id: CmdId, row: InquiryRow, ctx: &Ctx) -> Vec<Effect> {
    match id {
        "inquiry.answer" => say(id, row, Work::Answer, "answer", ctx),
        "inquiry.note" => say(id, row, Work::Note, "note", ctx),
        "inquiry.hand" => vec![Effect::ask("inquiry.people", move |reader| Ok((row, book::people(reader)?)))],
        "inquiry.promote" => promote(row, ctx),
        "inquiry.account" => vec![Effect::Go("customer", row.account.to_string())],
        _ => Vec::new(),
    }
}

/// The question and everything that was said since.
pub(super) fn whole(row: &InquiryRow) -> Vec<Effect> {
    let mut lines = vec![format!("{} {}, {}", row.account, row.name, row.reason)];
    if !row.about.is_empty() {
        lines.push(format!("about {}", row.about));
    }
    if !row.from.is_empty() {
        lines.push(format!("came by {}", row.from));
    }
    for (on, what, said) in &row.steps {
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        lines.push(format!("{}  {what}{said}", text::day(*on)));
    }
    vec![Effect::Overlay(Box::new(TextBox::new(format!("{}, {}", row.number, row.state), lines)))]
}

fn say(id: CmdId, row: InquiryRow, what: Work, label: &str, ctx: &Ctx) -> Vec<Effect> {
    let key = ctx.act_key();
    let (title, draft) = (format!("{label} to {}, {}", row.number, row.name), format!("{id}.{}", row.id));
    let asked = row.said.to_string();
    let save = move |values: &[String]| {
        let (what, text) = (what.clone(), values[0].clone());
        Ok(perform(id, key, Case::Work { inquiry: row.id, version: row.version, what, text }, Vec::new()))
    };
    let foot = move |_: &[String]| vec![format!("said last: {asked}"), "@login asks a colleague".to_owned()];
    vec![Effect::Overlay(Box::new(Form::new(&title, save).field(needed(label)).foot(foot).draft(draft)))]
}

/// The hand-over form, once it is known who works in the book.
pub(super) fn people(answer: Answer, ctx: &Ctx) -> Vec<Effect> {
    let Some((row, people)) = answer.take::<(InquiryRow, Vec<Person>)>() else { return Vec::new() };
    let key = ctx.act_key();
    let (title, draft) = (format!("Hand {} over, {}", row.number, row.name), format!("inquiry.hand.{}", row.id));
    let logins: Vec<&str> = people.iter().map(|person| person.login.as_str()).collect();
    let mut departments = DEPARTMENTS.to_vec();
    if !row.department.is_empty() && !departments.contains(&&*row.department) {
        departments.push(&row.department);
    }
    let owner = Field::choice("owner", &logins, &row.owner);
    let department = Field::choice("department", &departments, &row.department);
    let (inquiry, version) = (row.id, row.version);
    let save = move |values: &[String]| {
        let what = Work::Assign { owner: values[0].clone(), department: values[1].clone() };
        let act = Case::Work { inquiry, version, what, text: values[2].clone() };
        Ok(perform("inquiry.hand", key, act, Vec::new()))
    };
    let form = Form::new(&title, save).field(owner).field(department).field(Field::text("note", "")).draft(draft);
    vec![Effect::Overlay(Box::new(form))]
}

/// Which invoice: what it is about, or one that is typed.
fn promote(row: InquiryRow, _ctx: &Ctx) -> Vec<Effect> {
    if row.item.is_some() {
        return find(row.clone(), row.about.to_string());
    }
    let title = format!("Dispute of {}, {}: on which invoice?", row.number, row.name);
    let save = move |values: &[String]| Ok(find(row.clone(), values[0].clone()));
    vec![Effect::Overlay(Box::new(Form::new(&title, save).field(needed("invoice"))))]
}

fn find(row: InquiryRow, number: String) -> Vec<Effect> {
    vec![Effect::ask("inquiry.item", move |reader| {
        let open = refer::items(reader, number.trim())?.into_iter().find(|item| item.open > 0);
        Ok((row, number, open))
    })]
}

/// The form of the dispute, once the item is known.
pub(super) fn item(answer: Answer, ctx: &Ctx) -> Vec<Effect> {
    let Some((row, number, found)) = answer.take::<(InquiryRow, String, Option<ItemRef>)>() else { return Vec::new() };
    let Some(item) = found else {
        let sentence = format!("[ACT-04] nothing is open of \"{number}\"; no dispute was opened");
        return vec![Effect::Warn(sentence)];
    };
    if item.open <= item.disputed {
        return vec![Effect::Say(format!("all that is open of {number} is disputed already; nothing was opened"))];
    }
    let key = ctx.act_key();
    let (free, numbers) = (item.open - item.disputed, ctx.numbers);
    let context = AmountContext { currency: item.currency, style: Some(numbers), open: Some(free) };
    let currency = item.currency;
    let echo = move |text: &str| {
        let minor = read_amount(text, &context).map_err(|error| error.to_string())?.minor;
        match minor {
            1.. if minor <= free => Ok(amount_with_currency(Money::new(minor, currency), numbers)),
            _ => {
                let most = amount_with_currency(Money::new(free, currency), numbers);
                Err(format!("more than 0 and at most {most}, which is open and not disputed"))
            }
        }
    };
    let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
    let title = format!("{} becomes a dispute on {number}", row.number);
    let filled = Money::new(free, currency).plain();
    let (reason, draft) = (Field::choice("reason", &reasons, &row.reason), format!("inquiry.promote.{}", row.id));
    let save = move |values: &[String]| {
        let amount = read_amount(&values[0], &context).map_err(|error| (0, error.to_string()))?.minor;
        let act = Case::Promote {
            inquiry: row.id,
            version: row.version,
            item: item.id,
            amount,
            reason: values[1].clone(),
            text: values[2].clone(),
        };
        Ok(perform("inquiry.promote", key, act, vec![Expect::Open { item: item.id, open: item.open }]))
    };
    let form = Form::new(&title, save)
        .field(Field::new("amount", Kind::Amount, &filled, echo))
        .field(reason)
        .field(Field::text("customer says", ""))
        .foot(|_| vec!["the amount is held back from reminders until it is decided; u takes it back".to_owned()])
        .draft(draft);
    vec![Effect::Overlay(Box::new(form))]
}
