//! The shared server as an administrator sets it up, against a real sshd and a real sudo on a loopback port: who gets
//! in, what they can reach, and under whose name it is written down. Everything happens in mount and process namespaces
//! of its own, so that the accounts, keys and daemons are gone with the test and the machine's own files stay as they
//! are. Needs root, Debian's openssh-server and sudo; says what is missing and passes without them.

mod rigs;

#[path = "shared_server/forced.rs"]
mod forced;
#[path = "shared_server/manual.rs"]
mod manual;
#[path = "shared_server/server.rs"]
mod server;
#[path = "shared_server/sudo.rs"]
mod sudo;

use std::process::Command;

/// Set for the process inside the namespaces.
const INSIDE: &str = "O2C_INSIDE_NAMESPACE";

/// Runs one of the ignored tests below in namespaces of its own.
fn inside(test: &str) {
    if let Some(missing) = server::missing() {
        println!("skipped: the shared server needs {missing}");
        return;
    }
    let mut outside = Command::new("unshare");
    outside.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"]);
    outside.arg(std::env::current_exe().expect("this program"));
    outside.args(["--exact", test, "--ignored", "--nocapture"]).env(INSIDE, "1");
    let status = outside.status().expect("unshare starts");
    assert!(status.success(), "see the checks above");
}

/// Makes the machine and runs a suite on it, if this is the process inside.
fn on_a_server(least: usize, suite: impl FnOnce(&mut server::Server, &mut server::Checks)) {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let mut checks = server::Checks::default();
    let mut server = server::Server::new();
    suite(&mut server, &mut checks);
    drop(server);
    checks.finish(least);
}

#[test]
fn people_share_one_book_over_the_secure_shell() {
    inside("sharing");
}

#[test]
fn the_manual_sets_three_people_up() {
    inside("by_the_manual");
}

#[test]
#[ignore = "started by a test above, in namespaces of its own"]
fn sharing() {
    on_a_server(100, |server, checks| {
        forced::run_suite(server, checks);
        sudo::run_suite(server, checks);
    });
}

#[test]
#[ignore = "started by a test above, in namespaces of its own"]
fn by_the_manual() {
    on_a_server(15, manual::run_suite);
}
