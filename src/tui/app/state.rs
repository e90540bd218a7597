//! The application's own state, which is little: where the user is, what lies on top, what is half typed. Everything
//! about customers and invoices lives in the screens.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::command::Command;
use super::ctx::{Ctx, Millis};
use super::effect::{AHEAD, Effect, Slot};
use super::key::Key;
use super::overlay::{Offer, Overlay};
use super::place::Place;
use super::screen::Screen;
use super::tables::{GLOBAL, LIST};
use crate::acts::ActKey;
use crate::acts::sessions::Ending;
use crate::language::dates::DateOrder;

/// Under this name a person's order of short dates is remembered.
pub const DATE_ORDER: &str = "setting.dates";

/// A screen on the stack.
pub(super) struct Opened {
    /// Number of this opening; never used again.
    pub id: u32,
    /// Place of the registry and what it was opened with.
    pub place: Option<(&'static str, String)>,
    /// The screen.
    pub screen: Box<dyn Screen>,
    /// The book changed while it was not on top.
    pub stale: bool,
}

/// An overlay and the screen it belongs to.
pub(super) struct Over {
    pub screen: u32,
    pub pane: u8,
    pub overlay: Box<dyn Overlay>,
}

/// An act whose outcome has not come back, with the draft of the form that asked for it.
pub(super) struct InFlight {
    pub(super) origin: Slot,
    pub(super) key: ActKey,
    pub(super) draft: Option<(String, String)>,
}

/// A message at the right of the status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// What happened, what to do next.
    pub text: String,
    /// Went wrong; stays until Esc.
    pub error: bool,
    /// What a box around it is called when it does not fit a line.
    pub title: &'static str,
    /// Was asked for and waits for a second person: neither done nor gone wrong.
    pub asked: bool,
    /// When it was said.
    pub at: Millis,
}

/// Who owns a command: the focused pane's table, the screen's, the list's, the global one, or the places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Pane(u8),
    Screen,
    /// The part of the screen that has the list: 0 the screen, else the pane.
    List(u8),
    Global,
    Place(usize),
}

/// The whole application without its terminal.
pub struct App {
    /// Surroundings every screen sees.
    pub ctx: Ctx,
    pub(super) places: &'static [Place],
    /// Never empty; the last is on top.
    pub(super) stack: Vec<Opened>,
    /// Screens gone back from, the latest last.
    pub(super) forward: Vec<Opened>,
    pub(super) overlays: Vec<Over>,
    pub(super) toast: Option<Toast>,
    pub(super) count: Option<u32>,
    pub(super) pending: Vec<Key>,
    pub(super) tickets: HashMap<Slot, u64>,
    pub(super) last_ticket: u64,
    pub(super) last_screen: u32,
    /// Small values kept across sessions: drafts, views, marks, the last place.
    pub(super) memory: BTreeMap<String, String>,
    /// An account was taken to work on and not given back.
    pub(super) working: bool,
    /// Palette lines run in this session, newest last.
    pub(super) history: Vec<String>,
    /// The draft left a moment ago; Esc right after drops it.
    pub(super) left_draft: Option<String>,
    /// When `q` or Ctrl-c was pressed once.
    pub(super) quit_armed: Option<Millis>,
    /// Somebody left while mails were sent: the session ends when the one in hand is through.
    pub(super) leaving: bool,
    pub(super) now: Millis,
    /// Today's date moved on while the screens still show the day before.
    pub(super) new_day: Option<chrono::NaiveDate>,
    /// What became of the book under this session; it takes the header's place.
    pub(super) banner: Option<&'static str>,
    pub(super) queue: VecDeque<(u32, u8, Effect)>,
    /// The saved view that was shown or saved last: on which screen, its name, what it said.
    pub(super) viewed: Option<(u32, String, String)>,
    /// The lesson of the tutor, while it is there.
    pub(super) tutor: Option<usize>,
    pub(super) ended: bool,
    /// How it ended, or will.
    pub(super) ending: Ending,
    /// Keys of acts whose outcome has not come back.
    pub(super) in_flight: Vec<InFlight>,
    /// The draft of the form that was saved last, until the act it asks for is on its way.
    pub(super) saved_draft: Option<(String, String)>,
    pub(super) lock: super::lock::Lock,
}

impl App {
    /// An application on its first screen, with what was remembered of earlier sessions.
    pub fn new(
        mut ctx: Ctx,
        places: &'static [Place],
        memory: BTreeMap<String, String>,
        first: Box<dyn Screen>,
    ) -> App {
        ctx.date_order = memory.get(DATE_ORDER).and_then(|word| DateOrder::named(word)).unwrap_or_default();
        let place = places.iter().find(|place| place.command.id == first.id()).map(|p| (p.command.id, String::new()));
        App {
            ctx,
            places,
            // Until it is entered it shows nothing: another place may be resumed on top of it first.
            stack: vec![Opened { id: 1, place, screen: first, stale: true }],
            forward: Vec::new(),
            overlays: Vec::new(),
            toast: None,
            count: None,
            pending: Vec::new(),
            tickets: HashMap::new(),
            last_ticket: 0,
            last_screen: 1,
            memory,
            working: false,
            history: Vec::new(),
            left_draft: None,
            quit_armed: None,
            leaving: false,
            now: 0,
            new_day: None,
            banner: None,
            queue: VecDeque::new(),
            viewed: None,
            tutor: None,
            ended: false,
            ending: Ending::Left,
            in_flight: Vec::new(),
            saved_draft: None,
            lock: super::lock::Lock::default(),
        }
    }

