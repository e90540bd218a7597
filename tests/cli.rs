//! The real program by its verbs: real files in, what it says and its exit code out. Every expected figure comes from a
//! calculation of its own, straight from the file.

#[path = "cli/authority.rs"]
mod authority;
#[path = "cli/broken.rs"]
mod broken;
#[path = "cli/careless.rs"]
mod careless;
#[path = "cli/dunning.rs"]
mod dunning;
#[path = "cli/hledger.rs"]
mod hledger;
#[path = "cli/layouts.rs"]
mod layouts;
#[path = "cli/rig.rs"]
mod rig;
#[path = "cli/verbs.rs"]
mod verbs;
