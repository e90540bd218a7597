//! A screen of numbers instead of invoices, for the tests of the application: it has a list, a filter, commands of
//! every tier, views, and answers from the reader. Also an example of how a screen is put together.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::acts::{self, Act, Request};
use crate::domain::authority::Right;
use crate::domain::money::{Currency, Money};
use crate::tui::app::overlay::{Confirm, Field, Form, Kind, Review};
use crate::tui::app::{
    Answer, Bookmark, Call, Command, Ctx, Effect, FilterError, Handled, ListState, Panes, Place, Row, Screen, Status,
    Tier, Want, Window,
};
use crate::tui::ui::table::{Column, Line, Table, rows_in};
use crate::tui::ui::width::Align;

#[derive(Debug, Clone)]
pub(crate) struct Number(i64);

impl Row for Number {
    type Id = i64;
    fn id(&self) -> i64 {
        self.0
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.0 * 100, Currency::EUR))
    }
}

const COMMANDS: &[Command] = &[
    Command::write("number.note", &["n"], "note", "Write a note on the number.", Tier::One).hint(70),
    Command::write("number.owner", &["o"], "owner", "Set the owner of the numbers.", Tier::Many),
    Command::write("number.pay", &["P"], "pay", "Pay the number.", Tier::Money).hint(60).right(Right::ApplyCash),
];

const COLUMNS: &[Column] = &[
    Column {
        id: "number",
        title: "NUMBER",
        letter: 'n',
        priority: 0,
        min: 8,
        max: 12,
        align: Align::Right,
        base: false,
    },
    Column { id: "words", title: "WORDS", letter: 'w', priority: 1, min: 10, max: 40, align: Align::Left, base: false },
];

/// Numbers below `count` that contain the filter's digits.
pub(crate) struct Sample {
    name: &'static str,
    count: i64,
    filter: String,
    list: ListState<Number>,
    performed: usize,
}

impl Sample {
    pub(crate) fn new(name: &'static str, count: i64) -> Sample {
        Sample { name, count, filter: String::new(), list: ListState::new(), performed: 0 }
    }

    fn ask(&self, want: Want<i64>) -> Vec<Effect> {
        let (count, filter) = (self.count, self.filter.clone());
        let all = move || (0..count).filter(|n| n.to_string().contains(&filter)).map(Number).collect::<Vec<_>>();
        vec![Effect::ask("rows", move |_| {
            let rows = all();
            let total = rows.len() as u64;
            let first = match want {
                Want::After(_, place) | Want::At(place) | Want::Around(_, place) => {
                    place.saturating_sub(u64::from(!matches!(want, Want::After(..))) * 50)
                }
                Want::Before(_, place) => place.saturating_sub(100),
                Want::End => total.saturating_sub(100),
                _ => 0,
            };
            let size = if let Want::Before(_, place) = want { place - first } else { 100 };
            let rows = rows.into_iter().skip(first as usize).take(size as usize).collect();
            Ok(Window { first, rows, total })
        })]
    }

    fn note_form(&self, ctx: &Ctx) -> Option<Effect> {
        let (key, customer) = (ctx.act_key(), self.list.cursor()?);
        let check = |text: &str| {
            if text.len() < 3 { Err("three letters at least".to_owned()) } else { Ok(text.to_uppercase()) }
        };
        let save = move |values: &[String]| {
            let act = Act::Note { customer, text: values[1].clone() };
            Ok(vec![Effect::perform("note", Request { key, act, expect: Vec::new() })])
        };
        let form = Form::new("New note", save)
            .field(Field::choice("kind", &["call", "mail"], "mail"))
            .field(Field::new("text", Kind::Text, "", check))
            .start(1)
            .foot(|values| vec![format!("{} letters", values[1].len())])
            .draft(format!("note.{customer}"));
        Some(Effect::Overlay(Box::new(form)))
    }
}

