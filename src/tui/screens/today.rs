//! Today: whom to contact next, most pressing first, one line a customer with why and the first step. The work keys
//! act on the marked customers or the one under the cursor; Enter goes through the list one customer at a time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{self, Subject};
use super::deck::Deck;
use super::today_view as show;
use crate::domain::money::{Currency, Money};
use crate::language::dates::DateOrder;
use crate::language::filter::{Context, Filter, parse};
use crate::store::read::account::{Full, full};
use crate::store::read::worklist::{self, Question, WorkRow, Worklist};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, FilterError, Grid, Gridded, Handled, ListState, Place, Row, Scope,
    Screen, Slot, Sort, Status, Want, Window,
};
use crate::tui::ui::text;

/// `g t`, and `:today FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("today", &["g t"], "today", "Whom to contact today, most pressing first, and why.")
        .words("worklist triage collections queue")
        .takes("FILTER")
        .verb("worklist")
        .scope(Scope::Global),
    tab: Some("Today"),
    open: |filter, ctx| {
        let mut screen = Today::new(ctx.base);
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// The work keys, and the switch for those set aside.
pub const COMMANDS: &[Command] = &[
    actions::CALL,
    actions::PROMISE,
    actions::EMAIL,
    actions::DONE,
    actions::FOLLOW_UP,
    actions::DISPUTE,
    actions::PAYMENT,
    actions::NOTE,
    actions::OWNER,
    actions::WRITE_OFF,
    actions::CREDIT,
    actions::BLOCK,
    Command::look("today.all", &["a"], "show all", "Also those set aside or waiting for their day; again hides them.")
        .hint(16)
        .words("hidden snoozed done"),
];

/// A customer of the list with its overdue amount in the book's currency, so that marks add up.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub row: WorkRow,
    base: Currency,
}

impl Row for Listed {
    type Id = i64;
    fn id(&self) -> i64 {
        self.row.customer
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.row.overdue, self.base))
    }
}

/// The triage list.
pub struct Today {
    typed: String,
    pub(super) filter: Filter,
    pub(super) grid: Grid,
    pub(super) all: bool,
    base: Currency,
    pub(super) list: ListState<Listed>,
    /// What the list adds up to; its rows are in `list`.
    pub(super) sums: Worklist,
    /// The customer under the cursor in full.
    pub(super) detail: Option<Full>,
    wanted: Option<i64>,
}

impl Today {
    /// The whole list, in order of priority.
    pub fn new(base: Currency) -> Today {
        Today {
            typed: String::new(),
            filter: Filter::all(),
            grid: Grid::new(show::COLUMNS, Sort { column: "priority", descending: true }),
            all: false,
            base,
            list: ListState::new(),
            sums: Worklist::default(),
            detail: None,
            wanted: None,
        }
    }

