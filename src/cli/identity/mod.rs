//! Who is at the terminal and how that is known. [`establish`] runs before anything else: it reads the machine's
//! settings (`config`), takes what the connection says out of the environment (`origin`) and, where identity is
//! enforced, gives up what the process does not need (`process`).

mod config;
mod origin;
mod process;

use std::path::{Path, PathBuf};

use super::stop::Stop;
use crate::acts::Actor;
use crate::domain::authority::Identity;
pub(super) use config::Config;

/// Where the settings are. Fixed when the program is built, so that no argument and no environment of the person's own
/// can choose other ones.
pub(super) const SETTINGS: &str = "/etc/o2c/identity.toml";
/// Where `packaging/install.sh` puts the program.
const INSTALLED: &str = "/usr/libexec/o2c/o2c";
/// Minutes without a key after which an enforced session is locked, unless the settings say otherwise.
const IDLE_MINUTES: u64 = 15;

/// What is known before the arguments are read.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// How a login becomes known on this machine.
    pub mode: Identity,
    /// The settings, where there are any.
    pub config: Config,
    /// The other end of the connection.
    pub origin: String,
    /// The login `sudo` vouches for, in sudo mode.
    vouched: Option<String>,
    /// The connection came with a command of its own, which was not run.
    pub requested: Option<String>,
    /// Somebody's connection started the process, rather than the machine itself.
    remote: bool,
    /// Root, which looks after the book: it checks and seals, and works in no book.
    caretaker: bool,
    /// Why `sudo` vouches for nobody, where it does not.
    unvouched: &'static str,
}

/// Finds out who is there, and confines the process where identity is enforced. Call it first, before any thread is
/// started: it changes the environment.
pub(super) fn establish() -> Result<Known, Stop> {
    let loaded = config::load(Path::new(SETTINGS))?;
    // Where the program was installed for a shared server, a file that is gone must not make everybody be trusted.
    if loaded.is_none() && std::env::current_exe().is_ok_and(|program| program == Path::new(INSTALLED)) {
        let sentence =
            format!("{SETTINGS} is missing on this shared server. Nothing is shown; tell the administrator.");
        return Err(Stop::refused("CFG-01", sentence));
    }
    let config = loaded.unwrap_or_default();
    let mode = config.mode;
    let said = origin::Said::here();
    if mode == Identity::Trust {
        let origin = said.far_end();
        return Ok(Known {
            mode,
            origin,
            config,
            vouched: None,
            requested: None,
            remote: false,
            caretaker: false,
            unvouched: "",
        });
    }
    let caretaker = process::confine(config.service_user.as_deref().unwrap_or_default())?;
    let vouched = if mode == Identity::Sudo && !caretaker { said.vouched_login()? } else { None };
    let unvouched = said.unvouched();
    let (origin, requested, remote) = (said.origin(mode), said.requested(), said.remote());
    process::clear_environment();
    Ok(Known { mode, config, origin, vouched, requested, remote, caretaker, unvouched })
}

impl Known {
    /// Whether somebody else than the person says who the person is.
    pub fn enforced(&self) -> bool {
        self.mode != Identity::Trust
    }

    /// The login: from the forced command's `--as`, or from `sudo`. `None` in trust mode without `--as`, and for the
    /// machine's own services, which act for nobody.
    pub fn login(&self, given: Option<&str>) -> Result<Option<String>, Stop> {
        let login = match (self.mode, given) {
            (Identity::Sudo, Some(_)) => {
                let sentence = "Who acts is known from sudo on this machine. Nothing was done; leave --as out.";
                return Err(Stop::refused("SES-04", sentence));
            }
            (Identity::Sudo, None) => self.vouched.clone(),
            (_, given) => given.map(str::to_owned),
        };
        match login {
            Some(login) if self.enforced() && !is_plain(&login) => {
                let sentence = "The login may only hold letters, digits, dot, dash and underscore. Nothing is shown; \
                                tell the administrator.";
                Err(Stop::refused("SES-04", sentence))
            }
            login => Ok(login),
        }
    }

    /// Whether a connection from elsewhere opened the workstation and can do nothing else.
    pub fn only_workstation(&self) -> bool {
        self.enforced() && self.remote
    }

