//! What stays of a sentence when the names and emoji in it are taken out: the form that the app's sentences share.

use std::hash::{DefaultHasher, Hash, Hasher};

use unicode_segmentation::UnicodeSegmentation;

use crate::ingest::merge::plain_emoji;

/// A notice is not longer, in characters.
const LONGEST: usize = 120;
/// Fewer letters are a sound or a greeting, not a sentence ("haha 😂", "LG Anna"). A guess that leaves room for Korean, whose
/// letters are syllables.
const FEWEST_LETTERS: usize = 6;
/// Fewer different ones are a laugh of any length.
const FEWEST_DIFFERENT_LETTERS: usize = 4;

/// Where in a sentence the name of its sender stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameAt {
    Start,
    Middle,
    /// There people sign.
    End,
}

/// A text as it is compared with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// Of the words without name and emoji.
    pub hash: u64,
    pub name_at: Option<NameAt>,
    /// The name has several words: nobody begins with it by chance.
    pub is_full_name: bool,
    /// The only emoji, without what chooses its looks.
    pub emoji: Option<String>,
    pub holds_link: bool,
}

/// The form of a text by that sender, in a conversation of people with these names, longer ones first. `None` for what is
/// too long or too short to be a sentence of the app.
pub(super) fn form_of(text: &str, sender: Option<&str>, names: &[String]) -> Option<Form> {
    let text = text.trim();
    // No character has more than four bytes.
    if text.len() > LONGEST * 4 || text.contains('\n') || text.chars().count() > LONGEST {
        return None;
    }
    let sender = sender.map(str::trim).filter(|name| is_telling(name));
    let found = names_in(text, sender, names);
    let own = found.iter().find(|found| found.is_sender);
    let name_at = own.map(|own| {
        let (before, after) = (&text[..own.at], &text[own.at + own.bytes..]);
        match (before.trim().is_empty(), after.trim_matches(['.', '!', '。', ' ']).is_empty()) {
            (_, true) => NameAt::End,
            (true, false) => NameAt::Start,
            (false, false) => NameAt::Middle,
        }
    });
    let mut words = Words::default();
    let mut at = 0;
    for name in &found {
        words.add(&text[at..name.at]);
        words.plain.push(if name.is_sender { '\u{1}' } else { '\u{3}' });
        at = name.at + name.bytes;
    }
    words.add(&text[at..]);
    if !words.is_sentence() {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    words.plain.hash(&mut hasher);
    Some(Form {
        hash: hasher.finish(),
        name_at,
        is_full_name: own.is_some() && sender.is_some_and(|name| name.contains(' ')),
        emoji: <[String; 1]>::try_from(words.emoji).ok().map(|[emoji]| emoji),
        holds_link: text.contains("://") || text.contains("www."),
    })
}

/// A name in a text.
struct Named {
    at: usize,
    bytes: usize,
    is_sender: bool,
}

/// Where the people of a conversation are named, in the order of the text: its sender, then everybody else wherever no
/// other name stands already.
fn names_in(text: &str, sender: Option<&str>, names: &[String]) -> Vec<Named> {
    let mut found: Vec<Named> = Vec::new();
    // A longer name in which the sender's stands is somebody else's.
    let is_longer = |name: &str| sender.is_some_and(|sender| name.len() > sender.len() && name.contains(sender));
    // Most texts name nobody, so whether they do is asked first.
    let is_named = |name: &&str| Some(*name) != sender && text.contains(*name) && is_telling(name);
    let others = || names.iter().map(|name| name.trim()).filter(is_named);
    let longer = others().filter(|name| is_longer(name)).map(|name| (name, false));
    let rest = others().filter(|name| !is_longer(name)).map(|name| (name, false));
    for (name, is_sender) in longer.chain(sender.map(|name| (name, true))).chain(rest) {
        for at in places_of(text, name) {
            let is_free = |known: &Named| at + name.len() <= known.at || known.at + known.bytes <= at;
            // Whoever signs with the own name says it once.
            if found.iter().all(is_free) && !(is_sender && found.iter().any(|known| known.is_sender)) {
                found.push(Named { at, bytes: name.len(), is_sender });
            }
        }
    }
    found.sort_by_key(|name| name.at);
    found
}

#[derive(Default)]
struct Words {
    plain: String,
    /// Counted up to where there are enough.
    n_letters: usize,
    /// Different ones, likewise.
    letters: Vec<char>,
    emoji: Vec<String>,
}

impl Words {
    fn add(&mut self, text: &str) {
        if !text.chars().any(makes_emoji) {
            self.plain.push_str(text);
            self.count(text);
            return;
        }
        for grapheme in text.graphemes(true) {
            if is_emoji(grapheme) {
                self.emoji.push(plain_emoji(grapheme));
                self.plain.push('\u{2}');
            } else {
                self.plain.push_str(grapheme);
                self.count(grapheme);
            }
        }
    }

    fn count(&mut self, text: &str) {
        let mut letters = text.chars().filter(|c| c.is_alphabetic());
        while !self.is_sentence() {
            let Some(letter) = letters.next() else { return };
            self.n_letters += 1;
            if self.letters.len() < FEWEST_DIFFERENT_LETTERS && !self.letters.contains(&letter) {
                self.letters.push(letter);
            }
        }
    }

    /// Whether there are as many letters as a sentence has.
    fn is_sentence(&self) -> bool {
        self.n_letters >= FEWEST_LETTERS && self.letters.len() >= FEWEST_DIFFERENT_LETTERS
    }
}

/// Whether a name is long enough to be told from the words around it.
fn is_telling(name: &str) -> bool {
    name.chars().filter(|c| c.is_alphanumeric()).count() > 1
}

/// Where the name stands as a word of its own, or before an ending in a script without spaces.
fn places_of<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let (first, last) = (name.chars().next().unwrap_or(' '), name.chars().next_back().unwrap_or(' '));
    let is_joined = |one: Option<char>, other: char| {
        one.is_some_and(|one| one.is_alphanumeric() && other.is_alphanumeric() && has_spaces(one) && has_spaces(other))
    };
    text.match_indices(name).map(|(at, _)| at).filter(move |at| {
        let (before, after) = (&text[..*at], &text[at + name.len()..]);
        !is_joined(before.chars().next_back(), first) && !is_joined(after.chars().next(), last)
    })
}

