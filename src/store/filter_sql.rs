//! The filter language as a condition on items, with bound values. What a row without a value answers, and what each
//! sign means, is fixed by `language::filter`'s own evaluation; this says the same in SQL.

use chrono::{Duration, NaiveDate};
use rusqlite::types::Value as Bound;
use rust_decimal::Decimal;

use super::date::iso;
use super::read::accounts::LABELS;
use crate::domain::money::{self, Currency};
use crate::domain::text::fold;
use crate::language::filter::{Field, Filter, Op, Value};

/// A condition with its values, in the order of its places.
pub(super) struct Condition {
    /// The text, with places from `$first`.
    pub text: String,
    /// The values.
    pub values: Vec<Bound>,
}

/// Compiles a filter for rows `i` (item), `d` (document), `c` (customer). `first` is the number of the first free place.
pub(super) fn compile(filter: &Filter, today: NaiveDate, currencies: &[Currency], first: usize) -> Condition {
    let mut compiler = Compiler { today, currencies, first, values: Vec::new() };
    let text = compiler.filter(filter);
    Condition { text, values: compiler.values }
}

/// True when the filter itself says something about closed items, so that the list must not be held to open ones.
pub(super) fn mentions_closed(filter: &Filter) -> bool {
    match filter {
        Filter::Or(parts) | Filter::And(parts) => parts.iter().any(mentions_closed),
        Filter::Not(part) => mentions_closed(part),
        Filter::Term { field: Field::State, value: Value::Text(text), .. } => fold(text) == "paid",
        Filter::Term { value: Value::Flag(name), .. } => *name == "closed",
        Filter::Term { field: Field::Invoice, .. } => true,
        _ => false,
    }
}

/// Holds for items of customers whose name is like the text bound at `place`. Asked of the few customers once, where
/// joined it would look up a customer for every item.
fn named(place: &str) -> String {
    format!("i.customer_id IN (SELECT n.id FROM customer n WHERE n.folded LIKE {place} ESCAPE '\\')")
}

/// Amounts of all currencies are compared in ten-thousandths of a unit.
const SCALE: u32 = 4;

struct Compiler<'a> {
    today: NaiveDate,
    currencies: &'a [Currency],
    first: usize,
    values: Vec<Bound>,
}

