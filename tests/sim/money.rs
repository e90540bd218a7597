//! The model's postings by hand and by file: the ledger model does the amounts, this file adds terms, customers and what
//! a file may bring.

use std::collections::HashMap;

use chrono::Days;
use o2c::acts::Act;
use o2c::acts::import::{Import, Rows};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::limits::LimitKind;
use o2c::formats::canonical::{DocumentKind as RowKind, InvoiceRow, ReceiptRow};
use o2c::store::people::CustomerData;

use crate::model::{Code, Ctx, State, Wrong, Wrote, empty};

/// What became of a row of a file.
enum Row {
    Taken,
    Known,
    Refused,
    Zero,
}

/// What a file credited so far, by the numbers of customers.
#[derive(Default)]
struct Credits {
    alone: bool,
    noted: bool,
    so_far: HashMap<String, i64>,
}

impl State {
    pub fn money_act(&mut self, ctx: Ctx<'_>, act: &Act) -> Result<Wrote, Code> {
        let closed = self.money.closed;
        if ctx.wrong == Some(Wrong::ClosedMonths) {
            self.money.closed = None;
        }
        let money = match act {
            Act::Import(import) => return self.import(ctx, import),
            Act::PostDocument { amount, number, .. } if (1..10_000_000_000_000).contains(amount) && empty(number) => {
                Err("TXT-05")
            }
            Act::PostDocument { kind, customer, date, due, .. } => {
                let mut act = act.clone();
                if let (Act::PostDocument { due: known, .. }, Ok(at)) = (&mut act, self.customer(*customer)) {
                    let days: u64 = self.customers[at].data().terms.parse().unwrap_or(0);
                    let days = if *kind == Kind::CreditNote { 0 } else { days };
                    *known = due.or(Some(*date + Days::new(days)));
                }
                self.money.run(ctx.act, &act, ctx.today)
            }
            Act::Credit { reason, amount, .. } | Act::WriteOff { reason, amount, .. }
                if (1..10_000_000_000_000).contains(amount) && empty(reason) =>
            {
                Err("TXT-05")
            }
            other => self.money.run(ctx.act, other, ctx.today),
        };
        let money = match (act, money) {
            (Act::Apply { credit, applied, effective }, Err("AMT-06")) if ctx.wrong == Some(Wrong::OneCentMore) => {
                let less = applied.iter().map(|(item, amount)| (*item, amount - 1)).collect();
                let act = Act::Apply { credit: *credit, applied: less, effective: *effective };
                self.money.run(ctx.act, &act, ctx.today)
            }
            (_, money) => money,
        };
        let money = money.and_then(|money| {
            if let Act::Unapply { allocation, effective, .. } = act {
                self.withdraw(ctx, *allocation as usize - 1, *effective)?;
            }
            Ok(money)
        });
        self.money.closed = closed;
        Ok(Wrote { money: money?, ..Wrote::default() })
    }

    fn import(&mut self, ctx: Ctx<'_>, import: &Import) -> Result<Wrote, Code> {
        let key = (import.sha256.clone(), import.kind.clone());
        if self.files.get(&key) == Some(&false) {
            return Err("IMP-01");
        }
        let work = import.beside.0.lock().expect("rows");
        let mut wrote = Wrote::default();
        let mut seen: Vec<&InvoiceRow> = Vec::new();
        let mut credits = Credits { alone: self.is_alone(ctx), ..Credits::default() };
        let (mut taken, mut refused) = (0, 0);
        let mut count = |row: Row| match row {
            Row::Taken => taken += 1,
            Row::Refused => refused += 1,
            Row::Known | Row::Zero => {}
        };
        match &work.rows {
            Rows::Invoices(rows) => {
                for row in rows {
                    count(self.invoice(ctx, row, &mut seen, &mut credits, &mut wrote));
                }
            }
            Rows::Receipts(rows) => {
                for row in rows {
                    let before = self.money.clone();
                    match self.receipt(row, &mut wrote) {
                        Ok(row) => count(row),
                        Err(_) => {
                            self.money = before;
                            count(Row::Refused);
                        }
                    }
                }
            }
            Rows::Statements(rows) => {
                for row in rows {
                    taken += self.statement(ctx, row, import.accept_gap)?;
                }
            }
            _ => {}
        }
        if refused > 0 && !import.skip_refused {
            return Err("IMP-07");
        }
        if taken == 0 {
            return Err("IMP-02");
        }
        self.files.insert(key, refused > 0);
        wrote.counts = !credits.noted;
        Ok(wrote)
    }

    /// Whether a credit note of a file is within the limit of who imports it, with those before it.
    fn may_credit(&self, ctx: Ctx<'_>, row: &InvoiceRow, credits: &mut Credits) -> bool {
        if credits.noted {
            return true;
        }
        let customer = self.customers.iter().position(|known| known.data().number == row.customer);
        let earlier = customer.map_or(0, |at| self.reduced_before(ctx, LimitKind::CreditNote, at as i64 + 1));
        let before = credits.so_far.get(&row.customer).copied().unwrap_or(earlier);
        let sum = (row.amount, row.currency, row.document_date);
        let counted = self.judged(ctx, sum).map(|based| based + before);
        match counted.filter(|counted| self.people[ctx.who].covers(LimitKind::CreditNote, *counted)) {
            Some(counted) => drop(credits.so_far.insert(row.customer.clone(), counted)),
            None if credits.alone => credits.noted = true,
            None => return false,
        }
        true
    }

