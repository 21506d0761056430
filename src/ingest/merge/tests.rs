use super::*;
use crate::model::Zone;

fn seen(date: &str, item: Item) -> SightingRow {
    SightingRow {
        id: 0,
        reading_id: 0,
        reader: String::new(),
        path: String::new(),
        place: String::new(),
        thread_id: None,
        thread_key: None,
        record_id: None,
        twin: 0,
        held_as: None,
        item,
        snapshots: [SnapshotRef { date: date.into(), public_id: date.into(), id: date.parse().expect("a number") }]
            .into(),
    }
}

fn message(author: &str, text: Option<&str>) -> Item {
    Item { author: Some(Who::Name(author.into())), text: text.map(Into::into), ..Item::new(Kind::Message) }
}

#[test]
fn nothing_that_any_snapshot_knew_is_lost() {
    let old = Item {
        reactions: vec![Reaction { actor: Who::Name("Mia".into()), reaction: "❤".into(), at: None }],
        subkind: Some("text".into()),
        ..message("Zoë", Some("first"))
    };
    let edited = Item {
        reactions: vec![Reaction { actor: Who::Name("Mia".into()), reaction: "❤\u{fe0f}".into(), at: None }],
        subkind: Some("text".into()),
        ..message("Zoë", Some("second"))
    };
    let gone = Item { subkind: Some("unavailable".into()), ..message("Instagram User", None) };
    let liked = |actor: Who| Item {
        reactions: vec![Reaction { actor, reaction: "❤".into(), at: None }],
        ..message("Zoë", Some("first"))
    };
    let by_both =
        [seen("2020", liked(Who::Handle("mia.example".into()))), seen("2022", liked(Who::Name("Mia".into())))];
    let merged = merge(&by_both, None).expect("a record");
    assert_eq!(merged.item.reactions.iter().map(|one| &one.actor).collect::<Vec<_>>(), [&Who::Name("Mia".into())]);
    let rows = [seen("2022", old), seen("2023", edited), seen("2024", gone)];
    let reversed: Vec<_> = rows.iter().rev().cloned().collect();
    let merged = merge(&rows, None).expect("a record");
    assert_eq!(Some(&merged), merge(&reversed, None).as_ref());
    assert_eq!(merged.item.text.as_deref(), Some("second"));
    assert_eq!(merged.item.author, Some(Who::Name("Zoë".into())));
    assert_eq!(merged.item.subkind.as_deref(), Some("text"));
    assert_eq!(merged.item.reactions.len(), 1);
    assert_eq!(merged.versions, [(2022, "first".to_owned())]);
    assert!(merged.item.is_edited);
    assert_eq!((merged.first.id, merged.last.id), (2022, 2024));
}

#[test]
fn a_reaction_by_nobody_is_one_by_somebody_if_another_download_names_as_many() {
    let check = |downloads: [&[&str]; 2], expected: &[&str]| {
        let reacted = |actor: &&str| Reaction { actor: Who::Name((*actor).into()), reaction: "❤".into(), at: None };
        let item = |actors: &[&str]| Item {
            reactions: actors.iter().map(reacted).collect(),
            ..message("Zoë", Some("first"))
        };
        let rows = [seen("2022", item(downloads[0])), seen("2024", item(downloads[1]))];
        let merged = merge(&rows, None).expect("a record");
        let expected: Vec<Who> = expected.iter().map(|name| Who::Name((*name).into())).collect();
        let actors: Vec<Who> = merged.item.reactions.into_iter().map(|reaction| reaction.actor).collect();
        assert_eq!(actors, expected, "{downloads:?}");
    };
    check([&["Ann"], &["Instagram User"]], &["Ann"]);
    check([&["Instagram-Nutzer"], &["Instagram User"]], &["Instagram User"]);
    check([&["Ann", "Ben"], &["Ann", "Instagram User"]], &["Ann", "Ben"]);
    check([&["Ann"], &["Ann", "Instagram User"]], &["Ann", "Instagram User"]);
}

#[test]
fn a_user_name_is_not_lost_to_nobody() {
    let reacted = |actor: Who| Item {
        reactions: vec![Reaction { actor, reaction: "❤".into(), at: None }],
        ..message("Zoë", Some("first"))
    };
    // Flat rows call people by their user names; whoever deleted their account since is nobody in later ones.
    let handle = Who::Handle("ann.example".into());
    let rows = [seen("2019", reacted(handle.clone())), seen("2024", reacted(Who::Name("Instagram User".into())))];
    let merged = merge(&rows, None).expect("a record");
    assert_eq!(merged.item.reactions.into_iter().map(|reaction| reaction.actor).collect::<Vec<_>>(), [handle]);
}

