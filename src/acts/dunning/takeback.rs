//! Taking back what a person did to a draft, and holds: lines return to what they were, holds are ended. What was
//! released, sent or decided by two people stays.

use super::super::Failure;
use super::super::perform::Context;
use super::{Dunning, runs};
use crate::store::Tx;
use crate::store::dunning::runs::Line;

/// Ends the holds on a line's item.
pub(super) fn lift_of_item(tx: &mut Tx<'_>, context: &Context<'_>, line: &Line, why: &str) -> Result<(), Failure> {
    for hold in tx.holds_standing(None, Some(line.item))? {
        tx.end_hold(hold, context.today, why)?;
    }
    Ok(())
}

/// Takes an act back; false where acts of its kind cannot be.
pub(in super::super) fn take_back(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: i64,
    what: &Dunning,
) -> Result<bool, Failure> {
    match what {
        Dunning::ReviewLines { lines, .. } => {
            let Some(run) = lines.first().map(|line| tx.run_of_line(*line)).transpose()?.flatten() else {
                return Ok(false);
            };
            runs::drafted(tx, run)?;
            for line in lines {
                let before = tx.review_before(*line, act)?;
                let (what, level, reason) = before.unwrap_or_else(|| ("keep".to_owned(), 0, "taken back".to_owned()));
                tx.add_review(*line, &what, level, &reason)?;
            }
        }
        Dunning::PlaceHold { .. } => {}
        // What was lifted stays lifted in the book; the same hold is placed again from today.
        Dunning::LiftHold { hold, .. } => {
            tx.place_again(*hold, context.today)?;
            return Ok(true);
        }
        _ => return Ok(false),
    }
    for hold in tx.holds_standing(Some(act), None)? {
        tx.end_hold(hold, context.today, "taken back")?;
    }
    Ok(true)
}
