//! The board of key figures: where each stands, its target, how it moved over twelve months, and how it is reached.
//! Around it the trend of the figure under the cursor, aging, the largest overdue customers and what promises came to.

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::kpis_view as show;
use super::promises::percent;
use crate::language::dates::{Lean, read_date};
use crate::language::filter::Filter;
use crate::store::read::kpi::{BASIS, Board, Figure, kpis, meaning, open_age, open_history};
use crate::store::read::promises::{self, Outcome};
use crate::store::read::window::{Want, Window};
use crate::store::read::{customers, promises::promises};
use crate::tui::app::{
    AHEAD, Answer, Bookmark, Call, Command, Ctx, Effect, Handled, ListState, Place, Row, Scope, Screen, Sort, Status,
};

/// `g k`, and `:kpis DATE`.
pub const PLACE: Place = Place {
    command: Command::look("kpis", &["g k"], "KPIs", "Key figures with targets, trends and their arithmetic.")
        .words("dso cei dashboard measures metrics figures")
        .takes("DATE")
        .verb("kpi")
        .scope(Scope::Global),
    tab: Some("KPIs"),
    open: |day, ctx| Some(Box::new(Kpis::new(day_of(day, ctx)?))),
};

/// The keys of the board.
pub const COMMANDS: &[Command] =
    &[Command::look("kpis.trial", &["t"], "trial", "A policy on trial beside its control group.")
        .hint(40)
        .words("experiment compare share policy dunning")
        .verb("policy compare")];

/// A customer's name with what is overdue, in the book's currency.
pub(super) type Late = (String, i64);

/// How many of them are shown.
const LARGEST: usize = 10;
/// Months of the trends.
const MONTHS: u32 = 12;
/// The figure after which the age of open items stands.
const BEFORE_AGE: &str = "days-late";

/// Empty means today; anything else must be a date, else there is no such place.
fn day_of(text: &str, ctx: &Ctx) -> Option<Option<NaiveDate>> {
    if text.trim().is_empty() {
        return Some(None);
    }
    read_date(text, &ctx.dating(Lean::Back)).ok().map(Some)
}

/// A figure as a row of the board.
#[derive(Debug, Clone)]
pub struct KpiRow(pub Figure);

impl Row for KpiRow {
    type Id = &'static str;
    fn id(&self) -> &'static str {
        self.0.key
    }
}

/// The board on the screen.
pub struct Kpis {
    /// The day asked for; `None` is the day all screens show.
    day: Option<NaiveDate>,
    list: ListState<KpiRow>,
    board: Option<Board>,
    age: Option<Figure>,
    /// What is open by its number and its age with their trends, which are known last.
    history: Option<[Figure; 2]>,
    overdue: Vec<Late>,
    outcomes: Vec<Outcome>,
    kept: String,
}

impl Kpis {
    /// The figures as of a day; `None` follows the day all screens show.
    pub fn new(day: Option<NaiveDate>) -> Kpis {
        Kpis {
            day,
            list: ListState::new(),
            board: None,
            age: None,
            history: None,
            overdue: Vec::new(),
            outcomes: Vec::new(),
            kept: String::new(),
        }
    }

    fn as_of(&self, ctx: &Ctx) -> NaiveDate {
        self.day.unwrap_or(ctx.today)
    }

    /// The board with the age of open items in its place, once that is known.
    fn arrange(&mut self) {
        let Some(board) = &self.board else { return };
        let mut rows: Vec<KpiRow> = board.figures.iter().cloned().map(KpiRow).collect();
        let mut age = self.age.as_ref();
        if let Some([open, known]) = &self.history {
            age = Some(known);
            if let Some(row) = rows.iter_mut().find(|row| row.0.key == open.key) {
                row.0 = open.clone();
            }
        }
        if let Some(age) = age {
            let place = rows.iter().position(|row| row.0.key == BEFORE_AGE).map_or(rows.len(), |place| place + 1);
            rows.insert(place, KpiRow(age.clone()));
        }
        self.list.reload();
        self.list.load(Window { first: 0, total: rows.len() as u64, rows });
    }

    fn ask(&self, ctx: &Ctx) -> Vec<Effect> {
        let (as_of, today, base) = (self.as_of(ctx), ctx.today, ctx.base);
        let sort = Sort { column: "overdue", descending: true };
        let by_date = promises::Question { today, filter: Filter::all(), sort };
        let mut asks = vec![Effect::ask("board", move |reader| kpis(reader, as_of, MONTHS, base))];
        // What is open now is known at once; what was open at other dates takes longer and comes last.
        if as_of == today {
            asks.push(Effect::ask("age", move |reader| open_age(reader, as_of, base)));
        }
        asks.extend([
            Effect::ask("overdue", move |reader| customers::most_overdue(reader, today, LARGEST)),
            Effect::ask("promises", move |reader| {
                let found = promises(reader, &by_date, Want::Start)?;
                Ok((percent(&found.kept_share()), found.outcomes))
            }),
            Effect::ask(AHEAD, move |reader| open_history(reader, as_of, MONTHS, base)),
        ]);
        asks
    }

