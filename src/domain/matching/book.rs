//! The open items and customers the engine looks up in, built once for a run and told of every application, so that
//! the next payment sees what is still open. Lean: texts in one place, references in tables of eight bytes an entry.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::super::document::DocumentKind;
use super::super::money::Currency;
use super::super::terms::Discount;
use super::super::text;
use super::answer::Explanation;
use super::combine;
use super::index::Index;
use super::keys::Key;
use super::names::Names;
use super::payment::Payment;
use super::policy::Policy;

/// A customer as the engine needs to know it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Customer {
    /// The customer.
    pub id: i64,
    /// Our number for it.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Accounts it pays from: its own and those confirmed once.
    pub accounts: Vec<String>,
}

/// One open item as the store reads it. Rows with nothing open are welcome: a number that was paid is then known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenItem<'a> {
    /// The item.
    pub id: i64,
    /// Its document; items of one document are its instalments.
    pub document: i64,
    /// Whose it is.
    pub customer: i64,
    /// What the document is; credits have negative amounts.
    pub kind: DocumentKind,
    /// The document's number.
    pub number: &'a str,
    /// The order it bills.
    pub order: &'a str,
    /// Its other reference: delivery, the customer's purchase order, the payment reference printed on it.
    pub reference: &'a str,
    /// The document's date.
    pub document_date: NaiveDate,
    /// When it is due.
    pub due: NaiveDate,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What it was worth, in minor units.
    pub amount: i64,
    /// What is open of it.
    pub open: i64,
    /// The disputed part.
    pub disputed: i64,
    /// The discount of its terms.
    pub discount: Option<Discount>,
    /// Any number that is the same for items of the same payment terms.
    pub terms: u32,
    /// Whether it is interest or a fee for late payment.
    pub charge: bool,
}

/// An item as it is kept: texts are in [`Book::text`], the discount in [`Book::discounts`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub id: i64,
    pub document: i64,
    pub amount: i64,
    pub open: i64,
    /// What was open when the book was built.
    pub opened: i64,
    pub disputed: i64,
    pub customer: u32,
    pub terms: u32,
    text: u32,
    lengths: [u8; 3],
    pub currency: Currency,
    pub due: NaiveDate,
    pub document_date: NaiveDate,
    discount: u16,
    pub charge: bool,
}

/// Which of an item's references was named.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Field {
    Number,
    Order,
    Reference,
}

/// How many beginnings of numbers are remembered; a book has a handful, free references may have any.
const PREFIXES: usize = 2000;

/// How many items of a payer, and how many steps, the look for disputed ones takes.
const LOOKED_AT: usize = 30;
const STEPS: u32 = 20_000;

/// What the engine looks up in. Made by [`Builder`].
#[derive(Debug)]
pub struct Book {
    pub(super) rows: Vec<Row>,
    text: String,
    discounts: Vec<Discount>,
    /// Net amounts of items whose discount is on them and leaves the tax as it is.
    nets: HashMap<i64, i64>,
    pub(super) customers: Vec<Customer>,
    starts: Vec<u32>,
    indexes: [Index; 3],
    numbers: Index,
    accounts: Vec<(String, u32)>,
    /// Places of rows by what was open when the book was built.
    amounts: Vec<u32>,
    pub(super) names: Names,
    /// Letters that documents' numbers begin with.
    prefixes: Vec<String>,
    paid: Vec<u64>,
    paid_numbers: usize,
    pub(super) whole: bool,
    policy: Policy,
    policies: HashMap<i64, Policy>,
    /// The group of each customer that is in one, by its place.
    groups: HashMap<u32, u32>,
    /// Names of the groups.
    group_names: Vec<String>,
}

impl Book {
    /// The place of a customer in this book.
    pub(super) fn place_of(&self, customer: i64) -> Option<u32> {
        self.customers.binary_search_by_key(&customer, |known| known.id).ok().map(|place| place as u32)
    }

    /// The policy of a customer.
    pub(super) fn policy(&self, place: u32) -> &Policy {
        let own = self.customers.get(place as usize).and_then(|customer| self.policies.get(&customer.id));
        own.unwrap_or(&self.policy)
    }

    /// The company's policy.
    pub(super) fn default_policy(&self) -> &Policy {
        &self.policy
    }

