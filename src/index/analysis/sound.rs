//! How words of other scripts sound when they are written with Latin letters: the last resort of a search.
//!
//! Nobody agrees on how to write привет or حبيبي in Latin letters, so both what was typed and what was written are
//! brought to a key in which the usual ways fall together; of scripts that leave vowels out, to its consonants.

use any_ascii::any_ascii;

/// Before the key of a word, so that it is no word.
pub const SOUND: char = '≋';
/// Before the consonants of a word.
pub const SKELETON: char = '≊';
/// Fewer consonants say nothing, and so do no more than these of a short word.
const LEAST_CONSONANTS: usize = 2;
const LONGEST: usize = 48;

/// Ways to write one sound; the first that fits is taken. Capitals are sounds that no small letter stands for.
const SPELLINGS: &[(&str, &str)] = &[
    ("shch", "S"),
    ("tsch", "C"),
    ("sch", "S"),
    ("sh", "S"),
    ("tch", "C"),
    ("ch", "C"),
    ("zh", "Z"),
    ("kh", "h"),
    ("ph", "f"),
    ("th", "t"),
    ("gh", "g"),
    ("dh", "d"),
    ("bh", "b"),
    ("ts", "c"),
    ("tz", "c"),
    ("ck", "k"),
    ("oo", "u"),
    ("ou", "u"),
    ("ee", "i"),
    ("q", "k"),
    ("x", "h"),
    ("w", "v"),
    ("y", "i"),
    ("j", "i"),
];

/// The terms under which a word of another script is found by its sound; none for Latin words.
pub fn sounds_of(word: &str) -> Vec<String> {
    if word.is_ascii() || !word.chars().all(char::is_alphanumeric) && !word.chars().any(char::is_alphabetic) {
        return Vec::new();
    }
    // The dot over Devanagari that folding made of every nasal.
    let latin = any_ascii(&word.replace('\u{902}', "न"));
    let mut sounds = Vec::new();
    let mut push = |sign: char, key: &str| {
        let term = format!("{sign}{key}");
        if !key.is_empty() && !sounds.contains(&term) {
            sounds.push(term);
        }
    };
    if leaves_vowels_out(word) {
        // ב is said as v and as b, and the ا at the end of شكرا as an.
        let hard = word.contains('ב').then(|| any_ascii(&word.replace('ב', "b")));
        let nasal = (word.ends_with('ا') && word.chars().count() > 3).then(|| format!("{latin}n"));
        for latin in [Some(&latin), hard.as_ref(), nasal.as_ref()].into_iter().flatten() {
            if let Some(skeleton) = skeleton_of(latin) {
                push(SKELETON, &skeleton);
            }
        }
        // Only Hebrew and Arabic leave out long vowels too.
        if word.chars().any(|letter| u32::from(letter) >= 0x0900) {
            push(SOUND, &key_of(&latin));
        }
        return sounds;
    }
    push(SOUND, &key_of(&latin));
    if word.chars().any(|letter| ('α'..='ω').contains(&letter)) {
        for (chi, upsilon) in [("kh", "f"), ("ch", "f"), ("kh", "u"), ("ch", "u")] {
            push(SOUND, &key_of(&any_ascii(&greek(word, chi, upsilon))));
        }
    }
    if word.chars().next().is_some_and(|letter| ('가'..='힣').contains(&letter)) {
        // 김치 is kimchi to some and gimchi to others, and 사랑 salang only to books.
        push(SOUND, &key_of(&latin.replace(['l', 'L'], "r")));
        let hard = match latin.to_ascii_lowercase().split_at_checked(1) {
            Some(("g", rest)) => format!("k{rest}"),
            Some(("d", rest)) => format!("t{rest}"),
            Some(("b", rest)) => format!("p{rest}"),
            Some(("j", rest)) => format!("ch{rest}"),
            _ => return sounds,
        };
        push(SOUND, &key_of(&hard));
    }
    sounds
}

