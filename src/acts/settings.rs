//! Settings of the company that acts change: which there are, what they may hold, and which two people change because
//! money could be led astray through them.

use super::perform::Written;
use super::{Failure, case, cash_cap, collect, master, tax, templates};
use crate::documents::words;
use crate::domain::cash::{CUSTOMERS, DEDUCTION_REASONS, PEOPLE};
use crate::domain::discount::TaxMode;
use crate::domain::{reference, text};
use crate::mail::address::is_plain;
use crate::store::Tx;
use crate::store::dunning::gate::REVIEWED;
use crate::store::stopped::ACKNOWLEDGED;

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
    /// One e-mail address.
    Address,
    /// An account number with its check digits.
    Iban,
    /// A language code.
    Language,
    /// A whole number from 0.
    Number,
    /// A decimal from 0.
    Decimal,
    /// Service clocks of departments.
    Clocks,
    /// A time of day; empty or `none` for none.
    Time,
    /// Days, with spaces between them; empty or `none` for none.
    Days,
    /// How discounts and tax meet.
    TaxMode,
    /// What is accepted of customers or from people.
    Accepted,
    /// Codes of deductions and the reasons they stand for.
    Reasons,
}

/// Every setting.
#[rustfmt::skip] // one setting a line
pub const SETTINGS: [Setting; 34] = [
    Setting { key: "bank-account", words: "the IBAN on our invoices and letters, where customers pay to", sensitive: true, holds: Holds::Iban },
    Setting { key: "mail-sender", words: "the address our letters are sent from", sensitive: true, holds: Holds::Address },
    Setting { key: "letter-footer", words: "the lines at the foot of our letters", sensitive: true, holds: Holds::Line },
    Setting { key: "company-address", words: "our address on letters, its lines parted by a semicolon", sensitive: true, holds: Holds::Line },
    Setting { key: "letter-font", words: "the TrueType font of letters on paper, a file of the machine; - for Helvetica", sensitive: false, holds: Holds::Line },
    Setting { key: "language", words: "the language of letters to customers of whom none is known: en, de, fr, es or one with templates of its own", sensitive: false, holds: Holds::Language },
    Setting { key: "phone", words: "the number customers call", sensitive: false, holds: Holds::Line },
    Setting { key: "credit-oldest-days", words: "days past due an undisputed item may have before deliveries are held", sensitive: true, holds: Holds::Number },
    Setting { key: "credit-past-due-percent", words: "percent of what a customer owes that may be past due before deliveries are held", sensitive: true, holds: Holds::Number },
    Setting { key: "cash-tolerance", words: "up to how much of the book's currency a payment may differ from what it pays and close it all the same", sensitive: true, holds: Holds::Decimal },
    Setting { key: "cash-tolerance-percent", words: "percent of an item a payment may differ by, besides cash-tolerance: the smaller counts", sensitive: true, holds: Holds::Decimal },
    Setting { key: cash_cap::PER_DAY, words: "how much of the book's currency one person may let go in a day by cash-tolerance, by hand and by the rules; 0 for no cap", sensitive: true, holds: Holds::Decimal },
    Setting { key: cash_cap::PER_MONTH, words: "how much of the book's currency one customer may be let off in a month by cash-tolerance; 0 for no cap", sensitive: true, holds: Holds::Decimal },
    Setting { key: "discount-grace-days", words: "days after the last day of a cash discount in which it is still granted", sensitive: true, holds: Holds::Number },
    Setting { key: tax::MODE, words: "included: a cash discount takes its tax along; excluded: it is on the net amount and the tax stays; mixed: the tax is on the discounted amount from the start", sensitive: true, holds: Holds::TaxMode },
    Setting { key: CUSTOMERS, words: "what is accepted of single customers, * for all: 10042 tolerance=2.00 percent=0.5 grace=3; 10043 on-account off=h; 10044 oldest-first; * minimum=30 customer=60 automatic=80", sensitive: true, holds: Holds::Accepted },
    Setting { key: PEOPLE, words: "what single people may let go by hand, never more than is accepted of the customer: mara tolerance=1.00 percent=0.5; * tolerance=0.50", sensitive: true, holds: Holds::Accepted },
    Setting { key: DEDUCTION_REASONS, words: "what payers mean by the codes or words of their deductions, before the usual ones: 21 = freight; RABATT = promotion or rebate", sensitive: false, holds: Holds::Reasons },
    Setting { key: "mail-quiet-from", words: "from which time of day on no mail leaves, such as 18:00", sensitive: false, holds: Holds::Time },
    Setting { key: "mail-quiet-until", words: "until which time of day no mail leaves, such as 08:00", sensitive: false, holds: Holds::Time },
    Setting { key: "mail-quiet-weekends", words: "1 where no mail leaves on Saturdays and Sundays", sensitive: false, holds: Holds::Number },
    Setting { key: "holidays", words: "days off besides weekends, such as 2026-12-25 2026-12-26: no mail leaves, a promise may be kept on the next working day, service clocks stand", sensitive: false, holds: Holds::Days },
    Setting { key: "mail-gap-days", words: "days between two contacts of a customer, calls and mails alike; 0 for none", sensitive: false, holds: Holds::Number },
    Setting { key: "mail-per-week", words: "contacts of a customer in any seven days; 0 for no limit", sensitive: false, holds: Holds::Number },
    Setting { key: "dunning-bank-days", words: "days the last bank statement may be old when reminders are sent", sensitive: true, holds: Holds::Number },
    Setting { key: REVIEWED, words: "what came of looking through the payments and receipts nothing was decided of; from then on only later ones keep reminders from being sent", sensitive: false, holds: Holds::Line },
    Setting { key: ACKNOWLEDGED, words: "what o2c check found last, and why acts go on all the same: o2c check --acknowledge", sensitive: false, holds: Holds::Line },
    Setting { key: "dunning-policy-by-two", words: "1 where dunning policies are changed by two people", sensitive: true, holds: Holds::Number },
    Setting { key: "promise-days", words: "days after the promised day in which money still keeps a promise; 2 where it is not set", sensitive: false, holds: Holds::Number },
    Setting { key: collect::HORIZON, words: "how many days ahead a promise may be for without a second person; 90 where it is not set", sensitive: true, holds: Holds::Number },
    Setting { key: collect::RENEWALS, words: "how many promises on an item may be renewed or broken before the next takes a second person; 3 where it is not set", sensitive: true, holds: Holds::Number },
    Setting { key: "dispute-clocks", words: "working days a department has to answer and to decide a dispute: invoicing 2/10; * 2/14", sensitive: false, holds: Holds::Clocks },
    Setting { key: case::CLOSE_BELOW, words: "up to how much of the book's currency in dispute o2c daily writes a case off, once its cash discount is over; 0 for never", sensitive: true, holds: Holds::Decimal },
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
    if setting.holds == Holds::Address && !is_plain(value.trim()) {
        let shown = text::clean(value).text;
        let sentence =
            format!("\"{shown}\" is not exactly one address of the form name@company.tld. Nothing was changed.");
        return Err(Failure::refused("MAIL-02", sentence));
    }
    // Quiet hours and days off are for a while: they can be taken away as well.
    let none = matches!(setting.holds, Holds::Time | Holds::Days) && matches!(value.trim(), "" | "none");
    if none {
        if tx.setting(key)?.unwrap_or_default().is_empty() {
            return Err(Failure::refused("AUT-07", format!("{key} is not set. Nothing was changed.")));
        }
        tx.change_setting(key, "")?;
        return Ok(Written { undoable: false, ..Written::of(None, format!("{key} is not set any more")) });
    }
    let mut value = master::line(value, "The value")?;
    holds(setting.holds, &value)?;
    if setting.holds == Holds::Language {
        value = words::code(&value);
        if !words::ALL.iter().any(|one| one.code == words::base(&value)) && !templates::has(tx, &value)? {
            let known: Vec<String> = words::ALL.iter().map(|one| format!("{} ({})", one.code, one.name)).collect();
            let sentence = format!(
                "There are no letters in \"{value}\"; there are {}. A template of your own in it comes first: o2c \
                 template set reminder-1.{value}.txt. Nothing was changed.",
                known.join(", ")
            );
            return Err(Failure::refused("TPL-05", sentence));
        }
    }
    if key == ACKNOWLEDGED {
        return acknowledge(tx, &value);
    }
    if setting.holds == Holds::Iban {
        value.retain(|letter| !letter.is_whitespace());
        value.make_ascii_uppercase();
        if !reference::is_iban(&value) {
            let sentence = "The IBAN's check digits do not match; perhaps two digits are swapped. Nothing was changed.";
            return Err(Failure::refused("REF-01", sentence));
        }
    }
    // A review is one more, whatever it is called.
    if key != REVIEWED && tx.setting(key)?.as_deref() == Some(value.as_str()) {
        return Err(Failure::refused("AUT-07", format!("{key} is {value} already. Nothing was changed.")));
    }
    tx.change_setting(key, &value)?;
    Ok(Written { undoable: false, ..Written::of(None, format!("Set {key} to {value}")) })
}

