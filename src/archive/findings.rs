//! Collects findings so that a hostile archive cannot make millions of them.

use std::collections::BTreeMap;

use crate::model::{Finding, FindingCode};

use super::{Entry, EntryKind, OddKind, ZipSays};

/// So many findings of one code are told one by one; the rest is counted. Guessed: nobody reads more.
const PER_CODE: u64 = 50;

#[derive(Debug, Default)]
pub(super) struct Findings {
    list: Vec<Finding>,
    counts: BTreeMap<FindingCode, u64>,
}

impl Findings {
    pub fn add(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.code).or_insert(0);
        *count += 1;
        if *count <= PER_CODE {
            self.list.push(finding);
        }
    }

    pub fn finish(mut self) -> Vec<Finding> {
        for (code, count) in self.counts {
            if count > PER_CODE {
                let rest = count - PER_CODE;
                self.list.push(Finding::new(code, format!("{rest} more of this kind were found and treated alike.")));
            }
        }
        self.list
    }

    /// What the names and kinds of all entries show: names that occur twice, lead outside, or are no files.
    pub fn look_at(&mut self, entries: &[Entry]) {
        for entry in entries {
            if entry.path.is_unsafe() {
                let sentence = "The name points outside the archive; it was kept as a label and never used as a path.";
                self.add(Finding::new(FindingCode::UnsafeName, sentence).at_path(entry.path.as_str()));
            }
            let called = entry.zip.and_then(ZipSays::odd_kind);
            let sentence = match (entry.kind, called) {
                (EntryKind::Odd(OddKind::Link), _) => {
                    "This is a link; it was not followed, the name of its target was kept."
                }
                (EntryKind::Odd(OddKind::Device), _) => "This is a device or pipe; it was listed and not opened.",
                (_, Some(OddKind::Link)) => {
                    "It calls itself a link and names no target; its bytes were taken as a file's."
                }
                (_, Some(OddKind::Device)) => "It calls itself a device or pipe; its bytes were taken as a file's.",
                (_, None) => continue,
            };
            self.add(Finding::new(FindingCode::OddEntry, sentence).at_path(entry.path.as_str()));
        }
        let mut by_name: Vec<&Entry> = entries.iter().collect();
        by_name.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        for same in by_name.chunk_by(|one, other| one.path == other.path).filter(|same| same.len() > 1) {
            let sentence = format!("{} entries have this name; all were kept.", same.len());
            self.add(Finding::new(FindingCode::DuplicateName, sentence).at_path(same[0].path.as_str()));
        }
    }
}
