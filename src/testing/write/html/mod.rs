//! The rows of documents as pages (format reference §5): the same rows that JSON has, printed as the service prints them
//! for people. Written after the reference and never after the readers.
//!
//! `markup.rs` knows the frame of a page and its classes, `elements.rs` prints the record shapes of §1.5 as boxes,
//! `thread.rs` conversations, `start.rs` the pages that lead to the others.

mod elements;
mod markup;
mod start;
mod thread;

use markup::Page;

use crate::testing::json::Json;
use crate::testing::life::Life;
use crate::testing::writing::Writing;

pub(super) use start::files as start_files;
pub(super) use thread::print as print_thread;

/// A document: one box a row.
pub(super) fn print(life: &Life, writing: &Writing, title: &str, rows: &[Json]) -> Vec<u8> {
    let mut page = Page::new(life, writing, title);
    for row in rows {
        elements::row(&mut page, row);
    }
    page.end()
}
