//! Small books, one rule or doubt each: what is applied, what it says on the screen, and why a person is asked.

use super::world::today;
use chrono::{Days, NaiveDate};
use o2c::domain::document::DocumentKind;
use o2c::domain::matching::*;
use o2c::domain::money::Currency;
use o2c::domain::terms::Discount;
use rust_decimal::Decimal;

/// An item of a small book: customer, number, open amount; the rest can be changed.
fn item(customer: i64, number: &str, open: i64) -> OpenItem<'_> {
    let day = today() - Days::new(20);
    let id = number.bytes().fold(customer, |id, byte| (id * 31 + i64::from(byte)) % 1_000_000_007);
    OpenItem {
        id,
        document: id,
        customer,
        kind: DocumentKind::Invoice,
        number,
        order: "",
        reference: "",
        document_date: day,
        due: day + Days::new(10),
        currency: Currency::EUR,
        amount: open,
        open,
        disputed: 0,
        discount: None,
        terms: 0,
        charge: false,
    }
}

fn builder(policy: Policy) -> Builder {
    let names = ["Acme Ltd", "Bolt AG", "Acme Ltd"];
    let customers = names.iter().zip(1..).map(|(name, id)| Customer {
        id,
        number: format!("{}", 70_000 + id),
        name: (*name).into(),
        accounts: vec![format!("GB{id}")],
    });
    Builder::new(policy, customers)
}

fn book(items: &[OpenItem]) -> Book {
    let mut builder = builder(Policy::default());
    items.iter().for_each(|item| assert!(builder.item(item)));
    builder.paid("INV-10099");
    builder.paid("INV-15032099");
    builder.build()
}

/// A payment from an account with a text.
fn pay(amount: i64, account: &str, text: &str) -> Payment {
    Payment { account: account.into(), text: text.into(), ..Payment::new(amount, Currency::EUR, today()) }
}

#[track_caller]
fn applied(book: &Book, payment: &Payment, numbers: &[&str], sentence: &str) -> Explanation {
    let answer = explain(book, payment);
    let best = answer.automatic().unwrap_or_else(|| panic!("{:#?}", answer.explanations)).clone();
    let mut wanted: Vec<i64> = numbers.iter().map(|number| item(1, number, 0).id).collect();
    let mut items: Vec<i64> = best.shares.iter().map(|share| share.item).collect();
    wanted.sort_unstable();
    items.sort_unstable();
    assert_eq!(items, wanted, "{best:#?}");
    assert_eq!(best.sentence(), sentence);
    best
}

/// The objections to the best explanation, in words.
#[track_caller]
fn doubted(book: &Book, payment: &Payment) -> Vec<String> {
    let answer = explain(book, payment);
    assert!(answer.automatic().is_none(), "{:#?}", answer.automatic());
    answer.explanations.first().map_or(Vec::new(), |best| best.objections.iter().map(Objection::words).collect())
}

#[test]
fn what_is_named_and_adds_up_is_applied() {
    let book = book(&[item(1, "INV-10024", 50_000), item(1, "INV-10025", 30_000), item(2, "INV-10031", 50_000)]);
    applied(&book, &pay(50_000, "GB1", "inv 10024"), &["INV-10024"], "INV-10024 named; sum equals the receipt");
    applied(&book, &pay(50_000, "", "10 024"), &["INV-10024"], "INV-10024 named; sum equals the receipt");
    let both = "INV-10024 named, INV-10025 named; sum equals the receipt";
    applied(&book, &pay(80_000, "", "INV 10024, 25"), &["INV-10024", "INV-10025"], both);
    let read = "INV-1OO24 read as INV-10024; sum equals the receipt";
    applied(&book, &pay(50_000, "GB1", "INV-1OO24"), &["INV-10024"], read);
    let slip = "INV-10034 read as INV-10024; sum equals the receipt";
    applied(&book, &pay(50_000, "GB1", "INV-10034"), &["INV-10024"], slip);
    let short = applied(
        &book,
        &pay(49_900, "GB1", "INV-10024"),
        &["INV-10024"],
        "INV-10024 named; receipt is short within tolerance",
    );
    assert_eq!((short.shares[0].amount, short.shares[0].written_off, short.rest), (49_900, 100, 0));
    assert_eq!(short.posted_as.words(), "written off to payment differences");
    let over = "INV-10024 named; receipt is more than the sum";
    assert_eq!(applied(&book, &pay(50_100, "GB1", "INV-10024"), &["INV-10024"], over).rest, 100);
}

