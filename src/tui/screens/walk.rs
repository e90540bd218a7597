//! A list walked one by one, as decks do: where somebody stands in it, what was handled, which one is next, and when more
//! of the list must be read. What is shown of each is the deck's own.

use std::collections::HashSet;

use crate::store::read::window::Want;

/// Something a list has a line of.
pub(super) trait Stop {
    /// What it is known by.
    fn id(&self) -> i64;
}

/// The lines of a list as far as they are known, and the place in them.
pub(super) struct Walk<R> {
    rows: Vec<R>,
    /// Place of the first known line in the whole list.
    first: u64,
    total: u64,
    at: usize,
    handled: HashSet<i64>,
    /// For every act done here, the place it disposed of, if it did: what undo comes back to.
    done: Vec<Option<usize>>,
    /// Everything was handled.
    finished: bool,
}

impl<R: Stop> Walk<R> {
    /// Lines of a list of so many, the first of which has that place, starting at one of them.
    pub fn new(rows: Vec<R>, first: u64, total: u64, start: i64) -> Walk<R> {
        let at = rows.iter().position(|row| row.id() == start).unwrap_or(0);
        Walk { rows, first, total, at, handled: HashSet::new(), done: Vec::new(), finished: false }
    }

    /// The line somebody stands at.
    pub fn row(&self) -> Option<&R> {
        self.rows.get(self.at).filter(|_| !self.finished)
    }

    /// The same, to keep it in step with what became of it.
    pub fn row_mut(&mut self) -> Option<&mut R> {
        self.rows.get_mut(self.at)
    }

    /// How many lines the whole list has.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// `3 of 14`.
    pub fn progress(&self) -> String {
        format!("{} of {}", self.first + self.at as u64 + 1, self.total)
    }

    /// How many were handled since the walk began.
    pub fn handled(&self) -> usize {
        self.handled.len()
    }

    /// Goes to a place; what stands there.
    pub fn turn_to(&mut self, at: usize) -> Option<i64> {
        (self.at, self.finished) = (at, false);
        self.rows.get(at).map(R::id)
    }

    /// The place after or before this one, where there is one.
    pub fn beside(&self, forward: bool) -> Option<usize> {
        let next = if forward { self.at + 1 } else { self.at.wrapping_sub(1) };
        (next < self.rows.len()).then_some(next)
    }

    fn next_open(&self) -> Option<usize> {
        let open = |place: &usize| self.rows.get(*place).is_some_and(|row| !self.handled.contains(&row.id()));
        (self.at + 1..self.rows.len()).chain(0..self.at).find(open)
    }

    /// The next one nobody has handled yet, going round.
    pub fn following(&self) -> Option<i64> {
        self.next_open().and_then(|place| self.rows.get(place)).map(R::id)
    }

    /// What to read of the list, when the end of what is known comes near.
    pub fn wanted(&self) -> Option<Want<i64>> {
        let end = self.first + self.rows.len() as u64;
        let near = end < self.total && self.at + 3 > self.rows.len();
        let last = self.rows.last().filter(|_| near)?;
        Some(Want::After(last.id(), end.saturating_sub(self.handled.len() as u64)))
    }

    /// Takes what was read. Where nothing further came the list is shorter than it was.
    pub fn extend(&mut self, rows: Vec<R>) {
        let known: HashSet<i64> = self.rows.iter().map(R::id).collect();
        let before = self.rows.len();
        self.rows.extend(rows.into_iter().filter(|row| !known.contains(&row.id())));
        if before == self.rows.len() {
            self.total = self.first + before as u64;
        }
    }

    /// Takes the list over from its start, where none of it was known.
    pub fn begin(&mut self, rows: Vec<R>, first: u64, total: u64) {
        (self.first, self.total, self.finished) = (first, total, total == 0);
        self.extend(rows);
    }

    /// This one is handled: the place to go to, or none where everything is.
    pub fn dispose(&mut self) -> Option<usize> {
        let id = self.row()?.id();
        self.done.push(Some(self.at));
        self.handled.insert(id);
        let next = self.next_open();
        self.finished = next.is_none();
        next
    }

    /// An act that left this one where it is.
    pub fn note(&mut self) {
        self.done.push(None);
    }

    /// The last act was taken back: the place to show again, if it had disposed of one.
    pub fn take_back(&mut self) -> Option<usize> {
        let place = self.done.pop().flatten()?;
        if let Some(row) = self.rows.get(place) {
            self.handled.remove(&row.id());
        }
        Some(place)
    }
}
