//! Using profiles.

use serde_json::Value;

use crate::auth::home::Home;
use crate::support::Ran;
#[cfg(target_os = "linux")]
use crate::support::run_with_input;

#[test]
fn a_profile_is_used_without_any_variable() {
    let home = Home::new();
    home.login("default", "prod");
    let ran = home.run(&["capping", "list"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "no capping configurations in this sandbox\n"), "{}", ran.err);
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    assert!(ran.out.contains("profile default; client id "), "{}", ran.out);
}

#[test]
fn status_shows_the_profile_and_where_its_secret_is() {
    let home = Home::new();
    home.login("default", "prod");
    home.login("staging", "dev");
    let ran = home.run(&["auth", "status", "--profile", "staging"]);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""));
    for line in [
        "credentials   profile staging",
        "secret        in the file of the profile",
        "sandbox       dev",
        &format!("token cache   {}", home.path("tokens").display()),
        "profiles      default, staging",
    ] {
        assert!(ran.out.lines().any(|said| said == line), "{line}: {}", ran.out);
    }
    let ran = home.run(&["auth", "status", "--output", "json"]);
    let status: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(
        (&status["profile"], &status["secret"], &status["sandbox"], &status["profiles"]),
        (
            &Value::from("default"),
            &Value::from("in the file of the profile"),
            &Value::from("prod"),
            &serde_json::json!(["default", "staging"])
        )
    );
    let ran = home.ajo(&["auth", "status"]).env("AJO_CLIENT_SECRET", "emulator-secret").output().map(Ran::from);
    let ran = ran.expect("ajo runs");
    assert!(ran.out.contains("secret        in AJO_CLIENT_SECRET\n"), "{}", ran.out);
}

#[test]
fn flags_and_variables_go_before_a_profile() {
    let home = Home::new();
    home.login("default", "prod");
    let (client_id, org_id) = (home.setting("AJO_CLIENT_ID"), home.setting("AJO_ORG_ID"));
    for (name, value, expected) in [
        ("AJO_CLIENT_SECRET", "wrong", "invalid client_secret parameter"),
        ("AJO_CLIENT_ID", "other", "invalid client_id parameter"),
        ("AJO_SCOPES", "other", "invalid_scope"),
        ("AJO_ORG_ID", "A1@AdobeOrg", "capping list failed: "),
        ("AJO_SANDBOX", "nowhere", "capping list failed: "),
    ] {
        let ran = home.ajo(&["capping", "list"]).env(name, value).output().map(Ran::from).expect("ajo runs");
        assert!(ran.code != Some(0) && ran.err.contains(expected), "{name}: {}", ran.err);
    }
    // A flag goes before the variable, which goes before the profile.
    let flags = ["capping", "list", "--client-id", client_id, "--org-id", org_id, "--sandbox", "prod"];
    let wrong = [("AJO_CLIENT_ID", "other"), ("AJO_ORG_ID", "A1@AdobeOrg"), ("AJO_SANDBOX", "nowhere")];
    let ran = home.ajo(&flags).envs(wrong).output().map(Ran::from).expect("ajo runs");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    // Settings that are complete need no profile.
    let ran = home.ajo(&["auth", "status"]).envs(home.settings()).output().map(Ran::from).expect("ajo runs");
    assert!(ran.out.starts_with("credentials   settings AJO_… and flags\n"), "{}", ran.out);
}

