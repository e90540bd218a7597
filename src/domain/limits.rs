//! Amount limits: up to how much a person may act alone, by kind of act, and up to how much somebody may approve. Limits
//! are minor units of the book's currency; an amount exactly at the limit is within it (domain reference, section 10).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::authority::{Right, Role};
use super::controls;
use super::money::Currency;

/// Days in which amounts of one maker for one customer are added up, so that splitting does not help.
pub const WINDOW_DAYS: i64 = 7;

/// Kinds of acts with an amount limit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitKind {
    /// Credit notes.
    CreditNote,
    /// Write-offs.
    WriteOff,
    /// What is accepted of a dispute.
    Dispute,
    /// Releasing a customer, by what it is over its credit limit.
    Release,
    /// Approving what others ask for.
    Approval,
}

impl LimitKind {
    /// Every kind.
    pub const ALL: [LimitKind; 5] =
        [LimitKind::CreditNote, LimitKind::WriteOff, LimitKind::Dispute, LimitKind::Release, LimitKind::Approval];

    /// The name in the book, on the screen and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            LimitKind::CreditNote => "credit-note",
            LimitKind::WriteOff => "write-off",
            LimitKind::Dispute => "dispute",
            LimitKind::Release => "release",
            LimitKind::Approval => "approval",
        }
    }

    /// Reads [`LimitKind::name`], ignoring case.
    pub fn parse(text: &str) -> Option<LimitKind> {
        LimitKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(text.trim()))
    }

    /// The plural as a sentence has it: "write-offs above 500.00 EUR".
    pub fn words(self) -> &'static str {
        match self {
            LimitKind::CreditNote => "credit notes",
            LimitKind::WriteOff => "write-offs",
            LimitKind::Dispute => "accepted disputes",
            LimitKind::Release => "releases over the credit limit",
            LimitKind::Approval => "approvals",
        }
    }

    /// The right whose use it limits.
    pub fn right(self) -> Right {
        match self {
            LimitKind::CreditNote => Right::CreditNotes,
            LimitKind::WriteOff => Right::WriteOff,
            LimitKind::Dispute => Right::ResolveDispute,
            LimitKind::Release => Right::CreditBlock,
            LimitKind::Approval => Right::Approve,
        }
    }
}

/// Up to how much: an amount in minor units, or any.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Limit {
    /// Up to and including this amount.
    UpTo(i64),
    /// Any amount.
    Any,
}

impl Limit {
    /// Whether an amount is within the limit.
    pub fn covers(self, amount: i64) -> bool {
        match self {
            Limit::UpTo(limit) => amount <= limit,
            Limit::Any => true,
        }
    }

    fn larger(self, other: Limit) -> Limit {
        match (self, other) {
            (Limit::UpTo(one), Limit::UpTo(other)) => Limit::UpTo(one.max(other)),
            _ => Limit::Any,
        }
    }
}

/// What of a request the limit of whoever approves it must cover; what asks for more comes later in the order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Size {
    /// Nothing: the right is enough.
    Right,
    /// So many minor units of the book's currency.
    Of(i64),
    /// An amount that nobody can tell in the book's currency, for want of a rate: any amount.
    Unknown,
}

impl Size {
    /// What a request asks for: whether it is beyond a limit, and the minor units of the book's currency that count.
    pub fn of(limited: bool, amount: Option<i64>) -> Size {
        match (amount, limited) {
            (Some(amount), _) => Size::Of(amount),
            (None, true) => Size::Unknown,
            (None, false) => Size::Right,
        }
    }
}

/// The limit of a role in whole units of the book's currency: clerks 500, supervisors 5,000, controllers 25,000; above
/// that an approver, who approves only.
fn of_role(role: Role, kind: LimitKind) -> Option<i64> {
    match role {
        Role::Approver if kind == LimitKind::Approval => None,
        Role::Controller => Some(25_000),
        Role::Supervisor => Some(5_000),
        _ => Some(500),
    }
}

