//! From units to patterns: what is looked for in each tier.

use super::super::analysis::{Slot, Unit, UnitKind, bordered, key_of, skeleton_of, sounds_of};
use super::super::tier::Tier;
use super::inflect::Forms;
use super::{Matcher, Pattern, cjk, slips};

/// How words were written, and what of it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Spelled {
    /// In quotes: exactly these letters in a row.
    pub is_phrase: bool,
    /// The last word may go on.
    pub is_prefix: bool,
    /// So many slips are forgiven, in this tier already; 0 for those that the tiers forgive.
    pub slips: u8,
    /// Nothing but what was typed.
    pub is_exact: bool,
}

/// Spellings of one phrase that are looked for at most; beyond it only the plainest.
const MOST_SPELLINGS: usize = 16;
/// Terms of one phrase at most; what is longer is found by its beginning.
pub(in super::super) const LONGEST_PHRASE: usize = 64;

/// The patterns of units that were written without a space, by tier; and whether their end had to be cut off.
pub(in super::super) fn spell(units: &[Unit], how: Spelled) -> (Vec<(Tier, Vec<Pattern>)>, bool) {
    let (mut exact, was_cut) = exact(units, how, Border::Both);
    if how.slips > 0 {
        if let [Unit { kind: UnitKind::Word, slots, .. }] = units
            && let [Slot { forms, .. }] = slots.as_slice()
        {
            exact.extend(forms.first().map(|word| Pattern::of(Matcher::Slips(word.clone(), how.slips))));
        }
        return (vec![(Tier::Exact, exact)], was_cut);
    }
    let mut tiers = vec![(Tier::Exact, exact)];
    if !how.is_phrase && !how.is_prefix && !how.is_exact && !was_cut {
        let mut looser = Looser::default();
        looser.spell(units);
        looser.tiers.sort_by_key(|(tier, _)| *tier);
        tiers.extend(looser.tiers);
    }
    (tiers, was_cut)
}

/// Two words that were typed apart as one: `sun screen`.
pub(in super::super) fn spell_joined(left: &[Unit], right: &[Unit]) -> Option<Pattern> {
    let word = |units: &[Unit]| match units {
        [Unit { kind: UnitKind::Word, slots, .. }] => match slots.as_slice() {
            [slot] => {
                slot.forms.first().filter(|form| form.chars().all(char::is_alphabetic) && form.len() >= 2).cloned()
            }
            _ => None,
        },
        _ => None,
    };
    Some(Pattern::of(Matcher::Term(format!("{}{}", word(left)?, word(right)?))))
}

/// At which ends of a run a word must begin or end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Border {
    Both,
    Start,
    End,
    Neither,
}

type Way = (Vec<(usize, Matcher)>, usize);

fn exact(units: &[Unit], how: Spelled, border: Border) -> (Vec<Pattern>, bool) {
    // Terms with their distance, and the distance of what comes next.
    let mut spellings: Vec<Way> = vec![(Vec::new(), 0)];
    let mut was_cut = false;
    for unit in units {
        if spellings.iter().any(|(terms, _)| terms.len() + unit.slots.len() > LONGEST_PHRASE) {
            was_cut = true;
        }
        let border = if how.is_phrase { Border::Neither } else { border };
        let ways = ways(unit, border, how.is_prefix);
        let n_ways = if spellings.len() * ways.len() > MOST_SPELLINGS { 1 } else { ways.len() };
        spellings = spellings
            .into_iter()
            .flat_map(|(terms, next)| {
                ways[..n_ways].iter().map(move |(more, width)| {
                    let mut terms = terms.clone();
                    terms.extend(more.iter().map(|(at, term)| (next + at, term.clone())));
                    terms.truncate(LONGEST_PHRASE);
                    (terms, next + width)
                })
            })
            .collect();
        if was_cut {
            break;
        }
    }
    let mut patterns: Vec<Pattern> = spellings
        .into_iter()
        .map(|(mut slots, _)| {
            if how.is_prefix && !was_cut {
                begin(&mut slots);
            }
            Pattern { slots }
        })
        .collect();
    patterns.dedup();
    (patterns, was_cut)
}

