//! Keys as the workstation knows them, free of any terminal library, and their notation: `j`, `<Enter>`, `<C-d>`,
//! with a space between the keys of a sequence (`g t`). Tables of commands, tests and help all use this notation.

use std::fmt;

/// Which key was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A character, shifted as typed: `j`, `J`, `%`. The space bar is `Char(' ')`.
    Char(char),
    /// Return.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Tab with shift.
    BackTab,
    /// Delete to the left.
    Backspace,
    /// Delete to the right.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    Home,
    /// End.
    End,
    /// A function key, by number.
    F(u8),
}

/// A key with its modifiers. Shift is only set for keys without a shifted character of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The key itself.
    pub code: Code,
    /// Control was held.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
    /// Shift was held.
    pub shift: bool,
}

const NAMES: &[(&str, Code)] = &[
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("S-Tab", Code::BackTab),
    ("BS", Code::Backspace),
    ("Del", Code::Delete),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("Home", Code::Home),
    ("End", Code::End),
    ("Space", Code::Char(' ')),
    ("lt", Code::Char('<')),
];

impl Key {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Key {
        Key { code, ctrl: false, alt: false, shift: false }
    }

    /// A character as typed.
    pub const fn char(c: char) -> Key {
        Key::plain(Code::Char(c))
    }

    /// A character with control held.
    pub const fn ctrl(c: char) -> Key {
        Key { code: Code::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// The character this key types into a field, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Reads one key in notation: `j`, `<Enter>`, `<C-d>`, `<A-x>`.
    pub fn parse(text: &str) -> Option<Key> {
        let mut chars = text.chars();
        if let (Some(only), None) = (chars.next(), chars.next()) {
            return Some(Key::char(only));
        }
        let name = text.strip_prefix('<')?.strip_suffix('>')?;
        if let Some((_, code)) = NAMES.iter().find(|(known, _)| *known == name) {
            return Some(Key::plain(*code));
        }
        if let Some(rest) = name.strip_prefix("C-") {
            return Key::parse(rest).map(|key| Key { ctrl: true, ..key });
        }
        if let Some(rest) = name.strip_prefix("A-") {
            return Key::parse(rest).map(|key| Key { alt: true, ..key });
        }
        name.strip_prefix('F').and_then(|n| n.parse().ok()).map(|n| Key::plain(Code::F(n)))
    }

    /// How the key is called on screen and in the documentation: `j`, `Enter`, `Ctrl-d`, `Space`.
    pub fn label(self) -> String {
        let base = match self.code {
            Code::Char(' ') => "Space".to_owned(),
            Code::Char(c) => c.to_string(),
            Code::F(n) => format!("F{n}"),
            Code::BackTab => "Shift-Tab".to_owned(),
            Code::Backspace => "Backspace".to_owned(),
            code => {
                NAMES.iter().find(|(_, known)| *known == code).map_or(String::new(), |(name, _)| (*name).to_owned())
            }
        };
        let control = if self.ctrl { "Ctrl-" } else { "" };
        let alt = if self.alt { "Alt-" } else { "" };
        format!("{control}{alt}{base}")
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

/// Splits a script such as `j j <Enter> /over>30<Enter>` into keys. A space between keys is only a separator, except
/// inside text typed into a field, where `<Space>` is written. Unknown names in angle brackets are typed literally.
pub fn script(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let named = (first == '<')
            .then(|| rest.find('>').map(|end| &rest[..=end]))
            .flatten()
            .filter(|name| name.len() > 2)
            .and_then(|name| Key::parse(name).map(|key| (key, name.len())));
        let (key, used) = named.unwrap_or((Key::char(first), first.len_utf8()));
        if named.is_some() || first != ' ' {
            keys.push(key);
        }
        rest = &rest[used..];
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_reads_names_and_modifiers() {
        assert_eq!(Key::parse("j"), Some(Key::char('j')));
        assert_eq!(Key::parse("<"), Some(Key::char('<')));
        assert_eq!(Key::parse("<C-d>"), Some(Key::ctrl('d')));
        assert_eq!(Key::parse("<Enter>"), Some(Key::plain(Code::Enter)));
        assert_eq!(Key::parse("<F5>"), Some(Key::plain(Code::F(5))));
        assert_eq!(Key::parse("<nothing>"), None);
        assert_eq!(Key::ctrl('d').label(), "Ctrl-d");
        assert_eq!(Key::plain(Code::BackTab).label(), "Shift-Tab");
    }

    #[test]
    fn a_script_keeps_operators_and_drops_separators() {
        let keys = script("j j <Enter> /over>30<Enter>");
        let text: String = keys.iter().map(|key| key.label() + " ").collect();
        assert_eq!(text, "j j Enter / o v e r > 3 0 Enter ");
        assert_eq!(script("a<Space>b").len(), 3);
        assert_eq!(script("x<5").len(), 3);
    }
}
