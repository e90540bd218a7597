//! The bank files written for the tests, and what every refusal must look like.

use std::path::{Path, PathBuf};

use o2c::formats::bank::statement::Statement;
use o2c::formats::bank::{Options, Refusal, read};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bank")
}

/// Every sample with its name.
pub fn samples() -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder()).expect("the samples").flatten();
    let mut all: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).expect("a sample")))
        .collect();
    all.sort();
    all
}

/// What is known beside the bytes: only the day.
pub fn options() -> Options<'static> {
    Options::new("2026-03-31".parse().expect("a day"))
}

/// One sample, read.
pub fn sample(name: &str) -> Result<Vec<Statement>, Refusal> {
    read(&std::fs::read(folder().join(name)).expect("a sample"), &options())
}

/// One sample's text.
pub fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect("a sample")
}

/// A day as text; empty where there is none.
pub fn plain(day: Option<chrono::NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// One line with a code in front and a full stop at the end, and nothing that moves a cursor.
#[track_caller]
pub fn is_sentence(name: &str, refused: &Refusal) {
    let said = refused.to_string();
    assert!(said.starts_with('[') && said.ends_with('.') && said.len() > 20, "{name}: {said}");
    assert!(!said.chars().any(char::is_control), "{name}: {said:?}");
}
