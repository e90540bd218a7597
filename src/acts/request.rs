//! An act on its way to the book and what comes back: its key, what the person saw, what it did or why it did not.

use super::Act;

/// A made-once key of an act: performing the same key twice changes the book once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActKey(pub [u8; 16]);

impl ActKey {
    /// A new random key.
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // Without a source of randomness the instant is still unique to this process.
            let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
            bytes.copy_from_slice(&(nanos ^ (u128::from(std::process::id()) << 96)).to_le_bytes());
        }
        ActKey(bytes)
    }

    /// The key as 32 hexadecimal characters.
    pub fn hex(&self) -> String {
        crate::store::schema::hex(&self.0)
    }

    /// Reads what [`ActKey::hex`] wrote.
    pub fn from_hex(text: &str) -> Option<Self> {
        let number = (text.len() == 32 && text.is_ascii()).then(|| u128::from_str_radix(text, 16).ok())??;
        Some(ActKey(number.to_be_bytes()))
    }

    /// A key made from any text of the caller's: the same text is the same key.
    pub fn named(text: &str) -> Self {
        use sha2::{Digest, Sha256};
        let digest = Sha256::digest(text.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        ActKey(bytes)
    }
}

/// What the person saw of something before changing it; the act is refused when it is no longer so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// An item had this much open.
    Open {
        /// The item.
        item: i64,
        /// Minor units.
        open: i64,
    },
}

/// An act on its way to the book.
#[derive(Debug, Clone)]
pub struct Request {
    /// Identity of this request, made when its form was opened.
    pub key: ActKey,
    /// What is to change.
    pub act: Act,
    /// What the person saw.
    pub expect: Vec<Expect>,
}

impl Request {
    /// A request with a new key and nothing expected.
    pub fn new(act: Act) -> Self {
        Request { key: ActKey::random(), act, expect: Vec::new() }
    }
}

/// What an act did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Number of the act in the log.
    pub act: i64,
    /// What happened, in a finance person's words: `Promise 12,500.00 EUR Nordwind for Fri 20 Mar`.
    pub summary: String,
    /// Whether it can be taken back.
    pub undoable: bool,
    /// True when the same request had been performed before and nothing was changed now.
    pub again: bool,
    /// True when it now waits for a second person: it was asked for, not done.
    pub asked: bool,
}

/// Why an act did not happen, or that it is not known whether it did.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// Nothing changed; the sentence says why and what to do.
    #[error("[{code}] {sentence}")]
    Refused {
        /// Catalogue code such as `AUT-01`.
        code: &'static str,
        /// What is wrong, what was not done, what to do next.
        sentence: String,
    },
    /// The disk failed at the commit: look the key up before repeating.
    #[error("[DB-04] {0}")]
    Unknown(String),
}

impl Failure {
    /// A refusal with its code and sentence.
    pub fn refused(code: &'static str, sentence: impl Into<String>) -> Self {
        Failure::Refused { code, sentence: sentence.into() }
    }
}

impl From<crate::store::StoreError> for Failure {
    fn from(error: crate::store::StoreError) -> Self {
        match error.fault {
            crate::store::Fault::Unknown => Failure::Unknown(error.sentence),
            _ => Failure::Refused { code: error.code, sentence: error.sentence },
        }
    }
}
