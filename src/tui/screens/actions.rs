//! The work keys: what can be done about customers and their items, the same on every screen. A screen puts these rows
//! into its table, says with a [`Subject`] what they are about, and hands over the call, the answers and nothing else.
//!
//! ```text
//! run    : if let Some(effects) = actions::run(call.id, &self.subject(ctx), ctx) { return effects }
//! guard  : actions::possible(command.id, how many customers are marked or under the cursor)
//! answer : let answer = match actions::answer(name, answer, ctx) { Ok(effects) => return effects, Err(own) => own };
//! ```
//!
//! Every act is performed under the name of its command, so that `performed` can tell what happened.

mod cases;
mod fields;
mod letters;
mod money;
mod talk;

pub(super) use cases::{When, said_when, when_field};
pub(super) use fields::{amount, amounts, needed};
pub(super) use letters::{Ready, review as review_mail};
pub(super) use money::{Reviewed, review};

use chrono::NaiveDate;

use crate::domain::authority::Right;
use crate::domain::money::{Currency, Money};
use crate::domain::promise::State;
use crate::store::people::Person;
use crate::store::read::account::{self, Full};
use crate::store::read::accounts::Account;
use crate::store::read::{book, customers};
use crate::tui::app::{Answer, CmdId, Command, Ctx, Effect, Tier};
use crate::tui::ui::text::amount_with_currency;

/// Log a call.
pub const CALL: Command =
    Command::write("call", &["c"], "call", "Log a call: what came of it and when to call again.", Tier::One)
        .hint(64)
        .right(Right::Collect)
        .words("phone ring telephone")
        .verb("call");
/// Draft a reminder by e-mail.
pub const EMAIL: Command =
    Command::write("email", &["e"], "email", "Draft a reminder; with marks, one for each.", Tier::One)
        .hint(56)
        .right(Right::Collect)
        .words("mail reminder dunning letter")
        .verb("email-draft");
/// Mail a letter that is no reminder.
pub const MAIL: Command = Command::write(
    "mail",
    &["M"],
    "mail a letter",
    "Mail a statement, a confirmation or a copy; shown first.",
    Tier::Money,
)
.right(Right::Collect)
.words("statement account confirmation copy invoice send")
.verb("mail write");
/// Record a promise to pay.
pub const PROMISE: Command = Command::write(
    "promise",
    &["p"],
    "promise",
    "Record a promise: a day, or dates and amounts for a plan.",
    Tier::One,
)
.hint(62)
.right(Right::Collect)
.words("pledge ptp commitment")
.verb("promise");
/// Write a note.
pub const NOTE: Command = Command::write("note", &["n"], "note", "Write a note on the customer.", Tier::One)
    .hint(42)
    .right(Right::Collect)
    .words("comment remark")
    .verb("note");
/// Open a dispute on an item.
pub const DISPUTE: Command = Command::write(
    "dispute",
    &["d"],
    "dispute",
    "Dispute an item, or marked ones as one case: how much, and why.",
    Tier::One,
)
.hint(48)
.right(Right::Dispute)
.words("deduction claim complaint")
.verb("dispute");
/// Set the follow-up date.
pub const FOLLOW_UP: Command =
    Command::write("follow-up", &["t"], "follow-up", "Set the day to look again.", Tier::One)
        .hint(50)
        .right(Right::Collect)
        .words("snooze later task reminder date")
        .verb("follow-up");
/// Give customers to an owner.
pub const OWNER: Command = Command::write("owner", &["o"], "owner", "Give the customers to an owner.", Tier::One)
    .hint(36)
    .right(Right::Collect)
    .words("assign collector")
    .verb("owner");
/// Set aside for today.
pub const DONE: Command = Command::write("done", &["x"], "done", "Set aside for today.", Tier::One)
    .hint(52)
    .right(Right::Collect)
    .words("finish handled aside")
    .verb("done");
/// Apply money that arrived.
pub const PAYMENT: Command =
    Command::write("payment", &["P"], "payment", "Apply unapplied cash, or post a receipt.", Tier::Money)
        .hint(46)
        .right(Right::ApplyCash)
        .words("cash receipt cheque remittance apply")
        .verb("apply");
/// Credit a part of an item.
pub const CREDIT: Command =
    Command::write("credit-memo", &["C"], "credit memo", "Credit a part of an open item.", Tier::Money)
        .hint(24)
        .right(Right::CreditNotes)
        .words("credit note")
        .verb("credit");
/// Write off a part of an item.
pub const WRITE_OFF: Command =
    Command::write("write-off", &["W"], "write off", "Write off a part of an open item.", Tier::Money)
        .hint(26)
        .right(Right::WriteOff)
        .words("bad debt small balance")
        .verb("write-off");
