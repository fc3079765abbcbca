//! The Secret Service on Linux: GNOME Keyring on a private message bus.

use std::fs;
use std::process::{Command, Stdio};

use crate::auth::fixture::{AuthFixture, SECRET};
use crate::support::print_skipped;
use crate::support::run_with_input;

/// The first missing requirement, if any.
fn missing_requirement() -> Option<&'static str> {
    if cfg!(not(feature = "keychain")) {
        return Some("the feature keychain");
    }
    ["dbus-run-session", "gnome-keyring-daemon"].into_iter().find(|program| {
        let status = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        !status.is_ok_and(|status| status.success())
    })
}

#[test]
fn secret_is_stored_in_keychain() {
    if let Some(missing) = missing_requirement() {
        print_skipped(&format!("{missing} is not available"));
        return;
    }
    let fixture = AuthFixture::new();
    fs::create_dir(fixture.path("user")).expect("a folder");
    let script = r#"
        printf pw | gnome-keyring-daemon --unlock --components=secrets > /dev/null
        "$AJO" auth login --sandbox prod
        cat "$AJO_CONFIG_DIR/profiles/default.json"
        "$AJO" auth status
        "$AJO" capping list
        AJO_KEYCHAIN=off AJO_TOKEN_CACHE=off "$AJO" auth token || echo "exited with $?"
        "$AJO" auth logout
        ls "$AJO_CONFIG_DIR/profiles"
    "#;
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-ec", script]).env("AJO", env!("CARGO_BIN_EXE_ajo"));
    fixture.set_environment(&mut command);
    command.env_remove("AJO_KEYCHAIN");
    // The directories for files and the socket of the keyring.
    for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(name, fixture.path("user"));
    }
    let output = run_with_input(&mut command, &fixture.dotenv_credentials());
    assert_eq!(output.exit_code, Some(0), "{}\n{}", output.stdout, output.stderr);
    for expected in [
        "\"secrets\": \"keychain\"",
        "secret          in the system keychain\n",
        "no capping configurations in this sandbox\n",
        "exited with 3\n",
    ] {
        assert!(output.stdout.contains(expected), "{expected}: {}\n{}", output.stdout, output.stderr);
    }
    for expected in [
        "stored the client secret in the system keychain\n",
        "error: failed to read the client secret of profile default from the system keychain: AJO_KEYCHAIN is off\n",
        "removed the client secret from the system keychain\n",
    ] {
        assert!(output.stderr.contains(expected), "{expected}: {}", output.stderr);
    }
    assert!(!output.stdout.contains(SECRET) && !output.stderr.contains(SECRET), "{}\n{}", output.stdout, output.stderr);
    assert_eq!(fixture.files_with(SECRET), [""; 0]);
}

#[test]
fn unresponsive_keychain_times_out() {
    if cfg!(not(feature = "keychain")) {
        print_skipped("ajo is built without the feature keychain");
        return;
    }
    let fixture = AuthFixture::new();
    // A message bus that accepts connections and never responds.
    let bus = fixture.path("bus");
    let _listening = std::os::unix::net::UnixListener::bind(&bus).expect("a socket");
    let mut command = fixture.command(&["auth", "login", "--sandbox", "prod"]);
    command.env_remove("AJO_KEYCHAIN").env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display()));
    let output = run_with_input(&mut command, &fixture.dotenv_credentials());
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    assert!(
        output.stderr.contains("the system keychain is not available: no response within 10 s\n"),
        "{}",
        output.stderr
    );
    assert_eq!(fixture.files_with(SECRET), ["config/profiles/default.json"]);
}

#[test]
fn missing_keychain_is_named_in_plain_words() {
    if cfg!(not(feature = "keychain")) {
        print_skipped("ajo is built without the feature keychain");
        return;
    }
    let fixture = AuthFixture::new();
    let nowhere = format!("unix:path={}", fixture.path("nowhere").display());
    let mut command = fixture.command(&["auth", "login", "--sandbox", "prod"]);
    command.env_remove("AJO_KEYCHAIN").env("DBUS_SESSION_BUS_ADDRESS", &nowhere);
    let output = run_with_input(&mut command, &fixture.dotenv_credentials());
    assert_eq!(output.exit_code, Some(0), "{}", output.stderr);
    let reason = "no Secret Service (such as GNOME Keyring) is running, or it is locked\n";
    let expected = format!("only you can read; the system keychain is not available: {reason}");
    assert!(output.stderr.contains(&expected), "{}", output.stderr);

    // A profile whose secret was in a keychain.
    let profile = fs::read_to_string(fixture.profile_path("default")).expect("a profile");
    let start = profile.find("\"secrets\"").expect("secrets");
    fs::write(fixture.profile_path("default"), format!("{}\"secrets\": \"keychain\"\n}}\n", &profile[..start]))
        .expect("written");
    for (arguments, code) in [(&["capping", "list"][..], 3), (&["auth", "status"], 3), (&["auth", "logout"], 1)] {
        let mut command = fixture.command(arguments);
        command.env_remove("AJO_KEYCHAIN").env("DBUS_SESSION_BUS_ADDRESS", &nowhere);
        let output = run_with_input(command.env("AJO_TOKEN_CACHE", "off"), "");
        assert_eq!(output.exit_code, Some(code), "{arguments:?} {}", output.stderr);
        assert!(output.stderr.contains(reason), "{arguments:?} {}", output.stderr);
        assert!(!output.stderr.to_lowercase().contains("d-bus"), "{}", output.stderr);
    }
}
