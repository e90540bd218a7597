//! `g o`: from a number or a name to the account. One answer opens at once, several are offered to choose from, none
//! says what was looked for.

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account::Account;
use super::account_item::ItemScreen;
use super::account_table::{Entry, Part, TablePane};
use crate::domain::document::DocumentKind;
use crate::domain::money::Money;
use crate::domain::text::fold;
use crate::language::filter::Filter;
use crate::store::read::customers::{Question, customers};
use crate::store::read::items::{ItemRow, by_number};
use crate::store::read::window::Want;
use crate::store::{Reader, StoreError};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Scope, Screen, Sort, Status};
use crate::tui::ui::table::Column;
use crate::tui::ui::theme::Role;
use crate::tui::ui::{paint, text};

/// Where `g o` leads.
pub const PLACE: Place = Place {
    command: Command::look("find", &[], "find", "Find an invoice or customer by number or name.")
        .words("search lookup")
        .takes("NUMBER")
        .scope(Scope::Global),
    tab: None,
    open: |wanted, _| {
        if wanted.trim().is_empty() {
            return None;
        }
        Some(Box::new(Find::new(wanted.trim())))
    },
};

const COLUMNS: &[Column] = &[
    Column::words("number", "NUMBER", 'n', 0, 9, 18),
    Column::words("what", "WHAT", 'k', 2, 8, 12),
    Column::words("name", "CUSTOMER", 'c', 0, 16, 40),
    Column { max: 18, ..Column::number("open", "OPEN", 'o', 0, 13) },
    Column::words("due", "DUE", 'u', 3, 9, 9),
];

/// Most answers of each kind that are offered.
const MOST: usize = 50;

/// One answer.
#[derive(Debug, Clone)]
struct Hit {
    customer: i64,
    item: Option<i64>,
    number: String,
    what: &'static str,
    name: String,
    open: Option<Money>,
    due: Option<NaiveDate>,
}

/// The search with its answers.
pub struct Find {
    wanted: String,
    hits: Option<Vec<Hit>>,
    table: TablePane,
}

impl Find {
    /// Looks for a number or a name.
    pub fn new(wanted: &str) -> Find {
        let table = TablePane::new("find", "Found", COLUMNS, Sort { column: "", descending: false }, |_| Vec::new());
        Find { wanted: wanted.to_owned(), hits: None, table }
    }

    fn take(&mut self, hits: Vec<Hit>, ctx: &Ctx) -> Vec<Effect> {
        let first = self.hits.is_none();
        let entry = |(place, hit): (usize, &Hit)| Entry {
            id: i64::try_from(place).unwrap_or(i64::MAX),
            about: hit.number.clone(),
            parts: vec![
                Part::words(&hit.number),
                Part::words(hit.what).role(Role::Dim),
                Part::words(&hit.name),
                hit.open.map_or_else(|| Part::words("-"), |open| Part::amount(open, ctx)),
                hit.due.map_or_else(|| Part::words("-"), |due| Part::day(Some(due))),
            ],
            sum: hit.open,
            late: None,
            on: hit.due,
            state: hit.what.to_owned(),
            why: vec![format!("{} {} matches \"{}\".", hit.what, hit.number, self.wanted)],
        };
        self.table.fill(hits.iter().enumerate().map(entry).collect());
        let open = match &hits[..] {
            [only] if first => vec![Effect::Back, open(only)],
            _ => Vec::new(),
        };
        self.hits = Some(hits);
        open
    }
}

fn open(hit: &Hit) -> Effect {
    Effect::Open(match hit.item {
        // A receipt that is used up is on no list of the account; what it paid is the answer.
        Some(item) if hit.what == DocumentKind::Receipt.name() && hit.open.is_some_and(|open| open.minor == 0) => {
            Box::new(ItemScreen::new(item))
        }
        Some(item) => Box::new(Account::at_item(hit.customer, item)),
        None => Box::new(Account::of(hit.customer)),
    })
}

fn of_item(row: &ItemRow) -> Hit {
    Hit {
        customer: row.customer,
        item: Some(row.id),
        number: row.number.clone(),
        what: row.kind.name(),
        name: row.name.clone(),
        open: Some(Money::new(row.open, row.currency)),
        due: Some(row.due),
    }
}

