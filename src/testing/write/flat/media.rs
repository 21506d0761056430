//! `media.json` and the files it names: one row a file, a carousel as several rows of one second and one caption.

use super::Flat;
use crate::model::Generation;
use crate::testing::calendar;
use crate::testing::dice::Dice;
use crate::testing::json::{Json, object};
use crate::testing::life::Life;
use crate::testing::medium::{Form, Medium};
use crate::testing::own::{Own, OwnSort};
use crate::testing::tree::File;
use crate::testing::writing::Writing;

/// `photos/201906/<32 hexadecimal digits>.jpg`. The digits are others in every download (format reference §3.4).
pub(super) fn path(life: &Life, writing: &Writing, folder: &str, medium: &Medium, at_ms: i64) -> String {
    let seed = life.plan.seed ^ writing.date_ms.unsigned_abs() ^ u64::from(writing.encoding);
    let mut dice = Dice::of(seed ^ medium.id, "flat name", 0);
    // By chance a name has as many decimal digits in a row as a media id, which it is not: here every fifth does.
    let n_decimal = if medium.id.is_multiple_of(5) { 16 } else { 0 };
    let name =
        format!("{}{}", dice.characters("0123456789", n_decimal), dice.characters("abcdef0123456789", 32 - n_decimal));
    format!("{folder}/{}/{name}.{}", calendar::pacific_month(at_ms), medium.form.extension())
}

fn folder(own: &Own, medium: &Medium) -> &'static str {
    match own.sort {
        OwnSort::Story => "stories",
        OwnSort::ProfilePhoto => "profile",
        OwnSort::Post | OwnSort::Reel | OwnSort::Igtv if medium.form == Form::Mp4 => "videos",
        OwnSort::Post | OwnSort::Reel | OwnSort::Igtv => "photos",
    }
}

/// Adds the files of own content.
pub(super) fn files(life: &Life, writing: &Writing, files: &mut Vec<File>) {
    for own in life.own().iter().filter(|own| writing.holds_own(own)) {
        for medium in own.media_at(writing.date_ms) {
            let (path, encoding) = (path(life, writing, folder(own, medium), medium, own.at_ms), writing.encoding);
            let medium = medium.clone();
            files.push(File::new(path, true, move || medium.content(encoding)));
        }
    }
}

pub(super) fn rows(flat: &Flat) -> Option<Json> {
    let mut direct = Vec::new();
    if flat.writing.is(Generation::A) {
        super::messages::each_medium(&flat.life, &flat.writing, |message, medium| {
            if flat.is_here(message.at_ms) {
                let path = path(&flat.life, &flat.writing, "direct", medium, message.at_ms);
                direct.push(object! { "taken_at" => flat.time(message.at_ms), "path" => path });
            }
        });
    }
    let list = |name| own_rows(flat, name);
    super::lists(vec![
        ("stories", list("stories")),
        ("profile", list("profile")),
        ("photos", list("photos")),
        ("videos", list("videos")),
        ("direct", direct),
    ])
}

fn own_rows(flat: &Flat, list: &str) -> Vec<Json> {
    let (life, writing) = (&flat.life, &flat.writing);
    let is_shown = |own: &&Own| own.sort == OwnSort::ProfilePhoto && writing.holds_own(own);
    let active_ms = life.own().iter().rfind(is_shown).map(|own| own.at_ms);
    let mut rows = Vec::new();
    for own in life.own().iter().rev().filter(|own| writing.holds_own(own) && flat.is_here(own.at_ms)) {
        for medium in own.media_at(writing.date_ms).iter().filter(|medium| folder(own, medium) == list) {
            let mut row = object! {
                "caption" => own.caption_at(writing.date_ms).to_owned(),
                "taken_at" => flat.time(own.at_ms),
            };
            if let Some(place) = own.place_name {
                row.push("location", place);
            }
            row.push("path", path(life, writing, list, medium, own.at_ms));
            if own.sort == OwnSort::ProfilePhoto {
                row.push("is_active_profile", active_ms == Some(own.at_ms));
            }
            rows.push(row);
        }
    }
    rows
}
