//! Dunning runs, newest first: state, day, letters and what they ask for. `n` shows what a run of today would be and
//! drafts it; Enter opens a run for review, release and sending.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listing::{ListScreen, Listing, with_peek};
use super::run::RunScreen;
use crate::acts::dunning::Dunning;
use crate::acts::{Act, Done, Failure, Request};
use crate::domain::authority::Right;
use crate::domain::dunning::Segment;
use crate::domain::money::{Currency, Money};
use crate::domain::text::counted;
use crate::store::dunning::outlook::{self, Outlook, outlook};
use crate::store::dunning::runs::Run;
use crate::store::read::runs::{RunRow, list, newest};
use crate::store::read::window;
use crate::tui::app::overlay::Review;
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Tier, Want};
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;
use crate::tui::ui::{paint, text};

/// `g r`, and `:runs FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("runs", &["g r"], "runs", "Dunning runs: drafts, what waits, what was sent.")
        .words("dunning reminders letters collection run")
        .takes("FILTER")
        .verb("dunning list")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = RunList::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

const DRAFT: &str = "run.draft";

/// The keys of the list.
pub const COMMANDS: &[Command] =
    &[Command::write(DRAFT, &["n"], "draft a run", "Show what a run of today would be; y drafts it.", Tier::Many)
        .hint(70)
        .right(Right::Collect)
        .takes("CONDITIONS")
        .words("new dunning reminders today preview")
        .verb("dunning draft")];

const COLUMNS: &[Column] = &[
    Column::words("run", "RUN", 'r', 0, 6, 8),
    Column::words("on", "DAY", 'd', 0, 9, 9),
    Column::words("state", "STATE", 't', 0, 10, 10),
    Column::number("letters", "LETTERS", 'e', 0, 7),
    Column { min: 32, max: 40, ..Column::number("asked", "AMOUNT", 'a', 0, 34) },
    Column::words("by", "BY", 'b', 2, 6, 10),
    Column::words("segment", "ONLY", 'o', 3, 8, 20),
    Column::words("said", "SAID", 'i', 4, 10, 60),
];

impl Row for RunRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.run.id
    }
}

/// The list of runs.
pub struct RunList {
    listing: Listing<RunRow>,
    /// A question about a run of today is on its way.
    asking: bool,
}

impl Default for RunList {
    fn default() -> Self {
        RunList::new()
    }
}

/// `12,300.00 EUR + 400.00 USD`.
pub(super) fn sums(asked: &[(Currency, i64)], ctx: &Ctx) -> String {
    let one =
        |(currency, minor): &(Currency, i64)| text::amount_with_currency(Money::new(*minor, *currency), ctx.numbers);
    if asked.is_empty() { "-".to_owned() } else { asked.iter().map(one).collect::<Vec<_>>().join(" + ") }
}

/// Letters by level and currency, a line each.
pub(super) fn by_level(levels: &BTreeMap<(u32, Currency), (u64, u64, i64)>, ctx: &Ctx) -> Vec<String> {
    let line = |((level, currency), (letters, items, asked)): (&(u32, Currency), &(u64, u64, i64))| {
        let (letters, items) = (counted(*letters, "letter"), counted(*items, "item"));
        format!("level {level}: {letters} about {items}, {}", sums(&[(*currency, *asked)], ctx))
    };
    levels.iter().map(line).collect()
}

/// What is left out, the most frequent reason first.
pub(super) fn reasons<W: AsRef<str>>(left: &BTreeMap<W, u64>) -> Vec<String> {
    let mut all: Vec<(&str, u64)> = left.iter().map(|(why, count)| (why.as_ref(), *count)).collect();
    all.sort_by_key(|(why, count)| (std::cmp::Reverse(*count), why.to_string()));
    all.into_iter().map(|(why, count)| format!("{count} {why}")).collect()
}

/// The state of a run as a person reads it.
pub(super) fn state(run: &Run) -> (&str, Role) {
    match &*run.state {
        "draft" => ("draft", Role::Warn),
        "approved" => ("released", Role::Warn),
        "sending" => ("sending", Role::Warn),
        "sent" => ("sent", Role::Good),
        other => (other, Role::Dim),
    }
}

impl RunList {
    /// All runs, the newest first.
    pub fn new() -> RunList {
        RunList { listing: Listing::new(COLUMNS, Sort { column: "", descending: false }), asking: false }
    }

