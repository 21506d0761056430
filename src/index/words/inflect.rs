//! Which words are forms of one word, without knowing the language of either.
//!
//! Messages of five words do not tell their language, so all tables are tried: a false friend among them stands in a
//! tier below what was typed, and a form that is missed is not found at all.

use std::collections::BTreeSet;

use super::apart::are_apart;
use super::english::{self, are_english, compared};
use super::tables::{ARABIC_BEFORE, ARABIC_ENDINGS, ENDINGS, Endings, HEBREW_BEFORE, HEBREW_ENDINGS, IRREGULAR};
use super::turkish::is_turkish_form;

/// The other forms of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Forms {
    word: String,
    /// Those that can be told without looking at the other word.
    known: BTreeSet<String>,
    is_semitic: bool,
}

/// Shorter words have no endings that could be told from other words.
const SHORTEST: usize = 2;
/// Longer words are data.
pub(super) const LONGEST: usize = 32;

impl Forms {
    /// `None` for what does not inflect: digits, single letters, scripts without endings.
    pub fn of(word: &str) -> Option<Self> {
        let n_letters = word.chars().count();
        let is_word = word.chars().all(|letter| letter.is_alphanumeric() || is_mark(letter)) && !has_digit(word);
        if !is_word || !(SHORTEST..=LONGEST).contains(&n_letters) {
            return None;
        }
        let mut known = BTreeSet::new();
        by_endings(word, ENDINGS, &mut known);
        single_vowels(word, &mut known);
        participles(word, &mut known);
        umlauts(word, &mut known);
        known.retain(|form| !are_english(word, form));
        by_endings(word, english::ENDINGS, &mut known);
        doubled(word, &mut known);
        known.extend(compared(word).into_iter().flatten());
        for forms in IRREGULAR {
            if forms.split_whitespace().any(|form| form == word) {
                known.extend(forms.split_whitespace().map(str::to_owned));
            }
        }
        known.remove(word);
        known.retain(|form| !are_apart(word, form));
        Some(Self { word: word.to_owned(), known, is_semitic: is_hebrew(word) || is_arabic(word) })
    }

    pub fn matches(&self, term: &str) -> bool {
        if self.known.contains(term) {
            return true;
        }
        if self.is_semitic {
            // A short plural with an ending is as likely another word.
            let long = self.known.iter().filter(|form| n_letters(form) >= 4);
            return std::iter::once(&self.word).chain(long).any(|word| is_semitic_form(word, term))
                || self.known.iter().any(|form| bare(term).contains(form));
        }
        let is_joined =
            is_turkish_form(&self.word, term) || is_turkish_form(term, &self.word) || is_malay_form(&self.word, term);
        is_joined && !are_apart(&self.word, term) && !are_english(&self.word, term)
    }

    /// With what the terms begin that may match.
    pub fn beginnings(&self) -> Vec<String> {
        if self.is_semitic {
            let first = if is_hebrew(&self.word) { 'א'..='ת' } else { 'ء'..='ي' };
            return first.map(String::from).collect();
        }
        let first_two = |word: &str| word.chars().take(2).collect::<String>();
        let mut beginnings: BTreeSet<String> = self.known.iter().map(|form| first_two(form)).collect();
        beginnings.insert(first_two(&self.word));
        if self.word.is_ascii() && self.word.len() >= 4 {
            beginnings.extend(MALAY_BEFORE.iter().map(|before| format!("{before}{}", self.word)));
            beginnings
                .extend(MALAY_BEFORE.iter().filter_map(|before| Some(first_two(self.word.strip_prefix(before)?))));
        }
        // A beginning that another one begins with would be read twice.
        let all = beginnings.clone();
        beginnings.retain(|one| !all.iter().any(|other| other != one && one.starts_with(other.as_str())));
        beginnings.into_iter().collect()
    }
}

