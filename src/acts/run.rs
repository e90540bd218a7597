//! The run of the matching rules over what waits: every payment is explained by what is open, those with exactly one
//! explanation are applied in batches, one act each, and the others are told why they wait. Stopped or killed between or
//! inside batches, each payment is either untouched or wholly applied, and the next run goes on.

use std::collections::BTreeMap;
use std::sync::mpsc;

use super::cash_cap::Cap;
use super::payments::{self, Application, Batch, Beside, Line, Run};
use super::perform::{Context, Written};
use super::{Act, ActKey, Actor, Failure, Mode, Request, Stamp, perform};
use crate::domain::matching::{Answer, Book, Difference, Evidence, Explanation, Keep, Left, Rule, explain};
use crate::domain::money::Currency;
use crate::store::payments::Payment;
use crate::store::read::matching::{self, Waiting};
use crate::store::{Connection, Tx, open};

/// Payments of one act: many share the pages they change, and others wait for less than a second.
const BATCH: usize = 4_000;

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Payments looked at.
    pub seen: u64,
    /// Payments applied.
    pub applied: u64,
    /// Payments whose payer is known.
    pub known: u64,
    /// Payments whose items changed while the rules looked; the next run takes them.
    pub stale: u64,
    /// Payments applied by the last act of the run, which is what an undo takes back first.
    pub last: u64,
    /// What the payments with exactly one explanation come to, minor units by currency.
    pub sums: BTreeMap<Currency, i64>,
    /// Payments applied, by rule.
    pub by_rule: BTreeMap<Rule, u64>,
    /// Payments kept on account as agreed, since nothing explains them.
    pub on_account: u64,
    /// Payments left, by why.
    pub left: BTreeMap<String, u64>,
    /// True when it was stopped before the end.
    pub stopped: bool,
}

/// Who watches a run: told how many payments are done of how many; answers whether to go on.
pub type Watch<'w> = &'w mut dyn FnMut(u64, u64) -> bool;

impl Tally {
    /// Adds what a page found.
    fn add(&mut self, page: Tally) {
        self.seen += page.seen;
        self.known += page.known;
        self.on_account += page.on_account;
        for (rule, count) in page.by_rule {
            *self.by_rule.entry(rule).or_default() += count;
        }
        for (currency, sum) in page.sums {
            *self.sums.entry(currency).or_default() += sum;
        }
        for (why, count) in page.left {
            *self.left.entry(why).or_default() += count;
        }
    }
}

/// What the rules say of one page of payments.
#[derive(Default)]
struct Page {
    batch: Batch,
    tally: Tally,
}

/// Runs the rules over every payment that waits. What looks ahead and what posts share two cores where there is more than
/// one page.
pub fn run(conn: &Connection, actor: &Actor, stamp: Stamp, mode: Mode, watch: Watch<'_>) -> Result<Tally, Failure> {
    walk(conn, watch, &mut |batch, tally| post(conn, actor, (stamp, mode), batch, tally))
}

/// What a run would do: writes nothing and locks nothing, so that others go on posting meanwhile.
pub fn survey(conn: &Connection, watch: Watch<'_>) -> Result<Tally, Failure> {
    walk(conn, watch, &mut |batch, tally| {
        tally.applied += batch.applications.len() as u64;
        Ok(())
    })
}

/// What is done with a batch of what was found.
type Finish<'f> = &'f mut dyn FnMut(Batch, &mut Tally) -> Result<(), Failure>;

/// Explains every payment that waits, batch after batch.
fn walk(conn: &Connection, watch: Watch<'_>, finish: Finish<'_>) -> Result<Tally, Failure> {
    let total = matching::count_waiting(conn)?;
    let mut tally = Tally::default();
    if total == 0 {
        return Ok(tally);
    }
    let mut book = matching::whole(conn)?.build();
    matching::room_for_a_run(conn)?;
    let mut hand_on = |page: Page| {
        tally.add(page.tally);
        tally.stopped = !watch(tally.seen, total);
        if !tally.stopped {
            finish(page.batch, &mut tally)?;
        }
        Ok::<_, Failure>(!tally.stopped)
    };
    let done = match open::again(conn) {
        Some(beside) if total > BATCH as u64 => {
            beside.map_err(Failure::from).and_then(|beside| two_abreast(beside, &mut book, &mut hand_on))
        }
        _ => look(conn, &mut book, &mut hand_on),
    };
    // What was posted stands, whether or not the book could be written from its log just now.
    drop(matching::room_as_usual(conn));
    done.map(|()| tally)
}

/// Looks through what waits, a page at a time, and hands each page on until told to stop.
fn look(
    conn: &Connection,
    book: &mut Book,
    hand_on: &mut dyn FnMut(Page) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let waiting = matching::waiting(conn, after, BATCH as i64)?;
        let Some(last) = waiting.last() else { return Ok(()) };
        after = last.id;
        let mut page = Page::default();
        for one in &waiting {
            consider(conn, book, one, &mut page)?;
        }
        if !hand_on(page)? {
            return Ok(());
        }
    }
}

