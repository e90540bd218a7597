//! The loop over a delimited file: text, header, rows one by one to the caller, refusals and notices kept. Memory does
//! not grow with the number of good rows, and nothing of the file is believed before its form is checked.

use super::canonical::{CustomerRow, InvoiceRow, ReceiptRow, Table};
use super::cells::{Cells, Plan};
use super::context::{Context, Outcome, Trouble};
use super::dialect::{Header, find_header};
use super::encoding::decode;
use super::mapping::Mapping;
use super::number::AmountStyle;
use super::report::{DateOrder, FileRefused, Read, ReadOptions, RefusedRow, Summary};
use super::rows::{self, read_customer, read_invoice, read_receipt};
use super::sniff;
use super::split::Splitter;
use super::write::REASON_COLUMN;
use super::{date, number};
use crate::domain::text::counted;

/// Hands every invoice of a file to `sink`, in order. Rows that cannot be read are in the summary; a file that cannot
/// be trusted as a whole is refused, perhaps after some rows went out: keep them aside until the summary is there.
pub fn for_each_invoice(
    bytes: &[u8],
    mapping: &Mapping,
    options: &mut ReadOptions<'_>,
    sink: &mut dyn FnMut(InvoiceRow),
) -> Result<Summary, FileRefused> {
    walk(bytes, mapping, Table::Invoices, options, read_invoice, sink)
}

/// Hands every receipt of a file to `sink`; see [`for_each_invoice`].
pub fn for_each_receipt(
    bytes: &[u8],
    mapping: &Mapping,
    options: &mut ReadOptions<'_>,
    sink: &mut dyn FnMut(ReceiptRow),
) -> Result<Summary, FileRefused> {
    walk(bytes, mapping, Table::Receipts, options, read_receipt, sink)
}

/// Hands every customer of a file to `sink`; see [`for_each_invoice`].
pub fn for_each_customer(
    bytes: &[u8],
    mapping: &Mapping,
    options: &mut ReadOptions<'_>,
    sink: &mut dyn FnMut(CustomerRow),
) -> Result<Summary, FileRefused> {
    walk(bytes, mapping, Table::Customers, options, read_customer, sink)
}

/// Reads all invoices into memory.
pub fn read_invoices(
    bytes: &[u8],
    mapping: &Mapping,
    options: &mut ReadOptions<'_>,
) -> Result<Read<InvoiceRow>, FileRefused> {
    let mut rows = Vec::new();
    let summary = for_each_invoice(bytes, mapping, options, &mut |row| rows.push(row))?;
    Ok(Read { rows, summary })
}

/// Reads all receipts into memory.
pub fn read_receipts(
    bytes: &[u8],
    mapping: &Mapping,
    options: &mut ReadOptions<'_>,
) -> Result<Read<ReceiptRow>, FileRefused> {
    let mut rows = Vec::new();
    let summary = for_each_receipt(bytes, mapping, options, &mut |row| rows.push(row))?;
    Ok(Read { rows, summary })
}

/// Reads all customers into memory.
pub fn read_customers(
    bytes: &[u8],
    mapping: &Mapping,
    options: &mut ReadOptions<'_>,
) -> Result<Read<CustomerRow>, FileRefused> {
    let mut rows = Vec::new();
    let summary = for_each_customer(bytes, mapping, options, &mut |row| rows.push(row))?;
    Ok(Read { rows, summary })
}

