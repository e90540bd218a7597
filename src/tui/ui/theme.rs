//! What colours mean. Screens name a role, the theme turns it into a style. The default uses the sixteen palette
//! colours of the terminal; the mono theme sets no colour at all, because a terminal told NO_COLOR would otherwise
//! lose the reversed row at the first coloured cell.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of text is, as far as its looks are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Role {
    /// Ordinary text.
    #[default]
    Text,
    /// Secondary text: labels, unavailable commands, rules.
    Dim,
    /// Late or blocked. Red is used for nothing else.
    Late,
    /// Near a limit, needs a look.
    Warn,
    /// Done, kept, within target.
    Good,
    /// Titles, keys, the active tab.
    Accent,
    /// The row under the cursor.
    Select,
    /// A title of what has the focus.
    Strong,
}

/// A mapping of roles to styles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// The terminal's own sixteen colours on its own background.
    #[default]
    Palette,
    /// Bold, dim and reverse only. Never sets a foreground or background.
    Mono,
    /// As the palette, with the colours of a theme file for the roles it names, in the order of [`Role`].
    Own([Option<Color>; 8]),
}

impl Theme {
    /// The theme of that name (`palette`, `mono`), for `--theme` and the configuration.
    pub fn named(name: &str) -> Option<Theme> {
        match name {
            "palette" | "default" => Some(Theme::Palette),
            "mono" => Some(Theme::Mono),
            _ => None,
        }
    }

    /// How text of this role looks.
    pub fn style(self, role: Role) -> Style {
        let plain = Style::new();
        let modifiers = match role {
            Role::Text | Role::Good => plain,
            Role::Dim => plain.add_modifier(Modifier::DIM),
            Role::Late | Role::Strong => plain.add_modifier(Modifier::BOLD),
            Role::Warn => plain,
            Role::Accent => plain.add_modifier(Modifier::BOLD),
            Role::Select => plain.add_modifier(Modifier::REVERSED),
        };
        match (self, role) {
            (Theme::Mono, _) => modifiers,
            (Theme::Own(colours), _) if colours[role as usize].is_some() => match colours[role as usize] {
                Some(Color::Reset) | None => modifiers,
                Some(colour) => modifiers.fg(colour),
            },
            (Theme::Own(_), _) => Theme::Palette.style(role),
            (Theme::Palette, Role::Late) => modifiers.fg(Color::Red),
            (Theme::Palette, Role::Warn) => modifiers.fg(Color::Yellow),
            (Theme::Palette, Role::Good) => modifiers.fg(Color::Green),
            (Theme::Palette, Role::Accent) => modifiers.fg(Color::Cyan),
            (Theme::Palette, _) => modifiers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mono_never_sets_a_colour() {
        use Role::*;
        for role in [Text, Dim, Late, Warn, Good, Accent, Select, Strong] {
            let style = Theme::Mono.style(role);
            assert!(style.fg.is_none() && style.bg.is_none(), "{role:?}");
            assert!(Theme::Palette.style(role).bg.is_none(), "{role:?}");
        }
        assert_eq!(Theme::named("mono"), Some(Theme::Mono));
        assert_eq!(Theme::named("neon"), None);
    }
}
