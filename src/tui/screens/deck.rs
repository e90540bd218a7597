//! The deck: today's list one customer at a time. Everything needed to dispose of the customer is on one screen; after
//! a call, a promise, a reminder, a follow-up day or "done" the next customer stands there at once, because it was
//! read ahead.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{self, Subject};
use super::deck_view::{self as show, ITEMS};
use super::today_view;
use super::walk::{Stop, Walk};
use crate::acts::{Done, Failure};
use crate::domain::money::Money;
use crate::domain::text::counted;
use crate::language::filter::{Filter, parse};
use crate::store::leases::Lease;
use crate::store::read::account::{Full, full};
use crate::store::read::items::ItemRow;
use crate::store::read::window::Want as ReadWant;
use crate::store::read::worklist::{Question, WorkRow, Worklist, worklist};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, Grid, Gridded, ListState, Place, Row, Scope, Screen, Sort, Status,
    Window,
};
use crate::tui::ui::text;

/// `:deck FILTER`; Enter on Today opens it at the customer under the cursor.
pub const PLACE: Place = Place {
    command: Command::look("deck", &[], "deck", "Today's list one customer at a time, the next one read ahead.")
        .words("cards one by one")
        .takes("FILTER")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let context = ctx.filtering();
        let filter = if filter.trim().is_empty() { Filter::all() } else { parse(filter, &context).ok()? };
        let sort = Sort { column: "priority", descending: true };
        let filter = filter.for_user(&ctx.user);
        Some(Box::new(Deck::new(Question { today: ctx.today, base: ctx.base, filter, sort, all: false })))
    },
};

/// The work keys; J and K walk the list.
pub const COMMANDS: &[Command] = &[
    actions::CALL,
    actions::PROMISE,
    actions::EMAIL,
    actions::MAIL,
    actions::DONE,
    actions::FOLLOW_UP,
    actions::DISPUTE,
    actions::PAYMENT,
    actions::NOTE,
    actions::OWNER,
    actions::WRITE_OFF,
    actions::CREDIT,
    actions::BLOCK,
    NEXT,
    Command::look("deck.next", &["<A-j>"], "next customer", "The next customer of the list; J does the same."),
    Command::look("deck.previous", &["<A-k>"], "customer before", "The customer before; K does the same."),
];

/// Get-next: the most pressing customer nobody else works on.
pub const NEXT: Command =
    Command::look("work.next", &["N"], "next free", "The next customer nobody else works on, to work on now.")
        .words("get next account claim take lease")
        .verb("activities next");

/// An open item of the customer.
#[derive(Debug, Clone)]
pub(super) struct OpenItem(pub ItemRow);

impl Row for OpenItem {
    type Id = i64;
    fn id(&self) -> i64 {
        self.0.id
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.0.open, self.0.currency))
    }
}

/// The deck.
pub struct Deck {
    question: Question,
    /// The customers in the order of the list.
    pub(super) walk: Walk<WorkRow>,
    /// The list has arrived.
    pub(super) loaded: bool,
    current: Option<Full>,
    ahead: Option<Full>,
    pub(super) list: ListState<OpenItem>,
    pub(super) grid: Grid,
    /// Looking for a customer nobody else works on.
    seeking: bool,
}

impl Deck {
    /// The list of a question from its start.
    pub fn new(question: Question) -> Deck {
        Deck {
            question,
            walk: Walk::new(Vec::new(), 0, 0, 0),
            loaded: false,
            current: None,
            ahead: None,
            list: ListState::new(),
            grid: Grid::new(ITEMS, Sort { column: "due", descending: false }),
            seeking: false,
        }
    }

    /// The list with the rows known of it, the first of which has that place, starting at a customer who may be known.
    pub fn through(
        question: Question,
        rows: Vec<WorkRow>,
        first: u64,
        total: u64,
        customer: i64,
        known: Option<Full>,
    ) -> Deck {
        let walk = Walk::new(rows, first, total, customer);
        let mut deck = Deck { walk, loaded: true, ahead: known, ..Deck::new(question) };
        deck.take_ahead(Some(customer));
        deck
    }

