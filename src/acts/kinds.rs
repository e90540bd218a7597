//! What the log calls each act, and the right it takes.

use super::Act;
use crate::domain::authority::Right;
use crate::store::dunning::gate::REVIEWED;
use crate::store::stopped::ACKNOWLEDGED;

impl Act {
    /// The kind as the log shows it.
    pub fn kind(&self) -> &'static str {
        match self {
            Act::OpenBook { .. } => "open book",
            Act::AddPerson { .. } => "add person",
            Act::ChangeRole { .. } => "change role",
            Act::SetDepartment { .. } => "department",
            Act::SetActive { active: true, .. } => "let in",
            Act::SetActive { .. } => "shut out",
            Act::SetLimit { .. } => "set limit",
            Act::Delegate { .. } => "delegate",
            Act::EndDelegation { .. } => "end delegation",
            // Looking through the money is the work of whoever applies it, and no setting of the house.
            Act::SetSetting { key, .. } if key == REVIEWED => "review cash",
            Act::SetSetting { key, .. } if key == ACKNOWLEDGED => "acknowledge check",
            Act::SetSetting { .. } => "set setting",
            Act::ClosePeriod { .. } => "close month",
            Act::ReopenPeriod { .. } => "reopen month",
            Act::Ask { .. } => "ask",
            Act::Approve { .. } => "approve",
            Act::Reject { .. } => "reject",
            Act::Recall { .. } => "recall",
            Act::Denied { .. } => "denied",
            Act::SetRate { .. } => "set rate",
            Act::SetTarget { .. } => "set target",
            Act::SetCustomer { .. } => "set customer",
            Act::SetOwner { .. } => "set owner",
            Act::SetBlocked { .. } => "credit block",
            Act::PostDocument { .. } => "post document",
            Act::PostReceipt { .. } => "post receipt",
            Act::Apply { .. } => "apply",
            Act::Unapply { .. } => "unapply",
            Act::Credit { .. } => "credit",
            Act::WriteOff { .. } => "write off",
            Act::LogCall { .. } => "call",
            Act::DraftEmail { .. } => "e-mail draft",
            Act::Note { .. } => "note",
            Act::FollowUp { .. } => "follow-up",
            Act::Done { .. } => "done",
            Act::Promise { .. } => "promise",
            Act::Withdraw { .. } => "withdraw promise",
            Act::OpenDispute { .. } => "open dispute",
            Act::AssignDispute { .. } => "assign dispute",
            Act::NoteDispute { .. } => "note dispute",
            Act::ResolveDispute { .. } => "resolve dispute",
            Act::Case(case) => case.kind(),
            Act::AddBankAccount { .. } => "add bank account",
            Act::SetBankRule(change) if change.held => "add bank rule",
            Act::SetBankRule(_) => "remove bank rule",
            Act::ApplyPayment(_) => "apply payment",
            Act::ApplyRun(_) => "apply run",
            Act::SettlePayment { .. } => "settle payment",
            Act::ReturnPayment { .. } => "return payment",
            Act::Refund { .. } | Act::RefundPayment(_) => "refund",
            Act::SetAlias { .. } => "payer",
            Act::Arrange(act) => act.kind(),
            Act::Dunning(dunning) => dunning.kind(),
            Act::Mail(mail) => mail.kind(),
            Act::Import(_) => "import",
            Act::Migrate { .. } => "migrate",
            Act::Restore(_) => "restore",
            Act::Undo { .. } => "undo",
            Act::SignIn => "sign in",
            Act::SignOut { .. } => "sign out",
        }
    }

    /// The right needed to perform it. Some acts take others, by what they change: see `authorise`.
    pub fn right(&self) -> Right {
        match self {
            Act::OpenBook { .. }
            | Act::AddPerson { .. }
            | Act::ChangeRole { .. }
            | Act::SetDepartment { .. }
            | Act::SetActive { .. }
            | Act::SetLimit { .. }
            | Act::Migrate { .. }
            | Act::Restore(_) => Right::ManageUsers,
            Act::SetSetting { key, .. } if key == REVIEWED => Right::ApplyCash,
            Act::SetSetting { key, .. } if key == ACKNOWLEDGED => Right::ClosePeriods,
            Act::SetRate { .. } | Act::SetTarget { .. } | Act::SetSetting { .. } | Act::AddBankAccount { .. } => {
                Right::Settings
            }
            Act::ClosePeriod { .. } | Act::ReopenPeriod { .. } => Right::ClosePeriods,
            Act::Approve { .. } | Act::Reject { .. } | Act::Delegate { .. } => Right::Approve,
            Act::EndDelegation { .. }
            | Act::Recall { .. }
            | Act::Ask { .. }
            | Act::Denied { .. }
            | Act::SignIn
            | Act::SignOut { .. } => Right::Read,
            Act::SetCustomer { .. } => Right::MasterData,
            Act::SetBlocked { .. } => Right::CreditBlock,
            Act::PostDocument { .. } => Right::PostDocuments,
            Act::Credit { .. } => Right::CreditNotes,
            Act::PostReceipt { .. }
            | Act::Apply { .. }
            | Act::Unapply { .. }
            | Act::SetBankRule(_)
            | Act::ApplyPayment(_)
            | Act::ApplyRun(_)
            | Act::SettlePayment { .. }
            | Act::ReturnPayment { .. }
            | Act::SetAlias { .. } => Right::ApplyCash,
            Act::Refund { .. } | Act::RefundPayment(_) => Right::Refund,
            Act::WriteOff { .. } => Right::WriteOff,
            Act::SetOwner { .. }
            | Act::LogCall { .. }
            | Act::DraftEmail { .. }
            | Act::Note { .. }
            | Act::FollowUp { .. }
            | Act::Done { .. }
            | Act::Promise { .. }
            | Act::Withdraw { .. } => Right::Collect,
            Act::OpenDispute { .. } | Act::AssignDispute { .. } | Act::NoteDispute { .. } => Right::Dispute,
            Act::ResolveDispute { .. } => Right::ResolveDispute,
            Act::Arrange(act) => act.right(),
            Act::Case(case) => case.right(),
            Act::Dunning(dunning) => dunning.right(),
            // A dispute that is accepted takes more: see `authorise`.
            Act::Mail(_) => Right::Collect,
            Act::Import(_) => Right::Import,
            Act::Undo { .. } => Right::Undo,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::arrange::Arrange;
    use crate::acts::bank_rules::RuleChange;
    use crate::domain::authority::rights_of;
    use crate::domain::bank::EntryKind;

    /// One act of each kind whose right does not depend on what it changes.
    fn some() -> Vec<Act> {
        let (login, text) = (String::from("eve"), String::from("x"));
        let on = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap_or_default();
        vec![
            Act::AddPerson { login: login.clone(), name: text.clone(), roles: Vec::new(), department: String::new() },
            Act::ChangeRole { login: login.clone(), role: text.clone(), held: true, accept: String::new() },
            Act::SetActive { login: login.clone(), active: false },
            Act::Migrate { from: 1, to: 2 },
            Act::Restore(crate::acts::upkeep::Copied { from: text.clone(), acts: 1, head: text.clone() }),
            Act::SetTarget { kpi: text.clone(), value: text.clone() },
            Act::SetSetting { key: text.clone(), value: text.clone() },
            Act::SetSetting { key: REVIEWED.to_owned(), value: text.clone() },
            Act::SetSetting { key: ACKNOWLEDGED.to_owned(), value: text.clone() },
            Act::SetOwner { customers: Vec::new(), owner: login.clone() },
            Act::SetBlocked { customer: 1, blocked: true, reason: text.clone() },
            Act::Apply { credit: 1, applied: Vec::new(), effective: on },
            Act::Credit { item: 1, amount: 1, date: on, reason: text.clone() },
            Act::WriteOff { item: 1, amount: 1, date: on, reason: text.clone() },
            Act::Note { customer: 1, text: text.clone() },
            Act::Promise { items: Vec::new(), on, text: text.clone() },
            Act::Withdraw { promise: 1 },
            Act::SetBankRule(RuleChange { text: text.clone(), account: None, kind: EntryKind::Charge, held: true }),
            Act::SetBankRule(RuleChange { text: text.clone(), account: None, kind: EntryKind::Charge, held: false }),
            Act::OpenDispute { item: 1, amount: 1, reason: text.clone(), text: text.clone() },
            Act::ResolveDispute { dispute: 1, version: 1, accepted: 0, text: text.clone() },
            Act::ClosePeriod { period: text.clone() },
            Act::Arrange(Arrange::WithdrawPlan { plan: 1, reason: text.clone() }),
            Act::Arrange(Arrange::SetStrategy { strategy: Box::default(), version: 0 }),
            Act::Arrange(Arrange::HandOver { from: login.clone(), to: login.clone(), note: text.clone() }),
            Act::Delegate { to: login, from: on, until: on },
        ]
    }

    #[test]
    fn the_right_of_an_act_is_among_those_the_log_is_checked_by() {
        for act in some() {
            assert!(rights_of(act.kind()).contains(&act.right()), "{}", act.kind());
        }
    }
}
