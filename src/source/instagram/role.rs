//! What an entry is by its name.

use crate::source::{DocumentForm, Role};

/// Tells documents, media and debris apart by the name of an entry.
pub fn role(path: &str) -> Role {
    let base = path.rsplit(['/', '\\']).next().unwrap_or(path);
    if is_debris(path, base) {
        return Role::Debris;
    }
    let Some((_, extension)) = base.rsplit_once('.') else { return Role::Media };
    match extension.to_ascii_lowercase().as_str() {
        "json" => Role::Document(DocumentForm::Json),
        "html" | "htm" => Role::Document(DocumentForm::Html),
        "srt" => Role::Document(DocumentForm::Subtitles),
        "txt" | "csv" | "md" | "xml" | "log" | "vcf" | "ics" | "js" => Role::Document(DocumentForm::Text),
        _ => Role::Media,
    }
}

/// Endings of pictures, films and sounds.
const MEDIA_EXTENSIONS: [&str; 29] = [
    "jpg", "jpeg", "png", "gif", "webp", "bmp", "heic", "heif", "avif", "tif", "tiff", "jxl", "mp4", "m4v", "mov",
    "3gp", "webm", "mkv", "avi", "ogv", "m4a", "aac", "mp3", "ogg", "oga", "opus", "wav", "flac", "amr",
];
/// Folders whose files are pictures, films and sounds, also those that have no ending (format reference §3.4).
const MEDIA_FOLDERS: [&str; 4] = ["media", "photos", "videos", "audio"];

/// Whether an entry's name promises a picture, a film or a sound.
pub fn promises_medium(path: &str) -> bool {
    if role(path) != Role::Media {
        return false;
    }
    let (folders, base) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
    match base.rsplit_once('.') {
        Some((_, extension)) => MEDIA_EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)),
        None => !base.is_empty() && folders.split(['/', '\\']).any(|folder| MEDIA_FOLDERS.contains(&folder)),
    }
}

/// Folders that macOS, Windows, NAS boxes and cloud drives leave behind.
const DEBRIS_FOLDERS: [&str; 10] = [
    "__MACOSX",
    "@eaDir",
    ".Spotlight-V100",
    ".Trashes",
    ".fseventsd",
    "$RECYCLE.BIN",
    "System Volume Information",
    ".dropbox.cache",
    ".tmp.drivedownload",
    ".tmp.driveupload",
];
/// Files that they leave behind, in any case.
const DEBRIS_FILES: [&str; 10] = [
    ".DS_Store",
    "Thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    ".localized",
    "Icon\r",
    ".directory",
    ".dropbox",
    ".dropbox.attr",
    // What OneDrive marks its folders with.
    ".849C9593-D756-4E56-8D6E-42412F2A707B",
];

fn is_debris(path: &str, base: &str) -> bool {
    base.starts_with("._")
        || path.split(['/', '\\']).any(|part| DEBRIS_FOLDERS.contains(&part))
        || DEBRIS_FILES.iter().any(|name| base.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_roles() {
        let check = |path, expected| assert_eq!(role(path), expected, "{path}");
        check("likes/liked_posts.json", Role::Document(DocumentForm::Json));
        check("LIKES/LIKED_POSTS.JSON", Role::Document(DocumentForm::Json));
        check("start_here.html", Role::Document(DocumentForm::Html));
        check("media/reels/202506/17900000000000009.srt", Role::Document(DocumentForm::Subtitles));
        check("likes/no-data.txt", Role::Document(DocumentForm::Text));
        check("media/posts/202203/AbCdEf_17900000000000003", Role::Media);
        check("media/posts/202203/a.jpg", Role::Media);
        check("", Role::Media);
        check("__MACOSX/likes/._liked_posts.json", Role::Debris);
        check("likes/._liked_posts.json", Role::Debris);
        check("a/.DS_Store", Role::Debris);
        check("a\\Thumbs.db", Role::Debris);
        check("Desktop.ini", Role::Debris);
        check("likes/Icon\r", Role::Debris);
        check(".tmp.drivedownload/likes/liked_posts.json", Role::Debris);
        check("media/.directory", Role::Debris);
    }

    #[test]
    fn names_promise_media() {
        for path in ["media/posts/a.jpg", "a.MP4", "media/posts/202203/AbCdEf_17900000000000003", "inbox/a_1/audio/17"]
        {
            assert!(promises_medium(path), "{path}");
        }
        for path in
            ["media/posts_1.json", "inbox/a_1/files/17", "inbox/a_1/files/a.docx", "media/.nomedia", "._a.jpg", ""]
        {
            assert!(!promises_medium(path), "{path}");
        }
    }
}
