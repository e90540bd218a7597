//! The TOML text of a mapping, read strictly: an unknown key is refused with its line and the nearest known one, so
//! that a slip of the pen never becomes a silently empty column.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::canonical::{DocumentKind, Table};
use super::date::Pattern;
use super::encoding::Encoding;
use super::mapping::{KindRule, Mapping, Sign, SkipRule, SkipTest, Source};
use super::number::AmountStyle;
use super::report::FileRefused;

type Result<T> = std::result::Result<T, FileRefused>;
type Value<'i> = Spanned<DeValue<'i>>;

const KEYS: [&str; 16] = [
    "kind",
    "encoding",
    "separator",
    "header_row",
    "header",
    "invert",
    "optional",
    "null",
    "spill",
    "float_ids",
    "guarded",
    "skip_rows_where",
    "columns",
    "constants",
    "formats",
    "sign",
];

/// Reads a mapping. `name` stands in messages.
pub(super) fn parse(name: &str, text: &str) -> Result<Mapping> {
    let source = Text { name, text };
    let root = DeTable::parse(text).map_err(|error| {
        let place = error.span().map_or(0, |span| span.start);
        source.refuse(place, &format!("it is not TOML: {}", error.message().replace('\n', " ")))
    })?;
    let root = root.get_ref();
    let table = match root.get("kind").and_then(|value| value.get_ref().as_str()) {
        Some("customers") => Table::Customers,
        Some("invoices") => Table::Invoices,
        Some("receipts") => Table::Receipts,
        Some("statement") => Table::Statement,
        _ => return Err(source.refuse(0, "kind must be \"customers\", \"invoices\", \"receipts\" or \"statement\"")),
    };
    let mut mapping = Mapping::empty(name, table);
    for (key, value) in root {
        source.top(&mut mapping, key.get_ref(), key.span().start, value)?;
    }
    source.complete(&mapping)?;
    Ok(mapping)
}

/// The text being read, for places in messages.
struct Text<'t> {
    name: &'t str,
    text: &'t str,
}

