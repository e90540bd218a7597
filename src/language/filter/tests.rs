//! The grammar's examples, its refusals, and what a filter keeps of a small list.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::*;
use crate::language::fold::fold;

fn context() -> Context {
    Context { today: "2026-03-16".parse().unwrap(), style: NumberStyle::Point, date_order: DateOrder::Dmy }
}

fn read(text: &str) -> Filter {
    parse(text, &context()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn printed(text: &str) -> String {
    read(text).to_string()
}

fn refused(text: &str) -> FilterError {
    parse(text, &context()).expect_err(text)
}

#[test]
fn examples_of_the_grammar_are_read() {
    for (typed, again) in [
        ("", ""),
        ("over>30 open>=10k", "over>30 open>=10000"),
        ("bucket:61-90 -risk:a", "bucket:61-90 -risk:a"),
        ("promise:broken or dispute:open", "promise:broken or dispute:open"),
        ("due:..fri owner:me", "due:..2026-03-20 owner:me"),
        ("last>14 -has:promise", "last>14 -has:promise"),
        ("cur:usd \"north wind\"", "cur:usd \"north wind\""),
        ("over > 30 AND (risk:c OR risk:d)", "over>30 (risk:c or risk:d)"),
        ("-(over:..5 or is:disputed)", "-(over:..5 or is:dispute)"),
        ("open:1k..1,250.50", "open:1000..1250.5"),
        ("amount:>5 status!=open", "open>5 state!=open"),
        ("due:\"20 mar\" days<2w", "due:2026-03-20 days<14"),
        ("((a))", "a"),
        ("owner:\"\"", "owner:\"\""),
        ("\"or\" \"-x\" \"say \\\"hi\\\"\"", "\"or\" \"-x\" \"say \\\"hi\\\"\""),
    ] {
        assert_eq!(printed(typed), again, "{typed}");
        assert_eq!(read(again), read(typed), "{typed}");
    }
}

#[test]
fn or_binds_weaker_than_blank() {
    let Filter::Or(parts) = read("a b or c") else { panic!("not an or") };
    assert_eq!(
        parts,
        [Filter::And(vec![Filter::Word("a".into()), Filter::Word("b".into())]), Filter::Word("c".into())]
    );
}

#[test]
fn a_refusal_points_and_teaches() {
    let error = refused("over>30 open>=10q");
    assert_eq!((error.at, error.width), (14, 3));
    assert_eq!(error.message, "\"10q\" is not an amount; use 10k, 1.5m or 10000.");
    assert_eq!(error.caret(), "              ^^^ \"10q\" is not an amount; use 10k, 1.5m or 10000.");
    let error = refused("ü onwer:me");
    assert_eq!((error.at, error.width, error.example.as_str()), (2, 5, "owner:me"));
    assert_eq!(
        error.to_string(),
        "There is no field onwer. Did you mean owner? (at character 3, for example owner:me)"
    );
    assert_eq!(refused("has:promis").message, "\"promis\" is nothing has: can ask for. Did you mean promise?");
    for (text, at) in [
        ("(a or b", 0),
        ("a)", 1),
        ("a or", 4),
        ("or a", 0),
        ("a or or b", 5),
        ("- a", 0),
        ("--a", 0),
        ("-", 0),
        ("\"north", 0),
        ("()", 1),
        ("over>", 0),
        ("over>x", 5),
        ("risk>b", 5),
        ("due:30/2", 4),
        ("over:5..1", 5),
        ("over:..", 5),
        ("over>1..5", 5),
    ] {
        assert_eq!(refused(text).at, at, "{text}: {}", refused(text));
    }
}

#[test]
fn deep_and_long_texts_are_refused_in_good_order() {
    assert!(refused(&"(".repeat(900)).message.contains("32 deep"));
    assert!(refused(&"a ".repeat(5_000)).message.contains("1,000"));
}

#[test]
fn amounts_follow_the_style_and_print_for_every_style() {
    let comma = Context { style: NumberStyle::Comma, ..context() };
    let filter = parse("open>=1.250,50 or bal:1.250 or limit<0,125", &comma).unwrap();
    assert_eq!(filter.to_string(), "open>=1250.5 or bal:1250 or limit<0.1250");
    assert_eq!(parse(&filter.to_string(), &comma).as_ref(), Ok(&filter));
    assert_eq!(parse(&filter.to_string(), &context()), Ok(filter));
}

struct Row {
    name: &'static str,
    owner: Option<&'static str>,
    open: i64,
    over: i64,
}

impl Fields for Row {
    fn text(&self, field: Field) -> Option<Cow<'_, str>> {
        match field {
            Field::Name => Some(self.name.into()),
            Field::Owner => self.owner.map(Cow::from),
            _ => None,
        }
    }
    fn amount(&self, field: Field) -> Option<Decimal> {
        (field == Field::Open).then(|| self.open.into())
    }
    fn days(&self, field: Field) -> Option<i64> {
        (field == Field::Over).then_some(self.over)
    }
    fn date(&self, field: Field) -> Option<NaiveDate> {
        (field == Field::Due).then(|| context().today - chrono::Days::new(self.over.unsigned_abs()))
    }
    fn flag(&self, name: &str) -> Option<bool> {
        (name == "overdue").then_some(self.over > 0)
    }
    fn words(&self) -> Cow<'_, str> {
        fold(self.name).into()
    }
}

