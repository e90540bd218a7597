//! The audit: the log's acts with the session and identity they came from, what each changed, and the chain that
//! proves them. `V` verifies the whole chain in the background and names the first row that was altered.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listing::{ListScreen, Listing, with_peek};
use super::log as everyday;
use crate::store::check::Finding;
use crate::store::read::evidence::{self, Chain, Proof, VERIFIED};
use crate::store::read::log::{ActLine, everything};
use crate::store::read::window;
use crate::tui::app::overlay::TextBox;
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Scope, Screen, Sort, Want, Window};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::paint::{self, Fact};
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::text;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::{rest, wrap};

/// `g e`, and `:audit FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("audit", &["g e"], "audit", "Who did what from where, before and after, and its proof.")
        .words("evidence trail chain verify tamper session identity auditor")
        .takes("FILTER")
        .verb("audit log")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = Audit::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be looked at about acts. Nothing here changes the book.
pub const COMMANDS: &[Command] = &[
    Command::look("audit.verify", &["V"], "verify chain", "Recompute every hash and digest, in the background.")
        .hint(70)
        .words("prove check hash tamper altered")
        .verb("audit verify"),
    Command::look("audit.customer", &["c"], "customer", "Open the account of the customer it is about.").hint(40),
];

const COLUMNS: &[Column] = &[
    Column::number("id", "ACT", 'a', 0, 7),
    Column::words("when", "WHEN", 't', 0, 15, 15),
    Column::words("who", "LOGIN", 'o', 0, 6, 10),
    Column::words("kind", "KIND", 'k', 0, 11, 12),
    Column::words("what", "WHAT", 'w', 1, 26, 80),
    Column::words("source", "SOURCE", 's', 2, 6, 6),
    Column::words("identity", "KNOWN BY", 'i', 3, 8, 8),
    Column::number("session", "SESSION", 'e', 5, 7),
    Column::words("customer", "CUSTOMER", 'c', 6, 10, 16),
    Column::words("undone", "UNDONE", 'u', 4, 7, 8),
    Column::words("origin", "FROM", 'm', 7, 8, 16),
];

/// A verification on its way.
struct Run {
    upto: i64,
    step: i64,
}

/// What the last verification of this session found: up to which act, and the first thing altered.
struct Verdict {
    upto: i64,
    found: Option<Finding>,
}

/// The acts with their proof.
pub struct Audit {
    listing: Listing<ActLine>,
    chain: Chain,
    run: Option<Run>,
    verdict: Option<Verdict>,
}

impl Default for Audit {
    fn default() -> Self {
        Audit::new()
    }
}

impl Audit {
    /// Every act, newest first.
    pub fn new() -> Audit {
        Audit {
            listing: Listing::new(COLUMNS, Sort { column: "id", descending: true }),
            chain: Chain::default(),
            run: None,
            verdict: None,
        }
    }

    fn verify(&mut self) -> Vec<Effect> {
        if let Some(run) = &self.run {
            return vec![Effect::Say(format!("verifying already: {}", percent(run)))];
        }
        if self.chain.act == 0 {
            return vec![Effect::Say("the end of the log is still being read".to_owned())];
        }
        let run = Run { upto: self.chain.act, step: 0 };
        let ask = ask_step(&run);
        (self.run, self.verdict) = (Some(run), None);
        vec![ask]
    }

    /// One step was answered: the next one, or the result.
    fn stepped(&mut self, findings: Vec<Finding>, ctx: &Ctx) -> Vec<Effect> {
        let Some(mut run) = self.run.take() else { return Vec::new() };
        run.step += 1;
        if let Some(first) = findings.into_iter().next() {
            let lines = altered(&first);
            self.verdict = Some(Verdict { upto: run.upto, found: Some(first) });
            return vec![
                Effect::Warn("the log was altered; see what is first".to_owned()),
                Effect::Overlay(Box::new(TextBox::new("The log was altered", lines))),
            ];
        }
        if run.step < evidence::steps(run.upto) {
            let ask = ask_step(&run);
            self.run = Some(run);
            return vec![ask];
        }
        self.verdict = Some(Verdict { upto: run.upto, found: None });
        let head = self.chain.hash.get(..16).unwrap_or_default().to_owned();
        let value = format!("{} {} {head}", ctx.today, run.upto);
        self.chain.verified.clone_from(&value);
        let said = format!("verified: {} acts and every row they wrote are as they were posted; head {head}", run.upto);
        vec![Effect::Remember { key: VERIFIED.to_owned(), value }, Effect::Say(said)]
    }

    /// One line on the chain: its head, when it was verified, what that found.
    fn state(&self, ctx: &Ctx) -> String {
        let head = self.chain.hash.get(..16).unwrap_or_default();
        let verified = match (&self.run, &self.verdict) {
            (Some(run), _) => format!("verifying {}", percent(run)),
            (None, Some(Verdict { found: Some(found), .. })) => format!("ALTERED: {} {}", found.object, found.is),
            (None, Some(Verdict { upto, .. })) => format!("verified now up to act {upto}"),
            (None, None) => remembered(&self.chain.verified, ctx),
        };
        format!("head {head} at act {}; {verified}", self.chain.act)
    }

