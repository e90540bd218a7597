//! The settings of the company: what may be set, what it is set to and who set it last. A form changes one through the
//! act of `o2c setting`; those through which money could be led astray wait for a second person.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{Reviewed, review};
use super::listing::{ListScreen, Listing, with_peek};
use crate::acts::Act;
use crate::acts::settings::SETTINGS;
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::store::read::settings::{Question, SettingRow, ids, settings};
use crate::tui::app::Screen;
use crate::tui::app::overlay::{Field, Form, Kind, TextBox};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Sort, Tier, Want, Window};
use crate::tui::ui::paint;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::text::day;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;

/// `g z`, and `:settings FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("settings", &["g z"], "settings", "What may be set for the company, and who set it.")
        .words("options configuration preferences company system")
        .takes("FILTER")
        .verb("setting")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = Settings::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be done about a setting.
pub const COMMANDS: &[Command] =
    &[Command::write("setting.change", &["E"], "change", "Set another value; some need a second person.", Tier::Money)
        .hint(70)
        .right(Right::Settings)
        .words("edit set value")
        .verb("setting")];

const COLUMNS: &[Column] = &[
    Column::words("key", "SETTING", 'k', 0, 14, 24),
    Column::words("value", "VALUE", 'v', 0, 16, 40),
    Column::words("two", "CHANGED BY", 't', 3, 10, 10),
    Column::words("by", "LAST BY", 'l', 1, 8, 12),
    Column::words("on", "LAST ON", 'o', 2, 9, 11),
];

impl Row for SettingRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
}

/// The list of settings.
pub struct Settings {
    listing: Listing<SettingRow>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings::new()
    }
}

impl Settings {
    /// All, by key.
    pub fn new() -> Settings {
        Settings { listing: Listing::new(COLUMNS, Sort { column: "key", descending: false }) }
    }
}

fn shown(value: &str) -> String {
    if value.is_empty() { "not set".to_owned() } else { value.to_owned() }
}

/// Who may change it, in words.
fn takes(row: &SettingRow) -> &'static str {
    if row.sensitive { "two people" } else { "one person" }
}

fn last(row: &SettingRow) -> String {
    match row.on {
        Some(on) => format!("last changed by {} on {}", row.by, day(on)),
        None => "never changed".to_owned(),
    }
}

fn cells(row: &SettingRow) -> Vec<Cell> {
    let value =
        if row.value.is_empty() { Cell::new("not set", Role::Dim) } else { Cell::new(row.value.clone(), Role::Text) };
    let on = row.on.map(day).unwrap_or_default();
    vec![row.key.into(), value, takes(row).into(), row.by.as_str().into(), on.into()]
}

/// The form, then the review with what it was and what it becomes.
fn change(row: &SettingRow, ctx: &Ctx) -> Vec<Effect> {
    let (key, row_then) = (ctx.act_key(), row.clone());
    let save = move |values: &[String]| {
        let (row, value) = (&row_then, values[0].trim().to_owned());
        if value == row.value {
            return Ok(vec![Effect::Say("nothing was changed".to_owned())]);
        }
        let lines = Reviewed {
            title: format!("Set {}", row.key),
            before: vec![format!("{}: {}", row.key, shown(&row.value))],
            change: vec![format!("set by {}", takes(row))],
            after: vec![format!("{}: {value}", row.key)],
            items: 1,
        };
        let act = Act::SetSetting { key: row.key.to_owned(), value };
        Ok(review(lines, "setting.change", key, act, Vec::new()))
    };
    let needed = |text: &str| match text.trim() {
        "" => Err("a value; what a setting may hold is said when it is tried".to_owned()),
        _ => Ok(String::new()),
    };
    let foot = vec![row.words.to_owned(), format!("changed by {}; {}", takes(row), last(row))];
    let form = Form::new(&format!("Setting {}", row.key), save)
        .field(Field::new("value", Kind::Text, &row.value, needed))
        .foot(move |_| foot.clone())
        .draft(format!("setting.{}", row.key));
    vec![Effect::Overlay(Box::new(form))]
}

fn detail(row: &SettingRow) -> Vec<String> {
    vec![
        format!("{}  {}", row.key, shown(&row.value)),
        row.words.to_owned(),
        format!("changed by {}; {}", takes(row), last(row)),
    ]
}

impl ListScreen for Settings {
    type Line = SettingRow;
    fn listing(&self) -> &Listing<SettingRow> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<SettingRow> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "settings"
    }
    fn title(&self) -> String {
        "Settings".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let known = SETTINGS.iter().map(|setting| (setting.key, setting.words, setting.sensitive)).collect();
        let question = Question { known, filter: self.listing.parsed.clone(), sort: self.listing.grid.sort };
        let base = ctx.base;
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| settings(reader, &question, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| {
                    let all: Vec<_> = ids(reader, &question)?.into_iter().map(|id| (id, Money::new(0, base))).collect();
                    Ok((invert, all))
                })
            }
        }]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(window) = answer.take::<Window<SettingRow>>() {
            self.listing.list.load(window);
        }
    }
    fn open(&self, row: &SettingRow, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Overlay(Box::new(TextBox::new(row.key.to_owned(), detail(row))))]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match (call.id, self.listing.list.selected()) {
            ("setting.change", Some(row)) => change(row, ctx),
            _ => Vec::new(),
        }
    }
    fn term(&self, row: &SettingRow, column: &str, _ctx: &Ctx) -> Option<String> {
        Some(match column {
            "by" if !row.by.is_empty() => format!("owner={}", row.by),
            "value" => format!("state:\"{}\"", if row.value.is_empty() { "not set" } else { "set" }),
            _ => return None,
        })
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        match (self.listing.list.marked(), self.listing.list.selected()) {
            (0..=1, Some(_)) => Ok(()),
            (0..=1, None) => Err("no setting is selected".to_owned()),
            _ => Err("one setting at a time; Esc drops the marks".to_owned()),
        }
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let listing = &self.listing;
        let [list, below] = with_peek(buf, area, 3, ctx);
        if listing.list.is_loaded() && listing.list.total() == 0 {
            let empty = format!("no setting passes {}; / changes it", listing.filter);
            paint::text(buf, list, list.x + 1, list.y, &empty, ctx.style(Role::Dim), ctx.glyphs);
        } else {
            listing.draw(buf, list, ctx, focused, Vec::new(), cells);
        }
        let Some(row) = listing.list.selected() else { return };
        let width = usize::from(below.width).max(1);
        // The row says the rest: what the setting is for, and a value too long for its column.
        let mut lines = wrap(row.words, width);
        if listing.room("value", area.width) < row.value.chars().count() {
            lines.extend(wrap(&row.value, width));
        }
        paint::lines(buf, below, &lines, ctx.style(Role::Text), ctx.glyphs);
    }
    fn counts(&self, _ctx: &Ctx) -> String {
        format!("{} settings", self.listing.list.total())
    }
    fn note(&self, _ctx: &Ctx) -> String {
        if self.listing.list.is_loaded() { "" } else { "loading settings" }.to_owned()
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "setting\tvalue\tchanged by\tlast by\tlast on\twhat".to_owned()
    }
    fn raw(&self, row: &SettingRow, _ctx: &Ctx) -> String {
        let on = row.on.map(|on| on.to_string()).unwrap_or_default();
        [row.key, &row.value, takes(row), &row.by, &on, row.words].join("\t")
    }
    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        Some(detail(self.listing.list.selected()?))
    }
}
