//! A made-up book whose every fact is a function of a number, so that a million items need no memory here: customers
//! with like names, numbers that differ in one digit, equal amounts, credits, partly paid and foreign items.

use chrono::{Days, NaiveDate};
use o2c::domain::document::DocumentKind;
use o2c::domain::matching::{Book, Builder, Customer, OpenItem, Policy};
use o2c::domain::money::Currency;
use o2c::domain::terms::Discount;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// A repeatable mixing of numbers (splitmix64).
pub fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of repeatable numbers.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mix(self.0) % limit.max(1)
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// The value date of every payment.
pub fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 16).expect("a date")
}

/// One item, as the function of its place.
#[derive(Clone, Debug)]
pub struct Item {
    pub place: usize,
    pub customer: usize,
    pub credit: bool,
    pub number: String,
    pub order: String,
    pub amount: i64,
    pub document_date: NaiveDate,
    pub due: NaiveDate,
    pub discount: Option<(i64, i64)>,
    pub dollars: bool,
    pub terms: u32,
}

impl Item {
    /// The discount it still earns today on its whole amount.
    pub fn earned(&self) -> i64 {
        match self.discount {
            Some((percent, days)) if self.document_date + Days::new(days as u64) >= today() => self.percent(percent),
            _ => 0,
        }
    }

    /// Percent of the amount, half away from zero.
    pub fn percent(&self, percent: i64) -> i64 {
        (self.amount.abs() * percent + 50) / 100
    }
}

/// The made-up book. What was applied so far is kept beside it.
pub struct World {
    starts: Vec<usize>,
    pub items: usize,
    /// Numbers paid before: those of the places after the items.
    pub paid: usize,
    blocks: u64,
    pub applied: HashMap<usize, i64>,
    pub by_name: HashMap<String, Vec<usize>>,
    pub by_account: HashMap<String, Vec<usize>>,
}

const STEP: u64 = 7_919;
const ORDER_STEP: u64 = 104_729;
const FIRST: u64 = 1_000;

const WORDS: [&str; 24] = [
    "Nordwind",
    "Südkraft",
    "Alpha",
    "Bergmann",
    "Carlsen",
    "Delta",
    "Eriksen",
    "Ferro",
    "Granit",
    "Hansa",
    "Iberia",
    "Jensen",
    "Kronos",
    "Lumina",
    "Møller",
    "Norden",
    "Orion",
    "Petrov",
    "Quarz",
    "Rhein",
    "Solar",
    "Tessin",
    "Union",
    "Vektor",
];
const TRADES: [&str; 16] = [
    "Handel", "Technik", "Logistik", "Metall", "Papier", "Foods", "Trading", "Systems", "Bau", "Pharma", "Textil",
    "Energie", "Möbel", "Chemie", "Optik", "Druck",
];
const TOWNS: [&str; 30] = [
    "Hamburg", "Bremen", "Kiel", "Lübeck", "Rostock", "Berlin", "Leipzig", "Dresden", "Erfurt", "Kassel", "Köln",
    "Bonn", "Mainz", "Trier", "Ulm", "Bern", "Basel", "Genf", "Wien", "Graz", "Linz", "Oslo", "Bergen", "Malmö",
    "Turku", "Vaasa", "Gent", "Namur", "Delft", "Breda",
];
const FORMS: [&str; 5] = ["GmbH", "AG", "Ltd", "B.V.", "Oy"];

fn is_prime(number: u64) -> bool {
    (2..).take_while(|divisor| divisor * divisor <= number).all(|divisor| !number.is_multiple_of(divisor))
}

fn power(mut base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let mut result = 1;
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        exponent /= 2;
    }
    result
}

impl World {
    /// A book of so many items over so many customers.
    pub fn new(items: usize, customers: usize) -> World {
        let mean = (items / customers).max(1) as u64;
        let mut starts = vec![0];
        for customer in 0..customers {
            let size = 1 + mix(customer as u64 ^ 0xc0ffee) % (2 * mean - 1);
            let end: usize = starts[customer] + size as usize;
            starts.push(if customer + 1 == customers { items } else { end.min(items) });
        }
        let paid = items / 2;
        let blocks = (((items + paid) as u64 / 8 + 1) * 4..).find(|number| is_prime(*number)).expect("a prime");
        let (by_name, by_account) = (HashMap::new(), HashMap::new());
        let mut world = World { starts, items, paid, blocks, applied: HashMap::new(), by_name, by_account };
        for customer in 0..customers {
            world.by_name.entry(plain(&world.name(customer))).or_default().push(customer);
            world.by_account.entry(world.account(customer)).or_default().push(customer);
        }
        world.by_account.remove("");
        world
    }

    pub fn customers(&self) -> usize {
        self.starts.len() - 1
    }

    /// The places of a customer's items.
    pub fn of(&self, customer: usize) -> std::ops::Range<usize> {
        self.starts[customer]..self.starts[customer + 1]
    }

    pub fn customer_of(&self, place: usize) -> usize {
        self.starts.partition_point(|start| *start <= place) - 1
    }

    /// The number within the series: blocks of eight neighbours, scattered over a space eight times as large.
    pub fn serial(&self, place: usize) -> u64 {
        let block = (place as u64 / 8) * STEP % self.blocks;
        FIRST + block * 16 + place as u64 % 8
    }

