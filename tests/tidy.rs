//! Keeps the house tidy: which layer may know which, how long files and functions may be, words and calls that must not
//! appear, and the README in step with the program. Every message names the file and line and what to do instead.

mod rigs;

use rigs::source::{self, Source, has_word};
use std::path::{Path, PathBuf};

/// No file is longer; what no longer fits wants to be two files.
const FILE_LINES: usize = 500;
/// No function is longer: it is to be seen whole.
const FUNCTION_LINES: usize = 70;
/// Generated tables, whose length says nothing about anybody's thinking.
const GENERATED: [&str; 0] = [];

/// Who may name whom: the deepest matching folder counts; folders not listed may name everything.
const ARROWS: [(&str, &[&str]); 13] = [
    ("src/domain", &["domain"]),
    ("src/language", &["language", "domain"]),
    ("src/formats", &["formats", "domain", "language"]),
    ("src/statements", &["statements", "formats", "domain"]),
    ("src/documents", &["documents", "domain"]),
    ("src/mail", &["mail", "domain"]),
    ("src/store", &["store", "domain", "language"]),
    ("src/acts", &["acts", "domain", "language", "formats", "documents", "mail", "store"]),
    ("src/demo", &["demo", "domain", "language", "formats", "store", "acts"]),
    (
        "src/cli",
        &["cli", "domain", "language", "formats", "statements", "documents", "mail", "store", "acts", "demo", "tui"],
    ),
    ("src/tui/app", &["domain", "language", "store", "acts", "tui::app", "tui::screens", "tui::ui"]),
    ("src/tui/screens", &["domain", "language", "store", "acts", "tui::app", "tui::screens", "tui::ui"]),
    ("src/tui/ui", &["domain", "tui::ui"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let paths = folders.iter().flat_map(|folder| source::files(&root().join(folder), &[".rs"]));
    paths.map(|path| Source::read(root(), &path)).collect()
}

/// Fails with every finding, so that one run shows them all.
#[track_caller]
fn none(rule: &str, findings: Vec<String>) {
    assert!(findings.is_empty(), "{rule}\n  {}", findings.join("\n  "));
}

/// Lines of shipped code under `folders` for which `wrong` gives a reason.
fn wrong_lines(folders: &[&str], wrong: impl Fn(&Source, &source::Line) -> Option<String>) -> Vec<String> {
    let mut findings = Vec::new();
    for file in sources(folders) {
        for (number, line) in file.shipped() {
            if let Some(why) = wrong(&file, line) {
                findings.push(format!("{}:{number}: {why}", file.path));
            }
        }
    }
    findings
}

/// The first of `words` on the line of code.
fn first_of(code: &str, words: &[&str]) -> Option<String> {
    words.iter().find(|word| has_word(code, word)).map(|word| format!("`{word}`"))
}

#[test]
fn every_layer_knows_only_those_below_it() {
    let mut findings = Vec::new();
    for file in sources(&["src"]) {
        let arrows = ARROWS.iter().filter(|(folder, _)| in_folder(&file.path, folder));
        let Some((folder, allowed)) = arrows.max_by_key(|(folder, _)| folder.len()) else { continue };
        for (line, path) in file.crate_paths() {
            let below = |own: &&str| path == **own || path.starts_with(&format!("{own}::"));
            if !allowed.iter().any(below) && !path.is_empty() {
                findings.push(format!("{}:{line}: {folder} may not know {path}", file.path));
            }
        }
    }
    none("the arrows of src/lib.rs", findings);
}

fn in_folder(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

#[test]
fn only_the_store_knows_sqlite() {
    let findings = wrong_lines(&["src"], |file, line| {
        let known = in_folder(&file.path, "src/store");
        first_of(&line.code, &["rusqlite"]).filter(|_| !known)
    });
    none("SQLite is behind src/store; ask it through a read model or an act", findings);
}

#[test]
fn screens_and_rules_touch_nothing_outside_the_program() {
    let pure = ["src/domain", "src/language", "src/formats", "src/documents"];
    let world = [
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "SystemTime",
        "Instant::now",
        "Local::now",
        "Utc::now",
        "File::open",
        "println!",
        "eprintln!",
        "print!",
        "eprint!",
        "crossterm",
        "ratatui",
    ];
    let findings = wrong_lines(&pure, |_, line| first_of(&line.code, &world));
    none("rules take values and return values: no clock, no files, no terminal", findings);

    let screens = ["src/tui/app", "src/tui/screens", "src/tui/ui"];
    let world = [
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "SystemTime",
        "Instant::now",
        "Local::now",
        "Utc::now",
        "File::open",
        "println!",
        "eprintln!",
        "print!",
        "eprint!",
        "crossterm",
    ];
    let findings = wrong_lines(&screens, |_, line| first_of(&line.code, &world));
    none("screens ask for effects; clock, files and terminal are in src/tui/term", findings);
}

#[test]
fn money_is_never_a_float() {
    let findings = wrong_lines(&["src/domain", "src/acts"], |_, line| {
        first_of(&line.code, &["f32", "f64"]).or_else(|| {
            let words = line.code.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '_'));
            let float = |word: &&str| {
                let digits = word.replace('_', "");
                digits.starts_with(|c: char| c.is_ascii_digit())
                    && digits.contains('.')
                    && digits.parse::<f64>().is_ok()
            };
            words.filter(|word| !word.contains("..")).find(float).map(|word| format!("the literal {word}"))
        })
    });
    none("money is i64 minor units, rates are rust_decimal", findings);
}

#[test]
fn nothing_that_input_can_reach_panics_on_purpose() {
    let folders = [
        "src/domain",
        "src/language",
        "src/formats",
        "src/statements",
        "src/documents",
        "src/mail",
        "src/store",
        "src/acts",
    ];
    let findings = wrong_lines(&folders, |_, line| line.code.contains(".unwrap()").then(|| "`.unwrap()`".to_string()));
    none("say what is wrong and what to do next instead", findings);
}

#[test]
fn files_and_functions_can_be_seen_whole() {
    let mut findings = Vec::new();
    for file in sources(&["src", "tests", "examples", "benches"]) {
        let generated = GENERATED.contains(&file.path.as_str());
        if file.lines.len() > FILE_LINES && !generated {
            findings.push(format!("{}: {} lines of at most {FILE_LINES}", file.path, file.lines.len()));
        }
        let long = file.functions().into_iter().filter(|function| function.length > FUNCTION_LINES && !generated);
        findings.extend(long.map(|function| {
            let (name, length) = (function.name, function.length);
            format!("{}:{}: fn {name} has {length} lines of at most {FUNCTION_LINES}", file.path, function.first_line)
        }));
    }
    none("split by what changes together", findings);
}

#[test]
fn every_file_says_what_it_owns() {
    let mut findings = Vec::new();
    for file in sources(&["src", "tests", "examples", "benches"]) {
        if !file.text.starts_with("//!") {
            findings.push(format!("{}: opens without `//!`", file.path));
        }
    }
    none("each file opens with two or three sentences on what it owns", findings);
}

#[test]
fn nothing_is_left_for_later() {
    // In pieces, so that this file is not a finding.
    let later = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!("todo", "!"),
        concat!("unimple", "mented!"),
        concat!("dbg", "!"),
        concat!("HA", "CK"),
    ];
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/tm", "p/hc")];
    let folders = ["src", "tests", "examples", "benches", "screenshots", ".ci", "packaging"];
    let endings = [".rs", ".md", ".sql", ".toml", ".txt", ".sh", ".conf", ".service", "run"];
    let mut paths: Vec<PathBuf> = folders.iter().flat_map(|f| source::files(&root().join(f), &endings)).collect();
    paths.extend(["README.md", "CHANGELOG.md", "Cargo.toml"].map(|name| root().join(name)));
    let mut findings = Vec::new();
    for path in paths.iter().filter(|path| path.exists()) {
        let text = String::from_utf8_lossy(&std::fs::read(path).expect("a readable file")).into_owned();
        for (index, line) in text.lines().enumerate() {
            let word = later.iter().find(|word| has_word(line, word));
            let place = places.iter().find(|place| line.contains(**place));
            if let Some(found) = word.or(place) {
                findings.push(format!("{}:{}: {found}", path.display(), index + 1));
            }
        }
    }
    none("finish it or leave it out; no paths of somebody's machine", findings);
}

