//! Lines that only moved up or down are moved by the terminal itself: a list that scrolls by a row then costs its new
//! row, not all of them. Lines are deleted and inserted, which every terminal knows and which leaves no mode behind.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::ops::Range;

use ratatui::buffer::Buffer;

use super::encode::changes;

/// Fewest lines that have to move for it to be worth looking closer.
const FEWEST: usize = 3;
/// Lines that move together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    lines: Range<u16>,
    by: u16,
    up: bool,
}

impl Shift {
    /// The move after which fewest letters are left to send; `None` when few lines moved. Whether it is worth its own
    /// bytes is for the sender to find out.
    pub fn between(before: &Buffer, next: &Buffer) -> Option<Shift> {
        let (old, new) = (looks(before), looks(next));
        let ways = [true, false].into_iter().flat_map(|up| (1..old.len()).map(move |by| (up, by)));
        let (up, by, runs, _) = ways
            .filter_map(|(up, by)| moved(&old, &new, by, up).map(|(runs, many)| (up, by, runs, many)))
            .max_by_key(|(_, by, _, many)| (*many, std::cmp::Reverse(*by)))?;
        // Where the lines come from belongs to what moves, and so may the line on either side, of which only the
        // highlight changed.
        let wider = runs.into_iter().flat_map(|run| {
            let (from, to) = if up { (run.start, run.end + by) } else { (run.start - by, run.end) };
            [(from, to), (from, to + 1), (from.saturating_sub(1), to), (from.saturating_sub(1), to + 1)]
        });
        let rows = usize::from(next.area.height);
        let line = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
        wider
            .filter(|(_, to)| *to <= rows)
            .map(|(from, to)| Shift { lines: line(from)..line(to), by: line(by), up })
            .min_by_key(|shift| changes(&shift.apply(before), next))
    }

    /// What the terminal shows after the move.
    pub fn apply(&self, before: &Buffer) -> Buffer {
        let mut after = before.clone();
        let (left, right, top) = (before.area.left(), before.area.right(), before.area.top());
        for y in self.lines.clone() {
            let from = if self.up { y.checked_add(self.by) } else { y.checked_sub(self.by) };
            let from = from.filter(|from| self.lines.contains(from));
            for x in left..right {
                match from {
                    Some(from) => after[(x, top + y)] = before[(x, top + from)].clone(),
                    None => after[(x, top + y)].reset(),
                }
            }
        }
        after
    }

    /// Tells the terminal.
    pub fn send<W: Write>(&self, out: &mut W) -> io::Result<()> {
        let (first, last) = (self.lines.start + 1, self.lines.end - self.by + 1);
        let (delete, insert) = if self.up { (first, last) } else { (last, first) };
        let by = if self.by == 1 { String::new() } else { self.by.to_string() };
        write!(out, "\x1b[{delete}H\x1b[{by}M\x1b[{insert}H\x1b[{by}L")
    }
}

/// A number for what each line shows.
fn looks(buf: &Buffer) -> Vec<u64> {
    let line = |cells: &[ratatui::buffer::Cell]| {
        let mut hasher = DefaultHasher::new();
        cells.iter().for_each(|cell| (cell.symbol(), cell.fg, cell.bg, cell.modifier).hash(&mut hasher));
        hasher.finish()
    };
    buf.content.chunks(usize::from(buf.area.width).max(1)).map(line).collect()
}

