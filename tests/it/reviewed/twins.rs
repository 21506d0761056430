//! Trees that tell of one account in several ways: alone each is held word for word; here they are held against each other.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::support::{TestHome, assert_same, fixtures};

const LANGUAGES: [&str; 5] = ["d_twin_us", "d_twin_gb", "d_twin_de", "d_twin_fr", "d_twin_ko"];

fn trees(names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(|name| fixtures().join(name)).collect()
}

/// What a record is, whatever language its labels have. What the app wrote is in the owner's language.
fn facts(home: &TestHome) -> Vec<String> {
    let rows = home.rows(
        "SELECT r.kind || ' ' || coalesce(r.subkind, '-') || ' at ' || coalesce(r.at || ' ' || r.precision, '-')
                || ' by ' || coalesce(r.author, '-') || ' with ' || coalesce(r.counterpart, '-')
                || ' in ' || coalesce(t.title, '-') || ' url ' || coalesce(r.url, m.share_url, '-') || ' place ' || coalesce(r.place, '-')
                || CASE WHEN r.subkind LIKE '%notice' THEN '' ELSE ' text ' || coalesce(r.text, '-') END
                || ' media ' || coalesce((SELECT group_concat(path || media_hash) FROM attachments a WHERE a.record_id = r.id), '-')
                || ' reactions ' || coalesce((SELECT group_concat(reaction || actor) FROM reactions x WHERE x.record_id = r.id), '-')
                || ' collection ' || coalesce(r.details ->> '$.collection', '-') AS fact
           FROM records r LEFT JOIN threads t ON t.id = r.thread_id LEFT JOIN messages m ON m.id = r.id ORDER BY 1",
    );
    rows.iter().map(|row| row.text("fact").expect("a fact").to_owned()).collect()
}

/// Records by kind; every distinct profile document is a record of its own.
fn kinds_but_profiles(home: &TestHome) -> BTreeMap<String, i64> {
    let mut kinds = home.kinds();
    kinds.remove("profile");
    kinds
}

#[test]
fn one_account_in_five_languages_gives_the_same_records() {
    let homes = LANGUAGES.map(|name| TestHome::of(&trees(&[name])));
    let expected = facts(&homes[0]);
    assert!(expected.len() > 15, "{expected:#?}");
    for (home, name) in homes.iter().zip(LANGUAGES) {
        assert_same(&facts(home), &expected, name);
    }
    let all = TestHome::of(&trees(&LANGUAGES));
    assert_eq!(kinds_but_profiles(&all), kinds_but_profiles(&homes[0]));
    assert_eq!(all.number("SELECT count(*) FROM threads"), 1);
}

/// What a page and JSON both tell of a record, its time cut to the minute.
fn to_the_minute(home: &TestHome) -> Vec<String> {
    let rows = home.rows(
        "SELECT r.kind || ' ' || coalesce(r.subkind, '-') || ' at ' || coalesce(substr(r.at, 1, 16), '-') || ' by ' || coalesce(r.author, '-')
                || ' with ' || coalesce(r.counterpart, '-') || ' in ' || coalesce(t.title, '-') || ' url ' || coalesce(r.url, m.share_url, '-')
                || ' text ' || coalesce(r.text, '-') || ' media ' || r.media_count AS fact
           FROM records r LEFT JOIN threads t ON t.id = r.thread_id LEFT JOIN messages m ON m.id = r.id ORDER BY 1",
    );
    rows.iter().map(|row| row.text("fact").expect("a fact").to_owned()).collect()
}

#[test]
fn a_page_and_its_json_tell_the_same_messages() {
    let [json, page] = ["d_minute_json", "d_minute_html"].map(|name| TestHome::of(&trees(&[name])));
    let [of_json, mut of_page] = [&json, &page].map(to_the_minute);
    // In November an hour comes twice; a page does not say which of them it means, and the first is taken.
    let first =
        of_page.iter_mut().find(|fact| fact.ends_with("danach media 0")).expect("the message of the second hour");
    assert!(first.contains("2023-11-05T08:30"), "{first}");
    *first = first.replace("2023-11-05T08:30", "2023-11-05T09:30");
    of_page.sort();
    assert_same(&of_page, &of_json, "a conversation");
    assert_eq!(page.number("SELECT count(*) FROM messages WHERE precision = 'minute'"), 8);
    assert_eq!(json.number("SELECT count(*) FROM messages WHERE precision = 'ms'"), 8);
}

#[test]
fn pages_of_2022_tell_what_their_json_tells() {
    let [json, pages] = ["c_2022", "html_2022"].map(|name| to_the_minute(&TestHome::of(&trees(&[name]))));
    let json: BTreeMap<&String, usize> =
        json.iter().map(|fact| (fact, json.iter().filter(|f| *f == fact).count())).collect();
    let only: Vec<_> = pages.iter().filter(|fact| !json.contains_key(fact)).collect();
    assert!(only.is_empty(), "{only:#?}");
    assert!(pages.len() > 60, "{}", pages.len());
}

#[test]
fn pages_are_one_conversation_in_the_order_of_their_numbers() {
    let home = TestHome::of(&trees(&["d_pages"]));
    let rows = home.rows("SELECT title, n_messages FROM threads");
    assert_eq!((rows.len(), rows[0].text("title"), rows[0].integer("n_messages")), (1, Some("Leo Weiß"), Some(13)));
}
