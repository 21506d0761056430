//! Comments, likes and answers to stickers in stories (format reference §1.C3, §1.C4).

use super::Document;
use super::values::{
    Cell, comment_data, handle, hashtags, labelled, link, owner, seconds, string_list, string_map, time_value, value,
    word,
};
use crate::model::Generation;
use crate::testing::activity::{Comment, Interaction, Like, Sticker, Target};
use crate::testing::calendar::day_ms;
use crate::testing::json::{Json, object};
use crate::testing::layout::Area;
use crate::testing::life::Life;
use crate::testing::writing::Writing;

pub(super) fn documents(writing: &Writing) -> Vec<Document> {
    let mut documents = comments(writing);
    let likes = Area::Likes;
    documents.push(Document::wrapped(likes, "liked_comments", "likes_comment_likes", |life, writing| {
        liked(life, writing, |target| target == Target::Comment)
    }));
    let stories = Area::StoryInteractions;
    if writing.is(Generation::E) {
        documents.push(Document::bare(likes, "liked_posts", |life, writing| {
            liked_labelled(life, writing, |target| matches!(target, Target::Post | Target::Reel))
        }));
        documents.push(Document::bare(stories, "story_likes", |life, writing| {
            liked_labelled(life, writing, |target| target == Target::Story)
        }));
        documents.push(Document::bare(stories, "polls", polls_labelled));
    } else {
        documents.push(Document::wrapped(likes, "liked_posts", "likes_media_likes", |life, writing| {
            liked(life, writing, |target| matches!(target, Target::Post | Target::Reel))
        }));
        documents.push(Document::wrapped(stories, "story_likes", "story_activities_story_likes", story_likes));
        documents.push(Document::wrapped(stories, "polls", "story_activities_polls", |life, writing| {
            answers(life, writing, Sticker::Poll)
        }));
    }
    documents.push(Document::wrapped(stories, "questions", "story_activities_questions", |life, writing| {
        answers(life, writing, Sticker::Question)
    }));
    documents.push(Document::wrapped(stories, "quizzes", "story_activities_quizzes", |life, writing| {
        answers(life, writing, Sticker::Quiz)
    }));
    documents.push(Document::wrapped(stories, "emoji_sliders", "story_activities_emoji_sliders", |life, writing| {
        answers(life, writing, Sticker::Slider)
    }));
    documents.push(Document::wrapped(stories, "countdowns", "story_activities_countdowns", |life, writing| {
        answers(life, writing, Sticker::Countdown)
    }));
    documents
}

/// Until the end of 2022 one wrapped file holds all comments; then posts and reels part, and posts become a bare list.
fn comments(writing: &Writing) -> Vec<Document> {
    let area = Area::Comments;
    if is_old(writing) {
        return vec![Document::wrapped(area, "post_comments", "comments_media_comments", |life, writing| {
            written(life, writing, |on| on != Target::Story)
        })];
    }
    let mut documents = vec![
        Document::bare(area, "post_comments_1", |life, writing| written(life, writing, |on| on == Target::Post)),
        Document::wrapped(area, "reels_comments", "comments_reels_comments", |life, writing| {
            written(life, writing, |on| on == Target::Reel)
        }),
    ];
    if writing.is(Generation::E) {
        documents.push(Document::wrapped(area, "hype", "comments_story_comments", |life, writing| {
            written(life, writing, |on| on == Target::Story)
        }));
    }
    documents
}

fn is_old(writing: &Writing) -> bool {
    writing.is(Generation::C) && writing.era_ms() < day_ms(2023, 1, 1)
}

fn written(life: &Life, writing: &Writing, is_here: impl Fn(Target) -> bool) -> Vec<Json> {
    let comments = life.activity().comments.iter().rev();
    let here = comments.filter(|comment| is_here(comment.on) && writing.holds_comment(comment));
    here.map(|comment| comment_json(life, writing, comment)).collect()
}