    fn open(&self) -> Vec<Effect> {
        let Some(row) = self.list.selected() else { return Vec::new() };
        let (place, arg) = match row.0.key {
            "cash" | "unapplied" => ("customers", "has:cash"),
            "days-to-pay" | "days-late" | "turnover" | "collection-period" => ("customers", ""),
            "dispute-rate" => ("disputes", ""),
            "bad-debt" => ("log", "reason:\"write off\""),
            "issued" | "paid" => ("log", "reason:post"),
            _ => ("aging", ""),
        };
        vec![Effect::Go(place, arg.to_owned())]
    }
}

impl Screen for Kpis {
    fn id(&self) -> &'static str {
        "kpis"
    }
    fn title(&self) -> String {
        "KPIs".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn run(&mut self, call: &Call, _ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "list.open" => return self.open(),
            "kpis.trial" => return vec![Effect::Go("trial", String::new())],
            "list.sort" | "list.filter-by" | "list.columns" => {
                return vec![Effect::Say("the figures keep their order; Enter opens what is behind one".to_owned())];
            }
            "list.mark" | "list.range" | "list.mark-all" | "list.invert" => {
                return vec![Effect::Say("figures cannot be marked".to_owned())];
            }
            _ => {}
        }
        match self.list.run(call) {
            Handled::No | Handled::Yes | Handled::Want(_) => Vec::new(),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.ask(ctx)
    }
    fn answer(&mut self, name: &'static str, answer: Answer, _ctx: &Ctx) -> Vec<Effect> {
        match name {
            "board" => {
                let Some(board) = answer.take::<Board>() else { return Vec::new() };
                self.board = Some(board);
                self.arrange();
            }
            "age" => {
                self.age = answer.take::<Figure>();
                self.arrange();
            }
            AHEAD => {
                self.history = answer.take::<[Figure; 2]>();
                self.arrange();
            }
            "overdue" => self.overdue = answer.take::<Vec<Late>>().unwrap_or_default(),
            "promises" => {
                if let Some((kept, outcomes)) = answer.take::<(String, Vec<Outcome>)>() {
                    (self.kept, self.outcomes) = (kept, outcomes);
                }
            }
            _ => {}
        }
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let shown = show::Shown {
            list: &self.list,
            board: self.board.as_ref(),
            overdue: &self.overdue,
            outcomes: &self.outcomes,
            kept: &self.kept,
        };
        shown.draw(buf, area, ctx, focused);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let day = crate::tui::ui::text::long_day(self.as_of(ctx));
        let counts = format!("as of {day}  amounts in {}, tax included", ctx.base);
        let note = match &self.board {
            None => "loading key figures".to_owned(),
            Some(board) if !board.no_rate.is_empty() => {
                let codes: Vec<&str> = board.no_rate.iter().map(|currency| currency.code()).collect();
                format!("no rate for {}: left out", codes.join(", "))
            }
            Some(_) => String::new(),
        };
        Status { counts, note, ..Status::default() }
    }
    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        let plain = |value: Option<rust_decimal::Decimal>| {
            value.map_or_else(String::new, |value| value.round_dp(4).normalize().to_string())
        };
        let line = |row: &KpiRow| {
            let trend: Vec<String> = row.0.trend.iter().map(|value| plain(*value)).collect();
            format!("{}\t{}\t{}\t{}", row.0.key, plain(row.0.kpi.value), plain(row.0.target), trend.join("\t"))
        };
        let row = self.list.selected()?;
        match what {
            'y' => Some((line(row), "1 row".to_owned())),
            't' => {
                let rows: Vec<String> = self.list.rows().iter().map(line).collect();
                let many = format!("{} rows", rows.len());
                Some((rows.join("\n"), many))
            }
            'a' => Some((plain(row.0.kpi.value), row.0.kpi.name.to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let figure = &self.list.selected()?.0;
        let said = meaning(figure.key)?;
        let mut lines = vec![said.means.to_owned(), String::new()];
        if !said.excludes.is_empty() {
            lines.push(said.excludes.to_owned());
        }
        lines.push(BASIS.to_owned());
        lines.push(String::new());
        lines.push(match figure.target {
            Some(target) => format!("target {}", show::value(Some(target), figure.kpi.unit, ctx)),
            None => format!("no target; `o2c target {} VALUE` sets one", figure.key),
        });
        Some(lines)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let figure = &self.list.selected()?.0;
        let said = meaning(figure.key)?;
        let mut lines =
            vec![format!("{} = {}", figure.kpi.name, said.formula), figure.kpi.arithmetic.clone(), String::new()];
        for (label, input) in &figure.kpi.inputs {
            lines.push(format!("{label:<32} {:>18}", crate::domain::kpi::show(*input)));
        }
        lines.push(String::new());
        let board = self.board.as_ref()?;
        for (date, past) in board.dates.iter().zip(&figure.trend) {
            lines.push(format!(
                "{:<32} {:>18}",
                crate::tui::ui::text::weekday(*date),
                show::value(*past, figure.kpi.unit, ctx)
            ));
        }
        Some(lines)
    }
    fn bookmark(&self) -> Option<Bookmark> {
        let arg = self.day.map_or_else(String::new, |day| day.to_string());
        Some(Bookmark { place: "kpis".to_owned(), arg, row: self.list.cursor()?.to_owned() })
    }
    fn go_to(&mut self, row: &str, _ctx: &Ctx) -> Vec<Effect> {
        if let Some(said) = meaning(row)
            && !self.list.select(said.key)
        {
            self.list.select_later(said.key);
        }
        Vec::new()
    }
}