    /// The name of the group that all of these customers are in; `None` where one of them is in another or none.
    pub(super) fn group_of_all<'p>(&self, customers: impl IntoIterator<Item = &'p u32>) -> Option<&str> {
        let mut groups = customers.into_iter().map(|place| self.groups.get(place));
        let first = groups.next()??;
        let all = groups.all(|group| group == Some(first));
        self.group_names.get(*first as usize).filter(|_| all).map(String::as_str)
    }

    /// The rows of a customer by due date, as places in [`Book::rows`].
    pub(super) fn rows_of(&self, customer: u32) -> std::ops::Range<u32> {
        let at = |place: usize| self.starts.get(place).copied().unwrap_or(self.rows.len() as u32);
        at(customer as usize)..at(customer as usize + 1)
    }

    /// One reference of a row, as the document has it.
    pub(super) fn written(&self, row: &Row, field: Field) -> &str {
        let [number, order, reference] = row.lengths.map(usize::from);
        let from = row.text as usize;
        let range = match field {
            Field::Number => from..from + number,
            Field::Order => from + number..from + number + order,
            Field::Reference => from + number + order..from + number + order + reference,
        };
        self.text.get(range).unwrap_or("")
    }

    /// What the discount of a row is a percentage of.
    pub(super) fn discount_base(&self, row: &Row) -> i64 {
        if self.nets.is_empty() { row.open } else { self.nets.get(&row.id).copied().unwrap_or(row.open) }
    }

    /// The discount of a row's terms.
    pub(super) fn discount(&self, row: &Row) -> Option<Discount> {
        self.discounts.get(usize::from(row.discount)).copied()
    }

    /// The rows whose reference is the one asked for, prefixes respected.
    pub(super) fn find(&self, key: &Key, field: Field, found: &mut Vec<u32>) {
        let (loose, tight) = key.hashes();
        let mut own = Key::default();
        for hash in std::iter::once(loose).chain(tight) {
            for place in self.indexes[field as usize].get(hash) {
                let Some(row) = self.rows.get(place as usize) else { continue };
                own.read(self.written(row, field));
                if own.agrees(key) && self.prefix_fits(&key.prefix, &own.prefix) && !found.contains(&place) {
                    found.push(place);
                }
            }
        }
    }

    /// Whether a number written with `written` before it may be one that begins with `own`: the same letters, none, or
    /// letters no document of ours begins with (`Rechnung 4711`).
    pub(super) fn prefix_fits(&self, written: &str, own: &str) -> bool {
        written.is_empty() || written == own || !self.is_prefix(written)
    }

    /// Whether documents of ours begin with these letters.
    pub(super) fn is_prefix(&self, letters: &str) -> bool {
        self.prefixes.binary_search_by(|known| known.as_str().cmp(letters)).is_ok()
    }

    /// Whether a document of this number was paid before this book was built.
    pub(super) fn was_paid(&self, key: &Key) -> bool {
        let (loose, tight) = key.hashes();
        std::iter::once(loose).chain(tight).any(|hash| self.paid.binary_search(&hash).is_ok())
    }

    /// Whether enough paid documents are known for a number nobody knows to be a slip: a ledger taken over with its open
    /// items alone has hardly any.
    pub(super) fn knows_paid(&self) -> bool {
        self.paid_numbers * 4 >= self.rows.len()
    }

    /// The customer of a customer number.
    pub(super) fn customer_numbered(&self, key: &Key) -> Option<u32> {
        let (loose, tight) = key.hashes();
        std::iter::once(loose).chain(tight).flat_map(|hash| self.numbers.get(hash)).find(|place| {
            let number = self.customers.get(*place as usize).map(|customer| Key::of(&customer.number));
            number.is_some_and(|own| own.agrees(key) && self.prefix_fits(&key.prefix, &own.prefix))
        })
    }

    /// The customers that pay from an account.
    pub(super) fn customers_of_account(&self, account: &str) -> Vec<u32> {
        let from = self.accounts.partition_point(|entry| entry.0.as_str() < account);
        self.accounts[from..].iter().take_while(|entry| entry.0 == account).map(|entry| entry.1).collect()
    }

    /// The rows of which this much is open, whoever's they are.
    pub(super) fn of_amount(&self, amount: i64) -> impl Iterator<Item = u32> + '_ {
        // Rows applied to since the book was built are out of order by what is open now, but not by what was.
        let opened = |place: &u32| self.rows.get(*place as usize).map_or(0, |row| row.opened);
        let from = self.amounts.partition_point(|place| opened(place) < amount);
        let same = self.amounts[from..].iter().copied().take_while(move |place| opened(place) == amount);
        same.filter(move |place| self.rows.get(*place as usize).is_some_and(|row| row.open == amount))
    }

    /// Where a payment is exactly what several items of its payer come to, of which some are disputed: the number of the
    /// first disputed one. The rules look for a person then, and say why.
    pub fn with_disputed(&self, payer: i64, payment: &Payment) -> Option<String> {
        let place = self.place_of(payer)?;
        let rows: Vec<&Row> = self.rows_of(place).filter_map(|row| self.rows.get(row as usize)).collect();
        let open = |row: &&&Row| row.open > 0 && row.currency == payment.currency;
        let rows: Vec<&Row> = rows.iter().filter(open).take(LOOKED_AT).copied().collect();
        if rows.iter().all(|row| row.disputed == 0) {
            return None;
        }
        let amounts: Vec<i64> = rows.iter().map(|row| row.open).collect();
        let sets = combine::search(payment.amount, &amounts, STEPS).sets;
        let all = (amounts.iter().sum::<i64>() == payment.amount).then(|| (0..rows.len()).collect());
        let disputed =
            |set: &Vec<usize>| set.iter().find(|at| rows.get(**at).is_some_and(|row| row.disputed > 0)).copied();
        let first = sets.into_iter().chain(all).find_map(|set: Vec<usize>| disputed(&set))?;
        rows.get(first).map(|row| self.written(row, Field::Number).to_owned())
    }

    /// Tells the book that an explanation was applied: its items have less open from now on.
    pub fn apply(&mut self, explanation: &Explanation) {
        let Some(customer) = self.place_of(explanation.customer) else { return };
        for place in self.rows_of(customer) {
            let Some(row) = self.rows.get_mut(place as usize) else { continue };
            if let Some(share) = explanation.shares.iter().find(|share| share.item == row.id) {
                row.open -= share.relieved();
            }
        }
    }

    /// What is open of an item, in minor units; `None` where the book does not hold it.
    pub fn open(&self, customer: i64, item: i64) -> Option<i64> {
        let range = self.rows_of(self.place_of(customer)?);
        let rows = self.rows.get(range.start as usize..range.end as usize)?;
        rows.iter().find(|row| row.id == item).map(|row| row.open)
    }
}

