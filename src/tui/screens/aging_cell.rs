//! The items behind one cell of the aging: a customer's documents in a bucket, with what was open of each on the day
//! shown. Also the list of them that the aging screen draws beside itself.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::aging_rows::{AgingRow, Shown};
use super::aging_words as words;
use crate::domain::money::{Currency, Money};
use crate::store::read::aging::Question;
use crate::store::read::aging_items::{Behind, Cell, in_base, items_behind};
use crate::tui::app::{
    Answer, Call, Command, Ctx, Effect, Grid, Gridded, Handled, ListState, Row, Screen, Sort, Status, Window,
};
use crate::tui::ui::table::{self, Column, Line, Table, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{layout, paint, text};

impl Row for Behind {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.open, self.currency))
    }
}

const COLUMNS: &[Column] = &[
    Column::words("number", "INVOICE", 'i', 0, 12, 24),
    Column::words("kind", "KIND", 'k', 3, 11, 11),
    Column::words("date", "DATE", 'd', 4, 9, 9),
    Column::words("due", "DUE", 'u', 1, 9, 9),
    Column::number("amount", "AMOUNT", 'a', 2, 14),
    Column::number("open", "OPEN", 'o', 0, 14),
    Column::words("currency", "CUR", 'c', 1, 3, 3),
    Column::number("age", "DAYS", 'y', 0, 6),
    Column::number("disputed", "DISPUTED", 'p', 3, 12),
];

fn line(item: &Behind, marked: bool, ctx: &Ctx) -> Line {
    let money = |minor: i64| text::amount(Money::new(minor, item.currency), ctx.numbers);
    let late = if item.age > 0 && item.open > 0 { Role::Late } else { Role::Text };
    let number = if item.part > 1 { format!("{} /{}", item.number, item.part) } else { item.number.clone() };
    let cells = vec![
        number.into(),
        item.kind.name().into(),
        text::day(item.date).into(),
        text::day(item.due).into(),
        money(item.amount).into(),
        money(item.open).into(),
        item.currency.code().into(),
        table::Cell::new(text::days(item.age), late),
        money(item.disputed).into(),
    ];
    Line { cells, marked, stale: false }
}

/// The sums of items by currency, in the order of codes.
fn sums(items: &[Behind]) -> Vec<Money> {
    let mut sums: Vec<Money> = Vec::new();
    for item in items {
        match sums.iter_mut().find(|sum| sum.currency == item.currency) {
            Some(sum) => sum.minor += item.open,
            None => sums.push(Money::new(item.open, item.currency)),
        }
    }
    sums.sort_by_key(|sum| sum.currency);
    sums
}

/// Draws items as a plain table with their totals, as many as fit.
pub(super) fn draw_items(buf: &mut Buffer, area: Rect, items: &[Behind], ctx: &Ctx) {
    let lines: Vec<Line> = items.iter().map(|item| line(item, false, ctx)).collect();
    let sums = sums(items);
    let total = if sums.len() == 1 { total_line(sums[0], ctx) } else { Vec::new() };
    let table = Table {
        columns: COLUMNS,
        lines: &lines,
        cursor: None,
        focused: false,
        sort: None,
        scroll: 0,
        total: &total,
        theme: ctx.theme,
        glyphs: ctx.glyphs,
        base: ctx.base,
    };
    table.draw(buf, Rect { width: area.width.saturating_sub(1), ..area });
}

fn total_line(sum: Money, ctx: &Ctx) -> Vec<table::Cell> {
    let mut cells = vec![table::Cell::default(); COLUMNS.len()];
    cells[0] = table::Cell::new("total", Role::Strong);
    cells[5] = sum.grouped(ctx.numbers).into();
    cells[6] = sum.currency.code().into();
    cells
}

/// The screen of one cell's items.
pub struct CellItems {
    question: Question,
    customer: i64,
    number: String,
    name: String,
    shown: Shown,
    cell: Cell,
    base: Currency,
    list: ListState<Behind>,
    grid: Grid,
}

impl CellItems {
    pub(super) fn new(question: Question, row: &AgingRow, shown: Shown, cell: Cell, ctx: &Ctx) -> CellItems {
        CellItems {
            question,
            customer: row.customer,
            number: row.number.to_string(),
            name: row.name.to_string(),
            shown,
            cell,
            base: ctx.base,
            list: ListState::new(),
            grid: Grid::new(COLUMNS, Sort { column: "due", descending: false }),
        }
    }

    fn load(&mut self, mut rows: Vec<Behind>) {
        let sort = self.grid.sort;
        rows.sort_by(|a, b| {
            let natural = match sort.column {
                "number" => a.number.cmp(&b.number),
                "kind" => a.kind.cmp(&b.kind),
                "date" => a.date.cmp(&b.date),
                "amount" => a.amount.cmp(&b.amount),
                "open" => a.open.cmp(&b.open),
                "currency" => a.currency.cmp(&b.currency),
                "age" => a.age.cmp(&b.age),
                "disputed" => a.disputed.cmp(&b.disputed),
                _ => a.due.cmp(&b.due),
            };
            let directed = if sort.descending { natural.reverse() } else { natural };
            directed.then(a.id.cmp(&b.id))
        });
        let total = rows.len() as u64;
        self.list.load(Window { first: 0, rows, total });
    }

