//! Counts decoded bytes against the limits.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{EntryError, Limits};

#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    /// Decoded bytes that the length of the whole archive allows.
    by_length: u64,
    /// The most that was decoded of each entry in one go: reading an entry again costs nothing.
    by_entry: Vec<AtomicU64>,
    total: AtomicU64,
}

impl Budget {
    pub fn new(limits: &Limits, archive_bytes: u64, n_entries: usize) -> Self {
        Self {
            limits: limits.clone(),
            by_length: archive_bytes.saturating_mul(limits.ratio).max(limits.ratio_floor_bytes),
            by_entry: std::iter::repeat_with(AtomicU64::default).take(n_entries).collect(),
            total: AtomicU64::new(0),
        }
    }

    /// An entry of so many bytes came out of the archive at another time.
    pub fn note(&self, position: u32, bytes: u64) {
        if let Some(most) = self.by_entry.get(position as usize) {
            let before = most.fetch_max(bytes, Ordering::Relaxed);
            self.total.fetch_add(bytes.saturating_sub(before), Ordering::Relaxed);
        }
    }

    /// Takes note that `decoded` bytes have come out of the first bytes of an entry that lies in `packed` bytes.
    pub fn charge(&self, position: u32, decoded: u64, packed: u64) -> Result<(), EntryError> {
        let limits = &self.limits;
        let over = |budget, limit, option| Err(EntryError::OverBudget { budget, limit, option });
        if decoded > limits.entry_bytes {
            return over("bytes for one entry", limits.entry_bytes, Limits::ENTRY);
        }
        if decoded > limits.ratio_floor_bytes && decoded > packed.saturating_mul(limits.ratio) {
            return over("unpacked bytes for each packed byte", limits.ratio, Limits::RATIO);
        }
        let Some(most) = self.by_entry.get(position as usize) else { return Ok(()) };
        let before = most.load(Ordering::Relaxed);
        let more = decoded.saturating_sub(before);
        let total = self.total.fetch_add(more, Ordering::Relaxed).saturating_add(more);
        if more > 0 && total > self.by_length.min(limits.archive_bytes) {
            // What was not handed out does not count: neighbours that were within the budget stay readable.
            self.total.fetch_sub(more, Ordering::Relaxed);
            return if total > limits.archive_bytes {
                over("bytes for one archive", limits.archive_bytes, Limits::ARCHIVE)
            } else {
                over("unpacked bytes for an archive of this length", self.by_length, Limits::RATIO)
            };
        }
        // Another thread that reads the same entry may have been faster: then both have added the same bytes.
        let counted_twice = most.fetch_max(decoded, Ordering::Relaxed).min(decoded).saturating_sub(before);
        self.total.fetch_sub(counted_twice, Ordering::Relaxed);
        Ok(())
    }
}
