//! What the targets share: paths that lead to every reader, and what must hold of every reading.

use throwback::source::instagram::catalog::CATALOG;
use throwback::source::instagram::invariants;
use throwback::source::{self, Document, Learnt};

/// Reads a document as the program would, and asks of the reading what `invariants::check_reading` does.
pub fn read(path: &str, bytes: &[u8]) {
    let mut learnt = Learnt::default();
    source::learn(&mut learnt, path, bytes);
    invariants::check_reading(&Document { path, bytes, learnt: &learnt });
}

/// A path for each file name and each folder that the catalog knows, with that extension.
pub fn paths(extension: &str) -> Vec<String> {
    CATALOG.iter().flat_map(|row| invariants::paths_of(row, extension)).collect()
}

/// Splits the first two bytes off: they choose a path.
pub fn chosen<'a>(paths: &'a [String], bytes: &'a [u8]) -> Option<(&'a str, &'a [u8])> {
    let (choice, rest) = bytes.split_first_chunk::<2>()?;
    Some((&paths[usize::from(u16::from_le_bytes(*choice)) % paths.len()], rest))
}
