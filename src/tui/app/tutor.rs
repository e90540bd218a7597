//! The tutor: the daily loop in short lessons under the screen, each done by doing it. A lesson names commands, never
//! keys: the keys it shows come from the same rows as everything else, and what was done is seen where commands run.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::command::{CmdId, label};
use super::state::App;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;
use crate::tui::ui::{layout, paint};

/// Lines the tutor takes at the bottom of the body.
pub(super) const LINES: u16 = 4;

/// What makes a lesson done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    /// The command was run.
    Ran(CmdId),
    /// The act of this command was taken into the book.
    Acted(CmdId),
    /// Nothing lies over the screen.
    Closed,
    /// This place is on top.
    At(CmdId),
    /// So many rows are marked, or none.
    Marked(bool),
    /// The list is filtered, or not, and the filter line is left.
    Filtered(bool),
}

/// One lesson: what to do, with `{command}` for its key, and when it is done.
struct Lesson(&'static str, Goal);

const LESSONS: &[Lesson] = &[
    Lesson(
        "Today lists whom to contact, the most pressing first. {list.down} goes down a row, {list.up} up. Go down.",
        Goal::Ran("list.down"),
    ),
    Lesson("Why does this customer stand here? {why} says it, part by part.", Goal::Ran("why")),
    Lesson("{escape} leaves whatever is open. It never ends the program.", Goal::Closed),
    Lesson("{list.open} opens the row: one customer with open items and history.", Goal::Ran("list.open")),
    Lesson(
        "You called and nobody answered: {call}, then Enter for \"no answer\", +1b for the next working day, Enter.",
        Goal::Acted("call"),
    ),
    Lesson("What is written with a lower-case key can be taken back: {undo}.", Goal::Ran("undo")),
    Lesson(
        "Now they promise to pay on Friday: {promise}, then fri, Enter, Enter. The field says back what it understood.",
        Goal::Acted("promise"),
    ),
    Lesson("{back} goes back to the list, to the row you left.", Goal::At("today")),
    Lesson("{list.mark} marks a row and steps on; the next command is then about all marked rows.", Goal::Marked(true)),
    Lesson("The line below adds up what is marked. {escape} drops the marks.", Goal::Marked(false)),
    Lesson(
        "{filter} filters while you type: over>30 and Enter. It reads the same on every list.",
        Goal::Filtered(true),
    ),
    Lesson("{filter}, then Ctrl-u and Enter show all rows again.", Goal::Filtered(false)),
    Lesson("Places are two keys away: g shows a box of them. {aging} is the aging.", Goal::At("aging")),
    Lesson("Every number opens: {arithmetic} says how it was reached.", Goal::Ran("arithmetic")),
    Lesson(
        "{escape} first. Whatever you do not find, {palette} runs by name: type disputes and Enter.",
        Goal::At("disputes"),
    ),
    Lesson("{help} lists every key of the screen you are on, and runs the one you choose.", Goal::Ran("help")),
];

impl App {
    /// `:tutor`: begins, ends with `end`, leaves a lesson out with `skip`.
    pub(super) fn run_tutor(&mut self, args: &str) {
        match (args.trim(), self.tutor) {
            ("end", _) => {
                self.tutor = None;
                self.say("the tutor is gone; :tutor begins again".to_owned());
            }
            ("skip", Some(at)) => self.lesson_done(at),
            _ => self.begin_tutor(),
        }
    }

    /// Begins with the first lesson, on Today.
    pub fn begin_tutor(&mut self) {
        if let Some(reason) = self.no_tutor() {
            return self.warn(format!("tutor: {reason}"));
        }
        self.go("today", "");
        self.tutor = Some(0);
    }

    /// Why there is no tutor here.
    pub(super) fn no_tutor(&self) -> Option<String> {
        if self.ctx.demo && !self.ctx.read_only {
            return None;
        }
        Some("it writes calls and promises, so it needs a demo book: o2c demo --tutor".to_owned())
    }

    /// A command was run, or its act was taken into the book.
    pub(super) fn tutor_ran(&mut self, command: &str) {
        self.tutor_saw(|goal| matches!(goal, Goal::Ran(wanted) if wanted == command));
    }

    /// The act of a command was taken into the book.
    pub(super) fn tutor_acted(&mut self, name: &str) {
        self.tutor_saw(|goal| matches!(goal, Goal::Acted(wanted) if wanted == name));
    }

    /// Looks whether what is on the screen now is what the lesson wanted.
    pub(super) fn tutor_looks(&mut self) {
        let place = self.top().place.as_ref().map(|(id, _)| *id);
        let (_, part) = self.focused();
        let (marked, filter) = (part.marked(), part.filter().unwrap_or_default());
        let clear = self.overlays.is_empty();
        self.tutor_saw(|goal| match goal {
            Goal::Closed => clear,
            Goal::At(wanted) => clear && place == Some(wanted),
            Goal::Marked(any) => clear && any == (marked > 0),
            Goal::Filtered(any) => clear && any != filter.is_empty(),
            Goal::Ran(_) | Goal::Acted(_) => false,
        });
    }

    fn tutor_saw(&mut self, done: impl Fn(Goal) -> bool) {
        if let Some(at) = self.tutor
            && LESSONS.get(at).is_some_and(|lesson| done(lesson.1))
        {
            self.lesson_done(at);
        }
    }

    fn lesson_done(&mut self, at: usize) {
        self.tutor = Some(at + 1).filter(|next| *next < LESSONS.len());
        if self.tutor.is_none() {
            self.say("that was the daily loop; o2c demo has a book to go on in".to_owned());
        }
    }

    /// The keys of a command, wherever it stands.
    fn key_of(&self, id: &str) -> String {
        let commands = self.commands();
        let row = commands.iter().map(|(_, row)| row).find(|row| row.id == id);
        row.and_then(|row| row.keys.first()).map_or_else(|| format!(":{id}"), |keys| label(keys))
    }

    /// Draws the lesson at the bottom of the body and gives what is left.
    pub(super) fn draw_tutor(&self, buf: &mut Buffer, body: Rect) -> Rect {
        let Some((at, Lesson(text, _))) = self.tutor.and_then(|at| LESSONS.get(at).map(|lesson| (at, lesson))) else {
            return body;
        };
        let [rest, area] = layout::above(body, LINES.min(body.height / 3));
        let ctx = &self.ctx;
        let title = format!("Tutor {} of {}", at + 1, LESSONS.len());
        let inside = paint::frame(buf, area, &title, ":tutor end leaves", true, ctx.theme, ctx.glyphs);
        let mut words = String::new();
        for (place, part) in text.split(['{', '}']).enumerate() {
            words.push_str(&if place % 2 == 1 { self.key_of(part) } else { part.to_owned() });
        }
        let lines = wrap(&format!(" {words}"), usize::from(inside.width).max(1));
        paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::app::tables::{GLOBAL, LIST};
    use crate::tui::screens;

    #[test]
    fn lessons_name_commands_that_exist_and_fit_their_lines() {
        let tables = [GLOBAL, LIST].into_iter().chain(screens::TABLES.iter().map(|(_, rows)| *rows));
        let places = screens::PLACES.iter().map(|place| place.command.id);
        let known: Vec<&str> = tables.flatten().map(|row| row.id).chain(places).collect();
        for Lesson(text, goal) in LESSONS {
            for id in text.split(['{', '}']).skip(1).step_by(2) {
                assert!(known.contains(&id), "{id}: {text}");
            }
            if let Goal::Ran(id) | Goal::Acted(id) | Goal::At(id) = goal {
                assert!(known.contains(id), "{id}");
            }
            assert!(wrap(&format!(" {text}"), 78).len() <= 2, "{text}");
        }
    }
}
