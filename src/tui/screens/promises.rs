//! Promises to pay with what became of each: the days to come, what was kept and what was broken. `x` withdraws the
//! promise under the cursor, Enter opens the customer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::domain::promise::State;
use crate::language::dates::DateOrder;
use crate::language::filter::{Context, Filter, parse};
use crate::store::read::accounts::PROMISE_LEEWAY;
use crate::store::read::promises::{
    LISTED_DAYS, Outcome, PromiseRow, Promises, Question, TALLY_DAYS, Tally, ids, promises,
};
use crate::tui::app::overlay::Confirm;
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, FilterError, Grid, Gridded, Handled, ListState, Place, Row, Scope,
    Screen, Sort, Status, Tier, Want,
};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::table::{Cell, Column, Line, Table, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{paint, text};

/// `g p`, and `:promises FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("promises", &["g p"], "promises", "Promises to pay: to come, kept and broken.")
        .words("ptp pledge commitments")
        .takes("FILTER")
        .scope(Scope::Global),
    tab: Some("Promises"),
    open: |filter, ctx| {
        let mut screen = PromiseList::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be done about a promise.
pub const COMMANDS: &[Command] =
    &[Command::write("promise.withdraw", &["x"], "withdraw", "Withdraw the promise; it cannot be undone.", Tier::Many)
        .hint(60)
        .right(Right::Collect)
        .words("cancel take back")];

const COLUMNS: &[Column] = &[
    Column::words("name", "CUSTOMER", 'c', 0, 18, 34),
    Column::words("document", "INVOICE", 'i', 3, 9, 16),
    Column {
        id: "date",
        title: "FOR DAY",
        letter: 'd',
        priority: 0,
        min: 9,
        max: 9,
        align: crate::tui::ui::width::Align::Left,
    },
    Column::number("in", "IN", 'n', 2, 5),
    Column::number("amount", "AMOUNT", 'a', 0, 13),
    Column::words("currency", "CUR", 'u', 0, 3, 3),
    Column::words("state", "STATE", 's', 0, 11, 11),
    Column::number("kept", "PAID", 'k', 4, 13),
    Column::words("made", "MADE", 'm', 5, 9, 9),
    Column::number("level", "LEVEL", 'l', 6, 5),
    Column::words("owner", "OWNER", 'o', 7, 4, 10),
];

impl Row for PromiseRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.amount, self.currency))
    }
}

/// Reads a filter as every list does, with `me` for the user; the refusal says what would be accepted.
pub(super) fn read_filter(text: &str, ctx: &Ctx) -> Result<Filter, FilterError> {
    let context = Context { today: ctx.today, style: ctx.numbers, date_order: DateOrder::default() };
    match parse(text, &context) {
        Ok(filter) => Ok(filter.for_user(&ctx.user)),
        Err(error) => {
            Err(FilterError { at: error.at, message: format!("{}; for example {}", error.message, error.example) })
        }
    }
}

/// The list of promises.
pub struct PromiseList {
    list: ListState<PromiseRow>,
    grid: Grid,
    filter: String,
    parsed: Filter,
    outcomes: Vec<Outcome>,
    kept: String,
}

impl Default for PromiseList {
    fn default() -> Self {
        PromiseList::new()
    }
}

