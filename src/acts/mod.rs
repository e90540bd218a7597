//! The acts: every change to the book as data, and the one function that performs it.

/// One change to the book.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub enum Act {
    /// A note on a customer.
    Note {
        /// Whose timeline it goes to.
        customer: i64,
        /// What was written.
        text: String,
    },
}

/// A made-once key of an act: performing the same key twice changes the book once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ActKey(pub [u8; 16]);

/// An act on its way to the book.
#[derive(Debug, Clone)]
pub struct Request {
    /// Identity of this request, made when its form was opened.
    pub key: ActKey,
    /// What is to change.
    pub act: Act,
}

/// What an act did.
#[derive(Debug, Clone)]
pub struct Done {
    /// Number of the act in the log.
    pub act: i64,
    /// What happened, in a finance person's words: `Promise 12,500.00 EUR Nordwind for Fri 20 Mar`.
    pub summary: String,
    /// Whether `u` can take it back.
    pub undoable: bool,
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
