//! The aging screen (`g a`): the portfolio as one stacked bar, customers by buckets with a cell under the cursor, for
//! today or any day, as known now or then, by due or document date, always beside the ledger it has to agree with.

use std::sync::Arc;

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{self, Subject};
use super::aging_cell::CellItems;
use super::aging_forms as forms;
use super::aging_rows::{self as rows, AgingRow, Answered, Arrange, Arranged, CELLS, Shown};
use super::{aging_view as view, aging_words as words};
use crate::domain::aging::{Basis, Credits};
use crate::domain::money::Money;
use crate::language::filter::{self, Filter};
use crate::store::StoreError;
use crate::store::read::accounts::Sums;
use crate::store::read::aging::{Aging, Question, portfolios};
use crate::store::read::aging_items::{Behind, Cell, items_behind};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, FilterError, Grid, Gridded, Handled, ListState, Place, Row, Scope,
    Screen, Sort, Status, Want,
};
use crate::tui::ui::text;

/// Its row in the registry.
pub const PLACE: Place = Place {
    command: Command::look("aging", &["g a"], "aging", "What is open by customer and age, beside the ledger.")
        .scope(Scope::Global)
        .words("buckets overdue portfolio")
        .verb("aging")
        .takes("FILTER"),
    tab: Some("Aging"),
    open: |arg, ctx| Some(Box::new(AgingScreen::new(arg, ctx))),
};

/// Its commands.
pub const COMMANDS: &[Command] = &[
    Command::look("as-of", &["a"], "as-of date", "Balances and ages of another day, such as eom or 31/12.")
        .takes("DATE")
        .verb("aging --as-of")
        .hint(75),
    Command::look("basis", &["b"], "due/document", "Age by due date or by document date.")
        .verb("aging --basis")
        .hint(60),
    Command::look("share", &["%"], "share", "Amounts as shares of all open debits shown.").hint(55),
    Command::look("aging.money", &["z m"], "currency", "Everything in the book's currency, or one currency alone."),
    Command::look("aging.credits", &["z p"], "credits", "Where credit notes and unapplied money are shown.")
        .verb("aging --credits"),
    Command::look("known-at", &["z k"], "known at", "The book as it was known at the end of an earlier day.")
        .takes("DATE")
        .verb("aging --known-at"),
    actions::CALL,
    actions::EMAIL,
    actions::MAIL,
    actions::PROMISE,
    actions::NOTE,
    actions::DISPUTE,
    actions::FOLLOW_UP,
    actions::OWNER,
    actions::PAYMENT,
    actions::BLOCK,
];

/// The screen.
pub struct AgingScreen {
    /// What was asked last; what is shown says itself what it is.
    wanted: Question,
    loading: bool,
    pub(super) aging: Option<Arc<Aging>>,
    pub(super) arranged: Arranged,
    pub(super) list: ListState<AgingRow>,
    pub(super) grid: Grid,
    pub(super) shown: Shown,
    pub(super) share: bool,
    /// The cell chosen last; under another basis it may have no column.
    chosen: Cell,
    filter_text: String,
    filter: Filter,
    /// Items behind the cell they were asked for.
    pub(super) behind: Option<((i64, Cell), Vec<Behind>)>,
    pub(super) months: Vec<(NaiveDate, Sums)>,
}

impl AgingScreen {
    /// Today's aging, filtered; a filter that cannot be read is left out.
    pub fn new(filter: &str, ctx: &Ctx) -> AgingScreen {
        let mut screen = AgingScreen {
            wanted: Question::on(ctx.today),
            loading: true,
            aging: None,
            arranged: Arranged::default(),
            list: ListState::new(),
            grid: Grid::new(view::COLUMNS, Sort { column: "b5", descending: true }),
            shown: Shown::Base,
            share: false,
            chosen: Cell::Bucket(5),
            filter_text: String::new(),
            filter: Filter::all(),
            behind: None,
            months: Vec::new(),
        };
        if let Ok(parsed) = filter::parse(filter, &context(ctx)) {
            (screen.filter_text, screen.filter) = (filter.trim().to_owned(), parsed.for_user(&ctx.user));
        }
        screen
    }

    /// The question whose answer is shown.
    pub(super) fn question(&self) -> &Question {
        self.aging.as_ref().map_or(&self.wanted, |aging| &aging.question)
    }

    /// The cells of a row that can hold anything, in order: by document date nothing is "not due", and credits of
    /// their own date have no column.
    pub(super) fn cells(&self) -> Vec<Cell> {
        let question = self.question();
        let fits = |cell: &Cell| match cell {
            Cell::Bucket(0) => question.basis == Basis::Due,
            Cell::Credits => question.credits != Credits::OwnDate,
            _ => true,
        };
        CELLS.iter().map(|(_, cell)| *cell).filter(fits).collect()
    }

