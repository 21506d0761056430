//! Names of archives and of the files in them.
#![no_main]

use throwback::source;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let names: Vec<&str> = text.lines().collect();
    source::recognise(&names);
    source::foreign_trees(&names);
    for name in names {
        source::parse_archive_name(name);
        source::role(name);
        source::teaches(name);
        source::masked_path(name);
        throwback_fuzz::read(name, b"[{\"a\":1}]");
    }
});
