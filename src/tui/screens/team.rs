//! The team: who has how many accounts and how much to collect, what each did and works on now, and the strategy in
//! force. Enter shows the accounts of the owner under the cursor; `h` hands all of them over with a note.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use super::actions::needed;
use crate::acts::arrange::Arrange;
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::domain::strategy::Strategy;
use crate::store::people::Person;
use crate::store::read::book;
use crate::store::read::team::{Load, load};
use crate::store::strategies;
use crate::tui::app::overlay::{Field, Form};
use crate::tui::app::{Answer, Bookmark, Call, Command, Ctx, Effect, Place, Scope, Screen, Sort, Status, Tier};
use crate::tui::ui::table::Column;
use crate::tui::ui::theme::Role;
use crate::tui::ui::{layout, paint, text};

/// `g w`.
pub const PLACE: Place = Place {
    command: Command::look("team", &["g w"], "team", "Who has how many accounts and how much to collect.")
        .words("load workload owners supervisor strategy points reassign")
        .verb("activities load")
        .scope(Scope::Global),
    tab: None,
    open: |_, ctx| Some(Box::new(Team::new(ctx))),
};

/// What can be done about an owner's accounts.
pub const COMMANDS: &[Command] = &[Command::write(
    "team.hand-over",
    &["h"],
    "hand over",
    "Give all accounts of this owner to another, with a note.",
    Tier::Many,
)
.hint(60)
.right(Right::Collect)
.words("reassign leave cover accounts")
.verb("activities hand-over")];

const COLUMNS: &[Column] = &[
    Column::words("owner", "OWNER", 'o', 0, 8, 16),
    Column::number("accounts", "ACCOUNTS", 'a', 0, 8),
    Column::number("listed", "LISTED", 'l', 0, 6),
    Column::number("done", "DONE", 'd', 1, 5),
    Column { max: 17, ..Column::number("collect", "TO COLLECT", 'c', 0, 14) },
    Column { max: 17, ..Column::number("overdue", "OVERDUE", 'v', 2, 14).in_base() },
    Column::number("contacts", "CONTACTS", 'n', 1, 8),
    Column::words("work", "WORKS ON", 'w', 3, 10, 30),
];

struct Seen {
    loads: Vec<Load>,
    people: Vec<Person>,
    strategies: Vec<(Strategy, usize)>,
}

/// The screen.
pub struct Team {
    table: TablePane,
    loads: Vec<Load>,
    people: Vec<Person>,
    strategies: Vec<(Strategy, usize)>,
}

impl Team {
    fn new(_ctx: &Ctx) -> Team {
        let sort = Sort { column: "collect", descending: true };
        let mut table = TablePane::new("team", "Team", COLUMNS, sort, |_| Vec::new()).counted_in("owner");
        table.empty = vec!["loading the team".to_owned()];
        table.formula = vec![
            "ACCOUNTS: customers of the owner with something open. LISTED: of them on today's list.".to_owned(),
            "TO COLLECT: overdue, not disputed, promised, planned, on hold or in a letter in time.".to_owned(),
            "CONTACTS: calls, letters and visits by the person in seven days.".to_owned(),
        ];
        Team { table, loads: Vec::new(), people: Vec::new(), strategies: Vec::new() }
    }

    fn fill(&mut self, seen: Seen, ctx: &Ctx) {
        let entry = |(place, one): (usize, &Load)| {
            let count = |number: usize| Part::words(&number.to_string());
            let owner = if one.owner.is_empty() { "nobody" } else { &one.owner };
            Entry {
                id: place as i64 + 1,
                about: one.owner.clone(),
                parts: vec![
                    Part::words(owner),
                    count(one.accounts),
                    count(one.listed),
                    count(one.done),
                    Part::amount(Money::new(one.to_collect, ctx.base), ctx),
                    Part::amount(Money::new(one.overdue, ctx.base), ctx),
                    Part::words(&one.contacts.to_string()),
                    Part::words(&one.at_work.join(", ")),
                ],
                sum: Some(Money::new(one.to_collect, ctx.base)),
                late: None,
                on: None,
                state: String::new(),
                why: vec![format!("{owner}: {} accounts, {} on today's list", one.accounts, one.listed)],
            }
        };
        self.table.fill(seen.loads.iter().enumerate().map(entry).collect());
        (self.loads, self.people, self.strategies) = (seen.loads, seen.people, seen.strategies);
    }

