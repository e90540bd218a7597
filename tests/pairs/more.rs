//! The acts of the pairs about cases, plans, runs and mail, and the other choices of acts that `acts` has in one.

use o2c::acts::Act;
use o2c::acts::arrange::Arrange;
use o2c::acts::case::{Case, Work};
use o2c::acts::dunning::{Dunning, Review};
use o2c::acts::mail::{Choice, Ended, Mail, Settled as Said};
use o2c::acts::payments::Settled;
use o2c::domain::case::Outcome;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::dunning::Scope;

use crate::acts::{ADMINS, BILLERS, CASH, COLLECTORS, CONTROLLERS, CREDIT, DECIDERS, KEEPERS, Kinded, On, Shown};
use crate::acts::{of, text};
use crate::book::{customer, day, document, euro};
use crate::props::{
    as_a_whole, carry, case, customers, decide, over_two, payer, plan, promise_by, receipts, rule, statement_by_mail,
};
use crate::stage::{DRAFTED, PLANNED, RELEASED, SENT, WHOLE, answer, returned};

fn work(shown: &Shown, what: Work) -> Act {
    case(Case::Work { inquiry: 1, version: shown.inquiry, what, text: text() })
}

fn review(shown: &Shown, place: usize, what: Review) -> Act {
    Act::Dunning(Dunning::ReviewLines { lines: vec![shown.lines[place]], what, reason: text() })
}

fn ended(ended: fn(String) -> Ended) -> Act {
    Act::Mail(carry(Some((2, ended("said".into()))), None))
}

fn settle(mail: i64, how: Said) -> Act {
    Act::Mail(Mail::Settle { mail, how, reason: text() })
}

fn pay(shown: &Shown, what: Settled) -> Act {
    Act::SettlePayment { payment: 1, left: shown.left, what, text: text() }
}

