//! In which zone times are shown and dates are meant: the person's own, or UTC.

use std::fmt;
use std::path::Path;

use chrono::{DateTime, FixedOffset, Local, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};

use super::surroundings;

/// A zone, chosen while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    Utc,
    Named(chrono_tz::Tz),
    /// What the operating system says, when it has no name that we know.
    System,
}

/// The distance from UTC that a zone has at a moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ZoneOffset {
    zone: Zone,
    offset: FixedOffset,
}

impl fmt::Debug for ZoneOffset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.offset.fmt(formatter)
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.offset, formatter)
    }
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.offset
    }
}

impl TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let offset = match self {
            Self::Utc => MappedLocalTime::Single(Utc.fix()),
            Self::Named(zone) => zone.offset_from_local_datetime(local).map(|offset| offset.fix()),
            Self::System => Local.offset_from_local_datetime(local),
        };
        offset.map(|offset| ZoneOffset { zone: *self, offset })
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        let offset = match self {
            Self::Utc => Utc.fix(),
            Self::Named(zone) => zone.offset_from_utc_datetime(utc).fix(),
            Self::System => Local.offset_from_utc_datetime(utc),
        };
        ZoneOffset { zone: *self, offset }
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utc => formatter.write_str("UTC"),
            Self::Named(zone) => formatter.write_str(zone.name()),
            Self::System => formatter.write_str("local time"),
        }
    }
}

impl Zone {
    /// The person's zone: `TZ`, else what the system is set to.
    pub fn of_person() -> Self {
        match surroundings::variable("TZ") {
            Some(name) => Self::of_name(&name.to_string_lossy()),
            None => std::fs::read_link("/etc/localtime").map_or(Self::System, |link| Self::of_link(&link)),
        }
    }

    fn of_name(name: &str) -> Self {
        let name = name.trim_start_matches(':');
        match name.parse() {
            Ok(zone) => Self::Named(zone),
            Err(_) if name.is_empty() => Self::Utc,
            // A rule (`CET-1CEST`) or a path: the system knows how to read them.
            Err(_) => Self::System,
        }
    }

    fn of_link(link: &Path) -> Self {
        let link = link.to_string_lossy();
        link.split_once("zoneinfo/").map_or(Self::System, |(_, name)| Self::of_name(name))
    }

    fn time(self, ms: i64) -> Option<DateTime<Self>> {
        Some(DateTime::<Utc>::from_timestamp_millis(ms)?.with_timezone(&self))
    }

    fn shown(self, ms: i64, format: &str) -> String {
        self.time(ms).map_or_else(|| format!("{ms} ms"), |time| time.format(format).to_string())
    }

    /// `2019-07-12`.
    pub fn day(self, ms: i64) -> String {
        self.shown(ms, "%Y-%m-%d")
    }

    /// `Friday, 2019-07-12`.
    pub fn weekday(self, ms: i64) -> String {
        self.shown(ms, "%A, %Y-%m-%d")
    }

    /// `17:41`.
    pub fn clock(self, ms: i64) -> String {
        self.shown(ms, "%H:%M")
    }

    /// `2019-07-12 17:41`, and only the day where no more is known.
    pub fn minute(self, ms: i64, precision: Option<&str>) -> String {
        if precision == Some("day") { self.day(ms) } else { self.shown(ms, "%Y-%m-%d %H:%M") }
    }

    /// `2019-07-12 17:41:08 +02:00`.
    pub fn second(self, ms: i64) -> String {
        self.shown(ms, "%Y-%m-%d %H:%M:%S %:z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_name() {
        let check = |name: &str, zone: Zone| assert_eq!(Zone::of_name(name), zone, "{name}");
        check("Europe/Berlin", Zone::Named(chrono_tz::Europe::Berlin));
        check(":Europe/Berlin", Zone::Named(chrono_tz::Europe::Berlin));
        check("", Zone::Utc);
        check("CET-1CEST,M3.5.0,M10.5.0/3", Zone::System);
        assert_eq!(Zone::of_link(Path::new("../usr/share/zoneinfo/Asia/Tokyo")).to_string(), "Asia/Tokyo");
        assert_eq!(Zone::of_link(Path::new("somewhere")), Zone::System);
    }

    #[test]
    fn times_follow_the_zone_and_its_summers() {
        let berlin = Zone::Named(chrono_tz::Europe::Berlin);
        // 2019-07-12 15:41:08 and 2019-12-31 23:30:00 UTC.
        let (summer, winter) = (1_562_946_068_558, 1_577_835_000_000);
        assert_eq!(berlin.minute(summer, Some("ms")), "2019-07-12 17:41");
        assert_eq!(Zone::Utc.minute(summer, None), "2019-07-12 15:41");
        assert_eq!(berlin.second(winter), "2020-01-01 00:30:00 +01:00");
        assert_eq!(berlin.minute(winter, Some("day")), "2020-01-01");
        assert_eq!(berlin.weekday(summer), "Friday, 2019-07-12");
        assert_eq!(berlin.clock(summer), "17:41");
        assert_eq!(berlin.day(i64::MAX), format!("{} ms", i64::MAX));
        let noon = berlin.time(summer).expect("a time");
        // The zone survives the way through an offset, with its rules.
        assert_eq!(noon.timezone().minute(winter, None), "2020-01-01 00:30");
    }
}
