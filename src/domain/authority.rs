//! Who may do what: roles, rights, and the one table between them. Every change asks [`decide`]; amounts that need a
//! second person plug in at [`Decision::NeedsApproval`].

use serde::{Deserialize, Serialize};

/// What a user is in the book. A user may have several roles; rights add up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Role {
    /// Manages users and settings; holds no business right beyond reading, so that nobody can grant and use.
    Administrator,
    /// Answers for the ledger: decides, writes off, approves, closes months; posts neither invoices nor receipts.
    Controller,
    /// Leads a team: decides disputes, approves smaller amounts, takes back what others did.
    Supervisor,
    /// Approves any amount and does nothing else.
    Approver,
    /// Collects: notes, calls, promises, opens disputes.
    Collector,
    /// Posts receipts and applies them.
    Cash,
    /// Asks for money to go back to customers; receives and applies none.
    Refunds,
    /// Works on disputes and decides them.
    Disputes,
    /// Posts invoices and credit notes.
    Biller,
    /// Sets credit limits, blocks and releases customers.
    Credit,
    /// Keeps the customers' master data.
    Customers,
    /// Closes months and opens them again.
    Closer,
    /// Reads and verifies.
    Auditor,
    /// Reads.
    Viewer,
}

/// How the program knows who is at the terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Identity {
    /// Nobody checked: the login is what the person's account or `--as` says.
    Trust,
    /// The key of the login chose it: a forced command of the secure shell.
    Forced,
    /// `sudo` vouches for the account the person signed in with.
    Sudo,
    /// The invented people of a demo book.
    Demo,
}

impl Identity {
    /// The word in the book.
    pub fn word(self) -> &'static str {
        match self {
            Identity::Trust => "trust",
            Identity::Forced => "forced",
            Identity::Sudo => "sudo",
            Identity::Demo => "demo",
        }
    }
}

/// A kind of change, or reading.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Right {
    /// See everything in the book.
    Read,
    /// Post invoices and debit notes.
    PostDocuments,
    /// Post credit notes.
    CreditNotes,
    /// Post receipts, apply and unapply them.
    ApplyCash,
    /// Ask for money to go back to customers.
    Refund,
    /// Write items off.
    WriteOff,
    /// Notes, calls, promises, follow-ups.
    Collect,
    /// Open and work on disputes.
    Dispute,
    /// Decide disputes.
    ResolveDispute,
    /// Create and change customers.
    MasterData,
    /// Change customers' bank accounts.
    BankDetails,
    /// Block and release customers.
    CreditBlock,
    /// Set credit limits.
    CreditLimit,
    /// Import files.
    Import,
    /// Take back acts of others.
    Undo,
    /// Approve what others ask for.
    Approve,
    /// Close months and open them again.
    ClosePeriods,
    /// Change the settings of the book.
    Settings,
    /// Create users and grant roles.
    ManageUsers,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 14] = [
        Role::Administrator,
        Role::Controller,
        Role::Supervisor,
        Role::Approver,
        Role::Collector,
        Role::Cash,
        Role::Refunds,
        Role::Disputes,
        Role::Biller,
        Role::Credit,
        Role::Customers,
        Role::Closer,
        Role::Auditor,
        Role::Viewer,
    ];

    /// Roles of the person who opens a book: everything one person alone needs. They conflict, and are reported.
    pub const FOUNDER: [Role; 9] = [
        Role::Administrator,
        Role::Controller,
        Role::Collector,
        Role::Cash,
        Role::Refunds,
        Role::Disputes,
        Role::Biller,
        Role::Credit,
        Role::Customers,
    ];

    /// The name in the book and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Controller => "controller",
            Role::Supervisor => "supervisor",
            Role::Approver => "approver",
            Role::Collector => "collector",
            Role::Cash => "cash",
            Role::Refunds => "refunds",
            Role::Disputes => "disputes",
            Role::Biller => "biller",
            Role::Credit => "credit",
            Role::Customers => "customers",
            Role::Closer => "closer",
            Role::Auditor => "auditor",
            Role::Viewer => "viewer",
        }
    }

    /// Reads [`Role::name`], ignoring case.
    pub fn parse(text: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(text.trim()))
    }

    /// The rights of the role.
    pub fn rights(self) -> &'static [Right] {
        use Right::{
            ApplyCash, Approve, BankDetails, ClosePeriods, Collect, CreditBlock, CreditLimit, CreditNotes, Dispute,
            Import, ManageUsers, MasterData, PostDocuments, Read, Refund, ResolveDispute, Settings, Undo, WriteOff,
        };
        match self {
            Role::Administrator => &[Read, ManageUsers, Settings],
            Role::Controller => &[
                Read,
                WriteOff,
                Collect,
                Dispute,
                ResolveDispute,
                CreditBlock,
                CreditLimit,
                Undo,
                Approve,
                ClosePeriods,
                Settings,
            ],
            Role::Supervisor => &[Read, Collect, Dispute, ResolveDispute, Undo, Approve],
            Role::Approver => &[Read, Approve],
            Role::Collector => &[Read, Collect, Dispute],
            Role::Cash => &[Read, ApplyCash, Import, Collect],
            Role::Refunds => &[Read, Refund],
            Role::Disputes => &[Read, Dispute, ResolveDispute, Collect],
            Role::Biller => &[Read, PostDocuments, CreditNotes, Import, Dispute],
            Role::Credit => &[Read, CreditBlock, CreditLimit, Collect],
            Role::Customers => &[Read, MasterData, BankDetails, Import],
            Role::Closer => &[Read, ClosePeriods],
            Role::Auditor | Role::Viewer => &[Read],
        }
    }

    /// Whether the role has the right.
    pub fn has(self, right: Right) -> bool {
        self.rights().contains(&right)
    }
}

