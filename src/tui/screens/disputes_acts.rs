//! What can be done about a dispute: give it an owner, write a note, decide it. Every act names the version that was on
//! the screen; what was typed stays as a draft until the book has taken it, so a second person loses nothing.

use crate::acts::{Act, Done, Expect, Failure, Request};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::language::amounts::{AmountContext, read_amount};
use crate::store::people::Person;
use crate::store::read::book;
use crate::store::read::disputes::{Case, DisputeRow, dispute};
use crate::tui::app::overlay::{Field, Form, Item, Kind, Menu, Review};
use crate::tui::app::{Answer, Command, Ctx, Effect, Tier};
use crate::tui::ui::text::amount_with_currency;

/// The commands of the queue and of a case.
pub(super) const COMMANDS: [Command; 4] = [
    Command::write("dispute.note", &["n"], "note", "Write a note on the dispute.", Tier::One)
        .hint(66)
        .right(Right::Dispute)
        .words("comment remark evidence"),
    Command::write("dispute.assign", &["o"], "owner", "Give it an owner and a department.", Tier::One)
        .hint(68)
        .right(Right::Dispute)
        .words("assign department"),
    Command::write("dispute.resolve", &["x"], "resolve", "Decide it: valid, partly valid or invalid.", Tier::Money)
        .hint(67)
        .right(Right::ResolveDispute)
        .words("close valid invalid credit"),
    Command::write("dispute.open", &["d"], "open dispute", "A dispute is opened on an item.", Tier::One)
        .right(Right::Dispute),
];

const DEPARTMENTS: [&str; 5] = ["sales", "logistics", "billing", "service", "receivables"];

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
        _ if !ours => Ok(()),
        _ if id == "dispute.open" => Err("needs an item; d on one in the customer's account".to_owned()),
        None => Err("no dispute is selected".to_owned()),
        Some(row) if !row.open => Err(format!("{} is {}", row.number, row.state)),
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
                Ok(found.map(|(row, case)| resolve(&row, &case, ctx)).unwrap_or_default())
            }
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

fn sent(draft: &str, values: &[String]) -> Effect {
    Effect::tell("dispute.sent", Sent { draft: draft.to_owned(), values: values.to_vec() })
}

fn needed(label: &str) -> Field {
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

/// The three decisions, each leading through its form to the review.
fn resolve(row: &DisputeRow, case: &Case, ctx: &Ctx) -> Vec<Effect> {
    let said = |minor: i64| amount_with_currency(Money::new(minor, row.currency), ctx.numbers);
    let all = said(row.amount);
    let items = vec![
        Item::new("valid", format!("{all} is credited")),
        Item::new("partly", format!("a part of {all} is credited, the rest collected again")),
        Item::new("invalid", format!("nothing is credited, {all} is collected again")),
    ];
    let (row, item_open, ctx_then) = (row.clone(), case.item_open, ctx.clone());
    let title = format!("Resolve {}", row.number);
    let menu = Menu::new(&title, items, move |index| vec![decide(&row, item_open, index, &ctx_then)]);
    vec![Effect::Overlay(Box::new(menu))]
}

const OUTCOMES: [&str; 3] = ["valid", "partly valid", "invalid"];

fn decide(row: &DisputeRow, item_open: i64, index: usize, ctx: &Ctx) -> Effect {
    let outcome = OUTCOMES[index.min(2)];
    let context = AmountContext { currency: row.currency, style: Some(ctx.numbers), open: Some(row.amount) };
    let most = row.amount;
    let part = move |text: &str| -> Result<i64, String> {
        let minor = read_amount(text, &context).map_err(|error| error.to_string())?.minor;
        if minor > 0 && minor < most { Ok(minor) } else { Err("more than 0 and less than all of it".to_owned()) }
    };
    let draft = format!("dispute {outcome}.{}", row.id);
    let name = draft.clone();
    let (key, row_then, ctx_then) = (ctx.act_key(), row.clone(), ctx.clone());
    let echo_row = row.clone();
    let style = ctx.numbers;
    let echo = move |text: &str| {
        let minor = part(text)?;
        let said = |minor: i64| amount_with_currency(Money::new(minor, echo_row.currency), style);
        Ok(format!("{} credited, {} collected again", said(minor), said(echo_row.amount - minor)))
    };
    let save = move |values: &[String]| {
        let accepted = match index {
            0 => row_then.amount,
            1 => part(&values[1]).map_err(|why| (1, why))?,
            _ => 0,
        };
        let text = values[0].clone();
        let act = Act::ResolveDispute { dispute: row_then.id, version: row_then.version, accepted, text };
        let request = Request { key, act, expect: vec![Expect::Open { item: row_then.item, open: item_open }] };
        let tried = Effect::try_out(request.clone());
        let review = review(&row_then, item_open, accepted, &values[0], &ctx_then, request).trying(key);
        Ok(vec![sent(&draft, values), Effect::Overlay(Box::new(review)), tried])
    };
    let form = Form::new(&format!("{} is {outcome}", row.number), save).field(needed("because"));
    let form = if index == 1 { form.field(Field::new("credit", Kind::Amount, "", echo)) } else { form };
    Effect::Overlay(Box::new(form.draft(name)))
}

fn review(row: &DisputeRow, open: i64, accepted: i64, text: &str, ctx: &Ctx, request: Request) -> Review {
    let said = |minor: i64| amount_with_currency(Money::new(minor, row.currency), ctx.numbers);
    // Never more than is open is credited: the rest of the item may have been paid meanwhile.
    let credited = accepted.min(open.max(0));
    let outcome = if accepted == 0 { 2 } else { usize::from(accepted < row.amount) };
    let before = [
        format!("{} {}, {}: {} disputed, {}", row.number, row.name, row.document, said(row.amount), row.reason),
        format!("open on {}: {}", row.document, said(open)),
    ];
    let credit = match credited {
        0 => "no credit note".to_owned(),
        _ => format!("credit note of {} on {}, dated {}", said(credited), row.document, ctx.today),
    };
    let change = [format!("{}: {text}", OUTCOMES[outcome]), credit, format!("{} is closed", row.number)];
    let rest = (row.amount - accepted).min(open - credited).max(0);
    let again = match rest {
        0 => "nothing of the disputed amount is left to collect".to_owned(),
        _ => format!("{} is collected again from today, {}", said(rest), ctx.today),
    };
    let after = [format!("open on {}: {}", row.document, said(open - credited)), again];
    let title = format!("Resolve {}: {}", row.number, OUTCOMES[outcome]);
    Review::new(title, &before, &change, &after, move || vec![Effect::perform("dispute.resolve", request)])
}
