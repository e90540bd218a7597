//! Puts the pieces together for one payment: who may have paid, what each of them may have paid for, and whether the
//! first explanation may be applied without a person.

use super::answer::{Answer, Explanation, Left, Objection};
use super::book::Book;
use super::ladder::{Climb, Ladder};
use super::named::{self, Lookup, Naming};
use super::payer::{self, Candidate, Payers};
use super::payment::Payment;
use super::policy::Rule;
use super::shares::{self, Desk};

/// The most explanations shown.
const SHOWN: usize = 8;

/// Explains one payment by what is open in the book now. Changes nothing: call [`Book::apply`] with what is applied.
pub fn explain(book: &Book, payment: &Payment) -> Answer {
    let lookup = Lookup::new(book, payment);
    let payers = payer::find(book, payment, &lookup);
    let mut answer = Answer {
        payers: payers.candidates.iter().filter_map(|candidate| candidate.shown(book)).collect(),
        payer: None,
        explanations: Vec::new(),
        left: Left::Unidentified,
        other_currency: Vec::new(),
        stopped: None,
    };
    let policy = payers.candidates.first().map_or(book.default_policy(), |first| book.policy(first.place));
    let first = payers.candidates.first();
    if let Some(known) = first.filter(|first| first.sure && first.score >= policy.customer && !payers.conflict) {
        answer.payer = known.shown(book).map(|payer| payer.customer);
        answer.left = Left::Kept(policy.keep);
    }
    if !shares::is_sound(payment.amount) {
        return answer;
    }
    let minimum = policy.minimum;
    for (rank, candidate) in payers.candidates.iter().enumerate() {
        let naming = named::name(book, &lookup, payment, candidate.place);
        answer.other_currency.extend(naming.other_currency.iter().map(|(item, _)| *item));
        let climb = climb(book, payment, &payers, candidate, &naming);
        answer.stopped = answer.stopped.max(climb.stopped);
        answer.explanations.extend(climb.explanations);
        let settled = answer.automatic().is_some_and(|first| first.rule.is_by_reference() || candidate.strong);
        if rank == 0 && settled {
            break;
        }
    }
    if payers.candidates.is_empty() {
        answer.explanations = by_amount(book, payment, &lookup);
    }
    doubt_names(&mut answer, first);
    // What may be applied stays in front; the others follow as sure as they are.
    let front = usize::from(answer.automatic().is_some());
    answer.explanations[front..].sort_by(|a, b| b.confidence.cmp(&a.confidence).then(a.rule.cmp(&b.rule)));
    answer.explanations.retain(|explanation| explanation.confidence >= minimum);
    answer.explanations.truncate(SHOWN);
    answer
}

fn climb(book: &Book, payment: &Payment, payers: &Payers, candidate: &Candidate, naming: &Naming) -> Climb {
    let desk = Desk { book, payment, policy: book.policy(candidate.place), customer: candidate.place };
    Ladder { desk, naming, payer: candidate, conflict: payers.conflict }.climb()
}

/// A likeness from which another customer of such a name is taken into account.
const LIKE: u16 = 750;

/// Where a name alone says who paid, a customer of a like name whose items fit as well makes it a guess; and never may
/// two explanations be without objections.
fn doubt_names(answer: &mut Answer, first: Option<&Candidate>) {
    let Some(best) = answer.automatic() else {
        let clean = answer.explanations.iter_mut().filter(|explanation| explanation.objections.is_empty());
        clean.for_each(|explanation| explanation.objections.push(Objection::Tie));
        return;
    };
    let customer = best.customer;
    let like = |other: i64| answer.payers.iter().any(|payer| payer.customer == other && payer.score >= LIKE);
    let fits = |other: &&Explanation| other.difference == 0 && other.rule != Rule::Combination;
    let rivals =
        answer.explanations.iter().filter(fits).any(|other| other.customer != customer && like(other.customer));
    if rivals && !best.rule.is_by_reference() && first.is_some_and(|first| !first.strong) {
        answer.explanations[0].objections.push(Objection::PayerUnsure);
    }
    let clean = answer.explanations.iter_mut().skip(1).filter(|explanation| explanation.objections.is_empty());
    clean.for_each(|explanation| explanation.objections.push(Objection::Tie));
}

/// Items of anybody that have the amount of a payment nobody is known to have made: for a person to look at, those
/// with a number like one written first.
fn by_amount(book: &Book, payment: &Payment, lookup: &Lookup) -> Vec<Explanation> {
    let mut found: Vec<Explanation> = Vec::new();
    for place in book.of_amount(payment.amount).take(SHOWN * 4) {
        let Some(row) = book.rows.get(place as usize).filter(|row| row.currency == payment.currency) else { continue };
        let near = lookup.is_near(book, place);
        let score = if near { 700 } else { 400 };
        let (evidence, paid_by) = (Vec::new(), Vec::new());
        let candidate = Candidate { place: row.customer, score, evidence, strong: false, sure: false, paid_by };
        let naming = if near { named::name(book, lookup, payment, row.customer) } else { Naming::default() };
        let climb = climb(book, payment, &Payers::default(), &candidate, &naming);
        let of_row = |one: &Explanation| one.shares.len() == 1 && one.shares[0].item == row.id && one.difference == 0;
        found.extend(climb.explanations.into_iter().find(of_row));
    }
    found
}
