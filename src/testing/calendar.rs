//! Times as exports write them. All numbers are Unix milliseconds, UTC.

use chrono::{DateTime, Datelike, TimeZone, Timelike, Utc};
use chrono_tz::America::Los_Angeles;
use chrono_tz::Tz;

pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// Midnight UTC at the beginning of a day.
pub fn day_ms(year: i32, month: u32, day: u32) -> i64 {
    Utc.with_ymd_and_hms(year, month, day, 0, 0, 0).single().map_or(0, |time| time.timestamp_millis())
}

fn utc(at_ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default()
}

/// `YYYYMM` in US Pacific time, as media folders are named (format reference §3.4).
pub(super) fn pacific_month(at_ms: i64) -> String {
    utc(at_ms).with_timezone(&Los_Angeles).format("%Y%m").to_string()
}

/// A wall clock with twelve hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub year: i32,
    pub month: u32,
    pub day: u32,
    /// 1 to 12.
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub is_afternoon: bool,
}

/// The wall clock of California.
pub(super) fn pacific_parts(at_ms: i64) -> Clock {
    parts_in(Los_Angeles, at_ms)
}

/// The wall clock of a zone.
pub(super) fn parts_in(zone: Tz, at_ms: i64) -> Clock {
    let time = utc(at_ms).with_timezone(&zone);
    let (is_afternoon, hour) = time.hour12();
    Clock {
        year: time.year(),
        month: time.month(),
        day: time.day(),
        hour,
        minute: time.minute(),
        second: time.second(),
        is_afternoon,
    }
}

/// The day of the week in a zone; Monday is 0.
pub(super) fn weekday_in(zone: Tz, at_ms: i64) -> usize {
    let weekday = utc(at_ms).with_timezone(&zone).weekday();
    usize::try_from(weekday.num_days_from_monday()).unwrap_or(0)
}

/// `2026-09-05T19:29:00Z`.
pub(super) fn iso_utc(at_ms: i64) -> String {
    utc(at_ms).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2024-09-03T14:23:18+00:00`.
pub(super) fn iso(at_ms: i64) -> String {
    utc(at_ms).format("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// `2019-06-01T03:57:10`, without offset: the clock of UTC, or that of California.
pub(super) fn naive(at_ms: i64, is_pacific: bool) -> String {
    let pattern = "%Y-%m-%dT%H:%M:%S";
    if is_pacific {
        utc(at_ms).with_timezone(&Los_Angeles).format(pattern).to_string()
    } else {
        utc(at_ms).format(pattern).to_string()
    }
}

/// `2024:09:03 14:23:18`, the wall clock of a camera.
pub(super) fn camera_clock(at_ms: i64) -> String {
    utc(at_ms).format("%Y:%m:%d %H:%M:%S").to_string()
}

/// `2024-09-03`.
pub(super) fn date(at_ms: i64) -> String {
    utc(at_ms).format("%Y-%m-%d").to_string()
}

/// The wall clock that a ZIP notes for an entry.
pub(super) fn wall_clock(at_ms: i64) -> chrono::NaiveDateTime {
    utc(at_ms).naive_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_california() {
        assert_eq!(pacific_month(day_ms(2019, 6, 1) + 4 * HOUR), "201905");
        assert_eq!(pacific_month(day_ms(2019, 6, 1) + 8 * HOUR), "201906");
        let clock = pacific_parts(day_ms(2026, 2, 15) + 21 * HOUR + 5 * MINUTE + 28_000);
        assert_eq!((clock.day, clock.hour, clock.minute, clock.second, clock.is_afternoon), (15, 1, 5, 28, true));
        assert_eq!(weekday_in(Los_Angeles, day_ms(2026, 2, 16)), 6);
        assert_eq!(iso(day_ms(2024, 9, 3)), "2024-09-03T00:00:00+00:00");
        assert_eq!(naive(day_ms(2024, 9, 3), false), "2024-09-03T00:00:00");
        assert_eq!(naive(day_ms(2024, 9, 3), true), "2024-09-02T17:00:00");
    }
}
