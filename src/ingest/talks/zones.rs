//! In which zone clocks were printed, by what other downloads tell of the same moments. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::model::Zone;
use crate::store::{SnapshotRef, ZoneOfSnapshot};

/// Zones differ from UTC by quarters of an hour.
pub const QUARTER_MS: i64 = 15 * 60_000;

/// Zones that are taken before others that fit as well: the one in which pages print, then those of most people, with
/// every rule of daylight saving that is common.
const LIKELY: [Tz; 40] = [
    Tz::America__Los_Angeles,
    Tz::UTC,
    Tz::Europe__London,
    Tz::Europe__Berlin,
    Tz::Europe__Athens,
    Tz::Europe__Moscow,
    Tz::Europe__Istanbul,
    Tz::America__New_York,
    Tz::America__Chicago,
    Tz::America__Denver,
    Tz::America__Phoenix,
    Tz::America__Anchorage,
    Tz::Pacific__Honolulu,
    Tz::America__Mexico_City,
    Tz::America__Bogota,
    Tz::America__Halifax,
    Tz::America__St_Johns,
    Tz::America__Sao_Paulo,
    Tz::America__Argentina__Buenos_Aires,
    Tz::America__Santiago,
    Tz::Africa__Cairo,
    Tz::Africa__Lagos,
    Tz::Africa__Johannesburg,
    Tz::Asia__Jerusalem,
    Tz::Asia__Dubai,
    Tz::Asia__Tehran,
    Tz::Asia__Karachi,
    Tz::Asia__Kolkata,
    Tz::Asia__Kathmandu,
    Tz::Asia__Dhaka,
    Tz::Asia__Bangkok,
    Tz::Asia__Shanghai,
    Tz::Asia__Tokyo,
    Tz::Asia__Seoul,
    Tz::Australia__Perth,
    Tz::Australia__Darwin,
    Tz::Australia__Brisbane,
    Tz::Australia__Adelaide,
    Tz::Australia__Sydney,
    Tz::Pacific__Auckland,
];

/// So many moments must agree, as with conversations (format reference §8.2.5).
const FEWEST: u64 = 3;

/// So many days with their differences are looked at: more than ten years, and all zones of the world are tried on them in
/// less than a second.
const MOST_SAMPLES: usize = 4_000;

/// What is known of the clocks of one snapshot: moments that other snapshots tell, too.
#[derive(Debug, Default)]
pub struct Evidence {
    /// By day of the clock and differences that may be (in quarters of an hour, what is to be added to the clock): a clock
    /// of that day, and how many moments.
    samples: BTreeMap<(i64, Vec<i16>), (i64, u64)>,
}

impl Evidence {
    /// A clock, and by how much the moments differ from it that may be the same.
    pub fn add(&mut self, wall_ms: i64, mut quarters: Vec<i16>) {
        const DAY_MS: i64 = 24 * 3_600_000;
        quarters.sort_unstable();
        quarters.dedup();
        let (clock, n) = self.samples.entry((wall_ms.div_euclid(DAY_MS), quarters)).or_insert((wall_ms, 0));
        *clock = wall_ms.min(*clock);
        *n += 1;
    }

    /// The zone in which most clocks show the moments that others tell, and how many do.
    pub fn zone(&self) -> Option<(Zone, u64)> {
        let total: u64 = self.samples.values().map(|(_, n)| n).sum();
        let mut samples: Vec<(i64, &[i16], u64)> =
            self.samples.iter().map(|((_, quarters), (clock, n))| (*clock, quarters.as_slice(), *n)).collect();
        samples.sort_by_key(|(clock, _, n)| (std::cmp::Reverse(*n), *clock));
        samples.truncate(MOST_SAMPLES);
        let likely = best(LIKELY.iter().map(|zone| Zone::Named(*zone)), &samples)?;
        let looked_at: u64 = samples.iter().map(|(.., n)| n).sum();
        // Some moments are only by chance alike; a zone that explains all the others needs no rival.
        let (zone, n) = if likely.1 * 100 >= looked_at * 99 {
            likely
        } else {
            let mut offsets: Vec<i16> = samples.iter().flat_map(|(_, quarters, _)| quarters.iter().copied()).collect();
            offsets.sort_unstable();
            offsets.dedup();
            let plain = offsets.into_iter().map(|quarters| Zone::Offset(-quarters * 15));
            let others = plain.chain(TZ_VARIANTS.iter().map(|zone| Zone::Named(*zone)));
            best(others, &samples).filter(|(_, n)| *n > likely.1).unwrap_or(likely)
        };
        (n >= FEWEST && n * 2 >= looked_at.min(total)).then_some((zone, n))
    }
}

/// The first of the zones that explain most.
fn best(zones: impl Iterator<Item = Zone>, samples: &[(i64, &[i16], u64)]) -> Option<(Zone, u64)> {
    let mut best: Option<(Zone, u64)> = None;
    for zone in zones {
        let n = samples.iter().filter(|(clock, quarters, _)| explains(zone, *clock, quarters)).map(|(.., n)| n).sum();
        if best.is_none_or(|(_, most)| n > most) {
            best = Some((zone, n));
        }
    }
    best
}

