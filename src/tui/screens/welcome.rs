//! The first run without a book: one question with three answers (look at a demo, take in a ledger, start empty). The
//! screen touches no file; it remembers the answer and ends, and whoever started it carries the answer out.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::domain::money::Currency;
use crate::tui::app::overlay::{Field, Form, Kind};
use crate::tui::app::{App, Call, Command, Ctx, Effect, Screen, Status};
use crate::tui::ui::paint;
use crate::tui::ui::theme::Role;
use crate::tui::ui::width::wrap;

/// Under this key the answer is remembered.
pub const KEY: &str = "welcome";

/// What the person chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// Open the demo book.
    Demo {
        /// With the tutor.
        tutor: bool,
    },
    /// Make a book for a company.
    New {
        /// Its name.
        company: String,
        /// The book's currency.
        currency: Currency,
    },
    /// Make a book and take a file of invoices in.
    Import(Ledger),
}

/// A file of invoices to begin a book with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Path as typed.
    pub file: String,
    /// Name of the company.
    pub company: String,
    /// The book's currency.
    pub currency: Currency,
    /// Whether the day stands first in its dates; `None`: as the file shows.
    pub day_first: Option<bool>,
    /// Whether a comma stands before the decimals of its amounts; `None`: as the file shows.
    pub comma: Option<bool>,
}

impl Choice {
    /// As one text, parts separated by tabs, which no field can hold.
    fn written(&self) -> String {
        match self {
            Choice::Demo { tutor: false } => "demo".to_owned(),
            Choice::Demo { tutor: true } => "tutor".to_owned(),
            Choice::New { company, currency } => format!("new\t{company}\t{currency}"),
            Choice::Import(of) => {
                let (dates, amounts) = (word(of.day_first), word(of.comma));
                format!("import\t{}\t{}\t{dates}{amounts}\t{}", of.company, of.currency, of.file)
            }
        }
    }

    fn read(text: &str) -> Option<Choice> {
        let mut parts = text.splitn(5, '\t');
        let mut next = || parts.next().map(str::to_owned);
        match next()?.as_str() {
            kind @ ("demo" | "tutor") => Some(Choice::Demo { tutor: kind == "tutor" }),
            kind @ ("new" | "import") => {
                let (company, currency) = (next()?, Currency::parse(&next()?).ok()?);
                if kind == "new" {
                    return Some(Choice::New { company, currency });
                }
                let ways = next()?;
                let mut ways =
                    ways.chars().map(|way| ['n', 'y'].iter().position(|known| *known == way).map(|at| at == 1));
                let (day_first, comma) = (ways.next()?, ways.next()?);
                Some(Choice::Import(Ledger { file: next()?, company, currency, day_first, comma }))
            }
            _ => None,
        }
    }
}

/// An answer of yes, no or nothing as one letter.
fn word(answer: Option<bool>) -> char {
    answer.map_or('-', |yes| if yes { 'y' } else { 'n' })
}

/// What was chosen in an application that has ended; `None` when it was left without an answer.
pub fn choice(app: &App) -> Option<Choice> {
    app.remembered(KEY).and_then(Choice::read)
}

/// The commands: letters and Enter.
pub const COMMANDS: &[Command] = &[
    Command::look("welcome.open", &["<Enter>"], "choose", "Go on with the answer under the cursor.").hint(80),
    Command::look("welcome.down", &["j", "<Down>"], "down", "The answer below."),
    Command::look("welcome.up", &["k", "<Up>"], "up", "The answer above."),
    Command::look("welcome.demo", &["d"], "demo", "Open a book full of made-up customers.").hint(70),
    Command::look("welcome.tutor", &["t"], "tutor", "Learn the daily loop by doing it, on the demo book.").hint(70),
    Command::look("welcome.import", &["i"], "import", "Take in the open invoices of another system.").hint(69),
    Command::look("welcome.new", &["n"], "new", "Start an empty book for a company.").hint(68),
];

const ANSWERS: [(&str, &str, &str); 4] = [
    (
        "welcome.demo",
        "demo     look around in a made-up book",
        "Customers, invoices, disputes and promises of an invented company. Nothing of yours is touched; the header \
         says DEMO. The same as: o2c demo",
    ),
    (
        "welcome.tutor",
        "tutor    learn the keys in five minutes",
        "The same book with short lessons below the screen, each done by doing it. The same as: o2c demo --tutor",
    ),
    (
        "welcome.import",
        "import   take in your ledger",
        "Open or past invoices from a CSV file of another system. The file is taken whole or not at all; what cannot be \
         read is said here, and no book is left behind.",
    ),
    (
        "welcome.new",
        "new      start an empty book",
        "A book for one company in one currency; you become its administrator. Other currencies can be entered as \
         soon as they have a rate.",
    ),
];

/// The question.
#[derive(Default)]
pub struct Welcome {
    at: usize,
    /// A ledger that was not taken, and why: the form comes up again as it was filled in.
    refused: Option<(Ledger, String)>,
}

