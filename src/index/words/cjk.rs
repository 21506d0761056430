//! Inflected forms of words that are written as runs: verbs and adjectives of Japanese and Korean, particles of Korean.

/// Beginnings of a text under which the other forms of a word stand, each the letters of a run from the beginning of a
/// word on.
pub(super) fn stems(word: &[char]) -> Vec<Vec<char>> {
    match word.first() {
        Some('가'..='힣') => korean(word),
        Some(_) => japanese(word),
        None => Vec::new(),
    }
}

/// The rows of kana that the last sound of a verb changes in, and how it joins with た and て.
const ROWS: &[(char, &str)] = &[
    ('う', "わいうえおっ"),
    ('く', "かきくけこいっ"),
    ('ぐ', "がぎぐげごい"),
    ('す', "さしすせそ"),
    ('つ', "たちつてとっ"),
    ('ぬ', "なにぬねのん"),
    ('ぶ', "ばびぶべぼん"),
    ('む', "まみむめもん"),
    ('る', "らりるれろっ"),
];
/// Endings of verbs and adjectives that are taken off to find the stem, longest first.
const JAPANESE_ENDINGS: &[&str] = &[
    "ませんでした",
    "ましょう",
    "ませんか",
    "なかった",
    "ました",
    "ません",
    "ている",
    "ていた",
    "てる",
    "てた",
    "かった",
    "くない",
    "たい",
    "ない",
    "ます",
    "よう",
    "れば",
    "くて",
    "さい",
    "った",
    "って",
    "いた",
    "いて",
    "んだ",
    "んで",
    "した",
    "して",
    "た",
    "て",
    "だ",
    "で",
    "く",
    "い",
    "る",
];

fn is_kana(letter: char) -> bool {
    ('ぁ'..='ゖ').contains(&letter)
}

fn japanese(word: &[char]) -> Vec<Vec<char>> {
    let n_plain = word.iter().take_while(|letter| !is_kana(**letter)).count();
    let text: String = word.iter().collect();
    let mut stems: Vec<Vec<char>> = Vec::new();
    let mut push = |stem: Vec<char>| {
        // A stem of kana alone must be long enough to be one.
        let is_enough = if n_plain > 0 { stem.len() > n_plain || stem.len() >= 2 } else { stem.len() >= 3 };
        if is_enough && stem != word && !stems.contains(&stem) {
            stems.push(stem);
        }
    };
    if word.len() <= n_plain {
        return Vec::new();
    }
    let Some((last, before)) = word.split_last() else { return stems };
    for (end, row) in ROWS {
        if last == end {
            row.chars().for_each(|letter| push(before.iter().copied().chain([letter]).collect()));
        }
    }
    if matches!(last, 'る') {
        push(before.to_vec());
        // 食べる with its stem of kanji alone is too short to be looked for: 見る, 見た.
        for next in "たてなまよれ".chars() {
            push(before.iter().copied().chain([next]).collect());
        }
    }
    if matches!(last, 'い') {
        for next in "くかけさ".chars() {
            push(before.iter().copied().chain([next]).collect());
        }
    }
    if let Some(noun) = text.strip_suffix("する").or_else(|| text.strip_suffix("した")) {
        for next in "しさすで".chars() {
            push(noun.chars().chain([next]).collect());
        }
    }
    for ending in JAPANESE_ENDINGS {
        let Some(stem) = text.strip_suffix(ending).filter(|stem| !stem.is_empty()) else { continue };
        let stem: Vec<char> = stem.chars().collect();
        if stem.len() < n_plain.max(1) {
            continue;
        }
        if stem.len() > n_plain || n_plain >= 2 {
            push(stem.clone());
        }
        // 行った of 行く, 食べた of 食べる: what the dictionary lists.
        let (last, base) = stem.split_last().map_or((' ', &[][..]), |(last, base)| (*last, base));
        for (end, row) in ROWS {
            if row.contains(last) && !base.is_empty() {
                push(base.iter().copied().chain([*end]).collect());
            }
            if stem.len() == n_plain {
                push(stem.iter().copied().chain([*end]).collect());
            }
        }
        for next in ['い', 'る'] {
            push(stem.iter().copied().chain([next]).collect());
        }
        break;
    }
    stems
}

/// Particles and endings behind a Korean noun, longest first.
const PARTICLES: &[&str] = &[
    "에서는",
    "에게서",
    "들이랑",
    "으로는",
    "까지",
    "부터",
    "에서",
    "에게",
    "한테",
    "이랑",
    "처럼",
    "보다",
    "으로",
    "하고",
    "들은",
    "들이",
    "들을",
    "이나",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에",
    "의",
    "로",
    "와",
    "과",
    "도",
    "만",
    "랑",
    "들",
    "야",
];
/// Endings of Korean verbs, longest first.
const KOREAN_ENDINGS: &[&str] = &[
    "습니다",
    "었습니다",
    "았습니다",
    "었어요",
    "았어요",
    "어요",
    "아요",
    "었어",
    "았어",
    "었다",
    "았다",
    "네요",
    "어서",
    "아서",
    "지만",
    "는데",
    "으면",
    "고",
    "다",
    "자",
    "지",
    "네",
    "면",
    "어",
    "아",
    "요",
];

