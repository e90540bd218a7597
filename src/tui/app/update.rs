//! A message in, state changed, effects out. The one function the terminal calls, and the queue that carries out what
//! screens and overlays wish for.

use super::command::{Call, Command};
use super::ctx::Millis;
use super::effect::{Answer, Effect, Msg, Slot, Value};
use super::key::{Code, Key};
use super::overlay::{Overlay, Reply};
use super::standing::COMPLETE;
use super::state::{App, InFlight, Over, Owner, Toast};
use crate::acts;
use crate::acts::sessions::Ending;
use crate::store::StoreError;
use crate::store::threads::News;
use crate::tui::ui::text;

/// A success stays this long at least; then the next key takes it away.
const TOAST: Millis = 4_000;
/// Effects carried out for one message at most; more means that two screens call each other for ever.
const MOST: usize = 500;
/// What fits on a terminal's clipboard: about 74 kB once encoded.
const MOST_COPIED: usize = 55_000;

/// Takes a message that arrived at `now`, and gives what has to happen outside.
pub fn update(app: &mut App, msg: Msg, now: Millis) -> Vec<Effect> {
    app.now = app.now.max(now);
    if matches!(msg, Msg::Key(..) | Msg::Paste(..)) {
        app.lock.touched(app.now);
    }
    match msg {
        Msg::Key(key, _) if app.lock.is_locked() => app.locked_key(key),
        Msg::Paste(..) if app.lock.is_locked() => {}
        Msg::Key(key, at) => app.key(key, at),
        Msg::Paste(text, _) => app.paste(&text),
        Msg::Resize(columns, rows) => app.ctx.size = (columns, rows),
        Msg::Answer { slot, ticket, result } => app.answer(slot, ticket, result),
        Msg::Performed { origin, result } => app.performed(origin, &result),
        Msg::Progress { done, total } => app.progressed(done, total),
        Msg::Ran { origin, post, result } => app.rules_ended(origin, post, result),
        Msg::LettersOut(result) => app.letters_ended(result),
        Msg::MailsOut { origin, post, result } => app.mails_ended(origin, post, result),
        Msg::Said(Ok(sentence)) => app.say(sentence),
        Msg::Said(Err(sentence)) => app.warn(sentence),
        Msg::Tried { key, result } => {
            if let Some(over) = app.overlays.last_mut() {
                over.overlay.tried(&key, &result);
            }
        }
        Msg::Taken { origin, by } => {
            let ctx = app.ctx.clone();
            let part = app.part(origin.screen, origin.pane);
            let told = part.map(|part| part.answer(origin.name, Answer(Box::new(by)), &ctx));
            app.wish(origin.screen, origin.pane, told.unwrap_or_default());
        }
        Msg::News(News::Changed) => {
            app.book_changed();
            app.ask_standing();
        }
        Msg::News(News::Banner(banner)) => app.banner = banner,
        Msg::News(News::OnlyReads(why)) => app.only_reads(why),
        Msg::Today(date) => app.new_day = (date != app.ctx.today).then_some(date),
        Msg::Idle => app.idle(),
        Msg::Notice(text) => app.notice(text),
        Msg::Quit => {
            app.ending = Ending::CutOff;
            app.quit();
        }
    }
    let mut effects = app.carry_out();
    app.tutor_looks();
    effects.extend(app.give_back());
    effects
}

/// What the application asks for before the first key.
pub fn start(app: &mut App) -> Vec<Effect> {
    let id = app.top().id;
    app.tell_trust();
    app.top_mut().stale = false;
    app.enter(id);
    app.carry_out()
}

impl App {
    /// Says that something went well.
    pub(super) fn say(&mut self, text: String) {
        self.toast = Some(Toast { text, error: false, asked: false, title: "Said", at: self.now });
    }

    /// Says that something went wrong.
    pub(super) fn warn(&mut self, text: String) {
        self.toast = Some(Toast { text, error: true, asked: false, title: "Not done", at: self.now });
    }

    pub(super) fn wish(&mut self, screen: u32, pane: u8, effects: Vec<Effect>) {
        self.queue.extend(effects.into_iter().map(|effect| (screen, pane, effect)));
    }

    fn key(&mut self, key: Key, at: Millis) {
        let escape = key.code == Code::Esc;
        let fading = |toast: &Toast| if toast.error { escape } else { at >= toast.at + TOAST };
        let dismissed = self.toast.take_if(|toast| fading(toast)).is_some_and(|toast| toast.error);
        let left_draft = self.left_draft.take();
        if !matches!((key.code, key.ctrl), (Code::Char('q'), false) | (Code::Char('c'), true)) {
            self.quit_armed = None;
        }
        if (key.code, key.ctrl) == (Code::Char('c'), true) {
            self.pending.clear();
            return self.arm_quit("Ctrl-c again quits");
        }
        if !self.overlays.is_empty() {
            return self.overlay_key(key, at);
        }
        match left_draft {
            Some(name) if escape => {
                self.remember(format!("draft.{name}"), String::new());
                self.say(format!("dropped the draft of {}", kind_of(&name)));
            }
            _ if dismissed => {}
            _ => self.command_key(key),
        }
    }

