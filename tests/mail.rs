//! Mail from outside: letters handed to a server that misbehaves, and mails that come back, kind and hostile.

#[path = "mail/reading.rs"]
mod reading;
#[path = "mail/sending.rs"]
mod sending;
#[path = "mail/server.rs"]
mod server;
