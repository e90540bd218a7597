//! One entry of a NACHA batch with its addenda: amount and direction, receiver, trace, remittance, return reason.

use super::super::Refusal;
use super::super::amount::{Amount, Unit};
use super::super::columns::Row;
use super::super::facts::{RefKind, Returned, is_placeholder};
use super::super::shown;
use super::super::statement::{Entry, Statement};
use super::super::x12;

/// Entry classes whose columns differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sec {
    /// International: number of addenda and a wide account.
    Iat,
    /// Accounting advice: wide amounts.
    Adv,
    /// Corporate trade exchange: number of addenda before a short name.
    Ctx,
    /// All others.
    Plain,
}

impl Sec {
    pub(super) fn of(code: &str) -> Sec {
        match code {
            "IAT" => Sec::Iat,
            "ADV" => Sec::Adv,
            "CTX" | "ACK" | "ATX" | "ENR" | "TRX" => Sec::Ctx,
            _ => Sec::Plain,
        }
    }
}

/// An entry whose addenda may still come.
pub(super) struct Draft<'t> {
    row: Row<'t>,
    number: u64,
    sec: Sec,
    /// The first eight digits of the routing number, for the hash.
    pub routing: i128,
    /// The amount without sign.
    pub minor: i64,
    /// Whether the receiver pays.
    pub debit: bool,
    /// Its addenda, in order.
    pub addenda: Vec<Row<'t>>,
}

impl<'t> Draft<'t> {
    pub fn new(row: &Row<'t>, sec: Sec, number: u64) -> Result<Self, Refusal> {
        let code = row.get(1, 3);
        let kind = code.parse::<u8>().ok().filter(|_| code.len() == 2 && code.as_bytes()[0].is_ascii_digit());
        let kind = kind.ok_or_else(|| row.refuse("IMP-12", &format!("{} is no transaction code", shown(code))))?;
        let debit = if (81..=88).contains(&kind) { kind % 2 == 0 } else { kind % 10 >= 5 };
        let (from, to) = if sec == Sec::Adv { (27, 39) } else { (29, 39) };
        let minor = row.amount(from, to, Unit::USD)?;
        let routing = row.get(3, 11).trim().parse().ok().filter(|_| row.get(3, 11).len() == 8);
        let routing = routing.ok_or_else(|| {
            row.refuse("IMP-12", &format!("{} in columns 4 to 11 is no routing number", shown(row.get(3, 11))))
        })?;
        Ok(Draft { row: *row, number, sec, routing, minor, debit, addenda: Vec::new() })
    }

    pub fn finish(self, out: &mut Statement) -> Result<Entry, Refusal> {
        let Draft { row, sec, .. } = self;
        let mut place = row.place;
        if let Some(last) = self.addenda.last() {
            place.end = last.place.end;
        }
        let minor = if self.debit { -self.minor } else { self.minor };
        let mut entry = Entry::new(self.number, place, Amount::new(minor, Unit::USD));
        (entry.value, entry.listed) = (out.from, 1);
        entry.code.proprietary = Some(row.get(1, 3).to_owned());
        entry.code.issuer = Some(out.format.clone());
        let facts = &mut entry.facts;
        facts.party.bank = row.own(3, 12);
        let (account, name) = match sec {
            Sec::Iat => ((39, 74), None),
            Sec::Adv => ((12, 27), Some((54, 76))),
            Sec::Ctx => ((12, 29), Some((58, 74))),
            Sec::Plain => ((12, 29), Some((54, 76))),
        };
        facts.party.account = row.own(account.0, account.1);
        facts.party.name = name.and_then(|(from, to)| row.own(from, to));
        if sec == Sec::Plain || sec == Sec::Ctx {
            facts.add_reference(RefKind::Owner, row.trimmed(39, 54));
        }
        if sec != Sec::Adv {
            facts.add_reference(RefKind::Servicer, row.trimmed(79, 94));
        }
        addenda(&self.addenda, &mut entry);
        Ok(entry)
    }
}

/// What the addenda say: 05 and 17 remittance, 98 correction, 99 return, 10 to 16 the parties of an IAT.
fn addenda(rows: &[Row<'_>], entry: &mut Entry) {
    let facts = &mut entry.facts;
    let mut text = String::new();
    for row in rows {
        match row.get(1, 3) {
            "05" => text.push_str(row.get(3, 83)),
            "10" => facts.party.name = row.own(46, 81),
            "11" => facts.party.ultimate = row.own(3, 38),
            "15" => facts.party.address.extend(row.own(18, 53)),
            "16" => {
                for part in row.trimmed(3, 83).split('\\') {
                    let line = part.replace('*', " ");
                    facts.party.address.extend(Some(line.trim().to_owned()).filter(|line| !line.is_empty()));
                }
            }
            "17" => facts.lines.extend(row.own(3, 83)),
            "98" => facts.lines.extend(row.own(3, 94)),
            "99" => {
                facts.returned = Some(Returned { code: row.own(3, 6), text: row.own(35, 79) });
                facts.add_reference(RefKind::Other, row.trimmed(6, 21));
                entry.reversal = true;
            }
            _ => {}
        }
    }
    // An 820 is cut every 80 characters: only the whole of it can be read.
    if !text.trim().is_empty() {
        x12::from_addenda(text.trim(), Unit::USD, facts);
        let lines = rows.iter().filter(|row| row.get(1, 3) == "05").map(|row| row.trimmed(3, 83));
        facts.lines.extend(lines.filter(|line| !is_placeholder(line)).map(str::to_owned));
    }
}
