//! Rules of the audit chain: acts 1 to n linked by hash (A1, A2), time never going back (A5), and every posted row
//! under exactly one digest that still fits (P1).

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::{Finding, Findings, RESTORE, ask, ask_three};
use crate::store::error::Result;
use crate::store::tx::{ActRow, chain_digest, chain_start};
use crate::store::value::{TABLES, Table, feed};

/// The first of the newest `count` acts.
pub(super) fn newest(conn: &Connection, count: i64) -> Result<i64> {
    let last: i64 = conn.query_row("SELECT coalesce(max(id), 0) FROM act", [], |row| row.get(0))?;
    Ok((last - count + 1).max(1))
}

/// The chain from act `first` to act `last`: numbers without gaps, each act naming the hash of the one before, each hash
/// covering its act and its digests. The first one's link is not looked at unless it is act 1.
pub(in crate::store) fn chain(conn: &Connection, found: &mut Findings, first: i64, last: i64) -> Result<()> {
    let mut statement = conn.prepare(
        "SELECT id, key, person_id, kind, payload, recorded_at, customer_id, summary, undoes, source, prev, hash, \
         session_id FROM act WHERE id BETWEEN $1 AND $2 ORDER BY id",
    )?;
    let mut digests = Digests::start(conn, first, last)?;
    let mut rows = statement.query([first, last])?;
    let mut before: Option<(i64, Vec<u8>)> = (first == 1).then(|| (0, vec![0; 32]));
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let (prev, hash): (Vec<u8>, Vec<u8>) = (row.get(10)?, row.get(11)?);
        if let Some((last, known)) = &before {
            if id != last + 1 {
                let is = format!("follows act {last}");
                found.add(Finding::new("A2", format!("act {id}"), is, format!("act {} first", last + 1), RESTORE));
            } else if prev != *known {
                let must = format!("the hash of act {last}");
                found.add(Finding::new("A1", format!("act {id} link"), "names another hash", must, RESTORE));
            }
        }
        let key: Vec<u8> = row.get(1)?;
        let (kind, payload, at): (String, String, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
        let (summary, source): (String, String) = (row.get(7)?, row.get(9)?);
        let act = ActRow {
            key: &key.as_slice().try_into().unwrap_or([0; 16]),
            person: row.get(2)?,
            kind: &kind,
            payload: &payload,
            customer: row.get(6)?,
            summary: &summary,
            undoes: row.get(8)?,
            source: &source,
            session: row.get(12)?,
        };
        let mut hasher = chain_start(&prev, id, &at, &act);
        digests.feed(&mut hasher, id, found)?;
        if hasher.finalize().as_slice() != hash {
            let summary = crate::domain::text::clean(&summary).text;
            let is = format!("changed after it was posted ({kind}: {summary})");
            found.add(Finding::new("A1", format!("act {id}"), is, "as it was posted", RESTORE));
        }
        before = Some((id, hash));
    }
    Ok(())
}

/// A digest as it stands: act, place, table, first and last row, hash.
type Digested = (i64, i64, String, i64, i64, Vec<u8>);

/// The digests of acts, read alongside the acts in one pass.
struct Digests {
    rows: std::vec::IntoIter<Digested>,
    next: Option<Digested>,
}

impl Digests {
    fn start(conn: &Connection, first: i64, last: i64) -> Result<Self> {
        let mut statement = conn.prepare(
            "SELECT act_id, part, name, first_id, last_id, digest FROM act_digest WHERE act_id BETWEEN $1 AND $2 \
             ORDER BY act_id, part",
        )?;
        let rows = statement
            .query_map([first, last], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
            })?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let mut rows = rows.into_iter();
        let next = rows.next();
        Ok(Digests { rows, next })
    }

    /// Adds the digests of one act to its hash. Their places are in no hash: they count from 0 without gaps.
    fn feed(&mut self, hasher: &mut Sha256, act: i64, found: &mut Findings) -> Result<()> {
        let mut place = 0;
        while let Some((id, part, name, first, last, digest)) = self.next.take_if(|next| next.0 <= act) {
            if id == act {
                found.differs("A1", || format!("act {act} place of the digest of {name}"), part, place, RESTORE);
                place += 1;
                chain_digest(hasher, &name, first, last, &digest);
            }
            self.next = self.rows.next();
        }
        Ok(())
    }
}

