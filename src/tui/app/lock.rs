//! The idle lock and the last moments of a session: the screen covered after nobody pressed a key, drafts kept before
//! anything can be lost, and a note of what was on its way when a session is cut off.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ctx::Millis;
use super::effect::Effect;
use super::key::{Code, Key};
use super::state::{App, Toast};
use super::update::kind_of;
use crate::acts::sessions::Ending;
use crate::domain::authority::Identity;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;
use crate::tui::ui::{layout, paint};

/// Under which name the note of a cut-off session is remembered: a line `draft KIND` for each form that was open, a
/// line `key HEX` for each act whose outcome nobody saw.
pub const CUT: &str = "cut";

/// What is said at the start where nobody checks who the user is.
const TRUST: &str = "trust mode: nobody checks who you are, acts are marked so";

/// Whether the screen is covered, and when it will be.
#[derive(Debug, Default)]
pub(super) struct Lock {
    after: Option<Millis>,
    last_key: Millis,
    locked: bool,
}

impl Lock {
    /// A key was pressed.
    pub fn touched(&mut self, now: Millis) {
        self.last_key = now;
    }

    /// Whether the screen is covered.
    pub fn is_locked(&self) -> bool {
        self.locked
    }
}

impl App {
    /// Covers the screen once nobody has pressed a key for so long.
    pub fn lock_after(&mut self, time: Option<Millis>) {
        self.lock.after = time;
    }

    /// When the screen will be covered unless a key comes before.
    pub fn lock_at(&self) -> Option<Millis> {
        self.lock.after.filter(|_| !self.lock.locked).map(|after| self.lock.last_key.saturating_add(after))
    }

    /// Time has passed without a key.
    pub(super) fn idle(&mut self) {
        if self.lock_at().is_some_and(|at| self.now >= at) {
            self.lock.locked = true;
            self.keep_drafts();
        }
    }

    /// A key on the covered screen: where identity is enforced it can only be left, so that the person signs in again.
    pub(super) fn locked_key(&mut self, key: Key) {
        if key.code != Code::Enter {
            return;
        }
        if self.ctx.checked() {
            self.ending = Ending::Locked;
            return self.quit();
        }
        self.lock.locked = false;
    }

    /// Says something about the session; it stays until Esc.
    pub(super) fn notice(&mut self, text: String) {
        self.toast = Some(Toast { text, error: true, title: "Your session", at: self.now });
    }

    /// Says at the start that nobody checks who the user is.
    pub(super) fn tell_trust(&mut self) {
        if self.ctx.identity == Identity::Trust && !self.ctx.demo {
            self.say(TRUST.to_owned());
        }
    }

    /// Keeps what is half typed.
    pub(super) fn keep_drafts(&mut self) {
        let drafts: Vec<(String, String)> = self.overlays.iter().filter_map(|over| over.overlay.draft()).collect();
        for (name, value) in drafts {
            self.remember(format!("draft.{name}"), value);
        }
    }

    /// Notes what was going on, for the next session to say what became of it.
    pub(super) fn note_cut(&mut self) {
        let drafts = self.overlays.iter().filter_map(|over| over.overlay.draft());
        let drafts = drafts.map(|(name, _)| format!("draft {}", kind_of(&name)));
        let keys = self.in_flight.iter().map(|(_, key)| format!("key {}", key.hex()));
        let note = drafts.chain(keys).collect::<Vec<_>>().join("\n");
        let id = self.top().id;
        self.wish(id, 0, vec![Effect::Remember { key: CUT.to_owned(), value: note }]);
    }
}

/// Draws the covered screen: nothing of the book, and what Enter does.
pub(super) fn draw(app: &App, buf: &mut Buffer, area: Rect) {
    let ctx = &app.ctx;
    let time = app.lock.after.unwrap_or_default();
    let time = if time.is_multiple_of(60_000) {
        format!("{} min", time / 60_000)
    } else {
        format!("{} s", time.div_ceil(1_000))
    };
    let next = if ctx.checked() { "Enter leaves; sign in again to go on." } else { "Enter goes on." };
    let text = format!("[SES-03] Locked: no key was pressed for {time}. What you were typing is kept. {next}");
    let lines = wrap(&text, 52);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    let inside = layout::centred(area, 58, height);
    paint::clear(buf, area);
    let inside = paint::frame(buf, inside, "o2c", &ctx.user, true, ctx.theme, ctx.glyphs);
    let inside = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
    paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
}
