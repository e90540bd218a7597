//! What people call things on the command line, made ids: customers and documents by their numbers, amounts as typed.
//! Exact matches only, and what was seen travels with the act, so that a change by somebody else in between is noticed.

use super::stop::Stop;
use crate::acts::Expect;
use crate::domain::money::{Currency, NumberStyle};
use crate::language::amounts::{AmountContext, read_amount};
use crate::store::Reader;
use crate::store::read::refer::{self, CustomerRef, DisputeRef, ItemRef};

/// The customer with this number.
pub(super) fn customer(reader: &Reader, number: &str) -> Result<CustomerRef, Stop> {
    refer::customer(reader, number.trim())?.ok_or_else(|| {
        Stop::refused(
            "MAS-03",
            format!("There is no customer {number}. Nothing was changed; look with `o2c customers`."),
        )
    })
}

/// Ids of the customers with these numbers.
pub(super) fn customers(reader: &Reader, numbers: &[String]) -> Result<Vec<i64>, Stop> {
    numbers.iter().map(|number| Ok(customer(reader, number)?.id)).collect()
}

/// The dispute with this number.
pub(super) fn dispute(reader: &Reader, number: &str) -> Result<DisputeRef, Stop> {
    refer::dispute(reader, number.trim())?.ok_or_else(|| {
        Stop::refused("ACT-04", format!("There is no dispute {number}. Nothing was changed; look with `o2c disputes`."))
    })
}

/// The open instalments of an invoice or debit note, earliest due first.
pub(super) fn debits(reader: &Reader, number: &str) -> Result<Vec<ItemRef>, Stop> {
    open_items(reader, number, "open item", |item| item.open > 0)
}

/// The open part of a receipt or credit note.
pub(super) fn credit(reader: &Reader, number: &str) -> Result<ItemRef, Stop> {
    let mut found = open_items(reader, number, "open credit", |item| item.open < 0)?;
    Ok(found.remove(0))
}

fn open_items(
    reader: &Reader,
    number: &str,
    what: &str,
    wanted: impl Fn(&ItemRef) -> bool,
) -> Result<Vec<ItemRef>, Stop> {
    let all = refer::items(reader, number.trim())?;
    let known = !all.is_empty();
    let found: Vec<ItemRef> = all.into_iter().filter(wanted).collect();
    match (found.is_empty(), known) {
        (false, _) => Ok(found),
        (true, true) => Err(Stop::refused("ACT-04", format!("{number} has no {what}. Nothing was changed."))),
        (true, false) => {
            Err(Stop::refused("ACT-04", format!("There is no {number} in the book. Nothing was changed.")))
        }
    }
}

/// An amount as people type it, in a currency; `open` is what `all` and `50%` mean.
pub(super) fn amount(text: &str, currency: Currency, open: Option<i64>) -> Result<i64, Stop> {
    let context = AmountContext { currency, style: Some(NumberStyle::Point), open };
    read_amount(text, &context).map(|typed| typed.minor).map_err(|error| {
        // The sentences are those of a field, which is changed while it is typed; a verb says how it ended.
        Stop::refused(error.code, format!("{error} Nothing was changed."))
    })
}

/// An amount that needs no open balance.
pub(super) fn plain_amount(text: &str, currency: Currency) -> Result<i64, Stop> {
    amount(text, currency, None)
}

/// Items and what is set against each of them, with what was seen open.
#[derive(Debug)]
pub(super) struct Shares {
    /// Items and minor units.
    pub parts: Vec<(i64, i64)>,
    /// What was open.
    pub seen: Vec<Expect>,
    /// What is left to be set against further items.
    left: i64,
}

impl Shares {
    /// Nothing yet, out of so much.
    pub fn of(left: i64) -> Self {
        Shares { parts: Vec::new(), seen: Vec::new(), left }
    }

    /// Adds so much of these items, earliest due first; without an amount as much as is open and left.
    pub fn add(&mut self, items: &[ItemRef], amount: Option<i64>) -> Result<(), Stop> {
        if amount.is_some_and(|amount| amount <= 0) {
            return Err(Stop::refused(
                "AMT-05",
                "An amount set against an item must be more than 0. Nothing was changed.",
            ));
        }
        let mut rest = amount.unwrap_or(self.left);
        for item in items {
            let part = rest.min(item.open);
            if part > 0 {
                rest -= part;
                self.left -= part;
                self.parts.push((item.id, part));
                self.seen.push(Expect::Open { item: item.id, open: item.open });
            }
        }
        if let (Some(_), true, Some((_, last))) = (amount, rest > 0, self.parts.last_mut()) {
            // More than is open: the act refuses it and says how much there is.
            *last += rest;
        }
        Ok(())
    }
}

/// `NUMBER` or `NUMBER:AMOUNT`; a number may hold a colon itself.
fn split<'t>(reader: &Reader, text: &'t str) -> Result<(&'t str, Option<&'t str>), Stop> {
    match text.rsplit_once(':') {
        Some((number, amount)) if refer::items(reader, text.trim())?.is_empty() => Ok((number, Some(amount))),
        _ => Ok((text, None)),
    }
}

/// Reads what `apply` takes and adds it to the shares.
pub(super) fn share(reader: &Reader, text: &str, shares: &mut Shares) -> Result<(), Stop> {
    let (number, typed) = split(reader, text)?;
    let items = debits(reader, number)?;
    let open = items.iter().map(|item| item.open).sum();
    let amount = typed.map(|typed| amount(typed, items[0].currency, Some(open))).transpose()?;
    shares.add(&items, amount)
}

/// An invoice with how much of what is open and undisputed is meant: all of it, or what stands behind `:`.
pub(super) fn free_share(reader: &Reader, text: &str) -> Result<(ItemRef, i64), Stop> {
    let (number, typed) = split(reader, text)?;
    let item = debits(reader, number)?.remove(0);
    let free = item.open - item.disputed;
    let amount = typed.map(|typed| amount(typed, item.currency, Some(free))).transpose()?;
    Ok((item, amount.unwrap_or(free)))
}

/// The currency of the invoice that `apply` names.
pub(super) fn share_currency(reader: &Reader, text: &str) -> Result<Currency, Stop> {
    let (number, _) = split(reader, text)?;
    Ok(debits(reader, number)?[0].currency)
}
