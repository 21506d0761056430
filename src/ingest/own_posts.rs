//! Own posts that no document names: files.
//!
//! Some downloads of 2026 hold the own posts only as files in `your_instagram_activity/posts/media/` (format reference
//! §1.E3). Such a file is a post without caption. Its time is not known: the name holds a media id, in which there is no
//! time, and a folder of a month is no day; where there is one, the month stands in the details. A row that has the file's
//! media id for its own id, but no medium, is the same post, and then the file is its picture.
//!
//! Subtitles that no document names are no post, for their media id is their own (§1.C2), not the video's: their words are
//! a `misc` record of their own, so that they are found.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::identity;
use super::same_post::Joined;
use crate::model::{Item, Key, Kind, MediaRef, Who};
use crate::store::{StoreError, UnlistedFile, Writing};

/// Makes records of the files that no document names. To be called when the documents' records are computed; gives the
/// keys that must be computed again.
pub(super) fn place_unlisted(
    writing: &Writing<'_>,
    account_id: i64,
    account_key: Key,
    joined: &Joined,
) -> Result<Vec<Key>, StoreError> {
    let files = writing.unlisted_files(account_id)?;
    let videos: BTreeSet<String> = files
        .iter()
        .filter(|file| file.media_type.starts_with("video/"))
        .filter_map(|file| file.media_id.clone())
        .collect();
    let mut wanted: BTreeMap<i64, (Key, Item)> = BTreeMap::new();
    // A copy of an archive shows nothing more.
    let mut shown = HashSet::new();
    for file in files.iter().filter(|file| shown.insert((file.snapshot_id, &file.path, &file.hash))) {
        let has_video = file.media_id.as_ref().is_some_and(|id| videos.contains(id));
        let Some(item) = item_of(file, has_video) else { continue };
        let base = identity::identify(account_key, &item, None).key;
        wanted.insert(file.entry_id, (joined.get(&base).copied().unwrap_or(base), item));
    }
    writing.set_unlisted(account_id, &wanted)
}

/// What the name and place of a file tell; `None` where it is none of those that become records.
fn item_of(file: &UnlistedFile, has_video: bool) -> Option<Item> {
    let path: String = file.path.nfc().collect();
    let is_cover = has_video && !file.media_type.starts_with("video/");
    // A role, so that the file does not count as named by a document.
    let role = if is_cover { "unlisted_cover" } else { "unlisted" };
    let medium = MediaRef { path: path.clone(), role: Some(role.to_owned()), ..MediaRef::default() };
    if let Some(words) = &file.words {
        return Some(Item { media: vec![medium], ..item_of_words(words) });
    }
    let folders: Vec<&str> = path.rsplit_once('/')?.0.split('/').collect();
    if !folders.windows(2).any(|pair| pair == ["posts", "media"]) {
        return None;
    }
    let mut item = Item::new(Kind::Post);
    item.author = Some(Who::Me);
    item.external_id = file.media_id.clone().or_else(|| Some(file.hash.clone()));
    item.media.push(medium);
    item.details.push("ground", "a file under posts/media that no document names");
    item.details.push_some("month", folders.iter().rev().find_map(|folder| month_of(folder)));
    Some(item)
}

/// Subtitles that are a record of their own.
pub(super) fn item_of_words(words: &str) -> Item {
    let mut item = Item::new(Kind::Misc);
    item.subkind = Some("subtitles".to_owned());
    item.text = Some(words.to_owned());
    item.details.push("ground", "subtitles that no document names");
    item
}

/// `2026-01` of a folder `202601`.
fn month_of(folder: &str) -> Option<String> {
    let is_month = folder.len() == 6 && folder.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month) = is_month.then(|| folder.split_at(4))?;
    (("2010".."2100").contains(&year) && ("01"..="12").contains(&month)).then(|| format!("{year}-{month}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, media_type: &str, words: Option<&str>) -> UnlistedFile {
        UnlistedFile {
            entry_id: 1,
            snapshot_id: 1,
            path: path.to_owned(),
            media_id: crate::model::media_id_of(path).map(str::to_owned),
            hash: "ab".repeat(32),
            media_type: media_type.to_owned(),
            words: words.map(str::to_owned),
        }
    }

    #[test]
    fn only_files_below_posts_media_are_posts() {
        let check = |path: &str, expected: Option<&str>| {
            let item = item_of(&file(path, "image/jpeg", None), false);
            assert_eq!(item.as_ref().map(|item| item.details.text("month").unwrap_or_default()), expected, "{path}");
            assert!(item.is_none_or(|item| item.kind == Kind::Post && item.at.is_none() && item.media.len() == 1));
        };
        check("your_instagram_activity/posts/media/your_posts/18000000000000203.jpg", Some(""));
        check("your_instagram_activity/posts/media/202601/18000000000000203.jpg", Some("2026-01"));
        check("posts/media/a.jpg", Some(""));
        check("media/posts/202601/18000000000000203.jpg", None);
        check("your_instagram_activity/reposts/media/a.jpg", None);
        check("your_instagram_activity/posts/media", None);
    }

    #[test]
    fn words_that_nothing_names_are_found_and_covers_told_from_videos() {
        let item = item_of(&file("media/reels/202506/17900000000000009.srt", "", Some("hello")), false);
        assert_eq!(item.map(|item| (item.kind, item.text)), Some((Kind::Misc, Some("hello".to_owned()))));
        let cover = item_of(&file("posts/media/17900000000000009.jpg", "image/jpeg", None), true).expect("a post");
        assert_eq!(cover.media[0].role.as_deref(), Some("unlisted_cover"));
    }
}
