//! Working through an outbox: lease one letter, hand it over, write down what became of it, lease the next. A letter is
//! written down as leased before it leaves, so that a crash in between leaves one letter *unknown*, never one sent twice.

use std::fmt;

/// A letter ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Its id in the outbox.
    pub id: i64,
    /// Address of the sender.
    pub from: String,
    /// Address of the receiver.
    pub to: String,
    /// The whole message.
    pub message: Vec<u8>,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it; its words.
    Sent(String),
    /// The server refuses it for good: no such mailbox, not allowed, too large.
    Refused(String),
    /// The server does not take it now: mailbox full, too busy.
    Later(String),
    /// Nothing was handed over: the server cannot be reached or does not let us in.
    Unreachable(String),
    /// The text was handed over and no answer came.
    Unknown(String),
}

/// Something that hands a letter over.
pub trait Carrier {
    /// Hands one letter over.
    fn carry(&mut self, parcel: &Parcel) -> Outcome;
}

/// Where letters wait. One call is one transaction.
pub trait Outbox {
    /// What goes wrong with the book.
    type Error;

    /// Writes down what became of the letter leased before, and leases the next one: it is written down as leased before
    /// this returns. A letter that was [`Outcome::Unreachable`] waits again as if it had never been leased.
    fn next(&mut self, done: Option<(i64, Outcome)>) -> Result<Option<Parcel>, Self::Error>;

    /// Writes down what became of the letter leased before, and leases no other.
    fn end(&mut self, done: (i64, Outcome)) -> Result<(), Self::Error>;
}

/// Whether a server's refusal says that the address is wrong, so that nothing more is sent there. A refusal for another
/// reason (too large, not allowed) says nothing of the address.
pub fn is_address_fault(said: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let words = || said.split(|c: char| c.is_whitespace() || "(){}[]:,;#".contains(c));
    let status = words().map(|word| word.trim_end_matches('.')).find(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3 && parts[0] == "5" && parts.iter().all(|part| digits(part))
    });
    match status {
        Some(status) => status.starts_with("5.1.") || status == "5.2.1",
        None => words().any(|word| ["550", "551", "553"].contains(&word)),
    }
}

/// What a pass through the outbox did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Taken by the server.
    pub sent: usize,
    /// Refused for good: address and the server's words.
    pub refused: Vec<(String, String)>,
    /// Not taken now: address and the server's words.
    pub later: Vec<(String, String)>,
    /// Handed over without an answer: address and what happened.
    pub unknown: Vec<(String, String)>,
    /// Why the pass ended early: the server cannot be reached.
    pub unreachable: Option<String>,
}

/// How many letters in a row may end unknown before the pass stops: a server that swallows letters gets no more.
const UNKNOWN_IN_A_ROW: usize = 3;

/// Works through the outbox until nothing waits, the server cannot be reached, or `go_on` says no.
pub fn work<O: Outbox>(
    outbox: &mut O,
    carrier: &mut dyn Carrier,
    mut go_on: impl FnMut() -> bool,
) -> Result<Report, O::Error> {
    let mut report = Report::default();
    let mut in_a_row = 0;
    let mut leased = if go_on() { outbox.next(None)? } else { None };
    while let Some(parcel) = leased.take() {
        let outcome = carrier.carry(&parcel);
        let to = parcel.to.clone();
        match &outcome {
            Outcome::Sent(_) => report.sent += 1,
            Outcome::Refused(why) => report.refused.push((to, why.clone())),
            Outcome::Later(why) => report.later.push((to, why.clone())),
            Outcome::Unknown(why) => report.unknown.push((to, why.clone())),
            Outcome::Unreachable(why) => report.unreachable = Some(why.clone()),
        }
        in_a_row = if matches!(outcome, Outcome::Unknown(_)) { in_a_row + 1 } else { 0 };
        if in_a_row == UNKNOWN_IN_A_ROW {
            report.unreachable = Some("the server takes letters and does not answer".to_owned());
        }
        let ends = report.unreachable.is_some() || !go_on();
        leased = settle(outbox, parcel.id, outcome, ends)?;
    }
    Ok(report)
}

/// Writes the outcome down; leases the next letter unless the pass ends.
fn settle<O: Outbox>(outbox: &mut O, id: i64, outcome: Outcome, ends: bool) -> Result<Option<Parcel>, O::Error> {
    if !ends {
        return outbox.next(Some((id, outcome)));
    }
    outbox.end((id, outcome))?;
    Ok(None)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code =
            if self.unknown.is_empty() && self.refused.is_empty() && self.later.is_empty() { "" } else { "[MAIL-05] " };
        let mut parts = vec![format!("{} sent", self.sent)];
        let counted =
            [(self.refused.len(), "refused"), (self.later.len(), "not taken now"), (self.unknown.len(), "unknown")];
        parts.extend(counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")));
        write!(f, "{code}{}", parts.join(", "))?;
        if let Some((to, why)) = self.unknown.first() {
            write!(f, " ({why}, after sending to {to})")?;
        }
        f.write_str(".")?;
        if !self.unknown.is_empty() {
            f.write_str(" What is unknown is never sent again by itself.")?;
        }
        if let Some(why) = &self.unreachable {
            write!(f, " [MAIL-04] The mail server cannot be used ({why}). The other letters wait.")?;
        }
        Ok(())
    }
}
