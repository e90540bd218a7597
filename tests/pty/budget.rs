//! Bytes a key costs on a slow line at 80x24: every move on every list of the demo book in the program's own loop, and
//! a sample of them at a terminal. `O2C_TELL` prints the figures.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use o2c::acts::Failure;
use o2c::domain::money::Currency;
use o2c::store::{BookPath, Reader};
use o2c::tui::app::Ctx;
use o2c::tui::app::harness::Harness;
use o2c::tui::screens;
use o2c::tui::term::paint::Painter;

use crate::rigs::pty::Terminal;
use crate::stage::{Stage, TODAY};

/// What a move may cost, whatever the rows: the highlight, a new row where the list scrolls, the lines below it.
const MOVE: usize = 300;
const PAGE: usize = 2_000;
const CHANGE: usize = 4_000;

/// The list screens: how to get there, their names, and what then is on the screen.
const LISTS: [(&str, &str, &str); 25] = [
    ("g c", "customers", "[Customers]"),
    ("g a", "aging", "[Aging]"),
    ("g d", "disputes", "[Disputes]"),
    ("g p", "promises", "[Promises]"),
    ("g k", "KPIs", "[KPIs]"),
    ("g i", "items", "Items"),
    ("g l", "log", "Log"),
    ("g v", "approvals", "for you to decide"),
    ("g e", "audit", "verified it yet"),
    ("g u", "people", "DUTIES"),
    ("g m", "months", "INVOICED"),
    ("g z", "settings", "CHANGED BY"),
    ("g b", "cash", "waiting"),
    ("g s", "statements", "CLOSING"),
    ("g n", "plans", "P-1"),
    ("g j", "tasks", "@anna"),
    ("g q", "inquiries", "Q-1"),
    ("g r", "runs", "M-1"),
    ("g x", "outbox", "SINCE"),
    ("g y", "policies", "UNDER IT"),
    ("g f", "templates", "LANGUAGE"),
    ("g w", "team", "ben"),
    ("g d b", "reasons", "CLAIMED"),
    ("g t", "today", "[Today]"),
    ("Home j Enter", "account", "INVOICE"),
];

/// Lists behind those, in the keys of the harness.
const INNER: [(&str, &str); 11] = [
    ("gc<Enter>", "items of an account"),
    ("gc<Enter><Tab>", "invoices of an account"),
    ("gc<Enter><Tab><Tab>", "timeline of an account"),
    ("ga<Enter>", "items of an aging cell"),
    ("gh", "desk"),
    ("gt<Enter>", "deck"),
    ("gb<Enter>", "payment"),
    ("gs<Enter>", "payments of a statement"),
    ("gr<Enter>", "lines of a run"),
    ("gn<Enter>", "a plan"),
    ("gy<Enter>", "levels of a policy"),
];

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

/// The workstation on the demo book with everything it would send.
struct Line {
    harness: Harness,
    painter: Painter<Sink>,
    sink: Sink,
}

impl Line {
    fn open(stage: &Stage) -> Line {
        let today = TODAY.parse().expect("a day");
        let ctx = Ctx { demo: true, ..Ctx::new(today, "demo", "Brightwater Ltd", Currency::EUR) };
        let reader = Reader::open(&BookPath::new(stage.book())).expect("a book");
        let first = screens::first(&ctx).expect("a screen");
        let perform = |_| Err(Failure::Unknown("no writer".to_owned()));
        let harness = Harness::new(ctx, screens::PLACES, first, reader, Box::new(perform));
        let sink = Sink::default();
        let mut line = Line { harness, painter: Painter::on(sink.clone()), sink };
        line.sent();
        line
    }

    fn sent(&mut self) -> usize {
        self.sink.0.borrow_mut().clear();
        self.painter.draw(&self.harness.app).expect("a frame");
        self.sink.0.borrow().len()
    }

    fn press(&mut self, keys: &str) -> usize {
        self.harness.keys(keys);
        self.sent()
    }
}

/// Moves along a list: what each cost, and the screen after the dearest.
#[derive(Default)]
struct Walk {
    costs: Vec<usize>,
    dearest: String,
}

impl Walk {
    /// Presses a key until it changes nothing any more, which is the end of the list, or for `most` rows.
    fn along(&mut self, line: &mut Line, key: &str, most: usize) {
        for _ in 0..most {
            let spent = line.press(key);
            if spent == 0 {
                break;
            }
            if spent > MOVE && self.costs.iter().all(|other| *other < spent) {
                let sent = String::from_utf8_lossy(&line.sink.0.borrow()).escape_debug().to_string();
                self.dearest = format!("{}\n{sent}", line.harness.screen().join("\n"));
            }
            self.costs.push(spent);
        }
    }
}

