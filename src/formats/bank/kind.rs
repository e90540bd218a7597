//! What an entry is, by the codes banks give it: one row a code, in the five systems of codes that are in use. A code
//! that is in no table says nothing; the sign then tells receipts from payments.

use super::facts::TransactionCode;
use super::statement::Entry;
use crate::domain::bank::EntryKind::{self, Charge, Interest, Other, Payment, Receipt, Return, Transfer};
use crate::domain::text::fold;

/// ISO 20022: domain, family, sub-family; empty is any. The first row that fits counts.
const ISO: [(&str, &str, &str, EntryKind); 33] = [
    ("", "", "CHRG", Charge),
    ("", "", "FEES", Charge),
    ("", "", "COMM", Charge),
    ("", "", "COMT", Charge),
    ("", "", "COME", Charge),
    ("", "", "COMI", Charge),
    ("", "", "INTR", Interest),
    ("", "", "TAXE", Other),
    // A credit transfer, direct debit, cheque or card payment that goes back.
    ("PMNT", "", "RRTN", Return),
    ("PMNT", "", "RPCR", Return),
    ("PMNT", "", "ARET", Return),
    ("PMNT", "", "AREV", Return),
    ("PMNT", "", "UPDD", Return),
    ("PMNT", "", "PRDD", Return),
    ("PMNT", "", "RCDD", Return),
    ("PMNT", "", "UPCQ", Return),
    ("PMNT", "", "CQRV", Return),
    ("PMNT", "", "UPCT", Return),
    ("PMNT", "", "ICCT", Transfer),
    ("PMNT", "", "ZABA", Transfer),
    ("PMNT", "", "SWEP", Transfer),
    ("PMNT", "", "TOPG", Transfer),
    ("ACMT", "", "ZABA", Transfer),
    ("ACMT", "", "SWEP", Transfer),
    ("ACMT", "", "TOPG", Transfer),
    ("CAMT", "", "", Transfer),
    ("ACMT", "", "", Other),
    ("FORX", "", "", Other),
    ("SECU", "", "", Other),
    ("DERV", "", "", Other),
    ("LDAS", "", "", Other),
    ("PMET", "", "", Other),
    ("CMDT", "", "", Other),
];

/// SWIFT transaction types of MT940, without their first letter.
const SWIFT: [(&str, EntryKind); 29] = [
    ("CHG", Charge),
    ("COM", Charge),
    ("BNK", Charge),
    ("BRF", Charge),
    ("INT", Interest),
    ("RTI", Return),
    ("CMI", Transfer),
    ("CMN", Transfer),
    ("CMS", Transfer),
    ("CMT", Transfer),
    ("CMZ", Transfer),
    ("CPN", Other),
    ("DIV", Other),
    ("EQA", Other),
    ("FEX", Other),
    ("LDP", Other),
    ("MAR", Other),
    ("MAT", Other),
    ("MGT", Other),
    ("OPT", Other),
    ("PRN", Other),
    ("RED", Other),
    ("SEC", Other),
    ("SUB", Other),
    ("SWP", Other),
    ("TAX", Other),
    ("VDA", Other),
    ("WAR", Other),
    ("TRN", Other),
];

/// BAI2 type codes.
const BAI: [(&str, EntryKind); 59] = [
    ("224", Charge),
    ("398", Charge),
    ("524", Charge),
    ("564", Charge),
    ("567", Charge),
    ("661", Charge),
    ("698", Charge),
    ("354", Interest),
    ("359", Interest),
    ("654", Interest),
    ("659", Interest),
    ("252", Return),
    ("255", Return),
    ("257", Return),
    ("258", Return),
    ("261", Return),
    ("266", Return),
    ("268", Return),
    ("395", Return),
    ("423", Return),
    ("468", Return),
    ("552", Return),
    ("555", Return),
    ("557", Return),
    ("558", Return),
    ("561", Return),
    ("566", Return),
    ("568", Return),
    ("694", Return),
    ("145", Transfer),
    ("445", Transfer),
    ("201", Transfer),
    ("501", Transfer),
    ("274", Transfer),
    ("275", Transfer),
    ("276", Transfer),
    ("277", Transfer),
    ("278", Transfer),
    ("281", Transfer),
    ("574", Transfer),
    ("575", Transfer),
    ("577", Transfer),
    ("578", Transfer),
    ("581", Transfer),
    ("347", Transfer),
    ("656", Transfer),
    ("202", Other),
    ("214", Other),
    ("226", Other),
    ("233", Other),
    ("351", Other),
    ("397", Other),
    ("408", Other),
    ("481", Other),
    ("502", Other),
    ("514", Other),
    ("526", Other),
    ("531", Other),
    ("651", Other),
];

