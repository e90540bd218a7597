//! Cases: every act on one is taken back, what is not right is refused and changes nothing, and random histories agree
//! with a reference that keeps claims as plain sums.

use super::book::{Book, day, invoice, receipt};
use super::dice::Dice;
use super::rules::there_and_back;
use o2c::acts::Act;
use o2c::acts::case::{Case, Work};
use o2c::domain::case::{Effect, Outcome};
use o2c::domain::money::Currency;
use o2c::store::Reader;
use o2c::store::read::disputes::dispute;

fn case(case: Case) -> Act {
    Act::Case(Box::new(case))
}

fn decide(dispute: i64, version: i64, outcome: Outcome, amount: i64, rest: bool) -> Case {
    let (cause, text) = ("carrier".into(), "agreed".into());
    Case::Decide { dispute, version, outcome, amount, rest, cause, on: Some(day("2026-03-20")), text }
}

fn contested(amount: i64) -> Act {
    Act::OpenDispute { item: 1, amount, reason: "price".into(), text: "Too dear".into() }
}

fn attach(version: i64) -> Case {
    let (name, path, sha256) = ("pod.pdf".into(), "/files/pod.pdf".into(), "a".repeat(64));
    Case::Attach { dispute: 1, version, name, path, size: 12, sha256, note: String::new() }
}

fn inquire(text: &str) -> Case {
    let (about, reason, channel, contact) = (String::new(), "price".into(), "call".into(), "Mrs Voss".into());
    Case::Inquire { customer: 1, item: Some(1), about, reason, channel, contact, text: text.into() }
}

#[test]
fn every_act_on_a_case_is_taken_back() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 10_000));
    book.done(contested(2_000));
    let text = || "agreed".to_owned();
    let cases = [
        decide(1, 1, Outcome::Credit, 700, true),
        decide(1, 3, Outcome::Promotion, 700, false),
        decide(1, 5, Outcome::WriteOff, 2_000, false),
        decide(1, 7, Outcome::ChargeBack, 2_000, false),
        decide(1, 9, Outcome::Repay, 500, true),
        decide(1, 11, Outcome::Collect, 100, false),
        Case::Split { dispute: 1, version: 13, amount: 600, reason: "tax".into(), text: String::new() },
        Case::Wait { dispute: 1, version: 15, on: "customer".into(), text: "@carl asks".into() },
        Case::Void { dispute: 1, version: 17, text: text() },
        Case::Fact { dispute: 1, version: 19, field: "last day".into(), value: "2026-04-01".into() },
        attach(21),
        inquire("Which price list?"),
    ];
    for one in cases {
        there_and_back(&mut book, case(one));
    }
    book.done(case(inquire("And the freight?")));
    there_and_back(&mut book, case(Case::Work { inquiry: 2, version: 1, what: Work::Answer, text: text() }));
    let promote =
        |version| Case::Promote { inquiry: 2, version, item: 1, amount: 50, reason: "freight".into(), text: text() };
    there_and_back(&mut book, case(promote(3)));
    book.done(case(decide(1, 23, Outcome::Credit, 700, true)));
    there_and_back(&mut book, case(Case::Reopen { dispute: 1, version: 24, text: text() }));
    there_and_back(&mut book, case(Case::Confirm { dispute: 1, version: 26 }));
}