    fn overlay_key(&mut self, key: Key, at: Millis) {
        let Some(over) = self.overlays.last_mut() else { return };
        let (screen, pane) = (over.screen, over.pane);
        let name = over.overlay.draft_name().to_owned();
        let draft = over.overlay.draft();
        let reply = over.overlay.key(key, at, &self.ctx);
        let closes = matches!(reply, Reply::Close(_) | Reply::Run(_));
        // What was typed before a review that is cancelled is not lost.
        let cancelled = over.overlay.is_review() && matches!(&reply, Reply::Close(effects) if effects.is_empty());
        let kept = if cancelled { self.saved_draft.take() } else { None };
        let keeps = over.overlay.keeps_draft();
        self.reply(screen, pane, reply);
        if let Some((name, text)) = kept {
            self.settle_draft(&name, Some((name.clone(), text)), false);
        }
        if closes && !name.is_empty() {
            let left = key.code == Code::Esc;
            if !left {
                self.saved_draft.clone_from(&draft);
            }
            self.settle_draft(&name, draft.filter(|_| left), !keeps);
        }
    }

    /// After a form closed: left, its draft is kept; saved, it is forgotten.
    /// A second Esc drops what is `short` enough to be typed again.
    fn settle_draft(&mut self, name: &str, draft: Option<(String, String)>, short: bool) {
        let key = format!("draft.{name}");
        match draft {
            Some((_, value)) => {
                self.remember(key, value);
                if short {
                    self.left_draft = Some(name.to_owned());
                    self.say(format!("draft: {}; Esc drops it", kind_of(name)));
                } else {
                    self.say(format!("kept as a draft: {name}; the same key goes on with it"));
                }
            }
            None if self.memory.contains_key(&key) => self.remember(key, String::new()),
            None => {}
        }
    }

    pub(super) fn reply(&mut self, screen: u32, pane: u8, reply: Reply) {
        match reply {
            Reply::Stay => {}
            Reply::Live(effects) => self.wish(screen, pane, effects),
            Reply::Close(effects) => {
                self.overlays.pop();
                self.wish(screen, pane, effects);
            }
            Reply::Run(call) => {
                self.overlays.pop();
                let line = format!("{} {}", call.id, call.args).trim().to_owned();
                self.history.retain(|old| *old != line);
                self.history.push(line);
                self.wish(screen, pane, vec![Effect::Run(call)]);
            }
        }
    }

    fn paste(&mut self, text: &str) {
        self.pending.clear();
        self.count = None;
        if let Some(over) = self.overlays.last_mut() {
            let (screen, pane) = (over.screen, over.pane);
            if let Some(reply) = over.overlay.paste(text, &self.ctx) {
                return self.reply(screen, pane, reply);
            }
        }
        let line = text.trim();
        let number =
            line.len() <= 40 && !line.contains(char::is_whitespace) && line.contains(|c: char| c.is_ascii_digit());
        if number && self.overlays.is_empty() {
            let line = super::field::TextField::new(line).text().to_owned();
            return self.ask_number(&line);
        }
        self.warn("pasted text was not run as keys; open a field first (/ or :)".to_owned());
    }

    fn answer(&mut self, slot: Slot, ticket: u64, result: Result<Value, StoreError>) {
        if self.tickets.get(&slot) != Some(&ticket) {
            return;
        }
        self.tickets.remove(&slot);
        if App::is_own(&slot) {
            let own = if slot.name == COMPLETE { App::take_completions } else { App::take_standing };
            return own(self, result);
        }
        let ctx = self.ctx.clone();
        let Some(part) = self.part(slot.screen, slot.pane) else { return };
        match result {
            Ok(value) => {
                let effects = part.answer(slot.name, Answer(value), &ctx);
                self.wish(slot.screen, slot.pane, effects);
            }
            Err(error) => {
                part.failed(slot.name, &error);
                self.warn(format!("could not read {}: {error}", slot.name));
            }
        }
    }

