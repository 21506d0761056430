//! Dates as exports print them for people: localised, mostly month first, without a zone (format reference §5.5).

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::{Basis, Moment, Precision};

/// No date of an export is longer; what is longer is text in which a date occurs.
const LONGEST: usize = 96;

/// Reads a printed date. A date with its offset (ISO 8601) gives UTC, any other a wall clock whose zone is decided later;
/// without a clock the precision is the day, without seconds the minute.
pub fn read(text: &str) -> Option<Moment> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    iso(text).or_else(|| printed(text))
}

/// Writes a time the way `details` hold it: ISO 8601, with `Z` only where it is UTC.
pub fn write(moment: Moment) -> String {
    let Some(time) = DateTime::from_timestamp_millis(moment.ms) else { return moment.ms.to_string() };
    let clock = match moment.precision {
        Precision::Millisecond => time.format("%Y-%m-%dT%H:%M:%S%.3f"),
        Precision::Second => time.format("%Y-%m-%dT%H:%M:%S"),
        Precision::Minute => time.format("%Y-%m-%dT%H:%M"),
        Precision::Day => return time.format("%Y-%m-%d").to_string(),
    };
    if moment.basis == Basis::Utc { format!("{clock}Z") } else { clock.to_string() }
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
    if let Ok(clock) = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M") {
        return Moment::from_wall(clock, Precision::Minute);
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Moment::from_wall(day.and_time(NaiveTime::MIN), Precision::Day)
}

/// A piece of a printed date.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(u32),
    Clock(u32, u32, Option<u32>),
    Word(String),
}

/// `Sep 22, 2017, 6:33 AM`, `19 Oct 2019, 14:37`, `7월 27, 2026 10:48:07오후`, `2026年7月27日 22:48` …
fn printed(text: &str) -> Option<Moment> {
    let tokens = tokens(text)?;
    let month_at = month_place(&tokens)?;
    let (month, n_month_tokens) = match &tokens[month_at] {
        Token::Word(word) => (month_of(word)?, 1),
        Token::Number(number) => (*number, 2),
        Token::Clock(..) => return None,
    };
    let others = tokens.iter().enumerate().filter(|(i, _)| !(month_at..month_at + n_month_tokens).contains(i));
    let mut day = None;
    let mut year = None;
    let mut clock = None;
    for (index, token) in others {
        match *token {
            Token::Number(number) if number > 31 && year.is_none() => year = Some(number),
            Token::Number(number) if day.is_none() => day = Some(number),
            Token::Clock(hour, minute, second) if clock.is_none() => clock = Some((index, hour, minute, second)),
            _ => {}
        }
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year?).ok()?, month, day?)?;
    let Some((clock_at, hour, minute, second)) = clock else {
        return Moment::from_wall(date.and_time(NaiveTime::MIN), Precision::Day);
    };
    let hour = match half_of_day(&tokens, clock_at) {
        Some(Half::Morning) if hour == 12 => 0,
        Some(Half::Afternoon) if hour < 12 => hour + 12,
        _ => hour,
    };
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    Moment::from_wall(date.and_hms_opt(hour, minute, second.unwrap_or(0))?, precision)
}

/// Splits into numbers, clocks and words without accents and case; `None` when no date can be in it.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    let number = |at: &mut usize| -> Option<u32> {
        let start = *at;
        let mut value = 0_u32;
        while let Some(digit) = chars.get(*at).and_then(|c| c.to_digit(10)) {
            value = value.checked_mul(10)?.checked_add(digit)?;
            *at += 1;
        }
        (*at > start).then_some(value)
    };
    while let Some(&c) = chars.get(at) {
        if c.is_ascii_digit() {
            let first = number(&mut at)?;
            if chars.get(at) == Some(&':') && chars.get(at + 1).is_some_and(char::is_ascii_digit) {
                at += 1;
                let minute = number(&mut at)?;
                let mut second = None;
                if chars.get(at) == Some(&':') && chars.get(at + 1).is_some_and(char::is_ascii_digit) {
                    at += 1;
                    second = Some(number(&mut at)?);
                }
                tokens.push(Token::Clock(first, minute, second));
            } else {
                tokens.push(Token::Number(first));
            }
        } else if c.is_alphabetic() || is_combining_mark(c) {
            let start = at;
            while chars.get(at).is_some_and(|c| c.is_alphabetic() || is_combining_mark(*c)) {
                at += 1;
            }
            tokens.push(Token::Word(fold(&chars[start..at].iter().collect::<String>())));
        } else {
            at += 1;
        }
    }
    Some(tokens)
}

/// Without case and without the accents of Latin, Greek and Cyrillic; marks of other scripts tell words apart.
fn fold(word: &str) -> String {
    word.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).flat_map(char::to_lowercase).nfc().collect()
}

