//! Drawing from plain data: tables, bars, sparklines, text in terminal cells, themes and glyphs. Nothing here knows
//! what a customer is; it knows columns, cells and roles of colour.

pub mod glyphs;
pub mod theme;