    /// The cell under the cursor: the chosen one, or the next to its right that is shown.
    pub(super) fn cell(&self) -> Cell {
        let cells = self.cells();
        let mut onwards = CELLS.iter().map(|(_, cell)| *cell).skip_while(|cell| *cell != self.chosen);
        onwards.find(|cell| cells.contains(cell)).unwrap_or(Cell::All)
    }

    /// Asks for rows of the wanted aging, or for the ids of all of them.
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let (question, how) = (self.wanted.clone(), self.arrange(ctx));
        let ask = match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| rows::answer(reader, &question, &how, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, rows::ids(reader, &question, &how)?)))
            }
        };
        vec![ask]
    }

    /// Asks for another aging, or for this one again: its rows, and the months before it.
    fn read(&mut self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        self.loading = true;
        let mut effects = self.ask(want, ctx);
        let as_of = self.wanted.as_of;
        effects.push(Effect::ask("months", move |reader| portfolios(reader, &words::month_ends(as_of))));
        effects
    }

    fn arrange(&self, ctx: &Ctx) -> Arrange {
        let (shown, filter, sort) = (self.shown, self.filter.clone(), self.grid.sort);
        Arrange { today: ctx.today, base: ctx.base, shown, filter, sort }
    }

    /// Asks for the items behind the cell under the cursor.
    fn ask_cell(&self) -> Vec<Effect> {
        let Some(customer) = self.list.cursor() else { return Vec::new() };
        let (question, only, cell) = (self.question().clone(), self.shown.only(), self.cell());
        vec![Effect::ask("cell", move |reader| {
            Ok(((customer, cell), items_behind(reader, &question, customer, only, cell)?))
        })]
    }

    /// Asks for another aging; what is shown stays until it arrives.
    fn change(&mut self, ctx: &Ctx, change: impl FnOnce(&mut Question)) -> Vec<Effect> {
        change(&mut self.wanted);
        let want = self.list.reload();
        self.read(want, ctx)
    }

    fn move_cell(&mut self, steps: u64, right: bool) -> Vec<Effect> {
        let (cells, now) = (self.cells(), self.cell());
        let at = cells.iter().position(|cell| *cell == now).unwrap_or(0);
        let steps = usize::try_from(steps).unwrap_or(usize::MAX);
        let to = if right { at.saturating_add(steps).min(cells.len() - 1) } else { at.saturating_sub(steps) };
        self.chosen = cells.get(to).copied().unwrap_or(now);
        self.ask_cell()
    }

    fn open_cell(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(row) = self.list.selected() else { return Vec::new() };
        let screen = CellItems::new(self.question().clone(), row, self.shown, self.cell(), ctx);
        vec![Effect::Open(Box::new(screen))]
    }

    fn own(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "list.open" => self.open_cell(ctx),
            "as-of" => forms::as_of(call, self.wanted.as_of, ctx),
            "known-at" => forms::known_at(call, self.wanted.known_at.as_deref(), ctx),
            "basis" => self.change(ctx, |question| {
                question.basis = if question.basis == Basis::Due { Basis::Document } else { Basis::Due };
            }),
            "share" => {
                self.share = !self.share;
                Vec::new()
            }
            "aging.money" => forms::money(self.aging.as_deref(), self.shown, ctx),
            "aging.credits" => forms::credits(self.wanted.credits),
            "list.filter-by" => self.filter_by(call, ctx),
            id => actions::run(id, &self.subject(ctx), ctx).unwrap_or_default(),
        }
    }

    /// What the work keys are about: the marked customers, or the one under the cursor.
    fn subject(&self, ctx: &Ctx) -> Subject {
        let customers = self.list.targets();
        let name = match (&customers[..], self.list.selected()) {
            ([only], Some(row)) if *only == row.customer => row.name.to_string(),
            (many, _) => format!("{} customers", many.len()),
        };
        let sums = match self.list.marked() {
            0 => self.list.selected().and_then(Row::sum).into_iter().collect(),
            _ => self.list.marked_sums(),
        };
        let total: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        Subject { customers, name, total: total.join(" + "), ..Subject::default() }
    }

    fn filter_by(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        let Some(row) = self.list.selected() else { return Vec::new() };
        let text = match call.key.and_then(|letter| self.grid.by_letter(letter)).map(|column| column.id) {
            Some("name") => format!("no:\"{}\"", row.number),
            Some("owner") if !row.owner.is_empty() => format!("owner:\"{}\"", row.owner),
            _ => return vec![Effect::Say("f c shows this customer only, f o this owner's".to_owned())],
        };
        self.set_filter(&text, ctx).unwrap_or_default()
    }
}

pub(super) fn context(ctx: &Ctx) -> filter::Context {
    ctx.filtering()
}

