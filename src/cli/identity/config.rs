//! The machine's settings of identity: a small TOML file that only root may write, read strictly, so that neither a slip
//! of the pen nor somebody else's hand silently makes a shared server trust everybody.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::cli::stop::Stop;
use crate::domain::authority::Identity;

/// The keys that are understood.
const KEYS: [&str; 9] =
    ["mode", "service_user", "book", "import", "export", "backup", "seals", "idle_minutes", "theme"];
/// More than any settings need.
const LONGEST: u64 = 64 << 10;

/// The settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// How a login becomes known.
    pub mode: Identity,
    /// The account that owns the book and that the program runs as.
    pub service_user: Option<String>,
    /// The book, where no argument names another.
    pub book: Option<PathBuf>,
    /// Where files to import are: a folder with one folder for each login.
    pub import: Option<PathBuf>,
    /// Where exported files go: a folder with one folder for each login.
    pub export: Option<PathBuf>,
    /// Where copies of the book go.
    pub backup: Option<PathBuf>,
    /// Where the sealed heads of the chain are, whose newest a session compares with the book when it starts.
    pub seals: Option<PathBuf>,
    /// Minutes without a key after which a session is locked; 0 never.
    pub idle_minutes: Option<u64>,
    /// The theme of sessions that choose none.
    pub theme: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            mode: Identity::Trust,
            service_user: None,
            book: None,
            import: None,
            export: None,
            backup: None,
            seals: None,
            idle_minutes: None,
            theme: None,
        }
    }
}

/// Reads the settings; `None` where the machine has none.
pub fn load(path: &Path) -> Result<Option<Config>, Stop> {
    let cannot = |error: std::io::Error| refuse(path, &format!("cannot be read: {error}"));
    let opened = File::options().read(true).custom_flags(NO_FOLLOW).open(path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    let found = file.metadata().map_err(cannot)?;
    if !found.is_file() {
        return Err(refuse(path, "is not a regular file"));
    }
    guarded(path, found.uid(), found.mode(), 0)?;
    for folder in path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
        let found = folder.symlink_metadata().map_err(cannot)?;
        guarded(folder, found.uid(), found.mode(), 0)?;
    }
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(cannot)?;
    parse(&path.display().to_string(), &text).map(Some)
}

const NO_FOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();

/// Refuses what anybody but its owner could have written, or what is somebody else's.
fn guarded(path: &Path, owner: u32, mode: u32, wanted: u32) -> Result<(), Stop> {
    if owner != wanted {
        return Err(refuse(path, &format!("belongs to user {owner}, it must belong to root")));
    }
    if mode & 0o022 != 0 {
        let sentence = format!("may be written by others than root (mode {:04o}); run chmod go-w on it", mode & 0o7777);
        return Err(refuse(path, &sentence));
    }
    Ok(())
}

fn refuse(path: &Path, what: &str) -> Stop {
    Stop::refused("CFG-01", format!("{} {what}. Not started.", path.display()))
}

