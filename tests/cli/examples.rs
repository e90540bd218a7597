//! Every example of every `--help` runs: each is taken out of the help of its verb and run by a shell on a copy of one
//! book in the middle of its work, after the few steps that bring about what it speaks of.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use crate::server::{Mood, Server};

/// The company of the examples, as lines of a shell; files are what the examples name.
const STAGE: &str = r#"
o2c init --company "Nordwind GmbH" --currency EUR
printf '%s\n' id,name,country,currency,email,owner 10001,Acme,DE,EUR,ap@acme.com,mara '10023,Hafen Handel,DE,EUR,ap@hafen.com,tess' '10044,Kontor Sued,FR,EUR,,tess' > customers.csv
o2c import customers customers.csv
printf '%s\n' number,customer,document_date,due_date,amount,currency INV-20447,10044,2026-01-10,2026-02-09,300.00,EUR INV-20448,10023,2026-01-20,2026-02-19,1500.00,EUR INV-20450,10023,2026-01-25,2026-02-24,800.00,EUR INV-20451,10001,2026-01-25,2026-02-24,600.00,EUR > ledger.csv
o2c import invoices ledger.csv
o2c user add mara --name "Mara Lind" --role collector --role disputes
o2c user add jonas --name "Jonas Weiss" --role collector
o2c user add ben --name "Ben Carter" --role approver
o2c bank add "Main account" --account "DE89 3704 0044 0532 0130 00" --currency EUR
printf '%s\n' :20:S :25:DE89370400440532013000 :28C:41/1 :60F:C260301EUR1000,00 :61:260302C2000,00NTRFNONREF//B-1 ':86:Hafen Handel' :61:260302C290,00NTRFNONREF//B-2 ':86:Hafen Handel' :61:260303D600,00NRTINONREF//B-3 :86:returned :62F:C260303EUR2690,00 - > 2026-03-03.sta
o2c import statement 2026-03-03.sta
printf '%s\n' 'name = "gentle"' '[[level]]' 'number = 1' 'wait_days = 3' '[[level]]' 'number = 2' 'wait_days = 14' 'wait_from = "last letter"' > gentle.toml
sed s/gentle/standard/ gentle.toml > standard.toml
o2c policy import gentle.toml
o2c policy import standard.toml
o2c policy assign standard --company
o2c strategy export standard | sed 's/"standard"/"careful"/' > careful.toml
o2c dispute open INV-20451 --amount 150 --reason price
o2c dispute open INV-20447 --amount 40 --reason tax
o2c post receipt --customer 10023 --amount 600 --reference R-17
o2c setting mail-sender accounts@nordwind.example
mkdir -p Maildir/new Maildir/cur backups auditor etc ~/.local/share/bash-completion/completions
printf '%s\n' 'From: ap@hafen.com' 'Message-ID: <1@hafen.com>' 'Subject: Re' '' 'We will pay INV-20450 on 15 April. We dispute INV-20448 because the price is wrong.' > answer.eml
cp answer.eml Maildir/new/1
printf photo > delivery-note.pdf
printf '%s\n' 'KUNNR;BELNR;GJAHR;BUZEI;BLDAT;ZFBDT;ZTERM;SHKZG;WRBTR;WAERS' '10001;90001;2026;1;20260110;20260110;N030;S;100.00;EUR' > open.csv
printf '%s\n' 'kind = "receipts"' '[columns]' 'reference = "Ref"' 'customer = "Who"' 'date = "Day"' 'amount = "Sum"' '[constants]' 'currency = "EUR"' > my-bank.toml
printf '%s\n' Ref,Who,Day,Sum X1,10023,2026-03-05,12.50 > bank.csv
"#;

