//! What characters are folded to, and which script rules hold for them. Tables only.

/// Marks that are laid over letters to cross them out or box them in: never part of a word.
const OVERLAYS: &[(u32, u32)] = &[(0x0334, 0x0338), (0x20D0, 0x20F0)];

fn within(letter: char, ranges: &[(u32, u32)]) -> bool {
    let code = u32::from(letter);
    ranges.iter().any(|&(first, last)| (first..=last).contains(&code))
}

/// Characters that show nothing: soft hyphen, joiners, direction marks, variation selectors, fillers.
pub(super) fn is_invisible(letter: char) -> bool {
    const RANGES: &[(u32, u32)] = &[
        (0x00AD, 0x00AD),
        (0x034F, 0x034F),
        (0x061C, 0x061C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFF8),
        (0xE0000, 0xE0FFF),
    ];
    within(letter, RANGES)
}

/// Scripts in which marks above and below are only decoration for a searcher.
pub(super) fn is_latin_greek_cyrillic(letter: char) -> bool {
    const RANGES: &[(u32, u32)] = &[
        (0x0041, 0x005A),
        (0x0061, 0x007A),
        (0x00AA, 0x00AA),
        (0x00C0, 0x02AF),
        (0x0370, 0x052F),
        (0x1C80, 0x1C8F),
        (0x1D00, 0x1DBF),
        (0x1E00, 0x1FFF),
        (0x2C60, 0x2C7F),
        (0xA640, 0xA69F),
        (0xA720, 0xA7FF),
    ];
    within(letter, RANGES)
}

pub(super) fn is_arabic(letter: char) -> bool {
    within(letter, &[(0x0600, 0x06FF), (0x0750, 0x077F)])
}

pub(super) fn is_devanagari(letter: char) -> bool {
    within(letter, &[(0x0900, 0x097F)])
}

/// Marks that make no other word: those over Latin, Greek and Cyrillic, Hebrew points, Arabic vowel signs, the nukta.
pub(super) fn is_dropped_mark(letter: char) -> bool {
    const RANGES: &[(u32, u32)] = &[
        (0x0300, 0x036F),
        (0x1AB0, 0x1AFF),
        (0x1DC0, 0x1DFF),
        (0xFE20, 0xFE2F),
        (0x0483, 0x0489),
        // Hebrew points and accents, but not maqaf, paseq and sof pasuq, which are punctuation.
        (0x0591, 0x05BD),
        (0x05BF, 0x05BF),
        (0x05C1, 0x05C2),
        (0x05C4, 0x05C5),
        (0x05C7, 0x05C7),
        // Arabic vowel signs, Koranic signs, tatweel.
        (0x0610, 0x061A),
        (0x0640, 0x0640),
        (0x064B, 0x065F),
        (0x0670, 0x0670),
        (0x06D6, 0x06DC),
        (0x06DF, 0x06E8),
        (0x06EA, 0x06ED),
        (0x093C, 0x093C),
    ];
    within(letter, RANGES) || within(letter, OVERLAYS)
}

/// Scripts that do not put spaces between words: one token a character.
pub(super) fn is_spaceless(letter: char) -> bool {
    const RANGES: &[(u32, u32)] = &[
        (0x0E00, 0x0EFF),
        (0x1000, 0x109F),
        (0x1780, 0x17FF),
        (0x19E0, 0x19FF),
        (0x2E80, 0x2FDF),
        (0x3005, 0x3007),
        (0x3021, 0x3029),
        (0x3031, 0x3035),
        (0x303B, 0x303C),
        (0x3041, 0x309F),
        (0x30A1, 0x30FA),
        (0x30FC, 0x312F),
        (0x31A0, 0x31BF),
        (0x31F0, 0x31FF),
        (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF),
        (0xA9E0, 0xA9FF),
        (0xAA60, 0xAA7F),
        (0xF900, 0xFAFF),
        (0x1B000, 0x1B16F),
        (0x20000, 0x3FFFF),
    ];
    within(letter, RANGES)
}

pub(super) fn is_han(letter: char) -> bool {
    within(letter, &[(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)])
}

pub(super) fn is_thai_or_lao(letter: char) -> bool {
    within(letter, &[(0x0E00, 0x0EFF)])
}

pub(super) fn is_hiragana(letter: char) -> bool {
    within(letter, &[(0x3041, 0x309F)])
}

pub(super) fn is_hangul_syllable(letter: char) -> bool {
    within(letter, &[(0xAC00, 0xD7A3)])
}

/// Single jamo as people type them (ㅋㅋ, ㅠㅠ); composing them would make nonsense.
pub(super) fn is_compatibility_jamo(letter: char) -> bool {
    within(letter, &[(0x3131, 0x318E)])
}