    /// The same, to go on from there where somebody else works on that customer.
    pub fn seeking(self) -> Deck {
        Deck { seeking: true, ..self }
    }

    /// The next customer nobody else works on, as far as the list says; taking it says whether that is still so.
    fn next_free(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.seeking = true;
        while let Some(next) = self.walk.beside(true) {
            self.turn_to(next);
            if self.row().is_some_and(|row| row.worked_by.as_deref().is_none_or(|by| by == ctx.user)) {
                return self.ask(ctx);
            }
        }
        self.seeking = false;
        [Effect::Say("nobody is left below whom no one works on".to_owned())].into_iter().chain(self.ask(ctx)).collect()
    }

    /// Somebody else works on the customer shown.
    fn taken(&mut self, by: &Lease, ctx: &Ctx) -> Vec<Effect> {
        if self.row().map(|row| row.customer) != Some(by.customer) {
            return Vec::new();
        }
        if let Some(row) = self.walk.row_mut() {
            row.worked_by = Some(by.login.as_str().into());
        }
        if self.seeking {
            return self.next_free(ctx);
        }
        vec![Effect::Warn(format!("[WRK-02] {} is working on this customer; N goes to the next one free", by.name))]
    }

    /// The customer's line of the list.
    pub(super) fn row(&self) -> Option<&WorkRow> {
        self.walk.row()
    }

    /// The customer in full, once it is known.
    pub(super) fn full(&self) -> Option<&Full> {
        let customer = self.row()?.customer;
        self.current.as_ref().filter(|full| full.account.id == customer)
    }

    /// Shows the customer at that place; what was read ahead is there at once.
    fn turn_to(&mut self, at: usize) {
        let customer = self.walk.turn_to(at);
        self.list = ListState::new();
        self.take_ahead(customer);
    }

    fn take_ahead(&mut self, customer: Option<i64>) {
        if self.ahead.as_ref().map(|full| full.account.id) == customer {
            self.current = self.ahead.take();
            self.show_items();
        }
    }

    fn step(&mut self, forward: bool, ctx: &Ctx) -> Vec<Effect> {
        self.seeking = false;
        let Some(next) = self.walk.beside(forward) else {
            let edge = if forward { "this is the last customer of the list" } else { "this is the first customer" };
            return vec![Effect::Say(edge.to_owned())];
        };
        self.turn_to(next);
        self.ask(ctx)
    }

    /// What is not known yet: the customer, the one after it, and more of the list when its end comes near.
    fn ask(&self, ctx: &Ctx) -> Vec<Effect> {
        let today = ctx.today;
        let mut effects = Vec::new();
        if let Some(row) = self.row() {
            effects.push(Effect::take("taken", row.customer));
        }
        if let (Some(row), None) = (self.row(), self.full()) {
            let customer = row.customer;
            effects.push(Effect::ask("account", move |reader| full(reader, today, customer)));
        }
        let known = self.ahead.as_ref().map(|full| full.account.id);
        if let Some(customer) = self.walk.following().filter(|id| known != Some(*id)) {
            effects.push(Effect::ask("ahead", move |reader| full(reader, today, customer)));
        }
        if let Some(want) = self.walk.wanted().filter(|_| self.loaded) {
            let question = self.question.clone();
            effects.push(Effect::ask("more", move |reader| worklist(reader, &question, want)));
        }
        effects
    }

    /// Puts the items of the customer into the list, in the chosen order.
    fn show_items(&mut self) {
        let Some(current) = &self.current else { return };
        let mut rows: Vec<OpenItem> = current.items.iter().cloned().map(OpenItem).collect();
        let (sort, today) = (self.grid.sort, self.question.today);
        rows.sort_by(|a, b| {
            let (a, b) = (&a.0, &b.0);
            let natural = match sort.column {
                "number" => a.number.cmp(&b.number),
                "issued" => a.date.cmp(&b.date),
                "amount" => a.amount.cmp(&b.amount),
                "open" => a.open.cmp(&b.open),
                "currency" => a.currency.cmp(&b.currency),
                "days" => a.days(today).cmp(&b.days(today)),
                "state" => a.state(today).cmp(&b.state(today)),
                _ => a.due.cmp(&b.due),
            };
            let directed = if sort.descending { natural.reverse() } else { natural };
            directed.then(a.id.cmp(&b.id))
        });
        self.list.reset();
        let total = rows.len() as u64;
        self.list.load(Window { first: 0, rows, total });
    }

