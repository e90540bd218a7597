//! The tables of mail: what waits to be sent, the steps of each, ways letters leave by, addresses that bounced, answers
//! and what they propose. Two states are kept beside their steps and computed again by `check`.

use super::value::Table;

/// A mail, with the whole message.
pub(super) const MAIL: Table = Table {
    name: "mail",
    posted: &["id", "act_id", "customer_id", "letter_id", "message_id", "sender", "receiver", "subject", "message"],
    kept: &["state"],
};

/// What became of a mail.
pub(super) const STEP: Table =
    Table { name: "mail_step", posted: &["id", "act_id", "mail_id", "what", "at", "who", "text"], kept: &[] };

/// What a mail that goes with no letter is about.
pub(super) const ABOUT: Table =
    Table { name: "mail_about", posted: &["id", "act_id", "mail_id", "what", "about"], kept: &[] };

/// The way a letter leaves by.
pub(super) const WAY: Table =
    Table { name: "letter_way", posted: &["id", "act_id", "letter_id", "way", "why"], kept: &[] };

/// Whether mail to an address comes back.
pub(super) const ADDRESS: Table =
    Table { name: "address_step", posted: &["id", "act_id", "customer_id", "address", "bounced", "why"], kept: &[] };

/// A mail that came in.
pub(super) const ANSWER: Table = Table {
    name: "answer",
    posted: &[
        "id",
        "act_id",
        "fingerprint",
        "message_id",
        "customer_id",
        "mail_id",
        "found_by",
        "sort",
        "sender",
        "name",
        "subject",
        "written_on",
        "taken_on",
        "text",
        "attached",
    ],
    kept: &[],
};

/// What an answer proposes.
pub(super) const PROPOSAL: Table = Table {
    name: "proposal",
    posted: &[
        "id",
        "act_id",
        "answer_id",
        "customer_id",
        "meaning",
        "on_date",
        "amount",
        "currency",
        "documents",
        "phrase",
        "sentence",
    ],
    kept: &["state"],
};

/// What a person made of a proposal.
pub(super) const PROPOSAL_STEP: Table =
    Table { name: "proposal_step", posted: &["id", "act_id", "proposal_id", "what", "text"], kept: &[] };
