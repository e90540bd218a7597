//! The model's authority: which rights an act takes, when it needs a second person, what a request rests on, and how it
//! is approved, rejected or taken back.

use std::rc::Rc;

use chrono::{Days, NaiveDate};
use o2c::acts::Act;
use o2c::acts::arrange::Arrange;
use o2c::acts::dunning::Dunning;
use o2c::acts::import::{Import, Rows};
use o2c::acts::payments::Settled;
use o2c::domain::authority::Right;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::limits::LimitKind;
use o2c::domain::money::Currency;
use o2c::store::people::CustomerData;

use crate::model::{Code, Ctx, Need, Reduced, Second, State, Wrong, Wrote, empty, judge, place};

impl State {
    /// The rights an act takes: for a change of a customer those of the fields that change, for taking back those of
    /// the change that makes.
    pub fn rights(&self, ctx: Ctx<'_>, act: &Act) -> Result<Vec<Right>, Code> {
        Ok(match act {
            Act::PostDocument { kind: Kind::CreditNote, .. } => vec![Right::CreditNotes],
            Act::SetCustomer { customer: Some(id), version, data } => {
                let customer = &self.customers[self.customer(*id)?];
                let seen = usize::try_from(version - 1).ok().and_then(|at| customer.versions.get(at));
                customer_rights(Some(seen.map_or(customer.data(), |seen| seen)), data)
            }
            Act::SetCustomer { customer: None, data, .. } => customer_rights(None, data),
            Act::Import(import) if brings_receipts(import) => {
                vec![Right::Import, Right::PostDocuments, Right::ApplyCash]
            }
            Act::Import(import) if ["receipts", "statement"].contains(&import.kind.as_str()) => {
                vec![Right::Import, Right::ApplyCash]
            }
            Act::Import(_) => vec![Right::Import, Right::PostDocuments],
            Act::Approve { .. } | Act::Reject { .. } | Act::Recall { .. } => vec![Right::Read],
            Act::Arrange(Arrange::SetStrategy { .. }) => vec![Right::Settings],
            Act::Arrange(Arrange::HandOver { from, to, .. }) => {
                let me = self.people[ctx.who].login.as_str();
                let own = from.trim() == me || (from.trim().is_empty() && to.trim() == me);
                if own { vec![Right::Collect] } else { vec![Right::Collect, Right::Undo] }
            }
            Act::Arrange(_) => vec![Right::Collect],
            Act::Case(case) => vec![crate::cases::right(case)],
            Act::Dunning(Dunning::SetPolicy { .. } | Dunning::AssignPolicy { .. }) => vec![Right::Settings],
            Act::Dunning(_) => vec![Right::Collect],
            Act::Mail(act) => vec![self.mail_right(act)?],
            Act::SetOwner { customers, owner } => {
                let me = self.people[ctx.who].login.as_str();
                let free = |at: usize| ["", me].contains(&self.customers[at].data().owner.as_str());
                let own = owner.trim() == me && customers.iter().all(|id| self.customer(*id).map_or(true, free));
                if own { vec![Right::Collect] } else { vec![Right::Collect, Right::Undo] }
            }
            Act::Undo { act } => self.undo_rights(ctx, *act)?,
            other => vec![other.right()],
        })
    }

    fn undo_rights(&self, ctx: Ctx<'_>, act: i64) -> Result<Vec<Right>, Code> {
        let Some(logged) = ctx.log.get((act - 1).max(0) as usize).filter(|_| act > 0) else {
            return Ok(vec![Right::Read]);
        };
        let asked = self.requests.iter().find(|request| request.of_act == act || request.decided == Some(act));
        let own = logged.person == Some(ctx.who) || asked.is_some_and(|request| request.asked_by == ctx.who);
        let (original, done) = self.bottom(ctx, act);
        let mut rights = match &*original {
            Act::Ask { .. } => vec![Right::Read],
            Act::SetCustomer { customer: Some(id), .. } if done => {
                let customer = &self.customers[self.customer(*id)?];
                let before =
                    customer.versions.len().checked_sub(2).map_or(customer.data(), |at| &customer.versions[at]);
                customer_rights(Some(customer.data()), before)
            }
            original => self.rights(ctx, &self.at_present(original))?,
        };
        if !own {
            rights.push(Right::Undo);
        }
        Ok(rights)
    }

