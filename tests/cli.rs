//! The real program by its verbs: real files in, what it says and its exit code out. Every expected figure comes from a
//! calculation of its own, straight from the file.

#[path = "cli/authority.rs"]
mod authority;
#[path = "cli/broken.rs"]
mod broken;
#[path = "cli/careless.rs"]
mod careless;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/daily.rs"]
mod daily;
#[path = "cli/dunning.rs"]
mod dunning;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/hledger.rs"]
mod hledger;
#[path = "cli/layouts.rs"]
mod layouts;
#[path = "cli/no_rate.rs"]
mod no_rate;
#[path = "cli/paper.rs"]
mod paper;
#[path = "cli/plans.rs"]
mod plans;
#[path = "cli/policy_try.rs"]
mod policy_try;
#[path = "cli/refused.rs"]
mod refused;
#[path = "cli/rig.rs"]
mod rig;
#[path = "mail/server.rs"]
#[allow(dead_code, reason = "the suites of mail use the rest of it")]
mod server;
#[path = "cli/verbs.rs"]
mod verbs;
