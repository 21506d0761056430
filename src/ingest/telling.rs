//! What is told about a snapshot as a whole, once all that bears on it is computed. A function of what is held.

use super::finish::is_complete;
use crate::model::{Finding, FindingCode};
use crate::store::{CLAIMED_TIME, Missing, StoreError, Writing};

/// How many files or documents one finding names.
const EXAMPLES: usize = 3;

/// What is told about references of a snapshot that lead nowhere, and what can be done about it, if anything.
pub(super) fn missing_media(writing: &Writing<'_>, snapshot: i64) -> Result<Option<Finding>, StoreError> {
    let missing = writing.missing_media(snapshot, EXAMPLES)?;
    if missing.n == 0 {
        return Ok(None);
    }
    let advice = match missing {
        Missing { n, n_words, .. } if n == n_words => {
            "It was not delivered: these are the app's words in place of a file, and no other part has it. Only another \
             download of the same chats may bring it."
        }
        _ if !is_complete(writing, snapshot)? => "The download did not come whole: get it again, and ingest that too.",
        Missing { are_others_beside: true, .. } => {
            "The files beside them are there, so these were not delivered: what vanished, expired or was deleted is in no \
             download."
        }
        _ => "If the download came in several parts, ingest the others too.",
    };
    let n = missing.n;
    let lead = if n == 1 { "reference leads" } else { "references lead" };
    let examples: Vec<String> = missing.examples.iter().map(|path| shortened(path)).collect();
    let sentence = format!("{n} {lead} to no file of this download, for example {}. {advice}", examples.join(", "));
    Ok(Some(Finding::new(FindingCode::MissingMedia, sentence).about(n)))
}

/// A path as a sentence bears it: what stands in a document may have any length.
fn shortened(path: &str) -> String {
    const LONGEST: usize = 300;
    match path.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &path[..end]),
        None => path.to_owned(),
    }
}

/// What is told about records of a snapshot that claim to be later than it.
pub(super) fn times_that_cannot_be(writing: &Writing<'_>, snapshot: i64) -> Result<Option<Finding>, StoreError> {
    let (n, paths) = writing.times_claimed_in(snapshot, EXAMPLES)?;
    let have = match n {
        0 => return Ok(None),
        1 => "1 record has a time that lies".to_owned(),
        n => format!("{n} records have times that lie"),
    };
    let sentence = format!(
        "{have} after the day of this download, for example in {}: its day or these times are wrong. What was written stands \
         in their details ({CLAIMED_TIME}), and they have no time.",
        paths.join(", ")
    );
    Ok(Some(Finding::new(FindingCode::DoubtfulValue, sentence).about(n)))
}
