//! A reminder of a dunning run as the contents of a document: what is asked for is what the run decided, to the cent.

use super::form::Form;
use super::letter::{Company, Kind, Letter, Line, Party, lines};
use super::library::{self, Edited};
use super::page::Page;
use super::paper::Sheet;
use super::scan::TemplateError;
use super::template::Template;
use crate::domain::document::DocumentKind;
use crate::domain::dunning::{Credits, Letter as Reminder, LetterLine};

/// The contents of a reminder. Interest that is only told and not posted is not asked for and not in it.
pub fn contents(reminder: &Reminder) -> Letter {
    let posted = reminder.interest_document.is_some();
    let mut items: Vec<Line> = reminder.lines.iter().map(|line| item(reminder, line, posted)).collect();
    if reminder.credits > 0 && reminder.credits_as != Credits::None {
        items.push(credits(reminder));
    }
    Letter {
        kind: Kind::Reminder,
        number: reminder.number.clone(),
        language: reminder.language.clone(),
        date: reminder.date,
        level: reminder.level,
        pay_by: Some(reminder.pay_by),
        company: Company {
            name: reminder.company.clone(),
            address: lines(&reminder.company_address),
            iban: reminder.bank_account.clone(),
            phone: reminder.phone.clone(),
            email: reminder.sender.clone(),
            footer: reminder.footer.clone(),
        },
        customer: Party {
            number: reminder.customer_number.clone(),
            name: reminder.customer_name.clone(),
            contact: reminder.contact.clone(),
            address: lines(&reminder.address),
        },
        signed: String::new(),
        items,
        promise: None,
        plan: Vec::new(),
        dispute: None,
    }
}

/// The page of a letter as its template and its customer's language make it: its own template where the policy names one
/// that there is, else that of its level; as edited in the book, else the program's own.
pub fn page(reminder: &Reminder, edited: &[Edited]) -> Result<Page, TemplateError> {
    let name = library::name(&reminder.template).unwrap_or_else(|| library::name_for(Kind::Reminder, reminder.level));
    let found = library::find(name, &reminder.language, &reminder.house_language, edited);
    Template::read(&found.text, &found.language)?.render(&contents(reminder))
}

/// The letter as it is put on paper.
pub fn sheet(reminder: &Reminder, edited: &[Edited]) -> Result<Sheet, TemplateError> {
    Ok(Sheet::new(&contents(reminder), page(reminder, edited)?))
}

/// The letter as plain text, with whom it goes to, its number and its day above.
pub fn text(reminder: &Reminder, edited: &[Edited]) -> Result<String, TemplateError> {
    let page = page(reminder, edited)?;
    let head = [reminder.customer_name.as_str(), reminder.contact.as_str()];
    let head: String = head.into_iter().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect();
    let date = Form::of(&page.language).date(reminder.date);
    Ok(format!("{head}\n{}, {date}\n\n{}\n\n{}", reminder.number, page.subject, page.text()))
}

fn item(reminder: &Reminder, line: &LetterLine, posted: bool) -> Line {
    Line {
        number: line.document.clone(),
        kind: line.kind,
        date: line.date,
        due: line.due,
        currency: reminder.currency,
        amount: line.amount,
        open: line.open,
        disputed: line.disputed,
        asked: line.asked,
        days_late: line.days.max(0),
        fee: line.fee,
        interest: if posted { line.interest } else { 0 },
    }
}

/// The customer's open credits as one line; they carry no number, because they are many.
fn credits(reminder: &Reminder) -> Line {
    let off = if reminder.credits_as == Credits::Net { -reminder.credits } else { 0 };
    Line {
        number: String::new(),
        kind: DocumentKind::CreditNote,
        date: reminder.date,
        due: reminder.date,
        currency: reminder.currency,
        amount: -reminder.credits,
        // Where it is only listed it is told by its amount, and no sum of the letter has it.
        open: off,
        disputed: 0,
        asked: off,
        days_late: 0,
        fee: 0,
        interest: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn a_document_asks_for_what_the_run_decided() {
        let day = |text: &str| text.parse().unwrap();
        let line = LetterLine {
            item: 1,
            document: "INV-1".to_owned(),
            kind: DocumentKind::Invoice,
            reference: String::new(),
            date: day("2026-01-02"),
            due: day("2026-02-01"),
            days: 58,
            amount: 120_000,
            open: 100_000,
            disputed: 10_000,
            asked: 90_000,
            fee: 500,
            interest: 1_234,
        };
        for (credits_as, posted) in
            [(Credits::Net, true), (Credits::List, true), (Credits::None, false), (Credits::Net, false)]
        {
            let reminder = Reminder {
                id: 1,
                number: "L-17".to_owned(),
                run: "M-3".to_owned(),
                date: day("2026-03-31"),
                level: 2,
                template: String::new(),
                language: "de".to_owned(),
                channels: Vec::new(),
                company: "Nordwind GmbH".to_owned(),
                company_address: String::new(),
                house_language: String::new(),
                bank_account: String::new(),
                sender: String::new(),
                phone: String::new(),
                footer: String::new(),
                customer_number: "C1".to_owned(),
                customer_name: "Acme".to_owned(),
                contact: String::new(),
                address: String::new(),
                email: String::new(),
                country: String::new(),
                currency: Currency::EUR,
                lines: vec![line.clone()],
                credits: 20_000,
                credits_as,
                pay_by: day("2026-04-10"),
                fee_document: Some("F-1".to_owned()),
                interest_document: posted.then(|| "Z-1".to_owned()),
                interest_basis: String::new(),
            };
            let totals = contents(&reminder).totals();
            assert_eq!(totals[0].total, reminder.total(), "{credits_as:?} {posted}");
        }
    }
}
