//! What careless people and broken machines do: clocks set back, files that change, disks that fill.

use chrono::{Duration, Utc};
use o2c::acts::{self, Act, Actor, Request, Stamp};
use o2c::domain::money::Currency;
use o2c::store::{BookPath, open};

use super::rig::Rig;

/// A book whose last act was recorded this many seconds from now by the clock of this computer.
fn recorded_ahead(seconds: i64, source: &'static str) -> Rig {
    let rig = Rig::bare();
    let conn = open::make(&BookPath::new(rig.path("book.db"))).expect("a book");
    let now = Utc::now() + Duration::seconds(seconds);
    let open = Act::OpenBook {
        company: "Nordwind GmbH".into(),
        currency: Currency::EUR,
        login: "tess".into(),
        name: "Tess Lund".into(),
    };
    let actor = Actor::new("tess", source);
    acts::init(&conn, &actor, Stamp { now, today: now.date_naive() }, &Request::new(open)).expect("it opens");
    rig
}

#[test]
fn a_clock_that_went_back_posts_nothing_until_the_day_is_given() {
    let rate = ["rate", "USD", "0.9", "--from", "2026-01-01"];
    let rig = recorded_ahead(58 * 60 + 30, "cli");
    let said = rig.run_by_the_clock(&rate);
    said.refused(1, &["[CLK-01]", "58 min behind the last act", "Nothing was changed; set the clock right"]);
    rig.run_by_the_clock(&["aging"]).done();
    rig.run(&rate).done();
    rig.run(&["check"]).done();
    // A second more or less is how clocks differ; a demo's past is made up.
    recorded_ahead(1, "cli").run_by_the_clock(&rate).done();
    recorded_ahead(86_400, "demo").run_by_the_clock(&[&["--as", "tess"], &rate[..]].concat()).done();
}

/// The program in a shell with a limit on the size of files: writing beyond it fails as on a full disk.
fn run_cramped(rig: &Rig, kilobytes: u32, args: &str) -> super::rig::Said {
    let program = env!("CARGO_BIN_EXE_o2c");
    let line = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec {program} --book book.db --today 2026-03-31 {args}");
    rig.run_in_shell(&line)
}

const HEAD: &str = "number,customer,document_date,due_date,amount,currency\n";

#[test]
fn a_book_that_cannot_be_made_in_full_is_not_left_behind() {
    let rig = Rig::bare();
    let said = run_cramped(&rig, 40, "init --company Nord --currency EUR");
    assert_eq!((said.code, said.err.lines().count()), (3, 1), "{said:?}");
    assert_eq!(rig.files(), Vec::<String>::new(), "{said:?}");
    let said = run_cramped(&rig, 400, "demo --out demo.db");
    assert_eq!((said.code, said.err.lines().count()), (3, 1), "{said:?}");
    assert_eq!(rig.files(), Vec::<String>::new(), "{said:?}");
    rig.run(&["init", "--company", "\u{202e}", "--currency", "EUR"]).refused(1, &["[TXT-05]"]);
    assert_eq!(rig.files(), Vec::<String>::new());
    // What was there before stays.
    rig.file("book.db", "mine");
    rig.run(&["init", "--company", "Nord", "--currency", "EUR"]).refused(1, &["[FIL-03]"]);
    assert_eq!(rig.read("book.db"), "mine");
}

#[test]
fn a_disk_that_fills_during_an_import_leaves_the_book_as_it_was() {
    let rig = Rig::new("EUR");
    let rows: String = (0..4_000).map(|n| format!("N-{n},C{},2026-01-05,2026-02-05,10.00,EUR\n", n % 90)).collect();
    rig.file("many.csv", format!("{HEAD}{rows}"));
    let before = rig.postings();
    let said = run_cramped(&rig, 600, "import invoices many.csv");
    assert_eq!((said.code, said.err.lines().count()), (3, 1), "{said:?}");
    assert_eq!(rig.postings(), before);
    rig.run(&["check"]).done();
    rig.run(&["import", "invoices", "many.csv"]).done();
    rig.run(&["check"]).done();
}

