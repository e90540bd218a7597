//! Which theme the workstation is drawn in: the one named with `--theme`, else that of the person's settings, else that
//! of the machine's. A theme of one's own is a file in the folder `themes` beside the settings.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::identity;
use super::session::Session;
use super::stop::Stop;
use crate::tui::ui::theme::Theme;
use crate::tui::ui::theme_file;

/// Longer than any theme or settings need to be.
const LONGEST: u64 = 64 << 10;

/// What a person may set for the own workstation, in `settings.toml` of the data folder.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    theme: Option<String>,
}

/// The theme of this session; `None` leaves the terminal's palette.
pub(super) fn chosen(session: &Session) -> Result<Option<Theme>, Stop> {
    let own = if session.known.enforced() { None } else { session.folder() };
    let settings = own.as_deref().map(own_settings).transpose()?.unwrap_or_default();
    let named = session.global.theme.clone().or(settings.theme).or_else(|| session.known.config.theme.clone());
    named.map(|name| load(session, own.as_deref(), &name)).transpose()
}

fn own_settings(folder: &Path) -> Result<Own, Stop> {
    let path = folder.join("settings.toml");
    let Some(text) = read(&path)? else { return Ok(Own::default()) };
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
        let what = error.message().trim_end_matches('.').replace('\n', " ");
        refuse(&path, &format!("line {line}, column {column}: {what}"))
    })
}

/// A theme by its name, or the file of that path.
fn load(session: &Session, own: Option<&Path>, name: &str) -> Result<Theme, Stop> {
    if let Some(theme) = Theme::named(name) {
        return Ok(theme);
    }
    let path = name.contains('/') || name.ends_with(".toml");
    if path && session.known.enforced() {
        let sentence =
            format!("--theme {name}: on this server themes go by name. Not started; palette and mono are there.");
        return Err(Stop::refused("CFG-01", sentence));
    }
    let machine = Path::new(identity::SETTINGS).parent();
    let file = |folder: &Path| folder.join("themes").join(format!("{name}.toml"));
    let places: Vec<PathBuf> =
        if path { vec![PathBuf::from(name)] } else { own.into_iter().chain(machine).map(file).collect() };
    for place in &places {
        if let Some(text) = read(place)? {
            return theme_file::read(&text).map_err(|fault| {
                refuse(place, &format!("line {}, column {}: {}", fault.line, fault.column, fault.what))
            });
        }
    }
    let looked: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
    let sentence = format!(
        "There is no theme {name}: palette and mono are built in, and no file {} was found. Not started.",
        looked.join(" or ")
    );
    Err(Stop::refused("CFG-01", sentence))
}

/// The text of a small file; `None` where there is none.
fn read(path: &Path) -> Result<Option<String>, Stop> {
    use std::io::Read;
    let cannot = |error: std::io::Error| refuse(path, &format!("cannot be read: {error}"));
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(cannot(error)),
    };
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes).map_err(cannot)?;
    String::from_utf8(bytes).map(Some).map_err(|_| refuse(path, "is not UTF-8"))
}

fn refuse(path: &Path, what: &str) -> Stop {
    Stop::refused("CFG-01", format!("{} {what}. Not started.", path.display()))
}