#[test]
fn amounts_alone_decide_only_for_a_known_payer() {
    let book = book(&[item(1, "INV-10024", 50_000), item(2, "INV-10031", 70_000), item(2, "INV-10032", 70_000)]);
    applied(&book, &pay(50_000, "gb 1", "thanks"), &["INV-10024"], "one open item; sum equals the receipt");
    assert_eq!(doubted(&book, &pay(70_000, "GB2", "")), ["another explanation is as good"]);
    assert_eq!(
        doubted(&book, &pay(50_000, "", "")),
        ["the payer is not known for sure", "less sure than the policy asks for"]
    );
    // Two customers have this name.
    let named = Payment { name: "ACME LIMITED".into(), ..pay(50_000, "", "") };
    assert!(doubted(&book, &named).contains(&"the payer is not known for sure".to_owned()));
    let bolt = Payment { name: "Bolt Aktien".into(), ..pay(70_000, "", "") };
    assert!(doubted(&book, &bolt).contains(&"the payer is not known for sure".to_owned()));
}

#[test]
fn what_contradicts_is_put_to_a_person() {
    let small = book(&[
        item(1, "INV-10024", 50_000),
        item(1, "INV-10098", 20_000),
        item(2, "INV-10031", 50_000),
        item(1, "INV-10040", 49_900),
    ]);
    let conflict = "payer and documents named belong to different customers";
    assert!(doubted(&small, &pay(50_000, "GB1", "INV-10031")).contains(&conflict.to_owned()));
    // 10099 was paid; 10098 has the amount and is one slip away.
    assert_eq!(doubted(&small, &pay(20_000, "GB1", "INV-10099")), ["INV-10099 was paid already"]);
    // A document's number may look like a date.
    assert_eq!(doubted(&small, &pay(20_000, "GB1", "INV-15032099")), ["INV-15032099 was paid already"]);
    assert_eq!(
        doubted(&small, &pay(20_000, "GB1", "INV-10024")),
        ["the text names INV-10024, which this does not pay"]
    );
    assert_eq!(
        doubted(&small, &pay(20_000, "GB1", "contract 555123")),
        ["the text names 555123, which this does not pay"]
    );
    // A date is no number with a slip.
    let dated = book(&[item(1, "INV-02320126", 50_000)]);
    let text = "RG NR. INV-91442259 VOM 02.03.2026";
    assert_eq!(doubted(&dated, &pay(50_000, "GB1", text)), ["the text names 91442259, which this does not pay"]);
    // Only the number says who paid, and the amount does not confirm it.
    assert_eq!(doubted(&dated, &pay(49_950, "", "INV-02320126")), ["a likeness only, nothing confirms it"]);
    // Short by a little, and another item has exactly the amount.
    assert!(!doubted(&small, &pay(49_900, "GB1", "INV-10024")).is_empty());
    let far = explain(&small, &pay(40_000, "GB1", "INV-10024"));
    let best = &far.explanations[0];
    assert_eq!((best.difference, best.shares[0].amount, best.posted_as), (10_000, 40_000, Difference::Deduction));
    assert_eq!(best.objections, [Objection::BeyondTolerance(10_000)]);
}

