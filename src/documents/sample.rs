//! Made-up letters: what a template is tried on before it is taken, and what a preview without a customer shows.

use chrono::{Duration, NaiveDate};

use super::letter::{Answer, Company, Due, Kind, Letter, Line, Party};
use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;

/// The example of the IBAN registry.
const IBAN: &str = "DE89370400440532013000";

/// A letter with everything a letter can have.
pub fn letter(kind: Kind, language: &str) -> Letter {
    let date = NaiveDate::from_ymd_opt(2026, 3, 31).unwrap_or_default();
    let line = |number: &str, kind, late: i64, amount, open, currency| Line {
        number: number.to_owned(),
        kind,
        date: date - Duration::days(late + 30),
        due: date - Duration::days(late),
        currency,
        amount,
        open,
        disputed: 0,
        asked: open,
        days_late: late.max(0),
        fee: 0,
        interest: 0,
    };
    let (euro, dollar) = (Currency::EUR, Currency::USD);
    let invoice = DocumentKind::Invoice;
    let mut items = vec![
        line("INV-20448", invoice, 45, 123_450, 123_450, euro),
        line("INV-20450", invoice, 12, 118_000, 98_000, euro),
        line("CN-311", DocumentKind::CreditNote, 0, -15_000, -15_000, euro),
        line("INV-20612", invoice, -9, 2_000_000, 2_000_000, dollar),
    ];
    (items[0].fee, items[0].interest) = (500, 1_234);
    (items[1].disputed, items[1].asked) = (10_000, 88_000);
    let due = |days, amount| Due { on: date + Duration::days(days), amount, currency: euro };
    Letter {
        kind,
        number: "L-1042".to_owned(),
        language: language.to_owned(),
        date,
        level: 2,
        pay_by: Some(date + Duration::days(10)),
        company: Company {
            name: "Nordwind GmbH".to_owned(),
            address: vec!["Hafenstraße 7".to_owned(), "20457 Hamburg".to_owned()],
            iban: IBAN.to_owned(),
            phone: "+49 40 123456".to_owned(),
            email: "accounts@nordwind.example".to_owned(),
            footer: "Nordwind GmbH, HRB 12345 Hamburg".to_owned(),
        },
        customer: Party {
            number: "10023".to_owned(),
            name: "Müller & Söhne <Export>".to_owned(),
            contact: "Anna Weber".to_owned(),
            address: vec!["Marktplatz 1".to_owned(), "50667 Köln".to_owned()],
        },
        signed: "Mara Lind".to_owned(),
        items,
        promise: Some(due(4, 120_000)),
        plan: vec![due(15, 70_000), due(45, 70_000), due(75, 66_450)],
        dispute: Some(Answer {
            number: "D-17".to_owned(),
            reason: "price".to_owned(),
            outcome: "partly valid".to_owned(),
            text: "The agreed price list of January applies to the first ten pallets.".to_owned(),
            amount: 15_000,
            credited: 10_000,
            waived: 500,
            rejected: 4_500,
            currency: euro,
        }),
    }
}

/// A letter with the least a letter can have.
pub fn bare(kind: Kind, language: &str) -> Letter {
    let full = letter(kind, language);
    Letter {
        number: String::new(),
        level: 0,
        pay_by: None,
        company: Company { name: full.company.name, ..Company::default() },
        customer: Party { number: full.customer.number, name: full.customer.name, ..Party::default() },
        signed: String::new(),
        items: Vec::new(),
        promise: None,
        plan: Vec::new(),
        dispute: None,
        ..full
    }
}

/// The letters every template must be able to make: with everything, with one item not late, with nothing.
pub fn all(language: &str) -> [Letter; 3] {
    let full = letter(Kind::Reminder, language);
    let mut small = bare(Kind::Reminder, language);
    small.items =
        full.items.iter().take(1).cloned().map(|item| Line { days_late: 0, fee: 0, interest: 0, ..item }).collect();
    small.dispute = full.dispute.clone().map(|answer| Answer { credited: 0, waived: 0, text: String::new(), ..answer });
    small.promise = full.promise;
    small.plan = full.plan.clone();
    let bare = bare(Kind::Reminder, language);
    [full, small, bare]
}
