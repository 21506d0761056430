//! What is looked for in the texts themselves, and how much of them is looked through.

use std::ops::ControlFlow;

use regex::Regex;
use unicode_segmentation::UnicodeSegmentation;

use super::search::Cut;
use crate::query;

/// Bytes of text that one question looks through: several times what a life writes, less than a second's work.
const MOST_BYTES: u64 = 512 << 20;
/// Records that one question may find so; more would be a list that fills the memory.
const MOST_ROWS: u64 = 1_000_000;
/// Places of one text that are marked.
const MOST_PLACES: usize = 1_000;

/// A regular expression that texts are looked through for.
#[derive(Clone, Debug)]
pub(super) struct Looked(Regex);

impl PartialEq for Looked {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Looked {
    /// `None` for what the parser would not have let through.
    pub fn of(text: &str) -> Option<Self> {
        query::regex_of(text).ok().map(Self)
    }

    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// What it matches, widened to whole grapheme clusters.
    pub fn places_in(&self, text: &str) -> Vec<(usize, usize)> {
        let found: Vec<_> = self.0.find_iter(text).filter(|found| !found.is_empty()).take(MOST_PLACES).collect();
        if found.is_empty() {
            return Vec::new();
        }
        let mut borders: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
        borders.push(text.len());
        let before = |at: usize| borders[borders.partition_point(|border| *border <= at) - 1];
        let behind = |at: usize| borders[borders.partition_point(|border| *border < at)];
        found.iter().map(|found| (before(found.start()), behind(found.end()))).collect()
    }
}

/// How much may still be looked through.
#[derive(Debug, Default)]
pub(super) struct Budget {
    n_bytes: u64,
    n_texts: u64,
    n_wanted: u64,
    was_cut: bool,
}

impl Budget {
    pub fn spend(&mut self, text: &str, is_wanted: &dyn Fn(&str) -> bool) -> ControlFlow<(), bool> {
        if self.n_bytes >= MOST_BYTES || self.n_wanted >= MOST_ROWS {
            self.was_cut = true;
            return ControlFlow::Break(());
        }
        self.n_bytes += text.len() as u64;
        self.n_texts += 1;
        let is_wanted = is_wanted(text);
        self.n_wanted += u64::from(is_wanted);
        ControlFlow::Continue(is_wanted)
    }

    /// What to tell when it did not suffice.
    pub fn cut(&self, typed: &str) -> Option<Cut> {
        self.was_cut.then(|| Cut::Texts { typed: typed.to_owned(), n_looked_at: self.n_texts })
    }
}

/// Scripts by the name of a language that most people write in them.
const SCRIPTS: &[(&str, &[(u32, u32)])] = &[
    ("ar", &[(0x0600, 0x06FF), (0x0750, 0x077F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)]),
    ("el", &[(0x0370, 0x03FF), (0x1F00, 0x1FFF)]),
    ("he", &[(0x0590, 0x05FF)]),
    ("hi", &[(0x0900, 0x097F)]),
    ("ja", &[(0x3041, 0x30FF), (0xFF66, 0xFF9F)]),
    ("ko", &[(0x1100, 0x11FF), (0x3131, 0x318E), (0xAC00, 0xD7A3)]),
    ("latin", &[(0x0041, 0x005A), (0x0061, 0x007A), (0x00C0, 0x024F), (0x1E00, 0x1EFF)]),
    ("ru", &[(0x0400, 0x052F)]),
    ("th", &[(0x0E00, 0x0E7F)]),
    ("zh", &[(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF)]),
];

/// Whether most letters of a text are of that script.
pub(super) fn is_written_in(text: &str, name: &str) -> bool {
    let counts = letters_of_scripts(text);
    let most = counts.iter().copied().max().unwrap_or_default();
    most > 0 && SCRIPTS.iter().position(|(known, _)| *known == name).is_some_and(|at| counts[at] == most)
}

/// In which script most letters of a text are, named by a language of it; `None` where there are none of any that is known.
/// Of two with as many letters, the one that `lang:` lists first.
pub fn language_of(text: &str) -> Option<&'static str> {
    let counts = letters_of_scripts(text);
    let most = counts.iter().copied().max().filter(|most| *most > 0)?;
    Some(SCRIPTS[counts.iter().position(|n| *n == most)?].0)
}

/// How many letters of each script a text has. Japanese is what has kana, however many characters of Han.
fn letters_of_scripts(text: &str) -> Vec<usize> {
    let mut counts = vec![0_usize; SCRIPTS.len()];
    for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
        let code = u32::from(letter);
        let is_of = |(_, ranges): &(&str, &[(u32, u32)])| ranges.iter().any(|&(from, to)| (from..=to).contains(&code));
        if let Some(at) = SCRIPTS.iter().position(is_of) {
            counts[at] += 1;
        }
    }
    let place = |name: &str| SCRIPTS.iter().position(|(known, _)| *known == name);
    if let Some((kana, han)) = place("ja").zip(place("zh"))
        && counts[kana] > 0
    {
        counts[kana] += std::mem::take(&mut counts[han]);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_of_the_script_that_most_letters_are_of() {
        for name in query::fields::LANGUAGES {
            assert!(SCRIPTS.iter().any(|(known, _)| known == name), "{name} has a script");
        }
        for (text, name) in [
            ("ferry at nine", "latin"),
            ("パーティー最高 lol", "ja"),
            ("東京へ行く", "ja"),
            ("我们去吃饭 ok", "zh"),
            ("привет bro", "ru"),
            ("شكرا", "ar"),
            ("병원 ok", "ko"),
        ] {
            assert!(is_written_in(text, name), "{text}");
            assert!(!is_written_in(text, "th"), "{text}");
            assert_eq!(language_of(text), Some(name));
        }
        assert!(!is_written_in("7:45 🎉", "latin"));
        assert_eq!(language_of("7:45 🎉"), None);
    }

    #[test]
    fn an_expression_marks_whole_clusters() {
        let looked = Looked::of("f.e").expect("an expression");
        assert_eq!(looked.places_in("FEE, coffee and fre"), [(0, 3), (7, 10), (16, 19)]);
        let accent = Looked::of("e").expect("an expression");
        assert_eq!(accent.places_in("cafe\u{301}"), [(3, 6)]);
        assert_eq!(Looked::of("x*").expect("an expression").places_in("abc"), []);
        assert!(Looked::of("(").is_none());
    }
}
