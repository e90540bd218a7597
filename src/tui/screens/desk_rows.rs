//! What the four panes of the Desk ask and show: each question answers with rows ready to be drawn, so that nothing of
//! the book is kept twice.

use chrono::NaiveDate;

use super::actions::{self, Subject};
use crate::domain::kpi::show;
use crate::domain::money::{self, Currency, Money, NumberStyle};
use crate::language::filter::{Context, Filter, parse};
use crate::store::Reader;
use crate::store::error::StoreError;
use crate::store::read::accounts::{Account, BUCKETS, LABELS, Sums, accounts};
use crate::store::read::customers::{self, customers};
use crate::store::read::disputes::{self, DisputeRow, disputes};
use crate::store::read::glimpse;
use crate::store::read::kpi::{BASIS, Figure, Standing, kpis, meaning};
use crate::store::read::window::{Sort, Want, Window};
use crate::store::read::worklist::grade;
use crate::tui::app::{Command, Ctx, Effect};
use crate::tui::ui::glyphs::Glyphs;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::text::{self, amount_with_currency};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{bars, spark};

/// Cells of a bar.
const BAR: usize = 16;
/// Dates of a trend: eleven month ends and the day itself.
const MONTHS: u32 = 12;

/// A row of a pane.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub id: i64,
    pub cells: Vec<Cell>,
    pub sum: Option<Money>,
    /// Place that Enter opens, and with what.
    pub open: (&'static str, String),
    /// Why it is here, for `w`.
    pub why: Vec<String>,
    /// How its number is reached, for `=`.
    pub how: Vec<String>,
    /// What the work keys act on.
    pub subject: Option<Subject>,
}

/// The answer to a pane's question.
pub(super) struct Loaded {
    pub window: Window<Entry>,
    pub counts: String,
    /// Told from a part of the book: the rest is to be read next, and then the rows are to be asked for again.
    pub glimpse: bool,
}

/// What a pane shows.
pub(super) struct Kind {
    pub id: &'static str,
    pub title: &'static str,
    /// The screen it is a glimpse of.
    pub place: &'static str,
    pub columns: &'static [Column],
    pub commands: &'static [Command],
    pub ask: fn(&Ctx, Want<i64>) -> Effect,
    pub empty: &'static str,
}

/// What of the surroundings the rows need, and may take to another thread.
#[derive(Clone, Copy)]
struct Look {
    today: NaiveDate,
    base: Currency,
    numbers: NumberStyle,
    glyphs: &'static Glyphs,
}

fn asked(ctx: &Ctx, want: Want<i64>, load: fn(&Reader, &Look, Want<i64>) -> Result<Loaded, StoreError>) -> Effect {
    let look = Look { today: ctx.today, base: ctx.base, numbers: ctx.numbers, glyphs: ctx.glyphs };
    Effect::ask("rows", move |reader| load(reader, &look, want))
}

impl Look {
    fn amount(&self, minor: i64) -> String {
        text::amount(Money::new(minor, self.base), self.numbers)
    }

    fn coded(&self, minor: i64) -> String {
        amount_with_currency(Money::new(minor, self.base), self.numbers)
    }
}

/// Customers, most overdue first.
pub(super) static ACCOUNTS: Kind = Kind {
    id: "desk.customers",
    title: "Customers",
    place: "customers",
    columns: &[
        Column::words("name", "CUSTOMER", 'c', 0, 22, 34),
        Column::number("open", "OPEN", 'o', 1, 14).in_base(),
        Column::number("overdue", "OVERDUE", 'v', 0, 14).in_base(),
        Column::number("days", "DAYS", 'd', 0, 5),
        Column::number("limit", "USED", 'u', 2, 8),
        Column::words("risk", "RISK", 'r', 3, 6, 6),
        Column::words("owner", "OWNER", 'w', 4, 6, 12),
    ],
    commands: &actions::ALL,
    ask: |ctx, want| asked(ctx, want, load_accounts),
    empty: "no customer yet; import customers, or :new adds one",
};