impl Compiler<'_> {
    fn bind(&mut self, value: Bound) -> String {
        self.values.push(value);
        format!("${}", self.first + self.values.len() - 1)
    }

    fn text(&mut self, text: impl Into<String>) -> String {
        self.bind(Bound::Text(text.into()))
    }

    fn filter(&mut self, filter: &Filter) -> String {
        match filter {
            Filter::And(parts) if parts.is_empty() => "1".to_owned(),
            Filter::Or(parts) if parts.is_empty() => "0".to_owned(),
            Filter::And(parts) => self.joined(parts, " AND "),
            Filter::Or(parts) => self.joined(parts, " OR "),
            Filter::Not(part) => format!("NOT coalesce({}, 0)", self.filter(part)),
            Filter::Word(word) => {
                let place = self.contains(word);
                let number = self.contains(word);
                format!("({} OR lower(i.number) LIKE {number} ESCAPE '\\')", named(&place))
            }
            Filter::Term { field, op, value } => self.term(*field, *op, value),
        }
    }

    fn joined(&mut self, parts: &[Filter], by: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.filter(part)).collect();
        format!("({})", parts.join(by))
    }

    fn contains(&mut self, text: &str) -> String {
        let escaped = fold(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        self.text(format!("%{escaped}%"))
    }

    fn term(&mut self, field: Field, op: Op, value: &Value) -> String {
        if let Value::Range(from, to) = value {
            let low = from.as_deref().map(|from| self.term(field, Op::AtLeast, from));
            let high = to.as_deref().map(|to| self.term(field, Op::AtMost, to));
            let both: Vec<String> = low.into_iter().chain(high).collect();
            let inside = format!("coalesce({}, 0)", both.join(" AND "));
            return if op == Op::NotEqual { format!("NOT {inside}") } else { inside };
        }
        if op == Op::NotEqual {
            return format!("NOT coalesce({}, 0)", self.term(field, Op::Equal, value));
        }
        match value {
            Value::Text(text) => self.words(field, op, text),
            Value::Flag(name) => self.flag(name),
            Value::Amount(amount) => self.amount(field, op, *amount),
            Value::Days(days) => self.days(field, op, *days),
            Value::Date(date) => self.date(field, op, *date),
            Value::Range(..) => "0".to_owned(),
        }
    }

    fn words(&mut self, field: Field, op: Op, text: &str) -> String {
        let folded = fold(text);
        let column = match field {
            Field::Name => {
                let place = self.contains(text);
                return named(&place);
            }
            Field::Number => "lower(c.number)",
            Field::Owner => "lower(c.owner)",
            Field::Currency => "lower(i.currency)",
            Field::Invoice => {
                if op == Op::Equal {
                    let place = self.text(text);
                    return format!("d.number = {place}");
                }
                "lower(i.number)"
            }
            Field::Risk => return risk(&folded),
            Field::Bucket => return self.bucket(text),
            Field::State => return self.state(&folded),
            Field::Dispute => {
                let place = self.text(folded);
                return format!(
                    "EXISTS (SELECT 1 FROM dispute x WHERE x.item_id = i.id AND (lower(x.state) = {place} \
                     OR ({place} = 'open' AND x.state NOT IN ('closed', 'void', 'confirmed')) OR lower(x.number) = {place}))"
                );
            }
            Field::Reason => {
                let place = self.contains(text);
                return format!(
                    "EXISTS (SELECT 1 FROM dispute x WHERE x.item_id = i.id AND lower(x.reason) LIKE {place} ESCAPE '\\')"
                );
            }
            Field::Promise => return self.promise(&folded),
            _ => return "0".to_owned(),
        };
        if op == Op::Is && matches!(field, Field::Invoice | Field::Number) {
            let place = self.contains(text);
            return format!("{column} LIKE {place} ESCAPE '\\'");
        }
        let place = self.text(folded);
        format!("{column} = {place}")
    }

    fn promise(&mut self, state: &str) -> String {
        let today = self.text(iso(self.today).as_str());
        let when = match state {
            "open" => format!("x.promised_on >= {today}"),
            "broken" => format!("x.promised_on < {today} AND i.open <> 0"),
            "kept" => format!("x.promised_on < {today} AND i.open = 0"),
            _ => return "0".to_owned(),
        };
        format!("EXISTS (SELECT 1 FROM promise x WHERE x.item_id = i.id AND x.ended_on IS NULL AND {when})")
    }

    fn state(&mut self, state: &str) -> String {
        let today = iso(self.today);
        match state {
            "open" => "i.open <> 0".to_owned(),
            "paid" | "closed" => "i.open = 0".to_owned(),
            "overdue" => {
                let place = self.text(today.as_str());
                format!("(i.open > 0 AND i.due_date < {place})")
            }
            "disputed" => "i.disputed > 0".to_owned(),
            "part" => "(i.open <> 0 AND i.open <> i.amount)".to_owned(),
            "blocked" => "c.blocked = 1".to_owned(),
            _ => "0".to_owned(),
        }
    }

    fn flag(&mut self, name: &str) -> String {
        match name {
            "overdue" => self.state("overdue"),
            "open" => self.state("open"),
            "closed" => self.state("paid"),
            "blocked" => self.state("blocked"),
            "current" => {
                let place = self.text(iso(self.today).as_str());
                format!("(i.open > 0 AND i.due_date >= {place})")
            }
            "credit" => "i.kind IN (2, 5)".to_owned(),
            "cash" => "i.kind = 4".to_owned(),
            "dispute" => "i.disputed > 0".to_owned(),
            "promise" => self.promise("open"),
            "owner" => "c.owner <> ''".to_owned(),
            "limit" => "c.credit_limit IS NOT NULL".to_owned(),
            "email" => "c.email <> ''".to_owned(),
            "phone" => "c.phone <> ''".to_owned(),
            "note" => "EXISTS (SELECT 1 FROM activity x WHERE x.customer_id = c.id AND x.kind = 'note' \
                       AND x.takes_back IS NULL AND NOT EXISTS (SELECT 1 FROM activity t WHERE t.takes_back = x.id))"
                .to_owned(),
            _ => "0".to_owned(),
        }
    }

    fn bucket(&mut self, label: &str) -> String {
        let Some(place) = LABELS.iter().position(|known| *known == label.trim()) else { return "0".to_owned() };
        let bounds = [0, 30, 60, 90, 120].map(|days| iso(self.today - Duration::days(days)).as_str().to_owned());
        let young = (place > 0).then(|| self.text(bounds[place - 1].clone()));
        let old = bounds.get(place).map(|bound| self.text(bound.clone()));
        let parts: Vec<String> = young
            .map(|bound| format!("i.due_date < {bound}"))
            .into_iter()
            .chain(old.map(|bound| format!("i.due_date >= {bound}")))
            .chain(["i.open > 0".to_owned()])
            .collect();
        format!("({})", parts.join(" AND "))
    }

    fn amount(&mut self, field: Field, op: Op, amount: Decimal) -> String {
        let (minor, currency) = match field {
            Field::Open => ("i.open", "i.currency"),
            Field::Balance => ("i.open", "i.currency"),
            Field::Limit => ("c.credit_limit", "c.currency"),
            _ => return "0".to_owned(),
        };
        let cases: String = self
            .currencies
            .iter()
            .filter(|known| known.digits() != 2)
            .map(|known| format!("WHEN '{}' THEN {} ", known.code(), 10i64.pow(SCALE - known.digits().min(SCALE))))
            .collect();
        let factor = if cases.is_empty() { "100".to_owned() } else { format!("CASE {currency} {cases}ELSE 100 END") };
        let scaled = money::to_minor(amount, SCALE).unwrap_or(i64::MAX);
        let place = self.bind(Bound::Integer(scaled));
        format!("{minor} * {factor} {} {place}", sign(op))
    }

    /// Days past due grow as the due date goes back, so the sign turns round.
    fn days(&mut self, field: Field, op: Op, days: i64) -> String {
        let day = self.today.checked_sub_signed(Duration::days(days.clamp(-200_000, 200_000))).unwrap_or(self.today);
        let column = match field {
            Field::Over | Field::Days => "i.due_date",
            Field::Last => "c.last_contact",
            _ => return "0".to_owned(),
        };
        let turned = match op {
            Op::More => "<",
            Op::AtLeast => "<=",
            Op::Less => ">",
            Op::AtMost => ">=",
            _ => "=",
        };
        let place = self.text(iso(day).as_str());
        if field == Field::Last {
            return format!("{column} {turned} {place}");
        }
        let today = self.text(iso(self.today).as_str());
        format!("(i.open > 0 AND {column} < {today} AND {column} {turned} {place})")
    }

    fn date(&mut self, field: Field, op: Op, date: NaiveDate) -> String {
        let column = match field {
            Field::Due => "i.due_date",
            Field::Last => "c.last_contact",
            _ => return "0".to_owned(),
        };
        let place = self.text(iso(date).as_str());
        format!("{column} {} {place}", sign(op))
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::More => ">",
        Op::AtLeast => ">=",
        Op::Less => "<",
        Op::AtMost => "<=",
        Op::NotEqual => "<>",
        Op::Is | Op::Equal => "=",
    }
}

fn risk(grade: &str) -> String {
    match grade {
        "a" => "c.risk < 20".to_owned(),
        "b" => "(c.risk >= 20 AND c.risk < 40)".to_owned(),
        "c" => "(c.risk >= 40 AND c.risk < 60)".to_owned(),
        "d" => "(c.risk >= 60 AND c.risk < 80)".to_owned(),
        "e" => "c.risk >= 80".to_owned(),
        _ => "0".to_owned(),
    }
}