impl PromiseList {
    /// All promises of the last twelve months, the open ones first.
    pub fn new() -> PromiseList {
        PromiseList {
            list: ListState::new(),
            grid: Grid::new(COLUMNS, Sort { column: "state", descending: false }),
            filter: String::new(),
            parsed: Filter::all(),
            outcomes: Vec::new(),
            kept: String::new(),
        }
    }

    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = Question { today: ctx.today, filter: self.parsed.clone(), sort: self.grid.sort };
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| promises(reader, &question, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question)?)))
            }
        }]
    }

    fn withdraw(&self, ctx: &Ctx) -> Vec<Effect> {
        let [promise] = self.list.targets()[..] else { return Vec::new() };
        let key = ctx.act_key();
        let what = self.list.rows().iter().find(|row| row.id == promise).map_or_else(String::new, |row| {
            let amount = text::amount_with_currency(Money::new(row.amount, row.currency), ctx.numbers);
            format!(" of {amount} by {} for {}", row.name, text::weekday(row.promised_on))
        });
        let yes = move || {
            let act = Act::Withdraw { promise };
            vec![Effect::perform("withdraw", Request { key, act, expect: Vec::new() })]
        };
        vec![Effect::Overlay(Box::new(Confirm::new(format!("Withdraw the promise{what}? No undo."), yes)))]
    }

    fn filter_by(&self, letter: Option<char>) -> Vec<Effect> {
        let column = letter.and_then(|letter| self.grid.by_letter(letter)).map_or("", |column| column.id);
        let Some(row) = self.list.selected() else { return Vec::new() };
        let term = match column {
            "name" => format!("no:{}", row.account),
            "document" => format!("inv:{}", row.document),
            "state" => format!("state:\"{}\"", row.word()),
            "currency" => format!("cur:{}", row.currency),
            "owner" => format!("owner={}", if row.owner.is_empty() { "\"\"" } else { &row.owner }),
            _ => {
                return vec![Effect::Warn(
                    "this column cannot be filtered by; f c, f i, f s, f u and f o can".to_owned(),
                )];
            }
        };
        vec![Effect::Filter(Default::default(), format!("{} {term}", self.filter).trim().to_owned())]
    }

    fn draw_list(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.list.is_loaded() && self.list.total() == 0 {
            let empty = match self.filter.as_str() {
                "" => "no promises yet; p on a customer or an invoice records one".to_owned(),
                filter => format!("no promise passes {filter}; / changes it"),
            };
            paint::text(buf, area, area.x + 1, area.y, &empty, ctx.style(Role::Dim), ctx.glyphs);
            return;
        }
        let (rows, cursor, _) = self.list.visible(rows_in(area, false));
        let lines: Vec<Line> = rows
            .iter()
            .map(|row| Line {
                cells: self.grid.cells(cells(row, ctx)),
                marked: self.list.is_marked(row.id),
                stale: false,
            })
            .collect();
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

    /// The row under the cursor in a few lines.
    fn peek(&self, ctx: &Ctx) -> Vec<String> {
        let Some(row) = self.list.selected() else { return Vec::new() };
        let money = |minor| Money::new(minor, row.currency).grouped(ctx.numbers);
        let last = row.promised_on + chrono::Duration::days(PROMISE_LEEWAY.days);
        vec![
            format!("{}  {}  {}", row.name, row.account, row.document),
            format!(
                "{}: {} of {} {} paid; money counts from the day after {} to {}",
                row.word(),
                money(row.kept),
                money(row.amount),
                row.currency,
                text::day(row.made_on),
                text::day(last)
            ),
            if row.text.is_empty() { "nothing was noted".to_owned() } else { format!("\"{}\"", row.text) },
        ]
    }
}

fn cells(row: &PromiseRow, ctx: &Ctx) -> Vec<Cell> {
    let money = |minor| text::amount(Money::new(minor, row.currency), ctx.numbers);
    let role = match row.state {
        State::Open if row.promised_on < ctx.today => Role::Warn,
        State::Open => Role::Text,
        State::Kept => Role::Good,
        State::Broken | State::PartlyKept => Role::Late,
        State::Withdrawn => Role::Dim,
    };
    let distance = if row.state == State::Open { text::distance(row.promised_on, ctx.today) } else { String::new() };
    vec![
        (&*row.name).into(),
        (&*row.document).into(),
        text::day(row.promised_on).into(),
        distance.into(),
        money(row.amount).into(),
        row.currency.code().into(),
        Cell::new(row.word(), role),
        money(row.kept).into(),
        text::day(row.made_on).into(),
        row.level.to_string().into(),
        (&*row.owner).into(),
    ]
}

