//! Laws of what people type, on texts nobody thought of: a printed filter reads back as itself in every book, echoed
//! dates read back as themselves, amounts are exact, and no text whatever stops the program.

use chrono::{Days, NaiveDate};
use o2c::domain::money::{Currency, NumberStyle, grouped};
use o2c::language::amounts::{AmountContext, read_amount, read_plan};
use o2c::language::calendar::{free_day, no_holidays, working_days_between};
use o2c::language::dates::{DateContext, DateOrder, Lean, echo_date, long_date, read_date};
use o2c::language::filter::{Context, FLAGS, Field, Filter, Kind, Op, Value, parse};
use o2c::language::fold::fold;
use proptest::prelude::*;
use rust_decimal::Decimal;

const STYLES: [NumberStyle; 2] = [NumberStyle::Point, NumberStyle::Comma];
const ORDERS: [DateOrder; 3] = [DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd];
const LEANS: [Lean; 3] = [Lean::Forward, Lean::Back, Lean::Near];

fn any_date() -> impl Strategy<Value = NaiveDate> {
    (0u64..109_000).prop_map(|days| NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + Days::new(days))
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,8}",
        prop::sample::select(vec!["or", "AND", "-x", "a:b", "over", "..", "\\", "a\"b", "(x)", ">5", " ", "me", "ß"])
            .prop_map(str::to_owned),
        prop::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter),
    ]
}

fn one_value(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Contained | Kind::Exact => any_text().prop_map(Value::Text).boxed(),
        Kind::Flag => prop::sample::select(FLAGS.to_vec()).prop_map(|(name, _)| Value::Flag(name)).boxed(),
        Kind::Amount => (-1_000_000_000_000i64..1_000_000_000_000, 0u32..5)
            .prop_map(|(digits, scale)| Value::Amount(Decimal::new(digits, scale)))
            .boxed(),
        Kind::Days => (-99_999i64..=99_999).prop_map(Value::Days).boxed(),
        Kind::Date => any_date().prop_map(Value::Date).boxed(),
    }
}

fn range(kind: Kind) -> impl Strategy<Value = Value> {
    (one_value(kind), one_value(kind), 0..3).prop_map(|(one, other, open)| {
        let swap = match (&one, &other) {
            (Value::Amount(a), Value::Amount(b)) => a > b,
            (Value::Days(a), Value::Days(b)) => a > b,
            (Value::Date(a), Value::Date(b)) => a > b,
            _ => false,
        };
        let (low, high) = if swap { (other, one) } else { (one, other) };
        let low = (open != 1).then(|| Box::new(low));
        Value::Range(low, (open != 2).then(|| Box::new(high)))
    })
}

