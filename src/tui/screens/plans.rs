//! Payment plans: those in default first, then what is due, then the next instalments to come. Enter opens a plan with
//! what was paid on each instalment; `p` puts another in its place, `x` withdraws it. A plan is made with the promise
//! key, by giving several dates.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{Ready, review_mail};
use super::listing::{ListScreen, Listing, with_peek};
use super::plan::{self, PlanScreen};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::domain::plan::State;
use crate::store::read::plans::{PlanRow, Plans, Question, Sum, ids, plans};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Tier, Want};
use crate::tui::ui::layout::{self, Class, class};
use crate::tui::ui::paint::Fact;
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{paint, text};

/// `g n`, and `:plans FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("plans", &["g n"], "plans", "Payment plans: in default, due, and to come.")
        .words("instalments instalment rates arrangement")
        .takes("FILTER")
        .verb("plans list")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = PlanList::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be done about a plan.
pub const COMMANDS: &[Command] = &[
    Command::write("plan.replace", &["p"], "replace", "Put another plan in its place, without penalty.", Tier::One)
        .hint(62)
        .right(Right::Collect)
        .words("renew reschedule instalments")
        .verb("plans replace"),
    Command::write("plan.withdraw", &["x"], "withdraw", "Withdraw the plan: its items are collected again.", Tier::One)
        .hint(60)
        .right(Right::Collect)
        .words("cancel end take back")
        .verb("plans withdraw"),
    Command::write("plan.mail", &["M"], "mail it", "Mail the confirmation of the plan; shown first.", Tier::Money)
        .right(Right::Collect)
        .words("letter confirmation send")
        .verb("mail write"),
];

pub(super) const COLUMNS: &[Column] = &[
    Column::words("name", "CUSTOMER", 'c', 0, 18, 34),
    Column::words("number", "PLAN", 'n', 1, 6, 9),
    Column::words("state", "STATE", 's', 0, 13, 13),
    Column::words("day", "DAY", 'd', 0, 9, 9),
    Column::number("due", "DUE", 'u', 0, 12),
    Column::number("left", "LEFT", 'l', 0, 13),
    Column::words("currency", "CUR", 'r', 0, 3, 3),
    Column::number("paid", "PAID", 'p', 3, 13),
    Column::number("total", "TOTAL", 't', 4, 13),
    Column::words("made", "MADE", 'm', 5, 9, 9),
    Column::words("owner", "OWNER", 'o', 6, 4, 10),
];

impl Row for PlanRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.stored.id
    }
    fn sum(&self) -> Option<Money> {
        Some(self.money(self.standing.left))
    }
}

/// The list of plans.
pub struct PlanList {
    listing: Listing<PlanRow>,
    sums: Vec<Sum>,
}

impl Default for PlanList {
    fn default() -> Self {
        PlanList::new()
    }
}

impl PlanList {
    /// Every plan, those in default first.
    pub fn new() -> PlanList {
        PlanList { listing: Listing::new(COLUMNS, Sort { column: "state", descending: false }), sums: Vec::new() }
    }

    fn draw_list(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let empty = match self.listing.filter.as_str() {
                "" => "no plans yet; p on a customer with several dates, such as x3 1m from 1/4, makes one".to_owned(),
                filter => format!("no plan passes {filter}; / changes it"),
            };
            paint::text(buf, area, area.x + 1, area.y, &empty, ctx.style(Role::Dim), ctx.glyphs);
            return;
        }
        self.listing.draw(buf, area, ctx, focused, Vec::new(), |row| cells(row, ctx));
    }

    /// What the row does not say, where there is little room.
    fn short(&self, ctx: &Ctx) -> Vec<Vec<Fact<'static>>> {
        let Some(row) = self.listing.list.selected() else { return Vec::new() };
        let paid = row.standing.rows.iter().filter(|one| one.paid >= one.amount).count();
        vec![
            vec![
                ("plan", row.stored.number.clone(), 8),
                ("instalments", format!("{paid} of {} paid", row.standing.rows.len()), 14),
                ("paid", row.money(row.standing.paid).grouped(ctx.numbers), 13),
            ],
            vec![("about", row.documents.join(", "), 60)],
            vec![("", row.why(), 78)],
        ]
    }
}

/// The role a plan's state is shown in.
pub(super) fn role(row: &PlanRow) -> Role {
    match row.standing.state {
        State::Default => Role::Late,
        State::Good if row.standing.due > 0 => Role::Warn,
        State::Good => Role::Good,
        _ => Role::Dim,
    }
}

