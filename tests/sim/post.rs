//! The model's mail: a letter leaves by the first way that can be used, a mail goes only along the permitted steps and is
//! never sent twice by itself, what comes in is taken in once, and a proposal becomes an act when a person accepts it.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use o2c::acts::Act;
use o2c::acts::mail::{Choice, Ended, Mail, Received, Settled};
use o2c::domain::authority::Right;
use o2c::domain::money::Currency;

use crate::letters::Letter;
use crate::model::{Activity, Code, Ctx, State, Wrong, Wrote, empty, place};

/// How a letter leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Mail,
    Paper,
}

/// A mail of ours on its way.
#[derive(Clone, Debug)]
pub struct Posted {
    pub customer: usize,
    pub letter: usize,
    pub receiver: String,
    pub state: &'static str,
    /// The last sender that had it.
    pub who: String,
    /// When its lease ends, or when it may be tried again.
    pub due: Option<DateTime<Utc>>,
    /// How often the server would not have it, since it was last sent again by hand.
    pub tries: usize,
    pub steps: u64,
}

#[derive(Clone, Debug)]
pub struct Proposal {
    pub customer: Option<i64>,
    pub meaning: String,
    pub on: Option<NaiveDate>,
    pub amount: Option<(i64, Currency)>,
    pub state: &'static str,
}

/// Mails out and in.
#[derive(Clone, Default)]
pub struct Office {
    pub mails: Vec<Posted>,
    /// Addresses of customers, and whether mail to them came back.
    pub addresses: Vec<(usize, String, bool)>,
    pub fingerprints: Vec<String>,
    pub proposals: Vec<Proposal>,
}

impl Office {
    fn bounced(&self, customer: usize, address: &str) -> bool {
        let mut of = self.addresses.iter().rev().filter(|known| known.0 == customer && known.1 == address);
        of.next().is_some_and(|known| known.2)
    }

    fn put(&mut self, at: usize, state: &'static str, who: &str) {
        let mail = &mut self.mails[at];
        (mail.state, mail.due, mail.steps) = (state, None, mail.steps + 1);
        if !who.is_empty() {
            who.clone_into(&mut mail.who);
        }
    }
}

/// Minutes until what the server would not take is tried again.
const AGAIN: [i64; 5] = [15, 60, 240, 720, 1_440];

impl State {
    pub fn mail_right(&self, act: &Mail) -> Result<Right, Code> {
        Ok(match act {
            Mail::Accept { proposal, .. } => {
                let at = place(*proposal, self.office.proposals.len())?;
                if self.office.proposals[at].meaning == "dispute" { Right::Dispute } else { Right::Collect }
            }
            _ => Right::Collect,
        })
    }

    /// The way a new letter leaves by. The first two levels are mailed where there is an address to which mail arrives.
    pub fn leave(&mut self, letter: usize) {
        let (customer, level, _) = self.desk.letters[letter].key;
        let customer = customer as usize - 1;
        let receiver = self.customers[customer].data().email.clone();
        let mails = level < 3 && !receiver.is_empty() && !self.office.bounced(customer, &receiver);
        self.desk.letters[letter].ways.push(if mails { Way::Mail } else { Way::Paper });
        if mails {
            let (who, due) = (String::new(), None);
            self.office.mails.push(Posted {
                customer,
                letter,
                receiver,
                state: "waiting",
                who,
                due,
                tries: 0,
                steps: 0,
            });
        }
    }

    pub fn mail_act(&mut self, ctx: Ctx<'_>, act: &Mail) -> Result<Wrote, Code> {
        match act {
            Mail::Write(_) => unreachable!("the clerks of this office mail nothing but reminders"),
            Mail::Carry { sender, done, lease, until } => {
                if empty(sender) {
                    return Err("TXT-05");
                }
                let mut said = false;
                if let Some((mail, ended)) = done {
                    let at = place(*mail, self.office.mails.len())?;
                    self.end(ctx, at, sender, ended);
                    said = true;
                }
                if let Some(mail) = lease {
                    let at = place(*mail, self.office.mails.len())?;
                    let known = &self.office.mails[at];
                    let waits = known.state == "waiting" && known.due.is_none_or(|due| due <= ctx.now);
                    if waits || (ctx.wrong == Some(Wrong::MailTwice) && known.state == "sent") {
                        self.office.put(at, "leased", sender);
                        self.office.mails[at].due = Some(*until);
                        said = true;
                    }
                }
                if said { Ok(Wrote::default()) } else { Err("MAIL-07") }
            }
            Mail::Lapse { mails } => {
                let mut lapsed = false;
                for mail in mails {
                    let at = place(*mail, self.office.mails.len())?;
                    let known = &self.office.mails[at];
                    if known.state == "leased" && known.due.is_some_and(|due| due <= ctx.now) {
                        self.office.put(at, "unknown", "");
                        lapsed = true;
                    }
                }
                if lapsed { Ok(Wrote::default()) } else { Err("MAIL-07") }
            }
            Mail::Settle { mail, how, reason } => self.settle_mail(*mail, *how, reason),
            Mail::Receive(received) => self.receive(ctx, received),
            Mail::Accept { proposal, choice } => self.accept(ctx, *proposal, choice),
            Mail::Dismiss { proposal, reason } => {
                if empty(reason) {
                    return Err("TXT-05");
                }
                let at = self.open_proposal(*proposal)?;
                self.office.proposals[at].state = "dismissed";
                Ok(Wrote { proposals: vec![at], ..Wrote::default() })
            }
        }
    }

