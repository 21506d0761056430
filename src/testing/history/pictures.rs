//! Which of two pictures of one minute a page means, where nobody could know.

use crate::model::Format;
use crate::testing::life::Life;
use crate::testing::own::{Own, OwnSort};
use crate::testing::writing::Writing;

/// Whether nothing ties what flat files tell of a story or profile photo to what pages tell of it: flat files know its second
/// and no id, pages its id and no second (format reference §1.A, §5.1); the bytes of the picture are others, for it was encoded
/// anew; no JSON in folders tells both id and second; and another one without words of its own lies in the minute. Lists are
/// not reliably sorted (§1.C2), so their order tells nothing.
pub(super) fn are_two(life: &Life, writings: &[&Writing], own: &Own) -> bool {
    let minute = |own: &Own| own.at_ms.div_euclid(60_000);
    let is_meant = matches!(own.sort, OwnSort::Story | OwnSort::ProfilePhoto);
    let is_beside = |other: &&Own| {
        other.sort == own.sort && minute(other) == minute(own) && !std::ptr::eq::<Own>(*other, own)
            // Words that differ tell them apart.
            && is_worded_alike(writings, own, other)
            && writings.iter().any(|writing| writing.holds_own(other))
            && !is_tied(writings, other)
    };
    is_meant && !is_tied(writings, own) && life.own().iter().any(|other| is_beside(&other))
}

fn is_worded_alike(writings: &[&Writing], one: &Own, other: &Own) -> bool {
    let words = |own: &Own| -> Vec<String> {
        let telling = writings.iter().filter(|writing| writing.holds_own(own));
        telling.map(|writing| own.caption_at(writing.date_ms).to_owned()).filter(|words| !words.is_empty()).collect()
    };
    let (one, other) = (words(one), words(other));
    one.is_empty() || other.is_empty() || one.iter().any(|words| other.contains(words))
}

/// Whether something tells both its second and its id, or a flat file and a page have the same bytes.
fn is_tied(writings: &[&Writing], own: &Own) -> bool {
    let telling = || writings.iter().filter(|writing| writing.holds_own(own));
    let (flat, pages) = (
        || telling().filter(|writing| writing.is_flat()),
        || telling().filter(|writing| writing.format == Format::Html),
    );
    let is_fine = telling().any(|writing| !writing.is_flat() && writing.format == Format::Json);
    is_fine || flat().any(|flat| pages().any(|page| page.encoding == flat.encoding))
}
