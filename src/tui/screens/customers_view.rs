//! How the customers list looks: its columns and cells, the short look below it, the detail beside it, and the words
//! for why a customer stands where it does.

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::customers::CustomerRow;
use super::listing::{Listing, with_peek};
use crate::domain::money::{self, Money};
use crate::domain::text::counted;
use crate::store::read::account::{Event, Full};
use crate::store::read::accounts::{Account, LABELS, Sums};
pub(super) use crate::store::read::worklist::grade;
use crate::tui::app::{Ctx, Grid, Row};
use crate::tui::ui::layout::{self, Class};
use crate::tui::ui::paint::Fact;
use crate::tui::ui::spark::spark;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{paint, text};

/// The columns of the list.
pub const COLUMNS: &[Column] = &[
    Column::words("name", "CUSTOMER", 'c', 0, 24, 40),
    Column::words("number", "NO", 'n', 8, 6, 10),
    Column { max: 16, ..Column::number("open", "OPEN", 'o', 0, 13).in_base() },
    Column { max: 16, ..Column::number("overdue", "OVERDUE", 'v', 1, 13).in_base() },
    Column::number("days", "DAYS", 'd', 7, 5),
    Column::number("dtp", "DTP", 'p', 2, 5),
    Column { max: 15, ..Column::number("credit", "LIMIT", 'm', 5, 11) },
    Column::number("limit", "LIMIT%", 'l', 2, 6),
    Column::words("risk", "RISK", 'r', 3, 4, 4),
    Column::words("owner", "OWNER", 'w', 3, 5, 8),
    Column::number("last", "LAST", 't', 4, 5),
];

/// Everything drawing needs.
pub struct Shown<'a> {
    /// Rows, columns and filter.
    pub listing: &'a Listing<CustomerRow>,
    /// Sums of the whole list.
    pub sums: &'a Sums,
    /// Some items have no rate.
    pub no_rate: bool,
    /// The customer under the cursor.
    pub detail: Option<&'a Full>,
}

impl Shown<'_> {
    /// Draws list and detail as the size of the area allows.
    pub fn draw(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if layout::class(ctx.size.0, ctx.size.1) == Class::S || area.width < 100 {
            let [list, inside] = with_peek(buf, area, 3, ctx);
            self.table(buf, list, ctx, focused);
            let Some(row) = self.listing.list.selected() else { return };
            return paint::facts(buf, inside, &peek(&row.account, self.detail, ctx), ctx.theme, ctx.glyphs);
        }
        let [left, right] = layout::beside(area, 68);
        let sort = self.listing.grid.sort;
        let arrow = if sort.descending { ctx.glyphs.down } else { ctx.glyphs.up };
        let note = format!("{}  sort:{} {arrow}", self.listing.list.total(), sort.column);
        let inside = paint::frame(buf, left, "Customers", &note, focused, ctx.theme, ctx.glyphs);
        self.table(buf, inside, ctx, focused);
        let Some(row) = self.listing.list.selected() else {
            paint::frame(buf, right, "", "", false, ctx.theme, ctx.glyphs);
            return;
        };
        let [upper, lower] = layout::above(right, right.height.saturating_sub(20));
        let risk = format!("risk {}", grade(row.account.risk));
        let inside = paint::frame(buf, upper, &row.account.name, &risk, false, ctx.theme, ctx.glyphs);
        paint::lines(buf, inside, &detail(&row.account, self.detail, ctx), ctx.style(Role::Text), ctx.glyphs);
        let inside = paint::frame(buf, lower, "Timeline", "n note", false, ctx.theme, ctx.glyphs);
        let events = self.detail.map_or(&[][..], |detail| &detail.timeline);
        let lines: Vec<String> = events.iter().map(|event| event_line(event, ctx)).collect();
        paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
    }

    fn table(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let lines: Vec<String> = self.empty().into_iter().map(|line| format!(" {line}")).collect();
            return paint::lines(buf, area, &lines, ctx.style(Role::Text), ctx.glyphs);
        }
        let amount = |minor: i64| Cell::new(text::amount(Money::new(minor, ctx.base), ctx.numbers), Role::Strong);
        let words = if self.no_rate { "total without items lacking a rate" } else { "total" };
        let mut total = vec![Cell::default(); COLUMNS.len()];
        total[0] = Cell::new(words, Role::Strong);
        total[2] = amount(self.sums.net());
        total[3] = amount(self.sums.overdue());
        self.listing.draw(buf, area, ctx, focused, total, |row| cells(&row.account, ctx));
    }

    fn empty(&self) -> Vec<String> {
        if self.listing.filter.is_empty() {
            return vec![
                "There is no customer in this book yet.".to_owned(),
                "o2c import customers FILE takes them from your ledger; o2c demo shows a book with some.".to_owned(),
            ];
        }
        vec![
            format!("No customer passes the filter \"{}\".", self.listing.filter),
            "/ and Ctrl-u shows all again.".to_owned(),
        ]
    }
}

