//! Requests for approval: what waits for a second person, whose turn it is, why, and what would change. `A` approves
//! exactly what is on the screen, `X` rejects with a reason, `W` takes an own request back, Enter shows all of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::approvals_view as show;
use super::listing::{ListScreen, Listing};
use crate::acts::approval::void;
use crate::acts::{Act, Request};
use crate::domain::authority::Right;
use crate::domain::money::Money;
use crate::store::read::approvals::{Approvals, Asked, Question, approvals, ids};
use crate::tui::app::overlay::{Confirm, Field, Form, Kind, Review, TextBox};
use crate::tui::app::{Answer, Call, Command, Ctx, Effect, Place, Row, Scope, Screen, Sort, Tier, Want};

/// `g v`, and `:approvals FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("approvals", &["g v"], "approvals", "What waits for a second person, and whose turn it is.")
        .words("requests four eyes maker checker verify sign off waiting")
        .takes("FILTER")
        .verb("approvals")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = ApprovalList::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be done about a request. Which right it takes depends on the request, so that each says so itself.
pub const COMMANDS: &[Command] = &[
    Command::write("request.approve", &["A"], "approve", "Approve it: exactly what is shown is done.", Tier::Money)
        .hint(70)
        .right(Right::Read)
        .words("yes confirm sign release")
        .verb("approve"),
    Command::write("request.reject", &["X"], "reject", "Reject it and say why.", Tier::Many)
        .hint(69)
        .right(Right::Read)
        .words("no decline refuse")
        .verb("reject"),
    Command::write("request.recall", &["W"], "take back", "Take an own request back.", Tier::Many)
        .hint(68)
        .right(Right::Read)
        .words("withdraw recall cancel")
        .verb("recall"),
    Command::look("request.customer", &["c"], "customer", "Open the account of the customer it is about.").hint(40),
];

impl Row for Asked {
    type Id = i64;
    fn id(&self) -> i64 {
        self.row.id
    }
    fn sum(&self) -> Option<Money> {
        self.amount()
    }
}

/// The list of requests.
pub struct ApprovalList {
    pub(super) listing: Listing<Asked>,
    to_decide: usize,
    own: usize,
}

impl Default for ApprovalList {
    fn default() -> Self {
        ApprovalList::new()
    }
}

impl ApprovalList {
    /// What nobody has decided, the own decisions first.
    pub fn new() -> ApprovalList {
        let sort = Sort { column: "standing", descending: false };
        ApprovalList { listing: Listing::new(show::COLUMNS, sort), to_decide: 0, own: 0 }
    }

    fn approve(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(asked) = self.listing.list.selected() else { return Vec::new() };
        let (row, key) = (&asked.row, ctx.act_key());
        let act = Act::Approve { request: row.id, hash: row.hash.clone(), text: String::new() };
        let request = Request { key, act, expect: Vec::new() };
        let tried = Effect::try_out(request.clone());
        let [before, change, after] = show::review(asked, ctx);
        let go = move || vec![Effect::perform("request.approve", request)];
        let review = Review::new(format!("Approve {}", row.number), &before, &change, &after, go).trying(key);
        vec![Effect::Overlay(Box::new(review)), tried]
    }

    fn reject(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(asked) = self.listing.list.selected() else { return Vec::new() };
        let (key, request) = (ctx.act_key(), asked.row.id);
        let save = move |values: &[String]| {
            let act = Act::Reject { request, text: values[0].clone() };
            Ok(vec![Effect::perform("request.reject", Request { key, act, expect: Vec::new() })])
        };
        let needed = |text: &str| match text.trim() {
            "" => Err("say why; whoever asked reads it".to_owned()),
            _ => Ok(String::new()),
        };
        let foot = vec![show::intent(&asked.row.summary), format!("asked by {}; a rejection is final", asked.row.name)];
        let form = Form::new(&format!("Reject {}", asked.row.number), save)
            .field(Field::new("reason", Kind::Text, "", needed))
            .foot(move |_| foot.clone())
            .draft(format!("rejection.{request}"));
        vec![Effect::Overlay(Box::new(form))]
    }

    fn recall(&self, ctx: &Ctx) -> Vec<Effect> {
        let Some(asked) = self.listing.list.selected() else { return Vec::new() };
        let (key, request) = (ctx.act_key(), asked.row.id);
        let question = format!("Take {} back: {}?", asked.row.number, show::intent(&asked.row.summary));
        let yes = move || {
            let act = Act::Recall { request };
            vec![Effect::perform("request.recall", Request { key, act, expect: Vec::new() })]
        };
        vec![Effect::Overlay(Box::new(Confirm::new(question, yes)))]
    }
}

