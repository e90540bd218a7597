//! Bank files to records: statements with balances and entries, and the remittance inside them. Bytes in, records or
//! one sentence out; what a file is, is told from its content, never from its name.
//!
//! | format | file | what it gives |
//! |---|---|---|
//! | camt.052/.053/.054, every version and prefix | [`camt`] | statements, reports, notifications |
//! | MT940, MT942 | [`mt940`] | statements, reports |
//! | BAI2 | [`bai2`] | statements, reports |
//! | OFX 1 (SGML), 2 (XML), QFX | [`ofx`] | statements |
//! | NACHA (ACH) with CTX and CCD addenda | [`nacha`] | advices |
//! | EDI X12 820 | [`x12`] | advices |
//! | BAI lockbox | [`lockbox`] | notifications |
//! | delimited tables with a mapping | [`csv`] | statements |
//!
//! [`read`] gives everything at once; [`read_into`] hands entries to a [`Sink`] one by one, so that memory does not grow
//! with their number. Whether a statement adds up is asked with [`tie::tie`], whether statements follow each other with
//! [`tie::follow`], whether an entry is known with [`identity`]; the readers themselves hold nothing back for that.
//! [`booking`] makes of all this the rows the book takes in: cleaned, added up, told apart, and each entry of a
//! [`kind`].
//!
//! # Refusals
//!
//! `XML-01` document type, `XML-02` too large or deep, `XML-03` not well formed or cut off, `XML-04` another message,
//! `TXT-01` encoding, `AMT-01..03` amounts, `CUR-01` currency, `DAT-01` dates; and for what only bank files have: `IMP-10`
//! nothing in the file to import, `IMP-11` not a bank file, `IMP-12` a record that cannot be understood, `IMP-13` control
//! totals or counts that disagree, `IMP-14` a file or message that is cut off or lacks its head or tail. Every sentence
//! names a place and says that nothing was read.
//!
//! # Crates
//!
//! Looked at and not taken: `mt940` 1.1 reads one of 39 real files (it wants the letter of the standard, and banks do not
//! keep to it); `sepa` 0.9 drops structured remittance, `camt053` 0.4 knows one bank's subset; the OFX crates pin an XML
//! reader with an open advisory or have a licence that does not fit; for BAI2, NACHA and 820 there are vocabularies but
//! no readers of files. A tree of the whole XML file would take memory by its length, so that XML is pulled with
//! `quick-xml`, which expands nothing: 100,000 entries go through one by one without memory growing.
//!
//! Texts in the records are as the bank wrote them, hostile characters and all: whoever keeps or shows one cleans it
//! ([`domain::text`](crate::domain::text)). Refusals are clean already.

pub mod amount;
pub mod bai2;
pub mod booking;
pub mod camt;
mod columns;
pub mod csv;
mod date;
pub mod facts;
pub mod identity;
pub mod kind;
pub mod lockbox;
pub mod mt940;
pub mod nacha;
pub mod ofx;
mod scan;
pub mod statement;
pub mod tie;
pub mod x12;
mod xml;

use std::borrow::Cow;

use chrono::NaiveDate;

use self::statement::{Entry, Statement};
use super::encoding::{Decoded, Encoding, decode};
use super::mapping::Mapping;
use super::report::DateOrder;
use crate::domain::money::Currency;

/// Why no record of a file was read: a code and one sentence with the place.
pub use super::report::FileRefused as Refusal;

/// What is too much. The caller's own limit on the size of files comes before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: usize,
    /// Levels of nested elements.
    pub depth: usize,
    /// Entries of one statement, and payments listed for one entry.
    pub entries: u64,
    /// Bytes of one text.
    pub text: usize,
}

impl Limits {
    /// Enough for a year of a large account: 100,000 entries of camt are about 100 MB.
    pub const USUAL: Limits = Limits { bytes: 512 << 20, depth: 64, entries: 1_000_000, text: 1 << 20 };
}

/// What the caller knows beside the bytes.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The encoding, where the file has no mark and does not say; without it UTF-8, else Windows-1252 with a notice.
    pub encoding: Option<Encoding>,
    /// The currency of files that name none.
    pub currency: Option<Currency>,
    /// The mapping for delimited tables; without it the built-in ones are tried.
    pub mapping: Option<&'a Mapping>,
    /// The order of day and month where a table leaves it open.
    pub date_order: Option<DateOrder>,
    /// The day of the import.
    pub today: NaiveDate,
    /// Whether control totals and counts that disagree are only noted: for a person who has looked and says so.
    pub trust_totals: bool,
    /// What is too much.
    pub limits: Limits,
}

impl Options<'_> {
    /// Nothing known but the day.
    pub fn new(today: NaiveDate) -> Self {
        Options {
            encoding: None,
            currency: None,
            mapping: None,
            date_order: None,
            today,
            trust_totals: false,
            limits: Limits::USUAL,
        }
    }
}

/// Takes what a reader finds, in the order of the file. A file may still be refused after some entries went out: keep
/// them aside until the reader is done.
pub trait Sink {
    /// An entry of the statement that comes next; what stands before it in the file is known of the statement.
    fn entry(&mut self, statement: &Statement, entry: Entry);
    /// A statement is complete; its entries went before.
    fn statement(&mut self, statement: Statement);
}

/// Gathers everything in memory.
#[derive(Default)]
struct Gather {
    entries: Vec<Entry>,
    statements: Vec<Statement>,
}

