//! The dispute queue (`g d`): what is in dispute, why, since when, who has to act; each case with its steps beside it,
//! and the keys to give it an owner, write a note or decide it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::disputes_case::CaseScreen;
use super::{disputes_acts as deeds, disputes_view as shown};
use crate::acts::{Done, Failure};
use crate::domain::money::Money;
use crate::language::dates::DateOrder;
use crate::language::filter::{self, Filter};
use crate::store::read::disputes::{Case, DisputeRow, Disputes, Question, SLA_DAYS, dispute, disputes};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, FilterError, Grid, Gridded, Handled, ListState, Place, Row, Scope,
    Screen, Sort, Status, Want,
};
use crate::tui::ui::layout::{self, Class};
use crate::tui::ui::table::{self, Line, Table, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{paint, text};

/// Its row in the registry.
pub const PLACE: Place = Place {
    command: Command::look("disputes", &["g d"], "disputes", "What customers dispute, and who has to answer.")
        .scope(Scope::Global)
        .words("claims deductions cases queue")
        .verb("disputes")
        .takes("FILTER"),
    tab: Some("Disputes"),
    open: |arg, ctx| Some(Box::new(DisputesScreen::new(arg, ctx))),
};

/// Its commands, the same as those of a case.
pub const COMMANDS: &[Command] = &deeds::COMMANDS;

impl Row for DisputeRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.amount, self.currency))
    }
}

/// The screen.
pub struct DisputesScreen {
    list: ListState<DisputeRow>,
    grid: Grid,
    filter_text: String,
    filter: Filter,
    /// The sums of the queue; its window is in the list.
    totals: Disputes,
    /// The case under the cursor, once it is known.
    case: Option<Case>,
    doing: deeds::Doing,
}

impl DisputesScreen {
    /// The queue of this filter; of what is open without one.
    pub fn new(text: &str, ctx: &Ctx) -> DisputesScreen {
        let text = if text.trim().is_empty() { "state:open" } else { text.trim() };
        let filter = filter::parse(text, &context(ctx)).map(|filter| filter.for_user(&ctx.user));
        let filter_text = if filter.is_ok() { text.to_owned() } else { String::new() };
        DisputesScreen {
            list: ListState::new(),
            grid: Grid::new(shown::COLUMNS, Sort { column: "age", descending: true }),
            filter_text,
            filter: filter.unwrap_or_else(|_| Filter::all()),
            totals: Disputes::default(),
            case: None,
            doing: deeds::Doing::default(),
        }
    }

    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = Question { today: ctx.today, filter: self.filter.clone(), sort: self.grid.sort };
        match want.rows() {
            Some(want) => vec![Effect::ask("rows", move |reader| disputes(reader, &question, want))],
            None => vec![Effect::Say("too many to mark at once; filter first".to_owned())],
        }
    }

    fn ask_case(&self, ctx: &Ctx) -> Vec<Effect> {
        let (Some(id), today) = (self.list.cursor(), ctx.today) else { return Vec::new() };
        vec![Effect::ask("case", move |reader| dispute(reader, today, id))]
    }

    fn own(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        let Some(row) = self.list.selected() else { return Vec::new() };
        match call.id {
            "list.open" => vec![Effect::Open(Box::new(CaseScreen::new(&row.number)))],
            "list.filter-by" => {
                let column = call.key.and_then(|letter| self.grid.by_letter(letter)).map(|column| column.id);
                let term = match column {
                    Some("name") => format!("no:\"{}\"", row.account),
                    Some("reason") => format!("reason:\"{}\"", row.reason),
                    Some("state") => format!("state:\"{}\"", row.state),
                    Some("currency") => format!("cur:{}", row.currency),
                    Some("owner") if !row.owner.is_empty() => format!("owner:\"{}\"", row.owner),
                    _ => return vec![Effect::Say("f c, f r, f s, f o or f u shows what is like this row".to_owned())],
                };
                self.set_filter(&term, ctx).unwrap_or_default()
            }
            id => deeds::run(id, row, ctx).unwrap_or_default(),
        }
    }

    fn draw_table(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.list.total() == 0 {
            return paint::lines(buf, area, &self.empty(), ctx.style(Role::Text), ctx.glyphs);
        }
        let total = if self.totals.amounts.len() == 1 { self.total_line(ctx) } else { Vec::new() };
        let (rows, cursor, _) = self.list.visible(rows_in(area, !total.is_empty()));
        let line = |row: &DisputeRow| Line {
            cells: self.grid.cells(shown::line(row, ctx)),
            marked: self.list.is_marked(row.id),
            stale: false,
        };
        let lines: Vec<Line> = rows.iter().map(line).collect();
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
        };
        table.draw(buf, area);
    }

    fn total_line(&self, ctx: &Ctx) -> Vec<table::Cell> {
        let mut row = vec![table::Cell::default(); shown::COLUMNS.len()];
        row[1] = table::Cell::new("in dispute", Role::Strong);
        if let Some(sum) = self.totals.amounts.first() {
            row[3] = sum.grouped(ctx.numbers).into();
            row[4] = sum.currency.code().into();
        }
        self.grid.cells(row)
    }

    fn empty(&self) -> Vec<String> {
        if !self.list.is_loaded() {
            return vec![" loading disputes".to_owned()];
        }
        let none = match &*self.filter_text {
            "" | "state:open" => " Nothing is in dispute.".to_owned(),
            text => format!(" No dispute passes {text}."),
        };
        let next = " d on an invoice of an account opens one; / and is:closed shows those decided.".to_owned();
        vec![none, next]
    }

    /// The case under the cursor, if that is the one at hand.
    fn case(&self) -> Option<&Case> {
        self.case.as_ref().filter(|case| Some(case.row.id) == self.list.cursor())
    }
}