#[test]
fn what_is_not_right_about_a_case_is_refused_and_changes_nothing() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 10_000));
    book.done(contested(2_000));
    let split = |amount| Case::Split { dispute: 1, version: 1, amount, reason: "tax".into(), text: String::new() };
    let wait = |on: &str| Case::Wait { dispute: 1, version: 1, on: on.into(), text: String::new() };
    let fact =
        |field: &str, value: &str| Case::Fact { dispute: 1, version: 1, field: field.into(), value: value.into() };
    let no_day = Case::Decide {
        dispute: 1,
        version: 1,
        outcome: Outcome::Repay,
        amount: 1,
        rest: false,
        cause: "carrier".into(),
        on: None,
        text: String::new(),
    };
    let no_cause = match decide(1, 1, Outcome::Credit, 1, false) {
        Case::Decide { dispute, version, outcome, amount, rest, on, text, .. } => {
            Case::Decide { dispute, version, outcome, amount, rest, cause: "p".into(), on, text }
        }
        other => other,
    };
    let wrong = [
        (decide(1, 1, Outcome::Credit, 2_001, false), "AMT-06"),
        (decide(1, 1, Outcome::Credit, 0, false), "AMT-05"),
        (decide(1, 2, Outcome::Credit, 1, false), "ACT-03"),
        (decide(9, 1, Outcome::Credit, 1, false), "ACT-04"),
        (no_cause, "DIS-03"),
        (no_day, "DAT-04"),
        (split(2_000), "AMT-06"),
        (Case::Reopen { dispute: 1, version: 1, text: "again".into() }, "DIS-02"),
        (Case::Confirm { dispute: 1, version: 1 }, "DIS-02"),
        (wait("godot"), "DIS-06"),
        (fact("colour", "red"), "DIS-06"),
        (fact("last day", "soon"), "DIS-06"),
        (fact("cause", "bad luck"), "DIS-06"),
        (inquire(" "), "TXT-05"),
        (Case::TaskDone { task: 1 }, "ACT-04"),
    ];
    let before = book.number("SELECT max(id) FROM act");
    for (one, code) in wrong {
        assert_eq!(book.refused(case(one.clone())), code, "{one:?}");
    }
    assert_eq!(book.number("SELECT max(id) FROM act"), before);
}

#[test]
fn files_promotions_tasks_and_departments_are_refused_where_they_do_not_fit() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 10_000));
    book.done(invoice("INV-2", 2, 10_000));
    book.done(contested(2_000));
    let bad = Case::Attach {
        dispute: 1,
        version: 1,
        name: "a".into(),
        path: "a".into(),
        size: 1,
        sha256: "nothing".into(),
        note: String::new(),
    };
    assert_eq!(book.refused(case(bad)), "DIS-06");
    book.done(case(inquire("Which?")));
    let promote =
        Case::Promote { inquiry: 1, version: 1, item: 2, amount: 5, reason: "price".into(), text: String::new() };
    assert_eq!(book.refused(case(promote)), "AMT-10", "an item of somebody else");
    // A task belongs to who was asked and who asked.
    book.done(Act::NoteDispute {
        dispute: 1,
        version: 1,
        text: "@carl please, not mara@example.com or @nobody".into(),
    });
    assert_eq!(book.number("SELECT count(*) FROM case_task"), 1);
    let done = |login: &str| book.send(login, &o2c::acts::Request::new(case(Case::TaskDone { task: 1 })));
    assert_eq!(super::book::code(done("vera")), "DIS-08");
    done("carl").expect("his own");
    assert_eq!(super::book::code(done("carl")), "DIS-02");
    // Whoever works in another department than the case waits for hands it over first.
    book.done(Act::SetDepartment { login: "anna".into(), department: "analytics".into() });
    assert_eq!(book.refused(case(decide(1, 2, Outcome::Credit, 1, false))), "DIS-07");
    let whole = |version| Act::ResolveDispute { dispute: 1, version, accepted: 0, text: String::new() };
    assert_eq!(book.refused(whole(2)), "DIS-07", "a whole case waits in the same queue");
    // Nor does anybody take it into the own queue first, or out of all of them.
    let assign = |department: &str| {
        let (owner, department) = ("anna".into(), department.into());
        Act::AssignDispute { dispute: 1, version: 2, owner, department }
    };
    assert_eq!(book.refused(assign("analytics")), "DIS-07");
    assert_eq!(book.refused(case(Case::Void { dispute: 1, version: 2, text: "oops".into() })), "DIS-07");
    let split = Case::Split { dispute: 1, version: 2, amount: 1, reason: "tax".into(), text: String::new() };
    assert_eq!(book.refused(case(split)), "DIS-07");
    book.done(Act::SetDepartment { login: "anna".into(), department: "disputes".into() });
    assert_eq!(book.refused(assign("nonsense")), "AUT-05", "a queue nobody can belong to");
    book.done(case(decide(1, 2, Outcome::Credit, 1, false)));
    assert_eq!(book.refused(case(Case::Void { dispute: 1, version: 3, text: "oops".into() })), "DIS-05");
    assert_eq!(book.number("SELECT count(*) FROM act WHERE kind = 'resolve dispute'"), 1);
    // What is confirmed changes no more, and nothing is added to it.
    book.done(whole(3));
    book.done(case(Case::Confirm { dispute: 1, version: 4 }));
    let fact = Case::Fact { dispute: 1, version: 5, field: "contact".into(), value: "Ms Roy".into() };
    assert_eq!(book.refused(case(fact)), "DIS-04");
    book.assert_sound();
}

