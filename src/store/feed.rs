//! What the index needs to know: every record with its people and words, in the order of the change log.

use rusqlite::{OptionalExtension, Row};

use super::error::{Context, StoreError};
use super::{Store, in_one_state};
use crate::model::{Detail, Details, KeyBuilder, Kind, NOTICES};

/// A record as far as it can be searched.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that a query can ask for")]
#[derive(Clone, Debug, PartialEq)]
pub struct Searchable {
    pub row: i64,
    pub account_id: i64,
    pub kind: Kind,
    pub subkind: Option<String>,
    pub at_ms: Option<i64>,
    /// Row of the author's name.
    pub author_id: Option<i64>,
    /// Rows of further names: the counterpart, who takes part in the conversation, who reacted.
    pub others: Vec<i64>,
    pub thread_id: Option<i64>,
    pub text: Option<String>,
    /// Strings worth finding that are not the author's words, then every other string that the record holds: those of
    /// its details, and who it is about.
    pub other_text: Vec<String>,
    pub url: Option<String>,
    pub place: Option<String>,
    pub share_url: Option<String>,
    pub share_text: Option<String>,
    pub has_coordinates: bool,
    pub is_unsent: bool,
    pub is_edited: bool,
    pub is_gone: bool,
    /// The service wrote it into a conversation, nobody else.
    pub is_notice: bool,
    pub n_reactions: i64,
    /// Media types of the attachments, and the roles of those that have one.
    pub media_types: Vec<String>,
}

pub(super) const SEARCHABLE: &str =
    "SELECT r.id, r.account_id, r.kind, r.subkind, r.at_ms, r.author_id, r.counterpart_id, r.thread_id, r.text,
       r.other_text, r.url, r.place, r.share_url, r.share_text, r.latitude IS NOT NULL, r.is_unsent, r.is_edited,
       r.is_gone IS 1, r.n_reactions, r.n_attachments, r.changed, r.details,
       (SELECT h.handle FROM handle h WHERE h.id = r.counterpart_id)
  FROM record r";

/// So many people of a conversation are searched with each of its messages (a guess: more than a group has). Without a
/// limit a made-up conversation of 20,000 people and messages took 2.6 GB and more than a minute, measured.
const PARTICIPANTS_SEARCHED: usize = 1_000;

impl Store {
    /// Every record that changed after `change`, oldest change first, and the rows that were removed since. Gives the
    /// last change that is in what was told.
    pub fn changes_after(
        &self,
        change: i64,
        each: &mut dyn FnMut(Searchable) -> bool,
        removed: &mut dyn FnMut(i64) -> bool,
    ) -> Result<i64, StoreError> {
        in_one_state(self.connection(), "following the change log", || {
            let last = self.last_change()?;
            self.tell_changes(change, each, removed)?;
            Ok(last)
        })
    }

