//! The shared server as an administrator sets it up, against a real sshd and a real sudo on a loopback port: who gets
//! in, what they can reach, and under whose name it is written down. Everything happens in mount and process namespaces
//! of its own, so that the accounts, keys and daemons are gone with the test and the machine's own files stay as they
//! are. Needs root, Debian's openssh-server and sudo; says what is missing and passes without them.

mod rigs;

#[path = "shared_server/forced.rs"]
mod forced;
#[path = "shared_server/server.rs"]
mod server;
#[path = "shared_server/sudo.rs"]
mod sudo;

use std::process::Command;

/// Set for the process inside the namespaces.
const INSIDE: &str = "O2C_INSIDE_NAMESPACE";

#[test]
fn people_share_one_book_over_the_secure_shell() {
    if let Some(missing) = server::missing() {
        println!("skipped: the shared server needs {missing}");
        return;
    }
    let mut outside = Command::new("unshare");
    outside.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"]);
    outside.arg(std::env::current_exe().expect("this program"));
    outside.args(["--exact", "inside", "--ignored", "--nocapture"]).env(INSIDE, "1");
    let status = outside.status().expect("unshare starts");
    assert!(status.success(), "see the checks above");
}

#[test]
#[ignore = "started by the test above, in namespaces of its own"]
fn inside() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let mut checks = server::Checks::default();
    let mut server = server::Server::new();
    forced::run_suite(&mut server, &mut checks);
    sudo::run_suite(&mut server, &mut checks);
    drop(server);
    checks.finish();
}
