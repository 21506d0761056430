//! One entry after the other: bytes are kept before anything is read from them.

use super::pipeline::{Below, IngestError, Run};
use crate::archive::{Archive, Entry, EntryError, EntryKind, Limits};
use crate::media::MediaError;
use crate::model::{ContentHash, Finding, FindingCode, MediaType, media_id_of};
use crate::source::{self, Role};
use crate::store::{EntryFate, EntryRow, MediumRow, ReadingOf, StoreError};

/// The last component of a name.
pub(super) fn base_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What the directory of an archive says of an entry, which was not kept yet.
pub(super) fn row_of<'e>(archive_id: i64, entry: &'e Entry, base: &'e str, method: &'e str) -> EntryRow<'e> {
    let name = entry.path.as_str();
    EntryRow {
        archive_id,
        position: entry.position,
        path: name,
        raw_name: (entry.raw_name() != name.as_bytes()).then(|| entry.raw_name()),
        base,
        external_id: media_id_of(base),
        bytes: entry.bytes,
        crc32: entry.crc32,
        modified: entry.modified.map(|time| time.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
        method,
        fate: EntryFate::NotKept,
        document_id: None,
        reading_id: None,
        medium_id: None,
        zip_flags: entry.zip.map(|zip| zip.flags),
        zip_system: entry.zip.map(|zip| zip.system),
        zip_attributes: entry.zip.map(|zip| zip.attributes),
    }
}

impl Run<'_, '_> {
    pub(super) fn add_entry(
        &mut self,
        below: &Below<'_>,
        fate: EntryFate,
        document: Option<(i64, i64)>,
        medium: Option<i64>,
    ) -> Result<(), StoreError> {
        let method = below.entry.method.to_string();
        let row = row_of(self.archive_id, below.entry, base_of(&below.path), &method);
        self.writing.add_entry(&EntryRow {
            fate,
            document_id: document.map(|(document, _)| document),
            reading_id: document.map(|(_, reading)| reading),
            medium_id: medium,
            ..row
        })?;
        Ok(())
    }

    pub(super) fn keep_medium(&mut self, below: &Below<'_>) -> Result<(), IngestError> {
        match below.entry.kind {
            EntryKind::Directory => return Ok(self.add_entry(below, EntryFate::Folder, None, None)?),
            EntryKind::File | EntryKind::Odd(_) => {}
        }
        let kept = match self.archive.read(below.entry.position) {
            Ok(mut reader) => {
                let kept = self.keep_bytes(&mut reader);
                if let Some(finding) = reader.finding() {
                    self.find(finding)?;
                }
                kept
            }
            Err(error) => Err(KeepError::Source(error)),
        };
        let (fate, medium) = match kept {
            Ok(medium) => {
                self.report.entries.media += 1;
                let fate = match below.role {
                    _ if below.entry.kind != EntryKind::File => EntryFate::Odd,
                    Role::Debris => EntryFate::Debris,
                    _ => self.look_at_form(below, medium)?,
                };
                (fate, Some(medium))
            }
            Err(KeepError::Source(error)) => self.keep_undecoded(below, &error)?,
            Err(KeepError::Ours(error)) => return Err(error),
        };
        self.progress.advance(below.entry.bytes);
        Ok(self.add_entry(below, fate, None, medium)?)
    }

    /// Says of a file that was kept what it is not.
    fn look_at_form(&mut self, below: &Below<'_>, medium: i64) -> Result<EntryFate, StoreError> {
        let form = self.writing.type_of_medium(medium)?;
        let is_unknown = form == MediaType::UNKNOWN.name;
        let path = &below.path;
        let is_empty = form == MediaType::EMPTY.name;
        // An empty file without an ending says nothing of what it should be.
        let is_meant = source::promises_medium(path) && (!is_empty || base_of(path).contains('.'));
        let found = if is_meant && !MediaType::is_seen_or_heard(&form) {
            let what = if is_empty { "empty" } else { "of no such form" };
            let sentence = format!(
                "{path} is named as a picture, video or sound, but is {what}; it was kept as it is. If you can, download it \
                 again and ingest that too."
            );
            Some(Finding::new(FindingCode::NotAMedium, sentence))
        } else {
            let sentence = || format!("{path} is of no form that this version knows; it was kept as it is.");
            is_unknown.then(|| Finding::new(FindingCode::UnknownFile, sentence()))
        };
        if let Some(finding) = found {
            self.find(finding.at_path(below.entry.path.as_str()))?;
        }
        self.report.entries.unknown += u64::from(is_unknown);
        Ok(if is_unknown { EntryFate::Unknown } else { EntryFate::Media })
    }

