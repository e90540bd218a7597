//! Reading one mail: who wrote, what it answers, the words that are its own. Mails come from anybody, so only the first
//! megabyte is looked at, every text is cleaned, and nothing in one is followed, opened or run.

use chrono::NaiveDate;
use mail_parser::{HeaderValue, Message, MessageParser};
use sha2::{Digest, Sha256};

use super::message::Unsendable as Refused;
use crate::domain::text;

/// The largest mail that is looked at, in bytes.
pub const LARGEST: u64 = 32 * 1024 * 1024;

/// How much of a mail is read: its own words stand at the front, attachments behind.
const READ: usize = 1024 * 1024;

/// The most lines of text kept, and the longest line in characters.
const LINES: usize = 200;

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    /// Somebody wrote.
    Written,
    /// A holiday notice or the like.
    Automatic,
    /// A mail of ours came back.
    Returned(Return),
}

/// A mail of ours that came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Return {
    /// The address that could not be reached; empty where the notice does not say.
    pub address: String,
    /// Whether it is for good: a status that begins with 5.
    pub for_good: bool,
    /// The server's status, `5.1.1`; empty where the notice does not say.
    pub status: String,
}

/// A mail as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// SHA-256 of the whole mail, hexadecimal: the same mail twice is known by it.
    pub fingerprint: String,
    /// Its own Message-ID, without brackets; may be empty.
    pub id: String,
    /// Address of the writer, lower case; may be empty.
    pub from: String,
    /// Name of the writer; may be empty.
    pub name: String,
    /// One line.
    pub subject: String,
    /// The day it was written, as it says itself.
    pub on: Option<NaiveDate>,
    /// Message-IDs of ours it answers or returns, without brackets.
    pub answers: Vec<String>,
    /// What came.
    pub sort: Sort,
    /// The words of the mail itself: what it quotes is left out; lines that only show themselves.
    pub words: Vec<String>,
    /// Files that were attached, by name.
    pub attached: Vec<String>,
}

/// Reads a mail.
pub fn read(bytes: &[u8]) -> Result<Mail, Refused> {
    let front = &bytes[..bytes.len().min(READ)];
    if front.contains(&0) && front.iter().filter(|byte| **byte == 0).count() * 10 > front.len() {
        return Err(Refused::new("MAIL-06", "This is not a mail: it holds zero bytes. Nothing was taken."));
    }
    let message = MessageParser::default().parse(front);
    let Some(message) =
        message.filter(|message| message.headers().iter().any(|header| header.name.as_str().len() < 80))
    else {
        return Err(Refused::new("MAIL-06", "This is not a mail: it has no headers. Nothing was taken."));
    };
    let from = message.from().and_then(|from| from.first());
    let address = from.and_then(|one| one.address.as_deref()).unwrap_or_default();
    let id = message.message_id().map(line).unwrap_or_default();
    let sort = sort(&message, front);
    let mut answers = ours(&texts(message.in_reply_to()).join(" "));
    answers.extend(ours(&texts(message.references()).join(" ")));
    if matches!(sort, Sort::Returned(_)) {
        answers.extend(ours(&String::from_utf8_lossy(front)));
    }
    let mut seen = Vec::new();
    answers.retain(|answer| *answer != id && !seen.contains(answer) && (seen.push(answer.clone()), true).1);
    let body = message.body_text(0).unwrap_or_default();
    let attached = message.attachments().take(50).filter_map(|part| mail_parser::MimeHeaders::attachment_name(part));
    Ok(Mail {
        fingerprint: Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
        id,
        from: line(address).to_lowercase(),
        name: from.and_then(|one| one.name.as_deref()).map(line).unwrap_or_default(),
        subject: message.subject().map(line).unwrap_or_default(),
        on: message
            .date()
            .and_then(|date| NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))),
        answers,
        sort,
        words: own_words(&body),
        attached: attached.map(line).collect(),
    })
}

/// The text of a message of ours as people read it: lines that only show themselves.
pub fn shown(bytes: &[u8]) -> Vec<String> {
    let message = MessageParser::default().parse(&bytes[..bytes.len().min(READ)]);
    let body = message.as_ref().and_then(|message| message.body_text(0)).unwrap_or_default();
    body.lines().map(|raw| set(raw.trim_end())).collect()
}

/// A line cleaned word by word: cleaning takes blanks away, and tables are set with them.
fn set(raw: &str) -> String {
    raw.split(' ').map(line).collect::<Vec<_>>().join(" ")
}