/// GVC, the codes of the German banks.
const GVC: [(&str, EntryKind); 42] = [
    ("009", Return),
    ("011", Return),
    ("059", Return),
    ("108", Return),
    ("109", Return),
    ("111", Return),
    ("159", Return),
    ("160", Return),
    ("181", Return),
    ("184", Return),
    ("193", Return),
    ("197", Return),
    ("805", Charge),
    ("806", Charge),
    ("807", Charge),
    ("808", Charge),
    ("809", Charge),
    ("810", Charge),
    ("811", Charge),
    ("812", Interest),
    ("813", Charge),
    ("814", Interest),
    ("815", Interest),
    ("816", Interest),
    ("817", Interest),
    ("820", Transfer),
    ("833", Transfer),
    ("834", Transfer),
    ("888", Transfer),
    ("822", Other),
    ("823", Other),
    ("824", Other),
    ("825", Other),
    ("826", Other),
    ("827", Other),
    ("828", Other),
    ("829", Other),
    ("830", Other),
    ("832", Other),
    ("836", Other),
    ("837", Other),
    ("899", Return),
];

/// OFX transaction types. `XFER` is no row: banks use it for any transfer, not only between own accounts.
const OFX: [(&str, EntryKind); 5] =
    [("FEE", Charge), ("SRVCHG", Charge), ("INT", Interest), ("DIV", Other), ("HOLD", Other)];

/// Words of the bank about an entry, for those without codes, folded; whole words, or the beginning of one where a
/// dash ends them. Charges only where money goes out, since people also pay for charges.
const WORDS: [(&str, EntryKind); 27] = [
    ("rucklastschrift", Return),
    ("retoure", Return),
    ("ruckuberweisung", Return),
    ("chargeback", Return),
    ("returned", Return),
    ("unpaid", Return),
    ("storno-", Return),
    ("impaye", Return),
    ("interest", Interest),
    ("zinsen", Interest),
    ("sollzinsen", Interest),
    ("habenzinsen", Interest),
    ("interets", Interest),
    ("charge", Charge),
    ("charges", Charge),
    ("fee", Charge),
    ("fees", Charge),
    ("commission", Charge),
    ("gebuhr-", Charge),
    ("kontofuhrung-", Charge),
    ("entgelt-", Charge),
    ("spesen", Charge),
    ("provision", Charge),
    ("bankkosten", Charge),
    ("frais", Charge),
    ("prowizja", Charge),
    ("sweep", Transfer),
];

/// What an entry is.
pub fn of(entry: &Entry) -> EntryKind {
    let silent = entry.code == TransactionCode::default();
    let detail = entry.details.first().map(|detail| &detail.code).filter(|_| silent);
    let coded = by_codes(detail.unwrap_or(&entry.code));
    let details = !entry.details.is_empty() && entry.details.iter().all(|detail| detail.facts.returned.is_some());
    let back = entry.reversal || entry.facts.returned.is_some() || details;
    match coded {
        Some(kind) => kind,
        None if back => Return,
        None => by_words(entry).unwrap_or(if entry.amount.minor < 0 { Payment } else { Receipt }),
    }
}

/// What the codes say, the most general system first.
fn by_codes(code: &TransactionCode) -> Option<EntryKind> {
    let part = |part: &Option<String>| part.as_deref().unwrap_or("").to_owned();
    let (domain, family, sub) = (part(&code.domain), part(&code.family), part(&code.sub_family));
    let fits = |own: &str, given: &str| own.is_empty() || own == given;
    let iso = ISO.iter().find(|row| fits(row.0, &domain) && fits(row.1, &family) && fits(row.2, &sub));
    let iso = iso.filter(|_| !domain.is_empty()).map(|row| row.3);
    let swift = code.swift.as_deref().and_then(|swift| swift.get(1..)).and_then(|kind| row_of(&SWIFT, kind));
    let bai = code.bai.as_deref().and_then(|bai| row_of(&BAI, bai));
    let own = code.proprietary.as_deref().and_then(|own| by_own_code(own, code.issuer.as_deref().unwrap_or("")));
    iso.or(swift).or(bai).or(own)
}

/// A bank's own code: the German one alone or as `NTRF+166+00931`, or an OFX type.
fn by_own_code(own: &str, issuer: &str) -> Option<EntryKind> {
    let mut parts = own.split('+');
    let german = matches!(issuer, "GVC" | "DK" | "ZKA") || own.contains('+');
    let three = |part: &&str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.find(three).filter(|_| german) {
        Some(code) => row_of(&GVC, code),
        None => row_of(&OFX, own),
    }
}

