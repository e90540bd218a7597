//! The model's people: roles and what they may, limits, duties that must not meet, delegation. The tables are written
//! down by hand and compared with nothing but the program's answers.

use chrono::NaiveDate;
use o2c::acts::Act;
use o2c::domain::authority::Right;
use o2c::domain::limits::LimitKind;

use crate::model::{Code, Ctx, Lent, Need, State, Wrote, empty, place};

#[derive(Clone, Debug)]
pub struct Person {
    pub login: String,
    pub roles: Vec<&'static str>,
    pub active: bool,
    pub department: String,
    pub limits: [Option<i64>; 5],
}

pub const ROLES: [&str; 14] = [
    "administrator",
    "controller",
    "supervisor",
    "approver",
    "collector",
    "cash",
    "refunds",
    "disputes",
    "biller",
    "credit",
    "customers",
    "closer",
    "auditor",
    "viewer",
];

pub const FOUNDER: [&str; 9] =
    ["administrator", "controller", "collector", "cash", "refunds", "disputes", "biller", "credit", "customers"];

pub const DEPARTMENTS: [&str; 5] = ["order processing", "invoicing", "collections", "disputes", "analytics"];

/// The roles that have a right.
fn holders(right: Right) -> &'static [&'static str] {
    match right {
        Right::Read => &ROLES,
        Right::PostDocuments | Right::CreditNotes => &["biller"],
        Right::ApplyCash => &["cash"],
        Right::Refund => &["refunds"],
        Right::WriteOff => &["controller"],
        Right::Collect => &["controller", "supervisor", "collector", "cash", "disputes", "credit"],
        Right::Dispute => &["controller", "supervisor", "collector", "disputes", "biller"],
        Right::ResolveDispute => &["controller", "supervisor", "disputes"],
        Right::MasterData | Right::BankDetails => &["customers"],
        Right::CreditBlock | Right::CreditLimit => &["controller", "credit"],
        Right::Import => &["cash", "biller", "customers"],
        Right::Undo => &["controller", "supervisor"],
        Right::Approve => &["controller", "supervisor", "approver"],
        Right::ClosePeriods => &["controller", "closer"],
        Right::Settings => &["administrator", "controller"],
        Right::ManageUsers => &["administrator"],
    }
}

/// Rights that must not meet in one person.
const APART: [(Right, Right); 27] = [
    (Right::MasterData, Right::CreditLimit),
    (Right::MasterData, Right::CreditBlock),
    (Right::MasterData, Right::PostDocuments),
    (Right::MasterData, Right::CreditNotes),
    (Right::MasterData, Right::ApplyCash),
    (Right::MasterData, Right::WriteOff),
    (Right::BankDetails, Right::CreditNotes),
    (Right::BankDetails, Right::ApplyCash),
    (Right::PostDocuments, Right::ApplyCash),
    (Right::CreditNotes, Right::ApplyCash),
    (Right::CreditNotes, Right::WriteOff),
    (Right::ApplyCash, Right::WriteOff),
    (Right::MasterData, Right::Refund),
    (Right::BankDetails, Right::Refund),
    (Right::CreditNotes, Right::Refund),
    (Right::ApplyCash, Right::Refund),
    (Right::ManageUsers, Right::MasterData),
    (Right::ManageUsers, Right::BankDetails),
    (Right::ManageUsers, Right::CreditLimit),
    (Right::ManageUsers, Right::PostDocuments),
    (Right::ManageUsers, Right::CreditNotes),
    (Right::ManageUsers, Right::ApplyCash),
    (Right::ManageUsers, Right::WriteOff),
    (Right::ManageUsers, Right::ResolveDispute),
    (Right::ManageUsers, Right::CreditBlock),
    (Right::ManageUsers, Right::Refund),
    (Right::ManageUsers, Right::Approve),
];

fn has(roles: &[&str], right: Right) -> bool {
    roles.iter().any(|role| holders(right).contains(role))
}

fn conflicts(roles: &[&str]) -> usize {
    APART.iter().filter(|(one, other)| has(roles, *one) && has(roles, *other)).count()
}

fn role(name: &str) -> Result<&'static str, Code> {
    ROLES.into_iter().find(|role| role.eq_ignore_ascii_case(name.trim())).ok_or("AUT-05")
}

fn department(name: &str) -> Result<&'static str, Code> {
    if empty(name) {
        return Ok("");
    }
    DEPARTMENTS.into_iter().find(|known| known.eq_ignore_ascii_case(name.trim())).ok_or("AUT-05")
}

impl Need {
    pub fn right(self) -> Right {
        match self {
            Need::Approver => Right::Approve,
            Need::Administrator => Right::ManageUsers,
            Need::Settings => Right::Settings,
            Need::Closer => Right::ClosePeriods,
        }
    }
}

impl Person {
    pub fn may(&self, right: Right) -> bool {
        has(&self.roles, right)
    }

    /// Up to how many cents; `None` is any amount.
    pub fn limit(&self, kind: LimitKind) -> Option<i64> {
        let (right, place) = match kind {
            LimitKind::CreditNote => (Right::CreditNotes, 0),
            LimitKind::WriteOff => (Right::WriteOff, 1),
            LimitKind::Dispute => (Right::ResolveDispute, 2),
            LimitKind::Release => (Right::CreditBlock, 3),
            LimitKind::Approval => (Right::Approve, 4),
        };
        if !self.may(right) {
            return Some(0);
        }
        if self.limits[place].is_some() {
            return self.limits[place];
        }
        if kind == LimitKind::Approval && self.roles.contains(&"approver") {
            return None;
        }
        let whole = self.roles.iter().map(|role| match *role {
            "controller" => 25_000,
            "supervisor" => 5_000,
            _ => 500,
        });
        Some(whole.max().unwrap_or(0) * 100)
    }