/// Requests that wait for a second person, so that the list of them has rows.
fn ask(stage: &Stage) {
    for customer in 10_001..10_007 {
        let email = format!("payables-{customer}@post.example");
        stage.verb(&["--as", "anna", "customer", "set", &customer.to_string(), "--email", &email]);
    }
}

#[test]
fn no_move_on_any_list_costs_more_than_its_budget() {
    let stage = Stage::new();
    ask(&stage);
    let mut line = Line::open(&stage);
    let mut over = Vec::new();
    let most = if std::env::var_os("O2C_LONG").is_some() { usize::MAX } else { 300 };
    let lists = LISTS.iter().take(LISTS.len() - 2).map(|(keys, name, _)| (keys.replace(' ', ""), *name));
    for (keys, name) in lists.chain(INNER.iter().map(|(keys, name)| ((*keys).to_owned(), *name))) {
        line.press("<Esc><Esc><Esc><Esc>gt");
        line.press(&keys);
        line.press("<Home>");
        let mut walk = Walk::default();
        walk.along(&mut line, "j", most);
        walk.along(&mut line, "k", most);
        line.press("G");
        walk.along(&mut line, "k", most.min(60));
        let mut costs = walk.costs;
        costs.sort_unstable();
        let (top, middle) = (costs.last().copied().unwrap_or(0), costs.get(costs.len() / 2).copied().unwrap_or(0));
        if std::env::var_os("O2C_TELL").is_some() {
            println!("{name}: {} moves, most {top}, middle {middle}", costs.len());
        }
        if top > MOVE {
            over.push(format!("{name}: a move cost {top} bytes, {MOVE} are allowed\n{}", walk.dearest));
        }
    }
    assert!(over.is_empty(), "{}", over.join("\n"));
}

fn measure(terminal: &mut Terminal, keys: &str, most: usize, over: &mut Vec<String>, name: &str) -> usize {
    let spent = terminal.cost_of(keys).bytes;
    if spent > most {
        over.push(format!("{name}: {keys} cost {spent} bytes, {most} are allowed"));
    }
    spent
}

/// Bytes until a screen stands.
fn change_to(terminal: &mut Terminal, keys: &str, there: &str) -> usize {
    terminal.wait_quiet().mark();
    terminal.press(keys).wait_for(there).wait_quiet();
    std::thread::sleep(Duration::from_millis(300));
    terminal.wait_quiet().since_mark().bytes
}

#[test]
fn keys_stay_within_their_bytes_on_every_list() {
    let stage = Stage::new();
    ask(&stage);
    let mut terminal = stage.open();
    let mut over = Vec::new();
    for (keys, name, there) in LISTS {
        // An answer of the book may come after the frame; what counts is everything until the screen stands.
        let change = change_to(&mut terminal, keys, there);
        if change > CHANGE {
            over.push(format!("{name}: {keys} cost {change} bytes, {CHANGE} are allowed"));
        }
        let moves = ["j", "j", "j", "k", "j", "Down", "j", "Up", "j", "j"];
        let moves = moves.map(|key| measure(&mut terminal, key, MOVE, &mut over, name));
        let pages = ["PageDown", "PageDown", "PageUp", "C-d", "C-u", "G", "Home"];
        let pages = pages.map(|key| measure(&mut terminal, key, PAGE, &mut over, name));
        let scroll = measure(&mut terminal, "G", PAGE, &mut over, name);
        let up = measure(&mut terminal, "k", MOVE, &mut over, name);
        if std::env::var_os("O2C_TELL").is_some() {
            println!("{name}: change {change}, moves {moves:?}, pages {pages:?}, end {scroll}, up {up}");
        }
    }
    assert!(over.is_empty(), "{}\n{}", over.join("\n"), terminal.text());
}

#[test]
fn idle_sends_nothing() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    for keys in ["g a", "g k", "g t"] {
        terminal.press(keys).wait_quiet();
        std::thread::sleep(Duration::from_millis(300));
        terminal.wait_quiet().mark();
        let until = Instant::now() + Duration::from_secs(3);
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
        assert_eq!(terminal.since_mark().bytes, 0, "{keys}\n{}", terminal.text());
    }
}
