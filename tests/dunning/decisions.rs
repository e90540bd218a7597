//! The decision by the worked examples of the behaviour reference, and by a model of its own over random customers.

use std::collections::BTreeMap;

use o2c::domain::dunning::{Assignment, Credits, Mode, Outcome, Reason, Scope, Verdict, choose};
use o2c::domain::money::Currency;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::world::{after_letter, day, hold, item, level, levels, on, owing, policy, sent, words};

/// SAP: due 12 March, grace 3, run 13 March gives no arrears.
#[test]
fn grace_delays_a_letter_and_the_day_it_ends_is_told() {
    let policy = o2c::domain::dunning::Policy { grace_days: 3, ..policy(vec![level(1, 1)]) };
    let customer = owing(vec![item(1, "1997-03-12", 100)]);
    let verdict = &on(&customer, &policy, "1997-03-13").verdicts[0];
    assert_eq!((verdict.outcome, verdict.changes_on), (Outcome::Leave, Some(day("1997-03-16"))));
    assert_eq!(levels(&customer, &policy, "1997-03-15"), [0]);
    assert_eq!(levels(&customer, &policy, "1997-03-16"), [1]);
}

/// OCA: level 1 due + 10, level 2 to the end of the month of due + 30, level 3 the letter + 10.
#[test]
fn three_waits_count_from_due_date_month_end_and_letter() {
    let mut second = level(2, 30);
    second.wait_from = o2c::domain::dunning::WaitFrom::MonthEnd;
    let policy = policy(vec![level(1, 10), second, after_letter(3, 10)]);
    let mut owed = item(1, "2024-01-31", 100);
    for (eve, reached, number) in
        [("2024-02-09", "2024-02-10", 1), ("2024-03-30", "2024-03-31", 2), ("2024-04-09", "2024-04-10", 3)]
    {
        let customer = owing(vec![owed.clone()]);
        assert_eq!(levels(&customer, &policy, eve), [0]);
        assert_eq!(on(&customer, &policy, eve).verdicts[0].changes_on, Some(day(reached)));
        assert_eq!(levels(&customer, &policy, reached), [number]);
        owed = sent(owed, number, reached);
    }
    assert_eq!(words(&owing(vec![owed]), &policy, "2024-12-31"), ["last level sent"]);
}

/// SAP: 100 of 1,000 passes 10 %, 100 of 1,100 at level 2 does not, so it stays at level 1, without another letter.
#[test]
fn a_minimum_share_that_is_not_met_falls_back_a_level() {
    let least = |mut level: o2c::domain::dunning::Level| {
        (level.min_amount, level.min_percent) = (BTreeMap::from([(Currency::EUR, 1_000)]), Decimal::TEN);
        level
    };
    let policy = policy(vec![least(level(1, 1)), least(after_letter(2, 7))]);
    let customer = |item, rest| owing(vec![item, self::item(2, "2026-12-31", rest)]);
    let first = item(1, "2026-03-01", 10_000);
    assert_eq!(levels(&customer(first.clone(), 90_000), &policy, "2026-03-02"), [1, 0]);
    let second = sent(first.clone(), 1, "2026-03-02");
    assert_eq!(levels(&customer(second.clone(), 90_000), &policy, "2026-03-09"), [2, 0]);
    assert_eq!(words(&customer(second, 100_000), &policy, "2026-03-09"), ["below minimum", "not late"]);
    let jump =
        o2c::domain::dunning::Policy { mode: Mode::Highest, ..self::policy(vec![level(1, 1), least(level(2, 7))]) };
    assert_eq!(levels(&customer(first, 100_000), &jump, "2026-03-09"), [1, 0], "never dunned: one level lower");
}

/// An account is dunned only if its latest item reaches the minimum days; then everything past its own grace is in.
#[test]
fn the_latest_item_opens_the_account() {
    let policy = o2c::domain::dunning::Policy { min_days_account: 10, ..policy(vec![level(1, 1)]) };
    let customer = owing(vec![item(1, "2026-03-01", 100), item(2, "2026-03-08", 100)]);
    assert_eq!(words(&customer, &policy, "2026-03-10"), ["account not late", "account not late"]);
    assert_eq!(on(&customer, &policy, "2026-03-10").verdicts[1].changes_on, Some(day("2026-03-11")));
    assert_eq!(levels(&customer, &policy, "2026-03-11"), [1, 1]);
}

/// D365: one letter for all, the next waits from the customer's last even for newly overdue items, and the level falls
/// to what fits when items are paid.
#[test]
fn in_customer_mode_the_customer_has_the_level() {
    let policy = o2c::domain::dunning::Policy {
        mode: Mode::Customer,
        ..policy(vec![level(1, 1), after_letter(2, 10), after_letter(3, 10)])
    };
    let old = sent(item(1, "2026-02-01", 100), 1, "2026-02-02");
    let new = item(2, "2026-02-05", 50);
    let customer = owing(vec![old.clone(), new.clone()]);
    assert_eq!(words(&customer, &policy, "2026-02-11"), ["waits", "waits"]);
    assert_eq!(levels(&customer, &policy, "2026-02-12"), [2, 2]);
    let older = owing(vec![sent(old, 2, "2026-02-12"), sent(new.clone(), 2, "2026-02-12")]);
    assert_eq!(levels(&older, &policy, "2026-02-22"), [3, 3]);
    assert_eq!(levels(&owing(vec![new]), &policy, "2026-02-22"), [1], "what was dunned is paid: from the beginning");
}

