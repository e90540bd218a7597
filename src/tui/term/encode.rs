//! The difference between two frames as bytes for the terminal, as few as possible: short moves, one code for all
//! changes of style, unchanged letters sent again where that is shorter than jumping over them, and the blank end of a
//! line erased. Positions are given anew after letters whose width a terminal may see differently.

use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// Sends what differs between two frames of the same size; the terminal is left with plain text. The first frame is
/// expected on the screen already.
pub fn difference<W: Write>(out: &mut W, before: &Buffer, next: &Buffer) -> io::Result<()> {
    let mut pen = Pen { out, at: None, sure: false, style: Look::PLAIN };
    for y in next.area.top()..next.area.bottom() {
        let glyphs = row(before, next, y);
        if glyphs.iter().any(|glyph| glyph.changed) {
            pen.line(&glyphs, y)?;
        }
    }
    pen.dress(Look::PLAIN)
}

/// Whether anything differs, and in how many letters.
pub fn changes(before: &Buffer, next: &Buffer) -> usize {
    before.content.iter().zip(&next.content).filter(|(old, new)| old != new).count()
}

/// One letter of a line with the cells it covers.
struct Glyph<'a> {
    x: u16,
    wide: u16,
    cell: &'a Cell,
    changed: bool,
}

impl Glyph<'_> {
    /// Western, Greek and Cyrillic letters and lines are one cell wide everywhere.
    fn certain(&self) -> bool {
        let mut letters = self.cell.symbol().chars();
        let plain = |c: char| c < '\u{590}' || ('\u{2010}'..'\u{2600}').contains(&c);
        letters.next().is_some_and(plain) && letters.next().is_none()
    }

    fn blank(&self) -> bool {
        self.cell.symbol() == " " && Look::of(self.cell) == Look::PLAIN
    }
}

fn width(cell: &Cell) -> u16 {
    u16::try_from(cell.symbol().width().max(1)).unwrap_or(1)
}

/// For each cell of a line, whether the letter before it reaches into it.
fn covered(buf: &Buffer, y: u16) -> Vec<bool> {
    let mut rest = 0;
    let one = |x| {
        let inside = rest > 0;
        rest = if inside { rest - 1 } else { width(&buf[(x, y)]) - 1 };
        inside
    };
    (buf.area.left()..buf.area.right()).map(one).collect()
}

fn row<'a>(before: &Buffer, next: &'a Buffer, y: u16) -> Vec<Glyph<'a>> {
    let area = next.area;
    let same = |x: u16| before[(x, y)] == next[(x, y)];
    if (area.left()..area.right()).all(same) {
        return Vec::new();
    }
    let (old, new) = (covered(before, y), covered(next, y));
    let starts = (area.left()..area.right()).filter(|x| !new[usize::from(x - area.left())]);
    starts
        .map(|x| {
            let cell = &next[(x, y)];
            let wide = width(cell).min(area.right() - x);
            let place = |x: u16| usize::from(x - area.left());
            let changed = (x..x + wide).any(|x| !same(x) || old[place(x)] != new[place(x)]);
            Glyph { x, wide, cell, changed }
        })
        .collect()
}

