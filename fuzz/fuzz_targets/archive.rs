//! A file that may be a ZIP: listed, salvaged, every entry read, ZIPs in it opened, every byte accounted for.
#![no_main]

use std::io::{Read, Write};

use throwback::archive::{Archive, Limits};

/// No more than this comes out of the small files that a fuzzer makes.
const MOST_BYTES: u64 = 64 << 20;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("its bytes");
    let limits = Limits { entry_bytes: MOST_BYTES, archive_bytes: MOST_BYTES, n_entries: 10_000, ..Limits::default() };
    for archive in [Archive::open(file.path(), &limits), Archive::salvage(file.path(), &limits)].into_iter().flatten() {
        look_at(&archive, &limits, 1);
    }
});

fn look_at(archive: &Archive, limits: &Limits, depth: u32) {
    let mut n_bytes = 0;
    for entry in archive.entries() {
        let mut piece = vec![0; 1 << 16];
        for is_raw in [false, true] {
            let reader: Option<Box<dyn Read + '_>> = if is_raw {
                archive.read_raw(entry.position).ok().map(|reader| Box::new(reader) as _)
            } else {
                archive.read(entry.position).ok().map(|reader| Box::new(reader) as _)
            };
            let Some(mut reader) = reader else { continue };
            while let Ok(n @ 1..) = reader.read(&mut piece) {
                n_bytes += if is_raw { 0 } else { n as u64 };
            }
        }
        if depth > 0
            && let Ok(inner) = archive.inner(entry.position, limits, None)
        {
            look_at(&inner, limits, depth - 1);
        }
    }
    // A piece of which the last byte is over the budget is handed out before it is told.
    assert!(n_bytes <= MOST_BYTES + (1 << 20), "{n_bytes} bytes came out");
    archive.account().ok();
}
