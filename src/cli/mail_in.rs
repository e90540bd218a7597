//! `o2c mail import`, `proposals`, `accept`, `dismiss`: mails that came in and what people make of what they propose.

use std::path::{Path, PathBuf};

use super::admin;
use super::mail::{bytes, files, name};
use super::mail_args::Accept;
use super::names;
use super::out::{self, Cell, Form, Listing};
use super::session::Session;
use super::stop::{REFUSED, Stop};
use crate::acts::mail::incoming::{self, NotTaken};
use crate::acts::mail::{Choice, Mail, Received};
use crate::acts::{self, Act, ActKey, Failure, Mode, Request};
use crate::store::mail::answers;
use crate::store::read::refer;

/// What came of taking mails in.
#[derive(Default)]
pub(super) struct Taken {
    /// Taken now: file and what it is.
    pub new: Vec<(String, Received)>,
    /// Taken in before.
    pub known: usize,
    /// Not taken: file and why.
    pub refused: Vec<(String, String)>,
}

impl Taken {
    /// In one line.
    pub fn words(&self, dry_run: bool) -> String {
        let proposals: usize = self.new.iter().map(|(_, mail)| mail.proposals.len()).sum();
        let came = self.new.iter().filter(|(_, mail)| mail.sort == "returned").count();
        let verb = if dry_run { "would be taken in" } else { "taken in" };
        let mut text = format!("{} mails {verb}, {} known already", self.new.len(), self.known);
        for (count, word) in [(proposals, "proposals"), (came, "came back"), (self.refused.len(), "not read")] {
            if count > 0 {
                text.push_str(&format!(", {count} {word}"));
            }
        }
        text.push('.');
        if proposals > 0 && !dry_run {
            text.push_str(" o2c mail proposals shows what they propose.");
        }
        text
    }
}

/// Takes mails in, or only says what would be.
pub(super) fn take(session: &Session, files: &[PathBuf], dry_run: bool) -> Result<Taken, Stop> {
    let reader = session.reader()?;
    let mut taken = Taken::default();
    let read = |file: &Path| -> Result<Option<Received>, Stop> {
        incoming::received(&reader, session.today, &bytes(file)?).map_err(|error| match error {
            NotTaken::NoMail(refused) => Stop::refused(refused.code, refused.sentence),
            NotTaken::Store(error) => error.into(),
        })
    };
    session.with_writer(|conn, actor, stamp| {
        for file in files {
            match read(file) {
                Ok(None) => taken.known += 1,
                Ok(Some(mail)) => {
                    let key = ActKey::named(&format!("mail in {}", mail.fingerprint));
                    let act = Act::Mail(Mail::Receive(Box::new(mail.clone())));
                    let mode = if dry_run { Mode::DryRun } else { Mode::Post };
                    match acts::perform(conn, actor, stamp, &Request { key, act, expect: Vec::new() }, mode) {
                        Ok(done) if done.again => taken.known += 1,
                        Ok(_) => taken.new.push((name(file), mail)),
                        // Another import was quicker, or what is known of its customer changed since.
                        Err(Failure::Refused { code: "MAIL-09" | "ACT-02", .. }) => taken.known += 1,
                        Err(other) => return Err(other),
                    }
                }
                // One mail that cannot be read does not keep the others out.
                Err(stop) => taken.refused.push((name(file), stop.sentence)),
            }
        }
        Ok(())
    })?;
    Ok(taken)
}

/// `o2c mail import`.
pub(super) fn import(session: &Session, from: &[PathBuf], dry_run: bool, form: Form) -> Result<(), Stop> {
    session.may_write()?;
    let taken = take(session, &files(session, from)?, dry_run)?;
    if form == Form::Text {
        out::say(&taken.words(dry_run))?;
    } else {
        let reader = session.reader()?;
        let mut rows = Vec::new();
        for (file, mail) in &taken.new {
            let customer = mail.customer.map(|id| refer::customer_number(&reader, id)).transpose()?;
            let words: Vec<&str> = mail.proposals.iter().map(|one| one.meaning.as_str()).collect();
            rows.push(vec![
                Cell::Text(file.clone()),
                Cell::Text(mail.sender.clone()),
                Cell::Text(customer.unwrap_or_default()),
                Cell::Text(mail.found_by.clone()),
                Cell::Text(mail.sort.clone()),
                Cell::Text(words.join(" ")),
            ]);
        }
        let columns = &["file", "from", "customer", "found_by", "sort", "proposals"];
        Listing { columns, total: rows.len() as u64, rows, foot: Vec::new() }.print(form)?;
    }
    taken.refused.iter().for_each(|(file, why)| eprintln!("{}", out::safe(&format!("{file}: {why}"))));
    if taken.refused.is_empty() { Ok(()) } else { Err(Stop::quietly(REFUSED)) }
}

/// `o2c mail proposals`.
pub(super) fn proposals(session: &Session, all: bool, form: Form) -> Result<(), Stop> {
    let found = answers::proposals(&session.reader()?, all)?;
    let total = found.len() as u64;
    let rows = found.into_iter().map(|one| {
        vec![
            Cell::Number(one.id),
            Cell::Text(one.account),
            Cell::Text(one.name),
            Cell::Text(one.sender),
            Cell::Date(one.taken_on),
            Cell::Text(one.meaning),
            Cell::date(one.on),
            one.amount.map_or(Cell::Nothing, |(minor, currency)| Cell::Amount(minor, currency)),
            Cell::Text(one.amount.map_or_else(String::new, |(_, currency)| currency.code().to_owned())),
            Cell::Text(one.documents),
            Cell::Text(one.state),
            Cell::Text(one.sentence),
        ]
    });
    let columns = &[
        "proposal",
        "customer",
        "name",
        "from",
        "came",
        "means",
        "on",
        "amount",
        "currency",
        "documents",
        "state",
        "sentence",
    ];
    Listing { columns, rows: rows.collect(), total, foot: Vec::new() }.print(form)
}

/// `o2c mail accept`.
pub(super) fn accept(session: &Session, given: &Accept) -> Result<(), Stop> {
    let reader = session.reader()?;
    let customer = given.customer.as_deref().map(|number| names::customer(&reader, number)).transpose()?;
    let known = answers::proposals(&reader, true)?.into_iter().find(|one| one.id == given.proposal);
    let named = given.items.first().map(|number| names::debits(&reader, number)).transpose()?;
    let base = crate::store::read::book::header(&reader)?.currency;
    let of_item = named.and_then(|items| items.first().map(|item| item.currency));
    let currency = of_item.or_else(|| known.and_then(|one| one.amount).map(|(_, currency)| currency)).unwrap_or(base);
    let amount = given.amount.as_deref().map(|text| names::plain_amount(text, currency)).transpose()?;
    let choice = Choice {
        customer: customer.map(|known| known.id),
        on: given.on,
        amount,
        documents: given.items.iter().map(|number| number.trim().to_owned()).collect(),
        reason: given.reason.clone(),
    };
    admin::perform(session, &given.change, Act::Mail(Mail::Accept { proposal: given.proposal, choice }))
}
