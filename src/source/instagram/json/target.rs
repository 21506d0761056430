//! Somebody else's post, story or profile, as `label_values` files describe it: link, caption, hashtags, owner
//! (format reference §1.C4, §1.E2).

use super::Scope;
use super::element::Fields;
use super::field::{Field, Shape};
use super::person::{handle_of_link, is_handle, own_path, who};
use crate::model::Item;
use crate::source::instagram::labels::Label;

/// Takes the link, the caption, the hashtags and the owner of what an element is about. Captions and titles are others'
/// words. `Owner.URL` is the owner's bio link, neither the profile nor the post.
pub fn describe(fields: &mut Fields<'_>, item: &mut Item, scope: &mut Scope<'_>) {
    take_owner(fields, item, scope);
    let hashtags = fields.take_values(&[Label::Hashtags]);
    if item.url.is_none() {
        let link = fields.take_link(&[Label::Url, Label::ExternalUrl]).or_else(|| fields.guess_link());
        item.url = link.map(str::to_owned);
    }
    for label in [Label::Caption, Label::Title] {
        item.other_text.extend(fields.take_text(&[label]).map(str::to_owned));
    }
    if !hashtags.is_empty() {
        item.details.push("hashtags", hashtags);
    }
    if item.counterpart.is_none() {
        item.counterpart = item.url.as_deref().and_then(handle_of_link).and_then(who);
    }
}

/// Takes the group that names the owner: by its label, else by its shape.
fn take_owner(fields: &mut Fields<'_>, item: &mut Item, scope: &mut Scope<'_>) {
    let by_label = fields.0.iter().position(|field| field.known == Some(Label::Owner) && !field.groups.is_empty());
    let Some(index) = by_label.or_else(|| fields.0.iter().position(is_owner)) else {
        if item.counterpart.is_none() {
            item.counterpart = fields.take_text(&[Label::Username, Label::Author, Label::Owner]).and_then(who);
        }
        return;
    };
    let Some(field) = fields.0.get_mut(index) else { return };
    let mut groups = std::mem::take(&mut field.groups).into_iter().map(Fields);
    let Some(mut owner) = groups.next() else { return };
    let handle = owner.take_text(&[Label::Username]).or_else(|| {
        let last =
            owner.0.iter_mut().rev().find(|field| field.known.is_none() && field.text().is_some_and(is_handle))?;
        let text = last.text();
        last.value = None;
        text
    });
    let name = owner.take_text(&[Label::Name]).or_else(|| {
        let texts = owner.guess_texts();
        texts.first().copied()
    });
    if item.counterpart.is_none() {
        item.counterpart = handle.or(name).and_then(who);
    } else {
        item.details.push_some("owner", handle);
    }
    item.details.push_some("owner_name", name);
    item.details.push_some("owner_url", owner.take_link(&[Label::Url]));
    let mut rest = owner.into_details(scope, &mut Vec::new());
    for group in groups {
        rest.push("group", group.into_details(scope, &mut item.other_text));
    }
    if !rest.is_empty() {
        item.details.push("owner_details", rest);
    }
}

/// One record that names a user, or at least two texts of which the last has the form of a user name.
fn is_owner(field: &Field<'_>) -> bool {
    let [group] = &field.groups[..] else { return false };
    if group.iter().any(|field| !field.groups.is_empty()) {
        return false;
    }
    let is_named = group.iter().any(|field| field.known == Some(Label::Username));
    let texts: Vec<&str> = group.iter().filter(|field| field.shape() != Shape::Link).filter_map(Field::text).collect();
    let is_likely = group.len() >= 2 && texts.last().is_some_and(|last| is_handle(last)) && field.known.is_none();
    field.known != Some(Label::BrandPartner) && field.known != Some(Label::Media) && (is_named || is_likely)
}

/// Takes the group that describes one post: the first that has a link to one.
pub fn take_post<'a>(fields: &mut Fields<'a>) -> Option<Fields<'a>> {
    let has_post = |group: &Vec<Field<'_>>| group.iter().filter_map(Field::web_address).any(leads_to_post);
    let field = fields.0.iter_mut().find(|field| matches!(&field.groups[..], [group] if has_post(group)))?;
    field.groups.pop().map(Fields)
}

fn leads_to_post(link: &str) -> bool {
    let path = own_path(link).unwrap_or_default();
    path.split('/').any(|segment| matches!(segment, "p" | "reel" | "tv" | "post"))
}

/// Takes the records of the group that describes others' posts: by its label, else the group of which every record has a
/// link and that is not the owner.
pub fn take_targets<'a>(fields: &mut Fields<'a>) -> Vec<Fields<'a>> {
    let targets = fields.take_groups(Label::Media);
    if !targets.is_empty() {
        return targets;
    }
    let is_linked = |group: &Vec<Field<'_>>| group.iter().any(|field| field.web_address().is_some());
    let is_target = |field: &&mut Field<'_>| {
        !field.groups.is_empty() && field.known.is_none() && !is_owner(field) && field.groups.iter().all(is_linked)
    };
    let found = fields.0.iter_mut().find(is_target);
    found.map(|field| std::mem::take(&mut field.groups).into_iter().map(Fields).collect()).unwrap_or_default()
}
