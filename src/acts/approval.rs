//! Four eyes: an act beyond its maker's authority is kept as a request, and performed when a second person approves
//! exactly what was asked for, while everything the maker saw is still so.

mod approver;

use std::collections::HashSet;

use chrono::Duration;

use self::approver::{approver_right, authority_for, whose};
use super::authorise::{self, Second, Verdict};
use super::perform::{self, Context, Written};
use super::premises;
use super::{Act, Failure, clock};
use crate::domain::authority;
use crate::domain::limits::Size;
use crate::store::error::StoreError;
use crate::store::people::Person;
use crate::store::requests::{NewRequest, NewStep, Request, payload_hash};
use crate::store::schema::hex;
use crate::store::{Reader, Tx};

/// Days a request can be approved for.
const DAYS_TO_DECIDE: i64 = 14;

/// Keeps an act as a request. `summary` is what performing it would say.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    act: &Act,
    would: &Written,
    second: &Second,
) -> Result<Written, Failure> {
    let payload = perform::written_down(act)?;
    let (premises, change) = (premises::of(tx, act)?, premises::change(tx, context.today, act)?);
    let number = tx.add_request(&NewRequest {
        person: context.person.id,
        kind: act.kind(),
        payload: &payload,
        premises: &premises,
        customer: would.customer,
        needs: second.needs.words(),
        limit_kind: second.kind.map(|kind| kind.name()),
        amount: second.amount,
        summary: &would.summary,
        change: &change,
        why: &second.why,
        asked_on: context.today,
        expires_on: context.today + Duration::days(DAYS_TO_DECIDE),
    })?;
    let what = format!("Sent for approval as {number}, not posted: {} ({})", would.summary, second.why);
    Ok(Written::of(would.customer, what))
}

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::Approve { request, hash, text } => approve(tx, context, *request, hash, text),
        Act::Reject { request, text } => reject(tx, context, *request, text),
        Act::Recall { request } => recall(tx, context, *request),
        _ => Err(Failure::refused("ACT-06", "This decides no request. Nothing was changed.")),
    }
}

/// The requests that wait in vain: what they are about changed since, or whoever asked was shut out, so that approving
/// them is refused. What cannot be compared is left to whoever approves.
pub fn void(reader: &Reader) -> Result<HashSet<i64>, StoreError> {
    let tx = Tx::look(reader)?;
    let mut void = HashSet::new();
    for request in tx.undecided_requests()? {
        let now = inner(&request).and_then(|act| premises::of(&tx, &act));
        let is_shut_out = tx.person_by_id(request.person)?.is_some_and(|maker| !maker.active);
        if is_shut_out || now.is_ok_and(|now| now != request.premises) {
            void.insert(request.id);
        }
    }
    Ok(void)
}

/// The request, if nobody decided it yet.
fn waiting(tx: &Tx<'_>, id: i64) -> Result<Request, Failure> {
    let request = tx
        .request(id)?
        .ok_or_else(|| Failure::refused("ACT-04", "There is no such request for approval. Nothing was changed."))?;
    if request.state != "waiting" {
        let decided = tx.decided(id)?.unwrap_or(request.state);
        return Err(Failure::refused("AUT-11", format!("{} was {decided}. Nothing was changed.", request.number)));
    }
    Ok(request)
}

fn inner(request: &Request) -> Result<Act, Failure> {
    serde_json::from_str(&request.payload).map_err(|_| {
        Failure::refused("ACT-05", format!("{} cannot be read back. Nothing was changed.", request.number))
    })
}

