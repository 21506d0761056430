//! Keeping and probing of media bytes. Every distinct content lies once under its BLAKE3 hash, with the extension that
//! its bytes call for; the names that archives give it stand in the store.
//!
//! Their part in the order of writes, which stands as a whole in [`mod@step`]:
//!
//! 1. [`MediaStore::keep`] streams a source into memory or a file in `tmp/`, hashing as it goes, and renames it to its
//!    final name. Nothing is durable yet, and nothing points at it.
//! 2. [`MediaStore::barrier`] makes all of it durable, files and directories.
//! 3. Only then the store commits the rows that point at it.
//!
//! A file that stands under its final name without a row is left over from a run that ended between 1 and 3. Its bytes
//! may never have reached the disk, whatever reading it shows now; so it is replaced by a fresh file, never trusted.

mod boxes;
mod draft;
mod ending;
mod error;
mod kept;
mod mending;
mod picture;
mod probe;
mod sniff;
pub mod step;
mod sync;
#[cfg(test)]
mod tests;

pub use self::ending::{Ending, ending};
pub use self::error::MediaError;
pub use self::kept::{Kept, MediaStore, Soundness, hash_of, weigh};
pub use self::mending::{Described, Received, Stray};
pub use self::probe::{Probe, probe};
pub use self::sniff::{MEDIA_TYPES, media_type_of};
pub use self::sync::{make_durable_folder, sync_directory};
