//! A disk in memory for SQLite that can lose power at any write, sync, truncation or deletion, or fail at any call.
//! `disk` is the model (plain safe Rust), `glue` the callbacks SQLite makes, and this file what a test says to it.
//! Locks are no-ops: one connection at a time, which is what makes every run repeatable.

mod disk;
mod glue;

#[allow(unused_imports, reason = "every test binary uses its own part of the rigs")]
pub use disk::{Fault, Files, Lasting, Rng};

use disk::Model;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A simulated disk, known to SQLite as a VFS under its name. Cheap to copy; lives as long as the process.
#[derive(Clone, Copy)]
pub struct Disk {
    name: &'static str,
    model: &'static Mutex<Model>,
}

impl Disk {
    /// Makes an empty disk and registers it under `name`: open with `open_with_flags_and_vfs`, or `file:book?vfs=name`.
    pub fn register(name: &str) -> Disk {
        Disk::registered(name, false)
    }

    /// As `register`, and becomes the VFS of every connection of this process that does not ask for another. For code
    /// that opens its own connections and takes no VFS name.
    pub fn register_as_default(name: &str) -> Disk {
        Disk::registered(name, true)
    }

    fn registered(name: &str, default: bool) -> Disk {
        let model: &'static Mutex<Model> = Box::leak(Box::default());
        let name: &'static str = Box::leak(name.to_string().into_boxed_str());
        glue::register(name, model, default);
        Disk { name, model }
    }

    /// The VFS name SQLite knows this disk by.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// An empty disk, powered on, counters at zero.
    pub fn reset(&self) {
        *self.idle() = Model::default();
    }

    /// Changes (writes, truncations, syncs, deletions) since the last `reset` or `restore`: the points of a crash.
    pub fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// Calls of every kind since the last `reset` or `restore`: the points of an I/O fault.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// The power goes at change `n` (1 is the next one after `reset`/`restore`); that change is the first to fail.
    pub fn crash_at(&self, n: u64) {
        self.lock().crash_at = Some(n);
    }

    /// Whether the power is off.
    pub fn crashed(&self) -> bool {
        self.lock().crashed
    }

    /// Call `n` fails, and with `Lasting::ForEver` every call after it that can fail this way.
    pub fn fail_at(&self, n: u64, fault: Fault, lasting: Lasting) {
        self.lock().fault = Some((n, fault, lasting));
    }

    /// Whether the fault set with `fail_at` has struck.
    pub fn failed(&self) -> bool {
        self.lock().struck
    }

    /// The fault is repaired and no crash is pending: files as the process left them.
    pub fn heal(&self) {
        let mut model = self.idle();
        model.fault = None;
        model.crash_at = None;
    }

    /// The power comes back. What was synced is there; what was not survives as `seed % 4` says: 0 nothing of it,
    /// 1 all of it, 2 a random part of the writes, 3 random 512-byte sectors, some of them garbage.
    pub fn power_cycle(&self, seed: u64) {
        self.idle().power_cycle(seed);
    }

    /// The files as the running system sees them.
    pub fn snapshot(&self) -> Files {
        self.lock().snapshot()
    }

    /// A disk with exactly these files, all of it synced, counters at zero.
    pub fn restore(&self, files: &Files) {
        *self.idle() = Model::holding(files);
    }

    fn lock(&self) -> MutexGuard<'static, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The model, when no connection has a file open: replacing it under one would leave dangling shared memory.
    fn idle(&self) -> MutexGuard<'static, Model> {
        let model = self.lock();
        assert_eq!(model.open_files, 0, "close the connections before touching the disk {}", self.name);
        model
    }
}
