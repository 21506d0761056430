//! Dates in the forms and languages of exports, and what is no date.

use chrono::Timelike;
use proptest::prelude::*;

use super::*;
use crate::model::Basis;

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
    check("2026年7月27日下午10:48", "2026-07-27 22:48:00", minute);
    check("19. okt. 2019 kl. 14.37", "2019-10-19 14:37:00", minute);
    check("lut 07, 2024 5:44 PM", "2024-02-07 17:44:00", minute);
    check("thg 7 27, 2026 10:48 CH", "2026-07-27 22:48:00", minute);
    check("يوليو ٢٧, ٢٠٢٦ ١٠:٤٨ م", "2026-07-27 22:48:00", minute);
    check("Janv 03, 2024 12:00 am", "2024-01-03 00:00:00", minute);
    check("janu 03, 2024 5:44 zz", "2024-01-03 05:44:00", minute);
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
        "22.09.2017 May 2024",
        // What people type about a date is no date.
        "Concert on May 5, 2024 at 10:30",
        "May 5, 2024 10:30 with Ann",
        "May 5, 2024 10:30 am, or later",
        "3 to 4 May 2024 10:30",
        "May 5 2024 10:30 or 11:30",
        "1. Mai 2024, Grillen",
        "Saturday, September 5, 2026 at 12:29 PM UTC",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn a_sentence_of_the_app_may_hold_a_date() {
    let check = |text: &str, clock: &str| {
        let ms = NaiveDateTime::parse_from_str(clock, "%Y-%m-%d %H:%M").expect("a clock").and_utc().timestamp_millis();
        let expected = Moment { ms, precision: Precision::Minute, basis: Basis::Wall };
        assert_eq!(read_in_sentence(text), Some(expected), "{text}");
    };
    check("mar. 3 févr. 2026 17:44", "2026-02-03 17:44");
    check("Saturday, September 5, 2026 at 12:29 PM UTC", "2026-09-05 12:29");
    check("Domenica 20 settembre 2026 alle ore 03:07 UTC", "2026-09-20 03:07");
    check("Samstag, 5. September 2026 um 12:29 UTC", "2026-09-05 12:29");
    check("2026년 9월 5일 토요일 오후 12:29 UTC", "2026-09-05 12:29");
}

