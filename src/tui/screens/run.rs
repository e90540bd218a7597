//! One dunning run: its lines by customer with level, amount and why, and beside them what was left out and from when on
//! that changes. Lines are reviewed alone or marked; the run is released, sent letter by letter, stopped and gone on with.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use super::run_acts as deeds;
pub use super::run_acts::COMMANDS;
use super::runs::{by_level, reasons, state, sums};
use crate::acts::dunning::preview;
use crate::acts::{Done, Failure};
use crate::domain::money::Money;
use crate::domain::text::counted;
use crate::store::Reader;
use crate::store::dunning::gate::{Gate, gate_of, unaccepted_of};
use crate::store::dunning::outlook::{self, Left, LeftOut};
use crate::store::dunning::standing;
use crate::store::read::runs::{Detail, LineRow, detail};
use crate::tui::app::overlay::TextBox;
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Doing, Effect, FilterError, Place, Running, Scope, Screen, Sort, Status,
};
use crate::tui::ui::table::Column;
use crate::tui::ui::text;
use crate::tui::ui::theme::Role;

/// `:run NUMBER`.
pub const PLACE: Place = Place {
    command: Command::look("run", &[], "run", "One dunning run by its number, with its lines.")
        .scope(Scope::Global)
        .takes("NUMBER")
        .verb("dunning show"),
    tab: None,
    open: |arg, _| {
        let number = arg.trim().to_uppercase();
        (!number.is_empty()).then(|| Box::new(RunScreen::new(0, number)) as Box<dyn Screen>)
    },
};

const LINES: &[Column] = &[
    Column::words("name", "CUSTOMER", 'n', 0, 16, 30),
    Column::words("document", "INVOICE", 'i', 0, 10, 16),
    Column::number("level", "LEVEL", 'l', 0, 5),
    Column { max: 18, ..Column::number("asked", "ASKED", 'a', 0, 13) },
    Column::words("due", "DUE", 'd', 3, 9, 9),
    Column::words("letter", "LETTER", 't', 4, 7, 9),
    Column::words("why", "WHY", 'w', 1, 24, 70),
];

const LEFT: &[Column] = &[
    Column::words("name", "CUSTOMER", 'n', 0, 16, 30),
    Column::words("document", "INVOICE", 'i', 0, 10, 16),
    Column { max: 18, ..Column::number("open", "OPEN", 'a', 0, 13) },
    Column::words("due", "DUE", 'd', 2, 9, 9),
    Column::words("reason", "REASON", 'r', 1, 14, 18),
    Column::words("changes", "CHANGES", 'c', 0, 9, 9),
    Column::words("why", "WHY", 'w', 3, 18, 70),
];

/// Items listed as left out; further ones are counted.
const MOST_LEFT: usize = 5_000;

/// The screen of one run.
pub struct RunScreen {
    id: i64,
    number: String,
    detail: Option<Detail>,
    missing: bool,
    lines: TablePane,
    left: TablePane,
    left_out: Left,
    /// What was left out is shown instead of the lines.
    other: bool,
}

impl RunScreen {
    /// The run with this id, or with this number where the id is 0.
    pub fn new(id: i64, number: String) -> RunScreen {
        let by_place = Sort { column: "", descending: false };
        let by_reason = Sort { column: "reason", descending: false };
        let mut lines = TablePane::new("run", "Lines", LINES, by_place, |_| Vec::new()).counted_in("line");
        lines.empty = vec!["loading the run".to_owned()];
        let mut left = TablePane::new("run", "Left out", LEFT, by_reason, |_| Vec::new()).counted_in("item");
        left.empty = vec!["deciding why nothing goes out about the others".to_owned()];
        RunScreen { id, number, detail: None, missing: false, lines, left, left_out: Left::default(), other: false }
    }

    fn table(&self) -> &TablePane {
        if self.other { &self.left } else { &self.lines }
    }

    fn table_mut(&mut self) -> &mut TablePane {
        if self.other { &mut self.left } else { &mut self.lines }
    }

