//! Credit notes that come in by file pass the limit entered ones pass. A file cannot wait for a second person, so a row
//! beyond the limit is refused; one by hand is asked for.

use std::collections::HashMap;

use chrono::Duration;

use super::Failure;
use super::authorise::{self, Second, Sum, alone};
use super::import::Work;
use super::perform::Context;
use crate::domain::limits::{self, LimitKind};
use crate::formats::canonical::InvoiceRow;
use crate::store::Tx;

/// What a file credited so far, by the numbers of customers.
pub(super) struct Credits {
    /// Nobody else is there who could be the second person: what goes beyond is taken, and noted once.
    alone: bool,
    noted: Option<Second>,
    so_far: HashMap<String, i64>,
}

impl Credits {
    pub(super) fn new(tx: &Tx<'_>, context: &Context<'_>) -> Result<Self, Failure> {
        let alone = alone::is_alone(tx, context)?;
        Ok(Credits { alone, noted: None, so_far: HashMap::new() })
    }

    /// Whether a credit note is within the limit of who imports it, with those before it for its customer: `id`, where
    /// the book has one of that number. Refuses the row where it is not.
    pub(super) fn take(
        &mut self,
        tx: &Tx<'_>,
        context: &Context<'_>,
        work: &mut Work,
        row: &InvoiceRow,
        (number, id): (&str, Option<i64>),
    ) -> Result<bool, Failure> {
        if self.noted.is_some() {
            return Ok(true);
        }
        let before = match (self.so_far.get(number), id) {
            (Some(before), _) => *before,
            // The first documents of a book: nothing was credited before.
            (None, Some(id)) if !tx.is_bulk() => {
                let last = tx.recorded_on().map_or(context.today, |day| day.min(context.today));
                let from = last - Duration::days(limits::WINDOW_DAYS - 1);
                tx.reduced_since(context.person.id, id, LimitKind::CreditNote, from)?.iter().sum()
            }
            (None, _) => 0,
        };
        let sum = Sum { amount: row.amount, currency: row.currency, date: row.document_date };
        match authorise::with_earlier(tx, context, LimitKind::CreditNote, &[before], sum)? {
            Ok(counted) => drop(self.so_far.insert(number.to_owned(), counted)),
            Err(second) if self.alone => self.noted = Some(second),
            Err(second) => {
                let reason = format!("{}; enter it by hand, which asks for one.", second.why);
                work.refuse(row.line, "amount", "AUT-13", reason);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Writes what was taken beyond the limit for want of a second person.
    pub(super) fn end(self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        if let Some(second) = self.noted {
            tx.add_lone_act(&alone::note(&second))?;
        }
        Ok(())
    }
}
