//! The tree of a filter, its fields and what each field holds. The tree is public so that the store can compile it;
//! what a comparison means is written here once, for both.

use chrono::NaiveDate;
use rust_decimal::Decimal;

/// A filter as a tree. `And` of nothing matches every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// At least one part matches.
    Or(Vec<Filter>),
    /// Every part matches.
    And(Vec<Filter>),
    /// The part does not match. A row without the value asked for does not match the part, so it matches this.
    Not(Box<Filter>),
    /// A comparison of one field.
    Term {
        /// What is compared.
        field: Field,
        /// How.
        op: Op,
        /// With what; its kind fits the field ([`Field::kind`]).
        value: Value,
    },
    /// Text found anywhere in a row's name, number or invoice, folded.
    Word(String),
}

/// A comparison sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `:` is: contains for names, numbers, invoices, owners, tags and reasons; equals for everything else.
    Is,
    /// `=` equals, for texts as well.
    Equal,
    /// `!=` the opposite of `=`, so a row without the value matches.
    NotEqual,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `<=`
    AtMost,
}

impl Op {
    /// Every sign, longest first, as a reader must try them.
    pub const ALL: [Op; 7] = [Op::NotEqual, Op::AtLeast, Op::AtMost, Op::Is, Op::Equal, Op::More, Op::Less];

    /// The sign as it is typed.
    pub fn sign(self) -> &'static str {
        match self {
            Op::Is => ":",
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::More => ">",
            Op::AtLeast => ">=",
            Op::Less => "<",
            Op::AtMost => "<=",
        }
    }

    /// Whether the sign asks for an order, which texts and flags do not have.
    pub fn orders(self) -> bool {
        matches!(self, Op::More | Op::AtLeast | Op::Less | Op::AtMost)
    }
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, as typed; compare folded. The empty text asks for rows without the value.
    Text(String),
    /// A name of [`FLAGS`].
    Flag(&'static str),
    /// Whole units of the row's currency.
    Amount(Decimal),
    /// A number of days.
    Days(i64),
    /// A date.
    Date(NaiveDate),
    /// From, to, both included; at least one is there and both are of the field's kind. Only with `:`, `=` and `!=`.
    Range(Option<Box<Value>>, Option<Box<Value>>),
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text for which `:` means contains.
    Contained,
    /// A text for which `:` means equals.
    Exact,
    /// An amount in units of the row's currency.
    Amount,
    /// A number of days.
    Days,
    /// A date.
    Date,
    /// Yes or no, by a name of [`FLAGS`].
    Flag,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $field:ident $kind:ident $name:literal [$($alias:literal),*] $example:literal;)*) => {
        /// What a filter can ask about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Field {
            $($(#[$doc])* $field,)*
        }

        impl Field {
            /// Every field, in the order help shows them.
            pub const ALL: &'static [Field] = &[$(Field::$field,)*];

            /// The short name, as help and a printed filter show it.
            pub fn name(self) -> &'static str {
                match self { $(Field::$field => $name,)* }
            }

            /// What the field holds.
            pub fn kind(self) -> Kind {
                match self { $(Field::$field => Kind::$kind,)* }
            }

            /// Other names that are understood.
            pub fn aliases(self) -> &'static [&'static str] {
                match self { $(Field::$field => &[$($alias),*],)* }
            }

            /// A term that shows how the field is used, for help and refusals.
            pub fn example(self) -> &'static str {
                match self { $(Field::$field => $example,)* }
            }
        }
    };
}

fields! {
    /// The customer's name.
    Name Contained "name" ["customer"] "name:nordwind";
    /// The customer's number.
    Number Contained "no" ["number", "id"] "no:10042";
    /// The number of an open item.
    Invoice Contained "inv" ["invoice", "item", "doc"] "inv:2026-118";
    /// Who is responsible in collections.
    Owner Contained "owner" ["collector"] "owner:me";
    /// The risk class.
    Risk Exact "risk" ["class"] "risk:c";
    /// The state of what the row shows: of a dispute, a promise, a receipt.
    State Exact "state" ["status"] "state:open";
    /// The open amount.
    Open Amount "open" ["amount"] "open>=10k";
    /// Days past due.
    Over Days "over" ["overdue", "late"] "over>30";
    /// The balance: open amounts less unapplied credits.
    Balance Amount "bal" ["balance"] "bal>0";
    /// The due date.
    Due Date "due" ["duedate"] "due:..fri";
    /// Days since the document date.
    Days Days "days" ["age"] "days>60";
    /// The aging bucket, by its label: `61-90`, `120+`, `"not due"`.
    Bucket Exact "bucket" ["aging"] "bucket:61-90";
    /// The state of the newest promise: `open`, `kept`, `broken`.
    Promise Exact "promise" ["promises"] "promise:broken";
    /// The state of a dispute: `open`, `resolved`.
    Dispute Exact "dispute" ["disputes"] "dispute:open";
    /// A tag.
    Tag Contained "tag" ["tags"] "tag:key";
    /// The currency code.
    Currency Exact "cur" ["currency"] "cur:usd";
    /// The credit limit.
    Limit Amount "limit" ["creditlimit"] "limit>=50k";
    /// Days since the last contact.
    Last Days "last" ["contact"] "last>14";
    /// The reason of a dispute or hold.
    Reason Contained "reason" ["why"] "reason:price";
    /// The department that has to act.
    Department Exact "dept" ["department"] "dept:invoicing";
    /// What really went wrong.
    Cause Contained "cause" ["rootcause"] "cause:carrier";
    /// Who works on a case.
    Processor Contained "processor" ["works"] "processor:mara";
    /// Who decides a case.
    Coordinator Contained "coordinator" ["decides"] "coordinator:me";
    /// How soon a case is worked on: `high`, `normal`, `low`.
    Priority Exact "priority" ["prio"] "priority:high";
    /// The case a dispute belongs to, where it is over several items.
    Case Exact "case" [] "case:d-12";
    /// A fact about the row, by name.
    Is Flag "is" [] "is:overdue";
    /// Something the row has, by name.
    Has Flag "has" ["with"] "has:promise";
}

