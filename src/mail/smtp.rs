//! Handing one message to a mail server, step by step, so that what became of it is never a guess: as long as the text
//! itself was not handed over, nothing was sent; once it was and no answer came, it is not known.

use std::net::ToSocketAddrs;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, CertificateStore, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;

use super::outbox::{Carrier, Outcome, Parcel};
use crate::domain::text;

/// How the connection is kept from other eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Privacy {
    /// TLS from the first byte, usually port 465.
    Wrapped,
    /// TLS before anything is said, usually port 587; refused where the server has none.
    #[default]
    StartTls,
    /// Plain: only for a server on this machine.
    Plain,
}

/// A mail server and how to sign in.
#[derive(Clone)]
pub struct Server {
    /// Its name, which its certificate must carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from other eyes.
    pub privacy: Privacy,
    /// Name and password; `None` where the server asks for none.
    pub login: Option<(String, String)>,
    /// A certificate authority of the company's own, PEM; besides the public ones.
    pub authority: Option<Vec<u8>>,
    /// How long to wait for an answer.
    pub patience: Duration,
    /// What this machine calls itself.
    pub hello: String,
}

/// The most messages over one connection; servers grow tired of long ones.
const PER_CONNECTION: usize = 200;

/// A connection to a mail server, opened when needed and kept for the next message.
pub struct Line {
    server: Server,
    open: Option<(SmtpConnection, usize)>,
}

impl Line {
    /// Nothing is opened yet.
    pub fn new(server: Server) -> Self {
        Line { server, open: None }
    }

    /// Opens and signs in, where that is not done: what stands in the way, else nothing. Proves a configuration.
    pub fn open(&mut self) -> Result<(), String> {
        if self.open.as_ref().is_some_and(|(connection, sent)| !connection.has_broken() && *sent < PER_CONNECTION) {
            return Ok(());
        }
        self.close();
        self.open = Some((self.connect()?, 0));
        Ok(())
    }

    /// Says goodbye. The answer does not matter: everything was answered for before.
    pub fn close(&mut self) {
        if let Some((mut connection, _)) = self.open.take() {
            drop(connection.quit());
        }
    }