/// The month: a number before `월` or `月`, else the last name of a month beside a number (a weekday can look like one).
fn month_place(tokens: &[Token]) -> Option<usize> {
    let is_number =
        |index: Option<usize>| index.and_then(|i| tokens.get(i)).is_some_and(|t| matches!(t, Token::Number(_)));
    let numbered = tokens.windows(2).position(
        |pair| matches!(pair, [Token::Number(1..=12), Token::Word(word)] if word.starts_with('월') || word.starts_with('月')),
    );
    numbered.or_else(|| {
        tokens.iter().enumerate().rposition(|(i, token)| match token {
            Token::Word(word) => {
                let of = matches!(tokens.get(i.wrapping_sub(1)), Some(Token::Word(word)) if word == "de");
                let before = if of { i.checked_sub(2) } else { i.checked_sub(1) };
                month_of(word).is_some() && (is_number(before) || is_number(Some(i + 1)))
            }
            _ => false,
        })
    })
}

enum Half {
    Morning,
    Afternoon,
}

/// What stands behind the clock (`pm`, `p. m.`, `da tarde/noite`, `오후`), or for Chinese, Japanese and Korean before it.
fn half_of_day(tokens: &[Token], clock_at: usize) -> Option<Half> {
    const MORNING: &[&str] =
        &["am", "오전", "上午", "午前", "凌晨", "早上", "manha", "madrugada", "manana", "vorm", "πμ", "ص", "sabah"];
    const AFTERNOON: &[&str] =
        &["pm", "오후", "下午", "午後", "晚上", "中午", "tarde", "noite", "noche", "nachm", "μμ", "م"];
    let word = |token: &Token| match token {
        Token::Word(word) => Some(word.clone()),
        _ => None,
    };
    let behind: Vec<String> = tokens.iter().skip(clock_at + 1).map_while(word).take(3).collect();
    let before = clock_at.checked_sub(1).and_then(|i| tokens.get(i)).and_then(word).unwrap_or_default();
    let is = |letter: &str, markers: &[&str]| {
        behind.iter().any(|word| markers.contains(&word.as_str()))
            || matches!(&behind[..], [first, second, ..] if first == letter && second == "m")
            || markers.iter().any(|marker| !marker.is_ascii() && before.ends_with(marker))
    };
    if is("a", MORNING) { Some(Half::Morning) } else { is("p", AFTERNOON).then_some(Half::Afternoon) }
}

fn month_of(word: &str) -> Option<u32> {
    static MONTH_OF: LazyLock<HashMap<String, u32>> = LazyLock::new(|| {
        let forms =
            (1..).zip(MONTHS).flat_map(|(month, forms)| forms.split_whitespace().map(move |form| (fold(form), month)));
        forms.collect()
    });
    MONTH_OF.get(word).copied()
}

