//! Letters on paper, as one PDF: pages for an envelope with a window (DIN 5008 form B), tables that go on over pages with
//! carried sums, the letters of Helvetica or of a font that goes with the file. The same letters make the same bytes.
//!
//! `layout` sets a [`Sheet`] as marks on pages and refuses, by name, what the font cannot show; `write` makes the file.

mod face;
mod layout;
mod table;
mod widths;
mod write;

use std::fmt;

use chrono::NaiveDate;

use super::letter::Letter;
use super::page::Page;

pub use face::{Face, MOST as MOST_FONT};
pub use layout::{Laid, Mark, set};
pub use write::pdf;

/// One letter with everything that stands on its pages.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Its own number; empty for a preview.
    pub number: String,
    /// The day it is written.
    pub date: NaiveDate,
    /// The company: its name, then its address, one line each.
    pub sender: Vec<String>,
    /// The number customers call and the address letters are sent from; either may be empty.
    pub reach: [String; 2],
    /// Number of the customer.
    pub customer: String,
    /// Name of the customer.
    pub name: String,
    /// What stands in the window under the name: contact, street, town.
    pub address: Vec<String>,
    /// Subject and blocks.
    pub page: Page,
}

impl Sheet {
    /// A letter and the page its template made of it.
    pub fn new(letter: &Letter, page: Page) -> Sheet {
        let (company, customer) = (&letter.company, &letter.customer);
        let filled = |lines: Vec<&String>| lines.into_iter().filter(|line| !line.is_empty()).cloned().collect();
        Sheet {
            number: letter.number.clone(),
            date: letter.date,
            sender: filled([&company.name].into_iter().chain(&company.address).collect()),
            reach: [company.phone.clone(), company.email.clone()],
            customer: customer.number.clone(),
            name: customer.name.clone(),
            address: filled([&customer.contact].into_iter().chain(&customer.address).collect()),
            page,
        }
    }
}

/// Why a letter cannot be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unset {
    /// The font lacks a character.
    Lacks {
        /// Number and name of the customer.
        customer: String,
        /// The first character it lacks.
        character: char,
        /// Whether it is of a script that is not set at all, whatever the font.
        joined: bool,
    },
    /// The address has more lines than the window.
    Address {
        /// Number and name of the customer.
        customer: String,
    },
    /// The font cannot be cut down to what is used.
    Font,
}

impl Unset {
    /// The code of its sentence.
    pub fn code(&self) -> &'static str {
        match self {
            Unset::Lacks { .. } => "PDF-01",
            Unset::Address { .. } => "PDF-02",
            Unset::Font => "PDF-03",
        }
    }
}

impl fmt::Display for Unset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unset::Lacks { customer, character, joined: true } => write!(
                f,
                "The letter to {customer} has the character \"{character}\" (U+{:04X}), of a script that runs from right \
                 to left or joins its letters, which is not set on paper. Send it as mail.",
                u32::from(*character)
            ),
            Unset::Lacks { customer, character, joined: false } => write!(
                f,
                "The letter to {customer} has the character \"{character}\" (U+{:04X}), which the font lacks. Give a \
                 TrueType font that has it: --font FILE, or the setting letter-font.",
                u32::from(*character)
            ),
            Unset::Address { customer } => {
                write!(f, "The address of {customer} has more lines than the window of an envelope. Shorten it.")
            }
            Unset::Font => f.write_str("The font cannot be put into the file; it may be damaged. Take another one."),
        }
    }
}