    fn question(&self, ctx: &Ctx) -> Question {
        let filter = self.filter.clone().for_user(&ctx.user);
        Question { today: ctx.today, base: ctx.base, filter, sort: self.grid.sort, all: self.all }
    }

    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = self.question(ctx);
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| worklist::worklist(reader, &question, want)),
            None => Effect::ask(if want == Want::AllIds { "all" } else { "inverse" }, move |reader| {
                worklist::ids(reader, &question)
            }),
        }]
    }

    /// Asks for the customer under the cursor, unless that is what is known or on its way.
    fn look(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let cursor = self.list.cursor();
        if cursor == self.wanted {
            return Vec::new();
        }
        self.wanted = cursor;
        let (Some(customer), today) = (cursor, ctx.today) else { return Vec::new() };
        vec![Effect::ask("detail", move |reader| full(reader, today, customer))]
    }

    /// The customer under the cursor in full, if that is what is known.
    pub(super) fn known(&self) -> Option<&Full> {
        self.detail.as_ref().filter(|full| Some(full.account.id) == self.list.cursor())
    }

    fn subject(&self, ctx: &Ctx) -> Subject {
        let customers = self.list.targets();
        let sums = self.list.marked_sums();
        let single = match customers[..] {
            [only] => self.list.rows().iter().find(|row| row.id() == only),
            _ => None,
        };
        match (self.known().filter(|full| customers == [full.account.id]), single) {
            (Some(full), _) => Subject::account(full, &[], ctx),
            (None, Some(row)) => {
                let total = text::amount_with_currency(Money::new(row.row.overdue, ctx.base), ctx.numbers);
                Subject { customers, name: row.row.name.to_string(), total, ..Subject::default() }
            }
            (None, None) => {
                let total: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
                let name = format!("{} customers", customers.len());
                Subject { customers, name, total: total.join(" "), ..Subject::default() }
            }
        }
    }

    /// The text of the filter, for the sentence of an empty list.
    pub(super) fn list_filter(&self) -> String {
        self.typed.clone()
    }

    fn reordered(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.list.reset();
        self.ask(Want::Start, ctx)
    }

    /// Takes customers off the list at once, so that the next key is about the next one; the list that is being read
    /// says whether that was right.
    fn set_aside(&mut self, gone: &[i64]) {
        let rows: Vec<Listed> = self.list.rows().iter().filter(|row| !gone.contains(&row.id())).cloned().collect();
        let taken = (self.list.rows().len() - rows.len()) as u64;
        if taken > 0 {
            let (first, total) = (self.list.first(), self.list.total() - taken);
            self.list.load(Window { first, rows, total });
        }
    }

    fn filter_by(&self, letter: Option<char>) -> Vec<Effect> {
        let Some(row) = self.list.selected().map(|listed| &listed.row) else { return Vec::new() };
        let column = letter.and_then(|letter| self.grid.by_letter(letter)).map(|column| column.id);
        let text = match column {
            Some("owner") if !row.owner.is_empty() => format!("owner:{}", row.owner),
            Some("name") => format!("\"{}\"", row.name.replace('"', " ")),
            Some("days") if row.days > 0 => format!("over>={}", row.days),
            Some("overdue") => "is:overdue".to_owned(),
            _ => return vec![Effect::Warn("this column has nothing to filter by; / takes any filter".to_owned())],
        };
        vec![Effect::Filter(Slot::default(), text)]
    }

    /// The deck, starting at the customer under the cursor, with the rows known here.
    fn deck(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(customer) = self.list.cursor() else { return Vec::new() };
        let rows = self.list.rows().iter().map(|listed| listed.row.clone()).collect();
        let known = self.known().cloned();
        let deck = Deck::through(self.question(ctx), rows, self.list.first(), self.list.total(), customer, known);
        vec![Effect::Open(Box::new(deck))]
    }
}

