//! Documents that settle items in the moment they are posted: what another system knows as settled, and money that pays
//! items at once. Their own items are written once, in their final state, so that no index learns of them as open.

use super::date::never;
use super::error::{Result, StoreError};
use super::ledger::{Item, NewAllocation, NewDocument, NewItem};
use super::tx::Tx;
use super::value::T;

impl Tx<'_> {
    /// Posts an invoice that another system already knows as settled: invoice, receipt and allocation, with the items
    /// written once in their final state.
    pub fn post_settled(
        &mut self,
        invoice: &NewDocument<'_>,
        part: NewItem,
        receipt: &NewDocument<'_>,
    ) -> Result<(i64, Item)> {
        let (document, mut debits) = self.start_document(invoice, &[part])?;
        let settled = NewItem { due: receipt.date, amount: receipt.amount, base: receipt.base };
        let (paid_by, mut credits) = self.start_document(receipt, &[settled])?;
        let (debit, credit) = (&mut debits[0], &mut credits[0]);
        debit.id = self.next_id(T::Item)?;
        credit.id = debit.id + 1;
        let amount = debit.open.min(-credit.open);
        let allocation =
            NewAllocation { amount, effective: receipt.date.max(invoice.date), rule: "settled", reverses: None };
        let bases = self.relieve(debit, credit, &allocation)?;
        for item in [&mut *debit, &mut *credit] {
            if item.open == 0 {
                item.closed_on = allocation.effective;
            }
        }
        self.note_closing(debit, never());
        let first = self.write_item(debit, document, invoice.number)?;
        let second = self.write_item(credit, paid_by, receipt.number)?;
        same_item(debit, first)?;
        same_item(credit, second)?;
        self.write_allocation(debit, credit, &allocation, bases)?;
        Ok((document, debits.remove(0)))
    }

    /// Posts a credit that pays parts of items from its date on, none of them twice: the rows that posting it and allocating each part
    /// afterwards would leave. Returns its document and its item with what of it stays open.
    pub fn post_paying(&mut self, new: &NewDocument<'_>, parts: Vec<(Item, i64)>, rule: &str) -> Result<(i64, Item)> {
        let whole = NewItem { due: new.date, amount: new.amount, base: new.base };
        let (document, mut items) = self.start_document(new, &[whole])?;
        let credit = &mut items[0];
        credit.id = self.next_id(T::Item)?;
        let mut paid = Vec::with_capacity(parts.len());
        let mut last = new.date;
        for (mut debit, amount) in parts {
            let allocation = NewAllocation { amount, effective: new.date, rule, reverses: None };
            // The credit is new: only what was done to the debit before has a say in the date.
            let (changed, reopened) = self.touched_on(&debit)?;
            let effective = new.date.max(debit.date).max(reopened);
            let allocation = NewAllocation { effective, ..self.same_currency(&debit, credit, allocation)? };
            let bases = self.relieve(&mut debit, credit, &allocation)?;
            last = last.max(allocation.effective);
            paid.push((debit, allocation, bases, changed));
        }
        if self.bulk {
            credit.closed_on = self.closed_on(credit, last)?;
        } else if credit.open == 0 {
            credit.closed_on = last;
        }
        let written = self.write_item(credit, document, new.number)?;
        same_item(credit, written)?;
        for (mut debit, allocation, bases, changed) in paid {
            self.write_allocation(&debit, credit, &allocation, bases)?;
            let before = debit.closed_on;
            debit.closed_on = match debit.open {
                0 if !self.bulk => allocation.effective.max(changed),
                _ => self.closed_on(&debit, allocation.effective)?,
            };
            self.note_closing(&debit, before);
            self.keep_item(&debit)?;
        }
        Ok((document, items.remove(0)))
    }
}

/// Refuses an item that got another number than it was promised.
fn same_item(item: &Item, written: i64) -> Result<()> {
    if item.id == written {
        return Ok(());
    }
    Err(StoreError::refused("DB-17", "Two postings took the same item number. Nothing was posted."))
}
