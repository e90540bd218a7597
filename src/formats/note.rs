//! Signed notes: a head of the audit chain with a signature, as text that is kept outside the book. The form is that of
//! transparency logs (C2SP `signed-note` and `tlog-checkpoint`), so that other programs can verify it too: origin, number
//! of acts, hash of the last one, an empty line, and one line a signature.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use sha2::{Digest, Sha256};

/// What is said of a book at a moment: so many acts, the last of which has this hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which book: `o2c/` and the hash of its first act.
    pub origin: String,
    /// Number of acts.
    pub acts: i64,
    /// Hash of the last act.
    pub hash: [u8; 32],
    /// Further lines, such as when it was sealed.
    pub more: Vec<String>,
}

/// A key that seals. Its text is kept where the people of the book cannot read it.
pub struct SealKey {
    name: String,
    key: SigningKey,
}

/// The key that verifies what a [`SealKey`] sealed; no secret.
#[derive(Debug, Clone)]
pub struct CheckKey {
    name: String,
    key: VerifyingKey,
}

/// The kind of a key in its text form: Ed25519.
const ED25519: u8 = 1;

/// The four bytes that tell keys of one name apart: the start of `SHA-256(name, line feed, kind, key)`.
fn fingerprint(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let mut hasher = Sha256::new();
    hasher.update(name.as_bytes());
    hasher.update([b'\n', ED25519]);
    hasher.update(key.as_bytes());
    let digest = hasher.finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

fn hex(bytes: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(bytes))
}

/// A key's bytes behind its kind, from the last part of its text.
fn key_bytes(encoded: &str) -> Option<[u8; 32]> {
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let (kind, key) = bytes.split_first()?;
    if *kind == ED25519 { key.try_into().ok() } else { None }
}

impl SealKey {
    /// A key of this name from 32 random bytes. Names hold no blanks and no `+`.
    pub fn new(name: &str, seed: [u8; 32]) -> Option<SealKey> {
        let fits = !name.is_empty() && !name.contains(|letter: char| letter.is_whitespace() || letter == '+');
        fits.then(|| SealKey { name: name.to_owned(), key: SigningKey::from_bytes(&seed) })
    }

    /// Reads `PRIVATE+KEY+name+fingerprint+base64`.
    pub fn parse(text: &str) -> Option<SealKey> {
        let (name, rest) = text.trim().strip_prefix("PRIVATE+KEY+")?.split_once('+')?;
        let (mark, encoded) = rest.split_once('+')?;
        let key = SealKey { name: name.to_owned(), key: SigningKey::from_bytes(&key_bytes(encoded)?) };
        (hex(fingerprint(name, &key.key.verifying_key())) == mark).then_some(key)
    }

    /// The secret text.
    pub fn secret(&self) -> String {
        let mut bytes = vec![ED25519];
        bytes.extend(self.key.to_bytes());
        let mark = hex(fingerprint(&self.name, &self.key.verifying_key()));
        format!("PRIVATE+KEY+{}+{mark}+{}", self.name, STANDARD.encode(bytes))
    }

