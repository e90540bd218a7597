//! The dispute queue (`g d`): what is in dispute, why, since when, who has to act; each case with its steps beside it,
//! and the keys to give it an owner, write a note or decide it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::disputes_case::CaseScreen;
use super::listing::{ListScreen, Listing, read_filter, with_peek};
use super::{disputes_acts as deeds, disputes_view as shown};
use crate::acts::{Done, Failure};
use crate::domain::money::Money;
use crate::store::read::disputes::{Case, DisputeRow, Disputes, Question, dispute, disputes};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Sort, Want};
use crate::tui::ui::layout::{self, Class};
use crate::tui::ui::table;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::rest;
use crate::tui::ui::{paint, text};

/// Its row in the registry.
pub const PLACE: Place = Place {
    command: Command::look("disputes", &["g d"], "disputes", "What customers dispute, and who has to answer.")
        .scope(Scope::Global)
        .words("claims deductions cases queue")
        .verb("disputes")
        .takes("FILTER"),
    tab: Some("Disputes"),
    open: |arg, ctx| Some(Box::new(DisputesScreen::new(arg, ctx))),
};

/// Its commands, the same as those of a case.
pub const COMMANDS: &[Command] = &deeds::COMMANDS;

impl Row for DisputeRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.stake(), self.currency))
    }
}

/// Lines of the body from which the case is shown with its steps below the queue.
const TALL: u16 = 27;

/// The screen.
pub struct DisputesScreen {
    listing: Listing<DisputeRow>,
    /// The sums of the queue; its window is in the list.
    totals: Disputes,
    /// The case under the cursor, once it is known.
    case: Option<Case>,
    doing: deeds::Doing,
}

impl DisputesScreen {
    /// The queue of this filter; of what is open without one.
    pub fn new(text: &str, ctx: &Ctx) -> DisputesScreen {
        let text = if text.trim().is_empty() { "state:open" } else { text.trim() };
        let mut listing = Listing::new(shown::COLUMNS, Sort { column: "risk", descending: false });
        if let Ok(parsed) = read_filter(text, ctx) {
            (listing.parsed, listing.filter) = (parsed, text.to_owned());
        }
        DisputesScreen { listing, totals: Disputes::default(), case: None, doing: deeds::Doing::default() }
    }

    fn draw_table(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.listing.list.total() == 0 {
            return paint::lines(buf, area, &self.empty(), ctx.style(Role::Text), ctx.glyphs);
        }
        let total = if self.totals.amounts.len() == 1 { self.total_line(ctx) } else { Vec::new() };
        self.listing.draw(buf, area, ctx, focused, total, |row| shown::line(row, ctx));
    }

    fn total_line(&self, ctx: &Ctx) -> Vec<table::Cell> {
        let mut row = vec![table::Cell::default(); shown::COLUMNS.len()];
        row[1] = table::Cell::new("in dispute", Role::Strong);
        if let Some(sum) = self.totals.amounts.first() {
            row[3] = sum.grouped(ctx.numbers).into();
            row[4] = sum.currency.code().into();
        }
        row
    }

    fn empty(&self) -> Vec<String> {
        if !self.listing.list.is_loaded() {
            return vec![" loading disputes".to_owned()];
        }
        let none = match &*self.listing.filter {
            "" | "state:open" => " Nothing is in dispute.".to_owned(),
            text => format!(" No dispute passes {text}."),
        };
        let next = " d on an invoice of an account opens one; / and is:closed shows those decided.".to_owned();
        vec![none, next]
    }

    /// The case under the cursor, if that is the one at hand.
    fn case(&self) -> Option<&Case> {
        self.case.as_ref().filter(|case| Some(case.row.id) == self.listing.list.cursor())
    }
}

