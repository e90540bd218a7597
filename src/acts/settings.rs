//! Settings of the company that acts change: which there are, what they may hold, and which two people change because
//! money could be led astray through them.

use super::perform::Written;
use super::{Failure, master, templates};
use crate::domain::reference;
use crate::store::Tx;

/// A setting of the company.
pub struct Setting {
    /// Its key in the book and on the command line.
    pub key: &'static str,
    /// What it is, in words.
    pub words: &'static str,
    /// Changed by two people.
    pub sensitive: bool,
    /// What it may hold.
    holds: Holds,
}

/// What a setting may hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Any line.
    Line,
    /// An account number with its check digits.
    Iban,
    /// A whole number from 0.
    Number,
    /// A decimal from 0.
    Decimal,
}

/// Every setting.
#[rustfmt::skip] // one setting a line
pub const SETTINGS: [Setting; 12] = [
    Setting { key: "bank-account", words: "the IBAN on our invoices and letters, where customers pay to", sensitive: true, holds: Holds::Iban },
    Setting { key: "mail-sender", words: "the address our letters are sent from", sensitive: true, holds: Holds::Line },
    Setting { key: "letter-footer", words: "the lines at the foot of our letters", sensitive: true, holds: Holds::Line },
    Setting { key: "phone", words: "the number customers call", sensitive: false, holds: Holds::Line },
    Setting { key: "credit-oldest-days", words: "days past due an undisputed item may have before deliveries are held", sensitive: true, holds: Holds::Number },
    Setting { key: "credit-past-due-percent", words: "percent of what a customer owes that may be past due before deliveries are held", sensitive: true, holds: Holds::Number },
    Setting { key: "cash-tolerance", words: "up to how much of the book's currency a payment may differ from what it pays and close it all the same", sensitive: true, holds: Holds::Decimal },
    Setting { key: "cash-tolerance-percent", words: "percent of an item a payment may differ by, besides cash-tolerance: the smaller counts", sensitive: true, holds: Holds::Decimal },
    Setting { key: "discount-grace-days", words: "days after the last day of a cash discount in which it is still granted", sensitive: true, holds: Holds::Number },
    Setting { key: "dunning-bank-days", words: "days the last bank statement may be old when reminders are sent", sensitive: true, holds: Holds::Number },
    Setting { key: "dunning-policy-by-two", words: "1 where dunning policies are changed by two people", sensitive: true, holds: Holds::Number },
    Setting { key: "oldest-first", words: "1 where a payment of a known customer that nothing else explains pays the oldest items", sensitive: true, holds: Holds::Number },
];

/// Whether two people change it.
pub fn is_sensitive(key: &str) -> bool {
    key.starts_with(templates::PREFIX) || SETTINGS.iter().any(|setting| setting.key == key && setting.sensitive)
}

pub(super) fn set(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<Written, Failure> {
    if let Some(place) = key.strip_prefix(templates::PREFIX) {
        return templates::set(tx, key, place, value);
    }
    let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
        let keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
        let sentence = format!("There is no setting \"{key}\". Settings are {}. Nothing was changed.", keys.join(", "));
        return Err(Failure::refused("CFG-01", sentence));
    };
    let mut value = master::line(value, "The value")?;
    if setting.holds == Holds::Number && value.parse::<u32>().is_err() {
        let sentence = format!("\"{value}\" is not a whole number from 0. Nothing was changed.");
        return Err(Failure::refused("AMT-01", sentence));
    }
    let decimal = |text: &str| text.parse::<rust_decimal::Decimal>().is_ok_and(|value| !value.is_sign_negative());
    if setting.holds == Holds::Decimal && !decimal(&value) {
        let sentence = format!("\"{value}\" is not a number from 0, such as 2.50. Nothing was changed.");
        return Err(Failure::refused("AMT-01", sentence));
    }
    if setting.holds == Holds::Iban {
        value.retain(|letter| !letter.is_whitespace());
        value.make_ascii_uppercase();
        if !reference::is_iban(&value) {
            let sentence = "The IBAN's check digits do not match; perhaps two digits are swapped. Nothing was changed.";
            return Err(Failure::refused("REF-01", sentence));
        }
    }
    if tx.setting(key)?.as_deref() == Some(value.as_str()) {
        return Err(Failure::refused("AUT-07", format!("{key} is {value} already. Nothing was changed.")));
    }
    tx.change_setting(key, &value)?;
    Ok(Written { undoable: false, ..Written::of(None, format!("Set {key} to {value}")) })
}
