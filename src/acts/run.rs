//! The run of the matching rules over what waits: every payment is explained by what is open, those with exactly one
//! explanation are applied in batches, one act each, and the others are told why they wait. Stopped or killed between or
//! inside batches, each payment is either untouched or wholly applied, and the next run goes on.

use std::collections::BTreeMap;
use std::sync::mpsc;

use super::payments::{Application, Batch, Beside, Line, Run};
use super::{Act, ActKey, Actor, Failure, Mode, Request, Stamp, perform};
use crate::domain::matching::{Answer, Book, Difference, Evidence, Explanation, Keep, Left, Rule, explain};
use crate::domain::money::Currency;
use crate::store::read::matching::{self, Waiting};
use crate::store::{Connection, open};

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
    let policy = matching::policy(conn)?.matching();
    let total = matching::count_waiting(conn)?;
    let mut tally = Tally::default();
    if total == 0 {
        return Ok(tally);
    }
    let mut book = matching::whole(conn, policy)?.build();
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
    let why = match answer.automatic() {
        _ if !one.doubt.is_empty() => Some(one.doubt.clone()),
        Some(explanation) => matching::by_hand(conn, explanation.customer, &one.payment)?
            .map(|(_, number)| format!("{number} was entered by hand for the same amount")),
        None => Some(why_left(&answer)),
    };
    match (why, answer.automatic()) {
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

/// Why nothing was applied, in a few words: what speaks against the best explanation, else that there is none.
fn why_left(answer: &Answer) -> String {
    if let Some(objection) = answer.explanations.first().and_then(|best| best.objections.first()) {
        return objection.words();
    }
    match answer.left {
        Left::Unidentified if answer.payers.is_empty() => "payer not known".to_owned(),
        Left::Unidentified => "payer not sure".to_owned(),
        Left::Kept(_) => "no open items explain it".to_owned(),
    }
}

/// An explanation as an act takes it.
pub fn application(one: &Waiting, explanation: &Explanation, answer: &Answer) -> Application {
    let debits = explanation.shares.iter().filter(|share| share.amount > 0 || share.relieved() > 0);
    let line = |share: &crate::domain::matching::Share| Line {
        item: share.item,
        paid: share.amount,
        discount: share.discount,
        difference: if explanation.posted_as == Difference::WrittenOff { share.written_off } else { 0 },
        ..Line::default()
    };
    let credits = explanation.shares.iter().filter(|share| share.amount < 0);
    let payer = explanation.evidence.iter().find_map(|evidence| match evidence {
        Evidence::Group(name) => Some(format!("for group {name}")),
        Evidence::Account => Some("payer known by account".to_owned()),
        Evidence::CustomerNumber => Some("payer known by customer number".to_owned()),
        Evidence::Name => Some("payer known by name".to_owned()),
        _ => None,
    });
    let sentence = explanation.sentence();
    Application {
        payment: one.id,
        left: one.left,
        customer: explanation.customer,
        amount: 0,
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
    }
    Ok(())
}
