//! Cash: payments on the account that nobody settled yet, the biggest first. Enter opens one with the next read ahead.
//!
//! What a clerk's hands do, ten receipts a minute over a slow line, and what each costs:
//!
//! | what the payment is | keys | presses |
//! |---|---|---|
//! | all that has exactly one explanation | `A` `y` | 2 for all of them |
//! | what the rules propose | `P` `y` | 2 |
//! | other items | `j` `Space` … `P` `y` | 2 and 1 an item |
//! | short, with a dispute | `s` reason `P` `y` | 4 |
//! | short by a discount taken late | `d` `Enter` `P` `y` | 4 |
//! | short, nobody minds | `W` `P` `y` | 3 |
//! | a part of an item | `r` `P` `y` | 3 |
//! | more than the items, kept on account | `o` `P` `y` | 3 |
//! | of somebody else | `f` name `Enter` `P` `y` | 4 and the name |
//! | of no customer, or entered by hand | `x` `Enter` `y` | 3 |
//! | taken back by the bank | `B` `Enter` `y` | 3 |

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::cash_deck::CashDeck;
use super::cash_rules as rules;
use super::listing::{ListScreen, Listing, with_peek};
use crate::acts::run::Tally;
use crate::domain::authority::Right;
use crate::domain::bank::EntryKind;
use crate::domain::money::Money;
use crate::store::read::cash::{CashRow, Question, Queue, Waiting, ids, queue};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Tier, Want};
use crate::tui::ui::layout::{Class, class};
use crate::tui::ui::table::{Cell, Column};
use crate::tui::ui::theme::Role;
use crate::tui::ui::{paint, text};

/// `g b`, the bank's money, and `:cash FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("cash", &["g b"], "cash", "Bank payments that wait: whose they are and what they pay.")
        .words("bank payments receipts unapplied unidentified application matching")
        .takes("FILTER")
        .verb("cash")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = CashList::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// The keys of the queue.
pub const COMMANDS: &[Command] = &[Command::write(
    rules::RUN,
    &["A"],
    "apply by rules",
    "Review what the rules would apply; y applies it. Again: stop.",
    Tier::Money,
)
.hint(90)
.whole()
.right(Right::ApplyCash)
.words("run match automatic post all")
.verb("cash run")];

pub(super) const COLUMNS: &[Column] = &[
    Column::words("payer", "PAYER", 'p', 0, 18, 34),
    Column::words("value", "VALUE", 'v', 0, 9, 9),
    Column::number("left", "LEFT", 'l', 0, 13),
    Column::words("currency", "CUR", 'u', 0, 3, 3),
    Column::words("kind", "KIND", 'k', 1, 8, 8),
    Column::words("why", "WHY IT WAITS", 'w', 2, 16, 48),
    Column::number("age", "DAYS", 'd', 3, 4),
    Column::words("account", "ACCOUNT", 'a', 4, 8, 16),
    Column::words("text", "TEXT", 't', 5, 20, 60),
];

impl Row for CashRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.left, self.currency))
    }
    fn group(&self) -> u64 {
        self.currency.code().bytes().fold(0, |sum, byte| sum * 256 + u64::from(byte))
    }
}

/// The queue.
pub struct CashList {
    listing: Listing<CashRow>,
    waiting: Vec<Waiting>,
    announced: u64,
}

impl Default for CashList {
    fn default() -> Self {
        CashList::new()
    }
}

impl CashList {
    /// Everything that waits, the biggest first in every currency.
    pub fn new() -> CashList {
        CashList {
            listing: Listing::new(COLUMNS, Sort { column: "left", descending: true }),
            waiting: Vec::new(),
            announced: 0,
        }
    }

    fn question(&self, ctx: &Ctx) -> Question {
        let (filter, sort) = (self.listing.parsed.clone(), self.listing.grid.sort);
        Question { today: ctx.today, base: ctx.base, filter, sort }
    }

    fn draw_list(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        if self.listing.list.is_loaded() && self.listing.list.total() == 0 {
            let empty = match self.listing.filter.as_str() {
                "" => {
                    "no payment waits; g s and i, or o2c import statement FILE, takes the next statement in".to_owned()
                }
                filter => format!("no payment passes {filter}; / changes it"),
            };
            paint::text(buf, area, area.x + 1, area.y, &empty, ctx.style(Role::Dim), ctx.glyphs);
            return;
        }
        self.listing.draw(buf, area, ctx, focused, Vec::new(), |row| cells(row, ctx));
    }
}

/// Who paid, or that the bank does not say.
pub(super) fn payer(row: &CashRow) -> &str {
    if row.payer.is_empty() { "(no name)" } else { &row.payer }
}

fn cells(row: &CashRow, ctx: &Ctx) -> Vec<Cell> {
    let role = if row.kind == EntryKind::Return { Role::Late } else { Role::Text };
    vec![
        payer(row).into(),
        text::day(row.value).into(),
        Money::new(row.left, row.currency).grouped(ctx.numbers).into(),
        row.currency.code().into(),
        Cell::new(row.kind.word(), role),
        (&*row.why).into(),
        (ctx.today - row.value).num_days().max(0).to_string().into(),
        (&*row.account).into(),
        (&*row.text).into(),
    ]
}