    fn connect(&self) -> Result<SmtpConnection, String> {
        let server = &self.server;
        let where_ = format!("{}:{}", server.host, server.port);
        let trouble = |error: &dyn std::fmt::Display| format!("{where_}: {}", said(error));
        let local = matches!(server.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if server.privacy == Privacy::Plain && !local {
            return Err(format!("{where_}: letters go in the open only to a server on this machine; use TLS"));
        }
        let addresses = (server.host.as_str(), server.port).to_socket_addrs().map_err(|error| trouble(&error))?;
        let addresses: Vec<_> = addresses.collect();
        let tls =
            if server.privacy == Privacy::Plain { None } else { Some(self.tls().map_err(|error| trouble(&error))?) };
        let wrapped = tls.as_ref().filter(|_| server.privacy == Privacy::Wrapped);
        let hello = ClientId::Domain(server.hello.clone());
        let mut connection =
            SmtpConnection::connect(addresses.as_slice(), Some(server.patience), &hello, wrapped, None)
                .map_err(|error| trouble(&error))?;
        if let (Privacy::StartTls, Some(tls)) = (server.privacy, &tls) {
            connection.starttls(tls, &hello).map_err(|error| trouble(&error))?;
        }
        if let Some((name, password)) = &server.login {
            let credentials = Credentials::new(name.clone(), password.clone());
            connection.auth(DEFAULT_MECHANISMS, &credentials).map_err(|error| trouble(&error))?;
        }
        Ok(connection)
    }

    fn tls(&self) -> Result<TlsParameters, Error> {
        let mut builder =
            TlsParameters::builder(self.server.host.clone()).certificate_store(CertificateStore::WebpkiRoots);
        if let Some(pem) = &self.server.authority {
            builder = builder.add_root_certificate(Certificate::from_pem(pem)?);
        }
        builder.build()
    }

    /// The steps before the text; an error means that nothing was handed over.
    fn address(&mut self, from: &Address, to: &Address) -> Result<(), Error> {
        let Some((connection, _)) = self.open.as_mut() else { return Ok(()) };
        connection.command(Mail::new(Some(from.clone()), Vec::new()))?;
        connection.command(Rcpt::new(to.clone(), Vec::new()))?;
        connection.command(Data).map(drop)
    }

    /// Leaves the connection ready for the next message, or closes it.
    fn reset(&mut self) {
        if self.open.as_mut().is_some_and(|(connection, _)| connection.command(Rset).is_err()) {
            self.open = None;
        }
    }
}

impl Carrier for Line {
    fn carry(&mut self, parcel: &Parcel) -> Outcome {
        let (Ok(from), Ok(to)) = (parcel.from.parse::<Address>(), parcel.to.parse::<Address>()) else {
            return Outcome::Refused("the address cannot be used".to_owned());
        };
        if has_bare_breaks(&parcel.message) {
            return Outcome::Refused("the message has line ends that servers read differently".to_owned());
        }
        // A kept connection may have been closed meanwhile, which shows at the first step, before anything is handed
        // over: then once more on a new one.
        let kept = self.open.is_some();
        for last in [!kept, true] {
            if let Err(why) = self.open() {
                return Outcome::Unreachable(why);
            }
            match self.address(&from, &to) {
                Ok(()) => break,
                Err(error) if is_refusal(&error) => {
                    self.reset();
                    return refusal(&error);
                }
                Err(error) => {
                    self.open = None;
                    if last {
                        return Outcome::Unreachable(format!("{}: {}", self.server.host, said(&error)));
                    }
                }
            }
        }
        let Some((connection, sent)) = self.open.as_mut() else {
            return Outcome::Unreachable("the connection was closed".to_owned());
        };
        *sent += 1;
        match hand_over(connection, &parcel.message) {
            Ok(answer) => Outcome::Sent(said(&answer.first_line().unwrap_or_default())),
            Err(error) if is_refusal(&error) => {
                self.reset();
                refusal(&error)
            }
            Err(error) => {
                self.open = None;
                Outcome::Unknown(said(&error))
            }
        }
    }
}

/// Hands a message over in one piece. In two, the end waits until the server's system has acknowledged the beginning,
/// which it puts off for forty milliseconds.
fn hand_over(connection: &mut SmtpConnection, message: &[u8]) -> Result<Response, Error> {
    match std::str::from_utf8(message) {
        Ok(text) => connection.command(whole(text)),
        Err(_) => connection.message(message),
    }
}

/// Whether a line ends in anything but CR and LF together: servers disagree on where such a message ends, and what follows
/// could pass for a second one.
fn has_bare_breaks(message: &[u8]) -> bool {
    let bare = |(place, byte): (usize, &u8)| match byte {
        b'\n' => place == 0 || message[place - 1] != b'\r',
        b'\r' => message.get(place + 1) != Some(&b'\n'),
        _ => false,
    };
    message.iter().enumerate().any(bare)
}

/// A message as it goes over the wire: dots that begin a line doubled, and its end (RFC 5321, section 4.5.2).
fn whole(message: &str) -> String {
    let mut whole = message.replace("\r\n.", "\r\n..");
    if whole.starts_with('.') {
        whole.insert(0, '.');
    }
    whole + "\r\n.\r\n"
}

/// Whether the server answered with a code of its own about this message; 421 means that it is going away.
fn is_refusal(error: &Error) -> bool {
    error.status().is_some_and(|code| u16::from(code) != 421)
}

fn refusal(error: &Error) -> Outcome {
    let why = said(error);
    if error.is_transient() { Outcome::Later(why) } else { Outcome::Refused(why) }
}

/// What a server or a library says, as one line that only shows itself.
fn said(what: &dyn std::fmt::Display) -> String {
    text::clean(&what.to_string()).text.into_string()
}

#[cfg(test)]
mod tests {
    use super::{has_bare_breaks, whole};

    #[test]
    fn no_line_of_a_message_ends_it() {
        for (message, wire) in [
            ("a\r\n", "a\r\n\r\n.\r\n"),
            (".\r\n..\r\nb.\r\n.c", "..\r\n...\r\nb.\r\n..c\r\n.\r\n"),
            ("a\r\n.\r\n.\r\n", "a\r\n..\r\n..\r\n\r\n.\r\n"),
        ] {
            assert_eq!(whole(message), wire);
        }
    }

    #[test]
    fn line_ends_that_servers_read_differently_are_seen() {
        for (message, bare) in [
            ("a\r\nb\r\n", false),
            ("", false),
            ("a\n.\nMAIL FROM", true),
            ("a\r.\rb", true),
            ("\na", true),
            ("a\r", true),
            ("a\r\n\n", true),
        ] {
            assert_eq!(has_bare_breaks(message.as_bytes()), bare, "{message:?}");
        }
    }
}
