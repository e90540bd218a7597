//! What a payment says: references, the other side, remittance, charges, exchange, why it came back.

use rust_decimal::Decimal;

use super::super::Refusal;
use super::super::amount::{Amount, Unit};
use super::super::facts::{
    Adjustment, Charge, Document, Exchange, Facts, Party, RefKind, Returned, Structured, is_placeholder,
};
use super::super::xml::Element;
use super::{Scope, account_number, bank_of, is_true};

/// Which of payer and payee is the other side.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// Whether the payer is.
    payer: bool,
    /// Our account: a party that has it is never the other side.
    own: &'a str,
}

impl<'a> Side<'a> {
    /// Money in comes from the payer, money out goes to the payee; a reversal turns it round.
    pub(super) fn of(debit: bool, reversal: bool, own: &'a str) -> Self {
        Side { payer: debit == reversal, own }
    }

    /// The same for a payment that goes against its entry.
    pub(super) fn other(self) -> Self {
        Side { payer: !self.payer, own: self.own }
    }
}

const REFERENCES: [(&str, RefKind); 13] = [
    ("AcctSvcrRef", RefKind::Servicer),
    ("EndToEndId", RefKind::EndToEnd),
    ("InstrId", RefKind::Instruction),
    ("TxId", RefKind::Transaction),
    ("UETR", RefKind::Unique),
    ("MndtId", RefKind::Mandate),
    ("ChqNb", RefKind::Cheque),
    ("PmtInfId", RefKind::Payment),
    ("MsgId", RefKind::Message),
    ("ClrSysRef", RefKind::Clearing),
    ("AcctOwnrTxId", RefKind::Owner),
    ("AcctSvcrTxId", RefKind::Other),
    ("MktInfrstrctrTxId", RefKind::Other),
];

/// Reads everything a `TxDtls` says beside its amount and code.
pub(super) fn facts(
    payment: Element<'_, '_>,
    debit: bool,
    side: Side<'_>,
    scope: &mut Scope<'_, '_>,
) -> Result<Facts, Refusal> {
    let mut out = Facts::default();
    for element in payment.children() {
        match element.name() {
            "Refs" => references(element, &mut out),
            "RltdPties" => out.party = party(element, side),
            "RmtInf" => remittance(element, debit, scope, &mut out)?,
            "Purp" => out.purpose = element.get("Cd").or_else(|| element.get("Prtry")).map(str::to_owned),
            "RtrInf" => {
                let code = element.code("Rsn").or_else(|| element.code("RtrRsn")).map(str::to_owned);
                out.returned = Some(Returned { code, text: element.own("AddtlInf") });
            }
            "AddtlTxInf" => out.text = Some(element.text().to_owned()).filter(|text| !text.is_empty()),
            _ => {}
        }
    }
    if let Some(agents) = payment.at("RltdAgts") {
        let role = if out.party == Party::default() { side.payer } else { is_payer(payment.at("RltdPties"), side) };
        out.party.bank = agents.at(if role { "DbtrAgt" } else { "CdtrAgt" }).and_then(bank_of);
    }
    out.charges = charges(payment, scope)?;
    let own = payment.at("Amt").or_else(|| payment.at("AmtDtls/TxAmt/Amt"));
    let own = own.map(|amount| scope.amount(amount)).transpose()?;
    let own = own.map(|own| if debit { own.turned() } else { own });
    out.exchange = exchange(payment, debit, own, scope)?;
    Ok(out)
}

fn references(element: Element<'_, '_>, out: &mut Facts) {
    for child in element.children() {
        if let Some((_, kind)) = REFERENCES.iter().find(|(name, _)| *name == child.name()) {
            out.add_reference(*kind, child.text());
        } else if child.name() == "Prtry"
            && let Some(text) = child.get("Ref")
        {
            out.add_reference(RefKind::Other, text);
        }
    }
}

/// Whether the payer is the other side, also looking at whose account is ours.
fn is_payer(parties: Option<Element<'_, '_>>, side: Side<'_>) -> bool {
    let Some(parties) = parties else { return side.payer };
    let number = |name: &str| parties.at(name).and_then(account_number).unwrap_or("");
    let ours = |name: &str| !side.own.is_empty() && number(name) == side.own;
    let (there, back) = if side.payer { ("DbtrAcct", "CdtrAcct") } else { ("CdtrAcct", "DbtrAcct") };
    if ours(there) && !ours(back) && !number(back).is_empty() { !side.payer } else { side.payer }
}

fn party(parties: Element<'_, '_>, side: Side<'_>) -> Party {
    let payer = is_payer(Some(parties), side);
    let (who, account, ultimate) =
        if payer { ("Dbtr", "DbtrAcct", "UltmtDbtr") } else { ("Cdtr", "CdtrAcct", "UltmtCdtr") };
    let inner = |name: &str| parties.at(name).map(|party| party.at("Pty").or_else(|| party.at("Agt")).unwrap_or(party));
    let found = inner(who);
    Party {
        name: found.and_then(|party| party.own("Nm").or_else(|| party.own("FinInstnId/Nm"))),
        account: parties.at(account).and_then(account_number).map(|number| number.split_whitespace().collect()),
        bank: None,
        address: found.and_then(|party| party.at("PstlAdr")).map(address).unwrap_or_default(),
        ultimate: inner(ultimate).and_then(|party| party.own("Nm")),
    }
}

