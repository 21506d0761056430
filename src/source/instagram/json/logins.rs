//! Events of the account and its devices: logins, password and privacy changes, sign-up, places (format reference §1.C7).

use super::element::{Element, Fields};
use super::field::{Field, Shape};
use super::leftover::detail_of;
use super::{Fate, Json, Scope};
use crate::model::{Details, Item, Kind, Moment, Who};
use crate::source::instagram::dates;
use crate::source::instagram::labels::Label;

macro_rules! events {
    ($($name:ident)*) => {$(
        pub fn $name(json: &Json, scope: &mut Scope<'_>) -> Fate {
            read(json, scope, stringify!($name))
        }
    )*};
}

events! {
    login logout password_change privacy_change status_change signup profile_activity device camera two_factor
    policy_notice download_request
}

/// What a login says, in the order of every language (format reference §1.C7); older ones tell no port.
const ORDERS: [&[Label]; 2] = [
    &[Label::CookieName, Label::IpAddress, Label::LanguageCode, Label::Time, Label::UserAgent],
    &[Label::CookieName, Label::IpAddress, Label::Port, Label::LanguageCode, Label::Time, Label::UserAgent],
];

const TIMES: &[Label] = &[Label::Time, Label::LastLogin, Label::ImpressionTime, Label::UpdateTime, Label::CreationTime];

/// The address, the browser and the device stay in the details, where they can be searched too.
fn read(json: &Json, scope: &mut Scope<'_>, subkind: &str) -> Fate {
    Element::one(json, |mut element| {
        let mut item = new_event(subkind);
        let of_title = element.title.and_then(dates::read);
        item.at = element.take_time(TIMES).or(of_title).or_else(|| guess_date(&element.fields));
        // A page prints the time to the minute and says it exactly above.
        let is_finer = |title: &Moment| {
            let printed = item.at.filter(|at| at.is_wall() && !title.is_wall());
            printed.is_some_and(|at| (0..60_000).contains(&(title.ms - at.utc_ms())))
        };
        if let Some(exact) = of_title.filter(is_finer) {
            item.at = Some(exact);
        }
        // The title of a login repeats its time.
        if of_title.is_some_and(|time| item.at.is_some_and(|at| at.ms / 1_000 == time.ms / 1_000)) {
            element.title = None;
        }
        if matches!(subkind, "privacy_change" | "status_change") {
            let what = element.title.take().or_else(|| element.guess_texts().first().copied());
            item.text = what.map(str::to_owned);
        }
        item.place = element.take_text(&[Label::City, Label::Location]).map(str::to_owned);
        if item.place.is_none() {
            item.place = place_of_details(&mut element);
        }
        item.details.push_some(Label::CookieName.name(), by_order(&element, Label::CookieName));
        for label in [Label::IpAddress, Label::UserAgent, Label::DeviceId, Label::Device] {
            if let Some(text) = element.take_text(&[label]).or_else(|| by_order(&element, label)) {
                item.details.push(label.name(), text);
                item.other_text.push(text.to_owned());
            }
        }
        element.finish(item, scope)
    })
}

/// What stands at the place of a label that is in no table.
fn by_order<'a>(element: &Element<'a>, label: Label) -> Option<&'a str> {
    let is_known = element.fields.0.iter().any(|field| field.known == Some(label));
    ORDERS.iter().filter(|_| !is_known).find_map(|order| element.text_by_order(order, label))
}

fn new_event(subkind: &str) -> Item {
    let mut item = Item::new(Kind::Login);
    item.subkind = Some(subkind.to_owned());
    item.author = Some(Who::Me);
    item
}

fn guess_date(fields: &Fields<'_>) -> Option<Moment> {
    let mut printed =
        fields.0.iter().filter(|field| field.shape() == Shape::Date && field.known != Some(Label::BirthDate));
    printed.find_map(|field| dates::read(field.text()?))
}

/// "City, Country" stands one level deep, below "Details": by its label, else as all that stands there.
fn place_of_details(element: &mut Element<'_>) -> Option<String> {
    let of_group = element.fields.0.iter_mut().flat_map(|field| field.groups.iter_mut()).flatten();
    let mut texts: Vec<_> = of_group.filter(|field| field.text().is_some()).collect();
    let is_alone = texts.len() == 1;
    let is_place = |field: &Field<'_>| {
        let by_shape = is_alone && field.known.is_none() && field.text().is_some_and(|text| text.contains(", "));
        field.known == Some(Label::Location) || by_shape
    };
    let field = texts.iter_mut().find(|field| is_place(field))?;
    field.value.take().and_then(Json::as_filled_text).map(str::to_owned)
}

