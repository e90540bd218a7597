//! Today: whom to contact next, most pressing first, one line a customer with why and the first step. The work keys
//! act on the marked customers or the one under the cursor; Enter goes through the list one customer at a time.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::actions::{self, Subject};
use super::approvals;
use super::deck::{self, Deck};
use super::listing::{ListScreen, Listing};
use super::today_view as show;
use crate::acts::{Done, Failure};
use crate::domain::money::{Currency, Money};
use crate::domain::text::counted;
use crate::store::read::account::{Full, full};
use crate::store::read::worklist::{self, Question, WorkRow, Worklist};
use crate::store::read::{cash, outbox};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Want, Window};
use crate::tui::ui::text;
use crate::tui::ui::width::cells;

/// `g t`, and `:today FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("today", &["g t"], "today", "Whom to contact today, most pressing first, and why.")
        .words("worklist triage collections queue")
        .takes("FILTER")
        .verb("worklist")
        .scope(Scope::Global),
    tab: Some("Today"),
    open: |filter, ctx| {
        let mut screen = Today::new(ctx.base);
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// The work keys, and the switch for those set aside.
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
    deck::NEXT,
    Command::look("today.all", &["a"], "show all", "Also those set aside or waiting for their day; again hides them.")
        .hint(16)
        .words("hidden snoozed done"),
];

/// A customer of the list with its overdue amount in the book's currency, so that marks add up.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The line of the worklist.
    pub row: WorkRow,
    base: Currency,
}

impl Row for Listed {
    type Id = i64;
    fn id(&self) -> i64 {
        self.row.customer
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.row.overdue, self.base))
    }
}

/// The triage list.
pub struct Today {
    pub(super) listing: Listing<Listed>,
    pub(super) all: bool,
    base: Currency,
    /// What the list adds up to; its rows are in `list`.
    pub(super) sums: Worklist,
    /// The customer under the cursor in full.
    pub(super) detail: Option<Full>,
    wanted: Option<i64>,
    /// Whom the last work key was about: the list may have moved on before its act is done.
    acting: Vec<i64>,
    /// Requests that wait for this person.
    to_approve: usize,
    /// Payments and answers of customers that wait: who is on the list may have paid or written.
    came: (usize, usize),
}

impl Today {
    /// The whole list, in order of priority.
    pub fn new(base: Currency) -> Today {
        Today {
            listing: Listing::new(show::COLUMNS, Sort { column: "priority", descending: true }),
            all: false,
            base,
            sums: Worklist::default(),
            detail: None,
            wanted: None,
            acting: Vec::new(),
            to_approve: 0,
            came: (0, 0),
        }
    }

    /// What else there is to know of the list, the most pressing first; in short where the line has no room for all of it.
    fn notes(&self, long: bool) -> Vec<String> {
        let sums = &self.sums;
        let waiting = sums.hidden.saturating_sub(sums.done);
        let came = |many: usize, what: &str, keys: &str| match long {
            true => (many > 0).then(|| format!("{many} {what} ({keys})")),
            false => (many > 0).then(|| format!("{keys} {many} {what}")),
        };
        let mut notes: Vec<String> = match (self.to_approve, long) {
            (0, _) => Vec::new(),
            (many, true) => vec![approvals::notice(many)],
            (many, false) => came(many, "approve", "g v").into_iter().collect(),
        };
        notes.extend(came(self.came.0, "cash", "g b"));
        notes.extend(came(self.came.1, "mail", "g x"));
        if sums.no_rate > 0 {
            notes.push(format!("{} without a rate", sums.no_rate));
        }
        if sums.done > 0 {
            notes.push(format!("{} done", sums.done));
        }
        if waiting > 0 {
            notes.push(format!("{waiting} waiting"));
        }
        if self.all && sums.hidden == 0 {
            notes.push("all shown".to_owned());
        }
        notes
    }

    fn question(&self, ctx: &Ctx) -> Question {
        let (filter, sort) = (self.listing.parsed.clone(), self.listing.grid.sort);
        Question { today: ctx.today, base: ctx.base, filter, sort, all: self.all }
    }

    /// The customer under the cursor in full, if that is what is known.
    pub(super) fn known(&self) -> Option<&Full> {
        self.detail.as_ref().filter(|full| Some(full.account.id) == self.listing.list.cursor())
    }

