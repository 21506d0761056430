//! What a home holds, as plainly as a fact can be compared with it: columns of the stable views.

use std::collections::{BTreeMap, BTreeSet};

use throwback::model::Kind;
use throwback::store::NamedRow;
use throwback::testing::Life;

use super::passing::Passing;

/// One record.
#[derive(Clone, Debug)]
pub struct Held {
    pub id: String,
    pub kind: Kind,
    pub subkind: String,
    pub at_ms: Option<i64>,
    pub precision: String,
    pub text: String,
    pub who: Option<String>,
    pub media: BTreeSet<u64>,
    pub link: String,
    pub thread: Option<String>,
    /// Who reacted, and how.
    pub reactions: Vec<(String, String)>,
    pub n_sightings: usize,
}

/// The records of the account that is a life's, without kinds that facts do not tell of.
pub fn records(home: &Passing, life: &Life) -> Vec<Held> {
    let numbers = numbers(life);
    let mut media: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for row in home.rows("SELECT record_id, media_hash, media_id FROM attachments WHERE role IS NOT 'subtitles'") {
        let by_hash = row.text("media_hash").and_then(|hash| numbers.get(hash).copied());
        let number = by_hash.or_else(|| row.text("media_id").and_then(|id| id.parse().ok()));
        media.entry(text(&row, "record_id")).or_default().extend(number);
    }
    let mut n_sightings: BTreeMap<String, usize> = BTreeMap::new();
    for row in home.rows("SELECT record_id, count(*) AS n FROM sightings GROUP BY record_id") {
        let n = row.integer("n").and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        n_sightings.insert(text(&row, "record_id"), n);
    }
    let mut reactions: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in home.rows("SELECT record_id, actor, reaction FROM reactions") {
        reactions.entry(text(&row, "record_id")).or_default().push((text(&row, "actor"), text(&row, "reaction")));
    }
    let handles: BTreeSet<&str> = life.owner().handles.iter().map(|(_, handle)| handle.as_str()).collect();
    let rows = home.rows(
        "SELECT r.*, m.share_url FROM records r LEFT JOIN messages m ON m.id = r.id ORDER BY r.kind, r.at_ms, r.id",
    );
    let of_account = rows.iter().filter(|row| handles.contains(row.text("account").unwrap_or_default()));
    let held = of_account.map(|row| {
        let id = text(row, "id");
        let kind = Kind::from_name(row.text("kind").unwrap_or_default()).expect("a kind");
        let side = if kind == Kind::Message { "author" } else { "counterpart" };
        Held {
            kind,
            subkind: text(row, "subkind"),
            at_ms: row.integer("at_ms"),
            precision: text(row, "precision"),
            text: text(row, "text"),
            who: row.text(side).map(str::to_owned),
            media: media.remove(&id).unwrap_or_default(),
            // Without what comes and goes (format reference §4.4).
            link: text(row, if kind == Kind::Message { "share_url" } else { "url" })
                .split('?')
                .next()
                .unwrap_or_default()
                .trim_end_matches('/')
                .to_owned(),
            thread: row.text("thread_id").map(str::to_owned),
            reactions: reactions.remove(&id).unwrap_or_default(),
            n_sightings: n_sightings.get(&id).copied().unwrap_or(0),
            id,
        }
    });
    held.filter(|record| !matches!(record.kind, Kind::Profile | Kind::Setting | Kind::Misc)).collect()
}

/// All people, each with their names.
pub fn people(home: &Passing) -> BTreeMap<String, Vec<String>> {
    let mut people: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in home.rows("SELECT person_id, handle FROM handles ORDER BY person_id, handle") {
        people.entry(text(&row, "person_id")).or_default().push(text(&row, "handle"));
    }
    people
}

fn text(row: &NamedRow, column: &str) -> String {
    row.text(column).unwrap_or_default().to_owned()
}

/// The numbers of all media of a life by the hashes of their bytes, in every quality that downloads have them in.
fn numbers(life: &Life) -> BTreeMap<String, u64> {
    let own = life.own().iter().flat_map(|own| own.media.iter().cloned());
    let chats = (0..life.threads().len())
        .flat_map(|thread| life.messages(thread).flat_map(|message| message.media).collect::<Vec<_>>());
    let all = own.chain(chats);
    all.flat_map(|medium| {
        [0, 1].map(|encoding| (blake3::hash(&medium.content(encoding)).to_hex().to_string(), medium.id))
    })
    .collect()
}
