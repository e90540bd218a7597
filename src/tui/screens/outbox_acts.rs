//! What can be done about mail: accept or leave what an answer proposes, and say of a mail that it arrived, is to be sent
//! again, or is given up. Every decision of a mail asks why, because nobody can look it up later.

use std::collections::BTreeMap;

use crate::acts::mail::pass::Passed;
use crate::acts::mail::{Choice, Mail, Settled};
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::domain::dispute::Reason;
use crate::domain::money::Currency;
use crate::language::amounts::{AmountContext, read_amount};
use crate::language::dates::{Lean, echo_date, read_date};
use crate::store::mail::answers::Proposal;
use crate::store::read::outbox::{OutRow, What};
use crate::tui::app::overlay::{Field, Form, Item, Kind, Menu, Review};
use crate::tui::app::{Command, Ctx, Doing, Effect, Tier};

/// Name of the command that sends.
pub(super) const SEND: &str = "outbox.send";
/// Receivers and reasons listed one by one before mails leave; the rest is counted.
const LISTED: usize = 6;

/// The commands.
pub(super) const COMMANDS: &[Command] = &[
    Command::write("outbox.accept", &["a"], "accept", "Do what the answer proposes.", Tier::Many)
        .hint(70)
        .right(Right::Collect)
        .verb("mail accept")
        .words("promise dispute paid answer"),
    Command::write("outbox.dismiss", &["d"], "dismiss", "Leave the answer's proposal alone, and say why.", Tier::Many)
        .hint(69)
        .right(Right::Collect)
        .verb("mail dismiss")
        .words("ignore"),
    Command::write("outbox.settle", &["x"], "settle", "A mail: it arrived, send it again, give it up.", Tier::Many)
        .hint(68)
        .right(Right::Collect)
        .verb("mail settle")
        .words("unknown failed resend"),
    Command::write("outbox.again", &["r"], "send again", "A mail that failed or is unknown is sent again.", Tier::Many)
        .hint(67)
        .right(Right::Collect)
        .verb("mail settle")
        .words("resend retry"),
    Command::write(SEND, &["S"], "send", "Send what waits now; again: stop.", Tier::Money)
        .hint(71)
        .whole()
        .right(Right::Collect)
        .verb("mail send")
        .words("smtp post"),
    Command::look("outbox.account", &["c"], "customer", "The customer's account.").hint(60),
];

/// Why a command cannot run on this row, as the end of a sentence.
pub(super) fn guard(id: &str, row: Option<&OutRow>, ctx: &Ctx) -> Result<(), String> {
    if !COMMANDS.iter().any(|command| command.id == id) {
        return Ok(());
    }
    if id == SEND {
        return Ok(());
    }
    let row = row.ok_or_else(|| "nothing is selected".to_owned())?;
    match (&row.what, id) {
        (_, "outbox.account") if row.account().is_empty() => Err("whose it is is not known".to_owned()),
        (_, "outbox.account") => Ok(()),
        (What::Mail(_), "outbox.accept" | "outbox.dismiss") => Err("this is a mail of ours; x settles it".to_owned()),
        (What::Proposal(one), "outbox.accept") if one.meaning == "dispute" && !ctx.may(Right::Dispute) => {
            Err(format!("needs the right to {}; ask an administrator", Right::Dispute.words()))
        }
        (What::Proposal(one), "outbox.accept") if one.customer.is_none() => {
            Err(format!("whose it is is not known; o2c mail accept {} --customer NUMBER", one.id))
        }
        (What::Proposal(_), "outbox.settle" | "outbox.again") => {
            Err("this is an answer; a accepts, d dismisses".to_owned())
        }
        (What::Mail(mail), "outbox.again") if !matches!(mail.state.as_str(), "failed" | "unknown") => {
            Err(format!("it is {} already", row.state()))
        }
        (What::Mail(mail), "outbox.settle") if mail.state == "sent" => {
            Err("it is sent; nothing is left to settle".to_owned())
        }
        (What::Mail(mail), "outbox.settle") if mail.state == "leased" => {
            Err("it is on its way; wait a little".to_owned())
        }
        _ => Ok(()),
    }
}

/// Runs a command on a row.
pub(super) fn run(id: &str, row: &OutRow, ctx: &Ctx) -> Vec<Effect> {
    match (&row.what, id) {
        (_, "outbox.account") => vec![Effect::Go("customer", row.account().to_owned())],
        (What::Proposal(one), "outbox.accept") => accept(one, ctx),
        (What::Proposal(one), "outbox.dismiss") => dismiss(one, ctx),
        (What::Mail(mail), "outbox.again") => vec![ask_why(mail.id, Settled::Again, ctx)],
        (What::Mail(mail), "outbox.settle") => settle(mail.id, &mail.state, ctx),
        _ => Vec::new(),
    }
}

