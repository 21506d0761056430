//! The ways in which one life is written down.

use std::fmt;
use std::path::{Path, PathBuf};

use throwback::model::{Format, Generation};
use throwback::testing::{Clock, Language, Life, Packing, Tree, Writing, day_ms, write, write_parts};

/// How the files of a download lie on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Container {
    Zip,
    /// Three ZIPs, whose files fell where they fell: a conversation and its pictures in different ones.
    Parts,
    Folder,
}

/// One way of writing a life down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variant {
    pub generation: Generation,
    pub format: Format,
    pub language: Language,
    /// The month whose layout it has (`2022-08`).
    pub made: &'static str,
    /// For generations A and B.
    pub clock: Clock,
    pub container: Container,
    /// Pages with the classes that Instagram gives their elements.
    pub has_classes: bool,
}

impl fmt::Display for Variant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { generation, format, language, made, clock, container, has_classes } = self;
        let classes = if *has_classes { "" } else { ", without classes" };
        let (generation, format) = (generation.name(), format.name());
        write!(formatter, "{generation} of {made}, {format}, {language:?}, {clock:?}, {container:?}{classes}")
    }
}

impl Variant {
    pub fn writing(&self) -> Writing {
        let number = |part: &str| part.parse::<u32>().expect("a number");
        let (year, month) = self.made.split_once('-').expect("a month");
        let era_ms = day_ms(i32::try_from(number(year)).expect("a year"), number(month), 15);
        let Self { language, format, has_classes, .. } = *self;
        let writing = Writing::new(self.generation).in_the_way_of(era_ms).clocked(self.clock);
        Writing { language, format, has_classes, ..writing }
    }

    /// Writes the life into a folder; what lies in it then is the download.
    pub fn write(&self, life: &Life, folder: &Path) -> PathBuf {
        let writing = self.writing();
        let named = |part: usize| folder.join(writing.archive_name(life, part));
        match self.container {
            Container::Zip => {
                let path = named(0).with_added_extension("zip");
                write(life, &writing).write_zip(&path, &Packing::default()).expect("a ZIP");
                path
            }
            Container::Folder => {
                write(life, &writing).write_folder(&named(0)).expect("a folder");
                named(0)
            }
            Container::Parts => {
                let parts = write_parts(life, &writing, 3);
                assert!(
                    writing.generation == Generation::A || parts_a_talk(&parts),
                    "no conversation lies apart from its media: the parts test nothing"
                );
                for (name, part) in writing.part_names(life, 3).iter().zip(&parts) {
                    let path = folder.join(name).with_added_extension("zip");
                    part.write_zip(&path, &Packing::default()).expect("a ZIP");
                }
                folder.to_owned()
            }
        }
    }
}

/// Whether some conversation's page and one of its files are in different parts.
fn parts_a_talk(parts: &[Tree]) -> bool {
    let folder = |path: &str| path.rsplit_once("/message_").map(|(folder, _)| folder.to_owned());
    parts.iter().enumerate().any(|(number, part)| {
        let pages: Vec<String> = part.files.iter().filter_map(|file| folder(&file.path)).collect();
        let elsewhere = parts.iter().enumerate().filter(|(other, _)| *other != number);
        let mut files = elsewhere.flat_map(|(_, part)| &part.files).filter(|file| file.is_media);
        files.any(|file| pages.iter().any(|page| file.path.starts_with(page.as_str())))
    })
}