    /// Refuses when nobody can be named although identity is enforced.
    pub fn nobody(&self) -> Stop {
        let sentence = match self.mode {
            Identity::Sudo => self.unvouched,
            _ if self.remote => "the forced command of this key names no --as.",
            _ => "say who with --as LOGIN.",
        };
        Stop::refused(
            "SES-04",
            format!(
                "Nobody is known to be here: {sentence} Nothing was done; if you do not know how, ask the administrator."
            ),
        )
    }

    /// Whether a verb that acts for nobody may run: only when the machine itself started it.
    pub fn is_service(&self) -> bool {
        !self.enforced() || !self.remote || self.caretaker
    }

    /// Refuses root everything but looking after the book.
    pub fn refuse_caretaker(&self) -> Result<(), Stop> {
        let service_user = self.config.service_user.as_deref().unwrap_or_default();
        if self.caretaker { Err(process::only_as(service_user, "root")) } else { Ok(()) }
    }

    /// Who acts.
    pub fn actor(&self, login: &str, source: &'static str) -> Actor {
        Actor { identity: self.mode, origin: self.origin.clone(), ..Actor::new(login, source) }
    }

    /// Milliseconds without a key after which the screen is locked; an argument can only make an enforced time shorter.
    pub fn idle_lock(&self, asked: Option<u64>) -> Option<u64> {
        let minutes = self.config.idle_minutes.or(self.enforced().then_some(IDLE_MINUTES));
        let set = minutes.map(|minutes| minutes * 60_000).filter(|time| *time > 0);
        let asked = asked.filter(|time| *time > 0 || !self.enforced());
        match (set, asked) {
            (Some(set), Some(asked)) if self.enforced() => Some(set.min(asked)),
            (set, asked) => asked.or(set).filter(|time| *time > 0),
        }
    }

    /// The file a person may read from: as given where nothing is enforced, else one of this name in the person's own
    /// folder for imports.
    pub fn input(&self, login: Option<&str>, given: &Path) -> Result<PathBuf, Stop> {
        self.own(self.config.import.as_deref(), login, given, "import")
    }

    /// The file a person may write to: as given, else one of this name in the person's own folder for exports.
    pub fn output(&self, login: Option<&str>, given: &Path) -> Result<PathBuf, Stop> {
        self.own(self.config.export.as_deref(), login, given, "export")
    }

    /// The file a copy of the book is written to or read from: as given, else one of this name in the folder for copies.
    pub fn copy(&self, given: &Path) -> Result<PathBuf, Stop> {
        if !self.enforced() {
            return Ok(given.to_owned());
        }
        let folder = self.folder(self.config.backup.as_deref(), "backup")?;
        // A path that names the folder itself means the same.
        let name = given.strip_prefix(folder).unwrap_or(given);
        Ok(folder.join(plain_name(name, folder)?))
    }

    fn own(&self, folder: Option<&Path>, login: Option<&str>, given: &Path, key: &str) -> Result<PathBuf, Stop> {
        if !self.enforced() {
            return Ok(given.to_owned());
        }
        let login = login.ok_or_else(|| self.nobody())?;
        let folder = self.folder(folder, key)?.join(login);
        let file = folder.join(plain_name(given, &folder)?);
        if folder.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
            let sentence = format!("{} is not a folder. Nothing was read or written.", folder.display());
            return Err(Stop::refused("FIL-03", sentence));
        }
        make_folder(&folder)?;
        if file.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            let sentence = format!("{} is not a regular file. Nothing was read or written.", file.display());
            return Err(Stop::refused("FIL-01", sentence));
        }
        Ok(file)
    }

    fn folder<'f>(&self, folder: Option<&'f Path>, key: &str) -> Result<&'f Path, Stop> {
        folder.ok_or_else(|| {
            let sentence =
                format!("{SETTINGS} names no folder for this ({key} = \"/...\"). Nothing was read or written.");
            Stop::refused("CFG-01", sentence)
        })
    }
}

/// A person's folder, which nobody else may look into.
fn make_folder(folder: &Path) -> Result<(), Stop> {
    use std::os::unix::fs::DirBuilderExt;
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(Stop::trouble("FIL-05", format!("The folder {} cannot be made: {error}.", folder.display())))
        }
        _ => Ok(()),
    }
}

/// The name of a file in a folder: nothing that leads out of it.
fn plain_name<'p>(given: &'p Path, folder: &Path) -> Result<&'p str, Stop> {
    let name = given.to_str().unwrap_or_default();
    let controls = name.chars().any(char::is_control);
    if name.is_empty() || name.starts_with('.') || name.starts_with('-') || name.contains('/') || controls {
        let sentence = format!(
            "On this machine a file is only a name without / in {}. Nothing was read or written.",
            folder.display()
        );
        return Err(Stop::refused("FIL-03", sentence));
    }
    Ok(name)
}

