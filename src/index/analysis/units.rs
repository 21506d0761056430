//! Folded text cut into units: words with their joined spelling, runs of spaceless script, emoji, tags, handles.

use super::fold::{Cell, Class, fold};
use super::tables::{self, EMOTICONS};

/// A piece of text that belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub kind: UnitKind,
    /// What stands at one position after the other.
    pub slots: Vec<Slot>,
    /// The unit as one term: `didnt`, `redo`, `travelgram`.
    pub joined: Option<String>,
    /// The unit with its sign: `#summer`, `@ann_example`.
    pub whole: Option<String>,
    /// Bytes of the source.
    pub start: usize,
    pub end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// Letters and digits, with joiners between them.
    Word,
    /// One slot a character: Han, kana, Thai …, and Hangul.
    Run,
    Emoji,
    Emoticon,
    Tag,
    Handle,
}

/// One position of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Terms that stand for it, the plainest first.
    pub forms: Vec<String>,
    pub start: usize,
    pub end: usize,
}

/// Longer words are cut, on both sides alike (guessed: longer than any word, shorter than pasted data).
const LONGEST_WORD: usize = 64;
/// So many parts are written as one at most: a compound has few, the path of a link has many.
const MOST_JOINED: usize = 5;
/// Before the unit of laughter, so that it is no word: `≈ah` for hahaha.
const LAUGHTER: char = '≈';
/// Before an emoticon, which keeps its signs.
const EMOTICON: char = '☻';

/// Cuts text into units. Index and query both start here.
pub fn units(text: &str) -> Vec<Unit> {
    let cells = fold(text);
    let mut units = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        at = next_unit(text, &cells, at, &mut units);
    }
    units
}

/// Reads the unit that begins at `at`, if one does, and says where to go on.
fn next_unit(text: &str, cells: &[Cell], at: usize, units: &mut Vec<Unit>) -> usize {
    if let Some((unit, next)) = emoticon(text, cells, at) {
        units.push(unit);
        return next;
    }
    let cell = cells[at];
    let found = match cell.class {
        Class::Emoji => Some((emoji(text, cell), at + 1)),
        Class::Spaceless | Class::Hangul => Some(run(cells, at)),
        Class::Hash => tag(cells, at),
        Class::At => handle(cells, at),
        Class::Letter | Class::Digit | Class::Jamo => word(cells, at),
        Class::Joiner | Class::Other => None,
    };
    let Some((unit, next)) = found else { return at + 1 };
    units.push(unit);
    next
}

fn is_word(class: Class) -> bool {
    matches!(class, Class::Letter | Class::Digit | Class::Jamo)
}

fn word(cells: &[Cell], at: usize) -> Option<(Unit, usize)> {
    let class_at = |at: usize| cells.get(at).map(|cell| cell.class);
    let mut end = at;
    while let Some(class) = class_at(end) {
        let is_link = class == Class::Joiner && end > at && class_at(end + 1).is_some_and(is_word);
        if !is_word(class) && !is_link {
            break;
        }
        end += 1;
    }
    let slots = slots(&cells[at..end], false);
    if slots.is_empty() {
        return None;
    }
    let has_joiner = cells[at..end].iter().any(|cell| cell.class == Class::Joiner);
    let joined = if has_joiner { joined(&cells[at..end], slots.len()) } else { None };
    Some((
        Unit { kind: UnitKind::Word, joined, whole: None, start: cells[at].start, end: cells[end - 1].end, slots },
        end,
    ))
}

fn run(cells: &[Cell], at: usize) -> (Unit, usize) {
    let class = cells[at].class;
    let end = at + cells[at..].iter().take_while(|cell| cell.class == class).count();
    let slots = slots(&cells[at..end], false);
    (
        Unit { kind: UnitKind::Run, slots, joined: None, whole: None, start: cells[at].start, end: cells[end - 1].end },
        end,
    )
}

