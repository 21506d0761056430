//! "arc": one chain of analysis for all languages. Text is folded by script, cut into units and written as terms with
//! positions; the query side starts from the same units, so both always agree.
//!
//! Nothing language-specific is indexed. What needs a language or a loose eye (inflection, typing errors,
//! transliteration) is a matter of expanding the query against the term dictionary.

mod borders;
mod fold;
mod han;
mod sound;
mod tables;
mod units;

pub(super) use sound::{SKELETON, SOUND, key_of, skeleton_of, sounds_of};
pub(super) use units::bordered;
pub use units::{Slot, Unit, UnitKind, units};

/// Name of the chain. Any change of what it emits raises the number, and every index is then rebuilt.
pub const VERSION: &str = "arc-3";

/// Before a character of a run at which a word begins.
pub(super) const BEGINS: char = '‹';
/// Behind a character of a run at which a word ends.
pub(super) const ENDS: char = '›';

/// Whether a term is one character of a run, with or without the borders of words.
pub(super) fn is_of_run(term: &str) -> bool {
    let mut letters = term.chars().filter(|letter| !matches!(*letter, BEGINS | ENDS));
    let first = letters.next().filter(|letter| tables::is_spaceless(*letter) || tables::is_hangul_syllable(*letter));
    first.is_some() && letters.next().is_none()
}

/// A term of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub term: String,
    pub position: usize,
    /// Bytes of the source, on borders of grapheme clusters.
    pub start: usize,
    pub end: usize,
}

/// A text with its case, marks and scripts folded, as it is compared for parts of it.
pub(super) fn folded(text: &str) -> String {
    fold::fold(text).iter().map(|cell| cell.letter).collect()
}

/// Everything under which a text is found, ordered by position.
pub fn analyse(text: &str) -> Vec<Token> {
    Analysis::of(text).collect()
}

/// The terms of a text one after the other: of a long one a piece at a time is in memory.
#[derive(Debug)]
pub struct Analysis<'a> {
    rest: &'a str,
    /// Where the rest begins.
    start: usize,
    position: usize,
    tokens: std::vec::IntoIter<Token>,
}

impl<'a> Analysis<'a> {
    pub fn of(text: &'a str) -> Self {
        Self { rest: text, start: 0, position: 0, tokens: Vec::new().into_iter() }
    }
}

impl Iterator for Analysis<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            if let Some(token) = self.tokens.next() {
                return Some(token);
            }
            if self.rest.is_empty() {
                return None;
            }
            let (piece, rest) = self.rest.split_at(cut(self.rest));
            self.tokens = tokens_of(piece, self.start, &mut self.position).into_iter();
            self.start += piece.len();
            self.rest = rest;
        }
    }
}

/// Where the first piece of a text ends: so far in that memory is bounded, and where no unit goes on: at the end of a line, at
/// a blank between two Latin letters, or behind the punctuation of a script without blanks.
fn cut(text: &str) -> usize {
    /// No caption and no message is as long: 2,200 and some thousand characters.
    const PIECE: usize = 64 << 10;
    let Some(from) = (PIECE..text.len()).find(|at| text.is_char_boundary(*at)) else { return text.len() };
    let is_latin = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphabetic());
    let mut before = None;
    let mut letters = text[from..].char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\n' => return from + at,
            ' ' if is_latin(before) && is_latin(letters.peek().map(|(_, next)| *next)) => return from + at,
            '。' | '、' | '，' | '！' | '？' | '।' => return from + at + letter.len_utf8(),
            _ => before = Some(letter),
        }
    }
    text.len()
}

/// The terms of a piece that begins at a byte and a position of its text.
fn tokens_of(piece: &str, start: usize, position: &mut usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    for unit in units(piece) {
        let last = unit.slots.len().saturating_sub(1);
        for at in 0..unit.slots.len() {
            emit(&unit, at, *position + at, &mut tokens);
        }
        *position += last + 1;
    }
    for token in &mut tokens {
        token.start += start;
        token.end += start;
    }
    tokens
}

/// The terms of one slot of a unit.
fn emit(unit: &Unit, at: usize, position: usize, tokens: &mut Vec<Token>) {
    let whole = |term: String| Token { term, position, start: unit.start, end: unit.end };
    let last = unit.slots.len() - 1;
    if at == 0 {
        tokens.extend(unit.whole.iter().cloned().map(whole));
    }
    // First and last, so that a phrase finds the joined spelling whatever stands before or behind it.
    if at == 0 || at == last {
        tokens.extend(unit.joined.iter().cloned().map(whole));
    }
    let slot = &unit.slots[at];
    let token = |term: String| Token { term, position, start: slot.start, end: slot.end };
    tokens.extend(slot.forms.iter().cloned().map(token));
    if slot.is_of_run {
        tokens.extend(slot.marked().map(token));
    }
    let mut sounds: Vec<String> = Vec::new();
    for (word, end) in sounding_word(unit, at).into_iter().chain(kana(unit, at)) {
        for term in sounds_of(&word) {
            if !sounds.contains(&term) {
                sounds.push(term.clone());
                tokens.push(Token { term, position, start: slot.start, end });
            }
        }
    }
}

/// Everything in kana from a slot on, if nothing of it stands before: what people say is often no word of a dictionary.
fn kana(unit: &Unit, at: usize) -> Option<(String, usize)> {
    const LONGEST: usize = 12;
    let is_kana = |slot: &Slot| slot.forms.first().is_some_and(|form| form.chars().all(tables::is_hiragana));
    let is_first = unit.slots[at].is_of_run && is_kana(&unit.slots[at]) && !(at > 0 && is_kana(&unit.slots[at - 1]));
    let length = unit.slots[at..].iter().take_while(|slot| is_kana(slot)).count();
    if !is_first || !(2..=LONGEST).contains(&length) {
        return None;
    }
    let word = unit.slots[at..at + length].iter().filter_map(|slot| slot.forms.first().map(String::as_str)).collect();
    Some((word, unit.slots[at + length - 1].end))
}

