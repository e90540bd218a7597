//! One pane of the Desk: a list whose rows arrive ready to be drawn, each knowing why it is there and what Enter opens.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{self, Subject};
use super::desk_rows::{Entry, Kind, Loaded};
use crate::domain::money::Money;
use crate::store::read::accounts::accounts;
use crate::tui::app::{AHEAD, Answer, Call, Command, Ctx, Effect, Handled, ListState, Row, Screen, Status};
use crate::tui::ui::paint;
use crate::tui::ui::table::{Line, Table, rows_in};
use crate::tui::ui::text::amount_with_currency;
use crate::tui::ui::theme::Role;

impl Row for Entry {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn sum(&self) -> Option<Money> {
        self.sum
    }
}

/// A pane of the Desk.
pub(super) struct Pane {
    kind: &'static Kind,
    list: ListState<Entry>,
    counts: String,
}

impl Pane {
    pub(super) fn new(kind: &'static Kind) -> Pane {
        Pane { kind, list: ListState::new(), counts: String::new() }
    }

    fn subject(&self, ctx: &Ctx) -> Subject {
        let targets = self.list.targets();
        let known = |id: &i64| self.list.rows().iter().find(|entry| entry.id == *id);
        if let [only] = targets[..] {
            return known(&only).and_then(|entry| entry.subject.clone()).unwrap_or_default();
        }
        let sums = self.list.marked_sums();
        let total: Vec<String> = sums.iter().map(|sum| amount_with_currency(*sum, ctx.numbers)).collect();
        let name = format!("{} customers", targets.len());
        Subject { customers: targets, name, total: total.join(" "), ..Subject::default() }
    }
}

impl Screen for Pane {
    fn id(&self) -> &'static str {
        self.kind.id
    }

    fn title(&self) -> String {
        self.kind.title.to_owned()
    }

    fn commands(&self) -> &'static [Command] {
        self.kind.commands
    }

    fn is_list(&self) -> bool {
        true
    }

    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        actions::possible(command.id, self.list.marked().max(usize::from(self.list.cursor().is_some())))
    }

    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match self.list.run(call) {
            Handled::Want(want) => return want.rows().map(|want| (self.kind.ask)(ctx, want)).into_iter().collect(),
            Handled::Yes => return Vec::new(),
            Handled::No => {}
        }
        match call.id {
            "list.open" => {
                let open = self.list.selected().map(|entry| entry.open.clone());
                open.map(|(place, arg)| Effect::Go(place, arg)).into_iter().collect()
            }
            "list.sort" | "list.columns" | "list.filter-by" | "list.freeze" => {
                let (place, title) = (self.kind.place, self.kind.title.to_lowercase());
                vec![Effect::Say(format!("the screen of the {title} sorts and filters; :{place} opens it"))]
            }
            id if !self.kind.commands.is_empty() => actions::run(id, &self.subject(ctx), ctx).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.list.reload().rows().map(|want| (self.kind.ask)(ctx, want)).into_iter().collect()
    }

    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let answer = match actions::answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) => own,
        };
        if name == AHEAD {
            return self.refresh(ctx);
        }
        let Some(loaded) = answer.take::<Loaded>() else { return Vec::new() };
        self.counts = loaded.counts;
        self.list.load(loaded.window);
        let today = ctx.today;
        // Whoever moves on needs them all; nobody has to wait for them to see the first.
        let all = move || Effect::ask(AHEAD, move |reader| accounts(reader, today).map(drop));
        loaded.glimpse.then(all).into_iter().collect()
    }

    fn performed(
        &mut self,
        _name: &'static str,
        result: &Result<crate::acts::Done, crate::acts::Failure>,
        _ctx: &Ctx,
    ) -> Vec<Effect> {
        if result.is_ok() {
            self.list.drop_marks();
        }
        Vec::new()
    }

    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.list.total() == 0 {
            let line = if self.list.is_loaded() { self.kind.empty } else { "loading" };
            let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
            paint::text(buf, inside, inside.x, inside.y, line, ctx.style(Role::Dim), ctx.glyphs);
            return;
        }
        let (rows, cursor, _) = self.list.visible(rows_in(area, false));
        let line =
            |entry: &Entry| Line { cells: entry.cells.clone(), marked: self.list.is_marked(entry.id), stale: false };
        let lines: Vec<Line> = rows.iter().map(line).collect();
        let table = Table {
            columns: self.kind.columns,
            lines: &lines,
            cursor,
            focused,
            sort: None,
            scroll: self.list.scroll,
            total: &[],
            theme: ctx.theme,
            glyphs: ctx.glyphs,
            base: ctx.base,
        };
        table.draw(buf, area);
    }

    fn status(&self, ctx: &Ctx) -> Status {
        let sums: Vec<String> =
            self.list.marked_sums().iter().map(|sum| amount_with_currency(*sum, ctx.numbers)).collect();
        let marks = match self.list.marked() {
            0 => String::new(),
            marked => format!("marked {marked} = {}", sums.join(" ")),
        };
        let counts = if self.list.is_loaded() { self.counts.clone() } else { format!("loading {}", self.kind.id) };
        Status { counts, marks, ..Status::default() }
    }

    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        let line = |entry: &Entry| entry.cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("\t");
        match what {
            'y' => self.list.selected().map(|entry| (line(entry), "1 row".to_owned())),
            't' => {
                let rows: Vec<String> = self.list.rows().iter().map(line).collect();
                Some((format!("{}\n", rows.join("\n")), format!("{} rows", rows.len())))
            }
            'a' => self.list.selected()?.sum.map(|sum| (sum.plain(), "amount".to_owned())),
            _ => None,
        }
    }

    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        self.list.selected().map(|entry| entry.why.clone())
    }

    fn arithmetic(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        self.list.selected().map(|entry| entry.how.clone())
    }

    fn marked(&self) -> usize {
        self.list.marked()
    }

    fn drop_marks(&mut self) -> bool {
        self.list.drop_marks()
    }
}
