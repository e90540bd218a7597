//! Rules for entries the bank's codes do not settle: what they settle from the next file on, what they leave alone, and
//! that each is an act that can be taken back.

use super::book::{Company, entry, paid, statement};
use o2c::acts::Act;
use o2c::acts::bank_rules::RuleChange;
use o2c::domain::bank::EntryKind;
use o2c::domain::bank_rule::Pattern;
use o2c::store::read::bank_rules as rules;
use o2c::store::{BookPath, Reader};

fn rule(text: &str, kind: EntryKind, held: bool) -> Act {
    Act::SetBankRule(RuleChange { text: text.into(), account: None, kind, held })
}

#[test]
fn a_rule_settles_what_no_code_does_from_the_next_file_on() {
    let mut company = Company::new();
    company.refused(rule("ab", EntryKind::Charge, true), "BNK-10");
    company.refused(rule("account fee", EntryKind::Payment, true), "BNK-10");
    company.refused(rule("account fee", EntryKind::Charge, false), "BNK-11");
    company.act(rule("account fee", EntryKind::Charge, true));
    company.refused(rule("ACCOUNT  Fee", EntryKind::Transfer, true), "BNK-11");
    company.act(rule("cash pool", EntryKind::Transfer, true));
    company.act(rule("collected", EntryKind::Receipt, true));
    company.act(rule("unpaid", EntryKind::Return, true));
    company.act(rule("tax office", EntryKind::Other, true));
    let other = |mark, amount, text: &str| {
        entry("2026-03-10", amount, EntryKind::Other, mark, vec![paid(amount, "Bank", text)])
    };
    let rows = vec![
        other(1, -1_000, "Account  fee March"),
        other(2, 50_000, "CASH POOL sweep"),
        other(3, 30_000, "collected INV-3"),
        other(4, -2_000, "unpaid, collected before"),
        other(5, 7_000, "Tax Office refund"),
        other(6, -500, "nothing known"),
        entry("2026-03-10", -300, EntryKind::Interest, 7, vec![paid(-300, "Bank", "account fee")]),
    ];
    company.take_in("a.xml", vec![statement("1", 0, rows)], false);
    company.sound();
    let left: Vec<i64> = (1..=7).map(|payment| company.left(payment)).collect();
    assert_eq!(left, [0, 0, 30_000, -2_000, 0, -500, 0]);
    let kinds = "SELECT count(*) FROM bank_payment WHERE (id = 3 AND kind = 'receipt') OR (id = 4 AND kind = 'return')";
    assert_eq!(company.number(kinds), 2);
    assert_eq!(company.number("SELECT count(*) FROM bank_entry WHERE kind = 'other'"), 6, "the bank's own stays");
    let by = "SELECT count(*) FROM payment_step WHERE rule = 'bank rule'";
    assert_eq!((company.number(by), company.account(6200)), (3, 1_000), "the bank's code comes first");
    // What it would have met, and that it is out of force and in again.
    let reader = Reader::open(&BookPath::new(company.path())).unwrap();
    let tried = rules::tried(&reader, &Pattern::read("fee").unwrap(), None, 10).unwrap();
    assert_eq!((tried.count, tried.waiting, tried.newest[0].id), (1, 0, 1));
    company.refused(rule("account fee", EntryKind::Other, false), "BNK-11");
    let out = company.act(rule("account fee", EntryKind::Charge, false)).act;
    assert_eq!(rules::list(&reader).unwrap().len(), 4);
    company.act(Act::Undo { act: out });
    let known = rules::list(&reader).unwrap();
    assert_eq!(known.iter().find(|rule| rule.text == "account fee").map(|rule| rule.kind), Some(EntryKind::Charge));
}
