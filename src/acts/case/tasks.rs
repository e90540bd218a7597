//! Tasks by mention: `@mara` in a note on a case or an inquiry asks Mara, until she or who asked says it is done.

use super::super::Failure;
use super::super::master::maybe_line;
use super::super::perform::{Context, Written};
use crate::domain::case::mention::mentions;
use crate::store::Tx;
use crate::store::cases::Task;

/// Makes a task of every mention of somebody who works in the book. Returns what to add to the summary.
pub(in crate::acts) fn mention(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    text: &str,
    dispute: Option<i64>,
    inquiry: Option<i64>,
) -> Result<String, Failure> {
    let mut asked = Vec::new();
    for login in mentions(text) {
        if let Some(person) = tx.person(login)?.filter(|person| person.active) {
            let (person, by) = (person.id, context.person.id);
            let task = Task { id: 0, person, by, dispute, inquiry, text: text.to_owned(), done: false };
            tx.add_task(&task, context.today)?;
            asked.push(login);
        }
    }
    Ok(if asked.is_empty() { String::new() } else { format!("; a task for {}", asked.join(" and ")) })
}

/// Makes tasks of what was said when a case was opened just now.
pub(in crate::acts) fn asked_of_new(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    text: &str,
    opened: Written,
) -> Result<Written, Failure> {
    let case = tx.last_dispute()?;
    let asked = mention(tx, context, &maybe_line(text), Some(case), None)?;
    Ok(Written { summary: format!("{}{asked}", opened.summary), ..opened })
}

pub(super) fn done(tx: &mut Tx<'_>, context: &Context<'_>, id: i64) -> Result<Written, Failure> {
    let task = tx.task(id)?;
    if ![task.person, task.by].contains(&context.person.id) {
        let sentence =
            "This is a task of somebody else: who was asked and who asked can say it is done. Nothing was changed.";
        return Err(Failure::refused("DIS-08", sentence));
    }
    if task.done {
        return Err(Failure::refused("DIS-02", "The task is done already. Nothing was changed."));
    }
    tx.end_task(id, context.today, context.person.id)?;
    let customer = match (task.dispute, task.inquiry) {
        (Some(dispute), _) => Some(tx.dispute(dispute)?.customer),
        (None, Some(inquiry)) => Some(tx.inquiry(inquiry)?.customer),
        (None, None) => None,
    };
    Ok(Written::of(customer, format!("Task done: {}", task.text)))
}
