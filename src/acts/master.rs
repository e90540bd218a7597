//! Acts on the book itself and on master data: opening it, rates, targets, customers, owners, blocks.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::perform::{Context, Written};
use super::{Act, Failure};
use crate::domain::authority::Role;
use crate::domain::reference;
use crate::domain::terms::Terms;
use crate::domain::text::{self, fold};
use crate::store::Tx;
use crate::store::people::CustomerData;

/// A text of one line as it may be kept and shown, and a refusal when nothing is left of it.
pub(super) fn line(raw: &str, what: &str) -> Result<String, Failure> {
    let cleaned = text::clean(raw).text.into_string();
    if cleaned.trim().is_empty() {
        return Err(Failure::refused("TXT-05", format!("{what} is empty. Nothing was changed; type it in.")));
    }
    Ok(cleaned.trim().to_owned())
}

/// A text that may be empty.
pub(super) fn maybe_line(raw: &str) -> String {
    text::clean(raw).text.into_string().trim().to_owned()
}

pub(super) fn open_book(tx: &mut Tx<'_>, act: &Act) -> Result<(i64, Written), Failure> {
    let Act::OpenBook { company, currency, login, name } = act else {
        return Err(Failure::refused("ACT-06", "The first act of a book opens it. Nothing was changed."));
    };
    if tx.setting("currency")?.is_some() {
        return Err(Failure::refused("ACT-06", "The book is open already. Nothing was changed."));
    }
    let company = line(company, "The company's name")?;
    tx.set_setting("company", &company)?;
    tx.set_setting("currency", currency.code())?;
    let person = tx.add_person(&line(login, "The login")?, &line(name, "The name")?)?;
    for role in Role::FOUNDER {
        tx.change_role(person, role.name(), true)?;
    }
    let mut written = Written::of(None, format!("Opened the book of {company} in {currency}"));
    written.undoable = false;
    Ok((person, written))
}

pub(super) fn handle(tx: &mut Tx<'_>, context: &Context<'_>, act: &Act) -> Result<Written, Failure> {
    match act {
        Act::SetRate { currency, from, rate } => set_rate(tx, context, *currency, *from, rate),
        Act::SetTarget { kpi, value } => set_target(tx, kpi, value),
        Act::SetCustomer { customer, version, data } => set_customer(tx, *customer, *version, data),
        Act::SetOwner { customers, owner } => set_owner(tx, customers, owner),
        Act::SetBlocked { customer, blocked, reason } => set_blocked(tx, *customer, *blocked, reason),
        _ => Err(Failure::refused("ACT-06", "This is not a change of master data. Nothing was changed.")),
    }
}

fn set_rate(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    currency: crate::domain::money::Currency,
    from: NaiveDate,
    rate: &str,
) -> Result<Written, Failure> {
    let value: Decimal = rate
        .trim()
        .parse()
        .map_err(|_| Failure::refused("AMT-01", format!("\"{rate}\" is not a rate; use digits, for example 0.92.")))?;
    if value <= Decimal::ZERO || currency == context.base {
        let sentence = format!("A rate is more than 0 and for a currency other than {}.", context.base);
        return Err(Failure::refused("AMT-05", sentence));
    }
    tx.add_rate(currency, from, &value.normalize().to_string())?;
    // A rate counts where something is posted; what was posted before keeps the amount it was posted with.
    let left = match tx.open_without_rate(currency)? {
        0 => String::new(),
        1 => {
            format!("; 1 open item in {currency} posted before stays without a rate, outside sums in {}", context.base)
        }
        many => {
            format!(
                "; {many} open items in {currency} posted before stay without a rate, outside sums in {}",
                context.base
            )
        }
    };
    let summary =
        format!("Rate of {currency} to {}: {value} from {from}, for what is posted from now on", context.base);
    Ok(Written { undoable: false, ..Written::of(None, summary + &left) })
}

fn set_target(tx: &mut Tx<'_>, kpi: &str, value: &str) -> Result<Written, Failure> {
    let number: Decimal = value
        .trim()
        .parse()
        .map_err(|_| Failure::refused("AMT-01", format!("\"{value}\" is not a number; use digits, for example 44.")))?;
    let kpi = line(kpi, "The KPI")?;
    tx.add_target(&kpi, &number.normalize().to_string())?;
    Ok(Written { undoable: false, ..Written::of(None, format!("Target of {kpi}: {number}")) })
}

/// Customer data as it may be kept: every text cleaned, the terms and currency understood.
pub(super) fn checked(data: &CustomerData) -> Result<CustomerData, Failure> {
    if !data.terms.trim().is_empty() {
        Terms::parse(&data.terms)
            .map_err(|error| Failure::refused("TRM-01", format!("{error}. Nothing was changed.")))?;
    }
    if !data.currency.is_empty() {
        crate::domain::money::Currency::parse(&data.currency)
            .map_err(|error| Failure::refused("AMT-01", format!("{error}. Nothing was changed.")))?;
    }
    Ok(CustomerData {
        number: line(&data.number, "The customer number")?,
        name: line(&data.name, "The customer's name")?,
        group: maybe_line(&data.group),
        country: maybe_line(&data.country),
        currency: data.currency.to_uppercase(),
        terms: maybe_line(&data.terms),
        credit_limit: data.credit_limit,
        email: email(&data.email)?,
        phone: maybe_line(&data.phone),
        contact: maybe_line(&data.contact),
        language: maybe_line(&data.language),
        owner: maybe_line(&data.owner),
        risk: data.risk.clamp(0, 100),
        blocked: data.blocked,
        bank_account: bank_account(&data.bank_account)?,
        address: address(&data.address),
    })
}

