//! The palette behind `:`: every command by name, title or synonym, with its key, so that it teaches. A name typed in
//! full takes arguments (`customer nordwind`); a number goes to that row.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::completing::Completing;
use super::{Offer, Overlay, Reply};
use crate::language::dates::DateOrder;
use crate::store::read::complete::{Completion, Completions, Wanted};
use crate::tui::app::command::{Call, Command};
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::Effect;
use crate::tui::app::field::TextField;
use crate::tui::app::key::{Code, Key};
use crate::tui::app::views::SavedView;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, fit};
use crate::tui::ui::{layout, paint};

/// The palette.
pub struct Palette {
    field: TextField,
    offers: Vec<Offer>,
    /// Lines run before, newest last.
    history: Vec<String>,
    /// How far back in the history the line is; 0 is the line being typed.
    back: usize,
    /// Indexes of offers, best first.
    ranked: Vec<usize>,
    at: usize,
    views: Vec<SavedView>,
    completing: Completing,
}

/// How the argument of a command may go on.
enum Ways {
    /// The book knows.
    Book(Wanted),
    /// One of these words.
    Words(Vec<Completion>),
}

impl Palette {
    /// A palette over these commands with the lines run before, newest last, and the saved views.
    pub fn new(offers: Vec<Offer>, history: Vec<String>, views: Vec<SavedView>) -> Palette {
        let mut palette = Palette {
            field: TextField::default(),
            offers,
            history,
            back: 0,
            ranked: Vec::new(),
            at: 0,
            views,
            completing: Completing::default(),
        };
        palette.rank();
        palette
    }

    /// The offer whose name or synonym is the first word of the line, with what follows it.
    fn exact(&self) -> Option<(usize, String)> {
        let line = self.field.text().trim();
        let (head, rest) = line.split_once(' ').unwrap_or((line, ""));
        let named = |offer: &Offer| offer.command.id == head || offer.command.words.split(' ').any(|w| w == head);
        let found = (0..self.offers.len()).filter(|index| named(&self.offers[*index]));
        let best = found.min_by_key(|index| self.offers[*index].command.id != head)?;
        (rest.is_empty() || !self.offers[best].command.takes.is_empty()).then(|| (best, rest.trim().to_owned()))
    }

    fn rank(&mut self) {
        self.at = 0;
        let line = self.field.text().trim();
        if line.is_empty() {
            let used = |index: &usize| {
                let id = self.offers[*index].command.id;
                let recent = self.history.iter().rev().position(|line| line.split(' ').next() == Some(id));
                recent.filter(|place| *place < 5).unwrap_or(usize::MAX)
            };
            let mut all: Vec<usize> = (0..self.offers.len()).collect();
            all.sort_by_key(used);
            self.ranked = all;
            return;
        }
        if let Some((index, _)) = self.exact().filter(|_| line.contains(' ')) {
            self.ranked = vec![index];
            return;
        }
        let exact = self.exact().map(|(index, _)| index);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::parse(line, CaseMatching::Ignore, Normalization::Smart);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, usize)> = Vec::new();
        for (index, Offer { command, .. }) in self.offers.iter().enumerate() {
            // The best of the three decides, a synonym counting a little less than a title.
            let score = [(command.id, 2), (command.title, 3), (command.words, 1), (command.help, 0)]
                .into_iter()
                .filter_map(|(text, bonus)| {
                    pattern.score(Utf32Str::new(text, &mut buffer), &mut matcher).map(|score| score + bonus)
                })
                .max();
            let score = if exact == Some(index) { Some(u32::MAX) } else { score };
            scored.extend(score.map(|score| (score, index)));
        }
        scored.sort_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
        self.ranked = scored.into_iter().map(|(_, index)| index).collect();
    }

    /// Tab after a command: what may follow its name.
    fn complete(&mut self) -> Reply {
        let Some((index, _)) = self.exact() else { return Reply::Stay };
        let Some(ways) = self.ways(&self.offers[index].command) else { return Reply::Stay };
        let text = self.completing.ask(&self.field);
        let from = text.len() - text.trim_start().split_once(' ').map_or("", |(_, rest)| rest).trim_start().len();
        match ways {
            Ways::Book(wanted) => Reply::Live(vec![Effect::Complete { wanted, text, from }]),
            Ways::Words(mut found) => {
                let typed = text[from..].to_lowercase();
                // A view may be typed without its screen.
                let whole =
                    |text: &str| text.starts_with(&typed) || text.rsplit('.').any(|part| part.starts_with(&typed));
                found.retain(|one| whole(&one.text.to_lowercase()));
                self.completed(&text, Completions { from, found })
            }
        }
    }

    fn ways(&self, command: &Command) -> Option<Ways> {
        let word = |text: &str, note: &str| Completion { text: text.to_owned(), note: note.to_owned() };
        Some(match (command.id, command.takes) {
            (screen, "FILTER") => Ways::Book(Wanted::Filter(screen)),
            ("customer", _) => Ways::Book(Wanted::Customer),
            ("open" | "find", _) => Ways::Book(Wanted::Number),
            ("case", _) => Ways::Book(Wanted::Case),
            ("plan", _) => Ways::Book(Wanted::Plan),
            ("run", _) => Ways::Book(Wanted::Run),
            ("view" | "view.drop", _) => {
                Ways::Words(self.views.iter().map(|view| word(&view.reference(), view.filter())).collect())
            }
            ("dates", _) => Ways::Words(DateOrder::ALL.iter().map(|(_, name, example)| word(name, example)).collect()),
            (_, takes) if takes.contains('|') => Ways::Words(takes.split('|').map(|name| word(name, "")).collect()),
            _ => return None,
        })
    }

    fn accept(&mut self) -> Reply {
        let line = self.field.text().trim().to_owned();
        if let Ok(row) = line.parse::<u32>() {
            return Reply::Run(Call { count: Some(row.clamp(1, 9_999_999)), ..Call::new("list.row") });
        }
        let chosen = match self.exact() {
            Some((index, args)) if self.at == 0 => Some((index, args)),
            _ => self.ranked.get(self.at).map(|index| (*index, String::new())),
        };
        let Some((index, args)) = chosen else {
            return Reply::Live(vec![Effect::Warn(format!("no command is called \"{line}\"; ? lists them all"))]);
        };
        let Offer { command, reason, .. } = &self.offers[index];
        match reason {
            Some(reason) => Reply::Live(vec![Effect::Warn(format!("{}: {reason}", command.title))]),
            None => Reply::Run(Call { args, ..Call::new(command.id) }),
        }
    }

    fn recall(&mut self, older: bool) {
        self.back = if older { (self.back + 1).min(self.history.len()) } else { self.back.saturating_sub(1) };
        let line = self.back.checked_sub(1).and_then(|back| self.history.iter().rev().nth(back));
        let line = line.cloned().unwrap_or_default();
        self.field.set(&line);
        self.rank();
    }
}

