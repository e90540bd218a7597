//! One statement of the bank: its payments and what became of each. `w` says by which rule, on what evidence and how
//! sure, for ever; Enter opens the document it became, or the payment itself where it waits.

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use super::cash_deck::CashDeck;
use super::statement_rule as rule;
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::store::read::bank::StatementLine;
use crate::store::read::cash::{CashRow, row};
use crate::store::read::statements::{Part as Payment, parts};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Screen, Sort, Status, Tier};
use crate::tui::ui::table::Column;
use crate::tui::ui::text;
use crate::tui::ui::theme::Role;

/// The keys of a statement.
pub const COMMANDS: &[Command] = &[Command::write(
    rule::ID,
    &["r"],
    "make a rule",
    "Say what entries like this one are, from the next file on.",
    Tier::Many,
)
.hint(60)
.right(Right::ApplyCash)
.words("bank rule charge fee transfer interest pattern")
.verb("bank rule add")];

const COLUMNS: &[Column] = &[
    Column::words("payer", "OTHER SIDE", 'p', 0, 16, 30),
    Column::words("booked", "BOOKED", 'b', 1, 9, 9),
    Column { max: 18, ..Column::number("amount", "AMOUNT", 'a', 0, 13) },
    Column::words("kind", "KIND", 'k', 2, 8, 8),
    Column::words("became", "WHAT BECAME OF IT", 'w', 0, 16, 34),
    Column::words("text", "TEXT", 't', 3, 16, 60),
];

/// The screen of one statement.
pub struct StatementScreen {
    line: StatementLine,
    table: TablePane,
    /// Payments of it that wait, with what the bank wrote.
    waiting: HashMap<i64, String>,
}

impl StatementScreen {
    /// This statement.
    pub fn new(line: StatementLine) -> StatementScreen {
        let sort = Sort { column: "", descending: false };
        let mut table = TablePane::new("statement", "Payments", COLUMNS, sort, open).counted_in("payment");
        table.empty = vec!["loading the payments".to_owned()];
        StatementScreen { line, table, waiting: HashMap::new() }
    }
}

fn open(entry: &Entry) -> Vec<Effect> {
    vec![match &*entry.about {
        "" => Effect::Say("no document came of it; w says what it was settled as".to_owned()),
        number => Effect::Go("find", number.to_owned()),
    }]
}

fn entry(payment: &Payment, ctx: &Ctx) -> Entry {
    let sum = Money::new(payment.amount, payment.currency);
    let document = payment.steps.iter().rev().find(|step| !step.undone && !step.document.is_empty());
    let became = payment.became();
    let mut why = vec![
        format!("{} {}, line {} of the file", payment.kind, text::amount_with_currency(sum, ctx.numbers), payment.line),
        payment.text.clone(),
    ];
    if payment.left != 0 {
        let left = text::amount_with_currency(Money::new(payment.left, payment.currency), ctx.numbers);
        let because = if payment.why.is_empty() { "the rules were not asked yet" } else { &payment.why };
        why.push(format!("{left} waits: {because}"));
    }
    why.extend(payment.steps.iter().flat_map(|step| step.explained()));
    let role = if payment.left != 0 { Role::Warn } else { Role::Text };
    Entry {
        id: payment.id,
        about: document.map(|step| step.document.clone()).unwrap_or_default(),
        parts: vec![
            Part::words(&payment.payer),
            Part::day(Some(payment.booked)),
            Part::amount(sum, ctx),
            Part::words(&payment.kind),
            Part::words(&became).role(role),
            Part::words(&payment.text),
        ],
        sum: Some(sum),
        late: None,
        on: Some(payment.booked),
        state: became,
        why: why.into_iter().filter(|line| !line.is_empty()).collect(),
    }
}

impl Screen for StatementScreen {
    fn id(&self) -> &'static str {
        "statement"
    }
    fn title(&self) -> String {
        self.line.number.clone()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        let waits = self.table.selected().is_some_and(|entry| self.waiting.contains_key(&entry.id));
        if command.id == rule::ID && !waits {
            return Err("this entry is settled; a rule is made of one that waits".to_owned());
        }
        Ok(())
    }
    fn is_list(&self) -> bool {
        true
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        let here = self.table.selected().map(|entry| entry.id).filter(|id| self.waiting.contains_key(id));
        if call.id == rule::ID {
            let said = here.and_then(|id| self.waiting.get(&id));
            return said.map_or_else(Vec::new, |said| rule::form(said, &self.line));
        }
        match here.filter(|_| call.id == "list.open") {
            Some(id) => {
                let today = ctx.today;
                vec![Effect::ask("waits", move |reader| row(reader, id, today))]
            }
            None => self.table.run(call, ctx),
        }
    }
    fn refresh(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        let id = self.line.id;
        vec![Effect::ask("parts", move |reader| parts(reader, id))]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        if rule::NAMES.contains(&name) {
            return rule::answer(answer, ctx);
        }
        if name == "waits" {
            let found = answer.take::<Option<CashRow>>().flatten();
            return found.map_or_else(Vec::new, |row| vec![Effect::Open(Box::new(CashDeck::only(row, ctx)))]);
        }
        if name != "parts" {
            return self.table.answer(name, answer, ctx);
        }
        if let Some(found) = answer.take::<Vec<Payment>>() {
            self.table.empty = vec!["This statement has no entries of its own.".to_owned()];
            let said = |payment: &Payment| if payment.text.is_empty() { &payment.payer } else { &payment.text }.clone();
            let waiting = found.iter().filter(|payment| payment.left != 0);
            self.waiting = waiting.map(|payment| (payment.id, said(payment))).collect();
            self.table.fill(found.iter().map(|payment| entry(payment, ctx)).collect());
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
        self.table.view(buf, area, ctx, focused);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let money = |minor: i64| text::amount_with_currency(Money::new(minor, self.line.currency), ctx.numbers);
        let closing = self.line.closing.map_or(String::new(), |closing| format!("  closing {}", money(closing)));
        let status = self.table.status(ctx);
        Status { counts: format!("{}{closing}", status.counts), ..status }
    }
}
