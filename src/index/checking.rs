//! Does the index hold what it should? Records and talks are compared one by one, files by their checksums.

use std::hash::Hasher;
use std::ops::ControlFlow;

use super::feed::ChangeFeed;
use super::keep::{Index, Opened, State, feed_error};
use super::schema::TALK;
use super::talks::each_talk;
use super::{IndexError, guarded};

/// How index and records agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub state: State,
    pub n_documents: u64,
    /// Records that are not in the index.
    pub n_missing: u64,
    /// Documents without a record, or for one that has another.
    pub n_surplus: u64,
    /// Documents of talks.
    pub n_talks: u64,
    /// Talks that are not in the index.
    pub n_talks_missing: u64,
    /// Documents of talks that are none, or no longer the same ones.
    pub n_talks_surplus: u64,
    /// Files whose bytes are not those that were written.
    pub damaged_files: Vec<String>,
}

impl Check {
    pub fn is_good(&self) -> bool {
        let n_different = self.n_missing + self.n_surplus + self.n_talks_missing + self.n_talks_surplus;
        self.state == State::Current && n_different == 0 && self.damaged_files.is_empty()
    }
}

impl Index {
    /// Compares the index with the records and its files with their checksums.
    pub fn check<F: ChangeFeed>(&self, feed: &F) -> Result<Check, IndexError> {
        let state = self.state(feed)?;
        let (mut held, mut held_talks, mut damaged_files) = (Vec::new(), Vec::new(), Vec::new());
        if let Ok(opened) = self.opened() {
            let damaged = guarded(|| Ok(opened.engine.validate_checksum()?))?;
            damaged_files = damaged.iter().map(|path| path.display().to_string()).collect();
            damaged_files.sort();
            // Files that are damaged have nothing to say about their rows.
            if damaged_files.is_empty() {
                held = guarded(|| opened.rows())?;
                held_talks = guarded(|| opened.talks())?;
            }
        }
        let mut wanted = Vec::new();
        feed.all(&mut |record| {
            wanted.push(record.row);
            ControlFlow::Continue(())
        })
        .map_err(feed_error)?;
        let mut wanted_talks = Vec::new();
        each_talk(feed, &mut |talk| wanted_talks.push(sum_of(talk.messages.iter().map(|message| message.row))))?;
        for list in [&mut held, &mut wanted, &mut held_talks, &mut wanted_talks] {
            list.sort_unstable();
        }
        let (n_missing, n_surplus) = differences(&wanted, &held);
        let (n_talks_missing, n_talks_surplus) = differences(&wanted_talks, &held_talks);
        let (n_documents, n_talks) = (held.len() as u64, held_talks.len() as u64);
        Ok(Check { state, n_documents, n_missing, n_surplus, n_talks, n_talks_missing, n_talks_surplus, damaged_files })
    }
}

impl Opened {
    /// Rows of the records.
    pub fn rows(&self) -> Result<Vec<i64>, IndexError> {
        let mut rows = Vec::new();
        for segment in self.reader.searcher().segment_readers() {
            let (row, kind) = (segment.fast_fields().i64("row")?, segment.fast_fields().i64("shelf")?);
            let records = segment.doc_ids_alive().filter(|doc| kind.first(*doc) != Some(TALK));
            rows.extend(records.filter_map(|doc| row.first(doc)));
        }
        Ok(rows)
    }

    /// A number for each talk that tells which messages it has.
    fn talks(&self) -> Result<Vec<i64>, IndexError> {
        let mut talks = Vec::new();
        for segment in self.reader.searcher().segment_readers() {
            let (member, kind) = (segment.fast_fields().i64("member")?, segment.fast_fields().i64("shelf")?);
            let docs = segment.doc_ids_alive().filter(|doc| kind.first(*doc) == Some(TALK));
            talks.extend(docs.map(|doc| sum_of(member.values_for_doc(doc))));
        }
        Ok(talks)
    }
}

/// A number that tells lists of rows from each other.
fn sum_of(rows: impl Iterator<Item = i64>) -> i64 {
    let mut hasher = std::hash::DefaultHasher::new();
    rows.for_each(|row| hasher.write_i64(row));
    i64::from_ne_bytes(hasher.finish().to_ne_bytes())
}

/// How many of `wanted` are not in `held`, and how many of `held` are not in `wanted` or stand there again. Both sorted.
fn differences(wanted: &[i64], held: &[i64]) -> (u64, u64) {
    let (mut n_missing, mut n_surplus) = (0, 0);
    let (mut wanted, mut held) = (wanted.iter().peekable(), held.iter().peekable());
    loop {
        let order = match (wanted.peek(), held.peek()) {
            (Some(row), Some(other)) => row.cmp(other),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return (n_missing, n_surplus),
        };
        if order.is_le() {
            wanted.next();
        }
        if order.is_ge() {
            held.next();
        }
        n_missing += u64::from(order.is_lt());
        n_surplus += u64::from(order.is_gt());
    }
}
