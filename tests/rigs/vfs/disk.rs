//! What a disk does to unsynced data, without SQLite: files with durable content and a list of changes nobody synced.
//! A sync makes the current content durable; a power cycle replays some of the unsynced changes over the durable part.

use std::collections::BTreeMap;

/// Smallest piece a disk writes whole.
pub const SECTOR: usize = 512;

/// File names and contents: what `snapshot` gives and `restore` takes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What goes wrong at a failing call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The device reports an error; a failing write has written its first half.
    Io,
    /// No space: writes fail after their first half, everything else works.
    Full,
}

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// The one call.
    Once,
    /// That call and all after it, until the disk is healed.
    ForEver,
}

/// What a call is about to do; decides which error a fault becomes and whether the call is a point of a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    Open,
    Read,
    Write,
    Truncate,
    Sync,
    Delete,
    Size,
    Access,
    Lock,
    Map,
}

/// How a call ends, before it has done anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Do it.
    Proceed,
    /// Power is already off: nothing happens.
    Dead,
    /// Power goes now: the change may or may not reach the platter.
    Dying,
    /// The device refuses.
    Fail(Fault),
}

enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Truncate(usize),
    Delete,
}

/// One file.
#[derive(Default)]
pub struct File {
    /// What survives any crash; `None` when the file itself was never synced.
    durable: Option<Vec<u8>>,
    /// What the running system reads.
    current: Vec<u8>,
    /// Changes since the last sync, oldest first.
    pending: Vec<Change>,
    exists: bool,
}

impl File {
    fn holding(bytes: &[u8]) -> File {
        File { durable: Some(bytes.to_vec()), current: bytes.to_vec(), pending: Vec::new(), exists: true }
    }

    /// After the crash: durable content, then as much of the pending changes as `survival` lets through.
    fn after_crash(&self, survival: Survival, rng: &mut Rng) -> Option<Vec<u8>> {
        let mut content = self.durable.clone();
        for change in &self.pending {
            let kept = match survival {
                Survival::Nothing => false,
                Survival::Everything => true,
                Survival::Writes | Survival::Sectors => rng.one_in(2),
            };
            match change {
                // A deletion that did not reach the disk leaves the old file, and nothing of a new one in its place.
                Change::Delete if !kept => return content,
                Change::Delete => content = None,
                _ if !kept => {}
                Change::Truncate(len) => content.get_or_insert_default().resize(*len, 0),
                Change::Write { at, bytes } => {
                    let content = content.get_or_insert_default();
                    if survival == Survival::Sectors {
                        put_sectors(content, *at, bytes, rng);
                    } else {
                        put(content, *at, bytes);
                    }
                }
            }
        }
        content
    }
}

/// How much of the unsynced data a power cut leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Survival {
    Nothing,
    Everything,
    Writes,
    Sectors,
}

/// The whole disk with its counters and what is set to go wrong.
#[derive(Default)]
pub struct Model {
    files: BTreeMap<String, File>,
    /// Shared memory of the write-ahead index. Boxes, so that SQLite's pointers stay good while the list grows; words,
    /// so that they are aligned. Gone when the power goes.
    shared: BTreeMap<String, Vec<Box<[u64]>>>,
    temporary: u64,
    pub open_files: usize,
    pub changes: u64,
    pub calls: u64,
    pub crash_at: Option<u64>,
    pub crashed: bool,
    pub fault: Option<(u64, Fault, Lasting)>,
    pub struck: bool,
}

impl Model {
    pub fn holding(files: &Files) -> Model {
        let files = files.iter().map(|(name, bytes)| (name.clone(), File::holding(bytes))).collect();
        Model { files, ..Model::default() }
    }

    pub fn snapshot(&self) -> Files {
        let existing = self.files.iter().filter(|(_, file)| file.exists);
        existing.map(|(name, file)| (name.clone(), file.current.clone())).collect()
    }

    /// Counts a call and says how it ends.
    pub fn begin(&mut self, call: Call) -> Verdict {
        if self.crashed {
            return Verdict::Dead;
        }
        self.calls += 1;
        if matches!(call, Call::Write | Call::Truncate | Call::Sync | Call::Delete) {
            self.changes += 1;
            if self.crash_at == Some(self.changes) {
                self.crashed = true;
                return Verdict::Dying;
            }
        }
        let Some((at, fault, lasting)) = self.fault else { return Verdict::Proceed };
        let due = if lasting == Lasting::Once { self.calls == at } else { self.calls >= at };
        let can_fail = fault == Fault::Io || call == Call::Write;
        if due && can_fail {
            self.struck = true;
            return Verdict::Fail(fault);
        }
        Verdict::Proceed
    }

    /// A name for a file SQLite wants without one; such files do not survive a power cycle.
    pub fn temporary_name(&mut self) -> String {
        self.temporary += 1;
        format!("{TEMPORARY}{}", self.temporary)
    }

