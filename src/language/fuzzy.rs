//! The close name for a mistyped one: `onwer` is near `owner`. Used by every message that refuses an unknown name.

use super::fold::fold;

/// The candidate nearest to `typed`, when it is near enough to be what was meant: at most one slip for short names,
/// two from six letters on. A name that `typed` begins wins over one that merely resembles it.
pub fn closest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = fold(typed);
    let length = typed.chars().count();
    if length == 0 || length > 40 {
        return None;
    }
    let allowed = if length < 6 { 1 } else { 2 };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let folded = fold(candidate);
        let far = if length >= 2 && folded.starts_with(&typed) { 0 } else { distance(&typed, &folded) };
        if far <= allowed && best.is_none_or(|(other, _)| far < other) {
            best = Some((far, candidate));
        }
    }
    best.map(|(_, name)| name)
}

/// Ready text for a message: ` Did you mean owner?` with a leading space, or nothing when no candidate is near.
pub fn hint<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    closest(typed, candidates).map(|name| format!(" Did you mean {name}?")).unwrap_or_default()
}

/// Number of single slips between two words: a letter missing, extra or wrong, or two neighbours exchanged
/// (optimal string alignment).
pub fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let mut cost = (above[j] + usize::from(a != b)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        assert_eq!(distance("owner", "owner"), 0);
        assert_eq!(distance("onwer", "owner"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn the_near_name_is_found_and_the_far_one_is_not() {
        let names = ["owner", "open", "over", "dispute"];
        assert_eq!(closest("onwer", names), Some("owner"));
        assert_eq!(closest("disp", names), Some("dispute"));
        assert_eq!(closest("dispuet", names), Some("dispute"));
        assert_eq!(closest("zebra", names), None);
        assert_eq!(hint("oepn", names), " Did you mean open?");
    }
}
