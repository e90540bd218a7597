//! Hostile texts in what banks send: in every field of tables, camt and MT940 files that becomes a text of the book,
//! through every verb, screen and clipboard that shows it, and in the sentences about files that cannot be read.

use std::path::Path;

use o2c::acts::Failure;
use o2c::domain::money::Currency;
use o2c::domain::text;
use o2c::store::{BookPath, Reader};
use o2c::tui::app::Ctx;
use o2c::tui::app::harness::Harness;
use o2c::tui::screens::PLACES;

use crate::{PIECES, cells, corpus, harmless, run};

const IBAN: &str = "DE89370400440532013000";

/// What no output may hold, read off the table of pieces and not from the program's own rule.
fn harmful(letter: char) -> bool {
    let mark = letter == '\u{301}';
    let hidden = PIECES.iter().any(|(piece, _)| !mark && piece.contains(letter)) && !(' '..='~').contains(&letter);
    hidden || (letter.is_control() && letter != '\n')
}

#[track_caller]
fn shown(what: &str, bytes: &[u8]) -> String {
    let said = harmless(what, bytes);
    let body = said.strip_prefix('\u{feff}').unwrap_or(&said);
    let found = body.lines().find(|line| line.chars().any(harmful));
    assert!(found.is_none(), "{what}: {found:?}");
    said
}

/// The table of names, and what only remittances hold: line breaks, look-alikes, and more than anybody types.
fn texts() -> Vec<String> {
    let mut all: Vec<String> = corpus().into_iter().map(|(text, _)| text).collect();
    all.extend(["INV-1\r\n\r\nINV-2".into(), "a\u{2028}b\u{85}c\u{b}d\u{c}e".into(), "Nоrd \u{1b}[2J GmbH".into()]);
    all.push("x\u{1b}[2J\u{202e}\u{200b} ".repeat(64 * 1024 / 11));
    all.push("x\u{1b}[2J\u{202e}\u{301}".repeat(64 * 1024 / 10));
    all
}

fn table(texts: &[String]) -> String {
    let mut out = String::from("account,date,amount,currency,text,name,counter_account,reference,type\n");
    for (n, text) in texts.iter().enumerate() {
        let text = text.replace('"', "\"\"");
        let amount = format!("{}.00", n + 1);
        out += &format!("{IBAN},2026-03-02,{amount},EUR,\"{text}\",\"{text}\",\"{text}\",\"{text}\",\"{text}\"\n");
    }
    out
}

/// A camt.053 with the text in every element a payment is read from.
fn camt(texts: &[String]) -> String {
    let mut entries = String::new();
    for (n, text) in texts.iter().enumerate() {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let sign = if n % 5 == 4 { "DBIT" } else { "CRDT" };
        entries += &format!(
            "<Ntry><NtryRef>{text}</NtryRef><Amt Ccy=\"EUR\">{n}.50</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>BOOK</Sts>\
             <BookgDt><Dt>2026-03-03</Dt></BookgDt><AcctSvcrRef>{text}</AcctSvcrRef>\
             <BkTxCd><Prtry><Cd>{text}</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>{text}</EndToEndId>\
             <MndtId>{text}</MndtId></Refs><Amt Ccy=\"EUR\">{n}.50</Amt><RltdPties><Dbtr><Nm>{text}</Nm></Dbtr>\
             <DbtrAcct><Id><Othr><Id>{text}</Id></Othr></Id></DbtrAcct><UltmtDbtr><Nm>{text} b</Nm></UltmtDbtr>\
             <Cdtr><Nm>{text}</Nm></Cdtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd><Strd><RfrdDocInf><Tp><CdOrPrtry>\
             <Prtry>{text}</Prtry></CdOrPrtry></Tp><Nb>{text}</Nb></RfrdDocInf><RfrdDocAmt><AdjstmntAmtAndRsn>\
             <Amt Ccy=\"EUR\">0.10</Amt><CdtDbtInd>DBIT</CdtDbtInd><Rsn>{text}</Rsn></AdjstmntAmtAndRsn>\
             <RmtdAmt Ccy=\"EUR\">{n}.50</RmtdAmt></RfrdDocAmt><CdtrRefInf><Ref>{text}</Ref></CdtrRefInf>\
             <AddtlRmtInf>{text}</AddtlRmtInf></Strd></RmtInf><RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>{text}</AddtlInf>\
             </RtrInf></TxDtls></NtryDtls><AddtlNtryInf>{text}</AddtlNtryInf></Ntry>"
        );
    }
    let head =
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId>";
    let stmt =
        format!("<Stmt><Id>\u{202e}{}</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>", "S\u{200b}1");
    format!("{head}</GrpHdr>{stmt}{entries}</Stmt></BkToCstmrStmt></Document>")
}

