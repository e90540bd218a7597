//! Keys in, screen out, on the sample screens: how every part of the application behaves together.

use chrono::NaiveDate;

use super::harness::{Harness, lines, styled};
use super::{App, Ctx, Effect, Key, Msg, draw, start, update};
use crate::acts::{Act, Done, Failure};
use crate::domain::money::Currency;
use crate::store::Reader;
use crate::store::threads::News;
use crate::tui::app::Work;
use crate::tui::screens::sample::{PLACES, Sample};
use crate::tui::ui::glyphs::ASCII;

fn ctx() -> Ctx {
    let today = NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
    Ctx { glyphs: &ASCII, ..Ctx::new(today, "me", "Brightwater Ltd", Currency::EUR) }
}

fn perform(work: Work) -> Result<Done, Failure> {
    match work {
        Work::Act(request) | Work::Try(request) => match request.act {
            Act::Note { text, .. } if text == "refuse" => {
                Err(Failure::Refused { code: "AUT-01", sentence: "You may not. Nothing was changed.".to_owned() })
            }
            act => Ok(Done { act: 1, summary: format!("Done {act:?}"), undoable: true, again: false, asked: false }),
        },
        Work::Undo => {
            Ok(Done { act: 2, summary: "Undid: note".to_owned(), undoable: false, again: false, asked: false })
        }
        Work::Redo => {
            Ok(Done { act: 3, summary: "Redid: note".to_owned(), undoable: true, again: false, asked: false })
        }
    }
}

fn harness_with(ctx: Ctx) -> Harness {
    Harness::new(
        ctx,
        PLACES,
        Box::new(Sample::new("numbers", 500)),
        Reader::in_memory().expect("a book in memory"),
        Box::new(perform),
    )
}

fn harness() -> Harness {
    harness_with(ctx())
}

#[test]
fn the_first_screen_has_three_lines_of_chrome() {
    let h = harness();
    let screen = h.screen();
    assert_eq!(screen[0], " o2c [Numbers] Few  Pair                                   EUR  Mon 16 Mar 2026");
    assert!(screen[1].contains("NUMBER") && screen[2].starts_with(">"), "{screen:#?}");
    assert_eq!(screen[22], " 500 numbers");
    assert_eq!(screen[23], " Space mark  Enter open  n note  P pay  / filter  : command  w why  ? keys");
}

#[test]
fn counts_move_and_never_repeat_a_change() {
    let mut h = harness();
    assert_eq!(h.keys("12").line(-2), format!("{:>79}", "12").replacen("            ", " 500 numbers", 1));
    h.keys("j");
    assert!(h.screen()[14].starts_with(">"), "{:#?}", h.screen());
    h.keys("5n");
    assert!(h.said().contains("a count never repeats a change"), "{}", h.said());
    h.keys("<Esc>99999<Esc>j");
    assert!(h.screen()[15].starts_with(">"));
}

#[test]
fn a_prefix_opens_its_box_and_escape_closes_it() {
    let mut h = harness();
    h.keys("g");
    assert!(h.shows("numbers") && h.shows(" t ") && h.line(-2).ends_with(" g"), "{:#?}", h.screen());
    h.keys("<Esc>");
    assert!(!h.line(-2).ends_with("g"));
    h.keys("s");
    assert!(h.shows("n NUMBER"), "{:#?}", h.screen());
    h.keys("<Esc>gx");
    assert_eq!(h.said(), "g x does nothing here; ? shows the keys");
}

#[test]
fn screens_are_a_stack_that_remembers() {
    let mut h = harness();
    h.keys("3j<Enter>");
    assert!(h.line(-2).starts_with(" numbers > detail  3 numbers"), "{}", h.line(-2));
    h.keys("<Esc>");
    assert!(h.screen()[5].starts_with(">"));
    h.keys("L");
    assert!(h.line(-2).contains("detail"));
    h.keys("HHH");
    h.keys("gc");
    assert!(h.line(0).contains("[Few]"));
    h.keys("-");
    assert!(h.line(0).contains("[Numbers]") && h.screen()[5].starts_with(">"));
    h.keys("-gtqq");
    assert!(!h.app.ended());
}

