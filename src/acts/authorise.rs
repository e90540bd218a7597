//! What authority says of an act before it is performed: the rights it takes, and whether its amount or what it changes
//! asks for a second person. Everything is read inside the act's own transaction, so a role or limit counts from the
//! next act on.

pub(super) mod alone;
mod by_two;

use chrono::{Duration, NaiveDate};

use self::by_two::by_two;
use super::arrange::Arrange;
use super::case::{Case, Decision as Decided};
use super::cash_cap::Cap;
use super::dunning;
use super::import::{Import, Rows};
use super::mail;
use super::money::{in_base, shown};
use super::payments::{Application, Settled};
use super::perform::Context;
use super::undo::{at_present_version, bottom};
use super::{Act, Failure, cash_policy, clock, collect, people};
use crate::domain::authority::{self, Decision, Right};
use crate::domain::case::Outcome;
use crate::domain::document::DocumentKind;
use crate::domain::limits::{self, Limit, LimitKind, Size};
use crate::domain::money::Currency;
use crate::store::Tx;
use crate::store::people::{CustomerData, Person};

/// What authority says of an act somebody has the rights for.
pub(super) enum Verdict {
    /// It is performed.
    Go,
    /// It asks for a second person, but nobody else in the book could be one: performed, and noted why.
    Alone(String),
    /// It waits for a second person.
    Ask(Second),
}

/// Why an act asks for a second person, and who that could be.
pub(super) struct Second {
    /// The right the second person needs.
    pub needs: Right,
    /// The limit it exceeds, where it is one.
    pub kind: Option<LimitKind>,
    /// Minor units of the book's currency that count against the second person's limit.
    pub amount: Option<i64>,
    /// Why, as a sentence part.
    pub why: String,
}

impl Second {
    /// How much of it the second person's limit must cover.
    pub fn size(&self) -> Size {
        Size::of(self.kind.is_some(), self.amount)
    }
}

