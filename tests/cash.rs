//! Money from the bank, act by act: statements taken in once and joined on, payments applied with discount, difference,
//! deduction and credit, settled, returned, refunded and undone. After every act the whole book is checked.

#[path = "cash/advice.rs"]
mod advice;
#[path = "cash/book.rs"]
mod book;
#[path = "cash/cap.rs"]
mod cap;
#[path = "cash/customers.rs"]
mod customers;
#[path = "cash/damage.rs"]
mod damage;
#[path = "cash/interim.rs"]
mod interim;
#[path = "cash/order.rs"]
mod order;
#[path = "cash/returns.rs"]
mod returns;
#[path = "cash/standing.rs"]
mod standing;
#[path = "cash/tax.rs"]
mod tax;
#[path = "cash/together.rs"]
mod together;

use book::{Company, application, day, entry, paid, statement};
use o2c::acts::payments::{Application, Run, Settled};
use o2c::acts::{Act, Mode};
use o2c::domain::bank::{EntryKind, PaymentRow, Source};
use o2c::domain::document::DocumentKind;

const BANK: i64 = 1010;
const UNIDENTIFIED: i64 = 1090;

fn first() -> o2c::domain::bank::StatementRow {
    let entries = vec![
        entry("2026-03-12", 150_000, EntryKind::Receipt, 1, vec![paid(150_000, "Hafen", "INV-1 INV-2")]),
        entry("2026-03-12", -1_500, EntryKind::Charge, 2, vec![]),
        entry("2026-03-13", 29_000, EntryKind::Receipt, 3, vec![paid(29_000, "Bergmann", "INV-3")]),
    ];
    statement("2026/1", 500_000, entries)
}

#[test]
fn a_statement_is_booked_once_and_its_balance_is_the_books() {
    let mut company = Company::new();
    assert_eq!(company.take_in("a.xml", vec![first()], false), (3, 0, Vec::new()));
    assert_eq!(company.account(BANK), 677_500);
    assert_eq!(company.account(UNIDENTIFIED), -179_000, "the charge is settled by its code");
    assert_eq!(company.account(6200), 1_500);
    // The same file, and the same entries in another file.
    company.not_taken("a.xml", vec![first()], "IMP-01");
    company.not_taken("b.sta", vec![first()], "IMP-02");
    assert_eq!(company.account(BANK), 677_500);
}

#[test]
fn statements_join_on_and_gaps_are_named() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    let next = |opening, mark| {
        let one = entry("2026-03-14", 1_000, EntryKind::Receipt, mark, vec![]);
        vec![statement("2026/2", opening, vec![one])]
    };
    let said = company.not_taken("c.xml", next(680_000, 4), "BNK-04");
    assert!(said.contains("2026/2") && said.contains("2026/1") && said.contains("25.00 EUR"), "{said}");
    let (taken, _, notices) = company.take_in("c.xml", next(680_000, 4), true);
    assert_eq!((taken, notices.len()), (1, 1));
    assert_eq!(company.account(BANK), 681_000);
    // An older one afterwards cannot join on.
    let old = statement("2026/0", 0, vec![entry("2026-03-01", 7, EntryKind::Receipt, 9, vec![])]);
    let said = company.not_taken("d.xml", vec![old], "BNK-04");
    assert!(said.contains("older"), "{said}");
}

#[test]
fn overlapping_files_book_only_what_is_new() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    let mut longer = first();
    longer.entries.push(entry("2026-03-14", 2_000, EntryKind::Receipt, 5, vec![]));
    longer.closing.as_mut().unwrap().amount += 2_000;
    longer.to = day("2026-03-14");
    assert_eq!(company.take_in("l.xml", vec![longer], false), (1, 3, Vec::new()));
    assert_eq!(company.account(BANK), 679_500);
}

#[test]
fn an_account_that_is_not_ours_is_refused() {
    let mut company = Company::new();
    let mut other = first();
    other.account = "FR7630006000011234567890189".into();
    let said = company.not_taken("x.xml", vec![other], "BNK-01");
    assert!(said.contains("o2c bank add"), "{said}");
    let mut dollars = first();
    dollars.currency = o2c::domain::money::Currency::USD;
    company.not_taken("x.xml", vec![dollars], "BNK-02");
}