impl Screen for Sample {
    fn id(&self) -> &'static str {
        self.name
    }
    fn title(&self) -> String {
        self.name.to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn is_list(&self) -> bool {
        true
    }
    fn guard(&self, command: &Command, _ctx: &Ctx) -> Result<(), String> {
        if command.writes && self.list.total() == 0 { Err("no number is selected".to_owned()) } else { Ok(()) }
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        match self.list.run(call) {
            Handled::Want(want) => return self.ask(want),
            Handled::Yes => return Vec::new(),
            Handled::No => {}
        }
        match call.id {
            "list.open" => vec![Effect::Open(Box::new(Sample::new("detail", self.list.cursor().unwrap_or(0))))],
            "number.note" => self.note_form(ctx).into_iter().collect(),
            "number.owner" => {
                let many = self.list.targets().len();
                let yes = || vec![Effect::Say("owner set".to_owned())];
                vec![Effect::Overlay(Box::new(Confirm::new(format!("Set owner jk on {many} numbers?"), yes)))]
            }
            "number.pay" => {
                let yes = || vec![Effect::Say("paid".to_owned())];
                let line = |text: &str| vec![text.to_owned()];
                vec![Effect::Overlay(Box::new(Review::new(
                    "Pay",
                    &line("open 5"),
                    &line("pay 5"),
                    &line("open 0"),
                    yes,
                )))]
            }
            _ => Vec::new(),
        }
    }
    fn refresh(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        let want = self.list.reload();
        self.ask(want)
    }
    fn answer(&mut self, name: &'static str, answer: Answer, _ctx: &Ctx) -> Vec<Effect> {
        if let ("rows", Some(window)) = (name, answer.take::<Window<Number>>()) {
            self.list.load(window);
        }
        Vec::new()
    }
    fn performed(
        &mut self,
        _name: &'static str,
        result: &Result<acts::Done, acts::Failure>,
        _ctx: &Ctx,
    ) -> Vec<Effect> {
        self.performed += usize::from(result.is_ok());
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        let (rows, cursor, _) = self.list.visible(rows_in(area, false));
        let line = |row: &Number| Line {
            cells: vec![row.0.to_string().into(), format!("number {}", row.0).into()],
            marked: self.list.is_marked(row.0),
            stale: false,
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
        table.draw(buf, area);
    }
    fn status(&self, ctx: &Ctx) -> Status {
        let sums: Vec<String> = self.list.marked_sums().iter().map(|sum| sum.grouped(ctx.numbers)).collect();
        let marks = if self.list.marked() > 0 {
            format!("marked {} = {}", self.list.marked(), sums.join(" "))
        } else {
            String::new()
        };
        let counts = format!("{} numbers", self.list.total());
        Status { counts, filter: self.filter.clone(), marks, note: String::new() }
    }
    fn filter(&self) -> Option<String> {
        Some(self.filter.clone())
    }
    fn set_filter(&mut self, text: &str, _ctx: &Ctx) -> Result<Vec<Effect>, FilterError> {
        if let Some(at) = text.chars().position(|c| !c.is_ascii_digit()) {
            return Err(FilterError { at, message: "digits only, for example 42".to_owned() });
        }
        self.filter = text.to_owned();
        self.list.reset();
        Ok(self.ask(Want::Start))
    }
    fn selected_text(&self, what: char, _ctx: &Ctx) -> Option<(String, String)> {
        (what == 'y').then(|| (self.list.cursor().unwrap_or(0).to_string(), "1 row".to_owned()))
    }
    fn explain(&self, _ctx: &Ctx) -> Option<Vec<String>> {
        Some(vec![format!("{} comes after the one before it", self.list.cursor()?)])
    }
    fn choices(&self, prefix: char, _ctx: &Ctx) -> Vec<(char, String)> {
        if prefix == 's' { COLUMNS.iter().map(|c| (c.letter, c.title.to_owned())).collect() } else { Vec::new() }
    }
    fn marked(&self) -> usize {
        self.list.marked()
    }
    fn drop_marks(&mut self) -> bool {
        self.list.drop_marks()
    }
    fn bookmark(&self) -> Option<Bookmark> {
        let row = self.list.cursor()?.to_string();
        Some(Bookmark { place: self.name.to_owned(), arg: String::new(), row })
    }
    fn go_to(&mut self, row: &str, _ctx: &Ctx) -> Vec<Effect> {
        row.parse().map(|id| self.list.select(id)).ok();
        Vec::new()
    }
    fn saved_view(&self) -> Option<String> {
        Some(self.filter.clone())
    }
    fn apply_view(&mut self, text: &str, ctx: &Ctx) -> Vec<Effect> {
        self.set_filter(text, ctx).unwrap_or_default()
    }
}

/// Two samples side by side, as the Desk has four.
pub(crate) struct Pair(Panes);

impl Pair {
    pub(crate) fn new() -> Pair {
        Pair(Panes::new(vec![Box::new(Sample::new("left", 50)), Box::new(Sample::new("right", 20))]))
    }
}

impl Screen for Pair {
    fn id(&self) -> &'static str {
        "pair"
    }
    fn title(&self) -> String {
        "Pair".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        &[]
    }
    fn run(&mut self, _call: &Call, _ctx: &Ctx) -> Vec<Effect> {
        Vec::new()
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, focused: bool) {
        for (number, part) in (1..).zip(crate::tui::ui::layout::beside(area, 50)) {
            if let Some(pane) = self.0.get(number) {
                pane.view(buf, part, ctx, focused && self.0.focus() == number);
            }
        }
    }
    fn panes(&self) -> u8 {
        self.0.len()
    }
    fn pane(&self, number: u8) -> Option<&dyn Screen> {
        self.0.get(number)
    }
    fn pane_mut(&mut self, number: u8) -> Option<&mut (dyn Screen + 'static)> {
        self.0.get_mut(number)
    }
    fn focus(&self) -> u8 {
        self.0.focus()
    }
    fn set_focus(&mut self, pane: u8) {
        self.0.set_focus(pane);
    }
}

const fn place(id: &'static str, keys: &'static [&'static str], title: &'static str) -> Command {
    Command::look(id, keys, title, "Goes there.").scope(crate::tui::app::Scope::Global)
}

/// The places of the tests.
pub(crate) static PLACES: &[Place] = &[
    Place {
        command: place("numbers", &["g t"], "numbers"),
        tab: Some("Numbers"),
        open: |_, _| Some(Box::new(Sample::new("numbers", 500))),
    },
    Place {
        command: place("few", &["g c"], "few").takes("N"),
        tab: Some("Few"),
        open: |arg, _| {
            if arg == "none" { None } else { Some(Box::new(Sample::new("few", arg.parse().unwrap_or(7)))) }
        },
    },
    Place { command: place("pair", &["g d"], "pair"), tab: Some("Pair"), open: |_, _| Some(Box::new(Pair::new())) },
    Place {
        command: place("find", &[], "find").takes("NUMBER"),
        tab: None,
        open: |arg, _| arg.parse().ok().map(|count| Box::new(Sample::new("detail", count)) as Box<dyn Screen>),
    },
];
