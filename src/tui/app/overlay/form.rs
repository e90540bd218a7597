//! A form in one column. Fields come filled in, so that Enter, Enter is the common case; each says at once what it
//! understood; what is wrong stays, with its reason under it; leaving keeps a draft.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{Overlay, Reply};
use crate::tui::app::ctx::{Ctx, Millis};
use crate::tui::app::effect::Effect;
use crate::tui::app::field::TextField;
use crate::tui::app::key::{Code, Key};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, cells, fit};
use crate::tui::ui::{layout, paint};

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A date in shorthand.
    Date,
    /// An amount in shorthand.
    Amount,
    /// One of these; Left, Right and Space step, a letter jumps.
    Choice(Vec<String>),
}

type Echo = Box<dyn Fn(&str) -> Result<String, String>>;
type Save = Box<dyn Fn(&[String]) -> Result<Vec<Effect>, (usize, String)>>;
type Foot = Box<dyn Fn(&[String]) -> Vec<String>>;

/// A field of a form.
pub struct Field {
    label: String,
    kind: Kind,
    field: TextField,
    initial: String,
    echo: Echo,
    /// Typing replaces what was filled in until the field has been edited.
    fresh: bool,
    /// Letters of a choice typed so far.
    typed: String,
}

impl Field {
    /// A field of a kind, filled in, with what it answers to its text: what it understood, or why it cannot.
    pub fn new(
        label: &str,
        kind: Kind,
        filled: &str,
        echo: impl Fn(&str) -> Result<String, String> + 'static,
    ) -> Field {
        Field {
            label: label.to_owned(),
            kind,
            field: TextField::new(filled),
            initial: filled.to_owned(),
            echo: Box::new(echo),
            fresh: true,
            typed: String::new(),
        }
    }

    /// A field of free text that accepts anything.
    pub fn text(label: &str, filled: &str) -> Field {
        Field::new(label, Kind::Text, filled, |_| Ok(String::new()))
    }

    /// A choice among these, the first one filled in unless `filled` is among them.
    pub fn choice(label: &str, choices: &[&str], filled: &str) -> Field {
        let list: Vec<String> = choices.iter().map(|choice| (*choice).to_owned()).collect();
        let filled = if choices.contains(&filled) { filled } else { choices.first().copied().unwrap_or("") };
        let known = list.clone();
        let check = move |text: &str| {
            if known.iter().any(|choice| choice == text) {
                Ok(String::new())
            } else {
                Err(format!("one of {}", known.join(", ")))
            }
        };
        Field::new(label, Kind::Choice(list), filled, check)
    }

    fn verdict(&self) -> Result<String, String> {
        (self.echo)(self.field.text())
    }

    fn step(&mut self, forward: bool) {
        if let Kind::Choice(list) = &self.kind
            && !list.is_empty()
        {
            let here = list.iter().position(|choice| choice == self.field.text()).unwrap_or(0);
            let next = if forward { here + 1 } else { here + list.len() - 1 } % list.len();
            self.field.set(&list[next].clone());
        }
        self.typed.clear();
    }

    fn key(&mut self, key: Key) {
        if let Kind::Choice(list) = &self.kind {
            match (key.code, key.typed()) {
                (Code::Left, _) => self.step(false),
                (Code::Right, _) | (_, Some(' ')) => self.step(true),
                (Code::Backspace, _) => self.typed.clear(),
                (_, Some(c)) => {
                    // Letters are the beginning of a word as long as one begins so; another one begins a new word.
                    let typed: String = self.typed.chars().chain(c.to_lowercase()).collect();
                    let starts = |word: &str, choice: &&String| choice.to_lowercase().starts_with(word);
                    if let Some(whole) = list.iter().find(|choice| typed.chars().count() > 1 && starts(&typed, choice))
                    {
                        self.field.set(&whole.clone());
                        self.typed = typed;
                        return;
                    }
                    let letter: String = c.to_lowercase().collect();
                    let here = list.iter().position(|choice| choice == self.field.text()).map_or(0, |place| place + 1);
                    // In the middle of a word that none begins with, a letter changes nothing.
                    let alone = self.typed.is_empty() || self.typed == letter;
                    if let Some(next) =
                        list.iter().cycle().skip(here).take(list.len()).find(|choice| alone && starts(&letter, choice))
                    {
                        self.field.set(&next.clone());
                        self.typed = letter;
                    }
                }
                _ => {}
            }
            return;
        }
        let replaces = self.fresh && self.kind != Kind::Text && key.typed().is_some();
        if replaces {
            self.field.set("");
        }
        self.fresh &= !self.field.key(key);
    }
}