impl Right {
    /// Every right.
    pub const ALL: [Right; 19] = [
        Right::Read,
        Right::PostDocuments,
        Right::CreditNotes,
        Right::ApplyCash,
        Right::Refund,
        Right::WriteOff,
        Right::Collect,
        Right::Dispute,
        Right::ResolveDispute,
        Right::MasterData,
        Right::BankDetails,
        Right::CreditBlock,
        Right::CreditLimit,
        Right::Import,
        Right::Undo,
        Right::Approve,
        Right::ClosePeriods,
        Right::Settings,
        Right::ManageUsers,
    ];

    /// Reads [`Right::words`].
    pub fn by_words(words: &str) -> Option<Right> {
        Right::ALL.into_iter().find(|right| right.words() == words)
    }

    /// The right in words that complete "may not …".
    pub fn words(self) -> &'static str {
        match self {
            Right::Read => "read the book",
            Right::PostDocuments => "post invoices",
            Right::CreditNotes => "post credit notes",
            Right::ApplyCash => "post or apply receipts",
            Right::Refund => "send money back",
            Right::WriteOff => "write items off",
            Right::Collect => "log calls, notes and promises",
            Right::Dispute => "open disputes",
            Right::ResolveDispute => "decide disputes",
            Right::MasterData => "change customers",
            Right::BankDetails => "change bank accounts of customers",
            Right::CreditBlock => "block or release customers",
            Right::CreditLimit => "set credit limits",
            Right::Import => "import files",
            Right::Undo => "take back acts of others",
            Right::Approve => "approve what others ask for",
            Right::ClosePeriods => "close months or open them again",
            Right::Settings => "change settings",
            Right::ManageUsers => "manage users",
        }
    }
}

/// The answer to "may this user do this".
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Decision {
    /// Go ahead.
    Allowed,
    /// Not this user; the text says why and who could.
    Refused(String),
    /// Only with a second person; the text says why.
    NeedsApproval(String),
}

impl Decision {
    /// Whether the act may run now.
    pub fn is_allowed(&self) -> bool {
        *self == Decision::Allowed
    }
}

/// Decides whether somebody with `roles` has `right`. A refusal names the roles that have it.
pub fn decide(roles: &[Role], right: Right) -> Decision {
    decide_as(roles, right, right.words())
}

