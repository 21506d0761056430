//! Media that break off, at any byte.

use std::io::Cursor;

use crate::media::{Ending, ending};
use crate::testing::{Form, Medium};

fn content(form: Form) -> Vec<u8> {
    Medium { id: 17_900_000_000_000_001, at_ms: 1_600_000_000_000, form, n_bytes: 4_000, is_compressible: false }
        .content(0)
}

fn check(what: &str, bytes: &[u8], media_type: &str, expected: Ending) {
    assert_eq!(ending(&mut Cursor::new(bytes), media_type).expect("memory"), expected, "{what}");
}

/// Wherever a file is cut off, its structure tells; whatever stands behind its end does no harm.
#[test]
fn what_breaks_off_is_told() {
    for (form, media_type) in
        [(Form::Jpeg, "image/jpeg"), (Form::Png, "image/png"), (Form::Mp4, "video/mp4"), (Form::M4a, "audio/mp4")]
    {
        let whole = content(form);
        check(media_type, &whole, media_type, Ending::Whole);
        for cut in [20, whole.len() / 3, whole.len() / 2, whole.len() * 9 / 10, whole.len() - 1] {
            check(&format!("{media_type} to {cut}"), &whole[..cut], media_type, Ending::BreaksOff);
        }
        let padded = [whole.as_slice(), &[0; 40]].concat();
        check(&format!("{media_type}, filled up"), &padded, media_type, Ending::Whole);
    }
}

#[test]
fn lengths_of_riff_and_boxes_must_lie_inside_the_file() {
    let riff = |length: u32, content: usize| {
        [b"RIFF".as_slice(), &length.to_le_bytes(), b"WEBPVP8 ", &vec![1; content]].concat()
    };
    check("a WebP", &riff(28, 20), "image/webp", Ending::Whole);
    check("half a WebP", &riff(28, 19), "image/webp", Ending::BreaksOff);
    check("no length", &riff(0, 20), "image/webp", Ending::NotTold);
    check("no head", b"RIFF", "image/webp", Ending::BreaksOff);
    let boxed = |length: u32, kind: &[u8; 4], content: usize| {
        [length.to_be_bytes().as_slice(), kind, &vec![1; content]].concat()
    };
    let film = |boxes: &[Vec<u8>]| boxes.concat();
    let (ftyp, moov) = (boxed(16, b"ftyp", 8), boxed(20, b"moov", 12));
    check("a film", &film(&[ftyp.clone(), moov.clone(), boxed(30, b"mdat", 22)]), "video/mp4", Ending::Whole);
    check("to the end", &film(&[ftyp.clone(), moov.clone(), boxed(0, b"mdat", 22)]), "video/mp4", Ending::Whole);
    check("without a head", &film(&[ftyp.clone(), boxed(30, b"mdat", 22)]), "video/mp4", Ending::BreaksOff);
    check("in its content", &film(&[ftyp, moov, boxed(30, b"mdat", 21)]), "video/mp4", Ending::BreaksOff);
    check("empty", b"", "video/mp4", Ending::BreaksOff);
}

#[test]
fn other_forms_tell_nothing_and_marks_inside_a_picture_are_no_end() {
    check("text", b"hello", "text/plain", Ending::NotTold);
    // A preview with an end mark of its own stands in the head of the picture.
    let preview = [0xff, 0xd8, 0xff, 0xd9];
    let head = [&[0xff, 0xd8, 0xff, 0xe1, 0, 6][..], &preview, &[0xff, 0xda, 0, 2, 1, 2, 0xff, 0, 3]].concat();
    check("cut behind a preview", &head, "image/jpeg", Ending::BreaksOff);
    check("whole", &[&head[..], &[0xff, 0xd9]].concat(), "image/jpeg", Ending::Whole);
    check("more behind it", &[&head[..], &[0xff, 0xd9, 1, 2, 3]].concat(), "image/jpeg", Ending::Whole);
    check("several scans", &[&head[..], &head[10..], &[0xff, 0xd9, 7]].concat(), "image/jpeg", Ending::Whole);
}
