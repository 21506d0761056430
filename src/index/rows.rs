//! Records by a long list of rows. As terms of the dictionary a list of a million rows would be a hundred megabytes.

use std::sync::Arc;

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{BitSet, DocId, DocSet, Score, SegmentReader, TERMINATED};

/// What has one of these rows. Adds nothing to a score.
#[derive(Clone, Debug)]
pub(super) struct RowsQuery {
    /// Sorted.
    rows: Arc<[i64]>,
}

impl RowsQuery {
    pub fn new(rows: &[i64]) -> Self {
        let mut rows = rows.to_vec();
        rows.sort_unstable();
        Self { rows: rows.into() }
    }
}

impl Query for RowsQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for RowsQuery {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let column = reader.fast_fields().i64("row")?;
        let is_listed = |doc: &DocId| column.first(*doc).is_some_and(|row| self.rows.binary_search(&row).is_ok());
        let mut docs = BitSet::with_max_value(reader.max_doc());
        for doc in (0..reader.max_doc()).filter(is_listed) {
            docs.insert(doc);
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(docs), 0.0)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let is_held = scorer.doc() != TERMINATED && scorer.seek(doc) == doc;
        Ok(Explanation::new(if is_held { "is one of the rows" } else { "is none of the rows" }, 0.0))
    }
}