impl Welcome {
    /// With the cursor on the demo.
    pub fn new() -> Welcome {
        Welcome::default()
    }

    /// With the form of a ledger that was not taken, and the sentence that says why.
    pub fn again(ledger: Ledger, why: String) -> Welcome {
        Welcome { at: 2, refused: Some((ledger, why)) }
    }
}

fn chosen(choice: &Choice) -> Vec<Effect> {
    vec![Effect::Remember { key: KEY.to_owned(), value: choice.written() }, Effect::Quit]
}

fn needed(label: &'static str) -> impl Fn(&str) -> Result<String, String> {
    move |text| if text.trim().is_empty() { Err(format!("{label} is needed")) } else { Ok(String::new()) }
}

fn currency_field(ctx: &Ctx) -> Field {
    currency_field_of(ctx.base.code())
}

fn currency_field_of(filled: &str) -> Field {
    Field::new("currency", Kind::Text, filled, |text| {
        Currency::parse(&text.trim().to_uppercase())
            .map(|currency| format!("{currency}, {} decimals", currency.digits()))
            .map_err(|_| "three letters such as EUR, USD, JPY".to_owned())
    })
}

fn read_currency(text: &str, place: usize) -> Result<Currency, (usize, String)> {
    Currency::parse(&text.trim().to_uppercase()).map_err(|error| (place, error.to_string()))
}

fn new_form(ctx: &Ctx) -> Form {
    let save = |values: &[String]| {
        let currency = read_currency(&values[1], 1)?;
        Ok(chosen(&Choice::New { company: values[0].clone(), currency }))
    };
    Form::new("New book", save)
        .field(Field::new("company", Kind::Text, "", needed("the company's name")))
        .field(currency_field(ctx))
        .foot(|_| vec!["then: o2c import customers FILE and o2c import invoices FILE fill it".to_owned()])
}

const BY_FILE: &str = "as the file shows";
const DATES: [&str; 3] = [BY_FILE, "day first", "month first"];
const AMOUNTS: [&str; 3] = [BY_FILE, "1.234,56", "1,234.56"];

