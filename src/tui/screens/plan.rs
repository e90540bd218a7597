//! One payment plan: its instalments with what was paid on each, why it stands as it stands, and what can be done about
//! it. `p` puts another plan in its place, `x` withdraws it, Enter opens the customer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use super::actions::{Ready, When, amounts, needed, review_mail, said_when, when_field};
use super::plans::{COMMANDS, role};
use crate::acts::arrange::Arrange;
use crate::acts::mail::write::prepare;
use crate::acts::{Act, Request};
use crate::domain::plan::{Came, Instalment};
use crate::language::dates::Lean;
use crate::store::read::plans::{PlanRow, numbered};
use crate::tui::app::overlay::{Field, Form};
use crate::tui::app::{Answer, Bookmark, Call, CmdId, Command, Ctx, Effect, Place, Scope, Screen, Sort, Status};
use crate::tui::ui::table::Column;
use crate::tui::ui::theme::Role;
use crate::tui::ui::{layout, paint, text};

/// `:plan NUMBER`.
pub const PLACE: Place = Place {
    command: Command::look("plan", &[], "plan", "One payment plan with what was paid on each instalment.")
        .takes("NUMBER")
        .verb("plans show")
        .scope(Scope::Global),
    tab: None,
    open: |number, _| {
        if number.trim().is_empty() {
            return None;
        }
        Some(Box::new(PlanScreen::named(number.trim())))
    },
};

const COLUMNS: &[Column] = &[
    Column::words("on", "ON", 'o', 0, 9, 9),
    Column::words("until", "UNTIL", 'u', 1, 9, 9),
    Column { max: 17, ..Column::number("amount", "AMOUNT", 'a', 0, 13) },
    Column { max: 17, ..Column::number("paid", "PAID", 'p', 0, 13) },
    Column::words("state", "STATE", 's', 0, 10, 12),
    Column { max: 17, ..Column::number("agreed", "AGREED", 'g', 2, 13) },
];

/// The screen of one plan.
pub struct PlanScreen {
    number: String,
    row: Option<PlanRow>,
    missing: bool,
    table: TablePane,
}

impl PlanScreen {
    fn named(number: &str) -> PlanScreen {
        let sort = Sort { column: "on", descending: false };
        let mut table = TablePane::new("plan", "Instalments", COLUMNS, sort, |_| Vec::new()).counted_in("instalment");
        table.empty = vec!["loading the plan".to_owned()];
        table.formula = vec![
            "PAID: money set against the plan's invoices since it was made, the earliest instalment first.".to_owned(),
            "AMOUNT: as agreed, less what credits took off the end of the plan.".to_owned(),
            "missed = not all paid up to the instalment by UNTIL, its day and the days of grace.".to_owned(),
        ];
        PlanScreen { number: number.to_owned(), row: None, missing: false, table }
    }

    /// This plan, as a list knows it.
    pub fn of(row: PlanRow, ctx: &Ctx) -> PlanScreen {
        let mut screen = PlanScreen::named(&row.stored.number);
        screen.fill(row, ctx);
        screen
    }

    fn fill(&mut self, row: PlanRow, ctx: &Ctx) {
        let entry = |(place, one): (usize, &crate::domain::plan::Row)| {
            let role = match one.came {
                Came::Missed | Came::Late => Role::Late,
                Came::Due => Role::Warn,
                Came::Paid => Role::Good,
                Came::Later => Role::Text,
            };
            Entry {
                id: place as i64 + 1,
                about: String::new(),
                parts: vec![
                    Part::day(Some(one.on)),
                    Part::day(Some(one.until)),
                    Part::amount(row.money(one.amount), ctx),
                    Part::amount(row.money(one.paid), ctx),
                    Part::words(word(one)).role(role),
                    Part::amount(row.money(one.agreed), ctx),
                ],
                sum: Some(row.money(one.amount - one.paid)),
                late: None,
                on: Some(one.on),
                state: word(one).to_owned(),
                why: vec![format!(
                    "instalment {} of {}: {} of {} paid, to be paid by {}",
                    place + 1,
                    row.standing.rows.len(),
                    row.money(one.paid).grouped(ctx.numbers),
                    text::amount_with_currency(row.money(one.amount), ctx.numbers),
                    text::weekday(one.until)
                )],
            }
        };
        self.table.fill(row.standing.rows.iter().enumerate().map(entry).collect());
        self.row = Some(row);
    }
}

