//! One dispute in full: what it is about and everything that happened to it, with the same acts as in the queue.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{disputes_acts as deeds, disputes_view as shown};
use crate::acts::{Done, Failure};
use crate::domain::money::Money;
use crate::store::read::disputes::{Case, DisputeRow, Step, dispute, find};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, Handled, ListState, Place, Row, Scope, Screen, Status, Window,
};
use crate::tui::ui::table::{Column, Line, Table, rows_in};
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::Align;
use crate::tui::ui::{layout, paint, text};

/// Its row in the registry.
pub const PLACE: Place = Place {
    command: Command::look("case", &[], "case", "One dispute by its number, with all its steps.")
        .scope(Scope::Global)
        .takes("NUMBER")
        .verb("show"),
    tab: None,
    open: |arg, _| {
        let number = arg.trim();
        (!number.is_empty()).then(|| Box::new(CaseScreen::new(number)) as Box<dyn Screen>)
    },
};

impl Row for Step {
    type Id = i64;
    fn id(&self) -> i64 {
        self.version
    }
}

const COLUMNS: &[Column] = &[
    Column { id: "version", title: "#", letter: 'v', priority: 2, min: 3, max: 3, align: Align::Right, base: false },
    Column::words("on", "ON", 'o', 0, 9, 9),
    Column::words("what", "STEP", 's', 0, 9, 10),
    Column::words("who", "WHO", 'w', 1, 8, 20),
    Column::words("text", "WHAT WAS SAID", 't', 0, 20, 100),
    Column::words("state", "STATE AFTER", 'a', 3, 11, 16),
];

/// The screen of one case.
pub struct CaseScreen {
    number: String,
    case: Option<Case>,
    missing: bool,
    list: ListState<Step>,
    doing: deeds::Doing,
}

impl CaseScreen {
    /// The case of that number.
    pub fn new(number: &str) -> CaseScreen {
        let number = number.to_uppercase();
        CaseScreen { number, case: None, missing: false, list: ListState::new(), doing: deeds::Doing::default() }
    }

    fn row(&self) -> Option<&DisputeRow> {
        self.case.as_ref().map(|case| &case.row)
    }

    fn said(&self, step: &Step) -> String {
        match &*step.what {
            "assigned" => format!("to {}, {}", step.owner, step.department),
            _ => step.text.clone(),
        }
    }
}

