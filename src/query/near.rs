//! Which known names are close to what was typed.

/// The names within one slip of `typed` (two from five characters on), nearest first.
pub fn close_names<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    const LONGEST: usize = 64;
    let typed: Vec<char> = typed.to_lowercase().chars().take(LONGEST + 1).collect();
    if typed.len() < 2 || typed.len() > LONGEST {
        return Vec::new();
    }
    let allowed = if typed.len() < 5 { 1 } else { 2 };
    let mut close: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let letters: Vec<char> = name.to_lowercase().chars().take(LONGEST + 1).collect();
            let is_far = letters.len().abs_diff(typed.len()) > allowed;
            let n_slips = if is_far { usize::MAX } else { slips(&typed, &letters) };
            (n_slips <= allowed).then_some((n_slips, name))
        })
        .collect();
    close.sort_unstable();
    close.into_iter().map(|(_, name)| name).collect()
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
    use super::close_names;

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
}