    fn line(&self) -> Option<&LineRow> {
        let id = self.lines.selected()?.id;
        self.detail.as_ref()?.lines.iter().find(|row| row.line.id == id)
    }

    fn chosen(&self) -> Vec<&LineRow> {
        let ids = self.lines.targets();
        let all = self.detail.as_ref().map_or(&[][..], |detail| &detail.lines);
        all.iter().filter(|row| ids.contains(&row.line.id)).collect()
    }

    fn left_item(&self) -> Option<&LeftOut> {
        let id = self.left.selected()?.id;
        self.left_out.rows.iter().find(|row| row.item == id)
    }

    fn letter(&self, ctx: &Ctx) -> Vec<Effect> {
        let (Some(row), Some(detail)) = (self.line(), &self.detail) else { return Vec::new() };
        let Some(key) = row.line.letter_key() else {
            return vec![Effect::Say("the line was left out; it is in no letter".to_owned())];
        };
        let (run, sent, today) = (self.id, detail.sent.get(&key).copied(), ctx.today);
        let title = match &row.line.letter {
            Some(number) => format!("Letter {number}"),
            None => format!("Level {} to {}, as it would go out today", key.level, row.line.name),
        };
        vec![Effect::ask("letter", move |reader| Ok((title, preview::letter(reader, run, key, sent, today)?)))]
    }

    fn is_going_out(&self, ctx: &Ctx) -> bool {
        let of_this = |running: &Running| matches!(&running.what, Doing::Letters(run) if *run == *self.number);
        ctx.running.as_ref().is_some_and(of_this)
    }