/// An MT940 with the text in the references and the free lines, cut as the format cuts.
fn mt940(texts: &[String]) -> String {
    let mut out = format!(":20:S\u{1b}[2J\n:25:{IBAN}\n:28C:3/1\n:60F:C260303EUR0,00\n");
    for (n, text) in texts.iter().enumerate() {
        let line: String = text.replace(['\r', '\n'], " ").chars().take(60).collect();
        out += &format!(":61:260304C{},25NTRF{}//{}\n:86:166?00{line}?20{line}?32{line}?31{line}\n", n + 1, "x", "B");
    }
    let whole = texts.len() * (texts.len() + 1) / 2 * 100 + 25 * texts.len();
    out + &format!(":62F:C260304EUR{},{:02}\n-\n", whole / 100, whole % 100)
}

fn desk(book: &Path, place: &str, argument: &str, size: (u16, u16)) -> Harness {
    let path = BookPath::new(book);
    let ctx = Ctx { size, ..Ctx::new("2026-03-31".parse().expect("a day"), "tess", "Nord", Currency::EUR) };
    let place = PLACES.iter().find(|known| known.command.id == place).expect("a place");
    let first = (place.open)(argument, &ctx).expect("a screen");
    let never = Box::new(|_| Err(Failure::refused("ACT-06", "Nothing is done here.")));
    Harness::new(ctx, PLACES, first, Reader::open(&path).expect("a reader"), never)
}

