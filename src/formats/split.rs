//! Text to records and fields: quotes, doubled quotes, line breaks inside quotes, three kinds of line ends. Fields are
//! places in the text, so that nothing is copied until a row needs it.

use std::borrow::Cow;

use super::report::FileRefused;

/// The longest record that is read, in bytes; longer ones mean a lost quote or not a table at all.
pub const LONGEST: usize = 1_000_000;

/// Where one field lies in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    start: usize,
    end: usize,
    /// Holds quotes to be taken out.
    quoted: bool,
}

impl Field {
    /// The field's text without its quotes, doubled quotes made single.
    pub fn of<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let raw = &text[self.start..self.end];
        if !self.quoted {
            return Cow::Borrowed(raw);
        }
        let inner = &raw[1..];
        match inner.find('"') {
            Some(close) if close + 1 == inner.len() => Cow::Borrowed(&inner[..close]),
            _ => Cow::Owned(unquote(inner)),
        }
    }

    /// From the first byte of this field to the last of `last`, as it stands.
    pub fn through<'t>(&self, last: &Field, text: &'t str) -> &'t str {
        &text[self.start..last.end]
    }
}

/// Takes quotes out of what follows an opening quote: doubled ones stay once, text after the closing one is kept.
fn unquote(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut inside = true;
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        if !inside || letter != '"' {
            out.push(letter);
        } else if letters.peek() == Some(&'"') {
            letters.next();
            out.push('"');
        } else {
            inside = false;
        }
    }
    out
}

/// Walks over the records of a text.
#[derive(Debug)]
pub struct Splitter<'t> {
    text: &'t str,
    separator: u8,
    /// `\n`, or `\r` in files that know no other line end.
    line_end: u8,
    place: usize,
    next_line: u64,
    /// Line of the current record, from 1.
    pub line: u64,
    /// First byte of the current record.
    pub start: usize,
    /// Just after the current record's last byte, without its line end.
    pub end: usize,
    /// Whether the current record was closed by a line end rather than by the end of the file.
    pub closed: bool,
    /// The fields of the current record.
    pub fields: Vec<Field>,
}

impl<'t> Splitter<'t> {
    /// Starts at the first byte of `text` with an ASCII separator.
    pub fn new(text: &'t str, separator: u8) -> Self {
        let line_end = if !text.contains('\n') && text.contains('\r') { b'\r' } else { b'\n' };
        let (line, start, end, place) = (0, 0, 0, 0);
        Splitter { text, separator, line_end, place, next_line: 1, line, start, end, closed: true, fields: Vec::new() }
    }

    /// Moves to the next record: `false` at the end of the text. Refused when a quote is never closed, a record is
    /// longer than [`LONGEST`] or holds a NUL.
    pub fn advance(&mut self) -> Result<bool, FileRefused> {
        let bytes = self.text.as_bytes();
        if self.place >= bytes.len() {
            return Ok(false);
        }
        self.fields.clear();
        self.line = self.next_line;
        self.start = self.place;
        loop {
            let stop = if bytes.get(self.place) == Some(&b'"') { self.quoted_field()? } else { self.plain_field()? };
            if stop != Some(self.separator) {
                self.end = self.place - usize::from(stop.is_some());
                self.closed = stop.is_some();
                break;
            }
        }
        self.next_line += u64::from(self.closed);
        if self.line_end == b'\n' && self.closed && self.end > self.start && bytes[self.end - 1] == b'\r' {
            self.end -= 1;
            if let Some(last) = self.fields.last_mut() {
                last.end = last.end.min(self.end).max(last.start);
            }
        }
        Ok(true)
    }

