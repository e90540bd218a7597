//! What the person at the keys may do: read when the session starts, and again whenever somebody else wrote to the book,
//! so that keys, hints and menus follow what an administrator grants or takes away.

use std::collections::BTreeSet;

use super::effect::{Answer, Effect, Slot, Value};
use super::state::App;
use crate::acts::sessions::Ending;
use crate::domain::authority::{Right, Role};
use crate::store::people::Person;
use crate::store::read::book;
use crate::store::read::complete::{Completions, Wanted, complete};
use crate::store::{Reader, StoreError};

/// The name of the application's own question; it belongs to no screen.
const QUESTION: &str = "rights";
/// The name of the question how a line may go on.
pub(super) const COMPLETE: &str = "completions";

/// The rights that these roles give together.
pub fn rights_of(roles: &[String]) -> BTreeSet<Right> {
    roles.iter().filter_map(|name| Role::parse(name)).flat_map(Role::rights).copied().collect()
}

impl App {
    /// Asks what the person may do now. Where nobody's rights are known (a demo, the first run) there is nothing to ask.
    pub(super) fn ask_standing(&mut self) {
        if self.ctx.rights.is_none() {
            return;
        }
        let login = self.ctx.user.clone();
        self.wish(0, 0, vec![Effect::ask(QUESTION, move |reader| book::person(reader, &login))]);
    }

    /// Asks how what is being typed may go on.
    pub(super) fn ask_completions(&mut self, wanted: Wanted, text: String, from: usize) {
        let today = self.ctx.today;
        let ask = move |reader: &Reader| {
            let found = complete(reader, today, wanted, text.get(from..).unwrap_or_default())?;
            Ok((text, Completions { from: found.from + from, ..found }))
        };
        self.wish(0, 0, vec![Effect::ask(COMPLETE, ask)]);
    }

    /// Tells the overlay on top how its line may go on.
    pub(super) fn take_completions(&mut self, result: Result<Value, StoreError>) {
        let found = match result {
            Ok(value) => Answer(value).take::<(String, Completions)>(),
            Err(error) => return self.warn(format!("nothing could be looked up: {error}")),
        };
        let Some(((text, found), over)) = found.zip(self.overlays.last_mut()) else { return };
        let (screen, pane) = (over.screen, over.pane);
        let reply = over.overlay.completed(&text, found);
        self.reply(screen, pane, reply);
    }

    /// Takes that the book can only be read from now on, or can be written again: the header, the keys and the menus follow.
    pub(super) fn only_reads(&mut self, why: Option<&'static str>) {
        let before = std::mem::replace(&mut self.ctx.only_reads, why);
        match why {
            // Who asked for reading only knows.
            Some(_) if self.ctx.read_only => {}
            Some(why) => self.warn(why.to_owned()),
            None => {
                let said = "the book can be written again; go on where you were";
                match self
                    .toast
                    .as_mut()
                    .filter(|toast| toast.error && !before.is_some_and(|why| toast.text.contains(why)))
                {
                    // What was refused is still to be read.
                    Some(toast) => toast.text = format!("{}; {said}", toast.text),
                    None => self.say(said.to_owned()),
                }
            }
        }
        self.refresh_top();
    }

    /// Whether a question is the application's own.
    pub(super) fn is_own(slot: &Slot) -> bool {
        slot.screen == 0 && matches!(slot.name, QUESTION | COMPLETE)
    }

    /// Takes the answer: rights that are other ones count from now on, and it is said.
    pub(super) fn take_standing(&mut self, result: Result<Value, StoreError>) {
        // A book that cannot be read says so on every screen; the act itself asks for the right again anyway.
        let Some(person) = result.ok().and_then(|value| Answer(value).take::<Option<Person>>()) else { return };
        let Some(Person { roles, .. }) = person.filter(|person| person.active) else {
            // Nothing of the book is shown any more to somebody who may not work in it.
            self.ending = Ending::ShutOut;
            return self.quit();
        };
        let rights = rights_of(&roles);
        if self.ctx.rights.as_ref() == Some(&rights) {
            return;
        }
        self.ctx.rights = Some(rights);
        let said = match roles.as_slice() {
            [] => "your rights were changed: you have none in this book any more; ask an administrator".to_owned(),
            roles => format!("your rights were changed: you are {} now; the keys follow", roles.join(", ")),
        };
        match self.toast.as_mut().filter(|toast| toast.error) {
            // What was refused is still to be read.
            Some(toast) => toast.text = format!("{}; {said}", toast.text),
            None => self.say(said),
        }
        self.refresh_top();
    }
}
