//! A pass through the mails that wait: which may leave now and why others may not, each leased and written down by an act
//! of its own. Two passes at once share the work: a mail is leased in a transaction, so only one has it.

use std::collections::VecDeque;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{Ended, Mail};
use crate::acts::run::Watch;
use crate::acts::{self, Act, ActKey, Actor, Failure, Mode, Request, Stamp};
use crate::domain::calendar::Holidays;
use crate::mail::outbox::{Outbox, Outcome, Parcel, Report, work};
use crate::mail::smtp::{Line, Server};
use crate::mail::when::{Cap, Quiet};
use crate::store::mail::{self as kept, Mail as Waiting};
use crate::store::{Connection, StoreError};

/// What the company's settings say of when mail may leave.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    quiet: Option<Quiet>,
    cap: Cap,
    holidays: Holidays,
}

/// Reads when mail may leave.
fn rules(conn: &Connection) -> Result<Rules, StoreError> {
    let of = |key: &str| kept::setting(conn, key);
    let time = |text: Option<String>| text.and_then(|text| NaiveTime::parse_from_str(&text, "%H:%M").ok());
    let number = |text: Option<String>| text.and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let (from, until) = (time(of("mail-quiet-from")?), time(of("mail-quiet-until")?));
    let weekends = number(of("mail-quiet-weekends")?) == 1;
    let quiet = match (from, until) {
        (Some(from), Some(until)) => Some(Quiet { from, until, weekends }),
        _ => Some(Quiet { from: NaiveTime::MIN, until: NaiveTime::MIN, weekends }).filter(|_| weekends),
    };
    let holidays = kept::holidays(conn)?;
    let quiet = quiet.or_else(|| {
        (!holidays.is_empty()).then_some(Quiet { from: NaiveTime::MIN, until: NaiveTime::MIN, weekends: false })
    });
    let per_week = number(of("mail-per-week")?) as usize;
    Ok(Rules { quiet, cap: Cap { gap_days: u64::from(number(of("mail-gap-days")?)), per_week }, holidays })
}

impl Rules {
    /// Why a mail does not leave now, in words; `None` where it may. `today` is the day by which what it asks for is judged.
    pub fn held(
        &self,
        conn: &Connection,
        mail: &Waiting,
        (now, local): (DateTime<Utc>, NaiveDateTime),
        today: NaiveDate,
    ) -> Result<Option<String>, StoreError> {
        if mail.due_at.as_str() > kept::instant(now).as_str() {
            return Ok(Some(format!(
                "tried again from {} on",
                mail.due_at.get(..16).unwrap_or_default().replace('T', " ")
            )));
        }
        // What was written stands in the outbox until somebody decides: the letter counts, so nothing replaces it by itself.
        if let Some(why) = kept::overtaken(conn, mail.id, mail.letter, today)? {
            return Ok(Some(format!("{why}: give it up, or settle it again to send it all the same")));
        }
        if let Some(quiet) = &self.quiet {
            let open = quiet.next_open(local, |day| self.holidays.contains(&day));
            if open > local {
                return Ok(Some(format!("quiet until {}", open.format("%Y-%m-%d %H:%M"))));
            }
        }
        let day = local.date();
        let since = day - Duration::days(i64::try_from(self.cap.gap_days.max(7)).unwrap_or(7));
        if self.cap.gap_days == 0 && self.cap.per_week == 0 {
            return Ok(None);
        }
        let contacts = kept::contacts(conn, mail.customer, since, mail.id)?;
        let next = self.cap.next_day(&contacts, day);
        Ok((next > day).then(|| format!("the customer was contacted lately; from {next} on")))
    }
}

/// When it is: the instant, and the same on the company's clock.
pub type Clock<'a> = &'a dyn Fn() -> (DateTime<Utc>, NaiveDateTime);

