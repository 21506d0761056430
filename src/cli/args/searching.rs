//! What can be typed to find something.

use clap::{Args, ValueEnum};

use super::ColorChoice;
use crate::home::Facet;

/// The words of a query.
#[derive(Debug, Args)]
pub struct QueryArguments {
    /// Words, "phrases", -exclusions, OR, ( ), prefix*, and fields such as from:anna (see `throwback fields`)
    ///
    /// All arguments together are one query. What starts with a dash and is an option is taken as one; after `--`
    /// everything belongs to the query.
    #[arg(value_name = "QUERY")]
    words: Vec<String>,
}

impl QueryArguments {
    pub fn of(text: String) -> Self {
        Self { words: vec![text] }
    }

    /// The query as one text; empty for everything.
    pub fn text(&self) -> String {
        self.words.join(" ")
    }

    /// Nothing was typed, not even an empty query.
    pub fn is_missing(&self) -> bool {
        self.words.is_empty()
    }
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct SearchArguments {
    #[command(flatten)]
    pub query: QueryArguments,
    /// Show so many hits; 0 for all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// In which order [default: relevance for words, newest for fields alone]
    #[arg(long, value_name = "ORDER")]
    pub sort: Option<Sort>,
    /// Show so many messages after each hit
    #[arg(short = 'A', long, value_name = "N")]
    pub after_context: Option<usize>,
    /// Show so many messages before each hit
    #[arg(short = 'B', long, value_name = "N")]
    pub before_context: Option<usize>,
    /// Show so many messages before and after each hit
    #[arg(short = 'C', long, value_name = "N")]
    pub context: Option<usize>,
    /// Only what matches exactly as typed
    #[arg(long, conflicts_with = "loose")]
    pub exact: bool,
    /// What matches loosely too, however much matches closely
    #[arg(long)]
    pub loose: bool,
    /// Answer as the downloads of this day, month or year and before it tell, with the texts that they had
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Tell how the query was understood
    #[arg(long)]
    pub explain: bool,
    /// Print each hit by this template: {id} {kind} {subkind} {at} {author} {thread} {text} {url} {tier}
    #[arg(long, value_name = "TEMPLATE", conflicts_with = "files")]
    pub format: Option<String>,
    /// Print the paths of the pictures, videos and sounds of the hits
    #[arg(short = 'l', long)]
    pub files: bool,
    /// Print comma-separated values, one row a hit or message of a talk
    #[arg(long, conflicts_with_all = ["json", "format", "files", "facets", "pretty"])]
    pub csv: bool,
    /// End each line of --format and --files with a NUL character
    #[arg(short = '0', long)]
    pub null: bool,
    /// Count all that was found by these too: kind, year, month, person, thread, account, lang, emoji, hashtag, mention, snapshot, has
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = facet)]
    pub facets: Vec<Facet>,
    /// Print only how many records were found
    #[arg(long)]
    pub count: bool,
    /// Show blocks as on a terminal, through a pipe too
    #[arg(short, long)]
    pub pretty: bool,
    /// When the time of a hit links to its picture, video or sound (OSC 8)
    #[arg(long, value_name = "WHEN", default_value = "auto", hide_possible_values = false)]
    pub hyperlinks: ColorChoice,
    /// Keep the query under this name: `throwback search @NAME` searches for it, with further words if there are any
    #[arg(long, value_name = "NAME", conflicts_with_all = ["unsave", "saved"])]
    pub save: Option<String>,
    /// List the queries that are kept under a name
    #[arg(long)]
    pub saved: bool,
    /// Forget the query of this name
    #[arg(long, value_name = "NAME", conflicts_with = "saved")]
    pub unsave: Option<String>,
}

impl SearchArguments {
    /// A query without options, with so many neighbours before and after each hit.
    pub fn of(text: String, limit: usize, sort: Option<Sort>, context: Option<usize>) -> Self {
        Self {
            query: QueryArguments::of(text),
            limit,
            sort,
            after_context: None,
            before_context: None,
            context,
            exact: false,
            loose: false,
            as_of: None,
            explain: false,
            format: None,
            files: false,
            csv: false,
            null: false,
            facets: Vec::new(),
            count: false,
            pretty: false,
            hyperlinks: ColorChoice::Auto,
            save: None,
            saved: false,
            unsave: None,
        }
    }
}

/// The facet of a name.
fn facet(name: &str) -> Result<Facet, String> {
    Facet::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = Facet::ALL.iter().map(|facet| facet.name()).collect();
        format!("it is one of {}", names.join(", "))
    })
}

#[derive(Debug, Args)]
pub struct OnThisDayArguments {
    /// The day: MM-DD, or with a year that does not matter [default: today]
    #[arg(value_name = "DATE")]
    pub date: Option<String>,
    /// Show so many records; 0 for all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
}

#[derive(Debug, Args)]
pub struct RandomArguments {
    /// Choose among what this query finds [default: posts, stories, reels and messages]
    #[arg(value_name = "QUERY")]
    words: Vec<String>,
    /// The same number chooses the same record
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

impl RandomArguments {
    /// The query as one text, if there is one.
    pub fn text(&self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.join(" "))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sort {
    Relevance,
    Newest,
    Oldest,
}

#[derive(Debug, Args)]
pub struct CountArguments {
    #[command(flatten)]
    pub query: QueryArguments,
    /// Count as the downloads of this day, month or year and before it tell, with the texts that they had
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Print comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Count for each value of: kind, year, month, person, thread, account, lang, emoji, hashtag, mention, snapshot, has
    #[arg(long, value_name = "NAME", value_parser = facet)]
    pub by: Option<Facet>,
}