fn tag(cells: &[Cell], at: usize) -> Option<(Unit, usize)> {
    let is_in_word = at > 0 && cells[at - 1].letter.is_ascii_alphanumeric();
    let belongs = |cell: &&Cell| is_word(cell.class) || is_run(cell.class) || cell.letter == '_';
    let body = &cells[at + 1..];
    let body = &body[..body.iter().take_while(belongs).count()];
    if is_in_word {
        return None;
    }
    signed(UnitKind::Tag, &cells[at..=at + body.len()], true).map(|unit| (unit, at + 1 + body.len()))
}

fn handle(cells: &[Cell], at: usize) -> Option<(Unit, usize)> {
    // Behind a letter or digit it is a mail address.
    let is_in_word = at > 0 && is_word(cells[at - 1].class);
    let belongs = |cell: &&Cell| cell.letter.is_ascii_alphanumeric() || matches!(cell.letter, '.' | '_');
    let mut n_body = cells[at + 1..].iter().take_while(belongs).count();
    while n_body > 0 && cells[at + n_body].letter == '.' {
        n_body -= 1;
    }
    if is_in_word {
        return None;
    }
    signed(UnitKind::Handle, &cells[at..=at + n_body], false).map(|unit| (unit, at + 1 + n_body))
}

/// A unit that begins with its sign.
fn signed(kind: UnitKind, cells: &[Cell], by_case: bool) -> Option<Unit> {
    let (first, last) = (cells.first()?, cells.last()?);
    let slots = slots(&cells[1..], by_case);
    if slots.is_empty() {
        return None;
    }
    let joined = if slots.len() > 1 { joined(&cells[1..], slots.len()) } else { None };
    let whole = cells.iter().take(LONGEST_WORD).map(|cell| cell.letter).collect();
    Some(Unit { kind, slots, joined, whole: Some(whole), start: first.start, end: last.end })
}

fn emoji(text: &str, cell: Cell) -> Unit {
    const JOINER: char = '\u{200D}';
    let is_style = |letter: &char| matches!(letter, '\u{FE0E}' | '\u{FE0F}') || tables::is_skin_tone(*letter);
    let source = text.get(cell.start..cell.end).unwrap_or_default();
    let mut plain: String = source.chars().filter(|letter| !is_style(letter)).take(LONGEST_WORD).collect();
    if plain.is_empty() {
        source.clone_into(&mut plain);
    }
    let base = plain.split(JOINER).next().unwrap_or_default().to_owned();
    let forms = if base == plain || base.is_empty() { vec![plain] } else { vec![plain, base] };
    let slots = vec![Slot { forms, start: cell.start, end: cell.end }];
    Unit { kind: UnitKind::Emoji, slots, joined: None, whole: None, start: cell.start, end: cell.end }
}

/// A smiley that stands by itself.
fn emoticon(text: &str, cells: &[Cell], at: usize) -> Option<(Unit, usize)> {
    let cell = cells[at];
    if !matches!(cell.raw, ':' | ';' | '=' | '<' | '^' | '-' | 'x' | 'X') {
        return None;
    }
    let (before, rest) = (text.get(..cell.start)?, text.get(cell.start..)?);
    if !before.chars().next_back().is_none_or(|letter| letter.is_whitespace() || !letter.is_ascii()) {
        return None;
    }
    let face = EMOTICONS.iter().find(|face| {
        rest.strip_prefix(**face).is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
    })?;
    let (start, end) = (cell.start, cell.start + face.len());
    let n_cells = cells[at..].iter().take_while(|cell| cell.start < end).count();
    // With a mark on its last sign it is something else.
    if cells[at + n_cells - 1].end != end {
        return None;
    }
    let slots = vec![Slot { forms: vec![format!("{EMOTICON}{face}")], start, end }];
    Some((Unit { kind: UnitKind::Emoticon, slots, joined: None, whole: None, start, end }, at + n_cells))
}

fn is_run(class: Class) -> bool {
    matches!(class, Class::Spaceless | Class::Hangul)
}

