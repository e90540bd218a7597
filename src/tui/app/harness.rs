//! The whole application without a terminal, for journeys: keys as a string go in, every effect is run inline until
//! nothing is left to do, and the screen comes out as lines of text.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::Ordering;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::ctx::{Ctx, Millis};
use super::effect::{Effect, Msg, Slot, Work};
use super::key::script;
use super::place::Place;
use super::screen::Screen;
use super::state::App;
use super::{draw, start, update};
use crate::acts;
use crate::store::Reader;

/// What the writer would do with a piece of work.
pub type Perform = Box<dyn FnMut(Work) -> Result<acts::Done, acts::Failure>>;

/// What a run of the matching rules would do: whether it posts, and who watches it.
pub type Rules = Box<dyn FnMut(bool, acts::run::Watch<'_>) -> Result<acts::run::Tally, acts::Failure>>;

/// What handing over the mails that wait would do: whether it sends, and who watches it.
pub type Mails = Box<dyn FnMut(bool, acts::run::Watch<'_>) -> Result<acts::mail::pass::Passed, acts::Failure>>;

/// What sending the letters of a run would do: which run, why it goes on in spite of the gate, and who watches it.
pub type Letters =
    Box<dyn FnMut(i64, &str, acts::run::Watch<'_>) -> Result<acts::dunning::dispatch::Sent, acts::Failure>>;

/// What reading a file of the bank would give.
pub type Files = Box<dyn FnMut(&acts::import::Wish) -> Result<acts::import::StatementFile, String>>;

/// An application with its effects run inline.
pub struct Harness {
    /// The application itself.
    pub app: App,
    /// Where questions are asked.
    pub reader: Reader,
    /// Time that passes before each key. Large enough by default that no key counts as typed ahead.
    pub pace: Millis,
    /// What was put on the clipboard, newest last.
    pub copied: Vec<String>,
    /// Files that were written, with what went into them.
    pub saved: Vec<(String, String)>,
    /// What was remembered, as it would be kept across sessions.
    pub remembered: BTreeMap<String, String>,
    /// How many questions were asked so far.
    pub asked: usize,
    /// Runs the matching rules; none does nothing.
    pub rules: Option<Rules>,
    /// Sends letters; none does nothing.
    pub letters: Option<Letters>,
    /// Reads files of the bank; none does nothing.
    pub files: Option<Files>,
    /// Sends mails; none does nothing.
    pub mails: Option<Mails>,
    /// Keys pressed while the rules run, a script for each time they tell how far they are.
    pub meanwhile: VecDeque<String>,
    /// The screen each time the rules told how far they are, after those keys.
    pub frames: Vec<String>,
    now: Millis,
    perform: Perform,
}

impl Harness {
    /// Starts the application on its first screen and settles.
    pub fn new(
        ctx: Ctx,
        places: &'static [Place],
        first: Box<dyn Screen>,
        reader: Reader,
        perform: Perform,
    ) -> Harness {
        let app = App::new(ctx, places, BTreeMap::new(), first);
        let mut harness = Harness {
            app,
            reader,
            pace: 1_000,
            copied: Vec::new(),
            saved: Vec::new(),
            remembered: BTreeMap::new(),
            asked: 0,
            rules: None,
            letters: None,
            files: None,
            mails: None,
            meanwhile: VecDeque::new(),
            frames: Vec::new(),
            now: 0,
            perform,
        };
        let effects = start(&mut harness.app);
        harness.settle(effects);
        harness
    }

    /// Presses the keys of a script such as `j j <Enter> /over>30<Enter>` one after another and settles after each.
    pub fn keys(&mut self, keys: &str) -> &mut Harness {
        for key in script(keys) {
            self.now += self.pace;
            self.send(Msg::Key(key, self.now));
        }
        self
    }

    /// Sends a message and settles.
    pub fn send(&mut self, msg: Msg) -> &mut Harness {
        let effects = update(&mut self.app, msg, self.now);
        self.settle(effects);
        self
    }

    /// Runs effects, and those that follow from their answers, until there are none.
    pub fn settle(&mut self, effects: Vec<Effect>) {
        let mut waiting: std::collections::VecDeque<Effect> = effects.into();
        while let Some(effect) = waiting.pop_front() {
            let msg = match effect {
                Effect::Ask { slot, ticket, job } => {
                    self.asked += 1;
                    Msg::Answer { slot, ticket, result: job(&self.reader) }
                }
                Effect::Perform { origin, work } => self.performed(origin, work),
                Effect::Rules { origin, post, stop } => {
                    let Some(mut rules) = self.rules.take() else { continue };
                    let result = rules(post, &mut |done, total| {
                        self.progressed(&mut waiting, done, total);
                        !stop.load(Ordering::Relaxed)
                    });
                    self.rules = Some(rules);
                    Msg::Ran { origin, post, result }
                }
                Effect::Letters { run, despite, stop, .. } => {
                    let Some(mut letters) = self.letters.take() else { continue };
                    let result = letters(run, &despite, &mut |done, total| {
                        self.progressed(&mut waiting, done, total);
                        !stop.load(Ordering::Relaxed)
                    });
                    self.letters = Some(letters);
                    Msg::LettersOut(result)
                }
                Effect::Mails { origin, post, stop } => {
                    let Some(mut mails) = self.mails.take() else { continue };
                    let result = mails(post, &mut |done, total| {
                        self.progressed(&mut waiting, done, total);
                        !stop.load(Ordering::Relaxed)
                    });
                    self.mails = Some(mails);
                    Msg::MailsOut { origin, post, result }
                }
                Effect::File { slot, ticket, wish } => {
                    let Some(files) = &mut self.files else { continue };
                    Msg::Answer { slot, ticket, result: Ok(Box::new(files(&wish))) }
                }
                Effect::Copy { text, .. } => {
                    self.copied.push(text);
                    continue;
                }
                Effect::Save { file, text, what } => {
                    let said = format!("wrote {what} to {file}");
                    self.saved.push((file, text));
                    Msg::Said(Ok(said))
                }
                Effect::Remember { key, value } => {
                    self.remembered.insert(key, value);
                    continue;
                }
                _ => continue,
            };
            waiting.extend(update(&mut self.app, msg, self.now));
        }
    }

    /// Long work told how far it is: keys that are pressed then, and what is drawn after them.
    fn progressed(&mut self, waiting: &mut VecDeque<Effect>, done: u64, total: u64) {
        waiting.extend(update(&mut self.app, Msg::Progress { done, total }, self.now));
        for key in script(&self.meanwhile.pop_front().unwrap_or_default()) {
            self.now += self.pace;
            waiting.extend(update(&mut self.app, Msg::Key(key, self.now), self.now));
        }
        self.frames.push(self.screen().join("\n"));
    }

    fn performed(&mut self, origin: Slot, work: Work) -> Msg {
        match &work {
            Work::Try(request) => {
                let key = request.key;
                Msg::Tried { key, result: (self.perform)(work) }
            }
            _ => Msg::Performed { origin, result: (self.perform)(work) },
        }
    }

    /// Gives the terminal another size.
    pub fn resize(&mut self, columns: u16, rows: u16) -> &mut Harness {
        self.send(Msg::Resize(columns, rows))
    }

    /// What is drawn at the present size.
    pub fn buffer(&self) -> Buffer {
        let (columns, rows) = self.app.ctx.size;
        let mut buf = Buffer::empty(Rect::new(0, 0, columns, rows));
        draw(&self.app, &mut buf, Rect::new(0, 0, columns, rows));
        buf
    }

    /// The screen as lines of text without trailing blanks.
    pub fn screen(&self) -> Vec<String> {
        lines(&self.buffer())
    }

    /// One line of the screen, from 0; counted from the bottom when negative.
    pub fn line(&self, number: i32) -> String {
        let screen = self.screen();
        let at = if number < 0 { screen.len() as i32 + number } else { number };
        usize::try_from(at).ok().and_then(|at| screen.get(at).cloned()).unwrap_or_default()
    }

    /// Whether any line of the screen contains this text.
    pub fn shows(&self, text: &str) -> bool {
        self.screen().iter().any(|line| line.contains(text))
    }

    /// What is said at the right of the status line, empty for nothing.
    pub fn said(&self) -> &str {
        self.app.toast().map_or("", |toast| &toast.text)
    }
}

/// The text of a buffer, line by line, without trailing blanks. The second cell of a wide letter is left out.
pub fn lines(buf: &Buffer) -> Vec<String> {
    let line = |y: u16| {
        let mut out = String::new();
        let mut skip = 0;
        for x in buf.area.left()..buf.area.right() {
            let symbol = buf[(x, y)].symbol();
            if skip == 0 {
                out.push_str(symbol);
                skip = crate::tui::ui::width::cells(symbol).saturating_sub(1);
            } else {
                skip -= 1;
            }
        }
        out.trim_end().to_owned()
    };
    (buf.area.top()..buf.area.bottom()).map(line).collect()
}

/// The text of a buffer followed by its runs of style, such as `r2 c0-79 reversed`, so that moving a highlight changes
/// a snapshot.
pub fn styled(buf: &Buffer) -> String {
    let mut out = lines(buf).join("\n");
    out.push('\n');
    for y in buf.area.top()..buf.area.bottom() {
        let mut run: Option<(u16, Color, Modifier)> = None;
        for x in buf.area.left()..=buf.area.right() {
            let style = (x < buf.area.right()).then(|| (buf[(x, y)].fg, buf[(x, y)].modifier));
            if run.map(|(_, fg, modifier)| (fg, modifier)) == style {
                continue;
            }
            if let Some((from, fg, modifier)) =
                run.filter(|(_, fg, modifier)| *fg != Color::Reset || !modifier.is_empty())
            {
                out.push_str(&format!("r{y} c{from}-{} {fg:?} {modifier:?}\n", x - 1));
            }
            run = style.map(|(fg, modifier)| (x, fg, modifier));
        }
    }
    out
}
