//! How mail is shown: a row's state by colour and words, what stands behind it in a few lines, and the message itself.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listing::with_peek;
use super::outbox::Outbox;
use crate::domain::money::Money;
use crate::store::mail::StepRow;
use crate::store::read::outbox::{Counts, OutRow, What};
use crate::tui::app::Ctx;
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::table::Cell;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;
use crate::tui::ui::{paint, text};

/// `3 answers  1 unknown  2 failed  14 waiting`, what needs somebody first.
pub(super) fn counts(counts: &Counts) -> String {
    let words = ["unknown", "answers", "failed", "on their way", "waiting", "sent today"];
    let parts: Vec<String> = counts
        .iter()
        .zip(words)
        .filter(|(count, _)| **count > 0)
        .map(|(count, word)| match (*count, word) {
            (1, "answers") => "1 answer".to_owned(),
            // What nobody has to do anything about goes by itself only where somebody or a timer sends.
            (count, "waiting") => format!("{count} waiting for S"),
            (count, word) => format!("{count} {word}"),
        })
        .collect();
    if parts.is_empty() { "no mail needs anybody".to_owned() } else { parts.join("  ") }
}

/// What a row is about, in one line.
pub(super) fn what(row: &OutRow, ctx: &Ctx) -> String {
    match &row.what {
        What::Mail(mail) => {
            let letter = if mail.letter.is_empty() { String::new() } else { format!("{} ", mail.letter) };
            let now = match (row.state(), mail.way.as_str()) {
                ("failed", "letter") => "leaves on paper: ",
                ("failed", "phone") => "somebody calls: ",
                _ => "",
            };
            let said = if mail.said.is_empty() { &mail.subject } else { &mail.said };
            let said = mail.overtaken.as_ref().unwrap_or(said);
            format!("{letter}{now}{said}")
        }
        What::Proposal(one) => {
            let amount = one.amount.map(|(minor, currency)| {
                format!(" {}", text::amount_with_currency(Money::new(minor, currency), ctx.numbers))
            });
            let on = one.on.map(|on| format!(" {}", text::day(on)));
            let about = if one.documents.is_empty() { String::new() } else { format!(" {}", one.documents) };
            let word = match one.meaning.as_str() {
                "paid" => "says it is paid",
                "promise" => "will pay",
                "dispute" => "disputes",
                _ => "asks",
            };
            let parts = [amount, on].into_iter().flatten().collect::<String>();
            format!("{word}{parts}{about}: \"{}\"", one.sentence)
        }
    }
}

fn role(row: &OutRow) -> Role {
    match row.state() {
        "unknown" => Role::Late,
        "failed" => Role::Warn,
        "answer" => Role::Good,
        _ => Role::Dim,
    }
}

fn cells(row: &OutRow, ctx: &Ctx) -> Vec<Cell> {
    vec![
        Cell::new(row.state().to_owned(), role(row)),
        row.name().into(),
        what(row, ctx).into(),
        row.address().into(),
        text::day(row.since()).into(),
    ]
}

/// What stands behind a row. The name stands in the row and the keys in the hint line: said again here they would go over
/// a slow line with every move.
pub(super) fn peek(row: &OutRow, ctx: &Ctx) -> Vec<String> {
    let minute = |at: &str| at.get(..16).unwrap_or_default().replace('T', " ");
    let mut lines = vec![format!("{:<8} {}", row.account(), row.address())];
    // What the row has room for at any width is not said twice.
    lines.push(match &row.what {
        What::Proposal(one) if !one.documents.contains(' ') => format!("\"{}\"", one.sentence),
        _ => what(row, ctx),
    });
    lines.push(match &row.what {
        What::Proposal(one) => {
            if one.found_by.is_empty() {
                "nothing tells whose it is".to_owned()
            } else {
                format!("found by {}", one.found_by)
            }
        }
        What::Mail(mail) => match row.state() {
            "unknown" => "no answer came, so it is never sent again by itself".to_owned(),
            "failed" if mail.way.is_empty() => {
                "nothing else goes by itself; the customer is on today's list".to_owned()
            }
            "failed" => "its letter leaves by the next channel".to_owned(),
            "sent" => format!("sent, as of {} UTC", minute(&mail.at)),
            "on its way" => format!("being handed over, until {} UTC at the latest", minute(&mail.due_at)),
            _ if mail.overtaken.is_some() => "it stays: x gives it up, or sends it all the same".to_owned(),
            _ if !mail.due_at.is_empty() => {
                format!("not taken before; tried again from {} UTC on", minute(&mail.due_at))
            }
            _ => "leaves with S or the next o2c mail send".to_owned(),
        },
    });
    lines
}

/// Title of the box that shows a message.
pub(super) fn title(row: &OutRow) -> String {
    match &row.what {
        What::Mail(mail) => format!("Mail {} to {}", mail.id, mail.name),
        What::Proposal(one) => format!("Answer of {}", one.name),
    }
}

/// A message with what became of it.
pub(super) fn message(row: &OutRow, body: Vec<String>, steps: &[StepRow], ctx: &Ctx) -> Vec<String> {
    match &row.what {
        What::Mail(mail) => {
            let mut lines = vec![format!("to {}, {}", mail.receiver, row.state())];
            for step in steps {
                let at = step.at.get(..16).unwrap_or_default().replace('T', " ");
                let said = if step.said.is_empty() { String::new() } else { format!(": {}", step.said) };
                lines.push(format!("{at} UTC  {} by {}{said}", step.what, step.by));
            }
            lines.extend([String::new(), mail.subject.clone(), String::new()]);
            lines.extend(body);
            lines
        }
        What::Proposal(one) => {
            let mut lines = vec![format!("from {}, came {}", one.sender, text::day(one.taken_on)), what(row, ctx)];
            lines.extend([String::new(), one.subject.clone(), String::new()]);
            lines.extend(one.text.lines().map(str::to_owned));
            lines
        }
    }
}

/// The list over what stands behind the row under the cursor.
pub(super) fn draw(screen: &Outbox, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
    let (theme, glyphs, style) = (ctx.theme, ctx.glyphs, ctx.style(Role::Text));
    let framed = class(ctx.size.0, ctx.size.1) >= Class::M && !ctx.zoom;
    let [list, inside] = if framed {
        let [above, below] = layout::above(area, if area.height >= 12 { 6 } else { 0 });
        let list = paint::frame(buf, above, "Outbox", &screen.listing.place(), focused, theme, glyphs);
        [list, paint::frame(buf, below, "This one", "Enter shows the message", false, theme, glyphs)]
    } else {
        with_peek(buf, area, 4, ctx)
    };
    if screen.listing.list.is_loaded() && screen.listing.list.total() == 0 {
        let empty = match screen.listing.filter.as_str() {
            "" => "no mail waits, failed or is unknown, and no answer waits for a decision".to_owned(),
            filter => format!("nothing passes {filter}; / changes it"),
        };
        paint::text(buf, list, list.x + 1, list.y, &empty, ctx.style(Role::Dim), glyphs);
        return;
    }
    screen.listing.draw(buf, list, ctx, focused, Vec::new(), |row| cells(row, ctx));
    let Some(row) = screen.listing.list.selected() else { return };
    let width = usize::from(inside.width).max(1);
    let lines: Vec<String> = peek(row, ctx).iter().flat_map(|line| wrap(line, width)).collect();
    paint::lines(buf, inside, &lines, style, glyphs);
}