/// Where the app last saw the device, precisely or not.
pub fn last_known_location(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = new_event("last_known_location");
        item.at = element.take_time(&[Label::GpsTime, Label::Time]);
        let precise = element.take_coordinates(Label::PreciseLatitude, Label::PreciseLongitude);
        let imprecise =
            precise.or_else(|| element.take_coordinates(Label::ImpreciseLatitude, Label::ImpreciseLongitude));
        let place = imprecise.or_else(|| element.take_coordinates(Label::Latitude, Label::Longitude));
        if let Some((latitude, longitude)) = place.or_else(|| guess_coordinates(&element.fields)) {
            item.latitude = Some(latitude);
            item.longitude = Some(longitude);
        }
        item.place = element.take_text(&[Label::City, Label::Location]).map(str::to_owned);
        element.finish(item, scope)
    })
}

/// The first two numbers with a fraction: latitude comes before longitude in every language.
pub(super) fn guess_coordinates(fields: &Fields<'_>) -> Option<(f64, f64)> {
    let fractions =
        fields.0.iter().filter(|field| field.known.is_none() && field.text().is_some_and(|text| text.contains('.')));
    let mut numbers = fractions.filter_map(|field| field.value.and_then(Json::as_float));
    super::medium::coordinates(numbers.next()?, numbers.next()?)
}

/// `secret_conversations`: the devices of end-to-end-encrypted chats; no messages.
pub fn secret_conversations(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let wrapped = json.get("ig_secret_conversations").filter(|inner| inner.is_object());
    let inner = wrapped.unwrap_or(json);
    let Some(devices) = inner.get("armadillo_devices") else {
        return secret_device(json, scope);
    };
    let mut items = Vec::new();
    let mut rest = Details::default();
    for device in devices.elements() {
        match secret_device(device, scope) {
            Fate::Items(more) => items.extend(more),
            Fate::Kept(_) | Fate::Bad(_) => rest.push_some("armadillo_devices", detail_of(device)),
        }
    }
    if items.is_empty() {
        return match super::read_any(json, scope) {
            Fate::Kept(nothing) => Fate::Kept(nothing),
            _ => secret_device(json, scope),
        };
    }
    let outer = json.members().iter().filter(|_| wrapped.is_some());
    for (name, value) in inner.members().iter().chain(outer) {
        if !matches!(name.as_str(), "armadillo_devices" | "ig_secret_conversations") {
            rest.push_some(name, detail_of(value));
        }
    }
    if let Some(first) = items.first_mut() {
        first.details.0.append(&mut rest.0);
    }
    Fate::Items(items)
}

