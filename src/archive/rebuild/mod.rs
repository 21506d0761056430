//! Writing archives out again: as a tree of files ([`TreeWriter`], whose names any system takes), or as a ZIP
//! ([`ZipWriter`], whose names are those that there were, byte for byte). Knows nothing of where the bytes come from.

mod safe_name;
mod tree_writer;
mod zip_writer;

pub use self::safe_name::{Placed, SafeNames, Unsafe};
pub use self::tree_writer::TreeWriter;
pub use self::zip_writer::{Packed, ZipMember, ZipWriter};