/// The totals of the last 30 days, for a pane: counts and amounts by currency.
pub(super) fn outcome_lines(outcomes: &[Outcome], kept: &str, ctx: &Ctx) -> Vec<String> {
    if outcomes.is_empty() {
        return vec!["no promises in this time".to_owned()];
    }
    let mut out = vec![format!("kept {kept} by count; open promises are not judged")];
    for outcome in outcomes {
        let mut line = |label: &str, tally: Tally, note: &str| {
            let amount = Money::new(tally.amount, outcome.currency).grouped(ctx.numbers);
            out.push(format!("{label:<11}{:>5} {amount:>16} {}  {note}", tally.count, outcome.currency));
        };
        line("made", outcome.made, "");
        line("kept", outcome.kept, "");
        if outcome.partly.count > 0 {
            line("partly kept", outcome.partly, "");
        }
        line("broken", outcome.broken, "");
        line("open", outcome.open, &format!("due within 7 days {}", outcome.this_week.count));
    }
    out.push(format!("kept and broken: promised for the last {TALLY_DAYS} days"));
    out
}

/// A percentage as the screen shows it, or `n/a`.
pub(super) fn percent(kpi: &crate::domain::kpi::Kpi) -> String {
    kpi.rounded(0).map_or_else(|| "n/a".to_owned(), |value| format!("{}%", value.normalize()))
}