#[test]
fn discounts_are_granted_in_time_and_shown_when_late() {
    let discount = |days| Some(Discount { percent: Decimal::from(2), days, grace: 0 });
    let book = book(&[
        OpenItem { discount: discount(30), ..item(1, "INV-10024", 50_000) },
        OpenItem { discount: discount(14), ..item(1, "INV-10025", 80_000) },
        OpenItem { discount: discount(30), amount: 90_000, ..item(1, "INV-10026", 60_000) },
    ]);
    let sentence = "INV-10024 named; sum less discount equals the receipt";
    let best = applied(&book, &pay(49_000, "GB1", "INV-10024"), &["INV-10024"], sentence);
    assert_eq!((best.shares[0].amount, best.shares[0].discount), (49_000, 1_000));
    assert!(doubted(&book, &pay(78_400, "GB1", "INV-10025")).contains(&"discount taken 6 days late".to_owned()));
    // No discount after an earlier part payment.
    assert!(!doubted(&book, &pay(58_800, "GB1", "INV-10026")).is_empty());
}

#[test]
fn balances_credits_and_combinations() {
    let credit = OpenItem { kind: DocumentKind::CreditNote, ..item(1, "CN-10060", -5_017) };
    let late = |number, open| OpenItem { due: today() + Days::new(9), ..item(1, number, open) };
    let items = [item(1, "INV-10024", 50_023), item(1, "INV-10025", 31_219), credit, late("INV-10026", 12_345)];
    let book = book(&items);
    let all = ["INV-10024", "INV-10025", "CN-10060", "INV-10026"];
    applied(&book, &pay(88_570, "GB1", ""), &all, "all open items; sum equals the receipt");
    applied(&book, &pay(76_225, "GB1", ""), &all[..3], "everything past due; sum equals the receipt");
    let two = [all[1], all[3]];
    applied(&book, &pay(43_564, "GB1", ""), &two, "2 open items; sum equals the receipt");
    let named = "INV-10024 named, CN-10060 named; sum equals the receipt";
    let best = applied(&book, &pay(45_006, "GB1", "INV-10024 less CN-10060"), &[all[0], all[2]], named);
    assert_eq!(best.shares.iter().map(|share| share.amount).sum::<i64>() + best.rest, 45_006);
}

#[test]
fn a_policy_switches_rules_and_asks_for_more() {
    let mut strict = builder(Policy { off: vec![Rule::OneItem], ..Policy::default() });
    strict.item(&item(1, "INV-10024", 50_000));
    strict.policy(2, Policy { oldest_first: true, keep: Keep::OnAccount, ..Policy::default() });
    strict.item(&item(2, "INV-10031", 70_000));
    strict.item(&OpenItem { due: today(), ..item(2, "INV-10032", 10_000) });
    let book = strict.build();
    assert!(explain(&book, &pay(50_000, "GB1", "")).explanations.is_empty());
    let oldest = explain(&book, &pay(72_000, "GB2", ""));
    let best = oldest.automatic().expect("oldest first");
    assert_eq!(best.shares.iter().map(|share| share.amount).collect::<Vec<_>>(), [70_000, 2_000]);
    assert_eq!(oldest.left, Left::Kept(Keep::OnAccount));
    let mut part = builder(Policy::default());
    part.item(&item(1, "INV-10024", 50_000));
    part.part_only();
    let objections = doubted(&part.build(), &pay(50_000, "GB1", "INV-10024"));
    assert_eq!(objections, ["only a part of the book was searched"]);
}

#[test]
fn other_currencies_instalments_and_strange_amounts() {
    let dollars = OpenItem { currency: Currency::USD, ..item(1, "INV-10024", 50_000) };
    let part = |id, due: NaiveDate| OpenItem { id, due, document: 77, ..item(1, "INV-10050", 20_000) };
    let book = book(&[dollars, part(1, today()), part(2, today() + Days::new(30)), part(3, today() + Days::new(60))]);
    let answer = explain(&book, &pay(50_000, "GB1", "INV-10024"));
    assert!(answer.automatic().is_none() && answer.other_currency.len() == 1);
    let first = explain(&book, &pay(40_000, "GB1", "INV-10050"));
    let items: Vec<i64> = first.automatic().expect("two instalments").shares.iter().map(|share| share.item).collect();
    assert_eq!(items, [1, 2]);
    for amount in [0, -5, i64::MIN, i64::MAX] {
        assert!(explain(&book, &pay(amount, "GB1", "INV-10050")).explanations.is_empty());
    }
}

