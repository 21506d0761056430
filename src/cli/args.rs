//! What can be typed. The help is made from the words in this file.

mod budgets;
mod deciding;
mod searching;
mod watching;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use budgets::BudgetArguments;
pub use deciding::{AccountsAction, AccountsArguments, DecisionOptions, PeopleAction, PeopleArguments, UndoArguments};
pub use searching::{CountArguments, OnThisDayArguments, RandomArguments, SearchArguments, Sort};
pub use watching::{WatchAction, WatchArguments, WatchHow};

/// One private archive of every Instagram download you ever made.
///
/// Throwback reads the ZIPs or folders that Instagram made for you, keeps every byte and every record of them in one
/// folder, its home, and finds things in it. It never opens a connection to anywhere.
#[derive(Debug, Parser)]
#[command(
    name = "throwback",
    version,
    before_help = "Example: throwback ingest ~/Downloads && throwback search 'last ferry'",
    max_term_width = 100,
    disable_help_subcommand = true,
    arg_required_else_help = true
)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command; they may stand before or after its name.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Global {
    /// The folder that holds everything [default: `THROWBACK_HOME`, else the platform's data folder,
    /// ~/.local/share/throwback]
    #[arg(long, value_name = "DIR", global = true, value_parser = ValueParser::os_string(), help_heading = "Global options")]
    pub home: Option<OsString>,
    /// Print one JSON object a line: a header, rows, an end
    #[arg(long, global = true, help_heading = "Global options")]
    pub json: bool,
    /// Say only what was asked for and what went wrong
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, help_heading = "Global options")]
    pub verbose: bool,
    /// When to use colours; `NO_COLOR` is honoured
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_possible_values = false,
        help_heading = "Global options"
    )]
    pub color: ColorChoice,
    /// How to show progress: a bar on a terminal, plain lines, or nothing
    #[arg(long, value_name = "HOW", global = true, default_value = "auto", help_heading = "Global options")]
    pub progress: ProgressChoice,
    /// Show everything at once, not page by page; the pager is `THROWBACK_PAGER`, else `PAGER`, else less
    #[arg(long, global = true, help_heading = "Global options")]
    pub no_pager: bool,
    /// Leave out names, texts and paths, for a report about a bug; of ingest, probe, findings, snapshots, stats, check, reindex
    /// and watch
    #[arg(long, global = true, help_heading = "Global options")]
    pub redact: bool,
    /// Show times and understand dates in UTC instead of the local zone
    #[arg(long, global = true, help_heading = "Global options")]
    pub utc: bool,
}

impl Command {
    /// Whether it tells of the home and its archives, and not of what stands in them.
    pub fn can_be_redacted(&self) -> bool {
        matches!(
            self,
            Self::Ingest(_)
                | Self::Watch(_)
                | Self::Snapshots
                | Self::Stats
                | Self::Findings(_)
                | Self::Probe(_)
                | Self::Reindex(_)
                | Self::Check(_)
        )
    }

