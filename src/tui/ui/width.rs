//! Text measured in terminal cells: cut at grapheme boundaries, padded back to the exact width, cleaned of anything a
//! terminal would obey.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::glyphs::Glyphs;

/// How many cells the text takes.
pub fn cells(text: &str) -> usize {
    text.width()
}

/// On which side of a column the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// Left, for words.
    #[default]
    Left,
    /// Right, for numbers.
    Right,
}

/// Replaces control characters and the signs that turn the direction of writing by a visible mark, so that data can
/// never steer the terminal.
pub fn clean(text: &str) -> String {
    let harmful = |c: char| {
        c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}')
    };
    if !text.chars().any(harmful) {
        return text.to_owned();
    }
    text.chars().map(|c| if harmful(c) { '?' } else { c }).collect()
}

/// The text within `width` cells. What is too long ends in the cut sign.
pub fn cut(text: &str, width: usize, glyphs: &Glyphs) -> String {
    if cells(text) <= width {
        return text.to_owned();
    }
    let sign = cells(glyphs.cut);
    if width < sign {
        return String::new();
    }
    let mut out = String::new();
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        let wide = cells(grapheme);
        if used + wide + sign > width {
            break;
        }
        out.push_str(grapheme);
        used += wide;
    }
    out.push_str(glyphs.cut);
    out
}

/// What [`cut`] leaves away, after the cut sign; empty when it leaves nothing away.
pub fn rest(text: &str, width: usize, glyphs: &Glyphs) -> String {
    let shown = cut(text, width, glyphs);
    if shown.len() == text.len() {
        return String::new();
    }
    let from = shown.len().saturating_sub(glyphs.cut.len());
    format!("{}{}", glyphs.cut, text.get(from..).unwrap_or_default())
}

/// The text in exactly `width` cells: cut or padded, standing left or right.
pub fn fit(text: &str, width: usize, align: Align, glyphs: &Glyphs) -> String {
    let text = cut(text, width, glyphs);
    let pad = " ".repeat(width.saturating_sub(cells(&text)));
    match align {
        Align::Left => text + &pad,
        Align::Right => pad + &text,
    }
}

/// Breaks text into lines of at most `width` cells, at spaces where it can. Lines that follow are indented like the
/// first.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let body = text.trim_start_matches(' ');
    let indent = (text.len() - body.len()).min(width / 2);
    let pad = " ".repeat(indent);
    wrap_words(body, width - indent).into_iter().map(|line| format!("{pad}{line}")).collect()
}

fn wrap_words(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut rest = word;
        loop {
            let line = lines.last_mut().map(|line| (cells(line), line));
            let Some((used, line)) = line else { return lines };
            let gap = usize::from(used > 0);
            if used + gap + cells(rest) <= width {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(rest);
                break;
            }
            if used > 0 {
                lines.push(String::new());
                continue;
            }
            let mut taken = 0;
            for grapheme in rest.graphemes(true) {
                if taken > 0 && cells(&rest[..taken + grapheme.len()]) > width {
                    break;
                }
                taken += grapheme.len();
            }
            line.push_str(&rest[..taken]);
            rest = &rest[taken..];
            if rest.is_empty() {
                break;
            }
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::glyphs::{ASCII, UNICODE};
    use super::*;

    #[test]
    fn what_is_cut_off_continues_where_it_was_cut() {
        use super::super::glyphs::UNICODE;
        for (text, width, left) in
            [("Acme", 4, ""), ("Nordwind Logistik", 9, "… Logistik"), ("錦帆灣機械", 5, "…灣機械")]
        {
            assert_eq!(rest(text, width, &UNICODE), left);
        }
    }

    #[test]
    fn wide_letters_are_cut_whole_and_padded_back() {
        assert_eq!(fit("日本通運", 5, Align::Left, &UNICODE), "日本…");
        assert_eq!(fit("日本通運", 6, Align::Left, &UNICODE), "日本… ");
        assert_eq!(fit("Nordwind Logistik", 8, Align::Left, &ASCII), "Nordwin~");
        assert_eq!(fit("12.00", 8, Align::Right, &ASCII), "   12.00");
        assert_eq!(fit("abc", 0, Align::Left, &ASCII), "");
        assert_eq!(cut("e\u{301}te\u{301}s", 3, &ASCII), "e\u{301}t~");
    }

    #[test]
    fn escape_bytes_never_reach_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}c"), "a?[2Jb?c");
        assert_eq!(clean("Zażółć"), "Zażółć");
    }

    #[test]
    fn long_words_are_broken() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
        assert_eq!(wrap("  one two", 5), ["  one", "  two"]);
        assert_eq!(wrap("日本", 1), ["日", "本"]);
    }
}