/// Lets the last word go on.
fn begin(slots: &mut [(usize, Matcher)]) {
    if let Some((_, last)) = slots.last_mut()
        && let Matcher::Term(term) = last
    {
        *last = Matcher::Begins(std::mem::take(term));
    }
}

/// The ways to write one unit: its terms with their distances, and how many positions it takes. The plainest first.
fn ways(unit: &Unit, border: Border, is_prefix: bool) -> Vec<Way> {
    let n_slots = unit.slots.len();
    // A tag or handle is looked for as itself; a base emoji is found by itself only.
    if let Some(whole) = &unit.whole {
        let mut wholes = vec![whole.clone()];
        wholes.extend(whole.chars().next().zip(spelled_out(unit)).map(|(sign, word)| format!("{sign}{word}")));
        return wholes.into_iter().map(|whole| (vec![(0, Matcher::Term(whole))], n_slots)).collect();
    }
    if unit.kind == UnitKind::Run {
        return vec![(run(&unit.slots, border, is_prefix), n_slots)];
    }
    let mut ways: Vec<Way> = vec![(Vec::new(), n_slots)];
    for (at, slot) in unit.slots.iter().enumerate() {
        let n_forms = match unit.kind {
            UnitKind::Word if ways.len() * slot.forms.len() <= MOST_SPELLINGS => slot.forms.len(),
            _ => 1,
        };
        ways = ways
            .into_iter()
            .flat_map(|(terms, width)| {
                slot.forms[..n_forms].iter().map(move |form| {
                    let mut terms = terms.clone();
                    terms.push((at, Matcher::Term(form.clone())));
                    (terms, width)
                })
            })
            .collect();
    }
    ways.extend(unit.joined.iter().map(|joined| (vec![(0, Matcher::Term(joined.clone()))], 1)));
    // ü typed in German is ue to others.
    ways.extend(spelled_out(unit).map(|word| (vec![(0, Matcher::Term(word))], 1)));
    ways
}

/// A run character by character. Particles stand behind Korean words, so these must only begin where typed.
fn run(slots: &[Slot], border: Border, is_prefix: bool) -> Vec<(usize, Matcher)> {
    let is_hangul = slots
        .iter()
        .any(|slot| slot.forms.iter().any(|form| form.starts_with(|letter| ('가'..='힣').contains(&letter))));
    let last = slots.len().saturating_sub(1);
    let must_begin = matches!(border, Border::Both | Border::Start);
    // A character of Han alone is a word that others are made of.
    let is_one_han = slots.len() == 1
        && slots.iter().any(|slot| slot.raw.starts_with(|letter| ('\u{3400}'..='\u{9FFF}').contains(&letter)));
    let may_go_on = border == Border::Both && (is_hangul || is_one_han);
    let must_end = matches!(border, Border::Both | Border::End) && !may_go_on && !is_prefix;
    let term = |(at, slot): (usize, &Slot)| {
        let letter = slot.forms.first().map(String::as_str).unwrap_or_default();
        (at, Matcher::Term(bordered(letter, must_begin && at == 0, must_end && at == last)))
    };
    slots.iter().enumerate().map(term).collect()
}

/// A word with ä, ö, ü, å as it is written without them, if it has any.
fn spelled_out(unit: &Unit) -> Option<String> {
    let [slot] = unit.slots.as_slice() else { return None };
    let mut spelled = String::new();
    let mut has_any = false;
    let letters: String = unicode_normalization::UnicodeNormalization::nfc(slot.raw.as_str()).collect();
    for letter in letters.to_lowercase().chars() {
        let more = match letter {
            'ä' => "ae",
            'ö' | 'ø' => "oe",
            'ü' => "ue",
            'å' => "aa",
            'ß' => "ss",
            letter if letter.is_ascii_alphabetic() => {
                spelled.push(letter);
                continue;
            }
            _ => return None,
        };
        has_any |= letter != 'ß';
        spelled.push_str(more);
    }
    has_any.then_some(spelled)
}