/// What the reference knows of a case.
#[derive(Clone, Debug)]
struct Known {
    item: usize,
    claimed: i64,
    got: [i64; 9],
    open: bool,
    void: bool,
    confirmed: bool,
    caused: bool,
}

impl Known {
    fn left(&self) -> i64 {
        self.claimed - self.got.iter().sum::<i64>()
    }
    fn held(&self) -> i64 {
        if self.open { self.left() } else { 0 }
    }
    fn settle(&mut self, effect: Effect, amount: i64) {
        self.got[effect as usize] += amount;
        self.open = self.left() > 0;
    }
}

/// An allocation, and which parts of which cases it settled.
#[derive(Clone, Debug)]
struct Link {
    id: i64,
    item: usize,
    amount: i64,
    parts: Vec<(usize, Effect, i64)>,
    live: bool,
}

#[derive(Default)]
struct Reference {
    open: Vec<i64>,
    cases: Vec<Known>,
    links: Vec<Link>,
}

impl Reference {
    fn disputed(&self, item: usize) -> i64 {
        self.cases.iter().filter(|case| case.item == item).map(Known::held).sum()
    }

    /// Money or a credit takes an amount off an item: what is in dispute comes last, the newest case first.
    fn clear(&mut self, item: usize, amount: i64, effect: Effect) -> Vec<(usize, Effect, i64)> {
        self.open[item] -= amount;
        let mut beyond = self.disputed(item) - self.open[item];
        let mut parts = Vec::new();
        for place in (0..self.cases.len()).rev().filter(|place| self.cases[*place].item == item).collect::<Vec<_>>() {
            let part = beyond.min(self.cases[place].held());
            if part > 0 {
                self.cases[place].settle(effect, part);
                parts.push((place, effect, part));
                beyond -= part;
            }
        }
        parts
    }
}

struct Run {
    book: Book,
    known: Reference,
    dice: Dice,
}

impl Run {
    fn version(&self, case: usize) -> i64 {
        self.book.number(&format!("SELECT version FROM dispute WHERE id = {}", case + 1))
    }

    fn link(&mut self, item: usize, amount: i64, parts: Vec<(usize, Effect, i64)>) {
        let id = self.book.number("SELECT max(id) FROM allocation");
        self.known.links.push(Link { id, item, amount, parts, live: true });
    }

    fn tried(&self, act: Act, may: bool) -> bool {
        let shown = format!("{act:?}");
        let done = self.book.perform(act);
        assert_eq!(done.is_ok(), may, "{shown}: {done:?}\n{:?}", self.known.cases);
        may
    }

    fn step(&mut self) {
        let item = self.dice.from(0, 1) as usize;
        let id = item as i64 + 1;
        let today = self.book.today;
        match self.dice.from(0, 13) {
            0..=2 => {
                let free = self.known.open[item] - self.known.disputed(item);
                let amount = self.dice.from(1, (free + 2).max(2)).min(3_000);
                let act = Act::OpenDispute { item: id, amount, reason: "price".into(), text: String::new() };
                if self.tried(act, amount <= free) {
                    let got = [0; 9];
                    let (open, void, confirmed, caused) = (true, false, false, false);
                    self.known.cases.push(Known { item, claimed: amount, got, open, void, confirmed, caused });
                }
            }
            3 => {
                let open = self.known.open[item];
                let amount = self.dice.from(1, (open / 2).max(1));
                let act = receipt(1, "", today, Currency::EUR, amount, vec![(id, amount)]);
                if self.tried(act, amount <= open) {
                    let parts = self.known.clear(item, amount, Effect::Paid);
                    self.link(item, amount, parts);
                }
            }
            4 => {
                let open = self.known.open[item];
                let amount = self.dice.from(1, (open / 3).max(1));
                let act = Act::Credit { item: id, amount, date: today, reason: "agreed".into() };
                if self.tried(act, amount <= open) {
                    let parts = self.known.clear(item, amount, Effect::Credited);
                    self.link(item, amount, parts);
                }
            }
            5 | 6 => self.unapply(),
            _ if !self.known.cases.is_empty() => self.work(),
            _ => {}
        }
    }