#[test]
fn a_search_that_is_stopped_says_so() {
    let mut builder = builder(Policy { combinations: 500, ..Policy::default() });
    let numbers: Vec<String> = (0..25).map(|number| format!("INV-2{number:04}")).collect();
    for (at, number) in numbers.iter().enumerate() {
        builder.item(&item(1, number, 100_001 + 7_919 * at as i64 * at as i64));
    }
    let answer = explain(&builder.build(), &pay(3_333_331, "GB1", ""));
    assert_eq!((answer.stopped, answer.automatic()), (Some(500), None));
}

/// Acme (1) and Bolt (2) are of one group whose parent is the other Acme (3); the fourth stands alone.
fn group_book(items: &[OpenItem]) -> Book {
    let names = ["Acme North Ltd", "Bolt AG", "Acme Holding", "Cargo SA"];
    let customers = names.iter().zip(1..).map(|(name, id)| Customer {
        id,
        number: format!("{}", 70_000 + id),
        name: (*name).into(),
        accounts: vec![format!("GB{id}")],
    });
    let mut builder = Builder::new(Policy::default(), customers);
    builder.group(1, "Acme Holding");
    builder.group(2, "ACME HOLDING");
    items.iter().for_each(|item| assert!(builder.item(item)));
    builder.paid("INV-10099");
    builder.build()
}

#[test]
fn a_member_of_a_group_pays_for_another_only_what_is_named() {
    let items = [
        item(1, "INV-10024", 50_000),
        item(1, "INV-10025", 31_000),
        item(2, "INV-10031", 72_000),
        item(4, "INV-10040", 93_000),
    ];
    let book = group_book(&items);
    // The parent pays for a member, and a member for another; by account or by name.
    for account in ["GB3", "GB2"] {
        let best = applied(
            &book,
            &pay(50_000, account, "INV-10024"),
            &["INV-10024"],
            "INV-10024 named; sum equals the receipt",
        );
        assert_eq!(best.customer, 1);
        assert!(best.evidence.contains(&Evidence::Group("Acme Holding".into())), "{best:#?}");
    }
    let by_name = Payment { name: "Acme Holding".into(), ..pay(81_000, "", "INV-10024 INV-10025") };
    let both = "INV-10024 named, INV-10025 named; sum equals the receipt";
    assert_eq!(applied(&book, &by_name, &["INV-10024", "INV-10025"], both).customer, 1);
    // Never by the amount alone, whoever's it is.
    for text in ["", "thanks", "contract 555123"] {
        let answer = explain(&book, &pay(50_000, "GB3", text));
        assert!(answer.explanations.is_empty(), "{answer:#?}");
    }
    // Somebody who is in no group, or in another, still contradicts.
    let conflict = "payer and documents named belong to different customers".to_owned();
    assert!(doubted(&book, &pay(93_000, "GB3", "INV-10040")).contains(&conflict));
    assert!(doubted(&book, &pay(50_000, "GB4", "INV-10024")).contains(&conflict));
    // What is named is paid exactly and as it is printed, or a person decides.
    assert!(!doubted(&book, &pay(49_900, "GB3", "INV-10024")).is_empty(), "within tolerance");
    assert!(!doubted(&book, &pay(122_000, "GB3", "INV-10024 INV-10031")).is_empty(), "documents of two members");
    assert!(explain(&book, &pay(50_000, "GB3", "INV-1OO24")).automatic().is_none(), "read with good will");
    // The payer's own item has the amount: the number may be a slip.
    let own = group_book(&[items[0].clone(), item(2, "INV-10031", 50_000)]);
    assert_eq!(doubted(&own, &pay(50_000, "GB2", "INV-10024")), ["another explanation is as good"]);
}
