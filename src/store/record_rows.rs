//! Reading a stored record back whole.

use rusqlite::Row;

use super::Store;
use super::error::{Context, StoreError, key_of};
use super::records::{Attachment, COLUMNS, Record, RecordReaction, Version};
use crate::model::{Kind, Precision};

impl Store {
    pub fn record(&self, id: i64) -> Result<Record, StoreError> {
        load_record(self.connection(), id)
    }
}

pub(super) fn load_record(connection: &rusqlite::Connection, id: i64) -> Result<Record, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM record WHERE id = :id");
    let mut statement = connection.prepare_cached(&sql).context("reading a record")?;
    let mut rows = statement.query([id]).context("reading a record")?;
    let Some(row) = rows.next().context("reading a record")? else {
        return Err(StoreError::Value(format!("record {id} is not there")));
    };
    let mut record = record_from_row(row)?;
    let mut attachments = connection
        .prepare_cached(
            "SELECT path, role, at_ms, external_id, medium_id, document_id FROM attachment WHERE record_id = :id ORDER BY position",
        )
        .context("reading attachments")?;
    record.attachments = attachments
        .query_map([id], |row| {
            Ok(Attachment {
                path: row.get(0)?,
                role: row.get(1)?,
                at_ms: row.get(2)?,
                external_id: row.get(3)?,
                medium_id: row.get(4)?,
                document_id: row.get(5)?,
            })
        })
        .and_then(Iterator::collect)
        .context("reading attachments")?;
    let mut reactions = connection
        .prepare_cached("SELECT actor_id, reaction, at_ms FROM reaction WHERE record_id = :id ORDER BY position")
        .context("reading reactions")?;
    record.reactions = reactions
        .query_map([id], |row| Ok(RecordReaction { actor_id: row.get(0)?, reaction: row.get(1)?, at_ms: row.get(2)? }))
        .and_then(Iterator::collect)
        .context("reading reactions")?;
    let mut versions = connection
        .prepare_cached("SELECT snapshot_id, text FROM version WHERE record_id = :id ORDER BY snapshot_id, text")
        .context("reading versions")?;
    record.versions = versions
        .query_map([id], |row| Ok(Version { snapshot_id: row.get(0)?, text: row.get(1)? }))
        .and_then(Iterator::collect)
        .context("reading versions")?;
    let mut aliases = connection
        .prepare_cached("SELECT public_id FROM alias WHERE record_id = :id ORDER BY public_id")
        .context("reading other ids")?;
    record.aliases =
        aliases.query_map([id], |row| row.get(0)).and_then(Iterator::collect).context("reading other ids")?;
    Ok(record)
}

fn record_from_row(row: &Row<'_>) -> Result<Record, StoreError> {
    let doing = "reading a record";
    let key: Vec<u8> = row.get("key").context(doing)?;
    let kind: i64 = row.get("kind").context(doing)?;
    let precision: Option<i64> = row.get("precision").context(doing)?;
    let other_text: Option<String> = row.get("other_text").context(doing)?;
    Ok(Record {
        key: key_of(&key)?,
        public_id: row.get("public_id").context(doing)?,
        account_id: row.get("account_id").context(doing)?,
        kind: Kind::from_code(kind).ok_or_else(|| StoreError::Value(format!("unknown kind {kind}")))?,
        subkind: row.get("subkind").context(doing)?,
        at_ms: row.get("at_ms").context(doing)?,
        precision: precision.and_then(Precision::from_code),
        author_id: row.get("author_id").context(doing)?,
        counterpart_id: row.get("counterpart_id").context(doing)?,
        thread_id: row.get("thread_id").context(doing)?,
        text: row.get("text").context(doing)?,
        other_text: match other_text {
            Some(json) => serde_json::from_str(&json).context("read")?,
            None => Vec::new(),
        },
        url: row.get("url").context(doing)?,
        place: row.get("place").context(doing)?,
        latitude: row.get("latitude").context(doing)?,
        longitude: row.get("longitude").context(doing)?,
        share_url: row.get("share_url").context(doing)?,
        share_text: row.get("share_text").context(doing)?,
        share_owner: row.get("share_owner").context(doing)?,
        call_seconds: row.get("call_seconds").context(doing)?,
        is_unsent: row.get("is_unsent").context(doing)?,
        is_edited: row.get("is_edited").context(doing)?,
        details: row.get("details").context(doing)?,
        first_snapshot_id: row.get("first_snapshot_id").context(doing)?,
        last_snapshot_id: row.get("last_snapshot_id").context(doing)?,
        attachments: Vec::new(),
        reactions: Vec::new(),
        versions: Vec::new(),
        aliases: Vec::new(),
    })
}
