//! Shops, subscriptions, settings about people, reports, surveys: lists that carry a person, a text or a time and belong to
//! no greater family (format reference §1.C7).

use super::element::Element;
use super::field::{Field, Shape};
use super::leftover::detail_of;
use super::person::{handle_of_link, is_handle, who};
use super::stamp::Stamp;
use super::{Fate, Json, Scope};
use crate::model::{Item, Kind, Moment, Who};
use crate::source::instagram::labels::Label;

macro_rules! entries {
    ($($name:ident: $kind:ident;)*) => {$(
        pub fn $name(json: &Json, scope: &mut Scope<'_>) -> Fate {
            read(json, scope, Kind::$kind, stringify!($name))
        }
    )*};
}

entries! {
    muted_creator: Misc;
    blocked_commenter: Setting;
    filtered_keyword: Setting;
    notification_preference: Setting;
    event_reminder: Misc;
    subscription: Misc;
    monetization: Misc;
    gift: Misc;
    survey: Misc;
    time_spent: Misc;
    digital_item: Misc;
    interest_feed: Interest;
    scheduled_notification: Setting;
}

/// What the person allowed or refused: the answers are the text, the questions, which are in the owner's language, are
/// found beside them.
pub fn consent(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::Setting);
        item.subkind = Some("consent".to_owned());
        item.author = Some(Who::Me);
        item.at = element.take_time(&[Label::UpdateTime, Label::Time, Label::CreationTime]);
        let asked = || element.fields.0.iter().filter_map(|field| Some((field.label, field.text()?)));
        let answers: Vec<&str> = asked().map(|(_, answer)| answer).collect();
        item.text = (!answers.is_empty()).then(|| answers.join(" · "));
        let questions = asked().map(|(question, _)| question.to_owned());
        item.other_text = questions.filter(|question| !question.is_empty()).collect();
        element.finish_with_any_label(item, scope)
    })
}

/// Takes person, link, time and text by label or shape, whatever the list is about.
fn read(json: &Json, scope: &mut Scope<'_>, kind: Kind, subkind: &str) -> Fate {
    Element::each_row(json, |element| entry(element, scope, kind, subkind))
}

/// The keys of an eligibility in their order.
const ELIGIBILITY: [Label; 3] = [Label::ProductName, Label::Decision, Label::Reason];

fn entry(mut element: Element<'_>, scope: &mut Scope<'_>, kind: Kind, subkind: &str) -> Item {
    let mut item = Item::new(kind);
    item.subkind = Some(subkind.to_owned());
    item.author = Some(Who::Me);
    item.at = element.take_time(&[Label::Time, Label::UpdateTime, Label::StartTime]);
    item.external_id = element.take_id();
    item.url = element.take_link(&[Label::Url, Label::ExternalUrl]).or_else(|| element.guess_link()).map(str::to_owned);
    if item.at.is_none() {
        // Of a stay in the app begin and end stand one level deep; they stay in the details.
        let nested = element.fields.0.iter().flat_map(|field| field.groups.iter().flatten());
        let mut begins = nested.filter(|field| field.known == Some(Label::StartTime)).filter_map(|field| field.time);
        item.at = begins.find_map(Stamp::moment);
    }
    let mut person = element.take_text(&[Label::Username, Label::MutedCreators]);
    if matches!(subkind, "muted_creator" | "blocked_commenter" | "subscription") {
        person = person.or_else(|| element.take_unlabelled()).or_else(|| element.title.take());
        person = person.or_else(|| element.guess_texts().into_iter().find(|text| is_handle(text)));
    } else {
        let row = element.take_unlabelled();
        let texts = [Label::Question, Label::Text, Label::Name, Label::Value, Label::ProductName];
        // Channel, type and value of a preference; of an eligibility the product, what was decided, and why.
        let guess = || match (subkind, element.guess_typed().as_slice()) {
            ("monetization", _) => element.text_by_order(&ELIGIBILITY, Label::ProductName),
            ("notification_preference", [.., last]) | (_, [last, ..]) => Some(*last),
            _ => None,
        };
        let guessed = guess();
        let text = row.or_else(|| element.take_text(&texts)).or(guessed);
        item.text = text.or_else(|| element.title.take()).map(str::to_owned);
    }
    item.counterpart = person.or_else(|| item.url.as_deref().and_then(handle_of_link)).and_then(who);
    let filled = element.fields.0.iter().filter(|field| field.known.is_some() && field.shape() == Shape::Text);
    item.other_text = filled.filter_map(Field::text).map(str::to_owned).collect();
    element.finish(item, scope)
}

/// A product that was looked at or wished for.
pub fn product(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::Shopping);
        item.author = Some(Who::Me);
        item.at = element.take_time(&[Label::Time, Label::CreationTime]);
        let texts = element.guess_texts();
        let name = element.take_text(&[Label::ProductName]).or_else(|| texts.first().copied());
        item.text = name.map(str::to_owned);
        if let Some(merchant) = element.take_text(&[Label::MerchantName]) {
            item.details.push("merchant_name", merchant);
            item.other_text.push(merchant.to_owned());
        }
        element.finish(item, scope)
    })
}

