//! The global commands and the walk between screens: a stack to go back on, a list to go forward, and marks. Saved
//! views are in [`super::views`].

use std::sync::atomic::Ordering;

use super::command::Call;
use super::ctx::Doing;
use super::effect::Effect;
use super::overlay::{Field, FilterLine, Form, Help, Item, Menu, Palette, TextBox};
use super::screen::{Bookmark, Screen};
use super::state::{App, DATE_ORDER, Opened};
use crate::acts::sessions::Ending;
use crate::language::dates::DateOrder;

/// Screens kept to go back to.
const DEEPEST: usize = 40;
/// A message this old is not taken along to another screen.
const JUST_SAID: u64 = 500;
/// A second `q` or Ctrl-c within this time quits.
const AGAIN: u64 = 2_000;

impl App {
    pub(super) fn run_global(&mut self, call: &Call) {
        let id = self.top().id;
        let (pane, part) = self.focused();
        let overlay: Box<dyn super::Overlay> = match call.id {
            "palette" => Box::new(Palette::new(self.offers(), self.history.clone(), self.saved_views())),
            "help" => Box::new(Help::new(self.offers())),
            "filter" => Box::new(FilterLine::new(&part.filter().unwrap_or_default(), part.id())),
            "why" | "arithmetic" => {
                let lines = if call.id == "why" { part.explain(&self.ctx) } else { part.arithmetic(&self.ctx) };
                match lines {
                    Some(lines) => {
                        Box::new(TextBox::new(if call.id == "why" { "Why" } else { "How it is reached" }, lines))
                    }
                    None => return self.say("there is nothing to explain here".to_owned()),
                }
            }
            "copy.help" => Box::new(TextBox::new("Copying", COPYING.iter().map(|line| (*line).to_owned()).collect())),
            _ => return self.run_simple(call),
        };
        self.wish(id, pane, vec![Effect::Overlay(overlay)]);
    }

    fn run_simple(&mut self, call: &Call) {
        let id = self.top().id;
        match call.id {
            "escape" => self.escape(),
            "back" if self.stack.len() > 1 => self.leave(),
            "back" => self.arm_quit("q again quits"),
            "quit" => self.quit(),
            "undo" | "redo" => {
                let work = if call.id == "undo" { super::Work::Undo } else { super::Work::Redo };
                self.wish(
                    id,
                    0,
                    vec![Effect::Perform { origin: super::Slot { name: call.id, ..Default::default() }, work }],
                );
            }
            "reload" => self.reload(),
            "redraw" => self.wish(id, 0, vec![Effect::Redraw]),
            "suspend" => self.wish(id, 0, vec![Effect::Suspend]),
            "open" if call.args.is_empty() => self.ask_number(""),
            "open" => self.go("find", &call.args),
            "jump.back" => self.leave(),
            "jump.forward" => self.forward(),
            "jump.last" | "mark.last" => self.flip(),
            "mark.set" => self.set_mark(call.key),
            "mark.go" => self.go_to_mark(call.key),
            "pane.next" => self.cycle(true),
            "pane.previous" => self.cycle(false),
            "pane.zoom" => self.ctx.zoom = !self.ctx.zoom,
            "pane.inspect" => self.run_part(0, call),
            "views" | "view" | "view.save" | "view.drop" => self.view_command(call),
            "tutor" => self.run_tutor(&call.args),
            "dates" => self.order_dates(&call.args),
            "copy-to" => self.copy_to(&call.args),
            "halt" => self.wish(id, 0, vec![Effect::Stop]),
            copy => self.copy(copy),
        }
    }

    fn escape(&mut self) {
        let id = self.top().id;
        let (pane, _) = self.focused();
        let dropped = self.part(id, pane).is_some_and(|part| part.drop_marks());
        if dropped || self.drop_filter(pane) {
            return;
        }
        if self.stack.len() > 1 {
            self.leave();
        }
    }

    /// Takes back what somebody narrowed a list by; what it was opened with stays. True when there was such a filter.
    fn drop_filter(&mut self, pane: u8) -> bool {
        let top = self.top();
        let opened = top.place.as_ref().map(|(_, arg)| arg.trim()).unwrap_or_default().to_owned();
        let shown = self.focused().1.filter().unwrap_or_default();
        if shown.trim().is_empty() || shown.trim() == opened {
            return false;
        }
        let slot = super::Slot { screen: top.id, pane, name: "" };
        // Other panes were opened with no filter, whatever the screen was opened with.
        self.filter(slot, if pane == 0 { &opened } else { "" });
        self.say("filter cleared; Esc again goes back".to_owned());
        true
    }

    fn reload(&mut self) {
        if let Some(today) = self.new_day.take() {
            self.ctx.today = today;
            for opened in self.stack.iter_mut().chain(self.forward.iter_mut()) {
                opened.stale = true;
            }
        }
        self.top_mut().stale = false;
        self.refresh_top();
    }

