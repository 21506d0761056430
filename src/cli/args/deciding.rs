//! What can be typed about accounts and people, and what is decided about them.

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct PeopleArguments {
    /// A name that somebody ever had (a user name with @ before it), the beginning of one, or of their id
    #[arg(value_name = "NAME", conflicts_with_all = ["new", "lost"])]
    words: Vec<String>,
    /// List the followers who were won between downloads that can be compared
    #[arg(long)]
    pub new: bool,
    /// List the followers who were lost; those who were only renamed are not
    #[arg(long)]
    pub lost: bool,
    /// Only what happened since this day, month or year
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    #[command(subcommand)]
    pub action: Option<PeopleAction>,
}

impl PeopleArguments {
    /// The name as one text.
    pub fn name(&self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.join(" "))
    }
}

#[derive(Debug, Subcommand)]
pub enum PeopleAction {
    /// Decide that two names are one person's; `undo` takes it back
    Merge {
        /// A name: a display name, or a user name with @ before it
        #[arg(value_name = "NAME")]
        one: String,
        /// The other name
        #[arg(value_name = "OTHER")]
        other: String,
        #[command(flatten)]
        options: DecisionOptions,
    },
    /// Decide that a name is somebody else's than the other names of its person; `undo` takes it back
    Split {
        /// The name: a display name, or a user name with @ before it
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        options: DecisionOptions,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AccountsArguments {
    #[command(subcommand)]
    pub action: Option<AccountsAction>,
}

#[derive(Debug, Subcommand)]
pub enum AccountsAction {
    /// Decide that two accounts are one; `undo` takes it back
    Merge {
        /// A user name that the account ever had, the beginning of its id, or the id of one of its snapshots
        #[arg(value_name = "ACCOUNT")]
        one: String,
        /// The other account
        #[arg(value_name = "OTHER")]
        other: String,
        #[command(flatten)]
        options: DecisionOptions,
    },
    /// Decide that a snapshot is of another account than it seems; `undo` takes it back
    Split {
        /// The snapshot: its id, the beginning of it, or the name of one of its archives
        #[arg(value_name = "SNAPSHOT")]
        snapshot: String,
        #[command(flatten)]
        options: DecisionOptions,
    },
}

/// What every decision takes.
#[derive(Debug, Args)]
pub struct DecisionOptions {
    /// Why; kept with the decision
    #[arg(long, value_name = "WORDS")]
    pub reason: Option<String>,
    /// Tell what would be decided and change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct UndoArguments {
    /// The number of the decision, as the list tells it
    #[arg(value_name = "NUMBER")]
    pub number: Option<i64>,
    /// Tell which decision it is and change nothing
    #[arg(short = 'n', long, requires = "number")]
    pub dry_run: bool,
}