    /// The item or paid document of a number in the series.
    pub fn place_of(&self, serial: u64) -> Option<usize> {
        let (block, rest) = (serial.checked_sub(FIRST)? / 16, (serial - FIRST) % 16);
        if rest >= 8 || block >= self.blocks {
            return None;
        }
        let inverse = power(STEP % self.blocks, self.blocks - 2, self.blocks);
        let place = (block * inverse % self.blocks * 8 + rest) as usize;
        (place < self.items + self.paid).then_some(place)
    }

    pub fn number(&self, place: usize) -> String {
        let credit = place < self.items && self.is_credit(place);
        format!("{}-{:08}", if credit { "CN" } else { "INV" }, self.serial(place))
    }

    fn is_credit(&self, place: usize) -> bool {
        mix(place as u64 ^ 0xcced).is_multiple_of(16)
    }

    pub fn item(&self, place: usize) -> Item {
        let customer = self.customer_of(place);
        let dice = mix(place as u64 ^ 0xa11ce);
        let credit = self.is_credit(place);
        // One item in eight has the customer's usual amount, so that equal amounts are common.
        let odd = 5_000 + mix(dice) % (10_u64.pow(4 + (dice % 3) as u32) * 5);
        let usual = 10_000 + mix(customer as u64 ^ 0x5a1e) % 200 * 500;
        let amount = if dice.is_multiple_of(8) { usual } else { odd } as i64;
        let document_date = today() - Days::new(1 + (dice >> 20) % 90);
        let class = mix(customer as u64 ^ 0x7e55) % 4;
        let discount = [None, Some((2, 14)), Some((3, 10)), None][class as usize].filter(|_| !credit);
        let pair = (place - self.starts[customer]) / 2 + self.starts[customer];
        Item {
            place,
            customer,
            credit,
            number: self.number(place),
            order: format!("SO-{:08}", FIRST + (pair as u64 * ORDER_STEP) % (self.blocks * 16)),
            amount: if credit { -(amount / 4).max(100) } else { amount },
            document_date,
            due: document_date + Days::new(30 + 15 * (class % 2)),
            discount,
            dollars: (dice >> 40).is_multiple_of(40),
            terms: class as u32,
        }
    }

    /// What is open of an item now: one in twenty was paid in part before.
    pub fn open(&self, place: usize) -> i64 {
        let item = self.item(place);
        let before = if (mix(place as u64) >> 33).is_multiple_of(20) { item.amount / 3 } else { 0 };
        item.amount - before - self.applied.get(&place).copied().unwrap_or(0)
    }

    pub fn name(&self, customer: usize) -> String {
        // Every twelfth customer has two neighbours of nearly its name.
        let (base, near) = match customer % 12 {
            near @ (1 | 2) => (customer - near, near),
            _ => (customer, 0),
        };
        let dice = mix(base as u64 ^ 0xbadcafe);
        let part = |from: &[&str], shift: u64| from[((dice >> shift) % from.len() as u64) as usize].to_owned();
        let (mut word, trade, town) = (part(&WORDS, 0), part(&TRADES, 16), part(&TOWNS, 32));
        if near == 2 {
            word.push('s');
        }
        let form = FORMS[((dice >> 48) as usize + usize::from(near == 1)) % FORMS.len()];
        format!("{word} {trade} {town} {form}")
    }

    pub fn customer_number(&self, customer: usize) -> String {
        format!("{}", 100_000 + customer * 7)
    }

    /// The account a customer pays from; one in twenty has none that is known, one in fifty shares its neighbour's.
    pub fn account(&self, customer: usize) -> String {
        match customer {
            _ if customer % 20 == 3 => String::new(),
            _ if customer % 50 == 7 => self.account(customer - 1),
            _ => format!("DE{:020}", mix(customer as u64 ^ 0xacc) % 10_u64.pow(18)),
        }
    }

    /// The engine's book of all this.
    pub fn book(&self) -> Book {
        self.builder().build()
    }

    /// The same before it is built.
    pub fn builder(&self) -> Builder {
        let customers = (0..self.customers()).map(|customer| Customer {
            id: customer as i64 + 1,
            number: self.customer_number(customer),
            name: self.name(customer),
            accounts: vec![self.account(customer)],
        });
        let mut builder = Builder::new(Policy::default(), customers);
        for place in 0..self.items {
            self.add(&mut builder, place);
        }
        for place in self.items..self.items + self.paid {
            builder.paid(&self.number(place));
        }
        builder
    }

    /// Adds one item to a book.
    pub fn add(&self, builder: &mut Builder, place: usize) {
        let item = self.item(place);
        let discount =
            item.discount.map(|(percent, days)| Discount { percent: Decimal::from(percent), days, grace: 0 });
        let known = builder.item(&OpenItem {
            id: place as i64 + 1,
            document: place as i64 + 1,
            customer: item.customer as i64 + 1,
            kind: if item.credit { DocumentKind::CreditNote } else { DocumentKind::Invoice },
            number: &item.number,
            order: &item.order,
            reference: "",
            document_date: item.document_date,
            due: item.due,
            currency: if item.dollars { Currency::USD } else { Currency::EUR },
            amount: item.amount,
            open: self.open(place),
            disputed: 0,
            discount,
            terms: item.terms,
            charge: false,
        });
        assert!(known, "a customer of the book");
    }
}

/// A name in small letters and digits only: how the checker compares names.
pub fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