fn line(raw: &str) -> String {
    text::clean(raw).text.into_string()
}

/// The texts of a header that may hold one or many.
fn texts<'a>(value: &'a HeaderValue<'_>) -> Vec<&'a str> {
    match value {
        HeaderValue::Text(text) => vec![text.as_ref()],
        HeaderValue::TextList(list) => list.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    }
}

/// Message-IDs that this program made, wherever they stand in a text.
fn ours(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, mark) in text.match_indices("o2c.") {
        let rest = &text[at + mark.len()..];
        let hex = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let Some(domain) = rest[hex..].strip_prefix('@').filter(|_| hex == 32) else { continue };
        let sign = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
        let length = domain.bytes().take_while(sign).count();
        let id = format!("o2c.{}@{}", &rest[..hex], &domain[..length]).to_ascii_lowercase();
        if found.len() < 100 && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

fn sort(message: &Message<'_>, front: &[u8]) -> Sort {
    let raw = |name: &str| message.header_raw(name).unwrap_or_default().trim().to_ascii_lowercase();
    let kind = raw("Content-Type");
    let system = raw("Return-Path") == "<>" && raw("From").contains("mailer-daemon");
    if (kind.contains("multipart/report") && kind.contains("delivery-status")) || system {
        return Sort::Returned(returned(&String::from_utf8_lossy(front)));
    }
    let submitted = raw("Auto-Submitted");
    let automatic = (!submitted.is_empty() && !submitted.starts_with("no"))
        || ["X-Autoreply", "X-Autorespond"].iter().any(|name| message.header_raw(*name).is_some())
        || ["auto_reply", "bulk", "junk"].contains(&raw("Precedence").as_str());
    if automatic { Sort::Automatic } else { Sort::Written }
}

/// What a notice of a failed delivery says in the lines meant for programs.
fn returned(text: &str) -> Return {
    let mut found = Return::default();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "final-recipient" | "original-recipient" if found.address.is_empty() => {
                let address = value.rsplit(';').next().unwrap_or_default().trim();
                found.address = self::line(address.trim_matches(['<', '>'])).to_lowercase();
            }
            "status" if found.status.is_empty() => {
                let status: String = value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').take(12).collect();
                found.for_good = status.starts_with('5');
                found.status = status;
            }
            _ => {}
        }
    }
    found
}

/// The lines of a body that are its own: up to where it quotes another mail, without quoted lines.
fn own_words(body: &str) -> Vec<String> {
    let lines: Vec<&str> = body.lines().take(LINES * 5).collect();
    let mut words = Vec::new();
    for (place, raw) in lines.iter().enumerate() {
        let trimmed = raw.trim();
        // A program may break "… wrote:" over two lines.
        let with_next = format!("{trimmed} {}", lines.get(place + 1).map_or("", |next| next.trim()));
        if begins_quote(trimmed, &with_next, &lines[place..]) || words.len() == LINES {
            break;
        }
        if !trimmed.starts_with('>') {
            words.push(line(trimmed));
        }
    }
    while words.last().is_some_and(String::is_empty) {
        words.pop();
    }
    words
}

fn begins_quote(line: &str, with_next: &str, rest: &[&str]) -> bool {
    let folded = text::fold(line);
    if folded.starts_with("-----")
        && ["original", "ursprung", "origine", "forward", "weiterge"].iter().any(|w| folded.contains(w))
    {
        return true;
    }
    if folded.len() >= 20 && folded.chars().all(|c| c == '_') {
        return true;
    }
    let ends = |text: &str| {
        let text = text::fold(text);
        let text = text.trim_end().trim_end_matches(':').trim_end();
        ["wrote", "schrieb", "a ecrit", "escribio"].iter().any(|word| text.ends_with(word))
    };
    let starts = ["on ", "am ", "le ", "el "].iter().any(|word| folded.starts_with(word));
    if starts && ((line.ends_with(':') && ends(line)) || (with_next.ends_with(':') && ends(with_next))) {
        return true;
    }
    // The header block that some programs put in front of what they quote.
    let sender = ["from:", "von:", "de :", "de:"].iter().any(|word| folded.starts_with(word));
    let subject = |line: &&str| {
        let folded = text::fold(line.trim());
        ["subject:", "betreff:", "objet :", "objet:", "asunto:"].iter().any(|word| folded.starts_with(word))
    };
    sender && rest.iter().skip(1).take(6).any(subject)
}