#[test]
fn sql_keeps_to_what_both_engines_take() {
    let mut findings = wrong_lines(&["src/store"], |file, line| {
        let snapshot = READERS.contains(&file.path.as_str()) || line.comment.contains("read snapshot");
        let begin = if snapshot { None } else { deferred(line) };
        banned_sql(&line.strings).or(begin)
    });
    for path in source::files(&root().join("src/store"), &[".sql"]) {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        for (index, line) in text.lines().enumerate() {
            let sql = line.split("--").next().unwrap_or_default();
            findings.extend(banned_sql(sql).map(|why| format!("{}:{}: {why}", path.display(), index + 1)));
        }
    }
    none("one SQL text for two engines, exact sums, keyset pages, immediate writes", findings);
}

#[test]
fn parameters_of_sql_first_appear_in_their_order() {
    let mut findings = Vec::new();
    for file in sources(&["src/store"]) {
        // Pieces put into a statement later are numbered by the statement they go into.
        let whole =
            |sql: &str| ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "].iter().any(|verb| sql.starts_with(verb));
        for (line, sql) in file.literals().into_iter().filter(|(_, sql)| whole(sql.trim_start())) {
            let numbers = sql.split('$').skip(1).filter_map(|rest| {
                let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                rest[..end].parse::<usize>().ok()
            });
            let mut seen = 0;
            for number in numbers {
                if number > seen + 1 {
                    findings.push(format!("{}:{line}: ${number} stands before ${}", file.path, seen + 1));
                    break;
                }
                seen = seen.max(number);
            }
        }
    }
    none("SQLite counts `$n` by where it first stands, so bound values would go astray", findings);
}

