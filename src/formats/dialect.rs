//! Finds out how a table is laid out: its separator and the line its header is on, both by the column names a mapping
//! asks for, so that title lines above the header and any of four separators need no setting.

use super::canonical::Table;
use super::encoding::{Encoding, decode};
use super::mapping::{Mapping, all_builtin, plain_name, recognise};
use super::report::FileRefused;
use super::split::Splitter;

/// How many records from the top may stand above the header.
const TITLE_LINES: usize = 60;

/// The separators that are tried, the likelier first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Where the header is and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The separator of the file.
    pub separator: u8,
    /// The line of the header.
    pub line: u64,
    /// The column names as the file has them.
    pub names: Vec<String>,
    /// The header's last byte; the rows begin in the next line.
    pub end: usize,
}

/// Finds the header of `text`. Refused with `FIL-01` when there is nothing in the file, `MAP-02` when no line has the
/// columns, and with the table's own trouble (`CSV-01`) when that stands in the way.
pub fn find_header(text: &str, mapping: &Mapping) -> Result<Header, FileRefused> {
    if text.trim().is_empty() {
        return Err(FileRefused::new("FIL-01", "The file is empty. Nothing was imported."));
    }
    if !mapping.header.is_empty() {
        return Ok(given_header(text, mapping));
    }
    let declared = declared_separator(text);
    let separators = match mapping.separator.or(declared) {
        Some(separator) => vec![separator],
        None => SEPARATORS.to_vec(),
    };
    let mut best: Option<Miss> = None;
    let mut trouble = None;
    let mut found: Option<Header> = None;
    for separator in separators {
        match look(text, mapping, separator) {
            Ok(header) => {
                if found.as_ref().is_none_or(|other| other.names.len() < header.names.len()) {
                    found = Some(header);
                }
            }
            Err(Looked::Trouble(refused)) => trouble = trouble.or(Some(refused)),
            Err(Looked::Missed(miss)) => {
                let better = best.as_ref().is_none_or(|other| miss.hits() > other.hits());
                best = if better { Some(miss) } else { best };
            }
        }
    }
    match (found, trouble, best) {
        (Some(header), _, _) => no_twins(header, mapping),
        (None, Some(refused), _) => Err(refused),
        (None, None, Some(miss)) => Err(miss.refusal(mapping)),
        (None, None, None) => Err(FileRefused::new("FIL-01", "The file is empty. Nothing was imported.")),
    }
}

/// The header a mapping gives to a file that has none; the separator is the one that makes the most fitting first line.
fn given_header(text: &str, mapping: &Mapping) -> Header {
    let wanted = mapping.header.len();
    let fits = |separator: &u8| {
        let mut splitter = Splitter::new(text, *separator);
        splitter.advance().unwrap_or(false) && splitter.fields.len() >= wanted
    };
    let separator = mapping.separator.or_else(|| SEPARATORS.into_iter().find(fits)).unwrap_or(b',');
    Header { separator, line: 0, names: mapping.header.clone(), end: 0 }
}

/// The built-in mapping whose columns a file has, from its first lines; the one that reads most columns wins.
pub fn recognise_file(bytes: &[u8], table: Table) -> Option<&'static str> {
    // An even number, so that UTF-16 is not cut in the middle of a character.
    let top = &bytes[..bytes.len().min(1 << 16)];
    let decoded = decode(top, Encoding::Auto).ok()?;
    let fitting = all_builtin().iter().filter(|mapping| mapping.table == table).filter_map(|mapping| {
        let header = find_header(&decoded.text, mapping).ok()?;
        let names: Vec<String> = header.names.iter().map(|name| plain_name(name)).collect();
        Some((mapping.used(&names), mapping.name.as_str()))
    });
    fitting.max_by_key(|(used, _)| *used).map(|(_, name)| name)
}

/// The separator that a first line `sep=;` names.
fn declared_separator(text: &str) -> Option<u8> {
    let rest = text.strip_prefix("sep=")?;
    match rest.as_bytes() {
        [separator, b'\r' | b'\n', ..] if SEPARATORS.contains(separator) => Some(*separator),
        _ => None,
    }
}

enum Looked {
    Trouble(FileRefused),
    Missed(Miss),
}

/// The line that came closest to being the header.
#[derive(Default)]
struct Miss {
    line: u64,
    names: Vec<String>,
    missing: Vec<String>,
    wanted: usize,
}

