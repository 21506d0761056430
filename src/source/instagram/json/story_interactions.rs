//! Answers to stories: polls, questions, quizzes, sliders, countdowns, reactions (format reference §1.C4).

use super::element::Element;
use super::person::who;
use super::target::describe;
use super::{Fate, Json, Scope};
use crate::model::{Item, Kind, Who};
use crate::source::instagram::labels::Label;

macro_rules! interactions {
    ($($name:ident)*) => {$(
        pub fn $name(json: &Json, scope: &mut Scope<'_>) -> Fate {
            read(json, scope, stringify!($name))
        }
    )*};
}

interactions! {
    poll question quiz emoji_slider countdown emoji_reaction avatar_reaction reaction_sticker question_media question_music
}

/// S3: the title is the story's owner, the value what was picked or typed. S6: question, options and answer by label.
fn read(json: &Json, scope: &mut Scope<'_>, subkind: &str) -> Fate {
    Element::each_row(json, |element| interaction(element, scope, subkind))
}

fn interaction(mut element: Element<'_>, scope: &mut Scope<'_>, subkind: &str) -> Item {
    let mut item = Item::new(Kind::StoryInteraction);
    item.subkind = Some(subkind.to_owned());
    item.author = Some(Who::Me);
    item.at = element.take_time(&[Label::Time, Label::UpdateTime, Label::CreationTime]);
    item.external_id = element.take_id();
    item.counterpart = element.title.take().and_then(who);
    let answer = element.take_values(&[Label::Answer]);
    let answer = if answer.is_empty() { element.take_unlabelled().into_iter().collect() } else { answer };
    let answer = if answer.is_empty() { guess_answer(&element).into_iter().collect() } else { answer };
    item.text = (!answer.is_empty()).then(|| answer.join(", "));
    if let Some(question) = element.take_text(&[Label::Question, Label::Text]) {
        item.details.push("question", question);
        item.other_text.push(question.to_owned());
    }
    let options = element.take_values(&[Label::Options]);
    item.other_text.extend(options.iter().map(|&option| option.to_owned()));
    if !options.is_empty() {
        item.details.push("options", options);
    }
    describe(&mut element.fields, &mut item, scope);
    element.finish(item, scope)
}

/// The answer below labels that nobody knows: one of the options, else what stands behind the question.
fn guess_answer<'a>(element: &Element<'a>) -> Option<&'a str> {
    let typed = element.guess_typed();
    let is_option = |text: &str| element.fields.0.iter().any(|field| field.values.contains(&text));
    typed.iter().rfind(|text| is_option(text)).or_else(|| typed.last().filter(|_| typed.len() > 1)).copied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;

    const AT: i64 = 1_650_000_000_000;

    #[test]
    fn answers_to_stories() {
        check(
            "your_instagram_activity/story_interactions/polls.json",
            "story_activities_polls",
            r#"{"title": "ann_example", "string_list_data": [{"value": "Rye", "timestamp": 1650000000}]}"#,
            &json!([{"kind": "story_interaction", "subkind": "poll", "at": {"ms": AT, "precision": "s"}, "author": "me",
                     "counterpart": {"handle": "ann_example"}, "text": "Rye"}]),
        );
        check(
            "story_sticker_interactions/emoji_sliders.json",
            "story_activities_emoji_sliders",
            r#"{"title": "ann_example", "media_list_data": [], "string_list_data": [{"href": "", "value": "", "timestamp": 1650000000}]}"#,
            &json!([{"kind": "story_interaction", "subkind": "emoji_slider", "at": {"ms": AT, "precision": "s"}, "author": "me",
                     "counterpart": {"handle": "ann_example"}}]),
        );
        for (question, options, answer, owner, username) in
            [("Question", "Options", "Answer", "Owner", "Username"), ("질문", "옵션", "답변", "소유자", "사용자 이름")]
        {
            let element = format!(
                r#"{{"timestamp": 1650000000, "label_values": [{{"label": "{question}", "value": "Rye or wheat?"}},
                    {{"label": "{options}", "vec": [{{"value": "Rye"}}, {{"value": "Wheat"}}]}}, {{"label": "{answer}", "value": "Rye"}},
                    {{"title": "{owner}", "dict": [{{"title": "", "dict": [{{"label": "{username}", "value": "ann_example"}}]}}]}}]}}"#
            );
            check(
                "your_instagram_activity/story_interactions/polls.json",
                "",
                &element,
                &json!([{"kind": "story_interaction", "subkind": "poll", "at": {"ms": AT, "precision": "s"}, "author": "me",
                         "counterpart": {"handle": "ann_example"}, "text": "Rye", "other_text": ["Rye or wheat?", "Rye", "Wheat"],
                         "details": {"question": "Rye or wheat?", "options": ["Rye", "Wheat"]}}]),
            );
        }
    }
}
