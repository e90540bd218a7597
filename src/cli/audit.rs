//! `o2c audit`: who did what with what came of it, whether the chain is whole and agrees with the heads sealed before,
//! sealing a head, and samples for an audit. Nothing here changes the book.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::Utc;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::audit_args::{Audit, AuditLog, Sample, Seal, Verify, Which};
use super::given_file;
use super::out::{self, Cell, Form, Listing};
use super::session::Session;
use super::stop::{REFUSED, Stop};
use crate::acts::ActKey;
use crate::formats::note::{self, CheckKey, Head, SealKey};
use crate::store::audit::{self, Entry, Wanted};
use crate::store::check::Finding;
use crate::store::open::{Access, open};
use crate::store::read::changes;
use crate::store::schema::hex;
use crate::store::{Connection, Reader};

/// The verbs.
pub(super) fn run(session: &Session, wanted: &Audit) -> Result<(), Stop> {
    match wanted {
        Audit::Log(wanted) => log(session, wanted),
        Audit::Show { act, form } => show(session, *act, form.form()),
        Audit::Verify(wanted) => verify(session, wanted),
        Audit::Seal(wanted) => seal(session, wanted),
        Audit::Keygen { file, name } => keygen(file, name),
        Audit::Sample(wanted) => sample(session, wanted),
    }
}

fn asked(session: &Session, which: &Which) -> Result<Wanted, Stop> {
    let customer = match &which.customer {
        Some(number) => Some(super::aging::customer(&session.reader()?, number)?),
        None => None,
    };
    Ok(Wanted {
        login: which.login.clone(),
        kind: which.kind.clone(),
        customer,
        from: which.from.map(|day| day.to_string()),
        before: which.before.map(|day| day.to_string()),
        below: None,
    })
}

const COLUMNS: &[&str] = &[
    "act",
    "at",
    "login",
    "kind",
    "summary",
    "undoes",
    "undone_by",
    "source",
    "identity",
    "origin",
    "hash",
    "changes",
];

fn cells(entry: Entry) -> Vec<Cell> {
    vec![
        Cell::Number(entry.act),
        Cell::Text(entry.at),
        Cell::Text(entry.login),
        Cell::Text(entry.kind),
        Cell::Text(entry.summary),
        Cell::number(entry.undoes),
        Cell::number(entry.undone_by),
        Cell::Text(entry.source),
        Cell::Text(entry.identity),
        Cell::Text(entry.origin),
        Cell::Text(entry.hash.get(..16).unwrap_or_default().to_owned()),
    ]
}

fn log(session: &Session, wanted: &AuditLog) -> Result<(), Stop> {
    let conn = open(&session.book()?, Access::Read)?;
    let limit = wanted.limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(i64::MAX);
    list(session, audit::log(&conn, &asked(session, &wanted.which)?, limit)?, wanted.changes, wanted.form.form())
}

/// Acts as a list, each with what it changed in a column of its own where that is wanted.
fn list(session: &Session, entries: Vec<Entry>, with_changes: bool, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let columns = if with_changes { COLUMNS } else { &COLUMNS[..COLUMNS.len() - 1] };
    let rows = entries.into_iter().map(|entry| -> Result<Vec<Cell>, Stop> {
        let act = entry.act;
        let mut row = cells(entry);
        if with_changes {
            row.push(Cell::Text(changed(&reader, act)?));
        }
        Ok(row)
    });
    let rows = rows.collect::<Result<Vec<_>, Stop>>()?;
    let total = rows.len() as u64;
    Listing { columns, rows, total, foot: Vec::new() }.print(form)
}

fn changed(reader: &Reader, act: i64) -> Result<String, Stop> {
    let lines = changes::of(reader, act)?.into_iter().map(|change| match change.before.as_str() {
        "" => format!("{}: {}", change.what, change.after),
        before => format!("{}: {before} -> {}", change.what, change.after),
    });
    Ok(lines.collect::<Vec<_>>().join("; "))
}

fn show(session: &Session, act: i64, form: Form) -> Result<(), Stop> {
    let reader = session.reader()?;
    let conn = open(&session.book()?, Access::Read)?;
    let wanted = Wanted { below: Some(act.saturating_add(1)), ..Wanted::default() };
    let Some(entry) = audit::log(&conn, &wanted, 1)?.pop().filter(|entry| entry.act == act) else {
        return Err(Stop::refused("ACT-04", format!("There is no act {act} in the log.")));
    };
    if form == Form::Text {
        out::say(&format!("Act {act}: {}", entry.summary))?;
        let origin = if entry.origin.is_empty() { String::new() } else { format!(" from {}", entry.origin) };
        let known = if entry.identity.is_empty() { "not recorded" } else { &entry.identity };
        out::say(&format!(
            "{} by {} at {}, {}, identity {known}{origin}",
            entry.kind, entry.login, entry.at, entry.source
        ))?;
        out::say(&format!("Hash {}", entry.hash))?;
        out::say("")?;
    }
    let rows = changes::of(&reader, act)?
        .into_iter()
        .map(|change| [change.what, change.before, change.after].map(Cell::Text).to_vec());
    let rows: Vec<_> = rows.collect();
    let total = rows.len() as u64;
    Listing { columns: &["what", "before", "after"], rows, total, foot: Vec::new() }.print(form)
}

