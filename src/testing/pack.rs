//! Trees as ZIP files, one file after the other: media stored, documents deflated, as Instagram packs them.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::calendar;
use super::tree::Tree;

/// How a ZIP is packed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Packing {
    /// Deflates media too; by default they are stored.
    pub deflates_media: bool,
    /// Stores documents too; by default they are deflated.
    pub stores_documents: bool,
    /// A folder around everything, without a slash at its end.
    pub wrapper: Option<String>,
}

impl Tree {
    /// Writes one ZIP.
    pub fn write_zip(&self, path: &Path, packing: &Packing) -> io::Result<()> {
        let mut zip = ZipWriter::new(BufWriter::new(fs_err::File::create(path)?));
        let modified = zip::DateTime::try_from(calendar::wall_clock(self.date_ms)).map_err(io::Error::other)?;
        for file in &self.files {
            let is_stored = if file.is_media { !packing.deflates_media } else { packing.stores_documents };
            let method = if is_stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
            let options = SimpleFileOptions::default().compression_method(method).last_modified_time(modified);
            let name = match &packing.wrapper {
                Some(wrapper) => format!("{wrapper}/{}", file.path),
                None => file.path.clone(),
            };
            zip.start_file(name, options)?;
            zip.write_all(&file.bytes())?;
        }
        zip.finish()?.flush()
    }

    /// Writes the tree as one ZIP for each of the names (without `.zip`) into a folder.
    pub fn write_zip_parts(self, folder: &Path, names: &[String], packing: &Packing) -> io::Result<()> {
        for (part, name) in self.parts(names.len()).iter().zip(names) {
            part.write_zip(&folder.join(format!("{name}.zip")), packing)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::model::Generation;
    use crate::testing::{Life, Size, Writing, write};

    #[test]
    fn zips_hold_the_tree() {
        let life = Life::new(7, Size::small());
        let writing = Writing::new(Generation::D);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("one.zip");
        let tree = write(&life, &writing);
        let packing = Packing { wrapper: Some("around".to_owned()), ..Packing::default() };
        tree.write_zip(&path, &packing).expect("it is written");
        let mut zip = zip::ZipArchive::new(fs_err::File::open(&path).expect("it is there")).expect("it is a ZIP");
        assert_eq!(zip.len(), tree.files.len());
        for (position, file) in tree.files.iter().enumerate() {
            let mut entry = zip.by_index(position).expect("an entry");
            assert_eq!(entry.name().expect("UTF-8"), format!("around/{}", file.path));
            assert_eq!(entry.compression() == CompressionMethod::Stored, file.is_media);
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("it reads");
            assert!(bytes == file.bytes(), "{}", file.path);
        }
        let names: Vec<String> = (0..3).map(|part| writing.archive_name(&life, part)).collect();
        tree.write_zip_parts(folder.path(), &names, &Packing::default()).expect("they are written");
        assert!(names.iter().all(|name| folder.path().join(format!("{name}.zip")).is_file()));
    }
}
