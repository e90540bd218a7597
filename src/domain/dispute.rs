//! Dispute cases: what customers dispute, and which states a case goes through. A dispute never changes a balance
//! (behaviour 5D); what becomes of its amount is in [`super::case`].

use serde::{Deserialize, Serialize};

/// Why a customer refuses to pay a part. Each reason has a stable code for imports and reports.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
pub enum Reason {
    /// The price differs from what was agreed.
    Price,
    /// Fewer or more delivered than billed.
    Quantity,
    /// Damaged or not as ordered.
    Quality,
    /// Goods were sent back.
    Return,
    /// Wrong rate or missing tax number.
    Tax,
    /// Freight or packing not agreed.
    Freight,
    /// A promotion or rebate was not deducted.
    Promotion,
    /// A cash discount taken too late.
    UnearnedDiscount,
    /// The same delivery billed twice.
    Duplicate,
    /// Billed to the wrong customer or without the order number.
    WrongCustomer,
    /// Goods or invoice never arrived.
    NotReceived,
    /// The service was not rendered as agreed.
    Service,
    /// A penalty for late delivery.
    LatePenalty,
    /// Tax withheld by the customer.
    WithholdingTax,
    /// Charges of a bank taken off the payment.
    BankCharges,
    /// Wrong currency or exchange rate.
    Currency,
    /// The customer says it is paid.
    AlreadyPaid,
    /// No reason given.
    #[default]
    Unknown,
}

impl Reason {
    /// Every reason in the order of the list people choose from.
    pub const ALL: [Reason; 18] = [
        Reason::Price,
        Reason::Quantity,
        Reason::Quality,
        Reason::Return,
        Reason::Tax,
        Reason::Freight,
        Reason::Promotion,
        Reason::UnearnedDiscount,
        Reason::Duplicate,
        Reason::WrongCustomer,
        Reason::NotReceived,
        Reason::Service,
        Reason::LatePenalty,
        Reason::WithholdingTax,
        Reason::BankCharges,
        Reason::Currency,
        Reason::AlreadyPaid,
        Reason::Unknown,
    ];

    /// The words on the screen and in files.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Price => "price",
            Reason::Quantity => "quantity",
            Reason::Quality => "damage or quality",
            Reason::Return => "goods returned",
            Reason::Tax => "tax",
            Reason::Freight => "freight",
            Reason::Promotion => "promotion or rebate",
            Reason::UnearnedDiscount => "unearned discount",
            Reason::Duplicate => "billed twice",
            Reason::WrongCustomer => "wrong customer or order number",
            Reason::NotReceived => "not received",
            Reason::Service => "service",
            Reason::LatePenalty => "late delivery penalty",
            Reason::WithholdingTax => "withholding tax",
            Reason::BankCharges => "bank charges",
            Reason::Currency => "currency",
            Reason::AlreadyPaid => "says paid",
            Reason::Unknown => "unknown",
        }
    }

    /// Reads [`Reason::word`], ignoring case.
    pub fn parse(text: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.word().eq_ignore_ascii_case(text.trim()))
    }

    /// The cause that mostly is behind it, offered first; one of [`super::case::CAUSES`].
    pub fn likely_cause(self) -> &'static str {
        match self {
            Reason::Price | Reason::Currency => "price master data",
            Reason::Quantity => "picking and packing",
            Reason::Quality | Reason::Return => "product",
            Reason::Tax | Reason::WithholdingTax => "tax set-up",
            Reason::Freight | Reason::UnearnedDiscount => "terms or discount",
            Reason::Promotion => "promotion set-up",
            Reason::Duplicate => "invoicing",
            Reason::WrongCustomer => "order entry",
            Reason::NotReceived | Reason::LatePenalty => "carrier",
            Reason::AlreadyPaid => "our payment posting",
            Reason::Service | Reason::BankCharges | Reason::Unknown => "no cause found",
        }
    }

    /// Who has to answer, one of [`super::department::DEPARTMENTS`]: what was billed goes to invoicing, what was delivered
    /// to order processing, what was paid to collections, and what is not known to disputes.
    pub fn department(self) -> &'static str {
        match self {
            Reason::Price | Reason::Quantity | Reason::Promotion | Reason::Duplicate | Reason::Freight => "invoicing",
            Reason::Tax | Reason::WithholdingTax | Reason::Currency => "invoicing",
            Reason::Quality | Reason::Return | Reason::NotReceived | Reason::LatePenalty => "order processing",
            Reason::WrongCustomer | Reason::Service => "order processing",
            Reason::UnearnedDiscount | Reason::BankCharges | Reason::AlreadyPaid => "collections",
            Reason::Unknown => "disputes",
        }
    }
}

