//! A terminal screen as an SVG picture: the cells a terminal emulator holds, drawn in DejaVu Sans Mono with nothing
//! retouched. The cell is exactly as wide as the font's letters and as high as its boxes, so lines join.

use std::fmt::Write;

/// Letter size in pixels; the cell follows from it.
const FONT: f64 = 14.0;
/// Advance of DejaVu Sans Mono at that size.
const WIDTH: f64 = 8.43;
/// Height of its box-drawing letters: more leaves gaps between lines, less lets them overlap.
const HEIGHT: f64 = 16.3;
/// From the top of a cell to the line the letters stand on.
const BASELINE: f64 = 13.0;

const BACKGROUND: &str = "#1d2021";
const FOREGROUND: &str = "#ebdbb2";
/// What the sixteen named colours look like: dark eight, then bright eight.
const PALETTE: [&str; 16] = [
    "#1d2021", "#cc241d", "#98971a", "#d79921", "#458588", "#b16286", "#689d6a", "#a89984", "#928374", "#fb4934",
    "#b8bb26", "#fabd2f", "#83a598", "#d3869b", "#8ec07c", "#ebdbb2",
];

/// How a cell looks. Neighbours that look the same are drawn as one piece of text.
#[derive(Clone, PartialEq, Eq)]
struct Look {
    ink: String,
    paper: String,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
}

impl Look {
    fn of(cell: &vt100::Cell) -> Look {
        let (mut ink, mut paper) = (colour(cell.fgcolor(), FOREGROUND), colour(cell.bgcolor(), BACKGROUND));
        if cell.inverse() {
            std::mem::swap(&mut ink, &mut paper);
        }
        let (bold, dim) = (cell.bold(), cell.dim());
        Look { ink, paper, bold, dim, italic: cell.italic(), underline: cell.underline() }
    }
}

/// Letters side by side that look the same.
struct Run {
    col: u16,
    cells: u16,
    text: String,
    look: Look,
    /// Whether the next cell may join: only letters of which the font surely has its own, all equally wide.
    open: bool,
}

/// The picture of a screen.
pub fn picture(screen: &vt100::Screen) -> String {
    let (rows, cols) = screen.size();
    let (width, height) = (f64::from(cols) * WIDTH, f64::from(rows) * HEIGHT);
    let mut svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.2} {height:.2}' width='{width:.0}' \
         height='{height:.0}' font-family='DejaVu Sans Mono, Noto Sans Mono CJK JP, Noto Sans Thai, monospace' font-size='{FONT}' xml:space='preserve'>\n\
         <rect width='100%' height='100%' fill='{BACKGROUND}'/>\n"
    );
    for row in 0..rows {
        let runs = runs(screen, row, cols);
        for run in &runs {
            paper(&mut svg, row, run);
        }
        for run in &runs {
            ink(&mut svg, row, run);
        }
    }
    if !screen.hide_cursor() {
        let (row, col) = screen.cursor_position();
        let (x, y) = (f64::from(col) * WIDTH, f64::from(row) * HEIGHT + HEIGHT - 2.0);
        put(&mut svg, format_args!("<rect x='{x:.2}' y='{y:.2}' width='{WIDTH}' height='2' fill='{FOREGROUND}'/>\n"));
    }
    svg + "</svg>\n"
}

fn runs(screen: &vt100::Screen, row: u16, cols: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for col in 0..cols {
        let Some(cell) = screen.cell(row, col).filter(|cell| !cell.is_wide_continuation()) else { continue };
        let look = Look::of(cell);
        let text = if cell.has_contents() { cell.contents() } else { " " };
        let open = !cell.is_wide() && text.chars().all(in_font);
        match runs.last_mut() {
            Some(run) if run.open && open && run.look == look => {
                run.text.push_str(text);
                run.cells += 1;
            }
            _ => {
                let cells = if cell.is_wide() { 2 } else { 1 };
                runs.push(Run { col, cells, text: text.to_string(), look, open });
            }
        }
    }
    runs
}

fn paper(svg: &mut String, row: u16, run: &Run) {
    if run.look.paper == BACKGROUND {
        return;
    }
    // A hair wider, or neighbours show a seam.
    let (x, y, width) = (f64::from(run.col) * WIDTH, f64::from(row) * HEIGHT, f64::from(run.cells) * WIDTH + 0.05);
    put(
        svg,
        format_args!(
            "<rect x='{x:.2}' y='{y:.2}' width='{width:.2}' height='{HEIGHT}' fill='{}' \
             shape-rendering='crispEdges'/>\n",
            run.look.paper
        ),
    );
}

fn ink(svg: &mut String, row: u16, run: &Run) {
    let text = run.text.trim_end();
    if text.trim_start().is_empty() && !run.look.underline {
        return;
    }
    let blanks = text.chars().take_while(|letter| *letter == ' ').count();
    let text = if run.look.underline { run.text.as_str() } else { text.trim_start() };
    let blanks = if run.look.underline { 0 } else { blanks };
    let cells = if run.open { text.chars().count() } else { usize::from(run.cells) };
    let x = (f64::from(run.col) + blanks as f64) * WIDTH;
    let y = f64::from(row) * HEIGHT + BASELINE;
    let length = if run.open { format!(" textLength='{:.2}'", cells as f64 * WIDTH) } else { String::new() };
    let styles = [
        (run.look.bold, " font-weight='bold'"),
        (run.look.dim, " opacity='.6'"),
        (run.look.italic, " font-style='italic'"),
        (run.look.underline, " text-decoration='underline'"),
    ];
    let style: String = styles.iter().filter(|(on, _)| *on).map(|(_, style)| *style).collect();
    let (fill, text) = (&run.look.ink, escaped(text));
    put(svg, format_args!("<text x='{x:.2}' y='{y:.2}' fill='{fill}'{length}{style}>{text}</text>\n"));
}

fn put(svg: &mut String, piece: std::fmt::Arguments<'_>) {
    svg.write_fmt(piece).expect("a string takes any text");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// ASCII, Latin-1, Latin Extended-A, boxes and blocks: in the font, one cell wide.
fn in_font(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{17f}' | '\u{2500}'..='\u{259f}')
}

fn colour(colour: vt100::Color, default: &str) -> String {
    match colour {
        vt100::Color::Default => default.to_string(),
        vt100::Color::Idx(index) if index < 16 => PALETTE[usize::from(index)].to_string(),
        vt100::Color::Idx(index) if index < 232 => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
            let cube = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        vt100::Color::Idx(index) => {
            let grey = 8 + (index - 232) * 10;
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}
