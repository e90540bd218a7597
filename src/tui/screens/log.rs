//! The log of acts, newest first: who did what when, what took it back. `u` takes the act under the cursor back,
//! Enter shows it in full with its place in the audit chain.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listing::{ListScreen, Listing, with_peek};
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::store::read::log::{ActDetail, ActLine, act, log};
use crate::store::read::window;
use crate::tui::app::overlay::{Confirm, TextBox};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Tier, Want, Window};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::paint::Fact;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{rest, wrap};
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

pub(super) const COLUMNS: &[Column] = &[
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
    listing: Listing<ActLine>,
}

impl Default for Log {
    fn default() -> Self {
        Log::new()
    }
}

impl Log {
    /// The whole log, newest first.
    pub fn new() -> Log {
        Log { listing: Listing::new(COLUMNS, Sort { column: "id", descending: true }) }
    }

    fn undo(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(row) = self.listing.list.selected() else { return Vec::new() };
        let (key, act) = (ctx.act_key(), row.id);
        let verb = if row.undoes.is_some() { "Do again what this took back" } else { "Take back" };
        let question = format!("{verb}: act {act}, {}?", row.summary);
        let yes = move || vec![Effect::perform("undo", Request { key, act: Act::Undo { act }, expect: Vec::new() })];
        vec![Effect::Overlay(Box::new(Confirm::new(question, yes)))]
    }

    fn draw_list(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let empty = format!("no act passes {}; / changes it", self.listing.filter);
            paint::text(buf, area, area.x + 1, area.y, &empty, ctx.style(Role::Dim), ctx.glyphs);
            return;
        }
        self.listing.draw(buf, area, ctx, focused, Vec::new(), cells);
    }

    /// What the row does not say, where there is little room.
    fn short(&self, width: u16, ctx: &Ctx) -> Vec<Vec<Fact<'static>>> {
        let Some(row) = self.listing.list.selected() else { return Vec::new() };
        let customer = row.customer.as_ref().map_or("-", |(_, number, _)| number);
        let more = rest(&text::dated(&row.summary), self.listing.room("what", width), ctx.glyphs);
        vec![
            vec![("", more, 77)],
            vec![("kind", row.kind.clone(), 18), ("customer", customer.to_owned(), 10)],
            vec![(
                "take back",
                if row.undoes.is_none() && row.final_because().is_none() { "u".to_owned() } else { fate(row) },
                60,
            )],
        ]
    }

    fn peek(&self) -> Vec<String> {
        let Some(row) = self.listing.list.selected() else { return Vec::new() };
        let customer = row.customer.as_ref().map_or_else(String::new, |(_, number, name)| format!("  {name} {number}"));
        let fate = fate(row);
        vec![
            text::dated(&row.summary),
            format!("{}{customer}", row.kind),
            format!("{} {} UTC by {} ({}); {fate}", text::weekday(row.day()), row.time(), row.who, row.source),
        ]
    }
}

/// What became of an act, or can.
fn fate(row: &ActLine) -> String {
    match (row.undoes, row.undone_by) {
        (_, Some(by)) => format!("taken back by act {by}"),
        (Some(act), None) => format!("takes act {act} back; u does it again"),
        (None, None) => row.final_because().unwrap_or_else(|| "u takes it back".to_owned()),
    }
}

/// What was taken back by this act, or which one took it back.
pub(super) fn undone(row: &ActLine) -> Cell {
    match (row.undone_by, row.undoes) {
        (Some(by), _) => Cell::new(format!("by {by}"), Role::Warn),
        (None, Some(act)) => Cell::new(format!("undo {act}"), Role::Dim),
        (None, None) => "".into(),
    }
}

/// The filter term for an act's value in a column.
pub(super) fn term(row: &ActLine, column: &str, _ctx: &Ctx) -> Option<String> {
    Some(match (column, &row.customer) {
        ("who", _) => format!("owner={}", row.login),
        ("kind", _) => format!("reason=\"{}\"", row.kind),
        ("customer", Some((_, number, _))) => format!("no:{number}"),
        ("when", _) => format!("due:{}", row.day()),
        _ => return None,
    })
}

fn cells(row: &ActLine) -> Vec<Cell> {
    let role = if row.undone_by.is_some() { Role::Dim } else { Role::Text };
    vec![
        row.id.to_string().into(),
        format!("{} {}", text::day(row.day()), row.time()).into(),
        row.who.as_str().into(),
        Cell::new(text::dated(&row.summary), role),
        row.kind.as_str().into(),
        row.customer.as_ref().map_or("", |(_, _, name)| name.as_str()).into(),
        undone(row),
        row.source.as_str().into(),
    ]
}

