//! The forms of people: add somebody, give or take a role, set a limit or department, shut out, lend authority. Each is
//! one act, the same as the verbs of `o2c user`.

use crate::acts::{Act, Request};
use crate::domain::authority::{Right, Role};
use crate::domain::department::DEPARTMENTS;
use crate::domain::duties;
use crate::domain::limits::LimitKind;
use crate::domain::money::Money;
use crate::language::amounts::{AmountContext, read_amount};
use crate::language::calendar::no_holidays;
use crate::language::dates::{DateContext, Lean, echo_date, read_date};
use crate::store::read::roster::Member;
use crate::tui::app::overlay::{Confirm, Field, Form, Kind};
use crate::tui::app::{CmdId, Ctx, Effect};
use crate::tui::ui::text::{amount_with_currency, day};

/// What a form says where a second administrator is asked for.
const TWO: &str = "a second administrator confirms it (g v)";

fn perform(name: CmdId, key: crate::acts::ActKey, act: Act) -> Vec<Effect> {
    vec![Effect::perform(name, Request { key, act, expect: Vec::new() })]
}

fn needed(label: &str, why: &'static str) -> Field {
    Field::new(label, Kind::Text, "", move |text| match text.trim() {
        "" => Err(why.to_owned()),
        _ => Ok(String::new()),
    })
}

fn roles() -> Vec<&'static str> {
    // The role somebody new most often has stands first.
    let mut names = vec![Role::Collector.name()];
    names.extend(Role::ALL.iter().filter(|role| **role != Role::Collector).map(|role| role.name()));
    names
}

/// A person with one role; further ones are given afterwards, each confirmed on its own.
pub(super) fn add(ctx: &Ctx) -> Vec<Effect> {
    let key = ctx.act_key();
    let save = move |values: &[String]| {
        let roles = if values[2] == "none" { Vec::new() } else { vec![values[2].clone()] };
        let department = if values[3] == "none" { String::new() } else { values[3].clone() };
        let act = Act::AddPerson { login: values[0].clone(), name: values[1].clone(), roles, department };
        Ok(perform("person.add", key, act))
    };
    let (mut roles, mut departments) = (roles(), vec!["none"]);
    roles.push("none");
    departments.extend(DEPARTMENTS);
    let form = Form::new("Add a person", save)
        .field(needed("login", "the name the person signs in with"))
        .field(needed("name", "the full name, as it stands in the log"))
        .field(Field::choice("role", &roles, "collector"))
        .field(Field::choice("department", &departments, "none"))
        .foot(|values| {
            vec![if values[2] == "none" { "without a role: may sign in and read nothing" } else { TWO }.to_owned()]
        })
        .draft("person");
    vec![Effect::Overlay(Box::new(form))]
}

/// Why a change of this person cannot be made now.
pub(super) fn guard(id: CmdId, member: &Member, ctx: &Ctx) -> Result<(), String> {
    let login = &member.person.login;
    match id {
        "person.active" if *login == ctx.user => Err("you cannot shut yourself out".to_owned()),
        "person.delegate" if ending(member, ctx).is_some() => Ok(()),
        "person.delegate" if *login == ctx.user => Err("choose the person who shall approve for you".to_owned()),
        "person.delegate" if !member.person.active => Err(format!("{login} is shut out")),
        "person.delegate" if !ctx.may(Right::Approve) => Err("you have no authority to approve to lend".to_owned()),
        _ => Ok(()),
    }
}

/// The form or question of a command about this person.
pub(super) fn change(id: CmdId, member: &Member, ctx: &Ctx) -> Vec<Effect> {
    match id {
        "person.role" => role(member, ctx),
        "person.limit" => limit(member, ctx),
        "person.department" => department(member, ctx),
        "person.active" => active(member, ctx),
        "person.delegate" => delegate(member, ctx),
        _ => Vec::new(),
    }
}

fn role(member: &Member, ctx: &Ctx) -> Vec<Effect> {
    let (key, login, held) = (ctx.act_key(), member.person.login.clone(), member.person.roles.clone());
    let (now, login_then) = (member.person.held(), login.clone());
    let has = move |name: &str| held.iter().any(|role| role == name);
    let has_then = has.clone();
    let save = move |values: &[String]| {
        let held = !has(&values[0]);
        let accept = values[1].clone();
        Ok(perform("person.role", key, Act::ChangeRole { login: login.clone(), role: values[0].clone(), held, accept }))
    };
    let foot = move |values: &[String]| {
        let Some(role) = Role::parse(&values[0]) else { return Vec::new() };
        if has_then(role.name()) {
            return vec![format!("{login_then} has it: Enter takes it, at once")];
        }
        let mut lines = vec![format!("{login_then} does not have it: Enter gives it; {TWO}")];
        let added = duties::added(&now, role);
        if !added.is_empty() {
            lines.push(format!("clash: {}", duties::words(&added)));
            lines.push("duties that clash are refused unless you write why it must be".to_owned());
        }
        lines
    };
    let form = Form::new(&format!("Role of {}", member.person.name), save)
        .field(Field::choice("role", &roles(), "collector"))
        .field(Field::text("accept clash because", ""))
        .foot(foot)
        .draft(format!("role.{}", member.person.login));
    vec![Effect::Overlay(Box::new(form))]
}

