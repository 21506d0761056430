//! What the owner published: posts, reels, long videos, stories and profile photos.

use super::calendar::{DAY, HOUR, MINUTE, day_ms};
use super::dice::Dice;
use super::medium::{Form, Medium, thrown_bytes};
use super::people;
use super::size::Size;
use super::words::{PLACES, TONGUES};

/// What sort of own content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OwnSort {
    Post,
    Reel,
    Igtv,
    Story,
    ProfilePhoto,
}

/// Where it lies in the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    Live,
    Archived,
    /// Among the recently deleted, for thirty days.
    Deleted,
    Gone,
}

/// One thing the owner published.
#[derive(Clone, Debug, PartialEq)]
pub struct Own {
    pub sort: OwnSort,
    /// Whole seconds.
    pub at_ms: i64,
    /// Its captions with the time from which each held: the later ones are edits. An empty one is none.
    pub captions: Vec<(i64, String)>,
    /// One, or several of a carousel.
    pub media: Vec<Medium>,
    /// When the last of several was taken out of it.
    pub shortened_ms: Option<i64>,
    /// Latitude and longitude, in the picture's metadata.
    pub place: Option<(f64, f64)>,
    /// The name of the place, which only downloads before 2021 tell.
    pub place_name: Option<&'static str>,
    /// Where it lay, with the time from which.
    pub states: Vec<(i64, State)>,
    /// Who is tagged, as numbers among the people of the life; only pages (HTML) tell it.
    pub tagged: Vec<usize>,
    /// Number and content of a subtitles file.
    pub subtitles: Option<(u64, String)>,
}

impl Own {
    pub fn state_at(&self, at_ms: i64) -> State {
        self.states.iter().rev().find(|(from, _)| *from <= at_ms).map_or(State::Gone, |(_, state)| *state)
    }

    pub fn media_at(&self, at_ms: i64) -> &[Medium] {
        match (self.shortened_ms.filter(|when| *when <= at_ms), &self.media[..]) {
            (Some(_), [left @ .., _]) if !left.is_empty() => left,
            (_, all) => all,
        }
    }

    pub fn caption_at(&self, at_ms: i64) -> &str {
        let known = self.captions.iter().rev().find(|(from, _)| *from <= at_ms).or(self.captions.first());
        known.map_or("", |(_, caption)| caption)
    }
}

/// Makes all own content, oldest first.
pub(super) fn plan(seed: u64, size: &Size) -> Vec<Own> {
    use OwnSort::{Igtv, Post, ProfilePhoto, Reel, Story};
    let sorts = [
        (Post, size.posts),
        (Reel, size.reels),
        (Igtv, size.igtv),
        (Story, size.stories),
        (ProfilePhoto, size.profile_photos),
    ];
    let mut all: Vec<Own> = Vec::new();
    for (sort, n) in sorts {
        for number in 0..n {
            let mut dice = Dice::of(seed, "own", all.len());
            let mut haste = Dice::of(seed, "own, soon after", all.len());
            // Where much happens, some follow the one before within the minute. Nothing is published twice in a second, and
            // times of one thing may differ by two (format reference §8.1).
            let is_soon = size.is_eventful && number > 2 && haste.chance(200);
            let at_ms = match all.last().filter(|_| is_soon) {
                Some(last) => last.at_ms + haste.between(3, 50) * 1_000,
                None => time(&mut dice, sort, (number, n)),
            };
            let mut own = own(&mut dice, size, sort, (number, n), (all.len(), at_ms));
            own.tagged = tagged(&mut Dice::of(seed, "tagged", all.len()), size, sort);
            all.push(own);
        }
    }
    all.sort_by_key(|own| own.at_ms);
    all
}

fn time(dice: &mut Dice, sort: OwnSort, (number, n): (usize, usize)) -> i64 {
    match (sort, number) {
        // In the first hours of a month, in UTC and in California: they tell in which of the two a clock without offset
        // ran (format reference §3.1).
        (OwnSort::Post, 0) => day_ms(2019, 6, 1) + 3 * HOUR + 57 * MINUTE + 10_000,
        (OwnSort::Post, 1) => day_ms(2019, 7, 1) + 10 * HOUR + 57 * MINUTE + 10_000,
        _ => moment(dice, number, n),
    }
}