/// Days as the columns show them; an early payer has fewer than none.
fn number_of_days(days: Option<i64>) -> String {
    days.map_or_else(|| "-".to_owned(), |days| format!("{days}d"))
}

/// Use of the credit limit as a whole percentage, `!` above it.
pub fn limit_use(account: &Account) -> Cell {
    match account.limit_use() {
        None => "-".into(),
        Some(used) if used > 1_000 => Cell::new(format!("{}!", text::percent(used)), Role::Late),
        Some(used) if used >= 900 => Cell::new(text::percent(used), Role::Warn),
        Some(used) => text::percent(used).into(),
    }
}

fn cells(account: &Account, ctx: &Ctx) -> Vec<Cell> {
    let late = account.oldest_days(ctx.today) > 0;
    let role = if late { Role::Late } else { Role::Text };
    let limit = account.limit.map(|limit| {
        let code = if account.currency == ctx.base { String::new() } else { format!(" {}", account.currency) };
        format!("{}{code}", text::whole(Money::new(limit, account.currency), ctx.numbers))
    });
    vec![
        if account.blocked {
            Cell::new(format!("{} (hold)", account.name), Role::Late)
        } else {
            (&*account.name).into()
        },
        (&*account.number).into(),
        own(account, |sums| sums.net(), ctx).into(),
        Cell::new(own(account, |sums| sums.overdue(), ctx), role),
        Cell::new(text::days(account.oldest_days(ctx.today)), role),
        number_of_days(account.days_to_pay).into(),
        limit.unwrap_or_else(|| "-".to_owned()).into(),
        limit_use(account),
        grade(account.risk).into(),
        if account.owner.is_empty() { Cell::new("nobody", Role::Dim) } else { (&*account.owner).into() },
        number_of_days(account.last_contact.map(|last| (ctx.today - last).num_days())).into(),
    ]
}

/// A sum of a customer in the book's currency. Where that holds nothing because there is no rate, the sum in its own
/// currency; `+` says that more is without a rate.
fn own(account: &Account, of: fn(&Sums) -> i64, ctx: &Ctx) -> String {
    let base = of(&account.base);
    let shown = text::amount(Money::new(base, ctx.base), ctx.numbers);
    let mut others = account.in_currencies().filter(|(currency, sums)| *currency != ctx.base && of(sums) != 0);
    match (account.no_rate, base, others.next(), others.next()) {
        (false, ..) | (_, _, None, _) => shown,
        (true, 0, Some((currency, sums)), None) => {
            text::amount_with_currency(Money::new(of(&sums), currency), ctx.numbers)
        }
        (true, 0, ..) => "no rate".to_owned(),
        _ => format!("{shown}+"),
    }
}

/// An amount in the book's currency, named where the customer is billed in another one.
fn named(minor: i64, account: &Account, ctx: &Ctx) -> String {
    let money = Money::new(minor, ctx.base);
    if account.currency == ctx.base {
        text::amount(money, ctx.numbers)
    } else {
        text::amount_with_currency(money, ctx.numbers)
    }
}

fn next_due(account: &Account, ctx: &Ctx) -> String {
    match account.next_due {
        Some((due, 0)) if account.no_rate => format!("{} no rate", due.format("%a %d %b")),
        Some((due, amount)) => {
            format!("{} {}", due.format("%a %d %b"), named(amount, account, ctx))
        }
        None => "nothing".to_owned(),
    }
}

