//! Statements of the bank, the last one first: opening and closing balance with what came in and went out between them,
//! and how far the rules came with the receipts. Enter shows the payments of one and what became of each.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listing::{ListScreen, Listing, with_peek};
use super::statement::StatementScreen;
use super::statements_take as take;
use crate::acts::{Done, Failure};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::store::read::bank::AccountRow;
use crate::store::read::statements::{Hits, StatementRow, Statements, statements};
use crate::store::read::window;
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Tier, Want};
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{paint, text};

/// `g s`, and `:statements FILTER`.
pub const PLACE: Place = Place {
    command: Command::look(
        "statements",
        &["g s"],
        "statements",
        "Bank statements: balances, gaps, what the rules settled.",
    )
    .words("bank account balance statement camt mt940 hit rate")
    .takes("FILTER")
    .verb("bank statements")
    .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = StatementList::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// The keys of the list.
pub const COMMANDS: &[Command] = &[
    Command::write(take::ID, &["i"], "take in", "Take a file of the bank in, after a review.", Tier::Many)
        .hint(60)
        .right(Right::Import)
        .words("import file camt mt940 ofx csv statement bank")
        .verb("import statement"),
    Command::write(take::ACCOUNT, &["n"], "new account", "Add an account the company has at a bank.", Tier::Many)
        .hint(40)
        .right(Right::Settings)
        .words("bank account iban")
        .verb("bank add"),
];

const COLUMNS: &[Column] = &[
    Column::words("number", "STATEMENT", 'n', 0, 10, 22),
    Column::words("to", "UNTIL", 't', 0, 9, 9),
    Column::number("opening", "OPENING", 'o', 3, 14),
    Column::number("in", "IN", 'i', 1, 13),
    Column::number("out", "OUT", 'u', 2, 13),
    Column::number("closing", "CLOSING", 'c', 0, 14),
    Column::number("gap", "GAP", 'g', 4, 10),
    Column::number("entries", "ENTRIES", 'e', 5, 7),
    Column::number("waits", "WAIT", 'w', 1, 5),
    Column::number("rules", "RULES", 'r', 3, 5),
    Column::words("account", "ACCOUNT", 'a', 6, 8, 16),
];

impl Row for StatementRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.line.id
    }
    fn group(&self) -> u64 {
        u64::try_from(chrono::Datelike::num_days_from_ce(&self.line.to)).unwrap_or(0)
    }
}

/// The list of statements.
pub struct StatementList {
    listing: Listing<StatementRow>,
    accounts: Vec<AccountRow>,
    taking: take::Taking,
}

impl Default for StatementList {
    fn default() -> Self {
        StatementList::new()
    }
}

/// `82%`, and `-` where there is nothing to divide by.
fn share(part: i64, of: i64) -> String {
    if of == 0 { "-".to_owned() } else { format!("{}%", part * 100 / of) }
}

impl StatementList {
    /// All statements, the last one first.
    pub fn new() -> StatementList {
        StatementList {
            listing: Listing::new(COLUMNS, Sort { column: "", descending: false }),
            accounts: Vec::new(),
            taking: take::Taking::default(),
        }
    }

    /// What the rules did with the receipts of the rows that are known.
    fn hits(&self) -> Hits {
        let mut hits = Hits::default();
        self.listing.list.rows().iter().for_each(|row| hits.add(row.hits));
        hits
    }

    fn account(&self, row: &StatementRow, ctx: &Ctx) -> String {
        let account = self.accounts.iter().find(|account| account.name == row.line.account);
        account.map_or(String::new(), |account| balance(account, ctx))
    }

    fn peek(&self, ctx: &Ctx) -> Vec<String> {
        let Some(row) = self.listing.list.selected() else { return Vec::new() };
        let hits = row.hits;
        let money = |minor| text::amount_with_currency(Money::new(minor, row.line.currency), ctx.numbers);
        let gap = match (row.line.gap, row.line.first) {
            (0, _) => "joins on to the one before".to_owned(),
            (gap, true) => format!("{} was there before the first statement", money(gap)),
            (gap, false) => format!("{} is missing between it and the one before", money(gap)),
        };
        vec![
            format!("{}  {}, {}", self.account(row, ctx), row.line.format, gap),
            format!(
                "{}: payer found {}, settled by the rules untouched {}, {} wait",
                if hits.receipts == 1 { "1 receipt".to_owned() } else { format!("{} receipts", hits.receipts) },
                share(hits.payer, hits.receipts),
                share(hits.untouched, hits.receipts),
                hits.waiting
            ),
        ]
    }
}

/// `main 1,200.00 EUR by the book`.
pub(super) fn balance(account: &AccountRow, ctx: &Ctx) -> String {
    let money = text::amount_with_currency(Money::new(account.balance, account.currency), ctx.numbers);
    format!("{} {money} by the book", account.name)
}

