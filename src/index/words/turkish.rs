//! Turkish puts many endings behind each other: ev, evler, evlerimizde.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::inflect::{LONGEST, plain};
use super::tables::{TURKISH_HIS, TURKISH_NOUN, TURKISH_VERB};

/// Everything that the rows make, one of each behind the other, without mixing a and e.
fn chains(rows: &[&str]) -> Vec<String> {
    let mut chains = vec![String::new()];
    for row in rows {
        let more = |chain: &String| {
            let chain = chain.clone();
            row.split_whitespace().map(move |unit| format!("{chain}{}", plain(unit)))
        };
        chains = chains.iter().flat_map(more).filter(|chain| !(chain.contains('a') && chain.contains('e'))).collect();
    }
    chains
}

static TURKISH_NOUNS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    chains(TURKISH_NOUN).into_iter().chain(chains(TURKISH_HIS)).filter(|chain| !chain.is_empty()).collect()
});
static TURKISH_VERBS: LazyLock<HashSet<String>> = LazyLock::new(|| chains(TURKISH_VERB).into_iter().collect());

/// Whether `term` is `word` with Turkish endings behind it, or both are forms of one verb of which one is the infinitive.
pub(super) fn is_turkish_form(word: &str, term: &str) -> bool {
    if !word.is_ascii() || !term.is_ascii() || word.len() < 2 || term.len() > LONGEST {
        return false;
    }
    if let Some(stem) = word.strip_suffix("mek").or_else(|| word.strip_suffix("mak")).filter(|stem| stem.len() >= 2) {
        return term
            .strip_prefix(stem)
            .is_some_and(|rest| rest.len() >= 2 && agrees(stem, rest) && TURKISH_VERBS.contains(rest));
    }
    let softened = match word.as_bytes() {
        [stem @ .., b'p'] => Some([stem, b"b"].concat()),
        [stem @ .., b't'] => Some([stem, b"d"].concat()),
        [stem @ .., b'k'] => Some([stem, b"g"].concat()),
        _ => None,
    };
    let softened = softened.and_then(|soft| String::from_utf8(soft).ok()).filter(|_| word.len() >= 4);
    let behind_soft = || term.strip_prefix(softened.as_deref()?).filter(|rest| rest.starts_with(['a', 'e', 'i', 'u']));
    let Some(rest) = term.strip_prefix(word).or_else(behind_soft) else { return false };
    // Of what is short, other languages have words as well: cab and cable, ver and verde.
    let is_many = rest.starts_with("ler") || rest.starts_with("lar");
    let is_sure = match word.len() {
        2 => is_many || rest.len() >= 5,
        3 => is_many || (rest.len() >= 3 && !matches!(rest, "den" | "dan" | "ten" | "tan")),
        4 | 5 => !matches!(rest, "le" | "la" | "in" | "un"),
        _ => true,
    };
    is_sure && agrees(word, rest) && TURKISH_NOUNS.contains(rest)
}

/// Vowels go with the last one of the stem, and a vowel does not follow a vowel.
fn agrees(stem: &str, rest: &str) -> bool {
    let is_vowel = |letter: char| "aeiou".contains(letter);
    let last = stem.chars().rev().find(|letter| is_vowel(*letter));
    let is_open = stem.ends_with(is_vowel);
    let starts_open = rest.starts_with(is_vowel);
    // These stand behind vowels only.
    let needs_open = rest.starts_with(['y', 's', 'n', 'm']);
    let is_sounding = match last {
        Some('a') => !rest.contains('e'),
        Some('e') => !rest.contains('a'),
        _ => true,
    };
    let is_verb = TURKISH_VERBS.contains(rest);
    is_sounding && (is_verb || !(is_open && starts_open)) && (is_verb || is_open || !needs_open)
}
