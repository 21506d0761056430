//! What a watcher tells.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::ingest::ArchiveReport;
use crate::model::{Finding, Severity};

/// What an event is called that tells what a snapshot lacks.
pub(super) const PART_MISSING: &str = "part_missing";

/// Something that happened while watching.
#[derive(Debug)]
pub enum WatchEvent {
    /// These folders are watched from now on; why without events, if so.
    Started {
        folders: Vec<PathBuf>,
        no_events: Option<String>,
    },
    /// Events do not come (any more); what happens is seen at the next poll.
    NoEvents {
        why: String,
    },
    /// A watched folder is not there; it is waited for.
    FolderGone {
        folder: PathBuf,
    },
    FolderBack {
        folder: PathBuf,
    },
    /// Not complete yet, for a reason that may last; told once.
    Waiting {
        path: PathBuf,
        why: String,
    },
    /// Left alone.
    NotOurs {
        path: PathBuf,
        why: String,
    },
    /// Not complete or damaged, and quiet: left alone until it changes.
    Broken {
        path: PathBuf,
        finding: Box<Finding>,
    },
    /// `is_again`: it failed before, and how it ends is the news.
    Ingesting {
        path: PathBuf,
        is_again: bool,
    },
    Ingested {
        path: PathBuf,
        report: Box<ArchiveReport>,
    },
    /// It is tried again after the pause. `is_busy`: somebody else has the home.
    Failed {
        path: PathBuf,
        why: String,
        is_busy: bool,
        again: Duration,
    },
    /// All of `path` is kept and can be searched.
    Through {
        path: PathBuf,
    },
    /// So long after its last archive a snapshot still seems to lack a part.
    PartMissing {
        path: PathBuf,
        why: String,
    },
    /// Its own memory cannot be written; watching goes on.
    Forgetful {
        why: String,
    },
    Stopped,
}

impl WatchEvent {
    /// The name of the event, as scripts see it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::NoEvents { .. } => "no_events",
            Self::FolderGone { .. } => "folder_gone",
            Self::FolderBack { .. } => "folder_back",
            Self::Waiting { .. } => "waiting",
            Self::NotOurs { .. } => "not_ours",
            Self::Broken { .. } => "broken",
            Self::Ingesting { .. } => "ingesting",
            Self::Ingested { .. } => "ingested",
            Self::Failed { .. } => "failed",
            Self::Through { .. } => "through",
            Self::PartMissing { .. } => PART_MISSING,
            Self::Forgetful { .. } => "forgetful",
            Self::Stopped => "stopped",
        }
    }

    /// What it is about, if about one thing.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::FolderGone { folder: path }
            | Self::FolderBack { folder: path }
            | Self::Waiting { path, .. }
            | Self::NotOurs { path, .. }
            | Self::Broken { path, .. }
            | Self::Ingesting { path, .. }
            | Self::Ingested { path, .. }
            | Self::Failed { path, .. }
            | Self::PartMissing { path, .. }
            | Self::Through { path } => Some(path),
            Self::Started { .. } | Self::NoEvents { .. } | Self::Forgetful { .. } | Self::Stopped => None,
        }
    }

    /// Whether it is worth remembering: what a person would ask about.
    pub const fn is_lasting(&self) -> bool {
        !matches!(self, Self::NotOurs { .. } | Self::Ingesting { .. } | Self::Through { .. } | Self::Forgetful { .. })
    }

    /// The event in a sentence that does not name the path.
    pub fn sentence(&self) -> String {
        match self {
            Self::Started { folders, no_events } => {
                let names: Vec<_> = folders.iter().map(|folder| folder.to_string_lossy()).collect();
                let how = no_events.as_ref().map(|why| format!(", without events: {why}")).unwrap_or_default();
                format!("watching {}{how}", names.join(", "))
            }
            Self::NoEvents { why } => format!("no events ({why}); what comes is seen at the next look"),
            Self::FolderGone { .. } => "is not there; waiting for it".to_owned(),
            Self::FolderBack { .. } => "is there again".to_owned(),
            Self::Waiting { why, .. } => format!("not taken yet: {why}"),
            Self::NotOurs { why, .. } => format!("left alone: {why}"),
            Self::Broken { finding, .. } => {
                format!("not taken: {} ({})", finding.sentence.trim_end_matches('.'), finding.code.name())
            }
            Self::Ingesting { .. } => "complete; being ingested".to_owned(),
            Self::Ingested { report, .. } => ingested(report),
            Self::Failed { why, again, .. } => format!("not kept: {why}; tried again in {} s", again.as_secs()),
            Self::Through { .. } => "can be searched".to_owned(),
            Self::PartMissing { why, .. } => format!("a part of this download seems to be missing: {why}"),
            Self::Forgetful { why } => format!("what was seen cannot be written down: {why}"),
            Self::Stopped => "stopped".to_owned(),
        }
    }
}

fn ingested(report: &ArchiveReport) -> String {
    if report.is_known {
        return format!("held already, in snapshot {}", report.snapshot);
    }
    let n_new = report.totals().new;
    let errors = match report.count(Severity::Error) {
        0 => String::new(),
        n => format!(", findings of severity error: {n}"),
    };
    format!("ingested into snapshot {}, new records: {n_new}{errors}", report.snapshot)
}
