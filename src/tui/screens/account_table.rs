//! A table that is whole in memory, as the panes of an account are: entries with cells, sorted and filtered here, with
//! cursor and marks. What Enter does on an entry is the owner's.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use rust_decimal::Decimal;

use super::listing::read_filter;
use crate::domain::money::{self, Money};
use crate::domain::text::counted;
use crate::domain::text::fold;
use crate::language::filter::{Field as Term, Fields, Filter};
use crate::store::read::window::Window;
use crate::tui::app::{
    Answer, Call, Command, Ctx, Effect, FilterError, Grid, Gridded, Handled, ListState, Row, Screen, Sort, Status,
};
use crate::tui::ui::table::{Cell, Column, Line, Table, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{layout, paint, text};

/// What a cell is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Amounts, days, dates.
    Number(i64),
    /// Words, folded.
    Words(String),
}

/// One cell of an entry: what is shown, what it is sorted by, what is copied.
#[derive(Debug, Clone)]
pub struct Part {
    cell: Cell,
    key: Key,
    raw: String,
}

impl Part {
    /// Words.
    pub fn words(text: &str) -> Part {
        Part { cell: text.into(), key: Key::Words(fold(text)), raw: text.to_owned() }
    }
    /// An amount; its currency is written when it is not the book's.
    pub fn amount(money: Money, ctx: &Ctx) -> Part {
        let shown = text::amount(money, ctx.numbers);
        let shown = if money.currency == ctx.base { shown } else { format!("{shown} {}", money.currency) };
        Part { cell: shown.into(), key: Key::Number(money.minor), raw: money.plain() }
    }
    /// An amount whose currency stands in a column of its own.
    pub fn bare(money: Money, ctx: &Ctx) -> Part {
        Part { cell: text::amount(money, ctx.numbers).into(), ..Part::amount(money, ctx) }
    }
    /// A date, or nothing.
    pub fn day(date: Option<NaiveDate>) -> Part {
        let key = date.map_or(i64::MAX, |date| i64::from(chrono::Datelike::num_days_from_ce(&date)));
        let raw = date.map(|date| date.to_string()).unwrap_or_default();
        Part { cell: date.map_or_else(|| "-".to_owned(), text::day).into(), key: Key::Number(key), raw }
    }
    /// A number of days, which may be below nothing.
    pub fn days(days: i64) -> Part {
        Part { cell: format!("{days}d").into(), key: Key::Number(days), raw: days.to_string() }
    }
    /// The same, looking like this.
    pub fn role(mut self, role: Role) -> Part {
        self.cell.role = role;
        self
    }
}

/// One row.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What identifies it in this table.
    pub id: i64,
    /// Number of the document it is about, or what Enter shows.
    pub about: String,
    /// The cells, in the order of the columns.
    pub parts: Vec<Part>,
    /// What a mark adds.
    pub sum: Option<Money>,
    /// Days past due.
    pub late: Option<i64>,
    /// Due date or day.
    pub on: Option<NaiveDate>,
    /// State in a word.
    pub state: String,
    /// Why it is here, line by line.
    pub why: Vec<String>,
}

impl Row for Entry {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn sum(&self) -> Option<Money> {
        self.sum
    }
}

impl Fields for Entry {
    fn text(&self, field: Term) -> Option<Cow<'_, str>> {
        match field {
            Term::Invoice | Term::Number => Some(Cow::Borrowed(&self.about)),
            Term::State => Some(Cow::Borrowed(&self.state)),
            Term::Currency => self.sum.map(|sum| Cow::Owned(sum.currency.code().to_owned())),
            _ => None,
        }
    }
    fn amount(&self, field: Term) -> Option<Decimal> {
        let sum = self.sum?;
        matches!(field, Term::Open | Term::Balance).then(|| money::to_decimal(sum.minor, sum.currency.digits()))
    }
    fn days(&self, field: Term) -> Option<i64> {
        if matches!(field, Term::Over | Term::Days) { self.late } else { None }
    }
    fn date(&self, field: Term) -> Option<NaiveDate> {
        if field == Term::Due { self.on } else { None }
    }
    fn flag(&self, name: &str) -> Option<bool> {
        match name {
            "overdue" => self.late.map(|late| late > 0),
            "dispute" | "promise" => Some(self.state.starts_with(name)),
            _ => None,
        }
    }
    fn words(&self) -> Cow<'_, str> {
        Cow::Owned(fold(&self.parts.iter().map(|part| part.raw.as_str()).collect::<Vec<_>>().join(" ")))
    }
}

