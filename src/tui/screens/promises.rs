//! Promises to pay with what became of each: the days to come, what was kept and what was broken. `x` withdraws the
//! promise under the cursor, Enter opens the customer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{When, amounts, said_when, when_field};
use super::listing::{ListScreen, Listing, with_peek};
use crate::acts::arrange::Arrange;
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::domain::plan::GRACE_DAYS;
use crate::domain::promise::State;
use crate::language::dates::Lean;
use crate::store::read::promises::{
    LISTED_DAYS, Outcome, PromiseRow, Promises, Question, TALLY_DAYS, Tally, ids, promises,
};
use crate::tui::app::overlay::{Confirm, Field, Form};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Tier, Want};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::paint::Fact;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{paint, text};

/// `g p`, and `:promises FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("promises", &["g p"], "promises", "Promises to pay: to come, kept and broken.")
        .words("ptp pledge commitments")
        .takes("FILTER")
        .scope(Scope::Global),
    tab: Some("Promises"),
    open: |filter, ctx| {
        let mut screen = PromiseList::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be done about a promise.
pub const COMMANDS: &[Command] = &[
    Command::write(
        "promise.renew",
        &["p"],
        "renew",
        "Renew the promise: another day, or several for a plan.",
        Tier::One,
    )
    .hint(62)
    .right(Right::Collect)
    .words("again reschedule plan instalments")
    .verb("promise"),
    Command::write("promise.withdraw", &["x"], "withdraw", "Withdraw the promise; it cannot be undone.", Tier::Many)
        .hint(60)
        .right(Right::Collect)
        .words("cancel take back"),
];

pub(super) const COLUMNS: &[Column] = &[
    Column::words("name", "CUSTOMER", 'c', 0, 18, 34),
    Column::words("document", "INVOICE", 'i', 3, 9, 16),
    Column {
        id: "date",
        title: "FOR DAY",
        letter: 'd',
        priority: 0,
        min: 9,
        max: 9,
        align: crate::tui::ui::width::Align::Left,
        base: false,
    },
    Column::number("in", "IN", 'n', 2, 5),
    Column::number("amount", "AMOUNT", 'a', 0, 13),
    Column::words("currency", "CUR", 'u', 0, 3, 3),
    Column::words("state", "STATE", 's', 0, 11, 11),
    Column::number("kept", "PAID", 'k', 4, 13),
    Column::words("made", "MADE", 'm', 5, 9, 9),
    Column::number("level", "LEVEL", 'l', 6, 5),
    Column::words("owner", "OWNER", 'o', 7, 4, 10),
];

impl Row for PromiseRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.amount, self.currency))
    }
}

/// The list of promises.
pub struct PromiseList {
    listing: Listing<PromiseRow>,
    outcomes: Vec<Outcome>,
    kept: String,
}

impl Default for PromiseList {
    fn default() -> Self {
        PromiseList::new()
    }
}

/// By which method they will pay, who said so and how, where that was said.
fn said(row: &PromiseRow) -> String {
    let parts = [("by ", &row.method), ("said by ", &row.contact), ("over ", &row.source)];
    let parts = parts.iter().filter(|(_, value)| !value.is_empty()).map(|(word, value)| format!("{word}{value}"));
    parts.collect::<Vec<_>>().join(", ")
}

impl PromiseList {
    /// All promises of the last twelve months, the open ones first.
    pub fn new() -> PromiseList {
        PromiseList {
            listing: Listing::new(COLUMNS, Sort { column: "state", descending: false }),
            outcomes: Vec::new(),
            kept: String::new(),
        }
    }