/// How a letter looks.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Look {
    const PLAIN: Look = Look { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    fn of(cell: &Cell) -> Look {
        Look { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// The codes that lead from one look to this one.
    fn codes(self, from: Look) -> String {
        if self == Look::PLAIN {
            return String::new();
        }
        let mut steps = Vec::new();
        let mut held = from.modifier;
        for (modifiers, code) in LEAVE {
            if held.intersects(*modifiers) && !self.modifier.contains(held & *modifiers) {
                held -= *modifiers;
                steps.push(code.to_string());
            }
        }
        self.add(&mut steps, Look { modifier: held, ..from });
        let mut anew = vec!["0".to_owned()];
        self.add(&mut anew, Look::PLAIN);
        let (steps, anew) = (steps.join(";"), anew.join(";"));
        if anew.len() < steps.len() { anew } else { steps }
    }

    fn add(self, codes: &mut Vec<String>, from: Look) {
        let wanted = self.modifier - from.modifier;
        codes.extend(ENTER.iter().filter(|(one, _)| wanted.contains(*one)).map(|(_, code)| code.to_string()));
        if self.fg != from.fg {
            codes.push(colour(self.fg, 30));
        }
        if self.bg != from.bg {
            codes.push(colour(self.bg, 40));
        }
    }
}

const ENTER: &[(Modifier, u8)] = &[
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::REVERSED, 7),
    (Modifier::CROSSED_OUT, 9),
];

const LEAVE: &[(Modifier, u8)] = &[
    (Modifier::BOLD.union(Modifier::DIM), 22),
    (Modifier::ITALIC, 23),
    (Modifier::UNDERLINED, 24),
    (Modifier::REVERSED, 27),
    (Modifier::CROSSED_OUT, 29),
];

/// The code of a colour; `base` is 30 for letters and 40 for what is behind them.
fn colour(colour: Color, base: u8) -> String {
    let plain = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match (colour, (0u8..).zip(plain).find(|(_, one)| *one == colour)) {
        (_, Some((place, _))) if place < 8 => (base + place).to_string(),
        (_, Some((place, _))) => (base + 52 + place).to_string(),
        (Color::Indexed(place), _) => format!("{};5;{place}", base + 8),
        (Color::Rgb(red, green, blue), _) => format!("{};2;{red};{green};{blue}", base + 8),
        _ => (base + 9).to_string(),
    }
}

/// Blanks in a row from which on they are wiped in one code: with the step over them about as long as so many blanks.
const WIPED: usize = 9;

struct Pen<'a, W: Write> {
    out: &'a mut W,
    /// Column and line the terminal writes at next, once known.
    at: Option<(u16, u16)>,
    /// The column is what every terminal agrees on.
    sure: bool,
    style: Look,
}