impl Field {
    /// The field of that name or alias, any case.
    pub fn find(name: &str) -> Option<Field> {
        let same = |other: &&str| other.eq_ignore_ascii_case(name);
        Field::ALL.iter().copied().find(|field| same(&field.name()) || field.aliases().iter().any(same))
    }
}

/// The names `is:` and `has:` understand, each with its other spellings. Both fields take every name.
pub const FLAGS: &[(&str, &[&str])] = &[
    ("overdue", &["late", "pastdue"]),
    ("current", &["notdue"]),
    ("open", &[]),
    ("closed", &["paid", "settled"]),
    ("credit", &["creditnote", "credits"]),
    ("new", &[]),
    ("blocked", &["stopped"]),
    ("overlimit", &["over-limit"]),
    ("done", &["handled"]),
    ("promise", &["promised", "promises"]),
    ("dispute", &["disputed", "disputes"]),
    ("plan", &["plans", "instalments"]),
    ("hold", &["held", "onhold", "on-hold"]),
    ("cash", &["unapplied", "receipt"]),
    ("note", &["notes", "noted"]),
    ("email", &["mail"]),
    ("phone", &["tel"]),
    ("owner", &["owned", "assigned"]),
    ("limit", &[]),
    ("tag", &["tags", "tagged"]),
];

impl Filter {
    /// The filter that matches every row.
    pub fn all() -> Filter {
        Filter::And(Vec::new())
    }

    /// Whether some part of it asks for a flag of [`FLAGS`].
    pub fn asks_for(&self, flag: &str) -> bool {
        match self {
            Filter::Or(parts) | Filter::And(parts) => parts.iter().any(|part| part.asks_for(flag)),
            Filter::Not(part) => part.asks_for(flag),
            Filter::Term { value: Value::Flag(name), .. } => *name == flag,
            Filter::Term { .. } | Filter::Word(_) => false,
        }
    }

    /// Whether nothing was asked for, so that every row matches.
    pub fn is_all(&self) -> bool {
        matches!(self, Filter::And(parts) if parts.is_empty())
    }

    /// Both filters at once, as when the value under the cursor narrows the list further. Asking the same twice
    /// changes nothing.
    pub fn and(self, more: Filter) -> Filter {
        let parts_of = |filter: Filter| match filter {
            Filter::And(parts) => parts,
            other => vec![other],
        };
        let mut parts = parts_of(self);
        for part in parts_of(more) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        if parts.len() == 1 { parts.remove(0) } else { Filter::And(parts) }
    }

    /// The same filter with `owner:me` naming the person at the keyboard, exactly.
    pub fn for_user(self, user: &str) -> Filter {
        let every = |parts: Vec<Filter>| parts.into_iter().map(|part| part.for_user(user)).collect();
        match self {
            Filter::Or(parts) => Filter::Or(every(parts)),
            Filter::And(parts) => Filter::And(every(parts)),
            Filter::Not(part) => Filter::Not(Box::new(part.for_user(user))),
            Filter::Term { field, op, value: Value::Text(who) }
                if matches!(field, Field::Owner | Field::Processor | Field::Coordinator)
                    && who.eq_ignore_ascii_case("me") =>
            {
                let op = if op == Op::Is { Op::Equal } else { op };
                Filter::Term { field, op, value: Value::Text(user.to_owned()) }
            }
            other => other,
        }
    }

    /// The parts that must all match, so that each can be blamed and dropped alone.
    pub(super) fn conjuncts(&self) -> &[Filter] {
        match self {
            Filter::And(parts) => parts,
            other => std::slice::from_ref(other),
        }
    }
}
