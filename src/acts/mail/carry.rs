//! Steps of a mail on its way. One transaction writes down what became of one and leases the next; what was handed over
//! without an answer is never sent again by itself, and what failed leaves by the next channel in the same act.

use chrono::{DateTime, Duration, Utc};

use super::super::Failure;
use super::super::master::{line, maybe_line};
use super::super::perform::{Context, Written};
use super::{Ended, Settled, queue};
use crate::domain::dunning::Channel;
use crate::mail::outbox::is_address_fault;
use crate::store::Tx;
use crate::store::mail::{Mail, instant};

/// Minutes until a mail that was not taken is tried again, by how often it was not; then it counts as failed.
const PATIENCE: [i64; 5] = [15, 60, 240, 720, 1_440];

fn no_undo(customer: Option<i64>, summary: String) -> Written {
    Written { undoable: false, ..Written::of(customer, summary) }
}

pub(super) fn carry(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    sender: &str,
    done: Option<&(i64, Ended)>,
    lease: Option<i64>,
    until: DateTime<Utc>,
) -> Result<Written, Failure> {
    let sender = line(sender, "The sender")?;
    let mut said = Vec::new();
    let mut customer = None;
    if let Some((id, ended)) = done {
        let mail = tx.mail(*id)?;
        customer = Some(mail.customer);
        said.push(end(tx, context, &mail, &sender, ended)?);
    }
    if let Some(id) = lease {
        let mail = tx.mail(id)?;
        // Another sender was quicker, or somebody gave it up: then nothing is leased, which is no fault.
        if mail.state == "waiting" && mail.due_at.as_str() <= tx.recorded_at.as_str() {
            tx.add_mail_step(id, "leased", &instant(until), &sender, "")?;
            customer = customer.or(Some(mail.customer));
            said.push(format!("mail {id} to {} on its way", mail.receiver));
        }
    }
    if said.is_empty() {
        return Err(Failure::refused("MAIL-07", "The mail does not wait any more. Nothing was sent."));
    }
    let mut summary = said.join("; ");
    if let Some(first) = summary.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Ok(no_undo(customer, summary))
}

/// Writes down what became of a mail that this sender leased.
fn end(tx: &mut Tx<'_>, context: &Context<'_>, mail: &Mail, sender: &str, ended: &Ended) -> Result<String, Failure> {
    let id = mail.id;
    // A lease that ran out while the server was slow: what its sender says is still what happened.
    let own = mail.who == sender && matches!(mail.state.as_str(), "leased" | "unknown");
    if !own {
        return Ok(format!("mail {id} was settled by somebody meanwhile"));
    }
    let step = |tx: &mut Tx<'_>, what: &str, at: &str, text: &str| tx.add_mail_step(id, what, at, sender, text);
    Ok(match ended {
        Ended::Sent(said) => {
            step(tx, "sent", "", &maybe_line(said))?;
            format!("mail {id} sent to {}", mail.receiver)
        }
        Ended::Unknown(said) if mail.state == "leased" => {
            step(tx, "unknown", "", &maybe_line(said))?;
            format!("mail {id} to {}: not known whether it arrived", mail.receiver)
        }
        Ended::Unknown(_) => format!("mail {id} to {}: still not known whether it arrived", mail.receiver),
        Ended::Back(said) => {
            step(tx, "waiting", "", &maybe_line(said))?;
            format!("mail {id} waits")
        }
        Ended::Later(said) => {
            let said = maybe_line(said);
            let attempts = usize::try_from(tx.mail_attempts(id)?).unwrap_or(usize::MAX);
            let now = DateTime::parse_from_rfc3339(&tx.recorded_at).map_or(DateTime::UNIX_EPOCH, |at| at.to_utc());
            match PATIENCE.get(attempts) {
                Some(minutes) => {
                    step(tx, "waiting", &instant(now + Duration::minutes(*minutes)), &said)?;
                    format!("mail {id} to {} not taken now: {said}", mail.receiver)
                }
                None => failed(tx, context, mail, sender, &said)?,
            }
        }
        Ended::Failed(said) => failed(tx, context, mail, sender, &maybe_line(said))?,
    })
}

fn failed(tx: &mut Tx<'_>, context: &Context<'_>, mail: &Mail, sender: &str, said: &str) -> Result<String, Failure> {
    tx.add_mail_step(mail.id, "failed", "", sender, said)?;
    let mut others = String::new();
    if is_address_fault(said) {
        others = queue::came_back(tx, context, mail, said)?;
    }
    let now = queue::fall(tx, context, (mail.customer, mail.letter), "failed", said)?;
    let tail = if now.is_empty() { String::new() } else { format!("; its letter leaves {now}") };
    Ok(format!("mail {} to {} refused: {said}{tail}{others}", mail.id, mail.receiver))
}

pub(super) fn lapse(tx: &mut Tx<'_>, mails: &[i64]) -> Result<Written, Failure> {
    let mut lapsed = 0;
    for id in mails {
        let mail = tx.mail(*id)?;
        if mail.state == "leased" && mail.due_at.as_str() <= tx.recorded_at.as_str() {
            let said = "its sender stopped while it was handed over";
            tx.add_mail_step(*id, "unknown", "", &mail.who, said)?;
            lapsed += 1;
        }
    }
    if lapsed == 0 {
        return Err(Failure::refused("MAIL-07", "No lease of a mail ran out. Nothing was changed."));
    }
    let summary = format!("{lapsed} mails: not known whether they arrived, their sender stopped");
    Ok(no_undo(None, summary))
}

pub(super) fn settle(tx: &mut Tx<'_>, id: i64, how: Settled, reason: &str) -> Result<Written, Failure> {
    let reason = line(reason, "The reason")?;
    let mail = tx.mail(id)?;
    let (what, from): (&str, &[&str]) = match how {
        Settled::Sent => ("sent by hand", &["unknown"]),
        // One that waits because what it asks for changed leaves all the same.
        Settled::Again => ("again", &["unknown", "failed", "given up", "waiting"]),
        Settled::GivenUp => ("given up", &["unknown", "failed", "waiting"]),
    };
    if !from.contains(&mail.state.as_str()) {
        let sentence =
            format!("Mail {id} is {}; only {} can be settled so. Nothing was changed.", mail.state, from.join(" or "));
        return Err(Failure::refused("MAIL-08", sentence));
    }
    tx.add_mail_step(id, what, "", "", &reason)?;
    let summary = match how {
        Settled::Sent => format!("Mail {id} to {} did arrive: {reason}", mail.receiver),
        Settled::Again => {
            let address = mail.receiver.to_ascii_lowercase();
            if tx.bounced(mail.customer, &address)?.is_some() {
                tx.add_address_step(mail.customer, &address, false, &reason)?;
            }
            if let Some(letter) = mail.letter
                && tx.letter_ways(letter)?.last().is_some_and(|way| way != "mail")
            {
                tx.add_letter_way(letter, Channel::Mail, &reason)?;
            }
            let how = if mail.state == "waiting" { "all the same" } else { "again" };
            format!("Mail {id} to {} is sent {how}: {reason}", mail.receiver)
        }
        Settled::GivenUp => format!("Gave mail {id} to {} up: {reason}", mail.receiver),
    };
    Ok(no_undo(Some(mail.customer), summary))
}
