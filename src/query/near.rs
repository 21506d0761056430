//! Which known names are close to what was typed.

/// Longer names are not compared.
const LONGEST: usize = 64;

/// The names within one slip of `typed` (two from five characters on), nearest first.
pub fn close_names<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    nearest(typed, names, |name| vec![name])
}

/// The same, for names of several words: each word counts as the whole does, so that `lna` is close to `Lena Winter` and
/// to `lena_winter`.
pub fn close_by_word<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // Of two letters, every short word would be close.
    let is_short = typed.chars().count() < 3;
    nearest(typed, names, |name| {
        let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !is_short && !word.is_empty());
        std::iter::once(name).chain(words).collect()
    })
}

fn nearest<'a>(
    typed: &str,
    names: impl IntoIterator<Item = &'a str>,
    parts: impl Fn(&'a str) -> Vec<&'a str>,
) -> Vec<&'a str> {
    let typed = letters(typed);
    if typed.len() < 2 || typed.len() > LONGEST {
        return Vec::new();
    }
    let allowed = if typed.len() < 5 { 1 } else { 2 };
    let n_slips = |part: &str| {
        let letters = letters(part);
        let is_far = letters.len().abs_diff(typed.len()) > allowed;
        if is_far { usize::MAX } else { slips(&typed, &letters) }
    };
    let mut close: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| Some((parts(name).into_iter().map(n_slips).min()?, name)))
        .filter(|(n_slips, _)| *n_slips <= allowed)
        .collect();
    close.sort_unstable();
    close.into_iter().map(|(_, name)| name).collect()
}

fn letters(text: &str) -> Vec<char> {
    text.to_lowercase().chars().take(LONGEST + 1).collect()
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
fn slips(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, &left) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &right) in b.iter().enumerate() {
            let replaced = above[column] + usize::from(left != right);
            let mut least = replaced.min(above[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && left == b[column - 1] && a[row - 1] == right {
                least = least.min(before[column - 1] + 1);
            }
            current.push(least);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{close_by_word, close_names};

    #[test]
    fn slips_of_the_finger_are_close() {
        let names = ["from", "kind", "before", "has", "in"];
        let check = |typed: &str, expected: &[&str]| assert_eq!(close_names(typed, names), expected, "{typed}");
        check("form", &["from"]);
        check("knid", &["kind"]);
        check("befroe", &["before"]);
        check("before", &["before"]);
        check("hass", &["has"]);
        check("todo", &[]);
        check("x", &[]);
        check("", &[]);
    }
    #[test]
    fn one_word_of_a_name_is_enough() {
        let names = ["lena_winter", "Lena Winter", "Jonas Berger", "Al", "佐藤 ゆき"];
        let check = |typed: &str, expected: &[&str]| assert_eq!(close_by_word(typed, names), expected, "{typed}");
        check("lna", &["Lena Winter", "lena_winter"]);
        check("wintre", &["Lena Winter", "lena_winter"]);
        check("lena wnter", &["Lena Winter", "lena_winter"]);
        check("brger", &["Jonas Berger"]);
        // Two letters are close to every short word.
        check("xl", &["Al"]);
        check("le", &[]);
        check("", &[]);
    }
}
