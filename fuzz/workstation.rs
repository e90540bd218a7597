//! Targets that need a book: any keys on the whole workstation, and a book whose pages were damaged. The book is a small
//! demo, written once a process.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use o2c::acts::{self, Act, Actor, Failure, Mode, Request, Stamp};
use o2c::demo::{self, Plan, Size};
use o2c::domain::money::Currency;
use o2c::store::{BookPath, Reader, Writer, audit, check};
use o2c::tui::app::harness::Harness;
use o2c::tui::app::key::{Code, Key};
use o2c::tui::app::{Ctx, Msg, Work};
use o2c::tui::screens::{self, PLACES};
use o2c::tui::term::input::{fold_bursts, translate};

use super::{day, words};

/// A folder of this process: below the target folder for the test, which runs once at a time.
fn folder() -> PathBuf {
    match option_env!("CARGO_TARGET_TMPDIR") {
        Some(parent) => Path::new(parent).join("fuzz"),
        None => std::env::temp_dir().join(format!("o2c-fuzz-{}", std::process::id())),
    }
}

/// The demo book, whole, as one closed file.
fn whole() -> &'static Path {
    static BOOK: OnceLock<PathBuf> = OnceLock::new();
    BOOK.get_or_init(|| {
        // What an earlier run left.
        let _ = std::fs::remove_dir_all(folder());
        let book = folder().join("demo.db");
        let plan = Plan { size: Size { customers: 4, invoices: 40 }, seed: 1, today: day() };
        demo::make(&BookPath::new(&book), &plan, &mut |_, _| {}).unwrap_or_else(|error| panic!("{error}"));
        book
    })
}

fn stamp() -> Stamp {
    let noon = day().and_hms_opt(12, 0, 0).unwrap_or_default();
    Stamp { now: noon.and_utc(), today: day() }
}

/// The workstation on a book that can be opened; acts are tried and leave nothing behind.
fn workstation(book: &Path) -> Option<Harness> {
    let reader = Reader::open(&BookPath::new(book)).ok()?;
    let writer = Writer::open(&BookPath::new(book)).ok();
    let ctx = Ctx::new(day(), demo::user(), "Demo", Currency::EUR);
    let first = screens::first(&ctx)?;
    let perform = Box::new(move |work: Work| match (work, &writer) {
        (Work::Act(request) | Work::Try(request), Some(writer)) => {
            acts::perform(writer, &Actor::new(demo::user(), "tui"), stamp(), &request, Mode::DryRun)
        }
        _ => Err(Failure::refused("ACT-11", "There is nothing to take back.")),
    });
    Some(Harness::new(ctx, PLACES, first, reader, perform))
}

/// Keys people have, each as likely as it is to do something.
fn key(byte: u8) -> Key {
    let plain = Key::plain;
    match byte {
        0..=31 => Key { ctrl: true, ..plain(Code::Char(char::from(b'`' + byte.min(26)))) },
        32..=126 => plain(Code::Char(char::from(byte))),
        127 => plain(Code::Backspace),
        128..=151 => plain(Code::Enter),
        152..=167 => plain(Code::Esc),
        168..=175 => plain(Code::Tab),
        176..=179 => plain(Code::BackTab),
        180..=187 => plain(Code::Down),
        188..=191 => plain(Code::Up),
        192..=195 => plain(Code::PageDown),
        196..=199 => plain(Code::PageUp),
        200..=203 => plain(Code::Home),
        204..=207 => plain(Code::End),
        208..=211 => plain(Code::Left),
        212..=215 => plain(Code::Right),
        216..=219 => plain(Code::Delete),
        220..=223 => plain(Code::F(byte - 219)),
        224..=239 => plain(Code::Char('g')),
        240..=247 => Key { alt: true, ..plain(Code::Char(char::from(byte - 143))) },
        248..=255 => {
            plain(Code::Char(['ß', '語', '\u{301}', '\u{202e}', '🙂', '٣', '\u{0}', '\u{a0}'][usize::from(byte - 248)]))
        }
    }
}

