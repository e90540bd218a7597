//! What the program says of every bad input and broken surrounding it is built for: each is brought about for real,
//! through the binary, and its exit code and its whole stderr stand in `sentences.txt` (`O2C_WRITE=1` writes it). Every
//! code of the catalogue has its sentence there, or stands below with the reason why not.

mod rigs;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// In front of every step: the program on the book of the folder, and how a file of invoices is written.
const PRELUDE: &str = r#"
o2c() { "$PROGRAM" --book book.db --today 2026-03-31 "$@"; }
rows() { file=$1; shift; { echo number,customer,document_date,due_date,amount,currency; printf '%s\n' "$@"; } > "$file"; }
"#;

/// A book of tess with one invoice, and of rita, who reads.
const BOOK: &str = "o2c init --company 'Nordwind GmbH' --currency EUR
rows base.csv INV-1,C1,2026-03-02,2026-04-01,1000.00,EUR
o2c import invoices base.csv
o2c user add rita --name 'Rita Moor' --role viewer";

/// A situation: its title, the steps to it, and what was said at the last of them.
struct Scene {
    title: String,
    steps: Vec<String>,
    said: String,
}

/// Scenes as the file has them: `# title`, lines `$ step`, then what is said. A title that ends in `(bare)` starts in an
/// empty folder. A step `sql …` changes the book behind the program's back, and `bank FILE` hands a file
/// to the readers of bank files.
fn scenes() -> Vec<Scene> {
    let mut scenes: Vec<Scene> = Vec::new();
    for line in include_str!("sentences.txt").lines() {
        if let Some(title) = line.strip_prefix("# ") {
            scenes.push(Scene { title: title.to_owned(), steps: Vec::new(), said: String::new() });
        } else if let Some(scene) = scenes.last_mut() {
            match line.strip_prefix("$ ") {
                Some(step) => scene.steps.push(step.to_owned()),
                None if line.is_empty() => {}
                None => scene.said += &format!("{line}\n"),
            }
        }
    }
    scenes
}

fn shell(folder: &Path, steps: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    shell.env("USER", "tess").env("PROGRAM", env!("CARGO_BIN_EXE_o2c")).env("HOME", folder).env("TZ", "UTC");
    shell.args(["-ec", &format!("{PRELUDE}\n{steps}")]).output().expect("the shell starts")
}

fn sql(folder: &Path, text: &str) {
    let conn = Connection::open(folder.join("book.db")).expect("the book");
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).expect("no guards");
    conn.execute_batch(text).unwrap_or_else(|error| panic!("{text}: {error}"));
}

/// What the readers of bank files say by themselves.
fn bank(file: &Path) -> String {
    let bytes = std::fs::read(file).expect("the file");
    let options = o2c::formats::bank::Options::new("2026-03-31".parse().expect("a day"));
    match o2c::formats::bank::read(&bytes, &options) {
        Ok(read) => format!("{} statements\n", read.len()),
        Err(refusal) => format!("{refusal}\n"),
    }
}

/// Plays a scene in a folder of its own: what is said at its last step.
fn play(scene: &Scene) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let before = if scene.title.ends_with("(bare)") { "" } else { BOOK };
    let (last, earlier) = scene.steps.split_last().expect("a step");
    for step in before.lines().map(str::to_owned).chain(earlier.iter().cloned()) {
        if let Some(text) = step.strip_prefix("sql ") {
            sql(folder.path(), text);
            continue;
        }
        let output = shell(folder.path(), &step);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        if !output.status.success() {
            return format!("the step before was refused: {step}\n{err}");
        }
    }
    if let Some(file) = last.strip_prefix("bank ") {
        return bank(&folder.path().join(file));
    }
    let output = shell(folder.path(), last);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let mut said = String::new();
    for line in out.lines().chain(err.lines()).filter(|line| !line.is_empty()) {
        let _ = writeln!(said, "{}", steady(line));
    }
    let _ = writeln!(said, "exit {}", output.status.code().unwrap_or(-1));
    said
}

/// The line without what is another at every run, or with every format: today's date, the time of day, the format.
fn steady(line: &str) -> String {
    let now = chrono::Utc::now();
    let mut line = line.to_owned();
    for before in ["reads ", "upgrade to ", "has format "] {
        line = line.replace(&format!("{before}{}", o2c::store::schema::FORMAT), &format!("{before}N"));
    }
    // Midnight may pass during the run, and a scene sets the last act an hour ahead of the clock.
    for day in [now, now - chrono::Duration::days(1), now + chrono::Duration::days(1)] {
        for form in ["%Y-%m-%d", "%-d %b %Y", "%-d %b"] {
            line = line.replace(&day.format(form).to_string(), "TODAY");
        }
    }
    let mut out = String::new();
    let letters: Vec<char> = line.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let is_time = letters
            .get(at..at + 5)
            .is_some_and(|part| part[2] == ':' && [0, 1, 3, 4].iter().all(|place| part[*place].is_ascii_digit()));
        if is_time && !out.ends_with(|before: char| before.is_ascii_digit()) {
            out += "HH:MM";
            at += if letters.get(at + 5) == Some(&':') { 8 } else { 5 };
        } else {
            out.push(letters[at]);
            at += 1;
        }
    }
    out
}