/// The form of a ledger that was not taken: as it was, with what the file may leave open, and why it was not taken.
fn again_form(of: &Ledger, why: &str) -> Form {
    let save = |values: &[String]| {
        let currency = read_currency(&values[2], 2)?;
        let (file, company) = (values[0].clone(), values[1].clone());
        let yes = |words: [&str; 3], value: &str| words.iter().position(|one| *one == value).unwrap_or(0);
        let chose = |at: usize| (at > 0).then_some(at == 1);
        let (day_first, comma) = (chose(yes(DATES, &values[3])), chose(yes(AMOUNTS, &values[4])));
        Ok(chosen(&Choice::Import(Ledger { file, company, currency, day_first, comma })))
    };
    let filled = |words: [&'static str; 3], answer: Option<bool>| words[answer.map_or(0, |yes| 2 - usize::from(yes))];
    let (dates, amounts) = (filled(DATES, of.day_first), filled(AMOUNTS, of.comma));
    let start = if why.contains("[DAT-03]") {
        3
    } else if why.contains("[AMT-") {
        4
    } else {
        0
    };
    let said: Vec<String> = wrap(why, 64);
    Form::new("Import: nothing was taken in, no book was made", save)
        .field(Field::new("file", Kind::Text, &of.file, needed("the path of a CSV file")))
        .field(Field::new("company", Kind::Text, &of.company, needed("the company's name")))
        .field(currency_field_of(of.currency.code()))
        .field(Field::choice("dates", &DATES, dates))
        .field(Field::choice("amounts", &AMOUNTS, amounts))
        .start(start)
        .foot(move |_| said.clone())
}

fn import_form(ctx: &Ctx) -> Form {
    let save = |values: &[String]| {
        let currency = read_currency(&values[2], 2)?;
        let (file, company) = (values[0].clone(), values[1].clone());
        Ok(chosen(&Choice::Import(Ledger { file, company, currency, day_first: None, comma: None })))
    };
    let foot = |values: &[String]| {
        let file = if values[0].is_empty() { "FILE" } else { &values[0] };
        vec![
            format!("makes the book, then runs: o2c import invoices {file}"),
            "to look first without writing: the same command with --dry-run".to_owned(),
        ]
    };
    Form::new("Import", save)
        .field(Field::new("file", Kind::Text, "", needed("the path of a CSV file")))
        .field(Field::new("company", Kind::Text, "", needed("the company's name")))
        .field(currency_field(ctx))
        .foot(foot)
}

impl Screen for Welcome {
    fn id(&self) -> &'static str {
        "welcome"
    }
    fn title(&self) -> String {
        "Welcome".to_owned()
    }
    fn commands(&self) -> &'static [Command] {
        COMMANDS
    }
    fn run(&mut self, call: &Call, ctx: &Ctx) -> Vec<Effect> {
        let id = if call.id == "welcome.open" { ANSWERS[self.at].0 } else { call.id };
        match id {
            "welcome.down" => self.at = (self.at + 1).min(ANSWERS.len() - 1),
            "welcome.up" => self.at = self.at.saturating_sub(1),
            "welcome.demo" => return chosen(&Choice::Demo { tutor: false }),
            "welcome.tutor" => return chosen(&Choice::Demo { tutor: true }),
            "welcome.import" => return vec![Effect::Overlay(Box::new(import_form(ctx)))],
            "welcome.new" => return vec![Effect::Overlay(Box::new(new_form(ctx)))],
            _ => {}
        }
        Vec::new()
    }
    fn refresh(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        let form = self.refused.take().map(|(ledger, why)| again_form(&ledger, &why));
        form.map_or(Vec::new(), |form| vec![Effect::Overlay(Box::new(form))])
    }
    fn view(&self, buf: &mut Buffer, area: Rect, ctx: &Ctx, _focused: bool) {
        let width = usize::from(area.width.saturating_sub(8)).clamp(1, 92);
        let mut y = area.y;
        let mut line = |text: &str, role: Role, indent: u16| {
            let x = area.x.saturating_add(indent);
            paint::text(buf, area, x, y, text, ctx.style(role), ctx.glyphs);
            y = y.saturating_add(1);
        };
        line("", Role::Text, 0);
        line("There is no book here yet. What would you like to open?", Role::Strong, 2);
        for (place, (_, title, words)) in ANSWERS.iter().enumerate() {
            line("", Role::Text, 0);
            let here = place == self.at;
            let pointer = if here { ctx.glyphs.cursor } else { " " };
            line(&format!(" {pointer} {title} "), if here { Role::Select } else { Role::Accent }, 1);
            for text in wrap(words, width) {
                line(&text, Role::Text, 6);
            }
        }
    }
    fn status(&self, _ctx: &Ctx) -> Status {
        Status { counts: "first run".to_owned(), note: "q twice leaves".to_owned(), ..Status::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Reader;
    use crate::tui::app::harness::Harness;

    fn harness() -> Harness {
        begun(Welcome::new())
    }

    fn begun(welcome: Welcome) -> Harness {
        let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
        let ctx = Ctx::new(today, "me", "", Currency::EUR);
        let perform = |_| Err(crate::acts::Failure::refused("DB-06", "There is no book."));
        Harness::new(ctx, &[], Box::new(welcome), Reader::in_memory().unwrap(), Box::new(perform))
    }

    #[test]
    fn enter_takes_the_demo_and_ends() {
        let mut h = harness();
        assert!(h.shows("There is no book here yet") && h.shows("> demo"), "{:#?}", h.screen());
        h.keys("<Enter>");
        assert_eq!((choice(&h.app), h.app.ended()), (Some(Choice::Demo { tutor: false }), true));
    }

    #[test]
    fn new_asks_for_company_and_currency() {
        let mut h = harness();
        h.keys("j j j <Enter> Brightwater <Enter>");
        assert_eq!(choice(&h.app), None);
        h.keys("<C-u>usd<Enter>");
        let wanted = Choice::New { company: "Brightwater".to_owned(), currency: Currency::parse("USD").unwrap() };
        assert_eq!((choice(&h.app), h.app.ended()), (Some(wanted), true), "{:#?}", h.screen());
    }

    #[test]
    fn import_names_the_command_it_will_run() {
        let mut h = harness();
        h.keys("i ledger.csv");
        assert!(h.shows("o2c import invoices ledger.csv"), "{:#?}", h.screen());
        h.keys("<Enter> Acme <Enter> <C-u>xx<Enter>");
        assert!(!h.app.ended() && h.shows("three letters"), "{:#?}", h.screen());
        h.keys("<C-u>eur<Enter>");
        let (file, company) = ("ledger.csv".to_owned(), "Acme".to_owned());
        let wanted = Ledger { file, company, currency: Currency::EUR, day_first: None, comma: None };
        assert_eq!(choice(&h.app), Some(Choice::Import(wanted)));
    }

    #[test]
    fn a_ledger_that_was_not_taken_comes_back_as_it_was_with_the_reason() {
        let (file, company) = ("ledger.csv".to_owned(), "Acme".to_owned());
        let was = Ledger { file, company, currency: Currency::EUR, day_first: None, comma: Some(true) };
        let why = "[DAT-03] 03/04/2026 in line 2 can be read day first or month first".to_owned();
        let mut h = begun(Welcome::again(was.clone(), why));
        assert!(h.shows("no book was made") && h.shows("03/04/2026 in line 2"), "{:#?}", h.screen());
        // The cursor stands on what the file leaves open; the rest stays as it was typed.
        h.keys("<Right><Enter><Enter>");
        assert_eq!(choice(&h.app), Some(Choice::Import(Ledger { day_first: Some(true), ..was })), "{:#?}", h.screen());
    }

    #[test]
    fn leaving_chooses_nothing() {
        let mut h = harness();
        h.keys("q q");
        assert_eq!((choice(&h.app), h.app.ended()), (None, true));
    }
}