#[test]
fn a_day_no_book_keeps_is_refused_by_row() {
    let rig = Rig::new("EUR");
    let rows = "1,C1,2026-01-05,9999-12-31,10.00,EUR\n2,C1,0001-01-01,2026-01-31,10.00,EUR\n";
    rig.file("far.csv", format!("{HEAD}{rows}"));
    let said = rig.run(&["import", "invoices", "far.csv"]);
    assert!(
        said.out.contains("Refused line 2, column due_date: [DAT-01] 9999-12-31 is not from 1900 to 2199"),
        "{said:?}"
    );
    assert!(said.out.contains("null = [\"9999-12-31\"]"), "{said:?}");
    assert!(said.out.contains("Refused line 3, column document_date: [DAT-01]"), "{said:?}");
    said.refused(1, &["[IMP-07] 2 of the rows"]);
    rig.run(&["check"]).done();
}

#[test]
fn every_row_with_a_date_to_look_at_is_named() {
    let rig = Rig::new("EUR");
    let mut rows = String::new();
    for n in 0..60 {
        // Every third has day and month swapped, which puts some before the document and some far behind it.
        let due = match n % 6 {
            0 => "2025-03-11",
            3 => "2025-12-03",
            _ => "2025-05-11",
        };
        rows += &format!("N-{n},C1,2025-04-10,{due},10.00,EUR\n");
    }
    rig.file("swapped.csv", format!("{HEAD}{rows}"));
    let said = rig.run(&["import", "invoices", "swapped.csv", "--dry-run"]).done();
    assert!(said.contains("line 2, column due_date: 2025-03-11 is before the document date 2025-04-10."), "{said}");
    assert!(said.contains("line 5, column due_date: 2025-12-03 is 237 days after the document date."), "{said}");
    for n in 0..20 {
        let line = 2 + 3 * n;
        assert!(said.contains(&format!("line {line}, ")), "{line}: {said}");
    }
    rows = (0..40).map(|n| format!("M-{n},C1,2025-04-10,2025-03-11,10.00,EUR\n")).collect();
    rig.file("more.csv", format!("{HEAD}{rows}"));
    let said = rig.run(&["import", "invoices", "more.csv", "--dry-run"]).done();
    assert!(said.contains("20 more rows have dates to look at: lines 22-41."), "{said}");
}

#[test]
fn amounts_with_too_many_decimals_are_rounded_only_where_the_mapping_says_so() {
    let rig = Rig::new("USD");
    let file = "PurchaseOrderID,VendorID,OrderDate,ShipDate,TotalDue\n\
                28,1658,2011-12-15 00:00:00.000,2011-12-24 00:00:00.000,48485.6873\n\
                29,1658,2011-12-16 00:00:00.000,2011-12-25 00:00:00.000,272.1015\n";
    let map = "kind = \"invoices\"\n[columns]\nnumber = \"PurchaseOrderID\"\ncustomer = \"VendorID\"\n\
               document_date = \"OrderDate\"\ndue_date = \"ShipDate\"\namount = \"TotalDue\"\n";
    rig.file("orders.csv", file);
    rig.file("strict.toml", map);
    rig.file("round.toml", format!("{map}[formats]\nround = true\n"));
    let args = |map| ["import", "invoices", "orders.csv", "--currency", "USD", "--map", map];
    let said = rig.run(&args("strict.toml"));
    assert!(said.out.contains("48485.6873 was not rounded; round = true in the mapping does so."), "{said:?}");
    said.refused(1, &["[IMP-07] 2 of the rows"]);
    let said = rig.run(&args("round.toml")).done();
    assert!(said.contains("2 amounts had more decimals than their currency and were rounded."), "{said}");
    let items = rig.run(&["items", "--csv"]).done();
    assert!(items.contains(",48485.69,") && items.contains(",272.10,"), "{items}");
    rig.run(&["check"]).done();
}

