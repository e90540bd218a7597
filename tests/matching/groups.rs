//! Groups of customers at random: members pay for each other with numbers named, damaged, left out, or of a stranger.
//! Whatever is applied by itself must be what the maker of the payment meant.

use super::world::{Dice, World, today};
use o2c::domain::matching::{Payment, explain};
use o2c::domain::money::Currency;

/// Every customer is in a group of three with its neighbours.
fn group_of(customer: usize) -> usize {
    customer / 3
}

#[test]
fn nothing_a_group_pays_is_applied_wrongly() {
    let world = World::new(6_000, 600);
    let mut builder = world.builder();
    for customer in 0..world.customers() {
        builder.group(customer as i64 + 1, &format!("group {}", group_of(customer)));
    }
    let mut book = builder.build();
    let mut dice = Dice(77);
    let (mut applied, mut wanted) = (0, 0);
    for _ in 0..3_000 {
        let item = world.item(dice.below(world.items as u64) as usize);
        let open = book.open(item.customer as i64 + 1, item.place as i64 + 1).unwrap_or(0);
        let payer = group_of(item.customer) * 3 + dice.below(3) as usize;
        if open <= 0 || item.dollars || payer >= world.customers() || payer == item.customer {
            continue;
        }
        let another = world.number((item.place + 1 + dice.below(40) as usize) % world.items);
        let mut slipped = item.number.clone();
        slipped.pop();
        let (text, meant) = match dice.below(6) {
            0 | 1 => (format!("payment {}", item.number), true),
            2 => (String::new(), false),
            3 => (another, false),
            4 => (slipped, false),
            _ => (format!("{} {another}", item.number), false),
        };
        let account = world.account(payer);
        let name = if account.is_empty() { world.name(payer) } else { String::new() };
        let payment = Payment { account, name, text, ..Payment::new(open, Currency::EUR, today()) };
        let answer = explain(&book, &payment);
        wanted += usize::from(meant);
        if let Some(best) = answer.automatic().cloned() {
            // The payer's own item may be the one that was named by chance; then it is the payer who is right.
            let own = best.customer == payer as i64 + 1;
            let right = best.shares.len() == 1 && best.shares[0].item == item.place as i64 + 1;
            assert!(right && meant || own, "{payment:#?} {best:#?}");
            applied += usize::from(right);
            book.apply(&best);
        }
    }
    assert!(wanted > 300 && applied * 10 >= wanted * 7, "{applied} of {wanted}");
}
