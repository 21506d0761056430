//! docs/formats.md lists the names of files that downloads have; the catalog reads them all, and no others.

use std::collections::BTreeSet;

use throwback::source::instagram::catalog::{CATALOG, Reader, find};

/// The names that the page lists, each with the folder that tells it apart.
fn listed() -> Vec<String> {
    let page = include_str!("../../docs/formats.md");
    let list = page.split_once("\n## 8. Names of files\n").expect("the list").1;
    let list = list.split_once("\n## ").map_or(list, |(list, _)| list);
    list.split('`').skip(1).step_by(2).filter(|name| *name != "N").map(str::to_owned).collect()
}

#[test]
fn every_name_of_a_file_has_a_reader() {
    let names = listed();
    assert!(names.len() > 180, "{} names", names.len());
    for name in &names {
        let path = format!("{}.json", name.replace("_N", "_2"));
        assert_ne!(find(&path, "").name, "generic", "{name} has no row in the catalog");
    }
    let distinct: BTreeSet<&String> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "a name stands twice in the list");
}

#[test]
fn every_row_of_the_catalog_is_listed() {
    let rows: BTreeSet<(&str, &str)> = listed()
        .iter()
        .map(|name| {
            let base = name.rsplit('/').next().unwrap_or(name);
            let base =
                CATALOG.iter().flat_map(|row| row.files).find(|file| **file == base).copied().unwrap_or_default();
            (find(&format!("{}.json", name.replace("_N", "_2")), "").name, base)
        })
        .collect();
    for row in CATALOG {
        // Files that are called as people like have no name to list.
        for file in row.files.iter().filter(|file| !file.contains('*')) {
            assert!(rows.contains(&(row.name, *file)), "{file} of the row {} is not in docs/formats.md", row.name);
        }
    }
}

#[test]
fn what_only_the_generic_reader_reads_says_why() {
    let unexplained: Vec<&str> = CATALOG
        .iter()
        .filter(|row| matches!(row.reader, Reader::Generic) && row.name != "generic")
        .filter(|row| row.known_from.split_once(':').is_none_or(|(_, reason)| reason.trim().len() < 10))
        .map(|row| row.name)
        .collect();
    assert_eq!(unexplained, [""; 0]);
}
