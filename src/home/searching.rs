//! Search over store and index together.

use std::ops::ControlFlow;
use std::rc::Rc;

use chrono::{DateTime, NaiveDate, TimeZone};

use super::names::StoreNames;
use super::talks::FoundTalk;
use super::then::{self, Then};
use super::{Home, HomeError, Lock};
use crate::index::{
    self, Change, ChangeFeed, Compiled, Counts, Explained, Hit, Hits, Index, IndexError, Order, RecordDocument, Said,
    Search, State, Tier, Tiers, Walk,
};
use crate::query::Query;
use crate::store::{IS_EDITED, NamedRow, Searchable, Store, StoreError, Value};

/// The store as the index wants it.
#[derive(Debug)]
pub(super) struct Feed<'s>(pub &'s Store);

impl ChangeFeed for Feed<'_> {
    type Error = StoreError;

    fn home_id(&self) -> Result<String, StoreError> {
        self.0.home_id()
    }

    fn last_change(&self) -> Result<u64, StoreError> {
        Ok(self.0.last_change()?.unsigned_abs())
    }

    fn changes_after(&self, seq: u64, take: &mut dyn FnMut(Change) -> ControlFlow<()>) -> Result<u64, StoreError> {
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let take = std::cell::RefCell::new(take);
        let last = self.0.changes_after(
            seq,
            &mut |record| (take.borrow_mut())(Change::Put(Box::new(document(record)))).is_continue(),
            &mut |row| (take.borrow_mut())(Change::Remove { row }).is_continue(),
        )?;
        Ok(last.unsigned_abs())
    }

    fn all(&self, take: &mut dyn FnMut(RecordDocument) -> ControlFlow<()>) -> Result<u64, StoreError> {
        let last = self.0.changes_after(-1, &mut |record| take(document(record)).is_continue(), &mut |_| true)?;
        Ok(last.unsigned_abs())
    }

    fn threads(&self) -> Result<Vec<i64>, StoreError> {
        self.0.thread_rows()
    }

    fn said(&self, thread: i64, walk: Walk, take: &mut dyn FnMut(Said) -> ControlFlow<()>) -> Result<(), StoreError> {
        let (from_ms, is_backwards) = match walk {
            Walk::From(ms) => (ms, false),
            Walk::Before(ms) => (ms, true),
        };
        self.0.said(thread, from_ms, is_backwards, &mut |row, at_ms| take(Said { row, at_ms }).is_continue())
    }
}

/// A record as the index sees it.
pub(super) fn document(record: Searchable) -> RecordDocument {
    let mut has = Vec::new();
    let mut note = |is_so: bool, name: &'static str| {
        if is_so && !has.contains(&name) {
            has.push(name);
        }
    };
    for name in &record.media_types {
        note(name.starts_with("image/"), "photo");
        note(name.starts_with("video/"), "video");
        note(name.starts_with("audio/"), "audio");
    }
    note(!record.media_types.is_empty(), "media");
    let text_has_link = record.text.as_deref().is_some_and(|text| text.contains("://") || text.contains("www."));
    note(
        text_has_link || record.share_url.is_some() || record.url.as_deref().is_some_and(|url| !url.is_empty()),
        "link",
    );
    note(record.share_url.is_some() || record.share_text.is_some(), "share");
    note(record.n_reactions > 0, "reaction");
    note(record.has_coordinates || record.place.is_some(), "place");
    note(record.subkind.as_deref() == Some("call"), "call");
    let is = [(record.is_edited, "edited"), (record.is_unsent, "unsent"), (record.is_gone, "gone")];
    let mut other_text = record.other_text;
    other_text.extend([record.share_text, record.place].into_iter().flatten());
    let mut document = RecordDocument::new(record.row, record.account_id, record.kind);
    document.subkind = record.subkind;
    document.at_ms = record.at_ms;
    document.author = record.author_id;
    document.others = record.others;
    document.thread = record.thread_id;
    document.has = has;
    document.is = is.into_iter().filter(|(is_so, _)| *is_so).map(|(_, name)| name).collect();
    document.is_notice = record.is_notice;
    document.text = record.text;
    document.other_text = other_text;
    document
}