fn load_accounts(reader: &Reader, look: &Look, want: Want<i64>) -> Result<Loaded, StoreError> {
    let sort = Sort { column: "overdue", descending: true };
    let question = customers::Question { today: look.today, filter: Filter::all(), sort };
    let early = match want {
        Want::Start => glimpse::most_overdue(reader, look.today, MONTHS, look.base)?,
        _ => None,
    };
    let glimpse = early.is_some();
    let found = early.map_or_else(|| customers(reader, &question, want), Ok)?;
    let rate = if found.no_rate { ", items without a rate left out" } else { "" };
    let counts = format!(
        "{} customers  open {}  overdue {}{rate}",
        found.window.total,
        look.amount(found.sums.net()),
        look.amount(found.sums.overdue())
    );
    let rows = found.window.rows.iter().map(|account| account_row(account, look)).collect();
    Ok(Loaded { window: Window { first: found.window.first, rows, total: found.window.total }, counts, glimpse })
}

fn account_row(account: &Account, look: &Look) -> Entry {
    let (sums, days) = (&account.base, account.oldest_days(look.today));
    let used = account.limit_use();
    let beyond = used.is_some_and(|used| used > 1_000);
    let late = |late: bool| if late { Role::Late } else { Role::Text };
    let limit =
        used.map_or("-".to_owned(), |used| format!("{}{}", text::permille(used), if beyond { "!" } else { "" }));
    let hold = if account.blocked { " hold" } else { "" };
    Entry {
        id: account.id,
        cells: vec![
            account.name.to_string().into(),
            look.amount(sums.net()).into(),
            look.amount(sums.overdue()).into(),
            Cell::new(text::days(days), late(days > 0)),
            Cell::new(limit, if beyond { Role::Warn } else { Role::Text }),
            Cell::new(format!("{}{hold}", grade(account.risk)), late(account.blocked)),
            account.owner.to_string().into(),
        ],
        sum: Some(Money::new(sums.net(), look.base)),
        open: ("customer", account.number.to_string()),
        why: vec![
            "Customers stand by what they have overdue, most first.".to_owned(),
            format!("{}: overdue {}, oldest {}", account.name, look.coded(sums.overdue()), text::days(days)),
        ],
        how: vec![
            format!("open debits   {}", look.coded(sums.debits())),
            format!("credit notes  {}", look.coded(sums.credits)),
            format!("unapplied     {}", look.coded(sums.unapplied)),
            format!("open          {}", look.coded(sums.net())),
            "used is what is open in the customer's currency, of its credit limit".to_owned(),
        ],
        subject: Some(Subject {
            customers: vec![account.id],
            name: account.name.to_string(),
            total: look.coded(sums.overdue()),
            ..Subject::default()
        }),
    }
}

/// What is open, by age.
pub(super) static AGING: Kind = Kind {
    id: "desk.aging",
    title: "Aging",
    place: "aging",
    columns: &[
        Column::words("bucket", "DAYS PAST DUE", 'b', 0, 13, 14),
        Column::words("bar", "", 'x', 2, 16, 16),
        Column::number("share", "SHARE", 's', 1, 6),
        Column { max: 18, ..Column::number("amount", "AMOUNT", 'a', 0, 16) },
    ],
    commands: &[],
    ask: |ctx, want| asked(ctx, want, load_aging),
    empty: "nothing was ever posted; import invoices to see their age",
};