fn explains(zone: Zone, clock: i64, quarters: &[i16]) -> bool {
    let (first, other) = zone.to_utc_ms(clock);
    let is_one = |at: i64| {
        let difference = at - clock;
        difference % QUARTER_MS == 0
            && i16::try_from(difference / QUARTER_MS).is_ok_and(|quarter| quarters.contains(&quarter))
    };
    is_one(first) || other.is_some_and(is_one)
}

/// A snapshot of pages whose zone nothing shows has that of the nearest one of pages that has one. So has one of which
/// only the offset on the day of its making is known, if the zone has that offset then.
pub fn borrow(of_pages: &BTreeSet<&SnapshotRef>, zones: &mut BTreeMap<i64, ZoneOfSnapshot>) {
    /// Farther apart somebody may live elsewhere (a guess).
    const FARTHEST_DAYS: i64 = 731;
    let day = |snapshot: &SnapshotRef| snapshot.date.parse::<NaiveDate>().ok();
    let named = |snapshot: &SnapshotRef| match zones.get(&snapshot.id)?.as_ref() {
        Some((zone, _)) => Zone::of_name(zone),
        None => None,
    };
    let mut borrowed = Vec::new();
    for here in of_pages {
        let own = named(here);
        let fits = |zone: Zone| match own {
            None => true,
            Some(Zone::Offset(minutes)) => day(here).is_some_and(|day| {
                let noon_ms = day.and_time(NaiveTime::MIN).and_utc().timestamp_millis() + 12 * 3_600_000;
                zone.offset_minutes_at(noon_ms) == i64::from(minutes)
            }),
            Some(Zone::Named(_)) => false,
        };
        let nearest = of_pages
            .iter()
            .filter_map(|other| {
                let zone = named(other).filter(|zone| matches!(zone, Zone::Named(_)) || own.is_none())?;
                let days = (day(other)? - day(here)?).num_days().abs();
                (fits(zone) && days <= FARTHEST_DAYS).then_some((days, std::cmp::Reverse(*other), zone.to_string()))
            })
            .min();
        if let Some((_, other, zone)) = nearest {
            borrowed.push((here.id, zone, format!("as in the download {}", other.0.public_id)));
        }
    }
    for (snapshot, zone, ground) in borrowed {
        zones.insert(snapshot, Some((zone, ground)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    /// 2021-01-01.
    const BEGIN: i64 = 1_609_459_200_000;

    /// A message every seven hours over some days, printed in a zone; every tenth may be another one, too.
    fn evidence(zone: &str, from_day: i64, n_days: i64) -> Evidence {
        let zone = Zone::of_name(zone).expect("a zone");
        let mut evidence = Evidence::default();
        for number in 0..n_days * 24 / 7 {
            let at = BEGIN + from_day * 24 * HOUR + number * 7 * HOUR;
            let ahead = zone.offset_minutes_at(at);
            let mut quarters = vec![i16::try_from(-ahead / 15).expect("small")];
            if number % 10 == 0 {
                quarters.push(5);
            }
            evidence.add(at + ahead * 60_000, quarters);
        }
        evidence
    }

    #[test]
    fn both_sides_of_a_change_tell_the_zone() {
        let check = |zone: &str, found: &str| {
            let told = evidence(zone, 0, 700).zone().map(|(zone, _)| zone.to_string());
            assert_eq!(told.as_deref(), Some(found), "{zone}");
        };
        check("America/Los_Angeles", "America/Los_Angeles");
        check("Europe/Berlin", "Europe/Berlin");
        check("Europe/Madrid", "Europe/Berlin");
        check("America/St_Johns", "America/St_Johns");
        check("Australia/Adelaide", "Australia/Adelaide");
        check("Pacific/Auckland", "Pacific/Auckland");
        check("America/Santiago", "America/Santiago");
        check("America/Phoenix", "America/Phoenix");
        // In no list.
        check("Australia/Lord_Howe", "Australia/LHI");
        check("Pacific/Chatham", "NZ-CHAT");
        check("+05:45", "Asia/Kathmandu");
        check("-03:15", "-03:15");
    }

    #[test]
    fn one_side_of_a_change_tells_what_is_likely() {
        let found = |zone: &str| evidence(zone, 180, 30).zone().map(|(zone, _)| zone.to_string());
        assert_eq!(found("America/Los_Angeles").as_deref(), Some("America/Los_Angeles"));
        assert_eq!(found("Europe/Paris").as_deref(), Some("Europe/Berlin"));
        assert_eq!(found("Pacific/Marquesas").as_deref(), Some("-09:30"));
    }

    #[test]
    fn too_little_tells_nothing() {
        assert_eq!(Evidence::default().zone(), None);
        let mut evidence = Evidence::default();
        evidence.add(BEGIN, vec![32]);
        evidence.add(BEGIN + HOUR, vec![32]);
        assert_eq!(evidence.zone(), None);
        evidence.add(BEGIN + 2 * HOUR, vec![32]);
        assert_eq!(evidence.zone(), Some((Zone::PACIFIC, 3)));
        for n in 0..4 {
            evidence.add(BEGIN + n * 50 * HOUR, vec![i16::try_from(n).expect("small") * 7 - 20]);
        }
        assert_eq!(evidence.zone(), None);
    }
}
