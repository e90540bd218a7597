//! Mail from a book: letters queued by their run and sent by a pass to a server in the process, answers taken in and
//! decided. The disk fails or the power goes at every step: no letter is lost, none arrives twice unless a person sends
//! again what was not known. `O2C_LONG=1` tries every point.

mod rigs;

#[path = "mail_book/answers.rs"]
mod answers;
#[path = "mail_book/faults.rs"]
mod faults;
#[path = "mail_book/house.rs"]
mod house;
#[path = "mail_book/letters.rs"]
mod letters;
#[path = "mail_book/sending.rs"]
mod sending;
#[allow(dead_code, reason = "another suite uses the rest of it")]
#[path = "mail/server.rs"]
mod server;
#[path = "mail_book/verbs.rs"]
mod verbs;