const PLAN: &str = "o2c plans propose INV-20448 --rates 3 --from 2026-04-01";
const DECIDED: &str = "o2c dispute decide D-1 --outcome collect --cause carrier --text no";
const ASKED: &str = "o2c dispute inquire 10001 --item INV-20451 --text why";
const TEMPLATE: &str =
    "o2c template export reminder-1 --language de --out reminder-1.de.txt; echo mehr >> reminder-1.de.txt";
const GIVEN_UP: &str = "o2c dunning draft; o2c dunning approve M-1; \
     o2c dunning send M-1 --letters 3 --out l --despite x; o2c mail settle 1 given-up --reason moved";
const CHANGED: &str = "o2c template export reminder-1 --language de --out reminder-1.de.txt; \
     echo mehr >> reminder-1.de.txt; o2c template set reminder-1.de.txt";
const SEALED: &str = "o2c audit keygen etc/seal.key --name nordwind; cp etc/seal.key.pub nordwind.pub; o2c audit seal --key etc/seal.key --out auditor";
const CHECKED: &str = "o2c audit keygen etc/seal.key --name nordwind; cp etc/seal.key.pub nordwind.pub; \
     o2c audit seal --key etc/seal.key --out auditor; o2c backup backups/books.db";
const SENT: &str = "o2c dunning draft; o2c dunning approve M-1; o2c dunning send M-1 --letters 3 --out l --despite x";
/// Beyond tess's own limit, so that it waits as A-1.
const WAITS: &str = "o2c user limit tess write-off 1; o2c write-off INV-20448 --amount 100 --reason x";

/// What an example that begins so needs before it; the longest beginning counts.
const BEFORE: [(&str, &str); 57] = [
    ("o2c init", "rm books.db*"),
    ("o2c --book books.db init", "rm books.db*"),
    ("o2c user role adam", "o2c user add adam --role administrator; o2c user shut-out adam"),
    ("o2c plans show", PLAN),
    ("o2c plans replace", PLAN),
    ("o2c plans withdraw", PLAN),
    ("o2c letter plan", PLAN),
    ("o2c withdraw", "o2c promise INV-20448 --on fri"),
    ("o2c letter promise", "o2c promise INV-20448 --on fri"),
    ("o2c dispute reopen", DECIDED),
    ("o2c dispute confirm", DECIDED),
    ("o2c letter dispute", DECIDED),
    ("o2c mail write dispute", DECIDED),
    ("o2c dispute add", "o2c dispute open INV-20448 --amount 10 --reason price"),
    ("o2c dispute decide D-3", "o2c dispute open INV-20448:150 INV-20450:80 --reason price"),
    ("o2c dispute verify", "o2c dispute attach D-1 delivery-note.pdf"),
    ("o2c dispute answer", ASKED),
    ("o2c dispute hand-over", ASKED),
    ("o2c dispute promote", ASKED),
    ("o2c dispute done", "o2c dispute note D-1 \"@tess ask the warehouse\""),
    ("o2c unapply", "o2c apply R-17 INV-20448:500"),
    ("o2c cash return", "o2c apply R-17 INV-20448:600"),
    ("o2c cash payer 10023 --name", "o2c cash payer 10023 --name \"Nordwind Holding\""),
    (
        "o2c bank rule remove",
        "o2c bank rule add --text \"account fee*quarter\" --kind fee; (export USER=ben; o2c approve A-1)",
    ),
    ("o2c dunning show", "o2c dunning draft"),
    ("o2c dunning drop", "o2c dunning draft"),
    ("o2c dunning approve", "o2c dunning draft"),
    ("o2c dunning cancel", "o2c dunning draft"),
    ("o2c dunning lift", "o2c dunning hold 10023 --reason asked"),
    (
        "o2c dunning lower",
        "o2c policy export standard | sed 's/\"mail\", //' > post.toml; o2c policy import post.toml; \
         export TODAY=2026-03-10; o2c dunning draft; o2c dunning approve M-1; \
         o2c dunning send M-1 --letters 3 --out l --despite x; export TODAY=2026-03-31; o2c dunning draft",
    ),
    ("o2c dunning keep", "o2c dunning draft; o2c dunning drop M-1 --item INV-20448 --reason called"),
    (
        "o2c dunning send",
        "o2c setting dunning-bank-days 60; o2c cash run; o2c setting cash-reviewed done; o2c dunning draft; \
         o2c dunning approve M-1",
    ),
    ("o2c mail show", SENT),
    ("o2c mail settle", GIVEN_UP),
    ("o2c mail accept", "o2c mail import answer.eml"),
    ("o2c mail dismiss", "o2c mail import answer.eml"),
    ("o2c template check", TEMPLATE),
    ("o2c template set", TEMPLATE),
    ("o2c template reset", CHANGED),
    ("o2c block 10023 --release", "o2c block 10023 --reason over"),
    ("o2c user role mara controller --take", "o2c user role mara controller"),
    ("o2c user limit mara", "o2c user role mara controller"),
    ("o2c user shut-out mara --in", "o2c user shut-out mara"),
    ("o2c user end-delegation", "o2c user delegate ben --until +2w"),
    ("o2c approvals A-1", WAITS),
    ("o2c recall", WAITS),
    ("o2c approve", WAITS),
    ("o2c reject", WAITS),
    ("o2c month close", "export TODAY=2026-04-02"),
    ("o2c month reopen", "export TODAY=2026-04-02; o2c month close 2026-03"),
    ("o2c --book books.db restore", "o2c backup backups/books-2026-03-31.db; rm books.db*"),
    ("o2c --book drill.db restore", "o2c backup backups/books-2026-03-31.db"),
    ("o2c check --backups", CHECKED),
    ("o2c check --deep", CHECKED),
    ("o2c check --acknowledge", "chmod 640 books.db; o2c check || chmod 600 books.db"),
    ("o2c audit verify --anchors", SEALED),
    ("o2c audit seal", "o2c audit keygen etc/seal.key --name nordwind"),
];

