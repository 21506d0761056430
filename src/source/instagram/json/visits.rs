//! Web pages that were opened inside the app (`link_history`, format reference §1.C6).

use super::element::Element;
use super::field::Shape;
use super::{Fate, Json, Scope};
use crate::model::{Item, Kind, Who};
use crate::source::instagram::dates;
use crate::source::instagram::labels::Label;

/// The link, the page's title, and begin and end of the visit, which are printed local times in the account's language:
/// a number is believed before them.
pub fn visit(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::Visit);
        item.author = Some(Who::Me);
        let number = element.take_own_time().or_else(|| element.guess_time());
        let started = element.take_text(&[Label::SessionStart, Label::StartTime]);
        let ended = element.take_text(&[Label::SessionEnd, Label::EndTime]);
        item.details.push_some("session_start", started);
        item.details.push_some("session_end", ended);
        let printed = started.and_then(dates::read).or_else(|| {
            // The begin comes first in every language.
            element
                .fields
                .0
                .iter()
                .filter(|field| field.shape() == Shape::Date)
                .find_map(|field| dates::read(field.text()?))
        });
        item.at = number.or(printed);
        item.url =
            element.take_link(&[Label::LinkVisited, Label::Url]).or_else(|| element.guess_link()).map(str::to_owned);
        item.text = element.take_text(&[Label::PageTitle, Label::Title]).map(str::to_owned);
        if item.text.is_none() {
            item.text = element.guess_texts().first().map(|&text| text.to_owned());
        }
        element.finish(item, scope)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;

    #[test]
    fn visits_have_printed_times() {
        let wall = 1_771_160_728_000_i64;
        let at = json!({"ms": wall, "precision": "s", "basis": "wall"});
        for (link, title, start, printed) in [
            (
                "Website link that you visited",
                "Title of website page that you visited",
                "Website session start time",
                "Feb 15, 2026 1:05:28pm",
            ),
            (
                "방문한 웹사이트 링크",
                "방문한 웹사이트 페이지의 제목",
                "웹사이트 세션 시작 시간",
                "2월 15, 2026 1:05:28오후",
            ),
        ] {
            let element = format!(
                r#"{{"label_values": [{{"label": "{link}", "value": "https://bread.example/rye"}}, {{"label": "{title}", "value": "Rye for beginners"}},
                    {{"label": "{start}", "value": "{printed}"}}]}}"#
            );
            check(
                "logged_information/link_history/link_history.json",
                "",
                &element,
                &json!([{"kind": "visit", "at": at, "author": "me", "text": "Rye for beginners", "url": "https://bread.example/rye",
                         "details": {"session_start": printed}}]),
            );
        }
        check(
            "logged_information/link_history/link_history.json",
            "",
            r#"{"label_values": [{"label": "Besuchter Link", "value": "https://bread.example/rye"}, {"label": "Seitentitel", "value": "Rye for beginners"},
                {"label": "Beginn", "value": "Feb. 15, 2026 1:05:28 pm"}, {"label": "Ende", "value": "Feb. 15, 2026 1:06:00 pm"}]}"#,
            &json!([{"kind": "visit", "at": at, "author": "me", "text": "Rye for beginners", "url": "https://bread.example/rye",
                     "details": {"Besuchter Link": "https://bread.example/rye", "Seitentitel": "Rye for beginners",
                                 "Beginn": "Feb. 15, 2026 1:05:28 pm", "Ende": "Feb. 15, 2026 1:06:00 pm"}}]),
        );
        check(
            "logged_information/link_history/link_history.json",
            "",
            r#"{"timestamp": 1771193128, "label_values": [{"label": "Website link that you visited", "value": "https://bread.example/rye"},
                {"label": "Website session start time", "value": "Feb 15, 2026 1:05:28pm"}]}"#,
            &json!([{"kind": "visit", "at": {"ms": 1_771_193_128_000_i64, "precision": "s"}, "author": "me", "url": "https://bread.example/rye",
                     "details": {"session_start": "Feb 15, 2026 1:05:28pm"}}]),
        );
    }
}
