//! One view over the shapes in which a list element can be written: `string_map_data` (S2), `string_list_data` (S3),
//! `label_values` (S6) and plain objects (S7), mixed as they like (format reference §1.5).
//!
//! A reader takes out what it understands; [`Element::finish`] puts all the rest into the item's details. So nothing that
//! an element says can be dropped by forgetting it.

use std::collections::HashSet;
use std::ops::{Deref, DerefMut};

use super::field::{Field, Shape, nodes};
use super::medium::{self, Medium};
use super::stamp::Stamp;
use super::{Fate, Json, Scope};
use crate::model::{Details, Item, Moment, Who};
use crate::source::instagram::dates;
use crate::source::instagram::labels::Label;

/// A title that its rows would repeat into more bytes is no person's name, and the element stays one (a guess far above
/// any title).
const MOST_TITLE_BYTES: usize = 8 << 20;

/// An element that was opened.
#[derive(Debug, Default)]
pub struct Element<'a> {
    /// The member `title`: mostly a person, sometimes a word in the account's language.
    pub title: Option<&'a str>,
    /// `fbid`: an id of Instagram's, or a composite.
    pub fbid: Option<&'a str>,
    /// The element's own `timestamp` (S6).
    time: Option<Stamp<'a>>,
    pub fields: Fields<'a>,
}

/// The labelled values of an element or of a group in it, in the order of the document.
#[derive(Debug, Default)]
pub struct Fields<'a>(pub Vec<Field<'a>>);

impl<'a> Deref for Element<'a> {
    type Target = Fields<'a>;
    fn deref(&self) -> &Fields<'a> {
        &self.fields
    }
}

impl<'a> DerefMut for Element<'a> {
    fn deref_mut(&mut self) -> &mut Fields<'a> {
        &mut self.fields
    }
}

impl<'a> Element<'a> {
    /// Opens an element. What is no object has no fields: its fate is told instead.
    pub fn open(json: &'a Json) -> Result<Self, Fate> {
        match json {
            Json::Object(members) if members.is_empty() => return Err(Fate::Kept("an empty object")),
            Json::Object(_) => {}
            Json::Text(_) => return Err(Fate::Kept("a sentence where records are expected")),
            Json::Null => return Err(Fate::Kept("an empty value")),
            _ => return Err(Fate::Bad("an object was expected".to_owned())),
        }
        let mut element = Self::default();
        let fields = &mut element.fields.0;
        for (name, value) in json.members() {
            match name.as_str() {
                "title" if value.as_text().is_some() => element.title = value.as_filled_text(),
                "fbid" if value.as_text().is_some() => element.fbid = value.as_filled_text(),
                "timestamp" if Stamp::of(value).is_some() => element.time = Stamp::of(value),
                "string_map_data" if value.is_object() => {
                    fields.extend(value.members().iter().map(|(label, data)| Field::of_string(label, data)));
                }
                "string_list_data" if value.is_list() => {
                    fields.extend(value.elements().iter().map(|data| Field::of_string("", data)));
                }
                "media_map_data" if value.is_object() => {
                    fields.extend(value.members().iter().map(|(label, data)| Field::of_media(label, data)));
                }
                "media_list_data" | "media" if value.elements().iter().all(Json::is_object) && value.is_list() => {
                    fields.extend(value.elements().iter().map(|data| Field::of_media("", data)));
                }
                "label_values" if value.is_list() => fields.extend(nodes(value, 0)),
                _ => fields.push(Field::of_member(name, value)),
            }
        }
        if fields.is_empty() && element.title.is_none() && element.fbid.is_none() && element.time.is_none() {
            return Err(Fate::Kept("there is nothing in it"));
        }
        Ok(element)
    }

    /// Opens an element and makes one item of it.
    pub fn one(json: &'a Json, read: impl FnOnce(Self) -> Item) -> Fate {
        match Self::open(json) {
            Ok(element) => Fate::from(read(element)),
            Err(fate) => fate,
        }
    }

    /// Opens an element and makes one item of each of its rows.
    pub fn each_row(json: &'a Json, read: impl FnMut(Self) -> Item) -> Fate {
        match Self::open(json) {
            Ok(element) => Fate::Items(element.split_rows().into_iter().map(read).collect()),
            Err(fate) => fate,
        }
    }