fn load_aging(reader: &Reader, look: &Look, _want: Want<i64>) -> Result<Loaded, StoreError> {
    let mut no_rate = 0u64;
    let sums = match glimpse::sums(reader, look.today, MONTHS, look.base)? {
        Some(sums) => sums,
        None => accounts(reader, look.today)?.iter().fold(Sums::default(), |mut sums, account| {
            sums.add(&account.base);
            no_rate += u64::from(account.no_rate);
            sums
        }),
    };
    let left_out = if no_rate > 0 { format!("  {no_rate} customers with items without a rate") } else { String::new() };
    let counts = format!("open {}  by due date{left_out}", look.coded(sums.net()));
    let rows = aging_rows(&sums, look);
    Ok(Loaded { window: Window { first: 0, total: rows.len() as u64, rows }, counts, glimpse: false })
}

fn aging_rows(sums: &Sums, look: &Look) -> Vec<Entry> {
    let shares = text::shares(&sums.buckets);
    let entry = |id: usize, label: &str, amount: i64, share: Option<i64>, late: bool| {
        let bar = match share {
            Some(_) => bars::share(amount, sums.debits(), BAR, look.glyphs),
            None => String::new(),
        };
        Entry {
            id: id as i64,
            cells: vec![
                label.into(),
                bar.into(),
                share.map_or(String::new(), |share| format!("{share}%")).into(),
                Cell::new(look.amount(amount), if late && amount > 0 { Role::Late } else { Role::Text }),
            ],
            sum: Some(Money::new(amount, look.base)),
            open: ("aging", String::new()),
            why: vec!["Open items by days past their due date, in the book's currency.".to_owned()],
            how: vec![
                format!("{label}: {}", look.coded(amount)),
                format!("shares are of the open debits, {}, and add up to 100%", look.coded(sums.debits())),
                "total is debits, credit notes and unapplied receipts together".to_owned(),
            ],
            subject: None,
        }
    };
    let buckets = (0..BUCKETS).map(|at| entry(at, LABELS[at], sums.buckets[at], Some(shares[at]), at > 0));
    let rest = [("credit notes", sums.credits), ("unapplied", sums.unapplied), ("total", sums.net())];
    let rest = rest.into_iter().zip(BUCKETS..).map(|((label, amount), id)| entry(id, label, amount, None, false));
    buckets.chain(rest).collect()
}

/// Open disputes, oldest first.
pub(super) static DISPUTES: Kind = Kind {
    id: "desk.disputes",
    title: "Disputes",
    place: "disputes",
    columns: &[
        Column::words("number", "CASE", 'n', 0, 7, 10),
        Column::words("name", "CUSTOMER", 'c', 0, 20, 30),
        Column::number("amount", "AMOUNT", 'a', 0, 14),
        Column::words("currency", "CUR", 'r', 0, 3, 3),
        Column::number("age", "AGE", 'g', 0, 5),
        Column::words("reason", "REASON", 's', 1, 12, 24),
        Column::words("state", "STATE", 't', 3, 9, 14),
        Column::words("owner", "OWNER", 'w', 2, 6, 12),
    ],
    commands: &[],
    ask: |ctx, want| asked(ctx, want, load_disputes),
    empty: "no dispute is open; d on a customer opens one",
};

fn load_disputes(reader: &Reader, look: &Look, want: Want<i64>) -> Result<Loaded, StoreError> {
    let context = Context { today: look.today, style: look.numbers, date_order: Default::default() };
    let filter = parse("state:open", &context).unwrap_or_else(|_| Filter::all());
    let sort = Sort { column: "due", descending: false };
    let found = disputes(reader, &disputes::Question { today: look.today, filter, sort }, want)?;
    let sums: Vec<String> = found.amounts.iter().map(|sum| amount_with_currency(*sum, look.numbers)).collect();
    let late = if found.late > 0 { format!("  {} late", found.late) } else { String::new() };
    let counts = format!("{} open  {}{late}", found.open, sums.join(" "));
    let rows = found.window.rows.iter().map(|row| dispute_row(row, look)).collect();
    let window = Window { first: found.window.first, rows, total: found.window.total };
    Ok(Loaded { window, counts, glimpse: false })
}