/// What the terminal sends: whatever comes how fast, nothing typed is lost or changes its place.
pub fn input(bytes: &[u8]) {
    const CODES: [KeyCode; 12] = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Backspace,
        KeyCode::Delete,
        KeyCode::Up,
        KeyCode::PageDown,
        KeyCode::Null,
        KeyCode::F(12),
        KeyCode::Char('ß'),
        KeyCode::Char('\u{202e}'),
    ];
    let (mut at, mut batch) = (0, Vec::new());
    for (n, byte) in bytes.iter().enumerate() {
        at += u64::from(byte & 3);
        let key = |code, modifiers| Event::Key(KeyEvent::new(code, modifiers));
        let event = match *byte {
            0..=31 => key(KeyCode::Char(char::from(b'`' + byte.min(&26))), KeyModifiers::CONTROL),
            32..=127 => key(KeyCode::Char(char::from(*byte)), KeyModifiers::NONE),
            128..=223 => key(CODES[usize::from(byte % 12)], KeyModifiers::from_bits_truncate(byte >> 5 & 7)),
            224..=239 => {
                let kind = if byte & 1 == 0 { MouseEventKind::ScrollUp } else { MouseEventKind::Moved };
                Event::Mouse(MouseEvent { kind, column: 0, row: 0, modifiers: KeyModifiers::NONE })
            }
            240..=247 => Event::Paste(words(&bytes[n..bytes.len().min(n + 40)])),
            _ => Event::Resize(u16::from(byte & 7), at as u16),
        };
        batch.extend(translate(event, at));
    }
    let said = |batch: &[Msg]| -> String {
        let one = |msg: &Msg| match msg {
            Msg::Key(key, _) if key.code == Code::Enter => Some("\n".to_owned()),
            Msg::Key(key, _) => key.typed().map(String::from),
            Msg::Paste(text, _) => Some(text.clone()),
            _ => None,
        };
        batch.iter().filter_map(one).collect()
    };
    let before = said(&batch);
    assert_eq!(said(&fold_bursts(batch, false)), before);
}

/// Any keys at any size: the workstation goes on and draws.
pub fn keys(bytes: &[u8]) {
    let Some(mut workstation) = workstation(whole()) else { panic!("the demo book opens") };
    let sizes = [(80, 24), (1, 1), (60, 16), (140, 40), (7, 3), (240, 70)];
    for (count, byte) in bytes.iter().take(96).enumerate() {
        workstation.send(Msg::Key(key(*byte), 1_000 * (count as u64 + 1)));
        if count % 8 == 7 {
            let (columns, rows) = sizes[usize::from(*byte) % sizes.len()];
            workstation.resize(columns, rows);
        }
        assert_eq!(workstation.screen().len(), usize::from(workstation.app.ctx.size.1));
    }
    workstation.send(Msg::Paste(String::from_utf8_lossy(bytes).into_owned(), 1_000_000));
    workstation.screen();
}

/// A damaged book: every five bytes change one place of the file. It is refused, or checked, read on every screen and
/// written to; nothing fails in other words than the program's own.
pub fn damaged_book(bytes: &[u8]) {
    static WHOLE: OnceLock<Vec<u8>> = OnceLock::new();
    let mut file = WHOLE.get_or_init(|| std::fs::read(whole()).unwrap_or_default()).clone();
    assert!(file.len() > 4096, "the demo book is there");
    // Several are looked at at once.
    let name = format!("damaged-{:?}.db", std::thread::current().id());
    let book = folder().join(&name);
    for change in bytes.chunks_exact(5) {
        let at = u32::from_le_bytes([change[0], change[1], change[2], 0]) as usize % file.len();
        // Headers of pages are where most of the meaning is.
        let at = if change[3] & 1 == 0 { at } else { at / 4096 * 4096 + at % 128 };
        match change[3] >> 1 & 3 {
            0 => file[at] ^= 1 << (change[4] & 7),
            1 => file[at] = change[4],
            2 => {
                let end = (at + usize::from(change[4]) * 8).min(file.len());
                file[at..end].fill(0);
            }
            _ => {
                let page = usize::from(change[4]) % (file.len() / 4096) * 4096;
                let to = at / 4096 * 4096;
                file.copy_within(page..page + 4096, to);
            }
        }
    }
    for tail in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(folder().join(format!("{name}{tail}")));
    }
    if std::fs::write(&book, &file).is_err() {
        return;
    }
    if let Ok(writer) = Writer::open(&BookPath::new(&book)) {
        drop(check::quick(&writer));
        drop(check::full(&writer));
        drop(audit::verify(&writer));
        let note = Act::Note { customer: 1, text: "called".into() };
        drop(acts::perform(&writer, &Actor::new(demo::user(), "cli"), stamp(), &Request::new(note), Mode::DryRun));
    }
    let Some(mut workstation) = workstation(&book) else { return };
    for place in [
        "g t",
        "g c <Enter>",
        "g a <Enter>",
        "g d",
        "g p",
        "g k",
        "g i <Enter>",
        "g l",
        "g v",
        "g e",
        "g u",
        "g m",
        "g h",
    ] {
        workstation.keys(place);
        workstation.screen();
        workstation.keys("<Esc>");
    }
}
