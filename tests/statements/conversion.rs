//! From bytes to rows: kinds, payments, texts, accounts, and that a statement adds up.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use o2c::domain::bank::{EntryKind, Source};
use o2c::formats::bank::booking::{Accounts, Booked, read};
use o2c::formats::bank::{Options, Refusal};

fn options() -> Options<'static> {
    Options::new("2026-03-31".parse().expect("a day"))
}

fn rows(bytes: &[u8]) -> Result<Vec<Booked>, Refusal> {
    read(bytes, &options(), &Accounts::default())
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bank").join(name)).expect("a sample")
}

/// What holds of every row, whatever the file.
#[track_caller]
fn sound(name: &str, all: &[Booked]) {
    let mut keys = HashSet::new();
    for Booked { row, .. } in all {
        assert!(row.from <= row.to, "{name}: {} to {}", row.from, row.to);
        for entry in &row.entries {
            assert!(entry.amount != 0 && !entry.payments.is_empty(), "{name}: {entry:?}");
            let sum: i64 = entry.payments.iter().map(|payment| payment.amount).sum();
            assert_eq!(sum, entry.amount, "{name}: {entry:?}");
            assert_eq!(entry.currency, row.currency, "{name}");
            assert!(keys.insert(entry.key), "{name}: two entries with one key: {entry:?}");
            for payment in &entry.payments {
                let texts = [&payment.payer, &payment.structured, &payment.end_to_end, &payment.payer_account];
                let short = texts.iter().all(|text| text.chars().count() <= 200);
                assert!(short && payment.text.chars().count() <= 4000, "{name}: {payment:?}");
                let all = texts.into_iter().chain([&payment.text, &entry.code, &entry.reference]);
                for text in all {
                    assert!(text.chars().all(o2c::domain::text::is_shown), "{name}: {text:?}");
                }
            }
        }
        if let (false, Some((opening, closing))) = (all[0].report, row.opening.zip(row.closing)) {
            assert_eq!(opening.amount + row.net(), closing.amount, "{name}: {}", row.number);
        }
    }
}

/// Every file below a folder.
pub fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
    found.retain(|path| !path.to_string_lossy().contains("expected"));
    found.sort();
}

#[test]
fn every_real_file_becomes_rows_or_one_sentence() {
    let Some(folder) = std::env::var_os("O2C_BANK_FILES").map(PathBuf::from).filter(|folder| folder.is_dir()) else {
        eprintln!("skipped: every_real_file_becomes_rows_or_one_sentence, O2C_BANK_FILES names no folder");
        return;
    };
    let mut all = Vec::new();
    for kind in ["camt", "mt940", "bai2", "ofx", "nacha", "misc/bankcsv", "misc/lockbox", "misc/x12"] {
        if folder.join(kind).is_dir() {
            files(&folder.join(kind), &mut all);
        }
    }
    for path in all {
        let shown = path.strip_prefix(&folder).expect("below").display().to_string();
        match rows(&std::fs::read(&path).expect("a file")) {
            Ok(booked) => {
                for Booked { row, report } in &booked {
                    let mut kinds: Vec<String> = EntryKind::ALL
                        .iter()
                        .map(|kind| (kind, row.entries.iter().filter(|entry| entry.kind == *kind).count()))
                        .filter(|(_, count)| *count > 0)
                        .map(|(kind, count)| format!("{count} {}", kind.word()))
                        .collect();
                    kinds.push(format!("{} left out", row.left_out));
                    eprintln!(
                        "{shown}: {} {} {} {} {}..{} report={report} {:?}->{:?} {} | {:?}",
                        row.account,
                        row.currency,
                        row.format,
                        row.number,
                        row.from,
                        row.to,
                        row.opening.map(|b| b.amount),
                        row.closing.map(|b| b.amount),
                        kinds.join(", "),
                        row.notices,
                    );
                }
                sound(&shown, &booked);
            }
            Err(refused) => {
                let said = refused.to_string();
                eprintln!("{shown}: REFUSED {said}");
                assert!(said.starts_with('[') && said.ends_with('.') && !said.contains('\n'), "{shown}: {said}");
                assert!(said.chars().all(o2c::domain::text::is_shown), "{shown}: {said}");
            }
        }
    }
}

