//! The book on disk. The only place with SQL and the only place that knows rusqlite.

/// A read-only connection to the book with the caches of one session. Lives on the reader thread.
pub struct Reader {}

/// Why a read or a write of the book failed, as one sentence with its code.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);
