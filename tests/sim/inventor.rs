//! What the simulated people try: acts made from what somebody saw of the book some acts ago, mostly sensible, sometimes
//! not, by somebody who mostly may.

use chrono::{Datelike, Days, NaiveDate};
use o2c::acts::{Act, ActKey, Expect, Request};
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;

use crate::dice::Dice;
use crate::model::{Ctx, Model, State};
use crate::people::{DEPARTMENTS, ROLES};
use crate::work::IBANS;

/// What a person's screen shows: the book some acts ago.
#[derive(Clone, Default)]
pub struct Seen {
    opens: Vec<i64>,
    pub cases: Vec<i64>,
    customers: Vec<i64>,
}

impl Seen {
    pub fn of(state: &State) -> Seen {
        Seen {
            opens: state.money.opens(),
            cases: state.money.cases.iter().map(|case| case.version).collect(),
            customers: state.customers.iter().map(|customer| customer.version()).collect(),
        }
    }
}

/// Invents the next act.
pub struct Inventor<'a> {
    pub dice: &'a mut Dice,
    pub model: &'a Model,
    pub seen: &'a Seen,
    pub today: NaiveDate,
    /// Counts the acts of the history: numbers and texts are made of it.
    pub n: u64,
}

pub fn text() -> String {
    "as agreed".into()
}

