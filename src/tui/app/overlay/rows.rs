//! A long line as rows of a box: where it is broken, and in which row a place stands.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::tui::ui::width::cells;

/// The rows of a line in a box of this width, broken after a blank where there is one. A place at the very end of a row
/// that is followed by another belongs to the next.
pub(super) fn broken(text: &str, width: usize) -> Vec<Range<usize>> {
    let width = width.max(1);
    let (mut rows, mut start, mut used, mut blank) = (Vec::new(), 0, 0, None);
    for (place, sign) in text.grapheme_indices(true) {
        let wide = cells(sign);
        if used + wide > width && place > start {
            let end = blank.filter(|blank| *blank > start).unwrap_or(place);
            rows.push(start..end);
            (start, used, blank) = (end, cells(&text[end..place]), None);
        }
        used += wide;
        if sign == " " {
            blank = Some(place + 1);
        }
    }
    rows.push(start..text.len());
    rows
}

/// The row in which a place stands.
pub(super) fn row_of(rows: &[Range<usize>], at: usize) -> usize {
    rows.iter().rposition(|row| row.start <= at).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_wide_signs_stay_whole() {
        let rows = |text: &str| broken(text, 6).into_iter().map(|row| text[row].to_owned()).collect::<Vec<_>>();
        assert_eq!(rows("one two three"), ["one ", "two ", "three"]);
        assert_eq!(rows("abcdefghij k"), ["abcdef", "ghij k"]);
        assert_eq!(rows("日本通運"), ["日本通", "運"]);
        assert_eq!((rows(""), row_of(&broken("one two", 4), 4)), (vec![String::new()], 1));
    }
}