/// The letters of several slots as one word, when there are few slots and nothing but letters.
fn joined(cells: &[Cell], n_slots: usize) -> Option<String> {
    let letters = || cells.iter().filter(|cell| is_word(cell.class));
    let is_plain = cells.iter().all(|cell| matches!(cell.class, Class::Letter | Class::Joiner) || cell.letter == '.');
    ((2..=MOST_JOINED).contains(&n_slots) && is_plain)
        .then(|| letters().take(LONGEST_WORD).map(|cell| cell.letter).collect())
}

/// One slot for each run of letters, of digits or of one jamo, and for each spaceless character; with `by_case` a
/// capital begins a word too.
fn slots(cells: &[Cell], by_case: bool) -> Vec<Slot> {
    let mut slots = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        let first = cells[at];
        let goes_on = |next: usize| {
            let cell = cells[next];
            cell.class == first.class
                && match first.class {
                    Class::Letter => !by_case || !begins_word(cells, next),
                    Class::Digit => true,
                    Class::Jamo => cell.letter == first.letter,
                    _ => false,
                }
        };
        let mut end = at + 1;
        while end < cells.len() && goes_on(end) {
            end += 1;
        }
        if is_word(first.class) || is_run(first.class) {
            let letters: String = cells[at..end].iter().take(LONGEST_WORD).map(|cell| cell.letter).collect();
            // Marks that lost their letter are no word.
            if letters.contains(char::is_alphanumeric) || is_run(first.class) {
                slots.push(Slot { forms: forms(letters, first.class), start: first.start, end: cells[end - 1].end });
            }
        }
        at = end;
    }
    slots
}

/// Whether a capital at `at` begins a word of `#TravelGram` or `#NYCTrip`.
fn begins_word(cells: &[Cell], at: usize) -> bool {
    let is_upper = |at: usize| cells.get(at).is_some_and(|cell| cell.raw.is_uppercase());
    let is_lower = |at: usize| cells.get(at).is_some_and(|cell| cell.raw.is_lowercase());
    is_upper(at) && at > 0 && (is_lower(at - 1) || (is_upper(at - 1) && is_lower(at + 1)))
}

/// A word and what it is equal to: stretched words to their plain forms, laughter to laughter of any length.
fn forms(word: String, class: Class) -> Vec<String> {
    if !matches!(class, Class::Letter | Class::Jamo) {
        return vec![word];
    }
    let letters: Vec<char> = word.chars().collect();
    if let Some(laughter) = laughter(&letters, class) {
        return vec![word, laughter];
    }
    let mut forms = vec![word];
    let n_stretched = letters.chunk_by(PartialEq::eq).filter(|run| run.len() >= 3).count();
    if n_stretched == 0 || class == Class::Jamo {
        return forms;
    }
    // With one or two stretched letters every mixture of single and double, else all single and all double.
    let choices: &[u32] = match n_stretched {
        1 => &[0b0, 0b1],
        2 => &[0b00, 0b01, 0b10, 0b11],
        _ => &[0, u32::MAX],
    };
    for choice in choices {
        let mut nth = 0;
        let mut plain = String::new();
        for run in letters.chunk_by(PartialEq::eq) {
            let n_kept = if run.len() >= 3 {
                nth += 1;
                1 + usize::from(choice >> (nth - 1).min(31) & 1 == 1)
            } else {
                run.len()
            };
            plain.extend(&run[..n_kept]);
        }
        forms.push(plain);
    }
    forms
}

/// `≈` and the sorted letters of what repeats: one letter three times and more, two letters twice and more.
fn laughter(letters: &[char], class: Class) -> Option<String> {
    let repeats = |period: usize| letters.iter().zip(&letters[period.min(letters.len())..]).all(|(a, b)| a == b);
    let mut unit: Vec<char> = match letters.len() {
        n if n >= 3 && repeats(1) => vec![letters[0]],
        _ if class == Class::Jamo => vec![*letters.first()?],
        n if n >= 4 && repeats(2) => letters[..2].to_vec(),
        _ => return None,
    };
    unit.sort_unstable();
    Some(std::iter::once(LAUGHTER).chain(unit).collect())
}