impl Miss {
    fn hits(&self) -> usize {
        self.wanted.saturating_sub(self.missing.len())
    }

    fn refusal(&self, mapping: &Mapping) -> FileRefused {
        let quoted = |names: &[String]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let advice = match recognise(&names, mapping.table) {
            Some(other) if other != mapping.name => format!("It looks like --map {other}."),
            _ => "Choose another mapping with --map, or write one.".to_owned(),
        };
        let said = if self.hits() == 0 {
            let sign = |sign: u8| format!(", split at \"{}\",", sign.escape_ascii());
            let split = mapping.separator.map(sign).unwrap_or_default();
            format!("No line{split} has the columns of mapping {}: {}.", mapping.name, quoted(&self.missing))
        } else {
            format!(
                "Line {} lacks the columns {} that mapping {} needs.",
                self.line,
                quoted(&self.missing),
                mapping.name
            )
        };
        FileRefused::at("MAP-02", self.line, format!("{said} {advice} Nothing was imported."))
    }
}

fn look(text: &str, mapping: &Mapping, separator: u8) -> Result<Header, Looked> {
    let mut splitter = Splitter::new(text, separator);
    let mut best = Miss::default();
    for _ in 0..TITLE_LINES.max(mapping.header_row.unwrap_or(0) as usize) {
        if !splitter.advance().map_err(Looked::Trouble)? {
            break;
        }
        if mapping.header_row.is_some_and(|row| splitter.line < row) {
            continue;
        }
        let names: Vec<String> = splitter.fields.iter().map(|field| field.of(text).trim().to_owned()).collect();
        let plain: Vec<String> = names.iter().map(|name| plain_name(name)).collect();
        let missing = mapping.missing(&plain);
        if missing.is_empty() {
            return Ok(Header { separator, line: splitter.line, names, end: splitter.end });
        }
        let wanted = missing.len() + mapping.used(&plain);
        let miss = Miss { line: splitter.line, names, missing, wanted };
        if best.line == 0 || miss.hits() > best.hits() {
            best = miss;
        }
        if mapping.header_row.is_some() {
            break;
        }
    }
    Err(Looked::Missed(best))
}

/// Two columns of one name are fine unless the mapping reads that name.
fn no_twins(header: Header, mapping: &Mapping) -> Result<Header, FileRefused> {
    let plain: Vec<String> = header.names.iter().map(|name| plain_name(name)).collect();
    for (place, name) in plain.iter().enumerate() {
        if !name.is_empty() && plain[..place].contains(name) && mapping.mentions(name) {
            let line = header.line;
            let said = format!(
                "Line {line} names the column \"{}\" twice, and mapping {} reads it; rename one. Nothing was imported.",
                header.names[place], mapping.name
            );
            return Err(FileRefused::at("CSV-01", line, said));
        }
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::super::mapping::canonical;
    use super::*;

    #[test]
    fn separator_and_title_lines_are_found() {
        let text = "Ledger, printed 3 March\n\n\"number\";customer;document date;Amount;x,y\n1;2;3;4;5\n";
        let header = find_header(text, &canonical(Table::Invoices)).unwrap();
        assert_eq!((header.separator, header.line, header.names.len()), (b';', 3, 5));
        assert_eq!(&text[header.end..header.end + 3], "\n1;");
        let text = "sep=|\nnumber|customer|document_date|amount\n";
        assert_eq!(find_header(text, &canonical(Table::Invoices)).unwrap().separator, b'|');
    }

    #[test]
    fn a_missing_header_names_what_lacks() {
        let refused = |text: &str| find_header(text, &canonical(Table::Invoices)).unwrap_err().to_string();
        assert!(refused("number,customer,amount\n1,2,3\n").contains("Line 1 lacks the columns \"document_date\""));
        assert!(refused("a;b\n1;2\n").contains("No line has the columns"));
        assert!(refused(" \r\n").contains("[FIL-01] The file is empty"));
        assert!(refused("number,customer,document_date,amount,number\n").contains("column \"number\" twice"));
        let other = "invoice_number,customer_id,customer_name,company_code,invoice_date,due_date,amount,currency\n";
        assert!(refused(other).contains("It looks like --map erp-aging-export"));
        assert_eq!(recognise_file(other.as_bytes(), Table::Invoices), Some("erp-aging-export"));
        assert_eq!(recognise_file(b"a;b\n", Table::Invoices), None);
    }
}
