//! Inquiries: what a customer asks about an item, an order or a payment. Nothing is held back for it until it is promoted
//! to a dispute.

use super::super::Failure;
use super::super::master::{line, maybe_line};
use super::super::perform::{Context, Written};
use super::super::{cases, people};
use super::{Case, Work, asked_of_new, mention};
use crate::store::Tx;
use crate::store::cases::{Inquiry, NewInquiry, NewInquiryStep};

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Written, Failure> {
    match act {
        Case::Inquire { .. } => inquire(tx, context, act),
        Case::Work { inquiry, version, what, text } => {
            let inquiry = seen(tx, *inquiry, *version)?;
            work(tx, context, &inquiry, what, text)
        }
        Case::Promote { .. } => promote(tx, context, act),
        _ => Err(Failure::refused("ACT-06", "This is no inquiry. Nothing was changed.")),
    }
}

fn inquire(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Written, Failure> {
    let Case::Inquire { customer, item, about, reason, channel, contact, text } = act else {
        return Err(Failure::refused("ACT-06", "This is no inquiry. Nothing was changed."));
    };
    let (customer, reason) = (tx.customer(*customer)?, cases::reason(reason)?);
    let (text, mut about) = (line(text, "What was asked")?, maybe_line(about));
    if let Some(id) = item {
        let item = tx.item(*id)?;
        if item.customer != customer.id {
            let sentence = format!("The item is not of {}. Nothing was changed.", customer.data.name);
            return Err(Failure::refused("AMT-10", sentence));
        }
        if about.is_empty() {
            about = tx.document_by_id(item.document)?.number;
        }
    }
    let (channel, contact) = (maybe_line(channel), maybe_line(contact));
    let new = NewInquiry {
        customer: customer.id,
        item: *item,
        about: &about,
        reason: reason.word(),
        channel: &channel,
        contact: &contact,
    };
    let step = NewInquiryStep {
        what: "opened",
        state: "open",
        owner: &context.person.login,
        department: reason.department(),
        text: &text,
        on: context.today,
        person: context.person.id,
        dispute: None,
    };
    let (id, number) = tx.add_inquiry(&new, &step)?;
    let asked = mention(tx, context, &text, None, Some(id))?;
    let about = if about.is_empty() { String::new() } else { format!(" about {about}") };
    Ok(Written::of(Some(customer.id), format!("Opened {number}: {} asks{about}{asked}", customer.data.name)))
}

/// The inquiry, if nobody answered or promoted it yet, at the version the person saw.
fn seen(tx: &Tx<'_>, id: i64, version: i64) -> Result<Inquiry, Failure> {
    let inquiry = tx.inquiry(id)?;
    if inquiry.version != version {
        let sentence = format!(
            "{} changed after you opened it. {}. Yours was not written; look at it again.",
            inquiry.number,
            tx.who(inquiry.last_act)?
        );
        return Err(Failure::refused("ACT-03", sentence));
    }
    if inquiry.state != "open" {
        let sentence = format!("{} is {}. Nothing was changed.", inquiry.number, inquiry.state);
        return Err(Failure::refused("DIS-02", sentence));
    }
    Ok(inquiry)
}

fn work(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    inquiry: &Inquiry,
    what: &Work,
    text: &str,
) -> Result<Written, Failure> {
    let (word, state) = match what {
        Work::Note => ("note", "open"),
        Work::Answer => ("answered", "answered"),
        Work::Assign { .. } => ("assigned", "open"),
    };
    let text = if matches!(what, Work::Assign { .. }) { maybe_line(text) } else { line(text, "What was said")? };
    let (owner, department) = match what {
        Work::Assign { owner, department } => (maybe_line(owner), people::queue(department)?.to_owned()),
        _ => (inquiry.owner.clone(), String::new()),
    };
    let department = if department.is_empty() { inquiry.department.clone() } else { department };
    let step = NewInquiryStep {
        what: word,
        state,
        owner: &owner,
        department: &department,
        text: &text,
        on: context.today,
        person: context.person.id,
        dispute: None,
    };
    tx.add_inquiry_step(inquiry.id, inquiry.version + 1, &step)?;
    let asked = mention(tx, context, &text, None, Some(inquiry.id))?;
    let summary = match what {
        Work::Note => format!("Note on {}{asked}", inquiry.number),
        Work::Answer => format!("Answered {}{asked}", inquiry.number),
        Work::Assign { .. } => format!("Assigned {} to {owner}, {department}{asked}", inquiry.number),
    };
    Ok(Written::of(Some(inquiry.customer), summary))
}

fn promote(tx: &mut Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Written, Failure> {
    let Case::Promote { inquiry, version, item, amount, reason, text } = act else {
        return Err(Failure::refused("ACT-06", "This is no inquiry. Nothing was changed."));
    };
    let inquiry = seen(tx, *inquiry, *version)?;
    if tx.item(*item)?.customer != inquiry.customer {
        let sentence = format!("The item is not of the customer of {}. Nothing was changed.", inquiry.number);
        return Err(Failure::refused("AMT-10", sentence));
    }
    let text = match maybe_line(text) {
        empty if empty.is_empty() => format!("promoted from {}", inquiry.number),
        given => given,
    };
    let opened = cases::open(tx, context, *item, *amount, reason, &text)?;
    let opened = asked_of_new(tx, context, &text, opened)?;
    let dispute = tx.last_dispute()?;
    tx.add_fact(dispute, "inquiry", &inquiry.number)?;
    let step = NewInquiryStep {
        what: "promoted",
        state: "promoted",
        owner: &inquiry.owner,
        department: &inquiry.department,
        text: &text,
        on: context.today,
        person: context.person.id,
        dispute: Some(dispute),
    };
    tx.add_inquiry_step(inquiry.id, inquiry.version + 1, &step)?;
    Ok(Written { summary: format!("Promoted {}: {}", inquiry.number, opened.summary), ..opened })
}

/// Brings every inquiry an act changed back to the step before.
pub(in crate::acts) fn undo(tx: &mut Tx<'_>, context: &Context<'_>, act: i64) -> Result<(), Failure> {
    for (first, last) in tx.ids_of_act("inquiry_step", act)? {
        for row in first..=last {
            let (inquiry, before) = tx.inquiry_before(row)?;
            if inquiry.last_act != act {
                let sentence = format!("{} was changed again since. Nothing was changed.", inquiry.number);
                return Err(Failure::refused("ACT-10", sentence));
            }
            let void = ("void".to_owned(), inquiry.owner.clone(), inquiry.department.clone());
            let (state, owner, department) = before.unwrap_or(void);
            let step = NewInquiryStep {
                what: "undone",
                state: &state,
                owner: &owner,
                department: &department,
                text: "",
                on: context.today,
                person: context.person.id,
                dispute: None,
            };
            tx.add_inquiry_step(inquiry.id, inquiry.version + 1, &step)?;
        }
    }
    Ok(())
}
