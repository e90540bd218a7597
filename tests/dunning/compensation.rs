//! The fixed sum a law gives for a late payment: off by default, once for an item, the same in the draft, in the letter
//! and in what a policy that is tried would have charged.

use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::dunning::Policy;
use o2c::domain::late::Compensation;
use o2c::domain::money::Currency;
use o2c::formats::policy::{parse, write};
use o2c::store::dunning::letters;

use crate::book::{Company, day, document, euro};
use crate::runs::desk;

fn under(text: &str) -> Policy {
    let levels =
        "[[level]]\nnumber = 1\nwait_days = 3\n[[level]]\nnumber = 2\nwait_days = 7\nwait_from = \"last letter\"\n";
    parse(&format!("name = \"standard\"\n{text}\n{levels}")).expect("a policy")
}

fn fees(company: &Company) -> Vec<i64> {
    let count = company.number("SELECT count(*) FROM letter");
    let all = (1..=count).map(|id| letters::letter(&company.conn, id).expect("a letter"));
    all.flat_map(|letter| letter.lines).map(|line| line.fee).collect()
}

#[test]
fn the_laws_go_by_currency_and_size() {
    let of = |law: Compensation, amount, currency: &str| law.on(amount, Currency::parse(currency).expect("a currency"));
    assert_eq!([of(Compensation::Eu, 1, "EUR"), of(Compensation::Eu, 1, "GBP")], [4_000, 0]);
    let uk = |amount| of(Compensation::Uk, amount, "GBP");
    assert_eq!([uk(99_999), uk(100_000), uk(999_999), uk(1_000_000)], [4_000, 7_000, 7_000, 10_000]);
    assert_eq!([of(Compensation::Uk, 1, "EUR"), of(Compensation::None, 1, "EUR")], [0, 0]);
}

#[test]
fn compensation_is_charged_only_where_a_policy_says_so_and_reads_back() {
    let off = under("[interest]\nprofile = \"eu\"");
    assert!(!write(&off).contains("compensation"));
    let company = desk();
    company.under(&off);
    company.remind();
    assert_eq!(fees(&company), [0]);
    let on = under("[interest]\nprofile = \"eu\"\ncompensation = \"eu\"");
    assert_eq!(parse(&write(&on)).expect("it reads back"), on);
    assert!(
        parse("name = \"a\"\n[interest]\nprofile = \"eu\"\ncompensation = \"fr\"\n[[level]]\nnumber = 1\n").is_err()
    );
}

#[test]
fn every_late_item_is_charged_once_with_its_first_letter() {
    let mut company = desk();
    company.under(&under("[interest]\nprofile = \"eu\"\ncompensation = \"eu\""));
    let run = company.draft().expect("a run");
    let path = company.conn.path().expect("a file").to_owned();
    let reader = o2c::store::Reader::open(&o2c::store::BookPath::new(path)).expect("a reader");
    let shown = |run| o2c::store::read::runs::detail(&reader, run, day("2026-03-20")).expect("the run").lines[0].fee;
    assert_eq!(shown(run), 4_000, "the draft says so");
    company.send(run);
    assert_eq!(fees(&company), [4_000]);
    let posted = "SELECT count(*) FROM document WHERE amount = 4000 AND text LIKE '%compensation for late payment'";
    assert_eq!(company.number(posted), 1);
    // The next level charges nothing again; an item that is new to a letter has its own.
    company.later(7);
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-05")));
    company.remind();
    assert_eq!(fees(&company).iter().sum::<i64>(), 8_000);
    assert_eq!(company.number(posted), 2);
    company.assert_sound();
}

#[test]
fn a_notice_before_the_due_date_charges_nothing() {
    let mut company = Company::of_one();
    company.done("anna", document(Kind::Invoice, "INV-1", euro(100), day("2026-03-01")));
    company.today = day("2026-03-12");
    let courtesy = "name = \"standard\"\n[interest]\nprofile = \"eu\"\ncompensation = \"eu\"\n[[level]]\nnumber = 1\n\
                    wait_days = -5\n[[level]]\nnumber = 2\nwait_days = 3\n";
    company.under(&parse(courtesy).expect("a policy"));
    company.remind();
    company.today = day("2026-03-20");
    company.remind();
    assert_eq!(fees(&company), [0, 4_000]);
    company.assert_sound();
}

#[test]
fn what_is_not_in_the_currency_of_the_law_is_not_charged() {
    let company = desk();
    company.under(&under("[interest]\nprofile = \"uk\"\ncompensation = \"uk\""));
    company.remind();
    assert_eq!(fees(&company), [0], "an item in euro under the law of the United Kingdom");
    company.assert_sound();
}

/// Rates that are shipped are for the user to verify: the run says so wherever interest is reckoned by them.
#[test]
fn a_run_says_by_which_rates_interest_is_reckoned_and_that_they_are_to_be_verified() {
    for (profile, basis) in
        [("uk", "Late Payment of Commercial Debts (Interest) Act 1998"), ("eu", "Directive 2011/7/EU")]
    {
        let company = desk();
        company.under(&under(&format!("[interest]\nprofile = \"{profile}\"")));
        let run = company.draft().expect("a run");
        let path = company.conn.path().expect("a file").to_owned();
        let reader = o2c::store::Reader::open(&o2c::store::BookPath::new(path)).expect("a reader");
        let found = o2c::store::read::runs::detail(&reader, run, day("2026-03-20")).expect("the run").interest;
        let [line] = &found[..] else { panic!("{found:?}") };
        assert!(line.starts_with("interest told by ") && line.contains(basis), "{line}");
        assert!(line.contains("to be verified") && line.contains("newest rate of 2026-"), "{line}");
    }
    let company = desk();
    company.under(&under(""));
    let run = company.draft().expect("a run");
    let path = company.conn.path().expect("a file").to_owned();
    let reader = o2c::store::Reader::open(&o2c::store::BookPath::new(path)).expect("a reader");
    let found = o2c::store::read::runs::detail(&reader, run, day("2026-03-20")).expect("the run").interest;
    assert_eq!(found, Vec::<String>::new(), "who asks for none is told nothing");
}
