//! Text from outside made safe to show on one line of a terminal and to write to files: nothing that moves the cursor,
//! reverses the reading direction, hides characters or turns into a formula. Also the folded form that search uses.

use std::borrow::Cow;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest text kept, in characters.
pub const MAX_CHARS: usize = 200;

/// How many marks may stand on one base character; real scripts need at most this many.
const MAX_MARKS: usize = 4;

/// One line of text that is safe to show. Can only be made by [`clean`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct SafeText(String);

impl SafeText {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for SafeText {
    fn from(raw: String) -> Self {
        clean(&raw).text
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What cleaning removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Found {
    /// Control characters or terminal sequences.
    pub controls: bool,
    /// Characters that change the reading direction.
    pub direction: bool,
    /// Characters nobody can see: zero-width, tags, soft hyphens, variation selectors.
    pub invisible: bool,
    /// More marks on one character than any script uses.
    pub marks: bool,
    /// Line breaks, made into spaces.
    pub lines: bool,
    /// Text beyond [`MAX_CHARS`].
    pub cut: bool,
}

impl Found {
    /// Whether anything was removed.
    pub fn any(self) -> bool {
        self != Found::default()
    }

    /// What was removed, for a report: `control characters, hidden characters`.
    pub fn words(self) -> String {
        let all = [
            (self.controls, "control characters"),
            (self.direction, "direction marks"),
            (self.invisible, "hidden characters"),
            (self.marks, "stacked marks"),
            (self.lines, "line breaks"),
            (self.cut, "text beyond 200 characters"),
        ];
        all.into_iter().filter(|one| one.0).map(|one| one.1).collect::<Vec<_>>().join(", ")
    }
}

/// A cleaned text with what was removed from it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleaned {
    /// The safe text.
    pub text: SafeText,
    /// What cleaning found.
    pub found: Found,
}

/// How a character is treated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Plain,
    Control,
    Direction,
    Invisible,
    Line,
}

fn sort_of(c: char) -> Sort {
    match c {
        '\t' | '\n' | '\r' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Sort::Line,
        '\u{00}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Sort::Control,
        '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Sort::Direction,
        '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' => {
            Sort::Invisible
        }
        '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' => Sort::Invisible,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => Sort::Invisible,
        '\u{e0000}'..='\u{e0fff}' => Sort::Invisible,
        _ => Sort::Plain,
    }
}

/// Makes `raw` one safe line: NFC, terminal sequences, control, direction and hidden characters removed, line breaks
/// and runs of spaces made one space, at most four marks on a character, at most [`MAX_CHARS`] characters.
pub fn clean(raw: &str) -> Cleaned {
    let mut found = Found::default();
    let visible = strip(raw, &mut found);
    let mut text = String::with_capacity(visible.len());
    let (mut marks, mut count) = (0, 0);
    for c in visible.nfc() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        // A mark with nothing before it would stand on whatever the screen has to its left.
        if marks > MAX_MARKS || (marks > 0 && text.is_empty()) {
            found.marks = true;
        } else if count == MAX_CHARS {
            found.cut = true;
            break;
        } else if c != ' ' || !(text.is_empty() || text.ends_with(' ')) {
            text.push(c);
            count += 1;
        }
    }
    text.truncate(text.trim_end().len());
    Cleaned { text: SafeText(text), found }
}

/// Whether a character only shows itself: it moves no cursor, turns no direction and is not hidden.
pub fn is_shown(c: char) -> bool {
    sort_of(c) == Sort::Plain
}

/// Whether [`clean`] would remove nothing: no hidden, direction or control characters, no stacked marks, one line.
pub fn looks_safe(raw: &str) -> bool {
    // Nearly every text of a long file is short and plain: it need not be cleaned to know that it is clean.
    let plain = raw.len() <= MAX_CHARS && raw.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    plain || !clean(raw).found.any()
}