impl Screen for PromiseList {
    fn id(&self) -> &'static str {
        "promises"
    }
    fn title(&self) -> String {
        "Promises".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        if command.id != "promise.withdraw" {
            return Ok(());
        }
        match self.list.targets()[..] {
            [] => Err("no promise is selected".to_owned()),
            [id] => match self.list.rows().iter().find(|row| row.id == id) {
                Some(row) if row.ended_on.is_some() => Err(format!("this promise was {} already", row.word())),
                _ => Ok(()),
            },
            _ => Err("one promise at a time; Esc drops the marks".to_owned()),
        }
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match self.list.run(call) {
            Handled::Want(want) => return self.ask(want, ctx),
            Handled::Yes => return Vec::new(),
            Handled::No => {}
        }
        match self.grid.run(call) {
            Gridded::Yes(effects) => return effects,
            Gridded::Reorder => {
                self.list.reset();
                return self.ask(Want::Start, ctx);
            }
            Gridded::No => {}
        }
        match call.id {
            "list.open" => {
                let row = self.list.selected();
                row.map(|row| Effect::Go("customer", row.account.to_string())).into_iter().collect()
            }
            "list.filter-by" => self.filter_by(call.key),
            "promise.withdraw" => self.withdraw(ctx),
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
                if let Some(found) = answer.take::<Promises>() {
                    self.kept = percent(&found.kept_share());
                    self.outcomes = found.outcomes;
                    self.list.load(found.window);
                }
            }
            "columns" => {
                if let Some(grid) = answer.take::<Grid>() {
                    self.grid = grid;
                }
            }
            "ids" => {
                if let Some((invert, all)) = answer.take::<(bool, Vec<(i64, Money)>)>() {
                    let all = all.into_iter().map(|(id, sum)| (id, Some(sum)));
                    if invert { self.list.invert_marks(all) } else { self.list.mark_all(all) }
                }
            }
            _ => {}
        }
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (columns, rows) = ctx.size;
        let (theme, glyphs, style) = (ctx.theme, ctx.glyphs, ctx.style(Role::Text));
        if class(columns, rows) < Class::M || ctx.zoom {
            let [list, peek] = layout::above(area, if area.height >= 10 { 4 } else { 0 });
            self.draw_list(buf, list, ctx, focused);
            let rule = glyphs.horizontal.repeat(usize::from(peek.width));
            paint::text(buf, peek, peek.x, peek.y, &rule, ctx.style(Role::Dim), glyphs);
            let inside = Rect {
                x: peek.x + 1,
                y: peek.y + 1,
                width: peek.width.saturating_sub(1),
                height: peek.height.saturating_sub(1),
            };
            paint::lines(buf, inside, &self.peek(ctx), style, glyphs);
            return;
        }
        let [left, right] = layout::beside(area, 62);
        let note = format!("{} of {}", (self.list.place() + 1).min(self.list.total()), self.list.total());
        let inside = paint::frame(buf, left, "Promises", &note, focused, theme, glyphs);
        self.draw_list(buf, inside, ctx, focused);
        let [above, below] = layout::above(right, right.height / 2);
        let title = format!("Last {TALLY_DAYS} days");
        let inside = paint::frame(buf, above, &title, "", false, theme, glyphs);
        paint::lines(buf, inside, &outcome_lines(&self.outcomes, &self.kept, ctx), style, glyphs);
        let inside = paint::frame(buf, below, "This promise", "", false, theme, glyphs);
        let width = usize::from(inside.width).max(1);
        let lines: Vec<String> =
            self.peek(ctx).iter().flat_map(|line| crate::tui::ui::width::wrap(line, width)).collect();
        paint::lines(buf, inside, &lines, style, glyphs);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let open: Vec<String> = self
            .outcomes
            .iter()
            .filter(|outcome| outcome.open.count > 0)
            .map(|outcome| text::amount_with_currency(Money::new(outcome.open.amount, outcome.currency), ctx.numbers))
            .collect();
        let waiting = if open.is_empty() { String::new() } else { format!("  open {}", open.join(" + ")) };
        let counts = format!("{} promises{waiting}  kept {} in {TALLY_DAYS} days", self.list.total(), self.kept);
        let sums: Vec<String> =
            self.list.marked_sums().iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        let marks = match self.list.marked() {
            0 => String::new(),
            many => format!("marked {many} = {}", sums.join(" ")),
        };
        let note = if self.list.is_loaded() { "last 12 months".to_owned() } else { "loading promises".to_owned() };
        Status { counts, filter: self.filter.clone(), marks, note }
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
        let line = |row: &PromiseRow| {
            let money = |minor| Money::new(minor, row.currency).plain();
            let (amount, kept) = (money(row.amount), money(row.kept));
            let cells = [&row.account, &*row.name, &row.document, &row.promised_on.to_string(), &amount].join("\t");
            format!("{cells}\t{}\t{}\t{kept}\t{}", row.currency, row.word(), row.made_on)
        };
        match what {
            'y' => Some((line(row), "1 row".to_owned())),
            't' => {
                let rows: Vec<String> = self.list.rows().iter().map(line).collect();
                let many = format!("{} rows", rows.len());
                Some((rows.join("\n"), many))
            }
            'i' => Some((row.document.to_string(), row.document.to_string())),
            'c' => Some((format!("{} {}", row.account, row.name), row.name.to_string())),
            'a' => Some((Money::new(row.amount, row.currency).plain(), "the amount".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.list.selected()?;
        let mut lines = self.peek(ctx);
        lines.push(format!(
            "Only money counts, and {} days after the promised day still do. Withdrawn promises are never judged.",
            PROMISE_LEEWAY.days
        ));
        lines.push(format!("The list holds promises for the last {LISTED_DAYS} days and all to come."));
        Some(lines)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let mut lines =
            vec![format!("promises kept = kept / (kept + partly kept + broken) = {}", self.kept), String::new()];
        lines.extend(outcome_lines(&self.outcomes, &self.kept, ctx));
        Some(lines)
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
    fn bookmark(&self) -> Option<Bookmark> {
        let row = self.list.cursor()?.to_string();
        Some(Bookmark { place: "promises".to_owned(), arg: String::new(), row })
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
