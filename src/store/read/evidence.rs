//! What proves the log: an act with what it changed, the head of the chain, when this person verified it last, and the
//! verification itself in steps.

use super::changes::{self, Change};
use super::{book, log};
use crate::store::Reader;
use crate::store::audit;
use crate::store::check::Finding;
use crate::store::error::Result;

/// Under which name a person's last verification is remembered.
pub const VERIFIED: &str = "audit.verified";

/// An act with what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The act in full.
    pub act: log::ActDetail,
    /// What it changed, before and after.
    pub changes: Vec<Change>,
}

/// How the chain stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// The last act.
    pub act: i64,
    /// Its hash, hexadecimal: what is written down elsewhere.
    pub hash: String,
    /// What was remembered of the last verification: day, act and hash, separated by blanks; empty for none.
    pub verified: String,
}

/// One act with what it changed; `None` when there is no such act.
pub fn proof(reader: &Reader, act: i64) -> Result<Option<Proof>> {
    reader.snapshot(|| {
        let Some(found) = log::act(reader, act)? else { return Ok(None) };
        Ok(Some(Proof { act: found, changes: changes::of(reader, act)? }))
    })
}

/// How the chain stands for this person.
pub fn chain(reader: &Reader, login: &str) -> Result<Chain> {
    reader.snapshot(|| {
        let (act, hash) = audit::head(&reader.conn)?;
        let person = book::person(reader, login)?.map_or(0, |person| person.id);
        let verified = book::remembered(reader, person, VERIFIED)?.into_iter().next().map(|(_, value)| value);
        Ok(Chain { act, hash, verified: verified.unwrap_or_default() })
    })
}

/// How many steps verifying up to an act takes.
pub fn steps(upto: i64) -> i64 {
    audit::verify_steps(upto)
}

/// One step of verifying up to an act; see [`audit::verify_step`].
pub fn verify_step(reader: &Reader, upto: i64, step: i64) -> Result<Vec<Finding>> {
    audit::verify_step(&reader.conn, upto, step)
}
