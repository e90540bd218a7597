//! Moves, marks and windows of a list, on rows that are nothing but a number.

use super::*;
use crate::domain::money::Currency;

#[derive(Debug, Clone)]
struct N(i64);

impl Row for N {
    type Id = i64;
    fn id(&self) -> i64 {
        self.0
    }
    fn sum(&self) -> Option<Money> {
        Some(Money::new(self.0 * 100, if self.0 % 2 == 0 { Currency::EUR } else { Currency::USD }))
    }
    fn group(&self) -> u64 {
        self.0 as u64 / 10
    }
}

fn window(from: i64, to: i64, total: u64) -> Window<N> {
    Window { first: from as u64, rows: (from..to).map(N).collect(), total }
}

fn list(to: i64, total: u64) -> ListState<N> {
    let mut list = ListState::new();
    list.load(window(0, to, total));
    list.visible(10);
    list
}

fn run(list: &mut ListState<N>, id: &'static str, count: Option<u32>) -> Handled<i64> {
    let handled = list.run(&Call { id, count, ..Call::default() });
    list.visible(10);
    handled
}

#[test]
fn moves_take_counts_and_stop_at_the_ends() {
    let mut list = list(100, 100);
    run(&mut list, "list.down", Some(7));
    assert_eq!(list.cursor(), Some(7));
    run(&mut list, "list.up", Some(9));
    assert_eq!(list.cursor(), Some(0));
    run(&mut list, "list.last", None);
    assert_eq!(list.cursor(), Some(99));
    run(&mut list, "list.first", None);
    run(&mut list, "list.half-down", None);
    assert_eq!(list.cursor(), Some(5));
    run(&mut list, "list.row", Some(42));
    assert_eq!(list.cursor(), Some(41));
    run(&mut list, "list.next-group", None);
    assert_eq!(list.cursor(), Some(50));
}

#[test]
fn the_next_window_is_asked_for_near_the_edge_and_joined() {
    let mut list = list(100, 1000);
    assert_eq!(run(&mut list, "list.down", Some(10)), Handled::Yes);
    assert_eq!(run(&mut list, "list.down", Some(70)), Handled::Want(Want::After(99, 100)));
    assert_eq!(run(&mut list, "list.down", None), Handled::Yes, "asked already");
    run(&mut list, "list.up", None);
    list.load(window(100, 200, 1000));
    assert_eq!((list.cursor(), list.rows().len()), (Some(80), 200));
    assert_eq!(run(&mut list, "list.last", None), Handled::Want(Want::End));
    list.load(window(900, 1000, 1000));
    assert_eq!((list.cursor(), list.first()), (Some(999), 900));
    assert_eq!(run(&mut list, "list.row", Some(500)), Handled::Want(Want::At(499)));
    list.load(window(450, 550, 1000));
    assert_eq!(list.cursor(), Some(499));
}

#[test]
fn the_cursor_stays_on_its_row_and_line_when_rows_change() {
    let mut list = list(50, 50);
    run(&mut list, "list.down", Some(20));
    let (_, line, _) = list.visible(10);
    list.load(Window { first: 0, rows: (-3..50).map(N).collect(), total: 53 });
    assert_eq!(list.cursor(), Some(20));
    assert_eq!(list.visible(10).1, line);
    list.load(Window { first: 0, rows: (0..50).filter(|n| *n != 20).map(N).collect(), total: 49 });
    assert!(list.cursor().is_some());
}

#[test]
fn marks_are_ids_and_survive_a_new_order() {
    let mut list = list(20, 20);
    run(&mut list, "list.mark", None);
    run(&mut list, "list.mark", None);
    assert_eq!((list.marked(), list.cursor()), (2, Some(2)));
    list.load(Window { first: 0, rows: (0..20).rev().map(N).collect(), total: 20 });
    assert!(list.is_marked(0) && list.is_marked(1));
    assert_eq!(list.targets(), [1, 0]);
    let sums: Vec<String> = list.marked_sums().iter().map(Money::plain).collect();
    assert_eq!(sums, ["0.00", "1.00"]);
    run(&mut list, "list.invert", None);
    assert_eq!(list.marked(), 18);
    assert!(list.drop_marks() && !list.drop_marks());
    assert_eq!(list.targets().len(), 1);
}

#[test]
fn a_range_marks_what_the_cursor_passes() {
    let mut list = list(20, 20);
    run(&mut list, "list.range", None);
    run(&mut list, "list.down", Some(4));
    run(&mut list, "list.range", None);
    run(&mut list, "list.down", None);
    assert_eq!(list.marked(), 5);
}

#[test]
fn all_in_a_filter_are_asked_for_when_the_window_has_not_all() {
    let mut list = list(20, 500);
    assert_eq!(run(&mut list, "list.mark-all", None), Handled::Want(Want::AllIds));
    list.mark_all((0..500).map(|n| (n, None)));
    assert_eq!(list.marked(), 500);
}

#[test]
fn an_empty_list_takes_every_command() {
    let mut list: ListState<N> = ListState::new();
    for id in ["list.down", "list.last", "list.mark", "list.range", "list.invert", "list.next-group", "list.centre"] {
        run(&mut list, id, Some(9_999));
    }
    list.load(Window { first: 0, rows: Vec::new(), total: 0 });
    assert_eq!(list.visible(0).0.len(), 0);
    assert!(list.is_loaded());
}

#[test]
fn a_new_filter_keeps_the_rows_until_its_own_arrive() {
    let mut list = list(100, 1000);
    run(&mut list, "list.down", Some(70));
    list.reset();
    assert_eq!(list.rows().len(), 100);
    list.load(Window { first: 0, rows: (500..520).map(N).collect(), total: 20 });
    assert_eq!(list.cursor(), Some(500));
    list.reset();
    list.load(Window { first: 0, rows: (490..600).map(N).collect(), total: 110 });
    assert_eq!(list.cursor(), Some(500));
}

#[test]
fn reloading_deep_in_a_list_asks_around_the_cursor() {
    let mut list = list(100, 1000);
    assert_eq!(list.reload(), Want::Start);
    list.load(window(0, 100, 1000));
    run(&mut list, "list.row", Some(500));
    list.load(window(450, 550, 1000));
    assert_eq!(list.reload(), Want::Around(499, 499));
    list.load(Window { first: 350, rows: (350..450).map(N).collect(), total: 1000 });
    assert_eq!((list.rows().len(), list.place()), (100, 449), "not joined to what was there before");
}
