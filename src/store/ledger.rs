//! Documents, open items, allocations and their postings: the rows of money and the kept figures that follow from
//! them. Every function keeps items, control account, daily figures and customer standing in step, in one transaction.

use chrono::{Duration, NaiveDate};

use super::cases::Touched;
use super::date::{iso, never};
use super::error::{Result, StoreError};
use super::kept::{Measure, OVERDUE};
use super::tx::Tx;
use super::value::{T, V};
use crate::domain::account::Account;
use crate::domain::document::DocumentKind;
use crate::domain::money::{self, Currency};
use crate::domain::posting::{self, Entry, Sum};
use crate::domain::tax::{self, TaxPart};

/// A document about to be posted.
#[derive(Debug, Clone)]
pub struct NewDocument<'a> {
    /// What it is.
    pub kind: DocumentKind,
    /// Its number, unique within its kind.
    pub number: &'a str,
    /// Whose it is.
    pub customer: i64,
    /// Document date.
    pub date: NaiveDate,
    /// Currency of `amount`.
    pub currency: Currency,
    /// Signed minor units: debits positive.
    pub amount: i64,
    /// The same in the book's currency at the booking rate; `None` where no rate is known.
    pub base: Option<i64>,
    /// The customer's or the bank's reference.
    pub reference: &'a str,
    /// Order number.
    pub order: &'a str,
    /// Free text.
    pub text: &'a str,
    /// The document this one reverses.
    pub reverses: Option<i64>,
    /// The account on the other side, where it is not the usual one of the kind: where a receipt's money stood before,
    /// what a payment difference is.
    pub side: Option<Account>,
    /// What of it is tax, with its sign; empty for none.
    pub tax: &'a [TaxPart],
}

/// One instalment of a new document.
#[derive(Debug, Clone, Copy)]
pub struct NewItem {
    /// When it is due.
    pub due: NaiveDate,
    /// Signed minor units.
    pub amount: i64,
    /// In the book's currency.
    pub base: Option<i64>,
}

/// An open item as the book holds it.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id.
    pub id: i64,
    /// The document it is part of.
    pub document: i64,
    /// Kind of that document.
    pub kind: DocumentKind,
    /// Whose it is.
    pub customer: i64,
    /// Document date.
    pub date: NaiveDate,
    /// Due date.
    pub due: NaiveDate,
    /// Currency.
    pub currency: Currency,
    /// Signed minor units as posted.
    pub amount: i64,
    /// In the book's currency.
    pub base: Option<i64>,
    /// What is still open, same sign as `amount`.
    pub open: i64,
    /// The open part in the book's currency.
    pub open_base: Option<i64>,
    /// From when on nothing is open; [`never`] while something is.
    pub closed_on: NaiveDate,
    /// The part in dispute.
    pub disputed: i64,
}

/// An allocation about to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAllocation<'a> {
    /// Minor units; negative only in a reversal.
    pub amount: i64,
    /// From when it counts.
    pub effective: NaiveDate,
    /// Which rule made it: `named`, `oldest`, `by hand`, `settled`, `write-off`, `reversal`.
    pub rule: &'a str,
    /// The allocation it takes back, with what it relieved on the debit and the credit side in the book's currency.
    pub reverses: Option<(i64, Option<i64>, Option<i64>)>,
}

/// Which kept measure the open part of a kind belongs to.
pub(super) fn family(kind: DocumentKind) -> Measure {
    match kind {
        DocumentKind::Invoice | DocumentKind::DebitNote | DocumentKind::Refund => Measure::Debits,
        DocumentKind::CreditNote | DocumentKind::WriteOff | DocumentKind::Discount | DocumentKind::Difference => {
            Measure::Credits
        }
        DocumentKind::Receipt => Measure::Unapplied,
    }
}

/// First day on which a debit item counts as more than `days` past due.
fn over_from(item: &Item, days: i64) -> NaiveDate {
    item.date.max(item.due + Duration::days(1 + days))
}

