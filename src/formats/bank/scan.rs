//! What a file is, told from its first bytes, and the encoding it declares.

use super::super::encoding::Encoding;
use super::super::sniff::packed;
use super::{Format, NOTHING, Refusal, shown};

/// How much of a file is looked at.
const LOOK: usize = 8 << 10;

/// The format of a file. Refused with `FIL-01` when it is empty and `IMP-11` when it is plainly something else.
pub(super) fn format(bytes: &[u8]) -> Result<Format, Refusal> {
    let head = head(bytes);
    let text = head.trim_start_matches(|sign: char| sign.is_whitespace() || sign.is_control() || sign == '\u{FEFF}');
    if text.is_empty() {
        let what = format!("The file is empty ({} bytes). {NOTHING}", bytes.len());
        return Err(Refusal::new("FIL-01", what));
    }
    if let Some(found) = packed(bytes) {
        let what = format!("This is {} (byte 1), no bank file. {} {NOTHING}", found.what, found.then);
        return Err(Refusal::new("IMP-11", what));
    }
    let upper = text.get(..text.len().min(4096)).unwrap_or(text).to_ascii_uppercase();
    if upper.starts_with("OFXHEADER") || upper.starts_with("<OFX>") || upper.contains("<?OFX") {
        return Ok(Format::Ofx);
    }
    if text.starts_with('<') {
        return Ok(if upper.contains("<OFX>") { Format::Ofx } else { Format::Camt });
    }
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines().next().unwrap_or("");
    if first.starts_with("ISA") && first.len() > 20 && !first.as_bytes()[3].is_ascii_alphanumeric() {
        return Ok(Format::X12);
    }
    if is_bai2(first) {
        return Ok(Format::Bai2);
    }
    if lines().take(60).any(is_swift) {
        return Ok(Format::Mt940);
    }
    if is_fixed(first, "100", 20..=110) && lines().nth(1).is_none_or(|next| next.starts_with(['2', '5'])) {
        return Ok(Format::Lockbox);
    }
    if is_nacha(first) {
        return Ok(Format::Nacha);
    }
    if first.contains([',', ';', '\t', '|']) || lines().take(60).any(|line| line.contains([',', ';', '\t'])) {
        return Ok(Format::Table);
    }
    let what = format!(
        "This is no bank file that can be read; line 1 begins with {}. camt, MT940, BAI2, OFX, NACHA, EDI 820, lockbox and \
         tables can be. {NOTHING}",
        shown(first)
    );
    Err(Refusal::at("IMP-11", 1, what))
}

/// The beginning of a file as text, whatever its encoding.
fn head(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(LOOK)];
    match start {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
            start.iter().filter(|byte| !matches!(byte, 0 | 0xFE | 0xFF)).map(|byte| char::from(*byte)).collect()
        }
        _ => String::from_utf8_lossy(start).into_owned(),
    }
}

/// `01,` and more fields; `00,` and its like end in `/` too when the file is damaged.
fn is_bai2(first: &str) -> bool {
    let bytes = first.as_bytes();
    let code = bytes.len() > 3 && bytes[..2].iter().all(u8::is_ascii_digit) && bytes[2] == b',';
    let fields = first.bytes().filter(|byte| *byte == b',').count();
    code && ((first.starts_with("01,") && fields >= 5 && first.contains('/')) || (fields >= 3 && first.ends_with('/')))
}

/// A line of a SWIFT message: `:20:`, `:60F:`, or the envelope.
fn is_swift(line: &str) -> bool {
    let line = line.trim_start_matches(|sign: char| sign.is_control());
    if line.starts_with("{1:F") || line.starts_with("{4:") {
        return true;
    }
    let Some((tag, _)) = line.strip_prefix(':').and_then(|rest| rest.split_once(':')) else { return false };
    let (digits, letter) = tag.split_at_checked(2).unwrap_or(("", ""));
    tag == "940" || (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) && letter.len() <= 1)
}

fn is_fixed(line: &str, start: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    line.starts_with(start) && length.contains(&line.len()) && !line.contains([',', ';'])
}

/// A file header, or a batch header where that is missing.
fn is_nacha(first: &str) -> bool {
    let digits = |from: usize, to: usize| {
        first
            .as_bytes()
            .get(from..to)
            .is_some_and(|part| part.iter().all(|byte| byte.is_ascii_digit() || *byte == b' '))
    };
    let sizes = first.find("094101").is_some_and(|at| at < 60);
    let file = first.starts_with('1') && (sizes || (first.starts_with("101") && first.len() >= 34 && digits(3, 23)));
    let batch = first.starts_with('5') && first.len() >= 60 && digits(1, 4) && !first.contains([',', ';']);
    let entry = first.starts_with('6') && first.len() >= 75 && digits(1, 12);
    file || batch || entry
}

/// Whether a file is XML.
pub(super) fn is_xml(bytes: &[u8]) -> bool {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    bytes[start..].starts_with(b"<")
}

/// The encoding a file says it is in: of XML, or in the header of OFX. UTF-16 is told by its mark alone.
pub(super) fn declared_encoding(bytes: &[u8]) -> Option<Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).into_owned();
    let named = if is_xml(bytes) {
        let declaration = &head[..head.find("?>")?];
        let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value[1..].split(quote).next()?.to_owned()
    } else {
        head.split_once("CHARSET:")?.1.split_whitespace().next()?.to_owned()
    };
    Some(match named.to_ascii_lowercase().as_str() {
        "iso-8859-1" | "8859-1" | "latin1" | "iso-8859-15" => Encoding::Latin1,
        "windows-1252" | "cp1252" | "1252" => Encoding::Windows1252,
        _ => Encoding::Utf8,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_content() {
        let told = |text: &str| format(text.as_bytes());
        assert_eq!(told("\u{FEFF}<?xml version='1.0'?>\n<a:Document/>"), Ok(Format::Camt));
        assert_eq!(told("\n\nOFXHEADER:100\n"), Ok(Format::Ofx));
        assert_eq!(told("<?xml version=\"1.0\"?><?OFX OFXHEADER=\"200\"?><OFX>"), Ok(Format::Ofx));
        assert_eq!(told("01,A,B,260102,0000,1,,,2/\n"), Ok(Format::Bai2));
        assert_eq!(told("00,A,B,260102/"), Ok(Format::Bai2));
        assert_eq!(told("\u{1}{1:F01X}{4:\r\n:20:A\r\n"), Ok(Format::Mt940));
        assert_eq!(told("BANK\n940\nBANK\n:20:A\n:25:1\n"), Ok(Format::Mt940));
        assert_eq!(told("Date;Text;Amount\n2026-01-01;A;1\n"), Ok(Format::Table));
        let refused = |bytes: &[u8]| format(bytes).map_err(|refused| refused.code);
        assert_eq!(refused(b" \r\n"), Err("FIL-01"));
        assert_eq!(refused(b"PK\x03\x04xx"), Err("IMP-11"));
        assert_eq!(refused(b"Dear customer"), Err("IMP-11"));
    }

    #[test]
    fn declared_encodings() {
        assert_eq!(declared_encoding(b"<?xml version='1.0' encoding='ISO-8859-1'?>"), Some(Encoding::Latin1));
        assert_eq!(declared_encoding(b"<?xml version=\"1.0\"?>"), None);
        assert_eq!(declared_encoding(b"OFXHEADER:100\nCHARSET:1252\n"), Some(Encoding::Windows1252));
    }
}
