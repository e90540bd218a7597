//! What verbs print: lines that are safe on a terminal, and lists as aligned text, JSON or CSV from one description.

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use chrono::NaiveDate;

use crate::domain::money::{Currency, Money, NumberStyle};
use crate::domain::text;
use crate::formats::write::CsvWriter;
use crate::tui::ui::width;

use super::stop::Stop;

/// How a reading verb answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Aligned text for people.
    Text,
    /// JSON.
    Json,
    /// Comma-separated, with formula guard.
    Csv,
}

/// Buffered standard output.
pub(super) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Any text made safe to show, whatever its length: cleaning works on lines of limited length, so it goes piece by
/// piece.
pub(super) fn safe(raw: &str) -> String {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic();
    if raw.chars().all(plain) {
        return raw.to_owned();
    }
    let clean = |piece: &str| {
        let head = &piece[..piece.len() - piece.trim_start_matches(' ').len()];
        let tail = &piece[piece.trim_end_matches(' ').len()..];
        if head.len() == piece.len() { piece.to_owned() } else { format!("{head}{}{tail}", text::clean(piece).text) }
    };
    raw.split_inclusive(' ')
        .map(|word| {
            let letters: Vec<char> = word.chars().collect();
            letters.chunks(text::MAX_CHARS).map(|piece| clean(&piece.iter().collect::<String>())).collect::<String>()
        })
        .collect()
}

/// JSON in which every letter shows itself: what would move a cursor or hide is written as its number, which says the
/// same to whoever reads JSON.
fn visible(json: &str) -> std::borrow::Cow<'_, str> {
    use std::fmt::Write;
    if json.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return json.into();
    }
    let mut out = String::with_capacity(json.len() + 16);
    for letter in json.chars() {
        if text::is_shown(letter) {
            out.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out.into()
}

/// Prints one line to stdout, made safe.
pub(super) fn say(line: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", safe(line))?;
    Ok(())
}

/// One value of a list.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    /// Text from anywhere; cleaned for the terminal, guarded in CSV.
    Text(String),
    /// Minor units of a currency.
    Amount(i64, Currency),
    /// A count, days, an id.
    Number(i64),
    /// A day.
    Date(NaiveDate),
    /// Yes or no.
    Flag(bool),
    /// Nothing known.
    Nothing,
}

impl Cell {
    /// A day that may be missing.
    pub fn date(date: Option<NaiveDate>) -> Self {
        date.map_or(Cell::Nothing, Cell::Date)
    }

    /// A number that may be missing.
    pub fn number(number: Option<i64>) -> Self {
        number.map_or(Cell::Nothing, Cell::Number)
    }

    fn is_number(&self) -> bool {
        matches!(self, Cell::Amount(..) | Cell::Number(_))
    }

    fn shown(&self) -> String {
        match self {
            Cell::Text(text) => safe(text),
            Cell::Amount(minor, currency) => Money::new(*minor, *currency).grouped(NumberStyle::Point),
            Cell::Number(number) => number.to_string(),
            Cell::Date(date) => date.to_string(),
            Cell::Flag(true) => "yes".to_owned(),
            Cell::Flag(false) | Cell::Nothing => String::new(),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Cell::Text(text) => text.as_str().into(),
            Cell::Amount(minor, currency) => Money::new(*minor, *currency).plain().into(),
            Cell::Number(number) => (*number).into(),
            Cell::Date(date) => date.to_string().into(),
            Cell::Flag(flag) => (*flag).into(),
            Cell::Nothing => serde_json::Value::Null,
        }
    }

    fn csv(&self, writer: &mut CsvWriter) {
        match self {
            Cell::Text(text) => writer.text(&safe(text)),
            Cell::Amount(minor, currency) => writer.plain(&Money::new(*minor, *currency).plain()),
            Cell::Flag(flag) => writer.plain(if *flag { "true" } else { "false" }),
            other => writer.plain(&other.shown()),
        };
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

/// A list: column names as JSON and CSV have them, rows, and lines under it for people.
pub(super) struct Listing<'a> {
    /// Names of the columns, in order.
    pub columns: &'a [&'static str],
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// Rows the whole list has.
    pub total: u64,
    /// Lines printed under the text form.
    pub foot: Vec<String>,
}