    fn withdraw(&self, ctx: &Ctx) -> Vec<Effect> {
        let [promise] = self.listing.list.targets()[..] else { return Vec::new() };
        let key = ctx.act_key();
        let what = self.listing.list.rows().iter().find(|row| row.id == promise).map_or_else(String::new, |row| {
            let amount = text::amount_with_currency(Money::new(row.amount, row.currency), ctx.numbers);
            format!(" of {amount} by {} for {}", row.name, text::weekday(row.promised_on))
        });
        let yes = move || {
            let act = Act::Withdraw { promise };
            vec![Effect::perform("withdraw", Request { key, act, expect: Vec::new() })]
        };
        vec![Effect::Overlay(Box::new(Confirm::new(format!("Withdraw the promise{what}? No undo."), yes)))]
    }

    /// Another day for what has not come of the promise, or several for a plan.
    fn renew(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(row) = self.listing.list.selected() else { return Vec::new() };
        let (key, dates, item, left) = (ctx.act_key(), ctx.dating(Lean::Forward), row.item, row.amount - row.kept);
        let context = amounts(ctx, row.currency, left);
        let save = move |values: &[String]| {
            let text = values[0].clone();
            let act = match said_when(&values[1], left, &context, &dates).map_err(|why| (1, why))? {
                When::Day(on) => Act::Promise { items: vec![(item, left)], on, text },
                When::Plan(instalments) => Act::Arrange(Arrange::ProposePlan {
                    items: vec![(item, left)],
                    instalments,
                    grace_days: GRACE_DAYS,
                    text,
                    replaces: None,
                }),
            };
            Ok(vec![Effect::perform("promise.renew", Request { key, act, expect: Vec::new() })])
        };
        let shown = text::amount_with_currency(Money::new(left, row.currency), ctx.numbers);
        let foot =
            format!("{shown} of {} has not come; the promise after it is of level {}", row.document, row.level + 1);
        let form = Form::new(&format!("Promise of {}", row.name), save)
            .field(Field::text("said by", ""))
            .field(when_field("pays on", "+3b", left, context, ctx))
            .start(1)
            .foot(move |_| vec![foot.clone()]);
        vec![Effect::Overlay(Box::new(form))]
    }

    fn draw_list(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let empty = match self.listing.filter.as_str() {
                "" => "no promises yet; p on a customer or an invoice records one".to_owned(),
                filter => format!("no promise passes {filter}; / changes it"),
            };
            paint::text(buf, area, area.x + 1, area.y, &empty, ctx.style(Role::Dim), ctx.glyphs);
            return;
        }
        self.listing.draw(buf, area, ctx, focused, Vec::new(), |row| cells(row, ctx));
    }

    /// What the row does not say, where there is little room.
    fn short(&self, ctx: &Ctx) -> Vec<Vec<Fact<'static>>> {
        let Some(row) = self.listing.list.selected() else { return Vec::new() };
        let known = said(row);
        let text = match (row.text.is_empty(), known.is_empty()) {
            (true, true) => "-".to_owned(),
            (true, false) => known,
            (false, true) => row.text.to_string(),
            (false, false) => format!("{known}; {}", row.text),
        };
        let rule = "only money counts, from the day after it was made".to_owned();
        vec![
            vec![
                ("customer", row.account.to_string(), 8),
                ("made", text::day(row.made_on), 9),
                ("paid", Money::new(row.kept, row.currency).grouped(ctx.numbers), 13),
                ("counts to", text::day(row.until), 9),
            ],
            vec![("noted", text, 66)],
            vec![("", rule, 78)],
        ]
    }

    /// The row under the cursor in a few lines.
    fn peek(&self, ctx: &Ctx) -> Vec<String> {
        let Some(row) = self.listing.list.selected() else { return Vec::new() };
        let money = |minor| Money::new(minor, row.currency).grouped(ctx.numbers);
        vec![
            format!("{}  {}  {}", row.name, row.account, row.document),
            format!(
                "{}: {} of {} {} paid; money counts from the day after {} to {}",
                row.word(),
                money(row.kept),
                money(row.amount),
                row.currency,
                text::day(row.made_on),
                text::day(row.until)
            ),
            if row.text.is_empty() { "nothing was noted".to_owned() } else { format!("\"{}\"", row.text) },
            said(row),
        ]
    }
}