#[test]
fn escape_never_quits_and_q_asks_twice() {
    let mut h = harness();
    h.keys("<Esc><Esc><Esc>q");
    assert_eq!((h.said(), h.app.ended()), ("q again quits", false));
    h.keys("jq");
    assert!(!h.app.ended());
    h.keys("q");
    assert!(h.app.ended());
    let mut h = harness();
    h.pace = 3_000;
    h.keys("<C-c><C-c>");
    assert!(!h.app.ended());
    h.pace = 100;
    h.keys("<C-c>");
    assert!(h.app.ended());
    let mut h = harness();
    h.keys(":q<Enter>");
    assert!(h.app.ended());
    assert_eq!(h.remembered.get("place").map(String::as_str), Some("numbers\t\t0"));
}

#[test]
fn the_filter_is_live_and_a_mistake_keeps_the_last_result() {
    let mut h = harness();
    h.keys("/49");
    assert!(h.line(-2).contains("filter: 49  15 numbers"), "{}", h.line(-2));
    h.keys("x");
    assert!(h.shows("  ^ digits only") && h.line(-2).contains("15 numbers"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.shows("digits only"));
    h.keys("<BS><Enter>");
    assert!(h.line(-2).contains("filter: 49"));
    h.keys("/<Esc>");
    assert!(h.line(-2).contains("500 numbers") && !h.line(-2).contains("filter"));
}

#[test]
fn marks_show_their_sum_and_escape_drops_them_first() {
    let mut h = harness();
    h.keys("gc<Space><Space><Space>");
    assert!(h.line(-2).contains("marked 3 = 3.00"), "{}", h.line(-2));
    assert!(h.line(-1).contains("n note 3"), "{}", h.line(-1));
    h.keys("o");
    assert!(h.shows("Set owner jk on 3 numbers?  Enter/Esc"));
    h.keys("<Enter>");
    assert_eq!(h.said(), "owner set");
    h.keys("<Esc>");
    assert!(!h.line(-2).contains("marked") && h.line(0).contains("[Few]"));
}

#[test]
fn the_palette_finds_teaches_and_takes_arguments() {
    let mut h = harness();
    h.keys(":reloa");
    assert!(h.shows("R            reload"), "{:#?}", h.screen());
    h.keys("<Enter>:few<Space>3<Enter>");
    assert!(h.line(0).contains("[Few]") && h.line(-2).contains("3 numbers"));
    h.keys(":few<Space>none<Enter>");
    assert_eq!(h.said(), "few: \"none\" was not found");
    h.keys("<Esc>gt:123<Enter>");
    assert!(h.screen().iter().any(|line| line.starts_with(">           122")), "{:#?}", h.screen());
    h.keys(":<Up>");
    assert!(h.shows(":list.row"), "{:#?}", h.screen());
    h.keys("<C-u>zzzz<Enter>");
    assert!(h.said().contains("no command is called \"zzzz\""));
}

#[test]
fn help_filters_runs_and_gives_reasons() {
    let mut h = harness();
    h.keys("?");
    assert!(h.shows("Write a note on the number."));
    h.keys("saved<Space>views<Enter>");
    assert_eq!(h.said(), "no view is saved yet; z s saves this one");
    let mut h = harness_with(Ctx { rights: Some(Default::default()), ..ctx() });
    h.keys("?pay<Space>the");
    assert!(h.shows("not now: needs the right to post or apply r"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.said().contains("ask an administrator"));
}

#[test]
fn reading_only_removes_every_change_in_one_place() {
    let mut h = harness_with(Ctx { read_only: true, ..ctx() });
    assert!(h.line(0).contains("READ-ONLY") && !h.line(-1).contains("note"));
    for key in ["n", "P", "o", "u", "<C-r>"] {
        h.keys(key);
        assert!(h.said().contains("open for reading only"), "{key}: {}", h.said());
        h.keys("<Esc>");
    }
    h.keys("/4<Enter>");
    assert!(h.line(-2).contains("filter: 4"));
}

#[test]
fn a_form_echoes_refuses_and_saves() {
    let mut h = harness();
    h.keys("nab");
    assert!(h.shows("three letters at least") && h.shows("2 letters"), "{:#?}", h.screen());
    h.keys("<Enter>c");
    assert!(h.shows("= ABC"), "{:#?}", h.screen());
    h.keys("<Enter>");
    assert!(h.said().starts_with("Done Note") && h.said().ends_with("u undoes"), "{}", h.said());
    h.keys("u");
    assert_eq!(h.said(), "Undid: note");
    h.keys("nrefuse<Enter>");
    assert!(h.said().contains("[AUT-01] You may not."), "{}", h.said());
    h.keys("j");
    assert!(h.said().contains("AUT-01"));
    h.keys("<Esc>");
    assert_eq!(h.said(), "");
}

#[test]
fn leaving_a_form_keeps_a_draft_and_a_second_escape_drops_it() {
    let mut h = harness();
    h.keys("nhello<Esc>");
    assert!(h.said().starts_with("draft: note"), "{}", h.said());
    h.keys("jkn");
    assert!(h.shows("hello"));
    h.keys("<Esc><Esc>");
    assert_eq!(h.said(), "dropped the draft of note");
    h.keys("n");
    assert!(!h.shows("hello"));
    h.keys("again<Enter>");
    assert_eq!(h.remembered.get("draft.note.0").map(String::as_str), Some(""));
}

#[test]
fn a_review_is_not_answered_by_enter_nor_by_keys_typed_ahead() {
    let mut h = harness();
    h.pace = 10;
    h.keys("Py");
    assert!(h.shows("y goes ahead"));
    h.pace = 1_000;
    h.keys("<Enter>");
    assert!(h.said().starts_with("cancelled"));
    h.keys("Py");
    assert_eq!(h.said(), "paid");
}

#[test]
fn pasted_text_never_runs_as_keys() {
    let mut h = harness();
    h.send(Msg::Paste("excellent\n".to_owned(), 0));
    assert!(h.said().contains("not run as keys"));
    h.keys("<Esc>/").send(Msg::Paste("4\n9".to_owned(), 0));
    assert!(h.shows("/4 9"), "{:#?}", h.screen());
    h.keys("<Esc>").send(Msg::Paste(" 20448\n".to_owned(), 0));
    assert!(h.shows("20448"));
    h.keys("<Enter>");
    assert!(h.line(-2).contains("detail"), "{:#?}", h.screen());
}

#[test]
fn marks_views_and_copies_are_remembered() {
    let mut h = harness();
    h.keys("5jmagc");
    h.keys("'a");
    assert!(h.screen()[7].starts_with(">"), "{:#?}", h.screen());
    h.keys("/7<Enter>zsseven<Enter>/<Esc>:view<Space>seven<Enter>");
    assert!(h.line(-2).contains("filter: 7"), "{}", h.line(-2));
    h.keys("yy");
    assert_eq!((h.copied.len(), h.said()), (1, "sent to terminal clipboard (1 row)"));
    h.keys("w");
    assert!(h.shows("comes after the one before it"));
    h.keys("<Esc>'b");
    assert!(h.said().contains("nothing is remembered as b"));
}

#[test]
fn panes_share_one_focus() {
    let mut h = harness();
    h.keys("gdj");
    let row = |h: &Harness| h.screen()[3].clone();
    assert!(row(&h).starts_with(">"), "{:#?}", h.screen());
    h.keys("<Tab>");
    assert!(row(&h).starts_with("-"));
    assert!(h.line(-2).contains("20 numbers"), "{}", h.line(-2));
    h.keys("jj<S-Tab>k/4");
    assert!(h.line(-2).contains("filter: 4  14 numbers"), "{}", h.line(-2));
    h.keys("<Enter><Tab>");
    assert!(h.line(-2).contains("20 numbers"));
}

#[test]
fn an_answer_that_is_not_the_newest_is_dropped() {
    let mut app = App::new(ctx(), PLACES, Default::default(), Box::new(Sample::new("numbers", 500)));
    let first = start(&mut app);
    let mut effects = update(&mut app, Msg::News(News::Changed), 1);
    effects.splice(0..0, first);
    let answers: Vec<Msg> = effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Ask { slot, ticket, job } => {
                Some(Msg::Answer { slot, ticket, result: job(&Reader::in_memory().expect("a book in memory")) })
            }
            _ => None,
        })
        .collect();
    assert_eq!(answers.len(), 2);
    let shown = |app: &App| {
        let mut buf = ratatui::buffer::Buffer::empty(ratatui::layout::Rect::new(0, 0, 80, 24));
        let area = buf.area;
        draw(app, &mut buf, area);
        lines(&buf)[22].clone()
    };
    let mut answers = answers.into_iter();
    update(&mut app, answers.next().unwrap(), 2);
    assert_eq!(shown(&app), " 0 numbers");
    update(&mut app, answers.next().unwrap(), 3);
    assert_eq!(shown(&app), " 500 numbers");
}

