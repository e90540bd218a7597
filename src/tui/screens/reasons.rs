//! What disputes of the last year were about and what they cost: reasons as customers gave them, causes as found, the
//! largest first, each with the share of all up to it and the part that was won.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listing::read_filter;
use crate::domain::case::pareto::Bar;
use crate::domain::money::Money;
use crate::language::filter::Filter;
use crate::store::read::cases::PARETO_DAYS;
use crate::store::read::disputes::{Disputes, Question, disputes};
use crate::store::read::window;
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, Handled, ListState, Place, Row, Scope, Screen, Sort, Status, Window,
};
use crate::tui::ui::bars;
use crate::tui::ui::paint;
use crate::tui::ui::table::{Cell, Column, Line, Table, rows_in};
use crate::tui::ui::theme::Role;

/// Its row in the registry.
pub const PLACE: Place = Place {
    command: Command::look("reasons", &[], "reasons", "Reasons and causes of disputes by what they cost.")
        .scope(Scope::Global)
        .words("pareto root cause win rate systemic")
        .verb("dispute pareto")
        .takes("FILTER"),
    tab: None,
    open: |filter, ctx| {
        let parsed = if filter.trim().is_empty() || filter.trim() == "state:open" {
            Filter::all()
        } else {
            read_filter(filter, ctx).ok()?
        };
        Some(Box::new(Reasons { filter: parsed, typed: filter.to_owned(), list: ListState::new() }))
    },
};

const COLUMNS: &[Column] = &[
    Column::words("by", "BY", 'b', 0, 6, 6),
    Column::words("word", "WHAT", 'w', 0, 20, 30),
    Column::number("cases", "CASES", 'c', 0, 5),
    Column::number("claimed", "CLAIMED", 'a', 0, 14),
    Column::number("running", "UP TO", 'u', 1, 6),
    Column::words("bar", "", 'r', 3, 8, 20),
    Column::number("decided", "DECIDED", 'd', 2, 14),
    Column::number("won", "WON", 'o', 0, 6),
];

/// A reason or a cause.
#[derive(Debug, Clone)]
pub struct BarRow {
    id: i64,
    by: &'static str,
    bar: Bar,
    most: i64,
}

impl Row for BarRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn group(&self) -> u64 {
        u64::from(self.by == "cause")
    }
}

/// The screen.
struct Reasons {
    filter: Filter,
    typed: String,
    list: ListState<BarRow>,
}

fn rate(bar: &Bar) -> String {
    bar.win_rate().map_or_else(|| "-".to_owned(), |rate| format!("{rate}%"))
}

impl Reasons {
    fn cells(row: &BarRow, ctx: &Ctx) -> Vec<Cell> {
        let said = |minor: i64| Money::new(minor, ctx.base).grouped(ctx.numbers);
        vec![
            row.by.into(),
            row.bar.word.as_str().into(),
            row.bar.cases.to_string().into(),
            said(row.bar.claimed).into(),
            format!("{}%", row.bar.running).into(),
            bars::share(row.bar.claimed, row.most, 8, ctx.glyphs).into(),
            said(row.bar.decided).into(),
            rate(&row.bar).into(),
        ]
    }
}

impl Screen for Reasons {
    fn id(&self) -> &'static str {
        "reasons"
    }
    fn title(&self) -> String {
        "Reasons".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        &[]
    }
    fn is_list(&self) -> bool {
        true
    }
    fn run(&mut self, call: &Call, _ctx: &Ctx) -> Vec<Effect> {
        if call.id == "list.open"
            && let Some(row) = self.list.selected()
        {
            return vec![Effect::Go("disputes", format!("{}:\"{}\"", row.by, row.bar.word))];
        }
        match self.list.run(call) {
            Handled::No | Handled::Yes | Handled::Want(_) => Vec::new(),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let sort = Sort { column: "due", descending: false };
        let question = Question { today: ctx.today, filter: self.filter.clone(), sort };
        vec![Effect::ask("rows", move |reader| disputes(reader, &question, window::Want::Start))]
    }
    fn answer(&mut self, _name: &'static str, answer: Answer, _ctx: &Ctx) -> Vec<Effect> {
        if let Some(found) = answer.take::<Disputes>() {
            let sets = [("reason", found.pareto), ("cause", found.causes)];
            let mut rows: Vec<BarRow> = Vec::new();
            for (by, bars) in sets {
                let most = bars.first().map_or(0, |bar| bar.claimed);
                for bar in bars {
                    rows.push(BarRow { id: i64::try_from(rows.len()).unwrap_or(0), by, bar, most });
                }
            }
            let total = rows.len() as u64;
            self.list.reload();
            self.list.load(Window { first: 0, rows, total });
        }
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.list.is_loaded() && self.list.total() == 0 {
            let none = format!(" No dispute was opened in the last {PARETO_DAYS} days.");
            return paint::lines(buf, area, &[none], ctx.style(Role::Text), ctx.glyphs);
        }
        let (rows, cursor, _) = self.list.visible(rows_in(area, false));
        let lines: Vec<Line> =
            rows.iter().map(|row| Line { cells: Reasons::cells(row, ctx), ..Line::default() }).collect();
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
    fn status(&self, ctx: &Ctx) -> Status {
        let all = |pick: fn(&Bar) -> i64| -> i64 {
            self.list.rows().iter().filter(|row| row.by == "reason").map(|row| pick(&row.bar)).sum()
        };
        let (won, decided) = (all(|bar| bar.won), all(|bar| bar.decided));
        let rate = crate::domain::case::pareto::percent(won, decided);
        let rate = rate.map_or_else(|| "nothing decided".to_owned(), |rate| format!("won {rate}%"));
        let counts = format!("opened in the last {PARETO_DAYS} days, in {}  {rate}", ctx.base);
        Status { counts, ..Status::default() }
    }
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        let line = |row: &BarRow| {
            let plain = |minor: i64| Money::new(minor, ctx.base).plain();
            let (bar, cases) = (&row.bar, row.bar.cases);
            let sums = [bar.claimed, bar.won, bar.decided].map(plain).join("\t");
            format!("{}\t{}\t{cases}\t{sums}", row.by, bar.word)
        };
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
        Some(vec![
            "The reason is what the customer says, the cause what was found; a case without a cause is \"not said yet\".".to_owned(),
            "What a case split off counts with the case it moved to; cases opened by mistake do not count.".to_owned(),
            "Enter shows the cases.".to_owned(),
        ])
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let bar = &self.list.selected()?.bar;
        let said = |minor: i64| Money::new(minor, ctx.base).grouped(ctx.numbers);
        Some(vec![
            format!("won = charged back + paid + collected + repaid = {}", said(bar.won)),
            format!("given = credited + promotion + written off = {}", said(bar.decided - bar.won)),
            format!("win rate = won / (won + given) = {} / {} = {}", said(bar.won), said(bar.decided), rate(bar)),
            format!("claimed {} in {} cases; up to this row {}% of all", said(bar.claimed), bar.cases, bar.running),
        ])
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "reasons".to_owned(), arg: self.typed.clone(), row: String::new() })
    }
}