/// Looks on `beside`, a connection of its own, one page ahead of what is posted here.
fn two_abreast(
    beside: Connection,
    book: &mut Book,
    post: &mut dyn FnMut(Page) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    matching::room_ahead(&beside)?;
    let (ahead, pages) = mpsc::sync_channel(1);
    std::thread::scope(|scope| {
        let looker = scope.spawn(move || look(&beside, book, &mut |page| Ok(ahead.send(page).is_ok())));
        let mut posted = Ok(());
        for page in &pages {
            match post(page) {
                Ok(true) => {}
                Ok(false) => break,
                Err(failure) => {
                    posted = Err(failure);
                    break;
                }
            }
        }
        drop(pages);
        let looked = looker.join();
        posted?;
        looked.unwrap_or_else(|_| Err(Failure::refused("IMP-09", "What the rules found was lost; try again.")))
    })
}

/// Explains one payment, and puts it to those to apply or to those to leave.
fn consider(conn: &Connection, book: &mut Book, one: &Waiting, page: &mut Page) -> Result<(), Failure> {
    let tally = &mut page.tally;
    tally.seen += 1;
    let answer = explain(book, &one.payment);
    tally.known += u64::from(answer.payer.is_some());
    let kept = agreed_on_account(&answer);
    let why = match answer.automatic().map(|explanation| explanation.customer).or(kept) {
        _ if !one.doubt.is_empty() => Some(one.doubt.clone()),
        Some(customer) => matching::by_hand(conn, customer, &one.payment)?
            .map(|(_, number)| format!("{number} was entered by hand for the same amount")),
        None => Some(why_left(book, &one.payment, &answer)),
    };
    match (why, answer.automatic()) {
        (None, None) => {
            tally.on_account += 1;
            *page.tally.sums.entry(one.payment.currency).or_default() += one.left;
            page.batch.applications.push(on_account(one, kept.unwrap_or_default()));
        }
        (None, Some(explanation)) => {
            *tally.by_rule.entry(explanation.rule).or_default() += 1;
            *page.tally.sums.entry(one.payment.currency).or_default() += one.left;
            page.batch.applications.push(application(one, explanation, &answer));
            let explanation = explanation.clone();
            book.apply(&explanation);
        }
        (why, _) => {
            let why = why.unwrap_or_default();
            *tally.left.entry(why.clone()).or_default() += 1;
            if why != one.why {
                page.batch.left.push((one.id, why));
            }
        }
    }
    Ok(())
}

/// The customer whose money is kept on account where nothing explains it, as agreed: it is known for sure who paid, and
/// nothing at all was found that it may be for.
fn agreed_on_account(answer: &Answer) -> Option<i64> {
    let nothing = answer.explanations.is_empty() && answer.other_currency.is_empty() && answer.stopped.is_none();
    answer.payer.filter(|_| nothing && answer.left == Left::Kept(Keep::OnAccount))
}

/// The whole of a payment as money on account.
fn on_account(one: &Waiting, customer: i64) -> Application {
    Application {
        payment: one.id,
        left: one.left,
        customer,
        on_account: true,
        rule: "on account".to_owned(),
        confidence: 1_000,
        evidence: "nothing explains it, and the customer's money is then kept on account (cash-customers)".to_owned(),
        ..Application::default()
    }
}

/// Why nothing was applied, in a few words: what speaks against the best explanation, else that there is none.
fn why_left(book: &Book, payment: &crate::domain::matching::Payment, answer: &Answer) -> String {
    if let Some(objection) = answer.explanations.first().and_then(|best| best.objections.first()) {
        return objection.words();
    }
    match answer.left {
        Left::Unidentified if answer.payers.is_empty() => "payer not known".to_owned(),
        Left::Unidentified => "payer not sure".to_owned(),
        Left::Kept(_) => match answer.payer.and_then(|payer| book.with_disputed(payer, payment)) {
            Some(number) => format!("it is what several items come to, of which {number} is disputed"),
            None if !answer.other_currency.is_empty() => "it names a document in another currency".to_owned(),
            None => match answer.stopped {
                Some(count) => format!("nothing explains it as far as looked: stopped after {count} combinations"),
                None => "no open items explain it".to_owned(),
            },
        },
    }
}