    /// What became of a mail, said by the sender that had it last.
    fn end(&mut self, ctx: Ctx<'_>, at: usize, sender: &str, ended: &Ended) {
        let mail = &self.office.mails[at];
        if mail.who != sender || !["leased", "unknown"].contains(&mail.state) {
            return;
        }
        match ended {
            Ended::Sent(_) => self.office.put(at, "sent", sender),
            Ended::Unknown(_) if mail.state == "unknown" => {}
            Ended::Unknown(_) => self.office.put(at, "unknown", sender),
            Ended::Back(_) => self.office.put(at, "waiting", sender),
            Ended::Later(said) => match AGAIN.get(mail.tries) {
                Some(minutes) => {
                    self.office.put(at, "waiting", sender);
                    let mail = &mut self.office.mails[at];
                    (mail.due, mail.tries) = (Some(ctx.now + Duration::minutes(*minutes)), mail.tries + 1);
                }
                None => self.fail(ctx, at, sender, said),
            },
            Ended::Failed(said) => self.fail(ctx, at, sender, said),
        }
    }

    fn fail(&mut self, ctx: Ctx<'_>, at: usize, sender: &str, said: &str) {
        self.office.put(at, "failed", sender);
        if said.contains("550") {
            self.came_back(ctx, at);
        }
        self.fall(ctx, at);
    }

    /// Whether the mail of a letter has not left for sure.
    pub fn is_in_outbox(&self, letter: &Letter) -> bool {
        let of = |mail: &&Posted| std::ptr::eq(&self.desk.letters[mail.letter], letter);
        self.office.mails.iter().find(of).is_some_and(|mail| ["waiting", "leased", "unknown"].contains(&mail.state))
    }

    /// Mail to the address of a mail arrives no more: what waits for it fails as well.
    fn came_back(&mut self, ctx: Ctx<'_>, of: usize) {
        let (customer, receiver) = (self.office.mails[of].customer, self.office.mails[of].receiver.clone());
        self.office.addresses.push((customer, receiver.clone(), true));
        for at in 0..self.office.mails.len() {
            let mail = &self.office.mails[at];
            if mail.state == "waiting" && mail.customer == customer && mail.receiver == receiver {
                self.office.put(at, "failed", "");
                self.fall(ctx, at);
            }
        }
    }

    /// The letter of a mail that failed leaves on paper.
    fn fall(&mut self, ctx: Ctx<'_>, at: usize) {
        let mail = &self.office.mails[at];
        let letter = &mut self.desk.letters[mail.letter];
        letter.ways.push(Way::Paper);
        letter.given_up = false;
        let customer = mail.customer;
        self.activities.push(Activity { customer, kind: "mail", on: ctx.today, next_on: None, live: true });
    }

    fn settle_mail(&mut self, mail: i64, how: Settled, reason: &str) -> Result<Wrote, Code> {
        if empty(reason) {
            return Err("TXT-05");
        }
        let at = place(mail, self.office.mails.len())?;
        let (state, from): (_, &[&str]) = match how {
            Settled::Sent => ("sent", &["unknown"]),
            Settled::Again => ("waiting", &["unknown", "failed", "given up", "waiting"]),
            Settled::GivenUp => ("given up", &["unknown", "failed", "waiting"]),
        };
        if !from.contains(&self.office.mails[at].state) {
            return Err("MAIL-08");
        }
        self.office.put(at, state, "");
        let letter = self.office.mails[at].letter;
        self.desk.letters[letter].given_up =
            how == Settled::GivenUp && self.desk.letters[letter].ways.last() == Some(&Way::Mail);
        if how == Settled::Again {
            let mail = &mut self.office.mails[at];
            mail.tries = 0;
            let (customer, receiver, letter) = (mail.customer, mail.receiver.clone(), mail.letter);
            if self.office.bounced(customer, &receiver) {
                self.office.addresses.push((customer, receiver, false));
            }
            let ways = &mut self.desk.letters[letter].ways;
            if ways.last() != Some(&Way::Mail) {
                ways.push(Way::Mail);
            }
        }
        Ok(Wrote::default())
    }

