//! Acts on people: who works in the book, with which roles, limits and department, and whose authority is lent to whom.
//! Duties that must not meet in one person are refused when a role is given.

use chrono::NaiveDate;

use super::master::line;
use super::money::shown;
use super::perform::{Context, Written};
use super::{Act, Failure, clock};
use crate::domain::authority::{Right, Role};
use crate::domain::department::{self, DEPARTMENTS};
use crate::domain::duties;
use crate::domain::limits::LimitKind;
use crate::domain::money;
use crate::store::Tx;
use crate::store::people::{CustomerData, Person};

/// Administrators a book keeps once it has them.
const ADMINISTRATORS: usize = 2;

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::AddPerson { login, name, roles, department } => add(tx, login, name, roles, department),
        Act::ChangeRole { login, role, held, accept } => change_role(tx, login, role, *held, accept),
        Act::SetDepartment { login, department } => set_department(tx, login, department),
        Act::SetActive { login, active } => set_active(tx, context, login, *active),
        Act::SetLimit { login, kind, amount } => set_limit(tx, context, login, *kind, *amount),
        Act::Delegate { to, from, until } => delegate(tx, context, to, *from, *until),
        Act::EndDelegation { delegation } => end_delegation(tx, context, *delegation),
        _ => Err(Failure::refused("ACT-06", "This is not a change of people. Nothing was changed.")),
    }
}

fn role(name: &str) -> Result<Role, Failure> {
    Role::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
        Failure::refused("AUT-05", format!("There is no role \"{name}\". Roles are {}.", names.join(", ")))
    })
}

fn known(tx: &Tx<'_>, login: &str) -> Result<Person, Failure> {
    tx.person(login)?.ok_or_else(|| {
        Failure::refused(
            "AUT-06",
            format!("{login} is not set up in this book. Nothing was changed; add the person first."),
        )
    })
}

/// The department somebody means for a person; empty for none.
fn department_name(text: &str) -> Result<&'static str, Failure> {
    one_of(text, DEPARTMENTS.into_iter().find(|known| known.eq_ignore_ascii_case(text.trim())))
}

/// The department somebody means for a case, whose queues had other words in earlier versions; empty for none.
pub(super) fn queue(text: &str) -> Result<&'static str, Failure> {
    one_of(text, department::parse(text))
}

