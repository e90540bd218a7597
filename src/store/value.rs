//! The values a row is written with, their one byte encoding for digests, and the tables of the book with the columns
//! that are posted (digested, never changed) and kept (maintained inside the acts).

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use sha2::{Digest, Sha256};

/// One value bound to a column.
#[derive(Clone, Copy, Debug)]
pub enum V<'a> {
    /// A whole number: an id, a count, minor units.
    I(i64),
    /// Text, dates and instants included.
    T(&'a str),
    /// Raw bytes.
    B(&'a [u8]),
    /// Nothing.
    N,
}

impl<'a> V<'a> {
    /// A number that may be absent.
    pub fn maybe(number: Option<i64>) -> V<'a> {
        number.map_or(V::N, V::I)
    }

    /// Text that may be absent.
    pub fn text(text: Option<&'a str>) -> V<'a> {
        text.map_or(V::N, V::T)
    }
}

impl ToSql for V<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match *self {
            V::I(number) => ToSqlOutput::Owned(Value::Integer(number)),
            V::T(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            V::B(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            V::N => ToSqlOutput::Owned(Value::Null),
        })
    }
}

/// Feeds one value to a digest: a letter for its type, its length where it varies, its bytes.
pub fn feed(hasher: &mut Sha256, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => hasher.update(b"n"),
        ValueRef::Integer(number) => {
            hasher.update(b"i");
            hasher.update(number.to_le_bytes());
        }
        ValueRef::Real(number) => {
            hasher.update(b"r");
            hasher.update(number.to_bits().to_le_bytes());
        }
        ValueRef::Text(bytes) => {
            hasher.update(b"t");
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
        ValueRef::Blob(bytes) => {
            hasher.update(b"b");
            hasher.update((bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
    }
}

impl V<'_> {
    /// The same value as SQLite would hand it back.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match *self {
            V::I(number) => ValueRef::Integer(number),
            V::T(text) => ValueRef::Text(text.as_bytes()),
            V::B(bytes) => ValueRef::Blob(bytes),
            V::N => ValueRef::Null,
        }
    }
}

/// A table whose rows are posted by acts. The first column is the id, the second the act.
#[derive(Debug)]
pub struct Table {
    /// Name in the schema.
    pub name: &'static str,
    /// Posted columns: digested, and never changed afterwards.
    pub posted: &'static [&'static str],
    /// Kept columns: maintained inside later acts, and recomputed by `check`.
    pub kept: &'static [&'static str],
}

