//! A long list of which only a window is known: cursor and marks by id, so that the row under the cursor stays there
//! whatever reloads; counts, ranges and sums; and the wish for the next window when the cursor comes near an edge.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::command::Call;
pub use super::window::{Handled, Row, Sort, Want, Window};
use crate::domain::money::Money;

/// Rows known at most; beyond it the far end of the window is let go.
const KEEP: usize = 1_000;
/// Distance from an edge of the window at which more is asked for; more than a page on a tall terminal.
const NEAR: u64 = 30;
/// Up to this distance beyond an edge a row is in the neighbouring window: half of what a window holds.
const NEXT: u64 = 100;

/// The state of a list.
pub struct ListState<R: Row> {
    window: Window<R>,
    /// Place of the cursor in the whole list.
    at: u64,
    /// The row the cursor stays on when the window changes.
    cursor: Option<R::Id>,
    /// Place the cursor should take once its row is known.
    aim: Option<u64>,
    /// First visible place. Kept in a cell because only drawing knows the height.
    top: Cell<u64>,
    height: Cell<u16>,
    marks: HashMap<R::Id, Option<Money>>,
    range: Option<u64>,
    /// The next window replaces the known rows whatever it holds.
    fresh: bool,
    /// And the cursor starts at the top if its row is not in it.
    restart: bool,
    /// The neighbouring window asked for since the last one arrived, so that a held key does not ask again and again.
    asked: Option<Want<R::Id>>,
    /// Columns scrolled to the right.
    pub scroll: usize,
    loaded: bool,
}

impl<R: Row> Default for ListState<R> {
    fn default() -> Self {
        ListState {
            window: Window { first: 0, rows: Vec::new(), total: 0 },
            at: 0,
            cursor: None,
            aim: None,
            top: Cell::new(0),
            height: Cell::new(20),
            marks: HashMap::new(),
            range: None,
            fresh: false,
            restart: false,
            asked: None,
            scroll: 0,
            loaded: false,
        }
    }
}

impl<R: Row> ListState<R> {
    /// A list of which nothing is known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a window has arrived at all; before that an empty list means "loading", not "nothing".
    pub fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Rows of the whole list.
    pub fn total(&self) -> u64 {
        self.window.total
    }

    /// The row under the cursor.
    pub fn selected(&self) -> Option<&R> {
        self.row(self.at)
    }

    /// The id under the cursor.
    pub fn cursor(&self) -> Option<R::Id> {
        self.selected().map(Row::id)
    }

    /// Place of the cursor in the whole list, from 0.
    pub fn place(&self) -> u64 {
        self.at
    }

    /// The rows known at present.
    pub fn rows(&self) -> &[R] {
        &self.window.rows
    }

    /// Place of the first known row.
    pub fn first(&self) -> u64 {
        self.window.first
    }

    fn row(&self, place: u64) -> Option<&R> {
        self.window.rows.get(usize::try_from(place.checked_sub(self.window.first)?).ok()?)
    }

    fn end(&self) -> u64 {
        self.window.first + self.window.rows.len() as u64
    }

    /// Takes a window: one that continues the known rows is joined to them, any other replaces them. The cursor stays
    /// on its row by id; a row that is gone leaves the cursor at its place. Ask for all windows of a list in one slot,
    /// so that only the newest arrives.
    pub fn load(&mut self, window: Window<R>) {
        self.loaded = true;
        self.asked = None;
        let both = !self.window.rows.is_empty() && !window.rows.is_empty();
        let fresh = std::mem::take(&mut self.fresh);
        let joins = both && window.total == self.window.total && !fresh;
        if joins && window.first == self.end() {
            self.window.rows.extend(window.rows);
            let extra = self.window.rows.len().saturating_sub(KEEP);
            self.window.rows.drain(..extra);
            self.window.first += extra as u64;
        } else if joins && window.first + window.rows.len() as u64 == self.window.first {
            let mut rows = window.rows;
            rows.append(&mut self.window.rows);
            rows.truncate(KEEP);
            self.window = Window { first: window.first, rows, total: window.total };
        } else {
            self.window = window;
        }
        self.settle_cursor();
        self.refresh_sums();
    }

