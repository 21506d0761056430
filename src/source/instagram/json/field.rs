//! One labelled value of an element, in whichever shape it was written (format reference §1.5, S2, S3 and S6).

use super::leftover::{detail_of, texts_of};
use super::medium::Medium;
use super::stamp::Stamp;
use super::{Json, person};
use crate::model::{Detail, Details, MediaRef};
use crate::source::instagram::dates;
use crate::source::instagram::labels::{self, Label};

/// Groups nest one to three deep in exports; what lies deeper is kept as it is.
const DEEPEST: usize = 8;

/// Members of plain objects whose meaning is known and that are details by their own name.
const KNOWN_MEMBERS: &[&str] = &[
    "acquisition_time",
    "ent_name",
    "events",
    "has_data_file_custom_audience",
    "has_in_person_store_visit",
    "has_remarketing_custom_audience",
    "id",
    "is_reporter",
    "label",
    "type",
];

/// A label with its value, link, time, media and what else stands below it. Parts are taken out as they are understood;
/// what remains becomes a detail.
#[derive(Debug, Default)]
pub struct Field<'a> {
    /// As written; empty for a row of `string_list_data`.
    pub label: &'a str,
    pub known: Option<Label>,
    pub value: Option<&'a Json>,
    pub link: Option<&'a str>,
    pub time: Option<Stamp<'a>>,
    pub media: Vec<&'a Json>,
    /// A `vec` of plain values.
    pub values: Vec<&'a str>,
    /// The records of a group: `dict`, or a `vec` of `dict`.
    pub groups: Vec<Vec<Field<'a>>>,
    rest: Vec<(&'a str, &'a Json)>,
}

/// What a value looks like, whatever its label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Empty,
    Link,
    Flag,
    Number,
    Date,
    Text,
}

impl<'a> Field<'a> {
    /// A member of `string_map_data` or an element of `string_list_data`.
    pub fn of_string(label: &'a str, data: &'a Json) -> Self {
        let mut field = Self::labelled(label);
        if !data.is_object() {
            return Self { value: Some(data), ..field };
        }
        for (name, value) in data.members() {
            match name.as_str() {
                "value" => field.value = Some(value),
                "href" => field.link = value.as_filled_text(),
                "timestamp" if Stamp::of(value).is_some() => field.time = Stamp::of(value),
                _ => field.rest.push((name, value)),
            }
        }
        field
    }

    /// A member of `media_map_data`.
    pub fn of_media(label: &'a str, data: &'a Json) -> Self {
        let mut field = Self::labelled(label);
        if data.get("uri").is_some() {
            field.media.push(data);
        } else {
            field.value = Some(data);
        }
        field
    }

    /// A member of a plain object.
    pub fn of_member(name: &'a str, value: &'a Json) -> Self {
        Self { value: Some(value), ..Self::labelled(name) }
    }

    /// A node of `label_values`.
    pub fn of_node(node: &'a Json, depth: usize) -> Self {
        let text = |name: &str| node.get(name).and_then(Json::as_filled_text);
        let label = text("label").or_else(|| text("title")).or_else(|| text("ent_field_name")).unwrap_or_default();
        let mut field = Self::labelled(label);
        if !node.is_object() {
            field.value = Some(node);
        }
        for (name, value) in node.members() {
            match name.as_str() {
                "label" | "title" if value.as_text().is_some_and(|text| text == label || text.is_empty()) => {}
                "value" => field.value = Some(value),
                "href" if value.as_text().is_some() => field.link = value.as_filled_text(),
                "timestamp_value" if Stamp::of(value).is_some() => field.time = Stamp::of(value),
                "media" if value.elements().iter().all(Json::is_object) => field.media.extend(value.elements()),
                "vec" if depth < DEEPEST && value.is_list() => field.read_vec(value, depth),
                "dict" if depth < DEEPEST && value.is_list() => field.read_dict(value, depth),
                _ => field.rest.push((name, value)),
            }
        }
        field
    }

    fn labelled(label: &'a str) -> Self {
        Self { label, known: labels::find(label), ..Self::default() }
    }

    fn read_vec(&mut self, vec: &'a Json, depth: usize) {
        for element in vec.elements() {
            let plain = match element.members() {
                [(name, value)] if name == "value" => value.as_text(),
                _ => element.as_text(),
            };
            match plain {
                Some(value) => self.values.extend((!value.trim().is_empty()).then_some(value)),
                None => self.groups.push(
                    untitled_record(element)
                        .map_or_else(|| vec![Self::of_node(element, depth + 1)], |record| nodes(record, depth + 1)),
                ),
            }
        }
    }

    /// A `dict` holds records without a title, or the nodes of one record.
    fn read_dict(&mut self, dict: &'a Json, depth: usize) {
        let mut direct = Vec::new();
        for element in dict.elements() {
            match untitled_record(element) {
                Some(record) => self.groups.push(nodes(record, depth + 1)),
                None => direct.push(Self::of_node(element, depth + 1)),
            }
        }
        if !direct.is_empty() {
            self.groups.push(direct);
        }
    }

