//! Terminal events as the application's messages, and the telling apart of typing and pasting: a burst of different
//! characters faster than any hand is text, not commands.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};

use crate::tui::app::{Code, Key, Millis, Msg};

/// More characters than this within [`BURST_TIME`] are a paste.
const BURST: usize = 12;
/// In milliseconds, from the first to the last character.
const BURST_TIME: Millis = 5;

/// The messages of an event that arrived at that time; none for what the workstation has no use for.
pub fn translate(event: Event, at: Millis) -> Vec<Msg> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => {
            translate_key(key).map(|key| Msg::Key(key, at)).into_iter().collect()
        }
        Event::Paste(text) => vec![Msg::Paste(text, at)],
        Event::Resize(columns, rows) => vec![Msg::Resize(columns, rows)],
        Event::Mouse(mouse) => {
            let code = match mouse.kind {
                MouseEventKind::ScrollDown => Code::Down,
                MouseEventKind::ScrollUp => Code::Up,
                _ => return Vec::new(),
            };
            (0..3).map(|_| Msg::Key(Key::plain(code), at)).collect()
        }
        _ => Vec::new(),
    }
}

fn translate_key(event: KeyEvent) -> Option<Key> {
    let has = |modifier| event.modifiers.contains(modifier);
    let code = match event.code {
        // Old terminals send these control characters for Return and for deleting to the left.
        KeyCode::Char('j') if has(KeyModifiers::CONTROL) => return Some(Key::plain(Code::Enter)),
        KeyCode::Char('h') if has(KeyModifiers::CONTROL) => return Some(Key::plain(Code::Backspace)),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if has(KeyModifiers::SHIFT) => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::F(number) => Code::F(number),
        _ => return None,
    };
    // A shifted character already is another character; a shifted Tab is its own key. Arrows with shift are arrows.
    Some(Key { code, ctrl: has(KeyModifiers::CONTROL), alt: has(KeyModifiers::ALT), shift: false })
}

/// Turns bursts among the messages into pastes, unless a field takes what is typed. The same key again and again is a
/// key held down on a slow line, not a paste.
pub fn fold_bursts(batch: Vec<Msg>, in_field: bool) -> Vec<Msg> {
    if in_field || batch.len() <= BURST {
        return batch;
    }
    let mut out = Vec::with_capacity(batch.len());
    let mut run: Vec<(char, Key, Millis)> = Vec::new();
    for msg in batch {
        let typed = match &msg {
            Msg::Key(key, at) => {
                let c = if key.code == Code::Enter { Some('\n') } else { key.typed() };
                c.map(|c| (c, *key, *at)).filter(|_| run.first().is_none_or(|first| at - first.2 <= BURST_TIME))
            }
            _ => None,
        };
        match typed {
            Some(typed) => run.push(typed),
            None => {
                finish(&mut run, &mut out);
                match msg {
                    // The key that came too late for one run begins the next.
                    Msg::Key(key, at) if key.typed().is_some() => {
                        run.extend(key.typed().map(|c| (c, key, at)));
                    }
                    other => out.push(other),
                }
            }
        }
    }
    finish(&mut run, &mut out);
    out
}

fn finish(run: &mut Vec<(char, Key, Millis)>, out: &mut Vec<Msg>) {
    let different = run.iter().any(|(c, ..)| Some(*c) != run.first().map(|first| first.0));
    if run.len() > BURST && different {
        let at = run[0].2;
        out.push(Msg::Paste(run.iter().map(|(c, ..)| *c).collect(), at));
    } else {
        out.extend(run.iter().map(|(_, key, at)| Msg::Key(*key, *at)));
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str, step: Millis) -> Vec<Msg> {
        text.chars().zip(0..).map(|(c, n)| Msg::Key(Key::char(c), n * step)).collect()
    }

    fn told(batch: Vec<Msg>) -> String {
        let one = |msg: &Msg| match msg {
            Msg::Key(key, _) => key.label(),
            Msg::Paste(text, _) => format!("<{text}>"),
            _ => "?".to_owned(),
        };
        batch.iter().map(one).collect()
    }

    #[test]
    fn a_burst_of_different_keys_is_a_paste() {
        assert_eq!(told(fold_bursts(keys("excellent weather", 0), false)), "<excellent weather>");
        assert_eq!(told(fold_bursts(keys("excellent", 0), false)), "excellent");
        assert_eq!(told(fold_bursts(keys("jjjjjjjjjjjjjjjjjjjj", 0), false)), "j".repeat(20));
        assert_eq!(told(fold_bursts(keys("cxpdjkcxpdjkcxpdjk", 3), false)), "cxpdjkcxpdjkcxpdjk");
        assert_eq!(told(fold_bursts(keys("excellentweather", 0), true)), "excellentweather");
        let mut batch = keys("abcdefghijklmnop", 0);
        batch.insert(2, Msg::News(crate::store::threads::News::Changed));
        assert_eq!(told(fold_bursts(batch, false)), "ab?<cdefghijklmnop>");
    }

    #[test]
    fn keys_are_told_apart() {
        let key = |code, modifiers| translate_key(KeyEvent::new(code, modifiers));
        assert_eq!(key(KeyCode::Char('d'), KeyModifiers::CONTROL), Some(Key::ctrl('d')));
        assert_eq!(key(KeyCode::Char('J'), KeyModifiers::SHIFT), Some(Key::char('J')));
        assert_eq!(key(KeyCode::Tab, KeyModifiers::SHIFT), Some(Key::plain(Code::BackTab)));
        assert_eq!(key(KeyCode::Char('h'), KeyModifiers::CONTROL), Some(Key::plain(Code::Backspace)));
        assert_eq!(key(KeyCode::CapsLock, KeyModifiers::NONE), None);
        assert_eq!(translate(Event::FocusGained, 0).len(), 0);
    }
}
