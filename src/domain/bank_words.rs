//! A statement of the bank in words, kept when its rows are gone: what it is, how its balances come about, and which kinds
//! of entries are in it.

use super::bank::{EntryKind, Source, StatementRow};
use super::money::{Money, NumberStyle};

/// What is kept of a statement to tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The statement without its entries.
    pub row: StatementRow,
    /// How many entries it had.
    pub count: usize,
    /// What they came to, minor units.
    pub net: i64,
    /// How many of each kind there were.
    pub kinds: Vec<(EntryKind, usize)>,
}

impl Told {
    /// Of a row that may be taken in.
    pub fn of(row: &StatementRow) -> Told {
        let count = |kind: EntryKind| row.entries.iter().filter(|entry| entry.kind == kind).count();
        let kinds = EntryKind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, count)| *count > 0);
        let bare = StatementRow {
            line: row.line,
            source: row.source,
            format: row.format.clone(),
            number: row.number.clone(),
            account: row.account.clone(),
            currency: row.currency,
            from: row.from,
            to: row.to,
            opening: row.opening,
            closing: row.closing,
            entries: Vec::new(),
            left_out: row.left_out,
            notices: row.notices.clone(),
        };
        Told { count: row.entries.len(), net: row.net(), kinds: kinds.collect(), row: bare }
    }

    /// An amount in the statement's currency, without its code.
    pub fn amount(&self, minor: i64) -> String {
        Money::new(minor, self.row.currency).grouped(NumberStyle::Point)
    }

    /// `3 receipts, 1 charge`; empty without entries.
    pub fn kinds(&self) -> String {
        let words = self.kinds.iter().map(|(kind, count)| match (kind, count) {
            (EntryKind::Other | EntryKind::Interest, _) | (_, 1) => format!("{count} {}", kind.word()),
            _ => format!("{count} {}s", kind.word()),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// Account under this name, format, number and period.
    pub fn head(&self, name: &str) -> String {
        let row = &self.row;
        let what = match row.source {
            Source::Advice => "advice ",
            Source::Report => "report ",
            Source::Statement => "",
        };
        let period = match row.from == row.to {
            true => row.from.to_string(),
            false => format!("{} to {}", row.from, row.to),
        };
        format!("{name}: {what}{} {}, {period}", row.format, row.number)
    }

    /// Opening and entries make closing.
    pub fn sum(&self) -> String {
        let (row, currency) = (&self.row, self.row.currency);
        let amount = |minor| self.amount(minor);
        match (row.opening, row.closing) {
            (Some(opening), Some(closing)) => {
                let (opening, closing) = (amount(opening.amount), amount(closing.amount));
                format!("{opening} and entries of {} make {closing} {currency}", amount(self.net))
            }
            (None, Some(closing)) => {
                format!("entries of {}, closing with {} {currency}", amount(self.net), amount(closing.amount))
            }
            _ => format!("entries of {} {currency}", amount(self.net)),
        }
    }

    /// `, 2 left out (...)`; empty where nothing was.
    pub fn left_out(&self) -> String {
        match self.row.left_out {
            0 => String::new(),
            count => format!(", {count} left out (pending, for information, or of amount 0)"),
        }
    }
}
