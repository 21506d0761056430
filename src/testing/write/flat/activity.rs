//! Comments, likes, saves, answers to stories, what was seen and searched for: rows of a time and a name, without links.

use super::{Flat, lists};
use crate::testing::activity::{Save, SearchSort, Sticker, Target, ViewSort};
use crate::testing::calendar::day_ms;
use crate::testing::json::{Json, object};

/// `[time, text, owner]` or `[time, owner]`.
fn row(flat: &Flat, at_ms: i64, text: Option<&str>, person: usize) -> Json {
    let mut cells = vec![Json::from(flat.time(at_ms))];
    cells.extend(text.map(|text| Json::from(text.to_owned())));
    cells.push(flat.handle(person).into());
    Json::List(cells)
}

pub(super) fn comments(flat: &Flat) -> Option<Json> {
    let list = |is_on_story: bool| -> Vec<Json> {
        let all = flat.life.activity().comments.iter().rev();
        let here = all.filter(|one| (one.on == Target::Story) == is_on_story && flat.holds(one.at_ms, None));
        here.map(|one| row(flat, one.at_ms, Some(&one.text), one.owner)).collect()
    };
    lists(vec![("media_comments", list(false)), ("live_comments", Vec::new()), ("story_comments", list(true))])
}

pub(super) fn likes(flat: &Flat) -> Option<Json> {
    let list = |is_comment: bool| -> Vec<Json> {
        let all = flat.life.activity().likes.iter().rev();
        let here = all.filter(|one| {
            (one.target == Target::Comment) == is_comment && flat.writing.holds_like(one) && flat.is_here(one.at_ms)
        });
        here.map(|one| row(flat, one.at_ms, None, one.owner)).collect()
    };
    lists(vec![("media_likes", list(false)), ("comment_likes", list(true))])
}

pub(super) fn saved(flat: &Flat) -> Option<Json> {
    let activity = flat.life.activity();
    let rows = |is_there: &dyn Fn(&Save) -> bool| -> Vec<Json> {
        let here = activity.saves.iter().rev().filter(|one| is_there(one) && flat.holds(one.at_ms, None));
        here.map(|one| row(flat, one.at_ms, None, one.owner)).collect()
    };
    let collections = activity.collections.iter().enumerate().filter_map(|(number, one)| {
        let media = rows(&|save| save.collection == Some(number));
        let newest = activity.saves.iter().filter(|save| save.collection == Some(number)).map(|save| save.at_ms).max();
        // A part names a collection when it has some of its rows.
        let is_told = flat.writing.covers(one.at_ms) && (flat.is_here(one.at_ms) || !media.is_empty());
        is_told.then(|| {
            object! {
                "name" => one.name_at(flat.writing.date_ms).to_owned(),
                "created_at" => flat.time(one.at_ms),
                "updated_at" => flat.time(newest.unwrap_or(one.at_ms)),
                "media" => media,
            }
        })
    });
    lists(vec![("saved_media", rows(&|_| true)), ("saved_collections", collections.collect())])
}

pub(super) fn stories(flat: &Flat) -> Option<Json> {
    let list = |sticker: Sticker| -> Vec<Json> {
        let all = flat.life.activity().interactions.iter().rev();
        let here = all.filter(|one| one.sticker == sticker && flat.holds(one.at_ms, None));
        here.map(|one| row(flat, one.at_ms, None, one.owner)).collect()
    };
    lists(vec![
        ("polls", list(Sticker::Poll)),
        ("emoji_sliders", list(Sticker::Slider)),
        ("questions", list(Sticker::Question)),
        ("countdowns", list(Sticker::Countdown)),
        ("quizzes", list(Sticker::Quiz)),
    ])
}

pub(super) fn seen(flat: &Flat) -> Option<Json> {
    let activity = flat.life.activity();
    let list = |sort: ViewSort, member: &'static str| -> Vec<Json> {
        let all = activity.views.iter().rev();
        let here = all.filter(|one| one.sort == sort && flat.writing.holds_view(one) && flat.is_here(one.at_ms));
        here.map(|one| object! { "timestamp" => flat.time(one.at_ms), member => flat.handle(one.author) }).collect()
    };
    let clicks = activity.ads.iter().rev().filter(|one| flat.holds(one.at_ms, None));
    let clicks = clicks.map(|one| object! { "caption" => one.title.clone(), "timestamp" => flat.time(one.at_ms) });
    lists(vec![
        ("chaining_seen", list(ViewSort::Suggested, "username")),
        ("ads_seen", list(ViewSort::Ad, "author")),
        ("posts_seen", list(ViewSort::Post, "author")),
        ("videos_watched", list(ViewSort::Video, "author")),
        ("ads_clicked", clicks.collect()),
    ])
}

/// One list until 2019, then an object of two.
pub(super) fn searches(flat: &Flat) -> Option<Json> {
    let here = flat.life.activity().searches.iter().rev().filter(|one| flat.holds(one.at_ms, None));
    let rows: Vec<Json> = here
        .map(|one| {
            let sort = match one.sort {
                SearchSort::Profile => "user",
                SearchSort::Keyword => "keyword",
                SearchSort::Tag => "hashtag",
                SearchSort::Place => "place",
            };
            object! { "search_click" => one.query.clone(), "time" => flat.time(one.at_ms), "type" => sort }
        })
        .collect();
    if flat.writing.era_ms() < day_ms(2020, 1, 1) {
        return (!rows.is_empty()).then_some(Json::List(rows));
    }
    lists(vec![("main_search_history", rows), ("shopping_search_history", Vec::new())])
}
