//! Which delivery an archive belongs to, and whose account it is.

use chrono::{DateTime, NaiveDate};

use crate::archive::Archive;
use crate::model::{ContentHash, Key, KeyBuilder};
use crate::source::{self, Learnt, Recognised, Role};

/// What tells one snapshot from another.
#[derive(Clone, Debug)]
pub(super) struct SnapshotIdentity {
    pub key: Key,
    pub account_key: Key,
    /// The oldest user name that the download tells: the account is known by it whatever it is called later.
    pub first_handle: String,
    /// The user name at that time.
    pub handle: String,
    /// Nothing told whose account it is.
    pub is_owner_unknown: bool,
    /// `None` until the newest record is known.
    pub date: Option<(NaiveDate, &'static str)>,
}

/// Decides by the archive's name where it is one of Instagram's, so that the parts of one delivery meet; else by what
/// the archive holds, so that copies under any name are the same.
pub(super) fn identify(
    archive: &Archive,
    recognised: &Recognised,
    learnt: &Learnt,
    manifest: impl FnOnce() -> ContentHash,
) -> SnapshotIdentity {
    // Wrapper folders inside the archive carry the delivery's name when the file itself was renamed.
    let named = source::parse_archive_name(archive.name())
        .or_else(|| recognised.root.trim_end_matches('/').split('/').rev().find_map(source::parse_archive_name));
    let service = recognised.service;
    let in_name = named.as_ref().map(|name| name.handle.to_lowercase());
    let handle = learnt.handles.first().map(|handle| handle.to_lowercase()).or_else(|| in_name.clone());
    let first_handle = learnt.handles.last().map(|handle| handle.to_lowercase()).or_else(|| in_name.clone());
    let account_key = |handle: &str| KeyBuilder::new("account").part(service.name()).part(handle).key();

    if let (Some(name), Some(handle)) = (&named, &handle) {
        let key = KeyBuilder::new("snapshot")
            .part(service.name())
            .part(in_name.as_deref().unwrap_or(handle))
            .part(name.date.to_string())
            .number(recognised.format.code())
            .key();
        return SnapshotIdentity {
            key,
            account_key: account_key(first_handle.as_deref().unwrap_or(handle)),
            first_handle: first_handle.unwrap_or_else(|| handle.clone()),
            handle: handle.clone(),
            is_owner_unknown: false,
            date: Some((name.date, "the archive's name")),
        };
    }
    let content = KeyBuilder::new("snapshot, by content").part(service.name()).part(manifest().as_bytes());
    let unknown = || format!("unknown-{}", &content.public_id().as_str()[..4]);
    let first_handle = first_handle.unwrap_or_else(unknown);
    let entry_date = archive.newest_modified().map(|time| time.date()).filter(|date| *date >= instagram_began());
    SnapshotIdentity {
        key: content.key(),
        account_key: account_key(&first_handle),
        is_owner_unknown: handle.is_none(),
        handle: handle.unwrap_or_else(unknown),
        first_handle,
        // Folders carry the time of unpacking, which says nothing about the delivery.
        date: entry_date
            .filter(|_| archive.container() == crate::archive::Container::Zip)
            .map(|date| (date, "the newest entry")),
    }
}

fn instagram_began() -> NaiveDate {
    NaiveDate::from_ymd_opt(2010, 10, 6).expect("a day in the calendar")
}

/// The date of a snapshot that only its records tell.
pub(super) fn date_of_newest(newest_ms: Option<i64>) -> (NaiveDate, &'static str) {
    newest_ms
        .and_then(DateTime::from_timestamp_millis)
        .map_or((NaiveDate::default(), "nothing tells it"), |time| (time.date_naive(), "the newest record"))
}

/// What people type: the date and four characters.
pub(super) fn public_id(key: Key, date: NaiveDate) -> String {
    let characters = KeyBuilder::new("snapshot id").part(key.as_bytes()).public_id();
    format!("{date}-{}", &characters.as_str()[..4])
}

/// A hash of what the archive holds: names, the documents' bytes, the sizes of media. Debris does not count.
pub(super) fn manifest(archive: &Archive, recognised: &Recognised) -> ContentHash {
    let mut lines: Vec<(String, [u8; 32])> = Vec::new();
    for entry in archive.entries() {
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