    fn hand_over(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(entry) = self.table.selected() else { return Vec::new() };
        let Some(load) = self.loads.iter().find(|load| load.owner == entry.about) else { return Vec::new() };
        let (key, from) = (ctx.act_key(), load.owner.clone());
        let active = self.people.iter().filter(|person| person.active && person.login != from);
        let logins: Vec<&str> = active.map(|person| person.login.as_str()).collect();
        let save = move |values: &[String]| {
            let (to, note) = (values[0].clone(), values[1].clone());
            let act = Act::Arrange(Arrange::HandOver { from: from.clone(), to, note });
            Ok(vec![Effect::perform("team.hand-over", Request { key, act, expect: Vec::new() })])
        };
        let whose = if load.owner.is_empty() { "nobody" } else { &load.owner };
        let collect = text::amount_with_currency(Money::new(load.to_collect, ctx.base), ctx.numbers);
        let foot = format!("{} accounts, {collect} to collect; a note goes on each", load.accounts);
        let form = Form::new(&format!("Accounts of {whose}"), save)
            .field(Field::choice("to", &logins, ""))
            .field(needed("note", "", "say what the new owner should know"))
            .foot(move |_| vec![foot.clone()]);
        vec![Effect::Overlay(Box::new(form))]
    }

    /// The strategies in force and their points.
    fn strategy_lines(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (one, customers) in self.strategies.iter().filter(|(_, customers)| *customers > 0) {
            let whom = if one.segment.is_empty() { "everybody" } else { &one.segment };
            out.push(format!("Strategy {} for {whom}: {customers} customers", one.name));
            out.push(format!(
                "  to collect {} at {}, age {} at {} days, risk {}, broken promise {}, no contact {} at {} days",
                one.amount.points,
                one.amount.full,
                one.age.points,
                one.age.full,
                one.risk,
                one.broken,
                one.silence.points,
                one.silence.full
            ));
            let events = one.events;
            out.push(format!(
                "  plan in default {}, instalment due {}, promise due {}, dispute rejected {}, follow-up {}, unapplied {}, \
                 over limit {}",
                events.plan_default,
                events.instalment_due,
                events.promise_due,
                events.dispute_rejected,
                events.follow_up,
                events.unapplied,
                events.over_limit
            ));
            let [a, b, c] = one.priorities;
            out.push(format!(
                "  listed above {} to collect, from {} days past due, {} days after a contact; A from {a}, B from {b}, C from {c}",
                one.minimum, one.min_days, one.contact_gap_days
            ));
        }
        out.push("o2c strategy export, import and try change it".to_owned());
        out
    }
}

impl Screen for Team {
    fn id(&self) -> &'static str {
        "team"
    }
    fn title(&self) -> String {
        "Team".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        if command.id == "team.hand-over" && self.table.selected().is_none() {
            return Err("no owner is selected".to_owned());
        }
        Ok(())
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "team.hand-over" => self.hand_over(ctx),
            "list.open" => self.table.selected().map_or_else(Vec::new, |entry| {
                let owner = if entry.about.is_empty() { "\"\"" } else { &entry.about };
                vec![Effect::Go("customers", format!("owner={owner} is:open"))]
            }),
            _ => self.table.run(call, ctx),
        }
    }
    fn enter(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.refresh(ctx)
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (today, base) = (ctx.today, ctx.base);
        vec![Effect::ask("team", move |reader| {
            let (loads, people) = (load(reader, today, base)?, book::people(reader)?);
            let in_force = strategies::in_force(reader, today)?;
            let customers = usize::try_from(crate::store::read::customers::count(reader)?).unwrap_or(0);
            let counted =
                in_force.all.iter().enumerate().map(|(place, one)| (one.clone(), in_force.count(place, customers)));
            Ok(Seen { loads, people, strategies: counted.collect() })
        })]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        if name != "team" {
            return self.table.answer(name, answer, ctx);
        }
        if let Some(seen) = answer.take::<Seen>() {
            self.fill(seen, ctx);
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
        let width = usize::from(area.width.saturating_sub(2)).max(1);
        let wrapped = |line: String| crate::tui::ui::width::wrap(&line, width);
        let lines: Vec<String> =
            self.strategy_lines().into_iter().flat_map(wrapped).map(|line| format!(" {line}")).collect();
        let height = u16::try_from(lines.len()).unwrap_or(8) + 1;
        let [table, below] = layout::above(area, height.min(area.height / 2));
        self.table.view(buf, table, ctx, focused);
        let rule = ctx.glyphs.horizontal.repeat(usize::from(below.width));
        paint::text(buf, below, below.x, below.y, &rule, ctx.style(Role::Dim), ctx.glyphs);
        let inside = Rect { y: below.y + 1.min(below.height), height: below.height.saturating_sub(1), ..below };
        paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let collect: i64 = self.loads.iter().map(|load| load.to_collect).sum();
        let shown = text::amount_with_currency(Money::new(collect, ctx.base), ctx.numbers);
        let working = self.loads.iter().map(|load| load.at_work.len()).sum::<usize>();
        let counts = format!("{} owners  to collect {shown}  {working} at work", self.loads.len());
        Status { counts, ..self.table.status(ctx) }
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "team".to_owned(), arg: String::new(), row: String::new() })
    }
}