/// What a pass came to.
#[derive(Debug, Default)]
pub struct Passed {
    /// What the server said.
    pub report: Report,
    /// Mails that did not leave, with why.
    pub held: Vec<(Waiting, String)>,
    /// Mails whose sender had stopped.
    pub lapsed: usize,
    /// Mails that would leave, where nothing was sent.
    pub leaving: Vec<Waiting>,
    /// It was told to stop.
    pub stopped: bool,
}

impl Passed {
    /// In one line.
    pub fn words(&self) -> String {
        let mut text = if self.leaving.is_empty() {
            self.report.to_string()
        } else {
            format!("{} would leave.", self.leaving.len())
        };
        if self.lapsed > 0 {
            let are = if self.lapsed == 1 { "is unknown because its" } else { "are unknown because their" };
            text.push_str(&format!(" {} {are} sender stopped; somebody has to settle that.", self.lapsed));
        }
        if let Some((_, why)) = self.held.first() {
            let wait = if self.held.len() == 1 { "waits" } else { "wait" };
            text.push_str(&format!(" {} {wait} ({why}).", self.held.len()));
        }
        if !self.report.refused.is_empty() {
            text.push_str(
                " Letters that were refused leave by the next channel; o2c dunning send RUN writes those on paper.",
            );
        }
        text
    }
}

