//! Who works without a second person, and when nobody is taken to do so: while an administrator is shut out. A single
//! administrator may shut another out at once, because a stolen key cannot wait; it must not be a way to be the only one.
//! So what asks for a second person waits until another administrator, or whoever owns the book's file, lets the person
//! in again or takes the role.

use super::super::perform::Context;
use super::super::{Act, Actor, Failure, master};
use super::{Second, others, people_only};
use crate::domain::authority::{Right, Role};
use crate::store::Tx;
use crate::store::people::Person;

/// The note of what was done without a second person because there is none.
pub(in crate::acts) fn note(second: &Second) -> String {
    format!("{}; nobody else is set up in this book", second.why)
}

/// Whether nobody else may work in the book, and nobody is waited for either.
pub(in crate::acts) fn is_alone(tx: &Tx<'_>, context: &Context<'_>) -> Result<bool, Failure> {
    Ok(others(tx, context)?.is_empty() && waited_for(tx)?.is_none())
}

/// An administrator who is shut out.
fn is_out(person: &Person) -> bool {
    !person.active && person.held().contains(&Role::Administrator)
}

/// The administrator who is shut out and still one, if any.
pub(super) fn waited_for(tx: &Tx<'_>) -> Result<Option<Person>, Failure> {
    Ok(tx.people()?.into_iter().find(is_out))
}

/// What waits because an administrator is shut out, with whose turn it is where nobody may approve it.
pub(super) fn asked(tx: &Tx<'_>, context: &Context<'_>, second: Second) -> Result<Second, Failure> {
    let can = |other: &Person| other.held().iter().any(|role| role.has(second.needs));
    let Some(out) = waited_for(tx)?.filter(|_| second.needs == Right::ManageUsers) else { return Ok(second) };
    if others(tx, context)?.iter().any(can) {
        return Ok(second);
    }
    let why = format!(
        "{}; nobody may until it is decided whether {login} stays one: o2c user role {login} administrator --take, or o2c \
         user shut-out {login} --in, by the owner of the book's file with --owner WHY",
        second.why,
        login = out.login
    );
    Ok(Second { why, ..second })
}

/// Taking the role from an administrator who is shut out makes that final.
pub(super) fn finally(tx: &Tx<'_>, login: &str, role: &str) -> Result<Option<Second>, Failure> {
    if Role::parse(role) != Some(Role::Administrator) || !tx.person(login)?.as_ref().is_some_and(is_out) {
        return Ok(None);
    }
    let why = "a second administrator confirms that one who is shut out is none any more";
    Ok(Some(people_only(Right::ManageUsers, why.to_owned())))
}

/// What the owner of the book's file decides in the place of a second administrator, noted with the reason: roles and
/// letting in again, while every other administrator is shut out. Nobody can say it from a screen.
pub(in crate::acts) fn by_owner(
    tx: &Tx<'_>,
    context: &Context<'_>,
    actor: &Actor,
    act: &Act,
    second: &Second,
) -> Result<Option<String>, Failure> {
    let Some(why) = actor.owner.as_deref().filter(|_| matches!(act, Act::ChangeRole { .. } | Act::SetActive { .. }))
    else {
        return Ok(None);
    };
    let why = master::line(why, "The reason of the owner")?;
    let administers = |other: &Person| other.held().contains(&Role::Administrator);
    if second.needs != Right::ManageUsers || others(tx, context)?.iter().any(administers) || waited_for(tx)?.is_none() {
        return Ok(None);
    }
    Ok(Some(format!("decided by the owner of the book's file: {why}")))
}