    fn receive(&mut self, ctx: Ctx<'_>, mail: &Received) -> Result<Wrote, Code> {
        if self.office.fingerprints.contains(&mail.fingerprint) {
            return Err("MAIL-09");
        }
        let of = mail.mail.map(|id| place(id, self.office.mails.len())).transpose()?;
        let customer = of.map(|of| self.office.mails[of].customer as i64 + 1).or(mail.customer);
        customer.map(|id| self.customer(id)).transpose()?;
        self.office.fingerprints.push(mail.fingerprint.clone());
        for one in &mail.proposals {
            let (meaning, on, amount) = (one.meaning.clone(), one.on, one.amount);
            self.office.proposals.push(Proposal { customer, meaning, on, amount, state: "open" });
        }
        match (mail.sort.as_str(), of, customer) {
            ("returned", Some(at), _) => {
                let state = self.office.mails[at].state;
                self.came_back(ctx, at);
                if ["sent", "unknown", "given up"].contains(&state) {
                    self.office.put(at, "failed", "");
                    self.fall(ctx, at);
                }
            }
            ("written", _, Some(customer)) => {
                let next_on = (!mail.proposals.is_empty()).then_some(ctx.today);
                let customer = customer as usize - 1;
                self.activities.push(Activity { customer, kind: "answer", on: ctx.today, next_on, live: true });
                self.keep_contact(customer);
            }
            _ => {}
        }
        Ok(Wrote::default())
    }

    fn open_proposal(&self, proposal: i64) -> Result<usize, Code> {
        let at = place(proposal, self.office.proposals.len())?;
        if self.office.proposals[at].state == "open" { Ok(at) } else { Err("MAIL-10") }
    }

    fn accept(&mut self, ctx: Ctx<'_>, proposal: i64, choice: &Choice) -> Result<Wrote, Code> {
        let at = self.open_proposal(proposal)?;
        let found = self.office.proposals[at].clone();
        if found.customer.is_some_and(|known| choice.customer.is_some_and(|given| given != known)) {
            return Err("MAIL-10");
        }
        let customer = found.customer.or(choice.customer).ok_or("MAIL-10")?;
        let wrote = match found.meaning.as_str() {
            "promise" => {
                let on = choice.on.or(found.on).ok_or("MAIL-10")?;
                let items = self.meant(customer, &found)?;
                let mut left = choice.amount.or(found.amount.map(|sum| sum.0)).unwrap_or(i64::MAX);
                let mut parts = Vec::new();
                for item in items {
                    let part = (self.money.open(item) - self.money.items[item].disputed).min(left);
                    if part > 0 {
                        parts.push((item as i64 + 1, part));
                        left -= part;
                    }
                }
                if left > 0 && (choice.amount.is_some() || found.amount.is_some()) {
                    return Err("AMT-06");
                }
                self.promise(ctx, &parts, on)?
            }
            "dispute" => {
                let items = self.meant(customer, &found)?;
                let [item] = items[..] else { return Err("MAIL-10") };
                let free = (self.money.open(item) - self.money.items[item].disputed).max(0);
                let amount = choice.amount.or(found.amount.map(|sum| sum.0)).unwrap_or(free);
                let reason = if choice.reason.is_empty() { "unknown" } else { &choice.reason };
                let (item, reason, text) = (item as i64 + 1, reason.to_owned(), String::new());
                self.case_act(ctx, &Act::OpenDispute { item, amount, reason, text })?
            }
            _ => self.activity(ctx, &[customer], "follow-up", Some(choice.on.unwrap_or(ctx.today)))?,
        };
        self.office.proposals[at].state = "accepted";
        Ok(Wrote { proposals: vec![at], ..wrote })
    }

    /// What an answer that names no document is about: all that is open and not disputed, in the currency it names or
    /// that of the oldest, oldest due first.
    fn meant(&self, customer: i64, found: &Proposal) -> Result<Vec<usize>, Code> {
        let money = &self.money;
        let whose = |at: &usize| money.items[*at].customer == customer && money.open(*at) > 0;
        let mut items: Vec<usize> = (0..money.items.len()).filter(whose).collect();
        items.sort_by_key(|at| (money.items[*at].due, *at));
        let first = items.first().map(|at| money.items[*at].currency);
        let currency = found.amount.map(|sum| sum.1).or(first);
        items.retain(|at| Some(money.items[*at].currency) == currency && money.open(*at) > money.items[*at].disputed);
        if items.is_empty() { Err("MAIL-10") } else { Ok(items) }
    }

    pub fn take_proposals_back(&mut self, first: &Wrote) {
        first.proposals.iter().for_each(|at| self.office.proposals[*at].state = "open");
    }
}
