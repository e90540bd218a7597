//! One account for everybody: the key says who it is. What the client asks for, brings along or leaves behind changes
//! nothing about that.

use std::path::Path;

use chrono::Local;

use crate::rigs::pty::Signal;
use crate::server::{BOOK, Checks, O2C, Server, environment, modes, run, sh, status, text, until, workstations};

pub fn run_line(options: &str, command: &str, key: &str) -> String {
    format!("restrict,pty,{options}command=\"{O2C} {command}\" {key}\n")
}

/// The whole suite of this arrangement.
pub fn run_suite(server: &mut Server, checks: &mut Checks) {
    set_up(server, checks);
    files(checks);
    settings(server, checks);
    who(server, checks);
    requests(server, checks);
    forwarding(server, checks);
    keys(server, checks);
    process(server, checks);
    hang_up(server, checks);
    two_people(server, checks);
    lock(server, checks);
    own_files(server, checks);
    let said = server.admin(&["check"]);
    checks.that("the book is sound after all of it", said.status.success() && said.stdout.is_empty(), said);
}

fn set_up(server: &mut Server, checks: &mut Checks) {
    let said = server.install("forced");
    checks.that("the script installs", said.status.success(), said);
    let said = server.install("forced");
    checks.that("running it again is fine", said.status.success(), said);
    let mut lines = String::new();
    for (name, options, command) in [
        ("nora", "", "--as nora"),
        ("mara", "from=\"127.0.0.1\",", "--as mara"),
        ("away", "from=\"10.9.9.9\",", "--as mara"),
        ("old", "expiry-time=\"20200101Z\",", "--as mara"),
        ("ghost", "", "--as ghost"),
        ("unnamed", "", ""),
        ("quick", "", "--as mara --idle-lock 1s"),
        ("viewer", "", "--as mara --read-only"),
    ] {
        lines += &run_line(options, command, &server.key(name));
    }
    server.key("stranger");
    std::fs::write("/etc/ssh/o2c_keys/o2c", lines).expect("the file of keys");
    let said = server.start_sshd();
    checks.that("sshd takes the settings", said.status.success(), said);
    server.done(&["--as", "nora", "init", "--company", "Nordwind GmbH", "--currency", "EUR"]);
    server.done(&["--as", "nora", "user", "add", "mara", "--name", "Mara Lind", "--role", "collector"]);
    let today = Local::now().date_naive();
    let ledger = format!(
        "number,customer,customer_name,document_date,due_date,amount\nA-1,100,Nordlicht GmbH,{},{},1200.00\n",
        today - chrono::Days::new(90),
        today - chrono::Days::new(60)
    );
    sh("install -d -o o2c -g o2c -m 0700 /var/lib/o2c/import/nora");
    std::fs::write("/var/lib/o2c/import/nora/ledger.csv", ledger).expect("a file to import");
    let said = server.admin(&["--as", "nora", "import", "invoices", "ledger.csv", "--currency", "EUR"]);
    checks.that("a file of the person's own folder is imported by its name", said.status.success(), said);
}

fn files(checks: &mut Checks) {
    for (path, wanted) in [
        ("/var/lib/o2c", "root:root 755"),
        ("/var/lib/o2c/db", "o2c:o2c 700"),
        ("/var/lib/o2c/import", "o2c:o2c 700"),
        ("/var/lib/o2c/export", "o2c:o2c 700"),
        ("/var/lib/o2c/backup", "o2c:o2c 700"),
        ("/etc/o2c/identity.toml", "root:root 644"),
        ("/etc/ssh/o2c_keys/o2c", "root:root 644"),
        (O2C, "root:root 755"),
        (BOOK, "o2c:o2c 600"),
    ] {
        checks.same(path, &modes(path), &wanted.to_owned());
    }
    let nobody = ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--"];
    let said = run_as(&nobody, &["cat", BOOK]);
    checks.that("another account cannot read the book", !said.status.success() && said.stdout.is_empty(), said.status);
    let said = run_as(&nobody, &[O2C, "--book", BOOK, "--as", "nora", "customers"]);
    let refused = text(&said.stderr).contains("[SES-04]") && said.stdout.is_empty();
    checks.that("another account is not served by the program", refused, said);
    let said = run(O2C, &["--book", BOOK, "--as", "nora", "customers"]);
    let refused = text(&said.stderr).contains("runs only as o2c, not as root") && said.stdout.is_empty();
    checks.that("not even root runs it as root", refused, said);
    let said =
        run("setpriv", &["--reuid", "o2c", "--regid", "o2c", "--clear-groups", "--", "touch", "/var/lib/o2c/.profile"]);
    checks.that("the account leaves no dotfile in its home", !said.status.success(), said);
}

