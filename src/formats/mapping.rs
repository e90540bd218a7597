//! A mapping says which column of a foreign file is which canonical column, and how its signs, dates and amounts are
//! read. It is written as TOML; the usual layouts come built in. Everything a mapping may say:
//!
//! ```toml
//! kind = "invoices"                 # or "customers", "receipts", "statement": the table that comes out
//! encoding = "windows-1252"         # without it: a mark, else UTF-8; "auto" falls back to Windows-1252
//! separator = ";"                   # without it: found; "tab" for tabs
//! header_row = 4                    # without it: the first line that has the columns
//! # header = ["Date", "Amount"]     # the columns of a file that has no header line
//! invert = false                    # true: bank statements whose signs are the card's, not the account's
//! optional = ["reference"]          # canonical columns the file may lack
//! null = ["NULL", "n/a"]            # texts that mean nothing
//! spill = "Address"                 # takes the surplus fields of rows with unquoted commas, where there is such a column
//! float_ids = true                  # "1930571429.0" is "1930571429"
//! skip_rows_where = [               # one of is, starts, contains, empty; without a column: the first filled cell
//!     { starts = "Total" },
//!     { column = "Number", empty = true },
//! ]
//!
//! [columns]                         # canonical column = the file's column, or a list of names it may have
//! number = "Invoice no."
//! customer = ["Customer no.", "Account"]
//! document_date = "Date"
//! amount = "Amount"
//! kind = "Type"
//! reference = { join = ["Year", "Voucher"], with = "/" }
//! order = { split = "Text", by = ";", part = 2 }
//! settled_date = "Paid on"          # makes a receipt and its allocation
//! status = "Status"                 # rows it calls paid without a settled date are named; nothing else
//! net = "Net"                       # any of net, tax and tax_rate says what of the amount is tax
//!
//! [constants]
//! currency = "EUR"
//!
//! [due_from_terms]                  # instead of due_date
//! base = "Baseline date"
//! terms = "Terms"
//!
//! [formats]
//! date = ["D.M.YYYY", "YYYYMMDD"]   # ISO dates are always understood
//! decimal = ","                     # without it: found where the file settles it
//! round = true                      # 48485.6873 is 48485.69; without it such rows are refused
//!
//! [sign]                            # without it: a negative invoice is a credit note
//! column = "SHKZG"
//! debit = "S"
//! credit = "H"
//! # or: debit_column = "Debit", credit_column = "Credit"
//!
//! [kinds]                           # codes of the column behind `kind`; "*" is every other one
//! RV = "invoice"
//! RG = "credit note"
//! DZ = "leave out"
//! ```

use std::sync::OnceLock;

use super::canonical::Table;
use super::date::Pattern;
use super::encoding::Encoding;
use super::number::AmountStyle;
use super::report::FileRefused;

/// Where the value of one canonical column comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The first of these columns that the header has.
    Column(Vec<String>),
    /// The same text in every row.
    Constant(String),
    /// Several columns with a text between them.
    Join {
        /// The columns, in order.
        columns: Vec<String>,
        /// What stands between them.
        with: String,
    },
    /// One part of a column.
    Split {
        /// The column.
        column: String,
        /// What separates the parts.
        by: String,
        /// Which part, from 1.
        part: usize,
    },
}

/// How the direction of an amount is told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sign {
    /// By its own sign: a negative invoice is a credit note.
    #[default]
    Own,
    /// By a column of codes: SAP's `SHKZG` with `S` for debit and `H` for credit.
    Flag {
        /// The column of codes.
        column: String,
        /// Codes of debits.
        debit: Vec<String>,
        /// Codes of credits.
        credit: Vec<String>,
    },
    /// By standing in one of two columns.
    TwoColumns {
        /// Names the debit column may have.
        debit: Vec<String>,
        /// Names the credit column may have.
        credit: Vec<String>,
    },
}

/// What a document-type code of the other system stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindRule {
    /// A document of this kind.
    Is(super::canonical::DocumentKind),
    /// No document: the row is left out and counted.
    LeaveOut,
}

/// A row left out when a cell looks so: totals, subtotals, page footers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkipRule {
    /// The column; `None` means any cell of the row.
    pub column: Option<String>,
    /// What the cell must look like.
    pub test: SkipTest,
}

/// What a [`SkipRule`] looks for; letters in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkipTest {
    /// The whole cell.
    Is(String),
    /// How it begins.
    Starts(String),
    /// Anywhere in it.
    Contains(String),
    /// Nothing in it.
    Empty,
}