/// The table.
pub struct TablePane {
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    columns: &'static [Column],
    all: Vec<Entry>,
    list: ListState<Entry>,
    grid: Grid,
    arranged: bool,
    filter: String,
    parsed: Filter,
    open: fn(&Entry) -> Vec<Effect>,
    /// Sentences for a table without entries.
    pub empty: Vec<String>,
    /// Lines under the table.
    pub foot: Vec<String>,
    /// The last line, one cell a column.
    pub total: Vec<Cell>,
    /// How the numbers are reached.
    pub formula: Vec<String>,
    /// What further letters after `y` copy, whatever the row: letter, text, what it is called.
    pub copies: Vec<(char, String, &'static str)>,
}

impl TablePane {
    /// An empty table; `open` says what Enter does on an entry.
    pub fn new(
        id: &'static str,
        title: &'static str,
        columns: &'static [Column],
        sort: Sort,
        open: fn(&Entry) -> Vec<Effect>,
    ) -> TablePane {
        TablePane {
            id,
            title,
            unit: "",
            columns,
            all: Vec::new(),
            list: ListState::new(),
            grid: Grid::new(columns, sort),
            arranged: false,
            filter: String::new(),
            parsed: Filter::all(),
            open,
            empty: Vec::new(),
            foot: Vec::new(),
            total: Vec::new(),
            formula: Vec::new(),
            copies: Vec::new(),
        }
    }

    /// With the word its entries are counted in: `payment`.
    pub fn counted_in(self, unit: &'static str) -> TablePane {
        TablePane { unit, ..self }
    }

    /// Shows a column, or not, as long as nobody has arranged the columns.
    pub fn show(&mut self, column: &'static str, shown: bool) {
        if !self.arranged {
            let grid = Grid::new(self.columns, self.grid.sort);
            self.grid = if shown { grid } else { grid.hiding(&[column]) };
        }
    }

    /// Takes the entries; the cursor stays on its entry.
    pub fn fill(&mut self, all: Vec<Entry>) {
        self.all = all;
        self.apply();
    }

    fn apply(&mut self) {
        let mut rows: Vec<Entry> = self.all.iter().filter(|entry| self.parsed.matches(*entry)).cloned().collect();
        // A table whose order is its meaning is sorted by no column.
        let place = self.columns.iter().position(|column| column.id == self.grid.sort.column);
        let by = |entry: &Entry| place.and_then(|place| entry.parts.get(place)).map(|part| part.key.clone());
        let turn = |order: Ordering| if self.grid.sort.descending { order.reverse() } else { order };
        rows.sort_by(|a, b| turn(by(a).cmp(&by(b))).then(a.id.cmp(&b.id)));
        let total = rows.len() as u64;
        self.list.load(Window { first: 0, rows, total });
    }

    /// The entry under the cursor.
    pub fn selected(&self) -> Option<&Entry> {
        self.list.selected()
    }

    /// Puts the cursor on an entry.
    pub fn select(&mut self, id: i64) -> bool {
        self.list.select(id)
    }

    /// Ids of the marked entries, or of the one under the cursor.
    pub fn targets(&self) -> Vec<i64> {
        self.list.targets()
    }

    /// Sums of the marked entries.
    pub fn marked_sums(&self) -> Vec<Money> {
        self.list.marked_sums()
    }

    /// How many entries there are without the filter.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn line(&self, entry: &Entry) -> Line {
        let cells = entry.parts.iter().map(|part| part.cell.clone()).collect();
        Line { cells: self.grid.cells(cells), marked: self.list.is_marked(entry.id), stale: false }
    }

    fn raw(&self, entry: &Entry) -> String {
        let cells = entry.parts.iter().map(|part| Cell::from(part.raw.as_str())).collect();
        self.grid.cells(cells).into_iter().map(|cell| cell.text).collect::<Vec<_>>().join("\t")
    }
}