pub(super) fn walk<R>(
    bytes: &[u8],
    mapping: &Mapping,
    table: Table,
    options: &mut ReadOptions<'_>,
    read: fn(&Cells<'_>, &mut Context) -> Outcome<R>,
    sink: &mut dyn FnMut(R),
) -> Result<Summary, FileRefused> {
    if mapping.table != table {
        let (name, is, wanted) = (&mapping.name, mapping.table.name(), table.name());
        return Err(FileRefused::new(
            "MAP-03",
            format!("Mapping {name} reads {is}, not {wanted}. Nothing was imported."),
        ));
    }
    if let Some(found) = sniff::no_table(bytes) {
        let sentence = format!("This is {}, no table of rows. {} Nothing was read.", found.what, found.then);
        return Err(FileRefused::new("IMP-11", sentence));
    }
    let decoded = decode(bytes, mapping.encoding)?;
    let text = decoded.text.as_ref();
    let header = find_header(text, mapping)?;
    let plan = Plan::new(mapping, &header);
    currency_known(&plan, table, options)?;
    let mut context = Context::new(mapping, options);
    let mut summary = start(text, &header, mapping);
    summary.notices.extend(decoded.notice);
    let mut record = after_header(text, &header)?;
    let mut reported = 0;
    while record.advance()? {
        let cells = plan.cells(text, &record);
        if cells.blank() {
            continue;
        }
        match one(&cells, &record, text, &header, &mut context, &mut summary, read)? {
            Some(row) => {
                summary.taken += 1;
                sink(row);
            }
            None => summary.skipped += 1,
        }
        if record.done() - reported >= 1 << 20 {
            reported = record.done();
            (options.progress)(reported as u64);
        }
    }
    (options.progress)(text.len() as u64);
    summary.skipped -= summary.refused.len() as u64;
    finish(summary, context, &record)
}

/// Reads one record. `None` when it was left out or refused; a refusal is in the summary then.
fn one<R>(
    cells: &Cells<'_>,
    record: &Splitter<'_>,
    text: &str,
    header: &Header,
    context: &mut Context,
    summary: &mut Summary,
    read: fn(&Cells<'_>, &mut Context) -> Outcome<R>,
) -> Result<Option<R>, FileRefused> {
    if cells.left_out() {
        return Ok(None);
    }
    let answer = if cells.even() {
        match read(cells, context) {
            Err(Trouble::Open) => {
                look_through(text, header, cells.plan(), context, summary)?;
                read(cells, context)
            }
            answer => answer,
        }
    } else {
        Err(Trouble::Row(Box::new(ragged(cells, record)?)))
    };
    match answer {
        Ok(row) => Ok(row),
        Err(_) if cells.repeats_header() => Ok(None),
        Err(Trouble::Row(mut refused)) => {
            refused.raw_line = record.raw().to_owned();
            summary.refused.push(*refused);
            Ok(None)
        }
        // After the look nothing stays open; this keeps the promise even if a reader forgets it.
        Err(Trouble::Open) => Err(FileRefused::at("DAT-03", cells.line, "The order of its dates is not known.")),
    }
}

fn ragged(cells: &Cells<'_>, record: &Splitter<'_>) -> Result<RefusedRow, FileRefused> {
    let (found, expected) = cells.widths();
    let line = cells.line;
    if found < expected && !record.closed {
        let sentence = format!(
            "The file ends in the middle of line {line} ({found} of {expected} fields); probably an incomplete \
             download. Nothing was imported."
        );
        return Err(FileRefused::at("CSV-01", line, sentence));
    }
    let reason =
        format!("Line {line} has {found} fields, {expected} expected; a quote or a separator is missing or extra.");
    let value = record.raw().chars().take(80).collect();
    Ok(RefusedRow { line, column: String::new(), value, code: "CSV-01", reason, raw_line: String::new() })
}

/// A splitter whose next record is the first row.
fn after_header<'t>(text: &'t str, header: &Header) -> Result<Splitter<'t>, FileRefused> {
    let mut record = Splitter::new(text, header.separator);
    while record.line < header.line && record.advance()? {}
    Ok(record)
}

fn currency_known(plan: &Plan<'_>, table: Table, options: &ReadOptions<'_>) -> Result<(), FileRefused> {
    let field = match table {
        Table::Customers => return Ok(()),
        Table::Invoices => rows::invoice::CURRENCY,
        Table::Receipts => rows::receipt::CURRENCY,
        Table::Statement => super::bank::csv::field::CURRENCY,
    };
    if plan.has(field) || options.currency.is_some() {
        return Ok(());
    }
    let name = &plan.mapping().name;
    let sentence =
        format!("Neither the file nor mapping {name} names a currency; give --currency. Nothing was imported.");
    Err(FileRefused::new("CUR-01", sentence))
}

fn start(text: &str, header: &Header, mapping: &Mapping) -> Summary {
    let unread = |name: &&String| !name.is_empty() && !mapping.mentions(&super::mapping::plain_name(name));
    let unread: Vec<&str> = header.names.iter().filter(unread).map(String::as_str).collect();
    let mut notices = Vec::new();
    if !unread.is_empty() {
        notices.push(format!("Columns that were not read: {}.", listed(&unread)));
    }
    if header.names.last().is_some_and(|name| name == REASON_COLUMN) {
        notices.push("This is a file of refused rows; only its corrected rows are read again.".to_owned());
    }
    Summary {
        notices,
        header: header.names.clone(),
        separator: header.separator as char,
        head: text[..header.end].to_owned(),
        ..Summary::default()
    }
}

/// The first names of a list, and how many more there are.
fn listed(names: &[&str]) -> String {
    const NAMED: usize = 30;
    let shown = names[..names.len().min(NAMED)].join(", ");
    if names.len() > NAMED { format!("{shown} and {} more", names.len() - NAMED) } else { shown }
}

fn finish(mut summary: Summary, context: Context, record: &Splitter<'_>) -> Result<Summary, FileRefused> {
    for (kind, count) in &context.left_out {
        summary.notices.push(format!("{count} rows of kind {kind} were left out, as the mapping says."));
    }
    let rounded = context.rounded.get();
    if rounded > 0 {
        summary.notices.push(format!("{rounded} amounts had more decimals than their currency and were rounded."));
    }
    if context.turned > 0 {
        let were = if context.turned == 1 { "was taken as a credit note" } else { "were taken as credit notes" };
        summary.notices.push(format!("{} {were}.", counted(context.turned, "negative amount")));
    }
    let swapped = summary.refused.iter().filter(|row| row.code == "DAT-01" && row.reason.ends_with("swapped.")).count();
    if swapped > 0 {
        summary.notices.push(format!(
            "{swapped} rows have a date that exists only with day and month swapped; if the whole file is written so, \
             give --date-order."
        ));
    }
    if !record.closed && summary.taken > 0 {
        let line = record.line;
        let notice = format!("The last line ({line}) has no line break; check that the file is complete.");
        summary.notices.push(notice);
    }
    if summary.taken == 0 && summary.refused.is_empty() {
        summary.notices.push("The file has a header and no rows.".to_owned());
    }
    summary.suspicious = context.suspicious;
    summary.suspicious_total = context.suspicious_total;
    Ok(summary)
}

