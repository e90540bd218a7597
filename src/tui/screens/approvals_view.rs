//! How requests for approval look: the list with what the row under the cursor would change below or beside it, the
//! parts of the review, the whole request, and why it needs a second person.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::approvals::ApprovalList;
use super::listing::with_peek;
use crate::store::read::approvals::Asked;
use crate::tui::app::Ctx;
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::paint::Fact;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;
use crate::tui::ui::{paint, text};

/// The columns of the list.
pub(super) const COLUMNS: &[Column] = &[
    Column::words("number", "NO", 'n', 0, 5, 6),
    Column::words("standing", "STATE", 's', 0, 9, 9),
    Column::words("by", "ASKED BY", 'b', 0, 9, 14),
    Column::words("what", "WHAT WOULD BE DONE", 'w', 0, 28, 70),
    Column::number("amount", "AMOUNT", 'a', 1, 13),
    Column::words("currency", "CUR", 'u', 5, 3, 3),
    Column::number("left", "LEFT", 'l', 2, 4),
    Column::number("age", "AGE", 'g', 4, 4),
    Column::words("customer", "CUSTOMER", 'c', 6, 10, 20),
    Column::words("kind", "KIND", 'k', 8, 10, 14),
    Column::words("decided", "DECIDED", 'd', 7, 9, 22),
];

/// Draws the screen at the size it has.
pub(super) fn draw(screen: &ApprovalList, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    let (theme, glyphs) = (ctx.theme, ctx.glyphs);
    if class(ctx.size.0, ctx.size.1) < Class::M || ctx.zoom {
        let [rows, inside] = with_peek(buf, area, 3, ctx);
        list(screen, buf, rows, ctx, focused);
        return paint::facts(buf, inside, &peek(screen), theme, glyphs);
    }
    let [left, right] = layout::beside(area, 62);
    let inside = paint::frame(buf, left, "Approvals", &screen.listing.place(), focused, theme, glyphs);
    list(screen, buf, inside, ctx, focused);
    let title = screen.listing.list.selected().map_or("This request".to_owned(), |asked| asked.row.number.clone());
    let inside = paint::frame(buf, right, &title, "Enter shows all", false, theme, glyphs);
    let inside = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
    let width = usize::from(inside.width).max(1);
    let lines = screen.listing.list.selected().map(|asked| beside(asked, ctx)).unwrap_or_default();
    let lines: Vec<String> = lines.iter().flat_map(|line| wrap(line, width)).collect();
    paint::lines(buf, inside, &lines, ctx.style(Role::Text), glyphs);
}

fn list(screen: &ApprovalList, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    let listing = &screen.listing;
    if listing.list.is_loaded() && listing.list.total() == 0 {
        let lines = match listing.filter.as_str() {
            "" => vec![
                "Nothing waits for a second person.".to_owned(),
                "What is beyond somebody's limit comes here; / state:approved shows what was decided.".to_owned(),
            ],
            filter => vec![format!("no request passes {filter}; / changes it")],
        };
        let area = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
        return paint::lines(buf, area, &lines, ctx.style(Role::Dim), ctx.glyphs);
    }
    listing.draw(buf, area, ctx, focused, Vec::new(), |asked| cells(asked, ctx));
}

fn cells(asked: &Asked, ctx: &Ctx) -> Vec<Cell> {
    let row = &asked.row;
    let role = match asked.standing() {
        "decide" => Role::Strong,
        "expired" | "void" => Role::Warn,
        "rejected" => Role::Late,
        "approved" => Role::Good,
        _ => Role::Dim,
    };
    let left = (row.expires_on - ctx.today).num_days();
    let left = if row.waits() { Cell::new(format!("{left}d"), soon(left)) } else { "".into() };
    // The amount of the act itself; what counts against limits with earlier ones stands below, with how it is reached.
    let own = row.own.or_else(|| asked.amount());
    let decided = row.decided_on.map_or(String::new(), |on| format!("{} {}", text::day(on), row.decided_by));
    vec![
        row.number.as_str().into(),
        Cell::new(asked.standing(), role),
        row.name.as_str().into(),
        short(asked).into(),
        own.map_or(String::new(), |amount| text::amount(amount, ctx.numbers)).into(),
        own.map_or(String::new(), |amount| amount.currency.code().to_owned()).into(),
        left,
        format!("{}d", asked.age).into(),
        row.customer.as_str().into(),
        row.kind.as_str().into(),
        decided.into(),
    ]
}

