//! Rows of documents as record boxes (format reference §5.4): which members a row has decides how it is printed.

use super::markup::Page;
use crate::testing::calendar::day_ms;
use crate::testing::json::Json;

pub(super) fn row(page: &mut Page<'_>, row: &Json) {
    if row.get("label_values").is_some() {
        page.record("", "_a6-p", |page| nodes(page, row.list("label_values")), row.number("timestamp"));
    } else if let Some(data) = row.get("string_map_data") {
        string_map(page, row, data);
    } else if let [cell] = row.list("string_list_data") {
        string_list(page, row.text("title"), cell);
    } else if row.get("media").is_some() || row.get("uri").is_some() {
        own(page, row);
    } else {
        page.record("", "_a6-p", |page| plain(page, row), 0);
    }
}

/// Followers have `div > a` and a date beside it; what has an owner names it in the heading and has the date third.
fn string_list(page: &mut Page<'_>, title: &str, cell: &Json) {
    let (href, value, at_s) = (cell.text("href"), cell.text("value"), cell.number("timestamp"));
    let body = |page: &mut Page<'_>| {
        page.plain("div", |page| {
            if !title.is_empty() {
                page.raw("<div></div>");
            }
            page.plain("div", |page| linked(page, href, value));
            page.plain("div", |page| page.text(&if at_s == 0 { String::new() } else { page.time(at_s) }));
        });
    };
    page.record(title, "_a6-p", body, 0);
}

fn linked(page: &mut Page<'_>, href: &str, value: &str) {
    match (href, value) {
        ("", value) => page.text(value),
        (href, "") => page.link(href, href),
        (href, value) => page.link(href, value),
    }
}

/// A table of labels; pictures first.
fn string_map(page: &mut Page<'_>, row: &Json, data: &Json) {
    let body = |page: &mut Page<'_>| {
        table(page, |page| {
            for (label, medium) in row.get("media_map_data").map(Json::members).unwrap_or_default() {
                cell(page, label, |page| page.medium(medium.text("uri")));
            }
            for (label, data) in data.members() {
                labelled(page, label, data);
            }
        });
        for medium in row.list("media_list_data").iter().filter(|medium| !medium.text("uri").is_empty()) {
            page.plain("div", |page| page.medium(medium.text("uri")));
        }
    };
    page.record(row.text("title"), "_a6-p", body, 0);
}

fn table(page: &mut Page<'_>, rows: impl FnOnce(&mut Page<'_>)) {
    page.raw("<table style=\"table-layout: fixed;\">");
    rows(page);
    page.raw("</table>");
}

/// A label with its value in the same cell; in 2021 with the value in a second one.
fn cell(page: &mut Page<'_>, label: &str, value: impl FnOnce(&mut Page<'_>)) {
    page.open("tr", "");
    if page.writing.era_ms() < day_ms(2022, 1, 1) {
        page.element("td", "_2pin _a6_q", |page| page.text(label));
        page.element("td", "_2pin _2piu _a6_r", value);
    } else {
        let class = if page.writing.has_classes { " class=\"_2pin _a6_q\"" } else { "" };
        page.raw(&format!("<td colspan=\"2\"{class}>"));
        page.text(label);
        page.plain("div", |page| page.plain("div", value));
        page.raw("</td>");
    }
    page.raw("</tr>");
}

/// A value of S2 or S6: text or link, and a date in a cell of its own.
fn labelled(page: &mut Page<'_>, label: &str, data: &Json) {
    let (href, value) = (data.text("href"), data.text("value"));
    let at_s = data.number("timestamp").max(data.number("timestamp_value"));
    if at_s == 0 {
        return cell(page, label, |page| linked(page, href, value));
    }
    let time = page.time(at_s);
    page.plain("tr", |page| {
        page.element("td", "_2pin _a6_q", |page| {
            page.text(label);
            if !href.is_empty() || !value.is_empty() {
                page.plain("div", |page| page.plain("div", |page| linked(page, href, value)));
            }
        });
        page.element("td", "_2pin _2piu _a6_r", |page| page.text(&time));
    });
}