/// The patterns of the tiers below exact.
#[derive(Default)]
struct Looser {
    tiers: Vec<(Tier, Vec<Pattern>)>,
}

impl Looser {
    fn push(&mut self, tier: Tier, pattern: Pattern) {
        match self.tiers.iter_mut().find(|(known, _)| *known == tier) {
            Some((_, patterns)) => {
                if !patterns.contains(&pattern) {
                    patterns.push(pattern);
                }
            }
            None => self.tiers.push((tier, vec![pattern])),
        }
    }

    fn one(&mut self, tier: Tier, matcher: Matcher) {
        self.push(tier, Pattern::of(matcher));
    }

    fn spell(&mut self, units: &[Unit]) {
        let how = Spelled { is_phrase: false, is_prefix: false, slips: 0, is_exact: false };
        match units {
            [Unit { kind: UnitKind::Run, slots, .. }] => self.run(slots),
            [Unit { kind: UnitKind::Word, slots, joined, .. }] => match slots.as_slice() {
                [slot] => self.word(slot.forms.first().map(String::as_str).unwrap_or_default()),
                slots => self.parts(slots, joined.as_deref()),
            },
            [Unit { kind: UnitKind::Tag | UnitKind::Handle, whole: Some(whole), .. }] => {
                self.one(Tier::Prefix, Matcher::Begins(whole.clone()));
            }
            _ => {}
        }
        if units.len() > 1 {
            // PDF送る: the borders of words are left out; and the last word may go on.
            for border in [Border::Start, Border::End] {
                exact(units, how, border).0.into_iter().for_each(|pattern| self.push(Tier::Prefix, pattern));
            }
            exact(units, Spelled { is_prefix: true, ..how }, Border::Start)
                .0
                .into_iter()
                .for_each(|pattern| self.push(Tier::Prefix, pattern));
            exact(units, how, Border::Neither).0.into_iter().for_each(|pattern| self.push(Tier::Contains, pattern));
        }
    }

    fn run(&mut self, slots: &[Slot]) {
        if slots.len() > LONGEST_PHRASE {
            return;
        }
        let letters: Vec<char> = slots.iter().filter_map(|slot| slot.forms.first()?.chars().next()).collect();
        for stem in cjk::stems(&letters) {
            let term =
                |(at, letter): (usize, &char)| (at, Matcher::Term(bordered(&letter.to_string(), at == 0, false)));
            self.push(Tier::Inflected, Pattern { slots: stem.iter().enumerate().map(term).collect() });
            // Where the dictionary takes something else before it along: お酒飲みたい.
            if stem.len() >= 2 {
                let inside = |(at, letter): (usize, &char)| (at, Matcher::Term(letter.to_string()));
                self.push(Tier::Contains, Pattern { slots: stem.iter().enumerate().map(inside).collect() });
            }
        }
        // ラーメン written in hiragana has lost its long mark, which only stretches there.
        if slots.iter().any(|slot| slot.raw == "ー") {
            // Of two characters it would make another word: ビール, ビル.
            let short: Vec<Slot> = slots.iter().filter(|slot| slot.raw != "ー").cloned().collect();
            if short.len() >= 3 {
                self.push(Tier::Inflected, Pattern { slots: run(&short, Border::Both, false) });
            }
        }
        self.push(Tier::Prefix, Pattern { slots: run(slots, Border::Start, false) });
        self.push(Tier::Prefix, Pattern { slots: run(slots, Border::End, false) });
        self.push(Tier::Contains, Pattern { slots: run(slots, Border::Neither, false) });
        self.sounds(&letters.iter().collect::<String>());
    }