fn cells(row: &PromiseRow, ctx: &Ctx) -> Vec<Cell> {
    let money = |minor| text::amount(Money::new(minor, row.currency), ctx.numbers);
    let role = match row.state {
        State::Open if row.promised_on < ctx.today => Role::Warn,
        State::Open => Role::Text,
        State::Kept => Role::Good,
        State::Broken | State::PartlyKept => Role::Late,
        State::Withdrawn => Role::Dim,
    };
    let distance = if row.state == State::Open { text::distance(row.promised_on, ctx.today) } else { String::new() };
    vec![
        (&*row.name).into(),
        (&*row.document).into(),
        text::day(row.promised_on).into(),
        distance.into(),
        money(row.amount).into(),
        row.currency.code().into(),
        Cell::new(row.word(), role),
        money(row.kept).into(),
        text::day(row.made_on).into(),
        row.level.to_string().into(),
        (&*row.owner).into(),
    ]
}

/// The totals of the last 30 days, for a pane: counts and amounts by currency.
pub(super) fn outcome_lines(outcomes: &[Outcome], kept: &str, ctx: &Ctx) -> Vec<String> {
    if outcomes.is_empty() {
        return vec!["no promises in this time".to_owned()];
    }
    let mut out = vec![format!("kept {kept} by count; open promises are not judged")];
    for outcome in outcomes {
        let mut line = |label: &str, tally: Tally, note: &str| {
            let amount = Money::new(tally.amount, outcome.currency).grouped(ctx.numbers);
            out.push(format!("{label:<11}{:>5} {amount:>16} {}  {note}", tally.count, outcome.currency));
        };
        line("made", outcome.made, "");
        line("kept", outcome.kept, "");
        if outcome.partly.count > 0 {
            line("partly kept", outcome.partly, "");
        }
        line("broken", outcome.broken, "");
        line("open", outcome.open, &format!("due within 7 days {}", outcome.this_week.count));
    }
    out.push(format!("kept and broken: promised for the last {TALLY_DAYS} days"));
    out
}

/// A percentage as the screen shows it, or `n/a`.
pub(super) fn percent(kpi: &crate::domain::kpi::Kpi) -> String {
    kpi.rounded(0).map_or_else(|| "n/a".to_owned(), |value| format!("{}%", value.normalize()))
}

