//! Double-entry postings of every event that moves money (domain reference 6.5). Debits are positive. An entry
//! balances in each currency and in the base currency; orders, disputes, promises and reminders post nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::account::Account;
use super::money::Currency;

/// An amount in its own currency and in the base currency of the book, both in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sum {
    /// Minor units of `currency`.
    pub amount: i64,
    /// The transaction currency.
    pub currency: Currency,
    /// Minor units of the base currency.
    pub base: i64,
}

impl Sum {
    /// An amount in the base currency itself.
    pub fn base(amount: i64, currency: Currency) -> Self {
        Sum { amount, currency, base: amount }
    }

    /// The same with the opposite sign.
    pub fn negated(self) -> Self {
        Sum { amount: -self.amount, base: -self.base, ..self }
    }

    /// This less `other`, of the same currency.
    pub fn less(self, other: Sum) -> Self {
        Sum { amount: self.amount - other.amount, base: self.base - other.base, ..self }
    }
}

/// One line of an entry: debit positive, credit negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The account.
    pub account: Account,
    /// Minor units of `currency`, signed.
    pub amount: i64,
    /// The transaction currency.
    pub currency: Currency,
    /// Minor units of the base currency, signed.
    pub base: i64,
}

/// A posting: lines that balance.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Entry {
    /// The lines in the order of the event; lines of nothing are left out.
    pub lines: Vec<Line>,
}

impl Entry {
    /// Adds a debit.
    pub fn debit(mut self, account: Account, sum: Sum) -> Self {
        if sum.amount != 0 || sum.base != 0 {
            self.lines.push(Line { account, amount: sum.amount, currency: sum.currency, base: sum.base });
        }
        self
    }

    /// Adds a credit.
    pub fn credit(self, account: Account, sum: Sum) -> Self {
        self.debit(account, sum.negated())
    }

    /// Whether debits equal credits in every currency and in the base currency.
    pub fn balanced(&self) -> bool {
        let mut by_currency: BTreeMap<Currency, i64> = BTreeMap::new();
        for line in &self.lines {
            *by_currency.entry(line.currency).or_default() += line.amount;
        }
        by_currency.values().all(|sum| *sum == 0) && self.lines.iter().map(|line| line.base).sum::<i64>() == 0
    }

    /// The sum of the debit side in base minor units.
    pub fn total(&self) -> i64 {
        self.lines.iter().map(|line| line.base.max(0)).sum()
    }

    /// What the entry changes in one account, in base minor units.
    pub fn delta(&self, account: Account) -> i64 {
        self.lines.iter().filter(|line| line.account == account).map(|line| line.base).sum()
    }

    /// What the entry changes in the receivables control account, in base minor units.
    pub fn control_delta(&self) -> i64 {
        self.lines.iter().filter(|line| line.account.is_control()).map(|line| line.base).sum()
    }
}

/// One leg of an entry as the book stores it: `amount` from `credit` to `debit`, so that it balances by itself. A leg
/// with amount 0 carries an exchange difference in `base` alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leg {
    /// The account debited.
    pub debit: Account,
    /// The account credited.
    pub credit: Account,
    /// The currency of `amount`.
    pub currency: Currency,
    /// Minor units, never negative.
    pub amount: i64,
    /// Minor units of the book's currency, never negative.
    pub base: i64,
}

/// Breaks a balanced entry into legs: debits and credits are paired in their order, amounts first, then what is left
/// in the book's currency. Legs between an account and itself say nothing and are left out.
pub fn legs(entry: &Entry) -> Vec<Leg> {
    let mut legs = Vec::with_capacity(2);
    let mut lines = entry.lines.clone();
    for by_amount in [true, false] {
        let size = |line: &Line| if by_amount { line.amount } else { line.base };
        while let (Some(from), Some(to)) =
            (lines.iter().position(|line| size(line) < 0), lines.iter().position(|line| size(line) > 0))
        {
            let amount = if by_amount { lines[to].amount.min(-lines[from].amount) } else { 0 };
            let base = lines[to].base.min(-lines[from].base).max(0);
            let (debit, credit, currency) = (lines[to].account, lines[from].account, lines[to].currency);
            lines[to].amount -= amount;
            lines[to].base -= base;
            lines[from].amount += amount;
            lines[from].base += base;
            if debit != credit {
                legs.push(Leg { debit, credit, currency, amount, base });
            }
            if amount == 0 && base == 0 {
                break;
            }
        }
    }
    legs
}

