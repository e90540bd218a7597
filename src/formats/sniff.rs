//! Files that are no text at all, or text of another kind than was asked for, told from their first bytes: what it is and
//! what to do with it. Advice on encodings helps nobody who has a workbook.

/// What a file is instead, and what to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    /// With its article: `a workbook`.
    pub what: &'static str,
    /// One sentence.
    pub then: &'static str,
}

/// How much of a file is looked at.
const LOOK: usize = 8 << 10;

const SHEET: &str = "Save the sheet as CSV (UTF-8) in the spreadsheet and import that file.";
const UNPACK: &str = "Take out what is in it first.";
const LIST: &str = "Ask for the list of open items as CSV.";

/// What a file is that holds no text; `None` where it may be text.
pub fn packed(bytes: &[u8]) -> Option<Foreign> {
    let has = |text: &str| bytes[..bytes.len().min(LOOK)].windows(text.len()).any(|part| part == text.as_bytes());
    let (what, then) = match bytes {
        [b'P', b'K', 3, 4, ..] if has("xl/") || has("[Content_Types].xml") || has("opendocument.spreadsheet") => {
            ("a workbook", SHEET)
        }
        [b'P', b'K', 3, 4, ..] => ("a ZIP archive or a workbook", UNPACK),
        [0x1F, 0x8B, ..] => ("a gzip archive", UNPACK),
        [b'%', b'P', b'D', b'F', ..] => ("a PDF", LIST),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => ("an old workbook", SHEET),
        [b'7', b'z', 0xBC, 0xAF, ..] => ("a 7z archive", UNPACK),
        [0x7F, b'E', b'L', b'F', ..] => ("a program", LIST),
        _ => return None,
    };
    Some(Foreign { what, then })
}

/// What a file is that is no table of rows: what holds no text, XML and web pages.
pub fn no_table(bytes: &[u8]) -> Option<Foreign> {
    if let Some(found) = packed(bytes) {
        return Some(found);
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(LOOK)]);
    let head = head.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '\u{FEFF}');
    let lower = head.get(..head.floor_char_boundary(4096)).unwrap_or(head).to_ascii_lowercase();
    let (what, then) = match () {
        () if lower.starts_with("<!doctype html") || lower.starts_with("<html") || lower.starts_with("<table") => {
            ("a web page", "Open it in a spreadsheet, save it as CSV (UTF-8) and import that file.")
        }
        () if !(lower.starts_with("<?xml") || lower.starts_with('<') && lower.contains("xmlns")) => return None,
        () if lower.contains("crossindustryinvoice") || lower.contains("specification:ubl") => {
            ("an e-invoice in XML", "One document a file is not taken in; import the list of invoices as CSV.")
        }
        () if lower.contains("tech:xsd:camt") => {
            ("a bank statement in XML", "Take it in with o2c import statement FILE.")
        }
        () => ("an XML file", LIST),
    };
    Some(Foreign { what, then })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_table_is_named_with_what_to_do() {
        let what = |bytes: &[u8]| no_table(bytes).map_or("", |found| found.what);
        assert_eq!(what(b"PK\x03\x04\x14\0\x06\0[Content_Types].xml"), "a workbook");
        assert_eq!(what(b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "a workbook");
        assert_eq!(what(b"PK\x03\x04other"), "a ZIP archive or a workbook");
        assert_eq!(what(b"%PDF-1.7"), "a PDF");
        assert_eq!(what("\u{FEFF}<?xml version=\"1.0\"?><rsm:CrossIndustryInvoice>".as_bytes()), "an e-invoice in XML");
        assert_eq!(
            what(b"<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\">"),
            "an e-invoice in XML"
        );
        let camt = b"<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">";
        assert_eq!(what(camt), "a bank statement in XML");
        assert_eq!(what(b"  <HTML><body>"), "a web page");
    }

    #[test]
    fn a_table_is_none_of_it() {
        for text in ["number;amount\nA;1\n", "<DATE>;<AMOUNT>\n1;2\n", "", "PK;1\n", "%;1\n"] {
            assert_eq!(no_table(text.as_bytes()), None, "{text}");
        }
    }
}