#[test]
fn a_damaged_page_is_named() {
    let rig = Rig::new("EUR");
    let rows: String = (0..300).map(|n| format!("N-{n},C{},2026-01-05,2026-02-05,10.00,EUR\n", n % 90)).collect();
    rig.file("many.csv", format!("{HEAD}{rows}"));
    rig.run(&["import", "invoices", "many.csv"]).done();
    rig.run(&["backup", "copy.db"]).done();
    let whole = std::fs::read(rig.path("copy.db")).expect("the copy");
    let pages = whole.len() / 4_096;
    let mut blind_pages = 0;
    for page in (1..pages).step_by(3) {
        let mut bytes = whole.clone();
        for (place, byte) in bytes[page * 4_096..(page + 1) * 4_096].iter_mut().enumerate() {
            *byte = (place * 31 + page) as u8;
        }
        let name = format!("damaged-{page}.db");
        std::fs::write(rig.path(&name), bytes).expect("a book");
        let chmod = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(rig.path(&name), chmod).expect("its mode");
        let said = rig.run_on(&name, &["check"]);
        let opened = said.code == 1 && said.err.is_empty() && said.out.contains(&format!("age {}", page + 1));
        // Without its definitions a book cannot be asked anything at all.
        let blind = said.code == 2
            && ["customers", "items", "postings"].iter().all(|table| rig.run_on(&name, &["export", table]).code == 3);
        blind_pages += usize::from(blind);
        assert!(opened || blind, "page {page}: {said:?}");
    }
    let copy = rusqlite::Connection::open(rig.path("copy.db")).expect("the copy");
    let definitions: usize = copy
        .query_row("SELECT sum(length(sql) + 100) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
        .expect("their length") as usize;
    assert!(blind_pages <= (definitions / 4_096 + 3) / 2, "{blind_pages} pages, {definitions} bytes of definitions");
}

#[test]
fn two_payers_with_one_reference_are_not_one_receipt() {
    let rig = Rig::new("EUR");
    rig.file("i.csv", format!("{HEAD}1,C1,2026-01-05,2026-02-05,10.00,EUR\n2,C2,2026-01-05,2026-02-05,10.00,EUR\n"));
    rig.run(&["import", "invoices", "i.csv"]).done();
    let head = "reference,customer,date,amount,currency,allocations\n";
    let first = "rent,C1,2026-03-01,10.00,EUR,1:10.00\n";
    rig.file("r.csv", format!("{head}{first}rent,C2,2026-03-01,10.00,EUR,2:10.00\n"));
    let said = rig.run(&["import", "receipts", "r.csv"]);
    assert!(said.out.contains("Refused line 3, column reference: [IMP-03] Receipt rent is in the book"), "{said:?}");
    said.refused(1, &["[IMP-07] 1 of the rows"]);
    rig.file("r.csv", format!("{head}{first}rent,,2026-03-01,10.00,EUR,2:10.00\n"));
    rig.run(&["import", "receipts", "r.csv"]).refused(1, &["[IMP-07] 1 of the rows"]);
    rig.file("r.csv", format!("{head}{first}"));
    rig.run(&["import", "receipts", "r.csv"]).done();
    // The same payer's row in another file is known, although its invoice is paid by now.
    rig.file("again.csv", format!("{head}rent,,2026-03-01,10.00,EUR,1:10.00\n"));
    let said = rig.run(&["import", "receipts", "again.csv"]).done();
    assert!(said.contains("0 taken, 1 already known, 0 refused"), "{said}");
    rig.run(&["check"]).done();
}

#[test]
fn a_name_of_hidden_characters_is_no_name() {
    let rig = Rig::new("EUR");
    let head = "number,customer,customer_name,document_date,due_date,amount,currency\n";
    rig.file("i.csv", format!("{head}1,\u{202e},Acme,2026-01-05,2026-02-05,10.00,EUR\n"));
    let said = rig.run(&["import", "invoices", "i.csv"]);
    assert!(said.out.contains("Refused line 2, column customer: [TXT-05] The customer has no number."), "{said:?}");
    rig.file("i.csv", format!("{head}1,C1,\u{202e},2026-01-05,2026-02-05,10.00,EUR\n"));
    rig.run(&["import", "invoices", "i.csv"]).done();
    assert!(rig.run(&["customers", "--csv"]).done().contains("C1,C1,"));
    rig.file("r.csv", "reference,customer,date,amount,currency\n\u{202e},C1,2026-03-01,10.00,EUR\n");
    let said = rig.run(&["import", "receipts", "r.csv"]);
    assert!(said.out.contains("Refused line 2, column reference: [TXT-05] The receipt has no reference."), "{said:?}");
    rig.run(&["check"]).done();
}

#[test]
fn a_share_of_nothing_is_not_left_out_in_silence() {
    let rig = Rig::new("EUR");
    rig.file("i.csv", format!("{HEAD}1,C1,2026-01-05,2026-02-05,10.00,EUR\n2,C1,2026-01-05,2026-02-05,10.00,EUR\n"));
    rig.run(&["import", "invoices", "i.csv"]).done();
    for share in ["1:0", "1:-5"] {
        let args = ["post", "receipt", "--customer", "C1", "--amount", "15", "--apply", share, "--apply", "2:5"];
        rig.run(&args).refused(1, &["[AMT-05]", "must be more than 0. Nothing was changed."]);
    }
    rig.run(&["promise", "1", "--on", "2026-04-10", "--amount", "0"]).refused(1, &["[AMT-05]"]);
    assert!(rig.run(&["receipts", "--csv"]).done().lines().count() == 1);
}

#[test]
fn a_receipt_before_the_invoice_it_pays_is_named() {
    let rig = Rig::new("EUR");
    let file =
        rig.file("i.csv", "number,customer,document_date,amount\nA-1,C1,2026-03-10,100.00\nA-2,C1,2026-03-01,5.00\n");
    rig.run(&["import", "invoices", &file, "--currency", "EUR"]).done();
    let file = rig.file(
        "r.csv",
        "reference,date,amount,allocations\nR-1,2026-03-05,105.00,A-1:100.00;A-2:5.00\nR-2,2026-03-12,0.01,\n",
    );
    let args = ["import", "receipts", &file, "--currency", "EUR", "--skip-refused"];
    let said = rig.run(&args).done();
    assert!(said.contains("Look at line 2, column date: 2026-03-05 is before 2026-03-10, the date of A-1"), "{said}");
    assert_eq!(said.matches("Look at").count(), 1, "{said}");
    rig.run(&["check"]).done();
}

/// Runs the program on a book of another account, as an account that owns nothing.
fn run_as_nobody_in(folder: &std::path::Path, book: &str, args: &[&str]) -> Option<std::process::Output> {
    let program = folder.join("o2c");
    if !rustix::process::geteuid().is_root() {
        let mut command = std::process::Command::new(program);
        return Some(command.args(["--book", book]).args(args).current_dir(folder).output().expect("it starts"));
    }
    if !std::path::Path::new("/usr/bin/setpriv").exists() {
        println!("skipped: working as another account needs setpriv");
        return None;
    }
    let mut command = std::process::Command::new("/usr/bin/setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]).arg(program);
    Some(command.args(["--book", book]).args(args).current_dir(folder).output().expect("it starts"))
}

#[test]
fn a_copy_in_a_folder_that_may_not_be_written_says_what_to_do() {
    use std::os::unix::fs::PermissionsExt;
    let rig = Rig::new("EUR");
    let shelf = rig.path("shelf");
    std::fs::create_dir(&shelf).expect("a folder");
    std::fs::copy(rig.path("book.db"), shelf.join("books.db")).expect("a copy");
    let set = |path: &std::path::Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
    };
    set(rig.path("book.db").parent().expect("a folder"), 0o755);
    set(&shelf.join("books.db"), 0o444);
    std::fs::copy(env!("CARGO_BIN_EXE_o2c"), shelf.join("o2c")).expect("a copy of the program");
    set(&shelf, 0o555);
    let tried = run_as_nobody_in(&shelf, "books.db", &["--as", "tess", "customers"]);
    set(&shelf, 0o755);
    let Some(tried) = tried else { return };
    let said = String::from_utf8_lossy(&tried.stderr).into_owned();
    assert_eq!((tried.status.code(), said.lines().count()), (Some(3), 1), "{said}");
    for text in ["[DB-03] books.db may be read here", "shelf may not be written", "cp books.db FOLDER"] {
        assert!(said.contains(text), "{text}: {said}");
    }
}

#[test]
fn a_theme_that_is_not_there_or_not_understood_is_refused_before_anything_is_drawn() {
    let rig = Rig::new("EUR");
    rig.run(&["--theme", "neon"]).refused(1, &["[CFG-01] There is no theme neon", "palette and mono", "neon.toml"]);
    rig.file("night.toml", "text = \"white\"\nlaet = \"red\"\n");
    rig.run(&["--theme", "./night.toml"]).refused(1, &["night.toml line 2, column 1: unknown role \"laet\"", "late"]);
    rig.file("night.toml", "text = \"white\"\nlate = red\n");
    rig.run(&["--theme", "night.toml"]).refused(1, &["night.toml line 2, column 8: not TOML"]);
    std::fs::create_dir_all(rig.path("data/o2c")).expect("a folder");
    rig.file("data/o2c/settings.toml", "them = \"mono\"\n");
    let line = format!("XDG_DATA_HOME=$PWD/data {} --book book.db", env!("CARGO_BIN_EXE_o2c"));
    rig.run_in_shell(&line).refused(1, &["settings.toml line 1, column 1: unknown field `them`"]);
    // Verbs draw nothing and ask for no theme.
    rig.run(&["--theme", "neon", "customers"]).done();
}
