//! Slips of the finger: which words were perhaps meant.

/// Whether two words differ by no more slips than words of their length may; the first letter is always right, and a
/// letter typed twice or once is no slip.
pub(super) fn are_similar(typed: &str, term: &str) -> bool {
    let (typed, term): (Vec<char>, Vec<char>) = (letters(typed), letters(term));
    let Some(allowed) = allowed(typed.len()) else { return false };
    if typed.first() != term.first() || typed.len().abs_diff(term.len()) > allowed.max(1) + 1 {
        return false;
    }
    if n_slips(&typed, &term, allowed) <= allowed {
        return true;
    }
    let (typed, term) = (undoubled(&typed), undoubled(&term));
    typed == term
}

/// Whether two words differ by at most so many slips, wherever they are.
pub(super) fn are_within(typed: &str, term: &str, most: usize) -> bool {
    let (typed, term) = (letters(typed), letters(term));
    typed.len().abs_diff(term.len()) <= most && n_slips(&typed, &term, most) <= most
}

/// How many slips a word of so many letters may have; `None` when any would make another word.
pub(super) fn allowed(n_letters: usize) -> Option<usize> {
    match n_letters {
        5..=8 => Some(1),
        9..=32 => Some(2),
        _ => None,
    }
}

fn letters(word: &str) -> Vec<char> {
    word.chars().take(40).collect()
}

fn undoubled(word: &[char]) -> Vec<char> {
    let mut once = word.to_vec();
    once.dedup();
    once
}

/// Insertions, deletions, replacements and swaps of neighbours between two words; stops counting above `most`.
fn n_slips(a: &[char], b: &[char], most: usize) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, &left) in a.iter().enumerate() {
        let mut current = Vec::with_capacity(b.len() + 1);
        current.push(row + 1);
        for (column, &right) in b.iter().enumerate() {
            let mut least =
                (above[column] + usize::from(left != right)).min(above[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && left == b[column - 1] && a[row - 1] == right {
                least = least.min(before[column - 1] + 1);
            }
            current.push(least);
        }
        if current.iter().all(|n| *n > most) {
            return most + 1;
        }
        before = std::mem::replace(&mut above, current);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::are_similar;

    #[test]
    fn slips_are_told_from_other_words() {
        for (typed, term) in [
            ("recieve", "receive"),
            ("tommorow", "tomorrow"),
            ("accomodation", "accommodation"),
            ("freind", "friend"),
            ("restarante", "restaurante"),
            ("агенство", "агентство"),
            ("adress", "address"),
            ("herkez", "herkes"),
        ] {
            assert!(are_similar(typed, term), "{typed} was {term}");
        }
        for (typed, term) in
            [("recieve", "recipe"), ("freind", "fried"), ("beutiful", "dutiful"), ("form", "from"), ("kat", "kit")]
        {
            assert!(!are_similar(typed, term), "{typed} was not {term}");
        }
    }
}
