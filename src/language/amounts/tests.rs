//! The amount table of the grammar, and every refusal with its sentence.

use chrono::NaiveDate;

use super::*;

fn context(style: Option<NumberStyle>, open: Option<i64>) -> AmountContext {
    AmountContext { currency: Currency::EUR, style, open }
}

fn minor(text: &str) -> i64 {
    match read_amount(text, &context(Some(NumberStyle::Point), Some(2_000_000))) {
        Ok(read) => read.minor,
        Err(error) => panic!("{text}: {error}"),
    }
}

fn refusal(text: &str, style: Option<NumberStyle>) -> (&'static str, String) {
    let error = read_amount(text, &context(style, Some(100_000))).expect_err(text);
    (error.code, error.sentence)
}

#[test]
fn amounts_are_exact() {
    for (text, expected) in [
        ("1250", 125_000),
        ("1,250.50", 125_050),
        ("1.2k", 120_000),
        ("12K", 1_200_000),
        ("0.005m", 500_000),
        ("all", 2_000_000),
        ("*", 2_000_000),
        ("50%", 1_000_000),
        ("12.5%", 250_000),
        ("1200-50", 115_000),
        ("=6300*3", 1_890_000),
        ("all - 200", 1_980_000),
        ("100/8", 1_250),
        ("2*3+4*5", 2_600),
        ("-50", -5_000),
        ("1250 EUR", 125_000),
        ("eur1.2k", 120_000),
    ] {
        assert_eq!(minor(text), expected, "{text}");
    }
    let comma = context(Some(NumberStyle::Comma), None);
    assert_eq!(read_amount("1.250", &comma).map(|read| read.minor), Ok(125_000));
    assert_eq!(read_amount("1.250,5", &comma).map(|read| read.minor), Ok(125_050));
    let yen = AmountContext { currency: Currency::parse("JPY").unwrap(), ..comma };
    assert_eq!(read_amount("1.250", &yen).map(|read| read.minor), Ok(1_250));
}

#[test]
fn two_readings_are_refused_with_both() {
    let (code, sentence) = refusal("1.250", None);
    assert_eq!((code, sentence.as_str()), ("AMT-04", "\"1.250\" can mean 1.25 or 1250; write 1.25 or 1250."));
    let point = Some(NumberStyle::Point);
    assert_eq!(refusal("1.250", point).0, "AMT-03");
    assert_eq!(
        refusal("1,25", point).1,
        "\"1,25\" does not fit this book, which writes 1,234.56; write it so or as 1234.56."
    );
}

#[test]
fn nothing_is_rounded_in_silence() {
    let point = Some(NumberStyle::Point);
    assert_eq!(
        refusal("10.005", point),
        ("AMT-03", "EUR has 2 decimals; \"10.005\" was not rounded; if thousands were meant, write 10005.".into())
    );
    let both = "EUR has 2 decimals; \"1.250\" was not rounded; write 1.25, or 1250 if thousands were meant.";
    assert_eq!(refusal("1.250", point).1, both);
    assert_eq!(refusal("0.125", point).1, "EUR has 2 decimals; \"0.125\" was not rounded.");
    assert_eq!(refusal("1.0005", point).1, "EUR has 2 decimals; \"1.0005\" was not rounded.");
    assert_eq!(refusal("0.001k-0.005", point).0, "AMT-03");
    assert_eq!(refusal("100/3", point).0, "AMT-03");
    assert_eq!(refusal("1/0", point).0, "AMT-01");
    assert_eq!(refusal("99999999999m", point).0, "AMT-02");
    assert_eq!(refusal("99999999m*99999999m", point).0, "AMT-02");
    let half = read_amount("50%", &context(point, Some(10_001))).unwrap();
    assert_eq!(half.minor, 5_001);
    assert_eq!(half.note.unwrap(), "50% of 100.01 is 50.01, rounded; the remainder goes to the first item");
}

#[test]
fn what_is_no_amount_is_refused() {
    for bad in
        ["", "NaN", "inf", "1e9", "0x10", "１２", "1 2", "++", "=", "1--2", "**", "%", "EUR", "12 USD", "100000%", "ü"]
    {
        assert_eq!(refusal(bad, Some(NumberStyle::Point)).0, "AMT-01", "{bad}");
    }
    assert!(read_amount("all", &context(None, None)).unwrap_err().sentence.contains("needs an open balance"));
}

#[test]
fn more_than_open_must_be_confirmed() {
    let point = Some(NumberStyle::Point);
    assert_eq!(refusal("1,050", point), ("AMT-06", "1,050.00 is 50.00 more than the 1,000.00 open.".into()));
    let confirmed = read_amount("1,050+", &context(point, Some(100_000))).unwrap();
    assert_eq!(confirmed.minor, 105_000);
    assert_eq!(confirmed.note.unwrap(), "50.00 beyond the open balance stays as unapplied cash");
    assert_eq!(read_amount("900+", &context(point, Some(100_000))), Ok(Typed { minor: 90_000, note: None }));
}

#[test]
fn plans_are_amount_times_and_period() {
    let point = context(Some(NumberStyle::Point), Some(1_890_000));
    let plan = read_plan("6.3k x3 2w", &point).unwrap();
    assert_eq!((plan.amounts, plan.every), (vec![630_000; 3], Every::Days(14)));
    let shared = read_plan("all x4 1m", &AmountContext { open: Some(10_001), ..point }).unwrap();
    assert_eq!((shared.amounts, shared.every), (vec![2_500, 2_500, 2_500, 2_501], Every::Months(1)));
    assert_eq!(read_plan("6.3k x4 2w", &point).unwrap_err().code, "AMT-06");
    assert!(read_plan("6.3k+ x4 2w", &point).unwrap().note.unwrap().contains("unapplied"));
    for bad in
        ["", "6.3k", "6.3k x3", "x3 2w", "6.3k 3 2w", "6.3k x0 2w", "6.3k x61 2w", "6.3k x3 2", "6.3k x3 0d", "1 x3 2ü"]
    {
        assert_eq!(read_plan(bad, &point).expect_err(bad).code, "AMT-01", "{bad}");
    }
    let first: NaiveDate = "2026-01-31".parse().unwrap();
    let dates: Vec<String> =
        (0..3).filter_map(|place| shared.every.date(first, place)).map(|d| d.to_string()).collect();
    assert_eq!(dates, ["2026-01-31", "2026-02-28", "2026-03-31"]);
}