/// Where the examples of a machine are elsewhere here, and what takes too long or needs a terminal.
const ELSEWHERE: [(&str, &str); 9] = [
    ("dunning lower M-1", "dunning lower M-2"),
    ("/backups", "backups"),
    ("/mnt/auditor", "auditor"),
    ("/etc/o2c/", "etc/"),
    ("/var/mail/accounts/", ""),
    ("| man -l -", "> /dev/null"),
    ("--customers 2000 --invoices 100000", "--customers 5 --invoices 20"),
    ("--letters 42", "--letters 3"),
    ("2026-03-*.xml", "2026-03-*.sta"),
];

/// Examples that open the workstation, or are about a receipt of a statement whose number is the bank's.
const ON_A_TERMINAL: [&str; 2] = ["o2c demo", "o2c cash return 3 R-17 --reason \"insufficient funds\""];

struct World {
    folder: tempfile::TempDir,
    server: Server,
}

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let bin = folder.path().join("bin");
        std::fs::create_dir(&bin).expect("a folder");
        let script =
            format!("#!/bin/sh\nexec {} --today \"${{TODAY:-2026-03-31}}\" \"$@\"\n", env!("CARGO_BIN_EXE_o2c"));
        std::fs::write(bin.join("o2c"), script).expect("a script");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(bin.join("o2c"), mode).expect("its mode");
        let world = World { folder, server: Server::start(Mood::Kind) };
        std::fs::create_dir(world.at("stage")).expect("a folder");
        let settings = format!(
            "host = \"127.0.0.1\"\nport = {}\ntls = \"none\"\npatience_seconds = 5\n",
            world.server.address.port()
        );
        std::fs::write(world.at("stage").join("mail.toml"), settings).expect("a file");
        world.run(&world.at("stage"), STAGE).unwrap_or_else(|why| panic!("the stage: {why}"));
        // As the workstation keeps it.
        let book = rusqlite::Connection::open(world.at("stage/books.db")).expect("a book");
        let view = "INSERT INTO workspace (person_id, key, value) SELECT id, 'view.customers.month-end', \
                    '-open name,open' || char(10) || 'open>=1k' FROM person WHERE login = 'tess'";
        assert_eq!(book.execute(view, []).expect("a view"), 1);
        world
    }

    fn at(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Runs lines of a shell until one fails; gives what the last ones said.
    fn run(&self, folder: &Path, lines: &str) -> Result<String, String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(std::iter::once(self.at("bin")).chain(std::env::split_paths(&path)));
        let mut shell = Command::new("sh");
        shell.args(["-ec", lines]).current_dir(folder).stdin(Stdio::null());
        shell.env("PATH", path.expect("a search path")).env("HOME", folder).env("USER", "tess");
        shell.env("O2C_BOOK", "books.db").env("O2C_MAIL", "mail.toml").env_remove("XDG_DATA_HOME");
        let output = shell.output().expect("a shell");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.success() { Ok(out.into_owned()) } else { Err(format!("{}: {out}{err}", output.status)) }
    }

    /// The help of a verb: its verbs, and its examples as whole lines.
    fn help(&self, verb: &str) -> (Vec<String>, Vec<String>) {
        let text = self.run(self.folder.path(), &format!("o2c {verb} --help")).expect("help");
        let section = |name: &'static str| text.lines().skip_while(move |line| !line.starts_with(name)).skip(1);
        let verbs = section("Commands:").take_while(|line| !line.is_empty());
        let verbs = verbs.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
        let verbs = verbs.filter_map(|line| line.split(' ').next()).filter(|verb| *verb != "help");
        let verbs = verbs.map(|one| format!("{verb} {one}").trim().to_owned()).collect();
        let mut examples: Vec<String> = Vec::new();
        for line in section("Example").take_while(|line| !line.trim().is_empty()) {
            match examples.last_mut() {
                // Long ones are broken where the terminal ends.
                Some(last) if !line.starts_with("  o2c") => *last = format!("{last} {}", line.trim()),
                _ => examples.push(line.trim().to_owned()),
            }
        }
        (verbs, examples)
    }

    /// Runs an example in a copy of the stage.
    fn play(&self, place: usize, example: &str) -> Result<(), String> {
        let folder = self.at(&format!("copy-{place}"));
        copy(&self.at("stage"), &folder);
        let mut line = example.to_owned();
        ELSEWHERE.iter().for_each(|(there, here)| line = line.replace(there, here));
        let before = BEFORE.iter().filter(|(start, _)| line.starts_with(start)).max_by_key(|(start, _)| start.len());
        let before = before.map_or("", |(_, before)| before);
        if line.starts_with("o2c approve") || line.starts_with("o2c reject") {
            line = format!("export USER=ben; {line}");
        }
        let said = self.run(&folder, &format!("{before}\n{line}"));
        std::fs::remove_dir_all(&folder).expect("it goes");
        said.map(drop).map_err(|why| format!("{example}: {why}"))
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

#[test]
fn every_example_of_every_help_runs() {
    let world = World::new();
    let (mut verbs, mut examples, mut bare) = (vec![String::new()], Vec::new(), Vec::new());
    while let Some(verb) = verbs.pop() {
        let (more, found) = world.help(&verb);
        if found.is_empty() {
            bare.push(verb);
        }
        verbs.extend(more);
        examples.extend(found);
    }
    assert_eq!(bare, Vec::<String>::new(), "verbs without an example");
    examples.sort();
    examples.dedup();
    examples.retain(|example| !ON_A_TERMINAL.contains(&example.as_str()));
    assert!(examples.len() > 180, "{}", examples.len());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for start in 0..2 {
            let (world, examples, failed) = (&world, &examples, &failed);
            scope.spawn(move || {
                for (place, example) in examples.iter().enumerate().skip(start).step_by(2) {
                    if let Err(why) = world.play(place, example) {
                        failed.lock().expect("whole").push(why);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("whole");
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), examples.len(), failed.join("\n"));
}

/// Verbs of collections in an order in which each finds what it needs.
const COLLECTIONS: [&str; 64] = [
    "activities next",
    "policy list",
    "policy import new.toml",
    "policy try gentle.toml --from 2026-01-01",
    "policy versions standard",
    "policy compare",
    "policy assign none --customer 10044",
    "worklist",
    "promises",
    "promise INV-20450 --on fri",
    "promises list",
    "promises kept 10023",
    "withdraw INV-20450",
    "dunning draft",
    "dunning list",
    "dunning show M-1",
    "dunning drop M-1 --item INV-20451 --reason called",
    "dunning why 10023",
    "dunning keep M-1 --item INV-20451 --reason again",
    "dunning approve M-1",
    "dunning send M-1 --letters 2 --despite x --out l",
    "dunning hold 10044 --reason asked",
    "dunning lift 1 --reason so",
    "plans propose INV-20448 --rates 2 --from 2026-04-01",
    "plans list",
    "plans show PP-1",
    "plans replace PP-1 --rates 3 --from 2026-05-01",
    "plans withdraw PP-2 --reason paid",
    "disputes",
    "dispute list",
    "dispute open INV-20448 --amount 10 --reason price",
    "dispute show D-1",
    "dispute note D-1 \"@tess look\"",
    "dispute assign D-1 --to mara",
    "dispute split D-1 --amount 40 --reason tax",
    "dispute add D-1 INV-20451:10",
    "dispute tasks --of tess",
    "dispute done 1",
    "dispute pareto",
    "dispute decide D-1 --outcome collect --cause carrier --text no",
    "dispute inquire 10001 --item INV-20451 --text why",
    "dispute inquiries",
    "dispute hand-over Q-1 --owner mara",
    "dispute answer Q-1 so",
    "mail list",
    "mail import answer.eml",
    "mail proposals",
    "mail accept 1",
    "mail show 1",
    "mail write statement 10023",
    "mail send",
    "mail test",
    "mail read answer.eml",
    "activities log 10023 --outcome reached",
    "activities list",
    "activities load",
    "activities hand-over --from mara --to jonas --note leave",
    "strategy list",
    "daily",
    "call 10023 --outcome reached",
    "note 10023 hello",
    "follow-up 10023 --on +1w",
    "owner 10023 --to mara",
    "done 10044",
];

/// What a verb of collections says as JSON is JSON, whether it reads or changes.
#[test]
fn every_verb_of_collections_answers_as_json() {
    let world = World::new();
    let folder = world.at("stage");
    world.run(&folder, "sed s/gentle/new/ gentle.toml > new.toml").expect("a policy");
    for line in COLLECTIONS {
        let said = world.run(&folder, &format!("o2c {line} --json")).unwrap_or_else(|why| panic!("{line}: {why}"));
        serde_json::from_str::<serde_json::Value>(&said).unwrap_or_else(|error| panic!("{line}: {error}: {said}"));
    }
    // A change says its act, and one that is only tried says that it has none.
    let tried = world.run(&folder, "o2c note 10023 again --dry-run --json").expect("tried");
    let tried: serde_json::Value = serde_json::from_str(&tried).expect("JSON");
    assert_eq!((&tried["act"], &tried["dry_run"]), (&serde_json::Value::Null, &true.into()), "{tried}");
    let done = world.run(&folder, "o2c note 10023 again --act-key k --json; o2c note 10023 again --act-key k --json");
    let both: Vec<serde_json::Value> =
        done.expect("done").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((&both[0]["again"], &both[1]["again"]), (&false.into(), &true.into()), "{both:?}");
    assert_eq!(both[0]["act"], both[1]["act"]);
    assert_eq!(world.run(&folder, "o2c check").expect("sound"), "");
}
