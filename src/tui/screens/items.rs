//! Open items over all customers, or every item of one customer, in windows: oldest due first, filtered and sorted by
//! the store, with totals beside them. Enter opens the account at the item.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account::Account;
use super::account_item::ItemScreen;
use super::actions::{self, Subject};
use super::customers::read_filter;
use super::customers_view::counted;
use super::items_view as show;
use crate::domain::money::Money;
use crate::language::filter::Filter;
use crate::store::read::account::{Full, full};
use crate::store::read::items::{ItemRow, Question, Totals, ids, items, totals};
use crate::store::read::window::Window;
use crate::tui::app::{
    Answer, Bookmark, Call, CmdId, Command, Ctx, Effect, FilterError, Grid, Gridded, Handled, ListState, Place, Row,
    Scope, Screen, Sort, Status, Want,
};
use crate::tui::ui::text;

/// `g i`, and `:items FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("items", &["g i"], "items", "Open items of all customers, oldest due first.")
        .words("invoices documents credits")
        .takes("FILTER")
        .verb("items")
        .scope(Scope::Global),
    tab: Some("Items"),
    open: |filter, ctx| {
        let mut screen = Items::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// The work that can be done on the marked items or the one under the cursor.
pub const COMMANDS: &[Command] = &[
    actions::CALL,
    actions::EMAIL,
    actions::PROMISE,
    actions::NOTE,
    actions::DISPUTE,
    actions::FOLLOW_UP,
    actions::PAYMENT,
    actions::CREDIT,
    actions::WRITE_OFF,
    INSPECT,
];

/// What is set against the item under the cursor.
pub const INSPECT: Command =
    Command::look("item.open", &["a"], "applied", "What is set against the item, with the arithmetic.").hint(55);

/// An item of the list.
#[derive(Debug, Clone)]
pub struct Item(pub ItemRow);

impl Row for Item {
    type Id = i64;
    fn id(&self) -> i64 {
        self.0.id
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.0.open, self.0.currency))
    }
    fn group(&self) -> u64 {
        self.0.customer.unsigned_abs()
    }
}

/// Stands for a customer that is not known yet: nothing is asked.
pub(super) const NOBODY: i64 = 0;

/// The list of items.
pub struct Items {
    customer: Option<i64>,
    list: ListState<Item>,
    grid: Grid,
    filter: String,
    parsed: Filter,
    totals: Option<Totals>,
}

impl Default for Items {
    fn default() -> Self {
        Items::new()
    }
}

impl Items {
    /// Open items of all customers, the oldest due first.
    pub fn new() -> Items {
        Items {
            customer: None,
            list: ListState::new(),
            grid: Grid::new(show::COLUMNS, Sort { column: "due", descending: false }),
            filter: String::new(),
            parsed: Filter::all(),
            totals: None,
        }
    }

    /// Every item one customer ever had, the newest first.
    pub fn of_customer(customer: i64) -> Items {
        let grid = Grid::new(show::COLUMNS, Sort { column: "date", descending: true }).hiding(&["name"]);
        Items { customer: Some(customer), grid, ..Items::new() }
    }

    /// Whether it shows items of all customers.
    pub(super) fn is_whole(&self) -> bool {
        self.customer.is_none()
    }

    fn question(&self, ctx: &Ctx) -> Question {
        let sort = match self.grid.sort {
            // More days late means due earlier.
            Sort { column: "days", descending } => Sort { column: "due", descending: !descending },
            sort => sort,
        };
        let filter = if self.is_whole() { self.parsed.clone() } else { show::also_paid(self.parsed.clone()) };
        Question { today: ctx.today, filter, sort, customer: self.customer }
    }

    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = self.question(ctx);
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| {
                let window = items(reader, &question, want)?;
                let rows = window.rows.into_iter().map(Item).collect();
                Ok(Window { first: window.first, rows, total: window.total })
            }),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question)?)))
            }
        }]
    }

    /// Rows from the start and the totals, after another filter.
    fn ask_all(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = self.question(ctx);
        let mut asks = self.ask(want, ctx);
        asks.push(Effect::ask("totals", move |reader| totals(reader, &question)));
        asks
    }

    /// Puts the cursor on an item, wherever it is in the list.
    pub fn show(&mut self, item: i64, ctx: &Ctx) -> Vec<Effect> {
        if self.list.select(item) {
            return Vec::new();
        }
        self.list.select_later(item);
        self.ask(Want::Around(item, 0), ctx)
    }

    /// The customers of the marked items, or of the one under the cursor.
    fn subject(&self, ctx: &Ctx) -> Subject {
        let wanted = self.list.targets();
        let rows: Vec<&ItemRow> =
            self.list.rows().iter().map(|row| &row.0).filter(|row| wanted.contains(&row.id)).collect();
        let mut customers: Vec<i64> = Vec::new();
        for row in &rows {
            if !customers.contains(&row.customer) {
                customers.push(row.customer);
            }
        }
        let name = match (rows.first(), customers.len()) {
            (Some(row), 1) => row.name.clone(),
            (_, many) => format!("{many} customers"),
        };
        let sums = if self.list.marked() > 0 {
            self.list.marked_sums()
        } else {
            self.list.selected().and_then(Row::sum).into_iter().collect()
        };
        let total: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        Subject { customers, name, total: total.join(" + "), ..Subject::default() }
    }

    /// Runs an action: about one customer, its account is read first, because credits may be needed beside the chosen
    /// items.
    fn act(&self, id: CmdId, ctx: &Ctx) -> Vec<Effect> {
        let subject = self.subject(ctx);
        match subject.customers[..] {
            [customer] if COMMANDS.iter().any(|row| row.id == id) => {
                let (today, chosen) = (ctx.today, self.list.targets());
                vec![Effect::ask("subject", move |reader| Ok((id, chosen, full(reader, today, customer)?)))]
            }
            _ => actions::run(id, &subject, ctx).unwrap_or_default(),
        }
    }

    /// Marks beyond the window that is known: acting on them would leave some out silently.
    fn unknown_marks(&self) -> bool {
        let wanted = self.list.targets();
        wanted.iter().any(|id| !self.list.rows().iter().any(|row| row.0.id == *id))
    }

    fn sort(&mut self, call: &Call, ctx: &Ctx) -> Option<Vec<Effect>> {
        let unsorted = call.key.and_then(|letter| self.grid.by_letter(letter)).filter(|column| column.id == "state");
        if let ("list.sort", Some(column)) = (call.id, unsorted) {
            let title = column.title.to_lowercase();
            return Some(vec![Effect::Warn(format!(
                "items are not sorted by {title}; f {} filters by it",
                column.letter
            ))]);
        }
        match self.grid.run(call) {
            Gridded::Yes(effects) => Some(effects),
            Gridded::Reorder => {
                self.list.reset();
                Some(self.ask(Want::Start, ctx))
            }
            Gridded::No => None,
        }
    }

    fn filter_by(&self, letter: Option<char>, ctx: &Ctx) -> Vec<Effect> {
        let column = letter.and_then(|letter| self.grid.by_letter(letter)).map_or("", |column| column.id);
        let Some(row) = self.list.selected() else { return Vec::new() };
        match show::term(&row.0, column, ctx) {
            Some(term) => {
                vec![Effect::Filter(Default::default(), format!("{} {term}", self.filter).trim().to_owned())]
            }
            None => vec![Effect::Warn("no column has that letter; f shows them".to_owned())],
        }
    }
}

