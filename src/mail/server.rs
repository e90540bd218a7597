//! Which mail server is used: a small TOML file, read strictly. The password stands in a file of its own that nobody else
//! may read; where identity is enforced, both are the machine's.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::smtp::{Privacy, Server};

/// Where the machine keeps it.
const SETTINGS: &str = "/etc/o2c/mail.toml";
/// More than any of the files needs.
const LONGEST: u64 = 64 << 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    tls: Tls,
    login: Option<String>,
    password_file: Option<PathBuf>,
    authority_file: Option<PathBuf>,
    hello: Option<String>,
    patience_seconds: Option<u64>,
    inbox: Option<PathBuf>,
}

#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "lowercase")]
enum Tls {
    Wrapped,
    #[default]
    #[serde(rename = "starttls")]
    Start,
    None,
}

/// Which file says what mail server is used.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The data folder of the person at the terminal.
    pub folder: Option<PathBuf>,
    /// Only the machine's file counts: somebody who may only act as themselves does not send the company's letters
    /// through a server of their own.
    pub enforced: bool,
}

/// Why no server is used: the file is missing, wrong, or not the one that counts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("[{code}] {sentence}")]
pub struct NoServer {
    /// Its row of the catalogue.
    pub code: &'static str,
    /// What is wrong, with the file and the line.
    pub sentence: String,
}

impl Place {
    /// Reads which server is used: the file given, else the user's own, else the machine's.
    pub fn load(&self, given: Option<&Path>) -> Result<Server, NoServer> {
        let (path, file) = self.file(given)?;
        server(&path, file)
    }

    /// The folder of mails that come in, where the file names one; `None` also where there is no file.
    pub fn inbox(&self, given: Option<&Path>) -> Result<Option<PathBuf>, NoServer> {
        if given.is_none() && self.own().is_none() && !Path::new(SETTINGS).exists() {
            return Ok(None);
        }
        Ok(self.file(given)?.1.inbox)
    }

    /// The user's own file, where there is one.
    fn own(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join("mail.toml")).filter(|path| path.exists())
    }

    /// The file that counts, and what it says.
    fn file(&self, given: Option<&Path>) -> Result<(PathBuf, File), NoServer> {
        let path = match given {
            Some(_) if self.enforced => {
                let sentence = format!("The mail server of this machine is the one of {SETTINGS}.");
                return Err(NoServer { code: "MAIL-04", sentence });
            }
            Some(path) => path.to_owned(),
            None if self.enforced => PathBuf::from(SETTINGS),
            None => self.own().unwrap_or_else(|| PathBuf::from(SETTINGS)),
        };
        if given.is_none() && !path.exists() {
            let own = self.folder.as_ref().filter(|_| !self.enforced).map(|folder| folder.join("mail.toml"));
            let own = own.map_or(String::new(), |own| format!("{} or ", own.display()));
            let sentence = format!(
                "No mail server is set up. Nothing was sent; write {own}{SETTINGS} with host = \"...\" and what else the \
                 README says under The mail server, and try it with o2c mail test."
            );
            return Err(NoServer { code: "CFG-01", sentence });
        }
        Ok((path.clone(), parse(&path)?))
    }
}

fn parse(path: &Path) -> Result<File, NoServer> {
    let text = String::from_utf8(read(path)?).map_err(|_| refuse(path, "is not UTF-8"))?;
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        refuse(path, &format!("line {line}: {}", error.message().replace('\n', " ")))
    })
}

fn server(path: &Path, file: File) -> Result<Server, NoServer> {
    let (privacy, port) = match file.tls {
        Tls::Wrapped => (Privacy::Wrapped, 465),
        Tls::Start => (Privacy::StartTls, 587),
        Tls::None => (Privacy::Plain, 25),
    };
    let login = match (file.login, file.password_file) {
        (None, None) => None,
        (Some(name), Some(secret)) => Some((name, password(&secret)?)),
        (Some(_), None) => return Err(refuse(path, "has a login and no password_file")),
        (None, Some(_)) => return Err(refuse(path, "has a password_file and no login")),
    };
    let authority = file.authority_file.map(|file| read(&file)).transpose()?;
    let patience = file.patience_seconds.unwrap_or(60).clamp(1, 600);
    Ok(Server {
        hello: file.hello.unwrap_or_else(|| "localhost.localdomain".to_owned()),
        host: file.host,
        port: file.port.unwrap_or(port),
        privacy,
        login,
        authority,
        patience: Duration::from_secs(patience),
    })
}

/// The password: the first line of a file that only its owner may read.
fn password(path: &Path) -> Result<String, NoServer> {
    let mode = std::fs::metadata(path).map_err(|error| refuse(path, &format!("cannot be read: {error}")))?.mode();
    if mode & 0o077 != 0 {
        let sentence =
            format!("holds a password and is open to others (mode {:04o}); run chmod 600 on it", mode & 0o7777);
        return Err(refuse(path, &sentence));
    }
    let text = String::from_utf8(read(path)?).map_err(|_| refuse(path, "is not UTF-8"))?;
    match text.lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(line.to_owned()),
        None => Err(refuse(path, "is empty; the password is its first line")),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, NoServer> {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(path);
    opened
        .and_then(|file| file.take(LONGEST).read_to_end(&mut bytes))
        .map_err(|error| refuse(path, &format!("cannot be read: {error}")))?;
    Ok(bytes)
}

fn refuse(path: &Path, what: &str) -> NoServer {
    NoServer { code: "CFG-01", sentence: format!("{} {what}. Nothing was sent.", path.display()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Server, String> {
        let file = toml::from_str(text).map_err(|error| error.to_string())?;
        server(Path::new("mail.toml"), file).map_err(|error| error.sentence)
    }

    #[test]
    fn a_server_is_read_whole_and_slips_are_refused() {
        let server = parsed("host = \"mx.nordwind.example\"\n").expect("enough");
        assert_eq!((server.port, server.privacy, server.login), (587, Privacy::StartTls, None));
        assert_eq!(parsed("host = \"x\"\ntls = \"wrapped\"\n").expect("enough").port, 465);
        assert_eq!(parsed("host = \"x\"\ntls = \"none\"\nport = 2525\n").expect("enough").port, 2525);
        for (text, said) in [
            ("", "missing field `host`"),
            ("host = \"x\"\nprot = 1\n", "unknown field `prot`"),
            ("host = \"x\"\ntls = \"maybe\"\n", "unknown variant"),
            ("host = \"x\"\nlogin = \"a\"\n", "has a login and no password_file"),
            ("host = \"x\"\npassword_file = \"a\"\n", "has a password_file and no login"),
            ("host = \"x\"\nport = 99999\n", "u16"),
        ] {
            let Err(sentence) = parsed(text) else { panic!("taken: {text}") };
            assert!(sentence.contains(said), "{sentence}");
        }
    }

    #[test]
    fn a_password_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        std::fs::write(&path, "s3cret\n").expect("a file");
        for (mode, good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
            match password(&path) {
                Ok(word) => assert!(good && word == "s3cret", "{mode:o}"),
                Err(error) => assert!(!good && error.sentence.contains("chmod 600"), "{error}"),
            }
        }
    }
}
