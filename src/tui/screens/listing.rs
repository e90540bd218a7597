//! What every list screen shares: rows in windows, columns and their order, filter, marks, saved views, copying. A
//! screen keeps a [`Listing`] and says in a [`ListScreen`] what is its own; the rest of [`Screen`] follows from that.

use std::any::Any;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::acts::{Done, Failure};
use crate::domain::money::Money;
use crate::language::filter::{Filter, parse};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, FilterError, Grid, Gridded, Handled, ListState, Row, Screen, Sort,
    Status, Want,
};
use crate::tui::ui::table::{Cell, Column, GUTTER, Line, Table, fit_columns, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{layout, paint, text};

/// Rows, columns and filter of one list.
pub struct Listing<R: Row<Id = i64>> {
    /// The rows, the cursor and the marks.
    pub list: ListState<R>,
    /// Columns and order.
    pub grid: Grid,
    /// The filter as it was typed.
    pub filter: String,
    /// And as it was understood.
    pub parsed: Filter,
}

impl<R: Row<Id = i64>> Listing<R> {
    /// An empty list with these columns in this order.
    pub fn new(columns: &'static [Column], sort: Sort) -> Listing<R> {
        Listing { list: ListState::new(), grid: Grid::new(columns, sort), filter: String::new(), parsed: Filter::all() }
    }

    /// Draws the visible rows; `total` holds cells for all columns, empty for no line of totals.
    pub fn draw(
        &self,
        buf: &mut Buffer,
        area: Rect,
        ctx: &Ctx,
        focused: bool,
        total: Vec<Cell>,
        cells: impl Fn(&R) -> Vec<Cell>,
    ) {
        let (rows, cursor, _) = self.list.visible(rows_in(area, !total.is_empty()));
        let line =
            |row: &R| Line { cells: self.grid.cells(cells(row)), marked: self.list.is_marked(row.id()), stale: false };
        let lines: Vec<Line> = rows.iter().map(line).collect();
        let table = Table {
            columns: &self.grid.columns(),
            lines: &lines,
            cursor,
            focused,
            sort: self.grid.heading(),
            scroll: self.list.scroll,
            total: &if total.is_empty() { Vec::new() } else { self.grid.cells(total) },
            theme: ctx.theme,
            glyphs: ctx.glyphs,
            base: ctx.base,
        };
        table.draw(buf, area);
    }

    /// Cells a column gets in a table of this width; none when it gives way.
    pub fn room(&self, column: &str, width: u16) -> usize {
        let columns = self.grid.columns();
        let fitting = fit_columns(&columns, width.saturating_sub(GUTTER));
        let found = fitting.into_iter().find(|(index, _)| columns[*index].id == column);
        found.map_or(0, |(_, room)| usize::from(room))
    }

    /// `3 of 60`: where the cursor is, for the frame of a pane.
    pub fn place(&self) -> String {
        let total = self.list.total();
        if total == 0 { String::new() } else { format!("{} of {total}", (self.list.place() + 1).min(total)) }
    }

    /// `marked 2 = 45,050.00 EUR`, empty without marks.
    pub fn marks(&self, ctx: &Ctx) -> String {
        let sums = self.list.marked_sums();
        let sums: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        match self.list.marked() {
            0 => String::new(),
            many => {
                let hidden = match self.list.marks_hidden() {
                    0 => String::new(),
                    hidden => format!(", {hidden} hidden by filter"),
                };
                format!("marked {many}{hidden} = {}", sums.join(" "))
            }
        }
    }
}

/// Splits an area into the list and a few lines about the row under the cursor, with a rule between them; gives no
/// lines where there is no room for both.
pub fn with_peek(buf: &mut Buffer, area: Rect, lines: u16, ctx: &Ctx) -> [Rect; 2] {
    let [list, peek] = layout::above(area, if area.height >= lines + 7 { lines + 1 } else { 0 });
    let rule = ctx.glyphs.horizontal.repeat(usize::from(peek.width));
    paint::text(buf, peek, peek.x, peek.y, &rule, ctx.style(Role::Dim), ctx.glyphs);
    let (right, down) = (1.min(peek.width), 1.min(peek.height));
    let inside = Rect { x: peek.x + right, y: peek.y + down, width: peek.width - right, height: peek.height - down };
    [list, inside]
}

/// Reads a filter as every list does, with `me` for the user; the refusal says what would be accepted.
pub fn read_filter(text: &str, ctx: &Ctx) -> Result<Filter, FilterError> {
    match parse(text, &ctx.filtering()) {
        Ok(filter) => Ok(filter.for_user(&ctx.user)),
        Err(error) => {
            let message = format!("{}; for example {}", error.message.trim_end_matches('.'), error.example);
            Err(FilterError { at: error.at, message })
        }
    }
}

/// What is a list screen's own. Everything else a screen needs (moving, marking, sorting, filtering, columns, views,
/// bookmarks, copying) is in the blanket implementation of [`Screen`] below.
#[allow(unused_variables)]
pub trait ListScreen: Any {
    /// A row of the list.
    type Line: Row<Id = i64>;

    /// The rows, columns and filter it keeps.
    fn listing(&self) -> &Listing<Self::Line>;
    /// The same, to change.
    fn listing_mut(&mut self) -> &mut Listing<Self::Line>;

    /// Its name in the registry of places.
    fn place(&self) -> &'static str;
    /// Title in a frame and among the crumbs.
    fn title(&self) -> String;
    /// Its commands.
    fn commands(&self) -> &'static [Command];

    /// Asks for a window under the name `rows`, or for all ids with their sums (`Want::AllIds`, `Want::Inverse`) under
    /// the name `ids` as `(bool, Vec<(i64, Money)>)`, true for the inverse.
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect>;
    /// Asks for a window and for what goes with the list as a whole, after another filter or a reload.
    fn ask_all(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        self.ask(want, ctx)
    }
    /// The book changed or the user asked: what is kept beside the rows is old.
    fn forget(&mut self) {}
    /// Whether there is anything to ask for.
    fn ready(&self) -> bool {
        true
    }
    /// Takes the answer named `rows` and gives its window to the list.
    fn take_rows(&mut self, answer: Answer);
    /// Takes any other answer of its own.
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }
    /// The cursor may be on another row: ask for what is shown about it.
    fn look(&mut self, ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    /// Opens the row under the cursor.
    fn open(&self, row: &Self::Line, ctx: &Ctx) -> Vec<Effect>;
    /// Runs one of its own commands.
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }
    /// A sentence instead of a command of lists that makes no sense here.
    fn instead(&self, call: &Call) -> Option<String> {
        None
    }
    /// The filter term for a row's value in a column; `None` where the column has none.
    fn term(&self, row: &Self::Line, column: &str, ctx: &Ctx) -> Option<String> {
        None
    }
    /// See [`Screen::guard`].
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        Ok(())
    }
    /// See [`Screen::performed`].
    fn performed(&mut self, name: &'static str, result: &Result<Done, Failure>, ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }

    /// Draws the screen; [`Listing::draw`] draws the table in it.
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool);
    /// `14 customers  open 338,000.00` for the status line.
    fn counts(&self, ctx: &Ctx) -> String;
    /// What else the status line says: what is left out, what is loading.
    fn note(&self, ctx: &Ctx) -> String {
        String::new()
    }
    /// Titles of what [`ListScreen::raw`] writes, tab-separated; empty for none.
    fn raw_head(&self, ctx: &Ctx) -> String {
        String::new()
    }
    /// A row for a spreadsheet: tab-separated, raw numbers, ISO dates.
    fn raw(&self, row: &Self::Line, ctx: &Ctx) -> String;
    /// What `y` and a letter copy of a row besides row and table: the text and what to call it.
    fn copied(&self, what: char, row: &Self::Line, ctx: &Ctx) -> Option<(String, String)> {
        None
    }
    /// See [`Screen::explain`].
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        None
    }
    /// See [`Screen::arithmetic`].
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        None
    }
}

