//! What the panes of an account hold: columns and entries of open items with the expected payment day, history,
//! payments and credit, made from one customer in full.

use chrono::NaiveDate;

use super::account_item::ItemScreen;
use super::account_table::{Entry, Part, TablePane};
use super::customers_view::grade;
use crate::domain::money::Money;
use crate::store::read::account::{Event, Full, Paid};
use crate::store::read::accounts::LABELS;
use crate::tui::app::overlay::TextBox;
use crate::tui::app::{Ctx, Effect, Sort};
use crate::tui::ui::spark::spark;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::text;
use crate::tui::ui::theme::Role;

pub(super) const fn wide(column: Column, max: u16) -> Column {
    Column { max, ..column }
}

const ITEMS: &[Column] = &[
    Column::words("number", "INVOICE", 'i', 0, 10, 14),
    Column::words("date", "ISSUED", 'd', 5, 9, 9),
    Column::words("due", "DUE", 'u', 1, 9, 9),
    wide(Column::number("amount", "AMOUNT", 'a', 4, 11), 17),
    wide(Column::number("open", "OPEN", 'o', 0, 11), 17),
    Column::words("currency", "CUR", 'r', 0, 3, 3),
    Column::number("days", "DAYS", 'y', 0, 5),
    Column::words("expected", "EXPECTED", 'e', 2, 9, 9),
    Column::words("state", "STATE", 's', 3, 15, 22),
];

const TIMELINE: &[Column] = &[
    Column::words("date", "DATE", 'd', 0, 9, 9),
    Column::words("kind", "WHAT", 'k', 0, 8, 11),
    Column::words("text", "TEXT", 't', 0, 12, 90),
    wide(Column::number("amount", "AMOUNT", 'a', 2, 14), 17),
    Column::words("who", "WHO", 'w', 4, 4, 10),
];

const PAYMENTS: &[Column] = &[
    Column::words("number", "INVOICE", 'i', 0, 9, 14),
    Column::words("date", "ISSUED", 'd', 4, 9, 9),
    Column::words("due", "DUE", 'u', 3, 9, 9),
    Column::words("closed", "PAID ON", 'p', 0, 9, 9),
    wide(Column::number("amount", "AMOUNT", 'a', 1, 14), 17),
    Column::number("days", "DAYS", 'y', 0, 5),
    Column::number("late", "LATE", 'l', 0, 5),
];

const CREDIT: &[Column] = &[
    Column::words("what", "CREDIT", 'c', 0, 22, 30),
    Column::words("value", "VALUE", 'v', 0, 20, 40),
    Column::words("note", "NOTE", 'n', 2, 16, 60),
];

const NEWEST: Sort = Sort { column: "date", descending: true };

pub(super) fn read_more(entry: &Entry) -> Vec<Effect> {
    vec![Effect::Overlay(Box::new(TextBox::new("In full", entry.why.clone())))]
}

/// Open items.
pub fn items_pane() -> TablePane {
    let open = |entry: &Entry| vec![Effect::Open(Box::new(ItemScreen::new(entry.id)))];
    let mut pane = TablePane::new("open-items", "Open items", ITEMS, Sort { column: "due", descending: false }, open)
        .counted_in("open item");
    pane.empty = vec!["Nothing is open. Tab shows what was paid and when.".to_owned()];
    pane
}

/// What happened.
pub fn timeline_pane() -> TablePane {
    let mut pane = TablePane::new("timeline", "Timeline", TIMELINE, NEWEST, read_more).counted_in("event");
    pane.empty = vec!["Nothing has happened yet; c logs a call, n writes a note.".to_owned()];
    pane
}

/// Paid invoices with days and lateness.
pub fn payments_pane() -> TablePane {
    let open = |entry: &Entry| vec![Effect::Go("find", entry.about.clone())];
    let mut pane = TablePane::new("payments", "Payments", PAYMENTS, Sort { column: "closed", descending: true }, open)
        .counted_in("payment");
    pane.empty = vec!["This customer has not paid an invoice yet.".to_owned()];
    pane
}

/// Limit, use, age.
pub fn credit_pane() -> TablePane {
    TablePane::new("credit", "Credit", CREDIT, Sort { column: "", descending: false }, read_more)
}

