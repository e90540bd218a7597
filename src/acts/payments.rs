//! A payment of the bank applied to items: the receipt, discounts, differences and deductions of one act, by hand or by
//! the rules. Each says for ever by which rule and on what evidence; what pays no item is in `settled`.

mod together;

use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::master::maybe_line;
use super::money::{self, positive, set_against, shown};
use super::perform::{Context, Written};
use super::{Act, Failure, cases, run, settled, tax};
use crate::domain::account::Account;
use crate::domain::document::DocumentKind;
use crate::domain::money::Currency;
use crate::store::Tx;
use crate::store::ledger::{Item, NewDocument};
use crate::store::payments::{NewPaymentStep, Payment};
use chrono::NaiveDate;

/// What is paid of one item, in minor units of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Line {
    /// The open item, a debit.
    pub item: i64,
    /// Paid, by the payment or by the credits beside it.
    pub paid: i64,
    /// Cash discount granted.
    pub discount: i64,
    /// Difference accepted: posted, and gone from the item.
    pub difference: i64,
    /// What the payer refused to pay: a dispute is opened on it, the item stays open by it.
    pub deducted: i64,
    /// Why, for a difference (`bank charges` has its own account) or a deduction (a reason of disputes).
    pub reason: String,
}

/// A payment applied: whose it is, what it pays, and why that is believed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Application {
    /// The payment.
    pub payment: i64,
    /// What of it was not settled when the person or rule looked, minor units.
    pub left: i64,
    /// Whose it is.
    pub customer: i64,
    /// How much of it is this customer's, minor units; 0 for all that is left.
    pub amount: i64,
    /// Other payments that pay the lines together with it, each with what of it was not settled: all of it goes in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<(i64, i64)>,
    /// What it pays.
    pub lines: Vec<Line>,
    /// Open credits (credit notes, earlier receipts) used beside it: item and minor units, above zero.
    pub credits: Vec<(i64, i64)>,
    /// True when what is left over is kept on account by decision; otherwise it is unapplied.
    pub on_account: bool,
    /// The rule: `by hand`, or one of the ladder.
    pub rule: String,
    /// How sure the rule is, per mille.
    pub confidence: i64,
    /// On what it rests, one sentence.
    pub evidence: String,
    /// Keep in mind that the payer's account and name are this customer's.
    pub learn: bool,
}

/// A payment sent back to the customer whose it is, all of it or a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentBack {
    /// The payment.
    pub payment: i64,
    /// What of it was not settled when the person looked, minor units.
    pub left: i64,
    /// Whose it is.
    pub customer: i64,
    /// How much goes back, minor units.
    pub amount: i64,
    /// When.
    pub date: NaiveDate,
    /// Why.
    pub reason: String,
}

/// What a payment is that pays no item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Settled {
    /// A charge of the bank.
    Charge,
    /// Moved between own accounts.
    Transfer,
    /// No matter of receivables; booked in the general ledger.
    Elsewhere,
    /// A receipt or refund that was entered by hand already, a document.
    Known(i64),
    /// What the bank took back of another payment, which waits too: both are then no matter of receivables.
    Against(i64),
}

impl Settled {
    /// What it is, as the end of a sentence.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Settled::Charge => "a bank charge",
            Settled::Transfer => "a transfer between own accounts",
            Settled::Elsewhere => "no matter of receivables",
            Settled::Known(_) => "entered by hand before",
            Settled::Against(_) => "taken back by the bank",
        }
    }
}

/// Applications that travel beside the act, and how it went.
#[derive(Debug, Default)]
pub struct Batch {
    /// What the rules found.
    pub applications: Vec<Application>,
    /// Why payments were left, by payment: kept for the queue.
    pub left: Vec<(i64, String)>,
    /// Payments applied.
    pub applied: u64,
    /// Payments whose items changed meanwhile; left for the next run.
    pub stale: u64,
    /// Payments left because their difference is above a cap, with the words.
    pub capped: Vec<(i64, String)>,
}

/// A batch beside its act.
#[derive(Clone, Default)]
pub struct Beside(pub Arc<Mutex<Batch>>);

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("applications")
    }
}

impl PartialEq for Beside {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// One batch of a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Run {
    /// How many applications it was given.
    pub given: u64,
    /// First payment of the batch, for the log.
    pub first: i64,
    /// Last payment of the batch.
    pub last: i64,
    /// The applications.
    #[serde(skip)]
    pub beside: Beside,
}

