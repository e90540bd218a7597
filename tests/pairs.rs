//! Two people at once: every ordered pair of acts on the same customer, invoice, receipt, dispute, person, month and
//! request, the second sent by a session whose screen is older than the first act. The outcome must be that of some
//! order of the two, told apart by running both orders on copies of the same book; whoever loses is told who changed
//! what. `O2C_LONG=1` tries every pair fresh too and checks the whole book at every point, not at every third pair.

#[path = "pairs/acts.rs"]
mod acts;
#[path = "authority/book.rs"]
#[allow(dead_code, reason = "the authority suite uses the rest of it")]
mod book;
#[path = "pairs/desk.rs"]
mod desk;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use acts::{ACTS, Kinded, Shown};
use desk::{Desk, State, Template, ends};

/// What came of the pairs.
#[derive(Default, Debug)]
struct Tally {
    pairs: usize,
    points: usize,
    /// Pairs that came out wrong; each has said how.
    wrong: usize,
    checked: usize,
    both: usize,
    asked: usize,
    /// Refused for what the first did, by code.
    lost: BTreeMap<String, usize>,
}

/// Codes by which somebody learns that what they saw is no longer so.
const LOST: [&str; 23] = [
    "ACT-03", "ACT-04", "ACT-07", "ACT-08", "ACT-10", "AMT-06", "AUT-01", "AUT-02", "AUT-04", "AUT-06", "AUT-07",
    "AUT-11", "BNK-09", "BNK-11", "DAT-02", "DAT-04", "DIS-02", "DUN-02", "DUN-04", "DUN-07", "DUN-08", "IMP-01",
    "MAS-02",
];

/// What one act alone leaves of the book, or the code it is refused with.
struct Alone {
    ended: String,
    state: State,
    shown: Shown,
}

fn is_long() -> bool {
    std::env::var_os("O2C_LONG").is_some()
}

/// One act, then the other as somebody sees the book after the first. Gives how the other ended.
fn in_order(template: &Template, first: (&Kinded, usize), second: (&Kinded, usize)) -> (String, State) {
    let desk = Desk::of(template);
    let mut ended = String::new();
    for (kinded, seat) in [first, second] {
        ended = ends(&desk.send(seat, kinded.who[seat], &kinded.request(&desk.shown())));
    }
    if is_long() {
        desk.assert_sound(&format!("{} then {}, fresh", first.0.name, second.0.name));
    }
    (ended, desk.state())
}

/// The second act with a screen older than the first.
fn stale(template: &Template, alone: &[&Alone; 2], first: &Kinded, second: &Kinded, tally: &mut Tally) {
    let name = format!("{} ({}), then {} ({})", first.name, first.who[0], second.name, second.who[1]);
    let desk = Desk::of(template);
    let old = desk.shown();
    let before = desk.send(0, first.who[0], &first.request(&old));
    assert_eq!(ends(&before), alone[0].ended, "{name}: the first act is not the same twice");
    let result = desk.send(1, second.who[1], &second.request(&old));
    let (ended, state) = (ends(&result), desk.state());
    if is_long() || tally.pairs.is_multiple_of(3) {
        desk.assert_sound(&name);
        tally.checked += 1;
    }
    tally.points += 1;
    let must_lose = second.rests_on_changed(&old, &alone[0].shown);
    if let Some(code) = must_lose {
        assert_eq!(ended, code, "{name}: what it rests on changed");
    }
    if ended != "done" && ended != "asked" {
        assert_eq!(state, alone[0].state, "{name}: refused with {ended}, and yet something changed");
        if ended != alone[1].ended {
            let sentence = result.expect_err("a refusal").to_string();
            assert!(LOST.contains(&ended.as_str()) || ended == "SES-04", "{name}: {sentence}");
            if ended == "ACT-03" {
                let did = before.map(|done| done.summary).unwrap_or_default();
                let who = desk.name(first.who[0]);
                assert!(
                    sentence.contains(&who) && sentence.contains(&did),
                    "{name}: {sentence} names not {who}: {did}"
                );
            }
            *tally.lost.entry(ended).or_default() += 1;
        }
        return;
    }
    tally.asked += usize::from(ended == "asked");
    tally.both += usize::from(ended == "done");
    let (fresh, as_if_after) = in_order(template, (first, 0), (second, 1));
    tally.points += 1;
    if fresh == ended && as_if_after == state {
        return;
    }
    let (_, as_if_before) = in_order(template, (second, 1), (first, 0));
    tally.points += 1;
    let differs = state.difference(&as_if_after);
    assert_eq!(state, as_if_before, "{name}: neither order gives this; from the first order it differs by {differs}");
}