    fn subject(&self, ctx: &Ctx) -> Subject {
        let customers = self.listing.list.targets();
        let sums = self.listing.list.marked_sums();
        let single = match customers[..] {
            [only] => self.listing.list.rows().iter().find(|row| row.id() == only),
            _ => None,
        };
        match (self.known().filter(|full| customers == [full.account.id]), single) {
            (Some(full), _) => Subject::account(full, &[], ctx),
            (None, Some(row)) => {
                let total = text::amount_with_currency(Money::new(row.row.overdue, ctx.base), ctx.numbers);
                Subject { customers, name: row.row.name.to_string(), total, ..Subject::default() }
            }
            (None, None) => {
                let total: Vec<String> = sums.iter().map(|sum| text::amount_with_currency(*sum, ctx.numbers)).collect();
                let name = format!("{} customers", customers.len());
                Subject { customers, name, total: total.join(" "), ..Subject::default() }
            }
        }
    }

    /// Takes customers off the list at once, so that the next key is about the next one; the list that is being read
    /// says whether that was right.
    fn set_aside(&mut self, gone: &[i64]) {
        let rows: Vec<Listed> =
            self.listing.list.rows().iter().filter(|row| !gone.contains(&row.id())).cloned().collect();
        let taken = (self.listing.list.rows().len() - rows.len()) as u64;
        if taken > 0 {
            let (first, total) = (self.listing.list.first(), self.listing.list.total() - taken);
            self.listing.list.load(Window { first, rows, total });
        }
    }

    /// The deck at the first customer of the list nobody else works on.
    fn next_free(&self, ctx: &Ctx) -> Vec<Effect> {
        let free = |row: &&Listed| row.row.worked_by.as_deref().is_none_or(|by| by == ctx.user);
        match self.listing.list.rows().iter().find(free) {
            Some(row) => vec![Effect::Open(Box::new(self.deck_at(row.id(), ctx).seeking()))],
            None => vec![Effect::Say("nobody is on the list whom no one works on".to_owned())],
        }
    }

    /// The deck, starting at the customer under the cursor, with the rows known here.
    fn deck(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(customer) = self.listing.list.cursor() else { return Vec::new() };
        vec![Effect::Open(Box::new(self.deck_at(customer, ctx)))]
    }

    fn deck_at(&self, customer: i64, ctx: &Ctx) -> Deck {
        let rows = self.listing.list.rows().iter().map(|listed| listed.row.clone()).collect();
        let known = self.known().filter(|full| full.account.id == customer).cloned();
        Deck::through(self.question(ctx), rows, self.listing.list.first(), self.listing.list.total(), customer, known)
    }
}

