//! Storing a credential, and removing it.

use std::fs;

use crate::auth::home::{Home, SECRET};
use crate::support::run_with_input;

/// The emulator's credential in each form that people have; the project holds another one beside it.
fn forms(home: &Home) -> Vec<(&'static str, String)> {
    let (id, org) = (home.setting("AJO_CLIENT_ID"), home.setting("AJO_ORG_ID"));
    let scopes = home.setting("AJO_SCOPES");
    let list = format!("[\"{}\"]", scopes.replace(',', "\",\""));
    vec![
        ("lines", home.lines()),
        ("flat", format!(r#"{{"CLIENT_ID":"{id}","CLIENT_SECRETS":["{SECRET}"],"ORG_ID":"{org}","SCOPES":{list}}}"#)),
        (
            "project",
            format!(
                r#"{{"project":{{"org":{{"ims_org_id":"{org}"}},"workspace":{{"details":{{"credentials":[
                {{"name":"other","integration_type":"oauth_server_to_server","oauth_server_to_server":
                  {{"client_id":"o","client_secrets":["x"],"scopes":["openid"]}}}},
                {{"name":"chosen","integration_type":"oauth_server_to_server","oauth_server_to_server":
                  {{"client_id":"{id}","client_secrets":["{SECRET}"],"scopes":{list}}}}}]}}}}}}}}"#
            ),
        ),
        (
            "postman",
            format!(
                r#"{{"name":"chosen","values":[{{"key":"API_KEY","value":"{id}"}},{{"key":"CLIENT_SECRET","value":"{SECRET}"}},
                {{"key":"IMS_ORG","value":"{org}"}},{{"key":"SCOPES","value":"{scopes}"}}]}}"#
            ),
        ),
        (
            "contexts",
            format!(
                "AIO_ims_contexts_other_client__id=o\nAIO_ims_contexts_chosen_client__id={id}\n\
                 AIO_ims_contexts_chosen_client__secrets=[\"{SECRET}\"]\nAIO_ims_contexts_chosen_ims__org__id={org}\n\
                 AIO_ims_contexts_chosen_scopes={list}\n"
            ),
        ),
    ]
}

#[test]
fn a_credential_in_any_form_is_stored_from_standard_input_and_from_a_file() {
    let home = Home::new();
    for (form, text) in forms(&home) {
        let choice = if matches!(form, "project" | "contexts") { "chosen" } else { "" };
        let mut command = home.ajo(&["auth", "login", "--profile", form, "--sandbox", "prod"]);
        let ran = run_with_input(command.env("AJO_CREDENTIAL_NAME", choice), &text);
        assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{form}: {}", ran.err);
        let expected = format!("profile {form} is stored in {}\n", home.profile(form).display());
        assert!(ran.err.contains(&expected), "{form}: {}", ran.err);
        assert!(ran.err.contains("its client secret is in that file, which only you can read"), "{}", ran.err);

        let file = home.path("credentials");
        fs::write(&file, &text).expect("written");
        let file = file.display().to_string();
        let mut command =
            home.ajo(&["auth", "login", "--profile", "file", "--sandbox", "prod", "--credentials", &file]);
        let ran = command.env("AJO_CREDENTIAL_NAME", choice).output().expect("ajo runs");
        assert!(ran.status.success(), "{form}: {}", String::from_utf8_lossy(&ran.stderr));
        fs::remove_file(file).expect("removed");

        let stored = |name: &str| fs::read_to_string(home.profile(name)).expect("a profile");
        assert_eq!(stored(form), stored("file"), "{form}");
        assert!(stored(form).contains(home.setting("AJO_CLIENT_ID")), "{form}");
        assert_eq!(home.run(&["capping", "list", "--profile", form]).code, Some(0), "{form}");
    }
}

