//! Seeded damage to small archives: nothing panics or hangs, and no wrong content passes for right.

use super::build::{Zip, deflated, stored};
use super::{codes, contents, opened};

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
