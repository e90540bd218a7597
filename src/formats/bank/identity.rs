//! Which entry is which: a key inside its statement, a content key that finds the same entry in another file or
//! message, and a likeness for entries without references that are only perhaps the same.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::facts::{Facts, RefKind};
use super::statement::{Entry, Statement};

/// A mark.
pub type Mark = [u8; 16];

/// What an entry is known by: three marks of sixteen bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// Account, statement, reference, amount, value date, and which one among equals: unique in the book.
    pub key: Mark,
    /// The same without the statement: an entry of a report, of its statement and of a notification share it. `None`
    /// for entries without a reference that outlives the file.
    pub content: Option<Mark>,
    /// Account, amount and day alone, and which one among equals: whoever shares it deserves a look.
    pub likeness: Mark,
    /// Which one among equals of its file, from 1.
    pub ordinal: u32,
}

/// Tells entries apart, in the order of one file; equals are counted, so that two equal entries stay two.
#[derive(Default)]
pub struct Teller {
    keys: HashMap<Mark, u32>,
    contents: HashMap<Mark, u32>,
    likes: HashMap<Mark, u32>,
}

impl Teller {
    /// The identity of the next entry of the file.
    pub fn tell(&mut self, statement: &Statement, entry: &Entry) -> Identity {
        self.tell_for(statement.account.number(), statement, entry)
    }

    /// The same under the number the account goes by in the book, so that an entry is the same whichever of its
    /// account's numbers a format writes.
    pub fn tell_for(&mut self, account: &str, statement: &Statement, entry: &Entry) -> Identity {
        let minor = entry.amount.minor.to_string();
        let day = entry.day().map(|day| day.to_string()).unwrap_or_default();
        let common = [account, entry.amount.unit.code(), &minor, &day];
        let page = statement.page.map(|page| page.to_string()).unwrap_or_default();
        let number = statement.number.as_deref().unwrap_or_default();
        let reference = entry_reference(&entry.facts).unwrap_or_default();
        let own = [&common[..], &[&statement.id, number, &page, reference]].concat();
        let (key, ordinal) = count(&mut self.keys, "entry", &own);
        let content = lasting_reference(&entry.facts).map(|lasting| {
            let parts = [&common[..], &[lasting]].concat();
            count(&mut self.contents, "content", &parts).0
        });
        // Where the bank dates no entries, equal amounts of different statements are not alike.
        let dated = entry.day().or(statement.to).map(|day| day.to_string()).unwrap_or_default();
        let (likeness, _) = count(&mut self.likes, "likeness", &[account, entry.amount.unit.code(), &minor, &dated]);
        Identity { key, content, likeness, ordinal }
    }
}

/// The reference that tells an entry of one statement from the others.
fn entry_reference(facts: &Facts) -> Option<&str> {
    let kinds = [RefKind::Servicer, RefKind::Entry, RefKind::Transaction, RefKind::EndToEnd, RefKind::Owner];
    kinds.iter().find_map(|kind| facts.reference(*kind))
}

/// The reference an entry keeps in every message about it. The entry reference is only of its statement; an end-to-end
/// id is the payer's and need not be unique, but with amount and day it is as good as there is.
fn lasting_reference(facts: &Facts) -> Option<&str> {
    let kinds = [RefKind::Servicer, RefKind::Unique, RefKind::Transaction, RefKind::EndToEnd, RefKind::Cheque];
    kinds.iter().find_map(|kind| facts.reference(*kind))
}

/// The key of these parts and of how often they came before.
fn count(seen: &mut HashMap<Mark, u32>, area: &str, parts: &[&str]) -> (Mark, u32) {
    let all = digest(area, parts);
    let times = seen.entry(ended(all.clone(), 0)).or_default();
    *times += 1;
    (ended(all, *times), *times)
}

/// Parts with their lengths, so that no separator can move between them.
fn digest(area: &str, parts: &[&str]) -> Sha256 {
    let mut hash = Sha256::new();
    hash.update(area.as_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash
}

fn ended(mut hash: Sha256, ordinal: u32) -> Mark {
    hash.update(ordinal.to_be_bytes());
    let whole = hash.finalize();
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    half
}