/// Collects the rows of a [`Book`]. All customers first, then their items in any order.
#[derive(Debug)]
pub struct Builder {
    book: Book,
    discounts: HashMap<(rust_decimal::Decimal, i64, i64), u16>,
    /// Groups by their folded names.
    groups: HashMap<String, u32>,
}

impl Builder {
    /// A book for these customers under a company's policy.
    pub fn new(policy: Policy, customers: impl IntoIterator<Item = Customer>) -> Self {
        let mut customers: Vec<Customer> = customers.into_iter().collect();
        customers.sort_by_key(|customer| customer.id);
        customers.dedup_by_key(|customer| customer.id);
        let book = Book {
            rows: Vec::new(),
            text: String::new(),
            discounts: Vec::new(),
            nets: HashMap::new(),
            names: Names::default(),
            customers,
            starts: Vec::new(),
            indexes: Default::default(),
            numbers: Index::default(),
            accounts: Vec::new(),
            amounts: Vec::new(),
            prefixes: Vec::new(),
            paid: Vec::new(),
            paid_numbers: 0,
            whole: true,
            policy,
            policies: HashMap::new(),
            groups: HashMap::new(),
            group_names: Vec::new(),
        };
        Builder { book, discounts: HashMap::new(), groups: HashMap::new() }
    }

    /// A customer's own policy.
    pub fn policy(&mut self, customer: i64, policy: Policy) {
        self.book.policies.insert(customer, policy);
    }

    /// Says that a customer is in a group. The customer whose name or number the group has is its parent, and in it too.
    pub fn group(&mut self, customer: i64, name: &str) {
        let (Some(place), false) = (self.book.place_of(customer), name.trim().is_empty()) else { return };
        let next = self.book.group_names.len() as u32;
        let group = *self.groups.entry(text::fold(name.trim())).or_insert(next);
        if group == next {
            self.book.group_names.push(name.trim().to_owned());
        }
        self.book.groups.insert(place, group);
    }

    /// Says that the book holds only a part of what is open, such as one customer's items for a screen: the engine
    /// then proposes and never applies, because what speaks against it may be in the other part.
    pub fn part_only(&mut self) {
        self.book.whole = false;
    }

