//! The acts of the pairs, each on the same few things of the prepared book, with what its maker saw of them.

use o2c::acts::arrange::Arrange;
use o2c::acts::bank_rules::RuleChange;
use o2c::acts::dunning::Dunning;
use o2c::acts::payments::{self, Batch, Line, Run, SentBack, Settled};
use o2c::acts::{Act, Expect, Request};
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::domain::plan::monthly;
use o2c::store::people::CustomerData;

use crate::book::{account, application, apply, day, document, euro, role, statement, write_off};
use crate::desk::policy;
use crate::props;

/// What a screen shows of the things the acts are about.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Of items 1 to 3: two invoices and a receipt.
    pub open: [i64; 3],
    pub disputed: [i64; 2],
    /// Versions of the open dispute, the closed one and the inquiry.
    pub dispute: i64,
    pub closed: i64,
    pub inquiry: i64,
    /// What the drafted run looks like.
    pub draft: String,
    pub lines: Vec<i64>,
    /// Version of the customer.
    pub customer: i64,
    pub data: CustomerData,
    /// The request that waits, and its hash.
    pub asked: i64,
    pub request: String,
    pub waiting: bool,
    /// The act that applied the receipt, and the one that wrote a note.
    pub applied: i64,
    pub noted: i64,
    /// What is left of the payment that waits.
    pub left: i64,
    /// The act that applied another payment, and the receipt it became.
    pub paid: i64,
    pub paid_by: i64,
    /// The receipt entered by hand.
    pub by_hand: i64,
    /// The acts that credited a dispute, agreed a plan, accepted a proposal.
    pub decided: i64,
    pub planned: i64,
    pub accepted: i64,
}

/// What an act rests on, and is refused for when it changed.
#[derive(Clone, Copy, PartialEq)]
pub enum On {
    Nothing,
    /// The open amounts of these items.
    Items(&'static [i64]),
    Dispute,
    /// The dispute that is closed.
    Closed,
    Inquiry,
    /// The lines of the drafted run.
    Draft,
    Customer,
    /// What is left of the payment.
    Payment,
    /// That the request still waits.
    Request,
    /// That it waits, and what it is about.
    RequestAndItem,
}

/// An act as one of two people sends it.
pub struct Kinded {
    pub name: &'static str,
    /// Who sends it from the first seat, and who from the second.
    pub who: [&'static str; 2],
    on: On,
    act: fn(&Shown) -> Act,
}

impl Kinded {
    /// The act with what its maker saw.
    pub fn request(&self, shown: &Shown) -> Request {
        let items = if let On::Items(items) = self.on { items } else { &[] };
        let expect = items.iter().map(|item| Expect::Open { item: *item, open: shown.open[*item as usize - 1] });
        Request { expect: expect.collect(), ..Request::new((self.act)(shown)) }
    }

    /// Whether both rest on the same thing, or are the same act.
    pub fn shares(&self, other: &Kinded) -> bool {
        self.name == other.name || (self.on != On::Nothing && self.on == other.on)
    }

    /// The code it must be refused with when what it rests on is no longer as it was shown.
    pub fn rests_on_changed(&self, old: &Shown, new: &Shown) -> Option<&'static str> {
        let item = |item: i64| old.open[item as usize - 1] != new.open[item as usize - 1];
        match self.on {
            On::Items(items) if items.iter().any(|id| item(*id)) => Some("ACT-03"),
            On::Dispute if old.dispute != new.dispute => Some("ACT-03"),
            On::Closed if old.closed != new.closed => Some("ACT-03"),
            On::Inquiry if old.inquiry != new.inquiry => Some("ACT-03"),
            On::Draft if old.draft != new.draft => Some("DUN-05"),
            On::Payment if old.left != new.left => Some("ACT-03"),
            On::Customer if old.customer != new.customer => Some("ACT-03"),
            On::Request | On::RequestAndItem if old.waiting != new.waiting => Some("AUT-11"),
            On::RequestAndItem if item(1) || old.disputed[0] != new.disputed[0] => Some("AUT-04"),
            _ => None,
        }
    }
}

pub fn text() -> String {
    "as agreed".into()
}

pub const fn of(name: &'static str, who: [&'static str; 2], on: On, act: fn(&Shown) -> Act) -> Kinded {
    Kinded { name, who, on, act }
}

