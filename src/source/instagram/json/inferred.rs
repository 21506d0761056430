//! What the service and its advertisers infer or were told: interests, topics, advertisers, forms, apps, activity
//! elsewhere (format reference §1.C7).

use super::element::Element;
use super::leftover::{detail_of, texts_of};
use super::{Fate, Json, Scope, base_name};
use crate::model::{Item, Kind, Moment, Who};
use crate::source::instagram::labels::Label;

macro_rules! inferences {
    ($($name:ident)*) => {$(
        pub fn $name(json: &Json, scope: &mut Scope<'_>) -> Fate {
            list(json, scope, Kind::Interest, stringify!($name))
        }
    )*};
}

inferences! { ads_interest topic possible_email possible_phone_number location_of_interest ad_category }

/// Advertisers that use a list with the person on it: a plain object each, or one object with lists of names (S6).
pub fn advertiser(json: &Json, scope: &mut Scope<'_>) -> Fate {
    // A page writes a list of one name as a label with a value.
    if json.get("label_values").is_some() || json.get("string_map_data").is_some() {
        return list(json, scope, Kind::Ad, "advertiser");
    }
    Element::one(json, |mut element| {
        let mut item = new(Kind::Ad, "advertiser");
        let name = element.take_member_text("advertiser_name").or_else(|| element.take_text(&[Label::Name]));
        item.text = name.or_else(|| element.title.take()).map(str::to_owned);
        element.finish(item, scope)
    })
}

fn new(kind: Kind, subkind: &str) -> Item {
    let mut item = Item::new(kind);
    item.subkind = Some(subkind.to_owned());
    item
}

/// One item for each value: of `string_list_data`, of a `vec`, or the only text there is. What a value stands below is its
/// detail `list`.
fn list(json: &Json, scope: &mut Scope<'_>, kind: Kind, subkind: &str) -> Fate {
    let mut element = match Element::open(json) {
        Ok(element) => element,
        Err(fate) => return fate,
    };
    let at = element.take_time(&[Label::Time, Label::UpdateTime]);
    let mut items = Vec::new();
    for field in &mut element.fields.0 {
        let texts = std::mem::take(&mut field.values).into_iter();
        let only = field.groups.is_empty().then(|| field.text()).flatten();
        for text in texts.chain(only) {
            let mut item = new(kind, subkind);
            item.at = at;
            item.text = Some(text.to_owned());
            if !field.is_understood() || matches!(field.known, Some(Label::Type | Label::Reason)) {
                item.details.push("list", field.label);
            }
            items.push(item);
        }
        if only.is_some() {
            field.value = None;
        }
    }
    let mut items = items.into_iter();
    let mut first = items.next().unwrap_or_else(|| new(kind, subkind));
    if first.text.is_none() {
        first.text = element.title.take().map(str::to_owned);
        first.at = at;
    }
    Fate::Items(std::iter::once(element.finish(first, scope)).chain(items).collect())
}

/// Where the service believes the person lives.
pub fn based_in(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = new(Kind::Interest, "based_in");
        item.at = element.take_own_time();
        let city = element.take_text(&[Label::City, Label::Location, Label::Name]).map(str::to_owned);
        item.place = city.or_else(|| {
            let nested = element.fields.0.iter_mut().flat_map(|field| field.groups.iter_mut()).flatten();
            let field = nested.into_iter().find(|field| field.text().is_some())?;
            field.value.take().and_then(Json::as_filled_text).map(str::to_owned)
        });
        if item.place.is_none() {
            item.place = element.guess_texts().first().map(|&text| text.to_owned());
        }
        item.text.clone_from(&item.place);
        element.finish(item, scope)
    })
}

/// What was filled in for an advertiser: the text is the answer.
pub fn form(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::Form);
        item.author = Some(Who::Me);
        item.at = element.take_time(&[Label::Time]);
        item.text = element.take_member_text("value").or_else(|| element.take_text(&[Label::Value])).map(str::to_owned);
        if let Some(label) = element.take_member_text("label") {
            item.details.push("label", label);
            item.other_text.push(label.to_owned());
        }
        element.finish(item, scope)
    })
}

/// A connected app or website.
pub fn app(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::App);
        item.author = Some(Who::Me);
        item.external_id = element.take_id();
        item.at = element.take_time(&[Label::LastActive, Label::ExpiredOn, Label::Time]);
        let name = element.take_text(&[Label::AppName, Label::Name]).or_else(|| element.title.take());
        let name = name.or_else(|| element.take_unlabelled());
        item.text = name.or_else(|| element.guess_texts().first().copied()).map(str::to_owned);
        element.finish(item, scope)
    })
}

/// What a company reported about the person: one item, its events in the details, at the time of the newest.
pub fn external_event(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::ExternalEvent);
        let name = element.take_member_text("name").or_else(|| element.take_text(&[Label::Name]));
        item.text = name.or_else(|| element.title.take()).map(str::to_owned);
        let events = json.get("events").map_or(&[][..], Json::elements);
        let times = events.iter().filter_map(|event| Moment::from_unix(event.get("timestamp")?.as_integer()?));
        item.at = times.max_by_key(|moment| moment.ms).or_else(|| element.take_time(&[Label::Time]));
        let types = events.iter().filter_map(|event| event.get("type").and_then(Json::as_filled_text));
        for kind in types {
            if !item.other_text.iter().any(|known| known == kind) {
                item.other_text.push(kind.to_owned());
            }
        }
        element.finish(item, scope)
    })
}

