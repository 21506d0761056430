//! The files of this repository, as the rules see them.

use std::path::Path;

/// A text file of the repository.
#[derive(Clone, Debug)]
pub struct RepositoryFile {
    /// Below the root of the repository, with `/`.
    pub path: String,
    /// Bytes that are no UTF-8 are replaced: the rules look for ASCII.
    pub text: String,
}

impl RepositoryFile {
    pub fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }
}

/// All files that could be committed below `folder` (`""` for all), in the order of their names.
pub fn files_below(folder: &str) -> Vec<RepositoryFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let start = root.join(folder);
    if !start.exists() {
        return Vec::new();
    }
    let mut files: Vec<_> = walkdir::WalkDir::new(start)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_left_out(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.expect("the repository can be listed"))
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| RepositoryFile {
            path: slashed(entry.path().strip_prefix(root).expect("the walk starts at the root")),
            text: String::from_utf8_lossy(&fs_err::read(entry.path()).expect("a file of the repository can be read"))
                .into_owned(),
        })
        .collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// The Rust files below `folder`.
pub fn rust_files_below(folder: &str) -> Vec<RepositoryFile> {
    let files: Vec<_> = files_below(folder).into_iter().filter(|file| file.has_extension("rs")).collect();
    assert!(!files.is_empty(), "no Rust file below {folder}/: the rule would hold of nothing");
    files
}

/// Fails with all faults, one a line.
#[track_caller]
pub fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} fault(s):\n  {}\n", faults.len(), faults.join("\n  "));
}

/// What git ignores, keeps for itself, or what an editor leaves. Our own dot files are named one by one.
fn is_left_out(name: &str) -> bool {
    const OURS: [&str; 5] = [".cargo", ".ci", ".editorconfig", ".gitattributes", ".gitignore"];
    name == "target" || name.ends_with(".snap.new") || (name.starts_with('.') && !OURS.contains(&name))
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
