//! The log of acts, newest first: who did what when, what took it back. `u` takes the act under the cursor back,
//! Enter shows it in full with its place in the audit chain.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::promises::read_filter;
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::language::filter::Filter;
use crate::store::read::log::{ActDetail, ActLine, act, log};
use crate::store::read::window;
use crate::tui::app::overlay::{Confirm, TextBox};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, FilterError, Grid, Gridded, Handled, ListState, Place, Row, Scope,
    Screen, Sort, Status, Tier, Want, Window,
};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::table::{Cell, Column, Line, Table, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;
use crate::tui::ui::{paint, text};

/// `g l`, and `:log FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("log", &["g l"], "log", "Every act on the book: who, when, what; undo older ones.")
        .words("journal history audit trail")
        .takes("FILTER")
        .verb("log")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = Log::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be done about an act. Everybody may try: whose act it is decides which right it takes.
pub const COMMANDS: &[Command] =
    &[Command::write("log.undo", &["u"], "undo this", "Take back the act under the cursor, if it can be.", Tier::Many)
        .hint(60)
        .right(Right::Read)
        .words("reverse cancel")];

const COLUMNS: &[Column] = &[
    Column::number("id", "ACT", 'a', 0, 7),
    Column::words("when", "WHEN", 't', 0, 15, 15),
    Column::words("who", "WHO", 'o', 0, 6, 12),
    Column::words("what", "WHAT", 'w', 0, 34, 100),
    Column::words("kind", "KIND", 'k', 4, 10, 14),
    Column::words("customer", "CUSTOMER", 'c', 5, 10, 22),
    Column::words("undone", "UNDONE", 'u', 1, 7, 10),
    Column::words("source", "BY WAY OF", 's', 6, 9, 9),
];

impl Row for ActLine {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn group(&self) -> u64 {
        u64::try_from(chrono::Datelike::num_days_from_ce(&self.day())).unwrap_or(0)
    }
}

/// The log.
pub struct Log {
    list: ListState<ActLine>,
    grid: Grid,
    filter: String,
    parsed: Filter,
}

impl Default for Log {
    fn default() -> Self {
        Log::new()
    }
}

impl Log {
    /// The whole log, newest first.
    pub fn new() -> Log {
        Log {
            list: ListState::new(),
            grid: Grid::new(COLUMNS, Sort { column: "id", descending: true }),
            filter: String::new(),
            parsed: Filter::all(),
        }
    }

    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let (today, filter) = (ctx.today, self.parsed.clone());
        let want = want.rows().unwrap_or(window::Want::Start);
        vec![Effect::ask("rows", move |reader| log(reader, today, &filter, want))]
    }

    fn undo(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(row) = self.list.selected() else { return Vec::new() };
        let (key, act) = (ctx.act_key(), row.id);
        let verb = if row.undoes.is_some() { "Do again what this took back" } else { "Take back" };
        let question = format!("{verb}: act {act}, {}?", row.summary);
        let yes = move || vec![Effect::perform("undo", Request { key, act: Act::Undo { act }, expect: Vec::new() })];
        vec![Effect::Overlay(Box::new(Confirm::new(question, yes)))]
    }

    fn filter_by(&self, letter: Option<char>) -> Vec<Effect> {
        let column = letter.and_then(|letter| self.grid.by_letter(letter)).map_or("", |column| column.id);
        let Some(row) = self.list.selected() else { return Vec::new() };
        let term = match (column, &row.customer) {
            ("who", _) => format!("owner={}", row.login),
            ("kind", _) => format!("reason=\"{}\"", row.kind),
            ("customer", Some((_, number, _))) => format!("no:{number}"),
            ("when", _) => format!("due:{}", row.day()),
            _ => return vec![Effect::Warn("this column cannot be filtered by; f o, f k, f c and f t can".to_owned())],
        };
        vec![Effect::Filter(Default::default(), format!("{} {term}", self.filter).trim().to_owned())]
    }

    fn draw_list(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.list.is_loaded() && self.list.total() == 0 {
            let empty = format!("no act passes {}; / changes it", self.filter);
            paint::text(buf, area, area.x + 1, area.y, &empty, ctx.style(Role::Dim), ctx.glyphs);
            return;
        }
        let (rows, cursor, _) = self.list.visible(rows_in(area, false));
        let lines: Vec<Line> =
            rows.iter().map(|row| Line { cells: self.grid.cells(cells(row)), ..Line::default() }).collect();
        let table = Table {
            columns: &self.grid.columns(),
            lines: &lines,
            cursor,
            focused,
            sort: self.grid.heading(),
            scroll: self.list.scroll,
            total: &[],
            theme: ctx.theme,
            glyphs: ctx.glyphs,
        };
        table.draw(buf, area);
    }

    fn peek(&self) -> Vec<String> {
        let Some(row) = self.list.selected() else { return Vec::new() };
        let customer = row.customer.as_ref().map_or_else(String::new, |(_, number, name)| format!("  {name} {number}"));
        let fate = match (row.undoes, row.undone_by) {
            (_, Some(by)) => format!("taken back by act {by}"),
            (Some(act), None) => format!("takes act {act} back; u does it again"),
            (None, None) => {
                row.final_because().unwrap_or_else(|| "u takes it back, if nothing depends on it".to_owned())
            }
        };
        vec![
            row.summary.clone(),
            format!("{}{customer}", row.kind),
            format!("{} {} UTC by {} ({}); {fate}", text::weekday(row.day()), row.time(), row.who, row.source),
        ]
    }
}