/// Asks from the start after another order or filter.
fn restart<S: ListScreen>(screen: &mut S, ctx: &Ctx) -> Vec<Effect> {
    screen.listing_mut().list.reset();
    screen.ask(Want::Start, ctx)
}

/// `f` and a letter: adds the term for this row's value, or says which letters have one.
fn filter_by<S: ListScreen>(screen: &S, letter: Option<char>, ctx: &Ctx) -> Vec<Effect> {
    let listing = screen.listing();
    let Some(row) = listing.list.selected() else { return Vec::new() };
    let column = letter.and_then(|letter| listing.grid.by_letter(letter)).map_or("", |column| column.id);
    if let Some(term) = screen.term(row, column, ctx) {
        let wanted = if listing.filter.split(' ').any(|part| part == term) { String::new() } else { term };
        return vec![Effect::Filter(Default::default(), format!("{} {wanted}", listing.filter).trim().to_owned())];
    }
    let can: Vec<String> = listing
        .grid
        .all()
        .iter()
        .filter(|column| screen.term(row, column.id, ctx).is_some())
        .map(|column| format!("f {}", column.letter))
        .collect();
    vec![Effect::Warn(match &can[..] {
        [] => "this row has nothing to filter by; / takes any filter".to_owned(),
        [only] => format!("this column cannot be filtered by; {only} can"),
        [first @ .., last] => format!("this column cannot be filtered by; {} and {last} can", first.join(", ")),
    })]
}

/// The marked rows that are known, or all known rows, as a table for a spreadsheet.
fn table_of<S: ListScreen>(screen: &S, ctx: &Ctx) -> (String, String) {
    let list = &screen.listing().list;
    let marked = list.marked();
    let meant = list.rows().iter().filter(|row| marked == 0 || list.is_marked(row.id()));
    let mut lines: Vec<String> = meant.map(|row| screen.raw(row, ctx)).collect();
    let whole = if marked == 0 { list.total() } else { marked as u64 };
    let what = if (lines.len() as u64) < whole {
        format!("{} of {whole} rows; the command line gives all", lines.len())
    } else {
        format!("{} row{}", lines.len(), if lines.len() == 1 { "" } else { "s" })
    };
    let head = screen.raw_head(ctx);
    if !head.is_empty() {
        lines.insert(0, head);
    }
    (lines.join("\n") + "\n", what)
}

