//! What is accepted of single customers and from single people, and what the rules do for a customer only where it was
//! agreed: money kept on account, rules switched off, references of the payer's country, items of one payment term.

use o2c::acts::Act;
use o2c::domain::bank::EntryKind;
use o2c::domain::document::DocumentKind;
use o2c::domain::limits::LimitKind;
use o2c::store::read::payment;
use o2c::store::{BookPath, Reader};

use super::book::{Company, application, day, entry, paid, statement};
use super::ran;

fn set(company: &mut Company, key: &str, value: &str) {
    company.act(Act::SetSetting { key: key.into(), value: value.into() });
}

fn knows(company: &mut Company, customer: i64, account: &str) {
    company.act(Act::SetAlias { customer, kind: "account".into(), value: account.into(), held: true });
}

fn receives(company: &mut Company, payments: &[(i64, &str, &str)]) {
    let entries = payments.iter().zip(1..).map(|((amount, payer, text), mark)| {
        entry("2026-03-12", *amount, EntryKind::Receipt, mark, vec![paid(*amount, payer, text)])
    });
    let entries = entries.collect();
    company.take_in("a.xml", vec![statement("2026/1", 0, entries)], false);
}

#[test]
fn a_customer_has_a_tolerance_of_its_own() {
    let mut company = Company::new();
    set(&mut company, "cash-tolerance", "0.10");
    set(&mut company, "cash-tolerance-percent", "1");
    company.refused(Act::SetSetting { key: "cash-customers".into(), value: "K1 tolerance".into() }, "CFG-02");
    set(&mut company, "cash-customers", "K1 tolerance=2.00; K2 off=a,c");
    receives(&mut company, &[(99_900, "Hafen Handel AG", "INV-1"), (30_000, "Bergmann Werke", "INV-3")]);
    let tally = ran(&mut company);
    // The first is 1.00 short, which K1 may be; the rule that would settle the second does not run for K2, one item of
    // that amount does.
    assert_eq!((company.left(1), company.account(6100), company.left(2)), (0, 100, 0), "{tally:?}");
    assert_eq!(company.number("SELECT count(*) FROM payment_step WHERE rule = 'one item'"), 1);
    company.sound();
}

#[test]
fn a_person_accepts_by_hand_what_is_accepted_from_them_and_of_what_is_open() {
    let mut company = Company::new();
    set(&mut company, "cash-tolerance", "5.00");
    set(&mut company, "cash-tolerance-percent", "0.5");
    let roles = vec!["approver".to_owned()];
    company.act(Act::AddPerson { login: "eve".into(), name: "Eve".into(), roles, department: String::new() });
    company.act(Act::SetLimit { login: "anna".into(), kind: LimitKind::WriteOff, amount: Some(0) });
    // Nine tenths of INV-1 are credited: half a percent of the rest is 0.50.
    company.document(DocumentKind::CreditNote, "CN-1", 1, "2026-02-20", 90_000);
    let credit =
        company.number("SELECT i.id FROM item i JOIN document d ON d.id = i.document_id WHERE d.number = 'CN-1'");
    company.act(Act::Apply { credit, applied: vec![(1, 90_000)], effective: day("2026-02-20") });
    receives(&mut company, &[(9_550, "Hafen Handel AG", "INV-1"), (29_900, "Bergmann Werke", "INV-3")]);
    let short = |payment, left, customer, item, less| {
        Act::ApplyPayment(Box::new(application(payment, left, customer, &[(item, left, 0, less, 0, "")])))
    };
    let asked = company.act(short(1, 9_550, 1, 1, 450));
    assert!(asked.asked, "{}", asked.summary);
    // A person may accept less than the company does.
    set_by_two(&mut company, "cash-people", "anna tolerance=0.50");
    let asked = company.act(short(2, 29_900, 2, 3, 100));
    assert!(asked.asked, "{}", asked.summary);
    set_by_two(&mut company, "cash-people", "anna tolerance=2.00; eve tolerance=0.10");
    let done = company.act(short(2, 29_900, 2, 3, 100));
    assert!(!done.asked && company.left(2) == 0, "{}", done.summary);
    company.sound();
}

/// With a second person in the book a sensitive setting waits for her.
fn set_by_two(company: &mut Company, key: &str, value: &str) {
    let done = company.act(Act::SetSetting { key: key.into(), value: value.into() });
    if done.asked {
        company.conn.execute("DELETE FROM meta WHERE key = $1", [key]).unwrap();
        company.conn.execute("INSERT INTO meta (key, value) VALUES ($1, $2)", [key, value]).unwrap();
    }
}

#[test]
fn money_that_nothing_explains_is_kept_on_account_where_that_was_agreed() {
    let mut company = Company::new();
    knows(&mut company, 1, "ACCHAFEN HANDEL AG");
    knows(&mut company, 2, "ACCBERGMANN WERKE");
    set(&mut company, "cash-customers", "K1 on-account");
    let payments =
        [(777, "Hafen Handel AG", "thanks"), (888, "Bergmann Werke", "thanks"), (100_000, "Hafen Handel AG", "")];
    receives(&mut company, &payments);
    let tally = ran(&mut company);
    assert_eq!((company.left(1), company.left(2), company.left(3)), (0, 888, 0), "{tally:?}");
    assert_eq!((tally.on_account, tally.applied, company.open("INV-1")), (1, 2, 0));
    let evidence = company.text("SELECT evidence FROM payment_step WHERE rule = 'on account'");
    assert!(evidence.contains("cash-customers"), "{evidence}");
    company.sound();
}

