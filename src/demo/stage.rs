//! The last days before today, set up so that every screen has something to show: disputes still open, promises due
//! today and this week and just broken, follow-ups, money nobody applied, credit notes nobody used.

use chrono::NaiveDate;

use super::clients::Habit;
use super::dice::Dice;
use super::history::{Bill, Case, Telling, worked, working};
use super::story::{Story, What};
use super::words;
use crate::domain::calendar::add_days;
use crate::domain::dispute::Reason;

/// Customers whose last days are set up by hand; a large book has enough going on without.
const STAGED_MAX: usize = 400;

/// Money or a credit note that belongs to a customer but to no invoice.
#[derive(Debug, Clone)]
pub(super) struct Loose {
    /// When it came.
    pub day: NaiveDate,
    /// Place of the customer.
    pub client: usize,
    /// Minor units.
    pub amount: i64,
    /// What the payer wrote.
    pub text: String,
}

/// Takes some recent payments off their invoices: the money came, nobody applied it yet.
pub(super) fn unapplied(bills: &mut [Bill], telling: &Telling, seed: u64) -> Vec<Loose> {
    let mut dice = Dice::new(seed, 5);
    let since = add_days(telling.today, -12);
    let mut loose: Vec<Loose> = Vec::new();
    let wanted = (bills.len() / 400).clamp(1, 60);
    for pass in [150, 1_000] {
        for (place, bill) in bills.iter_mut().enumerate() {
            let recent = bill.payments.last().is_some_and(|(on, _)| (since..telling.today).contains(on));
            let again = loose.iter().any(|other| other.client == bill.client);
            if loose.len() >= wanted || !recent || again || bill.rest.is_some() || !dice.chance(pass) {
                continue;
            }
            if let Some((day, amount)) = bill.payments.pop() {
                // Some payers keep the bank's charges, some name no invoice at all.
                let (short, text) = match dice.below(3) {
                    0 => (dice.between(5, 30) * 100, format!("payment {}", Bill::number(place))),
                    1 => (0, "on account".to_owned()),
                    _ => (0, format!("inv {} thanks", &Bill::number(place)[4..])),
                };
                let amount = if amount > 2 * short { amount - short } else { amount };
                loose.push(Loose { day, client: bill.client, amount, text });
            }
        }
    }
    loose.sort_by_key(|loose| (loose.day, loose.client));
    loose
}

impl Story<'_> {
    /// Credit notes of the last weeks that nobody has used.
    pub fn credit_notes(&mut self) -> Vec<Loose> {
        let wanted = (self.bills.len() / 450).clamp(1, 60);
        let mut notes: Vec<Loose> = (0..wanted)
            .map(|_| {
                let client = self.dice.below(self.clients.len() as u64) as usize;
                let day = working(add_days(self.telling.today, -self.dice.between(4, 40)));
                let amount = self.clients[client].usual * self.dice.between(6, 35) / 100;
                Loose { day, client, amount, text: (*self.dice.pick(&words::CREDITS)).to_owned() }
            })
            .collect();
        notes.sort_by_key(|note| (note.day, note.client));
        notes
    }

    /// Disputes still open today, of all ages up to two months.
    pub fn open_disputes(&mut self) {
        let today = self.telling.today;
        let wanted = (self.bills.len() / 300).clamp(1, 60);
        let oldest = add_days(today, -75);
        let mut places: Vec<usize> = (0..self.bills.len())
            .filter(|place| {
                let bill = &self.bills[*place];
                let fresh = bill.payments.iter().all(|(on, _)| *on >= today) && bill.case.is_none();
                bill.terms.is_none() && fresh && bill.due > oldest && bill.due < add_days(today, 4)
            })
            .collect();
        let mut used: Vec<usize> = Vec::new();
        for reason in [0, 2, 10, 1, 5, 9, 6, 3, 8, 4, 7, 11].into_iter().cycle() {
            if used.len() >= wanted || places.is_empty() {
                break;
            }
            let place = places.swap_remove(self.dice.below(places.len() as u64) as usize);
            let bill = &self.bills[place];
            let opened = working(add_days(bill.due, self.dice.between(-9, 16)).max(add_days(bill.date, 10)));
            if opened >= today || used.contains(&bill.client) {
                continue;
            }
            let open = bill.amount - bill.credit.map_or(0, |(_, part)| part);
            let amount = if self.dice.chance(400) { open } else { open * self.dice.between(10, 70) / 100 };
            used.push(bill.client);
            let case = Case { opened, decided: None, amount, accepted: 0, reason: Reason::ALL[reason] };
            self.bills[place].case = Some(Box::new(case));
        }
    }

    /// Promises around today, follow-ups, notes and blocks.
    pub fn last_days(&mut self) {
        let today = self.telling.today;
        let mut late: Vec<Vec<(usize, i64)>> = vec![Vec::new(); self.clients.len()];
        for (place, bill) in self.bills.iter().enumerate() {
            let open = if bill.case.is_none() { bill.open_on(today) } else { 0 };
            if open > 0 && add_days(bill.due, 8) < today {
                late[bill.client].push((place, open));
            }
        }
        let mut turn = 0;
        for (client, mut items) in late.into_iter().enumerate() {
            if items.is_empty() || turn >= STAGED_MAX {
                continue;
            }
            // A promise covers a few invoices, not the whole account.
            items.truncate(3);
            self.last_days_of(client, items, turn);
            turn += 1;
        }
    }

    fn last_days_of(&mut self, client: usize, items: Vec<(usize, i64)>, turn: usize) {
        let today = self.telling.today;
        let who = self.owner(client);
        let before = |days: i64| worked(add_days(today, -days));
        if let Habit::Stopped(_) = self.clients[client].habit {
            self.note(before(34), client, "anna", What::Block("90 days past due, no plan agreed"));
        }
        let said = self.clients[client].data.contact.clone();
        let day = before(self.dice.between(2, 6));
        match turn % 7 {
            0 => self.promised(client, day, items, today, who),
            1 => self.promised(client, before(9), items, before(2), who),
            2 => {
                let on = working(add_days(today, self.dice.between(1, 5)));
                self.promised(client, day, items, on, who);
            }
            3 => {
                let what = *self.dice.pick(&words::FOLLOW_UPS);
                self.note(day, client, who, What::FollowUp(today, what));
            }
            4 => {
                let text = words::said(&said, "in a meeting, call back");
                self.note(day, client, who, What::Call("call back", text, Some(today)));
            }
            5 => {
                let note = *self.dice.pick(&words::NOTES);
                self.note(before(8), client, who, What::Note(note));
                let what = *self.dice.pick(&words::FOLLOW_UPS);
                let on = working(add_days(today, self.dice.between(2, 12)));
                self.note(day, client, who, What::FollowUp(on, what));
            }
            // Nobody called these lately: the worklist says so.
            _ => {}
        }
    }
}
