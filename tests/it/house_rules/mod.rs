//! Tests that read the repository instead of running it: who may import whom, what may stand in a file.
//!
//! Each rule is a pure function from text to faults. Its own test gives it a few made-up lines that break it, so that
//! one can see it fail.

mod hygiene;
mod nothing_forgotten;
mod repository;
mod rooms;
mod rust_paths;
mod rust_text;