/// Something for the avatar.
pub fn avatar_item(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = Item::new(Kind::Misc);
        item.subkind = Some("avatar_item".to_owned());
        item.author = Some(Who::Me);
        item.text = element.take_member_text("item").map(str::to_owned);
        let time = element.take_member("acquisition_time");
        item.at = time.and_then(Json::as_integer).and_then(Moment::from_unix);
        if item.at.is_none() {
            item.details.push_some("acquisition_time", time.and_then(detail_of));
        }
        element.finish(item, scope)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::check;

    const AT: i64 = 1_650_000_000_000;

    #[test]
    fn consents_and_scheduled_notifications() {
        let at = json!({"ms": AT, "precision": "s"});
        check(
            "preferences/settings/consents.json",
            "",
            r#"{"timestamp": 1650000000, "media": [], "label_values": [{"label": "Cookies of others", "value": "Allowed"}, {"label": "Zerbait", "value": "Ez"}]}"#,
            &json!([{"kind": "setting", "subkind": "consent", "at": at, "author": "me",
                     "text": "Allowed · Ez", "other_text": ["Cookies of others", "Zerbait", "Allowed", "Ez"],
                     "details": {"Cookies of others": "Allowed", "Zerbait": "Ez"}}]),
        );
        // A notification lies ahead of the download by its nature.
        check(
            "your_instagram_activity/messages/your_scheduled_chat_notifications.json",
            "",
            r#"{"timestamp": 1650000000, "media": [], "label_values": [{"label": "Oroigarria", "value": "Answer Esi"}], "fbid": "17843210000000002"}"#,
            &json!([{"kind": "setting", "subkind": "scheduled_notification", "at": at, "author": "me", "text": "Answer Esi",
                     "external_id": "17843210000000002", "details": {"Oroigarria": "Answer Esi"}}]),
        );
    }

    #[test]
    fn the_rest() {
        let at = json!({"ms": AT, "precision": "s"});
        check(
            "your_instagram_activity/subscriptions/reels.json",
            "subscriptions_reels",
            r#"{"string_map_data": {"User Name": {"value": "ann_example"}, "External URL": {"href": "https://www.instagram.com/reel/Cabc/"}}}"#,
            &json!([{"kind": "misc", "subkind": "subscription", "author": "me", "counterpart": {"handle": "ann_example"}, "url": "https://www.instagram.com/reel/Cabc/"}]),
        );
        check(
            "preferences/settings/filtered_keywords_for_comments_and_messages.json",
            "settings_filtered_keywords",
            r#"{"title": "", "string_list_data": [{"href": "", "value": "gluten", "timestamp": 0}, {"value": "keto"}]}"#,
            &json!([{"kind": "setting", "subkind": "filtered_keyword", "author": "me", "text": "gluten"},
                    {"kind": "setting", "subkind": "filtered_keyword", "author": "me", "text": "keto"}]),
        );
        check(
            "shopping/recently_viewed_items.json",
            "checkout_saved_recently_viewed_products",
            r#"{"string_map_data": {"Nome del prodotto": {"value": "Proofing basket"}, "Merchant Name": {"value": "Flour Ltd"}, "Product ID": {"value": "1"}}}"#,
            &json!([{"kind": "shopping", "author": "me", "text": "Proofing basket", "other_text": ["Flour Ltd"],
                     "details": {"merchant_name": "Flour Ltd", "product_id": "1"}}]),
        );
        check(
            "your_instagram_activity/avatars_store/avatar_items.json",
            "ig_avatar_marketplace_avatar_items",
            r#"{"item": "Baker's hat", "type": "free", "acquisition_time": 1650000000}"#,
            &json!([{"kind": "misc", "subkind": "avatar_item", "at": at, "author": "me", "text": "Baker's hat", "details": {"type": "free"}}]),
        );
        check(
            "your_instagram_activity/other_activity/time_spent_on_instagram.json",
            "",
            r#"{"label_values": [{"label": "Times", "vec": [{"dict": [{"label": "Start time", "timestamp_value": 1650000000}]}]}]}"#,
            &json!([{"kind": "misc", "subkind": "time_spent", "at": at, "author": "me", "details": {"Times": {"start_time": "2022-04-15T05:20:00Z"}}}]),
        );
        check(
            "your_instagram_activity/monetization/eligibility.json",
            "monetization_eligibility",
            r#"{"string_map_data": {"Product Name": {"value": "Gifts"}, "Decision": {"value": "Eligible"}, "Reason": {"value": "ok"}}}"#,
            &json!([{"kind": "misc", "subkind": "monetization", "author": "me", "text": "Gifts", "other_text": ["Eligible", "ok"],
                     "details": {"decision": "Eligible", "reason": "ok"}}]),
        );
        check(
            "your_instagram_activity/other_activity/time_spent_on_instagram.json",
            "",
            r#"{"timestamp": 1650000000, "label_values": [{"label": "Times", "vec": [{"dict": [{"label": "Start time", "timestamp_value": 1650000000}, {"label": "End time", "timestamp_value": 1650000060}]}]}]}"#,
            &json!([{"kind": "misc", "subkind": "time_spent", "at": at, "author": "me",
                     "details": {"Times": {"start_time": "2022-04-15T05:20:00Z", "end_time": "2022-04-15T05:21:00Z"}}}]),
        );
    }
}
