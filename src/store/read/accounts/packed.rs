//! The figures of a customer in few bytes. Most customers have few figures that are not nothing, a book has tens of
//! thousands of customers, and each session keeps all of them: packed they take a fifth of the room.

use chrono::{Datelike, NaiveDate};

use super::{BUCKETS, Figures, Sums};
use crate::domain::money::Currency;

/// How many numbers figures are spread into.
const NUMBERS: usize = 30;

/// Every figure that is a number or a day, `None` where it is nothing: 0, or no day. Days count from `today`, and what is
/// open in the customer's own currency from the balance in the book's, because both are small then.
fn spread(figures: &Figures, today: NaiveDate) -> [Option<i64>; NUMBERS] {
    let day = |day: Option<NaiveDate>| day.map(|day| (day - today).num_days());
    let number = |number: i64| Some(number).filter(|number| *number != 0);
    let [a, b, c, d, e, f] = figures.base.buckets.map(number);
    [
        figures.limit,
        number(figures.in_own.wrapping_sub(figures.base.net())),
        day(figures.last_contact),
        day(figures.next_on),
        day(figures.done_on),
        a,
        b,
        c,
        d,
        e,
        f,
        number(figures.base.credits),
        number(figures.base.unapplied),
        number(figures.base.disputed),
        number(figures.base.items),
        day(figures.oldest_due),
        day(figures.next_due.map(|(day, _)| day)),
        figures.next_due.map(|(_, amount)| amount),
        number(figures.promised),
        number(figures.promised_overdue),
        number(figures.disputed_overdue),
        number(figures.held_overdue),
        number(figures.asked_overdue),
        day(figures.promise_due),
        day(figures.instalment_due),
        day(figures.plan_default),
        day(figures.promise_broken),
        day(figures.event_on),
        number(figures.disputes.into()),
        number(figures.unrated.into()),
    ]
}

/// What stands before the figures of a customer: lengths of its texts, and places in lists that all customers share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Lengths of name, number and folded text. Without one the folded text is name and number in small letters.
    pub lengths: [usize; 3],
    /// Its place among the owners.
    pub owner: usize,
    /// The place of its currency.
    pub currency: usize,
    /// In how many currencies it has sums of its own; none where what is open is in the book's currency alone.
    pub foreign: usize,
}

/// Adds a customer to the end of `out`: its head; risk and what is true of it; which numbers there are, and those; sums in
/// each currency, by its place.
pub(super) fn pack(head: &Head, figures: &Figures, foreign: &[(usize, Sums)], today: NaiveDate, out: &mut Vec<u8>) {
    let [name, number, folded] = head.lengths;
    for length in [name, number, folded, head.owner, head.currency, head.foreign] {
        write(length as i64, out);
    }
    let flags =
        [figures.blocked, figures.no_rate, figures.dispute_rejected, figures.dispute_answered, figures.called_back];
    let flags = flags.iter().rev().fold(0, |bits, flag| bits << 1 | u8::from(*flag));
    out.extend_from_slice(&[figures.risk, flags]);
    let numbers = spread(figures, today);
    let present = numbers.iter().enumerate().fold(0u32, |bits, (at, number)| bits | u32::from(number.is_some()) << at);
    out.extend_from_slice(&present.to_le_bytes());
    for number in numbers.into_iter().flatten() {
        write(number, out);
    }
    for (currency, sums) in foreign {
        write(*currency as i64, out);
        let rest = [sums.credits, sums.unapplied, sums.disputed, sums.items];
        for number in sums.buckets.into_iter().chain(rest) {
            write(number, out);
        }
    }
}

/// Adds a customer of which only the figures are others than in `bytes`.
pub(super) fn again(mut bytes: &[u8], new: &Figures, today: NaiveDate, out: &mut Vec<u8>) {
    let head = head(&mut bytes);
    figures(&mut bytes, today, new.id, new.currency);
    let foreign: Vec<_> = (0..head.foreign).map(|_| sums(&mut bytes)).collect();
    pack(&head, new, &foreign, today, out);
}

/// The head at the beginning of `bytes`, of which it is taken.
pub(super) fn head(bytes: &mut &[u8]) -> Head {
    let [name, number, folded, owner, currency, foreign] =
        [(); 6].map(|()| usize::try_from(take(bytes)).unwrap_or_default());
    Head { lengths: [name, number, folded], owner, currency, foreign }
}

/// Sums in one currency at the beginning of `bytes`, of which they are taken.
pub(super) fn sums(bytes: &mut &[u8]) -> (usize, Sums) {
    let currency = usize::try_from(take(bytes)).unwrap_or_default();
    let buckets = [(); BUCKETS].map(|()| take(bytes));
    let [credits, unapplied, disputed, items] = [(); 4].map(|()| take(bytes));
    (currency, Sums { buckets, credits, unapplied, disputed, items })
}

