//! One message: headers and a text and an HTML part, quoted-printable, made by lettre of values that were checked before.
//! The same letter of the same book always has the same Message-ID, so that a receiver can drop what came twice.

use std::time::SystemTime;

use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Body, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use super::address::Mailbox;
use crate::domain::text;

/// Why a letter cannot go out as a mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("[{code}] {sentence}")]
pub struct Unsendable {
    /// Catalogue code.
    pub code: &'static str,
    /// What is wrong, and what was not done.
    pub sentence: String,
}

impl Unsendable {
    /// A refusal.
    pub fn new(code: &'static str, sentence: impl Into<String>) -> Self {
        Unsendable { code, sentence: sentence.into() }
    }
}

/// What a message is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Who sends; bounces come back there.
    pub from: Mailbox,
    /// To whom.
    pub to: Mailbox,
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part; empty for none.
    pub html: String,
    /// Without angle brackets, as [`id`] makes it.
    pub id: String,
}

/// The Message-ID of a letter: from the book's id and the letter's number, in the sender's domain.
pub fn id(book: &str, letter: &str, from: &Mailbox) -> String {
    let mut digest = Sha256::new();
    for part in [book, letter] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let hex: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("o2c.{hex}@{}", from.domain().to_ascii_lowercase())
}

/// Tells mail programs that no person typed this, so that holiday notices stay away.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }
    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }
    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The message as it goes over the wire, lines ending in CR LF. `at` is the date it carries.
pub fn build(draft: &Draft, at: SystemTime) -> Result<Vec<u8>, Unsendable> {
    if draft.subject.contains(['\r', '\n', '\0']) {
        return Err(Unsendable::new("MAIL-01", "The subject contains a line break. The letter was not queued."));
    }
    let subject = text::clean(&draft.subject).text.into_string();
    let builder = lettre::Message::builder()
        .from(mailbox(&draft.from)?)
        .to(mailbox(&draft.to)?)
        .subject(subject)
        .date(at)
        .message_id(Some(format!("<{}>", draft.id)))
        .header(AutoSubmitted);
    let plain = part(ContentType::TEXT_PLAIN, &draft.text)?;
    let made = if draft.html.is_empty() {
        builder.singlepart(plain)
    } else {
        // The boundary follows from the letter, so that the same letter is the same bytes.
        let boundary = format!("=_{}", draft.id.split('@').next().unwrap_or_default());
        let both = MultiPart::alternative().boundary(boundary);
        builder.multipart(both.singlepart(plain).singlepart(part(ContentType::TEXT_HTML, &draft.html)?))
    };
    made.map(|message| message.formatted()).map_err(|error| not_built(&error))
}

fn mailbox(of: &Mailbox) -> Result<lettre::message::Mailbox, Unsendable> {
    let name = (!of.name().is_empty()).then(|| of.name().to_owned());
    let address = of.address().parse().map_err(|error| not_built(&error))?;
    Ok(lettre::message::Mailbox::new(name, address))
}

fn part(kind: ContentType, text: &str) -> Result<SinglePart, Unsendable> {
    let body = Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable);
    let body = body.map_err(|_| Unsendable::new("MAIL-03", "The text cannot be put into a mail."))?;
    Ok(SinglePart::builder().header(kind).body(body))
}

fn not_built(error: &dyn std::fmt::Display) -> Unsendable {
    Unsendable::new("MAIL-03", format!("The mail cannot be made ({error}). The letter was not queued."))
}
