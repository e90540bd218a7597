//! Sending a run: the gate before it, each letter as one act, and the last step. What a letter asks for is decided once
//! more at that moment, so that nobody is asked for what was paid, promised or disputed since the draft.

use chrono::NaiveDate;

use super::super::Failure;
use super::super::mail::queue::{self, Way};
use super::super::master::maybe_line;
use super::super::money::{free_number, in_base, shown};
use super::super::perform::{Context, Written};
use crate::domain::account::Account;
use crate::domain::calendar::add_days;
use crate::domain::document::DocumentKind;
use crate::domain::dunning::{Channel, Effect, Item, Level, Policy};
use crate::domain::money::Currency;
use crate::domain::text;
use crate::store::Tx;
use crate::store::dunning::NewLetter;
use crate::store::dunning::runs::{Key, Run, letters_of};
use crate::store::ledger::{NewDocument, NewItem};
use crate::store::work::NewActivity;

pub(super) fn start(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    run: i64,
    letters: i64,
    despite: &str,
) -> Result<Written, Failure> {
    let run = tx.dunning_run(run)?;
    if run.state == "sending" {
        return go_on(tx, context, &run, letters, despite);
    }
    if run.state != "approved" {
        let todo = match run.state.as_str() {
            "draft" => format!("release it with o2c dunning approve {} (g r, A)", run.number),
            _ => "draft another".to_owned(),
        };
        let sentence = format!("{} is {}. Nothing was sent; {todo}.", run.number, run.state);
        return Err(Failure::refused("DUN-04", sentence));
    }
    let later = tx.dunning_runs()?.into_iter().find(|other| {
        other.id > run.id && other.segment == run.segment && matches!(other.state.as_str(), "sending" | "sent")
    });
    if let Some(later) = later {
        let (number, last) = (&run.number, &later.number);
        let sentence = format!("{number} is older than {last}, which was sent. Nothing was sent; draft a new run.");
        return Err(Failure::refused("DUN-03", sentence));
    }
    counted(tx, &run, letters)?;
    let gate = tx.send_gate(context.today)?;
    let said = passed(&gate.against, despite)?;
    tx.add_run_step(run.id, "sending", context.today, context.person.id, &said)?;
    let bank = if gate.remark.is_empty() { "" } else { ", without bank data" };
    let tail = if said.is_empty() { String::new() } else { format!(", {said}") };
    let letters = text::counted(letters.unsigned_abs(), "letter");
    let summary = format!("Sends {}: {letters}{bank}{tail}", run.number);
    Ok(Written { undoable: false, ..Written::of(None, summary) })
}

/// Goes on with a run that was cut off although something speaks against it that nobody had accepted when it was begun.
/// Only the log keeps why: the run is being sent as before.
fn go_on(tx: &Tx<'_>, context: &Context<'_>, run: &Run, letters: i64, despite: &str) -> Result<Written, Failure> {
    let against = tx.gate_unaccepted(run.id, context.today)?;
    if against.is_empty() {
        let sentence =
            format!("{} is sending. Nothing was sent; it goes on with o2c dunning send (g r, S).", run.number);
        return Err(Failure::refused("DUN-04", sentence));
    }
    counted(tx, run, letters)?;
    let said = passed(&against, despite)?;
    Ok(Written { undoable: false, ..Written::of(None, format!("Goes on with {}, {said}", run.number)) })
}

/// The count was typed by somebody who saw the run as it is.
fn counted(tx: &Tx<'_>, run: &Run, letters: i64) -> Result<(), Failure> {
    let there = letters_of(&tx.dunning_lines(run.id, None)?).len() as i64;
    if there == letters {
        return Ok(());
    }
    let sentence = format!("{} has {there} letters, not {letters}. Nothing was sent; look at it again.", run.number);
    Err(Failure::refused("DUN-05", sentence))
}

