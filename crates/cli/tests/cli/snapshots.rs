//! Commands with their whole output. After a change, `TRYCMD=overwrite cargo test -p ajo --test cli snapshots` writes the files anew.

#[test]
fn output_is_as_in_the_snapshots() {
    trycmd::TestCases::new()
        .register_bin("ajo", std::path::Path::new(env!("CARGO_BIN_EXE_ajo")))
        .env("AJO_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/no-profiles"))
        .env("AJO_TOKEN_CACHE", "off")
        .env("AJO_KEYCHAIN", "off")
        .case("tests/cli/snapshots/*.trycmd");
}
