//! Where words begin and end in scripts that put no spaces between them.
//!
//! The borders only sharpen: every character is indexed by itself too, so that nothing is lost where the dictionary is
//! wrong or cuts query and text differently.

use icu_segmenter::WordSegmenter;
use icu_segmenter::options::WordBreakInvariantOptions;

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
    for at in 2..run.len() {
        if is_cut_either_way(run, at, &text) {
            run[at - 1].begins = true;
            run[at - 2].ends = true;
        }
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

/// 缺人才: cut into 缺人 and 才 by whoever reads from the left, although 人才 is a word as well. Both are found then.
/// Not where Japanese stands, which ends a name with what it is (東京都), and not before what only colours the sentence.
fn is_cut_either_way(run: &[Cell], at: usize, text: &str) -> bool {
    const PARTICLES: &str = "呀啊吗呢吧了的啦嘛哦喔着过地得";
    if PARTICLES.contains(run[at].letter) || run.iter().any(|cell| tables::is_hiragana(cell.letter)) {
        return false;
    }
    let is_one = run[at].begins && run[at].ends;
    let is_behind_two = run[at - 2].begins && !run[at - 2].ends && !run[at - 1].begins && run[at - 1].ends;
    if !is_one || !is_behind_two || !tables::is_han(run[at].letter) || !tables::is_han(run[at - 1].letter) {
        return false;
    }
    let start: usize = run[..at - 1].iter().map(|cell| cell.raw.len_utf8()).sum();
    let end = start + run[at - 1].raw.len_utf8() + run[at].raw.len_utf8();
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    text.get(start..end).is_some_and(|pair| segmenter.segment_str(pair).eq([0, pair.len()]))
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