/// How one layout is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The built-in's name or the file's, for messages.
    pub name: String,
    /// Which table comes out.
    pub table: Table,
    /// Encoding where the file has no mark.
    pub encoding: Encoding,
    /// The separator; `None` finds it.
    pub separator: Option<u8>,
    /// The line the header is on; `None` finds it by the column names.
    pub header_row: Option<u64>,
    /// The column names of a file that has no header line; empty where it has one.
    pub header: Vec<String>,
    /// Whether amounts of a bank statement have the other sign.
    pub invert: bool,
    /// Canonical column and where it comes from.
    pub columns: Vec<(&'static str, Source)>,
    /// Canonical columns whose source may be missing from the header.
    pub optional: Vec<String>,
    /// Texts that mean nothing, such as `NULL`.
    pub nulls: Vec<String>,
    /// The source column that takes surplus fields of a row (unquoted commas in an address).
    pub spill: Option<String>,
    /// Whether ids lose a trailing `.0`.
    pub float_ids: bool,
    /// Whether text carries the guard that our own exports put before formulas.
    pub guarded: bool,
    /// Date patterns.
    pub dates: Vec<Pattern>,
    /// Decimal sign.
    pub amounts: AmountStyle,
    /// Whether amounts with more decimals than their currency are rounded; without it their rows are refused.
    pub round: bool,
    /// How debits and credits are told apart.
    pub sign: Sign,
    /// Document-type codes; `*` stands for every other one.
    pub kinds: Vec<(String, KindRule)>,
    /// Rows to leave out.
    pub skip: Vec<SkipRule>,
}

/// Built-in mappings: name, TOML text.
const BUILT_IN: [(&str, &str); 11] = [
    ("canonical", include_str!("mappings/canonical.toml")),
    ("canonical-customers", include_str!("mappings/canonical-customers.toml")),
    ("canonical-receipts", include_str!("mappings/canonical-receipts.toml")),
    ("collections-history", include_str!("mappings/collections-history.toml")),
    ("enterprise-open-items", include_str!("mappings/enterprise-open-items.toml")),
    ("sap-bsid", include_str!("mappings/sap-bsid.toml")),
    ("erp-aging-export", include_str!("mappings/erp-aging-export.toml")),
    ("accounting-package", include_str!("mappings/accounting-package.toml")),
    ("accounting-package-receipts", include_str!("mappings/accounting-package-receipts.toml")),
    ("bank-table", include_str!("mappings/bank-table.toml")),
    ("bank-debit-credit", include_str!("mappings/bank-debit-credit.toml")),
];

/// The names of all built-in mappings.
pub fn builtin_names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// A built-in mapping by name.
pub fn builtin(name: &str) -> Option<Mapping> {
    all_builtin().iter().find(|mapping| mapping.name == name).cloned()
}

/// Every built-in mapping, read once: a file nobody named a mapping for is held against all of them.
pub(super) fn all_builtin() -> &'static [Mapping] {
    static READ: OnceLock<Vec<Mapping>> = OnceLock::new();
    READ.get_or_init(|| BUILT_IN.iter().filter_map(|(name, text)| Mapping::parse(name, text).ok()).collect())
}

/// The mapping for files that already have the canonical header of a table.
pub fn canonical(table: Table) -> Mapping {
    let name = match table {
        Table::Customers => "canonical-customers",
        Table::Invoices => "canonical",
        Table::Receipts => "canonical-receipts",
        Table::Statement => "bank-table",
    };
    builtin(name).unwrap_or_else(|| Mapping::empty(name, table))
}

/// The built-in mapping whose columns a header has, the one that uses most of them first.
pub fn recognise(header: &[&str], table: Table) -> Option<&'static str> {
    let names: Vec<String> = header.iter().map(|name| plain_name(name)).collect();
    let of_table = all_builtin().iter().filter(|mapping| mapping.table == table);
    let fitting = of_table.filter(|mapping| mapping.missing(&names).is_empty());
    fitting.max_by_key(|mapping| mapping.used(&names)).map(|mapping| mapping.name.as_str())
}

