//! Bank files made by others, where they are present (`O2C_BANK_FILES` names their folder): every one is read or
//! refused with one sentence, and what is read equals facts computed by other programs. The files are no part of this
//! project; without the folder these tests say that they are skipped.

use std::path::{Path, PathBuf};

use o2c::formats::bank::statement::{Statement, Status};
use o2c::formats::bank::tie::{Tie, tie};
use o2c::formats::bank::{Options, Refusal, read};
use serde_json::Value;

/// The folder, or a word that the test is skipped.
fn folder(test: &str) -> Option<PathBuf> {
    let named = std::env::var_os("O2C_BANK_FILES").map(PathBuf::from).filter(|folder| folder.is_dir());
    if named.is_none() {
        eprintln!("skipped: {test}, O2C_BANK_FILES names no folder of bank files");
    }
    named
}

fn options() -> Options<'static> {
    Options::new("2026-03-31".parse().expect("a day"))
}

/// The texts of the transactions in an expected file of another MT940 program; its object tags are only text here.
fn transactions(yaml: &str) -> Vec<&str> {
    yaml.split("- !!python/object:mt940.models.Transaction\n").skip(1).collect()
}

/// The value behind a key of one transaction.
fn value(text: &str, key: &str) -> Option<String> {
    let head = format!("    {key}: ");
    let line = text.lines().find_map(|line| line.strip_prefix(&head))?;
    let bare = line.trim().trim_matches('\'').trim_matches('"').trim();
    (!matches!(bare, "null" | "")).then(|| bare.replace("\\u0105", "ą"))
}

/// The first decimal after a key, and the day written as four bytes after it.
fn amount_after(text: &str, key: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("{key}: "))?;
    let (_, rest) = rest.split_once("decimal.Decimal\n")?;
    Some(rest.lines().next()?.trim().trim_start_matches("- ").trim_matches('\'').to_owned())
}

fn day_after(text: &str, key: &str) -> Option<String> {
    const SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (_, rest) = text.split_once(&format!("\n    {key}: "))?;
    let (_, rest) = rest.split_once("!!binary |\n")?;
    let digits = rest.lines().next()?.trim().trim_end_matches('=');
    let bits = digits.chars().try_fold(0u64, |bits, sign| Some(bits << 6 | SIGNS.find(sign)? as u64))?;
    // Six digits of six bits are four bytes and four bits.
    let [.., a, b, month, day] = (bits >> 4).to_be_bytes();
    Some(format!("{:04}-{month:02}-{day:02}", u32::from(a) << 8 | u32::from(b)))
}