impl Screen for TablePane {
    fn id(&self) -> &'static str {
        self.id
    }
    fn title(&self) -> String {
        self.title.to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        &[]
    }
    fn is_list(&self) -> bool {
        true
    }
    fn run(&mut self, call: &Call, _ctx: &Ctx) -> Vec<Effect> {
        if !matches!(self.list.run(call), Handled::No) {
            return Vec::new();
        }
        match self.grid.run(call) {
            Gridded::Yes(effects) => return effects,
            Gridded::Reorder => {
                self.list.reset();
                self.apply();
                return Vec::new();
            }
            Gridded::No => {}
        }
        match call.id {
            "list.open" => self.list.selected().map(self.open).unwrap_or_default(),
            "list.filter-by" => {
                let letter = call.key.unwrap_or(' ');
                let place = self.columns.iter().position(|column| column.letter == letter);
                let part = place.and_then(|place| self.list.selected()?.parts.get(place));
                match part.filter(|part| !part.raw.is_empty()) {
                    Some(part) => {
                        vec![Effect::Filter(Default::default(), format!("\"{}\"", part.raw.replace('"', "")))]
                    }
                    None => vec![Effect::Warn("no column has that letter; f shows them".to_owned())],
                }
            }
            _ => Vec::new(),
        }
    }
    fn answer(&mut self, name: &'static str, answer: Answer, _ctx: &Ctx) -> Vec<Effect> {
        if let ("columns", Some(grid)) = (name, answer.take::<Grid>()) {
            (self.grid, self.arranged) = (grid, true);
        }
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let foot = u16::try_from(self.foot.len()).unwrap_or(0);
        let foot = if area.height > foot + 6 { foot } else { 0 };
        let [upper, lower] = layout::above(area, foot);
        paint::lines(buf, lower, &self.foot, ctx.style(Role::Dim), ctx.glyphs);
        if self.list.total() == 0 {
            let words = if self.all.is_empty() {
                self.empty.clone()
            } else {
                vec![format!("Nothing here passes the filter \"{}\"; / and Ctrl-u shows all.", self.filter)]
            };
            let lines: Vec<String> = words.iter().map(|line| format!(" {line}")).collect();
            return paint::lines(buf, upper, &lines, ctx.style(Role::Dim), ctx.glyphs);
        }
        let total = if self.filter.is_empty() { self.grid.cells(self.total.clone()) } else { Vec::new() };
        let (rows, cursor, _) = self.list.visible(rows_in(upper, !total.is_empty()));
        let lines: Vec<Line> = rows.iter().map(|entry| self.line(entry)).collect();
        let table = Table {
            columns: &self.grid.columns(),
            lines: &lines,
            cursor,
            focused,
            sort: self.grid.heading(),
            scroll: self.list.scroll,
            total: &total,
            theme: ctx.theme,
            glyphs: ctx.glyphs,
            base: ctx.base,
        };
        table.draw(buf, upper);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let sums: Vec<String> =
            self.list.marked_sums().iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        let marks = match self.list.marked() {
            0 => String::new(),
            many => format!("marked {many} = {}", sums.join(" ")),
        };
        let counts = if self.unit.is_empty() { String::new() } else { counted(self.list.total(), self.unit) };
        Status { counts, filter: self.filter.clone(), marks, note: String::new() }
    }
    fn filter(&self) -> Option<String> {
        Some(self.filter.clone())
    }
    fn set_filter(&mut self, text: &str, ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        self.parsed = read_filter(text, ctx)?;
        self.filter = text.to_owned();
        self.list.reset();
        self.apply();
        Ok(Vec::new())
    }
    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        if let Some((_, text, name)) = self.copies.iter().find(|(letter, text, _)| *letter == what && !text.is_empty())
        {
            return Some((text.clone(), (*name).to_owned()));
        }
        let entry = self.list.selected()?;
        Some(match what {
            'y' => (self.raw(entry), "1 row".to_owned()),
            't' => {
                let head = self.grid.columns().iter().map(|column| column.title).collect::<Vec<_>>().join("\t");
                let marked = self.list.marked();
                let rows: Vec<String> = self
                    .list
                    .rows()
                    .iter()
                    .filter(|entry| marked == 0 || self.list.is_marked(entry.id))
                    .map(|entry| self.raw(entry))
                    .collect();
                (format!("{head}\n{}\n", rows.join("\n")), format!("{} rows", rows.len()))
            }
            'i' if !entry.about.is_empty() => (entry.about.clone(), "number".to_owned()),
            'a' => (entry.sum?.plain(), "amount".to_owned()),
            _ => return None,
        })
    }
    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        Some(self.list.selected()?.why.clone()).filter(|lines| !lines.is_empty())
    }
    fn arithmetic(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        Some(self.formula.clone()).filter(|lines| !lines.is_empty())
    }
    fn choices(&self, prefix: char, _ctx: &Ctx) -> Vec<(char, String)> {
        self.grid.choices(prefix)
    }
    fn marked(&self) -> usize {
        self.list.marked()
    }
    fn drop_marks(&mut self) -> bool {
        self.list.drop_marks()
    }
    fn saved_view(&self) -> Option<String> {
        Some(format!("{}\n{}", self.grid.written(), self.filter))
    }
    fn apply_view(&mut self, text: &str, ctx: &Ctx) -> Vec<Effect> {
        let (grid, filter) = text.split_once('\n').unwrap_or((text, ""));
        self.grid.read(grid);
        self.arranged = true;
        self.set_filter(filter, ctx).unwrap_or_default()
    }
}
