//! What a file comes to, so that it can be held against the system it was made by before anything is taken in: documents
//! and money by currency and kind, what of it was settled, and the first and last of its days.

use std::fmt::Write;

use chrono::NaiveDate;

use super::canonical::{DocumentKind, InvoiceRow, ReceiptRow};
use crate::domain::money::{Currency, Money, NumberStyle};
use crate::domain::text::counted;

/// What the rows of one currency come to; amounts in minor units, in the direction of what is owed.
struct Sums {
    currency: Currency,
    /// Rows and their sum by kind: invoices, debit notes, credit notes.
    kinds: [(u64, i128); 3],
    /// What the file says was settled.
    settled: i128,
}

/// First and last of some days.
#[derive(Default)]
struct Span(Option<(NaiveDate, NaiveDate)>);

impl Span {
    fn add(&mut self, day: NaiveDate) {
        let (first, last) = self.0.unwrap_or((day, day));
        self.0 = Some((first.min(day), last.max(day)));
    }

    fn words(&self, what: &str) -> Option<String> {
        self.0.map(|(first, last)| match first == last {
            true => format!("{what} {first}"),
            false => format!("{what} {first} to {last}"),
        })
    }
}

fn money(minor: i128, currency: Currency) -> String {
    // A file whose sum no amount can hold is refused by the book; what is said of it until then is the largest there is.
    let minor = i64::try_from(minor).unwrap_or(if minor < 0 { -i64::MAX } else { i64::MAX });
    Money::new(minor, currency).grouped(NumberStyle::Point)
}

/// Sentences on the documents of a file: a line for each currency in the order of the file, and one with the days.
pub fn of_invoices(rows: &[InvoiceRow]) -> Vec<String> {
    const KINDS: [DocumentKind; 3] = [DocumentKind::Invoice, DocumentKind::DebitNote, DocumentKind::CreditNote];
    let mut all: Vec<Sums> = Vec::new();
    let [mut dated, mut due, mut settled] = [Span::default(), Span::default(), Span::default()];
    for row in rows {
        let place = all.iter().position(|sums| sums.currency == row.currency).unwrap_or_else(|| {
            all.push(Sums { currency: row.currency, kinds: [(0, 0); 3], settled: 0 });
            all.len() - 1
        });
        let sums = &mut all[place];
        let sign = if row.kind == DocumentKind::CreditNote { -1 } else { 1 };
        let kind = &mut sums.kinds[KINDS.iter().position(|kind| *kind == row.kind).unwrap_or(0)];
        *kind = (kind.0 + 1, kind.1 + sign * i128::from(row.amount));
        dated.add(row.document_date);
        row.due_date.into_iter().for_each(|day| due.add(day));
        if let Some(day) = row.settled_date {
            sums.settled += sign * i128::from(row.settled_amount.unwrap_or(row.amount));
            settled.add(day);
        }
    }
    let mut lines: Vec<String> = all
        .iter()
        .map(|sums| {
            let kinds = KINDS.iter().zip(sums.kinds).filter(|(_, (many, _))| *many > 0);
            let kinds = kinds
                .map(|(kind, (many, sum))| format!("{} {}", counted(many, kind.name()), money(sum, sums.currency)));
            let total: i128 = sums.kinds.iter().map(|(_, sum)| *sum).sum();
            let kinds = kinds.collect::<Vec<_>>().join(", ");
            let mut line = format!("Read: {} {kinds}", sums.currency);
            if sums.settled != 0 {
                let open = money(total - sums.settled, sums.currency);
                let _ = write!(line, "; settled {}, open {open}", money(sums.settled, sums.currency));
            } else if sums.kinds.iter().filter(|(many, _)| *many > 0).count() > 1 {
                let _ = write!(line, "; together {}", money(total, sums.currency));
            }
            line + "."
        })
        .collect();
    let days = [dated.words("dated"), due.words("due"), settled.words("settled")];
    lines.extend(days_line(days));
    lines
}

/// Sentences on the receipts of a file.
pub fn of_receipts(rows: &[ReceiptRow]) -> Vec<String> {
    let mut all: Vec<(Currency, u64, i128, i128)> = Vec::new();
    let mut dated = Span::default();
    for row in rows {
        let place = all.iter().position(|sums| sums.0 == row.currency).unwrap_or_else(|| {
            all.push((row.currency, 0, 0, 0));
            all.len() - 1
        });
        let sums = &mut all[place];
        sums.1 += 1;
        sums.2 += i128::from(row.amount);
        sums.3 += row.allocations.iter().map(|(_, part)| i128::from(*part)).sum::<i128>();
        dated.add(row.date);
    }
    let line = |(currency, many, sum, applied): &(Currency, u64, i128, i128)| {
        let rest = money(sum - applied, *currency);
        format!(
            "Read: {currency} {} {}; for documents it names {}, unapplied {rest}.",
            counted(*many, "receipt"),
            money(*sum, *currency),
            money(*applied, *currency),
        )
    };
    let mut lines: Vec<String> = all.iter().map(line).collect();
    lines.extend(days_line([dated.words("dated")]));
    lines
}

fn days_line(days: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let days: Vec<String> = days.into_iter().flatten().collect();
    (!days.is_empty()).then(|| format!("Its days: {}.", days.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn row(kind: DocumentKind, amount: i64, currency: Currency, settled: Option<(&str, i64)>) -> InvoiceRow {
        InvoiceRow {
            line: 2,
            number: "A".into(),
            customer: "C".into(),
            customer_name: None,
            document_date: day("2026-01-05"),
            due_date: Some(day("2026-02-04")),
            terms: None,
            terms_base: None,
            amount,
            currency,
            kind,
            reference: None,
            order: None,
            settled_date: settled.map(|(on, _)| day(on)),
            settled_amount: settled.map(|(_, part)| part).filter(|part| *part > 0),
            disputed: false,
            tax: None,
        }
    }

    #[test]
    fn what_is_open_is_what_the_other_system_shows_as_open() {
        use DocumentKind::{CreditNote, Invoice};
        let rows = [
            row(Invoice, 100_000, Currency::EUR, None),
            row(Invoice, 50_000, Currency::EUR, Some(("2026-02-10", 0))),
            row(Invoice, 30_000, Currency::EUR, Some(("2026-02-12", 10_000))),
            row(CreditNote, 5_000, Currency::EUR, None),
            row(Invoice, 70_000, Currency::USD, None),
        ];
        assert_eq!(
            of_invoices(&rows),
            [
                "Read: EUR 3 invoices 1,800.00, 1 credit note -50.00; settled 600.00, open 1,150.00.",
                "Read: USD 1 invoice 700.00.",
                "Its days: dated 2026-01-05, due 2026-02-04, settled 2026-02-10 to 2026-02-12.",
            ]
        );
        assert_eq!(of_invoices(&[]), Vec::<String>::new());
    }

    #[test]
    fn receipts_tell_what_is_for_documents_and_what_is_left() {
        let receipt = ReceiptRow {
            line: 2,
            reference: "R".into(),
            customer: None,
            date: day("2026-03-01"),
            amount: 12_345,
            currency: Currency::EUR,
            method: None,
            text: None,
            allocations: vec![("A".into(), 2_345)],
        };
        let lines = of_receipts(&[receipt]);
        assert_eq!(lines[0], "Read: EUR 1 receipt 123.45; for documents it names 23.45, unapplied 100.00.");
    }
}
