//! What every fixture gives, word for word: each record and each finding, in the order of the files they stand in. Every
//! line of `snapshots/` was compared with the file it comes from by somebody who read both.
//!
//! After a real change: `INSTA_UPDATE=always cargo nextest run -E 'test(reviewed)'`, then read the difference.

mod packed;
mod telling;
mod twins;

use std::collections::BTreeSet;

use crate::support::{TestHome, fixtures};

/// Compares what a home holds with the snapshot of that name.
fn assert_reviewed(name: &str, home: &TestHome) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "snapshots" }, {
        insta::assert_snapshot!(name, telling::tell(home));
    });
}

macro_rules! trees {
    ($($tree:ident)*) => {
        /// The trees that are held, by name.
        const TREES: &[&str] = &[$(stringify!($tree)),*];

        $(#[test]
        fn $tree() {
            let tree = stringify!($tree);
            assert_reviewed(tree, &TestHome::of(&[fixtures().join(tree)]));
        })*
    };
}

trees! {
    a_2018
    a_one_part
    a_three_parts
    a_uncertain
    a_utc
    b_mixed
    c_2022
    collapsed
    d_2024
    d_german
    d_minute_html
    d_minute_json
    d_pages
    d_twin_de
    d_twin_fr
    d_twin_gb
    d_twin_ko
    d_twin_us
    damaged
    e2ee
    e_2026
    e_korean
    e_loose_ends
    every_category_c
    every_category_d
    every_category_e
    html_2022
    html_2024
    proper_utf8
}

#[test]
fn every_tree_is_reviewed() {
    let folders = std::fs::read_dir(fixtures()).expect("the fixtures").map(|entry| entry.expect("an entry").path());
    let names = folders.filter(|path| path.is_dir() && !path.ends_with("sample"));
    let names: BTreeSet<String> =
        names.map(|path| path.file_name().expect("a name").to_string_lossy().into()).collect();
    let held: BTreeSet<String> = TREES.iter().map(|&tree| tree.to_owned()).collect();
    assert_eq!(names, held);
}
