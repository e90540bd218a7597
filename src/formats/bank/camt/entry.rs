//! One `Ntry` to one entry: amount and direction, dates, codes, the batch and the payments listed in it.

use super::super::amount::Amount;
use super::super::facts::{Exchange, Facts, RefKind, TransactionCode};
use super::super::statement::{Batch, Detail, Entry, Place, Statement, Status};
use super::super::xml::Element;
use super::super::{Refusal, shown};
use super::detail::{Side, charges, exchange, facts};
use super::{Scope, is_true};

/// Reads an entry.
pub(super) fn read(
    element: Element<'_, '_>,
    place: Place,
    scope: &mut Scope<'_, '_>,
    out: &mut Statement,
) -> Result<Entry, Refusal> {
    let Some(given) = element.at("Amt") else { return Err(scope.refuse("AMT-01", "there is no amount")) };
    let given = scope.amount(given)?;
    let debit = match (scope.debit(element)?, given.minor < 0) {
        (Some(debit), false) => debit,
        (Some(_), true) => return Err(scope.refuse("AMT-01", "the amount has both a sign and CdtDbtInd")),
        (None, _) => return Err(scope.refuse("IMP-12", "CdtDbtInd is missing, so that the direction is unknown")),
    };
    let mut entry = Entry::new(scope.entry, place, if debit { given.turned() } else { given });
    entry.reversal = element.get("RvslInd").is_some_and(is_true);
    entry.status = status(element, scope, out)?;
    entry.booked = element.at("BookgDt").map(|dt| scope.day(dt)).transpose()?.flatten();
    entry.value = element.at("ValDt").map(|dt| scope.day(dt)).transpose()?.flatten();
    entry.code = element.at("BkTxCd").map(code).unwrap_or_default();
    payments(element, &mut entry, scope, out)?;
    add_own(element, &mut entry, scope)?;
    Ok(entry)
}

fn status(element: Element<'_, '_>, scope: &Scope<'_, '_>, out: &mut Statement) -> Result<Status, Refusal> {
    let Some(given) = element.at("Sts") else { return Ok(Status::Booked) };
    let word = given.get("Cd").or_else(|| given.get("Prtry")).unwrap_or_else(|| given.text());
    Ok(match word {
        "BOOK" | "" => Status::Booked,
        "PDNG" => Status::Pending,
        "INFO" => Status::Info,
        "FUTR" => Status::Future,
        other => {
            out.notice(scope.line, format!("Entry {}: status {} was read as pending.", scope.entry, shown(other)));
            Status::Pending
        }
    })
}

/// What the bank says a movement is.
fn code(element: Element<'_, '_>) -> TransactionCode {
    let own = element.own("Prtry/Cd");
    // SWIFT and BAI codes travel as proprietary ones, with their issuer or by their look.
    let swift = own.as_deref().and_then(swift_type);
    TransactionCode {
        domain: element.own("Domn/Cd"),
        family: element.own("Domn/Fmly/Cd"),
        sub_family: element.own("Domn/Fmly/SubFmlyCd"),
        issuer: element.own("Prtry/Issr"),
        bai: own.clone().filter(|_| element.get("Prtry/Issr").is_some_and(|issuer| issuer.contains("BAI"))),
        swift,
        proprietary: own,
    }
}

/// The SWIFT type in a code such as `NTRF+166+00931` or `NTRF`.
fn swift_type(code: &str) -> Option<String> {
    let head = code.split(['+', '/']).next()?;
    let bytes = head.as_bytes();
    let swift = bytes.len() == 4
        && matches!(bytes[0], b'N' | b'F' | b'S')
        && bytes[1..].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    swift.then(|| head.to_owned())
}

/// Reads the payments listed for an entry: one becomes the entry's own facts, several its details.
fn payments(
    element: Element<'_, '_>,
    entry: &mut Entry,
    scope: &mut Scope<'_, '_>,
    out: &mut Statement,
) -> Result<(), Refusal> {
    let side = Side::of(entry.amount.minor < 0, entry.reversal, out.account.number());
    let groups = || element.children().filter(|child| child.name() == "NtryDtls");
    let listed = || groups().flat_map(|group| group.children().filter(|child| child.name() == "TxDtls"));
    if let Some(batch) = groups().find_map(|group| group.at("Btch")) {
        entry.batch = Some(self::batch(batch, scope)?);
    }
    entry.listed = listed().count() as u64;
    let mut adjusted = 0i128;
    for payment in listed() {
        let detail = detail(payment, entry.amount, side, scope)?;
        if entry.listed == 1 {
            take_single(entry, detail);
            break;
        }
        adjusted += detail.amount.filter(|amount| amount.unit == entry.amount.unit).map_or(0, |a| i128::from(a.minor));
        entry.details.push(detail);
    }
    let whole = entry.details.iter().all(|detail| detail.amount.is_some_and(|a| a.unit == entry.amount.unit));
    if !entry.details.is_empty() && whole && adjusted != i128::from(entry.amount.minor) {
        let what = format!("Entry {}: the payments in it do not add up to its amount.", scope.entry);
        out.notice(scope.line, what);
    }
    Ok(())
}

