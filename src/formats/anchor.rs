//! Anchors: what the chain of acts was at a moment, written down where nobody at the book can change it. A signed note
//! in the form of a C2SP checkpoint: a line that names the origin, the number of acts, the last act's hash in base64,
//! an empty line, signatures. Only the first three lines are read here.

/// What an anchor says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Whose chain it is of, as its maker named it.
    pub origin: String,
    /// How many acts there were.
    pub acts: i64,
    /// The hash of the last of them.
    pub head: [u8; 32],
}

/// Every anchor in a file of one or several notes; lines that belong to none are passed over.
pub fn read(text: &str) -> Vec<Anchor> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let anchor = |three: &[&str]| {
        let [origin, acts, head] = three else { return None };
        let digits = acts.bytes().all(|b| b.is_ascii_digit()) && !acts.starts_with('0');
        let acts = acts.parse().ok().filter(|_| digits && !origin.is_empty())?;
        Some(Anchor { origin: (*origin).to_owned(), acts, head: base64(head)?.try_into().ok()? })
    };
    lines.windows(3).filter_map(anchor).collect()
}

/// The bytes of standard base64; `None` when it is not.
fn base64(text: &str) -> Option<Vec<u8>> {
    let bare = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - bare.len() > 2 {
        return None;
    }
    let (mut out, mut bits, mut held) = (Vec::with_capacity(bare.len() * 3 / 4), 0u32, 0);
    for letter in bare.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (coded, plain) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")] {
            assert_eq!(base64(coded).as_deref(), Some(plain.as_bytes()), "{coded}");
        }
        for wrong in ["Zg", "Zg=", "Z===", "Zh==", "Zm 9", "Zm9v\n"] {
            assert_eq!(base64(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn notes_are_found_and_everything_else_is_passed_over() {
        let head = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let note =
            format!("o2c/Nordwind GmbH\n212\n{head}\n\n— audit Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe\n");
        let text = format!("{note}\n2\nx\n{note}");
        let found = read(&text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].origin.as_str(), found[0].acts), ("o2c/Nordwind GmbH", 212));
        assert_eq!(found[0].head.to_vec(), (0..32).collect::<Vec<u8>>());
        assert_eq!(read(&note.replace("212", "0212")), []);
        assert_eq!(read(&note.replace("AAEC", "AA?C")), []);
    }
}
