//! What letters of one customer mean for each other: credits that count once, a level that goes out once whichever run sends
//! it, a policy that changes between two letters, and fees of which a part is waived.

use o2c::acts::Act;
use o2c::acts::dunning::{Dunning, Review, waive};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::dunning::{FeePer, Letter, Mode, Origin, Outcome, Paid, Policy, Scope};
use o2c::domain::money::Currency;
use o2c::store::dunning::charges::waivers;
use o2c::store::dunning::runs::{all, letters_of};
use o2c::store::dunning::{letters, proposed, runs};
use o2c::store::{BookPath, Reader};
use rust_decimal::Decimal;

use crate::book::{Company, day, document, euro};
use crate::complaints::costly;
use crate::runs::{desk, standard, with_fee};
use crate::world::{after_letter, item, level, levels, on, owing, policy, sent, words};

fn reader(company: &Company) -> Reader {
    Reader::open(&BookPath::new(company.conn.path().expect("a file"))).expect("a reader")
}

/// Money of the first customer that nobody applied.
fn on_account(company: &Company, amount: i64) {
    let (reference, method, text) = (String::new(), String::new(), String::new());
    let (customer, date, currency) = (1, company.today, Currency::EUR);
    company.done(
        "anna",
        Act::PostReceipt { customer, reference, date, currency, amount, method, text, applied: Vec::new() },
    );
}

fn totals(letters: &[Letter]) -> Vec<(u32, i64)> {
    let mut totals: Vec<_> = letters.iter().map(|letter| (letter.level, letter.total())).collect();
    totals.sort_unstable();
    totals
}

/// OCA/credit-control#211: credits are taken off, and no two letters take the same off.
#[test]
fn a_credit_is_taken_off_one_letter_only_and_pays_the_highest_level_first() {
    for (money, must) in [(30, vec![(1, 10_000), (2, 7_000)]), (150, vec![(1, 5_000)]), (100, vec![(1, 10_000)])] {
        let mut company = desk();
        company.under(&standard());
        company.remind();
        company.done("anna", document(Kind::Invoice, "INV-2", euro(100), day("2026-03-09")));
        company.later(8);
        on_account(&company, euro(money));
        assert_eq!(totals(&company.remind()), must, "{money} on account");
        company.assert_sound();
    }
}

/// A line lowered out of its letter takes its own share of the credit along, and no more.
#[test]
fn a_letter_split_by_hand_takes_the_credit_off_once() {
    let mut company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(200), day("2026-03-02")));
    company.under(&standard());
    company.remind();
    company.later(8);
    on_account(&company, euro(130));
    let run = company.draft().expect("a run");
    let line = company.lines(run)[1].id;
    let (what, reason) = (Review::Lower { level: 1 }, "pays slowly but surely".to_owned());
    company.dunning("anna", Dunning::ReviewLines { lines: vec![line], what, reason }).expect("lowered");
    company.send(run);
    let out = runs::sent(&company.conn, run).expect("letters");
    let out: Vec<Letter> =
        out.iter().map(|(_, id, _)| letters::letter(&company.conn, *id).expect("a letter")).collect();
    assert_eq!(totals(&out), [(1, euro(170))], "100.00 is covered, 200.00 less 30.00");
    company.assert_sound();
}

/// A credit that an earlier letter took off is not taken off the next one: what was reminded of is still there to be paid.
#[test]
fn a_credit_is_not_taken_off_again_by_a_letter_of_another_day() {
    let mut company = desk();
    company.under(&standard());
    on_account(&company, euro(40));
    assert_eq!(totals(&company.remind()), [(1, 6_000)]);
    company.later(1);
    company.done("anna", document(Kind::Invoice, "INV-2", euro(200), day("2026-03-03")));
    assert_eq!(totals(&company.remind()), [(1, 20_000)], "60.00 and 200.00 are 300.00 less 40.00");
    company.assert_sound();
}

/// Two policies of one customer do not each take the same credit off.
#[test]
fn a_credit_is_taken_off_once_whatever_policies_its_customer_is_under() {
    let company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(250), day("2026-03-02")));
    company.under(&standard());
    let other = Policy { name: "other".into(), ..standard() };
    company.dunning("anna", Dunning::SetPolicy { policy: Box::new(other), version: 0 }).expect("a policy");
    let assign = Dunning::AssignPolicy { scope: Scope::Invoice(2), policy: "other".into() };
    company.dunning("anna", assign).expect("assigned");
    on_account(&company, euro(250));
    assert_eq!(company.remind().iter().map(Letter::total).sum::<i64>(), euro(100), "350.00 less 250.00");
    company.assert_sound();
}

