//! What the aging screen says: which day and basis are shown, whether the total agrees with the ledger, what is left
//! out, why a customer stands where it stands, how a cell is reached, and what is copied.

use chrono::{Datelike, Months, NaiveDate};

use super::aging::AgingScreen;
use super::aging_rows::{AgingRow, CELLS, Shown, amount};
use super::aging_view::Writing;
use crate::domain::aging::{Basis, Credits};
use crate::domain::money::{Currency, Money};
use crate::store::read::aging::{Question, Total};
use crate::store::read::aging_items::{Behind, Cell};
use crate::tui::app::Ctx;
use crate::tui::ui::paint::Fact;
use crate::tui::ui::text;
use crate::tui::ui::theme::Role;

const DUE: [(&str, &str); 6] = [
    ("not due", "NOT DUE"),
    ("1-30", "1-30"),
    ("31-60", "31-60"),
    ("61-90", "61-90"),
    ("91-120", "91-120"),
    ("120+", "120+"),
];

fn names(question: &Question, cell: Cell) -> (&'static str, &'static str) {
    match cell {
        Cell::Bucket(1) if question.basis == Basis::Document => ("0-30", "0-30"),
        Cell::Bucket(bucket) => DUE[bucket.min(DUE.len() - 1)],
        Cell::Credits => ("credits", "CREDITS"),
        Cell::All => ("total", "TOTAL"),
    }
}

/// A cell's name in a sentence.
pub(super) fn label(question: &Question, cell: Cell) -> &'static str {
    names(question, cell).0
}

/// A cell's name over its column.
pub(super) fn heading(question: &Question, cell: Cell) -> &'static str {
    names(question, cell).1
}

/// `sort: 120+ v`
pub(super) fn sorted(screen: &AgingScreen) -> String {
    let sort = screen.grid.sort;
    let cell = CELLS.iter().find(|(id, _)| *id == sort.column).map(|(_, cell)| label(screen.question(), *cell));
    format!("sort: {} {}", cell.unwrap_or(sort.column), if sort.descending { "v" } else { "^" })
}

/// The eleven month ends before a day and the day itself.
pub(super) fn month_ends(day: NaiveDate) -> Vec<NaiveDate> {
    let first = day.with_day(1).unwrap_or(day);
    let end = |back: u32| first.checked_sub_months(Months::new(back)).and_then(|month| month.pred_opt());
    (0..11).rev().filter_map(end).chain([day]).collect()
}

/// `loading aging as of 31 Jan 2026`
pub(super) fn loading(question: &Question) -> String {
    format!("loading aging as of {}", text::long_day(question.as_of))
}

/// Day, basis, knowledge, credits and currency of what is shown.
pub(super) fn basis(screen: &AgingScreen, ctx: &Ctx, writing: Writing) -> String {
    let question = screen.question();
    let known = match &question.known_at {
        None => "known now".to_owned(),
        Some(instant) => format!("known {instant}"),
    };
    let credits = match question.credits {
        Credits::Separate => "credits apart",
        Credits::OwnDate => "credits by date",
        Credits::Oldest => "credits off oldest",
    };
    let by = if question.basis == Basis::Due { "due date" } else { "document" };
    let written = writing.words(screen.shown.currency(ctx.base));
    let only = if screen.shown == Shown::Base { "" } else { " only" };
    format!("{written}{only}  as of {}  by {by}  {known}  {credits}", text::day(question.as_of))
}

fn totals(screen: &AgingScreen) -> Vec<&Total> {
    let all = screen.aging.iter().flat_map(|aging| &aging.totals);
    all.filter(|total| screen.shown.only().is_none_or(|only| only == total.currency)).collect()
}

/// Whether the total is what the ledger's control account says, in every currency shown.
pub(super) fn check(screen: &AgingScreen, ctx: &Ctx) -> (String, Role) {
    if screen.aging.is_none() {
        return (String::new(), Role::Dim);
    }
    let totals = totals(screen);
    let off = |total: &&&Total| total.difference() != 0;
    let said = |total: &&Total| text::amount_with_currency(Money::new(total.difference(), total.currency), ctx.numbers);
    let wrong: Vec<String> = totals.iter().filter(off).map(said).collect();
    if !wrong.is_empty() {
        let wrong = wrong.join(", ");
        return (
            format!("! total differs from the ledger by {wrong}: run o2c check, look at the log (g l)"),
            Role::Late,
        );
    }
    let zero = Money::new(0, screen.shown.currency(ctx.base)).grouped(ctx.numbers);
    let said = match &totals[..] {
        [] | [_] => format!("ok: columns sum to total; total = open items in ledger ({zero} difference)"),
        few if few.len() < 5 => {
            let codes: Vec<&str> = few.iter().map(|total| total.currency.code()).collect();
            format!("ok: total = open items in ledger ({zero} difference in {})", codes.join(", "))
        }
        many => format!("ok: total = open items in ledger ({zero} difference in each of {} currencies)", many.len()),
    };
    (said, Role::Good)
}

