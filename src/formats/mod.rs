//! Bytes of foreign files to rows the book understands, and rows back to bytes. No clock, no SQL.