impl Screen for Items {
    fn id(&self) -> &'static str {
        if self.is_whole() { "items" } else { "invoices" }
    }
    fn title(&self) -> String {
        if self.is_whole() { "Items" } else { "Invoices" }.to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        if self.is_whole() { COMMANDS } else { &[] }
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        if self.list.total() == 0 && self.list.marked() == 0 {
            return Err("no item is selected".to_owned());
        }
        if command.id == INSPECT.id {
            return Ok(());
        }
        if self.unknown_marks() {
            return Err("some marked items are far away or filtered out; filter to them and mark again".to_owned());
        }
        actions::guard(command.id, &self.subject(ctx), ctx)
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match self.list.run(call) {
            Handled::Want(want) => return self.ask(want, ctx),
            Handled::Yes => return Vec::new(),
            Handled::No => {}
        }
        if let Some(effects) = self.sort(call, ctx) {
            return effects;
        }
        let selected = self.list.selected();
        match call.id {
            "list.open" if self.is_whole() => selected
                .map(|row| Effect::Open(Box::new(Account::at_item(row.0.customer, row.0.id))))
                .into_iter()
                .collect(),
            "list.open" | "item.open" => {
                selected.map(|row| Effect::Open(Box::new(ItemScreen::new(row.0.id)))).into_iter().collect()
            }
            "list.filter-by" => self.filter_by(call.key, ctx),
            id => self.act(id, ctx),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        if self.customer == Some(NOBODY) {
            return Vec::new();
        }
        let want = self.list.reload();
        self.ask_all(want, ctx)
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let answer = match actions::answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) => own,
        };
        match name {
            "subject" => {
                if let Some((id, chosen, Some(full))) = answer.take::<(CmdId, Vec<i64>, Option<Full>)>() {
                    return actions::run(id, &Subject::account(&full, &chosen, ctx), ctx).unwrap_or_default();
                }
            }
            "rows" => {
                if let Some(window) = answer.take::<Window<Item>>() {
                    self.list.load(window);
                }
            }
            "totals" => self.totals = answer.take(),
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
        let shown = show::Shown {
            list: &self.list,
            grid: &self.grid,
            totals: self.totals.as_ref(),
            filter: &self.filter,
            whole: self.is_whole(),
        };
        shown.draw(buf, area, ctx, focused);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let money = |sum: &Money| text::amount_with_currency(*sum, ctx.numbers);
        let open: Vec<String> =
            self.totals.iter().flat_map(|totals| &totals.open).map(|(c, m)| money(&Money::new(*m, *c))).collect();
        let open = if open.is_empty() { String::new() } else { format!("  open {}", open.join(" ")) };
        let counts = format!("{}{open}", counted(self.list.total(), "item"));
        let sums: Vec<String> = self.list.marked_sums().iter().map(money).collect();
        let marks = match self.list.marked() {
            0 => String::new(),
            many => format!("marked {many} = {}", sums.join(" ")),
        };
        Status { counts, filter: self.filter.clone(), marks, note: String::new() }
    }
    fn filter(&self) -> Option<String> {
        Some(self.filter.clone())
    }
    fn set_filter(&mut self, text: &str, ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        self.parsed = read_filter(text, ctx)?;
        self.filter = text.to_owned();
        self.list.reset();
        Ok(self.ask_all(Want::Start, ctx))
    }
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        show::copied(what, &self.list, &self.grid, ctx)
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(show::why(&self.list.selected()?.0, ctx))
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(show::open_of(&self.list.selected()?.0, ctx))
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
        self.is_whole().then(|| Bookmark { place: "items".to_owned(), arg: String::new(), row })
    }
    fn go_to(&mut self, row: &str, ctx: &Ctx) -> Vec<Effect> {
        row.parse().map(|item| self.show(item, ctx)).unwrap_or_default()
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
