//! Settings of the company that acts change: which there are, what they may hold, and which two people change because
//! money could be led astray through them.

use super::perform::Written;
use super::{Failure, master};
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
    /// An IBAN.
    iban: bool,
}

/// Every setting.
pub const SETTINGS: [Setting; 4] = [
    Setting {
        key: "bank-account",
        words: "the IBAN on our invoices and letters, where customers pay to",
        sensitive: true,
        iban: true,
    },
    Setting { key: "mail-sender", words: "the address our letters are sent from", sensitive: true, iban: false },
    Setting { key: "letter-footer", words: "the lines at the foot of our letters", sensitive: true, iban: false },
    Setting { key: "phone", words: "the number customers call", sensitive: false, iban: false },
];

/// Whether two people change it.
pub fn is_sensitive(key: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.key == key && setting.sensitive)
}

pub(super) fn set(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<Written, Failure> {
    let Some(setting) = SETTINGS.iter().find(|setting| setting.key == key) else {
        let keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
        let sentence = format!("There is no setting \"{key}\". Settings are {}. Nothing was changed.", keys.join(", "));
        return Err(Failure::refused("CFG-01", sentence));
    };
    let mut value = master::line(value, "The value")?;
    if setting.iban {
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