    /// The key that verifies.
    pub fn check_key(&self) -> CheckKey {
        CheckKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The sealed note of a head.
    pub fn seal(&self, head: &Head) -> String {
        let text = body(head);
        let mut signed = fingerprint(&self.name, &self.key.verifying_key()).to_vec();
        signed.extend(self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n\u{2014} {} {}\n", self.name, STANDARD.encode(signed))
    }
}

impl CheckKey {
    /// Reads `name+fingerprint+base64`.
    pub fn parse(text: &str) -> Option<CheckKey> {
        let (name, rest) = text.trim().split_once('+')?;
        let (mark, encoded) = rest.split_once('+')?;
        let key = VerifyingKey::from_bytes(&key_bytes(encoded)?).ok()?;
        (hex(fingerprint(name, &key)) == mark).then(|| CheckKey { name: name.to_owned(), key })
    }

    /// The text to give away.
    pub fn text(&self) -> String {
        let mut bytes = vec![ED25519];
        bytes.extend(self.key.as_bytes());
        format!("{}+{}+{}", self.name, hex(fingerprint(&self.name, &self.key)), STANDARD.encode(bytes))
    }
}

fn body(head: &Head) -> String {
    let mut text = format!("{}\n{}\n{}\n", head.origin, head.acts, STANDARD.encode(head.hash));
    for line in &head.more {
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// What is wrong with a note.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is not a note of a chain's head.
    #[error("line {0} is not what a sealed head has there")]
    Form(usize),
    /// No signature of this key.
    #[error("it has no signature of the key given")]
    Unsigned,
    /// The signature is of another text.
    #[error("its signature does not fit its text")]
    Forged,
}

/// Reads the head of a note without asking who sealed it.
pub fn read(text: &str) -> Result<Head, NoteError> {
    let (body, _) = text.split_once("\n\n").ok_or(NoteError::Form(text.lines().count() + 1))?;
    let mut lines = body.lines();
    let origin = lines.next().filter(|line| !line.trim().is_empty()).ok_or(NoteError::Form(1))?.to_owned();
    let acts = lines.next().and_then(|line| line.parse().ok()).filter(|acts| *acts >= 0).ok_or(NoteError::Form(2))?;
    let hash = lines.next().and_then(|line| STANDARD.decode(line).ok()).and_then(|bytes| bytes.try_into().ok());
    Ok(Head { origin, acts, hash: hash.ok_or(NoteError::Form(3))?, more: lines.map(str::to_owned).collect() })
}

/// Reads a note and verifies that this key sealed it.
pub fn verify(text: &str, key: &CheckKey) -> Result<Head, NoteError> {
    let head = read(text)?;
    let (body, signatures) = text.split_once("\n\n").ok_or(NoteError::Unsigned)?;
    let mine = |line: &str| -> Option<Signature> {
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.rsplit_once(' ')?;
        let bytes = STANDARD.decode(encoded).ok()?;
        let (mark, signature) = bytes.split_at_checked(4)?;
        let fits = name == key.name && mark == fingerprint(&key.name, &key.key);
        fits.then(|| Signature::from_slice(signature).ok()).flatten()
    };
    let signature = signatures.lines().find_map(mine).ok_or(NoteError::Unsigned)?;
    key.key.verify(format!("{body}\n").as_bytes(), &signature).map_err(|_| NoteError::Forged)?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        Head { origin: "o2c/abc".into(), acts: 12, hash: [9; 32], more: vec!["sealed 2026-03-16T12:00:00Z".into()] }
    }

    #[test]
    fn what_was_sealed_is_verified_and_anything_else_is_not() {
        let seal = SealKey::parse(&SealKey::new("nordwind", [7; 32]).unwrap().secret()).unwrap();
        let check = CheckKey::parse(&seal.check_key().text()).unwrap();
        let note = seal.seal(&head());
        assert_eq!(verify(&note, &check), Ok(head()));
        assert_eq!(verify(&note.replace("\n12\n", "\n13\n"), &check), Err(NoteError::Forged));
        let other = SealKey::new("nordwind", [8; 32]).unwrap();
        assert_eq!(verify(&note, &other.check_key()), Err(NoteError::Unsigned));
        for (cut, line) in [("", 1), ("o2c/abc\n", 2), ("o2c/abc\nx\nAAAA\n\n", 2), ("o2c/abc\n1\nAAAA\n\n", 3)] {
            assert_eq!(read(cut), Err(NoteError::Form(line)), "{cut:?}");
        }
    }

    /// A verifier key that another program of this form made: its fingerprint is reckoned in the same way.
    #[test]
    fn a_key_of_another_program_is_read() {
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert_eq!(CheckKey::parse(text).unwrap().text(), text);
        assert!(CheckKey::parse(&text.replace("c74f20a3", "c74f20a4")).is_none());
    }
}