/// Pictures. Letters in circles and squares are styled letters instead and fold to letters.
pub(super) fn is_pictograph(letter: char) -> bool {
    const RANGES: &[(u32, u32)] = &[
        (0x203C, 0x203C),
        (0x2049, 0x2049),
        (0x2139, 0x2139),
        (0x2194, 0x2199),
        (0x21A9, 0x21AA),
        (0x231A, 0x231B),
        (0x2328, 0x2328),
        (0x23CF, 0x23CF),
        (0x23E9, 0x23F3),
        (0x23F8, 0x23FA),
        (0x25AA, 0x25AB),
        (0x25B6, 0x25B6),
        (0x25C0, 0x25C0),
        (0x25FB, 0x25FE),
        (0x2600, 0x27BF),
        (0x2934, 0x2935),
        (0x2B05, 0x2B07),
        (0x2B1B, 0x2B1C),
        (0x2B50, 0x2B50),
        (0x2B55, 0x2B55),
        (0x1F000, 0x1F0FF),
        (0x1F10D, 0x1F10F),
        (0x1F18E, 0x1F18E),
        (0x1F191, 0x1F19A),
        (0x1F1E6, 0x1F1FF),
        (0x1F300, 0x1FAFF),
    ];
    within(letter, RANGES)
}

pub(super) fn is_skin_tone(letter: char) -> bool {
    within(letter, &[(0x1F3FB, 0x1F3FF)])
}

/// The base letters of letters that no decomposition opens, small capitals and letters in dark boxes.
/// `None` for a letter that stays.
pub(super) fn spelled(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' | 'ẞ' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' | 'ᴏ' => "o",
        'đ' | 'ð' | 'ᴅ' => "d",
        'ł' | 'ʟ' => "l",
        'þ' => "th",
        'ґ' => "г",
        'ħ' | 'ʜ' => "h",
        'ŧ' | 'ᴛ' => "t",
        'ı' | 'ɪ' => "i",
        'ς' => "σ",
        'ᴀ' => "a",
        'ʙ' => "b",
        'ᴄ' => "c",
        'ə' | 'ᴇ' => "e",
        'ꜰ' => "f",
        'ɢ' => "g",
        'ᴊ' => "j",
        'ᴋ' => "k",
        'ᴍ' => "m",
        'ɴ' => "n",
        'ᴘ' => "p",
        'ꞯ' => "q",
        'ʀ' => "r",
        'ꜱ' => "s",
        'ᴜ' => "u",
        'ᴠ' => "v",
        'ᴡ' => "w",
        'ʏ' => "y",
        'ᴢ' => "z",
        // Arabic: carriers of hamza, Persian and Urdu forms.
        'أ' | 'إ' | 'آ' | 'ٱ' => "ا",
        'ى' | 'ی' | 'ئ' | 'ې' => "ي",
        'ة' | 'ہ' | 'ھ' | 'ە' => "ه",
        'ؤ' => "و",
        'ک' => "ك",
        // Hebrew letters as they stand inside of a word, so that endings can be told.
        'ך' => "כ",
        'ם' => "מ",
        'ן' => "נ",
        'ף' => "פ",
        'ץ' => "צ",
        // Devanagari: candrabindu.
        '\u{901}' => "\u{902}",
        '’' | '‘' | 'ʼ' | 'ʻ' | '׳' | '´' | '`' | '‛' | '′' => "'",
        '״' | '“' | '”' | '„' | '″' | '«' | '»' => "\"",
        '־' | '‐' | '‑' | '‒' | '–' | '—' | '−' => "-",
        _ => return boxed(letter),
    })
}

/// Dark circles and dark squares with a letter in them.
fn boxed(letter: char) -> Option<&'static str> {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
    let code = u32::from(letter);
    let first = [0x1F150, 0x1F170].into_iter().find(|first| (*first..first + 26).contains(&code))?;
    let at = usize::try_from(code - first).ok()?;
    LETTERS.get(at..=at)
}

/// The value of a decimal digit of any script.
pub(super) fn digit(letter: char) -> Option<char> {
    const ZEROS: &[u32] = &[
        0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50,
        0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50,
        0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x11066, 0x110F0, 0x11136, 0x111D0,
        0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11C50, 0x1E950,
    ];
    let code = u32::from(letter);
    let zero = ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Emoticons that people type and look for, longest first where one begins another.
pub(super) const EMOTICONS: &[&str] = &[
    ":'-(", ":'(", ":')", ":-)", ":-(", ":-D", ":-P", ":-p", ":-/", ":-*", ":-O", ":-o", ":-|", ";-)", ":)", ":(",
    ":D", ":P", ":p", ":/", ":*", ":O", ":o", ":|", ":3", ";)", "=)", "=(", "</3", "<3", "^^", "^_^", "-_-", "xD",
    "XD",
];

/// Two letters that people laugh with in any order: ahahhah, jajaj, wkwk.
pub(super) const LAUGHING: &[[char; 2]] = &[
    ['a', 'h'],
    ['e', 'h'],
    ['h', 'i'],
    ['h', 'o'],
    ['a', 'j'],
    ['e', 'j'],
    ['i', 'j'],
    ['r', 's'],
    ['k', 'w'],
    ['а', 'х'],
    ['е', 'х'],
    ['и', 'х'],
    ['α', 'χ'],
    ['ε', 'χ'],
];

/// Letters that are laughter when they stand twice.
pub(super) const LAUGHING_TWICE: &[char] = &['ח', 'ه', 'خ'];
