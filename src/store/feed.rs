//! The one byte encoding of a value for digests: it can never change, because every digest in every book is made of it.

use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

/// Feeds one value to a digest: a letter for its type, its length where it varies, its bytes.
pub fn feed(hasher: &mut Sha256, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => hasher.update(b"n"),
        ValueRef::Integer(number) => {
            hasher.update(b"i");
            hasher.update(number.to_le_bytes());
        }
        ValueRef::Real(number) => {
            hasher.update(b"r");
            hasher.update(number.to_bits().to_le_bytes());
        }
        ValueRef::Text(bytes) => {
            hasher.update(b"t");
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
        ValueRef::Blob(bytes) => {
            hasher.update(b"b");
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
    }
}