    fn tell_changes(
        &self,
        change: i64,
        each: &mut dyn FnMut(Searchable) -> bool,
        removed: &mut dyn FnMut(i64) -> bool,
    ) -> Result<(), StoreError> {
        let mut gone = self
            .connection()
            .prepare_cached("SELECT record_id FROM removed_record WHERE changed > ?1 ORDER BY changed, record_id")
            .context("following the change log")?;
        let mut rows = gone.query([change]).context("following the change log")?;
        while let Some(row) = rows.next().context("following the change log")? {
            if !removed(row.get(0).context("following the change log")?) {
                return Ok(());
            }
        }
        let sql = format!("{SEARCHABLE} WHERE r.changed > ?1 ORDER BY r.changed, r.id");
        let mut select = self.connection().prepare_cached(&sql).context("following the change log")?;
        let mut rows = select.query([change]).context("following the change log")?;
        while let Some(row) = rows.next().context("following the change log")? {
            if !each(self.searchable(row)?) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Rows of the conversations.
    pub fn thread_rows(&self) -> Result<Vec<i64>, StoreError> {
        let doing = "reading conversations";
        let mut select = self.connection().prepare_cached("SELECT id FROM thread ORDER BY public_id").context(doing)?;
        let rows = select.query_map([], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// Row and time of the messages of a conversation that somebody sent, no notices of the service, until `each` gives
    /// false: those at `from_ms` and after it, oldest first, or those before it, newest first. Of one moment they come in
    /// the order of their ids.
    pub fn said(
        &self,
        thread: i64,
        from_ms: i64,
        is_backwards: bool,
        each: &mut dyn FnMut(i64, i64) -> bool,
    ) -> Result<(), StoreError> {
        // The sign keeps SQLite from reading all messages by kind and time instead of those of the conversation.
        const SAID: &str =
            "SELECT id, at_ms, subkind, n_attachments, share_url IS NOT NULL OR share_text IS NOT NULL AS is_share
               FROM record WHERE thread_id = ?1 AND +kind = ?3 AND ";
        let doing = "reading a conversation";
        let rest = if is_backwards {
            "at_ms < ?2 ORDER BY at_ms DESC, public_id DESC"
        } else {
            "at_ms >= ?2 ORDER BY at_ms, public_id"
        };
        let mut select = self.connection().prepare_cached(&format!("{SAID}{rest}")).context(doing)?;
        let mut rows = select.query((thread, from_ms, Kind::Message.code())).context(doing)?;
        while let Some(row) = rows.next().context(doing)? {
            let subkind = row.get_ref(2).and_then(|value| Ok(value.as_str_or_null()?)).context(doing)?;
            if is_notice(subkind, row.get(3).context(doing)?, row.get(4).context(doing)?) {
                continue;
            }
            if !each(row.get(0).context(doing)?, row.get(1).context(doing)?) {
                break;
            }
        }
        Ok(())
    }

    /// How many records changed or went after `change`.
    pub fn n_changes_after(&self, change: i64) -> Result<u64, StoreError> {
        let n: i64 = self
            .connection()
            .query_row(
                "SELECT (SELECT count(*) FROM record WHERE changed > ?1) + (SELECT count(*) FROM removed_record WHERE changed > ?1)",
                [change],
                |row| row.get(0),
            )
            .context("following the change log")?;
        Ok(n.unsigned_abs())
    }

    /// Reads what [`SEARCHABLE`] selects.
    pub(super) fn searchable(&self, row: &Row<'_>) -> Result<Searchable, StoreError> {
        let doing = "reading a record for the index";
        let id: i64 = row.get(0).context(doing)?;
        let kind: i64 = row.get(2).context(doing)?;
        let thread_id: Option<i64> = row.get(7).context(doing)?;
        let counterpart: Option<i64> = row.get(6).context(doing)?;
        let other_text: Option<String> = row.get(9).context(doing)?;
        let mut other_text: Vec<String> = match other_text {
            Some(json) => serde_json::from_str(&json).context("read")?,
            None => Vec::new(),
        };
        let details = row.get_ref(21).and_then(|value| Ok(value.as_bytes()?)).context(doing)?;
        if details != b"{}" {
            let details: Details = serde_json::from_slice(details).context("read")?;
            add_words(&details, &mut other_text);
        }
        other_text.extend(row.get::<_, Option<String>>(22).context(doing)?);
        let n_reactions: i64 = row.get(18).context(doing)?;
        let n_attachments: i64 = row.get(19).context(doing)?;
        let mut others: Vec<i64> = counterpart.into_iter().collect();
        if let Some(thread) = thread_id {
            let sql = format!("SELECT handle_id FROM participant WHERE thread_id = ?1 LIMIT {PARTICIPANTS_SEARCHED}");
            others.extend(self.ids(&sql, thread)?);
        }
        let kind = Kind::from_code(kind).ok_or_else(|| StoreError::Value(format!("unknown kind {kind}")))?;
        let subkind: Option<String> = row.get(3).context(doing)?;
        let share_url: Option<String> = row.get(12).context(doing)?;
        let share_text: Option<String> = row.get(13).context(doing)?;
        let is_share = share_url.is_some() || share_text.is_some();
        let is_notice = kind == Kind::Message && is_notice(subkind.as_deref(), n_attachments, is_share);
        Ok(Searchable {
            row: id,
            account_id: row.get(1).context(doing)?,
            kind,
            subkind,
            is_notice,
            at_ms: row.get(4).context(doing)?,
            author_id: row.get(5).context(doing)?,
            others,
            thread_id,
            text: row.get(8).context(doing)?,
            other_text,
            url: row.get(10).context(doing)?,
            place: row.get(11).context(doing)?,
            share_url,
            share_text,
            has_coordinates: row.get(14).context(doing)?,
            is_unsent: row.get(15).context(doing)?,
            is_edited: row.get(16).context(doing)?,
            is_gone: row.get(17).context(doing)?,
            n_reactions,
            media_types: if n_attachments > 0 { self.media_types(id)? } else { Vec::new() },
        })
    }

    fn media_types(&self, record: i64) -> Result<Vec<String>, StoreError> {
        let mut select = self
            .connection()
            .prepare_cached(
                "SELECT coalesce(m.type, a.role, a.path) FROM attachment a LEFT JOIN medium m ON m.id = a.medium_id
                  WHERE a.record_id = ?1 ORDER BY a.position",
            )
            .context("reading attachments")?;
        let rows = select.query_map([record], |row| row.get(0)).context("reading attachments")?;
        rows.collect::<Result<_, _>>().context("reading attachments")
    }

    fn ids(&self, sql: &str, of: i64) -> Result<Vec<i64>, StoreError> {
        let mut select = self.connection().prepare_cached(sql).context("reading names")?;
        let rows = select.query_map([of], |row| row.get(0)).context("reading names")?;
        rows.collect::<Result<_, _>>().context("reading names")
    }

    /// Rows of the records that stood in any of these snapshots, by their ids.
    pub fn records_of_snapshots(&self, snapshots: &[String]) -> Result<Vec<i64>, StoreError> {
        let doing = "looking for what a snapshot shows";
        let mut select = self
            .connection()
            .prepare_cached(
                "WITH seen AS (SELECT e.id, e.reading_id FROM snapshot n
                                 JOIN archive a ON a.snapshot_id = n.id JOIN entry e ON e.archive_id = a.id
                                WHERE n.public_id IN (SELECT value FROM json_each(?1)))
                 SELECT s.record_id FROM seen JOIN sighting s ON s.reading_id = seen.reading_id
                  WHERE s.record_id IS NOT NULL
                 UNION
                 SELECT u.record_id FROM seen JOIN unlisted u ON u.entry_id = seen.id WHERE u.record_id IS NOT NULL",
            )
            .context(doing)?;
        let ids = serde_json::to_string(snapshots).context("written")?;
        let rows = select.query_map([ids], |row| row.get(0)).context(doing)?;
        rows.collect::<Result<_, _>>().context(doing)
    }

    /// The id of a row.
    pub fn public_id_of(&self, row: i64) -> Result<Option<String>, StoreError> {
        self.connection()
            .prepare_cached("SELECT public_id FROM record WHERE id = ?1")
            .and_then(|mut select| select.query_row([row], |row| row.get(0)).optional())
            .context("looking up a record")
    }

    /// Conversations whose title, or one of whose people, has a name that begins with what was typed (or whose id does).
    pub fn find_threads(&self, typed: &str) -> Result<Vec<i64>, StoreError> {
        let folded = super::people::fold_name(typed.trim_start_matches('@'));
        if folded.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = self
            .connection()
            .prepare_cached(
                // A group is also known by the titles that it had before.
                "SELECT t.id, coalesce(x.value, t.title), t.public_id
                   FROM thread t LEFT JOIN json_each(t.details, '$.titles') x ORDER BY t.public_id",
            )
            .context("looking up conversations")?;
        let rows = select
            .query_map([], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, String>(2)?))
            })
            .context("looking up conversations")?;
        let (mut whole, mut beginning) = (Vec::new(), Vec::new());
        for row in rows {
            let (id, title, public_id) = row.context("looking up conversations")?;
            let title = super::people::fold_name(title.as_deref().unwrap_or_default());
            if title == folded || public_id == folded {
                whole.push(id);
            } else if title.starts_with(&folded)
                || title.contains(&format!(" {folded}"))
                || (folded.len() >= 4 && public_id.starts_with(&folded))
            {
                beginning.push(id);
            }
        }
        if !whole.is_empty() {
            whole.dedup();
            return Ok(whole);
        }
        beginning.dedup();
        if beginning.is_empty() {
            // A conversation of two is also known by the other's names.
            for person in self.find_people(typed)? {
                beginning.extend(self.ids(
                    "SELECT x.thread_id FROM participant x JOIN thread t ON t.id = x.thread_id
                      WHERE x.handle_id = ?1 AND t.kind = 1
                        AND NOT EXISTS (SELECT 1 FROM account_person o JOIN handle h ON h.person_id = o.person_id
                                         WHERE h.id = ?1 AND o.account_id = t.account_id)",
                    person.handle_id,
                )?);
            }
            beginning.sort_unstable();
            beginning.dedup();
        }
        if beginning.is_empty() && folded.len() >= 4 {
            beginning = self.threads_once_known_as(&folded)?;
        }
        Ok(beginning)
    }

