//! Bytes a key costs on a slow line, on every list at 80x24, measured at the terminal. `O2C_TELL` prints the figures.

use std::time::{Duration, Instant};

use crate::rigs::pty::Terminal;
use crate::stage::Stage;

/// What a move may cost: the two rows whose highlight changes, the lines below that describe the row, and names in
/// scripts of three bytes a letter.
const MOVE: usize = 600;
/// What the middle one of the moves may cost where one line describes the row.
const BARE_MOVE: usize = 300;
const PAGE: usize = 2_000;
const CHANGE: usize = 4_000;

/// The list screens: how to get there, their names, and whether they describe the row in more than a line.
const LISTS: [(&str, &str, &str, bool); 13] = [
    ("g c", "customers", "[Customers]", true),
    ("g a", "aging", "[Aging]", false),
    ("g d", "disputes", "[Disputes]", true),
    ("g p", "promises", "[Promises]", true),
    ("g k", "KPIs", "[KPIs]", false),
    ("g i", "items", "Items", false),
    ("g l", "log", "Log", true),
    ("g v", "approvals", "for you to decide", true),
    ("g e", "audit", "verified it yet", true),
    ("g u", "people", "DUTIES", true),
    ("g m", "months", "INVOICED", true),
    ("g t", "today", "[Today]", true),
    ("Home j Enter", "account", "INVOICE", false),
];

fn measure(terminal: &mut Terminal, keys: &str, most: usize, over: &mut Vec<String>, name: &str) -> usize {
    let spent = terminal.cost_of(keys).bytes;
    if spent > most {
        over.push(format!("{name}: {keys} cost {spent} bytes, {most} are allowed"));
    }
    spent
}

#[test]
fn keys_stay_within_their_bytes_on_every_list() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    let mut over = Vec::new();
    for (keys, name, there, described) in LISTS {
        // An answer of the book may come after the frame; what counts is everything until the screen stands.
        terminal.wait_quiet().mark();
        terminal.press(keys).wait_for(there).wait_quiet();
        std::thread::sleep(Duration::from_millis(300));
        let change = terminal.wait_quiet().since_mark().bytes;
        if change > CHANGE {
            over.push(format!("{name}: {keys} cost {change} bytes, {CHANGE} are allowed"));
        }
        let moves = ["j", "j", "j", "k", "j", "Down", "j", "Up", "j", "j"];
        let moves = moves.map(|key| measure(&mut terminal, key, MOVE, &mut over, name));
        let mut sorted = moves;
        sorted.sort_unstable();
        if !described && sorted[moves.len() / 2] > BARE_MOVE {
            over.push(format!("{name}: moves cost {moves:?} bytes, {BARE_MOVE} are allowed for the middle one"));
        }
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