#[test]
fn every_situation_has_its_sentence() {
    let mut wrong = Vec::new();
    let mut text = String::new();
    for scene in scenes() {
        let said = play(&scene);
        let steps: String = scene.steps.iter().map(|step| format!("$ {step}\n")).collect();
        let _ = write!(text, "# {}\n{steps}{said}\n", scene.title);
        if said != scene.said {
            wrong.push(format!("{}\nsays\n{said}and should say\n{}", scene.title, scene.said));
        }
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{}: {said}", scene.title);
    }
    if std::env::var_os("O2C_WRITE").is_some() {
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sentences.txt");
        return std::fs::write(place, text.trim_end().to_owned() + "\n").expect("written");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Codes that no test shows: why nobody can bring them about.
const ELSEWHERE: &[(&str, &str)] = &[
    ("AUD-05", "a system without randomness"),
    ("CHK-M8", "an act that would break a rule: nothing known leads there, that is what it is for"),
    ("DB-13", "an SQLite that loses data: the program is built with its own"),
    ("DB-16", "a format without one of its indexes: the definitions are in the program"),
    ("DB-17", "two items of one number in one act: nothing known leads there"),
    ("DB-18", "threads that cannot be started"),
    ("DEM-01", "a demo book that does not hold what it just wrote"),
    ("DEM-02", "a demo whose thread was lost"),
    ("DEM-03", "a demo without currencies"),
    ("DEM-04", "a policy of the demo that cannot be read: they are made with the program"),
    ("DEM-05", "a mail of the demo that cannot be read: they are made with the program"),
    (
        "MAIL-03",
        "a message that the library of mail refuses after our own checks: the fuzz target address holds that none is",
    ),
    ("TTY-02", "a program built without screens"),
];

/// Every code in the sources stands in a scene, in another test, or in the list above with a reason, and only there.
#[test]
fn every_code_of_the_catalogue_is_shown_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let known: BTreeSet<String> = sources(root, "src").flat_map(|text| codes_of(&text, true)).collect();
    let listed: BTreeSet<String> = ELSEWHERE.iter().map(|(code, _)| (*code).to_owned()).collect();
    // The list itself is no showing.
    let shown = sources(root, "tests").flat_map(|mut text| {
        if let Some(at) = text.find("const ELSEWHERE: &[") {
            text = text[..at].to_owned() + text[at..].split_once("\n];").unwrap_or_default().1;
        }
        codes_of(&text, false)
    });
    let inside = sources(root, "src").flat_map(|text| {
        let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
        codes_of(&text[tests..], true)
    });
    let shown: BTreeSet<String> = shown.chain(inside).collect();
    let gone: Vec<_> = listed.difference(&known).collect();
    assert!(gone.is_empty(), "no code any more: {gone:?}");
    let twice: Vec<_> = listed.intersection(&shown).collect();
    assert!(twice.is_empty(), "a test shows {twice:?}, so they need no reason why none does");
    let missing: Vec<_> = known.iter().filter(|code| !shown.contains(*code) && !listed.contains(*code)).collect();
    assert!(known.len() > 80 && missing.is_empty(), "no test shows {missing:?}");
}

/// The texts of the Rust sources and sentences under a folder.
fn sources(root: &Path, folder: &str) -> impl Iterator<Item = String> {
    let files = rigs::source::files(&root.join(folder), &[".rs", ".txt"]);
    files.into_iter().map(|file| std::fs::read_to_string(file).unwrap_or_default())
}

/// Codes such as `ACT-07` in a text: in quotes of their own, as the sources name them, or anywhere. What looks like one
/// and is a number of a dispute or letter has one letter.
fn codes_of(text: &str, quoted: bool) -> Vec<String> {
    let mut codes = Vec::new();
    for (at, _) in text.match_indices('-') {
        let family = text[..at].chars().rev().take_while(char::is_ascii_uppercase).count();
        let number: String = text[at + 1..].chars().take_while(|c| c.is_ascii_digit() || *c == 'M').collect();
        let (from, until) = (at - family, at + 1 + number.len());
        let whole = text[..from].ends_with('"') && text[until..].starts_with('"');
        if (2..=4).contains(&family) && number.len() == 2 && (whole || !quoted) {
            codes.push(text[from..until].to_owned());
        }
    }
    codes
}
