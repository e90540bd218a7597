//! The months of the book, newest first: which are closed, by whom, and what was invoiced, received and written off in
//! each. `C` closes the next one after a review, `O` asks to open the last closed one again.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listing::{ListScreen, Listing, with_peek};
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::store::periods;
use crate::store::read::months::{Month, months};
use crate::store::read::window;
use crate::tui::app::overlay::{Field, Form, Kind, Review, TextBox};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Tier, Want, Window};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;
use crate::tui::ui::{paint, text};

/// `g m`, and `:months FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("months", &["g m"], "months", "Which months are closed; close the next, open the last.")
        .words("periods close closing month-end lock")
        .takes("FILTER")
        .verb("month list")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = Months::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be done about a month.
pub const COMMANDS: &[Command] = &[
    Command::write("month.close", &["C"], "close month", "Close the month: nothing is posted into it.", Tier::Money)
        .hint(60)
        .right(Right::ClosePeriods)
        .words("lock period end")
        .verb("month close"),
    Command::write(
        "month.reopen",
        &["O"],
        "open again",
        "Open the last closed month again, by two people.",
        Tier::Money,
    )
    .hint(59)
    .right(Right::ClosePeriods)
    .words("unlock period reopen")
    .verb("month reopen"),
];

const COLUMNS: &[Column] = &[
    Column::words("month", "MONTH", 'm', 0, 8, 8),
    Column::words("state", "STATE", 's', 0, 12, 12),
    Column::number("sales", "INVOICED", 'i', 1, 14),
    Column::number("receipts", "RECEIVED", 'r', 2, 14),
    Column::number("written", "WRITTEN OFF", 'w', 3, 12),
    Column::words("on", "SINCE", 'o', 1, 9, 9),
    Column::words("by", "BY", 'b', 4, 8, 20),
];

impl Row for Month {
    type Id = i64;
    fn id(&self) -> i64 {
        Month::id(self)
    }
    fn group(&self) -> u64 {
        u64::try_from(chrono::Datelike::year(&self.period.first())).unwrap_or(0)
    }
}

/// The list of months.
pub struct Months {
    listing: Listing<Month>,
}

impl Default for Months {
    fn default() -> Self {
        Months::new()
    }
}

impl Months {
    /// Every month of the book, newest first.
    pub fn new() -> Months {
        Months { listing: Listing::new(COLUMNS, Sort { column: "month", descending: true }) }
    }

    fn close(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(month) = self.listing.list.selected() else { return Vec::new() };
        let (key, period) = (ctx.act_key(), month.period.to_string());
        let request = Request { key, act: Act::ClosePeriod { period: period.clone() }, expect: Vec::new() };
        let tried = Effect::try_out(request.clone());
        let mut before = figures(month, ctx);
        before.insert(0, format!("{period} is open"));
        if month.waiting > 0 {
            before.push(format!(
                "{} wait for a second person (g v): what is posted then gets a later date",
                requests(month.waiting)
            ));
        }
        let change = [
            format!("{period} is closed by {}", ctx.user),
            "a digest of its postings is kept, which check computes again".to_owned(),
        ];
        let after = [
            format!("nothing can be posted with a date up to {}", text::weekday(month.period.last())),
            "it cannot be undone; two people can open it again".to_owned(),
        ];
        let go = move || vec![Effect::perform("month.close", request)];
        let review = Review::new(format!("Close {period}"), &before, &change, &after, go).trying(key);
        vec![Effect::Overlay(Box::new(review)), tried]
    }