/// An explanation as an act takes it.
pub fn application(one: &Waiting, explanation: &Explanation, answer: &Answer) -> Application {
    let deducts = |share: &&crate::domain::matching::Share| {
        share.amount >= 0 && explanation.deductions.iter().any(|one| one.item == share.item)
    };
    let debits = explanation.shares.iter().filter(|share| share.amount > 0 || share.relieved() > 0 || deducts(share));
    let line = |share: &crate::domain::matching::Share| {
        let deducted = explanation.deductions.iter().find(|one| one.item == share.item);
        Line {
            item: share.item,
            paid: share.amount,
            discount: share.discount,
            difference: if explanation.posted_as == Difference::WrittenOff { share.written_off } else { 0 },
            deducted: deducted.map_or(0, |one| one.amount),
            reason: deducted.map_or_else(String::new, |one| one.why.word().to_owned()),
        }
    };
    let credits = explanation.shares.iter().filter(|share| share.amount < 0);
    let payer = explanation.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Group(name) => Some(format!("for group {name}")),
        Evidence::Account => Some("payer known by account".to_owned()),
        Evidence::CustomerNumber => Some("payer known by customer number".to_owned()),
        Evidence::Name => Some("payer known by name".to_owned()),
        _ => None,
    });
    let sentence = explanation.deductions.iter().fold(explanation.sentence(), |said, one| match one.written.as_str() {
        "" => said,
        code => format!("{said}; deducted as {code}, {}", one.why.word()),
    });
    Application {
        payment: one.id,
        left: one.left,
        customer: explanation.customer,
        amount: 0,
        with: Vec::new(),
        lines: debits.map(line).collect(),
        credits: credits.map(|share| (share.item, -share.amount)).collect(),
        on_account: explanation.rest > 0 && answer.left == Left::Kept(Keep::OnAccount),
        rule: explanation.rule.name().to_owned(),
        confidence: i64::from(explanation.confidence),
        evidence: payer.map_or_else(|| sentence.clone(), |payer| format!("{sentence}; {payer}")),
        learn: false,
    }
}

/// Posts a batch as one act; nothing to post and nothing to say is no act.
fn post(
    conn: &Connection,
    actor: &Actor,
    (stamp, mode): (Stamp, Mode),
    batch: Batch,
    tally: &mut Tally,
) -> Result<(), Failure> {
    if batch.applications.is_empty() && batch.left.is_empty() {
        return Ok(());
    }
    let payments = batch.applications.iter().map(|application| application.payment);
    let run = Run {
        given: batch.applications.len() as u64,
        first: payments.clone().min().unwrap_or(0),
        last: payments.max().unwrap_or(0),
        beside: Beside::default(),
    };
    let beside = run.beside.clone();
    if let Ok(mut place) = beside.0.lock() {
        *place = batch;
    }
    let request = Request { key: ActKey::random(), act: Act::ApplyRun(run), expect: Vec::new() };
    perform(conn, actor, stamp, &request, mode)?;
    if let Ok(done) = beside.0.lock() {
        tally.applied += done.applied;
        tally.last = done.applied;
        tally.stale += done.stale;
        for (_, why) in &done.capped {
            *tally.left.entry(why.clone()).or_default() += 1;
        }
    }
    Ok(())
}

/// Applies what the rules found. One whose items changed meanwhile is left for the next run, untouched.
pub(super) fn batch(tx: &mut Tx<'_>, context: &Context<'_>, run: &Run) -> Result<Written, Failure> {
    let Ok(mut batch) = run.beside.0.lock() else {
        return Err(Failure::refused("IMP-09", "What the rules found was lost. Nothing was posted; try again."));
    };
    let batch = &mut *batch;
    let mut cap = Cap::read(tx, context)?;
    for application in std::mem::take(&mut batch.applications) {
        let Some(payment) = fits(tx, &application)? else {
            batch.stale += 1;
            continue;
        };
        if let Err(why) =
            cap.take(tx, context, (application.customer, tx.open_day(payment.value)), &application.lines)?
        {
            batch.capped.push((application.payment, why));
            continue;
        }
        payments::apply_seen(tx, context, &application, (payment, true))?;
        batch.applied += 1;
    }
    let mut left = std::mem::take(&mut batch.left);
    left.extend(batch.capped.iter().cloned());
    for (payment, why) in &left {
        tx.keep_why(*payment, why)?;
    }
    if batch.applied == 0 {
        let what = format!("Looked at {} payments by the rules and left them", left.len() as u64 + batch.stale);
        return Ok(Written { undoable: false, ..Written::of(None, what) });
    }
    let plural = if batch.applied == 1 { "payment" } else { "payments" };
    Ok(Written::of(None, format!("Applied {} {plural} by the rules", batch.applied)))
}

/// The payment, where an application can still be posted as it was found.
fn fits(tx: &Tx<'_>, application: &Application) -> Result<Option<Payment>, Failure> {
    let payment = tx.payment(application.payment)?;
    if payment.left != application.left || payment.left == 0 || payment.entry.is_none() {
        return Ok(None);
    }
    // Whose items they are says that there is such a customer; without any it is asked for.
    if application.lines.is_empty() && application.credits.is_empty() {
        tx.customer(application.customer)?;
    }
    for line in &application.lines {
        let item = tx.item(line.item)?;
        let whole = line.paid + line.discount + line.difference + line.deducted;
        if item.customer != application.customer || item.currency != payment.currency || item.open < whole {
            return Ok(None);
        }
    }
    for (id, amount) in &application.credits {
        let item = tx.item(*id)?;
        if item.customer != application.customer || -item.open < *amount {
            return Ok(None);
        }
    }
    Ok(Some(payment))
}
