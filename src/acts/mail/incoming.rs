//! What a mail that came in is: whose it is (the letter it answers, else the address, else the invoices it names), and
//! what it proposes. Read here, taken in by an act.

use chrono::NaiveDate;

use super::{Proposed, Received};
use crate::acts::letters;
use crate::domain::money::Currency;
use crate::mail::message::Unsendable;
use crate::mail::read::{self, Mail, Sort};
use crate::mail::reply::{Known, proposals};
use crate::store::mail::answers;
use crate::store::read::{book, refer};
use crate::store::{Reader, StoreError};

/// Why a mail was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// It is no mail.
    #[error(transparent)]
    NoMail(#[from] Unsendable),
    /// The book cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads a mail and finds out whose it is and what it proposes; `None` where it was taken in before.
pub fn received(reader: &Reader, today: NaiveDate, bytes: &[u8]) -> Result<Option<Received>, NotTaken> {
    let mail = read::read(bytes)?;
    if answers::is_known(reader, &mail.fingerprint)? {
        return Ok(None);
    }
    let (customer, of, found_by) = whose(reader, &mail)?;
    let base = book::header(reader)?.currency;
    let (mut numbers, mut currency) = (Vec::new(), base);
    if let Some(id) = customer {
        numbers = letters::open_numbers(reader, today, id)?;
        let known = refer::customer(reader, &refer::customer_number(reader, id)?)?;
        currency = known.and_then(|known| known.currency).unwrap_or(base);
    }
    Ok(Some(make(mail, (customer, of, found_by), &numbers, currency, today)))
}

/// Reads a mail whose writer is known already, with the numbers of its open documents.
pub fn read_as(
    bytes: &[u8],
    whose: (Option<i64>, Option<i64>, &str),
    numbers: &[String],
    currency: Currency,
    today: NaiveDate,
) -> Result<Received, Unsendable> {
    Ok(make(read::read(bytes)?, whose, numbers, currency, today))
}

fn make(
    mail: Mail,
    (customer, of, found_by): (Option<i64>, Option<i64>, &str),
    numbers: &[String],
    currency: Currency,
    today: NaiveDate,
) -> Received {
    let found = proposals(&mail, &Known { numbers, currency, today });
    let (sort, status) = match &mail.sort {
        Sort::Written => ("written", String::new()),
        Sort::Automatic => ("automatic", String::new()),
        Sort::Returned(one) if one.for_good => ("returned", one.status.clone()),
        Sort::Returned(one) => ("delayed", one.status.clone()),
    };
    let proposals = found.into_iter().map(|one| Proposed {
        meaning: one.meaning.name().to_owned(),
        on: one.on,
        amount: one.amount,
        documents: one.documents,
        phrase: one.phrase.to_owned(),
        sentence: one.sentence,
    });
    Received {
        customer,
        mail: of,
        found_by: found_by.to_owned(),
        sort: sort.to_owned(),
        status,
        proposals: proposals.collect(),
        fingerprint: mail.fingerprint,
        message_id: mail.id,
        sender: mail.from,
        name: mail.name,
        subject: mail.subject,
        on: mail.on,
        words: mail.words,
        attached: mail.attached,
    }
}

/// Whose a mail is, which of ours it answers, and what told.
fn whose(reader: &Reader, mail: &Mail) -> Result<(Option<i64>, Option<i64>, &'static str), StoreError> {
    for id in &mail.answers {
        if let Some((of, customer)) = answers::mail_by_id(reader, id)? {
            return Ok((Some(customer), Some(of), "the letter it answers"));
        }
    }
    if let Sort::Returned(returned) = &mail.sort {
        // A notice that quotes no id of ours: the last mail that went to that address.
        let found = answers::mail_to(reader, &returned.address)?;
        return Ok(found.map_or((None, None, ""), |(of, customer)| (Some(customer), Some(of), "the address")));
    }
    // Two customers with one address: whose it is, a person has to say.
    if let [customer] = &refer::customers_by_email(reader, &mail.from)?[..] {
        return Ok((Some(customer.id), None, "the address"));
    }
    if let [customer] = answers::customers_of_documents(reader, &numbers(mail))?[..] {
        return Ok((Some(customer), None, "the invoices it names"));
    }
    Ok((None, None, ""))
}

/// Words of a mail that may be numbers of documents: with at least four digits, as they stand; at most fifty.
fn numbers(mail: &Mail) -> Vec<String> {
    let all = std::iter::once(mail.subject.as_str()).chain(mail.words.iter().map(String::as_str));
    let words = all.flat_map(|line| line.split(|c: char| c.is_whitespace() || ",;:()[]\"'".contains(c)));
    let words = words
        .map(|word| word.trim_matches(['.', '!', '?', '#']))
        .filter(|word| word.len() <= 40 && word.bytes().filter(u8::is_ascii_digit).count() >= 4);
    let mut found: Vec<String> = Vec::new();
    for word in words {
        if found.len() < 50 && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    }
    found
}
