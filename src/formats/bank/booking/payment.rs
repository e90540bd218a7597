//! The payments an entry consists of: one each where the bank lists them and they add up, else one for the entry with
//! what all of them say.

use super::super::amount::{Amount, Unit};
use super::super::facts::{Document, Facts, RefKind, Structured, is_placeholder};
use super::super::statement::Entry;
use super::texts::{LINE, LONG, compact, tidy};
use crate::domain::bank::{PaymentRow, RawText, RemittanceRow};

/// Words for the kinds of documents of ISO 20022 and X12.
const DOCUMENTS: [(&str, &str); 16] = [
    ("CINV", "invoice"),
    ("CNFA", "credit note"),
    ("CREN", "credit note"),
    ("DEBN", "debit note"),
    ("DNFA", "debit note"),
    ("HIRI", "invoice"),
    ("MSIN", "invoice"),
    ("SBIN", "invoice"),
    ("PUOR", "order"),
    ("SOAC", "statement"),
    ("IV", "invoice"),
    ("OI", "invoice"),
    ("CM", "credit note"),
    ("DM", "debit note"),
    ("PO", "order"),
    ("ST", "statement"),
];

/// The payments of an entry, and what is odd about them.
pub(super) fn of(entry: &Entry) -> (Vec<PaymentRow>, Option<String>) {
    let unit = entry.amount.unit;
    if entry.details.is_empty() {
        return (vec![payment(entry.amount.minor, unit, &[&entry.facts])], None);
    }
    let amounts = entry.details.iter().map(|detail| detail.amount.filter(|amount| amount.unit == unit));
    let sum = amounts.clone().try_fold(0i128, |sum, amount| Some(sum + i128::from(amount?.minor)));
    if sum == Some(i128::from(entry.amount.minor)) {
        let each = entry.details.iter().zip(amounts.flatten()).filter(|(_, amount)| amount.minor != 0);
        return (each.map(|(detail, amount)| payment(amount.minor, unit, &[&detail.facts])).collect(), None);
    }
    let all: Vec<&Facts> = entry.details.iter().map(|detail| &detail.facts).collect();
    let odd = format!(
        "Entry {}: the {} payments listed in it do not add up to it and are kept as one.",
        entry.number,
        all.len()
    );
    (vec![payment(entry.amount.minor, unit, &all)], Some(odd))
}

/// What all of them say, or nothing.
fn common<'f>(all: &[&'f Facts], of: impl Fn(&'f Facts) -> Option<&'f str>) -> &'f str {
    let first = all.first().and_then(|facts| of(facts)).unwrap_or("");
    if all.iter().all(|facts| of(facts).unwrap_or("") == first) { first } else { "" }
}

/// One payment with what these facts say.
fn payment(minor: i64, unit: Unit, all: &[&Facts]) -> PaymentRow {
    let mut raw: Vec<RawText> = Vec::new();
    let mut kept = |field: &'static str, text: &str, most: usize| {
        let (clean, changed) = tidy(text, most);
        if changed {
            raw.push((field, text.as_bytes().to_vec()));
        }
        clean
    };
    let payer =
        kept("payer", common(all, |facts| facts.party.name.as_deref().or(facts.party.ultimate.as_deref())), LINE);
    let account = common(all, |facts| facts.party.account.as_deref());
    let structured = kept("structured", common(all, creditor_reference), LINE);
    let end = common(all, |facts| facts.reference(RefKind::EndToEnd).or(facts.reference(RefKind::Owner)));
    let end_to_end = kept("end_to_end", end, LINE);
    let text = kept("text", &text(all), LONG);
    let turned = minor < 0;
    let mut remittance: Vec<RemittanceRow> = Vec::new();
    for one in all.iter().flat_map(|facts| &facts.structured) {
        remittance.extend(lines(one, unit, turned, &structured));
    }
    PaymentRow { amount: minor, payer, payer_account: compact(account), structured, end_to_end, text, remittance, raw }
}

/// The first creditor reference.
fn creditor_reference(facts: &Facts) -> Option<&str> {
    let found = facts.structured.iter().find_map(|one| one.creditor_reference.as_deref());
    found.filter(|reference| !is_placeholder(reference))
}

/// Free remittance text with whatever else may help to find what is paid.
fn text(all: &[&Facts]) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut add = |line: &str| {
        if !line.trim().is_empty() && !out.iter().any(|known| known == line) {
            out.push(line.to_owned());
        }
    };
    for facts in all {
        facts.lines.iter().for_each(|line| add(line));
        facts.structured.iter().flat_map(|one| &one.text).for_each(|line| add(line));
        // What the bank adds is mostly the name of the transaction; it is text where there is no other.
        if facts.lines.is_empty() {
            facts.text.as_deref().into_iter().for_each(&mut add);
        }
        if let Some(cheque) = facts.reference(RefKind::Cheque) {
            add(&format!("cheque {cheque}"));
        }
        if let (Some(ultimate), true) = (&facts.party.ultimate, facts.party.name.is_some()) {
            add(&format!("on behalf of {ultimate}"));
        }
        facts.returned.iter().filter_map(|back| back.text.as_deref()).for_each(&mut add);
    }
    out.join("\n")
}

/// The lines of one structured remittance: a line a document; a reference of its own where it names none.
fn lines(one: &Structured, unit: Unit, turned: bool, known: &str) -> Vec<RemittanceRow> {
    let own = |amount: Option<Amount>| amount.filter(|amount| amount.unit == unit).map(|amount| amount.minor);
    let amount = own(one.remitted).map(|minor| if turned { -minor.abs() } else { minor });
    let discount = own(one.discount).map(i64::abs).filter(|minor| *minor != 0);
    let less = one.adjustments.iter().filter(|change| change.amount.unit == unit && change.amount.minor < 0);
    let credit = own(one.credit_note).map_or(0, i64::abs);
    let deduction: i64 = less.clone().map(|change| -change.amount.minor).sum::<i64>() + credit;
    let mut reason = less.clone().filter_map(|change| change.reason.as_deref()).collect::<Vec<_>>().join(", ");
    if reason.is_empty() && credit != 0 {
        reason = "credit note".to_owned();
    }
    let documents: Vec<&Document> = one.documents.iter().filter(|document| !is_placeholder(&document.number)).collect();
    let mut rows: Vec<RemittanceRow> = documents.iter().map(|document| named(document)).collect();
    if rows.is_empty()
        && let Some(reference) = one.creditor_reference.as_deref().filter(|reference| !is_placeholder(reference))
        && (tidy(reference, LINE).0 != known || amount.is_some())
    {
        let number = tidy(reference, LINE).0;
        rows.push(RemittanceRow { kind: "reference".to_owned(), number, ..RemittanceRow::default() });
    }
    // Amounts are of all documents together: they belong to a line only where there is one.
    if let [row] = rows.as_mut_slice() {
        (row.amount, row.discount) = (amount, discount);
        (row.deduction, row.reason) = (Some(deduction).filter(|minor| *minor > 0), tidy(&reason, LINE).0);
    }
    rows
}

fn named(document: &Document) -> RemittanceRow {
    let kind = document.kind.as_deref().unwrap_or("");
    let word = DOCUMENTS.iter().find(|(code, _)| *code == kind).map(|(_, word)| *word);
    let kind = word.map_or_else(|| tidy(&kind.to_lowercase(), LINE).0, str::to_owned);
    RemittanceRow { kind, number: tidy(&document.number, LINE).0, ..RemittanceRow::default() }
}
