//! Which talks there are, and which of them a change touches.
//!
//! A change touches the moment at which its message stood and the one at which it stands now. Everything that is tied to
//! such a moment without a long pause, the moments among themselves too, is looked at anew: whatever was one talk before
//! or is one now lies wholly within. The rest of the conversation is not even read.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, InvertedIndexReader, Searcher, SegmentReader, TERMINATED};

use super::{Talk, is_pause, talks_of};
use crate::index::IndexError;
use crate::index::feed::{ChangeFeed, RecordDocument, Said, Walk};
use crate::index::keep::feed_error;
use crate::index::schema::{self, Fields};
use crate::model::Kind;

/// Every talk of every conversation.
pub(in crate::index) fn each_talk<F: ChangeFeed>(feed: &F, take: &mut impl FnMut(Talk)) -> Result<(), IndexError> {
    for thread in feed.threads().map_err(feed_error)? {
        // One run after the other, so that no more than one is held.
        let mut run: Vec<Said> = Vec::new();
        feed.said(thread, Walk::From(i64::MIN), &mut |said| {
            if run.last().is_some_and(|last| is_pause(last.at_ms, said.at_ms)) {
                talks_of(thread, &run, take);
                run.clear();
            }
            run.push(said);
            ControlFlow::Continue(())
        })
        .map_err(feed_error)?;
        talks_of(thread, &run, take);
    }
    Ok(())
}

/// Moments of conversations at which something changed.
#[derive(Debug, Default)]
pub(in crate::index) struct Touched(BTreeMap<i64, Vec<i64>>);

impl Touched {
    pub fn note(&mut self, record: &RecordDocument) {
        if record.kind == Kind::Message
            && let Some((thread, at_ms)) = record.thread.zip(record.at_ms)
        {
            self.at(thread, at_ms);
        }
    }

    pub fn at(&mut self, thread: i64, at_ms: i64) {
        self.0.entry(thread).or_default().push(at_ms);
    }

    /// Gives every stretch of messages that is touched, each whole and once, as `(conversation, messages)`.
    pub fn each_stretch<F: ChangeFeed>(self, feed: &F, take: &mut impl FnMut(i64, &[Said])) -> Result<(), IndexError> {
        for (thread, mut moments) in self.0 {
            moments.sort_unstable();
            moments.dedup();
            let mut rest = moments.as_slice();
            while let Some(first) = rest.first() {
                let (messages, n_moments) = stretch(feed, thread, *first, rest)?;
                take(thread, &messages);
                rest = &rest[n_moments..];
            }
        }
        Ok(())
    }
}

/// The messages that are tied to the first of these moments without a long pause, and how many of the moments are.
fn stretch<F: ChangeFeed>(
    feed: &F,
    thread: i64,
    first: i64,
    moments: &[i64],
) -> Result<(Vec<Said>, usize), IndexError> {
    let mut from = first;
    feed.said(thread, Walk::Before(first), &mut |said| {
        if is_pause(said.at_ms, from) {
            return ControlFlow::Break(());
        }
        from = said.at_ms;
        ControlFlow::Continue(())
    })
    .map_err(feed_error)?;
    let mut messages: Vec<Said> = Vec::new();
    let (mut until, mut n_moments) = (from, 0);
    // Moments bridge silences too: a message may have stood there.
    let mut reach = |until: &mut i64, at_ms: i64| {
        while let Some(&moment) = moments.get(n_moments) {
            if moment > at_ms || is_pause(*until, moment) {
                break;
            }
            *until = moment.max(*until);
            n_moments += 1;
        }
    };
    feed.said(thread, Walk::From(from), &mut |said| {
        reach(&mut until, said.at_ms);
        if is_pause(until, said.at_ms) {
            return ControlFlow::Break(());
        }
        until = said.at_ms;
        messages.push(said);
        ControlFlow::Continue(())
    })
    .map_err(feed_error)?;
    reach(&mut until, i64::MAX);
    Ok((messages, n_moments))
}

/// Where messages stood when the index was written.
pub(in crate::index) struct Places(Vec<PlacesOfSegment>);

struct PlacesOfSegment {
    reader: SegmentReader,
    rows: Arc<InvertedIndexReader>,
    shelf: Column<i64>,
    thread: Column<i64>,
    at: Column<i64>,
}

impl Places {
    pub fn of(searcher: &Searcher, fields: &Fields) -> Result<Self, IndexError> {
        let segments = searcher.segment_readers().iter().map(|reader| {
            let columns = reader.fast_fields();
            Ok(PlacesOfSegment {
                rows: reader.inverted_index(fields.row)?,
                shelf: columns.i64("shelf")?,
                thread: columns.i64("thread")?,
                at: columns.i64("at")?,
                reader: reader.clone(),
            })
        });
        Ok(Self(segments.collect::<Result<_, IndexError>>()?))
    }

    /// Conversation and moment of a message; `None` for what is none or is not in the index.
    pub fn of_row(&self, fields: &Fields, row: i64) -> Result<Option<(i64, i64)>, IndexError> {
        let term = schema::row_term(fields, row);
        for segment in &self.0 {
            let postings = segment.rows.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(|error| crate::index::from_io("index".into(), &error))? else {
                continue;
            };
            let mut doc = postings.doc();
            while doc != TERMINATED {
                let is_alive = segment.reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc));
                if is_alive && segment.shelf.first(doc) == Some(Kind::Message.code()) {
                    return Ok(segment.thread.first(doc).zip(segment.at.first(doc)));
                }
                doc = postings.advance();
            }
        }
        Ok(None)
    }
}
