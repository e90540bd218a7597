//! The model's money from the bank: statements that join on, payments applied, settled, returned and sent back, and the
//! taking back of each. Written from the rules of cash application; the ledger model does the amounts.

use chrono::NaiveDate;
use o2c::acts::Act;
use o2c::acts::payments::{Application, Line, Settled};
use o2c::domain::bank::{EntryKind, StatementRow};
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;

use crate::cases::department_of;
use crate::ledger;
use crate::model::{Code, Ctx, Need, Second, State, Wrote, empty, place};

#[derive(Clone, Debug)]
pub struct Payment {
    pub value: NaiveDate,
    pub amount: i64,
    pub left: i64,
    pub payer: String,
    pub account: String,
}

/// What became of a part of a payment. `item` is the item of the document it became or is.
#[derive(Clone, Debug)]
pub struct Part {
    pub payment: usize,
    pub what: &'static str,
    pub amount: i64,
    pub item: Option<usize>,
    pub act: i64,
    pub takes_back: Option<usize>,
    pub live: bool,
}

#[derive(Clone, Debug)]
pub struct Alias {
    pub customer: i64,
    pub kind: String,
    pub value: String,
    pub held: bool,
}

/// The one bank account of the company.
#[derive(Clone, Default)]
pub struct Bank {
    pub statements: Vec<i64>,
    pub keys: Vec<[u8; 16]>,
    pub payments: Vec<Payment>,
    pub parts: Vec<Part>,
    pub aliases: Vec<Alias>,
}

fn positive(amount: i64) -> Result<(), Code> {
    match amount {
        ..=0 => Err("AMT-05"),
        10_000_000_000_000.. => Err("AMT-02"),
        _ => Ok(()),
    }
}

impl Bank {
    /// The part by which a document stands beside the bank's money.
    fn of_item(&self, item: usize) -> Option<&Part> {
        let stands = |part: &&Part| part.live && ["receipt", "on account", "known"].contains(&part.what);
        self.parts.iter().filter(stands).find(|part| part.item == Some(item))
    }

    fn add(&mut self, ctx: Ctx<'_>, payment: usize, what: &'static str, amount: i64, item: Option<usize>) {
        self.payments[payment].left -= amount;
        self.parts.push(Part { payment, what, amount, item, act: ctx.act, takes_back: None, live: true });
    }

    fn knows(&self, customer: i64, kind: &str, value: &str) -> bool {
        let of = |alias: &&Alias| alias.customer == customer && alias.kind == kind && alias.value == value;
        self.aliases.iter().rev().find(of).is_some_and(|alias| alias.held)
    }
}

impl State {
    pub fn bank_act(&mut self, ctx: Ctx<'_>, act: &Act) -> Result<Wrote, Code> {
        match act {
            Act::AddBankAccount { .. } => Ok(Wrote::default()),
            Act::ApplyPayment(application) => self.apply_payment(ctx, application),
            Act::ApplyRun(run) => {
                let batch = run.beside.0.lock().expect("a batch");
                let mut all = Wrote::default();
                for one in &batch.applications {
                    if self.fits(one)? {
                        let wrote = self.apply_payment(ctx, one)?;
                        all.money.items.extend(wrote.money.items);
                        all.money.links.extend(wrote.money.links);
                        all.cases.extend(wrote.cases);
                    }
                }
                Ok(all)
            }
            Act::SettlePayment { payment, left, what, .. } => {
                let at = self.waiting(*payment, *left)?;
                self.settle(ctx, at, what)
            }
            Act::ReturnPayment { payment, receipt, .. } => self.give_back(ctx, *payment, *receipt),
            Act::Refund { credit, amount, date, reason } => self.refund(*credit, *amount, *date, reason),
            Act::SetAlias { customer, kind, value, held } => {
                self.customer(*customer)?;
                if empty(value) || self.bank.knows(*customer, kind, value) == *held {
                    return Err("AUT-07");
                }
                let alias = Alias { customer: *customer, kind: kind.clone(), value: value.clone(), held: *held };
                self.bank.aliases.push(alias);
                Ok(Wrote::default())
            }
            other => panic!("not of the bank: {other:?}"),
        }
    }