    fn performed(&mut self, origin: Slot, result: &Result<acts::Done, acts::Failure>) {
        let sent = self.in_flight.iter().position(|sent| sent.origin == origin).map(|at| self.in_flight.remove(at));
        // What was typed for an act that was refused is there again when its form is next opened.
        if let (Err(_), Some((name, value))) = (result, sent.and_then(|sent| sent.draft)) {
            self.remember(format!("draft.{name}"), value);
        }
        self.taken_in();
        match result {
            Ok(done) if done.asked => {
                let text = format!("{}; u takes it back", text::dated(&done.summary));
                self.toast = Some(Toast { text, error: false, asked: true, title: "Not posted", at: self.now });
            }
            Ok(done) if done.undoable && origin.name == "undo" => {
                self.say(format!("{}; Ctrl-r does it again", text::dated(&done.summary)));
            }
            Ok(done) if done.undoable => self.say(format!("{}; u undoes", text::dated(&done.summary))),
            Ok(done) => self.say(text::dated(&done.summary)),
            Err(failure) => self.warn(failure.to_string()),
        }
        let ctx = self.ctx.clone();
        if let Some(part) = self.part(origin.screen, origin.pane) {
            let effects = part.performed(origin.name, result, &ctx);
            self.wish(origin.screen, origin.pane, effects);
        }
        if result.is_ok() {
            self.tutor_acted(origin.name);
        }
        self.book_changed();
    }

    /// The book is another one: the screen on top asks again, the others when they are next shown.
    pub(super) fn book_changed(&mut self) {
        for opened in self.stack.iter_mut().chain(self.forward.iter_mut()) {
            opened.stale = true;
        }
        self.freshen();
    }

    /// Asks again for the screen on top if the book changed since it was last read.
    pub(super) fn freshen(&mut self) {
        if std::mem::take(&mut self.top_mut().stale) {
            self.refresh_top();
        }
    }

    /// Asks again for everything on the screen on top and its panes.
    pub(super) fn refresh_top(&mut self) {
        let id = self.top().id;
        self.each_part(id, |part, ctx| part.refresh(ctx));
    }

    /// Lets a newly opened screen and its panes ask for what they show.
    pub(super) fn enter(&mut self, id: u32) {
        self.each_part(id, |part, ctx| part.enter(ctx));
    }

    fn each_part(&mut self, id: u32, mut ask: impl FnMut(&mut dyn super::Screen, &super::Ctx) -> Vec<Effect>) {
        let ctx = self.ctx.clone();
        let panes = self.part(id, 0).map_or(0, |screen| screen.panes());
        for pane in 0..=panes {
            let effects = self.part(id, pane).map_or(Vec::new(), |part| ask(part, &ctx));
            self.wish(id, pane, effects);
        }
    }

    /// Carries out wishes until only those are left that need the world outside.
    fn carry_out(&mut self) -> Vec<Effect> {
        let mut out = Vec::new();
        for _ in 0..MOST {
            let Some((screen, pane, effect)) = self.queue.pop_front() else { break };
            if let Some(effect) = self.carry(screen, pane, effect.stamped(screen, pane)) {
                out.push(effect);
            }
        }
        self.queue.clear();
        out.extend(self.forget_left());
        out
    }

    /// Gives up the questions of screens that are not on top any more. Such a screen asks again when it is next shown.
    fn forget_left(&mut self) -> Vec<Effect> {
        let top = self.top().id;
        let left: Vec<Slot> =
            self.tickets.keys().filter(|slot| slot.screen != top && !App::is_own(slot)).copied().collect();
        for slot in &left {
            self.tickets.remove(slot);
            let mut opened = self.stack.iter_mut().chain(self.forward.iter_mut());
            if let Some(opened) = opened.find(|opened| opened.id == slot.screen) {
                opened.stale = true;
            }
        }
        left.into_iter().map(Effect::Forget).collect()
    }

    /// The number of the newest question of a slot.
    fn ticket(&mut self, slot: Slot) -> u64 {
        self.last_ticket += 1;
        self.tickets.insert(slot, self.last_ticket);
        self.last_ticket
    }

