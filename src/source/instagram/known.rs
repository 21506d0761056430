//! What readers may know: of all that a first pass learnt, only what bears on the document at hand. A reading is named by
//! it (`fingerprint`), so that a part which comes late and teaches more makes old only the readings that depend on it.

use super::catalog::{self, Reader};
use super::recognise::is_flat;
use super::role::role;
use super::{html, json, subtitles, text_file};
use crate::model::{Key, KeyBuilder, Zone};
use crate::source::{DocumentForm, Learnt, Role, is_zone_sure};

/// Takes away what no reader of that document uses. **The** place to let a reader use more; what it does not let through,
/// no reader ever sees.
pub fn known_to(path: &str, learnt: &Learnt) -> Learnt {
    // Every member is named here, so that a new one cannot be forgotten.
    let Learnt {
        handles: _,
        names: _,
        language: _,
        flat_zone,
        page_zone,
        inferred_zone,
        direct_media,
        direct_files: _,
    } = learnt;
    let mut known = Learnt::default();
    // Times without an offset.
    if is_flat(path) {
        known.inferred_zone = *inferred_zone;
        known.flat_zone = flat_zone.filter(|_| inferred_zone.is_none());
    }
    // Clocks on pages; those of a page that tells its zone itself, too, because that is known only once it is opened.
    if html::has_clocks(path) {
        known.page_zone = *page_zone;
        // California is what pages are read in anyway: nothing is to be read again where that is confirmed.
        let is_open = page_zone.is_none_or(|told| !is_zone_sure(told));
        known.inferred_zone = inferred_zone
            .filter(|zone| is_open && *page_zone != Some(*zone) && (page_zone.is_some() || *zone != Zone::PACIFIC));
    }
    // Messages whose files only their second tells.
    if matches!(catalog::find(path, "").reader, Reader::FlatThreads) {
        known.direct_media = direct_media.clone();
    }
    known
}

/// A name for what is known to the readers of that document; `None` where that is nothing.
pub fn fingerprint(path: &str, learnt: &Learnt) -> Option<Key> {
    let known = known_to(path, learnt);
    if known == Learnt::default() {
        return None;
    }
    let Learnt {
        handles: _,
        names: _,
        language: _,
        flat_zone,
        page_zone,
        inferred_zone,
        direct_media,
        direct_files: _,
    } = known;
    let mut name = KeyBuilder::new("learnt").maybe(flat_zone.map(|zone| format!("{zone:?}")));
    if let Some(zone) = page_zone {
        name = name.part("pages").part(zone.to_string());
    }
    if let Some(zone) = inferred_zone {
        name = name.part("inferred").part(zone.to_string());
    }
    for (second, paths) in direct_media.iter() {
        name = name.number(*second);
        for path in paths {
            name = name.part(path);
        }
    }
    Some(name.key())
}

/// Readers of whole documents that are no row of the catalog, with their versions.
const BESIDE_THE_CATALOG: [(&str, u32); 4] =
    [html::START_PAGE, subtitles::READER, text_file::EMPTY_MARKER, text_file::READER];

/// Whether that version of that reader is today's for a document of that path. A reader that was found by the name of a
/// list inside the document is taken at its word.
pub fn is_current(path: &str, reader: &str, version: u32) -> bool {
    let Some(row) = catalog::row_named(reader) else {
        return BESIDE_THE_CATALOG.contains(&(reader, version));
    };
    let today = catalog::find(path, "");
    let is_still_found = || !row.lists.is_empty() || row.matches_path(path);
    let is_page = role(path) == Role::Document(DocumentForm::Html);
    let of_form = if is_page { html::PAGES } else { json::PIECES };
    row.version + of_form == version && (today.name == reader || (!row.is_last() && is_still_found()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::source::FlatZone;

    #[test]
    fn only_what_bears_on_a_document_is_in_its_fingerprint() {
        let zone = Learnt { flat_zone: Some(FlatZone::Utc), ..Learnt::default() };
        let files = BTreeMap::from([(1, vec!["direct/201906/a.jpg".to_owned()])]);
        let media = Learnt { direct_media: Arc::new(files), ..zone.clone() };
        let names = Learnt { handles: vec!["ann".to_owned()], language: Some("de".to_owned()), ..Learnt::default() };
        let check = |path: &str, depends_on_zone: bool, depends_on_media: bool| {
            let of = |learnt: &Learnt| fingerprint(path, learnt);
            assert_eq!(of(&zone).is_some(), depends_on_zone, "{path}");
            assert_eq!(of(&zone) != of(&media), depends_on_media, "{path}");
            assert_eq!(of(&names), None, "{path}");
        };
        check("messages.json", true, true);
        check("likes.json", true, false);
        check("media.json", true, false);
        check("your_instagram_activity/likes/liked_posts.json", false, false);
        check("messages/inbox/ann_abcdefghij/message_1.json", false, false);
        let pacific = Learnt { flat_zone: Some(FlatZone::Pacific), ..Learnt::default() };
        assert_ne!(fingerprint("likes.json", &zone), fingerprint("likes.json", &pacific));
        let pages = Learnt { page_zone: Some(Zone::PACIFIC), ..Learnt::default() };
        assert!(fingerprint("likes/liked_posts.html", &pages).is_some());
        assert_eq!(fingerprint("likes/liked_posts.html", &zone), None);
        let inferred = |zone| Learnt { inferred_zone: Some(zone), ..Learnt::default() };
        let berlin = Zone::of_name("Europe/Berlin").expect("a zone");
        assert!(fingerprint("likes/liked_posts.html", &inferred(berlin)).is_some());
        assert_eq!(fingerprint("likes/liked_posts.html", &inferred(Zone::PACIFIC)), None);
        let both = Learnt { inferred_zone: Some(berlin), ..pages.clone() };
        assert_eq!(fingerprint("likes/liked_posts.html", &both), fingerprint("likes/liked_posts.html", &pages));
        assert!(fingerprint("likes.json", &inferred(Zone::PACIFIC)).is_some());
        assert_eq!(fingerprint("likes/liked_posts.json", &inferred(berlin)), None);
        for other in ["likes/liked_posts.json", "likes.json", "start_here.html", "a.srt"] {
            assert_eq!(fingerprint(other, &pages), None, "{other}");
        }
    }

    #[test]
    fn readers_grow_old() {
        let check = |path: &str, reader: &str, version: u32, current: bool| {
            assert_eq!(is_current(path, reader, version), current, "{path} {reader} {version}");
        };
        let row = |reader: &str| catalog::row_named(reader).expect("a row").version;
        let today = |reader: &str| row(reader) + json::PIECES;
        check("likes/liked_posts.json", "liked_posts", today("liked_posts"), true);
        check("likes/liked_posts.json", "liked_posts", today("liked_posts") - 1, false);
        check("likes/liked_posts.json", "a_reader_of_old", 1, false);
        check("likes/liked_posts.html", "liked_posts", row("liked_posts") + html::PAGES, true);
        check("likes/liked_posts.html", "liked_posts", row("liked_posts"), false);
        // What nobody knew has a reader now.
        check("likes/liked_posts.json", "generic", today("generic"), false);
        check("likes/unheard_of.json", "generic", today("generic"), true);
        check("likes/unheard_of.json", "liked_posts", today("liked_posts"), true);
        check("start_here.html", "start_page", 2, true);
        check("start_here.html", "start_page", 1, false);
        check("a.srt", "subtitles", 1, true);
        check("a.srt", "subtitles", 0, false);
        check("", "", 0, false);
    }
}
