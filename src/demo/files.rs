//! Rows of the demo's nightly files: invoices as another system would send them, receipts as a bank does, several
//! invoices of one payer on one day in one transfer.

use std::iter::Peekable;
use std::vec::IntoIter;

use chrono::NaiveDate;

use super::clients::Client;
use super::history::Bill;
use super::stage::Loose;
use crate::formats::canonical::{CustomerRow, DocumentKind, InvoiceRow, ReceiptRow, StatedTax};

/// Where the demo's company is, and the tax it charges there in percent.
const HOME: &str = "DE";
const HOME_RATE: i64 = 19;

/// The row of an invoice; with `settled` the day and amount of its payment where the file says so.
pub(super) fn invoice(place: usize, bill: &Bill, client: &Client, settled: Option<(NaiveDate, i64)>) -> InvoiceRow {
    InvoiceRow {
        line: place as u64 + 2,
        number: Bill::number(place),
        customer: client.data.number.clone(),
        customer_name: None,
        document_date: bill.date,
        due_date: None,
        terms: Some(bill.terms.unwrap_or(&client.data.terms).to_owned()),
        terms_base: None,
        amount: bill.amount,
        currency: client.currency,
        kind: DocumentKind::Invoice,
        reference: None,
        order: Some(format!("PO-{}", 450_017 + place * 3)),
        settled_date: settled.map(|(on, _)| on),
        settled_amount: settled.map(|(_, amount)| amount),
        disputed: false,
        tax: taxed(bill, client),
    }
}

/// Invoices at home contain tax. Those a large book is told of at once come from a system that does not say it.
fn taxed(bill: &Bill, client: &Client) -> Option<Box<StatedTax>> {
    let is_taxed = bill.told && client.data.country == HOME;
    is_taxed.then(|| Box::new(StatedTax { rate: Some(HOME_RATE.into()), ..StatedTax::default() }))
}

/// The row of a credit note.
pub(super) fn credit_note(place: usize, note: &Loose, client: &Client) -> InvoiceRow {
    InvoiceRow {
        line: place as u64 + 2,
        number: format!("CN-{}", 3_001 + place),
        customer: client.data.number.clone(),
        customer_name: None,
        document_date: note.day,
        due_date: Some(note.day),
        terms: None,
        terms_base: None,
        amount: note.amount,
        currency: client.currency,
        kind: DocumentKind::CreditNote,
        reference: Some(note.text.clone()),
        order: None,
        settled_date: None,
        settled_amount: None,
        disputed: false,
        tax: None,
    }
}

/// The row of a customer.
pub(super) fn customer(place: usize, client: &Client) -> CustomerRow {
    let data = &client.data;
    CustomerRow {
        line: place as u64 + 2,
        id: data.number.clone(),
        name: data.name.clone(),
        group: None,
        country: Some(data.country.clone()),
        currency: Some(client.currency),
        terms: Some(data.terms.clone()),
        credit_limit: data.credit_limit,
        email: Some(data.email.clone()),
        phone: Some(data.phone.clone()),
        language: Some(data.language.clone()),
        owner: Some(data.owner.clone()),
        address: Some(data.address.clone()),
    }
}

/// One payment on its way to the bank.
#[derive(Debug, Clone)]
pub(super) struct Payment {
    /// The day it arrives.
    pub day: NaiveDate,
    /// Place of the payer.
    pub client: usize,
    /// The invoice and the part paid; `None` when the payer's text does not decide it.
    pub bill: Option<usize>,
    /// Minor units.
    pub amount: i64,
    /// What the payer wrote, where it is not just the invoice.
    pub text: String,
}

/// The bank's account statement: payments in the order they arrive.
pub(super) struct Bank {
    coming: Peekable<IntoIter<Payment>>,
    count: u64,
}

impl Bank {
    /// All payments before `today`, those of invoices for which `through_bank` says so and those nobody applied.
    pub fn new(bills: &[Bill], loose: &[Loose], today: NaiveDate, through_bank: impl Fn(&Bill) -> bool) -> Self {
        let mut coming: Vec<Payment> = Vec::new();
        for (place, bill) in bills.iter().enumerate().filter(|(_, bill)| through_bank(bill)) {
            for (day, amount) in bill.payments.iter().filter(|(day, _)| *day < today) {
                let (day, client, amount) = (*day, bill.client, *amount);
                coming.push(Payment { day, client, bill: Some(place), amount, text: String::new() });
            }
        }
        for loose in loose {
            let (day, client, amount, text) = (loose.day, loose.client, loose.amount, loose.text.clone());
            coming.push(Payment { day, client, bill: None, amount, text });
        }
        coming.sort_by_key(|payment| (payment.day, payment.client, payment.bill.is_none()));
        Bank { coming: coming.into_iter().peekable(), count: 0 }
    }

    /// Takes what arrived before `day` as rows of a file.
    pub fn before(&mut self, day: NaiveDate, clients: &[Client]) -> Vec<ReceiptRow> {
        let mut rows = Vec::new();
        while let Some(first) = self.coming.next_if(|payment| payment.day < day) {
            let mut together = vec![first];
            while let Some(next) = self.coming.next_if(|next| {
                let first = &together[0];
                first.bill.is_some() && next.bill.is_some() && (next.day, next.client) == (first.day, first.client)
            }) {
                together.push(next);
            }
            rows.push(self.row(&together, clients));
        }
        rows
    }

    fn row(&mut self, together: &[Payment], clients: &[Client]) -> ReceiptRow {
        self.count += 1;
        let first = &together[0];
        let client = &clients[first.client];
        let numbers: Vec<String> = together.iter().filter_map(|payment| payment.bill).map(Bill::number).collect();
        let text = if first.text.is_empty() { numbers.join(" ") } else { first.text.clone() };
        let method = match self.count % 23 {
            4 => "card",
            11 => "cheque",
            _ => "transfer",
        };
        ReceiptRow {
            line: self.count + 1,
            reference: format!("BK{}-{:05}", first.day.format("%y%m%d"), 10_000 + self.count * 7 % 90_000),
            customer: Some(client.data.number.clone()),
            date: first.day,
            amount: together.iter().map(|payment| payment.amount).sum(),
            currency: client.currency,
            method: Some(method.to_owned()),
            text: Some(text),
            allocations: together
                .iter()
                .filter_map(|payment| payment.bill.map(|place| (Bill::number(place), payment.amount)))
                .collect(),
        }
    }
}
