//! Which policy an item is under: that of its invoice, else of its customer, else of a segment, else of the company. A
//! segment is what customers have in common, or a fixed share of them drawn by their numbers.

use serde::{Deserialize, Serialize};

use super::facts::Customer;

/// What a policy is assigned to. Later ones are narrower and go before.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Everything.
    Company,
    /// Customers of a segment.
    Segment(String),
    /// One customer.
    Customer(i64),
    /// One invoice, by its document.
    Invoice(i64),
}

impl Scope {
    /// The word the book keeps.
    pub fn word(&self) -> &'static str {
        match self {
            Scope::Company => "company",
            Scope::Segment(_) => "segment",
            Scope::Customer(_) => "customer",
            Scope::Invoice(_) => "invoice",
        }
    }
}

/// A policy given to a scope. The last one of a scope counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// To what.
    pub scope: Scope,
    /// Name of the policy; empty takes back what was assigned.
    pub policy: String,
}

/// Conditions of a segment, all of which must hold: `country:DE risk:C`, `share:30`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment(Vec<(String, String)>);

/// What a segment may ask for.
pub const FIELDS: [&str; 8] = ["customer", "country", "currency", "group", "language", "owner", "risk", "share"];

impl Segment {
    /// Reads conditions; the error says what is wrong.
    pub fn parse(text: &str) -> Result<Segment, String> {
        let mut terms = Vec::new();
        for word in text.split_whitespace() {
            let (field, value) = word
                .split_once(':')
                .filter(|(_, value)| !value.is_empty())
                .ok_or_else(|| format!("\"{word}\" is not FIELD:VALUE, such as country:DE"))?;
            if !FIELDS.contains(&field) {
                return Err(format!("A segment knows no \"{field}\"; it knows {}", FIELDS.join(", ")));
            }
            if field == "share" && !value.parse().is_ok_and(|share: u32| (1..=100).contains(&share)) {
                return Err(format!("share:{value} is not a percent from 1 to 100"));
            }
            terms.push((field.to_owned(), value.to_owned()));
        }
        if terms.is_empty() {
            Err("A segment needs a condition, such as country:DE".to_owned())
        } else {
            Ok(Segment(terms))
        }
    }

    /// How many conditions it has.
    #[expect(clippy::len_without_is_empty, reason = "a segment has at least one condition")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The segment without the share that was drawn of it; `None` where none was.
    pub fn whole(&self) -> Option<Segment> {
        let rest: Vec<_> = self.0.iter().filter(|(field, _)| field != "share").cloned().collect();
        (rest.len() < self.0.len()).then_some(Segment(rest))
    }

    /// Whether a customer is in it.
    pub fn has(&self, customer: &Customer) -> bool {
        self.0.iter().all(|(field, value)| match field.as_str() {
            "share" => draw(&customer.number) < value.parse().unwrap_or(0),
            _ => customer.traits.iter().any(|(name, is)| name == field && is.eq_ignore_ascii_case(value)),
        })
    }
}

/// A number from 0 to 99 that is always the same for a customer's number, and has nothing to do with anything else.
fn draw(number: &str) -> u32 {
    let hash = number.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> 15)) % 100
}

/// The policy of a document of a customer: the narrowest scope's, the last assigned among equals. `None` where none is.
pub fn choose<'a>(assignments: &'a [Assignment], customer: &Customer, document: i64) -> Option<&'a str> {
    let fits = |assignment: &Assignment| match &assignment.scope {
        Scope::Company => Some((0, 0)),
        Scope::Segment(text) => {
            let segment = Segment::parse(text).ok().filter(|segment| segment.has(customer))?;
            Some((1, segment.0.len()))
        }
        Scope::Customer(id) => (*id == customer.id).then_some((2, 0)),
        Scope::Invoice(id) => (*id == document).then_some((3, 0)),
    };
    let held = assignments.iter().enumerate().filter(|(_, one)| !one.policy.is_empty());
    held.filter_map(|(place, one)| Some((fits(one)?, place, one)))
        .max_by_key(|(narrow, place, _)| (*narrow, *place))
        .map(|(_, _, one)| one.policy.as_str())
}
