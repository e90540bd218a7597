//! Hostile names and texts, more than four hundred made from a table: whatever arrives, what the program shows, exports
//! and keeps has no letter that moves the cursor, turns the direction, hides, or is run by a spreadsheet.

#[path = "hostile/bank.rs"]
mod bank;
mod rigs;

use o2c::domain::text;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

/// What must not reach a terminal or a file: a piece, and what is said of it at import.
const PIECES: [(&str, &str); 40] = [
    ("\u{1b}[2J", "control characters"),
    ("\u{1b}[31m", "control characters"),
    ("\u{1b}]0;pwned\u{7}", "control characters"),
    ("\u{1b}]8;;http://x\u{1b}\\", "control characters"),
    ("\u{1b}]52;c;cHduZWQ=\u{7}", "control characters"),
    ("\u{1b}P+q544e\u{1b}\\", "control characters"),
    ("\u{1b}c", "control characters"),
    ("\u{1b}7\u{1b}8", "control characters"),
    ("\u{1b}[?1049h", "control characters"),
    ("\u{1b}[6n", "control characters"),
    ("\u{9b}31m", "control characters"),
    ("\u{9d}0;x\u{9c}", "control characters"),
    ("\u{90}q\u{9c}", "control characters"),
    ("\u{84}", "control characters"),
    ("\u{8}\u{8}\u{8}", "control characters"),
    ("\u{7f}", "control characters"),
    ("\u{7}", "control characters"),
    ("\u{e}\u{f}", "control characters"),
    ("\u{202a}", "direction marks"),
    ("\u{202b}", "direction marks"),
    ("\u{202d}", "direction marks"),
    ("\u{202e}", "direction marks"),
    ("\u{2066}", "direction marks"),
    ("\u{2067}", "direction marks"),
    ("\u{2068}", "direction marks"),
    ("\u{2069}", "direction marks"),
    ("\u{200e}", "direction marks"),
    ("\u{200f}", "direction marks"),
    ("\u{61c}", "direction marks"),
    ("\u{200b}", "hidden characters"),
    ("\u{200c}", "hidden characters"),
    ("\u{200d}", "hidden characters"),
    ("\u{2060}", "hidden characters"),
    ("\u{feff}", "hidden characters"),
    ("\u{ad}", "hidden characters"),
    ("\u{fe0f}", "hidden characters"),
    ("\u{e0041}\u{e0042}", "hidden characters"),
    ("\u{3164}", "hidden characters"),
    ("\u{34f}", "hidden characters"),
    ("\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "stacked marks"),
];

/// Texts a spreadsheet would run.
const FORMULAS: [&str; 12] = [
    "=1+1",
    "=HYPERLINK(\"http://x\")",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|x",
    "@SUM(1)",
    "＝1+1",
    "＋1+1",
    "－1-1",
    "＠x",
    " =1+1",
    "\u{a0}=1+1",
    "'=1+1",
];

/// Where a piece stands in a name.
const PLACES: [fn(&str) -> String; 10] = [
    |piece| format!("{piece}Acme GmbH"),
    |piece| format!("Acme GmbH{piece}"),
    |piece| format!("Ac{piece}me GmbH"),
    |piece| format!("Acme {piece} GmbH"),
    |piece| format!("{piece}Acme{piece}GmbH{piece}"),
    |piece| format!("Ünïcode {piece}Straße"),
    |piece| format!("{}{piece}", "x".repeat(190)),
    |piece| format!("قاسم {piece} العربية"),
    |piece| format!("日本{piece}商事"),
    |piece| format!("\"{piece}\" & 'Co', Ltd; x"),
];

fn corpus() -> Vec<(String, &'static str)> {
    let pieces = PIECES.iter().flat_map(|(piece, what)| PLACES.iter().map(move |place| (place(piece), *what)));
    pieces.chain(FORMULAS.iter().map(|text| ((*text).to_owned(), ""))).collect()
}

/// Whether a terminal only prints the text: no cell but those of its letters changes, and it says nothing back.
fn only_prints(shown: &str) -> bool {
    let mut terminal = vt100::Parser::new(4, 1_000, 0);
    terminal.process(shown.as_bytes());
    let screen = terminal.screen();
    let bare: String = shown.chars().filter(|c| !c.is_whitespace()).collect();
    let seen: String = screen.contents().chars().filter(|c| !c.is_whitespace()).collect();
    bare == seen && !screen.alternate_screen()
}

#[test]
fn every_text_is_cleaned_and_what_was_in_it_is_said() {
    let all = corpus();
    assert!(all.len() >= 400, "{}", all.len());
    for (raw, what) in &all {
        let cleaned = text::clean(raw);
        let shown = cleaned.text.as_str();
        assert!(shown.chars().all(text::is_shown), "{raw:?} is shown as {shown:?}");
        assert!(what.is_empty() || cleaned.found.words().contains(what), "{raw:?}: {}", cleaned.found.words());
        assert!(shown.chars().count() <= text::MAX_CHARS && only_prints(shown), "{raw:?} is shown as {shown:?}");
        assert!(what.is_empty() || !only_prints(raw) || shown != raw, "{raw:?} would do no harm: the table is wrong");
    }
    println!("hostile texts: {} cleaned, harmful 0", all.len());
}

fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_o2c"));
    command.current_dir(folder).env("USER", "tess").env_remove("O2C_BOOK").args([
        "--book",
        "books.db",
        "--today",
        "2026-03-31",
    ]);
    command.args(args).output().expect("it starts")
}