/// Address lines: what is written as lines, else street, town and country put together.
fn address(element: Element<'_, '_>) -> Vec<String> {
    let joined = |names: &[&str]| {
        let parts: Vec<&str> = names.iter().filter_map(|name| element.get(name)).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    let written = element.children().filter(|child| child.name() == "AdrLine").map(|line| line.text().to_owned());
    let mut lines: Vec<String> = written.filter(|line| !line.is_empty()).collect();
    lines.extend(joined(&["StrtNm", "BldgNb"]));
    lines.extend(joined(&["PstCd", "TwnNm"]));
    lines.extend(joined(&["CtrySubDvsn"]));
    lines.extend(joined(&["Ctry"]));
    lines
}

fn remittance(
    element: Element<'_, '_>,
    debit: bool,
    scope: &mut Scope<'_, '_>,
    out: &mut Facts,
) -> Result<(), Refusal> {
    for child in element.children() {
        match child.name() {
            "Ustrd" if !is_placeholder(child.text()) => out.lines.push(child.text().to_owned()),
            "Strd" => out.structured.push(structured(child, debit, scope)?),
            _ => {}
        }
    }
    Ok(())
}

fn structured(element: Element<'_, '_>, debit: bool, scope: &mut Scope<'_, '_>) -> Result<Structured, Refusal> {
    let mut out = Structured::default();
    for child in element.children() {
        match child.name() {
            "RfrdDocInf" => {
                let date = child.get("RltdDt").or_else(|| child.get("RltdDt/Dt"));
                out.documents.push(Document {
                    kind: child.code("Tp/CdOrPrtry").map(str::to_owned),
                    number: child.own("Nb").unwrap_or_default(),
                    date: date.map(|text| scope.date(text)).transpose()?,
                });
            }
            "RfrdDocAmt" => amounts(child, debit, scope, &mut out)?,
            "CdtrRefInf" => {
                out.creditor_reference = child.own("Ref").filter(|text| !is_placeholder(text));
                let kind = child.code("Tp/CdOrPrtry").or_else(|| child.code("Tp"));
                out.reference_kind = kind.map(str::to_owned);
            }
            "AddtlRmtInf" => out.text.extend(Some(child.text().to_owned()).filter(|text| !text.is_empty())),
            _ => {}
        }
    }
    Ok(out)
}

/// The amounts of one referred document, in the spelling of any version.
fn amounts(
    element: Element<'_, '_>,
    debit: bool,
    scope: &mut Scope<'_, '_>,
    out: &mut Structured,
) -> Result<(), Refusal> {
    for child in element.children() {
        let inner = child.at("Amt").unwrap_or(child);
        let typed = child.code("Tp");
        match (child.name(), typed) {
            ("DuePyblAmt", _) | ("RmtAmtAndTp", Some("DUPA")) => out.due = Some(scope.amount(inner)?),
            ("DscntApldAmt", _) | ("RmtAmtAndTp", Some("DISC")) => out.discount = Some(scope.amount(inner)?),
            ("CdtNoteAmt", _) | ("RmtAmtAndTp", Some("CREN")) => out.credit_note = Some(scope.amount(inner)?),
            ("TaxAmt", _) | ("RmtAmtAndTp", Some("TAXA")) => out.tax = Some(scope.amount(inner)?),
            ("RmtdAmt", _) | ("RmtAmtAndTp", Some("REMI")) => out.remitted = Some(scope.amount(inner)?),
            ("AdjstmntAmtAndRsn", _) => {
                let given = scope.amount(inner)?;
                let less = scope.debit(child)?.unwrap_or(!debit);
                let reason = child.own("Rsn").or_else(|| child.own("AddtlInf"));
                out.adjustments.push(Adjustment { amount: if less { given.turned() } else { given }, reason });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The charges of an entry or payment: one by one where they are listed, else their total.
pub(super) fn charges(element: Element<'_, '_>, scope: &mut Scope<'_, '_>) -> Result<Vec<Charge>, Refusal> {
    let mut out = Vec::new();
    for group in element.children().filter(|child| child.name() == "Chrgs") {
        let before = out.len();
        // Version 2 has one record a group and no element around it.
        let records = group.children().filter(|child| child.name() == "Rcrd");
        let flat = group.at("Amt").map(|_| group);
        for record in records.chain(flat) {
            let Some(given) = record.at("Amt") else { continue };
            let given = scope.amount(given)?;
            let costs = scope.debit(record)?.unwrap_or(true);
            let included = record.get("ChrgInclInd").map(is_true);
            let kind = record.code("Tp").map(str::to_owned);
            out.push(Charge { amount: if costs { given.turned() } else { given }, included, kind });
        }
        if let (true, Some(total)) = (out.len() == before, group.at("TtlChrgsAndTaxAmt")) {
            let amount = scope.amount(total)?.turned();
            out.push(Charge { amount, included: None, kind: None });
        }
    }
    Ok(out)
}

/// The amount as it was ordered, where it differs, and the rate.
pub(super) fn exchange(
    element: Element<'_, '_>,
    debit: bool,
    own: Option<Amount>,
    scope: &mut Scope<'_, '_>,
) -> Result<Option<Exchange>, Refusal> {
    let Some(amounts) = element.at("AmtDtls") else { return Ok(None) };
    let mut out = Exchange::default();
    let ordered = amounts.at("InstdAmt/Amt").map(|amount| scope.amount(amount)).transpose()?;
    let ordered = ordered.map(|ordered| if debit { ordered.turned() } else { ordered });
    out.original = ordered.filter(|ordered| own.is_none_or(|own| own != *ordered));
    let rated = ["InstdAmt", "TxAmt", "CntrValAmt"].iter().find_map(|name| amounts.at(name)?.at("CcyXchg"));
    if let Some(rated) = rated {
        out.rate = rated.get("XchgRate").and_then(|rate| rate.parse::<Decimal>().ok());
        out.source = rated.get("SrcCcy").and_then(Unit::parse);
        out.target = rated.get("TrgtCcy").and_then(Unit::parse);
    }
    Ok((out != Exchange::default()).then_some(out))
}
