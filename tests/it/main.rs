//! The integration tests: one binary, one module a subject, so that everything is linked once.
//!
//! What belongs to one function is tested beside it; here stands what needs the whole house, the built program or the
//! whole repository. `house_rules/` reads the sources themselves and holds what no compiler does.

mod accounts;
mod any_bytes;
mod as_of;
mod backups;
mod bit_rot;
mod checking;
mod cli;
mod containers;
mod contracts;
mod convergence;
mod core_lists;
mod coverage;
mod crash_points;
mod damage;
mod deliveries;
mod diffs;
mod earlier_ids;
mod encrypted;
mod fixtures;
mod flat;
mod forgetting;
mod formats;
mod generated;
mod gone;
mod histories;
#[cfg(target_os = "linux")]
mod hostile;
mod house_rules;
mod interrupted;
mod languages;
mod looking_back;
mod loose_ends;
mod many_snapshots;
mod migrations;
mod monsters;
#[cfg(target_os = "linux")]
mod network;
mod notices;
mod old_homes;
mod one_life;
mod one_thing;
mod page_zones;
mod peers_mistakes;
mod people;
mod probe;
mod readme;
mod repairing;
mod reports;
mod rereading;
mod restoring;
mod reviewed;
mod said_again;
mod same_talks;
mod search_cases;
mod searches;
mod seeds;
mod small_download;
mod small_downloads;
mod small_trees;
mod support;
mod talk_rows;
mod talks;
mod times;
mod unmerged;
#[cfg(unix)]
mod watch;
