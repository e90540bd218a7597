//! Open items over all customers, or every item of one customer, in windows: oldest due first, filtered and sorted by
//! the store, with totals beside them. Enter opens the account at the item.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account::Account;
use super::account_item::ItemScreen;
use super::actions::{self, Subject};
use super::items_view as show;
use super::listing::{ListScreen, Listing};
use crate::domain::money::Money;
use crate::domain::text::counted;
use crate::store::read::account::{Full, full};
use crate::store::read::items::{ItemRow, Question, Totals, ids, items, totals};
use crate::store::read::window::Window;
use crate::tui::app::{Answer, Call, CmdId, Command, Ctx, Effect, Grid, Place, Row, Scope, Screen, Sort, Want};
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
    actions::MAIL,
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
    listing: Listing<Item>,
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
            listing: Listing::new(show::COLUMNS, Sort { column: "due", descending: false }),
            totals: None,
        }
    }

    /// Every item one customer ever had, the newest first.
    pub fn of_customer(customer: i64) -> Items {
        let grid = Grid::new(show::COLUMNS, Sort { column: "date", descending: true }).hiding(&["name"]);
        let sort = grid.sort;
        Items { customer: Some(customer), listing: Listing { grid, ..Listing::new(show::COLUMNS, sort) }, totals: None }
    }

    /// Whether it shows items of all customers.
    pub(super) fn is_whole(&self) -> bool {
        self.customer.is_none()
    }

    fn question(&self, ctx: &Ctx) -> Question {
        let sort = match self.listing.grid.sort {
            // More days late means due earlier.
            Sort { column: "days", descending } => Sort { column: "due", descending: !descending },
            sort => sort,
        };
        let filter =
            if self.is_whole() { self.listing.parsed.clone() } else { show::also_paid(self.listing.parsed.clone()) };
        Question { today: ctx.today, filter, sort, customer: self.customer }
    }

    /// Puts the cursor on an item, wherever it is in the list.
    pub fn show(&mut self, item: i64, ctx: &Ctx) -> Vec<Effect> {
        self.go_to(&item.to_string(), ctx)
    }

    /// The customers of the marked items, or of the one under the cursor.
    fn subject(&self, ctx: &Ctx) -> Subject {
        let wanted = self.listing.list.targets();
        let rows: Vec<&ItemRow> =
            self.listing.list.rows().iter().map(|row| &row.0).filter(|row| wanted.contains(&row.id)).collect();
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
        let sums = if self.listing.list.marked() > 0 {
            self.listing.list.marked_sums()
        } else {
            self.listing.list.selected().and_then(Row::sum).into_iter().collect()
        };
        let total: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        Subject { customers, name, total: total.join(" + "), ..Subject::default() }
    }

    /// Runs an action: about one customer, its account is read first, because credits may be needed beside the chosen
    /// items.
    fn start(&self, id: CmdId, ctx: &Ctx) -> Vec<Effect> {
        let subject = self.subject(ctx);
        match subject.customers[..] {
            [customer] if COMMANDS.iter().any(|row| row.id == id) => {
                let (today, chosen) = (ctx.today, self.listing.list.targets());
                vec![Effect::ask("subject", move |reader| Ok((id, chosen, full(reader, today, customer)?)))]
            }
            _ => actions::run(id, &subject, ctx).unwrap_or_default(),
        }
    }

    /// Marks beyond the window that is known: acting on them would leave some out silently.
    fn unknown_marks(&self) -> bool {
        let wanted = self.listing.list.targets();
        wanted.iter().any(|id| !self.listing.list.rows().iter().any(|row| row.0.id == *id))
    }
}

impl ListScreen for Items {
    type Line = Item;
    fn listing(&self) -> &Listing<Item> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<Item> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        if self.is_whole() { "items" } else { "invoices" }
    }
    fn title(&self) -> String {
        if self.is_whole() { "Items" } else { "Invoices" }.to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        if self.is_whole() { COMMANDS } else { &[] }
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
    fn ask_all(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = self.question(ctx);
        let mut asks = self.ask(want, ctx);
        asks.push(Effect::ask("totals", move |reader| totals(reader, &question)));
        asks
    }
    fn ready(&self) -> bool {
        self.customer != Some(NOBODY)
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(window) = answer.take::<Window<Item>>() {
            self.listing.list.load(window);
        }
    }
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
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
            "totals" => self.totals = answer.take(),
            _ => {}
        }
        Vec::new()
    }
    fn open(&self, row: &Item, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Open(if self.is_whole() {
            Box::new(Account::at_item(row.0.customer, row.0.id))
        } else {
            Box::new(ItemScreen::new(row.0.id))
        })]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match (call.id, self.listing.list.selected()) {
            ("item.open", Some(row)) => vec![Effect::Open(Box::new(ItemScreen::new(row.0.id)))],
            ("item.open", None) => Vec::new(),
            (id, _) => self.start(id, ctx),
        }
    }
    fn instead(&self, call: &Call) -> Option<String> {
        let column = call.key.and_then(|letter| self.listing.grid.by_letter(letter));
        let column = column.filter(|column| call.id == "list.sort" && column.id == "state")?;
        Some(format!("items are not sorted by {}; f {} filters by it", column.title.to_lowercase(), column.letter))
    }
    fn term(&self, row: &Item, column: &str, ctx: &Ctx) -> Option<String> {
        show::term(&row.0, column, ctx)
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        if self.listing.list.total() == 0 && self.listing.list.marked() == 0 {
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
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let shown = show::Shown { listing: &self.listing, totals: self.totals.as_ref(), whole: self.is_whole() };
        shown.draw(buf, area, ctx, focused);
    }
    fn counts(&self, ctx: &Ctx) -> String {
        let money = |sum: &Money| text::amount_with_currency(*sum, ctx.numbers);
        let open: Vec<String> =
            self.totals.iter().flat_map(|totals| &totals.open).map(|(c, m)| money(&Money::new(*m, *c))).collect();
        let open = if open.is_empty() { String::new() } else { format!("  open {}", open.join(" ")) };
        format!("{}{open}", counted(self.listing.list.total(), "item"))
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        let titles: Vec<&str> = self.listing.grid.columns().iter().map(|column| column.title).collect();
        format!("{}\tCUR", titles.join("\t"))
    }
    fn raw(&self, row: &Item, ctx: &Ctx) -> String {
        show::raw(&row.0, &self.listing.grid, ctx)
    }
    fn copied(&self, what: char, row: &Item, _ctx: &Ctx) -> Option<(String, String)> {
        Some(match what {
            'i' => (row.0.number.clone(), "invoice number".to_owned()),
            'c' => (row.0.name.clone(), "customer".to_owned()),
            'a' => (Money::new(row.0.open, row.0.currency).plain(), "amount".to_owned()),
            _ => return None,
        })
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(show::why(&self.listing.list.selected()?.0, ctx))
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(show::open_of(&self.listing.list.selected()?.0, ctx))
    }
}
