//! Letters through Debian's Postfix on a loopback port, with TLS and a login, by the program's own verbs: one it takes,
//! one it refuses, one whose mailbox is full, one that comes back later, one whose answer never comes. Everything happens
//! in a mount namespace of its own, so that the machine's own files stay as they are. Needs root, Debian's postfix and
//! sasl2-bin, and `O2C_LONG=1`; says what is missing and passes without them.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Set for the process inside the namespace.
const INSIDE: &str = "O2C_INSIDE_NAMESPACE";

fn missing() -> Option<String> {
    if std::env::var_os("O2C_LONG").is_none() {
        return Some("O2C_LONG=1".to_owned());
    }
    if !rustix::process::geteuid().is_root() {
        return Some("root".to_owned());
    }
    let programs = ["/usr/sbin/postfix", "/usr/sbin/saslpasswd2", "/usr/bin/openssl", "/usr/bin/unshare"];
    if let Some(program) = programs.into_iter().find(|program| !Path::new(program).exists()) {
        return Some(program.to_owned());
    }
    let tried = Command::new("unshare").args(["--mount", "--pid", "--fork", "--mount-proc", "true"]).output();
    (!tried.is_ok_and(|tried| tried.status.success())).then(|| "namespaces (unshare --mount --pid)".to_owned())
}

#[test]
fn letters_go_through_a_real_mail_server() {
    if let Some(missing) = missing() {
        println!("skipped: a real mail server needs {missing}");
        return;
    }
    let mut outside = Command::new("unshare");
    outside.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"]);
    outside.arg(std::env::current_exe().expect("this program"));
    outside.args(["--exact", "through_postfix", "--ignored", "--nocapture"]).env(INSIDE, "1");
    assert!(outside.status().expect("unshare starts").success(), "see above");
}

fn sh(script: &str) -> String {
    let output = Command::new("bash").args(["-euc", script]).output().expect("bash starts");
    let both = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}\n{both}");
    both
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port()
}

/// The machine: Postfix for test.example with mailboxes as Maildirs.
struct Post {
    folder: PathBuf,
    port: u16,
}

impl Post {
    fn start(folder: &Path) -> Post {
        let (port, asked) = (free_port(), free_port());
        slow(asked);
        let shown = folder.display();
        sh(&format!(
            "mount -t tmpfs -o mode=755 none {shown}
             cp -a /etc {shown}/etc; mount --bind {shown}/etc /etc
             mkdir -p {shown}/kept; cp -a /var/spool/postfix {shown}/kept/
             for place in /var/lib /var/spool /var/log /var/mail; do mount -t tmpfs -o mode=755 none $place; done
             cp -a {shown}/kept/postfix /var/spool/; install -d -o postfix /var/lib/postfix
             install -d -o 5000 -g 5000 {shown}/boxes
             cd /etc/postfix
             openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Test -keyout ca.key -out ca.pem 2>/dev/null
             openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out ask.pem 2>/dev/null
             openssl x509 -req -in ask.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem \
               -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\nbasicConstraints=CA:FALSE\\n') 2>/dev/null
             cat > main.cf <<'END'
compatibility_level = 3.6
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mx.test.example
mydestination =
alias_maps =
alias_database =
maillog_file = /var/log/mail.log
smtpd_tls_cert_file = /etc/postfix/cert.pem
smtpd_tls_key_file = /etc/postfix/key.pem
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_recipient_restrictions = check_recipient_access texthash:/etc/postfix/access, permit_sasl_authenticated, reject
smtpd_end_of_data_restrictions = check_policy_service inet:127.0.0.1:{asked}
virtual_mailbox_domains = test.example
virtual_mailbox_base = {shown}/boxes
virtual_mailbox_maps = texthash:/etc/postfix/boxes
virtual_alias_maps = texthash:/etc/postfix/aliases
transport_maps = texthash:/etc/postfix/transport
virtual_uid_maps = static:5000
virtual_gid_maps = static:5000
END
             for name in good slow accounts; do echo \"$name@test.example $name/\"; done > boxes
             echo 'full@test.example 452 4.2.2 Mailbox full' > access
             echo 'late@test.example late@moved.example' > aliases
             echo 'moved.example error:5.1.1 moved away' > transport
             printf 'pwcheck_method: auxprop\\nauxprop_plugin: sasldb\\nmech_list: PLAIN LOGIN\\n' > sasl/smtpd.conf
             echo secret | saslpasswd2 -p -c -u mx.test.example -f /etc/sasldb2 tess
             chgrp postfix /etc/sasldb2; chmod 640 /etc/sasldb2
             sed -i 's/^smtp      inet.*/{port} inet n - n - - smtpd/' master.cf
             postfix start"
        ));
        std::fs::write(folder.join("password"), "secret\n").expect("a file");
        sh(&format!("chmod 600 {shown}/password"));
        let settings = format!(
            "host = \"localhost\"\nport = {port}\nlogin = \"tess@mx.test.example\"\npassword_file = \"{shown}/password\"\n\
             authority_file = \"/etc/postfix/ca.pem\"\npatience_seconds = 4\ninbox = \"{shown}/boxes/accounts\"\n"
        );
        std::fs::write(folder.join("mail.toml"), settings).expect("a file");
        Post { folder: folder.to_owned(), port }
    }