/// Fills the open items.
pub fn fill_items(pane: &mut TablePane, full: &Full, ctx: &Ctx) {
    let rows = full.items.iter().zip(&full.expected);
    pane.fill(rows.map(|(row, expected)| item(row, *expected, ctx)).collect());
    let sum = |of: fn(&crate::store::read::items::ItemRow) -> i64| {
        let same = full.items.iter().all(|row| row.currency == full.items[0].currency);
        let currency = full.items.first().map_or(ctx.base, |row| row.currency);
        let total: i64 = full.items.iter().map(of).sum();
        let shown = Money::new(total, currency).grouped(ctx.numbers);
        if same { (shown, currency.code().to_owned()) } else { ("by currency".to_owned(), String::new()) }
    };
    pane.show("currency", full.items.iter().any(|row| row.currency != ctx.base));
    let open = sum(|row| row.open);
    let mut total = vec![Cell::default(); ITEMS.len()];
    total[0] = Cell::new("total", Role::Strong);
    total[3] = Cell::new(sum(|row| row.amount).0, Role::Strong);
    total[4] = Cell::new(open.0, Role::Strong);
    total[5] = Cell::new(open.1, Role::Strong);
    pane.total = if full.items.is_empty() { Vec::new() } else { total };
    let more = full.items_total.saturating_sub(full.items.len() as u64);
    pane.foot = if more > 0 {
        vec![format!(" the oldest {} of {}; Invoices (Tab) has them all", full.items.len(), full.items_total)]
    } else {
        Vec::new()
    };
    pane.formula = vec![
        "EXPECTED: the day of a promise that still stands, else due date + usual delay.".to_owned(),
        match full.usual_delay {
            Some(days) => format!("usual delay {days}d: median of {} paid invoices, newer count more", full.paid.len()),
            None => "usual delay: unknown, no invoice was paid yet".to_owned(),
        },
        "A day gone by counts as in a week. Disputed items and credits: unknown.".to_owned(),
        "OPEN = amount - what was set against it; Enter lists it.".to_owned(),
    ];
}

fn item(row: &crate::store::read::items::ItemRow, expected: Option<NaiveDate>, ctx: &Ctx) -> Entry {
    let days = row.days(ctx.today);
    let role = if days > 0 { Role::Late } else { Role::Text };
    let open = Money::new(row.open, row.currency);
    let state = match row.state(ctx.today).as_str() {
        "part paid" => {
            let paid = Money::new(row.amount.saturating_sub(row.open), row.currency);
            format!("part paid {}", text::whole(paid, ctx.numbers))
        }
        other => other.to_owned(),
    };
    let number = if row.part > 1 { format!("{}/{}", row.number, row.part) } else { row.number.clone() };
    let mut why = super::items_view::why(row, ctx);
    why.push(match expected {
        Some(on) => format!("Expected {}.", text::date_echo(on, ctx.today)),
        None => "Expected: unknown.".to_owned(),
    });
    Entry {
        id: row.id,
        about: row.number.clone(),
        parts: vec![
            Part::words(&number),
            Part::day(Some(row.date)),
            Part::day(Some(row.due)),
            Part::bare(Money::new(row.amount, row.currency), ctx),
            Part::bare(open, ctx),
            Part::words(row.currency.code()),
            if days > 0 { Part::days(days).role(role) } else { Part::words("-") },
            Part::day(expected),
            Part::words(&state),
        ],
        sum: Some(open),
        late: (row.open > 0).then_some(days),
        on: Some(row.due),
        state,
        why,
    }
}

/// Fills the history.
pub fn fill_timeline(pane: &mut TablePane, full: &Full, ctx: &Ctx) {
    let entry = |(place, event): (usize, &Event)| {
        let mut parts =
            vec![Part::day(Some(event.on)), Part::words(&event.kind), Part::words(&text::dated(&event.text))];
        parts.push(money_part(event, ctx));
        parts.push(Part::words(&event.who));
        simple(place, event, parts, ctx)
    };
    pane.fill(full.timeline.iter().enumerate().map(entry).collect());
}

fn money_part(event: &Event, ctx: &Ctx) -> Part {
    match event.amount {
        Some((minor, currency)) => Part::amount(Money::new(minor, currency), ctx),
        None => Part::words(""),
    }
}

fn simple(place: usize, event: &Event, parts: Vec<Part>, ctx: &Ctx) -> Entry {
    let mut why = vec![format!("{}  {}", text::weekday(event.on), event.kind), text::dated(&event.text)];
    if let Some((minor, currency)) = event.amount {
        why.push(text::amount_with_currency(Money::new(minor, currency), ctx.numbers));
    }
    if !event.who.is_empty() {
        why.push(format!("by {}", event.who));
    }
    why.extend(event.why.iter().cloned());
    Entry {
        id: i64::try_from(place).unwrap_or(i64::MAX),
        about: String::new(),
        parts,
        sum: event.amount.map(|(minor, currency)| Money::new(minor, currency)),
        late: None,
        on: Some(event.on),
        state: event.kind.clone(),
        why,
    }
}

