//! Bank accounts of the company, and taking their statements in: every entry is booked once, whichever file it comes
//! in, and what the bank says the balance is must be what the book says.

use super::import::Work;
use super::master::line;
use super::money::{in_base, shown};
use super::payments::Settled;
use super::perform::{Context, Written};
use super::{Failure, interim, settled};
use crate::domain::bank::{EntryKind, EntryRow, Source, StatementRow};
use crate::domain::bank_rule::{BankRule, deciding};
use crate::domain::money::{Currency, share};
use crate::domain::reference;
use crate::store::Tx;
use crate::store::bank::{BankAccount, Joined};
use crate::store::payments::NewPaymentStep;

/// Entries between two calls of the progress bar.
const TELL_EVERY: u64 = 1_000;

/// An account number as it is kept and compared: without spaces, in upper case.
pub fn account_number(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_uppercase()
}

pub(super) fn add(tx: &mut Tx<'_>, name: &str, number: &str, currency: Currency) -> Result<Written, Failure> {
    let name = line(name, "The account's name")?;
    let number = account_number(&line(number, "The account's number")?);
    let by_shape = number.len() >= 15 && number.bytes().take(2).all(|byte| byte.is_ascii_alphabetic());
    if by_shape && number.bytes().skip(2).take(2).all(|byte| byte.is_ascii_digit()) && !reference::is_iban(&number) {
        let sentence = "The IBAN's check digits do not match; perhaps two digits are swapped. Nothing was changed.";
        return Err(Failure::refused("REF-01", sentence));
    }
    for known in tx.bank_accounts()? {
        if known.name == name || (known.number == number && known.currency == currency) {
            let sentence = format!(
                "{} ({} {}) is in the book already. Nothing was changed.",
                known.name, known.number, known.currency
            );
            return Err(Failure::refused("BNK-03", sentence));
        }
    }
    tx.add_bank_account(&name, &number, currency)?;
    let what = format!("Added the bank account {name}, {number} in {currency}");
    Ok(Written { undoable: false, ..Written::of(None, what) })
}

/// Takes statements and advices in, in their order.
pub(super) fn take_in(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    rows: Vec<StatementRow>,
    accept_gap: bool,
    work: &mut Work,
) -> Result<(), Failure> {
    let accounts = tx.bank_accounts()?;
    let total: u64 = rows.iter().map(|row| row.entries.len() as u64).sum();
    tx.room_for(usize::try_from(total).unwrap_or(usize::MAX))?;
    let rules = tx.bank_rules()?;
    let mut inlet = Inlet { base: context.base, accept_gap, rules, announced: true, total, seen: 0, work };
    for row in rows {
        let account = account_of(&accounts, &row)?;
        match row.source {
            Source::Statement => inlet.statement(tx, account, row)?,
            Source::Advice => inlet.advice(tx, account, row)?,
            Source::Report => inlet.report(tx, account, row)?,
        }
    }
    Ok(())
}

/// The account a statement is of; only accounts of the company have statements.
fn account_of<'a>(accounts: &'a [BankAccount], row: &StatementRow) -> Result<&'a BankAccount, Failure> {
    let mut same = accounts.iter().filter(|account| account.number == row.account).peekable();
    if same.peek().is_none() {
        let sentence = format!(
            "The account {} at line {} is none of the company's. Nothing was imported; if it is ours, add it first: o2c \
             bank add NAME --account {} --currency {}.",
            row.account, row.line, row.account, row.currency
        );
        return Err(Failure::refused("BNK-01", sentence));
    }
    same.find(|account| account.currency == row.currency).ok_or_else(|| {
        let sentence = format!(
            "The statement at line {} is in {}, and the account {} is kept in another currency. Nothing was imported.",
            row.line, row.currency, row.account
        );
        Failure::refused("BNK-02", sentence)
    })
}