    fn reopen(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(month) = self.listing.list.selected() else { return Vec::new() };
        let (key, period, ctx_then) = (ctx.act_key(), month.period.to_string(), ctx.clone());
        let (title, draft, since) = (format!("Open {period} again"), format!("reopening.{period}"), closed_by(month));
        let save = move |values: &[String]| {
            let act = Act::ReopenPeriod { period: period.clone(), reason: values[0].clone() };
            let request = Request { key, act, expect: Vec::new() };
            let tried = Effect::try_out(request.clone());
            let before = [format!("{period} is {since}")];
            let change = [format!("{} asks to open it again: {}", ctx_then.user, values[0])];
            let after = [format!("{period} can be posted into, until it is closed again")];
            let go = move || vec![Effect::perform("month.reopen", request)];
            let review = Review::new(format!("Open {period} again"), &before, &change, &after, go).trying(key);
            Ok(vec![Effect::Overlay(Box::new(review)), tried])
        };
        let needed = |text: &str| match text.trim() {
            "" => Err("say why; it stays in the log".to_owned()),
            _ => Ok(String::new()),
        };
        let form = Form::new(&title, save).field(Field::new("reason", Kind::Text, "", needed)).draft(draft);
        vec![Effect::Overlay(Box::new(form))]
    }

    fn peek(&self, ctx: &Ctx) -> Vec<String> {
        let Some(month) = self.listing.list.selected() else { return Vec::new() };
        let next = match (&month.no_closing, &month.no_opening) {
            (None, _) => "C closes it after a review".to_owned(),
            (Some(_), None) => "O asks to open it again; a second person confirms".to_owned(),
            (Some(why), Some(_)) if !month.closed => why.clone(),
            (_, Some(why)) => why.clone(),
        };
        vec![format!("{}  {}", month.period, closed_by(month)), figures(month, ctx).join("  "), next]
    }
}

fn requests(many: usize) -> String {
    if many == 1 { "1 request".to_owned() } else { format!("{many} requests") }
}

fn closed_by(month: &Month) -> String {
    match &month.step {
        Some(step) => format!("{} by {} on {}", month.word(), step.by, text::day(step.on)),
        None if month.closed => "closed with a later month".to_owned(),
        None => month.word().to_owned(),
    }
}

fn figures(month: &Month, ctx: &Ctx) -> Vec<String> {
    let money = |minor| text::amount_with_currency(Money::new(minor, ctx.base), ctx.numbers);
    vec![
        format!("invoiced {}", money(month.sales)),
        format!("received {}", money(month.receipts)),
        format!("written off {}", money(month.write_offs)),
    ]
}

fn cells(month: &Month, ctx: &Ctx) -> Vec<Cell> {
    let money = |minor| -> Cell { text::amount(Money::new(minor, ctx.base), ctx.numbers).into() };
    let role = match month.word() {
        "closed" => Role::Good,
        "opened again" => Role::Warn,
        "not over" => Role::Dim,
        _ => Role::Text,
    };
    let (on, by) = month.step.as_ref().map_or((String::new(), ""), |step| (text::day(step.on), step.by.as_str()));
    vec![
        month.period.to_string().into(),
        Cell::new(month.word(), role),
        money(month.sales),
        money(month.receipts),
        money(month.write_offs),
        on.into(),
        by.into(),
    ]
}

