//! What the bank reports during the day is announced and counted once: the statement of the day takes its place, whatever
//! references it has, and what it does not show is named.

use o2c::acts::Act;
use o2c::domain::bank::{EntryKind, EntryRow, Source, StatementRow};

use super::book::{Company, application, entry, paid, statement};

/// A report of entries, as camt.052 and MT942 make them: other marks than in the statement, the same content.
fn report(number: &str, entries: Vec<EntryRow>) -> StatementRow {
    let entries = entries.into_iter().map(|one| {
        let mut key = one.key;
        key[15] = number.len() as u8;
        key[14] = number.as_bytes()[number.len() - 1];
        EntryRow { key, ..one }
    });
    StatementRow { source: Source::Report, ..statement(number, 0, entries.collect()) }
}

fn money(on: &str, amount: i64, mark: u8) -> EntryRow {
    entry(on, amount, EntryKind::Receipt, mark, vec![paid(amount, "Hafen", "INV-1")])
}

fn unmarked(on: &str, amount: i64, mark: u8) -> EntryRow {
    EntryRow { content: None, ..money(on, amount, mark) }
}

fn announced(company: &Company) -> i64 {
    company.number("SELECT coalesce(sum(left), 0) FROM bank_payment WHERE of_entry IS NULL")
}

fn waits(company: &Company) -> i64 {
    company.number("SELECT coalesce(sum(left), 0) FROM bank_payment WHERE of_entry IS NOT NULL")
}

#[test]
fn what_is_reported_is_announced_and_the_statement_takes_its_place() {
    for one in [money, unmarked] {
        let mut company = Company::new();
        let (taken, known, _) = company.take_in("r1", vec![report("R1", vec![one("2026-03-12", 100_000, 1)])], false);
        assert_eq!((taken, known, announced(&company), waits(&company)), (1, 0, 100_000, 0));
        assert_eq!(company.account(1010), 0, "nothing is booked");
        let early = Act::ApplyPayment(Box::new(application(1, 100_000, 1, &[(1, 100_000, 0, 0, 0, "")])));
        company.refused(early, "BNK-07");
        // The next report of the day tells the first entry again.
        let both = vec![one("2026-03-12", 100_000, 1), one("2026-03-12", 2_500, 2)];
        let (taken, known, _) = company.take_in("r2", vec![report("R2", both)], false);
        assert_eq!((taken, known, announced(&company)), (1, 1, 102_500));
        let day = vec![one("2026-03-12", 100_000, 1), one("2026-03-12", 2_500, 2)];
        let (taken, _, notices) = company.take_in("s", vec![statement("S1", 0, day)], false);
        assert_eq!((taken, notices, announced(&company), waits(&company)), (2, Vec::new(), 0, 102_500));
        let payment = company.number("SELECT min(id) FROM bank_payment WHERE of_entry IS NOT NULL");
        let lines = [(1, 100_000, 0, 0, 0, "")];
        company.act(Act::ApplyPayment(Box::new(application(payment, 100_000, 1, &lines))));
        // A report that comes after its statement is of no use.
        let late = vec![report("R3", vec![one("2026-03-12", 100_000, 1)])];
        let said = company.not_taken("r3", late, "IMP-02");
        assert!(said.contains("nothing new"), "{said}");
        assert_eq!(announced(&company), 0);
    }
}

#[test]
fn what_the_statement_of_the_day_does_not_show_is_named_and_announced_no_more() {
    let mut company = Company::new();
    let day = vec![money("2026-03-12", 100_000, 1), money("2026-03-12", 70_000, 2)];
    company.take_in("r1", vec![report("R1", day)], false);
    company.take_in("r2", vec![report("R2", vec![money("2026-03-13", 5_000, 3)])], false);
    let (_, _, notices) = company.take_in("s", vec![statement("S1", 0, vec![money("2026-03-12", 100_000, 1)])], false);
    assert_eq!(notices.len(), 1);
    assert!(notices[0].contains("1 payment of 700.00 EUR") && notices[0].contains("statement S1"), "{notices:?}");
    assert_eq!(announced(&company), 5_000, "the day after is still to come");
}

#[test]
fn an_advice_of_what_was_reported_is_counted_once() {
    let mut company = Company::new();
    company.take_in("r1", vec![report("R1", vec![money("2026-03-12", 150_000, 1)])], false);
    let parts = vec![paid(100_000, "Hafen", "INV-1"), paid(50_000, "Hafen", "INV-2")];
    let mut advice = statement("A1", 0, vec![entry("2026-03-12", 150_000, EntryKind::Receipt, 1, parts)]);
    (advice.source, advice.opening, advice.closing) = (Source::Advice, None, None);
    company.take_in("a1", vec![advice], false);
    assert_eq!(announced(&company), 150_000);
    company.take_in("s", vec![statement("S1", 0, vec![money("2026-03-12", 150_000, 1)])], false);
    assert_eq!((announced(&company), waits(&company)), (0, 150_000));
    assert_eq!(company.number("SELECT count(*) FROM bank_payment WHERE of_entry IS NOT NULL"), 2, "as the advice says");
}
