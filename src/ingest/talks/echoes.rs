//! What is said in two downloads: the same words, at clocks that differ by quarters of an hour. From it come the
//! conversations that are one although nothing but their words says so, and the zones of clocks. Pure, and a function of
//! the set: it looks at clocks as they were written and at nothing that was inferred before.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::zones::{Evidence, QUARTER_MS};

/// The name of no words: such a line is counted, and compared with none.
pub const NO_WORDS: u64 = 0;

/// Something that a document said.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Names the words, or [`NO_WORDS`].
    pub words: u64,
    /// The clock as written where the zone is open, else UTC; Unix milliseconds.
    pub at_ms: i64,
    /// Number of the conversation, as documents know it.
    pub talk: u32,
    /// Number of the document.
    pub document: u32,
    pub grain: Grain,
    /// Nobody told the zone of the clock.
    pub is_open: bool,
}

/// How fine a time is, finest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    Millisecond,
    Second,
    Minute,
}

impl Grain {
    pub const fn ms(self) -> i64 {
        match self {
            Self::Millisecond => 1,
            Self::Second => 1_000,
            Self::Minute => 60_000,
        }
    }
}

/// A document: the snapshots in which it stood.
pub type Stands = BTreeSet<i64>;

/// Two conversations that say the same, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    pub one: u32,
    pub other: u32,
    pub n: u32,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Echoes {
    /// Pairs of different conversations.
    pub pairs: Vec<Echo>,
    /// By snapshot whose clocks are open.
    pub evidence: BTreeMap<i64, Evidence>,
}

/// Clocks are at most so far from UTC.
const FARTHEST_MS: i64 = 14 * 3_600_000;
/// Common messages that make two conversations one (format reference §8.2.5), or all of the shorter.
const COMMON_MESSAGES: u32 = 3;
/// So many lines of the same words are compared with one, and so many pairs kept: real downloads have a handful for each.
const MOST_COMPARED: usize = 64;
const MOST_PAIRS: usize = 4_000_000;

/// A line that an other one repeats.
#[derive(Clone, Copy)]
struct Match {
    line: u32,
    other_talk: u32,
    quarters: i16,
    /// The other line's instant was stated.
    is_stated: bool,
    /// The first of its minute, words and difference, whichever document has it.
    is_first: bool,
}

/// Compares all lines. `kinds` says of each conversation what it is: only like is compared with like, and only 0 are
/// conversations that may be joined.
pub fn compare(lines: &mut [Line], kinds: &[u8], documents: &[Stands]) -> Echoes {
    lines.sort_unstable_by_key(|line| (line.words, line.at_ms, line.talk, line.document));
    let lines = &*lines;
    let is_talk = |talk: u32| kinds.get(talk as usize) == Some(&0);
    let matches = matches(lines, kinds, documents);
    let mut shared = shared(lines, &matches);
    let moments = moments(lines.iter().filter(|line| is_talk(line.talk)));
    for (talks, n) in self::shared(&moments, &self::matches(&moments, kinds, documents)) {
        let known = shared.entry(talks).or_default();
        *known = n.max(*known);
    }
    let spans = Spans::of(lines, kinds.len());
    let mut pairs: Vec<Echo> = shared
        .into_iter()
        .filter(|((one, other), _)| is_talk(*one) && is_talk(*other))
        .map(|((one, other), n)| Echo { one, other, n })
        .filter(|echo| spans.are_enough(echo))
        .collect();
    pairs.sort_by_key(|echo| (echo.one, echo.other));
    let joined: HashSet<(u32, u32)> = pairs.iter().map(|echo| (echo.one, echo.other)).collect();
    let mut differences: BTreeMap<u32, Vec<i16>> = BTreeMap::new();
    for found in matches.iter().filter(|found| found.is_stated) {
        let line = &lines[found.line as usize];
        if line.is_open && (line.talk == found.other_talk || joined.contains(&(line.talk, found.other_talk))) {
            differences.entry(found.line).or_default().push(found.quarters);
        }
    }
    let mut evidence: BTreeMap<i64, Evidence> = BTreeMap::new();
    for (line, quarters) in differences {
        let line = &lines[line as usize];
        for snapshot in &documents[line.document as usize] {
            evidence.entry(*snapshot).or_default().add(line.at_ms, quarters.clone());
        }
    }
    Echoes { pairs, evidence }
}

