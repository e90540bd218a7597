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
const TRUST: &str = "trust mode: nobody checks who you are";

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
        self.toast = Some(Toast { text, error: true, asked: false, title: "Your session", at: self.now });
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
        let keys = self.in_flight.iter().map(|sent| format!("key {}", sent.key.hex()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::{Act, ActKey, Failure, Request};
    use crate::domain::money::Currency;
    use crate::store::Reader;
    use crate::store::threads::News;
    use crate::tui::app::harness::Harness;
    use crate::tui::app::{Ctx, Msg, Slot, Work, update};
    use crate::tui::screens::sample::{PLACES, Sample};

    fn harness(identity: Identity) -> Harness {
        let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
        let ctx = Ctx { identity, ..Ctx::new(today, "mara", "Brightwater Ltd", Currency::EUR) };
        let perform = |_| Err(Failure::Unknown("no writer".to_owned()));
        let reader = Reader::in_memory().expect("a book in memory");
        let mut harness = Harness::new(ctx, PLACES, Box::new(Sample::new("numbers", 500)), reader, Box::new(perform));
        harness.app.lock_after(Some(5_000));
        harness
    }

    #[test]
    fn nothing_is_locked_before_its_time_or_without_one() {
        let mut h = harness(Identity::Trust);
        assert_eq!(h.app.lock_at(), Some(5_000));
        h.keys("jj");
        assert_eq!(h.app.lock_at(), Some(7_000), "counted from the last key");
        h.send(Msg::Idle);
        assert!(!h.app.lock.is_locked());
        h.app.lock_after(None);
        update(&mut h.app, Msg::Idle, 1_000_000);
        assert!(!h.app.lock.is_locked() && h.app.lock_at().is_none());
    }

    #[test]
    fn a_covered_screen_shows_nothing_and_takes_nothing() {
        let mut h = harness(Identity::Trust);
        h.keys("j");
        let before = h.screen().join("\n");
        update(&mut h.app, Msg::Idle, 10_000);
        let covered = h.screen().join("\n");
        assert!(covered.contains("[SES-03] Locked") && covered.contains("mara"), "{covered}");
        assert!(!covered.contains("Brightwater") && !covered.contains("EUR"), "{covered}");
        h.keys("jjq:q");
        update(&mut h.app, Msg::Paste("10023".to_owned(), 11_000), 11_000);
        assert_eq!(h.screen().join("\n"), covered);
        h.keys("<Enter>");
        assert_eq!(h.screen().join("\n"), before, "as it was left");
    }

    #[test]
    fn where_it_is_enforced_who_is_there_a_covered_screen_is_left() {
        let mut h = harness(Identity::Sudo);
        update(&mut h.app, Msg::Idle, 10_000);
        assert!(h.screen().join("\n").contains("sign in again"));
        h.keys("q");
        assert!(!h.app.ended());
        h.keys("<Enter>");
        assert!(h.app.ended());
        assert_eq!(h.app.ending(), Ending::Locked);
    }

    #[test]
    fn a_session_cut_off_notes_what_nobody_saw_the_end_of() {
        let mut h = harness(Identity::Forced);
        let key = ActKey::named("on its way");
        let request = Request { key, act: Act::Note { customer: 1, text: "x".to_owned() }, expect: Vec::new() };
        let origin = Slot { name: "note", ..Slot::default() };
        let perform = || Effect::Perform { origin, work: Work::Act(Box::new(request.clone())) };
        h.app.wish(1, 0, vec![perform()]);
        // Carried out with the next message, and not answered before the end.
        drop(update(&mut h.app, Msg::News(News::Changed), 1));
        h.send(Msg::Quit);
        assert_eq!(h.app.ending(), Ending::CutOff);
        assert_eq!(h.remembered.get(CUT), Some(&format!("key {}", key.hex())));
        let mut h = harness(Identity::Forced);
        h.app.wish(1, 0, vec![perform()]);
        h.send(Msg::News(News::Changed));
        h.send(Msg::Quit);
        assert_eq!(h.remembered.get(CUT).map(String::as_str), Some(""), "its outcome was seen");
    }
}
