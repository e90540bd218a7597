//! One customer in full: the age of what is open, limit and use, how it pays, past invoices, when each item will
//! probably be paid, and everything that was said. Panes side by side where there is room, tabs with Tab where not.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_cases as cases;
use super::account_invoice as invoice;
use super::account_master as master;
use super::account_rows as rows;
use super::account_table::TablePane;
use super::account_view::{self as show, INVOICES, ITEMS, PANES, TIMELINE};
use super::actions::{self, Subject};
use super::customers_view;
use super::items::{Items, NOBODY};
use crate::store::read::account::{Full, full};
use crate::store::read::customers::find;
use crate::store::read::disputes::DisputeRow;
use crate::store::read::promises::PromiseRow;
use crate::tui::app::{
    Answer, Bookmark, Call, CmdId, Command, Ctx, Effect, FilterError, Place, Scope, Screen, Slot, Status,
};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{layout, paint};

/// `:customer NAME`, and every Enter on a customer.
pub const PLACE: Place = Place {
    command: Command::look("customer", &[], "customer", "Open a customer's account by number or name.")
        .words("account debtor client")
        .takes("NAME")
        .verb("customer show")
        .scope(Scope::Global),
    tab: None,
    open: |name, _| {
        if name.trim().is_empty() {
            return None;
        }
        Some(Box::new(Account::named(name)))
    },
};

/// The work that can be done on a customer and its marked items.
pub const COMMANDS: &[Command] = &with_master();

const fn with_master() -> [Command; actions::ALL.len() + 2] {
    let mut all = [master::COMMAND; actions::ALL.len() + 2];
    all[actions::ALL.len()] = invoice::COMMAND;
    let mut place = 0;
    while place < actions::ALL.len() {
        all[place] = actions::ALL[place];
        place += 1;
    }
    all
}

enum Wanted {
    Named(String),
    Id(i64),
}

/// The account of one customer.
pub struct Account {
    wanted: Wanted,
    /// An item to put the cursor on when it is known.
    item: Option<i64>,
    full: Option<Full>,
    missing: bool,
    focus: u8,
    /// The pane last chosen among those that share a place on a large screen.
    slot: u8,
    tables: [TablePane; 6],
    invoices: Items,
}

impl Account {
    /// The account of the customer with this number, or a name that starts like this.
    pub fn named(text: &str) -> Account {
        Account::new(Wanted::Named(text.to_owned()))
    }

    /// The account of a customer by id.
    pub fn of(customer: i64) -> Account {
        Account::new(Wanted::Id(customer))
    }

    /// The account of a customer with the cursor on one of its items.
    pub fn at_item(customer: i64, item: i64) -> Account {
        Account { item: Some(item), ..Account::of(customer) }
    }

    fn new(wanted: Wanted) -> Account {
        let tables = [
            rows::items_pane(),
            rows::timeline_pane(),
            rows::payments_pane(),
            cases::promises_pane(),
            cases::disputes_pane(),
            rows::credit_pane(),
        ];
        let invoices = Items::of_customer(NOBODY);
        Account { wanted, item: None, full: None, missing: false, focus: ITEMS, slot: INVOICES, tables, invoices }
    }

    /// Place of a pane among the tables; the invoices are a list of their own.
    fn table(number: u8) -> Option<usize> {
        match number {
            1..=3 => Some(usize::from(number) - 1),
            5..=PANES => Some(usize::from(number) - 2),
            _ => None,
        }
    }

    fn take(&mut self, full: Full, ctx: &Ctx) -> Vec<Effect> {
        let [items, timeline, payments, promises, _, credit] = &mut self.tables;
        cases::fill_word(promises, &full, ctx);
        rows::fill_items(items, &full, ctx);
        rows::fill_timeline(timeline, &full, ctx);
        rows::fill_payments(payments, &full, ctx);
        rows::fill_credit(credit, &full, ctx);
        for table in &mut self.tables {
            let customer = format!("{} {}", full.data.name, full.data.number);
            table.copies = vec![('c', customer, "customer"), ('e', full.data.email.clone(), "e-mail address")];
        }
        let (customer, number) = (full.account.id, full.data.number.clone());
        let first = self.full.is_none();
        self.full = Some(full);
        let mut effects = cases::ask(&number, ctx);
        if first {
            self.wanted = Wanted::Id(customer);
            self.invoices = Items::of_customer(customer);
            effects.extend(self.for_invoices(|invoices| invoices.refresh(ctx)));
        }
        if let Some(item) = self.item.take() {
            effects.extend(self.aim(item, ctx));
        }
        effects
    }

