//! What must hold for any input: sums add up, nothing is allocated twice, presentations move nothing, the past stays.

use chrono::NaiveDate;
use o2c::domain::aging::{self, AgedItem, Aging, Bands, Basis, Credits, Kind, View};
use o2c::domain::allocation::{self, OpenDebit};
use o2c::domain::calendar;
use o2c::domain::item::{self, Allocation};
use o2c::domain::money::{self, Currency};
use o2c::domain::posting;
use o2c::domain::terms::{Step, Terms};
use o2c::domain::text;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn day(offset: i64) -> NaiveDate {
    calendar::add_days(NaiveDate::from_ymd_opt(2024, 1, 1).unwrap(), offset)
}

prop_compose! {
    fn debit()(id in 0..1000i64, open in 1..1_000_000i64, permille in 0..1000i64, due in 0..800i64) -> OpenDebit {
        OpenDebit { id, open, disputed: open * permille / 1000, due: day(due) }
    }
}

prop_compose! {
    fn aged()(
        customer in 1..4i64,
        kind in prop_oneof![4 => Just(Kind::Debit), 1 => Just(Kind::CreditNote), 1 => Just(Kind::Unapplied)],
        usd in any::<bool>(),
        size in 1..1_000_000i64,
        permille in 0..1000i64,
        document in 0..800i64,
        terms in 0..90i64,
    ) -> AgedItem {
        let open = if kind == Kind::Debit { size } else { -size };
        let disputed = if kind == Kind::Debit { size * permille / 1000 } else { 0 };
        let currency = if usd { Currency::USD } else { Currency::EUR };
        let base = if usd { open * 9 / 10 } else { open };
        let due_date = (terms > 0).then(|| day(document + terms));
        AgedItem { customer, kind, currency, open, base, disputed, document_date: day(document), due_date }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..200i64).prop_map(Step::AddDays),
        (0..24i32).prop_map(Step::AddMonths),
        Just(Step::EndOfMonth),
        (1..=31u32).prop_map(Step::DayOfMonth),
        (1..=31u32, 1..4i32, 1..=31u32).prop_map(|(day, months, cut_off)| Step::Proximo { day, months, cut_off }),
    ]
}

/// The presentations and bases there are, on one day.
fn views(as_of: NaiveDate) -> Vec<View> {
    let credits = [Credits::Separate, Credits::OwnDate, Credits::Oldest];
    let both = |credits| [Basis::Due, Basis::Document].map(|basis| (credits, basis));
    let view = |(credits, basis)| View { as_of, basis, credits, bands: Bands::default() };
    credits.into_iter().flat_map(both).map(view).collect()
}

fn columns(aging: &Aging) -> i64 {
    aging.buckets.iter().map(|bucket| bucket.amount).sum::<i64>() + aging.credits + aging.unapplied
}

