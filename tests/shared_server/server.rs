//! A machine of its own inside the namespaces: its folders covered by copies, the program installed by the script an
//! administrator runs, an sshd on a free port, people with keys, and the list of what was checked.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::rigs::pty::{Launch, Terminal};

/// Where the script puts the program.
pub const O2C: &str = "/usr/libexec/o2c/o2c";
/// Where it puts the book.
pub const BOOK: &str = "/var/lib/o2c/db/books.db";

/// What this machine lacks for the suite.
pub fn missing() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("root".to_owned());
    }
    let programs = [
        "/usr/sbin/sshd",
        "/usr/bin/ssh",
        "/usr/bin/sudo",
        "/usr/bin/unshare",
        "/usr/bin/setpriv",
        "/usr/sbin/useradd",
    ];
    if let Some(program) = programs.into_iter().find(|program| !Path::new(program).exists()) {
        return Some(program.to_owned());
    }
    let tried = Command::new("unshare").args(["--mount", "--pid", "--fork", "--mount-proc", "true"]).output();
    (!tried.is_ok_and(|tried| tried.status.success())).then(|| "namespaces (unshare --mount --pid)".to_owned())
}

/// What was checked, and what did not hold. Goes on after a failure, so that one run shows them all.
#[derive(Default)]
pub struct Checks {
    held: usize,
    failed: Vec<String>,
}

impl Checks {
    /// Something that must hold; `seen` is what was found instead.
    pub fn that(&mut self, what: &str, holds: bool, seen: impl std::fmt::Debug) {
        if holds {
            self.held += 1;
            println!("  holds: {what}");
        } else {
            self.failed.push(format!("{what}: {seen:?}"));
            println!("  FAILS: {what}: {seen:?}");
        }
    }

    /// Two values that must be the same.
    pub fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, found: &T, wanted: &T) {
        self.that(what, found == wanted, (found, wanted));
    }

    /// Fails the test if anything did not hold, or less was checked than there is.
    pub fn finish(self, least: usize) {
        println!("{} checks held", self.held);
        assert!(self.failed.is_empty(), "{:#?}", self.failed);
        assert!(self.held >= least, "only {} checks were made", self.held);
    }
}

/// The machine.
pub struct Server {
    /// A folder of the test's own: keys, logs, the program as built.
    pub folder: PathBuf,
    port: u16,
    daemon: Option<Child>,
    _temporary: tempfile::TempDir,
}

