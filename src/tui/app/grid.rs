//! Which columns of a table are shown, in which order, sorted by which: the part of a saved view every list shares.
//! A screen keeps one beside its [`ListState`](super::ListState) and hands it `s`, `z c` and `z f`.

use super::command::Call;
use super::effect::Effect;
use super::list::Sort;
use super::overlay::{Choice, ColumnList};
use crate::tui::ui::table::{Cell, Column};

/// Columns and order of one list.
#[derive(Debug, Clone)]
pub struct Grid {
    all: &'static [Column],
    /// Every column's index in the order of display, and whether it is shown.
    order: Vec<(usize, bool)>,
    /// The order of the rows.
    pub sort: Sort,
}

/// What became of a command given to a grid.
pub enum Gridded {
    /// Not a command about columns.
    No,
    /// Done, or wished for; the rows stay.
    Yes(Vec<Effect>),
    /// The order of the rows is another one: ask for them again from the start.
    Reorder,
}

impl Grid {
    /// All columns in their order, sorted like this.
    pub fn new(all: &'static [Column], sort: Sort) -> Grid {
        Grid { all, order: (0..all.len()).map(|index| (index, true)).collect(), sort }
    }

    /// With these columns hidden until somebody shows them.
    pub fn hiding(mut self, hidden: &[&str]) -> Grid {
        for (index, shown) in &mut self.order {
            *shown = !hidden.contains(&self.all[*index].id);
        }
        self
    }

    /// All columns, shown or not, in their original order.
    pub fn all(&self) -> &'static [Column] {
        self.all
    }

    /// The columns shown, in order, for the table.
    pub fn columns(&self) -> Vec<Column> {
        self.order.iter().filter(|(_, shown)| *shown).map(|(index, _)| self.all[*index]).collect()
    }

    /// A row's cells, given for all columns in their original order, as those of the columns shown.
    pub fn cells(&self, row: Vec<Cell>) -> Vec<Cell> {
        let mut row: Vec<Option<Cell>> = row.into_iter().map(Some).collect();
        let shown = self.order.iter().filter(|(_, shown)| *shown);
        shown.map(|(index, _)| row.get_mut(*index).and_then(Option::take).unwrap_or_default()).collect()
    }

    /// The column of a letter after `s` or `f`.
    pub fn by_letter(&self, letter: char) -> Option<&'static Column> {
        self.all.iter().find(|column| column.letter == letter)
    }

    /// For the table's heading.
    pub fn heading(&self) -> Option<(&'static str, bool)> {
        Some((self.sort.column, self.sort.descending))
    }

    /// Letters and headings for [`Screen::choices`](super::Screen::choices) after `s` and `f`.
    pub fn choices(&self, prefix: char) -> Vec<(char, String)> {
        if !matches!(prefix, 's' | 'f') {
            return Vec::new();
        }
        self.all.iter().map(|column| (column.letter, column.title.to_lowercase())).collect()
    }

    /// Runs a command about columns. Numbers sort downwards first, words upwards. The checklist reports back through
    /// [`Screen::answer`](super::Screen::answer) under the name `columns`, with a [`Grid`] to take over.
    pub fn run(&mut self, call: &Call) -> Gridded {
        match call.id {
            "list.sort" => match call.key.and_then(|letter| self.by_letter(letter)) {
                Some(column) => {
                    let numeric = column.align == crate::tui::ui::width::Align::Right;
                    self.sort = self.sort.toggled(column.id, numeric);
                    Gridded::Reorder
                }
                None => Gridded::Yes(vec![Effect::Warn("no column has that letter; s shows them".to_owned())]),
            },
            "list.columns" => {
                let choices: Vec<Choice> = self
                    .order
                    .iter()
                    .map(|(index, shown)| (self.all[*index].id, self.all[*index].title, *shown))
                    .collect();
                let grid = self.clone();
                let apply = move |choices: &[Choice]| vec![Effect::tell("columns", grid.arranged(choices))];
                Gridded::Yes(vec![Effect::Overlay(Box::new(ColumnList::new(choices, apply)))])
            }
            "list.freeze" => Gridded::Yes(vec![Effect::Say("the first column always stays in view".to_owned())]),
            _ => Gridded::No,
        }
    }

    fn arranged(&self, choices: &[Choice]) -> Grid {
        let place = |id: &str| self.all.iter().position(|column| column.id == id);
        let order = choices.iter().filter_map(|(id, _, shown)| place(id).map(|index| (index, *shown))).collect();
        Grid { order, ..self.clone() }
    }

    /// Sort and columns as text, for a saved view: `-open name,open,!days`. A leading `-` sorts downwards, `!` hides.
    pub fn written(&self) -> String {
        let column =
            |(index, shown): &(usize, bool)| format!("{}{}", if *shown { "" } else { "!" }, self.all[*index].id);
        let columns: Vec<String> = self.order.iter().map(column).collect();
        format!("{}{} {}", if self.sort.descending { "-" } else { "" }, self.sort.column, columns.join(","))
    }

    /// Takes over what [`Grid::written`] wrote. Columns it does not know are left out, new ones come last.
    pub fn read(&mut self, text: &str) {
        let (sort, columns) = text.split_once(' ').unwrap_or((text, ""));
        let (name, descending) = sort.strip_prefix('-').map_or((sort, false), |name| (name, true));
        if let Some(column) = self.all.iter().find(|column| column.id == name) {
            self.sort = Sort { column: column.id, descending };
        }
        let mut order: Vec<(usize, bool)> = Vec::new();
        for part in columns.split(',').filter(|part| !part.is_empty()) {
            let (id, shown) = part.strip_prefix('!').map_or((part, true), |id| (id, false));
            if let Some(index) = self.all.iter().position(|column| column.id == id)
                && order.iter().all(|(known, _)| *known != index)
            {
                order.push((index, shown));
            }
        }
        let missing: Vec<usize> =
            (0..self.all.len()).filter(|index| order.iter().all(|(known, _)| known != index)).collect();
        order.extend(missing.into_iter().map(|index| (index, true)));
        self.order = order;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Column] = &[
        Column::words("name", "CUSTOMER", 'c', 0, 8, 20),
        Column::number("open", "OPEN", 'o', 0, 10),
        Column::number("days", "DAYS", 'd', 1, 5),
    ];

    fn grid() -> Grid {
        Grid::new(ALL, Sort { column: "name", descending: false })
    }

    fn sort(grid: &mut Grid, letter: char) -> String {
        grid.run(&Call { key: Some(letter), ..Call::new("list.sort") });
        grid.written()
    }

    #[test]
    fn sorting_again_reverses_and_numbers_start_with_the_largest() {
        let mut grid = grid();
        assert_eq!(sort(&mut grid, 'o'), "-open name,open,days");
        assert_eq!(sort(&mut grid, 'o'), "open name,open,days");
        assert_eq!(sort(&mut grid, 'z'), "open name,open,days");
    }

    #[test]
    fn a_view_is_read_back_exactly() {
        let grid_with = grid().arranged(&[("name", "", true), ("days", "", false), ("open", "", true)]);
        assert_eq!(grid_with.written(), "name name,!days,open");
        let mut other = grid();
        other.read(&grid_with.written());
        assert_eq!(other.written(), grid_with.written());
        let cells = other.cells(vec!["Acme".into(), "5.00".into(), "3d".into()]);
        assert_eq!(cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(), ["Acme", "5.00"]);
        other.read("-nothing x,,open");
        assert_eq!(other.written(), "name open,name,days");
        assert_eq!(grid().hiding(&["days"]).columns().len(), 2);
    }
}
