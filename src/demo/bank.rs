//! The bank's statement of the demo's last working day: money for open invoices, told as payers tell it, and what else
//! moves on an account. Nothing of it is applied yet: that is what the Cash screen and the rules are for.

use chrono::NaiveDate;

use super::dice::Dice;
use super::scribe::Scribe;
use crate::acts::import::Rows;
use crate::acts::{Act, ActKey, Failure};
use crate::domain::bank::{BookedBalance, EntryKind, EntryRow, PaymentRow, Source, StatementRow};
use crate::domain::money::Currency;
use crate::store::Tx;

/// The company's account.
const ACCOUNT: &str = "DE89370400440532013000";

/// Customers looked at for something to pay.
const CUSTOMERS: i64 = 90;

/// Payments of customers on the statement, at most.
const PAYMENTS: usize = 36;

/// What was on the account before.
const OPENING: i64 = 41_250_318;

/// Adds the account, on the first day of the story.
pub(super) fn account(scribe: &mut Scribe<'_>, currency: Currency) -> Result<(), Failure> {
    let (name, number) = ("Main account".to_owned(), ACCOUNT.to_owned());
    scribe.act(super::user(), Act::AddBankAccount { name, number, currency }).map(drop)
}

/// Takes the statement of `day` in.
pub(super) fn arrives(scribe: &mut Scribe<'_>, seed: u64, day: NaiveDate, currency: Currency) -> Result<(), Failure> {
    let mut dice = Dice::new(seed, 11);
    let payments = scribe.look(|tx| paid(tx, &mut dice, currency))?;
    let mut entries: Vec<EntryRow> = Vec::with_capacity(payments.len() + 3);
    for (kind, payment) in payments.into_iter().map(|payment| (EntryKind::Receipt, payment)).chain(others()) {
        entries.push(entry(seed, entries.len() as u64 + 1, (day, currency), kind, payment));
    }
    let net: i64 = entries.iter().map(|entry| entry.amount).sum();
    let row = StatementRow {
        line: 1,
        source: Source::Statement,
        format: "camt.053.001.08".to_owned(),
        number: format!("{day}"),
        account: ACCOUNT.to_owned(),
        currency,
        from: day,
        to: day,
        opening: Some(BookedBalance { amount: OPENING, on: day }),
        closing: Some(BookedBalance { amount: OPENING + net, on: day }),
        entries,
        left_out: 0,
        notices: Vec::new(),
    };
    scribe.import("statement", format!("statement-{day}.xml"), Rows::Statements(vec![row]))
}

fn entry(
    seed: u64,
    line: u64,
    (day, currency): (NaiveDate, Currency),
    kind: EntryKind,
    payment: PaymentRow,
) -> EntryRow {
    let reference = format!("{}{line:06}", day.format("%y%m%d"));
    let key = |area: &str| ActKey::named(&format!("demo {seed} {area} {reference}")).0;
    EntryRow {
        line,
        booked: day,
        value: day,
        currency,
        amount: payment.amount,
        kind,
        code: match kind {
            EntryKind::Receipt => "PMNT RCDT ESCT",
            EntryKind::Charge => "ACMT MDOP CHRG",
            _ => "PMNT ICDT ESCT",
        }
        .to_owned(),
        key: key("entry"),
        content: Some(key("content")),
        likeness: key("likeness"),
        reference,
        payments: vec![payment],
    }
}

/// What moves beside customers' money: a charge, rent, somebody nobody knows.
fn others() -> impl Iterator<Item = (EntryKind, PaymentRow)> {
    let row = |amount, payer: &str, text: &str| PaymentRow {
        amount,
        payer: payer.to_owned(),
        text: text.to_owned(),
        ..PaymentRow::default()
    };
    [
        (EntryKind::Charge, row(-1_890, "", "Account fee")),
        (EntryKind::Payment, row(-640_000, "Hansa Immobilien", "Rent office and warehouse")),
        (EntryKind::Receipt, row(48_730, "Tax office", "VAT refund")),
        (EntryKind::Receipt, row(125_000, "J. Marsh", "thank you")),
    ]
    .into_iter()
}

/// Payments for open invoices, each told in another way.
fn paid(tx: &Tx<'_>, dice: &mut Dice, currency: Currency) -> Result<Vec<PaymentRow>, Failure> {
    let mut rows = Vec::new();
    for id in 1..=CUSTOMERS {
        if rows.len() == PAYMENTS {
            break;
        }
        let Ok(customer) = tx.customer(id) else { break };
        let open = tx.open_debits(id, currency)?;
        let (Some((number, amount)), true) = (open.first(), dice.chance(700)) else { continue };
        let (amount, text) = told(rows.len(), number, *amount, &open, dice);
        rows.push(PaymentRow {
            amount,
            payer: customer.data.name.clone(),
            payer_account: format!("DE{:020}", 10_000_000 + id * 7_919),
            end_to_end: format!("PAY{}", 40_000 + dice.below(9_999)),
            text,
            ..PaymentRow::default()
        });
    }
    Ok(rows)
}

/// The amount of a payment and what its payer writes.
fn told(place: usize, number: &str, amount: i64, open: &[(String, i64)], dice: &mut Dice) -> (i64, String) {
    let digits = number.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    match place % 9 {
        0 | 4 => (amount, format!("Invoice {number}")),
        1 if open.len() > 1 => (amount + open[1].1, format!("{number} + {}", open[1].0)),
        1 | 5 => (amount, format!("Rg. {digits}")),
        2 => (amount - amount * dice.between(2, 6) / 100, format!("{number} less damaged goods")),
        3 => (amount + dice.between(1, 90) * 100, format!("{number} and the next one")),
        6 => (open.iter().map(|(_, amount)| amount).sum(), "Account cleared".to_owned()),
        7 => (amount / 2, "Part payment".to_owned()),
        _ => (amount, String::new()),
    }
}
