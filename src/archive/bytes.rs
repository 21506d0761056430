//! Positioned reads, so that many threads may read one file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

/// A file, or a window of one: all offsets count from the window's beginning.
#[derive(Debug)]
pub(super) struct Bytes {
    #[cfg(unix)]
    file: Arc<File>,
    #[cfg(not(unix))]
    file: Arc<std::sync::Mutex<File>>,
    base: u64,
    length: u64,
}

impl Bytes {
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::of(File::open(path)?)
    }

    /// All bytes of an open file, wherever its cursor is.
    pub fn of(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        #[cfg(not(unix))]
        let file = std::sync::Mutex::new(file);
        Ok(Self { file: Arc::new(file), base: 0, length })
    }

    /// A stretch of the same file as a file of its own; shorter where this one ends first.
    pub fn window(&self, start: u64, length: u64) -> Self {
        let there = self.length.saturating_sub(start);
        Self { file: Arc::clone(&self.file), base: self.base.saturating_add(start), length: there.min(length) }
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    /// Reads no further than the file; callers keep to the window.
    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&*self.file, buffer, self.base.saturating_add(offset))
    }

    #[cfg(not(unix))]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.base.saturating_add(offset)))?;
        file.read(buffer)
    }

    /// Reads up to `length` bytes; fewer only at the end of the file.
    pub fn piece(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let there = self.length.saturating_sub(offset);
        let length = usize::try_from(there).unwrap_or(usize::MAX).min(length);
        let mut piece = vec![0; length];
        let mut filled = 0;
        while filled < length {
            match self.read_at(&mut piece[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        piece.truncate(filled);
        Ok(piece)
    }

    /// The bytes from `start` up to `end`, or to the end of the file where that comes first.
    pub fn span(&self, start: u64, end: u64) -> Span<'_> {
        Span { bytes: self, at: start, end: end.min(self.length) }
    }
}

/// A stretch of a file.
#[derive(Debug)]
pub(super) struct Span<'a> {
    bytes: &'a Bytes,
    at: u64,
    end: u64,
}

impl Span<'_> {
    pub fn remaining(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }
}

impl Read for Span<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.remaining()).unwrap_or(usize::MAX).min(buffer.len());
        if room == 0 {
            return Ok(0);
        }
        let n = self.bytes.read_at(&mut buffer[..room], self.at)?;
        if n == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the archive became shorter while it was read"));
        }
        self.at += n as u64;
        Ok(n)
    }
}

/// The bytes with a cursor, for readers that want one.
#[derive(Debug)]
pub(super) struct Seeking<'a> {
    bytes: &'a Bytes,
    at: u64,
}

impl<'a> Seeking<'a> {
    pub fn new(bytes: &'a Bytes) -> Self {
        Self { bytes, at: 0 }
    }
}

impl Read for Seeking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.bytes.length.saturating_sub(self.at)).unwrap_or(usize::MAX).min(buffer.len());
        let n = if room == 0 { 0 } else { self.bytes.read_at(&mut buffer[..room], self.at)? };
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Seeking<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a place before the beginning"))?;
        Ok(self.at)
    }
}

/// Looks through a stretch of a file front to back with bounded memory.
#[derive(Debug)]
pub(super) struct Window<'a> {
    bytes: &'a Bytes,
    start: u64,
    buffer: Vec<u8>,
    end: u64,
}

impl<'a> Window<'a> {
    const STEP: usize = 1 << 20;

    pub fn new(bytes: &'a Bytes, end: u64) -> Self {
        Self { bytes, start: 0, buffer: Vec::new(), end: end.min(bytes.length) }
    }

    /// Up to `length` bytes at `offset`; fewer only where the stretch ends.
    pub fn slice(&mut self, offset: u64, length: usize) -> io::Result<&[u8]> {
        let room = usize::try_from(self.end.saturating_sub(offset)).unwrap_or(usize::MAX);
        let length = length.min(room);
        let held = self.start + self.buffer.len() as u64;
        if offset < self.start || offset + length as u64 > held {
            self.buffer = self.bytes.piece(offset, length.max(Self::STEP).min(room))?;
            self.start = offset;
        }
        let from = usize::try_from(offset - self.start).unwrap_or(usize::MAX).min(self.buffer.len());
        let to = from.saturating_add(length).min(self.buffer.len());
        Ok(&self.buffer[from..to])
    }

    /// Where `signature` stands next, at `offset` or behind.
    pub fn find(&mut self, mut offset: u64, signature: [u8; 4]) -> io::Result<Option<u64>> {
        loop {
            let piece = self.slice(offset, 1 << 16)?;
            if let Some(index) = find(piece, signature) {
                return Ok(Some(offset + index as u64));
            }
            if piece.len() < 1 << 16 {
                return Ok(None);
            }
            // The last three bytes may be the beginning of one.
            offset += piece.len() as u64 - 3;
        }
    }
}

pub(super) fn find(bytes: &[u8], signature: [u8; 4]) -> Option<usize> {
    bytes.windows(4).position(|four| four == signature)
}
