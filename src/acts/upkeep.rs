//! Acts on the book as a file: bringing it up to a newer format, and restoring it from a copy. Neither is asked for like
//! other acts; each works on a copy or a new file first, and is written into the chain of the book it leaves.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::approval;
use super::authorise::Second;
use super::perform::{By, Context, Written, book_currency, finish, nobody, sign_in, somebody, written_down};
use super::{Act, Actor, Done, Failure, Mode, Request, Stamp};
use crate::domain::authority::{self, Decision, Right, Role};
use crate::formats::note::Head;
use crate::store::check::{self, Finding};
use crate::store::manifest::{self, Manifest};
use crate::store::open::Access;
use crate::store::people::Person;
use crate::store::schema::{FORMAT, hex};
use crate::store::{BookPath, Connection, Tx, audit, backup, migrate};

/// What a book made from a copy was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// Name of the copy's file.
    pub from: String,
    /// Acts the copy had.
    pub acts: i64,
    /// Hash of the last of them.
    pub head: String,
}

/// What bringing a book up did.
#[derive(Debug)]
pub enum Upgrade {
    /// It has this format already. A notice left by an upgrade that was cut off was taken down.
    Already,
    /// It has this format now; the copy of what it was is at this place.
    Done {
        /// The act.
        done: Done,
        /// The copy made before.
        copy: PathBuf,
    },
    /// A copy was brought up and is sound; the book itself was left alone.
    Rehearsed,
    /// It is not sound.
    Unsound {
        /// What is wrong.
        found: Vec<Finding>,
        /// False: nothing was changed. True: it was brought up, and the notice stays up.
        after: bool,
    },
}

/// Brings a book of an older format up to this one: rehearses it on a copy and checks every rule there, puts the notice
/// up, copies the book beside itself, brings it up in one transaction, checks it again and takes the notice down.
/// Repeating it after it was cut off anywhere is safe. A dry run ends after the rehearsal.
pub fn upgrade(
    book: &BookPath,
    actor: &Actor,
    stamp: Stamp,
    request: &Request,
    mode: Mode,
) -> Result<Upgrade, Failure> {
    let (conn, format) = migrate::open_any(book, Access::Write)?;
    if format == FORMAT {
        return finished(&conn);
    }
    let Act::Migrate { .. } = request.act else { return Err(not_here()) };
    // Asked again in the transaction; nobody waits minutes for this answer.
    match migrate::administers(&conn, &actor.login)? {
        Some(true) => {}
        Some(false) => return Err(only_an_administrator("the role was never given or taken back")),
        None => return Err(nobody(&actor.login)),
    }
    let mut found = migrate::examine(&conn, format)?;
    if found.is_empty() {
        found = rehearse(book, &conn, actor, stamp, request)?;
    }
    if !found.is_empty() {
        return Ok(Upgrade::Unsound { found, after: false });
    }
    if mode == Mode::DryRun {
        return Ok(Upgrade::Rehearsed);
    }
    migrate::announce(&conn, &format!("{}, since {}", actor.login, stamp.now.format("%Y-%m-%d %H:%M UTC")))?;
    let copy = place_of_copy(book, format, stamp.now);
    let result = copied(book, &copy, stamp.now).and_then(|acts| migrate(&conn, acts, actor, stamp, request));
    let done = result.inspect_err(|failure| {
        if matches!(failure, Failure::Refused { .. }) {
            // Nothing was changed, so nobody has to wait; if this fails too, the notice says what to do.
            let _ = migrate::all_clear(&conn);
        }
    })?;
    match finished(&conn)? {
        Upgrade::Already => Ok(Upgrade::Done { done, copy }),
        unsound => Ok(unsound),
    }
}

