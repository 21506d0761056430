//! What `probe` tells of a document: it ends, and it tells no more than its limits allow.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for path in ["your_instagram_activity/likes/liked_posts.json", "connections.json"] {
        let outline = throwback::source::outline(path, bytes);
        assert!(outline.keys.len() <= 2_001, "{} names", outline.keys.len());
    }
});
