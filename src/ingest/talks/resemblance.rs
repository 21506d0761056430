//! How much two rows of one minute and sender whose words differ look like one message that was edited. Pure.

use std::collections::BTreeSet;

use super::pairing::{Row, Sort};
use super::voices::{Names, name_of};
use crate::ingest::identity::without_sender;
use crate::ingest::notices::emoji_in;

/// A row, and what its text tells in any language.
#[derive(Debug)]
pub struct Told<'a> {
    row: &'a Row<'a>,
    /// Its text without its sender's name, if that stands in it.
    sentence: Option<String>,
    /// Whom else it mentions, or what: names of one person are one.
    names: BTreeSet<u32>,
    emoji: BTreeSet<String>,
}

impl<'a> Told<'a> {
    pub fn of(row: &'a Row<'a>, names: &Names) -> Self {
        let sentence = without_sender(row.text, name_of(row));
        let text = sentence.as_deref().unwrap_or(row.text);
        let names = names.mentioned(text);
        Self { row, names, emoji: emoji_in(text).collect(), sentence }
    }
}

/// More is more alike; `None` where nothing says that they are one. Sentences of the app in two languages have nothing but
/// names and emoji in common.
pub fn resemblance((one, other): (&Told<'_>, &Told<'_>)) -> Option<usize> {
    if one.row.carries.is_some() && one.row.carries == other.row.carries {
        return Some(ALL + 4);
    }
    if one.sentence.is_some() && one.sentence == other.sentence {
        return Some(ALL + 3);
    }
    let mention_the_same = one.sentence.is_some() == other.sentence.is_some() && one.names == other.names;
    let is_notice = |told: &Told<'_>| told.row.sort == Sort::ReactionNotice;
    let tell_the_same_reaction =
        (is_notice(one) || is_notice(other)) && !one.emoji.is_empty() && one.emoji == other.emoji;
    let of_names = match mention_the_same {
        true if !one.names.is_empty() => Some(ALL + 2),
        // Its sender alone: "left" or "joined".
        true if one.sentence.is_some() => Some(OF_SENDER),
        _ => None,
    };
    of_names.max(tell_the_same_reaction.then_some(ALL + 2)).max(words_in_common(one.row.text, other.row.text))
}

/// The same, where their senders are called otherwise: what is short is said by many, and the app tells of many that they
/// left or joined, unless they are the only two senders of their minute, in two
/// languages.
pub fn resemblance_by_another_name((one, other): (&Told<'_>, &Told<'_>), are_alone: bool) -> Option<usize> {
    let is_long = |told: &Told<'_>| told.row.text.trim().chars().count() >= FEWEST_LETTERS;
    let is_system = |told: &Told<'_>| told.row.sort == Sort::System;
    let likeness = resemblance((one, other))?;
    let is_enough = match likeness {
        OF_SENDER => are_alone && is_system(one) && is_system(other) && have_no_word_in_common(one, other),
        likeness if likeness > ALL => true,
        _ => is_long(one) && is_long(other),
    };
    is_enough.then_some(likeness)
}

/// Letter for letter the same; more than that is what only one message tells.
const ALL: usize = 1_000;

/// Both are sentences about their sender and nobody else.
const OF_SENDER: usize = ALL + 1;

/// Fewer are said by anybody (a guess).
const FEWEST_LETTERS: usize = 8;

/// Two sentences of the app in one language share at least what they tell of: "the group". Without words they tell nothing.
fn have_no_word_in_common(one: &Told<'_>, other: &Told<'_>) -> bool {
    let words = |told: &Told<'_>| -> BTreeSet<String> {
        let text = told.sentence.as_deref().unwrap_or_default().to_lowercase();
        text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (one, other) = (words(one), words(other));
    !one.is_empty() && !other.is_empty() && one.is_disjoint(&other)
}

/// In thousandths of the longer text what both begin and end with. An edit leaves most of the shorter text as it was (a
/// guess: two thirds).
fn words_in_common(one: &str, other: &str) -> Option<usize> {
    let (one, other): (Vec<char>, Vec<char>) = (one.trim().chars().collect(), other.trim().chars().collect());
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    let before = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let behind = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    let common = before + behind.min(shorter - before);
    (shorter > 0 && common * 3 >= shorter * 2).then(|| common * ALL / longer)
}

#[cfg(test)]
mod tests {
    use super::words_in_common;

    #[test]
    fn an_edit_leaves_most_of_the_text() {
        let check = |one, other, expected: Option<usize>| assert_eq!(words_in_common(one, other), expected, "{one}");
        check("see you at nine", "see you at ten", Some(733));
        check("see you", "see you, I mean", Some(466));
        check(":(", ":(, I mean", Some(200));
        check("teh end", "the end", Some(714));
        check("see you at nine", "or at eleven?", None);
        check("ok", "or at eleven?", None);
        check("", "see you", None);
        check("aaa", "aa", Some(666));
    }
}
