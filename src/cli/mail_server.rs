//! Which mail server is used: a small TOML file, read strictly. The password stands in a file of its own that nobody else
//! may read; where identity is enforced, both are the machine's.

use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::session::Session;
use super::stop::Stop;
use crate::mail::smtp::{Privacy, Server};

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

/// Reads which server is used: the file given, else the machine's, else the user's own.
pub(super) fn load(session: &Session, given: Option<&Path>) -> Result<Server, Stop> {
    let own = || session.folder().map(|folder| folder.join("mail.toml"));
    let path = match given {
        // Somebody who may only act as themselves does not send the company's letters through a server of their own.
        Some(_) if session.known.enforced() => {
            return Err(Stop::refused("MAIL-04", format!("The mail server of this machine is the one of {SETTINGS}.")));
        }
        Some(path) => path.to_owned(),
        None if session.known.enforced() => PathBuf::from(SETTINGS),
        None => own().filter(|path| path.exists()).unwrap_or_else(|| PathBuf::from(SETTINGS)),
    };
    let text = read(&path)?;
    let text = String::from_utf8(text).map_err(|_| refuse(&path, "is not UTF-8"))?;
    let file: File = toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        refuse(&path, &format!("line {line}: {}", error.message().replace('\n', " ")))
    })?;
    server(&path, file)
}

fn server(path: &Path, file: File) -> Result<Server, Stop> {
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
fn password(path: &Path) -> Result<String, Stop> {
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

fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(path);
    opened
        .and_then(|file| file.take(LONGEST).read_to_end(&mut bytes))
        .map_err(|error| refuse(path, &format!("cannot be read: {error}")))?;
    Ok(bytes)
}

fn refuse(path: &Path, what: &str) -> Stop {
    Stop::refused("CFG-01", format!("{} {what}. Nothing was sent.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Server, String> {
        let file = toml::from_str(text).map_err(|error| error.to_string())?;
        server(Path::new("mail.toml"), file).map_err(|stop| stop.sentence)
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
                Err(stop) => assert!(!good && stop.sentence.contains("chmod 600"), "{}", stop.sentence),
            }
        }
    }
}