fn cells(row: &PlanRow, ctx: &Ctx) -> Vec<Cell> {
    let money = |minor| text::amount(row.money(minor), ctx.numbers);
    vec![
        (&*row.name).into(),
        (&*row.stored.number).into(),
        Cell::new(row.word(), role(row)),
        row.day().map_or(String::new(), text::day).into(),
        money(row.standing.due).into(),
        money(row.standing.left).into(),
        row.stored.currency.code().into(),
        money(row.standing.paid).into(),
        money(row.stored.plan.total()).into(),
        text::day(row.stored.made_on).into(),
        (&*row.owner).into(),
    ]
}

impl ListScreen for PlanList {
    type Line = PlanRow;
    fn listing(&self) -> &Listing<PlanRow> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<PlanRow> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "plans"
    }
    fn title(&self) -> String {
        "Plans".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = Question { today: ctx.today, filter: self.listing.parsed.clone(), sort: self.listing.grid.sort };
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| plans(reader, &question, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question)?)))
            }
        }]
    }
    fn take(&mut self, _name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        answer.take::<Ready>().map(|ready| review_mail(ready, ctx)).unwrap_or_default()
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(found) = answer.take::<Plans>() {
            self.sums = found.sums;
            self.listing.list.load(found.window);
        }
    }
    fn open(&self, row: &PlanRow, ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Open(Box::new(PlanScreen::of(row.clone(), ctx)))]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        self.listing.list.selected().map_or_else(Vec::new, |row| plan::act(call.id, row, ctx))
    }
    fn term(&self, row: &PlanRow, column: &str, _ctx: &Ctx) -> Option<String> {
        Some(match column {
            "name" => format!("no:{}", row.account),
            "state" => format!("state:\"{}\"", row.word()),
            "currency" => format!("cur:{}", row.stored.currency),
            "owner" => format!("owner={}", if row.owner.is_empty() { "\"\"" } else { &row.owner }),
            _ => return None,
        })
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        plan::possible(self.listing.list.marked(), self.listing.list.selected())
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
        let inside = paint::frame(buf, left, "Plans", &self.listing.place(), focused, theme, glyphs);
        self.draw_list(buf, inside, ctx, focused);
        let Some(row) = self.listing.list.selected() else { return };
        let inside = paint::frame(buf, right, &row.stored.number, &row.account, false, theme, glyphs);
        let width = usize::from(inside.width).max(1);
        let wrapped = |line: &String| crate::tui::ui::width::wrap(line, width);
        let lines: Vec<String> = plan::lines(row, ctx).iter().flat_map(wrapped).collect();
        paint::lines(buf, inside, &lines, style, glyphs);
    }
    fn counts(&self, ctx: &Ctx) -> String {
        let shown = |part: fn(&Sum) -> i64| -> Vec<String> {
            let some = self.sums.iter().filter(|sum| part(sum) > 0);
            some.map(|sum| text::amount_with_currency(Money::new(part(sum), sum.currency), ctx.numbers)).collect()
        };
        let mut out = format!("{} plans", self.listing.list.total());
        for (word, sums) in [("default", shown(|sum| sum.default)), ("due", shown(|sum| sum.due))] {
            if !sums.is_empty() {
                out += &format!("  {word} {}", sums.join(" + "));
            }
        }
        out
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "plan\tcustomer\tname\tstate\tday\tcurrency\ttotal\tpaid\tleft\tdue".to_owned()
    }
    fn raw(&self, row: &PlanRow, _ctx: &Ctx) -> String {
        let money = |minor| row.money(minor).plain();
        let day = row.day().map_or(String::new(), |day| day.to_string());
        let head =
            [&row.stored.number, &row.account, &row.name, row.word(), &day, row.stored.currency.code()].join("\t");
        let now = &row.standing;
        format!(
            "{head}\t{}\t{}\t{}\t{}",
            money(row.stored.plan.total()),
            money(now.paid),
            money(now.left),
            money(now.due)
        )
    }
    fn copied(&self, what: char, row: &PlanRow, _ctx: &Ctx) -> Option<(String, String)> {
        match what {
            'c' => Some((format!("{} {}", row.account, row.name), row.name.clone())),
            'a' => Some((row.money(row.standing.left).plain(), "the amount".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.listing.list.selected().map(|row| plan::lines(row, ctx))
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.listing.list.selected().map(|row| plan::arithmetic(row, ctx))
    }
}