fn context(ctx: &Ctx) -> filter::Context {
    filter::Context { today: ctx.today, style: ctx.numbers, date_order: DateOrder::default() }
}

impl Screen for DisputesScreen {
    fn id(&self) -> &'static str {
        "disputes"
    }
    fn title(&self) -> String {
        "Disputes".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        match (command.id, self.list.selected()) {
            ("list.open", None) => Err("no dispute is selected".to_owned()),
            (_, _) if self.list.marked() > 1 && command.writes => {
                Err("one dispute at a time; Esc drops the marks".to_owned())
            }
            (id, row) => deeds::guard(id, row),
        }
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match self.list.run(call) {
            Handled::Want(want) => return self.ask(want, ctx),
            Handled::Yes => return self.ask_case(ctx),
            Handled::No => {}
        }
        match self.grid.run(call) {
            Gridded::Yes(effects) => effects,
            Gridded::Reorder => {
                self.list.reset();
                self.ask(Want::Start, ctx)
            }
            Gridded::No => self.own(call, ctx),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let want = self.list.reload();
        self.ask(want, ctx)
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let answer = match self.doing.answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) => own,
        };
        match name {
            "rows" => {
                if let Some(mut found) = answer.take::<Disputes>() {
                    let window = std::mem::take(&mut found.window);
                    self.totals = found;
                    self.list.load(window);
                    return self.ask_case(ctx);
                }
            }
            "case" => self.case = answer.take::<Option<Case>>().flatten(),
            "columns" => self.grid = answer.take().unwrap_or_else(|| self.grid.clone()),
            _ => {}
        }
        Vec::new()
    }
    fn performed(&mut self, _name: &'static str, result: &Result<Done, Failure>, _ctx: &Ctx) -> Vec<Effect> {
        self.doing.performed(result)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let area = area.intersection(buf.area);
        if layout::class(area.width, area.height.saturating_add(3)) >= Class::L && !ctx.zoom {
            let [top, bottom] = layout::above(area, area.height / 2);
            let note = format!("{} of {}", self.list.place() + 1, self.list.total());
            let note = if self.list.total() == 0 { String::new() } else { note };
            let inside = paint::frame(buf, top, "Disputes", &note, focused, ctx.theme, ctx.glyphs);
            self.draw_table(buf, inside, ctx, focused);
            let [left, right] = layout::beside(bottom, 62);
            let title = self.list.selected().map_or("Case".to_owned(), |row| format!("{} {}", row.number, row.name));
            let inside = paint::frame(buf, left, &title, "Enter opens", false, ctx.theme, ctx.glyphs);
            self.draw_detail(buf, inside, ctx);
            let inside = paint::frame(buf, right, "By reason", "", false, ctx.theme, ctx.glyphs);
            let inside = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
            return shown::draw_reasons(buf, inside, &self.totals, ctx);
        }
        let detail = if area.height >= 18 && !ctx.zoom { 11 } else { 3.min(area.height / 3) };
        let [table, rest] = layout::above(area, detail);
        self.draw_table(buf, table, ctx, focused);
        let rule = ctx.glyphs.horizontal.repeat(usize::from(rest.width));
        paint::text(buf, rest, rest.x, rest.y, &rule, ctx.style(Role::Dim), ctx.glyphs);
        let below = 1.min(rest.height);
        self.draw_detail(buf, Rect { y: rest.y + below, height: rest.height - below, ..rest }, ctx);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let totals = &self.totals;
        let late = if totals.late > 0 { format!("  {} past {SLA_DAYS} days!", totals.late) } else { String::new() };
        let oldest = if totals.open > 0 { format!("  oldest {}d", totals.oldest) } else { String::new() };
        let counts = format!("{} open  {} blocked{late}{oldest}", totals.open, shown::sums(&totals.amounts, ctx));
        let marks = match self.list.marked() {
            0 => String::new(),
            many => format!("marked {many} = {}", shown::sums(&self.list.marked_sums(), ctx)),
        };
        Status { counts, filter: self.filter_text.clone(), marks, note: String::new() }
    }
    fn filter(&self) -> Option<String> {
        Some(self.filter_text.clone())
    }
    fn set_filter(&mut self, text: &str, ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        let parsed = filter::parse(text, &context(ctx)).map_err(|error| FilterError {
            at: error.at,
            message: format!("{}, for example {}", error.message, error.example),
        })?;
        self.filter = parsed.for_user(&ctx.user);
        self.filter_text = text.trim().to_owned();
        self.list.reset();
        Ok(self.ask(Want::Start, ctx))
    }
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        let row = self.list.selected()?;
        let raw = |row: &DisputeRow| {
            let mut parts: Vec<String> = shown::line(row, ctx).into_iter().map(|cell| cell.text).collect();
            parts[3] = Money::new(row.amount, row.currency).plain();
            parts[6] = row.age.to_string();
            parts.join("\t")
        };
        match what {
            'y' => Some((raw(row), "1 row".to_owned())),
            't' => {
                let rows = self.list.rows();
                let lines: Vec<String> = rows.iter().map(raw).collect();
                Some((lines.join("\n"), format!("{} rows", rows.len())))
            }
            'i' => Some((row.document.to_string(), row.document.to_string())),
            'c' => Some((format!("{} {}", row.account, row.name), row.name.to_string())),
            'a' => Some((Money::new(row.amount, row.currency).plain(), "the disputed amount".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let row = self.list.selected()?;
        let said = text::amount_with_currency(Money::new(row.amount, row.currency), ctx.numbers);
        let late = if row.is_late() {
            format!("{} days open: {} more than {SLA_DAYS}, so it is late", row.age, row.age - SLA_DAYS)
        } else {
            format!("{} days, late after {SLA_DAYS}", row.age)
        };
        let owner = if row.owner.is_empty() { "nobody; o gives it an owner" } else { &row.owner };
        Some(vec![
            format!("{} is here because {} disputes {said} of {}: {}", row.number, row.name, row.document, row.reason),
            late,
            format!("state {}, owner {owner}, {} has to act", row.state, row.department),
            "while it is open the amount is not collected; the balance does not change".to_owned(),
        ])
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let totals = &self.totals;
        let mut lines = vec![format!("{} open cases hold back {}", totals.open, shown::sums(&totals.amounts, ctx))];
        for reason in &totals.reasons {
            lines.push(format!("  {:24} {:>4}  {}", reason.reason, reason.count, shown::sums(&reason.amounts, ctx)));
        }
        lines.push("closed cases on the list are not in these sums; currencies are never added".to_owned());
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
        let row = self.list.cursor().map_or(String::new(), |id| id.to_string());
        Some(Bookmark { place: "disputes".to_owned(), arg: String::new(), row })
    }
    fn go_to(&mut self, row: &str, ctx: &Ctx) -> Vec<Effect> {
        let Ok(id) = row.parse() else { return Vec::new() };
        if !self.list.select(id) {
            self.list.select_later(id);
            return self.ask(Want::Around(id, 0), ctx);
        }
        self.ask_case(ctx)
    }
    fn saved_view(&self) -> Option<String> {
        Some(format!("{}\t{}", self.grid.written(), self.filter_text))
    }
    fn apply_view(&mut self, text: &str, ctx: &Ctx) -> Vec<Effect> {
        let (grid, filter) = text.split_once('\t').unwrap_or((text, ""));
        self.grid.read(grid);
        self.set_filter(filter, ctx).unwrap_or_default()
    }
}

impl DisputesScreen {
    fn draw_detail(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
        let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
        if let Some(case) = self.case() {
            shown::draw_case(buf, inside, case, ctx);
        }
    }
}
