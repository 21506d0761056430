//! ZIPs made by the `zip` crate, by hand where they have to be odd, and folders.

mod folders;
mod honest;
mod inner;
mod mutations;
mod odd;
mod salvage;

use std::path::PathBuf;

use tempfile::TempDir;

use crate::model::FindingCode;

use super::{Archive, ArchiveError, Limits};

/// A folder of its own, with one ZIP in it.
fn written(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("download.zip");
    std::fs::write(&path, bytes).expect("a file");
    (folder, path)
}

fn opened(bytes: &[u8]) -> Result<Archive, ArchiveError> {
    let (_folder, path) = written(bytes);
    Archive::open(&path, &Limits::default())
}

/// Path and content, or the code of the error, of every entry.
fn contents(archive: &Archive) -> Vec<(String, Result<String, FindingCode>)> {
    let content = |position| match archive.read_whole(position, 1 << 20) {
        Ok((content, _)) => Ok(String::from_utf8_lossy(&content).into_owned()),
        Err(error) => Err(error.code()),
    };
    archive.entries().iter().map(|entry| (entry.path.as_str().to_owned(), content(entry.position))).collect()
}

/// The codes of all findings: of the directory, of the account of bytes, and of the entries.
fn codes(archive: &Archive) -> Vec<FindingCode> {
    let mut codes: Vec<FindingCode> = archive.findings().iter().map(|finding| finding.code).collect();
    codes.extend(archive.account().expect("an account").iter().map(|finding| finding.code));
    for entry in archive.entries() {
        if let Ok((_, Some(finding))) = archive.read_whole(entry.position, 1 << 20) {
            codes.push(finding.code);
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}
