//! `:86:`, the text about an entry: German sub-fields (`?20` to `?63`, any separator), code words between slashes as in
//! the Netherlands, `:NS:` lines, or plain lines. SEPA words inside become references.

use super::super::facts::{Facts, RefKind, Returned, is_placeholder};
use super::super::statement::Entry;

/// How long a sub-field is when its text goes on in the next one.
const FULL: usize = 27;

/// SEPA words inside the purpose of a payment.
const WORDS: [&str; 18] = [
    "EREF+", "KREF+", "MREF+", "CRED+", "DEBT+", "COAM+", "OAMT+", "SVWZ+", "ABWA+", "ABWE+", "IBAN+", "BIC+", "PURP+",
    "RREF+", "BREF+", "RETR+", "TAN1+", "ANAM+",
];

/// Words between slashes.
const SLASHED: [&str; 24] = [
    "TRTP", "IBAN", "BIC", "NAME", "REMI", "EREF", "MARF", "CSID", "ORDP", "BENM", "ISDT", "RTRN", "SVCL", "PREF",
    "KREF", "ULTC", "ULTD", "ULTB", "PURP", "ACCW", "ADDR", "BOOK", "CNTP", "RREF",
];

/// Reads the lines of a `:86:` into the facts of its entry.
pub(super) fn read(lines: &[&str], entry: &mut Entry) {
    // Structured texts are wrapped at any place, so that their lines are put together as they stand.
    let joined: String = lines.iter().flat_map(|line| line.chars()).filter(|sign| !sign.is_control()).collect();
    let text = joined.trim();
    if let Some((code, separator)) = german(text) {
        entry.code.proprietary = Some(code.to_owned());
        entry.code.issuer = Some("GVC".to_owned());
        sub_fields(&text[code.len()..], separator, entry);
        return;
    }
    if text.starts_with('/') && text[1..].split('/').next().is_some_and(|word| SLASHED.contains(&word)) {
        slashed(text, &mut entry.facts);
        return;
    }
    let plain = lines.iter().map(|line| line.trim()).filter(|line| !is_placeholder(line));
    entry.facts.lines.extend(plain.map(str::to_owned));
}

/// Three digits and a sign before two more digits: the German form, and its separator.
fn german(text: &str) -> Option<(&str, char)> {
    let code = text.get(..3).filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?;
    let separator = text[3..].chars().next().filter(|sign| sign.is_ascii_punctuation())?;
    let next = text.get(3 + separator.len_utf8()..)?.get(..2)?;
    next.bytes().all(|byte| byte.is_ascii_digit()).then_some((code, separator))
}

fn sub_fields(text: &str, separator: char, entry: &mut Entry) {
    // More purpose comes in 60 to 63; banks also put other things there, so that it does not go on with the first.
    let (mut purpose, mut more): (Vec<&str>, Vec<&str>) = Default::default();
    let (mut name, mut ultimate) = (String::new(), String::new());
    let facts = &mut entry.facts;
    let mut parts: Vec<(&str, String)> = Vec::new();
    for part in text.split(separator).skip(1) {
        match part.split_at_checked(2).filter(|(key, _)| key.bytes().all(|byte| byte.is_ascii_digit())) {
            Some((key, value)) => parts.push((key, value.to_owned())),
            // The separator stands in the text itself.
            None => match parts.last_mut() {
                Some((_, value)) => {
                    value.push(separator);
                    value.push_str(part);
                }
                None => parts.push(("20", part.to_owned())),
            },
        }
    }
    for (key, value) in &parts {
        let bare = value.trim();
        match *key {
            "00" => facts.text = Some(bare.to_owned()).filter(|text| !text.is_empty()),
            "10" => {
                // The bank's own running number of the day: no reference that outlives the file.
            }
            key if ("20"..="29").contains(&key) => purpose.push(value),
            key if ("60"..="63").contains(&key) => more.push(value),
            "30" => facts.party.bank = Some(bare.to_owned()).filter(|text| !text.is_empty()),
            "31" => facts.party.account = Some(bare.to_owned()).filter(|text| !text.is_empty()),
            // Poland gives the full number here.
            "38" if bare.len() >= 15 => facts.party.account = Some(bare.to_owned()),
            "32" | "33" => name.push_str(value),
            "34" => {
                // 9xx are the reasons of SEPA returns.
                let reason = bare.get(..3).filter(|code| *code >= "901" && *code <= "918" && bare.len() == 3);
                facts.returned = reason.map(|code| Returned { code: Some(code.to_owned()), text: None });
            }
            "70" | "71" => ultimate.push_str(value),
            _ => {}
        }
    }
    if !name.trim().is_empty() {
        facts.party.name = Some(name.trim().to_owned());
    }
    if !ultimate.trim().is_empty() {
        facts.party.ultimate = Some(ultimate.trim().to_owned());
    }
    words(&purpose, facts);
    words(&more, facts);
}

