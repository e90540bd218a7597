//! What each figure of the board is called, means and leaves out, in words for the screen and the command line. The
//! order here is the order of the board.

/// Which direction of a figure is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither: it says how much there was to do.
    Neither,
}

/// A figure in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// Short name, as targets use it.
    pub key: &'static str,
    /// Which direction is good.
    pub better: Better,
    /// The formula in words.
    pub formula: &'static str,
    /// What it tells.
    pub means: &'static str,
    /// What it leaves out or counts differently.
    pub excludes: &'static str,
}

/// What holds for every figure.
pub const BASIS: &str = "Amounts include tax. Receivables are open invoices and debit notes less open credit notes and \
     receipts not applied; sales are invoices and debit notes less credit notes. Other currencies count at the rate of \
     their booking; what has no rate is left out.";

const fn row(
    key: &'static str,
    better: Better,
    formula: &'static str,
    means: &'static str,
    excludes: &'static str,
) -> Meaning {
    Meaning { key, better, formula, means, excludes }
}

use Better::{Down, Neither, Up};

/// The figures of the board in their order.
pub(super) const MEANINGS: &[Meaning] = &[
    row(
        "dso",
        Down,
        "receivables / sales of the last 90 days x 90",
        "How many days of sales are still to be paid. A large invoice on the last day makes it jump; count-back and \
         best possible DSO beside it show that.",
        "Receipts not applied and open credit notes are taken off receivables.",
    ),
    row(
        "overdue",
        Down,
        "past due / open debit items x 100",
        "Share of open invoices and debit notes past due by at least one day.",
        "Credit notes and receipts not applied are not set off.",
    ),
    row(
        "over90",
        Down,
        "more than 90 days past due / open debit items x 100",
        "Share of what is open that is in danger of being lost.",
        "Credit notes and receipts not applied are not set off.",
    ),
    row(
        "cei",
        Up,
        "(opening AR + sales - closing AR) / (opening AR + sales - closing AR not past due) x 100, over one month",
        "How much of what could be collected in the last month was collected. 100 is everything.",
        "Not cut at 100: credits that arrive before their invoices are due lift it above.",
    ),
    row(
        "cash",
        Up,
        "receipts less refunds since the first of the month",
        "Money that came in this month; month ends show whole months.",
        "Counts what was received, applied or not.",
    ),
    row(
        "best-dso",
        Down,
        "open debit items not past due / sales of the last 90 days x 90",
        "The DSO if nobody were late: what the payment terms alone cost.",
        "Credit notes and receipts not applied are not set off.",
    ),
    row(
        "add",
        Down,
        "DSO - best possible DSO",
        "The days that come from lateness rather than from terms.",
        "Credits and receipts not applied lower it; below 0 they exceed what is past due.",
    ),
    row(
        "dso-countback",
        Down,
        "days of the newest months whose sales make up the receivables",
        "DSO that follows the sales month by month and so does not jump with a growing or shrinking business.",
        "Walks back thirteen months at most; \"or more\" says that they were not enough.",
    ),
    row(
        "dso-rolling",
        Down,
        "receivables / sales of three months x their days",
        "DSO over three months with their real number of days.",
        "Receipts not applied and open credit notes are taken off receivables.",
    ),
    row(
        "dso-weighted",
        Down,
        "sum of (bucket k / sales of month k back) x 30",
        "Each age is set against the sales of its own month, so that old debts count with the sales they came from.",
        "Needs sales in each of five months; the last bucket is all more than 90 days past due.",
    ),
    row(
        "days-to-pay",
        Down,
        "sum of (amount x days from document date to closing) / amount, items closed in the last 90 days",
        "How long it took those who paid. Slow payers are still open and not in it: read it beside the age of open \
         items.",
        "Open items do not count. Other currencies count at the mean rate of their sales.",
    ),
    row(
        "days-late",
        Down,
        "sum of (amount x days from due date to closing) / amount, items closed in the last 90 days",
        "How late those who paid were.",
        "Early payments count as negative days. Open items do not count. Other currencies at the mean rate of their \
         sales.",
    ),
    row(
        "turnover",
        Up,
        "sales of 12 months / mean of opening and closing receivables",
        "How often in a year receivables are turned into cash.",
        "The mean is of two points only, a year apart.",
    ),
    row(
        "collection-period",
        Down,
        "days of the year / turnover",
        "The turnover as days.",
        "The mean is of two points only, a year apart.",
    ),
    row(
        "current",
        Up,
        "not past due / open debit items x 100",
        "Share of open invoices and debit notes that is not late.",
        "Credit notes and receipts not applied are not set off.",
    ),
    row(
        "bad-debt",
        Down,
        "write-offs of 12 months / sales of 12 months x 100",
        "What was lost of what was sold.",
        "Before recoveries: money that came after a write-off is not set off.",
    ),
    row(
        "dispute-rate",
        Down,
        "disputes opened / invoices issued x 100, last 90 days",
        "How often customers refuse to pay a part.",
        "By count; an invoice with two disputes counts twice.",
    ),
    row(
        "issued",
        Neither,
        "invoices and debit notes dated since the first of the month",
        "How much was billed, by count.",
        "A cancelled invoice still counts as issued.",
    ),
    row(
        "paid",
        Up,
        "items closed since the first of the month",
        "Invoices, debit notes and instalments with nothing open any more.",
        "Closed by credit note or write-off counts as well.",
    ),
    row(
        "open",
        Neither,
        "open debit items",
        "Invoices, debit notes and instalments with something open.",
        "An item paid in part counts whole.",
    ),
    row(
        "unapplied",
        Down,
        "receipts not applied",
        "Money that is here but not matched to invoices: the customer looks worse than he is.",
        "Open credit notes are not in it.",
    ),
    row("ar", Neither, "open debit items less credit notes and receipts not applied", "What customers owe, net.", ""),
    row("ar-gross", Neither, "open debit items", "What customers owe before credits and receipts.", ""),
];

/// The figure that is asked for apart.
pub(super) const OPEN_AGE: Meaning = row(
    "open-age",
    Down,
    "sum of (open x days since document date) / open",
    "How old what is open is, weighted by amount. The companion of days to pay: it sees the slow payers.",
    "Credit notes and receipts not applied do not count. Other currencies at the mean rate of their sales.",
);

/// The words of a figure.
pub fn meaning(key: &str) -> Option<&'static Meaning> {
    static AGE: Meaning = OPEN_AGE;
    MEANINGS.iter().find(|meaning| meaning.key == key).or_else(|| (key == AGE.key).then_some(&AGE))
}
