//! `o2c template`: listing, exporting, checking and trying the texts of letters.

use std::io::Write;
use std::path::Path;

use super::out::{self, Cell, Form, Listing};
use super::session::Session;
use super::stop::{REFUSED, Stop};
use super::template_args::Template;
use super::text_file;
use crate::acts::{Act, letters, templates};
use crate::documents::letter::Letter;
use crate::documents::library::{self, Edited, Found, NAMES, Name};
use crate::documents::paper::Sheet;
use crate::documents::schema::{FIELDS, Field, Shape};
use crate::documents::{html, sample, scan, template, words};

/// Answers the verb.
pub(super) fn run(session: &Session, verb: &Template) -> Result<(), Stop> {
    match verb {
        Template::List { form } => list(session, form.form()),
        Template::Fields { form } => fields(form.form()),
        Template::Show { name, language } => text_of(session, find(name)?, language)?.lines().try_for_each(out::say),
        Template::Export { name, language, out } => export(session, find(name)?, language, out.as_deref()),
        Template::Check { file } => {
            let (name, language, _) = checked(session, file)?;
            let language = words::of(&language).name;
            out::say(&format!("{} can be used as {name}; words of the tables in {language}.", file.display()))
        }
        Template::Set { file, change } => {
            let (name, language, value) = checked(session, file)?;
            super::admin::perform(session, change, Act::SetSetting { key: templates::key(&name, &language), value })
        }
        Template::Reset { name, language, change } => {
            let key = templates::key(find(name)?.name, &words::code(language));
            super::admin::perform(session, change, Act::SetSetting { key, value: String::new() })
        }
        Template::Preview { name, customer, language, file, html, pdf, font } => {
            let wanted = Preview {
                customer: customer.as_deref(),
                language: language.as_deref(),
                file: file.as_deref(),
                pdf: pdf.as_deref(),
                font: font.as_deref(),
            };
            preview(session, find(name)?, &wanted, *html)
        }
    }
}

struct Preview<'a> {
    customer: Option<&'a str>,
    language: Option<&'a str>,
    file: Option<&'a Path>,
    pdf: Option<&'a Path>,
    font: Option<&'a Path>,
}

fn find(name: &str) -> Result<&'static Name, Stop> {
    library::name(name).ok_or_else(|| {
        let names: Vec<&str> = NAMES.iter().map(|name| name.name).collect();
        Stop::refused("TPL-05", format!("There is no template \"{name}\"; there are {}.", names.join(", ")))
    })
}

/// The templates edited in the book; none where there is no book to look at.
fn edited(session: &Session) -> Result<Vec<Edited>, Stop> {
    if !session.book()?.exists() {
        return Ok(Vec::new());
    }
    Ok(templates::edited(&session.reader()?)?)
}

/// The company's language; English where there is no book to look at.
fn house_language(session: &Session) -> Result<String, Stop> {
    if !session.book()?.exists() {
        return Ok("en".to_owned());
    }
    Ok(letters::house_language(&session.reader()?)?)
}

fn list(session: &Session, form: Form) -> Result<(), Stop> {
    let edited = edited(session)?;
    let rows = NAMES.iter().map(|name| {
        let languages: Vec<&str> = library::languages(name.name).collect();
        let own: Vec<&str> =
            edited.iter().filter(|one| one.name == name.name).map(|one| one.language.as_str()).collect();
        vec![name.name.into(), name.words.into(), Cell::Text(languages.join(" ")), Cell::Text(own.join(" "))]
    });
    let rows: Vec<Vec<Cell>> = rows.collect();
    Listing { columns: &["name", "for", "languages", "edited"], total: rows.len() as u64, rows, foot: Vec::new() }
        .print(form)
}

fn fields(form: Form) -> Result<(), Stop> {
    let mut rows = Vec::new();
    add_fields("", FIELDS, &mut rows);
    Listing { columns: &["field", "what"], total: rows.len() as u64, rows, foot: Vec::new() }.print(form)
}

/// The fields with the names in front that lead to them; a row of a list goes by the list's name in the singular.
fn add_fields(before: &str, fields: &[Field], rows: &mut Vec<Vec<Cell>>) {
    for field in fields {
        let name = format!("{before}{}", field.name);
        match field.shape {
            Shape::Value => rows.push(vec![Cell::Text(name), field.words.into()]),
            Shape::Group(inside) => add_fields(&format!("{name}."), inside, rows),
            Shape::List(inside) => {
                rows.push(vec![Cell::Text(format!("for row in {name}")), field.words.into()]);
                add_fields("  row.", inside, rows);
            }
        }
    }
}