    fn invoice<'r>(
        &mut self,
        ctx: Ctx<'_>,
        row: &'r InvoiceRow,
        seen: &mut Vec<&'r InvoiceRow>,
        credits: &mut Credits,
        wrote: &mut Wrote,
    ) -> Row {
        if empty(&row.number) {
            return Row::Refused;
        }
        if row.amount == 0 {
            return Row::Zero;
        }
        let alike = |one: &InvoiceRow| {
            let content = |row: &InvoiceRow| (row.customer.clone(), row.document_date, row.amount, row.currency);
            content(one) == content(row)
        };
        if let Some(before) = seen.iter().rev().find(|one| one.number == row.number && one.kind == row.kind) {
            let same = alike(before);
            seen.push(row);
            return if same { Row::Known } else { Row::Refused };
        }
        seen.push(row);
        let kind = if row.kind == RowKind::CreditNote { Kind::CreditNote } else { Kind::Invoice };
        if let Some(known) = self.money.numbered(kind, &row.number) {
            let item = &self.money.items[known];
            let customer = &self.customers[item.customer as usize - 1].data().number;
            let same = (item.amount.abs(), item.currency, item.date) == (row.amount, row.currency, row.document_date);
            return if same && *customer == row.customer { Row::Known } else { Row::Refused };
        }
        let settled = row.settled_date;
        if self.money.open_day(row.document_date).is_err() || settled.is_some_and(|on| self.money.open_day(on).is_err())
        {
            return Row::Refused;
        }
        if kind == Kind::CreditNote && !self.may_credit(ctx, row, credits) {
            return Row::Refused;
        }
        let customer = self.customers.iter().position(|known| known.data().number == row.customer);
        let customer = customer.unwrap_or_else(|| {
            let data = CustomerData {
                number: row.customer.clone(),
                name: row.customer.clone(),
                currency: row.currency.code().to_owned(),
                risk: 50,
                ..CustomerData::default()
            };
            let (at, version) = self.put(None, data);
            wrote.versions.push((at, version));
            at
        });
        let customer = customer as i64 + 1;
        let (date, due) = (row.document_date, row.due_date.unwrap_or(row.document_date));
        let amount = if kind == Kind::CreditNote { -row.amount } else { row.amount };
        self.money.new_number(kind, &row.number).expect("a new number");
        let item = self.money.item(kind, customer, date, due, row.currency, amount);
        wrote.money.items.push(item);
        if let Some(on) = settled {
            self.money.new_number(Kind::Receipt, &format!("PAY-{}", row.number)).expect("a new number");
            let paid = self.money.item(Kind::Receipt, customer, on, on, row.currency, -amount);
            wrote.money.items.push(paid);
            wrote.money.links.push(self.money.link(item, paid, amount, on).expect("an open day"));
        }
        Row::Taken
    }

    fn receipt(&mut self, row: &ReceiptRow, wrote: &mut Wrote) -> Result<Row, Code> {
        if empty(&row.reference) {
            return Err("TXT-05");
        }
        if row.amount <= 0 {
            return Err("AMT-05");
        }
        let number_of = |state: &State, number: &String| -> Option<usize> {
            let known = state.money.numbered(Kind::Invoice, number);
            known.or_else(|| state.money.numbered(Kind::DebitNote, number))
        };
        let named = match &row.customer {
            Some(number) => Some(self.customers.iter().position(|known| known.data().number == *number)),
            None => None,
        };
        if let Some(known) = self.money.numbered(Kind::Receipt, &row.reference) {
            let item = &self.money.items[known];
            let first = row.allocations.first().and_then(|(invoice, _)| number_of(self, invoice));
            let payer = match named {
                Some(named) => named.map_or(0, |at| at as i64 + 1),
                None => first.map_or(item.customer, |at| self.money.items[at].customer),
            };
            let content = (-item.amount, item.currency, item.date, item.customer);
            return if content == (row.amount, row.currency, row.date, payer) { Ok(Row::Known) } else { Err("IMP-03") };
        }
        let mut customer = match named {
            Some(named) => Some(named.ok_or("IMP-05")? as i64 + 1),
            None => None,
        };
        let mut shares = Vec::new();
        for (invoice, amount) in &row.allocations {
            let item = number_of(self, invoice).ok_or("IMP-05")?;
            let owner = self.money.items[item].customer;
            if *customer.get_or_insert(owner) != owner || self.money.items[item].currency != row.currency {
                return Err("AMT-10");
            }
            let taken: i64 = shares.iter().filter(|share: &&(i64, i64)| share.0 == item as i64 + 1).map(|s| s.1).sum();
            if *amount > self.money.open(item) - taken {
                return Err("AMT-06");
            }
            shares.push((item as i64 + 1, *amount));
        }
        let customer = customer.ok_or("IMP-05")?;
        self.money.new_number(Kind::Receipt, &row.reference)?;
        let (credit, links) = self.money.receipt((customer, row.currency), row.amount, &shares, row.date)?;
        wrote.money.items.push(credit);
        wrote.money.links.extend(links);
        Ok(Row::Taken)
    }
}
