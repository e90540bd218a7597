//! Verbs on the book itself: making it, people, rates, targets; and what the program says about itself.

use serde_json::json;

use super::args::{self, Change, Init};
use super::out;
use super::session::Session;
use super::small_args::{Completions, Rate, Target};
use super::stop::Stop;
use crate::acts::{self, Act, Mode, Request};
use crate::store::{BookPath, Writer, open};
use crate::tui::app::tables::{GLOBAL, LIST};
use crate::tui::screens::TABLES;

/// `o2c init`.
pub(super) fn init(session: &Session, init: &Init) -> Result<(), Stop> {
    session.may_write()?;
    let login = session.login(None)?;
    let place = session.book()?;
    let act = Act::OpenBook {
        company: init.company.clone(),
        currency: init.currency,
        name: init.name.clone().unwrap_or_else(|| login.clone()),
        login: login.clone(),
    };
    let given = init.change.act_key.as_deref();
    let request = Request { key: session.key(given), act, expect: Vec::new() };
    if place.exists() {
        return made_before(session, &place, &request, given);
    }
    let actor = session.known.actor(&login, "cli");
    if init.change.dry_run {
        return try_out(session, &place, &actor, &request);
    }
    let writer = Writer::make(&place)?;
    let done = acts::init(&writer, &actor, session.stamp(), &request);
    drop(writer);
    let done = done.inspect_err(|_| open::unmake(&place))?;
    out::say(&format!("{} ({}).", done.summary, place.shown()))
}

/// What is there already: the book this very request made, or something that stays as it is.
fn made_before(session: &Session, place: &BookPath, request: &Request, given: Option<&str>) -> Result<(), Stop> {
    if given.is_some() {
        let writer = Writer::open(place)?;
        if let Some(done) = acts::init_before(&writer, session.stamp(), request)? {
            let (summary, act) = (done.summary, done.act);
            return out::say(&format!(
                "{summary} (act {act} with this key in {}; nothing was made now)",
                place.shown()
            ));
        }
    }
    let sentence =
        format!("{} already exists and was not overwritten. Choose another name with --book.", place.shown());
    Err(Stop::refused("FIL-03", sentence))
}

/// Makes the book in a passing folder and says what would be.
fn try_out(session: &Session, place: &BookPath, actor: &acts::Actor, request: &Request) -> Result<(), Stop> {
    place.may_be_made()?;
    let folder = super::demo::Folder::new()?;
    let writer = Writer::make(&BookPath::new(folder.0.join("book.db")))?;
    let done = acts::init(&writer, actor, session.stamp(), request)?;
    out::say(&format!("Would be: {} ({}). Nothing was made.", done.summary, place.shown()))
}

/// Performs an act and says what happened.
pub(super) fn perform(session: &Session, change: &Change, act: Act) -> Result<(), Stop> {
    session.may_write()?;
    let request = Request { key: session.key(change.making.act_key.as_deref()), act, expect: Vec::new() };
    report(session, change, &request)
}

/// Performs a request and says what happened.
pub(super) fn report(session: &Session, change: &Change, request: &Request) -> Result<(), Stop> {
    let dry_run = change.making.dry_run;
    let mode = if dry_run { Mode::DryRun } else { Mode::Post };
    let done = session.perform(request, mode)?;
    if change.json {
        // An act that was only tried has no number.
        let act = (!dry_run).then_some(done.act);
        let answer = json!({
            "act": act, "said": done.summary, "again": done.again, "waits": done.asked, "dry_run": dry_run,
        });
        return out::say(&answer.to_string());
    }
    let line = match (dry_run, done.again) {
        (_, true) => format!("{} (act {} with this key; nothing was changed now)", done.summary, done.act),
        (true, false) => format!("Would be: {}. Nothing was changed.", done.summary),
        (false, false) if done.asked => format!("{}. `o2c approvals` shows it.", done.summary),
        (false, false) => format!("{} (act {})", done.summary, done.act),
    };
    out::say(&line)
}

/// `o2c rate`.
pub(super) fn rate(session: &Session, rate: &Rate) -> Result<(), Stop> {
    let from = rate.from.unwrap_or(session.today);
    perform(session, &rate.change, Act::SetRate { currency: rate.currency, from, rate: rate.rate.clone() })
}

/// `o2c target`.
pub(super) fn target(session: &Session, target: &Target) -> Result<(), Stop> {
    let act = Act::SetTarget { kpi: target.kpi.clone(), value: target.value.clone() };
    perform(session, &target.change, act)
}

/// `o2c completions`.
pub(super) fn completions(completions: &Completions) -> Result<(), Stop> {
    let mut text = Vec::new();
    clap_complete::generate(completions.shell, &mut args::command(), "o2c", &mut text);
    write(&text)
}

/// `o2c man`: the page of the program, or of one verb.
pub(super) fn man(verb: Option<&str>) -> Result<(), Stop> {
    let mut whole = args::command();
    whole.build();
    let page = match verb {
        None => whole,
        Some(verb) => match whole.find_subcommand(verb) {
            Some(found) => found.clone(),
            None => return Err(Stop::usage(format!("There is no verb {verb}; `o2c --help` lists them."))),
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    if verb.is_none() {
        text.extend(keys().into_bytes());
    }
    write(&text)
}

/// The keys of the workstation as a part of the page, from the rows its help shows.
fn keys() -> String {
    let roff = |text: &str| text.replace('\\', "\\e").replace('-', "\\-");
    let mut page = ".SH KEYS\n".to_owned();
    for (title, commands) in [("Everywhere", GLOBAL), ("Every list", LIST)].iter().chain(TABLES) {
        page.push_str(&format!(".SS {title}\n"));
        for command in commands.iter().filter(|command| !command.keys.is_empty()) {
            let (bound, help) = (roff(&command.keys.join(", ")), roff(command.help));
            page.push_str(&format!(".TP\n\\fB{bound}\\fR\n{help}\n"));
        }
    }
    page
}

fn write(bytes: &[u8]) -> Result<(), Stop> {
    use std::io::Write;
    let mut out = out::stdout();
    out.write_all(bytes)?;
    out.flush()?;
    Ok(())
}
