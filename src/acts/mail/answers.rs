//! Mails that come in and what people make of their proposals. A mail is taken in once; one that came back marks its
//! address and sends the letter on by the next channel. A proposal becomes an ordinary act when a person accepts it.

use super::super::collect;
use super::super::master::{line, maybe_line};
use super::super::money::shown;
use super::super::perform::{self, Context, Written};
use super::super::{Act, Failure};
use super::{Choice, Received, queue};
use crate::store::Tx;
use crate::store::ledger::Item;
use crate::store::mail::answers::{NewAnswer, NewProposal, Proposal};
use crate::store::work::NewActivity;

pub(super) fn receive(tx: &mut Tx<'_>, context: &Context<'_>, mail: &Received) -> Result<Written, Failure> {
    if tx.answer_known(&mail.fingerprint)? {
        return Err(Failure::refused("MAIL-09", "This mail was taken in before. Nothing was changed."));
    }
    let of = mail.mail.map(|id| tx.mail(id)).transpose()?;
    let customer = of.as_ref().map(|mail| mail.customer).or(mail.customer);
    let name = customer.map(|id| tx.customer(id)).transpose()?.map(|customer| customer.data.name);
    let lines = |lines: &[String]| lines.iter().map(|line| maybe_line(line)).collect::<Vec<_>>().join("\n");
    let (sender, writer, subject) = (maybe_line(&mail.sender), maybe_line(&mail.name), maybe_line(&mail.subject));
    let new = NewAnswer {
        fingerprint: &mail.fingerprint,
        message_id: &maybe_line(&mail.message_id),
        customer,
        mail: mail.mail,
        found_by: &maybe_line(&mail.found_by),
        sort: &mail.sort,
        sender: &sender,
        name: &writer,
        subject: &subject,
        written_on: mail.on,
        taken_on: context.today,
        text: &lines(&mail.words),
        attached: &lines(&mail.attached),
    };
    let answer = tx.add_answer(&new)?;
    for one in &mail.proposals {
        tx.add_proposal(&NewProposal {
            answer,
            customer,
            meaning: &one.meaning,
            on: one.on,
            amount: one.amount,
            documents: &one.documents.join(" "),
            phrase: &one.phrase,
            sentence: &maybe_line(&one.sentence),
        })?;
    }
    let whose = name.unwrap_or_else(|| "nobody known".to_owned());
    let said = match mail.sort.as_str() {
        "returned" => returned(tx, context, mail, of.as_ref())?,
        "delayed" => format!("A mail to {whose} is delayed"),
        "automatic" => format!("Automatic answer of {whose}: {subject}"),
        _ => {
            if let Some(customer) = customer {
                note(tx, context, customer, mail)?;
            }
            let words: Vec<&str> = mail.proposals.iter().map(|one| one.meaning.as_str()).collect();
            let tail = if words.is_empty() { String::new() } else { format!(", proposes {}", words.join(", ")) };
            // Whose it is says the address too, where that is known.
            let from = if customer.is_some() { whose } else { format!("{whose} ({sender})") };
            format!("Answer of {from}: {subject}{tail}")
        }
    };
    Ok(Written { undoable: false, ..Written::of(customer, said) })
}

/// The answer on the customer's timeline, and somebody's next step.
fn note(tx: &mut Tx<'_>, context: &Context<'_>, customer: i64, mail: &Received) -> Result<(), Failure> {
    let words: Vec<&str> = mail.proposals.iter().map(|one| one.meaning.as_str()).collect();
    let first = mail.proposals.first().map_or(mail.subject.as_str(), |one| one.sentence.as_str());
    tx.add_activity(&NewActivity {
        customer,
        person: context.person.id,
        kind: "answer",
        outcome: &words.join(", "),
        text: &maybe_line(first),
        on: context.today,
        next_on: (!words.is_empty()).then_some(context.today),
        next_what: if words.is_empty() { "" } else { "look at the answer" },
        takes_back: None,
    })?;
    Ok(())
}

/// A mail of ours came back for good: it failed, its address is marked, its letter leaves by the next channel.
fn returned(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    mail: &Received,
    of: Option<&crate::store::mail::Mail>,
) -> Result<String, Failure> {
    let Some(of) = of else { return Ok(format!("A mail came back that is not known: {}", maybe_line(&mail.subject))) };
    let said = maybe_line(format!("came back {}", mail.status).trim());
    let others = queue::came_back(tx, context, of, &said)?;
    if !matches!(of.state.as_str(), "sent" | "unknown" | "given up") {
        return Ok(format!("Mail {} to {} {said}{others}", of.id, of.receiver));
    }
    tx.add_mail_step(of.id, "returned", "", "", &said)?;
    let now = queue::fall(tx, context, (of.customer, of.letter), "came back", &maybe_line(&mail.status))?;
    let tail = if now.is_empty() { String::new() } else { format!("; its letter leaves {now}") };
    Ok(format!("Mail {} to {} {said}{tail}{others}", of.id, of.receiver))
}

fn open(tx: &Tx<'_>, proposal: i64) -> Result<Proposal, Failure> {
    let found = tx.proposal(proposal)?;
    if found.state == "open" {
        return Ok(found);
    }
    let sentence = format!("Proposal {proposal} is {} already. Nothing was changed.", found.state);
    Err(Failure::refused("MAIL-10", sentence))
}

