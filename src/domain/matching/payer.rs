//! Who paid: the account, the customer number, the documents named, the name, in this order. Where two of them point to
//! different customers nothing is applied by itself, however well the amounts fit.

use super::answer::{Evidence, Payer};
use super::book::Book;
use super::keys::{self, Key};
use super::named::{Implied, Lookup};
use super::payment::Payment;

/// The most customers looked at for one payment.
const CANDIDATES: usize = 6;

/// A likeness from which another customer's documents contradict a name, in per mille.
const RESEMBLES: u16 = 700;

/// A customer who may have paid, with what the rules need to know about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Candidate {
    pub place: u32,
    pub score: u16,
    pub evidence: Vec<Evidence>,
    /// Its account or number was given: documents of others named beside its own are then taken for chance.
    pub strong: bool,
    /// Whether amounts alone may decide for it.
    pub sure: bool,
    /// The members of its group who paid in its place; empty where it paid itself. Only what was named is paid for another.
    pub paid_by: Vec<u32>,
}

impl Candidate {
    /// As the answer shows it.
    pub fn shown(&self, book: &Book) -> Option<Payer> {
        let customer = book.customers.get(self.place as usize)?.id;
        Some(Payer { customer, score: self.score, evidence: self.evidence.clone() })
    }
}

/// The payers of a payment, surest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Payers {
    pub candidates: Vec<Candidate>,
    /// Account, number, documents or name contradict each other.
    pub conflict: bool,
}

impl Payers {
    fn add(&mut self, places: &[u32], score: u16, evidence: &Evidence, kind: Kind) {
        let single = places.len() == 1;
        for place in places {
            if let Some(known) = self.candidates.iter_mut().find(|known| known.place == *place) {
                let weaker = *evidence == Evidence::NameLike && known.evidence.contains(&Evidence::Name);
                if !weaker && !known.evidence.contains(evidence) {
                    known.evidence.push(evidence.clone());
                }
                continue;
            }
            let score = if single { score } else { score.saturating_sub(300) };
            let (strong, sure) = (kind == Kind::Strong, single && kind != Kind::Hint);
            let evidence = vec![evidence.clone()];
            self.candidates.push(Candidate { place: *place, score, evidence, strong, sure, paid_by: Vec::new() });
        }
    }
}