fn cells(row: &StatementRow, ctx: &Ctx) -> Vec<Cell> {
    let line = &row.line;
    let money = |minor| -> Cell { Money::new(minor, line.currency).grouped(ctx.numbers).into() };
    let maybe = |minor: Option<i64>| minor.map_or_else(|| "-".into(), money);
    let gap = match (line.gap, line.first) {
        (0, _) | (_, true) => Cell::from("-"),
        (gap, _) => Cell::new(Money::new(gap, line.currency).grouped(ctx.numbers), Role::Late),
    };
    vec![
        (&*line.number).into(),
        text::day(line.to).into(),
        maybe(line.opening),
        text::amount(Money::new(row.received, line.currency), ctx.numbers).into(),
        text::amount(Money::new(row.sent, line.currency), ctx.numbers).into(),
        maybe(line.closing),
        gap,
        line.entries.to_string().into(),
        (if row.hits.waiting == 0 { "-".to_owned() } else { row.hits.waiting.to_string() }).into(),
        share(row.hits.untouched, row.hits.receipts).into(),
        (&*line.account).into(),
    ]
}

impl ListScreen for StatementList {
    type Line = StatementRow;
    fn listing(&self) -> &Listing<StatementRow> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<StatementRow> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "statements"
    }
    fn title(&self) -> String {
        "Statements".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, _ctx: &Ctx) -> Vec<Effect> {
        let filter = self.listing.parsed.clone();
        let want = want.rows().unwrap_or(window::Want::Start);
        vec![Effect::ask("rows", move |reader| statements(reader, &filter, want))]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(found) = answer.take::<Statements>() {
            self.accounts = found.accounts;
            self.listing.list.load(found.window);
        }
    }
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match name {
            take::ASKED => self.taking.asked(answer),
            take::READ => self.taking.read(answer, ctx),
            _ => Vec::new(),
        }
    }
    fn performed(&mut self, name: &'static str, result: &Result<Done, Failure>, _ctx: &Ctx) -> Vec<Effect> {
        if name == take::ID {
            self.taking.performed(result);
        }
        Vec::new()
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            take::ID => self.taking.form(&self.accounts, ctx),
            take::ACCOUNT => take::account_form(ctx),
            _ => Vec::new(),
        }
    }
    fn instead(&self, call: &Call) -> Option<String> {
        Some(match call.id {
            "list.sort" => "statements are in the order they were taken in, the last one first".to_owned(),
            "list.mark" | "list.range" | "list.mark-all" | "list.invert" => {
                "statements are looked at one by one".to_owned()
            }
            _ => return None,
        })
    }
    fn open(&self, row: &StatementRow, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Open(Box::new(StatementScreen::new(row.line.clone())))]
    }
    fn term(&self, row: &StatementRow, column: &str, _ctx: &Ctx) -> Option<String> {
        (column == "account").then(|| format!("name:\"{}\"", row.line.account.replace('"', "")))
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let [list, inside] = with_peek(buf, area, 2, ctx);
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let empty = match self.listing.filter.as_str() {
                "" => "no statement was taken in yet; i takes a file of the bank in".to_owned(),
                filter => format!("no statement passes {filter}; / changes it"),
            };
            paint::text(buf, list, list.x + 1, list.y, &empty, ctx.style(Role::Dim), ctx.glyphs);
            return;
        }
        self.listing.draw(buf, list, ctx, focused, Vec::new(), |row| cells(row, ctx));
        paint::lines(buf, inside, &self.peek(ctx), ctx.style(Role::Text), ctx.glyphs);
    }
    fn counts(&self, _ctx: &Ctx) -> String {
        let hits = self.hits();
        let total = self.listing.list.total();
        let plural = if total == 1 { "statement" } else { "statements" };
        let (payer, rules) = (share(hits.payer, hits.receipts), share(hits.untouched, hits.receipts));
        format!("{total} {plural}  payer found {payer}  settled by rules {rules}")
    }
    fn note(&self, _ctx: &Ctx) -> String {
        if self.listing.list.is_loaded() { String::new() } else { "loading statements".to_owned() }
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "statement\taccount\tfrom\tuntil\topening\tin\tout\tclosing\tgap\tentries\twaiting\tcurrency".to_owned()
    }
    fn raw(&self, row: &StatementRow, _ctx: &Ctx) -> String {
        let line = &row.line;
        let money = |minor| Money::new(minor, line.currency).plain();
        let maybe = |minor: Option<i64>| minor.map(money).unwrap_or_default();
        [
            line.number.clone(),
            line.account.clone(),
            line.from.to_string(),
            line.to.to_string(),
            maybe(line.opening),
            money(row.received),
            money(row.sent),
            maybe(line.closing),
            money(line.gap),
            line.entries.to_string(),
            row.hits.waiting.to_string(),
            line.currency.code().to_owned(),
        ]
        .join("\t")
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.listing.list.selected()?;
        let mut lines = self.peek(ctx);
        lines.push("The balance by the book is the last statement's, reached by adding gaps and entries.".to_owned());
        lines.extend(self.accounts.iter().map(|account| balance(account, ctx)));
        Some(lines)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let row = self.listing.list.selected()?;
        let money = |minor| text::amount_with_currency(Money::new(minor, row.line.currency), ctx.numbers);
        let hits = self.hits();
        Some(vec![
            format!("opening {} + in {}", money(row.line.opening.unwrap_or(0)), money(row.received)),
            format!("  + out {} = closing {}", money(row.sent), money(row.line.closing.unwrap_or(0))),
            format!("entries the book had already are not added again: {} of them", row.line.known),
            String::new(),
            format!("payer found = receipts whose payer the rules named = {} of {}", hits.payer, hits.receipts),
            format!("settled by rules = receipts nobody touched = {} of {}", hits.untouched, hits.receipts),
            format!("both over the {} statements read so far", self.listing.list.rows().len()),
        ])
    }
}