/// Invoice or debit note: Dr AR total, Cr revenue, Cr output tax. `tax` is the part of `total` that is tax.
pub fn invoice(total: Sum, tax: Sum) -> Entry {
    Entry::default()
        .debit(Account::ArTrade, total)
        .credit(Account::Revenue, total.less(tax))
        .credit(Account::VatOutput, tax)
}

/// An item taken over from another system: Dr AR, Cr opening balance; a credit item has a negative sum.
pub fn opening_item(sum: Sum) -> Entry {
    Entry::default().debit(Account::ArTrade, sum).credit(Account::OpeningBalance, sum)
}

/// Credit note: the invoice the other way round. `total` is positive.
pub fn credit_note(total: Sum, tax: Sum) -> Entry {
    Entry::default()
        .debit(Account::Revenue, total.less(tax))
        .debit(Account::VatOutput, tax)
        .credit(Account::ArTrade, total)
}

/// Money from a known customer: Dr bank, Cr unapplied.
pub fn receipt(sum: Sum) -> Entry {
    receipt_from(sum, Account::Bank)
}

/// Money of a customer that stood in another account until it was known whose it is.
pub fn receipt_from(sum: Sum, side: Account) -> Entry {
    Entry::default().debit(side, sum).credit(Account::ArUnapplied, sum)
}

/// Money from somebody unknown: Dr bank, Cr unidentified cash. No customer's balance changes.
pub fn receipt_unidentified(sum: Sum) -> Entry {
    Entry::default().debit(Account::Bank, sum).credit(Account::Unidentified, sum)
}

/// The payer became known: Dr unidentified cash, Cr unapplied.
pub fn identify(sum: Sum) -> Entry {
    Entry::default().debit(Account::Unidentified, sum).credit(Account::ArUnapplied, sum)
}

/// Allocates a receipt to an item: Dr unapplied, Cr AR. `received_base` and `carried_base` are what the allocated
/// part is worth at the receipt's and at the item's rate; the difference is a realised exchange gain or loss.
pub fn allocate(amount: i64, currency: Currency, received_base: i64, carried_base: i64) -> Entry {
    let received = Sum { amount, currency, base: received_base };
    let carried = Sum { amount, currency, base: carried_base };
    Entry::default()
        .debit(Account::ArUnapplied, received)
        .credit(Account::ArTrade, carried)
        .debit(Account::FxRealised, Sum { amount: 0, currency, base: carried_base - received_base })
}

/// Allocates a credit note to an item: both stand in AR, so only an exchange difference is posted.
pub fn allocate_credit_note(amount: i64, currency: Currency, credit_base: i64, carried_base: i64) -> Entry {
    let mut entry = allocate(amount, currency, credit_base, carried_base);
    for line in entry.lines.iter_mut().filter(|line| line.account == Account::ArUnapplied) {
        line.account = Account::ArTrade;
    }
    entry
}

/// Write-off of an item: Dr allowance (or bad debt expense when there is no allowance), Dr tax relief, Cr AR.
pub fn write_off(total: Sum, relief: Sum, against: Account) -> Entry {
    Entry::default()
        .debit(against, total.less(relief))
        .debit(Account::VatRelief, relief)
        .credit(Account::ArTrade, total)
}

/// Cash discount taken: Dr discount allowed, Dr output tax, Cr AR. `tax` is 0 where the discount does not change it.
pub fn discount(total: Sum, tax: Sum) -> Entry {
    Entry::default()
        .debit(Account::DiscountAllowed, total.less(tax))
        .debit(Account::VatOutput, tax)
        .credit(Account::ArTrade, total)
}

/// A short payment within tolerance: Dr payment differences, Cr AR.
pub fn payment_difference(sum: Sum) -> Entry {
    Entry::default().debit(Account::PaymentDifferences, sum).credit(Account::ArTrade, sum)
}

/// Bank charges we bear on a receipt: Dr bank charges, Cr AR.
pub fn bank_charge(sum: Sum) -> Entry {
    Entry::default().debit(Account::BankCharges, sum).credit(Account::ArTrade, sum)
}

