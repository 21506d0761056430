//! Any page: two bytes choose the path, the rest is the page.
#![no_main]

use std::sync::LazyLock;

static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut paths = throwback_fuzz::paths("html");
    paths.extend(["start_here.html".to_owned(), "index.html".to_owned()]);
    paths
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((path, page)) = throwback_fuzz::chosen(&PATHS, bytes) {
        throwback_fuzz::read(path, page);
    }
});
