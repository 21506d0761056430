//! Who a text or a link names.

use crate::model::Who;

/// A text that stands where a user name belongs: a handle when it has the form of one, else a name.
pub fn who(text: &str) -> Option<Who> {
    let text = text.trim();
    let bare = text.strip_prefix('@').unwrap_or(text);
    if is_handle(bare) {
        Some(Who::Handle(bare.to_owned()))
    } else {
        (!text.is_empty()).then(|| Who::Name(text.to_owned()))
    }
}

/// Whether a text has the form of a user name: 1 to 30 letters, digits, dots and underscores.
pub fn is_handle(text: &str) -> bool {
    (1..=30).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_')
}

/// The user whose profile or story a link leads to (format reference §1.C5); `None` for links to posts, tags and other sites.
pub fn handle_of_link(link: &str) -> Option<&str> {
    let mut segments = own_path(link)?.split('/').filter(|segment| !segment.is_empty());
    let user = match segments.next()? {
        "p" | "reel" | "reels" | "tv" | "explore" | "accounts" | "direct" | "s" | "share" | "t" => return None,
        "stories" => segments.next().filter(|user| *user != "highlights")?,
        "_u" | "_n" => segments.next()?,
        user => user,
    };
    let user = user.strip_prefix('@').unwrap_or(user);
    is_handle(user).then_some(user)
}

/// The tag that a link to `/explore/tags/<tag>` names.
pub fn tag_of_link(link: &str) -> Option<&str> {
    let tag = own_path(link)?.trim_start_matches('/').strip_prefix("explore/tags/")?.split('/').next()?;
    (!tag.is_empty()).then_some(tag)
}

/// Whether a text is a web address.
pub fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The path of a link to Instagram or Threads, without query; `None` for any other site.
pub fn own_path(link: &str) -> Option<&str> {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find('/')?);
    let host = host.strip_prefix("www.").unwrap_or(host);
    let is_own = ["instagram.com", "m.instagram.com", "threads.net", "threads.com"].contains(&host);
    is_own.then(|| path.split(['?', '#']).next().unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_name_their_user() {
        let check = |link, user| assert_eq!(handle_of_link(link), user, "{link}");
        check("https://www.instagram.com/ann_example", Some("ann_example"));
        check("https://www.instagram.com/ann_example/?hl=en", Some("ann_example"));
        check("https://www.instagram.com/_u/ann_example", Some("ann_example"));
        check("https://instagram.com/stories/ann_example/3100000000000000001", Some("ann_example"));
        check("https://www.threads.net/@ann_example", Some("ann_example"));
        check("https://www.threads.com/@ann_example/post/Cabc", Some("ann_example"));
        check("https://www.instagram.com/p/Cabc123defG/", None);
        check("https://www.instagram.com/reel/Cabc123defG/", None);
        check("https://www.instagram.com/explore/tags/cats", None);
        check("https://linktr.ee/ann_example", None);
        check("https://www.instagram.com", None);
        check("", None);
        assert_eq!(tag_of_link("https://www.instagram.com/explore/tags/cats/"), Some("cats"));
    }

    #[test]
    fn texts_are_handles_or_names() {
        assert_eq!(who(" @ann.example "), Some(Who::Handle("ann.example".to_owned())));
        assert_eq!(who("Ann Example"), Some(Who::Name("Ann Example".to_owned())));
        assert_eq!(who("  "), None);
    }
}