impl ListScreen for DisputesScreen {
    type Line = DisputeRow;
    fn listing(&self) -> &Listing<DisputeRow> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<DisputeRow> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "disputes"
    }
    fn title(&self) -> String {
        "Disputes".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = Question { today: ctx.today, filter: self.listing.parsed.clone(), sort: self.listing.grid.sort };
        match want.rows() {
            Some(want) => vec![Effect::ask("rows", move |reader| disputes(reader, &question, want))],
            None => vec![Effect::Say("too many to mark at once; filter first".to_owned())],
        }
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(mut found) = answer.take::<Disputes>() {
            let window = std::mem::take(&mut found.window);
            self.totals = found;
            self.listing.list.load(window);
        }
    }
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match self.doing.answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) if name == "case" => self.case = own.take::<Option<Case>>().flatten(),
            Err(_) => {}
        }
        Vec::new()
    }
    fn look(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (Some(id), today) = (self.listing.list.cursor(), ctx.today) else { return Vec::new() };
        vec![Effect::ask("case", move |reader| dispute(reader, today, id))]
    }
    fn open(&self, row: &DisputeRow, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Open(Box::new(CaseScreen::new(&row.number)))]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        if call.id == "dispute.reasons" {
            return vec![Effect::Go("reasons", self.listing.filter.clone())];
        }
        let row = self.listing.list.selected();
        row.and_then(|row| deeds::run(call.id, row, ctx)).unwrap_or_default()
    }
    fn term(&self, row: &DisputeRow, column: &str, _ctx: &Ctx) -> Option<String> {
        Some(match column {
            "priority" => format!("priority:{}", row.priority.word()),
            "case" if !row.case.is_empty() => format!("case:{}", row.case),
            "processor" if !row.processor.is_empty() => format!("processor:\"{}\"", row.processor),
            "coordinator" if !row.coordinator.is_empty() => format!("coordinator:\"{}\"", row.coordinator),
            "name" => format!("no:\"{}\"", row.account),
            "reason" => format!("reason:\"{}\"", row.reason),
            "state" => format!("state:\"{}\"", row.state),
            "currency" => format!("cur:{}", row.currency),
            "department" => format!("dept:\"{}\"", row.department),
            "cause" if !row.cause.is_empty() => format!("cause:\"{}\"", row.cause),
            "owner" if !row.owner.is_empty() => format!("owner:\"{}\"", row.owner),
            _ => return None,
        })
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        match (command.id, self.listing.list.selected()) {
            ("list.open", None) => Err("no dispute is selected".to_owned()),
            (_, _) if self.listing.list.marked() > 1 && command.writes => {
                Err("one dispute at a time; Esc drops the marks".to_owned())
            }
            (id, row) => deeds::guard(id, row),
        }
    }
    fn performed(&mut self, _name: &'static str, result: &Result<Done, Failure>, _ctx: &Ctx) -> Vec<Effect> {
        self.doing.performed(result)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let area = area.intersection(buf.area);
        if layout::class(area.width, area.height.saturating_add(3)) >= Class::L && !ctx.zoom {
            let [top, bottom] = layout::above(area, area.height / 2);
            let inside = paint::frame(buf, top, "Disputes", &self.listing.place(), focused, ctx.theme, ctx.glyphs);
            self.draw_table(buf, inside, ctx, focused);
            let [left, right] = layout::beside(bottom, 62);
            let title =
                self.listing.list.selected().map_or("Case".to_owned(), |row| format!("{} {}", row.number, row.name));
            let inside = paint::frame(buf, left, &title, "Enter opens", false, ctx.theme, ctx.glyphs);
            self.draw_detail(buf, inside, ctx);
            let inside = paint::frame(buf, right, "By reason", "", false, ctx.theme, ctx.glyphs);
            let inside = Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside };
            return shown::draw_reasons(buf, inside, &self.totals, ctx);
        }
        if area.height >= TALL && !ctx.zoom {
            let [table, inside] = with_peek(buf, area, 10, ctx);
            self.draw_table(buf, table, ctx, focused);
            return self.draw_detail(buf, Rect { x: area.x, width: area.width, ..inside }, ctx);
        }
        let [table, inside] = with_peek(buf, area, 3, ctx);
        self.draw_table(buf, table, ctx, focused);
        if let Some(case) = self.case() {
            let more = rest(&case.row.name, self.listing.room("name", area.width), ctx.glyphs);
            let mut lines = shown::short(case, ctx);
            lines[1].push(("", more, 16));
            paint::facts(buf, inside, &lines, ctx.theme, ctx.glyphs);
        }
    }
    fn counts(&self, ctx: &Ctx) -> String {
        let totals = &self.totals;
        let late = if totals.late > 0 { format!("  {} late!", totals.late) } else { String::new() };
        let oldest = if totals.open > 0 { format!("  oldest {}d", totals.oldest) } else { String::new() };
        let unanswered =
            if totals.unanswered > 0 { format!("  {} unanswered", totals.unanswered) } else { String::new() };
        format!("{} open  {} blocked{late}{oldest}{unanswered}", totals.open, shown::sums(&totals.amounts, ctx))
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        shown::COLUMNS.iter().map(|column| column.title).collect::<Vec<_>>().join("\t")
    }
    fn raw(&self, row: &DisputeRow, ctx: &Ctx) -> String {
        let mut parts: Vec<String> = shown::line(row, ctx).into_iter().map(|cell| cell.text).collect();
        parts[3] = Money::new(row.stake(), row.currency).plain();
        parts[6] = row.age.to_string();
        parts[7] = row.clock.days_left(ctx.today).to_string();
        parts.join("\t")
    }
    fn copied(&self, what: char, row: &DisputeRow, _ctx: &Ctx) -> Option<(String, String)> {
        match what {
            'i' => Some((row.document.to_string(), row.document.to_string())),
            'c' => Some((format!("{} {}", row.account, row.name), row.name.to_string())),
            'a' => Some((Money::new(row.stake(), row.currency).plain(), "the disputed amount".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let row = self.listing.list.selected()?;
        let said = text::amount_with_currency(Money::new(row.stake(), row.currency), ctx.numbers);
        let late = format!("{} days, {}", row.age, shown::clock(row, ctx));
        let owner = if row.owner.is_empty() { "nobody; o gives it an owner" } else { &row.owner };
        Some(vec![
            format!("{} is here because {} disputes {said} of {}: {}", row.number, row.name, row.document, row.reason),
            late,
            format!("state {}, owner {owner}, {} has to act", row.state, row.department),
            "while it is open the amount is not collected; the balance does not change".to_owned(),
        ])
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let totals = &self.totals;
        let mut lines = vec![format!("{} open cases hold back {}", totals.open, shown::sums(&totals.amounts, ctx))];
        for reason in &totals.reasons {
            lines.push(format!("  {:24} {:>4}  {}", reason.reason, reason.count, shown::sums(&reason.amounts, ctx)));
        }
        for (band, amounts) in shown::BANDS.iter().zip(&totals.at_risk).filter(|(_, amounts)| !amounts.is_empty()) {
            lines.push(format!("at risk, {band:22} {}", shown::sums(amounts, ctx)));
        }
        lines.push("closed cases on the list are not in these sums; currencies are never added".to_owned());
        Some(lines)
    }
}

impl DisputesScreen {
    fn draw_detail(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
        let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
        if let Some(case) = self.case() {
            shown::draw_case(buf, inside, case, ctx);
        }
    }
}
