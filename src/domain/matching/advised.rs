//! A remittance advice that says line by line what is paid, what is taken as discount and what is deducted: where its
//! arithmetic is that of the items, the deductions explain why the receipt is less than they come to.

use super::answer::{Deduction, Difference, Explanation, Objection, Reading, Share};
use super::ladder::Ladder;
use super::payment::RemittanceLine;
use super::policy::Rule;

/// What the payer calls a deduction that is a credit note of ours; it is used, not disputed.
const CREDIT_NOTE: &str = "credit note";

impl Ladder<'_> {
    /// The explanation by an advice with deductions; `None` where it deducts nothing or a line names no single item.
    pub(super) fn advised(&self) -> Option<Explanation> {
        let lines = &self.desk.payment.lines;
        let deducts = |line: &RemittanceLine| line.deduction > 0;
        if !lines.iter().any(deducts) || lines.iter().any(|line| deducts(line) && line.reason == CREDIT_NOTE) {
            return None;
        }
        let mut places = Vec::with_capacity(lines.len());
        let (mut shares, mut deductions) = (Vec::with_capacity(lines.len()), Vec::new());
        let (mut adds_up, mut late) = (true, 0);
        for (at, line) in lines.iter().enumerate() {
            let place = self.line_names(at)?;
            let row = self.desk.row(place).filter(|_| !places.contains(&place))?;
            let less = line.discount.checked_add(line.deduction)?;
            let paid = line.paid.unwrap_or(row.open.checked_sub(less)?);
            // Never more than is open, whatever the advice says.
            let discount = line.discount.clamp(0, row.open.max(0));
            let deducted = line.deduction.clamp(0, row.open.max(0) - discount);
            let amount =
                if row.open < 0 { paid.clamp(row.open, 0) } else { paid.clamp(0, row.open - discount - deducted) };
            adds_up &= (amount, discount, deducted) == (paid, line.discount, line.deduction);
            adds_up &= amount + discount + deducted == row.open;
            if discount > self.desk.earned(row) {
                late = self.desk.discount(row).map_or(1, |(_, days)| days.max(1)).max(late);
            }
            places.push(place);
            shares.push(Share { item: row.id, amount, discount, written_off: 0 });
            if deducted > 0 {
                deductions.push(Deduction {
                    item: row.id,
                    amount: deducted,
                    why: line.why,
                    written: line.reason.clone(),
                });
            }
        }
        let short = deductions.iter().map(|one| one.amount).sum();
        let explanation = self.desk.explanation(Rule::Named, shares, short, Difference::Deduction);
        if explanation.rest < 0 {
            return None;
        }
        adds_up &= explanation.rest == 0;
        let way = self.ways().into_iter().next();
        let mut explanation = self.weigh(Explanation { deductions, ..explanation }, &places, way.as_ref());
        let disputed = self.desk.rows(&places).any(|row| row.disputed > 0);
        let objections = [
            (!adds_up, Objection::AdviceDiffers),
            (late > 0, Objection::LateDiscount(late)),
            (disputed, Objection::Disputed),
        ];
        explanation.objections.extend(objections.into_iter().filter(|(is, _)| *is).map(|(_, objection)| objection));
        Some(explanation)
    }

    /// The one item a line of the advice names as it is printed.
    fn line_names(&self, at: usize) -> Option<u32> {
        let mut named = self.naming.named.iter().filter(|named| named.line == Some(at) && !named.order);
        let only = named.next().filter(|_| named.next().is_none())?;
        match only.readings.as_slice() {
            [(rows, Reading::Exact | Reading::Checked)] if rows.len() == 1 => rows.first().copied(),
            _ => None,
        }
    }
}
