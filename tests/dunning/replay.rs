//! The demo book's own runs, made by the acts people use, replayed: the policies in force give the recorded letters one
//! for one, and another policy gives others.

use o2c::demo::{self, Plan, Size};
use o2c::domain::dunning::Policy;
use o2c::store::dunning::history::history;
use o2c::store::dunning::load::rules_of;
use o2c::store::dunning::replay::{Came, recorded, recorded_runs, replay};
use o2c::store::{BookPath, Reader};

use crate::book::day;

fn demo(seed: u64, size: Size) -> (Reader, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = BookPath::new(folder.path().join("demo.o2c"));
    demo::make(&path, &Plan { size, seed, today: day("2026-03-16") }, &mut |_, _| {}).expect("a demo");
    (Reader::open(&path).expect("the book"), folder)
}

/// What differs, letter by letter.
fn differences(a: &Came, b: &Came) -> Vec<String> {
    let only = |a: &Came, b: &Came, sign: &str| -> Vec<String> {
        a.letters
            .iter()
            .filter(|(key, items)| b.letters.get(key) != Some(*items))
            .map(|one| format!("{sign} {one:?}"))
            .collect()
    };
    [only(a, b, "only recorded:"), only(b, a, "only replayed:")].concat()
}

#[test]
fn the_present_policies_give_exactly_the_recorded_letters() {
    for (seed, customers, invoices) in [(1, 60, 2_400), (2, 40, 1_200), (7, 25, 600)] {
        let (reader, _folder) = demo(seed, Size { customers, invoices });
        for from in ["2025-01-01", "2025-11-03", "2026-01-15"] {
            let from = day(from);
            let (past, own) = (history(&reader, from).expect("the past"), recorded(&reader, from).expect("runs"));
            let runs = recorded_runs(&reader, from).expect("runs");
            let again = replay(&past, &rules_of(&reader).expect("rules"), &runs, None);
            assert_eq!(differences(&own, &again), Vec::<String>::new(), "seed {seed} from {from}");
            assert_eq!((&own.fees, &own.asked), (&again.fees, &again.asked), "seed {seed} from {from}");
        }
    }
}

#[test]
fn the_recorded_runs_of_the_usual_demo_have_letters_of_every_level_and_another_policy_gives_others() {
    let (reader, _folder) = demo(1, Size::default());
    let from = day("2025-01-01");
    let own = recorded(&reader, from).expect("runs");
    assert!(own.runs >= 8, "{}", own.runs);
    for level in 1..=3 {
        assert!(own.of_level(level) >= 2, "level {level}: {}", own.of_level(level));
    }
    assert!(!own.fees.is_empty());
    let (past, runs) = (history(&reader, from).expect("the past"), recorded_runs(&reader, from).expect("runs"));
    let rules = rules_of(&reader).expect("rules");
    let standard = rules.policies.iter().find(|policy| policy.name == "standard").expect("standard").clone();
    let mut late = standard.clone();
    late.levels[0].wait_days = 30;
    let other = replay(&past, &rules.clone().with(late), &runs, None);
    assert!(other.of_level(1) < own.of_level(1), "{} {}", other.of_level(1), own.of_level(1));
    let renamed = Policy { name: "again".into(), ..standard };
    let same = replay(&past, &rules.clone().with(renamed), &runs, Some(("standard".into(), "again".into())));
    assert_eq!(differences(&own, &same), Vec::<String>::new(), "the same policy under another name");
}