/// The key that sends: asks what would leave, or stops the sending.
pub(super) fn send(ctx: &Ctx) -> Vec<Effect> {
    if ctx.running.as_ref().is_some_and(|running| running.what == Doing::Mails) {
        return vec![Effect::Stop];
    }
    vec![Effect::mails(SEND, false)]
}

fn mails(count: usize) -> String {
    format!("{count} {}", if count == 1 { "mail" } else { "mails" })
}

/// What would leave and what would not, before anything does.
pub(super) fn review(Passed { leaving, held, lapsed, .. }: Passed) -> Vec<Effect> {
    let mut whys: BTreeMap<String, usize> = BTreeMap::new();
    for (_, why) in held {
        *whys.entry(why).or_default() += 1;
    }
    let waits: Vec<String> = whys.iter().map(|(why, count)| format!("{} waits: {why}", mails(*count))).collect();
    let lost = (lapsed > 0).then(|| format!("{} of a sender that stopped: unknown from now on", mails(lapsed)));
    let go = || vec![Effect::mails(SEND, true)];
    if let (true, Some(lost)) = (leaving.is_empty(), &lost) {
        let after = ["x settles each, when somebody knows whether it arrived".to_owned()];
        let before = [format!("{} on its way, and nobody sends it", mails(lapsed))];
        return vec![Effect::Overlay(Box::new(Review::new(
            "Send mails",
            &before,
            std::slice::from_ref(lost),
            &after,
            go,
        )))];
    }
    if leaving.is_empty() {
        let why = waits.first().map_or_else(|| "no mail waits".to_owned(), Clone::clone);
        return vec![Effect::Say(why)];
    }
    let before = vec![format!("{} waiting", mails(leaving.len() + whys.values().sum::<usize>()))];
    let mut change = vec![format!("hand {} to the mail server", mails(leaving.len()))];
    change.extend(leaving.iter().take(LISTED).map(|mail| format!("  to {}", mail.receiver)));
    if leaving.len() > LISTED {
        change.push(format!("  and {} more", leaving.len() - LISTED));
    }
    change.extend(lost);
    let mut after: Vec<String> = waits.into_iter().take(LISTED).collect();
    after.push("what is sent cannot be taken back; S stops between two mails and goes on later".to_owned());
    vec![Effect::Overlay(Box::new(Review::new("Send mails", &before, &change, &after, go)))]
}

fn perform(ctx: &Ctx, act: Mail) -> impl Fn() -> Effect + use<> {
    let key = ctx.act_key();
    move || Effect::perform("outbox", Request { key, act: Act::Mail(act.clone()), expect: Vec::new() })
}

fn why() -> Field {
    Field::new("why", Kind::Text, "", |text| {
        if text.trim().is_empty() { Err("write a few words".to_owned()) } else { Ok(String::new()) }
    })
}

fn ask_why(mail: i64, how: Settled, ctx: &Ctx) -> Effect {
    let title = match how {
        Settled::Sent => format!("Mail {mail} did arrive"),
        Settled::Again => format!("Send mail {mail} again"),
        Settled::GivenUp => format!("Give mail {mail} up"),
    };
    let key = ctx.act_key();
    let save = move |values: &[String]| {
        let act = Act::Mail(Mail::Settle { mail, how, reason: values[0].clone() });
        Ok(vec![Effect::perform("outbox", Request { key, act, expect: Vec::new() })])
    };
    Effect::Overlay(Box::new(Form::new(&title, save).field(why())))
}

fn settle(mail: i64, state: &str, ctx: &Ctx) -> Vec<Effect> {
    let unless = |can: &[&str], item: Item| {
        let disabled = if can.contains(&state) { String::new() } else { format!("it is {state}") };
        Item { disabled, ..item }
    };
    let items = vec![
        unless(&["unknown"], Item::new("it did arrive", "the server or the customer says so")),
        unless(&["unknown", "failed", "waiting"], Item::new("send it again", "it leaves with the next pass as it is")),
        unless(&["unknown", "failed", "waiting"], Item::new("give it up", "it is sent no more")),
    ];
    let ways = [Settled::Sent, Settled::Again, Settled::GivenUp];
    let ctx = ctx.clone();
    let start = if state == "unknown" {
        0
    } else if state == "failed" {
        1
    } else {
        2
    };
    let choose = move |at: usize| ways.get(at).map(|how| vec![ask_why(mail, *how, &ctx)]).unwrap_or_default();
    vec![Effect::Overlay(Box::new(Menu::new(&format!("Mail {mail}"), items, choose).starting_at(start)))]
}

