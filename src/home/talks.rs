//! Talks as answers of a search.

use super::{HomeError, Searcher};
use crate::index::{self, Compiled, Hits, Search, TalkHit, Tier, Tiers};
use crate::store::NamedRow;

/// A talk whose messages hold the words of the query together.
#[derive(Clone, Debug)]
pub struct FoundTalk {
    /// Those that hold words, oldest first.
    pub messages: Vec<FoundMessage>,
    /// Messages of the talk.
    pub n_messages: usize,
}

/// A message of a talk: its row as in [`super::Found`], and the bytes of its text that matched.
#[derive(Clone, Debug)]
pub struct FoundMessage {
    pub record: NamedRow,
    pub highlights: Vec<(usize, usize)>,
    /// Messages of the talk between the one before and this one.
    pub n_skipped: usize,
}

impl Searcher {
    /// Talks and how many there are, where closely matching records leave room for them; `None` where none were looked for.
    pub(super) fn talks(
        &mut self,
        compiled: &Compiled,
        hits: &Hits,
        search: Search,
    ) -> Result<Option<(Vec<FoundTalk>, u64)>, HomeError> {
        let n_close: u64 = hits.tiers.iter().filter(|(tier, _)| !tier.is_loose()).map(|(_, n)| n).sum();
        let is_full = search.limit > 0 && n_close >= search.limit as u64;
        if is_full || !compiled.is_for_talks() {
            return Ok(None);
        }
        let then = self.then.clone();
        let others = then.as_ref().map(|then| compiled.without_rows(&then.excluded));
        let side = then.as_ref().map(|then| (&then.side, compiled));
        let talks = self.ask_index(|index| index.talks(others.as_ref().unwrap_or(compiled), side, search))?;
        let tier = if search.tiers == Tiers::Exact { Tier::Exact } else { Tier::Inflected };
        let shown: Result<Vec<_>, _> = talks.hits.iter().map(|hit| self.found_talk(hit, compiled, tier)).collect();
        Ok(Some((shown?.into_iter().filter(|talk| !talk.messages.is_empty()).collect(), talks.total)))
    }

    fn found_talk(&self, hit: &TalkHit, compiled: &Compiled, tier: Tier) -> Result<FoundTalk, HomeError> {
        let (mut messages, mut next) = (Vec::with_capacity(hit.places.len()), 0);
        for &place in &hit.places {
            if let Some(mut record) = self.record(hit.rows[place])? {
                self.as_it_was(hit.rows[place], &mut record)?;
                let text = record.text("text").unwrap_or_default();
                let highlights = index::highlight(text, compiled, tier);
                messages.push(FoundMessage { highlights, record, n_skipped: place - next });
                next = place + 1;
            }
        }
        Ok(FoundTalk { messages, n_messages: hit.rows.len() })
    }
}
