//! What waits for a second person at the end of the demo's story: a credit limit, a large dispute, the address letters
//! are sent from. So the Approvals screen has something to decide, and something of one's own.

use super::scribe::Scribe;
use crate::acts::{Act, Failure};
use crate::domain::dispute::State;
use crate::domain::money::Currency;
use crate::store::Tx;
use crate::store::people::CustomerData;

/// Customers looked at for a limit that is nearly used up.
const CUSTOMERS: i64 = 12;

/// Asks for it, on the last day of the story.
pub(super) fn ask(scribe: &mut Scribe<'_>) -> Result<(), Failure> {
    let (limit, dispute) = scribe.look(|tx| Ok((limit(tx)?, dispute(tx)?)))?;
    scribe.at_hour(8);
    if let Some((id, version, data)) = limit {
        scribe.act("eve", Act::SetCustomer { customer: Some(id), version, data })?;
    }
    if let Some((id, version, amount)) = dispute {
        let text = "delivered short, proof of delivery is missing".to_owned();
        scribe.act("chloe", Act::ResolveDispute { dispute: id, version, accepted: amount, text })?;
    }
    let (key, value) = ("mail-sender".to_owned(), "receivables@meridian.example".to_owned());
    scribe.act(super::user(), Act::SetSetting { key, value }).map(drop)
}

/// The first customer whose limit can be raised, with a quarter more.
fn limit(tx: &Tx<'_>) -> Result<Option<(i64, i64, CustomerData)>, Failure> {
    for id in 1..=CUSTOMERS {
        let known = tx.customer(id)?;
        if let Some(limit) = known.data.credit_limit.filter(|limit| *limit > 0) {
            let data = CustomerData { credit_limit: Some(limit / 4 * 5), ..known.data };
            return Ok(Some((id, known.version, data)));
        }
    }
    Ok(None)
}

/// The newest undecided dispute above what a clerk may accept.
fn dispute(tx: &Tx<'_>) -> Result<Option<(i64, i64, i64)>, Failure> {
    for id in (1..=tx.last_dispute()?).rev() {
        let case = tx.dispute(id)?;
        let decided = [State::Closed.word(), State::Void.word()].contains(&case.state.as_str());
        if !decided && case.amount > 60_000 && case.currency == Currency::EUR {
            return Ok(Some((case.id, case.version, case.amount)));
        }
    }
    Ok(None)
}