#[test]
fn two_currencies_are_two_letters() {
    let mut dollars = item(2, "2026-03-01", 100);
    dollars.currency = Currency::USD;
    let groups =
        on(&owing(vec![item(1, "2026-03-01", 100), dollars]), &policy(vec![level(1, 1)]), "2026-03-05").groups();
    let found: Vec<_> = groups.iter().map(|group| (group.currency, group.items.clone())).collect();
    assert_eq!(found, [(Currency::EUR, vec![1]), (Currency::USD, vec![2])]);
}

#[test]
fn a_courtesy_notice_goes_before_the_due_date() {
    let policy = policy(vec![level(1, -3), level(2, 3)]);
    let customer = owing(vec![item(1, "2026-03-10", 100)]);
    assert_eq!(levels(&customer, &policy, "2026-03-06"), [0]);
    assert_eq!(levels(&customer, &policy, "2026-03-07"), [1]);
}

#[test]
fn the_narrowest_scope_counts() {
    let of = |scope, policy: &str| Assignment { scope, policy: policy.into() };
    let mut customer = owing(Vec::new());
    customer.traits = vec![("country", "DE".into()), ("risk", "C".into())];
    let mut list = vec![
        of(Scope::Invoice(7), "invoice"),
        of(Scope::Customer(1), "customer"),
        of(Scope::Segment("country:DE risk:C".into()), "both"),
        of(Scope::Segment("country:DE".into()), "country"),
        of(Scope::Segment("country:FR".into()), "elsewhere"),
        of(Scope::Company, "company"),
    ];
    assert_eq!(choose(&list, &customer, 7), Some("invoice"));
    for must in ["customer", "both", "country", "company"] {
        assert_eq!(choose(&list, &customer, 8), Some(must));
        list.retain(|one| one.policy != must);
    }
    assert_eq!(choose(&list, &customer, 8), None);
}

#[test]
fn a_share_of_the_customers_is_always_the_same_and_about_as_large() {
    let list = [Assignment { scope: Scope::Segment("share:30".into()), policy: "trial".into() }];
    let within = |number: usize| {
        let mut customer = owing(Vec::new());
        customer.number = format!("{}", 10_000 + number);
        choose(&list, &customer, 0).is_some()
    };
    let drawn = (0..2_000).filter(|number| within(*number)).count();
    assert!((500..700).contains(&drawn), "{drawn} of 2000");
    assert!((0..2_000).all(|number| within(number) == within(number)));
}

proptest! {
    /// Whatever a customer owes: nothing disputed, promised, held, credited or not yet late is ever asked for, a level
    /// follows the one before, and one letter asks for no more than is open.
    #[test]
    fn nobody_is_asked_for_what_speaks_against_it(
        rows in prop::collection::vec((-20i64..60, -500i64..1000, 0i64..1000, 0u32..4, any::<bool>(), any::<bool>()), 1..8),
        mode in prop::sample::select(vec![Mode::Sequential, Mode::Highest, Mode::HighestPerCustomer, Mode::Customer]),
        grace in 0i64..5,
    ) {
        let today = day("2026-06-30");
        let base = policy(vec![level(1, 1), level(2, 14), after_letter(3, 7)]);
        let policy = o2c::domain::dunning::Policy { mode, grace_days: grace, credits: Credits::Net, ..base };
        let mut customer = owing(Vec::new());
        for (id, (late, open, disputed, before, promised, held)) in rows.into_iter().enumerate() {
            let mut one = item(id as i64, "2026-06-30", if open == 0 { 1 } else { open });
            one.due = today - chrono::Duration::days(late);
            one.disputed = disputed.min(one.open.max(0));
            one.promised_until = promised.then_some(today);
            for number in 1..=before {
                one = sent(one, number, "2026-06-01");
            }
            if held {
                customer.holds.push(hold(Some(one.id), None));
            }
            customer.items.push(one);
        }
        let decision = on(&customer, &policy, "2026-06-30");
        for (one, verdict) in customer.items.iter().zip(&decision.verdicts) {
            let Outcome::Dun(number) = verdict.outcome else { continue };
            prop_assert!(one.open > one.disputed && one.promised_until.is_none());
            prop_assert!(!customer.holds.iter().any(|hold| hold.item == Some(one.id)));
            prop_assert!((today - one.due).num_days() > grace);
            prop_assert!(verdict.asked == one.open - one.disputed);
            prop_assert!((1..=3).contains(&number));
            match mode {
                Mode::Sequential => prop_assert_eq!(number, one.level() + 1),
                Mode::Highest | Mode::HighestPerCustomer => prop_assert!(number > one.level()),
                Mode::Customer => prop_assert!(number > one.level()),
            }
        }
        let dunned: i64 = decision.groups().iter().map(|group| group.asked).sum();
        let credits: i64 = customer.items.iter().map(|one| (-one.open).max(0)).sum();
        // Credits pay what was reminded before and waits, then the highest level.
        let pays = |verdict: &&Verdict| match &verdict.why {
            Reason::Waits { .. } | Reason::LastLevel => customer.items.iter().any(|one| one.id == verdict.item && one.level() > 0),
            why => *why == Reason::Covered,
        };
        let paid: i64 = decision.verdicts.iter().filter(pays).map(|verdict| verdict.asked).sum();
        prop_assert!(dunned == 0 || dunned > credits - paid, "what credits cover is not asked for");
        let off: i64 = decision.verdicts.iter().map(|one| decision.credit_off(one.item)).sum();
        prop_assert!(off <= (credits - paid).max(0), "each credit counts once");
    }
}
