//! Who may decide a request: the right it takes, and how much of it the own or a lent authority covers.

use super::super::dunning::Dunning;
use super::super::money::shown;
use super::super::perform::Context;
use super::super::undo::bottom;
use super::super::{Act, Failure, clock};
use crate::domain::authority::Right;
use crate::domain::limits::{self, LimitKind, Size};
use crate::store::Tx;
use crate::store::people::Person;

/// By whose authority a person may decide a request: the own (`None`), or that of somebody who lent it. Refused when
/// neither is enough.
pub(super) fn authority_for(
    tx: &Tx<'_>,
    context: &Context<'_>,
    maker: i64,
    needs: Right,
    size: Size,
) -> Result<Option<i64>, Failure> {
    let enough = |person: &Person| -> Result<bool, Failure> {
        let own = tx.own_limit(person.id, LimitKind::Approval)?;
        Ok(limits::may_decide(&person.held(), own, needs, size, context.base))
    };
    if enough(context.person)? {
        return Ok(None);
    }
    // By the clock: a day given by hand neither begins nor prolongs what was lent.
    let today = clock::day(tx).unwrap_or(context.today);
    for lent in tx.delegations()? {
        let in_time = !lent.ended && (lent.from..=lent.until).contains(&today);
        if lent.to != context.person.id || !in_time || lent.person == maker {
            continue;
        }
        if let Some(lender) = tx.person_by_id(lent.person)?.filter(|lender| lender.active)
            && enough(&lender)?
        {
            return Ok(Some(lender.id));
        }
    }
    let size = match size {
        Size::Of(amount) if needs == Right::Approve => format!(" up to {}", shown(amount, context.base)),
        Size::Unknown if needs == Right::Approve => {
            format!(" without a limit, which it takes where there is no rate to {}", context.base)
        }
        _ => String::new(),
    };
    let sentence =
        format!("You may not {}{size}. Nothing was changed; it still waits for somebody who may.", needs.words());
    Err(Failure::refused("AUT-01", sentence))
}

/// The right needed to approve an act, whatever its amount.
pub(super) fn approver_right(tx: &Tx<'_>, act: &Act) -> Result<Right, Failure> {
    Ok(match act {
        Act::AddPerson { .. }
        | Act::ChangeRole { .. }
        | Act::SetLimit { .. }
        | Act::SetActive { .. }
        | Act::Restore(_) => Right::ManageUsers,
        Act::SetSetting { .. } | Act::SetRate { .. } | Act::AddBankAccount { .. } => Right::Settings,
        Act::Dunning(Dunning::SetPolicy { .. } | Dunning::AssignPolicy { .. }) => Right::Settings,
        Act::ReopenPeriod { .. } => Right::ClosePeriods,
        Act::Undo { act } => match tx.logged(*act)? {
            Some(logged) => approver_right(tx, &bottom(tx, &logged)?.0)?,
            None => Right::Approve,
        },
        _ => Right::Approve,
    })
}

/// The login of whoever gains by an act on people: a role, a limit, being let in again.
pub(super) fn whose(tx: &Tx<'_>, act: &Act) -> Result<Option<String>, Failure> {
    Ok(match act {
        Act::ChangeRole { login, .. } | Act::SetLimit { login, .. } | Act::SetActive { login, .. } => {
            Some(login.clone())
        }
        Act::Undo { act } => match tx.logged(*act)? {
            Some(logged) => whose(tx, &bottom(tx, &logged)?.0)?,
            None => None,
        },
        _ => None,
    })
}