impl Screen for Today {
    fn id(&self) -> &'static str {
        "today"
    }

    fn title(&self) -> String {
        "Today".to_owned()
    }

    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }

    fn is_list(&self) -> bool {
        true
    }

    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        actions::possible(command.id, self.list.marked().max(usize::from(self.list.cursor().is_some())))
    }

    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match self.list.run(call) {
            Handled::Want(want) => {
                let mut effects = self.ask(want, ctx);
                effects.extend(self.look(ctx));
                return effects;
            }
            Handled::Yes => return self.look(ctx),
            Handled::No => {}
        }
        match self.grid.run(call) {
            Gridded::Yes(effects) => return effects,
            Gridded::Reorder => return self.reordered(ctx),
            Gridded::No => {}
        }
        match call.id {
            "list.open" => self.deck(ctx),
            "list.filter-by" => self.filter_by(call.key),
            "today.all" => {
                self.all = !self.all;
                self.reordered(ctx)
            }
            id => actions::run(id, &self.subject(ctx), ctx).unwrap_or_default(),
        }
    }

    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.wanted = None;
        let want = self.list.reload();
        self.ask(want, ctx)
    }

    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let answer = match actions::answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) => own,
        };
        match name {
            "rows" => {
                let Some(mut sums) = answer.take::<Worklist>() else { return Vec::new() };
                let window = std::mem::take(&mut sums.window);
                let base = self.base;
                let rows = window.rows.into_iter().map(|row| Listed { row, base }).collect();
                self.list.load(Window { first: window.first, rows, total: window.total });
                self.sums = sums;
                self.look(ctx)
            }
            "detail" => {
                self.detail = answer.take::<Option<Full>>().flatten();
                Vec::new()
            }
            "columns" => {
                self.grid = answer.take::<Grid>().unwrap_or_else(|| self.grid.clone());
                Vec::new()
            }
            "all" | "inverse" => {
                let ids = answer.take::<Vec<(i64, Money)>>().unwrap_or_default();
                let ids = ids.into_iter().map(|(id, sum)| (id, Some(sum)));
                if name == "all" {
                    self.list.mark_all(ids)
                } else {
                    self.list.invert_marks(ids)
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn performed(
        &mut self,
        name: &'static str,
        result: &Result<crate::acts::Done, crate::acts::Failure>,
        _ctx: &Ctx,
    ) -> Vec<Effect> {
        if result.is_ok() && actions::ALL.iter().any(|command| command.id == name) {
            let gone = if actions::disposes(name) && !self.all { self.list.targets() } else { Vec::new() };
            self.list.drop_marks();
            self.set_aside(&gone);
        }
        Vec::new()
    }

    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        show::draw(self, buf, area, ctx, focused);
    }

    fn status(&self, ctx: &Ctx) -> Status {
        let sums = &self.sums;
        let amount = |minor: i64| Money::new(minor, ctx.base).grouped(ctx.numbers);
        let wide = if ctx.size.0 >= 110 { format!(" of {} open", amount(sums.open)) } else { String::new() };
        let mut counts = format!("{} customers  {} overdue{wide}", self.list.total(), amount(sums.overdue));
        if !self.list.is_loaded() {
            counts = "loading today's list".to_owned();
        }
        let waiting = sums.hidden.saturating_sub(sums.done);
        let mut note: Vec<String> = Vec::new();
        if sums.done > 0 {
            note.push(format!("{} done", sums.done));
        }
        if waiting > 0 {
            note.push(format!("{waiting} waiting"));
        }
        if self.all && sums.hidden == 0 {
            note.push("all shown".to_owned());
        }
        let totals: Vec<String> = self.list.marked_sums().iter().map(|sum| sum.grouped(ctx.numbers)).collect();
        let marks = match self.list.marked() {
            0 => String::new(),
            marked => format!("marked {marked} = {}", totals.join(" ")),
        };
        Status { counts, filter: self.typed.clone(), marks, note: note.join("  ") }
    }

    fn filter(&self) -> Option<String> {
        Some(self.typed.clone())
    }

    fn set_filter(&mut self, text: &str, ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        let context = Context { today: ctx.today, style: ctx.numbers, date_order: DateOrder::default() };
        let filter = if text.trim().is_empty() { Ok(Filter::all()) } else { parse(text, &context) };
        self.filter = filter.map_err(|error| FilterError {
            at: error.at,
            message: format!("{}, for example {}", error.message, error.example),
        })?;
        self.typed = text.to_owned();
        Ok(self.reordered(ctx))
    }

    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        let row = &self.list.selected()?.row;
        let plain = |row: &WorkRow| Money::new(row.overdue, ctx.base).plain();
        let line = |row: &WorkRow| {
            let parts = [&row.score.to_string(), &*row.name, &plain(row), &row.days.to_string(), &*row.why];
            format!("{}\t{}", parts.join("\t"), row.next.word())
        };
        match what {
            'y' => Some((line(row), "1 row".to_owned())),
            't' => {
                let rows: Vec<String> = self.list.rows().iter().map(|listed| line(&listed.row)).collect();
                let head = format!("priority\tcustomer\toverdue {}\tdays\twhy\tnext", ctx.base);
                Some((format!("{head}\n{}\n", rows.join("\n")), format!("{} rows", rows.len())))
            }
            'c' => {
                let number = self.known().map_or(String::new(), |full| format!(" {}", full.data.number));
                Some((format!("{}{number}", row.name), "customer".to_owned()))
            }
            'a' => Some((plain(row), "amount".to_owned())),
            'e' => self
                .known()
                .map(|full| full.data.email.clone())
                .filter(|mail| !mail.is_empty())
                .map(|mail| (mail, "e-mail address".to_owned())),
            _ => None,
        }
    }

    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        self.list.selected().map(|listed| show::why(&listed.row))
    }

    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        show::arithmetic(&self.list.selected()?.row, self.known(), ctx)
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
        let row = self.list.cursor().map(|id| id.to_string()).unwrap_or_default();
        Some(Bookmark { place: "today".to_owned(), arg: String::new(), row })
    }

    fn go_to(&mut self, row: &str, ctx: &Ctx) -> Vec<Effect> {
        if let Ok(id) = row.parse()
            && !self.list.select(id)
        {
            self.list.select_later(id);
        }
        self.look(ctx)
    }

    fn saved_view(&self) -> Option<String> {
        Some(format!("{}\n{}\n{}", self.grid.written(), u8::from(self.all), self.typed))
    }

    fn apply_view(&mut self, text: &str, ctx: &Ctx) -> Vec<Effect> {
        let mut lines = text.splitn(3, '\n');
        self.grid.read(lines.next().unwrap_or_default());
        self.all = lines.next() == Some("1");
        self.set_filter(lines.next().unwrap_or_default(), ctx).unwrap_or_default()
    }
}
