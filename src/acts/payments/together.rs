//! Several payments of one customer that pay items together, in one act: each becomes a receipt of its own, and the items
//! are paid by one after the other.

use super::super::Failure;
use super::super::money::shown;
use super::{Application, seen};
use crate::store::Tx;
use crate::store::payments::Payment;

/// Refuses payments that cannot be put together: twice the same, another currency, only a part of the first, or money
/// that went out.
pub(super) fn fit(tx: &Tx<'_>, application: &Application, first: &Payment) -> Result<(), Failure> {
    if application.with.is_empty() {
        return Ok(());
    }
    if application.amount != 0 {
        let sentence = "Payments put together go in whole. Nothing was posted; leave the part out, or the others.";
        return Err(Failure::refused("AMT-06", sentence));
    }
    let mut known = vec![application.payment];
    for (id, left) in &application.with {
        let other = seen(tx, *id, *left)?;
        let why = match () {
            () if known.contains(id) => "is among them already",
            () if other.left < 0 => "went out",
            () if other.currency != first.currency => "is in another currency",
            () => {
                known.push(*id);
                continue;
            }
        };
        let sentence =
            format!("Payment {id} over {} {why}. Nothing was posted; leave it out.", shown(*left, other.currency));
        return Err(Failure::refused("AMT-09", sentence));
    }
    Ok(())
}

/// The other payments, in their order.
pub(super) fn payments(tx: &Tx<'_>, application: &Application) -> Result<Vec<Payment>, Failure> {
    application.with.iter().map(|(id, _)| Ok(tx.payment(*id)?)).collect()
}

/// What each of the amounts pays: the first until it is used up, then the next.
pub(super) fn shares(paid: Vec<(i64, i64)>, amounts: impl Iterator<Item = i64>) -> Vec<Vec<(i64, i64)>> {
    let mut open = paid.into_iter();
    let mut next = open.next();
    amounts
        .map(|mut left| {
            let mut share = Vec::new();
            while let Some((item, amount)) = next.filter(|_| left > 0) {
                let part = amount.min(left);
                share.push((item, part));
                left -= part;
                next = if part < amount { Some((item, amount - part)) } else { open.next() };
            }
            share
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn items_are_paid_by_one_after_the_other() {
        let of = |paid: &[(i64, i64)], amounts: &[i64]| shares(paid.to_vec(), amounts.iter().copied());
        assert_eq!(of(&[(1, 70), (2, 50)], &[100, 30]), [vec![(1, 70), (2, 30)], vec![(2, 20)]]);
        assert_eq!(of(&[(1, 100)], &[100, 30]), [vec![(1, 100)], vec![]]);
        assert_eq!(of(&[(1, 9)], &[3, 3, 3]), [vec![(1, 3)], vec![(1, 3)], vec![(1, 3)]]);
        assert_eq!(of(&[], &[5]), [vec![]]);
    }
}