impl Payers {
    /// A member of the group of those whose documents were named paid: true where that is what it is.
    fn add_group(&mut self, book: &Book, payers: &[u32], evidence: &Evidence, named: &[u32]) -> bool {
        if payers.is_empty() || named.is_empty() || payers.iter().any(|place| named.contains(place)) {
            return false;
        }
        let Some(group) = book.group_of_all(payers.iter().chain(named)).map(str::to_owned) else { return false };
        self.add(named, 980, &Evidence::Group(group), Kind::Known);
        self.add(named, 980, &Evidence::DocumentOfCustomer, Kind::Known);
        for candidate in &mut self.candidates {
            candidate.paid_by = payers.to_vec();
        }
        self.add(payers, 900, evidence, Kind::Hint);
        true
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Strong,
    Known,
    Hint,
}

/// Finds the payers of a payment.
pub(super) fn find(book: &Book, payment: &Payment, lookup: &Lookup) -> Payers {
    let implied = lookup.implied(book);
    let mut payers = Payers::default();
    let account = keys::account(&payment.account);
    let by_account = if account.is_empty() { Vec::new() } else { book.customers_of_account(&account) };
    let mut by_number: Vec<u32> = implied.said.clone();
    let given = payment.customer_number.trim();
    by_number.extend((!given.is_empty()).then(|| book.customer_numbered(&Key::of(given))).flatten());
    by_number.sort_unstable();
    by_number.dedup();
    let strong = both(&by_account, &by_number);
    if strong.is_empty() {
        payers.conflict = !by_account.is_empty();
        by_name(book, payment, &implied, &mut payers);
    } else {
        let named = if implied.numbers.is_empty() { &implied.others } else { &implied.numbers };
        let agreed: Vec<u32> = strong.iter().copied().filter(|place| named.contains(place)).collect();
        let evidence = if by_account.is_empty() { Evidence::CustomerNumber } else { Evidence::Account };
        if payers.add_group(book, &strong, &evidence, &implied.numbers) {
            payers.candidates.truncate(CANDIDATES);
            return payers;
        }
        payers.conflict = agreed.is_empty() && !implied.numbers.is_empty();
        payers.add(if agreed.is_empty() { &strong } else { &agreed }, 1000, &evidence, Kind::Strong);
        payers.add(&strong, 1000, &evidence, Kind::Strong);
        for (places, evidence) in [(&by_number, Evidence::CustomerNumber), (&agreed, Evidence::DocumentOfCustomer)] {
            let known: Vec<u32> = places.iter().copied().filter(|place| strong.contains(place)).collect();
            payers.add(&known, 1000, &evidence, Kind::Strong);
        }
        payers.add(&implied.numbers, 500, &Evidence::DocumentOfCustomer, Kind::Hint);
    }
    if payers.conflict {
        payers.add(&by_account, 700, &Evidence::Account, Kind::Hint);
        payers.add(&by_number, 700, &Evidence::CustomerNumber, Kind::Hint);
        payers.candidates.iter_mut().for_each(|candidate| candidate.sure = false);
    }
    payers.candidates.truncate(CANDIDATES);
    payers
}

/// The customers in both lists, or those of the only list that says anything.
fn both(a: &[u32], b: &[u32]) -> Vec<u32> {
    match (a, b) {
        ([], known) | (known, []) => known.to_vec(),
        _ => a.iter().copied().filter(|place| b.contains(place)).collect(),
    }
}

/// Payers without an account or customer number: by the documents named and by name.
fn by_name(book: &Book, payment: &Payment, implied: &Implied, payers: &mut Payers) {
    let same = book.names.same(&payment.name);
    let named = if implied.numbers.is_empty() { &implied.others } else { &implied.numbers };
    let agreed: Vec<u32> = named.iter().copied().filter(|place| same.contains(place)).collect();
    let documents = Evidence::DocumentOfCustomer;
    if named.is_empty() {
        payers.add(&implied.bare, 900, &Evidence::CustomerNumber, Kind::Known);
        let contradicted = !implied.bare.is_empty() && !same.is_empty() && both(&implied.bare, &same).is_empty();
        payers.conflict |= contradicted;
        payers.add(&same, 940, &Evidence::Name, Kind::Known);
        let like = book.names.like(&payment.name, 500);
        for (place, score) in like {
            payers.add(&[place], score, &Evidence::NameLike, Kind::Hint);
        }
        return;
    }
    if !agreed.is_empty() {
        payers.add(&agreed, 980, &documents, Kind::Known);
        payers.add(&same, 940, &Evidence::Name, Kind::Known);
        payers.add(named, 600, &documents, Kind::Hint);
        return;
    }
    if payers.add_group(book, &same, &Evidence::Name, &implied.numbers) {
        return;
    }
    let like: Vec<u32> = book.names.like(&payment.name, RESEMBLES).into_iter().map(|found| found.0).collect();
    let resembling: Vec<u32> = named.iter().copied().filter(|place| like.contains(place)).collect();
    let of_another = !same.is_empty() || !like.is_empty() && resembling.is_empty();
    payers.conflict |= of_another;
    let (first, score) = if resembling.is_empty() { (named, 960) } else { (&resembling, 970) };
    payers.add(first, score, &documents, Kind::Known);
    payers.add(&resembling, 970, &Evidence::NameLike, Kind::Known);
    payers.add(named, 600, &documents, Kind::Hint);
    payers.add(&same, 600, &Evidence::Name, Kind::Hint);
}