    /// Why an act needs a second person.
    pub fn second(&self, ctx: Ctx<'_>, act: &Act) -> Result<Option<Second>, Code> {
        let of = |needs| Ok(Some(Second { needs, amount: None }));
        match act {
            Act::Credit { item, amount, date, .. } => self.on_item(ctx, LimitKind::CreditNote, *item, *amount, *date),
            Act::WriteOff { item, amount, date, .. } => self.on_item(ctx, LimitKind::WriteOff, *item, *amount, *date),
            Act::PostDocument { kind: Kind::CreditNote, customer, amount, currency, date, .. } => {
                Ok(self.beyond(ctx, LimitKind::CreditNote, *customer, (*amount, *currency, *date)))
            }
            Act::ResolveDispute { dispute, accepted, .. } if *accepted > 0 => {
                let case = &self.money.cases[place(*dispute, self.money.cases.len())?];
                self.on_item(ctx, LimitKind::Dispute, case.item as i64 + 1, *accepted, ctx.today)
            }
            Act::Case(case) => {
                // Counted on the latest day of the items.
                let (mut sum, mut latest) = (0, None);
                for (dispute, amount) in crate::cases::given_up(case) {
                    let item = self.money.cases[place(dispute, self.money.cases.len())?].item;
                    sum += amount;
                    latest = latest.max(Some((self.money.items[item].date, item)));
                }
                match latest {
                    Some((_, item)) => self.on_item(ctx, LimitKind::Dispute, item as i64 + 1, sum, ctx.today),
                    None => Ok(None),
                }
            }
            Act::Promise { items, on, .. } => {
                let often = |id: i64| self.item(id).is_ok_and(|item| self.failed_before(item, ctx.today) > 3);
                let far = *on > ctx.today + Days::new(90);
                if far || items.iter().any(|one| often(one.0)) { of(Need::Approver) } else { Ok(None) }
            }
            Act::SetBlocked { customer, blocked: false, .. } => self.release(ctx, *customer),
            Act::SetCustomer { customer, data, .. } => self.sensitive(ctx, *customer, data),
            Act::Unapply { allocation, .. } => {
                let link = &self.money.links[place(*allocation, self.money.links.len())?];
                if self.money.open_day(link.effective).is_err() { of(Need::Approver) } else { Ok(None) }
            }
            Act::AddPerson { roles, .. } if roles.is_empty() => Ok(None),
            Act::AddPerson { .. } | Act::SetLimit { .. } => of(Need::Administrator),
            Act::ChangeRole { held: true, .. } | Act::SetActive { active: true, .. } => of(Need::Administrator),
            Act::ChangeRole { login, role, held: false, .. } => {
                let is_out = |person: &crate::people::Person| {
                    person.login == *login && !person.active && person.roles.contains(&"administrator")
                };
                let finally = role.trim().eq_ignore_ascii_case("administrator") && self.people.iter().any(is_out);
                if finally { of(Need::Administrator) } else { Ok(None) }
            }
            Act::SetSetting { key, .. } if ["bank-account", "mail-sender", "letter-footer"].contains(&key.as_str()) => {
                of(Need::Settings)
            }
            Act::ReopenPeriod { .. } => of(Need::Closer),
            Act::AddBankAccount { .. } | Act::SetRate { .. } => of(Need::Settings),
            Act::SettlePayment { payment, what: Settled::Charge | Settled::Transfer | Settled::Elsewhere, .. } => {
                let payment = &self.bank.payments[place(*payment, self.bank.payments.len())?];
                if payment.left <= 0 {
                    return Ok(None);
                }
                Ok(self.limited(ctx, LimitKind::WriteOff, 0, (payment.left, Currency::EUR, payment.value)))
            }
            Act::Dunning(Dunning::ApproveRun { run, .. }) if self.desk.by_two(*run) => of(Need::Approver),
            Act::Refund { .. } => Ok(Some(State::money_out())),
            Act::ApplyPayment(application) => self.granted(ctx, application),
            Act::Undo { act } if (1..=ctx.log.len() as i64).contains(act) => self.again(ctx, *act),
            _ => Ok(None),
        }
    }