#[test]
fn every_pair_of_acts_is_as_if_one_came_after_the_other() {
    let template = Template::new();
    let alone: Vec<[Alone; 2]> = ACTS.iter().map(|kinded| [0, 1].map(|seat| alone(&template, kinded, seat))).collect();
    let wrong: Vec<&str> = ACTS
        .iter()
        .zip(&alone)
        .filter(|(_, alone)| !["done", "asked"].contains(&&*alone[1].ended))
        .map(|a| a.0.name)
        .collect();
    assert!(wrong.is_empty(), "not even alone are these possible: {wrong:?}");
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let work = || {
        let mut tally = Tally::default();
        loop {
            let pair = next.fetch_add(1, Ordering::Relaxed);
            if pair >= ACTS.len() * ACTS.len() {
                break;
            }
            let (one, other) = (pair / ACTS.len(), pair % ACTS.len());
            let both = [&alone[one][0], &alone[other][1]];
            let tried = || stale(&template, &both, &ACTS[one], &ACTS[other], &mut tally);
            if std::panic::catch_unwind(std::panic::AssertUnwindSafe(tried)).is_err() {
                tally.wrong += 1;
            }
            tally.pairs += 1;
            if is_long() {
                in_order(&template, (&ACTS[one], 0), (&ACTS[other], 1));
                tally.points += 1;
            }
        }
        let mut total = total.lock().expect("a tally");
        total.pairs += tally.pairs;
        total.points += tally.points;
        total.wrong += tally.wrong;
        total.checked += tally.checked;
        total.both += tally.both;
        total.asked += tally.asked;
        for (code, count) in tally.lost {
            *total.lost.entry(code).or_default() += count;
        }
    };
    std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        for handle in handles {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    let tally = total.into_inner().expect("a tally");
    println!("act pairs: {tally:?}");
    assert_eq!((tally.pairs, tally.wrong), (ACTS.len() * ACTS.len(), 0));
    assert!(tally.lost["ACT-03"] > 40 && tally.lost.len() > 8, "hardly anybody lost: {tally:?}");
}

fn alone(template: &Template, kinded: &Kinded, seat: usize) -> Alone {
    let desk = Desk::of(template);
    let ended = ends(&desk.send(seat, kinded.who[seat], &kinded.request(&desk.shown())));
    Alone { ended, state: desk.state(), shown: desk.shown() }
}

/// The rig itself: without what was seen, the second of two people at one invoice is not told, and the comparison of
/// what must have lost says so.
#[test]
fn a_request_that_says_nothing_of_what_was_seen_is_noticed() {
    let template = Template::new();
    let credit = ACTS.iter().find(|kinded| kinded.name == "credit").expect("credit");
    let desk = Desk::of(&template);
    let old = desk.shown();
    desk.send(0, credit.who[0], &credit.request(&old)).expect("credited");
    let mut silent = credit.request(&old);
    silent.expect.clear();
    assert_eq!(ends(&desk.send(1, credit.who[1], &silent)), "done");
    assert_eq!(credit.rests_on_changed(&old, &desk.shown()), Some("ACT-03"), "so the pair would have failed");
}