    /// One element for each row of `string_list_data`, where there are several; what stands beside them stays with the
    /// first, the title belongs to all.
    fn split_rows(mut self) -> Vec<Self> {
        let is_row = |field: &Field<'_>| field.label.is_empty() && field.media.is_empty();
        let n_rows = self.fields.0.iter().filter(|field| is_row(field)).count();
        let title_bytes = self.title.map_or(0, str::len);
        if n_rows < 2 || title_bytes.saturating_mul(n_rows) > MOST_TITLE_BYTES {
            return vec![self];
        }
        let (rows, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.fields.0).into_iter().partition(is_row);
        let mut elements: Vec<Self> = rows
            .into_iter()
            .map(|row| Self { title: self.title, fields: Fields(vec![row]), ..Self::default() })
            .collect();
        if let Some(first) = elements.first_mut() {
            first.fields.0.extend(others);
            first.fbid = self.fbid;
            first.time = self.time;
        }
        elements
    }

    /// An element that consists of a group of another one.
    pub fn of_group(fields: Fields<'a>) -> Self {
        Self { fields, ..Self::default() }
    }

    /// Takes the time: the element's own, else of the first of these labels that has one, else any.
    pub fn take_time(&mut self, labels: &[Label]) -> Option<Moment> {
        self.take_own_time().or_else(|| self.take_time_of(labels)).or_else(|| self.guess_time())
    }

    /// Takes the element's own `timestamp`.
    pub fn take_own_time(&mut self) -> Option<Moment> {
        let moment = self.time.and_then(Stamp::moment)?;
        self.time = None;
        Some(moment)
    }

    /// Takes `fbid` where it is an id of one thing (a medium, a user …) and not a composite of a row.
    pub fn take_id(&mut self) -> Option<String> {
        let id = self.fbid.filter(|id| id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit()))?;
        self.fbid = None;
        Some(id.to_owned())
    }

    /// Ends the reading of an element: what was not taken goes to the item's details, labels that are in no table are
    /// reported, and their texts stay searchable.
    pub fn finish(self, item: Item, scope: &mut Scope<'_>) -> Item {
        let mut unknown = Vec::new();
        let item = self.close(item, scope, &mut |label| unknown.push(label.to_owned()));
        for label in &unknown {
            scope.not_understood(label);
        }
        item
    }

    /// As [`Self::finish`], for lists of numbers and settings in which every label is expected.
    pub fn finish_with_any_label(self, item: Item, scope: &Scope<'_>) -> Item {
        self.close(item, scope, &mut |_| {})
    }

    fn close(mut self, mut item: Item, scope: &Scope<'_>, not_understood: &mut dyn FnMut(&str)) -> Item {
        let mut texts = Vec::new();
        item.details.push_some("title", self.title);
        for field in &mut self.fields.0 {
            field.take_media(&mut item.media, &mut item.details);
        }
        item.details.push_some("timestamp", self.time.and_then(Stamp::detail));
        for field in self.fields.0 {
            let name = field.name();
            item.details.push_some(name, field.leftover(not_understood, &mut texts));
        }
        item.details.push_some("fbid", self.fbid);
        item.details.push_some("app", app_of(scope));
        let person = match &item.counterpart {
            Some(Who::Handle(name) | Who::Name(name)) => Some(name),
            _ => None,
        };
        texts.retain(|text| {
            item.text.as_ref() != Some(text) && item.place.as_ref() != Some(text) && person != Some(text)
        });
        let mut known: HashSet<String> = item.other_text.iter().cloned().collect();
        item.other_text.extend(texts.into_iter().filter(|text| known.insert(text.clone())));
        item
    }
}