impl ListScreen for Months {
    type Line = Month;
    fn listing(&self) -> &Listing<Month> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<Month> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "months"
    }
    fn title(&self) -> String {
        "Months".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let (today, filter) = (ctx.today, self.listing.parsed.clone());
        let want = want.rows().unwrap_or(window::Want::Start);
        vec![Effect::ask("rows", move |reader| months(reader, today, &filter, want))]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(window) = answer.take::<Window<Month>>() {
            self.listing.list.load(window);
        }
    }
    fn instead(&self, call: &Call) -> Option<String> {
        Some(match call.id {
            "list.sort" => "months are in their order, newest first".to_owned(),
            "list.mark" | "list.range" | "list.mark-all" | "list.invert" => {
                "months are closed one by one, in order".to_owned()
            }
            _ => return None,
        })
    }
    fn open(&self, month: &Month, ctx: &Ctx) -> Vec<Effect> {
        let mut lines = self.peek(ctx);
        if let Some(step) = &month.step {
            lines.extend([String::new(), format!("act {} of the log; {} in all on this month", step.act, month.steps)]);
            if !step.snapshot.is_empty() {
                lines.push("what was posted into it when it was closed:".to_owned());
                lines.extend(periods::said(&step.snapshot).split("; ").map(|line| format!("  {line}")));
                lines.extend(["digest over every customer's part (SHA-256):".to_owned(), format!("  {}", step.digest)]);
            }
        }
        vec![Effect::Overlay(Box::new(TextBox::new(format!("Month {}", month.period), lines)))]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "month.close" => self.close(ctx),
            "month.reopen" => self.reopen(ctx),
            _ => Vec::new(),
        }
    }
    fn term(&self, month: &Month, column: &str, _ctx: &Ctx) -> Option<String> {
        Some(match column {
            "state" => format!("state:\"{}\"", month.word()),
            "month" => format!("name:{}", month.period.to_string().get(..4).unwrap_or_default()),
            _ => return None,
        })
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        let Some(month) = self.listing.list.selected() else { return Err("no month is selected".to_owned()) };
        let why = if command.id == "month.close" { &month.no_closing } else { &month.no_opening };
        why.clone().map_or(Ok(()), Err)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (theme, glyphs) = (ctx.theme, ctx.glyphs);
        let (list, inside) = if class(ctx.size.0, ctx.size.1) >= Class::M && !ctx.zoom {
            let [list, peek] = layout::above(area, if area.height >= 10 { 5 } else { 0 });
            let list = paint::frame(buf, list, "Months", &self.listing.place(), focused, theme, glyphs);
            (list, paint::frame(buf, peek, "This month", "Enter shows all of it", false, theme, glyphs))
        } else {
            with_peek(buf, area, 2, ctx).into()
        };
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let empty = format!("no month passes {}; / changes it", self.listing.filter);
            paint::text(buf, list, list.x + 1, list.y, &empty, ctx.style(Role::Dim), glyphs);
        } else {
            self.listing.draw(buf, list, ctx, focused, Vec::new(), |month| cells(month, ctx));
        }
        let mut lines = self.peek(ctx);
        if inside.height < 3 && lines.len() == 3 {
            // The figures stand in the row.
            lines.remove(1);
        }
        paint::lines(buf, inside, &lines, ctx.style(Role::Text), glyphs);
    }
    fn counts(&self, _ctx: &Ctx) -> String {
        format!("{} months", self.listing.list.total())
    }
    fn note(&self, ctx: &Ctx) -> String {
        if self.listing.list.is_loaded() { format!("amounts in {}", ctx.base) } else { "loading months".to_owned() }
    }
    fn raw_head(&self, ctx: &Ctx) -> String {
        format!("month\tstate\tinvoiced {0}\treceived {0}\twritten off {0}\tsince\tby\tdigest", ctx.base)
    }
    fn raw(&self, month: &Month, ctx: &Ctx) -> String {
        let money = |minor| Money::new(minor, ctx.base).plain();
        let step = month.step.as_ref();
        let (on, by) = (step.map_or(String::new(), |step| step.on.to_string()), step.map_or("", |step| &step.by));
        let sums = [money(month.sales), money(month.receipts), money(month.write_offs)].join("\t");
        format!("{}\t{}\t{sums}\t{on}\t{by}\t{}", month.period, month.word(), step.map_or("", |step| &step.digest))
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.listing.list.selected()?;
        let mut lines = self.peek(ctx);
        lines.push(
            "Months are closed in order and opened again from the last. A correction of a closed month is posted into the \
             first open one."
                .to_owned(),
        );
        Some(lines.iter().flat_map(|line| wrap(line, 90)).collect())
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let month = self.listing.list.selected()?;
        let mut lines = figures(month, ctx);
        lines.push(format!(
            "by document date in {}, at the rate of each day: invoices and debit notes less credit notes; receipts; \
             write-offs",
            ctx.base
        ));
        Some(lines)
    }
}
