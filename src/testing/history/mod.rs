//! Histories: a tiny life, and what somebody downloaded of it over the years.
//!
//! A history is a function of a seed and a [`Level`]. Its downloads differ in everything in which those of one person do:
//! date, generation, format, language, range, pages, parts, pictures encoded anew; between them people are renamed or leave,
//! captions and messages are edited, messages unsent, posts archived, carousels shortened, collections renamed, likes and
//! follows taken back and given again, ids of conversations changed (see [`Size::tiny`]). [`truth`] says what must come
//! out of all of them together.

mod pictures;
mod truth;

use std::io;
use std::path::{Path, PathBuf};

pub use truth::{Fact, facts};

use super::calendar::{DAY, day_ms};
use super::dice::Dice;
use super::language::Language;
use super::life::Life;
use super::pack::Packing;
use super::size::Size;
use super::write::{write, write_parts};
use super::writing::{Clock, Writing};
use crate::model::{Format, Generation};

/// Which downloads histories may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The folders of generations C to E until 2025, as JSON; nobody is renamed or leaves, no message is rewritten,
    /// nothing liked again.
    Steady,
    /// Those until today, and people are renamed, the owner among them.
    Json,
    /// Those as pages too.
    Pages,
    /// The flat files of generations A and B too.
    All,
}

impl Level {
    pub const ALL: [Self; 4] = [Self::Steady, Self::Json, Self::Pages, Self::All];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Json => "json",
            Self::Pages => "pages",
            Self::All => "all",
        }
    }
}

/// How the files of a download lie on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    Zip,
    Folder,
    /// So many ZIPs.
    Parts(usize),
}

/// One download of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Number of the life among those of the history.
    pub life: usize,
    pub writing: Writing,
    pub delivered: Delivered,
}

/// Lives and their downloads, oldest first.
#[derive(Clone, Debug)]
pub struct History {
    pub seed: u64,
    pub level: Level,
    pub lives: Vec<Life>,
    pub downloads: Vec<Download>,
}

impl History {
    pub fn new(seed: u64, level: Level) -> Self {
        let renames = if level == Level::Steady { 0 } else { Size::tiny().renames };
        let mut dice = Dice::of(seed, "history", 0);
        let life = Life::new(seed, Size { renames, ..some_of(Size::tiny(), &mut dice) });
        // Two downloads tell most of what goes wrong and four have 24 orders, so few histories are long.
        let n = [2, 2, 2, 2, 2, 3, 3, 3, 4, 5][dice.below(10)];
        // One account's flat files all ran by one clock.
        let clock = dice.pick(&[Clock::NaiveUtc, Clock::NaivePacific]);
        let mut lives = vec![life];
        // Two people who talk with each other keep their downloads in one home.
        if dice.chance(200) {
            lives.extend(lives[0].of_a_friend());
        }
        let mut downloads = loop {
            let mut downloads = drawn(&mut dice, level, clock, n);
            for download in downloads.iter_mut().skip(1).filter(|_| lives.len() > 1) {
                download.life = dice.below(2);
            }
            if lives.iter().enumerate().all(|(number, life)| is_one_account(life, number, &downloads)) {
                break downloads;
            }
        };
        for (number, life) in lives.iter().enumerate() {
            if !is_clock_told(life, number, &downloads) {
                let naive = downloads.iter_mut().filter(|one| one.life == number && one.writing.clock != Clock::Offset);
                naive.for_each(|one| one.writing.clock = Clock::NaiveUtc);
            }
        }
        Self { seed, level, lives, downloads }
    }

    /// The downloads of one of the lives, oldest first.
    pub fn writings(&self, life: usize) -> Vec<Writing> {
        let of_life = self.downloads.iter().filter(|download| download.life == life);
        of_life.map(|download| download.writing.clone()).collect()
    }

    /// Writes every download into a folder of its own below `folder`. Gives the archives, parts each by itself.
    pub fn write(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut archives = Vec::new();
        for (number, download) in self.downloads.iter().enumerate() {
            let folder = folder.join(number.to_string());
            fs_err::create_dir_all(&folder)?;
            archives.extend(download.write(&self.lives[download.life], &folder)?);
        }
        Ok(archives)
    }

    /// One line a download, for whoever looks into a seed.
    pub fn plan(&self) -> Vec<String> {
        let line = |download: &Download| {
            let Download { life, writing, delivered } = download;
            let (date, since) = (super::calendar::date(writing.date_ms), writing.since_ms.map(super::calendar::date));
            let (generation, format, language) =
                (writing.generation.name(), writing.format.name(), writing.language.code());
            let since = since.map_or_else(String::new, |since| format!(", since {since}"));
            let page = if writing.page < 10_000 { format!(", pages of {}", writing.page) } else { String::new() };
            format!("life {life}: {date}, generation {generation}, {format}, {language}, {delivered:?}{since}{page}")
        };
        self.downloads.iter().map(line).collect()
    }
}

impl Download {
    fn write(&self, life: &Life, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let name = self.writing.archive_name(life, 0);
        match self.delivered {
            Delivered::Zip => {
                let path = folder.join(format!("{name}.zip"));
                write(life, &self.writing).write_zip(&path, &Packing::default())?;
                Ok(vec![path])
            }
            Delivered::Folder => {
                let path = folder.join(name);
                write(life, &self.writing).write_folder(&path)?;
                Ok(vec![path])
            }
            Delivered::Parts(n) => {
                let mut paths = Vec::new();
                for (part, name) in write_parts(life, &self.writing, n).iter().zip(self.writing.part_names(life, n)) {
                    let path = folder.join(format!("{name}.zip"));
                    part.write_zip(&path, &Packing::default())?;
                    paths.push(path);
                }
                Ok(paths)
            }
        }
    }
}