    /// The first day on or after this one that is not of a closed month.
    fn shifted(&self, day: NaiveDate) -> NaiveDate {
        match self.money.closed {
            Some(closed) if day <= closed => closed.succ_opt().expect("a day"),
            _ => day,
        }
    }

    fn waiting(&self, payment: i64, left: i64) -> Result<usize, Code> {
        let at = place(payment, self.bank.payments.len())?;
        if left == 0 || self.bank.payments[at].left != left { Err("ACT-03") } else { Ok(at) }
    }

    /// Takes a statement in: how many entries are new.
    pub fn statement(&mut self, ctx: Ctx<'_>, row: &StatementRow, accept_gap: bool) -> Result<u64, Code> {
        let new: Vec<_> = row.entries.iter().filter(|entry| !self.bank.keys.contains(&entry.key)).collect();
        let last = self.bank.statements.last().copied();
        if new.is_empty() && last.is_some() {
            return Ok(0);
        }
        let net: i64 = new.iter().map(|entry| entry.amount).sum();
        let closing = row.closing.expect("a closing balance").amount;
        if last.is_some_and(|last| last + net != closing) && !accept_gap {
            return Err("BNK-04");
        }
        self.bank.statements.push(closing);
        for entry in &new {
            self.bank.keys.push(entry.key);
            for payment in &entry.payments {
                self.bank.payments.push(Payment {
                    value: entry.value,
                    amount: payment.amount,
                    left: payment.amount,
                    payer: payment.payer.clone(),
                    account: payment.payer_account.clone(),
                });
                let what = match entry.kind {
                    EntryKind::Charge => "charge",
                    EntryKind::Transfer => "transfer",
                    EntryKind::Interest => "elsewhere",
                    _ => continue,
                };
                self.bank.add(ctx, self.bank.payments.len() - 1, what, payment.amount, None);
            }
        }
        Ok(new.len().max(1) as u64)
    }