fn promise(account: &Account, ctx: &Ctx) -> String {
    match (account.promise_broken, account.promised) {
        (Some(on), _) => format!("broken {}", text::short_day(on, ctx.today)),
        (None, 0) => "none".to_owned(),
        (None, sum) => named(sum, account, ctx),
    }
}

fn dispute(account: &Account, ctx: &Ctx) -> String {
    match account.disputes {
        0 => "none".to_owned(),
        many => format!("{many} = {}", named(account.base.disputed, account, ctx)),
    }
}

fn contact_age(account: &Account, today: NaiveDate) -> String {
    account.last_contact.map_or_else(
        || "never".to_owned(),
        |last| match (today - last).num_days() {
            0 => "today".to_owned(),
            days => format!("{days}d ago"),
        },
    )
}

/// What the row does not say.
fn peek(account: &Account, detail: Option<&Full>, ctx: &Ctx) -> [Vec<Fact<'static>>; 3] {
    let phone = detail.map(|full| full.data.phone.clone()).unwrap_or_default();
    [
        vec![("next due", next_due(account, ctx), 23), ("phone", phone, 20)],
        vec![
            ("terms", account.terms.to_string(), 9),
            ("dispute", dispute(account, ctx), 17),
            ("promise", promise(account, ctx), 14),
            ("last", contact_age(account, ctx.today), 9),
        ],
        vec![("DTP = days to pay, weighted by amount, all paid        ! over credit limit", String::new(), 0)],
    ]
}

fn detail(account: &Account, full: Option<&Full>, ctx: &Ctx) -> Vec<String> {
    let amount = |minor: i64| text::amount_with_currency(Money::new(minor, ctx.base), ctx.numbers);
    let line = |label: &str, value: String| format!(" {label:<11} {value}");
    let limit = match account.limit {
        Some(limit) => format!(
            "{}  {}",
            text::amount_with_currency(Money::new(limit, account.currency), ctx.numbers),
            limit_use(account).text
        ),
        None => "none set".to_owned(),
    };
    let mut lines = vec![
        line("open", amount(account.base.net())),
        line("overdue", amount(account.base.overdue())),
        line("limit", limit),
        line("terms", account.terms.to_string()),
        line("pays in", format!("{}   (all paid invoices)", number_of_days(account.days_to_pay))),
        String::new(),
    ];
    if let Some(full) = full {
        lines.extend(full.unrated.iter().map(|sum| line("no rate", text::amount_with_currency(*sum, ctx.numbers))));
        for (label, value) in [("contact", &full.data.contact), ("", &full.data.phone), ("", &full.data.email)] {
            if !value.is_empty() {
                lines.push(line(label, value.clone()));
            }
        }
    }
    lines.extend([
        String::new(),
        line("next due", next_due(account, ctx)),
        line("promise", promise(account, ctx)),
        line("dispute", dispute(account, ctx)),
        line("hold", if account.blocked { "yes".to_owned() } else { "no".to_owned() }),
    ]);
    if let Some(full) = full.filter(|full| !full.paid.is_empty()) {
        let days: Vec<i64> = full.paid.iter().take(12).rev().map(|paid| paid.days()).collect();
        let words: Vec<String> = days.iter().map(i64::to_string).collect();
        let values: Vec<Option<i64>> = days.iter().copied().map(Some).collect();
        lines.push(String::new());
        lines.push(format!(" days to pay, last {}", counted(days.len() as u64, "invoice")));
        lines.push(format!(" {}", words.join(" ")));
        lines.push(format!(" {}", spark(&values, ctx.glyphs)));
    }
    lines
}

/// One line of a history: day, what, text, amount.
pub fn event_line(event: &Event, ctx: &Ctx) -> String {
    let amount = event.amount.map(|(minor, currency)| {
        let money = Money::new(minor, currency);
        if currency == ctx.base { money.grouped(ctx.numbers) } else { text::amount_with_currency(money, ctx.numbers) }
    });
    format!(
        " {:<10} {:<8} {}  {}",
        text::day(event.on),
        event.kind,
        text::dated(&event.text),
        amount.unwrap_or_default()
    )
    .trim_end()
    .to_owned()
}

