//! Kinds of payments in which the amount differs, and traps: decoys, documents of others, documents paid already,
//! payments made twice, names that are nearly somebody's.

use super::damage::{Kind, is_late, slip};
use super::maker::{Case, Maker, Who};
use super::oracle::Written;
use super::world::Item;
use o2c::domain::matching::RemittanceLine;

/// The kinds in which the amount is not the sum of what is named.
pub const AMOUNTS: [Kind; 13] = [
    ("discount in time", |m| discounted(m, false)),
    ("discount taken late", |m| discounted(m, true)),
    ("short within tolerance", |m| differing(m, |open| -small(open), true)),
    ("short beyond tolerance", |m| differing(m, |open| -(open / 10 + 600), false)),
    ("over within tolerance", |m| differing(m, small, true)),
    ("over beyond tolerance", |m| differing(m, |open| open / 10 + 600, false)),
    ("credit note netted, named", |m| netted(m, true)),
    ("credit note netted, not named", |m| netted(m, false)),
    ("whole account", whole),
    ("all past due", past_due),
    ("some items, not named", combination),
    ("advice with discount", advice),
    ("other currency", dollars),
];

/// The traps.
pub const TRAPS: [Kind; 10] = [
    ("equal amounts, none named", |m| equal(m, false)),
    ("equal amounts, one named", |m| equal(m, true)),
    ("document of another customer", foreign),
    ("document paid already", |m| paid(m, false)),
    ("paid number one slip from open", |m| paid(m, true)),
    ("paid twice", twice),
    ("amount of one, another named", another),
    ("slip that names another", slipped),
    ("unknown number, amount fits", unknown),
    ("like name, same amount", like_name),
];

fn small(open: i64) -> i64 {
    ((open * 4) / 1000).clamp(1, 499)
}

fn discounted(m: &mut Maker, late: bool) -> Option<Case> {
    let items = m.pick(1, |item| if late { is_late(item) } else { item.earned() > 0 })?;
    let open = m.open(&items);
    if open != items[0].amount {
        return None;
    }
    let percent = items[0].discount?.0;
    let mut case = m.naming(&items, open - items[0].percent(percent), |_, n| (n.into(), n.into()));
    // Small late discounts may be within tolerance of a cheap item; they are never when it is percents.
    case.truth = case.truth.filter(|_| !late);
    Some(case)
}

fn differing(m: &mut Maker, by: impl Fn(i64) -> i64, settles: bool) -> Option<Case> {
    let items = m.pick(1, |item| item.amount > 2_000)?;
    let open = m.open(&items);
    let mut case = m.naming(&items, open + by(open), |_, n| (n.into(), n.into()));
    case.truth = case.truth.filter(|_| settles);
    (case.payment.amount > 0).then_some(case)
}

fn netted(m: &mut Maker, named: bool) -> Option<Case> {
    for _ in 0..200 {
        let customer = m.customer();
        let invoices = m.invoices(customer, |_| true);
        let credits = m.world.of(customer).filter(|place| m.is_free(*place) && m.world.item(*place).credit);
        let credit = credits.map(|place| m.world.item(place)).next();
        let (Some(credit), Some(invoice)) = (credit, invoices.into_iter().max_by_key(|item| item.amount)) else {
            continue;
        };
        let items = [invoice.clone(), credit];
        let amount = m.open(&items);
        if amount <= 0 {
            continue;
        }
        m.reserve(&items);
        let who = m.somebody();
        let mut case = m.case(&items, amount, who);
        let names: Vec<String> = items.iter().take(if named { 2 } else { 1 }).map(|item| item.number.clone()).collect();
        case.payment.text = names.join(" less ");
        case.facts.refs = names.into_iter().map(Written::Number).collect();
        return Some(case);
    }
    None
}

