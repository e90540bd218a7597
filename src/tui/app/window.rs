//! The words lists and stores speak about long lists: a row with its identity, a window of rows, and which window is
//! wanted next.

use std::hash::Hash;

use crate::domain::money::Money;

/// A row of a list.
pub trait Row {
    /// What identifies it for as long as the book exists.
    type Id: Copy + Eq + Hash + std::fmt::Debug;
    /// Its identity.
    fn id(&self) -> Self::Id;
    /// What a mark on it adds to the marked sum.
    fn sum(&self) -> Option<Money> {
        None
    }
    /// What the rows of one group share; `J` and `K` step over it.
    fn group(&self) -> u64 {
        0
    }
}

/// A piece of the whole list, in its order.
#[derive(Debug, Clone, Default)]
pub struct Window<R> {
    /// Place of the first row in the whole list, from 0.
    pub first: u64,
    /// The rows.
    pub rows: Vec<R>,
    /// How many rows the whole list has.
    pub total: u64,
}

/// Which rows the list needs next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want<Id> {
    /// From the beginning.
    Start,
    /// Those after this row; the first of them has this place.
    After(Id, u64),
    /// Those before this row; the last of them has the place before this one.
    Before(Id, u64),
    /// The last ones.
    End,
    /// Those around this place.
    At(u64),
    /// Those around this row, which stands at about this place.
    Around(Id, u64),
    /// Every id with its sum, for [`ListState::mark_all`](super::ListState::mark_all).
    AllIds,
    /// Every id with its sum, for [`ListState::invert_marks`](super::ListState::invert_marks).
    Inverse,
}

/// What became of a command given to a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled<Id> {
    /// Not a command of lists.
    No,
    /// Done.
    Yes,
    /// Done as far as the window goes; ask for these rows.
    Want(Want<Id>),
}

/// By which column a list is sorted. A screen adds a unique key at the end, so that rows never shuffle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Identity of the column.
    pub column: &'static str,
    /// Largest first.
    pub descending: bool,
}

impl Sort {
    /// The same column reversed, or another column in its natural direction.
    pub fn toggled(self, column: &'static str, descending: bool) -> Sort {
        if self.column == column { Sort { descending: !self.descending, ..self } } else { Sort { column, descending } }
    }
}