#[test]
fn the_samples_become_these_rows() {
    let all = rows(&sample("camt053.xml")).expect("rows");
    sound("camt053.xml", &all);
    let row = &all[0].row;
    assert_eq!((row.account.as_str(), row.currency.code(), row.left_out), ("FI2112345600000785", "EUR", 1));
    assert_eq!(
        (row.number.as_str(), row.source, row.format.as_str()),
        ("42 (ST-2026-42)", Source::Statement, "camt.053.001.08")
    );
    let [paid, back, batch] = &row.entries[..] else { panic!("{}", row.entries.len()) };
    assert_eq!(
        (paid.kind, paid.code.as_str(), paid.reference.as_str()),
        (EntryKind::Receipt, "PMNT RCDT ESCT", "BK-1")
    );
    let one = &paid.payments[0];
    assert_eq!((one.payer.as_str(), one.payer_account.as_str()), ("Miller & Sons", "DE02120300000000202051"));
    assert_eq!((one.structured.as_str(), one.end_to_end.as_str()), ("RF18539007547034", "E2E-1"));
    assert_eq!(one.text, "Invoices 4711 and 4712 on behalf of Miller Holding");
    let line = &one.remittance[0];
    assert_eq!((line.kind.as_str(), line.number.as_str(), line.amount), ("invoice", "INV-4711", Some(97_450)));
    assert_eq!((line.discount, line.deduction, line.reason.as_str()), (Some(2_000), Some(550), "DAMG"));
    assert_eq!((back.kind, back.amount), (EntryKind::Return, -5_000));
    assert!(back.code.ends_with("AC04"), "{}", back.code);
    let parts: Vec<_> = batch.payments.iter().map(|payment| payment.amount).collect();
    assert_eq!(parts, [1_000, 2_000, -550]);
    assert_eq!(batch.payments[0].structured, "210000000003139471430009017");
}

#[test]
fn what_is_told_during_the_day_is_marked_and_advices_book_nothing() {
    for (name, report, source) in [
        ("camt052.xml", true, Source::Report),
        ("mt942.sta", true, Source::Report),
        ("camt054.xml", false, Source::Advice),
        ("ctx.ach", false, Source::Advice),
        ("lockbox.txt", false, Source::Advice),
        ("x12_820.txt", false, Source::Advice),
    ] {
        let all = rows(&sample(name)).expect(name);
        sound(name, &all);
        assert!(all.iter().all(|booked| booked.report == report && booked.row.source == source), "{name}");
        assert!(all.iter().all(|booked| source == Source::Report || booked.row.closing.is_none()), "{name}");
    }
}

#[test]
fn an_entry_is_the_same_in_every_message_about_it() {
    let statement = &rows(&sample("camt053.xml")).expect("rows")[0].row;
    let content = statement.entries[0].content.expect("a reference that lasts");
    for name in ["camt052.xml", "camt054.xml"] {
        let other = rows(&sample(name)).expect("rows");
        let found = other.iter().flat_map(|booked| &booked.row.entries).filter(|entry| entry.content == Some(content));
        assert_eq!(found.count(), 1, "{name}");
    }
    // Under another of its account's numbers too.
    let german =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bank/mt940.sta")).expect("text");
    let iban = german.replace("50010517/5407324931", "DE44500105175407324931");
    let known = Accounts { known: vec!["DE44500105175407324931".to_owned()], unnamed: None };
    let (a, b) = (read(german.as_bytes(), &options(), &known), read(iban.as_bytes(), &options(), &known));
    let (a, b) = (a.expect("rows").remove(0).row, b.expect("rows").remove(0).row);
    assert_eq!((&a.account, &a.entries), (&b.account, &b.entries));
    assert_eq!(rows(german.as_bytes()).expect("rows")[0].row.account, "50010517/5407324931");
}

/// A statement of one account whose entries are `entries` and whose balances are these.
fn mt940(opening: &str, entries: &[(&str, &str)], closing: &str) -> String {
    let lines =
        entries.iter().map(|(amount, text)| format!(":61:2603020302{amount}NTRF{text}//B-{text}\r\n:86:{text}\r\n"));
    let lines: String = lines.collect();
    format!(":20:S\r\n:25:DE89370400440532013000\r\n:28C:7/1\r\n:60F:{opening}\r\n{lines}:62F:{closing}\r\n-\r\n")
}

#[test]
fn a_statement_that_does_not_add_up_is_held() {
    let good = mt940("C260301EUR1000,00", &[("C10,00", "ONE"), ("D4,50", "TWO")], "C260302EUR1005,50");
    assert_eq!(rows(good.as_bytes()).expect("rows")[0].row.net(), 550);
    let bad = mt940("C260301EUR1000,00", &[("C10,00", "ONE"), ("D4,50", "TWO")], "C260302EUR1005,49");
    let refused = rows(bad.as_bytes()).expect_err("held");
    assert_eq!((refused.code, refused.line), ("IMP-05", Some(1)));
    for part in ["Statement 7 ", "line 1", "1,000.00 EUR", "5.50", "1,005.49", "0.01", "nothing was imported"] {
        assert!(refused.sentence.contains(part), "{part}: {refused}");
    }
}