/// The transaction of an upgrade: definitions, rows, the act in the chain and the mark of the format, all or nothing.
/// `acts` is how many acts the copy made before has.
pub fn migrate(conn: &Connection, acts: i64, actor: &Actor, stamp: Stamp, request: &Request) -> Result<Done, Failure> {
    let Act::Migrate { from, to } = request.act else { return Err(not_here()) };
    let result = Tx::begin_upgrade(conn, stamp.now, from, acts).map_err(Failure::from).and_then(|tx| {
        administrator(tx, actor, stamp, request, |tx| {
            let kept = if from == 1 { keep_rights(tx)? } else { String::new() };
            Ok(format!("Brought the book from format {from} to {to}{kept}"))
        })
    });
    migrate::settle(conn)?;
    result
}

/// Checks the book brought up, and takes the notice down when it is sound.
pub fn finished(conn: &Connection) -> Result<Upgrade, Failure> {
    let found = check::full(conn)?;
    if !found.is_empty() {
        return Ok(Upgrade::Unsound { found, after: true });
    }
    migrate::all_clear(conn)?;
    Ok(Upgrade::Already)
}

/// Brings a copy up and checks it; the copy is thrown away. Also where the actor's right to do it is asked for first.
fn rehearse(
    book: &BookPath,
    conn: &Connection,
    actor: &Actor,
    stamp: Stamp,
    request: &Request,
) -> Result<Vec<Finding>, Failure> {
    let place = PathBuf::from(format!("{}.rehearsal", book.shown()));
    let draft = backup::Draft::start(conn, &place)?;
    let (copy, _) = migrate::open_any(&draft.book(), Access::Write)?;
    let (acts, _) = audit::head(&copy)?;
    migrate(&copy, acts, actor, stamp, request)?;
    migrate::all_clear(&copy)?;
    Ok(check::full(&copy)?)
}

fn copied(book: &BookPath, copy: &Path, now: DateTime<Utc>) -> Result<i64, Failure> {
    let made = backup::copy(book, copy, now)?;
    match made.found.first() {
        None => Ok(made.manifest.acts),
        Some(finding) => Err(Failure::refused(
            "BAK-02",
            format!("The copy made before is not sound ({finding}). Nothing was changed."),
        )),
    }
}

/// `books.db.format-1.20261129T170200.copy`, beside the book.
fn place_of_copy(book: &BookPath, format: i64, now: DateTime<Utc>) -> PathBuf {
    PathBuf::from(format!("{}.format-{format}.{}.copy", book.shown(), now.format("%Y%m%dT%H%M%S")))
}

/// What a book is to be made of.
#[derive(Debug, Clone, Copy)]
pub struct Restoring<'a> {
    /// The copy.
    pub from: &'a Path,
    /// Where the book is to be. Nothing may be there.
    pub to: &'a Path,
    /// A book or a copy it must be one of.
    pub of: Option<&'a BookPath>,
    /// What was written down of the chain elsewhere.
    pub anchors: &'a [Head],
}

/// What restoring a book did.
#[derive(Debug)]
pub struct Restored {
    /// The act.
    pub done: Done,
    /// Its manifest, where one lay beside the copy and agreed with it.
    pub manifest: Option<Manifest>,
    /// Acts the copy has.
    pub acts: i64,
    /// Acts the anchors show after the copy: they are not in the restored book.
    pub missing: i64,
    /// Anchors that were found in the chain of the copy.
    pub anchored: usize,
    /// The format it was brought up from, if it was an older one.
    pub from_format: Option<i64>,
}

/// Makes a book of a copy: compares it with its manifest, with the book it must belong to and with the anchors, brings
/// it up where it is of an older format, checks every rule, and writes the act into the new book. On any refusal there
/// is no book, and after a dry run neither.
pub fn restore(wanted: &Restoring<'_>, actor: &Actor, stamp: Stamp, mode: Mode) -> Result<Restored, Failure> {
    made_of(wanted, actor, stamp, mode).map_err(|failure| match failure {
        // Whatever of it cannot be read, it is the copy that is damaged.
        Failure::Refused { code: "DB-04" | "DB-15", .. } | Failure::Unknown(_) => {
            manifest::damaged(wanted.from, "it cannot be read").into()
        }
        other => other,
    })
}

