//! Repair of broken text: strict, exactly once, and mending what it cannot parse.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| throwback::source::instagram::invariants::check_repair(bytes));