/// A column name for comparing: letters in one case, `_` as blank, single blanks.
pub fn plain_name(name: &str) -> String {
    let lower = name.trim_start_matches('\u{FEFF}').replace('_', " ").to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Mapping {
    /// A mapping without columns, to be filled.
    pub fn empty(name: &str, table: Table) -> Self {
        Mapping {
            name: name.to_owned(),
            table,
            encoding: Encoding::Strict,
            separator: None,
            header_row: None,
            header: Vec::new(),
            invert: false,
            columns: Vec::new(),
            optional: Vec::new(),
            nulls: Vec::new(),
            spill: None,
            float_ids: false,
            guarded: false,
            round: false,
            dates: Vec::new(),
            amounts: AmountStyle::Unknown,
            sign: Sign::Own,
            kinds: Vec::new(),
            skip: Vec::new(),
        }
    }

    /// Reads a mapping's TOML text. `name` stands in messages. Refused with `MAP-01` and the line.
    pub fn parse(name: &str, text: &str) -> Result<Self, FileRefused> {
        super::mapping_toml::parse(name, text)
    }

    /// Where a canonical column comes from.
    pub fn source(&self, field: &str) -> Option<&Source> {
        self.columns.iter().find(|(name, _)| *name == field).map(|(_, source)| source)
    }

    /// The source columns that must be in the header and are not. `names` are [`plain_name`]s.
    pub fn missing(&self, names: &[String]) -> Vec<String> {
        let has = |column: &String| names.contains(&plain_name(column));
        let mut missing = Vec::new();
        for (field, source) in &self.columns {
            if self.optional.iter().any(|optional| optional == field) {
                continue;
            }
            match source {
                Source::Column(any) if any.iter().any(has) => {}
                Source::Column(any) => missing.extend(any.first().cloned()),
                Source::Constant(_) => {}
                Source::Join { columns, .. } => missing.extend(columns.iter().filter(|column| !has(column)).cloned()),
                Source::Split { column, .. } => missing.extend(Some(column).filter(|column| !has(column)).cloned()),
            }
        }
        match &self.sign {
            Sign::Own => {}
            Sign::Flag { column, .. } => missing.extend(Some(column).filter(|column| !has(column)).cloned()),
            Sign::TwoColumns { debit, credit } => {
                let absent = [debit, credit].into_iter().filter(|names| !names.iter().any(has));
                missing.extend(absent.filter_map(|names| names.first().cloned()));
            }
        }
        missing
    }

    /// How many columns of a header the mapping uses.
    pub fn used(&self, names: &[String]) -> usize {
        names.iter().filter(|name| self.mentions(name)).count()
    }

    /// Whether the mapping reads a column of this [`plain_name`].
    pub fn mentions(&self, name: &str) -> bool {
        let is = |column: &String| plain_name(column) == name;
        let in_columns = self.columns.iter().any(|(_, source)| match source {
            Source::Column(any) => any.iter().any(is),
            Source::Constant(_) => false,
            Source::Join { columns, .. } => columns.iter().any(is),
            Source::Split { column, .. } => is(column),
        });
        let in_sign = match &self.sign {
            Sign::Own => false,
            Sign::Flag { column, .. } => is(column),
            Sign::TwoColumns { debit, credit } => debit.iter().chain(credit).any(is),
        };
        let in_rules = self.skip.iter().any(|rule| rule.column.as_ref().is_some_and(is));
        in_columns || in_sign || in_rules || self.spill.as_ref().is_some_and(is)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_can_be_read() {
        for (name, text) in BUILT_IN {
            if let Err(refused) = Mapping::parse(name, text) {
                panic!("{name}: {refused}");
            }
        }
    }

    #[test]
    fn the_example_above_can_be_read() {
        let text = include_str!("mapping.rs");
        let lines = text.lines().skip_while(|line| *line != "//! ```toml").skip(1);
        let example: Vec<&str> = lines.take_while(|line| *line != "//! ```").map(|line| line[3..].trim()).collect();
        let mapping = Mapping::parse("example", &example.join("\n")).unwrap();
        assert_eq!((mapping.columns.len(), mapping.skip.len(), mapping.kinds.len()), (13, 2, 3));
    }

    #[test]
    fn headers_are_recognised() {
        let header = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let name = |text: &str| {
            let names = header(text);
            recognise(&names.iter().map(String::as_str).collect::<Vec<_>>(), Table::Invoices)
        };
        assert_eq!(name("number,customer,document_date,due_date,amount,currency"), Some("canonical"));
        let bsid = "MANDT,BUKRS,KUNNR,UMSKS,UMSKZ,AUGDT,AUGBL,ZUONR,GJAHR,BELNR,BUZEI,BUDAT,BLDAT,ZFBDT,SHKZG,DMBTR,\
                    WRBTR,WAERS,ZTERM,HKONT";
        assert_eq!(name(bsid), Some("sap-bsid"));
        assert_eq!(name("a,b,c"), None);
    }
}
