//! What users of other systems complain of in dunning, one named test each: the fault, and that ours does not have it.

use std::collections::BTreeMap;

use o2c::acts::Act;
use o2c::acts::dunning::{Dunning, Review};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::dunning::{Channel, Credits, Effect, Interest, Letter, Mode, Paid, Policy};
use o2c::domain::late::{Compensation, DayCount, Profile, RateMode};
use o2c::domain::money::Currency;
use o2c::store::dunning::runs::letters_of;
use rust_decimal::Decimal;

use crate::book::{Company, customer, day, document, euro};
use crate::runs::{desk, standard, with_fee};
use crate::world::{after_letter, hold, item, level, levels, on, owing, policy, sent, words};

/// The documents a run's letters are about.
fn documents(letters: &[Letter]) -> Vec<&str> {
    letters.iter().flat_map(|letter| &letter.lines).map(|line| line.document.as_str()).collect()
}

/// What every account of the ledger has of one document.
fn accounts(company: &Company, document: i64) -> Vec<(i64, i64)> {
    let sql = "SELECT account, sum(amount) FROM (SELECT debit AS account, amount FROM posting WHERE document_id = ?1 \
               UNION ALL SELECT credit, -amount FROM posting WHERE document_id = ?1) GROUP BY account ORDER BY account";
    let mut statement = company.conn.prepare(sql).expect("a question");
    let rows = statement.query_map([document], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("rows")
}

/// OCA/credit-control PR#208.
#[test]
fn an_invoice_is_suspended_until_a_day_with_a_reason() {
    let mut customer = owing(vec![item(1, "2026-03-01", 100), item(2, "2026-03-01", 100)]);
    customer.holds.push(hold(Some(1), Some("2026-03-20")));
    let policy = policy(vec![level(1, 3)]);
    assert_eq!(levels(&customer, &policy, "2026-03-20"), [0, 1]);
    let verdict = &on(&customer, &policy, "2026-03-20").verdicts[0];
    assert!(verdict.why.sentence().contains("waits for our answer"));
    assert_eq!(verdict.changes_on, Some(day("2026-03-21")));
    assert_eq!(levels(&customer, &policy, "2026-03-21"), [1, 1], "it comes back by itself");

    // The same in a book: the other invoice goes out meanwhile, and the hold stays to be read when it has ended.
    let mut company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-01")));
    company.under(&standard());
    let (from, until) = (company.today, Some(day("2026-03-25")));
    let (kind, reason) = ("manual".into(), "waits for our answer".into());
    company
        .dunning("anna", Dunning::PlaceHold { customer: 1, item: Some(1), kind, from, until, reason })
        .expect("held");
    assert_eq!(documents(&company.remind()), ["INV-2"]);
    company.later(5);
    assert_eq!(company.draft(), Err("DUN-02".into()), "the last day of the hold");
    company.later(1);
    assert_eq!(documents(&company.remind()), ["INV-1"]);
    let kept =
        "SELECT count(*) FROM dunning_hold WHERE item_id = 1 AND reason LIKE 'waits%' AND until_date = '2026-03-25'";
    assert_eq!(company.number(kept), 1);
    company.assert_sound();
}

/// OCA/credit-control#330.
#[test]
fn a_partly_paid_invoice_is_reminded_and_keeps_its_history() {
    let mut company = desk();
    company.under(&standard());
    company.remind();
    company.pay(1, euro(40));
    company.later(7);
    let letters = company.remind();
    assert_eq!((letters[0].level, letters[0].lines[0].open), (2, euro(60)));
    // What the company tolerates is not worth a letter, one cent more is.
    company.under(&Policy { tolerance: BTreeMap::from([(Currency::EUR, euro(1))]), ..standard() });
    company.pay(1, euro(59));
    company.later(7);
    assert_eq!((company.draft(), company.why()), (Err("DUN-02".into()), vec!["tolerated"]));
    company.assert_sound();
}

/// OCA/credit-control#211, PR#346.
#[test]
fn open_credit_notes_are_taken_off_listed_or_left_out() {
    let customer = owing(vec![item(1, "2026-03-01", 100), item(2, "2026-03-01", -100)]);
    for (credits, must) in [(Credits::Net, "covered by credits"), (Credits::List, "dunned"), (Credits::None, "dunned")]
    {
        let policy = Policy { credits, ..policy(vec![level(1, 3)]) };
        assert_eq!(words(&customer, &policy, "2026-03-20"), [must, "credit"]);
    }
    // The reminder total of an invoice of 100 beside a credit note of 30, and what the letter tells of the credit.
    for (credits, must) in [(Credits::Net, (30, 70)), (Credits::List, (30, 100)), (Credits::None, (0, 100))] {
        let company = desk();
        company.done("anna", document(Kind::CreditNote, "CN-1", euro(30), day("2026-03-18")));
        company.under(&Policy { credits, ..standard() });
        let letter = &company.remind()[0];
        assert_eq!((letter.credits, letter.total()), (euro(must.0), euro(must.1)), "{credits:?}");
        assert_eq!(letter.credits_as, credits);
        company.assert_sound();
    }
}

/// OCA/credit-control#562, PR#568.
#[test]
fn a_credit_note_taken_back_blocks_nothing() {
    let company = desk();
    company.under(&standard());
    let note = company.done("anna", document(Kind::CreditNote, "CN-1", euro(100), day("2026-03-18")));
    assert_eq!(company.draft(), Err("DUN-02".into()));
    company.done("anna", Act::Undo { act: note.act });
    assert!(company.draft().is_ok());
}

/// OCA/credit-control#460.
#[test]
fn reminding_one_invoice_does_not_suppress_the_others() {
    let mut company = desk();
    company.under(&standard());
    assert_eq!(documents(&company.remind()), ["INV-1"]);
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-03")));
    company.later(1);
    assert_eq!(documents(&company.remind()), ["INV-2"]);
    company.later(6);
    let letters = company.remind();
    assert_eq!((documents(&letters), letters[0].level), (vec!["INV-1"], 2), "each at its own pace");
    // Each contact says by its letter which items it was about.
    let contacts = "SELECT count(*) FROM activity a JOIN letter t ON t.number = a.text \
                    JOIN letter_line l ON l.letter_id = t.id WHERE a.kind = 'letter' AND l.item_id = ";
    assert_eq!([1, 2].map(|item| company.number(&format!("{contacts}{item}"))), [2, 1]);
}

/// OCA/credit-control PR#35, PR#432.
#[test]
fn levels_follow_step_by_step_or_the_highest_is_reached() {
    let all = vec![level(1, 3), level(2, 14), level(3, 30)];
    let customer = owing(vec![item(1, "2026-03-01", 100), item(2, "2026-03-15", 100)]);
    for (mode, must) in [
        (Mode::Sequential, [1, 1]),
        (Mode::Highest, [2, 1]),
        (Mode::HighestPerCustomer, [2, 2]),
        (Mode::Customer, [1, 1]),
    ] {
        let policy = Policy { mode, ..policy(all.clone()) };
        assert_eq!(levels(&customer, &policy, "2026-03-20"), must, "{mode:?}");
    }
}

/// What a bounce falls back to is in the letter; that it does so is held where mail is.
#[test]
fn a_letter_names_its_channels_in_their_order() {
    let company = desk();
    let mut policy = standard();
    policy.levels[0].channels = vec![Channel::Mail, Channel::Letter, Channel::Phone];
    company.under(&policy);
    assert_eq!(company.remind()[0].channels, [Channel::Mail, Channel::Letter, Channel::Phone]);
}

/// OCA reminder readme: judged too complex. One line at a time is enough.
#[test]
fn a_run_is_reviewed_line_by_line() {
    let company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-01")));
    company.under(&standard());
    let run = company.draft().expect("a run");
    let first = company.lines(run)[0].id;
    let drop = Dunning::ReviewLines {
        lines: vec![first],
        what: Review::Hold { until: Some(day("2026-04-01")) },
        reason: "we owe an answer".into(),
    };
    company.dunning("anna", drop).expect("reviewed");
    company.send(run);
    assert_eq!(company.number("SELECT count(*) FROM letter_line"), 1);
    assert_eq!(company.why(), ["held", "waits"]);
    company.assert_sound();
}

/// frappe/erpnext#41752.
#[test]
fn a_customer_stays_dunned_until_every_item_is_paid() {
    let mut company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-01")));
    company.under(&standard());
    company.remind();
    company.pay(2, euro(50));
    company.later(7);
    assert_eq!(company.remind()[0].lines.len(), 1);
    company.pay(1, euro(100));
    company.later(7);
    assert_eq!(company.draft(), Err("DUN-02".into()));
}

/// frappe/erpnext#42605, PR#46770.
#[test]
fn each_line_of_a_letter_has_the_amount_of_its_own_invoice() {
    let company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-01")));
    company.under(&standard());
    let letters = company.remind();
    let found: Vec<_> = letters[0].lines.iter().map(|line| (line.document.as_str(), line.asked)).collect();
    assert_eq!(found, [("INV-1", euro(100)), ("INV-2", euro(50))]);
    assert_eq!(letters[0].total(), euro(150));
}

/// frappe/erpnext PR#49066.
#[test]
fn a_credit_note_resolves_dunning_like_a_payment() {
    let mut company = desk();
    company.under(&standard());
    company.remind();
    company.done("anna", Act::Credit { item: 1, amount: euro(100), date: company.today, reason: "returned".into() });
    company.later(7);
    assert_eq!(company.draft(), Err("DUN-02".into()));
    assert_eq!(company.why(), Vec::<&str>::new());
}

/// Interest of 0.41 on 100.00 for five days: 30 percent a year.
pub fn costly(on_principal_paid: Paid) -> Policy {
    let profile = Profile {
        name: "contract".into(),
        basis: "as agreed".into(),
        rates: vec![(day("2020-01-01"), Decimal::from(30))],
        margin: Decimal::ZERO,
        mode: RateMode::Floating,
        day_count: DayCount::Act365,
        after_days: 0,
        least: 0,
        compensation: Compensation::None,
    };
    let interest = Some(Interest { profile, post: true });
    Policy { on_principal_paid, interest, ..with_fee(standard(), 0, 1_000) }
}

/// frappe/erpnext#58220, PR#58227.
#[test]
fn paying_the_principal_keeps_waives_or_asks_about_fee_and_interest() {
    for (rule, must) in [(Paid::Keep, "not late"), (Paid::Waive, "fee waived"), (Paid::Ask, "fee to decide")] {
        let company = desk();
        company.under(&costly(rule));
        let letter = &company.remind()[0];
        assert_eq!((letter.lines[0].fee, letter.lines[0].interest, letter.total()), (1_000, 41, 11_041));
        company.pay(1, euro(100));
        assert_eq!(company.number("SELECT sum(open) FROM item WHERE open > 0"), 1_041, "fee and interest stay open");
        assert_eq!(company.why(), [must, must]);
        company.assert_sound();
    }
    // Long after: kept means dunned by themselves, waived and asked about mean that no letter goes out.
    for (rule, must) in [(Paid::Keep, Some(1_041)), (Paid::Waive, None), (Paid::Ask, None)] {
        let mut company = desk();
        company.under(&costly(rule));
        company.remind();
        company.pay(1, euro(100));
        company.later(30);
        let letters = company.draft().ok().map(|_| company.remind());
        assert_eq!(letters.map(|letters| letters[0].total()), must, "{rule:?}");
        company.assert_sound();
    }
}

/// frappe/erpnext PR#22559.
#[test]
fn one_run_reminds_every_customer() {
    let mut company = desk();
    for number in [2, 3] {
        let data = customer(&format!("K{number}"));
        company.done("anna", Act::SetCustomer { customer: None, version: 0, data });
        let mut act = document(Kind::Invoice, &format!("INV-{number}"), euro(10), day("2026-03-01"));
        if let Act::PostDocument { customer, .. } = &mut act {
            *customer = number;
        }
        company.done("anna", act);
    }
    company.under(&Policy { daily: true, ..standard() });
    // By the day's schedule, once a day, however often the day's work is asked for.
    let draft = |company: &Company| company.outcome("anna", Act::Dunning(Dunning::DraftDaily));
    assert_eq!((draft(&company), draft(&company)), ("done".to_owned(), "DUN-09".to_owned()));
    let letters = company.number("SELECT max(id) FROM dunning_run");
    assert_eq!(letters_of(&company.lines(letters)).len(), 3);
    company.send(letters);
    assert_eq!(company.number("SELECT count(DISTINCT customer_id) FROM letter WHERE run_id = 1"), 3);
    company.later(1);
    assert_eq!(draft(&company), "DUN-02", "nothing new is due");
    company.later(6);
    assert_eq!(draft(&company), "done", "the second letters");
    company.assert_sound();
}

/// invoiceninja/invoiceninja#2330.
#[test]
fn a_fee_is_charged_once_however_often_a_run_is_made() {
    let mut company = desk();
    company.under(&with_fee(with_fee(standard(), 0, 500), 1, 700));
    company.remind();
    for _ in 0..5 {
        assert_eq!(company.draft(), Err("DUN-02".into()));
    }
    company.later(7);
    company.remind();
    let fees = company.number("SELECT sum(amount) FROM document WHERE kind = 3");
    assert_eq!(fees, 1_200, "once for each level, and a fee bears no fee");
    company.assert_sound();
}

/// invoiceninja/invoiceninja#637.
#[test]
fn a_missed_day_is_caught_up() {
    let customer = owing(vec![item(1, "2026-03-01", 100)]);
    let policy = policy(vec![level(1, 3)]);
    assert!(["2026-03-04", "2026-03-05", "2026-06-01"].iter().all(|day| levels(&customer, &policy, day) == [1]));
}

/// Dolibarr/dolibarr#25197.
#[test]
fn every_level_counts_at_or_past_its_day() {
    let customer = owing(vec![sent(item(1, "2026-03-01", 100), 1, "2026-03-04")]);
    let policy = policy(vec![level(1, 3), after_letter(2, 7)]);
    assert_eq!(levels(&customer, &policy, "2026-03-10"), [0]);
    assert!(["2026-03-11", "2026-03-12", "2026-06-01"].iter().all(|day| levels(&customer, &policy, day) == [2]));
}

/// invoiceninja/invoiceninja#8716.
#[test]
fn a_letter_is_a_document_with_a_number_of_its_own() {
    let mut company = desk();
    company.under(&standard());
    let first = company.remind().remove(0);
    company.later(7);
    let second = company.remind().remove(0);
    assert_eq!((first.number.as_str(), second.number.as_str()), ("L-1", "L-2"));
    assert_ne!(first.number, first.lines[0].document);
    assert_eq!((second.customer_number.as_str(), second.company.as_str()), ("K1", "Kontor Nord GmbH"));
    // It is no invoice: the receivable is what it was, and the letter stands as it was sent whatever comes after.
    assert_eq!(company.number("SELECT count(*) FROM document"), 1);
    company.pay(1, euro(100));
    let again = o2c::store::dunning::letters::letter(&company.conn, second.id).expect("the letter");
    assert_eq!(again, second);
}

/// Dolibarr/dolibarr#14695.
#[test]
fn the_last_level_asks_somebody_to_decide_on_an_agency() {
    let company = desk();
    let mut policy = policy(vec![level(1, 3)]);
    policy.levels[0].effects = vec![Effect::Agency];
    company.under(&policy);
    company.remind();
    let next = "SELECT count(*) FROM customer WHERE next_on = '2026-03-31' AND next_what = 'decide on an agency'";
    assert_eq!(company.number(next), 1);
    assert_eq!(company.why(), ["last level sent"]);
    company.assert_sound();
}

/// microsoft/AL#7914.
#[test]
fn crediting_interest_takes_back_exactly_what_was_charged() {
    let company = desk();
    company.under(&costly(Paid::Keep));
    company.remind();
    let mut company = company;
    let interest = company.number("SELECT i.id FROM item i JOIN letter t ON t.interest_document = i.document_id");
    let amount = company.open(interest);
    let charged = accounts(&company, company.number("SELECT interest_document FROM letter"));
    company.done("anna", Act::Credit { item: interest, amount, date: company.today, reason: "goodwill".into() });
    assert_eq!((amount, company.open(interest)), (41, 0));
    // The mirror of the original, account by account; and the next letter charges only what came since.
    let back = accounts(&company, company.number("SELECT max(id) FROM document"));
    let mirror: Vec<_> = charged.iter().map(|(account, amount)| (*account, -amount)).collect();
    assert_eq!(back, mirror);
    company.later(7);
    assert_eq!(company.remind()[0].lines[0].interest, 58, "seven days of 100.00 at 30 percent, not twelve");
    company.assert_sound();
}

/// killbill/killbill#695, killbill/killbill#472.
#[test]
fn what_is_credited_is_overdue_no_more_from_that_moment() {
    let company = desk();
    company.under(&standard());
    let run = company.draft().expect("a run");
    company.done("anna", Act::Credit { item: 1, amount: euro(100), date: company.today, reason: "returned".into() });
    company.send(run);
    assert_eq!(company.number("SELECT count(*) FROM letter"), 0);
    // A payment between two letters of one run: the first is out, the second asks for nothing that was paid.
    let company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-01")));
    company.under(&standard());
    let run = company.draft().expect("a run");
    company.release(run);
    company.start(run);
    company.pay(2, euro(50));
    company.letter(run, letters_of(&company.lines(run))[0]).expect("sent");
    assert_eq!(company.number("SELECT sum(asked) FROM letter"), euro(100));
    assert_eq!(company.why(), ["waits"]);
    company.assert_sound();
}

/// feedback.invoiced.com 362217, 181881.
#[test]
fn chasing_pauses_while_a_promise_runs_and_resumes_when_it_is_broken() {
    let mut company = desk();
    company.under(&standard());
    company.remind();
    company.done("anna", Act::Promise { items: vec![(1, euro(100))], on: day("2026-03-27"), text: "Mrs Voss".into() });
    assert_eq!(company.why(), ["promised"]);
    company.later(9);
    assert_eq!(company.why(), ["promised"], "two days of tolerance");
    assert_eq!(company.draft(), Err("DUN-02".into()));
    // The second of them is a Sunday, on which no bank books.
    company.later(1);
    assert_eq!(company.why(), ["promised"], "until Monday");
    company.later(1);
    assert_eq!(company.why(), ["dunned"]);
    assert_eq!(company.remind()[0].level, 2, "at the level it had");
    company.assert_sound();
}

/// uservoice.doit.com 50972542.
#[test]
fn collections_see_that_an_invoice_is_disputed() {
    let company = desk();
    company.under(&standard());
    let dispute = |amount| Act::OpenDispute { item: 1, amount, reason: "price".into(), text: "too dear".into() };
    company.done("anna", dispute(euro(60)));
    let letter = &company.remind()[0];
    assert_eq!((letter.lines[0].disputed, letter.lines[0].asked, letter.total()), (euro(60), euro(40), euro(40)));
    company.done("anna", dispute(euro(40)));
    assert_eq!(company.why(), ["disputed"]);
    company.assert_sound();
}
