//! What the owner did besides writing and publishing, and what the service noted about it.

use super::calendar::{DAY, HOUR};
use super::dice::Dice;
use super::life::OWNER;
use super::own::moment;
use super::people::{self, Person};
use super::size::Size;
use super::words::{self, TONGUES, shortcode};

/// Everything of a life that is neither message nor own content. Times are whole seconds; people are numbers.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    pub comments: Vec<Comment>,
    pub likes: Vec<Like>,
    pub saves: Vec<Save>,
    pub collections: Vec<Collection>,
    pub interactions: Vec<Interaction>,
    pub searches: Vec<Search>,
    pub relations: Vec<Relation>,
    pub contacts: Vec<Contact>,
    pub changes: Vec<Change>,
    pub logins: Vec<Login>,
    pub visits: Vec<Visit>,
    pub views: Vec<View>,
    pub ads: Vec<Ad>,
    pub notes: Vec<Note>,
}

/// What was liked or commented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Post,
    Reel,
    Story,
    /// For likes only: a comment, which the export names by the post below which it stands.
    Comment,
}

#[derive(Clone, Debug)]
pub struct Comment {
    pub at_ms: i64,
    pub text: String,
    pub owner: usize,
    pub on: Target,
}

#[derive(Clone, Debug)]
pub struct Like {
    pub at_ms: i64,
    pub until_ms: Option<i64>,
    pub owner: usize,
    pub target: Target,
    /// Short code of the post, or number of the story.
    pub code: String,
    pub caption: String,
}

#[derive(Clone, Debug)]
pub struct Save {
    pub at_ms: i64,
    pub owner: usize,
    pub code: String,
    pub caption: String,
    /// Number of the collection it was put into.
    pub collection: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Collection {
    pub at_ms: i64,
    pub name: String,
    /// Its later name, with the time from which.
    pub renamed: Option<(i64, String)>,
}

impl Collection {
    pub fn name_at(&self, at_ms: i64) -> &str {
        self.renamed.as_ref().filter(|(when, _)| *when <= at_ms).map_or(&self.name, |(_, name)| name)
    }
}

/// A sticker in somebody's story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sticker {
    Poll,
    Question,
    Quiz,
    Slider,
    Countdown,
}

#[derive(Clone, Debug)]
pub struct Interaction {
    pub at_ms: i64,
    pub owner: usize,
    pub sticker: Sticker,
    pub question: String,
    pub answer: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchSort {
    Profile,
    Keyword,
    Tag,
    /// Only the oldest and the newest downloads tell of these.
    Place,
}

#[derive(Clone, Debug)]
pub struct Search {
    pub at_ms: i64,
    pub sort: SearchSort,
    /// The words; for a profile search the handle of that day.
    pub query: String,
}

/// What somebody is to the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationSort {
    Follower,
    Following,
    Blocked,
    CloseFriend,
    Restricted,
    HideStory,
    Hashtag,
    PendingRequest,
    RecentRequest,
    ReceivedRequest,
    Unfollowed,
    RemovedSuggestion,
    Favorite,
}

/// Whom a relation is to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    Person(usize),
    /// Without its `#`.
    Hashtag(String),
}

