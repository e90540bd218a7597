//! One item: what was set against it, one by one, and how that makes what is open. An allocation is taken back from
//! here, after a review.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use super::actions::{self, Subject};
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::store::read::account::{Full, full};
use crate::store::read::items::{ItemRow, Set, one, set_against};
use crate::tui::app::overlay::{Field, Form, Kind, Review};
use crate::tui::app::{Answer, Call, CmdId, Command, Ctx, Effect, Screen, Sort, Status, Tier};
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{layout, paint, text};

/// Takes the allocation under the cursor back.
pub const UNAPPLY: Command =
    Command::write("unapply", &["U"], "take back", "Take the allocation back; both sides are open again.", Tier::Money)
        .hint(75)
        .right(Right::ApplyCash)
        .words("unapply reverse allocation");

/// The work on one item.
pub const COMMANDS: &[Command] = &[
    UNAPPLY,
    actions::PROMISE,
    actions::DISPUTE,
    actions::PAYMENT,
    actions::CREDIT,
    actions::WRITE_OFF,
    actions::CALL,
    actions::NOTE,
];

const COLUMNS: &[Column] = &[
    Column::words("date", "FROM", 'd', 0, 9, 10),
    Column::words("kind", "KIND", 'k', 1, 9, 12),
    Column::words("number", "DOCUMENT", 'n', 0, 10, 24),
    Column { max: 18, ..Column::number("amount", "AMOUNT", 'a', 0, 13) },
    Column::words("rule", "BY RULE", 'r', 3, 8, 20),
    Column::words("state", "STATE", 's', 2, 10, 14),
];

/// An item and what was set against it.
type Found = Option<(ItemRow, Vec<Set>)>;

/// The screen of one item.
pub struct ItemScreen {
    id: i64,
    row: Option<ItemRow>,
    sets: Vec<Set>,
    gone: bool,
    table: TablePane,
}

impl ItemScreen {
    /// The item of this id.
    pub fn new(id: i64) -> ItemScreen {
        let open = |entry: &Entry| vec![Effect::Go("find", entry.about.clone())];
        let mut table = TablePane::new("item", "Item", COLUMNS, Sort { column: "date", descending: false }, open);
        table.empty = vec!["Nothing has been set against this item: all of it is open.".to_owned()];
        ItemScreen { id, row: None, sets: Vec::new(), gone: false, table }
    }

    fn fill(&mut self, row: ItemRow, sets: Vec<Set>, ctx: &Ctx) {
        let entry = |set: &Set| {
            let state = match (set.amount < 0, set.taken_back) {
                (true, _) => "takes back",
                (false, true) => "taken back",
                (false, false) => "stands",
            };
            let role = if state == "stands" { Role::Text } else { Role::Dim };
            let money = Money::new(set.amount, row.currency);
            Entry {
                id: set.id,
                about: set.number.clone(),
                parts: vec![
                    Part::day(Some(set.effective)),
                    Part::words(set.kind.name()),
                    Part::words(&set.number),
                    Part::amount(money, ctx).role(role),
                    Part::words(&set.rule),
                    Part::words(state).role(role),
                ],
                sum: Some(money),
                late: None,
                on: Some(set.effective),
                state: state.to_owned(),
                why: vec![format!("{} {} by the rule {}.", set.kind.name(), set.number, set.rule)],
            }
        };
        self.table.fill(sets.iter().map(entry).collect());
        let sum: i64 = sets.iter().map(|set| set.amount).sum();
        let mut total = vec![Cell::default(); COLUMNS.len()];
        total[0] = Cell::new("total", Role::Strong);
        total[3] = Cell::new(text::amount(Money::new(sum, row.currency), ctx.numbers), Role::Strong);
        self.table.total = total;
        self.table.formula = arithmetic(&row, &sets, ctx);
        (self.row, self.sets) = (Some(row), sets);
    }

    /// The allocation under the cursor, if it can be taken back.
    fn standing(&self) -> Result<(&ItemRow, &Set), String> {
        let row = self.row.as_ref().ok_or("the item is still being read")?;
        let id = self.table.selected().ok_or("no allocation is selected")?.id;
        let set = self.sets.iter().find(|set| set.id == id).ok_or("no allocation is selected")?;
        match (set.amount < 0, set.taken_back) {
            (true, _) => Err("this line takes an allocation back; u undoes your latest act".to_owned()),
            (_, true) => Err("this allocation was taken back already".to_owned()),
            _ => Ok((row, set)),
        }
    }

    /// Asks why, then shows the review.
    fn unapply(&self, ctx: &Ctx) -> Vec<Effect> {
        let (row, set) = match self.standing() {
            Ok(found) => found,
            Err(why) => return vec![Effect::Warn(format!("{}: {why}", UNAPPLY.title))],
        };
        let (row, set, ctx, key) = (row.clone(), set.clone(), ctx.clone(), ctx.act_key());
        let check = |text: &str| {
            if text.trim().is_empty() { Err("why, in a few words".to_owned()) } else { Ok(String::new()) }
        };
        let save = move |values: &[String]| {
            let act = Act::Unapply { allocation: set.id, effective: ctx.today, reason: values[0].clone() };
            Ok(vec![Effect::Overlay(Box::new(review(&row, &set, Request { key, act, expect: seen(&row) }, &ctx)))])
        };
        vec![Effect::Overlay(Box::new(Form::new("Take allocation back", save).field(Field::new(
            "reason",
            Kind::Text,
            "",
            check,
        ))))]
    }

    fn act(&self, id: CmdId, ctx: &Ctx) -> Vec<Effect> {
        let Some(row) = &self.row else { return Vec::new() };
        let (item, customer, today) = (row.id, row.customer, ctx.today);
        vec![Effect::ask("subject", move |reader| Ok((id, item, full(reader, today, customer)?)))]
    }

