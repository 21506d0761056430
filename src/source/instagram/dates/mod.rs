//! Dates as exports print them for people: localised, mostly month first, without a zone (format reference §5.5).
//!
//! `words.rs` knows the words of dates in many languages.

mod words;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use unicode_normalization::char::is_combining_mark;

use crate::model::{Moment, Precision};

/// No date of an export is longer; what is longer is text in which a date occurs.
const LONGEST: usize = 96;

/// Reads a text that is a printed date and nothing else. A date with its offset (ISO 8601) gives UTC, any other a wall
/// clock whose zone is decided later; without a clock the precision is the day, without seconds the minute.
pub fn read(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    iso(text).or_else(|| printed(text, Manner::Alone))
}

/// Reads the date in a short sentence of the app's, such as `Saturday, September 5, 2026 at 12:29 PM UTC`. Never for what a
/// person may have typed.
pub fn read_in_sentence(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    read(text).or_else(|| printed(text, Manner::InSentence))
}

/// What may stand beside the date.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Only words of dates.
    Alone,
    /// Any words.
    InSentence,
}

/// `2022-05-04T10:11:12+00:00`, `2022-05-04 10:11:12.123`, `2022-05-04`.
fn iso(text: &str) -> Option<Moment> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        let precision = if text.contains('.') { Precision::Millisecond } else { Precision::Second };
        return Moment::from_instant(instant.to_utc(), precision);
    }
    for pattern in ["%Y-%m-%dT%H:%M:%S%z", "%Y%m%dT%H%M%S%.f%#z"] {
        if let Ok(instant) = DateTime::parse_from_str(text, pattern) {
            return Moment::from_instant(instant.to_utc(), Precision::Second);
        }
    }
    for pattern in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"] {
        if let Ok(clock) = NaiveDateTime::parse_from_str(text, pattern) {
            return Moment::from_wall(clock, Precision::Second);
        }
    }
    for pattern in ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"] {
        if let Ok(clock) = NaiveDateTime::parse_from_str(text, pattern) {
            return Moment::from_wall(clock, Precision::Minute);
        }
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Moment::from_wall(day.and_time(NaiveTime::MIN), Precision::Day)
}

/// A piece of a printed date.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(u32),
    Clock(u32, u32, Option<u32>),
    /// Folded.
    Word(String),
}

/// `Sep 22, 2017, 6:33 AM`, `19 Oct 2019, 14:37`, `7월 27, 2026 10:48:07오후`, `2026年7月27日 22:48` …
fn printed(text: &str, manner: Manner) -> Option<Moment> {
    let tokens = tokens(text)?;
    let (month, month_at) = month_of(&tokens)?;
    let mut day = None;
    let mut year = None;
    let mut clock = None;
    for (index, token) in tokens.iter().enumerate().filter(|(index, _)| !month_at.contains(index)) {
        match *token {
            Token::Number(number) if (1_000..10_000).contains(&number) && year.is_none() => year = Some(number),
            Token::Number(number) if number <= 31 && day.is_none() => day = Some(number),
            Token::Clock(hour, minute, second) if clock.is_none() => clock = Some((index, hour, minute, second)),
            Token::Number(_) | Token::Clock(..) if manner == Manner::Alone => return None,
            _ => {}
        }
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year?).ok()?, month, day?)?;
    let clock_at = clock.map_or(tokens.len(), |(index, ..)| index);
    let behind: Vec<&str> = tokens.iter().skip(clock_at + 1).map_while(word).collect();
    let half = clock.and_then(|_| half_of_day(&tokens[..clock_at], &behind, manner));
    if manner == Manner::Alone {
        let mut words = tokens.iter().enumerate().filter(|(index, _)| !month_at.contains(index));
        let is_of_date = |(index, token): (usize, &Token)| match token {
            Token::Word(word) => {
                words::joins(word)
                    || (index > clock_at && (half.is_some() || is_mark(&tokens, index)))
                    || words::ends_with_half(word)
            }
            _ => true,
        };
        if !words.all(is_of_date) {
            return None;
        }
    }
    let Some((_, hour, minute, second)) = clock else {
        return Moment::from_wall(date.and_time(NaiveTime::MIN), Precision::Day);
    };
    let hour = match half {
        Some(Half::Morning) if hour == 12 => 0,
        Some(Half::Afternoon) if hour < 12 => hour + 12,
        _ => hour,
    };
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    Moment::from_wall(date.and_hms_opt(hour, minute, second.unwrap_or(0))?, precision)
}

fn word(token: &Token) -> Option<&str> {
    match token {
        Token::Word(word) => Some(word),
        _ => None,
    }
}

/// A short word that ends the date right behind the clock: the half of the day in a language that is in no table.
fn is_mark(tokens: &[Token], index: usize) -> bool {
    index + 1 == tokens.len()
        && matches!(tokens.get(index.wrapping_sub(1)), Some(Token::Clock(..)))
        && tokens.get(index).and_then(word).is_some_and(|word| word.chars().count() <= 4)
}