/// Every digest against its rows, and every row under exactly one digest.
pub(in crate::store) fn digests(conn: &Connection, found: &mut Findings) -> Result<()> {
    for table in &TABLES {
        one_table(conn, found, table)?;
    }
    loose(conn, found)
}

/// Digests of no act, and the settings that the first act fixed.
pub(in crate::store) fn loose(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask(conn, found, "SELECT act_id, name FROM act_digest WHERE act_id NOT IN (SELECT id FROM act)", |row| {
        let (act, name): (i64, String) = (row.get(0)?, row.get(1)?);
        Ok(Finding::new("A2", format!("act {act}"), format!("rows of {name} without it"), "in the log", RESTORE))
    })
}

/// Every row of a table under exactly one digest that still fits.
pub(in crate::store) fn one_table(conn: &Connection, found: &mut Findings, table: &Table) -> Result<()> {
    let name = table.name;
    let mut ranges = conn.prepare(
        "SELECT act_id, first_id, last_id, digest FROM act_digest WHERE name = $1 ORDER BY first_id, last_id, act_id",
    )?;
    let ranges = ranges
        .query_map([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<rusqlite::Result<Vec<(i64, i64, i64, Vec<u8>)>>>()?;
    let mut statement = conn.prepare(&format!("SELECT {} FROM {name} ORDER BY id", table.posted.join(", ")))?;
    let mut rows = statement.query([])?;
    let mut row = rows.next()?;
    let mut covered = 0i64;
    let bare = |found: &mut Findings, id: i64| {
        let object = format!("{name} row {id}");
        found.add(Finding::new("P1", object, "written by no act", "under the digest of an act", RESTORE));
    };
    for (act, first, last, digest) in ranges {
        let object = || format!("act {act} {name} rows {first} to {last}");
        if first <= covered {
            let must = "each row under one digest";
            found.add(Finding::new("P1", object(), "covered twice", must, RESTORE));
            continue;
        }
        covered = last;
        let mut hasher = Sha256::new();
        while let Some(one) = row {
            let id: i64 = one.get(0)?;
            if id > last {
                break;
            }
            if id < first {
                bare(found, id);
            } else {
                for place in 0..table.posted.len() {
                    feed(&mut hasher, one.get_ref(place)?);
                }
            }
            row = rows.next()?;
        }
        if hasher.finalize().as_slice() != digest {
            found.add(Finding::new("P1", object(), "changed after they were posted", "as they were posted", RESTORE));
        }
    }
    while let Some(one) = row {
        bare(found, one.get(0)?);
        row = rows.next()?;
    }
    Ok(())
}

/// No act is recorded before the one before it, and no act is taken back by an earlier one.
pub(super) fn times(conn: &Connection, found: &mut Findings) -> Result<()> {
    ask_three(
        conn,
        found,
        "A5",
        RESTORE,
        "SELECT 'act ' || id, recorded_at, 'not before ' || earlier FROM (SELECT id, recorded_at, \
           lag(recorded_at) OVER (ORDER BY id) AS earlier FROM act) WHERE recorded_at < earlier",
    )?;
    ask_three(
        conn,
        found,
        "A2",
        RESTORE,
        "SELECT 'act ' || id, 'takes back act ' || undoes, 'an earlier act' FROM act WHERE undoes >= id",
    )?;
    ask_three(
        conn,
        found,
        "A2",
        RESTORE,
        "SELECT 'act ' || a.id, 'by person ' || a.person_id, 'a person of the book' FROM act a \
         WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.id = a.person_id) AND NOT (a.person_id = 0 AND a.kind = 'denied')",
    )
}
