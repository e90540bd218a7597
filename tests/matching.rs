//! The matching engine against payments whose truth is known and which it is never told: nothing applied by itself may
//! be wrong, and of the payments that have exactly one explanation (decided by brute force, without the engine) nine in
//! ten must be applied. Prints a table by kind of damage; run with `--nocapture` to see it.

#[path = "matching/damage.rs"]
mod damage;
#[path = "matching/groups.rs"]
mod groups;
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

#[test]
fn a_slip_is_read_only_where_paid_documents_are_known() {
    use o2c::domain::document::DocumentKind;
    use o2c::domain::matching::{Builder, Customer, Objection, OpenItem, Payment, Policy, explain};
    use o2c::domain::money::Currency;
    let day = |text: &str| text.parse().unwrap();
    let answer = |paid: &[&str]| {
        let customer =
            Customer { id: 1, number: "10010".into(), name: "Acme Ltd".into(), accounts: vec!["GB29NWBK1".into()] };
        let mut builder = Builder::new(Policy::default(), [customer]);
        builder.item(&OpenItem {
            id: 7,
            document: 7,
            customer: 1,
            kind: DocumentKind::Invoice,
            number: "INV-00482830",
            order: "",
            reference: "",
            document_date: day("2026-01-10"),
            due: day("2026-02-09"),
            currency: Currency::EUR,
            amount: 8_259,
            open: 8_259,
            disputed: 0,
            discount: None,
            terms: 0,
            charge: false,
        });
        paid.iter().for_each(|number| builder.paid(number));
        let payment = Payment {
            account: "GB29NWBK1".into(),
            text: "INV-00482890".into(),
            ..Payment::new(8_259, Currency::EUR, day("2026-02-01"))
        };
        explain(&builder.build(), &payment)
    };
    // The ledger was taken over with its open items alone: 482890 may be a document paid long ago.
    let short = answer(&[]);
    assert!(short.automatic().is_none(), "{short:#?}");
    assert!(short.explanations[0].objections.contains(&Objection::ShortHistory), "{short:#?}");
    assert!(answer(&["INV-00111111"]).automatic().is_some());
    assert!(answer(&["INV-00482890"]).automatic().is_none());
}