/// Splits into numbers, clocks and words without accents and case; `None` when no date can be in it.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if digit(c).is_some() {
            let first = number(&chars, &mut at)?;
            let clock = clock_behind(&chars, at);
            match clock {
                Some((minute, second, end)) => {
                    tokens.push(Token::Clock(first, minute, second));
                    at = end;
                }
                None => tokens.push(Token::Number(first)),
            }
        } else if c.is_alphabetic() || is_combining_mark(c) {
            let start = at;
            while chars.get(at).is_some_and(|c| c.is_alphabetic() || is_combining_mark(*c)) {
                at += 1;
            }
            tokens.push(Token::Word(words::fold(&chars[start..at].iter().collect::<String>())));
        } else {
            at += 1;
        }
    }
    Some(tokens)
}

fn digit(c: char) -> Option<u32> {
    /// The noughts of Arabic, Persian, Hindi, Bengali, Thai and full-width digits.
    const NOUGHTS: [char; 6] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}'];
    c.to_digit(10).or_else(|| {
        NOUGHTS.iter().find_map(|nought| u32::from(c).checked_sub(u32::from(*nought)).filter(|value| *value < 10))
    })
}

fn number(chars: &[char], at: &mut usize) -> Option<u32> {
    let mut value = 0_u32;
    while let Some(digit) = chars.get(*at).copied().and_then(digit) {
        value = value.checked_mul(10)?.checked_add(digit)?;
        *at += 1;
    }
    Some(value)
}

/// Minute, second and end of a clock whose hour ends here: `:05`, `:05:59`; `.05` as Danish and Finnish have it.
fn clock_behind(chars: &[char], end_of_hour: usize) -> Option<(u32, Option<u32>, usize)> {
    let two_digits = |at: usize| {
        let [tens, ones] = [chars.get(at), chars.get(at + 1)].map(|c| c.copied().and_then(digit));
        Some(tens? * 10 + ones?).filter(|_| chars.get(at + 2).copied().and_then(digit).is_none())
    };
    let mark = *chars.get(end_of_hour)?;
    if mark != ':' && mark != '.' {
        return None;
    }
    let minute = two_digits(end_of_hour + 1)?;
    let end = end_of_hour + 3;
    match (chars.get(end) == Some(&mark)).then(|| two_digits(end + 1)) {
        Some(Some(second)) => Some((minute, Some(second), end + 3)),
        // `22.09.2017` is no clock.
        Some(None) if mark == '.' && chars.get(end + 1).copied().and_then(digit).is_some() => None,
        _ => Some((minute, None, end)),
    }
}

/// The month and its tokens: a number before `월` or `月` or behind `thg`, else the last name of a month beside a number
/// (a weekday can look like one).
fn month_of(tokens: &[Token]) -> Option<(u32, std::ops::Range<usize>)> {
    let numbered = tokens.windows(2).enumerate().find_map(|(at, pair)| match pair {
        [Token::Number(month @ 1..=12), Token::Word(word)] if word.starts_with('월') || word.starts_with('月') => {
            Some((*month, at..at + 2))
        }
        [Token::Word(word), Token::Number(month @ 1..=12)] if matches!(word.as_str(), "thg" | "thang") => {
            Some((*month, at..at + 2))
        }
        _ => None,
    });
    let is_number =
        |index: Option<usize>| index.and_then(|i| tokens.get(i)).is_some_and(|t| matches!(t, Token::Number(_)));
    numbered.or_else(|| {
        tokens.iter().enumerate().rev().find_map(|(i, token)| {
            let month = words::month(word(token)?)?;
            let of = i.checked_sub(1).and_then(|before| tokens.get(before)).and_then(word) == Some("de");
            let before = if of { i.checked_sub(2) } else { i.checked_sub(1) };
            (is_number(before) || is_number(Some(i + 1))).then_some((month, i..i + 1))
        })
    })
}

enum Half {
    Morning,
    Afternoon,
}

/// What stands behind the clock (`pm`, `p. m.`, `da tarde/noite`, `오후`), or for Chinese, Japanese and Korean before it.
fn half_of_day(before: &[Token], behind: &[&str], manner: Manner) -> Option<Half> {
    let behind = ["utc", "gmt"].iter().find_map(|zone| behind.strip_suffix(&[*zone])).unwrap_or(behind);
    let shortest = if manner == Manner::Alone { behind.len() } else { 1 };
    (shortest.max(1)..=behind.len())
        .rev()
        .find_map(|n| words::half(&behind[..n].join(" ")))
        .or_else(|| words::half_before(before.last().and_then(word)?))
        .map(|is_afternoon| if is_afternoon { Half::Afternoon } else { Half::Morning })
}

#[cfg(test)]
mod tests;