fn cells(row: &ActLine) -> Vec<Cell> {
    let undone = match (row.undone_by, row.undoes) {
        (Some(by), _) => Cell::new(format!("by {by}"), Role::Warn),
        (None, Some(act)) => Cell::new(format!("undo {act}"), Role::Dim),
        (None, None) => "".into(),
    };
    let role = if row.undone_by.is_some() { Role::Dim } else { Role::Text };
    vec![
        row.id.to_string().into(),
        format!("{} {}", text::day(row.day()), row.time()).into(),
        row.who.as_str().into(),
        Cell::new(row.summary.clone(), role),
        row.kind.as_str().into(),
        row.customer.as_ref().map_or("", |(_, _, name)| name.as_str()).into(),
        undone,
        row.source.as_str().into(),
    ]
}

/// An act in full, line by line.
fn detail_lines(detail: &ActDetail) -> Vec<String> {
    let row = &detail.line;
    let mut out = vec![
        row.summary.clone(),
        format!("{} at {} {} UTC by {} ({}), {}", row.kind, row.day(), row.time(), row.who, row.login, row.source),
    ];
    if let Some((_, number, name)) = &row.customer {
        out.push(format!("customer {name} {number}"));
    }
    out.extend(row.undoes.map(|act| format!("takes back act {act}")));
    out.extend(row.undone_by.map(|act| format!("taken back by act {act}")));
    let rows: Vec<String> = detail.rows.iter().map(|(name, count)| format!("{count} {name}")).collect();
    out.push(format!("rows written: {}", if rows.is_empty() { "none".to_owned() } else { rows.join(", ") }));
    out.push(String::new());
    let pretty = serde_json::from_str::<serde_json::Value>(&detail.payload)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| detail.payload.clone());
    out.extend(pretty.lines().map(str::to_owned));
    out.push(String::new());
    out.push(format!("key   {}", detail.key));
    out.push(format!("hash  {}", detail.hash));
    out.push(format!("after {}", detail.prev));
    out
}