/// The first letter about an item speaks of no reminder before it, whatever level the item has reached by then.
#[test]
fn a_first_letter_of_a_higher_level_is_no_second_reminder() {
    let mut company = desk();
    company.under(&Policy { mode: Mode::Highest, ..policy(vec![level(1, 3), level(2, 10)]) });
    company.later(30);
    let letter = &company.remind()[0];
    assert_eq!((letter.level, letter.template.as_str()), (2, "reminder-1"));
}

/// adempiere#2369: what a run of another scope sent meanwhile is not sent again by one released before.
#[test]
fn no_run_sends_a_level_that_another_run_has_sent() {
    let mut company = desk();
    company.under(&standard());
    let first = company.draft().expect("a run of everybody");
    company.release(first);
    company.dunning("anna", Dunning::DraftRun { segment: "currency:EUR".into() }).expect("a run of a segment");
    let second = all(&company.conn).expect("runs")[0].id;
    company.send(second);
    company.later(8);
    company.start(first);
    let key = letters_of(&company.lines(first))[0];
    let refused = company.letter(first, key).expect_err("level 1 is out").to_string();
    assert!(refused.starts_with("[DUN-08]"), "{refused}");
    assert_eq!(company.number("SELECT count(*) FROM letter"), 1);
    company.assert_sound();
}

/// behaviour.md 5B: lines whose policy changed since their last letter are decided by hand; then they go on.
#[test]
fn an_item_whose_policy_changed_waits_for_a_person_and_goes_on_at_its_level() {
    let mut company = desk();
    company.under(&standard());
    company.remind();
    let strict = Policy { name: "strict".into(), ..standard() };
    company.dunning("anna", Dunning::SetPolicy { policy: Box::new(strict), version: 0 }).expect("a policy");
    let assign = |scope| Dunning::AssignPolicy { scope, policy: "strict".into() };
    company.dunning("anna", assign(Scope::Company)).expect("assigned");
    company.later(8);
    assert_eq!((company.draft(), company.why()), (Err("DUN-02".into()), vec!["other policy"]));
    company.dunning("anna", assign(Scope::Invoice(1))).expect("decided");
    assert_eq!(totals(&company.remind()), [(2, 10_000)]);
    company.assert_sound();
}

/// SAP: the largest arrears of the account count, also those of an item that waits for its next level.
#[test]
fn an_item_that_waits_for_its_next_level_keeps_the_account_late() {
    let policy = Policy { min_days_account: 10, ..policy(vec![level(1, 3), after_letter(2, 14)]) };
    let waits = sent(item(1, "2026-03-05", 100), 1, "2026-03-10");
    let late = item(2, "2026-03-12", 100);
    assert_eq!(levels(&owing(vec![late.clone()]), &policy, "2026-03-16"), [0], "by itself it is too young");
    assert_eq!(levels(&owing(vec![waits, late]), &policy, "2026-03-16"), [0, 1]);
}

#[test]
fn in_customer_mode_an_item_past_its_last_level_keeps_no_letter_about_others_back() {
    let policy = Policy { mode: Mode::Customer, ..policy(vec![level(1, 3), after_letter(2, 7)]) };
    let ended = sent(sent(item(1, "2026-01-05", 100), 1, "2026-01-10"), 2, "2026-01-20");
    let fresh = item(2, "2026-03-02", 100);
    let customer = owing(vec![ended, fresh]);
    assert_eq!(levels(&customer, &policy, "2026-03-10"), [0, 1]);
    assert_eq!(words(&customer, &policy, "2026-03-10")[0], "last level sent");
}

#[test]
fn a_percentage_of_a_letter_is_none_of_the_fees_in_it() {
    let mut policy = with_fee(standard(), 0, 1_000);
    (policy.levels[1].fee_percent, policy.levels[1].fee_per) = (Decimal::from(10), FeePer::Letter);
    policy.levels[1].wait_days = 1;
    let mut company = desk();
    company.under(&policy);
    company.remind();
    company.later(30);
    let letters = company.remind();
    let second = letters.iter().find(|letter| letter.level == 2).expect("the second letter");
    assert_eq!(second.lines.iter().map(|line| line.fee).sum::<i64>(), 1_000, "ten percent of 100.00 alone");
}