/// A download that broke off books nothing: half an amount looks like an amount.
#[test]
fn a_statement_cut_at_any_byte_is_whole_or_refused() {
    let text = mt940("C260301EUR1000,00", &[("C1200,00", "ONE"), ("D2,50", "TWO")], "C260302EUR2197,50");
    let whole = rows(text.as_bytes()).expect("rows").remove(0).row;
    let closed = text.find("2197,50").expect("the closing balance") + "2197,5".len();
    for cut in 0..text.len() {
        match rows(&text.as_bytes()[..cut]) {
            Ok(read) => {
                assert!(cut >= closed, "cut at {cut}: {read:?}");
                assert_eq!(read[0].row.entries, whole.entries, "cut at {cut}");
            }
            Err(refused) => assert!(cut < closed, "cut at {cut}: {refused}"),
        }
    }
    // The whole message before it is not taken in either: a file is in the book whole or not at all.
    let two = format!("{text}{}", &text[..text.find(":62F:").expect("the closing balance")]);
    let refused = rows(two.as_bytes()).expect_err("cut");
    assert_eq!((refused.code, refused.line), ("IMP-14", Some(18)));
    assert!(refused.sentence.starts_with("The statement at line 11 ends at line 18 without its closing"), "{refused}");
    assert!(refused.sentence.ends_with("Nothing was imported."), "{refused}");
    // The same where the next message follows at once.
    let unclosed = text.replace(":62F:C260302EUR2197,50\r\n-\r\n", "");
    assert_eq!(rows(format!("{unclosed}{text}").as_bytes()).expect_err("not closed").code, "IMP-14");
}

#[test]
fn an_amount_without_its_comma_is_refused_where_it_stands() {
    for (amount, code, place, why) in [
        ("C10", "AMT-01", "Line 5, column 16, field :61:", "\"10\" has no decimal comma, perhaps it is cut off"),
        ("RC1200", "AMT-01", "Line 5, column 17, field :61:", "\"1200\" has no decimal comma"),
    ] {
        let text = mt940("C260301EUR1000,00", &[(amount, "X")], "C260302EUR1010,00");
        let refused = rows(text.as_bytes()).expect_err("no comma");
        assert_eq!((refused.code, refused.line), (code, Some(5)), "{refused}");
        assert!(refused.sentence.starts_with(place) && refused.sentence.contains(why), "{refused}");
    }
    let bare = mt940("C260301EUR1000,00", &[("C10,", "X")], "C260302EUR1010,00").replace("NTRFX//B-X", "");
    let refused = rows(bare.as_bytes()).expect_err("no type");
    assert!(refused.to_string().starts_with("[IMP-12] Line 5, column 19, field :61:"), "{refused}");
    // A report of the day has no closing balance, and some banks write a point.
    let report = String::from_utf8(sample("mt942.sta")).expect("text");
    assert_eq!(rows(report.as_bytes()).expect("rows")[0].row.source, Source::Report);
    assert!(rows(report.replace("C974,5", "C9745").as_bytes()).is_err());
    let point = mt940("C260301EUR1000,00", &[("C10.00", "X")], "C260302EUR1010,00");
    assert_eq!(rows(point.as_bytes()).expect("rows")[0].row.net(), 1000);
}

#[test]
fn two_equal_entries_of_one_day_are_two() {
    let text = mt940("C260301EUR0,00", &[("C10,00", "X"), ("C10,00", "X")], "C260302EUR20,00");
    let row = rows(text.as_bytes()).expect("rows").remove(0).row;
    let [a, b] = &row.entries[..] else { panic!("{row:?}") };
    assert!(a.key != b.key && a.content != b.content && a.likeness != b.likeness);
    let again = rows(text.as_bytes()).expect("rows").remove(0).row;
    assert_eq!(row, again);
}

#[test]
fn what_cannot_be_booked_is_refused_or_left_out_by_name() {
    let huge = mt940("C260301EUR0,00", &[("C100000000000,00", "X")], "C260302EUR100000000000,00");
    let refused = rows(huge.as_bytes()).expect_err("too large");
    assert_eq!((refused.code, refused.line), ("AMT-02", Some(5)));
    let nought = mt940("C260301EUR0,00", &[("C0,00", "X"), ("C1,00", "Y")], "C260302EUR1,00");
    let row = rows(nought.as_bytes()).expect("rows").remove(0).row;
    assert_eq!((row.entries.len(), row.left_out), (1, 1));
    assert!(row.notices.iter().any(|(line, what)| *line == 5 && what.contains("amount 0")), "{:?}", row.notices);
}

#[test]
fn hostile_texts_are_cleaned_and_their_bytes_kept() {
    let text = mt940("C260301EUR0,00", &[("C1,00", "Inv\u{202e}oice \u{200b}4711")], "C260302EUR1,00");
    let row = rows(text.as_bytes()).expect("rows").remove(0).row;
    let payment = &row.entries[0].payments[0];
    assert_eq!(payment.text, "Invoice 4711");
    let (field, bytes) = payment.raw.iter().find(|(field, _)| *field == "text").expect("raw bytes");
    assert_eq!((*field, std::str::from_utf8(bytes)), ("text", Ok("Inv\u{202e}oice \u{200b}4711")));
    let wire = serde_json::to_vec(&row).expect("JSON");
    assert_eq!(serde_json::from_slice::<o2c::domain::bank::StatementRow>(&wire).expect("a row"), row);
}
