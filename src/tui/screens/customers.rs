//! The customers list: who owes what, how late, how each pays, how much of the limit is used. The row under the cursor
//! is shown in short below, or in full beside the list where there is room; Enter opens the account.

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{self, Subject};
use super::customers_view as show;
use crate::domain::money::{Currency, Money};
use crate::language::dates::DateOrder;
use crate::language::filter::{Context, Filter, parse};
use crate::store::read::account::{Full, full};
use crate::store::read::accounts::{Account, Sums};
use crate::store::read::customers::{Question, customers, ids};
use crate::store::read::window::{Want as ReadWant, Window};
use crate::store::{Reader, StoreError};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, FilterError, Grid, Gridded, Handled, ListState, Place, Row, Scope,
    Screen, Sort, Status, Want,
};
use crate::tui::ui::text;

/// `g c`, and `:customers FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("customers", &["g c"], "customers", "All customers with what is open and how they pay.")
        .words("accounts debtors clients")
        .takes("FILTER")
        .verb("customers")
        .scope(Scope::Global),
    tab: Some("Customers"),
    open: |filter, ctx| {
        let mut screen = Customers::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// The work that can be done on the marked customers or the one under the cursor.
pub const COMMANDS: &[Command] = &actions::ALL;

/// A customer of the list, with the currency its sums are in.
#[derive(Debug, Clone)]
pub struct CustomerRow {
    /// What is open and how it pays.
    pub account: Account,
    /// The book's currency.
    pub base: Currency,
}

impl Row for CustomerRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.account.id
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.account.base.net(), self.base))
    }
}

/// Rows with the sums of the whole list.
struct Listed {
    window: Window<CustomerRow>,
    sums: Sums,
    no_rate: bool,
}

/// The list of customers.
pub struct Customers {
    list: ListState<CustomerRow>,
    grid: Grid,
    filter: String,
    parsed: Filter,
    sums: Sums,
    no_rate: bool,
    /// The customer under the cursor in full, once it arrived.
    detail: Option<Full>,
}

impl Default for Customers {
    fn default() -> Self {
        Customers::new()
    }
}

impl Customers {
    /// All customers, the largest balance first.
    pub fn new() -> Customers {
        Customers {
            list: ListState::new(),
            grid: Grid::new(show::COLUMNS, Sort { column: "open", descending: true }),
            filter: String::new(),
            parsed: Filter::all(),
            sums: Sums::default(),
            no_rate: false,
            detail: None,
        }
    }

    fn question(&self, today: NaiveDate) -> Question {
        Question { today, filter: self.parsed.clone(), sort: self.grid.sort }
    }

    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let (question, base) = (self.question(ctx.today), ctx.base);
        let ask = match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| listed(reader, &question, want, base)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question, base)?)))
            }
        };
        vec![ask]
    }

    /// Asks for the customer under the cursor in full, unless it is there already.
    fn look(&self, ctx: &Ctx) -> Vec<Effect> {
        let (Some(id), today) = (self.list.cursor(), ctx.today) else { return Vec::new() };
        if self.detail.as_ref().is_some_and(|detail| detail.account.id == id) {
            return Vec::new();
        }
        vec![Effect::ask("detail", move |reader| full(reader, today, id))]
    }

    /// What an action is about: the marked customers, or the one under the cursor.
    fn subject(&self, ctx: &Ctx) -> Subject {
        let customers = self.list.targets();
        let name = match (customers.len(), self.list.selected()) {
            (1, Some(row)) if customers[0] == row.account.id => row.account.name.to_string(),
            (1, _) => {
                let known = self.list.rows().iter().find(|row| row.account.id == customers[0]);
                known.map_or_else(|| "1 customer".to_owned(), |row| row.account.name.to_string())
            }
            (many, _) => format!("{many} customers"),
        };
        let sums = if self.list.marked() > 0 {
            self.list.marked_sums()
        } else {
            self.list.selected().and_then(Row::sum).into_iter().collect()
        };
        let total: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        Subject { customers, name, total: total.join(" + "), ..Subject::default() }
    }

    fn filter_by(&self, letter: Option<char>, ctx: &Ctx) -> Vec<Effect> {
        let column = letter.and_then(|letter| self.grid.by_letter(letter)).map_or("", |column| column.id);
        let Some(row) = self.list.selected() else { return Vec::new() };
        let account = &row.account;
        let term = match column {
            "name" => format!("no:{}", account.number),
            "owner" => format!("owner={}", if account.owner.is_empty() { "\"\"" } else { &account.owner }),
            "risk" => format!("risk:{}", show::grade(account.risk).to_lowercase()),
            "days" | "overdue" => format!("over>={}", account.oldest_days(ctx.today).max(1)),
            "open" => format!("open>={}", show::units(row.sum())),
            _ => {
                return vec![Effect::Warn(
                    "this column cannot be filtered by; f c, f o, f v, f r and f w can".to_owned(),
                )];
            }
        };
        let text = format!("{} {term}", self.filter).trim().to_owned();
        vec![Effect::Filter(Default::default(), text)]
    }
}

