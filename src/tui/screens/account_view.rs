//! How an account is laid out: the header with balance, age, limit and contact; panes side by side where there is
//! room, else one pane at a time under its tabs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::customers_view::{grade, limit_use};
use super::deck_view::{shown, without_rate};
use crate::domain::money::Money;
use crate::store::read::account::Full;
use crate::store::read::accounts::LABELS;
use crate::tui::app::Ctx;
use crate::tui::ui::bars::share;
use crate::tui::ui::layout::{self, Class};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{cells, cut};
use crate::tui::ui::{paint, text};

/// Numbers of the panes.
pub const ITEMS: u8 = 1;
/// What happened.
pub const TIMELINE: u8 = 2;
/// Paid invoices.
pub const PAYMENTS: u8 = 3;
/// Every invoice.
pub const INVOICES: u8 = 4;
/// How many panes there are; 5 to 7 are promises, disputes, credit.
pub const PANES: u8 = 7;

/// Where everything goes at a size.
pub struct Plan {
    /// The header.
    pub header: Rect,
    /// Panes with their areas; each stands in a frame.
    pub panes: Vec<(u8, Rect)>,
    /// The line of tabs, where one pane is shown at a time.
    pub tabs: Option<Rect>,
    /// The look at the history under the open items.
    pub peek: Option<Rect>,
}

/// The plan for an area of a terminal of this size, with the focus on a pane. `slot` is the pane last chosen among those
/// that share the lower right.
pub fn plan(area: Rect, ctx: &Ctx, focus: u8, slot: u8) -> Plan {
    let class = if ctx.zoom { Class::S } else { layout::class(ctx.size.0, ctx.size.1) };
    let down = |rows: u16| layout::above(area, area.height.saturating_sub(rows));
    match class {
        Class::L | Class::Xl => {
            let [header, body] = down(8);
            let [upper, lower] = layout::above(body, body.height / 2);
            let [items, timeline] = layout::beside(upper, 62);
            let [payments, other] = layout::beside(lower, 50);
            let panes = vec![(ITEMS, items), (TIMELINE, timeline), (PAYMENTS, payments), (slot.max(INVOICES), other)];
            Plan { header, panes, tabs: None, peek: None }
        }
        Class::M => {
            let [header, body] = down(7);
            let [tabs, body] = layout::above(body, body.height.saturating_sub(1));
            let [left, right] = layout::beside(body, 66);
            let shown = if focus == TIMELINE { ITEMS } else { focus };
            Plan { header, panes: vec![(shown, left), (TIMELINE, right)], tabs: Some(tabs), peek: None }
        }
        Class::S | Class::Tiny => {
            let [header, body] = down(if area.height < 14 { 2 } else { 4 });
            let [tabs, body] = layout::above(body, body.height.saturating_sub(1));
            let peek = if focus == ITEMS && body.height >= 13 { 5 } else { 0 };
            let [pane, peek] = layout::above(body, peek);
            let peek = (!peek.is_empty()).then_some(peek);
            Plan { header, panes: vec![(focus, pane)], tabs: Some(tabs), peek }
        }
    }
}

/// The tabs, the one in front in brackets.
pub fn tabs(buf: &mut Buffer, area: Rect, titles: &[String], focus: u8, ctx: &Ctx) {
    let mut x = area.x;
    for (number, title) in (1..).zip(titles) {
        let here = number == focus;
        let shown = if here { format!("[{title}]") } else { format!(" {title} ") };
        let role = if here { Role::Accent } else { Role::Dim };
        x = x.saturating_add(paint::text(buf, area, x, area.y, &shown, ctx.style(role), ctx.glyphs));
    }
}

/// Cells a name has at least in the short header; it gives way to limit and use before that.
const NAME: usize = 12;

/// Draws the header: short in few lines, framed and with bars where there is room.
pub fn header(buf: &mut Buffer, area: Rect, full: &Full, ctx: &Ctx) {
    if area.height < 7 {
        return paint::lines(buf, area, &short(full, ctx, area.width), ctx.style(Role::Text), ctx.glyphs);
    }
    let title = format!("{}  {}", full.data.name, full.data.number);
    let note = format!("risk {}   owner {}", grade(full.account.risk), owner(full));
    let inside = paint::frame(buf, area, &title, &note, true, ctx.theme, ctx.glyphs);
    paint::lines(buf, inside, &long(full, ctx, inside), ctx.style(Role::Text), ctx.glyphs);
}

fn owner(full: &Full) -> &str {
    if full.account.owner.is_empty() { "nobody" } else { &full.account.owner }
}

fn pays(full: &Full) -> String {
    full.account.days_to_pay.map_or_else(|| "not known".to_owned(), |days| format!("{days}d"))
}

