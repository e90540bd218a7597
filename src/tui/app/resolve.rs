//! From keys to a command: counts first, then sequences looked up in the focused pane's table, the screen's, the
//! list's and the global one. A sequence waits as long as it takes; there are no time-outs on a slow line.

use super::command::{Call, Command};
use super::key::{Code, Key};
use super::state::{App, Owner};

/// The largest count; more is kept at this.
pub const LARGEST_COUNT: u32 = 9_999;

/// What the keys so far mean.
pub(super) enum Resolved {
    /// Nothing begins with these keys.
    Nothing,
    /// More keys are needed.
    Wait,
    /// A command, with the character that stood for `<any>`.
    Command(Owner, Command, Option<char>),
}

/// How far a binding agrees with the keys: not at all, so far, or whole with the character of `<any>`.
enum Match {
    No,
    Begun,
    Whole(Option<char>),
}

fn matches(sequence: &str, keys: &[Key]) -> Match {
    let mut any = None;
    let mut wanted = sequence.split(' ');
    for key in keys {
        match (wanted.next(), key.typed()) {
            (Some("<any>"), Some(c)) if c != ' ' => any = Some(c),
            (Some(text), _) if Key::parse(text) == Some(*key) => {}
            _ => return Match::No,
        }
    }
    if wanted.next().is_some() { Match::Begun } else { Match::Whole(any) }
}

impl App {
    /// What `keys` mean on the screen on top. An exact key beats `<any>`.
    pub(super) fn resolve(&self, keys: &[Key]) -> Resolved {
        let mut begun = false;
        let mut found: Option<(Owner, Command, Option<char>)> = None;
        for (owner, command) in self.commands() {
            for sequence in command.keys {
                match matches(sequence, keys) {
                    Match::Begun => begun = true,
                    Match::Whole(None) => return Resolved::Command(owner, command, None),
                    Match::Whole(any) if found.is_none() => found = Some((owner, command, any)),
                    _ => {}
                }
            }
        }
        match found {
            Some((owner, command, any)) => Resolved::Command(owner, command, any),
            None if begun => Resolved::Wait,
            None => Resolved::Nothing,
        }
    }

    /// Takes a key pressed outside any overlay.
    pub(super) fn command_key(&mut self, key: Key) {
        if self.pending.is_empty() && self.take_digit(key) {
            return;
        }
        if key.code == Code::Esc && (self.count.is_some() || !self.pending.is_empty()) {
            self.count = None;
            self.pending.clear();
            return;
        }
        self.pending.push(key);
        match self.resolve(&self.pending) {
            Resolved::Wait => {}
            // A key left over from before does not eat the way to another screen; what would do something at once, such
            // as setting aside, is not run after a key that was meant to go before it.
            Resolved::Nothing if self.pending.len() > 1 && matches!(self.resolve(&[key]), Resolved::Wait) => {
                self.pending = vec![key];
                self.count = None;
            }
            Resolved::Nothing => {
                let typed: Vec<String> = self.pending.iter().map(|key| key.label()).collect();
                self.pending.clear();
                self.count = None;
                self.say(format!("{} does nothing here; ? shows the keys", typed.join(" ")));
            }
            Resolved::Command(owner, command, any) => {
                self.pending.clear();
                let count = self.count.take();
                self.run_row(owner, &command, &Call { id: command.id, count, key: any, args: String::new() });
            }
        }
    }

    fn take_digit(&mut self, key: Key) -> bool {
        let Some(digit) = key.typed().and_then(|c| c.to_digit(10)) else { return false };
        if digit == 0 && self.count.is_none() {
            return false;
        }
        self.count = Some((self.count.unwrap_or(0) * 10 + digit).min(LARGEST_COUNT));
        true
    }

    /// What may follow the keys pressed so far: key and meaning, for the box at the bottom.
    pub(super) fn continuations(&self) -> Vec<(String, String)> {
        let mut out: Vec<(String, String)> = Vec::new();
        for (owner, command) in self.commands() {
            for sequence in command.keys.iter().filter(|keys| matches!(matches(keys, &self.pending), Match::Begun)) {
                let rest: Vec<&str> = sequence.split(' ').skip(self.pending.len()).collect();
                let title = match self.reason(owner, &command) {
                    Some(_) => format!("({})", command.title),
                    None => command.title.to_owned(),
                };
                if rest == ["<any>"] {
                    let prefix = self.pending.first().and_then(|key| key.typed()).unwrap_or(' ');
                    let choices = self.focused().1.choices(prefix, &self.ctx);
                    if choices.is_empty() {
                        out.push(("x".to_owned(), title));
                    }
                    out.extend(choices.into_iter().map(|(letter, meaning)| (letter.to_string(), meaning)));
                } else {
                    out.push((super::command::label(&rest.join(" ")), title));
                }
            }
        }
        out
    }
}
