//! One row seen through a mapping: which field of the record each canonical column is, and its text without blanks,
//! nulls, guards and the `.0` of ids. Worked out once per file, so that a cell costs an index.

use std::borrow::Cow;

use super::dialect::Header;
use super::mapping::{Mapping, Sign, SkipRule, SkipTest, Source, plain_name};
use super::report::RefusedRow;
use super::split::{Field, Splitter};

/// Where a canonical column is in the records of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Slot {
    Absent,
    Column(usize),
    Constant(String),
    Join(Vec<usize>, String),
    Split(usize, String, usize),
}

/// How the direction of an amount is found in the records of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SignPlan {
    Own,
    Flag { column: usize, debit: Vec<String>, credit: Vec<String> },
    TwoColumns { debit: usize, credit: usize },
}

/// A mapping applied to one header.
#[derive(Debug)]
pub(super) struct Plan<'m> {
    mapping: &'m Mapping,
    names: Vec<String>,
    slots: Vec<Slot>,
    pub(super) sign: SignPlan,
    skip: Vec<(Option<usize>, &'m SkipTest)>,
    spill: Option<usize>,
}

impl<'m> Plan<'m> {
    pub(super) fn new(mapping: &'m Mapping, header: &Header) -> Self {
        let plain: Vec<String> = header.names.iter().map(|name| plain_name(name)).collect();
        let find = |name: &String| plain.iter().position(|known| *known == plain_name(name));
        let first = |names: &[String]| names.iter().find_map(find);
        let slot = |field: &&'static str| match mapping.source(field) {
            None => Slot::Absent,
            Some(Source::Column(names)) => first(names).map_or(Slot::Absent, Slot::Column),
            Some(Source::Constant(text)) => Slot::Constant(text.clone()),
            Some(Source::Join { columns, with }) => Slot::Join(columns.iter().filter_map(find).collect(), with.clone()),
            Some(Source::Split { column, by, part }) => {
                find(column).map_or(Slot::Absent, |column| Slot::Split(column, by.clone(), *part))
            }
        };
        // A header without these columns never becomes a plan, so that the first column stands in only on paper.
        let sign = match &mapping.sign {
            Sign::Own => SignPlan::Own,
            Sign::Flag { column, debit, credit } => {
                SignPlan::Flag { column: find(column).unwrap_or(0), debit: debit.clone(), credit: credit.clone() }
            }
            Sign::TwoColumns { debit, credit } => {
                SignPlan::TwoColumns { debit: first(debit).unwrap_or(0), credit: first(credit).unwrap_or(0) }
            }
        };
        let rule = |rule: &'m SkipRule| match &rule.column {
            None => Some((None, &rule.test)),
            Some(column) => find(column).map(|place| (Some(place), &rule.test)),
        };
        Plan {
            mapping,
            slots: mapping.table.fields().iter().map(slot).collect(),
            sign,
            skip: mapping.skip.iter().filter_map(rule).collect(),
            spill: mapping.spill.as_ref().and_then(find),
            names: header.names.clone(),
        }
    }

    /// The mapping the plan was made from.
    pub(super) fn mapping(&self) -> &'m Mapping {
        self.mapping
    }

    /// Whether the canonical column can have a value in this file.
    pub(super) fn has(&self, field: usize) -> bool {
        self.slots[field] != Slot::Absent
    }

    /// The plain columns behind some canonical columns, for a look through the whole file.
    pub(super) fn plain_columns(&self, fields: &[usize]) -> Vec<usize> {
        let column = |field: &usize| if let Slot::Column(place) = self.slots[*field] { Some(place) } else { None };
        fields.iter().filter_map(column).collect()
    }

    /// The debit and credit columns where they stand side by side.
    pub(super) fn sides(&self) -> Vec<usize> {
        match self.sign {
            SignPlan::TwoColumns { debit, credit } => vec![debit, credit],
            SignPlan::Own | SignPlan::Flag { .. } => Vec::new(),
        }
    }

    /// What the file calls a canonical column.
    pub(super) fn name(&self, field: usize) -> &str {
        match &self.slots[field] {
            Slot::Column(column) | Slot::Split(column, _, _) => self.column_name(*column),
            Slot::Join(columns, _) => columns.first().map_or("", |column| self.column_name(*column)),
            Slot::Absent | Slot::Constant(_) => self.mapping.table.fields()[field],
        }
    }

    pub(super) fn column_name(&self, column: usize) -> &str {
        self.names.get(column).map_or("", String::as_str)
    }

    /// The current record, seen through the plan.
    pub(super) fn cells<'a>(&'a self, text: &'a str, record: &'a Splitter<'_>) -> Cells<'a> {
        let surplus = match self.spill {
            Some(_) => record.fields.len().saturating_sub(self.names.len()),
            None => 0,
        };
        Cells {
            plan: self,
            text,
            fields: &record.fields,
            surplus,
            line: record.line,
            bytes: (record.start, record.end),
        }
    }
}

/// One record seen through a [`Plan`].
#[derive(Clone, Copy)]
pub(super) struct Cells<'a> {
    plan: &'a Plan<'a>,
    text: &'a str,
    fields: &'a [Field],
    /// Fields beyond the header's, to be joined into the spill column.
    surplus: usize,
    pub(super) line: u64,
    /// First byte of the record, and just after its last.
    pub(super) bytes: (usize, usize),
}