impl Inventor<'_> {
    /// A request: mostly a new one, sometimes an earlier one again.
    pub fn request(&mut self, earlier: &[Request]) -> Request {
        if !earlier.is_empty() && self.dice.one_in(40) {
            let before = &earlier[self.dice.from(0, earlier.len() as i64 - 1) as usize];
            // Going on with a run that is being sent asks the gate, of which the model keeps nothing.
            let asks = matches!(before.act, Act::Dunning(o2c::acts::dunning::Dunning::StartRun { .. }));
            if !asks && !matches!(before.act, Act::Import(_) | Act::ApplyRun(_)) {
                let act = if self.dice.one_in(2) { before.act.clone() } else { self.act() };
                return Request { key: before.key, act, expect: Vec::new() };
            }
        }
        let act = self.act();
        let expect = self.expect(&act);
        Request { key: ActKey::named(&format!("act {}", self.n)), act, expect }
    }

    /// Who tries it: mostly one of the users who may.
    pub fn who(&mut self, users: &[String], act: &Act) -> String {
        if self.dice.one_in(150) {
            return "mallory".into();
        }
        let model = self.model;
        let may = |login: &&String| {
            let Some(who) = model.who(login) else { return false };
            let ctx =
                Ctx { log: &model.log, act: model.last() + 1, who, today: self.today, now: model.now, wrong: None };
            let person = &model.state.people[who];
            let decides = matches!(act, Act::Approve { .. } | Act::Reject { .. });
            let right = if decides { o2c::domain::authority::Right::Approve } else { act.right() };
            let rights = model.state.rights(ctx, act);
            person.active && person.may(right) && rights.is_ok_and(|all| all.iter().all(|right| person.may(*right)))
        };
        let able: Vec<&String> = users.iter().filter(may).collect();
        let from = if able.is_empty() || self.dice.one_in(10) { users.iter().collect() } else { able };
        from[self.dice.from(0, from.len() as i64 - 1) as usize].clone()
    }

    fn expect(&mut self, act: &Act) -> Vec<Expect> {
        let item = match act {
            Act::Credit { item, .. } | Act::WriteOff { item, .. } => *item,
            Act::Apply { applied, .. } | Act::PostReceipt { applied, .. } if !applied.is_empty() => applied[0].0,
            _ => return Vec::new(),
        };
        match self.seen.opens.get((item - 1).max(0) as usize) {
            Some(open) if item > 0 && self.dice.one_in(2) => vec![Expect::Open { item, open: *open }],
            _ => Vec::new(),
        }
    }

    fn act(&mut self) -> Act {
        match self.dice.from(0, 193) {
            0..=15 => self.document(),
            16..=26 => self.receipt(),
            27..=31 => self.apply(),
            32..=35 => self.unapply(),
            36..=42 => self.reduction(),
            43..=50 => self.case(),
            51..=57 => self.talk(),
            58..=61 => self.promise(),
            62..=68 => self.undo(),
            69..=76 => self.decision(),
            77..=82 => self.master(),
            83..=87 => self.person(),
            88..=91 => self.month(),
            92..=94 => self.setting(),
            95..=98 => self.file(),
            99..=123 => self.bank(),
            124..=138 => self.arrangement(),
            139..=156 => self.case_work(),
            157..=178 => self.reminder(),
            179..=192 => self.mail(),
            _ => Act::Ask { act: Box::new(Act::Done { customers: vec![1] }) },
        }
    }

    pub fn customer(&mut self) -> i64 {
        let count = self.model.state.customers.len() as i64;
        if self.dice.one_in(60) { count + 1 } else { self.dice.from(1, count) }
    }

    pub fn currency(&mut self) -> Currency {
        let code = ["EUR", "EUR", "EUR", "USD", "GBP"][self.dice.from(0, 4) as usize];
        Currency::parse(code).expect("a currency")
    }

    pub fn amount(&mut self) -> i64 {
        match self.dice.from(0, 40) {
            0 => self.dice.from(-1, 0),
            1 => 10_000_000_000_000,
            2..=6 => self.dice.from(1_000_000, 6_000_000),
            7..=12 => [50_000, 50_001, 49_999, 500_000, 2_500_000, 2_500_001][self.dice.from(0, 5) as usize],
            _ => self.dice.from(1, 120_000),
        }
    }

    pub fn date(&mut self) -> NaiveDate {
        let back = if self.dice.one_in(5) { self.dice.from(0, 60) } else { self.dice.from(0, 3) };
        if self.dice.one_in(25) { self.today + Days::new(back as u64) } else { self.today - Days::new(back as u64) }
    }

    pub fn later(&mut self) -> NaiveDate {
        if self.dice.one_in(12) {
            self.today - Days::new(1)
        } else {
            self.today + Days::new(self.dice.from(0, 20) as u64)
        }
    }

    /// An item that mostly has something open of the wanted sign.
    pub fn item(&mut self, sign: i64) -> i64 {
        let opens = &self.seen.opens;
        let able: Vec<usize> = (0..opens.len()).filter(|at| opens[*at].signum() == sign).collect();
        if able.is_empty() || self.dice.one_in(15) {
            return self.dice.from(0, opens.len() as i64 + 1);
        }
        able[self.dice.from(0, able.len() as i64 - 1) as usize] as i64 + 1
    }

    /// A part of what an item was seen to have open.
    pub fn part(&mut self, item: i64) -> i64 {
        let open = self.seen.opens.get((item - 1).max(0) as usize).map_or(7, |open| open.abs());
        match self.dice.from(0, 9) {
            0 => open + 1,
            1..=3 => open,
            4 => self.dice.from(-1, 1),
            _ => self.dice.from(1, open.max(1)),
        }
    }

    pub fn shares(&mut self, customer: i64, currency: Currency, most: i64) -> Vec<(i64, i64)> {
        let mut left = most.max(1);
        let mut shares = Vec::new();
        for _ in 0..self.dice.from(0, 2) {
            let item = self.item(1);
            let of = self.model.state.item(item).map(|at| &self.model.state.money.items[at]);
            if of.is_ok_and(|of| of.customer == customer && of.currency == currency) || self.dice.one_in(15) {
                let amount = self.part(item).min(left);
                left = (left - amount).max(1);
                shares.push((item, amount));
            }
        }
        shares
    }

    fn case(&mut self) -> Act {
        let cases = &self.model.state.money.cases;
        let beyond = i64::from(self.dice.one_in(20));
        let dispute = self.dice.from(1, cases.len().max(1) as i64 + beyond);
        let at = (dispute - 1).max(0) as usize;
        let version = self.seen.cases.get(at).copied().unwrap_or(1);
        let most = cases.get(at).map_or(5, |case| case.amount);
        match self.dice.from(0, 9) {
            0..=3 => {
                let item = self.item(1);
                let reason = ["price", "tax", "mood"][self.dice.from(0, 20).clamp(18, 20) as usize - 18];
                Act::OpenDispute { item, amount: self.part(item), reason: reason.into(), text: text() }
            }
            4..=5 => Act::AssignDispute { dispute, version, owner: "carl".into(), department: "invoicing".into() },
            6 => {
                let text = if self.dice.one_in(9) { String::new() } else { text() };
                Act::NoteDispute { dispute, version, text }
            }
            _ => {
                let accepted = [0, most, self.dice.from(-1, most + 1)][self.dice.from(0, 2) as usize];
                Act::ResolveDispute { dispute, version, accepted, text: text() }
            }
        }
    }

    fn customers(&mut self) -> Vec<i64> {
        (0..self.dice.from(0, 8).min(2)).map(|_| self.customer()).collect()
    }

    fn talk(&mut self) -> Act {
        let customer = self.customer();
        let next_on = if self.dice.one_in(2) { Some(self.later()) } else { None };
        let said = if self.dice.one_in(20) { String::new() } else { text() };
        match self.dice.from(0, 4) {
            0 => {
                let known = ["reached", "no answer", "promised"][customer as usize % 3];
                let outcome = if said.is_empty() { "joy" } else { known }.into();
                Act::LogCall { customer, outcome, text: text(), next_on }
            }
            1 => Act::DraftEmail { customers: self.customers(), text: text(), next_on },
            2 => Act::Note { customer, text: said },
            3 => Act::FollowUp { customers: self.customers(), on: self.later(), what: text() },
            _ => Act::Done { customers: self.customers() },
        }
    }

    fn undo(&mut self) -> Act {
        let last = self.model.last();
        let oldest = if self.dice.one_in(4) { 1 } else { (last - 8).max(1) };
        let beyond = i64::from(self.dice.one_in(20));
        Act::Undo { act: self.dice.from(oldest, last + beyond) }
    }

    fn decision(&mut self) -> Act {
        let requests = &self.model.state.requests;
        let waiting: Vec<usize> = (0..requests.len()).filter(|at| requests[*at].state == "waiting").collect();
        let request = if waiting.is_empty() || self.dice.one_in(12) {
            self.dice.from(1, requests.len() as i64 + 1)
        } else {
            waiting[self.dice.from(0, waiting.len() as i64 - 1) as usize] as i64 + 1
        };
        let hash = requests.get(request as usize - 1).map_or_else(String::new, |asked| asked.hash.to_string());
        let hash = if self.dice.one_in(15) { "00".repeat(32) } else { hash };
        match self.dice.from(0, 9) {
            0 => Act::Recall { request },
            1..=2 => Act::Reject { request, text: if self.dice.one_in(8) { " ".into() } else { text() } },
            _ => Act::Approve { request, hash, text: String::new() },
        }
    }

    fn master(&mut self) -> Act {
        let customer = self.customer();
        match self.dice.from(0, 9) {
            0..=2 => Act::SetBlocked { customer, blocked: self.dice.one_in(2), reason: text() },
            3 => {
                let customers = self.customers();
                let owner = ["carl", "collector", "anna"][customers.iter().sum::<i64>() as usize % 3].into();
                Act::SetOwner { customers, owner }
            }
            4 => Act::SetCustomer { customer: None, version: 0, data: self.data(CustomerData::default()) },
            _ => {
                let at = (customer - 1) as usize;
                let known = self.model.state.customers.get(at).map(|known| known.data().clone());
                let version = self.seen.customers.get(at).copied().unwrap_or(1);
                let data = self.data(known.unwrap_or_default());
                Act::SetCustomer { customer: Some(customer), version, data }
            }
        }
    }

    fn data(&mut self, before: CustomerData) -> CustomerData {
        let mut data = before;
        if data.number.is_empty() {
            data.number = if self.dice.one_in(6) { "K1".into() } else { format!("N{}", self.n) };
            data.name = format!("New {}", self.n);
            (data.currency, data.terms) = ("EUR".into(), "30".into());
        }
        match self.dice.from(0, 11) {
            0 => data.name = format!("Nordwind {}", self.n),
            1 => data.terms = ["10", "45", "soon"][self.dice.from(0, 2) as usize].into(),
            2 => data.email = format!("ap{}@nordwind.example", self.n),
            3..=4 => data.credit_limit = Some(self.dice.from(0, 50) * 100_000),
            5 => data.bank_account = IBANS[self.dice.from(0, 2) as usize].into(),
            6..=7 => data.blocked = !data.blocked,
            8 => data.name = " ".into(),
            9 => data.number = "K2".into(),
            _ => data.phone = format!("+49 40 {}", self.n),
        }
        data
    }

    fn login(&mut self) -> String {
        let people = &self.model.state.people;
        let at = self.dice.from(0, people.len() as i64) as usize;
        people.get(at).map_or_else(|| "nobody".into(), |person| person.login.clone())
    }

    fn role(&mut self) -> String {
        if self.dice.one_in(20) { "king".into() } else { ROLES[self.dice.from(0, 13) as usize].into() }
    }

    fn person(&mut self) -> Act {
        let login = self.login();
        match self.dice.from(0, 15) {
            0..=1 => {
                let roles = (0..self.dice.from(0, 2)).map(|_| self.role()).collect();
                let login = if self.dice.one_in(6) { login } else { format!("p{}", self.n) };
                Act::AddPerson { login, name: "New Person".into(), roles, department: String::new() }
            }
            2..=5 => {
                let accept = if self.dice.one_in(3) { text() } else { String::new() };
                Act::ChangeRole { login, role: self.role(), held: self.dice.one_in(2), accept }
            }
            6 => {
                let department = ["", "moon", DEPARTMENTS[0], DEPARTMENTS[2]][self.dice.from(0, 3) as usize].into();
                Act::SetDepartment { login, department }
            }
            7..=8 => Act::SetActive { login, active: !self.dice.one_in(3) },
            9..=11 => {
                let kind = LimitKind::ALL[self.dice.from(0, 4) as usize];
                let amount = if self.dice.one_in(4) { None } else { Some(self.amount()) };
                Act::SetLimit { login, kind, amount }
            }
            12..=14 => {
                let from = self.today + Days::new(self.dice.from(0, 3) as u64);
                Act::Delegate { to: login, from, until: from + Days::new(10) - Days::new(self.dice.from(0, 11) as u64) }
            }
            _ => Act::EndDelegation { delegation: self.dice.from(1, self.model.state.lent.len() as i64 + 1) },
        }
    }

    fn month(&mut self) -> Act {
        let of = |day: NaiveDate| format!("{:04}-{:02}", day.year(), day.month());
        let closed = self.model.state.money.closed;
        let next = closed.and_then(|until| until.succ_opt()).unwrap_or(self.today - Days::new(50));
        let period = match self.dice.from(0, 12) {
            0 => "2026-13".into(),
            1 => of(self.today),
            2 => of(next + Days::new(40)),
            3..=6 => of(closed.unwrap_or(self.today)),
            _ => of(next),
        };
        if self.dice.one_in(3) {
            Act::ReopenPeriod { period, reason: if self.dice.one_in(9) { String::new() } else { text() } }
        } else {
            Act::ClosePeriod { period }
        }
    }

    fn setting(&mut self) -> Act {
        match self.dice.from(0, 3) {
            0 => {
                let currency = self.currency();
                let rate = ["0.9173", "1.17", "0", "much", "0.5"][self.dice.from(0, 4) as usize].into();
                Act::SetRate { currency, from: self.date(), rate }
            }
            1 => {
                let value = if self.dice.one_in(5) { "many".into() } else { "44".into() };
                Act::SetTarget { kpi: "dso".into(), value }
            }
            _ => {
                let key = ["bank-account", "phone", "letter-footer", "moon"][self.dice.from(0, 3) as usize];
                let value = if key == "bank-account" {
                    IBANS[self.dice.from(0, 2) as usize].into()
                } else {
                    ["+49 40 1", "+49 40 2", " "][self.dice.from(0, 2) as usize].into()
                };
                Act::SetSetting { key: key.into(), value }
            }
        }
    }
}
