//! What the head of a page says: who asked for the download, in which language, for which range, and, by the moment of
//! its making, in which zone pages print their clocks (format reference §5.5).

use chrono_tz::{TZ_VARIANTS, Tz};

use super::boxes::{About, Boxes, Printed};
use crate::model::{Basis, Moment, Precision, Zone};
use crate::source::instagram::dates;
use crate::source::instagram::json::person::is_handle;
use crate::source::is_zone_sure;

/// What the head of a page says.
#[derive(Debug, Default)]
pub struct Head {
    /// User name and language of the words around it.
    pub asked_by: Option<(String, &'static str)>,
    pub zone: Option<Told>,
    /// First and last day of a download that was asked for a range, as written.
    pub range: Option<(String, String)>,
    /// The same in Unix milliseconds UTC, the last day included, where both days can be read.
    pub range_ms: Option<(i64, i64)>,
}

/// The zone that a head tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    pub zone: Zone,
    /// Several zones have that offset; the likeliest was taken.
    pub is_guess: bool,
}

/// Zones that are tried in this order: the one in which pages print, that of which their heads speak, and then those of
/// most people. Only zones are told apart whose clocks differ at a moment that the head states.
const ZONES: [Tz; 16] = [
    Tz::America__Los_Angeles,
    Tz::UTC,
    Tz::Europe__London,
    Tz::Europe__Berlin,
    Tz::Europe__Athens,
    Tz::Europe__Moscow,
    Tz::Asia__Dubai,
    Tz::Asia__Kolkata,
    Tz::Asia__Bangkok,
    Tz::Asia__Shanghai,
    Tz::Asia__Tokyo,
    Tz::Australia__Sydney,
    Tz::America__New_York,
    Tz::America__Chicago,
    Tz::America__Denver,
    Tz::America__Sao_Paulo,
];
/// Clocks differ from UTC by quarters of an hour, and by fourteen hours at most.
const QUARTER_MS: i64 = 15 * 60_000;
const MOST_QUARTERS: i64 = 14 * 4;

/// Reads the head of a page that holds records: what stands before the first of them.
pub fn of_page(page: &[u8]) -> Head {
    let mut boxes = Boxes::new(page);
    let first = boxes.next().map(|piece| piece.root.text()).unwrap_or_default();
    let about = boxes.about();
    read(&about, &first)
}

/// Reads a page that only leads to the others: all of it.
pub fn of_start_page(page: &[u8]) -> Head {
    /// So many boxes are looked at; a start page has some dozens.
    const MOST_BOXES: usize = 1_000;
    let mut boxes = Boxes::new(page);
    let first = boxes.next().map(|piece| piece.root.text()).unwrap_or_default();
    boxes.by_ref().take(MOST_BOXES).for_each(drop);
    read(&boxes.about(), &first)
}

fn read(about: &About, first_box: &str) -> Head {
    let (range, range_ms) = match &about.times[..] {
        [_, from, to] => (Some((from.day(), to.day())), from.first_ms().zip(to.last_ms())),
        _ => (None, None),
    };
    let asked_by = asked_by(&format!("{}\n{first_box}", about.lead));
    Head { asked_by, zone: zone_told_by(&about.times), range, range_ms }
}

impl Printed {
    /// As somebody reads it, else as it is written for machines.
    fn day(&self) -> String {
        let text = self.text.trim();
        if text.is_empty() { self.instant.clone().unwrap_or_default() } else { text.to_owned() }
    }

    fn moment(&self) -> Option<Moment> {
        let instant = self.instant.as_deref().and_then(dates::read);
        instant.or_else(|| dates::read(&self.text)).or_else(|| dates::read_in_sentence(&self.text))
    }

    fn first_ms(&self) -> Option<i64> {
        self.moment().map(Moment::utc_ms)
    }

    /// The end of the day, where a day is all that is told.
    fn last_ms(&self) -> Option<i64> {
        const DAY_MS: i64 = 24 * 3_600_000;
        let at = self.moment()?;
        let is_day = at.precision == Precision::Day || at.utc_ms().rem_euclid(DAY_MS) == 0;
        Some(at.utc_ms() + if is_day { DAY_MS - 1 } else { 0 })
    }

    /// The instant, and how many quarters of an hour the printed clock is ahead of UTC.
    fn ahead(&self) -> Option<(i64, i64)> {
        let instant = dates::read(self.instant.as_deref()?)?;
        let clock = dates::read_in_sentence(&self.text)?;
        if Precision::Day == instant.precision.max(clock.precision) || clock.basis != Basis::Wall {
            return None;
        }
        let ahead_ms = clock.ms - instant.ms;
        let quarters = (ahead_ms + QUARTER_MS / 2).div_euclid(QUARTER_MS);
        // The clock is cut to its minute.
        let is_whole = (ahead_ms - quarters * QUARTER_MS).abs() <= 60_000;
        (is_whole && quarters.abs() <= MOST_QUARTERS).then_some((instant.ms, quarters))
    }
}

