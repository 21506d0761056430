//! Instagram's "Download your information", all generations.

mod archive_name;
pub mod catalog;
pub mod dates;
mod encrypted;
pub mod flat;
mod foreign;
mod generation;
pub mod html;
#[cfg(any(test, feature = "testing"))]
pub mod invariants;
pub mod json;
mod known;
pub mod labels;
mod learn;
pub mod lists;
mod outline;
mod recognise;
mod role;
mod subtitles;
mod text_file;

pub use archive_name::parse_archive_name;
pub(crate) use flat::messages::name_given;
pub use foreign::foreign_trees;
pub use generation::{generation_told_by, may_tell_generation};
pub use html::stated_range;
pub use known::{fingerprint, is_current, known_to};
pub use learn::{learn, teaches};
pub use outline::{masked_path, outline};
pub use recognise::{recognise, tree_told_by};
pub use role::{promises_medium, role};

use super::{Document, DocumentForm, Output, Reading, Role};

/// Reads a document of any form. What is no document by its name is read as text, when somebody asks for it.
pub fn read(document: &Document<'_>, sink: &mut dyn FnMut(Output)) -> Reading {
    match role(document.path) {
        Role::Document(DocumentForm::Json) => json::read(document, sink),
        Role::Document(DocumentForm::Html) => html::read(document, sink),
        Role::Document(DocumentForm::Subtitles) => subtitles::read(document, sink),
        Role::Document(DocumentForm::Text) | Role::Media | Role::Debris => text_file::read(document, sink),
    }
}
