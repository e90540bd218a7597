//! How disputes look: the columns of the queue, one case in lines, and the amounts in dispute by reason.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::case::{Effect, Priority};
use crate::domain::money::Money;
use crate::store::read::case_group::Member;
use crate::store::read::disputes::{Case, DisputeRow, Disputes, Step};
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
    Column {
        id: "amount",
        title: "AMOUNT",
        letter: 'a',
        priority: 0,
        min: 10,
        max: 14,
        align: Align::Right,
        base: false,
    },
    Column::words("currency", "CUR", 'u', 0, 3, 3),
    Column::words("reason", "REASON", 'r', 1, 12, 24),
    Column { id: "age", title: "AGE", letter: 'g', priority: 3, min: 5, max: 5, align: Align::Right, base: false },
    Column { id: "due", title: "LEFT", letter: 't', priority: 0, min: 5, max: 6, align: Align::Right, base: false },
    Column::words("state", "STATE", 's', 1, 8, 16),
    Column::words("owner", "OWNER", 'o', 3, 5, 8),
    Column::words("department", "DEPARTMENT", 'd', 4, 10, 16),
    Column::words("last", "LAST DAY", 'l', 5, 9, 9),
    Column::words("cause", "CAUSE", 'w', 6, 10, 20),
    Column {
        id: "risk",
        title: "RISK/DAY",
        letter: 'k',
        priority: 6,
        min: 9,
        max: 13,
        align: Align::Right,
        base: false,
    },
    Column::words("priority", "PRIORITY", 'p', 7, 8, 8),
    Column::words("case", "CASE", 'z', 7, 5, 8),
    Column::words("processor", "PROCESSOR", 'b', 8, 9, 10),
    Column::words("coordinator", "COORDINATOR", 'x', 8, 11, 11),
];

/// `34d!` when the case is late.
pub(super) fn age(row: &DisputeRow) -> String {
    format!("{}d{}", row.age, if row.is_late() { "!" } else { "" })
}

/// Days left to decide it: `5d`, `-3d!` when late, `waits` while the clock stands.
pub(super) fn left(row: &DisputeRow, ctx: &Ctx) -> String {
    match (row.open, row.clock.stands) {
        (false, _) => String::new(),
        (true, true) => "waits".to_owned(),
        (true, false) => format!("{}d{}", row.clock.days_left(ctx.today), if row.is_late() { "!" } else { "" }),
    }
}

/// A row's cells for [`COLUMNS`].
pub(super) fn line(row: &DisputeRow, ctx: &Ctx) -> Vec<table::Cell> {
    let late = if row.is_late() { Role::Late } else { Role::Text };
    vec![
        (&*row.number).into(),
        (&*row.name).into(),
        (&*row.document).into(),
        Money::new(row.stake(), row.currency).grouped(ctx.numbers).into(),
        row.currency.code().into(),
        (&*row.reason).into(),
        table::Cell::new(age(row), late),
        table::Cell::new(left(row, ctx), late),
        if row.confirmed { "confirmed".into() } else { (&*row.state).into() },
        (&*row.owner).into(),
        (&*row.department).into(),
        row.last_day.map_or_else(String::new, text::day).into(),
        (&*row.cause).into(),
        if row.open { row.risk.to_string().into() } else { "".into() },
        row.priority.word().into(),
        (&*row.case).into(),
        (&*row.processor).into(),
        (&*row.coordinator).into(),
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
        true => format!("{} days open, {}", row.age, clock(row, ctx)),
        false => format!("closed after {} days, {} accepted", row.age, said(row.accepted)),
    };
    let cause = if row.cause.is_empty() { String::new() } else { format!(", caused by {}", row.cause) };
    let held = if row.open { row.stake() } else { 0 };
    let free = (case.item_open - held).max(0);
    let confirmed = if row.confirmed { " and confirmed" } else { "" };
    let mut lines = vec![
        format!("{}  {}  {}  {}{cause}", row.number, row.name, row.document, row.reason),
        format!("at stake  {}   open {}   undisputed {}", said(row.stake()), said(case.item_open), said(free)),
        format!("state     {}{confirmed}, {days}", row.state),
        format!("owner     {nobody}, {}{}   invoice due {}", row.department, roles(row), text::day(case.due)),
    ];
    lines.extend(group(case, ctx));
    lines
}

