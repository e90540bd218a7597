//! The table in a bare buffer: what gives way, what scrolls, what the cursor looks like.

use ratatui::style::Modifier;

use super::super::glyphs::ASCII;
use super::*;

const COLUMNS: &[Column] = &[
    Column::words("name", "CUSTOMER", 'c', 0, 8, 20),
    Column::number("open", "OPEN", 'o', 0, 10),
    Column::number("days", "DAYS", 'd', 1, 5),
    Column::words("why", "WHY", 'w', 2, 10, 30),
];

fn lines() -> Vec<Line> {
    let line = |name: &str, marked| Line {
        cells: vec![name.into(), "12,500.00".into(), Cell::new("47d", Role::Late), "Promise broken".into()],
        marked,
        stale: false,
    };
    vec![line("Nordwind Logistik GmbH", true), line("Acme", false)]
}

fn table<'a>(lines: &'a [Line], scroll: usize, total: &'a [Cell]) -> Table<'a> {
    Table {
        columns: COLUMNS,
        lines,
        cursor: Some(0),
        focused: true,
        sort: Some(("open", true)),
        scroll,
        total,
        theme: Theme::Palette,
        glyphs: &ASCII,
        base: crate::domain::money::Currency::EUR,
    }
}

fn draw(width: u16, scroll: usize) -> (Buffer, Vec<String>) {
    let area = Rect::new(0, 0, width, 5);
    let mut buf = Buffer::empty(area);
    let lines = lines();
    table(&lines, scroll, &["total".into(), "25,000.00".into()]).draw(&mut buf, area);
    let text = (0..5).map(|y| (0..width).map(|x| buf[(x, y)].symbol()).collect::<String>().trim_end().to_owned());
    let text = text.collect();
    (buf, text)
}

#[test]
fn columns_give_way_by_priority_and_names_are_cut() {
    let (_, text) = draw(60, 0);
    assert_eq!(text[0], "   CUSTOMER                 OPEN v  DAYS WHY");
    assert_eq!(text[1], ">* Nordwind Logistik G~  12,500.00   47d Promise broken");
    assert_eq!(text[3], "   total                 25,000.00");
    let (_, text) = draw(30, 0);
    assert_eq!(text[1], ">* Nordwind ~  12,500.00   47d");
    assert!(text[0].ends_with('>'), "{}", text[0]);
    let (_, text) = draw(24, 0);
    assert_eq!(text[2], "   Acme        12,500.00");
}

#[test]
fn scrolling_keeps_the_first_column() {
    let (_, text) = draw(40, 2);
    assert!(text[0].starts_with("<  CUSTOMER"), "{}", text[0]);
    assert!(text[1].contains("Promise bro") && !text[1].contains("12,500"), "{}", text[1]);
}

#[test]
fn the_cursor_row_is_reversed_without_colours() {
    let (buf, _) = draw(120, 0);
    for x in 0..120 {
        assert!(buf[(x, 1)].modifier.contains(Modifier::REVERSED), "{x}");
        assert_eq!(buf[(x, 1)].fg, ratatui::style::Color::Reset, "{x}");
    }
    let (buf, _) = draw(60, 0);
    let lit = (0..60).filter(|x| buf[(*x, 1)].modifier.contains(Modifier::REVERSED)).count();
    assert_eq!(lit, usize::from(LIT_NARROW), "a narrow row is found at a glance, and no more");
    assert!((0..60).any(|x| buf[(x, 2)].fg == ratatui::style::Color::Red));
}

#[test]
fn no_size_makes_it_fail() {
    let lines = lines();
    for width in 0..50 {
        for height in 0..6 {
            let mut buf = Buffer::empty(Rect::new(0, 0, width, height));
            for scroll in [0, 3, 99] {
                table(&lines, scroll, &["total".into()]).draw(&mut buf, Rect::new(0, 0, 50, 6));
            }
        }
    }
}