fn made_of(wanted: &Restoring<'_>, actor: &Actor, stamp: Stamp, mode: Mode) -> Result<Restored, Failure> {
    if wanted.to.symlink_metadata().is_ok() {
        let sentence = format!("{} already exists and was not overwritten. Choose another name.", wanted.to.display());
        return Err(Failure::refused("FIL-03", sentence));
    }
    let manifest = Manifest::verified(wanted.from)?;
    let from = BookPath::new(wanted.from);
    let (source, format) = migrate::open_any(&from, Access::Read)?;
    belongs(&source, wanted)?;
    let (acts, head) = audit::head(&source)?;
    let missing = anchored(&source, wanted, acts)?;
    let draft = backup::Draft::start(&source, wanted.to)?;
    drop(source);
    let done = {
        let (conn, _) = migrate::open_any(&draft.book(), Access::Write)?;
        migrate::anew(&conn)?;
        if format < FORMAT {
            let request = Request::new(Act::Migrate { from: format, to: FORMAT });
            migrate(&conn, acts, actor, stamp, &request)?;
        }
        let found = check::full(&conn)?;
        if let Some(first) = found.first() {
            let more = found.len() - 1;
            let what = if more == 0 { first.to_string() } else { format!("{first} (and {more} more findings)") };
            return Err(manifest::damaged(wanted.from, &what).into());
        }
        let name = wanted.from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = super::master::line(&name, "The name of the copy")?;
        let request = Request::new(Act::Restore(Copied { from: name, acts, head }));
        confirmed(&conn, actor, stamp, &request)?
    };
    if mode == Mode::Post {
        draft.keep()?;
    }
    let from_format = (format < FORMAT).then_some(format);
    Ok(Restored { done, manifest, acts, missing, anchored: wanted.anchors.len(), from_format })
}

/// Refuses a copy of other books than those named.
fn belongs(source: &Connection, wanted: &Restoring<'_>) -> Result<(), Failure> {
    let Some(of) = wanted.of else { return Ok(()) };
    let (other, _) = migrate::open_any(of, Access::Read)?;
    if manifest::identity(source)? == manifest::identity(&other)? {
        return Ok(());
    }
    let whose = |conn: &Connection| Manifest::of(conn, String::new()).map(|manifest| manifest.company);
    let (is, must) = (whose(source)?, whose(&other)?);
    let these = if is == must { format!("{is}, but opened separately") } else { format!("{is}, not {must}") };
    let sentence = format!("{} belongs to other books ({these}). Nothing was made of it.", wanted.from.display());
    Err(Failure::refused("BAK-03", sentence))
}

/// Compares the chain of the copy with the anchors and counts the acts they show after it.
fn anchored(source: &Connection, wanted: &Restoring<'_>, acts: i64) -> Result<i64, Failure> {
    let mut missing = 0;
    for anchor in wanted.anchors {
        if anchor.acts > acts {
            missing = missing.max(anchor.acts - acts);
            continue;
        }
        if audit::hash_of(source, anchor.acts)? != Some(anchor.hash) {
            let sentence = format!(
                "The anchor of {} says act {} ended with {}…; {} does not have that act. It was changed, or is of other \
                 books. Nothing was made of it.",
                anchor.origin,
                anchor.acts,
                &hex(&anchor.hash)[..16],
                wanted.from.display()
            );
            return Err(Failure::refused("BAK-05", sentence));
        }
    }
    Ok(missing)
}

/// How a session ended that was open when the copy was made; whoever was in it has the other book open.
const OF_THE_COPY: &str = "restored";