/// Greek as it is spoken: letters in pairs are one sound, and people differ in how they write χ and ευ.
fn greek(word: &str, chi: &str, upsilon: &str) -> String {
    let pairs = [("ου", "u"), ("οι", "i"), ("ει", "i"), ("αι", "e"), ("μπ", "b"), ("ντ", "d"), ("γγ", "ng")];
    let spoken = pairs.iter().fold(word.to_owned(), |word, (written, spoken)| word.replace(written, spoken));
    let spoken = spoken.replace("ευ", &format!("e{upsilon}")).replace("αυ", &format!("a{upsilon}"));
    let singles = [("χ", chi), ("η", "i"), ("υ", "i"), ("ω", "o")];
    singles.iter().fold(spoken, |word, (written, spoken)| word.replace(written, spoken))
}

/// What the usual ways to write a word with Latin letters have in common.
pub fn key_of(latin: &str) -> String {
    let lower: String =
        latin.chars().filter(char::is_ascii_alphanumeric).take(LONGEST).collect::<String>().to_ascii_lowercase();
    let mut key = String::with_capacity(lower.len());
    let mut rest = lower.as_str();
    while let Some(first) = rest.chars().next() {
        let spelling = SPELLINGS.iter().find(|(written, _)| rest.starts_with(written));
        let (sound, length) = match spelling {
            Some((written, sound)) => (sound.chars().next().unwrap_or(first), written.len()),
            None => (first, first.len_utf8()),
        };
        if !key.ends_with(sound) {
            key.push(sound);
        }
        rest = &rest[length..];
    }
    // The last h is heard by nobody.
    if key.len() > 2 && key.ends_with('h') {
        key.pop();
    }
    key
}

/// The consonants of a key, when they are enough to tell a word.
pub fn skeleton_of(latin: &str) -> Option<String> {
    // One letter stands for s and sh, and for others more.
    let skeleton = key_of(latin).to_ascii_lowercase();
    let skeleton: String = skeleton.chars().filter(|sound| !"aeiouv".contains(*sound)).collect();
    let is_enough = skeleton.len() > LEAST_CONSONANTS || (skeleton.len() == LEAST_CONSONANTS && latin.len() > 3);
    is_enough.then_some(skeleton)
}

/// Hebrew, Arabic, the scripts of India, Thai and Lao.
fn leaves_vowels_out(word: &str) -> bool {
    let is_such = |letter: char| matches!(u32::from(letter), 0x0590..=0x08FF | 0x0900..=0x0DFF | 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF);
    word.chars().any(is_such)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_and_what_is_written_meet() {
        let check = |typed: &str, written: &str| {
            let key = format!("{SOUND}{}", key_of(typed));
            let skeleton = skeleton_of(typed).map(|skeleton| format!("{SKELETON}{skeleton}"));
            let sounds = sounds_of(written);
            assert!(
                sounds.iter().any(|sound| *sound == key || Some(sound) == skeleton.as_ref()),
                "{typed}: {sounds:?}"
            );
        };
        check("privet", "привет");
        check("spasibo", "спасибо");
        check("poehali", "поехали");
        check("dyakuyu", "дякую");
        check("kalimera", "καλημερα");
        check("efharisto", "ευχαριστω");
        check("efcharisto", "ευχαριστω");
        check("euxaristo", "ευχαριστω");
        check("toda", "תודה");
        check("habibi", "حبيبي");
        check("shukran", "شكرا");
        check("shabbat", "שבת");
        check("boker", "בוקר");
        check("ohayou", "おはよう");
        check("shalom", "שלומ");
        check("namaste", "नमस्ते");
        check("sakura", "さくら");
        check("nihao", "你好");
        check("kimchi", "김치");
        check("gimchi", "김치");
        check("saranghae", "사랑해");
        check("pyaar", "प्यार");
        assert_eq!(sounds_of("plain"), [""; 0]);
    }
}