fn dismiss(one: &Proposal, ctx: &Ctx) -> Vec<Effect> {
    let (key, proposal) = (ctx.act_key(), one.id);
    let save = move |values: &[String]| {
        let act = Act::Mail(Mail::Dismiss { proposal, reason: values[0].clone() });
        Ok(vec![Effect::perform("outbox", Request { key, act, expect: Vec::new() })])
    };
    let title = format!("Leave it alone: {} of {}", one.meaning, one.name);
    vec![Effect::Overlay(Box::new(Form::new(&title, save).field(why())))]
}

/// A payment to look for and a question need nothing but the key; a promise needs its day, a dispute its invoice.
fn accept(one: &Proposal, ctx: &Ctx) -> Vec<Effect> {
    match one.meaning.as_str() {
        "promise" => vec![promise(one, ctx)],
        "dispute" => vec![dispute(one, ctx)],
        _ => {
            let act = perform(ctx, Mail::Accept { proposal: one.id, choice: Choice::default() });
            vec![act()]
        }
    }
}

/// An amount that may be left to the answer; empty is all that is open of the invoices.
fn amount_field(one: &Proposal, ctx: &Ctx) -> (Field, AmountContext) {
    let currency = one.amount.map_or(ctx.base, |(_, currency)| currency);
    let filled = one.amount.map_or_else(String::new, |(minor, currency)| plain(minor, currency));
    let context = AmountContext { currency, style: Some(ctx.numbers), open: None };
    let field = Field::new("amount", Kind::Amount, &filled, move |text| {
        if text.trim().is_empty() {
            return Ok("all that is open of them".to_owned());
        }
        read_amount(text, &context).map(|_| String::new()).map_err(|error| error.to_string())
    });
    (field, context)
}

fn plain(minor: i64, currency: Currency) -> String {
    crate::domain::money::Money::new(minor, currency).plain()
}

fn amount_of(text: &str, context: &AmountContext) -> Result<Option<i64>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    read_amount(text, context).map(|typed| Some(typed.minor)).map_err(|error| error.to_string())
}

fn documents(text: &str) -> Vec<String> {
    text.split([' ', ',']).filter(|number| !number.is_empty()).map(str::to_owned).collect()
}

fn promise(one: &Proposal, ctx: &Ctx) -> Effect {
    let (key, proposal, dates) = (ctx.act_key(), one.id, ctx.dating(Lean::Forward));
    let read = ctx.dating(Lean::Forward);
    let filled = one.on.filter(|on| *on >= ctx.today).map_or_else(String::new, |on| on.to_string());
    let day = Field::new("pays on", Kind::Date, &filled, move |text| {
        read_date(text, &dates).map(|date| echo_date(date, &dates)).map_err(|error| error.to_string())
    });
    let (amount, context) = amount_field(one, ctx);
    let save = move |values: &[String]| {
        let on = read_date(&values[0], &read).map_err(|error| (0, error.to_string()))?;
        let amount = amount_of(&values[2], &context).map_err(|error| (2, error))?;
        let choice = Choice { on: Some(on), amount, documents: documents(&values[1]), ..Choice::default() };
        let act = Act::Mail(Mail::Accept { proposal, choice });
        Ok(vec![Effect::perform("outbox", Request { key, act, expect: Vec::new() })])
    };
    let sentence = one.sentence.clone();
    let invoices = Field::text("invoices", &one.documents);
    let form = Form::new(&format!("Promise of {}", one.name), save).field(day).field(invoices).field(amount);
    Effect::Overlay(Box::new(form.foot(move |_| vec![format!("\"{sentence}\"")])))
}

fn dispute(one: &Proposal, ctx: &Ctx) -> Effect {
    let (key, proposal) = (ctx.act_key(), one.id);
    let first = one.documents.split(' ').next().unwrap_or_default();
    let invoice = Field::new("invoice", Kind::Text, first, |text| {
        if text.trim().is_empty() { Err("the number of the invoice".to_owned()) } else { Ok(String::new()) }
    });
    let (amount, context) = amount_field(one, ctx);
    let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
    let reason = Field::choice("reason", &reasons, Reason::Unknown.word());
    let save = move |values: &[String]| {
        let amount = amount_of(&values[1], &context).map_err(|error| (1, error))?;
        let (documents, reason) = (documents(&values[0]), values[2].clone());
        let act =
            Act::Mail(Mail::Accept { proposal, choice: Choice { amount, documents, reason, ..Choice::default() } });
        Ok(vec![Effect::perform("outbox", Request { key, act, expect: Vec::new() })])
    };
    let sentence = one.sentence.clone();
    let form = Form::new(&format!("Dispute of {}", one.name), save).field(invoice).field(amount).field(reason);
    Effect::Overlay(Box::new(form.foot(move |_| vec![format!("\"{sentence}\"")])))
}