    /// Whether what the rules found still stands: the payment, every item and every credit as they were.
    fn fits(&self, one: &Application) -> Result<bool, Code> {
        let payment = &self.bank.payments[place(one.payment, self.bank.payments.len())?];
        if payment.left != one.left || payment.left == 0 {
            return Ok(false);
        }
        for line in &one.lines {
            let at = self.item(line.item)?;
            let item = &self.money.items[at];
            let takes = line.paid + line.discount + line.difference + line.deducted;
            if item.customer != one.customer || item.currency != Currency::EUR || self.money.open(at) < takes {
                return Ok(false);
            }
        }
        for (id, amount) in &one.credits {
            let at = self.item(*id)?;
            if self.money.items[at].customer != one.customer || -self.money.open(at) < *amount {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn apply_payment(&mut self, ctx: Ctx<'_>, one: &Application) -> Result<Wrote, Code> {
        let at = self.waiting(one.payment, one.left)?;
        let payment = self.bank.payments[at].clone();
        if payment.amount < 0 {
            return Err("AMT-11");
        }
        let amount = if one.amount == 0 { payment.left } else { one.amount };
        positive(amount)?;
        if amount > payment.left {
            return Err("AMT-06");
        }
        self.customer(one.customer)?;
        let date = self.shifted(payment.value);
        let mut wrote = Wrote::default();
        // The chosen credits are used up first, then the money itself, whose receipt is posted last.
        let mut sources: Vec<(usize, i64)> = Vec::new();
        for (id, amount) in &one.credits {
            positive(*amount)?;
            let item = self.item(*id)?;
            let known = &self.money.items[item];
            let twice = sources.iter().any(|source| source.0 == item);
            if twice || known.amount > 0 || known.currency != Currency::EUR || -self.money.open(item) < *amount {
                return Err("AMT-06");
            }
            sources.push((item, *amount));
        }
        let mut paid: Vec<(i64, i64)> = Vec::new();
        for line in &one.lines {
            let debit = self.item(line.item)?;
            if self.money.items[debit].customer != one.customer {
                return Err("AMT-10");
            }
            self.reductions(one.customer, line, date, &mut wrote)?;
            let mut due = line.paid;
            if due < 0 || (due == 0 && line.discount == 0 && line.difference == 0 && line.deducted == 0) {
                return Err("AMT-05");
            }
            for (credit, left) in &mut sources {
                let part = due.min(*left);
                if part > 0 {
                    wrote.money.links.extend(self.money.set_against(*credit, &[(line.item, part)], date)?);
                    (*left, due) = (*left - part, due - part);
                }
            }
            if due > 0 {
                paid.push((line.item, due));
            }
        }
        let needed: i64 = paid.iter().map(|part| part.1).sum();
        if sources.iter().any(|source| source.1 > 0) || needed > amount {
            return Err("AMT-06");
        }
        self.numbered(Kind::Receipt, 0, "R");
        let (receipt, links) = self.money.receipt((one.customer, Currency::EUR), amount, &paid, date)?;
        wrote.money.items.push(receipt);
        wrote.money.links.extend(links);
        self.deductions(ctx, one, &mut wrote)?;
        self.bank.add(ctx, at, if one.on_account { "on account" } else { "receipt" }, amount, Some(receipt));
        for (kind, value) in [("account", &payment.account), ("name", &payment.payer)] {
            if one.learn && !value.is_empty() && !self.bank.knows(one.customer, kind, value) {
                let (customer, kind, value) = (one.customer, kind.to_owned(), value.clone());
                self.bank.aliases.push(Alias { customer, kind, value, held: true });
            }
        }
        Ok(wrote)
    }

    /// What the payer deducted is in dispute; what is so already stays in its case.
    fn deductions(&mut self, ctx: Ctx<'_>, one: &Application, wrote: &mut Wrote) -> Result<(), Code> {
        for line in one.lines.iter().filter(|line| line.deducted > 0) {
            let (item, reason) = (line.item, line.reason.clone());
            let of = &self.money.items[item as usize - 1];
            let (open, disputed) = (self.money.open(item as usize - 1), of.disputed);
            let amount = line.deducted - (line.deducted - (open - disputed).max(0)).clamp(0, disputed);
            if amount == 0 {
                department_of(&reason)?;
                continue;
            }
            let dispute = Act::OpenDispute { item, amount, reason, text: String::new() };
            wrote.cases.extend(self.case_act(ctx, &dispute)?.cases);
        }
        Ok(())
    }

    /// The discount and the difference of a line, each a document that closes its part of the item.
    fn reductions(&mut self, of: i64, line: &Line, date: NaiveDate, wrote: &mut Wrote) -> Result<(), Code> {
        let debit = self.item(line.item)?;
        let kinds = [(Kind::Discount, 3, "S", line.discount), (Kind::Difference, 4, "F", line.difference)];
        for (kind, series, letter, amount) in kinds.into_iter().filter(|kind| kind.3 != 0) {
            positive(amount)?;
            self.numbered(kind, series, letter);
            let currency = self.money.items[debit].currency;
            let on = self.shifted(date.max(self.money.items[debit].date));
            let credit = self.money.item(kind, of, on, on, currency, -amount);
            wrote.money.items.push(credit);
            wrote.money.links.extend(self.money.set_against(credit, &[(line.item, amount)], on)?);
        }
        Ok(())
    }

    /// Takes the next number of a series for the item that follows.
    pub fn numbered(&mut self, kind: Kind, series: usize, letter: &str) {
        let number = self.money.free_number(kind, series, letter);
        self.money.new_number(kind, &number).expect("a free number");
    }

    fn settle(&mut self, ctx: Ctx<'_>, at: usize, what: &Settled) -> Result<Wrote, Code> {
        let left = self.bank.payments[at].left;
        let (word, item) = match what {
            Settled::Charge => ("charge", None),
            Settled::Transfer => ("transfer", None),
            Settled::Elsewhere => ("elsewhere", None),
            Settled::Against(other) => {
                let other = place(*other, self.bank.payments.len())?;
                if left >= 0 || self.bank.payments[other].left < -left {
                    return Err("BNK-09");
                }
                self.bank.add(ctx, other, "elsewhere", -left, None);
                ("elsewhere", None)
            }
            Settled::Known(document) => {
                let item = self.item(*document)?;
                let known = &self.money.items[item];
                let fits = matches!(known.kind, Kind::Receipt | Kind::Refund)
                    && -known.amount == left
                    && known.currency == Currency::EUR;
                if !fits || self.bank.of_item(item).is_some() || self.is_countered(item) {
                    return Err("BNK-08");
                }
                ("known", Some(item))
            }
        };
        self.bank.add(ctx, at, word, left, item);
        Ok(Wrote::default())
    }

    /// Set against its exact negative. A counter-document is not countered itself.
    fn is_countered(&self, item: usize) -> bool {
        self.money.links.iter().any(|link| link.counter && link.debit.min(link.credit) == item)
    }

    fn give_back(&mut self, ctx: Ctx<'_>, payment: i64, receipt: i64) -> Result<Wrote, Code> {
        let at = place(payment, self.bank.payments.len())?;
        let item = self.item(receipt)?;
        let known = self.money.items[item].clone();
        let (amount, left) = (known.amount.abs(), self.bank.payments[at].left);
        let whole = known.kind == Kind::Receipt && known.amount < 0 && known.currency == Currency::EUR;
        let of = self.bank.of_item(item).map(|part| part.payment).filter(|_| whole && !self.is_countered(item));
        let part = if left <= -amount { amount } else { (-left).min(amount - self.sent_back(item)) };
        let Some(of) = of.filter(|_| part > 0) else { return Err("BNK-09") };
        let date = self.shifted(self.bank.payments[at].value.max(known.date));
        if part == amount {
            for document in self.granted_with(ctx, item, &self.paid_by(item)) {
                self.counter(document, date)?;
            }
            self.counter(item, date)?;
            self.bank.add(ctx, at, "return", -amount, Some(item));
        } else {
            let refund = self.give_back_part(item, part, date)?;
            self.bank.add(ctx, at, "known", -part, Some(refund));
        }
        let rest = self.bank.payments[at].left;
        if rest != 0 && rest >= -5_000 && !self.became_another(of, item) {
            self.bank.add(ctx, at, "charge", rest, None);
        }
        Ok(Wrote::default())
    }

    /// What of a credit went back by refunds that stand against it.
    fn sent_back(&self, item: usize) -> i64 {
        let links = self.money.links.iter().filter(|link| link.credit == item && link.amount > 0 && !link.taken_back);
        links.filter(|link| self.money.items[link.debit].kind == Kind::Refund).map(|link| link.amount).sum()
    }

    /// Whether a payment became another receipt too, which stands.
    fn became_another(&self, payment: usize, item: usize) -> bool {
        let stands = |part: &Part| part.payment == payment && part.live && part.takes_back.is_none();
        let receipts = self.bank.parts.iter().filter(|part| stands(part) && part.what != "return");
        receipts.filter_map(|part| part.item).any(|other| other != item && !self.is_countered(other))
    }

    /// What a receipt paid last is open again, and the money leaves as a refund.
    fn give_back_part(&mut self, item: usize, part: i64, date: NaiveDate) -> Result<usize, Code> {
        let mut missing = part - (-self.money.open(item)).max(0);
        for link in (0..self.money.links.len()).rev() {
            let one = self.money.links[link].clone();
            let is_of = one.credit == item && one.amount > 0 && !one.taken_back;
            if missing <= 0 || !is_of || self.money.items[one.debit].kind == Kind::Refund {
                continue;
            }
            self.money.take_back(link, date)?;
            let again = (one.amount - missing).max(0);
            if again > 0 {
                self.money.set_against(item, &[(one.debit as i64 + 1, again)], date.max(one.effective))?;
            }
            missing -= one.amount - again;
        }
        self.numbered(Kind::Refund, 5, "B");
        let of = self.money.items[item].clone();
        let refund = self.money.item(Kind::Refund, of.customer, date, date, of.currency, part);
        self.money.set_against(item, &[(refund as i64 + 1, part)], date)?;
        Ok(refund)
    }

    fn paid_by(&self, of: usize) -> Vec<usize> {
        self.money.links.iter().filter(|link| link.credit == of).map(|link| link.debit).collect()
    }

    /// The discounts and differences granted with a receipt on some of these items that stand.
    fn granted_with(&self, ctx: Ctx<'_>, item: usize, items: &[usize]) -> Vec<usize> {
        let made = ctx.log.iter().map(|logged| &logged.wrote.money.items).find(|items| items.contains(&item));
        let made = made.cloned().unwrap_or_default();
        let is_granted = |document: &usize| {
            // What is granted stands before the receipt it was granted with.
            let receipts = made.iter().filter(|other| self.money.items[**other].kind == Kind::Receipt);
            let receipt = receipts.copied().filter(|other| *other > *document).min();
            matches!(self.money.items[*document].kind, Kind::Discount | Kind::Difference)
                && receipt.is_none_or(|one| one == item)
                && self.paid_by(*document).iter().any(|debit| items.contains(debit))
                && !self.is_countered(*document)
        };
        made.iter().copied().filter(is_granted).collect()
    }

    /// What falls with a link that was taken back: a discount or difference itself, or what was granted with a receipt.
    pub fn withdraw(&mut self, ctx: Ctx<'_>, link: usize, date: NaiveDate) -> Result<(), Code> {
        let (debit, credit) = (self.money.links[link].debit, self.money.links[link].credit);
        let falls = match self.money.items[credit].kind {
            Kind::Discount | Kind::Difference if !self.is_countered(credit) => vec![credit],
            Kind::Receipt => self.granted_with(ctx, credit, &[debit]),
            _ => Vec::new(),
        };
        for document in falls {
            self.counter(document, date)?;
        }
        Ok(())
    }

    /// Takes back what a credit paid and sets it against its negative.
    fn counter(&mut self, item: usize, date: NaiveDate) -> Result<(), Code> {
        for link in 0..self.money.links.len() {
            let one = &self.money.links[link];
            if (one.debit == item || one.credit == item) && one.amount > 0 && !one.taken_back {
                self.money.take_back(link, date)?;
            }
        }
        self.money.reverse(&ledger::Wrote { items: vec![item], ..ledger::Wrote::default() }, date)?;
        Ok(())
    }

    fn refund(&mut self, credit: i64, amount: i64, date: NaiveDate, reason: &str) -> Result<Wrote, Code> {
        positive(amount)?;
        if empty(reason) {
            return Err("TXT-05");
        }
        let at = self.item(credit)?;
        let of = self.money.items[at].clone();
        if of.amount > 0 || -self.money.open(at) < amount {
            return Err("AMT-06");
        }
        self.numbered(Kind::Refund, 5, "B");
        let date = date.max(of.date);
        self.money.open_day(date)?;
        let refund = self.money.item(Kind::Refund, of.customer, date, date, of.currency, amount);
        let links = self.money.set_against(at, &[(refund as i64 + 1, amount)], date)?;
        let money = ledger::Wrote { items: vec![refund], links, ..ledger::Wrote::default() };
        Ok(Wrote { money, ..Wrote::default() })
    }

    /// What taking an act back does to the payments it settled.
    pub fn unsettle(&mut self, ctx: Ctx<'_>, act: i64) {
        for at in (0..self.bank.parts.len()).rev() {
            let part = self.bank.parts[at].clone();
            if part.act == act && part.live && part.takes_back.is_none() {
                self.bank.parts[at].live = false;
                self.bank.payments[part.payment].left += part.amount;
                let back = Part { what: "undone", amount: -part.amount, act: ctx.act, takes_back: Some(at), ..part };
                self.bank.parts.push(Part { live: false, ..back });
            }
        }
    }

    /// Whether a statement shows a document that somebody entered by hand.
    pub fn is_on_a_statement(&self, items: &[usize]) -> bool {
        items.iter().any(|item| self.bank.of_item(*item).is_some_and(|part| part.what == "known"))
    }

    /// Discounts and differences granted by hand are judged like write-offs: no item of these books is billed with a
    /// discount, and no tolerance is set.
    pub fn granted(&self, ctx: Ctx<'_>, one: &Application) -> Result<Option<Second>, Code> {
        let paid_on = self.bank.payments[place(one.payment, self.bank.payments.len())?].value;
        let (mut sum, mut currency) = (0, Currency::EUR);
        for line in one.lines.iter().filter(|line| line.discount > 0 || line.difference > 0) {
            currency = self.money.items[self.item(line.item)?].currency;
            sum += line.discount.max(0) + line.difference;
        }
        if sum == 0 {
            return Ok(None);
        }
        Ok(self.beyond(ctx, LimitKind::WriteOff, one.customer, (sum, currency, paid_on)))
    }

    /// The second person that money out of the company takes.
    pub fn money_out() -> Second {
        Second { needs: Need::Approver, amount: None }
    }
}