/// The acts.
#[rustfmt::skip]
pub static MORE: [Kinded; 67] = [
    of("debit note", BILLERS, On::Nothing, |_| document(Kind::DebitNote, "DN-9", euro(80), day("2026-03-16"))),
    of("let in", ADMINS, On::Nothing, |_| Act::SetActive { login: "gone".into(), active: true }),
    of("add customer", KEEPERS, On::Nothing, |_| Act::SetCustomer { customer: None, version: 0, data: customer("K99") }),
    of("block", CREDIT, On::Nothing, |_| Act::SetBlocked { customer: 2, blocked: true, reason: text() }),
    of("bank rule taken out", CASH, On::Nothing, |_| rule("monthly fee", false)),
    of("payer forgotten", CASH, On::Nothing, |_| payer("Nordwind Holding", false)),
    of("settle as charge", CASH, On::Payment, |s| pay(s, Settled::Charge)),
    of("settle as transfer", CASH, On::Payment, |s| pay(s, Settled::Transfer)),
    of("settle as known", CASH, On::Payment, |s| pay(s, Settled::Known(s.by_hand))),
    of("import customers", KEEPERS, On::Nothing, |_| customers("K88")),
    of("import receipts", CASH, On::Nothing, |_| receipts()),
    of("decide: credit", DECIDERS, On::Dispute, |s| decide(1, s.dispute, Outcome::Credit, euro(100))),
    of("decide: all", DECIDERS, On::Dispute, |s| decide(1, s.dispute, Outcome::Credit, euro(200))),
    of("decide: promotion", DECIDERS, On::Dispute, |s| decide(1, s.dispute, Outcome::Promotion, euro(100))),
    of("decide: write off", DECIDERS, On::Dispute, |s| decide(1, s.dispute, Outcome::WriteOff, euro(100))),
    of("decide: charge back", DECIDERS, On::Dispute, |s| decide(1, s.dispute, Outcome::ChargeBack, euro(100))),
    of("decide: repay", DECIDERS, On::Dispute, |s| decide(1, s.dispute, Outcome::Repay, euro(100))),
    of("decide: collect", DECIDERS, On::Dispute, |s| decide(1, s.dispute, Outcome::Collect, euro(100))),
    of("open several", COLLECTORS, On::Nothing, |_| over_two([1, 2], 100)),
    of("add to dispute", COLLECTORS, On::Dispute, |s| case(Case::AddItem { dispute: 1, version: s.dispute, item: 2, amount: 100, text: text() })),
    of("decide as a whole", DECIDERS, On::Nothing, |_| as_a_whole(WHOLE, 1, euro(60))),
    of("promise and who said so", COLLECTORS, On::Nothing, |_| promise_by()),
    of("write mail", COLLECTORS, On::Nothing, |_| statement_by_mail()),
    of("split", COLLECTORS, On::Dispute, |s| case(Case::Split { dispute: 1, version: s.dispute, amount: euro(50), reason: "tax".into(), text: text() })),
    of("reopen", DECIDERS, On::Closed, |s| case(Case::Reopen { dispute: 2, version: s.closed, text: text() })),
    of("confirm", DECIDERS, On::Closed, |s| case(Case::Confirm { dispute: 2, version: s.closed })),
    of("wait", COLLECTORS, On::Dispute, |s| case(Case::Wait { dispute: 1, version: s.dispute, on: "customer".into(), text: text() })),
    of("void", COLLECTORS, On::Dispute, |s| case(Case::Void { dispute: 1, version: s.dispute, text: text() })),
    of("fact", COLLECTORS, On::Dispute, |s| case(Case::Fact { dispute: 1, version: s.dispute, field: "contact".into(), value: "Mrs Voss".into() })),
    of("fact of a closed case", COLLECTORS, On::Closed, |s| case(Case::Fact { dispute: 2, version: s.closed, field: "cause".into(), value: "product".into() })),
    of("attach", COLLECTORS, On::Dispute, |s| case(Case::Attach { dispute: 1, version: s.dispute, name: "list.pdf".into(), path: "files/list.pdf".into(), size: 9, sha256: "ab".repeat(32), note: text() })),
    of("inquiry", COLLECTORS, On::Nothing, |_| case(Case::Inquire { customer: 1, item: Some(2), about: String::new(), reason: "freight".into(), channel: "call".into(), contact: text(), text: text() })),
    of("inquiry: note", COLLECTORS, On::Inquiry, |s| work(s, Work::Note)),
    of("inquiry: answer", COLLECTORS, On::Inquiry, |s| work(s, Work::Answer)),
    of("inquiry: assign", COLLECTORS, On::Inquiry, |s| work(s, Work::Assign { owner: "collector1".into(), department: "invoicing".into() })),
    of("promote", COLLECTORS, On::Inquiry, |s| case(Case::Promote { inquiry: 1, version: s.inquiry, item: 1, amount: euro(30), reason: "freight".into(), text: text() })),
    of("task done", COLLECTORS, On::Nothing, |_| case(Case::TaskDone { task: 1 })),
    of("undo decide", ["disputes1", "disputes1"], On::Nothing, |s| Act::Undo { act: s.decided }),
    of("replace plan", COLLECTORS, On::Nothing, |_| plan(PLANNED, euro(600), 6, Some(1))),
    of("withdraw plan", COLLECTORS, On::Nothing, |_| Act::Arrange(Arrange::WithdrawPlan { plan: 1, reason: text() })),
    of("undo plan", ["collector1", "collector1"], On::Nothing, |s| Act::Undo { act: s.planned }),
    of("apply to a planned item", CASH, On::Nothing, |_| Act::Apply { credit: 3, applied: vec![(PLANNED, euro(100))], effective: day("2026-03-16") }),
    of("contact", COLLECTORS, On::Nothing, |_| Act::Arrange(Arrange::Contact { customer: 1, kind: "visit".into(), outcome: "cannot pay".into(), text: text(), next_on: day("2026-03-24"), next_what: String::new() })),
    of("assign policy", CONTROLLERS, On::Nothing, |_| Act::Dunning(Dunning::AssignPolicy { scope: Scope::Customer(1), policy: "none".into() })),
    of("lift hold", COLLECTORS, On::Nothing, |_| Act::Dunning(Dunning::LiftHold { hold: 1, reason: text() })),
    of("daily run", COLLECTORS, On::Nothing, |_| Act::Dunning(Dunning::DraftDaily)),
    of("drop line", COLLECTORS, On::Nothing, |s| review(s, 0, Review::Drop)),
    of("hold line", COLLECTORS, On::Nothing, |s| review(s, 0, Review::Hold { until: None })),
    of("lower line", COLLECTORS, On::Nothing, |s| review(s, 0, Review::Lower { level: 1 })),
    of("keep line", COLLECTORS, On::Nothing, |s| review(s, 1, Review::Keep)),
    of("release run", COLLECTORS, On::Draft, |s| Act::Dunning(Dunning::ApproveRun { run: DRAFTED, seen: s.draft.clone() })),
    of("start run", COLLECTORS, On::Nothing, |_| Act::Dunning(Dunning::StartRun { run: RELEASED, letters: 1, despite: text() })),
    of("finish run", COLLECTORS, On::Nothing, |_| Act::Dunning(Dunning::FinishRun { run: SENT })),
    of("cancel run", COLLECTORS, On::Nothing, |_| Act::Dunning(Dunning::CancelRun { run: RELEASED, reason: text() })),
    of("lease mail", COLLECTORS, On::Nothing, |_| Act::Mail(carry(None, Some(1)))),
    of("mail sent", COLLECTORS, On::Nothing, |_| ended(Ended::Sent)),
    of("mail failed", COLLECTORS, On::Nothing, |_| ended(Ended::Failed)),
    of("mail later", COLLECTORS, On::Nothing, |_| ended(Ended::Later)),
    of("mail back", COLLECTORS, On::Nothing, |_| ended(Ended::Back)),
    of("mail unknown", COLLECTORS, On::Nothing, |_| ended(Ended::Unknown)),
    of("lapse", COLLECTORS, On::Nothing, |_| Act::Mail(Mail::Lapse { mails: vec![2] })),
    of("mail did arrive", COLLECTORS, On::Nothing, |_| settle(3, Said::Sent)),
    of("mail again", COLLECTORS, On::Nothing, |_| settle(3, Said::Again)),
    of("mail given up", COLLECTORS, On::Nothing, |_| settle(3, Said::GivenUp)),
    of("waiting mail given up", COLLECTORS, On::Nothing, |_| settle(1, Said::GivenUp)),
    of("mail in", COLLECTORS, On::Nothing, |_| Act::Mail(answer("01", &["paid"]))),
    of("mail came back", COLLECTORS, On::Nothing, |_| Act::Mail(returned())),
];

/// And what answers propose.
#[rustfmt::skip]
pub static PROPOSALS: [Kinded; 4] = [
    of("accept promise", COLLECTORS, On::Nothing, |_| Act::Mail(Mail::Accept { proposal: 1, choice: Choice::default() })),
    of("accept dispute", COLLECTORS, On::Nothing, |_| Act::Mail(Mail::Accept { proposal: 2, choice: Choice::default() })),
    of("dismiss", COLLECTORS, On::Nothing, |_| Act::Mail(Mail::Dismiss { proposal: 1, reason: text() })),
    of("undo accept", ["collector1", "collector1"], On::Nothing, |s| Act::Undo { act: s.accepted }),
];
