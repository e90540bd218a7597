//! The reference model: what a book must hold and how every act must end, written down from the rules and not from the
//! program. This file is the gate every act passes: who acts, was it sent before, may they, does it need a second
//! person, is what they saw still so. The families of acts are beside it; items and allocations are the ledger model of
//! the books suite.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use chrono::{DateTime, NaiveDate, Utc};
use o2c::acts::{Act, Expect, Request};
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;
use o2c::store::requests::payload_hash;
use o2c::store::schema::hex;

use crate::bank::Bank;
use crate::cases::{Fact, Task};
use crate::inquiries::Inquiry;
use crate::ledger;
use crate::letters::Desk;
use crate::people::Person;
use crate::plans::Plan;
use crate::post::Office;

pub type Code = &'static str;

/// How an act must end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    Asked,
    /// The same request had been performed before; nothing changes.
    Again,
    /// Nothing changes, but a refusal for want of authority is in the log.
    Refused(Code),
}

#[derive(Clone, Debug)]
pub struct Customer {
    /// Every version of the master data; the last one counts.
    pub versions: Vec<Rc<CustomerData>>,
    pub last_contact: Option<NaiveDate>,
    pub next_on: Option<NaiveDate>,
    pub done_on: Option<NaiveDate>,
}

impl Customer {
    pub fn data(&self) -> &CustomerData {
        self.versions.last().expect("a customer has a version")
    }

    pub fn version(&self) -> i64 {
        self.versions.len() as i64
    }
}

#[derive(Clone, Debug)]
pub struct Activity {
    pub customer: usize,
    pub kind: &'static str,
    pub on: NaiveDate,
    pub next_on: Option<NaiveDate>,
    pub live: bool,
}

#[derive(Clone, Debug)]
pub struct Promise {
    pub item: usize,
    pub amount: i64,
    pub made: NaiveDate,
    pub on: NaiveDate,
    pub level: i64,
    pub ended: Option<(NaiveDate, &'static str)>,
}

/// Where a dispute stood after each of its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub state: &'static str,
    pub owner: Rc<str>,
    pub department: Rc<str>,
    pub accepted: i64,
    pub act: i64,
}

#[derive(Clone, Debug)]
pub struct Asked {
    pub act: Rc<Act>,
    pub asked_by: usize,
    pub of_act: i64,
    pub premises: Rc<str>,
    pub amount: Option<i64>,
    pub expires: NaiveDate,
    pub state: &'static str,
    /// SHA-256 of what was asked for.
    pub hash: Rc<str>,
    /// The act that decided it.
    pub decided: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Lent {
    pub from_person: usize,
    pub to: usize,
    pub from: NaiveDate,
    pub until: NaiveDate,
    pub ended: bool,
}

/// A credit note or write-off of somebody: what counts together against a limit.
#[derive(Clone, Debug)]
pub struct Reduced {
    pub person: usize,
    pub customer: usize,
    pub kind: LimitKind,
    pub on: NaiveDate,
    pub based: i64,
    pub act: i64,
    /// Somebody else approved it.
    pub approved: bool,
}

/// Everything acts change.
#[derive(Clone, Default)]
pub struct State {
    pub money: ledger::Model,
    pub steps: Vec<Vec<Step>>,
    /// The reason of each case.
    pub reasons: Vec<String>,
    pub people: Vec<Person>,
    pub customers: Vec<Customer>,
    pub activities: Vec<Activity>,
    pub promises: Vec<Promise>,
    pub plans: Vec<Plan>,
    /// Names of strategies and their newest versions.
    pub strategies: BTreeMap<String, i64>,
    pub facts: Vec<Fact>,
    pub tasks: Vec<Task>,
    pub inquiries: Vec<Inquiry>,
    pub desk: Desk,
    pub office: Office,
    pub requests: Vec<Asked>,
    pub lent: Vec<Lent>,
    pub reduced: Vec<Reduced>,
    pub rates: Vec<(Currency, NaiveDate, i64)>,
    pub settings: BTreeMap<String, String>,
    pub targets: BTreeMap<String, String>,
    /// Fingerprints of imported files with their kind, and whether rows of them were refused.
    pub files: BTreeMap<(String, String), bool>,
    pub bank: Bank,
}

/// What an act wrote, for taking it back.
#[derive(Clone, Debug, Default)]
pub struct Wrote {
    pub money: ledger::Wrote,
    pub cases: Vec<usize>,
    pub promises: Vec<usize>,
    pub activities: Vec<usize>,
    pub plans: Vec<usize>,
    pub inquiries: Vec<usize>,
    pub proposals: Vec<usize>,
    /// Customers of which it wrote a version, and which.
    pub versions: Vec<(usize, i64)>,
    pub undoes: Option<i64>,
    /// Credit notes of a file count with later ones.
    pub counts: bool,
}

/// An act in the log.
#[derive(Clone, Debug)]
pub struct Logged {
    pub person: Option<usize>,
    pub act: Rc<Act>,
    pub wrote: Rc<Wrote>,
    pub undone: bool,
}

/// The book as it must be.
#[derive(Clone, Default)]
pub struct Model {
    pub state: State,
    pub log: Vec<Logged>,
    /// What was sent under each key, as it is written down.
    keys: HashMap<[u8; 16], String>,
    /// The instant of the act that comes.
    pub now: DateTime<Utc>,
    /// A rule left out on purpose, to see that the comparison notices.
    pub wrong: Option<Wrong>,
}

/// Rules that can be left out of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Split amounts do not count together.
    SplitAmounts,
    /// Anybody may approve their own request.
    OwnApproval,
    /// An allocation may exceed what is open by one cent.
    OneCentMore,
    /// Closed months are open.
    ClosedMonths,
    /// A stale version is fine.
    StaleVersions,
    /// More may be decided than is in dispute.
    DecidedMore,
    /// A letter of a run may go out again.
    LetterTwice,
    /// A mail that was sent may be sent again.
    MailTwice,
    /// Instalments need not add up to what is planned.
    PlanSums,
}