/// The word that begins at a slot and is not written in Latin letters, and where it ends.
fn sounding_word(unit: &Unit, at: usize) -> Option<(String, usize)> {
    let slot = &unit.slots[at];
    if !slot.is_of_run {
        return Some((slot.forms.first()?.clone(), slot.end)).filter(|(word, _)| !word.is_ascii());
    }
    if !slot.begins {
        return None;
    }
    let length = unit.slots[at..].iter().position(|slot| slot.ends)? + 1;
    let word = unit.slots[at..at + length].iter().filter_map(|slot| slot.forms.first().map(String::as_str)).collect();
    Some((word, unit.slots[at + length - 1].end))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    #[test]
    fn a_long_text_is_analysed_in_pieces_as_if_it_were_one() {
        let lines = [
            "Where we'd been re-reading 1 000 pages of ann_example's #summer😂 (:",
            "日本語の文章、それから。続き",
            "การเดินทาง ไปเชียงใหม่",
            "안녕하세요 여러분 café naïve",
        ];
        for separator in [" ", "\n", ""] {
            let text: String = lines.iter().cycle().take(9_000).flat_map(|line| [*line, separator]).collect();
            let (mut pieces, mut rest) = (0, text.as_str());
            while !rest.is_empty() {
                rest = &rest[cut(rest)..];
                pieces += 1;
            }
            assert!(pieces > 3, "{pieces}");
            assert!(analyse(&text) == tokens_of(&text, 0, &mut 0), "{separator:?}");
        }
    }

    #[test]
    fn texts_become_terms() {
        let check = |text: &str, expected: &str| {
            // Borders of words and sounds stand beside every character and word; they have a check of their own.
            let mut tokens = analyse(text);
            tokens.retain(|token| !token.term.contains([BEGINS, ENDS, SOUND, SKELETON]));
            let mut shown = String::new();
            for (at, token) in tokens.iter().enumerate() {
                let is_same_place = at > 0 && tokens[at - 1].position == token.position;
                shown.push_str(if at == 0 {
                    ""
                } else if is_same_place {
                    "|"
                } else {
                    " "
                });
                shown.push_str(&token.term);
            }
            assert_eq!(shown, expected, "{text}");
        };
        check("Hello, World!", "hello world");
        check("didn't re-do", "didnt|didn didnt|t redo|re redo|do");
        check("l’hiver d'été", "lhiver|l lhiver|hiver dete|d dete|ete");
        check("東京駅で", "东 京 驿 で");
        check("あとでPDF送るね", "あ と で pdf 送 る ね");
        check("병원에 가", "병 원 에 가");
        check("สนามบิน", "ส น า ม บ ิ น");
        check("बहुत लम्बा", "बहुत लंबा");
        check("7:45 3rd ١٢", "7 45 3 rd 12");
        check("🙏🏿❤️ 🇧🇷🇦🇷", "🙏 ❤ 🇧🇷 🇦🇷");
        check("🤷🏽‍♀️", "🤷\u{200D}♀|🤷");
        check("#Flashback", "#flashback|flashback");
        check("#TravelGram_2019", "#travelgram_2019|travel gram 2019");
        check(
            "#TravelGram #NYCTrip",
            "#travelgram|travelgram|travel travelgram|gram #nyctrip|nyctrip|nyc nyctrip|trip",
        );
        check("今天#旅行", "今 天 #旅行|旅 行");
        check("by @rio_k!", "by @rio_k|riok|rio riok|k");
        check("mail ann@mail.example", "mail ann mail example");
        check("https://www.example.com/a-b?x=1", "https www|≈w example com ab|a ab|b x 1");
        check("thaaaank", "thaaaank|thank|thaank");
        check("heyyy cooool", "heyyy|hey|heyy cooool|col|cool");
        check("hahaha jaja mmm", "hahaha|≈ah jaja|≈aj mmm|≈m");
        check("ㅋㅋㅋㅠㅠ", "ㅋㅋㅋ|≈ㅋ ㅠㅠ|≈ㅠ");
        check("ok :) (x) :(", "ok ☻:) x ☻:(");
        check("ארה״ב", "ארהב|ארה ארהב|ב");
        check("1,000 1.500.000", "1000|1 1000|000 1500000|1 500 1500000|000");
        check("(╯°□°)╯ _ - '", "");
        check("", "");
    }

    #[test]
    fn borders_and_sounds_stand_beside_the_characters() {
        let check = |text: &str, expected: &[&str]| {
            let terms: Vec<String> = analyse(text).into_iter().map(|token| token.term).collect();
            assert_eq!(terms, expected, "{text}");
        };
        check("東京で", &["东", "‹东", "≋donging", "京", "京›", "で", "‹で", "で›", "‹で›", "≋de"]);
        check("병원", &["병", "‹병", "≋bieongvon", "≋pieongvon", "원", "원›"]);
        check("привет", &["привет", "≋privet"]);
        check("שלום", &["שלומ", "≊slm"]);
    }

    proptest! {
        #[test]
        fn tokens_lie_on_grapheme_borders(text in any::<String>()) {
            let mut borders: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
            borders.push(text.len());
            let mut last = 0;
            for token in analyse(&text) {
                prop_assert!(borders.contains(&token.start) && borders.contains(&token.end), "{:?}", token);
                prop_assert!(token.start < token.end && !token.term.is_empty());
                prop_assert!(token.position >= last);
                last = token.position;
            }
        }
    }
}
