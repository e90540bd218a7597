//! Rules of authority (A3, A4): everybody who acted held a right and a limit for it at that moment, which is found out by
//! going through the log with the roles as they were; every approval was by a second person with authority, of exactly
//! what was asked for. Acts of format 1, which name no session, are older than these rules.

use std::collections::{BTreeSet, HashMap};

use rusqlite::Connection;

use super::{Finding, Findings, REBUILD, RESTORE, ask, ask_three};
use crate::domain::authority::{Right, Role, rights_of};
use crate::domain::limits::{self, LimitKind};
use crate::domain::money::Currency;
use crate::store::error::Result;
use crate::store::requests::payload_hash;

pub(super) fn check(conn: &Connection, found: &mut Findings) -> Result<()> {
    requests(conn, found)?;
    hashes(conn, found)?;
    acts(conn, found)?;
    settings(conn, found)
}

/// Kept states, decided once, never by the maker, of the hash that was asked for.
fn requests(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "SELECT 'request ' || r.number, r.state, coalesce(s.what, 'waiting') FROM request r \
         LEFT JOIN request_step s ON s.request_id = r.id WHERE r.state <> coalesce(s.what, 'waiting')",
    )?;
    ask_three(
        conn,
        found,
        "A4",
        RESTORE,
        "SELECT 'request ' || r.number, s.what || ' by whoever asked for it', 'decided by somebody else' FROM request r \
         JOIN request_step s ON s.request_id = r.id \
         WHERE (s.what <> 'withdrawn') = (s.person_id = r.person_id) OR s.authority_of = r.person_id",
    )?;
    ask_three(
        conn,
        found,
        "A4",
        RESTORE,
        "SELECT 'request ' || r.number, 'another act was ' || s.what, 'what was asked for' FROM request r \
         JOIN request_step s ON s.request_id = r.id WHERE s.payload_hash <> r.payload_hash",
    )?;
    ask_three(
        conn,
        found,
        "N1",
        RESTORE,
        "SELECT 'request ' || number, 'place ' || place, 'A-' || place FROM \
         (SELECT number, row_number() OVER (ORDER BY id) AS place FROM request) WHERE number <> 'A-' || place",
    )
}

/// What was asked for is what its hash says.
fn hashes(conn: &Connection, found: &mut Findings) -> Result<()> {
    let mut statement = conn.prepare("SELECT number, payload, payload_hash FROM request")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (number, payload, hash): (String, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if payload_hash(&payload).as_slice() != hash {
            let must = "what its hash says";
            found.add(Finding::new("A4", format!("request {number}"), "another payload", must, RESTORE));
        }
    }
    Ok(())
}

fn settings(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "M12",
        REBUILD,
        "SELECT 'setting ' || s.key, coalesce(m.value, 'nothing'), s.value FROM setting_change s \
         LEFT JOIN meta m ON m.key = s.key \
         WHERE s.id IN (SELECT max(id) FROM setting_change GROUP BY key) AND m.value IS NOT s.value",
    )
}

/// What the log says of people up to an act.
#[derive(Default)]
struct People {
    roles: HashMap<i64, BTreeSet<&'static str>>,
    shut_out: BTreeSet<i64>,
    own: HashMap<(i64, String), Option<i64>>,
}

impl People {
    fn held(&self, person: i64) -> Vec<Role> {
        let names = self.roles.get(&person).into_iter().flatten();
        names.filter_map(|name| Role::parse(name)).collect()
    }

    fn may(&self, person: i64, rights: &[Right]) -> bool {
        let roles = self.held(person);
        rights.is_empty() || rights.iter().any(|right| roles.iter().any(|role| role.has(*right)))
    }

    fn limit(&self, person: i64, kind: LimitKind, currency: Currency) -> limits::Limit {
        let own = self.own.get(&(person, kind.name().to_owned())).copied().flatten();
        limits::limit(&self.held(person), own, kind, currency)
    }
}

/// A change of a person by an act.
enum Change {
    Role(i64, String, bool),
    Active(i64, bool),
    Limit(i64, String, Option<i64>),
}

fn changes(conn: &Connection) -> Result<Vec<(i64, Change)>> {
    let mut all = Vec::new();
    let mut statement = conn.prepare("SELECT act_id, person_id, role, held FROM role_change")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        all.push((row.get(0)?, Change::Role(row.get(1)?, row.get(2)?, row.get::<_, i64>(3)? == 1)));
    }
    let mut statement = conn.prepare("SELECT act_id, person_id, value FROM person_change WHERE field = 'active'")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        all.push((row.get(0)?, Change::Active(row.get(1)?, row.get::<_, String>(2)? == "1")));
    }
    let mut statement = conn.prepare("SELECT act_id, person_id, kind, amount FROM limit_change")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        all.push((row.get(0)?, Change::Limit(row.get(1)?, row.get(2)?, row.get(3)?)));
    }
    all.sort_by_key(|(act, _)| *act);
    Ok(all)
}

