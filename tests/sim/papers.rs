//! What the simulated people post: documents, receipts, applications, credits, and files of rows.

use chrono::Days;
use o2c::acts::Act;
use o2c::acts::import::{Beside, Import, Rows, Work};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;
use o2c::formats::canonical::{DocumentKind as RowKind, InvoiceRow, ReceiptRow};

use crate::inventor::{Inventor, text};

impl Inventor<'_> {
    pub fn document(&mut self) -> Act {
        let kind = [Kind::Invoice, Kind::Invoice, Kind::Invoice, Kind::DebitNote, Kind::CreditNote]
            [self.dice.from(0, 4) as usize];
        let date = self.date();
        let due = match self.dice.from(0, 9) {
            0 => Some(date - Days::new(1)),
            1..=5 => None,
            _ => Some(date + Days::new(self.dice.from(0, 45) as u64)),
        };
        let number = match self.dice.from(0, 20) {
            0 => "INV-1".into(),
            1 => format!("C-{}", self.dice.from(1, 9)),
            2 => " ".into(),
            _ => format!("INV-{}", self.n),
        };
        let (customer, currency, amount) = (self.customer(), self.currency(), self.amount());
        Act::PostDocument {
            kind,
            number,
            customer,
            date,
            terms: String::new(),
            due,
            currency,
            amount,
            reference: String::new(),
            order: String::new(),
            tax: Vec::new(),
        }
    }

    pub fn receipt(&mut self) -> Act {
        let (customer, currency, amount, date) = (self.customer(), self.currency(), self.amount(), self.date());
        let reference = match self.dice.from(0, 9) {
            0 => format!("R-{}", self.dice.from(1, 9)),
            1..=4 => String::new(),
            _ => format!("TRX {}", self.n),
        };
        let applied = self.shares(customer, currency, amount);
        Act::PostReceipt {
            customer,
            reference,
            date,
            currency,
            amount,
            method: "transfer".into(),
            text: String::new(),
            applied,
        }
    }

    pub fn apply(&mut self) -> Act {
        let credit = self.item(-1);
        let effective = self.date();
        let known = self.model.state.item(credit).map(|at| &self.model.state.money.items[at]);
        let (customer, currency) = known.map_or((1, Currency::EUR), |item| (item.customer, item.currency));
        let most = self.part(credit);
        let applied = (0..4).map(|_| self.shares(customer, currency, most)).find(|shares| !shares.is_empty());
        Act::Apply { credit, applied: applied.unwrap_or_default(), effective }
    }

    pub fn unapply(&mut self) -> Act {
        let links = &self.model.state.money.links;
        let live: Vec<usize> = (0..links.len()).filter(|at| !links[*at].taken_back && links[*at].amount > 0).collect();
        let allocation = if live.is_empty() || self.dice.one_in(5) {
            self.dice.from(1, links.len() as i64 + 1)
        } else {
            live[self.dice.from(0, live.len() as i64 - 1) as usize] as i64 + 1
        };
        Act::Unapply { allocation, effective: self.date(), reason: text() }
    }

    pub fn reduction(&mut self) -> Act {
        let item = self.item(1);
        let amount = if self.dice.one_in(2) { self.part(item).min(45_000) } else { self.part(item) };
        let date = self.date();
        let reason = if self.dice.one_in(30) { " ".into() } else { text() };
        if self.dice.one_in(2) {
            Act::Credit { item, amount, date, reason }
        } else {
            Act::WriteOff { item, amount, date, reason }
        }
    }

    /// A file of a few rows: new ones, known ones, ones that contradict the book. Its fingerprint names what is in it,
    /// so that a few files come again.
    pub fn file(&mut self) -> Act {
        let kind = if self.dice.one_in(2) { "invoices" } else { "receipts" };
        let count = self.dice.from(0, 3);
        let rows = if kind == "invoices" {
            Rows::Invoices((0..count).map(|line| self.invoice_row(line as u64 + 2)).collect())
        } else {
            Rows::Receipts((0..count).map(|line| self.receipt_row(line as u64 + 2)).collect())
        };
        let name = if self.dice.one_in(4) { "again".into() } else { format!("file {}", self.n) };
        Act::Import(Import {
            kind: kind.into(),
            name: name.clone(),
            sha256: name,
            mapping: String::new(),
            skip_refused: self.dice.one_in(2),
            unreadable: 0,
            accept_gap: false,
            beside: Beside(std::sync::Arc::new(std::sync::Mutex::new(Work { rows, ..Work::default() }))),
        })
    }

    fn number_of_customer(&mut self) -> String {
        let at = self.customer() as usize - 1;
        let known = self.model.state.customers.get(at).map(|known| known.data().number.clone());
        known.unwrap_or_else(|| format!("F{}", self.n))
    }

    fn invoice_row(&mut self, line: u64) -> InvoiceRow {
        let date = self.date();
        let kind = if self.dice.one_in(5) { RowKind::CreditNote } else { RowKind::Invoice };
        let settled = kind == RowKind::Invoice && self.dice.one_in(3);
        let number =
            if self.dice.one_in(6) { "INV-1".into() } else { format!("F-{}-{}", self.n, self.dice.from(1, 3)) };
        InvoiceRow {
            line,
            number,
            customer: self.number_of_customer(),
            customer_name: None,
            document_date: date,
            due_date: Some(date + Days::new(self.dice.from(0, 30) as u64)),
            terms: None,
            terms_base: None,
            amount: self.dice.from(0, 20) * 1_000,
            currency: self.currency(),
            kind,
            reference: None,
            order: None,
            settled_date: settled.then(|| date + Days::new(2)),
            settled_amount: None,
            disputed: false,
            tax: None,
        }
    }

    fn receipt_row(&mut self, line: u64) -> ReceiptRow {
        let item = self.item(1);
        let money = &self.model.state.money;
        let known = self.model.state.item(item).ok();
        let named = known.and_then(|at| money.places.iter().position(|place| *place == at));
        let number = named.map_or_else(|| "X-9".into(), |at| money.numbers[at].1.clone());
        let currency = known.map_or(Currency::EUR, |at| money.items[at].currency);
        let part = self.part(item).clamp(1, 9_000_000);
        let customer = if self.dice.one_in(2) { Some(self.number_of_customer()) } else { None };
        let reference = if self.dice.one_in(8) { "TRX 20".into() } else { format!("B-{}-{line}", self.n) };
        ReceiptRow {
            line,
            reference,
            customer,
            date: self.date(),
            amount: part + self.dice.from(0, 1) * 500,
            currency,
            method: None,
            text: None,
            allocations: if self.dice.one_in(5) { Vec::new() } else { vec![(number, part)] },
        }
    }
}