impl Overlay for Palette {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        if self.completing.is_open() {
            match key.code {
                Code::Tab | Code::Down | Code::BackTab | Code::Up => {
                    self.completing.step(&mut self.field, matches!(key.code, Code::Tab | Code::Down));
                    self.rank();
                    return Reply::Stay;
                }
                code => {
                    self.completing.close();
                    if code == Code::Esc {
                        return Reply::Stay;
                    }
                }
            }
        }
        match (key.code, key.ctrl) {
            (Code::Esc, _) => return Reply::Close(Vec::new()),
            (Code::Enter, _) => return self.accept(),
            (Code::Backspace, _) if self.field.text().is_empty() => return Reply::Close(Vec::new()),
            (Code::Up, _) if self.at == 0 => self.recall(true),
            (Code::Down, _) if self.back > 0 => self.recall(false),
            (Code::Up | Code::BackTab, _) | (Code::Char('p'), true) => self.at = self.at.saturating_sub(1),
            (Code::Down, _) | (Code::Char('n'), true) => {
                self.at = (self.at + 1).min(self.ranked.len().saturating_sub(1))
            }
            (Code::Tab, _) => {
                if self.field.before().trim_start().contains(' ') {
                    return self.complete();
                }
                if let Some(index) = self.ranked.get(self.at) {
                    self.field.set(&format!("{} ", self.offers[*index].command.id));
                    self.rank();
                }
            }
            _ => {
                if self.field.key(key) {
                    self.back = 0;
                    self.rank();
                }
            }
        }
        Reply::Stay
    }

    fn completed(&mut self, text: &str, found: Completions) -> Reply {
        if self.completing.take(&mut self.field, text, found) {
            self.rank();
        }
        Reply::Stay
    }

    fn paste(&mut self, text: &str, _ctx: &Ctx) -> Option<Reply> {
        self.field.insert(text);
        self.rank();
        Some(Reply::Stay)
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        // The box keeps its size while the list shrinks, so that only its lines are sent again.
        let [_, area] = layout::above(body, 14.min(body.height));
        let area = Rect { width: area.width.min(100), ..area };
        paint::clear(buf, area);
        let inside = paint::frame(buf, area, "Command", "Tab completes  Esc leaves", true, ctx.theme, ctx.glyphs);
        paint::text(buf, inside, inside.x, inside.y, ":", ctx.style(Role::Accent), ctx.glyphs);
        let line = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(1), ..inside };
        let cursor = self.field.draw(buf, line, ctx.style(Role::Text), ctx.glyphs);
        if self.completing.is_open() {
            let list = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
            self.completing.draw(buf, list, ctx);
            return cursor;
        }
        let rows = usize::from(inside.height.saturating_sub(1));
        let top = (self.at + 1).saturating_sub(rows.max(1));
        for (offset, index) in self.ranked.iter().skip(top).take(rows).enumerate() {
            let y = inside.y + 1 + u16::try_from(offset).unwrap_or(0);
            let row = Rect { y, height: 1, ..inside };
            super::help::draw_offer(buf, row, &self.offers[*index], top + offset == self.at, ctx);
        }
        if self.ranked.is_empty() && rows > 0 {
            let text = fit(" nothing is called that", usize::from(inside.width), Align::Left, ctx.glyphs);
            paint::text(buf, inside, inside.x, inside.y + 1, &text, ctx.style(Role::Dim), ctx.glyphs);
        }
        cursor
    }

    fn hint(&self) -> String {
        "type a name, a number goes to that row  Up history  Enter run  Esc leave".to_owned()
    }
}
