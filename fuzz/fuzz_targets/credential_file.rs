#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ajo_fuzz::laws::credential_file(data));
