//! The few signs outside letters and digits that the workstation draws, in a Unicode and an ASCII set. Every glyph is
//! one cell wide and never of ambiguous width.

/// A set of signs for marks, cuts, borders and charts.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Cursor of the pane that has the focus.
    pub cursor: &'static str,
    /// Cursor of a pane without the focus.
    pub cursor_idle: &'static str,
    /// A marked row.
    pub mark: &'static str,
    /// Stands for what was cut off a text.
    pub cut: &'static str,
    /// Sorted upwards.
    pub up: &'static str,
    /// Sorted downwards.
    pub down: &'static str,
    /// Horizontal line.
    pub horizontal: &'static str,
    /// Vertical line.
    pub vertical: &'static str,
    /// Corners: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// A full cell of a bar, and an empty one.
    pub bar: [&'static str; 2],
    /// Fillings of the parts of a stacked bar, in order.
    pub stack: &'static [&'static str],
    /// Steps of a sparkline from low to high.
    pub spark: &'static [&'static str],
    /// Between two parts of a breadcrumb.
    pub crumb: &'static str,
}

/// Box lines, blocks and the ellipsis.
pub static UNICODE: Glyphs = Glyphs {
    cursor: ">",
    cursor_idle: "-",
    mark: "*",
    cut: "…",
    up: "^",
    down: "v",
    horizontal: "─",
    vertical: "│",
    corners: ["┌", "┐", "└", "┘"],
    bar: ["█", "░"],
    stack: &["░", "▒", "▓", "█", "▚", "▞"],
    spark: &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    crumb: " > ",
};

/// For terminals and fonts that have nothing beyond ASCII.
pub static ASCII: Glyphs = Glyphs {
    cursor: ">",
    cursor_idle: "-",
    mark: "*",
    cut: "~",
    up: "^",
    down: "v",
    horizontal: "-",
    vertical: "|",
    corners: ["+", "+", "+", "+"],
    bar: ["#", "."],
    stack: &[".", ":", "=", "+", "#", "@"],
    spark: &[".", ":", "-", "=", "+", "*", "#", "%", "@"],
    crumb: " > ",
};
