//! The words lists and stores speak about long lists: a row with its identity, a window of rows, and which window is
//! wanted next.

use std::hash::Hash;

use crate::domain::money::Money;
use crate::store::read::window;
pub use crate::store::read::window::{Sort, Window};

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

impl<Id> Want<Id> {
    /// The wish as a read model takes it; `None` when it is about ids, which [`Want::AllIds`] and [`Want::Inverse`] are.
    pub fn rows(self) -> Option<window::Want<Id>> {
        Some(match self {
            Want::Start => window::Want::Start,
            Want::After(id, place) => window::Want::After(id, place),
            Want::Before(id, place) => window::Want::Before(id, place),
            Want::End => window::Want::End,
            Want::At(place) => window::Want::At(place),
            Want::Around(id, place) => window::Want::Around(id, place),
            Want::AllIds | Want::Inverse => return None,
        })
    }
}
