//! Own content: posts, reels, long videos, stories, profile photos, what is archived or deleted (format reference §1.C2,
//! §1.E3).

use super::Document;
use super::values::{handle, labelled, seconds, time_value, value, word};
use crate::model::Generation;
use crate::testing::calendar;
use crate::testing::json::{Json, object};
use crate::testing::layout::{self, Area};
use crate::testing::life::Life;
use crate::testing::medium::{Form, Medium};
use crate::testing::own::{Own, OwnSort, State};
use crate::testing::tree::File;
use crate::testing::writing::Writing;

pub(super) fn documents(writing: &Writing) -> Vec<Document> {
    let area = Area::Own;
    let mut documents = vec![
        Document::bare(area, "posts_1", |life, writing| {
            rows(life, writing, State::Live, |number, own| {
                own.sort == OwnSort::Post && (!writing.is(Generation::E) || number % 4 != 0)
            })
        }),
        Document::wrapped(area, "stories", "ig_stories", |life, writing| items(life, writing, OwnSort::Story)),
        Document::wrapped(area, "reels", "ig_reels_media", |life, writing| {
            rows(life, writing, State::Live, |_, own| own.sort == OwnSort::Reel)
        }),
        Document::wrapped(area, "igtv_videos", "ig_igtv_media", |life, writing| {
            rows(life, writing, State::Live, |_, own| own.sort == OwnSort::Igtv)
        }),
        Document::wrapped(area, "archived_posts", "ig_archived_post_media", |life, writing| {
            rows(life, writing, State::Archived, |_, _| true)
        }),
        Document::wrapped(area, "recently_deleted_content", "ig_recently_deleted_media", |life, writing| {
            rows(life, writing, State::Deleted, |_, _| true)
        }),
        Document::wrapped(area, "profile_photos", "ig_profile_picture", |life, writing| {
            items(life, writing, OwnSort::ProfilePhoto)
        }),
    ];
    if !writing.is(Generation::C) {
        // A reel stands in several files (format reference §8.5): every third also among "other".
        documents.push(Document::wrapped(area, "other_content", "ig_other_media", |life, writing| {
            rows(life, writing, State::Live, |number, own| own.sort == OwnSort::Reel && number % 3 == 0)
        }));
    }
    if writing.is(Generation::E) {
        documents.push(Document::bare(area, "posts", labelled_posts));
    }
    documents
}

/// Adds every picture, video and subtitles file.
pub(super) fn media(life: &Life, writing: &Writing, files: &mut Vec<File>) {
    for own in life.own().iter().filter(|own| writing.state(own) != State::Gone) {
        for medium in own.media_at(writing.date_ms) {
            let (path, encoding) = (layout::own_medium(writing, own, medium), writing.encoding);
            let medium = medium.clone();
            files.push(File::new(path, true, move || medium.content(encoding)));
        }
        if let Some((id, text)) = &own.subtitles {
            let text = text.clone();
            files.push(File::new(layout::subtitles(writing, own, *id), false, move || text.clone().into_bytes()));
        }
    }
}

/// Own content newest first, but for every fifth that is out of place: the files are not reliably sorted.
fn newest_first<'a>(life: &'a Life, writing: &Writing, state: State) -> Vec<(usize, &'a Own)> {
    let mut found: Vec<(usize, &Own)> =
        life.own().iter().enumerate().filter(|(_, own)| writing.state(own) == state).rev().collect();
    for place in (4..found.len()).step_by(5) {
        found.swap(place, place - 2);
    }
    found
}

fn rows(life: &Life, writing: &Writing, state: State, is_here: impl Fn(usize, &Own) -> bool) -> Vec<Json> {
    let found = newest_first(life, writing, state).into_iter().filter(|(number, own)| is_here(*number, own));
    found.map(|(_, own)| post(life, writing, own)).collect()
}

/// One picture: caption and time are its own. Several: those of the post.
fn post(life: &Life, writing: &Writing, own: &Own) -> Json {
    let caption = own.caption_at(writing.date_ms);
    if let [medium] = own.media_at(writing.date_ms) {
        return with_tagged(
            life,
            writing,
            own,
            object! {
                "media" => vec![item(writing, own, medium, own.at_ms, caption)],
            },
        );
    }
    let media: Vec<Json> =
        own.media_at(writing.date_ms).iter().map(|medium| item(writing, own, medium, medium.at_ms, "")).collect();
    let post = object! { "media" => media, "title" => caption.to_owned(), "creation_timestamp" => seconds(own.at_ms) };
    with_tagged(life, writing, own, post)
}