fn by_endings(word: &str, rows: &[Endings], forms: &mut BTreeSet<String>) {
    for row in rows {
        for ending in row.endings.split_whitespace() {
            let Some(stem) = word.strip_suffix(plain(ending)) else { continue };
            if stem.chars().count() < row.least_stem {
                continue;
            }
            // A stem of three letters is little to go by: one of the two must be the form that dictionaries list.
            let is_short = stem.is_ascii() && stem.len() <= 3 && row.endings.split_whitespace().nth(4).is_some();
            let base = row.endings.split_whitespace().next();
            let others = row.endings.split_whitespace().filter(|other| {
                fits(stem, plain(ending), plain(other)) && (!is_short || base == Some(ending) || base == Some(other))
            });
            forms.extend(others.map(|other| format!("{stem}{}", plain(other))));
        }
    }
}

/// Whether a stem that stands bare may take an ending: behind a vowel no further one, but for -ing and the French -e.
fn fits(stem: &str, ending: &str, other: &str) -> bool {
    const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'u'];
    let (("", more) | (more, "")) = (ending, other) else { return true };
    !(stem.ends_with(VOWELS) && more.starts_with(VOWELS)) || matches!(more, "ing" | "e" | "es")
}

/// Endings are listed with `-` for none.
pub(super) fn plain(ending: &str) -> &str {
    if ending == "-" { "" } else { ending }
}

/// run, running: the last consonant stands twice. Not before -er, which makes summer of sum.
fn doubled(word: &str, forms: &mut BTreeSet<String>) {
    const ENDINGS: [&str; 2] = ["ing", "ed"];
    let is_consonant = |letter: char| letter.is_ascii_lowercase() && !"aeiouwxy".contains(letter);
    let last_two = |stem: &str| {
        let mut letters = stem.chars().rev();
        letters.next().zip(letters.next())
    };
    if let Some((last, before)) = last_two(word)
        && is_consonant(last)
        && "aeiou".contains(before)
        && word.len() >= 3
    {
        forms.extend(ENDINGS.iter().map(|ending| format!("{word}{last}{ending}")));
    }
    for ending in ENDINGS {
        let Some(stem) = word.strip_suffix(ending) else { continue };
        if let Some((last, before)) = last_two(stem)
            && last == before
            && is_consonant(last)
            && stem.len() >= 4
        {
            let base = &stem[..stem.len() - 1];
            forms.extend([String::new(), "s".to_owned()].iter().map(|ending| format!("{base}{ending}")));
            forms.extend(ENDINGS.iter().map(|ending| format!("{stem}{ending}")));
        }
    }
}

/// Dutch: boom and bomen, loopt and lopen, huis and huizen.
fn single_vowels(word: &str, forms: &mut BTreeSet<String>) {
    const VOWELS: &str = "aeou";
    if !word.is_ascii() || word.len() < 4 {
        return;
    }
    let hardened = |stem: &str| match stem.as_bytes().last() {
        Some(b'z') => format!("{}s", &stem[..stem.len() - 1]),
        Some(b'v') => format!("{}f", &stem[..stem.len() - 1]),
        _ => stem.to_owned(),
    };
    if let Some(stem) =
        word.strip_suffix("en").filter(|stem| stem.len() >= 3 && !stem.ends_with(['a', 'e', 'i', 'o', 'u']))
    {
        let bytes = stem.as_bytes();
        if let [.., vowel, _] = bytes
            && VOWELS.contains(char::from(*vowel))
        {
            let long = hardened(&format!("{}{}", &stem[..stem.len() - 1], &stem[stem.len() - 2..]));
            forms.extend([long.clone(), format!("{long}t")]);
        }
        forms.extend([hardened(stem), format!("{}t", hardened(stem))]);
    }
    let softened = [("s", "z"), ("f", "v")].map(|(hard, soft)| Some(format!("{}{soft}en", word.strip_suffix(hard)?)));
    forms.extend(softened.into_iter().flatten());
    for base in [word, word.strip_suffix('t').unwrap_or(word)] {
        let bytes = base.as_bytes();
        if let [.., one, other, _] = bytes
            && one == other
            && VOWELS.contains(char::from(*one))
        {
            let short = format!("{}{}", &base[..base.len() - 2], &base[base.len() - 1..]);
            forms.insert(format!("{short}en"));
            forms.extend([base.to_owned(), format!("{base}t")]);
        }
    }
}