#[cfg(unix)]
#[test]
fn the_file_of_a_profile_is_for_its_owner_alone_and_one_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = Home::new();
    home.login("default", "prod");
    let file = home.profile("default");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().expect("a folder"))), (0o600, 0o700));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("changed");
    let ran = home.run(&["capping", "list"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert!(ran.err.contains("others may use it (mode 640)"), "{}", ran.err);
    assert!(ran.err.contains(&format!("hint: run `chmod 600 {}`", file.display())), "{}", ran.err);
    home.login("default", "prod");
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn a_credential_that_is_given_no_token_is_not_stored() {
    let home = Home::new();
    let wrong = home.lines().replace(SECRET, "wr0ng-canary");
    let ran = run_with_input(&mut home.ajo(&["auth", "login", "--sandbox", "prod"]), &wrong);
    assert_eq!((ran.code, ran.out.as_str()), (Some(3), ""));
    assert!(
        ran.err.contains("invalid client_secret parameter") && ran.err.contains("; nothing is stored\n"),
        "{}",
        ran.err
    );
    assert!(!ran.err.contains("canary"), "{}", ran.err);
    assert!(!home.path("config").exists() && !home.path("tokens").exists());
    home.login("default", "prod");
    let ran = run_with_input(&mut home.ajo(&["auth", "login", "--sandbox", "prod"]), &wrong);
    assert_eq!(ran.code, Some(3), "a token that is shared proves nothing: {}", ran.err);
    assert_eq!(home.run(&["capping", "list"]).code, Some(0), "the profile before is as it was");
}

#[test]
fn what_cannot_be_a_credential_is_told() {
    let home = Home::new();
    let long = "#".repeat(1024 * 1024 + 1);
    for (arguments, input, code, expected) in [
        (&["--sandbox", "prod"][..], "", 3, "error: standard input is empty; it must hold a credential\n"),
        (&["--sandbox", "prod"], &long, 1, "error: failed to read standard input: it is longer than 1024 KiB\n"),
        (
            &["--sandbox", "prod"],
            "AJO_CLIENT_ID=\"c",
            3,
            "error: failed to read the credential on standard input: line 1: ",
        ),
        (&[], "", 64, "error: no sandbox is named; give --sandbox or set AJO_SANDBOX\n"),
        (&["--sandbox", "prod", "--profile", "../x"], "", 64, "error: the name of a profile has up to 64 characters"),
        (&["--emulator"], "", 64, "error: --emulator needs no profile, and keeps none\n"),
    ] {
        let ran = run_with_input(&mut home.ajo(&[&["auth", "login"], arguments].concat()), input);
        assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{expected}: {}", ran.err);
        assert!(ran.err.starts_with(expected), "{expected}: {}", ran.err);
    }
    assert!(!home.path("config").exists());
}

#[test]
fn logout_removes_the_profile_and_its_token_and_says_so() {
    let home = Home::new();
    home.login("default", "prod");
    home.login("staging", "dev");
    assert_eq!(fs::read_dir(home.path("tokens")).expect("a folder").count(), 1, "one credential has one token");
    let ran = home.run(&["auth", "logout"]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{}", ran.err);
    assert_eq!(
        ran.err,
        format!(
            "removed the access token that runs of this command shared\nremoved profile default: {}\n",
            home.profile("default").display()
        )
    );
    assert!(!home.profile("default").exists() && home.profile("staging").exists());
    assert_eq!(fs::read_dir(home.path("tokens")).expect("a folder").count(), 0);
    let ran = home.run(&["auth", "logout"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.err.starts_with("error: there is no profile default; there are: staging\n"), "{}", ran.err);
    fs::write(home.profile("staging"), "rubbish").expect("written");
    let ran = home.run(&["auth", "logout", "--profile", "staging"]);
    assert_eq!(ran.code, Some(0), "what cannot be read can be removed: {}", ran.err);
    let ran = home.run(&["capping", "list"]);
    assert!(ran.err.starts_with("error: no credentials: "), "{}", ran.err);
}

#[test]
fn the_secret_is_in_the_file_of_the_profile_and_nowhere_else() {
    let home = Home::new();
    home.login("default", "prod");
    let mut said = String::new();
    for arguments in [
        &["auth", "status"][..],
        &["auth", "status", "--output", "json"],
        &["capping", "list"],
        &["capping", "get", "no-such-uid"],
        &["auth", "token"],
        &["auth", "logout", "--profile", "other"],
        &["auth", "login", "--help"],
    ] {
        let ran = home.run(arguments);
        said += &(ran.out + &ran.err);
    }
    assert!(!said.contains(SECRET), "{said}");
    assert_eq!(home.files_with(SECRET), ["config/profiles/default.json"]);
    home.run(&["auth", "logout"]);
    assert_eq!(home.files_with(SECRET), [""; 0]);
}