    /// What the row does not say, where there is little room; the chain stands still below it.
    fn short(&self, width: u16, ctx: &Ctx) -> Vec<Vec<Fact<'static>>> {
        let state = vec![("", self.state(ctx), 78)];
        let Some(row) = self.listing.list.selected() else { return vec![state] };
        let or_none = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
        let customer = row.customer.as_ref().map_or("-", |(_, number, _)| number);
        let more = rest(&row.summary, self.listing.room("what", width), ctx.glyphs);
        let from = vec![
            ("known by", or_none(&row.identity), 6),
            ("session", row.session.to_string(), 7),
            ("from", or_none(&row.origin), 15),
            ("customer", customer.to_owned(), 10),
        ];
        vec![vec![("", more, 77)], from, state]
    }

    fn peek(&self, ctx: &Ctx) -> Vec<String> {
        let Some(row) = self.listing.list.selected() else { return vec![self.state(ctx)] };
        let origin = if row.origin.is_empty() { String::new() } else { format!(" from {}", row.origin) };
        let identity = if row.identity.is_empty() { "not known" } else { &row.identity };
        let (day, time) = (text::weekday(row.day()), row.time());
        let session = format!("session {}, login known by {identity}{origin}", row.session);
        vec![
            row.summary.clone(),
            format!("{day} {time} UTC  {} ({}) by way of {}; {session}", row.who, row.login, row.source),
            self.state(ctx),
        ]
    }
}

fn ask_step(run: &Run) -> Effect {
    let (upto, step) = (run.upto, run.step);
    Effect::ask("verify", move |reader| evidence::verify_step(reader, upto, step))
}

fn percent(run: &Run) -> String {
    format!("{}%", run.step * 100 / evidence::steps(run.upto).max(1))
}

/// `verified 16 Mar 26 up to act 1234`, of what was remembered.
fn remembered(value: &str, ctx: &Ctx) -> String {
    let mut parts = value.split(' ');
    match (parts.next().and_then(|day| day.parse().ok()), parts.next()) {
        (Some(day), Some(act)) => {
            format!("you verified it up to act {act} on {}; V verifies now", text::short_day(day, ctx.today))
        }
        _ => "you have not verified it yet; V does".to_owned(),
    }
}

/// What is said of the first thing that was altered.
fn altered(found: &Finding) -> Vec<String> {
    vec![
        format!("{}: {}", found.object, found.is),
        format!("It must be {}.", found.must),
        format!("What to do: {}.", found.todo),
        String::new(),
        "Rows were changed outside this program, or the disk is damaged. Nothing was changed by looking.".to_owned(),
        "o2c check lists everything that is not as it must be.".to_owned(),
    ]
}

fn cells(row: &ActLine) -> Vec<Cell> {
    let denied = if row.kind == "denied" { Role::Late } else { Role::Text };
    let session = if row.session == 0 { String::new() } else { row.session.to_string() };
    vec![
        row.id.to_string().into(),
        format!("{} {}", text::day(row.day()), row.time()).into(),
        row.login.as_str().into(),
        Cell::new(row.kind.as_str(), denied),
        row.summary.as_str().into(),
        row.source.as_str().into(),
        row.identity.as_str().into(),
        session.into(),
        row.customer.as_ref().map_or("", |(_, _, name)| name.as_str()).into(),
        everyday::undone(row),
        row.origin.as_str().into(),
    ]
}

/// An act with what it changed, line by line.
fn proof_lines(proof: &Proof) -> Vec<String> {
    let row = &proof.act.line;
    let mut out = Vec::new();
    if !proof.changes.is_empty() {
        let said = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
        out.push("WHAT CHANGED".to_owned());
        let line = |change: &crate::store::read::changes::Change| {
            format!("  {}: {} -> {}", change.what, said(&change.before), said(&change.after))
        };
        out.extend(proof.changes.iter().map(line));
        out.push(String::new());
    }
    let identity = if row.identity.is_empty() { "not known" } else { &row.identity };
    out.push(format!("session {}, login known by {identity} {}", row.session, row.origin).trim_end().to_owned());
    out.extend(everyday::detail_lines(&proof.act));
    out
}

