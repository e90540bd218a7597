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
    Import {
        /// Path as typed.
        file: String,
        /// Name of the company.
        company: String,
        /// The book's currency.
        currency: Currency,
    },
}

impl Choice {
    /// As one text, parts separated by tabs, which no field can hold.
    fn written(&self) -> String {
        match self {
            Choice::Demo { tutor: false } => "demo".to_owned(),
            Choice::Demo { tutor: true } => "tutor".to_owned(),
            Choice::New { company, currency } => format!("new\t{company}\t{currency}"),
            Choice::Import { file, company, currency } => format!("import\t{company}\t{currency}\t{file}"),
        }
    }

    fn read(text: &str) -> Option<Choice> {
        let mut parts = text.splitn(4, '\t');
        let mut next = || parts.next().map(str::to_owned);
        match next()?.as_str() {
            kind @ ("demo" | "tutor") => Some(Choice::Demo { tutor: kind == "tutor" }),
            kind @ ("new" | "import") => {
                let (company, currency) = (next()?, Currency::parse(&next()?).ok()?);
                match (kind, next()) {
                    ("import", Some(file)) => Some(Choice::Import { file, company, currency }),
                    ("new", _) => Some(Choice::New { company, currency }),
                    _ => None,
                }
            }
            _ => None,
        }
    }
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
        "Open or past invoices from a CSV file of another system. Makes a book first, reads the file whole or not at \
         all, and reports every line it refused.",
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
}

impl Welcome {
    /// With the cursor on the demo.
    pub fn new() -> Welcome {
        Welcome::default()
    }
}

fn chosen(choice: &Choice) -> Vec<Effect> {
    vec![Effect::Remember { key: KEY.to_owned(), value: choice.written() }, Effect::Quit]
}

fn needed(label: &'static str) -> impl Fn(&str) -> Result<String, String> {
    move |text| if text.trim().is_empty() { Err(format!("{label} is needed")) } else { Ok(String::new()) }
}

fn currency_field(ctx: &Ctx) -> Field {
    Field::new("currency", Kind::Text, ctx.base.code(), |text| {
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

fn import_form(ctx: &Ctx) -> Form {
    let save = |values: &[String]| {
        let currency = read_currency(&values[2], 2)?;
        Ok(chosen(&Choice::Import { file: values[0].clone(), company: values[1].clone(), currency }))
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
        let today = chrono::NaiveDate::from_ymd_opt(2026, 3, 16).unwrap();
        let ctx = Ctx::new(today, "me", "", Currency::EUR);
        let perform = |_| Err(crate::acts::Failure::refused("DB-06", "There is no book."));
        Harness::new(ctx, &[], Box::new(Welcome::new()), Reader::in_memory().unwrap(), Box::new(perform))
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
        assert_eq!(choice(&h.app), Some(Choice::Import { file, company, currency: Currency::EUR }));
    }

    #[test]
    fn leaving_chooses_nothing() {
        let mut h = harness();
        h.keys("q q");
        assert_eq!((choice(&h.app), h.app.ended()), (None, true));
    }
}
