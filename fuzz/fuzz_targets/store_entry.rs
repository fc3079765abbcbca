#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ajo_fuzz::properties::store_entry(data));