#[test]
fn the_cap_of_a_month_is_that_of_the_day_it_is_posted_on() {
    let mut company = Company::new();
    set(&mut company, "cash-tolerance", "3.00");
    set(&mut company, "cash-tolerance-percent", "1");
    set(&mut company, "cash-differences-per-month", "3.00");
    company.today = day("2026-04-02");
    receives(&mut company, &[(99_750, "Hafen Handel AG", "INV-1"), (49_750, "Hafen Handel AG", "INV-2")]);
    let tally = ran(&mut company);
    assert_eq!((tally.applied, company.account(6100)), (1, 250), "{tally:?}");
    let why = company.text("SELECT why FROM bank_payment WHERE left > 0");
    assert!(why.contains("2.50 EUR of 3.00 EUR are used"), "{why}");
}

#[test]
fn everything_past_due_of_one_payment_term_is_found() {
    let mut company = Company::new();
    knows(&mut company, 2, "ACCBERGMANN WERKE");
    let term = |company: &mut Company, number: &str, amount, due: &str| {
        company.act(Act::PostDocument {
            kind: DocumentKind::Invoice,
            number: number.into(),
            customer: 2,
            date: day("2026-01-05"),
            terms: String::new(),
            due: Some(day(due)),
            currency: o2c::domain::money::Currency::EUR,
            amount,
            reference: String::new(),
            order: String::new(),
            tax: Vec::new(),
        });
    };
    let mut sum = 0;
    for place in 0..9i64 {
        term(&mut company, &format!("S-{}", 400 + 7 * place), 1_003 + 17 * place * place, "2026-01-19");
        term(&mut company, &format!("L-{}", 400 + 7 * place), 2_011 + 13 * place * place * place, "2026-02-04");
        sum += 1_003 + 17 * place * place;
    }
    receives(&mut company, &[(sum, "Bergmann Werke", "")]);
    let reader = Reader::open(&BookPath::new(company.path())).unwrap();
    let case = payment::case(&reader, 1, company.today).unwrap().unwrap();
    let answer = &case.found.as_ref().unwrap().answer;
    assert_eq!(answer.explanations.first().map(|first| first.rule.name()), Some("past due of one term"), "{answer:?}");
    let tally = ran(&mut company);
    assert_eq!((company.left(1), tally.applied), (0, 1), "{tally:?}");
    company.sound();
}

#[test]
fn whoever_has_just_that_name_comes_before_whoever_has_the_amount() {
    let mut company = Company::new();
    for (number, name) in [("K3", "Kunde Alpha GmbH"), ("K4", "Kunde Delta GmbH")] {
        let data = o2c::store::people::CustomerData {
            number: number.into(),
            name: name.into(),
            currency: "EUR".into(),
            ..Default::default()
        };
        company.act(Act::SetCustomer { customer: None, version: 0, data });
    }
    company.document(DocumentKind::Invoice, "X-11", 3, "2026-02-20", 12_345);
    company.document(DocumentKind::Invoice, "X-12", 4, "2026-02-20", 99_999);
    receives(&mut company, &[(12_345, "Kunde Delta GmbH", "")]);
    let reader = Reader::open(&BookPath::new(company.path())).unwrap();
    let case = payment::case(&reader, 1, company.today).unwrap().unwrap();
    let names: Vec<&str> = case.customers().iter().map(|customer| customer.2).collect();
    assert_eq!(names.first(), Some(&"Kunde Delta GmbH"), "{names:?}");
}

#[test]
fn a_reference_of_the_payers_country_is_read_in_the_text() {
    // Finnish, Norwegian and Swedish references with their check digits, from accounts there.
    for (number, reference, account) in [
        ("123456", "1234561", "FI2112345600000785"),
        ("2026001", "20260014", "NO9386011117947"),
        ("12345", "123455", "SE4550000000058398257466"),
    ] {
        let mut company = Company::new();
        company.document(DocumentKind::Invoice, number, 1, "2026-02-20", 41_000);
        knows(&mut company, 1, account);
        let payment = o2c::domain::bank::PaymentRow {
            amount: 41_000,
            payer: "Hafen Handel AG".into(),
            payer_account: account.into(),
            text: format!("payment {reference} thank you"),
            ..Default::default()
        };
        let entries = vec![entry("2026-03-12", 41_000, EntryKind::Receipt, 1, vec![payment])];
        company.take_in("a.xml", vec![statement("2026/1", 0, entries)], false);
        ran(&mut company);
        let said =
            company.text("SELECT coalesce((SELECT rule || ': ' || evidence FROM payment_step), why) FROM bank_payment");
        assert!(said.starts_with("named") && !said.contains("read as"), "{reference}: {said}");
    }
}
