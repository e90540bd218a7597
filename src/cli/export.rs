//! `o2c export`: whole tables as CSV, and the journal as hledger reads it, streamed to a file or stdout.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::out;
use super::read_args::{Export, Format, Table};
use super::session::Session;
use super::stop::Stop;
use crate::domain::account::Account;
use crate::domain::money::{Currency, Money};
use crate::formats::canonical;
use crate::formats::write::CsvWriter;
use crate::store::Reader;
use crate::store::people::CustomerData;
use crate::store::read::book;
use crate::store::read::export::{self, ItemLine, Leg};

/// Answers the verb.
pub(super) fn run(session: &Session, wanted: &Export) -> Result<(), Stop> {
    if wanted.format == Format::Hledger && wanted.table != Table::Journal {
        return Err(Stop::usage("Only the journal is written for hledger; leave --format out."));
    }
    let reader = session.reader()?;
    match &wanted.out {
        None => write(&reader, wanted, &mut out::stdout()),
        Some(path) => {
            let path = &session.output(path)?;
            let mut file = BufWriter::with_capacity(1 << 16, create(path)?);
            let written = write(&reader, wanted, &mut file).and_then(|()| Ok(file.get_ref().sync_all()?));
            if written.is_err() {
                // Half a file would look like a whole one.
                let _ = std::fs::remove_file(path);
            }
            written
        }
    }
}

/// A new file; nothing is overwritten.
pub(super) fn create(path: &Path) -> Result<File, Stop> {
    File::options().write(true).create_new(true).open(path).map_err(|error| {
        let shown = path.display();
        match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Stop::refused("FIL-03", format!("{shown} already exists and was not overwritten. Choose another name."))
            }
            _ => Stop::trouble("FIL-05", format!("{shown} cannot be made: {error}.")),
        }
    })
}

fn write(reader: &Reader, wanted: &Export, out: &mut dyn Write) -> Result<(), Stop> {
    let mut trouble = None;
    reader.snapshot(|| {
        let mut sink = Sink { out: &mut *out, csv: CsvWriter::new(b','), trouble: None };
        let answer = match (wanted.table, wanted.format) {
            (Table::Items, _) => items(reader, &mut sink),
            (Table::Postings, _) => postings(reader, &mut sink),
            (Table::Customers, _) => customers(reader, &mut sink),
            (Table::Journal, Format::Csv) => journal_csv(reader, &mut sink),
            (Table::Journal, Format::Hledger) => hledger(reader, &mut sink),
        };
        sink.flush();
        trouble = sink.trouble;
        answer
    })?;
    match trouble {
        Some(error) => Err(error.into()),
        None => Ok(out.flush()?),
    }
}

/// Where rows go; the first error ends the export.
struct Sink<'a> {
    out: &'a mut dyn Write,
    csv: CsvWriter,
    trouble: Option<io::Error>,
}

impl Sink<'_> {
    /// Writes what the CSV writer holds. False when no more rows are wanted.
    fn flush(&mut self) -> bool {
        let bytes = self.csv.take();
        self.bytes(&bytes)
    }

    fn bytes(&mut self, bytes: &[u8]) -> bool {
        if self.trouble.is_none()
            && let Err(error) = self.out.write_all(bytes)
        {
            self.trouble = Some(error);
        }
        self.trouble.is_none()
    }

    fn row(&mut self) -> bool {
        self.csv.end_row();
        self.flush()
    }
}

type Done = crate::store::error::Result<()>;

fn plain(minor: i64, currency: Currency) -> String {
    Money::new(minor, currency).plain()
}

fn items(reader: &Reader, sink: &mut Sink<'_>) -> Done {
    sink.csv.row([
        "number",
        "part",
        "kind",
        "customer",
        "name",
        "date",
        "due",
        "currency",
        "amount",
        "open",
        "disputed",
        "closed_on",
        "reference",
        "order",
    ]);
    export::items(reader, &mut |item: ItemLine| {
        let money = |minor: i64| plain(minor, item.currency);
        let csv = &mut sink.csv;
        csv.text(&item.number).plain(&item.part.to_string()).text(item.kind.name()).text(&item.customer);
        csv.text(&item.name).plain(&item.date).plain(&item.due).text(item.currency.code());
        csv.plain(&money(item.amount)).plain(&money(item.open)).plain(&money(item.disputed));
        csv.plain(&item.closed_on).text(&item.reference).text(&item.order);
        sink.row()
    })
}

fn postings(reader: &Reader, sink: &mut Sink<'_>) -> Done {
    let base = book::header(reader)?.currency;
    sink.csv.row([
        "id",
        "act",
        "date",
        "customer",
        "kind",
        "document",
        "debit",
        "credit",
        "currency",
        "amount",
        "base_currency",
        "base_amount",
    ]);
    export::legs(reader, &mut |leg: Leg| {
        let csv = &mut sink.csv;
        csv.plain(&leg.id.to_string()).plain(&leg.act.to_string()).plain(&leg.date).text(&leg.number);
        csv.text(leg.kind.map_or("allocation", |kind| kind.name())).text(&leg.document);
        csv.plain(&leg.debit.to_string()).plain(&leg.credit.to_string()).text(leg.currency.code());
        csv.plain(&plain(leg.amount, leg.currency)).text(base.code());
        csv.plain(&leg.base.map(|minor| plain(minor, base)).unwrap_or_default());
        sink.row()
    })
}