#[test]
fn one_payment_pays_several_items_and_undo_brings_it_back() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    let lines = [(1, 100_000, 0, 0, 0, ""), (2, 50_000, 0, 0, 0, "")];
    let act = Act::ApplyPayment(Box::new(application(1, 150_000, 1, &lines)));
    let done = company.act(act.clone());
    assert_eq!(done.summary, "Applied 1,500.00 EUR to 2 items of Hafen Handel AG");
    assert_eq!((company.open("INV-1"), company.open("INV-2"), company.left(1)), (0, 0, 0));
    assert_eq!(company.account(UNIDENTIFIED), -29_000);
    // The form was open in a second session.
    let said = company.refused(act.clone(), "ACT-03");
    assert!(said.contains("Anna Berg"), "{said}");
    company.act(Act::Undo { act: done.act });
    assert_eq!((company.open("INV-1"), company.open("INV-2"), company.left(1)), (100_000, 50_000, 150_000));
    assert_eq!(company.account(UNIDENTIFIED), -179_000);
    company.act(act);
    assert_eq!(company.left(1), 0);
}

#[test]
fn a_discount_a_difference_and_bank_charges_close_the_item() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    // 300.00 invoice, 290.00 paid: 6.00 discount, 3.00 charges of the payer's bank, 1.00 left to go.
    let mut two = application(3, 29_000, 2, &[(3, 29_000, 600, 300, 0, "bank charges")]);
    company.act(Act::ApplyPayment(Box::new(two.clone())));
    assert_eq!(company.open("INV-3"), 100);
    assert_eq!((company.account(4300), company.account(6200)), (600, 1_800));
    two.left = 0;
    company.refused(Act::ApplyPayment(Box::new(two)), "ACT-03");
}

#[test]
fn a_short_pay_opens_its_dispute_in_the_same_act() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    let lines = [(3, 29_000, 0, 0, 1_000, "quantity")];
    let done = company.act(Act::ApplyPayment(Box::new(application(3, 29_000, 2, &lines))));
    assert!(done.summary.contains("D-1"), "{}", done.summary);
    assert_eq!(company.open("INV-3"), 1_000);
    assert_eq!(company.number("SELECT disputed FROM item WHERE id = 3"), 1_000);
    company.act(Act::Undo { act: done.act });
    assert_eq!(company.open("INV-3"), 30_000);
    assert_eq!(company.number("SELECT disputed FROM item WHERE id = 3"), 0);
}

#[test]
fn a_credit_note_is_netted_and_the_rest_stays_on_account() {
    let mut company = Company::new();
    company.document(DocumentKind::CreditNote, "CN-1", 1, "2026-03-01", 20_000);
    company.take_in("a.xml", vec![first()], false);
    let credit =
        company.number("SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'CN-1'");
    let mut netted = application(1, 150_000, 1, &[(1, 100_000, 0, 0, 0, ""), (2, 50_000, 0, 0, 0, "")]);
    netted.credits = vec![(credit, 20_000)];
    netted.on_account = true;
    let done = company.act(Act::ApplyPayment(Box::new(netted)));
    assert!(done.summary.ends_with("200.00 EUR on account"), "{}", done.summary);
    assert_eq!((company.open("CN-1"), company.open("INV-1"), company.open("INV-2")), (0, 0, 0));
    // More credit than the items take.
    let mut greedy = application(3, 29_000, 2, &[(3, 29_000, 0, 0, 0, "")]);
    greedy.credits = vec![(credit, 1)];
    company.refused(Act::ApplyPayment(Box::new(greedy)), "AMT-06");
}

#[test]
fn nothing_is_applied_beyond_what_is_open_or_to_another_customer() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    for (lines, code) in [
        (vec![(1, 100_001, 0, 0, 0, "")], "AMT-06"),
        (vec![(1, 100_000, 0, 0, 0, ""), (2, 50_001, 0, 0, 0, "")], "AMT-06"),
        (vec![(3, 10, 0, 0, 0, "")], "AMT-10"),
        (vec![(1, 0, 0, 0, 0, "")], "AMT-05"),
        (vec![(1, 99_000, 2_000, 0, 0, "")], "AMT-06"),
        (vec![(1, 90_000, 0, 0, 20_000, "price")], "AMT-06"),
    ] {
        company.refused(Act::ApplyPayment(Box::new(application(1, 150_000, 1, &lines))), code);
    }
    assert_eq!(company.left(1), 150_000);
}

#[test]
fn a_payment_of_two_customers_is_applied_in_two_parts() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    let part = Application { amount: 120_000, ..application(1, 150_000, 1, &[(1, 100_000, 0, 0, 0, "")]) };
    company.act(Act::ApplyPayment(Box::new(part)));
    assert_eq!(company.left(1), 30_000);
    company.act(Act::ApplyPayment(Box::new(application(1, 30_000, 2, &[(3, 30_000, 0, 0, 0, "")]))));
    assert_eq!((company.left(1), company.open("INV-3")), (0, 0));
}