    /// `S`: what speaks against sending is asked for first, also of a run that was begun and goes on.
    fn send(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(detail) = &self.detail else { return Vec::new() };
        if self.is_going_out(ctx) {
            return vec![Effect::Stop];
        }
        let (today, run) = (ctx.today, detail.run.id);
        if detail.run.state == "sending" {
            let left = move |reader: &Reader| {
                let against = unaccepted_of(reader, run, today)?;
                Ok(Gate { against, remark: String::new() })
            };
            return vec![Effect::ask("gate", left)];
        }
        vec![Effect::ask("gate", move |reader| gate_of(reader, today))]
    }

    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "run.other" => {
                self.other = !self.other;
                return Vec::new();
            }
            "run.letter" => return self.letter(ctx),
            "run.customer" => {
                let account = if self.other {
                    self.left_item().map(|row| row.account.clone())
                } else {
                    self.line().map(|row| row.line.account.clone())
                };
                return account.map(|account| Effect::Go("customer", account)).into_iter().collect();
            }
            "run.send" => return self.send(ctx),
            _ => {}
        }
        let Some(detail) = &self.detail else { return Vec::new() };
        let ids = || self.chosen().iter().map(|row| row.line.id).collect::<Vec<i64>>();
        match (call.id, self.other) {
            ("run.approve", _) => deeds::approve(detail, ctx),
            ("run.cancel", _) => deeds::cancel(detail, ctx),
            ("run.drop", false) => deeds::drop_lines(ids(), ctx),
            ("run.hold", false) => deeds::hold(deeds::Held::Lines(ids()), ctx),
            ("run.keep", false) => deeds::keep_lines(ids(), ctx),
            ("run.lower", false) => {
                let highest = self.chosen().iter().map(|row| row.line.proposed - 1).min().unwrap_or(0);
                deeds::lower_lines(ids(), highest, ctx)
            }
            ("run.hold", true) => {
                let row = self.left_item();
                row.map_or_else(Vec::new, |row| deeds::hold(deeds::Held::Item(row.customer, row.item), ctx))
            }
            ("run.keep", true) => {
                let hold = self.left_item().and_then(|row| row.hold);
                hold.map_or_else(Vec::new, |hold| deeds::lift(hold, ctx))
            }
            _ => Vec::new(),
        }
    }

    fn refused(&self, id: &str, ctx: &Ctx) -> Option<String> {
        let run = &self.detail.as_ref()?.run;
        let sending = self.is_going_out(ctx);
        let refuse = |text: &str| Some(text.to_owned());
        match id {
            "run.drop" | "run.lower" if self.other => refuse("it is left out already; o shows the lines"),
            "run.drop" | "run.lower" if !run.is_draft() => {
                Some(format!("{} is {}, no draft any more", run.number, run.state))
            }
            "run.hold" | "run.keep" if !self.other && !run.is_draft() => {
                Some(format!("{} is {}, no draft any more", run.number, run.state))
            }
            "run.keep" if self.other && self.left_item().is_none_or(|row| row.hold.is_none()) => {
                refuse("no hold keeps it out; w says what does")
            }
            "run.keep" if !self.other && self.chosen().iter().any(|row| matches!(&*row.line.review, "" | "keep")) => {
                refuse("it is in the run as drafted")
            }
            "run.hold" if self.other && self.left.marked() > 1 => {
                refuse("one item at a time here; Esc drops the marks")
            }
            "run.lower" if self.chosen().iter().any(|row| row.line.proposed < 2) => {
                refuse("a line of level 1 cannot be lowered; x leaves it out")
            }
            "run.letter" if self.other => refuse("no letter goes out about it; w says why"),
            "run.approve" if !run.is_draft() => Some(format!("{} is {}", run.number, run.state)),
            "run.approve" if self.detail.as_ref().is_some_and(|detail| detail.letters() == 0) => {
                refuse("everything was left out; X cancels the run")
            }
            "run.send" if sending => None,
            "run.send" if run.is_draft() => refuse("it is a draft; A releases it first"),
            "run.send" if !matches!(&*run.state, "approved" | "sending") => {
                Some(format!("{} is {}", run.number, run.state))
            }
            "run.cancel" if !run.is_open() => Some(format!("{} is {}", run.number, run.state)),
            "run.cancel" if run.letters > 0 => refuse("letters of it are out"),
            _ => None,
        }
    }

    fn take_detail(&mut self, found: Detail, ctx: &Ctx) -> Vec<Effect> {
        (self.id, self.number) = (found.run.id, found.run.number.clone());
        self.lines.empty = vec!["This run has no lines.".to_owned()];
        self.lines.fill(found.lines.iter().map(|row| entry(row, ctx)).collect());
        let (word, _) = state(&found.run);
        let mut foot = by_level(&found.levels, ctx);
        let left = reasons(&found.left);
        foot.push(if left.is_empty() {
            "nothing was left out".to_owned()
        } else {
            format!("not dunned when drafted: {}", left.join(", "))
        });
        let (number, on) = (&found.run.number, text::day(found.run.on));
        let out = if found.run.letters > 0 { format!(", {} out", found.run.letters) } else { String::new() };
        let gone = standing::no_longer(found.gone, &found.run.state);
        let two = if found.by_two { "; two people release it" } else { "" };
        foot.insert(0, format!("{number} of {on}, {word}: {}{out}{gone}{two}", counted(found.letters(), "letter")));
        self.lines.formula = formula(&found, ctx);
        self.lines.foot = foot;
        let (today, segment) = (ctx.today, found.run.segment.clone());
        self.detail = Some(found);
        vec![Effect::ask("left", move |reader| outlook::left_out(reader, today, &segment, MOST_LEFT))]
    }

    fn take_left(&mut self, found: Left, ctx: &Ctx) {
        self.left.empty = vec!["Nothing is left out: a letter goes out about everything open.".to_owned()];
        self.left.fill(found.rows.iter().map(|row| left_entry(row, ctx)).collect());
        let more = found.total - found.rows.len();
        let mut foot = vec![format!("as it would be decided today, {}", text::day(ctx.today))];
        if more > 0 {
            foot.push(format!("{more} more that are not due yet are not listed"));
        }
        self.left.foot = foot;
        self.left_out = found;
    }
}

