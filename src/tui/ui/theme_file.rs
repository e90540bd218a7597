//! Themes of one's own: a short TOML file with a colour for each role. Read strictly, so that a slip of the pen is named
//! with its line and column instead of being passed over.

use std::str::FromStr;

use ratatui::style::Color;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::theme::{Role, Theme};

/// The roles by their names in a file, in the order of [`Role`].
pub const ROLES: [(&str, Role); 8] = [
    ("text", Role::Text),
    ("dim", Role::Dim),
    ("late", Role::Late),
    ("warn", Role::Warn),
    ("good", Role::Good),
    ("accent", Role::Accent),
    ("select", Role::Select),
    ("strong", Role::Strong),
];

/// The sixteen colours every terminal has, as its own palette shows them, and the terminal's own.
const NAMES: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// What is wrong with a file, and where: line and column from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line.
    pub line: usize,
    /// The place in it, in characters.
    pub column: usize,
    /// What is wrong and what would be understood, without a full stop.
    pub what: String,
}

/// Reads a theme. A role that is not named looks as in the palette theme.
pub fn read(text: &str) -> Result<Theme, Fault> {
    let at = |place: usize, what: String| {
        let before = text.get(..place).unwrap_or_default();
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
        Fault { line, column, what }
    };
    let root = DeTable::parse(text).map_err(|error| {
        let place = error.span().map_or(0, |span| span.start);
        at(place, format!("not TOML: {}", error.message().replace('\n', " ")))
    })?;
    let mut colours = [None; ROLES.len()];
    for (key, value) in root.get_ref() {
        let name = key.get_ref().as_ref();
        let Some(place) = ROLES.iter().position(|(known, _)| *known == name) else {
            let roles = ROLES.map(|(known, _)| known).join(", ");
            return Err(at(key.span().start, format!("unknown role \"{name}\"; roles are {roles}")));
        };
        let colour = colour(value).ok_or_else(|| {
            let names = NAMES.map(|(known, _)| known).join(", ");
            let given = text.get(value.span()).unwrap_or_default().trim_matches('"').replace('\n', " ");
            let what =
                format!("unknown colour \"{given}\"; colours are {names}, \"#rrggbb\", or a number from 0 to 255");
            at(value.span().start, what)
        })?;
        colours[place] = Some(colour);
    }
    Ok(Theme::Own(colours))
}

fn colour(value: &Spanned<DeValue<'_>>) -> Option<Color> {
    if let Some(number) = value.get_ref().as_integer() {
        return number.as_str().parse().ok().map(Color::Indexed);
    }
    let word = value.get_ref().as_str()?;
    let named = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, colour)| *colour);
    let digits = word.len() == 7 && word.starts_with('#') && word[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
    named.or_else(|| if digits { Color::from_str(word).ok() } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> (usize, usize, String) {
        let fault = read(text).expect_err(text);
        (fault.line, fault.column, fault.what)
    }

    #[test]
    fn roles_get_their_colours_and_the_others_stay() {
        let theme =
            read("# night\nlate = \"bright-red\"\naccent = 33\nwarn = \"#ffaa00\"\ntext = \"default\"\n").unwrap();
        assert_eq!(theme.style(Role::Late).fg, Some(Color::LightRed));
        assert_eq!(theme.style(Role::Accent).fg, Some(Color::Indexed(33)));
        assert_eq!(theme.style(Role::Warn).fg, Some(Color::Rgb(255, 170, 0)));
        assert_eq!(theme.style(Role::Good), Theme::Palette.style(Role::Good));
        assert_eq!(theme.style(Role::Late).add_modifier, Theme::Palette.style(Role::Late).add_modifier);
        assert_eq!(theme.style(Role::Text), Theme::Palette.style(Role::Text), "the terminal's own is no colour");
        assert!(ROLES.iter().enumerate().all(|(place, (_, role))| *role as usize == place));
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_place() {
        let (line, column, what) = wrong("text = \"white\"\nlaet = \"red\"\n");
        assert_eq!((line, column), (2, 1));
        assert!(what.contains("unknown role \"laet\"; roles are text, dim, late"), "{what}");
        let (line, column, what) = wrong("text = \"white\"\n  late = \"rde\"\n");
        assert_eq!((line, column), (2, 10));
        assert!(what.contains("unknown colour \"rde\"; colours are default, black"), "{what}");
        for bad in
            ["dim = 256", "dim = -1", "dim = true", "dim = \"#12345\"", "dim = \"#ééé\"", "dim = []", "dim = \"\""]
        {
            assert_eq!((wrong(bad).0, wrong(bad).1), (1, 7), "{bad}");
        }
        assert!(wrong("text = ").2.starts_with("not TOML"));
    }
}
