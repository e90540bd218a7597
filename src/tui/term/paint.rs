//! Sends what changed on the screen and nothing else: a frame that equals the last one writes no byte at all, and a
//! frame goes out in one write.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::encode::{changes, difference};
use super::scroll::Shift;
use crate::tui::app::{App, draw};

/// Changed cells above which a frame is worth announcing as one; about a kilobyte.
const LARGE: usize = 800;

/// Changed cells below which nothing can have scrolled that would be worth moving.
const FEW: usize = 60;

/// The screen as it was last sent.
pub struct Painter<W: Write = File> {
    out: BufWriter<W>,
    /// `None` before the first frame and whenever the terminal may show something else.
    shown: Option<Buffer>,
    cursor: Option<Position>,
}

impl Painter<File> {
    /// A painter on standard output, past the line buffer of the standard library.
    pub fn new() -> io::Result<Painter<File>> {
        Ok(Painter::on(File::from(io::stdout().as_fd().try_clone_to_owned()?)))
    }
}

impl<W: Write> Painter<W> {
    /// A painter on any writer.
    pub fn on(out: W) -> Painter<W> {
        Painter { out: BufWriter::with_capacity(1 << 16, out), shown: None, cursor: None }
    }

    /// The next frame is painted in full.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Sends bytes that are not a frame, at once.
    pub fn send(&mut self, bytes: &str) -> io::Result<()> {
        self.out.write_all(bytes.as_bytes())?;
        self.out.flush()
    }

    /// Draws the application at its size and sends the difference.
    pub fn draw(&mut self, app: &App) -> io::Result<()> {
        let area = Rect::new(0, 0, app.ctx.size.0, app.ctx.size.1);
        let mut next = Buffer::empty(area);
        let cursor = draw(app, &mut next, area);
        let fresh = self.shown.as_ref().is_none_or(|shown| shown.area != area);
        let before = self.shown.take().filter(|_| !fresh).unwrap_or_else(|| Buffer::empty(area));
        let changes = changes(&before, &next);
        if !fresh && changes == 0 && cursor == self.cursor {
            self.shown = Some(next);
            return Ok(());
        }
        let large = changes > LARGE;
        if large {
            queue!(self.out, BeginSynchronizedUpdate)?;
        }
        if fresh {
            queue!(self.out, Hide, Clear(ClearType::All))?;
        }
        self.out.write_all(&shortest(&before, &next, !fresh && changes >= FEW)?)?;
        self.place_cursor(cursor, fresh)?;
        if large {
            queue!(self.out, EndSynchronizedUpdate)?;
        }
        self.out.flush()?;
        self.shown = Some(next);
        Ok(())
    }

    /// Drawing moves the terminal's cursor, so a visible one is put back after every frame; a hidden one may stay
    /// wherever it is.
    fn place_cursor(&mut self, cursor: Option<Position>, fresh: bool) -> io::Result<()> {
        match cursor {
            Some(place) => {
                queue!(self.out, MoveTo(place.x, place.y))?;
                if self.cursor.is_none() || fresh {
                    queue!(self.out, Show)?;
                }
            }
            None if self.cursor.is_some() => queue!(self.out, Hide)?,
            None => {}
        }
        self.cursor = cursor;
        Ok(())
    }
}

/// The difference as bytes, with lines moved first where that is shorter.
fn shortest(before: &Buffer, next: &Buffer, moving: bool) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    difference(&mut plain, before, next)?;
    if let Some(shift) = moving.then(|| Shift::between(before, next)).flatten() {
        let mut moved = Vec::new();
        shift.send(&mut moved)?;
        difference(&mut moved, &shift.apply(before), next)?;
        if moved.len() < plain.len() {
            return Ok(moved);
        }
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use chrono::NaiveDate;

    use super::*;
    use crate::acts::Failure;
    use crate::domain::money::Currency;
    use crate::store::Reader;
    use crate::tui::app::Ctx;
    use crate::tui::app::harness::Harness;
    use crate::tui::screens::sample::{PLACES, Sample};
    use crate::tui::ui::theme::Theme;

    #[derive(Clone, Default)]
    struct Sink(Rc<RefCell<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn harness(theme: Theme) -> Harness {
        let today = NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
        let ctx = Ctx { theme, ..Ctx::new(today, "me", "Brightwater Ltd", Currency::EUR) };
        let perform = |_| Err(Failure::Unknown("no writer".to_owned()));
        Harness::new(
            ctx,
            PLACES,
            Box::new(Sample::new("numbers", 500)),
            Reader::in_memory().expect("a book in memory"),
            Box::new(perform),
        )
    }

    fn bytes(painter: &mut Painter<Sink>, sink: &Sink, app: &App) -> String {
        sink.0.borrow_mut().clear();
        painter.draw(app).unwrap();
        String::from_utf8(sink.0.borrow().clone()).unwrap()
    }

    #[test]
    fn a_frame_costs_what_it_changes() {
        let sink = Sink::default();
        let mut painter = Painter::on(sink.clone());
        let mut h = harness(Theme::Palette);
        let mut cost = |h: &mut Harness, keys: &str| {
            h.keys(keys);
            bytes(&mut painter, &sink, &h.app).len()
        };
        assert!(cost(&mut h, "") <= 4_000);
        assert_eq!(cost(&mut h, ""), 0, "nothing changed");
        assert_eq!(cost(&mut h, "R"), 0, "reloaded to the same");
        for key in ["j", "j", "k"] {
            let spent = cost(&mut h, key);
            assert!(spent <= 300, "{key}: {spent}");
        }
        for (key, most) in [("<PgDn>", 2_000), ("<PgDn>", 2_000), ("gc", 4_000), ("gd", 4_000), ("<Esc>", 4_000)] {
            let spent = cost(&mut h, key);
            assert!(spent <= most, "{key}: {spent}");
        }
    }

    #[test]
    fn mono_sends_no_colour() {
        let sink = Sink::default();
        let mut painter = Painter::on(sink.clone());
        let mut h = harness(Theme::Mono);
        h.keys("jjP");
        let sent = bytes(&mut painter, &sink, &h.app);
        assert!(!sent.contains("38;5") && !sent.contains("48;5") && sent.contains("\x1b[7m"), "{sent:?}");
    }
}