impl<S: ListScreen> Screen for S {
    fn id(&self) -> &'static str {
        self.place()
    }
    fn title(&self) -> String {
        ListScreen::title(self)
    }
    fn commands(&self) -> &'static [Command] {
        ListScreen::commands(self)
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        ListScreen::guard(self, command, ctx)
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        if let Some(sentence) = self.instead(call) {
            return vec![Effect::Say(sentence)];
        }
        match self.listing_mut().list.run(call) {
            // The row that is shown comes before rows that may be.
            Handled::Want(want) => return [self.look(ctx), self.ask(want, ctx)].into_iter().flatten().collect(),
            Handled::Yes => return self.look(ctx),
            Handled::No => {}
        }
        match self.listing_mut().grid.run(call) {
            Gridded::Yes(effects) => return effects,
            Gridded::Reorder => return restart(self, ctx),
            Gridded::No => {}
        }
        match call.id {
            "list.open" => self.listing().list.selected().map(|row| self.open(row, ctx)).unwrap_or_default(),
            "list.filter-by" => filter_by(self, call.key, ctx),
            _ => self.act(call, ctx),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        if !self.ready() {
            return Vec::new();
        }
        self.forget();
        let want = self.listing_mut().list.reload();
        self.ask_all(want, ctx)
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match name {
            "rows" => {
                self.take_rows(answer);
                self.look(ctx)
            }
            "columns" => {
                if let Some(grid) = answer.take::<Grid>() {
                    self.listing_mut().grid = grid;
                }
                Vec::new()
            }
            "ids" => {
                let list = &mut self.listing_mut().list;
                if let Some((invert, all)) = answer.take::<(bool, Vec<(i64, Money)>)>() {
                    let all = all.into_iter().map(|(id, sum)| (id, Some(sum)));
                    if invert { list.invert_marks(all) } else { list.mark_all(all) }
                }
                Vec::new()
            }
            _ => self.take(name, answer, ctx),
        }
    }
    fn performed(&mut self, name: &'static str, result: &Result<Done, Failure>, ctx: &Ctx) -> Vec<Effect> {
        ListScreen::performed(self, name, result, ctx)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        ListScreen::view(self, buf, area, ctx, focused);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let listing = self.listing();
        Status {
            counts: self.counts(ctx),
            filter: listing.filter.clone(),
            marks: listing.marks(ctx),
            note: self.note(ctx),
        }
    }
    fn filter(&self) -> Option<String> {
        Some(self.listing().filter.clone())
    }
    fn set_filter(&mut self, text: &str, ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        let parsed = read_filter(text, ctx)?;
        let listing = self.listing_mut();
        (listing.parsed, listing.filter) = (parsed, text.trim().to_owned());
        listing.list.reset();
        Ok(self.ask_all(Want::Start, ctx))
    }
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        let row = self.listing().list.selected()?;
        match what {
            'y' => Some((self.raw(row, ctx), "1 row".to_owned())),
            't' => Some(table_of(self, ctx)),
            other => self.copied(other, row, ctx),
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        ListScreen::explain(self, ctx)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        ListScreen::arithmetic(self, ctx)
    }
    fn choices(&self, prefix: char, _ctx: &Ctx) -> Vec<(char, String)> {
        self.listing().grid.choices(prefix)
    }
    fn marked(&self) -> usize {
        self.listing().list.marked()
    }
    fn drop_marks(&mut self) -> bool {
        self.listing_mut().list.drop_marks()
    }
    fn bookmark(&self) -> Option<Bookmark> {
        let row = self.listing().list.cursor().map(|id| id.to_string()).unwrap_or_default();
        Some(Bookmark { place: self.place().to_owned(), arg: String::new(), row })
    }
    fn go_to(&mut self, row: &str, ctx: &Ctx) -> Vec<Effect> {
        let Ok(id) = row.parse() else { return Vec::new() };
        let list = &mut self.listing_mut().list;
        if list.select(id) {
            return self.look(ctx);
        }
        list.select_later(id);
        self.ask(Want::Around(id, 0), ctx)
    }
    fn saved_view(&self) -> Option<String> {
        let listing = self.listing();
        Some(format!("{}\n{}", listing.grid.written(), listing.filter))
    }
    fn apply_view(&mut self, text: &str, ctx: &Ctx) -> Vec<Effect> {
        let (grid, filter) = text.split_once(['\n', '\t']).unwrap_or((text, ""));
        self.listing_mut().grid.read(grid);
        self.set_filter(filter, ctx).unwrap_or_default()
    }
}