pub(super) fn read_file(path: &Path) -> Result<String, Stop> {
    given_file::size(path, "Nothing was done.")?;
    std::fs::read_to_string(path).map_err(|error| {
        Stop::refused("FIL-01", format!("{} cannot be read: {error}. Nothing was done.", path.display()))
    })
}

fn verify(session: &Session, wanted: &Verify) -> Result<(), Stop> {
    let conn = open(&session.book()?, Access::Read)?;
    let found = audit::verify(&conn)?;
    let (acts, last) = audit::head(&conn)?;
    let mut fits = found.is_empty();
    let (mut said, mut head_known) = (Vec::new(), None);
    if let Some(head) = &wanted.head {
        let head = head.trim().to_lowercase();
        let known = head.len() >= 8
            && audit::log(&conn, &Wanted::default(), i64::MAX)?.iter().any(|act| act.hash.starts_with(&head));
        (fits, head_known) = (fits && known, Some(known));
        if !known {
            said.push(format!(
                "A6 head {head}: no act of this book has that hash; must be one of its {acts} acts -> restore the last good backup"
            ));
        }
    }
    let mut held = None;
    if let Some(place) = &wanted.anchors {
        let key = wanted.check_key.as_deref().map(check_key).transpose()?;
        let (count, differing) = anchors(&conn, place, key.as_ref())?;
        fits &= differing.is_empty();
        let sealed = if key.is_some() { "signed heads" } else { "heads (signatures not looked at: no --check-key)" };
        said.extend(differing.iter().map(ToString::to_string));
        said.push(format!("Held against {count} {sealed}: {} agree.", count - differing.len()));
        held = Some((count, key.is_some(), differing));
    }
    if wanted.json {
        let findings: Vec<Value> = found.iter().map(super::check::as_json).collect();
        let held = held.map(|(count, signed, differing)| {
            let differing: Vec<Value> = differing.iter().map(super::check::as_json).collect();
            json!({ "compared": count, "signatures_verified": signed, "differ": differing })
        });
        let answer = json!({
            "whole": fits, "acts": acts, "last_hash": last, "findings": findings, "head_known": head_known, "anchors": held,
        });
        out::say(&answer.to_string())?;
        return if fits { Ok(()) } else { Err(Stop::quietly(REFUSED)) };
    }
    for line in found.iter().map(ToString::to_string).chain(said) {
        out::say(&line)?;
    }
    if !fits {
        return Err(Stop::quietly(REFUSED));
    }
    out::say(&format!("The chain of {acts} acts is whole. Last hash: {last}"))
}

pub(super) fn check_key(text: &str) -> Result<CheckKey, Stop> {
    let found = CheckKey::parse(text);
    let found = match found {
        None if Path::new(text).is_file() => CheckKey::parse(&read_file(Path::new(text))?),
        other => other,
    };
    found.ok_or_else(|| Stop::refused("AUD-02", format!("{text} is no key that verifies seals. Nothing was verified.")))
}

/// Holds every sealed head of a file or folder against the chain. Gives how many there were, and what differs.
pub(super) fn anchors(conn: &Connection, place: &Path, key: Option<&CheckKey>) -> Result<(usize, Vec<Finding>), Stop> {
    let files = sealed_heads(place)?;
    if files.is_empty() {
        let sentence = format!("There is no sealed head (.note) in {}. Nothing was compared.", place.display());
        return Err(Stop::refused("AUD-03", sentence));
    }
    let mut found = Vec::new();
    for file in &files {
        found.extend(differs(conn, file, &read_file(file)?, key)?);
    }
    Ok((files.len(), found))
}

/// The files of sealed heads in a folder, by name; a file is itself.
pub(super) fn sealed_heads(place: &Path) -> Result<Vec<PathBuf>, Stop> {
    if !place.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    let listed = std::fs::read_dir(place)
        .map_err(|error| Stop::refused("FIL-01", format!("{} cannot be read: {error}.", place.display())))?;
    let mut files: Vec<PathBuf> =
        listed.filter_map(|file| file.ok().map(|file| file.path())).filter(|path| has_ending(path)).collect();
    files.sort();
    Ok(files)
}

fn has_ending(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "note")
}

