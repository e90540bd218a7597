//! Segregation of duties: which rights must not meet in one person, because whoever held both could hide money that is
//! missing. The pairs are those of the domain reference, section 10, as far as the book has the duties.

use super::authority::{Right, Role};
use super::controls;

/// Rights by the names that the pairs use.
const DUTIES: [(Right, &str); 12] = [
    (Right::MasterData, "change customers"),
    (Right::BankDetails, "change bank accounts"),
    (Right::CreditLimit, "set credit limits"),
    (Right::CreditBlock, "release customers"),
    (Right::PostDocuments, "post invoices"),
    (Right::CreditNotes, "post credit notes"),
    (Right::ApplyCash, "post receipts"),
    (Right::Refund, "refund"),
    (Right::WriteOff, "write off"),
    (Right::ResolveDispute, "decide disputes"),
    (Right::Approve, "approve"),
    (Right::ManageUsers, "manage users"),
];

/// Duties that must not be one person's. Pairs that are allowed with a second person's approval are not here: bank
/// accounts and credit limits always ask for one.
const CONFLICTS: [(Right, Right); 27] = [
    (Right::MasterData, Right::CreditLimit),
    (Right::MasterData, Right::CreditBlock),
    (Right::MasterData, Right::PostDocuments),
    (Right::MasterData, Right::CreditNotes),
    (Right::MasterData, Right::ApplyCash),
    (Right::MasterData, Right::WriteOff),
    (Right::BankDetails, Right::CreditNotes),
    (Right::BankDetails, Right::ApplyCash),
    (Right::PostDocuments, Right::ApplyCash),
    (Right::CreditNotes, Right::ApplyCash),
    (Right::CreditNotes, Right::WriteOff),
    (Right::ApplyCash, Right::WriteOff),
    (Right::MasterData, Right::Refund),
    (Right::BankDetails, Right::Refund),
    (Right::CreditNotes, Right::Refund),
    (Right::ApplyCash, Right::Refund),
    (Right::ManageUsers, Right::MasterData),
    (Right::ManageUsers, Right::BankDetails),
    (Right::ManageUsers, Right::CreditLimit),
    (Right::ManageUsers, Right::PostDocuments),
    (Right::ManageUsers, Right::CreditNotes),
    (Right::ManageUsers, Right::ApplyCash),
    (Right::ManageUsers, Right::WriteOff),
    (Right::ManageUsers, Right::ResolveDispute),
    (Right::ManageUsers, Right::CreditBlock),
    (Right::ManageUsers, Right::Refund),
    (Right::ManageUsers, Right::Approve),
];

/// Two duties of one person that must not meet, in words.
pub type Conflict = (&'static str, &'static str);

/// The conflicts among the rights of these roles, in alphabetical order.
pub fn conflicts(roles: &[Role]) -> Vec<Conflict> {
    let name = |right: Right| DUTIES.iter().find(|duty| duty.0 == right).map_or("", |duty| duty.1);
    let held = |duty: &&(Right, &str)| roles.iter().any(|role| role.has(duty.0));
    let duties: Vec<&'static str> = DUTIES.iter().filter(held).map(|duty| duty.1).collect();
    let pairs = CONFLICTS.map(|(one, other)| (name(one), name(other)));
    controls::conflicts(&duties, &pairs)
}

/// The conflicts that giving `new` to somebody with `roles` would add.
pub fn added(roles: &[Role], new: Role) -> Vec<Conflict> {
    let before = conflicts(roles);
    let all: Vec<Role> = roles.iter().copied().chain([new]).collect();
    conflicts(&all).into_iter().filter(|pair| !before.contains(pair)).collect()
}

/// Conflicts as a sentence part: `"post receipts" and "write off"; …`.
pub fn words(conflicts: &[Conflict]) -> String {
    let parts: Vec<String> = conflicts.iter().map(|(one, other)| format!("\"{one}\" and \"{other}\"")).collect();
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_conflicts_with_itself() {
        for role in Role::ALL {
            assert_eq!(conflicts(&[role]), [], "{}", role.name());
        }
    }

    #[test]
    fn every_pair_is_of_known_duties_and_found() {
        for (one, other) in CONFLICTS {
            assert!(DUTIES.iter().any(|duty| duty.0 == one) && DUTIES.iter().any(|duty| duty.0 == other));
        }
        let found = added(&[Role::Cash], Role::Controller);
        assert_eq!(found, [("post receipts", "write off")]);
        assert_eq!(added(&[Role::Administrator], Role::Viewer), []);
        assert_eq!(words(&found), "\"post receipts\" and \"write off\"");
        assert!(conflicts(&Role::FOUNDER).len() > 10, "one person alone holds everything, and is reported");
    }
}