    /// Asks what a run of today would be; it is drafted from the review that follows.
    fn draft(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        let segment = call.args.split_whitespace().collect::<Vec<_>>().join(" ");
        if !segment.is_empty()
            && let Err(why) = Segment::parse(&segment)
        {
            return vec![Effect::Warn(format!("[POL-03] {why}. Nothing was drafted."))];
        }
        self.asking = true;
        let today = ctx.today;
        vec![Effect::ask("outlook", move |reader| Ok((outlook(reader, today, &segment)?, segment)))]
    }

    fn review(&self, found: &Outlook, segment: String, ctx: &Ctx) -> Vec<Effect> {
        let left = reasons(&found.left);
        if !found.any_policy {
            return vec![Effect::Warn(
                "[DUN-01] nobody is under a dunning policy; g y shows policies, o2c policy import FILE takes one in"
                    .to_owned(),
            )];
        }
        if found.letters() == 0 {
            let why = if left.is_empty() { "nothing is open".to_owned() } else { left.join(", ") };
            return vec![Effect::Warn(format!("[DUN-02] no letter is due today: {why}"))];
        }
        let waiting: Vec<String> = self
            .listing
            .list
            .rows()
            .iter()
            .filter(|row| row.run.is_open() && row.run.segment == segment)
            .map(|row| {
                let (number, on) = (&row.run.number, text::day(row.run.on));
                format!(
                    "{number} of {on} is {}; it would be superseded, what was decided of its lines too",
                    row.run.state
                )
            })
            .collect();
        let whose = if segment.is_empty() { "everybody under a policy".to_owned() } else { segment.clone() };
        let mut change = vec![format!(
            "{} to {}, {}, dated {}",
            counted(found.letters(), "letter"),
            counted(found.customers, "customer"),
            sums(&outlook::asked(&found.levels), ctx),
            text::day(ctx.today)
        )];
        change.extend(by_level(&found.levels, ctx).into_iter().map(|line| format!("  {line}")));
        let mut after = vec!["a draft; nothing is sent before it is released and its letters are counted".to_owned()];
        if !left.is_empty() {
            after.push(format!("not dunned: {}", left.join(", ")));
        }
        if found.by_hand > 0 {
            after.push(format!(
                "{} of these to decide by hand; o in the run lists them",
                counted(found.by_hand, "item")
            ));
        }
        let key = ctx.act_key();
        let request = Request { key, act: Act::Dunning(Dunning::DraftRun { segment }), expect: Vec::new() };
        // A run before the last, or beside one that is being sent, is refused before anybody says yes to it.
        let tried = Effect::try_out(request.clone());
        let go = move || vec![Effect::perform(DRAFT, request)];
        let review = Review::new(format!("Draft a run for {whose}"), &waiting, &change, &after, go).trying(key);
        vec![Effect::Overlay(Box::new(review)), tried]
    }

    fn peek(&self, ctx: &Ctx) -> Vec<String> {
        let Some(row) = self.listing.list.selected() else { return Vec::new() };
        let left: BTreeMap<String, u64> = serde_json::from_str(&row.run.left_out).unwrap_or_default();
        let left = reasons(&left);
        let next = match &*row.run.state {
            "draft" => "Enter to look it through and release it",
            "approved" => "Enter, then S sends it",
            "sending" => "it was begun; Enter, then S goes on",
            _ => "",
        };
        let said = if row.run.said.is_empty() { next.to_owned() } else { format!("{}  {next}", row.run.said) };
        vec![
            format!("{} lines, {}, {}  {said}", row.run.lines, counted(row.letters, "letter"), sums(&row.asked, ctx)),
            if left.is_empty() {
                "nothing was left out".to_owned()
            } else {
                format!("not dunned: {}", left.join(", "))
            },
        ]
    }
}

fn cells(row: &RunRow, ctx: &Ctx) -> Vec<Cell> {
    let run = &row.run;
    let (word, role) = state(run);
    vec![
        (&*run.number).into(),
        text::day(run.on).into(),
        Cell::new(word, role),
        row.letters.to_string().into(),
        sums(&row.asked, ctx).into(),
        (&*run.by).into(),
        (&*run.segment).into(),
        (&*run.said).into(),
    ]
}