/// The reason of a difference that is a charge of the payer's bank, borne by us.
pub const BANK_CHARGES: &str = "bank charges";

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::ApplyPayment(application) => by_hand(tx, context, application),
        Act::ApplyRun(run) => run::batch(tx, context, run),
        Act::SettlePayment { payment, left, what, text } => settled::settle(tx, context, (*payment, *left), what, text),
        Act::ReturnPayment { payment, receipt, reason } => settled::taken_back(tx, context, *payment, *receipt, reason),
        Act::Refund { credit, amount, date, reason } => settled::refund(tx, context, *credit, (*amount, *date), reason),
        Act::RefundPayment(back) => settled::refund_payment(tx, context, back),
        Act::SetAlias { customer, kind, value, held } => settled::alias(tx, *customer, kind, value, *held),
        _ => Err(Failure::refused("ACT-06", "This is not about a payment. Nothing was posted.")),
    }
}

/// The payment, if nothing of it was settled since the person looked.
pub(super) fn seen(tx: &Tx<'_>, id: i64, left: i64) -> Result<Payment, Failure> {
    let payment = tx.payment(id)?;
    if payment.entry.is_none() {
        let sentence =
            "This payment is announced and not on the account yet. Nothing was posted; wait for the statement.";
        return Err(Failure::refused("BNK-07", sentence));
    }
    if payment.left != left || left == 0 {
        let who = match tx.last_act_on_payment(id)? {
            Some(act) => tx.who(act)?,
            None => "Somebody".to_owned(),
        };
        let sentence = format!(
            "The payment was settled or changed after you opened it. {who}. Yours was not posted; look at it again."
        );
        return Err(Failure::refused("ACT-03", sentence));
    }
    Ok(payment)
}

fn by_hand(tx: &mut Tx<'_>, context: &Context<'_>, application: &Application) -> Result<Written, Failure> {
    let applied = apply(tx, context, application)?;
    let count = application.lines.iter().filter(|line| line.paid > 0).count();
    let items = match count {
        0 => String::new(),
        1 => " to 1 item".to_owned(),
        more => format!(" to {more} items"),
    };
    let rest = match applied.rest {
        0 => String::new(),
        rest if application.on_account => format!(", {} on account", shown(rest, applied.currency)),
        rest => format!(", {} unapplied", shown(rest, applied.currency)),
    };
    let together = match application.with.len() {
        0 => String::new(),
        more => format!(" of {} payments", more + 1),
    };
    let dispute = if applied.dispute.is_empty() { String::new() } else { format!("; {}", applied.dispute) };
    let what = format!(
        "Applied {}{together}{items} of {}{rest}{dispute}",
        shown(applied.amount, applied.currency),
        applied.name
    );
    Ok(Written::of(Some(application.customer), what))
}

/// What became of an application.
pub(super) struct Applied {
    /// The receipt it became.
    pub(super) document: i64,
    name: String,
    currency: Currency,
    amount: i64,
    rest: i64,
    dispute: String,
}

/// Posts a payment as nobody settled it since somebody looked.
pub(super) fn apply(tx: &mut Tx<'_>, context: &Context<'_>, application: &Application) -> Result<Applied, Failure> {
    let payment = seen(tx, application.payment, application.left)?;
    amount_of(&payment, application)?;
    together::fit(tx, application, &payment)?;
    let name = tx.customer(application.customer)?.data.name;
    let applied = apply_seen(tx, context, application, (payment, false))?;
    Ok(Applied { name, ..applied })
}

/// How much of the payment is applied: money that came in, and no more than is left.
fn amount_of(payment: &Payment, application: &Application) -> Result<i64, Failure> {
    if payment.amount < 0 {
        let sentence = "This payment went out; it cannot pay an item. Nothing was posted.";
        return Err(Failure::refused("AMT-11", sentence));
    }
    let amount = if application.amount == 0 { payment.left } else { application.amount };
    positive(amount, "The amount applied")?;
    if amount > payment.left {
        let sentence = format!(
            "The payment has {} left; {} is more. Nothing was posted.",
            shown(payment.left, payment.currency),
            shown(amount, payment.currency)
        );
        return Err(Failure::refused("AMT-06", sentence));
    }
    Ok(amount)
}