/// Whether a letter is of a script that writes words apart, also from their endings.
fn has_spaces(c: char) -> bool {
    !matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The emoji of a text, without what only chooses their looks.
pub(in crate::ingest) fn emoji_in(text: &str) -> impl Iterator<Item = String> {
    text.graphemes(true).filter(|grapheme| is_emoji(grapheme)).map(plain_emoji)
}

fn is_emoji(grapheme: &str) -> bool {
    grapheme.chars().any(makes_emoji)
}

/// Whether a grapheme with that character is an emoji.
fn makes_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}'
        | '\u{203c}' | '\u{2049}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_emoji_are_taken_out() {
        let same = |one: (&str, &str), other: (&str, &str), name_at| {
            let of = |(text, sender)| form_of(text, Some(sender), &[]).unwrap_or_else(|| panic!("{text} has no form"));
            assert_eq!(of(one).hash, of(other).hash, "{one:?} {other:?}");
            assert_eq!(of(one).name_at, name_at, "{one:?}");
        };
        let start = Some(NameAt::Start);
        same(("김민준님이 사진을 보냈습니다.", "김민준"), ("박하늘님이 사진을 보냈습니다.", "박하늘"), start);
        same(("أرسل ليلى حسن مرفقًا", "ليلى حسن"), ("أرسل عمر مرفقًا", "عمر"), Some(NameAt::Middle));
        same(("Ayşe bir ek gönderdi.", "Ayşe"), ("Can bir ek gönderdi.", "Can"), start);
        same(("Liebe Grüße, Anna!", "Anna"), ("Liebe Grüße, Tom!", "Tom"), Some(NameAt::End));
        same(("メッセージに😂でリアクション", "ゆき"), ("メッセージに❤️でリアクション", "ゆき"), None);
    }

    #[test]
    fn what_is_no_sentence_has_no_form() {
        let check = |text: &str, sender: &str| assert_eq!(form_of(text, Some(sender), &[]), None, "{text}");
        check("haha 😂", "Anna");
        check("hahahahahahaha 😂", "Anna");
        check("😂", "Anna");
        check("LG Anna", "Anna");
        check("one line\nand another", "Anna");
        check(&"word ".repeat(40), "Anna");
    }

    #[test]
    fn a_name_is_a_word_of_its_own() {
        let at = |text: &str, sender: &str| form_of(text, Some(sender), &[]).and_then(|form| form.name_at);
        assert_eq!(at("Annabelle is coming along", "Anna"), None);
        assert_eq!(at("Таня прислала фото", "Аня"), None);
        assert_eq!(at("A sent something nice", "A"), None);
        assert_eq!(at("ゆきさんが写真を送信しました", "ゆき"), Some(NameAt::Start));
        assert_eq!(at("Ann's photo was sent", "Ann"), Some(NameAt::Start));
    }

    #[test]
    fn everybody_in_the_conversation_is_taken_out() {
        let same = |names: &[&str], one: (&str, &str), other: (&str, &str)| {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            let of =
                |(text, sender)| form_of(text, Some(sender), &names).unwrap_or_else(|| panic!("{text} has no form"));
            assert_eq!(of(one).hash, of(other).hash, "{one:?} {other:?}");
            assert_eq!(of(one).name_at, of(other).name_at, "{one:?} {other:?}");
        };
        let names = [
            "Anna Maria Berg",
            "Anna Maria",
            "박하늘",
            "김민준",
            "이서연",
            "山田花子",
            "ゆき",
            "健太",
            "Anna",
            "Tom",
            "Li",
        ];
        same(
            &names,
            ("김민준님이 박하늘님을 초대했습니다.", "김민준"),
            ("이서연님이 김민준님을 초대했습니다.", "이서연"),
        );
        same(
            &names,
            ("ゆきが健太をグループに追加しました", "ゆき"),
            ("山田花子がゆきをグループに追加しました", "山田花子"),
        );
        same(
            &names,
            ("Anna hat Tom zur Gruppe hinzugefügt.", "Anna"),
            ("Tom hat Anna Maria zur Gruppe hinzugefügt.", "Tom"),
        );
        same(
            &names,
            ("Anna hat Anna Maria Berg hinzugefügt.", "Anna"),
            ("Anna Maria hat Anna hinzugefügt.", "Anna Maria"),
        );
        let of = |text: &str| form_of(text, Some("Anna"), &["Tom".to_owned()]).map(|form| form.hash);
        assert_ne!(of("Anna hat Tomaten mitgebracht"), of("Anna hat Tom mitgebracht"));
        assert_ne!(of("Anna hat Tom mitgebracht"), of("Tom hat Anna mitgebracht"));
    }

    #[test]
    fn only_one_emoji_counts() {
        let emoji = |text: &str| form_of(text, None, &[]).and_then(|form| form.emoji);
        assert_eq!(emoji("foo bar baz ❤️").as_deref(), Some("❤"));
        assert_eq!(emoji("foo bar baz ❤️😂"), None);
        assert_eq!(emoji("foo bar baz"), None);
        assert_eq!(emoji("foo bar baz 👩🏽‍🌾").as_deref(), Some("👩🏽‍🌾"));
    }
}
