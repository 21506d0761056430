//! What the beginning of a document tells about the generation of its download. Names alone do not tell E from D.

use super::json::base_name;
use crate::model::Generation;

/// Lists that generation E writes as `label_values` and those before it did not (format reference §1.E1).
const LISTS_OF_E: [&str; 15] = [
    "liked_posts",
    "story_likes",
    "polls",
    "ads_viewed",
    "ads_clicked",
    "posts_viewed",
    "videos_watched",
    "threads_viewed",
    "saved_posts",
    "saved_collections",
    "recently_unfollowed_profiles",
    "blocked_profiles",
    "close_friends",
    "hide_story_from",
    "pending_follow_requests",
];

/// Whether the beginning of a document can tell its download's generation.
pub fn may_tell_generation(path: &str) -> bool {
    path.ends_with(".json") && LISTS_OF_E.contains(&base_name(path))
}

/// The generation that the beginning of such a document tells beyond doubt.
pub fn generation_told_by(path: &str, beginning: &[u8]) -> Option<Generation> {
    const MARK: &[u8] = b"\"label_values\"";
    let is_of_e = may_tell_generation(path) && beginning.windows(MARK.len()).any(|window| window == MARK);
    is_of_e.then_some(Generation::E)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_changed_their_shape_tell_generation_e() {
        let check = |path: &str, beginning: &str, expected| {
            assert_eq!(generation_told_by(path, beginning.as_bytes()), expected, "{path} {beginning}");
        };
        let new = r#"[{"timestamp":1,"label_values":["#;
        check("your_instagram_activity/likes/liked_posts.json", new, Some(Generation::E));
        check("likes/liked_posts_2.json", new, Some(Generation::E));
        check("likes/liked_posts.json", r#"{"likes_media_likes":[{"title":"#, None);
        check("settings/consents.json", new, None);
        check("likes/liked_posts.html", new, None);
    }
}