/// Posts the receipt, the discounts and differences, and sets them against the items. `fits` says that the items were just
/// found to be of the customer.
pub(super) fn apply_seen(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    application: &Application,
    (mut payment, fits): (Payment, bool),
) -> Result<Applied, Failure> {
    let mut amount = amount_of(&payment, application)?;
    let customer = application.customer;
    let others = together::payments(tx, application)?;
    let date = tx.open_day(others.iter().map(|other| other.value).fold(payment.value, Ord::max));
    let total = others.iter().fold(amount, |sum, other| sum.saturating_add(other.left));
    let rule = if application.rule.is_empty() { "by hand" } else { &application.rule };
    let mut sources = credits(tx, application, payment.currency)?;
    let mut paid = Vec::with_capacity(application.lines.len());
    let mut granted = Vec::new();
    for line in &application.lines {
        if !fits {
            is_of(tx, line.item, customer)?;
        }
        granted.extend(reductions(tx, context, line, date)?);
        match by_credits(tx, &mut sources, line, date, rule)? {
            0 => {}
            rest => paid.push((line.item, rest)),
        }
    }
    balanced(&sources, &paid, total, payment.currency)?;
    granted.insert(0, maybe_line(&application.evidence));
    let evidence = granted.into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join("; ");
    let shares = together::shares(paid, std::iter::once(amount).chain(others.iter().map(|other| other.left)));
    let on = tx.open_day(payment.value);
    let (document, mut rest) = receipt(tx, &payment, customer, (amount, on), &shares[0], rule)?;
    let mut dispute = String::new();
    for line in application.lines.iter().filter(|line| line.deducted > 0) {
        dispute = cases::deducted(tx, context, (line.item, line.deducted), &line.reason, &payment.payer)?;
    }
    let step = NewPaymentStep {
        what: if application.on_account { "on account" } else { "receipt" },
        amount,
        document: Some(document),
        entry: None,
        on,
        rule,
        confidence: application.confidence,
        evidence: &evidence,
        takes_back: None,
    };
    tx.add_payment_step(&mut payment, &step)?;
    if application.learn {
        learn(tx, customer, &payment)?;
    }
    for (mut other, paid) in others.into_iter().zip(&shares[1..]) {
        let (on, left) = (tx.open_day(other.value), other.left);
        let (document, unused) = receipt(tx, &other, customer, (left, on), paid, rule)?;
        tx.add_payment_step(
            &mut other,
            &NewPaymentStep { amount: left, document: Some(document), on, ..step.clone() },
        )?;
        (amount, rest) = (amount + left, rest + unused);
    }
    Ok(Applied { document, name: String::new(), currency: payment.currency, amount, rest: -rest, dispute })
}

/// Refuses credits that are not needed, and items that take more than there is.
fn balanced(sources: &[Source], paid: &[(i64, i64)], total: i64, currency: Currency) -> Result<(), Failure> {
    if let Some(unused) = sources.iter().find(|source| source.left != 0) {
        let sentence = format!(
            "The credits are more than the items they were chosen for take ({} left). Nothing was posted.",
            shown(unused.left, currency)
        );
        return Err(Failure::refused("AMT-06", sentence));
    }
    let over = paid.iter().fold(-total, |sum, (_, part)| sum.saturating_add(*part));
    if over > 0 {
        let sentence = format!(
            "The items chosen take {} more than there is. Nothing was posted; apply less to one of them.",
            shown(over, currency)
        );
        return Err(Failure::refused("AMT-06", sentence));
    }
    Ok(())
}

/// Refuses an item of another customer, on which nothing may be granted or disputed either.
fn is_of(tx: &Tx<'_>, item: i64, customer: i64) -> Result<(), Failure> {
    if tx.item(item)?.customer == customer {
        return Ok(());
    }
    let name = tx.customer(customer)?.data.name;
    let sentence =
        format!("An item chosen is not of {name}. Nothing was posted; apply the payment to the customer whose it is.");
    Err(Failure::refused("AMT-10", sentence))
}

/// A credit that is being used up.
struct Source {
    item: Item,
    /// How much of it may still be used.
    left: i64,
}

