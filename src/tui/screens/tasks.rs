//! What I was asked to do: `@login` in a note on a case or an inquiry is a task of that person. `x` says it is done, Enter
//! opens the case.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::acts::case::Case as Deed;
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::store::read::cases::{TaskRow, tasks_of};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, Handled, ListState, Place, Row, Scope, Screen, Status, Tier, Window,
};
use crate::tui::ui::table::{Cell, Column, Line, Table, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{paint, text};

/// `g j`, and `:tasks`.
pub const PLACE: Place = Place {
    command: Command::look("tasks", &["g j"], "tasks", "What you were asked to do in notes, by @your-login.")
        .scope(Scope::Global)
        .words("todo mentions jobs asked")
        .verb("dispute tasks"),
    tab: None,
    open: |_, _| Some(Box::new(Tasks { list: ListState::new() })),
};

/// What can be done about a task. Everybody may: it is their own.
pub const COMMANDS: &[Command] = &[Command::write("task.done", &["x"], "done", "Say that it is done.", Tier::One)
    .hint(60)
    .right(Right::Read)
    .words("finish tick")];

const COLUMNS: &[Column] = &[
    Column::words("on", "SINCE", 's', 0, 9, 9),
    Column::words("number", "CASE", 'i', 0, 6, 8),
    Column::words("customer", "CUSTOMER", 'c', 1, 12, 26),
    Column::words("by", "ASKED BY", 'b', 2, 8, 18),
    Column::words("text", "WHAT", 'w', 0, 24, 120),
    Column::words("done", "DONE", 'd', 3, 9, 9),
];

impl Row for TaskRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
}

/// The screen.
struct Tasks {
    list: ListState<TaskRow>,
}

impl Screen for Tasks {
    fn id(&self) -> &'static str {
        "tasks"
    }
    fn title(&self) -> String {
        "Tasks".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        match (command.id, self.list.selected()) {
            ("task.done" | "list.open", None) => Err("no task is selected".to_owned()),
            ("task.done", Some(task)) if task.done.is_some() => Err("it is done already".to_owned()),
            _ => Ok(()),
        }
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match (call.id, self.list.selected()) {
            ("task.done", Some(task)) => {
                let act = Act::Case(Box::new(Deed::TaskDone { task: task.id }));
                return vec![Effect::perform("task.done", Request { key: ctx.act_key(), act, expect: Vec::new() })];
            }
            ("list.open", Some(task)) if task.number.starts_with('D') => {
                return vec![Effect::Go("case", task.number.to_string())];
            }
            ("list.open", Some(_)) => return vec![Effect::Go("inquiries", String::new())],
            _ => {}
        }
        match self.list.run(call) {
            Handled::No | Handled::Yes | Handled::Want(_) => Vec::new(),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let user = ctx.user.clone();
        vec![Effect::ask("rows", move |reader| tasks_of(reader, Some(&user), true))]
    }
    fn answer(&mut self, _name: &'static str, answer: Answer, _ctx: &Ctx) -> Vec<Effect> {
        if let Some(rows) = answer.take::<Vec<TaskRow>>() {
            let total = rows.len() as u64;
            self.list.reload();
            self.list.load(Window { first: 0, rows, total });
        }
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.list.is_loaded() && self.list.total() == 0 {
            let none = format!(" Nobody asked you anything: @{} in a note on a case does.", ctx.user);
            return paint::lines(buf, area, &[none], ctx.style(Role::Text), ctx.glyphs);
        }
        let (rows, cursor, _) = self.list.visible(rows_in(area, false));
        let cells = |task: &TaskRow| -> Vec<Cell> {
            vec![
                text::day(task.on).into(),
                (&*task.number).into(),
                (&*task.customer).into(),
                (&*task.by).into(),
                (&*task.text).into(),
                task.done.map_or_else(String::new, text::day).into(),
            ]
        };
        let lines: Vec<Line> = rows.iter().map(|row| Line { cells: cells(row), ..Line::default() }).collect();
        let table = Table {
            columns: COLUMNS,
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
    fn status(&self, _ctx: &Ctx) -> Status {
        let open = self.list.rows().iter().filter(|task| task.done.is_none()).count();
        Status { counts: format!("{open} to do"), ..Status::default() }
    }
    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        let line = |task: &TaskRow| format!("{}\t{}\t{}\t{}", task.on, task.number, task.by, task.text);
        match what {
            'y' => Some((line(self.list.selected()?), "1 row".to_owned())),
            't' => {
                let lines: Vec<String> = self.list.rows().iter().map(line).collect();
                Some((lines.join("\n"), format!("{} rows", lines.len())))
            }
            _ => None,
        }
    }
    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        let task = self.list.selected()?;
        Some(vec![format!("{} asked on {} in a note on {}: {}", task.by, text::day(task.on), task.number, task.text)])
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "tasks".to_owned(), arg: String::new(), row: String::new() })
    }
}