fn customers(reader: &Reader, sink: &mut Sink<'_>) -> Done {
    sink.csv.row(canonical::Table::Customers.fields().iter().copied());
    export::customers(reader, &mut |data: CustomerData| {
        let currency = Currency::parse(&data.currency).ok();
        let limit = data.credit_limit.map(|limit| plain(limit, currency.unwrap_or(Currency::EUR)));
        let csv = &mut sink.csv;
        csv.text(&data.number).text(&data.name).text(&data.group).text(&data.country).text(&data.currency);
        csv.text(&data.terms).plain(&limit.unwrap_or_default()).text(&data.email).text(&data.phone);
        csv.text(&data.language).text(&data.owner).text(&data.address);
        sink.row()
    })
}

fn journal_csv(reader: &Reader, sink: &mut Sink<'_>) -> Done {
    sink.csv.row(["date", "act", "posting", "account", "customer", "kind", "document", "currency", "amount"]);
    export::legs(reader, &mut |leg: Leg| {
        if leg.amount == 0 {
            return true;
        }
        for (account, amount) in [(leg.debit, leg.amount), (leg.credit, -leg.amount)] {
            let csv = &mut sink.csv;
            csv.plain(&leg.date).plain(&leg.act.to_string()).plain(&leg.id.to_string());
            csv.text(&account_name(account, leg.customer, &leg.number)).text(&leg.number);
            csv.text(leg.kind.map_or("allocation", |kind| kind.name())).text(&leg.document);
            csv.text(leg.currency.code()).plain(&plain(amount, leg.currency));
            csv.end_row();
        }
        sink.flush()
    })
}

/// The journal in hledger's own form: every account and currency declared, one transaction a leg. Legs that only carry
/// an exchange difference move nothing in their own currency and are left out.
fn hledger(reader: &Reader, sink: &mut Sink<'_>) -> Done {
    let header = book::header(reader)?;
    let title = format!("; {}: receivables journal\n\ndecimal-mark .\n\n", line(&header.company));
    let mut accounts = std::collections::BTreeSet::new();
    let mut currencies = std::collections::BTreeSet::new();
    export::accounts(reader, &mut |(customer, number, account, currency)| {
        accounts.insert(account_name(account, customer, &number));
        currencies.insert(currency);
        true
    })?;
    let mut text = title;
    for currency in currencies {
        let zeros = "0".repeat(currency.digits() as usize);
        text.push_str(&format!("commodity {currency} 1000.{zeros}\n"));
    }
    text.push('\n');
    for account in accounts {
        text.push_str(&format!("account {account}\n"));
    }
    if !sink.bytes(text.as_bytes()) {
        return Ok(());
    }
    export::legs(reader, &mut |leg: Leg| leg.amount == 0 || sink.bytes(transaction(&leg).as_bytes()))
}

fn transaction(leg: &Leg) -> String {
    let what = leg.kind.map_or("allocation", |kind| kind.name());
    let code = if leg.document.is_empty() { String::new() } else { format!("({}) ", line(&leg.document)) };
    let debit = account_name(leg.debit, leg.customer, &leg.number);
    let credit = account_name(leg.credit, leg.customer, &leg.number);
    let amount = plain(leg.amount, leg.currency);
    format!(
        "\n{} * {code}{} | {what}  ; act {}, posting {}\n    {debit}  {currency} {amount}\n    {credit}  {currency} -{amount}\n",
        leg.date,
        line(&leg.name),
        leg.act,
        leg.id,
        currency = leg.currency,
    )
}

/// Text without the signs that mean something in a journal's first line.
fn line(text: &str) -> String {
    out::safe(text).replace(['(', ')', ';', '|'], " ")
}

/// The name of an account in the journal; those of the control account have one for every customer.
fn account_name(number: i64, customer: i64, customer_number: &str) -> String {
    let Some(account) = export::account(number) else { return format!("unknown:{number}") };
    let group = match account {
        Account::ArTrade => return receivable(customer, customer_number, "trade"),
        Account::ArUnapplied => return receivable(customer, customer_number, "unapplied"),
        Account::ArClaims => return receivable(customer, customer_number, "claims"),
        _ => match number / 1000 {
            1 => "assets",
            2 => "liabilities",
            3 => "equity",
            4 => "revenues",
            _ => "expenses",
        },
    };
    format!("{group}:{}", account.name().to_lowercase())
}

/// A customer's account. Numbers with signs a journal cannot hold get the customer's id, so that they stay apart.
fn receivable(customer: i64, number: &str, part: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '/' | '-');
    let known = if number.chars().all(fits) && !number.is_empty() {
        number.to_owned()
    } else {
        let plain: String = number.chars().map(|c| if fits(c) { c } else { '_' }).collect();
        format!("{plain}~{customer}")
    };
    format!("assets:receivable:{known}:{part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_account_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<String> =
            Account::ALL.iter().map(|account| account_name(account.number(), 7, "10 023")).collect();
        assert_eq!(names.len(), Account::ALL.len());
        assert!(names.contains("assets:receivable:10_023~7:trade"));
        assert!(names.contains("expenses:bad debt expense"));
    }
}