/// How many lines two different conversations share whose clocks differ by the same.
fn shared(lines: &[Line], matches: &[Match]) -> HashMap<(u32, u32), u32> {
    let mut tally: HashMap<(u32, u32), HashMap<i16, u32>> = HashMap::new();
    for found in matches.iter().filter(|found| found.is_first) {
        let talks = (lines[found.line as usize].talk, found.other_talk);
        if talks.0 != talks.1 {
            *tally.entry(talks).or_default().entry(found.quarters).or_default() += 1;
        }
    }
    tally.into_iter().map(|(talks, by_difference)| (talks, agreeing(&by_difference))).collect()
}

/// The same lines, named by their millisecond in a quarter of an hour instead of by their words: hardly any two messages
/// share that by chance, and of a notice in two languages or a message without words nothing else is the same. Empty where
/// all milliseconds are stated, for those make keys of their own.
fn moments<'a>(lines: impl Iterator<Item = &'a Line> + Clone) -> Vec<Line> {
    let is_fine = |line: &&Line| line.grain == Grain::Millisecond && line.at_ms % 1_000 != 0;
    if !lines.clone().any(|line| line.is_open && is_fine(&line)) {
        return Vec::new();
    }
    let name = |line: &Line| u64::try_from(line.at_ms.rem_euclid(QUARTER_MS)).unwrap_or(NO_WORDS);
    let mut moments: Vec<Line> = lines.filter(is_fine).map(|line| Line { words: name(line), ..*line }).collect();
    moments.sort_unstable_by_key(|line| (line.words, line.at_ms, line.talk, line.document));
    moments
}

/// Lines with lines of the same words in other snapshots that may be the same; equal words of one minute once. Rare words
/// first, for there is an end to what is looked at.
fn matches(lines: &[Line], kinds: &[u8], documents: &[Stands]) -> Vec<Match> {
    let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if lines[group.start].words == line.words => group.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups.retain(|group| group.len() > 1 && lines[group.start].words != NO_WORDS);
    groups.sort_by_key(|group| (group.len(), lines[group.start].words));
    let mut found = Vec::new();
    let mut known: HashSet<(u32, i64, u32, i16)> = HashSet::new();
    let mut known_in_document: HashSet<(u32, i64, u32, i16, u32, bool)> = HashSet::new();
    for group in groups {
        if found.len() > MOST_PAIRS {
            break;
        }
        known.clear();
        known_in_document.clear();
        let same = &lines[group.clone()];
        let mut low = 0;
        for (index, line) in same.iter().enumerate() {
            if line.grain == Grain::Millisecond && !line.is_open {
                continue;
            }
            while same[low].at_ms < line.at_ms - FARTHEST_MS {
                low += 1;
            }
            let within =
                same[low..].iter().take_while(|other| other.at_ms < line.at_ms + FARTHEST_MS + line.grain.ms());
            let is_finer = |other: &&Line| {
                let is_better =
                    other.grain < line.grain || (other.grain == line.grain && line.is_open && !other.is_open);
                is_better && kinds.get(other.talk as usize) == kinds.get(line.talk as usize)
            };
            let elsewhere = |other: &&Line| {
                other.document != line.document
                    && documents[other.document as usize].is_disjoint(&documents[line.document as usize])
            };
            for other in within.filter(is_finer).filter(elsewhere).take(MOST_COMPARED) {
                let Some(quarters) = difference(line, other) else { continue };
                let minute = line.at_ms.div_euclid(60_000);
                let is_first = known.insert((line.talk, minute, other.talk, quarters));
                // Every snapshot has a zone of its own.
                if known_in_document.insert((line.talk, minute, other.talk, quarters, line.document, other.is_open)) {
                    found.push(Match {
                        line: u32::try_from(group.start + index).unwrap_or(u32::MAX),
                        other_talk: other.talk,
                        quarters,
                        is_stated: !other.is_open,
                        is_first,
                    });
                }
            }
        }
    }
    found
}