pub const ADMINS: [&str; 2] = ["anna", "administrator"];
pub const APPROVERS: [&str; 2] = ["approver1", "approver2"];
pub const BILLERS: [&str; 2] = ["biller1", "biller2"];
pub const CASH: [&str; 2] = ["cash1", "cash2"];
pub const REFUNDS: [&str; 2] = ["refunds1", "refunds2"];
pub const CLOSERS: [&str; 2] = ["closer1", "closer2"];
pub const COLLECTORS: [&str; 2] = ["collector1", "collector2"];
pub const CONTROLLERS: [&str; 2] = ["controller1", "controller2"];
pub const CREDIT: [&str; 2] = ["credit1", "credit2"];
pub const DECIDERS: [&str; 2] = ["disputes1", "disputes2"];
pub const SUPERVISORS: [&str; 2] = ["supervisor1", "supervisor2"];
pub const KEEPERS: [&str; 2] = ["customers1", "customers2"];

fn changed(shown: &Shown, change: impl FnOnce(&mut CustomerData)) -> Act {
    let mut data = shown.data.clone();
    change(&mut data);
    Act::SetCustomer { customer: Some(1), version: shown.customer, data }
}

fn receipt() -> Act {
    Act::PostReceipt {
        customer: 1,
        reference: "TRX 9".into(),
        date: day("2026-03-16"),
        currency: Currency::EUR,
        amount: euro(900),
        method: String::new(),
        text: String::new(),
        applied: vec![(1, euro(800))],
    }
}

fn account_of_dollars() -> Act {
    match account() {
        Act::AddBankAccount { number, .. } => {
            Act::AddBankAccount { name: "Dollars".into(), number, currency: Currency::USD }
        }
        other => other,
    }
}

/// What the rules found, as they saw it: the payment pays a part of the first invoice.
fn run(shown: &Shown) -> Act {
    let line = Line { item: 1, paid: euro(90), ..Line::default() };
    let batch = Batch { applications: vec![application(1, shown.left, line)], ..Batch::default() };
    let beside = payments::Beside(std::sync::Arc::new(std::sync::Mutex::new(batch)));
    Act::ApplyRun(Run { given: 1, first: 1, last: 1, beside })
}