/// Who works on it, who decides it and how soon, where that is said.
fn roles(row: &DisputeRow) -> String {
    let mut said = String::new();
    for (word, who) in [("works", &row.processor), ("decides", &row.coordinator)] {
        if !who.is_empty() {
            said += &format!("; {who} {word}");
        }
    }
    if row.priority != Priority::Normal {
        said += &format!("; priority {}", row.priority.word());
    }
    said
}

/// The most items of a case that are listed above its steps.
const LISTED: usize = 6;

/// The items of a case that is over several, with what is in dispute in all.
fn group(case: &Case, ctx: &Ctx) -> Vec<String> {
    let all = &case.more.group;
    if all.len() < 2 {
        return Vec::new();
    }
    let said = |minor: i64| Money::new(minor, case.row.currency).grouped(ctx.numbers);
    let one = |one: &Member| match one.held {
        0 => format!("{} {} {}", one.number, one.document, one.state),
        held => format!("{} {} {}", one.number, one.document, said(held)),
    };
    let held = Money::new(all.iter().map(|one| one.held).sum(), case.row.currency);
    let in_all = text::amount_with_currency(held, ctx.numbers);
    let mut lines = vec![format!("case      {} over {} items, {in_all} in dispute", case.row.case, all.len())];
    let items: Vec<String> = all.iter().take(LISTED).map(one).collect();
    lines.extend(items.chunks(2).map(|pair| format!("          {}", pair.join(";  "))));
    if all.len() > LISTED {
        lines.push(format!("          and {} more; / with case:{}", all.len() - LISTED, case.row.case));
    }
    lines
}

/// By when it must be decided, or answered first.
pub(super) fn clock(row: &DisputeRow, ctx: &Ctx) -> String {
    let clock = &row.clock;
    if clock.stands {
        return format!("the clock stands for the customer ({} working days so far)", clock.paused);
    }
    let answer = match clock.answered_on {
        None if clock.is_unanswered(ctx.today) => format!(", unanswered since {}!", text::day(clock.answer_by)),
        None => format!(", answer by {}", text::day(clock.answer_by)),
        Some(_) => String::new(),
    };
    let late = if row.is_late() { format!(", {}d late!", row.late_by) } else { String::new() };
    format!("decide by {}{late}{answer}", text::day(clock.decide_by))
}

/// Where the amount went, with what proves it: one line for each part that is not nothing.
pub(super) fn parts(case: &Case, ctx: &Ctx) -> Vec<String> {
    let row = &case.row;
    let said = |minor: i64| Money::new(minor, row.currency).grouped(ctx.numbers);
    let mut lines = vec![format!("{:14}{:>15}", "claimed", said(row.amounts.claimed))];
    for effect in Effect::ALL {
        let amount = row.amounts.of(effect);
        if amount == 0 {
            continue;
        }
        let mut proofs: Vec<String> = Vec::new();
        for part in case.more.parts.iter().filter(|part| part.effect == effect && part.amount > 0) {
            proofs.extend([&part.document, &part.other].into_iter().filter(|text| !text.is_empty()).cloned());
        }
        lines.push(format!("- {:12}{:>15}  {}", effect.word(), said(amount), proofs.join(", ")));
    }
    lines.push(format!("= {:12}{:>15}", "in dispute", said(if row.open { row.amounts.open() } else { 0 })));
    lines
}

