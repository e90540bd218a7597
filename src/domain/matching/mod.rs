//! The cash matching engine: who paid, and what for. Give it a [`Book`] of open items and one [`Payment`]; it gives an
//! [`Answer`] with every explanation it found, their arithmetic, and at most one that may be applied without a person.
//!
//! Pure: no clock, no tables, no chance; the same book and payment give the same answer. What it applies by itself must
//! be right every time, so everything that speaks against an explanation is an [`Objection`], and one is enough.
//!
//! ```
//! use o2c::domain::matching::{Builder, Customer, OpenItem, Payment, Policy, explain};
//! use o2c::domain::{document::DocumentKind, money::Currency};
//!
//! let acme = Customer { id: 1, number: "10010".into(), name: "Acme Ltd".into(), accounts: vec!["GB29 NWBK 1".into()] };
//! let mut builder = Builder::new(Policy::default(), [acme]);
//! let day = |text: &str| text.parse().unwrap();
//! builder.item(&OpenItem {
//!     id: 7, document: 7, customer: 1, kind: DocumentKind::Invoice, number: "INV-4711", order: "", reference: "",
//!     document_date: day("2026-01-10"), due: day("2026-02-09"), currency: Currency::EUR,
//!     amount: 50_000, open: 50_000, disputed: 0, discount: None, terms: 0, charge: false,
//! });
//! let mut book = builder.build();
//! let payment = Payment { text: "Invoice 4711".into(), ..Payment::new(50_000, Currency::EUR, day("2026-02-01")) };
//! let answer = explain(&book, &payment);
//! let explanation = answer.automatic().expect("named, and the sum is right");
//! assert_eq!(explanation.shares[0].item, 7);
//! book.apply(&explanation.clone());
//! assert_eq!(book.open(1, 7), Some(0));
//! ```

mod advised;
mod answer;
mod balance;
mod book;
mod checked;
mod combine;
mod extract;
mod index;
mod keys;
mod ladder;
mod named;
mod names;
mod payer;
mod payment;
mod policy;
mod runs;
mod shares;
mod verdict;

pub use answer::{Answer, Deduction, Difference, Evidence, Explanation, Left, Objection, Payer, Reading, Share};
pub use book::{Book, Builder, Customer, OpenItem};
pub use payment::{Payment, RemittanceLine};
pub use policy::{Balance, Keep, Policy, Rule};
pub use verdict::explain;