/// As [`decide`], with what may not be done in the words of the act.
pub fn decide_as(roles: &[Role], right: Right, words: &str) -> Decision {
    if roles.iter().any(|role| role.has(right)) {
        return Decision::Allowed;
    }
    let mine: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let who = if mine.is_empty() { "a user without a role".to_owned() } else { format!("role {}", mine.join(", ")) };
    let could: Vec<&str> = Role::ALL.into_iter().filter(|role| role.has(right)).map(Role::name).collect();
    Decision::Refused(format!("{who} may not {words}; ask somebody with role {}", could.join(" or ")))
}

/// The rights of which whoever performed an act of this kind held at least one; empty where everybody in the book may.
pub fn rights_of(kind: &str) -> &'static [Right] {
    use Right::{
        ApplyCash, Approve, BankDetails, ClosePeriods, Collect, CreditBlock, CreditLimit, CreditNotes, Dispute, Import,
        ManageUsers, MasterData, PostDocuments, Refund, ResolveDispute, Settings, WriteOff,
    };
    match kind {
        "add person" | "change role" | "department" | "let in" | "shut out" | "set limit" | "migrate" | "restore" => {
            &[ManageUsers]
        }
        "set rate" | "set target" | "add bank account" | "set policy" | "assign policy" | "set strategy" => &[Settings],
        "set setting" => &[Settings],
        "set customer" => &[MasterData, CreditLimit, CreditBlock, BankDetails],
        "credit block" => &[CreditBlock],
        "post document" => &[PostDocuments, CreditNotes],
        "credit" => &[CreditNotes],
        "post receipt" | "apply" | "unapply" | "apply payment" | "apply run" | "settle payment" | "return payment"
        | "payer" | "add bank rule" | "remove bank rule" | "review cash" => &[ApplyCash],
        // Before refunds had a right of their own, whoever applied receipts asked for them.
        "refund" => &[Refund, ApplyCash],
        "write off" => &[WriteOff],
        "set owner" | "call" | "e-mail draft" | "note" | "follow-up" | "done" | "promise" | "withdraw promise" => {
            &[Collect]
        }
        "payment plan" | "replace plan" | "withdraw plan" | "contact" | "hand over" => &[Collect],
        "hold" | "lift hold" | "draft run" | "review run" | "release run" | "start run" | "letter" | "finish run"
        | "cancel run" | "mail" | "settle mail" | "write mail" | "mail in" | "dismiss proposal" => &[Collect],
        "accept proposal" => &[Collect, Dispute],
        "open dispute" | "add to dispute" | "assign dispute" | "note dispute" | "split dispute" | "dispute waits"
        | "void dispute" | "dispute fact" | "attach file" | "inquiry" | "work on inquiry" | "promote inquiry" => {
            &[Dispute]
        }
        "resolve dispute" | "charge back" | "reopen dispute" | "confirm dispute" => &[ResolveDispute],
        "import" => &[Import],
        "close month" | "reopen month" | "acknowledge check" => &[ClosePeriods],
        "delegate" => &[Approve],
        _ => &[],
    }
}

/// Whether `checker` may approve what `maker` asked for: never the same person, administrators included.
pub fn may_approve(maker: &str, checker: &str) -> bool {
    maker != checker
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_belongs_to_somebody_and_everybody_reads() {
        for right in Right::ALL {
            assert!(Role::ALL.iter().any(|role| role.has(right)), "{right:?}");
            assert!(Role::FOUNDER.iter().any(|role| role.has(right)), "whoever opens a book may {}", right.words());
        }
        assert!(Role::ALL.iter().all(|role| role.has(Right::Read)));
        assert!(!Role::Administrator.has(Right::ApplyCash), "who manages users holds no business right");
    }

    #[test]
    fn a_refusal_says_who_could() {
        let refused = decide(&[Role::Viewer], Right::WriteOff);
        let text = "role viewer may not write items off; ask somebody with role controller";
        assert_eq!(refused, Decision::Refused(text.to_owned()));
        assert!(decide(&[Role::Viewer, Role::Controller], Right::WriteOff).is_allowed());
    }
}