impl Text<'_> {
    fn refuse(&self, place: usize, what: &str) -> FileRefused {
        let before = self.text.get(..place).unwrap_or_default();
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count() as u64;
        FileRefused::at("MAP-01", line, format!("Mapping {}, line {line}: {what}. Nothing was imported.", self.name))
    }

    fn unknown(&self, place: usize, key: &str, known: &[&str]) -> FileRefused {
        let hint = match nearest(key, known) {
            Some(near) => format!(" (did you mean \"{near}\"?)"),
            None => format!("; known are {}", known.join(", ")),
        };
        self.refuse(place, &format!("unknown key \"{key}\"{hint}"))
    }

    fn top(&self, mapping: &mut Mapping, key: &str, place: usize, value: &Value<'_>) -> Result<()> {
        match key {
            "kind" => {}
            "encoding" => {
                mapping.encoding = Encoding::parse(self.string(value)?).ok_or_else(|| {
                    self.refuse(place, &format!("unknown encoding; known are {}", Encoding::NAMES.join(", ")))
                })?;
            }
            "separator" => mapping.separator = self.separator(value)?,
            "header" => mapping.header = self.strings(value)?,
            "invert" => mapping.invert = self.flag(value)?,
            "header_row" => mapping.header_row = Some(self.count(value)?),
            "optional" => mapping.optional = self.strings(value)?,
            "null" => mapping.nulls = self.strings(value)?,
            "spill" => mapping.spill = Some(self.string(value)?.to_owned()),
            "float_ids" => mapping.float_ids = self.flag(value)?,
            "guarded" => mapping.guarded = self.flag(value)?,
            "skip_rows_where" => mapping.skip = self.skip_rules(value)?,
            "columns" => self.columns(mapping, value, false)?,
            "constants" => self.columns(mapping, value, true)?,
            "due_from_terms" => self.due_from_terms(mapping, value)?,
            "formats" => self.formats(mapping, value)?,
            "sign" => mapping.sign = self.sign(value)?,
            "kinds" => mapping.kinds = self.kinds(value)?,
            _ => return Err(self.unknown(place, key, &[&KEYS[..], &["due_from_terms", "kinds"]].concat())),
        }
        Ok(())
    }

    /// What only the whole mapping can tell: a column for every value a row cannot do without.
    fn complete(&self, mapping: &Mapping) -> Result<()> {
        let fields = mapping.table.fields();
        if let Some(unknown) = mapping.optional.iter().find(|name| !fields.contains(&name.as_str())) {
            return Err(self.unknown(self.text.find(unknown.as_str()).unwrap_or(0), unknown, fields));
        }
        let amount = if matches!(mapping.sign, Sign::TwoColumns { .. }) { None } else { Some("amount") };
        let needed: Vec<&str> = match mapping.table {
            Table::Customers => vec!["id"],
            Table::Invoices => ["number", "customer", "document_date"].into_iter().chain(amount).collect(),
            Table::Receipts => ["reference", "date"].into_iter().chain(amount).collect(),
            Table::Statement => ["date"].into_iter().chain(amount).collect(),
        };
        match needed.iter().find(|field| mapping.source(field).is_none()) {
            Some(field) => Err(self.refuse(0, &format!("[columns] must say where \"{field}\" comes from"))),
            None => Ok(()),
        }
    }

    fn columns(&self, mapping: &mut Mapping, value: &Value<'_>, constant: bool) -> Result<()> {
        let fields = mapping.table.fields();
        for (key, value) in self.table(value)? {
            let place = key.span().start;
            let name = key.get_ref().as_ref();
            let field = fields.iter().find(|field| **field == name);
            let field = *field.ok_or_else(|| self.unknown(place, name, fields))?;
            if mapping.source(field).is_some() {
                return Err(self.refuse(place, &format!("\"{field}\" is given twice")));
            }
            let source = if constant { Source::Constant(self.string(value)?.to_owned()) } else { self.source(value)? };
            mapping.columns.push((field, source));
        }
        Ok(())
    }

    fn source(&self, value: &Value<'_>) -> Result<Source> {
        let Some(table) = value.get_ref().as_table() else { return Ok(Source::Column(self.strings(value)?)) };
        self.only(table, &["join", "with", "split", "by", "part"])?;
        let text = |key: &str, default: &str| match table.get(key) {
            Some(value) => self.string(value).map(str::to_owned),
            None => Ok(default.to_owned()),
        };
        match (table.get("join"), table.get("split")) {
            (Some(join), None) => Ok(Source::Join { columns: self.strings(join)?, with: text("with", " ")? }),
            (None, Some(split)) => Ok(Source::Split {
                column: self.string(split)?.to_owned(),
                by: text("by", " ")?,
                part: table.get("part").map_or(Ok(1), |part| self.count(part))? as usize,
            }),
            _ => Err(self.refuse(
                value.span().start,
                "write { join = [\"A\", \"B\"], with = \"-\" } or { split = \"A\", by = \"-\", part = 1 }",
            )),
        }
    }

    fn due_from_terms(&self, mapping: &mut Mapping, value: &Value<'_>) -> Result<()> {
        let table = self.table(value)?;
        self.only(table, &["base", "terms"])?;
        for (key, field) in [("base", "terms_base"), ("terms", "terms")] {
            if let Some(column) = table.get(key) {
                mapping.columns.push((field, Source::Column(self.strings(column)?)));
            }
        }
        Ok(())
    }

    fn formats(&self, mapping: &mut Mapping, value: &Value<'_>) -> Result<()> {
        let table = self.table(value)?;
        self.only(table, &["date", "decimal", "thousands", "round"])?;
        if let Some(dates) = table.get("date") {
            for text in self.strings(dates)? {
                let pattern = Pattern::parse(&text).ok_or_else(|| {
                    let what = format!("\"{text}\" is no date pattern; write for example \"D/M/YYYY\" or \"YYYYMMDD\"");
                    self.refuse(dates.span().start, &what)
                })?;
                mapping.dates.push(pattern);
            }
        }
        if let Some(decimal) = table.get("decimal") {
            mapping.amounts = match self.string(decimal)? {
                "." => AmountStyle::Point,
                "," => AmountStyle::Comma,
                _ => return Err(self.refuse(decimal.span().start, "decimal must be \".\" or \",\"")),
            };
        }
        if let Some(round) = table.get("round") {
            mapping.round = self.flag(round)?;
        }
        table.get("thousands").map_or(Ok(()), |value| self.thousands(mapping, value))
    }

    /// The sign between thousands only matters as the opposite of the decimal sign; blanks and apostrophes group in
    /// every style.
    fn thousands(&self, mapping: &mut Mapping, value: &Value<'_>) -> Result<()> {
        let implied = match self.string(value)? {
            "." => AmountStyle::Comma,
            "," => AmountStyle::Point,
            "" | " " | "'" => return Ok(()),
            _ => return Err(self.wrong(value.span(), "\".\", \",\", \" \" or \"'\"")),
        };
        if mapping.amounts != AmountStyle::Unknown && mapping.amounts != implied {
            return Err(self.refuse(value.span().start, "decimal and thousands cannot be the same sign"));
        }
        mapping.amounts = implied;
        Ok(())
    }

    fn sign(&self, value: &Value<'_>) -> Result<Sign> {
        let table = self.table(value)?;
        self.only(table, &["column", "debit", "credit", "debit_column", "credit_column"])?;
        let all = |key: &str| match table.get(key) {
            Some(value) => self.strings(value),
            None => Err(self.refuse(value.span().start, &format!("[sign] lacks \"{key}\""))),
        };
        if let Some(column) = table.get("column") {
            return Ok(Sign::Flag {
                column: self.string(column)?.to_owned(),
                debit: all("debit")?,
                credit: all("credit")?,
            });
        }
        Ok(Sign::TwoColumns { debit: all("debit_column")?, credit: all("credit_column")? })
    }

    fn kinds(&self, value: &Value<'_>) -> Result<Vec<(String, KindRule)>> {
        let rule = |(key, value): (&Spanned<_>, &Value<'_>)| {
            let _: &Spanned<std::borrow::Cow<'_, str>> = key;
            let words = self.string(value)?;
            let rule = if words == "leave out" {
                KindRule::LeaveOut
            } else {
                KindRule::Is(DocumentKind::parse(words).ok_or_else(|| {
                    let what = "a kind is \"invoice\", \"credit note\", \"debit note\" or \"leave out\"";
                    self.refuse(value.span().start, what)
                })?)
            };
            Ok((key.get_ref().to_string(), rule))
        };
        self.table(value)?.iter().map(rule).collect()
    }

    fn skip_rules(&self, value: &Value<'_>) -> Result<Vec<SkipRule>> {
        let Some(rules) = value.get_ref().as_array() else {
            return Err(self.refuse(value.span().start, "skip_rows_where is a list of { column = …, starts = … }"));
        };
        rules.iter().map(|rule| self.skip_rule(rule)).collect()
    }

    fn skip_rule(&self, value: &Value<'_>) -> Result<SkipRule> {
        let table = self.table(value)?;
        self.only(table, &["column", "is", "starts", "contains", "empty"])?;
        let column = table.get("column").map(|column| self.string(column).map(str::to_owned)).transpose()?;
        let lower = |key: &str| table.get(key).map(|value| self.string(value).map(str::to_lowercase)).transpose();
        let tests = [
            lower("is")?.map(SkipTest::Is),
            lower("starts")?.map(SkipTest::Starts),
            lower("contains")?.map(SkipTest::Contains),
            table.get("empty").map(|value| self.flag(value)).transpose()?.filter(|yes| *yes).map(|_| SkipTest::Empty),
        ];
        let mut tests = tests.into_iter().flatten();
        match (tests.next(), tests.next()) {
            (Some(SkipTest::Empty), None) if column.is_none() => {
                Err(self.refuse(value.span().start, "empty = true needs a column"))
            }
            (Some(test), None) => Ok(SkipRule { column, test }),
            _ => Err(self.refuse(value.span().start, "a rule has exactly one of is, starts, contains, empty")),
        }
    }

    fn only(&self, table: &DeTable<'_>, known: &[&str]) -> Result<()> {
        let unknown = table.keys().find(|key| !known.contains(&key.get_ref().as_ref()));
        unknown.map_or(Ok(()), |key| Err(self.unknown(key.span().start, key.get_ref(), known)))
    }

    fn table<'v, 'i>(&self, value: &'v Value<'i>) -> Result<&'v DeTable<'i>> {
        value.get_ref().as_table().ok_or_else(|| self.wrong(value.span(), "a table"))
    }

    fn string<'v>(&self, value: &'v Value<'_>) -> Result<&'v str> {
        value.get_ref().as_str().ok_or_else(|| self.wrong(value.span(), "text in quotes"))
    }

    fn flag(&self, value: &Value<'_>) -> Result<bool> {
        value.get_ref().as_bool().ok_or_else(|| self.wrong(value.span(), "true or false"))
    }

    fn count(&self, value: &Value<'_>) -> Result<u64> {
        let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        number.filter(|number| *number > 0).ok_or_else(|| self.wrong(value.span(), "a number from 1"))
    }

    /// One text or a list of texts.
    fn strings(&self, value: &Value<'_>) -> Result<Vec<String>> {
        let list: Vec<String> = match value.get_ref().as_array() {
            Some(list) => list.iter().map(|text| self.string(text).map(str::to_owned)).collect::<Result<_>>()?,
            None => vec![self.string(value)?.to_owned()],
        };
        if list.is_empty() { Err(self.wrong(value.span(), "at least one text")) } else { Ok(list) }
    }

    fn separator(&self, value: &Value<'_>) -> Result<Option<u8>> {
        match self.string(value)? {
            "auto" => Ok(None),
            "tab" | "\t" => Ok(Some(b'\t')),
            other => match other.as_bytes() {
                [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\n\r\0 ".contains(byte) => {
                    Ok(Some(*byte))
                }
                _ => Err(self.wrong(value.span(), "one sign such as \",\" or \";\", or \"tab\"")),
            },
        }
    }

    fn wrong(&self, span: Range<usize>, wanted: &str) -> FileRefused {
        let found = self.text.get(span.clone()).unwrap_or_default();
        self.refuse(span.start, &format!("{wanted} was expected, not {found}"))
    }
}

