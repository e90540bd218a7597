//! What a clerk has put together for one payment and not posted yet: whose it is, which items it pays with how much
//! discount and difference, and what becomes of the rest. Knows no keys and no screen.

use std::collections::BTreeMap;

use crate::acts::Expect;
use crate::acts::payments::{Application, BANK_CHARGES, Line};
use crate::domain::matching::Explanation;
use crate::store::read::matching::Beside;

/// What is done about one item; all in minor units and not below zero, for credits too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// Paid, or of a credit: used.
    pub paid: i64,
    /// Cash discount granted.
    pub discount: i64,
    /// Accepted as a difference.
    pub difference: i64,
    /// The payer refused it; a dispute is opened on it.
    pub deducted: i64,
    /// Why, for a difference or a deduction.
    pub reason: String,
}

impl Mark {
    /// What the item is spoken for.
    pub fn whole(&self) -> i64 {
        self.paid + self.discount + self.difference + self.deducted
    }
}

/// The draft of one payment.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    /// What of the payment is not settled.
    pub left: i64,
    /// Other payments put together with it, with what of each is not settled; `left` has them in it.
    pub with: Vec<(i64, i64)>,
    /// Whose it is, as far as it was said.
    pub customer: Option<i64>,
    /// That customer's items in the payment's currency.
    pub items: Vec<Beside>,
    /// What is done about which item.
    pub marks: BTreeMap<i64, Mark>,
    /// Place of the explanation it began with.
    pub explanation: Option<usize>,
    /// Somebody changed it since.
    pub touched: bool,
    /// The rest is kept on account by decision.
    pub on_account: bool,
    /// Only what is marked is this customer's; the rest stays in the queue.
    pub part: bool,
    /// The payer is remembered as this customer.
    pub learn: bool,
    /// The row of the table the keys act on.
    pub at: usize,
}

impl Draft {
    /// The item the keys act on.
    pub fn item(&self) -> Option<&Beside> {
        self.items.get(self.at)
    }

    /// What is done about an item.
    pub fn mark(&self, item: i64) -> Option<&Mark> {
        self.marks.get(&item)
    }

    fn sum(&self, of: impl Fn(&Beside, &Mark) -> i64) -> i64 {
        let marked = self.items.iter().filter_map(|item| Some((item, self.marks.get(&item.id)?)));
        marked.map(|(item, mark)| of(item, mark)).sum()
    }

    /// What the marked items take of the payment, credits used taken off.
    pub fn taken(&self) -> i64 {
        self.sum(|item, mark| if item.open > 0 { mark.paid } else { -mark.paid })
    }

    /// Discounts and differences granted.
    pub fn granted(&self) -> i64 {
        self.sum(|_, mark| mark.discount + mark.difference)
    }

    /// What the marked items would still have open, with nothing said about it.
    pub fn stays(&self) -> i64 {
        self.sum(|item, mark| if item.open > 0 { item.open - mark.whole() } else { 0 })
    }

    /// What of the payment nothing is marked for; below zero it is short.
    pub fn rest(&self) -> i64 {
        self.left - self.taken()
    }

    /// Takes an explanation as the beginning.
    pub fn explain(&mut self, place: usize, explanation: &Explanation) {
        self.marks.clear();
        for share in &explanation.shares {
            let deducted = explanation.deductions.iter().find(|one| one.item == share.item);
            let mark = Mark {
                paid: share.amount.abs(),
                discount: share.discount.max(0),
                difference: share.written_off.max(0),
                deducted: deducted.map_or(0, |one| one.amount),
                reason: deducted.map_or_else(String::new, |one| one.why.word().to_owned()),
            };
            if mark.whole() > 0 {
                self.marks.insert(share.item, mark);
            }
        }
        self.explanation = Some(place);
        (self.touched, self.on_account, self.part) = (false, false, false);
        self.at = self.items.iter().position(|item| self.marks.contains_key(&item.id)).unwrap_or(0);
    }

