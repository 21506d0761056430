//! `probe` names what lies somewhere, and never says what stands in it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use throwback::archive::Limits;
use throwback::ingest::{Probed, probe};

use crate::support::fixtures;

fn look_at(path: &Path) -> Probed {
    probe(&[path.to_owned()], Path::new("/no/such/home"), &Limits::default())
}

#[test]
fn every_fixture_is_named_rightly() {
    let check = |name: &str, expected: &[&str]| {
        let probed = look_at(&fixtures().join(name));
        assert!(probed.passed_over.is_empty(), "{name}: {:?}", probed.passed_over);
        let found: Vec<String> = probed
            .exports
            .iter()
            .map(|export| {
                let recognised = &export.recognised;
                let account = export.account.as_ref().map_or("unknown", |(account, _)| account.as_str());
                let language = export.language.as_deref().unwrap_or("-");
                format!("{} {} {language} {account}", recognised.generation.name(), recognised.format.name())
            })
            .collect();
        assert_eq!(found, expected, "{name}");
    };
    check("a_2018", &["A json - ole.example"]);
    check("a_one_part", &["A json - mia.example"]);
    check("a_three_parts", &["A json - mia.example", "A json - mia.example", "A json - mia.example"]);
    check("a_uncertain", &["A json - ole.example"]);
    check("a_utc", &["A json - ole.example"]);
    check("b_mixed", &["B json - mia.example"]);
    check("c_2022", &["C json en mia.example"]);
    check("collapsed", &["E json en pia.example"]);
    check("d_2024", &["D json en mia.example"]);
    check("d_german", &["D json de lena.example"]);
    check("d_minute_html", &["D html en ute.example"]);
    check("d_minute_json", &["D json en ute.example"]);
    check("d_pages", &["D json en ida.example"]);
    for (twin, language) in [("us", "en"), ("gb", "en"), ("de", "de"), ("fr", "fr"), ("ko", "ko")] {
        check(&format!("d_twin_{twin}"), &[&format!("D json {language} ada.example")]);
    }
    check("damaged", &["D json en omar.example"]);
    check("e_2026", &["E json en mia.example"]);
    check("e_korean", &["E json ko haneul.example"]);
    check("e_loose_ends", &["E json en noa.example"]);
    check("every_category_c", &["C json en kofi.example"]);
    // Some of its files are `label_values` lists already, which only E has.
    check("every_category_d", &["E json en kofi.example"]);
    check("every_category_e", &["E json en kofi.example"]);
    check("html_2022", &["C html en mia.example"]);
    check("html_2024", &["D html it mia.example"]);
    check("proper_utf8", &["D json en noor.example"]);
    check("sample", &["D json en mia.example", "C json en mia.example"]);
}

#[test]
fn every_document_of_a_fixture_is_accounted_for() {
    for tree in ["a_one_part", "c_2022", "d_2024", "e_2026", "html_2022", "html_2024", "every_category_e", "damaged"] {
        let probed = look_at(&fixtures().join(tree));
        let [export] = probed.exports.as_slice() else { panic!("{tree}: {probed:?}") };
        let n_documents: u64 = export.files.values().map(|file| file.n_documents).sum();
        assert_eq!(n_documents + export.n_media + export.n_debris, export.n_entries, "{tree}");
        assert!(export.files.values().all(|file| !file.reader.is_empty()), "{tree}");
        let n_records: u64 = export.files.values().flat_map(|file| file.records.values()).sum();
        assert!(n_records > 0, "{tree}");
    }
}

/// Keys and types only: no text, name, link or id of a fixture stands in what is told about it.
#[test]
fn no_value_is_told() {
    let mut n_values = 0;
    for tree in
        ["a_one_part", "b_mixed", "c_2022", "d_2024", "e_2026", "d_german", "every_category_d", "every_category_e"]
    {
        let folder = fixtures().join(tree);
        let told = told_about(&look_at(&folder));
        for value in values_of(&folder) {
            n_values += 1;
            assert!(!told.contains(&value), "{tree}: {value:?} is told");
        }
    }
    assert!(n_values > 1_000, "only {n_values} values were compared");
}

/// Everything that `probe` could print about documents; the account's name is told on purpose.
fn told_about(probed: &Probed) -> String {
    let mut told = String::new();
    for export in &probed.exports {
        for (path, file) in &export.files {
            writeln!(told, "{path} {:?} {:?}", file.outline, file.not_understood).expect("a string takes all");
        }
    }
    told
}

/// Texts of the documents below a folder that are long enough to be nobody's key, without what is a label.
fn values_of(folder: &Path) -> BTreeSet<String> {
    let (mut values, mut names) = (BTreeSet::new(), BTreeSet::new());
    for entry in walkdir::WalkDir::new(folder) {
        let path = entry.expect("a fixture can be listed").into_path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let bytes = std::fs::read(&path).expect("a fixture can be read");
        if let Ok(json) = serde_json::from_slice(&bytes) {
            collect(&json, &mut values, &mut names);
        }
    }
    let is_telling =
        |value: &String| value.chars().count() >= 6 && !names.iter().any(|name: &String| name.contains(value));
    values.into_iter().filter(is_telling).collect()
}

fn collect(json: &serde_json::Value, values: &mut BTreeSet<String>, names: &mut BTreeSet<String>) {
    match json {
        serde_json::Value::String(text) => {
            values.insert(text.clone());
        }
        serde_json::Value::Array(elements) => elements.iter().for_each(|element| collect(element, values, names)),
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("label", serde_json::Value::String(label)) => {
                        names.insert(label.clone());
                    }
                    _ => collect(value, values, names),
                }
                names.insert(name.clone());
            }
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

#[test]
fn what_is_no_download_is_told_in_a_sentence() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let check = |name: &str, bytes: &[u8], code: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        let probed = look_at(&path);
        assert!(probed.exports.is_empty(), "{name}");
        let codes: Vec<&str> = probed.passed_over.iter().map(|passed_over| passed_over.finding.code.name()).collect();
        assert_eq!(codes, [code], "{name}");
        std::fs::remove_file(&path).expect("the file goes");
    };
    check("notes.txt", b"my diary", "not_an_export");
    check("empty.zip", b"", "unreadable_archive");
    let probed = look_at(&folder.path().join("nowhere"));
    assert_eq!(probed.passed_over.len(), 1);
}