impl Sink for Gather {
    fn entry(&mut self, _: &Statement, entry: Entry) {
        self.entries.push(entry);
    }

    fn statement(&mut self, mut statement: Statement) {
        statement.entries = std::mem::take(&mut self.entries);
        self.statements.push(statement);
    }
}

/// Which format a file is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// XML of ISO 20022.
    Camt,
    /// SWIFT MT940 or MT942.
    Mt940,
    /// BAI2.
    Bai2,
    /// OFX or QFX, SGML or XML.
    Ofx,
    /// NACHA.
    Nacha,
    /// EDI X12.
    X12,
    /// BAI lockbox.
    Lockbox,
    /// A delimited table.
    Table,
}

/// Reads a whole file into memory.
pub fn read(bytes: &[u8], options: &Options<'_>) -> Result<Vec<Statement>, Refusal> {
    let mut gather = Gather::default();
    read_into(bytes, options, &mut gather)?;
    Ok(gather.statements)
}

/// Reads a file, handing statements and entries to `sink`. A file without any statement is refused.
pub fn read_into(bytes: &[u8], options: &Options<'_>, sink: &mut dyn Sink) -> Result<Format, Refusal> {
    read_any(bytes, options, sink).map_err(|mut refused| {
        // Whatever of the file stands in the sentence must not move a cursor.
        let safe = |sign: char| crate::domain::text::looks_safe(sign.encode_utf8(&mut [0; 4]));
        refused.sentence = refused.sentence.chars().map(|sign| if safe(sign) { sign } else { '\u{FFFD}' }).collect();
        refused
    })
}

fn read_any(bytes: &[u8], options: &Options<'_>, sink: &mut dyn Sink) -> Result<Format, Refusal> {
    if bytes.len() > options.limits.bytes {
        let (size, limit) = (bytes.len() >> 20, options.limits.bytes >> 20);
        return Err(Refusal::new("XML-02", format!("The file has {size} MB (limit {limit} MB). {NOTHING}")));
    }
    let format = scan::format(bytes)?;
    read_as(format, bytes, options, sink).map(|()| format)
}

/// Reads a file as this format, whatever it looks like.
pub fn read_as(format: Format, bytes: &[u8], options: &Options<'_>, sink: &mut dyn Sink) -> Result<(), Refusal> {
    let decoded = text(bytes, options)?;
    let mut counted = Counted { inner: sink, statements: 0, notice: decoded.notice };
    match format {
        Format::Camt => camt::read(&decoded.text, options, &mut counted)?,
        Format::Mt940 => mt940::read(&decoded.text, options, &mut counted)?,
        Format::Bai2 => bai2::read(&decoded.text, options, &mut counted)?,
        Format::Ofx => ofx::read(&decoded.text, options, &mut counted)?,
        Format::Nacha => nacha::read(&decoded.text, options, &mut counted)?,
        Format::X12 => x12::read(&decoded.text, options, &mut counted)?,
        Format::Lockbox => lockbox::read(&decoded.text, options, &mut counted)?,
        Format::Table => csv::read(&decoded.text, options, &mut counted)?,
    }
    if counted.statements == 0 {
        let line = line_of(&decoded.text, decoded.text.len());
        let what = format!("The file ends at line {line} without a statement in it. {NOTHING}");
        return Err(Refusal::at("IMP-10", line, what));
    }
    Ok(())
}

/// The text of a file as the readers see it; every [`statement::Place`] counts its bytes.
pub fn text<'b>(bytes: &'b [u8], options: &Options<'_>) -> Result<Decoded<'b>, Refusal> {
    let named = scan::declared_encoding(bytes);
    let encoding = match (options.encoding, named) {
        (Some(told), _) => told,
        // A file that says UTF-8 and is not, lies; anything else may be the usual one of western Europe.
        (None, Some(Encoding::Utf8)) if scan::is_xml(bytes) => Encoding::Strict,
        (None, Some(named)) if named != Encoding::Utf8 => match std::str::from_utf8(bytes) {
            Ok(_) => Encoding::Utf8,
            Err(_) => named,
        },
        (None, _) => Encoding::Auto,
    };
    decode(bytes, encoding)
}

/// The last words of every refusal here.
const NOTHING: &str = "Nothing was imported.";

/// Counts statements on their way, and notes how their text was read.
struct Counted<'s> {
    inner: &'s mut dyn Sink,
    statements: u64,
    /// How the text was read, for the first statement.
    notice: Option<String>,
}

impl Sink for Counted<'_> {
    fn entry(&mut self, statement: &Statement, entry: Entry) {
        self.inner.entry(statement, entry);
    }

    fn statement(&mut self, mut statement: Statement) {
        self.statements += 1;
        if let Some(notice) = self.notice.take() {
            statement.notice(1, notice);
        }
        self.inner.statement(statement);
    }
}

/// A hostile text for a message: one line, cut, controls shown, in quotes.
fn shown(text: &str) -> String {
    let clean = crate::domain::text::clean(text);
    let line: String = clean.text.as_str().chars().take(40).collect();
    if line.len() < clean.text.as_str().len() { format!("\"{line}…\"") } else { format!("\"{line}\"") }
}

/// The line of a byte of the text, from 1.
fn line_of(text: &str, byte: usize) -> u64 {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// A number as people read it: `88,120`.
fn grouped(number: usize) -> Cow<'static, str> {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    Cow::Owned(crate::domain::money::grouped(number, 0, crate::domain::money::NumberStyle::Point))
}
