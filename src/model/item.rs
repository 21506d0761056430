//! What one document said about one thing.

use serde::{Deserialize, Serialize};

use super::{Details, Kind, Moment};

/// Somebody, as a document named them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Who {
    /// The owner of the account that was downloaded.
    #[serde(rename = "me")]
    Me,
    /// A user name (`ann_example`).
    #[serde(rename = "handle")]
    Handle(String),
    /// A display name (`Ann Example`).
    #[serde(rename = "name")]
    Name(String),
}

/// A medium that an item refers to, as the document wrote it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MediaRef {
    /// `uri` of the document: a path inside the download, a web address, or empty.
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// What it is for, when it is not simply a picture of the item: `subtitles`, `backup`, `thumbnail`, `sticker`, `cover` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// `title` of the medium where it differs from the item's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl MediaRef {
    /// The last run of 15 to 18 digits in the base name (format reference §3.4), if there is one.
    pub fn media_id(&self) -> Option<&str> {
        media_id_of(&self.path)
    }

    /// Whether it lies in the tree of 2018 to early 2021, whose files have another name in every download (format
    /// reference §3.4).
    pub fn has_passing_name(&self) -> bool {
        const FLAT_FOLDERS: [&str; 5] = ["photos", "videos", "stories", "profile", "direct"];
        let path = self.path.trim_start_matches("./").trim_start_matches('/');
        path.split_once(['/', '\\']).is_some_and(|(folder, _)| FLAT_FOLDERS.contains(&folder))
            && self.media_id().is_none()
    }
}

/// Reads the media id from a path: the last run of 15 to 18 digits of its base name. The 32 hexadecimal digits that
/// flat files are called by have none, even when many of them in a row are decimal by chance (one name in some hundred).
pub fn media_id_of(path: &str) -> Option<&str> {
    let base = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = base.split('.').next().unwrap_or(base);
    if stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    base.split(|c: char| !c.is_ascii_digit()).rfind(|run| (15..=18).contains(&run.len()))
}

/// A reaction to a message. Distinct by actor and emoji.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reaction {
    pub actor: Who,
    pub reaction: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

/// Something that a message passed on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The caption of what was shared: not the sender's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// User name of the author of what was shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What one document said about one thing, as written: repaired text, unresolved wall clocks, names of that day.
///
/// It holds nothing that depends on where in the document it stood or on other documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub kind: Kind,
    /// Narrows the kind (`archived`, `follower`, `reaction_notice` …); the names are those of the contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subkind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
    /// Who did or wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Who>,
    /// The other side: whose post was liked or commented, who is followed, who was searched for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterpart: Option<Who>,
    /// The person's words, or what the record is about (query, caption, name of a collection).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Further strings worth finding that are not the author's words: captions of liked posts, options of a poll,
    /// every string of a record that only the generic reader knew. Indexed apart from `text` and ranked below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_text: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<MediaRef>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unsent: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_edited: bool,
    /// An id that Instagram gave the thing itself (`fbid`), when it is one that stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Everything else that the document said, by name.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
}

impl Item {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            subkind: None,
            at: None,
            author: None,
            counterpart: None,
            text: None,
            other_text: Vec::new(),
            url: None,
            place: None,
            latitude: None,
            longitude: None,
            media: Vec::new(),
            reactions: Vec::new(),
            share: None,
            call_seconds: None,
            is_unsent: false,
            is_edited: false,
            external_id: None,
            details: Details::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::media_id_of;

    #[test]
    fn media_ids_are_the_last_long_run_of_digits() {
        let check = |path, id| assert_eq!(media_id_of(path), id, "{path}");
        check(
            "media/posts/202203/31234567_123456789012345_1234567890123456789_n_17900000000000001.jpg",
            Some("17900000000000001"),
        );
        check("media/posts/202203/AbCdEfGhIjKlMnOp_17900000000000003", Some("17900000000000003"));
        check("media/reels/202506/17900000000000009.srt", Some("17900000000000009"));
        check("photos/201905/0f3a9c7be1d24c55a0b1c2d3e4f5a6b7.jpg", None);
        check("photos/201905/0234567890123456c0b1c2d3e4f5a6b7.jpg", None);
        check("media/posts/202209/a.jpg", None);
        check("", None);
    }
}