/// What the totals do not hold.
pub(super) fn excluded(screen: &AgingScreen, ctx: &Ctx) -> (String, Role) {
    let arranged = &screen.arranged;
    let mut parts = Vec::new();
    for (currency, count) in &arranged.left_out {
        let who = if *count == 1 { "1 customer".to_owned() } else { format!("{count} customers") };
        parts.push(format!("{currency} of {who} left out, no rate to {} (z m shows it)", ctx.base));
    }
    let some = screen.aging.as_ref().is_some_and(|aging| aging.no_rate);
    if some && parts.is_empty() && screen.shown == Shown::Base {
        parts.push(format!("items without a rate to {} left out", ctx.base));
    }
    let warn = !parts.is_empty();
    if let (Shown::Only(_), Some(aging)) = (screen.shown, &screen.aging) {
        let others = aging.totals.len().saturating_sub(1);
        parts.push(format!("{others} other {} not shown (z m)", if others == 1 { "currency" } else { "currencies" }));
    }
    if let (Shown::Base, Some(aging)) = (screen.shown, &screen.aging)
        && aging.totals.len() > 1
        && !warn
    {
        parts.push(format!("{} currencies at their booking rates; z m shows each alone", aging.totals.len()));
    }
    (parts.join("; "), if warn { Role::Warn } else { Role::Dim })
}

/// The items behind the cell under the cursor, once they are known.
pub(super) fn behind(screen: &AgingScreen) -> Option<&[Behind]> {
    let row = screen.list.selected()?;
    let (key, items) = screen.behind.as_ref()?;
    (*key == (row.customer, screen.cell())).then_some(items)
}

/// `Cobalt Mining SA, 120+`
pub(super) fn cell_title(screen: &AgingScreen) -> String {
    let name = screen.list.selected().map_or("", |row| &row.name);
    format!("{name}, {}", label(screen.question(), screen.cell()))
}

fn cell_amount(screen: &AgingScreen, row: &AgingRow, ctx: &Ctx) -> String {
    text::amount_with_currency(Money::new(amount(&row.sums, screen.cell()), row.currency), ctx.numbers)
}

/// The cell in one line: amount, number of items, the oldest.
pub(super) fn peek(screen: &AgingScreen, ctx: &Ctx) -> Vec<Fact<'static>> {
    let Some(row) = screen.list.selected() else { return Vec::new() };
    let (many, oldest) = match behind(screen) {
        Some([]) => ("no".to_owned(), "-".to_owned()),
        Some(items) => (items.len().to_string(), format!("{} due {}", items[0].number, text::day(items[0].due))),
        None => (String::new(), String::new()),
    };
    let amount = cell_amount(screen, row, ctx);
    vec![(label(screen.question(), screen.cell()), amount, 17), ("items", many, 4), ("oldest", oldest, 28)]
}

/// `14 customers  total 338,000.00 EUR`
pub(super) fn counts(screen: &AgingScreen, ctx: &Ctx) -> String {
    let count = screen.list.total();
    let of = screen.arranged.all as u64;
    let count = if count < of { format!("{count} of {of}") } else { count.to_string() };
    let total = Money::new(screen.arranged.total.net(), screen.shown.currency(ctx.base));
    let who = if of == 1 { "customer" } else { "customers" };
    format!("{count} {who}  total {}  {}", text::amount_with_currency(total, ctx.numbers), sorted(screen))
}

/// `marked 2 = 45,050.00 EUR`
pub(super) fn marks(screen: &AgingScreen, ctx: &Ctx) -> String {
    if screen.list.marked() == 0 {
        return String::new();
    }
    let sums = screen.list.marked_sums();
    let sums: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
    format!("marked {} = {}", screen.list.marked(), sums.join(" "))
}

/// What stands where no customer is.
pub(super) fn empty(screen: &AgingScreen, ctx: &Ctx) -> Vec<String> {
    let Some(aging) = &screen.aging else { return vec![loading(screen.question())] };
    let day = text::long_day(aging.question.as_of);
    if screen.arranged.all > 0 {
        let hidden = screen.arranged.all;
        return vec![
            format!("None of the {hidden} customers with something open passes the filter."),
            "/ and Enter on an empty line shows all.".to_owned(),
        ];
    }
    let currency = screen.shown.currency(ctx.base);
    vec![
        format!("Nothing is open in {currency} as of {day}."),
        "An invoice or an import puts something here: o2c import invoices FILE. a chooses another day.".to_owned(),
    ]
}

