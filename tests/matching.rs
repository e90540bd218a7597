//! The matching engine against payments whose truth is known and which it is never told: nothing applied by itself may
//! be wrong, and of the payments that have exactly one explanation (decided by brute force, without the engine) nine in
//! ten must be applied. Prints a table by kind of damage; run with `--nocapture` to see it.

#[path = "matching/damage.rs"]
mod damage;
#[path = "matching/laws.rs"]
mod laws;
#[path = "matching/maker.rs"]
mod maker;
#[path = "matching/oracle.rs"]
mod oracle;
#[path = "matching/rules.rs"]
mod rules;
#[path = "matching/score.rs"]
mod score;
#[path = "matching/traps.rs"]
mod traps;
#[path = "matching/world.rs"]
mod world;

use score::run;
use world::World;

#[test]
fn nothing_applied_by_itself_is_wrong_and_nine_in_ten_that_can_be_are() {
    for (seed, items, customers, payments) in [(1, 20_000, 1_000, 4_500), (2, 4_000, 400, 900)] {
        let mut world = World::new(items, customers);
        let mut book = world.book();
        let board = run(&mut world, &mut book, seed, payments);
        println!("{items} items, {customers} customers\n{board}");
        assert_eq!(board.wrong(), 0, "{:#?}", board.examples);
        assert!(board.straight() >= 900, "{} per mille of the unique ones", board.straight());
    }
}
