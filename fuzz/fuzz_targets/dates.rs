//! Printed dates: whatever is read is written back and read as the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| throwback::source::instagram::invariants::check_date(text));
