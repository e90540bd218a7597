//! The forms under which a document's number is looked up, so that lost prefixes, lost zeros and broken lines do not
//! matter. Two forms, because `2026-00471` may lose its zeros or its sign, but seldom both.

use super::super::text;

/// A reference in its parts: the letters before the first digit, and what follows in two forms.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Key {
    /// Letters before the first digit, lower case, signs dropped: `inv`.
    pub prefix: String,
    /// Without leading zeros in each group: `2026-00471` is `2026471`.
    pub loose: String,
    /// With its zeros, but for those in front: `2026-00471` is `202600471`.
    pub tight: String,
}

impl Key {
    /// The forms of a reference; a reference without digits is looked up by its letters.
    pub fn of(written: &str) -> Key {
        let mut key = Key::default();
        key.read(written);
        key
    }

    /// As [`Key::of`], into the texts already there: a million numbers are read when a book is built.
    pub fn read(&mut self, written: &str) {
        self.prefix.clear();
        self.loose.clear();
        self.tight.clear();
        if written.is_ascii() {
            self.read_folded(written.chars().map(|letter| letter.to_ascii_lowercase()));
        } else {
            self.read_folded(text::fold(written).chars());
        }
        if self.tight.is_empty() && !self.prefix.is_empty() {
            self.tight.push_str(&self.prefix);
            self.loose.push_str(&self.prefix);
            self.prefix.clear();
        }
    }

    fn read_folded(&mut self, letters: impl Iterator<Item = char>) {
        let (mut started, mut in_number) = (false, false);
        for letter in letters {
            let digit = letter.is_ascii_digit();
            if !started && !digit {
                if letter.is_alphanumeric() {
                    self.prefix.push(letter);
                }
                continue;
            }
            started = true;
            if !letter.is_alphanumeric() {
                in_number = false;
                continue;
            }
            if !(letter == '0' && self.tight.is_empty()) {
                self.tight.push(letter);
            }
            if letter == '0' && !in_number {
                continue;
            }
            self.loose.push(letter);
            in_number = digit;
        }
    }

    /// Whether both stand for the same number, prefixes aside.
    pub fn agrees(&self, other: &Key) -> bool {
        !self.tight.is_empty() && (self.loose == other.loose || self.tight == other.tight)
    }

    /// The hashes it is kept under, the second only where it differs.
    pub fn hashes(&self) -> (u64, Option<u64>) {
        let loose = hash(&self.loose);
        (loose, (self.tight != self.loose).then(|| hash(&self.tight)))
    }
}

/// A hash that is the same on every run and machine (FNV-1a with a last mixing).
pub(super) fn hash(text: &str) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    state ^= state >> 32;
    state = state.wrapping_mul(0xd6e8_feb8_6659_fd93);
    state ^ (state >> 32)
}

/// Letters and digits only, upper case: how accounts are compared.
pub(super) fn account(written: &str) -> String {
    written.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// Letters that scanners and people take for digits, as those digits; `None` where other letters are in the text.
pub(super) fn looks_like(body: &str) -> Option<String> {
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    if digits == body.len() || digits < 2 {
        return None;
    }
    let read = |letter: char| match letter {
        '0'..='9' => Some(letter),
        'o' | 'q' | 'd' => Some('0'),
        'i' | 'l' => Some('1'),
        'z' => Some('2'),
        's' => Some('5'),
        'b' => Some('8'),
        'g' => Some('6'),
        _ => None,
    };
    body.chars().map(read).collect()
}

/// Whether one slip turns one text into the other: a sign wrong, missing or extra, or two neighbours exchanged.
pub(super) fn one_slip(left: &str, right: &str) -> bool {
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let (short, long) = (short.as_bytes(), long.as_bytes());
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[same..], &long[same..]);
    match (short, long) {
        ([], []) => false,
        (rest, [_, tail @ ..]) if rest == tail => true,
        ([_, tail @ ..], [_, other @ ..]) if tail == other => true,
        ([a, b, tail @ ..], [c, d, other @ ..]) => a == d && b == c && tail == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_zeros_and_signs_do_not_matter() {
        let number = Key::of("INV-2026-00471");
        assert_eq!(
            (number.prefix.as_str(), number.loose.as_str(), number.tight.as_str()),
            ("inv", "2026471", "202600471")
        );
        for same in ["inv 2026 471", "2026/00471", "202600471", "INV202600471", "2026-471"] {
            assert!(number.agrees(&Key::of(same)), "{same}");
        }
        for other in ["2026-00472", "20260471", "471", "", "INV"] {
            assert!(!number.agrees(&Key::of(other)), "{other}");
        }
        assert_eq!(Key::of("alpha").loose, "alpha");
    }

    #[test]
    fn one_slip_is_one_slip() {
        for (a, b) in [("4711", "4712"), ("4711", "471"), ("4711", "47112"), ("4711", "7411"), ("4711", "4171")] {
            assert!(one_slip(a, b) && one_slip(b, a), "{a} {b}");
        }
        for (a, b) in [("4711", "4711"), ("4711", "4822"), ("4711", "47"), ("", "12"), ("4711", "1147")] {
            assert!(!one_slip(a, b) && !one_slip(b, a), "{a} {b}");
        }
    }

    #[test]
    fn letters_that_look_like_digits() {
        assert_eq!(looks_like("1oo24").as_deref(), Some("10024"));
        assert_eq!(looks_like("10024"), None);
        assert_eq!(looks_like("1xx24"), None);
    }
}
