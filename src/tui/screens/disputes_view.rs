//! How disputes look: the columns of the queue, one case in lines, and the amounts in dispute by reason.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::money::Money;
use crate::store::read::disputes::{Case, DisputeRow, Disputes, SLA_DAYS, Step};
use crate::tui::app::Ctx;
use crate::tui::ui::paint::Fact;
use crate::tui::ui::table::{self, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, cells, fit, wrap};
use crate::tui::ui::{bars, paint, text};

/// Columns of the queue.
pub(super) const COLUMNS: &[Column] = &[
    Column::words("number", "ID", 'i', 0, 5, 8),
    Column::words("name", "CUSTOMER", 'c', 0, 16, 30),
    Column::words("document", "INVOICE", 'n', 2, 9, 16),
    Column { id: "amount", title: "AMOUNT", letter: 'a', priority: 0, min: 10, max: 14, align: Align::Right },
    Column::words("currency", "CUR", 'u', 0, 3, 3),
    Column::words("reason", "REASON", 'r', 1, 12, 24),
    Column { id: "age", title: "AGE", letter: 'g', priority: 0, min: 5, max: 5, align: Align::Right },
    Column::words("state", "STATE", 's', 1, 8, 16),
    Column::words("owner", "OWNER", 'o', 3, 5, 8),
    Column::words("department", "DEPARTMENT", 'd', 4, 10, 12),
];

/// `34d!` when the case is late.
pub(super) fn age(row: &DisputeRow) -> String {
    format!("{}d{}", row.age, if row.is_late() { "!" } else { "" })
}

/// A row's cells for [`COLUMNS`].
pub(super) fn line(row: &DisputeRow, ctx: &Ctx) -> Vec<table::Cell> {
    let late = if row.is_late() { Role::Late } else { Role::Text };
    vec![
        (&*row.number).into(),
        (&*row.name).into(),
        (&*row.document).into(),
        Money::new(row.amount, row.currency).grouped(ctx.numbers).into(),
        row.currency.code().into(),
        (&*row.reason).into(),
        table::Cell::new(age(row), late),
        (&*row.state).into(),
        (&*row.owner).into(),
        (&*row.department).into(),
    ]
}

/// Amounts with their codes, joined by `and`: different currencies are never added.
pub(super) fn sums(amounts: &[Money], ctx: &Ctx) -> String {
    let said: Vec<String> = amounts.iter().map(|money| text::amount_with_currency(*money, ctx.numbers)).collect();
    if said.is_empty() { Money::new(0, ctx.base).grouped(ctx.numbers) } else { said.join(" and ") }
}

/// What a case is about, in a few lines.
pub(super) fn head(case: &Case, ctx: &Ctx) -> Vec<String> {
    let row = &case.row;
    let said = |minor: i64| text::amount_with_currency(Money::new(minor, row.currency), ctx.numbers);
    let nobody = if row.owner.is_empty() { "nobody" } else { &row.owner };
    let days = match row.open {
        true => format!("{} days open{} (late after {SLA_DAYS})", row.age, if row.is_late() { "!" } else { "" }),
        false => format!("closed after {} days, {} accepted", row.age, said(row.accepted)),
    };
    let free = (case.item_open - row.amount).max(0);
    vec![
        format!("{}  {}  {}  {}", row.number, row.name, row.document, row.reason),
        format!("at stake  {}   open {}   undisputed {}", said(row.amount), said(case.item_open), said(free)),
        format!("state     {}, {days}", row.state),
        format!("owner     {nobody}, {}   invoice due {}", row.department, text::day(case.due)),
    ]
}

/// What the row of the queue does not say, where there is little room, and what happened last.
pub(super) fn short(case: &Case, ctx: &Ctx) -> [Vec<Fact<'static>>; 3] {
    let row = &case.row;
    let said = |minor: i64| Money::new(minor, row.currency).grouped(ctx.numbers);
    let nobody = if row.owner.is_empty() { "nobody" } else { &row.owner };
    [
        vec![
            ("item open", said(case.item_open), 13),
            ("undisputed", said((case.item_open - row.amount).max(0)), 13),
            ("due", text::day(case.due), 9),
        ],
        vec![
            ("owner", nobody.to_owned(), 10),
            ("acts", row.department.to_string(), 12),
            ("accepted", said(row.accepted), 13),
        ],
        vec![("last", case.steps.last().map(step).unwrap_or_default(), 70)],
    ]
}

/// One thing that happened, in one line.
pub(super) fn step(step: &Step) -> String {
    let detail = match &*step.what {
        "assigned" => format!("to {}, {}", step.owner, step.department),
        _ if step.text.is_empty() => step.state.clone(),
        _ => step.text.clone(),
    };
    format!("{}  {:9} {}: {detail}", step.on.format("%d %b"), step.what, step.who)
}

/// Draws a case: what it is about, then what happened, newest first.
pub(super) fn draw_case(buf: &mut Buffer, area: Rect, case: &Case, ctx: &Ctx) {
    let width = usize::from(area.width).max(1);
    let head = head(case, ctx);
    paint::lines(buf, area, &head, ctx.style(Role::Text), ctx.glyphs);
    paint::lines(buf, Rect { height: 1.min(area.height), ..area }, &head[..1], ctx.style(Role::Strong), ctx.glyphs);
    let below = u16::try_from(head.len() + 1).unwrap_or(u16::MAX).min(area.height);
    let rest = Rect { y: area.y + below, height: area.height - below, ..area };
    let steps: Vec<String> = case.steps.iter().rev().flat_map(|one| wrap(&step(one), width)).collect();
    paint::lines(buf, rest, &steps, ctx.style(Role::Text), ctx.glyphs);
}

/// Draws how many open cases each reason has and what is in dispute for it; then what became of the closed ones.
pub(super) fn draw_reasons(buf: &mut Buffer, area: Rect, all: &Disputes, ctx: &Ctx) {
    let most = all.reasons.iter().map(|reason| reason.count).max().unwrap_or(0);
    let label = all.reasons.iter().map(|reason| cells(&reason.reason)).max().unwrap_or(0).min(16);
    let mut lines: Vec<String> = Vec::new();
    for reason in &all.reasons {
        let count = i64::try_from(reason.count).unwrap_or(0);
        let bar = bars::share(count, i64::try_from(most).unwrap_or(0), 8, ctx.glyphs);
        let name = fit(&reason.reason, label, Align::Left, ctx.glyphs);
        lines.push(format!("{name} {bar} {count:>3}  {}", sums(&reason.amounts, ctx)));
    }
    let [valid, partly, invalid] = all.closed;
    lines.push(String::new());
    lines.push(format!("closed in the last 90 days: {}", valid + partly + invalid));
    lines.push(format!("valid {valid}  partly {partly}  invalid {invalid}"));
    if let Some(median) = all.median {
        lines.push(format!("median days to close: {median}"));
    }
    paint::lines(buf, area, &lines, ctx.style(Role::Text), ctx.glyphs);
}
