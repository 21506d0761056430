//! A page of a conversation, as JSON or HTML: two bytes choose where it lies.
#![no_main]

use std::sync::LazyLock;

static PATHS: LazyLock<Vec<String>> = LazyLock::new(|| {
    [
        "your_instagram_activity/messages/inbox/ann_17840000000000001/message_1.json",
        "messages/inbox/ann_abcdefghij/message_1.html",
        "your_instagram_activity/messages/broadcast/club_17840000000000001/replies_1.json",
        "messages/Ann_1.json",
        "your_instagram_activity/messages/reported_conversations.json",
        "messages.json",
    ]
    .map(str::to_owned)
    .to_vec()
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((path, document)) = throwback_fuzz::chosen(&PATHS, bytes) {
        throwback_fuzz::read(path, document);
    }
});