/// Up to how much somebody with these roles may do a kind of act: their own limit where one was set, else that of their
/// highest role. Nothing without the right.
pub fn limit(roles: &[Role], own: Option<i64>, kind: LimitKind, currency: Currency) -> Limit {
    if !roles.iter().any(|role| role.has(kind.right())) {
        return Limit::UpTo(0);
    }
    if let Some(own) = own {
        return Limit::UpTo(own);
    }
    let units = 10i64.pow(currency.digits());
    let of = |role: &Role| of_role(*role, kind).map_or(Limit::Any, |whole| Limit::UpTo(whole * units));
    roles.iter().map(of).reduce(Limit::larger).unwrap_or(Limit::UpTo(0))
}

/// Whether somebody with these roles, and this own limit of approvals where one was set, may decide what asks for a right:
/// with the right, and where it is [`Right::Approve`] and has an amount, up to the limit.
pub fn may_decide(roles: &[Role], own: Option<i64>, needs: Right, size: Size, currency: Currency) -> bool {
    let limit = limit(roles, own, LimitKind::Approval, currency);
    let covers = match size {
        _ if needs != Right::Approve => true,
        Size::Right => true,
        Size::Of(amount) => limit.covers(amount),
        Size::Unknown => limit == Limit::Any,
    };
    covers && roles.iter().any(|role| role.has(needs))
}

/// What counts against the limit: the amount itself, or with it everything of the same kind by the same maker for the
/// same customer in the window that ends on that day, whichever is more.
pub fn counted(amount: i64, earlier: &[(NaiveDate, i64)], on: NaiveDate) -> i64 {
    let mut all = earlier.to_vec();
    all.push((on, amount));
    amount.max(controls::largest_window(&all, WINDOW_DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_come_from_the_roles_that_have_the_right_unless_set_for_the_person() {
        let eur = Currency::EUR;
        let of = |roles: &[Role], own| limit(roles, own, LimitKind::WriteOff, eur);
        assert_eq!(of(&[Role::Controller], None), Limit::UpTo(2_500_000));
        assert_eq!(of(&[Role::Approver, Role::Cash], None), Limit::UpTo(0), "neither may write off at all");
        assert_eq!(of(&[Role::Controller], Some(100)), Limit::UpTo(100));
        assert_eq!(of(&[Role::Controller, Role::Approver], None), Limit::UpTo(2_500_000), "approving is not doing");
        assert_eq!(of(&[], Some(100)), Limit::UpTo(0), "a limit is no right");
        assert_eq!(limit(&[Role::Supervisor, Role::Approver], None, LimitKind::Approval, eur), Limit::Any);
        assert!(Limit::UpTo(500).covers(500) && !Limit::UpTo(500).covers(501));
    }

    #[test]
    fn an_amount_nobody_can_tell_takes_who_has_no_limit() {
        let may = |role, size| may_decide(&[role], None, Right::Approve, size, Currency::EUR);
        assert!(Size::Right < Size::Of(i64::MAX) && Size::Of(i64::MAX) < Size::Unknown);
        assert!(may(Role::Approver, Size::Unknown) && !may(Role::Controller, Size::Unknown));
        assert!(may(Role::Controller, Size::Of(2_500_000)) && !may(Role::Controller, Size::Of(2_500_001)));
        assert!(may(Role::Controller, Size::Right) && !may(Role::Viewer, Size::Right));
        assert!(may_decide(&[Role::Controller], None, Right::Settings, Size::Unknown, Currency::EUR));
    }

    #[test]
    fn amounts_split_over_a_week_count_together() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 5, d).unwrap_or_default();
        assert_eq!(counted(450, &[(day(1), 450)], day(3)), 900);
        assert_eq!(counted(300, &[(day(1), 300)], day(8)), 300, "the eighth day is outside");
    }
}