    /// Puts the cursor on an item: among the open ones, else among all invoices.
    fn aim(&mut self, item: i64, ctx: &Ctx) -> Vec<Effect> {
        if self.tables[0].select(item) {
            self.set_focus(ITEMS);
            return Vec::new();
        }
        self.set_focus(INVOICES);
        self.for_invoices(|invoices| invoices.show(item, ctx))
    }

    /// Lets the invoices wish for something, marked as wished for by their pane. The number of the screen is not known
    /// here, so answers come to the screen itself and are handed on.
    fn for_invoices(&mut self, wish: impl FnOnce(&mut Items) -> Vec<Effect>) -> Vec<Effect> {
        wish(&mut self.invoices)
            .into_iter()
            .map(|effect| match effect {
                Effect::Ask { slot, ticket, job } => {
                    let name = if slot.name == "totals" { "invoices.totals" } else { "invoices.rows" };
                    Effect::Ask { slot: Slot { name, ..slot }, ticket, job }
                }
                other => other,
            })
            .collect()
    }

    /// What an action is about: the marked items; without marks the whole account, or for actions on a single item the
    /// one under the cursor.
    fn subject(&self, id: CmdId, ctx: &Ctx) -> Option<Subject> {
        let full = self.full.as_ref()?;
        let items = &self.tables[0];
        let single = [actions::DISPUTE.id, actions::CREDIT.id, actions::WRITE_OFF.id].contains(&id);
        let chosen = if items.marked() > 0 || (single && self.focus == ITEMS) { items.targets() } else { Vec::new() };
        let mut subject = Subject::account(full, &chosen, ctx);
        if items.marked() > 0 {
            let sums: Vec<String> = items
                .marked_sums()
                .iter()
                .map(|sum| crate::tui::ui::text::amount_with_currency(*sum, ctx.numbers))
                .collect();
            subject.total = sums.join(" + ");
        }
        Some(subject)
    }

    fn titles(&self) -> Vec<String> {
        (1..=PANES).filter_map(|number| self.pane(number)).map(Screen::title).collect()
    }

    fn note(&self, number: u8, ctx: &Ctx) -> String {
        match number {
            TIMELINE => "n note".to_owned(),
            _ => self.pane(number).map_or(String::new(), |pane| pane.status(ctx).counts),
        }
    }

    fn peek(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx) {
        let rule = ctx.glyphs.horizontal.repeat(usize::from(area.width));
        paint::text(buf, area, area.x, area.y, &rule, ctx.style(Role::Dim), ctx.glyphs);
        let events = self.full.iter().flat_map(|full| &full.timeline);
        let lines: Vec<String> = events.take(4).map(|event| customers_view::event_line(event, ctx)).collect();
        let [_, below] = layout::above(area, area.height.saturating_sub(1));
        paint::lines(buf, below, &lines, ctx.style(Role::Text), ctx.glyphs);
    }
}

