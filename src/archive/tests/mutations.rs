//! Seeded damage to small archives: nothing panics or hangs, and no wrong content passes for right.

use super::super::{Archive, Limits};
use super::{codes, contents, opened, written};
use crate::testing::raw_zip::{Piece, Zip, deflated, deflated_bytes, stored, stored_bytes, streamed};

/// Xorshift: the same damage in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).expect("below the bound")
    }

    /// Overwrites, cuts, splices or fills a few bytes.
    fn damage(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        let mut end = |longest: usize| at + self.below(longest).min(bytes.len() - at);
        let (cut, copied, filled) = (end(20), end(60), end(8));
        match self.below(4) {
            0 => bytes[at] = self.below(256).to_le_bytes()[0],
            1 => drop(bytes.drain(at..cut)),
            2 => {
                let part = bytes[at..copied].to_vec();
                let target = self.below(bytes.len());
                bytes.splice(target..target, part);
            }
            _ => bytes[at..filled].fill(0xff),
        }
    }
}

#[test]
fn mutations_are_survived() {
    const ROUNDS: usize = 2_000;
    let zip = Zip::of(&[stored("a", "first"), deflated("b", "second second"), stored("c", "third")]);
    let wrapped = Zip { is_zip64: true, comment: zip.build(), before: vec![b'x'; 50], ..zip.clone() };
    let originals = [zip.build(), wrapped.build()];
    let mut dice = Dice(88_172_645_463_325_252);
    for round in 0..ROUNDS {
        let mut bytes = originals[round % 2].clone();
        for _ in 0..=dice.below(4) {
            dice.damage(&mut bytes);
        }
        let Ok(archive) = opened(&bytes) else { continue };
        let contents = contents(&archive);
        for (path, content) in &contents {
            if let Ok(content) = content {
                let is_right = ["first", "second second", "third", ""].contains(&content.as_str());
                assert!(is_right, "round {round}: {path} reads as {content:?}");
            }
        }
        let n_read = contents.iter().filter(|(_, content)| content.is_ok()).count();
        let has_spoken = n_read < contents.len() || !codes(&archive).is_empty();
        assert!(n_read >= 3 || has_spoken, "round {round}: an entry went without a word");
        for entry in archive.entries() {
            if let Ok(mut raw) = archive.read_raw(entry.position) {
                std::io::copy(&mut raw, &mut std::io::sink()).ok();
            }
        }
    }
}

/// Cuts, flips, splices and gaps: whatever a salvage calls whole has its true bytes, and what it calls whole is counted.
#[test]
fn salvages_of_mutations_tell_the_truth() {
    const ROUNDS: usize = 1_500;
    let texts = ["first", "second second second", "third", "", "the fifth is long enough to break off in it"];
    let pieces = [
        stored("a", texts[0]),
        streamed(deflated("b", texts[1]), 16),
        streamed(stored("c", texts[2]), 16),
        stored("folder/d", texts[3]),
        Piece { method: 9, ..streamed(deflated("e", texts[4]), 24) },
        deflated("f", texts[4]),
    ];
    let original = Zip::of(&pieces).build();
    let mut dice = Dice(2_862_933_555_777_941_757);
    let mut n_salvaged = 0;
    for round in 0..ROUNDS {
        let mut bytes = original.clone();
        bytes.truncate(dice.below(bytes.len()) + 1);
        for _ in 0..dice.below(3) {
            dice.damage(&mut bytes);
        }
        let (_folder, path) = written(&bytes);
        let Ok(archive) = Archive::salvage(&path, &Limits::default()) else { continue };
        let contents = contents(&archive);
        let n_whole = contents.iter().filter(|(_, content)| content.is_ok()).count();
        for (path, content) in contents.iter().filter_map(|(path, content)| Some((path, content.as_ref().ok()?))) {
            assert!(texts.contains(&content.as_str()), "round {round}: {path} reads as {content:?}");
        }
        for entry in archive.entries() {
            if let Ok(mut raw) = archive.read_raw(entry.position) {
                std::io::copy(&mut raw, &mut std::io::sink()).ok();
            }
        }
        if archive.is_salvaged() {
            n_salvaged += 1;
            let sentence = archive.account().expect("an account").remove(0).sentence;
            let n_files = archive.entries().iter().filter(|entry| entry.is_file()).count();
            let n_folders = archive.entries().len() - n_files;
            let said = format!("{} of {n_files} files came out whole", n_whole - n_folders);
            assert!(sentence.contains(&said), "round {round}: {said}: {sentence}");
        }
    }
    assert!(n_salvaged > ROUNDS / 2, "only {n_salvaged}");
}

/// Every cut of an undamaged archive: all entries before the cut are whole, and the one in it is told.
#[test]
fn every_cut_leaves_what_lies_before_it() {
    let pieces =
        [stored("a", "first"), streamed(deflated("b", "second second"), 16), deflated("c", "third"), stored("d", "4")];
    let original = Zip::of(&pieces).build();
    let whole_until = |n: usize| {
        let mut zip = Zip::of(&pieces[..n]).build();
        zip.truncate(
            zip.windows(4).position(|four| four == b"PK\x01\x02" || four == b"PK\x05\x06").expect("a directory"),
        );
        zip.len()
    };
    let ends: Vec<usize> = (0..=pieces.len()).map(whole_until).collect();
    for length in ends[1]..original.len() {
        let (_folder, path) = written(&original[..length]);
        let archive = Archive::salvage(&path, &Limits::default()).expect("an archive");
        let contents = contents(&archive);
        let n_whole = contents.iter().filter(|(_, content)| content.is_ok()).count();
        let n_expected = ends[1..].iter().filter(|end| **end <= length).count();
        assert_eq!(n_whole, n_expected, "cut at {length}: {contents:?}");
        assert!(archive.is_salvaged(), "cut at {length}");
    }
}

/// Damage to a ZIP of ZIPs: what comes out of the inner ones is true or reported.
#[test]
fn mutations_of_nested_archives_are_survived() {
    const ROUNDS: usize = 600;
    let part = Zip::of(&[stored("a", "first"), deflated("b", "second second"), stored("c", "third")]).build();
    let pieces =
        [stored_bytes("1.zip", &part), deflated_bytes("2.zip", &part), streamed(deflated_bytes("3.zip", &part), 16)];
    let original = Zip::of(&pieces).build();
    let mut dice = Dice(6_364_136_223_846_793_005);
    let mut n_read = 0;
    for round in 0..ROUNDS {
        let mut bytes = original.clone();
        if round % 3 == 0 {
            bytes.truncate(dice.below(bytes.len()) + 1);
        }
        for _ in 0..dice.below(4) {
            dice.damage(&mut bytes);
        }
        let (_folder, path) = written(&bytes);
        let Ok(outer) = Archive::salvage(&path, &Limits::default()) else { continue };
        for entry in outer.entries() {
            let Ok(inner) = outer.inner(entry.position, &Limits::default(), None) else { continue };
            for (path, content) in contents(&inner) {
                if let Ok(content) = content {
                    n_read += 1;
                    let is_right = ["first", "second second", "third", ""].contains(&content.as_str());
                    assert!(is_right, "round {round}: {path} reads as {content:?}");
                }
            }
        }
    }
    assert!(n_read > ROUNDS, "only {n_read}");
}
