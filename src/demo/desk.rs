//! What lies on people's desks in the demo's story: payment plans that hold and one that does not, inquiries, and what
//! colleagues ask of each other in notes. A handful at every size, so that each of these screens shows something.

use chrono::NaiveDate;

use super::clients::{Client, Habit};
use super::history::worked;
use super::scribe::{Scribe, customer};
use crate::acts::arrange::Arrange;
use crate::acts::case::{Case, Work};
use crate::acts::{Act, Failure};
use crate::domain::calendar::{add_days, add_months};
use crate::domain::document::DocumentKind;
use crate::domain::plan::{GRACE_DAYS, Instalment};
use crate::store::Tx;
use crate::store::ledger::Item;

/// Customers looked at for one whose items can be planned or asked about.
const LOOKED_AT: usize = 60;

/// Items of a plan, at most.
const ITEMS: usize = 3;

/// A plan to be agreed: when, with whom, first instalment so many days later, parts, what was said.
struct Agreed {
    on: NaiveDate,
    with: fn(Habit) -> bool,
    first: i64,
    parts: i64,
    said: &'static str,
}

/// What is still to be written of it.
pub(super) struct Desk<'a> {
    clients: &'a [Client],
    today: NaiveDate,
    /// Plans, the next one last.
    plans: Vec<Agreed>,
    /// Customers with a plan or an inquiry.
    used: Vec<usize>,
}

fn stopped(habit: Habit) -> bool {
    matches!(habit, Habit::Stopped(_))
}

fn slow(habit: Habit) -> bool {
    matches!(habit, Habit::Worsening | Habit::Breaker | Habit::PartPayer | Habit::Erratic)
}

/// The place of a customer and the items that are still free to be spoken of, with their numbers.
type Free = (usize, Vec<(Item, String)>);