    pub(super) fn arm_quit(&mut self, sentence: &str) {
        if self.quit_armed.is_some_and(|at| self.now <= at + AGAIN) {
            return self.quit();
        }
        self.quit_armed = Some(self.now);
        let mails = self.ctx.running.as_ref().is_some_and(|running| running.what == Doing::Mails);
        let text =
            if mails { format!("mails are being sent; {sentence} after the one in hand") } else { sentence.to_owned() };
        self.say(text);
    }

    /// Keeps what is half typed and where the user is, then ends.
    pub(super) fn quit(&mut self) {
        // The mail in hand is let through on a screen that goes on, and not behind one that stands still.
        let mails = self.ctx.running.as_ref().filter(|running| running.what == Doing::Mails);
        if let Some(running) = mails.filter(|_| self.ending != Ending::CutOff && !self.leaving) {
            running.stop.store(true, Ordering::Relaxed);
            self.leaving = true;
            let text = "the mail in hand is let through, then the session ends; q q ends it now";
            return self.say(text.to_owned());
        }
        self.keep_drafts();
        if self.ending == Ending::CutOff {
            self.note_cut();
        }
        if let Some(mark) = self.top().screen.bookmark() {
            self.remember("place".to_owned(), written(&mark));
        }
        let id = self.top().id;
        self.wish(id, 0, vec![Effect::Quit]);
    }

    /// Puts a screen on top.
    pub(super) fn push(&mut self, screen: Box<dyn Screen>, place: Option<(&'static str, String)>) {
        self.last_screen += 1;
        let id = self.last_screen;
        self.stack.push(Opened { id, place, screen, stale: false });
        self.drop_warning();
        self.forward.clear();
        if self.stack.len() > DEEPEST {
            self.stack.remove(1);
        }
        self.enter(id);
    }

    /// Goes to a place of the registry; one that is already open comes to the top as it was left.
    pub(super) fn go(&mut self, place: &str, arg: &str) {
        let Some(found) = self.places.iter().find(|known| known.command.id == place) else {
            return self.warn(format!("there is no place called \"{place}\""));
        };
        let here = Some((found.command.id, arg.to_owned()));
        if let Some(index) = self.stack.iter().position(|opened| opened.place == here) {
            let opened = self.stack.remove(index);
            self.stack.push(opened);
            self.drop_warning();
            return self.freshen();
        }
        match (found.open)(arg, &self.ctx) {
            Some(screen) => self.push(screen, here),
            None => self.warn(format!("{}: \"{arg}\" was not found", found.command.title)),
        }
    }

    /// Goes back to the screen below, which is as it was left.
    /// What was taken to work on goes back when the deck is not on top any more, however it was left.
    pub(super) fn give_back(&mut self) -> Option<Effect> {
        let left = self.working && self.top().screen.id() != "deck";
        self.working &= !left;
        left.then_some(Effect::GiveBack)
    }

    /// What went wrong on one screen says nothing of the next, and what was said a while ago hides what the next one says.
    fn drop_warning(&mut self) {
        let now = self.now;
        self.toast = self.toast.take().filter(|toast| !toast.error && now <= toast.at + JUST_SAID);
    }

    pub(super) fn leave(&mut self) {
        if self.stack.len() > 1
            && let Some(left) = self.stack.pop()
        {
            // A deck goes back to the list it walks, on the row it had come to.
            let mark = left.screen.bookmark().filter(|mark| mark.place != left.screen.id());
            self.forward.push(left);
            self.drop_warning();
            if self.forward.len() > DEEPEST {
                self.forward.remove(0);
            }
            self.freshen();
            if let Some(mark) = mark.filter(|mark| mark.place == self.top().screen.id()) {
                let (id, ctx) = (self.top().id, self.ctx.clone());
                let effects = self.part(id, 0).map(|screen| screen.go_to(&mark.row, &ctx)).unwrap_or_default();
                self.wish(id, 0, effects);
            }
        }
    }

    fn forward(&mut self) {
        match self.forward.pop() {
            Some(opened) => {
                self.stack.push(opened);
                self.freshen();
            }
            None => self.say("there is nothing to go forward to".to_owned()),
        }
    }

    fn flip(&mut self) {
        let last = self.stack.len() - 1;
        if last == 0 {
            return self.forward();
        }
        self.stack.swap(last, last - 1);
        self.freshen();
    }

    fn cycle(&mut self, on: bool) {
        let screen = &mut self.top_mut().screen;
        let (panes, here) = (screen.panes(), screen.focus());
        let next = match (on, here) {
            (true, here) if here >= panes => 1,
            (true, here) => here + 1,
            (false, 0 | 1) => panes,
            (false, here) => here - 1,
        };
        screen.set_focus(next);
    }

    fn set_mark(&mut self, letter: Option<char>) {
        match (letter, self.top().screen.bookmark()) {
            (Some(letter), Some(mark)) => {
                self.remember(format!("mark.{letter}"), written(&mark));
                self.say(format!("remembered as {letter}; ' {letter} comes back"));
            }
            _ => self.warn("this row cannot be remembered".to_owned()),
        }
    }

    fn go_to_mark(&mut self, letter: Option<char>) {
        let letter = letter.unwrap_or(' ');
        match self.memory.get(&format!("mark.{letter}")).map(|text| read(text)) {
            Some(mark) => self.go_to(&mark),
            None => self.warn(format!("nothing is remembered as {letter}; m {letter} remembers a row")),
        }
    }

    /// Goes to a place and puts the cursor on its row.
    pub(super) fn go_to(&mut self, mark: &Bookmark) {
        self.go(&mark.place, &mark.arg);
        let id = self.top().id;
        let ctx = self.ctx.clone();
        let effects = self.part(id, 0).map(|screen| screen.go_to(&mark.row, &ctx)).unwrap_or_default();
        self.wish(id, 0, effects);
    }

    /// Comes back to where the last session ended, if that is remembered.
    pub fn resume(&mut self) {
        if let Some(mark) = self.memory.get("place").map(|text| read(text))
            && self.places.iter().any(|place| place.command.id == mark.place)
        {
            self.go_to(&mark);
        }
    }

    pub(super) fn ask_number(&mut self, filled: &str) {
        let check =
            |text: &str| if text.trim().is_empty() { Err("a number or a name".to_owned()) } else { Ok(String::new()) };
        let form = Form::new("Open", |values| Ok(vec![Effect::Go("find", values[0].clone())])).field(Field::new(
            "number",
            super::overlay::Kind::Text,
            filled,
            check,
        ));
        let id = self.top().id;
        self.wish(id, 0, vec![Effect::Overlay(Box::new(form))]);
    }

    /// Takes over an order of short dates, or asks for one.
    fn order_dates(&mut self, word: &str) {
        if word.trim().is_empty() {
            let items = DateOrder::ALL.iter().map(|(_, word, example)| Item::new(*word, *example)).collect();
            let now = DateOrder::ALL.iter().position(|(order, _, _)| *order == self.ctx.date_order).unwrap_or(0);
            let choose = |at: usize| {
                let args = DateOrder::ALL.get(at).map_or("", |(_, word, _)| word).to_owned();
                vec![Effect::Run(Call { args, ..Call::new("dates") })]
            };
            let menu = Menu::new("Order of short dates", items, choose).starting_at(now);
            let id = self.top().id;
            return self.wish(id, 0, vec![Effect::Overlay(Box::new(menu))]);
        }
        match DateOrder::ALL.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(word.trim())) {
            Some((order, word, example)) => {
                self.ctx.date_order = *order;
                self.remember(DATE_ORDER.to_owned(), (*word).to_owned());
                self.say(format!("short dates are read as {word}: {example}; 2026-03-20 always works"));
            }
            None => self.warn(format!("\"{}\" is no order of dates; use dmy, mdy or ymd", word.trim())),
        }
    }

