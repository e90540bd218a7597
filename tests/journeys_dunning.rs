//! Dunning by keyboard: a run is looked at before it is drafted, reviewed, released, sent, stopped and gone on with.
//! Keys go in, the screen and the book come out; keys are counted.

mod rigs;

use o2c::acts::dunning::{Dunning, dispatch};
use o2c::acts::{Act, Actor, Stamp};
use o2c::domain::dunning::{Level, Policy, Scope, WaitFrom};
use o2c::store::{BookPath, Writer};
use o2c::tui::app::harness::Harness;
use o2c::tui::app::tables::{GLOBAL, LIST, conflicts};
use o2c::tui::screens::{policies, run, runs, templates};
use rigs::journey::{TestBook, day, draw_at_every_size, presses, today};

fn level(number: u32, wait_days: i64) -> Level {
    Level { number, wait_days, payment_days: 10, ..Level::default() }
}

/// Two levels: ten days after the due date, and fourteen after the first letter.
fn policy(approval: bool) -> Policy {
    let second = Level { wait_from: WaitFrom::LastLetter, ..level(2, 14) };
    let levels = vec![level(1, 10), second];
    Policy { name: "standard".into(), language: "en".into(), approval, levels, ..Policy::default() }
}

fn dunning(book: &TestBook, on: &str, act: Dunning) {
    book.act(day(on), Act::Dunning(act));
}

/// Three customers, each with an invoice that is late on 16 March 2026, one with another that is not.
fn world(approval: bool) -> TestBook {
    let book = TestBook::new();
    dunning(&book, "2025-01-02", Dunning::SetPolicy { policy: Box::new(policy(approval)), version: 0 });
    dunning(&book, "2025-01-02", Dunning::AssignPolicy { scope: Scope::Company, policy: "standard".into() });
    for (number, name, invoice, due) in [
        ("10041", "Nordwind Logistik GmbH", "INV-1", "2026-01-28"),
        ("10042", "Acme Supplies", "INV-2", "2026-02-10"),
        ("10043", "Blue Harbour", "INV-3", "2026-02-20"),
    ] {
        let customer = book.customer(number, name, 30_000, 50);
        book.invoice(customer, invoice, due, 100_000);
    }
    book.invoice(1, "INV-4", "2026-03-10", 40_000);
    book
}

/// Lets letters go out as the writer thread would.
fn with_letters(mut h: Harness, book: &TestBook) -> Harness {
    let path = BookPath::new(book.path());
    h.letters = Some(Box::new(move |run, despite, watch| {
        let writer = Writer::open(&path).expect("the book");
        let now = today().and_hms_opt(12, 0, 0).expect("noon").and_utc();
        dispatch::send_rest(&writer, &Actor::new("me", "tui"), Stamp { now, today: today() }, (run, despite), watch)
    }));
    h
}