const ROWS: [Row; 3] = [
    Row { name: "Müller & Söhne", owner: Some("Ann"), open: 12_000, over: 45 },
    Row { name: "Nordwind", owner: Some("Joann"), open: 800, over: 0 },
    Row { name: "Øresund", owner: None, open: 9_000, over: 70 },
];

fn kept(text: &str) -> Vec<&'static str> {
    let filter = read(text).for_user("Ann");
    ROWS.iter().filter(|row| filter.matches(*row)).map(|row| row.name).collect()
}

#[test]
fn rows_are_kept_as_asked() {
    let (muller, nordwind, oresund) = (ROWS[0].name, ROWS[1].name, ROWS[2].name);
    assert_eq!(kept(""), [muller, nordwind, oresund]);
    assert_eq!(kept("MULLER"), [muller]);
    assert_eq!(kept("over>30 open>=10k"), [muller]);
    assert_eq!(kept("owner:me"), [muller]);
    assert_eq!(kept("owner:ann"), [muller, nordwind]);
    assert_eq!(kept("owner=ann"), [muller]);
    assert_eq!(kept("owner!=ann"), [nordwind, oresund]);
    assert_eq!(kept("owner:\"\""), [oresund]);
    assert_eq!(kept("-is:overdue or oresund"), [nordwind, oresund]);
    assert_eq!(kept("open:800..9000"), [nordwind, oresund]);
    assert_eq!(kept("due:..2026-02-01"), [muller, oresund]);
    assert_eq!(kept("bal>0"), [""; 0]);
}

#[test]
fn the_guilty_term_of_an_empty_list_is_named() {
    let blame = |text: &str| read(text).blame(ROWS.iter().map(|row| row as &dyn Fields));
    assert_eq!(blame("over>0 open>50k"), Some("open>50000".into()));
    assert_eq!(blame("nordwind over>30"), Some("nordwind".into()));
    assert_eq!(blame("over>900"), Some("over>900".into()));
    assert_eq!(blame("over>30"), None);
    assert_eq!(read("over>900").blame(std::iter::empty()), None);
}

#[test]
fn filters_add_up_without_repeating() {
    let both = read("over>30 risk:c").and(read("risk:c owner:me"));
    assert_eq!(both.to_string(), "over>30 risk:c owner:me");
    assert_eq!(Filter::all().and(read("a or b")), read("a or b"));
    assert!(Filter::all().and(Filter::all()).is_all());
}

#[test]
fn every_field_teaches_with_a_term_of_its_own() {
    for field in Field::ALL {
        let Filter::Term { field: read, .. } = read(field.example()) else { panic!("{}", field.example()) };
        assert_eq!(read, *field);
        assert!(field.aliases().iter().all(|alias| Field::find(alias) == Some(*field)), "{field:?}");
    }
}