/// Names and abbreviations of the months as CLDR and the exports have them: en, de, fr, it, es, pt, nl, da, no, sv, fi,
/// pl, cs, hu, ro, tr, id, el, ru, uk, ar, hi.
const MONTHS: [&str; 12] = [
    "jan january januar jänner jän janvier janv gennaio gen enero ene janeiro januari januar tammi tammikuuta sty stycznia \
     styczeń led ledna január ian ianuarie oca ocak ιαν ιανουαρίου янв января січ січня يناير जन जनवरी",
    "feb february februar februar février févr fév febbraio febrero fevereiro fev februari helmi helmikuuta lut lutego luty \
     úno února február febr februarie şub şubat φεβ φεβρουαρίου фев февр февраля лют лютого فبراير फ़र फ़रवरी",
    "mar march mär märz mars marzo março maart mrt marts maalis maaliskuuta marca marzec bře března már március martie mart \
     maret μαρ μαρτίου мар марта бер березня مارس मार्च",
    "apr april avril avr aprile abril abr apríl huhti huhtikuuta kwi kwietnia kwiecień dub dubna ápr április aprilie nis \
     nisan απρ απριλίου апр апреля кві квіт квітня أبريل ابريل अप्रैल",
    "may mai mag maggio mayo maio mei maj touko toukokuuta maja kvě května máj május mayıs μαΐ μαΐου μαι мая май тра травня \
     مايو मई",
    "jun june juni juin giu giugno junio junho kesä kesäkuuta cze czerwca czerwiec čvn června jún június iun iunie haz haziran \
     ιουν ιουνίου июн июня июнь чер черв червня يونيو जून",
    "jul july juli juil juillet lug luglio julio julho heinä heinäkuuta lip lipca lipiec čvc července júl július iul iulie \
     tem temmuz ιουλ ιουλίου июл июля июль лип липня يوليو जुल जुलाई",
    "aug august août aoû ago agosto augustus augusti elo elokuuta sie sierpnia sierpień srp srpna augusztus ağu ağustos agu \
     agustus αυγ αυγούστου авг августа сер серп серпня أغسطس اغسطس अग अगस्त",
    "sep sept september septembre set settembre septiembre setembro syys syyskuuta wrz września wrzesień zář září szept \
     szeptember septembrie eyl eylül σεπ σεπτ σεπτεμβρίου сен сент сентября вер верес вересня سبتمبر सित सितंबर सितम्बर",
    "oct october okt oktober octobre ott ottobre octubre outubro out loka lokakuuta paź października październik říj října \
     október octombrie eki ekim οκτ οκτωβρίου окт октября жов жовт жовтня أكتوبر اكتوبر अक्तू अक्टूबर अक्तूबर",
    "nov november novembre noviembre novembro marras marraskuuta lis listopada listopad noiembrie noi kas kasım νοε νοεμβρίου \
     ноя нояб ноября листопада نوفمبر नव नवंबर नवम्बर",
    "dec december dez dezember décembre déc dicembre dic diciembre dezembro des desember joulu joulukuuta gru grudnia grudzień \
     pro prosince decembrie ara aralık δεκ δεκεμβρίου дек декабря гру груд грудня ديسمبر दिस दिसंबर दिसम्बर",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_dates_are_wall_clocks() {
        let check = |text: &str, clock: &str, precision| {
            let ms = NaiveDateTime::parse_from_str(clock, "%Y-%m-%d %H:%M:%S").expect("a clock").and_utc();
            let expected = Moment { ms: ms.timestamp_millis(), precision, basis: Basis::Wall };
            assert_eq!(read(text), Some(expected), "{text}");
        };
        let minute = Precision::Minute;
        check("Sep 22, 2017, 6:33\u{202f}AM", "2017-09-22 06:33:00", minute);
        check("Sep 22, 2017 6:33 am", "2017-09-22 06:33:00", minute);
        check("Mar 06, 2023 12:05 am", "2023-03-06 00:05:00", minute);
        check("Mar 06, 2023 12:05 pm", "2023-03-06 12:05:00", minute);
        check("Feb 15, 2026 1:05:28pm", "2026-02-15 13:05:28", Precision::Second);
        check("Oct 19, 2019 at 2:37 PM", "2019-10-19 14:37:00", minute);
        check("19 Oct 2019, 14:37", "2019-10-19 14:37:00", minute);
        check("set 20, 2026 3:07 am", "2026-09-20 03:07:00", minute);
        check("7월 27, 2026 10:48:07오후", "2026-07-27 22:48:07", Precision::Second);
        check("2026년 7월 27일 오후 10:48", "2026-07-27 22:48:00", minute);
        check("2026年7月27日 下午10:48", "2026-07-27 22:48:00", minute);
        check("ago 07, 2026 8:17 da tarde/noite", "2026-08-07 20:17:00", minute);
        check("ago 07, 2026 4:38 da manhã", "2026-08-07 04:38:00", minute);
        check("jun. 07, 2024 5:44 am", "2024-06-07 05:44:00", minute);
        check("ene 3, 2025 5:44 p. m.", "2025-01-03 17:44:00", minute);
        check("3 de enero de 2025, 17:44", "2025-01-03 17:44:00", minute);
        check("Mär 3, 2024 5:44 nachm.", "2024-03-03 17:44:00", minute);
        check("août 15, 2024 5:44 pm", "2024-08-15 17:44:00", minute);
        check("mar. 3 févr. 2026 17:44", "2026-02-03 17:44:00", minute);
        check("Saturday, September 5, 2026 at 12:29 PM UTC", "2026-09-05 12:29:00", minute);
        check("Domenica 20 settembre 2026 alle ore 03:07 UTC", "2026-09-20 03:07:00", minute);
        check("May 29, 2024", "2024-05-29 00:00:00", Precision::Day);
        check("2024-05-29", "2024-05-29 00:00:00", Precision::Day);
        check("2024-05-29T10:11:12", "2024-05-29 10:11:12", Precision::Second);
    }

    #[test]
    fn dates_with_an_offset_are_utc() {
        let check = |text: &str, ms| {
            assert_eq!(read(text), Some(Moment { ms, precision: Precision::Second, basis: Basis::Utc }), "{text}");
        };
        check("2022-04-15T05:20:00+00:00", 1_650_000_000_000);
        check("2022-04-15T07:20:00+02:00", 1_650_000_000_000);
        check("2022-04-15T07:20:00+0200", 1_650_000_000_000);
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "May",
            "102,497",
            "May 29 - Aug 26",
            "1990-06-15",
            "Feb 30, 2024 1:00 pm",
            "Feb 3, 2024 25:00",
            "ann_example",
            "99999999999999999999 May 2024",
            ":::",
            "5:30 pm",
            "0월 1, 2024 1:00",
            "12:61:61 Jan 1 2024",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn no_month_is_named_twice() {
        let mut seen = std::collections::HashMap::new();
        for (month, forms) in MONTHS.iter().enumerate() {
            for form in forms.split_whitespace() {
                let before = seen.insert(fold(form), month);
                assert!(before.is_none_or(|before| before == month), "{form}");
            }
        }
    }
}