#[test]
fn a_run_is_looked_at_drafted_reviewed_released_and_sent() {
    let book = world(false);
    let mut h = with_letters(book.open("runs"), &book);
    assert!(h.shows("No run was drafted yet"), "{:#?}", h.screen());
    h.keys("n");
    let screen = h.screen().join("\n");
    for part in [
        "3 letters to 3 customers, 3,000.00 EUR, dated 16 Mar 26",
        "level 1: 3 letters about 3 items",
        "not dunned: 1 waits",
    ] {
        assert!(screen.contains(part), "{part}\n{screen}");
    }
    assert_eq!(book.number("SELECT count(*) FROM dunning_run"), 0, "looking drafts nothing");
    h.keys("<Enter>");
    assert_eq!(book.number("SELECT count(*) FROM dunning_run"), 0, "Enter cancels");
    h.keys("ny");
    assert!(h.shows("Nordwind Logist") && h.shows("draft: 3 letters"), "{:#?}", h.screen());
    h.keys("w");
    assert!(h.shows("if it goes out and stays open, level 2 is reached on 30 Mar 26"), "{:#?}", h.screen());
    h.keys("<Esc>p");
    assert!(h.shows("as it would go out today") && h.shows("INV-1"), "{:#?}", h.screen());
    h.keys("<Esc>o");
    assert!(h.shows("INV-4") && h.shows("20 Mar 26"), "{:#?}", h.screen());
    h.keys("w");
    assert!(h.shows("that changes on 20 Mar 26"), "{:#?}", h.screen());
    h.keys("<Esc>o");
    let drop = "jxcalled<Space>today<Enter>";
    h.keys(drop);
    assert_eq!(presses(drop), 15, "two keys and the reason");
    assert!(h.shows("left out: called today") && h.shows("draft: 2 letters"), "{:#?}", h.screen());
    assert!(h.said().contains("u undoes"), "{}", h.said());
    h.keys("u");
    assert!(h.shows("draft: 3 letters"), "{:#?}", h.screen());
    h.keys("*xwrong<Space>list<Enter>");
    assert!(h.shows("draft: 0 letters"), "bulk: {:#?}", h.screen());
    h.keys("A");
    assert!(h.said().contains("everything was left out"), "{}", h.said());
    h.keys("*bright<Space>list<Enter>");
    assert!(h.shows("draft: 3 letters"), "{:#?}", h.screen());
    h.keys("S");
    assert!(h.said().contains("A releases it first"), "{}", h.said());
    h.keys("Ay");
    assert!(h.shows("released: 3 letters"), "{:#?}", h.screen());
    h.keys("x");
    assert!(h.said().contains("no draft any more"), "{}", h.said());
    h.keys("S2<Enter>");
    assert!(h.shows("type 3 to go ahead"), "{:#?}", h.screen());
    h.keys("<BS>3<Enter>");
    assert!(h.said().starts_with("Sent 3 letters of M-1"), "{:#?}", h.screen());
    assert!(h.shows("sent: 3 letters, 3 out"), "{:#?}", h.screen());
    assert!(h.frames[1].contains("sending M-1: 1 of 3"), "{}", h.frames[1]);
    h.keys("p");
    assert!(h.shows("Letter L-2"), "{:#?}", h.screen());
    h.keys("<Esc>q");
    assert!(h.shows("M-1") && h.shows("sent"), "{:#?}", h.screen());
    h.keys("n");
    assert!(h.said().contains("no letter is due today"), "{}", h.said());
}

#[test]
fn sending_is_stopped_between_letters_and_goes_on_with_the_rest() {
    let book = world(false);
    let mut h = with_letters(book.open("runs"), &book);
    h.keys("nyAy");
    h.meanwhile = [String::new(), "S".to_owned()].into();
    h.keys("S3<Enter>");
    assert!(h.said().contains("Stopped: 1 letter of M-1"), "{}", h.said());
    assert_eq!(book.number("SELECT count(*) FROM letter"), 1);
    assert!(h.shows("sending: 3 letters, 1 out"), "{:#?}", h.screen());
    h.keys("X");
    assert!(h.said().contains("letters of it are out"), "{}", h.said());
    h.keys("S");
    assert_eq!(h.said(), "Sent 2 letters of M-1");
    assert_eq!(book.number("SELECT count(*) FROM letter"), 3);
}

