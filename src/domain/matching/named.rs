//! Which documents a payment names: every mention is looked up once in the whole book, then read from the side of one
//! customer, where slips and short forms may count too. What is named and not this customer's is kept as a doubt.

use super::answer::Reading;
use super::book::{Book, Field};
use super::extract::{self, Extract, Mention, Place};
use super::keys::{self, Key};
use super::payment::Payment;

/// The most readings of one mention that are followed.
const READINGS: usize = 12;

/// The shortest number in which a slip is assumed.
const SLIP_DIGITS: usize = 5;

/// What the book knows of a mention.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Hits {
    /// Items of documents with this number.
    number: Vec<u32>,
    /// Items with this order or other reference.
    other: Vec<u32>,
    /// A document of this number was paid before the book was built.
    paid: bool,
    /// The customer with this number.
    customer: Option<u32>,
    /// Whether it has as many digits as the number printed on the document: then a break in it is only a break.
    full: bool,
}

/// The mentions of a payment, looked up.
#[derive(Debug)]
pub(super) struct Lookup {
    extract: Extract,
    hits: Vec<Hits>,
}

/// The customers a payment's words point to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Implied {
    /// By numbers of documents.
    pub numbers: Vec<u32>,
    /// By orders and other references, where no number was named.
    pub others: Vec<u32>,
    /// By a customer number after a word that says so.
    pub said: Vec<u32>,
    /// By a bare customer number.
    pub bare: Vec<u32>,
}

impl Lookup {
    /// Reads a payment and looks up what it mentions.
    pub fn new(book: &Book, payment: &Payment) -> Lookup {
        let extract = extract::read(payment);
        let hits = extract.mentions.iter().map(|mention| Lookup::hits(book, mention)).collect();
        Lookup { extract, hits }
    }

    fn hits(book: &Book, mention: &Mention) -> Hits {
        let mut hits = Hits::default();
        let certain = mention.line.is_some() || mention.read != Reading::Exact || book.is_prefix(&mention.key.prefix);
        if mention.until.is_some() || mention.key.tight.is_empty() || mention.digits < 3 && !certain {
            return hits;
        }
        book.find(&mention.key, Field::Number, &mut hits.number);
        let digits = |place: &u32| {
            let printed = book.rows.get(*place as usize).map_or("", |row| book.written(row, Field::Number));
            printed.bytes().filter(u8::is_ascii_digit).count()
        };
        hits.full = hits.number.iter().any(|place| digits(place) == mention.digits);
        if !mention.issued_to.is_empty() {
            let owner = book.customer_numbered(&Key::of(&mention.issued_to));
            let customer = |place: &u32| book.rows.get(*place as usize).map(|row| row.customer);
            hits.number.retain(|place| owner.is_some() && customer(place) == owner);
            return hits;
        }
        book.find(&mention.key, Field::Order, &mut hits.other);
        book.find(&mention.key, Field::Reference, &mut hits.other);
        hits.paid = book.was_paid(&mention.key);
        hits.customer = if mention.joined || mention.date { None } else { book.customer_numbered(&mention.key) };
        hits
    }

    fn all(&self) -> impl Iterator<Item = (&Mention, &Hits)> {
        self.extract.mentions.iter().zip(&self.hits)
    }

