//! The verbs of authority: who may work in the book and how far, what waits for a second person, closed months and the
//! company's settings.

use super::admin::perform;
use super::args::Change;
use super::authority_args::{Approvals, Decide, Month, SettingArgs, User};
use super::names;
use super::out::{self, Cell, Form, Listing};
use super::session::Session;
use super::stop::Stop;
use crate::acts::settings::SETTINGS;
use crate::acts::{Act, approval};
use crate::domain::duties;
use crate::domain::limits::{self, Limit, LimitKind};
use crate::domain::money::{Currency, Money};
use crate::store::Reader;
use crate::store::people::Person;
use crate::store::periods;
use crate::store::read::requests::{self, Row};
use crate::store::read::{book, requests as read};

/// `o2c user`.
pub(super) fn user(session: &Session, user: &User) -> Result<(), Stop> {
    match user {
        User::Add { login, name, roles, department, change } => {
            let name = name.clone().unwrap_or_else(|| login.clone());
            let (login, roles, department) = (login.clone(), roles.clone(), department.clone());
            perform(session, change, Act::AddPerson { login, name, roles, department })
        }
        User::Role { login, role, take, accept_conflict, owner, change } => {
            session.decide_as_owner(owner.as_ref());
            let (login, role, accept) = (login.clone(), role.clone(), accept_conflict.clone());
            perform(session, change, Act::ChangeRole { login, role, held: !take, accept })
        }
        User::Limit { login, kind, amount, by_role: _, change } => {
            let currency = book::header(&session.reader()?)?.currency;
            let amount = amount.as_deref().map(|text| names::plain_amount(text, currency)).transpose()?;
            perform(session, change, Act::SetLimit { login: login.clone(), kind: *kind, amount })
        }
        User::Department { login, department, change } => {
            let act = Act::SetDepartment { login: login.clone(), department: department.clone() };
            perform(session, change, act)
        }
        User::ShutOut { login, back, owner, change } => {
            session.decide_as_owner(owner.as_ref());
            perform(session, change, Act::SetActive { login: login.clone(), active: *back })
        }
        User::Delegate { login, from, until, change } => {
            let from = from.as_deref().map_or_else(|| Ok(Session::clock()), |text| session.date_by_the_clock(text))?;
            let until = session.date_by_the_clock(until)?;
            perform(session, change, Act::Delegate { to: login.clone(), from, until })
        }
        User::EndDelegation { delegation, change } => {
            perform(session, change, Act::EndDelegation { delegation: *delegation })
        }
        User::List { form } => people(session, form.form()),
        User::Conflicts { form } => conflicts(session, form.form()),
    }
}

fn people(session: &Session, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let currency = book::header(&reader)?.currency;
    let mut rows = Vec::new();
    for person in book::people(&reader)? {
        let mut row = vec![
            Cell::Text(person.login.clone()),
            Cell::Text(person.name.clone()),
            Cell::Text(person.roles.join(", ")),
            Cell::Text(person.department.clone()),
        ];
        for kind in LimitKind::ALL {
            row.push(Cell::Text(limit_words(&reader, &person, kind, currency)?));
        }
        row.push(Cell::Flag(!person.active));
        rows.push(row);
    }
    let mut foot =
        vec![format!("Limits are amounts in {currency} that the person may do alone; empty is none at all.")];
    for lent in read::delegations(&reader)?.iter().filter(|lent| !lent.delegation.ended) {
        let one = &lent.delegation;
        foot.push(format!("{}. {} approves for {} from {} until {}", one.id, lent.to, lent.from, one.from, one.until));
    }
    let columns = &[
        "login",
        "name",
        "roles",
        "department",
        "credit-note",
        "write-off",
        "dispute",
        "release",
        "approval",
        "shut out",
    ];
    let total = rows.len() as u64;
    Listing { columns, rows, total, foot }.print(form)
}

