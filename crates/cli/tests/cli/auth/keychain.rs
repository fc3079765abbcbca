//! The Secret Service of Linux, as GNOME Keyring gives it, on a message bus of its own.

use std::fs;
use std::process::{Command, Stdio};

use crate::auth::home::{Home, SECRET};
use crate::support::run_with_input;
use crate::support::skipped;

/// What is missing for it.
fn missing() -> Option<&'static str> {
    if cfg!(not(feature = "keychain")) {
        return Some("the feature keychain");
    }
    ["dbus-run-session", "gnome-keyring-daemon"].into_iter().find(|program| {
        let there = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        !there.is_ok_and(|status| status.success())
    })
}

#[test]
fn the_secret_goes_to_the_keychain_where_there_is_one() {
    if let Some(missing) = missing() {
        skipped(&format!("{missing} is not here"));
        return;
    }
    let home = Home::new();
    fs::create_dir(home.path("user")).expect("a folder");
    let script = r#"
        printf pw | gnome-keyring-daemon --unlock --components=secrets > /dev/null
        "$AJO" auth login --sandbox prod
        cat "$AJO_CONFIG_DIR/profiles/default.json"
        "$AJO" auth status
        "$AJO" capping list
        AJO_KEYCHAIN=off AJO_TOKEN_CACHE=off "$AJO" auth token || echo "ended with $?"
        "$AJO" auth logout
        ls "$AJO_CONFIG_DIR/profiles"
    "#;
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-ec", script]).env("AJO", env!("CARGO_BIN_EXE_ajo"));
    home.set_up(&mut command);
    command.env_remove("AJO_KEYCHAIN");
    // Where the keyring keeps its files and its socket.
    for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(name, home.path("user"));
    }
    let ran = run_with_input(&mut command, &home.lines());
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    for said in [
        "\"secrets\": \"keychain\"",
        "secret        in the system keychain\n",
        "no capping configurations in this sandbox\n",
        "ended with 3\n",
    ] {
        assert!(ran.out.contains(said), "{said}: {}\n{}", ran.out, ran.err);
    }
    for said in [
        "its client secret is in the system keychain\n",
        "error: the client secret of profile default is in the system keychain: AJO_KEYCHAIN is off\n",
        "removed the client secret from the system keychain\n",
    ] {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{}\n{}", ran.out, ran.err);
    assert_eq!(home.files_with(SECRET), [""; 0]);
}

#[test]
fn a_keychain_that_does_not_answer_is_not_waited_for() {
    if cfg!(not(feature = "keychain")) {
        skipped("the command is built without the feature keychain");
        return;
    }
    let home = Home::new();
    // A message bus that takes every connection and says nothing.
    let bus = home.path("bus");
    let _listening = std::os::unix::net::UnixListener::bind(&bus).expect("a socket");
    let mut command = home.ajo(&["auth", "login", "--sandbox", "prod"]);
    command.env_remove("AJO_KEYCHAIN").env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display()));
    let ran = run_with_input(&mut command, &home.lines());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains("the system keychain is not used: no answer within 10 s\n"), "{}", ran.err);
    assert_eq!(home.files_with(SECRET), ["config/profiles/default.json"]);
}
