//! What exports tell of end-to-end encrypted chats: devices, calls and groups, never messages (format reference §4.7).

use super::super::generic::{detail_of, read_any};
use super::super::{Fate, Json, Scope};
use crate::model::{Detail, Details, Item, Kind, Moment};

/// Reads `secret_conversations.json`: a device that held keys is an event of the account, a call or anything else an
/// item of kind `misc`.
pub fn secret_conversations(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let body = json.get("ig_secret_conversations").unwrap_or(json);
    let mut items = Vec::new();
    for (name, value) in body.members() {
        match name.as_str() {
            "armadillo_devices" => items.extend(value.elements().iter().map(|entry| device(entry, scope))),
            _ => {
                for entry in value.elements() {
                    if let Fate::Items(found) = read_any(entry, scope) {
                        items.extend(found);
                    }
                }
                if name != "calls" {
                    scope.not_understood(name);
                }
            }
        }
    }
    // Members that are no lists, and an export without any device, still say something as a whole.
    if items.is_empty() { read_any(json, scope) } else { Fate::Items(items) }
}

fn device(json: &Json, scope: &mut Scope<'_>) -> Item {
    let mut item = Item::new(Kind::Login);
    item.subkind = Some("secret_conversation_device".to_owned());
    let time_of = |name: &str| json.get(name).and_then(Json::as_integer).and_then(Moment::from_unix);
    item.at = time_of("last_active_time").or_else(|| time_of("online_since"));
    let mut words = Vec::new();
    for (name, value) in json.members() {
        if name.starts_with("device_")
            && let Some(text) = value.as_filled_text()
        {
            words.push(text);
        } else if !matches!(name.as_str(), "last_connected_ip" | "last_active_time" | "online_since") {
            scope.not_understood(name);
        }
        item.details.push_some(name, detail_of(value));
    }
    item.text = Some(words.join(" ")).filter(|text| !text.is_empty());
    item
}

/// Reads `secret_groups.json`: each group that is named, else the counts as one item.
pub fn secret_groups(json: &Json, scope: &mut Scope<'_>) -> Fate {
    let body = json.get("ig_secret_groups").unwrap_or(json);
    let mut items = Vec::new();
    for (name, value) in body.members() {
        for group in value.elements() {
            if let Fate::Items(found) = read_any(group, scope) {
                items.extend(found.into_iter().map(|mut item| {
                    item.details.push("role", name.as_str());
                    item
                }));
            }
        }
    }
    let plain: Vec<_> = body.members().iter().filter(|(_, value)| !value.is_list()).collect();
    if items.is_empty() || plain.iter().any(|(_, value)| value.as_integer().is_none_or(|n| n > 0)) {
        let mut item = Item::new(Kind::Misc);
        item.subkind = Some("secret_groups".to_owned());
        item.details = Details(
            plain.iter().filter_map(|(n, v)| Some((n.clone(), detail_of(v)?))).collect::<Vec<(String, Detail)>>(),
        );
        items.push(item);
    }
    Fate::Items(items)
}