impl ListScreen for RunList {
    type Line = RunRow;
    fn listing(&self) -> &Listing<RunRow> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<RunRow> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "runs"
    }
    fn title(&self) -> String {
        "Runs".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, _ctx: &Ctx) -> Vec<Effect> {
        let filter = self.listing.parsed.clone();
        let want = want.rows().unwrap_or(window::Want::Start);
        vec![Effect::ask("rows", move |reader| list(reader, &filter, want))]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(found) = answer.take() {
            self.listing.list.load(found);
        }
    }
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match name {
            "outlook" => {
                self.asking = false;
                let found = answer.take::<(Outlook, String)>();
                found.map_or_else(Vec::new, |(found, segment)| self.review(&found, segment, ctx))
            }
            "drafted" => {
                let run = answer.take::<Option<Run>>().flatten();
                run.map(|run| Effect::Open(Box::new(RunScreen::new(run.id, run.number)))).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
    fn performed(&mut self, name: &'static str, result: &Result<Done, Failure>, _ctx: &Ctx) -> Vec<Effect> {
        match (name, result) {
            (DRAFT, Ok(done)) if !done.asked => vec![Effect::ask("drafted", newest)],
            _ => Vec::new(),
        }
    }
    fn instead(&self, call: &Call) -> Option<String> {
        Some(match call.id {
            "list.sort" => "runs are in the order they were drafted in, the newest first".to_owned(),
            "list.mark" | "list.range" | "list.mark-all" | "list.invert" => "runs are looked at one by one".to_owned(),
            _ => return None,
        })
    }
    fn open(&self, row: &RunRow, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Open(Box::new(RunScreen::new(row.run.id, row.run.number.clone())))]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        if call.id == DRAFT { self.draft(call, ctx) } else { Vec::new() }
    }
    fn term(&self, row: &RunRow, column: &str, _ctx: &Ctx) -> Option<String> {
        Some(match column {
            "state" => format!("state:{}", row.run.state),
            "by" => format!("owner:{}", row.run.by),
            "segment" if !row.run.segment.is_empty() => format!("name:\"{}\"", row.run.segment),
            _ => return None,
        })
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let [list, inside] = with_peek(buf, area, 4, ctx);
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let empty = match self.listing.filter.as_str() {
                "" => "No run was drafted yet; n shows what one of today would be.".to_owned(),
                filter => format!("No run passes {filter}; / changes it."),
            };
            paint::text(buf, list, list.x + 1, list.y, &empty, ctx.style(Role::Dim), ctx.glyphs);
            return;
        }
        self.listing.draw(buf, list, ctx, focused, Vec::new(), |row| cells(row, ctx));
        let wide = usize::from(inside.width).max(1);
        let lines: Vec<String> = self.peek(ctx).iter().flat_map(|line| wrap(line, wide)).collect();
        paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
    }
    fn counts(&self, _ctx: &Ctx) -> String {
        let open = self.listing.list.rows().iter().filter(|row| row.run.is_open()).count();
        let waits = if open > 0 { format!("  {open} not finished") } else { String::new() };
        format!("{}{waits}", counted(self.listing.list.total(), "run"))
    }
    fn note(&self, _ctx: &Ctx) -> String {
        match (self.asking, self.listing.list.is_loaded()) {
            (true, _) => "deciding who gets a letter".to_owned(),
            (_, false) => "loading runs".to_owned(),
            _ => String::new(),
        }
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "run\tday\tstate\tletters\tlines\tasked\tsegment\tby\tsaid".to_owned()
    }
    fn raw(&self, row: &RunRow, _ctx: &Ctx) -> String {
        let run = &row.run;
        let plain =
            |(currency, minor): &(Currency, i64)| format!("{} {currency}", Money::new(*minor, *currency).plain());
        let asked = row.asked.iter().map(plain).collect::<Vec<_>>().join(" + ");
        let (letters, lines) = (row.letters, run.lines);
        let head = format!("{}\t{}\t{}\t{letters}\t{lines}\t{asked}", run.number, run.on, run.state);
        format!("{head}\t{}\t{}\t{}", run.segment, run.by, run.said)
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let row = self.listing.list.selected()?;
        let mut lines = vec![format!("{} was drafted by {} for {}", row.run.number, row.run.by, text::day(row.run.on))];
        lines.extend(self.peek(ctx));
        Some(lines)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let row = self.listing.list.selected()?;
        let of = if row.run.state == "sent" { "letters that went out" } else { "lines that were not left out" };
        Some(vec![
            format!("asked = open less disputed over the {of} = {}", sums(&row.asked, ctx)),
            "letters = one for each customer, policy, level and currency".to_owned(),
        ])
    }
}