/// An e-mail address; a break or a blank inside it is refused rather than cleaned, because something else would follow it.
fn email(raw: &str) -> Result<String, Failure> {
    match crate::domain::email::fault(raw) {
        Some((code, why)) => Err(Failure::refused(code, format!("{why}. Nothing was changed; give one address."))),
        None => Ok(maybe_line(raw)),
    }
}

/// A bank account without blanks; what looks like an IBAN must have its check digits right.
fn bank_account(raw: &str) -> Result<String, Failure> {
    let mut account = maybe_line(raw);
    account.retain(|letter| !letter.is_whitespace());
    let like_iban = account.len() > 14 && account.bytes().take(2).all(|letter| letter.is_ascii_alphabetic());
    if like_iban && !reference::is_iban(&account) {
        let sentence = "The IBAN's check digits do not match; perhaps two digits are swapped. Nothing was changed.";
        return Err(Failure::refused("REF-01", sentence));
    }
    Ok(account.to_uppercase())
}

/// A postal address with one blank after each `;` and none around its lines.
pub(super) fn address(raw: &str) -> String {
    let lines: Vec<String> = raw.split([';', '\n']).map(maybe_line).filter(|line| !line.is_empty()).collect();
    lines.join("; ")
}

/// Writes a customer with the text its searches are compared with.
pub(super) fn put(tx: &mut Tx<'_>, id: Option<i64>, data: &CustomerData) -> Result<(i64, i64), Failure> {
    let folded = fold(&format!("{} {}", data.name, data.number));
    Ok(tx.put_customer(id, data, &folded)?)
}

fn set_customer(tx: &mut Tx<'_>, id: Option<i64>, version: i64, data: &CustomerData) -> Result<Written, Failure> {
    let data = checked(data)?;
    if let Some(same) = tx.customer_by_number(&data.number)?.filter(|other| Some(other.id) != id) {
        let sentence = format!("Number {} belongs to {}. Nothing was changed.", same.data.number, same.data.name);
        return Err(Failure::refused("MAS-01", sentence));
    }
    let mut email = String::new();
    if let Some(id) = id {
        let present = tx.customer(id)?;
        email.clone_from(&present.data.email);
        if present.version != version {
            let sentence = format!(
                "{} changed after you opened it. {}. Yours was not written; look at it again.",
                present.data.name,
                tx.who(tx.last_act_on_customer(id)?)?
            );
            return Err(Failure::refused("ACT-03", sentence));
        }
    }
    if data.email != email && crate::domain::email::is_several(&data.email) {
        let sentence = format!(
            "\"{}\" is more than one e-mail address. Nothing was changed; give the one letters go to.",
            data.email
        );
        return Err(Failure::refused("MAIL-02", sentence));
    }
    let (id, version) = put(tx, id, &data)?;
    let verb = if version == 1 { "Added" } else { "Changed" };
    let mut summary = format!("{verb} customer {} {}", data.number, data.name);
    // Only where one is added: what was taken in as different stays so.
    if version == 1
        && let Some((number, name)) = tx.lookalike(&data.name, id)?
    {
        summary.push_str(&format!(" [TXT-04] it looks like {number} {name}; is it another customer?"));
    }
    let mut written = Written::of(Some(id), summary);
    written.undoable = version > 1;
    Ok(written)
}

fn set_owner(tx: &mut Tx<'_>, customers: &[i64], owner: &str) -> Result<Written, Failure> {
    if customers.is_empty() {
        return Err(Failure::refused("ACT-09", "No customer was chosen. Nothing was changed."));
    }
    let owner = maybe_line(owner);
    let mut name = String::new();
    for id in customers {
        let mut customer = tx.customer(*id)?;
        customer.data.owner.clone_from(&owner);
        name.clone_from(&customer.data.name);
        put(tx, Some(*id), &customer.data)?;
    }
    Ok(Written::of(single(customers), format!("Owner {owner}: {}", named(customers, &name))))
}

fn set_blocked(tx: &mut Tx<'_>, id: i64, blocked: bool, reason: &str) -> Result<Written, Failure> {
    let mut customer = tx.customer(id)?;
    if customer.data.blocked == blocked {
        let state = if blocked { "blocked already" } else { "not blocked" };
        return Err(Failure::refused("MAS-02", format!("{} is {state}. Nothing was changed.", customer.data.name)));
    }
    customer.data.blocked = blocked;
    put(tx, Some(id), &customer.data)?;
    let verb = if blocked { "Blocked" } else { "Released" };
    let reason = maybe_line(reason);
    let tail = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    Ok(Written::of(Some(id), format!("{verb} {} for deliveries{tail}", customer.data.name)))
}

/// The customer of an act on exactly one.
pub(super) fn single(customers: &[i64]) -> Option<i64> {
    match customers {
        [one] => Some(*one),
        _ => None,
    }
}

/// `Nordwind` for one customer, `3 customers` for several.
pub(super) fn named(customers: &[i64], last: &str) -> String {
    if customers.len() == 1 { last.to_owned() } else { format!("{} customers", customers.len()) }
}
