//! Drawing the whole terminal: header, the screen on top, status line, hint line, what lies over it, and the box of
//! what may follow a prefix.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::command::Command;
use super::ctx::Ctx;
use super::state::{App, Owner};
use crate::domain::authority::Identity;
use crate::tui::ui::layout::{self, Class, SMALLEST};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{Align, cells, cut, fit, wrap};
use crate::tui::ui::{paint, text};

/// Draws the application into a frame and places the terminal's cursor in the field being typed into, if any.
pub fn view(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    if let Some(cursor) = draw(app, frame.buffer_mut(), area) {
        frame.set_cursor_position(cursor);
    }
}

/// Draws the application into an area of a buffer and says where the terminal's cursor belongs.
pub fn draw(app: &App, buf: &mut Buffer, area: Rect) -> Option<Position> {
    let area = area.intersection(buf.area);
    if layout::class(area.width, area.height) == Class::Tiny {
        let (columns, rows) = SMALLEST;
        let sentence = format!("o2c needs {columns}x{rows}, this is {}x{}", area.width, area.height);
        paint::text(buf, area, area.x, area.y, &sentence, app.ctx.style(Role::Text), app.ctx.glyphs);
        return None;
    }
    if app.lock.is_locked() {
        super::lock::draw(app, buf, area);
        return None;
    }
    let [header, body, status, hints] = layout::chrome(area);
    match app.banner {
        Some(banner) => draw_banner(app, buf, header, banner),
        None => draw_header(app, buf, header),
    }
    let body = app.draw_tutor(buf, body);
    app.top().screen.view(buf, body, &app.ctx, true);
    let mut cursor = None;
    for over in &app.overlays {
        cursor = over.overlay.view(buf, body, &app.ctx);
    }
    if !app.pending.is_empty() {
        draw_prefix(app, buf, body);
    }
    draw_status(app, buf, status);
    draw_long_error(app, buf, body, usize::from(status.width));
    let hint = match app.overlays.last() {
        Some(over) => over.overlay.hint(),
        None => hint_line(app, usize::from(hints.width.saturating_sub(1))),
    };
    paint::text(buf, hints, hints.x, hints.y, &format!(" {hint}"), app.ctx.style(Role::Dim), app.ctx.glyphs);
    cursor
}

/// What became of the book, in place of the header: whatever is shown below, nothing more can be posted.
fn draw_banner(app: &App, buf: &mut Buffer, area: Rect, banner: &str) {
    let ctx = &app.ctx;
    paint::two_sides(buf, area, &format!(" {banner}"), "", ctx.style(Role::Late), ctx.glyphs);
}

fn draw_header(app: &App, buf: &mut Buffer, area: Rect) {
    let ctx = &app.ctx;
    let width = usize::from(area.width);
    let trust = ctx.identity == Identity::Trust;
    let flags = match (ctx.demo, trust, ctx.read_only || ctx.only_reads.is_some()) {
        (true, _, true) => "DEMO READ-ONLY  ",
        (true, _, false) => "DEMO  ",
        (false, true, true) => "TRUST READ-ONLY  ",
        (false, true, false) => "TRUST  ",
        (false, false, true) => "READ-ONLY  ",
        (false, false, false) => "",
    };
    // Where somebody vouches for who is here, the person sees who that is.
    let flags = if ctx.checked() && !ctx.demo { format!("{}  {flags}", ctx.user) } else { flags.to_owned() };
    // A screen of one thing lies in the list it was opened from; a list of its own that has no tab lies in none.
    let active = app
        .stack
        .iter()
        .rev()
        .filter_map(|opened| opened.place.as_ref())
        .filter_map(|(id, _)| app.places.iter().position(|place| place.command.id == *id))
        .find(|at| app.places[*at].tab.is_some() || !app.places[*at].command.keys.is_empty())
        .filter(|at| app.places[*at].tab.is_some());
    let tabs = |roomy: bool| -> Vec<String> {
        let named = app.places.iter().enumerate().filter_map(|(index, place)| place.tab.map(|name| (index, name)));
        let tab = |(index, name): (usize, &str)| match (Some(index) == active, roomy) {
            (true, _) => format!("[{name}]"),
            (false, true) => format!(" {name} "),
            (false, false) => name.to_owned(),
        };
        named.map(tab).collect()
    };
    let (left, right) = fit_header(&tabs, &flags, ctx, width);
    paint::two_sides(buf, area, &left, &right, ctx.style(Role::Text), ctx.glyphs);
    // Only the active tab stands out; it is already told apart by its brackets where there is no colour.
    if let Some(start) = left.find('[') {
        let name = &left[start..left.find(']').map_or(left.len(), |end| end + 1)];
        let x = area.x + u16::try_from(cells(&left[..start])).unwrap_or(0);
        paint::text(buf, area, x, area.y, name, ctx.style(Role::Accent), ctx.glyphs);
    }
}

