//! Mails that go with no reminder: a statement of account, the confirmation of a promise or a plan, the answer to a dispute,
//! the copy of an invoice. They are made of the templates, wait in the outbox like the mails of reminders, and from there on
//! are treated the same. A customer who cannot be mailed is named: such a letter has no other way by itself.

use std::time::SystemTime;

use chrono::{DateTime, NaiveDate};
use serde::{Deserialize, Serialize};

use super::super::master::line;
use super::super::perform::{Context, Written};
use super::super::{Failure, letters, templates};
use crate::documents::letter::{Kind, Letter};
use crate::documents::page::Page;
use crate::documents::template::Template;
use crate::documents::{html, library};
use crate::mail::address::Mailbox;
use crate::mail::message::{self, Draft};
use crate::store::mail::NewMail;
use crate::store::read::refer;
use crate::store::work::NewActivity;
use crate::store::{Reader, Tx};

/// What such a mail may be, in the words of the book and the command line.
pub const WHAT: [&str; 5] = ["statement", "promise", "plan", "dispute", "copy"];

/// The most bytes of one mail's text.
const MOST: usize = 1 << 20;

/// A mail made ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// To whom.
    pub customer: i64,
    /// One of [`WHAT`].
    pub what: String,
    /// Number of what it is about, or of the customer.
    pub about: String,
    /// One line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// The letter of that kind about that customer, document, plan or dispute; refused where there is nothing to write.
pub fn letter(reader: &Reader, today: NaiveDate, what: &str, number: &str) -> Result<Letter, Failure> {
    let number = number.trim();
    let missing = |what: &str| Failure::refused("ACT-04", format!("There is no {what} {number} in the book."));
    let customer = || refer::customer(reader, number)?.ok_or_else(|| missing("customer")).map(|found| found.id);
    let nothing = |sentence: String| Failure::refused("TPL-06", sentence);
    Ok(match what {
        "statement" => {
            letters::letter(reader, today, customer()?, Kind::Statement, 0)?.ok_or_else(|| missing("customer"))?
        }
        "copy" => letters::of_document(reader, today, number)?.ok_or_else(|| missing("document"))?,
        "promise" => letters::of_promise(reader, today, customer()?)?
            .filter(|letter| letter.promise.is_some())
            .ok_or_else(|| nothing(format!("Customer {number} has promised nothing that is open.")))?,
        "plan" => letters::of_plan(reader, today, number)?.ok_or_else(|| missing("payment plan"))?,
        "dispute" => {
            let known = refer::dispute(reader, &number.to_uppercase())?.ok_or_else(|| missing("dispute"))?;
            let found = letters::of_dispute(reader, today, known.id)?;
            found.ok_or_else(|| nothing(format!("{number} is not decided yet; there is nothing to answer.")))?
        }
        _ => {
            let sentence = format!("Such a mail is none of {}. Nothing was changed.", WHAT.join(", "));
            return Err(Failure::refused("MAIL-11", sentence));
        }
    })
}

/// The letter in a language: the one asked for, the customer's, else the company's.
pub fn page(reader: &Reader, letter: &Letter, language: Option<&str>) -> Result<Page, Failure> {
    let name = library::name_for(letter.kind, 0);
    let house = letters::house_language(reader)?;
    let found = library::find(name, language.unwrap_or(&letter.language), &house, &templates::edited(reader)?);
    let read = Template::read(&found.text, &found.language).and_then(|template| template.render(letter));
    read.map_err(|error| Failure::refused(error.code, error.sentence))
}

/// Makes such a mail ready, as the templates and the book have it now.
pub fn prepare(
    reader: &Reader,
    today: NaiveDate,
    (what, number): (&str, &str),
    language: Option<&str>,
) -> Result<Outgoing, Failure> {
    let letter = letter(reader, today, what, number)?;
    let page = page(reader, &letter, language)?;
    let of = refer::customer(reader, &letter.customer.number)?;
    let missing = || Failure::refused("MAS-03", format!("There is no customer {}.", letter.customer.number));
    Ok(Outgoing {
        customer: of.ok_or_else(missing)?.id,
        what: what.to_owned(),
        about: number.trim().to_uppercase(),
        subject: page.subject.clone(),
        text: page.text(),
        html: html::html(&page),
    })
}