    /// Carries out one wish, or gives it back when it is for the world outside.
    fn carry(&mut self, screen: u32, pane: u8, effect: Effect) -> Option<Effect> {
        match effect {
            Effect::Ask { slot, job, .. } => return Some(Effect::Ask { slot, ticket: self.ticket(slot), job }),
            Effect::File { slot, wish, .. } => return Some(Effect::File { slot, ticket: self.ticket(slot), wish }),
            Effect::Perform { .. } | Effect::Rules { .. } | Effect::Letters { .. } | Effect::Mails { .. }
                if self.ctx.read_only =>
            {
                self.warn("the book is open for reading only; nothing was changed".to_owned());
            }
            Effect::Take { .. } | Effect::GiveBack if self.ctx.read_only => {}
            taken @ Effect::Take { .. } => {
                self.working = true;
                return Some(taken);
            }
            Effect::Copy { text, what } if text.len() > MOST_COPIED => {
                let kb = text.len() / 1_000;
                self.warn(format!("{what} ({kb} kB) are too much for a terminal's clipboard; filter or mark fewer"));
            }
            Effect::Copy { text, what } => {
                self.say(format!("sent to terminal clipboard ({what})"));
                return Some(Effect::Copy { text, what });
            }
            Effect::Remember { key, value } => {
                self.memory.insert(key.clone(), value.clone());
                self.memory.retain(|_, value| !value.is_empty());
                return Some(Effect::Remember { key, value });
            }
            Effect::Open(screen) => self.push(screen, None),
            Effect::Go(place, arg) => self.go(place, &arg),
            Effect::Back => self.leave(),
            Effect::Overlay(overlay) => self.put_over(screen, pane, overlay),
            Effect::Run(call) => self.run(&call),
            Effect::Tell(slot, value) => {
                let ctx = self.ctx.clone();
                let told = self.part(slot.screen, slot.pane).map(|part| part.answer(slot.name, Answer(value), &ctx));
                self.wish(slot.screen, slot.pane, told.unwrap_or_default());
            }
            Effect::Complete { wanted, text, from } => self.ask_completions(wanted, text, from),
            Effect::Filter(slot, text) => self.filter(slot, &text),
            Effect::Say(text) => self.say(text),
            Effect::Warn(text) => self.warn(text),
            Effect::Quit => {
                self.ended = true;
                return Some(Effect::Quit);
            }
            long @ (Effect::Rules { .. } | Effect::Mails { .. } | Effect::Letters { .. }) => return self.begin(long),
            Effect::Stop => self.stop_behind(),
            Effect::Suspend if self.ctx.checked() => {
                self.warn("there is no shell to go to; q leaves".to_owned());
            }
            Effect::Perform { work, .. } if !self.may_take_in(&work) => {}
            Effect::Perform { origin, work } => {
                if let super::Work::Act(request) = &work {
                    self.in_flight.push(InFlight { origin, key: request.key, draft: self.saved_draft.take() });
                }
                return Some(Effect::Perform { origin, work });
            }
            outward @ (Effect::Save { .. }
            | Effect::GiveBack
            | Effect::Forget(_)
            | Effect::Suspend
            | Effect::Redraw) => {
                return Some(outward);
            }
        }
        None
    }

    fn put_over(&mut self, screen: u32, pane: u8, mut overlay: Box<dyn Overlay>) {
        overlay.opened(self.now);
        let draft = self.memory.get(&format!("draft.{}", overlay.draft_name())).cloned();
        if let Some(draft) = draft.filter(|_| !overlay.draft_name().is_empty()) {
            overlay.restore(&draft);
            self.say("continuing the draft".to_owned());
        }
        self.overlays.push(Over { screen, pane, overlay });
    }

    pub(super) fn filter(&mut self, slot: Slot, text: &str) {
        let ctx = self.ctx.clone();
        let result = self.part(slot.screen, slot.pane).map(|part| part.set_filter(text, &ctx));
        let result = match result {
            Some(Ok(effects)) => {
                self.wish(slot.screen, slot.pane, effects);
                Ok(())
            }
            Some(Err(error)) => Err(error),
            None => Ok(()),
        };
        if let Some(over) = self.overlays.last_mut() {
            over.overlay.filter_result(result);
        }
    }

    pub(super) fn remember(&mut self, key: String, value: String) {
        let id = self.top().id;
        self.wish(id, 0, vec![Effect::Remember { key, value }]);
    }

    /// Runs a command by its name, as the palette and other screens do.
    pub(super) fn run(&mut self, call: &Call) {
        let found = self.commands().into_iter().find(|(_, command)| command.id == call.id);
        match found {
            Some((owner, command)) => self.run_row(owner, &command, call),
            None => self.warn(format!("{} is not to be had on this screen", call.id)),
        }
    }

    /// Runs a command of a table, unless there is a reason not to.
    pub(super) fn run_row(&mut self, owner: Owner, command: &Command, call: &Call) {
        if let Some(reason) = self.reason(owner, command) {
            return self.warn(format!("{}: {reason}", command.title));
        }
        if command.writes && call.count.is_some_and(|count| count > 1) {
            let title = command.title;
            return self.warn(format!("{title}: a count never repeats a change; mark the rows instead (Space)"));
        }
        self.tutor_ran(command.id);
        match owner {
            Owner::Global => self.run_global(call),
            Owner::Place(index) => self.go(self.places[index].command.id, &call.args),
            Owner::Screen => self.run_part(0, call),
            Owner::Pane(pane) | Owner::List(pane) => self.run_part(pane, call),
        }
    }

    pub(super) fn run_part(&mut self, pane: u8, call: &Call) {
        let id = self.top().id;
        let ctx = self.ctx.clone();
        let effects = self.part(id, pane).map(|part| part.run(call, &ctx)).unwrap_or_default();
        self.wish(id, pane, effects);
    }
}

/// The kind of thing a draft's name says: `promise` of `promise.17`.
pub(super) fn kind_of(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}
