//! What the editor of texts does with keys, and how its text is saved, left and drawn.

use super::super::super::key::script;
use super::*;
use crate::domain::money::Currency;

fn ctx() -> Ctx {
    Ctx::new("2026-03-16".parse().unwrap(), "anna", "book", Currency::EUR)
}

fn editor(text: &str) -> Editor {
    Editor::new("Text", "text.x", text, |text| match text.lines().position(|line| line.contains('!')) {
        None => Ok(vec![Effect::Say(text.to_owned())]),
        Some(line) => Err(TextFault { line: line + 1, column: 2, sentence: "no shouting".to_owned() }),
    })
}

fn after(text: &str, keys: &str) -> String {
    let mut editor = editor(text);
    for key in script(keys) {
        editor.key(key, 0, &ctx());
    }
    editor.text()
}

#[test]
fn lines_are_broken_joined_cut_and_taken_back() {
    assert_eq!(after("one\ntwo", "<End><Enter>and"), "one\nand\ntwo");
    assert_eq!(after("one\ntwo", "<Down><BS>"), "onetwo");
    assert_eq!(after("one\ntwo", "<End><Del>-"), "one-two");
    assert_eq!(after("one\ntwo", "<End><Right>x"), "one\nxtwo");
    assert_eq!(after("one\ntwo", "<Down><Left>x"), "onex\ntwo");
    assert_eq!(after("one\ntwo\nthree", "<Down><C-k>"), "one\nthree");
    assert_eq!(after("one", "<C-k>"), "");
    // Lines cut one after the other are put back together, as often as wanted, and taken back in one step.
    assert_eq!(after("one\ntwo\nthree", "<C-k><C-k><End><Enter><C-y>"), "three\none\ntwo\n");
    assert_eq!(after("one\ntwo\nthree", "<C-k><Down><C-k><C-y><C-y>"), "three\nthree\ntwo");
    assert_eq!(after("one\ntwo", "<C-k><C-y><C-z>"), "two");
    assert_eq!(after("one", "<C-y>"), "one", "nothing was cut");
    assert_eq!(after("one", "two<Space>three<C-z>"), "two one");
    assert_eq!(after("one\ntwo", "<C-k><C-z>"), "one\ntwo");
    assert_eq!(after("one", "<Left><Left><BS><C-z>x"), "xone");
}

#[test]
fn what_is_pasted_keeps_its_lines() {
    let mut editor = editor("ab");
    editor.key(script("<Right>")[0], 0, &ctx());
    editor.paste("1\r\n2\t\u{1b}\r3", &ctx());
    assert_eq!(editor.text(), "a1\n2    ?\n3b");
}

#[test]
fn a_fault_is_named_and_gone_to_and_nothing_is_saved() {
    let mut editor = editor("fine\nno!");
    let save = script("<C-s>")[0];
    assert!(matches!(editor.key(save, 0, &ctx()), Reply::Stay));
    assert_eq!((editor.row, editor.lines[1].column()), (1, 1));
    let mut buf = Buffer::empty(Rect::new(0, 0, 80, 24));
    let area = buf.area;
    assert!(editor.view(&mut buf, area, &ctx()).is_some());
    let shown: String = buf.content().iter().map(|cell| cell.symbol()).collect();
    assert!(shown.contains("line 2, place 2: no shouting"), "{shown}");
    for key in script("<End><BS>") {
        editor.key(key, 0, &ctx());
    }
    assert_eq!(editor.draft(), Some(("text.x".into(), "fine\nno".into())));
    assert!(matches!(editor.key(save, 0, &ctx()), Reply::Close(effects) if effects.len() == 1));
}

#[test]
fn long_lines_are_broken_between_words_and_the_place_to_type_at_is_always_inside() {
    assert_eq!(after("word word word ", "x<C-z>"), "word word word ");
    let mut narrow = editor("one two three\nx");
    narrow.room.set((10, 6));
    for (key, at) in [("<Down>", (0, 4)), ("<End>", (0, 13)), ("<Up>", (0, 7)), ("<Up>", (0, 3)), ("<Up>", (0, 3))] {
        narrow.key(script(key)[0], 0, &ctx());
        assert_eq!((narrow.row, narrow.lines[narrow.row].at()), at, "{key}");
    }
    let mut editor = editor(&format!("{}\n{}", "word ".repeat(300), "tail\n".repeat(30)));
    for key in script("<End><Down><Down><PgDn><PgDn><PgUp><Up><End>").into_iter().chain(script(&"<Left>".repeat(900))) {
        editor.key(key, 0, &ctx());
        let mut buf = Buffer::empty(Rect::new(0, 0, 40, 12));
        let area = buf.area;
        let at = editor.view(&mut buf, area, &ctx()).expect("a place to type at");
        assert!((6..39).contains(&at.x) && (1..11).contains(&at.y), "{at:?}");
    }
}

#[test]
fn it_is_drawn_at_every_size() {
    let mut editor = editor(&"a long line of words ".repeat(20));
    editor.put(&"x\n".repeat(40));
    for (width, height) in (0..60).flat_map(|width| (0..20).map(move |height| (width, height))) {
        let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
        let area = buf.area;
        editor.view(&mut buf, area, &ctx());
    }
}
