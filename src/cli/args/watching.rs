//! What can be typed about watching.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::BudgetArguments;
use crate::cli::units;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct WatchArguments {
    /// Folders to watch [default: the downloads folder]; one of the name of an action is written ./status
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,
    #[command(flatten)]
    pub how: WatchHow,
    /// Take what is there as soon as it is complete, and leave
    #[arg(long)]
    pub once: bool,
    /// Begin anew when more memory is held with nothing to do, so that the system gets it back
    #[arg(long, value_name = "MB", default_value_t = 48, hide = true)]
    pub renew_above: u64,
    #[command(subcommand)]
    action: Option<WatchAction>,
}

/// How folders are watched.
#[derive(Clone, Debug, Args)]
pub struct WatchHow {
    /// Take nothing that changed within this time
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = units::parse_duration)]
    pub settle: Duration,
    /// Look at everything this often, also where no event tells of a change
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_poll)]
    pub poll: Duration,
    /// Say that a part of a download seems to be missing when it lacks something this long after its last part came
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = units::parse_duration)]
    pub parts_wait: Duration,
    /// Run this in a shell after each archive that was taken or found broken; its environment tells what became of it
    /// (`THROWBACK_OUTCOME`, `THROWBACK_PATH`, `THROWBACK_SNAPSHOT`, `THROWBACK_NEW_RECORDS`, …)
    #[arg(long, value_name = "CMD")]
    pub exec: Option<String>,
    /// Show a message on the desktop for each of these archives (with notify-send or osascript)
    #[arg(long)]
    pub notify: bool,
    /// Do without events, for folders that send none
    #[arg(long)]
    pub poll_only: bool,
    /// Look for ZIPs in folders within the folders, too
    #[arg(short, long)]
    pub recursive: bool,
    #[command(flatten)]
    pub budgets: BudgetArguments,
}

#[derive(Clone, Debug, Subcommand)]
pub enum WatchAction {
    /// Tell who watches, what is waited for, and what happened last
    Status,
    /// Let the system watch from now on, whenever you log in: a service of your own by systemd or launchd
    ///
    /// Shows the service's description and writes it. Needs no root.
    Install {
        /// Folders to watch [default: the downloads folder]
        #[arg(value_name = "DIR")]
        folders: Vec<PathBuf>,
        #[command(flatten)]
        how: Box<WatchHow>,
        /// Show it and write nothing
        #[arg(short = 'n', long)]
        dry_run: bool,
        /// Write it and do not start it
        #[arg(long)]
        no_start: bool,
    },
    /// Stop the service and remove it
    Uninstall,
}

impl WatchArguments {
    /// The action, also where an option before it made its name look like a folder's.
    pub fn action(&self) -> Option<WatchAction> {
        match (&self.action, self.folders.as_slice()) {
            (Some(action), _) => Some(action.clone()),
            (None, [only]) if only.as_os_str() == "status" => Some(WatchAction::Status),
            (None, [only]) if only.as_os_str() == "uninstall" => Some(WatchAction::Uninstall),
            _ => None,
        }
    }

    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }
}

fn parse_poll(text: &str) -> Result<Duration, String> {
    /// Oftener is only work for the disk.
    const SHORTEST: Duration = Duration::from_millis(100);
    let poll = units::parse_duration(text)?;
    if poll < SHORTEST { Err("at least 100ms".to_owned()) } else { Ok(poll) }
}