    /// The number of a document that was paid before. Give all of them: a number one slip away from an open one is
    /// then known for what it is.
    pub fn paid(&mut self, number: &str) {
        let (loose, tight) = Key::of(number).hashes();
        self.book.paid_numbers += 1;
        self.book.paid.push(loose);
        self.book.paid.extend(tight);
    }

    /// Adds an item; `false` where its customer is unknown and it was left out.
    pub fn item(&mut self, item: &OpenItem<'_>) -> bool {
        let Some(customer) = self.book.place_of(item.customer) else { return false };
        let text = self.book.text.len() as u32;
        let mut lengths = [0; 3];
        for (length, part) in lengths.iter_mut().zip([item.number, item.order, item.reference]) {
            let end = part.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= 255).last();
            let part = &part[..end.unwrap_or(0)];
            self.book.text.push_str(part);
            *length = part.len() as u8;
        }
        let discount = self.discount(item.discount);
        self.book.rows.push(Row {
            id: item.id,
            document: item.document,
            amount: item.amount,
            open: item.open,
            opened: item.open,
            disputed: item.disputed,
            customer,
            terms: item.terms,
            text,
            lengths,
            currency: item.currency,
            due: item.due,
            document_date: item.document_date,
            discount,
            charge: item.charge,
        });
        true
    }

    /// The place of a discount among those met so far; `u16::MAX` for none.
    fn discount(&mut self, discount: Option<Discount>) -> u16 {
        let Some(discount) = discount else { return u16::MAX };
        let next = self.book.discounts.len().min(usize::from(u16::MAX)) as u16;
        let place = *self.discounts.entry((discount.percent, discount.days, discount.grace)).or_insert(next);
        if place == next && next < u16::MAX {
            self.book.discounts.push(discount);
        }
        place
    }

    /// Says that the discount of an item is a percentage of `net` alone.
    pub fn discount_on(&mut self, item: i64, net: i64) {
        self.book.nets.insert(item, net);
    }

    /// Builds the tables the engine looks up in.
    pub fn build(self) -> Book {
        let mut book = self.book;
        book.rows.sort_unstable_by_key(|row| (row.customer, row.due, row.id));
        book.rows.shrink_to_fit();
        book.text.shrink_to_fit();
        book.starts = (0..=book.customers.len() as u32)
            .map(|customer| book.rows.partition_point(|row| row.customer < customer) as u32)
            .collect();
        let mut key = Key::default();
        for field in [Field::Number, Field::Order, Field::Reference] {
            let mut index = Index::default();
            for (place, row) in book.rows.iter().enumerate() {
                key.read(book.written(row, field));
                if key.tight.is_empty() {
                    continue;
                }
                let (loose, tight) = key.hashes();
                index.add(loose, place as u32);
                tight.into_iter().for_each(|hash| index.add(hash, place as u32));
                if let Err(at) = book.prefixes.binary_search(&key.prefix)
                    && !key.prefix.is_empty()
                    && book.prefixes.len() < PREFIXES
                {
                    book.prefixes.insert(at, key.prefix.clone());
                }
            }
            index.finish();
            book.indexes[field as usize] = index;
        }
        for (place, customer) in book.customers.iter().enumerate() {
            let (loose, tight) = Key::of(&customer.number).hashes();
            book.numbers.add(loose, place as u32);
            tight.into_iter().for_each(|hash| book.numbers.add(hash, place as u32));
            let accounts = customer.accounts.iter().map(|account| super::keys::account(account));
            book.accounts.extend(accounts.filter(|account| !account.is_empty()).map(|a| (a, place as u32)));
        }
        book.numbers.finish();
        for (place, customer) in book.customers.iter().enumerate().filter(|_| !self.groups.is_empty()) {
            let parent_of = [&customer.number, &customer.name].map(|own| self.groups.get(&text::fold(own.trim())));
            if let Some(group) = parent_of.into_iter().flatten().next() {
                book.groups.entry(place as u32).or_insert(*group);
            }
        }
        book.accounts.sort();
        book.accounts.dedup();
        let mut amounts: Vec<u32> = (0..book.rows.len() as u32).collect();
        amounts.retain(|place| book.rows[*place as usize].open > 0);
        amounts.sort_unstable_by_key(|place| (book.rows[*place as usize].open, *place));
        book.amounts = amounts;
        book.names = Names::new(book.customers.iter().map(|customer| customer.name.as_str()));
        book.paid.sort_unstable();
        book.paid.dedup();
        book
    }
}