/// The known word that differs least, if by no more than two letters.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let distances = known.iter().map(|candidate| (distance(word, candidate), *candidate));
    distances.filter(|(steps, _)| *steps <= 2).min_by_key(|(steps, _)| *steps).map(|(_, candidate)| candidate)
}

/// Letters to add, drop or change to get from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (place, letter) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = place + 1;
        for (column, other) in b.iter().enumerate() {
            let change = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = change.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        parse("mine.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn a_whole_mapping() {
        let text = "kind = \"receipts\"\nseparator = \"tab\"\nencoding = \"latin-1\"\nheader_row = 3\n\
                    [columns]\nreference = { join = [\"A\", \"B\"], with = \"-\" }\ndate = [\"Datum\", \"Date\"]\n\
                    customer = { split = \"C\", by = \"/\", part = 2 }\n[constants]\ncurrency = \"EUR\"\n\
                    [sign]\ndebit_column = \"D\"\ncredit_column = \"C\"\n[formats]\ndate = \"D/M/YYYY\"\ndecimal = \",\"\n";
        let mapping = parse("mine.toml", text).unwrap();
        assert_eq!((mapping.separator, mapping.header_row), (Some(b'\t'), Some(3)));
        assert_eq!(mapping.amounts, AmountStyle::Comma);
        assert_eq!(mapping.source("currency"), Some(&Source::Constant("EUR".into())));
    }

    #[test]
    fn slips_are_named_with_line_and_nearest_word() {
        let said = refused("kind = \"invoices\"\nencodng = \"utf-8\"\n");
        assert!(
            said.contains("[MAP-01] Mapping mine.toml, line 2: unknown key \"encodng\" (did you mean \"encoding\"?)")
        );
        let said = refused("kind = \"invoices\"\n[columns]\nnumbr = \"A\"\n");
        assert!(said.contains("line 3") && said.contains("\"number\""), "{said}");
        assert!(refused("kind = \"invoices\"\n[columns]\nnumber = \"A\"\n").contains("where \"customer\" comes from"));
        assert!(refused("kind = \"orders\"\n").contains("kind must be"));
        assert!(refused("kind = \n").contains("line 1: it is not TOML"));
        let same = "kind = \"invoices\"\n[formats]\ndecimal = \".\"\nthousands = \".\"\n";
        assert!(refused(same).contains("line 4: decimal and thousands cannot be the same sign"));
        assert!(refused("kind = \"invoices\"\nheader_row = 0\n").contains("a number from 1 was expected"));
    }
}
