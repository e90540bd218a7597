//! The review of an act that moves money or reaches the outside world: what is, what changes, what will be, with the
//! focus on Cancel. Enter alone never goes ahead, and keys pressed before anybody could read it are dropped.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Overlay, Reply};
use crate::acts::{ActKey, Done, Failure};
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::Effect;
use crate::tui::app::key::{Code, Key};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;
use crate::tui::ui::{layout, paint};

/// Keys pressed within this time after the review opened are dropped: nobody has read it yet.
pub const TYPE_AHEAD: Millis = 300;

/// A review.
pub struct Review {
    title: String,
    lines: Vec<String>,
    /// The number to type instead of `y`, for many items or amounts over the user's limit.
    count: Option<u32>,
    typed: String,
    note: String,
    top: usize,
    opened: Millis,
    go: Option<Box<dyn FnOnce() -> Vec<Effect>>>,
    /// The act that is being tried while this is read.
    tried: Option<ActKey>,
    /// What is told of it below, where it would be done.
    telling: Option<Telling>,
    /// It would wait for a second person.
    asks: bool,
    /// It would be refused.
    refused: bool,
}

type Telling = Box<dyn FnOnce(&Done) -> Vec<String>>;

impl Review {
    /// A review with three parts; `go` happens on `y`.
    pub fn new(
        title: impl Into<String>,
        before: &[String],
        change: &[String],
        after: &[String],
        go: impl FnOnce() -> Vec<Effect> + 'static,
    ) -> Review {
        let mut lines = Vec::new();
        for (heading, part) in [("BEFORE", before), ("CHANGE", change), ("AFTER", after)] {
            if !part.is_empty() {
                lines.push(heading.to_owned());
                lines.extend(part.iter().map(|line| format!("  {line}")));
            }
        }
        Review {
            title: title.into(),
            lines,
            count: None,
            typed: String::new(),
            note: String::new(),
            top: 0,
            opened: 0,
            go: Some(Box::new(go)),
            tried: None,
            telling: None,
            asks: false,
            refused: false,
        }
    }

    /// Saying on top what the act with this key would come to, once it was tried ([`Effect::try_out`]).
    pub fn trying(self, key: ActKey) -> Review {
        Review { tried: Some(key), ..self }
    }

    /// Telling below what comes of the act, once it was tried and would be done.
    pub fn telling(self, tell: impl FnOnce(&Done) -> Vec<String> + 'static) -> Review {
        Review { telling: Some(Box::new(tell)), ..self }
    }

    /// The number of items has to be typed before Enter goes ahead.
    pub fn typed_count(self, count: u32) -> Review {
        Review { count: Some(count), ..self }
    }

    fn accept(&mut self) -> Reply {
        Reply::Close(self.go.take().map_or(Vec::new(), |go| go()))
    }

    fn ask(&self) -> String {
        match self.count {
            Some(count) => format!("[Cancel]  type {count} and Enter to go ahead: {}", self.typed),
            None if self.asks => "[Cancel]  y sends it for approval".to_owned(),
            None if self.refused => "[Cancel]  y tries it all the same".to_owned(),
            None => "[Cancel]  y goes ahead".to_owned(),
        }
    }
}

/// What performing would say that nobody expects after reading before and after: that it waits for a second person, or
/// why it is refused.
fn surprise(result: &Result<Done, Failure>) -> Option<[String; 2]> {
    match result {
        Ok(done) if done.asked => {
            let what = done.summary.split_once("not posted: ").map_or(&*done.summary, |(_, what)| what);
            let why = what.split_once(" (").map_or(what, |(_, why)| why.trim_end_matches(')'));
            Some(["NEEDS A SECOND PERSON".to_owned(), format!("  nothing is posted until somebody approves: {why}")])
        }
        Ok(_) => None,
        Err(failure) => Some(["WOULD BE REFUSED".to_owned(), format!("  {failure}")]),
    }
}

impl Overlay for Review {
    fn is_review(&self) -> bool {
        true
    }

    fn opened(&mut self, at: Millis) {
        self.opened = at;
    }

    fn tried(&mut self, key: &ActKey, result: &Result<Done, Failure>) {
        if self.tried.as_ref() != Some(key) {
            return;
        }
        self.tried = None;
        if let (Ok(done), Some(tell)) = (result, self.telling.take()) {
            self.lines.push("AFTER".to_owned());
            self.lines.extend(tell(done).iter().map(|line| format!("  {line}")));
        }
        self.asks = matches!(result, Ok(done) if done.asked);
        self.refused = result.is_err();
        self.lines.splice(0..0, surprise(result).into_iter().flatten());
    }

    fn key(&mut self, key: Key, at: Millis, _ctx: &Ctx) -> Reply {
        if at < self.opened + TYPE_AHEAD {
            return Reply::Stay;
        }
        match (key.code, self.count) {
            (Code::Esc | Code::Char('q' | 'n'), _) => return Reply::Close(Vec::new()),
            (Code::Char('y'), None) => return self.accept(),
            (Code::Enter, None) => return Reply::Close(vec![Effect::Say("cancelled; nothing was changed".to_owned())]),
            (Code::Enter, Some(count)) if self.typed == count.to_string() => return self.accept(),
            (Code::Enter, Some(count)) => self.note = format!("type {count} to go ahead, Esc to leave it as it is"),
            (Code::Char(c), Some(_)) if c.is_ascii_digit() && self.typed.len() < 6 => self.typed.push(c),
            (Code::Backspace, _) => drop(self.typed.pop()),
            (Code::Char('j') | Code::Down, _) => self.top = (self.top + 1).min(self.lines.len().saturating_sub(1)),
            (Code::Char('k') | Code::Up, _) => self.top = self.top.saturating_sub(1),
            _ => {}
        }
        Reply::Stay
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let width = body.width.min(100);
        let lines: Vec<String> =
            self.lines.iter().flat_map(|line| wrap(line, usize::from(width.saturating_sub(4)).max(1))).collect();
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(5);
        let area = layout::centred(body, width, height);
        paint::clear(buf, area);
        let inside = paint::frame(buf, area, &self.title, "Esc leaves", true, ctx.theme, ctx.glyphs);
        let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
        let [text, foot] = layout::above(inside, 2);
        let top = self.top.min(lines.len().saturating_sub(usize::from(text.height)));
        for (line, y) in lines[top..].iter().zip(text.y..text.bottom()) {
            let role = if line.starts_with(' ') { Role::Text } else { Role::Accent };
            paint::text(buf, text, text.x, y, line, ctx.style(role), ctx.glyphs);
        }
        paint::text(buf, foot, foot.x, foot.y, &self.note, ctx.style(Role::Warn), ctx.glyphs);
        paint::text(buf, foot, foot.x, foot.y + 1, &self.ask(), ctx.style(Role::Strong), ctx.glyphs);
        None
    }

    fn hint(&self) -> String {
        match self.count {
            Some(_) => "type the number and Enter  j/k scroll  Esc leave".to_owned(),
            None if self.refused => "Esc or Enter leave  j/k scroll".to_owned(),
            None => "y go ahead  j/k scroll  Esc or Enter leave".to_owned(),
        }
    }
}