/// What a piece of SQL must not say: replacing rows walks past triggers, floating sums are not money, deep offsets
/// cost what they skip.
fn banned_sql(sql: &str) -> Option<String> {
    let upper = sql.to_uppercase();
    let banned = ["INSERT OR", "UPDATE OR", "REPLACE INTO", "BEGIN DEFERRED", "BEGIN TRANSACTION"];
    let words = ["TOTAL(", "AVG("];
    let found = banned.iter().chain(&words).find(|word| has_word(&upper, word));
    let offset = has_word(sql, "OFFSET").then_some(&"OFFSET");
    found.or(offset).map(|word| format!("`{word}` in SQL"))
}

/// A transaction that starts without the write lock fails at once when somebody else writes. One that only reads is
/// fine: in the files below, or where a comment on the line says `// read snapshot`.
fn deferred(line: &source::Line) -> Option<String> {
    let calls = [".transaction()", ".unchecked_transaction()", "TransactionBehavior::Deferred"];
    let call = calls.iter().find(|call| line.code.contains(**call)).copied();
    let sql = line.strings.trim().trim_end_matches(';').to_uppercase();
    call.or((sql == "BEGIN").then_some("BEGIN")).map(|found| format!("`{found}` is a deferred transaction"))
}

/// Files whose connections can only read.
const READERS: [&str; 1] = ["src/store/reader.rs"];

