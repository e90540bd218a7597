//! What people did about the invoices: calls, reminders, promises, disputes and small credits, as events of a day. The
//! outcome of a call follows from when the money comes, so that a promise kept was paid and a broken one was not.

use chrono::NaiveDate;

use super::clients::{Client, Habit};
use super::dice::Dice;
use super::history::{Bill, Case, Telling, working};
use super::words;
use crate::domain::calendar::add_days;
use crate::domain::dispute::Reason;

/// One thing somebody did.
#[derive(Debug, Clone)]
pub(super) enum What {
    /// A call: outcome, text, when again.
    Call(&'static str, String, Option<NaiveDate>),
    /// A reminder by e-mail, and when to look again.
    Email(NaiveDate),
    /// A note.
    Note(&'static str),
    /// A date to come back, and what for.
    FollowUp(NaiveDate, &'static str),
    /// Invoices with the amounts promised, the day, and what was said.
    Promise(Vec<(usize, i64)>, NaiveDate, &'static str),
    /// A dispute on an invoice.
    Open(usize, i64, Reason, &'static str),
    /// Its owner; the department follows from the reason.
    Assign(usize, &'static str, &'static str),
    /// A note on it.
    CaseNote(usize, &'static str),
    /// Its decision: minor units accepted.
    Decide(usize, i64),
    /// A part of an invoice credited.
    Credit(usize, i64, &'static str),
    /// A part of an invoice written off.
    WriteOff(usize, i64, &'static str),
    /// Deliveries stopped.
    Block(&'static str),
}

/// Something somebody did on a day.
#[derive(Debug, Clone)]
pub(super) struct Event {
    /// When.
    pub day: NaiveDate,
    /// Place of the customer.
    pub client: usize,
    /// Login.
    pub who: &'static str,
    /// What.
    pub what: What,
}

/// The story being written down.
pub(super) struct Story<'a> {
    pub clients: &'a [Client],
    pub bills: &'a mut Vec<Bill>,
    pub telling: Telling,
    pub dice: Dice,
    pub events: Vec<Event>,
}

impl Story<'_> {
    /// Notes an event.
    pub fn note(&mut self, day: NaiveDate, client: usize, who: &'static str, what: What) {
        self.events.push(Event { day, client, who, what });
    }

    /// Who looks after a customer.
    pub fn owner(&self, client: usize) -> &'static str {
        if self.clients[client].data.owner == "ben" { "ben" } else { "anna" }
    }

    /// Events that stand in the history of the invoices: disputes, credits, small rests.
    pub fn faults(&mut self) {
        for place in 0..self.bills.len() {
            let client = self.bills[place].client;
            if let Some((on, amount)) = self.bills[place].credit {
                let reason = *self.dice.pick(&words::CREDITS);
                self.note(on, client, "anna", What::Credit(place, amount, reason));
            }
            if let Some((on, amount)) = self.bills[place].rest.filter(|(on, _)| *on < self.telling.today) {
                self.note(on, client, "anna", What::WriteOff(place, amount, "bank charges, not worth a call"));
            }
            if let Some(case) = self.bills[place].case.as_deref().cloned() {
                self.case(place, client, &case);
            }
        }
    }

    fn case(&mut self, place: usize, client: usize, case: &Case) {
        let who = self.owner(client);
        let text = words::complaint(case.reason);
        self.note(case.opened, client, who, What::Open(place, case.amount, case.reason, text));
        let until = case.decided.unwrap_or(self.telling.today);
        let assigned = working(add_days(case.opened, self.dice.between(1, 3)));
        let lazy = case.decided.is_none() && self.dice.chance(300);
        if assigned >= until || lazy {
            return self.decide(place, client, case);
        }
        let owner = if self.dice.chance(800) { "chloe" } else { who };
        self.note(assigned, client, "chloe", What::Assign(place, owner, case.reason.department()));
        let mut day = assigned;
        for _ in 0..2 {
            day = working(add_days(day, self.dice.between(3, 9)));
            if day < until {
                let text = *self.dice.pick(&words::CASE_NOTES);
                self.note(day, client, owner, What::CaseNote(place, text));
            }
        }
        self.decide(place, client, case);
    }

    fn decide(&mut self, place: usize, client: usize, case: &Case) {
        if let Some(on) = case.decided {
            self.note(on, client, "chloe", What::Decide(place, case.accepted));
        }
    }

    /// The calls and reminders of every customer with invoices told step by step.
    pub fn chase_all(&mut self) {
        let mut told: Vec<Vec<usize>> = vec![Vec::new(); self.clients.len()];
        for (place, bill) in self.bills.iter().enumerate() {
            if bill.told && bill.due < self.telling.today {
                told[bill.client].push(place);
            }
        }
        for (client, places) in told.iter().enumerate() {
            if !places.is_empty() {
                self.chase(client, places);
            }
        }
    }

    fn chase(&mut self, client: usize, places: &[usize]) {
        let mut day = working(add_days(self.telling.from, self.dice.between(20, 40)));
        // The last days are set up by hand.
        let end = add_days(self.telling.today, -4);
        while day < end {
            let late: Vec<usize> = places
                .iter()
                .copied()
                .filter(|place| {
                    let bill = &self.bills[*place];
                    let disputed = bill.case.as_ref().is_some_and(|case| case.decided.is_none_or(|on| on >= day));
                    add_days(bill.due, 4) < day && !disputed && bill.open_on(day) > 0
                })
                .collect();
            day = working(if late.is_empty() { add_days(day, 4) } else { self.contact(client, day, &late) });
        }
    }

    /// One contact about late invoices. Returns when the customer's turn is next.
    fn contact(&mut self, client: usize, day: NaiveDate, late: &[usize]) -> NaiveDate {
        let who = self.owner(client);
        let again = working(add_days(day, self.dice.between(8, 17)));
        if self.dice.chance(300) {
            self.note(day, client, who, What::Email(again));
            return again;
        }
        let soon = add_days(day, 16);
        let coming = late
            .iter()
            .flat_map(|place| &self.bills[*place].payments)
            .filter(|(on, _)| *on > day && *on <= soon)
            .map(|(on, _)| *on)
            .max();
        if let Some(last) = coming.filter(|_| self.dice.chance(600)) {
            // Promised and paid: what comes until that day is what was promised.
            let items = late
                .iter()
                .map(|place| (*place, self.bills[*place].open_on(day) - self.bills[*place].open_on(add_days(last, 1))))
                .filter(|(_, amount)| *amount > 0)
                .collect();
            self.promised(client, day, items, working(last), who);
            return self.after(last);
        }
        let weak = if self.clients[client].habit == Habit::Breaker { 650 } else { 160 };
        if self.dice.chance(weak) {
            let on = working(add_days(day, self.dice.between(4, 10)));
            let items = late.iter().take(3).map(|place| (*place, self.bills[*place].open_on(day))).collect();
            self.promised(client, day, items, on, who);
            return self.after(on);
        }
        let broke = matches!(self.clients[client].habit, Habit::Stopped(_));
        let (outcome, text) = words::answer(&mut self.dice, broke);
        let text = words::said(&self.clients[client].data.contact, text);
        self.note(day, client, who, What::Call(outcome, text, Some(again)));
        again
    }

    /// The day to look whether a promise was kept.
    fn after(&mut self, promised: NaiveDate) -> NaiveDate {
        working(add_days(promised, self.dice.between(3, 7)))
    }

    /// A call that ended in a promise.
    pub fn promised(
        &mut self,
        client: usize,
        day: NaiveDate,
        items: Vec<(usize, i64)>,
        on: NaiveDate,
        who: &'static str,
    ) {
        let said = *self.dice.pick(&words::PROMISES);
        let text = words::said(&self.clients[client].data.contact, said);
        self.note(day, client, who, What::Call("promised", text, Some(on)));
        self.note(day, client, who, What::Promise(items, on, said));
    }
}
