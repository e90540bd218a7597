//! Bytes to text. A byte-order mark decides; else the mapping's encoding; else the bytes must be valid UTF-8, because
//! guessing a legacy encoding would quietly change names.

use std::borrow::Cow;

use encoding_rs::{Encoding as Codec, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::report::FileRefused;

/// How the bytes of a file are to be read as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// A mark, else UTF-8, else refused.
    #[default]
    Strict,
    /// A mark, else UTF-8, else Windows-1252 with a notice.
    Auto,
    /// UTF-8.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Windows-1252, the usual one of western European exports.
    Windows1252,
    /// ISO 8859-1: every byte is the code point of the same number.
    Latin1,
}

impl Encoding {
    /// The names a mapping may use, for messages.
    pub const NAMES: [&'static str; 6] = ["auto", "utf-8", "utf-16le", "utf-16be", "windows-1252", "latin-1"];

    /// Reads a name as a mapping writes it; `cp1252` and `iso-8859-1` are understood too.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "auto" => Encoding::Auto,
            "utf-8" | "utf8" => Encoding::Utf8,
            "utf-16le" | "utf-16" | "utf16" => Encoding::Utf16Le,
            "utf-16be" => Encoding::Utf16Be,
            "windows-1252" | "cp1252" | "1252" => Encoding::Windows1252,
            "latin-1" | "latin1" | "iso-8859-1" => Encoding::Latin1,
            _ => return None,
        })
    }
}

/// The text of a file and what had to be assumed to get it.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The text without its byte-order mark; borrowed when the file was UTF-8 already.
    pub text: Cow<'a, str>,
    /// One sentence when a fallback was used.
    pub notice: Option<String>,
}

/// Turns the bytes of a file into text. Refused with `TXT-01` and the first bad byte when they do not fit the encoding.
pub fn decode(bytes: &[u8], encoding: Encoding) -> Result<Decoded<'_>, FileRefused> {
    let plain = |text| Decoded { text, notice: None };
    if let Some((codec, mark)) = Codec::for_bom(bytes) {
        return whole(&bytes[mark..], codec, mark).map(plain);
    }
    match encoding {
        Encoding::Utf8 => whole(bytes, UTF_8, 0).map(plain),
        Encoding::Utf16Le => whole(bytes, UTF_16LE, 0).map(plain),
        Encoding::Utf16Be => whole(bytes, UTF_16BE, 0).map(plain),
        Encoding::Windows1252 => {
            let text = WINDOWS_1252.decode_without_bom_handling(bytes).0;
            Ok(Decoded { text, notice: looks_like_utf8(bytes, "Windows-1252") })
        }
        Encoding::Latin1 => {
            let text = encoding_rs::mem::decode_latin1(bytes);
            Ok(Decoded { text, notice: looks_like_utf8(bytes, "Latin-1") })
        }
        Encoding::Strict => utf8(bytes, 0).map(plain),
        Encoding::Auto => match utf8(bytes, 0) {
            Ok(text) => Ok(plain(text)),
            Err(refused) => Ok(Decoded {
                text: WINDOWS_1252.decode_without_bom_handling(bytes).0,
                notice: Some(format!(
                    "The file is not UTF-8 (line {}); it was read as Windows-1252.",
                    refused.line.unwrap_or(1)
                )),
            }),
        },
    }
}

/// A hint where the bytes are UTF-8 with letters beyond ASCII, which text of one byte a letter hardly ever is.
fn looks_like_utf8(bytes: &[u8], read_as: &str) -> Option<String> {
    (!bytes.is_ascii() && std::str::from_utf8(bytes).is_ok()).then(|| {
        format!(
            "The file was read as {read_as}, as asked, but is valid UTF-8: if names look odd, leave --encoding out."
        )
    })
}

fn whole<'a>(bytes: &'a [u8], codec: &'static Codec, mark: usize) -> Result<Cow<'a, str>, FileRefused> {
    if codec == UTF_8 {
        return utf8(bytes, mark);
    }
    if bytes.len() % 2 == 1 {
        let name = codec.name();
        return Err(FileRefused::new(
            "TXT-01",
            format!("The file says {name} but ends in the middle of a character; probably an incomplete download."),
        ));
    }
    codec.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        let name = codec.name();
        FileRefused::new("TXT-01", format!("The file says {name} but holds half a character pair. Save it as UTF-8."))
    })
}

fn utf8(bytes: &[u8], mark: usize) -> Result<Cow<'_, str>, FileRefused> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let place = error.valid_up_to();
        let line = 1 + bytes[..place].iter().filter(|byte| **byte == b'\n').count() as u64;
        let byte = bytes.get(place).copied().unwrap_or(0);
        FileRefused::at(
            "TXT-01",
            line,
            format!(
                "Byte 0x{byte:02X} at line {line} (byte {}) is not UTF-8. Nothing was read. Save the file as UTF-8, or \
                 say --encoding windows-1252 (encoding in a mapping).",
                mark + place + 1
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], encoding: Encoding) -> String {
        decode(bytes, encoding).unwrap().text.into_owned()
    }

    #[test]
    fn a_mark_decides_over_the_mapping() {
        assert_eq!(text(b"\xEF\xBB\xBFMu\xC3\xBC", Encoding::Windows1252), "Muü");
        assert_eq!(text(b"\xFF\xFEM\0\xFC\0", Encoding::Utf8), "Mü");
        assert_eq!(text(b"\xFE\xFF\0M\0\xFC", Encoding::Strict), "Mü");
    }

    #[test]
    fn legacy_encodings_are_read_when_named() {
        assert_eq!(text(b"M\xFC\x80", Encoding::Windows1252), "Mü€");
        assert_eq!(text(b"M\xFC\x80", Encoding::Latin1), "Mü\u{80}");
    }

    #[test]
    fn a_wrong_byte_is_named_with_its_line() {
        let refused = decode(b"a\nb\nM\xE4x\n", Encoding::Strict).unwrap_err();
        assert_eq!((refused.code, refused.line), ("TXT-01", Some(3)));
        assert!(refused.sentence.contains("0xE4 at line 3") && refused.sentence.contains("windows-1252"));
        assert!(decode(b"M\xE4x", Encoding::Auto).unwrap().notice.unwrap().contains("Windows-1252"));
    }

    #[test]
    fn utf8_read_as_something_else_is_said() {
        for encoding in [Encoding::Windows1252, Encoding::Latin1] {
            assert!(decode("Mü".as_bytes(), encoding).unwrap().notice.unwrap().contains("valid UTF-8"));
            assert_eq!(decode(b"M\xFC", encoding).unwrap().notice, None);
            assert_eq!(decode(b"Mu", encoding).unwrap().notice, None);
        }
    }

    #[test]
    fn cut_utf16_is_refused() {
        assert_eq!(decode(b"\xFF\xFEM\0\xFC", Encoding::Strict).unwrap_err().code, "TXT-01");
    }
}
