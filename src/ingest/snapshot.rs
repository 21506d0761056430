//! What a group of archives is as a snapshot: key, id, date, account. Everything here is a function of the group.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::grouping::{Facts, Group, Named};
use crate::archive::Archive;
use crate::model::{ContentHash, Format, Generation, Key, KeyBuilder, Service};
use crate::source::{self, Recognised, Role};
use crate::store::{ArchiveContent, ArchiveFacts, NEWEST_RECORD, NO_GROUND};

/// The key of the delivery that a name tells; of several of one day and user the `nth`.
pub(super) fn key_by_name(service: Service, handle: &str, date: NaiveDate, format: Format, nth: usize) -> Key {
    let key =
        KeyBuilder::new("snapshot").part(service.name()).part(handle).part(date.to_string()).number(format.code());
    match i64::try_from(nth) {
        Ok(nth) if nth > 0 => key.number(nth).key(),
        _ => key.key(),
    }
}

/// The key of a group: by name where a name tells it, else by what it holds, so that copies under any name are the same.
pub(super) fn key_of_group(group: &Group, service: Service, format: Format) -> Key {
    if let Some((handle, date)) = &group.named {
        return key_by_name(service, handle, *date, format, group.nth);
    }
    let start = KeyBuilder::new("snapshot, by content").part(service.name()).number(format.code());
    group.contents.iter().fold(start, |key, content| key.part(content.as_bytes())).key()
}

/// The date of a group, and what tells it: a name, or a ZIP's clock. Folders carry the time of unpacking, which says
/// nothing about the delivery.
pub(super) fn date_of_group(group: &Group) -> Option<(NaiveDate, &'static str)> {
    if let Some((_, date)) = &group.named {
        return Some((*date, "the archive's name"));
    }
    let packed = group.packed_at.map(|time| time.date()).filter(|date| *date >= instagram_began());
    packed.map(|date| (date, "the newest entry"))
}

fn instagram_began() -> NaiveDate {
    NaiveDate::from_ymd_opt(2010, 10, 6).expect("a day in the calendar")
}

/// The date of a snapshot that only its records tell.
pub(super) fn date_of_newest(newest_ms: Option<i64>) -> (NaiveDate, &'static str) {
    newest_ms
        .and_then(DateTime::from_timestamp_millis)
        .map_or((NaiveDate::default(), NO_GROUND), |time| (time.date_naive(), NEWEST_RECORD))
}

/// What people type: the date and four characters.
pub(super) fn public_id(key: Key, date: NaiveDate) -> String {
    let characters = KeyBuilder::new("snapshot id").part(key.as_bytes()).public_id();
    format!("{date}-{}", &characters.as_str()[..4])
}

/// What a name of Instagram's tells: that of a wrapper folder, which nobody renames, else that of the archive itself.
pub(super) fn named(name: &str, root: &str) -> Option<Named> {
    let by_file = source::parse_archive_name(name);
    let by_root = root.trim_end_matches('/').split('/').rev().find_map(source::parse_archive_name);
    let told =
        |found: source::ArchiveName| Named { date: found.date, handle: found.handle.to_lowercase(), part: found.part };
    match (by_root.map(told), by_file.map(told)) {
        // Only the file's name may have the number of the part.
        (Some(root), Some(file)) if (&root.handle, root.date) == (&file.handle, file.date) => {
            Some(Named { part: root.part.or(file.part), ..root })
        }
        (root, file) => root.or(file),
    }
}

/// The name that an archive is shown under, of all that it came under: one of Instagram's, the shortest, the first in the
/// alphabet.
pub(super) fn leading_name<'a>(names: &'a [String], root: &str) -> Option<&'a String> {
    names.iter().min_by_key(|name| (named(name, root).is_none(), name.chars().count(), name.as_str()))
}

/// What grouping needs of an archive. `is_salvaged`: its download broke off.
pub(super) fn facts_of(archive: &ArchiveFacts, content: &ArchiveContent, is_salvaged: bool) -> Facts {
    let packed_at = content
        .newest_entry
        .as_deref()
        .filter(|_| archive.is_zip)
        .and_then(|time| NaiveDateTime::parse_from_str(time, "%Y-%m-%dT%H:%M:%S").ok());
    Facts {
        id: archive.id,
        public_id: archive.public_id.clone(),
        format: (archive.service, archive.format),
        is_flat: archive.generation <= Generation::B.code(),
        named: leading_name(&archive.names, &archive.root).and_then(|name| named(name, &archive.root)),
        told: archive.handles.iter().flatten().map(|handle| handle.to_lowercase()).collect(),
        packed_at,
        is_partial: content.is_partial || is_salvaged,
        is_folder: !archive.is_zip,
        content: content.hash,
        n_files: content.n_files,
    }
}

/// The owner of a group by the user names of its archives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    /// The oldest user name that is told: the account is known by it whatever it is called later.
    pub first_handle: String,
    /// The user name at that time.
    pub handle: String,
    /// Nothing told whose account it is.
    pub is_unknown: bool,
}

/// Whose account it is: as the documents tell (newest name first), else the name of the archive, else a stand-in.
pub(super) fn holder(told: &[String], name: Option<&str>, stand_ins: &BTreeSet<String>) -> Holder {
    let in_name = name.map(str::to_lowercase);
    let handle = told.first().map(|handle| handle.to_lowercase()).or_else(|| in_name.clone());
    let first_handle = told.last().map(|handle| handle.to_lowercase()).or(in_name);
    let stand_in = || stand_ins.first().cloned().unwrap_or_else(|| "unknown".to_owned());
    Holder {
        is_unknown: handle.is_none(),
        handle: handle.unwrap_or_else(stand_in),
        first_handle: first_handle.unwrap_or_else(stand_in),
    }
}

/// What an account is called of which nothing is known but an archive's content.
pub(super) fn stand_in(archive: &Archive, recognised: &Recognised) -> String {
    let hash = manifest(archive, recognised);
    let name = KeyBuilder::new("account, by content").part(recognised.service.name()).part(hash.as_bytes()).public_id();
    format!("unknown-{}", &name.as_str()[..4])
}

/// A hash of what the archive holds: names, the documents' bytes, the sizes of media. Debris does not count.
fn manifest(archive: &Archive, recognised: &Recognised) -> ContentHash {
    let mut lines: Vec<(String, [u8; 32])> = Vec::new();
    for entry in archive.entries().iter().filter(|entry| entry.is_file()) {
        let Some(path) = entry.path.as_str().strip_prefix(&recognised.root) else { continue };
        let hash = match source::role(path) {
            Role::Debris => continue,
            Role::Media => ContentHash::of(&entry.bytes.to_le_bytes()),
            Role::Document(_) => {
                hash_of_entry(archive, entry.position).unwrap_or_else(|| ContentHash::of(b"unreadable"))
            }
        };
        lines.push((path.to_owned(), *hash.as_bytes()));
    }
    lines.sort();
    let mut hasher = ContentHash::hasher();
    for (path, hash) in &lines {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        hasher.update(hash);
    }
    hasher.finish()
}

fn hash_of_entry(archive: &Archive, position: u32) -> Option<ContentHash> {
    let mut reader = archive.read(position).ok()?;
    let mut hasher = ContentHash::hasher();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match std::io::Read::read(&mut reader, &mut buffer).ok()? {
            0 => return Some(hasher.finish()),
            n => hasher.update(&buffer[..n]),
        }
    }
}