#[derive(Clone, Debug)]
pub struct Relation {
    pub sort: RelationSort,
    pub whom: Whom,
    pub at_ms: i64,
    pub until_ms: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Contact {
    pub at_ms: i64,
    pub first: String,
    pub last: String,
    pub address: String,
}

/// One change of the profile. `changed` is English in every language of the service.
#[derive(Clone, Debug)]
pub struct Change {
    pub at_ms: i64,
    pub changed: &'static str,
    pub previous: String,
    pub new: String,
}

#[derive(Clone, Debug)]
pub struct Login {
    pub at_ms: i64,
    pub address: String,
    pub cookie: String,
    pub agent: &'static str,
}

#[derive(Clone, Debug)]
pub struct Visit {
    pub at_ms: i64,
    pub until_ms: i64,
    pub url: String,
    pub title: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewSort {
    Ad,
    Post,
    Video,
    /// An account that the service proposed.
    Suggested,
}

#[derive(Clone, Debug)]
pub struct View {
    pub at_ms: i64,
    pub sort: ViewSort,
    pub author: usize,
}

/// An advertisement that was clicked on.
#[derive(Clone, Debug)]
pub struct Ad {
    pub at_ms: i64,
    pub title: String,
}

#[derive(Clone, Debug)]
pub struct Note {
    pub at_ms: i64,
    pub text: String,
}

/// Makes `n` things of a sort, oldest first, each with dice of its own. Where much happens, some follow the one before within
/// the minute, or in its very second.
fn each<T>((seed, size): (u64, &Size), sort: &str, n: usize, make: impl Fn(&mut Dice, usize, i64) -> T) -> Vec<T> {
    let mut last_ms = None;
    let mut each = |number| {
        let mut dice = Dice::of(seed, sort, number);
        let mut at_ms = moment(&mut dice, number, n);
        let mut haste = Dice::of(seed, sort, n + number);
        if let Some(last_ms) = last_ms.filter(|_| size.is_eventful && haste.chance(250)) {
            at_ms = last_ms + haste.between(-10, 40).max(0) * 1_000;
        }
        last_ms = Some(at_ms);
        make(&mut dice, number, at_ms)
    };
    (0..n).map(&mut each).collect()
}

/// Leaves a minute between what concerns friends, who may be renamed: flat files name no target, so of two that were liked in
/// one minute and renamed since, nothing tells which is which (format reference §1.A, §8.2.11).
fn apart<T>(size: &Size, mut all: Vec<T>, of: impl Fn(&mut T) -> (&mut i64, usize)) -> Vec<T> {
    let mut last_ms = i64::MIN;
    for (at_ms, _) in all.iter_mut().map(of).filter(|(_, owner)| size.is_eventful && *owner <= size.friends) {
        if at_ms.saturating_sub(last_ms) < 61_000 {
            *at_ms = last_ms + 61_000;
        }
        last_ms = *at_ms;
    }
    all
}

pub(super) fn plan(seed: u64, size: &Size, people: &[Person]) -> Activity {
    let somebody = |dice: &mut Dice| if people.len() > 1 { 1 + dice.rank(people.len() - 1) } else { OWNER };
    let tongue = |dice: &mut Dice| &TONGUES[dice.rank(TONGUES.len())];
    Activity {
        comments: each((seed, size), "comment", size.comments, |dice, number, at_ms| Comment {
            at_ms,
            text: tongue(dice).message(dice),
            owner: somebody(dice),
            on: [Target::Post, Target::Post, Target::Reel, Target::Post, Target::Story][number % 5],
        }),
        likes: again(
            seed,
            size,
            apart(size, each((seed, size), "like", size.likes, like(size, &somebody)), |like| {
                (&mut like.at_ms, like.owner)
            }),
        ),
        saves: apart(
            size,
            each((seed, size), "save", size.saves, |dice, number, at_ms| Save {
                at_ms,
                owner: somebody(dice),
                code: shortcode(dice),
                caption: tongue(dice).caption(dice),
                // The last collection stays empty.
                collection: (size.collections > 1 && number % 2 == 0).then(|| number / 2 % (size.collections - 1)),
            }),
            |save| (&mut save.at_ms, save.owner),
        ),
        collections: each((seed, size), "collection", size.collections, |dice, number, _| Collection {
            // All at the beginning, before anything is put into them, and each in a minute of its own: of two that were made
            // in one minute and are both renamed, no page tells which is which (format reference §5.1).
            at_ms: people::lifetime().0 + i64::try_from(number).unwrap_or(0) * 61_000,
            name: format!("{} {}", tongue(dice).word(dice), words::EMOJI[dice.below(words::EMOJI.len())]),
            renamed: (size.is_eventful && dice.chance(400))
                .then(|| (dice.between(people::lifetime().0 + DAY, people::lifetime().1), format!("Renamed {number}"))),
        }),
        interactions: apart(
            size,
            each((seed, size), "interaction", size.interactions, interaction(&somebody)),
            |one| (&mut one.at_ms, one.owner),
        ),
        searches: each((seed, size), "search", size.searches, search(people, &somebody)),
        relations: relations(seed, size, people),
        contacts: each((seed, size), "contact", size.contacts, |_, number, at_ms| {
            let name = &people[number % people.len()].names[0].1;
            let (first, last) = name.rsplit_once(' ').unwrap_or((name, ""));
            // Nobody stands twice in an address book: of one address with two times no download tells that they are two.
            let again = (number / people.len()).checked_sub(1).map(|again| format!("+{again}")).unwrap_or_default();
            let address = format!("{}{again}@example.org", people[number % people.len()].handles[0].1);
            Contact { at_ms, first: first.to_owned(), last: last.to_owned(), address }
        }),
        changes: changes(seed, people),
        logins: each((seed, size), "login", size.logins, |dice, _, at_ms| Login {
            at_ms,
            // Addresses that are reserved for documentation.
            address: format!("203.0.113.{}", dice.between(1, 254)),
            cookie: format!("*************************{}", dice.characters("ABCdef0123", 3)),
            agent: dice.pick(&AGENTS),
        }),
        visits: each((seed, size), "visit", size.visits, |dice, _, at_ms| Visit {
            at_ms,
            until_ms: at_ms + dice.between(5, 900) * 1_000,
            url: format!("https://example.org/{}", dice.characters("abcdefghij", 7)),
            title: tongue(dice).words(dice, 4),
        }),
        views: views(seed, size, &somebody),
        ads: each((seed, size), "ad", size.ads, |dice, _, at_ms| Ad { at_ms, title: tongue(dice).words(dice, 3) }),
        notes: each((seed, size), "note", size.notes, |dice, _, at_ms| Note {
            at_ms,
            text: tongue(dice).words(dice, 5),
        }),
    }
}

const AGENTS: [&str; 3] = [
    "Instagram 219.0.0.12.117 Android (30/11; 420dpi; 1080x2131; Example; Phone 5; phone; qcom; en_GB)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "Instagram 307.0.0.34.111 (Phone14,5; iOS 17_1; en_GB; scale=3.00; 1170x2532)",
];

/// Where much happens, half of the posts that were liked no more are liked again.
fn again(seed: u64, size: &Size, mut likes: Vec<Like>) -> Vec<Like> {
    let is_post = |like: &Like| matches!(like.target, Target::Post | Target::Reel);
    for number in 0..if size.is_eventful && size.renames > 0 { likes.len() } else { 0 } {
        let mut dice = Dice::of(seed, "like again", number);
        let like = likes[number].clone();
        if let Some(until_ms) = like.until_ms.filter(|_| is_post(&like) && dice.chance(500)) {
            likes.push(Like { at_ms: until_ms + dice.between(1, 30_000) * 1_000, until_ms: None, ..like });
        }
    }
    likes.sort_by_key(|like| like.at_ms);
    likes
}

fn like(size: &Size, somebody: &impl Fn(&mut Dice) -> usize) -> impl Fn(&mut Dice, usize, i64) -> Like {
    |dice, number, at_ms| {
        let target = [Target::Post, Target::Post, Target::Comment, Target::Reel, Target::Story][number % 5];
        let code = if target == Target::Story {
            dice.between(2 << 60, 2_400_000_000_000_000_000).to_string()
        } else {
            shortcode(dice)
        };
        Like {
            at_ms,
            until_ms: dice
                .chance(if size.is_eventful { 300 } else { 60 })
                .then(|| at_ms + dice.between(DAY, 500 * DAY)),
            owner: somebody(dice),
            target,
            code,
            caption: TONGUES[dice.rank(TONGUES.len())].caption(dice),
        }
    }
}

fn search(people: &[Person], somebody: &impl Fn(&mut Dice) -> usize) -> impl Fn(&mut Dice, usize, i64) -> Search {
    move |dice, number, at_ms| {
        let sort = [SearchSort::Profile, SearchSort::Keyword, SearchSort::Tag, SearchSort::Place][number % 4];
        let query = match sort {
            SearchSort::Profile => people[somebody(dice)].handle_at(at_ms).to_owned(),
            SearchSort::Keyword => {
                let n_words = 1 + dice.below(3);
                TONGUES[dice.rank(TONGUES.len())].words(dice, n_words)
            }
            SearchSort::Tag => words::hashtag(dice).to_owned(),
            SearchSort::Place => dice.pick(&words::PLACES).to_owned(),
        };
        Search { at_ms, sort, query }
    }
}

fn interaction(somebody: &impl Fn(&mut Dice) -> usize) -> impl Fn(&mut Dice, usize, i64) -> Interaction {
    |dice, number, at_ms| {
        let sticker =
            [Sticker::Poll, Sticker::Question, Sticker::Quiz, Sticker::Slider, Sticker::Countdown][number % 5];
        let tongue = &TONGUES[dice.rank(TONGUES.len())];
        Interaction {
            at_ms,
            owner: somebody(dice),
            sticker,
            question: format!("{}?", tongue.words(dice, 4)),
            answer: match sticker {
                Sticker::Slider => "😍".to_owned(),
                Sticker::Countdown => String::new(),
                _ => tongue.words(dice, 2),
            },
        }
    }
}

/// Views come only from the last days before a download, and some of them twice in one second.
fn views(seed: u64, size: &Size, somebody: &impl Fn(&mut Dice) -> usize) -> Vec<View> {
    let mut views: Vec<View> = each((seed, size), "view", size.views, |dice, number, at_ms| View {
        at_ms,
        sort: [ViewSort::Ad, ViewSort::Post, ViewSort::Video, ViewSort::Suggested][number % 4],
        author: somebody(dice),
    });
    // Half of them fall into the last two weeks, so that a download at the end of the life has some.
    let n = views.len();
    for (number, view) in views.iter_mut().enumerate().skip(n / 2) {
        view.at_ms = people::lifetime().1 - 13 * DAY + i64::try_from((number - n / 2) / 4).unwrap_or(0) * HOUR / 2;
    }
    for number in (n / 2 + 4..n).step_by(7) {
        views[number] = views[number - 4].clone();
    }
    views.sort_by_key(|view| view.at_ms);
    views
}

fn relations(seed: u64, size: &Size, people: &[Person]) -> Vec<Relation> {
    use RelationSort as Sort;
    let rare = [
        Sort::Blocked,
        Sort::CloseFriend,
        Sort::Restricted,
        Sort::HideStory,
        Sort::PendingRequest,
        Sort::RecentRequest,
        Sort::ReceivedRequest,
        Sort::RemovedSuggestion,
        Sort::Favorite,
    ];
    let mut relations = Vec::new();
    let mut n_rare = 0;
    for person in 1..people.len() {
        let mut dice = Dice::of(seed, "relation", person);
        let at_ms = moment(&mut dice, person, people.len());
        let left_ms = people[person].left_ms;
        let per_mille = if size.is_eventful { 300 } else { 80 };
        let mut add = |sort, at_ms, until_ms: Option<i64>| {
            let until_ms = until_ms.or(left_ms).filter(|until| *until > at_ms);
            relations.push(Relation { sort, whom: Whom::Person(person), at_ms, until_ms });
        };
        if left_ms.is_some_and(|left| left <= at_ms + DAY) {
            continue;
        }
        let is_friend = person <= size.friends;
        if is_friend || dice.chance(600) {
            let until_ms = dice.chance(per_mille).then(|| at_ms + dice.between(30, 600) * DAY);
            add(Sort::Follower, at_ms, until_ms);
        }
        if is_friend || dice.chance(600) {
            let since_ms = at_ms + dice.between(0, 86_399) * 1_000;
            let until_ms = dice.chance(per_mille).then(|| since_ms + dice.between(30, 600) * DAY);
            add(Sort::Following, since_ms, until_ms);
            if let Some(until_ms) = until_ms.filter(|_| size.is_eventful && dice.chance(500)) {
                let again_ms = until_ms + dice.between(1, 30_000) * 1_000;
                if left_ms.is_none_or(|left| left > again_ms) {
                    add(Sort::Following, again_ms, None);
                }
            }
            if let Some(until_ms) = until_ms.filter(|until| left_ms.is_none_or(|left| left > *until)) {
                add(Sort::Unfollowed, until_ms, None);
            }
        }
        if person % 5 == 1 && left_ms.is_none() {
            add(rare[n_rare % rare.len()], at_ms + 2 * HOUR, None);
            n_rare += 1;
        }
    }
    for (number, tag) in ["balkon", "sourdough", "été", "東京"].into_iter().enumerate() {
        let mut dice = Dice::of(seed, "hashtag", number);
        let at_ms = moment(&mut dice, number, 4);
        relations.push(Relation { sort: Sort::Hashtag, whom: Whom::Hashtag(tag.to_owned()), at_ms, until_ms: None });
    }
    relations.sort_by_key(|relation| relation.at_ms);
    relations
}

/// The owner's renames, and changes of the bio.
fn changes(seed: u64, people: &[Person]) -> Vec<Change> {
    let owner = &people[OWNER];
    let mut changes = Vec::new();
    let mut renames = |history: &[(i64, String)], changed| {
        for pair in history.windows(2) {
            let at_ms = pair[1].0 / 1_000 * 1_000;
            changes.push(Change { at_ms, changed, previous: pair[0].1.clone(), new: pair[1].1.clone() });
        }
    };
    renames(&owner.names, "Profile Name");
    renames(&owner.handles, "Username");
    let mut bio = String::new();
    for number in 0..3 {
        let mut dice = Dice::of(seed, "bio", number);
        let new = format!("{} 🍞\n{}", TONGUES[number].words(&mut dice, 4), TONGUES[number].words(&mut dice, 2));
        let at_ms = moment(&mut dice, number, 3);
        changes.push(Change { at_ms, changed: "Profile Bio Text", previous: bio, new: new.clone() });
        bio = new;
    }
    changes.sort_by_key(|change| change.at_ms);
    changes
}

#[cfg(test)]
mod tests;