/// What is being taken in, and how far it is.
struct Inlet<'w> {
    base: Currency,
    accept_gap: bool,
    /// What people said of entries the codes do not settle.
    rules: Vec<BankRule>,
    /// Whether anything is announced that an entry may be.
    announced: bool,
    total: u64,
    seen: u64,
    work: &'w mut Work,
}

impl Inlet<'_> {
    fn step(&mut self) {
        self.seen += 1;
        if self.seen.is_multiple_of(TELL_EVERY)
            && let Some(progress) = self.work.progress.as_mut()
        {
            progress(self.seen, self.total);
        }
    }

    fn statement(&mut self, tx: &mut Tx<'_>, account: &BankAccount, mut row: StatementRow) -> Result<(), Failure> {
        let entries = std::mem::take(&mut row.entries);
        let count = entries.len();
        let mut new = Vec::with_capacity(count);
        for entry in entries {
            match tx.known_entry(account.id, &entry)? {
                Some(_) => self.work.known += 1,
                None => new.push(entry),
            }
        }
        let known = (count - new.len()) as i64;
        let last = tx.last_statement(account.id)?;
        if new.is_empty() && (last.is_some() || row.closing.is_none()) {
            self.seen += count as u64;
            return self.nothing_new(&row, known, last.as_ref());
        }
        let net: i64 = new.iter().map(|entry| entry.amount).sum();
        let before = last.as_ref().map_or(0, |last| last.balance);
        let gap = row.closing.map_or(0, |closing| closing.amount - before - net);
        if let Some(last) = &last
            && gap != 0
        {
            self.joins(&row, account.currency, last, gap)?;
        }
        row.entries = new;
        let joined = Joined { gap, balance: before + gap + net, known };
        let first_base = in_base(tx, self.base, gap, account.currency, row.from)?;
        let id = tx.add_statement(account, &row, joined, (last.is_none(), first_base))?;
        let mut told = interim::Told::of(tx, account.id)?;
        self.announced = tx.is_announced()?;
        for entry in &row.entries {
            let booked = self.entry(tx, account, id, entry)?;
            told.booked(tx, entry, booked)?;
            self.step();
        }
        self.work.notices.extend(told.end(tx, &row)?);
        self.work.taken += row.entries.len().max(1) as u64;
        Ok(())
    }

    /// A statement without a new entry: said, and a balance that is not the book's is refused.
    fn nothing_new(
        &mut self,
        row: &StatementRow,
        known: i64,
        last: Option<&crate::store::bank::LastStatement>,
    ) -> Result<(), Failure> {
        let of_last_day = last.is_some_and(|last| row.to > last.to);
        if let (Some(closing), Some(last), true) = (row.closing, last, of_last_day && known == 0)
            && closing.amount != last.balance
        {
            return self.joins(row, row.currency, last, closing.amount - last.balance);
        }
        self.work.notice(format!("Statement {} ({} to {}) holds nothing new", row.number, row.from, row.to));
        Ok(())
    }

    /// Refuses a statement that does not join on to the last one, unless that was accepted.
    fn joins(
        &mut self,
        row: &StatementRow,
        currency: Currency,
        last: &crate::store::bank::LastStatement,
        gap: i64,
    ) -> Result<(), Failure> {
        let again = row.number == last.number && row.from <= last.to;
        let says = if again && row.to == last.to {
            format!(
                "Statement {} at line {} is another than the one of this number that was taken in: they differ by {}",
                row.number,
                row.line,
                shown(gap, currency)
            )
        } else if row.to < last.to {
            format!(
                "Statement {} at line {} ends on {} and is older than the last one taken in, {}, which ends on {}",
                row.number, row.line, row.to, last.number, last.to
            )
        } else {
            format!(
                "Statement {} at line {} does not join on to {} of {}: {} are missing or too much between them",
                row.number,
                row.line,
                last.number,
                last.to,
                shown(gap, currency)
            )
        };
        if self.accept_gap {
            self.work.notice(format!("{says}; booked as moved elsewhere"));
            return Ok(());
        }
        let next = match again {
            true => {
                "where the other was cut off or wrong, repeat with --accept-gap and settle what only it had: o2c cash \
                 settle PAYMENT --what elsewhere"
            }
            false => "import the statement in between first, or, if it is lost, repeat with --accept-gap",
        };
        let sentence = format!("{says}. Nothing was imported; {next}.");
        Err(Failure::refused("BNK-04", sentence))
    }

    fn entry(
        &mut self,
        tx: &mut Tx<'_>,
        account: &BankAccount,
        statement: i64,
        row: &EntryRow,
    ) -> Result<i64, Failure> {
        let base = in_base(tx, self.base, row.amount, row.currency, row.booked)?;
        let resembles = tx.entry_like(row)?;
        if resembles.is_some() {
            let what = format!("{} of {} at line {}", shown(row.amount, row.currency), row.booked, row.line);
            self.work.notice(format!("{what} looks like an entry taken in before; it is booked, look at it"));
        }
        let entry = tx.add_entry(account.id, statement, row, base, resembles)?;
        if self.announced
            && let Some(content) = &row.content
            && self.join_announced(tx, content, entry, row, base)?
        {
            return Ok(entry);
        }
        self.payments(tx, (account.id, statement, entry), row, base)?;
        Ok(entry)
    }

    fn payments(
        &mut self,
        tx: &mut Tx<'_>,
        (account, statement, entry): (i64, i64, i64),
        row: &EntryRow,
        base: Option<i64>,
    ) -> Result<(), Failure> {
        let mut left = row.amount;
        for (place, payment) in row.payments.iter().enumerate() {
            let base = share(base, row.amount, left, payment.amount);
            left -= payment.amount;
            let rule = deciding(&self.rules, account, row, payment);
            // The entry stays what the bank calls it; the payment is what the rule says.
            let ruled = rule.map(|rule| EntryRow { kind: rule.kind, ..row.clone() });
            let of = ruled.as_ref().unwrap_or(row);
            let id = tx.add_payment((statement, Some(entry)), place as i64 + 1, of, payment, base)?;
            by_code(tx, id, of, rule)?;
        }
        Ok(())
    }

    /// Payments announced before are what the entry consists of, when they add up to it.
    fn join_announced(
        &mut self,
        tx: &mut Tx<'_>,
        content: &[u8; 16],
        entry: i64,
        row: &EntryRow,
        base: Option<i64>,
    ) -> Result<bool, Failure> {
        let mut announced = Vec::new();
        for id in tx.announced(content, true)? {
            announced.push(tx.payment(id)?);
        }
        let whole: i64 = announced.iter().map(|payment| payment.amount).sum();
        let worth: Option<i64> = announced.iter().map(|payment| payment.base).sum();
        if announced.is_empty() || whole != row.amount || worth != base {
            return Ok(false);
        }
        for payment in &mut announced {
            tx.join_payment(payment, entry, row.booked)?;
        }
        Ok(true)
    }

    fn advice(&mut self, tx: &mut Tx<'_>, account: &BankAccount, row: StatementRow) -> Result<(), Failure> {
        let balance = tx.last_statement(account.id)?.map_or(0, |last| last.balance);
        let mut statement = None;
        for entry in &row.entries {
            self.step();
            let booked = match &entry.content {
                Some(content) if !tx.announced(content, true)?.is_empty() => {
                    self.work.known += 1;
                    continue;
                }
                Some(content) => tx.entry_of_content(account.id, content)?,
                None => None,
            };
            let of = match statement {
                Some(id) => id,
                None => {
                    let joined = Joined { gap: 0, balance, known: 0 };
                    *statement.insert(tx.add_statement(account, &row, joined, (false, None))?)
                }
            };
            match booked {
                Some(id) => self.explain(tx, (account.id, of, id), entry)?,
                None => {
                    // What a report told of it was less, and is not to be counted beside it.
                    interim::Told::of(tx, account.id)?.explained(tx, entry)?;
                    self.announce(tx, of, entry)?;
                }
            }
        }
        Ok(())
    }

    /// A report during the day: kept as announced until the statement of its day comes.
    fn report(&mut self, tx: &mut Tx<'_>, account: &BankAccount, row: StatementRow) -> Result<(), Failure> {
        let last = tx.last_statement(account.id)?;
        if let Some(last) = last.as_ref().filter(|last| last.to >= row.to) {
            self.seen += row.entries.len() as u64;
            self.work.known += row.entries.len() as u64;
            let what = format!("Report {} of {} is covered by statement {}", row.number, row.to, last.number);
            self.work.notice(format!("{what}; nothing of it was kept"));
            return Ok(());
        }
        let balance = last.map_or(0, |last| last.balance);
        let mut statement = None;
        for entry in &row.entries {
            self.step();
            if interim::is_known(tx, account.id, entry)? {
                self.work.known += 1;
                continue;
            }
            let of = match statement {
                Some(id) => id,
                None => {
                    let joined = Joined { gap: 0, balance, known: 0 };
                    *statement.insert(tx.add_statement(account, &row, joined, (false, None))?)
                }
            };
            self.announce(tx, of, &interim::named(entry))?;
        }
        Ok(())
    }

    /// An advice of an entry that is booked: its payments take the place of the one the entry came with.
    fn explain(
        &mut self,
        tx: &mut Tx<'_>,
        (account, statement, entry): (i64, i64, i64),
        row: &EntryRow,
    ) -> Result<(), Failure> {
        let payments = tx.payments_of(entry)?;
        let [only] = payments.as_slice() else {
            self.work.known += 1;
            return Ok(());
        };
        let mut lump = tx.payment(*only)?;
        if lump.left != lump.amount || lump.amount != row.amount || row.payments.len() < 2 {
            self.work.known += 1;
            return Ok(());
        }
        let base = lump.base;
        let step = NewPaymentStep {
            what: "split",
            amount: lump.amount,
            document: None,
            entry: None,
            on: row.booked,
            rule: "bank reference",
            confidence: 1_000,
            evidence: "",
            takes_back: None,
        };
        tx.add_payment_step(&mut lump, &step)?;
        self.work.taken += 1;
        self.payments(tx, (account, statement, entry), row, base)
    }

    /// An advice of what is not on the account yet: kept, and booked by nothing.
    fn announce(&mut self, tx: &mut Tx<'_>, statement: i64, row: &EntryRow) -> Result<(), Failure> {
        let base = in_base(tx, self.base, row.amount, row.currency, row.booked)?;
        let mut left = row.amount;
        for (place, payment) in row.payments.iter().enumerate() {
            let base = share(base, row.amount, left, payment.amount);
            left -= payment.amount;
            tx.add_payment((statement, None), place as i64 + 1, row, payment, base)?;
        }
        self.work.taken += 1;
        Ok(())
    }
}

/// What the bank's own code says is settled at once: its charges and interest, transfers, and what we paid ourselves;
/// and where no code does, what a rule says.
fn by_code(tx: &mut Tx<'_>, payment: i64, row: &EntryRow, rule: Option<&BankRule>) -> Result<(), Failure> {
    let what = match row.kind {
        EntryKind::Charge => Settled::Charge,
        EntryKind::Transfer => Settled::Transfer,
        EntryKind::Interest => Settled::Elsewhere,
        EntryKind::Payment if row.amount < 0 && !tx.refund_waits(-row.amount, row.currency)? => Settled::Elsewhere,
        EntryKind::Other if rule.is_some() => Settled::Elsewhere,
        _ => return Ok(()),
    };
    let mut payment = tx.payment(payment)?;
    let (by, evidence) = match rule {
        Some(rule) => ("bank rule", format!("the bank wrote \"{}\"", rule.pattern.written())),
        None => ("bank code", row.code.clone()),
    };
    settled::settle_as(tx, &mut payment, &what, row.booked, by, &evidence)
}
