//! Reminders: the [`Policy`] with its levels, and [`decide`], which says of every item of a customer whether a letter is
//! due, at which level and why, or why not and from which day on that changes (behaviour 5B, domain reference 5.5, 5.6).
//! What was sent before is given to it; levels are never stored.

mod amounts;
mod decide;
mod facts;
mod letter;
mod policy;
mod reason;
mod scope;

pub use amounts::{Candidate, Dunnable, Minimum, arrears, dunnable, interval_passed, level_after_minimum};
pub use decide::{Decision, Group, Outcome, Verdict, decide};
pub use facts::{Customer, Hold, Item, Origin, Sent};
pub use letter::{Letter, LetterLine};
pub use policy::{Amounts, Channel, Credits, Effect, FeePer, Interest, Level, Mode, Paid, Policy, WaitFrom};
pub use reason::Reason;
pub use scope::{Assignment, Scope, Segment, choose};