#[test]
fn what_speaks_against_sending_is_asked_again_when_a_run_goes_on() {
    let book = world(false);
    let mut h = with_letters(book.open("runs"), &book);
    h.keys("nyAy");
    h.meanwhile = [String::new(), "S".to_owned()].into();
    h.keys("S3");
    assert!(h.shows("no bank account, so no statement vouches"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.said().contains("Stopped: 1 letter of M-1"), "{}", h.said());
    book.receipt(3, "R-900", "2026-03-16", 50_000);
    h.keys("S");
    assert!(h.shows("against it: Something of the receipt R-900 is unapplied"), "{:#?}", h.screen());
    assert_eq!(book.number("SELECT count(*) FROM letter"), 1, "nothing goes out before somebody says why");
    h.keys("an<Space>advance<Enter>");
    assert_eq!(h.said(), "Sent 2 letters of M-1");
    assert_eq!(
        book.number("SELECT count(*) FROM act WHERE summary LIKE 'Goes on with M-1, an advance; against it:%'"),
        1
    );
}

#[test]
fn a_second_person_releases_where_the_policy_says_so() {
    let book = world(true);
    let mut h = book.open("runs");
    h.keys("ny");
    assert!(h.shows("two people release it"), "{:#?}", h.screen());
    h.keys("A");
    assert!(h.shows("NEEDS A SECOND PERSON"), "{:#?}", h.screen());
    h.keys("y");
    assert!(h.said().contains("takes it back"), "{}", h.said());
    assert_eq!(book.number("SELECT count(*) FROM dunning_step"), 0, "nothing is released");
    assert_eq!(book.text("SELECT state FROM request ORDER BY id DESC LIMIT 1"), "waiting");
}

#[test]
fn an_item_is_held_and_the_hold_lifted_from_what_is_left_out() {
    let book = world(false);
    let mut h = book.open("runs");
    h.keys("ny<Space><Space>t<Enter>answer<Space>due<Enter>");
    assert_eq!(book.number("SELECT count(*) FROM dunning_hold"), 2, "{}", h.said());
    assert!(h.shows("held: answer due") && h.shows("draft: 1 letter"), "{:#?}", h.screen());
    h.keys("o");
    assert!(h.shows("held") && h.shows("31 Mar 26"), "{:#?}", h.screen());
    h.keys("ggbanswered<Enter>");
    assert_eq!(book.number("SELECT count(*) FROM dunning_hold_end"), 1, "{}", h.said());
    // What was lifted by mistake is held again, as it was; and lifted again.
    let standing = "SELECT count(*) FROM dunning_hold h WHERE NOT EXISTS (SELECT 1 FROM dunning_hold_end e \
                    WHERE e.hold_id = h.id)";
    h.keys("u");
    assert_eq!(book.number(standing), 2, "{}", h.said());
    assert_eq!(book.text("SELECT reason FROM dunning_hold ORDER BY id DESC LIMIT 1"), "answer due");
    h.keys("<C-r>");
    assert_eq!(book.number(standing), 1, "{}", h.said());
    h.keys("Gb");
    assert!(h.said().contains("no hold keeps it out"), "{}", h.said());
    h.keys("oXdrafted<Space>too<Space>early<Enter>");
    assert_eq!(book.text("SELECT what FROM dunning_step ORDER BY id DESC LIMIT 1"), "cancelled");
}

#[test]
fn what_is_refused_is_said_in_a_sentence_and_nothing_is_half_done() {
    let book = TestBook::new();
    let mut h = book.open("runs");
    h.keys("n");
    assert!(h.said().contains("[DUN-01] nobody is under a dunning policy"), "{}", h.said());
    h.keys(":run.draft<Space>planet:mars<Enter>");
    assert!(h.said().contains("[POL-03] A segment knows no \"planet\""), "{}", h.said());
    h.keys("<Esc>:run<Space>M-9<Enter>");
    assert!(h.shows("No run is called M-9"), "{:#?}", h.screen());
    assert_eq!(book.number("SELECT count(*) FROM dunning_run"), 0);
}

#[test]
fn the_screens_of_dunning_draw_at_every_size_and_no_key_means_two_things() {
    let book = world(false);
    let mut h = book.open("runs");
    draw_at_every_size(&mut h);
    h.keys("ny");
    draw_at_every_size(&mut h);
    h.keys("o");
    draw_at_every_size(&mut h);
    for own in [runs::COMMANDS, run::COMMANDS, policies::COMMANDS, templates::COMMANDS] {
        assert_eq!(conflicts(&[GLOBAL, LIST, own].concat()), Vec::<String>::new());
    }
}

#[test]
fn a_policy_is_read_at_first_sight_assigned_and_its_versions_told() {
    let book = world(false);
    let mut h = book.open("policies");
    assert!(h.shows("standard") && h.shows("company"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows("10 days after due") && h.shows("14 days after level 1"), "{:#?}", h.screen());
    h.keys("qx");
    assert!(h.shows("o2c policy import standard.toml"), "{:#?}", h.screen());
    let (file, text) = h.saved.last().expect("a file").clone();
    assert_eq!(file, "standard.toml");
    assert!(o2c::formats::policy::parse(&text).is_ok(), "{text}");
    h.keys("<Esc>a<Enter>planet:mars<Enter>");
    assert!(h.shows("A segment knows no \"planet\""), "{:#?}", h.screen());
    h.keys("<C-u>share:30<Enter>");
    assert!(h.shows("company; segment share:30"), "{} {:#?}", h.said(), h.screen());
    h.keys("ac<Right><Enter>99999<Enter>");
    assert!(h.said().contains("nothing in the book is called") || h.shows("segment"), "{}", h.said());
    let mut second = policy(false);
    second.levels[0].wait_days = 12;
    dunning(&book, "2026-03-16", Dunning::SetPolicy { policy: Box::new(second), version: 1 });
    h.keys("<Esc>Rc");
    assert!(h.shows("level 1 wait days: 12, before 10") && h.shows("the first"), "{:#?}", h.screen());
    h.keys("<Esc>");
    draw_at_every_size(&mut h);
}

#[test]
fn a_level_and_the_rules_are_changed_in_forms_with_what_changes_shown_first() {
    let book = world(false);
    let mut h = book.open("policies");
    h.keys("<Enter>E<C-u>last<Enter>");
    assert!(h.shows("write a whole number from -3650 to 3650"), "{:#?}", h.screen());
    // Days, and the minimum two fields below.
    h.keys("<C-u>12<Enter><Enter>25<Enter>");
    assert!(h.shows("write an amount and its currency"), "{:#?}", h.screen());
    h.keys("<C-u>25.00<Space>EUR<Up><Up><Up><Enter>");
    assert!(h.shows("level 1 wait days: 12, before 10") && h.shows("level 1 min amount EUR"), "{:#?}", h.screen());
    assert_eq!(book.number("SELECT count(*) FROM policy_version"), 1);
    h.keys("y");
    assert_eq!(book.number("SELECT max(version) FROM policy_version"), 2, "{}", h.said());
    assert!(h.shows("12 days after due") && h.shows("25.00 EUR"), "{:#?}", h.screen());
    // The first level cannot wait for a letter before it: the form says so and keeps what was typed.
    h.keys("E<Down>l<Up><Up><Enter>");
    assert!(h.shows("the first level has no letter before it"), "{:#?}", h.screen());
    h.keys("<Esc>qE<Down><C-u>5<Up><Up><Enter>y");
    assert_eq!(book.number("SELECT json_extract(data, '$.grace_days') FROM policy_version WHERE version = 3"), 5);
    h.keys("E<Up><Enter>");
    assert!(h.said().contains("nothing was changed"), "{}", h.said());
    draw_at_every_size(&mut h);
}

#[test]
fn templates_are_previewed_written_out_and_what_waits_is_shown() {
    let book = world(false);
    let mut h = book.open("templates");
    assert!(h.shows("reminder-1") && h.shows("shipped"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows("on a made-up letter") && h.shows("Subject:"), "{:#?}", h.screen());
    h.keys("<Esc>x");
    assert!(h.shows("o2c template set reminder-1.de.txt"), "{:#?}", h.screen());
    let (file, text) = h.saved.last().expect("a file").clone();
    assert_eq!(file, "reminder-1.de.txt");
    h.keys("<Esc>X");
    assert!(h.said().contains("it is the program's own text already"), "{}", h.said());
    let set = |value: String| Act::SetSetting { key: "template reminder-1.de".into(), value };
    assert!(book.ask("me", today(), set(format!("{text}\nBitte nennen Sie die Nummer.\n"))).asked);
    h.keys("R");
    assert!(h.shows(" A-"), "{:#?}", h.screen());
    h.keys("w");
    assert!(h.shows("waits for a second person"), "{:#?}", h.screen());
    h.keys("<Esc>");
    draw_at_every_size(&mut h);
}

#[test]
fn a_run_older_than_the_last_is_refused_before_anybody_says_yes() {
    let book = world(false);
    dunning(&book, "2026-03-17", Dunning::DraftRun { segment: String::new() });
    let mut h = book.open("runs");
    h.keys("n");
    let screen = h.screen().join("\n");
    assert!(screen.contains("which is after 2026-03-16") || screen.contains("which is after 16 Mar 26"), "{screen}");
    assert_eq!(book.number("SELECT count(*) FROM dunning_run"), 1);
}

/// Goes to the line of the text that holds these words; gives the keys.
fn down_to(h: &Harness, words: &str) -> String {
    let numbered = |line: &String| line.contains(words);
    let screen = h.screen();
    let at = screen.iter().position(numbered).unwrap_or_else(|| panic!("no {words}: {screen:#?}"));
    let first = screen.iter().position(|line| line.contains("   1 ")).expect("the first line");
    "<Down>".repeat(at - first)
}

#[test]
fn a_policy_is_edited_as_text_with_its_faults_named_and_a_level_added() {
    let book = world(false);
    let mut h = book.open("policies");
    h.resize(100, 60);
    h.keys("e");
    assert!(h.shows("name = \"standard\"") && h.shows("Ctrl-S save"), "{:#?}", h.screen());
    // A slip is named with its line, and nothing is written.
    let keys = down_to(&h, "grace_days");
    h.keys(&format!("{keys}<End>x<C-s>"));
    assert!(h.shows("line ") && h.shows("place "), "{:#?}", h.screen());
    assert_eq!(book.number("SELECT count(*) FROM policy_version"), 1);
    // Left and come back to: the draft is there, slip and all.
    h.keys("<Esc>e");
    assert!(h.said().contains("continuing the draft"), "{}", h.said());
    let keys = down_to(&h, "grace_days");
    let end = "<Down>".repeat(60);
    h.keys(&format!("{keys}<End><BS>{end}[[level]]<Enter>number = 3<Enter>wait_days = 7<Enter>"));
    h.keys("wait_from = \"last-letter\"<Enter><C-p>");
    assert!(h.shows("level 3: 7 days after level 2"), "{:#?}", h.screen());
    h.keys("<Esc><C-s>");
    assert!(h.shows("BEFORE") && h.shows("level 3"), "{:#?}", h.screen());
    // Cancelled: what was typed is kept.
    h.keys("<Esc>e");
    assert!(h.said().contains("continuing the draft"), "{}", h.said());
    h.keys("<C-s>y");
    assert_eq!(book.number("SELECT json_array_length(data, '$.levels') FROM policy_version WHERE version = 2"), 3);
    // Under another name it is a copy, which nobody is under.
    h.keys("e");
    let keys = down_to(&h, "name = \"standard\"");
    h.keys(&format!("{keys}<End><BS>-late\"<C-s>"));
    assert!(h.shows("a new policy standard-late, like standard"), "{:#?}", h.screen());
    h.keys("y");
    assert_eq!(
        book.text("SELECT name FROM policy_version ORDER BY rowid DESC LIMIT 1"),
        "standard-late",
        "{}",
        h.said()
    );
    h.keys("e");
    draw_at_every_size(&mut h);
}

#[test]
fn a_template_is_edited_on_screen_and_asks_a_second_person() {
    let book = world(false);
    let mut h = book.open("templates");
    h.resize(100, 60);
    h.keys("e<End><Space>{{ letter.colour }}<C-s>");
    assert!(h.shows("line 1") && h.shows("colour"), "{:#?}", h.screen());
    h.keys("<C-z><C-z><C-z>");
    h.keys("<Esc>");
    h.keys("<Esc>e<End><Space>jetzt<C-p>");
    assert!(h.shows("jetzt") && h.shows("Subject:"), "{:#?}", h.screen());
    h.keys("<Esc><C-s>");
    assert!(h.said().contains("A-"), "a second person is asked: {}", h.said());
    h.keys("R");
    assert!(h.shows(" A-"), "{:#?}", h.screen());
    assert_eq!(book.number("SELECT count(*) FROM meta WHERE key LIKE 'template %'"), 0);
}

#[test]
fn a_policy_on_trial_is_compared_with_the_others() {
    let book = world(false);
    let mut h = book.open("kpis");
    h.keys("t");
    assert!(h.shows("No policy is on trial"), "{:#?}", h.screen());
    let scope = Scope::Segment("share:50".into());
    dunning(&book, "2025-02-01", Dunning::AssignPolicy { scope, policy: "standard".into() });
    h.keys("R");
    assert!(h.shows("Collected within 30 days of due") && h.shows("control: standard"), "{:#?}", h.screen());
    h.keys("=");
    assert!(h.shows("on trial: Collected within 30 days of due ="), "{:#?}", h.screen());
    h.keys("<Esc>");
    draw_at_every_size(&mut h);
}