/// A payment of a set that is said by its sum alone.
fn unsaid(m: &mut Maker, wanted: impl Fn(&[Item]) -> Vec<Item>) -> Option<Case> {
    for _ in 0..300 {
        let customer = m.customer();
        let open = m.world.of(customer).map(|place| m.world.item(place));
        let open: Vec<Item> = open.filter(|item| !item.dollars && m.world.open(item.place) != 0).collect();
        let items = wanted(&open);
        if items.len() < 2 || m.open(&items) <= 0 || !items.iter().all(|item| m.is_free(item.place)) {
            continue;
        }
        m.reserve(&items);
        let who = m.somebody();
        return Some(m.case(&items, m.open(&items), who));
    }
    None
}

fn whole(m: &mut Maker) -> Option<Case> {
    unsaid(m, |open| if open.len() <= 12 { open.to_vec() } else { Vec::new() })
}

fn past_due(m: &mut Maker) -> Option<Case> {
    let due = |item: &&Item| item.credit || item.due < super::world::today();
    unsaid(m, |open| {
        let set: Vec<Item> = open.iter().filter(due).cloned().collect();
        if set.len() < open.len() && set.len() <= 12 { set } else { Vec::new() }
    })
}

fn combination(m: &mut Maker) -> Option<Case> {
    unsaid(m, |open| {
        let set: Vec<Item> = open.iter().filter(|item| !item.credit).step_by(2).take(2).cloned().collect();
        if open.len() <= 12 { set } else { Vec::new() }
    })
}

fn advice(m: &mut Maker) -> Option<Case> {
    let items = m.pick(3, |item| item.earned() > 0)?;
    let mut lines = Vec::new();
    for item in &items {
        let open = m.world.open(item.place);
        let discount = if open == item.amount { item.earned() } else { 0 };
        let paid = Some(open - discount);
        lines.push(RemittanceLine { reference: item.number.clone(), paid, discount, ..RemittanceLine::default() });
    }
    let amount = lines.iter().filter_map(|line| line.paid).sum();
    let who = m.anybody();
    let mut case = m.case(&items, amount, who);
    case.payment.lines = lines;
    case.facts.refs = items.iter().map(|item| Written::Number(item.number.clone())).collect();
    Some(case)
}

fn dollars(m: &mut Maker) -> Option<Case> {
    for _ in 0..2000 {
        let place = m.dice.below(m.world.items as u64) as usize;
        let item = m.world.item(place);
        if !item.dollars || item.credit {
            continue;
        }
        let mut case = m.case(std::slice::from_ref(&item), item.amount, Who::Account);
        case.payment.text = item.number.clone();
        case.facts.refs = vec![Written::Number(item.number)];
        case.truth = None;
        return Some(case);
    }
    None
}

fn equal(m: &mut Maker, named: bool) -> Option<Case> {
    for _ in 0..400 {
        let customer = m.customer();
        let free = m.invoices(customer, |_| true);
        let twin = |item: &Item| {
            free.iter().any(|o| o.place != item.place && m.world.open(o.place) == m.world.open(item.place))
        };
        let Some(item) = free.iter().find(|item| twin(item)).cloned() else { continue };
        m.reserve(std::slice::from_ref(&item));
        let amount = m.world.open(item.place);
        let items = [item];
        if named {
            return Some(m.naming(&items, amount, |_, n| (n.into(), n.into())));
        }
        let who = m.somebody();
        let mut case = m.case(&items, amount, who);
        case.truth = None;
        return Some(case);
    }
    None
}

/// The payer's own item has the amount, and another customer's document is named.
fn foreign(m: &mut Maker) -> Option<Case> {
    let own = m.pick(1, |_| true)?;
    let other = m.pick(1, |item| item.customer != own[0].customer)?;
    let theirs = m.dice.below(2) == 0;
    let amount = m.open(if theirs { &other } else { &own });
    let who = m.somebody();
    let mut case = m.case(&own, amount, who);
    case.payment.text = m.sentence(&other[0].number);
    case.facts.refs = vec![Written::Number(other[0].number.clone())];
    case.truth = None;
    Some(case)
}