/// Why it goes out all the same, with what spoke against it; empty where nothing did.
fn passed(against: &[String], despite: &str) -> Result<String, Failure> {
    if against.is_empty() {
        return Ok(String::new());
    }
    let despite = maybe_line(despite);
    if despite.is_empty() {
        return Err(shut(against));
    }
    Ok(format!("{despite}; against it: {}", against.join("; ")))
}

/// The refusal of a gate that is shut.
pub(super) fn shut(against: &[String]) -> Failure {
    let sentence = format!(
        "{}. Nothing was sent: somebody may have paid. Take the statements in, run o2c cash run, decide of what is left or \
         say that it was looked at (o2c setting cash-reviewed WORDS); or say why letters go out all the same with \
         --despite.",
        against.join("; ")
    );
    Failure::refused("DUN-06", sentence)
}

fn sending(tx: &Tx<'_>, run: i64) -> Result<Run, Failure> {
    let run = tx.dunning_run(run)?;
    if run.state == "sending" {
        return Ok(run);
    }
    let sentence = format!("{} is {}; nothing of it was sent now.", run.number, run.state);
    Err(Failure::refused("DUN-04", sentence))
}

pub(super) fn letter(tx: &mut Tx<'_>, context: &Context<'_>, run: i64, key: Key) -> Result<Written, Failure> {
    let run = sending(tx, run)?;
    if let Some(number) = tx.letter_sent(run.id, key)? {
        let sentence = format!("This letter of {} went out as {number}. Nothing was sent again.", run.number);
        return Err(Failure::refused("DUN-07", sentence));
    }
    let row = tx.policy_row(key.policy)?;
    let Some((policy, level)) = row.as_ref().and_then(|row| Some((&row.policy, row.policy.level(key.level)?))) else {
        return Err(Failure::refused("ACT-04", "The policy of this letter is not in the book. Nothing was sent."));
    };
    let left = tx.letter_standing(run.id, key, context.today)?;
    let items = &left.items;
    if items.is_empty() {
        let sentence =
            "Nothing is left to ask for: it was paid, promised, disputed or held meanwhile. Nothing was sent.";
        return Err(Failure::refused("DUN-08", sentence));
    }
    let lines = tx.letter_lines(&left.customer, items, (policy, level), context.today)?;
    let number = format!("L-{}", tx.take_number("letter")?);
    let master = tx.customer(key.customer)?;
    let pay_by = add_days(context.today, level.payment_days);
    let charge = Charge { customer: key.customer, currency: key.currency, letter: &number, due: pay_by };
    let fee = lines.iter().map(|line| line.fee).sum();
    let what = fee_text(policy, items, context.today);
    let fee_document = charge.post(tx, context, fee, Account::FeeIncome, what)?;
    let posts = policy.interest.as_ref().is_some_and(|interest| interest.post);
    let interest = if posts { lines.iter().map(|line| line.interest).sum() } else { 0 };
    let interest_document = charge.post(tx, context, interest, Account::InterestIncome, "Interest for late payment")?;
    let house = tx.setting("language")?.filter(|code| !code.is_empty()).unwrap_or_else(|| "en".to_owned());
    let known = [&master.data.language, &policy.language].into_iter().find(|code| !code.is_empty());
    let new = NewLetter {
        number: &number,
        run: run.id,
        customer: key.customer,
        policy: key.policy,
        level: key.level,
        currency: key.currency,
        on: context.today,
        pay_by,
        language: known.unwrap_or(&house),
        customer_version: master.version,
        credits: left.credits(policy.credits, key),
        fee_document,
        interest_document,
    };
    let letter = tx.add_letter(&new, &lines)?;
    let way = queue::leave(tx, key.customer, letter)?;
    activity(tx, context, (level, &way), &charge)?;
    let asked: i64 = lines.iter().map(|line| line.open - line.disputed).sum();
    let fees = if fee + interest > 0 {
        format!(" and {} charged", shown(fee + interest, key.currency))
    } else {
        String::new()
    };
    let by = match way.channel {
        Channel::Mail => ", by mail".to_owned(),
        Channel::Phone => ", by telephone".to_owned(),
        Channel::Letter if way.why.is_empty() => String::new(),
        Channel::Letter => format!(", on paper: {}", way.why),
    };
    let summary = format!(
        "Letter {number} of level {} to {}: {} items, {}{fees}{by}",
        key.level,
        master.data.name,
        lines.len(),
        shown(asked, key.currency)
    );
    Ok(Written { undoable: false, ..Written::of(Some(key.customer), summary) })
}