fn batch(element: Element<'_, '_>, scope: &mut Scope<'_, '_>) -> Result<Batch, Refusal> {
    let total = element.at("TtlAmt").map(|total| scope.amount(total)).transpose()?;
    let debit = scope.debit(element)?.unwrap_or(false);
    Ok(Batch {
        count: element.get("NbOfTxs").and_then(|count| count.parse().ok()),
        total: total.map(|total| if debit { total.turned() } else { total }),
        message: element.own("MsgId"),
        payment: element.own("PmtInfId"),
    })
}

fn detail(
    payment: Element<'_, '_>,
    whole: Amount,
    side: Side<'_>,
    scope: &mut Scope<'_, '_>,
) -> Result<Detail, Refusal> {
    let given = payment.at("Amt").or_else(|| payment.at("AmtDtls/TxAmt/Amt"));
    let given = given.map(|amount| scope.amount(amount)).transpose()?;
    let debit = scope.debit(payment)?.unwrap_or(whole.minor < 0);
    let side = if debit == (whole.minor < 0) { side } else { side.other() };
    Ok(Detail {
        amount: given.map(|given| if debit { given.turned() } else { given }),
        code: payment.at("BkTxCd").map(code).unwrap_or_default(),
        facts: facts(payment, debit, side, scope)?,
    })
}

/// The only payment of an entry speaks for the entry.
fn take_single(entry: &mut Entry, detail: Detail) {
    entry.facts = detail.facts;
    let other = detail.amount.filter(|amount| amount.unit != entry.amount.unit && amount.minor != 0);
    if let Some(amount) = other {
        entry.facts.exchange.get_or_insert_default().original.get_or_insert(amount);
    }
    if let Some(exchange) = &mut entry.facts.exchange
        && exchange.original == Some(entry.amount)
    {
        exchange.original = None;
    }
    entry.facts.exchange = entry.facts.exchange.take().filter(|exchange| *exchange != Exchange::default());
    let own = std::mem::replace(&mut entry.code, detail.code);
    let code = &mut entry.code;
    // The entry's own code goes before: the payment's may say how it was ordered, not what was booked.
    let fill = |to: &mut Option<String>, from: Option<String>| *to = from.or(to.take());
    if own.domain.is_some() {
        (code.domain, code.family, code.sub_family) = (own.domain, own.family, own.sub_family);
    }
    fill(&mut code.proprietary, own.proprietary);
    fill(&mut code.issuer, own.issuer);
    fill(&mut code.swift, own.swift);
    fill(&mut code.bai, own.bai);
}

/// What the entry itself says beside its payments.
fn add_own(element: Element<'_, '_>, entry: &mut Entry, scope: &mut Scope<'_, '_>) -> Result<(), Refusal> {
    let debit = entry.amount.minor < 0;
    let mut own = Facts::default();
    for (path, kind) in [("AcctSvcrRef", RefKind::Servicer), ("NtryRef", RefKind::Entry)] {
        if let Some(reference) = element.get(path) {
            own.add_reference(kind, reference);
        }
    }
    for (kind, reference) in std::mem::take(&mut entry.facts.references) {
        own.add_reference(kind, &reference);
    }
    entry.facts.references = own.references;
    let more = charges(element, scope)?;
    for charge in more {
        if !entry.facts.charges.contains(&charge) {
            entry.facts.charges.push(charge);
        }
    }
    if entry.facts.exchange.is_none() {
        entry.facts.exchange = exchange(element, debit, Some(entry.amount), scope)?;
    }
    if let Some(text) = element.own("AddtlNtryInf") {
        let known = entry.facts.text.take().filter(|known| *known != text);
        entry.facts.text = Some(known.map_or(text.clone(), |known| format!("{text} {known}")));
    }
    Ok(())
}
