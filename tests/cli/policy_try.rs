//! `o2c policy try` on demo books of several seeds and days: the present policies give the recorded runs again, one for
//! one, and a changed policy, a changed letter or a letter that is gone show that the comparison can fail.

use serde_json::Value;

use crate::rig::Rig;

struct Demo {
    rig: Rig,
    today: &'static str,
    from: &'static str,
}

impl Demo {
    /// A demo book as of a day; `from` is fifteen months before it.
    fn new(today: &'static str, from: &'static str, size: &[&str]) -> Demo {
        let rig = Rig::bare();
        let make = ["--today", today, "demo", "--out", "book.db"];
        rig.run_by_the_clock(&[&make[..], size].concat()).done();
        Demo { rig, today, from }
    }

    fn run(&self, args: &[&str]) -> String {
        self.rig.run_by_the_clock(&[&["--today", self.today], args].concat()).done()
    }

    fn tried(&self, file: &str) -> Value {
        let text = self.run(&["policy", "try", file, "--from", self.from, "--json"]);
        serde_json::from_str(&text).expect("JSON")
    }

    /// The policies as they are, each tried beside itself.
    fn is_recorded(&self) -> Value {
        let text = self.run(&["policy", "export", "standard"]);
        self.rig.file("standard.toml", text);
        self.tried("standard.toml")
    }

    fn tamper(&self, sql: &str) -> usize {
        let conn = rusqlite::Connection::open(self.rig.path("book.db")).expect("the book");
        conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false).expect("no guards");
        conn.execute(sql, []).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }
}

#[track_caller]
fn same(answer: &Value) {
    assert_eq!(answer["present_is_recorded"], true, "{answer}");
    for other in ["present", "tried"] {
        for figure in ["runs_with_letters", "letters", "fees"] {
            assert_eq!(answer["recorded"][figure], answer[other][figure], "{other} {figure}: {answer}");
        }
    }
    let levels = answer["recorded"]["letters"].as_object().expect("letters by level");
    assert!(levels.len() >= 2 && answer["recorded"]["runs_with_letters"].as_i64() >= Some(4), "{answer}");
}

#[test]
fn the_present_policies_give_the_recorded_runs_of_every_demo_book() {
    let small = |seed| ["--customers", "30", "--invoices", "900", "--seed", seed];
    for demo in [
        Demo::new("2026-03-16", "2025-01-01", &[]),
        Demo::new("2024-02-29", "2022-12-01", &small("2")),
        Demo::new("2027-08-01", "2026-05-01", &small("77")),
    ] {
        same(&demo.is_recorded());
        assert_eq!(demo.run(&["check"]), "");
    }
}

#[test]
fn a_changed_policy_or_a_changed_letter_is_noticed() {
    let demo = Demo::new("2026-03-16", "2025-01-01", &["--customers", "30", "--invoices", "900", "--seed", "5"]);
    same(&demo.is_recorded());
    let whole = std::fs::read(demo.rig.path("book.db")).expect("the book");
    let newest = "(SELECT max(letter_id) FROM letter_line)";
    for change in [
        format!("DELETE FROM letter_line WHERE letter_id = {newest}"),
        format!("UPDATE letter SET level = level + 1 WHERE id = {newest}"),
    ] {
        assert!(demo.tamper(&change) > 0, "{change}");
        let answer = demo.is_recorded();
        assert_eq!(answer["present_is_recorded"], false, "{change}: {answer}");
        std::fs::write(demo.rig.path("book.db"), &whole).expect("the book");
    }
    same(&demo.is_recorded());

    // Tried beside the present one, a policy that waits longer writes less; taken in, the present is not what was recorded.
    let slow = demo.rig.read("standard.toml").replacen("wait_days = ", "wait_days = 2", 1);
    demo.rig.file("slow.toml", slow);
    let answer = demo.tried("slow.toml");
    assert_eq!(answer["present_is_recorded"], true, "{answer}");
    let first = |side: &str| answer[side]["letters"]["1"].as_i64().unwrap_or(0);
    assert!(first("tried") < first("present"), "{answer}");
    let said = demo.rig.run_by_the_clock(&["--today", demo.today, "policy", "import", "slow.toml"]).done();
    if said.contains("Sent for approval") {
        return;
    }
    assert_eq!(demo.is_recorded()["present_is_recorded"], false);
}
