//! The older variables of Adobe's CLI, with one context for each credential.

use ajo_engine::{Credentials, Secret};

const TWO: &str = r#"
# written by Adobe's command
AIO_ims_contexts_my__events_client__id=c1
AIO_ims_contexts_my__events_client__secrets=["s3cr3t-1","s3cr3t-2"] # the second is new
AIO_ims_contexts_my__events_technical__account__id=t1@techacct.adobe.com
AIO_ims_contexts_my__events_ims__org__id=A1@AdobeOrg
AIO_ims_contexts_my__events_scopes=["openid","AdobeID"]
AIO_IMS_CONTEXTS_OTHER_CLIENT__ID='c2'
AIO_IMS_CONTEXTS_OTHER_CLIENT__SECRET="s3cr3t-3"
AIO_IMS_CONTEXTS_OTHER_IMS__ORG__ID=A1@AdobeOrg
AIO_IMS_CONTEXTS_OTHER_META__SCOPES=openid, AdobeID
AIO_ims_contexts_cli_access__token_token=s3cr3t-token
"#;

fn summary(credentials: &Credentials) -> String {
    let secrets: Vec<_> = credentials.secrets().iter().map(Secret::expose).collect();
    let (client_id, org_id, scopes) = (credentials.client_id(), credentials.org_id(), credentials.scopes());
    format!("{client_id} {} {org_id} {scopes}", secrets.join("+"))
}

fn from_text(text: &str, name: Option<&str>) -> Result<String, String> {
    Credentials::parse(text, name).map(|found| summary(&found)).map_err(|error| error.to_string())
}

fn from_vars(text: &str, more: &[(&str, &str)]) -> Result<String, String> {
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('='));
    let vars = lines.map(|(name, value)| (name, value.split(" #").next().unwrap_or(value).trim_matches(['"', '\''])));
    let vars = vars.chain(more.iter().copied()).map(|(name, value)| (name.to_owned(), value.to_owned()));
    let found = Credentials::from_vars(vars, |_| Err::<String, _>(std::io::Error::from(std::io::ErrorKind::NotFound)));
    found.map(|found| summary(&found)).map_err(|error| error.to_string())
}

#[test]
fn context_is_selected_by_name() {
    let several = "there are several credentials; choose one by name: my_events, OTHER";
    assert_eq!(from_text(TWO, None).expect_err("several"), several);
    assert_eq!(from_vars(TWO, &[]).expect_err("several"), several);
    for (name, expected) in [
        ("my_events", "c1 s3cr3t-1+s3cr3t-2 A1@AdobeOrg openid,AdobeID"),
        ("other", "c2 s3cr3t-3 A1@AdobeOrg openid,AdobeID"),
    ] {
        assert_eq!(from_text(TWO, Some(name)).expect("one"), expected);
        assert_eq!(from_vars(TWO, &[("AJO_CREDENTIAL_NAME", name)]).expect("one"), expected);
    }
    let error = from_vars(TWO, &[("AJO_CREDENTIAL_NAME", "third")]).expect_err("no such context");
    assert_eq!(error, "no credential is named third; available: my_events, OTHER");
}

#[test]
fn one_context_needs_no_name() {
    let (one, _) = TWO.split_once("AIO_IMS").expect("two");
    let expected = "c1 s3cr3t-1+s3cr3t-2 A1@AdobeOrg openid,AdobeID";
    assert_eq!(from_text(one, None).expect("one"), expected);
    assert_eq!(from_vars(one, &[]).expect("one"), expected);
}

#[test]
fn own_variables_override_a_context() {
    let name = ("AJO_CREDENTIAL_NAME", "other");
    let found = from_vars(TWO, &[name, ("AJO_SCOPES", "openid"), ("AJO_CLIENT_SECRET", "n3w")]).expect("one");
    assert_eq!(found, "c2 n3w A1@AdobeOrg openid");
    let own = [
        ("AJO_CLIENT_ID", "c3"),
        ("AJO_CLIENT_SECRET", "s3cr3t-4"),
        ("AJO_ORG_ID", "B2@AdobeOrg"),
        ("AJO_SCOPES", "openid"),
    ];
    assert_eq!(from_vars(TWO, &own).expect("own variables"), "c3 s3cr3t-4 B2@AdobeOrg openid");
    let lines: String = own.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    assert_eq!(from_text(&(lines.clone() + TWO), None).expect("own variables"), "c3 s3cr3t-4 B2@AdobeOrg openid");
    assert_eq!(
        from_text(&(lines + TWO), Some("other")).expect("the context"),
        "c2 s3cr3t-3 A1@AdobeOrg openid,AdobeID"
    );
}

#[test]
fn incomplete_context_is_reported() {
    let without = |field: &str| {
        TWO.lines()
            .filter(|line| !line.starts_with(&format!("AIO_ims_contexts_my__events_{field}")))
            .fold(String::new(), |text, line| text + line + "\n")
    };
    for (field, expected) in [
        ("client__secrets", "the client secret is empty"),
        ("ims__org__id", "the organization id must look like"),
        ("scopes", "the scopes are empty"),
    ] {
        let error = from_text(&without(field), Some("my_events")).expect_err(field);
        assert!(error.starts_with(expected) && !error.contains("s3cr3t"), "{field}: {error}");
        assert!(from_text(&without(field), Some("other")).is_ok(), "{field}");
    }
}

#[test]
fn jwt_context_is_not_a_credential() {
    let jwt = "AIO_ims_contexts_old_client__id=c1\nAIO_ims_contexts_old_client__secret=s3cr3t\n\
               AIO_ims_contexts_old_private__key=k3y\nAIO_ims_contexts_old_meta__scopes=x\n";
    for error in [from_text(jwt, None), from_vars(jwt, &[])].map(|found| found.expect_err("jwt")) {
        assert!(error.contains("retired on 2025-06-30") && !error.contains("s3cr3t"), "{error}");
    }
    let (one, _) = TWO.split_once("AIO_IMS").expect("two");
    assert!(from_text(&format!("{one}{jwt}"), None).is_ok());
}

#[test]
fn unclosed_quote_is_reported() {
    let error = from_text("AJO_CLIENT_ID=c1\nAJO_CLIENT_SECRET=\"s3cr3t\nAJO_ORG_ID=A1@AdobeOrg\n", None);
    assert_eq!(error.expect_err("unclosed"), "line 2: the value has no closing quote");
}