/// `1,150.00 EUR`, with what went out beside it.
pub(super) fn sums(waiting: &[Waiting], ctx: &Ctx) -> String {
    let shown = |minor, sum: &Waiting| text::amount_with_currency(Money::new(minor, sum.currency), ctx.numbers);
    let one = |sum: &Waiting| match (sum.received, sum.taken) {
        (received, 0) => shown(received, sum),
        (0, taken) => format!("{} out", shown(-taken, sum)),
        (received, taken) => format!("{} and {} out", shown(received, sum), shown(-taken, sum)),
    };
    waiting.iter().map(one).collect::<Vec<_>>().join(" + ")
}

impl ListScreen for CashList {
    type Line = CashRow;
    fn listing(&self) -> &Listing<CashRow> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<CashRow> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "cash"
    }
    fn title(&self) -> String {
        "Cash".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        if call.id == rules::RUN { rules::begin(ctx) } else { Vec::new() }
    }
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match (name, answer.take::<Tally>()) {
            (rules::LOOK, Some(tally)) => rules::review(&tally, &self.waiting, ctx),
            _ => Vec::new(),
        }
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = self.question(ctx);
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| queue(reader, &question, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question)?)))
            }
        }]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(found) = answer.take::<Queue>() {
            (self.waiting, self.announced) = (found.waiting, found.announced);
            self.listing.list.load(found.window);
        }
    }
    fn open(&self, row: &CashRow, ctx: &Ctx) -> Vec<Effect> {
        let list = &self.listing.list;
        let deck = CashDeck::through(self.question(ctx), list.rows().to_vec(), list.first(), list.total(), row.id);
        vec![Effect::Open(Box::new(deck))]
    }
    fn term(&self, row: &CashRow, column: &str, _ctx: &Ctx) -> Option<String> {
        Some(match column {
            "payer" => format!("name:\"{}\"", row.payer.replace('"', "")),
            "currency" => format!("cur:{}", row.currency),
            "kind" => format!("state:{}", row.kind.word()),
            "value" => format!("due:{}", row.value),
            _ => return None,
        })
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (columns, rows) = ctx.size;
        let tall = class(columns, rows) >= Class::M;
        let [list, inside] = with_peek(buf, area, if tall { 4 } else { 2 }, ctx);
        self.draw_list(buf, list, ctx, focused);
        let Some(row) = self.listing.list.selected() else { return };
        let why = if row.why.is_empty() { "the rules were not asked yet" } else { &row.why };
        let lines = [row.text.clone(), format!("{}  {}", row.account, why)];
        paint::lines(buf, inside, &lines, ctx.style(Role::Text), ctx.glyphs);
    }
    fn counts(&self, ctx: &Ctx) -> String {
        let count = self.listing.list.total();
        let plural = if count == 1 { "payment" } else { "payments" };
        match count {
            0 => "no payments wait".to_owned(),
            _ => format!("{count} {plural}, {} waiting", sums(&self.waiting, ctx)),
        }
    }
    fn note(&self, ctx: &Ctx) -> String {
        if ctx.running.is_some() {
            return "A stops".to_owned();
        }
        match (self.listing.list.is_loaded(), self.announced) {
            (false, _) => "loading payments".to_owned(),
            (_, 0) => String::new(),
            (_, announced) => format!("{announced} announced not counted"),
        }
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "value\tpayer\tleft\tamount\tcurrency\tkind\twhy\taccount\ttext".to_owned()
    }
    fn raw(&self, row: &CashRow, _ctx: &Ctx) -> String {
        let money = |minor| Money::new(minor, row.currency).plain();
        let (left, amount, value) = (money(row.left), money(row.amount), row.value.to_string());
        let (currency, kind) = (row.currency.code(), row.kind.word());
        [&*value, &row.payer, &left, &amount, currency, kind, &row.why, &row.account, &row.text].join("\t")
    }
    fn copied(&self, what: char, row: &CashRow, _ctx: &Ctx) -> Option<(String, String)> {
        match what {
            'c' => Some((row.payer.clone(), "the payer".to_owned())),
            'a' => Some((Money::new(row.left, row.currency).plain(), "the amount".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let row = self.listing.list.selected()?;
        let shown = |minor| text::amount_with_currency(Money::new(minor, row.currency), ctx.numbers);
        let why = if row.why.is_empty() { "The rules were not asked yet." } else { &row.why };
        Some(vec![
            format!("{}, {} of {} not settled", payer(row), shown(row.left), shown(row.amount)),
            why.to_owned(),
            "A payment waits until all of it is applied to items, settled as something else, or returned.".to_owned(),
        ])
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let mut lines: Vec<String> = self
            .waiting
            .iter()
            .map(|sum| format!("{}: {} payments, {}", sum.currency, sum.count, sums(&[*sum], ctx)))
            .collect();
        lines.push("What is left of each payment on the account that passes the filter.".to_owned());
        let by = "an advice or a report of the day";
        lines.push(format!("Announced by {by} and on no statement yet, so not counted: {}.", self.announced));
        Some(lines)
    }
}