/// Where a case stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum State {
    /// Opened, nobody works on it.
    New,
    /// Somebody works on it.
    Assigned,
    /// Somebody else has to answer.
    InClarification,
    /// The customer has to answer; the clock is paused.
    OnCustomer,
    /// Overdue and passed to the next role.
    Escalated,
    /// Decided: valid, partly valid or invalid.
    Decided,
    /// The credit note or the payment that follows from the decision is under way.
    Settling,
    /// Nothing disputed any more.
    Closed,
    /// Closed and agreed; never changes again.
    Confirmed,
    /// Opened by mistake; never changes again.
    Void,
}

impl State {
    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            State::New => "new",
            State::Assigned => "assigned",
            State::InClarification => "in clarification",
            State::OnCustomer => "on customer",
            State::Escalated => "escalated",
            State::Decided => "decided",
            State::Settling => "settling",
            State::Closed => "closed",
            State::Confirmed => "confirmed",
            State::Void => "void",
        }
    }

    /// Whether the disputed part is still held back from collection.
    pub fn is_open(self) -> bool {
        !matches!(self, State::Closed | State::Confirmed | State::Void)
    }

    /// Where a case may go from here. Confirmed and void go nowhere; closed may reopen when a clearing is reversed.
    pub fn moves(self) -> &'static [State] {
        use State::{Assigned, Closed, Confirmed, Decided, Escalated, InClarification, OnCustomer, Settling, Void};
        match self {
            State::New => &[Assigned, InClarification, OnCustomer, Escalated, Decided, Void],
            Assigned => &[InClarification, OnCustomer, Escalated, Decided, Void],
            InClarification => &[Assigned, OnCustomer, Escalated, Decided, Void],
            OnCustomer => &[Assigned, InClarification, Escalated, Decided, Void],
            Escalated => &[Assigned, InClarification, OnCustomer, Decided, Void],
            Decided => &[InClarification, Settling, Closed],
            Settling => &[InClarification, Closed],
            Closed => &[Confirmed, Assigned],
            Confirmed | Void => &[],
        }
    }

    /// Whether the table of moves allows going to `next`.
    pub fn may_become(self, next: State) -> bool {
        self.moves().contains(&next)
    }
}

/// The decision on a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// The customer is right: a credit note for all of it.
    Valid,
    /// Right in part: a credit note for this many minor units, the rest is collected.
    PartlyValid(i64),
    /// The customer is wrong: all of it is collected, at once.
    Invalid,
}

/// What a decision does with the disputed minor units; both parts add up to them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settlement {
    /// To be credited.
    pub credit: i64,
    /// To be collected from the customer.
    pub collect: i64,
}

impl Outcome {
    /// Splits what is disputed; a part larger than all of it credits all.
    pub fn settle(self, disputed: i64) -> Settlement {
        let credit = match self {
            Outcome::Valid => disputed,
            Outcome::PartlyValid(part) => part.clamp(0, disputed.max(0)),
            Outcome::Invalid => 0,
        };
        Settlement { credit, collect: disputed - credit }
    }

    /// The word on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Valid => "valid",
            Outcome::PartlyValid(_) => "partly valid",
            Outcome::Invalid => "invalid",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confirmed_and_void_never_change_and_nothing_skips_the_decision() {
        assert!(State::Confirmed.moves().is_empty() && State::Void.moves().is_empty());
        assert!(!State::New.may_become(State::Settling));
        assert!(State::Closed.may_become(State::Assigned), "a reversed payment reopens the case");
    }

    #[test]
    fn a_decision_explains_every_cent() {
        for outcome in [Outcome::Valid, Outcome::PartlyValid(40), Outcome::PartlyValid(400), Outcome::Invalid] {
            let parts = outcome.settle(100);
            assert_eq!(parts.credit + parts.collect, 100);
        }
    }

    #[test]
    fn reasons_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.word()), Some(reason));
        }
    }
}