/// Tabs at the left, currency and day at the right, as roomy as they fit; the currency never goes.
fn fit_header(tabs: &dyn Fn(bool) -> Vec<String>, flags: &str, ctx: &Ctx, width: usize) -> (String, String) {
    let day = text::day(ctx.today);
    let rights = [
        format!("{flags}{}  {} ", ctx.base, text::long_day(ctx.today)),
        format!("{flags}{} {day} ", ctx.base),
        format!("{flags}{} {} ", ctx.base, day.get(..6).unwrap_or(&day)),
        format!("{flags}{} ", ctx.base),
    ];
    let left = |roomy: bool| format!(" o2c {}", tabs(roomy).join(if roomy { "" } else { " " }));
    for (roomy, right) in [(true, 0), (true, 1), (false, 1), (false, 2), (false, 3)] {
        // One cell stays between the two.
        if cells(&left(roomy)) + cells(&rights[right]) < width {
            return (left(roomy), rights[right].clone());
        }
    }
    let right = rights[3].clone();
    let mut short = " o2c".to_owned();
    for tab in tabs(false) {
        // A blank before each, and one before the right side, which must not give way.
        if cells(&short) + cells(&tab) + 1 + cells(&right) < width || tab.starts_with('[') {
            short.push(' ');
            short.push_str(&tab);
        }
    }
    (short, right)
}

fn draw_status(app: &App, buf: &mut Buffer, area: Rect) {
    let ctx = &app.ctx;
    let (number, part) = app.focused();
    let status = part.status(ctx);
    // The way begins at the last screen that has a tab: the header shows that one, and tabs do not lie in each other.
    let has_tab = |id: &str| app.places.iter().any(|place| place.tab.is_some() && place.command.id == id);
    let first = app.stack.iter().rposition(|opened| opened.place.as_ref().is_some_and(|(id, _)| has_tab(id)));
    let way = &app.stack[first.unwrap_or(0)..];
    let crumbs: Vec<String> = way.iter().rev().take(3).map(|opened| opened.screen.crumb()).collect();
    let crumbs = crumbs.into_iter().rev().collect::<Vec<_>>().join(ctx.glyphs.crumb);
    let filter = if status.filter.is_empty() { String::new() } else { format!("filter: {}", status.filter) };
    let banner = app.new_day.map(|_| format!("as of {}; R for today", text::day(ctx.today))).unwrap_or_default();
    // What a screen made of panes has to say itself stands beside what its pane says.
    let own = if number > 0 { app.top().screen.status(ctx).note } else { String::new() };
    let crumbs = if way.len() > 1 { crumbs } else { String::new() };
    // A view that was changed since carries a star.
    let viewed = app.viewed.as_ref().filter(|(screen, _, _)| *screen == app.top().id);
    let viewed = viewed.map_or(String::new(), |(_, name, text)| {
        format!("view: {name}{}", if part.saved_view().as_ref() == Some(text) { "" } else { "*" })
    });
    let running = super::behind::shown(ctx);
    // What is marked is about to be changed: its count and sum come before what there is.
    let parts = [crumbs, viewed, filter, running, status.marks, status.counts, status.note, own, banner];
    let left = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
    let keys: String = app.pending.iter().map(|key| key.label() + " ").collect();
    let count = app.count.map(|count| count.to_string()).unwrap_or_default();
    let typed = format!("{count}{keys}").trim_end().to_owned();
    let width = usize::from(area.width);
    let (right, role) = match (&app.toast, typed.is_empty()) {
        (_, false) => (typed, Role::Accent),
        (Some(toast), true) => match (toast.error, toast.asked) {
            (true, _) => (toast.text.clone(), Role::Late),
            (false, true) => (toast.text.clone(), Role::Warn),
            (false, false) => (toast.text.clone(), Role::Good),
        },
        (None, true) => (String::new(), Role::Text),
    };
    // A message comes before the counts: it takes the room it needs, up to the whole line.
    let right = shortened(&right, width.saturating_sub(2), ctx);
    let room = width.saturating_sub(cells(&right) + 3);
    let left = fit(&cut(&left, room, ctx.glyphs), room, Align::Left, ctx.glyphs);
    paint::text(buf, area, area.x + 1, area.y, &left, ctx.style(Role::Text), ctx.glyphs);
    let x = area.right().saturating_sub(u16::try_from(cells(&right) + 1).unwrap_or(0));
    paint::text(buf, area, x, area.y, &right, ctx.style(role), ctx.glyphs);
}

