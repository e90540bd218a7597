//! Windows on long lists: which rows are wanted, in which order, and the rows with their place in the whole list.

/// A piece of a list, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window<R> {
    /// Place of the first row in the whole list, from 0.
    pub first: u64,
    /// The rows.
    pub rows: Vec<R>,
    /// How many rows the whole list has.
    pub total: u64,
}

impl<R> Default for Window<R> {
    fn default() -> Self {
        Window { first: 0, rows: Vec::new(), total: 0 }
    }
}

/// Which rows of a list are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want<Id> {
    /// From the beginning.
    Start,
    /// Those after this row; the first of them has this place.
    After(Id, u64),
    /// Those before this row; the last of them has the place before this one.
    Before(Id, u64),
    /// The last ones.
    End,
    /// Those around this place.
    At(u64),
    /// Those around this row, wherever it stands now; when it is gone, those around this place.
    Around(Id, u64),
}

/// By which column a list is sorted. Every list ends its order in a unique key, so that rows never shuffle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Identity of the column.
    pub column: &'static str,
    /// Largest first.
    pub descending: bool,
}

impl Sort {
    /// The same column reversed, or another column in its natural direction.
    pub fn toggled(self, column: &'static str, descending: bool) -> Sort {
        if self.column == column { Sort { descending: !self.descending, ..self } } else { Sort { column, descending } }
    }
}

/// Rows of one window.
pub const SIZE: usize = 200;

/// The wanted piece of a list that is whole in memory.
pub fn slice<R: Clone, Id: PartialEq + Copy>(rows: &[R], want: Want<Id>, id: impl Fn(&R) -> Id) -> Window<R> {
    let total = rows.len();
    let place = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(total);
    let find = |wanted: Id| rows.iter().position(|row| id(row) == wanted);
    let (from, to) = match want {
        Want::Start => (0, SIZE),
        Want::After(row, at) => {
            let from = find(row).map_or(place(at), |found| found + 1);
            (from, from + SIZE)
        }
        Want::Before(row, at) => {
            let to = find(row).unwrap_or(place(at));
            (to.saturating_sub(SIZE), to)
        }
        Want::End => (total.saturating_sub(SIZE), total),
        Want::At(at) => around(place(at)),
        Want::Around(row, at) => around(find(row).unwrap_or(place(at))),
    };
    let (from, to) = (from.min(total), to.min(total));
    Window { first: from as u64, rows: rows[from..to].to_vec(), total: total as u64 }
}

fn around(place: usize) -> (usize, usize) {
    let from = place.saturating_sub(SIZE / 2);
    (from, from + SIZE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_meet_without_gap_or_overlap() {
        let rows: Vec<i64> = (0..1_000).map(|n| n * 3).collect();
        let id = |row: &i64| *row;
        let first = slice(&rows, Want::Start, id);
        let last = *first.rows.last().unwrap();
        let next = slice(&rows, Want::After(last, 200), id);
        assert_eq!((first.first, next.first, next.total), (0, 200, 1_000));
        assert_eq!(next.rows[0], last + 3);
        let back = slice(&rows, Want::Before(next.rows[0], 200), id);
        assert_eq!(back.rows, first.rows);
        assert_eq!(slice(&rows, Want::End, id).rows.last(), rows.last());
        let around = slice(&rows, Want::Around(1_500, 0), id);
        assert!(around.rows.contains(&1_500));
        assert_eq!(slice(&rows, Want::Around(-1, 0), id).first, 0);
        assert_eq!(slice(&[], Want::End, id).rows.len(), 0);
    }
}