proptest! {
    #[test]
    fn splits_add_up(total in -money::AMOUNT_MAX..=money::AMOUNT_MAX, weights in vec(0..10_000u32, 1..20)) {
        let weights: Vec<Decimal> = weights.into_iter().map(Decimal::from).collect();
        prop_assert_eq!(money::split(total, &weights).iter().sum::<i64>(), total);
    }

    #[test]
    fn automatic_allocation_stays_within_receipt_and_items(
        credit in 0..3_000_000i64,
        mut debits in vec(debit(), 0..12),
        partial in any::<bool>(),
    ) {
        for (place, debit) in debits.iter_mut().enumerate() {
            debit.id = place as i64;
        }
        let proposal = allocation::oldest_first(credit, &debits, partial);
        let taken: i64 = proposal.shares.iter().map(|share| share.amount).sum();
        prop_assert_eq!(taken + proposal.remainder, credit);
        prop_assert!(proposal.remainder >= 0);
        for debit in &debits {
            let of: i64 = proposal.shares.iter().filter(|s| s.item == debit.id).map(|s| s.amount).sum();
            prop_assert!(of >= 0 && of <= debit.open - debit.disputed);
        }
        let collectible: i64 = debits.iter().map(OpenDebit::collectible).sum();
        prop_assert!(!partial || proposal.remainder == 0 || taken == collectible, "the rest stays only when all is paid");
    }

    #[test]
    fn named_allocation_stays_within_receipt_and_items(
        credit in 0..3_000_000i64,
        mut debits in vec(debit(), 1..8),
        named in vec((0..10i64, proptest::option::of(0..2_000_000i64)), 0..10),
    ) {
        for (place, debit) in debits.iter_mut().enumerate() {
            debit.id = place as i64;
        }
        let proposal = allocation::by_reference(credit, &named, &debits);
        prop_assert_eq!(proposal.shares.iter().map(|s| s.amount).sum::<i64>() + proposal.remainder, credit);
        for debit in &debits {
            let of: i64 = proposal.shares.iter().filter(|s| s.item == debit.id).map(|s| s.amount).sum();
            prop_assert!(of <= debit.open);
        }
    }

    #[test]
    fn presentation_and_basis_move_nothing(items in vec(aged(), 0..40), as_of in 0..900i64) {
        let base: i64 = items.iter().map(|item| item.base).sum();
        let euros: i64 = items.iter().filter(|i| i.currency == Currency::EUR).map(|i| i.open).sum();
        for view in views(day(as_of)) {
            let all = aging::in_base(&items, &view);
            prop_assert_eq!(all.net, base);
            prop_assert_eq!(columns(&all), base);
            for bucket in &all.buckets {
                prop_assert!(view.credits == Credits::OwnDate || (bucket.disputed >= 0 && bucket.collectible() >= 0));
            }
            if let Some(part) = aging::by_currency(&items, &view).get(&Currency::EUR) {
                prop_assert_eq!((part.net, columns(part)), (euros, euros));
            }
        }
    }

    #[test]
    fn every_age_has_exactly_one_bucket(uppers in proptest::collection::btree_set(1..400i64, 1..8), age in -500..900i64) {
        let uppers: Vec<i64> = uppers.into_iter().collect();
        let bands = Bands::new(&uppers).unwrap();
        for basis in [Basis::Due, Basis::Document] {
            let bucket = bands.index(age, basis);
            prop_assert!(bucket < bands.count());
            prop_assert!(bands.index(age + 1, basis) >= bucket, "older is never in a younger bucket");
            let start = if bucket < 2 { i64::MIN } else { uppers[bucket - 2] + 1 };
            prop_assert!(age >= start);
        }
    }

    #[test]
    fn later_allocations_never_change_an_earlier_report(
        amount in 1..1_000_000i64,
        rows in vec((-500_000..500_000i64, 0..400i64), 0..10),
        later in (1..500_000i64, 0..400i64),
        as_of in 0..400i64,
    ) {
        let make = |(place, &(amount, offset)): (usize, &(i64, i64))| Allocation {
            amount,
            effective: day(offset),
            recorded_seq: place as i64,
        };
        let mut all: Vec<Allocation> = rows.iter().enumerate().map(make).collect();
        let before = item::open_at(amount, &all, day(as_of), None);
        let known = rows.len() as i64 - 1;
        all.push(Allocation { amount: later.0, effective: day(as_of + 1 + later.1), recorded_seq: known + 1 });
        prop_assert_eq!(item::open_at(amount, &all, day(as_of), None), before);
        // A backdated one does change the day, but not what was known then.
        all.push(Allocation { amount: later.0, effective: day(0), recorded_seq: known + 2 });
        prop_assert_eq!(item::open_at(amount, &all, day(as_of), Some(known)), before);
        prop_assert_eq!(item::open_at(amount, &all, day(as_of), None), before - later.0);
    }

    #[test]
    fn an_item_is_closed_exactly_from_its_closing_date(
        amount in 1..1000i64,
        rows in vec((prop_oneof![Just(1000i64), Just(-1000), -500..500i64], 0..30i64), 0..8),
    ) {
        let make = |&(amount, offset): &(i64, i64)| Allocation { amount, effective: day(offset), recorded_seq: 0 };
        let all: Vec<Allocation> = rows.iter().map(make).collect();
        let open_on = |offset: i64| item::open_at(amount, &all, day(offset), None);
        match item::closed_on(amount, &all) {
            None => prop_assert!(open_on(40) != 0),
            Some(date) => {
                let offset = calendar::days_between(day(0), date);
                prop_assert!((offset..40).all(|later| open_on(later) == 0));
                prop_assert!(open_on(offset - 1) != 0);
            }
        }
    }

    #[test]
    fn nothing_is_due_before_its_base_date(steps in vec(step(), 0..4), offset in 0..5000i64) {
        let base = day(offset);
        let terms = Terms { steps, ..Terms::default() };
        prop_assert!(terms.due_dates(base).iter().all(|due| *due >= base));
    }

    #[test]
    fn terms_read_back_as_written(steps in vec(step(), 0..4)) {
        let terms = Terms { steps, ..Terms::default() };
        prop_assert_eq!(Terms::parse(&terms.to_string()), Ok(terms.clone()), "{}", terms);
    }

    #[test]
    fn terms_never_panic(text in ".{0,40}") {
        let _ = Terms::parse(&text);
    }

    #[test]
    fn cleaned_text_is_safe_and_stays(raw in any::<String>()) {
        let once = text::clean(&raw).text;
        prop_assert!(text::looks_safe(once.as_str()), "{:?}", once);
        prop_assert_eq!(text::clean(once.as_str()).text, once);
    }

    #[test]
    fn postings_balance_at_any_rate(amount in 1..1_000_000i64, a in 1..1_000_000i64, b in 1..1_000_000i64) {
        let entry = posting::allocate(amount, Currency::USD, a, b);
        prop_assert!(entry.balanced());
        prop_assert!(posting::allocate_credit_note(amount, Currency::USD, a, b).balanced());
        prop_assert!(posting::reversal(&entry).balanced());
    }
}
