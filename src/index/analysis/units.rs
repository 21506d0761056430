//! Folded text cut into units: words with their joined spelling, runs of spaceless script, emoji, tags, handles.

use super::fold::{Cell, Class, NARROW_GAP, fold};
use super::tables::{self, EMOTICONS};
use super::{BEGINS, ENDS};

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
    /// It is one character of a run.
    pub is_of_run: bool,
    /// A word begins here; of interest inside of runs only.
    pub begins: bool,
    /// A word ends here.
    pub ends: bool,
    /// The letters before their case, script and marks were folded.
    pub raw: String,
    pub start: usize,
    pub end: usize,
}

impl Slot {
    /// A run's character with the borders of words that it stands at.
    pub(super) fn marked(&self) -> impl Iterator<Item = String> {
        let letter = self.forms.first().filter(|_| self.is_of_run);
        let marks = [(self.begins, false), (false, self.ends), (self.begins, self.ends)];
        let marks = if self.begins && self.ends { &marks[..] } else { &marks[..2] };
        let marks = marks.iter().copied().filter(|marks| *marks != (false, false)).collect::<Vec<_>>();
        letter
            .into_iter()
            .flat_map(move |letter| marks.clone().into_iter().map(|(begins, ends)| bordered(letter, begins, ends)))
    }

    fn of(forms: Vec<String>, cells: &[Cell]) -> Self {
        let (first, last) = (cells.first(), cells.last());
        let mut raw: String = cells.iter().take(LONGEST_WORD).map(|cell| cell.raw).collect();
        raw.shrink_to_fit();
        Self {
            forms,
            is_of_run: first.is_some_and(|cell| is_run(cell.class)),
            begins: first.is_some_and(|cell| cell.begins),
            ends: last.is_some_and(|cell| cell.ends),
            raw,
            start: first.map_or(0, |cell| cell.start),
            end: last.map_or(0, |cell| cell.end),
        }
    }
}

/// A character of a run that stands at borders of words.
pub(in super::super) fn bordered(letter: &str, begins: bool, ends: bool) -> String {
    let (begins, ends) = (begins.then_some(BEGINS), ends.then_some(ENDS));
    begins.into_iter().chain(letter.chars()).chain(ends).collect()
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
    let thousands = thousands(cells, at);
    end = thousands.unwrap_or(end);
    let slots = slots(&cells[at..end], false);
    if slots.is_empty() {
        return None;
    }
    let has_joiner = cells[at..end].iter().any(|cell| cell.class == Class::Joiner);
    let joined = match (thousands, has_joiner) {
        (Some(_), _) => {
            Some(cells[at..end].iter().filter(|cell| is_word(cell.class)).map(|cell| cell.letter).collect())
        }
        (None, true) => joined(&cells[at..end], slots.len()),
        (None, false) => None,
    };
    Some((
        Unit { kind: UnitKind::Word, joined, whole: None, start: cells[at].start, end: cells[end - 1].end, slots },
        end,
    ))
}

/// Where a number ends whose thousands are set apart: `1,000`, `1.500.000`.
fn thousands(cells: &[Cell], at: usize) -> Option<usize> {
    const MOST_GROUPS: usize = 6;
    let n_digits =
        |at: usize| cells.get(at..).into_iter().flatten().take_while(|cell| cell.class == Class::Digit).take(4).count();
    let sign = |at: usize| cells.get(at).map(|cell| cell.letter).filter(|sign| matches!(sign, ',' | '.' | '\''));
    let is_inside = at > 0 && (is_word(cells[at - 1].class) || sign(at - 1).is_some());
    let mut end = at + n_digits(at);
    if is_inside || !(1..=3).contains(&(end - at)) {
        return None;
    }
    let separator = sign(end)?;
    let mut n_groups = 0;
    while n_groups < MOST_GROUPS && sign(end) == Some(separator) && n_digits(end + 1) == 3 {
        end += 4;
        n_groups += 1;
    }
    let is_over = cells.get(end).is_none_or(|cell| !is_word(cell.class));
    (n_groups > 0 && is_over).then_some(end)
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
    let belongs =
        |cell: &&Cell| is_word(cell.class) || is_run(cell.class) || cell.letter == '_' || cell.raw == NARROW_GAP;
    let body = &cells[at + 1..];
    let body = &body[..body.iter().take_while(belongs).count()];
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
    let whole = cells.iter().filter(|cell| cell.raw != NARROW_GAP).take(LONGEST_WORD).map(|cell| cell.letter).collect();
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
    let slots = vec![Slot::of(forms, &[cell])];
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
    let slots = vec![Slot::of(vec![format!("{EMOTICON}{face}")], &cells[at..at + n_cells])];
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
                slots.push(Slot::of(forms(letters, first.class), &cells[at..end]));
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
    let letters: Vec<char> = word.chars().collect();
    // Five is called ha in Thai.
    if class == Class::Digit && letters.len() >= 3 && letters.iter().all(|letter| *letter == '5') {
        return vec![word, format!("{LAUGHTER}5")];
    }
    if !matches!(class, Class::Letter | Class::Jamo) {
        return vec![word];
    }
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

/// `≈` and the sorted letters of what repeats: one letter three times and more, two or three letters twice and more,
/// and the letters of laughter in any order.
fn laughter(letters: &[char], class: Class) -> Option<String> {
    let repeats = |period: usize| letters.iter().zip(&letters[period.min(letters.len())..]).all(|(a, b)| a == b);
    let mut unit: Vec<char> = match letters {
        [first, .., _] if letters.len() >= 3 && repeats(1) => vec![*first],
        [first, ..] if class == Class::Jamo => vec![*first],
        [first, second] if first == second && tables::LAUGHING_TWICE.contains(first) => vec![*first],
        ['l', 'o', 'l'] => vec!['l', 'o'],
        _ if letters.len() >= 4 && repeats(2) => letters[..2].to_vec(),
        _ if letters.len() >= 6 && repeats(3) => letters[..3].to_vec(),
        _ => laughed(letters)?.to_vec(),
    };
    unit.sort_unstable();
    Some(std::iter::once(LAUGHTER).chain(unit).collect())
}

/// The two letters of somebody who laughs without rhythm: hahhahah.
fn laughed(letters: &[char]) -> Option<[char; 2]> {
    let changes = letters.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let pair = tables::LAUGHING.iter().find(|pair| letters.iter().all(|letter| pair.contains(letter)))?;
    (letters.len() >= 4 && changes >= 3).then_some(*pair)
}
