//! People with accounts of their own, and a shell on the machine: sudo says whose it is, and neither a start-up file nor
//! a command line of theirs changes that.

use crate::rigs::pty::Signal;
use crate::server::{BOOK, Checks, O2C, Server, environment, modes, run, sh, text, until, workstations};

/// The whole suite of this arrangement, on the book of the one before.
pub fn run_suite(server: &mut Server, checks: &mut Checks) {
    let said = server.install("sudo");
    checks.that("the script installs the other arrangement", said.status.success(), said);
    checks.same("the rule of sudo", &modes("/etc/sudoers.d/o2c"), &"root:root 440".to_owned());
    // Nora looks after the machine and the book; Mara and Bob work in it; Carl has an account and nothing to do here.
    for (name, group) in [("nora", "o2c-users"), ("mara", "o2c-users"), ("bob", "o2c-users"), ("carl", "users")] {
        let key = if ["nora", "mara"].contains(&name) { name.to_owned() } else { key_of(server, name) };
        let public = std::fs::read_to_string(server.at(&format!("{key}.pub"))).expect("a key");
        sh(&format!(
            "useradd --create-home --home-dir /var/lib/people/{name} --shell /bin/bash --groups {group} {name}
             usermod --password '*' {name}
             install -d -o {name} -m 0700 /var/lib/people/{name}/.ssh
             echo '{}' > /var/lib/people/{name}/.ssh/authorized_keys
             chown {name} /var/lib/people/{name}/.ssh/authorized_keys",
            public.trim()
        ));
    }
    let said = server.start_sshd();
    checks.that("sshd takes these settings", said.status.success(), said);
    signed_in(server, checks);
    command_lines(server, checks);
    connections(server, checks);
}

fn key_of(server: &Server, name: &str) -> String {
    server.key(name);
    name.to_owned()
}

/// Sessions of somebody in this arrangement, newest first. The settings do not let anybody be named on the command
/// line any more, so they are read as Nora, by sudo.
fn sessions(login: &str) -> Vec<serde_json::Value> {
    let command = format!("sudo -n -u o2c -- {O2C} sessions --where owner:{login} --json");
    sh("echo 'nora ALL=(o2c:o2c) NOPASSWD: ALL' > /etc/sudoers.d/nora");
    let said = as_person("nora", &["sh", "-c", &command]);
    let answer: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap_or_default();
    let rows = answer["rows"].as_array().cloned().unwrap_or_default();
    rows.into_iter().filter(|row| row["identity"] == "sudo" && row["source"] == "tui").collect()
}

fn as_person(name: &str, command: &[&str]) -> std::process::Output {
    run("setpriv", &[&["--reuid", name, "--regid", name, "--init-groups", "--reset-env", "--"][..], command].concat())
}

fn signed_in(server: &Server, checks: &mut Checks) {
    let forged = "export SUDO_UID=0 SUDO_USER=nora USER=nora LOGNAME=nora HOME=/x O2C_BOOK=/x.db LD_LIBRARY_PATH=/x";
    std::fs::write("/var/lib/people/mara/.bashrc", format!("{forged}\n")).expect("a start-up file");
    let mut terminal = server.open("mara", "mara", &[]);
    terminal.wait_for("[Today]").wait_for("Nordlicht");
    let id = workstations().into_iter().find(|id| environment(*id).contains("SUDO_UID")).unwrap_or_default();
    let given = environment(id);
    let uid = text(&run("id", &["-u", "mara"]).stdout).trim().to_owned();
    checks.that("sudo replaces a forged SUDO_UID", given.contains(&format!("SUDO_UID={uid}\n")), &given);
    checks.that("and a forged SUDO_USER", given.contains("SUDO_USER=mara\n"), &given);
    let clean = !given.contains("O2C_BOOK") && !given.contains("LD_LIBRARY_PATH") && !given.contains("HOME=/x");
    checks.that("nothing of a start-up file reaches the program", clean && !given.is_empty(), &given);
    until("the session is written", || !sessions("mara").is_empty());
    let row = sessions("mara").first().cloned().unwrap_or_default();
    checks.same("the session has the login of the account", &row["login"], &"mara".into());
    checks.same("and says from where", &row["origin"], &"127.0.0.1".into());
    let said = as_person("mara", &["kill", "-STOP", &id.to_string()]);
    checks.that("a person cannot stop the program from outside", !said.status.success(), said);
    let said = as_person("mara", &["cat", BOOK]);
    checks.that("nor read the book", !said.status.success() && said.stdout.is_empty(), said.status);
    terminal.signal(Signal::KILL);
    until("the workstation ends", || workstations().is_empty());
    let ended = sessions("mara").first().map(|row| row["ended"].clone()).unwrap_or_default();
    checks.same("a lost line ends it through sudo as well", &ended, &"cut off".into());
    let mut terminal = server.open("bob", "bob", &[]);
    terminal.wait_exit();
    let shown = terminal.text();
    let turned_away = shown.contains("[SES-04]") && shown.contains("bob") && !shown.contains("Nordlicht");
    checks.that("an account the book does not know sees a sentence", turned_away, shown);
}