fn formula(found: &Detail, ctx: &Ctx) -> Vec<String> {
    let mut lines = vec!["asked = open less disputed, on the day of the draft".to_owned()];
    lines.extend(by_level(&found.levels, ctx));
    let all = sums(&outlook::asked(&found.levels), ctx);
    lines.push(format!("together {} asking for {all}", counted(found.letters(), "letter")));
    lines.push(
        "one letter for each customer, policy, level and currency; credits are taken off in the letter".to_owned(),
    );
    lines
}

fn entry(row: &LineRow, ctx: &Ctx) -> Entry {
    let line = &row.line;
    let sum = Money::new(line.asked, line.currency);
    let (level, why, role) = match (&*line.review, line.level()) {
        ("" | "keep", _) => (line.proposed.to_string(), text::dated(&line.why), Role::Text),
        ("lower", Some(level)) => {
            (level.to_string(), format!("lowered from {}: {}", line.proposed, line.reason), Role::Warn)
        }
        (review, _) => (
            "-".to_owned(),
            format!("{}: {}", if review == "hold" { "held" } else { "left out" }, line.reason),
            Role::Dim,
        ),
    };
    let (level, why, role) = match &row.gone {
        Some(gone) => (level, format!("not any more: {gone}"), Role::Dim),
        None => (level, why, role),
    };
    let mut explained = vec![
        format!("{} {}, {}", line.account, line.name, line.document),
        format!("proposed at level {} by {}: {}", line.proposed, row.policy, text::dated(&line.why)),
    ];
    if !line.review.is_empty() {
        explained.push(format!("changed by hand: {why}"));
    }
    if row.fee > 0 && line.level().is_some() {
        let fee = text::amount_with_currency(Money::new(row.fee, line.currency), ctx.numbers);
        explained.push(format!("the letter charges {fee} where the item newly reaches the level"));
    }
    explained.push(match (&line.letter, row.next) {
        _ if row.gone.is_some() => format!("it does not go out: {}", row.gone.as_deref().unwrap_or_default()),
        (Some(letter), _) => format!("it went out in {letter}"),
        (None, Some((level, on))) => {
            format!("if it goes out and stays open, level {level} is reached on {}", text::day(on))
        }
        (None, None) => "it is the last level; what follows is decided by hand".to_owned(),
    });
    let level = Part::words(&level).role(role);
    Entry {
        id: line.id,
        about: line.document.clone(),
        parts: vec![
            Part::words(&line.name),
            Part::words(&line.document),
            level,
            Part::amount(sum, ctx),
            Part::day(Some(line.due)),
            Part::words(line.letter.as_deref().unwrap_or("-")),
            Part::words(&why).role(role),
        ],
        sum: Some(sum),
        late: Some((ctx.today - line.due).num_days()),
        on: Some(line.due),
        state: if line.review.is_empty() { format!("level {}", line.proposed) } else { line.review.clone() },
        why: explained,
    }
}

fn left_entry(row: &LeftOut, ctx: &Ctx) -> Entry {
    let sum = Money::new(row.open, row.currency);
    let policy = if row.policy.is_empty() { "under no policy".to_owned() } else { format!("under {}", row.policy) };
    let mut why = vec![format!("{} {}, {}, {policy}", row.account, row.name, row.document), text::dated(&row.why)];
    why.push(match row.changes_on {
        Some(on) => format!("that changes on {}", text::day(on)),
        None if row.by_hand => "a person decides: hold it, call, or give it to somebody else".to_owned(),
        None => "no day changes that by itself: a payment, an answer or a person does".to_owned(),
    });
    let role = if row.by_hand { Role::Warn } else { Role::Text };
    Entry {
        id: row.item,
        about: row.document.clone(),
        parts: vec![
            Part::words(&row.name),
            Part::words(&row.document),
            Part::amount(sum, ctx),
            Part::day(Some(row.due)),
            Part::words(row.word).role(role),
            Part::day(row.changes_on),
            Part::words(&text::dated(&row.why)),
        ],
        sum: Some(sum),
        late: Some((ctx.today - row.due).num_days()),
        on: Some(row.due),
        state: row.word.to_owned(),
        why,
    }
}

