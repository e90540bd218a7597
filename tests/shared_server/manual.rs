//! The manual's own commands: the blocks of the README that follow `<!-- run as root -->`, line by line on a fresh
//! machine, and then the three people they set up, one of whom needs another's approval.

use chrono::{Days, Local};

use crate::server::{Checks, Server, run, sh, text};

/// The mark before a block.
const RUN: &str = "<!-- run as root -->\n```sh\n";

/// Sets a server up by the manual and works in it.
pub fn run_suite(server: &mut Server, checks: &mut Checks) {
    let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).expect("a readable README.md");
    let blocks: Vec<&str> = readme.split(RUN).skip(1).filter_map(|rest| rest.split("```").next()).collect();
    checks.same("the manual has its two blocks", &blocks.len(), &2);
    for line in blocks.iter().flat_map(|block| block.lines()) {
        let mut line =
            line.replace("packaging/", &server.at("packaging/")).replace("target/release/o2c", &server.at("o2c"));
        if let Some(name) = line.split("--as ").nth(1).filter(|_| line.contains("AAAA...")) {
            let name: String = name.chars().take_while(char::is_ascii_lowercase).collect();
            let key = server.key(&name);
            let blob = key.split(' ').nth(1).expect("a key").to_owned();
            line = line.replace("AAAA...", &blob);
        }
        let said = run("sh", &["-c", &line]);
        checks.that(&format!("`{}`", line.split(" ssh-").next().unwrap_or(&line)), said.status.success(), said);
    }
    let said = server.start_sshd();
    checks.that("sshd takes the settings", said.status.success(), said);
    work(server, checks);
}

fn work(server: &Server, checks: &mut Checks) {
    let today = Local::now().date_naive();
    let (made, due) = (today - Days::new(90), today - Days::new(60));
    sh("install -d -o o2c -g o2c -m 0700 /var/lib/o2c/import/nora");
    let rows = "number,customer,customer_name,document_date,due_date,amount";
    let ledger = format!("{rows}\nA-1,100,Nordlicht GmbH,{made},{due},1200.00\n");
    std::fs::write("/var/lib/o2c/import/nora/ledger.csv", ledger).expect("a file to import");
    server.done(&["--as", "nora", "import", "invoices", "ledger.csv", "--currency", "EUR"]);
    for name in ["nora", "mara", "ivo"] {
        let mut terminal = server.open(name, "o2c", &[]);
        terminal.wait_for("[Today]").wait_for("Nordlicht").press("q q");
        checks.that(&format!("{name} gets in"), terminal.wait_exit().success(), terminal.text());
    }
    let credit = ["credit", "A-1", "--amount", "200", "--reason", "damaged goods"];
    let said = server.done(&[&["--as", "mara"][..], &credit].concat());
    checks.that("what is above Mara's limit waits", said.contains("Sent for approval as A-1"), said);
    let own = server.admin(&["--as", "mara", "approve", "A-1"]);
    checks.that("she cannot approve it herself", !own.status.success(), text(&own.stderr));
    let said = server.done(&["--as", "ivo", "approve", "A-1"]);
    checks.that("Ivo can", said.contains("Approved A-1"), said);
    let said = server.admin(&["check"]);
    checks.that("the book is sound", said.status.success() && said.stdout.is_empty(), said);
}