    /// The customers the mentions point to.
    pub fn implied(&self, book: &Book) -> Implied {
        let mut implied = Implied::default();
        let owner = |place: &u32| book.rows.get(*place as usize).map(|row| row.customer);
        let tells = |one: &(&Mention, &Hits)| is_telling(one.0, book) || one.1.full && one.0.digits > 4;
        let mut ranked: Vec<(&Mention, &Hits)> = self.all().filter(tells).collect();
        ranked.sort_by_key(|(mention, hits)| {
            let listed = mention.read == Reading::Listed;
            (hits.number.is_empty(), listed, !hits.full, mention.joined, usize::MAX - mention.digits)
        });
        let mut taken: Vec<Place> = Vec::new();
        for (mention, hits) in ranked {
            let found = if hits.number.is_empty() { &hits.other } else { &hits.number };
            if mention.customer && hits.customer.is_some() {
                implied.said.extend(hits.customer);
                taken.push(mention.place);
            } else if taken.iter().any(|place| place.meets(&mention.place)) {
                continue;
            } else if !found.is_empty() {
                let side = if hits.number.is_empty() { &mut implied.others } else { &mut implied.numbers };
                side.extend(found.iter().filter_map(owner));
                taken.push(mention.place);
            } else if !hits.paid {
                implied.bare.extend(hits.customer);
            }
        }
        for side in [&mut implied.numbers, &mut implied.others, &mut implied.said, &mut implied.bare] {
            side.sort_unstable();
            side.dedup();
        }
        implied
    }

    /// The items whose number is one slip from something written and whose open amount is the receipt's, for a
    /// payment of which nothing else is known.
    pub fn is_near(&self, book: &Book, place: u32) -> bool {
        let number = book.rows.get(place as usize).map(|row| Key::of(book.written(row, Field::Number)));
        number.is_some_and(|own| self.extract.mentions.iter().any(|mention| is_slip(book, mention, &own)))
    }
}

/// Whether a mention is long or plain enough to say whose document it is.
fn is_telling(mention: &Mention, book: &Book) -> bool {
    let length = if mention.joined { 6 } else { 4 };
    let prefixed = book.is_prefix(&mention.key.prefix);
    (prefixed || !mention.date) && (mention.digits >= length || mention.line.is_some() || !mention.joined && prefixed)
}

/// One thing the payer named, with the sets of items it may stand for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Named {
    /// As written.
    pub written: String,
    /// Sets of rows it may stand for, likeliest first, each with how it was read.
    pub readings: Vec<(Vec<u32>, Reading)>,
    /// Whether it names an order or another reference.
    pub order: bool,
    /// Whether it may as well be no document at all.
    pub optional: bool,
    /// The line of the advice.
    pub line: Option<usize>,
}

/// What a payment names, from the side of one customer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Naming {
    pub named: Vec<Named>,
    /// Documents that were paid already; `true` where written with the letters our numbers begin with.
    pub settled: Vec<(String, bool)>,
    /// Documents of other customers, in the same way.
    pub foreign: Vec<(String, bool)>,
    /// Numbers nobody knows.
    pub unknown: Vec<String>,
    /// Documents of this customer in another currency: items, and the name as written.
    pub other_currency: Vec<(i64, String)>,
}

/// What a mention is to a customer, in the order in which overlapping mentions are preferred.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Class {
    Own,
    Settled,
    OwnOther,
    Customer,
    Foreign,
    Looks,
    Slip,
}

/// Reads the mentions from a customer's side.
pub(super) fn name(book: &Book, lookup: &Lookup, payment: &Payment, customer: u32) -> Naming {
    let reader = Reader { book, payment, customer };
    let mut picks: Vec<(Class, &Mention, Vec<u32>)> = Vec::new();
    for (mention, hits) in lookup.all() {
        picks.extend(reader.class(mention, hits).map(|(class, rows)| (class, mention, rows)));
    }
    let mut taken: Vec<Place> = Vec::new();
    let mut naming = Naming::default();
    take(&mut picks, &mut taken, |class, mention, rows| reader.note(&mut naming, class, mention, rows));
    // What is not known as it stands may be one slip away, or be read from letters that look like digits.
    let open = |mention: &&Mention| !taken.iter().any(|place| place.meets(&mention.place));
    let doubtful: Vec<&Mention> = lookup.extract.mentions.iter().filter(open).collect();
    let mut picks: Vec<(Class, &Mention, Vec<u32>)> = Vec::new();
    for mention in doubtful.iter().filter(|mention| mention.read == Reading::Exact && !mention.dated) {
        picks.extend(reader.near(mention).map(|(class, rows)| (class, *mention, rows)));
    }
    let mut assumed: Vec<Place> = Vec::new();
    take(&mut picks, &mut assumed, |class, mention, rows| reader.note(&mut naming, class, mention, rows));
    let is_free = |place: &Place| !taken.iter().chain(&assumed).any(|other| other.meets(place));
    let numbers = lookup.extract.numbers.iter().filter(|(place, _)| is_free(place));
    naming.unknown.extend(numbers.map(|(_, written)| written.clone()));
    let prefixed = lookup.extract.mentions.iter().filter(|mention| {
        let hidden = mention.digits < 4 || mention.date;
        mention.place.first == mention.place.last && hidden && book.is_prefix(&mention.key.prefix)
    });
    naming.unknown.extend(prefixed.filter(|one| is_free(&one.place)).map(|one| one.written.clone()));
    naming
}