/// So many downloads, oldest first.
fn drawn(dice: &mut Dice, level: Level, clock: Clock, n: usize) -> Vec<Download> {
    let mut downloads: Vec<Download> = Vec::new();
    while downloads.len() < n {
        let download = download(dice, level, clock, n);
        // Two of one day and format are one delivery, and nobody requests two on one day.
        let is_other = |one: &Download| (one.writing.date_ms - download.writing.date_ms).abs() > 2 * DAY;
        if downloads.iter().all(is_other) {
            downloads.push(download);
        }
    }
    downloads.sort_by_key(|download| download.writing.date_ms);
    downloads
}

/// Whether the downloads of a life tell that they are one account's: by one user name, or one of them tells of the change.
/// Flat files do not, nor does one of a later range; without that, what only a few shared things would tie together is two
/// accounts by right (format reference §4.8, §8.5), and no truth could say from how many things on it is not.
fn is_one_account(life: &Life, number: usize, downloads: &[Download]) -> bool {
    let writings = || downloads.iter().filter(|download| download.life == number).map(|download| &download.writing);
    let is_told = |at_ms: i64| writings().any(|writing| writing.tells_of_changes_at(at_ms));
    let is_between = |at_ms: i64| {
        writings().any(|writing| writing.date_ms < at_ms) && writings().any(|writing| at_ms <= writing.date_ms)
    };
    life.owner().handles.iter().skip(1).all(|(at_ms, _)| !is_between(*at_ms) || is_told(*at_ms))
}

/// Whether each flat download of a life that writes no zone shares enough with one that tells true times. What nothing tells
/// the zone of is read as UTC, and nobody could know better (format reference §3.1).
fn is_clock_told(life: &Life, number: usize, downloads: &[Download]) -> bool {
    /// Three are enough where all have words; not all have.
    const ENOUGH: usize = 12;
    let writings = || downloads.iter().filter(|one| one.life == number).map(|one| &one.writing);
    let tells = |other: &Writing| other.clock == Clock::Offset && other.format == Format::Json;
    let naive = writings().filter(|one| one.clock != Clock::Offset);
    naive.into_iter().all(|one| writings().any(|other| tells(other) && one.n_shared(other, life) >= ENOUGH))
}

/// Half of the categories, others in every history: fewer documents, and categories that are absent.
fn some_of(size: Size, dice: &mut Dice) -> Size {
    // One life in six is fuller.
    let times = if dice.chance(160) { 4 } else { 1 };
    let mut some = |n: usize| if dice.chance(500) { n * times } else { 0 };
    let saves = some(size.saves);
    Size {
        reels: some(size.reels),
        igtv: some(size.igtv),
        stories: some(size.stories),
        profile_photos: some(size.profile_photos),
        comments: some(size.comments),
        likes: some(size.likes),
        saves,
        collections: if saves > 0 { size.collections } else { 0 },
        interactions: some(size.interactions),
        searches: some(size.searches),
        strangers: some(size.strangers),
        contacts: some(size.contacts),
        logins: some(size.logins),
        visits: some(size.visits),
        views: some(size.views),
        ads: some(size.ads),
        notes: some(size.notes),
        ..size
    }
}

/// Generations with the days between which they were delivered; their times overlap (format reference §1.0).
const DELIVERED: [(Generation, i32, i32); 5] = [
    (Generation::A, 2019, 2020),
    (Generation::B, 2021, 2021),
    (Generation::C, 2021, 2023),
    (Generation::D, 2024, 2025),
    (Generation::E, 2025, 2026),
];

fn download(dice: &mut Dice, level: Level, clock: Clock, n: usize) -> Download {
    let first = if level == Level::All { 0 } else { 2 };
    let (generation, from, to) = DELIVERED[first + dice.below(DELIVERED.len() - first)];
    let (from_ms, to_ms) = match generation {
        Generation::A => (day_ms(2019, 9, 1), day_ms(2020, 12, 15)),
        Generation::B => (day_ms(2020, 12, 20), day_ms(2021, 3, 1)),
        _ => (day_ms(from, 4, 1), day_ms(to, 12, 31).min(Life::end_ms())),
    };
    let to_ms = if level == Level::Steady { to_ms.min(day_ms(2025, 12, 1)) } else { to_ms };
    // What was shown is told for two weeks only: half of it lies at the end of the life.
    let from_ms = if to_ms == Life::end_ms() && dice.chance(300) { to_ms - 12 * DAY } else { from_ms };
    let writing = Writing::new(generation).at((dice.between(from_ms / DAY, to_ms / DAY) * DAY + 43_200_000).min(to_ms));
    let is_page = level >= Level::Pages && generation >= Generation::C && dice.chance(400);
    let writing = if is_page { writing.html() } else { writing };
    // Before 2020 flat files wrote no offset.
    let is_naive = generation == Generation::A && writing.date_ms < day_ms(2020, 1, 1);
    let writing = if is_naive { writing.clocked(clock) } else { writing };
    let writing = if dice.chance(250) { writing.in_language(dice.pick(&Language::ALL)) } else { writing };
    let since = dice.chance(150).then(|| writing.date_ms - dice.between(60, 900) * DAY);
    let writing = match since.filter(|_| generation >= Generation::C) {
        Some(since_ms) => writing.since(since_ms),
        None => writing,
    };
    let writing = writing.paged(dice.pick(&[3, 8, 10_000, 10_000]));
    let encoding = u32::from(dice.chance(300));
    // Parts are archives of their own, and of four archives all orders are looked at.
    let delivered = match dice.below(10) {
        0..2 if n < 4 => Delivered::Parts(2),
        2 | 3 => Delivered::Folder,
        _ => Delivered::Zip,
    };
    Download { life: 0, writing: Writing { encoding, ..writing }, delivered }
}
