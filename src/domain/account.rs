//! The accounts the book posts to: stable codes, names, and which of them belong to the receivables control account.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A ledger account. Codes never change, because posted lines keep them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Account {
    /// Money at the bank.
    Bank,
    /// Money on the bank accounts whose statements are taken in; `Bank` is what was entered by hand beside them.
    BankAccounts,
    /// Money received that is not applied to a customer yet; no customer's balance.
    Unidentified,
    /// What moved on a bank account and is no matter of receivables; the general ledger has the other side.
    Elsewhere,
    /// Trade receivables.
    ArTrade,
    /// Unapplied and on-account money of customers; part of the control account, so that sub-ledger equals ledger.
    ArUnapplied,
    /// Deductions claimed by customers and kept as items of their own.
    ArClaims,
    /// Contra-asset for expected losses.
    Allowance,
    /// Output tax owed.
    VatOutput,
    /// Tax reclaimed on bad debts.
    VatRelief,
    /// Deposits received for what is not delivered yet.
    ContractLiability,
    /// The other side of items taken over from another system, whose sales were booked there.
    OpeningBalance,
    /// Sales.
    Revenue,
    /// Interest charged for late payment.
    InterestIncome,
    /// Reminder and other fees charged.
    FeeIncome,
    /// Cash discounts taken.
    DiscountAllowed,
    /// Deductions accepted as trade promotions.
    Promotions,
    /// Differences accepted within tolerance.
    PaymentDifferences,
    /// Charges of the bank borne by us.
    BankCharges,
    /// Fees of card chargebacks.
    ChargebackFees,
    /// Impairment and direct write-offs.
    BadDebtExpense,
    /// Exchange differences on settled items.
    FxRealised,
    /// Exchange differences from revaluing open items.
    FxUnrealised,
}

impl Account {
    /// Every account, in order of code.
    pub const ALL: [Account; 23] = [
        Account::Bank,
        Account::BankAccounts,
        Account::Unidentified,
        Account::Elsewhere,
        Account::ArTrade,
        Account::ArUnapplied,
        Account::ArClaims,
        Account::Allowance,
        Account::VatRelief,
        Account::VatOutput,
        Account::ContractLiability,
        Account::OpeningBalance,
        Account::Revenue,
        Account::InterestIncome,
        Account::FeeIncome,
        Account::DiscountAllowed,
        Account::Promotions,
        Account::PaymentDifferences,
        Account::BankCharges,
        Account::ChargebackFees,
        Account::BadDebtExpense,
        Account::FxRealised,
        Account::FxUnrealised,
    ];

    /// The stable code and the name of every account, in one table.
    fn row(self) -> (&'static str, &'static str) {
        match self {
            Account::Bank => ("1000", "Bank"),
            Account::BankAccounts => ("1010", "Bank accounts"),
            Account::Unidentified => ("1090", "Unidentified cash"),
            Account::Elsewhere => ("1095", "Booked elsewhere"),
            Account::ArTrade => ("1200", "AR"),
            Account::ArUnapplied => ("1210", "Unapplied cash"),
            Account::ArClaims => ("1220", "AR-claim"),
            Account::Allowance => ("1290", "Allowance"),
            Account::VatRelief => ("1300", "VAT bad debt relief"),
            Account::VatOutput => ("2200", "VAT output"),
            Account::ContractLiability => ("2300", "Contract liability"),
            Account::OpeningBalance => ("3000", "Opening balance"),
            Account::Revenue => ("4000", "Revenue"),
            Account::InterestIncome => ("4200", "Interest income"),
            Account::FeeIncome => ("4210", "Fee income"),
            Account::DiscountAllowed => ("4300", "Discount allowed"),
            Account::Promotions => ("4310", "Trade promotions"),
            Account::PaymentDifferences => ("6100", "Payment differences"),
            Account::BankCharges => ("6200", "Bank charges"),
            Account::ChargebackFees => ("6210", "Chargeback fees"),
            Account::BadDebtExpense => ("6300", "Bad debt expense"),
            Account::FxRealised => ("6400", "FX difference realised"),
            Account::FxUnrealised => ("6410", "FX difference unrealised"),
        }
    }

    /// The stable code kept with posted lines.
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// The code as the number the book stores.
    pub fn number(self) -> i64 {
        self.code().bytes().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'))
    }

    /// The name on reports.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The account of a stored code.
    pub fn from_code(code: &str) -> Option<Account> {
        Account::ALL.into_iter().find(|account| account.code() == code)
    }

    /// The account of a name, as [`Account::name`] gives it.
    pub fn from_name(name: &str) -> Option<Account> {
        Account::ALL.into_iter().find(|account| account.name() == name)
    }

    /// Whether it is part of the receivables control account, whose balance equals the sum of all open items.
    pub fn is_control(self) -> bool {
        matches!(self, Account::ArTrade | Account::ArUnapplied | Account::ArClaims)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_read_back() {
        for account in Account::ALL {
            assert_eq!(Account::from_code(account.code()), Some(account));
            assert_eq!(Account::from_name(account.name()), Some(account));
        }
        assert!(Account::ALL.is_sorted_by_key(|account| account.code()));
    }
}