impl Screen for CaseScreen {
    fn id(&self) -> &'static str {
        "case"
    }
    fn title(&self) -> String {
        self.number.clone()
    }
    fn commands(&self) -> &'static [Command] {
        &deeds::COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        deeds::guard(command.id, self.row())
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        if !matches!(self.list.run(call), Handled::No) {
            return Vec::new();
        }
        match (self.row(), call.id) {
            (Some(row), "list.open") => vec![Effect::Go("customer", row.account.to_string())],
            (Some(_), "dispute.reasons") => vec![Effect::Go("reasons", String::new())],
            (Some(row), id) => deeds::run(id, row, ctx).unwrap_or_default(),
            _ => Vec::new(),
        }
    }
    fn refresh(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.list.reload();
        let (number, today) = (self.number.clone(), ctx.today);
        vec![Effect::ask("case", move |reader| match find(reader, &number)? {
            Some(id) => dispute(reader, today, id),
            None => Ok(None),
        })]
    }
    fn answer(&mut self, name: &'static str, answer: Answer, ctx: &Ctx) -> Vec<Effect> {
        let answer = match self.doing.answer(name, answer, ctx) {
            Ok(effects) => return effects,
            Err(own) => own,
        };
        if let Some(case) = answer.take::<Option<Case>>() {
            self.missing = case.is_none();
            let steps = case.as_ref().map_or(Vec::new(), |case| case.steps.clone());
            self.case = case;
            let total = steps.len() as u64;
            self.list.load(Window { first: 0, rows: steps, total });
        }
        Vec::new()
    }
    fn performed(&mut self, _name: &'static str, result: &Result<Done, Failure>, _ctx: &Ctx) -> Vec<Effect> {
        self.doing.performed(result)
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let Some(case) = &self.case else {
            let said = format!("No dispute is called {}. g d shows all of them.", self.number);
            let said = if self.missing { said } else { "loading the case".to_owned() };
            return paint::lines(buf, area, &[said], ctx.style(Role::Text), ctx.glyphs);
        };
        let mut head = shown::head(case, ctx);
        // The amounts apart need a line each; where there is little room, = shows them.
        if area.height >= 24 {
            head.extend(shown::parts(case, ctx));
        } else if case.more.parts.iter().any(|part| part.amount != 0) {
            head.push(format!("parts     {}", shown::parts_line(case, ctx)));
        }
        head.extend(shown::rest_of(case));
        let above = u16::try_from(head.len() + 1).unwrap_or(u16::MAX).min(area.height);
        let [top, body] = layout::above(area, area.height - above);
        let lines: Vec<String> = head.iter().map(|line| format!(" {line}")).collect();
        paint::lines(buf, top, &lines, ctx.style(Role::Text), ctx.glyphs);
        let (rows, cursor, _) = self.list.visible(rows_in(body, false));
        let line = |step: &Step| Line {
            cells: vec![
                step.version.to_string().into(),
                text::day(step.on).into(),
                step.what.as_str().into(),
                step.who.as_str().into(),
                self.said(step).into(),
                step.state.as_str().into(),
            ],
            ..Line::default()
        };
        let lines: Vec<Line> = rows.iter().map(line).collect();
        let table = Table {
            columns: COLUMNS,
            lines: &lines,
            cursor,
            focused,
            sort: None,
            scroll: self.list.scroll,
            total: &[],
            theme: ctx.theme,
            glyphs: ctx.glyphs,
            base: ctx.base,
        };
        table.draw(buf, body);
    }
    fn status(&self, _ctx: &Ctx) -> Status {
        let said = |case: &Case| {
            let steps = if case.steps.len() == 1 { "1 step".to_owned() } else { format!("{} steps", case.steps.len()) };
            format!("{steps}  {}", case.row.state)
        };
        let counts = self.case.as_ref().map_or(String::new(), said);
        Status { counts, ..Status::default() }
    }
    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        let row = self.row()?;
        match what {
            'y' => {
                let step = self.list.selected()?;
                let parts = [step.on.to_string(), step.who.clone(), step.what.clone(), self.said(step)];
                Some((parts.join("\t"), "1 row".to_owned()))
            }
            't' => {
                let line = |step: &Step| {
                    [step.on.to_string(), step.who.clone(), step.what.clone(), self.said(step)].join("\t")
                };
                let lines: Vec<String> = self.list.rows().iter().map(line).collect();
                Some((lines.join("\n"), format!("{} rows", lines.len())))
            }
            'i' => Some((row.document.to_string(), row.document.to_string())),
            'c' => Some((format!("{} {}", row.account, row.name), row.name.to_string())),
            'a' => Some((Money::new(row.stake(), row.currency).plain(), "the disputed amount".to_owned())),
            _ => None,
        }
    }
    fn explain(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let case = self.case.as_ref()?;
        let mut lines = shown::head(case, ctx);
        lines.push(format!("first answer by {}", text::day(case.row.clock.answer_by)));
        lines.extend(shown::rest_of(case));
        Some(lines)
    }
    fn arithmetic(&self, ctx: &Ctx) -> Option<Vec<String>> {
        let case = self.case.as_ref()?;
        let said = |minor: i64| text::amount_with_currency(Money::new(minor, case.row.currency), ctx.numbers);
        let mut lines = vec![
            format!("{} posted {}", case.row.document, said(case.item_amount)),
            format!("open {}", said(case.item_open)),
            String::new(),
        ];
        lines.extend(shown::parts(case, ctx));
        Some(lines)
    }
    fn bookmark(&self) -> Option<Bookmark> {
        Some(Bookmark { place: "case".to_owned(), arg: self.number.clone(), row: String::new() })
    }
}