/// The state of an instalment in a word.
fn word(one: &crate::domain::plan::Row) -> &'static str {
    if one.amount == 0 { "credited" } else { one.came.word() }
}

/// A plan in a few lines: why it stands so, its sums, its instalments, what it is about.
pub(super) fn lines(row: &PlanRow, ctx: &Ctx) -> Vec<String> {
    let (now, shown) = (&row.standing, |minor| row.money(minor).grouped(ctx.numbers));
    let mut out = vec![
        format!("{}  {}", row.name, row.account),
        row.why(),
        format!(
            "made {}, {} days of grace: {} {} in all, {} paid, {} left",
            text::day(row.stored.made_on),
            row.stored.plan.grace_days,
            shown(row.stored.plan.total()),
            row.stored.currency,
            shown(now.paid),
            shown(now.left)
        ),
    ];
    if let Some(before) = &row.replaces {
        out.push(format!("in place of {before}"));
    }
    if !row.stored.text.is_empty() {
        out.push(format!("\"{}\"", row.stored.text));
    }
    out.push(String::new());
    for one in &now.rows {
        out.push(format!("{}  {:>13}  {:>13}  {}", text::day(one.on), shown(one.amount), shown(one.paid), word(one)));
    }
    out.push(String::new());
    for (document, (part, left)) in row.documents.iter().zip(row.stored.plan.parts.iter().zip(&now.left_of)) {
        out.push(format!("{document}: {} planned, {} left", shown(part.amount), shown(*left)));
    }
    out
}

/// How what is due and what is kept from being collected is reached.
pub(super) fn arithmetic(row: &PlanRow, ctx: &Ctx) -> Vec<String> {
    let (now, shown) = (&row.standing, |minor| row.money(minor).grouped(ctx.numbers));
    let come: i64 = now.rows.iter().filter(|one| one.on <= ctx.today).map(|one| one.amount).sum();
    let held: i64 = now.held_of.iter().sum();
    let paid: i64 = now.rows.iter().filter(|one| one.on <= ctx.today).map(|one| one.paid).sum();
    vec![
        format!("due   = instalments up to today {} - paid on them {} = {}", shown(come), shown(paid), shown(now.due)),
        format!("left  = {} of {} {}", shown(now.left), shown(row.stored.plan.total()), row.stored.currency),
        format!("not to collect now = left - due = {}, in good standing only", shown(held)),
    ]
}

/// Why a command about a plan cannot run.
pub(super) fn possible(marked: usize, row: Option<&PlanRow>) -> Result<(), String> {
    match row {
        _ if marked > 1 => Err("one plan at a time; Esc drops the marks".to_owned()),
        None => Err("no plan is selected".to_owned()),
        Some(row) if !row.standing.state.is_live() => {
            Err(format!("{} is {}", row.stored.number, row.standing.state.word()))
        }
        Some(_) => Ok(()),
    }
}

/// Runs a command about a plan.
pub(super) fn act(id: CmdId, row: &PlanRow, ctx: &Ctx) -> Vec<Effect> {
    match id {
        "plan.withdraw" => withdraw(row, ctx),
        "plan.replace" => replace(row, ctx),
        "plan.mail" => {
            let (today, number) = (ctx.today, row.stored.number.clone());
            vec![Effect::ask("plan.mail", move |reader| Ok(Ready(prepare(reader, today, ("plan", &number), None))))]
        }
        _ => Vec::new(),
    }
}

fn withdraw(row: &PlanRow, ctx: &Ctx) -> Vec<Effect> {
    let (key, plan) = (ctx.act_key(), row.stored.id);
    let left = text::amount_with_currency(row.money(row.standing.left), ctx.numbers);
    let save = move |values: &[String]| {
        let act = Act::Arrange(Arrange::WithdrawPlan { plan, reason: values[0].clone() });
        Ok(vec![Effect::perform("plan.withdraw", Request { key, act, expect: Vec::new() })])
    };
    let form = Form::new(&format!("Withdraw {} of {}", row.stored.number, row.name), save)
        .field(needed("reason", "", "say why it is withdrawn"))
        .foot(move |_| vec![format!("{left} of it is to be collected at once; u takes this back")]);
    vec![Effect::Overlay(Box::new(form))]
}