/// The app that a document is about where it is not Instagram itself (format reference §1.C7, §1.C8).
pub fn app_of(scope: &Scope<'_>) -> Option<&'static str> {
    let folder = scope.path.rsplit('/').nth(1).unwrap_or_default();
    if folder == "threads" || scope.list.starts_with("text_post_app") {
        Some("threads")
    } else {
        (folder == "edits" || scope.list.starts_with("basel_app")).then_some("edits")
    }
}

impl<'a> Fields<'a> {
    /// Takes the text of the first of these labels that has one.
    pub fn take_text(&mut self, labels: &[Label]) -> Option<&'a str> {
        labels.iter().find_map(|label| {
            let field = self.0.iter_mut().find(|field| field.known == Some(*label) && field.text().is_some())?;
            let text = field.text();
            field.value = None;
            field.link = field.link.filter(|link| Some(*link) != text);
            text
        })
    }

    /// Takes the values below a label: a list of them, or a single one.
    pub fn take_values(&mut self, labels: &[Label]) -> Vec<&'a str> {
        let mut values = Vec::new();
        for field in self.0.iter_mut().filter(|field| field.known.is_some_and(|known| labels.contains(&known))) {
            if let Some(text) = field.text() {
                field.value = None;
                values.push(text);
            }
            values.append(&mut field.values);
            for field in field.groups.iter_mut().flatten() {
                values.extend(field.text());
                field.value = field.value.filter(|value| value.as_filled_text().is_none());
            }
        }
        values
    }

    /// Takes the time of the first of these labels that has one, as a number or as a printed date.
    pub fn take_time_of(&mut self, labels: &[Label]) -> Option<Moment> {
        labels.iter().find_map(|label| {
            self.0.iter_mut().filter(|field| field.known == Some(*label)).find_map(|field| {
                if let Some(moment) = field.time.and_then(Stamp::moment) {
                    field.time = None;
                    return Some(moment);
                }
                let moment = dates::read(field.text()?)?;
                field.value = None;
                Some(moment)
            })
        })
    }

    /// Takes the link of the first of these labels that has one.
    pub fn take_link(&mut self, labels: &[Label]) -> Option<&'a str> {
        labels.iter().find_map(|label| {
            let field = self.0.iter_mut().find(|field| field.known == Some(*label) && field.web_address().is_some())?;
            take_link_of(field)
        })
    }

    /// Takes the records of the first group of that label.
    pub fn take_groups(&mut self, label: Label) -> Vec<Fields<'a>> {
        let field = self.0.iter_mut().find(|field| field.known == Some(label) && !field.groups.is_empty());
        field.map(|field| std::mem::take(&mut field.groups).into_iter().map(Fields).collect()).unwrap_or_default()
    }

    /// Takes a member of a plain object.
    pub fn take_member(&mut self, name: &str) -> Option<&'a Json> {
        self.0.iter_mut().find(|field| field.label == name)?.value.take()
    }

    /// Takes the text of a member of a plain object.
    pub fn take_member_text(&mut self, name: &str) -> Option<&'a str> {
        let field = self.0.iter_mut().find(|field| field.label == name && field.text().is_some())?;
        field.value.take().and_then(Json::as_filled_text)
    }

    /// The first time of any label. Below a label that is not understood it stays for the details.
    pub fn guess_time(&mut self) -> Option<Moment> {
        let field = self.0.iter_mut().find(|field| field.time.and_then(Stamp::moment).is_some())?;
        let moment = field.time.and_then(Stamp::moment);
        if field.is_understood() {
            field.time = None;
        }
        moment
    }

    /// The first link of any label that is not the profile or bio link of a person. Below a label that is not understood
    /// it stays for the details.
    pub fn guess_link(&mut self) -> Option<&'a str> {
        let of_other_use = [Some(Label::AdLibraryUrl), Some(Label::Website)];
        let field =
            self.0.iter_mut().find(|field| field.web_address().is_some() && !of_other_use.contains(&field.known))?;
        if field.is_understood() { take_link_of(field) } else { field.web_address() }
    }

    /// Texts that stand below no known label, in the order of the document; they stay for the details.
    pub fn guess_texts(&self) -> Vec<&'a str> {
        let unknown = self.0.iter().filter(|field| field.known.is_none() && field.shape() == Shape::Text);
        unknown.filter_map(Field::text).collect()
    }

    /// Values that stand below no known label and are no link: what a person may have typed. A word for true or false
    /// counts only where there is nothing else.
    pub fn guess_typed(&self) -> Vec<&'a str> {
        let of_shape = |shapes: &[Shape]| -> Vec<&'a str> {
            let unknown = self.0.iter().filter(|field| field.known.is_none() && shapes.contains(&field.shape()));
            unknown.filter_map(Field::text).collect()
        };
        let typed = of_shape(&[Shape::Text, Shape::Number, Shape::Date]);
        if typed.is_empty() { of_shape(&[Shape::Flag]) } else { typed }
    }

    /// The text that stands where a label stands in every language, when none of the labels that are known contradicts: the
    /// order of the keys is always the same. It stays for the details.
    pub fn text_by_order(&self, order: &[Label], wanted: Label) -> Option<&'a str> {
        let fits = |(field, label): (&Field<'_>, &Label)| {
            !field.label.is_empty() && field.known.is_none_or(|known| known == *label)
        };
        let fields = || self.0.iter().filter(|field| field.media.is_empty());
        if fields().count() != order.len() || !fields().zip(order).all(fits) {
            return None;
        }
        let position = order.iter().position(|label| *label == wanted)?;
        fields().nth(position).and_then(Field::text)
    }

    /// Takes the text of the first row without a label (S3).
    pub fn take_unlabelled(&mut self) -> Option<&'a str> {
        let field = self.0.iter_mut().find(|field| field.label.is_empty() && field.text().is_some())?;
        field.value.take().and_then(Json::as_filled_text)
    }

    /// Takes latitude and longitude where both are numbers that lie on the globe.
    pub fn take_coordinates(&mut self, latitude: Label, longitude: Label) -> Option<(f64, f64)> {
        let place = |fields: &Self, label| {
            fields
                .0
                .iter()
                .position(|field| field.known == Some(label) && field.value.and_then(Json::as_float).is_some())
        };
        let (at_latitude, at_longitude) = (place(self, latitude)?, place(self, longitude)?);
        let number = |index: usize| self.0.get(index).and_then(|field| field.value).and_then(Json::as_float);
        let found = medium::coordinates(number(at_latitude)?, number(at_longitude)?)?;
        for index in [at_latitude, at_longitude] {
            if let Some(field) = self.0.get_mut(index) {
                field.value = None;
            }
        }
        Some(found)
    }

    /// Takes all media that stand directly below fields of this element.
    pub fn take_media(&mut self) -> Vec<Medium> {
        let media = self.0.iter_mut().flat_map(|field| std::mem::take(&mut field.media));
        media.map(|json| Medium::read(json, None)).collect()
    }

    /// What is left of a group, as a map.
    pub fn into_details(self, scope: &mut Scope<'_>, texts: &mut Vec<String>) -> Details {
        let mut details = Details::default();
        for field in self.0 {
            let name = field.name();
            details.push_some(name, field.leftover(&mut |label| scope.not_understood(label), texts));
        }
        details
    }
}