    /// What taking back does anew is judged like the act that does it.
    fn again(&self, ctx: Ctx<'_>, act: i64) -> Result<Option<Second>, Code> {
        // What was taken back already is refused as that, whatever it would need now.
        if ctx.log[act as usize - 1].undone {
            return Ok(None);
        }
        let (original, done) = self.bottom(ctx, act);
        match &*original {
            original if !done => self.second(ctx, original),
            Act::ChangeRole { login, role, held, accept } => {
                let (login, role, accept) = (login.clone(), role.clone(), accept.clone());
                self.second(ctx, &Act::ChangeRole { login, role, held: !held, accept })
            }
            Act::SetBlocked { customer, blocked: true, .. } => self.release(ctx, *customer),
            Act::SetCustomer { customer: Some(id), .. } => {
                let customer = &self.customers[self.customer(*id)?];
                match customer.versions.len().checked_sub(2) {
                    Some(at) => self.sensitive(ctx, Some(*id), &customer.versions[at]),
                    None => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    fn on_item(
        &self,
        ctx: Ctx<'_>,
        kind: LimitKind,
        item: i64,
        amount: i64,
        date: NaiveDate,
    ) -> Result<Option<Second>, Code> {
        let item = &self.money.items[self.item(item)?];
        Ok(self.beyond(ctx, kind, item.customer, (amount, item.currency, date.max(item.date))))
    }

    /// Above the limit, alone or with what the person did for the customer in the last seven days.
    pub fn beyond(
        &self,
        ctx: Ctx<'_>,
        kind: LimitKind,
        customer: i64,
        sum: (i64, Currency, NaiveDate),
    ) -> Option<Second> {
        let second = self.limited(ctx, kind, self.reduced_before(ctx, kind, customer), sum)?;
        // Who approves counts what was approved before as well.
        let amount = second.amount.map(|amount| amount.saturating_add(self.approved_before(ctx, kind, customer)));
        Some(Second { amount, ..second })
    }

    /// Above the limit, with what counts from earlier. Without a rate nobody with a limit may approve it.
    fn limited(&self, ctx: Ctx<'_>, kind: LimitKind, earlier: i64, sum: (i64, Currency, NaiveDate)) -> Option<Second> {
        let counted = self.judged(ctx, sum).map(|based| based + earlier);
        if counted.is_some_and(|counted| self.people[ctx.who].covers(kind, counted)) {
            return None;
        }
        Some(Second { needs: Need::Approver, amount: Some(counted.unwrap_or(i64::MAX)) })
    }

    /// An amount as a limit counts it: at the rate of today or of its date, whichever is more.
    pub fn judged(&self, ctx: Ctx<'_>, (amount, currency, date): (i64, Currency, NaiveDate)) -> Option<i64> {
        let today = self.in_base(amount, currency, ctx.today)?;
        Some(today.max(self.in_base(amount, currency, date).unwrap_or(today)))
    }

    /// What the person reduced for the customer in the last seven days.
    pub fn reduced_before(&self, ctx: Ctx<'_>, kind: LimitKind, customer: i64) -> i64 {
        let earlier = self.reduced_in_window(ctx, kind, customer, false);
        if ctx.wrong == Some(Wrong::SplitAmounts) { 0 } else { earlier }
    }

    /// What others approved for the person of the same in these days.
    fn approved_before(&self, ctx: Ctx<'_>, kind: LimitKind, customer: i64) -> i64 {
        self.reduced_in_window(ctx, kind, customer, true)
    }

    fn reduced_in_window(&self, ctx: Ctx<'_>, kind: LimitKind, customer: i64, approved: bool) -> i64 {
        let from = ctx.today - Days::new(6);
        let same = |one: &&Reduced| one.person == ctx.who && one.customer as i64 + 1 == customer && one.kind == kind;
        let counts = |one: &&Reduced| one.on >= from && !ctx.log[one.act as usize - 1].undone;
        let of = |one: &&Reduced| one.approved == approved;
        self.reduced.iter().filter(same).filter(of).filter(counts).map(|one| one.based).sum()
    }

    /// Nobody else may work in the book.
    pub fn is_alone(&self, ctx: Ctx<'_>) -> bool {
        let is_other = |(place, other): (usize, &crate::people::Person)| place != ctx.who && other.active;
        !self.people.iter().enumerate().any(is_other) && !self.waits_for_administrator()
    }

    fn release(&self, ctx: Ctx<'_>, id: i64) -> Result<Option<Second>, Code> {
        let customer = self.customers[self.customer(id)?].data();
        let currency = Currency::parse(&customer.currency).unwrap_or(Currency::EUR);
        let opens = self.money.opens();
        let items = self.money.items.iter().zip(&opens);
        let owed: i64 =
            items.filter(|(item, _)| item.customer == id && item.currency == currency).map(|(_, open)| open).sum();
        let over = customer.credit_limit.map_or(0, |limit| (owed - limit).max(0));
        Ok(if over > 0 { self.beyond(ctx, LimitKind::Release, id, (over, currency, ctx.today)) } else { None })
    }

    fn sensitive(&self, ctx: Ctx<'_>, id: Option<i64>, data: &CustomerData) -> Result<Option<Second>, Code> {
        let known = id.map(|id| self.customer(id)).transpose()?.map(|at| self.customers[at].data());
        let limit = known.and_then(|known| known.credit_limit) != data.credit_limit;
        let bank = known.map_or("", |known| known.bank_account.as_str()) != data.bank_account;
        let named = known.is_some_and(|known| {
            known.name != data.name
                || known.terms != data.terms
                || known.email != data.email
                || known.group != data.group
        });
        let moved = known.is_some_and(|known| moves_limit(known, data));
        if limit || bank || named || moved {
            let currency = Currency::parse(&data.currency).unwrap_or(Currency::EUR);
            let amount = data.credit_limit.filter(|_| limit || moved);
            let amount = amount.map(|amount| self.in_base(amount, currency, ctx.today).unwrap_or(i64::MAX));
            return Ok(Some(Second { needs: Need::Approver, amount }));
        }
        match (id, known) {
            (Some(id), Some(known)) if known.blocked && !data.blocked => self.release(ctx, id),
            _ => Ok(None),
        }
    }

    /// Cents of the book's currency, half away from zero; `None` without a rate.
    pub fn in_base(&self, amount: i64, currency: Currency, on: NaiveDate) -> Option<i64> {
        if currency == Currency::EUR {
            return Some(amount);
        }
        let of = |rate: &&(Currency, NaiveDate, i64)| rate.0 == currency && rate.1 <= on;
        let rate = self.rates.iter().filter(of).max_by_key(|rate| rate.1)?;
        let scaled = i128::from(amount.abs()) * i128::from(rate.2);
        i64::try_from((scaled + 5_000) / 10_000).ok().map(|based| based * amount.signum())
    }

    /// Notes what an act reduced, by its maker's own authority or because somebody approved it.
    pub fn note_reduced(&mut self, ctx: Ctx<'_>, act: &Act, wrote: &Wrote) {
        let (who, approved) = match act {
            Act::Approve { request, .. } => (self.requests[*request as usize - 1].asked_by, true),
            _ => (ctx.who, false),
        };
        let bottom = match act {
            Act::Approve { request, .. } => match &*self.requests[*request as usize - 1].act.clone() {
                Act::Undo { act } => self.bottom(ctx, *act).0,
                asked => Rc::new(asked.clone()),
            },
            Act::Undo { act } => self.bottom(ctx, *act).0,
            other => Rc::new(other.clone()),
        };
        let kind = match &*bottom {
            Act::Credit { .. } | Act::PostDocument { kind: Kind::CreditNote, .. } => LimitKind::CreditNote,
            Act::WriteOff { .. } | Act::ApplyPayment(_) => LimitKind::WriteOff,
            Act::ResolveDispute { .. } => LimitKind::Dispute,
            Act::Case(case) if !crate::cases::given_up(case).is_empty() => LimitKind::Dispute,
            Act::Import(_) if wrote.counts => LimitKind::CreditNote,
            _ => return,
        };
        for place in &wrote.money.items {
            let item = &self.money.items[*place];
            if item.amount < 0 && item.kind != Kind::Receipt {
                let based = self.in_base(-item.amount, item.currency, item.date).unwrap_or(-item.amount);
                let customer = item.customer as usize - 1;
                let (person, on) = (who, ctx.today);
                self.reduced.push(Reduced { person, customer, kind, on, based, act: ctx.act, approved });
            }
        }
    }

    /// What an act rests on: approved only while it is still so.
    pub fn premises(&self, ctx: Ctx<'_>, act: &Act) -> String {
        let money = &self.money;
        let item = |id: i64| {
            let place = id as usize - 1;
            format!("{} {}", money.open(place), money.items[place].disputed)
        };
        let person = |login: &str| self.people.iter().find(|person| person.login == login);
        match act {
            Act::Credit { item: id, .. } | Act::WriteOff { item: id, .. } | Act::Refund { credit: id, .. } => item(*id),
            Act::ApplyPayment(one) => {
                let named = one.lines.iter().map(|line| line.item).chain(one.credits.iter().map(|credit| credit.0));
                let lines: Vec<String> = named.map(item).collect();
                format!("{} {}", self.bank.payments[one.payment as usize - 1].left, lines.join(" "))
            }
            Act::ResolveDispute { dispute, .. } => {
                let case = &money.cases[*dispute as usize - 1];
                format!("{} {}", case.version, item(case.item as i64 + 1))
            }
            Act::Case(act) => {
                let said = act.disputes().into_iter().map(|dispute| {
                    let case = &money.cases[dispute as usize - 1];
                    format!("{} {}", case.version, item(case.item as i64 + 1))
                });
                said.collect::<Vec<_>>().join(" ")
            }
            Act::Dunning(Dunning::ApproveRun { run, .. }) => {
                let at = *run as usize - 1;
                format!("{} {}", self.desk.runs[at], self.desk.seal(at))
            }
            Act::PostDocument { kind, number, .. } => format!("{}", money.numbered(*kind, number).is_some()),
            Act::SetCustomer { customer: Some(id), .. } | Act::SetBlocked { customer: id, .. } => {
                format!("{}", self.customers[*id as usize - 1].version())
            }
            Act::SetCustomer { customer: None, data, .. } => {
                format!("{}", self.customers.iter().any(|known| known.data().number == data.number))
            }
            Act::Unapply { allocation, .. } => format!("{}", money.links[*allocation as usize - 1].taken_back),
            Act::AddPerson { login, .. } => format!("{}", person(login).is_some()),
            Act::ChangeRole { login, .. } | Act::SetActive { login, .. } => {
                format!("{:?}", person(login).map(|person| (&person.roles, person.active)))
            }
            Act::SetLimit { login, kind, .. } => {
                let place = LimitKind::ALL.iter().position(|other| other == kind);
                format!("{:?}", person(login).zip(place).map(|(person, place)| person.limits[place]))
            }
            Act::SetSetting { key, .. } => format!("{:?}", self.settings.get(key)),
            Act::SetRate { currency, from, .. } => {
                let of = |rate: &&(Currency, NaiveDate, i64)| rate.0 == *currency && rate.1 <= *from;
                format!("{:?}", self.rates.iter().filter(of).max_by_key(|rate| rate.1))
            }
            Act::SettlePayment { payment, .. } => format!("{}", self.bank.payments[*payment as usize - 1].left),
            Act::ReopenPeriod { .. } => format!("{:?}", money.closed),
            Act::Undo { act } => {
                format!("{} {}", ctx.log[*act as usize - 1].undone, self.premises(ctx, &self.bottom(ctx, *act).0))
            }
            _ => String::new(),
        }
    }

    /// Whoever gets something by an act on people.
    fn gains(&self, ctx: Ctx<'_>, act: &Act) -> Option<String> {
        match act {
            Act::ChangeRole { login, .. } | Act::SetLimit { login, .. } | Act::SetActive { login, .. } => {
                Some(login.clone())
            }
            Act::Undo { act } => {
                let bottom = self.bottom(ctx, *act).0;
                self.gains(ctx, &bottom)
            }
            _ => None,
        }
    }

    pub fn request_act(&mut self, ctx: Ctx<'_>, act: &Act) -> Result<Wrote, Code> {
        let (Act::Approve { request, .. } | Act::Reject { request, .. } | Act::Recall { request }) = act else {
            panic!("decides no request: {act:?}");
        };
        let at = place(*request, self.requests.len())?;
        let asked = self.requests[at].clone();
        if asked.state != "waiting" {
            return Err("AUT-11");
        }
        let own = asked.asked_by == ctx.who;
        let mut wrote = Wrote::default();
        let state = match act {
            Act::Approve { hash, .. } => {
                if *hash != *asked.hash {
                    return Err("AUT-04");
                }
                if own && ctx.wrong != Some(Wrong::OwnApproval) {
                    return Err("AUT-03");
                }
                self.authority(ctx, asked.asked_by, self.needs(ctx, &asked.act), asked.amount)?;
                if self.gains(ctx, &asked.act).is_some_and(|login| login == self.people[ctx.who].login) {
                    return Err("AUT-03");
                }
                if ctx.today > asked.expires {
                    return Err("AUT-12");
                }
                if *self.premises(ctx, &asked.act) != *asked.premises || !self.people[asked.asked_by].active {
                    return Err("AUT-04");
                }
                let as_maker = Ctx { who: asked.asked_by, ..ctx };
                let since = judge(self, as_maker, &asked.act)?.and_then(|second| second.amount);
                self.authority(ctx, asked.asked_by, self.needs(ctx, &asked.act), asked.amount.max(since))?;
                wrote = self.handle(as_maker, &asked.act)?;
                "approved"
            }
            Act::Reject { text, .. } if empty(text) => return Err("TXT-05"),
            Act::Reject { .. } => {
                if own {
                    return Err("AUT-03");
                }
                self.authority(ctx, asked.asked_by, self.needs(ctx, &asked.act), None)?;
                "rejected"
            }
            _ if !own => return Err("AUT-03"),
            _ => "withdrawn",
        };
        (self.requests[at].state, self.requests[at].decided) = (state, Some(ctx.act));
        Ok(wrote)
    }

    fn needs(&self, ctx: Ctx<'_>, act: &Act) -> Need {
        match act {
            Act::AddPerson { .. } | Act::ChangeRole { .. } | Act::SetLimit { .. } | Act::SetActive { .. } => {
                Need::Administrator
            }
            Act::SetSetting { .. } | Act::SetRate { .. } | Act::AddBankAccount { .. } => Need::Settings,
            Act::ReopenPeriod { .. } => Need::Closer,
            Act::Undo { act } => self.needs(ctx, &self.bottom(ctx, *act).0),
            _ => Need::Approver,
        }
    }

    /// Whether the own authority, or one that was lent, is enough.
    fn authority(&self, ctx: Ctx<'_>, maker: usize, needs: Need, amount: Option<i64>) -> Result<(), Code> {
        let amount = amount.filter(|_| needs == Need::Approver);
        let enough = |at: usize| {
            let person = &self.people[at];
            person.may(needs.right()) && amount.is_none_or(|amount| person.covers(LimitKind::Approval, amount))
        };
        let lent = self.lent.iter().any(|lent| {
            let in_time = !lent.ended && lent.from <= ctx.today && ctx.today <= lent.until;
            let from = lent.from_person;
            in_time && lent.to == ctx.who && from != maker && self.people[from].active && enough(from)
        });
        if enough(ctx.who) || lent { Ok(()) } else { Err("AUT-01") }
    }
}

/// A file of invoices of which one was settled.
fn brings_receipts(import: &Import) -> bool {
    let work = import.beside.0.lock().expect("the rows");
    matches!(&work.rows, Rows::Invoices(rows) if rows.iter().any(|row| row.settled_date.is_some()))
}

/// Another currency than the one a limit counts in.
fn moves_limit(before: &CustomerData, after: &CustomerData) -> bool {
    before.currency != after.currency && (before.credit_limit.is_some() || !before.group.is_empty())
}

fn customer_rights(known: Option<&CustomerData>, after: &CustomerData) -> Vec<Right> {
    let mut rights = Vec::new();
    let before = known.cloned().unwrap_or_default();
    let mut plain = before.clone();
    let regrouped = known.is_some() && before.group != after.group;
    let moved = known.is_some() && moves_limit(&before, after);
    if before.credit_limit != after.credit_limit || regrouped || moved {
        rights.push(Right::CreditLimit);
        plain.credit_limit = after.credit_limit;
    }
    if regrouped {
        plain.group.clone_from(&after.group);
    }
    if moved {
        plain.currency.clone_from(&after.currency);
    }
    if before.blocked != after.blocked {
        rights.push(Right::CreditBlock);
        plain.blocked = after.blocked;
    }
    if before.bank_account != after.bank_account {
        rights.push(Right::BankDetails);
        plain.bank_account.clone_from(&after.bank_account);
    }
    if plain != *after || rights.is_empty() {
        rights.push(Right::MasterData);
    }
    rights
}