/// What a search is asked for beside its query.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchOptions {
    pub order: Option<Order>,
    pub tiers: Tiers,
    /// 0 for all.
    pub limit: usize,
    /// Messages of the conversation shown before and after each hit.
    pub n_before: usize,
    pub n_after: usize,
}

/// A record that was found, with everything that is shown of it.
#[derive(Clone, Debug)]
pub struct Found {
    /// The row of the view `records`, with `thread` (the conversation's title) and `snapshots` beside it.
    pub record: NamedRow,
    pub snapshots: Vec<String>,
    pub score: f32,
    pub tier: Tier,
    /// Bytes of the text that matched.
    pub highlights: Vec<(usize, usize)>,
    /// A text that was replaced and matches, where the text itself does not.
    pub earlier: Option<String>,
    pub context: Context,
}

/// The talk around a hit, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub before: Vec<NamedRow>,
    pub after: Vec<NamedRow>,
}

/// What a search found.
#[derive(Debug)]
pub struct Answer {
    pub found: Vec<Found>,
    /// The best talks; they stand below all records.
    pub talks: Vec<FoundTalk>,
    /// How many talks there are; `None` where none were looked for: the records that were found fill what is shown, or
    /// there are not two words that could stand apart.
    pub n_talks: Option<u64>,
    pub hits: Hits,
    /// Parts of the query in which there was nothing to search for.
    pub ignored: Vec<String>,
}

/// A home that is open for searching.
#[derive(Debug)]
pub struct Searcher {
    home: Home,
    command: String,
    store: Store,
    index: Index,
    /// What stands in the place of records that were other ones on the day that is meant.
    pub(super) then: Option<Rc<Then>>,
    /// The day as of which is searched; `None` for today.
    pub as_of: Option<NaiveDate>,
    /// How many changes the index is missing; they could not be caught up because somebody else writes.
    pub behind: u64,
}

impl Home {
    /// Opens index and store, in this order: what the index finds is there in the records. They are read as they are now
    /// until [`Searcher::end_reading`]. An index that is behind is caught up when nobody writes; else what is there is
    /// searched.
    pub fn searcher(&self, command: &str) -> Result<Searcher, HomeError> {
        let mut index = Index::open(&self.index_path())?;
        let store = self.reader()?;
        let state = index.state(&Feed(&store))?;
        let mut behind = 0;
        if state != State::Current {
            match Lock::take(self.path(), command) {
                Ok(_lock) => {
                    // Whoever had the lock may have brought it up to date.
                    index.reload()?;
                    store.end_reading()?;
                    index.follow(&Feed(&store))?;
                    store.begin_reading()?;
                    // The state that is read begins with the first question, which comes while nobody writes.
                    store.last_change()?;
                }
                Err(error) => match state {
                    // Nothing can be searched yet, so the reason it cannot be built is the answer.
                    State::Rebuild(_) => return Err(error),
                    State::Behind(_) => behind = store.n_changes_after(index.last_change())?,
                    State::Current => {}
                },
            }
        }
        Ok(Searcher { home: self.clone(), command: command.to_owned(), store, index, then: None, as_of: None, behind })
    }
}

impl Searcher {
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Looks the query's names up. `now` gives the moment and the zone of its dates. The day that is meant comes before, by
    /// [`Self::look_back`].
    pub fn compile<Tz: TimeZone>(&self, query: &Query, now: &DateTime<Tz>) -> Result<Compiled, HomeError> {
        let compiled = index::compile(query, &StoreNames(&self.store, self.then.as_deref()), now)?;
        Ok(match &self.then {
            Some(then) => then.meant(compiled),
            None => compiled,
        })
    }

    /// From now on answers as the archives stood at the end of that day, with the texts of the one snapshot that the query
    /// demands, and finds texts that were replaced where it asks for what was edited.
    pub fn look_back(&mut self, query: &Query, as_of: Option<NaiveDate>) -> Result<(), HomeError> {
        self.then = Then::of(&self.store, query, as_of)?.map(Rc::new);
        self.as_of = as_of;
        Ok(())
    }