/// A form.
pub struct Form {
    title: String,
    fields: Vec<Field>,
    at: usize,
    /// What was wrong when saving: which field, why.
    refused: Option<(usize, String)>,
    draft: String,
    foot: Foot,
    save: Save,
}

impl Form {
    /// A form without fields yet; `save` gets one text per field and gives what happens, or which field is wrong.
    pub fn new(title: &str, save: impl Fn(&[String]) -> Result<Vec<Effect>, (usize, String)> + 'static) -> Form {
        Form {
            title: title.to_owned(),
            fields: Vec::new(),
            at: 0,
            refused: None,
            draft: String::new(),
            foot: Box::new(|_| Vec::new()),
            save: Box::new(save),
        }
    }

    /// With one more field below.
    pub fn field(mut self, field: Field) -> Form {
        self.fields.push(field);
        self
    }

    /// Starting on that field, from 0; the ones above are filled in well enough.
    pub fn start(self, at: usize) -> Form {
        Form { at: at.min(self.fields.len().saturating_sub(1)), ..self }
    }

    /// With lines under the fields that follow from what they hold.
    pub fn foot(self, foot: impl Fn(&[String]) -> Vec<String> + 'static) -> Form {
        Form { foot: Box::new(foot), ..self }
    }

    /// Keeping a draft under this name (`promise.17`) when left.
    pub fn draft(self, name: impl Into<String>) -> Form {
        Form { draft: name.into(), ..self }
    }

    fn values(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.field.text().trim().to_owned()).collect()
    }

    /// Enter: a wrong field keeps the focus, the last field saves, any other goes on to the next.
    fn enter(&mut self) -> Reply {
        if self.fields.get(self.at).is_some_and(|field| field.verdict().is_err()) {
            return Reply::Stay;
        }
        if self.at + 1 < self.fields.len() {
            self.at += 1;
            return Reply::Stay;
        }
        if let Some(wrong) = self.fields.iter().position(|field| field.verdict().is_err()) {
            self.at = wrong;
            return Reply::Stay;
        }
        match (self.save)(&self.values()) {
            Ok(effects) => Reply::Close(effects),
            Err((field, why)) => {
                self.at = field.min(self.fields.len().saturating_sub(1));
                self.refused = Some((self.at, why));
                Reply::Stay
            }
        }
    }

    /// The lines of the form: text and role, and which line the field with the focus is on.
    fn lines(&self) -> (Vec<(String, String, Role)>, usize) {
        let mut lines = Vec::new();
        let mut focus = 0;
        for (index, field) in self.fields.iter().enumerate() {
            if index == self.at {
                focus = lines.len();
            }
            let verdict = field.verdict();
            let echo = verdict.as_ref().ok().filter(|echo| !echo.is_empty()).map(|echo| format!("= {echo}"));
            lines.push((field.field.text().to_owned(), echo.unwrap_or_default(), Role::Text));
            let refused = self.refused.as_ref().filter(|(at, _)| *at == index).map(|(_, why)| why.clone());
            if let Some(why) = refused.or(verdict.err().filter(|_| index <= self.at)) {
                lines.push((String::new(), why, Role::Warn));
            }
        }
        for line in (self.foot)(&self.values()) {
            lines.push((String::new(), line, Role::Dim));
        }
        (lines, focus)
    }
}

impl Overlay for Form {
    fn key(&mut self, key: Key, _at: Millis, _ctx: &Ctx) -> Reply {
        let last = self.fields.len().saturating_sub(1);
        match key.code {
            Code::Esc => return Reply::Close(Vec::new()),
            Code::Enter => return self.enter(),
            Code::Tab | Code::Down => self.at = if self.at == last { 0 } else { self.at + 1 },
            Code::BackTab | Code::Up => self.at = if self.at == 0 { last } else { self.at - 1 },
            _ => {
                self.refused = None;
                if let Some(field) = self.fields.get_mut(self.at) {
                    field.key(key);
                }
            }
        }
        Reply::Stay
    }

    fn paste(&mut self, text: &str, _ctx: &Ctx) -> Option<Reply> {
        let field = self.fields.get_mut(self.at)?;
        if field.fresh && field.kind != Kind::Text {
            field.field.set("");
        }
        field.fresh = false;
        field.field.insert(text);
        self.refused = None;
        Some(Reply::Stay)
    }