fn dispute_row(row: &DisputeRow, look: &Look) -> Entry {
    let amount = Money::new(row.stake(), row.currency);
    Entry {
        id: row.id,
        cells: vec![
            row.number.to_string().into(),
            row.name.to_string().into(),
            amount.grouped(look.numbers).into(),
            row.currency.code().into(),
            Cell::new(format!("{}d", row.age), if row.is_late() { Role::Late } else { Role::Text }),
            row.reason.to_string().into(),
            row.state.to_string().into(),
            row.owner.to_string().into(),
        ],
        sum: Some(amount),
        open: ("case", row.number.to_string()),
        why: vec![
            "Open disputes, oldest first; their amounts are not collected until decided.".to_owned(),
            format!("{} on {} of {}: {}, {}", row.number, row.document, row.name, row.reason, row.state),
        ],
        how: vec![
            format!("{} disputed on {}", amount_with_currency(amount, look.numbers), row.document),
            format!("open for {} days since {}", row.age, text::weekday(row.opened_on)),
        ],
        subject: None,
    }
}

/// Key figures with target and trend.
pub(super) static FIGURES: Kind = Kind {
    id: "desk.kpis",
    title: "KPIs",
    place: "kpis",
    columns: &[
        Column::words("name", "FIGURE", 'f', 0, 20, 30),
        Column::number("value", "NOW", 'n', 0, 13),
        Column::number("target", "TARGET", 't', 2, 8),
        Column::words("trend", "12 MONTHS", 'm', 1, 12, 12),
        Column::words("words", "READING", 'r', 3, 16, 40),
    ],
    commands: &[],
    ask: |ctx, want| asked(ctx, want, load_figures),
    empty: "no figure yet; they come with the first invoices",
};

fn load_figures(reader: &Reader, look: &Look, _want: Want<i64>) -> Result<Loaded, StoreError> {
    let board = kpis(reader, look.today, MONTHS, look.base)?;
    let without: Vec<&str> = board.no_rate.iter().map(|currency| currency.code()).collect();
    let left_out = if without.is_empty() { String::new() } else { format!("  without {}, no rate", without.join(" ")) };
    let missed = board.figures.iter().filter(|figure| figure.standing() == Standing::Missed).count();
    let counts = format!("{} in {}  {missed} off target{left_out}", board.figures.len(), look.base);
    let rows: Vec<Entry> =
        board.figures.iter().zip(0..).map(|(figure, place)| figure_row(figure, place, look)).collect();
    Ok(Loaded { window: Window { first: 0, total: rows.len() as u64, rows }, counts, glimpse: false })
}

fn figure_row(figure: &Figure, id: i64, look: &Look) -> Entry {
    let kpi = &figure.kpi;
    let trend: Vec<Option<i64>> =
        figure.trend.iter().map(|value| value.and_then(|value| money::to_minor(value, 2))).collect();
    let role = match figure.standing() {
        Standing::Met => Role::Good,
        Standing::Missed => Role::Warn,
        Standing::Open => Role::Text,
    };
    let unit = if kpi.value.is_some() { kpi.unit.word() } else { "" };
    let value = format!("{} {unit}", kpi.shown());
    let words = meaning(figure.key);
    let mut why: Vec<String> = words.map(|words| words.means.to_owned()).into_iter().collect();
    why.push(figure.words());
    let formula = words.map(|words| words.formula.to_owned());
    let excludes = (!figure.note.is_empty()).then(|| figure.note.to_owned());
    let how = [formula, Some(kpi.arithmetic.clone()), excludes, Some(BASIS.to_owned())];
    Entry {
        id,
        cells: vec![
            kpi.name.into(),
            Cell::new(value.trim(), role),
            figure.target.map_or("-".to_owned(), show).into(),
            spark::spark(&trend, look.glyphs).into(),
            Cell::new(figure.words(), role),
        ],
        sum: None,
        open: ("kpis", String::new()),
        why,
        how: how.into_iter().flatten().collect(),
        subject: None,
    }
}
