//! Whole runs on a book: drafted, reviewed, released by two people, sent letter by letter, cut off and gone on with.

use std::collections::BTreeMap;

use chrono::Duration;
use o2c::acts::dunning::{Dunning, Review};
use o2c::acts::{self, Act, ActKey, Actor, Done, Failure, Mode, Request};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::dunning::{Credits, Letter, Policy, Scope};
use o2c::domain::money::Currency;
use o2c::domain::strategy::{Rate, Strategy};
use o2c::language::filter::Filter;
use o2c::store::dunning::letters;
use o2c::store::dunning::load::{Wanted, customers, rules};
use o2c::store::dunning::runs::{Key, Line, all, letters_of, lines, seal, sent};
use o2c::store::read::accounts::accounts;
use o2c::store::read::window::Sort;
use o2c::store::read::worklist::{Question, tried};
use o2c::store::strategies::Strategies;
use o2c::store::{BookPath, Reader};

use crate::book::{Company, customer, day, document, euro};
use crate::world::{after_letter, level, policy};

impl Company {
    pub fn dunning(&self, login: &str, act: Dunning) -> Result<Done, Failure> {
        self.act(login, Act::Dunning(act))
    }

    /// Takes a policy in and gives it to the company.
    pub fn under(&self, policy: &Policy) {
        let version = rules(&self.conn).expect("rules").rows.iter().map(|row| row.version).max().unwrap_or(0);
        self.dunning("anna", Dunning::SetPolicy { policy: Box::new(policy.clone()), version }).expect("a policy");
        let assign = Dunning::AssignPolicy { scope: Scope::Company, policy: policy.name.clone() };
        self.dunning("anna", assign).expect("assigned");
    }

    /// Drafts a run; gives its id, or the code of the refusal.
    pub fn draft(&self) -> Result<i64, String> {
        match self.dunning("anna", Dunning::DraftRun { segment: String::new() }) {
            Ok(_) => Ok(all(&self.conn).expect("runs")[0].id),
            Err(Failure::Refused { code, .. }) => Err(code.to_owned()),
            Err(other) => panic!("{other}"),
        }
    }

    pub fn lines(&self, run: i64) -> Vec<Line> {
        lines(&self.conn, run, None).expect("lines")
    }

    pub fn release(&self, run: i64) -> Done {
        let seen = seal(&self.lines(run));
        self.dunning("anna", Dunning::ApproveRun { run, seen }).expect("released")
    }

    pub fn start(&self, run: i64) {
        let letters = letters_of(&self.lines(run)).len() as i64;
        self.dunning("anna", Dunning::StartRun { run, letters, despite: "looked at".into() }).expect("started");
    }

    pub fn letter(&self, run: i64, key: Key) -> Result<Done, Failure> {
        let Key { customer, policy, level, currency } = key;
        self.dunning("anna", Dunning::SendLetter { run, customer, policy, level, currency })
    }