/// The zone whose clocks show all that is printed at these instants.
fn zone_told_by(times: &[Printed]) -> Option<Told> {
    let ahead: Vec<(i64, i64)> = times.iter().filter_map(Printed::ahead).collect();
    let &(_, first) = ahead.first()?;
    let fits = |zone: &Zone| ahead.iter().all(|(at_ms, quarters)| zone.offset_minutes_at(*at_ms) == quarters * 15);
    let named = ZONES.iter().map(|zone| Zone::Named(*zone)).find(fits);
    // Nobody prints in a zone of which nothing but the offset is known; still the clocks are right on that day.
    let plain = || i16::try_from(first * 15).ok().map(Zone::Offset).filter(fits);
    let any = || TZ_VARIANTS.iter().map(|zone| Zone::Named(*zone)).find(fits);
    let zone = named.or_else(plain).or_else(any)?;
    Some(Told { zone, is_guess: !is_zone_sure(zone) })
}

/// `Generated by someuser on …`.
fn asked_by(lead: &str) -> Option<(String, &'static str)> {
    /// The words before and behind the user name. Seen: English and Italian; the others are what they should be.
    const WORDS: [(&str, &str, &str); 7] = [
        ("en", "generated by ", " on "),
        ("it", "generato da ", " in data"),
        ("de", "erstellt von ", " am "),
        ("fr", "généré par ", " le "),
        ("es", "generado por ", " el "),
        ("pt", "gerado por ", " em "),
        ("nl", "gegenereerd door ", " op "),
    ];
    let lead = lead.to_lowercase();
    WORDS.iter().find_map(|(language, before, behind)| {
        let (_, rest) = lead.split_once(before)?;
        let (handle, _) = rest.split_once(behind)?;
        is_handle(handle.trim()).then(|| (handle.trim().to_owned(), *language))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(instant: &str, text: &str) -> Printed {
        Printed { instant: Some(instant.to_owned()), text: text.to_owned() }
    }

    #[test]
    fn the_moment_of_making_tells_the_zone() {
        let check = |times: &[(&str, &str)], zone: Option<&str>, is_guess| {
            let times: Vec<Printed> = times.iter().map(|(instant, text)| printed(instant, text)).collect();
            let told = zone_told_by(&times);
            assert_eq!(told.map(|told| told.zone.to_string()).as_deref(), zone, "{times:?}");
            assert_eq!(told.is_some_and(|told| told.is_guess), is_guess, "{times:?}");
        };
        let pacific = Some("America/Los_Angeles");
        check(&[("2026-09-05T19:29:41Z", "Saturday, September 5, 2026 at 12:29 PM UTC")], pacific, false);
        check(&[("2026-01-05T20:29:41+00:00", "January 5, 2026 at 12:29 PM UTC")], pacific, false);
        check(&[("2026-01-05T20:29:41", "gennaio 5, 2026 12:29 pm")], pacific, false);
        check(&[("2026-09-05T12:29:41Z", "Saturday, September 5, 2026 at 12:29 PM UTC")], Some("UTC"), false);
        // Two moments tell more than one; a day tells nothing.
        check(&[("2026-07-05T12:29:00Z", "Jul 5, 2026 1:29 pm")], Some("Europe/London"), true);
        check(&[("2026-01-05T12:29:00Z", "Jan 5, 2026 1:29 pm")], Some("Europe/Berlin"), true);
        check(
            &[
                ("2026-07-05T12:29:00Z", "Jul 5, 2026 2:29 pm"),
                ("2020-01-01T00:00:00Z", "Jan 1, 2020 1:00 am"),
                ("2025-01-01T08:00:00Z", "January 1, 2025"),
            ],
            Some("Europe/Berlin"),
            true,
        );
        check(&[("2026-07-05T12:29:00Z", "Jul 5, 2026 6:14 pm")], Some("+05:45"), true);
        check(
            &[("2026-07-05T12:29:00Z", "Jul 5, 2026 6:14 pm"), ("2026-01-05T12:29:00Z", "Jan 5, 2026 1:29 pm")],
            None,
            false,
        );
        check(
            &[("2026-07-05T12:29:00Z", "Jul 5, 2026 9:59 am"), ("2026-01-05T12:29:00Z", "Jan 5, 2026 8:59 am")],
            Some("America/St_Johns"),
            true,
        );
        for nothing in ["Jul 5, 2026", "Jul 5, 2026 12:36 pm", "Jul 9, 2026 12:29 pm", "soon", ""] {
            check(&[("2026-07-05T12:29:00Z", nothing)], None, false);
        }
        check(&[("", "Jul 5, 2026 1:29 pm")], None, false);
        check(&[("2026-07-05", "Jul 5, 2026 1:29 pm")], None, false);
    }
}