/// Lets acts go on in a book that failed its check.
fn acknowledge(tx: &mut Tx<'_>, reason: &str) -> Result<Written, Failure> {
    let Some(what) = tx.acknowledge(reason)? else {
        let sentence = "No check has stopped this book, so there is nothing to acknowledge. Nothing was changed.";
        return Err(Failure::refused("CHK-02", sentence));
    };
    let summary = format!("Acknowledged what the check found ({what}): {reason}");
    Ok(Written { undoable: false, ..Written::of(None, summary) })
}

/// Refuses a value that is not what the setting may hold, as far as that is told by the value alone.
fn holds(may: Holds, value: &str) -> Result<(), Failure> {
    if may == Holds::Number && value.parse::<u32>().is_err() {
        let sentence = format!("\"{value}\" is not a whole number from 0. Nothing was changed.");
        return Err(Failure::refused("AMT-01", sentence));
    }
    let decimal = |text: &str| text.parse::<rust_decimal::Decimal>().is_ok_and(|value| !value.is_sign_negative());
    if may == Holds::Decimal && !decimal(value) {
        let sentence = format!("\"{value}\" is not a number from 0, such as 2.50. Nothing was changed.");
        return Err(Failure::refused("AMT-01", sentence));
    }
    if may == Holds::Clocks
        && let Err(part) = crate::domain::case::clock::read(value)
    {
        let sentence =
            format!("\"{part}\" is not a department and two numbers of days: invoicing 2/10. Nothing was changed.");
        return Err(Failure::refused("CFG-02", sentence));
    }
    if may == Holds::TaxMode && TaxMode::parse(value).is_none() {
        let sentence = format!("\"{value}\" is none of included, excluded and mixed. Nothing was changed.");
        return Err(Failure::refused("CFG-02", sentence));
    }
    if may == Holds::Reasons
        && let Err(part) = crate::domain::deduction::read(value)
    {
        let sentence = format!("\"{part}\" is not a code and a reason of disputes: 21 = freight. Nothing was changed.");
        return Err(Failure::refused("CFG-02", sentence));
    }
    if may == Holds::Accepted
        && let Err(part) = crate::domain::cash::read_own(value)
    {
        let sentence = format!(
            "\"{part}\" is not somebody and what is accepted: 10042 tolerance=2.00 percent=0.5 grace=3 oldest-first \
             on-account off=d,h minimum=30 customer=60 automatic=80, each once. Nothing was changed."
        );
        return Err(Failure::refused("CFG-02", sentence));
    }
    if may == Holds::Time && chrono::NaiveTime::parse_from_str(value, "%H:%M").is_err() {
        let sentence = format!("\"{value}\" is not a time of day such as 18:00. Nothing was changed.");
        return Err(Failure::refused("DAT-01", sentence));
    }
    let is_day = |day: &str| day.parse::<chrono::NaiveDate>().is_ok();
    if may == Holds::Days && !value.split([' ', ',']).filter(|day| !day.is_empty()).all(is_day) {
        let sentence = format!("\"{value}\" is not a list of days such as 2026-12-25 2026-12-26. Nothing was changed.");
        return Err(Failure::refused("DAT-01", sentence));
    }
    Ok(())
}