/// Block or release for deliveries.
pub const BLOCK: Command =
    Command::write("block", &["B"], "credit block", "Block new deliveries, or release them.", Tier::Money)
        .hint(22)
        .right(Right::CreditBlock)
        .words("hold release stop")
        .verb("block");

/// All of them, for a screen about customers.
pub const ALL: [Command; 13] =
    [CALL, EMAIL, MAIL, PROMISE, NOTE, DISPUTE, FOLLOW_UP, OWNER, DONE, PAYMENT, CREDIT, WRITE_OFF, BLOCK];

/// What an action is about: customers (marked or under the cursor) and, where known, their items.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// The customers.
    pub customers: Vec<i64>,
    /// One name, or `3 customers`.
    pub name: String,
    /// What they owe, for questions: `84,300.00 EUR`.
    pub total: String,
    /// Open items of the one customer, oldest due first, credits among them; empty when not known.
    pub items: Vec<Piece>,
    /// The language the one customer is written to in; empty when not known.
    pub language: String,
    /// How many days ahead a promise may be without a second person; `None` when not known.
    pub horizon: Option<i64>,
    /// The debit items were chosen one by one, so an act covers all of them and not only those overdue.
    pub chosen: bool,
}

/// An open item an act can touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The item.
    pub item: i64,
    /// Number of its document.
    pub number: String,
    /// Still open, minor units; below zero for receipts and credit notes.
    pub open: i64,
    /// The part in dispute, minor units.
    pub disputed: i64,
    /// Currency.
    pub currency: Currency,
    /// Due date.
    pub due: NaiveDate,
    /// Promised and still to come: for which day, and how much.
    pub promised: Option<(NaiveDate, i64)>,
}

impl Piece {
    /// Open and not disputed: what can be promised or disputed further.
    fn free(&self) -> i64 {
        (self.open - self.disputed).max(0)
    }

    /// What of it can be asked for: not disputed, and not promised for a day to come.
    fn asked(&self) -> i64 {
        (self.free() - self.promised.map_or(0, |(_, amount)| amount)).max(0)
    }
}

impl Subject {
    /// One customer with its open items. With items chosen by id, of the debits only those; credits stay.
    pub fn account(full: &Full, chosen: &[i64], ctx: &Ctx) -> Subject {
        let pick = |id: i64, open: i64| open < 0 || chosen.is_empty() || chosen.contains(&id);
        let items = full.items.iter().filter(|row| row.open != 0 && pick(row.id, row.open)).map(|row| Piece {
            item: row.id,
            number: row.number.clone(),
            open: row.open,
            disputed: row.disputed,
            currency: row.currency,
            due: row.due,
            promised: row.promise.and_then(|(on, amount, state)| (state == State::Open).then_some((on, amount))),
        });
        Subject {
            customers: vec![full.account.id],
            name: full.data.name.clone(),
            total: amount_with_currency(Money::new(full.account.base.overdue(), ctx.base), ctx.numbers),
            items: items.collect(),
            language: full.language.clone(),
            horizon: Some(full.horizon),
            chosen: !chosen.is_empty(),
        }
    }