/// By how many quarters of an hour the finer time is ahead of the clock, if it is by whole ones.
fn difference(line: &Line, other: &Line) -> Option<i16> {
    let grain = line.grain.ms();
    let difference = other.at_ms.div_euclid(grain) * grain - line.at_ms.div_euclid(grain) * grain;
    let quarters = (difference + QUARTER_MS / 2).div_euclid(QUARTER_MS);
    // A second may have been cut or rounded.
    let tolerance = if line.grain == Grain::Second { 1_000 } else { 0 };
    let is_whole = (difference - quarters * QUARTER_MS).abs() <= tolerance;
    (is_whole && (line.is_open || other.is_open || quarters == 0)).then(|| i16::try_from(quarters).ok()).flatten()
}

/// How many agree in their difference, summer and winter taken together.
fn agreeing(by_difference: &HashMap<i16, u32>) -> u32 {
    let at = |quarters: i16| by_difference.get(&quarters).copied().unwrap_or_default();
    by_difference.iter().map(|(quarters, n)| n + at(quarters + 4).max(at(quarters + 2))).max().unwrap_or_default()
}

/// When conversations took place.
struct Spans {
    clocks: Vec<Vec<i64>>,
}

impl Spans {
    fn of(lines: &[Line], n_talks: usize) -> Self {
        let mut distinct: Vec<(u32, i64, u64)> =
            lines.iter().map(|line| (line.talk, line.at_ms.div_euclid(60_000), line.words)).collect();
        distinct.sort_unstable();
        distinct.dedup();
        let mut clocks = vec![Vec::new(); n_talks];
        for (talk, minute, _) in distinct {
            clocks[talk as usize].push(minute * 60_000);
        }
        Self { clocks }
    }