fn replace(row: &PlanRow, ctx: &Ctx) -> Vec<Effect> {
    let (key, dates, before) = (ctx.act_key(), ctx.dating(Lean::Forward), row.stored.id);
    let left = row.standing.left;
    let context = amounts(ctx, row.stored.currency, left);
    let items: Vec<(i64, i64)> = row
        .stored
        .items
        .iter()
        .zip(&row.standing.left_of)
        .filter(|(_, left)| **left > 0)
        .map(|((item, _), left)| (*item, *left))
        .collect();
    let grace_days = row.stored.plan.grace_days;
    let save = move |values: &[String]| {
        let instalments = match said_when(&values[1], left, &context, &dates).map_err(|why| (1, why))? {
            When::Day(on) => vec![Instalment { on, amount: left }],
            When::Plan(instalments) => instalments,
        };
        let (items, text) = (items.clone(), values[0].clone());
        let act = Act::Arrange(Arrange::ProposePlan { items, instalments, grace_days, text, replaces: Some(before) });
        Ok(vec![Effect::perform("plan.replace", Request { key, act, expect: Vec::new() })])
    };
    let shown = text::amount_with_currency(row.money(left), ctx.numbers);
    let many = row.standing.rows.iter().filter(|one| one.paid < one.amount).count().max(1);
    let form = Form::new(&format!("In place of {} of {}", row.stored.number, row.name), save)
        .field(Field::text("said by", ""))
        .field(when_field("pays on", &format!("x{many} 1m"), left, context, ctx))
        .start(1)
        .foot(move |_| vec![format!("{shown} is left; x6 1m from 1/5, or dates and amounts")]);
    vec![Effect::Overlay(Box::new(form))]
}

impl Screen for PlanScreen {
    fn id(&self) -> &'static str {
        "plan"
    }
    fn title(&self) -> String {
        self.number.clone()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        possible(0, self.row.as_ref())
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match (&self.row, call.id) {
            (Some(row), "list.open") => vec![Effect::Go("customer", row.account.clone())],
            (Some(row), id) if COMMANDS.iter().any(|command| command.id == id) => act(id, row, ctx),
            _ => self.table.run(call, ctx),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (today, number) = (ctx.today, self.number.clone());
        vec![Effect::ask("plan", move |reader| numbered(reader, today, &number))]
    }
    fn enter(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.refresh(ctx)
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        if name == "plan.mail" {
            return answer.take::<Ready>().map(|ready| review_mail(ready, ctx)).unwrap_or_default();
        }
        if name != "plan" {
            return self.table.answer(name, answer, ctx);
        }
        match answer.take::<Option<PlanRow>>().flatten() {
            Some(row) => self.fill(row, ctx),
            None => self.missing = true,
        }
        Vec::new()
    }
    fn inner(&self) -> Option<&dyn Screen> {
        Some(&self.table)
    }
    fn inner_mut(&mut self) -> Option<&mut dyn Screen> {
        Some(&mut self.table)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let Some(row) = &self.row else {
            let said =
                if self.missing { format!(" There is no plan {}; g n lists all.", self.number) } else { String::new() };
            return paint::lines(buf, area, &[said], ctx.style(Role::Text), ctx.glyphs);
        };
        let above = lines(row, ctx);
        let head: Vec<String> =
            above.iter().take_while(|line| !line.is_empty()).map(|line| format!(" {line}")).collect();
        let about = above.iter().rev().take_while(|line| !line.is_empty()).map(|line| format!(" {line}"));
        let head: Vec<String> = head.into_iter().chain(about.take(3)).collect();
        let height = u16::try_from(head.len()).unwrap_or(6) + 1;
        let [table, below] = layout::above(area, height.min(area.height / 2));
        self.table.view(buf, table, ctx, focused);
        let rule = ctx.glyphs.horizontal.repeat(usize::from(below.width));
        paint::text(buf, below, below.x, below.y, &rule, ctx.style(role(row)), ctx.glyphs);
        let inside = Rect { y: below.y + 1.min(below.height), height: below.height.saturating_sub(1), ..below };
        paint::lines(buf, inside, &head, ctx.style(Role::Text), ctx.glyphs);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let counts = self.row.as_ref().map_or(String::new(), |row| {
            let left = text::amount_with_currency(row.money(row.standing.left), ctx.numbers);
            format!("{}  {} instalments  {left} left", row.word(), row.standing.rows.len())
        });
        Status { counts, ..self.table.status(ctx) }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.row.as_ref().map(|row| lines(row, ctx))
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let own = self.table.arithmetic(ctx).unwrap_or_default();
        self.row.as_ref().map(|row| arithmetic(row, ctx).into_iter().chain(own).collect())
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "plan".to_owned(), arg: self.number.clone(), row: String::new() })
    }
}