/// Why the customer stands where it stands.
pub(super) fn why(screen: &AgingScreen, ctx: &Ctx) -> Option<Vec<String>> {
    let row = screen.list.selected()?;
    let question = screen.question();
    let said = |cell: Cell| Money::new(amount(&row.sums, cell), row.currency).grouped(ctx.numbers);
    let worst = (0..6).rev().find(|bucket| row.sums.buckets[*bucket] > 0);
    let mut lines =
        vec![format!("{} {}: place {} of {}", row.number, row.name, screen.list.place() + 1, screen.list.total())];
    lines.push(format!("{}; between equals the next younger bucket decides, then the total", sorted(screen)));
    if let Some(bucket) = worst {
        lines.push(format!("worst bucket {}: {}", label(question, Cell::Bucket(bucket)), said(Cell::Bucket(bucket))));
    }
    for cell in screen.cells() {
        lines.push(format!("{:>10} {:>18}", label(question, cell), said(cell)));
    }
    lines.push(String::new());
    lines.push("The filter looks at accounts as they are today, also for another day.".to_owned());
    Some(lines)
}

/// How the cell under the cursor is defined and reached, and how the total agrees with the ledger.
pub(super) fn arithmetic(screen: &AgingScreen, ctx: &Ctx) -> Option<Vec<String>> {
    let row = screen.list.selected()?;
    let question = screen.question();
    let (date, from) = match question.basis {
        Basis::Due => ("due date", "not due is an age of 0 days or less"),
        Basis::Document => ("document date", "by document date nothing is \"not due\""),
    };
    let mut lines = vec![
        format!("age = {} - {date}, in days; {from}", question.as_of),
        "every open item is in exactly one bucket: 1-30, 31-60, 61-90, 91-120, over 120 days".to_owned(),
        format!("{} = {}", cell_title(screen), cell_amount(screen, row, ctx)),
    ];
    for item in behind(screen).unwrap_or_default().iter().take(12) {
        let open = text::amount_with_currency(Money::new(item.open, item.currency), ctx.numbers);
        let base = match (item.base, screen.shown) {
            (Some(base), Shown::Base) if item.currency != ctx.base => {
                format!(" = {}", text::amount_with_currency(Money::new(base, ctx.base), ctx.numbers))
            }
            (None, Shown::Base) => format!(", no rate to {}: counts as 0", ctx.base),
            _ => String::new(),
        };
        lines.push(format!("  {}  {}d  {open}{base}", item.number, item.age));
    }
    lines.push(String::new());
    for total in totals(screen) {
        let said = |minor: i64, currency: Currency| Money::new(minor, currency).grouped(ctx.numbers);
        let sums = &total.sums;
        lines.push(format!(
            "{}: buckets {} + credit notes {} + unapplied {} = {}",
            total.currency,
            said(sums.debits(), total.currency),
            said(sums.credits, total.currency),
            said(sums.unapplied, total.currency),
            said(sums.net(), total.currency)
        ));
        lines.push(format!(
            "     ledger, receivables control account: {}; difference {}",
            said(total.control, total.currency),
            said(total.difference(), total.currency)
        ));
    }
    Some(lines)
}

/// What `y` and a letter copy: raw amounts, tab-separated.
pub(super) fn copied(screen: &AgingScreen, what: char) -> Option<(String, String)> {
    let row = screen.list.selected()?;
    let cells = screen.cells();
    let line = |row: &AgingRow| {
        let amounts = cells.iter().map(|cell| Money::new(amount(&row.sums, *cell), row.currency).plain());
        let head = [row.number.to_string(), row.name.to_string(), row.currency.to_string()];
        head.into_iter().chain(amounts).collect::<Vec<_>>().join("\t")
    };
    match what {
        'y' => Some((line(row), "1 row".to_owned())),
        't' => {
            let head = ["number", "customer", "currency"].into_iter();
            let titles = head.chain(cells.iter().map(|cell| label(screen.question(), *cell)));
            let titles = titles.collect::<Vec<_>>().join("\t");
            let rows = screen.list.rows();
            let text = [titles].into_iter().chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n");
            Some((text, format!("{} rows", rows.len())))
        }
        'c' => Some((format!("{} {}", row.number, row.name), row.name.to_string())),
        'a' => {
            let plain = Money::new(amount(&row.sums, screen.cell()), row.currency).plain();
            Some((plain.clone(), plain))
        }
        _ => None,
    }
}
