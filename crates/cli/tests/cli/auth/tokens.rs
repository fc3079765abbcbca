//! Runs share the access token. The emulator grants another one to each request, so one that is seen twice was asked for
//! once.

use std::fs;

use crate::auth::home::Home;
use crate::support::Ran;

fn token(home: &Home, cache: &str) -> String {
    let ran = home.ajo(&["auth", "token"]).env("AJO_TOKEN_CACHE", cache).output().map(Ran::from).expect("ajo runs");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    ran.out
}

#[test]
fn two_runs_make_one_token_request_and_login_makes_it_for_both() {
    let home = Home::new();
    home.login("default", "prod");
    let cache = home.path("tokens").display().to_string();
    assert_eq!(home.files_with("accessToken").len(), 1, "the token that proved the credential is kept");
    let first = token(&home, &cache);
    assert_eq!(home.run(&["capping", "list"]).code, Some(0));
    assert_eq!(token(&home, &cache), first);
    fs::remove_dir_all(&cache).expect("removed");
    let second = token(&home, &cache);
    assert_ne!(second, first);
    assert_eq!(token(&home, &cache), second);
}

#[test]
fn without_the_cache_each_run_asks_for_a_token() {
    let home = Home::new();
    home.login("default", "prod");
    assert_ne!(token(&home, "off"), token(&home, "off"));
}

#[test]
fn a_cache_that_cannot_be_written_costs_a_token_request_and_no_call() {
    let home = Home::new();
    let file = home.path("file");
    fs::write(&file, "").expect("written");
    let cache = file.join("tokens").display().to_string();
    let mut login = home.ajo(&["auth", "login", "--sandbox", "prod"]);
    let ran = crate::support::run_with_input(login.env("AJO_TOKEN_CACHE", &cache), &home.lines());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ran = home.ajo(&["capping", "list"]).env("AJO_TOKEN_CACHE", &cache).output().map(Ran::from).expect("ajo runs");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    assert_ne!(token(&home, &cache), token(&home, &cache));
}
