//! Arguments of the verbs that take little: a rate, a target, completions.

use chrono::NaiveDate;
use clap::Args as ClapArgs;

use super::args::{Change, currency, iso_date};
use crate::domain::money::Currency;

/// Arguments of `rate`.
#[derive(Debug, ClapArgs)]
pub struct Rate {
    /// The foreign currency
    #[arg(value_parser = currency)]
    pub currency: Currency,
    /// Units of the book's currency for one of the foreign
    pub rate: String,
    /// First day it counts for [default: today]
    #[arg(long, value_name = "DATE", value_parser = iso_date)]
    pub from: Option<NaiveDate>,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `target`.
#[derive(Debug, ClapArgs)]
pub struct Target {
    /// Short name of the KPI, `dso`
    pub kpi: String,
    /// The target
    pub value: String,
    /// How the change is made
    #[command(flatten)]
    pub change: Change,
}

/// Arguments of `completions`.
#[derive(Debug, ClapArgs)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