impl Screen for Log {
    fn id(&self) -> &'static str {
        "log"
    }
    fn title(&self) -> String {
        "Log".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        if command.id != "log.undo" {
            return Ok(());
        }
        let row = self.list.selected().ok_or_else(|| "no act is selected".to_owned())?;
        if row.login != ctx.user && !ctx.may(Right::Undo) {
            return Err(format!("needs the right to {}; ask an administrator", Right::Undo.words()));
        }
        row.final_because().map_or(Ok(()), Err)
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "list.sort" => {
                return vec![Effect::Say("the log is in the order of what happened, newest first".to_owned())];
            }
            "list.mark" | "list.range" | "list.mark-all" | "list.invert" => {
                return vec![Effect::Say("acts are taken back one by one; u takes back this one".to_owned())];
            }
            _ => {}
        }
        match self.list.run(call) {
            Handled::Want(want) => return self.ask(want, ctx),
            Handled::Yes => return Vec::new(),
            Handled::No => {}
        }
        if let Gridded::Yes(effects) = self.grid.run(call) {
            return effects;
        }
        match call.id {
            "list.open" => {
                let Some(id) = self.list.cursor() else { return Vec::new() };
                vec![Effect::ask("detail", move |reader| act(reader, id))]
            }
            "list.filter-by" => self.filter_by(call.key),
            "log.undo" => self.undo(ctx),
            _ => Vec::new(),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let want = self.list.reload();
        self.ask(want, ctx)
    }
    fn answer(&mut self, name: &'static str, answer: Answer, _ctx: &Ctx) -> Vec<Effect> {
        match name {
            "rows" => {
                if let Some(window) = answer.take::<Window<ActLine>>() {
                    self.list.load(window);
                }
            }
            "columns" => {
                if let Some(grid) = answer.take::<Grid>() {
                    self.grid = grid;
                }
            }
            "detail" => {
                if let Some(detail) = answer.take::<Option<ActDetail>>().flatten() {
                    let title = format!("Act {}", detail.line.id);
                    return vec![Effect::Overlay(Box::new(TextBox::new(title, detail_lines(&detail))))];
                }
            }
            _ => {}
        }
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (columns, rows) = ctx.size;
        let (theme, glyphs) = (ctx.theme, ctx.glyphs);
        let framed = class(columns, rows) >= Class::M && !ctx.zoom;
        let [list, peek] = layout::above(area, if area.height >= 10 { if framed { 5 } else { 4 } } else { 0 });
        let (list, inside) = if framed {
            let place = (self.list.place() + 1).min(self.list.total());
            let note = format!("{place} of {}", self.list.total());
            let list = paint::frame(buf, list, "Log", &note, focused, theme, glyphs);
            (list, paint::frame(buf, peek, "This act", "Enter shows all of it", false, theme, glyphs))
        } else {
            let rule = glyphs.horizontal.repeat(usize::from(peek.width));
            paint::text(buf, peek, peek.x, peek.y, &rule, ctx.style(Role::Dim), glyphs);
            let height = peek.height.saturating_sub(1);
            (list, Rect { x: peek.x + 1, y: peek.y + 1, width: peek.width.saturating_sub(1), height })
        };
        self.draw_list(buf, list, ctx, focused);
        paint::lines(buf, inside, &self.peek(), ctx.style(Role::Text), glyphs);
    }
    fn status(&self, _ctx: &Ctx) -> Status {
        let counts = format!("{} acts", self.list.total());
        let note = if self.list.is_loaded() { "times are UTC" } else { "loading the log" };
        Status { counts, filter: self.filter.clone(), marks: String::new(), note: note.to_owned() }
    }
    fn filter(&self) -> Option<String> {
        Some(self.filter.clone())
    }
    fn set_filter(&mut self, text: &str, ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        self.parsed = read_filter(text, ctx)?;
        self.filter = text.to_owned();
        self.list.reset();
        Ok(self.ask(Want::Start, ctx))
    }
    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        let row = self.list.selected()?;
        let line = |row: &ActLine| {
            let customer = row.customer.as_ref().map_or("", |(_, number, _)| number);
            format!("{}\t{}\t{}\t{}\t{customer}\t{}", row.id, row.at, row.login, row.kind, row.summary)
        };
        match what {
            'y' => Some((line(row), "1 row".to_owned())),
            't' => {
                let rows: Vec<String> = self.list.rows().iter().map(line).collect();
                let many = format!("{} rows", rows.len());
                Some((rows.join("\n"), many))
            }
            'c' => row.customer.as_ref().map(|(_, number, name)| (format!("{number} {name}"), name.clone())),
            _ => None,
        }
    }
    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        self.list.selected()?;
        let mut lines = self.peek();
        lines.push("Nothing is ever deleted: taking an act back writes another one. Every act is chained to the one before by its hash; `o2c check` proves it.".to_owned());
        lines.iter_mut().for_each(|line| *line = wrap(line, 90).join("\n"));
        Some(lines.iter().flat_map(|line| line.split('\n').map(str::to_owned)).collect())
    }
    fn choices(&self, prefix: char, _ctx: &Ctx) -> Vec<(char, String)> {
        if prefix == 'f' { self.grid.choices(prefix) } else { Vec::new() }
    }
    fn bookmark(&self) -> Option<Bookmark> {
        let row = self.list.cursor()?.to_string();
        Some(Bookmark { place: "log".to_owned(), arg: String::new(), row })
    }
    fn go_to(&mut self, row: &str, ctx: &Ctx) -> Vec<Effect> {
        let Ok(id) = row.parse() else { return Vec::new() };
        if self.list.select(id) {
            return Vec::new();
        }
        self.list.select_later(id);
        self.ask(Want::Around(id, 0), ctx)
    }
    fn saved_view(&self) -> Option<String> {
        Some(format!("{}\n{}", self.grid.written(), self.filter))
    }
    fn apply_view(&mut self, text: &str, ctx: &Ctx) -> Vec<Effect> {
        let (grid, filter) = text.split_once('\n').unwrap_or((text, ""));
        self.grid.read(grid);
        self.set_filter(filter, ctx).unwrap_or_default()
    }
}
