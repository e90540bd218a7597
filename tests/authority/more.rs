//! The acts of the matrix about cases, plans, runs and mail, the other choices of acts that `matrix` has in one, and what
//! the company needs for them.

use std::collections::BTreeSet;

use o2c::acts::arrange::Arrange;
use o2c::acts::case::{Case as On, Work};
use o2c::acts::dunning::{Dunning, Review};
use o2c::acts::mail::{Ended, Mail, Settled as Said};
use o2c::acts::payments::Settled;
use o2c::acts::{Act, payments, sessions, upkeep};
use o2c::domain::case::Outcome;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::store::dunning::runs::{letters_of, lines, seal};

use super::book::{Company, customer, day, document, euro};
use super::matrix::{COLLECT, Case, Comes, DISPUTE, Kinded, dunning, left, plain, text, version};
use super::props::{self, abroad, carry, case, customers, decide, invoices, payer, plan, receipts, rule};
use super::variants;

/// The disputes of the case that is over two items.
const WHOLE: [i64; 2] = [3, 4];

const DECIDE: &[&str] = &["controller", "supervisor", "disputes"];

/// The version of the dispute that is closed.
fn closed(case: Case) -> i64 {
    if case.stale { 7 } else { 2 }
}

fn settled(what: fn() -> Settled) -> impl Fn(Case) -> Act {
    move |c| Act::SettlePayment { payment: 1, left: left(c), what: what(), text: text() }
}

fn versioned(kinded: Kinded) -> Kinded {
    Kinded { versioned: true, ..kinded }
}

fn work(case_of: Case, what: Work) -> Act {
    case(On::Work { inquiry: 1, version: version(case_of), what, text: text() })
}

fn mail(id: i64, how: Said) -> Act {
    Act::Mail(Mail::Settle { mail: id, how, reason: text() })
}

fn ended(ended: fn(String) -> Ended) -> Act {
    Act::Mail(carry(Some((2, ended(text()))), None))
}

fn review(line: i64, what: Review) -> Dunning {
    Dunning::ReviewLines { lines: vec![line], what, reason: text() }
}

/// Cases, inquiries and tasks.
#[rustfmt::skip]
pub fn cases() -> Vec<Kinded> {
    let mut all = vec![
        plain("open several", DISPUTE, |_| props::over_two([1, 2], 100)),
        versioned(plain("add to dispute", DISPUTE, |c| case(On::AddItem { dispute: 1, version: version(c), item: 1, amount: 100, text: text() }))),
        Kinded { comes: Comes::Limited, ..versioned(plain("decide as a whole", DECIDE, |c| props::as_a_whole(WHOLE, version(c), c.amount))) },
        versioned(plain("split", DISPUTE, |c| case(On::Split { dispute: 1, version: version(c), amount: 100, reason: "tax".into(), text: text() }))),
        versioned(plain("wait", DISPUTE, |c| case(On::Wait { dispute: 1, version: version(c), on: "customer".into(), text: text() }))),
        versioned(plain("void", DISPUTE, |c| case(On::Void { dispute: 1, version: version(c), text: text() }))),
        versioned(plain("fact", DISPUTE, |c| case(On::Fact { dispute: 1, version: version(c), field: "contact".into(), value: text() }))),
        versioned(plain("attach", DISPUTE, |c| case(On::Attach { dispute: 1, version: version(c), name: text(), path: text(), size: 9, sha256: "ab".repeat(32), note: text() }))),
        versioned(plain("reopen", DECIDE, |c| case(On::Reopen { dispute: 2, version: closed(c), text: text() }))),
        versioned(plain("confirm", DECIDE, |c| case(On::Confirm { dispute: 2, version: closed(c) }))),
        plain("inquiry", DISPUTE, |_| case(On::Inquire { customer: 1, item: Some(1), about: text(), reason: "freight".into(), channel: text(), contact: text(), text: text() })),
        versioned(plain("inquiry: note", DISPUTE, |c| work(c, Work::Note))),
        versioned(plain("inquiry: answer", DISPUTE, |c| work(c, Work::Answer))),
        versioned(plain("inquiry: assign", DISPUTE, |c| work(c, Work::Assign { owner: "cash".into(), department: "invoicing".into() }))),
        versioned(plain("promote", DISPUTE, |c| case(On::Promote { inquiry: 1, version: version(c), item: 1, amount: 100, reason: "freight".into(), text: text() }))),
        // Whoever was asked or asked, whatever their role.
        Kinded { otherwise: "DIS-08", ..plain("task done", &["cash"], |_| case(On::TaskDone { task: 1 })) },
    ];
    // What is given up is limited like an accepted dispute; what stays owed is not.
    macro_rules! decided {
        ($name:literal, $outcome:ident, $comes:ident) => {
            all.push(Kinded { comes: Comes::$comes, ..versioned(plain($name, DECIDE, |c| decide(1, version(c), Outcome::$outcome, c.amount))) });
        };
    }
    decided!("decide: credit", Credit, Limited);
    decided!("decide: promotion", Promotion, Limited);
    decided!("decide: write off", WriteOff, Limited);
    decided!("decide: charge back", ChargeBack, Done);
    decided!("decide: repay", Repay, Done);
    decided!("decide: collect", Collect, Done);
    all
}

