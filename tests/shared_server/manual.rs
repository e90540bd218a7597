//! The manual's own commands: the blocks of the README that follow `<!-- run as root -->`, line by line on a fresh
//! machine, and then the three people they set up, one of whom needs another's approval.

use crate::server::{Checks, Server, run, sh, text};

/// The mark before a block.
const RUN: &str = "<!-- run as root -->";

/// The commands of the marked blocks, a line each.
fn commands(readme: &str) -> Vec<String> {
    let block = |rest: &str| -> Vec<String> {
        let lines = rest.lines().map(str::trim).skip_while(|line| line.is_empty());
        lines.skip(1).take_while(|line| *line != "```").map(str::to_owned).collect()
    };
    readme.split(RUN).skip(1).flat_map(block).collect()
}

/// Sets a server up by the manual and works in it.
pub fn run_suite(server: &mut Server, checks: &mut Checks) {
    let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).expect("a readable README.md");
    let commands = commands(&readme);
    checks.same("the manual has its commands", &commands.len(), &15);
    for name in ["nora", "mara", "ivo"] {
        std::fs::write(server.at(&format!("{name}.pub")), server.key(name)).expect("a key");
    }
    for line in commands {
        // Where somebody stands who has this repository and has built the program.
        let here = format!("cd '{}' && {}", server.at(""), line.replace("target/release/o2c", "./o2c"));
        let said = run("sh", &["-c", &here]);
        let shown = format!("{} {}", text(&said.stdout), text(&said.stderr));
        checks.that(&format!("`{line}`"), said.status.success(), said);
        if line.starts_with("ssh-keygen") {
            checks.same("three keys are well written", &shown.matches("(ED25519)").count(), &3);
        }
    }
    let said = server.start_sshd();
    checks.that("sshd takes the settings", said.status.success(), said);
    work(server, checks);
}

fn work(server: &Server, checks: &mut Checks) {
    for name in ["nora", "mara", "ivo"] {
        let mut terminal = server.open(name, "o2c", &[]);
        terminal.wait_for("[Today]").wait_for("Nordlicht").wait_for(&format!("{name}  EUR")).press("q q");
        checks.that(&format!("{name} gets in"), terminal.wait_exit().success(), terminal.text());
    }
    let credit = ["credit", "R-2601", "--amount", "200", "--reason", "damaged goods"];
    let said = server.done(&[&["--as", "mara"][..], &credit].concat());
    checks.that("what is above Mara's limit waits", said.contains("Sent for approval as A-1"), said);
    let own = server.admin(&["--as", "mara", "approve", "A-1"]);
    checks.that("she cannot approve it herself", !own.status.success(), text(&own.stderr));
    let said = server.done(&["--as", "ivo", "approve", "A-1"]);
    checks.that("Ivo can", said.contains("Approved A-1"), said);
    // The timers' own lines: the copy, the check of it, the drill, which acts for nobody.
    let said = server.admin(&["backup", "books-1.db"]);
    checks.that("a copy is made", said.status.success(), text(&said.stderr));
    let check = ["check", "--backups", "/var/lib/o2c/backup"];
    let said = server.admin(&check);
    checks.that("it is what was written", said.status.success() && said.stdout.is_empty(), said);
    let of = "/var/lib/o2c/db/books.db";
    let copy = "/var/lib/o2c/backup/books-1.db";
    let said = server.admin(&["--book", "/var/lib/o2c/db/drill.db", "restore", "--dry-run", "--of", of, copy]);
    checks.that("the drill makes a book and keeps nothing", said.status.success(), text(&said.stderr));
    let kept = std::path::Path::new("/var/lib/o2c/db/drill.db").exists();
    checks.same("nothing of it is kept", &kept, &false);
    let said = server.admin(&["--book", "/var/lib/o2c/db/new.db", "restore", copy]);
    checks.that("nobody makes a book that stays", text(&said.stderr).contains("--as LOGIN"), said);
    std::fs::OpenOptions::new().write(true).open(copy).and_then(|file| file.set_len(4_096)).expect("a shorter copy");
    let said = server.admin(&check);
    checks.that("a copy that was cut is found", text(&said.stdout).contains("O5 /var/lib/o2c/backup/books-1.db"), said);
    // Settings that are gone do not make a server trust whoever comes.
    sh("mv /etc/o2c/identity.toml /etc/o2c/away");
    let said = server.admin(&["--as", "mara", "aging"]);
    checks.that("without its settings it does not start", text(&said.stderr).contains("[CFG-01]"), said);
    sh("mv /etc/o2c/away /etc/o2c/identity.toml");
    two_administrators(server, checks);
    let said = server.admin(&["check"]);
    checks.that("the book is sound", said.status.success() && said.stdout.is_empty(), said);
}

/// A key that was stolen cannot wait for anybody, and shutting its owner out makes nobody the only administrator.
fn two_administrators(server: &Server, checks: &mut Checks) {
    server.done(&["--as", "nora", "user", "add", "ada", "--name", "Ada Roth", "--role", "administrator"]);
    let mut terminal = server.open("nora", "o2c", &[]);
    terminal.wait_for("[Today]").wait_quiet();
    let said = server.done(&["--as", "ada", "sessions", "--where", "owner:nora state:open", "--csv"]);
    checks.same("her session is open", &said.lines().count(), &2);
    let said = server.done(&["--as", "ada", "user", "shut-out", "nora"]);
    checks.that("one administrator shuts the other out", said.contains("who stays an administrator"), said);
    terminal.wait_exit();
    let shown = terminal.text();
    checks.that("her session ends", shown.contains("You may no longer work in this book"), shown);
    let mut again = server.open("nora", "o2c", &[]);
    again.wait_exit();
    checks.that("her key opens nothing", again.text().contains("[SES-04]"), again.text());
    let said = server.done(&["--as", "ada", "user", "role", "mara", "cash"]);
    checks.that("nobody is alone by it", said.contains("Sent for approval"), said);
    let take = ["--as", "ada", "user", "role", "nora", "administrator", "--take"];
    let said = server.done(&take);
    checks.that("taking the role for good waits", said.contains("Sent for approval"), said);
    let said = server.done(&[&take[..], &["--owner", "her laptop was stolen"]].concat());
    checks.that("the owner of the file decides", said.contains("Took the role administrator from Nora"), said);
    let said = server.done(&["--as", "ada", "user", "conflicts"]);
    checks.that("and it is told why", said.contains("decided by the owner of the book's file: her laptop was"), said);
}