/// Goes through the log with the people as they were.
fn acts(conn: &Connection, found: &mut Findings) -> Result<()> {
    let code: Option<String> =
        conn.query_row("SELECT max(value) FROM meta WHERE key = 'currency'", [], |row| row.get(0))?;
    let currency = code.and_then(|code| Currency::parse(&code).ok()).unwrap_or(Currency::EUR);
    let reduced = reduced(conn)?;
    let approvals = approvals(conn)?;
    let mut people = People::default();
    let mut changes = changes(conn)?.into_iter().peekable();
    let mut statement = conn.prepare("SELECT id, person_id, kind FROM act WHERE session_id IS NOT NULL ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (act, person): (i64, i64) = (row.get(0)?, row.get(1)?);
        let kind: String = row.get(2)?;
        let kind = kind.as_str();
        while let Some((_, change)) = changes.next_if(|(at, _)| *at < act) {
            apply(&mut people, change);
        }
        let object = || format!("act {act} {kind} by person {person}");
        // The first act makes its person administrator; a refusal needs no right, and leaving is open to who is shut out.
        if matches!(kind, "open book" | "denied" | "sign out") {
            continue;
        }
        if people.shut_out.contains(&person) {
            found.add(Finding::new("A3", object(), "shut out then", "somebody who may sign in", RESTORE));
        }
        if !people.may(person, rights_of(kind)) {
            found.add(Finding::new("A3", object(), "without the right then", "somebody with the right", RESTORE));
        }
        if let Some((limit_kind, amount)) = reduced.get(&act)
            && !people.limit(person, *limit_kind, currency).covers(*amount)
        {
            found.add(Finding::new("A3", object(), format!("{amount} above the limit"), "within it", RESTORE));
        }
        if let Some((by, right, amount)) = approvals.get(&act) {
            let covered = *right != Right::Approve
                || people.limit(*by, LimitKind::Approval, currency).covers(amount.unwrap_or(0));
            if !people.may(*by, &[*right]) || !covered {
                found.add(Finding::new("A4", object(), "without the authority then", "somebody with it", RESTORE));
            }
        }
    }
    Ok(())
}

fn apply(people: &mut People, change: Change) {
    match change {
        Change::Role(person, role, held) => {
            let Some(name) = Role::parse(&role).map(Role::name) else { return };
            let roles = people.roles.entry(person).or_default();
            if held {
                roles.insert(name);
            } else {
                roles.remove(name);
            }
        }
        Change::Active(person, true) => drop(people.shut_out.remove(&person)),
        Change::Active(person, false) => drop(people.shut_out.insert(person)),
        Change::Limit(person, kind, amount) => drop(people.own.insert((person, kind), amount)),
    }
}

/// Acts that reduced what a customer owes by own authority, with their amount in the book's currency. Those noted as
/// done alone are reported elsewhere; taking back is not limited. From the few acts to their documents, and never from the
/// millions of documents to an act, which is what SQLite chooses by itself.
fn reduced(conn: &Connection) -> Result<HashMap<i64, (LimitKind, i64)>> {
    let mut statement = conn.prepare(
        "SELECT a.id, a.kind, sum(abs(d.base)) FROM act a \
         CROSS JOIN act_digest g ON g.act_id = a.id AND g.name = 'document' \
         CROSS JOIN document d ON d.id BETWEEN g.first_id AND g.last_id \
         WHERE a.kind IN ('credit', 'write off', 'resolve dispute', 'post document') AND (d.kind IN (2, 5) OR d.kind = 8 AND a.kind = 'resolve dispute') \
         AND d.base IS NOT NULL AND a.id NOT IN (SELECT act_id FROM lone_act) GROUP BY a.id",
    )?;
    let rows = statement.query_map([], |row| {
        let kind: String = row.get(1)?;
        let kind = match kind.as_str() {
            "write off" => LimitKind::WriteOff,
            "resolve dispute" => LimitKind::Dispute,
            _ => LimitKind::CreditNote,
        };
        Ok((row.get(0)?, (kind, row.get(2)?)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Who approved, by which right, of what amount. With lent authority it is the lender's that counts.
type Approval = (i64, Right, Option<i64>);

/// Every approval by its act.
fn approvals(conn: &Connection) -> Result<HashMap<i64, Approval>> {
    let mut statement = conn.prepare(
        "SELECT s.act_id, coalesce(s.authority_of, s.person_id), r.needs, r.amount FROM request_step s \
         JOIN request r ON r.id = s.request_id WHERE s.what = 'approved'",
    )?;
    let rows = statement.query_map([], |row| {
        let needs: String = row.get(2)?;
        let right = Right::ALL.into_iter().find(|right| right.words() == needs).unwrap_or(Right::Approve);
        Ok((row.get(0)?, (row.get(1)?, right, row.get(3)?)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every act of this format belongs to a session of the person who acted.
pub(super) fn sessions(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask(
        conn,
        found,
        "SELECT a.id FROM act a LEFT JOIN session s ON s.id = a.session_id WHERE a.session_id IS NOT NULL \
         AND a.person_id <> 0 AND s.person_id IS NOT a.person_id",
        |row| {
            let act: i64 = row.get(0)?;
            let is = "in the session of somebody else";
            Ok(Finding::new("A2", format!("act {act}"), is, "in a session of who acted", RESTORE))
        },
    )
}