    /// Begins again without any mark.
    pub fn clear(&mut self) {
        self.marks.clear();
        self.explanation = None;
        (self.touched, self.on_account, self.part) = (false, false, false);
    }

    /// Marks the item under the cursor with all that is open, or takes the mark off, and steps on.
    pub fn toggle(&mut self) {
        let Some(item) = self.item().cloned() else { return };
        self.touched = true;
        if self.marks.remove(&item.id).is_none() {
            self.marks.insert(item.id, Mark { paid: item.open.abs(), ..Mark::default() });
        }
        self.at = (self.at + 1).min(self.items.len().saturating_sub(1));
    }

    /// Puts what is left of the payment on the item under the cursor; the item stays open by what it does not cover.
    pub fn fill(&mut self) -> Result<(), String> {
        let Some(item) = self.item().cloned() else { return Err("no item is here".to_owned()) };
        if item.open < 0 {
            return Err("a credit takes no money; Space uses it".to_owned());
        }
        let mut mark = self.marks.get(&item.id).cloned().unwrap_or_default();
        let free = self.rest() + mark.paid;
        let room = item.open - (mark.whole() - mark.paid);
        if free.min(room) <= 0 {
            return Err("nothing of the payment is left for it; Space takes a mark off".to_owned());
        }
        self.touched = true;
        mark.paid = free.min(room);
        self.marks.insert(item.id, mark);
        Ok(())
    }

    /// The marked debit the keys for differences act on: the one under the cursor, else the last one marked.
    fn target(&self) -> Result<Beside, String> {
        let marked = |item: &&Beside| item.open > 0 && self.marks.contains_key(&item.id);
        let here = self.item().filter(|item| marked(item));
        let found = here.or_else(|| self.items.iter().rev().find(marked));
        found.cloned().ok_or_else(|| "mark the item first (Space)".to_owned())
    }

    /// How much is short, and on which item it would be put: what is marked beyond the payment, else what the item's
    /// mark leaves open.
    pub fn short(&self) -> Result<(Beside, i64), String> {
        let item = self.target()?;
        let mark = self.marks.get(&item.id).cloned().unwrap_or_default();
        let short = if self.rest() < 0 { (-self.rest()).min(mark.paid) } else { item.open - mark.whole() };
        if short > 0 { Ok((item, short)) } else { Err("nothing is short".to_owned()) }
    }

    /// Takes the amount off what is paid of an item where it is not open any more, so that it can be something else.
    fn set_aside(&mut self, item: &Beside, amount: i64) -> Option<&mut Mark> {
        self.touched = true;
        let mark = self.marks.get_mut(&item.id)?;
        let over = mark.whole() + amount - item.open;
        mark.paid -= over.clamp(0, mark.paid);
        Some(mark)
    }

    /// The short amount is a deduction, disputed for this reason.
    pub fn deduct(&mut self, reason: &str) -> Result<(), String> {
        let (item, short) = self.short()?;
        if let Some(mark) = self.set_aside(&item, short) {
            mark.deducted += short;
            reason.clone_into(&mut mark.reason);
        }
        Ok(())
    }

    /// The short amount is accepted; asked again, it is a charge of the payer's bank; and again, it is open.
    pub fn write_off(&mut self) -> Result<(), String> {
        let item = self.target()?;
        let known = self.marks.get(&item.id).cloned().unwrap_or_default();
        if known.difference > 0 && self.rest() >= 0 {
            self.touched = true;
            let Some(mark) = self.marks.get_mut(&item.id) else { return Ok(()) };
            if mark.reason.is_empty() {
                BANK_CHARGES.clone_into(&mut mark.reason);
            } else {
                mark.difference = 0;
                mark.reason.clear();
            }
            return Ok(());
        }
        let (item, short) = self.short()?;
        if let Some(mark) = self.set_aside(&item, short) {
            mark.difference += short;
        }
        Ok(())
    }

