//! What the simulated people do with reminders and mail: draft a run, review its lines, release and send it, hold, lease
//! mails and say what became of them, settle what is not known, take answers in and decide what they propose.

use chrono::{Days, Duration};
use o2c::acts::Act;
use o2c::acts::dunning::{Dunning, Review};
use o2c::acts::mail::{Choice, Ended, Mail, Proposed, Received, Settled};
use o2c::domain::money::Currency;

use crate::inventor::{Inventor, text};

impl Inventor<'_> {
    pub fn reminder(&mut self) -> Act {
        let desk = &self.model.state.desk;
        let run = (desk.runs.len() as i64 - self.dice.from(0, 5) / 5).max(1) + i64::from(self.dice.one_in(20));
        let at = (run - 1) as usize;
        let state = desk.runs.get(at).copied().unwrap_or("none");
        let reason = if self.dice.one_in(12) { " ".into() } else { text() };
        let by_the_book = self.dice.from(0, 5) > 0;
        let next = if by_the_book { state } else { "any" };
        Act::Dunning(match (next, self.dice.from(0, 9)) {
            ("approved", 0..=7) => {
                let letters = desk.letters_of(at).len() as i64 + i64::from(self.dice.one_in(8));
                Dunning::StartRun { run, letters, despite: "the bank is late".into() }
            }
            ("sending", 0..=8) => {
                let keys = desk.letters_of(at);
                let sent = |key: &crate::letters::Key| {
                    desk.letters.iter().any(|letter| letter.run == at && letter.key == *key)
                };
                let left: Vec<_> = keys.iter().filter(|key| !sent(key)).collect();
                let gone: Vec<_> = keys.iter().filter(|key| sent(key)).collect();
                let again = !gone.is_empty() && self.dice.one_in(4);
                if !again && (left.is_empty() || self.dice.one_in(8)) {
                    return Act::Dunning(Dunning::FinishRun { run });
                }
                let from = if again { gone } else { left };
                let (customer, level, currency) = *from[self.dice.from(0, from.len() as i64 - 1) as usize];
                let policy = if self.dice.one_in(20) { 2 } else { 1 };
                Dunning::SendLetter { run, customer, policy, level, currency }
            }
            ("draft", 0..=3) | ("any", 0..=1) => {
                let seen = if self.dice.one_in(8) { String::new() } else { desk.seal(at) };
                Dunning::ApproveRun { run, seen }
            }
            ("draft", 4..=7) | ("any", 2) => self.review(at, reason),
            ("sent" | "cancelled" | "superseded" | "none", 0..=6) | ("any", 3..=4) => {
                Dunning::DraftRun { segment: String::new() }
            }
            ("any", 5) => Dunning::CancelRun { run, reason },
            ("any", 6) => Dunning::DraftDaily,
            ("any", 7) => Dunning::FinishRun { run },
            (_, 8) => {
                let hold = self.dice.from(1, desk.holds.len() as i64 + 1);
                Dunning::LiftHold { hold, reason }
            }
            _ => {
                let item = self.item(1);
                let of = self.model.state.item(item).map(|at| self.model.state.money.items[at].customer);
                let customer = if self.dice.one_in(8) { self.customer() } else { of.unwrap_or(1) };
                let item = if self.dice.one_in(3) { None } else { Some(item) };
                let until = if self.dice.one_in(3) { None } else { Some(self.later()) };
                let kind = if self.dice.one_in(15) { "love" } else { "manual" }.into();
                Dunning::PlaceHold { customer, item, kind, from: self.today, until, reason }
            }
        })
    }

    /// Something done to lines of a run.
    fn review(&mut self, at: usize, reason: String) -> Dunning {
        let desk = &self.model.state.desk;
        let mine: Vec<i64> =
            (0..desk.lines.len()).filter(|line| desk.lines[*line].run == at).map(|line| line as i64 + 1).collect();
        let mut lines = Vec::new();
        let least = i64::from(!self.dice.one_in(15));
        for _ in 0..self.dice.from(least, 2) {
            let any = self.dice.from(1, desk.lines.len() as i64 + 1);
            let stray = mine.is_empty() || self.dice.one_in(20);
            let line = if stray { any } else { mine[self.dice.from(0, mine.len() as i64 - 1) as usize] };
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let what = match self.dice.from(0, 5) {
            0 => Review::Drop,
            1 => Review::Hold { until: Some(self.later()) },
            2 => Review::Hold { until: None },
            3 => Review::Lower { level: self.dice.from(1, 2) as u32 },
            _ => Review::Keep,
        };
        Dunning::ReviewLines { lines, what, reason }
    }

    pub fn mail(&mut self) -> Act {
        let office = &self.model.state.office;
        let count = office.mails.len() as i64;
        let mail = self.dice.from(1, count.max(1)) + i64::from(self.dice.one_in(25));
        let reason = if self.dice.one_in(12) { " ".into() } else { text() };
        let sender = ["w1", "w2", " "][self.dice.from(0, 24) as usize / 12].to_owned();
        let of_state = |state: &str| office.mails.iter().position(|mail| mail.state == state).map(|at| at as i64 + 1);
        Act::Mail(match self.dice.from(0, 15) {
            0..=6 if count > 0 => {
                let leased = of_state("leased").or(of_state("unknown"));
                let done = leased.filter(|_| !self.dice.one_in(4)).or(self.dice.one_in(15).then_some(mail));
                let who = done.and_then(|id| office.mails.get(id as usize - 1)).map(|mail| mail.who.clone());
                let sender = who.filter(|who| !who.is_empty() && !self.dice.one_in(8)).unwrap_or(sender);
                let ended = match self.dice.from(0, 9) {
                    0..=3 => Ended::Sent("250 ok".into()),
                    4 => Ended::Failed("550 no such user".into()),
                    5 => Ended::Failed("552 too large".into()),
                    6 => Ended::Later("451 busy".into()),
                    7 => Ended::Back("not connected".into()),
                    _ => Ended::Unknown("connection lost".into()),
                };
                let waits = of_state("waiting").filter(|_| !self.dice.one_in(3));
                let lease = waits.or(self.dice.one_in(6).then_some(mail));
                let until = self.model.now + Duration::hours(2);
                Mail::Carry { sender, done: done.map(|id| (id, ended)), lease, until }
            }
            7 if count > 0 => Mail::Lapse { mails: (1..=count).collect() },
            8..=9 if count > 0 => {
                let how = [Settled::Sent, Settled::Again, Settled::GivenUp][self.dice.from(0, 2) as usize];
                Mail::Settle { mail, how, reason }
            }
            10..=11 => self.received(),
            12..=14 => {
                let proposal = self.dice.from(1, office.proposals.len() as i64 + 1);
                let choice = Choice {
                    customer: if self.dice.one_in(4) { Some(self.customer()) } else { None },
                    on: if self.dice.one_in(3) { Some(self.later()) } else { None },
                    amount: if self.dice.one_in(3) { Some(self.dice.from(1, 60_000)) } else { None },
                    documents: Vec::new(),
                    reason: if self.dice.one_in(3) { "price".into() } else { String::new() },
                };
                Mail::Accept { proposal, choice }
            }
            15 => Mail::Dismiss { proposal: self.dice.from(1, office.proposals.len() as i64 + 1), reason },
            _ => self.received(),
        })
    }

    fn received(&mut self) -> Mail {
        let count = self.model.state.office.mails.len() as i64;
        let answered = if count > 0 && self.dice.one_in(2) { Some(self.dice.from(1, count)) } else { None };
        let sort = if answered.is_some() && self.dice.one_in(2) { "returned" } else { "written" };
        let mut proposals = Vec::new();
        for _ in 0..self.dice.from(0, 2) * i64::from(sort == "written") {
            let meaning = ["promise", "dispute", "query", "paid"][self.dice.from(0, 3) as usize].to_owned();
            let amount = if self.dice.one_in(2) { Some((self.dice.from(1, 90_000), Currency::EUR)) } else { None };
            let on = if self.dice.one_in(2) { Some(self.today + Days::new(3)) } else { None };
            let (documents, phrase, sentence) = (Vec::new(), "pay".to_owned(), "we pay soon".to_owned());
            proposals.push(Proposed { meaning, on, amount, documents, phrase, sentence });
        }
        let n = if self.dice.one_in(8) { 1 } else { self.n + 2 };
        Mail::Receive(Box::new(Received {
            fingerprint: format!("{n:064x}"),
            message_id: String::new(),
            customer: if self.dice.one_in(4) { None } else { Some(self.customer()) },
            mail: answered,
            found_by: "the address".into(),
            sort: sort.into(),
            status: "5.1.1".into(),
            sender: "ap@k1.example".into(),
            name: "AP".into(),
            subject: "your letter".into(),
            on: Some(self.today),
            words: vec!["we pay soon".into()],
            attached: Vec::new(),
            proposals,
        }))
    }
}