impl Screen for RunScreen {
    fn id(&self) -> &'static str {
        "run"
    }
    fn title(&self) -> String {
        if self.other { format!("{} left out", self.number) } else { self.number.clone() }
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        if self.detail.is_none() {
            return Err("the run is not read yet".to_owned());
        }
        self.refused(command.id, ctx).map_or(Ok(()), Err)
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "list.open" if !self.other => self.letter(ctx),
            "list.open" => self.act(&Call::new("run.customer"), ctx),
            id if id.starts_with("run.") => self.act(call, ctx),
            _ => self.table_mut().run(call, ctx),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (id, number, today) = (self.id, self.number.clone(), ctx.today);
        vec![Effect::ask("run", move |reader| {
            let id = match id {
                0 => crate::store::dunning::runs::named(reader, &number)?.map(|run| run.id),
                id => Some(id),
            };
            id.map(|id| detail(reader, id, today)).transpose()
        })]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match name {
            "run" => match answer.take::<Option<Detail>>().flatten() {
                Some(found) => return self.take_detail(found, ctx),
                None => {
                    self.missing = true;
                    self.lines.empty = vec![format!("No run is called {}. g r shows all of them.", self.number)];
                }
            },
            "left" => {
                if let Some(found) = answer.take::<Left>() {
                    self.take_left(found, ctx);
                }
            }
            "letter" => {
                if let Some((title, lines)) = answer.take::<(String, Vec<String>)>() {
                    return vec![Effect::Overlay(Box::new(TextBox::new(title, lines)))];
                }
            }
            "gate" => {
                if let (Some(gate), Some(detail)) = (answer.take::<Gate>(), &self.detail) {
                    return match gate.against.is_empty() {
                        true => deeds::send(detail, &gate, "", ctx),
                        false => deeds::despite(detail, gate, ctx),
                    };
                }
            }
            _ => return self.table_mut().answer(name, answer, ctx),
        }
        Vec::new()
    }
    fn performed(&mut self, name: &'static str, result: &Result<Done, Failure>, _ctx: &Ctx) -> Vec<Effect> {
        match (name, result) {
            ("run.start", Ok(done)) if !done.asked => vec![deeds::letters(self.id, &self.number, "")],
            ("run.drop" | "run.hold" | "run.keep" | "run.lower", Ok(_)) => {
                self.table_mut().drop_marks();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        self.table().view(buf, area, ctx, focused);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let status = self.table().status(ctx);
        let Some(detail) = &self.detail else {
            let note = if self.missing { String::new() } else { "loading the run".to_owned() };
            return Status { note, ..status };
        };
        let (word, _) = state(&detail.run);
        let counts = match self.other {
            true => format!("{} left out", counted(self.left_out.total as u64, "item")),
            false => {
                let out = if detail.run.letters > 0 { format!(", {} out", detail.run.letters) } else { String::new() };
                format!("{word}  {}{out}  {}", counted(detail.letters(), "letter"), status.counts)
            }
        };
        Status { counts, ..status }
    }
    fn filter(&self) -> Option<String> {
        self.table().filter()
    }
    fn set_filter(&mut self, text: &str, ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        self.table_mut().set_filter(text, ctx)
    }
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        self.table().selected_text(what, ctx)
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.table().explain(ctx)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.lines.arithmetic(ctx)
    }
    fn choices(&self, prefix: char, ctx: &Ctx) -> Vec<(char, String)> {
        self.table().choices(prefix, ctx)
    }
    fn marked(&self) -> usize {
        self.table().marked()
    }
    fn drop_marks(&mut self) -> bool {
        self.table_mut().drop_marks()
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "run".to_owned(), arg: self.number.clone(), row: String::new() })
    }
}
