//! The run of the matching rules seen from the application: one at a time, going on behind whatever screen is on top,
//! stopped when somebody says so, and told about in one sentence when it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::ctx::{Ctx, Running};
use super::effect::{Answer, Effect, Slot};
use super::state::App;
use crate::acts::Failure;
use crate::acts::run::Tally;
use crate::domain::money::Money;
use crate::tui::ui::text;

impl App {
    /// Lets a run begin, unless one is going on.
    pub(super) fn begin_rules(&mut self, origin: Slot, post: bool, stop: Arc<AtomicBool>) -> Option<Effect> {
        if self.ctx.running.is_some() {
            self.warn("the rules are running already; wait for them, or stop them with :rules.stop".to_owned());
            return None;
        }
        self.ctx.running = Some(Running { post, done: 0, total: 0, stop: stop.clone() });
        Some(Effect::Rules { origin, post, stop })
    }

    /// Asks the run to end after the batch in hand.
    pub(super) fn stop_rules(&mut self) {
        match &self.ctx.running {
            Some(running) => {
                running.stop.store(true, Ordering::Relaxed);
                self.say("stopping the rules; what they have applied stays".to_owned());
            }
            None => self.say("the rules are not running".to_owned()),
        }
    }

    pub(super) fn rules_progressed(&mut self, done: u64, total: u64) {
        if let Some(running) = &mut self.ctx.running {
            (running.done, running.total) = (done, total);
        }
    }

    /// A run ended: said on whatever screen is on top. What one would do is shown by the screen that asked, if it is
    /// still there with nothing over it.
    pub(super) fn rules_ended(&mut self, origin: Slot, post: bool, result: Result<Tally, Failure>) {
        self.ctx.running = None;
        let tally = match result {
            Ok(tally) => tally,
            Err(failure) => {
                self.warn(failure.to_string());
                return self.book_changed();
            }
        };
        if post {
            self.say(sentence(&tally, &self.ctx));
            return self.book_changed();
        }
        if tally.stopped {
            return self.say("stopped; nothing was applied".to_owned());
        }
        if self.top().id != origin.screen || !self.overlays.is_empty() {
            return self
                .say(format!("the rules would apply {} of {}; A on Cash shows them", tally.applied, tally.seen));
        }
        let ctx = self.ctx.clone();
        if let Some(part) = self.part(origin.screen, origin.pane) {
            let effects = part.answer(origin.name, Answer(Box::new(tally)), &ctx);
            self.wish(origin.screen, origin.pane, effects);
        }
    }
}

/// `1,300.00 EUR + 400.00 USD`.
pub fn sums(tally: &Tally, ctx: &Ctx) -> String {
    let one = |(currency, minor): (&_, &i64)| text::amount_with_currency(Money::new(*minor, *currency), ctx.numbers);
    tally.sums.iter().map(one).collect::<Vec<_>>().join(" + ")
}

/// What a run did, and what `u` would take back of it.
fn sentence(tally: &Tally, ctx: &Ctx) -> String {
    let stopped = if tally.stopped { "Stopped: applied" } else { "Applied" };
    let plural = if tally.seen == 1 { "payment" } else { "payments" };
    // With payments that changed meanwhile the sums are of more than was applied.
    let sums = if tally.applied == 0 || tally.stale > 0 { String::new() } else { format!(", {}", sums(tally, ctx)) };
    let stale = match tally.stale {
        0 => String::new(),
        stale => format!("; {stale} changed meanwhile, run again"),
    };
    let undo = match tally.last {
        0 => "",
        last if last == tally.applied => "; u undoes",
        _ => "; u takes back the last batch",
    };
    let sums = if tally.stopped { String::new() } else { sums };
    format!("{stopped} {} of {} {plural}{sums}{stale}{undo}", tally.applied, tally.seen)
}

/// How far the run is, for the status line; empty without one.
pub(super) fn shown(ctx: &Ctx) -> String {
    let Some(running) = &ctx.running else { return String::new() };
    let verb = if running.post { "applying by the rules" } else { "asking the rules" };
    match running.total {
        0 => format!("{verb}: reading the book"),
        total => format!("{verb}: {} of {total}", running.done),
    }
}
