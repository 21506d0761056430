//! Instagram's "Download your information", all generations.

mod archive_name;
pub mod catalog;
pub mod dates;
pub mod flat;
pub mod json;
pub mod labels;
mod learn;
mod recognise;
mod role;
mod subtitles;
mod text_file;

pub use archive_name::parse_archive_name;
pub use learn::{learn, teaches};
pub use recognise::recognise;
pub use role::role;

use super::{Document, DocumentForm, Output, Place, Reading, Role};
use crate::model::{Finding, FindingCode};

/// Reads a document of any form. What is no document by its name is read as text, when somebody asks for it.
pub fn read(document: &Document<'_>, sink: &mut dyn FnMut(Output)) -> Reading {
    match role(document.path) {
        Role::Document(DocumentForm::Json) => json::read(document, sink),
        Role::Document(DocumentForm::Html) => not_yet(document, sink),
        Role::Document(DocumentForm::Subtitles) => subtitles::read(document, sink),
        Role::Document(DocumentForm::Text) | Role::Media | Role::Debris => text_file::read(document, sink),
    }
}

/// HTML is kept, and its readers come later; then `reindex --documents` makes records of it.
fn not_yet(document: &Document<'_>, sink: &mut dyn FnMut(Output)) -> Reading {
    let reason = "HTML is not read yet";
    sink(Output::Kept { place: Place::default(), reason });
    let sentence = format!(
        "{} is HTML, which this version does not read yet; its bytes were kept. A download in JSON is read whole.",
        document.path
    );
    sink(Output::Finding(Finding::new(FindingCode::NotReadYet, sentence)));
    Reading { reader: "html", reader_version: 0, n_items: None, n_read: 0, n_kept: 1, n_bad: 0 }
}
