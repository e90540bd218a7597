//! The smallest strokes: a text in an area, a title line, a box. Everything is clipped to the buffer, so that no size
//! of terminal can make drawing fail.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::glyphs::Glyphs;
use super::theme::{Role, Theme};
use super::width::{Align, cells, clean, cut, fit};

/// Writes one line of text at `x`, `y` within `area`, cleaned and cut at its right edge; gives the cells used.
pub fn text(buf: &mut Buffer, area: Rect, x: u16, y: u16, text: &str, style: Style, glyphs: &Glyphs) -> u16 {
    let area = area.intersection(buf.area);
    if y < area.y || y >= area.bottom() || x < area.x || x >= area.right() {
        return 0;
    }
    let room = usize::from(area.right() - x);
    let shown = cut(&clean(text), room, glyphs);
    let used = u16::try_from(cells(&shown)).unwrap_or(0);
    // What was there before, a frame for instance, must not lend its style to the text.
    buf.set_style(Rect { x, y, width: used, height: 1 }, Style::reset());
    buf.set_stringn(x, y, &shown, room, style);
    used
}

/// Writes text and roles one after another on line `y` of the area, from its left edge.
pub fn spans(buf: &mut Buffer, area: Rect, y: u16, parts: &[(&str, Role)], theme: Theme, glyphs: &Glyphs) {
    let mut x = area.x;
    for (part, role) in parts {
        x = x.saturating_add(text(buf, area, x, y, part, theme.style(*role), glyphs));
    }
}

/// What a line says about a row: a label, a value, the cells the value has.
pub type Fact<'a> = (&'a str, String, usize);

/// Writes lines of labelled values, each value in a place of its own whatever the others are: from one row to the next
/// only letters of the values change, which is all a terminal on a slow line is sent.
pub fn facts(buf: &mut Buffer, area: Rect, lines: &[Vec<Fact<'_>>], theme: Theme, glyphs: &Glyphs) {
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        let mut x = area.x;
        for (label, value, room) in line {
            let label = if label.is_empty() { String::new() } else { format!("{label} ") };
            x = x.saturating_add(text(buf, area, x, y, &label, theme.style(Role::Dim), glyphs));
            let here = usize::from(area.right().saturating_sub(x)).min(*room);
            let value = fit(&clean(value), here, Align::Left, glyphs);
            text(buf, area, x, y, &value, theme.style(Role::Text), glyphs);
            x = x.saturating_add(u16::try_from(room + 2).unwrap_or(u16::MAX));
        }
    }
}

/// Writes lines from the top of the area, as many as fit.
pub fn lines(buf: &mut Buffer, area: Rect, lines: &[String], style: Style, glyphs: &Glyphs) {
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        text(buf, area, area.x, y, line, style, glyphs);
    }
}

/// One line with a left and a right part over the whole width; the right part gives way to the left.
pub fn two_sides(buf: &mut Buffer, area: Rect, left: &str, right: &str, style: Style, glyphs: &Glyphs) {
    let width = usize::from(area.width);
    let left = cut(&clean(left), width, glyphs);
    let room = width.saturating_sub(cells(&left) + 1);
    let right = if cells(right) <= room { clean(right) } else { String::new() };
    let line = format!("{left}{}", fit(&right, width.saturating_sub(cells(&left)), Align::Right, glyphs));
    text(buf, area, area.x, area.y, &line, style, glyphs);
}

/// Empties the area. A wide letter that reaches into it from the left goes too, or it would cover the first cell.
pub fn clear(buf: &mut Buffer, area: Rect) {
    let area = area.intersection(buf.area);
    for y in area.y..area.bottom() {
        if area.x > buf.area.x && cells(buf[(area.x - 1, y)].symbol()) > 1 {
            buf[(area.x - 1, y)].set_symbol(" ");
        }
        for x in area.x..area.right() {
            buf[(x, y)].reset();
        }
    }
}

/// A box with a title at its upper left and a note at its upper right; gives what is inside. The title of a pane with
/// the focus is bold.
pub fn frame(
    buf: &mut Buffer,
    area: Rect,
    title: &str,
    note: &str,
    strong: bool,
    theme: Theme,
    glyphs: &Glyphs,
) -> Rect {
    let area = area.intersection(buf.area);
    if area.width < 2 || area.height < 2 {
        return Rect { width: 0, height: 0, ..area };
    }
    let line = theme.style(Role::Dim);
    let inner = usize::from(area.width - 2);
    let [top_left, top_right, bottom_left, bottom_right] = glyphs.corners;
    let across = glyphs.horizontal.repeat(inner);
    text(buf, area, area.x, area.y, &format!("{top_left}{across}{top_right}"), line, glyphs);
    text(buf, area, area.x, area.bottom() - 1, &format!("{bottom_left}{across}{bottom_right}"), line, glyphs);
    for y in area.y + 1..area.bottom() - 1 {
        text(buf, area, area.x, y, glyphs.vertical, line, glyphs);
        text(buf, area, area.right() - 1, y, glyphs.vertical, line, glyphs);
    }
    let inside = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 };
    let heading = Rect { y: area.y, height: 1, ..inside };
    if inside.width > 4 && !title.is_empty() {
        let role = if strong { Role::Accent } else { Role::Text };
        let title = format!(" {} ", cut(&clean(title), inner - 4, glyphs));
        let used = text(buf, heading, heading.x + 1, heading.y, &title, theme.style(role), glyphs);
        let note = format!(" {} ", clean(note));
        let wide = u16::try_from(cells(&note)).unwrap_or(u16::MAX);
        if note.len() > 2 && used.saturating_add(wide).saturating_add(2) < heading.width {
            text(buf, heading, heading.right() - 1 - wide, heading.y, &note, line, glyphs);
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::super::glyphs::ASCII;
    use super::*;

    #[test]
    fn facts_keep_their_places() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 40, 1));
        let whole = buf.area;
        for (value, shown) in [("7", "due 7       open 5.00"), ("20 Mar 26 and more", "due 20 Mar~  open 5.00")] {
            let line = vec![("due", value.to_owned(), 7), ("open", "5.00".to_owned(), 8)];
            facts(&mut buf, whole, &[line], Theme::Mono, &ASCII);
            let line: String = (0..40).map(|x| buf[(x, 0)].symbol()).collect();
            assert_eq!(line.trim_end(), shown.replace("7       open", "7        open"));
        }
    }

    #[test]
    fn a_box_over_half_a_wide_letter_keeps_its_border() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 3));
        let whole = buf.area;
        text(&mut buf, whole, 0, 1, "日本通運", Style::new(), &ASCII);
        let part = Rect::new(3, 0, 4, 3);
        clear(&mut buf, part);
        frame(&mut buf, part, "", "", false, Theme::Mono, &ASCII);
        assert_eq!((buf[(2, 1)].symbol(), buf[(3, 1)].symbol()), (" ", "|"));
        assert_eq!(buf[(0, 1)].symbol(), "日");
    }
}