fn run_as(account: &[&str], command: &[&str]) -> std::process::Output {
    run("setpriv", &[account, command].concat())
}

fn settings(server: &Server, checks: &mut Checks) {
    let path = "/etc/o2c/identity.toml";
    let kept = std::fs::read_to_string(path).expect("the settings");
    for (what, script, said) in [
        ("settings others may write", "chmod o+w $F", "may be written by others than root"),
        ("settings of another account", "chown o2c $F", "it must belong to root"),
        ("a folder others may write", "chmod g+w /etc/o2c", "may be written by others than root"),
        ("settings with a slip of the pen", "echo 'idle_minuts = 3' >> $F", "unknown key \"idle_minuts\""),
        ("settings without a mode", "sed -i /^mode/d $F", "mode is missing"),
    ] {
        sh(&format!("F={path}; {script}"));
        let found = server.admin(&["--as", "nora", "customers"]);
        let refused = text(&found.stderr).contains("[CFG-01]") && text(&found.stderr).contains(said);
        checks.that(&format!("{what} stop the program"), refused && found.stdout.is_empty(), found);
        std::fs::write(path, &kept).expect("the settings as they were");
        sh(&format!("chown root:root {path} && chmod 0644 {path} && chmod 0755 /etc/o2c"));
    }
    let found = server.admin(&["customers"]);
    let refused = text(&found.stderr).contains("[SES-04] Nobody is known") && found.stdout.is_empty();
    checks.that("without a name nothing is shown", refused, found);
    let found = server.admin(&["demo"]);
    checks.that("no demo on a shared server", found.status.code() == Some(2), found);
}

fn who(server: &Server, checks: &mut Checks) {
    let mut terminal = server.open("nora", "o2c", &[]);
    terminal.wait_for("[Today]").wait_for("Nordlicht");
    checks.that("no word of trust in the header", !terminal.line(0).contains("TRUST"), terminal.line(0));
    until("the session is written", || !sessions(server, "nora").is_empty());
    terminal.press("q q");
    terminal.wait_exit();
    let rows = sessions(server, "nora");
    let row = rows.first().cloned().unwrap_or_default();
    checks.same("the session has the login of the key", &row["login"], &"nora".into());
    checks.same("it says how that is known", &row["identity"], &"forced".into());
    let origin = format!("127.0.0.1 {}", server.fingerprint("nora"));
    checks.same("it says from where and with which key", &row["origin"], &origin.into());
    checks.same("it says how it ended", &row["ended"], &"left".into());
}

fn sessions(server: &Server, login: &str) -> Vec<serde_json::Value> {
    let all = server.rows(&["--as", "nora", "sessions", "--where", &format!("owner:{login}")]);
    all.into_iter().filter(|row| row["source"] == "tui").collect()
}

fn denied(server: &Server) -> Vec<serde_json::Value> {
    server.rows(&["--as", "nora", "audit", "log", "--kind", "denied"])
}