fn limit_words(reader: &Reader, person: &Person, kind: LimitKind, currency: Currency) -> Result<String, Stop> {
    let own = read::own_limit(reader, person.id, kind)?;
    Ok(match limits::limit(&person.held(), own, kind, currency) {
        Limit::Any => "any".to_owned(),
        Limit::UpTo(0) => String::new(),
        Limit::UpTo(amount) => Money::new(amount, currency).plain(),
    })
}

fn conflicts(session: &Session, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let mut rows = Vec::new();
    for person in book::people(&reader)?.into_iter().filter(|person| person.active) {
        for (one, other) in duties::conflicts(&person.held()) {
            let texts = [person.login.as_str(), "duties that meet", one, other, ""];
            rows.push(texts.map(|text| Cell::Text(text.to_owned())).to_vec());
        }
    }
    for one in read::alone(&reader)? {
        let when = format!("act {} on {}", one.act, one.at.get(..10).unwrap_or(&one.at));
        let texts = [one.login, "done alone".to_owned(), when, one.summary, one.why];
        rows.push(texts.map(Cell::Text).to_vec());
    }
    let total = rows.len() as u64;
    Listing { columns: &["login", "what", "one", "other", "why"], rows, total, foot: Vec::new() }.print(form)
}

/// `o2c approvals`.
pub(super) fn approvals(session: &Session, wanted: &Approvals) -> Result<(), Stop> {
    let reader = session.reader()?;
    let currency = book::header(&reader)?.currency;
    let form = wanted.form.form();
    let Some(number) = &wanted.number else {
        let void = approval::void(&reader)?;
        let mut rows = requests::all(&reader, session.today)?;
        rows.retain(|row| wanted.all || row.waits());
        for row in rows.iter_mut().filter(|row| row.waits() && void.contains(&row.id)) {
            "void".clone_into(&mut row.state);
        }
        let total = rows.len() as u64;
        let mut foot = Vec::new();
        if let Some(first) = rows.first() {
            foot.push(format!("Look at one with its changes: o2c approvals {}", first.number));
        }
        if rows.iter().any(|row| row.amount.is_some_and(|counted| row.own.is_none_or(|own| own.minor != counted))) {
            foot.push(format!(
                "counted: what counts against a limit, in {currency}, with what the same person did in the seven days \
                 before."
            ));
        }
        let rows: Vec<_> = rows.iter().map(|row| cells(row, currency)).collect();
        return Listing { columns: &COLUMNS, rows, total, foot }.print(form);
    };
    let row = request(&reader, session, number)?;
    let columns = &["what", "before", "after"];
    let lines = row
        .changes
        .iter()
        .map(|change| [&change.what, &change.before, &change.after].map(|text| Cell::Text(text.clone())).to_vec());
    let rows: Vec<_> = lines.collect();
    if form == Form::Text {
        out::say(&format!("{} {}: {} asks: {}", row.number, row.state, row.name, row.summary))?;
        out::say(&format!("Needs a second person who may {}: {}", row.needs, row.why))?;
        out::say(&format!("Asked on {}, can be approved until {}", row.asked_on, row.expires_on))?;
        if let Some(on) = row.decided_on {
            out::say(&format!("{} by {} on {on} {}", row.state, row.decided_by, row.said))?;
        }
        out::say(&format!("Hash of what is asked for: {}", row.hash))?;
        out::say("")?;
    }
    let total = rows.len() as u64;
    Listing { columns, rows, total, foot: Vec::new() }.print(form)
}

const COLUMNS: [&str; 14] = [
    "number",
    "state",
    "asked by",
    "kind",
    "amount",
    "currency",
    "counted",
    "summary",
    "why",
    "needs",
    "asked",
    "expires",
    "decided by",
    "hash",
];