impl Screen for AgingScreen {
    fn id(&self) -> &'static str {
        "aging"
    }
    fn title(&self) -> String {
        "Aging".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        match (command.id, self.list.selected()) {
            ("list.open", None) => Err("no customer is selected".to_owned()),
            ("list.open", Some(row)) if rows::amount(&row.sums, self.cell()) == 0 => {
                let label = words::label(self.question(), self.cell());
                Err(format!("nothing of {} is in {label}; h and l choose another bucket", row.name))
            }
            (id, selected) => {
                // Asked for every command at every drawing: how many there are is all it takes.
                let count = self.list.marked().max(usize::from(selected.is_some())).min(2);
                actions::guard(id, &Subject { customers: vec![0; count], ..Subject::default() }, ctx)
            }
        }
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "list.left" => return self.move_cell(call.times(), false),
            "list.right" => return self.move_cell(call.times(), true),
            _ => {}
        }
        match self.list.run(call) {
            // The cell that is shown comes before rows that may be.
            Handled::Want(want) => return [self.ask_cell(), self.ask(want, ctx)].into_iter().flatten().collect(),
            Handled::Yes => return self.ask_cell(),
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
        self.read(want, ctx)
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let answer = match actions::answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) => own,
        };
        match name {
            "rows" => {
                let Some(Answered { aging, mut arranged }) = answer.take::<Answered>() else { return Vec::new() };
                self.loading = aging.question != self.wanted;
                self.aging = Some(aging);
                let window = std::mem::take(&mut arranged.window);
                self.arranged = arranged;
                self.list.load(window);
                return self.ask_cell();
            }
            "ids" => {
                if let Some((invert, all)) = answer.take::<(bool, Vec<(i64, Money)>)>() {
                    let all = all.into_iter().map(|(id, sum)| (id, Some(sum)));
                    if invert { self.list.invert_marks(all) } else { self.list.mark_all(all) }
                }
            }
            "cell" => self.behind = answer.take(),
            "months" => self.months = answer.take().unwrap_or_default(),
            "columns" => self.grid = answer.take().unwrap_or_else(|| self.grid.clone()),
            "as-of" => {
                if let Some(day) = answer.take::<NaiveDate>() {
                    return self.change(ctx, |question| question.as_of = day);
                }
            }
            "known-at" => {
                if let Some(day) = answer.take::<Option<NaiveDate>>() {
                    return self.change(ctx, |question| question.known_at = day.map(|day| day.to_string()));
                }
            }
            "credits" => {
                if let Some(credits) = answer.take::<Credits>() {
                    return self.change(ctx, |question| question.credits = credits);
                }
            }
            "money" => {
                self.shown = answer.take().unwrap_or(self.shown);
                self.list.reset();
                return self.ask(Want::Start, ctx);
            }
            _ => {}
        }
        Vec::new()
    }
    fn failed(&mut self, name: &'static str, _error: &StoreError) {
        if name == "rows" {
            self.loading = false;
            self.wanted = self.question().clone();
        }
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        view::draw(self, buf, area, ctx, focused);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let loading = if self.loading { words::loading(&self.wanted) } else { String::new() };
        Status {
            counts: words::counts(self, ctx),
            filter: self.filter_text.clone(),
            marks: words::marks(self, ctx),
            note: loading,
        }
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
    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        words::copied(self, what)
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        words::why(self, ctx)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        words::arithmetic(self, ctx)
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
        let row = self.list.selected().map_or(String::new(), |row| row.id().to_string());
        Some(Bookmark { place: "aging".to_owned(), arg: String::new(), row })
    }
    fn go_to(&mut self, row: &str, ctx: &Ctx) -> Vec<Effect> {
        let Ok(id) = row.parse() else { return Vec::new() };
        if self.list.select(id) {
            return self.ask_cell();
        }
        self.list.select_later(id);
        self.ask(Want::Around(id, 0), ctx)
    }
    fn saved_view(&self) -> Option<String> {
        let question = &self.wanted;
        let only = self.shown.only().map_or(String::new(), |currency| currency.code().to_owned());
        let parts = [self.grid.written(), question.basis.word().to_owned(), question.credits.word().to_owned()];
        Some(format!("{}\t{only}\t{}\t{}", parts.join("\t"), u8::from(self.share), self.filter_text))
    }
    fn apply_view(&mut self, text: &str, ctx: &Ctx) -> Vec<Effect> {
        let mut parts = text.splitn(6, '\t');
        let mut next = || parts.next().unwrap_or_default();
        self.grid.read(next());
        let (basis, credits) = (Basis::parse(next()), Credits::parse(next()));
        self.shown = crate::domain::money::Currency::parse(next()).map_or(Shown::Base, Shown::Only);
        self.share = next() == "1";
        let filter = next().to_owned();
        self.wanted.basis = basis.unwrap_or_default();
        self.wanted.credits = credits.unwrap_or_default();
        if let Ok(parsed) = filter::parse(&filter, &context(ctx)) {
            (self.filter_text, self.filter) = (filter.trim().to_owned(), parsed.for_user(&ctx.user));
        }
        self.list.reset();
        self.read(Want::Start, ctx)
    }
}
