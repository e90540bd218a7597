//! Signing in and out of the workstation: done by the writer thread behind the first frame and before the last, so that
//! nobody waits for it; and what is said to somebody whose last session was cut off.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Local, Utc};

use super::app::{CUT, Msg};
use super::session::stamp;
use crate::acts::sessions::{self, Ending};
use crate::acts::{self, Actor, Failure};
use crate::store::read::{book, history, sessions as past};
use crate::store::threads::{SideDoor, WriterThread};
use crate::store::{BookPath, NOT_KNOWN, Writer, process};

/// How long the note of a failure may take before the process ends without it.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The session in the book, from when it was written.
#[derive(Clone)]
pub struct Presence {
    actor: Actor,
    person: i64,
    today: Option<chrono::NaiveDate>,
    session: Arc<OnceLock<i64>>,
}

impl Presence {
    /// Of somebody who has not signed in yet.
    pub fn new(actor: Actor, person: i64, today: Option<chrono::NaiveDate>) -> Presence {
        Presence { actor, person, today, session: Arc::default() }
    }

    /// Who acts, in this session once it is written.
    pub fn actor(&self) -> Actor {
        Actor { session: self.session.get().copied(), ..self.actor.clone() }
    }

    /// Writes that the session began, and says what became of one that was cut off. Where it cannot be written, reading
    /// goes on, and it is written when that becomes possible or before the first act.
    pub fn sign_in(&self, writer: &SideDoor, sender: Sender<Msg>) {
        let me = self.clone();
        writer.perform(move |writer| {
            // A book that cannot be written is read: the header says so.
            let Ok(writer) = writer else { return };
            if me.session.get().is_some() {
                return;
            }
            match me.begin(writer) {
                Ok(session) => {
                    if let Some(sentence) = me.cut_off(writer, session) {
                        drop(sender.send(Msg::Notice(sentence)));
                    }
                }
                // Reading goes on; the first act will say the same of itself.
                Err(Failure::Refused { code: "DB-01" | "DB-02" | "DB-03", .. }) => {}
                Err(failure) => drop(sender.send(Msg::Notice(not_noted(failure)))),
            }
        });
    }

    /// Before an act: writes that the session began where that could not be done yet. Why it cannot is said by the act.
    pub fn catch_up(&self, writer: &Writer) {
        if self.session.get().is_none() {
            drop(self.begin(writer));
        }
    }

    fn begin(&self, writer: &Writer) -> Result<i64, Failure> {
        let stamp = stamp(self.today);
        if self.today.is_none() {
            acts::clock::check(writer, stamp.now)?;
        }
        let session = sessions::sign_in(writer, &self.actor, stamp)?;
        if let Some(process) = process::own() {
            // Without it a session that is killed is taken for open.
            drop(book::remember(writer, self.person, &past::process_key(session), &process));
        }
        Ok(*self.session.get_or_init(|| session))
    }

    /// Writes that the session ended.
    pub fn sign_out(&self, writer: &WriterThread, how: Ending) {
        let me = self.clone();
        writer.perform(move |writer| {
            if let (Ok(writer), Some(session)) = (writer, me.session.get()) {
                me.end(writer, *session, how);
            }
        });
    }

    fn end(&self, writer: &Writer, session: i64, how: Ending) {
        // Nobody is there any more who could be told that it failed.
        drop(sessions::sign_out(writer, &self.actor, stamp(self.today), session, how));
        drop(book::remember(writer, self.person, &past::process_key(session), ""));
    }

    /// What is done when the program fails: the session is ended from a connection of its own, since the writer thread
    /// may be what failed.
    pub fn last_words(&self, book: &BookPath) -> Box<dyn FnOnce() + Send> {
        let (me, book) = (self.clone(), book.clone());
        Box::new(move || {
            let (done, wait) = channel();
            std::thread::spawn(move || {
                if let (Some(session), Ok(writer)) = (me.session.get(), Writer::open(&book)) {
                    me.end(&writer, *session, Ending::Failed);
                }
                let _ = done.send(());
            });
            let _ = wait.recv_timeout(LAST_WORDS);
        })
    }

