//! What the process gives up where identity is enforced: every account but the service's, its environment, new rights,
//! being looked into, and leaving its memory behind.

use rustix::process::{DumpableBehavior, Resource, Rlimit};

use crate::cli::stop::Stop;

/// The variables that stay: how the terminal draws and which language it speaks.
const KEPT: [&str; 6] = ["TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE"];

/// Refuses to run as anybody but the service account, or root, which looks after it ([`super::Known::caretaker`]; true is
/// returned then); and closes what an account of its own could reach.
pub fn confine(service_user: &str) -> Result<bool, Stop> {
    let (real, effective) = (rustix::process::getuid(), rustix::process::geteuid());
    let Some(wanted) = uid_of(service_user) else {
        let sentence = format!(
            "{} names the service user \"{service_user}\", which is no account here. Not started.",
            super::SETTINGS
        );
        return Err(Stop::refused("CFG-01", sentence));
    };
    if wanted == 0 {
        let sentence = format!("{} must name an account of its own, not root. Not started.", super::SETTINGS);
        return Err(Stop::refused("CFG-01", sentence));
    }
    let caretaker = effective.is_root();
    if !(caretaker || effective.as_raw() == wanted) || real != effective {
        let name = user_of(real.as_raw()).unwrap_or_else(|| real.as_raw().to_string());
        return Err(only_as(service_user, &name));
    }
    let core = Rlimit { current: Some(0), maximum: Some(0) };
    // What root seals is to be read by others; what the service account makes is its own.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(if caretaker { 0o022 } else { 0o077 }));
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .and_then(|()| rustix::thread::set_no_new_privs(true))
        .and_then(|()| rustix::process::setrlimit(Resource::Core, core))
        .map_err(|error| {
            Stop::trouble("SES-04", format!("The process could not be confined: {error}. Not started."))
        })?;
    Ok(caretaker)
}

/// The refusal of an account that is not the service's.
pub fn only_as(service_user: &str, name: &str) -> Stop {
    let sentence = format!(
        "On this machine o2c runs only as {service_user}, not as {name}. Nothing is shown; sign in the way the \
         administrator set up for you, or, where you may: sudo -u {service_user} o2c --as LOGIN."
    );
    Stop::refused("SES-04", sentence)
}

/// Takes everything out of the environment but what drawing needs.
pub fn clear_environment() {
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    for name in names.into_iter().filter(|name| !KEPT.iter().any(|kept| name == kept)) {
        // SAFETY: this is the start of `main`; no other thread runs that could read the environment meanwhile.
        unsafe { std::env::remove_var(name) };
    }
}

/// The number of an account.
fn uid_of(name: &str) -> Option<u32> {
    accounts().find(|(known, _)| known == name).map(|(_, uid)| uid)
}

/// The name of an account.
pub fn user_of(uid: u32) -> Option<String> {
    accounts().find(|(_, known)| *known == uid).map(|(name, _)| name)
}

/// The machine's own list of accounts.
fn accounts() -> impl Iterator<Item = (String, u32)> {
    let text = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let accounts: Vec<(String, u32)> = text
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(':');
            let (name, uid) = (fields.next()?, fields.nth(1)?);
            Some((name.to_owned(), uid.parse().ok()?))
        })
        .collect();
    accounts.into_iter()
}
