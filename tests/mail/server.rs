//! A mail server in the test process: speaks enough SMTP over a TCP socket to take letters, and misbehaves on request,
//! each way by the receiver's name. What it took is kept for the test to look at.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A message the server took, or whose text it was given.
#[derive(Debug, Clone)]
pub struct Taken {
    pub from: String,
    pub to: String,
    pub text: String,
    /// Whether it answered that it took it.
    pub answered: bool,
}

#[derive(Debug, Default)]
pub struct Seen {
    pub taken: Vec<Taken>,
    pub connections: usize,
    pub logins: Vec<String>,
}

/// How the whole server behaves, whoever the receiver is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Kind,
    /// Greets with 554 and hangs up.
    Closed,
    /// Asks for a login and refuses every one.
    Locked,
    /// Asks for a login and takes tess's.
    Guarded,
    /// Closes the connection after each letter.
    Impatient,
}

pub struct Server {
    pub address: SocketAddr,
    pub seen: Arc<Mutex<Seen>>,
}

impl Server {
    pub fn start(mood: Mood) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its number");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let shared = seen.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = shared.clone();
                seen.lock().expect("whole").connections += 1;
                thread::spawn(move || drop(serve(&stream, mood, &seen)));
            }
        });
        Server { address, seen }
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.seen.lock().expect("whole").taken.clone()
    }

    /// How often a receiver's letter was answered for as taken.
    pub fn times(&self, to: &str) -> usize {
        self.taken().iter().filter(|taken| taken.to.contains(to) && taken.answered).count()
    }
}

/// What a receiver's name makes the server do: `full@…`, `gone@…`, and so on.
fn rcpt(to: &str) -> &'static str {
    match to.split('@').next().unwrap_or_default() {
        "gone" => "550 5.1.1 No such mailbox",
        "busy" => "451 4.7.1 Come back later",
        "full" => "452 4.2.2 Mailbox full",
        "fullforgood" => "552 5.2.2 Mailbox full",
        "bell" => "550 5.1.1 \u{1b}[2JNo \u{202e}such\r\n",
        _ => "250 OK",
    }
}

fn serve(stream: &TcpStream, mood: Mood, seen: &Mutex<Seen>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut out = stream.try_clone()?;
    let mut say = |text: &str| out.write_all(format!("{}\r\n", text.trim_end()).as_bytes());
    if mood == Mood::Closed {
        return say("554 5.3.2 Not today");
    }
    say("220 test ESMTP")?;
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" if matches!(mood, Mood::Locked | Mood::Guarded) => {
                say("250-test\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME")?;
            }
            "EHLO" => say("250-test\r\n250-PIPELINING\r\n250 8BITMIME")?,
            "AUTH" => {
                seen.lock().expect("whole").logins.push(line.clone());
                // `\0tess\0secret` in base64.
                let good = mood == Mood::Guarded && line.ends_with("AHRlc3MAc2VjcmV0");
                say(if good { "235 2.7.0 Welcome" } else { "535 5.7.8 Wrong name or password" })?;
            }
            "MAIL" => {
                from = address(&line);
                say("250 OK")?;
            }
            "RCPT" => {
                to = address(&line);
                say(rcpt(&to))?;
            }
            "DATA" => {
                if to.starts_with("nodata@") {
                    say("554 5.6.0 No data for you")?;
                    continue;
                }
                if to.starts_with("early@") {
                    return stream.shutdown(Shutdown::Both);
                }
                say("354 Go on")?;
                let text = text(&mut lines)?;
                let Some(answer) = answer(Taken { from: from.clone(), to: to.clone(), text, answered: false }, seen)
                else {
                    return stream.shutdown(Shutdown::Both);
                };
                say(answer)?;
                if mood == Mood::Impatient {
                    say("421 4.3.2 Closing")?;
                    return stream.shutdown(Shutdown::Both);
                }
            }
            "QUIT" => return say("221 Bye"),
            _ => say("250 OK")?,
        }
    }
}

/// Notes a text, and gives what is answered to it; nothing where the connection is dropped.
fn answer(taken: Taken, seen: &Mutex<Seen>) -> Option<&'static str> {
    let name = taken.to.split('@').next().unwrap_or_default().to_owned();
    let note = |answered| seen.lock().expect("whole").taken.push(Taken { answered, ..taken });
    match name.as_str() {
        "drop" => {
            note(false);
            None
        }
        "silent" => {
            note(false);
            thread::sleep(Duration::from_secs(20));
            None
        }
        "garbage" => {
            note(false);
            Some("hello there")
        }
        "large" => Some("552 5.3.4 Too large"),
        "slow" => {
            thread::sleep(Duration::from_millis(300));
            note(true);
            Some("250 2.0.0 Queued slowly")
        }
        _ => {
            note(true);
            Some("250 2.0.0 Queued as 1")
        }
    }
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

/// The text up to the lone point, with doubled points undone.
fn text(lines: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = Vec::new();
        lines.read_until(b'\n', &mut line)?;
        let line = String::from_utf8_lossy(&line).into_owned();
        if line == ".\r\n" || line.is_empty() {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
