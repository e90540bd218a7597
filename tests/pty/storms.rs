//! What a terminal can throw at a program: sizes that change as fast as a window is dragged, large pastes, no colours.

use crate::rigs::pty::Terminal;
use crate::stage::{Stage, ready};

#[test]
fn a_storm_of_sizes_ends_in_a_whole_screen() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    let before = terminal.text();
    for step in 0..120u16 {
        let (columns, rows) = (1 + step * 37 % 200, 1 + step * 23 % 70);
        terminal.resize(columns, rows);
        if step % 10 == 0 {
            terminal.press("j k");
        }
    }
    terminal.resize(59, 15).wait_for("60x16");
    terminal.resize(1, 1).wait_quiet();
    terminal.resize(60, 16).wait_for("Today");
    terminal.resize(180, 50).wait_for("Today");
    terminal.resize(80, 24).wait_for("[Today]");
    // Keys sent faster than anybody types may have been taken for a paste, which says so until Esc, and of a pair one may
    // have met a terminal too small for it.
    terminal.press("Esc").wait_quiet();
    terminal.press("g g").wait_quiet();
    assert!(terminal.running());
    // Whether a blank at the end of a line was written or erased is nothing anybody sees.
    let seen = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(seen(&terminal.text()), seen(&before), "the screen is as it was");
}

#[test]
fn a_size_that_changes_with_a_key_is_taken_each_time() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    for _ in 0..60 {
        terminal.press("j").resize(59, 15).wait_for("60x16");
        terminal.press("k").resize(80, 24).wait_for("[Today]");
    }
}

#[test]
fn more_letters_at_once_than_are_read_at_once_all_arrive() {
    let stage = Stage::new();
    let mut terminal = stage.open();
    terminal.press("n").wait_for("Note");
    // A terminal that does not tell a paste from typing, or a line that was held up: 3,000 letters in one piece.
    terminal.type_text(&format!("{}the end", "held up ".repeat(374))).wait_for("the end");
}

/// Text of a hundred kilobytes whose first letters would be commands.
fn large() -> String {
    "qqq xc 1,234.56 Wy\tdu\r\n".repeat(4_500)
}

#[test]
fn a_large_paste_outside_a_field_runs_nothing() {
    let stage = Stage::new();
    let acts = stage.verb(&["log", "--json"]);
    let mut terminal = stage.open();
    terminal.paste(&large()).wait_for("paste");
    assert!(terminal.running(), "{}", terminal.text());
    terminal.press("Esc").wait_quiet().press("g c").wait_for("[Customers]");
    assert_eq!(stage.verb(&["log", "--json"]), acts, "the paste changed the book");
}

#[test]
fn a_large_paste_into_a_field_is_text_and_leaves_the_form_usable() {
    let stage = Stage::new();
    let acts = stage.verb(&["log", "--json"]);
    let mut terminal = stage.open();
    terminal.press("n").wait_for("Note");
    terminal.paste(&large()).wait_quiet();
    assert!(terminal.running(), "{}", terminal.text());
    assert_eq!(stage.verb(&["log", "--json"]), acts, "the paste saved the form");
    terminal.press("C-u").type_text("short after all").wait_for("short after all").press("Enter").wait_for("u undoes");
    terminal.press("Enter").wait_for("short after all");
}

/// Rows of which every written cell is reversed; the second half of a wide sign has no style of its own.
fn reversed(terminal: &Terminal) -> Vec<u16> {
    let screen = terminal.screen();
    let (rows, _) = screen.size();
    let is = |cell: &vt100::Cell| cell.inverse() || cell.is_wide_continuation();
    (0..rows).filter(|row| (4..12).all(|col| screen.cell(*row, col).is_some_and(is))).collect()
}

#[test]
fn without_colours_the_row_is_still_told_apart() {
    let stage = Stage::new();
    let mut terminal = ready(stage.launch().env("NO_COLOR", "1").start());
    for key in ["t", "c", "a", "d", "p", "k", "i", "l"] {
        terminal.press("g").press(key).wait_quiet().press("j").wait_quiet();
        assert_eq!(reversed(&terminal).len(), 1, "g {key}: {}", terminal.text());
        let raw = String::from_utf8_lossy(&terminal.raw()).into_owned();
        for part in raw.split("\x1b[").skip(1) {
            let code: String = part.chars().take_while(|c| c.is_ascii_digit() || *c == ';').collect();
            if part[code.len()..].starts_with('m') {
                let colour = code.split(';').any(|n| {
                    let n = n.parse::<u16>().unwrap_or(0);
                    (30..=38).contains(&n) || (40..=48).contains(&n) || (90..=107).contains(&n)
                });
                assert!(!colour, "g {key}: ESC[{code}m");
            }
        }
    }
}

#[test]
fn a_theme_of_ones_own_colours_roles_and_no_color_beats_it() {
    let stage = Stage::new();
    let home = tempfile::tempdir().expect("a home");
    let themes = home.path().join("data/o2c/themes");
    std::fs::create_dir_all(&themes).expect("a folder");
    std::fs::write(themes.join("night.toml"), "accent = 33\nlate = \"#ff8800\"\n").expect("a theme");
    std::fs::write(home.path().join("data/o2c/settings.toml"), "theme = \"night\"\n").expect("settings");
    let raw = |terminal: &Terminal| String::from_utf8_lossy(&terminal.raw()).into_owned();
    let plain = ready(stage.launch().start());
    assert!(!raw(&plain).contains("38;5;33") && raw(&plain).contains("36m"), "the palette's cyan");
    let by_settings = ready(stage.launch().home(home.path()).start());
    assert!(raw(&by_settings).contains("38;5;33"), "{}", by_settings.text());
    let by_name = ready(stage.launch().home(home.path()).args(["--theme", "palette"]).start());
    assert!(!raw(&by_name).contains("38;5;33"), "what is given on the line comes first");
    let mono = ready(stage.launch().home(home.path()).env("NO_COLOR", "1").start());
    assert!(!raw(&mono).contains("38;5;33"), "no colour at all");
    let always = stage.launch().home(home.path()).env("NO_COLOR", "1").args(["--color", "always"]);
    assert!(raw(&ready(always.start())).contains("38;5;33"), "what is given on the line beats the surroundings");
    std::fs::write(themes.join("night.toml"), "accent = 33\n late = \"orange\"\n").expect("a theme");
    let mut wrong = stage.launch().size(300, 24).home(home.path()).start();
    assert_eq!(wrong.wait_exit().exit_code(), 1);
    let said = wrong.text();
    assert!(
        said.contains("[CFG-01]") && said.contains("night.toml line 2, column 9: unknown colour \"orange\""),
        "{said}"
    );
}