/// What the families know of the act they perform.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    pub log: &'a [Logged],
    pub act: i64,
    pub who: usize,
    pub today: NaiveDate,
    pub now: DateTime<Utc>,
    pub wrong: Option<Wrong>,
}

/// Why an act needs a second person.
pub struct Second {
    pub needs: Need,
    pub amount: Option<i64>,
}

/// Who the second person must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Approver,
    Administrator,
    Settings,
    Closer,
}

const NOTED: [Code; 5] = ["SES-04", "AUT-01", "AUT-02", "AUT-03", "AUT-08"];

impl Model {
    /// The number of the last act.
    pub fn last(&self) -> i64 {
        self.log.len() as i64
    }

    /// The person who may act under a login.
    pub fn who(&self, login: &str) -> Option<usize> {
        self.state.people.iter().position(|person| person.login == login)
    }

    /// Performs a request, or says why not.
    pub fn perform(&mut self, login: &str, request: &Request, today: NaiveDate) -> Outcome {
        match self.attempt(login, request, today) {
            Ok(outcome) => outcome,
            Err(code) => {
                if NOTED.contains(&code) {
                    let act = Act::Denied { kind: String::new(), code: String::new(), sentence: String::new() };
                    self.write(self.who(login), Rc::new(act), Wrote::default());
                }
                Outcome::Refused(code)
            }
        }
    }

    fn write(&mut self, person: Option<usize>, act: Rc<Act>, wrote: Wrote) {
        if let Some(undoes) = wrote.undoes {
            self.log[undoes as usize - 1].undone = true;
        }
        self.log.push(Logged { person, act, wrote: Rc::new(wrote), undone: false });
    }

    fn attempt(&mut self, login: &str, request: &Request, today: NaiveDate) -> Result<Outcome, Code> {
        let who = self.who(login).filter(|who| self.state.people[*who].active).ok_or("SES-04")?;
        let (key, act) = (request.key.0, Rc::new(request.act.clone()));
        let payload = serde_json::to_string(&*act).expect("an act as JSON");
        if let Some(before) = self.keys.get(&key) {
            return if *before == payload { Ok(Outcome::Again) } else { Err("ACT-02") };
        }
        if matches!(*act, Act::Ask { .. } | Act::Denied { .. } | Act::SignIn | Act::SignOut { .. }) {
            return Err("ACT-06");
        }
        let ctx = Ctx { log: &self.log, act: self.last() + 1, who, today, now: self.now, wrong: self.wrong };
        let second = judge(&self.state, ctx, &act)?;
        for Expect::Open { item, open } in &request.expect {
            let place = self.state.item(*item)?;
            if self.state.money.open(place) != *open {
                return Err("ACT-03");
            }
        }
        let mut next = self.state.clone();
        let wrote = next.handle(ctx, &act)?;
        next.follow(ctx);
        let asked = second.is_some();
        let (done, wrote) = match second {
            None => {
                next.note_reduced(ctx, &act, &wrote);
                (act.clone(), wrote)
            }
            Some(second) => {
                next = self.state.clone();
                next.requests.push(Asked {
                    act: act.clone(),
                    asked_by: who,
                    of_act: ctx.act,
                    premises: self.state.premises(ctx, &act).into(),
                    amount: second.amount,
                    expires: today + chrono::Days::new(14),
                    state: "waiting",
                    hash: hex(&payload_hash(&payload)).into(),
                    decided: None,
                });
                (Rc::new(Act::Ask { act: Box::new(request.act.clone()) }), Wrote::default())
            }
        };
        self.state = next;
        self.write(Some(who), done, wrote);
        self.keys.insert(key, payload);
        Ok(if asked { Outcome::Asked } else { Outcome::Done })
    }
}

