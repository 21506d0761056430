//! When a download is complete: a pure function from what was observed to what follows from it.
//!
//! The questions come in the order of what answering them costs; the first answer that settles the matter ends it.
//! Nothing here looks at a disk or a clock.

use std::fmt;
use std::time::Duration;

use crate::model::Finding;

/// What is known of a file or folder. What was not asked yet is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Name, length, time and place on the disk have been the same for so long.
    pub quiet: Duration,
    /// So long they must be.
    pub settle: Duration,
    /// A file in it (of a folder) that bears a name of unfinished downloads.
    pub unfinished_inside: Option<String>,
    /// What its directory says.
    pub contents: Option<Contents>,
    /// A downloader's control or partial file beside it.
    pub beside: Option<Option<String>>,
    /// A program that has it open for writing, as far as the platform tells.
    pub writer: Option<Option<String>>,
    /// Whether every entry has its length and checksum.
    pub wholeness: Option<Wholeness>,
}

/// What a look at a directory showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    Download,
    /// No download of ours, in a sentence.
    NotOurs(String),
    /// A ZIP without an end record, or with a directory that cannot be read.
    Incomplete(Finding),
    /// It could not be looked at.
    Unreadable(String),
}

/// What reading every entry showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wholeness {
    Whole,
    Broken(Finding),
    Unreadable(String),
}

/// What costs more than a look at the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    Contents,
    Beside,
    Writer,
    Wholeness,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Find this out and ask again.
    Ask(Question),
    /// Not yet.
    Wait(Waiting),
    /// Leave it alone until it changes.
    Leave(Left),
    /// It could not be looked at; try again later.
    Retry(String),
    /// It is complete.
    Take,
}

/// Why something is not taken yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    Changing,
    Beside(String),
    Writer(String),
}

/// Why something is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    NotOurs(String),
    /// Not complete, or damaged.
    Broken(Finding),
}

impl fmt::Display for Waiting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changing => formatter.write_str("it is still changing"),
            Self::Beside(name) => write!(formatter, "{name} shows that its download is not finished"),
            Self::Writer(program) => write!(formatter, "{program} has it open for writing"),
        }
    }
}

/// Says what is to be done about it.
pub fn judge(seen: &Observation) -> Verdict {
    if seen.quiet < seen.settle {
        return Verdict::Wait(Waiting::Changing);
    }
    match &seen.contents {
        None => return Verdict::Ask(Question::Contents),
        Some(Contents::NotOurs(why)) => return Verdict::Leave(Left::NotOurs(why.clone())),
        Some(Contents::Unreadable(why)) => return Verdict::Retry(why.clone()),
        Some(Contents::Download | Contents::Incomplete(_)) => {}
    }
    if let Some(name) = &seen.unfinished_inside {
        return Verdict::Wait(Waiting::Beside(name.clone()));
    }
    match &seen.beside {
        None => return Verdict::Ask(Question::Beside),
        Some(Some(name)) => return Verdict::Wait(Waiting::Beside(name.clone())),
        Some(None) => {}
    }
    match &seen.writer {
        None => return Verdict::Ask(Question::Writer),
        Some(Some(program)) => return Verdict::Wait(Waiting::Writer(program.clone())),
        Some(None) => {}
    }
    if let Some(Contents::Incomplete(why)) = &seen.contents {
        return Verdict::Leave(Left::Broken(why.clone()));
    }
    match &seen.wholeness {
        None => Verdict::Ask(Question::Wholeness),
        Some(Wholeness::Whole) => Verdict::Take,
        Some(Wholeness::Broken(why)) => Verdict::Leave(Left::Broken(why.clone())),
        Some(Wholeness::Unreadable(why)) => Verdict::Retry(why.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FindingCode;

    /// Complete in every respect.
    fn whole() -> Observation {
        Observation {
            quiet: Duration::from_secs(5),
            settle: Duration::from_secs(5),
            unfinished_inside: None,
            contents: Some(Contents::Download),
            beside: Some(None),
            writer: Some(None),
            wholeness: Some(Wholeness::Whole),
        }
    }

    #[test]
    fn the_rule_as_a_table() {
        let word = |word: &str| word.to_owned();
        let check = |change: &dyn Fn(&mut Observation), verdict: Verdict| {
            let mut seen = whole();
            change(&mut seen);
            assert_eq!(judge(&seen), verdict, "{seen:?}");
        };
        let finding = || Finding::new(FindingCode::UnreadableArchive, "no end");
        let incomplete = || Some(Contents::Incomplete(finding()));
        let broken = || Verdict::Leave(Left::Broken(finding()));
        let part = || Verdict::Wait(Waiting::Beside(word("a.part")));
        let browser = || Verdict::Wait(Waiting::Writer(word("browser")));
        check(&|_| {}, Verdict::Take);
        check(&|seen| seen.quiet = Duration::from_millis(4_999), Verdict::Wait(Waiting::Changing));
        check(&|seen| seen.quiet = Duration::MAX, Verdict::Take);
        check(&|seen| (seen.quiet, seen.settle) = Default::default(), Verdict::Take);
        check(&|seen| seen.contents = None, Verdict::Ask(Question::Contents));
        check(&|seen| (seen.contents, seen.quiet) = Default::default(), Verdict::Wait(Waiting::Changing));
        check(
            &|seen| seen.contents = Some(Contents::NotOurs(word("photos"))),
            Verdict::Leave(Left::NotOurs(word("photos"))),
        );
        check(&|seen| seen.contents = Some(Contents::Unreadable(word("denied"))), Verdict::Retry(word("denied")));
        check(&|seen| seen.contents = incomplete(), broken());
        check(&|seen| seen.unfinished_inside = Some(word("a.part")), part());
        check(&|seen| seen.beside = None, Verdict::Ask(Question::Beside));
        check(&|seen| seen.beside = Some(Some(word("a.part"))), part());
        check(&|seen| (seen.contents, seen.beside) = (incomplete(), None), Verdict::Ask(Question::Beside));
        check(&|seen| (seen.contents, seen.beside) = (incomplete(), Some(Some(word("a.part")))), part());
        check(&|seen| seen.writer = None, Verdict::Ask(Question::Writer));
        check(&|seen| seen.writer = Some(Some(word("browser"))), browser());
        check(&|seen| (seen.contents, seen.writer) = (incomplete(), Some(Some(word("browser")))), browser());
        check(&|seen| seen.wholeness = None, Verdict::Ask(Question::Wholeness));
        check(&|seen| (seen.contents, seen.wholeness) = (incomplete(), None), broken());
        check(&|seen| seen.wholeness = Some(Wholeness::Broken(finding())), broken());
        check(&|seen| seen.wholeness = Some(Wholeness::Unreadable(word("denied"))), Verdict::Retry(word("denied")));
    }

    #[test]
    fn every_question_has_an_answer_that_leads_on() {
        let mut seen = Observation { contents: None, beside: None, writer: None, wholeness: None, ..whole() };
        let mut asked = Vec::new();
        while let Verdict::Ask(question) = judge(&seen) {
            asked.push(question);
            match question {
                Question::Contents => seen.contents = Some(Contents::Download),
                Question::Beside => seen.beside = Some(None),
                Question::Writer => seen.writer = Some(None),
                Question::Wholeness => seen.wholeness = Some(Wholeness::Whole),
            }
        }
        assert_eq!(asked, [Question::Contents, Question::Beside, Question::Writer, Question::Wholeness]);
        assert_eq!(judge(&seen), Verdict::Take);
    }
}