    fn unapply(&mut self) {
        let live: Vec<usize> = (0..self.known.links.len()).filter(|at| self.known.links[*at].live).collect();
        if live.is_empty() {
            return;
        }
        let at = live[self.dice.from(0, live.len() as i64 - 1) as usize];
        let link = self.known.links[at].clone();
        self.known.links[at].live = false;
        let effective = self.book.today;
        self.tried(Act::Unapply { allocation: link.id, effective, reason: "wrong".into() }, true);
        self.known.open[link.item] += link.amount;
        for (case, effect, amount) in link.parts {
            let case = &mut self.known.cases[case];
            if !case.confirmed {
                case.settle(effect, -amount);
            }
        }
    }

    fn work(&mut self) {
        let at = self.dice.from(0, self.known.cases.len() as i64 - 1) as usize;
        let (dispute, version) = (at as i64 + 1, self.version(at));
        let known = self.known.cases[at].clone();
        let (held, text) = (known.held(), || "because".to_owned());
        let amount = self.dice.from(1, held + 1);
        match self.dice.from(0, 8) {
            0..=3 => {
                let outcome = Outcome::ALL[self.dice.from(0, 5) as usize];
                let rest = self.dice.one_in(2);
                if !self.tried(case(decide(dispute, version, outcome, amount, rest)), known.open && amount <= held) {
                    return;
                }
                let case = &mut self.known.cases[at];
                case.caused = true;
                case.settle(outcome.effect(), amount);
                if rest {
                    case.settle(Effect::Collected, held - amount);
                }
                if !matches!(outcome, Outcome::Collect | Outcome::Repay) {
                    self.known.open[known.item] -= amount;
                    // The newest allocation is that of what was posted against the item.
                    self.link(known.item, amount, vec![(at, outcome.effect(), amount)]);
                }
            }
            4 => {
                let split = Case::Split { dispute, version, amount, reason: "tax".into(), text: text() };
                if self.tried(case(split), known.open && amount < held) {
                    self.known.cases[at].settle(Effect::Moved, amount);
                    let (open, got) = (true, [0; 9]);
                    let new = Known { claimed: amount, got, open, caused: false, confirmed: false, ..known };
                    self.known.cases.push(new);
                }
            }
            5 => {
                let mut room = (self.known.open[known.item] - self.known.disputed(known.item)).max(0);
                let again = [Effect::Collected, Effect::Repaid].map(|effect| {
                    let part = known.got[effect as usize].min(room);
                    room -= part;
                    (effect, part)
                });
                let may = !known.open && !known.void && !known.confirmed && again.iter().any(|(_, part)| *part > 0);
                if self.tried(case(Case::Reopen { dispute, version, text: text() }), may) {
                    again.iter().for_each(|(effect, part)| self.known.cases[at].settle(*effect, -part));
                }
            }
            6 => {
                let may = known.open && held == known.claimed;
                if self.tried(case(Case::Void { dispute, version, text: text() }), may) {
                    (self.known.cases[at].open, self.known.cases[at].void) = (false, true);
                }
            }
            7 => {
                let may = !known.open && !known.void && !known.confirmed && known.caused;
                if self.tried(case(Case::Confirm { dispute, version }), may) {
                    self.known.cases[at].confirmed = true;
                }
            }
            _ => {
                let note = Act::NoteDispute { dispute, version, text: text() };
                self.tried(note, known.open);
            }
        }
    }

