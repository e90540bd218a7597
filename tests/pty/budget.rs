//! Bytes a key costs on a slow line, on every list at 80x24, measured at the terminal. `O2C_TELL` prints the figures.

use std::time::{Duration, Instant};

use crate::rigs::pty::Terminal;
use crate::stage::Stage;

const MOVE: usize = 300;
const PAGE: usize = 2_000;
const CHANGE: usize = 4_000;

/// The list screens: how to get there and what is in the header then.
const LISTS: [(&str, &str, &str); 9] = [
    ("g c", "customers", "[Customers]"),
    ("g a", "aging", "[Aging]"),
    ("g d", "disputes", "[Disputes]"),
    ("g p", "promises", "[Promises]"),
    ("g k", "KPIs", "[KPIs]"),
    ("g i", "items", "g i"),
    ("g l", "log", "g l"),
    ("g t", "today", "[Today]"),
    ("Enter", "account", ""),
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
    for (keys, name, _) in LISTS {
        let change = measure(&mut terminal, keys, CHANGE, &mut over, name);
        let moves = ["j", "j", "j", "k", "j", "Down", "j", "Up", "j", "j"];
        let moves = moves.map(|key| measure(&mut terminal, key, MOVE, &mut over, name));
        let pages = ["PageDown", "PageDown", "PageUp", "C-d", "C-u", "G", "g g"];
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
