//! The commands every screen has: the global ones and those of lists. Screens add their own tables; the registry of
//! places adds `g` and a letter. Also the README's key table and the check that no key means two things.

use super::command::{Command, Scope, Tier, label};
use super::place::Place;
use crate::domain::authority::Right;

const fn global(id: &'static str, keys: &'static [&'static str], title: &'static str, help: &'static str) -> Command {
    Command::look(id, keys, title, help).scope(Scope::Global)
}

const fn list(id: &'static str, keys: &'static [&'static str], title: &'static str, help: &'static str) -> Command {
    Command::look(id, keys, title, help).scope(Scope::List)
}

/// Commands live on every screen.
pub static GLOBAL: &[Command] = &[
    global("palette", &[":"], "command", "Run any command by its name.").hint(20),
    global("filter", &["/"], "filter", "Show only what matches: over>30 open>=10k owner:me.").hint(30),
    global("help", &["?"], "keys", "All keys here; Enter runs the one you choose."),
    global("escape", &["<Esc>"], "leave", "Close what is open; drop marks, then filter; go back. Never quits."),
    global("back", &["q"], "back", "Go back; on the first screen, twice quits."),
    global("quit", &[], "quit", "Leave o2c.").words("q exit close"),
    global("stop", &["<C-c>"], "stop", "Twice in a row quits from anywhere."),
    // What is taken back needs its own right, which is asked for when that act is known.
    Command::write("undo", &["u"], "undo", "Take back your latest act that can be undone.", Tier::One)
        .right(Right::Read)
        .scope(Scope::Global)
        .hint(5),
    Command::write("redo", &["<C-r>"], "redo", "Do again what was undone last.", Tier::One)
        .right(Right::Read)
        .scope(Scope::Global),
    global("reload", &["R"], "reload", "Read everything on this screen again."),
    global("redraw", &["<C-l>"], "redraw", "Paint the whole terminal again."),
    global("suspend", &["<C-z>"], "suspend", "Back to the shell; fg returns here."),
    global("open", &["g o"], "open", "Open an invoice, customer or case by number or name.").takes("NUMBER"),
    global("jump.back", &["H"], "back in jumps", "The screen before this one."),
    global("jump.forward", &["L"], "forward in jumps", "The screen you came back from."),
    global("jump.last", &["-"], "last screen", "Flip between the last two screens."),
    global("mark.set", &["m <any>"], "remember row", "Remember this row under a letter, across sessions."),
    global("mark.go", &["' <any>"], "go to mark", "Go to the row remembered under a letter."),
    global("mark.last", &["' '"], "before last jump", "Where you were before the last jump."),
    global("pane.next", &["<Tab>"], "next pane", "Give the focus to the next pane."),
    global("pane.previous", &["<S-Tab>"], "previous pane", "Give the focus to the pane before."),
    global("pane.inspect", &["i"], "inspect", "Give the focus to the pane with the details."),
    global("pane.zoom", &["+"], "zoom", "Give the whole body to the pane with the focus, and back."),
    global("why", &["w"], "why", "Why this row is here, part by part.").hint(8),
    global("arithmetic", &["="], "definition", "How this number is defined and reached.").hint(7),
    global("copy.row", &["y y"], "copy row", "Send the row to the terminal's clipboard."),
    global("copy.table", &["y t"], "copy table", "Send the table, tab-separated with raw numbers."),
    global("copy.invoice", &["y i"], "copy invoice", "Send the invoice number."),
    global("copy.customer", &["y c"], "copy customer", "Send the customer's name and number."),
    global("copy.amount", &["y a"], "copy amount", "Send the amount without separators."),
    global("copy.email", &["y e"], "copy e-mail", "Send the e-mail address."),
    global("copy-to", &[], "copy to file", "Write the table to a new file, tab-separated with raw numbers.")
        .takes("FILE")
        .words("export save spreadsheet csv tsv"),
    global("copy.help", &[], "copy-help", "What a terminal and tmux need for the clipboard.").words("copy-help osc52"),
    global("halt", &[], "halt", "Stop what runs behind the screens; what is done stays.")
        .words("cancel abort cash rules letters mails"),
    global("views", &["z v"], "views", "Saved views of all screens, those of this one first."),
    global("view", &[], "view", "Show a saved view by name, on its own screen.").takes("NAME"),
    global("dates", &[], "date order", "How short dates are read: dmy, mdy or ymd; ISO dates always work.")
        .takes("ORDER")
        .words("day month format setting american european"),
    global("tutor", &[], "tutor", "Learn the daily loop by doing it, on the demo book.")
        .takes("skip|end")
        .words("learn lesson guide onboarding training"),
    global("view.save", &["z s"], "save view", "Save filter, sort and columns under a name.").takes("NAME"),
    global("view.drop", &[], "delete view", "Delete a saved view by name; x does so in z v.").takes("NAME"),
];

/// Commands live on every screen that shows a list.
pub static LIST: &[Command] = &[
    list("list.down", &["j", "<Down>"], "down", "Next row; a count goes that many."),
    list("list.up", &["k", "<Up>"], "up", "Row before."),
    list("list.half-down", &["<C-d>"], "half down", "Half a page down."),
    list("list.half-up", &["<C-u>"], "half up", "Half a page up."),
    list("list.page-down", &["<PgDn>"], "page down", "A page down."),
    list("list.page-up", &["<PgUp>"], "page up", "A page up."),
    list("list.first", &["g g", "<Home>"], "first", "First row; with a count, that row."),
    list("list.last", &["G", "<End>"], "last", "Last row; with a count, that row."),
    list("list.row", &[], "row", "Go to the row of that number; a bare number does the same.").takes("N"),
    list("list.next-group", &["J", "}"], "next group", "First row of the next group."),
    list("list.previous-group", &["K", "{"], "previous group", "A row of the group before."),
    list("list.left", &["h", "<Left>"], "column left", "Columns to the left."),
    list("list.right", &["l", "<Right>"], "column right", "Columns to the right."),
    list("list.open", &["<Enter>"], "open", "Open the row.").hint(80),
    list("list.mark", &["<Space>"], "mark", "Mark the row and step on.").hint(85),
    list("list.range", &["v"], "range", "Mark every row the cursor passes until v again."),
    list("list.mark-all", &["*"], "mark all", "Mark every row of the filter."),
    list("list.invert", &["I"], "invert", "Mark what is not marked and the other way round."),
    list("list.sort", &["s <any>"], "sort", "Sort by a column; the same column again reverses."),
    list("list.filter-by", &["f <any>"], "filter by", "Show only rows with this row's value in a column."),
    list("list.columns", &["z c"], "columns", "Choose and order the columns."),
    list("list.freeze", &["z f"], "freeze", "Keep the first columns while the others scroll."),
    list("list.centre", &["z z"], "centre", "Put the row in the middle."),
];

/// The README's table of keys, from the same rows as everything else. `screens` are the tables of the screens with
/// their titles.
pub fn key_table_markdown(places: &[Place], screens: &[(&str, &[Command])]) -> String {
    let mut out = String::new();
    let mut section = |title: &str, rows: Vec<Command>| {
        let rows: Vec<Command> = rows.into_iter().filter(|row| !row.keys.is_empty()).collect();
        if rows.is_empty() {
            return;
        }
        out.push_str(&format!("### {title}\n\n| keys | command | what it does |\n|---|---|---|\n"));
        for row in rows {
            let keys = row.keys.iter().map(|keys| format!("`{}`", label(keys).replace('|', "\\|")));
            let keys = keys.collect::<Vec<_>>().join(", ");
            out.push_str(&format!("| {keys} | `{}` | {} |\n", row.id, row.help));
        }
        out.push('\n');
    };
    section("Everywhere", GLOBAL.to_vec());
    section("Places", places.iter().map(|place| place.command).collect());
    section("Lists", LIST.to_vec());
    for (title, rows) in screens {
        section(title, rows.to_vec());
    }
    out
}

/// Every way in which these rows, live together, would let a key mean two things: bound twice, a binding that is the
/// beginning of another, a digit. Empty when all is well. `' '` beside `' <any>` is allowed: the exact key wins.
pub fn conflicts(rows: &[Command]) -> Vec<String> {
    let bound: Vec<(&str, &str)> = rows.iter().flat_map(|row| row.keys.iter().map(|keys| (*keys, row.id))).collect();
    let mut out = Vec::new();
    for (at, (keys, id)) in bound.iter().enumerate() {
        for key in keys.split(' ') {
            if key.parse::<u32>().is_ok() {
                out.push(format!("{id} is bound to the digit {key}"));
            }
            if key != "<any>" && super::key::Key::parse(key).is_none() {
                out.push(format!("{id}: {key} is not a key"));
            }
        }
        for (other, with) in &bound[at + 1..] {
            if keys == other {
                out.push(format!("{keys} means {id} and {with}"));
            }
            let begins = |short: &str, long: &str| long.starts_with(&format!("{short} "));
            if begins(keys, other) || begins(other, keys) {
                out.push(format!("{keys} ({id}) and {other} ({with}): one begins the other"));
            }
        }
    }
    let mut ids: Vec<&str> = rows.iter().map(|row| row.id).collect();
    ids.sort_unstable();
    out.extend(ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| format!("{} has two rows", pair[0])));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let rows = [GLOBAL, LIST].concat();
        assert_eq!(conflicts(&rows), Vec::<String>::new());
        let bad = [
            Command::look("a", &["g"], "", ""),
            Command::look("b", &["g t", "5"], "", ""),
            Command::look("b", &["g t"], "", ""),
        ];
        assert_eq!(conflicts(&bad).len(), 5);
    }

    #[test]
    fn every_row_explains_itself() {
        for row in [GLOBAL, LIST].concat() {
            assert!(row.help.ends_with('.') && row.help.len() <= 70, "{}: {}", row.id, row.help);
            assert!(!row.title.is_empty() && row.title.len() <= 18, "{}", row.id);
        }
    }

    #[test]
    fn the_readme_table_comes_from_the_rows() {
        let table = key_table_markdown(&[], &[]);
        assert!(table.contains("| `j`, `Down` | `list.down` | Next row; a count goes that many. |"));
        assert!(table.contains("| `m x` | `mark.set` |"));
    }
}