fn soon(left: i64) -> Role {
    if left <= 2 { Role::Warn } else { Role::Text }
}

/// What an act would say once done, as what is asked for: `Posted write-off …` is `Post write-off …`.
pub(super) fn intent(summary: &str) -> String {
    const VERBS: [(&str, &str); 12] = [
        ("Posted ", "Post "),
        ("Changed ", "Change "),
        ("Added ", "Add "),
        ("Gave ", "Give "),
        ("Took ", "Take "),
        ("Released ", "Release "),
        ("Blocked ", "Block "),
        ("Opened ", "Open "),
        ("Resolved ", "Resolve "),
        ("Credited ", "Credit "),
        ("Undid", "Undo"),
        ("Moved ", "Move "),
    ];
    let known = VERBS.iter().find_map(|(done, verb)| summary.strip_prefix(done).map(|rest| format!("{verb}{rest}")));
    known.unwrap_or_else(|| summary.to_owned())
}

/// What is asked for in a few words: of master data the fields that change, `e-mail of Nordwind AG`.
fn short(asked: &Asked) -> String {
    let row = &asked.row;
    let fields: Vec<&str> = row.changes.iter().map(|change| change.what.as_str()).collect();
    if row.kind == "set customer" && !row.customer.is_empty() && !fields.is_empty() {
        return format!("{} of {}", fields.join(", "), row.customer);
    }
    intent(&row.summary)
}

/// The customer, unless what is asked for names it.
fn about(asked: &Asked) -> &str {
    let row = &asked.row;
    if row.summary.contains(&row.customer) { "" } else { &row.customer }
}

/// What changes, one line each: `open amount: 40,000.00 EUR -> 10,000.00 EUR`.
fn changes(asked: &Asked) -> Vec<String> {
    let lines = asked.row.changes.iter();
    let said = |text: &String| if text.is_empty() { "nothing".to_owned() } else { text.clone() };
    lines.map(|change| format!("{}: {} -> {}", change.what, said(&change.before), said(&change.after))).collect()
}

/// Who may approve, or what became of it.
fn turn(asked: &Asked) -> String {
    let row = &asked.row;
    match (asked.standing(), row.decided_on) {
        ("decide", _) => "it is for you: A approves, X rejects".to_owned(),
        ("own", _) => format!("yours; W takes it back; {}", approvers(asked)),
        ("waits", _) => format!("not for you: {}; {}", asked.no_approval.clone().unwrap_or_default(), approvers(asked)),
        ("expired", _) => format!("expired on {}; {} may ask again", text::day(row.expires_on), row.name),
        ("void", _) => format!("void: what it is about changed since; {} may ask again", row.name),
        (state, Some(on)) => {
            let said = if row.said.is_empty() { String::new() } else { format!(": {}", row.said) };
            format!("{state} by {} on {}{said}", row.decided_by, text::day(on))
        }
        (state, None) => state.to_owned(),
    }
}

fn approvers(asked: &Asked) -> String {
    match &asked.approvers[..] {
        [] => "nobody in the book may approve it; an administrator gives the right".to_owned(),
        names => format!("may approve: {}", names.join(", ")),
    }
}

/// What the row does not say, where there is little room.
fn peek(screen: &ApprovalList) -> Vec<Vec<Fact<'static>>> {
    let Some(asked) = screen.listing.list.selected() else { return Vec::new() };
    let row = &asked.row;
    let changes = if row.changes.is_empty() { "Enter shows it".to_owned() } else { changes(asked).join("; ") };
    vec![vec![("why", row.why.clone(), 73)], vec![("changes", changes, 69)], vec![("", turn(asked), 60)]]
}