/// An act in full, line by line.
pub(super) fn detail_lines(detail: &ActDetail) -> Vec<String> {
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

impl ListScreen for Log {
    type Line = ActLine;
    fn listing(&self) -> &Listing<ActLine> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<ActLine> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "log"
    }
    fn title(&self) -> String {
        "Log".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let (today, filter) = (ctx.today, self.listing.parsed.clone());
        let want = want.rows().unwrap_or(window::Want::Start);
        vec![Effect::ask("rows", move |reader| log(reader, today, &filter, want))]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(window) = answer.take::<Window<ActLine>>() {
            self.listing.list.load(window);
        }
    }
    fn take(&mut self, name: &'static str, answer: Answer, _ctx: &Ctx) -> Vec<Effect> {
        let detail = if name == "detail" { answer.take::<Option<ActDetail>>().flatten() } else { None };
        let Some(detail) = detail else { return Vec::new() };
        let title = format!("Act {}", detail.line.id);
        vec![Effect::Overlay(Box::new(TextBox::new(title, detail_lines(&detail))))]
    }
    fn instead(&self, call: &Call) -> Option<String> {
        Some(match call.id {
            "list.sort" => "the log is in the order of what happened, newest first".to_owned(),
            "list.mark" | "list.range" | "list.mark-all" | "list.invert" => {
                "acts are taken back one by one; u takes back this one".to_owned()
            }
            _ => return None,
        })
    }
    fn open(&self, row: &ActLine, _ctx: &Ctx) -> Vec<Effect> {
        let id = row.id;
        vec![Effect::ask("detail", move |reader| act(reader, id))]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        if call.id == "log.undo" { self.undo(ctx) } else { Vec::new() }
    }
    fn term(&self, row: &ActLine, column: &str, ctx: &Ctx) -> Option<String> {
        term(row, column, ctx)
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        if command.id != "log.undo" {
            return Ok(());
        }
        let row = self.listing.list.selected().ok_or_else(|| "no act is selected".to_owned())?;
        if row.login != ctx.user && !ctx.may(Right::Undo) {
            return Err(format!("needs the right to {}; ask an administrator", Right::Undo.words()));
        }
        row.final_because().map_or(Ok(()), Err)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (theme, glyphs) = (ctx.theme, ctx.glyphs);
        let framed = class(ctx.size.0, ctx.size.1) >= Class::M && !ctx.zoom;
        if framed {
            let [list, peek] = layout::above(area, if area.height >= 10 { 5 } else { 0 });
            let list = paint::frame(buf, list, "Log", &self.listing.place(), focused, theme, glyphs);
            let inside = paint::frame(buf, peek, "This act", "Enter shows all of it", false, theme, glyphs);
            self.draw_list(buf, list, ctx, focused);
            return paint::lines(buf, inside, &self.peek(), ctx.style(Role::Text), glyphs);
        }
        let [list, inside] = with_peek(buf, area, 3, ctx);
        self.draw_list(buf, list, ctx, focused);
        paint::facts(buf, inside, &self.short(area.width, ctx), theme, glyphs);
    }
    fn counts(&self, _ctx: &Ctx) -> String {
        format!("{} acts", self.listing.list.total())
    }
    fn note(&self, _ctx: &Ctx) -> String {
        if self.listing.list.is_loaded() { "times are UTC" } else { "loading the log" }.to_owned()
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "act\twhen UTC\twho\tkind\tcustomer\twhat".to_owned()
    }
    fn raw(&self, row: &ActLine, _ctx: &Ctx) -> String {
        let customer = row.customer.as_ref().map_or("", |(_, number, _)| number);
        format!("{}\t{}\t{}\t{}\t{customer}\t{}", row.id, row.at, row.login, row.kind, row.summary)
    }
    fn copied(&self, what: char, row: &ActLine, _ctx: &Ctx) -> Option<(String, String)> {
        let (_, number, name) = row.customer.as_ref().filter(|_| what == 'c')?;
        Some((format!("{number} {name}"), name.clone()))
    }
    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        self.listing.list.selected()?;
        let mut lines = self.peek();
        lines.push("Nothing is ever deleted: taking an act back writes another one. Every act is chained to the one before by its hash; `o2c check` proves it.".to_owned());
        lines.iter_mut().for_each(|line| *line = wrap(line, 90).join("\n"));
        Some(lines.iter().flat_map(|line| line.split('\n').map(str::to_owned)).collect())
    }
}