fn secret_device(json: &Json, scope: &mut Scope<'_>) -> Fate {
    Element::one(json, |mut element| {
        let mut item = new_event("device");
        let time = element.take_member("last_active_time");
        item.at = time.and_then(Json::as_integer).and_then(Moment::from_unix);
        if item.at.is_none() {
            item.details.push_some("last_active_time", time.and_then(detail_of));
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
    fn logins_are_told_by_their_order_where_labels_are_unknown() {
        let at = json!({"ms": AT, "precision": "s"});
        // The labels stay as written.
        check(
            "login_and_account_creation/login_activity.json",
            "account_history_login_history",
            r#"{"title": "2022-04-15T05:20:00+00:00", "string_map_data": {"Evästeen nimi": {"value": "abc*"}, "IP-osoite": {"value": "192.0.2.7"},
                "Kielikoodi": {"value": "fi"}, "Aika": {"timestamp": 1650000000}, "Käyttäjäagentti": {"value": "Browser 1.0"}}}"#,
            &json!([{"kind": "login", "subkind": "login", "at": at, "author": "me", "other_text": ["192.0.2.7", "Browser 1.0", "abc*", "fi"],
                     "details": {"cookie_name": "abc*", "ip_address": "192.0.2.7", "user_agent": "Browser 1.0", "Evästeen nimi": "abc*",
                                 "IP-osoite": "192.0.2.7", "Kielikoodi": "fi", "Aika": "2022-04-15T05:20:00Z", "Käyttäjäagentti": "Browser 1.0"}}]),
        );
    }

    #[test]
    fn events_of_the_account() {
        let at = json!({"ms": AT, "precision": "s"});
        for (ip, agent) in
            [("IP Address", "User Agent"), ("Adresse IP", "Agent utilisateur"), ("IP 주소", "사용자 에이전트")]
        {
            let element = format!(
                r#"{{"title": "2022-04-15T05:20:00+00:00", "string_map_data": {{"Cookie Name": {{"value": "abc*"}}, "{ip}": {{"value": "192.0.2.7"}},
                    "Time": {{"timestamp": 1650000000}}, "{agent}": {{"value": "Browser 1.0"}}}}}}"#
            );
            check(
                "login_and_account_creation/login_activity.json",
                "account_history_login_history",
                &element,
                &json!([{"kind": "login", "subkind": "login", "at": at, "author": "me", "other_text": ["192.0.2.7", "Browser 1.0"],
                         "details": {"ip_address": "192.0.2.7", "user_agent": "Browser 1.0", "cookie_name": "abc*"}}]),
            );
        }
        for (last, details, location) in [
            ("Last login", "Details", "Location"),
            ("Dernière connexion", "Détails", "Lieu"),
            ("Son giriş", "Ayrıntılar", "Konum"),
        ] {
            let element = format!(
                r#"{{"label_values": [{{"label": "{last}", "timestamp_value": 1650000000}}, {{"title": "{details}", "dict": [{{"label": "{location}", "value": "Lisbon, Portugal"}}]}}]}}"#
            );
            check(
                "security_and_login_information/login_and_profile_creation/profile_activity.json",
                "",
                &element,
                &if last == "Son giriş" {
                    json!([{"kind": "login", "subkind": "profile_activity", "at": at, "author": "me", "place": "Lisbon, Portugal",
                            "details": {"Son giriş": "2022-04-15T05:20:00Z"}}])
                } else {
                    json!([{"kind": "login", "subkind": "profile_activity", "at": at, "author": "me", "place": "Lisbon, Portugal"}])
                },
            );
        }
        for (latitude, longitude, time) in [
            ("Imprecise Latitude", "Imprecise Longitude", "GPS Time Uploaded"),
            ("Latitude imprécise", "Longitude inexacte", "Heure GPS de l’importation"),
        ] {
            let element = format!(
                r#"{{"string_map_data": {{"{latitude}": {{"value": "38.72"}}, "{longitude}": {{"value": "-9.14"}}, "{time}": {{"timestamp": 1650000000}}}}}}"#
            );
            check(
                "login_and_account_creation/last_known_location.json",
                "account_history_imprecise_last_known_location",
                &element,
                &json!([{"kind": "login", "subkind": "last_known_location", "at": at, "author": "me", "latitude": 38.72, "longitude": -9.14}]),
            );
        }
        check(
            "security_and_login_information/login_and_profile_creation/profile_privacy_changes.json",
            "account_history_account_privacy_history",
            r#"{"title": "Switched to private", "string_map_data": {"Time": {"timestamp": 1650000000}}}"#,
            &json!([{"kind": "login", "subkind": "privacy_change", "at": at, "author": "me", "text": "Switched to private"}]),
        );
        check(
            "logged_information/policy_updates_and_permissions/notification_of_privacy_policy_updates.json",
            "policy_updates_and_permissions_notification_of_privacy_policy_updates",
            r#"{"string_map_data": {"Impression Time": {"value": "Jan 05, 2024 3:04:05pm"}, "Consent Status": {"value": "accepted"}}}"#,
            &json!([{"kind": "login", "subkind": "policy_notice", "at": {"ms": 1_704_467_045_000_i64, "precision": "s", "basis": "wall"}, "author": "me",
                     "details": {"consent_status": "accepted"}}]),
        );
        check(
            "messages/secret_conversations.json",
            "",
            r#"{"ig_secret_conversations": {"armadillo_devices": [{"device_type": "Phone", "last_active_time": 1650000000}], "calls": []}}"#,
            &json!([{"kind": "login", "subkind": "device", "at": at, "author": "me", "other_text": ["Phone"], "details": {"device_type": "Phone"}}]),
        );
    }
}
