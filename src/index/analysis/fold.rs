//! Text as folded characters, each with the bytes of the source that it came from.
//!
//! Folding goes by script: marks over Latin, Greek and Cyrillic letters fall, the breve of й stays, as do the vowel
//! signs and tones of Thai and Devanagari and the voicing of kana, because they make another word.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use super::{borders, han, tables};

/// What a folded character is for the cutting into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Letter,
    Digit,
    /// A character of a script that puts no spaces between words.
    Spaceless,
    Hangul,
    /// A single jamo: words of their own kind (ㅋㅋ).
    Jamo,
    /// A whole emoji; what it is stands in the source.
    Emoji,
    Hash,
    At,
    /// `'`, `-`, `_`, `"` and `·`: they join words when they stand between letters.
    Joiner,
    Other,
}

/// A folded character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub letter: char,
    /// Before its case and script were folded.
    pub raw: char,
    pub class: Class,
    /// Bytes of the source: whole grapheme clusters.
    pub start: usize,
    pub end: usize,
    /// A word begins, or ends, here: of spaceless scripts as their dictionary says, of Hangul where the run does.
    pub begins: bool,
    pub ends: bool,
}

impl Cell {
    const fn new(letter: char, raw: char, class: Class, start: usize, end: usize) -> Self {
        Self { letter, raw, class, start, end, begins: false, ends: false }
    }
}

pub(super) fn fold(text: &str) -> Vec<Cell> {
    let bytes = text.as_bytes();
    let mut cells = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        // An ASCII character before another one is a cluster of its own (CR LF are separators either way).
        if byte.is_ascii() && bytes.get(at + 1).is_none_or(u8::is_ascii) {
            if byte == b'%'
                && let Some((letters, end)) = percent_encoded(bytes, at)
            {
                fold_cluster(&letters, at, end, &mut cells);
                at = end;
                continue;
            }
            let raw = char::from(byte);
            // Some keyboards write the apostrophe so.
            let letter = if raw == '`' { '\'' } else { raw.to_ascii_lowercase() };
            cells.push(Cell::new(letter, raw, class_of(letter), at, at + 1));
            at += 1;
            continue;
        }
        let cluster = text[at..].graphemes(true).next().unwrap_or_default();
        let end = at + cluster.len().max(1);
        fold_cluster(cluster, at, end, &mut cells);
        at = end;
    }
    join_nasals(&mut cells);
    shorten_runs(&mut cells);
    borders::mark(&mut cells);
    cells
}

/// The letters beyond ASCII that stand at `at` as links write them (`%C3%A9`), and where they end.
fn percent_encoded(bytes: &[u8], at: usize) -> Option<(String, usize)> {
    let mut decoded = Vec::new();
    let mut end = at;
    while let Some([b'%', high, low]) = bytes.get(end..end + 3) {
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
        if byte.is_ascii() {
            break;
        }
        decoded.push(byte);
        end += 3;
    }
    let letters = String::from_utf8(decoded).ok()?;
    letters.chars().any(char::is_alphanumeric).then_some((letters, end))
}

fn fold_cluster(cluster: &str, start: usize, end: usize, cells: &mut Vec<Cell>) {
    if is_emoji(cluster) {
        let letter = cluster.chars().next().unwrap_or_default();
        cells.push(Cell::new(letter, letter, Class::Emoji, start, end));
        return;
    }
    let visible: String = cluster.chars().filter(|letter| !tables::is_invisible(*letter)).collect();
    if visible.chars().all(tables::is_compatibility_jamo) {
        cells.extend(visible.chars().map(|raw| Cell::new(raw, raw, Class::Jamo, start, end)));
        return;
    }
    fold_visible(&visible, start, end, cells);
    // Persian sets what belongs to a word apart by a sign of no width: می‌خواهم is written می خواهم too.
    if cluster.ends_with(NARROW_GAP) && cells.last().is_some_and(|cell| tables::is_arabic(cell.letter)) {
        cells.push(Cell::new('\'', NARROW_GAP, Class::Joiner, start, end));
    }
}

/// The sign of no width that keeps letters from being joined.
pub(super) const NARROW_GAP: char = '\u{200C}';

fn fold_visible(visible: &str, start: usize, end: usize, cells: &mut Vec<Cell>) {
    for raw in visible.nfkc() {
        for lower in raw.to_lowercase() {
            fold_letter(lower, &mut |letter| {
                cells.push(Cell::new(letter, raw, class_of(letter), start, end));
            });
        }
    }
}

fn fold_letter(letter: char, push: &mut impl FnMut(char)) {
    if let Some(digit) = tables::digit(letter) {
        return push(digit);
    }
    if let Some(spelled) = tables::spelled(letter) {
        return spelled.chars().for_each(push);
    }
    if tables::is_han(letter) {
        return push(han::plain(letter));
    }
    let katakana = u32::from(letter);
    if (0x30A1..=0x30F6).contains(&katakana) || (0x30FD..=0x30FE).contains(&katakana) {
        return push(char::from_u32(katakana - 0x60).unwrap_or(letter));
    }
    let has_marks_to_drop = tables::is_latin_greek_cyrillic(letter) || tables::is_devanagari(letter);
    if has_marks_to_drop && letter != 'й' {
        for part in std::iter::once(letter).nfd().filter(|part| !tables::is_dropped_mark(*part)) {
            match tables::spelled(part) {
                Some(spelled) => spelled.chars().for_each(&mut *push),
                None => push(part),
            }
        }
    } else if !tables::is_dropped_mark(letter) {
        push(letter);
    }
}