    /// Ids of the snapshots whose texts are meant; none where the query does not demand one.
    pub fn snapshots_meant(&self) -> &[String] {
        self.then.as_ref().map_or(&[], |then| then.snapshots.as_slice())
    }

    /// How many records match exactly or in inflected form.
    pub fn count(&mut self, compiled: &Compiled) -> Result<u64, HomeError> {
        Ok(self.counts(compiled)?.total)
    }

    /// The same, with what is of a kind that must be asked for.
    pub fn counts(&mut self, compiled: &Compiled) -> Result<Counts, HomeError> {
        let Some(then) = self.then.clone() else { return self.ask_index(|index| index.count(compiled)) };
        let others = compiled.without_rows(&then.excluded);
        let mut counts = self.ask_index(|index| index.count(&others))?;
        let side = then.side.count(compiled)?;
        counts.total += side.total;
        then::add_left_out(&mut counts.left_out, &side.left_out);
        Ok(counts)
    }

    /// Asks the index. Damage in it shows only where it is read: then it is built anew, and asked again.
    pub(super) fn ask_index<T>(&mut self, ask: impl Fn(&Index) -> Result<T, IndexError>) -> Result<T, HomeError> {
        match ask(&self.index) {
            Err(damaged @ IndexError::Damaged(_)) => {
                // Whoever holds the lock may be mending it; without the lock the damage is the answer.
                let Ok(_lock) = Lock::take(self.home.path(), &self.command) else { return Err(damaged.into()) };
                self.store.end_reading()?;
                self.index.rebuild(&Feed(&self.store))?;
                self.store.begin_reading()?;
                self.store.last_change()?;
                self.behind = 0;
                Ok(ask(&self.index)?)
            }
            answer => Ok(answer?),
        }
    }

    /// What the words of a query stand for, tier by tier.
    pub fn explain(&mut self, compiled: &Compiled) -> Result<Vec<Explained>, HomeError> {
        self.ask_index(|index| index.explain(compiled))
    }

    /// Sees from now on what was written since the searcher was opened. What is shown page by page must not keep a writer
    /// waiting.
    pub fn end_reading(&self) -> Result<(), HomeError> {
        Ok(self.store.end_reading()?)
    }

    pub fn search(&mut self, compiled: &Compiled, options: &SearchOptions) -> Result<Answer, HomeError> {
        let search = Search { order: options.order, limit: options.limit, offset: 0, tiers: options.tiers };
        let then = self.then.clone();
        let others = then.as_ref().map(|then| compiled.without_rows(&then.excluded));
        let mut hits = self.ask_index(|index| index.search(others.as_ref().unwrap_or(compiled), search))?;
        let side = then.as_ref().map(|then| then.side.search(compiled, search)).transpose()?;
        let mut found = Vec::with_capacity(hits.hits.len());
        for hit in hits.hits.iter().chain(side.iter().flat_map(|side| &side.hits)) {
            found.extend(self.found(*hit, compiled, options)?);
        }
        if let Some(side) = side {
            then::add(&mut hits, &side);
            then::merge(&mut found, hits.order, options.limit);
        }
        let (talks, n_talks) = self.talks(compiled, &hits, search)?.unzip();
        let talks = talks.unwrap_or_default();
        Ok(Answer { found, talks, n_talks, hits, ignored: compiled.ignored.clone() })
    }

    /// Gives a record what it had on the day that is meant.
    pub(super) fn as_it_was(&self, row: i64, record: &mut NamedRow) -> Result<(), HomeError> {
        self.then.as_ref().map_or(Ok(()), |then| then.give_back(&self.store, row, record))
    }

    /// Everything that matches, without what is shown of it.
    pub(super) fn all_hits(&mut self, compiled: &Compiled, search: Search) -> Result<Vec<Hit>, HomeError> {
        let Some(then) = self.then.clone() else {
            return Ok(self.ask_index(|index| index.search(compiled, search))?.hits);
        };
        let others = compiled.without_rows(&then.excluded);
        let mut hits = self.ask_index(|index| index.search(&others, search))?.hits;
        hits.extend(then.side.search(compiled, search)?.hits);
        Ok(hits)
    }

