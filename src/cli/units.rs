//! Numbers as people read them.

use std::time::Duration;

/// `1,204`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 record`, `2 records`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

const BYTE_UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];

/// `820 B`, `30.1 kB`, `6.2 GB`; powers of a thousand, as disks are sold and file managers count.
pub fn bytes(n: u64) -> String {
    if n < 1_000 {
        return format!("{n} B");
    }
    let (mut tenths, mut unit) = (n / 100 + u64::from(n % 100 >= 50), 0);
    while tenths >= 10_000 && unit + 1 < BYTE_UNITS.len() {
        tenths = (tenths + 500) / 1_000;
        unit += 1;
    }
    if tenths < 1_000 {
        format!("{}.{} {}", tenths / 10, tenths % 10, BYTE_UNITS[unit])
    } else {
        format!("{} {}", count((tenths + 5) / 10), BYTE_UNITS[unit])
    }
}

/// How long something took: `0.8 s`, `2 min 5 s`, `1 h 2 min`.
pub fn duration(ms: u64) -> String {
    let seconds = ms / 1_000;
    match seconds {
        0..60 => format!("{}.{} s", seconds, ms % 1_000 / 100),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// Reads what a person writes for a time: `500ms`, `5s`, `10m` or `10min`, `2h`; a bare number is seconds.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    const UNITS: [(&str, u64); 6] =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000), ("", 1_000)];
    const MOST_MS: u64 = 31 * 86_400_000;
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit_ms = UNITS.iter().find(|(name, _)| *name == unit.trim()).map(|(_, ms)| *ms);
    let ms = number.parse::<u64>().ok().zip(unit_ms).and_then(|(number, unit_ms)| number.checked_mul(unit_ms));
    ms.filter(|ms| *ms <= MOST_MS)
        .map(Duration::from_millis)
        .ok_or_else(|| "a time is a number and ms, s, m or h, as in 500ms, 5s, 10m; a month at most".to_owned())
}

/// Reads what a person writes for a size: `8GiB`, `500MB`, `2g`; a bare number is bytes. A letter alone means
/// powers of 1024, as with most programs.
pub fn parse_bytes(text: &str) -> Result<u64, String> {
    const POWERS: [(&str, u32); 6] = [("", 0), ("k", 1), ("m", 2), ("g", 3), ("t", 4), ("p", 5)];
    let text = text.trim().to_ascii_lowercase();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim();
    let (letter, base) = match (unit.strip_suffix("ib"), unit.strip_suffix('b')) {
        (Some(letter), _) => (letter, 1_024),
        (None, Some(letter)) => (letter, 1_000),
        (None, None) => (unit, 1_024_u64),
    };
    let power = POWERS.iter().find(|(name, _)| *name == letter).map(|(_, power)| *power);
    let bytes = number.parse::<u64>().ok().zip(power).and_then(|(number, power)| number.checked_mul(base.pow(power)));
    bytes
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "a size is a number and kB, MB, GB or KiB, MiB, GiB, as in 8GiB".to_owned())
}

/// How much time lies between two moments, in its largest unit: `3 days`.
pub fn span(ms: u64) -> String {
    const UNITS: [(u64, &str, &str); 6] = [
        (31_557_600, "year", "years"),
        (2_629_800, "month", "months"),
        (86_400, "day", "days"),
        (3_600, "hour", "hours"),
        (60, "minute", "minutes"),
        (1, "second", "seconds"),
    ];
    let seconds = ms / 1_000;
    UNITS
        .iter()
        .find(|(size, ..)| seconds >= *size)
        .map_or_else(|| "an instant".to_owned(), |(size, one, many)| counted(seconds / size, one, many))
}

/// The length of a call: `12 s`, `2:05`, `1:02:05`.
pub fn call_length(seconds: i64) -> String {
    match seconds.max(0) {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{}:{:02}", seconds / 60, seconds % 60),
        seconds => format!("{}:{:02}:{:02}", seconds / 3_600, seconds % 3_600 / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let check = |n, text: &str| assert_eq!(count(n), text);
        check(0, "0");
        check(999, "999");
        check(1_204, "1,204");
        check(1_234_567, "1,234,567");
        assert_eq!(counted(1, "story", "stories"), "1 story");
        assert_eq!(counted(0, "story", "stories"), "0 stories");
    }

    #[test]
    fn sizes_are_read() {
        let check = |text: &str, bytes: Option<u64>| assert_eq!(parse_bytes(text).ok(), bytes, "{text}");
        check("8GiB", Some(8 << 30));
        check("500MB", Some(500_000_000));
        check("500 mb", Some(500_000_000));
        check("2g", Some(2 << 30));
        check("4096", Some(4_096));
        check("7B", Some(7));
        check("1KiB", Some(1_024));
        check("16383PiB", Some(16_383 << 50));
        for wrong in ["", "GiB", "0", "0GB", "-1", "1.5G", "8XiB", "8iBs", "16384PiB", "99999999999999999999"] {
            check(wrong, None);
        }
    }

    #[test]
    fn times_are_read() {
        let check = |text: &str, ms: Option<u64>| {
            assert_eq!(parse_duration(text).ok(), ms.map(Duration::from_millis), "{text}");
        };
        check("500ms", Some(500));
        check("5s", Some(5_000));
        check("5", Some(5_000));
        check("0s", Some(0));
        check(" 10 min", Some(600_000));
        check("10m", Some(600_000));
        check("2h", Some(7_200_000));
        for wrong in ["", "s", "-5s", "5 d", "1.5s", "9999h", "99999999999999999999s", "5s5s"] {
            check(wrong, None);
        }
    }

    #[test]
    fn bytes_have_units() {
        let check = |n, text: &str| assert_eq!(bytes(n), text, "{n}");
        check(0, "0 B");
        check(999, "999 B");
        check(1_000, "1.0 kB");
        check(30_149, "30.1 kB");
        check(99_949, "99.9 kB");
        check(412_000_000, "412 MB");
        check(999_999, "1.0 MB");
        check(6_200_000_000, "6.2 GB");
        check(u64::MAX, "18,447 PB");
    }

    #[test]
    fn times_have_units() {
        let check = |ms, text: &str| assert_eq!(duration(ms), text, "{ms}");
        check(0, "0.0 s");
        check(849, "0.8 s");
        check(59_999, "59.9 s");
        check(125_000, "2 min 5 s");
        check(3_720_000, "1 h 2 min");
        let check = |ms, text: &str| assert_eq!(span(ms), text, "{ms}");
        check(0, "an instant");
        check(61_000, "1 minute");
        check(3 * 86_400_000, "3 days");
        check(800 * 86_400_000, "2 years");
        let check = |seconds, text: &str| assert_eq!(call_length(seconds), text);
        check(-5, "0 s");
        check(12, "12 s");
        check(125, "2:05");
        check(3_725, "1:02:05");
    }
}
