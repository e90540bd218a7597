//! The short reminder a collector starts from: one paragraph with what is past due, in the language and the form of the
//! customer. It is a draft to be read and changed; the letters that go out by themselves come from the templates.

use chrono::NaiveDate;

use super::form::Form;
use crate::domain::money::Money;

/// An open item as the draft names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastDue {
    /// Number of its document.
    pub number: String,
    /// What is open of it.
    pub open: Money,
    /// Due date.
    pub on: NaiveDate,
}

/// The most items named one by one.
const NAMED: usize = 8;

/// The draft in a language (`de`, `de-CH`; English where there are no words); it thanks where nothing is past due.
pub fn reminder(language: &str, due: &[PastDue]) -> String {
    let form = Form::of(language);
    let words = form.words;
    if due.is_empty() {
        return words.nothing_due.to_owned();
    }
    let named: Vec<String> = due
        .iter()
        .take(NAMED)
        .map(|item| {
            let amount = form.amount(item.open.minor, item.open.currency);
            format!("{} {amount}, {} {}", item.number, words.due_on, form.short_date(item.on))
        })
        .collect();
    let more = due.len().saturating_sub(NAMED);
    let tail = if more > 0 { format!("; {}", words.and_more.replace("{}", &more.to_string())) } else { String::new() };
    // A blank that must not break is for paper; what is typed over on a screen has plain ones.
    format!("{} {}{tail}. {}", words.reminds, named.join("; "), words.asks).replace(['\u{a0}', '\u{202f}'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    fn item(number: &str, minor: i64) -> PastDue {
        let on = NaiveDate::from_ymd_opt(2026, 3, 5).expect("a day");
        PastDue { number: number.to_owned(), open: Money::new(minor, Currency::EUR), on }
    }

    #[test]
    fn the_draft_speaks_the_language_and_counts_what_it_leaves_out() {
        let one = [item("INV-1", 123_450)];
        let english =
            "Payment reminder. Past due: INV-1 EUR 1,234.50, due 05 Mar 2026. Please pay, or tell us when you will.";
        assert_eq!(reminder("en", &one), english);
        assert_eq!(reminder("", &one), english);
        assert_eq!(
            reminder("de-DE", &one),
            "Zahlungserinnerung. Überfällig: INV-1 1.234,50 EUR, fällig am 05.03.2026. Bitte zahlen Sie, oder nennen Sie uns den Tag der Zahlung."
        );
        assert_eq!(
            reminder("fr", &one),
            "Rappel de paiement. Échu : INV-1 1 234,50 EUR, échéance 05/03/2026. Merci de régler ou de nous indiquer la date du paiement."
        );
        let many: Vec<PastDue> = (0..11).map(|n| item(&format!("F{n}"), 100)).collect();
        let spanish = reminder("es", &many);
        assert!(spanish.contains("F7 1,00 EUR, vencimiento 05/03/2026; y 3 más. "), "{spanish}");
        assert!(!spanish.contains("F8"), "{spanish}");
        assert_eq!(reminder("de", &[]), "Derzeit ist nichts überfällig. Vielen Dank für Ihre pünktlichen Zahlungen.");
    }
}