/// Reads the text of the settings. `shown` stands in messages.
fn parse(shown: &str, text: &str) -> Result<Config, Stop> {
    let at = |place: usize, what: String| {
        let before = text.get(..place).unwrap_or_default();
        let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
        Stop::refused("CFG-01", format!("{shown} line {line}: {what}. Not started."))
    };
    let root = DeTable::parse(text).map_err(|error| {
        at(error.span().map_or(0, |span| span.start), format!("not TOML: {}", error.message().replace('\n', " ")))
    })?;
    let mut config = Config::default();
    let mut mode = None;
    for (key, value) in root.get_ref() {
        let place = key.span().start;
        let word = |value: &Spanned<DeValue<'_>>| value.get_ref().as_str().map(str::to_owned);
        let folder =
            |value: &Spanned<DeValue<'_>>| match word(value).map(PathBuf::from).filter(|path| path.is_absolute()) {
                Some(path) => Ok(Some(path)),
                None => Err(at(place, format!("{} is a path that begins with /, in quotes", key.get_ref()))),
            };
        match key.get_ref().as_ref() {
            "mode" => {
                mode = Some(match word(value).as_deref() {
                    Some("forced") => Identity::Forced,
                    Some("sudo") => Identity::Sudo,
                    Some("trust") => Identity::Trust,
                    _ => return Err(at(place, "mode is \"forced\", \"sudo\" or \"trust\"".to_owned())),
                });
            }
            "service_user" => {
                let name = word(value).filter(|name| !name.is_empty());
                config.service_user = Some(
                    name.ok_or_else(|| at(place, "service_user is the name of an account, in quotes".to_owned()))?,
                );
            }
            "book" => config.book = folder(value)?,
            "import" => config.import = folder(value)?,
            "export" => config.export = folder(value)?,
            "backup" => config.backup = folder(value)?,
            "theme" => {
                let name = word(value).filter(|name| !name.is_empty());
                config.theme =
                    Some(name.ok_or_else(|| at(place, "theme is the name of a theme, in quotes".to_owned()))?);
            }
            "seals" => config.seals = folder(value)?,
            "idle_minutes" => {
                let minutes = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<u64>().ok());
                let minutes = minutes.filter(|minutes| *minutes <= 1_440);
                config.idle_minutes =
                    Some(minutes.ok_or_else(|| at(place, "idle_minutes is a whole number from 0 to 1440".to_owned()))?);
            }
            other => {
                return Err(at(place, format!("unknown key \"{other}\"; known are {}", KEYS.join(", "))));
            }
        }
    }
    config.mode = mode.ok_or_else(|| at(0, "mode is missing: \"forced\", \"sudo\" or \"trust\"".to_owned()))?;
    if config.mode != Identity::Trust && config.service_user.is_none() {
        return Err(at(0, "service_user is missing: the account that owns the book".to_owned()));
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        parse("identity.toml", text).unwrap_err().sentence
    }

    #[test]
    fn settings_are_read_whole() {
        let text = "# who\nmode = \"forced\"\nservice_user = \"o2c\"\nbook = \"/var/lib/o2c/db/books.db\"\n\
                    import = \"/i\"\nexport = \"/e\"\nbackup = \"/b\"\nidle_minutes = 10\n";
        let config = parse("identity.toml", text).unwrap();
        assert_eq!((config.mode, config.idle_minutes), (Identity::Forced, Some(10)));
        assert_eq!(config.service_user.as_deref(), Some("o2c"));
        assert_eq!(config.book.as_deref(), Some(Path::new("/var/lib/o2c/db/books.db")));
        assert_eq!(parse("x", "mode = \"trust\"").unwrap(), Config::default());
    }

    #[test]
    fn a_slip_of_the_pen_is_refused_with_its_line() {
        let unknown = refused("mode = \"forced\"\nservice_user = \"o2c\"\n\nidle_minuts = 3\n");
        assert!(unknown.starts_with("[CFG-01] identity.toml line 4: unknown key \"idle_minuts\""), "{unknown}");
        assert!(unknown.ends_with("Not started."), "{unknown}");
        for (text, said) in [
            ("", "line 1: mode is missing"),
            ("mode = \"Forced\"\n", "line 1: mode is"),
            ("mode = \"demo\"\n", "line 1: mode is"),
            ("\nmode = 3\n", "line 2: mode is"),
            ("mode = \"sudo\"\n", "service_user is missing"),
            ("mode = \"trust\"\nservice_user = \"\"\n", "line 2: service_user"),
            ("mode = \"trust\"\nbook = \"books.db\"\n", "line 2: book is a path"),
            ("mode = \"trust\"\nidle_minutes = -1\n", "line 2: idle_minutes"),
            ("mode = \"trust\"\nidle_minutes = \"5\"\n", "line 2: idle_minutes"),
            ("mode = \"trust\"\nmode = \"forced\"\n", "line 2: not TOML"),
            ("mode = trust\n", "line 1: not TOML"),
            ("[mode]\n", "line 1: mode is"),
        ] {
            let sentence = refused(text);
            assert!(sentence.contains(said), "{text:?}: {sentence}");
        }
    }

    #[test]
    fn only_what_root_alone_can_write_is_believed() {
        let path = Path::new("/etc/o2c/identity.toml");
        assert!(guarded(path, 0, 0o100_644, 0).is_ok());
        for (owner, mode) in [(1000, 0o100_644), (0, 0o100_664), (0, 0o100_646), (0, 0o100_666), (0, 0o40_777)] {
            let sentence = guarded(path, owner, mode, 0).unwrap_err().sentence;
            assert!(sentence.starts_with("[CFG-01]") && sentence.contains("Not started"), "{sentence}");
        }
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(load(&folder.path().join("none.toml")).unwrap(), None);
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link.toml")).unwrap();
        assert!(load(&folder.path().join("link.toml")).is_err());
        assert!(load(folder.path()).unwrap_err().sentence.contains("not a regular file"));
    }
}
