//! What always takes two people, whatever its amount: who may do what, where money goes, and what was closed.

use super::super::{Act, settings};
use crate::domain::authority::Right;

/// What two people do whatever its amount: the right of the second, and why.
pub(super) fn by_two(act: &Act) -> Option<(Right, String)> {
    let (needs, why) = match act {
        Act::AddPerson { roles, .. } if !roles.is_empty() => {
            (Right::ManageUsers, "a second administrator confirms roles")
        }
        Act::ChangeRole { held: true, .. } => (Right::ManageUsers, "a second administrator confirms roles"),
        Act::SetLimit { .. } => (Right::ManageUsers, "a second administrator confirms limits"),
        Act::SetActive { active: true, .. } => (Right::ManageUsers, "a second administrator lets somebody in again"),
        Act::Restore(_) => (Right::ManageUsers, "a second administrator confirms a restore"),
        Act::SetSetting { key, .. } if settings::is_sensitive(key) => {
            return Some((Right::Settings, format!("{key} is changed by two people")));
        }
        Act::SetRate { .. } => (Right::Settings, "rates, by which limits are judged, are entered by two people"),
        Act::AddBankAccount { .. } => (Right::Settings, "a bank account of ours is added by two people"),
        Act::Refund { .. } | Act::RefundPayment(_) => (Right::Approve, "money goes out"),
        Act::SetBankRule(_) => (Right::Approve, "rules for entries of the bank are changed by two people"),
        Act::ReopenPeriod { .. } => (Right::ClosePeriods, "a closed month is opened by two people"),
        _ => return None,
    };
    Some((needs, why.to_owned()))
}