/// Money paid back to a customer: Dr unapplied, Cr bank.
pub fn refund(sum: Sum) -> Entry {
    Entry::default().debit(Account::ArUnapplied, sum).credit(Account::Bank, sum)
}

/// Interest charged: Dr AR, Cr interest income; no tax, it is damages.
pub fn interest_note(sum: Sum) -> Entry {
    Entry::default().debit(Account::ArTrade, sum).credit(Account::InterestIncome, sum)
}

/// A fee charged: Dr AR, Cr fee income.
pub fn fee_note(sum: Sum) -> Entry {
    Entry::default().debit(Account::ArTrade, sum).credit(Account::FeeIncome, sum)
}

/// Deposit received, tax due at once: Dr bank, Cr contract liability, Cr output tax.
pub fn deposit(total: Sum, tax: Sum) -> Entry {
    Entry::default()
        .debit(Account::Bank, total)
        .credit(Account::ContractLiability, total.less(tax))
        .credit(Account::VatOutput, tax)
}

/// Provision for expected losses: Dr bad debt expense, Cr allowance; a release has a negative sum.
pub fn provision(sum: Sum) -> Entry {
    Entry::default().debit(Account::BadDebtExpense, sum).credit(Account::Allowance, sum)
}

/// Cash on an item written off earlier: reinstates it (Dr AR, Cr allowance) and receives it (Dr bank, Cr AR).
pub fn recovery(sum: Sum) -> Entry {
    Entry::default()
        .debit(Account::ArTrade, sum)
        .credit(Account::Allowance, sum)
        .debit(Account::Bank, sum)
        .credit(Account::ArTrade, sum)
}

/// Revaluation of open items at the period's end by `base` minor units: Dr AR, Cr unrealised exchange difference.
pub fn revaluation(currency: Currency, base: i64) -> Entry {
    let change = Sum { amount: 0, currency, base };
    Entry::default().debit(Account::ArTrade, change).credit(Account::FxUnrealised, change)
}

/// The exact mirror of an entry: unapplying, reversing a receipt, taking back a write-off.
pub fn reversal(entry: &Entry) -> Entry {
    let mirror = |line: &Line| Line { amount: -line.amount, base: -line.base, ..*line };
    Entry { lines: entry.lines.iter().map(mirror).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(amount: i64) -> Sum {
        Sum::base(amount, Currency::EUR)
    }

    #[test]
    fn every_event_balances_and_its_mirror_undoes_it() {
        let events = [
            (invoice(eur(1200), eur(200)), 1200),
            (opening_item(eur(-70)), -70),
            (credit_note(eur(120), eur(20)), -120),
            (receipt(eur(500)), -500),
            (receipt_unidentified(eur(500)), 0),
            (identify(eur(500)), -500),
            (allocate(500, Currency::EUR, 500, 500), 0),
            (write_off(eur(1200), eur(200), Account::Allowance), -1200),
            (discount(eur(172), eur(22)), -172),
            (payment_difference(eur(8)), -8),
            (bank_charge(eur(15)), -15),
            (refund(eur(80)), 80),
            (interest_note(eur(40)), 40),
            (fee_note(eur(5)), 5),
            (deposit(eur(3600), eur(600)), 0),
            (provision(eur(19_397)), 0),
            (recovery(eur(300)), 0),
            (revaluation(Currency::USD, 40), 40),
        ];
        for (entry, control) in events {
            assert!(entry.balanced(), "{entry:?}");
            assert_eq!(entry.control_delta(), control, "{entry:?}");
            let mirror = reversal(&entry);
            let both = Entry { lines: [entry.lines, mirror.lines].concat() };
            assert!(Account::ALL.iter().all(|account| both.delta(*account) == 0));
        }
    }

    #[test]
    fn settling_at_another_rate_realises_the_difference() {
        let usd = Currency::USD;
        let gain = allocate(400_000, usd, 372_000, 360_000);
        assert!(gain.balanced());
        assert_eq!((gain.delta(Account::FxRealised), gain.delta(Account::ArTrade)), (-12_000, -360_000));
        let credit = allocate_credit_note(100, usd, 90, 90);
        assert_eq!(credit.control_delta(), 0);
        assert!(credit.balanced());
    }
}
