//! Rigs shared by the tests: a disk that loses power, a terminal to drive the binary in, pictures of that terminal.
//! A rig knows nothing of receivables; each test binary includes this module and uses the parts it needs.
#![allow(dead_code, reason = "every test binary uses its own part of the rigs")]

pub mod book;
pub mod fixture;
pub mod journey;
pub mod procs;
pub mod pty;
pub mod source;
pub mod svg;
pub mod sweep;
pub mod vfs;