#[test]
fn the_scanner_sees_what_it_should() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sample.rs");
    let text = "//! Sample.\nfn one() -> char {\n    let s = \"INSERT OR // no\"; // f64\n    '\"'\n}\n\n\
                fn two<'a>(x: &'a str) -> &'a str {\n    r#\"avg(\"x\")\"#;\n    x\n}\n\n#[cfg(test)]\nmod tests {\n    x.unwrap();\n}\n";
    std::fs::write(&path, text).expect("a file");
    let file = Source::read(folder.path(), &path);
    let strings: Vec<_> = file.lines.iter().map(|line| line.strings.trim()).filter(|s| !s.is_empty()).collect();
    assert_eq!(strings, ["INSERT OR // no", "avg(\"x\")"]);
    assert_eq!(file.lines[2].comment, "// f64");
    assert!(!file.lines[2].code.contains("INSERT"));
    let functions: Vec<_> = file.functions().into_iter().map(|f| (f.name, f.length)).collect();
    assert_eq!(functions, [("one".to_string(), 4), ("two".to_string(), 4)]);
    assert!(!file.shipped().any(|(_, line)| line.code.contains("unwrap")));
    assert!(banned_sql("SELECT avg(x)").is_some() && banned_sql("SELECT subtotal(x) FROM t").is_none());
    assert!(banned_sql("BEGIN IMMEDIATE").is_none());
    let begins = |sql: &str| deferred(&source::Line { strings: sql.into(), ..source::Line::default() }).is_some();
    assert!(begins("begin;") && !begins("BEGIN IMMEDIATE") && !begins("BEGIN SELECT 1; END"));
}

#[test]
fn paths_are_found_in_braces_and_through_super() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("src/tui/ui/table.rs");
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    let text = "//! x\nuse crate::{\n    domain::money::{self, Money},\n    store,\n};\nuse super::super::term::Key;\n\
                fn f(x: &crate::acts::Act) {}\n";
    std::fs::write(&path, text).expect("a file");
    let found = Source::read(folder.path(), &path).crate_paths();
    let found: Vec<_> = found.iter().map(|(line, path)| (*line, path.as_str())).collect();
    let crates = [(2, "domain::money::self"), (2, "domain::money::Money"), (2, "store"), (7, "acts::Act")];
    assert_eq!(found[..4], crates);
    assert_eq!(found[4..], [(6, "tui::term::Key")]);
}

/// Where the README's key table stands: after the first marker, before the second.
const MARKERS: [&str; 2] = ["<!-- keys -->", "<!-- /keys -->"];

/// The README with `table` between its markers; `None` where a marker is missing.
fn with_key_table(readme: &str, table: &str) -> Option<String> {
    let (before, rest) = readme.split_once(MARKERS[0])?;
    let (_, after) = rest.split_once(MARKERS[1])?;
    Some(format!("{before}{}\n{}\n{}{after}", MARKERS[0], table.trim(), MARKERS[1]))
}

/// Why the README's key table is not the one the program has.
fn key_table_differs(readme: &str, table: &str) -> Option<String> {
    match with_key_table(readme, table) {
        None => Some(format!("README.md has no {} and {}", MARKERS[0], MARKERS[1])),
        Some(wanted) if wanted != readme => Some("write it with `O2C_WRITE=1 cargo test --test tidy`".to_string()),
        Some(_) => None,
    }
}

#[test]
fn the_readme_has_the_keys_of_the_program() {
    let path = root().join("README.md");
    let table = o2c::tui::app::tables::key_table_markdown(o2c::tui::screens::PLACES, o2c::tui::screens::TABLES);
    let readme = std::fs::read_to_string(&path).expect("a readable README.md");
    if std::env::var_os("O2C_WRITE").is_some_and(|value| value == "1") {
        let wanted = with_key_table(&readme, &table).expect("both markers in README.md");
        std::fs::write(&path, wanted).expect("a writable README.md");
        return;
    }
    none("the keys in README.md are those of the program", key_table_differs(&readme, &table).into_iter().collect());
}

#[test]
fn a_key_table_out_of_step_is_seen() {
    let readme = "# o2c\n<!-- keys -->\n| q | leave |\n<!-- /keys -->\nMore.\n";
    assert_eq!(key_table_differs(readme, "| q | leave |\n"), None);
    assert!(key_table_differs(readme, "| q | quit |\n").is_some_and(|why| why.contains("O2C_WRITE")));
    assert_eq!(with_key_table(readme, "| q | quit |").as_deref(), Some(readme.replace("leave", "quit").as_str()));
    assert!(key_table_differs("# o2c", "").is_some());
}
