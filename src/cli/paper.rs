//! Letters on paper from the command line: which font they are set in, and writing the PDF of one letter or of a run
//! with its list, each file whole or not at all.

use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::Args;

use super::dunning_send::put;
use super::out;
use super::session::Session;
use super::stop::Stop;
use crate::documents::library::Edited;
use crate::documents::paper::{self, Face, Laid, MOST_FONT, Sheet, Unset};
use crate::documents::reminder;
use crate::domain::money::Money;
use crate::domain::money::NumberStyle;
use crate::domain::text::counted;
use crate::store::Reader;
use crate::store::dunning::letters;
use crate::store::dunning::runs::{self, Run};
use crate::store::mail;
use crate::store::read::requests::setting;

/// Letters that cannot be set are named one by one up to so many; of more the list beside the PDF tells.
const NAMED: u64 = 3;

/// Arguments of a run's paper.
#[derive(Debug, Args)]
pub struct Paper {
    /// Write the letters that go by post as one PDF, each from a new page on, and their list beside it (.txt)
    #[arg(long, value_name = "FILE")]
    pub paper: Option<PathBuf>,
    /// A TrueType font for it [default: the setting letter-font, else Helvetica]
    #[arg(long, value_name = "FILE", requires = "paper")]
    pub font: Option<PathBuf>,
}

/// Where paper goes, looked at before anything is sent.
pub(super) struct Ready {
    path: PathBuf,
    font: Option<Font>,
}

/// The bytes of a font file and its name.
pub(super) struct Font {
    name: String,
    bytes: Vec<u8>,
}

impl Paper {
    /// Looks at the file and the font, so that a mistake in either is said before letters are out.
    pub(super) fn ready(&self, session: &Session) -> Result<Option<Ready>, Stop> {
        let Some(file) = &self.paper else { return Ok(None) };
        let path = place(session, file)?;
        let font = font(session, self.font.as_deref())?;
        face(font.as_ref())?;
        Ok(Some(Ready { path, font }))
    }
}

impl Ready {
    /// Writes the letters of a run that go by post, in the order in which they were sent. A letter that cannot be set is
    /// named and left out; false where one was.
    pub(super) fn of_run(&self, reader: &Reader, run: &Run, edited: &[Edited]) -> Result<bool, Stop> {
        let face = face(self.font.as_ref())?;
        let (mut sheets, mut asked) = (Vec::new(), Vec::new());
        let on_paper = mail::on_paper(reader, run.id)?;
        for (_, id, _) in runs::sent_of(reader, run.id)?.into_iter().filter(|(_, id, _)| on_paper.contains(id)) {
            let letter = letters::letter_of(reader, id)?;
            sheets.push(reminder::sheet(&letter, edited)?);
            asked.push(Money::new(letter.total(), letter.currency));
        }
        let (mut laid, mut list, mut missing, mut page) = (Vec::new(), Vec::new(), 0u64, 1);
        for (sheet, asked) in sheets.iter().zip(asked) {
            let amount = format!("{} {}", asked.grouped(NumberStyle::Point), asked.currency);
            let row = |page: String| {
                format!("{page:>6}  {:<10}  {amount:>20}  {} {}", sheet.number, sheet.customer, sheet.name)
            };
            match paper::set(sheet, &face) {
                Ok(letter) => {
                    list.push(row(page.to_string()));
                    page += letter.pages.len();
                    laid.push(letter);
                }
                Err(unset) => {
                    missing += 1;
                    if missing <= NAMED {
                        Stop::refused(unset.code(), format!("{unset} {} is not on paper.", sheet.number)).print();
                    }
                    list.push(row("-".to_owned()));
                }
            }
        }
        let whole = missing == 0;
        if laid.is_empty() && whole {
            out::say("No letter goes by post; no PDF was written.")?;
            return Ok(whole);
        }
        let date = laid.iter().map(|letter| letter.sheet.date).max().unwrap_or_default();
        if !laid.is_empty() {
            write(&self.path, &run.number, date, &laid, &face)?;
        }
        let head = format!("{:>6}  {:<10}  {:>20}  customer", "page", "letter", "to pay");
        let text: String = std::iter::once(head).chain(list).map(|line| out::safe(&line) + "\n").collect();
        put(&self.path.with_extension("txt"), text)?;
        let (letters, pages) = (counted(laid.len() as u64, "letter"), counted(page as u64 - 1, "page"));
        if !laid.is_empty() {
            out::say(&format!("Wrote {letters} on {pages} to {}", self.path.display()))?;
        }
        if !whole {
            let (number, list) = (&run.number, self.path.with_extension("txt"));
            out::say(&format!(
                "Not on paper: {}, with - as their page in {}. They count as sent and are still to be printed: give a font \
                 that has their letters (o2c setting letter-font FILE) or mend the address, then o2c dunning send {number} \
                 --paper writes the PDF again; nothing is sent twice.",
                counted(missing, "letter"),
                list.display()
            ))?;
        }
        Ok(whole)
    }
}