/// Judges an act of a person: refused for want of a right, performed, or to be asked for.
pub(super) fn judge(tx: &Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Verdict, Failure> {
    let roles = context.person.held();
    for right in rights(tx, context.person, act)? {
        let gives = matches!(act, Act::SetOwner { .. } | Act::Arrange(Arrange::HandOver { .. }));
        let words = if gives && right == Right::Undo { "decide who else owns a customer" } else { right.words() };
        if let Decision::Refused(reason) = authority::decide_as(&roles, right, words) {
            return Err(Failure::refused("AUT-02", format!("{reason}. Nothing was changed.")));
        }
    }
    let Some(second) = second(tx, context, act)? else { return Ok(Verdict::Go) };
    if alone::waited_for(tx)?.is_some() {
        return Ok(Verdict::Ask(alone::asked(tx, context, second)?));
    }
    let others = others(tx, context)?;
    if others.is_empty() {
        return Ok(Verdict::Alone(alone::note(&second)));
    }
    let could = |other: &Person| other.held().iter().any(|role| role.has(second.needs));
    if matches!(second.needs, Right::ManageUsers | Right::Settings | Right::ClosePeriods) && !others.iter().any(could) {
        return Ok(Verdict::Alone(format!("{}; nobody else may {}", second.why, second.needs.words())));
    }
    Ok(Verdict::Ask(second))
}

/// Everybody else who may work in the book.
pub(super) fn others(tx: &Tx<'_>, context: &Context<'_>) -> Result<Vec<Person>, Failure> {
    Ok(tx.people()?.into_iter().filter(|other| other.id != context.person.id && other.active).collect())
}

/// The rights an act takes: for a change of a customer those of the fields that change, for taking back those of what is
/// taken back, and one more for what another did.
fn rights(tx: &Tx<'_>, person: &Person, act: &Act) -> Result<Vec<Right>, Failure> {
    Ok(match act {
        Act::PostDocument { kind: DocumentKind::CreditNote, .. } | Act::Credit { .. } => vec![Right::CreditNotes],
        Act::SetCustomer { customer, version, data } => {
            let seen = customer.map(|id| seen(tx, id, *version)).transpose()?;
            customer_rights(seen.as_ref(), data)
        }
        Act::Import(import) => match import.kind.as_str() {
            "customers" => vec![Right::Import, Right::MasterData],
            "receipts" | "statement" => vec![Right::Import, Right::ApplyCash],
            // A row of a settled invoice brings the receipt as well.
            _ if brings_receipts(import) => vec![Right::Import, Right::PostDocuments, Right::ApplyCash],
            _ => vec![Right::Import, Right::PostDocuments],
        },
        Act::Mail(act) => vec![mail::right(tx, act)?],
        Act::SetOwner { customers, owner } if !takes_own(tx, person, customers, owner)? => {
            vec![Right::Collect, Right::Undo]
        }
        Act::Arrange(Arrange::HandOver { from, to, .. }) if !hands_own(person, from, to) => {
            vec![Right::Collect, Right::Undo]
        }
        Act::Undo { act } => undo_rights(tx, person, *act)?,
        // Who may approve is decided with the request at hand.
        Act::Approve { .. } | Act::Reject { .. } | Act::Recall { .. } => vec![Right::Read],
        other => vec![other.right()],
    })
}

/// Whether somebody takes customers that nobody owns, or keeps those they own: what takes no work from others and gives
/// them none. A customer that is not there is refused later.
fn takes_own(tx: &Tx<'_>, person: &Person, customers: &[i64], owner: &str) -> Result<bool, Failure> {
    if owner.trim() != person.login {
        return Ok(false);
    }
    for id in customers {
        match tx.customer(*id) {
            Ok(customer) if customer.data.owner.is_empty() || customer.data.owner == person.login => {}
            Ok(_) => return Ok(false),
            // Whatever else fails may have ended the transaction, and must not be passed over.
            Err(error) if error.code == "ACT-04" => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// Whether somebody hands over what is theirs, or takes what nobody owns.
fn hands_own(person: &Person, from: &str, to: &str) -> bool {
    let (from, to) = (from.trim(), to.trim());
    from == person.login || (from.is_empty() && to == person.login)
}

/// Whether rows of a file say that money came: they post receipts. Rows that were lost are refused later.
fn brings_receipts(import: &Import) -> bool {
    let Ok(work) = import.beside.0.lock() else { return false };
    matches!(&work.rows, Rows::Invoices(rows) if rows.iter().any(|row| row.settled_date.is_some()))
}

/// The master data a person changed: that of the version they saw, so that what another changed meanwhile is not asked
/// of them. An old version is refused later, and says who did.
fn seen(tx: &Tx<'_>, customer: i64, version: i64) -> Result<CustomerData, Failure> {
    let present = tx.customer(customer)?;
    if present.version == version {
        return Ok(present.data);
    }
    Ok(tx.customer_version(customer, version)?.unwrap_or(present.data))
}

fn customer_rights(before: Option<&CustomerData>, data: &CustomerData) -> Vec<Right> {
    let known = before.is_some();
    let before = before.cloned().unwrap_or_default();
    let mut rights = Vec::new();
    // Leaving the group or the currency that a limit counts in lifts it like another limit.
    let regrouped = known && before.group != data.group;
    let moved = known && people::moves_limit(&before, data);
    if before.credit_limit != data.credit_limit || regrouped || moved {
        rights.push(Right::CreditLimit);
    }
    if before.blocked != data.blocked {
        rights.push(Right::CreditBlock);
    }
    if before.bank_account != data.bank_account {
        rights.push(Right::BankDetails);
    }
    let same = CustomerData {
        credit_limit: data.credit_limit,
        blocked: data.blocked,
        bank_account: data.bank_account.clone(),
        group: if regrouped { data.group.clone() } else { before.group.clone() },
        currency: if moved { data.currency.clone() } else { before.currency.clone() },
        ..before
    };
    if same != *data || rights.is_empty() {
        rights.push(Right::MasterData);
    }
    rights
}

/// Whether somebody has every right an act takes, whatever its amount.
pub(super) fn may(tx: &Tx<'_>, person: &Person, act: &Act) -> Result<bool, Failure> {
    let held = person.held();
    Ok(rights(tx, person, act)?.into_iter().all(|right| held.iter().any(|role| role.has(right))))
}

fn undo_rights(tx: &Tx<'_>, person: &Person, act: i64) -> Result<Vec<Right>, Failure> {
    let Some(logged) = tx.logged(act)? else { return Ok(vec![Right::Read]) };
    let asked = tx.request_of_act(act)?;
    let own = logged.person == person.id || asked.as_ref().is_some_and(|request| request.person == person.id);
    let (original, is_done) = bottom(tx, &logged)?;
    let mut rights = match original {
        Act::Ask { .. } => vec![Right::Read],
        Act::SetCustomer { customer: Some(id), .. } if is_done => match before(tx, id)? {
            Some(data) => customer_rights(Some(&tx.customer(id)?.data), &data),
            None => vec![Right::MasterData],
        },
        // Doing again changes the book as it is now.
        original => match at_present_version(tx, original.clone()).and_then(|act| rights(tx, person, &act)) {
            Ok(rights) => rights,
            Err(_) => vec![original.right()],
        },
    };
    if !own {
        rights.push(Right::Undo);
    }
    Ok(rights)
}

/// The master data a customer had before its last change, which taking that change back brings again.
fn before(tx: &Tx<'_>, customer: i64) -> Result<Option<CustomerData>, Failure> {
    let present = tx.customer(customer)?;
    Ok(tx.customer_version(customer, present.version - 1)?)
}

/// Whether an act asks for a second person.
fn second(tx: &Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Option<Second>, Failure> {
    Ok(match act {
        Act::Credit { item, amount, date, .. } => {
            let item = tx.item(*item)?;
            let sum = Sum { amount: *amount, currency: item.currency, date: item.date.max(*date) };
            beyond(tx, context, LimitKind::CreditNote, item.customer, sum)?
        }
        Act::PostDocument { kind: DocumentKind::CreditNote, customer, amount, currency, date, .. } => {
            let sum = Sum { amount: *amount, currency: *currency, date: *date };
            beyond(tx, context, LimitKind::CreditNote, *customer, sum)?
        }
        Act::WriteOff { item, amount, date, .. } => {
            let item = tx.item(*item)?;
            let sum = Sum { amount: *amount, currency: item.currency, date: item.date.max(*date) };
            beyond(tx, context, LimitKind::WriteOff, item.customer, sum)?
        }
        Act::ResolveDispute { dispute, accepted, .. } if *accepted > 0 => {
            let case = tx.dispute(*dispute)?;
            let item = tx.item(case.item)?;
            let sum = Sum { amount: *accepted, currency: case.currency, date: item.date.max(context.today) };
            beyond(tx, context, LimitKind::Dispute, case.customer, sum)?
        }
        Act::Case(act) => decided(tx, context, act)?,
        Act::Promise { items, on, .. } => far(tx, context, items, *on)?,
        Act::Arrange(Arrange::PromiseBy { items, on, .. }) => far(tx, context, items, *on)?,
        Act::SetBlocked { customer, blocked: false, .. } => release(tx, context, *customer)?,
        Act::SetCustomer { customer, data, .. } => change(tx, context, *customer, data)?,
        Act::Unapply { allocation, .. } => {
            let known = tx.allocation(*allocation)?;
            let closed = tx.closed(known.effective)?;
            closed.map(|closed| people_only(Right::Approve, format!("the application is of a closed month ({closed})")))
        }
        Act::SettlePayment { payment, what: Settled::Charge | Settled::Transfer | Settled::Elsewhere, .. } => {
            called_else(tx, context, *payment)?
        }
        Act::ApplyPayment(application) => granted(tx, context, application)?,
        // What is accepted is judged like the act that it becomes.
        Act::Mail(act) => match mail::inner(tx, context, act)? {
            Some(inner) => second(tx, context, &inner)?,
            None => None,
        },
        Act::Dunning(act) => dunning::second(tx, act)?.map(|(needs, why)| people_only(needs, why)),
        Act::Undo { act } => again(tx, context, *act)?,
        Act::ChangeRole { login, role, held: false, .. } => alone::finally(tx, login, role)?,
        other => by_two(other).map(|(needs, why)| people_only(needs, why)),
    })
}

/// Money that came in and is called no customer's counts as a write-off: what it may have paid stays open.
fn called_else(tx: &Tx<'_>, context: &Context<'_>, payment: i64) -> Result<Option<Second>, Failure> {
    let payment = tx.payment(payment)?;
    if payment.left <= 0 {
        return Ok(None);
    }
    let sum = Sum { amount: payment.left, currency: payment.currency, date: payment.value };
    let second = with_earlier(tx, context, LimitKind::WriteOff, &[], sum)?.err();
    Ok(second.map(|second| {
        let why = format!("money that came in and is no customer's counts as a write-off, and {}", second.why);
        Second { why, ..second }
    }))
}

/// What a decision gives up counts as an accepted dispute, however it is booked; over several items, all of it together.
fn decided(tx: &Tx<'_>, context: &Context<'_>, act: &Case) -> Result<Option<Second>, Failure> {
    let Some(Decided { parts, outcome, on, .. }) = act.decision() else { return Ok(None) };
    if outcome == Outcome::Repay {
        return on.map_or(Ok(None), |on| far(tx, context, &[], on));
    }
    let (mut sum, mut of) = (Sum { amount: 0, currency: context.base, date: context.today }, None);
    for part in parts.iter().filter(|part| outcome.effect().is_given() && part.amount > 0) {
        let case = tx.dispute(part.dispute)?;
        let date = sum.date.max(tx.item(case.item)?.date);
        sum = Sum { amount: sum.amount.saturating_add(part.amount), currency: case.currency, date };
        of = Some(case.customer);
    }
    of.map_or(Ok(None), |customer| beyond(tx, context, LimitKind::Dispute, customer, sum))
}

/// Differences and discounts granted by hand beyond what the company accepts anyway count as write-offs.
fn granted(tx: &Tx<'_>, context: &Context<'_>, application: &Application) -> Result<Option<Second>, Failure> {
    let mut paid_on = tx.payment(application.payment)?.value;
    for (other, _) in &application.with {
        paid_on = paid_on.max(tx.payment(*other)?.value);
    }
    let (mut beyond_policy, mut within) = (0, 0);
    let mut currency = context.base;
    for line in application.lines.iter().filter(|line| line.difference > 0 || line.discount > 0) {
        let item = tx.item(line.item)?;
        currency = item.currency;
        let (out, accepted) = cash_policy::beyond(tx, context, (&item, line), paid_on)?;
        (beyond_policy, within) = (beyond_policy + out, within + accepted);
    }
    // Small differences above the caps are judged like any other that is granted by hand.
    let above = match within {
        0 => None,
        _ => Cap::read(tx, context)?
            .take(tx, context, (application.customer, tx.open_day(paid_on)), &application.lines)?
            .err(),
    };
    if above.is_some() {
        beyond_policy += within;
    }
    if beyond_policy == 0 {
        return Ok(None);
    }
    let sum = Sum { amount: beyond_policy, currency, date: paid_on };
    let second = beyond(tx, context, LimitKind::WriteOff, application.customer, sum)?;
    Ok(second.map(|second| match above {
        Some(above) => Second { why: format!("{}; {above}", second.why), ..second },
        None => second,
    }))
}

fn far(tx: &Tx<'_>, context: &Context<'_>, items: &[(i64, i64)], on: NaiveDate) -> Result<Option<Second>, Failure> {
    Ok(collect::beyond_limits(tx, context, items, on)?.map(|why| people_only(Right::Approve, why)))
}

fn people_only(needs: Right, why: String) -> Second {
    Second { needs, kind: None, amount: None, why }
}

/// What an undo does anew is judged like the act that does it: a redo, the return of a role, older master data.
fn again(tx: &Tx<'_>, context: &Context<'_>, act: i64) -> Result<Option<Second>, Failure> {
    let Some(logged) = tx.logged(act)? else { return Ok(None) };
    // What was taken back already is refused as that, whatever it would need now.
    if logged.undone_by.is_some() {
        return Ok(None);
    }
    let (original, is_done) = bottom(tx, &logged)?;
    match original {
        original if !is_done => second(tx, context, &original),
        Act::ChangeRole { login, role, held, accept } => {
            second(tx, context, &Act::ChangeRole { login, role, held: !held, accept })
        }
        Act::SetCustomer { customer: Some(id), .. } => match before(tx, id)? {
            Some(data) => change(tx, context, Some(id), &data),
            None => Ok(None),
        },
        Act::SetBlocked { customer, blocked: true, .. } => release(tx, context, customer),
        rule @ Act::SetBankRule(_) => second(tx, context, &rule),
        _ => Ok(None),
    }
}

/// Releasing a customer counts by what it is over its credit limit, whichever act releases it.
fn release(tx: &Tx<'_>, context: &Context<'_>, customer: i64) -> Result<Option<Second>, Failure> {
    let over = tx.over_limit(customer)?;
    let currency = Currency::parse(&tx.customer(customer)?.data.currency).unwrap_or(context.base);
    let sum = Sum { amount: over, currency, date: context.today };
    if over > 0 { beyond(tx, context, LimitKind::Release, customer, sum) } else { Ok(None) }
}

/// A change of master data: what two people change, else whether it releases the customer.
fn change(
    tx: &Tx<'_>,
    context: &Context<'_>,
    customer: Option<i64>,
    data: &CustomerData,
) -> Result<Option<Second>, Failure> {
    let second = sensitive(tx, context, customer, data)?;
    match customer {
        Some(id) if second.is_none() && !data.blocked && tx.customer(id)?.data.blocked => release(tx, context, id),
        _ => Ok(second),
    }
}

/// An amount to be judged, and the date whose rate it is posted at.
#[derive(Clone, Copy)]
pub(super) struct Sum {
    pub(super) amount: i64,
    pub(super) currency: Currency,
    pub(super) date: NaiveDate,
}

/// Above the person's limit, alone or with what the person did for the customer in the last days.
fn beyond(
    tx: &Tx<'_>,
    context: &Context<'_>,
    kind: LimitKind,
    customer: i64,
    sum: Sum,
) -> Result<Option<Second>, Failure> {
    // A business day given by hand does not move what was done out of the window.
    let last = tx.recorded_on().map_or(context.today, |day| day.min(context.today));
    let from = last - Duration::days(limits::WINDOW_DAYS - 1);
    let earlier = tx.reduced_since(context.person.id, customer, kind, from)?;
    let Err(mut second) = with_earlier(tx, context, kind, &earlier, sum)? else { return Ok(None) };
    // Who approves counts what was approved before as well: many requests are no way round their limit.
    let approved: i64 = tx.approved_since(context.person.id, customer, kind, from)?.iter().sum();
    if let Some(amount) = second.amount.filter(|_| approved > 0) {
        let all = amount.saturating_add(approved);
        second.amount = Some(all);
        let (all, days) = (shown(all, context.base), limits::WINDOW_DAYS);
        second.why.push_str(&format!("; {all} with what was approved in the last {days} days"));
    }
    Ok(Some(second))
}

/// What counts with what was done earlier, in the book's currency, or what asks for a second person.
pub(super) fn with_earlier(
    tx: &Tx<'_>,
    context: &Context<'_>,
    kind: LimitKind,
    earlier: &[i64],
    Sum { amount, currency, date }: Sum,
) -> Result<Result<i64, Second>, Failure> {
    let needs = Right::Approve;
    let Some(based) = in_base(tx, context.base, amount, currency, context.today)? else {
        let why = format!("there is no rate of {currency} to judge {} by", shown(amount, currency));
        return Ok(Err(Second { needs, kind: Some(kind), amount: None, why }));
    };
    // Neither a date nor a business day with a better rate is a way under the limit: what will stand in the books and what
    // it is worth by the clock count as well.
    let mut based = based.max(in_base(tx, context.base, amount, currency, date)?.unwrap_or(based));
    if let Some(now) = clock::day(tx) {
        based = based.max(in_base(tx, context.base, amount, currency, now)?.unwrap_or(based));
    }
    let earlier: Vec<_> = earlier.iter().map(|amount| (context.today, *amount)).collect();
    let counted = limits::counted(based, &earlier, context.today);
    let own = tx.own_limit(context.person.id, kind)?;
    let limit = limits::limit(&context.person.held(), own, kind, context.base);
    let Limit::UpTo(limit) = limit else { return Ok(Ok(counted)) };
    if counted <= limit {
        return Ok(Ok(counted));
    }
    let together = if counted > based {
        format!(" ({} with those of the last {} days)", shown(counted, context.base), limits::WINDOW_DAYS)
    } else {
        String::new()
    };
    let why = format!("{} above {} need a second person{together}", kind.words(), shown(limit, context.base));
    Ok(Err(Second { needs, kind: Some(kind), amount: Some(counted), why }))
}

/// Changes of master data through which money can be led astray: names, terms, addresses, limits, bank accounts.
fn sensitive(
    tx: &Tx<'_>,
    context: &Context<'_>,
    customer: Option<i64>,
    data: &CustomerData,
) -> Result<Option<Second>, Failure> {
    let before = match customer {
        Some(id) => Some(tx.customer(id)?.data),
        None => None,
    };
    let fields = people::sensitive_fields(before.as_ref(), data);
    if fields.is_empty() {
        return Ok(None);
    }
    let currency = Currency::parse(&data.currency).unwrap_or(context.base);
    let limit = data.credit_limit.filter(|_| fields.contains(&"credit limit") || fields.contains(&"currency"));
    let amount = match limit {
        Some(limit) => {
            let worth = in_base(tx, context.base, limit, currency, context.today)?;
            let now = clock::day(tx).unwrap_or(context.today);
            worth.max(in_base(tx, context.base, limit, currency, now)?)
        }
        None => None,
    };
    let why = format!("{} of a customer is changed by two people", fields.join(" and "));
    let kind = limit.filter(|_| amount.is_none()).map(|_| LimitKind::Approval);
    let why = if kind.is_some() { format!("{why}, and there is no rate of {currency} to judge it by") } else { why };
    Ok(Some(Second { needs: Right::Approve, kind, amount, why }))
}
