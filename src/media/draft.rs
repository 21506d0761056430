//! Content on its way to its final name: in memory while it is short, else in a file of `tmp/`. What is known already
//! is mostly short and so never touches the disk.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::MediaError;
use super::step::{self, Step};

/// Held in memory up to this length. Nearly every picture is shorter; a few threads may hold one each.
const MEMORY_BYTES: usize = 8 << 20;

#[derive(Debug)]
pub(super) struct Draft<'a> {
    tmp: &'a Path,
    memory: Vec<u8>,
    file: Option<NamedTempFile>,
}

impl<'a> Draft<'a> {
    pub fn new(tmp: &'a Path) -> Self {
        Self { tmp, memory: Vec::new(), file: None }
    }

    pub fn write(&mut self, bytes: &[u8]) -> Result<(), MediaError> {
        if self.file.is_none() && self.memory.len() + bytes.len() <= MEMORY_BYTES {
            self.memory.extend_from_slice(bytes);
            return Ok(());
        }
        let mut file = self.take_file()?;
        file.write_all(bytes).map_err(MediaError::disk("write", file.path()))?;
        self.file = Some(file);
        Ok(())
    }

    /// The content from its beginning.
    pub fn reader(&mut self) -> Result<Box<dyn ReadSeek + '_>, MediaError> {
        match &mut self.file {
            None => Ok(Box::new(Cursor::new(self.memory.as_slice()))),
            Some(file) => {
                let path = file.path().to_owned();
                file.seek(SeekFrom::Start(0)).map_err(MediaError::disk("read", &path))?;
                Ok(Box::new(file.as_file_mut()))
            }
        }
    }

    /// Puts the content under its final name, in place of what may stand there.
    pub fn rename_to(mut self, place: &Path) -> Result<(), MediaError> {
        let file = self.take_file()?;
        step::done(Step::FileWritten);
        match file.persist(place) {
            Ok(_) => {
                step::done_to(Step::FileNamed, place);
                Ok(())
            }
            Err(error) => Err(MediaError::disk("write", place)(error.error)),
        }
    }

    /// The file with everything that was in memory; made with mode 0600 whatever the umask.
    fn take_file(&mut self) -> Result<NamedTempFile, MediaError> {
        if let Some(file) = self.file.take() {
            return Ok(file);
        }
        let mut file = tempfile::Builder::new()
            .prefix("media-")
            .tempfile_in(self.tmp)
            .map_err(MediaError::disk("write into", self.tmp))?;
        file.write_all(&self.memory).map_err(MediaError::disk("write", file.path()))?;
        self.memory = Vec::new();
        Ok(file)
    }
}

/// What probing needs.
pub(super) trait ReadSeek: Read + Seek {}

impl ReadSeek for Cursor<&[u8]> {}
impl ReadSeek for &mut File {}

/// Fills as much of `buffer` as there are bytes.
pub(super) fn read_full(reader: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