    fn o2c(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_o2c"));
        command.current_dir(&self.folder).env("USER", "tess").env("O2C_BOOK", self.folder.join("book.db"));
        command.env("O2C_MAIL", self.folder.join("mail.toml")).args(args).output().expect("the program starts")
    }

    fn done(&self, args: &[&str]) -> String {
        let output = self.o2c(args);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{args:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }

    /// State of each mail by its receiver.
    fn states(&self) -> Vec<String> {
        let list: serde_json::Value = serde_json::from_str(&self.done(&["mail", "list", "--json"])).expect("JSON");
        let rows = list["rows"].as_array().expect("rows");
        let word =
            |row: &serde_json::Value| format!("{} {}", row["to"].as_str().unwrap(), row["state"].as_str().unwrap());
        let mut states: Vec<String> = rows.iter().map(word).collect();
        states.sort();
        states
    }

    /// Waits until so many mails lie in a mailbox.
    fn wait_for(&self, name: &str, count: usize) {
        let until = Instant::now() + Duration::from_secs(20);
        let new = self.folder.join("boxes").join(name).join("new");
        while std::fs::read_dir(&new).map_or(0, Iterator::count) < count {
            assert!(Instant::now() < until, "{name}: {}", sh("cat /var/log/mail.log"));
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Answers Postfix's question at the end of a text; for one receiver so late that nobody listens any more.
fn slow(port: u16) {
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("a port");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
                let mut out = stream;
                let mut late = false;
                while let Some(Ok(line)) = lines.next() {
                    late |= line == "recipient=slow@test.example";
                    if line.is_empty() {
                        std::thread::sleep(Duration::from_secs(if late { 8 } else { 0 }));
                        late = false;
                        let _ = out.write_all(b"action=DUNNO\n\n");
                    }
                }
            });
        }
    });
}

