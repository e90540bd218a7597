//! What every screen may know while it runs: the date, the user, the company, how numbers are written, what is
//! allowed, and how large the terminal is. Screens read it; only the application changes it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use chrono::NaiveDate;

use crate::acts::ActKey;
use crate::domain::authority::{Identity, Right};
use crate::domain::money::{Currency, NumberStyle};
use crate::language::calendar::no_holidays;
use crate::language::dates::{DateContext, DateOrder, Lean};
use crate::language::filter;
use crate::tui::ui::glyphs::{Glyphs, UNICODE};
use crate::tui::ui::theme::{Role, Theme};

/// Milliseconds since the workstation started. Time enters the application only with messages.
pub type Millis = u64;

/// Work that goes on behind the screens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// A look at what the matching rules would do.
    Look,
    /// A run of the matching rules.
    Apply,
    /// The letters of the dunning run with this number go out.
    Letters(String),
    /// A file of this name is taken into the book.
    Import(String),
    /// What waits in the outbox goes out.
    Mails,
}

/// How far the work behind the screens is.
#[derive(Debug, Clone)]
pub struct Running {
    /// What it is.
    pub what: Doing,
    /// Payments, letters or mails that are through.
    pub done: u64,
    /// Those that waited when it began; 0 until it has read the book.
    pub total: u64,
    /// Set to stop it between two of them.
    pub stop: Arc<AtomicBool>,
}

/// The surroundings of a screen.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// The accounting day all screens show.
    pub today: NaiveDate,
    /// Name of the signed-in user, as recorded with every act.
    pub user: String,
    /// Name of the company whose book is open.
    pub company: String,
    /// The book's base currency.
    pub base: Currency,
    /// How the book writes numbers.
    pub numbers: NumberStyle,
    /// In which order the numbers of a short date stand; ISO dates always work.
    pub date_order: DateOrder,
    /// True when nothing may be changed: every command that writes is refused in one place.
    pub read_only: bool,
    /// Why the book can only be read just now, with its code; the same is refused as when `read_only`.
    pub only_reads: Option<&'static str>,
    /// True for the demo book; shown in the header.
    pub demo: bool,
    /// How it is known who the user is.
    pub identity: Identity,
    /// Rights the user's roles give; `None` grants everything (no book, tests).
    pub rights: Option<BTreeSet<Right>>,
    /// Roles to styles.
    pub theme: Theme,
    /// The set of signs.
    pub glyphs: &'static Glyphs,
    /// The pane with the focus has the whole body.
    pub zoom: bool,
    /// The work this session has going behind the screens.
    pub running: Option<Running>,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Sixteen random bytes of this session, from which act keys are made.
    pub seed: [u8; 16],
    /// How many act keys were made so far; starts at 0. Shared by all copies, so that no two forms get the same key.
    pub keys_made: Rc<Cell<u64>>,
}

impl Ctx {
    /// Surroundings for one user on one day with the defaults everywhere else: 80x24, palette colours, Unicode.
    pub fn new(today: NaiveDate, user: &str, company: &str, base: Currency) -> Ctx {
        Ctx {
            today,
            user: user.to_owned(),
            company: company.to_owned(),
            base,
            numbers: NumberStyle::Point,
            date_order: DateOrder::default(),
            read_only: false,
            only_reads: None,
            demo: false,
            identity: Identity::Demo,
            rights: None,
            theme: Theme::Palette,
            glyphs: &UNICODE,
            zoom: false,
            running: None,
            size: (80, 24),
            seed: [0; 16],
            keys_made: Rc::default(),
        }
    }

    /// A key for a new act. Make it when the form opens, so that saving the same form twice changes the book once.
    pub fn act_key(&self) -> ActKey {
        let made = self.keys_made.get() + 1;
        self.keys_made.set(made);
        let mut bytes = self.seed;
        for (byte, part) in bytes[8..].iter_mut().zip(made.to_be_bytes()) {
            *byte ^= part;
        }
        ActKey(bytes)
    }

    /// Whether anybody checks that the user is who they say.
    pub fn checked(&self) -> bool {
        matches!(self.identity, Identity::Forced | Identity::Sudo)
    }

    /// How dates are read here; `lean` says where an incomplete one is looked for.
    pub fn dating(&self, lean: Lean) -> DateContext<'static> {
        DateContext { today: self.today, order: self.date_order, lean, due: None, holidays: &no_holidays }
    }

    /// How filters are read here.
    pub fn filtering(&self) -> filter::Context {
        filter::Context { today: self.today, style: self.numbers, date_order: self.date_order }
    }

    /// Whether the user has this right.
    pub fn may(&self, right: Right) -> bool {
        self.rights.as_ref().is_none_or(|granted| granted.contains(&right))
    }

    /// The style of a role in the current theme.
    pub fn style(&self, role: Role) -> ratatui::style::Style {
        self.theme.style(role)
    }
}
