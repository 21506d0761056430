//! The integration tests: one binary, one module a subject, so that everything is linked once.
//!
//! What belongs to one function is tested beside it; here stands what needs the whole house, the built program or the
//! whole repository. `house_rules/` reads the sources themselves and holds what no compiler does.

mod any_bytes;
mod cli;
mod containers;
mod contracts;
mod convergence;
mod damage;
mod deliveries;
mod encrypted;
mod fixtures;
mod flat;
mod forgetting;
mod formats;
mod generated;
mod histories;
mod house_rules;
mod languages;
mod loose_ends;
mod many_snapshots;
mod migrations;
mod monsters;
mod notices;
mod page_zones;
mod probe;
mod readme;
mod reports;
mod rereading;
mod restoring;
mod reviewed;
mod searches;
mod small_trees;
mod support;
mod times;
