//! Every seed of the fuzz targets goes through its target: what a fuzzer learnt once is asked each time.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
mod targets;

/// The files of a tar, by the folder they are in: blocks of 512 bytes, a header with name and octal length before each.
fn files_of(tar: &[u8]) -> BTreeMap<String, Vec<&[u8]>> {
    const BLOCK: usize = 512;
    let mut files: BTreeMap<String, Vec<&[u8]>> = BTreeMap::new();
    let mut rest = tar;
    while let Some((header, behind)) = rest.split_first_chunk::<BLOCK>().filter(|(header, _)| header[0] != 0) {
        let text = |from: usize, to: usize| {
            let field = header[from..to].split(|byte| *byte == 0).next().unwrap_or_default();
            std::str::from_utf8(field).expect("ASCII").trim()
        };
        let (folder, _) = text(0, 100).split_once('/').expect("a file in the folder of its target");
        let length = usize::from_str_radix(text(124, 136), 8).expect("a length");
        files.entry(folder.to_owned()).or_default().push(&behind[..length]);
        rest = &behind[length.next_multiple_of(BLOCK)..];
    }
    files
}

#[test]
fn every_seed_goes_through_its_target() {
    let packed = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds.tar.zst")).expect("the seeds");
    let tar = zstd::decode_all(&packed[..]).expect("it unpacks");
    let seeds = files_of(&tar);
    let names: Vec<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(seeds.keys().map(String::as_str).collect::<Vec<_>>(), names, "each target has seeds");
    for (name, target) in targets::TARGETS {
        let seeds = &seeds[name];
        assert!(seeds.len() >= 40, "{name} has {} seeds", seeds.len());
        for seed in seeds {
            target(seed);
        }
    }
}