fn listed(reader: &Reader, question: &Question, want: ReadWant<i64>, base: Currency) -> Result<Listed, StoreError> {
    let answer = customers(reader, question, want)?;
    let rows = answer.window.rows.into_iter().map(|account| CustomerRow { account, base }).collect();
    let window = Window { first: answer.window.first, rows, total: answer.window.total };
    Ok(Listed { window, sums: answer.sums, no_rate: answer.no_rate })
}

/// Reads a filter as a list does, with `me` for the user; the refusal says what would be accepted.
pub(super) fn read_filter(text: &str, ctx: &Ctx) -> Result<Filter, FilterError> {
    let context = Context { today: ctx.today, style: ctx.numbers, date_order: DateOrder::default() };
    match parse(text, &context) {
        Ok(filter) => Ok(filter.for_user(&ctx.user)),
        Err(error) => Err(FilterError {
            at: error.at,
            message: format!("{}; for example {}", error.message.trim_end_matches('.'), error.example),
        }),
    }
}

impl Screen for Customers {
    fn id(&self) -> &'static str {
        "customers"
    }
    fn title(&self) -> String {
        "Customers".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        if self.list.total() == 0 && self.list.marked() == 0 {
            return Err("no customer is selected".to_owned());
        }
        actions::guard(command.id, &self.subject(ctx), ctx)
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match self.list.run(call) {
            Handled::Want(want) => return [self.ask(want, ctx), self.look(ctx)].into_iter().flatten().collect(),
            Handled::Yes => return self.look(ctx),
            Handled::No => {}
        }
        if call.id == "list.sort" && call.key == Some('m') {
            return vec![Effect::Warn("the list is sorted by LIMIT% (s l), not by the limit itself".to_owned())];
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
                row.map(|row| Effect::Go("customer", row.account.number.to_string())).into_iter().collect()
            }
            "list.filter-by" => self.filter_by(call.key, ctx),
            id => actions::run(id, &self.subject(ctx), ctx).unwrap_or_default(),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.detail = None;
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
                if let Some(listed) = answer.take::<Listed>() {
                    (self.sums, self.no_rate) = (listed.sums, listed.no_rate);
                    self.list.load(listed.window);
                }
                return self.look(ctx);
            }
            "detail" => self.detail = answer.take::<Option<Full>>().flatten(),
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
        let detail = self.detail.as_ref().filter(|detail| Some(detail.account.id) == self.list.cursor());
        let shown = show::Shown {
            list: &self.list,
            grid: &self.grid,
            sums: &self.sums,
            filter: &self.filter,
            no_rate: self.no_rate,
            detail,
        };
        shown.draw(buf, area, ctx, focused);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let money = |minor: i64| Money::new(minor, ctx.base).grouped(ctx.numbers);
        let (net, overdue) = (self.sums.net(), self.sums.overdue());
        let share = if net > 0 { format!(" ({}%)", overdue.saturating_mul(100) / net) } else { String::new() };
        let counts = format!(
            "{}  open {}  overdue {}{share}",
            show::counted(self.list.total(), "customer"),
            money(net),
            money(overdue)
        );
        let sums: Vec<String> =
            self.list.marked_sums().iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        let marks = match self.list.marked() {
            0 => String::new(),
            many => format!("marked {many} = {}", sums.join(" ")),
        };
        let note = if self.no_rate { "items without a rate left out".to_owned() } else { String::new() };
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
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        show::copied(what, &self.list, &self.grid, self.detail.as_ref(), ctx)
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(show::why(&self.list.selected()?.account, ctx))
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(show::sum_of(&self.list.selected()?.account, ctx))
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
        let row = self.list.selected()?.account.id.to_string();
        Some(Bookmark { place: "customers".to_owned(), arg: String::new(), row })
    }
    fn go_to(&mut self, row: &str, ctx: &Ctx) -> Vec<Effect> {
        let Ok(id) = row.parse() else { return Vec::new() };
        if self.list.select(id) {
            return self.look(ctx);
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