/// Nested tables; the title of a group is a row of its own above them.
fn nodes(page: &mut Page<'_>, list: &[Json]) {
    table(page, |page| {
        for node in list {
            let label = if node.get("label").is_some() { node.text("label") } else { node.text("title") };
            if node.get("dict").is_some() {
                page.plain("tr", |page| {
                    page.raw("<td colspan=\"2\">");
                    page.text(label);
                    page.raw("</td>");
                });
                for entry in node.list("dict") {
                    page.plain("tr", |page| {
                        page.raw("<td colspan=\"2\">");
                        nodes(page, entry.list("dict"));
                        page.raw("</td>");
                    });
                }
            } else if node.get("vec").is_some() {
                cell(page, label, |page| {
                    for value in node.list("vec") {
                        page.plain("div", |page| page.text(value.text("value")));
                    }
                });
            } else if node.get("media").is_some() {
                cell(page, label, |page| {
                    for medium in node.list("media") {
                        page.plain("div", |page| page.medium(medium.text("uri")));
                    }
                });
            } else {
                labelled(page, label, node);
            }
        }
    });
}

/// Own content: the caption as heading, all media, what the camera wrote, who is tagged, and the time line.
fn own(page: &mut Page<'_>, row: &Json) {
    let itself = [row.clone()];
    let media = if row.get("media").is_some() { row.list("media") } else { &itself };
    let from = if row.get("creation_timestamp").is_some() { row } else { &media[0] };
    let body = |page: &mut Page<'_>| {
        page.plain("div", |page| {
            for medium in media {
                page.plain("div", |page| page.medium(medium.text("uri")));
            }
            for medium in media {
                camera(page, medium);
            }
            let tagged: Vec<&str> = row.list("tagged").iter().map(|one| one.text("name")).collect();
            if !tagged.is_empty() {
                let language = page.writing.language;
                let tagged: Vec<String> =
                    tagged.iter().map(|name| format!("{name} ({}, 0.00, 0.00)", language.word("Tagged"))).collect();
                let line = format!("{}: {}", language.word("Tagged users"), tagged.join(", "));
                page.plain("div", |page| page.text(&line));
            }
        });
    };
    page.record(from.text("title"), "_a6-p", body, from.number("creation_timestamp"));
}

/// Place and camera of a picture or video, one row each, and a link to the words of a video.
fn camera(page: &mut Page<'_>, medium: &Json) {
    const LABELS: [(&str, &str); 5] = [
        ("latitude", "Latitude"),
        ("longitude", "Longitude"),
        ("device_id", "Device ID"),
        ("date_time_original", "Date taken"),
        ("source_type", "Source type"),
    ];
    let Some(metadata) = medium.get("media_metadata") else { return };
    let of = |sort| metadata.get(sort).map(|block| block.list("exif_data")).unwrap_or_default();
    let exif: Vec<&Json> = of("photo_metadata").iter().chain(of("video_metadata")).collect();
    let subtitles = metadata.get("video_metadata").and_then(|block| block.get("subtitles"));
    if exif.is_empty() && subtitles.is_none() {
        return;
    }
    table(page, |page| {
        for (name, value) in exif.into_iter().flat_map(Json::members) {
            let label = LABELS.iter().find(|(known, _)| known == name).map(|(_, label)| *label);
            let label = label.map_or(&**name, |label| page.writing.label(label)).to_owned();
            cell(page, &label, |page| page.text(&value.shown()));
        }
        if let Some(subtitles) = subtitles {
            cell(page, "subtitles", |page| page.link(subtitles.text("uri"), subtitles.text("uri")));
        }
    });
}

/// A plain object: its members as labels, lists of objects as tables.
fn plain(page: &mut Page<'_>, row: &Json) {
    table(page, |page| {
        for (name, value) in row.members() {
            match value {
                Json::List(list) => cell(page, name, |page| list.iter().for_each(|one| plain(page, one))),
                Json::Object(_) => cell(page, name, |page| plain(page, value)),
                value => cell(page, name, |page| page.text(&value.shown())),
            }
        }
    });
}