#[test]
fn what_a_bank_sends_shows_and_exports_none_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let texts = texts();
    assert!(run(path, &["init", "--company", "Nord GmbH", "--currency", "EUR"]).status.success());
    let name = "M\u{1b}[2Jain\u{202e}";
    assert!(run(path, &["bank", "add", name, "--account", IBAN, "--currency", "EUR"]).status.success());
    let rows = "number,customer,customer_name,document_date,due_date,amount,currency\n\
                INV-1,K1,Acme,2026-01-05,2026-02-05,500.00,EUR\nINV-2,K1,Acme,2026-01-05,2026-02-05,9.00,EUR\n";
    std::fs::write(path.join("rows.csv"), rows).expect("a file");
    assert!(run(path, &["import", "invoices", "rows.csv"]).status.success());
    // Each place in a name is met in each format; the table has them all.
    let some: Vec<String> = texts.iter().skip(3).step_by(7).chain(&texts[texts.len() - 5..]).cloned().collect();
    let files = [("a.csv", table(&texts)), ("b.xml", camt(&some)), ("c.sta", mt940(&some))];
    for (name, body) in files {
        std::fs::write(path.join(name), body).expect("a file");
        for more in [&["--dry-run"][..], &["--json"]] {
            let taken = run(path, &[&["import", "statement", name, "--accept-gap"], more].concat());
            let said = shown(name, &taken.stdout) + &shown(name, &taken.stderr);
            assert!(taken.status.success(), "{name}: {said}");
        }
    }
    let verbs: [&[&str]; 22] = [
        &["bank", "list"],
        &["bank", "statements"],
        &["bank", "entries"],
        &["bank", "entries", "--waiting"],
        &["cash", "list"],
        &["cash", "list", "--where", "name:\u{202e}x"],
        &["cash", "show", "1"],
        &["cash", "show", "330"],
        &["cash", "show", "416"],
        &["cash", "show", "450"],
        &["cash", "show", "500"],
        &["cash", "run", "--dry-run"],
        &["cash", "apply", "20", "--customer", "K1", "--to", "INV-1:1", "--learn", "--on-account"],
        &["cash", "apply", "30", "--customer", "K1", "--to", "INV-1:1", "--deduct", "INV-1:1", "--reason", "\u{1b}c"],
        &["cash", "settle", "40", "--what", "elsewhere", "--text", "\u{1b}[2J\u{202e}tax"],
        &["cash", "payer", "K1", "--name", "=1+1\u{202e}"],
        &["cash", "payer", "K1", "--account", "\u{1b}[2JX9"],
        &["cash", "return", "425", "\u{1b}[2J"],
        &["cash", "refund", "R-1", "--reason", "\u{202e}twice\u{7}"],
        &["bank", "entries", "--account", "\u{1b}[2J\u{202e}"],
        &["import", "statement", "a.csv", "--account", "\u{9b}2J"],
        &["audit", "verify"],
    ];
    let mut sinks = 0;
    for verb in verbs {
        let changes = ["apply", "settle", "payer", "return", "refund", "statement", "verify"].contains(&verb[1]);
        for form in ["", "--json", "--csv"] {
            let args: Vec<&str> = verb.iter().copied().chain(Some(form).filter(|form| !form.is_empty())).collect();
            if changes && !form.is_empty() {
                continue;
            }
            let (what, output) = (format!("{args:?}"), run(path, &args));
            shown(&what, &output.stderr);
            let said = shown(&what, &output.stdout);
            if form == "--csv" && output.status.success() && said.contains(',') {
                cells(&said);
            }
            sinks += 1;
        }
    }
    for args in [
        &["audit", "log", "--changes"][..],
        &["audit", "log", "--json", "--changes"],
        &["audit", "log", "--csv"],
        &["audit", "show", "4"],
        &["audit", "show", "9", "--json"],
        &["audit", "show", "9", "--csv"],
        &["customer", "show", "K1"],
        &["receipts", "--csv"],
        &["receipts", "--json"],
        &["items"],
        &["log", "--csv"],
        &["approvals"],
        &["approvals", "--json"],
        &["export", "items"],
        &["export", "postings"],
        &["export", "journal", "--format", "hledger"],
        &["export", "journal", "--format", "csv"],
        &["disputes", "--csv"],
    ] {
        let (what, output) = (format!("{args:?}"), run(path, args));
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        shown(&what, &output.stderr);
        let said = shown(&what, &output.stdout);
        if args.contains(&"--csv") || (args[0] == "export" && !args.contains(&"hledger")) {
            cells(&said);
        }
        sinks += 1;
    }
    let checked = run(path, &["check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    let frames = screens(&path.join("books.db"));
    println!("hostile bank texts: {} in three formats, {sinks} ways out, {frames} screens, harmful 0", texts.len());
}

/// The queue, the deck, the statements, a statement, the account and the log, at two sizes, with what `w` explains and
/// what `y` copies. Gives how many screens were looked at.
fn screens(book: &Path) -> usize {
    let mut looked = 0;
    let mut look = |harness: &Harness, what: &str| {
        for line in harness.screen() {
            let bad = line.chars().any(|letter| harmful(letter) || !text::is_shown(letter));
            assert!(!bad, "{what}: {line:?}");
        }
        for copied in harness.copied.iter().chain(harness.saved.iter().map(|(_, text)| text)) {
            let bad = copied.chars().any(|letter| letter != '\t' && harmful(letter));
            assert!(!bad, "{what} copied: {copied:?}");
        }
        looked += 1;
    };
    for size in [(80, 24), (200, 60)] {
        let tours = [
            ("cash", "", "<Enter> w <Esc> = <Esc> c n n n n n n n n w <Esc> <Esc> <C-d> <Enter> w <Esc> <Esc> y y"),
            ("cash", "", "<End> <Enter> w <Esc> <Esc> /name:x<Enter> <Esc> s p j j j j j w <Esc>"),
            ("statements", "", "w <Esc> <Enter> j j j j j w <Esc> <C-d> <C-d> w <Esc> <Esc> j <Enter> w <Esc> G w"),
            ("customer", "K1", "j j <Enter> w <Esc> <Esc> <Tab> j j j w <Esc> <Tab> j w"),
            ("audit", "", "j j <Enter> <Esc> j w <Esc> j j j <Enter>"),
            ("approvals", "", "<Enter> w"),
            ("find", "INV-1", "w"),
        ];
        for (place, argument, keys) in tours {
            let mut harness = desk(book, place, argument, size);
            look(&harness, place);
            for key in keys.split(' ') {
                harness.keys(key);
                look(&harness, &format!("{place} {key}"));
            }
        }
    }
    looked
}

/// Every sample with every piece put into every line: read, or refused with a sentence that does no harm.
#[test]
fn a_sentence_about_a_bank_file_repeats_nothing_harmful() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bank");
    let options = o2c::formats::bank::Options::new("2026-03-31".parse().expect("a day"));
    let (mut refused, mut tried) = (0, 0);
    for sample in std::fs::read_dir(folder).expect("the samples").flatten() {
        let text = String::from_utf8_lossy(&std::fs::read(sample.path()).expect("a sample")).into_owned();
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        for (n, (piece, _)) in PIECES.iter().chain(&[("\0", ""), ("&#27;[2J", ""), ("&#x202e;", "")]).enumerate() {
            for (line, end) in ends.iter().enumerate().skip(n % 3).step_by(3) {
                let start = if line == 0 { 0 } else { ends[line - 1] + 1 };
                let letters = text[start..*end].chars().count();
                let at = text[start..*end]
                    .char_indices()
                    .nth((n * 7 + line) % letters.max(1))
                    .map_or(start, |found| start + found.0);
                let changed = format!("{}{piece}{}", &text[..at], &text[at..]);
                let accounts = o2c::formats::bank::booking::Accounts::default();
                tried += 1;
                let Err(refusal) = o2c::formats::bank::booking::read(changed.as_bytes(), &options, &accounts) else {
                    continue;
                };
                refused += 1;
                let said = refusal.to_string();
                let bad = said.chars().any(|letter| harmful(letter) || !text::is_shown(letter));
                assert!(!bad && said.starts_with('['), "{:?}: {said:?}", sample.file_name());
            }
        }
    }
    assert!(refused > 500 && tried > refused, "{refused} of {tried}");
    println!("hostile bank files: {tried} tried, {refused} refused in a sentence, harmful 0");
}
