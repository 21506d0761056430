//! Streams of decoded bytes that check themselves.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};

use flate2::Crc;

use crate::model::{Finding, FindingCode};

use super::budget::Budget;
use super::bytes::Span;
use super::{Entry, EntryError, Method};

/// What an entry has to be by what was said about it.
#[derive(Debug)]
pub(super) struct Checks {
    pub bytes: u64,
    pub packed_bytes: u64,
    pub crc32: Option<u32>,
    /// What the local header says, in case the directory is the damaged one.
    pub second_crc32: Option<u32>,
    pub has_other_name: bool,
}

pub(super) enum Decoder<'a> {
    Stored(Span<'a>),
    Deflate(flate2::bufread::DeflateDecoder<BufReader<Span<'a>>>),
    Deflate64(Box<deflate64::Deflate64Decoder<BufReader<Span<'a>>>>),
    File(File),
    Text(Cursor<Vec<u8>>),
}

impl std::fmt::Debug for Decoder<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Stored(_) => "Stored",
            Self::Deflate(_) => "Deflate",
            Self::Deflate64(_) => "Deflate64",
            Self::File(_) => "File",
            Self::Text(_) => "Text",
        })
    }
}

impl<'a> Decoder<'a> {
    /// The method is one of those that can be decoded.
    pub fn new(method: Method, span: Span<'a>) -> Self {
        // Packed bytes that are asked for at once; most pictures take a few.
        const BUFFER_BYTES: usize = 64 << 10;
        let buffered = |span: Span<'a>| {
            let length = usize::try_from(span.remaining()).unwrap_or(usize::MAX).clamp(64, BUFFER_BYTES);
            BufReader::with_capacity(length, span)
        };
        match method {
            Method::Deflate => Self::Deflate(flate2::bufread::DeflateDecoder::new(buffered(span))),
            Method::Deflate64 => Self::Deflate64(Box::new(deflate64::Deflate64Decoder::with_buffer(buffered(span)))),
            Method::Stored | Method::Other(_) => Self::Stored(span),
        }
    }

    pub fn nothing() -> Self {
        Self::Text(Cursor::new(Vec::new()))
    }

    pub fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(span) => span.read(buffer),
            Self::Deflate(decoder) => decoder.read(buffer),
            Self::Deflate64(decoder) => decoder.read(buffer),
            Self::File(file) => file.read(buffer),
            Self::Text(text) => text.read(buffer),
        }
    }

    /// Packed bytes behind the end of what was decoded.
    pub fn rest(&self) -> u64 {
        let rest = |buffer: &BufReader<Span<'_>>| buffer.buffer().len() as u64 + buffer.get_ref().remaining();
        match self {
            Self::Stored(span) => span.remaining(),
            Self::Deflate(decoder) => rest(decoder.get_ref()),
            Self::Deflate64(decoder) => rest(decoder.get_ref()),
            Self::File(_) | Self::Text(_) => 0,
        }
    }
}

/// The decoded bytes of one entry. The checksum decides whether they are right: a length that was declared otherwise
/// is a finding, a wrong checksum an error at the end. Errors carry an [`EntryError`] and stay: after one there is
/// never a clean end.
#[derive(Debug)]
pub struct EntryReader<'a> {
    entry: &'a Entry,
    decoder: Decoder<'a>,
    checks: Checks,
    budget: &'a Budget,
    crc: Crc,
    produced: u64,
    failure: Option<EntryError>,
    is_done: bool,
    doubts: Vec<String>,
}

impl<'a> EntryReader<'a> {
    pub(super) fn new(entry: &'a Entry, decoder: Decoder<'a>, checks: Checks, budget: &'a Budget) -> Self {
        let crc = Crc::new();
        Self { entry, decoder, checks, budget, crc, produced: 0, failure: None, is_done: false, doubts: Vec::new() }
    }

    /// What was doubtful about the entry although its bytes are right; known at its end.
    pub fn finding(&self) -> Option<Finding> {
        let sentence = format!("{}; the content was kept.", self.doubts.join("; "));
        (!self.doubts.is_empty())
            .then(|| Finding::new(FindingCode::DirectoryMismatch, sentence).at_path(self.entry.path.as_str()))
    }

    /// The entry whose bytes these are.
    pub fn entry(&self) -> &'a Entry {
        self.entry
    }

    fn advance(&mut self, buffer: &mut [u8]) -> Result<usize, EntryError> {
        let n = self.decoder.read(buffer).map_err(|error| self.explain(&error))?;
        if n == 0 {
            self.check_the_end()?;
            self.is_done = true;
            return Ok(0);
        }
        if self.checks.crc32.is_some() {
            self.crc.update(&buffer[..n]);
        }
        self.produced += n as u64;
        self.budget.charge(self.entry.position, self.produced, self.checks.packed_bytes)?;
        Ok(n)
    }

    fn check_the_end(&mut self) -> Result<(), EntryError> {
        if let Some(declared) = self.checks.crc32 {
            let sum = self.crc.sum();
            if sum != declared && self.checks.second_crc32 == Some(sum) {
                self.doubts.push("The checksum in the directory is wrong, the one at the entry is right".to_owned());
            } else if sum != declared {
                return Err(EntryError::damaged(format!(
                    "after {} of {} bytes the checksum is {sum:08x} and should be {declared:08x}",
                    self.produced, self.checks.bytes
                )));
            }
        }
        if self.produced != self.checks.bytes {
            self.doubts.push(format!("It has {} bytes and was declared with {}", self.produced, self.checks.bytes));
        }
        if self.decoder.rest() > 0 {
            self.doubts.push(format!("{} packed bytes behind its end say nothing", self.decoder.rest()));
        }
        if self.checks.has_other_name {
            self.doubts.push("The archive's directory and the entry itself give it different names".to_owned());
        }
        Ok(())
    }

    /// Tells what the data did from what the disk did.
    fn explain(&self, error: &io::Error) -> EntryError {
        match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                EntryError::damaged(format!("after {} of {} bytes: {error}", self.produced, self.checks.bytes))
            }
            _ => EntryError::of(error),
        }
    }
}

impl Read for EntryReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone().into_io());
        }
        if self.is_done || buffer.is_empty() {
            return Ok(0);
        }
        self.advance(buffer).map_err(|error| {
            // An interrupted call may be made again; everything else stays as it is.
            if !matches!(error, EntryError::Io { kind: io::ErrorKind::Interrupted, .. }) {
                self.failure = Some(error.clone());
            }
            error.into_io()
        })
    }
}

/// The bytes of one entry as they lie in the archive. Nothing but the budgets is checked.
#[derive(Debug)]
pub struct RawReader<'a>(Raw<'a>);

#[derive(Debug)]
enum Raw<'a> {
    Packed { entry: &'a Entry, span: Span<'a>, produced: u64, budget: &'a Budget },
    Decoded(Box<EntryReader<'a>>),
}

impl<'a> RawReader<'a> {
    pub(super) fn packed(entry: &'a Entry, span: Span<'a>, budget: &'a Budget) -> Self {
        Self(Raw::Packed { entry, span, produced: 0, budget })
    }

    pub(super) fn decoded(reader: EntryReader<'a>) -> Self {
        Self(Raw::Decoded(Box::new(reader)))
    }
}

impl Read for RawReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Raw::Decoded(reader) => reader.read(buffer),
            Raw::Packed { entry, span, produced, budget } => {
                let n = span.read(buffer)?;
                *produced += n as u64;
                budget.charge(entry.position, *produced, *produced).map_err(EntryError::into_io)?;
                Ok(n)
            }
        }
    }
}
