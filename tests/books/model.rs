//! A book as plain vectors: documents' items, allocations, disputes, closed months. Written from the rules, without the
//! program's aging, ledger or SQL, so that agreement means something. Refusals are predicted by their code. The
//! simulation builds its people, requests and collections work around it.

use chrono::{Days, NaiveDate};
use o2c::acts::Act;
use o2c::domain::document::DocumentKind as Kind;
use o2c::domain::money::Currency;

#[path = "model_cases.rs"]
mod cases;
pub use cases::Part;

#[derive(Clone, Debug)]
pub struct Item {
    pub kind: Kind,
    pub customer: i64,
    pub date: NaiveDate,
    pub due: NaiveDate,
    pub currency: Currency,
    pub amount: i64,
    pub disputed: i64,
}

#[derive(Clone, Debug)]
pub struct Link {
    pub debit: usize,
    pub credit: usize,
    pub amount: i64,
    pub effective: NaiveDate,
    pub taken_back: bool,
    pub counter: bool,
    /// The link it takes back.
    pub reverses: Option<usize>,
    /// Something of the debit was in dispute when it was made: a case opened later in the same act is not cleared by it.
    pub on_disputed: bool,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub item: usize,
    pub amount: i64,
    pub version: i64,
    pub open: bool,
    pub last_act: i64,
    /// What was settled of it.
    pub parts: Vec<Part>,
    /// Confirmed or void: clearing its item changes it no more.
    pub frozen: bool,
}

/// What an act wrote, for taking it back.
#[derive(Clone, Debug, Default)]
pub struct Wrote {
    pub items: Vec<usize>,
    pub links: Vec<usize>,
    pub case: Option<usize>,
    pub undoable: bool,
    pub undone: bool,
    pub is_undo: bool,
}

/// The book. Items, links and cases have the number of their place plus one.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub items: Vec<Item>,
    pub links: Vec<Link>,
    pub cases: Vec<Case>,
    pub numbers: Vec<(Kind, String)>,
    /// The item of each of those documents.
    pub places: Vec<usize>,
    pub series: [i64; 8],
    /// Customers beyond the three every book starts with.
    pub more_customers: i64,
    /// Links whose cases are in step.
    pub followed: usize,
    /// The last day of the closed months.
    pub closed: Option<NaiveDate>,
    pub acts: std::collections::BTreeMap<i64, Wrote>,
}

/// Totals of one currency at one day: six buckets, credits, unapplied.
pub type Totals = [i64; 8];

pub type Outcome = Result<Wrote, &'static str>;

impl Model {
    pub fn open(&self, item: usize) -> i64 {
        self.open_at(item, NaiveDate::MAX)
    }

    pub fn open_at(&self, item: usize, at: NaiveDate) -> i64 {
        let mut open = if self.items[item].date <= at { self.items[item].amount } else { 0 };
        for link in self.links.iter().filter(|link| link.effective <= at) {
            open -= if link.debit == item { link.amount } else { 0 };
            open += if link.credit == item { link.amount } else { 0 };
        }
        open
    }

    /// What every item has open, in one pass.
    pub fn opens(&self) -> Vec<i64> {
        let mut opens: Vec<i64> = self.items.iter().map(|item| item.amount).collect();
        for link in &self.links {
            opens[link.debit] -= link.amount;
            opens[link.credit] += link.amount;
        }
        opens
    }

    pub fn totals(&self, currency: Currency, at: NaiveDate) -> Totals {
        let mut totals = [0; 8];
        for (place, item) in self.items.iter().enumerate().filter(|(_, item)| item.currency == currency) {
            let place = match item.kind {
                Kind::CreditNote | Kind::WriteOff => (6, place),
                Kind::Receipt => (7, place),
                _ => match (at - item.due).num_days() {
                    ..=0 => (0, place),
                    1..=30 => (1, place),
                    31..=60 => (2, place),
                    61..=90 => (3, place),
                    91..=120 => (4, place),
                    _ => (5, place),
                },
            };
            totals[place.0] += self.open_at(place.1, at);
        }
        totals
    }