#[test]
fn a_return_reopens_the_items_with_their_due_dates_and_withdraws_the_discount() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    company.act(Act::ApplyPayment(Box::new(application(3, 29_000, 2, &[(3, 29_000, 1_000, 0, 0, "")]))));
    assert_eq!(company.open("INV-3"), 0);
    let receipt = company.number("SELECT id FROM document WHERE kind = 4");
    let due =
        company.conn.query_row("SELECT due_date FROM item WHERE id = 3", [], |row| row.get::<_, String>(0)).unwrap();
    // The bank takes 290.00 back and charges 5.00 for it.
    let back = entry("2026-03-15", -29_500, EntryKind::Return, 6, vec![]);
    company.take_in("r.xml", vec![statement("2026/2", 677_500, vec![back])], false);
    let done = company.act(Act::ReturnPayment { payment: 4, receipt, reason: "insufficient funds".into() });
    assert!(done.summary.contains("290.00 EUR"), "{}", done.summary);
    assert_eq!((company.open("INV-3"), company.left(4)), (30_000, 0));
    let now =
        company.conn.query_row("SELECT due_date FROM item WHERE id = 3", [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(now, due);
    assert_eq!((company.account(4300), company.account(6200)), (0, 2_000));
    assert_eq!(company.account(UNIDENTIFIED), -150_000);
    company.refused(Act::ReturnPayment { payment: 1, receipt, reason: String::new() }, "BNK-09");
}

#[test]
fn a_return_withdraws_no_discount_of_another_receipt_of_the_same_run() {
    let mut company = Company::new();
    let entries = vec![
        entry("2026-03-12", 10_000, EntryKind::Receipt, 1, vec![paid(10_000, "Bergmann", "INV-3 part")]),
        entry("2026-03-13", 19_000, EntryKind::Receipt, 2, vec![paid(19_000, "Bergmann", "INV-3 rest")]),
    ];
    company.take_in("a.xml", vec![statement("2026/1", 500_000, entries)], false);
    let run = Run { given: 2, first: 1, last: 2, ..Run::default() };
    run.beside.0.lock().unwrap().applications = vec![
        application(1, 10_000, 2, &[(3, 10_000, 0, 0, 0, "")]),
        application(2, 19_000, 2, &[(3, 19_000, 1_000, 0, 0, "")]),
    ];
    company.act(Act::ApplyRun(run));
    assert_eq!((company.open("INV-3"), company.account(4300)), (0, 1_000));
    let receipt = company.number("SELECT min(id) FROM document WHERE kind = 4");
    let back = entry("2026-03-15", -10_000, EntryKind::Return, 6, vec![]);
    company.take_in("r.xml", vec![statement("2026/2", 529_000, vec![back])], false);
    company.act(Act::ReturnPayment { payment: 3, receipt, reason: "insufficient funds".into() });
    assert_eq!((company.open("INV-3"), company.account(4300)), (10_000, 1_000));
}

#[test]
fn money_of_no_customer_is_settled_and_can_be_undone() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    let settle = |what| Act::SettlePayment { payment: 3, left: 29_000, what, text: "tax refund".into() };
    let done = company.act(settle(Settled::Elsewhere));
    assert_eq!((company.left(3), company.account(1095)), (0, -29_000));
    company.act(Act::Undo { act: done.act });
    assert_eq!((company.left(3), company.account(1095)), (29_000, 0));
    // Entered by hand the day before: the statement only confirms it.
    company.act(Act::PostReceipt {
        customer: 2,
        reference: "HAND-1".into(),
        date: day("2026-03-13"),
        currency: o2c::domain::money::Currency::EUR,
        amount: 29_000,
        method: "transfer".into(),
        text: String::new(),
        applied: vec![(3, 29_000)],
    });
    let hand = company.number("SELECT id FROM document WHERE number = 'HAND-1'");
    company.act(settle(Settled::Known(hand)));
    assert_eq!((company.account(1000), company.left(3)), (0, 0));
    company.refused(
        Act::SettlePayment { payment: 1, left: 150_000, what: Settled::Known(hand), text: String::new() },
        "BNK-08",
    );
}