    /// What `d` would do about the item under the cursor.
    pub fn discount(&self) -> Result<Discount, String> {
        let Some(item) = self.item() else { return Err("no item is here".to_owned()) };
        if item.open < 0 {
            return Err("a credit has no discount".to_owned());
        }
        let has = self.marks.get(&item.id).map_or(0, |mark| mark.discount);
        Ok(match item.discount {
            _ if has > 0 => Discount::Taken,
            0 => Discount::Unearned(self.short().map_or(0, |(_, short)| short)),
            earned => Discount::Earned(earned),
        })
    }

    /// Grants a discount on the item under the cursor, marking it; 0 takes it back.
    pub fn grant(&mut self, discount: i64) {
        let Some(item) = self.item().cloned() else { return };
        self.touched = true;
        let mark = self.marks.entry(item.id).or_insert_with(|| Mark { paid: item.open, ..Mark::default() });
        if discount == 0 {
            mark.paid += mark.discount;
        }
        mark.discount = discount;
        let over = mark.whole() - item.open;
        mark.paid -= over.clamp(0, mark.paid);
    }

    /// What keeps the draft from being posted, as the end of a sentence.
    pub fn unfit(&self) -> Option<String> {
        if self.customer.is_none() {
            return Some("whose payment is it? f finds the customer, x says it is none".to_owned());
        }
        if self.rest() < 0 {
            return Some(
                "more is marked than was paid: s disputes it, d is discount, w writes it off, = pays in part"
                    .to_owned(),
            );
        }
        let credits: i64 = self.sum(|item, mark| if item.open < 0 { mark.paid } else { 0 });
        let debits: i64 = self.sum(|item, mark| if item.open > 0 { mark.paid } else { 0 });
        if credits > debits {
            return Some("credits are marked for more than the items take".to_owned());
        }
        (self.part && self.taken() <= 0).then(|| "nothing is marked; p off gives the customer all of it".to_owned())
    }

    /// The draft as the act takes it.
    pub fn application(&self, payment: i64, evidence: &str, confidence: i64) -> Option<Application> {
        let marked = || self.items.iter().filter_map(|item| Some((item, self.marks.get(&item.id)?)));
        let line = |(item, mark): (&Beside, &Mark)| Line {
            item: item.id,
            paid: mark.paid,
            discount: mark.discount,
            difference: mark.difference,
            deducted: mark.deducted,
            reason: mark.reason.clone(),
        };
        Some(Application {
            payment,
            left: self.left - self.joined(),
            customer: self.customer?,
            amount: if self.part { self.taken() } else { 0 },
            with: self.with.clone(),
            lines: marked().filter(|(item, mark)| item.open > 0 && mark.whole() > 0).map(line).collect(),
            credits: marked().filter(|(item, _)| item.open < 0).map(|(item, mark)| (item.id, mark.paid)).collect(),
            on_account: self.on_account,
            rule: "by hand".to_owned(),
            confidence,
            evidence: evidence.to_owned(),
            learn: self.learn,
        })
    }

    /// What other payments put in.
    pub fn joined(&self) -> i64 {
        self.with.iter().map(|(_, left)| left).sum()
    }

    /// Puts another payment in, or takes it out again.
    pub fn join(&mut self, payment: i64, left: i64) {
        match self.with.iter().position(|(known, _)| *known == payment) {
            Some(at) => self.left -= self.with.remove(at).1,
            None => {
                self.with.push((payment, left));
                self.left += left;
            }
        }
        self.part = false;
        self.touched = true;
    }

    /// What the clerk saw open of every marked item.
    pub fn seen(&self) -> Vec<Expect> {
        let marked = self.items.iter().filter(|item| self.marks.contains_key(&item.id));
        marked.map(|item| Expect::Open { item: item.id, open: item.open }).collect()
    }

