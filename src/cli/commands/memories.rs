//! `on-this-day` and `random`: memories, as answers of a search.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::super::args::{OnThisDayArguments, RandomArguments, SearchArguments, Sort};
use super::super::error::{CommandError, Trouble};
use super::super::exit::Exit;
use super::super::{Ended, Session, surroundings};
use super::question::{Question, now};
use super::search::{answer, tell_hints};

/// What one likes to be reminded of.
const MEMORIES: &str = "kind:post,story,reel,message -kind:system,reaction_notice,unavailable";
/// Messages around one that was chosen.
const AROUND: usize = 3;

pub fn on_this_day(arguments: &OnThisDayArguments, session: &mut Session) -> Ended {
    let today = now(session.ui.zone).date_naive();
    let (month, day) = match &arguments.date {
        None => (today.month(), today.day()),
        Some(typed) => month_and_day(typed).ok_or_else(|| {
            Trouble::new(Exit::Usage, format!("\"{typed}\" is no day")).hint("use 07-12, or 2019-07-12")
        })?,
    };
    let days: Vec<String> = years(session)?
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .filter(|date| *date != today)
        .map(|date| format!("date:{date}"))
        .collect();
    if days.is_empty() {
        session.ui.talk("nothing is held of that day")?;
        return Ok(Exit::Nothing);
    }
    let text = format!("{MEMORIES} ({})", days.join(" OR "));
    answer(&SearchArguments::of(text, arguments.limit, Some(Sort::Oldest), None), "on-this-day", session)
}

/// `07-12` or `2019-07-12`.
fn month_and_day(typed: &str) -> Option<(u32, u32)> {
    let mut parts = typed.rsplitn(3, '-').map(str::parse::<u32>);
    let (day, month) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let is_right = parts.next().is_none_or(|year| year.is_ok());
    // A leap year has every day.
    (is_right && NaiveDate::from_ymd_opt(2024, month, day).is_some()).then_some((month, day))
}

/// The years from which anything is held.
fn years(session: &Session) -> Result<impl Iterator<Item = i32> + use<>, CommandError> {
    let store = session.home.reader()?;
    let rows = store.select_all("SELECT min(at_ms) AS first, max(at_ms) AS last FROM record", &[])?;
    let year = |name: &str| {
        let ms = rows.first().and_then(|row| row.integer(name));
        ms.and_then(DateTime::<Utc>::from_timestamp_millis).map(|time| time.year())
    };
    // New Year's Eve is another year elsewhere; Instagram is younger than 2010, and its clocks are not always right.
    let (first, last) = (year("first").unwrap_or(0).max(2000), year("last").unwrap_or(0).min(2100));
    Ok(first - 1..=last + 1)
}

pub fn random(arguments: &RandomArguments, session: &mut Session) -> Ended {
    let text = arguments.text().unwrap_or_else(|| MEMORIES.to_owned());
    let Question { query, mut searcher, compiled, .. } = Question::of(&text, None, session)?;
    let mut rows = searcher.rows(&compiled)?;
    rows.sort_unstable();
    let mut chosen = None;
    let seed = arguments.seed.unwrap_or_else(|| surroundings::now_ms().unsigned_abs());
    if !rows.is_empty() {
        let at = usize::try_from(scattered(seed) % rows.len() as u64).unwrap_or_default();
        if let Some(id) = searcher.store().public_id_of(rows[at])? {
            chosen = searcher.store().shown_record(&id)?;
        }
    }
    drop(searcher);
    tell_hints(&query, &compiled, &mut session.ui)?;
    let Some((id, kind)) = chosen.as_ref().and_then(|record| record.text("id").zip(record.text("kind"))) else {
        session.ui.talk("there is nothing to choose from")?;
        return Ok(Exit::Nothing);
    };
    // Some kinds are only shown to those who name them.
    answer(&SearchArguments::of(format!("id:{id} kind:{kind}"), 1, None, Some(AROUND)), "random", session)
}

/// A number that has nothing to do with its neighbours' (splitmix64).
fn scattered(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_with_and_without_a_year() {
        assert_eq!(month_and_day("07-12"), Some((7, 12)));
        assert_eq!(month_and_day("2019-07-12"), Some((7, 12)));
        assert_eq!(month_and_day("2-29"), Some((2, 29)));
        for wrong in ["", "12", "13-01", "02-30", "x-07-12", "today"] {
            assert_eq!(month_and_day(wrong), None, "{wrong}");
        }
    }
}