fn cells(row: &Row, currency: Currency) -> Vec<Cell> {
    vec![
        Cell::Text(row.number.clone()),
        Cell::Text(row.state.clone()),
        Cell::Text(row.login.clone()),
        Cell::Text(row.kind.clone()),
        row.own.map_or(Cell::Nothing, |own| Cell::Amount(own.minor, own.currency)),
        row.own.map_or(Cell::Nothing, |own| Cell::Text(own.currency.code().to_owned())),
        row.amount.map_or(Cell::Nothing, |amount| Cell::Amount(amount, currency)),
        Cell::Text(row.summary.clone()),
        Cell::Text(row.why.clone()),
        Cell::Text(row.needs.clone()),
        Cell::Date(row.asked_on),
        Cell::Date(row.expires_on),
        Cell::Text(row.decided_by.clone()),
        Cell::Text(row.hash.clone()),
    ]
}

fn request(reader: &Reader, session: &Session, number: &str) -> Result<Row, Stop> {
    requests::by_number(reader, session.today, number.trim())?.ok_or_else(|| {
        let sentence = format!("There is no request {number}. Nothing was changed; look with `o2c approvals`.");
        Stop::refused("ACT-04", sentence)
    })
}

/// `o2c approve`.
pub(super) fn approve(session: &Session, given: &Decide) -> Result<(), Stop> {
    let row = request(&session.reader()?, session, &given.number)?;
    let hash = given.hash.clone().unwrap_or(row.hash);
    perform(session, &given.change, Act::Approve { request: row.id, hash, text: given.text.clone() })
}

/// `o2c reject`.
pub(super) fn reject(session: &Session, given: &Decide) -> Result<(), Stop> {
    let row = request(&session.reader()?, session, &given.number)?;
    perform(session, &given.change, Act::Reject { request: row.id, text: given.text.clone() })
}

/// `o2c recall`.
pub(super) fn recall(session: &Session, given: &Decide) -> Result<(), Stop> {
    let row = request(&session.reader()?, session, &given.number)?;
    perform(session, &given.change, Act::Recall { request: row.id })
}

/// `o2c month`.
pub(super) fn month(session: &Session, month: &Month) -> Result<(), Stop> {
    match month {
        Month::Close { month, change } => perform(session, change, Act::ClosePeriod { period: month.clone() }),
        Month::Reopen { month, reason, change } => {
            perform(session, change, Act::ReopenPeriod { period: month.clone(), reason: reason.clone() })
        }
        Month::List { form } => {
            let rows = read::periods(&session.reader()?)?.into_iter().map(|step| {
                vec![
                    Cell::Text(step.period.to_string()),
                    Cell::Text(step.what),
                    Cell::Date(step.on),
                    Cell::Text(step.by),
                    Cell::Text(periods::said(&step.snapshot)),
                    Cell::Text(step.digest),
                ]
            });
            let rows: Vec<_> = rows.collect();
            let total = rows.len() as u64;
            let columns = &["month", "what", "on", "by", "postings", "digest"];
            Listing { columns, rows, total, foot: Vec::new() }.print(form.form())
        }
    }
}

/// `o2c setting`.
pub(super) fn setting(session: &Session, given: &SettingArgs) -> Result<(), Stop> {
    if let (Some(key), Some(value)) = (&given.key, &given.value) {
        let change = Change { making: given.making.clone(), json: given.form.form() == Form::Json };
        return perform(session, &change, Act::SetSetting { key: key.clone(), value: value.clone() });
    }
    let reader = session.reader()?;
    let wanted = SETTINGS.iter().filter(|setting| given.key.as_deref().is_none_or(|key| key == setting.key));
    let rows = wanted.map(|setting| -> Result<Vec<Cell>, Stop> {
        let value = read::setting(&reader, setting.key)?;
        let texts = [setting.key.to_owned(), value.unwrap_or_default(), setting.words.to_owned()];
        let mut row = texts.map(Cell::Text).to_vec();
        row.push(Cell::Flag(setting.sensitive));
        Ok(row)
    });
    let rows = rows.collect::<Result<Vec<_>, Stop>>()?;
    let total = rows.len() as u64;
    Listing { columns: &["setting", "value", "what", "two people"], rows, total, foot: Vec::new() }
        .print(given.form.form())
}