/// Fills the payment history, with the trend of days below.
pub fn fill_payments(pane: &mut TablePane, full: &Full, ctx: &Ctx) {
    let entry = |(place, paid): (usize, &Paid)| {
        let money = Money::new(paid.amount, paid.currency);
        let late = paid.late();
        Entry {
            id: i64::try_from(place).unwrap_or(i64::MAX),
            about: paid.number.clone(),
            parts: vec![
                Part::words(&paid.number),
                Part::day(Some(paid.date)),
                Part::day(Some(paid.due)),
                Part::day(Some(paid.closed_on)),
                Part::amount(money, ctx),
                Part::days(paid.days()),
                Part::days(late).role(if late > 0 { Role::Late } else { Role::Good }),
            ],
            sum: Some(money),
            late: Some(late),
            on: Some(paid.due),
            state: "paid".to_owned(),
            why: vec![
                format!("{} issued {}, due {}", paid.number, text::weekday(paid.date), text::weekday(paid.due)),
                format!("closed {}: after {} days, {late} past due", text::weekday(paid.closed_on), paid.days()),
            ],
        }
    };
    pane.fill(full.paid.iter().enumerate().map(entry).collect());
    let days: Vec<i64> = full.paid.iter().take(12).rev().map(Paid::days).collect();
    let values: Vec<Option<i64>> = days.iter().copied().map(Some).collect();
    let words: Vec<String> = days.iter().map(i64::to_string).collect();
    pane.foot = match (days.is_empty(), full.usual_delay) {
        (true, _) => Vec::new(),
        (false, delay) => vec![
            format!(" days to pay, oldest to newest: {}  {}", words.join(" "), spark(&values, ctx.glyphs)),
            format!(" usual delay past due: {}", delay.map_or("unknown".to_owned(), |days| format!("{days}d"))),
        ],
    };
    pane.formula = vec![
        "DAYS = day closed - document date; LATE = day closed - due date.".to_owned(),
        "usual delay = median of LATE, an invoice of half a year ago counting half.".to_owned(),
        "The last 24 invoices that were closed, newest first.".to_owned(),
    ];
}

/// Fills limit, use and age.
pub fn fill_credit(pane: &mut TablePane, full: &Full, ctx: &Ctx) {
    let account = &full.account;
    let own = account.in_currencies().find(|(currency, _)| *currency == account.currency).map(|(_, sums)| sums.net());
    let in_own = |minor: i64| text::amount_with_currency(Money::new(minor, account.currency), ctx.numbers);
    let base = |minor: i64| text::amount_with_currency(Money::new(minor, ctx.base), ctx.numbers);
    let exposure = own.unwrap_or(0).max(0);
    let use_of = super::customers_view::limit_use(account).text;
    let mut lines: Vec<(String, String, String)> = Vec::new();
    let mut add = |what: &str, value: String, note: &str| lines.push((what.to_owned(), value, note.to_owned()));
    match account.limit {
        Some(limit) => {
            add("limit", in_own(limit), "");
            add("used", format!("{} {use_of}", in_own(exposure)), "open in the customer's currency / limit");
            let left = limit.saturating_sub(exposure);
            add("left", in_own(left), if left < 0 { "! over the limit" } else { "" });
        }
        None => add("limit", "none set".to_owned(), "used cannot be told without one"),
    }
    add("hold", if account.blocked { "yes, no deliveries" } else { "no" }.to_owned(), "B changes it");
    add("risk", format!("{} ({} of 100)", grade(account.risk), account.risk), "A good, E bad");
    add("terms", account.terms.to_string(), "");
    for (label, minor) in LABELS.iter().zip(account.base.buckets) {
        add(&format!("age {label}"), base(minor), "");
    }
    add("credit notes", base(account.base.credits), "");
    add("unapplied cash", base(account.base.unapplied), "P applies it");
    add("open", base(account.base.net()), if account.no_rate { "items without a rate left out" } else { "" });
    add("disputed", base(account.base.disputed), "");
    add("promised", base(account.promised), "");
    for (currency, sums) in account.in_currencies().filter(|(currency, _)| *currency != ctx.base) {
        let own = text::amount_with_currency(Money::new(sums.net(), currency), ctx.numbers);
        add(&format!("open in {currency}"), own, "");
    }
    let entry = |(place, (what, value, note)): (usize, &(String, String, String))| Entry {
        id: i64::try_from(place).unwrap_or(i64::MAX),
        about: String::new(),
        parts: vec![
            Part::words(what),
            Part::words(value).role(if note.starts_with('!') { Role::Late } else { Role::Text }),
            Part::words(note).role(Role::Dim),
        ],
        sum: None,
        late: None,
        on: None,
        state: String::new(),
        why: vec![format!("{what}: {value}"), note.clone()],
    };
    pane.fill(lines.iter().enumerate().map(entry).collect());
    pane.formula = super::customers_view::sum_of(account, ctx);
}