#[test]
fn what_the_app_wrote_is_not_edited() {
    let left = |name: &str, subkind: &str| Item {
        subkind: Some(subkind.into()),
        ..message(name, Some(&format!("{name} left the group.")))
    };
    let check = |subkind: &str, expected: bool| {
        let sightings = [seen("2022", left("Tom", subkind)), seen("2024", left("Instagram User", subkind))];
        let merged = merge(&sightings, None).expect("a record");
        assert_eq!((merged.item.is_edited, merged.versions.len()), (expected, 1), "{subkind}");
    };
    check("system", false);
    check("text", true);
}

#[test]
fn what_was_done_again_has_the_newest_time_and_the_finest_of_it() {
    const AT: i64 = 1_650_000_000_000;
    let like = |at_ms: i64, precision| Item {
        at: Moment::from_unix(at_ms / 1_000).map(|at| Moment { precision, ..at }),
        ..Item::new(Kind::Like)
    };
    let check = |rows: &[(&str, i64, Precision)], expected: (i64, Precision)| {
        let rows: Vec<_> = rows.iter().map(|(date, at_ms, precision)| seen(date, like(*at_ms, *precision))).collect();
        let at = merge(&rows, None).expect("a record").item.at.expect("a time");
        assert_eq!((at.utc_ms(), at.precision), expected);
    };
    let (second, minute) = (Precision::Second, Precision::Minute);
    // A page whose clock ran elsewhere, and one of another year.
    check(&[("2022", AT, second), ("2024", AT - 7 * 3_600_000, minute)], (AT, second));
    check(&[("2022", AT, second), ("2024", AT + 400 * 86_400_000, minute)], (AT + 400 * 86_400_000, minute));
    check(
        &[
            ("2022", AT, second),
            ("2024", AT + 400 * 86_400_000, minute),
            ("2023", AT + 400 * 86_400_000 + 9_000, second),
        ],
        (AT + 400 * 86_400_000 + 9_000, second),
    );
}

#[test]
fn a_time_whose_zone_is_inferred_says_so() {
    let at = |precision, basis| Item {
        at: Some(Moment { ms: 1_650_000_000_000, precision, basis }),
        ..Item::new(Kind::Search)
    };
    let (page, json) = (at(Precision::Minute, Basis::Wall), at(Precision::Second, Basis::Utc));
    let note = |sightings: &[SightingRow]| {
        merge(sightings, None).expect("a record").item.details.text("time_zone").map(str::to_owned)
    };
    assert_eq!(note(&[seen("2022", page.clone())]).as_deref(), Some("inferred"));
    assert_eq!(note(&[seen("2022", at(Precision::Minute, Basis::Told(Zone::PACIFIC)))]), None);
    assert_eq!(note(&[seen("2022", page), seen("2023", json)]), None);
}

#[test]
fn subkind_of_own_content_is_the_newest() {
    let post = |subkind: Option<&str>| Item { subkind: subkind.map(Into::into), ..Item::new(Kind::Post) };
    let merged = merge(&[seen("2022", post(Some("archived"))), seen("2024", post(None))], None).expect("a record");
    assert_eq!(merged.item.subkind, None);
}

#[test]
fn flat_rows_add_up_and_names_that_pass_are_not_added() {
    let row = |path: &str| Item {
        media: vec![MediaRef { path: path.into(), ..MediaRef::default() }],
        ..Item::new(Kind::Post)
    };
    let rows = [
        seen("2018", row("photos/201805/aaaa.jpg")),
        seen("2018", row("photos/201805/bbbb.jpg")),
        seen("2018", row("photos/201805/bbbb.jpg")),
        seen("2019", row("photos/201805/cccc.jpg")),
        seen("2019", row("videos/201805/dddd.mp4")),
    ];
    let reversed: Vec<_> = rows.iter().rev().cloned().collect();
    let merged = merge(&rows, None).expect("a record");
    let paths: Vec<&str> = merged.item.media.iter().map(|medium| medium.path.as_str()).collect();
    assert_eq!(paths, ["photos/201805/cccc.jpg", "videos/201805/dddd.mp4"]);
    assert_eq!(Some(merged), merge(&reversed, None));
}

#[test]
fn media_are_joined_by_id_and_kept_in_order() {
    let carousel = |paths: &[&str]| Item {
        media: paths.iter().map(|path| MediaRef { path: (*path).into(), ..MediaRef::default() }).collect(),
        ..Item::new(Kind::Post)
    };
    let rows = [
        seen("2022", carousel(&["a/x_n_17900000000000001.jpg", "a/x_n_17900000000000002.jpg"])),
        seen("2024", carousel(&["b/17900000000000002.webp"])),
    ];
    let merged = merge(&rows, None).expect("a record");
    let paths: Vec<&str> = merged.item.media.iter().map(|medium| medium.path.as_str()).collect();
    assert_eq!(paths, ["b/17900000000000002.webp", "a/x_n_17900000000000001.jpg"]);
}