    fn view(&self, buf: &mut Buffer, body: Rect, ctx: &Ctx) -> Option<Position> {
        let (lines, focus) = self.lines();
        let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
        let [_, area] = layout::above(body, height);
        let area = Rect { width: area.width.min(100), ..area };
        paint::clear(buf, area);
        let note = "Tab next  Enter save  Esc keeps a draft";
        let inside = paint::frame(buf, area, &self.title, note, true, ctx.theme, ctx.glyphs);
        let label = self.fields.iter().map(|field| cells(&field.label)).max().unwrap_or(0).min(20);
        let top = (focus + 1).saturating_sub(usize::from(inside.height));
        let indent = u16::try_from(label + 3).unwrap_or(0).min(inside.width);
        let value = Rect { x: inside.x + indent, width: inside.width - indent, ..inside };
        let mut field = self.fields.iter().enumerate();
        let mut cursor = None;
        for (index, (text, echo, role)) in lines.iter().enumerate() {
            let named = if *role == Role::Text { field.next() } else { None };
            let Some(y) = index.checked_sub(top).and_then(|at| u16::try_from(at).ok()).map(|at| inside.y + at) else {
                continue;
            };
            if y >= inside.bottom() {
                break;
            }
            let here = named.as_ref().is_some_and(|(at, _)| *at == self.at);
            if let Some((_, field)) = &named {
                let name = fit(&field.label, label, Align::Left, ctx.glyphs);
                let role = if here { Role::Accent } else { Role::Dim };
                let pointer = if here { ctx.glyphs.cursor } else { " " };
                paint::text(buf, inside, inside.x, y, &format!("{pointer}{name}"), ctx.style(role), ctx.glyphs);
            }
            let row = Rect { y, height: 1, ..value };
            let used = u16::try_from(cells(text))
                .unwrap_or(u16::MAX)
                .saturating_add(2)
                .max(if text.is_empty() && named.is_none() { 0 } else { 16 });
            let typed = Rect { width: used.min(row.width), ..row };
            if let Some((_, field)) = named {
                let place = field.field.draw(buf, typed, ctx.style(Role::Text), ctx.glyphs);
                cursor = if here { place } else { cursor };
            }
            let rest = Rect { x: row.x + typed.width, width: row.width - typed.width, ..row };
            let role = if *role == Role::Text { Role::Dim } else { *role };
            paint::text(buf, rest, rest.x, y, echo, ctx.style(role), ctx.glyphs);
        }
        cursor
    }

    fn hint(&self) -> String {
        match self.fields.get(self.at).map(|field| &field.kind) {
            Some(Kind::Choice(_)) => "Left/Right choose  Enter next  Tab next  Esc keep a draft".to_owned(),
            Some(Kind::Date) => "e.g. fri, +3b, 20mar, eom  Enter next  Tab next  Esc keep a draft".to_owned(),
            Some(Kind::Amount) => "e.g. 1250, 1.2k, 50%, all  Enter next  Tab next  Esc keep a draft".to_owned(),
            _ => "Enter next  Tab next  Esc keep a draft".to_owned(),
        }
    }

    fn draft(&self) -> Option<(String, String)> {
        let changed = self.fields.iter().any(|field| field.field.text() != field.initial);
        let text = serde_json::to_string(&self.values()).ok()?;
        (changed && !self.draft.is_empty()).then(|| (self.draft.clone(), text))
    }

    fn draft_name(&self) -> &str {
        &self.draft
    }

    fn restore(&mut self, draft: &str) {
        let Ok(values) = serde_json::from_str::<Vec<String>>(draft) else { return };
        for (field, value) in self.fields.iter_mut().zip(values) {
            field.field.set(&value);
            field.fresh = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Field;
    use crate::tui::app::key::script;

    #[test]
    fn letters_of_a_choice_are_the_beginning_of_a_word() {
        let typed = |letters: &str| {
            let mut field = Field::choice("owner", &["anna", "carl", "chloe", "eve"], "anna");
            script(letters).into_iter().for_each(|key| field.key(key));
            field.field.text().to_owned()
        };
        assert_eq!(typed("chloe"), "chloe");
        assert_eq!((typed("c"), typed("cc"), typed("ccc")), ("carl".into(), "chloe".into(), "carl".into()));
        // A word there is none of leaves the last that fitted.
        assert_eq!((typed("christa"), typed("e"), typed("zeno")), ("chloe".into(), "eve".into(), "eve".into()));
        assert_eq!(typed("c<Right>e"), "eve");
    }
}
