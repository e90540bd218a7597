//! One payment of the bank beside the open items of whoever may have paid it, with what the rules would do already marked.
//! After it is applied, settled or returned the next one stands there at once, because it was read ahead.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::cash_draft::Draft;
use super::walk::{Stop, Walk};
use super::{cash, cash_acts as deeds, cash_refund as refund, cash_view as show};
use crate::acts::{Done, Failure};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::language::filter::Filter;
use crate::store::read::cash::{CashRow, Question, Queue, queue};
use crate::store::read::matching::{Beside, beside};
use crate::store::read::payment::{Case, case, named};
use crate::tui::app::overlay::{Field, Form, Item, Menu};
use crate::tui::app::{Answer, Bookmark, Call, Command, Ctx, Effect, Screen, Sort, Status, Tier};
use crate::tui::ui::text::{self, amount_with_currency};

const fn look(id: &'static str, keys: &'static [&'static str], title: &'static str, help: &'static str) -> Command {
    Command::look(id, keys, title, help)
}

/// Per mille from which a payer nobody chose is proposed to be learned.
const LIKELY: u16 = 600;

/// The keys of a payment. Nothing is posted before the review of `P`, `x` or `B` is answered with `y`.
pub const COMMANDS: &[Command] = &[
    Command::write("cash.apply", &["P"], "apply", "Review what is marked; y applies and shows the next.", Tier::Money)
        .hint(90)
        .right(Right::ApplyCash)
        .words("post cash receipt")
        .verb("cash apply"),
    look("cash.mark", &["<Space>"], "mark", "Pay all of the item, or not; a credit is used.").hint(86),
    look("cash.rest", &["=", "r"], "rest", "Put what is left of the payment on the item.")
        .hint(60)
        .words("partial fill"),
    look("cash.discount", &["d"], "discount", "Grant the item's discount, or not; asks if it is late.").hint(70),
    look("cash.short", &["s"], "short-pay", "What is short is disputed, for a reason.").hint(72).words("deduction"),
    look(
        "cash.difference",
        &["w", "W"],
        "write off",
        "What is short is written off; again: bank charges; again: open.",
    )
    .hint(66)
    .words("difference tolerance charges"),
    look("cash.keep", &["o"], "on account", "Keep the rest on account, or leave it unapplied.").hint(58),
    look("cash.why", &["E"], "why", "Why it is proposed so, and how the sums come about.").hint(8).words("explain"),
    look("cash.join", &["a"], "add payment", "Put another payment of this payer in, or take it out again.")
        .hint(29)
        .words("together several many receipts"),
    look("cash.part", &["p"], "in part", "Apply only what is marked; the rest waits for somebody else.").hint(30),
    look("cash.learn", &["l"], "learn payer", "Know this payer as this customer from now on, or not.").hint(50),
    look("cash.find", &["f"], "find payer", "Say whose payment it is, by name or number.")
        .hint(64)
        .words("customer wrong"),
    look("cash.payer", &["c"], "next payer", "The next customer it may be of; 2c the second.").hint(40),
    look("cash.explanation", &["e"], "next reading", "The next explanation of the payment; 2e the second.").hint(42),
    Command::write(
        "cash.settle",
        &["x"],
        "settle",
        "It pays no item: charge, transfer, elsewhere, known.",
        Tier::Money,
    )
    .hint(56)
    .right(Right::ApplyCash)
    .words("charge transfer elsewhere known by hand")
    .verb("cash settle"),
    Command::write("cash.return", &["B"], "bank took back", "Choose the receipt the bank takes back.", Tier::Money)
        .hint(54)
        .right(Right::ApplyCash)
        .words("return bounced unpaid direct debit chargeback")
        .verb("cash return"),
    Command::write(refund::ID, &["F"], "refund", "Send it back, all or a part; a second person approves.", Tier::Money)
        .hint(28)
        .right(Right::Refund)
        .words("send back pay back return money overpaid")
        .verb("cash refund"),
    look("cash.open", &["<Enter>"], "open", "The item under the cursor with all that happened to it."),
    look("cash.down", &["j", "<Down>"], "down", "Next item; a count goes that many."),
    look("cash.up", &["k", "<Up>"], "up", "Item before."),
    look("cash.next", &["J", "<A-j>"], "next payment", "The next payment of the queue."),
    look("cash.previous", &["K", "<A-k>"], "payment before", "The payment before."),
];

/// The deck.
pub struct CashDeck {
    question: Question,
    pub(super) walk: Walk<CashRow>,
    current: Option<Case>,
    ahead: Option<Case>,
    pub(super) draft: Draft,
    /// Name of a customer found by name, who is none of the engine's.
    found: Option<(i64, String, String)>,
}

impl CashDeck {
    /// The queue with the rows known of it, the first of which has that place, starting at a payment.
    pub fn through(question: Question, rows: Vec<CashRow>, first: u64, total: u64, payment: i64) -> CashDeck {
        CashDeck {
            question,
            walk: Walk::new(rows, first, total, payment),
            current: None,
            ahead: None,
            draft: Draft::default(),
            found: None,
        }
    }

    /// One payment alone, opened from elsewhere.
    pub fn only(row: CashRow, ctx: &Ctx) -> CashDeck {
        let sort = Sort { column: "left", descending: true };
        let question = Question { today: ctx.today, base: ctx.base, filter: Filter::all(), sort };
        let id = row.id;
        CashDeck::through(question, vec![row], 0, 1, id)
    }

    /// The payment's line of the queue.
    pub(super) fn row(&self) -> Option<&CashRow> {
        self.walk.row()
    }

    /// The payment in full, once it is known.
    pub(super) fn case(&self) -> Option<&Case> {
        let id = self.row()?.id;
        self.current.as_ref().filter(|case| case.payment.row.id == id)
    }

    /// Number and name of the customer the draft is about.
    pub(super) fn customer(&self) -> Option<(String, String)> {
        let id = self.draft.customer?;
        let of = |(_, number, name): (i64, &str, &str)| (number.to_owned(), name.to_owned());
        let found = self.found.as_ref().filter(|found| found.0 == id).map(|found| (found.0, &*found.1, &*found.2));
        let engine = self.case()?.customers().into_iter().find(|customer| customer.0 == id);
        found.or(engine).map(of)
    }

    fn turn_to(&mut self, at: usize) {
        let wanted = self.walk.turn_to(at);
        self.draft = Draft::default();
        self.found = None;
        self.current = None;
        if self.ahead.as_ref().map(|case| case.payment.row.id) == wanted {
            self.current = self.ahead.take();
            self.propose();
        }
    }

    /// Begins the draft with the best explanation, or with the likeliest payer.
    fn propose(&mut self) {
        let Some(case) = self.case() else { return };
        let payer = case.customers().first().map(|customer| customer.0);
        let left = case.payment.row.left;
        self.draft = Draft { left, ..Draft::default() };
        self.found = None;
        self.show_customer(payer, false);
    }

    /// Shows a customer's items, with the best explanation that is about it; `by_hand` when somebody chose it.
    fn show_customer(&mut self, customer: Option<i64>, by_hand: bool) {
        let Some(case) = self.case() else { return };
        let found = case.found.as_ref();
        let items: Vec<Beside> = found
            .map(|found| found.items.iter().filter(|item| Some(item.customer) == customer).cloned().collect())
            .unwrap_or_default();
        let sure = found.and_then(|found| found.answer.payer);
        let explanations = found.map_or(&[][..], |found| &found.answer.explanations[..]);
        let place = explanations.iter().position(|explanation| Some(explanation.customer) == customer);
        let first = place.map(|place| (place, explanations[place].clone()));
        let speaks = !case.payment.payer_account.is_empty() || !case.payment.row.payer.is_empty();
        let likely = found.is_some_and(|found| {
            let mut payers = found.answer.payers.iter();
            payers.any(|payer| Some(payer.customer) == customer && payer.score >= LIKELY)
        });
        self.draft.customer = customer;
        self.draft.items = items;
        self.draft.at = 0;
        self.draft.clear();
        // Whoever is confirmed by hand is known the next time; a name that only resembles is not learned unasked.
        self.draft.learn = speaks && customer.is_some() && (by_hand || (sure != customer && likely));
        if let Some((place, explanation)) = first {
            self.draft.explain(place, &explanation);
        }
    }

    fn step(&mut self, forward: bool, ctx: &Ctx) -> Vec<Effect> {
        let Some(next) = self.walk.beside(forward) else {
            let edge = if forward { "this is the last payment of the queue" } else { "this is the first payment" };
            return vec![Effect::Say(edge.to_owned())];
        };
        self.turn_to(next);
        self.ask(ctx)
    }

    /// What is not known yet: the payment, the one after it, and more of the queue when its end comes near.
    fn ask(&self, ctx: &Ctx) -> Vec<Effect> {
        let today = ctx.today;
        let mut effects = Vec::new();
        if let (Some(row), None) = (self.row(), self.case()) {
            let id = row.id;
            effects.push(Effect::ask("case", move |reader| case(reader, id, today)));
        }
        let known = self.ahead.as_ref().map(|case| case.payment.row.id);
        if let Some(id) = self.walk.following().filter(|id| known != Some(*id)) {
            effects.push(Effect::ask("ahead", move |reader| case(reader, id, today)));
        }
        if let Some(want) = self.walk.wanted() {
            let question = self.question.clone();
            effects.push(Effect::ask("more", move |reader| queue(reader, &question, want)));
        }
        effects
    }

    /// The next or the chosen one of the customers it may be of.
    fn next_payer(&mut self, call: &Call) -> Vec<Effect> {
        let Some(case) = self.case() else { return Vec::new() };
        let all: Vec<i64> = case.customers().iter().map(|customer| customer.0).collect();
        if all.is_empty() {
            return vec![Effect::Say("nobody is likely; f finds the customer by name".to_owned())];
        }
        let here = all.iter().position(|id| Some(*id) == self.draft.customer);
        let place = match call.count {
            Some(count) => (count as usize - 1).min(all.len() - 1),
            None => here.map_or(0, |here| (here + 1) % all.len()),
        };
        self.show_customer(Some(all[place]), true);
        Vec::new()
    }

    fn next_explanation(&mut self, call: &Call) -> Vec<Effect> {
        let explanations = self.case().and_then(|case| case.found.as_ref()).map(|found| &found.answer.explanations);
        let Some(explanations) = explanations.filter(|all| !all.is_empty()) else {
            return vec![Effect::Say("the rules have no explanation; Space marks items".to_owned())];
        };
        let place = match call.count {
            Some(count) => (count as usize - 1).min(explanations.len() - 1),
            None => self.draft.explanation.map_or(0, |place| (place + 1) % explanations.len()),
        };
        let explanation = explanations[place].clone();
        if self.draft.customer != Some(explanation.customer) {
            self.show_customer(Some(explanation.customer), true);
        }
        self.draft.explain(place, &explanation);
        Vec::new()
    }

    /// Changes the draft, or says why it cannot be.
    fn change(&mut self, change: impl FnOnce(&mut Draft) -> Result<(), String>) -> Vec<Effect> {
        change(&mut self.draft).err().map(Effect::Warn).into_iter().collect()
    }

    fn find(&self) -> Vec<Effect> {
        let form = Form::new("Whose payment is it?", |values: &[String]| {
            if values[0].is_empty() {
                return Err((0, "a part of the name, or the number".to_owned()));
            }
            Ok(vec![Effect::tell("wanted", values[0].clone())])
        });
        vec![Effect::Overlay(Box::new(form.field(Field::text("customer", ""))))]
    }

    fn offer(&mut self, found: Vec<(i64, String, String)>, ctx: &Ctx) -> Vec<Effect> {
        match &found[..] {
            [] => vec![Effect::Warn("no customer is called that; f tries another name".to_owned())],
            [only] => self.is_of(only.clone(), ctx),
            _ => {
                let rows = found.iter().map(|(_, number, name)| Item::new(name.clone(), number.clone())).collect();
                let choose = move |index: usize| {
                    found.get(index).map(|one| Effect::tell("chosen", one.clone())).into_iter().collect()
                };
                vec![Effect::Overlay(Box::new(Menu::new("Whose payment is it?", rows, choose)))]
            }
        }
    }

    /// Somebody said whose payment it is; its items are asked for unless they are known.
    fn is_of(&mut self, customer: (i64, String, String), _ctx: &Ctx) -> Vec<Effect> {
        let Some(row) = self.row() else { return Vec::new() };
        let (id, currency, value) = (customer.0, row.currency, row.value);
        let known = self.case().is_some_and(|case| case.customers().iter().any(|other| other.0 == id));
        self.found = Some(customer);
        self.show_customer(Some(id), true);
        if known {
            return Vec::new();
        }
        vec![Effect::ask("items", move |reader| Ok((id, beside(reader, id, currency, value)?)))]
    }

    fn take_case(&mut self, fresh: Option<Case>) {
        let Some(fresh) = fresh else { return };
        if self.row().map(|row| row.id) != Some(fresh.payment.row.id) {
            return;
        }
        let first = self.case().is_none();
        let engine: Vec<i64> = fresh.customers().iter().map(|customer| customer.0).collect();
        let left = fresh.payment.row.left;
        let items: Vec<Beside> = fresh.found.as_ref().map_or(Vec::new(), |found| {
            found.items.iter().filter(|item| Some(item.customer) == self.draft.customer).cloned().collect()
        });
        self.current = Some(fresh);
        if let Some(row) = self.walk.row_mut() {
            row.left = left;
        }
        // What somebody put together stays while the book around it is as it was.
        let said = self.found.as_ref().map(|found| found.0);
        let by_name = said.is_some_and(|id| self.draft.customer == Some(id) && !engine.contains(&id));
        let kept = !first && (self.draft.touched || by_name) && left == self.draft.left;
        if !(kept && (by_name || self.draft.renew(left, items))) {
            self.propose();
        }
    }
}

impl Stop for CashRow {
    fn id(&self) -> i64 {
        self.id
    }
}

impl Screen for CashDeck {
    fn id(&self) -> &'static str {
        "payment"
    }
    fn title(&self) -> String {
        self.row().map_or("Cash".to_owned(), |row| cash::payer(row).to_owned())
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        deeds::guard(self, command.id)
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        let last = self.draft.items.len().saturating_sub(1);
        let times = usize::try_from(call.times()).unwrap_or(usize::MAX);
        match call.id {
            "cash.down" => self.draft.at = self.draft.at.saturating_add(times).min(last),
            "cash.up" => self.draft.at = self.draft.at.saturating_sub(times),
            "cash.next" => return self.step(true, ctx),
            "cash.previous" => return self.step(false, ctx),
            "cash.open" => {
                return self.draft.item().map(|item| Effect::Go("find", item.number.clone())).into_iter().collect();
            }
            "cash.mark" => self.draft.toggle(),
            // Here `w` and `=` are what a clerk does with money, as on the applications of banks.
            "cash.why" => return vec![Effect::Run(Call::new("why"))],
            "cash.rest" => return self.change(Draft::fill),
            "cash.difference" => return self.change(Draft::write_off),
            "cash.keep" => self.draft.on_account ^= true,
            "cash.learn" => self.draft.learn ^= true,
            "cash.part" => self.draft.part ^= true,
            "cash.payer" => return self.next_payer(call),
            "cash.explanation" => return self.next_explanation(call),
            "cash.find" => return self.find(),
            "cash.discount" => return deeds::discount(&mut self.draft, ctx),
            "cash.short" => return deeds::short(self, ctx),
            id => return deeds::run(self, id, ctx),
        }
        Vec::new()
    }
    fn enter(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.ask(ctx)
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let today = ctx.today;
        self.question.today = today;
        let again = |name, id: i64| Effect::ask(name, move |reader| case(reader, id, today));
        let following = self.walk.following();
        let current = self.row().map(|row| again("case", row.id));
        current.into_iter().chain(following.map(|id| again("ahead", id))).collect()
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match name {
            "case" => self.take_case(answer.take::<Option<Case>>().flatten()),
            "ahead" => self.ahead = answer.take::<Option<Case>>().flatten(),
            "more" => {
                if let Some(found) = answer.take::<Queue>() {
                    self.walk.extend(found.window.rows);
                }
                return self.ask(ctx);
            }
            "items" => {
                if let Some((customer, items)) = answer.take::<(i64, Vec<Beside>)>()
                    && self.draft.customer == Some(customer)
                {
                    self.draft.items = items;
                }
            }
            "wanted" => {
                let (today, wanted) = (ctx.today, answer.take::<String>().unwrap_or_default());
                return vec![Effect::ask("named", move |reader| named(reader, today, &wanted, deeds::OFFERED))];
            }
            "named" => {
                let found = answer.take::<Vec<(i64, String, String)>>().unwrap_or_default();
                return self.offer(found, ctx);
            }
            "chosen" => {
                return answer.take::<(i64, String, String)>().map_or(Vec::new(), |one| self.is_of(one, ctx));
            }
            "beside it" => return deeds::others(self, answer, ctx),
            "joined" => {
                if let Some((id, left)) = answer.take::<(i64, i64)>() {
                    self.draft.join(id, left);
                }
            }
            "granted" => self.draft.grant(answer.take::<i64>().unwrap_or(0)),
            "reason" => {
                let reason = answer.take::<String>().unwrap_or_default();
                return self.change(|draft| draft.deduct(&reason));
            }
            "receipts" => return deeds::receipts(self, answer, ctx),
            _ => {}
        }
        Vec::new()
    }
    fn performed(&mut self, name: &'static str, result: &Result<Done, Failure>, _ctx: &Ctx) -> Vec<Effect> {
        let Ok(done) = result else { return Vec::new() };
        match name {
            "undo" => {
                if let Some(place) = self.walk.take_back() {
                    self.turn_to(place);
                }
            }
            _ if self.row().is_some() => {
                let rest = name == "cash.apply" && self.draft.part && self.draft.rest() > 0;
                self.draft = Draft::default();
                self.current = None;
                // What waits for a second person stays where it is, and says so.
                let waits = name == refund::ID && done.asked;
                if waits || rest && !done.asked {
                    self.walk.note();
                    return Vec::new();
                }
                if let Some(next) = self.walk.dispose() {
                    self.turn_to(next);
                }
            }
            _ => {}
        }
        // The application asks for a refresh after every act, which reads this payment and the next one.
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        show::draw(self, buf, area, ctx, focused);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let Some(row) = self.row() else {
            return Status { counts: format!("{} done", self.walk.handled()), ..Status::default() };
        };
        let left = amount_with_currency(Money::new(row.left, row.currency), ctx.numbers);
        let note = if self.case().is_none() { "loading the payment".to_owned() } else { String::new() };
        Status { counts: format!("{}  {left}", self.walk.progress()), note, ..Status::default() }
    }
    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        let row = self.row()?;
        match what {
            'y' => Some((format!("{}\t{}\t{}", row.value, row.payer, row.text), "the payment".to_owned())),
            'i' => self.draft.item().map(|item| (item.number.clone(), "invoice number".to_owned())),
            'a' => Some((Money::new(row.left, row.currency).plain(), "the amount".to_owned())),
            'c' => self.customer().map(|(number, name)| (format!("{name} {number}"), "customer".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let mut lines = show::why(self, self.case()?, ctx);
        if let Some(row) = self.row() {
            lines.push(String::new());
            lines.extend(show::arithmetic(&self.draft, row, ctx));
        }
        Some(lines)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        self.row().map(|row| show::arithmetic(&self.draft, row, ctx))
    }
    fn marked(&self) -> usize {
        self.draft.marks.len()
    }
    fn drop_marks(&mut self) -> bool {
        let any = self.draft.touched && !self.draft.marks.is_empty();
        if any {
            self.draft.clear();
        }
        any
    }
    fn bookmark(&self) -> Option<Bookmark> {
        let row = self.row().map(|row| row.id.to_string()).unwrap_or_default();
        Some(Bookmark { place: "cash".to_owned(), arg: String::new(), row })
    }
}

/// `13 Mar 26`, for the lines about a payment.
pub(super) fn on(row: &CashRow) -> String {
    text::day(row.value)
}