    fn settle_cursor(&mut self) {
        if let Some(aim) = self.aim.filter(|aim| *aim >= self.window.first && *aim < self.end()) {
            self.aim = None;
            self.set(aim);
            return;
        }
        let known = self.cursor.and_then(|id| self.window.rows.iter().position(|row| row.id() == id));
        match known {
            Some(index) => {
                let before = self.at;
                self.at = self.window.first + index as u64;
                // The row keeps its line on the screen when rows appear or vanish above it; only whoever stands on the
                // first line of all sees what comes in above.
                let top = if before == 0 && self.top.get() == 0 {
                    0
                } else if self.at >= before {
                    self.top.get() + (self.at - before)
                } else {
                    self.top.get().saturating_sub(before - self.at)
                };
                self.top.set(top);
            }
            None => {
                let last = self.end().saturating_sub(1).max(self.window.first);
                let place = if self.restart { self.window.first } else { self.at };
                self.set(place.clamp(self.window.first, last));
            }
        }
        self.restart = false;
    }

    fn refresh_sums(&mut self) {
        for row in &self.window.rows {
            if let Some(sum) = self.marks.get_mut(&row.id()) {
                *sum = row.sum();
            }
        }
    }

    fn set(&mut self, place: u64) {
        self.at = place;
        self.cursor = self.row(place).map(Row::id);
        if let Some(start) = self.range {
            self.mark_between(start, place);
        }
    }

    /// Puts the cursor on the row of that id, if it is known.
    pub fn select(&mut self, id: R::Id) -> bool {
        let index = self.window.rows.iter().position(|row| row.id() == id);
        if let Some(index) = index {
            self.set(self.window.first + index as u64);
        }
        index.is_some()
    }

    /// Remembers an id the cursor should be on when the next window arrives.
    pub fn select_later(&mut self, id: R::Id) {
        self.cursor = Some(id);
    }

    /// The order or the filter changed: the next window replaces the rows, which stay on the screen until it arrives.
    /// Marks stay; the cursor stays on its row if the window has it, else it goes to the top.
    pub fn reset(&mut self) {
        self.fresh = true;
        self.restart = true;
        self.aim = None;
        self.range = None;
        self.asked = None;
    }

    /// The book changed: what to ask for so that the same rows come again. The next window replaces the rows.
    pub fn reload(&mut self) -> Want<R::Id> {
        self.fresh = true;
        self.asked = None;
        self.around()
    }

    /// The window around the cursor's row, or the start when it is near or there is no row.
    pub fn around(&self) -> Want<R::Id> {
        match self.cursor() {
            Some(id) if self.at >= 2 * NEAR => Want::Around(id, self.at),
            _ => Want::Start,
        }
    }

    /// Runs a command of lists.
    pub fn run(&mut self, call: &Call) -> Handled<R::Id> {
        let times = call.times();
        let page = u64::from(self.height.get().max(1));
        match call.id {
            "list.down" => self.move_by(times, true),
            "list.up" => self.move_by(times, false),
            "list.half-down" => self.move_by(times * (page / 2).max(1), true),
            "list.half-up" => self.move_by(times * (page / 2).max(1), false),
            "list.page-down" => self.move_by(times * page, true),
            "list.page-up" => self.move_by(times * page, false),
            "list.first" => self.move_to(call.count.map_or(0, |n| u64::from(n.saturating_sub(1)))),
            "list.last" | "list.row" => self.move_to(call.count.map_or(u64::MAX, |n| u64::from(n.saturating_sub(1)))),
            "list.next-group" => self.move_group(true),
            "list.previous-group" => self.move_group(false),
            "list.centre" => {
                self.top.set(self.at.saturating_sub(page / 2));
                Handled::Yes
            }
            "list.left" => {
                self.scroll = self.scroll.saturating_sub(times as usize);
                Handled::Yes
            }
            "list.right" => {
                self.scroll = self.scroll.saturating_add(times as usize).min(64);
                Handled::Yes
            }
            "list.mark" => {
                self.mark_and_step(times);
                self.near()
            }
            "list.range" => {
                self.range = if self.range.is_some() { None } else { Some(self.at) };
                self.set(self.at);
                Handled::Yes
            }
            "list.mark-all" => self.all_or_ask(Want::AllIds),
            "list.invert" => self.all_or_ask(Want::Inverse),
            _ => Handled::No,
        }
    }