/// The acts about master data, people, money and months.
#[rustfmt::skip]
pub static ACTS: [Kinded; 63] = [
    of("invoice", BILLERS, On::Nothing, |_| document(Kind::Invoice, "INV-9", euro(80), day("2026-03-16"))),
    of("invoice of February", BILLERS, On::Nothing, |_| document(Kind::Invoice, "FEB-9", euro(80), day("2026-02-16"))),
    of("credit note", BILLERS, On::Nothing, |_| document(Kind::CreditNote, "CN-9", euro(80), day("2026-03-16"))),
    of("receipt", CASH, On::Items(&[1]), |_| receipt()),
    of("apply", CASH, On::Items(&[1, 3]), |_| Act::Apply { credit: 3, applied: vec![(1, euro(150))], effective: day("2026-03-16") }),
    of("unapply", CASH, On::Nothing, |_| Act::Unapply { allocation: 1, effective: day("2026-03-16"), reason: text() }),
    of("credit", BILLERS, On::Items(&[1]), |_| Act::Credit { item: 1, amount: euro(300), date: day("2026-03-16"), reason: text() }),
    of("write-off", CONTROLLERS, On::Items(&[1]), |_| write_off(1, euro(400), day("2026-03-16"))),
    of("large write-off", CONTROLLERS, On::Items(&[1]), |_| write_off(1, euro(30_000), day("2026-03-16"))),
    of("open dispute", COLLECTORS, On::Nothing, |_| Act::OpenDispute { item: 1, amount: euro(25_000), reason: "tax".into(), text: text() }),
    of("assign dispute", COLLECTORS, On::Dispute, |s| Act::AssignDispute { dispute: 1, version: s.dispute, owner: "collector1".into(), department: "invoicing".into() }),
    of("note dispute", COLLECTORS, On::Dispute, |s| Act::NoteDispute { dispute: 1, version: s.dispute, text: text() }),
    of("resolve dispute", DECIDERS, On::Dispute, |s| Act::ResolveDispute { dispute: 1, version: s.dispute, accepted: euro(100), text: text() }),
    of("promise", COLLECTORS, On::Items(&[1]), |_| Act::Promise { items: vec![(1, euro(1_000))], on: day("2026-03-27"), text: text() }),
    of("withdraw", COLLECTORS, On::Nothing, |_| Act::Withdraw { promise: 1 }),
    of("call", COLLECTORS, On::Nothing, |_| Act::LogCall { customer: 1, outcome: "reached".into(), text: text(), next_on: Some(day("2026-03-18")) }),
    of("e-mail", COLLECTORS, On::Nothing, |_| Act::DraftEmail { customers: vec![1], text: text(), next_on: None }),
    of("note", COLLECTORS, On::Nothing, |_| Act::Note { customer: 1, text: text() }),
    of("follow-up", COLLECTORS, On::Nothing, |_| Act::FollowUp { customers: vec![1], on: day("2026-03-19"), what: text() }),
    of("done", COLLECTORS, On::Nothing, |_| Act::Done { customers: vec![1] }),
    of("telephone", KEEPERS, On::Customer, |s| changed(s, |data| data.phone = "+49 40 1".into())),
    of("e-mail address", KEEPERS, On::Customer, |s| changed(s, |data| data.email = "x@nordwind.example".into())),
    of("credit limit", CREDIT, On::Customer, |s| changed(s, |data| data.credit_limit = Some(euro(70_000)))),
    of("owner", SUPERVISORS, On::Nothing, |_| Act::SetOwner { customers: vec![1], owner: "collector1".into() }),
    of("release", CREDIT, On::Nothing, |_| Act::SetBlocked { customer: 1, blocked: false, reason: text() }),
    of("add person", ADMINS, On::Nothing, |_| Act::AddPerson { login: "new".into(), name: "New".into(), roles: Vec::new(), department: String::new() }),
    of("give role", ADMINS, On::Nothing, |_| role("collector2", "viewer", true)),
    of("take role", ADMINS, On::Nothing, |_| role("collector2", "collector", false)),
    of("shut out", ADMINS, On::Nothing, |_| Act::SetActive { login: "collector2".into(), active: false }),
    of("department", ADMINS, On::Nothing, |_| Act::SetDepartment { login: "collector2".into(), department: "collections".into() }),
    of("limit", ADMINS, On::Nothing, |_| Act::SetLimit { login: "biller2".into(), kind: LimitKind::CreditNote, amount: Some(euro(9)) }),
    of("delegate", ["supervisor1", "supervisor2"], On::Nothing, |_| Act::Delegate { to: "collector2".into(), from: day("2026-03-16"), until: day("2026-03-18") }),
    of("end delegation", ["supervisor1", "supervisor1"], On::Nothing, |_| Act::EndDelegation { delegation: 1 }),
    of("close month", CLOSERS, On::Nothing, |_| Act::ClosePeriod { period: "2026-02".into() }),
    of("open month", CLOSERS, On::Nothing, |_| Act::ReopenPeriod { period: "2026-01".into(), reason: text() }),
    of("approve", APPROVERS, On::RequestAndItem, |s| Act::Approve { request: s.asked, hash: s.request.clone(), text: String::new() }),
    of("reject", APPROVERS, On::Request, |s| Act::Reject { request: s.asked, text: text() }),
    of("recall", ["controller1", "controller1"], On::Request, |s| Act::Recall { request: s.asked }),
    of("rate", CONTROLLERS, On::Nothing, |_| Act::SetRate { currency: Currency::USD, from: day("2026-03-16"), rate: "0.9".into() }),
    of("target", CONTROLLERS, On::Nothing, |_| Act::SetTarget { kpi: "dso".into(), value: "44".into() }),
    of("our telephone", ADMINS, On::Nothing, |_| Act::SetSetting { key: "phone".into(), value: "+49 40 9".into() }),
    of("undo apply", ["cash1", "cash1"], On::Nothing, |s| Act::Undo { act: s.applied }),
    of("undo note", ["collector1", "collector1"], On::Nothing, |s| Act::Undo { act: s.noted }),
    of("import", BILLERS, On::Nothing, |_| props::invoices()),
    of("bank account", CONTROLLERS, On::Nothing, |_| account_of_dollars()),
    of("statement", CASH, On::Nothing, |_| statement("march", &[(euro(40), EntryKind::Receipt, day("2026-03-14"))])),
    of("apply payment", CASH, On::Payment, |s| apply(1, s.left, Line { item: 1, paid: euro(80), ..Line::default() })),
    of("apply payment, a part deducted", CASH, On::Payment, |s| apply(1, s.left, Line { item: 1, paid: euro(80), deducted: euro(5), reason: "price".into(), ..Line::default() })),
    of("apply run", CASH, On::Nothing, run),
    of("settle payment", CASH, On::Payment, |s| Act::SettlePayment { payment: 1, left: s.left, what: Settled::Elsewhere, text: text() }),
    of("return payment", CASH, On::Nothing, |s| Act::ReturnPayment { payment: 3, receipt: s.paid_by, reason: text() }),
    of("refund", REFUNDS, On::Items(&[3]), |_| Act::Refund { credit: 3, amount: euro(120), date: day("2026-03-16"), reason: text() }),
    of("refund of a payment", REFUNDS, On::Payment, |s| Act::RefundPayment(SentBack { payment: 1, left: s.left, customer: 1, amount: s.left, date: day("2026-03-16"), reason: text() })),
    of("bank rule", CASH, On::Nothing, |_| Act::SetBankRule(RuleChange { text: "account fee".into(), account: None, kind: EntryKind::Charge, held: true })),
    of("payer", CASH, On::Nothing, |_| Act::SetAlias { customer: 1, kind: "name".into(), value: "Wind".into(), held: true }),
    of("policy", CONTROLLERS, On::Nothing, |_| Act::Dunning(Dunning::SetPolicy { policy: Box::new(policy(5)), version: 1 })),
    of("dunning hold", COLLECTORS, On::Nothing, |_| Act::Dunning(Dunning::PlaceHold { customer: 1, item: Some(2), kind: "manual".into(), from: day("2026-03-16"), until: None, reason: text() })),
    of("draft run", COLLECTORS, On::Nothing, |_| Act::Dunning(Dunning::DraftRun { segment: "currency:eur".into() })),
    of("letter", COLLECTORS, On::Nothing, |_| Act::Dunning(Dunning::SendLetter { run: 1, customer: 1, policy: 1, level: 1, currency: Currency::EUR })),
    of("payment plan", COLLECTORS, On::Items(&[2]), |_| Act::Arrange(Arrange::ProposePlan { items: vec![(2, 100)], instalments: monthly(100, 2, day("2026-04-01")), grace_days: 5, text: text(), replaces: None })),
    of("strategy", CONTROLLERS, On::Nothing, |_| Act::Arrange(Arrange::SetStrategy { strategy: Box::default(), version: 0 })),
    of("hand over", SUPERVISORS, On::Nothing, |_| Act::Arrange(Arrange::HandOver { from: String::new(), to: "collector1".into(), note: text() })),
    of("undo apply payment", ["cash1", "cash1"], On::Nothing, |s| Act::Undo { act: s.paid }),
];