    /// After a session that was cut off: when, and what became of what was being entered.
    fn cut_off(&self, writer: &Writer, session: i64) -> Option<String> {
        let at = past::cut_off_before(writer, self.person, session).ok()??;
        let left = book::recall(writer, self.person, CUT).ok()?.unwrap_or_default();
        // Said once; a note that stays behind would be said again.
        drop(book::remember(writer, self.person, CUT, ""));
        Some(sentence(at, &left, |key| history::by_key(writer, key).ok().flatten()))
    }
}

/// Somebody who signed in is told why the log does not say so yet: the book is open all the same.
fn not_noted(failure: Failure) -> String {
    let why = match failure {
        Failure::Unknown(what) => format!("[DB-04] {}", what.trim_end_matches(NOT_KNOWN)),
        refused => refused.to_string(),
    };
    format!(
        "{why} The book is open; that you signed in is noted before your first change, as soon as that is possible."
    )
}

/// The sentence about a session that was cut off: `left` is what the application noted then, a line for each draft and
/// for each act whose outcome nobody saw; `find` looks an act up by its key.
fn sentence(at: DateTime<Utc>, left: &str, find: impl Fn(&[u8; 16]) -> Option<(i64, String)>) -> String {
    let mut said =
        format!("[SES-01] Your last session was cut off at {}.", DateTime::<Local>::from(at).format("%H:%M"));
    for line in left.lines() {
        match line.split_once(' ') {
            Some(("key", key)) => match crate::acts::ActKey::from_hex(key).and_then(|key| find(&key.0)) {
                Some((act, summary)) => said += &format!(" Posted as act {act}: {summary}."),
                None => said += " The change you had just asked for was not posted; enter it again.",
            },
            Some(("draft", kind)) => {
                said += &format!(" The {kind} you were typing was not posted; its draft is kept, open it again.");
            }
            _ => {}
        }
    }
    if left.is_empty() {
        said += " Nothing was being entered.";
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::ActKey;

    #[test]
    fn what_became_of_a_cut_off_entry_is_looked_up_by_its_key() {
        let at = "2026-03-16T12:00:00Z".parse().unwrap();
        let (known, other) = (ActKey::named("known"), ActKey::named("other"));
        let find = |key: &[u8; 16]| (*key == known.0).then(|| (7, "Promise 12.00 EUR".to_owned()));
        let left = format!("key {}\nkey {}\ndraft note", known.hex(), other.hex());
        let said = sentence(at, &left, find);
        let parts = [
            "[SES-01] Your last session was cut off at ",
            " Posted as act 7: Promise 12.00 EUR.",
            " The change you had just asked for was not posted",
            " The note you were typing was not posted; its draft is kept",
        ];
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
        assert!(sentence(at, "", find).ends_with("Nothing was being entered."));
        assert!(sentence(at, "key zz", find).contains("was not posted"));
    }

    #[test]
    fn who_is_not_in_the_log_yet_is_told_why_and_that_the_book_is_open() {
        let full = Failure::Unknown(format!("The disk is full. Reading still works.{NOT_KNOWN}"));
        let said = not_noted(full);
        assert!(said.starts_with("[DB-04] The disk is full. Reading still works. The book is open; that"), "{said}");
        assert!(!said.contains("known"), "{said}");
    }

    #[test]
    fn a_failure_is_written_down_from_a_connection_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let place = BookPath::new(folder.path().join("books.db"));
        let writer = Writer::make(&place).unwrap();
        let actor = Actor::new("tess", "tui");
        let open = acts::Act::OpenBook {
            company: "Nordwind GmbH".to_owned(),
            currency: crate::domain::money::Currency::EUR,
            login: "tess".to_owned(),
            name: "Tess".to_owned(),
        };
        acts::init(&writer, &actor, stamp(None), &acts::Request::new(open)).unwrap();
        let me = Presence::new(actor, 1, None);
        assert_eq!(me.actor().session, None);
        me.last_words(&place)();
        let session = me.begin(&writer).unwrap();
        assert_eq!(me.actor().session, Some(session));
        me.last_words(&place)();
        let reader = crate::store::Reader::open(&place).unwrap();
        let day = stamp(None).today;
        let all = past::sessions(&reader, day, &crate::language::filter::Filter::all(), |_| false).unwrap();
        assert_eq!((all[0].id, all[0].how.as_deref()), (session, Some("failed")));
        assert_eq!(past::cut_off_before(&writer, 1, session + 1).unwrap(), None, "it failed, it was not cut off");
    }
}