fn requests(server: &Server, checks: &mut Checks) {
    let before = denied(server).len();
    let said = server.ssh("mara", "o2c", &["--", "id", ";", "cat", BOOK]);
    checks.same("a command asked for is not run", &said.status.code(), &Some(2));
    checks.that("and one sentence says so", said.stdout.is_empty() && text(&said.stderr).contains("[SES-05]"), &said);
    let noted = denied(server);
    let summary = noted.first().map(|row| row["summary"].to_string()).unwrap_or_default();
    let known = noted.len() == before + 1 && noted[0]["login"] == "mara" && summary.contains("requested command");
    checks.that("it is noted under the login of the key", known, &noted);
    let said = server.ssh("mara", "o2c", &["--", O2C, "--as", "nora", "user", "list"]);
    checks.that("another login cannot be asked for", said.stdout.is_empty() && said.status.code() == Some(2), said);
    let said = server.ssh("mara", "o2c", &["-s", "--", "sftp"]);
    checks.that("no sftp", said.stdout.is_empty() && !said.status.success(), said);
    let batch = server.at("batch");
    std::fs::write(&batch, format!("get {BOOK} {}\n", server.at("stolen"))).expect("a file");
    server.copy("sftp", "mara", &["-b", &batch, "o2c@127.0.0.1"]);
    server.copy("scp", "mara", &[&format!("o2c@127.0.0.1:{BOOK}"), &server.at("stolen")]);
    server.copy("scp", "mara", &["-O", &format!("o2c@127.0.0.1:{BOOK}"), &server.at("stolen")]);
    checks.that("no copy of the book by sftp or scp", !Path::new(&server.at("stolen")).exists(), "stolen");
    server.copy("scp", "mara", &["-O", &batch, "o2c@127.0.0.1:/var/lib/o2c/import/planted"]);
    checks.that("nor one to it", !Path::new("/var/lib/o2c/import/planted").exists(), "planted");
    let said = server.ssh("mara", "o2c", &["-T"]);
    let refused = said.status.code() == Some(2) && text(&said.stderr).contains("[TTY-01]") && said.stdout.is_empty();
    checks.that("and advises no verb, which this login cannot give", text(&said.stderr).contains("ssh -t"), &said);
    checks.that("without a terminal it does not start", refused, said);
}

fn forwarding(server: &Server, checks: &mut Checks) {
    let said = server.ssh("mara", "o2c", &["-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9"]);
    checks.that("no port from the server", said.status.code() == Some(255), said);
    let said = server.ssh("mara", "o2c", &["-W", &server.listening()]);
    let refused = said.status.code() == Some(255) && text(&said.stderr).contains("forwarding failed");
    checks.that("no port to the server", refused, said);
    let socket = format!("{}:127.0.0.1:9", server.at("socket"));
    let said = server.ssh("mara", "o2c", &["-N", "-o", "ExitOnForwardFailure=yes", "-R", &socket]);
    checks.that("no socket either", said.status.code() == Some(255), said);
    let said = server.ssh("mara", "o2c", &["-N", "-o", "ExitOnForwardFailure=yes", "-w", "any:any"]);
    checks.that("no tunnel", !said.status.success(), said);
}

fn keys(server: &Server, checks: &mut Checks) {
    for (key, what) in [
        ("stranger", "a key that is not registered is refused"),
        ("away", "a key is refused from a place not its own"),
        ("old", "a key is refused after its last day"),
    ] {
        let said = server.ssh(key, "o2c", &["--", "id"]);
        checks.that(what, said.status.code() == Some(255) && said.stdout.is_empty(), said);
    }
    let log = server.log();
    checks.that("sshd logs the key that was used", log.contains(&server.fingerprint("mara")), "no fingerprint");
    let mut terminal = server.open("ghost", "o2c", &[]);
    let status = terminal.wait_exit();
    let shown = terminal.text();
    checks.that("a login the book does not know sees a sentence", shown.contains("[SES-04]"), &shown);
    checks.that("and nothing of the book", !shown.contains("Nordlicht") && !status.success(), &shown);
    let noted = denied(server).first().map(|row| row["summary"].to_string()).unwrap_or_default();
    checks.that("which is noted", noted.contains("ghost"), noted);
    let mut terminal = server.open("unnamed", "o2c", &[]);
    terminal.wait_exit();
    checks.that("a key that names nobody shows nothing", terminal.text().contains("[SES-04]"), terminal.text());
    let before = sessions(server, "mara").len();
    let mut terminal = server.open("viewer", "o2c", &[]);
    terminal.wait_for("[Today]").wait_for("READ-ONLY").press("q q");
    terminal.wait_exit();
    checks.same("a read-only session writes nothing, not even itself", &sessions(server, "mara").len(), &before);
}