impl Tx<'_> {
    /// Posts a document with its items and its entry. Returns the document's id and its items, all open.
    pub fn post_document(&mut self, new: &NewDocument<'_>, parts: &[NewItem]) -> Result<(i64, Vec<Item>)> {
        let (document, mut items) = self.start_document(new, parts)?;
        for item in &mut items {
            item.id = self.write_item(item, document, new.number)?;
        }
        Ok((document, items))
    }

    pub(super) fn start_document(&mut self, new: &NewDocument<'_>, parts: &[NewItem]) -> Result<(i64, Vec<Item>)> {
        let total: i64 = parts.iter().map(|part| part.amount).sum();
        if total != new.amount || parts.is_empty() {
            return Err(StoreError::refused(
                "CHK-M4",
                "The instalments do not add up to the document. Nothing was posted.",
            ));
        }
        let (date, code) = (iso(new.date), new.currency);
        let document = self.insert(
            T::Document,
            &[
                V::I(new.kind.code()),
                V::T(new.number),
                V::I(new.customer),
                V::T(date.as_str()),
                V::T(code.code()),
                V::I(new.amount),
                V::maybe(new.base),
                V::T(new.reference),
                V::T(new.order),
                V::T(new.text),
                V::maybe(new.reverses),
            ],
            &[],
        )?;
        self.add_tax(document, new.amount, new.tax)?;
        self.post_entry(new, document)?;
        let items: Vec<Item> = parts
            .iter()
            .map(|part| Item {
                id: 0,
                document,
                kind: new.kind,
                customer: new.customer,
                date: new.date,
                due: part.due,
                currency: new.currency,
                amount: part.amount,
                base: part.base,
                open: part.amount,
                open_base: part.base,
                closed_on: never(),
                disputed: 0,
            })
            .collect();
        self.note_document(new, &items);
        Ok((document, items))
    }

    pub(super) fn write_item(&mut self, item: &Item, document: i64, number: &str) -> Result<i64> {
        let part = self.part_number(document);
        let (date, due, closed) = (iso(item.date), iso(item.due), iso(item.closed_on));
        self.insert(
            T::Item,
            &[
                V::I(document),
                V::I(part),
                V::I(item.kind.code()),
                V::I(item.customer),
                V::T(date.as_str()),
                V::T(due.as_str()),
                V::T(item.currency.code()),
                V::I(item.amount),
                V::maybe(item.base),
            ],
            &[V::I(item.open), V::maybe(item.open_base), V::T(closed.as_str()), V::T(number)],
        )
    }

    /// The entry of a document by its kind; an amount against the usual sign of the kind mirrors it.
    fn post_entry(&mut self, new: &NewDocument<'_>, document: i64) -> Result<()> {
        let (amount, base) = (new.amount.abs(), new.base.unwrap_or(0).abs());
        let total = Sum { amount, currency: new.currency, base };
        let taxed = tax::tax(new.tax) * new.amount.signum();
        let tax_base = money::share(Some(base), amount, amount, taxed).unwrap_or(0);
        let tax = Sum { amount: taxed, currency: new.currency, base: tax_base };
        let (entry, usual) = match new.kind {
            DocumentKind::Invoice | DocumentKind::DebitNote => (posting::invoice(total, tax), 1),
            DocumentKind::CreditNote => (posting::credit_note(total, tax), -1),
            DocumentKind::Receipt => (posting::receipt_from(total, new.side.unwrap_or(Account::Bank)), -1),
            DocumentKind::WriteOff => (posting::write_off(total, tax, Account::BadDebtExpense), -1),
            DocumentKind::Discount => (posting::discount(total, tax), -1),
            DocumentKind::Difference => {
                (posting::write_off(total, tax, new.side.unwrap_or(Account::PaymentDifferences)), -1)
            }
            DocumentKind::Refund => (posting::refund(total), 1),
        };
        let entry = if new.amount.signum() == usual { entry } else { posting::reversal(&entry) };
        let source = Source { customer: new.customer, document: Some(document), allocation: None, date: new.date };
        self.post(&source, &entry, new.base.is_some())
    }

    /// Writes an entry as its legs, and adds what it changes of the control account to the day.
    pub(super) fn post(&mut self, source: &Source, entry: &Entry, with_base: bool) -> Result<()> {
        if let Some(closed) = self.closed(source.date)? {
            let sentence = format!("{closed}. Nothing was posted; use a later date or ask for the month to be opened.");
            return Err(StoreError::refused("DAT-02", sentence));
        }
        let date = iso(source.date);
        for leg in posting::legs(entry) {
            self.insert(
                T::Posting,
                &[
                    V::I(source.customer),
                    V::maybe(source.document),
                    V::maybe(source.allocation),
                    V::T(date.as_str()),
                    V::I(leg.debit.number()),
                    V::I(leg.credit.number()),
                    V::T(leg.currency.code()),
                    V::I(leg.amount),
                    V::maybe(with_base.then_some(leg.base)),
                ],
                &[],
            )?;
            let sign = i64::from(leg.debit.is_control()) - i64::from(leg.credit.is_control());
            if sign != 0 {
                let place = self.kept.place(leg.currency);
                self.kept.day(Measure::Control, place, source.date, sign * leg.amount, sign * leg.base, 0);
            }
        }
        Ok(())
    }

    /// Kept figures of a new document and its open items.
    fn note_document(&mut self, new: &NewDocument<'_>, items: &[Item]) {
        let place = self.kept.place(new.currency);
        let base = new.base.unwrap_or(0);
        let kept = &mut self.kept;
        let usual = i64::from(new.reverses.is_none());
        match new.kind {
            DocumentKind::Invoice | DocumentKind::DebitNote => {
                kept.day(Measure::Sales, place, new.date, new.amount, base, usual);
            }
            DocumentKind::CreditNote => kept.day(Measure::Sales, place, new.date, new.amount, base, 0),
            DocumentKind::Receipt => kept.day(Measure::Receipts, place, new.date, -new.amount, -base, usual),
            DocumentKind::WriteOff => kept.day(Measure::WriteOffs, place, new.date, -new.amount, -base, usual),
            DocumentKind::Refund => kept.day(Measure::Receipts, place, new.date, -new.amount, -base, 0),
            DocumentKind::Discount | DocumentKind::Difference => {}
        }
        for item in items {
            self.note_open(item, item.amount, item.base.unwrap_or(0), item.date, i64::from(item.amount != 0));
        }
    }

    /// Adds a change of an item's open amount from `day` on to the kept figures; `count` is the change in open items.
    fn note_open(&mut self, item: &Item, amount: i64, base: i64, day: NaiveDate, count: i64) {
        let place = self.kept.place(item.currency);
        let measure = family(item.kind);
        self.kept.day(measure, place, day, amount, base, 0);
        if measure == Measure::Debits {
            for (over, days) in OVERDUE {
                self.kept.day(over, place, day.max(over_from(item, days)), amount, base, 0);
            }
        }
        let standing = self.kept.customer(item.customer, place);
        match measure {
            Measure::Debits => {
                standing.debits += amount;
                standing.items += count;
            }
            Measure::Credits => standing.credits += amount,
            _ => standing.unapplied += amount,
        }
    }

    /// Takes an allocation off both items. Returns what it relieves in the book's currency on each side.
    pub(super) fn relieve(
        &mut self,
        debit: &mut Item,
        credit: &mut Item,
        new: &NewAllocation<'_>,
    ) -> Result<(Option<i64>, Option<i64>)> {
        let (debit_base, credit_base) = match new.reverses {
            Some((_, debit_base, credit_base)) => (debit_base.map(|base| -base), credit_base.map(|base| -base)),
            None => (share(debit, new.amount), share(credit, new.amount)),
        };
        let was = (debit.open != 0, credit.open != 0);
        debit.open -= new.amount;
        credit.open += new.amount;
        debit.open_base = debit.open_base.zip(debit_base).map(|(open, part)| open - part);
        credit.open_base = credit.open_base.zip(credit_base).map(|(open, part)| open + part);
        for item in [&*debit, &*credit] {
            if item.open.signum() * item.amount.signum() < 0 || item.open.abs() > item.amount.abs() {
                let sentence = "More was allocated than the item has open. Nothing was posted; look at it again.";
                return Err(StoreError::refused("AMT-06", sentence));
            }
        }
        let count = |was: bool, item: &Item| i64::from(item.open != 0) - i64::from(was);
        let (debit_count, credit_count) = (count(was.0, debit), count(was.1, credit));
        self.note_open(debit, -new.amount, -debit_base.unwrap_or(0), new.effective, debit_count);
        self.note_open(credit, new.amount, credit_base.unwrap_or(0), new.effective, credit_count);
        Ok((debit_base, credit_base))
    }

    /// The allocation with the date from which it can count.
    pub(super) fn dated<'a>(&self, debit: &Item, credit: &Item, new: &NewAllocation<'a>) -> Result<NewAllocation<'a>> {
        let new = self.same_currency(debit, credit, *new)?;
        let mut earliest = debit.date.max(credit.date);
        if new.reverses.is_none() {
            earliest = earliest.max(self.reopened(debit, credit)?);
        }
        Ok(NewAllocation { effective: new.effective.max(earliest), ..new })
    }

    /// The allocation as it is, where both items are in one currency.
    pub(super) fn same_currency<'a>(
        &self,
        debit: &Item,
        credit: &Item,
        new: NewAllocation<'a>,
    ) -> Result<NewAllocation<'a>> {
        if debit.currency == credit.currency {
            return Ok(new);
        }
        let sentence = format!("{} cannot be applied to {}. Nothing was posted.", credit.currency, debit.currency);
        Err(StoreError::refused("AMT-09", sentence))
    }

    /// Applies a credit item to a debit item and writes both. The effective date is raised to both document dates, and
    /// to the last date something was taken back of either.
    pub fn allocate(&mut self, debit: &mut Item, credit: &mut Item, new: &NewAllocation<'_>) -> Result<i64> {
        let new = self.dated(debit, credit, new)?;
        let before = [debit.closed_on, credit.closed_on];
        let bases = self.relieve(debit, credit, &new)?;
        let id = self.write_allocation(debit, credit, &new, bases)?;
        for (item, before) in [debit, credit].into_iter().zip(before) {
            item.closed_on = self.closed_on(item, new.effective)?;
            // A document closed by its own reversal was never paid.
            if new.reverses.is_some() || new.rule != "reversal" {
                self.note_closing(item, before);
            }
            self.keep_item(item)?;
        }
        Ok(id)
    }

    pub(super) fn write_allocation(
        &mut self,
        debit: &Item,
        credit: &Item,
        new: &NewAllocation<'_>,
        (debit_base, credit_base): (Option<i64>, Option<i64>),
    ) -> Result<i64> {
        let effective = iso(new.effective);
        let id = self.insert(
            T::Allocation,
            &[
                V::I(debit.customer),
                V::I(debit.id),
                V::I(credit.id),
                V::T(debit.currency.code()),
                V::I(new.amount),
                V::maybe(debit_base),
                V::maybe(credit_base),
                V::T(effective.as_str()),
                V::T(new.rule),
                V::maybe(new.reverses.map(|(id, _, _)| id)),
            ],
            &[],
        )?;
        self.post_allocation(debit, credit, new, (debit_base, credit_base), id)?;
        self.last_allocation = id;
        let reverses = new.reverses.map(|(id, _, _)| id);
        if debit.disputed > 0 || reverses.is_some() {
            let (debit, credit) = (debit.id, credit.id);
            self.touched.push(Touched { allocation: id, debit, credit, amount: new.amount, reverses });
        }
        Ok(id)
    }

    /// Cash moves from unapplied to trade receivables; what its rate differs by is an exchange gain or loss. A refund
    /// takes cash the other way, out of unapplied. An item booked before its currency had a rate is carried at nothing
    /// in the book's currency, so all the other side is worth is such a difference; otherwise it would stay in the
    /// control account for good.
    fn post_allocation(
        &mut self,
        debit: &Item,
        credit: &Item,
        new: &NewAllocation<'_>,
        (debit_base, credit_base): (Option<i64>, Option<i64>),
        id: i64,
    ) -> Result<()> {
        let cash = |item: &Item| family(item.kind) == Measure::Unapplied;
        let (received, carried) = (credit_base.unwrap_or(0).abs(), debit_base.unwrap_or(0).abs());
        let amount = new.amount.abs();
        let mut entry = if cash(credit) && !cash(debit) {
            posting::allocate(amount, debit.currency, received, carried)
        } else {
            posting::allocate_credit_note(amount, debit.currency, received, carried)
        };
        if new.amount < 0 {
            entry = posting::reversal(&entry);
        }
        let source = Source { customer: debit.customer, document: None, allocation: Some(id), date: new.effective };
        self.post(&source, &entry, debit_base.is_some() || credit_base.is_some())
    }

    pub(super) fn keep_item(&self, item: &Item) -> Result<()> {
        self.conn
            .prepare_cached("UPDATE item SET open = $1, open_base = $2, closed_on = $3, disputed = $4 WHERE id = $5")?
            .execute(rusqlite::params![
                item.open,
                item.open_base,
                iso(item.closed_on).as_str(),
                item.disputed,
                item.id
            ])?;
        Ok(())
    }

    /// Sets the part of an item that is in dispute.
    pub fn set_disputed(&mut self, item: &mut Item, disputed: i64) -> Result<()> {
        let place = self.kept.place(item.currency);
        self.kept.customer(item.customer, place).disputed += disputed - item.disputed;
        item.disputed = disputed;
        self.keep_item(item)
    }

    fn part_number(&mut self, document: i64) -> i64 {
        let part = if self.last_part.0 == document { self.last_part.1 + 1 } else { 1 };
        self.last_part = (document, part);
        part
    }
}

/// What an entry is posted for.
pub(super) struct Source {
    /// The customer; 0 for none.
    pub customer: i64,
    /// The document posted.
    pub document: Option<i64>,
    /// The allocation posted.
    pub allocation: Option<i64>,
    /// When it counts.
    pub date: NaiveDate,
}

/// What an allocation of `amount` relieves of an item's open part in the book's currency: the whole of it when it
/// closes the item, otherwise its share, rounded half away from zero. Positive for both sides, negative in a reversal.
fn share(item: &Item, amount: i64) -> Option<i64> {
    let (open_base, base) = (item.open_base?, item.base?);
    if amount == item.open.abs() && amount > 0 {
        return Some(open_base.abs());
    }
    let scaled =
        i128::from(amount) * i128::from(base.abs()) * 2 + i128::from(item.amount.abs()) * i128::from(amount.signum());
    let part = scaled / (i128::from(item.amount.abs()) * 2);
    // Many small parts, each rounded up, would add to more than is left.
    i64::try_from(part).ok().map(|part| part.min(open_base.abs()))
}
