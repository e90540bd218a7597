//! Sending what is left of a run, letter after letter: each is one act under a key of its own, so that a run that was
//! stopped or cut off goes on with the same call, whether from the command line or from the workstation.

use super::{Dunning, send};
use crate::acts::{self, Act, ActKey, Actor, Failure, Mode, Request, Stamp};
use crate::store::Connection;
use crate::store::dunning::gate;
use crate::store::dunning::runs::{self, Key};

/// What came of sending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent {
    /// Number of the run.
    pub run: String,
    /// Letters that went out now.
    pub sent: u64,
    /// Letters that nothing was left to ask for in.
    pub idle: u64,
    /// Mails of the run that wait in the outbox.
    pub waiting: u64,
    /// It was stopped before the last letter.
    pub stopped: bool,
}

/// Performs one step of a run under a key made from its name; false when it was done before.
pub fn step(conn: &Connection, actor: &Actor, stamp: Stamp, name: &str, act: Dunning) -> Result<bool, Failure> {
    let request = Request { key: ActKey::named(name), act: Act::Dunning(act), expect: Vec::new() };
    acts::perform(conn, actor, stamp, &request, Mode::Post).map(|done| !done.again)
}

/// Begins a run, unless it is begun: two who send the same run share its letters, whatever each said when beginning.
pub fn begin(conn: &Connection, actor: &Actor, stamp: Stamp, run: i64, act: Dunning) -> Result<(), Failure> {
    let number = runs::by_id(conn, run)?.number;
    match step(conn, actor, stamp, &format!("start {number}"), act) {
        Err(Failure::Refused { code: "ACT-02", .. }) if runs::by_id(conn, run)?.state != "approved" => Ok(()),
        other => other.map(drop),
    }
}

/// Sends the letters of a run that are not out yet, and finishes it. The run must be started. The gate is asked again:
/// what speaks against it and was not accepted when it was begun today needs `despite`, why it goes on all the same.
/// `watch` hears letters looked at and letters in all, and says whether to go on.
pub fn send_rest(
    conn: &Connection,
    actor: &Actor,
    stamp: Stamp,
    (run, despite): (i64, &str),
    watch: acts::run::Watch<'_>,
) -> Result<Sent, Failure> {
    let number = runs::by_id(conn, run)?.number;
    let all = runs::letters_of(&runs::lines(conn, run, None)?);
    let against = gate::unaccepted(conn, run, stamp.today)?;
    if !against.is_empty() && despite.trim().is_empty() {
        return Err(send::shut(&against));
    }
    if !against.is_empty() {
        let act = Dunning::StartRun { run, letters: all.len() as i64, despite: despite.to_owned() };
        let request = Request { key: ActKey::random(), act: Act::Dunning(act), expect: Vec::new() };
        acts::perform(conn, actor, stamp, &request, Mode::Post)?;
    }
    let out: std::collections::BTreeSet<Key> = runs::sent(conn, run)?.into_iter().map(|sent| sent.0).collect();
    let mut tally = Sent { run: number, ..Sent::default() };
    for (place, key) in all.iter().enumerate() {
        if !watch(place as u64, all.len() as u64) {
            tally.stopped = true;
            return Ok(tally);
        }
        if out.contains(key) {
            continue;
        }
        let Key { customer, policy, level, currency } = *key;
        let name = format!("letter {} {customer} {policy} {level} {currency}", tally.run);
        match step(conn, actor, stamp, &name, Dunning::SendLetter { run, customer, policy, level, currency }) {
            Ok(new) => tally.sent += u64::from(new),
            Err(Failure::Refused { code: "DUN-08", .. }) => tally.idle += 1,
            // Somebody else sends the same run and was through first.
            Err(Failure::Refused { code: "DUN-04", .. }) if runs::by_id(conn, run)?.state == "sent" => break,
            Err(other) => return Err(other),
        }
    }
    step(conn, actor, stamp, &format!("finish {}", tally.run), Dunning::FinishRun { run })?;
    tally.waiting = crate::store::mail::waiting_of(conn, run)?;
    Ok(tally)
}