    pub fn covers(&self, kind: LimitKind, amount: i64) -> bool {
        self.limit(kind).is_none_or(|limit| amount <= limit)
    }
}

impl State {
    fn known(&self, login: &str) -> Result<usize, Code> {
        self.people.iter().position(|person| person.login == login).ok_or("AUT-06")
    }

    /// A book keeps two administrators once it has them, and always one.
    fn administrators_stay(&self, leaving: usize) -> Result<(), Code> {
        let is = |person: &&Person| person.active && person.roles.contains(&"administrator");
        let count = self.people.iter().filter(is).count();
        if is(&&self.people[leaving]) && count <= 2 { Err("AUT-09") } else { Ok(()) }
    }

    /// An administrator who is shut out is waited for: nobody is taken to be alone meanwhile.
    pub fn waits_for_administrator(&self) -> bool {
        self.people.iter().any(|person| !person.active && person.roles.contains(&"administrator"))
    }

    pub fn people_act(&mut self, ctx: Ctx<'_>, act: &Act) -> Result<Wrote, Code> {
        match act {
            Act::AddPerson { login, name, roles, department: place } => self.add_person(login, name, roles, place)?,
            Act::ChangeRole { login, role, held, accept } => self.change_role(login, role, *held, accept)?,
            Act::SetDepartment { login, department: name } => {
                let (person, name) = (self.known(login)?, department(name)?);
                if self.people[person].department == name {
                    return Err("AUT-07");
                }
                self.people[person].department = name.to_owned();
            }
            Act::SetActive { login, active } => {
                let person = self.known(login)?;
                if self.people[person].active == *active {
                    return Err("AUT-07");
                }
                if !active && person == ctx.who {
                    return Err("AUT-03");
                }
                self.people[person].active = *active;
            }
            Act::SetLimit { login, kind, amount } => self.set_limit(login, *kind, *amount)?,
            Act::Delegate { to, from, until } => self.delegate(ctx, to, *from, *until)?,
            Act::EndDelegation { delegation } => {
                let lent = place(*delegation, self.lent.len())?;
                if self.lent[lent].ended {
                    return Err("ACT-04");
                }
                if self.lent[lent].from_person != ctx.who && !self.people[ctx.who].roles.contains(&"administrator") {
                    return Err("AUT-02");
                }
                self.lent[lent].ended = true;
            }
            other => panic!("not of people: {other:?}"),
        }
        Ok(Wrote::default())
    }

    fn add_person(&mut self, login: &str, name: &str, roles: &[String], place: &str) -> Result<(), Code> {
        if empty(login) || empty(name) {
            return Err("TXT-05");
        }
        if self.known(login.trim()).is_ok() {
            return Err("AUT-06");
        }
        let department = department(place)?.to_owned();
        let mut roles = roles.iter().map(|name| role(name)).collect::<Result<Vec<_>, _>>()?;
        if conflicts(&roles) > 0 {
            return Err("AUT-08");
        }
        roles.sort_unstable();
        roles.dedup();
        self.people.push(Person { login: login.trim().into(), roles, active: true, department, limits: [None; 5] });
        Ok(())
    }

    pub fn change_role(&mut self, login: &str, name: &str, held: bool, accept: &str) -> Result<(), Code> {
        let role = role(name)?;
        let person = self.known(login)?;
        let roles = &self.people[person].roles;
        if roles.contains(&role) == held {
            return Err("AUT-07");
        }
        if held {
            let more: Vec<&str> = roles.iter().copied().chain([role]).collect();
            if conflicts(&more) > conflicts(roles) && empty(accept) {
                return Err("AUT-08");
            }
            self.people[person].roles.push(role);
            self.people[person].roles.sort_unstable();
        } else {
            if role == "administrator" {
                self.administrators_stay(person)?;
            }
            self.people[person].roles.retain(|other| *other != role);
        }
        Ok(())
    }

    fn set_limit(&mut self, login: &str, kind: LimitKind, amount: Option<i64>) -> Result<(), Code> {
        let person = self.known(login)?;
        if amount.is_some_and(|amount| !(0..=9_999_999_999_999).contains(&amount)) {
            return Err("AMT-02");
        }
        if amount.is_some() && !self.people[person].may(kind.right()) {
            return Err("AUT-07");
        }
        let place = LimitKind::ALL.iter().position(|other| *other == kind).expect("a kind");
        self.people[person].limits[place] = amount;
        Ok(())
    }

    fn delegate(&mut self, ctx: Ctx<'_>, to: &str, from: NaiveDate, until: NaiveDate) -> Result<(), Code> {
        let to = self.known(to)?;
        if to == ctx.who {
            return Err("AUT-03");
        }
        if !self.people[to].active {
            return Err("SES-04");
        }
        if until < from || until < ctx.today {
            return Err("DAT-03");
        }
        self.lent.push(Lent { from_person: ctx.who, to, from, until, ended: false });
        Ok(())
    }
}