const FIRST: u32 = 0xAC00;
const VOWELS: u32 = 21;
const FINALS: u32 = 28;

/// First sound, vowel and final sound of a syllable.
fn parts(syllable: char) -> (u32, u32, u32) {
    let at = u32::from(syllable).saturating_sub(FIRST);
    (at / FINALS / VOWELS, at / FINALS % VOWELS, at % FINALS)
}

fn syllable(first: u32, vowel: u32, last: u32) -> Option<char> {
    char::from_u32(FIRST + (first * VOWELS + vowel) * FINALS + last)
}

/// Number of ㅆ, ㄴ, ㄹ, ㅂ and ㅁ among the final sounds.
const SS: u32 = 20;
const N: u32 = 4;
const R: u32 = 8;
const B: u32 = 17;
const M: u32 = 16;

/// What a vowel becomes before the endings in ㅓ and ㅏ: 하 → 해, 가 → 가, 오 → 와, 마시 → 마셔, 예쁘 → 예뻐.
fn joined_vowels(vowel: u32) -> Vec<u32> {
    const A: u32 = 0;
    const AE: u32 = 1;
    const EO: u32 = 4;
    const YEO: u32 = 6;
    const O: u32 = 8;
    const WA: u32 = 9;
    const U: u32 = 13;
    const WO: u32 = 14;
    const EU: u32 = 18;
    const I: u32 = 20;
    match vowel {
        A => vec![A, AE],
        O => vec![WA],
        U => vec![WO],
        I => vec![YEO],
        EU => vec![A, EO],
        other => vec![other],
    }
}

fn korean(word: &[char]) -> Vec<Vec<char>> {
    let text: String = word.iter().collect();
    let mut stems: Vec<Vec<char>> = Vec::new();
    let mut push = |stem: Vec<char>, least: usize| {
        if stem.len() >= least && stem != word && !stems.contains(&stem) {
            stems.push(stem);
        }
    };
    if let Some(noun) = PARTICLES.iter().find_map(|particle| text.strip_suffix(particle)) {
        push(noun.chars().collect(), 2);
    }
    let Some(stem) = KOREAN_ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)) else { return stems };
    let stem: Vec<char> = stem.chars().collect();
    let Some((&last, base)) = stem.split_last() else { return stems };
    push(stem.clone(), 2);
    let (first, vowel, end) = parts(last);
    let mut forms: Vec<char> = Vec::new();
    if end == 0 {
        for vowel in joined_vowels(vowel) {
            forms.extend([0, SS].into_iter().filter_map(|end| syllable(first, vowel, end)));
        }
        // 갑니다, 간다, 갈게, 감.
        forms.extend([B, N, R, M].into_iter().filter_map(|end| syllable(first, vowel, end)));
    } else if end == B {
        // 춥다, 추워.
        forms.extend(syllable(first, vowel, 0));
    } else if end == SS {
        // 갔어 of 가다.
        forms.extend(syllable(first, vowel, 0));
    }
    for form in forms {
        let mut other = base.to_vec();
        other.push(form);
        push(other.clone(), 2);
        if other.len() == 1 && form != last && parts(form).2 != 0 {
            // One syllable alone is no word to look for, unless its final sound makes it a form: 갔, 간.
            push(other, 1);
        }
    }
    // 먹다 and 먹었어: one syllable, with what may follow it.
    if base.is_empty() {
        let next = if end == 0 { "다고는지네자면" } else { "다었았어아고는지네자으을습" };
        for next in next.chars() {
            push(vec![last, next], 2);
        }
    }
    stems
}

#[cfg(test)]
mod tests {
    use super::stems;

    #[test]
    fn verbs_are_found_in_other_forms() {
        let check = |word: &str, text: &str| {
            let word: Vec<char> = word.chars().collect();
            let found = stems(&word);
            let is_found = found.iter().any(|stem| text.starts_with(stem.iter().collect::<String>().as_str()));
            assert!(is_found, "{text} by {word:?}: {found:?}");
        };
        check("食べる", "食べたよ");
        check("行く", "行きます");
        check("行く", "行った");
        check("行った", "行く");
        check("高い", "高かった");
        check("見る", "見ました");
        check("勉強する", "勉強した");
        check("먹다", "먹었어");
        check("가다", "갔어요");
        check("사랑하다", "사랑해요");
        check("갔어", "갔다");
        check("친구가", "친구들이랑");
    }
}