impl<'a> Cells<'a> {
    /// The plan behind the cells.
    pub(super) fn plan(&self) -> &'a Plan<'a> {
        self.plan
    }

    /// A source column's text without outer blanks; empty when the row is short.
    pub(super) fn column(&self, column: usize) -> Cow<'a, str> {
        let spill = self.plan.spill.filter(|_| self.surplus > 0);
        let place = if spill.is_some_and(|spill| column > spill) { column + self.surplus } else { column };
        let Some(field) = self.fields.get(place) else { return Cow::Borrowed("") };
        if spill == Some(column)
            && let Some(last) = self.fields.get(place + self.surplus)
        {
            return Cow::Borrowed(field.through(last, self.text).trim());
        }
        trim(field.of(self.text))
    }

    /// A canonical column's text: `None` when the file lacks it, it is blank or one of the mapping's nulls.
    pub(super) fn get(&self, field: usize) -> Option<Cow<'a, str>> {
        let found = match &self.plan.slots[field] {
            Slot::Absent => return None,
            Slot::Column(column) => self.present(*column)?,
            Slot::Constant(text) => Cow::Borrowed(text.as_str()),
            Slot::Join(columns, with) => {
                let parts: Vec<_> = columns.iter().filter_map(|column| self.present(*column)).collect();
                Cow::Owned(parts.join(with))
            }
            Slot::Split(column, by, part) => {
                let whole = self.present(*column)?;
                Cow::Owned(whole.split(by.as_str()).nth(part - 1)?.trim().to_owned())
            }
        };
        (!found.is_empty()).then_some(found)
    }

    /// A column's text unless it is one of the mapping's nulls.
    pub(super) fn present(&self, column: usize) -> Option<Cow<'a, str>> {
        let found = self.column(column);
        let null = found.is_empty() || self.plan.mapping.nulls.iter().any(|null| null.eq_ignore_ascii_case(&found));
        if null {
            return None;
        }
        if self.plan.mapping.guarded && found.starts_with('\'') {
            return Some(Cow::Owned(super::write::unguard(&found).trim().to_owned()));
        }
        Some(found)
    }

    /// Text for the row, as it stands.
    pub(super) fn text(&self, field: usize) -> Option<String> {
        self.get(field).map(Cow::into_owned)
    }

    /// An id for the row, without the `.0` that a sheet gave it where the mapping says so.
    pub(super) fn id(&self, field: usize) -> Option<String> {
        let found = self.get(field)?;
        if self.plan.mapping.float_ids
            && let Some((whole, zeros)) = found.split_once('.')
            && !zeros.is_empty()
            && zeros.bytes().all(|byte| byte == b'0')
            && whole.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Some(whole.to_owned());
        }
        Some(found.into_owned())
    }

    /// Whether there is nothing in the row at all.
    pub(super) fn blank(&self) -> bool {
        self.fields.iter().all(|field| trim(field.of(self.text)).is_empty())
    }

    /// Whether a rule of the mapping leaves the row out.
    pub(super) fn left_out(&self) -> bool {
        let hit = |test: &SkipTest, cell: &str| {
            let starts = |cell: &str, with: &str| cell.get(..with.len()).is_some_and(|head| same(head, with));
            match test {
                SkipTest::Is(text) => same(cell, text),
                SkipTest::Starts(text) => starts(cell, text) || cell.to_lowercase().starts_with(text.as_str()),
                SkipTest::Contains(text) => cell.to_lowercase().contains(text.as_str()),
                SkipTest::Empty => cell.is_empty(),
            }
        };
        self.plan.skip.iter().any(|(column, test)| match column {
            Some(column) => hit(test, &self.column(*column)),
            // Text in any cell: a customer called "Total Services" would vanish with the totals, so that only the
            // first cell with something in it counts.
            None => {
                let cells = self.fields.iter().map(|field| trim(field.of(self.text)));
                cells.into_iter().find(|cell| !cell.is_empty()).is_some_and(|cell| hit(test, &cell))
            }
        })
    }

    /// Whether the record has one field for every column.
    pub(super) fn even(&self) -> bool {
        let (found, expected) = (self.fields.len(), self.plan.names.len());
        let empty = |field: &Field| field.of(self.text).trim().is_empty();
        found == expected || (found > expected && (self.surplus > 0 || self.fields[expected..].iter().all(empty)))
    }

    /// How many fields the record has and the header expects.
    pub(super) fn widths(&self) -> (usize, usize) {
        (self.fields.len(), self.plan.names.len())
    }

    /// Whether the record repeats the header.
    pub(super) fn repeats_header(&self) -> bool {
        let same = |(field, name): (&Field, &String)| trim(field.of(self.text)) == name.as_str();
        self.fields.len() == self.plan.names.len() && self.fields.iter().zip(&self.plan.names).all(same)
    }

    /// A refusal of a canonical column of this row. The raw line is added by whoever walks the file.
    pub(super) fn refuse(&self, field: usize, value: &str, code: &'static str, reason: String) -> RefusedRow {
        let column = self.plan.name(field).to_owned();
        RefusedRow { line: self.line, column, value: value.to_owned(), code, reason, raw_line: String::new() }
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!a.is_ascii() && a.to_lowercase() == b.to_lowercase())
}

fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    // Nearly every cell begins and ends with a visible ASCII sign: those need no search for blanks.
    if let ([first, ..], [.., last]) = (text.as_bytes(), text.as_bytes())
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
