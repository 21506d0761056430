//! Emoji by the names that people know them by.

/// The emoji of a shortcode as chats write it between colons: `tada`, `heart_eyes`.
pub fn of_shortcode(name: &str) -> Option<&'static str> {
    emojis::get_by_shortcode(&name.to_lowercase()).map(emojis::Emoji::as_str)
}

/// Every emoji whose name or shortcode has a word that begins so: `party` gives 🎉 and 🥳.
pub fn named(typed: &str) -> Vec<&'static str> {
    let typed = typed.trim_matches(':').to_lowercase().replace(['-', ' '], "_");
    if typed.is_empty() {
        return Vec::new();
    }
    let is_named = |emoji: &&emojis::Emoji| {
        let name = emoji.name().to_lowercase().replace(['-', ' '], "_");
        std::iter::once(name.as_str()).chain(emoji.shortcodes()).any(|name| {
            name.match_indices(typed.as_str()).any(|(at, _)| at == 0 || name.as_bytes().get(at - 1) == Some(&b'_'))
        })
    };
    emojis::iter().filter(is_named).map(emojis::Emoji::as_str).collect()
}

/// All shortcodes.
pub fn shortcodes() -> impl Iterator<Item = &'static str> {
    emojis::iter().flat_map(emojis::Emoji::shortcodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_have_names() {
        assert_eq!(of_shortcode("tada"), Some("🎉"));
        assert_eq!(of_shortcode("no such"), None);
        let party = named("party");
        assert!(party.contains(&"🎉") && party.contains(&"🥳") && !party.contains(&"🍕"), "{party:?}");
        assert_eq!(named(":pizza:"), ["🍕"]);
        assert_eq!(named("::"), [""; 0]);
    }
}