    /// Performs an act as number `act`, or says why not.
    pub fn perform(&mut self, act: i64, what: &Act, today: NaiveDate) -> Result<(), &'static str> {
        let mut next = self.clone();
        let mut wrote = next.run(act, what, today)?;
        wrote.undoable |= !matches!(what, Act::Unapply { .. } | Act::Undo { .. });
        wrote.is_undo = matches!(what, Act::Undo { .. });
        next.follow(act);
        next.acts.insert(act, wrote);
        *self = next;
        Ok(())
    }

    pub fn run(&mut self, act: i64, what: &Act, today: NaiveDate) -> Outcome {
        match what {
            Act::PostDocument { kind, number, customer, date, due, currency, amount, .. } => {
                self.document(*kind, number, *customer, *date, *due, *currency, *amount)
            }
            Act::PostReceipt { customer, reference, date, currency, amount, applied, .. } => {
                positive(*amount)?;
                self.known_customer(*customer)?;
                let number =
                    if reference.is_empty() { self.free_number(Kind::Receipt, 0, "R") } else { reference.clone() };
                self.new_number(Kind::Receipt, &number)?;
                let (credit, links) = self.receipt((*customer, *currency), *amount, applied, *date)?;
                Ok(Wrote { items: vec![credit], links, ..Wrote::default() })
            }
            Act::Apply { credit, applied, effective } => {
                let credit = self.known_item(*credit)?;
                if self.items[credit].amount > 0 || applied.is_empty() {
                    return Err("AMT-11");
                }
                let links = self.set_against(credit, applied, *effective)?;
                Ok(Wrote { links, ..Wrote::default() })
            }
            Act::Unapply { allocation, effective, .. } => {
                let link = place(*allocation, self.links.len()).ok_or("ACT-04")?;
                let links = vec![self.take_back(link, *effective)?];
                Ok(Wrote { links, ..Wrote::default() })
            }
            Act::Credit { item, amount, date, .. } => self.reduce(Kind::CreditNote, *item, *amount, *date),
            Act::WriteOff { item, amount, date, .. } => self.reduce(Kind::WriteOff, *item, *amount, *date),
            Act::OpenDispute { item, amount, .. } => {
                positive(*amount)?;
                let item = self.known_item(*item)?;
                if *amount > self.open(item) - self.items[item].disputed {
                    return Err("AMT-06");
                }
                self.items[item].disputed += amount;
                self.cases.push(Case {
                    item,
                    amount: *amount,
                    version: 1,
                    open: true,
                    last_act: act,
                    parts: Vec::new(),
                    frozen: false,
                });
                Ok(Wrote { case: Some(self.cases.len() - 1), ..Wrote::default() })
            }
            Act::ResolveDispute { dispute, version, accepted, .. } => {
                self.resolve(act, *dispute, *version, *accepted, today)
            }
            Act::Undo { act: undone } => self.undo(act, *undone, today),
            other => panic!("the model has no {other:?}"),
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the columns of a document")]
    fn document(
        &mut self,
        kind: Kind,
        number: &str,
        customer: i64,
        date: NaiveDate,
        due: Option<NaiveDate>,
        currency: Currency,
        amount: i64,
    ) -> Outcome {
        positive(amount)?;
        if self.numbers.contains(&(kind, number.to_owned())) {
            return Err("ACT-07");
        }
        self.known_customer(customer)?;
        // The customers of these books pay in 14 days; credits are due at once.
        let debit = matches!(kind, Kind::Invoice | Kind::DebitNote);
        let due = due.unwrap_or(if debit { date + Days::new(14) } else { date });
        if due < date {
            return Err("DAT-03");
        }
        self.new_number(kind, number)?;
        self.open_day(date)?;
        let item = self.item(kind, customer, date, due, currency, if debit { amount } else { -amount });
        Ok(Wrote { items: vec![item], ..Wrote::default() })
    }

    fn known_customer(&self, customer: i64) -> Result<(), &'static str> {
        if (1..=3 + self.more_customers).contains(&customer) { Ok(()) } else { Err("ACT-04") }
    }

    fn known_item(&self, item: i64) -> Result<usize, &'static str> {
        place(item, self.items.len()).ok_or("ACT-04")
    }

    /// Nothing is posted into a closed month.
    pub fn open_day(&self, day: NaiveDate) -> Result<(), &'static str> {
        if self.closed.is_some_and(|until| day <= until) { Err("DAT-02") } else { Ok(()) }
    }

    /// The item of a document.
    pub fn numbered(&self, kind: Kind, number: &str) -> Option<usize> {
        let place = self.numbers.iter().position(|known| known.0 == kind && known.1 == number)?;
        Some(self.places[place])
    }

    pub fn new_number(&mut self, kind: Kind, number: &str) -> Result<(), &'static str> {
        let new = (kind, number.to_owned());
        if self.numbers.contains(&new) {
            return Err("ACT-07");
        }
        self.numbers.push(new);
        self.places.push(self.items.len());
        Ok(())
    }

    /// The next number of a series that nobody typed before.
    pub fn free_number(&mut self, kind: Kind, series: usize, letter: &str) -> String {
        loop {
            self.series[series] += 1;
            let number = format!("{letter}-{}", self.series[series]);
            if !self.numbers.contains(&(kind, number.clone())) {
                return number;
            }
        }
    }

    pub fn item(
        &mut self,
        kind: Kind,
        customer: i64,
        date: NaiveDate,
        due: NaiveDate,
        currency: Currency,
        amount: i64,
    ) -> usize {
        self.items.push(Item { kind, customer, date, due, currency, amount, disputed: 0 });
        self.items.len() - 1
    }

    /// Money that pays items at once: everything must fit before anything is posted, and an item named twice is paid
    /// once, by both amounts.
    pub fn receipt(
        &mut self,
        (customer, currency): (i64, Currency),
        amount: i64,
        applied: &[(i64, i64)],
        date: NaiveDate,
    ) -> Result<(usize, Vec<usize>), &'static str> {
        let (mut left, mut parts) = (amount, Vec::<(usize, i64)>::new());
        for (debit, amount) in applied {
            let debit = self.known_item(*debit)?;
            positive(*amount)?;
            if self.items[debit].customer != customer {
                return Err("AMT-10");
            }
            let before = parts.iter().position(|part| part.0 == debit);
            let taken = before.map_or(0, |at| parts[at].1);
            if *amount > self.open(debit) - taken || *amount > left {
                return Err("AMT-06");
            }
            match before {
                Some(at) => parts[at].1 += amount,
                None => parts.push((debit, *amount)),
            }
            left -= amount;
        }
        self.open_day(date)?;
        let credit = self.item(Kind::Receipt, customer, date, date, currency, -amount);
        let mut links = Vec::new();
        for (debit, amount) in parts {
            if self.items[debit].currency != currency {
                return Err("AMT-09");
            }
            links.push(self.link(debit, credit, amount, date)?);
        }
        Ok((credit, links))
    }

    pub fn set_against(
        &mut self,
        credit: usize,
        applied: &[(i64, i64)],
        effective: NaiveDate,
    ) -> Result<Vec<usize>, &'static str> {
        let mut links = Vec::new();
        for (debit, amount) in applied {
            let debit = self.known_item(*debit)?;
            positive(*amount)?;
            let (one, other) = (&self.items[debit], &self.items[credit]);
            if one.customer != other.customer {
                return Err("AMT-10");
            }
            if *amount > self.open(debit) || *amount > -self.open(credit) {
                return Err("AMT-06");
            }
            if one.currency != other.currency {
                return Err("AMT-09");
            }
            links.push(self.link(debit, credit, *amount, effective)?);
        }
        Ok(links)
    }

    /// An allocation counts from its date, but not before either document, nor before what was taken back of either.
    pub fn link(
        &mut self,
        debit: usize,
        credit: usize,
        amount: i64,
        effective: NaiveDate,
    ) -> Result<usize, &'static str> {
        let reopened =
            self.links.iter().filter(|link| link.amount < 0 && (link.debit == debit || link.credit == credit));
        let reopened = reopened.map(|link| link.effective).max().unwrap_or(effective);
        let effective = effective.max(self.items[debit].date).max(self.items[credit].date).max(reopened);
        self.open_day(effective)?;
        let on_disputed = self.items[debit].disputed > 0;
        let (taken_back, counter, reverses) = (false, false, None);
        self.links.push(Link { debit, credit, amount, effective, taken_back, counter, reverses, on_disputed });
        Ok(self.links.len() - 1)
    }

    pub fn take_back(&mut self, link: usize, effective: NaiveDate) -> Result<usize, &'static str> {
        let first = &mut self.links[link];
        if first.taken_back || first.counter || first.amount < 0 {
            return Err("ACT-08");
        }
        first.taken_back = true;
        let effective = effective.max(first.effective);
        let back = Link { amount: -first.amount, effective, taken_back: false, reverses: Some(link), ..first.clone() };
        self.open_day(effective)?;
        self.links.push(back);
        Ok(self.links.len() - 1)
    }

    pub fn reduce(&mut self, kind: Kind, item: i64, amount: i64, date: NaiveDate) -> Outcome {
        positive(amount)?;
        let debit = self.known_item(item)?;
        if amount > self.open(debit) {
            return Err("AMT-06");
        }
        let (customer, currency) = (self.items[debit].customer, self.items[debit].currency);
        let date = date.max(self.items[debit].date);
        let (series, letter) = match kind {
            Kind::WriteOff => (1, "W"),
            Kind::Difference => (4, "F"),
            _ => (2, "C"),
        };
        let number = self.free_number(kind, series, letter);
        self.numbers.push((kind, number));
        self.places.push(self.items.len());
        self.open_day(date)?;
        let credit = self.item(kind, customer, date, date, currency, -amount);
        let links = self.set_against(credit, &[(item, amount)], date)?;
        Ok(Wrote { items: vec![credit], links, ..Wrote::default() })
    }

    fn undo(&mut self, act: i64, undone: i64, today: NaiveDate) -> Outcome {
        let Some(first) = self.acts.get(&undone).cloned() else { return Err("ACT-04") };
        if first.undone {
            return Err("ACT-08");
        }
        if !first.undoable {
            return Err("ACT-10");
        }
        let mut wrote = self.reverse(&first, today)?;
        if let Some(place) = first.case {
            let case = self.cases[place].clone();
            if case.last_act != undone {
                return Err("ACT-10");
            }
            // Taking back the opening voids the case; taking back its decision opens it again.
            self.step_back(place, !case.open, undone);
            if self.is_beyond_open(place) {
                return Err("ACT-10");
            }
            self.cases[place].version += 1;
            self.cases[place].last_act = act;
            wrote.case = Some(place);
        }
        self.acts.entry(undone).and_modify(|wrote| wrote.undone = true);
        Ok(wrote)
    }

    /// Takes back the allocations of an act and sets a counter-document against each of its documents, newest first.
    pub fn reverse(&mut self, first: &Wrote, today: NaiveDate) -> Outcome {
        let mut wrote = Wrote::default();
        for link in first.links.iter().rev() {
            wrote.links.push(self.take_back(*link, today)?);
        }
        for item in first.items.iter().rev() {
            let old = self.items[*item].clone();
            if self.open(*item) != old.amount || old.disputed > 0 {
                return Err("ACT-10");
            }
            let date = today.max(old.date);
            self.open_day(date)?;
            let counter = self.item(old.kind, old.customer, date, date, old.currency, -old.amount);
            let (debit, credit) = if old.amount > 0 { (*item, counter) } else { (counter, *item) };
            wrote.items.push(counter);
            let link = self.link(debit, credit, old.amount.abs(), date)?;
            self.links[link].counter = true;
            wrote.links.push(link);
        }
        Ok(wrote)
    }
}

pub fn place(number: i64, count: usize) -> Option<usize> {
    usize::try_from(number - 1).ok().filter(|place| *place < count)
}

fn positive(amount: i64) -> Result<(), &'static str> {
    match amount {
        ..=0 => Err("AMT-05"),
        10_000_000_000_000.. => Err("AMT-02"),
        _ => Ok(()),
    }
}