#[test]
fn a_token_given_ready_made_is_used_with_the_ids_of_the_profile() {
    let home = Home::new();
    home.login("default", "prod");
    let token = home.run(&["auth", "token"]).out;
    std::fs::remove_dir_all(home.path("tokens")).expect("removed");
    for arguments in [&["capping", "list"][..], &["capping", "list", "--profile", "default"]] {
        let ran = home.ajo(arguments).env("AJO_ACCESS_TOKEN", token.trim()).output().map(Ran::from).expect("ajo runs");
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let ran = home.ajo(&["auth", "status"]).env("AJO_ACCESS_TOKEN", "other").output().map(Ran::from).expect("ajo runs");
    assert!(ran.out.contains("given ready-made") && ran.out.contains("token cache   none; "), "{}", ran.out);
    assert!(!home.path("tokens").exists(), "a token given ready-made is not shared");
}

#[test]
fn several_profiles_are_told_apart() {
    let home = Home::new();
    home.login("production", "prod");
    let ran = home.run(&["capping", "list"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert_eq!(
        ran.err,
        "error: there is no profile default; there are: production\nhint: choose one with --profile or AJO_PROFILE\n"
    );
    home.login("0.lab_a-b", "dev");
    let ran = home.run(&["capping", "list", "--profile", "nowhere"]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.err.starts_with("error: there is no profile nowhere; there are: 0.lab_a-b, production\n"),
        "{}",
        ran.err
    );
    for (name, sandbox) in [("production", "prod"), ("0.lab_a-b", "dev")] {
        let ran = home.ajo(&["auth", "status"]).env("AJO_PROFILE", name).output().map(Ran::from).expect("ajo runs");
        assert!(ran.out.contains(&format!("sandbox       {sandbox}\n")), "{}", ran.out);
    }
}

#[test]
fn the_variables_of_adobes_command_are_used_and_a_profile_goes_before_them() {
    let home = Home::new();
    home.login("default", "prod");
    let contexts = |name: &str| {
        [("client__id", "other"), ("client__secret", "x"), ("ims__org__id", "A1@AdobeOrg"), ("scopes", "openid")]
            .map(|(field, value)| (format!("AIO_ims_contexts_{name}_{field}"), value))
    };
    let list = |names: &[&str], arguments: &[&str]| {
        let mut command = home.ajo(&[&["capping", "list"], arguments].concat());
        command.env("AJO_SANDBOX", "prod").envs(names.iter().flat_map(|name| contexts(name)));
        Ran::from(command.output().expect("ajo runs"))
    };
    let ran = list(&["one"], &[]);
    assert!(ran.err.contains("invalid client_id parameter"), "{}", ran.err);
    let ran = list(&["one", "two"], &[]);
    assert_eq!(
        ran.err,
        "error: there are several credentials; choose one by name: one, two\n\
         hint: set AJO_CREDENTIAL_NAME, or choose a profile with --profile\n"
    );
    let ran = list(&["one", "two"], &["--profile", "default"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
}

#[test]
fn a_file_and_a_profile_cannot_both_be_the_credential() {
    let home = Home::new();
    home.login("default", "prod");
    let ran = home.run(&["capping", "list", "--profile", "default", "--credentials", "c.json"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(64), ""));
    assert!(
        ran.err.starts_with("error: profile default and the credential file c.json are both named; give one of them\n"),
        "{}",
        ran.err
    );
}

#[test]
fn an_emulator_of_ones_own_needs_no_profile_and_takes_none() {
    let home = Home::new();
    let ran = home.ajo(&["capping", "list", "--emulator"]).env("AJO_PROFILE", "nowhere").output().map(Ran::from);
    assert_eq!(ran.expect("ajo runs").code, Some(0));
    let mut command = home.ajo(&["emulator", "exec", "--", env!("CARGO_BIN_EXE_ajo"), "auth", "status"]);
    let ran = command.env("AJO_PROFILE", "nowhere").env_remove("AJO_TOKEN_CACHE").output().map(Ran::from);
    let ran = ran.expect("ajo runs");
    assert!(ran.out.contains("token cache   none; "), "{}\n{}", ran.out, ran.err);
    assert!(!home.path("tokens").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn profiles_and_tokens_are_where_the_system_keeps_such_things() {
    let home = Home::new();
    let user = home.path("user");
    std::fs::create_dir(&user).expect("a folder");
    let at_home = |arguments: &[&str]| {
        let mut command = home.ajo(arguments);
        for name in ["AJO_CONFIG_DIR", "AJO_TOKEN_CACHE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env_remove(name);
        }
        command.env("HOME", &user);
        command
    };
    let ran = run_with_input(&mut at_home(&["auth", "login", "--sandbox", "prod"]), &home.lines());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert_eq!(home.files_with("\"version\": 1"), ["user/.config/ajo/profiles/default.json"]);
    let [token] = home.files_with("accessToken").try_into().expect("one token");
    assert!(token.starts_with("user/.cache/ajo/tokens/"), "{token}");
    let mut elsewhere = at_home(&["auth", "status"]);
    let ran = elsewhere.env("XDG_CONFIG_HOME", home.path("elsewhere")).output().map(Ran::from).expect("ajo runs");
    assert!(ran.err.starts_with("error: no credentials: "), "{}", ran.err);
}