fn process(server: &Server, checks: &mut Checks) {
    let injected =
        ["LD_PRELOAD=/x.so", "O2C_BOOK=/x.db", "USER=nora", "SUDO_UID=0", "TZ=Pacific/Auckland", "LANG=C.UTF-8"];
    // Only the first SetEnv of a client counts, so they go in one.
    let all = format!("SetEnv={}", injected.join(" "));
    let mut terminal = server.open("mara", "o2c", &["-A", "-X", "-o", &all]);
    terminal.wait_for("[Today]").wait_for("Nordlicht");
    let id = workstations().first().copied().unwrap_or_default();
    let given = environment(id);
    for name in ["LD_PRELOAD", "O2C_BOOK", "SUDO_UID", "TZ="] {
        checks.that(&format!("{name} of the client is dropped"), !given.contains(name) && !given.is_empty(), &given);
    }
    let shut = !given.contains("SSH_AUTH_SOCK") && !given.contains("DISPLAY");
    checks.that("no agent and no display come along", shut, &given);
    let account = text(&run("id", &["-u", "o2c"]).stdout).trim().to_owned();
    let uids = status(id, "Uid");
    checks.that(
        "it runs as the service account and nobody else",
        uids.split_whitespace().all(|uid| uid == account),
        uids,
    );
    checks.same("it can gain no rights", &status(id, "NoNewPrivs"), &"1".to_owned());
    checks.same("what it makes is its own", &status(id, "Umask"), &"0077".to_owned());
    let limits = std::fs::read_to_string(format!("/proc/{id}/limits")).unwrap_or_default();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default();
    checks.that("it leaves no core", core.split_whitespace().filter(|word| *word == "0").count() == 2, core);
    checks.same("nobody but root looks into it", &modes(&format!("/proc/{id}/environ")), &"root:root 400".to_owned());
    for beside in ["-wal", "-shm"] {
        checks.same("the files beside the book", &modes(&format!("{BOOK}{beside}")), &"o2c:o2c 600".to_owned());
    }
    terminal.press("C-z").wait_for("there is no shell to go to").press("Esc").wait_gone("no shell").press("q q");
    terminal.wait_exit();
    // A second session over the same connection is refused.
    let socket = server.at("mux");
    let mut first = server.open("mara", "o2c", &["-M", "-S", &socket]);
    first.wait_for("[Today]");
    let said = server.ssh("mara", "o2c", &["-S", &socket, "-o", "ControlMaster=no", "--", "id"]);
    let refused = text(&said.stderr).contains("refused") || text(&said.stderr).contains("open failed");
    checks.that("one connection holds one session", refused && said.stdout.is_empty(), said);
    first.press("q q");
    first.wait_exit();
    // Files an account's own shell or sshd would run.
    sh(
        "mkdir -p /var/lib/o2c/.ssh && for f in .profile .bashrc .ssh/rc; do echo 'touch /run/ran' > /var/lib/o2c/$f; done",
    );
    let said = server.ssh("mara", "o2c", &["-T"]);
    checks.that("no start-up file is run", !Path::new("/run/ran").exists(), said);
    sh("rm -rf /var/lib/o2c/.ssh /var/lib/o2c/.profile /var/lib/o2c/.bashrc");
}

fn hang_up(server: &Server, checks: &mut Checks) {
    until("nobody else is there", || workstations().is_empty());
    let mut terminal = server.open("mara", "o2c", &[]);
    terminal.wait_for("[Today]").wait_for("Nordlicht").press("n").wait_for("Note").type_text("half a thought");
    terminal.wait_for("half a thought");
    until("the session is written", || !sessions(server, "mara").is_empty());
    // The laptop is gone: no good-bye from the client.
    terminal.signal(Signal::KILL);
    until("the workstation ends", || workstations().is_empty());
    let row = sessions(server, "mara").first().cloned().unwrap_or_default();
    checks.same("a lost line ends the session", &row["ended"], &"cut off".into());
    let mut again = server.open("mara", "o2c", &[]);
    again.wait_for("[SES-01]").wait_for("its draft is kept");
    again.press("Esc").wait_gone("[SES-01]").press("n").wait_for("half a thought");
    checks.that("the next one says so and has the draft", again.text().contains("half a thought"), again.text());
    // Left, then dropped.
    again.press("Esc").wait_for("Esc drops it").press("Esc").wait_for("dropped the draft").press("q q");
    again.wait_exit();
}

