//! Deductions an advice names: what explains a payment exactly opens the dispute in the act that applies it, with the reason
//! the code stands for; what does not add up waits for a person, with the payer's arithmetic.

use o2c::acts::Act;
use o2c::domain::bank::{EntryKind, PaymentRow, RemittanceRow};
use o2c::store::Reader;
use o2c::store::read::matching::candidates;

use super::book::{Company, application, entry, paid, statement};
use super::ran;

/// A line of an advice: number, paid, discount, deducted, code.
fn line((number, amount, discount, deduction, reason): (&str, i64, i64, i64, &str)) -> RemittanceRow {
    let some = |minor: i64| Some(minor).filter(|minor| *minor != 0);
    RemittanceRow {
        kind: "invoice".into(),
        number: number.into(),
        amount: Some(amount),
        discount: some(discount),
        deduction: some(deduction),
        reason: reason.into(),
    }
}

/// A company that was paid `amount` by its first customer with an advice of these lines.
fn advised(amount: i64, lines: &[(&str, i64, i64, i64, &str)]) -> Company {
    let mut company = Company::new();
    company.act(Act::SetAlias { customer: 1, kind: "account".into(), value: "ACCHAFEN".into(), held: true });
    let remittance = lines.iter().map(|one| line(*one)).collect();
    let one = PaymentRow { remittance, ..paid(amount, "Hafen", "") };
    let money = vec![entry("2026-03-12", amount, EntryKind::Receipt, 1, vec![one])];
    company.take_in("a.xml", vec![statement("2026/1", 0, money)], false);
    company
}

#[test]
fn a_deduction_that_explains_the_payment_opens_its_dispute_in_the_same_act() {
    // INV-1 of 1,000.00 less 90.00 for its price; INV-2 of 500.00 less the 10.00 discount it earned and 40.00 damage.
    let mut company = advised(136_000, &[("INV-1", 91_000, 0, 9_000, "01"), ("INV-2", 45_000, 1_000, 4_000, "04, 06")]);
    let tally = ran(&mut company);
    assert_eq!(tally.applied, 1, "{tally:?}");
    assert_eq!((company.open("INV-1"), company.open("INV-2"), company.left(1)), (9_000, 4_000, 0));
    assert_eq!(company.number("SELECT sum(disputed) FROM item"), 13_000);
    let reasons = company.text("SELECT group_concat(reason || ' ' || amount, '; ') FROM dispute");
    assert_eq!(reasons, "price 9000; damage or quality 4000");
    let evidence = company.text("SELECT evidence FROM payment_step WHERE payment_id = 1");
    assert!(evidence.contains("deducted as 01, price") && evidence.contains("is the receipt"), "{evidence}");
    let run = company.number("SELECT max(id) FROM act");
    company.act(Act::Undo { act: run });
    assert_eq!((company.open("INV-1"), company.number("SELECT sum(disputed) FROM item")), (100_000, 0));
    assert_eq!(company.left(1), 136_000);
}

#[test]
fn an_unknown_code_is_an_unknown_reason_until_the_company_says_what_it_means() {
    for (own, reason) in [("", "unknown"), ("Q7 = freight", "freight")] {
        let mut company = advised(91_000, &[("INV-1", 91_000, 0, 9_000, "Q7")]);
        if !own.is_empty() {
            company.act(Act::SetSetting { key: "deduction-reasons".into(), value: own.into() });
        }
        assert_eq!(ran(&mut company).applied, 1);
        assert_eq!(company.text("SELECT reason FROM dispute"), reason);
    }
    let mut company = Company::new();
    let wrong = Act::SetSetting { key: "deduction-reasons".into(), value: "Q7 = fright".into() };
    let said = company.refused(wrong, "CFG-02");
    assert!(said.contains("Q7 = fright"), "{said}");
}

#[test]
fn an_advice_that_does_not_add_up_is_a_candidate_with_its_arithmetic() {
    for (amount, lines, objection) in [
        // Paid and deducted are not what is open.
        (90_000, vec![("INV-1", 90_000, 0, 9_000, "01")], "the advice does not add up"),
        // More arrived than the advice says.
        (92_000, vec![("INV-1", 91_000, 0, 9_000, "01")], "the advice does not add up"),
        // A discount that is over.
        (88_000, vec![("INV-1", 88_000, 2_000, 10_000, "01")], "discount taken"),
    ] {
        let mut company = advised(amount, &lines);
        let tally = ran(&mut company);
        assert_eq!(tally.applied, 0, "{lines:?}: {tally:?}");
        assert!(tally.left.keys().any(|why| why.contains(objection)), "{lines:?}: {tally:?}");
        let reader = Reader::open(&o2c::store::BookPath::new(company.path())).unwrap();
        let found = candidates(&reader, 1).unwrap().unwrap();
        let best = &found.answer.explanations[0];
        assert_eq!((best.deductions[0].amount, best.shares[0].amount), (lines[0].3, lines[0].1), "{best:#?}");
    }
}

#[test]
fn a_deduction_on_an_item_in_dispute_is_left_to_a_person() {
    let mut company = advised(91_000, &[("INV-1", 91_000, 0, 9_000, "01")]);
    company.act(Act::OpenDispute { item: 1, amount: 5_000, reason: "price".into(), text: String::new() });
    let tally = ran(&mut company);
    assert_eq!(tally.applied, 0, "{tally:?}");
    assert_eq!(company.number("SELECT count(*) FROM dispute"), 1);
}

/// behaviour.md 5D 3: what a payer deducts of an item that is in dispute stays in that case; only more opens another.
#[test]
fn what_was_deducted_of_an_item_in_dispute_stays_in_its_case() {
    for (disputed, cases, held) in [(9_000, 1, 9_000), (5_000, 2, 9_000)] {
        let mut company = advised(91_000, &[("INV-1", 91_000, 0, 9_000, "01")]);
        company.act(Act::OpenDispute { item: 1, amount: disputed, reason: "price".into(), text: String::new() });
        let done =
            company.act(Act::ApplyPayment(Box::new(application(1, 91_000, 1, &[(1, 91_000, 0, 0, 9_000, "price")]))));
        assert_eq!(company.number("SELECT count(*) FROM dispute"), cases, "{}", done.summary);
        assert_eq!(company.number("SELECT disputed FROM item WHERE id = 1"), held);
        assert_eq!(company.number("SELECT open FROM item WHERE id = 1"), 9_000);
        assert!(cases == 2 || done.summary.contains("90.00 EUR deducted stays in D-1"), "{}", done.summary);
        company.sound();
    }
}