/// A plain number in whole units for a filter.
pub fn units(sum: Option<Money>) -> String {
    sum.map_or_else(|| "0".to_owned(), |sum| money::plain(sum.minor, sum.currency.digits()))
}

/// Why the customer is where it is.
pub fn why(account: &Account, ctx: &Ctx) -> Vec<String> {
    let mut lines = vec![format!("{}  {}", account.name, account.number)];
    lines.push(match account.oldest_due {
        Some(due) => format!(
            "Overdue since {} ({}d): {}.",
            text::weekday(due),
            account.oldest_days(ctx.today),
            text::amount_with_currency(Money::new(account.base.overdue(), ctx.base), ctx.numbers)
        ),
        None => "Nothing is overdue.".to_owned(),
    });
    lines.push(format!("Risk {} ({} of 100).", grade(account.risk), account.risk));
    lines.push(format!(
        "Limit used: {}. Hold: {}.",
        limit_use(account).text,
        if account.blocked { "yes" } else { "no" }
    ));
    lines.push(format!("Promise: {}. Dispute: {}.", promise(account, ctx), dispute(account, ctx)));
    if let Some(next) = account.next_on {
        lines.push(format!("Follow-up on {}: {}", text::weekday(next), account.next_what));
    }
    lines
}

/// How the balance is reached: buckets, credits, unapplied money.
pub fn sum_of(account: &Account, ctx: &Ctx) -> Vec<String> {
    let amount = |minor: i64| format!("{:>16}", Money::new(minor, ctx.base).grouped(ctx.numbers));
    let mut lines: Vec<String> = LABELS
        .iter()
        .zip(account.base.buckets)
        .map(|(label, minor)| format!("  {label:<22}{}", amount(minor)))
        .collect();
    lines[0] = lines[0].replacen("not due", "not due yet", 1).replacen("    ", "", 1);
    lines.push(format!("+ {:<22}{}", "credit notes", amount(account.base.credits)));
    lines.push(format!("+ {:<22}{}", "receipts not applied", amount(account.base.unapplied)));
    lines.push(format!("= {:<22}{} {}", "open", amount(account.base.net()), ctx.base));
    lines.push(format!("  {:<22}{}", "of it overdue", amount(account.base.overdue())));
    lines.push(match account.limit {
        Some(limit) => format!(
            "  limit {}; used = open in {} / limit = {}",
            text::amount_with_currency(Money::new(limit, account.currency), ctx.numbers),
            account.currency,
            limit_use(account).text
        ),
        None => "  no credit limit is set".to_owned(),
    });
    if account.no_rate {
        lines.push("  items in a currency without a rate are left out".to_owned());
    }
    lines
}

/// A row for a spreadsheet: the columns shown, raw numbers, tab-separated.
pub fn raw(account: &Account, grid: &Grid, ctx: &Ctx) -> String {
    let mut cells = cells(account, ctx);
    cells[2] = units(Some(Money::new(account.base.net(), ctx.base))).into();
    cells[3] = units(Some(Money::new(account.base.overdue(), ctx.base))).into();
    cells[6] = account.limit.map(|limit| units(Some(Money::new(limit, account.currency)))).unwrap_or_default().into();
    grid.cells(cells).into_iter().map(|cell| cell.text).collect::<Vec<_>>().join("\t")
}

/// What `y` and a letter copy of a row.
pub fn copied(what: char, row: &CustomerRow, full: Option<&Full>) -> Option<(String, String)> {
    let account = &row.account;
    Some(match what {
        'c' => (format!("{} {}", account.name, account.number), "customer".to_owned()),
        'a' => (units(row.sum()), "amount".to_owned()),
        'e' => {
            let email = &full.filter(|full| full.account.id == account.id)?.data.email;
            (Some(email.clone()).filter(|email| !email.is_empty())?, "e-mail address".to_owned())
        }
        _ => return None,
    })
}