fn two_people(server: &Server, checks: &mut Checks) {
    let mut both = [server.open("nora", "o2c", &[]), server.open("mara", "o2c", &[])];
    for (terminal, name) in both.iter_mut().zip(["nora", "mara"]) {
        terminal.wait_for("[Today]").wait_for("Nordlicht").press("n").wait_for("Note");
        terminal.type_text(&format!("written by {name}")).press("Enter").wait_for("u undoes");
    }
    for terminal in &mut both {
        terminal.press("q q");
        terminal.wait_exit();
    }
    let log = server.rows(&["--as", "nora", "log", "--where", "reason:note"]);
    for name in ["nora", "mara"] {
        let mine = log.iter().find(|row| row["login"] == name);
        checks.that(&format!("what {name} wrote is under that name"), mine.is_some(), &log);
        let acts = sessions(server, name).first().map(|row| row["acts"].clone()).unwrap_or_default();
        checks.same("and counted in that session", &acts, &1.into());
    }
    let log = server.rows(&["--as", "nora", "log"]);
    let presence = log.iter().any(|row| row["kind"] == "sign in" || row["kind"] == "sign out");
    checks.that("the log leaves signing in and out aside", !presence && !log.is_empty(), log.len());
}

fn lock(server: &Server, checks: &mut Checks) {
    let mut terminal = server.open("quick", "o2c", &[]);
    terminal.wait_for("[SES-03]").wait_for("Enter leaves");
    checks.that("a screen left alone is covered", !terminal.text().contains("Nordlicht"), terminal.text());
    terminal.press("q j x").wait_quiet();
    checks.that("no other key opens it", terminal.text().contains("[SES-03]"), terminal.text());
    terminal.press("Enter");
    terminal.wait_exit();
    let row = sessions(server, "mara").first().cloned().unwrap_or_default();
    checks.same("leaving it is another way to end", &row["ended"], &"locked".into());
}

fn own_files(server: &Server, checks: &mut Checks) {
    server.done(&["--as", "mara", "export", "items", "--out", "items.csv"]);
    let file = "/var/lib/o2c/export/mara/items.csv";
    checks.same("an export is in the person's own folder", &modes(file), &"o2c:o2c 600".to_owned());
    for name in ["../nora/items.csv", "/var/lib/o2c/db/x", ".x"] {
        let said = server.admin(&["--as", "mara", "export", "items", "--out", name]);
        let refused = text(&said.stderr).contains("[FIL-03]");
        checks.that(&format!("not at {name}"), refused, said);
    }
    let said = server.admin(&["--as", "mara", "import", "customers", "../nora/ledger.csv"]);
    checks.that("nobody reads another's folder", text(&said.stderr).contains("[FIL-03]"), said);
    server.done(&["backup", "books.db"]);
    checks.same("a copy is its owner's", &modes("/var/lib/o2c/backup/books.db"), &"o2c:o2c 600".to_owned());
    let seal = ["audit", "seal", "--key", "/etc/o2c/seal.key", "--out", "/var/lib/o2c/seals"];
    checks.same("the key that seals is root's", &modes("/etc/o2c/seal.key"), &"root:root 600".to_owned());
    let said = server.admin(&seal);
    checks.that("the account of the book cannot seal", !said.status.success(), said);
    let said = run(O2C, &seal);
    checks.that("root can", said.status.success(), said);
    let anchors = ["audit", "verify", "--anchors", "/var/lib/o2c/seals", "--check-key", "/etc/o2c/seal.key.pub"];
    let said = server.admin(&anchors);
    checks.that("and anybody may hold the book against it", said.status.success(), said);
    for beside in ["", "-wal", "-shm"] {
        checks.same("root leaves the files their owner", &modes(&format!("{BOOK}{beside}")), &"o2c:o2c 600".to_owned());
    }
    let said = server.admin(&["check", "--backups", "/var/lib/o2c/backup", "--anchors", "/var/lib/o2c/seals"]);
    let said = (text(&said.stdout), text(&said.stderr));
    checks.that("the daily check finds copy and seal", !said.0.contains("O1") && !said.0.contains("A6"), said);
    let said = server.ssh("unnamed", "o2c", &["-T"]);
    checks.that("the machine's own verbs are not a stranger's", text(&said.stderr).contains("["), said);
}