/// Looks through the whole file once for what settles the order of days and months and the decimal sign.
fn look_through(
    text: &str,
    header: &Header,
    plan: &Plan<'_>,
    context: &mut Context,
    summary: &mut Summary,
) -> Result<(), FileRefused> {
    let (date_fields, amount_fields): (&[usize], &[usize]) = match plan.mapping().table {
        Table::Customers => (&[], &[rows::customer::CREDIT_LIMIT]),
        Table::Receipts => (&[rows::receipt::DATE], &[rows::receipt::AMOUNT]),
        Table::Statement => {
            use super::bank::csv::field::{AMOUNT, BALANCE, DATE, VALUE_DATE};
            (&[DATE, VALUE_DATE], &[AMOUNT, BALANCE])
        }
        Table::Invoices => {
            use rows::invoice::*;
            (&[DOCUMENT_DATE, DUE_DATE, SETTLED_DATE, TERMS_BASE], &[AMOUNT, SETTLED_AMOUNT])
        }
    };
    let dates = plan.plain_columns(date_fields);
    let mut amounts = plan.plain_columns(amount_fields);
    amounts.extend(plan.sides());
    let mut findings = Findings::default();
    let mut record = after_header(text, header)?;
    while record.advance()? {
        let cells = plan.cells(text, &record);
        // Rows that are left out count here too: totals show how the file writes amounts.
        if !cells.even() {
            continue;
        }
        findings.dates(&cells, &dates);
        findings.amounts(&cells, &amounts);
    }
    context.looked = true;
    findings.settle_amounts(context, summary);
    findings.settle_dates(context, summary)
}

/// The first place that speaks for each reading: line and text.
#[derive(Default)]
struct Findings {
    day_first: Option<(u64, String)>,
    month_first: Option<(u64, String)>,
    open: Option<(u64, String)>,
    point: Option<(u64, String)>,
    comma: Option<(u64, String)>,
}

impl Findings {
    fn dates(&mut self, cells: &Cells<'_>, columns: &[usize]) {
        for column in columns {
            let Some(text) = cells.present(*column) else { continue };
            let place = match date::evidence(&text) {
                Some(DateOrder::DayFirst) => &mut self.day_first,
                Some(DateOrder::MonthFirst) => &mut self.month_first,
                None if date::is_open(&text) => &mut self.open,
                None => continue,
            };
            place.get_or_insert_with(|| (cells.line, text.into_owned()));
        }
    }

    fn amounts(&mut self, cells: &Cells<'_>, columns: &[usize]) {
        for column in columns {
            let Some(text) = cells.present(*column) else { continue };
            let place = match number::evidence(&text) {
                Some(AmountStyle::Point) => &mut self.point,
                Some(AmountStyle::Comma) => &mut self.comma,
                _ => continue,
            };
            place.get_or_insert_with(|| (cells.line, text.into_owned()));
        }
    }

    fn settle_amounts(&self, context: &mut Context, summary: &mut Summary) {
        let (style, sign, (line, text)) = match (&self.point, &self.comma) {
            (Some(found), None) => (AmountStyle::Point, ".", found),
            (None, Some(found)) => (AmountStyle::Comma, ",", found),
            _ => return,
        };
        if context.style == AmountStyle::Unknown {
            context.style = style;
            summary
                .notices
                .push(format!("Amounts were read with \"{sign}\" as decimal sign, as in line {line}: {text}."));
        }
    }

    fn settle_dates(&self, context: &mut Context, summary: &mut Summary) -> Result<(), FileRefused> {
        if context.dates.order.is_some() || !context.dates.patterns.is_empty() {
            return Ok(());
        }
        let (order, words, (line, text)) = match (&self.day_first, &self.month_first, &self.open) {
            (Some((day_line, day)), Some((month_line, month)), _) => {
                let sentence = format!(
                    "Line {day_line} has {day} and line {month_line} has {month}: the dates are not all in one order, \
                     and no --date-order fits both. Correct them where the file comes from. Nothing was imported."
                );
                return Err(FileRefused::at("DAT-03", *day_line, sentence));
            }
            (Some(found), None, _) => (DateOrder::DayFirst, "day first", found),
            (None, Some(found), _) => (DateOrder::MonthFirst, "month first", found),
            (None, None, Some((line, text))) => {
                let sentence = format!(
                    "{text} in line {line} can be read day first or month first and no date in the file settles it; \
                     give --date-order dmy or --date-order mdy. Nothing was imported."
                );
                return Err(FileRefused::at("DAT-03", *line, sentence));
            }
            (None, None, None) => return Ok(()),
        };
        context.dates.order = Some(order);
        summary.notices.push(format!("Dates were read {words}, as in line {line}: {text}."));
        Ok(())
    }
}