    /// The customer, when it is exactly one.
    fn one(&self) -> Option<i64> {
        match self.customers[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Debit items with something open.
    fn debits(&self) -> impl Iterator<Item = &Piece> {
        self.items.iter().filter(|piece| piece.open > 0)
    }
}

/// Whether an act of that name disposes of the customer for now, so that the next one may come up.
pub fn disposes(name: &str) -> bool {
    [CALL.id, EMAIL.id, PROMISE.id, FOLLOW_UP.id, DONE.id].contains(&name)
}

/// Why an action cannot run on this subject, as the end of a sentence. Commands that are not ours always can.
pub fn guard(id: CmdId, subject: &Subject, _ctx: &Ctx) -> Result<(), String> {
    possible(id, subject.customers.len())
}

/// The same by the number of customers alone, for a screen that is asked at every frame.
pub fn possible(id: CmdId, customers: usize) -> Result<(), String> {
    let many = [EMAIL.id, FOLLOW_UP.id, OWNER.id, DONE.id].contains(&id);
    match customers {
        _ if !ALL.iter().any(|command| command.id == id) => Ok(()),
        0 => Err("no customer is selected".to_owned()),
        1 => Ok(()),
        _ if many => Ok(()),
        _ => Err("one customer at a time; Esc drops the marks".to_owned()),
    }
}

/// Runs an action. `None`: not one of ours. Where items are needed and not known, they are asked for first and the
/// action goes on in [`answer`].
pub fn run(id: CmdId, subject: &Subject, ctx: &Ctx) -> Option<Vec<Effect>> {
    let command = ALL.iter().find(|command| command.id == id)?;
    if let Err(reason) = guard(id, subject, ctx) {
        return Some(vec![Effect::Warn(format!("{}: {reason}", command.title))]);
    }
    let items = [PROMISE.id, DISPUTE.id, PAYMENT.id, CREDIT.id, WRITE_OFF.id, EMAIL.id, MAIL.id].contains(&id);
    let today = ctx.today;
    Some(match subject.one() {
        Some(customer) if items && subject.items.is_empty() => vec![Effect::ask("actions.items", move |reader| {
            Ok(Items { id, full: account::full(reader, today, customer)? })
        })],
        Some(customer) if id == BLOCK.id => vec![Effect::ask("actions.block", move |reader| {
            Ok(Blocking(customers::customer(reader, today, customer)?))
        })],
        _ if id == OWNER.id => {
            let subject = subject.clone();
            vec![Effect::ask("actions.people", move |reader| Ok(People { subject, list: book::people(reader)? }))]
        }
        _ => act(id, subject, ctx),
    })
}

/// Goes on with what [`run`] asked for; gives an answer back that is not ours.
pub fn answer(name: &'static str, answer: Answer, ctx: &Ctx) -> Result<Vec<Effect>, Answer> {
    if !["actions.items", "actions.block", "actions.people", "actions.mail"].contains(&name) {
        return Err(answer);
    }
    let answer = match answer.0.downcast::<Items>() {
        Ok(items) => {
            let gone = || vec![Effect::Warn("this customer is not in the book any more; R reads it again".to_owned())];
            return Ok(items.full.map_or_else(gone, |full| act(items.id, &Subject::account(&full, &[], ctx), ctx)));
        }
        Err(other) => other,
    };
    let answer = match answer.downcast::<Blocking>() {
        Ok(found) => return Ok(found.0.map_or(Vec::new(), |account| money::block(&account, ctx))),
        Err(other) => other,
    };
    let answer = match answer.downcast::<Ready>() {
        Ok(ready) => return Ok(letters::review(*ready, ctx)),
        Err(other) => other,
    };
    match answer.downcast::<People>() {
        Ok(people) => Ok(talk::owner(&people.subject, &people.list, ctx)),
        Err(other) => Err(Answer(other)),
    }
}

struct Items {
    id: CmdId,
    full: Option<Full>,
}

struct Blocking(Option<Account>);

struct People {
    subject: Subject,
    list: Vec<Person>,
}

fn act(id: CmdId, subject: &Subject, ctx: &Ctx) -> Vec<Effect> {
    match id {
        _ if id == CALL.id => talk::call(subject, ctx),
        _ if id == EMAIL.id => talk::email(subject, ctx),
        _ if id == MAIL.id => letters::mail(subject, ctx),
        _ if id == NOTE.id => talk::note(subject, ctx),
        _ if id == FOLLOW_UP.id => talk::follow_up(subject, ctx),
        _ if id == DONE.id => talk::done(subject, ctx),
        _ if id == PROMISE.id => cases::promise(subject, ctx),
        _ if id == DISPUTE.id => cases::dispute(subject, ctx),
        _ if id == PAYMENT.id => money::payment(subject, ctx),
        _ if id == CREDIT.id || id == WRITE_OFF.id => money::reduce(id, subject, ctx),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::Act;
    use crate::tui::app::tables::{GLOBAL, LIST, conflicts};

    #[test]
    fn no_work_key_means_anything_else() {
        let rows: Vec<Command> = GLOBAL.iter().chain(LIST).chain(&ALL).copied().collect();
        assert_eq!(conflicts(&rows), Vec::<String>::new());
        for row in ALL {
            assert!(row.help.ends_with('.') && row.help.len() <= 70 && row.title.len() <= 18, "{}", row.id);
        }
    }

    #[test]
    fn the_right_shown_is_the_right_needed() {
        let customers = vec![1];
        let (amount, date, text) = (1, NaiveDate::MIN, String::new);
        let acts = [
            (DONE, Act::Done { customers: customers.clone() }),
            (OWNER, Act::SetOwner { customers, owner: text() }),
            (DISPUTE, Act::OpenDispute { item: 1, amount, reason: text(), text: text() }),
            (PAYMENT, Act::Apply { credit: 1, applied: Vec::new(), effective: date }),
            (CREDIT, Act::Credit { item: 1, amount, date, reason: text() }),
            (WRITE_OFF, Act::WriteOff { item: 1, amount, date, reason: text() }),
            (BLOCK, Act::SetBlocked { customer: 1, blocked: true, reason: text() }),
        ];
        for (command, act) in acts {
            assert_eq!(command.right, Some(act.right()), "{}", command.id);
        }
    }
}
