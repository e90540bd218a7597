//! Text for the clipboard of the terminal somebody sits at, also over SSH: the OSC 52 sequence, wrapped where a
//! multiplexer would otherwise keep it to itself.

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;

/// What stands between the program and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrap {
    /// Nothing.
    None,
    /// tmux, which passes on what is wrapped when `allow-passthrough` is on.
    Tmux,
    /// GNU screen, which passes on short pieces.
    Screen,
}

impl Wrap {
    /// What the environment says.
    pub fn here() -> Wrap {
        if std::env::var_os("TMUX").is_some() {
            Wrap::Tmux
        } else if std::env::var("TERM").is_ok_and(|term| term.starts_with("screen")) {
            Wrap::Screen
        } else {
            Wrap::None
        }
    }
}

/// Bytes GNU screen takes in one piece.
const PIECE: usize = 700;

/// The bytes that put `text` on the clipboard. Control characters other than tabs and line ends are left out.
pub fn sequence(text: &str, wrap: Wrap) -> String {
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n')).collect();
    let mut plain = String::new();
    if CopyToClipboard::to_clipboard_from(text).write_ansi(&mut plain).is_err() {
        return String::new();
    }
    match wrap {
        Wrap::None => plain,
        Wrap::Tmux => format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")),
        Wrap::Screen => {
            // Ended by BEL, because the usual end would end the wrapping too; the rest is ASCII and can be cut anywhere.
            let body = plain.trim_end_matches("\x1b\\").trim_end_matches('\x07').to_owned() + "\x07";
            body.as_bytes()
                .chunks(PIECE)
                .map(|piece| format!("\x1bP{}\x1b\\", String::from_utf8_lossy(piece)))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_wrapped_for_multiplexers() {
        assert!(sequence("abc", Wrap::None).starts_with("\x1b]52;c;YWJj"));
        let tmux = sequence("abc", Wrap::Tmux);
        assert!(tmux.starts_with("\x1bPtmux;\x1b\x1b]52;c;YWJj") && tmux.ends_with("\x1b\\"), "{tmux:?}");
        assert_eq!(sequence(&"x".repeat(1_500), Wrap::Screen).matches("\x1bP").count(), 3);
        assert_eq!(sequence("a\x1bb", Wrap::None), sequence("ab", Wrap::None));
    }
}