/// The act a proposal stands for, with what the person says beside it.
pub(super) fn proposed(tx: &Tx<'_>, context: &Context<'_>, proposal: i64, choice: &Choice) -> Result<Act, Failure> {
    let found = open(tx, proposal)?;
    if let (Some(known), Some(given)) = (found.customer, choice.customer)
        && known != given
    {
        return Err(Failure::refused("MAIL-10", "The answer is another customer's. Nothing was changed."));
    }
    let Some(customer) = found.customer.or(choice.customer) else {
        let sentence =
            format!("Whose answer proposal {proposal} is, is not known. Nothing was changed; say it with --customer.");
        return Err(Failure::refused("MAIL-10", sentence));
    };
    let on = choice.on.or(found.on);
    match found.meaning.as_str() {
        "promise" => {
            let Some(on) = on else {
                let sentence = "The answer names no day to pay on. Nothing was changed; say it with --on DATE.";
                return Err(Failure::refused("MAIL-10", sentence));
            };
            let items = spread(&items(tx, customer, &found, choice)?, amount(&found, choice))?;
            Ok(Act::Promise { items, on, text: found.sentence })
        }
        "dispute" => {
            let items = items(tx, customer, &found, choice)?;
            let [item] = &items[..] else {
                let sentence = format!(
                    "The dispute may be about {} items. Nothing was changed; name one with --item NUMBER.",
                    items.len()
                );
                return Err(Failure::refused("MAIL-10", sentence));
            };
            let free = (item.open - item.disputed).max(0);
            let amount = amount(&found, choice).unwrap_or(free);
            let reason = if choice.reason.is_empty() { "unknown".to_owned() } else { choice.reason.clone() };
            Ok(Act::OpenDispute { item: item.id, amount, reason, text: found.sentence })
        }
        meaning => {
            let what = if meaning == "paid" { paid(&found) } else { format!("answer: {}", found.sentence) };
            let on = choice.on.unwrap_or(context.today);
            Ok(Act::FollowUp { customers: vec![customer], on, what })
        }
    }
}

/// What to look for in the bank's statements.
fn paid(found: &Proposal) -> String {
    let amount = found.amount.map_or_else(String::new, |(minor, currency)| format!(" of {}", shown(minor, currency)));
    let on = found.on.map_or_else(String::new, |on| format!(" of {on}"));
    let about = if found.documents.is_empty() { String::new() } else { format!(" for {}", found.documents) };
    format!("look for the payment{amount}{on}{about}")
}

fn amount(found: &Proposal, choice: &Choice) -> Option<i64> {
    choice.amount.or(found.amount.map(|(minor, _)| minor))
}

/// The open items a proposal is about: those named, else all of the customer's in the currency of the oldest.
fn items(tx: &Tx<'_>, customer: i64, found: &Proposal, choice: &Choice) -> Result<Vec<Item>, Failure> {
    let named: Vec<String> = if choice.documents.is_empty() {
        found.documents.split(' ').filter(|number| !number.is_empty()).map(str::to_owned).collect()
    } else {
        choice.documents.clone()
    };
    let all = tx.debits_of(customer)?;
    if let Some(missing) = named.iter().find(|number| !all.iter().any(|(_, known)| known == *number)) {
        let sentence =
            format!("{missing} is no open invoice of this customer. Nothing was changed; name others with --item.");
        return Err(Failure::refused("MAIL-10", sentence));
    }
    let wanted = all.into_iter().filter(|(_, number)| named.is_empty() || named.contains(number));
    let mut items: Vec<Item> = wanted.map(|(item, _)| item).collect();
    let currency = found.amount.map(|(_, currency)| currency).or(items.first().map(|item| item.currency));
    items.retain(|item| Some(item.currency) == currency && item.open > item.disputed);
    if items.is_empty() {
        return Err(Failure::refused("MAIL-10", "Nothing of this customer is open for that. Nothing was changed."));
    }
    Ok(items)
}

/// An amount over items in their order; without one, all that may be asked for.
fn spread(items: &[Item], amount: Option<i64>) -> Result<Vec<(i64, i64)>, Failure> {
    let mut left = amount.unwrap_or(i64::MAX);
    let mut parts = Vec::new();
    for item in items {
        let part = (item.open - item.disputed).min(left);
        if part > 0 {
            parts.push((item.id, part));
            left -= part;
        }
    }
    if amount.is_some() && left > 0 {
        let sentence = "More is promised than is open of these items. Nothing was changed; give another amount.";
        return Err(Failure::refused("AMT-06", sentence));
    }
    Ok(parts)
}

pub(super) fn accept(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    proposal: i64,
    choice: &Choice,
) -> Result<Written, Failure> {
    let act = proposed(tx, context, proposal, choice)?;
    let written = match &act {
        Act::FollowUp { .. } => collect::handle(tx, context, &act)?,
        act => perform::handle(tx, context, act)?,
    };
    tx.add_proposal_step(proposal, "accepted", "")?;
    Ok(Written { summary: format!("Accepted proposal {proposal}: {}", written.summary), ..written })
}

pub(super) fn dismiss(tx: &mut Tx<'_>, proposal: i64, reason: &str) -> Result<Written, Failure> {
    let reason = line(reason, "The reason")?;
    let found = open(tx, proposal)?;
    tx.add_proposal_step(proposal, "dismissed", &reason)?;
    Ok(Written::of(found.customer, format!("Dismissed proposal {proposal} ({}): {reason}", found.meaning)))
}