/// A message in so many cells: its last part, which says what to do now, stays.
fn shortened(text: &str, room: usize, ctx: &Ctx) -> String {
    let (head, tail) = text.rfind("; ").map_or((text, ""), |at| text.split_at(at));
    if cells(text) <= room || cells(tail) * 2 > room {
        return cut(text, room, ctx.glyphs);
    }
    cut(head, room - cells(tail), ctx.glyphs) + tail
}

/// An error that does not fit the status line is shown whole above it: a reason that is cut off is none.
fn draw_long_error(app: &App, buf: &mut Buffer, body: Rect, width: usize) {
    let ctx = &app.ctx;
    let Some(toast) = app.toast.as_ref().filter(|toast| toast.error && cells(&toast.text) + 2 > width) else { return };
    let lines = wrap(&toast.text, width.saturating_sub(4).max(1));
    let [_, area] = layout::above(body, u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2));
    paint::clear(buf, area);
    let inside = paint::frame(buf, area, toast.title, "Esc leaves", true, ctx.theme, ctx.glyphs);
    let inside = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
    paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
}

/// The highest-ranked commands that can run and fit, `? keys` always last. One or two that the row under the cursor does
/// not allow leave a gap, so that the others stay where they are from row to row.
fn hint_line(app: &App, width: usize) -> String {
    let marked = app.focused().1.marked();
    let commands = app.commands();
    let hidden = |place: usize, key: &str| commands[..place].iter().any(|(_, row)| row.keys.contains(&key));
    let shown = |(place, (_, row)): &(usize, &(Owner, Command))| {
        let key = row.keys.first().filter(|_| row.hint > 0 && row.forbidden(&app.ctx).is_none());
        key.is_some_and(|key| !hidden(*place, key))
    };
    let mut ranked: Vec<_> = commands.iter().enumerate().filter(shown).map(|(_, command)| command).collect();
    ranked.sort_by_key(|(_, row)| std::cmp::Reverse(row.hint));
    let refused = |(owner, row): &&(Owner, Command)| app.reason(*owner, row).is_some();
    let gaps = ranked.iter().copied().filter(refused).count() <= 2;
    let last = "? keys";
    let mut line = String::new();
    for command @ (owner, row) in ranked {
        let key = super::command::label(row.keys[0]);
        let acts_on_marks = row.writes && marked > 1 && matches!(owner, Owner::Screen | Owner::Pane(_));
        let many = if acts_on_marks { format!(" {marked}") } else { String::new() };
        let part = format!("{key} {}{many}  ", row.title);
        let part = match refused(&command) {
            true if gaps => " ".repeat(cells(&part)),
            true => continue,
            false => part,
        };
        if cells(&line) + cells(&part) + last.len() <= width {
            line.push_str(&part);
        }
    }
    line + last
}

/// What may follow the keys pressed so far, at the bottom of the body.
fn draw_prefix(app: &App, buf: &mut Buffer, body: Rect) {
    let ctx = &app.ctx;
    let entries = app.continuations();
    let wide = entries.iter().map(|(key, meaning)| cells(key) + cells(meaning) + 3).max().unwrap_or(1).max(12);
    let columns = (usize::from(body.width.saturating_sub(2)) / wide).max(1);
    let rows = u16::try_from(entries.len().div_ceil(columns)).unwrap_or(u16::MAX);
    let [_, area] = layout::above(body, rows.saturating_add(2));
    paint::clear(buf, area);
    let keys: Vec<String> = app.pending.iter().map(|key| key.label()).collect();
    let inside = paint::frame(buf, area, &keys.join(" "), "Esc leaves", true, ctx.theme, ctx.glyphs);
    for (index, (key, meaning)) in entries.iter().enumerate() {
        let row = u16::try_from(index / columns).unwrap_or(u16::MAX);
        let x = inside.x.saturating_add(u16::try_from((index % columns) * wide).unwrap_or(u16::MAX));
        let y = inside.y.saturating_add(row);
        let used = paint::text(buf, inside, x, y, &format!(" {key} "), ctx.style(Role::Accent), ctx.glyphs);
        paint::text(buf, inside, x.saturating_add(used), y, meaning, ctx.style(Role::Text), ctx.glyphs);
    }
}