/// What a pass of at most `most` mails would do now: which would leave, which would not, and how many have no sender any
/// more.
pub fn outlook(conn: &Connection, (clock, today): (Clock<'_>, NaiveDate), most: usize) -> Result<Passed, StoreError> {
    let (rules, mut leaving, mut held) = (rules(conn)?, Vec::new(), Vec::new());
    let lapsed = kept::run_out(conn, clock().0)?.len();
    for mail in kept::waiting(conn)? {
        if leaving.len() == most {
            break;
        }
        match rules.held(conn, &mail, clock(), today)? {
            Some(why) => held.push((mail, why)),
            None => leaving.push(mail),
        }
    }
    Ok(Passed { leaving, held, lapsed, ..Passed::default() })
}

/// Writes down that nobody will say any more what became of mails whose sender stopped. No server is needed for that.
pub fn lapse(conn: &Connection, actor: &Actor, when: (Clock<'_>, NaiveDate)) -> Result<Passed, Failure> {
    let mut pass = Pass::begin(conn, actor, when, String::new(), Duration::zero(), 0)?;
    pass.lapse()?;
    Ok(Passed { lapsed: pass.lapsed, ..Passed::default() })
}

/// Hands at most `most` mails that wait to the server. `watch` is told before each how many are through of how many that
/// waited, and ends the pass with false; what is sent stays sent.
pub fn send(
    conn: &Connection,
    actor: &Actor,
    when: (Clock<'_>, NaiveDate),
    server: Server,
    most: usize,
    watch: Watch<'_>,
) -> Result<Passed, Failure> {
    let sender = format!("o2c {} {}", std::process::id(), &ActKey::random().hex()[..8]);
    // Every answer of the server may take its whole patience, and there are nine before a mail is through.
    let lease = Duration::seconds(i64::try_from(server.patience.as_secs() * 10 + 60).unwrap_or(3_600));
    let mut pass = Pass::begin(conn, actor, when, sender, lease, most)?;
    pass.lapse()?;
    let total = pass.waiting().min(most) as u64;
    let (mut done, mut stopped) = (0, false);
    let report = work(&mut pass, &mut Line::new(server), || {
        stopped = !watch(done, total);
        done += 1;
        !stopped
    })?;
    Ok(Passed { report, held: pass.held, lapsed: pass.lapsed, leaving: Vec::new(), stopped })
}

/// One pass.
pub struct Pass<'a> {
    conn: &'a Connection,
    actor: &'a Actor,
    clock: Clock<'a>,
    today: NaiveDate,
    sender: String,
    lease: Duration,
    rules: Rules,
    queue: VecDeque<Waiting>,
    left: usize,
    /// Mails that may not leave now, with why.
    pub held: Vec<(Waiting, String)>,
    /// Mails whose sender stopped: not known whether they arrived.
    pub lapsed: usize,
}

impl<'a> Pass<'a> {
    /// Begins a pass of at most `most` mails. `sender` is a word that no other pass has; a mail is leased for `lease`,
    /// which is longer than the server may take for one.
    pub fn begin(
        conn: &'a Connection,
        actor: &'a Actor,
        (clock, today): (Clock<'a>, NaiveDate),
        sender: String,
        lease: Duration,
        most: usize,
    ) -> Result<Pass<'a>, Failure> {
        let rules = rules(conn)?;
        let mut pass = Pass {
            conn,
            actor,
            clock,
            today,
            sender,
            lease,
            rules,
            queue: VecDeque::new(),
            left: most,
            held: Vec::new(),
            lapsed: 0,
        };
        pass.queue = kept::waiting(conn)?.into();
        Ok(pass)
    }

    /// Writes down that nobody will say any more what became of mails whose sender stopped.
    pub fn lapse(&mut self) -> Result<(), Failure> {
        let mails = kept::run_out(self.conn, (self.clock)().0)?;
        if mails.is_empty() {
            return Ok(());
        }
        let count = mails.len();
        match self.perform(Mail::Lapse { mails }) {
            // Another pass has written it down.
            Err(Failure::Refused { code: "MAIL-07", .. }) => Ok(()),
            other => other.map(|()| self.lapsed = count),
        }
    }

    /// How many mails wait, whether they may leave or not.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// The next mail that may leave.
    fn candidate(&mut self) -> Result<Option<Waiting>, Failure> {
        if self.left == 0 {
            return Ok(None);
        }
        while let Some(mail) = self.queue.pop_front() {
            match self.rules.held(self.conn, &mail, (self.clock)(), self.today)? {
                Some(why) => self.held.push((mail, why)),
                None => {
                    self.left -= 1;
                    return Ok(Some(mail));
                }
            }
        }
        Ok(None)
    }

    fn perform(&self, act: Mail) -> Result<(), Failure> {
        let stamp = Stamp { now: (self.clock)().0, today: self.today };
        acts::perform(self.conn, self.actor, stamp, &Request::new(Act::Mail(act)), Mode::Post).map(drop)
    }

    fn carry(&self, done: Option<(i64, Ended)>, lease: Option<i64>) -> Result<(), Failure> {
        let until = (self.clock)().0 + self.lease;
        match self.perform(Mail::Carry { sender: self.sender.clone(), done, lease, until }) {
            // Another pass has it: the next one is looked for.
            Err(Failure::Refused { code: "MAIL-07", .. }) => Ok(()),
            other => other,
        }
    }
}

fn ended(outcome: Outcome) -> Ended {
    match outcome {
        Outcome::Sent(said) => Ended::Sent(said),
        Outcome::Refused(said) => Ended::Failed(said),
        Outcome::Later(said) => Ended::Later(said),
        Outcome::Unreachable(said) => Ended::Back(said),
        Outcome::Unknown(said) => Ended::Unknown(said),
    }
}

impl Outbox for Pass<'_> {
    type Error = Failure;

    fn next(&mut self, done: Option<(i64, Outcome)>) -> Result<Option<Parcel>, Failure> {
        let mut done = done.map(|(id, outcome)| (id, ended(outcome)));
        loop {
            let next = self.candidate()?.map(|mail| mail.id);
            if done.is_some() || next.is_some() {
                self.carry(done.take(), next)?;
            }
            let Some(id) = next else { return Ok(None) };
            if let Some((from, to, message)) = kept::leased(self.conn, id, &self.sender)? {
                return Ok(Some(Parcel { id, from, to, message }));
            }
        }
    }

    fn end(&mut self, (id, outcome): (i64, Outcome)) -> Result<(), Failure> {
        self.carry(Some((id, ended(outcome))), None)
    }
}