#[test]
fn a_screen_that_is_left_gives_up_its_questions_and_asks_again_when_it_is_shown() {
    let mut app = App::new(ctx(), PLACES, Default::default(), Box::new(Sample::new("numbers", 500)));
    let screens = |effects: &[Effect]| -> (Vec<u32>, Vec<u32>) {
        let asked = effects.iter().filter_map(|effect| match effect {
            Effect::Ask { slot, .. } => Some(slot.screen),
            _ => None,
        });
        let left = effects.iter().filter_map(|effect| match effect {
            Effect::Forget(slot) => Some(slot.screen),
            _ => None,
        });
        (asked.collect(), left.collect())
    };
    assert_eq!(screens(&start(&mut app)), (vec![1], vec![]));
    update(&mut app, Msg::Key(Key::char('g'), 1), 1);
    assert_eq!(screens(&update(&mut app, Msg::Key(Key::char('c'), 2), 2)), (vec![2], vec![1]));
    assert_eq!(app.waiting(), 1, "only the screen on top waits");
    update(&mut app, Msg::Key(Key::char('g'), 3), 3);
    assert_eq!(screens(&update(&mut app, Msg::Key(Key::char('t'), 4), 4)), (vec![1], vec![2]));
}

#[test]
fn midnight_shifts_nothing_until_reload() {
    let mut h = harness();
    h.send(Msg::Today(NaiveDate::from_ymd_opt(2026, 3, 17).unwrap()));
    assert!(h.line(-2).contains("as of 16 Mar 26; R for today") && h.line(0).contains("16 Mar"));
    h.keys("R");
    assert!(h.line(0).contains("17 Mar 2026") && !h.line(-2).contains("as of"));
}

