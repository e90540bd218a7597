//! E-mail: building a message, handing it to a mail server, working an outbox through, and reading what comes back.
//!
//! [`address`] and [`message`] make a message of plain values and refuse what no mail may hold; [`smtp`] hands it over and
//! says what became of it, by the server that [`server`] reads; [`outbox`] works through waiting letters one by one, each written down before and after;
//! [`read`] and [`reply`] make proposals of what customers answer. The book is behind the trait [`outbox::Outbox`].

pub mod address;
pub mod message;
pub mod outbox;
pub mod read;
pub mod reply;
mod said;
pub mod server;
pub mod smtp;
pub mod when;