/// What the debit note of a letter's fees is for.
fn fee_text(policy: &Policy, items: &[Item], today: NaiveDate) -> &'static str {
    let law = items.iter().any(|item| policy.compensation(item, today) > 0);
    if law { "Reminder fee and compensation for late payment" } else { "Reminder fee" }
}

/// What a letter charges, as a debit note of its own.
struct Charge<'a> {
    customer: i64,
    currency: Currency,
    letter: &'a str,
    due: NaiveDate,
}

impl Charge<'_> {
    fn post(
        &self,
        tx: &mut Tx<'_>,
        context: &Context<'_>,
        amount: i64,
        side: Account,
        what: &str,
    ) -> Result<Option<i64>, Failure> {
        if amount <= 0 {
            return Ok(None);
        }
        let number = free_number(tx, "charge", "E", DocumentKind::DebitNote)?;
        let base = in_base(tx, context.base, amount, self.currency, context.today)?;
        let new = NewDocument {
            kind: DocumentKind::DebitNote,
            number: &number,
            customer: self.customer,
            date: context.today,
            currency: self.currency,
            amount,
            base,
            reference: self.letter,
            order: "",
            text: what,
            reverses: None,
            side: Some(side),
            tax: &[],
        };
        Ok(Some(tx.post_document(&new, &[NewItem { due: self.due, amount, base }])?.0))
    }
}

/// The letter on the customer's timeline; what it starts is somebody's next step, never done by itself.
fn activity(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    (level, way): (&Level, &Way),
    charge: &Charge<'_>,
) -> Result<(), Failure> {
    let mut words: Vec<&str> = level
        .effects
        .iter()
        .map(|effect| match effect {
            Effect::Task => "look again",
            Effect::Hold => "decide on a credit hold",
            Effect::StopOrders => "decide on stopping orders",
            Effect::Agency => "decide on an agency",
            Effect::Legal => "decide on legal steps",
        })
        .collect();
    let calls = way.channel == Channel::Phone;
    let call = format!("call about {}", charge.letter);
    if calls {
        words.insert(0, &call);
    }
    let next = if calls { context.today } else { add_days(charge.due, 1) };
    tx.add_activity(&NewActivity {
        customer: charge.customer,
        person: context.person.id,
        kind: "letter",
        outcome: &format!("level {}", level.number),
        text: charge.letter,
        on: context.today,
        next_on: (!words.is_empty()).then_some(next),
        next_what: &words.join(", "),
        takes_back: None,
    })?;
    Ok(())
}

pub(super) fn finish(tx: &mut Tx<'_>, context: &Context<'_>, run: i64) -> Result<Written, Failure> {
    let run = sending(tx, run)?;
    let sent: Vec<Key> = tx.letters_sent(run.id)?.into_iter().map(|sent| sent.0).collect();
    let all = letters_of(&tx.dunning_lines(run.id, None)?);
    let mut idle = 0;
    for key in all.iter().filter(|key| !sent.contains(key)) {
        if !tx.letter_standing(run.id, *key, context.today)?.items.is_empty() {
            let sentence =
                format!("Letters of {} are still to be sent. It is not finished; send it again.", run.number);
            return Err(Failure::refused("DUN-04", sentence));
        }
        idle += 1;
    }
    let left = if idle > 0 { format!(", {idle} no longer needed") } else { String::new() };
    let said = format!("{}{left}", text::counted(sent.len() as u64, "letter"));
    tx.add_run_step(run.id, "sent", context.today, context.person.id, &said)?;
    Ok(Written { undoable: false, ..Written::of(None, format!("Sent {}: {said}", run.number)) })
}