/// The credits chosen beside the payment, of the same customer and currency.
fn credits(tx: &Tx<'_>, application: &Application, currency: Currency) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::with_capacity(application.credits.len());
    for (place, (id, amount)) in application.credits.iter().enumerate() {
        positive(*amount, "A credit used")?;
        let item = tx.item(*id)?;
        if application.credits[..place].iter().any(|(earlier, _)| earlier == id) {
            let sentence = "A credit was chosen twice. Nothing was posted; choose it once, with the whole amount.";
            return Err(Failure::refused("AMT-06", sentence));
        }
        if item.amount > 0 || item.currency != currency || -item.open < *amount {
            let sentence = format!(
                "A credit chosen has not {} open in {currency}. Nothing was posted; look at the account again.",
                shown(*amount, currency)
            );
            return Err(Failure::refused("AMT-06", sentence));
        }
        sources.push(Source { left: *amount, item });
    }
    Ok(sources)
}

/// Posts the receipt out of the money not applied yet, on the items it pays. Returns its document and what stays open.
fn receipt(
    tx: &mut Tx<'_>,
    payment: &Payment,
    customer: i64,
    (amount, date): (i64, NaiveDate),
    paid: &[(i64, i64)],
    rule: &str,
) -> Result<(i64, i64), Failure> {
    let number = money::free_number(tx, "receipt", "R", DocumentKind::Receipt)?;
    let base = payment.share(amount).map(|base| -base);
    let text: String = payment.text.chars().take(140).collect();
    let new = NewDocument {
        kind: DocumentKind::Receipt,
        number: &number,
        customer,
        date,
        currency: payment.currency,
        amount: -amount,
        base,
        reference: "bank",
        order: "",
        text: &text,
        reverses: None,
        side: Some(Account::Unidentified),
        tax: &[],
    };
    money::post_paying(tx, &new, paid, rule)
}

/// Posts the discount and the difference of a line, each a document of its own that closes its part of the item. Says what
/// of the discount is tax, where the item has any.
fn reductions(tx: &mut Tx<'_>, context: &Context<'_>, line: &Line, date: NaiveDate) -> Result<Option<String>, Failure> {
    let mut said = None;
    let side = (line.reason == BANK_CHARGES).then_some(Account::BankCharges);
    let difference = if line.reason.is_empty() { "payment difference" } else { &line.reason };
    for (kind, series, letter, amount, text, side) in [
        (DocumentKind::Discount, "discount", "S", line.discount, "cash discount", None),
        (DocumentKind::Difference, "difference", "F", line.difference, difference, side),
    ] {
        if amount == 0 {
            continue;
        }
        positive(amount, "A discount or difference")?;
        let debit = tx.item(line.item)?;
        let number = money::free_number(tx, series, letter, kind)?;
        let date = tx.open_day(date.max(debit.date));
        let base = money::in_base(tx, context.base, -amount, debit.currency, debit.date)?;
        let (taxed, words) = match kind {
            DocumentKind::Discount => tax::of_discount(tx, &debit, amount)?,
            _ => (Vec::new(), String::new()),
        };
        said = said.or(Some(words).filter(|words| !words.is_empty()));
        let new = NewDocument {
            kind,
            number: &number,
            customer: debit.customer,
            date,
            currency: debit.currency,
            amount: -amount,
            base,
            reference: if side.is_some() { BANK_CHARGES } else { "" },
            order: "",
            text,
            reverses: None,
            side,
            tax: &taxed,
        };
        money::post_paying(tx, &new, &[(line.item, amount)], series)?;
    }
    Ok(said)
}

/// Uses the credits up in their order until the line is paid. Returns what of it is left to the payment.
fn by_credits(
    tx: &mut Tx<'_>,
    sources: &mut [Source],
    line: &Line,
    date: NaiveDate,
    rule: &str,
) -> Result<i64, Failure> {
    let mut due = line.paid;
    if due < 0 || (due == 0 && line.discount == 0 && line.difference == 0 && line.deducted == 0) {
        return Err(Failure::refused("AMT-05", "A line pays nothing. Nothing was posted; leave it out."));
    }
    for source in sources.iter_mut() {
        let part = due.min(source.left);
        if part == 0 {
            continue;
        }
        set_against(tx, source.item.clone(), &[(line.item, part)], date, rule)?;
        source.item = tx.item(source.item.id)?;
        source.left -= part;
        due -= part;
    }
    Ok(due)
}

/// Keeps in mind whose account and name these are.
fn learn(tx: &mut Tx<'_>, customer: i64, payment: &Payment) -> Result<(), Failure> {
    for (kind, value) in [("account", &payment.payer_account), ("name", &payment.payer)] {
        if !value.is_empty() && !tx.has_alias(customer, kind, value)? {
            tx.change_alias(customer, kind, value, true)?;
        }
    }
    Ok(())
}
