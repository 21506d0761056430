//! Downloads of other services that lie beside one of ours: a delivery of the Accounts Centre holds Facebook and
//! Instagram side by side (format reference §1.1).

use std::collections::{BTreeMap, BTreeSet};

use super::recognise::{Sign, sign_of, tails};
use super::role::role;
use crate::source::{ForeignTree, Role};

/// Signs of services that are known and not read, and what is said of a tree with them.
const SERVICES: [(Sign, &str); 2] = [
    (Sign::Facebook, "This is a download of Facebook data, which Throwback does not read."),
    (Sign::Twitter, "This is an archive of X (Twitter), which Throwback does not read."),
];
/// Signs that only a download of ours has.
const OURS: [Sign; 3] = [Sign::Flat, Sign::Topics, Sign::Grouped];

/// Finds the trees of other services in a listing, the outermost of each, sorted by root.
pub fn foreign_trees(names: &[&str]) -> Vec<ForeignTree> {
    let mut ours = BTreeSet::new();
    let mut theirs: BTreeMap<&str, &'static str> = BTreeMap::new();
    for name in names.iter().filter(|name| role(name) != Role::Debris) {
        let Some((root, sign)) = tails(name).find_map(|(root, tail)| Some((root, sign_of(tail)?))) else { continue };
        if let Some((_, sentence)) = SERVICES.iter().find(|(known, _)| *known == sign) {
            theirs.entry(root).or_insert(sentence);
        } else if OURS.contains(&sign) {
            ours.insert(root);
        }
    }
    theirs.retain(|root, _| !ours.iter().any(|own| root.starts_with(own)));
    let mut trees: Vec<ForeignTree> = Vec::new();
    for (root, sentence) in theirs {
        // Sorted, a folder stands before what lies in it.
        if !trees.iter().any(|tree| root.starts_with(tree.root.as_str())) {
            trees.push(ForeignTree { root: root.to_owned(), sentence });
        }
    }
    trees
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_of_others_are_found_beside_ours() {
        let check = |names: &[&str], roots: &[&str]| {
            let trees = foreign_trees(names);
            assert_eq!(trees.iter().map(|tree| tree.root.as_str()).collect::<Vec<_>>(), roots, "{names:?}");
        };
        check(&["your_facebook_activity/posts/your_posts_1.json", "messages/inbox/x_1/message_1.json"], &[""]);
        check(
            &[
                "meta-2026/facebook-ann/your_facebook_activity/a.json",
                "meta-2026/facebook-ann/connections/b.json",
                "meta-2026/instagram-ann/your_instagram_activity/c.json",
            ],
            &["meta-2026/facebook-ann/"],
        );
        check(
            &["facebook-ann/about_you/a.json", "facebook-ann/your_facebook_activity/about_you/b.json"],
            &["facebook-ann/"],
        );
        check(&["ann/your_instagram_activity/a.json", "ann/friends_and_followers/b.json"], &[]);
        check(&["x/data/tweets.js", "photo.jpg"], &["x/"]);
        check(&["photo.jpg", "package.json"], &[]);
    }
}
