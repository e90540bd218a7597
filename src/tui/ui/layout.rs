//! How a terminal's size becomes panes: four classes, three lines of chrome, and a message below the smallest size.

use ratatui::layout::Rect;

/// Classes of terminal sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Too small to work in; only a message is shown.
    Tiny,
    /// One pane with a short look at the selected row.
    S,
    /// List and detail side by side.
    M,
    /// List and detail, and a second row of panes.
    L,
    /// As L with more columns.
    Xl,
}

/// Fewest columns and rows the screens are drawn in.
pub const SMALLEST: (u16, u16) = (60, 16);

/// The class of a terminal of this size.
pub fn class(columns: u16, rows: u16) -> Class {
    match (columns, rows) {
        (c, r) if c < SMALLEST.0 || r < SMALLEST.1 => Class::Tiny,
        (c, r) if c >= 180 && r >= 50 => Class::Xl,
        (c, r) if c >= 140 && r >= 40 => Class::L,
        (c, r) if c >= 110 && r >= 30 => Class::M,
        _ => Class::S,
    }
}

/// Header line, body, status line, hint line.
pub fn chrome(area: Rect) -> [Rect; 4] {
    let line = |y: u16| Rect { y, height: 1.min(area.height), ..area }.intersection(area);
    let body = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(3), ..area };
    [line(area.y), body, line(area.bottom().saturating_sub(2)), line(area.bottom().saturating_sub(1))]
}

/// Left and right part, the left with `percent` of the width.
pub fn beside(area: Rect, percent: u16) -> [Rect; 2] {
    let left = u16::try_from(u32::from(area.width) * u32::from(percent.min(100)) / 100).unwrap_or(area.width);
    [Rect { width: left, ..area }, Rect { x: area.x + left, width: area.width - left, ..area }]
}

/// Upper and lower part, the lower with `rows` lines as far as there are any.
pub fn above(area: Rect, rows: u16) -> [Rect; 2] {
    let lower = rows.min(area.height);
    let upper = area.height - lower;
    [Rect { height: upper, ..area }, Rect { y: area.y + upper, height: lower, ..area }]
}

/// A box of at most that size in the middle of `area`.
pub fn centred(area: Rect, columns: u16, rows: u16) -> Rect {
    let (width, height) = (columns.min(area.width), rows.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_the_table() {
        assert_eq!(class(59, 24), Class::Tiny);
        assert_eq!(class(80, 24), Class::S);
        assert_eq!(class(120, 40), Class::M);
        assert_eq!(class(140, 45), Class::L);
        assert_eq!(class(200, 29), Class::S);
        assert_eq!(class(180, 50), Class::Xl);
    }

    #[test]
    fn parts_stay_inside_at_every_size() {
        for width in 0..20 {
            for height in 0..8 {
                let area = Rect::new(3, 2, width, height);
                let parts = [chrome(area).to_vec(), beside(area, 62).to_vec(), above(area, 3).to_vec()].concat();
                for part in parts.into_iter().chain([centred(area, 9, 5)]) {
                    assert!(part.is_empty() || area.union(part) == area, "{area:?} {part:?}");
                }
            }
        }
        assert_eq!(chrome(Rect::new(0, 0, 80, 24))[1].height, 21);
    }
}
