//! The watcher with real folders, real events and real signals: whatever happens to a download on its way, it ends as
//! one snapshot, and nothing is taken before it is complete. Nothing here is measured in time; what must happen is waited
//! for under a generous ceiling.

mod arrivals;
mod desk;
mod endings;
mod folders;
mod sealed;
mod service;
mod telling;