impl Listing<'_> {
    /// Prints only these columns, in this order; names the list does not have are left out.
    pub fn print_only(self, columns: &[&'static str], form: Form) -> Result<(), Stop> {
        let place = |name: &&&'static str| self.columns.iter().position(|known| known == *name);
        let places: Vec<usize> = columns.iter().filter_map(|name| place(&name)).collect();
        let rows = self.rows.iter().map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect();
        let names: Vec<&'static str> = places.iter().map(|place| self.columns[*place]).collect();
        Listing { columns: &names, rows, total: self.total, foot: self.foot }.print(form)
    }

    /// Prints the list in the asked form.
    pub fn print(&self, form: Form) -> Result<(), Stop> {
        let mut out = stdout();
        match form {
            Form::Text => self.text(&mut out)?,
            Form::Json => self.json(&mut out)?,
            Form::Csv => self.csv(&mut out)?,
        }
        out.flush()?;
        Ok(())
    }

    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let shown: Vec<Vec<String>> = self.rows.iter().map(|row| row.iter().map(Cell::shown).collect()).collect();
        let titles: Vec<String> = self.columns.iter().map(|name| name.replace('_', " ")).collect();
        let widest = |place: usize| {
            shown.iter().map(|row| width::cells(&row[place])).max().unwrap_or(0).max(width::cells(&titles[place]))
        };
        let widths: Vec<usize> = (0..titles.len()).map(widest).collect();
        let right: Vec<bool> =
            (0..titles.len()).map(|place| self.rows.iter().any(|row| row[place].is_number())).collect();
        let line = |out: &mut dyn Write, cells: &[String]| -> io::Result<()> {
            let mut text = String::new();
            for (place, cell) in cells.iter().enumerate() {
                let gap = " ".repeat(widths[place].saturating_sub(width::cells(cell)));
                let between = if place == 0 { "" } else { "  " };
                let padded = if right[place] { format!("{gap}{cell}") } else { format!("{cell}{gap}") };
                text.push_str(between);
                text.push_str(&padded);
            }
            writeln!(out, "{}", text.trim_end())
        };
        line(out, &titles)?;
        for row in &shown {
            line(out, row)?;
        }
        if self.total > self.rows.len() as u64 {
            writeln!(out, "{} of {} shown; give --limit for more.", self.rows.len(), self.total)?;
        }
        for foot in &self.foot {
            writeln!(out, "{}", safe(foot))?;
        }
        Ok(())
    }

    fn json(&self, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{{\"total\":{},\"rows\":[", self.total)?;
        for (place, row) in self.rows.iter().enumerate() {
            out.write_all(if place == 0 { b"\n{" } else { b",\n{" })?;
            for (column, (name, cell)) in self.columns.iter().zip(row).enumerate() {
                let comma = if column == 0 { "" } else { "," };
                write!(out, "{comma}\"{name}\":{}", visible(&cell.json().to_string()))?;
            }
            out.write_all(b"}")?;
        }
        out.write_all(b"]}\n")
    }

    fn csv(&self, out: &mut impl Write) -> io::Result<()> {
        let mut writer = CsvWriter::new(b',');
        writer.row(self.columns.iter().copied());
        for row in &self.rows {
            for cell in row {
                cell.csv(&mut writer);
            }
            writer.end_row();
        }
        out.write_all(&writer.take())
    }
}

/// Whether a person watches stderr.
pub(super) fn watched() -> bool {
    io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_shows_every_letter_and_says_the_same() {
        let raw = "Müller \u{1b}[2J\u{9b}31m\u{202e}gpj \u{e0041}";
        let json = serde_json::Value::from(raw).to_string();
        let seen = visible(&json);
        assert!(seen.chars().all(text::is_shown) && seen.contains("M\u{fc}ller"), "{seen}");
        assert_eq!(serde_json::from_str::<String>(&seen).unwrap(), raw);
    }

    #[test]
    fn long_and_hostile_text_is_shown_whole_and_harmless() {
        let long = "Zeile ä ".repeat(80);
        assert_eq!(safe(&long), long);
        assert_eq!(safe("a \u{1b}[31mred\u{1b}[0m \u{202e}b"), "a red b");
        assert_eq!(safe("plain, 100 %"), "plain, 100 %");
    }
}
