//! A flat document at the root: two bytes choose which, the rest is the document.
#![no_main]

use std::sync::LazyLock;

static PATHS: LazyLock<Vec<String>> =
    LazyLock::new(|| throwback_fuzz::paths("json").into_iter().filter(|path| !path.contains('/')).collect());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((path, document)) = throwback_fuzz::chosen(&PATHS, bytes) {
        throwback_fuzz::read(path, document);
    }
});