#[test]
fn mt940_files_have_what_another_program_found() {
    let Some(folder) = folder("mt940_files_have_what_another_program_found") else { return };
    let (mut wrong, mut equal) = (Vec::new(), 0);
    let mut names: Vec<_> = std::fs::read_dir(folder.join("mt940/expected")).expect("a folder").flatten().collect();
    names.sort_by_key(std::fs::DirEntry::file_name);
    for entry in names {
        let name = entry.file_name().to_string_lossy().replace(".yml", "");
        let yaml = std::fs::read_to_string(entry.path()).expect("text");
        if !folder.join("mt940").join(format!("{name}.sta")).exists() {
            continue;
        }
        let Ok(got) = open(&folder.join("mt940").join(format!("{name}.sta"))) else {
            // Single fields without an account: the other program takes them, nobody could book them.
            assert!(transactions(&yaml).len() <= 1, "{name}");
            continue;
        };
        let before = wrong.len();
        compare_mt940(&name, &yaml, &got, &mut wrong);
        equal += usize::from(before == wrong.len());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    eprintln!("{equal} files equal");
}

fn compare_mt940(name: &str, yaml: &str, got: &[Statement], wrong: &mut Vec<String>) {
    use o2c::formats::bank::facts::RefKind;
    use o2c::formats::bank::statement::BalanceKind;

    let wanted = transactions(yaml);
    let entries: Vec<_> = got.iter().flat_map(|statement| &statement.entries).collect();
    if wanted.len() != entries.len() {
        wrong.push(format!("{name}: {} entries, not {}", entries.len(), wanted.len()));
        return;
    }
    let mut check = |what: String, got: Option<String>, wanted: Option<String>| {
        if got != wanted {
            wrong.push(format!("{name} {what}: {got:?} is not {wanted:?}"));
        }
    };
    for (number, (entry, text)) in entries.iter().zip(&wanted).enumerate() {
        let solid = |text: String| text.split_whitespace().collect::<String>();
        let reference = |kind| entry.facts.reference(kind).map(str::to_owned);
        let real = |text: String| Some(text).filter(|text| !o2c::formats::bank::facts::is_placeholder(text));
        let at = |what: &str| format!("entry {} {what}", number + 1);
        check(at("amount"), Some(plain(&entry.amount.plain())), amount_after(text, "amount").map(|text| plain(&text)));
        check(
            at("value"),
            entry.value.map(|day| day.to_string()),
            day_after(text, "date").or(entry.value.map(|d| d.to_string())),
        );
        check(at("booked"), entry.booked.map(|day| day.to_string()), day_after(text, "entry_date"));
        check(at("type"), entry.code.swift.clone(), value(text, "id"));
        check(at("owner"), reference(RefKind::Owner), value(text, "customer_reference").and_then(real));
        check(at("servicer"), reference(RefKind::Servicer), value(text, "bank_reference").and_then(real));
        for (key, got) in [
            ("end_to_end_reference", reference(RefKind::EndToEnd)),
            ("additional_position_reference", reference(RefKind::Mandate)),
            ("applicant_name", entry.facts.party.name.clone()),
            ("applicant_iban", entry.facts.party.account.clone()),
            ("posting_text", entry.facts.text.clone()),
        ] {
            // Poland gives bank and account first, the whole number later: we keep the whole one.
            let other = key == "applicant_iban" && got.as_ref().is_some_and(|got| got.starts_with("PL"));
            if let Some(wanted) = value(text, key).and_then(real).filter(|_| !other) {
                check(at(key), got.map(solid), Some(solid(wanted)));
            }
        }
    }
    let last = |kind: BalanceKind| {
        let mut all = got.iter().flat_map(|statement| &statement.balances);
        all.rfind(|balance| balance.kind == kind).map(|balance| plain(&balance.amount.plain()))
    };
    let head = yaml.split("\ntags:").next().unwrap_or("");
    check(
        "opening".into(),
        last(BalanceKind::OpeningBooked),
        amount_after(head, "final_opening_balance").map(|t| plain(&t)),
    );
    // A balance without currency: the other program takes its first digits for one and is left with nothing.
    let closing =
        if name.ends_with("raphaelm") { Some("95000".to_owned()) } else { amount_after(head, "final_closing_balance") };
    check("closing".into(), last(BalanceKind::ClosingBooked), closing.map(|text| plain(&text)));
}

fn open(path: &Path) -> Result<Vec<Statement>, Refusal> {
    let bytes = std::fs::read(path).expect("a readable file");
    read(&bytes, &options())
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
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

/// A decimal text without its trailing zeros, for comparing amounts of other programs.
fn plain(text: &str) -> String {
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn net(statement: &Statement) -> String {
    let digits = statement.sums.first().map_or(2, |sum| sum.unit.digits());
    let minor: i128 = statement.sums.iter().map(|sum| sum.net + sum.net_others).sum();
    plain(&o2c::domain::money::plain(i64::try_from(minor).expect("a sum"), digits))
}

#[test]
fn camt_files_have_the_facts_computed_for_them() {
    let Some(folder) = folder("camt_files_have_the_facts_computed_for_them") else { return };
    let text = std::fs::read_to_string(folder.join("bank_expected_facts.json")).expect("the facts");
    let facts: Value = serde_json::from_str(&text).expect("JSON");
    let (mut wrong, mut equal) = (Vec::new(), 0);
    for (name, expected) in facts["camt"].as_object().expect("an object") {
        let wanted = expected["statements"].as_array().expect("statements");
        let got = match open(&folder.join("camt").join(name)) {
            Ok(got) => got,
            Err(refused) if wanted.is_empty() => {
                eprintln!("{name}: {refused}");
                continue;
            }
            Err(refused) => {
                wrong.push(format!("{name}: {refused}"));
                continue;
            }
        };
        if got.len() != wanted.len() {
            wrong.push(format!("{name}: {} statements, not {}", got.len(), wanted.len()));
        }
        for (got, wanted) in got.iter().zip(wanted) {
            if !got.format.starts_with(expected["message"].as_str().expect("a name")) {
                wrong.push(format!("{name}: {} is not {}", got.format, expected["message"]));
            }
            let before = wrong.len();
            compare(name, got, wanted, &mut wrong);
            equal += usize::from(before == wrong.len());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    eprintln!("{equal} statements equal");
}

fn compare(name: &str, got: &Statement, wanted: &Value, wrong: &mut Vec<String>) {
    let mut check = |what: &str, got: String, wanted: &Value| {
        let wanted = match wanted {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        if got != wanted {
            wrong.push(format!("{name} {what}: {got} is not {wanted}"));
        }
    };
    let ties = match tie(got) {
        Tie::Ties(_) => "true",
        Tie::Differs(_) | Tie::Currencies => "false",
        Tie::NoBalances => "",
    };
    let count = |number: usize| number.to_string();
    check("account", got.account.number().to_owned(), &wanted["account"]);
    check("unit", got.account.unit.map(|unit| unit.to_string()).unwrap_or_default(), &wanted["ccy"]);
    check("number", got.number.clone().unwrap_or_default(), &wanted["seq"]);
    check("entries", count(got.entries.len()), &wanted["entries"]);
    check("listed", got.entries.iter().map(|entry| entry.listed).sum::<u64>().to_string(), &wanted["tx_details"]);
    let wanted_net = Value::String(plain(wanted["net"].as_str().expect("a net")));
    check("net", net(got), &wanted_net);
    check("ties", ties.to_owned(), &wanted["ties"]);
    check("reversals", count(got.entries.iter().filter(|entry| entry.reversal).count()), &wanted["reversals"]);
    let payments = got
        .entries
        .iter()
        .flat_map(|entry| std::iter::once(&entry.facts).chain(entry.details.iter().map(|detail| &detail.facts)));
    let structured = payments.filter(|facts| !facts.structured.is_empty());
    check("structured", count(structured.count()), &wanted["structured_remittances"]);
    let batched = got.entries.iter().filter(|entry| entry.listed > 1).count();
    check("batched", count(batched), &wanted["batched_entries"]);
    for (status, kind) in [("BOOK", Status::Booked), ("PDNG", Status::Pending), ("INFO", Status::Info)] {
        let with = got.entries.iter().filter(|entry| entry.status == kind).count();
        let given = wanted["status"].get(status).and_then(Value::as_u64).unwrap_or(0);
        let unsaid = wanted["status"]
            .as_object()
            .is_some_and(|all| all.keys().any(|key| !["BOOK", "PDNG", "INFO"].contains(&key.as_str())));
        if !unsaid {
            check(status, count(with), &Value::from(given));
        }
    }
    for (code, balances) in wanted["balances"].as_object().expect("balances") {
        let have = got.balances.iter().filter(|balance| balance.code == *code);
        let have = have.map(|b| (plain(&b.amount.plain()), b.amount.unit.to_string(), b.date.map(|d| d.to_string())));
        let have: Vec<_> = have.map(|(a, u, d)| format!("{a} {u} {}", d.unwrap_or_default())).collect();
        let want = balances.as_array().expect("a list").iter().map(|one| {
            let part = |at: usize| one[at].as_str().unwrap_or("");
            format!("{} {} {}", plain(part(0)), part(1), part(2).get(..10).unwrap_or(""))
        });
        let want: Vec<_> = want.collect();
        check(code, have.join(";"), &Value::String(want.join(";")));
    }
}

#[test]
fn every_file_is_read_or_refused_with_one_sentence() {
    let Some(folder) = folder("every_file_is_read_or_refused_with_one_sentence") else { return };
    let mut all = Vec::new();
    for kind in ["camt", "mt940", "bai2", "ofx", "nacha", "misc/bankcsv", "misc/lockbox", "ubl", "cii", "pain"] {
        if folder.join(kind).is_dir() {
            files(&folder.join(kind), &mut all);
        }
    }
    for path in all {
        let shown = path.strip_prefix(&folder).expect("below").display().to_string();
        match open(&path) {
            Ok(got) => {
                counted(&shown, &path, &got);
                let entries: usize = got.iter().map(|statement| statement.entries.len()).sum();
                let notices: Vec<_> =
                    got.iter().flat_map(|s| &s.notices).map(|n| format!("{}: {}", n.line, n.what)).collect();
                eprintln!("read {shown}: {} statements, {entries} entries {}", got.len(), notices.join(" | "));
                for statement in &got {
                    for entry in &statement.entries {
                        let place = entry.place;
                        assert!(place.start < place.end && place.line > 0, "{shown}: {place:?}");
                    }
                }
            }
            Err(refused) => {
                eprintln!("refused {shown}: {refused}");
                let said = refused.to_string();
                assert!(said.starts_with('[') && said.ends_with('.') && !said.contains('\n'), "{shown}: {said}");
                assert!(!said.contains('\u{1b}'), "{shown}");
            }
        }
    }
}

/// Entries are as many as a plain count of their marks in the file.
fn counted(shown: &str, path: &Path, got: &[Statement]) {
    let bytes = std::fs::read(path).expect("a readable file");
    let text = String::from_utf8_lossy(&bytes);
    let lines = |start: &str| text.lines().filter(|line| line.trim_start().starts_with(start)).count();
    let marks = match shown.split('/').next().unwrap_or("") {
        "mt940" => lines(":61:"),
        "bai2" => lines("16,"),
        "ofx" => text.matches("<STMTTRN>").count(),
        "camt" => text.matches("<Ntry>").count(),
        "nacha" if text.contains('\n') => lines("6"),
        _ => return,
    };
    let entries: usize = got.iter().map(|statement| statement.entries.len()).sum();
    assert_eq!(entries, marks, "{shown}");
}

#[test]
fn statements_of_a_series_follow_each_other() {
    use o2c::formats::bank::tie::{Follow, Span, follow};

    let Some(folder) = folder("statements_of_a_series_follow_each_other") else { return };
    let mut all = Vec::new();
    files(&folder.join("camt/series_053_LT6258"), &mut all);
    let mut last: Vec<Span> = Vec::new();
    let mut followed = 0;
    for path in &all {
        for statement in open(path).expect("a statement") {
            let next = Span::of(&statement);
            match last.iter_mut().find(|known| known.account == next.account) {
                Some(known) => {
                    assert_eq!(follow(known, &next), Follow::Follows, "{}", path.display());
                    assert_eq!(follow(&next, &next), Follow::Repeat, "{}", path.display());
                    followed += 1;
                    *known = next;
                }
                None => last.push(next),
            }
        }
    }
    assert!(followed > 20 && last.len() == 2, "{followed} of {} accounts", last.len());
    // Leaving one out is seen at once.
    let without: Vec<_> =
        [&all[1], &all[3]].iter().map(|path| Span::of(&open(path).expect("a statement")[0])).collect();
    assert!(matches!(follow(&without[0], &without[1]), Follow::Gap { .. }), "{without:?}");
}

#[test]
fn totals_that_disagree_are_read_when_somebody_says_so() {
    let Some(folder) = folder("totals_that_disagree_are_read_when_somebody_says_so") else { return };
    let path = folder.join("bai2/moov__testdata__sample4-continuations-newline-delimited.txt");
    assert_eq!(open(&path).unwrap_err().code, "IMP-13");
    let bytes = std::fs::read(&path).expect("a readable file");
    let got = read(&bytes, &Options { trust_totals: true, ..options() }).expect("statements");
    counted("bai2/", &path, &got);
    let notices = got.iter().flat_map(|statement| &statement.notices).filter(|notice| notice.what.contains("add up"));
    assert!(notices.count() >= 2 && got.len() == 5);
    let reject = &got[1].entries[1];
    assert_eq!((reject.amount.plain().as_str(), reject.code.bai.as_deref()), ("1435.00", Some("261")));
    assert_eq!(reject.facts.party.name.as_deref(), Some("SAMPLE INC"));
}
