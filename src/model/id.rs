//! Names of things that do not depend on when or where they were seen: content hashes, keys and public ids.

use std::fmt;

/// BLAKE3 of some content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Starts a hash of content that comes in pieces.
    pub fn hasher() -> ContentHasher {
        ContentHasher(blake3::Hasher::new())
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// 64 lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }

    pub fn from_hex(hex: &str) -> Option<Self> {
        blake3::Hash::from_hex(hex).ok().map(|hash| Self(*hash.as_bytes()))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_hex())
    }
}

/// Hashes content that comes in pieces.
#[derive(Debug)]
pub struct ContentHasher(blake3::Hasher);

impl ContentHasher {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub fn finish(&self) -> ContentHash {
        ContentHash(*self.0.finalize().as_bytes())
    }
}

/// 128 bits that say "these sightings are about the same thing". Made by [`KeyBuilder`] from what the thing itself
/// says, never from a position, a page, a folder layout or the time of an ingest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 16]);

impl Key {
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Collects the parts of a key. Every part is framed by its length, so that `("ab", "c")` and `("a", "bc")` differ.
#[derive(Debug)]
pub struct KeyBuilder(blake3::Hasher);

impl KeyBuilder {
    /// `purpose` keeps the keys of different things apart.
    pub fn new(purpose: &str) -> Self {
        Self(blake3::Hasher::new()).part(purpose)
    }

    #[must_use]
    pub fn part(mut self, part: impl AsRef<[u8]>) -> Self {
        let part = part.as_ref();
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
        self
    }

    #[must_use]
    pub fn number(self, number: i64) -> Self {
        self.part(number.to_le_bytes())
    }

    /// An absent part differs from an empty one.
    #[must_use]
    pub fn maybe(self, part: Option<impl AsRef<[u8]>>) -> Self {
        match part {
            Some(part) => self.number(1).part(part),
            None => self.number(0),
        }
    }

    pub fn key(&self) -> Key {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0.finalize().as_bytes()[..16]);
        Key(bytes)
    }

    /// The id that people type: 80 bits of the same hash.
    pub fn public_id(&self) -> PublicId {
        let hash = self.0.finalize();
        PublicId::from_ten_bytes(&hash.as_bytes()[..10])
    }
}

/// Sixteen characters of base 32 (80 bits). Digits and letters without `i l o u`, so that none is misread.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicId(String);

/// Crockford's alphabet, lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl PublicId {
    pub const LENGTH: usize = 16;

    fn from_ten_bytes(bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(Self::LENGTH);
        for group in bytes.chunks(5) {
            let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for index in (0..8).rev() {
                text.push(char::from(ALPHABET[(bits >> (index * 5) & 31) as usize]));
            }
        }
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Turns what somebody typed into the beginning of an id: lower case, `o` for 0, `i` and `l` for 1. `None` when
    /// a character is not of the alphabet or there are more than sixteen.
    pub fn beginning(typed: &str) -> Option<String> {
        let folded: String = typed
            .chars()
            .map(|c| match c.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        (folded.len() <= Self::LENGTH && folded.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(folded)
    }
}

impl fmt::Display for PublicId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_framed() {
        assert_ne!(KeyBuilder::new("x").part("ab").part("c").key(), KeyBuilder::new("x").part("a").part("bc").key());
        assert_ne!(KeyBuilder::new("x").maybe(Some("")).key(), KeyBuilder::new("x").maybe(None::<&str>).key());
    }

    #[test]
    fn public_ids_have_sixteen_readable_characters() {
        let id = KeyBuilder::new("x").number(7).public_id();
        assert_eq!(id.as_str().len(), PublicId::LENGTH);
        assert_eq!(PublicId::beginning(id.as_str()).as_deref(), Some(id.as_str()));
        assert_eq!(PublicId::beginning("AbO1").as_deref(), Some("ab01"));
        assert_eq!(PublicId::beginning("a-b"), None);
    }
}