/// Every table whose rows are covered by digests, in the order of their place in [`crate::store::Tx`].
pub static TABLES: [Table; 47] = [
    Table { name: "person", posted: &["id", "act_id", "login", "name"], kept: &[] },
    Table { name: "role_change", posted: &["id", "act_id", "person_id", "role", "held"], kept: &[] },
    Table { name: "customer_version", posted: &["id", "act_id", "customer_id", "version", "data"], kept: &[] },
    Table {
        name: "document",
        posted: &[
            "id",
            "act_id",
            "kind",
            "number",
            "customer_id",
            "document_date",
            "currency",
            "amount",
            "base",
            "reference",
            "order_number",
            "text",
            "reverses",
        ],
        kept: &[],
    },
    Table {
        name: "item",
        posted: &[
            "id",
            "act_id",
            "document_id",
            "part",
            "kind",
            "customer_id",
            "document_date",
            "due_date",
            "currency",
            "amount",
            "base",
        ],
        kept: &["open", "open_base", "closed_on"],
    },
    Table {
        name: "allocation",
        posted: &[
            "id",
            "act_id",
            "customer_id",
            "debit_item",
            "credit_item",
            "currency",
            "amount",
            "debit_base",
            "credit_base",
            "effective",
            "rule",
            "reverses",
        ],
        kept: &[],
    },
    Table {
        name: "posting",
        posted: &[
            "id",
            "act_id",
            "customer_id",
            "document_id",
            "allocation_id",
            "date",
            "debit",
            "credit",
            "currency",
            "amount",
            "base",
        ],
        kept: &[],
    },
    Table {
        name: "activity",
        posted: &[
            "id",
            "act_id",
            "customer_id",
            "person_id",
            "kind",
            "outcome",
            "text",
            "on_date",
            "next_on",
            "next_what",
            "takes_back",
        ],
        kept: &[],
    },
    Table {
        name: "promise",
        posted: &[
            "id",
            "act_id",
            "customer_id",
            "item_id",
            "currency",
            "amount",
            "made_on",
            "promised_on",
            "level",
            "text",
        ],
        kept: &[],
    },
    Table {
        name: "dispute",
        posted: &["id", "act_id", "number", "customer_id", "item_id", "currency", "amount", "reason", "opened_on"],
        kept: &["state", "owner", "department"],
    },
    Table {
        name: "dispute_step",
        posted: &[
            "id",
            "act_id",
            "dispute_id",
            "version",
            "on_date",
            "person_id",
            "what",
            "state",
            "owner",
            "department",
            "accepted",
            "text",
        ],
        kept: &[],
    },
    Table { name: "promise_end", posted: &["id", "act_id", "promise_id", "on_date", "why"], kept: &[] },
    Table { name: "rate", posted: &["id", "act_id", "currency", "from_date", "rate"], kept: &[] },
    Table { name: "target", posted: &["id", "act_id", "kpi", "value"], kept: &[] },
    Table { name: "import_file", posted: &["id", "act_id", "sha256", "name", "kind", "taken", "refused"], kept: &[] },
    Table { name: "raw_text", posted: &["id", "act_id", "name", "row_id", "field", "bytes"], kept: &[] },
    Table { name: "person_change", posted: &["id", "act_id", "person_id", "field", "value"], kept: &[] },
    Table { name: "limit_change", posted: &["id", "act_id", "person_id", "kind", "amount"], kept: &[] },
    Table {
        name: "delegation",
        posted: &["id", "act_id", "person_id", "to_person", "from_date", "until_date"],
        kept: &[],
    },
    Table { name: "delegation_end", posted: &["id", "act_id", "delegation_id", "on_date"], kept: &[] },
    Table {
        name: "request",
        posted: &[
            "id",
            "act_id",
            "number",
            "person_id",
            "kind",
            "payload",
            "payload_hash",
            "premises",
            "customer_id",
            "needs",
            "limit_kind",
            "amount",
            "summary",
            "change",
            "why",
            "asked_on",
            "expires_on",
        ],
        kept: &["state"],
    },
    Table {
        name: "request_step",
        posted: &["id", "act_id", "request_id", "what", "person_id", "authority_of", "on_date", "payload_hash", "text"],
        kept: &[],
    },
    Table {
        name: "period_step",
        posted: &["id", "act_id", "period", "what", "on_date", "person_id", "snapshot", "digest"],
        kept: &[],
    },
    Table {
        name: "session",
        posted: &["id", "act_id", "person_id", "login", "identity", "source", "origin", "started_at"],
        kept: &[],
    },
    Table { name: "session_end", posted: &["id", "act_id", "session_id", "how"], kept: &[] },
    Table { name: "denial", posted: &["id", "act_id", "login", "kind", "code", "sentence"], kept: &[] },
    Table { name: "lone_act", posted: &["id", "act_id", "why"], kept: &[] },
    Table { name: "setting_change", posted: &["id", "act_id", "key", "value"], kept: &[] },
    Table { name: "bank_account", posted: &["id", "act_id", "name", "number", "currency"], kept: &[] },
    Table {
        name: "bank_statement",
        posted: &[
            "id",
            "act_id",
            "bank_account_id",
            "source",
            "format",
            "number",
            "from_date",
            "to_date",
            "opening",
            "closing",
            "gap",
            "balance",
            "entries",
            "known",
        ],
        kept: &[],
    },
    Table {
        name: "bank_entry",
        posted: &[
            "id",
            "act_id",
            "bank_account_id",
            "statement_id",
            "line",
            "booked_on",
            "value_on",
            "currency",
            "amount",
            "base",
            "kind",
            "code",
            "reference",
            "entry_key",
            "content",
            "likeness",
            "resembles",
        ],
        kept: &[],
    },
    Table {
        name: "bank_payment",
        posted: &[
            "id",
            "act_id",
            "statement_id",
            "entry_id",
            "part",
            "value_on",
            "currency",
            "amount",
            "base",
            "kind",
            "payer",
            "payer_account",
            "structured",
            "end_to_end",
            "text",
            "content",
        ],
        kept: &["left", "of_entry"],
    },
    Table {
        name: "remittance",
        posted: &["id", "act_id", "payment_id", "kind", "number", "amount", "discount", "deduction", "reason"],
        kept: &[],
    },
    Table {
        name: "payment_step",
        posted: &[
            "id",
            "act_id",
            "payment_id",
            "what",
            "amount",
            "document_id",
            "entry_id",
            "on_date",
            "rule",
            "confidence",
            "evidence",
            "takes_back",
        ],
        kept: &[],
    },
    Table { name: "item_discount", posted: &["id", "act_id", "item_id", "percent", "until_date"], kept: &[] },
    Table { name: "alias_change", posted: &["id", "act_id", "customer_id", "kind", "value", "held"], kept: &[] },
    Table { name: "policy_version", posted: &["id", "act_id", "name", "version", "data"], kept: &[] },
    Table {
        name: "policy_assignment",
        posted: &["id", "act_id", "scope", "segment", "customer_id", "document_id", "policy"],
        kept: &[],
    },
    Table {
        name: "dunning_hold",
        posted: &["id", "act_id", "customer_id", "item_id", "kind", "from_date", "until_date", "reason"],
        kept: &[],
    },
    Table { name: "dunning_hold_end", posted: &["id", "act_id", "hold_id", "on_date", "why"], kept: &[] },
    Table {
        name: "dunning_run",
        posted: &["id", "act_id", "number", "run_date", "segment", "lines", "left_out"],
        kept: &[],
    },
    Table {
        name: "dunning_line",
        posted: &["id", "act_id", "run_id", "customer_id", "item_id", "policy_id", "level", "currency", "asked", "why"],
        kept: &[],
    },
    Table { name: "dunning_review", posted: &["id", "act_id", "line_id", "what", "level", "reason"], kept: &[] },
    Table {
        name: "dunning_step",
        posted: &["id", "act_id", "run_id", "what", "on_date", "person_id", "text"],
        kept: &[],
    },
    Table {
        name: "letter",
        posted: &[
            "id",
            "act_id",
            "number",
            "run_id",
            "customer_id",
            "policy_id",
            "level",
            "currency",
            "letter_date",
            "pay_by",
            "language",
            "customer_version",
            "asked",
            "fee",
            "interest",
            "credits",
            "fee_document",
            "interest_document",
        ],
        kept: &[],
    },
    Table {
        name: "letter_line",
        posted: &["id", "act_id", "letter_id", "item_id", "level", "open", "disputed", "fee", "interest"],
        kept: &[],
    },
    Table {
        name: "bank_rule_change",
        posted: &["id", "act_id", "pattern", "text", "bank_account_id", "kind", "held"],
        kept: &[],
    },
];

/// Place of a table in [`TABLES`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
#[allow(missing_docs)]
pub enum T {
    Person,
    RoleChange,
    CustomerVersion,
    Document,
    Item,
    Allocation,
    Posting,
    Activity,
    Promise,
    Dispute,
    DisputeStep,
    PromiseEnd,
    Rate,
    Target,
    ImportFile,
    RawText,
    PersonChange,
    LimitChange,
    Delegation,
    DelegationEnd,
    Request,
    RequestStep,
    PeriodStep,
    Session,
    SessionEnd,
    Denial,
    LoneAct,
    SettingChange,
    BankAccount,
    BankStatement,
    BankEntry,
    BankPayment,
    Remittance,
    PaymentStep,
    ItemDiscount,
    AliasChange,
    PolicyVersion,
    PolicyAssignment,
    DunningHold,
    DunningHoldEnd,
    DunningRun,
    DunningLine,
    DunningReview,
    DunningStep,
    Letter,
    LetterLine,
    BankRuleChange,
}
