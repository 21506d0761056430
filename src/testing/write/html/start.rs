//! The pages that lead to the others (format reference §5.1): `index.html` and `messages/chats.html` in generation C,
//! `start_here.html` since.

use super::markup::Page;
use crate::model::Generation;
use crate::testing::layout::{self, Area};
use crate::testing::life::Life;
use crate::testing::tree::File;
use crate::testing::writing::Writing;

/// Adds the pages that name all others, and the service's own little picture.
pub(in crate::testing::write) fn files(life: &Life, writing: &Writing, files: &mut Vec<File>) {
    let pages: Vec<String> =
        files.iter().filter(|file| file.path.ends_with(".html")).map(|file| file.path.clone()).collect();
    let is_old = writing.is(Generation::C);
    if is_old {
        let root = layout::folder(writing, Area::Messages);
        let chats = pages.iter().filter(|page| page.ends_with("/message_1.html")).cloned().collect();
        files.push(links(life, writing, format!("{root}/chats.html"), chats));
    }
    let start = if is_old { "index.html" } else { "start_here.html" };
    files.push(links(life, writing, start.to_owned(), pages));
    let picture = crate::testing::Medium {
        id: 1,
        at_ms: writing.date_ms,
        form: crate::testing::Form::Png,
        n_bytes: 0,
        is_compressible: false,
    };
    files.push(File::new("files/Instagram-Logo.png", true, move || picture.content(0)));
}

fn links(life: &Life, writing: &Writing, path: String, pages: Vec<String>) -> File {
    let (life, writing) = (life.clone(), writing.clone());
    File::new(path, false, move || {
        let mut page = Page::new(&life, &writing, "Instagram");
        if writing.is(Generation::D) {
            page.heading_of_download(&life);
        }
        for path in &pages {
            let name = path.rsplit('/').next().unwrap_or(path);
            page.plain("div", |page| page.plain("div", |page| page.link(path, name)));
        }
        page.end()
    })
}
