#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| throwback_fuzz::names(bytes));
