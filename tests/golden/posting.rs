//! Vectors of postings: every journal balances and moves receivables as stated.

use o2c::domain::account::Account;
use o2c::domain::money::Currency;
use o2c::domain::posting::{Entry, Sum};
use serde_json::{Value, json};

use super::values::{In, cents, money_out};

pub fn run(rule: &str, i: &In) -> Option<Value> {
    if rule != "journal" {
        return None;
    }
    let mut entry = Entry::default();
    for line in i.list("lines") {
        let account = account(line[0].as_str()?);
        let sum = |amount: i64| Sum::base(amount, Currency::EUR);
        entry = entry.debit(account, sum(cents(&line[1]))).credit(account, sum(cents(&line[2])));
    }
    Some(json!({
        "balanced": entry.balanced(),
        "total": money_out(entry.total()),
        "ar_delta": money_out(entry.delta(Account::ArTrade)),
    }))
}

/// Our account of a name in the vectors, which have two names for each side of exchange differences.
fn account(name: &str) -> Account {
    Account::from_name(name).unwrap_or_else(|| match name {
        _ if name.contains("nrealised") => Account::FxUnrealised,
        _ if name.starts_with("FX") => Account::FxRealised,
        _ if name.starts_with("Impairment") => Account::BadDebtExpense,
        _ if name.starts_with("Interest") => Account::InterestIncome,
        _ if name.to_lowercase().contains("fee") => Account::FeeIncome,
        _ if name.starts_with("AR") => Account::ArClaims,
        _ if name.starts_with("Discount") => Account::DiscountAllowed,
        _ if name.starts_with("VAT") => Account::VatOutput,
        _ => panic!("no account is called {name}"),
    })
}