fn is_emoji(cluster: &str) -> bool {
    const EMOJI_STYLE: char = '\u{FE0F}';
    const KEYCAP: char = '\u{20E3}';
    let Some(first) = cluster.chars().next() else { return false };
    tables::is_pictograph(first)
        || cluster.contains(KEYCAP)
        || (cluster.contains(EMOJI_STYLE) && !first.is_ascii() && !first.is_alphanumeric())
        || (cluster.contains(EMOJI_STYLE) && (0x1F100..0x1F300).contains(&u32::from(first)))
}

fn class_of(letter: char) -> Class {
    match letter {
        'a'..='z' => Class::Letter,
        '0'..='9' => Class::Digit,
        '#' => Class::Hash,
        '@' => Class::At,
        '\'' | '-' | '_' | '"' | '·' => Class::Joiner,
        _ if letter.is_ascii() => Class::Other,
        _ if !letter.is_alphanumeric() && !is_combining_mark(letter) => Class::Other,
        _ if tables::is_spaceless(letter) => Class::Spaceless,
        _ if tables::is_hangul_syllable(letter) => Class::Hangul,
        _ => Class::Letter,
    }
}

/// Devanagari writes the nasal before a consonant as a letter or as a dot: लम्बा and लंबा. Both become the dot.
fn join_nasals(cells: &mut Vec<Cell>) {
    const VIRAMA: char = '\u{94D}';
    const DOT: char = '\u{902}';
    if !cells.iter().any(|cell| cell.letter == VIRAMA) {
        return;
    }
    let mut kept: Vec<Cell> = Vec::with_capacity(cells.len());
    let mut at = 0;
    while let Some(&cell) = cells.get(at) {
        let is_nasal = matches!(cell.letter, 'ङ' | 'ञ' | 'ण' | 'न' | 'म');
        let letter_at = |at: usize| cells.get(at).map(|cell| cell.letter);
        let is_joined = letter_at(at + 1) == Some(VIRAMA) && matches!(letter_at(at + 2), Some('क'..='ह'));
        let is_dot = is_nasal && is_joined;
        kept.push(if is_dot { Cell { letter: DOT, ..cell } } else { cell });
        at += if is_dot { 2 } else { 1 };
    }
    *cells = kept;
}

/// Stretched spaceless text: three and more of a character are one in Thai and Lao, two elsewhere; the long mark falls
/// after hiragana, where it only stretches, and is one elsewhere.
fn shorten_runs(cells: &mut Vec<Cell>) {
    const LONG: char = 'ー';
    if !cells.iter().any(|cell| matches!(cell.class, Class::Spaceless | Class::Hangul)) {
        return;
    }
    let mut kept: Vec<Cell> = Vec::with_capacity(cells.len());
    let mut at = 0;
    while at < cells.len() {
        let cell = cells[at];
        let n_equal = cells[at..].iter().take_while(|next| next.letter == cell.letter).count();
        let n_kept = match cell.class {
            Class::Spaceless if cell.letter == LONG => {
                usize::from(!kept.last().is_some_and(|last| tables::is_hiragana(last.raw)))
            }
            Class::Spaceless if n_equal >= 3 && tables::is_thai_or_lao(cell.letter) => 1,
            Class::Spaceless | Class::Hangul => n_equal.min(2),
            _ => n_equal,
        };
        kept.extend_from_slice(&cells[at..at + n_kept]);
        // What is left out still belongs to the run when it is marked.
        if n_kept < n_equal
            && n_kept > 0
            && let Some(last) = kept.last_mut()
        {
            last.end = cells[at + n_equal - 1].end;
        }
        at += n_equal;
    }
    *cells = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_fold_by_their_own_rules() {
        let check = |text: &str, expected: &str| {
            let folded: String = fold(text).iter().map(|cell| cell.letter).collect();
            assert_eq!(folded, expected, "{text}");
        };
        check("Ärger Ñandú ĳ", "arger nandu ij");
        check("Straße Łódź Øre œuf þing", "strasse lodz ore oeuf thing");
        check("IZMIR İzmir ızgara", "izmir izmir izgara");
        check("ΟΔΟΣ οδός", "οδοσ οδοσ");
        check("йод ёлка", "йод елка");
        check("cafe\u{301}", "cafe");
        check("s\u{336}a\u{336}le", "sale");
        check("so\u{AD}ft ze\u{200B}ro", "soft zero");
        check("𝐕𝐢𝐧𝐭𝐚𝐠𝐞 ᴛʜɪꜱ Ⓐ 🅐🅱", "vintage this a ab");
        check("ＦＵＬＬ １２", "full 12");
        check("أإآٱ ى ی ة ک كـتاب قَهْوَة", "اااا ي ي ه ك كتاب قهوه");
        check("תּוֹדָה ארה״ב", "תודה ארה\"ב");
        check("लम्बा लंबा सफ़र चाँद", "लंबा लंबा सफर चांद");
        check("ｷﾞﾀｰ ギター がか", "ぎたー ぎたー がか");
        check("すごーーーい", "すごい");
        check("มากกกกก ป่า", "มาก ป่า");
        check("草草草草", "草草");
        check("圖書館 驛 澤", "图书馆 驿 泽");
        check("שלום", "שלומ");
        check("/caf%C3%A9 100%ab", "/cafe 100%ab");
        check("۱۴۰۲ ١٢ १२ ๕", "1402 12 12 5");
        check("l’hiver re–do", "l'hiver re-do");
        check("می\u{200C}خواهم soft\u{200C}ly", "مي'خواهم softly");
        check("보고ㅋㅋ 가\u{1100}\u{1161}", "보고ㅋㅋ 가가");
    }

    #[test]
    fn offsets_cover_clusters() {
        let cells = fold("e\u{301}ß");
        let places: Vec<_> = cells.iter().map(|cell| (cell.letter, cell.start, cell.end)).collect();
        assert_eq!(places, [('e', 0, 3), ('s', 3, 5), ('s', 3, 5)]);
    }
}
