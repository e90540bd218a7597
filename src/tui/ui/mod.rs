//! Drawing from plain data: tables, bars, sparklines, text in terminal cells, themes and glyphs. Nothing here knows
//! what a customer is; it knows columns, cells and roles of colour.

pub mod bars;
pub mod glyphs;
pub mod layout;
pub mod paint;
pub mod spark;
pub mod table;
pub mod text;
pub mod theme;
pub mod theme_file;
pub mod width;