impl ListScreen for PromiseList {
    type Line = PromiseRow;
    fn listing(&self) -> &Listing<PromiseRow> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<PromiseRow> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "promises"
    }
    fn title(&self) -> String {
        "Promises".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = Question { today: ctx.today, filter: self.listing.parsed.clone(), sort: self.listing.grid.sort };
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| promises(reader, &question, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question)?)))
            }
        }]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(found) = answer.take::<Promises>() {
            self.kept = percent(&found.kept_share());
            self.outcomes = found.outcomes;
            self.listing.list.load(found.window);
        }
    }
    fn open(&self, row: &PromiseRow, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Go("customer", row.account.to_string())]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "promise.withdraw" => self.withdraw(ctx),
            "promise.renew" => self.renew(ctx),
            _ => Vec::new(),
        }
    }
    fn term(&self, row: &PromiseRow, column: &str, _ctx: &Ctx) -> Option<String> {
        Some(match column {
            "name" => format!("no:{}", row.account),
            "document" => format!("inv:{}", row.document),
            "state" => format!("state:\"{}\"", row.word()),
            "currency" => format!("cur:{}", row.currency),
            "owner" => format!("owner={}", if row.owner.is_empty() { "\"\"" } else { &row.owner }),
            _ => return None,
        })
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        if command.id == "promise.renew" {
            return match self.listing.list.selected() {
                None => Err("no promise is selected".to_owned()),
                Some(row) if row.kept >= row.amount => Err("this promise was kept; nothing of it is left".to_owned()),
                Some(_) => Ok(()),
            };
        }
        if command.id != "promise.withdraw" {
            return Ok(());
        }
        let list = &self.listing.list;
        match list.targets()[..] {
            [] => Err("no promise is selected".to_owned()),
            [id] => match list.rows().iter().find(|row| row.id == id) {
                Some(row) if row.ended_on.is_some() => Err(format!("this promise was {} already", row.word())),
                _ => Ok(()),
            },
            _ => Err("one promise at a time; Esc drops the marks".to_owned()),
        }
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (columns, rows) = ctx.size;
        let (theme, glyphs, style) = (ctx.theme, ctx.glyphs, ctx.style(Role::Text));
        if class(columns, rows) < Class::M || ctx.zoom {
            let [list, inside] = with_peek(buf, area, 3, ctx);
            self.draw_list(buf, list, ctx, focused);
            return paint::facts(buf, inside, &self.short(ctx), theme, glyphs);
        }
        let [left, right] = layout::beside(area, 62);
        let inside = paint::frame(buf, left, "Promises", &self.listing.place(), focused, theme, glyphs);
        self.draw_list(buf, inside, ctx, focused);
        let [above, below] = layout::above(right, right.height / 2);
        let title = format!("Last {TALLY_DAYS} days");
        let inside = paint::frame(buf, above, &title, "", false, theme, glyphs);
        paint::lines(buf, inside, &outcome_lines(&self.outcomes, &self.kept, ctx), style, glyphs);
        let inside = paint::frame(buf, below, "This promise", "", false, theme, glyphs);
        let width = usize::from(inside.width).max(1);
        let lines: Vec<String> =
            self.peek(ctx).iter().flat_map(|line| crate::tui::ui::width::wrap(line, width)).collect();
        paint::lines(buf, inside, &lines, style, glyphs);
    }
    fn counts(&self, ctx: &Ctx) -> String {
        let open: Vec<String> = self
            .outcomes
            .iter()
            .filter(|outcome| outcome.open.count > 0)
            .map(|outcome| text::amount_with_currency(Money::new(outcome.open.amount, outcome.currency), ctx.numbers))
            .collect();
        let waiting = if open.is_empty() { String::new() } else { format!("  open {}", open.join(" + ")) };
        format!("{} promises{waiting}  kept {} in {TALLY_DAYS} days", self.listing.list.total(), self.kept)
    }
    fn note(&self, _ctx: &Ctx) -> String {
        if self.listing.list.is_loaded() { "last 12 months" } else { "loading promises" }.to_owned()
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "number\tcustomer\tinvoice\tfor day\tamount\tcurrency\tstate\tpaid\tmade".to_owned()
    }
    fn raw(&self, row: &PromiseRow, _ctx: &Ctx) -> String {
        let money = |minor| Money::new(minor, row.currency).plain();
        let (amount, kept) = (money(row.amount), money(row.kept));
        let cells = [&row.account, &*row.name, &row.document, &row.promised_on.to_string(), &amount].join("\t");
        format!("{cells}\t{}\t{}\t{kept}\t{}", row.currency, row.word(), row.made_on)
    }
    fn copied(&self, what: char, row: &PromiseRow, _ctx: &Ctx) -> Option<(String, String)> {
        match what {
            'i' => Some((row.document.to_string(), row.document.to_string())),
            'c' => Some((format!("{} {}", row.account, row.name), row.name.to_string())),
            'a' => Some((Money::new(row.amount, row.currency).plain(), "the amount".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let until = self.listing.list.selected()?.until;
        let mut lines = self.peek(ctx);
        lines.push(format!(
            "Only money counts, and up to {} it still does (setting promise-days). Withdrawn promises are never judged.",
            text::day(until)
        ));
        lines.push(format!("The list holds promises for the last {LISTED_DAYS} days and all to come."));
        Some(lines)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let mut lines =
            vec![format!("promises kept = kept / (kept + partly kept + broken) = {}", self.kept), String::new()];
        lines.extend(outcome_lines(&self.outcomes, &self.kept, ctx));
        Some(lines)
    }
}
