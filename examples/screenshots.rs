//! Takes the pictures in `screenshots/`: the release binary in a pseudo-terminal, on the demo book of a fixed day, fed
//! by the keys in the table below. Text and SVG come from a terminal emulator's cells; PNG from `rsvg-convert` when it
//! is installed, with signs of every script where fonts-noto-core and fonts-noto-cjk are. Run `cargo build --release &&
//! cargo run --example screenshots [NAME…]`.

#[path = "../tests/rigs/mod.rs"]
mod rigs;

use rigs::pty::{Launch, Terminal};
use rigs::svg;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The day of the pictures, so that taking them again changes only what the program changed.
const TODAY: &str = "2026-03-16";

/// One picture.
struct Shot {
    /// File name without its ending.
    name: &'static str,
    cols: u16,
    rows: u16,
    /// Keys from the first screen on; see `rigs::pty::Terminal::press`.
    keys: &'static str,
    /// Text that is on the screen once it is there.
    marker: &'static str,
}

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (140, 45);
const DESK: (u16, u16) = (160, 48);

const fn shot(name: &'static str, (cols, rows): (u16, u16), keys: &'static str, marker: &'static str) -> Shot {
    Shot { name, cols, rows, keys, marker }
}

/// All pictures, in the order of the README.
const SHOTS: [Shot; 22] = [
    shot("desk-160x48", DESK, "g h", "Disputes"),
    shot("today-80x24", SMALL, "g t", "Today"),
    shot("today-140x45", LARGE, "g t", "Today"),
    shot("account-80x24", SMALL, "g c Enter", "open items"),
    shot("account-140x45", LARGE, "g c Enter", "open items"),
    shot("aging-80x24", SMALL, "g a", "Aging"),
    shot("aging-140x45", LARGE, "g a", "Aging"),
    shot("disputes-80x24", SMALL, "g d", "Disputes"),
    shot("disputes-140x45", LARGE, "g d", "Disputes"),
    shot("cash-80x24", SMALL, "g b Enter", "left"),
    shot("cash-140x45", LARGE, "g b Enter", "Difference"),
    shot("statements-80x24", SMALL, "g s", "CLOSING"),
    shot("kpis-80x24", SMALL, "g k", "DSO"),
    shot("kpis-140x45", LARGE, "g k", "DSO"),
    shot("approvals-80x24", SMALL, "g v", "to decide"),
    shot("approvals-140x45", LARGE, "g v", "to decide"),
    shot("audit-140x45", LARGE, "g e", "verified"),
    shot("people-140x45", LARGE, "g u", "DUTIES"),
    shot("runs-80x24", SMALL, "g r", "LETTERS"),
    shot("runs-140x45", LARGE, "g r", "LETTERS"),
    shot("run-80x24", SMALL, "g r Enter", "ASKED"),
    shot("case-80x24", SMALL, "g d Enter", "WHAT WAS SAID"),
];

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = program(root);
    if !program.exists() {
        eprintln!("{} is not there; run `cargo build --release` first. No picture was taken.", program.display());
        return ExitCode::FAILURE;
    }
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let folder = root.join("screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    let mut rasterised = true;
    for shot in SHOTS.iter().filter(|shot| wanted.is_empty() || wanted.iter().any(|name| shot.name.starts_with(name))) {
        rasterised &= take(&program, shot, &folder);
        println!("{}", shot.name);
    }
    if !rasterised {
        println!("Text and SVG only: `rsvg-convert` (Debian package librsvg2-bin) is not installed or failed.");
    }
    ExitCode::SUCCESS
}

/// The release binary in the target folder cargo uses.
fn program(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
    target.join("release").join("o2c")
}

/// Drives the program to one screen and writes what it shows. Gives whether there is a PNG too.
fn take(program: &Path, shot: &Shot, folder: &Path) -> bool {
    let launch = Launch::new(program).args(["demo", "--today", TODAY]).size(shot.cols, shot.rows);
    let mut terminal = launch.env("COLORTERM", "truecolor").start();
    terminal.wait_until("the first screen", |screen| screen.contents().lines().count() > 4);
    for key in shot.keys.split(' ') {
        terminal.press(key).wait_quiet();
    }
    terminal.wait_for(shot.marker);
    write(&terminal, shot.name, folder)
}

fn write(terminal: &Terminal, name: &str, folder: &Path) -> bool {
    let screen = terminal.screen();
    let lines: Vec<String> = screen.rows(0, screen.size().1).map(|line| line.trim_end().to_string()).collect();
    std::fs::write(folder.join(format!("{name}.txt")), lines.join("\n") + "\n").expect("the text is written");
    let svg = folder.join(format!("{name}.svg"));
    std::fs::write(&svg, svg::picture(&screen)).expect("the picture is written");
    let png = svg.with_extension("png");
    let convert = Command::new("rsvg-convert").arg("--zoom").arg("2").arg("--output").arg(&png).arg(&svg).status();
    convert.is_ok_and(|status| status.success())
}