/// A document paid before is named, and an open item has the amount; with `near`, that item's number is one slip away.
fn paid(m: &mut Maker, near: bool) -> Option<Case> {
    for _ in 0..300 {
        let items = m.pick(1, |_| true)?;
        let world = m.world;
        let serial = world.serial(items[0].place);
        let is_paid = |serial: &u64| world.place_of(*serial).is_some_and(|place| place >= world.items);
        let found = if near {
            (0..8).flat_map(|power| (1..10).map(move |by| serial + by * 10_u64.pow(power))).find(is_paid)
        } else {
            Some(world.serial(world.items + m.dice.below(world.paid as u64) as usize))
        };
        let Some(found) = found else { continue };
        let digits = |number: u64| format!("{number:08}");
        let differ = digits(found).bytes().zip(digits(serial).bytes()).filter(|(a, b)| a != b).count();
        if near && differ != 1 {
            continue;
        }
        let who = m.somebody();
        let mut case = m.case(&items, m.open(&items), who);
        let number = format!("INV-{found:08}");
        case.payment.text = m.sentence(&number);
        case.facts.refs = vec![Written::Number(number)];
        case.truth = None;
        return Some(case);
    }
    None
}

/// The second of two payments of one item: the first was applied when it came.
fn twice(m: &mut Maker) -> Option<Case> {
    let mut applied: Vec<usize> = m.world.applied.keys().copied().filter(|place| m.world.open(*place) == 0).collect();
    applied.sort_unstable();
    if applied.is_empty() {
        return None;
    }
    let item = m.world.item(*m.dice.pick(&applied));
    let amount = item.amount;
    let mut case = m.naming(&[item], amount, |_, n| (n.into(), n.into()));
    case.truth = None;
    (amount > 0).then_some(case)
}

fn another(m: &mut Maker) -> Option<Case> {
    let items = m.pick(2, |_| true)?;
    let mut case = m.naming(&items[..1], m.open(&items[1..]), |_, n| (n.into(), n.into()));
    case.truth = case.truth.filter(|_| m.open(&items[1..]) == m.open(&items[..1]));
    Some(case)
}

/// A slip turns the number into that of another document that exists.
fn slipped(m: &mut Maker) -> Option<Case> {
    for _ in 0..300 {
        let items = m.pick(1, |_| true)?;
        let wrong = slip(&mut m.dice, &items[0].number);
        let serial: u64 = wrong.trim_start_matches("INV-").parse().ok()?;
        let is_invoice = |place: &usize| m.world.number(*place).starts_with("INV");
        let hit = m.world.place_of(serial).filter(|place| *place != items[0].place).filter(is_invoice);
        // As written it may be right by amount: then it is what the payer said.
        if hit.is_none_or(|place| place < m.world.items && m.world.open(place) == m.open(&items)) {
            continue;
        }
        let mut case = m.naming(&items, m.open(&items), |_, _| (wrong.clone(), wrong.clone()));
        case.truth = None;
        return Some(case);
    }
    None
}

fn unknown(m: &mut Maker) -> Option<Case> {
    let items = m.pick(1, |_| true)?;
    let far = format!("INV-{:08}", 90_000_000 + m.dice.below(9_000_000));
    let mut case = m.naming(&items, m.open(&items), |_, _| (far.clone(), far.clone()));
    case.truth = None;
    Some(case)
}

/// The payer's name is nearly that of a customer with an item of the amount, and is nobody's.
fn like_name(m: &mut Maker) -> Option<Case> {
    let items = m.pick(1, |item| item.customer % 12 > 2)?;
    let mut case = m.case(&items, m.open(&items), Who::Nobody);
    let name = m.world.name(items[0].customer);
    let (word, rest) = name.split_once(' ')?;
    case.payment.name = format!("{word}z {}", rest.replace("GmbH", "AG"));
    case.truth = None;
    Some(case)
}