    /// The value as text that says something.
    pub fn text(&self) -> Option<&'a str> {
        self.value.and_then(Json::as_filled_text)
    }

    /// The link: `href`, or a value that is a web address.
    pub fn web_address(&self) -> Option<&'a str> {
        self.link.or_else(|| self.text().filter(|text| person::is_link(text)))
    }

    pub fn shape(&self) -> Shape {
        let Some(text) = self.text() else {
            return match self.value {
                Some(Json::Integer(_) | Json::Float(_)) => Shape::Number,
                Some(Json::Bool(_)) => Shape::Flag,
                _ => Shape::Empty,
            };
        };
        let looks_numeric = text.bytes().all(|b| b.is_ascii_digit() || b".,-+% ".contains(&b));
        if person::is_link(text) {
            Shape::Link
        } else if looks_numeric {
            Shape::Number
        } else if labels::truth(text).is_some() {
            Shape::Flag
        } else if dates::read(text).is_some() {
            Shape::Date
        } else {
            Shape::Text
        }
    }

    /// Whether the label is in the table, or there is none to understand.
    pub fn is_understood(&self) -> bool {
        self.known.is_some() || self.label.is_empty() || KNOWN_MEMBERS.contains(&self.label)
    }

    /// Whether nothing is left in it.
    pub fn is_spent(&self) -> bool {
        self.value.is_none_or(|value| detail_of(value).is_none())
            && self.link.is_none()
            && self.time.is_none_or(Stamp::is_none)
            && self.media.is_empty()
            && self.values.is_empty()
            && self.groups.iter().all(|group| group.iter().all(Self::is_spent))
            && self.rest.iter().all(|(_, value)| detail_of(value).is_none())
    }

    /// The name of its detail: the same in every language for a known label, else the label as written.
    pub fn name(&self) -> &'a str {
        match self.known {
            Some(label) => label.name(),
            None if self.label.is_empty() => "value",
            None => self.label.trim(),
        }
    }

    /// Takes the media out, those of groups too.
    pub fn take_media(&mut self, refs: &mut Vec<MediaRef>, details: &mut Details) {
        let role = (self.known == Some(Label::MediaThumbnail)).then_some("thumbnail");
        for json in std::mem::take(&mut self.media) {
            let medium = Medium::read(json, role);
            let first = refs.len();
            refs.extend(medium.refs);
            match (medium.title, refs.get_mut(first)) {
                (Some(title), Some(own)) => own.title = Some(title),
                (title, _) => details.push_some("media_title", title),
            }
            if let Some((latitude, longitude)) = medium.coordinates {
                details.push("latitude", latitude);
                details.push("longitude", longitude);
            }
            details.0.extend(medium.details.0);
        }
        for field in self.groups.iter_mut().flatten() {
            field.take_media(refs, details);
        }
    }

    /// What is left, as a detail. Labels that are not in the table are reported to `not_understood`; the texts below
    /// them are gathered in `texts`, because nobody can say that they are of no interest.
    pub fn leftover(self, not_understood: &mut dyn FnMut(&str), texts: &mut Vec<String>) -> Option<Detail> {
        if self.is_spent() {
            return None;
        }
        let is_understood = self.is_understood();
        if !is_understood {
            not_understood(self.label);
            if self.shape() == Shape::Text {
                texts.extend(self.text().map(str::to_owned));
            }
            texts.extend(self.values.iter().map(|&value| value.to_owned()));
        }
        let mut parts = Details::default();
        let link = self.link.filter(|link| self.text() != Some(link));
        parts.push_some("value", self.value.and_then(|value| self.value_detail(value)));
        parts.push_some("url", link);
        parts.push_some("time", self.time.and_then(Stamp::detail));
        if !self.values.is_empty() {
            parts.push("values", self.values);
        }
        for json in self.media {
            parts.push_some("media", detail_of(json));
        }
        let groups: Vec<Detail> =
            self.groups.into_iter().filter_map(|group| record(group, not_understood, texts)).collect();
        match groups.len() {
            0 => {}
            1 => parts.0.extend(groups.into_iter().map(|group| ("group".to_owned(), group))),
            _ => parts.push("groups", groups),
        }
        for (name, value) in self.rest {
            if let Some(detail) = detail_of(value) {
                if !is_understood {
                    texts_of(&detail, texts);
                }
                parts.push(name, detail);
            }
        }
        match <[_; 1]>::try_from(parts.0) {
            Ok([(_, only)]) => Some(only),
            Err(several) => Some(Detail::Map(Details(several))),
        }
    }

    fn value_detail(&self, value: &Json) -> Option<Detail> {
        let is_flag = matches!(
            self.known,
            Some(
                Label::PrivateAccount
                    | Label::PhoneConfirmed
                    | Label::IsAd
                    | Label::AiGenerated
                    | Label::PaidPartnership
                    | Label::Published
                    | Label::Draft
                    | Label::SharedLive
                    | Label::DeletionStatus
            )
        );
        let flag = value.as_text().filter(|_| is_flag).and_then(labels::truth);
        flag.map(Detail::Bool).or_else(|| detail_of(value))
    }
}

/// The nodes of a `dict` that says nothing else.
fn untitled_record(element: &Json) -> Option<&Json> {
    let record = element.get("dict").filter(|record| record.is_list())?;
    let says_nothing_else = element.members().iter().all(|(name, value)| name == "dict" || detail_of(value).is_none());
    says_nothing_else.then_some(record)
}

/// The nodes of `label_values` or of a `dict`.
pub fn nodes(list: &Json, depth: usize) -> Vec<Field<'_>> {
    list.elements().iter().map(|node| Field::of_node(node, depth)).collect()
}

/// The fields of a group as one map.
fn record(group: Vec<Field<'_>>, not_understood: &mut dyn FnMut(&str), texts: &mut Vec<String>) -> Option<Detail> {
    let mut map = Details::default();
    for field in group {
        let name = field.name();
        map.push_some(name, field.leftover(not_understood, texts));
    }
    (!map.is_empty()).then_some(Detail::Map(map))
}