/// German: spielen and gespielt, and what stands before both (aufgemacht).
fn participles(word: &str, forms: &mut BTreeSet<String>) {
    if let Some(stem) = word.strip_prefix("ge") {
        for ending in ["t", "et", "en"] {
            if let Some(stem) = stem.strip_suffix(ending).filter(|stem| stem.len() >= 3) {
                forms.extend(["en", "e", "st", "t", "te", "ten"].iter().map(|ending| format!("{stem}{ending}")));
            }
        }
        return;
    }
    for ending in ["en", "e", "st", "t", "te", "ten"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.is_ascii() && stem.len() >= 3) {
            forms.extend(["t", "et", "en"].iter().map(|ending| format!("ge{stem}{ending}")));
        }
    }
}

/// ä written as ae, å as aa: what was typed with two letters may stand with one, which folding made plain.
fn umlauts(word: &str, forms: &mut BTreeSet<String>) {
    for (written, folded) in [("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a")] {
        if word.contains(written) && word.len() >= 3 {
            forms.insert(word.replace(written, folded));
        }
    }
    let all = word.replace("ae", "a").replace("oe", "o").replace("ue", "u");
    forms.insert(all);
}

fn is_hebrew(word: &str) -> bool {
    word.chars().next().is_some_and(|letter| ('\u{590}'..='\u{5FF}').contains(&letter))
}

fn is_arabic(word: &str) -> bool {
    word.chars().next().is_some_and(|letter| ('\u{600}'..='\u{6FF}').contains(&letter))
}

/// A word without what may be joined before it, and with it.
fn bare(word: &str) -> Vec<String> {
    if is_hebrew(word) {
        let letters: Vec<char> = word.chars().collect();
        let n_before = letters.iter().take(3).take_while(|letter| HEBREW_BEFORE.contains(**letter)).count();
        (0..=n_before).map(|at| letters[at..].iter().collect::<String>()).filter(|rest| n_letters(rest) >= 2).collect()
    } else {
        let rests = ARABIC_BEFORE.iter().filter_map(|before| word.strip_prefix(before));
        rests.filter(|rest| n_letters(rest) >= 2).map(str::to_owned).collect()
    }
}

/// Whether both are a stem with something joined before and behind.
fn is_semitic_form(word: &str, term: &str) -> bool {
    if is_hebrew(word) != is_hebrew(term) || is_arabic(word) != is_arabic(term) {
        return false;
    }
    let endings = if is_hebrew(word) { HEBREW_ENDINGS } else { ARABIC_ENDINGS };
    // One of the two stands bare, so that what only looks joined does not meet what only looks joined.
    bare(word).iter().any(|left| {
        bare(term)
            .iter()
            .any(|right| (left == word || right == term || n_letters(left) >= 3) && share_stem(left, right, endings))
    })
}

fn n_letters(word: &str) -> usize {
    word.chars().count()
}

/// Whether the two are equal, or a stem of three letters with two of the endings.
fn share_stem(left: &str, right: &str, endings: &str) -> bool {
    if left == right {
        return true;
    }
    let is_ending = |rest: &str| endings.split_whitespace().any(|ending| plain(ending) == rest);
    let mut n_common = 0;
    let mut at = 0;
    for (a, b) in left.chars().zip(right.chars()) {
        if a != b {
            break;
        }
        n_common += 1;
        at += a.len_utf8();
    }
    // Endings may begin alike, so the stem may be shorter than what is common.
    let mut borders: Vec<usize> = left[..at].char_indices().map(|(at, _)| at).chain([at]).collect();
    borders.truncate(n_common + 1);
    let short = borders.get(2).copied();
    let mut long = borders.into_iter().skip(3);
    // Of two letters are stems that end in the letter of women and of things: שנה, שנים.
    let is_plural = |rest: &str| matches!(rest, "ימ" | "ות" | "ת" | "תי" | "ات" | "ين" | "ون" | "تي");
    let is_short = short.is_some_and(|at| {
        let (left, right) = (&left[at..], &right[at..]);
        (matches!(left, "ה" | "ه") && is_plural(right)) || (matches!(right, "ה" | "ه") && is_plural(left))
    });
    is_short || long.any(|at| is_ending(&left[at..]) && is_ending(&right[at..]))
}

