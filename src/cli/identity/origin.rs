//! What the secure shell and `sudo` say about a connection: the other end, the key that was used, the login that stands
//! behind it, and a command that was asked for and not run.

use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};

use crate::cli::stop::Stop;
use crate::domain::authority::Identity;

/// More than the file of a connection's credentials holds.
const LONGEST: u64 = 64 << 10;

/// What the environment says, before it is cleared.
#[derive(Debug, Clone, Default)]
pub struct Said {
    connection: Option<String>,
    credentials: Option<String>,
    command: Option<String>,
    sudo_uid: Option<String>,
    sudo_user: Option<String>,
}

impl Said {
    /// What is said to this process.
    pub fn here() -> Said {
        let said = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let credentials = said("SSH_USER_AUTH").and_then(|path| {
            let mut text = String::new();
            std::fs::File::open(path).ok()?.take(LONGEST).read_to_string(&mut text).ok()?;
            Some(text)
        });
        Said {
            connection: said("SSH_CONNECTION"),
            credentials,
            // An empty command was asked for as well.
            command: std::env::var_os("SSH_ORIGINAL_COMMAND").map(|command| command.to_string_lossy().into_owned()),
            sudo_uid: said("SUDO_UID"),
            sudo_user: said("SUDO_USER"),
        }
    }

    /// Whether a connection from elsewhere stands behind the process.
    pub fn remote(&self) -> bool {
        self.connection.is_some()
    }

    /// The address of the other end, empty without a connection.
    pub fn far_end(&self) -> String {
        let address = self.connection.as_deref().and_then(|text| text.split(' ').next()).unwrap_or_default();
        let sign = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '%' | '-');
        address.chars().filter(|c| sign(*c)).take(64).collect()
    }

    /// Where the person is, and the key used: `10.8.0.7 SHA256:…`, or `this machine`.
    pub fn origin(&self, mode: Identity) -> String {
        let far = self.far_end();
        let place = if far.is_empty() { "this machine".to_owned() } else { far };
        let key = self.credentials.as_deref().filter(|_| mode == Identity::Forced).and_then(fingerprint);
        let through = self.sudo_user.as_deref().filter(|_| mode == Identity::Forced && key.is_none());
        match (key, through) {
            (Some(key), _) => format!("{place} {key}"),
            // Whoever may become the service account there may name anybody: at least it is written down who did.
            (None, Some(user)) => format!("{place} sudo by {}", crate::domain::text::clean(user).text),
            (None, None) => place,
        }
    }

    /// The command the connection came with, as it may be written down.
    pub fn requested(&self) -> Option<String> {
        self.command.as_deref().map(|command| crate::domain::text::clean(command).text.into_string())
    }

    /// Why `sudo` names nobody, as the end of a sentence.
    pub fn unvouched(&self) -> &'static str {
        match self.sudo_uid.as_deref().map(str::parse::<u32>) {
            None => "o2c was not started through sudo. Start it with sudo -u and the account the book belongs to.",
            Some(Err(_)) => "sudo's SUDO_UID is no number.",
            Some(Ok(number)) if number == rustix::process::getuid().as_raw() => {
                "the account the book belongs to started sudo itself, and is nobody's own."
            }
            Some(Ok(_)) => {
                "the account that started sudo is not in this machine's list of accounts and sudo gave no name."
            }
        }
    }

    /// The name of the account that started `sudo`; `None` when it was not started by one.
    pub fn vouched_login(&self) -> Result<Option<String>, Stop> {
        let Some(uid) = &self.sudo_uid else { return Ok(None) };
        let Ok(number) = uid.parse::<u32>() else { return Ok(None) };
        if number == rustix::process::getuid().as_raw() {
            return Ok(None);
        }
        // Both are written by sudo; the name only counts where the machine's own list does not have the number.
        let name = super::process::user_of(number).or_else(|| self.sudo_user.clone());
        Ok(name)
    }
}

/// The fingerprint of the key in what the secure shell exposes, as `ssh-keygen -l` shows it.
fn fingerprint(credentials: &str) -> Option<String> {
    let line = credentials.lines().find_map(|line| line.strip_prefix("publickey "))?;
    let blob = STANDARD.decode(line.split(' ').nth(1)?.trim()).ok()?;
    Some(format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(blob))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key made for this test; `ssh-keygen -lf` prints this fingerprint of it.
    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAaOdIqpPmYQT4uPGWC5NdmZabQf7IVIz52xnKHbkwWe";
    const PRINT: &str = "SHA256:24IpTFVLZoJ6uh4IUJ/W0zl5/AcOzFxVN+Na+sGBiMU";

    #[test]
    fn the_key_and_the_far_end_are_told() {
        let said = Said {
            connection: Some("10.8.0.7 50112 10.8.0.1 22".to_owned()),
            credentials: Some(format!("publickey {KEY}\n")),
            ..Said::default()
        };
        assert_eq!(said.origin(Identity::Forced), format!("10.8.0.7 {PRINT}"));
        assert_eq!(said.origin(Identity::Sudo), "10.8.0.7");
        assert_eq!(said.far_end(), "10.8.0.7");
        assert!(said.remote());
        let local = Said { sudo_user: Some("root".to_owned()), ..Said::default() };
        assert_eq!(local.origin(Identity::Forced), "this machine sudo by root");
        assert_eq!(local.origin(Identity::Sudo), "this machine");
        assert!(!local.remote());
        let odd = Said { connection: Some("\u{1b}[2Jx;rm 1 2 3".to_owned()), ..Said::default() };
        assert_eq!(odd.far_end(), "2Jxrm");
    }

    #[test]
    fn credentials_without_a_key_have_no_fingerprint() {
        for text in ["", "password\n", "publickey ssh-ed25519\n", "publickey ssh-ed25519 !!!\n"] {
            assert_eq!(fingerprint(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_login_behind_sudo_is_an_account_other_than_the_own_one() {
        let login = |uid: &str, user: Option<&str>| {
            let said = Said { sudo_uid: Some(uid.to_owned()), sudo_user: user.map(str::to_owned), ..Said::default() };
            said.vouched_login().unwrap()
        };
        assert_eq!(login("1", Some("forged")).as_deref(), Some("daemon"), "the list of accounts comes first");
        assert_eq!(login("4294967294", Some("mara")).as_deref(), Some("mara"));
        assert_eq!(login("4294967294", None), None);
        for uid in ["", "-1", "1x", "99999999999"] {
            assert_eq!(login(uid, Some("mara")), None, "{uid:?}");
        }
        let own = rustix::process::getuid().as_raw().to_string();
        assert_eq!(login(&own, Some("mara")), None);
        for (uid, why) in [
            (None, "not started through sudo"),
            (Some("1x"), "no number"),
            (Some(own.as_str()), "started sudo itself"),
            (Some("4294967294"), "not in this machine's list"),
        ] {
            let said = Said { sudo_uid: uid.map(str::to_owned), ..Said::default() };
            assert!(said.unvouched().contains(why), "{uid:?}: {}", said.unvouched());
        }
    }
}