    /// The sum as the cell has it: in the book's currency when all currencies are shown.
    fn total(&self, ctx: &Ctx) -> String {
        let items = self.list.rows();
        match self.shown {
            Shown::Base => {
                let (open, _) = in_base(items);
                text::amount_with_currency(Money::new(open, self.base), ctx.numbers)
            }
            Shown::Only(_) => {
                let sums = sums(items);
                let sums: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
                sums.join(" ")
            }
        }
    }

    fn told(&self) -> String {
        let label = words::label(&self.question, self.cell);
        let known = self.question.known_at.as_ref().map_or(String::new(), |at| format!("  known at the end of {at}"));
        let as_of = text::long_day(self.question.as_of);
        format!("{} {}  {label}  as of {as_of}  by {} date{known}", self.number, self.name, self.question.basis.word())
    }
}

impl Screen for CellItems {
    fn id(&self) -> &'static str {
        "aging-items"
    }
    fn title(&self) -> String {
        format!("{}, {}", self.name, words::label(&self.question, self.cell))
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
            Gridded::Yes(effects) => effects,
            Gridded::Reorder => {
                self.list.reset();
                self.load(self.list.rows().to_vec());
                Vec::new()
            }
            Gridded::No if call.id == "list.open" => vec![Effect::Go("customer", self.number.clone())],
            Gridded::No => Vec::new(),
        }
    }
    fn refresh(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        self.list.reload();
        let (question, customer, only, cell) = (self.question.clone(), self.customer, self.shown.only(), self.cell);
        vec![Effect::ask("items", move |reader| items_behind(reader, &question, customer, only, cell))]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, _ctx: &Ctx) -> Vec<Effect> {
        match name {
            "items" => {
                if let Some(rows) = answer.take::<Vec<Behind>>() {
                    self.load(rows);
                }
            }
            "columns" => self.grid = answer.take().unwrap_or_else(|| self.grid.clone()),
            _ => {}
        }
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let [head, body] = layout::above(area, area.height.saturating_sub(1));
        paint::text(buf, head, head.x, head.y, &format!(" {}", self.told()), ctx.style(Role::Dim), ctx.glyphs);
        if self.list.is_loaded() && self.list.total() == 0 {
            let said = "Nothing is open here any more. Esc goes back to the aging.".to_owned();
            return paint::lines(buf, body, &[said], ctx.style(Role::Text), ctx.glyphs);
        }
        let sums = sums(self.list.rows());
        let total = if sums.len() == 1 { self.grid.cells(total_line(sums[0], ctx)) } else { Vec::new() };
        let (rows, cursor, _) = self.list.visible(rows_in(body, !total.is_empty()));
        let line = |item: &Behind| {
            let line = line(item, self.list.is_marked(item.id), ctx);
            Line { cells: self.grid.cells(line.cells), ..line }
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
            base: ctx.base,
        };
        table.draw(buf, body);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let netted = match (self.question.credits, self.cell) {
            (crate::domain::aging::Credits::Oldest, Cell::Bucket(_)) => "before credits are set off",
            _ => "",
        };
        let count = self.list.total();
        let what = if count == 1 { "item" } else { "items" };
        let marks = if self.list.marked() == 0 { String::new() } else { format!("marked {}", self.list.marked()) };
        let counts = format!("{count} {what}  open {}", self.total(ctx));
        Status { counts, filter: String::new(), marks, note: netted.to_owned() }
    }
    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        let item = self.list.selected()?;
        let raw = |item: &Behind| {
            let money = |minor: i64| Money::new(minor, item.currency).plain();
            let (due, open) = (item.due.to_string(), money(item.open));
            [&item.number, item.kind.name(), &due, &money(item.amount), &open, item.currency.code()].join("\t")
        };
        match what {
            'y' => Some((raw(item), "1 row".to_owned())),
            't' => {
                let rows = self.list.rows();
                Some((rows.iter().map(raw).collect::<Vec<_>>().join("\n"), format!("{} rows", rows.len())))
            }
            'i' => Some((item.number.clone(), item.number.clone())),
            'c' => Some((format!("{} {}", self.number, self.name), self.name.clone())),
            'a' => Some((Money::new(item.open, item.currency).plain(), "the open amount".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let item = self.list.selected()?;
        let (date, from) = match self.question.basis {
            crate::domain::aging::Basis::Due => (item.due, "due"),
            crate::domain::aging::Basis::Document => (item.date, "dated"),
        };
        let open = text::amount_with_currency(Money::new(item.open, item.currency), ctx.numbers);
        let place = words::label(&self.question, Cell::Bucket(item.bucket));
        Some(vec![
            format!("{} {}: {open} open as of {}", item.kind.name(), item.number, self.question.as_of),
            format!("{from} {date}, {} days before: bucket {place}", item.age),
        ])
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let mut lines = vec![self.told()];
        for item in self.list.rows().iter().take(30) {
            let open = text::amount_with_currency(Money::new(item.open, item.currency), ctx.numbers);
            lines.push(format!("  {}  {open}", item.number));
        }
        lines.push(format!("= {}", self.total(ctx)));
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
}