fn limit(member: &Member, ctx: &Ctx) -> Vec<Effect> {
    let (key, login, base, style) = (ctx.act_key(), member.person.login.clone(), member.base, ctx.numbers);
    let context = AmountContext { currency: base, style: Some(style), open: None };
    let read = move |text: &str| -> Result<Option<i64>, String> {
        if text.trim().eq_ignore_ascii_case("role") {
            return Ok(None);
        }
        read_amount(text, &context).map(|typed| Some(typed.minor)).map_err(|error| error.to_string())
    };
    let echo = move |text: &str| {
        Ok(match read(text)? {
            Some(minor) => amount_with_currency(Money::new(minor, base), style),
            None => "as the roles say".to_owned(),
        })
    };
    let save = move |values: &[String]| {
        let kind = LimitKind::parse(&values[0]).ok_or_else(|| (0, "one of the kinds".to_owned()))?;
        let amount = read(&values[1]).map_err(|why| (1, why))?;
        Ok(perform("person.limit", key, Act::SetLimit { login: login.clone(), kind, amount }))
    };
    let member_then = member.clone();
    let foot = move |values: &[String]| {
        let Some(kind) = LimitKind::parse(&values[0]) else { return Vec::new() };
        let now = member_then.limit(kind, style);
        let now = if now.is_empty() { "may not at all; give a role first".to_owned() } else { now };
        vec![format!("{} now: {now}", kind.words()), format!("\"role\" leaves it to the roles; {TWO}")]
    };
    let kinds = LimitKind::ALL.map(LimitKind::name);
    let first = LimitKind::ALL.into_iter().find(|kind| member.has(kind.right())).map_or("", LimitKind::name);
    let form = Form::new(&format!("Limit of {}", member.person.name), save)
        .field(Field::choice("of", &kinds, first))
        .field(Field::new("up to", Kind::Amount, "role", echo))
        .foot(foot)
        .draft(format!("limit.{}", member.person.login));
    vec![Effect::Overlay(Box::new(form))]
}

fn department(member: &Member, ctx: &Ctx) -> Vec<Effect> {
    let (key, login) = (ctx.act_key(), member.person.login.clone());
    let save = move |values: &[String]| {
        let department = if values[0] == "none" { String::new() } else { values[0].clone() };
        Ok(perform("person.department", key, Act::SetDepartment { login: login.clone(), department }))
    };
    let mut departments = vec!["none"];
    departments.extend(DEPARTMENTS);
    let form = Form::new(&format!("Department of {}", member.person.name), save).field(Field::choice(
        "department",
        &departments,
        &member.person.department,
    ));
    vec![Effect::Overlay(Box::new(form))]
}

fn active(member: &Member, ctx: &Ctx) -> Vec<Effect> {
    let (key, login, active) = (ctx.act_key(), member.person.login.clone(), !member.person.active);
    let question = match active {
        true => format!("Let {} in again? {TWO}", member.person.name),
        false if member.person.held().contains(&Role::Administrator) => {
            format!("Shut {} out, from the next key on? What asks for a second person then waits.", member.person.name)
        }
        false => format!("Shut {} out, from the next key on?", member.person.name),
    };
    let yes = move || perform("person.active", key, Act::SetActive { login, active });
    vec![Effect::Overlay(Box::new(Confirm::new(question, yes)))]
}

/// A delegation of or to this person that whoever is at the keyboard may end: an own one, or any for an administrator.
fn ending<'a>(member: &'a Member, ctx: &Ctx) -> Option<&'a crate::store::read::requests::Lent> {
    member.lent.iter().find(|lent| lent.from == ctx.user || ctx.may(Right::ManageUsers))
}

fn delegate(member: &Member, ctx: &Ctx) -> Vec<Effect> {
    let (key, today) = (ctx.act_key(), ctx.today);
    if let Some(lent) = ending(member, ctx) {
        let delegation = lent.delegation.id;
        let question = format!("End that {} approves for {} until {}?", lent.to, lent.from, day(lent.delegation.until));
        let yes = move || perform("person.delegate", key, Act::EndDelegation { delegation });
        return vec![Effect::Overlay(Box::new(Confirm::new(question, yes)))];
    }
    let order = ctx.date_order;
    let context = move || DateContext { today, order, lean: Lean::Forward, due: None, holidays: &no_holidays };
    let read = move |text: &str| read_date(text, &context()).map_err(|error| error.to_string());
    let echo = move |text: &str| read(text).map(|date| echo_date(date, &context()));
    let to = member.person.login.clone();
    let save = move |values: &[String]| {
        let from = read(&values[0]).map_err(|why| (0, why))?;
        let until = read(&values[1]).map_err(|why| (1, why))?;
        Ok(perform("person.delegate", key, Act::Delegate { to: to.clone(), from, until }))
    };
    let name = member.person.name.clone();
    let foot = move |_: &[String]| {
        vec![format!("{name} then approves up to your limit, never what you asked for; p ends it early")]
    };
    let form = Form::new(&format!("{} approves for you", member.person.name), save)
        .field(Field::new("from", Kind::Date, "t", echo))
        .field(Field::new("until", Kind::Date, "+2w", echo))
        .start(1)
        .foot(foot)
        .draft(format!("delegation.{}", member.person.login));
    vec![Effect::Overlay(Box::new(form))]
}