    /// The current record as it stands in the file.
    pub fn raw(&self) -> &'t str {
        &self.text[self.start..self.end]
    }

    /// Bytes read so far.
    pub fn done(&self) -> usize {
        self.place
    }

    /// Reads up to the separator, the line end or the end of the text; gives the byte that ended the field.
    fn plain_field(&mut self) -> Result<Option<u8>, FileRefused> {
        let start = self.place;
        let end = self.scan_plain(start)?;
        self.fields.push(Field { start, end, quoted: false });
        Ok(self.step_over(end))
    }

    fn quoted_field(&mut self) -> Result<Option<u8>, FileRefused> {
        let bytes = self.text.as_bytes();
        let start = self.place;
        let opened = self.next_line;
        let mut place = start + 1;
        loop {
            match bytes.get(place) {
                Some(b'"') if bytes.get(place + 1) == Some(&b'"') => place += 2,
                Some(b'"') => break,
                Some(0) => return Err(self.nul(place)),
                Some(&byte) => {
                    self.next_line += u64::from(byte == self.line_end);
                    place += 1;
                    if place - self.start > LONGEST {
                        return Err(self.unclosed(opened));
                    }
                }
                None => return Err(self.unclosed(opened)),
            }
        }
        let end = self.scan_plain(place + 1)?;
        self.fields.push(Field { start, end, quoted: true });
        Ok(self.step_over(end))
    }

    fn scan_plain(&self, from: usize) -> Result<usize, FileRefused> {
        let bytes = self.text.as_bytes();
        let rest = bytes.get(from..).unwrap_or_default();
        let stop = |byte: &u8| *byte == self.separator || *byte == self.line_end || *byte == 0;
        let end = rest.iter().position(stop).map_or(bytes.len(), |offset| from + offset);
        if bytes.get(end) == Some(&0) {
            return Err(self.nul(end));
        }
        if end - self.start > LONGEST {
            let line = self.line;
            let sentence = format!(
                "Line {line} is longer than 1 MB; this is no delimited table or its line ends are lost. Nothing was read."
            );
            return Err(FileRefused::at("CSV-01", line, sentence));
        }
        Ok(end)
    }

    fn step_over(&mut self, end: usize) -> Option<u8> {
        let stop = self.text.as_bytes().get(end).copied();
        self.place = end + usize::from(stop.is_some());
        stop
    }

    fn nul(&self, place: usize) -> FileRefused {
        let line = self.next_line;
        let sentence = format!(
            "Line {line} holds a NUL byte (byte {}); the file is damaged, or UTF-16 without its mark: then say \
             --encoding utf-16le (encoding in a mapping). Nothing was read.",
            place + 1
        );
        FileRefused::at("CSV-01", line, sentence)
    }

    fn unclosed(&self, opened: u64) -> FileRefused {
        let last_line = self.text[self.start..].trim_end().bytes().filter(|byte| *byte == self.line_end).count() == 0;
        let sentence = if last_line {
            format!(
                "The file ends in the middle of line {opened}, inside a quote; probably an incomplete download. \
                 Nothing was read."
            )
        } else {
            format!("A quote opened on line {opened} is never closed. Close or remove it. Nothing was read.")
        };
        FileRefused::at("CSV-01", opened, sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut splitter = Splitter::new(text, b',');
        let mut out = Vec::new();
        while splitter.advance().unwrap() {
            out.push((splitter.line, splitter.fields.iter().map(|field| field.of(text).into_owned()).collect()));
        }
        out
    }

    fn row(line: u64, fields: &[&str]) -> (u64, Vec<String>) {
        (line, fields.iter().map(|field| field.to_string()).collect())
    }

    #[test]
    fn quotes_hold_separators_and_line_breaks() {
        let text = "a,\"b,1\r\nb2\",c\r\n\"say \"\"hi\"\"\",,5\" pipe\r\n";
        assert_eq!(records(text), [row(1, &["a", "b,1\r\nb2", "c"]), row(3, &["say \"hi\"", "", "5\" pipe"])]);
    }

    #[test]
    fn all_line_ends_and_a_missing_last_one() {
        assert_eq!(records("a,b\nc,d"), [row(1, &["a", "b"]), row(2, &["c", "d"])]);
        assert_eq!(records("a,b\rc,\r"), [row(1, &["a", "b"]), row(2, &["c", ""])]);
        assert_eq!(records("a,\"b\"\r\n\r\n,\r\n"), [row(1, &["a", "b"]), row(2, &[""]), row(3, &["", ""])]);
    }

    #[test]
    fn a_lost_quote_is_named_where_it_opened() {
        let refuse = |text: &str| {
            let mut splitter = Splitter::new(text, b',');
            loop {
                match splitter.advance() {
                    Ok(true) => continue,
                    Ok(false) => panic!("not refused"),
                    Err(refused) => return refused,
                }
            }
        };
        let lost = refuse("a,b\nc,\"d\ne,f\ng,h\n");
        assert!(lost.line == Some(2) && lost.sentence.contains("quote opened on line 2 is never closed"));
        assert!(refuse("a,b\nc,\"half").sentence.contains("ends in the middle of line 2"));
        assert!(refuse("a,b\nc,\0\n").sentence.contains("Line 2 holds a NUL"));
        assert!(refuse(&"x".repeat(LONGEST + 1)).sentence.contains("longer than 1 MB"));
    }
}
