//! The worked examples of the domain reference against the rules in `domain`. Vectors are `tests/golden/*.json` and
//! every `*.json` of the folders in `$O2C_GOLDEN` (separated like `$PATH`); a vector whose rule nobody implements is a
//! failure that names it.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde_json::Value;

use values::In;

#[path = "golden/aging.rs"]
mod aging;
#[path = "golden/cash.rs"]
mod cash;
#[path = "golden/collections.rs"]
mod collections;
#[path = "golden/controls.rs"]
mod controls;
#[path = "golden/credit.rs"]
mod credit;
#[path = "golden/invoice.rs"]
mod invoice;
#[path = "golden/kpi.rs"]
mod kpi;
#[path = "golden/late.rs"]
mod late;
#[path = "golden/posting.rs"]
mod posting;
#[path = "golden/prediction.rs"]
mod prediction;
#[path = "golden/provision.rs"]
mod provision;
#[path = "golden/terms.rs"]
mod terms;
#[path = "golden/values.rs"]
mod values;

/// The areas in turn; a rule name belongs to one of them.
const AREAS: [fn(&str, &In) -> Option<Value>; 12] = [
    aging::run,
    terms::run,
    kpi::run,
    posting::run,
    collections::run,
    cash::run,
    credit::run,
    invoice::run,
    late::run,
    prediction::run,
    provision::run,
    controls::run,
];

#[test]
fn every_worked_example_comes_out_as_published() {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")];
    if let Some(more) = std::env::var_os("O2C_GOLDEN") {
        folders.extend(std::env::split_paths(&more));
    }
    let mut checked = 0;
    let mut failures = Vec::new();
    for vector in folders.iter().flat_map(|folder| vectors(folder)) {
        checked += 1;
        // A reader that panics on an input it does not know must not hide the other vectors.
        let outcome = std::panic::catch_unwind(|| check(&vector));
        let outcome = outcome.unwrap_or_else(|_| Err("the inputs could not be read, see above".to_owned()));
        if let Err(difference) = outcome {
            failures.push(format!("{} ({}): {difference}", vector["id"], vector["rule"]));
        }
    }
    assert!(checked > 150, "only {checked} vectors were found");
    assert!(failures.is_empty(), "{} of {checked} vectors fail:\n{}", failures.len(), failures.join("\n"));
}

/// The vectors of every JSON file of a folder, in order of file name.
fn vectors(folder: &Path) -> Vec<Value> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read = |file: &PathBuf| -> Vec<Value> {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        match serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display())) {
            Value::Array(vectors) => vectors,
            other => other["vectors"].as_array().cloned().unwrap_or_default(),
        }
    };
    files.iter().flat_map(read).collect()
}

/// Answers a vector and compares.
fn check(vector: &Value) -> Result<(), String> {
    let rule = vector["rule"].as_str().unwrap_or_default();
    let inputs = In(&vector["inputs"]);
    let answer =
        AREAS.iter().find_map(|area| area(rule, &inputs)).ok_or_else(|| format!("no rule is called {rule}"))?;
    let stated: Decimal =
        vector["tolerance"].as_str().unwrap_or("0").parse().map_err(|_| "bad tolerance".to_owned())?;
    // Divisions carry 28 digits; what is lost behind them is not a difference.
    values::compare("expected", &vector["expected"], &answer, stated.max(Decimal::new(1, 15)))
}
