//! Verbs on the book as a file: copies, restoring from one, and bringing a book of an older format up.

use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;

use super::args::Making;
use super::session::Session;
use super::stop::Stop;
use super::{audit, out};
use crate::acts::upkeep::{self, Restoring, Upgrade};
use crate::acts::{Act, Actor, Mode, Request};
use crate::domain::authority::Role;
use crate::formats::note;
use crate::store::check::Finding;
use crate::store::open::Access;
use crate::store::read::book;
use crate::store::schema::FORMAT;
use crate::store::{BookPath, Reader, backup, manifest, migrate};

/// Arguments of `backup`.
#[derive(Debug, ClapArgs)]
pub struct Backup {
    /// The copy
    pub file: PathBuf,
}

/// Arguments of `restore`.
#[derive(Debug, ClapArgs)]
pub struct Restore {
    /// The copy
    pub file: PathBuf,
    /// A book or a copy of one that it must belong to
    #[arg(long, value_name = "BOOK")]
    pub of: Option<PathBuf>,
    /// A sealed head of the chain that was kept elsewhere, or a folder of them
    #[arg(long, value_name = "FILE|FOLDER")]
    pub anchors: Option<PathBuf>,
    /// Do everything, then throw the book away: a restore drill
    #[arg(long)]
    pub dry_run: bool,
}

/// `o2c backup`.
pub(super) fn backup(session: &Session, wanted: &Backup) -> Result<(), Stop> {
    let book = session.book()?;
    let file = session.known.copy(&wanted.file)?;
    let made = backup::copy(&book, &file, session.stamp().now)?;
    sound(&made.found, "The copy does not pass its check and was not kept. Run `o2c check` on the original.")?;
    let (acts, head) = (made.manifest.acts, made.manifest.head.get(..16).unwrap_or_default());
    out::say(&format!(
        "Copied {} to {} and verified the copy: {acts} acts, the last {head}. Its manifest is {}.",
        book.shown(),
        file.display(),
        manifest::beside(&file).display()
    ))
}

/// Refuses what has findings, after naming them.
fn sound(found: &[Finding], sentence: &str) -> Result<(), Stop> {
    for finding in found {
        out::say(&finding.to_string())?;
    }
    if found.is_empty() { Ok(()) } else { Err(Stop::refused("BAK-02", sentence)) }
}

/// `o2c restore`.
pub(super) fn restore(session: &Session, wanted: &Restore) -> Result<(), Stop> {
    session.may_write()?;
    let place = session.place()?;
    let files = wanted.anchors.as_deref().map(audit::sealed_heads).transpose()?.unwrap_or_default();
    let anchor = |file: &PathBuf| {
        let shown = file.display();
        note::read(&audit::read_file(file)?)
            .map_err(|error| Stop::refused("BAK-05", format!("{shown} is no sealed head: {error}. Nothing was made.")))
    };
    let anchors = files.iter().map(anchor).collect::<Result<Vec<_>, _>>()?;
    // A copy that cannot be read has no person of a demo to offer; why it cannot is said below.
    let file = session.known.copy(&wanted.file)?;
    if file.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        let sentence = format!("There is no copy at {}. Nothing was made; look for its name there.", file.display());
        return Err(Stop::trouble("DB-05", sentence));
    }
    let actor = match drill(session, wanted, &file)? {
        Some(actor) => actor,
        None => session.actor(Reader::open(&BookPath::new(&file)).ok().as_ref(), "cli")?,
    };
    let of = wanted.of.as_ref().map(BookPath::new);
    let mode = if wanted.dry_run { Mode::DryRun } else { Mode::Post };
    let restoring = Restoring { from: &file, to: &place, of: of.as_ref(), anchors: &anchors };
    let made = upkeep::restore(&restoring, &actor, session.stamp(), mode)?;

    let verb = if wanted.dry_run { "Could make" } else { "Made" };
    let (shown, from) = (place.display(), file.display());
    out::say(&format!("{verb} {shown} from {from} and verified it: {} acts, all rules hold.", made.acts))?;
    if made.done.asked && !wanted.dry_run {
        out::say(&format!("{}. Nothing can be done with it until then.", made.done.summary))?;
    }
    match &made.manifest {
        Some(manifest) => out::say(&format!("The copy was made {} and is as it was.", manifest.made_at))?,
        None => out::say("No manifest lay beside the copy; it was judged by its check alone.")?,
    }
    if let Some(format) = made.from_format {
        out::say(&format!("It was of format {format} and was brought up to {FORMAT}."))?;
    }
    if !anchors.is_empty() {
        let what = match made.missing {
            0 => "The anchors show no act after it.".to_owned(),
            1 => "The anchors show 1 act after it, which is missing.".to_owned(),
            n => format!("The anchors show {n} acts after it, which are missing."),
        };
        out::say(&what)?;
    }
    if wanted.dry_run { out::say("Nothing was kept.") } else { Ok(()) }
}

/// Who a drill acts as that the machine itself runs: nothing of it is kept, so an administrator of the copy.
fn drill(session: &Session, wanted: &Restore, file: &Path) -> Result<Option<Actor>, Stop> {
    let machine = session.known.enforced() && session.known.is_service();
    if !wanted.dry_run || !machine || session.known.login(session.global.user.as_deref())?.is_some() {
        return Ok(None);
    }
    let people = book::people(&Reader::open(&BookPath::new(file))?)?;
    let administrator = people.iter().find(|person| person.active && person.held().contains(&Role::Administrator));
    Ok(administrator.map(|person| session.known.actor(&person.login, "cli")))
}

/// `o2c migrate`.
pub(super) fn migrate(session: &Session, change: &Making) -> Result<(), Stop> {
    session.may_write()?;
    let book = session.book()?;
    let (conn, from) = migrate::open_any(&book, Access::Read)?;
    drop(conn);
    let request = Request {
        key: session.key(change.act_key.as_deref()),
        act: Act::Migrate { from, to: FORMAT },
        expect: Vec::new(),
    };
    let mode = if change.dry_run { Mode::DryRun } else { Mode::Post };
    let actor = session.actor(None, "cli")?;
    match upkeep::upgrade(&book, &actor, session.stamp(), &request, mode)? {
        Upgrade::Already => out::say(&format!("{} has format {FORMAT} already.", book.shown())),
        Upgrade::Rehearsed => out::say(&format!(
            "{} can be brought from format {from} to {FORMAT}: a copy was, and all rules hold. Nothing was changed.",
            book.shown()
        )),
        Upgrade::Done { done, copy } => {
            out::say(&format!("{} (act {}). What it was is kept in {}.", done.summary, done.act, copy.display()))
        }
        Upgrade::Unsound { found, after } => {
            let sentence = if after {
                "The book was brought up and does not pass its check. Nobody can post until it does; restore the copy."
            } else {
                "The book does not pass its check, so it was not brought up. Nothing was changed."
            };
            sound(&found, sentence)
        }
    }
}