    fn move_by(&mut self, steps: u64, down: bool) -> Handled<R::Id> {
        let target = if down { self.at.saturating_add(steps) } else { self.at.saturating_sub(steps) };
        self.move_to(target)
    }

    fn move_to(&mut self, place: u64) -> Handled<R::Id> {
        let last = self.window.total.saturating_sub(1);
        let place = place.min(last);
        if place >= self.window.first && place < self.end() {
            self.set(place);
            return self.near();
        }
        if self.window.rows.is_empty() {
            return Handled::Yes;
        }
        self.aim = Some(place);
        if let Some(want) = self.next_to(place).filter(|_| !self.fresh) {
            return if self.asked.replace(want) == Some(want) { Handled::Yes } else { Handled::Want(want) };
        }
        self.asked = None;
        let want = if place == 0 {
            Want::Start
        } else if place == last {
            Want::End
        } else {
            Want::At(place)
        };
        Handled::Want(want)
    }

    /// The neighbouring window that holds a place a little beyond the known rows: it is found by a key, where any other
    /// place has to be counted to.
    fn next_to(&self, place: u64) -> Option<Want<R::Id>> {
        let (first, last) = (self.window.rows.first()?, self.window.rows.last()?);
        if place >= self.end() && place < self.end() + NEXT {
            return Some(Want::After(last.id(), self.end()));
        }
        let before = place < self.window.first && place + NEXT >= self.window.first;
        before.then(|| Want::Before(first.id(), self.window.first))
    }

    /// Asks for the neighbouring window when the cursor is near an edge that is not the end of the list.
    fn near(&mut self) -> Handled<R::Id> {
        let (Some(first), Some(last)) = (self.window.rows.first(), self.window.rows.last()) else {
            return Handled::Yes;
        };
        let page = u64::from(self.height.get());
        let near = NEAR.max(page + page / 2);
        let want = if self.end() < self.window.total && self.at + near >= self.end() {
            Want::After(last.id(), self.end())
        } else if self.window.first > 0 && self.at < self.window.first + near {
            Want::Before(first.id(), self.window.first)
        } else {
            return Handled::Yes;
        };
        if self.fresh || self.asked.replace(want) == Some(want) { Handled::Yes } else { Handled::Want(want) }
    }

    fn move_group(&mut self, down: bool) -> Handled<R::Id> {
        let Some(here) = self.selected().map(Row::group) else { return Handled::Yes };
        let mut place = self.at;
        loop {
            let next = if down { Some(place + 1) } else { place.checked_sub(1) };
            match next.and_then(|next| self.row(next).map(|row| (next, row.group()))) {
                Some((next, group)) => {
                    place = next;
                    if group != here {
                        break;
                    }
                }
                None => break,
            }
        }
        self.move_to(place)
    }

    fn all_or_ask(&mut self, want: Want<R::Id>) -> Handled<R::Id> {
        if (self.window.rows.len() as u64) < self.window.total {
            return Handled::Want(want);
        }
        let all: Vec<_> = self.window.rows.iter().map(|row| (row.id(), row.sum())).collect();
        if want == Want::AllIds {
            self.mark_all(all)
        } else {
            self.invert_marks(all)
        }
        Handled::Yes
    }