    pub fn open(&mut self, name: &str) {
        self.open_files += 1;
        self.files.entry(name.to_string()).or_default().exists = true;
    }

    pub fn close(&mut self, name: &str) {
        self.open_files = self.open_files.saturating_sub(1);
        if name.starts_with(TEMPORARY) {
            self.files.remove(name);
        }
        if self.open_files == 0 {
            // The first to open a book rebuilds the write-ahead index from the log, as on a real system.
            self.shared.clear();
        }
    }

    pub fn exists(&self, name: &str) -> bool {
        self.files.get(name).is_some_and(|file| file.exists)
    }

    pub fn len(&self, name: &str) -> usize {
        self.files.get(name).map_or(0, |file| file.current.len())
    }

    /// Fills `out` from the file, the part past its end with zeros. Gives the bytes that were there.
    pub fn read(&self, name: &str, at: usize, out: &mut [u8]) -> usize {
        out.fill(0);
        let content = self.files.get(name).and_then(|file| file.current.get(at..)).unwrap_or_default();
        let there = content.len().min(out.len());
        out[..there].copy_from_slice(&content[..there]);
        there
    }

    pub fn write(&mut self, name: &str, at: usize, bytes: &[u8]) {
        let file = self.files.entry(name.to_string()).or_default();
        put(&mut file.current, at, bytes);
        file.pending.push(Change::Write { at, bytes: bytes.to_vec() });
    }

    pub fn truncate(&mut self, name: &str, len: usize) {
        let file = self.files.entry(name.to_string()).or_default();
        file.current.resize(len, 0);
        file.pending.push(Change::Truncate(len));
    }

    pub fn sync(&mut self, name: &str) {
        let file = self.files.entry(name.to_string()).or_default();
        let Some(durable) = &mut file.durable else {
            file.durable = Some(file.current.clone());
            file.pending.clear();
            return;
        };
        // What is durable already is not copied again: a log of thousands of acts is synced at each of them.
        for change in file.pending.drain(..) {
            match change {
                Change::Write { at, bytes } => put(durable, at, &bytes),
                Change::Truncate(len) => durable.resize(len, 0),
                Change::Delete => durable.clear(),
            }
        }
    }

    /// Removes a file; `synced` when the directory is synced with it, so that the file cannot come back.
    pub fn delete(&mut self, name: &str, synced: bool) {
        if synced {
            self.files.remove(name);
        } else if let Some(file) = self.files.get_mut(name) {
            file.exists = false;
            file.current.clear();
            file.pending.push(Change::Delete);
        }
    }

    /// The shared-memory region `index` of a file, made when `extend` allows.
    pub fn map(&mut self, name: &str, index: usize, size: usize, extend: bool) -> Option<*mut u64> {
        let regions = self.shared.entry(name.to_string()).or_default();
        while extend && regions.len() <= index {
            regions.push(vec![0u64; size.div_ceil(8)].into_boxed_slice());
        }
        regions.get_mut(index).map(|region| region.as_mut_ptr())
    }

    pub fn unmap(&mut self, name: &str) {
        self.shared.remove(name);
    }

    pub fn power_cycle(&mut self, seed: u64) {
        let survival = match seed % 4 {
            0 => Survival::Nothing,
            1 => Survival::Everything,
            2 => Survival::Writes,
            _ => Survival::Sectors,
        };
        let mut rng = Rng::new(seed);
        let lasting = self.files.iter().filter(|(name, _)| !name.starts_with(TEMPORARY));
        let survivors: Files =
            lasting.filter_map(|(name, file)| Some((name.clone(), file.after_crash(survival, &mut rng)?))).collect();
        *self = Model::holding(&survivors);
    }
}

const TEMPORARY: &str = "(temporary)";

fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if content.len() < at {
        content.resize(at, 0);
    }
    let inside = bytes.len().min(content.len() - at);
    content[at..at + inside].copy_from_slice(&bytes[..inside]);
    content.extend_from_slice(&bytes[inside..]);
}

/// A write of which each sector arrived, did not, or (one in twelve) holds something else.
fn put_sectors(content: &mut Vec<u8>, at: usize, bytes: &[u8], rng: &mut Rng) {
    for (index, sector) in bytes.chunks(SECTOR).enumerate() {
        let start = at + index * SECTOR;
        if !rng.one_in(3) {
            put(content, start, sector);
        } else if rng.one_in(4) {
            let garbage: Vec<u8> = sector.iter().map(|_| rng.next().to_le_bytes()[3]).collect();
            put(content, start, &garbage);
        }
    }
}

/// A small repeatable generator (xorshift64); the same seed gives the same crash.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn one_in(&mut self, n: u64) -> bool {
        (self.next() >> 20).is_multiple_of(n)
    }
}
