//! Writing a life down as a download: every document and media file of a generation at its path.

mod account;
mod connections;
mod flat;
mod html;
mod likes;
mod notices;
mod own;
mod saved;
mod threads;
mod values;

use super::json::{Empty, Json, object, print};
use super::layout::{self, Area};
use super::life::Life;
use super::tree::{File, Tree};
use super::writing::Writing;
use crate::model::Generation;

pub use account::TOPICS;
pub(super) use notices::content;

/// The rows of one document.
type Rows = fn(&Life, &Writing) -> Vec<Json>;

/// What stands around the rows of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    /// A bare list; one row alone is written as that row since generation D (format reference §1.4).
    Nothing,
    Member(&'static str),
}

/// One document, as the files of this folder list them.
struct Document {
    area: Area,
    name: &'static str,
    around: Around,
    rows: Rows,
}

impl Document {
    fn bare(area: Area, name: &'static str, rows: Rows) -> Self {
        Self { area, name, around: Around::Nothing, rows }
    }

    fn wrapped(area: Area, name: &'static str, member: &'static str, rows: Rows) -> Self {
        Self { area, name, around: Around::Member(member), rows }
    }

    fn print(&self, life: &Life, writing: &Writing) -> Vec<u8> {
        let mut rows = (self.rows)(life, writing);
        if writing.is_html() {
            return html::print(life, writing, self.name, &rows);
        }
        let json = match self.around {
            Around::Member(member) => object! { member => rows },
            Around::Nothing if rows.len() == 1 && !writing.is(Generation::C) => rows.remove(0),
            Around::Nothing => Json::List(rows),
        };
        print(&json, if writing.is(Generation::C) { Empty::Line } else { Empty::Closed })
    }
}

/// Writes a life down as a delivery in several parts, each a tree of its own. Until 2021 every part has its own set of
/// documents, with rows that repeat where two parts meet; since then each file is in one of them.
pub fn write_parts(life: &Life, writing: &Writing, n: usize) -> Vec<Tree> {
    if writing.is_flat() { flat::parts(life, writing, n.max(1)) } else { write(life, writing).parts(n) }
}

/// Writes a life down. Documents and media are made when the tree is written out, file by file.
pub fn write(life: &Life, writing: &Writing) -> Tree {
    if writing.is_flat() {
        return flat::parts(life, writing, 1).pop().unwrap_or_default();
    }
    let mut files = Vec::new();
    own::media(life, writing, &mut files);
    threads::files(life, writing, &mut files);
    let mut documents = own::documents(writing);
    documents.extend(likes::documents(writing));
    documents.extend(saved::documents(writing));
    documents.extend(connections::documents(writing));
    documents.extend(account::documents(writing));
    for document in documents {
        let folder = layout::folder(writing, document.area);
        if (document.rows)(life, writing).is_empty() {
            continue;
        }
        let (life, writing) = (life.clone(), writing.clone());
        let path = format!("{folder}/{}.{}", document.name, writing.extension());
        files.push(File::new(path, false, move || document.print(&life, &writing)));
    }
    // A category without anything in it (format reference §1.4).
    let empty = if writing.is(Generation::C) { "guides" } else { "your_instagram_activity/guides" };
    files.push(File::new(format!("{empty}/no-data.txt"), false, || b"You have no data in this section.\n".to_vec()));
    if writing.is_html() {
        html::start_files(life, writing, &mut files);
    }
    Tree { files, date_ms: writing.date_ms }
}