fn take_link_of<'a>(field: &mut Field<'a>) -> Option<&'a str> {
    let link = field.web_address();
    field.value = field.value.filter(|value| value.as_text() != link);
    field.link = None;
    link
}

#[cfg(test)]
mod tests {
    use super::super::testing::json;
    use super::*;
    use crate::model::{Detail, Kind};
    use crate::source::Learnt;

    #[test]
    fn both_values_of_a_label_that_occurs_twice_are_kept() {
        let json = json(
            r#"{"label_values": [{"label": "Marked as AI generated", "value": "True"}, {"label": "Marked as AI generated", "value": "False"}]}"#,
        );
        let learnt = Learnt::default();
        let mut scope = Scope::new("media/posts.json", "", &learnt);
        let element = Element::open(&json).expect("it is an object");
        let item = element.finish(Item::new(Kind::Post), &mut scope);
        let expected = [true, false].map(|flag| ("marked_as_ai_generated".to_owned(), Detail::Bool(flag)));
        assert_eq!(item.details.0, expected);
    }

    #[test]
    fn an_element_without_any_value_is_no_record() {
        let check = |text: &str| assert!(matches!(Element::open(&json(text)), Err(Fate::Kept(_))), "{text}");
        check("{}");
        check(r#"{"title": "", "media_list_data": [], "string_list_data": []}"#);
        check(r#"{"media": [], "label_values": []}"#);
    }

    #[test]
    fn labels_that_nobody_knows_are_counted_and_their_texts_found() {
        let json = json(
            r#"{"string_map_data": {"Zerbait": {"value": "a sentence"}, "Besterik": {"value": "", "timestamp": 0}, "Name": {"value": "Ann"}}}"#,
        );
        let learnt = Learnt::default();
        let mut scope = Scope::new("folder/file.json", "", &learnt);
        let element = Element::open(&json).expect("it is an object");
        let item = element.finish(Item::new(Kind::Misc), &mut scope);
        assert_eq!(item.other_text, ["a sentence"]);
        assert_eq!(item.details.text("Zerbait"), Some("a sentence"));
        assert_eq!(item.details.text("name"), Some("Ann"));
        assert_eq!(scope.unknown_labels.into_iter().collect::<Vec<_>>(), [("Zerbait".to_owned(), 1)]);
    }

    #[test]
    fn what_is_no_object_has_a_fate() {
        let check = |text: &str, is_kept: bool| {
            let fate = Element::open(&json(text)).expect_err("it is no object with members");
            assert_eq!(matches!(fate, Fate::Kept(_)), is_kept, "{text}");
        };
        check(r#""You have no data in this section""#, true);
        check("{}", true);
        check("null", true);
        check("7", false);
        check("[[]]", false);
    }
}