#[track_caller]
fn harmless(what: &str, bytes: &[u8]) -> String {
    let said = std::str::from_utf8(bytes).expect("UTF-8").to_owned();
    // The mark at the head of a CSV file is for spreadsheets and shows nothing.
    let body = said.strip_prefix('\u{feff}').unwrap_or(&said);
    let wrong = body.lines().find(|line| !line.chars().all(text::is_shown));
    assert!(wrong.is_none(), "{what}: {wrong:?}");
    said
}

#[test]
fn a_book_full_of_hostile_names_shows_and_exports_none_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    assert!(run(path, &["init", "--company", "Nord\u{1b}[2J GmbH", "--currency", "EUR"]).status.success());
    let mut csv = String::from("number,customer,customer_name,document_date,due_date,amount,currency,reference\n");
    for (n, (raw, _)) in corpus().iter().enumerate() {
        let quoted = raw.replace('"', "\"\"");
        csv.push_str(&format!("I{n},C{n},\"{quoted}\",2026-01-05,2026-02-05,10.00,EUR,\"{quoted}\"\n"));
    }
    std::fs::write(path.join("rows.csv"), csv).expect("a file");
    let taken = run(path, &["import", "invoices", "rows.csv", "--skip-refused"]);
    let said = harmless("import", &taken.stdout);
    assert!(taken.status.success() && said.contains("[TXT-02]"), "{said}");
    let mut sinks = 0;
    for args in [
        vec!["customers"],
        vec!["customers", "--csv"],
        vec!["customers", "--json"],
        vec!["items"],
        vec!["items", "--csv"],
        vec!["items", "--json"],
        vec!["worklist", "--all", "--json"],
        vec!["aging", "--json"],
        vec!["log"],
        vec!["export", "items"],
        vec!["export", "postings"],
        vec!["export", "customers"],
        vec!["export", "journal", "--format", "hledger"],
        vec!["export", "journal", "--format", "csv"],
        vec!["email-draft", "C1", "C2", "--text", "Dear \u{1b}[2J\r\nBcc: eve@example.com"],
        vec!["note", "C1", "call \u{202e} them\u{7}"],
        vec!["customer", "show", "C1"],
        vec!["customer", "show", "\u{1b}[2J"],
        vec!["note", "\u{9b}2J", "x"],
        vec!["nonsense\u{1b}[2J"],
        vec!["check"],
        vec!["kpi", "--json"],
    ] {
        let output = run(path, &args);
        let what = format!("{args:?}");
        harmless(&what, &output.stderr);
        let shown = harmless(&what, &output.stdout);
        if args.contains(&"--csv") || args.contains(&"customers") && args[0] == "export" {
            cells(&shown);
        }
        sinks += 1;
    }
    println!("hostile texts: {} names through {sinks} ways out, harmful 0", corpus().len());
}

/// No cell of a CSV file is run by a spreadsheet; amounts and days are ours.
#[track_caller]
fn cells(csv: &str) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv.as_bytes());
    for row in reader.records() {
        for cell in row.expect("a row").iter() {
            let start = cell.trim_start();
            let number = start.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || c == '.');
            assert!(number || !start.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{cell:?} is run");
        }
    }
}

#[test]
fn a_customer_that_looks_like_another_is_pointed_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    assert!(run(path, &["init", "--company", "Nord", "--currency", "EUR"]).status.success());
    let add = |number: &str, name: &str| {
        let output = run(path, &["customer", "set", number, "--name", name]);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    assert!(add("1007", "Acme Ltd").contains("Added customer 1007 Acme Ltd"));
    let mut seen = BTreeSet::new();
    for (number, name) in [("1008", "Аcme Ltd"), ("1009", "Acrne Ltd"), ("1010", "ACME LTD")] {
        let said = add(number, name);
        assert!(said.contains("[TXT-04]") && said.contains("Acme Ltd"), "{said}");
        seen.insert(said);
    }
    assert!(!add("1011", "Acne Ltd").contains("[TXT-04]"));
    assert_eq!(seen.len(), 3);
}