    fn compare(&self, reader: &Reader) {
        for (at, known) in self.known.cases.iter().enumerate() {
            let found = dispute(reader, self.book.today, at as i64 + 1).expect("read").expect("there").row;
            let got = Effect::ALL.map(|effect| found.amounts.of(effect));
            assert_eq!((found.open, found.amount, got), (known.open, known.claimed, known.got), "case {}", at + 1);
        }
        for (at, open) in self.known.open.iter().enumerate() {
            let sql = |column: &str| self.book.number(&format!("SELECT {column} FROM item WHERE id = {}", at + 1));
            assert_eq!((sql("open"), sql("disputed")), (*open, self.known.disputed(at)), "item {}", at + 1);
        }
    }
}

#[test]
fn cases_and_a_reference_agree_after_every_act() {
    let long = std::env::var_os("O2C_LONG").is_some();
    let (seeds, steps) = if long { (60, 160) } else { (8, 70) };
    for seed in 0..seeds {
        let mut book = Book::new();
        book.done(invoice("INV-1", 1, 20_000));
        book.done(invoice("INV-2", 1, 7_000));
        let known = Reference { open: vec![20_000, 7_000], ..Reference::default() };
        let mut run = Run { book, known, dice: Dice(seed) };
        let reader = Reader::open(&run.book.place()).expect("a reader");
        for step in 0..steps {
            run.step();
            run.compare(&reader);
            if step % 30 == 29 {
                run.book.assert_sound();
            }
        }
        run.book.assert_sound();
    }
}

#[test]
fn whoever_is_mentioned_in_any_text_of_a_case_has_a_task() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 10_000));
    let of = |book: &Book, said: &str| {
        book.number(&format!("SELECT count(*) FROM case_task WHERE text = '{said}' AND dispute_id IS NOT NULL"))
    };
    let text = |said: &str| format!("@carl {said}");
    let open = Act::OpenDispute { item: 1, amount: 50, reason: "price".into(), text: text("opened") };
    assert!(book.done(open).summary.ends_with("a task for carl"));
    book.done(case(Case::Split { dispute: 1, version: 1, amount: 10, reason: "tax".into(), text: text("split") }));
    assert_eq!(book.number("SELECT dispute_id FROM case_task ORDER BY id DESC LIMIT 1"), 2, "of the new case");
    let decided = Case::Decide {
        dispute: 1,
        version: 2,
        outcome: Outcome::Collect,
        amount: 40,
        rest: false,
        cause: "carrier".into(),
        on: None,
        text: text("decided"),
    };
    book.done(case(decided));
    book.done(case(Case::Reopen { dispute: 1, version: 3, text: text("again") }));
    book.done(Act::ResolveDispute { dispute: 1, version: 4, accepted: 0, text: text("resolved") });
    book.done(case(Case::Void { dispute: 2, version: 1, text: text("void") }));
    for said in ["opened", "split", "decided", "again", "resolved", "void"] {
        assert_eq!(of(&book, &text(said)), 1, "{said}");
    }
    // A note on a customer belongs to no case: it says that nobody was asked.
    let noted = book.done(Act::Note { customer: 1, text: "@carl call them".into() });
    assert!(noted.summary.contains("carl was not asked: a task belongs to a case or an inquiry"), "{}", noted.summary);
    assert_eq!(book.number("SELECT count(*) FROM case_task"), 6);
    book.assert_sound();
}

#[test]
fn a_whole_case_that_is_resolved_has_the_cause_its_reason_mostly_has() {
    let mut book = Book::new();
    book.done(invoice("INV-1", 1, 10_000));
    book.done(contested(50));
    book.done(Act::ResolveDispute { dispute: 1, version: 1, accepted: 20, text: String::new() });
    let cause =
        "SELECT count(*) FROM dispute_fact WHERE dispute_id = 1 AND field = 'cause' AND value = 'price master data'";
    assert_eq!(book.number(cause), 1);
    book.done(case(Case::Confirm { dispute: 1, version: 2 }));
    book.assert_sound();
}