/// Takes the picks that do not overlap, best first.
fn take(
    picks: &mut [(Class, &Mention, Vec<u32>)],
    taken: &mut Vec<Place>,
    mut note: impl FnMut(Class, &Mention, &[u32]),
) {
    picks.sort_by_key(|(class, mention, _)| {
        let length = mention.place.last - mention.place.first;
        let listed = mention.read == Reading::Listed && mention.until.is_none();
        let loose = *class == Class::Foreign && mention.joined;
        (*class, listed, loose, usize::MAX - mention.digits, usize::MAX - length, mention.place)
    });
    for (class, mention, rows) in picks {
        if !taken.iter().any(|place| place.meets(&mention.place)) {
            taken.push(mention.place);
            note(*class, mention, rows);
        }
    }
}

struct Reader<'a> {
    book: &'a Book,
    payment: &'a Payment,
    customer: u32,
}

impl Reader<'_> {
    fn is_own(&self, place: &u32) -> bool {
        self.book.rows.get(*place as usize).is_some_and(|row| row.customer == self.customer)
    }

    fn is_open(&self, place: &u32) -> bool {
        self.book.rows.get(*place as usize).is_some_and(|row| row.open != 0)
    }

    /// What a mention is to this customer as it stands, with the rows it stands for.
    fn class(&self, mention: &Mention, hits: &Hits) -> Option<(Class, Vec<u32>)> {
        if let Some(until) = mention.until {
            let rows = self.range(mention, until);
            return (rows.len() > 1).then_some((Class::Own, rows));
        }
        let own = |rows: &[u32]| rows.iter().copied().filter(|row| self.is_own(row)).collect::<Vec<u32>>();
        let numbers = own(&hits.number);
        let others = own(&hits.other);
        let known = hits.customer == Some(self.customer);
        let foreign = !hits.number.is_empty() || hits.paid;
        match () {
            () if known && mention.customer => Some((Class::Customer, Vec::new())),
            () if numbers.iter().any(|row| self.is_open(row)) => Some((Class::Own, numbers)),
            () if !numbers.is_empty() => Some((Class::Settled, numbers)),
            () if others.iter().any(|row| self.is_open(row)) => Some((Class::OwnOther, others)),
            () if known => Some((Class::Customer, Vec::new())),
            () if mention.date && !self.book.is_prefix(&mention.key.prefix) => None,
            () if foreign && mention.read == Reading::Exact && mention.digits >= 4 + usize::from(mention.joined) => {
                Some((Class::Foreign, hits.number.clone()))
            }
            () => None,
        }
    }

    /// The open rows of this customer whose number lies in a range.
    fn range(&self, mention: &Mention, until: u64) -> Vec<u32> {
        let Ok(from) = mention.key.tight.parse::<u64>() else { return Vec::new() };
        let mut rows = Vec::new();
        for number in from..=until {
            let tight = number.to_string();
            let key = Key { prefix: mention.key.prefix.clone(), loose: tight.clone(), tight };
            self.book.find(&key, Field::Number, &mut rows);
        }
        rows.retain(|row| self.is_own(row) && self.is_open(row));
        rows
    }

    /// The open rows of this customer whose number is like a mention nobody knows.
    fn near(&self, mention: &Mention) -> Option<(Class, Vec<u32>)> {
        if let Some(looks) = &mention.looks {
            let mut rows = Vec::new();
            self.book.find(looks, Field::Number, &mut rows);
            rows.retain(|row| self.is_own(row) && self.is_open(row));
            if !rows.is_empty() {
                return Some((Class::Looks, rows));
            }
        }
        if mention.key.tight.len() < SLIP_DIGITS {
            return None;
        }
        let mut own = Key::default();
        let mut rows = Vec::new();
        for place in self.book.rows_of(self.customer) {
            let Some(row) = self.book.rows.get(place as usize).filter(|row| row.open != 0) else { continue };
            own.read(self.book.written(row, Field::Number));
            if is_slip(self.book, mention, &own) {
                rows.push(place);
            }
        }
        (!rows.is_empty()).then_some((Class::Slip, rows))
    }

    /// Writes down what a mention turned out to be.
    fn note(&self, naming: &mut Naming, class: Class, mention: &Mention, rows: &[u32]) {
        let written = mention.written.clone();
        let prefixed = self.book.is_prefix(&mention.key.prefix);
        let read = match class {
            Class::Settled => return naming.settled.push((written, prefixed)),
            Class::Foreign if rows.is_empty() => return naming.settled.push((written, prefixed)),
            Class::Foreign if rows.iter().all(|row| !self.is_open(row)) => {
                return naming.settled.push((written, prefixed));
            }
            Class::Foreign => return naming.foreign.push((written, prefixed)),
            Class::Customer => return,
            Class::Own | Class::OwnOther => mention.read,
            Class::Looks => Reading::LooksLike,
            Class::Slip => Reading::Slip,
        };
        let fits = |place: &&u32| {
            self.book.rows.get(**place as usize).is_some_and(|row| row.currency == self.payment.currency)
        };
        let open: Vec<u32> = rows.iter().filter(|row| self.is_open(row)).filter(fits).copied().collect();
        if open.is_empty() {
            let ids = rows.iter().filter_map(|row| self.book.rows.get(*row as usize)).map(|row| row.id);
            naming.other_currency.extend(ids.map(|id| (id, written.clone())));
            return;
        }
        let optional = matches!(class, Class::Looks | Class::Slip);
        let order = class == Class::OwnOther;
        let mut readings = self.readings(open, order || mention.until.is_some());
        readings.truncate(READINGS);
        let readings = readings.into_iter().map(|rows| (rows, read)).collect();
        naming.named.push(Named { written, readings, order, optional, line: mention.line });
    }

    /// The sets of items a name may stand for. A document stands for its instalments in the order of their due dates:
    /// all, or the first ones. An order or a range stands for all its items, or for one of them.
    fn readings(&self, mut rows: Vec<u32>, group: bool) -> Vec<Vec<u32>> {
        rows.sort_unstable();
        let document = |place: &u32| self.book.rows.get(*place as usize).map(|row| row.document);
        let mut documents: Vec<Option<i64>> = rows.iter().map(document).collect();
        documents.sort_unstable();
        documents.dedup();
        let mut readings: Vec<Vec<u32>> = Vec::new();
        if group && documents.len() > 1 {
            readings.push(rows.clone());
        }
        for wanted in documents.into_iter().take(READINGS) {
            let parts: Vec<u32> = rows.iter().copied().filter(|row| document(row) == wanted).collect();
            readings.extend((1..=parts.len().min(READINGS)).rev().map(|count| parts[..count].to_vec()));
        }
        readings
    }
}

/// Whether a mention is one slip from a number.
fn is_slip(book: &Book, mention: &Mention, own: &Key) -> bool {
    let key = &mention.key;
    let long = !mention.dated && key.tight.len() >= SLIP_DIGITS && mention.digits >= SLIP_DIGITS - 1;
    long && book.prefix_fits(&key.prefix, &own.prefix)
        && (keys::one_slip(&key.tight, &own.tight) || keys::one_slip(&key.loose, &own.loose))
}