/// An exact invoice number beats an exact customer number; both beat ends of numbers and parts of names.
fn search(reader: &Reader, today: NaiveDate, wanted: &str, ctx_base: Money) -> Result<Vec<Hit>, StoreError> {
    let rows = by_number(reader, today, wanted, MOST)?;
    if let Some(exact) = exact_item(&rows, wanted) {
        return Ok(exact);
    }
    let question =
        Question { today, filter: Filter::Word(wanted.to_owned()), sort: Sort { column: "open", descending: true } };
    let found = customers(reader, &question, Want::Start)?.window.rows;
    let hit = |account: &crate::store::read::accounts::Account| Hit {
        customer: account.id,
        item: None,
        number: account.number.to_string(),
        what: "customer",
        name: account.name.to_string(),
        open: Some(Money::new(account.base.net(), ctx_base.currency)),
        due: account.oldest_due,
    };
    let same = |text: &str| fold(text) == fold(wanted);
    if let Some(exact) = found.iter().find(|account| same(&account.number) || same(&account.name)) {
        return Ok(vec![hit(exact)]);
    }
    let mut hits: Vec<Hit> = rows.iter().map(of_item).collect();
    hits.extend(found.iter().take(MOST).map(hit));
    Ok(hits)
}

/// The items of exactly this number; instalments of one invoice are one answer.
fn exact_item(rows: &[ItemRow], wanted: &str) -> Option<Vec<Hit>> {
    let exact: Vec<&ItemRow> = rows.iter().filter(|row| row.number == wanted).collect();
    let first = exact.first()?;
    if exact.iter().all(|row| row.customer == first.customer && row.kind == first.kind) {
        let open = exact.iter().find(|row| row.open != 0).unwrap_or(first);
        return Some(vec![of_item(open)]);
    }
    Some(exact.into_iter().map(of_item).collect())
}

impl Screen for Find {
    fn id(&self) -> &'static str {
        "find"
    }
    fn title(&self) -> String {
        format!("find {}", self.wanted)
    }
    fn commands(&self) -> &'static [Command] {
        &[]
    }
    fn is_list(&self) -> bool {
        true
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        if call.id != "list.open" {
            return self.table.run(call, ctx);
        }
        let place = self.table.selected().and_then(|entry| usize::try_from(entry.id).ok());
        let hit = place.and_then(|place| self.hits.as_ref()?.get(place));
        hit.map(open).into_iter().collect()
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let (wanted, today, base) = (self.wanted.clone(), ctx.today, Money::new(0, ctx.base));
        vec![Effect::ask("found", move |reader| search(reader, today, &wanted, base))]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        if name != "found" {
            return self.table.answer(name, answer, ctx);
        }
        answer.take::<Vec<Hit>>().map(|hits| self.take(hits, ctx)).unwrap_or_default()
    }
    fn inner(&self) -> Option<&dyn Screen> {
        Some(&self.table)
    }
    fn inner_mut(&mut self) -> Option<&mut dyn Screen> {
        Some(&mut self.table)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        match &self.hits {
            None => {}
            Some(hits) if hits.is_empty() => {
                let lines = [
                    format!(" Nothing was found for \"{}\".", self.wanted),
                    " Looked at: numbers of invoices, credit notes and receipts, whole or their end;".to_owned(),
                    " numbers and names of customers, any part.".to_owned(),
                    " g o looks for something else, g c and / narrow the list of customers.".to_owned(),
                ];
                paint::lines(buf, area, &lines, ctx.style(Role::Text), ctx.glyphs);
            }
            Some(_) => self.table.view(buf, area, ctx, focused),
        }
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let many = self.hits.as_ref().map_or(0, Vec::len);
        Status { counts: format!("{many} found, Enter opens"), ..self.table.status(ctx) }
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let place = self.table.selected().and_then(|entry| usize::try_from(entry.id).ok())?;
        let hit = self.hits.as_ref()?.get(place)?;
        let open = hit.open.map(|open| text::amount_with_currency(open, ctx.numbers)).unwrap_or_default();
        let of = if hit.item.is_some() { "open on this item" } else { "everything open, credits taken off" };
        Some(vec![format!("{open}: {of}. Enter opens the account, = there shows the parts.")])
    }
}