fn command_lines(server: &Server, checks: &mut Checks) {
    for (what, command) in [
        ("no argument: another login", format!("sudo -n -u o2c -- {O2C} --as nora")),
        ("no argument: a verb", format!("sudo -n -u o2c -- {O2C} user list")),
        ("no other program", "sudo -n -u o2c -- /bin/cat /var/lib/o2c/db/books.db".to_owned()),
        ("no shell", "sudo -n -u o2c -- /bin/sh -c id".to_owned()),
        ("no other account", format!("sudo -n -u root -- {O2C}")),
        ("no environment of one's own", format!("sudo -n -u o2c O2C_BOOK=/x.db -- {O2C}")),
        ("no environment kept", format!("sudo -n -E -u o2c -- {O2C}")),
    ] {
        let said = as_person("mara", &["sh", "-c", &command]);
        // It is sudo that refuses: the program itself was never reached.
        let refused = !said.status.success() && said.stdout.is_empty() && text(&said.stderr).starts_with("sudo:");
        checks.that(&format!("sudo allows {what}"), refused, said);
    }
    let said = as_person("carl", &["sh", "-c", &format!("sudo -n -u o2c -- {O2C}")]);
    checks.that("who is not in the group is refused", !said.status.success() && said.stdout.is_empty(), said);
    let said = server.admin(&["--as", "nora", "customers"]);
    let refused = text(&said.stderr).contains("[SES-04]") && text(&said.stderr).contains("known from sudo");
    checks.that("nobody is named on the command line", refused && said.stdout.is_empty(), said);
    let said = server.admin(&["customers"]);
    let refused = text(&said.stderr).contains("\"root\" is not set up") && said.stdout.is_empty();
    checks.that("root is nobody in the book", refused, said);
    let said =
        run("setpriv", &["--reuid", "o2c", "--regid", "o2c", "--clear-groups", "--reset-env", "--", O2C, "check"]);
    checks.that("the machine's own check runs for nobody", said.status.success() && said.stdout.is_empty(), said);
    let said =
        run("setpriv", &["--reuid", "o2c", "--regid", "o2c", "--clear-groups", "--reset-env", "--", O2C, "customers"]);
    checks.that("and shows nothing to nobody", text(&said.stderr).contains("[SES-04]") && said.stdout.is_empty(), said);
}

fn connections(server: &Server, checks: &mut Checks) {
    let said = server.ssh("mara", "mara", &["--", "id"]);
    checks.that("a command asked for is not run", said.stdout.is_empty() && said.status.code() == Some(2), said);
    let said = server.ssh("mara", "mara", &["-W", &server.listening()]);
    checks.that("no port to the server", said.status.code() == Some(255), said);
    let said = server.ssh("mara", "mara", &["-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9"]);
    checks.that("no port from the server", said.status.code() == Some(255), said);
    let said = server.ssh("mara", "mara", &["-T"]);
    checks.that("without a terminal it does not start", said.stdout.is_empty() && !said.status.success(), said);
    let said = server.ssh("carl", "carl", &["--", "echo", "a shell of his own"]);
    checks.that("other accounts are left alone", text(&said.stdout).contains("a shell of his own"), said);
}