#[test]
fn a_refund_goes_out_of_unapplied_money_and_meets_its_statement() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    company.act(Act::ApplyPayment(Box::new(application(1, 150_000, 1, &[(1, 100_000, 0, 0, 0, "")]))));
    let credit = company.number("SELECT id FROM item WHERE kind = 4 AND open < 0");
    let refund = |amount| Act::Refund { credit, amount, date: day("2026-03-16"), reason: "paid twice".into() };
    company.refused(refund(50_001), "AMT-06");
    company.act(refund(50_000));
    assert_eq!(company.account(1000), -50_000);
    let out = entry("2026-03-16", -50_000, EntryKind::Payment, 7, vec![]);
    company.take_in("o.xml", vec![statement("2026/2", 677_500, vec![out])], false);
    assert_eq!(company.left(4), -50_000, "a payment out as large as a refund waits for it");
    let document = company.number("SELECT id FROM document WHERE kind = 6");
    company.act(Act::SettlePayment { payment: 4, left: -50_000, what: Settled::Known(document), text: String::new() });
    assert_eq!((company.account(1000), company.left(4)), (0, 0));
}

#[test]
fn an_advice_says_what_a_lump_consists_of_before_and_after() {
    let parts = || vec![paid(100_000, "Hafen", "INV-1"), paid(50_000, "Hafen", "INV-2")];
    let advice = |mark, parts| {
        let mut row = statement("advice", 0, vec![entry("2026-03-12", 150_000, EntryKind::Receipt, mark, parts)]);
        (row.source, row.opening, row.closing) = (Source::Advice, None, None);
        row
    };
    let lump = |mark| statement("2026/1", 0, vec![entry("2026-03-12", 150_000, EntryKind::Receipt, mark, vec![])]);
    // After: the lump is split.
    let mut company = Company::new();
    company.take_in("s.xml", vec![lump(1)], false);
    company.take_in("n.xml", vec![advice(1, parts())], false);
    assert_eq!((company.left(1), company.left(2), company.left(3)), (0, 100_000, 50_000));
    assert_eq!(company.account(UNIDENTIFIED), -150_000);
    // Before: the entry is made of what was announced, and nothing was booked until then.
    let mut company = Company::new();
    company.take_in("n.xml", vec![advice(1, parts())], false);
    assert_eq!((company.account(BANK), company.account(UNIDENTIFIED)), (0, 0));
    let early = Act::ApplyPayment(Box::new(application(1, 100_000, 1, &[(1, 100_000, 0, 0, 0, "")])));
    company.refused(early.clone(), "BNK-07");
    company.take_in("s.xml", vec![lump(1)], false);
    assert_eq!((company.account(BANK), company.number("SELECT count(*) FROM bank_payment")), (150_000, 2));
    company.act(early);
    assert_eq!(company.open("INV-1"), 0);
}

#[test]
fn what_a_payer_is_known_by_is_learned_and_forgotten() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    let learned = Application { learn: true, ..application(1, 150_000, 1, &[]) };
    company.act(Act::ApplyPayment(Box::new(learned)));
    assert_eq!(company.number("SELECT count(*) FROM alias_change WHERE customer_id = 1 AND held = 1"), 2);
    let alias = |held| Act::SetAlias { customer: 1, kind: "account".into(), value: "ACCHafen".into(), held };
    company.refused(alias(true), "AUT-07");
}

fn ran(company: &mut Company) -> o2c::acts::run::Tally {
    let stamp = company.stamp();
    let tally = o2c::acts::run::run(&company.conn, &book::actor(), stamp, Mode::Post, &mut |_, _| true).unwrap();
    company.sound();
    tally
}

#[test]
fn the_rules_apply_what_has_one_explanation_and_say_why_they_leave_the_rest() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    let tally = ran(&mut company);
    assert_eq!((tally.seen, tally.applied, tally.stale), (2, 1, 0), "{tally:?}");
    assert_eq!((company.open("INV-1"), company.open("INV-2"), company.open("INV-3")), (0, 0, 30_000));
    let why: String =
        company.conn.query_row("SELECT why FROM bank_payment WHERE id = 3", [], |row| row.get(0)).unwrap();
    assert!(!why.is_empty());
    let (rule, evidence, sure): (String, String, i64) = company
        .conn
        .query_row("SELECT rule, evidence, confidence FROM payment_step WHERE payment_id = 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .unwrap();
    assert!(evidence.contains("INV-1 named") && sure >= 800 && !rule.is_empty(), "{rule} {evidence} {sure}");
    // Again: nothing is left to do, and no act says so.
    let acts = company.number("SELECT count(*) FROM act");
    assert_eq!(ran(&mut company).applied, 0);
    assert_eq!(company.number("SELECT count(*) FROM act"), acts);
    // The whole batch can be undone.
    company.act(Act::Undo { act: acts });
    assert_eq!((company.open("INV-1"), company.left(1)), (100_000, 150_000));
}

