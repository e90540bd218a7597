//! Mail in the workload: the letter's mail on its way, not known, sent again, sent and returned; an answer with two
//! proposals, one accepted and one left alone; a statement of account that waits.

use super::day;
use o2c::acts::Act;
use o2c::acts::mail::write::Outgoing;
use o2c::acts::mail::{Choice, Ended, Mail, Proposed, Received, Settled};
use o2c::domain::money::Currency;

/// Before the first letter: who it is from.
pub fn sender() -> Act {
    Act::SetSetting { key: "mail-sender".into(), value: "accounts@kontor.example".into() }
}

/// The acts in their order, about mail 1.
pub fn acts() -> Vec<Act> {
    let carry = |done: Option<Ended>, lease: bool| Mail::Carry {
        sender: "rig".into(),
        done: done.map(|ended| (1, ended)),
        lease: lease.then_some(1),
        until: "2099-01-01T00:00:00Z".parse().expect("an instant"),
    };
    let all = vec![
        carry(None, true),
        carry(Some(Ended::Unknown("no answer".into())), false),
        Mail::Settle { mail: 1, how: Settled::Again, reason: "the server has no trace of it".into() },
        carry(None, true),
        carry(Some(Ended::Sent("250 OK".into())), false),
        Mail::Write(Box::new(Outgoing {
            customer: 2,
            what: "statement".into(),
            about: "K2".into(),
            subject: "Statement of account".into(),
            text: "What is open.\n".into(),
            html: "<p>What is open.</p>".into(),
        })),
        Mail::Receive(Box::new(returned())),
        Mail::Receive(Box::new(answer())),
        Mail::Accept { proposal: 1, choice: Choice::default() },
        Mail::Dismiss { proposal: 2, reason: "said on the telephone".into() },
    ];
    all.into_iter().map(Act::Mail).collect()
}

fn answer() -> Received {
    let proposed = |meaning: &str, sentence: &str| Proposed {
        meaning: meaning.into(),
        on: Some(day(14)),
        amount: Some((10_000, Currency::EUR)),
        documents: vec!["INV-2".into()],
        phrase: "paid".into(),
        sentence: sentence.into(),
    };
    Received {
        fingerprint: "ab".repeat(32),
        message_id: "x@hafen.example".into(),
        customer: Some(1),
        mail: None,
        found_by: "the address".into(),
        sort: "written".into(),
        status: String::new(),
        sender: "billing@hafen.example".into(),
        name: "Mrs Voss".into(),
        subject: "Re: Reminder".into(),
        on: Some(day(15)),
        words: vec!["We have paid.".into(), "Which invoice?".into()],
        attached: vec!["advice.pdf".into()],
        proposals: vec![proposed("paid", "We have paid."), proposed("query", "Which invoice?")],
    }
}

fn returned() -> Received {
    Received {
        fingerprint: "cd".repeat(32),
        mail: Some(1),
        customer: None,
        found_by: "the letter it answers".into(),
        sort: "returned".into(),
        status: "5.1.1".into(),
        subject: "Undelivered".into(),
        words: Vec::new(),
        attached: Vec::new(),
        proposals: Vec::new(),
        ..answer()
    }
}