fn approve(tx: &mut Tx<'_>, context: &Context<'_>, id: i64, hash: &str, text: &str) -> Result<Written, Failure> {
    let request = waiting(tx, id)?;
    let number = &request.number;
    if hex(&payload_hash(&request.payload)) != hex(&request.hash) || hex(&request.hash) != hash {
        let sentence = format!("{number} is not what you looked at. Nothing was posted; look at it again.");
        return Err(Failure::refused("AUT-04", sentence));
    }
    let act = inner(&request)?;
    let maker = tx
        .person_by_id(request.person)?
        .ok_or_else(|| Failure::refused("ACT-04", format!("Nobody asked for {number}. Nothing was posted.")))?;
    if !authority::may_approve(&maker.login, &context.person.login) {
        let sentence = format!("You asked for {number}; somebody else must approve it. Nothing was posted.");
        return Err(Failure::refused("AUT-03", sentence));
    }
    let needs = approver_right(tx, &act)?;
    authority_for(tx, context, maker.id, needs, request.size())?;
    not_own(tx, context, (&request, &act), &maker)?;
    if is_over(tx, context, &request)? {
        let sentence =
            format!("{number} expired on {}. Nothing was posted; {} may ask again.", request.expires_on, maker.name);
        return Err(Failure::refused("AUT-12", sentence));
    }
    if premises::of(tx, &act)? != request.premises {
        let by = premises::changed_by(tx, &act, request.act)?;
        let sentence = format!(
            "What {number} is about changed after {} asked for it, so it is void.{by} Nothing was posted; {} may ask again.",
            maker.name, maker.name
        );
        return Err(Failure::refused("AUT-04", sentence));
    }
    let as_maker = Context { person: &maker, ..*context };
    if !maker.active {
        let sentence =
            format!("{} may no longer work in this book, so {number} is void. Nothing was posted.", maker.name);
        return Err(Failure::refused("AUT-04", sentence));
    }
    // The maker must still have the rights; that a second person is asked for is what this is. What was done and approved
    // since counts for whoever approves now.
    let authority_of = match authorise::judge(tx, &as_maker, &act)? {
        Verdict::Ask(second) if second.size() > request.size() => {
            authority_for(tx, context, maker.id, needs, second.size()).map_err(|failure| more_now(failure, &second))?
        }
        _ => authority_for(tx, context, maker.id, needs, request.size())?,
    };
    let undoable = authorise::may(tx, context.person, &act)?;
    let written = perform::handle(tx, &as_maker, &act)?;
    let undoable = written.undoable && undoable;
    let step = NewStep { what: "approved", person: context.person.id, authority_of, on: context.today, text };
    tx.decide_request(&request, &step)?;
    let lent = match authority_of.map(|id| tx.person_by_id(id)).transpose()?.flatten() {
        Some(lender) => format!(" for {}", lender.name),
        None => String::new(),
    };
    let summary = format!("Approved {number} of {}{lent}: {}", maker.name, written.summary);
    // Saying yes takes another right than doing it: who may not do it is not told that `u` would take it back.
    Ok(Written { summary, undoable, ..written })
}

/// Refuses whoever would gain by a grant as its second person.
fn not_own(tx: &Tx<'_>, context: &Context<'_>, of: (&Request, &Act), maker: &Person) -> Result<(), Failure> {
    let (request, act) = of;
    if whose(tx, act)?.is_none_or(|login| login != context.person.login) {
        return Ok(());
    }
    let sentence = format!(
        "{} gives you something yourself; another administrator must approve it. Nothing was changed; where there is none \
         but {}, ask for it yourself and let {} approve.",
        request.number, maker.login, maker.login
    );
    Err(Failure::refused("AUT-03", sentence))
}

/// Whether a request can no longer be approved: its last day is over, or by the clock as many days have passed since it
/// was asked for, whatever business day is given now or was given then.
fn is_over(tx: &Tx<'_>, context: &Context<'_>, request: &Request) -> Result<bool, Failure> {
    let asked = tx.recorded(request.act)?.as_deref().and_then(clock::day_of);
    let passed = clock::day(tx).zip(asked).is_some_and(|(now, asked)| (now - asked).num_days() > DAYS_TO_DECIDE);
    Ok(passed || context.today > request.expires_on)
}

/// The refusal of who may no longer approve a request because more counts with it than when it was asked for.
fn more_now(failure: Failure, second: &Second) -> Failure {
    match failure {
        Failure::Refused { code, sentence } => {
            Failure::refused(code, format!("{sentence} More counts than when it was asked for: {}.", second.why))
        }
        other => other,
    }
}

fn reject(tx: &mut Tx<'_>, context: &Context<'_>, id: i64, text: &str) -> Result<Written, Failure> {
    let request = waiting(tx, id)?;
    let text = super::master::line(text, "The reason")?;
    if request.person == context.person.id {
        let sentence = format!("You asked for {}; take it back instead. Nothing was changed.", request.number);
        return Err(Failure::refused("AUT-03", sentence));
    }
    let needs = approver_right(tx, &inner(&request)?)?;
    // Saying no takes the right, not the amount.
    let authority_of = authority_for(tx, context, request.person, needs, Size::Right)?;
    let step = NewStep { what: "rejected", person: context.person.id, authority_of, on: context.today, text: &text };
    tx.decide_request(&request, &step)?;
    let what = format!("Rejected {}: {text} ({})", request.number, request.summary);
    Ok(Written { undoable: false, ..Written::of(request.customer, what) })
}

/// Takes an own request back; also what undoing the asking does.
pub(super) fn recall(tx: &mut Tx<'_>, context: &Context<'_>, id: i64) -> Result<Written, Failure> {
    let request = waiting(tx, id)?;
    if request.person != context.person.id {
        let sentence = format!("Only whoever asked for {} can take it back; reject it instead.", request.number);
        return Err(Failure::refused("AUT-03", sentence));
    }
    let step =
        NewStep { what: "withdrawn", person: context.person.id, authority_of: None, on: context.today, text: "" };
    tx.decide_request(&request, &step)?;
    let what = format!("Took {} back: {}", request.number, request.summary);
    Ok(Written { undoable: false, ..Written::of(request.customer, what) })
}