/// What the numbers are about by the file's name, where no member says it (pages).
fn insight_of_file(path: &str) -> Option<&'static str> {
    const OF_FILE: [(&str, &str); 8] = [
        ("accounts_reached", "reach"),
        ("profiles_reached", "reach"),
        ("audience_insights", "audience"),
        ("content_interactions", "interactions"),
        ("live_videos", "live"),
        ("posts", "posts"),
        ("reels", "reels"),
        ("stories", "stories"),
    ];
    OF_FILE.iter().find(|(file, _)| *file == base_name(path)).map(|(_, subkind)| *subkind)
}

/// Numbers about one's own reach: every label with its value.
pub fn insight(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::Insight);
        let of_list = scope.list.strip_prefix("organic_insights_");
        item.subkind = of_list.or_else(|| insight_of_file(scope.path)).map(str::to_owned);
        item.author = Some(Who::Me);
        item.external_id = element.take_id();
        item.at = element.take_time_of(&[Label::CreationTime, Label::Time]).or_else(|| element.take_own_time());
        item.at = item.at.or_else(|| element.guess_time());
        item.text = element.take_text(&[Label::Caption]).map(str::to_owned);
        if let Some(detail) = json.get("label_values").and_then(detail_of) {
            texts_of(&detail, &mut item.other_text);
        }
        element.finish_with_any_label(item, scope)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;

    const AT: i64 = 1_650_000_000_000;

    #[test]
    fn inferences_are_one_item_a_value() {
        let interest = |subkind: &str, text: &str| json!({"kind": "interest", "subkind": subkind, "text": text});
        for label in ["Interest", "Centre d’intérêt", "Zaletasuna"] {
            let element = format!(
                r#"{{"title": "", "string_map_data": {{"{label}": {{"href": "", "value": "Baking", "timestamp": 0}}}}}}"#
            );
            let mut expected = interest("ads_interest", "Baking");
            if label == "Zaletasuna" {
                expected["details"] = json!({"list": label});
            }
            check(
                "information_about_you/ads_interests.json",
                "inferred_data_ig_interest",
                &element,
                &json!([expected]),
            );
        }
        check(
            "information_about_you/possible_emails.json",
            "inferred_data_inferred_emails",
            r#"{"title": "", "string_list_data": [{"value": "a@mail.example"}, {"value": "b@mail.example"}]}"#,
            &json!([interest("possible_email", "a@mail.example"), interest("possible_email", "b@mail.example")]),
        );
        let place = |text: &str| json!({"kind": "interest", "subkind": "location_of_interest", "text": text, "details": {"list": "Places"}});
        let mut first = place("Lisbon");
        first["details"]["fbid"] = json!("1:2");
        check(
            "personal_information/information_about_you/locations_of_interest.json",
            "",
            r#"{"media": [], "fbid": "1:2", "label_values": [{"label": "Places", "vec": [{"value": "Lisbon"}, {"value": "Porto"}]}]}"#,
            &json!([first, place("Porto")]),
        );
        check(
            "information_about_you/account_based_in.json",
            "inferred_data_primary_location",
            r#"{"string_map_data": {"Ville actuelle": {"value": "Lisbon, Portugal"}}}"#,
            &json!([{"kind": "interest", "subkind": "based_in", "text": "Lisbon, Portugal", "place": "Lisbon, Portugal"}]),
        );
    }

    #[test]
    fn advertisers_forms_and_apps() {
        check(
            "ads_information/instagram_ads_and_businesses/advertisers_using_your_activity_or_information.json",
            "ig_custom_audiences_all_types",
            r#"{"advertiser_name": "Flour Ltd", "has_data_file_custom_audience": true}"#,
            &json!([{"kind": "ad", "subkind": "advertiser", "text": "Flour Ltd", "details": {"has_data_file_custom_audience": true}}]),
        );
        check(
            "ads_information/x/information_you've_submitted_to_advertisers.json",
            "ig_lead_gen_info",
            r#"{"label": "Full name", "value": "Mia Example"}"#,
            &json!([{"kind": "form", "author": "me", "text": "Mia Example", "other_text": ["Full name"], "details": {"label": "Full name"}}]),
        );
        check(
            "apps_and_websites/expired_pps.json",
            "apps_and_websites_expired_apps",
            r#"{"title": "Bread Timer", "string_map_data": {"App user ID": {"value": "42"}, "Last active on": {"timestamp": 1650000000}}}"#,
            &json!([{"kind": "app", "at": {"ms": AT, "precision": "s"}, "author": "me", "text": "Bread Timer", "details": {"app_user_id": "42"}}]),
        );
        check(
            "apps_and_websites_off_of_instagram/apps_and_websites/your_activity_off_meta_technologies.json",
            "apps_and_websites_off_meta_activity",
            r#"{"name": "bread.example", "events": [{"id": 1, "type": "PURCHASE", "timestamp": 1650000000}, {"id": 1, "type": "PURCHASE", "timestamp": 1640000000}]}"#,
            &json!([{"kind": "external_event", "at": {"ms": AT, "precision": "s"}, "text": "bread.example", "other_text": ["PURCHASE"],
                     "details": {"events": [{"id": 1, "type": "PURCHASE", "timestamp": 1_650_000_000}, {"id": 1, "type": "PURCHASE", "timestamp": 1_640_000_000}]}}]),
        );
        check(
            "logged_information/past_instagram_insights/posts.json",
            "organic_insights_posts",
            r#"{"media_map_data": {"Media Thumbnail": {"uri": "media/other/17900000000000001.jpg", "creation_timestamp": 1650000000, "title": ""}},
                "string_map_data": {"Contas alcançadas": {"value": "1.130"}, "Curtidas": {"value": "7"}}}"#,
            &json!([{"kind": "insight", "subkind": "posts", "author": "me",
                     "media": [{"path": "media/other/17900000000000001.jpg", "at": {"ms": AT, "precision": "s"}, "role": "thumbnail"}],
                     "details": {"Contas alcançadas": "1.130", "Curtidas": "7"}}]),
        );
    }
}
