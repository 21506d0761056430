//! What is said of files that lie beside a download and belong to none: each service once, with the number of its files
//! and their bytes. They are neither read nor kept.

use crate::archive::Archive;
use crate::model::{Finding, FindingCode};
use crate::source;

/// A file by its name, with its length.
pub(super) type Named<'a> = (&'a str, u64);

/// The files of an archive.
pub(super) fn files(archive: &Archive) -> Vec<Named<'_>> {
    archive.entries().iter().filter(|entry| entry.is_file()).map(|entry| (entry.path.as_str(), entry.bytes)).collect()
}

/// The names of all entries.
pub(super) fn names(archive: &Archive) -> Vec<&str> {
    archive.entries().iter().map(|entry| entry.path.as_str()).collect()
}

/// The files of other services among `files`, one finding a service, and the files that are nobody's.
pub(super) fn of_services<'a>(container: &str, files: &[Named<'a>]) -> (Vec<Finding>, Vec<Named<'a>>) {
    let names: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
    let trees = source::foreign_trees(&names);
    let sentence_of = |name: &str| trees.iter().find(|tree| name.starts_with(&tree.root)).map(|tree| tree.sentence);
    let mut sentences: Vec<&'static str> = trees.iter().map(|tree| tree.sentence).collect();
    sentences.sort_unstable();
    sentences.dedup();
    let findings = sentences.into_iter().map(|sentence| {
        let roots: Vec<&str> =
            trees.iter().filter(|tree| tree.sentence == sentence).map(|tree| tree.root.as_str()).collect();
        let place = match roots[..] {
            [root] if !root.is_empty() => format!("{} in {container}", root.trim_end_matches('/')),
            _ => container.to_owned(),
        };
        let its = files.iter().filter(|(name, _)| sentence_of(name) == Some(sentence));
        foreign(&place, sentence, weight(its))
    });
    let findings = findings.collect();
    let rest = files.iter().copied().filter(|(name, _)| sentence_of(name).is_none()).collect();
    (findings, rest)
}

/// One finding about files of a service that is not read. `sentence` is that of [`source::Verdict::Foreign`].
pub(super) fn foreign(place: &str, sentence: &str, weight: (u64, u64)) -> Finding {
    let sentence = match sentence.strip_prefix("This is ") {
        Some(rest) => format!("{place} is {}", rest.trim_end_matches('.')),
        None => format!("{place}: {}", sentence.trim_end_matches('.')),
    };
    let (files, were) = in_words(weight);
    let sentence = format!("{sentence}: {files} {were} neither read nor kept.");
    Finding::new(FindingCode::ForeignService, sentence).about(weight.0)
}

/// One finding about files of which nobody knows whose they are; none where there are none.
pub(super) fn nobodys(container: &str, files: &[Named<'_>]) -> Option<Finding> {
    let weight = weight(files);
    let (files, were) = in_words(weight);
    let sentence = format!("{files} of {container} {were} neither read nor kept: no Instagram download has them.");
    (weight.0 > 0).then(|| Finding::new(FindingCode::ForeignService, sentence).about(weight.0))
}

/// `2 files (30 bytes)`, and the verb that goes with them.
pub(super) fn in_words((n_files, bytes): (u64, u64)) -> (String, &'static str) {
    let (noun, were) = if n_files == 1 { ("file", "was") } else { ("files", "were") };
    (format!("{n_files} {noun} ({bytes} bytes)"), were)
}

/// Number and bytes.
pub(super) fn weight<'f>(files: impl IntoIterator<Item = &'f Named<'f>>) -> (u64, u64) {
    files.into_iter().fold((0, 0), |(n_files, sum), (_, bytes)| (n_files + 1, sum.saturating_add(*bytes)))
}