/// Plans, runs and mails.
#[rustfmt::skip]
pub fn outgoing() -> Vec<Kinded> {
    vec![
        plain("promise and who said so", COLLECT, |_| props::promise_by()),
        plain("write mail", COLLECT, |_| props::statement_by_mail()),
        plain("replace plan", COLLECT, |_| plan(PLANNED, euro(600), 6, Some(1))),
        plain("withdraw plan", COLLECT, |_| Act::Arrange(Arrange::WithdrawPlan { plan: 1, reason: text() })),
        dunning("daily run", COLLECT, |_| Dunning::DraftDaily),
        dunning("hold line", COLLECT, |_| review(FRESH, Review::Hold { until: None })),
        dunning("lower line", COLLECT, |_| review(FRESH, Review::Lower { level: 1 })),
        dunning("keep line", COLLECT, |_| review(DROPPED, Review::Keep)),
        dunning("finish run", COLLECT, |_| Dunning::FinishRun { run: SENT }),
        plain("lease mail", COLLECT, |_| Act::Mail(carry(None, Some(1)))),
        plain("mail sent", COLLECT, |_| ended(Ended::Sent)),
        plain("mail failed", COLLECT, |_| ended(Ended::Failed)),
        plain("mail later", COLLECT, |_| ended(Ended::Later)),
        plain("mail back", COLLECT, |_| ended(Ended::Back)),
        plain("mail unknown", COLLECT, |_| ended(Ended::Unknown)),
        plain("lapse", COLLECT, |_| Act::Mail(Mail::Lapse { mails: vec![2] })),
        plain("mail did arrive", COLLECT, |_| mail(3, Said::Sent)),
        plain("mail again", COLLECT, |_| mail(3, Said::Again)),
        plain("mail given up", COLLECT, |_| mail(3, Said::GivenUp)),
    ]
}

/// The other choices of acts about people, master data and money.
#[rustfmt::skip]
pub fn choices() -> Vec<Kinded> {
    let dated = |kinded| Kinded { dated: true, ..kinded };
    vec![
        dated(plain("post debit note", &["biller"], |c| document(Kind::DebitNote, "N-3", c.amount, c.date))),
        Kinded { comes: Comes::Waits, ..plain("let in", &["administrator"], |_| Act::SetActive { login: "gone".into(), active: true }) },
        plain("add customer", &["customers"], |_| Act::SetCustomer { customer: None, version: 0, data: customer("K99") }),
        plain("release", &["controller", "credit"], |_| Act::SetBlocked { customer: 2, blocked: false, reason: text() }),
        Kinded { comes: Comes::Waits, ..plain("bank rule taken out", &["cash"], |_| rule("monthly fee", false)) },
        plain("payer forgotten", &["cash"], |_| payer("Nordwind Holding", false)),
        Kinded { comes: Comes::Waits, ..versioned(plain("settle as charge", &["cash"], |c| settled(|| Settled::Charge)(c))) },
        Kinded { comes: Comes::Waits, ..versioned(plain("settle as transfer", &["cash"], |c| settled(|| Settled::Transfer)(c))) },
        versioned(plain("settle as known", &["cash"], |c| settled(|| Settled::Known(3))(c))),
        plain("import customers", &["customers"], |_| customers("K88")),
        plain("import receipts", &["cash"], |_| receipts()),
        plain("import invoices", &["biller"], |_| invoices()),
        // Who may decide is asked of the request, so everybody else lacks authority rather than a right.
        Kinded { otherwise: "AUT-01", ..plain("reject", &["administrator", "controller"], |c| Act::Reject { request: c.asked.0, text: text() }) },
        Kinded { otherwise: "AUT-01", ..plain("approve", &["administrator", "controller"], |c| Act::Approve { request: c.asked.0, hash: c.asked.1.into(), text: text() }) },
        Kinded { otherwise: "AUT-03", ..plain("recall", &[], |c| Act::Recall { request: c.asked.0 }) },
        plain("undo of another's note", &["controller", "supervisor"], |c| Act::Undo { act: c.noted }),
        plain("end delegation", &["administrator"], |_| Act::EndDelegation { delegation: 1 }),
    ]
}

/// The item of plan 1, the run whose letters are all out, and lines of a run that is drafted.
const PLANNED: i64 = 5;
const SENT: i64 = 5;
const FRESH: i64 = 8;
const DROPPED: i64 = 9;

