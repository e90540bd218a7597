//! What the prepared book has beside its items and payments: cases in every state, an inquiry and a task, a plan, a hold,
//! mails that wait, are on their way, are not known to have arrived and were sent, an answer with proposals, and runs that
//! are drafted, released and being sent.

use o2c::acts::Act;
use o2c::acts::case::Case;
use o2c::acts::dunning::{Dunning, Review};
use o2c::acts::mail::{Choice, Ended, Mail, Proposed, Received};
use o2c::domain::case::Outcome;
use o2c::domain::money::Currency;
use o2c::store::dunning::runs::{letters_of, lines, seal};

use crate::book::{Company, day, euro};
use crate::props::{self, abroad, carry, case, decide, payer, plan, rule};

/// Runs: every letter of one is out, one is drafted, one released. Run 1 is about the first customer.
pub const SENT: i64 = 2;
pub const DRAFTED: i64 = 3;
pub const RELEASED: i64 = 4;

/// The disputes of the case that is over two items.
pub const WHOLE: [i64; 2] = [4, 5];

/// What a statement and a person by hand both have.
pub const BY_HAND: &str = "HAND";

/// Everything but the cases, which a request that waits must have seen.
pub fn set(company: &Company) {
    arranged(company);
    mailed(company);
    others(company);
}

/// Dispute 1 is open and asks collector2, 2 is closed and collected again, 3 was credited; an inquiry.
pub fn cases(company: &Company) {
    let open = |amount, text: &str| Act::OpenDispute { item: 1, amount, reason: "price".into(), text: text.into() };
    company.done("collector1", open(euro(50), "as agreed"));
    company.done("disputes1", decide(2, 1, Outcome::Collect, euro(50)));
    company.done("collector1", open(euro(20), "too dear"));
    company.done("disputes1", decide(3, 1, Outcome::Credit, euro(20)));
    company.done("collector1", Act::NoteDispute { dispute: 1, version: 1, text: "@collector2 look at it".into() });
    let inquiry = Case::Inquire {
        customer: 1,
        item: Some(1),
        about: String::new(),
        reason: "freight".into(),
        channel: "call".into(),
        contact: "Mrs Voss".into(),
        text: "Who pays the freight?".into(),
    };
    company.done("collector1", case(inquiry));
}

/// Plan 1 and hold 1, both about an invoice of their own.
fn arranged(company: &Company) {
    let item = company.invoice("INV-4", 600);
    assert_eq!(item, PLANNED);
    company.done("collector1", plan(item, euro(600), 3, None));
    let (kind, from, reason) = ("manual".into(), company.today, "he travels".into());
    let hold = Dunning::PlaceHold { customer: 1, item: Some(item), kind, from, until: None, reason };
    company.done("collector1", Act::Dunning(hold));
}

/// The item of plan 1.
pub const PLANNED: i64 = 7;

/// Mail 1 waits, the lease of 2 ran out, of 3 it is not known whether it arrived, 4 was sent.
fn mailed(company: &Company) {
    let done = |act| company.done("collector1", Act::Dunning(act));
    company.done("anna", Act::SetSetting { key: "mail-sender".into(), value: "ar@kontor.example".into() });
    company.approve("controller1").expect("confirmed");
    company.done("controller1", Act::Dunning(Dunning::SetPolicy { policy: Box::new(props::mailed()), version: 0 }));
    for _ in 0..4 {
        abroad(company, "AT", 1);
    }
    let release = |run| {
        let all = lines(&company.conn, run, None).expect("lines");
        done(Dunning::ApproveRun { run, seen: seal(&all) });
        letters_of(&all)
    };
    done(Dunning::DraftRun { segment: "country:AT".into() });
    let letters = release(SENT);
    done(Dunning::StartRun { run: SENT, letters: 4, despite: "as agreed".into() });
    for key in letters {
        let (customer, policy, level, currency) = (key.customer, key.policy, key.level, key.currency);
        done(Dunning::SendLetter { run: SENT, customer, policy, level, currency });
    }
    let mail = |act| company.done("collector1", Act::Mail(act));
    for (id, ended) in [(3, Ended::Unknown("no answer".into())), (4, Ended::Sent("250 OK".into()))] {
        mail(carry(None, Some(id)));
        mail(carry(Some((id, ended)), None));
    }
    mail(carry(None, Some(2)));
    mail(answer("ab", &["promise", "dispute", "query"]));
    mail(answer("cd", &["query"]));
    mail(Mail::Accept { proposal: 4, choice: Choice::default() });
    // Drafts and a released run of others.
    abroad(company, "CH", 2);
    done(Dunning::DraftRun { segment: "country:CH".into() });
    let dropped = lines(&company.conn, DRAFTED, None).expect("lines")[1].id;
    done(Dunning::ReviewLines { lines: vec![dropped], what: Review::Drop, reason: "he called".into() });
    abroad(company, "IT", 1);
    done(Dunning::DraftRun { segment: "country:IT".into() });
    release(RELEASED);
}

/// A mail of the first customer that proposes these.
pub fn answer(fingerprint: &str, meanings: &[&str]) -> Mail {
    let proposed = |meaning: &&str| Proposed {
        meaning: (*meaning).into(),
        on: Some(day("2026-03-27")),
        amount: Some((euro(10), Currency::EUR)),
        documents: vec!["INV-1".into()],
        phrase: "pay".into(),
        sentence: format!("We {meaning}."),
    };
    Mail::Receive(Box::new(Received {
        fingerprint: fingerprint.repeat(32),
        message_id: format!("{fingerprint}@nordwind.example"),
        customer: Some(1),
        mail: None,
        found_by: "the address".into(),
        sort: "written".into(),
        status: String::new(),
        sender: "ap@nordwind.example".into(),
        name: "Mrs Voss".into(),
        subject: "Re: Reminder".into(),
        on: Some(day("2026-03-15")),
        words: vec!["We write.".into()],
        attached: Vec::new(),
        proposals: meanings.iter().map(proposed).collect(),
    }))
}

/// The server of customer 5 returns mail 4.
pub fn returned() -> Mail {
    match answer("ef", &[]) {
        Mail::Receive(received) => Mail::Receive(Box::new(Received {
            customer: None,
            mail: Some(4),
            sort: "returned".into(),
            status: "5.1.1".into(),
            words: Vec::new(),
            ..*received
        })),
        other => other,
    }
}

/// Somebody shut out, a rule, a payer, and money entered by hand that a statement shows too.
fn others(company: &Company) {
    company.add("gone", &[]);
    company.done("anna", Act::SetActive { login: "gone".into(), active: false });
    company.done("cash1", rule("monthly fee", true));
    company.approve("supervisor1").expect("confirmed");
    company.done("cash1", payer("Nordwind Holding", true));
    let act = Act::PostReceipt {
        customer: 1,
        reference: BY_HAND.into(),
        date: day("2026-02-20"),
        currency: Currency::EUR,
        amount: euro(90),
        method: String::new(),
        text: String::new(),
        applied: Vec::new(),
    };
    company.done("cash1", act);
    let items = ["INV-30", "INV-31"].map(|number| company.invoice(number, 300));
    company.done("collector1", props::over_two(items, euro(200)));
    assert_eq!(company.number("SELECT max(id) FROM dispute"), WHOLE[1]);
}
