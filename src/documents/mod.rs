//! Letters: what a document contains as plain values, the templates people can edit, and the pages made of both, as text
//! and as HTML. Nothing here reads a book, a clock or a file; the templates that come with the program are part of it.
//!
//! A [`letter::Letter`] and a [`template::Template`] make a [`page::Page`]: a subject and blocks. Tables are drawn by the
//! program, so that a person who edits a text cannot break an amount; [`scan`] refuses, before anything is rendered,
//! what a template may not do.

pub mod draft;
pub mod form;
pub mod html;
pub mod iban;
pub mod letter;
pub mod library;
pub mod page;
pub mod paper;
pub mod reminder;
pub mod sample;
pub mod scan;
pub mod schema;
pub mod template;
mod values;
pub mod words;