/// Writes one letter.
pub(super) fn one(session: &Session, file: &Path, font_file: Option<&Path>, sheet: &Sheet) -> Result<(), Stop> {
    let path = place(session, file)?;
    let font = font(session, font_file)?;
    let face = face(font.as_ref())?;
    let laid = paper::set(sheet, &face)?;
    let pages = laid.pages.len();
    write(&path, &sheet.page.subject, sheet.date, &[laid], &face)?;
    let word = if pages == 1 { "page" } else { "pages" };
    out::say(&format!("Wrote {pages} {word} to {}", path.display()))
}

fn write(path: &Path, title: &str, date: NaiveDate, laid: &[Laid<'_>], face: &Face<'_>) -> Result<(), Stop> {
    put(path, paper::pdf(title, date, laid, face)?)
}

/// Where the PDF goes: a new file, or in place of another PDF.
fn place(session: &Session, file: &Path) -> Result<PathBuf, Stop> {
    let path = session.output(file)?;
    let mut first = [0; 5];
    let other = match std::fs::File::open(&path) {
        Ok(mut file) => file.read_exact(&mut first).is_err() || first != *b"%PDF-",
        Err(_) => path.exists(),
    };
    if other || path.extension().is_some_and(|end| end.eq_ignore_ascii_case("txt")) {
        let sentence = format!("{} is no PDF and is not written over. Name a file that ends in .pdf.", path.display());
        return Err(Stop::refused("FIL-03", sentence));
    }
    Ok(path)
}

/// The font: the one given, else that of the settings; `None` for Helvetica.
fn font(session: &Session, given: Option<&Path>) -> Result<Option<Font>, Stop> {
    let path = match given {
        Some(file) => Some(session.input(file)?),
        None if session.book()?.exists() => {
            let set = setting(&session.reader()?, "letter-font")?.filter(|set| !matches!(set.as_str(), "" | "-"));
            set.map(PathBuf::from)
        }
        None => None,
    };
    let Some(path) = path else { return Ok(None) };
    let name = path.display().to_string();
    let cannot =
        |error: &dyn std::fmt::Display| Stop::trouble("FIL-01", format!("The font {name} cannot be read: {error}."));
    let found = std::fs::metadata(&path).map_err(|error| cannot(&error))?;
    if !found.is_file() || found.len() > MOST_FONT {
        return Err(Stop::refused("PDF-03", format!("The font {name} is no file of at most {} MB.", MOST_FONT >> 20)));
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(&path);
    opened.and_then(|file| file.take(MOST_FONT).read_to_end(&mut bytes)).map_err(|error| cannot(&error))?;
    Ok(Some(Font { name, bytes }))
}

fn face(font: Option<&Font>) -> Result<Face<'_>, Stop> {
    let Some(Font { name, bytes }) = font else { return Ok(Face::Helvetica) };
    Face::read(bytes).map_err(|what| Stop::refused("PDF-03", format!("{name} {what}. Nothing was written.")))
}

impl From<Unset> for Stop {
    fn from(unset: Unset) -> Self {
        Stop::refused(unset.code(), format!("{unset} Nothing was written."))
    }
}