/// frappe/erpnext#58220: a fee for two invoices of which one is paid is waived by half, and not asked for before that.
#[test]
fn a_fee_is_waived_for_the_part_that_is_paid_and_credited_once() {
    let mut company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(300), day("2026-03-01")));
    company.under(&Policy { on_principal_paid: Paid::Waive, ..with_fee(standard(), 0, 1_000) });
    company.remind();
    company.pay(1, euro(100));
    company.later(30);
    let due = waivers(&reader(&company), company.today).expect("waivers");
    assert_eq!(
        due.iter().map(|one| (one.document.as_str(), one.part, one.open)).collect::<Vec<_>>(),
        [("E-1", 1_000, 2_000)]
    );
    assert!(company.why().contains(&"fee waived"), "{:?}", company.why());
    let asked = |letters: &[Letter]| -> i64 { letters.iter().map(Letter::total).sum() };
    company.done("anna", waive::request(&due[0], company.today).act);
    assert_eq!(waivers(&reader(&company), company.today).expect("waivers"), []);
    assert_eq!(asked(&company.remind()), euro(300) + 1_000, "the invoice that is open and its own fee");
    company.pay(2, euro(300));
    let due = waivers(&reader(&company), company.today).expect("waivers");
    assert_eq!(due.iter().map(|one| one.part).collect::<Vec<_>>(), [1_000]);
    company.done("anna", waive::request(&due[0], company.today).act);
    assert_eq!(company.number("SELECT count(*) FROM item WHERE open <> 0"), 0);
    company.assert_sound();
}

/// A fee for a letter as a whole is for each of its items: it stands while any of them is open.
#[test]
fn a_fee_for_a_whole_letter_is_waived_when_all_of_it_is_paid() {
    let mut policy = Policy { on_principal_paid: Paid::Waive, ..with_fee(standard(), 0, 1_000) };
    policy.levels[0].fee_per = FeePer::Letter;
    let company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(300), day("2026-03-01")));
    company.under(&policy);
    assert_eq!(totals(&company.remind()), [(1, euro(400) + 1_000)]);
    company.pay(1, euro(100));
    assert_eq!(waivers(&reader(&company), company.today).expect("waivers"), []);
    company.pay(2, euro(300));
    assert_eq!(waivers(&reader(&company), company.today).expect("waivers").len(), 1);
}

#[test]
fn the_part_of_a_fee_that_is_owed_is_told_from_the_rest() {
    let policy = Policy { on_principal_paid: Paid::Waive, ..policy(vec![level(1, 3)]) };
    for (owed, must) in [(0, "fee waived"), (40, "fee waived"), (100, "dunned")] {
        let mut fee = item(1, "2026-03-01", 100);
        fee.origin = Origin::Charge { owed };
        let verdict = &on(&owing(vec![fee]), &policy, "2026-03-20").verdicts[0];
        assert_eq!(verdict.why.word(), must, "{owed}");
        assert_eq!(verdict.outcome == Outcome::Leave, must != "dunned");
    }
}

/// What a second person approves and what goes out are one letter, its interest included.
#[test]
fn a_letter_is_looked_at_as_it_goes_out() {
    let company = desk();
    company.under(&costly(Paid::Keep));
    let run = company.draft().expect("a run");
    let key = letters_of(&company.lines(run))[0];
    let seen = proposed::letter(&reader(&company), run, key, company.today).expect("a preview").expect("a letter");
    company.send(run);
    let (_, id, _) = runs::sent(&company.conn, run).expect("letters")[0].clone();
    let out = letters::letter(&company.conn, id).expect("a letter");
    assert_eq!((&seen.lines, seen.total(), seen.credits), (&out.lines, out.total(), out.credits));
    assert_eq!(seen.lines[0].interest, 41);
}

/// behaviour.md 5E: withdrawn is a promise taken back before it was judged; a broken one stays broken.
#[test]
fn a_broken_promise_is_not_withdrawn() {
    let mut company = desk();
    let promised = company.today + chrono::Duration::days(4);
    company.done("anna", Act::Promise { items: vec![(1, euro(100))], on: promised, text: String::new() });
    company.later(20);
    let refused = company.act("anna", Act::Withdraw { promise: 1 }).expect_err("it is broken").to_string();
    assert!(refused.starts_with("[ACT-08]") && refused.contains("broken"), "{refused}");
}
