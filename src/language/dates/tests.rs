//! Every form of the date grammar, on the day the grammar's own examples use: Monday 16 March 2026.

use super::*;
use crate::language::calendar::no_holidays;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn context(lean: Lean) -> DateContext<'static> {
    let due = Some(day("2026-03-10"));
    DateContext { today: day("2026-03-16"), order: DateOrder::Dmy, lean, due, holidays: &no_holidays }
}

fn read(text: &str, lean: Lean) -> String {
    match read_date(text, &context(lean)) {
        Ok(date) => date.to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn words_and_offsets() {
    let expected = [
        ("t", "2026-03-16"),
        ("Today", "2026-03-16"),
        ("tom", "2026-03-17"),
        ("yes", "2026-03-15"),
        ("+7d", "2026-03-23"),
        ("+2w", "2026-03-30"),
        ("+1m", "2026-04-16"),
        ("-3d", "2026-03-13"),
        ("+3b", "2026-03-19"),
        ("-1b", "2026-03-13"),
        ("fri", "2026-03-20"),
        ("mon", "2026-03-23"),
        ("eow", "2026-03-22"),
        ("eom", "2026-03-31"),
        ("eoq", "2026-03-31"),
        ("eoy", "2026-12-31"),
        ("due", "2026-03-10"),
        ("due+5", "2026-03-15"),
        ("due-2", "2026-03-08"),
        ("eom+1w", "2026-04-07"),
    ];
    for (text, date) in expected {
        assert_eq!(read(text, Lean::Forward), date, "{text}");
    }
}

#[test]
fn incomplete_dates_follow_the_lean() {
    for (text, forward, back) in [
        ("fri", "2026-03-20", "2026-03-13"),
        ("mon", "2026-03-23", "2026-03-09"),
        ("20", "2026-03-20", "2026-02-20"),
        ("16", "2026-03-16", "2026-03-16"),
        ("2", "2026-04-02", "2026-03-02"),
        ("20/3", "2026-03-20", "2025-03-20"),
        ("1.2", "2027-02-01", "2026-02-01"),
        ("20mar", "2026-03-20", "2025-03-20"),
    ] {
        assert_eq!((read(text, Lean::Forward), read(text, Lean::Back)), (forward.into(), back.into()), "{text}");
    }
    assert_eq!(read("1/2", Lean::Near), "2026-02-01");
    assert_eq!(read("20/12", Lean::Near), "2025-12-20");
}

#[test]
fn full_dates_in_every_dress() {
    for text in ["2026-03-20", "20.3.2026", "20/03/2026", "20 mar 2026", "20mar2026", "Mar 20, 2026", "2026/3/20"] {
        assert_eq!(read(text, Lean::Back), "2026-03-20", "{text}");
    }
}

#[test]
fn the_order_of_the_book_counts() {
    let with = |order, text: &str| read_date(text, &DateContext { order, ..context(Lean::Forward) });
    assert_eq!(with(DateOrder::Mdy, "3/20"), Ok(day("2026-03-20")));
    assert_eq!(with(DateOrder::Mdy, "4/5/2026"), Ok(day("2026-04-05")));
    let refused = with(DateOrder::Mdy, "20/3").unwrap_err().to_string();
    assert_eq!(refused, "\"20/3\" read as month/day has no month 20; write 3/20 or 20Mar.");
    let both = with(DateOrder::Ymd, "4/5/2026").unwrap_err().to_string();
    assert_eq!(both, "\"4/5/2026\" can mean 4 May 2026 or 5 Apr 2026; write 2026-05-04 or 2026-04-05.");
}

#[test]
fn what_does_not_exist_is_said() {
    assert_eq!(read("30.02.2026", Lean::Forward), "\"30.02.2026\" does not exist: Feb 2026 has days 1 to 28.");
    assert_eq!(read("20.3.26", Lean::Forward), "\"20.3.26\" has a year of two digits; write it in full, as in 2026.");
    for bad in
        ["0", "32", "201812", "20260320", "0000-01-01", "20026-01-01", "fr", "+b", "+99999d", "99/99", "１６", "mar"]
    {
        assert!(read_date(bad, &context(Lean::Forward)).is_err(), "{bad}");
    }
    let no_due = DateContext { due: None, ..context(Lean::Forward) };
    assert!(read_date("due+5", &no_due).unwrap_err().to_string().contains("needs an invoice"));
}

#[test]
fn the_echo_names_distance_and_free_days() {
    let echo = |date: &str| echo_date(day(date), &context(Lean::Forward));
    assert_eq!(echo("2026-03-20"), "Fri 20 Mar 2026, +4d, 3 working days between");
    assert_eq!(echo("2026-03-16"), "Mon 16 Mar 2026, today");
    assert_eq!(echo("2026-03-17"), "Tue 17 Mar 2026, +1d");
    assert_eq!(
        echo("2026-03-22"),
        "Sun 22 Mar 2026, +6d, 4 working days between ! Sunday; Fri 20 Mar is the working day before"
    );
    let easter = |date: NaiveDate| (date == day("2026-04-03")).then(|| "Good Friday".to_owned());
    let with = DateContext { holidays: &easter, ..context(Lean::Forward) };
    assert!(echo_date(day("2026-04-03"), &with).ends_with("! Good Friday; Thu 2 Apr is the working day before"));
}
