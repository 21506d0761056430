//! Where words begin and end in scripts that put no spaces between them.
//!
//! The borders only sharpen: every character is indexed by itself too, so that nothing is lost where the dictionary is
//! wrong or cuts query and text differently.

use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use super::fold::{Cell, Class};
use super::tables;

/// Notes in every run of spaceless characters and of Hangul where its words begin and end.
pub(super) fn mark(cells: &mut [Cell]) {
    let mut at = 0;
    while at < cells.len() {
        let class = cells[at].class;
        if !matches!(class, Class::Spaceless | Class::Hangul) {
            at += 1;
            continue;
        }
        let end = at + cells[at..].iter().take_while(|cell| cell.class == class).count();
        cells[at].begins = true;
        cells[end - 1].ends = true;
        if class == Class::Spaceless {
            mark_words(&mut cells[at..end]);
        }
        at = end;
    }
}

fn mark_words(run: &mut [Cell]) {
    // The dictionary knows katakana and the characters of every country, so it sees what stood there before folding.
    let text: String = run.iter().map(|cell| cell.raw).collect();
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let mut breaks = segmenter.segment_str(&text).peekable();
    let mut byte = 0;
    for at in 0..run.len() {
        while breaks.next_if(|border| *border < byte).is_some() {}
        if at > 0 && breaks.peek() == Some(&byte) {
            run[at].begins = true;
            run[at - 1].ends = true;
        }
        byte += run[at].raw.len_utf8();
    }
    // It takes the longest word from the left on, which goes wrong where two words could share a character.
    let is_cut_anew = |cell: &Cell| tables::is_han(cell.raw) || tables::is_hiragana(cell.raw);
    let mut at = 0;
    while at < run.len() {
        let length = run[at..].iter().take_while(|cell| is_cut_anew(cell)).count();
        if length >= 3 {
            cut_anew(&segmenter, &mut run[at..at + length]);
        }
        at += length.max(1);
    }
    for at in 0..run.len() {
        if counts_people(run, at) {
            run[at].begins = false;
            run[at - 1].ends = false;
            run[at].ends = true;
            if let Some(next) = run.get_mut(at + 1) {
                next.begins = true;
            }
        }
    }
}

/// Longer words of Han characters and hiragana are seldom in the dictionary.
const LONGEST: usize = 6;
/// What a word costs, a character that ends sentences, one that often stands alone, and one that seldom does: 产品和服务 is cut before 和服
/// ends, 東京都 behind 東京.
const WORD: u32 = 20;
const LAST: u32 = 21;
const PARTICLE: u32 = 22;
const SINGLE: u32 = 32;
/// Characters that often stand alone: particles, pronouns, verbs of everyday life, numbers, and what ends a name.
const PARTICLES: &str = "的了着过地得和跟与在是不有我你他她它这那就也都把被给对从到让很真太好去来要想会能又还再没最\
    说看吃喝买做叫用个一二三四五六七八九十两几县市区町村站驿店人\
    はがをにでともへのねよかなやおごだてた";
/// Characters that end sentences.
const ENDINGS: &str = "呢吗吧啊呀嘛哦喔啦";
/// Characters that may stand before a word, and that the dictionary takes for its beginning: 很喜欢, お寿司.
const BEFORE: &str = "很不真太都会没好最再还又也就要想我你他她这那お御";

/// Cuts into the words that cost least; of equal ways that with the longer words behind.
fn cut_anew(segmenter: &WordSegmenterBorrowed<'_>, run: &mut [Cell]) {
    let text: String = run.iter().map(|cell| cell.raw).collect();
    let mut starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    starts.push(text.len());
    let is_word = |from: usize, to: usize| {
        text.get(starts[from]..starts[to]).is_some_and(|part| segmenter.segment_str(part).eq([0, part.len()]))
    };
    // The cost up to each place, and where the last word before it begins.
    let mut best: Vec<(u32, usize)> = vec![(0, 0)];
    for to in 1..=run.len() {
        let single = match run[to - 1].letter {
            letter if ENDINGS.contains(letter) => LAST,
            letter if PARTICLES.contains(letter) => PARTICLE,
            _ => SINGLE,
        };
        let mut least = (best[to - 1].0 + single, to - 1);
        for (from, (before, _)) in best[..to - 1].iter().enumerate().skip(to.saturating_sub(LONGEST)).rev() {
            let cost = before + WORD;
            if cost <= least.0 && is_word(from, to) {
                least = (cost, from);
            }
        }
        best.push(least);
    }
    let length = run.len();
    for cell in &mut run[1..] {
        cell.begins = false;
    }
    for cell in &mut run[..length - 1] {
        cell.ends = false;
    }
    let mut to = length;
    while to > 0 {
        let from = best[to].1;
        run[from].begins = true;
        run[to - 1].ends = true;
        if to - from >= 3 && BEFORE.contains(run[from].letter) && is_word(from + 1, to) {
            run[from].ends = true;
            run[from + 1].begins = true;
        }
        to = from;
    }
}

/// 三个人才…: behind a number and 个, 人 ends one and begins none.
fn counts_people(run: &[Cell], at: usize) -> bool {
    const NUMBERS: &str = "一二两三四五六七八九十几百千多0123456789";
    let letter = |at: usize| run.get(at).map(|cell| cell.letter);
    at >= 2
        && letter(at) == Some('人')
        && letter(at - 1) == Some('个')
        && letter(at - 2).is_some_and(|number| NUMBERS.contains(number))
}
