//! Fees that a policy waives once what they were charged for is paid: each is credited by an act like any credit note, with
//! the authority of who has it made, and no more of it than was charged for what is paid.

use chrono::NaiveDate;

use crate::acts::{Act, ActKey, Expect, Request};
use crate::store::dunning::charges::Waiver;

/// The request that credits a waived fee on a day. The same fee as it stands is credited once, however often it is asked.
pub fn request(waiver: &Waiver, on: NaiveDate) -> Request {
    let Waiver { item, document, part, open, policy, told, .. } = waiver;
    let reason = match (told, part == open) {
        (false, _) => "the letter that charged it never left".to_owned(),
        (true, true) => format!("what it was charged for is paid, and the policy {policy} waives fees then"),
        (true, false) => format!("a part of what it was charged for is paid, and the policy {policy} waives fees then"),
    };
    let key = ActKey::named(&format!("waive {part} of {open} of {document}"));
    let act = Act::Credit { item: *item, amount: *part, date: on, reason };
    Request { key, act, expect: vec![Expect::Open { item: *item, open: *open }] }
}