#[test]
fn the_rules_leave_what_was_entered_by_hand_already() {
    let mut company = Company::new();
    company.act(Act::PostReceipt {
        customer: 1,
        reference: "HAND-1".into(),
        date: day("2026-03-11"),
        currency: o2c::domain::money::Currency::EUR,
        amount: 150_000,
        method: "transfer".into(),
        text: String::new(),
        applied: Vec::new(),
    });
    company.take_in("a.xml", vec![first()], false);
    let tally = ran(&mut company);
    assert_eq!(tally.applied, 0, "{tally:?}");
    assert!(tally.left.keys().any(|why| why.contains("HAND-1")), "{tally:?}");
}

#[test]
fn a_payment_of_items_of_which_one_is_disputed_says_so() {
    let mut company = Company::new();
    company.act(Act::SetAlias { customer: 1, kind: "account".into(), value: "ACCHAFEN".into(), held: true });
    company.document(DocumentKind::Invoice, "INV-4", 1, "2026-03-11", 7_700);
    let dispute = Act::OpenDispute { item: 2, amount: 50_000, reason: "price".into(), text: String::new() };
    company.act(dispute);
    let entries = vec![
        entry("2026-03-13", 57_700, EntryKind::Receipt, 1, vec![paid(57_700, "Hafen", "")]),
        entry("2026-03-13", 12_345, EntryKind::Receipt, 2, vec![paid(12_345, "Hafen", "")]),
    ];
    company.take_in("a.xml", vec![statement("2026/1", 0, entries)], false);
    let tally = ran(&mut company);
    assert_eq!(tally.applied, 0, "{tally:?}");
    let why = |payment: i64| company.text(&format!("SELECT why FROM bank_payment WHERE id = {payment}"));
    assert_eq!(why(1), "it is what several items come to, of which INV-2 is disputed");
    assert_eq!(why(2), "no open items explain it");
}

#[test]
fn a_run_told_to_stop_leaves_payments_whole() {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    let stamp = company.stamp();
    let tally = o2c::acts::run::run(&company.conn, &book::actor(), stamp, Mode::Post, &mut |_, _| false).unwrap();
    assert!(tally.stopped && tally.applied == 0);
    company.sound();
    assert_eq!(company.left(1), 150_000);
}

#[test]
fn a_payers_own_end_to_end_id_names_nothing_of_ours() {
    let mut company = Company::new();
    company.act(Act::SetAlias { customer: 2, kind: "account".into(), value: "ACCBERGMANN".into(), held: true });
    let payment = PaymentRow { end_to_end: "PAY48629".into(), ..paid(30_000, "Bergmann", "") };
    let one = entry("2026-03-13", 30_000, EntryKind::Receipt, 1, vec![payment]);
    company.take_in("a.xml", vec![statement("2026/1", 0, vec![one])], false);
    let tally = ran(&mut company);
    assert_eq!((tally.applied, company.open("INV-3")), (1, 0), "{tally:?}");
}

#[test]
fn a_credit_chosen_twice_is_not_used_twice() {
    let mut company = company_with_credit();
    let mut twice = application(1, 150_000, 1, &[(1, 100_000, 0, 0, 0, ""), (2, 50_000, 0, 0, 0, "")]);
    let credit = company.number("SELECT id FROM item WHERE kind = 2");
    twice.credits = vec![(credit, 4_000), (credit, 4_000)];
    company.refused(Act::ApplyPayment(Box::new(twice)), "AMT-06");
    assert_eq!((company.left(1), company.open("INV-1")), (150_000, 100_000));
}

fn company_with_credit() -> Company {
    let mut company = Company::new();
    company.take_in("a.xml", vec![first()], false);
    company.document(DocumentKind::CreditNote, "CN-9", 1, "2026-03-01", 4_000);
    company
}

#[test]
fn nothing_is_granted_on_an_item_of_another_customer() {
    let mut company = company_with_credit();
    for (discount, difference, deducted) in [(100, 0, 0), (0, 100, 0), (0, 0, 100)] {
        let lines = [(1, 100_000, 0, 0, 0, ""), (3, 0, discount, difference, deducted, "price")];
        company.refused(Act::ApplyPayment(Box::new(application(1, 150_000, 1, &lines))), "AMT-10");
    }
    assert_eq!(company.open("INV-3"), 30_000);
}

#[test]
fn a_run_that_was_taken_back_is_run_again_and_not_repeated_from_the_log() {
    let mut company = company_with_credit();
    ran(&mut company);
    let run = company.number("SELECT max(id) FROM act WHERE kind = 'apply run'");
    let undone = company.act(Act::Undo { act: run });
    let said = company.refused(Act::Undo { act: undone.act }, "ACT-10");
    assert!(said.contains("o2c cash run"), "{said}");
}
