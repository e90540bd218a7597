//! Several receipts that pay several items and credits in one balanced act, and a payment of all that a statement of
//! account had on it.

use o2c::acts::Act;
use o2c::acts::payments::Application;
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind;

use super::book::{Company, application, entry, paid, statement};
use super::ran;

/// Three payments of one payer; the first item of `lines` is an item's id.
fn company() -> Company {
    let mut company = Company::new();
    company.document(DocumentKind::CreditNote, "CN-1", 1, "2026-03-01", 5_000);
    let money = [(60_000, 1), (70_000, 2), (9_000, 3)];
    let entries = money
        .map(|(amount, mark)| entry("2026-03-12", amount, EntryKind::Receipt, mark, vec![paid(amount, "Hafen", "")]))
        .to_vec();
    company.take_in("a.xml", vec![statement("2026/1", 0, entries)], false);
    company
}

fn together(with: &[(i64, i64)], lines: &[(i64, i64, i64, i64, i64, &str)], credits: &[(i64, i64)]) -> Act {
    let with = with.to_vec();
    let credits = credits.to_vec();
    Act::ApplyPayment(Box::new(Application { with, credits, ..application(1, 60_000, 1, lines) }))
}

#[test]
fn many_receipts_pay_many_items_and_credits_in_one_act() {
    let mut company = company();
    let credit =
        company.number("SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'CN-1'");
    let lines = [(1, 100_000, 0, 0, 0, ""), (2, 35_000, 0, 0, 0, "")];
    let done = company.act(together(&[(2, 70_000)], &lines, &[(credit, 5_000)]));
    assert_eq!(done.summary, "Applied 1,300.00 EUR of 2 payments to 2 items of Hafen Handel AG");
    assert_eq!((company.left(1), company.left(2), company.open("INV-1"), company.open("INV-2")), (0, 0, 0, 15_000));
    assert_eq!(company.number("SELECT count(*) FROM document WHERE kind = 4"), 2, "each became a receipt of its own");
    company.sound();
    // One act: taken back whole, and done again whole.
    let undone = company.act(Act::Undo { act: done.act });
    assert_eq!(
        (company.left(1), company.left(2), company.open("INV-1"), company.open("INV-2")),
        (60_000, 70_000, 100_000, 50_000)
    );
    company.sound();
    company.act(Act::Undo { act: undone.act });
    assert_eq!((company.left(1), company.left(2), company.open("INV-1")), (0, 0, 0));
    company.sound();
}

#[test]
fn what_does_not_go_together_is_refused_and_what_is_over_stays_on_the_last() {
    let mut company = company();
    let lines = [(1, 100_000, 0, 0, 0, "")];
    company.refused(together(&[(1, 60_000)], &lines, &[]), "AMT-09");
    company.refused(together(&[(2, 70_000), (2, 70_000)], &lines, &[]), "AMT-09");
    company.refused(together(&[(2, 69_999)], &lines, &[]), "ACT-03");
    company.refused(together(&[(2, 70_000)], &[(1, 130_001, 0, 0, 0, "")], &[]), "AMT-06");
    let Act::ApplyPayment(part) = together(&[(2, 70_000)], &lines, &[]) else { panic!("an application") };
    company.refused(Act::ApplyPayment(Box::new(Application { amount: 1, ..*part })), "AMT-06");
    let done = company.act(together(&[(2, 70_000)], &lines, &[]));
    assert!(done.summary.ends_with("300.00 EUR unapplied"), "{}", done.summary);
    assert_eq!((company.left(1), company.left(2), company.left(3), company.open("INV-1")), (0, 0, 9_000, 0));
    company.sound();
}

#[test]
fn all_that_a_statement_of_account_had_on_it_is_found() {
    let mut company = Company::new();
    company.act(Act::SetAlias { customer: 2, kind: "account".into(), value: "ACCBERGMANN".into(), held: true });
    // Invoiced from December to February; the statement of the end of January asked for what there was till then.
    let mut asked = 0;
    for (place, (month, count)) in [("2025-12", 4), ("2026-01", 5), ("2026-02", 3)].into_iter().enumerate() {
        for one in 0..count {
            let amount = 1_013 + 37 * one * one + 611 * place as i64 + 101 * one;
            let number = format!("Q-{}", 300 + 11 * one + 100 * place as i64);
            company.document(DocumentKind::Invoice, &number, 2, &format!("{month}-0{}", 2 + one), amount);
            asked += if place < 2 { amount } else { 0 };
        }
    }
    let money = vec![entry("2026-03-13", asked, EntryKind::Receipt, 1, vec![paid(asked, "Bergmann", "")])];
    company.take_in("a.xml", vec![statement("2026/1", 0, money)], false);
    let tally = ran(&mut company);
    let rule =
        company.text("SELECT coalesce((SELECT rule || ': ' || evidence FROM payment_step), why) FROM bank_payment");
    assert!(rule.starts_with("one month: ") && rule.contains("up to its end"), "{rule} {tally:?}");
    company.sound();
}