/// Why a customer cannot be mailed, and from which address to which one it would be.
fn ends(tx: &Tx<'_>, customer: i64) -> Result<(Mailbox, Mailbox), Failure> {
    let known = tx.customer(customer)?;
    let no = |why: String| {
        let sentence = format!(
            "{} cannot be mailed: {why}. Nothing was changed; put it on paper with o2c letter ... --pdf.",
            known.data.name
        );
        Failure::refused("MAIL-11", sentence)
    };
    if known.data.email.trim().is_empty() {
        return Err(no("the customer has no e-mail address".to_owned()));
    }
    let sender = tx.setting("mail-sender")?.unwrap_or_default();
    if sender.is_empty() {
        return Err(no("no mail-sender is set".to_owned()));
    }
    let company = tx.setting("company")?.unwrap_or_default();
    let from = Mailbox::new(&company, &sender).map_err(|_| no("mail-sender is not exactly one address".to_owned()))?;
    let to = Mailbox::new(&known.data.name, &known.data.email)
        .map_err(|_| no("the customer's e-mail is not exactly one address".to_owned()))?;
    match tx.bounced(customer, to.address())? {
        Some(why) => Err(no(format!("mail to {} came back ({why})", to.address()))),
        None => Ok((from, to)),
    }
}

/// Writes the mail, which waits from now on.
pub(super) fn write(tx: &mut Tx<'_>, context: &Context<'_>, out: &Outgoing) -> Result<Written, Failure> {
    if !WHAT.contains(&out.what.as_str()) {
        let sentence = format!("Such a mail is none of {}. Nothing was changed.", WHAT.join(", "));
        return Err(Failure::refused("MAIL-11", sentence));
    }
    let (subject, about) = (line(&out.subject, "The subject")?, line(&out.about, "What it is about")?);
    if out.text.trim().is_empty() || out.text.len() + out.html.len() > MOST {
        return Err(Failure::refused("MAIL-11", "The mail is empty or longer than 1 MB. Nothing was changed."));
    }
    let (from, to) = ends(tx, out.customer)?;
    let id = message::id(&tx.book_mark()?, &format!("{} {about} {}", out.what, tx.act), &from);
    let receiver = to.address().to_owned();
    let draft = Draft {
        from: from.clone(),
        to,
        subject: subject.clone(),
        text: out.text.clone(),
        html: out.html.clone(),
        id: id.clone(),
    };
    let at = DateTime::parse_from_rfc3339(&tx.recorded_at).map_or(SystemTime::UNIX_EPOCH, SystemTime::from);
    let whole = message::build(&draft, at)?;
    let mail = tx.add_mail(&NewMail {
        customer: out.customer,
        letter: None,
        message_id: &id,
        sender: from.address(),
        receiver: &receiver,
        subject: &subject,
        message: &whole,
    })?;
    tx.add_mail_about(mail, &out.what, &about)?;
    tx.add_activity(&NewActivity {
        customer: out.customer,
        person: context.person.id,
        kind: "mail",
        outcome: "written",
        text: &format!("{} {about}: {subject}", out.what),
        on: context.today,
        next_on: None,
        next_what: "",
        takes_back: None,
    })?;
    let name = tx.customer(out.customer)?.data.name;
    Ok(Written::of(Some(out.customer), format!("Mail {mail} to {receiver} waits: {} {about} ({name})", out.what)))
}

/// Gives up what an act wrote, as long as it waits.
pub(in super::super) fn take_back(tx: &mut Tx<'_>, act: i64) -> Result<(), Failure> {
    for (first, last) in tx.ids_of_act("mail", act)? {
        for id in first..=last {
            let mail = tx.mail(id)?;
            if mail.state != "waiting" {
                let sentence = format!("Mail {id} to {} is {}. Nothing was changed.", mail.receiver, mail.state);
                return Err(Failure::refused("ACT-10", sentence));
            }
            tx.add_mail_step(id, "given up", "", "", "taken back")?;
        }
    }
    Ok(())
}
