//! Hostile archives (promises 1, 8, 9, 10): a table of threats. Each row makes one archive around three innocent
//! neighbours, and says which findings must be made and what must be held afterwards. The program takes it within limits
//! of memory and time; what the row does not name must not change, in the home or outside.
//!
//! `case.rs` is a row, `world.rs` where it is let loose; the other files are the tables.

mod bombs;
mod case;
mod documents;
mod folders;
mod mutations;
mod names;
mod pages;
mod shown;
mod structure;
mod world;
