//! Inquiries: what customers asked that holds nothing back, those to be answered first. `a` answers, `n` notes, `o` hands
//! over to a person or department, `p` makes a dispute of it; Enter opens the customer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::account_table::{Entry, Part, TablePane};
use super::inquiries_acts::{self as deeds, COMMANDS as KEYS};
use crate::store::read::cases::{InquiryRow, inquiries};
use crate::tui::app::{Answer, Bookmark, Call, Command, Ctx, Effect, Place, Scope, Screen, Sort, Status};
use crate::tui::ui::table::Column;
use crate::tui::ui::text;
use crate::tui::ui::theme::Role;

/// `g q`, and `:inquiries`.
pub const PLACE: Place = Place {
    command: Command::look("inquiries", &["g q"], "inquiries", "What customers asked, and who has to answer.")
        .scope(Scope::Global)
        .words("questions query ask answer promote")
        .verb("dispute inquiries"),
    tab: None,
    open: |_, _| Some(Box::new(Inquiries::new())),
};

/// The keys of inquiries.
pub const COMMANDS: &[Command] = &KEYS;

const COLUMNS: &[Column] = &[
    Column::words("number", "INQUIRY", 'i', 0, 7, 8),
    Column::words("name", "CUSTOMER", 'c', 0, 12, 26),
    Column::words("about", "ABOUT", 'a', 1, 10, 26),
    Column::words("state", "STATE", 's', 1, 8, 9),
    Column::words("by", "ANSWER BY", 'b', 0, 9, 9),
    Column::words("owner", "OWNER", 'o', 2, 6, 12),
    Column::words("department", "DEPARTMENT", 'd', 3, 10, 16),
    Column::words("said", "SAID LAST", 'w', 0, 16, 80),
];

/// The list of inquiries.
pub struct Inquiries {
    table: TablePane,
    rows: Vec<InquiryRow>,
}

impl Default for Inquiries {
    fn default() -> Self {
        Inquiries::new()
    }
}

impl Inquiries {
    /// Every inquiry, open ones first.
    pub fn new() -> Inquiries {
        let sort = Sort { column: "", descending: false };
        let open = |_: &Entry| Vec::new();
        let mut table = TablePane::new("inquiries", "Inquiries", COLUMNS, sort, open);
        table.empty = vec!["loading inquiries".to_owned()];
        Inquiries { table, rows: Vec::new() }
    }

    fn selected(&self) -> Option<&InquiryRow> {
        let id = self.table.selected()?.id;
        self.rows.iter().find(|row| row.id == id)
    }
}

/// The day to answer by; nothing once nobody waits for an answer.
fn entry(row: &InquiryRow, ctx: &Ctx) -> Entry {
    let open = &*row.state == "open";
    let by = row.clock.answer_by;
    let late = open && by < ctx.today;
    let role = if open { Role::Text } else { Role::Dim };
    let mut why = vec![
        format!(
            "{} of {} {}: asked on {}, {}",
            row.number,
            row.account,
            row.name,
            text::day(row.opened_on),
            row.reason
        ),
        format!("said last: {}", row.said),
    ];
    if !row.from.is_empty() {
        why.push(format!("came by {}", row.from));
    }
    if open {
        why.push(format!("{} has to answer by {}; nothing is held back for it", row.department, text::day(by)));
    }
    Entry {
        id: row.id,
        about: row.account.to_string(),
        parts: vec![
            Part::words(&row.number).role(role),
            Part::words(&row.name).role(role),
            Part::words(&row.about),
            Part::words(&row.state).role(role),
            Part::day(open.then_some(by)).role(if late { Role::Warn } else { role }),
            Part::words(&row.owner),
            Part::words(&row.department),
            Part::words(&row.said),
        ],
        sum: None,
        late: None,
        on: Some(by),
        state: row.state.to_string(),
        why,
    }
}

impl Screen for Inquiries {
    fn id(&self) -> &'static str {
        "inquiries"
    }
    fn title(&self) -> String {
        "Inquiries".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        deeds::guard(command.id, self.selected())
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match self.selected().cloned() {
            Some(row) if call.id == "list.open" => deeds::whole(&row),
            Some(row) if call.id.starts_with("inquiry.") => deeds::run(call.id, row, ctx),
            _ => self.table.run(call, ctx),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let today = ctx.today;
        vec![Effect::ask("inquiries", move |reader| inquiries(reader, today, true))]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        match name {
            "inquiries" => {
                if let Some(found) = answer.take::<Vec<InquiryRow>>() {
                    self.table.empty = vec![
                        "Nobody asked anything.".to_owned(),
                        "o2c dispute inquire CUSTOMER --text \"...\" opens an inquiry.".to_owned(),
                    ];
                    self.table.fill(found.iter().map(|row| entry(row, ctx)).collect());
                    self.rows = found;
                }
                Vec::new()
            }
            "inquiry.people" => deeds::people(answer, ctx),
            "inquiry.item" => deeds::item(answer, ctx),
            _ => self.table.answer(name, answer, ctx),
        }
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
        let open = self.rows.iter().filter(|row| &*row.state == "open").count();
        let late = self.rows.iter().filter(|row| &*row.state == "open" && row.clock.answer_by < ctx.today).count();
        Status { counts: format!("{open} to answer, {late} late"), ..self.table.status(ctx) }
    }
    fn selected_text(&self, what: char, ctx: &Ctx) -> Option<(String, String)> {
        self.table.selected_text(what, ctx)
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "inquiries".to_owned(), arg: String::new(), row: String::new() })
    }
}
