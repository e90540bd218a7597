//! Bank accounts of the company, and taking their statements in: every entry is booked once, whichever file it comes
//! in, and what the bank says the balance is must be what the book says.

use super::Failure;
use super::import::Work;
use super::perform::{Context, Written};
use crate::domain::bank::StatementRow;
use crate::domain::money::Currency;
use crate::store::Tx;

pub(super) fn add(_: &mut Tx<'_>, _: &str, _: &str, _: Currency) -> Result<Written, Failure> {
    Err(Failure::refused("ACT-06", "Not yet."))
}

pub(super) fn take_in(
    _: &mut Tx<'_>,
    _: &Context<'_>,
    _: Vec<StatementRow>,
    _: bool,
    _: &mut Work,
) -> Result<(), Failure> {
    Err(Failure::refused("ACT-06", "Not yet."))
}