fn comment_json(life: &Life, writing: &Writing, comment: &Comment) -> Json {
    let owner = handle(life, writing, comment.owner);
    if is_old(writing) && writing.era_ms() < day_ms(2022, 4, 1) {
        let cell = Cell { timestamp: seconds(comment.at_ms), ..Cell::text(comment.text.clone()) };
        return string_list(writing, owner, cell);
    }
    if is_old(writing) {
        let cells = vec![
            ("Comment", Cell::text(comment.text.clone())),
            ("Comment creation time", Cell::time(comment.at_ms)),
            ("Deletion status", Cell::text(word(writing, "False"))),
            ("Media owner", Cell::text(owner.clone())),
        ];
        return string_map(writing, owner, cells);
    }
    let cells = vec![
        ("Comment", Cell::text(comment.text.clone())),
        ("Media Owner", Cell::text(owner)),
        ("Time", Cell::time(comment.at_ms)),
    ];
    object! {
        "media_list_data" => vec![object! { "uri" => "" }],
        "string_map_data" => comment_data(writing, cells),
    }
}

fn held<'a>(life: &'a Life, writing: &Writing, is_here: impl Fn(Target) -> bool) -> impl Iterator<Item = &'a Like> {
    let likes = life.activity().likes.iter().rev();
    likes.filter(move |like| is_here(like.target) && writing.holds(like.at_ms, like.until_ms))
}

fn post_url(like: &Like) -> String {
    let segment = if like.target == Target::Reel { "reel" } else { "p" };
    format!("https://www.instagram.com/{segment}/{}/", like.code)
}

fn liked(life: &Life, writing: &Writing, is_here: impl Fn(Target) -> bool) -> Vec<Json> {
    held(life, writing, is_here)
        .map(|like| {
            let cell = Cell { href: post_url(like), value: "👍".to_owned(), timestamp: seconds(like.at_ms) };
            string_list(writing, handle(life, writing, like.owner), cell)
        })
        .collect()
}

/// Liked stories had only their author and the time before generation E.
fn story_likes(life: &Life, writing: &Writing) -> Vec<Json> {
    held(life, writing, |target| target == Target::Story)
        .map(|like| string_list(writing, handle(life, writing, like.owner), Cell::time(like.at_ms)))
        .collect()
}

fn liked_labelled(life: &Life, writing: &Writing, is_here: impl Fn(Target) -> bool) -> Vec<Json> {
    held(life, writing, is_here)
        .map(|like| {
            let is_story = like.target == Target::Story;
            let url = if is_story {
                format!("https://www.instagram.com/stories/{}/{}", handle(life, writing, like.owner), like.code)
            } else {
                post_url(like)
            };
            let mut values = vec![link(writing, "URL", &url)];
            if !is_story {
                values.push(value(writing, "Caption", like.caption.clone()));
                values.push(value(writing, "Title", ""));
                values.push(hashtags(writing, &like.caption));
            }
            values.push(owner(life, writing, like.owner));
            labelled(like.at_ms, None, values)
        })
        .collect()
}

fn given<'a>(life: &'a Life, writing: &Writing, sticker: Sticker) -> impl Iterator<Item = &'a Interaction> {
    let all = life.activity().interactions.iter().rev();
    all.filter(move |one| one.sticker == sticker && writing.covers(one.at_ms))
}

/// In 2022 the answer itself was left out.
fn answers(life: &Life, writing: &Writing, sticker: Sticker) -> Vec<Json> {
    given(life, writing, sticker)
        .map(|one| {
            let value = if is_old(writing) { String::new() } else { one.answer.clone() };
            let cell = Cell { value, ..Cell::time(one.at_ms) };
            string_list(writing, handle(life, writing, one.owner), cell)
        })
        .collect()
}

fn polls_labelled(life: &Life, writing: &Writing) -> Vec<Json> {
    given(life, writing, Sticker::Poll)
        .map(|one| {
            let values = vec![
                value(writing, "Question", one.question.clone()),
                object! {
                    "label" => writing.label("Options"),
                    "vec" => vec![object! { "value" => one.answer.clone() }, object! { "value" => "No" }],
                },
                value(writing, "Picked option", one.answer.clone()),
                time_value(writing, "Update time", one.at_ms),
                owner(life, writing, one.owner),
            ];
            labelled(one.at_ms, None, values)
        })
        .collect()
}
