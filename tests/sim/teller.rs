//! What the simulated cash clerks try: statements that join on or do not, payments applied to what is open of a
//! customer, settled as something else, taken back, sent back, and batches as the rules would find them.

use std::sync::{Arc, Mutex};

use chrono::Days;
use o2c::acts::Act;
use o2c::acts::import::{Beside, Import, Rows, Work};
use o2c::acts::payments::{self, Application, Batch, Line, Run, Settled};
use o2c::domain::bank::{BookedBalance, EntryKind, EntryRow, PaymentRow, Source, StatementRow};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;

use crate::inventor::{Inventor, text};

/// The company's account.
pub const ACCOUNT: &str = "DE89370400440532013000";

impl Inventor<'_> {
    pub fn bank(&mut self) -> Act {
        if self.model.state.bank.payments.len() < 3 {
            return self.statement();
        }
        match self.dice.from(0, 13) {
            0..=3 => self.statement(),
            4..=7 => Act::ApplyPayment(Box::new(self.application())),
            8 => {
                let (payment, left) = self.payment(0);
                Act::SettlePayment { payment, left, what: self.settled(left), text: text() }
            }
            9 => self.returned(),
            10 => {
                let credit = self.item(-1);
                let reason = if self.dice.one_in(9) { " ".into() } else { text() };
                Act::Refund { credit, amount: self.part(credit), date: self.date(), reason }
            }
            11 => {
                let (kind, value) =
                    [("account", "ACC1"), ("name", "Payer 1"), ("name", " ")][self.dice.from(0, 2) as usize];
                let (customer, held) = (self.customer(), !self.dice.one_in(3));
                Act::SetAlias { customer, kind: kind.into(), value: value.into(), held }
            }
            _ => {
                let count = self.dice.from(1, 3);
                let applications: Vec<Application> =
                    (0..count).map(|_| Application { learn: false, ..self.application() }).collect();
                let batch = Batch { applications, ..Batch::default() };
                let beside = payments::Beside(Arc::new(Mutex::new(batch)));
                Act::ApplyRun(Run { given: count as u64, first: 1, last: 1, beside })
            }
        }
    }

    /// A payment that mostly waits, with what is left of it; `sign` says which way it went, 0 either.
    fn payment(&mut self, sign: i64) -> (i64, i64) {
        let payments = &self.model.state.bank.payments;
        let able: Vec<usize> = (0..payments.len())
            .filter(|at| payments[*at].left != 0 && (sign == 0 || payments[*at].left.signum() == sign))
            .collect();
        if able.is_empty() || self.dice.one_in(20) {
            let payment = self.dice.from(1, payments.len() as i64 + 1);
            return (payment, self.dice.from(0, 5_000));
        }
        let at = able[self.dice.from(0, able.len() as i64 - 1) as usize];
        let stale = i64::from(self.dice.one_in(20));
        (at as i64 + 1, payments[at].left + stale)
    }

    fn settled(&mut self, left: i64) -> Settled {
        let items = &self.model.state.money.items;
        let entered = |kind: Kind| matches!(kind, Kind::Receipt | Kind::Refund);
        let known = items.iter().rposition(|item| entered(item.kind) && -item.amount == left);
        match self.dice.from(0, 5) {
            0 => Settled::Charge,
            1 => Settled::Transfer,
            2 => Settled::Elsewhere,
            _ => match known {
                Some(at) => Settled::Known(at as i64 + 1),
                None if self.dice.one_in(4) => Settled::Known(self.item(-1).max(1)),
                None if left < 0 => Settled::Against(self.payment(1).0),
                None => Settled::Elsewhere,
            },
        }
    }

    /// A return of a receipt that came from the bank, by a payment that went out, or something like it.
    fn returned(&mut self) -> Act {
        let (payment, left) = self.payment(-1);
        let items = &self.model.state.money.items;
        let part = self.dice.one_in(4);
        let fits = |at: &usize| {
            items[*at].kind == Kind::Receipt && items[*at].amount < 0 && (part || items[*at].amount >= left)
        };
        let able: Vec<usize> = (0..items.len()).filter(fits).collect();
        let receipt = match able.len() {
            0 => self.item(-1).max(1),
            count => able[self.dice.from(0, count as i64 - 1) as usize] as i64 + 1,
        };
        Act::ReturnPayment { payment, receipt, reason: text() }
    }

    fn application(&mut self) -> Application {
        let (payment, left) = self.payment(1);
        let customer = self.customer();
        let (money, opens) = (&self.model.state.money, self.model.state.money.opens());
        let whose = |at: &usize| money.items[*at].customer == customer && money.items[*at].currency == Currency::EUR;
        let debits: Vec<usize> = (0..opens.len()).filter(|at| opens[*at] > 0).filter(whose).collect();
        let credits: Vec<usize> = (0..opens.len()).filter(|at| opens[*at] < 0).filter(whose).collect();
        let amount = if self.dice.one_in(4) { self.dice.from(1, left.max(2)) } else { 0 };
        let mut budget = if amount == 0 { left } else { amount };
        let mut used = Vec::new();
        if let (false, true) = (credits.is_empty(), self.dice.one_in(3)) {
            let at = credits[self.dice.from(0, credits.len() as i64 - 1) as usize];
            let part = self.dice.from(1, -opens[at]);
            used.push((at as i64 + 1, part));
            if self.dice.one_in(8) {
                used.push((at as i64 + 1, 1));
            }
            budget += part;
        }
        let mut lines: Vec<Line> = Vec::new();
        for _ in 0..self.dice.from(0, 3) {
            let item = if debits.is_empty() || self.dice.one_in(25) {
                self.item(1).max(1)
            } else {
                debits[self.dice.from(0, debits.len() as i64 - 1) as usize] as i64 + 1
            };
            let at = (item - 1) as usize;
            let open = opens.get(at).copied().unwrap_or(5);
            if lines.iter().any(|line| line.item == item) {
                continue;
            }
            let mut line = Line { item, paid: budget.min(open).max(0), ..Line::default() };
            let short = (open - line.paid).max(0);
            match self.dice.from(0, 9) {
                0 => line.paid -= 1,
                1 => line.paid += 1,
                2 => line.discount = short.min(400),
                3 => line.difference = short.min(300),
                4 => (line.deducted, line.reason) = (short, "price".into()),
                5 => (line.deducted, line.reason) = (short.min(70), "mood".into()),
                6 => (line.discount, line.difference) = (short.min(100), 1),
                _ => {}
            }
            budget -= line.paid;
            lines.push(line);
        }
        if self.dice.one_in(30) {
            let line = Line { discount: 5, ..Line { item: self.item(1).max(1), ..Line::default() } };
            lines.push(line);
        }
        let (on_account, learn) = (self.dice.one_in(4), self.dice.one_in(4));
        Application {
            payment,
            left,
            customer,
            amount,
            lines,
            credits: used,
            on_account,
            learn,
            ..Application::default()
        }
    }

    fn statement(&mut self) -> Act {
        let bank = &self.model.state.bank;
        let (before, first) = (bank.statements.last().copied().unwrap_or(0), bank.statements.is_empty());
        let refunded: Vec<i64> = self
            .model
            .state
            .money
            .items
            .iter()
            .filter(|item| item.kind == Kind::Refund)
            .map(|item| -item.amount)
            .collect();
        let received: Vec<i64> = self
            .model
            .state
            .money
            .items
            .iter()
            .filter(|item| item.kind == Kind::Receipt)
            .map(|item| item.amount)
            .collect();
        let mut entries = Vec::new();
        let mut net = 0;
        for n in 0..self.dice.from(1, 3) {
            let (entry, repeated) = self.entry(n, &refunded, &received);
            net += if repeated { 0 } else { entry.amount };
            entries.push(entry);
        }
        let missing = if self.dice.one_in(12) { 7 } else { 0 };
        let closing = before + net + missing + if first { 10_000 } else { 0 };
        let row = StatementRow {
            line: 1,
            source: Source::Statement,
            format: "MT940".into(),
            number: format!("{}", self.n),
            account: ACCOUNT.into(),
            currency: Currency::EUR,
            from: self.today,
            to: self.today,
            opening: None,
            closing: Some(BookedBalance { amount: closing, on: self.today }),
            entries,
            left_out: 0,
            notices: Vec::new(),
        };
        let beside = Beside(Arc::new(Mutex::new(Work { rows: Rows::Statements(vec![row]), ..Work::default() })));
        Act::Import(Import {
            kind: "statement".into(),
            name: format!("s{}.sta", self.n),
            sha256: format!("statement {}", self.n),
            mapping: String::new(),
            skip_refused: false,
            unreadable: 0,
            accept_gap: self.dice.one_in(3),
            beside,
        })
    }

    /// One entry, and whether the book has it already.
    fn entry(&mut self, n: i64, refunded: &[i64], received: &[i64]) -> (EntryRow, bool) {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&(self.n + 1).to_be_bytes());
        key[15] = n as u8;
        let known = &self.model.state.bank.keys;
        let repeated = !known.is_empty() && self.dice.one_in(10);
        let pick = |dice: &mut crate::dice::Dice, from: &[i64]| match from.len() {
            0 => None,
            count => Some(from[dice.from(0, count as i64 - 1) as usize]),
        };
        if repeated {
            key = known[self.dice.from(0, known.len() as i64 - 1) as usize];
        }
        let (kind, amount) = match self.dice.from(0, 9) {
            0 => (EntryKind::Charge, -self.dice.from(1, 900)),
            1 => (EntryKind::Transfer, self.dice.from(1, 90_000)),
            2 => (EntryKind::Interest, self.dice.from(1, 900)),
            3 => (EntryKind::Other, pick(self.dice, refunded).unwrap_or(-700)),
            4 => (EntryKind::Return, pick(self.dice, received).unwrap_or(-800) - i64::from(self.dice.one_in(3)) * 300),
            5 => (EntryKind::Receipt, pick(self.dice, received).unwrap_or(-900).abs()),
            _ => (EntryKind::Receipt, self.dice.from(1, 150_000)),
        };
        let amount = if amount == 0 { 1 } else { amount };
        let day = self.today - Days::new(self.dice.from(0, 40) as u64 * u64::from(self.dice.one_in(6)));
        let payer = format!("Payer {}", self.dice.from(1, 3));
        let account = if self.dice.one_in(3) { String::new() } else { format!("ACC{}", self.dice.from(1, 3)) };
        let payment = PaymentRow { amount, payer, payer_account: account, ..PaymentRow::default() };
        let entry = EntryRow {
            line: n as u64 + 1,
            booked: day,
            value: day,
            currency: Currency::EUR,
            amount,
            kind,
            code: String::new(),
            reference: String::new(),
            key,
            content: None,
            likeness: key,
            payments: vec![payment],
        };
        (entry, repeated)
    }
}
