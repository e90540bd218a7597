//! Every act by name: matches without a wildcard, so that a new variant does not compile before it is named here, and a
//! suite that goes through all acts fails by that name until it tries one of it.

use std::collections::BTreeSet;

use o2c::acts::Act;
use o2c::acts::arrange::Arrange;
use o2c::acts::case::{Case, Work};
use o2c::acts::dunning::{Dunning, Review};
use o2c::acts::import::Import;
use o2c::acts::mail::{Ended, Mail, Settled as Said};
use o2c::acts::payments::Settled;
use o2c::domain::case::Outcome;
use o2c::domain::document::DocumentKind as Kind;

macro_rules! names {
    ($all:ident, $name:ident, $act:ty { $($pattern:pat => $word:literal,)* }) => {
        const $all: &[&str] = &[$($word),*];

        fn $name(act: &$act) -> &'static str {
            match act {
                $($pattern => $word,)*
            }
        }
    };
}

/// Acts that the program itself writes, or that go another way than a form: whoever sends one is refused.
pub const BY_NO_FORM: [&str; 8] =
    ["open book", "ask", "denied", "migrate", "restore", "sign in", "sign out", "post another kind"];

/// Groups named by their own variants.
const GROUPS: [&str; 5] = ["case", "arrange", "dunning", "mail", "import"];

names!(ACTS, act, Act {
    Act::OpenBook { .. } => "open book",
    Act::AddPerson { .. } => "add person",
    Act::ChangeRole { held: true, .. } => "give role",
    Act::ChangeRole { held: false, .. } => "take role",
    Act::SetDepartment { .. } => "department",
    Act::SetActive { active: true, .. } => "let in",
    Act::SetActive { active: false, .. } => "shut out",
    Act::SetLimit { .. } => "limit",
    Act::Delegate { .. } => "delegate",
    Act::EndDelegation { .. } => "end delegation",
    Act::SetSetting { .. } => "setting",
    Act::ClosePeriod { .. } => "close month",
    Act::ReopenPeriod { .. } => "reopen month",
    Act::Ask { .. } => "ask",
    Act::Approve { .. } => "approve",
    Act::Reject { .. } => "reject",
    Act::Recall { .. } => "recall",
    Act::Denied { .. } => "denied",
    Act::SetRate { .. } => "rate",
    Act::SetTarget { .. } => "target",
    Act::SetCustomer { customer: Some(_), .. } => "change customer",
    Act::SetCustomer { customer: None, .. } => "add customer",
    Act::SetOwner { .. } => "owner",
    Act::SetBlocked { blocked: true, .. } => "block",
    Act::SetBlocked { blocked: false, .. } => "release",
    Act::PostDocument { kind: Kind::Invoice, .. } => "post invoice",
    Act::PostDocument { kind: Kind::CreditNote, .. } => "post credit note",
    Act::PostDocument { kind: Kind::DebitNote, .. } => "post debit note",
    Act::PostDocument {
        kind: Kind::Receipt | Kind::WriteOff | Kind::Refund | Kind::Discount | Kind::Difference, ..
    } => "post another kind",
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
    Act::Withdraw { .. } => "withdraw",
    Act::OpenDispute { .. } => "open dispute",
    Act::AssignDispute { .. } => "assign dispute",
    Act::NoteDispute { .. } => "note dispute",
    Act::ResolveDispute { .. } => "resolve dispute",
    Act::Case(_) => "case",
    Act::AddBankAccount { .. } => "add bank account",
    Act::SetBankRule(o2c::acts::bank_rules::RuleChange { held: true, .. }) => "bank rule",
    Act::SetBankRule(o2c::acts::bank_rules::RuleChange { held: false, .. }) => "bank rule taken out",
    Act::ApplyPayment(_) => "apply payment",
    Act::ApplyRun(_) => "apply run",
    Act::SettlePayment { what: Settled::Charge, .. } => "settle as charge",
    Act::SettlePayment { what: Settled::Transfer, .. } => "settle as transfer",
    // Against another payment both go elsewhere, by the same right.
    Act::SettlePayment { what: Settled::Elsewhere | Settled::Against(_), .. } => "settle as elsewhere",
    Act::SettlePayment { what: Settled::Known(_), .. } => "settle as known",
    Act::ReturnPayment { .. } => "return payment",
    Act::Refund { .. } => "refund",
    Act::RefundPayment(_) => "refund payment",
    Act::SetAlias { held: true, .. } => "payer",
    Act::SetAlias { held: false, .. } => "payer forgotten",
    Act::Arrange(_) => "arrange",
    Act::Dunning(_) => "dunning",
    Act::Mail(_) => "mail",
    Act::Import(_) => "import",
    Act::Migrate { .. } => "migrate",
    Act::Restore(_) => "restore",
    Act::Undo { .. } => "undo",
    Act::SignIn => "sign in",
    Act::SignOut { .. } => "sign out",
});

