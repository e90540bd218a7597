//! Long work seen from the application, a run of the matching rules or letters and mails that go out: one at a time, going
//! on behind whatever screen is on top, stopped when somebody says so, and told about in one sentence when it ends.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::ctx::{Ctx, Doing, Running};
use super::effect::{Answer, Effect, Slot, Work};
use super::state::App;
use crate::acts::dunning::dispatch::Sent;
use crate::acts::mail::pass::Passed;
use crate::acts::run::Tally;
use crate::acts::{Act, Failure};
use crate::domain::money::Money;
use crate::tui::ui::text;

/// Why there is nothing to stop.
pub(super) const IDLE: &str = "nothing is running behind the screens";

impl App {
    /// Lets long work begin, unless some is going on. A look at the outbox is not long.
    pub(super) fn begin(&mut self, wished: Effect) -> Option<Effect> {
        let (what, stop) = match &wished {
            Effect::Rules { post, stop, .. } => (if *post { Doing::Apply } else { Doing::Look }, stop),
            Effect::Letters { number, stop, .. } => (Doing::Letters(number.clone()), stop),
            Effect::Mails { post: true, stop, .. } => (Doing::Mails, stop),
            _ => return Some(wished),
        };
        if let Some(going_on) = &self.ctx.running {
            let text = match &going_on.what {
                Doing::Letters(run) => format!("{run} is being sent; wait for it, or stop it with :halt"),
                Doing::Mails => "mails are being sent already; wait for them, or stop them with :halt".to_owned(),
                Doing::Import(file) => format!("{file} is being taken in; wait for it"),
                Doing::Look | Doing::Apply => {
                    "the rules are running already; wait for them, or stop them with :halt".to_owned()
                }
            };
            self.warn(text);
            return None;
        }
        self.ctx.running = Some(Running { what, done: 0, total: 0, stop: stop.clone() });
        Some(wished)
    }

    /// Whether an act may go to the writer now. A file is taken in alone, and shown as going on.
    pub(super) fn may_take_in(&mut self, work: &Work) -> bool {
        let Work::Act(request) = work else { return true };
        let Act::Import(import) = &request.act else { return true };
        if self.ctx.running.is_some() {
            self.warn("something is running behind the screens; wait for it, or stop it with :halt".to_owned());
            return false;
        }
        let what = Doing::Import(import.name.clone());
        self.ctx.running = Some(Running { what, done: 0, total: 0, stop: Arc::default() });
        true
    }

    /// An act ended: where it was a file, nothing goes on any more.
    pub(super) fn taken_in(&mut self) {
        if self.ctx.running.as_ref().is_some_and(|running| matches!(running.what, Doing::Import(_))) {
            self.ctx.running = None;
        }
    }

    /// The sending of mails ended: said on whatever screen is on top. What would leave is shown by the screen that asked.
    pub(super) fn mails_ended(&mut self, origin: Slot, post: bool, result: Result<Passed, Failure>) {
        if !post {
            return match result {
                // Whoever went on meanwhile is not asked on another screen.
                Ok(_) if self.top().id != origin.screen || !self.overlays.is_empty() => {}
                Ok(passed) => self.tell(origin, passed),
                Err(failure) => self.warn(failure.to_string()),
            };
        }
        self.ctx.running = None;
        match result {
            Ok(passed) if passed.report.unreachable.is_some() || !passed.report.unknown.is_empty() => {
                self.warn(passed.words());
            }
            Ok(passed) if passed.stopped => self.say(format!("Stopped: {} S goes on.", passed.words())),
            Ok(passed) => self.say(passed.words()),
            Err(failure) => self.warn(failure.to_string()),
        }
        self.book_changed();
        if self.leaving {
            self.quit();
        }
    }

    /// The sending of letters ended: said on whatever screen is on top.
    pub(super) fn letters_ended(&mut self, result: Result<Sent, Failure>) {
        self.ctx.running = None;
        match result {
            Ok(sent) => {
                let idle = if sent.idle > 0 { format!(", {} no longer needed", sent.idle) } else { String::new() };
                let many = if sent.sent == 1 { "1 letter".to_owned() } else { format!("{} letters", sent.sent) };
                self.say(match (sent.stopped, sent.waiting) {
                    (true, _) => format!("Stopped: {many} of {} are out; S goes on with the others", sent.run),
                    (false, 0) => format!("Sent {many} of {}{idle}", sent.run),
                    (false, waiting) => {
                        format!("Wrote {many} of {}{idle}; {waiting} by mail wait in the outbox (g x, S)", sent.run)
                    }
                });
            }
            Err(failure) => self.warn(failure.to_string()),
        }
        self.book_changed();
    }

    /// Asks the work to end after what is in hand.
    pub(super) fn stop_behind(&mut self) {
        match &self.ctx.running {
            Some(running) => {
                if let Doing::Import(file) = &running.what {
                    return self.say(format!("{file} is taken in whole or not at all; wait for it"));
                }
                running.stop.store(true, Ordering::Relaxed);
                let text = match running.what {
                    Doing::Letters(_) => "stopping after the letter in hand; what is out stays out",
                    Doing::Mails => "stopping after the mail in hand; what is out stays out",
                    Doing::Look | Doing::Apply | Doing::Import(_) => "stopping the rules; what they have applied stays",
                };
                self.say(text.to_owned());
            }
            None => self.say(IDLE.to_owned()),
        }
    }

    pub(super) fn progressed(&mut self, done: u64, total: u64) {
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
        self.tell(origin, tally);
    }

    fn tell<T: Any + Send>(&mut self, origin: Slot, value: T) {
        let ctx = self.ctx.clone();
        if let Some(part) = self.part(origin.screen, origin.pane) {
            let effects = part.answer(origin.name, Answer(Box::new(value)), &ctx);
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
    let verb = match &running.what {
        Doing::Letters(run) => format!("sending {run}"),
        Doing::Mails => "sending mails".to_owned(),
        Doing::Import(file) => format!("taking in {file}"),
        Doing::Apply => "applying by the rules".to_owned(),
        Doing::Look => "asking the rules".to_owned(),
    };
    match running.total {
        0 => format!("{verb}: reading the book"),
        total => format!("{verb}: {} of {total}", running.done),
    }
}