fn own(dice: &mut Dice, size: &Size, sort: OwnSort, (number, n): (usize, usize), (place, at_ms): (usize, i64)) -> Own {
    let caption = match sort {
        OwnSort::Story | OwnSort::ProfilePhoto => String::new(),
        // Every sixth post repeats the words of the one before: the same caption on two pictures.
        OwnSort::Post if number % 6 >= 4 => "Good morning ☀️".to_owned(),
        _ => TONGUES[dice.below(TONGUES.len())].caption(dice),
    };
    let mut captions = vec![(at_ms, caption)];
    let is_edited = if size.is_eventful { dice.chance(300) } else { number % 8 == 2 };
    if is_edited && matches!(sort, OwnSort::Post | OwnSort::Reel) {
        captions.push((at_ms + dice.between(DAY, 400 * DAY), TONGUES[dice.below(TONGUES.len())].caption(dice)));
    }
    let n_media = if sort == OwnSort::Post && number % 4 == 1 { 2 + dice.below(4) } else { 1 };
    let media: Vec<Medium> = (0..n_media).map(|which| medium(dice, size, sort, at_ms, place * 10 + which)).collect();
    let subtitles = (matches!(sort, OwnSort::Reel | OwnSort::Igtv) && dice.chance(400)).then(|| {
        let words = TONGUES[dice.below(TONGUES.len())].words(dice, 6);
        (media[0].id + 9, format!("1\n00:00:00,000 --> 00:00:02,000\n{words}\n"))
    });
    // Those that are archived or deleted later always have one.
    let has_place = sort == OwnSort::Post && (dice.chance(300) || matches!(number % 9, 3 | 7));
    Own {
        sort,
        at_ms,
        captions,
        place: has_place.then(|| coordinates(dice)),
        place_name: has_place.then(|| dice.pick(&PLACES)),
        media,
        shortened_ms: (size.is_eventful && n_media > 1 && dice.chance(500))
            .then(|| at_ms + dice.between(DAY, 700 * DAY)),
        states: states(dice, size, (sort, number, n), at_ms),
        tagged: Vec::new(),
        subtitles,
    }
}

/// Every third post tags one to three friends.
fn tagged(dice: &mut Dice, size: &Size, sort: OwnSort) -> Vec<usize> {
    if sort != OwnSort::Post || size.friends == 0 || !dice.chance(300) {
        return Vec::new();
    }
    let mut people: Vec<usize> = (0..=dice.below(3)).map(|_| 1 + dice.below(size.friends)).collect();
    people.sort_unstable();
    people.dedup();
    people
}

/// Times spread over the life, in whole seconds, all different for one sort.
pub(super) fn moment(dice: &mut Dice, number: usize, n: usize) -> i64 {
    let (begin_ms, end_ms) = people::lifetime();
    let whole = |number: usize| i64::try_from(number).unwrap_or(0);
    let width = (end_ms - begin_ms) / whole(n.max(1)) / 1_000;
    (begin_ms / 1_000 + width * whole(number) + dice.between(0, width - 1)) * 1_000
}

/// Posts are archived, or lie among the recently deleted before they go, the last of these at the end of the life; reels
/// only go.
fn states(dice: &mut Dice, size: &Size, (sort, number, n): (OwnSort, usize, usize), at_ms: i64) -> Vec<(i64, State)> {
    let mut states = vec![(at_ms, State::Live)];
    let is_last = number + 9 >= n;
    let later = at_ms + dice.between(DAY, 700 * DAY);
    if size.is_eventful {
        match (sort, dice.below(6)) {
            (OwnSort::Post, 0) => states.push((later, State::Archived)),
            (OwnSort::Post, 1) => {
                states.extend([(later, State::Archived), (later + dice.between(DAY, 300 * DAY), State::Live)]);
            }
            (OwnSort::Post, 2) => states.extend([(later, State::Deleted), (later + 30 * DAY, State::Gone)]),
            (OwnSort::Reel, 0) => states.push((later, State::Gone)),
            _ => {}
        }
        return states;
    }
    let later = if is_last && number % 9 == 7 { people::lifetime().1 - 10 * DAY } else { later };
    match (sort, number % 9) {
        (OwnSort::Post, 3) => states.push((later, State::Archived)),
        (OwnSort::Post, 7) => states.extend([(later, State::Deleted), (later + 30 * DAY, State::Gone)]),
        (OwnSort::Reel, 4) => states.push((later, State::Gone)),
        _ => {}
    }
    states
}

fn medium(dice: &mut Dice, size: &Size, sort: OwnSort, at_ms: i64, number: usize) -> Medium {
    let form = match sort {
        OwnSort::Reel | OwnSort::Igtv => Form::Mp4,
        OwnSort::ProfilePhoto => Form::Jpeg,
        OwnSort::Story if dice.chance(300) => Form::Mp4,
        _ if dice.chance(100) => Form::Mp4,
        _ => Form::Jpeg,
    };
    Medium {
        id: 17_850_000_000_000_000 + u64::try_from(number).unwrap_or(0) * 1_009,
        // Pictures of a carousel were made up to some minutes before it was published.
        at_ms: at_ms - dice.between(0, 90) * 1_000,
        form,
        n_bytes: thrown_bytes(dice, &size.media_bytes),
        is_compressible: size.is_media_compressible,
    }
}

fn coordinates(dice: &mut Dice) -> (f64, f64) {
    // Hundredths of a degree; exact in text, and no real address.
    let mut hundredths = |low: i32, high: i32| {
        let number = dice.between(i64::from(low), i64::from(high));
        f64::from(i32::try_from(number).unwrap_or(0)) / 100.0
    };
    (hundredths(-5_500, 6_500), hundredths(-17_900, 17_900))
}
