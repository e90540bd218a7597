//! How a list of items looks: columns and cells, totals per currency, the short look below, the terms `f` adds, and
//! what is copied.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::items::Item;
use super::listing::Listing;
use crate::domain::money::Money;
use crate::domain::promise::State;
use crate::domain::text::counted;
use crate::language::filter::{Field, Filter, Op, Value};
use crate::store::read::items::{ItemRow, Totals};
use crate::tui::app::{Ctx, Grid};
use crate::tui::ui::paint::Fact;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::rest;
use crate::tui::ui::{layout, paint, text};

/// The columns. An amount in another currency than the book's carries its code.
pub const COLUMNS: &[Column] = &[
    Column::words("number", "INVOICE", 'i', 0, 9, 16),
    Column::words("name", "CUSTOMER", 'c', 1, 12, 36),
    Column::words("date", "ISSUED", 'd', 5, 9, 9),
    Column::words("due", "DUE", 'u', 2, 9, 9),
    Column { max: 18, ..Column::number("amount", "AMOUNT", 'a', 4, 12) },
    Column { max: 18, ..Column::number("open", "OPEN", 'o', 0, 13) },
    Column::number("days", "DAYS", 'y', 1, 5),
    Column::words("state", "STATE", 's', 3, 14, 18),
];

/// Everything drawing needs.
pub struct Shown<'a> {
    /// Rows, columns and filter.
    pub listing: &'a Listing<Item>,
    /// What the whole list adds up to.
    pub totals: Option<&'a Totals>,
    /// Items of all customers.
    pub whole: bool,
}

impl Shown<'_> {
    /// Draws the rows, and below them the totals.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let lines: Vec<String> = self.empty().into_iter().map(|line| format!(" {line}")).collect();
            return paint::lines(buf, area, &lines, ctx.style(Role::Dim), ctx.glyphs);
        }
        let foot = if self.whole && area.height >= 10 { 4 } else { u16::from(area.height >= 4) };
        let [upper, lower] = layout::above(area, foot);
        self.listing.draw(buf, upper, ctx, focused, Vec::new(), |row| cells(&row.0, ctx));
        self.foot(buf, lower, ctx);
    }

    fn foot(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
        let Some(total) = self.totals.map(|totals| total_line(totals, ctx)) else { return };
        if area.height < 4 {
            return paint::lines(buf, area, &[total], ctx.style(Role::Dim), ctx.glyphs);
        }
        let rule = ctx.glyphs.horizontal.repeat(usize::from(area.width));
        paint::text(buf, area, area.x, area.y, &rule, ctx.style(Role::Dim), ctx.glyphs);
        let below = Rect { y: area.y + 1, height: area.height - 1, ..area };
        paint::lines(buf, below, &[total], ctx.style(Role::Text), ctx.glyphs);
        let Some(row) = self.listing.list.selected() else { return };
        let below = Rect { x: area.x + 1, y: area.y + 2, width: area.width.saturating_sub(1), height: area.height - 2 };
        let more = rest(&row.0.name, self.listing.room("name", area.width), ctx.glyphs);
        let mut lines = peek(&row.0, ctx);
        lines[0].push(("", more, 15));
        paint::facts(buf, below, &lines, ctx.theme, ctx.glyphs);
    }

    fn empty(&self) -> Vec<String> {
        match (self.listing.filter.is_empty(), self.whole) {
            (false, _) => vec![
                format!("No item passes the filter \"{}\".", self.listing.filter),
                "/ and Ctrl-u shows all; is:paid shows closed ones.".to_owned(),
            ],
            (true, true) => vec![
                "Nothing is open in this book.".to_owned(),
                "o2c import invoices FILE takes invoices in; the filter is:paid shows closed ones.".to_owned(),
            ],
            (true, false) => vec!["This customer has never been sent an invoice.".to_owned()],
        }
    }
}

/// `1,204 items   total 84,300.00 EUR  1,000.00 USD`
fn total_line(totals: &Totals, ctx: &Ctx) -> String {
    let sums: Vec<String> = totals
        .open
        .iter()
        .map(|(currency, minor)| text::amount_with_currency(Money::new(*minor, *currency), ctx.numbers))
        .collect();
    format!(" total open of {}, credits taken off: {}", counted(totals.items, "item"), sums.join("  "))
}

/// What a customer was sent, paid or not, without what the customer paid: that is on the item it paid.
pub fn also_paid(filter: Filter) -> Filter {
    let flag = |name: &'static str| Filter::Term { field: Field::Is, op: Op::Is, value: Value::Flag(name) };
    let receipt = Filter::Not(Box::new(flag("cash")));
    Filter::And(vec![Filter::Or(vec![flag("open"), flag("closed")]), receipt, filter])
}

/// An amount, with its code when it is not in the book's currency.
pub fn amount(minor: i64, row: &ItemRow, ctx: &Ctx) -> String {
    let shown = text::amount(Money::new(minor, row.currency), ctx.numbers);
    if row.currency == ctx.base || minor == 0 { shown } else { format!("{shown} {}", row.currency) }
}