    fn mark_and_step(&mut self, times: u64) {
        for _ in 0..times.min(self.window.rows.len() as u64) {
            if let Some((id, sum)) = self.selected().map(|row| (row.id(), row.sum()))
                && self.marks.remove(&id).is_none()
            {
                self.marks.insert(id, sum);
            }
            if self.at + 1 < self.end() {
                self.set(self.at + 1);
            }
        }
    }

    fn mark_between(&mut self, from: u64, to: u64) {
        for place in from.min(to)..=from.max(to) {
            if let Some((id, sum)) = self.row(place).map(|row| (row.id(), row.sum())) {
                self.marks.insert(id, sum);
            }
        }
    }

    /// Marks exactly these, besides what is marked already.
    pub fn mark_all(&mut self, all: impl IntoIterator<Item = (R::Id, Option<Money>)>) {
        self.marks.extend(all);
    }

    /// Marks those of these that are not marked and drops the marks of the others.
    pub fn invert_marks(&mut self, all: impl IntoIterator<Item = (R::Id, Option<Money>)>) {
        for (id, sum) in all {
            if self.marks.remove(&id).is_none() {
                self.marks.insert(id, sum);
            }
        }
    }

    /// How many rows are marked.
    pub fn marked(&self) -> usize {
        self.marks.len()
    }

    /// How many marked rows the filter hides, as far as all rows of the list are known.
    pub fn marks_hidden(&self) -> usize {
        if self.marks.is_empty() || (self.window.rows.len() as u64) < self.window.total {
            return 0;
        }
        self.marks.len() - self.window.rows.iter().filter(|row| self.marks.contains_key(&row.id())).count()
    }

    /// Whether a row is marked.
    pub fn is_marked(&self, id: R::Id) -> bool {
        self.marks.contains_key(&id)
    }

    /// Ends a range; drops all marks. True when there was anything to drop.
    pub fn drop_marks(&mut self) -> bool {
        let any = self.range.take().is_some() || !self.marks.is_empty();
        self.marks.clear();
        any
    }

    /// What a command acts on: the marked rows, known ones first and in order, or the row under the cursor.
    pub fn targets(&self) -> Vec<R::Id> {
        if self.marks.is_empty() {
            return self.cursor().into_iter().collect();
        }
        let mut ids: Vec<R::Id> =
            self.window.rows.iter().map(Row::id).filter(|id| self.marks.contains_key(id)).collect();
        let known: HashSet<R::Id> = ids.iter().copied().collect();
        ids.extend(self.marks.keys().copied().filter(|id| !known.contains(id)));
        ids
    }

    /// Sums of the marked rows, one per currency, in the order of their codes.
    pub fn marked_sums(&self) -> Vec<Money> {
        let mut sums: Vec<Money> = Vec::new();
        for money in self.marks.values().flatten() {
            match sums.iter_mut().find(|sum| sum.currency == money.currency) {
                Some(sum) => sum.minor = sum.minor.saturating_add(money.minor),
                None => sums.push(*money),
            }
        }
        sums.sort_by_key(|sum| sum.currency);
        sums
    }

    /// For drawing: fits the view to `height` rows and gives the visible rows, the cursor's line among them, and the
    /// place of the first.
    pub fn visible(&self, height: u16) -> (&[R], Option<usize>, u64) {
        self.height.set(height);
        let rows = u64::from(height).max(1);
        let low = (self.at + 1).saturating_sub(rows);
        let highest = self.window.total.max(self.end()).saturating_sub(rows);
        let top = self.top.get().clamp(low.min(self.at), self.at).min(highest.max(low)).max(self.window.first);
        self.top.set(top);
        let from = usize::try_from(top - self.window.first).unwrap_or(0).min(self.window.rows.len());
        let to = (from + usize::from(height)).min(self.window.rows.len());
        let line = usize::try_from(self.at.saturating_sub(top)).ok().filter(|line| from + line < to);
        (&self.window.rows[from..to], line, top)
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