/// A closed dispute, an inquiry with a task, a plan.
pub fn before_letters(company: &Company) {
    let done = |act| company.done("anna", act);
    done(Act::OpenDispute { item: 2, amount: 100, reason: "price".into(), text: text() });
    done(decide(2, 1, Outcome::Collect, 100));
    done(case(On::Inquire {
        customer: 1,
        item: Some(1),
        about: String::new(),
        reason: "freight".into(),
        channel: text(),
        contact: text(),
        text: "@cash who pays?".into(),
    }));
    assert_eq!(company.invoice("INV-4", 600), PLANNED);
    done(plan(PLANNED, euro(600), 3, None));
    company.add("gone", &[]);
    done(Act::SetActive { login: "gone".into(), active: false });
    done(rule("monthly fee", true));
    company.approve("controller").expect("confirmed");
    done(payer("Nordwind Holding", true));
    // Not yet: whom it lends authority to may approve nothing today.
    done(Act::Delegate { to: "cash".into(), from: day("2026-03-19"), until: day("2026-03-20") });
}

/// Mail 1 waits, the lease of 2 ran out, of 3 it is not known whether it arrived; a drafted run with one line dropped.
pub fn after_letters(company: &Company) {
    let done = |act| company.done("anna", act);
    let run = |act| company.done("anna", Act::Dunning(act));
    done(Act::SetSetting { key: "mail-sender".into(), value: "ar@kontor.example".into() });
    company.approve("controller").expect("confirmed");
    let policy = o2c::domain::dunning::Policy { daily: true, ..props::mailed() };
    run(Dunning::SetPolicy { policy: Box::new(policy), version: 0 });
    for _ in 0..3 {
        abroad(company, "AT", 1);
    }
    run(Dunning::DraftRun { segment: "country:AT".into() });
    let all = lines(&company.conn, SENT, None).expect("lines");
    run(Dunning::ApproveRun { run: SENT, seen: seal(&all) });
    run(Dunning::StartRun { run: SENT, letters: 3, despite: text() });
    for key in letters_of(&all) {
        let (customer, policy, level, currency) = (key.customer, key.policy, key.level, key.currency);
        run(Dunning::SendLetter { run: SENT, customer, policy, level, currency });
    }
    done(Act::Mail(carry(None, Some(3))));
    done(Act::Mail(carry(Some((3, Ended::Unknown(text()))), Some(2))));
    abroad(company, "CH", 2);
    run(Dunning::DraftRun { segment: "country:CH".into() });
    run(review(DROPPED, Review::Drop));
    for number in ["INV-30", "INV-31"] {
        done(document(Kind::Invoice, number, euro(90_000), company.today));
    }
    let last = company.number("SELECT max(id) FROM item");
    done(props::over_two([last - 1, last], euro(80_000)));
    assert_eq!(company.number("SELECT max(id) FROM dispute"), WHOLE[1]);
    done(Act::SetBlocked { customer: 2, blocked: true, reason: text() });
    done(Act::SetSetting { key: "bank-account".into(), value: "DE89370400440532013000".into() });
}

/// What the program itself writes, and kinds of documents that come about another way, is nobody's to send.
#[test]
fn what_no_form_asks_for_is_refused_from_everybody() {
    let company = Company::of(&["administrator", "controller", "biller", "viewer"]);
    let (word, day) = (text, company.today);
    let other_kind = |kind| document(kind, "N-9", 100, day);
    let copied = upkeep::Copied { from: word(), acts: 1, head: word() };
    let acts = [
        Act::OpenBook { company: word(), currency: Currency::EUR, login: "eve".into(), name: word() },
        Act::Ask { act: Box::new(Act::Note { customer: 1, text: word() }) },
        Act::Denied { kind: word(), code: word(), sentence: word() },
        Act::Migrate { from: 4, to: 5 },
        Act::Restore(copied),
        Act::SignIn,
        Act::SignOut { session: 1, how: sessions::Ending::Left },
        other_kind(Kind::Receipt),
        other_kind(Kind::WriteOff),
        other_kind(Kind::Refund),
        other_kind(Kind::Discount),
        other_kind(Kind::Difference),
    ];
    let names: BTreeSet<&str> = acts.iter().map(variants::name).collect();
    assert_eq!(names, variants::BY_NO_FORM.into());
    for login in ["anna", "administrator", "controller", "biller", "viewer"] {
        for act in &acts {
            let (before, ended) = (company.number(CHANGES), company.outcome(login, act.clone()));
            assert!(["ACT-06", "AUT-02", "KND-01", "DB-08"].contains(&&*ended), "{login} {act:?}: {ended}");
            assert_eq!(company.number(CHANGES), before, "{login} {act:?}: {ended}, and yet something changed");
        }
    }
    company.assert_sound();
}

/// Acts but the notes of refusals, documents and people.
const CHANGES: &str = "SELECT (SELECT count(*) FROM act WHERE kind <> 'denied') + (SELECT count(*) FROM document) \
                       + (SELECT count(*) FROM person)";

/// What travels beside an act can be lost with the thread that made it.
#[test]
fn an_act_whose_rows_were_lost_is_refused() {
    let company = Company::of_one();
    let batch = payments::Beside::default();
    let lost = batch.clone();
    let died = std::thread::spawn(move || {
        let _held = lost.0.lock();
        panic!("the looker died");
    });
    assert!(died.join().is_err());
    let run = Act::ApplyRun(payments::Run { beside: batch, ..payments::Run::default() });
    assert_eq!(company.outcome("anna", run), "IMP-09");
    company.assert_sound();
}