    /// Whether its answer may be long and is there to be read.
    pub fn is_read(&self) -> bool {
        match self {
            Self::Search(search) => !search.files && !search.null && !search.count && !search.csv,
            Self::Sql(sql) => !sql.csv,
            Self::Count(count) => count.by.is_some() && !count.csv,
            Self::People(people) => people.action.is_none(),
            Self::Accounts(accounts) => accounts.action.is_none(),
            Self::Undo(undo) => undo.number.is_none(),
            Self::OnThisDay(_)
            | Self::Random(_)
            | Self::Show(_)
            | Self::Thread(_)
            | Self::Threads
            | Self::Snapshots
            | Self::Findings(_)
            | Self::Probe(_)
            | Self::Diff(_)
            | Self::Coverage(_)
            | Self::Fields => true,
            _ => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressChoice {
    Auto,
    Plain,
    None,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring downloads in: ZIPs, unpacked folders, or folders that hold several of them
    #[command(visible_alias = "import", before_help = "Example: throwback ingest ~/Downloads")]
    Ingest(IngestArguments),
    /// Watch folders and bring in every download that arrives, as soon as it is complete
    ///
    /// At the start everything is looked at that came meanwhile. Half-written files are never taken, other files are left
    /// alone, and a download in several parts is taken part by part. Between archives the home is free for other commands.
    /// Ctrl-C or SIGTERM ends it within two seconds.
    #[command(before_help = "Example: throwback watch ~/Downloads")]
    Watch(WatchArguments),
    /// Find records by words, people, kinds and dates
    #[command(before_help = "Example: throwback search 'lisbon from:anna date:2016..2019 has:photo'")]
    Search(SearchArguments),
    /// Say how many records a query finds
    #[command(before_help = "Example: throwback count 'kind:message from:anna'")]
    Count(CountArguments),
    /// Show what happened on this day in other years
    #[command(before_help = "Example: throwback on-this-day 07-12")]
    OnThisDay(OnThisDayArguments),
    /// Show a memory: some record, with the talk around it
    #[command(before_help = "Example: throwback random has:photo date:..2018")]
    Random(RandomArguments),
    /// Show one record in full
    #[command(before_help = "Example: throwback show p3k9f2")]
    Show(ShowArguments),
    /// Read a conversation
    #[command(before_help = "Example: throwback thread @anna --since 2019")]
    Thread(ThreadArguments),
    /// List the conversations, the latest first
    #[command(before_help = "Example: throwback threads")]
    Threads,
    /// List people, show one under all names with what ties these together, or say who is who
    ///
    /// The list begins with those who wrote most; with --verbose it has everybody who was ever named. Which names are one
    /// person is found by evidence, never by an equal display name; `merge` and `split` say what no download tells.
    #[command(before_help = "Example: throwback people anna")]
    People(PeopleArguments),
    /// List the accounts whose downloads are held, with every user name that they had, or say which are one
    #[command(before_help = "Example: throwback accounts")]
    Accounts(AccountsArguments),
    /// List what was decided by hand, or take one of these decisions back
    #[command(before_help = "Example: throwback undo 3")]
    Undo(UndoArguments),
    /// List the downloads that were brought in
    #[command(before_help = "Example: throwback snapshots --verbose")]
    Snapshots,
    /// Say how much of everything is held
    #[command(before_help = "Example: throwback stats")]
    Stats,
    /// List what there is to know about the downloads
    #[command(before_help = "Example: throwback findings --severity error")]
    Findings(FindingsArguments),
    /// Look at a download without bringing it in: what it is, and how each of its files would be read
    ///
    /// Names keys and types only, never what stands in them, so that the output can go into a report about a file that
    /// is not understood. The account's name is told; leave it out if you like.
    #[command(before_help = "Example: throwback probe ~/Downloads/instagram-anna-2026-01-10-AbCdEfGh.zip")]
    Probe(ProbeArguments),
    /// Throw the search index away and build it anew; with --documents, read all kept documents again before
    #[command(before_help = "Example: throwback reindex --documents")]
    Reindex(ReindexArguments),
    /// Write a download out again: every file with its bytes, its name and its time
    ///
    /// Each archive becomes a folder (or ZIP) of its own name in DIR; copies of what is written anyway are left out. Names
    /// that not every system takes are changed and listed. Nothing is ever written over.
    #[command(before_help = "Example: throwback restore 2024-03 --to ~/restored")]
    Restore(RestoreArguments),
    /// Take a download back: what only it knew goes, everything else stays
    ///
    /// Shows first what would go, and asks. Files that nothing else refers to move into the home's folder aside/. Bringing
    /// the download in again ends in the same state as before.
    #[command(before_help = "Example: throwback forget 2024-03 --dry-run")]
    Forget(ForgetArguments),
    /// Print everything that is held as JSON lines, in an order that depends on nothing but what is held
    #[command(before_help = "Example: throwback dump > everything.jsonl")]
    Dump,
    /// Tell what came, went and changed from one download to another
    ///
    /// What the second lacks is gone only where it covers its place; what it never covered is told apart.
    #[command(before_help = "Example: throwback diff 2022-08 2024-03")]
    Diff(DiffArguments),
    /// Say what the downloads hold of an account and whether it can be deleted
    ///
    /// Ends with `SAFE TO LEAVE: yes` or with the reasons why not, and with exit code 0 or 1. Only the newest download
    /// decides: what an older one lacks no new download would bring back.
    #[command(before_help = "Example: throwback coverage --expect posts=412")]
    Coverage(CoverageArguments),
    /// Copy everything that is held to another folder; again, only what is new
    ///
    /// The copy is a home of its own: `--home DIR` reads it, `check --home DIR --read-data` proves it, and copied back it is
    /// the home again. Nothing in it is deleted. The home may be read and written meanwhile.
    #[command(before_help = "Example: throwback backup /media/disk/throwback")]
    Backup(BackupArguments),
    /// Check that database, documents, media and index agree, and with --repair heal what can be healed
    #[command(before_help = "Example: throwback check --read-data")]
    Check(CheckArguments),
    /// Ask the database in SQL; it is only read
    #[command(before_help = "Example: throwback sql 'SELECT kind, count(*) FROM records GROUP BY 1'")]
    Sql(SqlArguments),
    /// List the fields that a query can name
    #[command(before_help = "Example: throwback fields")]
    Fields,
    /// Print completions for a shell
    #[command(
        before_help = "Example: throwback completions bash > ~/.local/share/bash-completion/completions/throwback"
    )]
    Completions(CompletionsArguments),
    /// Print the manual page
    #[command(before_help = "Example: throwback man | man -l -")]
    Man,
}

#[derive(Debug, Args)]
pub struct IngestArguments {
    /// ZIPs, unpacked downloads, or folders that hold them
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// Tell what would happen and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Wait while another process writes the home, instead of ending with exit code 5
    #[arg(long)]
    pub wait: bool,
    #[command(flatten)]
    pub budgets: BudgetArguments,
}

#[derive(Debug, Args)]
pub struct ProbeArguments {
    /// ZIPs, unpacked downloads, or folders that hold them
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub budgets: BudgetArguments,
}

#[derive(Debug, Args)]
pub struct ShowArguments {
    /// The beginning of a record's id, four characters or more
    #[arg(value_name = "ID")]
    pub id: String,
    /// Tell in which downloads, files and places it stood, and what changed between them
    #[arg(long)]
    pub provenance: bool,
}

#[derive(Debug, Args)]
pub struct ThreadArguments {
    /// A conversation: its id, @NAME of somebody in it, or its title
    #[arg(value_name = "ID|@NAME|TITLE", required = true)]
    words: Vec<String>,
    /// From the first moment of this day, month or year on
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Up to the last moment of this day, month or year
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,
    /// The messages around this one
    #[arg(long, value_name = "ID")]
    pub around: Option<String>,
    /// Show so many messages, the latest; around a message so many on both sides together; 0 for all
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
}

impl ThreadArguments {
    pub fn name(&self) -> String {
        self.words.join(" ")
    }
}

#[derive(Debug, Args)]
pub struct FindingsArguments {
    /// Only those of this severity
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<SeverityChoice>,
    /// Only those of this snapshot: its id, the beginning of it, or the name of one of its archives
    #[arg(long, value_name = "SNAPSHOT")]
    pub snapshot: Option<String>,
    /// Only those of this archive: its name or the beginning of its id
    #[arg(long, value_name = "ARCHIVE")]
    pub archive: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SeverityChoice {
    Error,
    Warning,
    Info,
}

impl SeverityChoice {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

#[derive(Debug, Args)]
pub struct ReindexArguments {
    /// Read every kept document again with this version's readers, so that a better reader heals old records; needs none
    /// of the downloads
    #[arg(long)]
    pub documents: bool,
}

#[derive(Debug, Args)]
pub struct RestoreArguments {
    /// A snapshot: its id, the beginning of it, or the name of one of its archives
    #[arg(value_name = "SNAPSHOT")]
    pub snapshot: String,
    /// A folder that is empty or not there yet
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// Write ZIPs, with all names as they were
    #[arg(long)]
    pub zip: bool,
    /// Look at everything and write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct ForgetArguments {
    /// A snapshot: its id, the beginning of it, or the name of one of its archives
    #[arg(value_name = "SNAPSHOT")]
    pub snapshot: String,
    /// Show what would go and change nothing
    #[arg(short = 'n', long, conflicts_with = "yes")]
    pub dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
    /// Delete the files that only it has, instead of moving them into aside/
    #[arg(long)]
    pub purge: bool,
}

#[derive(Debug, Args)]
pub struct BackupArguments {
    /// A folder that is empty, not there yet, or an earlier backup of this home
    #[arg(value_name = "DIR")]
    pub to: PathBuf,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct CheckArguments {
    /// Read every byte of documents and media again
    #[arg(long, conflicts_with = "sample")]
    pub read_data: bool,
    /// Read every byte of so many percent of documents and media, others each time
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub sample: Option<u8>,
    /// Read all documents again and compare what they give with what is held
    #[arg(long)]
    pub rederive: bool,
    /// Go through restoring the newest download of each account and one more, and compare every byte
    #[arg(long)]
    pub rehearse: bool,
    /// Read everything and heal what can be healed: index, unfinished writes, modes, records from documents. What is damaged
    /// or belongs to no record moves into aside/; nothing is deleted that is not held soundly besides
    #[arg(long, conflicts_with = "sample")]
    pub repair: bool,
    /// With --repair: take damaged or missing files and documents from this ZIP, folder of downloads or backup, wherever
    /// they lie in it
    #[arg(long, value_name = "FILE", requires = "repair", num_args = 1..)]
    pub from: Vec<PathBuf>,
    #[command(flatten)]
    pub budgets: BudgetArguments,
}

/// `10` or `10%`.
fn percent(typed: &str) -> Result<u8, String> {
    let number = typed.trim().trim_end_matches('%').parse::<u8>().ok();
    number
        .filter(|number| (1..=100).contains(number))
        .ok_or_else(|| "a number from 1 to 100 is needed, as in 10%".to_owned())
}

#[derive(Debug, Args)]
pub struct DiffArguments {
    /// The earlier download: a snapshot's id, the beginning of it (2024-03), or the name of one of its archives
    #[arg(value_name = "SNAPSHOT")]
    pub first: String,
    /// The later one
    #[arg(value_name = "SNAPSHOT")]
    pub second: String,
    /// Show so many of each kind and change [default: 5, with --json all]; 0 for all
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
}

#[derive(Debug, Args)]
pub struct CoverageArguments {
    /// Only this account
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Look at this ZIP or folder instead: is every byte of it in the home, and may it be deleted?
    #[arg(long, value_name = "FILE", conflicts_with_all = ["account", "expect", "accept"])]
    pub archive: Option<PathBuf>,
    /// A reason of the list that does not matter, and why: `missing_media='lost since 2019'`; it holds for the newest
    /// download, and `throwback undo` takes it back
    #[arg(long, value_name = "REASON[=WHY]")]
    pub accept: Vec<String>,
    /// How many the app says there are of a category (posts, followers, …); fewer in the newest download are a reason
    #[arg(long, value_name = "CATEGORY=N")]
    pub expect: Vec<String>,
    #[command(flatten)]
    pub budgets: BudgetArguments,
}

#[derive(Debug, Args)]
pub struct SqlArguments {
    /// One statement that only reads
    #[arg(value_name = "QUERY", allow_hyphen_values = true)]
    pub query: String,
    /// Print comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// Which shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_hold_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_of_every_command_leads_with_an_example() {
        let mut program = Arguments::command();
        program.build();
        for command in program.get_subcommands_mut() {
            let name = command.get_name().to_owned();
            let help = command.render_long_help().to_string();
            assert!(help.starts_with(&format!("Example: throwback {name}")), "{name}: {help}");
        }
    }
}
