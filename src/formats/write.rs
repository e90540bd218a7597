//! Rows to bytes: delimited text that spreadsheets do not run, the canonical tables, and the file of refused rows that
//! can be corrected and imported again.

use std::borrow::Cow;

use super::canonical::Table;
use super::report::{RefusedRow, Summary};

/// The name of the column that tells why a row was refused; readers pass over it.
pub const REASON_COLUMN: &str = "o2c_reason";

/// Puts `'` before text that a spreadsheet would run as a formula; everything else stays as it is.
pub fn guard(text: &str) -> Cow<'_, str> {
    if risky(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Takes away what [`guard`] put there.
pub fn unguard(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| risky(rest)).unwrap_or(text)
}

/// Whether a spreadsheet may run the text or one of its lines. Leading quotes and blanks do not change the answer, so
/// that text which looks guarded already is guarded once more and comes back as it was.
fn risky(text: &str) -> bool {
    let opening = |letter: char| letter == '\'' || letter.is_whitespace();
    let bare = text.trim_start_matches(opening);
    let head = &text[..text.len() - bare.len()];
    let jumps = !bare.is_empty() && head.contains(['\t', '\r', '\n']);
    let runs = |line: &str| {
        let signs = ['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}'];
        line.trim_start_matches(opening).starts_with(signs)
    };
    jumps || text.split(['\n', '\r']).any(runs)
}

/// Writes delimited text row by row.
#[derive(Debug)]
pub struct CsvWriter {
    out: Vec<u8>,
    separator: u8,
    at_start: bool,
    marked: u64,
}

impl CsvWriter {
    /// An empty table with an ASCII separator.
    pub fn new(separator: u8) -> Self {
        CsvWriter { out: Vec::new(), separator, at_start: true, marked: 0 }
    }

    /// A cell of text, guarded against being run as a formula.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let safe = guard(text);
        self.marked += u64::from(safe.len() != text.len());
        self.cell(&safe);
        self
    }

    /// A cell our own formatter made: an amount, a date, a number. It is not guarded, so that `-5.00` stays a number.
    pub fn plain(&mut self, text: &str) -> &mut Self {
        self.cell(text);
        self
    }

    /// A whole row of text.
    pub fn row<'t>(&mut self, cells: impl IntoIterator<Item = &'t str>) {
        for cell in cells {
            self.text(cell);
        }
        self.end_row();
    }

    /// Ends the row.
    pub fn end_row(&mut self) {
        self.out.push(b'\n');
        self.at_start = true;
    }

    /// How many cells were guarded.
    pub fn marked(&self) -> u64 {
        self.marked
    }

    /// The sentence for the foot of an export, when cells were guarded.
    pub fn notice(&self) -> Option<String> {
        let marked = self.marked;
        (marked > 0).then(|| format!("{marked} text cells were marked with ' so that spreadsheets do not run them."))
    }

    /// The bytes so far, leaving the writer empty: for writing out piece by piece.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn cell(&mut self, text: &str) {
        if !self.at_start {
            self.out.push(self.separator);
        }
        self.at_start = false;
        let bytes = text.as_bytes();
        let blank_ends =
            bytes.first().is_some_and(u8::is_ascii_whitespace) || bytes.last().is_some_and(u8::is_ascii_whitespace);
        let special = |byte: &u8| matches!(byte, b'"' | b'\n' | b'\r') || *byte == self.separator;
        if !blank_ends && !bytes.iter().any(special) {
            self.out.extend_from_slice(bytes);
            return;
        }
        self.out.push(b'"');
        for byte in bytes {
            if *byte == b'"' {
                self.out.push(b'"');
            }
            self.out.push(*byte);
        }
        self.out.push(b'"');
    }
}

/// An empty canonical table: its header only.
pub fn canonical_header(table: Table) -> CsvWriter {
    let mut writer = CsvWriter::new(b',');
    writer.row(table.fields().iter().copied());
    writer
}

/// The refused rows of a file: its head, the lines as they stood, and the reason as a last column. UTF-8 with a mark,
/// so that the same mapping reads it again after correction whatever encoding it names.
pub fn refused_file(summary: &Summary) -> Vec<u8> {
    let separator = if summary.separator.is_ascii() { summary.separator as u8 } else { b',' };
    let mut out = Vec::from("\u{FEFF}");
    // Files whose only line end is a carriage return get line feeds throughout.
    let head = if summary.head.contains('\n') { summary.head.clone() } else { summary.head.replace('\r', "\n") };
    out.extend_from_slice(head.as_bytes());
    let has_reason = summary.header.last().is_some_and(|name| name == REASON_COLUMN);
    if !has_reason {
        out.push(separator);
        out.extend_from_slice(REASON_COLUMN.as_bytes());
    }
    out.push(b'\n');
    for row in &summary.refused {
        out.extend_from_slice(row.raw_line.as_bytes());
        if !has_reason {
            out.extend_from_slice(&reason_cell(row, separator));
        }
        out.push(b'\n');
    }
    out
}

fn reason_cell(row: &RefusedRow, separator: u8) -> Vec<u8> {
    let mut writer = CsvWriter::new(separator);
    writer.at_start = false;
    writer.text(&row.to_string().replace(['\n', '\r'], " "));
    writer.take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_come_back() {
        for text in ["=1+1", "+49 30", "-x", "@a", "\tx", "  =1", "\u{FF1D}1", "a\n=b", "'=x", "''=x"] {
            assert!(guard(text).starts_with('\''), "{text}");
            assert_eq!(unguard(&guard(text)), text);
        }
        for text in ["Acme", "'quoted", "a=b", "", "5-6"] {
            assert_eq!((guard(text).as_ref(), unguard(text)), (text, text));
        }
    }

    #[test]
    fn cells_are_quoted_when_they_must_be() {
        let mut writer = CsvWriter::new(b';');
        writer.text("a;b").text("say \"hi\"").plain("-5.00").text("=1");
        writer.end_row();
        assert_eq!(writer.notice().unwrap(), "1 text cells were marked with ' so that spreadsheets do not run them.");
        assert_eq!(writer.take(), b"\"a;b\";\"say \"\"hi\"\"\";-5.00;'=1\n");
    }
}
