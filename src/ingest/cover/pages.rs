//! What the numbers in names show to be missing: pages of one list, and archives of one delivery.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{self, lists};
use crate::store::CoverFacts;

/// Numbers that are left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// Pages of a list: the name that they share, and those that lack.
    Pages { stem: String, missing: Vec<u32> },
    /// Numbered archives of the delivery. `is_open`: the one that is there only shows that there are more.
    Parts { missing: Vec<u32>, is_open: bool },
}

/// So many of the missing numbers are named.
const NAMED: usize = 20;

pub(super) fn gaps_of(snapshot_id: i64, facts: &CoverFacts) -> Vec<Gap> {
    let mut pages: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for (_, path) in facts.pages.iter().filter(|(snapshot, _)| *snapshot == snapshot_id) {
        if let Some((stem, number)) = lists::page_of(path) {
            pages.entry(stem).or_default().insert(number);
        }
    }
    let mut gaps: Vec<Gap> = pages
        .into_iter()
        .map(|(stem, numbers)| Gap::Pages { stem, missing: left_out(&numbers) })
        .filter(|gap| !matches!(gap, Gap::Pages { missing, .. } if missing.is_empty()))
        .collect();
    gaps.extend(parts(snapshot_id, facts));
    gaps
}

/// Archives until 2021 count their parts; one that came alone has no number (format reference §1.2).
fn parts(snapshot_id: i64, facts: &CoverFacts) -> Option<Gap> {
    let mut of_archive: BTreeMap<i64, Option<u32>> = BTreeMap::new();
    for (_, archive, name) in facts.names.iter().filter(|(snapshot, ..)| *snapshot == snapshot_id) {
        let part = source::parse_archive_name(name).and_then(|name| name.part);
        let known = of_archive.entry(*archive).or_default();
        *known = known.or(part);
    }
    let numbers: BTreeSet<u32> = of_archive.values().flatten().copied().collect();
    let has_unnumbered = of_archive.values().any(Option::is_none);
    let highest = *numbers.last()?;
    if has_unnumbered && highest == 1 {
        return None;
    }
    let all: BTreeSet<u32> = numbers.iter().copied().chain(has_unnumbered.then_some(1)).collect();
    let missing = left_out(&all);
    match (missing.is_empty(), highest) {
        (false, _) => Some(Gap::Parts { missing, is_open: false }),
        (true, 1) => Some(Gap::Parts { missing: vec![2], is_open: true }),
        (true, _) => None,
    }
}

fn left_out(numbers: &BTreeSet<u32>) -> Vec<u32> {
    let highest = numbers.last().copied().unwrap_or_default();
    (1..highest).filter(|number| !numbers.contains(number)).take(NAMED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_left_out_are_told() {
        let page = |path: &str| (1, path.to_owned());
        let name = |archive: i64, name: &str| (1, archive, name.to_owned());
        let check = |pages: &[&str], names: &[(i64, &str)], expected: Vec<Gap>| {
            let facts = CoverFacts {
                pages: pages.iter().map(|path| page(path)).collect(),
                names: names.iter().map(|(archive, text)| name(*archive, text)).collect(),
                ..CoverFacts::default()
            };
            assert_eq!(gaps_of(1, &facts), expected, "{pages:?} {names:?}");
            assert_eq!(gaps_of(2, &facts), []);
        };
        let pages = |stem: &str, missing: &[u32]| Gap::Pages { stem: stem.to_owned(), missing: missing.to_vec() };
        let parts = |missing: &[u32], is_open| Gap::Parts { missing: missing.to_vec(), is_open };
        check(
            &["m/inbox/a_1/message_1.json", "m/inbox/a_1/message_3.json"],
            &[],
            vec![pages("m/inbox/a_1/message", &[2])],
        );
        check(&["m/inbox/a_1/message_2.json"], &[], vec![pages("m/inbox/a_1/message", &[1])]);
        check(&["m/inbox/a_1/message_1.json", "m/inbox/a_1/message_2.json", "x/posts_1.json"], &[], vec![]);
        check(&[], &[(1, "ann_20190715_part_1.zip"), (2, "ann_20190715_part_3.zip")], vec![parts(&[2], false)]);
        check(&[], &[(1, "ann_20190715.zip"), (2, "ann_20190715_part_2.zip")], vec![]);
        check(&[], &[(1, "ann_20190715_part_2.zip")], vec![parts(&[1], false)]);
        check(&[], &[(1, "ann_20190715_part_1.zip")], vec![parts(&[2], true)]);
        check(&[], &[(1, "ann_20190715.zip")], vec![]);
        check(&[], &[(1, "ann_20190715_part_1.zip"), (1, "download.zip"), (2, "ann_20190715_part_2.zip")], vec![]);
    }
}