impl ListScreen for ApprovalList {
    type Line = Asked;
    fn listing(&self) -> &Listing<Asked> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<Asked> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "approvals"
    }
    fn title(&self) -> String {
        "Approvals".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let (filter, sort) = (self.listing.parsed.clone(), self.listing.grid.sort);
        let question = Question { today: ctx.today, login: ctx.user.clone(), filter, sort, void };
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| approvals(reader, &question, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question)?)))
            }
        }]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some(found) = answer.take::<Approvals>() {
            (self.to_decide, self.own) = (found.to_decide, found.own);
            self.listing.list.load(found.window);
        }
    }
    fn open(&self, row: &Asked, ctx: &Ctx) -> Vec<Effect> {
        let title = format!("Request {}", row.row.number);
        vec![Effect::Overlay(Box::new(TextBox::new(title, show::detail(row, ctx))))]
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match call.id {
            "request.approve" => self.approve(ctx),
            "request.reject" => self.reject(ctx),
            "request.recall" => self.recall(ctx),
            "request.customer" => {
                let row = self.listing.list.selected();
                row.map(|row| Effect::Go("customer", row.row.account.clone())).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
    fn term(&self, row: &Asked, column: &str, _ctx: &Ctx) -> Option<String> {
        let row = &row.row;
        Some(match column {
            "by" => format!("owner={}", row.login),
            "kind" | "what" => format!("reason=\"{}\"", row.kind),
            "customer" if !row.account.is_empty() => format!("no:{}", row.account),
            "standing" => format!("state:{}", row.state),
            _ => return None,
        })
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        if !COMMANDS.iter().any(|row| row.id == command.id) {
            return Ok(());
        }
        let Some(asked) = self.listing.list.selected() else { return Err("no request is selected".to_owned()) };
        if command.writes && self.listing.list.marked() > 0 {
            return Err("one request at a time, each after it was read; Esc drops the marks".to_owned());
        }
        let refused = match command.id {
            "request.approve" => asked.no_approval.clone(),
            "request.reject" => asked.no_rejection.clone(),
            "request.recall" if !asked.own => Some(format!("{} asked for it; X rejects it", asked.row.name)),
            "request.recall" if asked.row.decided_on.is_some() => asked.no_approval.clone(),
            "request.customer" if asked.row.account.is_empty() => Some("it is about no single customer".to_owned()),
            _ => None,
        };
        refused.map_or(Ok(()), Err)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        show::draw(self, buf, area, ctx, focused);
    }
    fn counts(&self, _ctx: &Ctx) -> String {
        let total = self.listing.list.total();
        let many = if total == 1 { "1 request".to_owned() } else { format!("{total} requests") };
        let own = if self.own > 0 { format!("  {} own", self.own) } else { String::new() };
        format!("{many}  {} for you to decide{own}", self.to_decide)
    }
    fn note(&self, _ctx: &Ctx) -> String {
        match (self.listing.list.is_loaded(), self.listing.filter.is_empty()) {
            (false, _) => "loading requests".to_owned(),
            (true, true) => "/ is:closed shows decided ones".to_owned(),
            (true, false) => String::new(),
        }
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "number\tstate\tasked by\tkind\twhat\tamount\tcurrency\tcustomer\twhy\tasked\texpires\tdecided by\thash"
            .to_owned()
    }
    fn raw(&self, asked: &Asked, _ctx: &Ctx) -> String {
        let row = &asked.row;
        let amount = asked.amount().map(|amount| amount.plain()).unwrap_or_default();
        let cells = [&row.number, &row.state, &row.login, &row.kind, &row.summary, &amount].map(String::as_str);
        let (asked_on, expires) = (row.asked_on, row.expires_on);
        let (base, customer, why, by, hash) = (asked.base, &row.customer, &row.why, &row.decided_by, &row.hash);
        format!("{}\t{base}\t{customer}\t{why}\t{asked_on}\t{expires}\t{by}\t{hash}", cells.join("\t"))
    }
    fn copied(&self, what: char, asked: &Asked, _ctx: &Ctx) -> Option<(String, String)> {
        match what {
            'i' => Some((asked.row.number.clone(), asked.row.number.clone())),
            'c' if !asked.row.customer.is_empty() => Some((asked.row.customer.clone(), "customer".to_owned())),
            'a' => Some((asked.amount()?.plain(), "the amount".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(show::why(self.listing.list.selected()?, ctx))
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        Some(show::arithmetic(self.listing.list.selected()?, ctx))
    }
}

/// `2 to approve (g v)` for the first screens of the day; empty when nothing waits for this person.
pub(super) fn notice(to_decide: usize) -> String {
    if to_decide == 0 { String::new() } else { format!("{to_decide} to approve (g v)") }
}

/// Asks how many requests wait for this person, in a slot of its own.
pub(super) fn ask_waiting(ctx: &Ctx) -> Effect {
    let (login, today) = (ctx.user.clone(), ctx.today);
    Effect::ask("to approve", move |reader| crate::store::read::approvals::to_decide(reader, &login, today, void))
}
