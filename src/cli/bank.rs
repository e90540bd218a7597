//! `o2c bank`: adding an account, and lists of accounts, statements and entries.

use super::admin;
use super::bank_args::{Bank, BankList};
use super::out::{Cell, Listing};
use super::session::Session;
use super::stop::Stop;
use crate::acts::Act;
use crate::store::Reader;
use crate::store::read::bank::{self, AccountRow, EntryLine, StatementLine, Wanted};
use crate::store::read::book;

/// Entries read at once.
const PAGE: u64 = 1_000;

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Bank) -> Result<(), Stop> {
    match verb {
        Bank::Add { name, account, currency, change } => {
            session.may_write()?;
            let currency = match currency {
                Some(currency) => *currency,
                None => book::header(&session.reader()?)?.currency,
            };
            let act = Act::AddBankAccount { name: name.clone(), number: account.clone(), currency };
            admin::perform(session, change, act)
        }
        Bank::Rule { verb } => super::bank_rules::run(session, verb),
        Bank::List { form } => accounts(&session.reader()?)?.print(form.form()),
        Bank::Statements { list } => statements(&session.reader()?, list)?.print(list.form.form()),
        Bank::Entries { waiting, kind, list } => {
            let reader = session.reader()?;
            let account = list.account.as_deref().map(|name| find(&reader, name)).transpose()?;
            let wanted = Wanted { account, kind: kind.map(|kind| kind.kind()), waiting: *waiting };
            entries(&reader, wanted, list)?.print(list.form.form())
        }
    }
}

/// The account of this name or number.
pub(super) fn find(reader: &Reader, name: &str) -> Result<i64, Stop> {
    let number = crate::acts::bank::account_number(name);
    let known = bank::accounts(reader)?;
    let named = known.iter().find(|account| account.name == name.trim());
    let mut numbered = known.iter().filter(|account| account.number == number);
    match (named.or_else(|| numbered.next()), numbered.next()) {
        (Some(account), None) => Ok(account.id),
        (Some(_), Some(_)) => {
            let sentence = format!("{name} is kept in several currencies; give the account's name (o2c bank list).");
            Err(Stop::refused("BNK-07", sentence))
        }
        (None, _) => {
            let sentence = format!("There is no bank account {name}. Nothing was done; look with o2c bank list.");
            Err(Stop::refused("BNK-07", sentence))
        }
    }
}

fn accounts(reader: &Reader) -> Result<Listing<'static>, Stop> {
    let rows = bank::accounts(reader)?;
    let total = rows.len() as u64;
    let foot = match total {
        0 => vec!["There is none yet; add one with o2c bank add NAME --account NUMBER.".to_owned()],
        _ => Vec::new(),
    };
    let cells = |row: AccountRow| {
        let (number, to) = row.last.unzip();
        vec![
            Cell::Text(row.name),
            Cell::Text(row.number),
            row.currency.code().into(),
            number.map_or(Cell::Nothing, Cell::Text),
            Cell::date(to),
            Cell::Amount(row.balance, row.currency),
            Cell::Number(row.waiting),
            Cell::Amount(row.left, row.currency),
        ]
    };
    let columns =
        &["name", "number", "currency", "last_statement", "until", "balance", "entries_not_settled", "not_settled"];
    Ok(Listing { columns, rows: rows.into_iter().map(cells).collect(), total, foot })
}

fn statements(reader: &Reader, list: &BankList) -> Result<Listing<'static>, Stop> {
    let account = list.account.as_deref().map(|name| find(reader, name)).transpose()?;
    let rows = bank::statements(reader, account, list.limit)?;
    let total = rows.len() as u64;
    let cells = |row: StatementLine| {
        let amount = |minor: Option<i64>| minor.map_or(Cell::Nothing, |minor| Cell::Amount(minor, row.currency));
        let (opening, closing) = (amount(row.opening), amount(row.closing));
        vec![
            Cell::Text(row.account),
            Cell::Text(row.number),
            Cell::Text(row.source),
            Cell::Text(row.format),
            Cell::Date(row.from),
            Cell::Date(row.to),
            row.currency.code().into(),
            opening,
            closing,
            Cell::Amount(row.balance, row.currency),
            Cell::Amount(row.gap, row.currency),
            Cell::Number(row.entries),
            Cell::Number(row.known),
            Cell::Number(row.act),
        ]
    };
    let columns = &[
        "account", "number", "source", "format", "from", "to", "currency", "opening", "closing", "balance", "gap",
        "entries", "known", "act",
    ];
    let foot = vec!["Gap: what the bank's balance has beyond the book's; the opening balance of the first.".to_owned()];
    Ok(Listing { columns, rows: rows.into_iter().map(cells).collect(), total, foot })
}

fn entries(reader: &Reader, wanted: Wanted, list: &BankList) -> Result<Listing<'static>, Stop> {
    let limit = list.limit.unwrap_or(u64::MAX);
    let (mut rows, mut before): (Vec<Vec<Cell>>, Option<i64>) = Default::default();
    while (rows.len() as u64) < limit {
        let page = bank::entries(reader, wanted, before, PAGE.min(limit - rows.len() as u64))?;
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        rows.extend(page.into_iter().map(cells));
    }
    let columns = &[
        "entry",
        "account",
        "statement",
        "booked",
        "value",
        "currency",
        "amount",
        "kind",
        "payer",
        "text",
        "payments",
        "not_settled",
        "became",
        "looks_alike",
        "code",
        "reference",
    ];
    let total = rows.len() as u64;
    Ok(Listing { columns, rows, total, foot: Vec::new() })
}

fn cells(row: EntryLine) -> Vec<Cell> {
    vec![
        Cell::Number(row.id),
        Cell::Text(row.account),
        Cell::Text(row.statement),
        Cell::Date(row.booked),
        Cell::Date(row.value),
        row.currency.code().into(),
        Cell::Amount(row.amount, row.currency),
        Cell::Text(row.kind),
        Cell::Text(row.payer),
        Cell::Text(row.text),
        Cell::Number(row.payments),
        Cell::Amount(row.left, row.currency),
        Cell::Text(row.became),
        Cell::Flag(row.alike),
        Cell::Text(row.code),
        Cell::Text(row.reference),
    ]
}
