//! The customers list: who owes what, how late, how each pays, how much of the limit is used. The row under the cursor
//! is shown in short below, or in full beside the list where there is room; Enter opens the account.

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{self, Subject};
use super::customers_view as show;
use super::listing::{ListScreen, Listing};
use crate::domain::money::{Currency, Money};
use crate::domain::text::counted;
use crate::store::read::account::{Full, full};
use crate::store::read::accounts::{Account, Sums};
use crate::store::read::customers::{Question, customers, ids};
use crate::store::read::window::{Want as ReadWant, Window};
use crate::store::{Reader, StoreError};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Want};
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
    listing: Listing<CustomerRow>,
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
            listing: Listing::new(show::COLUMNS, Sort { column: "open", descending: true }),
            sums: Sums::default(),
            no_rate: false,
            detail: None,
        }
    }

    fn question(&self, today: NaiveDate) -> Question {
        Question { today, filter: self.listing.parsed.clone(), sort: self.listing.grid.sort }
    }

    /// What an action is about: the marked customers, or the one under the cursor.
    fn subject(&self, ctx: &Ctx) -> Subject {
        let customers = self.listing.list.targets();
        let name = match (customers.len(), self.listing.list.selected()) {
            (1, Some(row)) if customers[0] == row.account.id => row.account.name.to_string(),
            (1, _) => {
                let known = self.listing.list.rows().iter().find(|row| row.account.id == customers[0]);
                known.map_or_else(|| "1 customer".to_owned(), |row| row.account.name.to_string())
            }
            (many, _) => format!("{many} customers"),
        };
        let sums = if self.listing.list.marked() > 0 {
            self.listing.list.marked_sums()
        } else {
            self.listing.list.selected().and_then(Row::sum).into_iter().collect()
        };
        let total: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        Subject { customers, name, total: total.join(" + "), ..Subject::default() }
    }
}

fn listed(reader: &Reader, question: &Question, want: ReadWant<i64>, base: Currency) -> Result<Listed, StoreError> {
    let answer = customers(reader, question, want)?;
    let rows = answer.window.rows.into_iter().map(|account| CustomerRow { account, base }).collect();
    let window = Window { first: answer.window.first, rows, total: answer.window.total };
    Ok(Listed { window, sums: answer.sums, no_rate: answer.no_rate })
}

impl ListScreen for Customers {
    type Line = CustomerRow;
    fn listing(&self) -> &Listing<CustomerRow> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<CustomerRow> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "customers"
    }
    fn title(&self) -> String {
        "Customers".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let (question, base) = (self.question(ctx.today), ctx.base);
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| listed(reader, &question, want, base)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question, base)?)))
            }
        }]
    }
    fn forget(&mut self) {
        self.detail = None;
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(listed) = answer.take::<Listed>() {
            (self.sums, self.no_rate) = (listed.sums, listed.no_rate);
            self.listing.list.load(listed.window);
        }
    }
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match actions::answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) if name == "detail" => self.detail = own.take::<Option<Full>>().flatten(),
            Err(_) => {}
        }
        Vec::new()
    }
    /// Asks for the customer under the cursor in full, unless it is there already.
    fn look(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (Some(id), today) = (self.listing.list.cursor(), ctx.today) else { return Vec::new() };
        if self.detail.as_ref().is_some_and(|detail| detail.account.id == id) {
            return Vec::new();
        }
        vec![Effect::ask("detail", move |reader| full(reader, today, id))]
    }
    fn open(&self, row: &CustomerRow, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Go("customer", row.account.number.to_string())]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        actions::run(call.id, &self.subject(ctx), ctx).unwrap_or_default()
    }
    fn instead(&self, call: &Call) -> Option<String> {
        let by_limit = call.id == "list.sort" && call.key == Some('m');
        by_limit.then(|| "the list is sorted by LIMIT% (s l), not by the limit itself".to_owned())
    }
    fn term(&self, row: &CustomerRow, column: &str, ctx: &Ctx) -> Option<String> {
        let account = &row.account;
        Some(match column {
            "name" => format!("no:{}", account.number),
            "owner" => format!("owner={}", if account.owner.is_empty() { "\"\"" } else { &account.owner }),
            "risk" => format!("risk:{}", show::grade(account.risk).to_lowercase()),
            "days" | "overdue" => format!("over>={}", account.oldest_days(ctx.today).max(1)),
            "open" => format!("open>={}", show::units(row.sum())),
            _ => return None,
        })
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        if self.listing.list.total() == 0 && self.listing.list.marked() == 0 {
            return Err("no customer is selected".to_owned());
        }
        actions::guard(command.id, &self.subject(ctx), ctx)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let detail = self.detail.as_ref().filter(|detail| Some(detail.account.id) == self.listing.list.cursor());
        let shown = show::Shown { listing: &self.listing, sums: &self.sums, no_rate: self.no_rate, detail };
        shown.draw(buf, area, ctx, focused);
    }
    fn counts(&self, ctx: &Ctx) -> String {
        let money = |minor: i64| Money::new(minor, ctx.base).grouped(ctx.numbers);
        let (net, overdue) = (self.sums.net(), self.sums.overdue());
        let share =
            if net > 0 { format!(" ({})", text::percent(overdue.saturating_mul(1_000) / net)) } else { String::new() };
        let many = counted(self.listing.list.total(), "customer");
        format!("{many}  open {}  overdue {} {}{share}", money(net), money(overdue), ctx.base)
    }
    fn note(&self, _ctx: &Ctx) -> String {
        if self.no_rate { "items without a rate left out".to_owned() } else { String::new() }
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        self.listing.grid.columns().iter().map(|column| column.title).collect::<Vec<_>>().join("\t")
    }
    fn raw(&self, row: &CustomerRow, ctx: &Ctx) -> String {
        show::raw(&row.account, &self.listing.grid, ctx)
    }
    fn copied(&self, what: char, row: &CustomerRow, _ctx: &Ctx) -> Option<(String, String)> {
        show::copied(what, row, self.detail.as_ref())
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let account = &self.listing.list.selected()?.account;
        let known = self.detail.as_ref().filter(|full| full.account.id == account.id);
        let off = known.and_then(|full| full.off_list.as_ref()).map(|why| format!("Not on today's list: {why}."));
        Some(show::why(account, ctx).into_iter().chain(off).collect())
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(show::sum_of(&self.listing.list.selected()?.account, ctx))
    }
}