/// The figures after the head, taken of `bytes`.
pub(super) fn figures(bytes: &mut &[u8], today: NaiveDate, id: i64, currency: Currency) -> Figures {
    let ([risk, flags], tail) = bytes.split_first_chunk().map_or(([0; 2], &[][..]), |(first, tail)| (*first, tail));
    let (present, mut tail) =
        tail.split_first_chunk().map_or((0, tail), |(first, tail)| (u32::from_le_bytes(*first), tail));
    let mut numbers = [None; NUMBERS];
    for (at, number) in numbers.iter_mut().enumerate() {
        if present >> at & 1 == 1 {
            *number = Some(take(&mut tail));
        }
    }
    *bytes = tail;
    let first = today.num_days_from_ce();
    let day = |at: usize| numbers[at].map(|days| day_at(first, days).unwrap_or(today));
    let number = |at: usize| numbers[at].unwrap_or(0);
    let [blocked, no_rate, dispute_rejected, dispute_answered, called_back] =
        [0, 1, 2, 3, 4].map(|bit| flags >> bit & 1 == 1);
    let base = Sums {
        buckets: [number(5), number(6), number(7), number(8), number(9), number(10)],
        credits: number(11),
        unapplied: number(12),
        disputed: number(13),
        items: number(14),
    };
    Figures {
        id,
        currency,
        limit: numbers[0],
        in_own: number(1).wrapping_add(base.net()),
        risk,
        blocked,
        last_contact: day(2),
        next_on: day(3),
        done_on: day(4),
        base,
        no_rate,
        oldest_due: day(15),
        next_due: day(16).zip(numbers[17]),
        promised: number(18),
        promised_overdue: number(19),
        disputed_overdue: number(20),
        held_overdue: number(21),
        asked_overdue: number(22),
        promise_due: day(23),
        instalment_due: day(24),
        plan_default: day(25),
        promise_broken: day(26),
        dispute_rejected,
        dispute_answered,
        event_on: day(27),
        called_back,
        disputes: u16::try_from(number(28)).unwrap_or(u16::MAX),
        unrated: u16::try_from(number(29)).unwrap_or(u16::MAX),
    }
}

fn day_at(first: i32, days: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(i64::from(first) + days).ok()?)
}

/// Seven bits a byte, low ones first; numbers near 0 of either sign are short.
fn write(number: i64, out: &mut Vec<u8>) {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn take(bytes: &mut &[u8]) -> i64 {
    let (mut number, mut shift) = (0u64, 0);
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if *byte < 0x80 || shift > 63 {
            break;
        }
    }
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn some_day() -> impl Strategy<Value = Option<NaiveDate>> {
        proptest::option::of((-800_000i32..2_900_000).prop_filter_map("a day", NaiveDate::from_num_days_from_ce_opt))
    }

    fn amount() -> impl Strategy<Value = i64> {
        prop_oneof![Just(0), -200_000_000i64..200_000_000, -99_999_999_999_990_000i64..99_999_999_999_990_000]
    }

    prop_compose! {
        fn sums()(buckets in prop::array::uniform6(amount()), rest in prop::array::uniform4(amount())) -> Sums {
            let [credits, unapplied, disputed, items] = rest;
            Sums { buckets, credits, unapplied, disputed, items }
        }
    }

    prop_compose! {
        fn figures()(
            base in sums(),
            numbers in prop::array::uniform7(amount()),
            limit in proptest::option::of(any::<i64>()),
            days in prop::array::uniform10(some_day()),
            risk in any::<u8>(),
            flags in prop::array::uniform5(any::<bool>()),
            [disputes, unrated] in prop::array::uniform2(any::<u16>()),
        ) -> Figures {
            let [in_own, promised, promised_overdue, disputed_overdue, held_overdue, asked_overdue, next] = numbers;
            let [last_contact, next_on, done_on, oldest_due, due, promise_due, instalment_due, plan_default,
                promise_broken, event_on] = days;
            let [blocked, no_rate, dispute_rejected, dispute_answered, called_back] = flags;
            Figures {
                id: 7, currency: Currency::EUR, limit, in_own, risk, blocked, last_contact, next_on,
                done_on, base, no_rate, oldest_due, next_due: due.map(|due| (due, next)), promised, promised_overdue,
                disputed_overdue, held_overdue, asked_overdue, promise_due, instalment_due, plan_default,
                promise_broken, dispute_rejected, dispute_answered, event_on, called_back, disputes, unrated,
            }
        }
    }

    proptest! {
        /// Whatever a customer is, it comes back, and nothing of what follows is read.
        #[test]
        fn packed_customers_come_back(
            all in prop::collection::vec((figures(), prop::collection::vec(sums(), 0..3), 0usize..70_000), 1..4),
            today in some_day(),
        ) {
            let today = today.unwrap_or_default();
            let head_of = |foreign: &[Sums], number| {
                Head { lengths: [number, 3, 70_000 - number], owner: number / 7, currency: 2, foreign: foreign.len() }
            };
            let (mut bytes, mut starts) = (Vec::new(), Vec::new());
            for (one, foreign, number) in &all {
                starts.push(bytes.len());
                let placed: Vec<_> = foreign.iter().enumerate().map(|(at, sums)| (at * 300, *sums)).collect();
                let mut first = Vec::new();
                pack(&head_of(foreign, *number), &Figures { id: one.id, ..Figures::NONE }, &placed, today, &mut first);
                again(&first, one, today, &mut bytes);
            }
            starts.push(bytes.len());
            for ((one, foreign, number), ends) in all.iter().zip(starts.windows(2)) {
                let mut rest = &bytes[ends[0]..];
                prop_assert_eq!(super::head(&mut rest), head_of(foreign, *number));
                prop_assert_eq!(super::figures(&mut rest, today, one.id, one.currency), *one);
                for (at, of) in foreign.iter().enumerate() {
                    prop_assert_eq!(super::sums(&mut rest), (at * 300, *of));
                }
                prop_assert_eq!(bytes.len() - rest.len(), ends[1]);
            }
        }
    }
}