/// The text in use: the edited one of the language, else the program's, of the language or of the one it belongs to.
fn text_of(session: &Session, name: &Name, language: &str) -> Result<String, Stop> {
    let code = words::code(language);
    let own = edited(session)?.into_iter().find(|one| one.name == name.name && one.language == code);
    let shipped = || library::shipped(name.name, &code).or_else(|| library::shipped(name.name, &words::base(&code)));
    own.map(|own| own.text).or_else(|| shipped().map(str::to_owned)).ok_or_else(|| {
        let languages: Vec<&str> = library::languages(name.name).collect();
        let sentence = format!("{} is not there in \"{language}\"; it is in {}.", name.name, languages.join(", "));
        Stop::refused("TPL-05", sentence)
    })
}

fn export(session: &Session, name: &Name, language: &str, out: Option<&Path>) -> Result<(), Stop> {
    let text = text_of(session, name, language)?;
    let own = format!("{}.{}.txt", name.name, words::code(language));
    let path = session.output(out.unwrap_or(Path::new(&own)))?;
    let mut file = super::export::create(&path)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?;
    out::say(&format!("Wrote {}. Edit it, then o2c template check {0}", path.display()))
}

/// Name and language of a file called `reminder-1.de.txt`.
fn place(file: &Path) -> Option<(&str, &str)> {
    file.file_name()?.to_str()?.strip_suffix(".txt")?.split_once('.')
}

/// Name, language and text of a file that can be used.
fn checked(session: &Session, file: &Path) -> Result<(String, String, String), Stop> {
    let Some((name, language)) = place(file) else {
        return Err(Stop::usage("A template's file is named NAME.CODE.txt, such as reminder-1.de.txt."));
    };
    let text = read(session, file)?;
    library::check(name, language, &text)?;
    Ok((name.to_owned(), language.to_owned(), text))
}

/// The text of a file, not longer than a template may be.
fn read(session: &Session, file: &Path) -> Result<String, Stop> {
    text_file::read(&session.input(file)?, file, scan::LONGEST as u64 + 1)
}

fn preview(session: &Session, name: &Name, wanted: &Preview<'_>, as_html: bool) -> Result<(), Stop> {
    let letter = match wanted.customer {
        Some(number) => of_customer(session, name, number)?,
        None => {
            let mut letter = sample::letter(name.kind, wanted.language.unwrap_or("en"));
            letter.level = name.level;
            letter
        }
    };
    let language = wanted.language.unwrap_or(&letter.language);
    let found = match wanted.file {
        Some(file) => Found { language: words::code(language), text: read(session, file)?, edited: true },
        None => library::find(name, language, &house_language(session)?, &edited(session)?),
    };
    let page = template::Template::read(&found.text, &found.language)?.render(&letter)?;
    if let Some(file) = wanted.pdf {
        return super::paper::one(session, file, wanted.font, &Sheet::new(&letter, page));
    }
    if as_html {
        return html::html(&page).lines().try_for_each(out::say);
    }
    out::say(&format!("Subject: {}", page.subject))?;
    out::say("")?;
    page.text().lines().try_for_each(out::say)
}

fn of_customer(session: &Session, name: &Name, number: &str) -> Result<Letter, Stop> {
    let reader = session.reader()?;
    let id = super::aging::customer(&reader, number)?;
    let letter = letters::letter(&reader, session.today, id, name.kind, name.level)?;
    let letter = letter.ok_or_else(|| Stop::refused("MAS-03", format!("There is no customer {number}.")))?;
    if name.level > 0 && letter.items.iter().all(|item| item.days_late == 0) {
        let sentence = format!("Customer {number} has nothing late; a reminder would have nothing to say.");
        return Err(Stop::refused("TPL-06", sentence));
    }
    Ok(letter)
}

impl From<scan::TemplateError> for Stop {
    fn from(error: scan::TemplateError) -> Self {
        Stop { code: REFUSED, sentence: format!("{error} Nothing was changed.") }
    }
}