    fn found(&self, hit: Hit, compiled: &Compiled, options: &SearchOptions) -> Result<Option<Found>, HomeError> {
        let Some(mut record) = self.record(hit.row)? else { return Ok(None) };
        self.as_it_was(hit.row, &mut record)?;
        let then = self.then.as_ref();
        let highlights = record.text("text").map_or_else(Vec::new, |text| index::highlight(text, compiled, hit.tier));
        let mut earlier = then.and_then(|then| then.earlier.get(&hit.row)).into_iter().flatten();
        let earlier =
            earlier.find(|text| highlights.is_empty() && !index::highlight(text, compiled, hit.tier).is_empty());
        Ok(Some(Found {
            snapshots: self.snapshots(hit.row)?,
            score: hit.score,
            tier: hit.tier,
            highlights,
            earlier: earlier.cloned(),
            context: self.context(hit.row, options)?,
            record,
        }))
    }

    pub(super) fn record(&self, row: i64) -> Result<Option<NamedRow>, StoreError> {
        Ok(self.store.select_all(&format!("{} WHERE r.id = ?1", shown()), &[Value::Integer(row)])?.pop())
    }

    /// Every snapshot in which a record stood, oldest first.
    fn snapshots(&self, row: i64) -> Result<Vec<String>, StoreError> {
        let rows = self.store.select_all(
            "SELECT DISTINCT n.public_id AS id, n.date AS date
               FROM (SELECT e.archive_id
                       FROM record r JOIN sighting s ON s.key = r.key AND s.record_id = r.id
                       JOIN entry e ON e.reading_id = s.reading_id
                      WHERE r.id = ?1
                      UNION ALL
                     SELECT e.archive_id
                       FROM record r JOIN unlisted u ON u.key = r.key AND u.record_id = r.id
                       JOIN entry e ON e.id = u.entry_id
                      WHERE r.id = ?1) e
               JOIN archive a ON a.id = e.archive_id
               JOIN snapshot n ON n.id = a.snapshot_id
              ORDER BY n.date, n.public_id",
            &[Value::Integer(row)],
        )?;
        Ok(rows.iter().filter_map(|row| row.text("id").map(str::to_owned)).collect())
    }

    fn context(&self, row: i64, options: &SearchOptions) -> Result<Context, HomeError> {
        let day = self.then.as_ref().and_then(|then| then.date());
        let around = |n: usize, comparison: &str, order: &str| -> Result<Vec<NamedRow>, HomeError> {
            if n == 0 {
                return Ok(Vec::new());
            }
            let sql = format!(
                "{} JOIN record hit ON hit.id = ?1 AND hit.thread_id = r.thread_id
                  WHERE r.id <> hit.id AND (r.at_ms, r.public_id) {comparison} (hit.at_ms, hit.public_id)
                    AND (?3 IS NULL OR (SELECT s.date FROM snapshot s WHERE s.id = r.first_snapshot_id) <= ?3)
                  ORDER BY r.at_ms {order}, r.public_id {order} LIMIT ?2",
                shown()
            );
            let limit = i64::try_from(n).unwrap_or(i64::MAX);
            let day = day.map_or(Value::Null, Value::from);
            let mut rows = self.store.select_all(&sql, &[Value::Integer(row), Value::Integer(limit), day])?;
            for record in &mut rows {
                let row = record.integer("row").unwrap_or_default();
                self.as_it_was(row, record)?;
            }
            Ok(rows)
        };
        let mut before = around(options.n_before, "<", "DESC")?;
        before.reverse();
        Ok(Context { before, after: around(options.n_after, ">", "ASC")? })
    }
}

/// What is shown of a record: its view, its conversation, and what a message shared.
fn shown() -> String {
    format!(
        "SELECT v.*, t.title AS thread, t.kind AS thread_kind, r.share_url, r.share_text, r.share_owner, r.call_seconds,
                r.is_unsent, {IS_EDITED} AS is_edited,
                (SELECT count(*) FROM shown_reaction x WHERE x.record_id = r.id) AS reaction_count, r.id AS row
           FROM record r JOIN records v ON v.id = r.public_id LEFT JOIN thread t ON t.id = r.thread_id"
    )
}
