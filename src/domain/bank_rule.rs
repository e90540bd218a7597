//! Rules for entries of the bank that its codes do not settle: a piece of text that names them, on one account or all, and
//! what such an entry is. The most particular rule decides, so that an exception can stand beside what it is one from.

use super::bank::{EntryKind, EntryRow, PaymentRow};
use super::text::fold;

/// The fewest letters and digits a pattern has: with fewer it would meet nearly everything.
const SHORTEST: usize = 3;
/// The most characters a pattern has.
const LONGEST: usize = 140;

/// A text to be found in what the bank says: capitals, accents and runs of blanks make no difference, `*` stands for
/// anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    written: String,
    pieces: Vec<String>,
}

/// Folded, with one blank between words.
fn plain(text: &str) -> String {
    fold(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Pattern {
    /// Reads a pattern; the refusal says what would be accepted.
    pub fn read(text: &str) -> Result<Pattern, String> {
        let written = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let pieces: Vec<String> = written.split('*').map(plain).filter(|piece| !piece.is_empty()).collect();
        let signs = pieces.iter().flat_map(|piece| piece.chars()).filter(|sign| sign.is_alphanumeric()).count();
        if signs < SHORTEST {
            return Err(format!(
                "at least {SHORTEST} letters or digits of what the bank writes; * stands for anything"
            ));
        }
        if written.chars().count() > LONGEST {
            return Err(format!("at most {LONGEST} characters; leave out what differs from time to time"));
        }
        Ok(Pattern { written, pieces })
    }

    /// As it was written, blanks tidied.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// What makes two patterns the same.
    pub fn key(&self) -> String {
        self.pieces.join("*")
    }

    /// Whether it is in a text made by [`said`].
    pub fn meets(&self, said: &str) -> bool {
        let mut rest = said;
        self.pieces.iter().all(|piece| match rest.find(piece.as_str()) {
            Some(at) => {
                rest = &rest[at + piece.len()..];
                true
            }
            None => false,
        })
    }
}

/// All that the bank says of a payment in the form patterns are looked for in.
pub fn said<'t>(parts: impl IntoIterator<Item = &'t str>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).map(plain).collect::<Vec<_>>().join(" | ")
}

/// A rule in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankRule {
    /// What names the entries.
    pub pattern: Pattern,
    /// On which account of the company; `None` for all.
    pub account: Option<i64>,
    /// What such an entry is.
    pub kind: EntryKind,
}

/// Whether the bank's codes leave an entry of this kind to rules and people.
pub fn is_open(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::Receipt | EntryKind::Return | EntryKind::Other)
}

impl BankRule {
    /// Whether money of this sign can be what the rule says: what came in is no return, what went out no receipt.
    pub fn fits(&self, amount: i64) -> bool {
        match self.kind {
            EntryKind::Receipt => amount > 0,
            EntryKind::Return => amount < 0,
            _ => true,
        }
    }

    /// How particular it is: of one account before of all, long before short.
    fn rank(&self) -> (bool, usize) {
        (self.account.is_some(), self.pattern.pieces.iter().map(String::len).sum())
    }
}

/// The rule that decides about a payment of an entry, among those in force; the one made first where two are equally
/// particular.
pub fn deciding<'r>(
    rules: &'r [BankRule],
    account: i64,
    entry: &EntryRow,
    payment: &PaymentRow,
) -> Option<&'r BankRule> {
    if rules.is_empty() || !is_open(entry.kind) {
        return None;
    }
    let said = said([
        payment.payer.as_str(),
        &payment.text,
        &payment.structured,
        &payment.end_to_end,
        &payment.payer_account,
        &entry.code,
        &entry.reference,
    ]);
    let here = |rule: &&BankRule| rule.account.is_none_or(|of| of == account) && rule.fits(payment.amount);
    let mut best: Option<&BankRule> = None;
    for rule in rules.iter().filter(here).filter(|rule| rule.pattern.meets(&said)) {
        if best.is_none_or(|best| rule.rank() > best.rank()) {
            best = Some(rule);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meets(pattern: &str, text: &str) -> bool {
        Pattern::read(pattern).unwrap().meets(&said([text]))
    }

    #[test]
    fn capitals_accents_and_blanks_make_no_difference() {
        assert!(meets("kontoführung", "KONTOFUHRUNG  MAERZ") && meets("Cash  pool", "to CASH POOL 17"));
        assert!(meets("zins*april", "ZINSEN BIS APRIL") && !meets("april*zins", "ZINSEN BIS APRIL"));
        assert!(!meets("cash pool", "cash | pool"));
        for bad in ["", "ab", "**", "a*b", &"x".repeat(141)] {
            assert!(Pattern::read(bad).is_err(), "{bad}");
        }
        assert_eq!(Pattern::read("A  Bc*").unwrap().key(), Pattern::read(" a bc").unwrap().key());
    }

    #[test]
    fn the_most_particular_rule_decides() {
        let rule = |pattern: &str, account, kind| BankRule { pattern: Pattern::read(pattern).unwrap(), account, kind };
        let rules = [
            rule("fee", None, EntryKind::Charge),
            rule("fee refund", None, EntryKind::Receipt),
            rule("fee", Some(2), EntryKind::Transfer),
        ];
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let kind_of = |account, amount, text: &str, kind| {
            let payment = PaymentRow { amount, text: text.into(), ..PaymentRow::default() };
            let entry = EntryRow {
                line: 1,
                booked: day,
                value: day,
                currency: super::super::money::Currency::EUR,
                amount,
                kind,
                code: String::new(),
                reference: String::new(),
                key: [0; 16],
                content: None,
                likeness: [0; 16],
                payments: Vec::new(),
            };
            deciding(&rules, account, &entry, &payment).map(|rule| rule.kind)
        };
        let other = EntryKind::Other;
        assert_eq!(kind_of(1, -100, "monthly fee", other), Some(EntryKind::Charge));
        assert_eq!(kind_of(1, 100, "fee refund", other), Some(EntryKind::Receipt));
        assert_eq!(kind_of(1, -100, "fee refund", other), Some(EntryKind::Charge), "what went out is no receipt");
        assert_eq!(kind_of(2, 100, "fee refund", other), Some(EntryKind::Transfer), "of one account before of all");
        assert_eq!(kind_of(1, 100, "rent", other), None);
        assert_eq!(kind_of(1, -100, "monthly fee", EntryKind::Interest), None, "the bank's code comes first");
    }
}
