//! One row describes a command: its name, keys, help, risk, right and verb. The hint bar, `?`, the palette, the README
//! key table and the permission check read that row and nothing else.

use super::ctx::Ctx;
use crate::domain::authority::Right;

/// Where a command's keys are live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// On every screen.
    Global,
    /// On every screen that shows a list.
    List,
    /// On the screens whose table holds the row.
    Screen,
}

/// How much a command can do, which decides how it asks before doing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Looks only; nothing is asked.
    Look,
    /// Reversible, one item: done at once, the message says that `u` undoes.
    One,
    /// Reversible, many items: one line to confirm.
    Many,
    /// Money or the outside world: a review with the focus on Cancel.
    Money,
}

impl Tier {
    /// The number people know the tier by, 0 to 3.
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// A command's identity, such as `list.down` or `promise.new`. Also its name in the palette.
pub type CmdId = &'static str;

/// One command. Build rows with [`Command::look`] or [`Command::write`] and the `const` setters.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Identity, and what the palette matches first.
    pub id: CmdId,
    /// Default key sequences in notation (`"g t"`, `"<C-d>"`). `<any>` as last key takes any character.
    pub keys: &'static [&'static str],
    /// Short name for the hint bar and the palette: `promise`.
    pub title: &'static str,
    /// One line of help, a full sentence.
    pub help: &'static str,
    /// Other words people use for it: `cheque`, `remittance`.
    pub words: &'static str,
    /// Where its keys are live.
    pub scope: Scope,
    /// Risk tier.
    pub tier: Tier,
    /// The right it needs; `None` for everyone. Every command that writes names one.
    pub right: Option<Right>,
    /// The same thing on the command line: `aging --as-of`. Empty when there is none.
    pub verb: &'static str,
    /// What it takes after its name in the palette (`NAME`, `DATE`); empty when it takes nothing.
    pub takes: &'static str,
    /// Changes the book; refused when reading only.
    pub writes: bool,
    /// Place in the hint bar: 0 never, higher earlier.
    pub hint: u8,
    /// Takes everything the screen shows, whatever is marked; refused while something is.
    pub whole: bool,
}

impl Command {
    /// A command of a screen's table that only looks.
    pub const fn look(id: CmdId, keys: &'static [&'static str], title: &'static str, help: &'static str) -> Command {
        Command {
            id,
            keys,
            title,
            help,
            words: "",
            scope: Scope::Screen,
            tier: Tier::Look,
            right: None,
            verb: "",
            takes: "",
            writes: false,
            hint: 0,
            whole: false,
        }
    }

    /// A command of a screen's table that changes the book, with its tier.
    pub const fn write(
        id: CmdId,
        keys: &'static [&'static str],
        title: &'static str,
        help: &'static str,
        tier: Tier,
    ) -> Command {
        Command { tier, writes: true, ..Command::look(id, keys, title, help) }
    }

    /// With a place in the hint bar.
    pub const fn hint(self, rank: u8) -> Command {
        Command { hint: rank, ..self }
    }

    /// About everything the screen shows, never about marks.
    pub const fn whole(self) -> Command {
        Command { whole: true, ..self }
    }

    /// With other words people use for it.
    pub const fn words(self, words: &'static str) -> Command {
        Command { words, ..self }
    }

    /// With what it takes after its name in the palette.
    pub const fn takes(self, takes: &'static str) -> Command {
        Command { takes, ..self }
    }

    /// With the right it needs.
    pub const fn right(self, right: Right) -> Command {
        Command { right: Some(right), ..self }
    }

    /// With its verb on the command line.
    pub const fn verb(self, verb: &'static str) -> Command {
        Command { verb, ..self }
    }

    /// With another scope.
    pub const fn scope(self, scope: Scope) -> Command {
        Command { scope, ..self }
    }

    /// Why the command is not to be had here and now, whatever the screen shows: reading only, or a missing right.
    pub fn forbidden(&self, ctx: &Ctx) -> Option<String> {
        if self.writes && ctx.read_only {
            return Some("the book is open for reading only".to_owned());
        }
        if let Some(why) = ctx.only_reads.filter(|_| self.writes) {
            return Some(why.to_owned());
        }
        let missing = self.right.filter(|right| !ctx.may(*right))?;
        Some(format!("needs the right to {}; ask an administrator", missing.words()))
    }

    /// Its keys as people read them: `g t`, `Ctrl-d`, `s x`.
    pub fn key_labels(&self) -> Vec<String> {
        self.keys.iter().map(|sequence| label(sequence)).collect()
    }
}

/// A key sequence as people read it. `<any>` reads as `x`.
pub fn label(sequence: &str) -> String {
    let one = |key: &str| {
        if key == "<any>" { "x".to_owned() } else { super::key::Key::parse(key).map_or(key.to_owned(), |k| k.label()) }
    };
    sequence.split(' ').map(one).collect::<Vec<_>>().join(" ")
}

/// A command being run: which one, how often, on what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Call {
    /// Which command.
    pub id: CmdId,
    /// The count typed before it.
    pub count: Option<u32>,
    /// The character that `<any>` stood for.
    pub key: Option<char>,
    /// What followed its name in the palette.
    pub args: String,
}

impl Call {
    /// The command without count or arguments.
    pub fn new(id: CmdId) -> Call {
        Call { id, ..Call::default() }
    }

    /// The count, or one.
    pub fn times(&self) -> u64 {
        u64::from(self.count.unwrap_or(1))
    }
}