    /// Sends a drafted run to its end.
    pub fn send(&self, run: i64) {
        self.release(run);
        self.start(run);
        for key in letters_of(&self.lines(run)) {
            match self.letter(run, key) {
                Ok(_) | Err(Failure::Refused { code: "DUN-08", .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        self.dunning("anna", Dunning::FinishRun { run }).expect("finished");
    }

    /// Drafts and sends; gives the letters.
    pub fn remind(&self) -> Vec<Letter> {
        let run = self.draft().expect("a run");
        self.send(run);
        let out = sent(&self.conn, run).expect("letters");
        out.iter().map(|(_, id, _)| letters::letter(&self.conn, *id).expect("a letter")).collect()
    }

    /// Why each item of the first customer is dunned or not, in a word.
    pub fn why(&self) -> Vec<&'static str> {
        let rules = rules(&self.conn).expect("rules");
        let facts = customers(&self.conn, Wanted { customer: Some(1), today: self.today, run: 0 }).expect("facts");
        facts.first().map_or(Vec::new(), |one| {
            rules.decide(one, self.today).verdicts.iter().map(|verdict| verdict.why.word()).collect()
        })
    }

    pub fn later(&mut self, days: i64) {
        self.today += Duration::days(days);
    }

    pub fn pay(&self, item: i64, amount: i64) {
        let applied = vec![(item, amount)];
        let (reference, method, text) = (String::new(), String::new(), String::new());
        let (customer, date, currency) = (1, self.today, Currency::EUR);
        self.done("anna", Act::PostReceipt { customer, reference, date, currency, amount, method, text, applied });
    }
}

/// Anna alone, an invoice of 1 March due on the 15th, today the 20th.
pub fn desk() -> Company {
    let mut company = Company::of_one();
    company.done("anna", document(Kind::Invoice, "INV-1", euro(100), day("2026-03-01")));
    company.today = day("2026-03-20");
    company
}

pub fn standard() -> Policy {
    policy(vec![level(1, 3), after_letter(2, 7), after_letter(3, 7)])
}

pub fn with_fee(mut policy: Policy, place: usize, minor: i64) -> Policy {
    policy.levels[place].fee = BTreeMap::from([(Currency::EUR, minor)]);
    policy
}

#[test]
fn a_line_kept_after_all_or_whose_review_was_undone_goes_out_and_the_book_stays_sound() {
    let company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-01")));
    company.under(&standard());
    let run = company.draft().expect("a run");
    let review = |line: &Line, what| {
        let act = Dunning::ReviewLines { lines: vec![line.id], what, reason: "he called".into() };
        company.dunning("anna", act).expect("reviewed").act
    };
    let [first, second] = &company.lines(run)[..] else { panic!("two lines") };
    review(first, Review::Drop);
    review(first, Review::Keep);
    let dropped = review(second, Review::Drop);
    company.done("anna", Act::Undo { act: dropped });
    company.send(run);
    let out = sent(&company.conn, run).expect("letters");
    let letter = letters::letter(&company.conn, out[0].1).expect("a letter");
    assert_eq!((out.len(), letter.lines.len()), (1, 2));
    company.assert_sound();
}

#[test]
fn a_run_goes_from_draft_to_letters_and_the_book_stays_sound() {
    let company = desk();
    assert_eq!(company.draft(), Err("DUN-01".into()), "nobody is under a policy");
    company.under(&with_fee(standard(), 0, 500));
    let letters = company.remind();
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!((letter.number.as_str(), letter.run.as_str(), letter.level), ("L-1", "M-1", 1));
    assert_eq!((letter.lines[0].open, letter.lines[0].fee, letter.total()), (euro(100), 500, euro(105)));
    assert_eq!(letter.fee_document.as_deref(), Some("E-1"));
    assert_eq!(letter.pay_by, day("2026-03-30"));
    assert_eq!(company.draft(), Err("DUN-02".into()), "nothing is due again");
    company.assert_sound();
}

/// A credit that covers the second letter alone does not cover both: the first one on its way must not let the second be
/// forgotten.
#[test]
fn letters_of_one_run_are_decided_together() {
    let mut company = desk();
    company.under(&Policy { credits: Credits::Net, ..standard() });
    company.remind();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(100), day("2026-03-09")));
    company.later(8);
    let (reference, method, text) = (String::new(), String::new(), String::new());
    let (date, currency) = (company.today, Currency::EUR);
    let on_account = Act::PostReceipt {
        customer: 1,
        reference,
        date,
        currency,
        amount: euro(30),
        method,
        text,
        applied: Vec::new(),
    };
    company.done("anna", on_account);
    let mut levels: Vec<u32> = company.remind().iter().map(|letter| letter.level).collect();
    levels.sort_unstable();
    assert_eq!(levels, [1, 2]);
}

#[test]
fn what_is_paid_after_the_draft_is_not_asked_for() {
    let company = desk();
    company.under(&standard());
    let run = company.draft().expect("a run");
    company.pay(1, euro(100));
    company.send(run);
    assert_eq!(company.number("SELECT count(*) FROM letter"), 0);
    let known = &all(&company.conn).expect("runs")[0];
    assert_eq!((known.state.as_str(), known.said.as_str()), ("sent", "0 letters, 1 no longer needed"));
    company.assert_sound();
}

#[test]
fn a_run_cut_off_after_any_letter_goes_on_without_a_double_or_lost_one() {
    let mut company = desk();
    for number in 2..=5 {
        let act = Act::SetCustomer { customer: None, version: 0, data: customer(&format!("K{number}")) };
        company.done("anna", act);
        let Act::PostDocument { kind, date, terms, due, currency, amount, reference, order, .. } =
            document(Kind::Invoice, "", euro(10), day("2026-03-01"))
        else {
            panic!("a document")
        };
        let (number, customer) = (format!("INV-{number}"), number);
        company.done(
            "anna",
            Act::PostDocument {
                kind,
                number,
                customer,
                date,
                terms,
                due,
                currency,
                amount,
                reference,
                order,
                tax: Vec::new(),
            },
        );
    }
    company.under(&standard());
    let run = company.draft().expect("a run");
    company.release(run);
    company.start(run);
    let keys = letters_of(&company.lines(run));
    assert_eq!(keys.len(), 5);
    // Each time one more letter goes out before the session is gone; the next begins from the first again.
    for reached in 0..keys.len() {
        for key in &keys[..=reached] {
            let Key { customer, policy, level, currency } = *key;
            let act = Act::Dunning(Dunning::SendLetter { run, customer, policy, level, currency });
            let name = ActKey::named(&format!("letter M-1 {customer} {policy} {level} {currency}"));
            let request = Request { key: name, act, expect: Vec::new() };
            let actor = Actor::new("anna", "test");
            acts::perform(&company.conn, &actor, company.stamp(), &request, Mode::Post).expect("sent");
        }
        let finish = company.dunning("anna", Dunning::FinishRun { run });
        assert_eq!(finish.is_ok(), reached + 1 == keys.len(), "finished only when all are out: {finish:?}");
        assert_eq!(company.number("SELECT count(*) FROM letter"), reached as i64 + 1);
    }
    let twice = company.letter(run, keys[0]).expect_err("a letter goes out once");
    assert!(twice.to_string().contains("DUN-04"), "{twice}");
    company.later(30);
    company.assert_sound();
}

#[test]
fn a_second_person_releases_what_was_looked_at() {
    let company = Company::of(&["administrator", "collector", "approver"]);
    let mut company = company;
    company.done("anna", document(Kind::Invoice, "INV-1", euro(100), day("2026-03-01")));
    company.done("anna", document(Kind::Invoice, "INV-2", euro(100), day("2026-03-01")));
    company.today = day("2026-03-20");
    company.under(&Policy { approval: true, ..standard() });
    let run = company.draft().expect("a run");
    assert!(company.release(run).asked, "it waits for a second person");
    let start = Dunning::StartRun { run, letters: 1, despite: String::new() };
    assert!(company.dunning("anna", start).is_err(), "not released yet");
    let line = company.lines(run)[0].id;
    let drop = Dunning::ReviewLines { lines: vec![line], what: Review::Drop, reason: "called".into() };
    company.dunning("collector", drop).expect("reviewed");
    assert_eq!(company.approve_code("approver"), "AUT-04", "not what was asked for any more");
    assert!(company.release(run).asked);
    assert_eq!(company.approve_code("collector"), "AUT-01");
    assert_eq!(company.approve_code("approver"), "done");
    company.start(run);
    company.assert_sound();
}

#[test]
fn a_run_older_than_the_last_is_refused_and_a_new_draft_supersedes() {
    let mut company = desk();
    company.under(&standard());
    let first = company.draft().expect("a run");
    let second = company.draft().expect("another");
    assert_eq!(all(&company.conn).expect("runs")[1].state, "superseded");
    let seen = seal(&company.lines(first));
    assert!(company.dunning("anna", Dunning::ApproveRun { run: first, seen }).is_err());
    company.send(second);
    company.later(-1);
    let refused = company.dunning("anna", Dunning::DraftRun { segment: String::new() }).expect_err("older");
    assert!(refused.to_string().contains("DUN-03") && refused.to_string().contains("M-2"), "{refused}");
    company.assert_sound();
}

#[test]
fn the_gate_stays_shut_while_bank_data_is_old_or_the_count_is_wrong() {
    let company = desk();
    company.under(&standard());
    company.done("anna", crate::book::account());
    let run = company.draft().expect("a run");
    company.release(run);
    let start = |letters, despite: &str| {
        company.dunning("anna", Dunning::StartRun { run, letters, despite: despite.into() }).map(|done| done.summary)
    };
    assert!(start(2, "").expect_err("count").to_string().contains("DUN-05"));
    let refused = start(1, "").expect_err("no statement").to_string();
    assert!(refused.contains("DUN-06") && refused.contains("No statement of Main"), "{refused}");
    assert!(start(1, "holiday of the bank").expect("on purpose").contains("against it: No statement of Main"));
    company.assert_sound();
}

#[test]
fn a_policy_seen_at_an_older_version_is_not_overwritten() {
    let company = desk();
    company.under(&standard());
    company.under(&with_fee(standard(), 0, 500));
    let stale = Dunning::SetPolicy { policy: Box::new(standard()), version: 1 };
    assert!(company.dunning("anna", stale).expect_err("stale").to_string().contains("ACT-03"));
    let unknown = Dunning::AssignPolicy { scope: Scope::Company, policy: "harsh".into() };
    assert!(company.dunning("anna", unknown).expect_err("unknown").to_string().contains("POL-02"));
}

#[test]
fn what_a_letter_asks_for_is_not_to_collect_until_its_day_of_payment_has_passed() {
    let company = desk();
    company.done("anna", document(Kind::Invoice, "INV-2", euro(50), day("2026-03-10")));
    company.under(&standard());
    let letters = company.remind();
    assert_eq!(letters.len(), 1, "the second invoice is not due yet");
    let to_collect = |company: &Company, today: &str| {
        let place = BookPath::new(company.conn.path().expect("a file"));
        let reader = Reader::open(&place).expect("a reader");
        let all = accounts(&reader, day(today)).expect("accounts");
        all.get(1).expect("the customer").to_collect()
    };
    assert_eq!(to_collect(&company, "2026-03-20"), 0);
    assert_eq!(to_collect(&company, "2026-03-30"), euro(50), "only what the letter asks for waits, to its last day");
    assert_eq!(to_collect(&company, "2026-03-31"), euro(150));
}

#[test]
fn a_strategy_may_give_points_for_the_level_of_the_last_reminder_of_what_is_open() {
    let mut company = desk();
    company.under(&standard());
    company.remind();
    company.later(11);
    let points = |company: &Company, level: Rate| {
        let place = BookPath::new(company.conn.path().expect("a file"));
        let reader = Reader::open(&place).expect("a reader");
        let strategy = Strategy { name: "levels".into(), level, ..Strategy::default() };
        let strategies = Strategies::new(&reader, vec![strategy], company.today).expect("strategies");
        let sort = Sort { column: "priority", descending: true };
        let (today, base, filter) = (company.today, Currency::EUR, Filter::all());
        let question = Question { today, base, filter, sort, all: true };
        let rows = tried(&reader, &question, &strategies).expect("the list");
        let parts = rows.first().map_or(&[][..], |row| &row.parts);
        parts.iter().find(|part| part.reason.starts_with("Reminder")).map(|part| (part.points, part.reason.clone()))
    };
    let rate = Rate { points: 12, full: 3 };
    assert_eq!(points(&company, rate), Some((4, "Reminder of level 1".to_owned())));
    assert_eq!(points(&company, Strategy::default().level), None);
    company.remind();
    company.later(11);
    assert_eq!(points(&company, rate), Some((8, "Reminder of level 2".to_owned())));
    company.done("anna", document(Kind::Invoice, "INV-9", euro(70), day("2026-03-01")));
    company.pay(1, euro(100));
    assert_eq!(points(&company, rate), None, "what was reminded is paid");
}
