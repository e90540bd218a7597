//! The tables of cases beside `dispute` and its steps: facts, what became of the amount, files, inquiries, tasks. None of
//! them keeps a column; what they say is derived from their rows.

use super::value::Table;

/// One thing known of a case.
pub(super) const FACT: Table =
    Table { name: "dispute_fact", posted: &["id", "act_id", "dispute_id", "field", "value"], kept: &[] };

/// What became of a part of what is disputed.
pub(super) const EFFECT: Table = Table {
    name: "dispute_effect",
    posted: &[
        "id",
        "act_id",
        "dispute_id",
        "what",
        "amount",
        "document_id",
        "allocation_id",
        "other_id",
        "on_date",
        "takes_back",
    ],
    kept: &[],
};

/// A file that belongs to a case.
pub(super) const FILE: Table = Table {
    name: "dispute_file",
    posted: &["id", "act_id", "dispute_id", "name", "path", "size", "sha256", "note"],
    kept: &[],
};

/// A question that holds nothing back.
pub(super) const INQUIRY: Table = Table {
    name: "inquiry",
    posted: &["id", "act_id", "number", "customer_id", "item_id", "about", "reason", "channel", "contact", "opened_on"],
    kept: &[],
};

/// What happened to an inquiry.
pub(super) const INQUIRY_STEP: Table = Table {
    name: "inquiry_step",
    posted: &[
        "id",
        "act_id",
        "inquiry_id",
        "version",
        "on_date",
        "person_id",
        "what",
        "state",
        "owner",
        "department",
        "text",
        "dispute_id",
    ],
    kept: &[],
};

/// What somebody was asked to do.
pub(super) const TASK: Table = Table {
    name: "case_task",
    posted: &["id", "act_id", "person_id", "by_person", "dispute_id", "inquiry_id", "text", "on_date"],
    kept: &[],
};

/// That it was done.
pub(super) const TASK_END: Table =
    Table { name: "case_task_end", posted: &["id", "act_id", "task_id", "on_date", "person_id"], kept: &[] };
