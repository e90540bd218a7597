//! Files made by others, where they are present: every table that looks like a ledger is either taken or refused with
//! a sentence, and none brings the importer down. The files are not part of this project; without them, and without
//! `$O2C_SHARED_DATA`, this is skipped.

use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("O2C_SHARED_DATA").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    named.or(Some(beside)).filter(|folder| folder.is_dir())
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.metadata().is_ok_and(|file| file.len() < 8 << 20) {
            found.push(path);
        }
    }
}

fn run(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_o2c"));
    command.current_dir(folder).env("USER", "tess").args(["--book", "book.db"]).args(args);
    let output = command.output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// Mappings a clerk would write for the ledgers of the folder, by a part of the file's name.
const NORTHWIND: &str = "kind = \"customers\"\n[columns]\nid = [\"customerID\", \"CustomerID\"]\n\
                         name = [\"companyName\", \"CompanyName\"]\ncountry = [\"country\", \"Country\"]\n";

#[test]
fn real_files_are_taken_or_refused_with_a_sentence() {
    let Some(folder) = folder() else {
        eprintln!("skipped: real_files_are_taken_or_refused_with_a_sentence, there is no folder of real files");
        return;
    };
    let mut all = Vec::new();
    files(&folder, &mut all);
    all.sort();
    let table = |path: &&PathBuf| {
        let name = path.to_string_lossy().to_lowercase();
        name.ends_with(".csv") || name.ends_with(".txt")
    };
    let place = tempfile::tempdir().expect("a folder");
    let (code, _, err) = run(place.path(), &["init", "--company", "Real", "--currency", "USD"]);
    assert_eq!(code, 0, "{err}");
    std::fs::write(place.path().join("northwind.toml"), NORTHWIND).expect("a mapping");
    let mut taken = 0;
    for path in all.iter().filter(table) {
        let shown = path.to_string_lossy();
        for what in ["customers", "invoices", "receipts"] {
            let mut args = vec!["import", what, &*shown, "--currency", "USD", "--dry-run"];
            if what == "customers" && shown.to_lowercase().ends_with("customers.csv") {
                args.extend(["--map", "northwind.toml"]);
            }
            let (code, out, err) = run(place.path(), &args);
            let sentence = err.lines().count() == 1 && err.starts_with("o2c: [");
            assert!(code == 0 || (code == 1 && sentence), "{shown} as {what}: {code} {out} {err}");
            assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "{shown}: {out} {err}");
            taken += usize::from(code == 0);
        }
    }
    eprintln!("{} tables of others, {taken} taken", all.iter().filter(table).count());
    let (code, out, _) = run(place.path(), &["check"]);
    assert_eq!((code, out.as_str()), (0, ""));
}
