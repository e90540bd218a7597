//! What a screen is. A screen keeps its own state, names its commands, asks for what it shows, and draws itself from
//! what it has; it never waits. The same trait serves a whole screen and a pane inside one.

use std::any::Any;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::command::{Call, Command};
use super::ctx::Ctx;
use super::effect::{Answer, Effect};
use crate::acts;
use crate::store::StoreError;

/// A place to come back to: a screen of the registry, what it was opened with, and the row the cursor is on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bookmark {
    /// Place of the registry: `customers`.
    pub place: String,
    /// What followed its name: a customer number.
    pub arg: String,
    /// The row, in the screen's own writing; empty for none.
    pub row: String,
}

/// Parts of the status line, joined by the application. Empty parts are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// `14 customers  open 338,000.00`
    pub counts: String,
    /// The active filter's text, empty for none.
    pub filter: String,
    /// `marked 2 = 45,050.00`
    pub marks: String,
    /// `view: month-end*`, `loading aging`.
    pub note: String,
}

/// Why a filter was refused: where, and what would be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// Place in the text, in characters from 0.
    pub at: usize,
    /// The sentence shown under the caret.
    pub message: String,
}

/// A screen, or a pane of one.
#[allow(unused_variables)]
pub trait Screen: Any {
    /// Identity of the kind of screen: `customers`. The same for every instance.
    fn id(&self) -> &'static str;

    /// Title in a pane's border and in the header.
    fn title(&self) -> String;

    /// Its part of the breadcrumb, such as the customer's name.
    fn crumb(&self) -> String {
        self.title()
    }

    /// The screen's own commands, in the order of importance.
    fn commands(&self) -> &'static [Command];

    /// Whether the commands of lists (move, mark, sort …) are live too.
    fn is_list(&self) -> bool {
        false
    }

    /// Why a command cannot be used right now, as the end of a sentence: `no invoice is selected`.
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        Ok(())
    }

    /// Runs one of its commands, a list command, or one of the global ones a screen answers for.
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect>;

    /// Called once when the screen opens: ask for what it shows.
    fn enter(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.refresh(ctx)
    }

    /// Asks again for everything shown: after `R`, after an act, when another session wrote. Keeps the cursor by id.
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    /// Takes the answer to a question, or a value told by an overlay, under the name it was given.
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    /// A question failed. The application has already said so; the screen keeps what it last knew.
    fn failed(&mut self, name: &'static str, error: &StoreError) {}

    /// An act of this screen was performed or refused. The application has already said so and asked for a refresh.
    fn performed(&mut self, name: &'static str, result: &Result<acts::Done, acts::Failure>, ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    /// Draws into `area` of the buffer. `focused` is false for a pane beside the one with the focus.
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool);

    /// What the status line says.
    fn status(&self, ctx: &Ctx) -> Status {
        Status::default()
    }

    /// The list this screen is built around: it answers for filter, marks, copies and explanations where the screen does
    /// not itself.
    fn inner(&self) -> Option<&dyn Screen> {
        None
    }

    /// The same, to change.
    fn inner_mut(&mut self) -> Option<&mut dyn Screen> {
        None
    }

    /// The text of the filter, if the screen can be filtered; `None` refuses `/` with a reason.
    fn filter(&self) -> Option<String> {
        self.inner()?.filter()
    }

    /// Filters by this text at every key; an error leaves the last good filter in place.
    fn set_filter(&mut self, text: &str, ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        let none = FilterError { at: 0, message: "this screen has nothing to filter".to_owned() };
        self.inner_mut().map_or(Err(none), |inner| inner.set_filter(text, ctx))
    }

    /// What `y` and a letter copy: the text, and what to call it (`12 rows`).
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        self.inner()?.selected_text(what, ctx)
    }

    /// Why the selected row is here, line by line (`w`).
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.inner()?.explain(ctx)
    }

    /// How the selected number was reached, line by line (`=`).
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.inner()?.arithmetic(ctx)
    }

    /// What may follow a prefix such as `s` on this screen: letter and meaning.
    fn choices(&self, prefix: char, ctx: &Ctx) -> Vec<(char, String)> {
        self.inner().map_or_else(Vec::new, |inner| inner.choices(prefix, ctx))
    }

    /// How many rows are marked; decides what a command acts on and the hint bar's numbers.
    fn marked(&self) -> usize {
        self.inner().map_or(0, Screen::marked)
    }

    /// Drops all marks; true when there were any.
    fn drop_marks(&mut self) -> bool {
        self.inner_mut().is_some_and(Screen::drop_marks)
    }

    /// Where this is, so that it can be reopened later.
    fn bookmark(&self) -> Option<Bookmark> {
        None
    }

    /// Puts the cursor on a row written by [`Screen::bookmark`].
    fn go_to(&mut self, row: &str, ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    /// Filter, sort, columns and grouping as one text that can be saved under a name.
    fn saved_view(&self) -> Option<String> {
        None
    }

    /// Shows what [`Screen::saved_view`] wrote.
    fn apply_view(&mut self, text: &str, ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    /// How many panes it holds besides itself. Panes are counted from 1.
    fn panes(&self) -> u8 {
        0
    }

    /// The pane of that number.
    fn pane(&self, number: u8) -> Option<&dyn Screen> {
        None
    }

    /// The pane of that number, to run its commands.
    fn pane_mut(&mut self, number: u8) -> Option<&mut (dyn Screen + 'static)> {
        None
    }

    /// The pane that has the focus; 0 is the screen itself.
    fn focus(&self) -> u8 {
        0
    }

    /// Gives the focus to a pane.
    fn set_focus(&mut self, pane: u8) {}
}

/// Panes side by side with one focus: what a screen made of other screens keeps.
#[derive(Default)]
pub struct Panes {
    list: Vec<Box<dyn Screen>>,
    focus: u8,
}

impl Panes {
    /// These panes, the first with the focus.
    pub fn new(list: Vec<Box<dyn Screen>>) -> Panes {
        Panes { focus: u8::from(!list.is_empty()), list }
    }

    /// How many there are.
    pub fn len(&self) -> u8 {
        u8::try_from(self.list.len()).unwrap_or(u8::MAX)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The pane of that number, from 1.
    pub fn get(&self, number: u8) -> Option<&dyn Screen> {
        self.list.get(usize::from(number).checked_sub(1)?).map(|pane| &**pane)
    }

    /// The pane of that number, from 1.
    pub fn get_mut(&mut self, number: u8) -> Option<&mut (dyn Screen + 'static)> {
        self.list.get_mut(usize::from(number).checked_sub(1)?).map(|pane| &mut **pane)
    }

    /// Number of the pane with the focus, from 1.
    pub fn focus(&self) -> u8 {
        self.focus
    }

    /// Gives the focus to a pane that exists.
    pub fn set_focus(&mut self, number: u8) {
        if (1..=self.len()).contains(&number) {
            self.focus = number;
        }
    }
}