/// Whether a login can stand in a message, a folder's name and the log as it is.
fn is_plain(login: &str) -> bool {
    let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=64).contains(&login.len()) && login.chars().all(sign) && !login.starts_with(['.', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(mode: Identity, folder: &Path) -> Known {
        let config = Config {
            mode,
            import: Some(folder.to_owned()),
            export: Some(folder.to_owned()),
            backup: Some(folder.to_owned()),
            ..Config::default()
        };
        let vouched = (mode == Identity::Sudo).then(|| "mara".to_owned());
        Known {
            mode,
            config,
            origin: String::new(),
            vouched,
            requested: None,
            remote: true,
            caretaker: false,
            unvouched: "",
        }
    }

    #[test]
    fn who_acts_is_never_the_persons_own_word_where_it_is_enforced() {
        let folder = tempfile::tempdir().unwrap();
        let sudo = known(Identity::Sudo, folder.path());
        assert_eq!(sudo.login(None).unwrap().as_deref(), Some("mara"));
        assert!(sudo.login(Some("mara")).unwrap_err().sentence.starts_with("[SES-04]"));
        let forced = known(Identity::Forced, folder.path());
        assert_eq!(forced.login(Some("bob")).unwrap().as_deref(), Some("bob"));
        assert_eq!(forced.login(None).unwrap(), None);
        for login in ["", "../bob", "a/b", "-x", ".x", "a b", "\u{1b}[2J", &"x".repeat(65)] {
            assert!(forced.login(Some(login)).is_err(), "{login:?}");
        }
        assert_eq!(known(Identity::Trust, folder.path()).login(Some("a b")).unwrap().as_deref(), Some("a b"));
    }

    #[test]
    fn files_stay_in_the_persons_own_folder() {
        let folder = tempfile::tempdir().unwrap();
        let forced = known(Identity::Forced, folder.path());
        let file = forced.output(Some("bob"), Path::new("items.csv")).unwrap();
        assert_eq!(file, folder.path().join("bob/items.csv"));
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(folder.path().join("bob").metadata().unwrap().permissions().mode() & 0o777, 0o700);
        for name in ["/etc/passwd", "../x", "a/b", "", ".", "..", ".hidden", "-o", "a\nb"] {
            let refused = forced.output(Some("bob"), Path::new(name)).unwrap_err();
            assert!(refused.sentence.starts_with("[FIL-03]"), "{name:?}: {}", refused.sentence);
            assert!(forced.copy(Path::new(name)).is_err(), "{name:?}");
        }
        let copy = folder.path().join("books.db");
        assert_eq!(forced.copy(Path::new("books.db")).unwrap(), copy);
        assert_eq!(forced.copy(&copy).unwrap(), copy);
        assert!(forced.copy(&folder.path().join("bob/books.db")).is_err());
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("bob/link")).unwrap();
        assert!(forced.input(Some("bob"), Path::new("link")).unwrap_err().sentence.starts_with("[FIL-01]"));
        assert!(forced.input(None, Path::new("x")).is_err());
        let trust = known(Identity::Trust, folder.path());
        assert_eq!(trust.input(None, Path::new("../x")).unwrap(), Path::new("../x"));
    }

    #[test]
    fn an_argument_can_only_shorten_an_enforced_lock() {
        let folder = tempfile::tempdir().unwrap();
        let mut forced = known(Identity::Forced, folder.path());
        assert_eq!(forced.idle_lock(None), Some(900_000));
        assert_eq!(forced.idle_lock(Some(0)), Some(900_000));
        assert_eq!(forced.idle_lock(Some(60_000)), Some(60_000));
        assert_eq!(forced.idle_lock(Some(6_000_000)), Some(900_000));
        forced.config.idle_minutes = Some(0);
        assert_eq!(forced.idle_lock(None), None);
        let mut trust = known(Identity::Trust, folder.path());
        assert_eq!(trust.idle_lock(None), None);
        assert_eq!(trust.idle_lock(Some(2_000)), Some(2_000));
        trust.config.idle_minutes = Some(5);
        assert_eq!(trust.idle_lock(None), Some(300_000));
        assert_eq!(trust.idle_lock(Some(0)), None);
    }
}
