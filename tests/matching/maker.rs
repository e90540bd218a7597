//! Makes payments whose truth is known: picks items nobody paid yet, says who pays in one of several ways, and writes
//! the references. What then happens to the writing is in `damage`.

use super::oracle::{Facts, Written};
use super::world::{Dice, Item, World, today};
use o2c::domain::matching::Payment;
use o2c::domain::money::Currency;

/// A payment with what is true about it.
#[derive(Clone, Debug)]
pub struct Case {
    pub payment: Payment,
    pub facts: Facts,
    /// Whose, and the items it settles in full; `None` where nothing may be applied without a person.
    pub truth: Option<(usize, Vec<usize>)>,
}

/// How a payment says who pays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    Account,
    Name,
    CutName,
    Number,
    Nobody,
}

/// Makes one payment after the other.
pub struct Maker<'a> {
    pub world: &'a World,
    pub dice: Dice,
    used: Vec<bool>,
}

impl<'a> Maker<'a> {
    pub fn new(world: &'a World, seed: u64) -> Self {
        Maker { world, dice: Dice(seed << 32), used: vec![false; world.items] }
    }

    /// Goes on with the memory of an earlier maker: the book changed in between.
    pub fn resume(world: &'a World, (dice, used): (Dice, Vec<bool>)) -> Self {
        Maker { world, dice, used }
    }

    pub fn rest(self) -> (Dice, Vec<bool>) {
        (self.dice, self.used)
    }

    pub fn reserve(&mut self, items: &[Item]) {
        items.iter().for_each(|item| self.used[item.place] = true);
    }

    /// Whether an item can be paid: an invoice in euro, open, meant by no other payment.
    pub fn is_free(&self, place: usize) -> bool {
        !self.used[place] && !self.world.item(place).dollars && self.world.open(place) != 0
    }

    pub fn customer(&mut self) -> usize {
        self.dice.below(self.world.customers() as u64) as usize
    }

    /// Free invoices of a customer that are as wanted.
    pub fn invoices(&self, customer: usize, wanted: impl Fn(&Item) -> bool) -> Vec<Item> {
        let free = self.world.of(customer).filter(|place| self.is_free(*place));
        free.map(|place| self.world.item(place)).filter(|item| !item.credit && wanted(item)).collect()
    }

    /// So many invoices of one customer.
    pub fn pick(&mut self, count: usize, wanted: impl Fn(&Item) -> bool) -> Option<Vec<Item>> {
        for _ in 0..200 {
            let customer = self.customer();
            let mut free = self.invoices(customer, &wanted);
            if free.len() < count {
                continue;
            }
            while free.len() > count {
                let place = self.dice.below(free.len() as u64) as usize;
                free.remove(place);
            }
            self.reserve(&free);
            return Some(free);
        }
        None
    }

    /// So many invoices of one customer with numbers that follow one another.
    pub fn pick_row(&mut self, count: usize) -> Option<Vec<Item>> {
        for _ in 0..400 {
            let customer = self.customer();
            let free = self.invoices(customer, |_| true);
            let follows =
                |row: &&[Item]| row.windows(2).all(|two| self.serial_of(&two[0]) + 1 == self.serial_of(&two[1]));
            let rows: Vec<&[Item]> = free.windows(count).filter(follows).collect();
            if rows.is_empty() {
                continue;
            }
            let row = rows[self.dice.below(rows.len() as u64) as usize].to_vec();
            self.reserve(&row);
            return Some(row);
        }
        None
    }

    fn serial_of(&self, item: &Item) -> u64 {
        self.world.serial(item.place)
    }

    pub fn open(&self, items: &[Item]) -> i64 {
        items.iter().map(|item| self.world.open(item.place)).sum()
    }

    /// A payment of these items by their customer, said in one of the ways.
    pub fn case(&mut self, items: &[Item], amount: i64, who: Who) -> Case {
        let customer = items[0].customer;
        let mut places: Vec<usize> = items.iter().map(|item| item.place).collect();
        places.sort_unstable();
        let mut case = Case {
            payment: Payment::new(amount, Currency::EUR, today()),
            facts: Facts { amount, ..Facts::default() },
            truth: Some((customer, places)),
        };
        self.say(&mut case, customer, who);
        case
    }

    /// Says who pays.
    pub fn say(&mut self, case: &mut Case, customer: usize, who: Who) {
        let name = self.world.name(customer);
        let who = if who == Who::Account && self.world.account(customer).is_empty() { Who::Name } else { who };
        match who {
            Who::Account => {
                case.payment.account = self.world.account(customer);
                case.facts.account = case.payment.account.clone();
                case.payment.name = if self.dice.below(3) == 0 { String::new() } else { name.to_uppercase() };
            }
            Who::Name => {
                case.payment.name = name.to_uppercase();
                case.facts.name = name;
            }
            Who::CutName => case.payment.name = name.chars().take(18).collect(),
            Who::Number => {
                case.payment.customer_number = self.world.customer_number(customer);
                case.facts.customer = Some(customer);
            }
            Who::Nobody => {}
        }
    }

    /// One of the ways, the account most often.
    pub fn anybody(&mut self) -> Who {
        *self.dice.pick(&[
            Who::Account,
            Who::Account,
            Who::Account,
            Who::Account,
            Who::Account,
            Who::Name,
            Who::Name,
            Who::Number,
            Who::CutName,
            Who::Nobody,
        ])
    }

    /// A way that says for sure who pays.
    pub fn somebody(&mut self) -> Who {
        *self.dice.pick(&[Who::Account, Who::Account, Who::Account, Who::Number])
    }

    /// Words around a reference, as people write them.
    pub fn sentence(&mut self, reference: &str) -> String {
        let around = self.dice.pick(&[
            ("", ""),
            ("Rechnung ", ""),
            ("Invoice ", " thank you"),
            ("RG NR. ", " VOM 02.03.2026"),
            ("PAYMENT ", " EUR 1.234,56"),
            ("SEPA-UEBERWEISUNG ", ""),
        ]);
        format!("{}{reference}{}", around.0, around.1)
    }

    /// Where a slip happens to name another open item of the customer with the same amount, what is written counts:
    /// nobody could know better.
    fn heed(&self, case: &mut Case, item: &Item, written: &str) {
        let digits: String = written.chars().filter(char::is_ascii_digit).collect();
        let found = digits.parse().ok().and_then(|serial| self.world.place_of(serial));
        let same = |place: &usize| {
            *place < self.world.items
                && self.world.number(*place) == written
                && self.world.open(*place) == self.world.open(item.place)
                && self.world.customer_of(*place) == item.customer
        };
        if let (Some(place), Some((_, places))) = (found.filter(same), &mut case.truth) {
            places.retain(|meant| *meant != item.place);
            places.push(place);
            places.sort_unstable();
        }
    }

    /// A payment that names each item once, each as `write` has it.
    pub fn naming(&mut self, items: &[Item], amount: i64, write: impl Fn(&mut Dice, &str) -> (String, String)) -> Case {
        let who = self.anybody();
        let mut case = self.case(items, amount, who);
        let mut texts = Vec::new();
        for item in items {
            let (text, read) = write(&mut self.dice, &item.number);
            self.heed(&mut case, item, &read);
            texts.push(text);
            case.facts.refs.push(Written::Number(read));
        }
        let sign = *self.dice.pick(&[", ", " ", " / ", "; ", " und ", "\n"]);
        case.payment.text = self.sentence(&texts.join(sign));
        case
    }
}