    /// Takes items that were read again, and keeps what was put together where nothing about it changed. False when it
    /// did, and the draft has to begin again.
    pub fn renew(&mut self, left: i64, items: Vec<Beside>) -> bool {
        let same = |id: &i64| {
            let open = |items: &[Beside]| items.iter().find(|item| item.id == *id).map(|item| item.open);
            open(&items).is_some() && open(&items) == open(&self.items)
        };
        if left + self.joined() != self.left || !self.marks.keys().all(same) {
            return false;
        }
        let here = self.item().map(|item| item.id);
        self.items = items;
        self.at = self.items.iter().position(|item| Some(item.id) == here).unwrap_or(0);
        true
    }
}

/// What a discount on an item would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Discount {
    /// It is granted already; asked again it is taken back.
    Taken,
    /// Paid in time: this much.
    Earned(i64),
    /// Not earned; this much is short.
    Unearned(i64),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::DocumentKind;
    use crate::domain::money::Currency;

    fn item(id: i64, open: i64, discount: i64) -> Beside {
        let date = chrono::NaiveDate::MIN;
        let kind = if open > 0 { DocumentKind::Invoice } else { DocumentKind::CreditNote };
        Beside {
            id,
            customer: 1,
            number: format!("INV-{id}"),
            kind,
            date,
            due: date,
            currency: Currency::EUR,
            amount: open,
            open,
            disputed: 0,
            discount,
            discount_until: None,
        }
    }

    fn draft(left: i64, items: Vec<Beside>) -> Draft {
        Draft { left, customer: Some(1), items, ..Draft::default() }
    }

    #[test]
    fn what_is_short_becomes_what_was_chosen_and_adds_up() {
        let mut draft = draft(29_000, vec![item(1, 30_000, 0)]);
        draft.toggle();
        assert_eq!((draft.rest(), draft.unfit().is_some()), (-1_000, true));
        draft.deduct("price").unwrap();
        let line = draft.application(7, "", 0).unwrap().lines.remove(0);
        assert_eq!((line.paid, line.deducted, line.reason.as_str(), draft.rest()), (29_000, 1_000, "price", 0));
        draft.clear();
        draft.toggle();
        draft.write_off().unwrap();
        draft.write_off().unwrap();
        let mark = draft.mark(1).unwrap().clone();
        assert_eq!((mark.paid, mark.difference, mark.reason.as_str()), (29_000, 1_000, BANK_CHARGES));
        draft.write_off().unwrap();
        assert_eq!((draft.mark(1).unwrap().difference, draft.rest()), (0, 0));
        draft.clear();
        draft.toggle();
        assert_eq!(draft.discount(), Ok(Discount::Unearned(1_000)));
        draft.grant(600);
        assert_eq!((draft.mark(1).unwrap().paid, draft.rest()), (29_400, -400));
        draft.fill().unwrap();
        assert_eq!((draft.mark(1).unwrap().whole(), draft.rest()), (29_600, 0));
    }

    #[test]
    fn credits_stretch_a_payment_and_never_exceed_it() {
        let mut draft = draft(70_000, vec![item(1, 100_000, 2_000), item(2, -30_000, 0)]);
        draft.toggle();
        draft.toggle();
        assert_eq!((draft.rest(), draft.unfit()), (0, None));
        let made = draft.application(7, "", 0).unwrap();
        assert_eq!((made.lines.len(), made.credits), (1, vec![(2, 30_000)]));
        draft.at = 0;
        draft.toggle();
        assert!(draft.unfit().is_some());
        assert_eq!(draft.rest(), 100_000);
        draft.at = 0;
        assert_eq!(draft.discount(), Ok(Discount::Earned(2_000)));
        draft.grant(2_000);
        assert_eq!((draft.rest(), draft.mark(1).unwrap().paid), (2_000, 98_000));
        assert!(!draft.clone().renew(69_000, draft.items.clone()));
        assert!(draft.renew(70_000, draft.items.clone()));
    }
}
