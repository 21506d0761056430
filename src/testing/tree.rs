//! A download as a tree of files, made one after the other as they are written out.

use std::fmt;
use std::io;
use std::path::Path;

/// The files of one download, in the order in which they are packed.
#[derive(Debug, Default)]
pub struct Tree {
    pub files: Vec<File>,
    /// When the download was made: the time that archives note for each file.
    pub date_ms: i64,
}

/// One file. Its bytes are made when asked for, and again each time.
pub struct File {
    /// With `/`, relative, from the root of the download.
    pub path: String,
    pub is_media: bool,
    make: Box<dyn Fn() -> Vec<u8> + Send + Sync>,
}

impl File {
    pub fn new(path: impl Into<String>, is_media: bool, make: impl Fn() -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self { path: path.into(), is_media, make: Box::new(make) }
    }

    pub fn bytes(&self) -> Vec<u8> {
        (self.make)()
    }
}

impl fmt::Debug for File {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("File")
            .field("path", &self.path)
            .field("is_media", &self.is_media)
            .finish_non_exhaustive()
    }
}

impl Tree {
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Files whose path ends so.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.path.ends_with(end))
    }

    /// Puts the files into `n` trees, each file by its own path: a thread's page and its pictures may part.
    pub fn parts(self, n: usize) -> Vec<Self> {
        let n = n.max(1);
        let mut parts: Vec<Self> = (0..n).map(|_| Self { files: Vec::new(), date_ms: self.date_ms }).collect();
        for file in self.files {
            let sum = file.path.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
            parts[sum / 8 % n].files.push(file);
        }
        parts
    }

    /// Writes the files below a folder, which need not exist.
    pub fn write_folder(&self, folder: &Path) -> io::Result<()> {
        for file in &self.files {
            let path = folder.join(&file.path);
            if let Some(parent) = path.parent() {
                fs_err::create_dir_all(parent)?;
            }
            fs_err::write(path, file.bytes())?;
        }
        Ok(())
    }
}