    /// Keeps an entry as it lies in the archive, and says why.
    fn keep_undecoded(
        &mut self,
        below: &Below<'_>,
        error: &EntryError,
    ) -> Result<(EntryFate, Option<i64>), IngestError> {
        let raw = match self.archive.read_raw(below.entry.position) {
            Ok(mut raw) if error.code() != FindingCode::OverBudget => self.keep_bytes(&mut raw),
            Ok(_) => Err(KeepError::Source(error.clone())),
            Err(error) => Err(KeepError::Source(error)),
        };
        let (fate, medium, kept) = match raw {
            Ok(medium) => (EntryFate::Undecodable, Some(medium), "its bytes were kept as they lie in the archive"),
            Err(KeepError::Source(_)) => (EntryFate::NotKept, None, "nothing of it was kept"),
            Err(KeepError::Ours(error)) => return Err(error),
        };
        let advice = match error {
            EntryError::OverBudget { option, .. } => larger(option),
            _ => "If you can, download it again and ingest that too.".to_owned(),
        };
        self.find(
            Finding::new(error.code(), format!("{}; {kept}. {advice}", in_words(error)))
                .at_path(below.entry.path.as_str()),
        )?;
        Ok((fate, medium))
    }

    /// Keeps bytes as a medium; gives its row.
    fn keep_bytes(&mut self, reader: &mut dyn std::io::Read) -> Result<i64, KeepError> {
        let writing = self.writing;
        let is_known = |hash: &ContentHash| writing.medium_by_hash(hash).is_ok_and(|row| row.is_some());
        let kept = match self.media {
            Some(media) => media.keep(reader, &is_known),
            None => crate::media::weigh(reader, &is_known),
        };
        let kept = kept.map_err(|error| match error {
            MediaError::Source(error) => KeepError::Source(EntryError::of(&error)),
            error => KeepError::Ours(IngestError::Media(error)),
        })?;
        let ours = |error: StoreError| KeepError::Ours(error.into());
        if let Some(id) = writing.medium_by_hash(&kept.hash).map_err(ours)? {
            self.report.media.known_files += 1;
            self.report.media.known_bytes += kept.bytes;
            return Ok(id);
        }
        self.report.media.new_files += 1;
        self.report.media.new_bytes += kept.bytes;
        writing
            .add_medium(&MediumRow {
                hash: &kept.hash,
                bytes: kept.bytes,
                r#type: kept.media_type.name,
                extension: kept.media_type.extension,
                width: kept.probe.width,
                height: kept.probe.height,
                seconds: kept.probe.seconds(),
            })
            .map_err(ours)
    }

    /// A document that is too large to be read is kept like any other file.
    fn keep_too_large(&mut self, below: &Below<'_>) -> Result<(), IngestError> {
        let sentence = format!(
            "{} has {} bytes, more than a document may have to be read; it was kept whole, but none of its items is a record. \
             {}",
            below.path,
            below.entry.bytes,
            larger(Limits::DOCUMENT)
        );
        self.find(Finding::new(FindingCode::OverBudget, sentence).at_path(below.entry.path.as_str()))?;
        self.keep_medium(below)
    }

    pub(super) fn keep_document(&mut self, below: &Below<'_>) -> Result<(), IngestError> {
        let most = self.ingestion.limits.document_bytes;
        if below.entry.bytes > most {
            return self.keep_too_large(below);
        }
        let bytes = match self.archive.read_whole(below.entry.position, most) {
            Ok((bytes, finding)) => {
                finding.map_or(Ok(()), |finding| self.find(finding))?;
                bytes
            }
            Err(error) => {
                let (fate, medium) = self.keep_undecoded(below, &error)?;
                self.progress.advance(below.entry.bytes);
                return Ok(self.add_entry(below, fate, None, medium)?);
            }
        };
        self.report.entries.documents += 1;
        let (document, _) = self.writing.keep_document(&ContentHash::of(&bytes), &bytes)?;
        let of = ReadingOf {
            document_id: document,
            account_id: self.account_id,
            path: &below.path,
            learnt: source::fingerprint(&below.path, &self.learnt),
        };
        match self.writing.reading(&of)? {
            Some(reading) => {
                self.add_entry(below, EntryFate::Document, Some((document, reading)), None)?;
                self.see_again(below, reading)?;
            }
            None => {
                let reading = self.writing.start_reading(&of)?;
                self.add_entry(below, EntryFate::Document, Some((document, reading)), None)?;
                self.read_document(below, &bytes, reading)?;
            }
        }
        self.progress.advance(below.entry.bytes);
        Ok(())
    }
}

/// What to do about what a budget cut off.
fn larger(option: &str) -> String {
    format!("If you trust it, ingest it again with a larger {option}.")
}

/// An error as the beginning of a sentence.
fn in_words(error: &EntryError) -> String {
    let text = error.to_string();
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Why bytes did not become a medium.
enum KeepError {
    /// The archive's fault: the next entry is not touched by it.
    Source(EntryError),
    /// Our own: nothing more can be kept.
    Ours(IngestError),
}

/// An entry's bytes, for those who only look.
pub(super) fn read_entry(archive: &Archive, entry: &Entry, limits: &Limits) -> Result<Vec<u8>, EntryError> {
    Ok(archive.read_whole(entry.position, limits.document_bytes)?.0)
}