impl Screen for Account {
    fn id(&self) -> &'static str {
        "customer"
    }
    fn title(&self) -> String {
        self.full.as_ref().map_or_else(|| "Account".to_owned(), |full| full.data.name.clone())
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        match self.subject(command.id, ctx) {
            Some(_) if command.id == master::COMMAND.id => master::guard(ctx),
            Some(subject) => actions::guard(command.id, &subject, ctx),
            None => Err("the account is still being read".to_owned()),
        }
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        let subject = self.subject(call.id, ctx);
        match (call.id, subject) {
            ("pane.inspect", _) => {
                self.set_focus(TIMELINE);
                Vec::new()
            }
            (id, Some(_)) if id == master::COMMAND.id => {
                self.full.as_ref().map(|full| master::form(full, ctx)).unwrap_or_default()
            }
            (id, Some(_)) if id == invoice::COMMAND.id => {
                self.full.as_ref().map(|full| invoice::form(full, ctx)).unwrap_or_default()
            }
            (id, Some(subject)) => actions::run(id, &subject, ctx).unwrap_or_default(),
            _ => Vec::new(),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let today = ctx.today;
        vec![match &self.wanted {
            Wanted::Id(id) => {
                let id = *id;
                Effect::ask("account", move |reader| full(reader, today, id))
            }
            Wanted::Named(text) => {
                let text = text.clone();
                Effect::ask("account", move |reader| match find(reader, today, &text)? {
                    Some(id) => full(reader, today, id),
                    None => Ok(None),
                })
            }
        }]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let answer = match actions::answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) => own,
        };
        match name {
            "account" => match answer.take::<Option<Full>>().flatten() {
                Some(full) => return self.take(full, ctx),
                None => self.missing = true,
            },
            "promises" => {
                if let Some(rows) = answer.take::<Vec<PromiseRow>>() {
                    cases::fill_promises(&mut self.tables[3], &rows, ctx);
                }
            }
            "disputes" => {
                if let Some(rows) = answer.take::<Vec<DisputeRow>>() {
                    cases::fill_disputes(&mut self.tables[4], &rows, ctx);
                }
            }
            "invoices.rows" => return self.for_invoices(|invoices| invoices.answer("rows", answer, ctx)),
            "invoices.totals" => return self.for_invoices(|invoices| invoices.answer("totals", answer, ctx)),
            _ => {}
        }
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let Some(full) = &self.full else {
            let words = match (&self.wanted, self.missing) {
                (Wanted::Named(text), true) => {
                    format!(" No customer has the number or name \"{text}\". g c lists all; g o looks further.")
                }
                (_, true) => " This customer is not in the book any more; Esc goes back.".to_owned(),
                _ => String::new(),
            };
            return paint::lines(buf, area, &[words], ctx.style(Role::Text), ctx.glyphs);
        };
        let plan = show::plan(area, ctx, self.focus, self.slot);
        show::header(buf, plan.header, full, ctx);
        let titles = self.titles();
        if let Some(tabs) = plan.tabs {
            show::tabs(buf, tabs, &titles, self.focus, ctx);
        }
        let framed = plan.panes.len() > 1;
        for (number, area) in plan.panes {
            let Some(pane) = self.pane(number) else { continue };
            let here = focused && number == self.focus;
            let inside = if framed {
                let title = if plan.tabs.is_none() && number >= INVOICES {
                    let other =
                        |(at, title): (u8, &String)| if at == number { format!("[{title}]") } else { title.clone() };
                    (1..).zip(&titles).skip(usize::from(INVOICES) - 1).map(other).collect::<Vec<_>>().join("  ")
                } else {
                    pane.title()
                };
                paint::frame(buf, area, &title, &self.note(number, ctx), here, ctx.theme, ctx.glyphs)
            } else {
                area
            };
            pane.view(buf, inside, ctx, here);
        }
        if let Some(area) = plan.peek {
            self.peek(buf, area, ctx);
        }
    }
    fn status(&self, _ctx: &Ctx) -> Status {
        Status::default()
    }
    fn bookmark(&self) -> Option<Bookmark> {
        let full = self.full.as_ref()?;
        let row = self.tables[0].selected().map(|entry| entry.id.to_string()).unwrap_or_default();
        Some(Bookmark { place: "customer".to_owned(), arg: full.data.number.clone(), row })
    }
    fn go_to(&mut self, row: &str, ctx: &Ctx) -> Vec<Effect> {
        let Ok(item) = row.parse() else { return Vec::new() };
        if self.full.is_none() {
            self.item = Some(item);
            return Vec::new();
        }
        self.aim(item, ctx)
    }
    fn set_filter(&mut self, text: &str, ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        self.tables[0].set_filter(text, ctx)
    }
    fn panes(&self) -> u8 {
        PANES
    }
    fn pane(&self, number: u8) -> Option<&dyn Screen> {
        match Account::table(number) {
            Some(place) => Some(&self.tables[place]),
            None if number == INVOICES => Some(&self.invoices),
            None => None,
        }
    }
    fn pane_mut(&mut self, number: u8) -> Option<&mut (dyn Screen + 'static)> {
        match Account::table(number) {
            Some(place) => Some(&mut self.tables[place]),
            None if number == INVOICES => Some(&mut self.invoices),
            None => None,
        }
    }
    fn focus(&self) -> u8 {
        self.focus
    }
    fn set_focus(&mut self, pane: u8) {
        if (1..=PANES).contains(&pane) {
            self.focus = pane;
            if pane >= INVOICES {
                self.slot = pane;
            }
        }
    }
}