impl ListScreen for Today {
    type Line = Listed;
    fn listing(&self) -> &Listing<Listed> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<Listed> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "today"
    }
    fn title(&self) -> String {
        "Today".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let question = self.question(ctx);
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| worklist::worklist(reader, &question, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, worklist::ids(reader, &question)?)))
            }
        }]
    }
    fn ask_all(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let came = Effect::ask("came", |reader| Ok((cash::waiting(reader)?, outbox::answers_waiting(reader)?)));
        self.ask(want, ctx).into_iter().chain([approvals::ask_waiting(ctx), came]).collect()
    }
    fn forget(&mut self) {
        self.wanted = None;
    }
    fn take_rows(&mut self, answer: Answer) {
        let Some(mut sums) = answer.take::<Worklist>() else { return };
        let window = std::mem::take(&mut sums.window);
        let base = self.base;
        let rows = window.rows.into_iter().map(|row| Listed { row, base }).collect();
        self.listing.list.load(Window { first: window.first, rows, total: window.total });
        self.sums = sums;
    }
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match actions::answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) if name == "to approve" => self.to_approve = own.take::<usize>().unwrap_or(0),
            Err(own) if name == "came" => self.came = own.take::<(usize, usize)>().unwrap_or_default(),
            Err(own) if name == "detail" => self.detail = own.take::<Option<Full>>().flatten(),
            Err(_) => {}
        }
        Vec::new()
    }
    /// Asks for the customer under the cursor, unless that is what is known or on its way.
    fn look(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let cursor = self.listing.list.cursor();
        if cursor == self.wanted {
            return Vec::new();
        }
        self.wanted = cursor;
        let (Some(customer), today) = (cursor, ctx.today) else { return Vec::new() };
        vec![Effect::ask("detail", move |reader| full(reader, today, customer))]
    }
    fn open(&self, _row: &Listed, ctx: &Ctx) -> Vec<Effect> {
        self.deck(ctx)
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        if call.id == deck::NEXT.id {
            return self.next_free(ctx);
        }
        if call.id == "today.all" {
            self.all = !self.all;
            self.listing.list.reset();
            return self.ask(Want::Start, ctx);
        }
        let subject = self.subject(ctx);
        self.acting.clone_from(&subject.customers);
        actions::run(call.id, &subject, ctx).unwrap_or_default()
    }
    fn term(&self, listed: &Listed, column: &str, _ctx: &Ctx) -> Option<String> {
        let row = &listed.row;
        Some(match column {
            "owner" if !row.owner.is_empty() => format!("owner:{}", row.owner),
            "name" => format!("\"{}\"", row.name.replace('"', " ")),
            "days" if row.days > 0 => format!("over>={}", row.days),
            "overdue" => "is:overdue".to_owned(),
            _ => return None,
        })
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        let list = &self.listing.list;
        actions::possible(command.id, list.marked().max(usize::from(list.cursor().is_some())))
    }

    fn performed(&mut self, name: &'static str, result: &Result<Done, Failure>, _ctx: &Ctx) -> Vec<Effect> {
        if result.is_ok() && actions::ALL.iter().any(|command| command.id == name) {
            let gone = if actions::disposes(name) && !self.all { self.acting.clone() } else { Vec::new() };
            self.listing.list.drop_marks();
            self.set_aside(&gone);
        }
        Vec::new()
    }

    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        show::draw(self, buf, area, ctx, focused);
    }
    fn counts(&self, ctx: &Ctx) -> String {
        let sums = &self.sums;
        let amount = |minor: i64| Money::new(minor, ctx.base).grouped(ctx.numbers);
        let wide = if ctx.size.0 >= 110 { format!(" of {} open", amount(sums.open)) } else { String::new() };
        if !self.listing.list.is_loaded() {
            return "loading today's list".to_owned();
        }
        format!(
            "{}  {} {} overdue{wide}",
            counted(self.listing.list.total(), "customer"),
            amount(sums.overdue),
            ctx.base
        )
    }
    fn note(&self, ctx: &Ctx) -> String {
        let long = self.notes(true).join("  ");
        let room = usize::from(ctx.size.0).saturating_sub(cells(&self.counts(ctx)) + 5);
        if cells(&long) <= room { long } else { self.notes(false).join("  ") }
    }
    fn raw_head(&self, ctx: &Ctx) -> String {
        format!("priority\tcustomer\toverdue {}\tdays\twhy\tnext", ctx.base)
    }
    fn raw(&self, listed: &Listed, ctx: &Ctx) -> String {
        let row = &listed.row;
        let overdue = Money::new(row.overdue, ctx.base).plain();
        let parts = [&row.score.to_string(), &*row.name, &overdue, &row.days.to_string(), &*row.why];
        format!("{}\t{}", parts.join("\t"), row.next_word())
    }
    fn copied(&self, what: char, listed: &Listed, ctx: &Ctx) -> Option<(String, String)> {
        match what {
            'c' => {
                let number = self.known().map_or(String::new(), |full| format!(" {}", full.data.number));
                Some((format!("{}{number}", listed.row.name), "customer".to_owned()))
            }
            'a' => Some((Money::new(listed.row.overdue, ctx.base).plain(), "amount".to_owned())),
            'e' => {
                let mail = &self.known()?.data.email;
                (!mail.is_empty()).then(|| (mail.clone(), "e-mail address".to_owned()))
            }
            _ => None,
        }
    }
    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        self.listing.list.selected().map(|listed| show::why(&listed.row))
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        show::arithmetic(&self.listing.list.selected()?.row, self.known(), ctx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_said_whole_in_eighty_cells() {
        let mut today = Today::new(Currency::EUR);
        today.listing.list.load(Window { first: 0, rows: Vec::new(), total: 52 });
        (today.to_approve, today.came, today.sums.overdue) = (3, (32, 3), 54_938_369);
        let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 16).expect("a day");
        let mut ctx = Ctx { size: (80, 24), ..Ctx::new(day, "anna", "Kontor", Currency::EUR) };
        let narrow = format!("{}  {}", today.counts(&ctx), today.note(&ctx));
        assert_eq!(narrow, "52 customers  549,383.69 EUR overdue  g v 3 approve  g b 32 cash  g x 3 mail");
        assert!(cells(&narrow) <= 77);
        ctx.size.0 = 100;
        assert!(today.note(&ctx).starts_with("3 to approve (g v)  32 cash (g b)  3 mail (g x)"));
    }
}