    /// Writes the table to a file, or asks which.
    fn copy_to(&mut self, file: &str) {
        let id = self.top().id;
        if file.trim().is_empty() {
            let check = |text: &str| {
                let taken = "a new file, here or with its folder".to_owned();
                if text.trim().is_empty() { Err(taken) } else { Ok(String::new()) }
            };
            let filled = format!("{}.tsv", self.focused().1.id());
            let save =
                |values: &[String]| Ok(vec![Effect::Run(Call { args: values[0].clone(), ..Call::new("copy-to") })]);
            let field = Field::new("file", super::overlay::Kind::Text, &filled, check);
            return self.wish(
                id,
                0,
                vec![Effect::Overlay(Box::new(Form::new("Copy the table to", save).field(field)))],
            );
        }
        match self.focused().1.selected_text('t', &self.ctx) {
            Some((text, what)) => self.wish(id, 0, vec![Effect::Save { file: file.trim().to_owned(), text, what }]),
            None => self.warn("there is no table to copy here".to_owned()),
        }
    }

    fn copy(&mut self, command: &str) {
        let what = match command {
            "copy.row" => 'y',
            "copy.table" => 't',
            "copy.invoice" => 'i',
            "copy.customer" => 'c',
            "copy.amount" => 'a',
            "copy.email" => 'e',
            other => return self.warn(format!("{other} is not to be had on this screen")),
        };
        let id = self.top().id;
        match self.focused().1.selected_text(what, &self.ctx) {
            Some((text, what)) => self.wish(id, 0, vec![Effect::Copy { text, what }]),
            None => self.warn("there is nothing of that kind to copy here".to_owned()),
        }
    }
}

fn written(mark: &Bookmark) -> String {
    format!("{}\t{}\t{}", mark.place, mark.arg, mark.row)
}

fn read(text: &str) -> Bookmark {
    let mut parts = text.splitn(3, '\t').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    Bookmark { place: next(), arg: next(), row: next() }
}

const COPYING: &[&str] = &[
    "y and a letter sends text to the clipboard of the terminal you sit at, also over SSH (OSC 52).",
    "The terminal gives no answer, so o2c can only say that it was sent.",
    "",
    "In tmux, put this into ~/.tmux.conf and reload it:",
    "  set -g set-clipboard on",
    "  set -g allow-passthrough on",
    "",
    "About 55 kB fit. :copy-to FILE always works; all rows: o2c customers --csv > file.csv",
];