    fn word(&mut self, word: &str) {
        let letters: Vec<char> = word.chars().collect();
        let is_number = letters.iter().all(char::is_ascii_digit);
        if is_number {
            if letters.len() >= 3 {
                self.one(Tier::Prefix, Matcher::Begins(word.to_owned()));
            }
            return;
        }
        if let Some(forms) = Forms::of(word) {
            self.one(Tier::Inflected, Matcher::Inflected(Box::new(forms)));
        }
        self.splits(&letters);
        if letters.len() >= 2 {
            self.one(Tier::Prefix, Matcher::Begins(word.to_owned()));
        }
        if letters.len() >= 3 {
            self.one(Tier::Contains, Matcher::Contains(word.to_owned()));
        }
        if slips::allowed(letters.len()).is_some() {
            self.one(Tier::Similar, Matcher::Similar(word.to_owned()));
        }
        self.sounds(word);
    }

    /// goodnight as good night.
    fn splits(&mut self, letters: &[char]) {
        const LEAST_PART: usize = 3;
        const LONGEST: usize = 24;
        if letters.len() > LONGEST || !letters.iter().all(|letter| letter.is_alphabetic()) {
            return;
        }
        for at in LEAST_PART..letters.len().saturating_sub(LEAST_PART - 1) {
            let term = |letters: &[char]| Matcher::Term(letters.iter().collect());
            self.push(Tier::Inflected, Pattern { slots: vec![(0, term(&letters[..at])), (1, term(&letters[at..]))] });
        }
    }

    /// A word of several parts: l'hiver, e-mail, o'brien.
    fn parts(&mut self, slots: &[Slot], joined: Option<&str>) {
        // Articles and the like of French and Italian; what hangs on behind is short, and t is the not of can't.
        const BEFORE: &[&str] = &[
            "l", "d", "j", "m", "t", "s", "n", "c", "v", "qu", "jusqu", "lorsqu", "puisqu", "dell", "nell", "all",
            "sull", "dall", "quell", "un",
        ];
        const LONGEST_BEHIND: usize = 4;
        let words: Vec<&str> = slots.iter().filter_map(|slot| slot.forms.first().map(String::as_str)).collect();
        let is_word = |word: &str| word.chars().all(char::is_alphabetic);
        let length = |word: &str| word.chars().count();
        let is_elided = words.first().is_some_and(|first| BEFORE.contains(first));
        if let Some(joined) = joined.filter(|_| !is_elided) {
            self.word(joined);
        }
        // What is short hangs on to what is long: the article, the genitive, the ending.
        if let [first, last] = words[..]
            && is_word(first)
            && is_word(last)
        {
            let base = if BEFORE.contains(&first) && length(last) > 1 {
                Some(last)
            } else {
                Some(first).filter(|_| last != "t" && length(last) <= LONGEST_BEHIND && length(first) > length(last))
            };
            if let Some(base) = base {
                self.one(Tier::Inflected, Matcher::Term(base.to_owned()));
                if let Some(forms) = Forms::of(base) {
                    self.one(Tier::Inflected, Matcher::Inflected(Box::new(forms)));
                }
            }
        }
        let mut prefix: Vec<(usize, Matcher)> =
            words.iter().enumerate().map(|(at, word)| (at, Matcher::Term((*word).to_owned()))).collect();
        begin(&mut prefix);
        self.push(Tier::Prefix, Pattern { slots: prefix });
    }

    fn sounds(&mut self, word: &str) {
        const LEAST: usize = 4;
        if word.is_ascii() {
            let key = key_of(word);
            if key.len() >= LEAST {
                // Korean particles go on behind the word.
                self.one(Tier::SoundsLike, Matcher::Begins(format!("{}{key}", super::SOUND)));
            } else if key.len() >= 2 && word.len() >= 3 {
                self.one(Tier::SoundsLike, Matcher::Term(format!("{}{key}", super::SOUND)));
            }
            if let Some(skeleton) = skeleton_of(word) {
                self.one(Tier::SoundsLike, Matcher::Term(format!("{}{skeleton}", super::SKELETON)));
            }
            return;
        }
        for sound in sounds_of(word).into_iter().filter(|sound| sound.chars().count() > LEAST) {
            self.one(Tier::SoundsLike, Matcher::Sounds(sound));
        }
    }
}