/// The row under the cursor beside the list.
fn beside(asked: &Asked, ctx: &Ctx) -> Vec<String> {
    let row = &asked.row;
    let mut out = vec![intent(&row.summary)];
    if !about(asked).is_empty() {
        out.push(format!("customer  {}", row.customer));
    }
    out.extend([String::new(), "WHAT CHANGES".to_owned()]);
    out.extend(changes(asked).iter().map(|line| format!("  {line}")));
    out.extend([String::new(), "WHY A SECOND PERSON".to_owned(), format!("  {}", row.why), String::new()]);
    out.extend([
        "WHO".to_owned(),
        format!("  asked by {} on {}", row.name, text::weekday(row.asked_on)),
        format!("  can be approved until {}", text::date_echo(row.expires_on, ctx.today)),
        format!("  needs the right to {}", row.needs),
        format!("  {}", turn(asked)),
    ]);
    out
}

/// Before, change and after of the review.
pub(super) fn review(asked: &Asked, ctx: &Ctx) -> [Vec<String>; 3] {
    let row = &asked.row;
    let said = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    let before = row.changes.iter().map(|change| format!("{}: {}", change.what, said(&change.before)));
    let after = row.changes.iter().map(|change| format!("{}: {}", change.what, said(&change.after)));
    let change = vec![
        format!("{}  {}", intent(&row.summary), about(asked)).trim_end().to_owned(),
        format!("asked by {} on {}: {}", row.name, text::weekday(row.asked_on), row.why),
        format!("approved by {}, by whose name it stands in the log", ctx.user),
        format!("what is approved has the hash {}", row.hash.get(..16).unwrap_or(&row.hash)),
    ];
    [before.collect(), change, after.collect()]
}

/// All of a request, line by line, with its hash and what became of it.
pub(super) fn detail(asked: &Asked, ctx: &Ctx) -> Vec<String> {
    let row = &asked.row;
    let mut out = beside(asked, ctx);
    if let Some(amount) = asked.amount() {
        let amount = text::amount_with_currency(amount, ctx.numbers);
        out.push(format!("  amount that counts against limits: {amount}"));
    }
    out.extend([String::new(), "HISTORY".to_owned()]);
    out.push(format!("  {}  asked for by {} ({})", text::day(row.asked_on), row.name, row.login));
    match row.decided_on {
        Some(on) => {
            let said = if row.said.is_empty() { String::new() } else { format!(": {}", row.said) };
            out.push(format!("  {}  {} by {}{said}", text::day(on), row.state, row.decided_by));
        }
        None if row.state == "expired" => {
            out.push(format!("  {}  expired; nothing was posted", text::day(row.expires_on)));
        }
        None if row.state == "void" => {
            out.push("  void: what it is about changed since; nothing was posted".to_owned())
        }
        None => out.push("  nothing is posted until somebody approves it".to_owned()),
    }
    out.extend([
        String::new(),
        "HASH OF WHAT IS ASKED FOR (SHA-256); an approval names it, so that nothing else is done".to_owned(),
        format!("  {}", row.hash),
    ]);
    out
}

/// Why it is here and whose turn it is.
pub(super) fn why(asked: &Asked, ctx: &Ctx) -> Vec<String> {
    let row = &asked.row;
    vec![
        format!("{} asked: {}", row.name, intent(&row.summary)),
        format!("It needs a second person because: {}.", row.why),
        format!("The second person needs the right to {} and must not be {}.", row.needs, row.name),
        turn(asked),
        format!(
            "It can be approved until {}, as long as what it is about stays as it was when it was asked for.",
            text::date_echo(row.expires_on, ctx.today)
        ),
    ]
}

/// How the amount that counts against limits is reached.
pub(super) fn arithmetic(asked: &Asked, ctx: &Ctx) -> Vec<String> {
    let row = &asked.row;
    let days = crate::domain::limits::WINDOW_DAYS;
    let Some(amount) = asked.amount() else {
        if row.limited {
            let takes = format!("Its amount cannot be told in {}, so it takes somebody without a limit.", asked.base);
            return vec![format!("{}.", row.why), takes, approvers(asked)];
        }
        return vec![
            format!("No amount decides here: {}.", row.why),
            "Whoever may decide needs the right, whatever the amount.".to_owned(),
        ];
    };
    vec![
        format!("counts against limits: {}", text::amount_with_currency(amount, ctx.numbers)),
        format!(
            "That is the amount itself in {}, or together with what {} did or had approved of the same kind for the same customer in \
             {days} days, whichever is more.",
            asked.base, row.name
        ),
        row.why.clone(),
        approvers(asked),
    ]
}
