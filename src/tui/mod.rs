//! The workstation. `app` turns messages into state and effects, `screens` are one file each, `ui` draws plain data,
//! `term` is the impure shell around them.

pub mod app;
mod bank_file;
mod presence;
pub mod screens;
mod sending;
pub mod session;
pub mod term;
pub mod ui;
