//! How much two rows of one minute and sender whose words differ look like one message that was edited. Pure.

use std::collections::BTreeSet;

use super::pairing::Row;

/// A row and the numbers of the names that it mentions.
#[derive(Debug)]
pub struct Told<'a> {
    row: &'a Row<'a>,
    names: BTreeSet<usize>,
}

impl<'a> Told<'a> {
    pub fn of(row: &'a Row<'a>, names: &[String]) -> Self {
        let mentioned = names.iter().enumerate().filter(|(_, name)| row.text.contains(name.as_str()));
        Self { row, names: mentioned.map(|(number, _)| number).collect() }
    }
}

/// More is more alike; `None` where nothing says that they are one. Sentences of the app in two languages have nothing but
/// names in common.
pub fn resemblance(one: &Told<'_>, other: &Told<'_>) -> Option<usize> {
    const ALL: usize = 1_000;
    if one.row.carries.is_some() && one.row.carries == other.row.carries {
        return Some(ALL + 1);
    }
    let mentions = (!one.names.is_empty() && one.names == other.names).then_some(ALL);
    mentions.max(words_in_common(one.row.text, other.row.text))
}

/// In thousandths of the longer text what both begin and end with. An edit leaves most of the shorter text as it was (a
/// guess: two thirds).
fn words_in_common(one: &str, other: &str) -> Option<usize> {
    let (one, other): (Vec<char>, Vec<char>) = (one.trim().chars().collect(), other.trim().chars().collect());
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    let before = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let behind = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    let common = before + behind.min(shorter - before);
    (shorter > 0 && common * 3 >= shorter * 2).then(|| common * 1_000 / longer)
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
