//! Laws that hold for every payment: parts add up and stay within what is open, the order in which rows arrive and
//! customers who have nothing to do with it change nothing, and never are two explanations applied.

use super::maker::{Case, Maker};
use super::score::kinds;
use super::world::World;
use o2c::domain::matching::{Answer, Book, Builder, Customer, Explanation, Policy, explain};

/// Payments of every kind for a small book.
fn cases(world: &World, seed: u64, rounds: usize) -> Vec<Case> {
    let mut maker = Maker::new(world, seed);
    let kinds = kinds();
    (0..rounds * kinds.len()).filter_map(|number| kinds[number % kinds.len()].1(&mut maker)).collect()
}

#[test]
fn parts_add_up_and_stay_within_what_is_open() {
    let world = World::new(1_500, 150);
    let book = world.book();
    for case in cases(&world, 7, 8) {
        let answer = explain(&book, &case.payment);
        for one in &answer.explanations {
            let paid: i64 = one.shares.iter().map(|share| share.amount).sum();
            assert_eq!(paid + one.rest, case.payment.amount, "{one:#?}");
            assert!(one.rest >= 0, "{one:#?}");
            let mut items: Vec<i64> = one.shares.iter().map(|share| share.item).collect();
            items.sort_unstable();
            items.dedup();
            assert_eq!(items.len(), one.shares.len(), "an item twice: {one:#?}");
            for share in &one.shares {
                let open = book.open(one.customer, share.item).expect("an item of the customer");
                assert!(share.relieved().abs() <= open.abs() && share.relieved().signum() == open.signum(), "{one:#?}");
                assert!(share.discount >= 0 && share.written_off >= 0);
            }
        }
        assert!(answer.explanations.iter().filter(|one| one.objections.is_empty()).count() <= 1, "{answer:#?}");
        assert!(answer.explanations.iter().skip(1).all(|one| !one.objections.is_empty()), "{answer:#?}");
    }
}

/// The same book, its items added in another order, perhaps with a customer nobody knows.
fn shuffled(world: &World, stranger: bool) -> Book {
    let customers = (0..world.customers()).rev().map(|customer| Customer {
        id: customer as i64 + 1,
        number: world.customer_number(customer),
        name: world.name(customer),
        accounts: vec![world.account(customer)],
    });
    let other = stranger.then(|| Customer {
        id: 999_999,
        number: "X-77".into(),
        name: "Zyxwv Quux Pte".into(),
        accounts: vec!["ZZ99".into()],
    });
    let mut builder = Builder::new(Policy::default(), customers.chain(other));
    for place in (0..world.items).map(|place| (place * 389 + 11) % world.items) {
        world.add(&mut builder, place);
    }
    for place in (world.items..world.items + world.paid).rev() {
        builder.paid(&world.number(place));
    }
    builder.build()
}

#[test]
fn neither_order_nor_strangers_change_an_answer() {
    let world = World::new(1_499, 150);
    let books = [world.book(), shuffled(&world, false), shuffled(&world, true)];
    for case in cases(&world, 8, 4) {
        let [first, second, third] = books.each_ref().map(|book| explain(book, &case.payment));
        assert_eq!(first, second);
        assert_eq!(first, third);
    }
}

#[test]
fn what_was_applied_is_not_applied_again() {
    let world = World::new(1_500, 150);
    let mut book = world.book();
    let mut applied = 0;
    for case in cases(&world, 9, 4) {
        let best = |answer: &Answer| answer.automatic().cloned();
        let Some(first) = best(&explain(&book, &case.payment)) else { continue };
        book.apply(&first);
        applied += 1;
        // A second such payment is not set against items the first one settled.
        let again: Option<Explanation> = best(&explain(&book, &case.payment));
        let same =
            |one: &Explanation| one.shares.iter().any(|share| first.shares.iter().any(|old| old.item == share.item));
        assert!(!again.as_ref().is_some_and(same), "{again:#?}");
        for share in &first.shares {
            assert_eq!(book.open(first.customer, share.item), Some(0));
        }
    }
    assert!(applied > 60, "{applied} of the payments were applied");
}

#[test]
fn hostile_texts_are_read() {
    let world = World::new(300, 30);
    let book = world.book();
    let long = "12345 ".repeat(3_000);
    let zeros = "0".repeat(500);
    let texts = [
        "",
        "\u{0}",
        "INV-",
        "----",
        "RF",
        "+++///+++",
        "１２３４５",
        "É\u{301}\u{301}9-8",
        "1e9",
        "99999999999999999999-2",
    ];
    for text in texts.into_iter().chain([long.as_str(), zeros.as_str(), "4711-4715-4719-", "İNV ẞ 4711ﬁ"]) {
        let mut payment = cases(&world, 1, 1)[0].payment.clone();
        payment.text = text.into();
        payment.references = vec![text.into(), format!("RF18{text}")];
        payment.name = text.into();
        let answer = explain(&book, &payment);
        assert!(answer.explanations.len() <= 8);
    }
}
