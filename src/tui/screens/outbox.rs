//! Mail that needs somebody: what is not known to have arrived, what customers answer and what that proposes, what was
//! refused, what waits. Enter shows the message; `a` does what an answer proposes, `d` leaves it, `x` settles a mail, `S` sends what waits.

use chrono::NaiveDate;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::listing::{ListScreen, Listing};
use super::outbox_acts::{self, COMMANDS as ACTS};
use super::outbox_view;
use crate::acts::mail::shown;
use crate::store::mail::{StepRow, message_of, steps};
use crate::store::read::outbox::{Counts, OutRow, Question, What, ids, outbox};
use crate::tui::app::overlay::TextBox;
use crate::tui::app::{Answer, Call, Command, Ctx, Doing, Effect, Place, Row, Scope, Screen, Sort, Want, Window};
use crate::tui::ui::table::Column;

/// `g x`, and `:outbox FILTER`.
pub const PLACE: Place = Place {
    command: Command::look("outbox", &["g x"], "outbox", "Mail: unknown, failed, waiting; what customers answer.")
        .words("mail e-mail inbox answers proposals bounced")
        .takes("FILTER")
        .verb("mail list")
        .scope(Scope::Global),
    tab: None,
    open: |filter, ctx| {
        let mut screen = Outbox::new();
        screen.set_filter(filter, ctx).ok()?;
        Some(Box::new(screen))
    },
};

/// What can be done here.
pub const COMMANDS: &[Command] = ACTS;

const COLUMNS: &[Column] = &[
    Column::words("state", "STATE", 's', 0, 10, 10),
    Column::words("name", "CUSTOMER", 'c', 0, 12, 22),
    Column::words("what", "WHAT", 'w', 0, 30, 90),
    Column::words("address", "ADDRESS", 'e', 4, 16, 34),
    Column::words("since", "SINCE", 'd', 2, 9, 9),
];

impl Row for OutRow {
    type Id = i64;
    fn id(&self) -> i64 {
        self.id
    }
    fn group(&self) -> u64 {
        u64::from(self.rank())
    }
}

/// The screen.
pub struct Outbox {
    pub(super) listing: Listing<OutRow>,
    pub(super) counts: Counts,
}

impl Default for Outbox {
    fn default() -> Self {
        Outbox::new()
    }
}

impl Outbox {
    /// Everything that is not done with, what needs a decision first.
    pub fn new() -> Outbox {
        Outbox { listing: Listing::new(COLUMNS, Sort { column: "state", descending: false }), counts: [0; 6] }
    }

    fn question(&self, today: NaiveDate) -> Question {
        Question { filter: self.listing.parsed.clone(), sort: self.listing.grid.sort, today }
    }
}

impl ListScreen for Outbox {
    type Line = OutRow;
    fn listing(&self) -> &Listing<OutRow> {
        &self.listing
    }
    fn listing_mut(&mut self) -> &mut Listing<OutRow> {
        &mut self.listing
    }
    fn place(&self) -> &'static str {
        "outbox"
    }
    fn title(&self) -> String {
        "Outbox".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn ask(&self, want: Want<i64>, ctx: &Ctx) -> Vec<Effect> {
        let (question, base) = (self.question(ctx.today), ctx.base);
        vec![match want.rows() {
            Some(want) => Effect::ask("rows", move |reader| outbox(reader, &question, want)),
            None => {
                let invert = want == Want::Inverse;
                Effect::ask("ids", move |reader| Ok((invert, ids(reader, &question, base)?)))
            }
        }]
    }
    fn take_rows(&mut self, answer: Answer) {
        if let Some((window, counts)) = answer.take::<(Window<OutRow>, Counts)>() {
            self.counts = counts;
            self.listing.list.load(window);
        }
    }
    fn take(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        if name == outbox_acts::SEND {
            return answer.take().map(outbox_acts::review).unwrap_or_default();
        }
        if name != "mail" {
            return Vec::new();
        }
        let Some((row, message, steps)) = answer.take::<(OutRow, Vec<u8>, Vec<StepRow>)>() else { return Vec::new() };
        let lines = outbox_view::message(&row, shown(&message), &steps, ctx);
        vec![Effect::Overlay(Box::new(TextBox::new(outbox_view::title(&row), lines)))]
    }
    fn open(&self, row: &OutRow, ctx: &Ctx) -> Vec<Effect> {
        match &row.what {
            What::Mail(mail) => {
                let (row, id) = (row.clone(), mail.id);
                vec![Effect::ask("mail", move |reader| {
                    let message = message_of(reader, id)?.unwrap_or_default();
                    Ok((row.clone(), message, steps(reader, id)?))
                })]
            }
            What::Proposal(_) => {
                let lines = outbox_view::message(row, Vec::new(), &[], ctx);
                vec![Effect::Overlay(Box::new(TextBox::new(outbox_view::title(row), lines)))]
            }
        }
    }
    fn act(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        if call.id == outbox_acts::SEND {
            return outbox_acts::send(ctx);
        }
        self.listing.list.selected().map(|row| outbox_acts::run(call.id, row, ctx)).unwrap_or_default()
    }
    fn instead(&self, call: &Call) -> Option<String> {
        let marks = ["list.mark", "list.range", "list.mark-all", "list.invert"];
        marks.contains(&call.id).then(|| "mails and answers are decided one by one".to_owned())
    }
    fn guard(&self, command: &Command, ctx: &Ctx) -> Result<(), String> {
        outbox_acts::guard(command.id, self.listing.list.selected(), ctx)
    }
    fn term(&self, row: &OutRow, column: &str, _ctx: &Ctx) -> Option<String> {
        Some(match column {
            "state" => format!("state:\"{}\"", row.state()),
            "name" if !row.account().is_empty() => format!("no:{}", row.account()),
            "since" => format!("due:{}", row.since()),
            _ => return None,
        })
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        outbox_view::draw(self, buf, area, ctx, focused);
    }
    fn counts(&self, _ctx: &Ctx) -> String {
        outbox_view::counts(&self.counts)
    }
    fn note(&self, ctx: &Ctx) -> String {
        let sending = ctx.running.as_ref().is_some_and(|running| running.what == Doing::Mails);
        match (self.listing.list.is_loaded(), sending) {
            (false, _) => "loading the outbox",
            (true, true) => "S stops",
            (true, false) => "",
        }
        .to_owned()
    }
    fn raw_head(&self, _ctx: &Ctx) -> String {
        "number\tstate\tcustomer\tname\taddress\tsince\twhat".to_owned()
    }
    fn raw(&self, row: &OutRow, ctx: &Ctx) -> String {
        let cells = [row.state(), row.account(), row.name(), row.address(), &row.since().to_string()].join("\t");
        format!("{}\t{cells}\t{}", row.id.abs() / 2, outbox_view::what(row, ctx))
    }
    fn copied(&self, what: char, row: &OutRow, _ctx: &Ctx) -> Option<(String, String)> {
        match what {
            'c' => Some((format!("{} {}", row.account(), row.name()), row.name().to_owned())),
            'e' => Some((row.address().to_owned(), "the e-mail address".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let row = self.listing.list.selected()?;
        Some(outbox_view::peek(row, ctx))
    }
}