names!(CASES, case, Case {
    Case::Decide { outcome: Outcome::Credit, .. } => "decide: credit",
    Case::Decide { outcome: Outcome::Promotion, .. } => "decide: promotion",
    Case::Decide { outcome: Outcome::WriteOff, .. } => "decide: write off",
    Case::Decide { outcome: Outcome::ChargeBack, .. } => "decide: charge back",
    Case::Decide { outcome: Outcome::Repay, .. } => "decide: repay",
    Case::Decide { outcome: Outcome::Collect, .. } => "decide: collect",
    Case::DecideAll { .. } => "decide as a whole",
    Case::OpenSeveral { .. } => "case over several",
    Case::AddItem { .. } => "add to dispute",
    Case::Split { .. } => "split dispute",
    Case::Reopen { .. } => "reopen dispute",
    Case::Wait { .. } => "dispute waits",
    Case::Void { .. } => "void dispute",
    Case::Confirm { .. } => "confirm dispute",
    Case::Fact { .. } => "dispute fact",
    Case::Attach { .. } => "attach file",
    Case::Inquire { .. } => "inquiry",
    Case::Work { what: Work::Note, .. } => "inquiry: note",
    Case::Work { what: Work::Answer, .. } => "inquiry: answer",
    Case::Work { what: Work::Assign { .. }, .. } => "inquiry: assign",
    Case::Promote { .. } => "promote inquiry",
    Case::TaskDone { .. } => "task done",
});

names!(ARRANGED, arranged, Arrange {
    Arrange::ProposePlan { replaces: None, .. } => "payment plan",
    Arrange::ProposePlan { replaces: Some(_), .. } => "replace plan",
    Arrange::WithdrawPlan { .. } => "withdraw plan",
    Arrange::PromiseBy { .. } => "promise and who said so",
    Arrange::SetStrategy { .. } => "strategy",
    Arrange::Contact { .. } => "contact",
    Arrange::HandOver { .. } => "hand over",
});

names!(DUNNED, dunned, Dunning {
    Dunning::SetPolicy { .. } => "policy",
    Dunning::AssignPolicy { .. } => "assign policy",
    Dunning::PlaceHold { .. } => "hold",
    Dunning::LiftHold { .. } => "lift hold",
    Dunning::DraftRun { .. } => "draft run",
    Dunning::DraftDaily => "daily run",
    Dunning::ReviewLines { what: Review::Drop, .. } => "review: drop",
    Dunning::ReviewLines { what: Review::Hold { .. }, .. } => "review: hold",
    Dunning::ReviewLines { what: Review::Lower { .. }, .. } => "review: lower",
    Dunning::ReviewLines { what: Review::Keep, .. } => "review: keep",
    Dunning::ApproveRun { .. } => "release run",
    Dunning::StartRun { .. } => "start run",
    Dunning::SendLetter { .. } => "letter",
    Dunning::FinishRun { .. } => "finish run",
    Dunning::CancelRun { .. } => "cancel run",
});

names!(MAILED, mailed, Mail {
    Mail::Carry { done: None, .. } => "mail: lease",
    Mail::Carry { done: Some((_, Ended::Sent(_))), .. } => "mail: sent",
    Mail::Carry { done: Some((_, Ended::Failed(_))), .. } => "mail: failed",
    Mail::Carry { done: Some((_, Ended::Later(_))), .. } => "mail: later",
    Mail::Carry { done: Some((_, Ended::Back(_))), .. } => "mail: back",
    Mail::Carry { done: Some((_, Ended::Unknown(_))), .. } => "mail: unknown",
    Mail::Lapse { .. } => "mail: lapse",
    Mail::Settle { how: Said::Sent, .. } => "mail: did arrive",
    Mail::Settle { how: Said::Again, .. } => "mail: again",
    Mail::Settle { how: Said::GivenUp, .. } => "mail: given up",
    Mail::Write(_) => "write mail",
    Mail::Receive(_) => "mail in",
    Mail::Accept { .. } => "accept proposal",
    Mail::Dismiss { .. } => "dismiss proposal",
});

const IMPORTED: [&str; 4] = ["import invoices", "import customers", "import receipts", "import statement"];

fn imported(import: &Import) -> &'static str {
    let name = format!("import {}", import.kind);
    IMPORTED.into_iter().find(|known| *known == name).unwrap_or_else(|| panic!("{name} has no name"))
}

/// The name of an act.
pub fn name(of: &Act) -> &'static str {
    match of {
        Act::Case(one) => case(one),
        Act::Arrange(one) => arranged(one),
        Act::Dunning(one) => dunned(one),
        Act::Mail(one) => mailed(one),
        Act::Import(one) => imported(one),
        other => act(other),
    }
}

/// Names of acts somebody can send that are not among these.
pub fn missing<'a>(tried: impl IntoIterator<Item = &'a Act>) -> Vec<&'static str> {
    let tried: BTreeSet<&str> = tried.into_iter().map(name).collect();
    let all = ACTS.iter().chain(CASES).chain(ARRANGED).chain(DUNNED).chain(MAILED).chain(&IMPORTED);
    let known = |name: &&&str| !GROUPS.contains(*name) && !BY_NO_FORM.contains(*name) && !tried.contains(**name);
    all.filter(known).copied().collect()
}