/// Only pages name tagged people (format reference §1.C2, §5.4).
fn with_tagged(life: &Life, writing: &Writing, own: &Own, mut post: Json) -> Json {
    if writing.is_html() && !own.tagged.is_empty() {
        let tagged: Vec<Json> =
            own.tagged.iter().map(|person| object! { "name" => handle(life, writing, *person) }).collect();
        post.push("tagged", tagged);
    }
    post
}

/// Stories and profile photos are bare items.
fn items(life: &Life, writing: &Writing, sort: OwnSort) -> Vec<Json> {
    let mut rows = Vec::new();
    for (_, own) in newest_first(life, writing, State::Live).into_iter().filter(|(_, own)| own.sort == sort) {
        for medium in own.media_at(writing.date_ms) {
            let mut row = item(writing, own, medium, own.at_ms, own.caption_at(writing.date_ms));
            if sort == OwnSort::ProfilePhoto {
                row.push("is_profile_picture", rows.is_empty());
            }
            rows.push(row);
        }
    }
    rows
}

fn item(writing: &Writing, own: &Own, medium: &Medium, at_ms: i64, title: &str) -> Json {
    let mut item = object! {
        "uri" => layout::own_medium(writing, own, medium),
        "creation_timestamp" => seconds(at_ms),
    };
    item.push("media_metadata", metadata(writing, own, medium));
    item.push("title", title.to_owned());
    if !writing.is(Generation::C) {
        item.push("cross_post_source", object! { "source_app" => "FB" });
    }
    item
}

/// EXIF comes as a list of up to two objects that belong together; E tells the place in `posts.json` only.
fn metadata(writing: &Writing, own: &Own, medium: &Medium) -> Json {
    let camera = object! { "has_camera_metadata" => false };
    let mut exif = Vec::new();
    if let Some((latitude, longitude)) = own.place.filter(|_| !writing.is(Generation::E)) {
        exif.push(object! { "latitude" => latitude, "longitude" => longitude });
    }
    if medium.id.is_multiple_of(2) {
        exif.push(object! {
            "device_id" => "android-0000000000000000",
            "date_time_original" => calendar::camera_clock(medium.at_ms),
            "source_type" => "4",
        });
    }
    let mut metadata = object! {};
    if medium.form == Form::Mp4 {
        let mut video = object! { "exif_data" => exif };
        if let Some((id, _)) = &own.subtitles {
            let uri = layout::subtitles(writing, own, *id);
            video.push("subtitles", object! { "uri" => uri, "creation_timestamp" => seconds(own.at_ms) });
        }
        metadata.push("video_metadata", video);
    } else if !exif.is_empty() {
        metadata.push("photo_metadata", object! { "exif_data" => exif });
    }
    metadata.push("camera_metadata", camera);
    metadata
}

/// `posts.json`: one entry a post or reel, all of them, with the place; edited captions included.
fn labelled_posts(life: &Life, writing: &Writing) -> Vec<Json> {
    let is_here = |own: &Own| matches!(own.sort, OwnSort::Post | OwnSort::Reel);
    let found = newest_first(life, writing, State::Live).into_iter().filter(|(_, own)| is_here(own));
    found
        .map(|(_, own)| {
            let media: Vec<Json> = own
                .media_at(writing.date_ms)
                .iter()
                .map(|medium| {
                    let uri = layout::own_medium(writing, own, medium);
                    object! { "uri" => uri, "creation_timestamp" => seconds(medium.at_ms) }
                })
                .collect();
            let mut values = vec![
                value(writing, "Caption", own.caption_at(writing.date_ms)),
                object! { "label" => writing.label("Media"), "media" => media },
                time_value(writing, "Published", own.at_ms),
                value(writing, "Is an ad", word(writing, "False")),
                // Seen twice with different values in real entries (format reference §1.5).
                value(writing, "Marked as AI generated", word(writing, "True")),
                value(writing, "Marked as AI generated", word(writing, "False")),
            ];
            if let Some((latitude, longitude)) = own.place {
                values.push(value(writing, "Latitude", latitude.to_string()));
                values.push(value(writing, "Longitude", longitude.to_string()));
            }
            values.push(object! { "label" => writing.label("Reel metadata"), "dict" => Vec::new() });
            labelled(own.at_ms, Some(own.media[0].id.to_string()), values)
        })
        .collect()
}