/// Removes what must not be shown, noting it, and turns line breaks into spaces.
fn strip(raw: &str, found: &mut Found) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match sort_of(c) {
            Sort::Plain => out.push(c),
            Sort::Line => {
                found.lines = true;
                out.push(' ');
            }
            Sort::Direction => found.direction = true,
            Sort::Invisible => found.invisible = true,
            Sort::Control => {
                found.controls = true;
                // The parameters of a terminal sequence are printable; without them `[31m` would stay behind.
                if c == '\u{9b}' || (c == '\u{1b}' && chars.next_if_eq(&'[').is_some()) {
                    while chars.next_if(|c| matches!(c, '\u{20}'..='\u{3f}')).is_some() {}
                    chars.next_if(|c| matches!(c, '\u{40}'..='\u{7e}'));
                } else if matches!(c, '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}')
                    || (c == '\u{1b}' && chars.next_if(|c| matches!(c, ']' | 'P' | 'X' | '^' | '_')).is_some())
                {
                    drop_string(&mut chars);
                }
            }
        }
    }
    out
}

/// Drops the rest of a terminal sequence that carries text, such as a window title, with its end; of one without an end
/// nothing, since everything behind it would be lost.
fn drop_string(chars: &mut Peekable<Chars<'_>>) {
    let mut ahead = chars.clone();
    while let Some(c) = ahead.next() {
        if matches!(c, '\u{07}' | '\u{9c}') || (c == '\u{1b}' && ahead.next_if_eq(&'\\').is_some()) {
            *chars = ahead;
            return;
        }
    }
}

/// A number with its noun: `1 item`, `2 items`.
pub fn counted(many: u64, noun: &str) -> String {
    format!("{many} {noun}{}", if many == 1 { "" } else { "s" })
}

/// Guards a cell of a CSV file against being run as a formula by a spreadsheet: a text that starts with `=`, `+`, `-`,
/// `@`, a tab or a line break gets an apostrophe in front, unless it is a plain number.
pub fn guard_formula(text: &str) -> Cow<'_, str> {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let digits = text.strip_prefix('-').or_else(|| text.strip_prefix('+')).unwrap_or(text);
    let number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
    if risky && !number { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The form search compares: lower case, without diacritics, compatibility forms unified (`Ｍüller` is `muller`).
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' | 'ð' => out.push('d'),
            'ı' => out.push('i'),
            _ if is_combining_mark(c) => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_terminal_sequence_nothing_stays() {
        let whole = |raw: &str| clean(raw).text.into_string();
        assert_eq!(whole("Evil \u{1b}[2J\u{1b}]0;pwn\u{7} Corp"), "Evil Corp");
        assert_eq!(whole("Evil\u{1b}]8;;http://x\u{1b}\\ Corp"), "Evil Corp");
        assert_eq!(whole("Evil\u{9d}0;pwn\u{9c} Corp\u{1b}Pq\u{1b}\\"), "Evil Corp");
        assert_eq!(whole("A\u{1b}]B Corp"), "AB Corp", "without an end what is behind it stays");
    }

    #[test]
    fn nothing_that_moves_or_hides_survives() {
        let raw = "A\u{1b}[31mcme\u{202e} Ltd\u{200b}\r\nOne\u{ad} \u{e0041}\u{7}";
        let cleaned = clean(raw);
        assert_eq!(cleaned.text.as_str(), "Acme Ltd One");
        assert_eq!(cleaned.found.words(), "control characters, direction marks, hidden characters, line breaks");
        assert!(!looks_safe(raw) && looks_safe("Müller & Söhne GmbH"));
    }

    #[test]
    fn marks_are_limited_and_text_is_composed_and_cut() {
        assert_eq!(clean("Mu\u{308}ller").text.as_str(), "Müller");
        let stacked = format!("Z{}", "\u{301}".repeat(30));
        let cleaned = clean(&stacked);
        assert!(cleaned.found.marks && cleaned.text.as_str().chars().count() <= 5);
        let long = clean(&"x".repeat(500));
        assert!(long.found.cut && long.text.as_str().len() == MAX_CHARS);
    }

    #[test]
    fn formulas_are_quoted_and_numbers_are_not() {
        assert_eq!(guard_formula("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(guard_formula("-1+cmd|x"), "'-1+cmd|x");
        assert_eq!(guard_formula("-1,234.50"), "-1,234.50");
        assert_eq!(guard_formula("Acme"), "Acme");
    }

    #[test]
    fn search_ignores_case_and_diacritics() {
        assert_eq!(fold("ＭÜLLER Straße Łódź İzmir"), "muller strasse lodz izmir");
    }
}