    /// Whether two conversations share enough: three messages, or all of the shorter; and of what both could have, a
    /// quarter, for the same words may be sent to several people.
    fn are_enough(&self, echo: &Echo) -> bool {
        let [one, other] = [echo.one, echo.other].map(|talk| &self.clocks[talk as usize]);
        let shorter = u32::try_from(one.len().min(other.len())).unwrap_or(u32::MAX);
        let (Some(from), Some(to)) = (one.first().max(other.first()), one.last().min(other.last())) else {
            return false;
        };
        let common = |clocks: &[i64]| {
            let begin = clocks.partition_point(|at| *at < from - FARTHEST_MS);
            let end = clocks.partition_point(|at| *at <= to + FARTHEST_MS);
            end.saturating_sub(begin)
        };
        let could = u64::try_from(common(one).min(common(other))).unwrap_or(u64::MAX);
        echo.n >= COMMON_MESSAGES.min(shorter).max(1) && u64::from(echo.n) * 4 >= could
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    /// Lines of a conversation: words, minutes after the beginning, seconds.
    fn talk(number: u32, document: u32, hours: i64, grain: Grain, lines: &[(u64, i64, i64)]) -> Vec<Line> {
        let line = |(words, minute, second): &(u64, i64, i64)| {
            let at_ms = 1_650_000_000_000 + minute * 60_000 + second * 1_000 + hours * HOUR;
            Line {
                words: *words,
                at_ms: at_ms.div_euclid(grain.ms()) * grain.ms(),
                talk: number,
                document,
                grain,
                is_open: grain == Grain::Minute,
            }
        };
        lines.iter().map(line).collect()
    }

    fn pairs(talks: &[Vec<Line>], documents: &[Stands]) -> Vec<(u32, u32, u32)> {
        let mut lines = talks.concat();
        let n_talks = lines.iter().map(|line| line.talk as usize + 1).max().unwrap_or_default();
        let echoes = compare(&mut lines, &vec![0; n_talks], documents);
        echoes.pairs.iter().map(|echo| (echo.one, echo.other, echo.n)).collect()
    }

    #[test]
    fn three_common_messages_or_all_of_the_shorter_make_one() {
        let said = [(1, 0, 5), (2, 1, 50), (3, 9, 0), (1, 9, 30)];
        let stands = [Stands::from([1]), Stands::from([2])];
        let fine = talk(0, 0, 0, Grain::Millisecond, &said);
        let check = |said: &[(u64, i64, i64)], hours, expected: &[(u32, u32, u32)]| {
            assert_eq!(pairs(&[fine.clone(), talk(1, 1, hours, Grain::Minute, said)], &stands), expected, "{said:?}");
        };
        check(&said, -7, &[(1, 0, 4)]);
        check(&said[1..], 5, &[(1, 0, 3)]);
        check(&said[..1], -8, &[(1, 0, 1)]);
        check(&[(1, 0, 5), (9, 3, 0)], -8, &[]);
        // No zone is so far away, and none is off by minutes.
        check(&said, -15, &[]);
        check(&said.map(|(words, minute, second)| (words, minute + 7, second)), -8, &[]);
        // What stands in one snapshot is two.
        let both = [Stands::from([1]), Stands::from([1, 2])];
        assert_eq!(pairs(&[fine.clone(), talk(1, 1, -7, Grain::Minute, &said)], &both), []);
    }

    #[test]
    fn equal_milliseconds_make_one_whatever_is_said() {
        let stands = [Stands::from([1]), Stands::from([2])];
        let said = |first: u64| [(first, 0, 5), (first + 1, 1, 50), (NO_WORDS, 9, 0), (first + 3, 9, 30)];
        let of = |number, hours, first, after_ms| -> Vec<Line> {
            let lines = talk(number, number, hours, Grain::Millisecond, &said(first));
            lines.into_iter().map(|line| Line { at_ms: line.at_ms + after_ms, ..line }).collect()
        };
        let open = |lines: Vec<Line>| lines.into_iter().map(|line| Line { is_open: true, ..line }).collect::<Vec<_>>();
        let check = |one: Vec<Line>, expected: &[(u32, u32, u32)]| {
            assert_eq!(pairs(&[of(0, 0, 10, 123), one], &stands), expected);
        };
        check(open(of(1, 0, 20, 123)), &[(1, 0, 4)]);
        check(open(of(1, -7, 20, 123)), &[(1, 0, 4)]);
        check(open(of(1, 0, 20, 124)), &[]);
        // Words and moments are not added up.
        check(open(of(1, 0, 10, 123)), &[(1, 0, 4)]);
        check(open(of(1, 0, 10, 123)[..2].to_vec()), &[(1, 0, 2)]);
    }

    #[test]
    fn equal_words_in_one_minute_count_once() {
        let stands = [Stands::from([1]), Stands::from([2])];
        let fine = talk(0, 0, 0, Grain::Millisecond, &[(1, 0, 1), (1, 0, 2), (1, 0, 3), (2, 5, 0)]);
        let coarse = talk(1, 1, -7, Grain::Minute, &[(1, 0, 1), (1, 0, 2), (1, 0, 3), (3, 7, 0), (4, 8, 0)]);
        assert_eq!(pairs(&[fine, coarse], &stands), []);
    }

    #[test]
    fn what_was_sent_to_another_too_is_not_the_conversation() {
        let stands = [Stands::from([1]), Stands::from([2])];
        let fine: Vec<(u64, i64, i64)> =
            (0..40).map(|n| (u64::from(n % 10 == 0) * 100 + n, i64::try_from(n).expect("small") * 10, 0)).collect();
        let other: Vec<(u64, i64, i64)> = fine
            .iter()
            .map(|(words, minute, second)| (if *words >= 100 { *words } else { words + 1_000 }, *minute, *second))
            .collect();
        let talks = [talk(0, 0, 0, Grain::Millisecond, &fine), talk(1, 1, -7, Grain::Minute, &other)];
        assert_eq!(pairs(&talks, &stands), []);
    }

    #[test]
    fn only_stated_instants_tell_zones() {
        let said = [(1, 0, 5), (2, 1, 50), (3, 9, 0)];
        let stands = [Stands::from([1]), Stands::from([2]), Stands::from([3])];
        let open = |number, document, hours, grain| -> Vec<Line> {
            talk(number, document, hours, grain, &said).into_iter().map(|line| Line { is_open: true, ..line }).collect()
        };
        let mut lines = [open(0, 0, -7, Grain::Minute), open(0, 1, 0, Grain::Second)].concat();
        assert!(compare(&mut lines, &[0], &stands).evidence.is_empty());
        lines.extend(talk(0, 2, 0, Grain::Millisecond, &said));
        let echoes = compare(&mut lines, &[0], &stands);
        let zones: Vec<_> = echoes
            .evidence
            .iter()
            .map(|(snapshot, one)| (*snapshot, one.zone().map(|(zone, n)| (zone.to_string(), n))))
            .collect();
        assert_eq!(zones, [(1, Some(("America/Los_Angeles".to_owned(), 3))), (2, Some(("UTC".to_owned(), 3)))]);
    }
}
