//! A hash table of references that is built once and only read: eight bytes an entry, so that a million open items with
//! three references each stay small. Whoever asks verifies what it finds.

/// Entries sorted by hash, with a directory by the leading bits.
#[derive(Debug, Default)]
pub(super) struct Index {
    entries: Vec<(u32, u32)>,
    starts: Vec<u32>,
    shift: u32,
}

impl Index {
    /// Adds a row under a hash; [`Index::finish`] before asking.
    pub fn add(&mut self, hash: u64, row: u32) {
        self.entries.push((top(hash), row));
    }

    /// Sorts the entries and makes the directory.
    pub fn finish(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup();
        self.entries.shrink_to_fit();
        let bits = (usize::BITS - self.entries.len().leading_zeros()).saturating_sub(2).clamp(1, 22);
        self.shift = 32 - bits;
        self.starts = Vec::with_capacity((1 << bits) + 1);
        let mut place = 0;
        for bucket in 0..=(1_u64 << bits) {
            while self.entries.get(place).is_some_and(|entry| u64::from(entry.0 >> self.shift) < bucket) {
                place += 1;
            }
            self.starts.push(place as u32);
        }
    }

    /// The rows kept under a hash, in order. Some may be there by chance.
    pub fn get(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        let hash = top(hash);
        let bucket = (hash >> self.shift) as usize;
        let from = self.starts.get(bucket).copied().unwrap_or(0) as usize;
        let to = self.starts.get(bucket + 1).copied().unwrap_or(0) as usize;
        let entries = self.entries.get(from..to).unwrap_or(&[]);
        entries.iter().skip_while(move |entry| entry.0 < hash).take_while(move |entry| entry.0 == hash).map(|e| e.1)
    }
}

fn top(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::super::keys;
    use super::*;

    #[test]
    fn what_was_added_is_found() {
        let mut index = Index::default();
        for row in 0..1000_u32 {
            index.add(keys::hash(&row.to_string()), row);
            index.add(keys::hash(&(row / 2).to_string()), row + 5000);
        }
        index.finish();
        for row in 0..1000_u32 {
            assert!(index.get(keys::hash(&row.to_string())).any(|found| found == row), "{row}");
        }
        let found: Vec<u32> = index.get(keys::hash("7")).collect();
        assert_eq!(found, [7, 5014, 5015]);
        assert_eq!(index.get(keys::hash("absent")).count(), 0);
        let mut empty = Index::default();
        empty.finish();
        assert_eq!(empty.get(1).count() + Index::default().get(u64::MAX).count(), 0);
    }
}
