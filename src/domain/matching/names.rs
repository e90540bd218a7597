//! Finding a customer by the payer's name: the same name once legal forms, accents and signs are brought to one form,
//! or one that resembles it. Banks cut names and people shorten them, so a likeness is only ever a hint.

use super::super::text;
use super::index::Index;
use super::keys;

/// Words that say what kind of company it is, and what they are written as here.
const LEGAL: [(&str, &str); 42] = [
    ("ltd", "ltd"),
    ("limited", "ltd"),
    ("plc", "plc"),
    ("llp", "llp"),
    ("inc", "inc"),
    ("incorporated", "inc"),
    ("corp", "corp"),
    ("corporation", "corp"),
    ("llc", "llc"),
    ("co", "co"),
    ("company", "co"),
    ("gmbh", "gmbh"),
    ("mbh", "gmbh"),
    ("ag", "ag"),
    ("kg", "kg"),
    ("ohg", "ohg"),
    ("ug", "ug"),
    ("ev", "ev"),
    ("ek", "ek"),
    ("sa", "sa"),
    ("sas", "sas"),
    ("sarl", "sarl"),
    ("sprl", "srl"),
    ("srl", "srl"),
    ("spa", "spa"),
    ("sl", "sl"),
    ("sia", "sia"),
    ("bv", "bv"),
    ("nv", "nv"),
    ("oy", "oy"),
    ("oyj", "oyj"),
    ("ab", "ab"),
    ("as", "as"),
    ("asa", "asa"),
    ("aps", "aps"),
    ("zoo", "spzoo"),
    ("sp", "spzoo"),
    ("sro", "sro"),
    ("kft", "kft"),
    ("the", ""),
    ("and", ""),
    ("und", ""),
];

/// How many customers may share the beginning of a word before it says nothing.
const COMMON: usize = 400;

/// How many customers are compared letter by letter.
const COMPARED: usize = 24;

/// The names of a book's customers, by place.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: Vec<Name>,
    whole: Index,
    beginnings: Index,
}

/// A name in one form: its words, and its legal form.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Name {
    words: Vec<Box<str>>,
    legal: String,
}

impl Name {
    fn of(written: &str) -> Name {
        let folded = text::fold(written);
        let mut name = Name::default();
        let mut letters = String::new();
        for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            // "G. m. b. H." is one word.
            if word.chars().count() == 1 {
                letters.push_str(word);
                continue;
            }
            name.push(&std::mem::take(&mut letters));
            name.push(word);
        }
        name.push(&letters);
        name
    }

    fn push(&mut self, word: &str) {
        match LEGAL.iter().find(|(written, _)| *written == word) {
            Some((_, form)) if !self.words.is_empty() => self.legal.push_str(form),
            _ if word.is_empty() => {}
            _ => self.words.push(word.into()),
        }
    }

    fn hash(&self) -> u64 {
        keys::hash(&format!("{}|{}", self.words.join(" "), self.legal))
    }
}

impl Names {
    /// The index of names; their places are their order.
    pub fn new<'a>(names: impl Iterator<Item = &'a str>) -> Names {
        let mut index = Names { names: names.map(Name::of).collect(), ..Names::default() };
        for (place, name) in index.names.iter().enumerate() {
            index.whole.add(name.hash(), place as u32);
            name.words.iter().for_each(|word| index.beginnings.add(beginning(word), place as u32));
        }
        index.whole.finish();
        index.beginnings.finish();
        index
    }

    /// The customers of exactly this name.
    pub fn same(&self, written: &str) -> Vec<u32> {
        let name = Name::of(written);
        if name.words.is_empty() {
            return Vec::new();
        }
        self.whole.get(name.hash()).filter(|place| self.names.get(*place as usize) == Some(&name)).collect()
    }

    /// The customers whose name resembles this one with a likeness of at least `least` per mille, best first, at most
    /// eight. Never above 900: only [`Names::same`] is certain.
    pub fn like(&self, written: &str, least: u16) -> Vec<(u32, u16)> {
        let name = Name::of(written);
        let mut met: Vec<u32> = Vec::new();
        for word in &name.words {
            let found: Vec<u32> = self.beginnings.get(beginning(word)).take(COMMON + 1).collect();
            if found.len() <= COMMON {
                met.extend(found);
            }
        }
        met.sort_unstable();
        let mut counted: Vec<(usize, u32)> = met.chunk_by(|a, b| a == b).map(|same| (same.len(), same[0])).collect();
        counted.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        counted.truncate(COMPARED);
        let scored = counted.into_iter().filter_map(|(_, place)| {
            let score = likeness(&name, self.names.get(place as usize)?);
            (score >= least).then_some((place, score))
        });
        let mut scored: Vec<(u32, u16)> = scored.collect();
        scored.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        scored.truncate(8);
        scored
    }
}

/// The first four letters of a word, hashed: a slip later in the word or a cut name still meets.
fn beginning(word: &str) -> u64 {
    let end = word.char_indices().nth(4).map_or(word.len(), |(at, _)| at);
    keys::hash(&word[..end])
}

/// Letters in words both names have, counted twice, of all letters; a word with a slip or cut off counts less.
fn likeness(a: &Name, b: &Name) -> u16 {
    let letters = |name: &Name| name.words.iter().map(|word| word.len()).sum::<usize>();
    let all = letters(a) + letters(b);
    if all == 0 {
        return 0;
    }
    let mut free: Vec<&str> = b.words.iter().map(|word| &**word).collect();
    let mut shared = 0;
    for word in &a.words {
        let best = free.iter().enumerate().map(|(place, other)| (word_likeness(word, other), place)).max();
        if let Some((score @ 1.., place)) = best {
            shared += score * (word.len() + free.remove(place).len());
        }
    }
    let score = (shared / all).min(1000);
    let limit = if a.legal == b.legal { 900 } else { 850 };
    score.min(limit) as u16
}

/// How much two words resemble each other, in per mille.
fn word_likeness(a: &str, b: &str) -> usize {
    let shorter = a.len().min(b.len());
    match () {
        () if a == b => 1000,
        () if shorter >= 4 && (a.starts_with(b) || b.starts_with(a)) => 850,
        () if shorter >= 5 && keys::one_slip(a, b) => 850,
        () => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_and_likeness() {
        let names =
            Names::new(["Müller Handels GmbH", "Muller Handel AG", "Acme Ltd", "The Acme Group Limited"].into_iter());
        assert_eq!(names.same("MULLER HANDELS G.m.b.H."), [0]);
        assert_eq!(names.same("Acme Limited"), [2]);
        assert_eq!(names.same("Acme Inc"), [] as [u32; 0]);
        let like = names.like("Mueller Handels", 300);
        assert!(like.iter().any(|(place, _)| *place == 0), "{like:?}");
        let acme = |written: &str| names.like(written, 300).first().copied();
        assert_eq!((acme("Acme Inc"), acme("Acme Ltd"), acme("Bcme")), (Some((2, 850)), Some((2, 900)), None));
    }
}