fn terms(full: &Full) -> &str {
    if full.account.terms.is_empty() { "no terms" } else { &full.account.terms }
}

fn hold(full: &Full) -> &'static str {
    if full.account.blocked { "YES" } else { "no" }
}

fn limit(full: &Full, ctx: &Ctx) -> String {
    let account = &full.account;
    match account.limit {
        Some(limit) => {
            let money = Money::new(limit, account.currency);
            let limit = if account.currency == ctx.base {
                money.grouped(ctx.numbers)
            } else {
                text::amount_with_currency(money, ctx.numbers)
            };
            format!("limit {limit}  used {}", limit_use(account).text)
        }
        None => "limit none".to_owned(),
    }
}

fn contact(full: &Full) -> String {
    let parts = [&full.data.contact, &full.data.phone, &full.data.email];
    let known: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    if known.is_empty() { "nobody to call is on file".to_owned() } else { known.join("  ") }
}

fn foreign(full: &Full, ctx: &Ctx) -> String {
    let sums = full.account.in_currencies().filter(|(currency, _)| *currency != ctx.base);
    let parts: Vec<String> = sums
        .map(|(currency, sums)| text::amount_with_currency(Money::new(sums.net(), currency), ctx.numbers))
        .collect();
    let without = without_rate(full, ctx);
    match (parts.is_empty(), &*without) {
        (true, _) => String::new(),
        (false, "") => format!("   in it {}", parts.join(" + ")),
        (false, without) => format!("  {without}"),
    }
}

/// The ages and what is open in other currencies, whole: the oldest first where not all of it has room, so that the end
/// that is cut off is the one that matters least.
fn fitting(ages: &[String], foreign: &str, width: usize) -> String {
    let line = format!("{}{foreign}", ages.join("  "));
    if cells(&line) <= width {
        return line.trim_start().to_owned();
    }
    let ages: Vec<&str> = ages.iter().rev().map(String::as_str).collect();
    format!("{}  {}", foreign.trim(), ages.join("  ")).trim_start().to_owned()
}

fn short(full: &Full, ctx: &Ctx, width: u16) -> Vec<String> {
    let account = &full.account;
    let money = |minor: i64| shown(full, minor, ctx);
    let ages: Vec<String> = LABELS
        .iter()
        .zip(account.base.buckets)
        .filter(|(_, minor)| *minor != 0)
        .map(|(label, minor)| format!("{label}: {}", text::whole(Money::new(minor, ctx.base), ctx.numbers)))
        .collect();
    let rest = format!(
        "{}  risk {}  open {}  {}",
        full.data.number,
        grade(account.risk),
        money(account.base.net()),
        limit(full, ctx)
    );
    let name = cut(&full.data.name, usize::from(width).saturating_sub(cells(&rest) + 3).max(NAME), ctx.glyphs);
    vec![
        format!(" {name}  {rest}"),
        format!(
            " overdue {}  oldest {}  pays in {} ({})  owner {}  hold {}",
            money(account.base.overdue()),
            text::days(account.oldest_days(ctx.today)),
            pays(full),
            terms(full),
            owner(full),
            hold(full)
        ),
        format!(" {}", fitting(&ages, &foreign(full, ctx), usize::from(width).saturating_sub(1))),
        format!(" {}", contact(full)),
    ]
}

fn long(full: &Full, ctx: &Ctx, area: Rect) -> Vec<String> {
    let account = &full.account;
    let money = |minor: i64| shown(full, minor, ctx);
    let review = account
        .next_on
        .map_or_else(String::new, |on| format!("   next {} {}", text::short_day(on, ctx.today), account.next_what));
    let review = match &full.off_list {
        Some(why) if review.is_empty() => format!("   not listed: {why}"),
        _ => review,
    };
    let whole = account.base.debits();
    let width = usize::from(area.width / 3).saturating_sub(24).clamp(4, 16);
    let ages: Vec<String> = LABELS
        .iter()
        .zip(account.base.buckets)
        .map(|(label, minor)| format!("{label:<8}{} {:>12}", share(minor, whole, width, ctx.glyphs), money(minor)))
        .collect();
    vec![
        format!(
            " open     {:>14}   {}   terms {}   pays in {}   hold {}{review}",
            money(account.base.net()),
            limit(full, ctx),
            terms(full),
            pays(full),
            hold(full)
        ),
        format!(
            " overdue  {:>14}   oldest {}   unapplied cash {}   disputed {}   promised {}{}",
            money(account.base.overdue()),
            text::days(account.oldest_days(ctx.today)),
            money(account.base.unapplied),
            money(account.base.disputed),
            money(account.promised),
            foreign(full, ctx)
        ),
        format!(" {}", ages[..3].join("   ")),
        format!(" {}", ages[3..].join("   ")),
        format!(" contact  {}", contact(full)),
    ]
}
