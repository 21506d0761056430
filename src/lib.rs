//! Throwback turns every Instagram download that a person ever made into one private archive that they can search,
//! trust and look at for the rest of their life. One binary, one folder, no service, nothing on the network.
//!
//! # The way of the data
//!
//! ```text
//!  ZIPs, parts, folders ──archive──▶ entries ──source──▶ what is this file? which reader?       nothing written yet
//!                                      │                         │
//!                            media bytes                 document bytes ──reader (pure)──▶ items + findings
//!                                      │                                                         │
//!                                      ▼                                            ingest::identity  who is this record?
//!                                media (hash, keep)                                 ingest::merge     what do all sightings say?
//!                                      │                                                         │
//!                                      └──────────────────────▶ store ◀─────────────────────────┘   one transaction an archive
//!                                                                 │  change log
//!                                                                 ▼
//!                                               query ──▶ index (follows the log) ──▶ ids ──▶ store ──▶ rows ──▶ cli
//! ```
//!
//! The store holds three layers, each computed from the one before: what was delivered (archives, entries, documents,
//! media), what it said (a *sighting* for every item of every document), and what is true (*records*, threads, people).
//! A record is computed from all its sightings by one function, so it is the same whatever came first.
//!
//! # The rooms, ground floor first
//!
//! | room | what lives there |
//! |---|---|
//! | [`model`] | plain data: items and their kinds, keys and ids, moments, findings |
//! | [`archive`] | folders and ZIPs as one list of entries; limits; knows nothing of Instagram |
//! | [`source`] | what the formats mean; [`source::instagram::catalog`] is the table of file shapes |
//! | [`media`] | keeping and probing of media bytes |
//! | [`store`] | SQLite: the truth |
//! | [`query`] | our query language: text to tree |
//! | [`index`] | tantivy: derived, follows the store's change log |
//! | [`ingest`] | plan, identity, merge, pipeline, report |
//! | [`home`] | the facade that opens store, media and index together |
//! | [`watch`] | when a download is complete, and what to ingest next |
//! | [`cli`] | arguments and all output |
//!
//! A room imports only rooms that stand above it; a test reads the sources and fails on any other arrow.
//!
//! # The promises
//!
//! Nothing is dropped in silence: every entry's bytes are kept, and every item of a document is read, kept with a
//! reason, or reported. The order of ingests does not matter. One thing is one record, and equal things stay as many as
//! there are. Absence is not deletion. Killed anywhere, it ends the same. SQLite is the truth, the index follows.
//! Archives are read only, and no socket is ever opened. Hostile input is data.
//!
//! # Where to start reading
//!
//! [`model::Item`] is what a document said; [`source::read`] makes items; [`ingest::ingest_archive`] brings an archive
//! in; `migrations/` is the shape of the truth; [`home::Home`] is what everything else talks to.

pub mod archive;
pub mod cli;
pub mod home;
pub mod index;
pub mod ingest;
pub mod media;
pub mod model;
pub mod query;
pub mod source;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod watch;
