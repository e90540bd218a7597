//! The rigs themselves, tried on the shell: a terminal rig that waits for the wrong thing would make every other test
//! of the workstation worthless.

mod rigs;

use rigs::pty::{Launch, Signal};
use rigs::svg;

/// A shell in a terminal, running a script.
fn shell(script: &str) -> Launch {
    Launch::new("/bin/sh").args(["-c", script])
}

#[test]
fn keys_arrive_and_the_answer_is_seen_and_counted() {
    let mut terminal = shell("printf 'name? '; read name; printf 'hello %s\\n' \"$name\"; read end").start();
    terminal.wait_for("name?").mark();
    assert_eq!(terminal.since_mark().bytes, 0);
    terminal.type_text("Nordwind").press("Enter").wait_for("hello Nordwind");
    let output = terminal.since_mark();
    assert!(output.bytes >= "hello Nordwind".len() && output.took.is_some(), "{output:?}");
    assert_eq!(terminal.find("hello"), Some((1, 0)));
    terminal.press("Enter");
    assert!(terminal.wait_exit().success());
}

#[test]
fn the_program_has_a_home_of_its_own_and_the_size_it_is_told() {
    let mut terminal = shell("echo home=$HOME; stty size; read go; stty size; read end").size(100, 30).start();
    terminal.wait_for("30 100");
    assert!(!terminal.text().contains("home=/root"), "{}", terminal.text());
    terminal.resize(120, 40).press("Enter").wait_for("40 120");
}

#[test]
fn signals_reach_the_program() {
    let mut terminal = shell("trap 'echo asked to go; exit 7' TERM; echo ready; while :; do sleep 0.05; done").start();
    terminal.wait_for("ready").signal(Signal::TERM).wait_for("asked to go");
    assert_eq!(terminal.wait_exit().exit_code(), 7);
}

#[test]
fn a_failing_wait_shows_the_screen() {
    let failed = std::panic::catch_unwind(|| {
        shell("echo only this").start().wait_for("something else");
    });
    let message = failed.expect_err("the wait fails").downcast::<String>().expect("with a message");
    assert!(message.contains("only this") && message.contains("something else"), "{message}");
}

#[test]
fn a_picture_holds_the_text_its_styles_and_its_boxes() {
    let script =
        "printf '\\033[1;31mover due\\033[0m \\033[7mchosen\\033[0m \\033[38;5;208m<&>\\033[0m ┌──┐'; read end";
    let mut terminal = shell(script).size(60, 4).start();
    terminal.wait_for("┌──┐");
    assert!(terminal.cell(0, 0).bold());
    let picture = svg::picture(&terminal.screen());
    for piece in ["font-weight='bold'>over due</text>", "fill='#1d2021' textLength", "&lt;&amp;&gt;", "#ff8700", "┌──┐"]
    {
        assert!(picture.contains(piece), "{piece} is missing in\n{picture}");
    }
}