    /// What a work key acts on: marked items, for keys about one item the one under the cursor, else the customer.
    fn subject(&self, command: &str, ctx: &Ctx) -> Subject {
        let about_item = [actions::DISPUTE.id, actions::CREDIT.id, actions::WRITE_OFF.id].contains(&command);
        let chosen = match (self.list.marked(), self.list.selected()) {
            (0, Some(item)) if about_item && item.0.open > 0 => vec![item.0.id],
            (0, _) => Vec::new(),
            _ => self.list.targets(),
        };
        match (self.full(), self.row()) {
            (Some(full), _) => Subject::account(full, &chosen, ctx),
            (None, Some(row)) => {
                Subject { customers: vec![row.customer], name: row.name.to_string(), ..Subject::default() }
            }
            (None, None) => Subject::default(),
        }
    }

    fn more(&mut self, list: Worklist) {
        let window = list.window;
        if self.loaded {
            self.walk.extend(window.rows);
        } else {
            self.loaded = true;
            self.walk.begin(window.rows, window.first, window.total);
        }
    }
}

impl Stop for WorkRow {
    fn id(&self) -> i64 {
        self.customer
    }
}

impl Screen for Deck {
    fn id(&self) -> &'static str {
        "deck"
    }

    fn title(&self) -> String {
        self.row().map_or("Deck".to_owned(), |row| row.name.to_string())
    }

    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }

    fn is_list(&self) -> bool {
        true
    }

    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        actions::possible(command.id, usize::from(self.row().is_some()))
    }

    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "work.next" => return self.next_free(ctx),
            "list.next-group" | "deck.next" => return self.step(true, ctx),
            "list.previous-group" | "deck.previous" => return self.step(false, ctx),
            "list.open" => {
                let number = self.list.selected().map(|item| item.0.number.clone());
                return number.map(|number| Effect::Go("find", number)).into_iter().collect();
            }
            _ => {}
        }
        // All items are here, so the list never wishes for more.
        if self.list.run(call) != crate::tui::app::Handled::No {
            return Vec::new();
        }
        match self.grid.run(call) {
            Gridded::Yes(effects) => return effects,
            Gridded::Reorder => {
                self.show_items();
                return Vec::new();
            }
            Gridded::No => {}
        }
        actions::run(call.id, &self.subject(call.id, ctx), ctx).unwrap_or_default()
    }

    fn enter(&mut self, ctx: &Ctx) -> Vec<Effect> {
        if self.loaded {
            return self.ask(ctx);
        }
        let question = self.question.clone();
        vec![Effect::ask("more", move |reader| worklist(reader, &question, ReadWant::Start))]
    }

    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        // What was read ahead stays on the screen until it has been read again.
        let today = ctx.today;
        self.question.today = today;
        let again = |name, customer| Effect::ask(name, move |reader| full(reader, today, customer));
        let following = self.walk.following();
        let current = self.row().map(|row| again("account", row.customer));
        let take = self.row().map(|row| Effect::take("taken", row.customer));
        let mut effects: Vec<Effect> =
            current.into_iter().chain(following.map(|id| again("ahead", id))).chain(take).collect();
        if effects.is_empty() && !self.loaded {
            effects = self.enter(ctx);
        }
        effects
    }

    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let answer = match actions::answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) => own,
        };
        match name {
            "account" => {
                let found = answer.take::<Option<Full>>().flatten();
                if found.is_some() && found.as_ref().map(|full| full.account.id) == self.row().map(|row| row.customer) {
                    self.current = found;
                    self.show_items();
                }
                Vec::new()
            }
            "ahead" => {
                self.ahead = answer.take::<Option<Full>>().flatten();
                Vec::new()
            }
            "taken" => answer.take::<Lease>().map_or(Vec::new(), |by| self.taken(&by, ctx)),
            "more" => {
                if let Some(list) = answer.take::<Worklist>() {
                    self.more(list);
                }
                self.ask(ctx)
            }
            "columns" => {
                self.grid = answer.take::<Grid>().unwrap_or_else(|| self.grid.clone());
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn performed(&mut self, name: &'static str, result: &Result<Done, Failure>, _ctx: &Ctx) -> Vec<Effect> {
        if result.is_err() {
            return Vec::new();
        }
        self.list.drop_marks();
        match name {
            // Taking a disposal back shows its customer again.
            "undo" => {
                if let Some(place) = self.walk.take_back() {
                    self.turn_to(place);
                }
            }
            _ if actions::disposes(name) && self.row().is_some() => {
                if let Some(next) = self.walk.dispose() {
                    self.turn_to(next);
                }
            }
            _ => self.walk.note(),
        }
        // The application asks for a refresh after every act, which reads this customer and the next one.
        Vec::new()
    }

    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        show::draw(self, buf, area, ctx, focused);
    }

    fn status(&self, ctx: &Ctx) -> Status {
        let counts = match (self.full(), self.row()) {
            (Some(full), _) => {
                let overdue =
                    text::amount_with_currency(Money::new(full.account.base.overdue(), ctx.base), ctx.numbers);
                // On a narrow terminal the amount stands in the lines above and marks need the room.
                let overdue = if ctx.size.0 < 110 { String::new() } else { format!("  overdue {overdue}") };
                let first = full.items.len() as u64;
                let of = if first < full.items_total { format!("first {first} of ") } else { String::new() };
                format!("{}  {of}{}{overdue}", self.walk.progress(), counted(full.items_total, "item"))
            }
            (None, Some(_)) => format!("{}  loading the customer", self.walk.progress()),
            (None, None) => format!("{} done", self.walk.handled()),
        };
        let sums: Vec<String> =
            self.list.marked_sums().iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
        let marks = match self.list.marked() {
            0 => String::new(),
            marked => format!("marked {marked} = {}", sums.join(" ")),
        };
        Status { counts, marks, ..Status::default() }
    }

    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        let full = self.full()?;
        let line = |row: &ItemRow| {
            let (amount, open) = (Money::new(row.amount, row.currency), Money::new(row.open, row.currency));
            format!("{}\t{}\t{}\t{}\t{}\t{}", row.number, row.date, row.due, amount.plain(), open.plain(), row.currency)
        };
        let item = self.list.selected().map(|item| &item.0);
        match what {
            'y' => item.map(|row| (line(row), "1 row".to_owned())),
            't' => {
                let rows: Vec<String> = full.items.iter().map(line).collect();
                let head = "number\tdate\tdue\tamount\topen\tcurrency";
                Some((format!("{head}\n{}\n", rows.join("\n")), format!("{} rows", rows.len())))
            }
            'i' => item.map(|row| (row.number.clone(), "invoice number".to_owned())),
            'a' => item.map(|row| (Money::new(row.open, row.currency).plain(), "amount".to_owned())),
            'c' => Some((format!("{} {}", full.data.name, full.data.number), "customer".to_owned())),
            'e' if !full.data.email.is_empty() => Some((full.data.email.clone(), "e-mail address".to_owned())),
            _ => None,
        }
    }

    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        self.row().map(today_view::why)
    }

    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        today_view::arithmetic(self.row()?, self.full(), ctx)
    }

    fn choices(&self, prefix: char, _ctx: &Ctx) -> Vec<(char, String)> {
        self.grid.choices(prefix)
    }

    fn marked(&self) -> usize {
        self.list.marked()
    }

    fn drop_marks(&mut self) -> bool {
        self.list.drop_marks()
    }

    fn bookmark(&self) -> Option<Bookmark> {
        let row = self.row().map(|row| row.customer.to_string()).unwrap_or_default();
        Some(Bookmark { place: "today".to_owned(), arg: String::new(), row })
    }
}
