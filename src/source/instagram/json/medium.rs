//! One media item (`uri`, `creation_timestamp`, `media_metadata` …; format reference §1.C2, §3.3).

use super::leftover::detail_of;
use super::{Json, Scope};
use crate::model::{Detail, Details, Item, MediaRef, Moment};

/// Members whose meaning is known and that are details by their own name.
const KNOWN_MEMBERS: &[&str] = &[
    "camera",
    "creation_timestamp",
    "dubbing_info",
    "is_profile_picture",
    "media_variants",
    "music_genre",
    "source_app",
    "subtitles",
    "text_app_post",
];

/// What one media item said.
#[derive(Debug, Default)]
pub struct Medium {
    /// The medium itself, then what belongs to it: its backup copy, its subtitles.
    pub refs: Vec<MediaRef>,
    pub title: Option<String>,
    pub at: Option<Moment>,
    pub coordinates: Option<(f64, f64)>,
    /// Camera fields and everything else.
    pub details: Details,
}

impl Medium {
    pub fn read(json: &Json, role: Option<&str>) -> Self {
        let mut medium = Self::default();
        if !json.is_object() {
            medium.details.push_some("medium", detail_of(json));
        }
        for (name, value) in json.members() {
            match name.as_str() {
                "uri" | "backup_uri" if value.as_text().is_some() => {}
                "creation_timestamp" | "creation_timestamp_ms" => medium.read_time(name, value),
                "title" if value.as_text().is_some() => medium.title = value.as_filled_text().map(str::to_owned),
                "media_metadata" if value.is_object() => medium.read_metadata(value),
                "cross_post_source" if value.is_object() => medium.push_members(value),
                _ => medium.details.push_some(name, detail_of(value)),
            }
        }
        let reference = |member: &str, role: Option<&str>, at| {
            let path = json.get(member)?.as_filled_text()?.to_owned();
            Some(MediaRef { path, at, role: role.map(str::to_owned), title: None })
        };
        let own = [reference("uri", role, medium.at), reference("backup_uri", Some("backup"), None)];
        medium.refs.splice(0..0, own.into_iter().flatten());
        medium
    }

    fn read_time(&mut self, name: &str, value: &Json) {
        match value.as_integer().map(|number| (number, Moment::from_unix(number))) {
            Some((_, Some(at))) => self.at = Some(at),
            Some((0, None)) => {}
            _ => self.details.push_some(name, detail_of(value)),
        }
    }

    fn read_metadata(&mut self, metadata: &Json) {
        let mut camera = Details::default();
        for (block, content) in metadata.members() {
            for (name, value) in content.members() {
                match name.as_str() {
                    "exif_data" if value.elements().iter().all(Json::is_object) && !value.is_object() => {
                        value.elements().iter().for_each(|exif| merge(&mut camera, exif));
                    }
                    "exif_data" if value.is_object() => merge(&mut camera, value),
                    "subtitles" if value.is_object() => self.read_subtitles(value),
                    _ if block == "camera_metadata" => push_new(&mut camera, name, value),
                    _ => push_new(&mut self.details, name, value),
                }
            }
            if !content.is_object() {
                self.details.push_some(block, detail_of(content));
            }
        }
        self.coordinates = take_coordinates(&mut camera);
        if !camera.is_empty() {
            self.details.push("camera", camera);
        }
    }

    fn read_subtitles(&mut self, subtitles: &Json) {
        let path = subtitles.get("uri").and_then(Json::as_filled_text);
        let at = subtitles.get("creation_timestamp").and_then(Json::as_integer).and_then(Moment::from_unix);
        if let Some(path) = path {
            self.refs.push(MediaRef { path: path.to_owned(), at, role: Some("subtitles".to_owned()), title: None });
        }
        let mut rest = Details::default();
        for (name, value) in subtitles.members() {
            let is_read = (name == "uri" && path.is_some()) || (name == "creation_timestamp" && at.is_some());
            rest.push_some(name, detail_of(value).filter(|_| !is_read));
        }
        if !rest.is_empty() {
            self.details.push("subtitles", rest);
        }
    }

    fn push_members(&mut self, value: &Json) {
        for (name, value) in value.members() {
            self.details.push_some(name, detail_of(value));
        }
    }

    /// Reports members that nobody has seen yet.
    pub fn report(&self, scope: &mut Scope<'_>) {
        for (name, _) in self.details.0.iter().filter(|(name, _)| !KNOWN_MEMBERS.contains(&name.as_str())) {
            scope.not_understood(name);
        }
    }

    /// Puts everything into an item that consists of this medium alone, but its title and time.
    pub fn add_to(self, item: &mut Item) {
        self.give_place(item);
        item.media.extend(self.refs);
        item.details.0.extend(self.details.0);
    }

    /// Puts everything into an item that has several media; what is said of this one stands below its number, from 1.
    pub fn add_to_several(mut self, item: &mut Item, number: usize, of_media: &mut Vec<Detail>) {
        if item.latitude.is_some()
            && let Some((latitude, longitude)) = self.coordinates
        {
            self.details.push("latitude", latitude);
            self.details.push("longitude", longitude);
        } else {
            self.give_place(item);
        }
        let title = self.title.filter(|title| item.text.as_ref() != Some(title));
        if let Some(own) = self.refs.first_mut() {
            own.title = title;
        } else {
            self.details.push_some("title", title);
        }
        item.media.extend(self.refs);
        if !self.details.is_empty() {
            let mut details = Details::default();
            details.push("number", i64::try_from(number).unwrap_or(i64::MAX));
            details.0.extend(self.details.0);
            of_media.push(Detail::Map(details));
        }
    }

    fn give_place(&self, item: &mut Item) {
        if let (None, Some((latitude, longitude))) = (item.latitude, self.coordinates) {
            item.latitude = Some(latitude);
            item.longitude = Some(longitude);
        }
    }
}

/// A pair of coordinates on the globe; (0, 0) stands for none.
pub fn coordinates(latitude: f64, longitude: f64) -> Option<(f64, f64)> {
    let is_set = latitude.abs() > f64::EPSILON || longitude.abs() > f64::EPSILON;
    (is_set && latitude.abs() <= 90.0 && longitude.abs() <= 180.0).then_some((latitude, longitude))
}

/// Merges one dictionary of `exif_data`, of which there are up to two for a medium.
fn merge(camera: &mut Details, exif: &Json) {
    for (name, value) in exif.members() {
        push_new(camera, name, value);
    }
}

/// Adds a value unless the same value already stands under that name.
fn push_new(details: &mut Details, name: &str, value: &Json) {
    if let Some(detail) = detail_of(value)
        && !details.0.iter().any(|(known, same)| known == name && *same == detail)
    {
        details.push(name, detail);
    }
}

/// Takes the coordinates out of the camera's fields where they are a place; else leaves them as written.
fn take_coordinates(camera: &mut Details) -> Option<(f64, f64)> {
    #[expect(clippy::cast_precision_loss, reason = "a coordinate without fraction is far below 2^53")]
    let number = |name: &str| match camera.get(name)? {
        Detail::Float(number) => Some(*number),
        Detail::Integer(number) => Some(*number as f64),
        Detail::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    let place = coordinates(number("latitude")?, number("longitude")?)?;
    for name in ["latitude", "longitude"] {
        if let Some(index) = camera.0.iter().position(|(known, _)| known == name) {
            camera.0.remove(index);
        }
    }
    Some(place)
}