impl<'a> Desk<'a> {
    /// Everything still to come.
    pub fn new(clients: &'a [Client], today: NaiveDate) -> Desk<'a> {
        let plan = |back: i64, with: fn(Habit) -> bool, first, parts, said| {
            let on = worked(add_days(today, -back));
            Agreed { on, with, first, parts, said }
        };
        let mut plans = vec![
            plan(48, stopped, 20, 3, "three parts, the first after their bank has decided"),
            plan(41, stopped, 14, 4, "four parts, monthly, agreed with their accountant"),
            plan(12, slow, 17, 3, "three parts until their season begins"),
            plan(8, slow, 12, 2, "half now, half a month later"),
            plan(5, slow, 6, 4, "four equal parts, by standing order"),
        ];
        plans.reverse();
        Desk { clients, today, plans, used: Vec::new() }
    }

    /// Agrees the plans of a day.
    pub fn day(&mut self, scribe: &mut Scribe<'_>, day: NaiveDate) -> Result<(), Failure> {
        while let Some(plan) = self.plans.pop_if(|plan| plan.on <= day) {
            self.agree(scribe, &plan)?;
        }
        Ok(())
    }

    fn agree(&mut self, scribe: &mut Scribe<'_>, plan: &Agreed) -> Result<(), Failure> {
        let late = |item: &Item| item.due < plan.on;
        let Some((place, mut items)) = self.somebody(scribe, plan.with, late)? else { return Ok(()) };
        items.truncate(ITEMS);
        let items: Vec<(i64, i64)> = items.iter().map(|(item, _)| (item.id, item.open)).collect();
        let whole: i64 = items.iter().map(|(_, amount)| amount).sum();
        // Round parts, and what is left over with the last.
        let part = whole / plan.parts / 100 * 100;
        if part == 0 {
            return Ok(());
        }
        let first = add_days(plan.on, plan.first);
        let instalments = (0..plan.parts).map(|turn| Instalment {
            on: add_months(first, turn as i32),
            amount: if turn + 1 < plan.parts { part } else { whole - part * turn },
        });
        let instalments = instalments.collect();
        let (contact, owner) = (&self.clients[place].data.contact, &self.clients[place].data.owner);
        let text = super::words::said(contact, plan.said);
        scribe.at_hour(10);
        let act = Arrange::ProposePlan { items, instalments, grace_days: GRACE_DAYS, text, replaces: None };
        scribe.act(owner, Act::Arrange(act)).map(drop)
    }

    /// The first customer of a habit, not used yet, with invoices of one currency that are open, undisputed and as wanted.
    fn somebody(
        &mut self,
        scribe: &Scribe<'_>,
        habit: fn(Habit) -> bool,
        wanted: impl Fn(&Item) -> bool,
    ) -> Result<Option<Free>, Failure> {
        let of_habit = self.clients.iter().enumerate().filter(|(_, client)| habit(client.habit)).take(LOOKED_AT);
        let places: Vec<usize> = of_habit.map(|(place, _)| place).filter(|place| !self.used.contains(place)).collect();
        for place in places {
            let currency = self.clients[place].currency;
            let mut items = scribe.look(|tx| Ok(tx.debits_of(customer(place))?))?;
            items.retain(|(item, _)| {
                let free = item.kind == DocumentKind::Invoice && item.disputed == 0 && item.currency == currency;
                free && wanted(item)
            });
            if !items.is_empty() {
                self.used.push(place);
                return Ok(Some((place, items)));
            }
        }
        Ok(None)
    }

    /// Inquiries and tasks, on the last day of the story.
    pub fn last(mut self, scribe: &mut Scribe<'_>) -> Result<(), Failure> {
        scribe.at_hour(8);
        self.inquiries(scribe)?;
        let cases = scribe.look(open_cases)?;
        for ((dispute, version), text) in cases.into_iter().zip(ASKED) {
            scribe.act("chloe", Act::NoteDispute { dispute, version, text: text.to_owned() })?;
        }
        Ok(())
    }

    fn inquiries(&mut self, scribe: &mut Scribe<'_>) -> Result<(), Failure> {
        for (place, (who, channel, reason, text)) in INQUIRIES.into_iter().enumerate() {
            let today = self.today;
            let Some((client, items)) = self.somebody(scribe, |_| true, |item| item.due <= add_days(today, 20))? else {
                return Ok(());
            };
            let item = (place != 1).then(|| items.first().map(|(item, _)| item.id)).flatten();
            let act = Case::Inquire {
                customer: customer(client),
                item,
                about: if item.is_some() { String::new() } else { "the payment of last week".to_owned() },
                reason: reason.to_owned(),
                channel: channel.to_owned(),
                contact: self.clients[client].data.contact.clone(),
                text: text.to_owned(),
            };
            scribe.act(who, Act::Case(Box::new(act)))?;
        }
        let what = Work::Answer;
        let text = "sent the signed delivery note again".to_owned();
        let act = Case::Work { inquiry: INQUIRIES.len() as i64, version: 1, what, text };
        scribe.act("ben", Act::Case(Box::new(act))).map(drop)
    }
}

/// Who took an inquiry, how it came, its reason, and what was asked. The last one is answered.
const INQUIRIES: [(&str, &str, &str, &str); 4] = [
    ("ben", "call", "price", "asks which price list was used; @anna can you look at the order?"),
    ("chloe", "e-mail", "says paid", "asks what the payment of last week was set against"),
    ("chloe", "call", "tax", "needs their new tax number on the copy, @ben please send one"),
    ("ben", "e-mail", "not received", "asks for the proof of delivery"),
];

/// What Chloe asks of colleagues in notes on cases.
const ASKED: [&str; 3] = [
    "@anna can you ask sales whether this price was agreed?",
    "photos are in the folder; @anna please agree to the credit or call them",
    "@ben the carrier answers tomorrow, tell the customer when you call",
];

/// The newest undecided cases with their versions.
fn open_cases(tx: &Tx<'_>) -> Result<Vec<(i64, i64)>, Failure> {
    let mut found = Vec::new();
    for id in (1..=tx.last_dispute()?).rev().take(LOOKED_AT) {
        let case = tx.dispute(id)?;
        if case.is_open() && found.len() < ASKED.len() {
            found.push((case.id, case.version));
        }
    }
    Ok(found)
}
