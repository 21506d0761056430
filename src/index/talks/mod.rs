//! Talks: what was said in one conversation without a long pause. A query whose words stand in different messages finds
//! the talk that holds them.
//!
//! A talk is a document of its own that names its messages and has no text: what the messages say stands in the index
//! once, and which of them hold a word and pass the filters is asked of the messages themselves (`search`). When messages
//! change, the talks near them, as they were and as they are, are made anew (`follow`).
//!
//! What a talk is follows from the messages that are held and from nothing else, so no order of ingests changes it.

mod follow;
mod search;

use super::feed::Said;

pub(super) use follow::{Places, Touched, each_talk};
pub use search::{TalkHit, TalkHits};

/// A longer silence ends a talk (guessed: an answer within the evening belongs to it, one of the next morning does not).
pub(super) const PAUSE_MS: i64 = 3 * 60 * 60 * 1000;

/// A talk has so many messages at most (guessed: an evening of two people); a longer one is several.
const MOST_MESSAGES: usize = 200;

/// Messages of one conversation, oldest first; at least two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Talk {
    pub thread: i64,
    pub messages: Vec<Said>,
}

/// The talks among messages of one conversation that stand in their order.
pub(super) fn talks_of(thread: i64, messages: &[Said], take: &mut impl FnMut(Talk)) {
    for run in messages.chunk_by(|one, next| !is_pause(one.at_ms, next.at_ms)) {
        divide(thread, run, take);
    }
}

fn is_pause(from_ms: i64, to_ms: i64) -> bool {
    to_ms.saturating_sub(from_ms) > PAUSE_MS
}

/// Cuts what is too long where it was silent for longest in its middle half. Every cut leaves a quarter on either side,
/// so that the cutting is soon done, whatever the times are.
fn divide(thread: i64, run: &[Said], take: &mut impl FnMut(Talk)) {
    let n = run.len();
    if n <= MOST_MESSAGES {
        if n > 1 {
            take(Talk { thread, messages: run.to_vec() });
        }
        return;
    }
    let silence = |at: usize| run[at].at_ms.saturating_sub(run[at - 1].at_ms);
    // Of equal silences the one that is nearest to the middle.
    let cut = (n / 4..=n - n / 4).max_by_key(|&at| (silence(at), std::cmp::Reverse(at.abs_diff(n / 2)), at));
    let (before, behind) = run.split_at(cut.unwrap_or(n / 2));
    divide(thread, before, take);
    divide(thread, behind, take);
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn said(times: impl IntoIterator<Item = i64>) -> Vec<Said> {
        times.into_iter().zip(1..).map(|(at_ms, row)| Said { row, at_ms }).collect()
    }

    fn lengths(messages: &[Said]) -> Vec<usize> {
        let mut lengths = Vec::new();
        talks_of(1, messages, &mut |talk| lengths.push(talk.messages.len()));
        lengths
    }

    #[test]
    fn a_long_silence_ends_a_talk_and_one_message_is_none() {
        assert_eq!(lengths(&said([0, MINUTE, PAUSE_MS + MINUTE])), [3]);
        assert_eq!(lengths(&said([0, MINUTE, PAUSE_MS + MINUTE + 1])), [2]);
        assert_eq!(lengths(&said([0, PAUSE_MS + 1, 2 * PAUSE_MS + 2])), [0; 0]);
        assert_eq!(lengths(&said([i64::MIN, i64::MAX])), [0; 0]);
        assert_eq!(lengths(&[]), [0; 0]);
    }

    #[test]
    fn a_talk_that_is_too_long_is_cut_where_it_was_silent_for_longest() {
        let times = (0..300).map(|at| at * MINUTE + if at >= 120 { 20 * MINUTE } else { 0 });
        assert_eq!(lengths(&said(times)), [120, 180]);
        // Where no silence is longer than another, in the middle.
        assert_eq!(lengths(&said((0..300).map(|at| at * MINUTE))), [150, 150]);
        let many = lengths(&said((0..100_000).map(|_| 0)));
        assert_eq!(many.iter().sum::<usize>(), 100_000);
        assert!(many.iter().all(|n| (MOST_MESSAGES / 4..=MOST_MESSAGES).contains(n)), "{many:?}");
        // Silences that grow would cut off one message after the other.
        let growing = lengths(&said((0..10_000).map(|at| at * at / 10)));
        assert!(growing.iter().all(|n| (MOST_MESSAGES / 4..=MOST_MESSAGES).contains(n)));
    }
}