/// Whether the person may, and whether a second one is needed.
pub fn judge(state: &State, ctx: Ctx<'_>, act: &Act) -> Result<Option<Second>, Code> {
    let person = &state.people[ctx.who];
    for right in state.rights(ctx, act)? {
        if !person.may(right) {
            return Err("AUT-02");
        }
    }
    let Some(second) = state.second(ctx, act)? else { return Ok(None) };
    let others = || state.people.iter().enumerate().filter(|(place, other)| *place != ctx.who && other.active);
    // Alone in the book, or alone with that duty: done, and noted.
    let alone = !state.waits_for_administrator()
        && (others().next().is_none()
            || (second.needs != Need::Approver && !others().any(|(_, other)| other.may(second.needs.right()))));
    Ok(if alone { None } else { Some(second) })
}

impl State {
    pub fn item(&self, id: i64) -> Result<usize, Code> {
        place(id, self.money.items.len())
    }

    pub fn customer(&self, id: i64) -> Result<usize, Code> {
        place(id, self.customers.len())
    }

    /// Clearing an item settles its cases; taking that back opens them again.
    fn follow(&mut self, ctx: Ctx<'_>) {
        for case in 0..self.steps.len() {
            let void = self.steps[case].last().is_some_and(|step| step.state == "void");
            self.money.cases[case].frozen = void || self.fact(ctx, case, "confirmed").is_some();
        }
        for followed in self.money.follow(ctx.act) {
            let last = self.steps[followed.case].last().expect("a step").clone();
            let before = self.steps[followed.case].iter().rev().find(|step| !["closed", "void"].contains(&step.state));
            let state = match self.money.cases[followed.case].open {
                false => "closed",
                true => before.map_or("assigned", |step| step.state),
            };
            let accepted = last.accepted + followed.given;
            self.steps[followed.case].push(Step { state, accepted, act: ctx.act, ..last });
        }
    }

    pub fn handle(&mut self, ctx: Ctx<'_>, act: &Act) -> Result<Wrote, Code> {
        match act {
            Act::OpenBook { .. } | Act::Ask { .. } | Act::Denied { .. } | Act::SignIn | Act::SignOut { .. } => {
                Err("ACT-06")
            }
            Act::Migrate { .. } | Act::Restore(_) | Act::RefundPayment(_) | Act::SetBankRule(_) => {
                panic!("the simulation does not send {act:?}")
            }
            Act::AddBankAccount { .. }
            | Act::ApplyPayment(_)
            | Act::ApplyRun(_)
            | Act::SettlePayment { .. }
            | Act::ReturnPayment { .. }
            | Act::Refund { .. }
            | Act::SetAlias { .. } => self.bank_act(ctx, act),
            Act::AddPerson { .. }
            | Act::ChangeRole { .. }
            | Act::SetDepartment { .. }
            | Act::SetActive { .. }
            | Act::SetLimit { .. }
            | Act::Delegate { .. }
            | Act::EndDelegation { .. } => self.people_act(ctx, act),
            Act::Approve { .. } | Act::Reject { .. } | Act::Recall { .. } => self.request_act(ctx, act),
            Act::SetSetting { .. }
            | Act::SetRate { .. }
            | Act::SetTarget { .. }
            | Act::ClosePeriod { .. }
            | Act::ReopenPeriod { .. }
            | Act::SetCustomer { .. }
            | Act::SetOwner { .. }
            | Act::SetBlocked { .. } => self.master_act(ctx, act),
            Act::PostDocument { .. }
            | Act::PostReceipt { .. }
            | Act::Apply { .. }
            | Act::Unapply { .. }
            | Act::Credit { .. }
            | Act::WriteOff { .. }
            | Act::Import(_) => self.money_act(ctx, act),
            Act::LogCall { .. }
            | Act::DraftEmail { .. }
            | Act::Note { .. }
            | Act::FollowUp { .. }
            | Act::Done { .. }
            | Act::Promise { .. }
            | Act::Withdraw { .. } => self.collect_act(ctx, act),
            Act::Case(act) => self.work_on_case(ctx, act),
            Act::Dunning(act) => self.dunning_act(ctx, act),
            Act::Mail(act) => self.mail_act(ctx, act),
            Act::Arrange(act) => self.arrange_act(ctx, act),
            Act::OpenDispute { .. }
            | Act::AssignDispute { .. }
            | Act::NoteDispute { .. }
            | Act::ResolveDispute { .. } => self.case_act(ctx, act),
            Act::Undo { act } => self.undo(ctx, *act),
        }
    }
}

/// The place in a list of an id that counts from 1.
pub fn place(id: i64, count: usize) -> Result<usize, Code> {
    usize::try_from(id - 1).ok().filter(|place| *place < count).ok_or("ACT-04")
}

pub fn empty(text: &str) -> bool {
    text.trim().is_empty()
}
