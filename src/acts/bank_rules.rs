//! Rules for entries the bank's codes do not settle: putting one in force, and taking it out. They count from the next
//! file on; what was booked before stays as it is.

use serde::{Deserialize, Serialize};

use super::Failure;
use super::perform::Written;
use crate::domain::bank::EntryKind;
use crate::domain::bank_rule::{BankRule, Pattern};
use crate::store::Tx;

/// What a rule says of an entry, as the end of a sentence.
pub fn words(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Charge => "a charge of the bank",
        EntryKind::Transfer => "a transfer between own accounts",
        EntryKind::Receipt => "a receipt of a customer",
        EntryKind::Interest => "interest",
        EntryKind::Return => "money the bank takes back",
        EntryKind::Payment | EntryKind::Other => "no matter of receivables",
    }
}

/// A rule put in force or taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleChange {
    /// The text that names the entries; `*` stands for anything.
    pub text: String,
    /// On which account of the company; `None` for all.
    pub account: Option<i64>,
    /// What such an entry is.
    pub kind: EntryKind,
    /// False takes it out.
    pub held: bool,
}

/// The rule that holds for the entries a change names, as the book has it now.
pub(super) fn premises(tx: &Tx<'_>, change: &RuleChange) -> Result<String, Failure> {
    Ok(format!("rule for {} on {:?}: {:?}", change.text, change.account, in_force(tx, change)?))
}

/// What a change of a rule changes, for whoever approves it.
pub(super) fn change(
    tx: &Tx<'_>,
    change: &RuleChange,
    add: &mut dyn FnMut(&str, String, String),
) -> Result<(), Failure> {
    let of = |kind: Option<EntryKind>| kind.map_or("as the bank's codes say", words).to_owned();
    let after = change.held.then_some(change.kind);
    add(&format!("entries with \"{}\"", change.text), of(in_force(tx, change)?), of(after));
    Ok(())
}

fn in_force(tx: &Tx<'_>, change: &RuleChange) -> Result<Option<EntryKind>, Failure> {
    let Ok(pattern) = Pattern::read(&change.text) else { return Ok(None) };
    let same = |rule: &BankRule| rule.account == change.account && rule.pattern.key() == pattern.key();
    Ok(tx.bank_rules()?.into_iter().find(same).map(|rule| rule.kind))
}

pub(super) fn set(tx: &mut Tx<'_>, change: &RuleChange) -> Result<Written, Failure> {
    let RuleChange { text, account, kind, held } = change;
    let (account, kind, held) = (*account, *kind, *held);
    let pattern = Pattern::read(text)
        .map_err(|why| Failure::refused("BNK-10", format!("The text names no entries: {why}. Nothing was changed.")))?;
    if kind == EntryKind::Payment {
        let sentence = "Payments of ours are told by the bank's codes; choose other. Nothing was changed.";
        return Err(Failure::refused("BNK-10", sentence));
    }
    let place = match account {
        None => "on every account".to_owned(),
        Some(id) => match tx.bank_accounts()?.into_iter().find(|known| known.id == id) {
            Some(known) => format!("on {}", known.name),
            None => return Err(Failure::refused("BNK-07", "There is no such bank account. Nothing was changed.")),
        },
    };
    let same = |rule: &BankRule| rule.account == account && rule.pattern.key() == pattern.key();
    let known = tx.bank_rules()?.into_iter().find(same);
    match (&known, held) {
        (Some(known), true) => {
            let sentence = format!(
                "Entries with \"{}\" {place} are {} by a rule already. Nothing was changed; remove that first.",
                known.pattern.written(),
                words(known.kind)
            );
            return Err(Failure::refused("BNK-11", sentence));
        }
        (None, false) => {
            let sentence = format!("There is no rule for \"{}\" {place}. Nothing was changed.", pattern.written());
            return Err(Failure::refused("BNK-11", sentence));
        }
        (Some(known), false) if known.kind != kind => {
            let sentence = format!(
                "Entries with \"{}\" {place} are {} by the rule, not {}. Nothing was changed.",
                known.pattern.written(),
                words(known.kind),
                words(kind)
            );
            return Err(Failure::refused("BNK-11", sentence));
        }
        _ => {}
    }
    let rule = known.unwrap_or(BankRule { pattern, account, kind });
    tx.change_bank_rule(&rule, held)?;
    let (text, what) = (rule.pattern.written(), words(rule.kind));
    Ok(Written::of(
        None,
        match held {
            true => format!("From the next file on, entries with \"{text}\" {place} are {what}"),
            false => format!("Entries with \"{text}\" {place} are no longer {what} by a rule"),
        },
    ))
}