fn term() -> impl Strategy<Value = Filter> {
    let plain = vec![Op::Is, Op::Equal, Op::NotEqual];
    prop::sample::select(Field::ALL.to_vec()).prop_flat_map(move |field| {
        let kind = field.kind();
        let ordered = matches!(kind, Kind::Amount | Kind::Days | Kind::Date);
        let ops = if ordered { Op::ALL.to_vec() } else { plain.clone() };
        let single = (prop::sample::select(ops), one_value(kind));
        let value = if ordered {
            prop_oneof![3 => single, 1 => (prop::sample::select(plain.clone()), range(kind))].boxed()
        } else {
            single.boxed()
        };
        value.prop_map(move |(op, value)| Filter::Term { field, op, value })
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![3 => term(), 1 => any_text().prop_map(Filter::Word)];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

/// Texts made of the pieces the languages know, which reach deeper than noise does.
fn pieces() -> impl Strategy<Value = String> {
    let known = vec![
        "over", "open", "due", "is", "has", "name", ":", ">", ">=", "!=", "..", "-", "+", "*", "/", "(", ")", "\"",
        " ", "or", "and", "k", "m", "%", "all", "x3", "2w", "1", "20", "31", "2026", ",", ".", "1.250", "fri", "eom",
        "mar", "b", "=", "ü", "EUR", "99999999",
    ];
    prop::collection::vec(prop::sample::select(known), 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_filter_reads_back_in_every_book(filter in filter(), today in any_date(), order in 0usize..3) {
        let text = filter.to_string();
        prop_assume!(text.chars().count() <= 1_000);
        for style in STYLES {
            let read = parse(&text, &Context { today, style, date_order: ORDERS[order] });
            prop_assert_eq!(read.as_ref(), Ok(&filter), "{}", text);
        }
    }

    #[test]
    fn what_is_read_prints_and_reads_back(text in prop_oneof![any::<String>(), pieces()]) {
        let today = NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
        let context = Context { today, style: NumberStyle::Point, date_order: DateOrder::Dmy };
        match parse(&text, &context) {
            Ok(filter) => prop_assert_eq!(parse(&filter.to_string(), &context), Ok(filter)),
            Err(error) => {
                prop_assert!(error.width >= 1);
                prop_assert!(error.at <= text.chars().count(), "{:?}", error);
                prop_assert!(parse(&error.example, &context).is_ok(), "example {}", error.example);
            }
        }
    }

    #[test]
    fn folding_twice_is_folding_once(text in any::<String>()) {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }

    #[test]
    fn no_text_stops_a_reader(text in prop_oneof![any::<String>(), pieces()], today in any_date()) {
        for (order, lean) in ORDERS.into_iter().zip(LEANS) {
            let context = DateContext { today, order, lean, due: Some(today), holidays: &no_holidays };
            if let Ok(date) = read_date(&text, &context) {
                prop_assert!(!echo_date(date, &context).is_empty());
            }
        }
        for style in [None, Some(NumberStyle::Point), Some(NumberStyle::Comma)] {
            for (currency, open) in [("EUR", None), ("JPY", Some(12_345)), ("KWD", Some(-5))] {
                let context = AmountContext { currency: Currency::parse(currency).unwrap(), style, open };
                let _ = read_amount(&text, &context);
                let _ = read_plan(&text, &context);
            }
        }
    }

    #[test]
    fn every_full_date_reads_as_itself(date in any_date(), today in any_date(), order in 0usize..3, lean in 0usize..3) {
        let context =
            DateContext { today, order: ORDERS[order], lean: LEANS[lean], due: None, holidays: &no_holidays };
        let numeric = ["%-d/%-m/%Y", "%-m/%-d/%Y", "%Y/%-m/%-d"][order];
        for text in ["%Y-%m-%d", "%-d %b %Y", "%d%b%Y", "%B %-d, %Y", numeric].map(|form| date.format(form).to_string()) {
            prop_assert_eq!(read_date(&text, &context), Ok(date), "{}", text);
        }
        // The echo begins with the date, and without its weekday it reads back.
        let echo = echo_date(date, &context);
        prop_assert!(echo.starts_with(&long_date(date)));
        let without_weekday = long_date(date).split_off(4);
        prop_assert_eq!(read_date(&without_weekday, &context), Ok(date));
    }

    #[test]
    fn incomplete_dates_lie_on_the_side_the_field_leans_to(today in any_date(), text in "[1-9]|[12][0-9]|[1-9]/[1-9]|mon|fri|sun") {
        let read = |lean| {
            let context = DateContext { today, order: DateOrder::Dmy, lean, due: None, holidays: &no_holidays };
            read_date(&text, &context)
        };
        if let Ok(date) = read(Lean::Forward) {
            prop_assert!(date >= today);
        }
        if let Ok(date) = read(Lean::Back) {
            prop_assert!(date <= today);
        }
    }

    #[test]
    fn working_day_offsets_count_working_days(today in any_date(), count in 1u32..300) {
        let context =
            DateContext { today, order: DateOrder::Dmy, lean: Lean::Forward, due: None, holidays: &no_holidays };
        if let Ok(date) = read_date(&format!("+{count}b"), &context) {
            prop_assert_eq!(free_day(date, &no_holidays), None);
            prop_assert_eq!(working_days_between(today, date, &no_holidays), Some(count - 1));
        }
    }

    #[test]
    fn amounts_are_read_to_the_cent(minor in 0i64..9_999_999_999_999, style in 0usize..2) {
        let style = STYLES[style];
        let context = AmountContext { currency: Currency::EUR, style: Some(style), open: None };
        let text = grouped(minor, 2, style);
        prop_assert_eq!(read_amount(&text, &context).map(|read| read.minor), Ok(minor), "{}", text);
        // Two decimals have one reading even where the style is not known.
        let unknown = AmountContext { style: None, ..context };
        prop_assert_eq!(read_amount(&text, &unknown).map(|read| read.minor), Ok(minor), "{}", text);
    }

    #[test]
    fn thousands_are_exact_or_refused(whole in 0i64..1_000_000, decimals in "[0-9]{1,8}") {
        let context = AmountContext { currency: Currency::EUR, style: Some(NumberStyle::Point), open: None };
        let value: Decimal = format!("{whole}.{decimals}").parse().unwrap();
        let cents = (value * Decimal::from(100_000)).normalize();
        let read = read_amount(&format!("{whole}.{decimals}k"), &context);
        if cents.scale() == 0 {
            prop_assert_eq!(read.map(|read| Decimal::from(read.minor)), Ok(cents));
        } else {
            prop_assert_eq!(read.map_err(|error| error.code), Err("AMT-03"));
        }
    }

    #[test]
    fn a_shared_plan_adds_up(open in 1i64..9_999_999_999, count in 1u32..=60) {
        let context = AmountContext { currency: Currency::EUR, style: None, open: Some(open) };
        let plan = read_plan(&format!("all x{count} 1m"), &context).unwrap();
        prop_assert_eq!(plan.amounts.len(), count as usize);
        prop_assert_eq!(plan.amounts.iter().sum::<i64>(), open);
    }
}
