//! The kinds of payments: clean ones, every way in which a reference suffers on its way through banks, differences in
//! the amount, and traps in which applying anything by itself would be wrong.

use super::maker::{Case, Maker, Who};
use super::oracle::Written;
use super::world::{Dice, Item, today};

/// The name of a kind and how one is made; `None` where the book has no fitting items left.
pub type Kind = (&'static str, fn(&mut Maker) -> Option<Case>);

/// The kinds in which only the writing differs.
pub const WRITING: [Kind; 14] = [
    ("clean", |m| one(m, |_, n| same(n.into()))),
    ("prefix lost", |m| one(m, |_, n| same(bare(n).into()))),
    ("leading zeros lost", |m| one(m, |_, n| same(format!("INV {}", bare(n).trim_start_matches('0'))))),
    ("prefix and zeros lost", |m| one(m, |_, n| same(bare(n).trim_start_matches('0').into()))),
    ("spaces inside", |m| one(m, |dice, n| broken(dice, n, " "))),
    ("line break inside", |m| one(m, |dice, n| broken(dice, n, "\n"))),
    ("one slip", |m| one(m, |dice, n| same(slip(dice, n)))),
    ("letters for digits", |m| one(m, |_, n| same(format!("INV-{}", bare(n).replace('0', "O").replacen('1', "I", 1))))),
    ("two to ten invoices", many),
    ("ten invoices, one slip", many_slip),
    ("list of endings", endings),
    ("range", range),
    ("noise beside it", noise),
    ("prefix mistyped", |m| one(m, |_, n| (format!("IVN-{}", bare(n)), bare(n).into()))),
];

/// The kinds in which something else than the writing differs.
pub const OTHERS: [Kind; 8] = [
    ("order number", order),
    ("customer number in text", customer_number),
    ("account and amount", |m| only(m, Who::Account)),
    ("name and amount", |m| only(m, Who::Name)),
    ("cut name and amount", |m| only(m, Who::CutName)),
    ("amount only, payer unknown", |m| only(m, Who::Nobody)),
    ("ISO 11649 reference", |m| structured(m, |_, item| o2c::domain::reference::rf(&item.number.replace('-', "")))),
    ("Norwegian reference", norwegian),
];

fn same(text: String) -> (String, String) {
    (text.clone(), text)
}

fn bare(number: &str) -> &str {
    number.trim_start_matches("INV-").trim_start_matches("CN-")
}

fn one(m: &mut Maker, write: impl Fn(&mut Dice, &str) -> (String, String)) -> Option<Case> {
    let items = m.pick(1, |_| true)?;
    let amount = m.open(&items);
    Some(m.naming(&items, amount, write))
}

fn broken(dice: &mut Dice, number: &str, with: &str) -> (String, String) {
    let digits = bare(number);
    let at = 1 + dice.below(digits.len() as u64 - 1) as usize;
    (format!("INV-{}{with}{}", &digits[..at], &digits[at..]), number.to_owned())
}

/// One digit wrong, missing, extra, or exchanged with its neighbour.
pub fn slip(dice: &mut Dice, number: &str) -> String {
    let mut digits: Vec<char> = bare(number).chars().collect();
    let first = digits.iter().position(|digit| *digit != '0').unwrap_or(0);
    let at = first + dice.below((digits.len() - first) as u64) as usize;
    let other = char::from_digit(((digits[at] as u32 - 48) + 1 + dice.below(9) as u32) % 10, 10).unwrap_or('0');
    match dice.below(4) {
        0 => digits[at] = other,
        1 if digits.len() - first > 5 => drop(digits.remove(at)),
        2 => digits.insert(at, other),
        _ if at + 1 < digits.len() && digits[at] != digits[at + 1] => digits.swap(at, at + 1),
        _ => digits[at] = other,
    }
    format!("INV-{}", digits.into_iter().collect::<String>())
}

fn many(m: &mut Maker) -> Option<Case> {
    let count = 2 + m.dice.below(9) as usize;
    let items = m.pick(count, |_| true)?;
    let amount = m.open(&items);
    Some(m.naming(&items, amount, |dice, n| same(if dice.below(2) == 0 { n.into() } else { bare(n).into() })))
}

fn many_slip(m: &mut Maker) -> Option<Case> {
    let items = m.pick(10, |_| true)?;
    let amount = m.open(&items);
    let wrong = items[m.dice.below(10) as usize].number.clone();
    Some(m.naming(&items, amount, |dice, n| same(if n == wrong { slip(dice, n) } else { n.into() })))
}

fn endings(m: &mut Maker) -> Option<Case> {
    let count = 2 + m.dice.below(2) as usize;
    let items = m.pick_row(count)?;
    let amount = m.open(&items);
    let who = m.anybody();
    let mut case = m.case(&items, amount, who);
    case.facts.refs = items.iter().map(|item| Written::Number(item.number.clone())).collect();
    let digits = if items.iter().all(|item| item.number[..10] == items[0].number[..10]) { 2 } else { 4 };
    let rest = items[1..].iter().map(|item| item.number[item.number.len() - digits..].to_owned());
    let rest: Vec<String> = rest.collect();
    case.payment.text = format!("{}, {}", items[0].number, rest.join(", "));
    Some(case)
}

fn range(m: &mut Maker) -> Option<Case> {
    let count = 2 + m.dice.below(3) as usize;
    let items = m.pick_row(count)?;
    let amount = m.open(&items);
    let who = m.anybody();
    let mut case = m.case(&items, amount, who);
    let (from, to) = (items[0].number.clone(), items[items.len() - 1].number.clone());
    let way = m.dice.below(3);
    case.payment.text = match way {
        0 => format!("{from} - {to}"),
        1 => format!("INV {} bis {}", bare(&from), bare(&to)),
        _ => format!("{from}-{}", &to[to.len() - 4..]),
    };
    case.facts.refs = vec![Written::Range(from, to)];
    Some(case)
}

fn noise(m: &mut Maker) -> Option<Case> {
    let items = m.pick(1, |_| true)?;
    let amount = m.open(&items);
    let mut case = m.naming(&items, amount, |_, n| same(n.into()));
    let phone = m.dice.below(900_000_000) + 100_000_000;
    case.payment.text =
        format!("Tel {phone} 2026-03-15 EREF 20260316 {} KDREF A{} Danke", case.payment.text, phone / 7);
    Some(case)
}

fn order(m: &mut Maker) -> Option<Case> {
    let items = m.pick(1, |_| true)?;
    let mate = m.invoices(items[0].customer, |item| item.order == items[0].order);
    let both = m.dice.below(2) == 0 && !mate.is_empty();
    let items: Vec<Item> = if both { items.into_iter().chain(mate).collect() } else { items };
    m.reserve(&items);
    let who = m.somebody();
    let mut case = m.case(&items, m.open(&items), who);
    let text = if m.dice.below(2) == 0 { items[0].order.clone() } else { format!("Bestellung {}", items[0].order) };
    case.facts.refs = vec![Written::Order(items[0].order.clone())];
    case.payment.text = text;
    Some(case)
}

fn customer_number(m: &mut Maker) -> Option<Case> {
    let items = m.pick(1, |_| true)?;
    let mut case = m.case(&items, m.open(&items), Who::Nobody);
    let customer = items[0].customer;
    case.facts.customer = Some(customer);
    let word = *m.dice.pick(&["Kd-Nr. ", "Kundennr ", "customer ", "KDNR:"]);
    case.payment.text = format!("{word}{}", m.world.customer_number(customer));
    Some(case)
}

fn only(m: &mut Maker, who: Who) -> Option<Case> {
    let items = m.pick(1, |_| true)?;
    let mut case = m.case(&items, m.open(&items), who);
    case.payment.text = m.dice.pick(&["", "Zahlung", "Payment with thanks", "Ausgleich 03/2026"]).to_string();
    Some(case)
}

fn structured(m: &mut Maker, write: impl Fn(&Maker, &Item) -> Option<String>) -> Option<Case> {
    let items = m.pick(1, |_| true)?;
    let who = m.anybody();
    let mut case = m.case(&items, m.open(&items), who);
    case.facts.refs = vec![Written::Number(items[0].number.clone())];
    case.payment.references = vec![write(m, &items[0])?];
    Some(case)
}

fn norwegian(m: &mut Maker) -> Option<Case> {
    let mut case = structured(m, |m, item| {
        let body = format!("{}{}", m.world.customer_number(item.customer), bare(&item.number));
        let check = (0..10).find(|check| o2c::domain::reference::is_luhn(&format!("{body}{check}")))?;
        Some(format!("{body}{check}"))
    })?;
    case.payment.country = "NO".into();
    Some(case)
}

/// The day before which a document is too old for any discount.
pub fn is_late(item: &Item) -> bool {
    item.discount.is_some_and(|(_, days)| item.document_date + chrono::Days::new(days as u64) < today())
}