/// How a sealed head disagrees with the book; `None` when it agrees.
pub(super) fn differs(
    conn: &Connection,
    file: &Path,
    text: &str,
    key: Option<&CheckKey>,
) -> Result<Option<Finding>, Stop> {
    const RESTORE: &str = "restore the last good backup";
    let finding =
        |is: String, must: &str, todo: &str| Ok(Some(Finding::new("A6", file.display().to_string(), is, must, todo)));
    let read = match key {
        Some(key) => note::verify(text, key),
        None => note::read(text),
    };
    let head = match read {
        Ok(head) => head,
        Err(error) => return finding(error.to_string(), "a head sealed with that key", "find out who wrote it"),
    };
    let origin = audit::origin(conn)?;
    if head.origin != origin {
        return finding(format!("of the book {}", head.origin), &origin, "take the anchors of this book");
    }
    let (acts, _) = audit::head(conn)?;
    let there = audit::hash_of(conn, head.acts)?;
    if there == Some(head.hash) {
        return Ok(None);
    }
    // What was sealed after the copy a book was restored from is not in it: no rewriting, but somebody has to know of it.
    if let Some((act, day, who)) = audit::restored(conn, head.acts)? {
        let is = format!(
            "sealed {} acts, {} of them after the copy that {who} restored on {day} (act {act}), which the book does not \
             have",
            head.acts,
            head.acts - act + 1
        );
        let todo = "if that restore was right, move this file out of the folder and keep it; if not, go back to the book \
                    that was replaced";
        return Ok(Some(Finding::new("O6", file.display().to_string(), is, "of acts the book has", todo)));
    }
    match there {
        Some(hash) => {
            let is = format!("sealed act {} with hash {}", head.acts, &hex(&head.hash)[..16]);
            finding(is, &format!("{}, as the book has it: it was rewritten", &hex(&hash)[..16]), RESTORE)
        }
        None => {
            let is = format!("sealed {} acts, the book ends at {acts}: the last acts are missing", head.acts);
            finding(is, "of acts the book has", RESTORE)
        }
    }
}

fn seal(session: &Session, wanted: &Seal) -> Result<(), Stop> {
    let key = SealKey::parse(&read_file(&wanted.key)?).ok_or_else(|| {
        Stop::refused("AUD-02", format!("{} holds no sealing key. Nothing was sealed.", wanted.key.display()))
    })?;
    let conn = open(&session.book()?, Access::Read)?;
    let (acts, _) = audit::head(&conn)?;
    let Some(hash) = audit::hash_of(&conn, acts)? else {
        return Err(Stop::refused("AUD-04", "The book has no acts yet. Nothing was sealed."));
    };
    let more = vec![format!("sealed {}", Utc::now().format("%Y-%m-%dT%H:%M:%SZ"))];
    let note = key.seal(&Head { origin: audit::origin(&conn)?, acts, hash, more });
    let Some(folder) = &wanted.out else {
        print!("{note}");
        return Ok(());
    };
    let file = folder.join(format!("{acts:09}-{}.note", &hex(&hash)[..16]));
    if file.is_file() && read_file(&file).is_ok_and(|known| note::read(&known).is_ok_and(|head| head.hash == hash)) {
        return out::say(&format!("Act {acts} is sealed already: {}", file.display()));
    }
    write_new(&file, &note, 0o644)?;
    out::say(&format!("Sealed {acts} acts, hash {}: {}", &hex(&hash)[..16], file.display()))
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), Stop> {
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path);
    made.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all())).map_err(|error| {
        Stop::refused("FIL-03", format!("{} cannot be written: {error}. Nothing was overwritten.", path.display()))
    })
}

fn keygen(file: &Path, name: &str) -> Result<(), Stop> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Stop::refused("AUD-05", format!("There is no randomness to make a key from: {error}.")))?;
    let key =
        SealKey::new(name, seed).ok_or_else(|| Stop::usage("The name of a key has no blanks and no +.".to_owned()))?;
    let public = PathBuf::from(format!("{}.pub", file.display()));
    write_new(file, &format!("{}\n", key.secret()), 0o600)?;
    write_new(&public, &format!("{}\n", key.check_key().text()), 0o644)?;
    out::say(&format!(
        "Made {} (secret: keep it where nobody who works in the book can read it) and {} (give it to the auditor).",
        file.display(),
        public.display()
    ))
}

/// Acts with the lowest hashes of seed and act: a draw that anybody can repeat and nobody could steer.
fn sample(session: &Session, wanted: &Sample) -> Result<(), Stop> {
    let conn = open(&session.book()?, Access::Read)?;
    let mut entries = audit::log(&conn, &asked(session, &wanted.which)?, i64::MAX)?;
    let of = entries.len();
    entries.sort_by_cached_key(|entry| {
        let mut hasher = Sha256::new();
        hasher.update(ActKey::named(&wanted.seed).0);
        hasher.update(entry.hash.as_bytes());
        <[u8; 32]>::from(hasher.finalize())
    });
    entries.truncate(wanted.count);
    entries.sort_by_key(|entry| entry.act);
    if wanted.form.form() == Form::Text {
        out::say(&format!("{} of {of} acts, drawn with seed \"{}\":", entries.len(), wanted.seed))?;
    }
    list(session, entries, true, wanted.form.form())
}