impl<W: Write> Pen<'_, W> {
    fn line(&mut self, glyphs: &[Glyph<'_>], y: u16) -> io::Result<()> {
        let tail = glyphs.iter().rposition(|glyph| !glyph.blank()).map_or(0, |place| place + 1);
        let erase = glyphs[tail..].iter().filter(|glyph| glyph.changed).count() > 4;
        let (mut from, mut wiped) = (0, 0);
        for (place, glyph) in glyphs.iter().enumerate().filter(|(_, glyph)| glyph.changed) {
            if place < wiped {
                continue;
            }
            if erase && place >= tail {
                self.go(&glyphs[from..tail], &glyphs[tail], y)?;
                self.dress(Look::PLAIN)?;
                return self.out.write_all(b"\x1b[K");
            }
            self.go(&glyphs[from..place], glyph, y)?;
            let blanks = glyphs[place..].iter().take_while(|glyph| glyph.blank()).count();
            if blanks >= WIPED {
                // The cursor stays where it is, and goes on from there as over any letters that did not change.
                self.dress(Look::PLAIN)?;
                write!(self.out, "\x1b[{blanks}X")?;
                (from, wiped) = (place, place + blanks);
                continue;
            }
            self.put(glyph, y)?;
            from = place + 1;
        }
        Ok(())
    }

    /// Goes to a place; `between` are the unchanged letters since the last one written on this line. A run of letters
    /// of uncertain width is written through: it is put right at its end.
    fn go(&mut self, between: &[Glyph<'_>], next: &Glyph<'_>, y: u16) -> io::Result<()> {
        let x = next.x;
        if self.at == Some((x, y)) && !next.certain() {
            return Ok(());
        }
        let here = self.at.filter(|(_, line)| *line == y).map(|(column, _)| column);
        match (here, self.at) {
            (Some(column), _) if column == x && self.sure => {}
            (Some(column), _) if column < x && self.sure => {
                let bytes: usize = between.iter().map(|glyph| glyph.cell.symbol().len()).sum();
                let start = between.first().is_some_and(|glyph| glyph.x == column);
                let alike = |glyph: &Glyph<'_>| Look::of(glyph.cell) == self.style && glyph.cell.symbol().is_ascii();
                if start && bytes <= 5 && between.iter().all(alike) {
                    for glyph in between {
                        self.put(glyph, y)?;
                    }
                } else {
                    self.right(x - column)?;
                }
            }
            (Some(_), _) => write!(self.out, "\x1b[{}G", x + 1)?,
            (None, Some((_, line))) if line + 1 == y => {
                self.out.write_all(b"\r\n")?;
                if x > 0 {
                    self.right(x)?;
                }
            }
            _ => write!(self.out, "\x1b[{};{}H", y + 1, x + 1)?,
        }
        (self.at, self.sure) = (Some((x, y)), true);
        Ok(())
    }

    /// One column to the right needs no number.
    fn right(&mut self, columns: u16) -> io::Result<()> {
        match columns {
            1 => self.out.write_all(b"\x1b[C"),
            _ => write!(self.out, "\x1b[{columns}C"),
        }
    }

    fn put(&mut self, glyph: &Glyph<'_>, y: u16) -> io::Result<()> {
        self.dress(Look::of(glyph.cell))?;
        self.out.write_all(glyph.cell.symbol().as_bytes())?;
        self.at = Some((glyph.x + glyph.wide, y));
        self.sure = glyph.certain();
        Ok(())
    }

    fn dress(&mut self, style: Look) -> io::Result<()> {
        if style != self.style {
            write!(self.out, "\x1b[{}m", style.codes(self.style))?;
            self.style = style;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    const SIZE: Rect = Rect { x: 0, y: 0, width: 40, height: 6 };

    fn frame(lines: &[(&str, Style)]) -> Buffer {
        let mut buf = Buffer::empty(SIZE);
        for ((text, style), y) in lines.iter().zip(0..) {
            buf.set_string(0, y, text, *style);
        }
        buf
    }

    /// What a terminal shows: text and looks of every cell.
    fn shown(parser: &vt100::Parser) -> Vec<(String, bool, bool, vt100::Color)> {
        let screen = parser.screen();
        let cells = (0..SIZE.height).flat_map(|y| (0..SIZE.width).map(move |x| (y, x)));
        let one = |(y, x)| {
            let cell = screen.cell(y, x).unwrap();
            let text = if cell.has_contents() { cell.contents() } else { " " };
            (text.to_owned(), cell.inverse(), cell.bold(), cell.fgcolor())
        };
        cells.map(one).collect()
    }

    #[test]
    fn any_frame_after_any_other_is_what_a_fresh_one_shows() {
        let (plain, select) = (Style::new(), Style::new().add_modifier(Modifier::REVERSED));
        let late = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
        let frames = [
            frame(&[]),
            frame(&[(" 株式会社青杉商事  4,921.87", plain), ("> Aceites Montañés y Cía   687.68", select)]),
            frame(&[(">株式会社青杉商事   4,921.87", select), ("  Aceites Montañés y Cía   687.68", plain)]),
            frame(&[("x", late), ("", plain), ("บริษัท ลำธารทองการค้า จำกัด 1", plain), ("شركة نخيل 12", select)]),
            frame(&[("a b c d e f g h", plain), ("123456789 123456789 123456789 1234567890", late)]),
            frame(&[("a              b", plain), ("12           x 123456789 1234567890", select), ("", late)]),
            frame(&[("axb cxd e fxg h", plain), ("123456789 123456789 123456789 123456789 ", select)]),
        ];
        for first in &frames {
            for second in &frames {
                let (mut kept, mut fresh) = (vt100::Parser::new(6, 40, 0), vt100::Parser::new(6, 40, 0));
                let mut bytes = Vec::new();
                difference(&mut bytes, &frames[0], first).unwrap();
                difference(&mut bytes, first, second).unwrap();
                kept.process(&bytes);
                let mut bytes = Vec::new();
                difference(&mut bytes, &frames[0], second).unwrap();
                fresh.process(&bytes);
                assert_eq!(shown(&kept), shown(&fresh));
            }
        }
    }

    #[test]
    fn looks_change_in_one_code() {
        let look = |fg, modifier| Look { fg, bg: Color::Reset, modifier };
        let bold_red = look(Color::Red, Modifier::BOLD);
        assert_eq!(bold_red.codes(Look::PLAIN), "1;31");
        assert_eq!(Look::PLAIN.codes(bold_red), "");
        assert_eq!(look(Color::Reset, Modifier::REVERSED).codes(bold_red), "0;7");
        assert_eq!(look(Color::Red, Modifier::empty()).codes(bold_red), "22");
        assert_eq!(look(Color::LightRed, Modifier::empty()).codes(Look::PLAIN), "91");
        assert_eq!(look(Color::Indexed(208), Modifier::empty()).codes(Look::PLAIN), "38;5;208");
    }
}