fn one_of(text: &str, found: Option<&'static str>) -> Result<&'static str, Failure> {
    if text.trim().is_empty() {
        return Ok("");
    }
    found.ok_or_else(|| {
        let (text, known) = (super::master::maybe_line(text), DEPARTMENTS.join(", "));
        let sentence = format!("There is no department \"{text}\". Departments are {known}. Nothing was changed.");
        Failure::refused("AUT-05", sentence)
    })
}

fn add(tx: &mut Tx<'_>, login: &str, name: &str, roles: &[String], department: &str) -> Result<Written, Failure> {
    let (login, name) = (line(login, "The login")?, line(name, "The name")?);
    if tx.person(&login)?.is_some() {
        return Err(Failure::refused("AUT-06", format!("{login} is set up already. Nothing was changed.")));
    }
    let department = department_name(department)?;
    let roles = roles.iter().map(|name| role(name)).collect::<Result<Vec<_>, _>>()?;
    separate(&login, &duties::conflicts(&roles), "")?;
    let person = tx.add_person(&login, &name)?;
    for role in &roles {
        tx.change_role(person, role.name(), true)?;
    }
    if !department.is_empty() {
        tx.change_person(person, "department", department)?;
    }
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let what = if names.is_empty() { "without a role".to_owned() } else { format!("as {}", names.join(", ")) };
    Ok(Written { undoable: false, ..Written::of(None, format!("Added {name} ({login}) {what}")) })
}

/// Refuses duties that must not meet, unless somebody said why they may here.
fn separate(login: &str, conflicts: &[duties::Conflict], accept: &str) -> Result<(), Failure> {
    if conflicts.is_empty() || !accept.trim().is_empty() {
        return Ok(());
    }
    let sentence = format!(
        "{login} would hold duties that must not be one person's: {}. Nothing was changed; take another role first, or \
         say why it must be with --accept-conflict.",
        duties::words(conflicts)
    );
    Err(Failure::refused("AUT-08", sentence))
}

fn change_role(tx: &mut Tx<'_>, login: &str, name: &str, held: bool, accept: &str) -> Result<Written, Failure> {
    let role = role(name)?;
    let person = known(tx, login)?;
    if person.roles.iter().any(|held| held == role.name()) == held {
        let state = if held { "already has" } else { "does not have" };
        let sentence = format!("{login} {state} the role {}. Nothing was changed.", role.name());
        return Err(Failure::refused("AUT-07", sentence));
    }
    let accept = super::master::maybe_line(accept);
    let added = if held { duties::added(&person.held(), role) } else { Vec::new() };
    separate(login, &added, &accept)?;
    if !held && role == Role::Administrator {
        administrators_stay(tx, &person)?;
    }
    tx.change_role(person.id, role.name(), held)?;
    let verb = if held { "Gave" } else { "Took" };
    let joint = if held { "to" } else { "from" };
    let tail = match (added.is_empty(), accept.is_empty()) {
        (false, false) => format!(", accepting {} because: {accept}", duties::words(&added)),
        _ => String::new(),
    };
    Ok(Written::of(None, format!("{verb} the role {} {joint} {}{tail}", role.name(), person.name)))
}

/// A book that has had two administrators keeps two, and every book keeps one: otherwise nobody could let anybody in.
fn administrators_stay(tx: &Tx<'_>, leaving: &Person) -> Result<(), Failure> {
    let people = tx.people()?;
    let is = |person: &&Person| person.active && person.held().contains(&Role::Administrator);
    let count = people.iter().filter(is).count();
    if !people.iter().filter(is).any(|person| person.id == leaving.id) || count > ADMINISTRATORS {
        return Ok(());
    }
    let login = &leaving.login;
    let sentence = format!(
        "{login} is {}. Nothing was changed; make somebody else administrator first{}.",
        match count {
            1 => "the only administrator of this book",
            _ => "one of the two administrators of this book, and a book that has two keeps two",
        },
        if count == 1 { String::new() } else { format!(", or, where it cannot wait, o2c user shut-out {login}") },
    );
    Err(Failure::refused("AUT-09", sentence))
}

fn set_department(tx: &mut Tx<'_>, login: &str, department: &str) -> Result<Written, Failure> {
    let (person, department) = (known(tx, login)?, department_name(department)?);
    if person.department == department {
        return Err(Failure::refused("AUT-07", format!("{login} is there already. Nothing was changed.")));
    }
    tx.change_person(person.id, "department", department)?;
    let what = if department.is_empty() { "no department" } else { department };
    Ok(Written { undoable: false, ..Written::of(None, format!("Moved {} to {what}", person.name)) })
}

fn set_active(tx: &mut Tx<'_>, context: &Context<'_>, login: &str, active: bool) -> Result<Written, Failure> {
    let person = known(tx, login)?;
    if person.active == active {
        let state = if active { "may sign in already" } else { "is shut out already" };
        return Err(Failure::refused("AUT-07", format!("{login} {state}. Nothing was changed.")));
    }
    if !active && person.id == context.person.id {
        let sentence = "You cannot shut yourself out. Nothing was changed; ask another administrator.";
        return Err(Failure::refused("AUT-03", sentence));
    }
    tx.change_person(person.id, "active", if active { "1" } else { "0" })?;
    let what = match active {
        true => format!("Let {} in again", person.name),
        // Whoever does it stays an administrator; what that could be misused for waits.
        false if person.held().contains(&Role::Administrator) => format!(
            "Shut {} out, who stays an administrator until a second one takes the role (o2c user role {} administrator \
             --take); what asks for a second person waits",
            person.name, person.login
        ),
        false => format!("Shut {} out", person.name),
    };
    Ok(Written { undoable: false, ..Written::of(None, what) })
}

fn set_limit(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    login: &str,
    kind: LimitKind,
    amount: Option<i64>,
) -> Result<Written, Failure> {
    let person = known(tx, login)?;
    if amount.is_some_and(|amount| !(0..=money::AMOUNT_MAX).contains(&amount)) {
        let sentence = "A limit is between 0 and 99,999,999,999.99. Nothing was changed.";
        return Err(Failure::refused("AMT-02", sentence));
    }
    let right: Right = kind.right();
    if amount.is_some() && !person.held().iter().any(|role| role.has(right)) {
        let roles: Vec<&str> = Role::ALL.iter().filter(|role| role.has(right)).map(|role| role.name()).collect();
        let sentence = format!(
            "{login} may not {} at all. Nothing was changed; give a role that may first ({}): o2c user role {login} {}",
            right.words(),
            roles.join(", "),
            roles.last().copied().unwrap_or_default()
        );
        return Err(Failure::refused("AUT-07", sentence));
    }
    tx.set_limit(person.id, kind, amount)?;
    let what = match amount {
        Some(amount) => format!("Limit of {} for {}: {}", person.name, kind.words(), shown(amount, context.base)),
        None => format!("Limit of {} for {}: as the roles say", person.name, kind.words()),
    };
    Ok(Written { undoable: false, ..Written::of(None, what) })
}

fn delegate(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    to: &str,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Written, Failure> {
    let other = known(tx, to)?;
    if other.id == context.person.id {
        return Err(Failure::refused("AUT-03", "You have your own authority already. Nothing was changed."));
    }
    if !other.active {
        return Err(Failure::refused("SES-04", format!("{to} may not sign in. Nothing was changed.")));
    }
    if until < from || until < clock::day(tx).unwrap_or(context.today) {
        let sentence = "A delegation ends on or after the day it begins, and not in the past. Nothing was changed.";
        return Err(Failure::refused("DAT-03", sentence));
    }
    tx.add_delegation(context.person.id, other.id, from, until)?;
    let what = format!("{} may approve for {} from {from} until {until}", other.name, context.person.name);
    Ok(Written { undoable: false, ..Written::of(None, what) })
}

fn end_delegation(tx: &mut Tx<'_>, context: &Context<'_>, id: i64) -> Result<Written, Failure> {
    let found = tx.delegations()?.into_iter().find(|one| one.id == id && !one.ended);
    let Some(lent) = found else {
        return Err(Failure::refused("ACT-04", "There is no such delegation, or it has ended. Nothing was changed."));
    };
    let is_admin = context.person.held().contains(&Role::Administrator);
    if lent.person != context.person.id && !is_admin {
        let sentence = "Only whoever lent the authority or an administrator ends a delegation. Nothing was changed.";
        return Err(Failure::refused("AUT-02", sentence));
    }
    tx.end_delegation(id, clock::day(tx).unwrap_or(context.today))?;
    let name = |id: i64| -> Result<String, Failure> {
        Ok(tx.person_by_id(id)?.map_or_else(|| "?".to_owned(), |person| person.name))
    };
    let what = format!("{} no longer approves for {}", name(lent.to)?, name(lent.person)?);
    Ok(Written { undoable: false, ..Written::of(None, what) })
}

/// Whether another currency takes a customer out of what its limit, or that of its group, is counted in.
pub(super) fn moves_limit(before: &CustomerData, after: &CustomerData) -> bool {
    before.currency != after.currency && (before.credit_limit.is_some() || !before.group.is_empty())
}

/// The fields of a customer that two people change, among those that differ. A new customer brings only its limit and
/// bank account before a second person.
pub(super) fn sensitive_fields(before: Option<&CustomerData>, after: &CustomerData) -> Vec<&'static str> {
    let mut fields = Vec::new();
    let empty = CustomerData::default();
    let known = before.unwrap_or(&empty);
    if before.is_some() {
        for (name, one, other) in [
            ("name", &known.name, &after.name),
            ("terms", &known.terms, &after.terms),
            ("e-mail", &known.email, &after.email),
            ("address", &known.address, &after.address),
            ("group", &known.group, &after.group),
        ] {
            if one != other {
                fields.push(name);
            }
        }
    }
    if before.is_some() && moves_limit(known, after) {
        fields.push("currency");
    }
    if known.credit_limit != after.credit_limit {
        fields.push("credit limit");
    }
    if known.bank_account != after.bank_account {
        fields.push("bank account");
    }
    fields
}