/// The same on one line.
pub(super) fn parts_line(case: &Case, ctx: &Ctx) -> String {
    let amounts = &case.row.amounts;
    let said = |minor: i64| Money::new(minor, case.row.currency).grouped(ctx.numbers);
    let parts = Effect::ALL.into_iter().filter(|effect| amounts.of(*effect) != 0);
    let parts: Vec<String> = parts.map(|effect| format!("{} {}", effect.word(), said(amounts.of(effect)))).collect();
    format!("claimed {} = {}, in dispute {}", said(amounts.claimed), parts.join(" + "), said(amounts.open()))
}

/// Facts the lines above say.
const SAID_ELSEWHERE: [&str; 6] = ["cause", "confirmed", "case", "processor", "coordinator", "priority"];

/// Facts, files, tasks and what waits for approval, in lines.
pub(super) fn rest_of(case: &Case) -> Vec<String> {
    let more = &case.more;
    let mut lines: Vec<String> =
        more.waits.iter().map(|(number, what)| format!("waits     {number}: {what}")).collect();
    let facts: Vec<String> = more
        .facts
        .iter()
        .filter(|(field, _)| !SAID_ELSEWHERE.contains(&field.as_str()))
        .map(|(field, value)| format!("{field} {value}"))
        .collect();
    if !facts.is_empty() {
        lines.push(format!("known     {}", facts.join(", ")));
    }
    let files: Vec<&str> = more.files.iter().map(|file| file.name.as_str()).collect();
    if !files.is_empty() {
        lines.push(format!("files     {}", files.join(", ")));
    }
    for task in more.tasks.iter().filter(|task| task.done.is_none()) {
        lines.push(format!("task      {}: {}", task.person, task.text));
    }
    lines
}

/// What the row of the queue does not say, where there is little room, and what happened last.
pub(super) fn short(case: &Case, ctx: &Ctx) -> [Vec<Fact<'static>>; 3] {
    let row = &case.row;
    let said = |minor: i64| Money::new(minor, row.currency).grouped(ctx.numbers);
    // Cases of several currencies stand in one list, so the first line says which this one is in.
    let whole = |minor: i64| text::amount_with_currency(Money::new(minor, row.currency), ctx.numbers);
    let nobody = if row.owner.is_empty() { "nobody" } else { &row.owner };
    [
        vec![
            ("item open", whole(case.item_open), 17),
            ("undisputed", whole((case.item_open - if row.open { row.stake() } else { 0 }).max(0)), 17),
            ("due", text::day(case.due), 9),
        ],
        vec![
            ("owner", nobody.to_owned(), 10),
            ("acts", row.department.to_string(), 12),
            ("accepted", said(row.accepted), 13),
            ("by", text::day(row.clock.decide_by), 9),
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
    let mut head = head(case, ctx);
    head.extend(rest_of(case));
    paint::lines(buf, area, &head, ctx.style(Role::Text), ctx.glyphs);
    paint::lines(buf, Rect { height: 1.min(area.height), ..area }, &head[..1], ctx.style(Role::Strong), ctx.glyphs);
    let below = u16::try_from(head.len() + 1).unwrap_or(u16::MAX).min(area.height);
    let rest = Rect { y: area.y + below, height: area.height - below, ..area };
    let steps: Vec<String> = case.steps.iter().rev().flat_map(|one| wrap(&step(one), width)).collect();
    paint::lines(buf, rest, &steps, ctx.style(Role::Text), ctx.glyphs);
}

/// Days left to dispute, as value at risk is summed.
pub(super) const BANDS: [&str; 5] =
    ["last day is over", "last day in 7 days", "last day in 30 days", "last day later", "no last day"];

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
    for (band, amounts) in BANDS.iter().zip(&all.at_risk).take(4).filter(|(_, amounts)| !amounts.is_empty()) {
        lines.push(format!("{band:22} {}", sums(amounts, ctx)));
    }
    lines.push(format!("closed in the last 90 days: {}", valid + partly + invalid));
    lines.push(format!("valid {valid}  partly {partly}  invalid {invalid}"));
    if let Some(median) = all.median {
        lines.push(format!("median days to close: {median}"));
    }
    paint::lines(buf, area, &lines, ctx.style(Role::Text), ctx.glyphs);
}