    /// Conversations that had an id which begins so before they were found to be one with another, or another user name of
    /// their account was known.
    fn threads_once_known_as(&self, beginning: &str) -> Result<Vec<i64>, StoreError> {
        let doing = "looking up conversations";
        let mut select = self.connection().prepare_cached("SELECT key, thread_id FROM thread_key").context(doing)?;
        let mut rows = select.query([]).context(doing)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().context(doing)? {
            let key = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).context(doing)?;
            if KeyBuilder::new("thread").part(key).public_id().as_str().starts_with(beginning) {
                found.push(row.get(1).context(doing)?);
            }
        }
        let aliases = "SELECT thread_id FROM thread_alias WHERE public_id >= ?1 AND public_id < ?1 || '~'";
        let mut select = self.connection().prepare_cached(aliases).context(doing)?;
        for row in select.query_map([beginning], |row| row.get(0)).context(doing)? {
            found.push(row.context(doing)?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// Whether the service wrote a message of this subkind. With a picture or a share it is somebody's.
fn is_notice(subkind: Option<&str>, n_attachments: i64, is_share: bool) -> bool {
    subkind.is_some_and(|subkind| NOTICES.contains(&subkind)) && n_attachments == 0 && !is_share
}

/// Adds the strings of a record's details that one may look for, each once. Ids, paths, words for the form of a thing
/// and times are none.
fn add_words(details: &Details, words: &mut Vec<String>) {
    for (name, value) in &details.0 {
        if !matches!(name.as_str(), "type" | "app" | "fbid" | "uri" | "label" | "ent_name" | "ent_field_name") {
            add_words_of(value, words);
        }
    }
}

fn add_words_of(detail: &Detail, words: &mut Vec<String>) {
    match detail {
        Detail::Text(text) if is_time(text) || words.contains(text) => {}
        Detail::Text(text) => words.push(text.clone()),
        Detail::List(list) => list.iter().for_each(|detail| add_words_of(detail, words)),
        Detail::Map(map) => add_words(map, words),
        Detail::Bool(_) | Detail::Integer(_) | Detail::Float(_) => {}
    }
}

/// A time as readers write it into details: `2022-04-15T05:20:00Z`.
fn is_time(text: &str) -> bool {
    text.len() == 20
        && text.ends_with('Z')
        && text.as_bytes()[10] == b'T'
        && text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_details_are_words() {
        let check = |json: &str, expected: &[&str]| {
            let details: Details = serde_json::from_str(json).expect("details");
            let mut words = vec!["known".to_owned()];
            add_words(&details, &mut words);
            assert_eq!(words[1..], *expected, "{json}");
        };
        check("{}", &[]);
        check(
            r#"{"hashtags":["cake","rye"],"type":"Share","a":{"b":["deep","known"]},"n":7,"is_ad":false}"#,
            &["cake", "rye", "deep"],
        );
        check(r#"{"Likes":"102,497","update_time":"2020-09-13T12:33:21Z","fbid":"18000000000000001"}"#, &["102,497"]);
    }
}
