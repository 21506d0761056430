//! Saved posts and the collections they were put into (format reference §1.C4).

use super::Document;
use super::values::{
    Cell, group, handle, hashtags, labelled, link, map_data, owner, seconds, string_map, time_value, value, word,
};
use crate::model::Generation;
use crate::testing::activity::{Collection, Save};
use crate::testing::calendar::day_ms;
use crate::testing::json::{Json, object};
use crate::testing::layout::Area;
use crate::testing::life::Life;
use crate::testing::writing::Writing;

pub(super) fn documents(writing: &Writing) -> Vec<Document> {
    let area = Area::Saved;
    if writing.is(Generation::E) {
        return vec![
            Document::bare(area, "saved_posts", saved_labelled),
            Document::bare(area, "saved_collections", collections_labelled),
        ];
    }
    vec![
        Document::wrapped(area, "saved_posts", "saved_saved_media", saved),
        Document::wrapped(area, "saved_collections", "saved_saved_collections", collections),
    ]
}

fn held<'a>(life: &'a Life, writing: &Writing) -> impl Iterator<Item = &'a Save> {
    life.activity().saves.iter().rev().filter(|save| writing.covers(save.at_ms))
}

fn url(save: &Save) -> String {
    format!("https://www.instagram.com/p/{}/", save.code)
}

/// In 2022 one label, "Shared by", carried link, author and time.
fn is_old(writing: &Writing) -> bool {
    writing.era_ms() < day_ms(2023, 1, 1)
}

fn saved(life: &Life, writing: &Writing) -> Vec<Json> {
    held(life, writing)
        .map(|save| {
            let author = handle(life, writing, save.owner);
            let timestamp = seconds(save.at_ms);
            if is_old(writing) {
                let cell = Cell { href: url(save), value: author, timestamp };
                return string_map(writing, "", vec![("Shared by", cell)]);
            }
            let cell = Cell { href: url(save), timestamp, ..Cell::default() };
            string_map(writing, author, vec![("Saved on", cell)])
        })
        .collect()
}

fn members<'a>(life: &'a Life, writing: &Writing, collection: usize) -> impl Iterator<Item = &'a Save> {
    held(life, writing).filter(move |save| save.collection == Some(collection))
}

fn known(life: &Life, writing: &Writing) -> Vec<(usize, Collection, i64)> {
    let all = life.activity().collections.iter().enumerate();
    all.filter(|(_, collection)| writing.covers(collection.at_ms))
        .map(|(number, collection)| {
            let newest = members(life, writing, number).map(|save| save.at_ms).max();
            (number, collection.clone(), newest.unwrap_or(collection.at_ms))
        })
        .collect()
}

/// A flat list in which a row without any link opens a collection.
fn collections(life: &Life, writing: &Writing) -> Vec<Json> {
    let mut rows = Vec::new();
    for (number, collection, updated_ms) in known(life, writing) {
        let cells = vec![
            ("Name", Cell::text(collection.name_at(writing.date_ms))),
            ("Creation Time", Cell::time(collection.at_ms)),
            ("Update Time", Cell::time(updated_ms)),
        ];
        rows.push(string_map(writing, writing.label("Collection"), cells));
        for save in members(life, writing, number) {
            let author = Cell { href: url(save), ..Cell::text(handle(life, writing, save.owner)) };
            let cells = if is_old(writing) {
                vec![("Shared by", Cell { timestamp: seconds(save.at_ms), ..author })]
            } else {
                vec![("Name", author), ("Added Time", Cell::time(save.at_ms))]
            };
            rows.push(object! { "string_map_data" => map_data(writing, cells) });
        }
    }
    rows
}

fn nodes(life: &Life, writing: &Writing, save: &Save) -> Vec<Json> {
    vec![
        link(writing, "URL", &url(save)),
        value(writing, "Caption", save.caption.clone()),
        value(writing, "Title", ""),
        hashtags(writing, &save.caption),
        owner(life, writing, save.owner),
    ]
}

fn saved_labelled(life: &Life, writing: &Writing) -> Vec<Json> {
    held(life, writing).map(|save| labelled(save.at_ms, None, nodes(life, writing, save))).collect()
}

/// The time at which a post was put into a collection is not told any more.
fn collections_labelled(life: &Life, writing: &Writing) -> Vec<Json> {
    known(life, writing)
        .into_iter()
        .map(|(number, collection, updated_ms)| {
            let media = members(life, writing, number).map(|save| nodes(life, writing, save)).collect();
            let values = vec![
                value(writing, "Name", collection.name_at(writing.date_ms)),
                value(writing, "Type", word(writing, "Media")),
                value(writing, "Privacy", word(writing, "Private")),
                time_value(writing, "Update time", updated_ms),
                group(writing, "Media", media),
            ];
            labelled(collection.at_ms, None, values)
        })
        .collect()
}
