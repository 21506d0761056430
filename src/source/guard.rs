//! A reader that panics costs one document, not the archive.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::{Output, Reading};
use crate::model::{Finding, FindingCode};

/// Lets a reader read. When it panics, that is said through the sink, and nothing that it said before is lost. A panic of
/// the sink itself goes on: who listens is no part of the reader.
pub fn guarded(sink: &mut dyn FnMut(Output), read: impl FnOnce(&mut dyn FnMut(Output)) -> Reading) -> Reading {
    let is_in_sink = Cell::new(false);
    let mut watched = |output| {
        is_in_sink.set(true);
        sink(output);
        is_in_sink.set(false);
    };
    let read = catch_unwind(AssertUnwindSafe(|| read(&mut watched)));
    match read {
        Ok(reading) => reading,
        Err(panic) if is_in_sink.get() => resume_unwind(panic),
        Err(_) => {
            sink(Output::Finding(Finding::new(
                FindingCode::BadDocument,
                "Its reader failed in the midst of it, which is a defect of throwback; what was read before is held, and \
                 its bytes are kept. Report it; a later version reads the document again with throwback reindex \
                 --documents.",
            )));
            Reading::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_is_told_and_what_it_said_stays() {
        let mut said = Vec::new();
        let reading = guarded(&mut |output| said.push(output), |sink| {
            sink(Output::Words("before".into()));
            let none: [u8; 0] = [];
            Reading { n_read: u64::from(none[std::hint::black_box(1)]), ..Reading::default() }
        });
        assert_eq!(reading, Reading::default());
        assert!(matches!(&said[0], Output::Words(words) if words == "before"), "{said:?}");
        assert!(matches!(&said[1], Output::Finding(finding) if finding.code == FindingCode::BadDocument), "{said:?}");
    }

    #[test]
    #[should_panic(expected = "the listener")]
    fn a_panic_of_the_listener_goes_on() {
        guarded(&mut |_| panic!("the listener"), |sink| {
            sink(Output::Words(String::new()));
            Reading::default()
        });
    }
}