impl ListScreen for Audit {
    type Line = ActLine;
    fn listing(&self) -> &Listing<ActLine> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<ActLine> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "audit"
    }
    fn title(&self) -> String {
        "Audit".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let (today, filter) = (ctx.today, self.listing.parsed.clone());
        let want = want.rows().unwrap_or(window::Want::Start);
        vec![Effect::ask("rows", move |reader| everything(reader, today, &filter, want))]
    }
    fn ask_all(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let login = ctx.user.clone();
        let chain = Effect::ask("chain", move |reader| evidence::chain(reader, &login));
        self.ask(want, ctx).into_iter().chain([chain]).collect()
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(window) = answer.take::<Window<ActLine>>() {
            self.listing.list.load(window);
        }
    }
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match name {
            "chain" => {
                let known = std::mem::take(&mut self.chain.verified);
                self.chain = answer.take::<Chain>().unwrap_or_default();
                if self.chain.verified.is_empty() {
                    self.chain.verified = known;
                }
            }
            "verify" => return answer.take::<Vec<Finding>>().map_or(Vec::new(), |found| self.stepped(found, ctx)),
            "proof" => {
                let Some(proof) = answer.take::<Option<Proof>>().flatten() else { return Vec::new() };
                let title = format!("Act {}", proof.act.line.id);
                return vec![Effect::Overlay(Box::new(TextBox::new(title, proof_lines(&proof))))];
            }
            _ => {}
        }
        Vec::new()
    }
    fn instead(&self, call: &Call) -> Option<String> {
        Some(match call.id {
            "list.sort" => "acts are in the order of what happened, newest first".to_owned(),
            "list.mark" | "list.range" | "list.mark-all" | "list.invert" => {
                "nothing can be done to several acts; y t copies the table".to_owned()
            }
            _ => return None,
        })
    }
    fn open(&self, row: &ActLine, _ctx: &Ctx) -> Vec<Effect> {
        let id = row.id;
        vec![Effect::ask("proof", move |reader| evidence::proof(reader, id))]
    }
    fn act(&mut self, call: &Call, _ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "audit.verify" => self.verify(),
            "audit.customer" => {
                let customer = self.listing.list.selected().and_then(|row| row.customer.as_ref());
                customer.map(|(_, number, _)| Effect::Go("customer", number.clone())).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
    fn term(&self, row: &ActLine, column: &str, ctx: &Ctx) -> Option<String> {
        Some(match column {
            "source" => format!("tag:{}", row.source),
            "identity" if !row.identity.is_empty() => format!("tag:{}", row.identity),
            "session" if row.session > 0 => format!("tag:\"s{} \"", row.session),
            _ => return everyday::term(row, column, ctx),
        })
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        let customer = self.listing.list.selected().is_some_and(|row| row.customer.is_some());
        match command.id {
            "audit.customer" if !customer => Err("it is about no single customer".to_owned()),
            _ => Ok(()),
        }
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (theme, glyphs) = (ctx.theme, ctx.glyphs);
        let framed = class(ctx.size.0, ctx.size.1) >= Class::M && !ctx.zoom;
        let [list, inside] = if framed {
            let [list, peek] = layout::above(area, if area.height >= 10 { 5 } else { 0 });
            let list = paint::frame(buf, list, "Audit", &self.listing.place(), focused, theme, glyphs);
            [list, paint::frame(buf, peek, "This act and the chain", "Enter shows all of it", false, theme, glyphs)]
        } else {
            with_peek(buf, area, 3, ctx)
        };
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let empty = format!("no act passes {}; / changes it", self.listing.filter);
            paint::text(buf, list, list.x + 1, list.y, &empty, ctx.style(Role::Dim), glyphs);
        } else {
            self.listing.draw(buf, list, ctx, focused, Vec::new(), cells);
        }
        if framed {
            return paint::lines(buf, inside, &self.peek(ctx), ctx.style(Role::Text), glyphs);
        }
        paint::facts(buf, inside, &self.short(area.width, ctx), theme, glyphs);
    }
    fn counts(&self, _ctx: &Ctx) -> String {
        format!("{} acts", self.listing.list.total())
    }
    fn note(&self, _ctx: &Ctx) -> String {
        match (&self.run, &self.verdict, self.listing.list.is_loaded()) {
            (_, _, false) => "loading the log".to_owned(),
            (Some(run), ..) => format!("times are UTC  verifying {}", percent(run)),
            (_, Some(Verdict { found: Some(_), .. }), _) => "times are UTC  ALTERED!".to_owned(),
            _ => "times are UTC".to_owned(),
        }
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "act\twhen UTC\tlogin\tkind\tcustomer\twhat\tsource\tknown by\tsession\tfrom".to_owned()
    }
    fn raw(&self, row: &ActLine, _ctx: &Ctx) -> String {
        let customer = row.customer.as_ref().map_or("", |(_, number, _)| number);
        let what = format!("{}\t{}\t{}\t{}\t{customer}\t{}", row.id, row.at, row.login, row.kind, row.summary);
        format!("{what}\t{}\t{}\t{}\t{}", row.source, row.identity, row.session, row.origin)
    }
    fn copied(&self, what: char, row: &ActLine, _ctx: &Ctx) -> Option<(String, String)> {
        let (_, number, name) = row.customer.as_ref().filter(|_| what == 'c')?;
        Some((format!("{number} {name}"), name.clone()))
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let mut lines = self.peek(ctx);
        lines.extend(
            [
                "Every act is chained to the one before by its hash, and every row it wrote stands under its digest.",
                "Changes are evident up to the newest head you hold elsewhere: write its 16 letters down, or mail them.",
                "Filter: owner:anna reason:\"write off\" no:10042 due:2026-03-01..2026-03-31 tag:forced tag:s12.",
            ]
            .map(str::to_owned),
        );
        Some(lines.iter().flat_map(|line| wrap(line, 90)).collect())
    }
}