/// Months and halves of the day as the languages abbreviate them, written down apart from the tables under test.
const LANGUAGES: [(&str, [&str; 12], &str, &str); 24] = [
    ("en", ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], "am", "pm"),
    (
        "de",
        ["Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
        "vorm.",
        "nachm.",
    ),
    (
        "fr",
        ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
        "AM",
        "PM",
    ),
    ("it", ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"], "am", "pm"),
    ("es", ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"], "a. m.", "p. m."),
    (
        "pt",
        ["jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.", "dez."],
        "da manhã",
        "da tarde/noite",
    ),
    (
        "nl",
        ["jan.", "feb.", "mrt.", "apr.", "mei", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."],
        "a.m.",
        "p.m.",
    ),
    ("da", ["jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."], "AM", "PM"),
    ("sv", ["jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."], "fm", "em"),
    (
        "no",
        ["jan.", "feb.", "mars", "apr.", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."],
        "a.m.",
        "p.m.",
    ),
    (
        "fi",
        ["tammi", "helmi", "maalis", "huhti", "touko", "kesä", "heinä", "elo", "syys", "loka", "marras", "joulu"],
        "ap.",
        "ip.",
    ),
    ("pl", ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"], "AM", "PM"),
    ("cs", ["led", "úno", "bře", "dub", "kvě", "čvn", "čvc", "srp", "zář", "říj", "lis", "pro"], "dop.", "odp."),
    (
        "hu",
        ["jan.", "febr.", "márc.", "ápr.", "máj.", "jún.", "júl.", "aug.", "szept.", "okt.", "nov.", "dec."],
        "de.",
        "du.",
    ),
    (
        "ro",
        ["ian.", "feb.", "mar.", "apr.", "mai", "iun.", "iul.", "aug.", "sept.", "oct.", "nov.", "dec."],
        "a.m.",
        "p.m.",
    ),
    (
        "sq",
        ["jan", "shk", "mar", "pri", "maj", "qer", "korr", "gush", "sht", "tet", "nën", "dhj"],
        "e paradites",
        "e pasdites",
    ),
    ("tr", ["Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara"], "ÖÖ", "ÖS"),
    ("el", ["Ιαν", "Φεβ", "Μαρ", "Απρ", "Μαΐ", "Ιουν", "Ιουλ", "Αυγ", "Σεπ", "Οκτ", "Νοε", "Δεκ"], "π.μ.", "μ.μ."),
    (
        "ru",
        ["янв.", "февр.", "мар.", "апр.", "мая", "июн.", "июл.", "авг.", "сент.", "окт.", "нояб.", "дек."],
        "AM",
        "PM",
    ),
    (
        "ar",
        ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
        "ص",
        "م",
    ),
    ("hi", ["जन॰", "फ़र॰", "मार्च", "अप्रैल", "मई", "जून", "जुल॰", "अग॰", "सित॰", "अक्टू॰", "नव॰", "दिस॰"], "am", "pm"),
    ("ko", ["1월", "2월", "3월", "4월", "5월", "6월", "7월", "8월", "9월", "10월", "11월", "12월"], "오전", "오후"),
    ("ja", ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"], "午前", "午後"),
    ("zh", ["1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月", "12月"], "上午", "下午"),
];

/// The forms of format reference §5.5 with the seconds that they carry.
fn print(form: usize, at: NaiveDateTime, language: usize, space: char) -> (String, Precision) {
    use chrono::Datelike;
    let (_, months, am, pm) = LANGUAGES[language];
    let month = months[at.month0() as usize];
    let (day, year, minute, second) = (at.day(), at.year(), at.minute(), at.second());
    let (is_afternoon, hour) = at.hour12();
    let half = if is_afternoon { pm } else { am };
    match form {
        0 => (format!("{month} {day}, {year}, {hour}:{minute:02}{space}{}", half.to_uppercase()), Precision::Minute),
        1 => (format!("{month} {day:02}, {year} {hour}:{minute:02}{space}{half}"), Precision::Minute),
        2 => (format!("{month} {day:02}, {year} {hour}:{minute:02}:{second:02}{half}"), Precision::Second),
        3 => (format!("{month}{space}{day}, {year} at {hour}:{minute:02} {half}"), Precision::Minute),
        4 => (format!("{day} {month} {year}, {:02}:{minute:02}", at.hour()), Precision::Minute),
        _ => (format!("{month} {day}, {year} {:02}:{minute:02}:{second:02}", at.hour()), Precision::Second),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    #[test]
    fn what_is_printed_in_any_language_is_read_back(
        form in 0..6_usize, language in 0..LANGUAGES.len(), second in 1_300_000_000..1_900_000_000_i64,
        space in proptest::sample::select(vec![' ', '\u{a0}', '\u{202f}']),
    ) {
        let at = DateTime::from_timestamp(second, 0).expect("a time").naive_utc();
        let (text, precision) = print(form, at, language, space);
        let at = if precision == Precision::Minute { at.with_second(0).expect("a minute") } else { at };
        prop_assert_eq!(read(&text), Moment::from_wall(at, precision), "{}", text);
    }

    /// Whatever stands there: no panic, and what is written is read as it was.
    #[test]
    fn any_text_is_read_or_not(text in "\\PC{0,60}", second in 1_300_000_000..1_900_000_000_i64) {
        if let Some(at) = read(&text).or(read_in_sentence(&text)) {
            prop_assert_eq!(read(&at.iso()).map(Moment::utc_ms), Some(at.utc_ms()));
        }
        let at = Moment::from_unix(second).expect("a time");
        prop_assert_eq!(read(&at.iso()), Some(at));
    }
}
