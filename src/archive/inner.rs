//! A ZIP that is an entry of another: read as a window of the outer one where it lies there as it is, else from a file
//! without a name.

use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use super::bytes::Bytes;
use super::zip_file::{self, Without};
use super::{Archive, ArchiveError, Body, EntryError, Limits, Method};

impl Archive {
    /// Opens an entry that is a ZIP. It is salvaged where it breaks off, alone or with the outer one.
    ///
    /// An entry that is packed is unpacked into a file in `scratch` (or where the system keeps temporary files) that has
    /// no name and goes with the archive; it may become as long as the budget for one entry. The budget for
    /// everything inside is counted by the bytes that the entry takes in the outer archive.
    pub fn inner(&self, position: u32, limits: &Limits, scratch: Option<&Path>) -> Result<Self, ArchiveError> {
        let label = self.label_of(position);
        let paid_bytes = self.packed_bytes(position);
        let bytes = match self.window(position) {
            Some(bytes) => bytes,
            None => self.unpacked(position, scratch).map_err(|source| ArchiveError::io(&label, source))?,
        };
        let opened = zip_file::open(&label, bytes, limits, Without::Salvage)?;
        let name = label.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self::of(name, opened, limits, paid_bytes))
    }

    /// The first bytes of an entry; fewer where it ends or cannot be decoded further.
    pub fn beginning(&self, position: u32, length: usize) -> Vec<u8> {
        if let Some(bytes) = self.window(position) {
            return bytes.piece(0, length).unwrap_or_default();
        }
        let mut start = Vec::with_capacity(length);
        let reader = self.read(position).map(|reader| reader.take(length as u64));
        match reader.map(|mut reader| reader.read_to_end(&mut start)) {
            // What was decoded before an error is as good as it gets.
            Ok(Ok(_) | Err(_)) | Err(_) => start,
        }
    }

    /// How errors call an entry.
    fn label_of(&self, position: u32) -> PathBuf {
        let path = self.entries().get(position as usize).map_or("", |entry| entry.path.as_str());
        Path::new(self.name()).join(path.trim_start_matches('/'))
    }

    fn packed_bytes(&self, position: u32) -> u64 {
        match (&self.body, self.entries().get(position as usize)) {
            (Body::Zip(zip), Some(entry)) => zip.place(entry).map_or(0, |place| place.packed_bytes),
            (_, entry) => entry.map_or(0, |entry| entry.bytes),
        }
    }

    /// An entry that lies in the archive byte for byte.
    fn window(&self, position: u32) -> Option<Bytes> {
        let entry = self.entries().get(position as usize)?;
        match &self.body {
            Body::Zip(zip) if entry.method == Method::Stored => zip.window(entry),
            _ => None,
        }
    }

    /// What can be decoded of an entry, in a file without a name.
    fn unpacked(&self, position: u32, scratch: Option<&Path>) -> io::Result<Bytes> {
        let mut reader = self.read(position).map_err(EntryError::into_io)?;
        let mut file = match scratch {
            Some(folder) => tempfile::tempfile_in(folder)?,
            None => tempfile::tempfile_in(roomy_folder())?,
        };
        let mut buffer = vec![0; 64 << 10];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => file.write_all(&buffer[..n])?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What came before the damage may hold whole entries.
                Err(error) if matches!(EntryError::of(&error), EntryError::Damaged { .. }) => break,
                Err(error) => return Err(error),
            }
        }
        file.rewind()?;
        Bytes::of(file)
    }
}

/// Where a long file may lie for a while: `/tmp` is memory on many systems, `/var/tmp` never.
fn roomy_folder() -> PathBuf {
    let folder = std::env::temp_dir();
    let on_disk = Path::new("/var/tmp");
    if folder == Path::new("/tmp") && on_disk.is_dir() { on_disk.to_owned() } else { folder }
}