#[test]
fn the_cursor_moves_a_highlight_and_nothing_else() {
    let mut h = harness();
    let before = styled(&h.buffer());
    let after = styled(&h.keys("j").buffer());
    let changed = before.lines().zip(after.lines()).filter(|(a, b)| a != b).count();
    assert!(changed <= 5, "{before}\n{after}");
    assert!(after.contains("r3 c0-") && after.contains("Reset REVERSED"), "{after}");
}

#[test]
fn nothing_fails_at_any_size() {
    let scripts = ["", "g", ":few", "?", "/x", "nab", "P", "gd<Tab>", "gc<Space>o", "w", "zv", "go"];
    for script in scripts {
        let mut h = harness();
        h.keys(script);
        for columns in 1..=80 {
            for rows in [1, 2, 3, 5, 15, 16, 20] {
                h.resize(columns, rows);
                let screen = h.screen();
                assert_eq!(screen.len(), usize::from(rows));
            }
        }
        h.resize(59, 24);
        assert_eq!(h.line(0), "o2c needs 60x16, this is 59x24");
    }
}

#[test]
fn a_reason_is_never_cut_off() {
    let mut h = harness();
    let sentence =
        "The disk reported an error. It is not known whether receipt 250.00 of Acme was posted. Checking now.";
    let result = Err(Failure::Unknown(sentence.to_owned()));
    h.send(Msg::Performed { origin: super::Slot::default(), result });
    let all = h.screen().join(" ");
    assert!(all.contains("Not done") && all.contains("posted. Checking now."), "{:#?}", h.screen());
    h.keys("<Esc>");
    assert!(!h.shows("Not done"));
}