fn row_of(table: &[(&str, EntryKind)], code: &str) -> Option<EntryKind> {
    table.iter().find(|row| row.0 == code).map(|row| row.1)
}

/// What the bank's own words say: its text about the entry and its type, and, where nobody is named as the other side,
/// the text that else is the payer's.
fn by_words(entry: &Entry) -> Option<EntryKind> {
    let facts = &entry.facts;
    let nobody = facts.party.name.is_none() && facts.party.account.is_none();
    let lines = facts.lines.iter().filter(|_| nobody && entry.amount.minor < 0).map(String::as_str);
    let texts = [facts.text.as_deref(), entry.code.proprietary.as_deref()].into_iter().flatten().chain(lines);
    let folded: Vec<String> = texts.map(fold).collect();
    let words = || folded.iter().flat_map(|text| text.split(|sign: char| !sign.is_alphanumeric()));
    let says = |row: &&(&str, EntryKind)| match row.0.strip_suffix('-') {
        Some(begin) => words().any(|word| word.starts_with(begin)),
        None => words().any(|word| word == row.0),
    };
    WORDS.iter().filter(|row| row.1 != Charge || entry.amount.minor < 0).find(says).map(|row| row.1)
}

#[cfg(test)]
mod tests {
    use super::super::amount::{Amount, Unit};
    use super::super::facts::Returned;
    use super::super::statement::{Entry, Place};
    use super::*;

    fn entry(minor: i64) -> Entry {
        Entry::new(1, Place::default(), Amount::new(minor, Unit::EUR))
    }

    fn coded(minor: i64, set: impl Fn(&mut TransactionCode)) -> EntryKind {
        let mut entry = entry(minor);
        set(&mut entry.code);
        of(&entry)
    }

    fn iso(minor: i64, text: &str) -> EntryKind {
        let part = |at: usize| text.split(' ').nth(at).map(str::to_owned);
        coded(minor, |code| (code.domain, code.family, code.sub_family) = (part(0), part(1), part(2)))
    }

    #[test]
    fn every_system_of_codes() {
        let own = |minor, text: &str, issuer: &str| {
            coded(minor, |code| {
                (code.proprietary, code.issuer) =
                    (Some(text.into()), Some(issuer.into()).filter(|_| !issuer.is_empty()))
            })
        };
        let swift = |minor, text: &str| coded(minor, |code| code.swift = Some(text.into()));
        let bai = |minor, text: &str| coded(minor, |code| code.bai = Some(text.into()));
        for (found, wanted) in [
            (iso(1, "PMNT RCDT ESCT"), Receipt),
            (iso(-1, "PMNT ICDT ESCT"), Payment),
            (iso(-1, "PMNT IDDT UPDD"), Return),
            (iso(-1, "PMNT RCDT RRTN"), Return),
            (iso(1, "PMNT RCDT CHRG"), Charge),
            (iso(-1, "ACMT MDOP FEES"), Charge),
            (iso(1, "ACMT MCOP INTR"), Interest),
            (iso(-1, "CAMT ACCB ZABA"), Transfer),
            (iso(-1, "SECU SETT TRAD"), Other),
            (swift(1, "NTRF"), Receipt),
            (swift(-1, "NMSC"), Payment),
            (swift(-1, "NCHG"), Charge),
            (swift(-1, "FRTI"), Return),
            (swift(-1, "NCMZ"), Transfer),
            (swift(1, "S051"), Receipt),
            (bai(1, "175"), Receipt),
            (bai(-1, "495"), Payment),
            (bai(-1, "555"), Return),
            (bai(-1, "698"), Charge),
            (bai(1, "354"), Interest),
            (bai(1, "275"), Transfer),
            (own(-1, "109", "GVC"), Return),
            (own(1, "166", "GVC"), Receipt),
            (own(-1, "NMSC+808+00931", "DK"), Charge),
            (own(-1, "SRVCHG", ""), Charge),
            (own(-1, "109", ""), Payment),
            (own(-1, "Kontoführungsgebühr", ""), Charge),
        ] {
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn returns_without_a_code_and_words_of_the_bank_only() {
        let mut back = entry(-500);
        back.facts.returned = Some(Returned { code: Some("AC04".into()), text: None });
        assert_eq!(of(&back), Return);
        assert_eq!(of(&Entry { reversal: true, ..entry(-500) }), Return);
        let mut paid = entry(500);
        paid.facts.lines.push("fee for March".into());
        assert_eq!(of(&paid), Receipt);
        let mut named = entry(-500);
        named.facts.party.name = Some("Supplier".into());
        named.facts.lines.push("service fee 12".into());
        assert_eq!(of(&named), Payment);
        named.facts.party.name = None;
        assert_eq!(of(&named), Charge);
    }
}