fn cells(row: &ItemRow, ctx: &Ctx) -> Vec<Cell> {
    let days = row.days(ctx.today);
    let role = if days > 0 { Role::Late } else { Role::Text };
    let state = match row.closed_on {
        Some(on) if row.amount < 0 => format!("used {}", text::day(on)).into(),
        Some(on) => Cell::new(format!("paid {}", text::day(on)), Role::Good),
        None => row.state(ctx.today).into(),
    };
    let number = if row.part > 1 { format!("{}/{}", row.number, row.part) } else { row.number.clone() };
    vec![
        number.into(),
        row.name.as_str().into(),
        text::day(row.date).into(),
        text::day(row.due).into(),
        amount(row.amount, row, ctx).into(),
        amount(row.open, row, ctx).into(),
        Cell::new(text::days(days), role),
        state,
    ]
}

/// What a collector should know of an item, in a line.
fn story(row: &ItemRow, ctx: &Ctx) -> String {
    let mut parts = vec![match (row.closed_on, row.days(ctx.today)) {
        (Some(on), _) => format!("closed on {}", text::weekday(on)),
        (None, 0) => format!("due {}", text::weekday(row.due)),
        (None, days) => format!("due {}, {days} days ago", text::weekday(row.due)),
    }];
    if row.disputed != 0 {
        let number = row.dispute.as_deref().unwrap_or("");
        parts.push(format!("{} in dispute {number}", amount(row.disputed, row, ctx)).trim().to_owned());
    }
    if let Some((on, minor, state)) = row.promise {
        parts.push(format!("promise {} for {}: {}", amount(minor, row, ctx), text::weekday(on), state.word()));
    }
    parts.join("   ")
}

/// What the row does not say.
fn peek(row: &ItemRow, ctx: &Ctx) -> [Vec<Fact<'static>>; 2] {
    let disputed = match row.disputed {
        0 => "-".to_owned(),
        minor => format!("{} {}", amount(minor, row, ctx), row.dispute.as_deref().unwrap_or("")).trim().to_owned(),
    };
    let promise = row.promise.map_or("-".to_owned(), |(on, minor, state)| {
        // One that is open needs no word: the list says so beside it.
        let state = if state == State::Open { String::new() } else { format!(", {}", state.word()) };
        format!("{} for {}{state}", amount(minor, row, ctx), text::day(on))
    });
    [
        vec![
            ("kind", row.kind.name().to_owned(), 11),
            ("amount", amount(row.amount, row, ctx), 18),
            ("issued", text::day(row.date), 9),
        ],
        vec![("disputed", disputed, 20), ("promise", promise, 36)],
    ]
}

/// Why the item is in the list.
pub fn why(row: &ItemRow, ctx: &Ctx) -> Vec<String> {
    vec![
        format!("{} {} of {}", row.kind.name(), row.number, row.name),
        format!("Open {} of {}.", amount(row.open, row, ctx), amount(row.amount, row, ctx)),
        format!("{}.", story(row, ctx)),
        format!("State: {}. a shows what was set against it.", row.state(ctx.today)),
    ]
}

/// How the open amount is reached.
pub fn open_of(row: &ItemRow, ctx: &Ctx) -> Vec<String> {
    let set = row.amount.saturating_sub(row.open);
    let show = |minor: i64| format!("{:>16}", Money::new(minor, row.currency).grouped(ctx.numbers));
    vec![
        format!("  {:<28}{}", format!("{} {}", row.kind.name(), row.number), show(row.amount)),
        format!("- {:<28}{}", "set against it", show(set)),
        format!("= {:<28}{} {}", "open", show(row.open), row.currency),
        "a lists what was set against it, one by one.".to_owned(),
    ]
}

/// The filter term for a row's value in a column.
pub fn term(row: &ItemRow, column: &str, ctx: &Ctx) -> Option<String> {
    let units = |minor: i64| Money::new(minor, row.currency).plain();
    Some(match column {
        "number" => format!("inv:\"{}\"", row.number),
        "name" => format!("name:\"{}\"", row.name.replace('"', "")),
        "due" => format!("due:{}", row.due),
        "open" | "amount" => format!("open>={} cur:{}", units(row.open), row.currency.code().to_lowercase()),
        "days" => format!("over>={}", row.days(ctx.today)),
        "state" if row.open == 0 => "is:closed".to_owned(),
        "state" if row.dispute.is_some() => "has:dispute".to_owned(),
        "state" if row.promise.is_some() => "has:promise".to_owned(),
        "state" if row.days(ctx.today) > 0 => "is:overdue".to_owned(),
        "state" => "is:current".to_owned(),
        _ => return None,
    })
}

/// A row for a spreadsheet: raw numbers and dates, tab-separated, the currency in a column of its own.
pub fn raw(row: &ItemRow, grid: &Grid, ctx: &Ctx) -> String {
    let mut cells = cells(row, ctx);
    cells[2] = row.date.to_string().into();
    cells[3] = row.due.to_string().into();
    cells[4] = Money::new(row.amount, row.currency).plain().into();
    cells[5] = Money::new(row.open, row.currency).plain().into();
    cells[6] = row.days(ctx.today).to_string().into();
    let shown: Vec<String> = grid.cells(cells).into_iter().map(|cell| cell.text).collect();
    format!("{}\t{}", shown.join("\t"), row.currency)
}