#[test]
fn the_first_screen_is_read_when_it_comes_up_from_under_a_resumed_one() {
    let mut harness = harness();
    let memory = [("place".to_owned(), "few\t\t".to_owned())].into_iter().collect();
    let mut app = App::new(ctx(), PLACES, memory, Box::new(Sample::new("numbers", 500)));
    app.resume();
    harness.app = app;
    let effects = start(&mut harness.app);
    harness.settle(effects);
    assert!(harness.shows("7 numbers"), "{:?}", harness.screen());
    harness.keys("g t");
    assert!(harness.shows("500 numbers"), "{:?}", harness.screen());
}

#[test]
fn leaving_while_mails_are_sent_lets_the_one_in_hand_through_on_a_screen_that_goes_on() {
    use super::ctx::{Doing, Running};
    use super::effect::Slot;
    use crate::acts::mail::pass::Passed;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    let sending = || {
        let (mut h, stop) = (harness(), Arc::new(AtomicBool::new(false)));
        h.app.ctx.running = Some(Running { what: Doing::Mails, done: 1, total: 9, stop: stop.clone() });
        h.keys("qq");
        assert!(stop.load(Ordering::Relaxed) && !h.app.ended(), "no further mail is begun, and the screen is there");
        assert!(h.said().contains("let through"), "{}", h.said());
        h
    };
    let mut h = sending();
    h.keys("j");
    assert!(!h.app.ended());
    h.send(Msg::MailsOut { origin: Slot::default(), post: true, result: Ok(Passed::default()) });
    assert!(h.app.ended(), "it ends when the mail is through");
    let mut h = sending();
    h.keys("qq");
    assert!(h.app.ended(), "whoever asks again does not wait on the screen");
}

#[test]
fn a_book_that_can_only_be_read_says_so_before_a_form_is_filled_in_and_when_that_is_over() {
    let mut h = harness();
    let why = crate::store::READ_ONLY;
    h.send(Msg::News(News::OnlyReads(Some(why))));
    assert!(h.line(0).contains("READ-ONLY") && h.screen().join(" ").contains("[DB-03]"), "{:#?}", h.screen());
    h.keys("<Esc>n");
    assert!(h.said().starts_with("note: [DB-03] The book may only be read"), "{}", h.said());
    h.send(Msg::News(News::OnlyReads(None)));
    assert_eq!(h.said(), "the book can be written again; go on where you were");
    assert!(!h.line(0).contains("READ-ONLY"), "{}", h.line(0));
    h.keys("nabc<Enter>");
    assert!(h.said().starts_with("Done Note"), "{}", h.said());
    // What was refused meanwhile is still to be read.
    h.send(Msg::News(News::OnlyReads(Some(why))));
    h.send(Msg::Said(Err("[X-01] Not so.".to_owned())));
    h.send(Msg::News(News::OnlyReads(None)));
    assert_eq!(h.said(), "[X-01] Not so.; the book can be written again; go on where you were");
}