/// Takes the purpose apart at its SEPA words; without any it is text.
fn words(purpose: &[&str], facts: &mut Facts) {
    let mut text = String::new();
    for part in purpose {
        let word = WORDS.iter().any(|word| part.starts_with(word));
        // A part that is not full ends a line, unless its blank was written.
        let short = !text.is_empty() && !text.ends_with(' ') && last_len(&text) < FULL;
        if !text.is_empty() && (word || short) {
            text.push('\n');
        } else if !text.is_empty() {
            text.push('\u{1F}');
        }
        text.push_str(part);
    }
    let mut pieces: Vec<(&str, &str)> = Vec::new();
    let mut starts: Vec<(usize, &str)> = Vec::new();
    for (at, _) in text.char_indices() {
        let free = at == 0 || text[..at].ends_with([' ', '\n', '\u{1F}']);
        if let Some(word) = WORDS.iter().find(|word| free && text[at..].starts_with(**word)) {
            starts.push((at, word));
        }
    }
    let first = starts.first().map_or(text.len(), |(at, _)| *at);
    pieces.push(("SVWZ+", &text[..first]));
    for (place, (at, word)) in starts.iter().enumerate() {
        let end = starts.get(place + 1).map_or(text.len(), |(next, _)| *next);
        pieces.push((word, &text[at + word.len()..end]));
    }
    for (word, piece) in pieces {
        take_word(word, piece, facts);
    }
}

/// How long the last sub-field in the text is.
fn last_len(text: &str) -> usize {
    text.rsplit(['\n', '\u{1F}']).next().map_or(0, |last| last.chars().count())
}

fn take_word(word: &str, piece: &str, facts: &mut Facts) {
    // Inside a reference every break is one of the form.
    let solid: String = piece.chars().filter(|sign| !matches!(sign, '\n' | '\u{1F}')).collect();
    let lines = || piece.split('\n').map(|line| line.replace('\u{1F}', "").trim().to_owned());
    let owned = || Some(solid.trim().to_owned()).filter(|text| !text.is_empty());
    match word {
        "EREF+" => facts.add_reference(RefKind::EndToEnd, &solid),
        "KREF+" => facts.add_reference(RefKind::Instruction, &solid),
        "MREF+" => facts.add_reference(RefKind::Mandate, &solid),
        "CRED+" => facts.add_reference(RefKind::CreditorId, &solid),
        "BREF+" => facts.add_reference(RefKind::Other, &solid),
        "IBAN+" if facts.party.account.is_none() => facts.party.account = owned(),
        "BIC+" if facts.party.bank.is_none() => facts.party.bank = owned(),
        "ABWA+" | "ABWE+" => facts.party.ultimate = owned(),
        "PURP+" => facts.purpose = owned(),
        "RETR+" => facts.returned = Some(Returned { code: owned(), text: None }),
        "SVWZ+" => facts.lines.extend(lines().filter(|line| !is_placeholder(line))),
        _ => {}
    }
}

/// `/TRTP/SEPA OVERBOEKING/IBAN/NL…/REMI/…`
fn slashed(text: &str, facts: &mut Facts) {
    let mut starts: Vec<(usize, &str)> = Vec::new();
    for (at, _) in text.match_indices('/') {
        let word = text[at + 1..].split('/').next().unwrap_or("");
        if SLASHED.contains(&word) {
            starts.push((at, word));
        }
    }
    for (place, (at, word)) in starts.iter().enumerate() {
        let from = at + word.len() + 2;
        let end = starts.get(place + 1).map_or(text.len(), |(next, _)| *next);
        let value = text.get(from..end.max(from)).unwrap_or("").trim().trim_matches('/');
        let owned = Some(value.trim().to_owned()).filter(|text| !text.is_empty());
        match *word {
            "TRTP" => facts.text = owned,
            "IBAN" | "ACCW" => facts.party.account = owned,
            "BIC" => facts.party.bank = owned,
            "NAME" => facts.party.name = owned,
            "REMI" => facts.lines.extend(owned.filter(|text| !is_placeholder(text))),
            "EREF" => facts.add_reference(RefKind::EndToEnd, value),
            "PREF" | "KREF" => facts.add_reference(RefKind::Instruction, value),
            "MARF" => facts.add_reference(RefKind::Mandate, value),
            "CSID" => facts.add_reference(RefKind::CreditorId, value),
            "RTRN" => facts.returned = Some(Returned { code: owned, text: None }),
            "PURP" => facts.purpose = owned,
            "ADDR" => facts.party.address.extend(owned),
            "ULTC" | "ULTD" | "ULTB" => facts.party.ultimate = owned,
            _ => {}
        }
    }
}

/// `:NS:` lines: two digits and text, 01 to 14 purpose, 15 and 16 name, 33 and 34 bank and account.
pub(super) fn own_lines(lines: &[&str], entry: &mut Entry) {
    let facts = &mut entry.facts;
    let mut name = String::new();
    for line in lines {
        let (key, value) = line.split_at_checked(2).unwrap_or(("", line));
        let value = value.trim();
        match key {
            key if ("01"..="14").contains(&key) && !is_placeholder(value) => facts.lines.push(value.to_owned()),
            "15" | "16" => name.push_str(value),
            "17" => facts.text = Some(value.to_owned()),
            "18" => entry.code.proprietary = Some(value.to_owned()),
            "33" => facts.party.bank = Some(value.to_owned()),
            "34" => facts.party.account = Some(value.to_owned()),
            _ => {}
        }
    }
    if !name.is_empty() {
        facts.party.name = Some(name);
    }
}