    /// Whether the workstation should end.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// How the workstation ended.
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// What is being said at the right of the status line.
    pub fn toast(&self) -> Option<&Toast> {
        self.toast.as_ref()
    }

    /// Whether typed characters go into a field, so that a burst of them is text and not commands.
    pub fn takes_text(&self) -> bool {
        !self.overlays.is_empty()
    }

    /// How many questions are not answered yet that the screen needs.
    pub fn waiting(&self) -> usize {
        self.tickets.keys().filter(|slot| slot.name != AHEAD).count()
    }

    /// Number of the screen on top; no other opening ever has it.
    pub fn on_screen(&self) -> u32 {
        self.top().id
    }

    /// A small value remembered under this key.
    pub fn remembered(&self, key: &str) -> Option<&str> {
        self.memory.get(key).map(String::as_str)
    }

    pub(super) fn top(&self) -> &Opened {
        // The stack is made with one screen and `leave` never takes the last.
        &self.stack[self.stack.len() - 1]
    }

    pub(super) fn top_mut(&mut self) -> &mut Opened {
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }

    /// The part of the top screen that has the focus: a pane or the screen itself, with its number.
    pub(super) fn focused(&self) -> (u8, &dyn Screen) {
        let screen = &*self.top().screen;
        match screen.focus() {
            0 => (0, screen),
            number => screen.pane(number).map_or((0, screen), |pane| (number, pane)),
        }
    }

    /// A part of an opened screen, wherever in the jumps it is.
    pub(super) fn part(&mut self, screen: u32, pane: u8) -> Option<&mut dyn Screen> {
        let opened = self.stack.iter_mut().chain(self.forward.iter_mut()).find(|opened| opened.id == screen)?;
        match pane {
            0 => Some(&mut *opened.screen),
            number => opened.screen.pane_mut(number).map(|pane| pane as &mut dyn Screen),
        }
    }

    /// Every command live now with its owner, in the order in which keys are looked up.
    pub(super) fn commands(&self) -> Vec<(Owner, Command)> {
        let (number, part) = self.focused();
        let screen = &*self.top().screen;
        let mut all: Vec<(Owner, Command)> = Vec::new();
        if number > 0 {
            all.extend(part.commands().iter().map(|row| (Owner::Pane(number), *row)));
        }
        all.extend(screen.commands().iter().map(|row| (Owner::Screen, *row)));
        let list = if part.is_list() { Some(number) } else { screen.is_list().then_some(0) };
        if let Some(list) = list {
            all.extend(LIST.iter().map(|row| (Owner::List(list), *row)));
        }
        all.extend(GLOBAL.iter().map(|row| (Owner::Global, *row)));
        all.extend(self.places.iter().enumerate().map(|(index, place)| (Owner::Place(index), place.command)));
        all
    }

    /// Why a command cannot run now; `None` when it can.
    pub(super) fn reason(&self, owner: Owner, command: &Command) -> Option<String> {
        if let Some(reason) = command.forbidden(&self.ctx) {
            return Some(reason);
        }
        let (_, part) = self.focused();
        if command.whole && part.marked() > 0 {
            return Some("it takes all of them, not only those marked; Esc drops the marks first".to_owned());
        }
        match (owner, command.id) {
            (Owner::Global, "tutor") => self.no_tutor(),
            (Owner::Global, "copy-to") if self.ctx.checked() => {
                Some("files of the shared server are out of reach; y t copies, o2c items --csv prints all".to_owned())
            }
            (Owner::Global, "halt") if self.ctx.running.is_none() => Some(super::behind::IDLE.to_owned()),
            (Owner::Screen, _) => self.top().screen.guard(command, &self.ctx).err(),
            (Owner::Pane(_) | Owner::List(_), _) => part.guard(command, &self.ctx).err(),
            (_, "filter") if part.filter().is_none() => Some("this screen has nothing to filter".to_owned()),
            (_, "pane.next" | "pane.previous") if self.top().screen.panes() < 2 => Some("there is one pane".to_owned()),
            (_, "view.save") if part.saved_view().is_none() => Some("this screen has no view to save".to_owned()),
            _ => None,
        }
    }

    /// Every command with its group and its reason, for help and palette.
    pub(super) fn offers(&self) -> Vec<Offer> {
        let group = |owner: Owner| match owner {
            Owner::Pane(_) => self.focused().1.title(),
            Owner::Screen => self.top().screen.title(),
            Owner::List(_) => "Lists".to_owned(),
            Owner::Global => "Everywhere".to_owned(),
            Owner::Place(_) => "Places".to_owned(),
        };
        let offer = |(owner, command): (Owner, Command)| Offer {
            command,
            group: group(owner),
            reason: self.reason(owner, &command),
        };
        self.commands().into_iter().map(offer).collect()
    }
}
