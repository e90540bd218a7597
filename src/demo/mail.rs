//! Mail in the demo's story: letters of the first level leave by it, the server takes them, and of the last run some still
//! wait, one is not known to have arrived, and customers answer. Nothing is handed over to any server.

use chrono::{Duration, NaiveDate};

use super::scribe::Scribe;
use crate::acts::mail::{Ended, Mail, incoming};
use crate::acts::{Act, Failure};
use crate::domain::calendar::add_days;
use crate::domain::document::DocumentKind;
use crate::store::Tx;

/// Where letters come from; that it changes waits for a second person at the end.
pub(super) const SENDER: &str = "accounts@meridian.example";

/// Who hands over.
const CARRIER: &str = "ben";

/// Mails of the last run that are still to leave, at most.
const WAITING: usize = 3;

/// A mail that left, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    mail: i64,
    customer: i64,
}

/// Hands over what waits. Of the last run a few stay, and what became of one more nobody knows.
pub(super) fn leave(scribe: &mut Scribe<'_>, last: bool) -> Result<Vec<Left>, Failure> {
    let mut waiting = scribe.waiting_mails()?;
    if last {
        waiting.truncate(waiting.len().saturating_sub(WAITING.min(waiting.len() / 2)));
    }
    let mut done = None;
    let count = waiting.len();
    for (place, left) in waiting.iter().enumerate() {
        carry(scribe, done.take(), Some(left.mail))?;
        let known = !last || place + 1 < count || count == 1;
        done = Some((left.mail, if known { taken(left.mail) } else { Ended::Unknown(SILENT.to_owned()) }));
    }
    if done.is_some() {
        carry(scribe, done, None)?;
    }
    Ok(waiting)
}

/// What a server that stops answering leaves behind.
const SILENT: &str = "the server closed the connection before it answered";

fn taken(mail: i64) -> Ended {
    Ended::Sent(format!("250 2.0.0 Ok: queued as {:08X}", 0x4F2A_0000 + mail * 7_919))
}

fn carry(scribe: &mut Scribe<'_>, done: Option<(i64, Ended)>, lease: Option<i64>) -> Result<(), Failure> {
    let until = scribe.instant() + Duration::minutes(20);
    let sender = "mail-pass".to_owned();
    scribe.act(CARRIER, Act::Mail(Mail::Carry { sender, done, lease, until })).map(drop)
}

/// Customers answer the letters of the last run: one disputes, one promises, one has paid. A person is to decide.
pub(super) fn answers(scribe: &mut Scribe<'_>, left: &[Left], today: NaiveDate) -> Result<(), Failure> {
    let mut told = ANSWERS.into_iter();
    scribe.at_hour(7);
    for one in left {
        let Some((number, from)) = scribe.look(|tx| asked(tx, *one))? else { continue };
        let Some(words) = told.next() else { break };
        let words =
            words.replace("{number}", &number).replace("{day}", &add_days(today, 9).format("%-d %B %Y").to_string());
        let raw = format!(
            "From: {from}\r\nTo: {SENDER}\r\nDate: {}\r\nMessage-ID: <{}.{}@{}>\r\nSubject: Re: {number}\r\n\r\n{words}\r\n",
            today.format("%a, %d %b %Y 06:40:00 +0000"),
            today.format("%Y%m%d"),
            one.mail,
            from.split('@').next_back().unwrap_or(&from),
        );
        let whose = (Some(one.customer), Some(one.mail), "the letter it answers");
        let currency = scribe.look(|tx| Ok(tx.debits_of(one.customer)?.first().map(|(item, _)| item.currency)))?;
        let Some(currency) = currency else { continue };
        let read = incoming::read_as(raw.as_bytes(), whose, &[number], currency, today);
        let received =
            read.map_err(|no| Failure::refused("DEM-05", format!("A mail of the demo cannot be read: {no}")))?;
        scribe.act(CARRIER, Act::Mail(Mail::Receive(Box::new(received))))?;
    }
    Ok(())
}

/// What they write.
const ANSWERS: [&str; 3] = [
    "Good morning,\r\n\r\nwe do not pay {number} yet: part of the goods arrived damaged, photos were sent to your driver.\r\n",
    "Hello,\r\n\r\nthank you for the reminder. We will pay {number} on {day}.\r\n",
    "Dear colleagues,\r\n\r\n{number} was already paid last week, please check your bank.\r\n",
];

/// The first undisputed invoice of who was written to, and its address; `None` where nothing is open any more.
fn asked(tx: &Tx<'_>, left: Left) -> Result<Option<(String, String)>, Failure> {
    let open = tx.debits_of(left.customer)?;
    let free = open.into_iter().find(|(item, _)| item.kind == DocumentKind::Invoice && item.disputed == 0);
    let Some((_, number)) = free else { return Ok(None) };
    Ok(Some((number, tx.customer(left.customer)?.data.email)))
}

impl Scribe<'_> {
    /// Mails that wait.
    fn waiting_mails(&self) -> Result<Vec<Left>, Failure> {
        let waiting = crate::store::mail::waiting(self.book())?;
        Ok(waiting.into_iter().map(|mail| Left { mail: mail.id, customer: mail.customer }).collect())
    }
}