impl Server {
    /// Covers what the suite changes and keeps what it needs.
    pub fn new() -> Server {
        let temporary = tempfile::tempdir().expect("a folder");
        let folder = temporary.path().to_path_buf();
        let shown = folder.display();
        let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging");
        let program = env!("CARGO_BIN_EXE_o2c");
        sh(&format!(
            "mount -t tmpfs none {shown} && cp -a {} {shown}/packaging && cp {program} {shown}/o2c && chmod 755 {shown}
             cp -a /etc {shown}/etc && mount --bind {shown}/etc /etc
             mkdir {shown}/libexec && cp -a /usr/libexec/sudo {shown}/libexec/ && mount --bind {shown}/libexec /usr/libexec
             for place in /var/lib /var/log /run /usr/local/bin; do mount -t tmpfs -o mode=755 none $place; done
             mkdir /run/sshd /var/lib/people
             rm -rf /etc/o2c /etc/sudoers.d/o2c /etc/ssh/o2c_keys /etc/ssh/sshd_config.d/*",
            packaging.display()
        ));
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        sh(&format!("ssh-keygen -q -t ed25519 -N '' -f {shown}/host"));
        Server { folder, port, daemon: None, _temporary: temporary }
    }

    /// Installs the program as the README says.
    pub fn install(&self, mode: &str) -> Output {
        run("sh", &[&self.at("packaging/install.sh"), mode, &self.at("o2c")])
    }

    /// A place that answers, for forwarding to.
    pub fn listening(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// A file of the folder.
    pub fn at(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// Starts sshd with this machine's settings, instead of the one that runs.
    pub fn start_sshd(&mut self) -> Output {
        self.stop_sshd();
        let config = format!(
            "Port {}\nListenAddress 127.0.0.1\nHostKey {}\nPidFile none\nUsePAM no\nPrintMotd no\nAcceptEnv LANG LC_*\n\
             Subsystem sftp internal-sftp\nInclude /etc/ssh/sshd_config.d/*.conf\n",
            self.port,
            self.at("host")
        );
        std::fs::write(self.at("sshd_config"), config).expect("a file");
        let tested = run("/usr/sbin/sshd", &["-t", "-f", &self.at("sshd_config")]);
        let log = std::fs::File::options().create(true).append(true).open(self.at("sshd.log")).expect("a log");
        let mut daemon = Command::new("/usr/sbin/sshd");
        daemon.args(["-D", "-e", "-f", &self.at("sshd_config")]).stdin(Stdio::null()).stderr(log);
        self.daemon = Some(daemon.spawn().expect("sshd starts"));
        let port = self.port;
        until("sshd listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        tested
    }

    fn stop_sshd(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }

    /// What sshd logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.at("sshd.log")).unwrap_or_default()
    }

    /// Makes a key and gives its public line.
    pub fn key(&self, name: &str) -> String {
        sh(&format!("ssh-keygen -q -t ed25519 -N '' -C {name} -f {}", self.at(name)));
        std::fs::read_to_string(self.at(&format!("{name}.pub"))).expect("a key").trim().to_owned()
    }

    /// The fingerprint of a key, as ssh-keygen says it.
    pub fn fingerprint(&self, name: &str) -> String {
        let said = text(&run("ssh-keygen", &["-lf", &self.at(&format!("{name}.pub"))]).stdout);
        said.split(' ').nth(1).unwrap_or_default().to_owned()
    }

    /// Arguments of the client: this key and account, then more.
    fn client(&self, key: &str, account: &str, more: &[&str]) -> Vec<String> {
        let mut args: Vec<String> = ["-F", "/dev/null", "-i", &self.at(key), "-p", &self.port.to_string()]
            .into_iter()
            .map(str::to_owned)
            .collect();
        for option in ["StrictHostKeyChecking=no", "IdentitiesOnly=yes", "BatchMode=yes", "LogLevel=ERROR"] {
            args.extend(["-o".to_owned(), option.to_owned()]);
        }
        args.extend(["-o".to_owned(), format!("UserKnownHostsFile={}", self.at("known"))]);
        let (options, command): (Vec<&str>, Vec<&str>) =
            more.split(|word| *word == "--").next().map_or((Vec::new(), Vec::new()), |options| {
                (options.to_vec(), more.get(options.len() + 1..).unwrap_or_default().to_vec())
            });
        args.extend(options.into_iter().map(str::to_owned));
        args.push(format!("{account}@127.0.0.1"));
        args.extend(command.into_iter().map(str::to_owned));
        args
    }

    /// Runs the client to its end; what stands after `--` is asked of the server.
    pub fn ssh(&self, key: &str, account: &str, more: &[&str]) -> Output {
        let args = self.client(key, account, more);
        run("timeout", &[&["20", "ssh"][..], &args.iter().map(String::as_str).collect::<Vec<_>>()].concat())
    }

    /// Another program of the same family (`sftp`, `scp`), whose options for the port differ.
    pub fn copy(&self, program: &str, key: &str, more: &[&str]) -> Output {
        let known = format!("UserKnownHostsFile={}", self.at("known"));
        let (port, key) = (self.port.to_string(), self.at(key));
        let options =
            ["-F", "/dev/null", "-i", &key, "-P", &port, "-o", "StrictHostKeyChecking=no", "-o", "BatchMode=yes"];
        let named = ["-o", &known, "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR"];
        run("timeout", &[&["20", program][..], &options, &named, more].concat())
    }

    /// The client in a terminal.
    pub fn open(&self, key: &str, account: &str, more: &[&str]) -> Terminal {
        let more = [&["-tt"][..], more].concat();
        Launch::new("/usr/bin/ssh").args(self.client(key, account, &more)).start()
    }

    /// Runs the program as the service account, as an administrator does.
    pub fn admin(&self, args: &[&str]) -> Output {
        run("sudo", &[&["-u", "o2c", "--", O2C][..], args].concat())
    }

    /// The same, which must go well; gives what it printed.
    pub fn done(&self, args: &[&str]) -> String {
        let said = self.admin(args);
        assert!(said.status.success(), "{args:?}: {said:?}");
        text(&said.stdout)
    }

    /// Rows of a listing, by an administrator's eye.
    pub fn rows(&self, args: &[&str]) -> Vec<serde_json::Value> {
        let said = self.done(&[args, &["--json"]].concat());
        let answer: serde_json::Value = serde_json::from_str(&said).expect("JSON");
        answer["rows"].as_array().cloned().unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop_sshd();
    }
}

/// Runs a program.
pub fn run(program: &str, args: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).current_dir("/");
    command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// Runs a script that must go well.
pub fn sh(script: &str) {
    let said = run("sh", &["-ec", script]);
    assert!(said.status.success(), "{script}\n{said:?}");
}

/// Bytes as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits until something holds.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "waited for: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Numbers of the running workstations.
pub fn workstations() -> Vec<u32> {
    let all = std::fs::read_dir("/proc").expect("/proc").flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|id| std::fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name == "o2c\n"))
        // A process that ended and was not waited for is nobody any more.
        .filter(|id| !status(*id, "State").starts_with('Z'))
        .collect()
}

/// A line of a process's status.
pub fn status(id: u32, name: &str) -> String {
    let all = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = all.lines().find_map(|line| line.strip_prefix(&format!("{name}:")));
    line.unwrap_or_default().trim().to_owned()
}

/// The environment a process was started with.
pub fn environment(id: u32) -> String {
    text(&std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default()).replace('\0', "\n")
}

/// Owner, group and mode, as `stat` says them.
pub fn modes(path: &str) -> String {
    text(&run("stat", &["-c", "%U:%G %a", path]).stdout).trim().to_owned()
}