    fn heading(&self, ctx: &Ctx) -> Vec<String> {
        let Some(row) = &self.row else {
            let words = if self.gone { " This item is not in the book any more; Esc goes back." } else { "" };
            return vec![words.to_owned()];
        };
        let money = |minor: i64| text::amount_with_currency(Money::new(minor, row.currency), ctx.numbers);
        let state = match (row.open, row.amount < 0) {
            (0, true) => "used up".to_owned(),
            _ => row.state(ctx.today),
        };
        let number = if row.part > 1 { format!("{} part {}", row.number, row.part) } else { row.number.clone() };
        vec![
            format!(" {} {number}   {}   {}", row.kind.name(), row.name, state),
            format!(
                " amount {}   open {}   issued {}   due {}",
                money(row.amount),
                money(row.open),
                text::day(row.date),
                text::day(row.due)
            ),
        ]
    }
}

fn seen(row: &ItemRow) -> Vec<crate::acts::Expect> {
    vec![crate::acts::Expect::Open { item: row.id, open: row.open }]
}

fn review(row: &ItemRow, set: &Set, request: Request, ctx: &Ctx) -> Review {
    let money = |minor: i64| text::amount_with_currency(Money::new(minor, row.currency), ctx.numbers);
    // Debits open further upwards, credits further downwards.
    let after = if row.amount < 0 { row.open - set.amount } else { row.open + set.amount };
    Review::new(
        "Take allocation back",
        &[format!("{} open {}", row.number, money(row.open))],
        &[
            format!("{} of {} {} no longer counts", money(set.amount), set.kind.name(), set.number),
            format!("from {} on; the first row stays in the book", text::weekday(ctx.today)),
        ],
        &[
            format!("{} open {}, due {} as before", row.number, money(after), text::day(row.due)),
            format!("{} {} open again by {}", set.kind.name(), set.number, money(set.amount)),
        ],
        move || vec![Effect::perform("unapply", request)],
    )
}

/// Amount, what was set against it, what is open.
fn arithmetic(row: &ItemRow, sets: &[Set], ctx: &Ctx) -> Vec<String> {
    let show = |minor: i64| format!("{:>16}", Money::new(minor, row.currency).grouped(ctx.numbers));
    let mut lines = vec![format!("  {:<34}{}", format!("{} {}", row.kind.name(), row.number), show(row.amount))];
    let sign = if row.amount < 0 { "+" } else { "-" };
    for set in sets {
        let what = format!("{} {} {}", text::day(set.effective), set.kind.name(), set.number);
        lines.push(format!("{sign} {what:<34}{}", show(set.amount)));
    }
    lines.push(format!("= {:<34}{} {}", "open", show(row.open), row.currency));
    let sum: i64 = sets.iter().map(|set| set.amount).sum();
    let reached = if row.amount < 0 { row.amount + sum } else { row.amount - sum };
    if reached != row.open {
        lines.push(format!("  the lines give {}; run o2c check", show(reached).trim()));
    }
    lines
}

impl Screen for ItemScreen {
    fn id(&self) -> &'static str {
        "item"
    }
    fn title(&self) -> String {
        self.row.as_ref().map_or_else(|| "Item".to_owned(), |row| row.number.clone())
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        match command.id {
            id if id == UNAPPLY.id => self.standing().map(|_| ()),
            id if self.row.is_none() && COMMANDS.iter().any(|row| row.id == id) => {
                Err("the item is still being read".to_owned())
            }
            _ => Ok(()),
        }
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            id if id == UNAPPLY.id => self.unapply(ctx),
            id if COMMANDS.iter().any(|row| row.id == id) => self.act(id, ctx),
            _ => self.table.run(call, ctx),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (id, today) = (self.id, ctx.today);
        vec![Effect::ask("item", move |reader| {
            reader.snapshot(|| {
                let found: Found = match one(reader, today, id)? {
                    Some(row) => Some((row, set_against(reader, id)?)),
                    None => None,
                };
                Ok(found)
            })
        })]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let answer = match actions::answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) => own,
        };
        match name {
            "item" => match answer.take::<Found>().flatten() {
                Some((row, sets)) => self.fill(row, sets, ctx),
                None => self.gone = true,
            },
            "subject" => {
                if let Some((id, item, Some(full))) = answer.take::<(CmdId, i64, Option<Full>)>() {
                    return actions::run(id, &Subject::account(&full, &[item], ctx), ctx).unwrap_or_default();
                }
            }
            _ => return self.table.answer(name, answer, ctx),
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
        let [top, body] = layout::above(area, area.height.saturating_sub(3));
        paint::lines(buf, top, &self.heading(ctx), ctx.style(Role::Text), ctx.glyphs);
        let formula = self.table.formula.len();
        let foot = if usize::from(body.height) > formula + 6 { u16::try_from(formula).unwrap_or(0) + 1 } else { 0 };
        let [list, foot] = layout::above(body, foot);
        self.table.view(buf, list, ctx, focused);
        let lines: Vec<String> = self.table.formula.iter().map(|line| format!(" {line}")).collect();
        paint::lines(buf, foot, &lines, ctx.style(Role::Dim), ctx.glyphs);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        Status { counts: format!("{} set against it", self.sets.len()), ..self.table.status(ctx) }
    }
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        match (what, &self.row) {
            ('i', Some(row)) => Some((row.number.clone(), "invoice number".to_owned())),
            ('c', Some(row)) => Some((row.name.clone(), "customer".to_owned())),
            _ => self.table.selected_text(what, ctx),
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let row = self.row.as_ref()?;
        Some(self.table.explain(ctx).unwrap_or_else(|| super::items_view::why(row, ctx)))
    }
}