/// From the first to the last line of the new frame that stood `by` lines further down (`up`) or up before and is not
/// what stands there already, then the longest stretch of such lines alone, which leaves out what only looks moved
/// further off; and how many such lines there are, if enough.
fn moved(old: &[u64], new: &[u64], by: usize, up: bool) -> Option<([Range<usize>; 2], usize)> {
    let source = |y: usize| if up { old.get(y + by) } else { y.checked_sub(by).and_then(|y| old.get(y)) };
    let lines: Vec<usize> = (0..new.len()).filter(|y| source(*y) == Some(&new[*y]) && old[*y] != new[*y]).collect();
    // Lines alike to their neighbours stand on either side of those that differ, and move with them.
    let alike = |y: usize| y < new.len() && source(y) == Some(&new[y]);
    let (mut first, mut end) = (*lines.first()?, *lines.last()? + 1);
    while first > 0 && alike(first - 1) {
        first -= 1;
    }
    while alike(end) {
        end += 1;
    }
    if lines.len() < FEWEST {
        return None;
    }
    let (mut longest, mut start) = (first..first, first);
    for y in first..=end {
        if y < end && alike(y) {
            continue;
        }
        if y - start > longest.len() {
            longest = start..y;
        }
        start = y + 1;
    }
    Some(([first..end, longest], lines.len()))
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::{Modifier, Style};

    use super::super::encode::difference;
    use super::*;

    /// A heading, eight rows of a list from `first` with the cursor on line `at`, two lines below.
    fn frame(first: usize, at: usize) -> Buffer {
        let mut buf = Buffer::empty(Rect::new(0, 0, 60, 11));
        buf.set_string(0, 0, "CUSTOMER", Style::new());
        for line in 0..8 {
            let name = ["Aceites Montañés", "株式会社青杉商事", "ลำธารทองการค้า", "Beacon"][(first + line) % 4];
            let style = if line == at { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
            let y = u16::try_from(line + 1).unwrap();
            buf.set_string(0, y, format!("> {name} {}", first + line), style);
            buf.set_string(30, y, format!("{:>20}", (first + line) * 1_234_567), Style::new());
        }
        buf.set_string(0, 9, "--------------------", Style::new());
        buf.set_string(0, 10, format!("row {}", first + at), Style::new());
        buf
    }

    fn shown(parser: &vt100::Parser) -> Vec<(String, bool)> {
        let screen = parser.screen();
        let cells = (0..11).flat_map(|y| (0..60).map(move |x| (y, x)));
        cells
            .map(|(y, x)| screen.cell(y, x).unwrap())
            .map(|cell| (cell.contents().trim().to_owned(), cell.inverse()))
            .collect()
    }

    #[test]
    fn a_scrolled_list_is_moved_and_reads_the_same() {
        for (from, to) in [((0, 7), (1, 7)), ((5, 0), (4, 0)), ((3, 7), (6, 7)), ((6, 2), (3, 2)), ((2, 3), (2, 4))] {
            let (before, next) = (frame(from.0, from.1), frame(to.0, to.1));
            let shift = Shift::between(&before, &next);
            assert_eq!(shift.is_some(), from.0 != to.0, "{from:?} {to:?}");
            let (mut kept, mut fresh) = (vt100::Parser::new(11, 60, 0), vt100::Parser::new(11, 60, 0));
            let empty = Buffer::empty(before.area);
            let mut bytes = Vec::new();
            difference(&mut bytes, &empty, &before).unwrap();
            kept.process(&bytes);
            let mut bytes = Vec::new();
            let moved = shift.as_ref().map_or(before.clone(), |shift| {
                shift.send(&mut bytes).unwrap();
                shift.apply(&before)
            });
            difference(&mut bytes, &moved, &next).unwrap();
            kept.process(&bytes);
            assert!(bytes.len() < 400, "{from:?} {to:?}: {}", bytes.len());
            let mut bytes = Vec::new();
            difference(&mut bytes, &empty, &next).unwrap();
            fresh.process(&bytes);
            assert_eq!(shown(&kept), shown(&fresh), "{from:?} {to:?}");
        }
    }

    #[test]
    fn nothing_moves_where_little_is_alike() {
        let (before, mut next) = (frame(0, 0), frame(40, 0));
        assert_eq!(Shift::between(&before, &next), None);
        next = before.clone();
        assert_eq!(Shift::between(&before, &next), None);
    }
}
