//! Runs share access tokens. The emulator issues a different token for each request, so equal tokens prove a shared one.

use std::fs;

use crate::auth::fixture::AuthFixture;
use crate::support::CommandOutput;

fn token(fixture: &AuthFixture, cache: &str) -> String {
    let output = fixture
        .command(&["auth", "token"])
        .env("AJO_TOKEN_CACHE", cache)
        .output()
        .map(CommandOutput::from)
        .expect("ajo runs");
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""));
    output.stdout
}

#[test]
fn runs_share_the_token_of_login() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    let cache = fixture.path("tokens").display().to_string();
    assert_eq!(fixture.files_with("accessToken").len(), 1, "login caches its token");
    let first = token(&fixture, &cache);
    assert_eq!(fixture.run(&["capping", "list"]).exit_code, Some(0));
    assert_eq!(token(&fixture, &cache), first);
    fs::remove_dir_all(&cache).expect("removed");
    let second = token(&fixture, &cache);
    assert_ne!(second, first);
    assert_eq!(token(&fixture, &cache), second);
}

#[test]
fn cache_can_be_turned_off() {
    let fixture = AuthFixture::new();
    fixture.login("default", "prod");
    assert_ne!(token(&fixture, "off"), token(&fixture, "off"));
}

#[test]
fn unwritable_cache_is_ignored() {
    let fixture = AuthFixture::new();
    let file = fixture.path("file");
    fs::write(&file, "").expect("written");
    let cache = file.join("tokens").display().to_string();
    let mut login = fixture.command(&["auth", "login", "--sandbox", "prod"]);
    let output = crate::support::run_with_input(login.env("AJO_TOKEN_CACHE", &cache), &fixture.dotenv_credentials());
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    let output = fixture
        .command(&["capping", "list"])
        .env("AJO_TOKEN_CACHE", &cache)
        .output()
        .map(CommandOutput::from)
        .expect("ajo runs");
    assert_eq!((output.exit_code, output.stderr.as_str()), (Some(0), ""));
    assert_ne!(token(&fixture, &cache), token(&fixture, &cache));
}