/// A run of five letters by mail, each to a receiver of another fate.
fn write_letters(post: &Post) {
    let mut customers = String::from("id,name,currency,email,language\n");
    let mut invoices = String::from("number,customer,document_date,due_date,amount,currency\n");
    for (n, name) in ["good", "gone", "full", "late", "slow"].iter().enumerate() {
        customers += &format!("C{n},Kunde {name},EUR,{name}@test.example,de\n");
        invoices += &format!("INV-{},C{n},2026-02-01,2026-03-03,100.00,EUR\n", 30_000 + n);
    }
    std::fs::write(post.folder.join("customers.csv"), customers).expect("a file");
    std::fs::write(post.folder.join("invoices.csv"), invoices).expect("a file");
    std::fs::write(post.folder.join("policy.toml"), "name = \"standard\"\n[[level]]\nnumber = 1\nwait_days = 3\n")
        .expect("a file");
    post.done(&["init", "--company", "Nordwind GmbH", "--currency", "EUR"]);
    post.done(&["import", "customers", "customers.csv"]);
    post.done(&["import", "invoices", "invoices.csv"]);
    post.done(&["setting", "mail-sender", "accounts@test.example"]);
    post.done(&["policy", "import", "policy.toml"]);
    post.done(&["policy", "assign", "standard", "--company"]);
    post.done(&["dunning", "draft"]);
    post.done(&["dunning", "approve", "M-1"]);
    let said = post.done(&["dunning", "send", "M-1", "--letters", "5", "--out", "letters", "--despite", "no bank"]);
    assert!(said.contains("5 by mail"), "{said}");
}

#[test]
#[ignore = "started by the test above, in a namespace of its own"]
fn through_postfix() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let temporary = tempfile::tempdir().expect("a folder");
    let post = Post::start(temporary.path());
    write_letters(&post);
    // A certificate nobody vouches for, and a wrong password: nothing leaves.
    assert!(post.done(&["mail", "test"]).contains("lets letters in"));
    let settings = std::fs::read_to_string(post.folder.join("mail.toml")).expect("a file");
    let bare = settings.replace("authority_file", "# authority_file");
    for (file, text, why) in [
        ("strange.toml", bare.replace("inbox", "# inbox"), "certificate"),
        ("wrong.toml", settings.replace("tess@", "tessa@"), "535"),
    ] {
        std::fs::write(post.folder.join(file), text).expect("a file");
        let refused = post.o2c(&["mail", "send", "--server", file]);
        let said = String::from_utf8_lossy(&refused.stdout).into_owned();
        assert_eq!((refused.status.code(), said.contains(why)), (Some(3), true), "{said}");
    }
    assert!(post.states().iter().all(|state| state.ends_with("waiting")), "{:?}", post.states());
    let sent = post.o2c(&["mail", "send"]);
    let said = String::from_utf8_lossy(&sent.stdout).into_owned();
    assert_eq!(sent.status.code(), Some(3), "{said}");
    let wanted = [
        "full@test.example waiting",
        "gone@test.example failed",
        "good@test.example sent",
        "late@test.example sent",
        "slow@test.example unknown",
    ];
    assert_eq!(post.states(), wanted, "{said}\n{}", sh("cat /var/log/mail.log"));
    post.wait_for("good", 1);
    // The server took it although its answer came too late: it is not sent again by itself.
    post.wait_for("slow", 1);
    post.wait_for("accounts", 1);
    post.o2c(&["mail", "send"]);
    assert_eq!(post.states(), wanted);
    // The notice of the one that came back is in our own mailbox: taken in, it sends the letter on paper.
    let daily = post.o2c(&["daily"]);
    let said = String::from_utf8_lossy(&daily.stdout).into_owned();
    assert!(said.contains("1 mails taken in") && said.contains("1 came back"), "{said}");
    assert_eq!(post.states()[3], "late@test.example failed");
    post.done(&["mail", "settle", "5", "sent", "--reason", "it lies in their mailbox"]);
    let said = post.done(&["dunning", "send", "M-1", "--out", "letters"]);
    assert!(said.contains("wrote 2 files"), "{said}");
    assert_eq!(post.done(&["check"]), "");
    for name in ["good", "slow"] {
        let all = std::fs::read_dir(post.folder.join("boxes").join(name).join("new")).map_or(0, Iterator::count);
        assert_eq!(all, 1, "{name} has it once");
    }
    println!("postfix: 5 letters on port {}, 1 sent, 1 refused, 1 put off, 1 returned, 1 not known", post.port);
    sh("postfix stop || true");
}
