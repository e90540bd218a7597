//! Two people at once: every ordered pair of acts on the same customer, invoice, receipt, dispute, person, month and
//! request, the second sent by a session whose screen is older than the first act. The outcome must be that of some
//! order of the two, told apart by running both orders on copies of the same book; whoever loses is told who changed
//! what. Tried are all pairs about the same thing and an eighth of the others, or one of `O2C_PAIRS`; `O2C_LONG=1` tries
//! every pair, fresh too, and checks the whole book at every point, not at every third pair.

#[path = "pairs/acts.rs"]
mod acts;
#[path = "authority/book.rs"]
#[allow(dead_code, reason = "the authority suite uses the rest of it")]
mod book;
#[path = "pairs/desk.rs"]
mod desk;
#[path = "pairs/more.rs"]
mod more;
#[path = "authority/props.rs"]
mod props;
#[path = "pairs/stage.rs"]
mod stage;
#[path = "rigs/variants.rs"]
mod variants;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use acts::{ACTS, Kinded, Shown};
use desk::{Desk, State, Template, ends};
use more::{MORE, PROPOSALS};

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
const LOST: [&str; 32] = [
    "ACT-03", "ACT-04", "ACT-07", "ACT-08", "ACT-09", "ACT-10", "AMT-06", "AUT-01", "AUT-02", "AUT-04", "AUT-06",
    "AUT-07", "AUT-11", "BNK-09", "BNK-11", "DAT-02", "DAT-04", "DIS-02", "DUN-02", "DUN-04", "DUN-05", "DUN-07",
    "DUN-08", "DUN-09", "IMP-01", "MAIL-07", "MAIL-08", "MAIL-09", "MAIL-10", "MAS-01", "MAS-02", "PLN-02",
];

/// Every act of the pairs.
fn every() -> Vec<&'static Kinded> {
    ACTS.iter().chain(&MORE).chain(&PROPOSALS).collect()
}

/// Whether a pair is tried.
fn is_tried(one: usize, other: usize, every: &[&Kinded]) -> bool {
    is_long() || every[one].shares(every[other]) || (one * 3 + other).is_multiple_of(share())
}

/// One of how many pairs about different things is tried: `O2C_PAIRS`, or 8.
fn share() -> usize {
    std::env::var("O2C_PAIRS").ok().and_then(|text| text.trim().parse().ok()).unwrap_or(8).max(1)
}

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
    let every = every();
    let shown = Desk::of(&template).shown();
    let requests: Vec<_> = every.iter().map(|kinded| kinded.request(&shown).act).collect();
    assert_eq!(variants::missing(&requests), [""; 0], "no pair has these acts");
    let alone: Vec<[Alone; 2]> = every.iter().map(|kinded| [0, 1].map(|seat| alone(&template, kinded, seat))).collect();
    let wrong: Vec<String> = every
        .iter()
        .zip(&alone)
        .filter(|(_, alone)| !["done", "asked"].contains(&&*alone[1].ended))
        .map(|(kinded, alone)| format!("{} {}", kinded.name, alone[1].ended))
        .collect();
    assert!(wrong.is_empty(), "not even alone are these possible: {wrong:?}");
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let work = || {
        let mut tally = Tally::default();
        loop {
            let pair = next.fetch_add(1, Ordering::Relaxed);
            if pair >= every.len() * every.len() {
                break;
            }
            let (one, other) = (pair / every.len(), pair % every.len());
            if !is_tried(one, other, &every) {
                continue;
            }
            let both = [&alone[one][0], &alone[other][1]];
            let tried = || stale(&template, &both, every[one], every[other], &mut tally);
            if std::panic::catch_unwind(std::panic::AssertUnwindSafe(tried)).is_err() {
                tally.wrong += 1;
            }
            tally.pairs += 1;
            if is_long() {
                in_order(&template, (every[one], 0), (every[other], 1));
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
    assert_eq!(tally.wrong, 0);
    assert!(tally.pairs > every.len() * every.len() / 8, "{tally:?}");
    // Shown by no other test.
    assert!(["DUN-09", "MAIL-07"].iter().all(|code| tally.lost.contains_key(*code)), "{tally:?}");
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