const MALAY_BEFORE: [&str; 7] = ["di", "ber", "ter", "mem", "men", "meng", "me"];
const MALAY_BEHIND: [&str; 8] = ["", "nya", "kan", "an", "lah", "ku", "mu", "i"];

/// makan, dimakan, makanan, makannya.
fn is_malay_form(word: &str, term: &str) -> bool {
    let is_more = |base: &str, more: &str| {
        let Some(at) = more.find(base).filter(|_| base.len() >= 4 && base.is_ascii() && more.is_ascii()) else {
            return false;
        };
        let (before, behind) = (&more[..at], &more[at + base.len()..]);
        more != base && (before.is_empty() || MALAY_BEFORE.contains(&before)) && MALAY_BEHIND.contains(&behind)
    };
    is_more(word, term) || is_more(term, word)
}

fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

fn has_digit(word: &str) -> bool {
    word.chars().any(char::is_numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_are_told_from_others() {
        let is_form = |word: &str, term: &str| Forms::of(word).is_some_and(|forms| forms.matches(term));
        for (word, term) in [
            ("party", "parties"),
            ("swim", "swimming"),
            ("swimming", "swim"),
            ("bake", "baked"),
            ("knife", "knives"),
            ("bought", "buy"),
            ("box", "boxes"),
            ("kind", "kinder"),
            ("gespielt", "spielen"),
            ("gruen", "grun"),
            ("cheval", "chevaux"),
            ("lapiz", "lapices"),
            ("flor", "flores"),
            ("coracao", "coracoes"),
            ("amico", "amici"),
            ("собака", "собакой"),
            ("книга", "книги"),
            ("читать", "читала"),
            ("kobieta", "kobiete"),
            ("kitap", "kitabim"),
            ("ev", "evlerimizde"),
            ("gelmek", "geliyorum"),
            ("boom", "bomen"),
            ("lopen", "loopt"),
            ("huis", "huizen"),
            ("लडका", "लडके"),
            ("ספר", "הספרימ"),
            ("בית", "בבית"),
            ("بيت", "بالبيت"),
            ("المطار", "لمطار"),
            ("سياره", "بسيارتها"),
            ("makan", "dimakan"),
            ("φιλοσ", "φιλοι"),
            ("haz", "hazak"),
        ] {
            assert!(is_form(word, term), "{term} is a form of {word}");
        }
        for (word, term) in [
            ("party", "partner"),
            ("hat", "hate"),
            ("box", "boxer"),
            ("knife", "knight"),
            ("kind", "kino"),
            ("bil", "bild"),
            ("май", "маи"),
            ("ev", "evet"),
            ("gelmek", "gelin"),
            ("haz", "haza"),
            ("hond", "honderd"),
            ("amico", "amido"),
            ("25", "25s"),
            ("to", "too"),
            ("книга", "княгиня"),
        ] {
            assert!(!is_form(word, term), "{term} is no form of {word}");
        }
    }

    #[test]
    fn every_form_begins_as_it_is_looked_for() {
        for word in ["kitap", "gespielt", "essen", "makan", "בית", "بالبيت", "книга", "ev"] {
            let forms = Forms::of(word).expect("a word");
            let beginnings = forms.beginnings();
            for form in forms.known.iter().map(String::as_str).chain(["kitabim", "dimakan", "הבית", "والبيت"])
            {
                if forms.matches(form) {
                    assert!(
                        beginnings.iter().any(|begin| form.starts_with(begin.as_str())),
                        "{form} of {word}: {beginnings:?}"
                    );
                }
            }
        }
    }
}
