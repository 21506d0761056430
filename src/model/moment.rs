//! Points in time with a precision and the ground on which they stand.

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// How fine a time is known. Ordered from fine to coarse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Precision {
    #[serde(rename = "ms")]
    Millisecond = 1,
    #[serde(rename = "s")]
    Second = 2,
    #[serde(rename = "minute")]
    Minute = 3,
    #[serde(rename = "day")]
    Day = 4,
}

impl Precision {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub fn from_code(code: i64) -> Option<Self> {
        [Self::Millisecond, Self::Second, Self::Minute, Self::Day].into_iter().find(|p| p.code() == code)
    }

    /// The name that the views show.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Millisecond => "ms",
            Self::Second => "s",
            Self::Minute => "minute",
            Self::Day => "day",
        }
    }
}

/// What the number of a [`Moment`] means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// Unix milliseconds, UTC, as the document stated it.
    #[default]
    #[serde(rename = "utc")]
    Utc,
    /// A wall clock without a zone, written as if it were UTC. Which zone it was is decided when records are computed.
    #[serde(rename = "wall")]
    Wall,
}

/// A time as a document wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// Milliseconds since 1970, in the sense of `basis`.
    pub ms: i64,
    pub precision: Precision,
    #[serde(default, skip_serializing_if = "is_utc")]
    pub basis: Basis,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_utc(basis: &Basis) -> bool {
    *basis == Basis::Utc
}

/// Instagram's launch, 2010-10-06: nothing in an export happened before (format reference §3.1).
const FIRST_MS: i64 = 1_286_323_200_000;
/// 2100-01-01: above it a number is no time of an export.
const LAST_MS: i64 = 4_102_444_800_000;

impl Moment {
    /// Takes a Unix time whose unit is guessed from its size (above 10¹⁴ microseconds, above 10¹¹ milliseconds, else
    /// seconds; format reference §3.1). `None` for 0 and for what lies before Instagram or after the year 2099.
    pub fn from_unix(number: i64) -> Option<Self> {
        let (ms, precision) = if number > 100_000_000_000_000 {
            (number / 1_000, Precision::Millisecond)
        } else if number > 100_000_000_000 {
            (number, Precision::Millisecond)
        } else {
            (number.checked_mul(1_000)?, Precision::Second)
        };
        (FIRST_MS..LAST_MS).contains(&ms).then_some(Self { ms, precision, basis: Basis::Utc })
    }

    /// A wall clock without zone. `None` outside the years of Instagram.
    pub fn from_wall(clock: NaiveDateTime, precision: Precision) -> Option<Self> {
        let ms = clock.and_utc().timestamp_millis();
        (FIRST_MS..LAST_MS).contains(&ms).then_some(Self { ms, precision, basis: Basis::Wall })
    }

    /// A time that was written with its offset.
    pub fn from_instant(instant: DateTime<Utc>, precision: Precision) -> Option<Self> {
        let ms = instant.timestamp_millis();
        (FIRST_MS..LAST_MS).contains(&ms).then_some(Self { ms, precision, basis: Basis::Utc })
    }

    /// Unix milliseconds UTC; a wall clock is taken as US Pacific time, the zone in which exports print
    /// (format reference §3.1, §5.5).
    pub fn utc_ms(self) -> i64 {
        match self.basis {
            Basis::Utc => self.ms,
            Basis::Wall => pacific_to_utc_ms(self.ms),
        }
    }
}

/// Turns a US-Pacific wall clock, written as if it were UTC, into Unix milliseconds. The hour that autumn shows twice
/// is taken at its first showing; a clock that spring skips moves with the change.
pub fn pacific_to_utc_ms(wall_ms: i64) -> i64 {
    let Some(clock) = DateTime::<Utc>::from_timestamp_millis(wall_ms).map(|t| t.naive_utc()) else { return wall_ms };
    match chrono_tz::America::Los_Angeles.from_local_datetime(&clock) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.timestamp_millis(),
        // Only the skipped hour in March has no answer: standard time, eight hours behind, still counts there.
        LocalResult::None => wall_ms + 8 * 3_600_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_told_by_size() {
        let check = |number, ms, precision| {
            assert_eq!(Moment::from_unix(number), Some(Moment { ms, precision, basis: Basis::Utc }), "{number}");
        };
        check(1_650_000_000, 1_650_000_000_000, Precision::Second);
        check(1_650_000_000_123, 1_650_000_000_123, Precision::Millisecond);
        check(1_650_000_000_123_456, 1_650_000_000_123, Precision::Millisecond);
        for nothing in [0, -1, 1, 86_400, 1_286_000_000, i64::MAX, i64::MIN, -62_169_958_800] {
            assert_eq!(Moment::from_unix(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn pacific_follows_daylight_saving() {
        let wall = |text: &str| {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a date").and_utc().timestamp_millis()
        };
        let check = |local: &str, utc: &str| assert_eq!(pacific_to_utc_ms(wall(local)), wall(utc), "{local}");
        check("2022-04-23 17:30", "2022-04-24 00:30");
        check("2022-01-10 17:30", "2022-01-11 01:30");
        check("2022-11-06 01:30", "2022-11-06 08:30");
        check("2022-03-13 02:30", "2022-03-13 10:30");
    }
}
