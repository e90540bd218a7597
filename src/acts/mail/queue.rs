//! How a letter leaves: by the first channel of its level that can be used. A mail is written whole, in the act that
//! writes its letter, so that neither is ever there without the other; a channel that fails gives way to the next.

use std::time::SystemTime;

use chrono::DateTime;

use super::super::perform::Context;
use super::super::{Failure, templates};
use crate::documents::library::Edited;
use crate::documents::{html, reminder};
use crate::domain::dunning::{Channel, Letter};
use crate::domain::text::counted;
use crate::mail::address::Mailbox;
use crate::mail::message::{self, Draft, Unsendable};
use crate::mail::when::next_channel;
use crate::store::Tx;
use crate::store::mail::{Mail, NewMail};
use crate::store::work::NewActivity;

/// The way a letter leaves by.
pub(in super::super) struct Way {
    /// The channel.
    pub channel: Channel,
    /// Why an earlier one was not taken; empty where the first was.
    pub why: String,
}

impl From<Unsendable> for Failure {
    fn from(no: Unsendable) -> Failure {
        Failure::refused(no.code, no.sentence)
    }
}

/// Chooses how a letter leaves, and writes its mail where that is the way.
pub(in super::super) fn leave(tx: &mut Tx<'_>, customer: i64, letter: i64) -> Result<Way, Failure> {
    let written = tx.letter(letter)?;
    let order = order(&written);
    let hindered = hindered(tx, customer, &written)?;
    let failed: &[Channel] = if hindered.is_some() { &[Channel::Mail] } else { &[] };
    let channel = next_channel(&order, failed).unwrap_or(Channel::Letter);
    let why = hindered.filter(|_| order.first() == Some(&Channel::Mail)).unwrap_or_default();
    tx.add_letter_way(letter, channel, &why)?;
    if channel == Channel::Mail {
        queue(tx, customer, &written)?;
    }
    Ok(Way { channel, why })
}

/// The channels of a letter's level; paper where its policy names none.
fn order(letter: &Letter) -> Vec<Channel> {
    if letter.channels.is_empty() { vec![Channel::Letter] } else { letter.channels.clone() }
}

/// Why a letter cannot go by mail: no address of theirs or ours, one that cannot be used, one that bounced.
fn hindered(tx: &Tx<'_>, customer: i64, letter: &Letter) -> Result<Option<String>, Failure> {
    if letter.email.trim().is_empty() {
        return Ok(Some("the customer has no e-mail address".to_owned()));
    }
    if letter.sender.is_empty() {
        return Ok(Some("no mail-sender is set".to_owned()));
    }
    let address = match Mailbox::new(&letter.customer_name, &letter.email) {
        Ok(mailbox) => mailbox.address().to_owned(),
        Err(_) => return Ok(Some("the customer's e-mail is not exactly one address".to_owned())),
    };
    if Mailbox::new(&letter.company, &letter.sender).is_err() {
        return Ok(Some("mail-sender is not exactly one address".to_owned()));
    }
    let bounced = tx.bounced(customer, &address)?;
    Ok(bounced.map(|why| format!("mail to {address} came back ({why})")))
}

/// Writes the mail of a letter.
fn queue(tx: &mut Tx<'_>, customer: i64, letter: &Letter) -> Result<(), Failure> {
    let from = Mailbox::new(&letter.company, &letter.sender)?;
    let to = Mailbox::new(&letter.customer_name, &letter.email)?;
    let page = reminder::page(letter, &edited(tx)?)
        .map_err(|error| Failure::refused(error.code, format!("{} Nothing was sent.", error.sentence)))?;
    let id = message::id(&tx.book_mark()?, &letter.number, &from);
    let draft = Draft {
        from: from.clone(),
        to,
        subject: page.subject.clone(),
        text: page.text(),
        html: html::html(&page),
        id: id.clone(),
    };
    let at = DateTime::parse_from_rfc3339(&tx.recorded_at).map_or(SystemTime::UNIX_EPOCH, SystemTime::from);
    let whole = message::build(&draft, at)?;
    let receiver = draft.to.address().to_owned();
    let new = NewMail {
        customer,
        letter: Some(letter.id),
        message_id: &id,
        sender: from.address(),
        receiver: &receiver,
        subject: &draft.subject,
        message: &whole,
    };
    tx.add_mail(&new)?;
    Ok(())
}

/// The templates that were edited, as the transaction sees them.
fn edited(tx: &Tx<'_>) -> Result<Vec<Edited>, Failure> {
    Ok(templates::parted(tx.settings_of(templates::PREFIX)?))
}

/// Mail to the address of `of` arrives no more: marks it, and what waits for it fails as well, so that nothing leaves for
/// an address that is known to be gone. Says how many those were.
pub(super) fn came_back(tx: &mut Tx<'_>, context: &Context<'_>, of: &Mail, said: &str) -> Result<String, Failure> {
    tx.add_address_step(of.customer, &of.receiver.to_ascii_lowercase(), true, said)?;
    let waiting = tx.waiting_for(of.customer, &of.receiver)?;
    for mail in &waiting {
        let why = format!("mail to {} came back ({said})", mail.receiver);
        tx.add_mail_step(mail.id, "failed", "", "", &why)?;
        fall(tx, context, (mail.customer, mail.letter), "failed", &why)?;
    }
    Ok(match waiting.len() {
        0 => String::new(),
        count => format!("; {} to it did not leave", counted(count as u64, "mail that waited")),
    })
}

/// The mail of a letter failed: the letter leaves by the next channel. On paper it is written with the others of its
/// run; a call is somebody's next step. Says what it leaves by now.
pub(super) fn fall(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    (customer, letter): (i64, Option<i64>),
    what: &str,
    said: &str,
) -> Result<&'static str, Failure> {
    let mut now = "";
    let mut number = String::new();
    if let Some(letter) = letter {
        let written = tx.letter(letter)?;
        let was: Vec<String> = tx.letter_ways(letter)?;
        let order = order(&written);
        let tried = |channel: &Channel| was.iter().any(|word| word == crate::store::mail::way(*channel));
        let failed: Vec<Channel> = order.iter().copied().filter(tried).collect();
        let channel = next_channel(&order, &failed).unwrap_or(Channel::Letter);
        tx.add_letter_way(letter, channel, &format!("its mail {what}: {said}"))?;
        now = if channel == Channel::Phone { "by telephone" } else { "on paper" };
        number = written.number;
    }
    let calls = now == "by telephone" || letter.is_none();
    let text = format!("{number} {said}").trim().to_owned();
    let next_what =
        if number.is_empty() { format!("its mail {what}") } else { format!("call about {number}, its mail {what}") };
    tx.add_activity(&NewActivity {
        customer,
        person: context.person.id,
        kind: "mail",
        outcome: what,
        text: &text,
        on: context.today,
        next_on: calls.then_some(context.today),
        next_what: if calls { &next_what } else { "" },
        takes_back: None,
    })?;
    Ok(now)
}
