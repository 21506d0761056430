//! Any document of the folders of 2020 and later: two bytes choose the path, the rest is the document.
#![no_main]

use std::sync::LazyLock;

static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| throwback_fuzz::paths("json"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((path, document)) = throwback_fuzz::chosen(&PATHS, bytes) {
        throwback_fuzz::read(path, document);
    }
});