/// Writes the restore down. Where another administrator is there to confirm it, it is asked for, and until that person
/// approves nothing else can be done with the book.
fn confirmed(conn: &Connection, actor: &Actor, stamp: Stamp, request: &Request) -> Result<Done, Failure> {
    let mut tx = Tx::begin(conn, stamp.now)?;
    let person = somebody(&tx, &actor.login)?;
    let is_second =
        |other: &Person| other.id != person.id && other.active && other.held().contains(&Role::Administrator);
    if !tx.people()?.iter().any(is_second) {
        return administrator(tx, actor, stamp, request, |tx| {
            tx.add_lone_act("a book was made from a copy; nobody else is an administrator")?;
            tx.end_open_sessions(OF_THE_COPY)?;
            Ok(restored(&request.act))
        });
    }
    if let Decision::Refused(reason) = authority::decide(&person.held(), Right::ManageUsers) {
        let sentence = format!("Only an administrator may do this ({reason}). Nothing was changed.");
        return Err(Failure::refused("AUT-02", sentence));
    }
    let context = Context { person: &person, today: stamp.today, base: book_currency(&tx)? };
    let would = Written::of(None, restored(&request.act));
    let why = "a second administrator confirms that a book was restored".to_owned();
    let second = Second { needs: Right::ManageUsers, kind: None, amount: None, why };
    let asked = approval::ask(&mut tx, &context, &request.act, &would, &second)?;
    tx.end_open_sessions(OF_THE_COPY)?;
    let session = sign_in(&mut tx, actor, person.id, stamp)?;
    let asking = Request { act: Act::Ask { act: Box::new(request.act.clone()) }, ..request.clone() };
    let payload = written_down(&asking.act)?;
    let done = finish(tx, By { actor, person: person.id, session }, &asking, &payload, asked, Mode::Post)?;
    Ok(Done { asked: true, ..done })
}

/// What a restore did, in words.
pub(super) fn restored(act: &Act) -> String {
    match act {
        Act::Restore(Copied { from, acts, .. }) => format!("Restored the book from {from}, as of act {acts}"),
        other => other.kind().to_owned(),
    }
}

/// What a controller could do in format 1 and now takes roles of its own.
const SPLIT_OFF: [Role; 4] = [Role::Cash, Role::Biller, Role::Credit, Role::Customers];

/// In format 1 a controller could do everything; whoever was one goes on with the roles it was split into, and is told.
fn keep_rights(tx: &mut Tx<'_>) -> Result<String, Failure> {
    let mut kept = Vec::new();
    for person in tx.people()? {
        let held = person.held();
        if !held.contains(&Role::Controller) {
            continue;
        }
        for role in SPLIT_OFF.iter().filter(|role| !held.contains(role)) {
            tx.change_role(person.id, role.name(), true)?;
        }
        kept.push(person.login);
    }
    let roles = SPLIT_OFF.map(Role::name).join(", ");
    Ok(if kept.is_empty() {
        String::new()
    } else {
        format!("; what {} could do stays, as {roles}", kept.join(" and "))
    })
}

/// Writes an act on the file itself down, if the actor manages the book.
fn administrator(
    mut tx: Tx<'_>,
    actor: &Actor,
    stamp: Stamp,
    request: &Request,
    work: impl FnOnce(&mut Tx<'_>) -> Result<String, Failure>,
) -> Result<Done, Failure> {
    let person = somebody(&tx, &actor.login)?;
    if let Decision::Refused(reason) = authority::decide(&person.held(), Right::ManageUsers) {
        return Err(only_an_administrator(&reason));
    }
    let payload = written_down(&request.act)?;
    let session = sign_in(&mut tx, actor, person.id, stamp)?;
    let mut written = Written::of(None, work(&mut tx)?);
    written.undoable = false;
    finish(tx, By { actor, person: person.id, session }, request, &payload, written, Mode::Post)
}

fn only_an_administrator(reason: &str) -> Failure {
    Failure::refused("AUT-02", format!("Only an administrator may do this ({reason}). Nothing was changed."))
}

/// The answer when one of these is asked for like other acts.
pub(super) fn not_here() -> Failure {
    Failure::refused("ACT-06", "A book is brought up by o2c migrate and restored by o2c restore. Nothing was changed.")
}
