//! Sessions and refusals: who was signed in, from where and until when, and what somebody tried without the right to.

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::OptionalExtension;

use super::error::Result;
use super::tx::Tx;
use super::value::{T, V};

/// A session about to begin.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// Who.
    pub person: i64,
    /// The login as given.
    pub login: &'a str,
    /// How the login is known, a word of [`crate::domain::authority::Identity`].
    pub identity: &'a str,
    /// `tui`, `cli`, `import`, `demo`.
    pub source: &'a str,
    /// The other end of the connection, where there is one.
    pub origin: &'a str,
}

impl Tx<'_> {
    /// Begins a session.
    pub fn add_session(&mut self, new: &NewSession<'_>) -> Result<i64> {
        let started = self.recorded_at.clone();
        self.insert(
            T::Session,
            &[
                V::I(new.person),
                V::T(new.login),
                V::T(new.identity),
                V::T(new.source),
                V::T(new.origin),
                V::T(&started),
            ],
            &[],
        )
    }

    /// The person's last session, if it began on this day, is of the same kind and place, and has not ended.
    pub fn session_today(&self, like: &NewSession<'_>, now: DateTime<Utc>) -> Result<Option<i64>> {
        let now = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        let day = now.get(..10).unwrap_or_default();
        let found = self
            .conn
            .prepare_cached(
                "SELECT id, identity, source, origin, started_at FROM session s WHERE person_id = $1 AND NOT EXISTS \
                 (SELECT 1 FROM session_end e WHERE e.session_id = s.id) ORDER BY id DESC LIMIT 1",
            )?
            .query_row([like.person], |row| {
                let same = row.get_ref(1)?.as_str()? == like.identity
                    && row.get_ref(2)?.as_str()? == like.source
                    && row.get_ref(3)?.as_str()? == like.origin
                    && row.get_ref(4)?.as_str()?.starts_with(day);
                Ok((row.get::<_, i64>(0)?, same))
            })
            .optional()?;
        Ok(found.filter(|(_, same)| *same).map(|(id, _)| id))
    }

    /// Ends every session of the workstation that has no end yet: of a copy, those that were open when it was made.
    pub fn end_open_sessions(&mut self, how: &str) -> Result<()> {
        let open: Vec<i64> = self
            .conn
            .prepare_cached(
                "SELECT id FROM session s WHERE source = 'tui' AND NOT EXISTS \
                 (SELECT 1 FROM session_end e WHERE e.session_id = s.id) ORDER BY id",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for session in open {
            self.end_session(session, how)?;
        }
        Ok(())
    }

    /// Ends a session.
    pub fn end_session(&mut self, session: i64, how: &str) -> Result<i64> {
        self.insert(T::SessionEnd, &[V::I(session), V::T(how)], &[])
    }

    /// Notes what was refused for want of a right, a limit or a second person.
    pub fn add_denial(&mut self, login: &str, kind: &str, code: &str, sentence: &str) -> Result<i64> {
        self.insert(T::Denial, &[V::T(login), V::T(kind), V::T(code), V::T(sentence)], &[])
    }
}
