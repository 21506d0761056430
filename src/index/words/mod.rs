//! What the words of a query may stand as in a text, from exactly so to sounding alike. Knows neither engine nor store:
//! the same patterns are looked up in the dictionary of the index and marked in a text.

mod apart;
mod cjk;
mod english;
mod inflect;
mod slips;
mod spell;
mod tables;
mod turkish;

pub(super) use spell::{LONGEST_PHRASE, Spelled, spell, spell_joined};

use inflect::Forms;

use super::analysis::{SKELETON, SOUND, key_of, skeleton_of};

/// Matchers at distances from the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub slots: Vec<(usize, Matcher)>,
}

/// Which terms may stand at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Matcher {
    Term(String),
    Begins(String),
    Inflected(Box<Forms>),
    Contains(String),
    Similar(String),
    /// A word that differs by no more slips than were allowed.
    Slips(String, u8),
    /// A Latin word that sounds like a word of another script; the term under which that word's sound is indexed.
    Sounds(String),
}

impl Pattern {
    pub fn of(matcher: Matcher) -> Self {
        Self { slots: vec![(0, matcher)] }
    }
}

impl Matcher {
    pub fn matches(&self, term: &str) -> bool {
        match self {
            Self::Term(known) => term == known,
            Self::Begins(beginning) => term.starts_with(beginning.as_str()),
            Self::Inflected(forms) => forms.matches(term),
            Self::Contains(part) => is_word(term) && contains(term, part),
            Self::Similar(word) => is_word(term) && slips::are_similar(word, term),
            Self::Slips(word, most) => is_word(term) && slips::are_within(word, term, usize::from(*most)),
            Self::Sounds(sound) => {
                term.bytes().all(|byte| byte.is_ascii_lowercase())
                    && match sound.strip_prefix(SOUND) {
                        Some(key) => key_of(term) == key,
                        None => {
                            sound.strip_prefix(SKELETON).is_some_and(|key| skeleton_of(term).as_deref() == Some(key))
                        }
                    }
            }
        }
    }

    /// Whether any term of the dictionary may match.
    pub fn asks_everything(&self) -> bool {
        matches!(self, Self::Contains(_) | Self::Slips(..))
    }

    /// The matcher with a quick look at bytes before it.
    pub fn sought(&self) -> Sought<'_> {
        let part = match self {
            Self::Contains(part) => Some(memchr::memmem::Finder::new(part.as_str())),
            _ => None,
        };
        Sought { matcher: self, part }
    }

    /// With what the terms begin that may match; one empty beginning stands for all terms.
    pub fn beginnings(&self) -> Vec<String> {
        match self {
            Self::Term(known) => vec![known.clone()],
            Self::Begins(beginning) => vec![beginning.clone()],
            Self::Inflected(forms) => forms.beginnings(),
            Self::Contains(_) | Self::Slips(..) => vec![String::new()],
            Self::Similar(word) => word.chars().next().into_iter().map(String::from).collect(),
            Self::Sounds(sound) => first_letters(sound).chars().map(String::from).collect(),
        }
    }
}

/// A matcher that very many terms are asked of.
#[derive(Debug)]
pub(super) struct Sought<'m> {
    pub matcher: &'m Matcher,
    part: Option<memchr::memmem::Finder<'m>>,
}

impl Sought<'_> {
    /// False for what cannot match.
    pub fn is_perhaps(&self, term: &[u8]) -> bool {
        self.part.as_ref().is_none_or(|part| part.find(term).is_some())
    }
}

/// With which Latin letters a word may begin that sounds so.
fn first_letters(sound: &str) -> &'static str {
    let Some(key) = sound.strip_prefix(SOUND) else { return "abcdefghijklmnopqrstuvwxyz" };
    match key.chars().next() {
        Some('h') => "hkx",
        Some('k') => "kqc",
        Some('i') => "iyje",
        Some('v') => "vw",
        Some('u') => "uo",
        Some('f') => "fp",
        Some('S') => "st",
        Some('C' | 'c') => "ct",
        Some('t') => "t",
        Some('g') => "g",
        Some('s') => "s",
        Some('p') => "p",
        _ => "abcdefghijklmnopqrstuvwxyz",
    }
}

/// Not the sign of a tag, of laughter or of a sound.
fn is_word(term: &str) -> bool {
    term.chars().next().is_some_and(char::is_alphanumeric)
}

/// A part of three letters says little, but at the end of a word it is what a compound is.
fn contains(term: &str, part: &str) -> bool {
    const LEAST_INSIDE: usize = 4;
    term.len() > part.len()
        && if part.chars().count() >= LEAST_INSIDE { term.contains(part) } else { term.ends_with(part) }
}
