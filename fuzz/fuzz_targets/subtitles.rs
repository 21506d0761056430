//! Subtitles and other text files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for path in ["media/reels/202506/17900000000000009.srt", "likes/no-data.txt", "notes/diary.txt"] {
        throwback_fuzz::read(path, bytes);
    }
});
